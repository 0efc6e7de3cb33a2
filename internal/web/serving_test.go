package web_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/web"
)

// overHTTPS is a handler as a proxy that is believed reaches it.
func overHTTPS(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.URL.Scheme = "https"
		h.ServeHTTP(w, r)
	})
}

// A page that somebody may not open says so, and not that nothing was changed: nothing was to be.
func TestAPageOfOthersSaysSo(t *testing.T) {
	in := newReader(t, newGallery(t).handler(t)).signIn("analyst")
	a := in.get("/admin")
	a.answers(t, "a page of others", http.StatusForbidden)
	if !strings.Contains(a.body, "<h1>没有权限</h1>") || !strings.Contains(a.body, "此页属于其他角色的工作。") || strings.Contains(a.body, "没有任何改动") {
		t.Errorf("%s", a.body)
	}
}

// Rows 47 and 48 of the security checklist: over https every answer, errors and files too, tells the browser to stay there; whoever signs out
// leaves nothing in the browser.
func TestHTTPSIsHeldTo(t *testing.T) {
	g := newGallery(t)
	h := g.handler(t)
	in := newReader(t, overHTTPS(h)).signIn("analyst")
	for path, want := range map[string]int{"/collect": 200, "/nowhere": 404, "/export/scores.csv": 200, "/assets/nothing.css": 404, "/admin": 403, "/api/v1/units": 401} {
		a := in.get(path)
		if a.StatusCode != want || !strings.HasPrefix(a.Header.Get("Strict-Transport-Security"), "max-age=31536000") || a.Header.Get("Cross-Origin-Opener-Policy") != "same-origin" {
			t.Errorf("%s: %d, %v", path, a.StatusCode, a.Header)
		}
	}
	if a := newReader(t, h).get("/sign-in"); a.Header.Get("Strict-Transport-Security") != "" {
		t.Error("plain HTTP promises https")
	}
	safe := newReader(t, g.handler(t, func(o *web.Options) { o.PlainHTTP = false }))
	a := safe.get("/sign-in")
	form, cookie := tokenForm.FindStringSubmatch(a.body)[1], a.Cookies()
	with := func(r *http.Request) { // the jar keeps Secure cookies from plain HTTP
		for _, c := range cookie {
			r.AddCookie(c)
		}
	}
	a = safe.do(http.MethodPost, "/sign-in", url.Values{"form_token": {form}, "name": {"analyst"}, "password": {goodPassword}}, with)
	cookie = a.Cookies()
	page := safe.do(http.MethodGet, "/collect", nil, with)
	out := safe.do(http.MethodPost, "/sign-out", url.Values{"form_token": {tokenForm.FindStringSubmatch(page.body)[1]}}, with)
	if got := out.Header.Get("Clear-Site-Data"); got != `"cache", "storage"` {
		t.Errorf("signed out with %d, Clear-Site-Data %q", out.StatusCode, got)
	}
}

// Row 48: scripts keep nothing in the browser but what is typed and not yet saved, and addresses carry no secrets but those of links.
func TestBrowsersKeepNothing(t *testing.T) {
	g := newGallery(t)
	r := newReader(t, g.handler(t)).signIn("analyst")
	scripts := regexp.MustCompile(`/assets/[^"]+\.js`).FindAllString(r.get("/").body, -1)
	if len(scripts) == 0 {
		t.Fatal("the page has no script")
	}
	for _, m := range scripts {
		body := r.get(m).body
		for _, word := range []string{"localStorage.setItem", "indexedDB", "document.cookie"} {
			if strings.Contains(body, word) {
				t.Errorf("%s uses %s", m, word)
			}
		}
	}
}

// Row 51 of the security checklist: what costs much is counted, each person by itself; too much is answered 429, with when to come again, and
// hurts no other page and nobody else.
func TestTooMuchIsRefused(t *testing.T) {
	g := newGallery(t)
	h := g.handler(t, func(o *web.Options) { o.People = web.PeopleRates{Search: 3, Export: 2, Upload: 2} })
	first := newReader(t, h)
	in, other := first.fresh().signIn("analyst"), first.fresh().signIn("auditor")
	ask := func(r *reader, method, path string) answerTo {
		form := url.Values{"form_token": {r.ownToken()}}
		if method == http.MethodGet {
			form = nil
		}
		return r.do(method, path, form)
	}
	for _, one := range []struct {
		who          *reader
		method, path string
		most         int
	}{
		{in, http.MethodGet, "/export/scores.csv", 2},
		{in, http.MethodGet, "/registers/innovation_studios", 3},
	} {
		for i := range one.most + 1 {
			a := ask(one.who, one.method, one.path)
			if refused := a.StatusCode == http.StatusTooManyRequests; refused != (i == one.most) {
				t.Fatalf("%s, time %d: %d", one.path, i+1, a.StatusCode)
			}
			if i < one.most {
				continue
			}
			if wait, err := strconv.Atoi(a.Header.Get("Retry-After")); err != nil || wait < 1 || wait > 60 {
				t.Errorf("%s: Retry-After %q", one.path, a.Header.Get("Retry-After"))
			}
			if !strings.Contains(a.body, "每分钟最多") || !strings.Contains(a.body, "<h1") {
				t.Errorf("%s: the page does not say it:\n%s", one.path, a.body)
			}
		}
	}
	in.get("/collect").answers(t, "another page", http.StatusOK)
	ask(other, http.MethodGet, "/export/scores.csv").answers(t, "another person", http.StatusOK)
	g.clock.at = g.clock.at.Add(time.Minute)
	ask(in, http.MethodGet, "/export/scores.csv").answers(t, "a minute later", http.StatusOK)
}

// Row 51: so many may work behind one address, and no more, whoever they are.
func TestAddressesMayNotAskForEver(t *testing.T) {
	g := newGallery(t)
	r := newReader(t, g.handler(t, func(o *web.Options) { o.Rate = web.Rate{PerMinute: 1, AtOnce: 1} }))
	refused := 0
	for range 14 {
		_, secret := newSecretToken(t, g, account.TokenOrder{})
		a := r.do(http.MethodGet, "/api/v1/units", nil, func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+secret) })
		if a.StatusCode == http.StatusTooManyRequests {
			refused++
			if a.Header.Get("Retry-After") == "" || a.Header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("refused with %v", a.Header)
			}
		}
	}
	if refused != 4 {
		t.Errorf("of 14 tokens behind one address %d are refused, want 4", refused)
	}
}

// Row 66 of the security checklist: the administration opens to the addresses that it is bound to; elsewhere it is refused like a page of
// another role, and that is in the audit log.
func TestTheAdministrationIsBoundToAddresses(t *testing.T) {
	g := newGallery(t)
	elsewhere := newReader(t, g.handler(t, func(o *web.Options) { o.AdminFrom = []netip.Prefix{netip.MustParsePrefix("10.20.0.0/16")} })).signIn("admin")
	here := newReader(t, g.handler(t, func(o *web.Options) {
		o.AdminFrom = []netip.Prefix{netip.MustParsePrefix("10.20.0.0/16"), netip.MustParsePrefix("127.0.0.0/8")}
	})).signIn("admin")
	token := elsewhere.ownToken()
	bound := 0
	for _, one := range everyRoute(t, g) {
		_, path, _ := strings.Cut(one.name, " ")
		if path != "/admin" && path != "/audit" && path != "/audit.csv" && !strings.HasPrefix(path, "/admin/") && !strings.HasPrefix(path, "/audit/") {
			continue
		}
		bound++
		form := url.Values{"form_token": {token}}
		if one.method == http.MethodGet {
			form = nil
		}
		if a := elsewhere.do(one.method, one.path, form); a.StatusCode != http.StatusForbidden {
			t.Errorf("%s from elsewhere: %d", one.name, a.StatusCode)
		}
	}
	if bound < 10 {
		t.Errorf("only %d routes are of the administration", bound)
	}
	here.get("/admin").answers(t, "from a bound address", http.StatusOK)
	elsewhere.get("/account").answers(t, "another page from elsewhere", http.StatusOK)
	for _, line := range g.people.lines() {
		if line.Action == "refused" && line.Object == "GET /admin" {
			return
		}
	}
	t.Error("no line of the audit log says that the administration was refused")
}

// Row 63 of the security checklist: tokens are opaque, and known by their digest. Whatever is made up, signed or not, opens no call.
func TestForgedTokensAreRefused(t *testing.T) {
	g := newGallery(t)
	token, secret := newSecretToken(t, g, account.TokenOrder{})
	const (
		none   = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0"  // {"alg":"none","typ":"JWT"}
		hs256  = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9" // {"alg":"HS256","typ":"JWT"}
		rs256  = "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9"
		claims = "eyJzdWIiOiJhZG1pbiIsInVuaXQiOiIqIiwiZXhwIjo0MTAyNDQ0ODAwfQ" // {"sub":"admin","unit":"*","exp":4102444800}
		past   = "eyJzdWIiOiJhZG1pbiIsImV4cCI6MX0"                            // {"sub":"admin","exp":1}
		other  = "eyJzdWIiOiJhZG1pbiIsImF1ZCI6Im90aGVyIn0"                    // {"sub":"admin","aud":"other"}
	)
	body := strings.TrimPrefix(secret, account.TokenMark)
	forged := []string{
		none + "." + claims + ".", none + "." + claims + ".AAAA", hs256 + "." + claims + ".", hs256 + "." + claims + ".c2lnbmF0dXJl", rs256 + "." + claims + ".c2lnbmF0dXJl",
		hs256 + "." + past + ".c2lnbmF0dXJl", hs256 + "." + other + ".c2lnbmF0dXJl", account.TokenMark + none + "." + claims + ".", account.TokenMark + hs256 + "." + claims + ".c2ln",
		account.TokenMark, account.TokenMark + token.ID, account.TokenMark + account.SecretHash(secret), account.SecretHash(secret), body,
		account.TokenMark + strings.ToLower(body), account.TokenMark + body[:len(body)-1], secret + "A", secret + "%00", "%75%62_" + body, account.TokenMark + strings.Repeat("A", 5000),
		account.TokenMark + "' OR '1'='1", account.TokenMark + "*",
	}
	if len(forged) < 20 {
		t.Fatal("fewer than twenty forms")
	}
	h := g.handler(t)
	calls, guesses := 0, 0
	for _, one := range everyRoute(t, g) {
		if !one.program || one.open {
			continue
		}
		calls, guesses = calls+1, 0
		for _, text := range forged {
			req := httptest.NewRequest(one.method, one.path, nil)
			req.RemoteAddr = fmt.Sprintf("10.0.%d.%d:1", calls, guesses) // guesses are counted by their address
			guesses++
			req.Header.Set("Authorization", "Bearer "+text)
			req.Header.Set("Content-Type", "application/json")
			w := httptest.NewRecorder()
			h.ServeHTTP(w, req)
			if w.Code != http.StatusUnauthorized {
				t.Errorf("%s with %.40s: %d", one.name, text, w.Code)
			}
		}
	}
	if calls < 5 || len(g.people.took) != 0 {
		t.Errorf("%d calls were tried; taken was %d", calls, len(g.people.took))
	}
}

// Row 52 of the security checklist: whatever is sent, no answer shows a stack, a statement, a path of the machine or what the program is
// made of; a fault of the program is a number and a sentence.
func TestErrorsShowNothing(t *testing.T) {
	g := newGallery(t)
	h := g.handler(t)
	in := newReader(t, h).signIn("admin")
	marks := regexp.MustCompile(`goroutine \d|runtime error|panic:|\.go:\d+|SELECT |INSERT INTO|sqlite|SQLITE|/tmp/|/home/|/srv/|/usr/|go1\.\d+|net/http|unionboard/internal|strconv\.|invalid UTF-8|unexpected EOF|multipart:`)
	look := func(what string, a answerTo) {
		t.Helper()
		if m := marks.FindString(a.body); m != "" && !strings.HasPrefix(a.Header.Get("Content-Type"), "text/javascript") {
			t.Errorf("%s: the answer (%d) shows %q", what, a.StatusCode, m)
		}
	}
	token := in.ownToken()
	odd := []string{"\x00", "' OR 1=1 --", "../../../../etc/passwd", "%s%n%d", "{{7*7}}", strings.Repeat("9", 400), "\xff\xfe", "<script>", "-1", "NaN", "1e999", "999999999999999999999"}
	for i, one := range everyRoute(t, g) {
		word := odd[i%len(odd)]
		look(one.name+" with an odd query", in.do(http.MethodGet, one.path+"?q="+url.QueryEscape(word)+"&page="+url.QueryEscape(word)+"&search="+url.QueryEscape(word), nil))
		if one.method == http.MethodPost && !strings.HasSuffix(one.path, "/sign-out") && one.path != "/account/end-sessions" && one.path != "/password" {
			look(one.name+" with an odd form", in.do(one.method, one.path, url.Values{"form_token": {token}, "name": {word}, "version": {word}, "value": {word}}))
			broken := func(r *http.Request) { r.Header.Set("Content-Type", "multipart/form-data; boundary=x") }
			look(one.name+" with a broken body", in.do(one.method, one.path, url.Values{"a": {word}}, broken))
			look(one.name+" as JSON", in.do(one.method, one.path, url.Values{"a": {word}}, func(r *http.Request) { r.Header.Set("Content-Type", "application/json") }))
		}
	}
	reads := newReader(t, h).signIn("analyst")
	g.failing = errors.New("SELECT secret FROM /srv/unionboard/unionboard.db at store.go:12")
	a := reads.get("/")
	look("an internal error", a)
	if a.StatusCode != http.StatusInternalServerError || !strings.Contains(a.body, a.Header.Get("X-Request-Id")) {
		t.Errorf("an internal error is answered %d without its number", a.StatusCode)
	}
}

// The meter is told of every request by the name of its route, also of those that nothing answers, and never by the address.
func TestRequestsAreMeasured(t *testing.T) {
	g := newGallery(t)
	m := &meterNotes{}
	r := newReader(t, g.handler(t, func(o *web.Options) { o.Meter = m })).signIn("analyst")
	m.seen = nil
	r.get("/d/210102?q=2026Q1")
	r.get("/nowhere/210102")
	r.get("/healthz")
	want := `[GET /d/{unit:[A-Za-z0-9_-]{1,40}} 200  404 GET /healthz 200]`
	if got := fmt.Sprint(m.seen); got != want || m.open != 0 {
		t.Errorf("measured %s, %d open; want %s", got, m.open, want)
	}
}

type meterNotes struct {
	seen []string
	open int
}

func (m *meterNotes) Begin() func(string, int, time.Duration) {
	m.open++
	return func(route string, status int, _ time.Duration) {
		m.open--
		m.seen = append(m.seen, route+" "+strconv.Itoa(status))
	}
}

// Every line of the log that belongs to a request carries its number, once.
func TestLinesOfARequestCarryItsNumber(t *testing.T) {
	g := newGallery(t)
	var lines bytes.Buffer
	log := slog.New(web.Numbered(slog.NewTextHandler(&lines, nil)))
	r := newReader(t, g.handler(t, func(o *web.Options) {
		o.Log = log
		o.Ready = func(ctx context.Context) error {
			log.With("part", "one").WarnContext(ctx, "within")
			log.Warn("outside")
			return nil
		}
	}))
	a := r.get("/readyz")
	number := a.Header.Get("X-Request-Id")
	for line := range strings.Lines(lines.String()) {
		if within := strings.Contains(line, "msg=within"); strings.Count(line, "request="+number) != map[bool]int{true: 1, false: 0}[within] {
			t.Errorf("%q: the number of the request is %s", line, number)
		}
	}
	g.failing = errors.New("broken")
	lines.Reset()
	a = r.signIn("analyst").get("/")
	if got := strings.Count(lines.String(), "request="+a.Header.Get("X-Request-Id")); got != 1 {
		t.Errorf("the line of an error has its number %d times:\n%s", got, lines.String())
	}
}

// heldAudit holds whoever exports until it is let go.
type heldAudit struct {
	*people
	reached chan struct{}
	goOn    chan struct{}
}

func (h heldAudit) Record(ctx context.Context, lines ...assess.AuditLine) error {
	if lines[0].Action == "export" {
		select {
		case h.reached <- struct{}{}:
		default:
		}
		<-h.goOn
	}
	return h.people.Record(ctx, lines...)
}

// Row 51: twenty files that one person takes at once are made two by two, and nobody else waits for them with a page.
func TestExportsHoldUpNoPages(t *testing.T) {
	g := newGallery(t)
	held := heldAudit{g.people, make(chan struct{}, 1), make(chan struct{})}
	h := g.handler(t, func(o *web.Options) { o.Audit = held })
	first := newReader(t, h)
	greedy, other := first.fresh().signIn("analyst"), first.fresh().signIn("auditor")
	var made sync.WaitGroup
	good := make(chan int, 20)
	for range 20 {
		made.Go(func() { good <- greedy.get("/export/scores.csv").StatusCode })
	}
	<-held.reached
	for range 5 {
		other.get("/collect").answers(t, "a page of somebody else", http.StatusOK)
		other.get("/").answers(t, "the home page of somebody else", http.StatusOK)
	}
	select {
	case code := <-good:
		t.Errorf("a file that is held is answered %d: the pages were asked for after it", code)
	default:
	}
	close(held.goOn)
	made.Wait()
	close(good)
	for code := range good {
		if code != http.StatusOK {
			t.Errorf("a file is answered %d", code)
		}
	}
}
