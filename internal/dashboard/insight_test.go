package dashboard

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/results"
)

// onePanel resolves a page of one panel.
func onePanel(t *testing.T, b results.Board, d PanelDefinition, req Request) Panel {
	t.Helper()
	page := Definition{Page: "one", Path: "/one", Parameters: []string{"period", "unit"}, Sentence: "home", Rows: []RowDefinition{{Panels: []PanelDefinition{d}}}}
	if req.Unit == "" {
		page.Parameters = page.Parameters[:1]
	}
	p, err := Resolve(t.Context(), b, catalogue(t), page, req)
	if err != nil {
		t.Fatal(err)
	}
	return p.Rows[0].Panels[0]
}

// TestWaterfallPanel: Heping fell from 100 to 97.60. Its membership rate of 93 % is worth 17 of 20 points, 3 less, and its election rate of
// 80 % 9 of 10, 1 less; the framework stands with 60 points, so that is 1.80 and 0.60.
func TestWaterfallPanel(t *testing.T) {
	w := panelOf(t, card(t, q2026Q1, heping), "waterfall").Waterfall
	got := map[string]string{}
	for _, s := range w.Steps {
		got[s.Name.Full] = s.Exact
	}
	want := map[string]string{"2025年第四季度": "100.0000", "思想引领体系": "0.0000", "组织建设体系": "−1.8000", "技能素质体系": "−0.6000", "廉洁型体系": "0.0000", "2026年第一季度": "97.6000"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got, want := w.Says.Plain(), "综合由 100.00 到 97.60；影响最大的是组织建设体系 −1.80 分。"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got, want := w.Place.Plain(), "位次不变，自身表现降1位，其他区县升1位。"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestWaterfallStepsMeet: every step begins where the one before ended, and the last total is reached, with few steps too.
func TestWaterfallStepsMeet(t *testing.T) {
	for _, limit := range []int{0, 1, 2} {
		for _, u := range roster().Units {
			steps := onePanel(t, small(t), PanelDefinition{Type: "waterfall", Query: Query{Measure: "change", Of: "overall", Units: "unit"}, Options: Options{Limit: limit}},
				Request{Period: q2026Q1, Unit: u.Code}).Waterfall.Steps
			at := steps[0].To
			for _, s := range steps[1 : len(steps)-1] {
				if s.From != at {
					t.Errorf("%s, limit %d: %s begins at %v, the one before ended at %v", u.Code, limit, s.Name.Full, s.From, at)
				}
				at = s.To
			}
			if last := steps[len(steps)-1]; last.To != at {
				t.Errorf("%s, limit %d: the total is %v, the steps end at %v", u.Code, limit, last.To, at)
			}
			if limit > 0 && !slices.ContainsFunc(steps, func(s WaterStep) bool { return s.Name.Full == "其余各项" }) {
				t.Errorf("%s, limit %d: nothing is put together", u.Code, limit)
			}
		}
	}
}

// TestWaterfallSaysTheTotalOfThePage: 51.945 by half to even is 51.94 on every page; rounding it once more from its four decimals says 51.95.
func TestWaterfallSaysTheTotalOfThePage(t *testing.T) {
	b := small(t)
	root := b.sheets[q2026Q1].Composite.Card(heping).Root()
	root.Score, root.Shown = 51.945, 51.94
	steps := onePanel(t, b, PanelDefinition{Type: "waterfall", Query: Query{Measure: "change", Of: "overall", Units: "unit"}}, Request{Period: q2026Q1, Unit: heping}).Waterfall.Steps
	if last := steps[len(steps)-1]; last.Text != "51.94" || last.Exact != "51.9450" {
		t.Errorf("the last total is %s, exactly %s; want 51.94 and 51.9450", last.Text, last.Exact)
	}
}

func TestWaterfallWithoutABase(t *testing.T) {
	p := panelOf(t, card(t, q2025Q1, heping), "waterfall")
	if p.Problem != nil || p.Waterfall == nil || len(p.Waterfall.Steps) != 0 {
		t.Errorf("%+v, want a panel without steps", p)
	}
}

// remembering is a board that knows what was seen before corrections.
type remembering struct {
	*board
	locked *results.Sheet
}

func (b remembering) Locked(context.Context, assess.Period) (*results.Sheet, error) {
	return b.locked, nil
}

// TestWaterfallBeginsWithWhatWasPublished: a base that was corrected starts from the published total, here for want of another that of
// the year, and the difference is the step of corrections: from 97.60 to 100.
func TestWaterfallBeginsWithWhatWasPublished(t *testing.T) {
	b := small(t)
	base := *b.sheets[q2025Q4]
	base.Corrections = []results.Correction{{}}
	b.sheets[q2025Q4] = &base
	steps := onePanel(t, remembering{b, b.sheets[y2025]}, PanelDefinition{Type: "waterfall", Query: Query{Measure: "change", Of: "overall", Units: "unit"}},
		Request{Period: q2026Q1, Unit: shenhe}).Waterfall.Steps
	published, corrected := b.sheets[y2025].Composite.Card(shenhe).Root().Score, base.Composite.Card(shenhe).Root().Score
	if published == corrected || steps[0].To != published || steps[1].Kind != "corrections" || assess.Snap(steps[1].To-corrected) != 0 {
		t.Errorf("%+v, %+v; want a start at %v and corrections up to %v", steps[0], steps[1], published, corrected)
	}
}

// TestRankBandPanel: Kangping, 82.30, has no new unions, which stand with 12 of 100 points; Shenhe, 86.00, has them all. Both have
// full marks in the other half of the heading's 24 points, so that 24·p of them are the gap, 12 at p = 0.5, and 8.30 where the 3.70
// between the totals are gone.
func TestRankBandPanel(t *testing.T) {
	b := panelOf(t, card(t, q2026Q1, kangpin), "rankband").RankBand
	var got []string
	for _, row := range b.Rows {
		got = append(got, row.Unit.Short+row.RankText+"："+row.Text)
	}
	if diff := cmp.Diff([]string{"和平第1：第1", "沈河第2：第2到第3", "康平第3：第2到第3", "铁西第4：第4"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if b.Rows[1].Band != 1 || b.Rows[2].Band != 1 || b.Rows[0].Band != 0 || !b.Rows[2].Own {
		t.Errorf("bands or the own row: %+v", b.Rows)
	}
	if got, want := b.Says.Plain(), "权重上下浮动四分之一以内，康平区的位次十次有九次在第2到第3。"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got, want := b.Swap.Plain(), "要与前一位沈河区持平，改动最小的权重是新建工会：由每百分中 12.00 分改为 8.30 分，同级其余按比例相应增减。"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestRankBandSaysWhatCannotBeToldApart(t *testing.T) {
	p := onePanel(t, small(t), PanelDefinition{Type: "rankband", Query: Query{Measure: "rank", Of: "overall", Units: "all"}}, Request{Period: q2026Q1})
	if got, want := p.RankBand.Says.Plain(), "第2到第3位（沈河、康平）分不出先后。"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestInsightTables: the headings are in the order of the scheme with the stated weights 30, 40 and 30 %; the indicator that tells the
// units apart least comes first, and of the three who have a rate one has full marks.
func TestInsightTables(t *testing.T) {
	page := resolve(t, small(t), "framework", Request{Period: q2026Q1, Framework: "six_systems"})
	var stated []string
	for _, row := range panelOf(t, page, "weights").Table.Rows {
		stated = append(stated, row[0].Text+row[1].Text)
	}
	if diff := cmp.Diff([]string{"思想引领体系30.0%", "组织建设体系40.0%", "技能素质体系30.0%"}, stated); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	rows := panelOf(t, page, "discrimination").Table.Rows
	var first []string
	for _, cell := range rows[0] {
		first = append(first, cell.Text)
	}
	if diff := cmp.Diff([]string{"按期换届率", "7.64", "1/3", "3/3", "0.00"}, first); diff != "" || len(rows) != 5 {
		t.Errorf("%d rows, (-want +got):\n%s", len(rows), diff)
	}
}

// TestPooledTables: of the indicators of the small city, whose scores differ, the first explains most of the totals, and no pair is
// listed that has no reading; both tables speak of the quarters together.
func TestPooledTables(t *testing.T) {
	page := resolve(t, small(t), "indicators", Request{Period: q2026Q1, Framework: "six_systems"})
	effects := panelOf(t, page, "effects").Table.Rows
	if len(effects) < 2 {
		t.Fatalf("%d indicators explain something", len(effects))
	}
	last := 100.0
	for _, row := range effects {
		var share float64
		if _, err := fmt.Sscanf(row[1].Text, "%f%%", &share); err != nil || share < 0 || share > last {
			t.Errorf("%s explains %s after %v%%", row[0].Text, row[1].Text, last)
		}
		last = share
	}
	for _, row := range panelOf(t, page, "correlations").Table.Rows {
		if reading := row[len(row)-1].Text; reading != "重复" && reading != "相近" && reading != "此消彼长" {
			t.Errorf("%s and %s are listed as %q", row[0].Text, row[1].Text, reading)
		}
	}
}
