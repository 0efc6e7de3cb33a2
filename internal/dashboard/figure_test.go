package dashboard

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
)

// cell makes the figure of a node in a period.
func cell(t testing.TB, b *board, p assess.Period, base string, unit assess.UnitCode, code assess.Code) Figure {
	t.Helper()
	r, err := newResolver(t.Context(), b, catalogue(t), Request{Period: p, BaseKind: base})
	if err != nil {
		t.Fatal(err)
	}
	return r.figure(r.base(), unit, code)
}

func TestFigureStates(t *testing.T) {
	b := small(t)
	for _, tc := range []struct {
		name   string
		period assess.Period
		unit   assess.UnitCode
		code   assess.Code
		state  assess.NodeState
		text   string
	}{
		{"scored", q2026Q1, heping, "six_systems", assess.Scored, "96.00"},
		{"not reported", q2026Q1, kangpin, "new_unions", assess.NotReported, "未报"},
		{"not applicable", q2026Q1, tiexi, "election_rate", assess.NotApplicable, "不适用"},
		{"not due", q2026Q1, heping, "party_rating", assess.NotDue, "未到期"},
		{"pending indicator", q2026Q2, shenhe, "new_unions", assess.Pending, "待报"},
		// Waiting for new_unions and membership_rate, 20 points each: organisation between 0 and 40 of 40, the framework 60 to 100.
		{"pending total", q2026Q2, shenhe, "six_systems", assess.Pending, "60.00～100.00（缺2项）"},
		{"pending composite", q2026Q2, shenhe, assess.CompositeCode, assess.Pending, "76.00～100.00（缺2项）"},
		{"veto in a quarter", q2026Q1, heping, "incident", assess.NotDue, "未到期"},
		{"veto in the year", y2025, shenhe, "incident", assess.Scored, "是"},
		{"no veto", y2025, heping, "incident", assess.Scored, "否"},
		{"a node there is not", q2026Q1, heping, "no_such", assess.NotApplicable, "—"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := cell(t, b, tc.period, "prev", tc.unit, tc.code)
			if f.State != tc.state || f.Text != tc.text {
				t.Errorf("%s %q, want %s %q", f.State, f.Text, tc.state, tc.text)
			}
		})
	}
}

func TestFigureValues(t *testing.T) {
	b := small(t)
	for _, tc := range []struct {
		period assess.Period
		unit   assess.UnitCode
		code   assess.Code
		want   string
	}{
		{q2026Q1, heping, "membership_rate", "93.0%"},
		{q2026Q1, heping, "new_unions", "10 家"},
		{q2026Q1, heping, "cases", "0 人"}, // zero is 0
		{q2026Q1, kangpin, "new_unions", ""},
		{y2025, shenhe, "party_rating", "良"},
		{q2026Q1, heping, "skills", ""},
	} {
		if got := cell(t, b, tc.period, "prev", tc.unit, tc.code).Value; got != tc.want {
			t.Errorf("%s %s: %q, want %q", tc.unit, tc.code, got, tc.want)
		}
	}
}

func TestSmallSample(t *testing.T) {
	b := small(t)
	if f := cell(t, b, q2026Q1, "prev", kangpin, "election_rate"); !f.SmallSample || f.Small != "小样本 4" {
		t.Errorf("3 of 4: small %v, %q", f.SmallSample, f.Small)
	}
	if f := cell(t, b, q2026Q1, "prev", heping, "election_rate"); f.SmallSample || f.Small != "" {
		t.Errorf("8 of 10: small %v, %q", f.SmallSample, f.Small)
	}
}

// TestTies: Heping and Kangping share the first place of the five-type organ, Shenhe and Tiexi the third; in the group Heping is
// alone in front, and a group of one is not ranked.
func TestTies(t *testing.T) {
	b := small(t)
	for unit, want := range map[assess.UnitCode][2]string{
		heping: {"并列第1", "第1"}, kangpin: {"并列第1", ""}, shenhe: {"并列第3", "并列第2"}, tiexi: {"并列第3", "并列第2"},
	} {
		if f := cell(t, b, q2026Q1, "prev", unit, "five_type_organ"); f.RankText != want[0] || f.GroupText != want[1] {
			t.Errorf("%s: %q and %q, want %q", unit, f.RankText, f.GroupText, want)
		}
	}
}

// TestTiesAreTheGroupsOwn: who is first in another group shares nothing.
func TestTiesAreTheGroupsOwn(t *testing.T) {
	b := small(t)
	b.sheets[q2026Q1].Frameworks[1].Card(kangpin).Root().GroupRank = 1
	if f := cell(t, b, q2026Q1, "prev", heping, "five_type_organ"); f.GroupText != "第1" {
		t.Errorf("first in its group, and %s", f.GroupText)
	}
}

// TestNothingIsComparedAcrossSchemes: the bands of membership_rate changed between 2025 and 2026; the headings over it did not.
func TestNothingIsComparedAcrossSchemes(t *testing.T) {
	b := small(t)
	f := cell(t, b, q2026Q1, "prev", heping, "membership_rate")
	if f.Words != "方案不同" || f.Change != "" || f.Arrow != "" || f.RankChange != "" {
		t.Errorf("a changed method is compared: %+v", f)
	}
	for _, code := range []assess.Code{"org_building", "six_systems", "new_unions", assess.CompositeCode} {
		if f := cell(t, b, q2026Q1, "prev", heping, code); f.Words != "" || f.Change == "" {
			t.Errorf("%s is not compared: %+v", code, f)
		}
	}
	// Within a year the scheme is one.
	if f := cell(t, b, q2025Q4, "prev", heping, "membership_rate"); f.Words != "" || f.Change != "0.00" {
		t.Errorf("inside a year: %+v", f)
	}
	// Against the same quarter of last year the scheme differs as well.
	if f := cell(t, b, q2026Q1, "year", heping, "membership_rate"); f.Words != "方案不同" {
		t.Errorf("against last year: %+v", f)
	}
}

func TestWhatMakesANodeAnother(t *testing.T) {
	for _, tc := range []struct {
		name   string
		change func(*assess.Edition)
		code   assess.Code
		same   bool
	}{
		{"nothing", func(*assess.Edition) {}, "new_unions", true},
		{"weight", func(e *assess.Edition) { node(e, "new_unions").Weight = weight(21) }, "new_unions", false},
		{"weight, seen from the heading", func(e *assess.Edition) { node(e, "new_unions").Weight = weight(21) }, "org_building", false},
		{"weight, seen from the framework", func(e *assess.Edition) { node(e, "new_unions").Weight = weight(21) }, "six_systems", true},
		{"method", func(e *assess.Edition) { node(e, "new_unions").Indicator.Method.Cap = 1.2 }, "new_unions", false},
		{"method, seen from the heading", func(e *assess.Edition) { node(e, "new_unions").Indicator.Method.Cap = 1.2 }, "org_building", true},
		{"definition", func(e *assess.Edition) { node(e, "new_unions").Indicator.Definition.ZH = "另一口径" }, "new_unions", false},
		{"formula", func(e *assess.Edition) { node(e, "new_unions").Indicator.Value.Item = "unions" }, "new_unions", false},
		{"direction", func(e *assess.Edition) { node(e, "cases").Indicator.Direction = assess.Up }, "cases", false},
		{"target", func(e *assess.Edition) { node(e, "new_unions").Indicator.Target.FullYear = number(80) }, "new_unions", true},
		{"another child", func(e *assess.Edition) {
			n := node(e, "org_building")
			n.Children = n.Children[:1]
		}, "org_building", false},
		{"aggregation", func(e *assess.Edition) { node(e, "org_building").Aggregate = assess.Geometric }, "org_building", false},
		{"new node", func(e *assess.Edition) { node(e, "new_unions").Code = "newest_unions" }, "new_unions", false},
		{"shares", func(e *assess.Edition) { e.Assessment.Composite[0].Weight = weight(1) }, assess.CompositeCode, false},
		{"scale", func(e *assess.Edition) { e.Frameworks[0].Scale = 120 }, "new_unions", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := small(t)
			other := edition(2026)
			tc.change(other)
			before := *b.sheets[q2026Q1]
			before.Edition = other
			if got := alike(newView(b.sheets[q2026Q1]), newView(&before), tc.code); got != tc.same {
				t.Errorf("the same: %v, want %v", got, tc.same)
			}
		})
	}
}

func node(e *assess.Edition, code assess.Code) *assess.Node {
	for i := range e.Frameworks {
		if n := e.Frameworks[i].Root.Find(code); n != nil {
			return n
		}
	}
	return nil
}

// TestArrow: an arrow needs half a point of a hundred; the signed number always follows.
func TestArrow(t *testing.T) {
	for _, tc := range []struct {
		change float64
		want   string
	}{{0.5, "up"}, {0.49, "flat"}, {-0.5, "down"}, {-0.49, "flat"}, {0, "flat"}, {12, "up"}} {
		if got := arrow(tc.change, arrowStep*100); got != tc.want {
			t.Errorf("%+.2f is %s, want %s", tc.change, got, tc.want)
		}
	}
	if arrow(0.005, arrowStep*1) != "up" {
		t.Error("the step follows the scale")
	}
}

// TestGradesOnlyInAYear: a quarter is progress.
func TestGradesOnlyInAYear(t *testing.T) {
	b := small(t)
	if f := cell(t, b, q2025Q4, "prev", heping, assess.CompositeCode); f.Grade != "" {
		t.Errorf("a quarter has the grade %q", f.Grade)
	}
	if f := cell(t, b, y2025, "prev", heping, assess.CompositeCode); f.Grade != "优秀" {
		t.Errorf("the year has the grade %q", f.Grade)
	}
}

// TestValueChanges: a balance may be compared with the quarter before, a year-to-date figure only with last year; beside it stands
// what was added in the quarter.
func TestValueChanges(t *testing.T) {
	b := small(t)
	for _, tc := range []struct {
		name       string
		period     assess.Period
		unit       assess.UnitCode
		code       assess.Code
		toLastYear bool
		want       shift
	}{
		{"balance", q2025Q4, heping, "membership_rate", false, shift{"0.0 个百分点", "flat"}},
		{"balance of another scheme", q2026Q1, heping, "membership_rate", false, shift{"方案不同", ""}},
		{"flow", q2026Q1, shenhe, "appeal_rate", false, shift{"−10.0 个百分点", "down"}},
		{"count to date, first quarter", q2026Q1, heping, "new_unions", false, shift{"本季净增 +10 家", "up"}},
		{"count to date", q2025Q4, heping, "new_unions", false, shift{"本季净增 +10 家", "up"}},
		{"rate to date", q2025Q4, heping, "lecture_rate", false, shift{"—", ""}},
		{"rate to date against last year", q2026Q1, kangpin, "lecture_rate", true, shift{"+7.5 个百分点", "up"}},
		{"count against last year", q2026Q1, shenhe, "new_unions", true, shift{"+3 家", "up"}},
		{"lower is better, fewer", q2026Q1, kangpin, "cases", true, shift{"−3 人（好转）", "down"}},
		{"lower is better, more", q2026Q1, shenhe, "cases", true, shift{"+1 人（变差）", "up"}},
		{"nothing before", q2025Q1, heping, "membership_rate", true, shift{"—", ""}},
		{"no value", q2026Q1, kangpin, "new_unions", true, shift{"—", ""}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, err := newResolver(t.Context(), b, catalogue(t), Request{Period: tc.period})
			if err != nil {
				t.Fatal(err)
			}
			base := r.prev
			if tc.toLastYear {
				base = r.year
			}
			if got := r.change(base, tc.unit, tc.code, tc.toLastYear); got != tc.want {
				t.Errorf("got %+v, want %+v", got, tc.want)
			}
		})
	}
}

// TestQuantiles holds the type-7 quantiles to worked examples: of 1, 2, 3, 4 the quarter lies at place 1 + 3 × 0.25 = 1.75.
func TestQuantiles(t *testing.T) {
	for _, tc := range []struct {
		values []float64
		q      float64
		want   float64
	}{
		{[]float64{1, 2, 3, 4}, 0.25, 1.75},
		{[]float64{1, 2, 3, 4}, 0.5, 2.5},
		{[]float64{1, 2, 3, 4}, 0.75, 3.25},
		{[]float64{1, 2, 10}, 0.5, 2},
		{[]float64{5}, 0.75, 5},
		{[]float64{0, 10}, 0, 0},
		{[]float64{0, 10}, 1, 10},
	} {
		if got := quantile(tc.values, tc.q); got != tc.want {
			t.Errorf("quantile(%v, %v) = %v, want %v", tc.values, tc.q, got, tc.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(-1e6, 1e6), 1, 40).Draw(t, "values")
		points := make([]SpreadPoint, len(values))
		for i, x := range values {
			points[i].Value = x
		}
		l := boxed(points)
		if !(l.Low <= l.Q1+1e-6 && l.Q1 <= l.Median+1e-6 && l.Median <= l.Q3+1e-6 && l.Q3 <= l.Top+1e-6) {
			t.Fatalf("not in order: %+v", l)
		}
	})
}

// TestWhatIsDueAndTheGapAddUp: three events of 5.25 that are due lack three to the sixth, not to "5".
func TestWhatIsDueAndTheGapAddUp(t *testing.T) {
	count := &assess.Indicator{Type: assess.Count, Direction: assess.Up}
	most := &assess.Indicator{Type: assess.Count, Direction: assess.Down}
	for _, tc := range []struct {
		ind     *assess.Indicator
		x, want float64
	}{
		{count, 5.25, 6},
		{count, 5, 5},
		{count, 5.0000000000001, 5}, // what is left of a sum in binary
		{most, 2.5, 2},
		{&assess.Indicator{Type: assess.Count, Decimals: 1}, 5.25, 5.25},
		{&assess.Indicator{Type: assess.Percent}, 40.25, 40.25},
	} {
		if got := countable(tc.ind, tc.x); got != tc.want {
			t.Errorf("%g is due as %g, want %g", tc.x, got, tc.want)
		}
	}
}

// TestAFormulaCanBeComputedByHand: what is due stands in a formula with the digits it is computed with; those of a whole one are none.
func TestAFormulaCanBeComputedByHand(t *testing.T) {
	r := &resolver{words: catalogue(t).In(i18n.English)}
	count, share := &assess.Indicator{Type: assess.Count}, &assess.Indicator{Type: assess.Percent}
	for _, tc := range []struct {
		ind  *assess.Indicator
		x    float64
		want string
	}{{count, 8 * 0.65, "5.2"}, {count, 5, "5"}, {count, 1000.0 / 3, "333.33"}, {share, 55 * 0.75, "41.25"}, {share, 40, "40.0"}} {
		if got := r.dueAmount(tc.ind, tc.x); got != tc.want {
			t.Errorf("%g is written %q, want %q", tc.x, got, tc.want)
		}
	}
}
