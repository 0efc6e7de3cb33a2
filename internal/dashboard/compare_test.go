package dashboard

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
)

func comparePage(t *testing.T, req Request) *Page {
	t.Helper()
	d, ok := shipped(t).Page("compare")
	if !ok {
		t.Fatal("there is no page of comparison")
	}
	if req.Period.IsZero() {
		req.Period = q2026Q1
	}
	page, err := Resolve(t.Context(), small(t), catalogue(t), d, req)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// TestFurthestApartFirst: the headings of every framework stand in the order of the greatest difference, and each difference is that
// of the scores beside it.
func TestFurthestApartFirst(t *testing.T) {
	units := []assess.UnitCode{heping, shenhe, kangpin}
	page := comparePage(t, Request{Units: units})
	c := panelOf(t, page, "dimensions").Contrast
	if len(c.Units) != 3 || c.Units[0].Code != string(heping) || c.Units[2].Code != string(kangpin) {
		t.Fatalf("the units are %+v, want those of the address in its order", c.Units)
	}
	sheet := small(t).sheets[q2026Q1]
	rows, last, furthest := 0, 1e9, ""
	for _, row := range c.Rows {
		var values []float64
		for i, cell := range row.Cells {
			_, _, n := sheet.Node(units[i], assess.Code(row.Name.Code))
			if n.State != assess.Scored {
				continue
			}
			values = append(values, n.Shown)
			if cell.Figure.Score != n.Shown {
				t.Errorf("%s of %s shows %v, want %v", row.Name.Code, units[i], cell.Figure.Score, n.Shown)
			}
		}
		if len(values) < 2 {
			continue
		}
		wide := assess.Snap(slices.Max(values) - slices.Min(values))
		if wide > last {
			t.Errorf("%s differs by %v and stands behind one that differs by %v", row.Name.Code, wide, last)
		}
		if rows == 0 {
			furthest = row.Name.Short
		}
		rows, last = rows+1, wide
	}
	if rows < 3 || !strings.Contains(page.Sentence.Plain(), furthest) {
		t.Errorf("%d headings differ, %q is not named in %q", rows, furthest, page.Sentence.Plain())
	}
}

// TestTooFewAreProposed: with one district its peers are proposed and nothing else is shown; with none the first of each group.
func TestTooFewAreProposed(t *testing.T) {
	one := comparePage(t, Request{Units: []assess.UnitCode{heping}})
	if len(one.Rows) != 0 || one.Chooser.Link != "" || !strings.Contains(one.Sentence.Plain(), "2 至 4") {
		t.Errorf("with one district: %d rows, %q, %q", len(one.Rows), one.Chooser.Link, one.Sentence.Plain())
	}
	var links []string
	for _, p := range one.Chooser.Proposals {
		links = append(links, p.Text+" "+p.Link)
	}
	want := []string{"与沈河 /compare?q=2026Q1&u=210102&u=210103", "与铁西 /compare?q=2026Q1&u=210102&u=210106"}
	if diff := cmp.Diff(want, links); diff != "" {
		t.Error(diff)
	}
	if none := comparePage(t, Request{}); len(none.Rows) != 0 || len(none.Chooser.Proposals) != 1 {
		t.Errorf("with no district: %d rows, proposals %+v; want those of the only group with two", len(none.Rows), none.Chooser.Proposals)
	}
}

// TestWhatIsNotComparedIsSaid: a district twice counts once, five are four, those of other groups are left out – each with a sentence.
func TestWhatIsNotComparedIsSaid(t *testing.T) {
	page := comparePage(t, Request{Units: []assess.UnitCode{heping, heping, shenhe, kangpin}, Group: "core_urban", BaseKind: "year"})
	if got := panelOf(t, page, "dimensions").Contrast.Units; len(got) != 2 {
		t.Errorf("%d districts are compared, want the 2 of the group", len(got))
	}
	if len(page.Chooser.Says) != 1 || !page.Chooser.Same.Current || page.Chooser.Link != "/compare?base=year&group=core_urban&q=2026Q1&u=210102&u=210103" {
		t.Errorf("says %q, same group %+v, link %s", page.Chooser.Says, page.Chooser.Same, page.Chooser.Link)
	}
	r := &resolver{words: catalogue(t).In("zh"), def: Definition{Parameters: []string{"units"}}, now: newView(small(t).sheets[q2026Q1])}
	r.req.Units = []assess.UnitCode{"1", "2", "3", "4", "5"}
	if r.chooseUnits(); len(r.req.Units) != 4 || len(r.leftOut) != 1 {
		t.Errorf("of five %v are kept, %q is said", r.req.Units, r.leftOut)
	}
}

// TestAChosenFrameworkNarrowsThePage: with a framework its headings, its total and its indicators; without one those of all.
func TestAChosenFrameworkNarrowsThePage(t *testing.T) {
	units := []assess.UnitCode{heping, shenhe}
	all := comparePage(t, Request{Units: units})
	one := comparePage(t, Request{Units: units, Framework: "six_systems"})
	if a, b := panelOf(t, all, "ranking").Ranking.Of.Code, panelOf(t, one, "ranking").Ranking.Of.Code; a != "composite" || b != "six_systems" {
		t.Errorf("ranked are %s and %s", a, b)
	}
	if a, b := len(panelOf(t, all, "dimensions").Contrast.Rows), len(panelOf(t, one, "dimensions").Contrast.Rows); a != 4 || b != 3 {
		t.Errorf("%d and %d headings, want 4 and 3", a, b)
	}
	if c := one.Chooser.Frameworks; len(c) != 3 || c[0].Code != "" || !c[1].Current {
		t.Errorf("the frameworks to choose are %+v", c)
	}
}

// TestOnlyDifferentIndicatorsAreListed: the furthest apart first, those that are equal not at all.
func TestOnlyDifferentIndicatorsAreListed(t *testing.T) {
	page := comparePage(t, Request{Units: []assess.UnitCode{heping, tiexi}})
	table := panelOf(t, page, "differences").Table
	if len(table.Heads) != 5 || len(table.Rows) == 0 {
		t.Fatalf("%d heads, %d rows", len(table.Heads), len(table.Rows))
	}
	sheet := small(t).sheets[q2026Q1]
	differ := 0
	for _, f := range sheet.Edition.Frameworks {
		for _, leaf := range f.Root.Leaves() {
			_, _, a := sheet.Node(heping, leaf.Code)
			_, _, b := sheet.Node(tiexi, leaf.Code)
			if a.State == assess.Scored && b.State == assess.Scored && a.Shown != b.Shown {
				differ++
			}
		}
	}
	if len(table.Rows) != differ {
		t.Errorf("%d indicators are listed, %d differ", len(table.Rows), differ)
	}
	for _, row := range table.Rows {
		if row[2].Text == row[3].Text {
			t.Errorf("%s is equal and listed", row[0].Text)
		}
	}
}
