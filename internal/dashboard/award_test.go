package dashboard

import (
	"slices"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
)

// TestGradesSayWhatBarredABetterOne. In 2025 Heping is best with 100 points, Shenhe has 94 but a veto, Tiexi 77.10 and Kangping 73. Of four
// units 30 % are one place. A second board has no veto: then Shenhe is above the limit and the one place is taken.
func TestGradesSayWhatBarredABetterOne(t *testing.T) {
	b := small(t)
	check := func(name string, b *board, notes map[assess.UnitCode]string) {
		t.Helper()
		for _, row := range panelOf(t, resolve(t, b, "home", Request{Period: y2025}), "ranking").Ranking.Rows {
			if got := row.Figure.GradeNote; got != notes[assess.UnitCode(row.Unit.Code)] || row.Figure.Grade == "" {
				t.Errorf("%s: %s %s (%s), want the note %q", name, row.Unit.Full, row.Figure.Grade, got, notes[assess.UnitCode(row.Unit.Code)])
			}
		}
	}
	check("veto", b, map[assess.UnitCode]string{shenhe: "一票否决，最高合格"})
	facts := map[string]string{}
	for _, f := range why(t, b, Request{Period: y2025, Unit: shenhe, Code: assess.CompositeCode}).Facts.Items {
		facts[f.Term] = f.Value.Plain()
	}
	if facts["等次"] != "合格（一票否决，最高合格）" || !strings.Contains(facts["等次线"], "优秀 ≥ 90") || !strings.Contains(facts["名额"], "优秀 1 个") || facts["一票否决事项"] == "" {
		t.Errorf("the explanation says %v", facts)
	}

	free := small(t)
	free.log = slices.DeleteFunc(free.log, func(o assess.Observation) bool { return o.Item == "veto_incident" && o.Unit == shenhe })
	free.sheets[y2025] = free.sheet(t, edition(2025), y2025)
	check("quota", free, map[assess.UnitCode]string{shenhe: "优秀名额已满"})
	if s := resolve(t, free, "unit", Request{Period: y2025, Unit: shenhe}).Sentence.Plain(); !strings.Contains(s, "优秀名额已满") {
		t.Errorf("the sentence is %s", s)
	}
	if f := panelOf(t, resolve(t, b, "home", Request{Period: q2026Q1}), "ranking").Ranking.Rows[0].Figure; f.Grade != "" || f.GradeNote != "" {
		t.Errorf("a quarter has no grades: %q %q", f.Grade, f.GradeNote)
	}
}

// TestLateDaysOfAYear: Tiexi was three days late in the fourth quarter; the year's row says what the year's card counts, and the note
// says what is of the quarter only.
func TestLateDaysOfAYear(t *testing.T) {
	b := small(t)
	card := b.sheets[y2025].Composite.Card(tiexi)
	card.LateDays = 5 // two more in an earlier quarter
	p := panelOf(t, resolve(t, b, "home", Request{Period: y2025}), "reports")
	for _, row := range p.Status.Rows {
		if row.Unit.Code == string(tiexi) && row.LateDays != 5 {
			t.Errorf("the year counts 5 days, the row says %d", row.LateDays)
		}
	}
	if !strings.Contains(p.Note, "2025年第四季度") {
		t.Errorf("the note is %q", p.Note)
	}
	if note := panelOf(t, resolve(t, b, "home", Request{Period: q2025Q4}), "reports").Note; note != "" {
		t.Errorf("in a quarter the note is %q", note)
	}
}
