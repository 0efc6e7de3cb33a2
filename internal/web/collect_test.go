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
