package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/takeout"
	"github.com/unionboard/unionboard/internal/web"
)

// withTakeaway answers a gallery with its desk of files.
func withTakeaway(t *testing.T) (*gallery, http.Handler, *takeout.Desk) {
	t.Helper()
	g := newGallery(t)
	words, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	desk := g.takeaway(t, words)
	return g, g.handler(t, func(o *web.Options) { o.Takeaway = desk }), desk
}

// TestExports: a whole file with its name, narrowed to the unit of a district, and a line in the audit log that says what it holds. Addresses of
// before that name a quarter alone lead to the same.
func TestExports(t *testing.T) {
	g, h, _ := withTakeaway(t)
	r := newReader(t, h).signIn("analyst")
	a := r.get("/export/observations.csv?q=2026Q1")
	if a.StatusCode != 200 || strings.Count(a.body, "\n") != 14 || !strings.HasPrefix(a.body, "\ufeffunit,period,code,") || a.Header.Get("Content-Type") != "text/csv; charset=utf-8" ||
		a.Header.Get("Content-Disposition") != `attachment; filename="observations-2026Q1.csv"; filename*=UTF-8''`+url.PathEscape("2026年第一季度_数据项明细表.csv") {
		t.Errorf("city: %d %q %v", a.StatusCode, a.body, a.Header)
	}
	if last := g.people.last(); last.Action != "export" || last.Object != "observations 2026Q1" || !strings.HasPrefix(last.After, "format csv; units all; edition working; language zh; ") {
		t.Errorf("audit: %+v", last)
	}
	if a := r.get("/export/observations.csv?q=2025Q3&to=2025Q4&unit=210103&language=en"); strings.Count(a.body, "\n") != 3 || !strings.Contains(a.body, "210103,2025Q4,enterprises") {
		t.Errorf("a range of one unit: %q", a.body)
	}
	if a := r.fresh().signIn("heping").get("/export/observations.csv?q=2026Q1"); strings.Count(a.body, "\n") != 2 || !strings.Contains(a.body, "210102,2026Q1,enterprises") {
		t.Errorf("district: %q", a.body)
	}
	if last := g.people.last(); last.Unit != "210102" || !strings.Contains(last.After, "units 210102; edition published") {
		t.Errorf("audit: %+v", last)
	}
	for path, status := range map[string]int{
		"/export/nothing.csv": 404, "/export/scores.csv?q=1999Q1": 404, "/export/scores.csv?q=x": 400, "/export/scores.doc?q=2026Q1": 400,
		"/export/observations.csv?q=2026Q1&unit=999999": 404, "/export?q=2026Q1&unit=999999": 404, "/export/observations.csv?q=2026Q2&edition=published": 409,
	} {
		if a := r.get(path); a.StatusCode != status {
			t.Errorf("%s: %d, want %d", path, a.StatusCode, status)
		}
	}
}

// TestTheExportPage: every table has a way to each of its formats, the preview is the beginning of the table, and a district chooses no unit,
// no edition and no notice.
func TestTheExportPage(t *testing.T) {
	_, h, _ := withTakeaway(t)
	r := newReader(t, h).signIn("analyst")
	page := r.get("/export?q=2026Q1&table=observations").body
	for _, offer := range takeout.Offers() {
		for _, format := range offer.Formats {
			if !strings.Contains(page, "/export/"+offer.Table+"."+string(format)+"?") && !regexp.MustCompile(`value="`+offer.Table+`"><button [^>]*value="`+string(format)+`"`).MatchString(page) {
				t.Errorf("no way to %s as %s", offer.Table, format)
			}
		}
	}
	for _, want := range []string{"1,204", "法库县", "工作状态（数据 v2）", `<option value="210103">`, "没有后台任务"} {
		if want == "1,204" {
			want = ">1204<"
		}
		if !strings.Contains(page, want) {
			t.Errorf("the page does not hold %s", want)
		}
	}
	own := r.fresh().signIn("heping").get("/export?q=2026Q1&table=observations").body
	for _, not := range []string{"210103", "沈河区", "工作状态", "notice.docx", "个人信息"} {
		if strings.Contains(own, not) {
			t.Errorf("a district's page holds %s", not)
		}
	}
	if !strings.Contains(own, "和平区") || !regexp.MustCompile(`href="/export/package\.zip\?[^"]*unit=210102`).MatchString(own) || !strings.Contains(own, "文件只含本单位") {
		t.Error("a district's page does not show its own figures")
	}
}

// TestFilesInTheBackgroundOnThePage: asked for, watched, taken, and forgotten; what fails says why; another person sees none of it.
func TestFilesInTheBackgroundOnThePage(t *testing.T) {
	g, h, desk := withTakeaway(t)
	r := newReader(t, h).signIn("analyst")
	ask := func() answerTo {
		return r.post("/export?q=2026Q1", "/export/jobs?q=2026Q1", "table", "observations", "format", "csv")
	}
	a := ask()
	where := a.Header.Get("Location")
	if a.StatusCode != http.StatusSeeOther || !strings.HasPrefix(where, "/export?") || !strings.Contains(where, "watch=1") {
		t.Fatalf("asked: %d %s", a.StatusCode, where)
	}
	where, _, _ = strings.Cut(where, "#")
	if a := r.get(where); !strings.Contains(a.body, "排队") || a.Header.Get("Refresh") != "5" {
		t.Errorf("waiting: refresh %q", a.Header.Get("Refresh"))
	}
	if err := desk.Clear(t.Context()); err != nil {
		t.Fatal(err)
	}
	page := r.get(where)
	job := regexp.MustCompile(`/export/jobs/([0-9a-f-]{36})"`).FindStringSubmatch(page.body)
	if job == nil || page.Header.Get("Refresh") != "" || !strings.Contains(page.body, "完成") {
		t.Fatalf("made: refresh %q, %v", page.Header.Get("Refresh"), job)
	}
	file := r.get("/export/jobs/" + job[1])
	if file.StatusCode != 200 || strings.Count(file.body, "\n") != 14 || file.Header.Get("Content-Type") != "text/csv; charset=utf-8" || !strings.Contains(file.Header.Get("Content-Disposition"), "2026") {
		t.Errorf("taken: %d %q %v", file.StatusCode, file.body, file.Header)
	}
	if last := g.people.last(); last.Action != "export" || last.Object != "observations 2026Q1" {
		t.Errorf("audit: %+v", last)
	}
	other := r.fresh().signIn("leader")
	if a := other.get("/export/jobs/" + job[1]); a.StatusCode != 404 || strings.Contains(other.get("/export").body, job[1]) {
		t.Errorf("another person: %d", a.StatusCode)
	}
	if a := r.post("/export?q=2026Q1", "/export/jobs/"+job[1]+"/cancel?q=2026Q1"); a.StatusCode != 409 || !strings.Contains(a.body, "状态已变化") {
		t.Errorf("what is done is cancelled: %d", a.StatusCode)
	}
	if a := r.post("/export?q=2026Q1", "/export/jobs/"+job[1]+"/drop?q=2026Q1"); a.StatusCode != 303 || strings.Contains(r.get("/export?q=2026Q1").body, job[1]) {
		t.Errorf("removed: %d", a.StatusCode)
	}
	g.people.calls.ArmWrites(syscall.ENOSPC)
	if a := ask(); a.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("without room for the order: %d", a.StatusCode)
	}
	g.people.calls.Disarm()
	for range takeout.MostWaiting {
		ask()
	}
	if a := ask(); a.StatusCode != 429 || !strings.Contains(a.body, "排队") || !strings.Contains(a.body, `role="alert"`) {
		t.Errorf("one too many: %d", a.StatusCode)
	}
}

// firstJob answers the ID of the first file on the page that can be cancelled.
func firstJob(r *reader) string {
	return regexp.MustCompile(`/export/jobs/([0-9a-f-]{36})/cancel`).FindStringSubmatch(r.get("/export?q=2026Q1").body)[1]
}

// TestAFailedFileSaysWhyOnThePage.
func TestAFailedFileSaysWhyOnThePage(t *testing.T) {
	g, h, desk := withTakeaway(t)
	r := newReader(t, h).signIn("analyst")
	if a := r.post("/export?q=2026Q1", "/export/jobs?q=2026Q1", "table", "observations", "format", "csv"); a.StatusCode != 303 {
		t.Fatal(a.StatusCode)
	}
	jobs, err := g.people.Exports(t.Context(), g.people.of("analyst").ID)
	if err != nil || len(jobs) != 1 {
		t.Fatal(jobs, err)
	}
	jobs[0].ID, jobs[0].Total = "01890000-0000-7000-8000-0000000000aa", 100
	if err := desk.Cancel(t.Context(), g.people.of("analyst"), firstJob(r), assess.AuditLine{}); err != nil {
		t.Fatal(err)
	}
	if err := g.people.AddExport(t.Context(), jobs[0], 9, assess.AuditLine{}); err != nil {
		t.Fatal(err)
	}
	job, _, err := g.people.TakeExport(t.Context(), g.clock.at)
	if err != nil {
		t.Fatal(err)
	}
	job.Done = 40
	if err := g.people.NoteExport(t.Context(), job.ID, job.Done); err != nil {
		t.Fatal(err)
	}
	if page := r.get("/export?q=2026Q1").body; !strings.Contains(page, "生成中 40 %") {
		t.Error("the progress is not on the page")
	}
	job.State, job.EndedAt, job.Problem = assess.ExportFailed, g.clock.at.Add(time.Second), assess.Unavailable("problem.takeout_internal", "x", "number", "0F3C")
	if _, err := g.people.SettleExport(t.Context(), job); err != nil {
		t.Fatal(err)
	}
	if page := r.get("/export?q=2026Q1").body; !strings.Contains(page, "请把编号 0F3C 告诉管理员") || !strings.Contains(page, "重试") {
		t.Error("the reason is not on the page")
	}
	if a := r.post("/export?q=2026Q1", "/export/jobs/"+job.ID+"/retry?q=2026Q1"); a.StatusCode != 303 {
		t.Errorf("tried again: %d", a.StatusCode)
	}
	if err := desk.Clear(t.Context()); err != nil || !strings.Contains(r.get("/export?q=2026Q1").body, "完成") {
		t.Errorf("made after all: %v", err)
	}
}
