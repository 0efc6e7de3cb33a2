package main

import (
	"encoding/csv"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/config"
	"github.com/unionboard/unionboard/internal/demo"
	"github.com/unionboard/unionboard/internal/i18n"
)

// demoPeriods are the eight quarters and the year that the demonstration shows.
func demoPeriods() (periods []string) {
	return []string{"2024Q4", "2025Q1", "2025Q2", "2025Q3", "2025Q4", "2025", "2026Q1", "2026Q2", "2026Q3"}
}

// exports answers every table of every period of a demonstration, as `export` writes them.
func exports(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	inside(t, dir, func(a *app) {
		for _, p := range demoPeriods() {
			for _, table := range []string{"scores", "observations"} {
				all[table+" "+p] = a.written(t, table, assess.MustPeriod(p))
			}
		}
	})
	return all
}

// always answers the tables of the demonstration, read once for all tests.
func always(t *testing.T) map[string]string {
	t.Helper()
	dir := demonstration(t)
	made.read.Do(func() { made.tables = exports(t, dir) })
	return made.tables
}

// rows reads a table as one map for each row, by the heads of its columns.
func rows(t *testing.T, text string) (all []map[string]string) {
	t.Helper()
	lines, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, head := range lines[0] {
			row[head] = line[i]
		}
		all = append(all, row)
	}
	return all
}

// where answers the rows whose columns hold certain texts, given as name and text in turn.
func where(rows []map[string]string, conditions ...string) (found []map[string]string) {
	for _, row := range rows {
		fits := true
		for i := 0; i+1 < len(conditions); i += 2 {
			fits = fits && row[conditions[i]] == conditions[i+1]
		}
		if fits {
			found = append(found, row)
		}
	}
	return found
}

// TestTheDemonstrationShowsEightQuartersAndAYear: every period has a composite and three frameworks of thirteen districts; the
// year has grades and no quarter has.
func TestTheDemonstrationShowsEightQuartersAndAYear(t *testing.T) {
	t.Parallel()
	dir := copyDemonstration(t)
	inside(t, dir, func(a *app) {
		periods, err := a.board.Periods(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var texts []string
		for _, p := range periods {
			texts = append(texts, p.String())
		}
		if diff := cmp.Diff(demoPeriods(), texts); diff != "" {
			t.Errorf("periods (-want +got):\n%s", diff)
		}
	})
	all := always(t)
	for _, p := range demoPeriods() {
		scores := rows(t, all["scores "+p])
		for _, framework := range []string{"six_systems", "five_projects", "five_type_organ", "composite"} {
			roots := where(scores, "framework", framework, "node", framework, "period", p)
			if len(roots) != 13 {
				t.Errorf("%s of %s has %d districts", framework, p, len(roots))
			}
			for _, r := range roots {
				graded := framework == "composite" && p == "2025"
				if r["state"] != "scored" || r["score"] == "" || r["rank"] == "" || (r["grade"] != "") != graded {
					t.Errorf("%s of %s: %v", framework, p, r)
				}
			}
		}
	}
	if out := good(t, "export", "--data", dir, "--period", "2025"); out != all["scores 2025"] {
		t.Error("the command writes another table than the tests read")
	}
}

// visitor is a browser without script.
type visitor struct {
	t    *testing.T
	base string
	http http.Client
}

var formToken = regexp.MustCompile(`name="form_token" value="([^"]+)"`)

// signIn opens the pages as one of the demonstration's accounts.
func signIn(t *testing.T, base string, role assess.Role) *visitor {
	t.Helper()
	accounts := demo.Accounts()
	person := accounts[slices.IndexFunc(accounts, func(a demo.Account) bool { return a.Role == role })]
	return signInAs(t, base, person.Name, person.Password)
}

func signInAs(t *testing.T, base, name, password string) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	v := &visitor{t: t, base: base, http: http.Client{Jar: jar, Timeout: patience}}
	_, page := v.read(v.http.Get(base + "/sign-in"))
	token := formToken.FindStringSubmatch(page)
	if token == nil {
		t.Fatalf("the sign-in page has no form: %s", page)
	}
	status, page := v.read(v.http.PostForm(base+"/sign-in", url.Values{
		"name": {name}, "password": {password}, "form_token": {token[1]},
	}))
	if status != http.StatusOK || strings.Contains(page, `type="password"`) {
		t.Fatalf("%s is not let in: status %d", name, status)
	}
	return v
}

func (v *visitor) get(path string) (status int, page string) {
	v.t.Helper()
	return v.read(v.http.Get(v.base + path))
}

func (v *visitor) read(r *http.Response, err error) (int, string) {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return r.StatusCode, string(body)
}

// TestTheDemonstrationIsServed: its pages answer a leader and say that they are a demonstration; a second program is refused; it
// ends when it is asked to; started again it shows the same, and nothing was collected twice.
func TestTheDemonstrationIsServed(t *testing.T) {
	t.Parallel()
	dir := copyDemonstration(t)
	wantSeq := head(t, dir).Seq
	words, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	mark := words.Say(i18n.Chinese, "web.demo", nil)
	p := start(t, "demo", "--data", dir, "--addr", "127.0.0.1:0")
	leader := signIn(t, p.serving(), assess.CityLeader)
	for _, path := range []string{
		"/", "/f/six_systems", "/d/210102", "/?q=2025", "/f/six_systems?q=2024Q4", "/d/210124?q=2025Q2",
		"/i/lecture_union_coverage", "/why/210102/lecture_union_coverage",
	} {
		status, page := leader.get(path)
		if marked := strings.Contains(page, mark); status != http.StatusOK || !marked || !strings.Contains(page, "</html>") {
			t.Errorf("%s: status %d, %d bytes, marked as demonstration: %v", path, status, len(page), marked)
		}
	}
	call(t, "serve", "--data", dir, "--addr", "127.0.0.1:0").oneSentence(t, exitFailed, dir, "in use by another unionboard", "--data")
	call(t, "export", "--data", dir, "--period", "2025").oneSentence(t, exitFailed, "in use by another unionboard")
	if r := p.stop(); r.code != exitDone {
		t.Errorf("asked to end, it ended with %d: %s", r.code, r.err)
	}

	again := start(t, "demo", "--data", dir, "--addr", "127.0.0.1:0")
	again.serving()
	r := again.stop()
	if r.code != exitDone {
		t.Errorf("the second time it ended with %d: %s", r.code, r.err)
	}
	for _, words := range []string{"demo.leader", "summit-lantern-looks", "demo.reporter", "综合得分  2025 ", "综合得分  2026Q3 ", "演示数据"} {
		if !strings.Contains(r.out, words) {
			t.Errorf("it does not print %q: %s", words, r.out)
		}
	}
	if diff := cmp.Diff(always(t), exports(t, dir)); diff != "" {
		t.Errorf("started again it shows something else (-before +after):\n%s", diff)
	}
	if seq := head(t, dir).Seq; seq != wantSeq {
		t.Errorf("the log has moved from %d to %d", wantSeq, seq)
	}
}

// copyDemonstration answers a demonstration that the test may change.
func copyDemonstration(t *testing.T) string {
	t.Helper()
	from, dir := demonstration(t), filepath.Join(t.TempDir(), "data")
	copyInstallation(t, from, dir)
	return dir
}

// TestAnInterruptedDemonstrationLeavesNoHalf ends the making of a demonstration in the middle: there is none then, and the next
// start makes a whole one, the same as always. While it is being made nobody else takes the work away.
func TestAnInterruptedDemonstrationLeavesNoHalf(t *testing.T) {
	t.Parallel()
	ends := []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM}
	if !everyPage() {
		ends = ends[:1]
	}
	for _, end := range ends {
		t.Run(end.String(), func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "city", "data")
			command := []string{"demo", "--data", dir, "--build-only", "--quarters", "2"}
			p := start(t, command...)
			p.untilThere(filepath.Join(dir+".making", dropFolder, "report_counts"))
			p.signal(syscall.SIGSTOP)
			call(t, command...).oneSentence(t, exitFailed, "in use by another unionboard")
			p.signal(end)
			p.signal(syscall.SIGCONT)
			if r := p.wait(); r.code == exitDone {
				t.Fatal("it was not interrupted")
			}
			if _, err := os.Stat(dir); !os.IsNotExist(err) {
				t.Fatalf("there is a half demonstration: %v", err)
			}
			good(t, command...)
			if left, err := os.ReadDir(filepath.Dir(dir)); err != nil || len(left) != 1 {
				t.Errorf("beside the demonstration lie %v, %v", left, err)
			}
			want := always(t) // of eight quarters, of which these are the last two
			for _, p := range []string{"2026Q2", "2026Q3"} {
				inside(t, dir, func(a *app) {
					if diff := cmp.Diff(want["observations "+p], a.written(t, "observations", assess.MustPeriod(p))); diff != "" {
						t.Errorf("%s is not the same as always (-want +got):\n%s", p, diff)
					}
				})
			}
		})
	}
}

func TestADemonstrationKeepsAwayFromOtherData(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	precious := filepath.Join(dir, "figures.csv")
	write(t, precious, "precious")
	call(t, "demo", "--data", dir, "--build-only").oneSentence(t, exitFailed, dir, "not empty", "--data")
	if body, err := os.ReadFile(precious); err != nil || string(body) != "precious" {
		t.Errorf("the file of others is %q, %v", body, err)
	}
	call(t, "demo", "--data", installation(t), "--build-only").oneSentence(t, exitFailed, "not empty", "--data")
	call(t, "demo", "--data", precious, "--build-only").oneSentence(t, exitRefused, precious, "is a file")
	call(t, "demo", "--data", filepath.Join(dir, "x"), "--quarters", "0").oneSentence(t, exitUsage, "--quarters 0", "1 to 40")
}

func TestADemonstrationTakesAwayOnlyWhatItMade(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	copyInstallation(t, installation(t), dir+".making")
	call(t, "demo", "--data", dir, "--build-only").oneSentence(t, exitFailed, dir+".making", "in the way", "--data")
	if _, err := os.Stat(filepath.Join(dir+".making", config.FileName)); err != nil {
		t.Errorf("the installation is gone: %v", err)
	}
	head(t, dir+".making")
}
