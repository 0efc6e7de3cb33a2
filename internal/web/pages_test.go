package web_test

import (
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/ledger"
	"github.com/unionboard/unionboard/internal/takeout"
	"github.com/unionboard/unionboard/internal/web"
)

// TestErrorsHaveTheirPage: status, fixed sentence, number and way home; what is internal stays in the log.
func TestErrorsHaveTheirPage(t *testing.T) {
	for _, one := range []struct {
		err    error
		status int
		says   string
	}{
		{assess.NotFound("problem.gallery", "there is no unit 999999"), 404, "there is no unit 999999"},
		{assess.Invalid("problem.gallery", "the period is not right"), 400, "the period is not right"},
		{assess.Conflict("problem.gallery", "somebody changed this"), 409, "somebody changed this"},
		{assess.Forbidden("problem.gallery", "not for you"), 403, "not for you"},
		{assess.Unavailable("problem.gallery", "the board is resting"), 503, "the board is resting"},
		{fmt.Errorf("page: %w", assess.NotFound("problem.gallery", "wrapped")), 404, "wrapped"},
		{errors.New("open /var/lib/secret.db: disk full"), 500, "系统出错"},
	} {
		g := newGallery(t)
		r := newReader(t, g.handler(t)).signIn("analyst")
		g.failing = one.err
		a := r.get("/")
		number := a.Header.Get("X-Request-Id")
		if a.StatusCode != one.status || !strings.Contains(a.body, one.says) || !strings.Contains(a.body, number) || !strings.Contains(a.body, `href="/"`) {
			t.Errorf("%v: %d, says %q: %v", one.err, a.StatusCode, one.says, strings.Contains(a.body, one.says))
		}
		if strings.Contains(a.body, "secret.db") {
			t.Errorf("%v: the page says too much", one.err)
		}
		if !strings.Contains(g.logs.String(), "request="+number+" status="+fmt.Sprint(one.status)) {
			t.Errorf("%v: not in the log: %s", one.err, g.logs)
		}
		if strings.Count(a.body, "<html") != 1 {
			t.Errorf("%v: half a page and another", one.err)
		}
	}
}

// TestPanicsArePages: a fault of the program is answered 500 and the server goes on.
func TestPanicsArePages(t *testing.T) {
	g := newGallery(t)
	h := g.handler(t, func(o *web.Options) {
		o.Takeaway = takeout.NewDesk(takeout.Config{Room: func() (takeout.Room, error) { panic("boom") }})
	})
	r := newReader(t, h).signIn("analyst")
	a := r.get("/export/scores.csv")
	if a.StatusCode != 500 || strings.Contains(a.body, "boom") || !strings.Contains(a.body, a.Header.Get("X-Request-Id")) {
		t.Errorf("a panic answers %d: %s", a.StatusCode, a.body)
	}
	if !strings.Contains(g.logs.String(), "panic: boom") {
		t.Error("the panic is not in the log")
	}
	if a := r.get("/"); a.StatusCode != 200 {
		t.Errorf("afterwards: %d", a.StatusCode)
	}
}

// TestNamesAreText: whatever a name holds, it is shown and never run.
func TestNamesAreText(t *testing.T) {
	g := newGallery(t)
	g.hostile = `</script><script>alert(1)</script>"'><img src=x onerror=alert(1)>`
	r := newReader(t, g.handler(t)).signIn("analyst")
	for _, path := range galleryPaths() {
		for _, raw := range []string{"<script>alert", "<img src=x", `"'><`} {
			if strings.Contains(r.get(path).body, raw) {
				t.Errorf("%s: %q stands in the page as it is", path, raw)
			}
		}
	}
	for _, path := range []string{"/sign-in?next=%2F%22%3E%3Cscript%3Ealert(1)", "/nowhere%3Cscript%3Ealert(1)", "/?q=%3Cscript%3Ealert(1)", "/?group=%3Cscript%3Ealert(1)"} {
		if a := r.fresh().get(path); strings.Contains(a.body, "<script>alert") {
			t.Errorf("%s: the address stands in the page as it is", path)
		}
	}
}

// TestUnpublishedPeriodsAreForTheCity: a district sees the newest published quarter, finds the other in no link, and is refused it.
func TestUnpublishedPeriodsAreForTheCity(t *testing.T) {
	g := newGallery(t)
	r := newReader(t, g.handler(t)).signIn("heping")
	home := r.get("/?base=prev").body
	if !strings.Contains(home, "2026年第一季度") || strings.Contains(home, "q=2026Q2") {
		t.Error("a district's home is not that of the newest published quarter")
	}
	for _, path := range []string{"/?q=2026Q2", "/f/six_systems?q=2026Q2", "/d/210102?q=2026Q2", "/d/210103?q=2026q2", "/why/210102/organisation?q=2026Q2", "/export?q=2026Q2", "/export/scores.csv?q=2026Q2"} {
		if a := r.get(path); a.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d, want 403", path, a.StatusCode)
		}
	}
	if last := g.people.last(); last.Action != "refused" || last.Result != "refused" || last.Actor != "heping" {
		t.Errorf("the refusal is not in the audit log: %+v", last)
	}
	if a := r.fresh().signIn("analyst").get("/?q=2026Q2"); a.StatusCode != 200 {
		t.Errorf("the city: %d", a.StatusCode)
	}
	long := "/p/" + strings.Repeat("x", 3000) // more than an index of PostgreSQL takes
	if a := r.fresh().signIn("admin").get(long); a.StatusCode != http.StatusForbidden {
		t.Errorf("a long address: %d", a.StatusCode)
	}
	if last := g.people.last(); last.Actor != "admin" || !strings.HasPrefix("GET "+long, last.Object) || len(last.Object) > 2000 {
		t.Errorf("of a long address %d bytes stand in the audit log: %.50s", len(last.Object), last.Object)
	}
}

// TestStaticFilesAreKeptForEver: addressed by content, compressed once, never changed.
func TestStaticFilesAreKeptForEver(t *testing.T) {
	r := newReader(t, newGallery(t).handler(t))
	_, _, address, err := web.StaticFile("app.css")
	if err != nil {
		t.Fatal(err)
	}
	r.client.Transport = &http.Transport{DisableCompression: true}
	plain := r.get(address)
	packed := r.do("GET", address, nil, func(r *http.Request) { r.Header.Set("Accept-Encoding", "br, gzip") })
	if packed.Header.Get("Content-Encoding") != "gzip" || len(packed.body) >= len(plain.body) || plain.Header.Get("Content-Encoding") != "" {
		t.Errorf("gzip: %v, plain: %v", packed.Header, plain.Header)
	}
	unpacked, err := gzip.NewReader(strings.NewReader(packed.body))
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(unpacked); err != nil || string(text) != plain.body {
		t.Errorf("unpacked it is another file: %v", err)
	}
	for name, a := range map[string]answerTo{"plain": plain, "gzip": packed} {
		if a.Header.Get("Cache-Control") != "public, max-age=31536000, immutable" || a.Header.Get("ETag") == "" || a.Header.Get("Vary") == "" {
			t.Errorf("%s: %v", name, a.Header)
		}
	}
	same := r.do("GET", address, nil, func(r *http.Request) { r.Header.Set("If-None-Match", plain.Header.Get("ETag")) })
	if same.StatusCode != http.StatusNotModified || same.body != "" {
		t.Errorf("asked again: %d with %d bytes", same.StatusCode, len(same.body))
	}
	refused := r.do("GET", address, nil, func(r *http.Request) { r.Header.Set("Accept-Encoding", "gzip;q=0") })
	if refused.Header.Get("Content-Encoding") != "" {
		t.Error("sent gzip to one who refuses it")
	}
	for _, path := range []string{"/assets/app.css", "/assets/", "/assets/vendor/echarts-6.1.0/LICENSE", "/assets/../site.go"} {
		if a := r.get(path); a.StatusCode != 404 {
			t.Errorf("%s: %d, want 404", path, a.StatusCode)
		}
	}
}

// TestWeights holds the bytes of ux.md section 12, compressed.
func TestWeights(t *testing.T) {
	for name, most := range map[string]int{"app.css": 20 << 10, "print.css": 4 << 10, "loader.js": 15 << 10, "vendor/echarts-6.1.0/echarts.min.js": 370 << 10} {
		if _, packed, _, err := web.StaticFile(name); err != nil || len(packed) > most {
			t.Errorf("%s: %d bytes, at most %d (%v)", name, len(packed), most, err)
		}
	}
	// What every page loads, and the most that one adds to it; the library of charts stands apart.
	weight := func(names ...string) (sum int) {
		for _, name := range names {
			plain, packed, _, err := web.StaticFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if packed == nil {
				packed = plain
			}
			sum += len(packed)
		}
		return sum
	}
	styles := weight("app.css", "print.css", "noscript.css", "print-a3.css", "fill.css", "work.css", "wall.css")
	scripts := weight("loader.js", "fill.js", "city.js", "wall.js")
	if styles > 20<<10 || scripts > 15<<10 {
		t.Errorf("%d bytes of styles, at most 20 KiB; %d of scripts, at most 15", styles, scripts)
	}
	if without := 30<<10 + styles + scripts + weight("emblem.svg"); without > 80<<10 {
		t.Errorf("a page without charts can have %d bytes, at most 80 KiB", without)
	}
	r := newReader(t, newGallery(t).handler(t)).signIn("analyst")
	r.client.Transport = &http.Transport{DisableCompression: true}
	for _, path := range galleryPaths() {
		a := r.do("GET", path, nil, func(r *http.Request) { r.Header.Set("Accept-Encoding", "gzip") })
		if len(a.body) > 30<<10 || a.Header.Get("Content-Encoding") != "gzip" {
			t.Errorf("%s: %d bytes of %q, at most 30 KiB of gzip", path, len(a.body), a.Header.Get("Content-Encoding"))
		}
	}
}

// TestVendoredFilesAreTheirs compares them with the checksums that came with them.
func TestVendoredFilesAreTheirs(t *testing.T) {
	sums, err := filepath.Glob("static/vendor/*/SHA256SUMS")
	forTests, _ := filepath.Glob("testdata/*/SHA256SUMS")
	if err != nil || len(sums) == 0 || len(forTests) == 0 {
		t.Fatal("no checksums", err)
	}
	sums = append(sums, forTests...)
	for _, list := range sums {
		text, err := os.ReadFile(list)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			want, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
			if got := sum(t, filepath.Join(filepath.Dir(list), name)); got != want {
				t.Errorf("%s: %s, want %s", name, got, want)
			}
		}
	}
}

// TestEveryWordIsThere: every key that a template or a handler names has a sentence in both languages, and no template has one of its own.
func TestEveryWordIsThere(t *testing.T) {
	words, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob("templates/*.html")
	sources, _ := filepath.Glob("*.go")
	key := regexp.MustCompile(`"((?:web|problem)\.[a-z0-9_.]*[a-z0-9])"`)
	named := regexp.MustCompile(`\bt "([a-z0-9_.]*[a-z0-9])"`) // by a template, of whatever room
	chinese := regexp.MustCompile(`[\p{Han}\x{3000}-\x{303F}\x{FF00}-\x{FFEF}]+`)
	for _, file := range append(files, sources...) {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if own := chinese.FindString(strings.ReplaceAll(string(text), "中文", "")); own != "" && strings.HasSuffix(file, ".html") {
			t.Errorf("%s writes %s, in English, too", file, own) // but for the name of the language in itself
		}
		keys := key.FindAllStringSubmatch(string(text), -1)
		if strings.HasSuffix(file, ".html") {
			keys = append(keys, named.FindAllStringSubmatch(string(text), -1)...)
		}
		for _, m := range keys {
			for _, lang := range []string{i18n.Chinese, i18n.English} {
				if !words.Has(lang, m[1]) {
					t.Errorf("%s: %s has no sentence in %s", file, m[1], lang)
				}
			}
		}
	}
	var made []string
	for _, mark := range []string{"g", "y", "r", "x", "p", "n", "w"} {
		made = append(made, "web.light."+mark)
	}
	for _, s := range []assess.CycleState{assess.CycleScheduled, assess.CycleOpen, assess.CycleReviewing, assess.CycleClosing, assess.CycleScored, assess.CyclePublished, assess.CycleArchived} {
		made = append(made, "web.cycle."+string(s))
	}
	for _, s := range []assess.RunState{assess.RunRunning, assess.RunDone, assess.RunPartial, assess.RunFailed, assess.RunInterrupted} {
		made = append(made, "web.run."+string(s))
	}
	for _, kind := range []error{assess.ErrInvalid, assess.ErrNotFound, assess.ErrConflict, assess.ErrForbidden, assess.ErrUnavailable, io.EOF, &http.MaxBytesError{}} {
		_, k := web.FaultOf(kind)
		made = append(made, k+".title")
	}
	for _, step := range []ledger.Answer{
		ledger.AnswerThis, ledger.AnswerAnother, ledger.AnswerNone, ledger.AnswerRefuse, ledger.AnswerPostpone, ledger.AnswerAccount, ledger.AnswerReverse,
		ledger.AnswerConfirm, ledger.AnswerWithdraw, "decide", "conflict",
	} {
		made = append(made, "web.refund.step."+string(step))
	}
	for _, k := range made {
		if !words.Has(i18n.Chinese, k) || !words.Has(i18n.English, k) {
			t.Errorf("%s has no sentence", k)
		}
	}
}

// TestChartsStandInThePageAsData: their options are JSON, and every box has its sentence.
func TestChartsStandInThePageAsData(t *testing.T) {
	g := newGallery(t)
	g.hostile = `</script><b>`
	r := newReader(t, g.handler(t)).signIn("analyst")
	option := regexp.MustCompile(`(?s)<script type="application/json" id="[a-z]+-o">(.*?)</script>`)
	box := regexp.MustCompile(`<div class="chart h\d+" id="[a-z]+-c" role="img" aria-label="[^"]+"`)
	for path, want := range map[string]int{"/": 0, "/f/six_systems": 1, "/d/210102": 3, "/i/enterprises": 3, "/why/210102/organisation": 1} {
		body := r.get(path).body
		found := option.FindAllStringSubmatch(body, -1)
		if len(found) != want || len(box.FindAllString(body, -1)) != want {
			t.Errorf("%s: %d options and %d boxes, want %d", path, len(found), len(box.FindAllString(body, -1)), want)
		}
		for _, m := range found {
			if !json.Valid([]byte(m[1])) {
				t.Errorf("%s: an option is not JSON: %.80s", path, m[1])
			}
		}
		if strings.Contains(body, "echarts") != (want > 0) {
			t.Errorf("%s: the chart library comes although there is no chart, or not although there is", path)
		}
	}
}

// TestReadiness: health says that the process lives, readiness whether it can serve; neither says why not.
func TestReadiness(t *testing.T) {
	g := newGallery(t)
	var broken error
	r := newReader(t, g.handler(t, func(o *web.Options) { o.Ready = func(context.Context) error { return broken } }))
	if a := r.get("/readyz"); a.StatusCode != 200 || a.body != "ready\n" {
		t.Errorf("ready: %d %q", a.StatusCode, a.body)
	}
	broken = errors.New("the disk is full")
	if a := r.get("/readyz"); a.StatusCode != 503 || a.body != "not ready\n" {
		t.Errorf("not ready: %d %q", a.StatusCode, a.body)
	}
	if a := r.get("/healthz"); a.StatusCode != 200 || a.body != "ok\n" {
		t.Errorf("health: %d %q", a.StatusCode, a.body)
	}
}

// TestDemonstrationSaysSo on every page and on paper.
func TestDemonstrationSaysSo(t *testing.T) {
	r := newReader(t, newGallery(t).handler(t))
	in := r.fresh().signIn("analyst")
	for _, a := range []answerTo{r.get("/sign-in"), in.get("/"), in.get("/collect"), in.get("/export"), in.get("/nowhere")} {
		if strings.Count(a.body, "演示数据，非真实") < 2 || !strings.Contains(a.body, "watermark") {
			t.Errorf("%s does not say that it is a demonstration", a.Request.URL)
		}
	}
	real := newReader(t, newGallery(t).handler(t, func(o *web.Options) { o.Demo = false }))
	if strings.Contains(real.get("/sign-in").body, "演示数据") {
		t.Error("a real installation calls itself a demonstration")
	}
}

func sum(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s := sha256.Sum256(text)
	return hex.EncodeToString(s[:])
}

// TestNoCellIsBlank: every state has its word and its mark, and a cell with nothing to say says so with a dash.
func TestNoCellIsBlank(t *testing.T) {
	r := newReader(t, newGallery(t).handler(t)).signIn("analyst")
	blank := regexp.MustCompile(`<td[^>]*>\s*</td>`)
	for _, path := range galleryPaths() {
		for _, m := range blank.FindAllString(r.get(path).body, -1) {
			t.Errorf("%s: %s", path, m)
		}
	}
	body := r.get("/f/six_systems").body
	for _, word := range []string{">未报<", ">不适用<", ">未到期<", "76.20～83.50（缺2项）", "小样本 4", "方案不同", `aria-label="达序时"`, `aria-label="略滞后"`, `aria-label="滞后"`, `aria-label="待定"`} {
		if !strings.Contains(body, word) {
			t.Errorf("the matrix does not show %s", word)
		}
	}
}

// TestCaptionsSayWhatTheChartShows, with the numbers of the gallery: the highest and the lowest, the strongest and the weakest, the
// first and the last.
func TestCaptionsSayWhatTheChartShows(t *testing.T) {
	r := newReader(t, newGallery(t).handler(t)).signIn("analyst")
	for path, captions := range map[string][]string{
		"/i/enterprises": {"综合：康平县最高 96.0%，沈北新区最低 72.6%", "和平：24Q3 80.00，26Q2 81.11", "思想引领：最低 于洪区 72.41，最高 铁西区 96.00"},
		"/d/210102":      {"和平：服务帮扶最强 94.96，服务阵地最弱 72.14", "和平在 6 个维度上的形状"},
	} {
		body := r.get(path).body
		for _, c := range captions {
			if !strings.Contains(body, "<figcaption>"+c) || !strings.Contains(body, `aria-label="`+c) {
				t.Errorf("%s: no chart says %q", path, c)
			}
		}
	}
}

// TestPlainHTTPIsRemembered by administrators, on every page.
func TestPlainHTTPIsRemembered(t *testing.T) {
	r := newReader(t, newGallery(t).handler(t))
	const warning = "本站允许不加密的连接"
	if !strings.Contains(r.fresh().signIn("admin").get("/collect").body, warning) || strings.Contains(r.fresh().signIn("analyst").get("/collect").body, warning) {
		t.Error("the warning is for administrators, and for them only")
	}
}

// TestLargeBodiesAreRefused before they are read.
func TestLargeBodiesAreRefused(t *testing.T) {
	r := newReader(t, newGallery(t).handler(t))
	a := r.do("POST", "/sign-in", map[string][]string{"form_token": {r.token("/sign-in")}, "name": {strings.Repeat("x", 2<<20)}})
	if a.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("two megabytes: %d, want 413", a.StatusCode)
	}
}

// TestExplanationAsJSON: what /why shows, for programs; closed to who may not read the figures of the unit.
func TestExplanationAsJSON(t *testing.T) {
	r := newReader(t, newGallery(t).handler(t))
	leader := r.signIn("leader")
	a := leader.get("/why/210102/organisation.json?q=2026Q1")
	if want := `{"unit":"210102","node":"organisation","period":"2026Q1"}`; a.StatusCode != 200 || a.body != want || !strings.HasPrefix(a.Header.Get("Content-Type"), "application/json") {
		t.Errorf("explanation: %d %q %q", a.StatusCode, a.Header.Get("Content-Type"), a.body)
	}
	if a := leader.get("/why/210102/nothing.json?q=2026Q1"); a.StatusCode != 404 {
		t.Errorf("a node that does not exist answers %d", a.StatusCode)
	}
	district := r.fresh().signIn("heping")
	for unit, want := range map[string]int{"210102": 200, "210103": 403} {
		if a := district.get("/why/" + unit + "/organisation.json?q=2026Q1"); a.StatusCode != want {
			t.Errorf("a district asks for %s and is answered %d, want %d", unit, a.StatusCode, want)
		}
	}
}
