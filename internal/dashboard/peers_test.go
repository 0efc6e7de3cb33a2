package dashboard

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
)

// TestAPlaceNamesThePeers: whoever is scored by the place reads whose values it was made of. By lecture rate of 2026Q1 Heping has 15 %,
// Shenhe 12 % and Tiexi 5 % in their group; Kangping is alone in its own.
func TestAPlaceNamesThePeers(t *testing.T) {
	b := small(t)
	e := edition(2026)
	_, leaf, _ := e.Indicator("lecture_rate")
	leaf.Indicator.Method = assess.Method{Kind: assess.Ranked, Scope: "peer_group"}
	b.sheets[q2026Q1] = b.sheet(t, e, q2026Q1)
	got := why(t, b, Request{Unit: shenhe, Code: "lecture_rate"})
	var rows [][]string
	for _, p := range got.Peers {
		rows = append(rows, []string{p.Place, p.Unit.Full, p.Value, map[bool]string{true: "own"}[p.Own]})
	}
	want := [][]string{{"第1", "和平区", "15.0%", ""}, {"第2", "沈河区", "12.0%", "own"}, {"第3", "铁西区", "5.0%", ""}}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	fact := ""
	for _, f := range got.Facts.Items {
		if f.Term == "名次" {
			fact = f.Value.Plain()
		}
	}
	if fact != "第2（中心城区组有数值的 3 个区县中）" {
		t.Errorf("the place is said as %q", fact)
	}
	if alone := why(t, b, Request{Unit: shenhe, Code: "cases"}); len(alone.Peers) != 0 {
		t.Errorf("cases are compared with nobody: %+v", alone.Peers)
	}
}

// TestArrowsSayTheirStep on every page, in points of the scale: half a point of a hundred.
func TestArrowsSayTheirStep(t *testing.T) {
	b := small(t)
	for page, req := range map[assess.Code]Request{"home": {}, "framework": {}, "indicators": {}} {
		req.Period = q2026Q1
		p := resolve(t, b, page, req)
		if p.Bar.Step != "0.50" {
			t.Errorf("%s: the bar says %q", page, p.Bar.Step)
		}
		if page != "home" && panelOf(t, p, "lights").Lights.Step != "0.50" {
			t.Errorf("%s: the legend does not say the step", page)
		}
	}
}

// TestEnglishHasNoFalsePlurals: the measure stands apart from its number.
func TestEnglishHasNoFalsePlurals(t *testing.T) {
	list := panelOf(t, resolve(t, small(t), "lags", Request{Period: q2026Q1, Lang: "en"}), "lagging").LagList
	found := false
	for _, row := range list.Rows {
		found = found || row.Gap == "short by 6 (unions)"
	}
	if !found {
		t.Errorf("no gap is said as “short by 6 (unions)”: %+v", list.Rows)
	}
	if got := resolve(t, small(t), "unit", Request{Period: q2026Q1, Unit: heping, Lang: "en"}).Sentence.Plain(); !strings.HasPrefix(got, "Heping District (Core urban): Composite") {
		t.Errorf("the sentence is %q", got)
	}
}
