package web_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
)

// Who runs collections asks a source now, with scripts off: the answer leads to the run, and who asked stands in the log.
func TestASourceIsAskedFromThePage(t *testing.T) {
	g := newGallery(t)
	r := newReader(t, g.handler(t)).signIn("analyst")
	page := r.get("/collect").body
	for _, want := range []string{
		"上次成功", "下次", `action="/collect/heping/run"`, `action="/collect/dadong/run"`, "尚未采集", // what the table says
		"2026Q1.csv:14:4", "3O412", // a refused row at its place
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %s", want)
		}
	}
	if strings.Contains(page, `action="/collect/import/run"`) {
		t.Error("what is imported by hand can be asked")
	}
	a := r.post("/collect", "/collect/shenhe/run")
	if to := a.Header.Get("Location"); a.StatusCode != http.StatusSeeOther || to != "/collect/shenhe?run=r2" {
		t.Errorf("asked: %d to %s", a.StatusCode, to)
	}
	if !slices.Equal(g.collecting.asked, []assess.Code{"shenhe"}) {
		t.Errorf("asked were %v", g.collecting.asked)
	}
	if last := g.people.last(); last.Action != "collect.ask" || last.Object != "shenhe" || last.Actor != "analyst" || last.Result != "ok" {
		t.Errorf("the log says %+v", last)
	}
	if a := r.post("/collect", "/collect/shenhe/run", "period", "2020Q1"); a.StatusCode != http.StatusBadRequest && a.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a field that the form does not have: %d", a.StatusCode)
	}
	g.collecting.busy = assess.Conflict("problem.source_busy", "source shenhe is being collected already; wait until that run has ended", "source", "shenhe")
	if a := r.post("/collect", "/collect/shenhe/run"); a.StatusCode != http.StatusConflict || g.people.last().Result != "failed" {
		t.Errorf("while it is being asked: %d, the log says %+v", a.StatusCode, g.people.last())
	}
	if len(g.collecting.asked) != 1 {
		t.Errorf("asked were %v", g.collecting.asked)
	}
}

// A sick or stale source is marked, said above the list, and a task of who runs collections; of nobody else.
func TestSilentSourcesAreSaid(t *testing.T) {
	g := newGallery(t)
	site := g.handler(t)
	analyst, auditor := newReader(t, site).signIn("analyst"), newReader(t, site).signIn("auditor")
	const alarm, sick, stale = "2 个来源长时间没有成功采集", "连续失败 7 次", "过期未采"
	if page := analyst.get("/collect").body; strings.Contains(page, alarm) || strings.Contains(analyst.get("/tasks").body, "没有成功采集") {
		t.Error("an alarm without a reason")
	}
	g.collecting.silent = true
	page := analyst.get("/collect").body
	for _, want := range []string{alarm, sick, stale} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %s", want)
		}
	}
	if !strings.Contains(analyst.get("/tasks").body, "2 个来源长时间没有成功采集") {
		t.Error("the analyst is not told on the page of tasks")
	}
	if page := auditor.get("/collect").body; strings.Contains(page, "/run\"") {
		t.Error("the auditor may ask a source")
	}
}

// Who runs collections narrows the list to what needs somebody, comes from a refused row to the file it stands in and to the mapping by it,
// and has the files that wait among the tasks; an auditor sees the rows alone.
func TestRefusedRowsLeadToTheirFile(t *testing.T) {
	g := newGallery(t)
	g.pieces.all = []assess.HeldPiece{
		{ID: heldID, Run: "r2", Source: "shenhe", Name: "2026Q1.csv", At: g.clock.at, State: assess.PieceWaiting},
		{ID: strings.Replace(heldID, "abcd", "dcba", 1), Run: "r1", Source: "shenhe", Name: "2026Q1.csv", At: g.clock.at, State: assess.PieceWaiting},
	}
	site := g.handler(t)
	analyst, auditor := newReader(t, site).signIn("analyst"), newReader(t, site).signIn("auditor")
	ways := []string{`href="/collect/shenhe#piece-` + heldID + `"`, `href="/collect/shenhe/mapping?piece=` + heldID + `"`}
	for _, path := range []string{"/collect", "/collect/shenhe"} {
		page := wantPage(t, analyst.get(path), http.StatusOK).body
		for _, want := range ways {
			if !strings.Contains(page, want) {
				t.Errorf("%s has no %s", path, want)
			}
		}
		if strings.Contains(page, `href="/collect/shenhe#piece-`+strings.Replace(heldID, "abcd", "dcba", 1)) {
			t.Errorf("%s: a row leads to the file of another run", path)
		}
	}
	if page := analyst.get("/collect/shenhe").body; !strings.Contains(page, `<tr id="piece-`+heldID+`">`) {
		t.Error("the file has no place on the page of its source")
	}
	page := analyst.get("/collect?show=waiting").body
	if !strings.Contains(page, "有 2 份被拒的原件待处理") {
		t.Error("the sentence on top does not count the files that wait")
	}
	if !strings.Contains(page, `href="/collect/shenhe"`) || strings.Contains(page, `href="/collect/heping"`) || !strings.Contains(page, "2 份原件待处理") {
		t.Errorf("narrowed to what waits: %s", page)
	}
	if page := analyst.get("/collect?show=trouble").body; !strings.Contains(page, `href="/collect/xinmin"`) || strings.Contains(page, `href="/collect/dadong"`) {
		t.Error("narrowed to trouble, the failed source is missing or the one that was never asked is there")
	}
	if page := analyst.get("/tasks").body; !strings.Contains(page, "2 份采集被拒的原件待处理") || !strings.Contains(page, `href="/collect?show=waiting"`) {
		t.Error("the files that wait are no task")
	}
	if page := auditor.get("/collect").body; !strings.Contains(page, "2026Q1.csv:14:4") || strings.Contains(page, heldID) || strings.Contains(page, "原件待处理") {
		t.Error("the auditor sees no rows, or the files")
	}
}

// A source that was never asked has its page, from which it is asked and its mapping made; one that is nowhere known has none. Each says
// where it stands.
func TestASourceSaysWhereItStands(t *testing.T) {
	r := newReader(t, newGallery(t).handler(t)).signIn("analyst")
	page := wantPage(t, r.get("/collect/dadong"), http.StatusOK).body
	for _, want := range []string{"还没有成功采集过", "还没有采集过", "只能手工采集", `action="/collect/dadong/run"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of a source that was never asked does not say %s", want)
		}
	}
	page = r.get("/collect/shenhe").body
	for _, want := range []string{"上次成功采集：2026-04-20 06:06", "最近一次收到数据", "下次采集", "部分拒绝"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of a source does not say %s", want)
		}
	}
	if a := r.get("/collect/nowhere"); a.StatusCode != http.StatusNotFound {
		t.Errorf("an unknown source: %d", a.StatusCode)
	}
}
