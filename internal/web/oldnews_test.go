package web_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dashboard"
	"github.com/unionboard/unionboard/internal/web"
)

// openPages are the gallery's pages, of which those of 2025Q4 are still open.
type openPages struct{ web.Pages }

func (p openPages) Resolve(ctx context.Context, d dashboard.Definition, r dashboard.Request) (*dashboard.Page, error) {
	page, err := p.Pages.Resolve(ctx, d, r)
	if err == nil && r.Period.String() == "2025Q4" {
		page.Bar.Cycle.State = assess.CycleOpen
	}
	return page, err
}

// Row 46 of the security checklist: what was taken before a pull failed still stands on the page of an open quarter, which says of which
// source and how old; a published quarter, whose figures are locked, says nothing of it, and neither do pages of a past day and of a district's people.
func TestOldFiguresAreSaidWithTheirAge(t *testing.T) {
	g := newGallery(t)
	site := g.handler(t, func(o *web.Options) { o.Pages, o.Board = openPages{o.Pages}, datedBoard{} })
	leader := newReader(t, site).signIn("leader")
	const open, locked = "2025Q4", "2026Q1"
	page := wantPage(t, leader.get("/?q="+open), http.StatusOK).body
	if !strings.Contains(page, `class="notice ask old"`) || !strings.Contains(page, "仍用上次的数据") {
		t.Fatal("the page of an open quarter says nothing of the source that failed")
	}
	g.collecting.silent = true
	page = wantPage(t, leader.get("/?q="+open), http.StatusOK).body
	if !strings.Contains(page, "数据为") || !strings.Contains(page, "天前") {
		t.Error("the age of the figures is not said")
	}
	if page := wantPage(t, leader.get("/?as_of=2026-04-19&q="+open), http.StatusOK).body; strings.Contains(page, "notice ask old") {
		t.Error("a page of a past day speaks of where the sources stand now")
	}
	if page := wantPage(t, leader.get("/?q="+locked), http.StatusOK).body; strings.Contains(page, "notice ask old") {
		t.Error("a published quarter speaks of sources")
	}
}
