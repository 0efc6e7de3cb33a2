package web_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/unionboard/unionboard/dashboards"
	"github.com/unionboard/unionboard/internal/dashboard"
	"github.com/unionboard/unionboard/internal/web"
)

const ownPageFile = `page: skills
path: /p/skills
title: {zh: 技能一页, en: Skills}
parameters: [period, group]
sentence: home
rows:
- panels:
  - id: map
    type: tilemap
    title: {zh: 方格图}
    query: {measure: score, of: overall, units: all}
`

// TestAnOwnPageOnTheSite: a file that is put into the folder is a page, the overview leads to it, and the page about pages lists it; a
// wrong one is named there with line and remedy while the old page stands.
func TestAnOwnPageOnTheSite(t *testing.T) {
	g := newGallery(t)
	folder := fstest.MapFS{}
	shelf, err := dashboard.NewShelf(dashboards.Files(), folder, nil)
	if err != nil {
		t.Fatal(err)
	}
	h := g.handler(t, func(o *web.Options) { o.Shelf = shelf })
	leader, analyst := newReader(t, h).signIn("leader"), newReader(t, h).signIn("analyst")
	if a := leader.get("/p/skills?q=2026Q1"); a.StatusCode != http.StatusNotFound {
		t.Fatalf("before there is a file: %d", a.StatusCode)
	}
	write := func(content string) {
		g.clock.at = g.clock.at.Add(2 * time.Second)
		folder["skills.yaml"] = &fstest.MapFile{Data: []byte(content), ModTime: g.clock.at}
	}
	write(ownPageFile)
	if a := leader.get("/p/skills?q=2026Q1"); a.StatusCode != http.StatusOK {
		t.Errorf("the page: %d", a.StatusCode)
	}
	if a := leader.get("/?q=2026Q1"); !strings.Contains(a.body, `href="/p/skills?q=2026Q1"`) {
		t.Error("the overview does not lead to the page")
	}
	if a := analyst.get("/dashboards"); !strings.Contains(a.body, "skills.yaml") || !strings.Contains(a.body, "技能一页") {
		t.Error("the page about pages does not list it")
	}
	write(strings.Replace(ownPageFile, "tilemap", "treemap", 1))
	if a := leader.get("/p/skills?q=2026Q1"); a.StatusCode != http.StatusOK {
		t.Errorf("the old page fell: %d", a.StatusCode)
	}
	if a := analyst.get("/dashboards"); !strings.Contains(a.body, "skills.yaml:9:11") || !strings.Contains(a.body, "scatter") || !strings.Contains(a.body, "原页面仍生效") {
		t.Error("the fault is not named with its line and what would be right")
	}
}

// TestTryingAPage: a right file is shown, a wrong one is answered with its faults and the text that was typed; neither is kept.
func TestTryingAPage(t *testing.T) {
	g := newGallery(t)
	r := newReader(t, g.handler(t)).signIn("analyst")
	mine := strings.NewReplacer("page: skills", "page: mine", "/p/skills", "/p/mine").Replace(ownPageFile)
	send := func(content string) answerTo {
		t.Helper()
		return r.post("/dashboards", "/dashboards", "file", content)
	}
	if a := send(mine); a.StatusCode != http.StatusOK || !strings.Contains(a.body, `id="shown"`) {
		t.Errorf("a right file: %d", a.StatusCode)
	}
	a := send(strings.Replace(mine, "tilemap", "treemap", 1))
	if a.StatusCode != http.StatusBadRequest || !strings.Contains(a.body, "page.yaml:9:11") || !strings.Contains(a.body, "treemap") || strings.Contains(a.body, `id="shown"`) {
		t.Errorf("a wrong file: %d\n%s", a.StatusCode, a.body)
	}
	if a := r.get("/p/mine"); a.StatusCode != http.StatusNotFound {
		t.Errorf("it was kept: %d", a.StatusCode)
	}
	if a := r.get("/dashboards?from=home"); !strings.Contains(a.body, "type: laglist") {
		t.Error("a shipped page is no beginning")
	}
	if a := r.get("/dashboards/home.yaml"); a.StatusCode != http.StatusOK || !strings.Contains(a.body, "page: home") {
		t.Errorf("its file: %d", a.StatusCode)
	}
	if a := r.get("/dashboards/none.yaml"); a.StatusCode != http.StatusNotFound {
		t.Errorf("a file that there is not: %d", a.StatusCode)
	}
}
