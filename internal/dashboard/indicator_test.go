package dashboard

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
)

func indicator(t testing.TB, p assess.Period, code assess.Code) *Page {
	t.Helper()
	return resolve(t, small(t), "indicator", Request{Period: p, Code: code})
}

func TestIndicatorSentence(t *testing.T) {
	for _, tc := range []struct {
		period assess.Period
		code   assess.Code
		want   string
	}{
		// The city: 70 of 640 are 10.9 %; a year before 78 of 640 were 12.2 %.
		{q2026Q1, "lecture_rate", "2 个区县达序时，1 个区县略滞后，1 个区县滞后；全市 10.9%，较上年同期 −1.3 个百分点。"},
		{q2026Q1, "membership_rate", "2 个区县达序时，1 个区县略滞后，1 个区县滞后；全市 93.0%，较上年同期方案不同。"},
		{q2026Q1, "party_rating", "未到期。"},
		{y2025, "party_rating", "2 个区县达序时，1 个区县略滞后，1 个区县滞后。"},
	} {
		if got := indicator(t, tc.period, tc.code).Sentence.Plain(); got != tc.want {
			t.Errorf("%s: got  %s\nwant %s", tc.code, got, tc.want)
		}
	}
}

func TestFacts(t *testing.T) {
	facts := panelOf(t, indicator(t, q2026Q1, "election_rate"), "facts").Facts
	got := map[string]string{}
	for _, f := range facts.Items {
		got[f.Term] = f.Value.Plain()
	}
	want := map[string]string{
		"所属": "六个体系 › 技能素质体系", "口径": "按期换届率的口径", "公式": "按期换届数 ÷ 应换届数 × 100", "方向": "越高越好", "统计方式": "本年累计",
		"计分方法": "功效系数法", "权重": "10", "小样本": "分母不足 5 时注明", "责任部门": "组织部", "用到的数据项": "按期换届数（区县填报）、应换届数（区县填报）",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	facts = panelOf(t, indicator(t, q2026Q1, "new_unions"), "facts").Facts
	for _, f := range facts.Items {
		if f.Term == "目标" && f.Value.Plain() != "全年 40 家，各区县相同" || f.Term == "序时要求" && f.Value.Plain() != "25% / 50% / 75% / 100%" {
			t.Errorf("%s: %s", f.Term, f.Value.Plain())
		}
	}
}

func TestRankingByValue(t *testing.T) {
	r := panelOf(t, indicator(t, q2026Q1, "lecture_rate"), "ranking").Ranking
	var got [][]string
	for _, p := range r.Rows {
		got = append(got, append([]string{p.Figure.RankText, p.Unit.Short, p.ValueText, p.Due, p.Gap, p.LastYear}, p.Numbers...))
	}
	want := [][]string{
		{"并列第1", "和平", "15.0%", "15.0%", "—", "0.0 个百分点", "30", "200"},
		{"并列第1", "康平", "15.0%", "15.0%", "—", "+7.5 个百分点", "6", "40"},
		{"第3", "沈河", "12.0%", "15.0%", "还差 6 个", "−3.0 个百分点", "24", "200"},
		{"第4", "铁西", "5.0%", "15.0%", "还差 20 个", "−2.5 个百分点", "10", "200"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if r.Target == nil || *r.Target != 15 || r.TargetTo != "应完成 15.0%" || !r.ByValue || r.City == nil || r.City.ValueText != "10.9%" {
		t.Errorf("target %v %q, city %+v", r.Target, r.TargetTo, r.City)
	}
}

// TestRankingOfCappedScores: Shenhe founded 13, Heping 10; both have full marks and share the place, the better figure first. The
// one that did not report has no bar and no number.
func TestRankingOfCappedScores(t *testing.T) {
	r := panelOf(t, indicator(t, q2026Q1, "new_unions"), "ranking").Ranking
	if r.Rows[0].Unit.Short != "沈河" || r.Rows[1].Unit.Short != "和平" || r.Rows[1].Figure.RankText != "并列第1" {
		t.Errorf("the first two are %s and %s", r.Rows[0].Unit.Short, r.Rows[1].Unit.Short)
	}
	last := r.Rows[len(r.Rows)-1]
	if last.Value != nil || last.Figure.Text != "未报" {
		t.Errorf("the last is %+v", last)
	}
	// Each unit has its own target only where they differ: here all are due 10.
	if r.Target == nil || *r.Target != 10 {
		t.Errorf("target %v, want 10", r.Target)
	}
}

// TestOwnTargets: where the units are due different figures each bar has its own mark, and a note says so.
func TestOwnTargets(t *testing.T) {
	b := small(t)
	b.sheets[q2026Q1].Frameworks[0].Card(tiexi).Node("new_unions").Why.TargetToDate = number(12)
	panel := panelOf(t, resolve(t, b, "indicator", Request{Period: q2026Q1, Code: "new_unions"}), "ranking")
	r := panel.Ranking
	if r.Target != nil || panel.Note != "竖线为各区县的应完成数。" {
		t.Errorf("target %v, note %q", r.Target, panel.Note)
	}
	for _, row := range r.Rows {
		want := map[string]*float64{"和平": number(10), "沈河": number(10), "铁西": number(12)}[row.Unit.Short]
		if diff := cmp.Diff(want, row.DueValue); diff != "" {
			t.Errorf("%s: %s", row.Unit.Short, diff)
		}
	}
}

// TestSumsStandApart: the city's 27 new unions are the sum of the units', so they are not drawn beside them, nor beside a median.
func TestSumsStandApart(t *testing.T) {
	p := indicator(t, q2026Q1, "new_unions")
	if r := panelOf(t, p, "ranking").Ranking; !r.CitySum || r.City.ValueText != "27 家" {
		t.Errorf("sum %v, city %s", r.CitySum, r.City.ValueText)
	}
	if s := panelOf(t, p, "trend").Trend.Series; len(s) != 1 || s[0].Name != "全市" {
		t.Errorf("lines are %+v", s)
	}
	if r := panelOf(t, indicator(t, q2026Q1, "lecture_rate"), "ranking").Ranking; r.CitySum {
		t.Error("a rate is no sum")
	}
}

// TestGapIsWhole: 15 % of 201 are 30.15, which takes 31: 21 more than 10.
func TestGapIsWhole(t *testing.T) {
	b := small(t)
	why := b.sheets[q2026Q1].Frameworks[0].Card(tiexi).Node("lecture_rate").Why
	for i := range why.Inputs {
		if why.Inputs[i].Role == "denominator" {
			why.Inputs[i].Value = "201"
		}
	}
	if got := panelOf(t, resolve(t, b, "home", Request{Period: q2026Q1}), "lagging").LagList.Rows[0].Gap; got != "还差 21 个" {
		t.Errorf("the gap is %q", got)
	}
}

func TestNoTargetLineWhereTheMethodHasNone(t *testing.T) {
	r := panelOf(t, indicator(t, q2026Q1, "cases"), "ranking").Ranking
	if r.Target != nil {
		t.Errorf("a deduction has a target line at %v", *r.Target)
	}
	if r.Rows[len(r.Rows)-1].Gap != "超出 2 人" {
		t.Errorf("the last has the gap %q", r.Rows[len(r.Rows)-1].Gap)
	}
}

func TestSpreadOfValues(t *testing.T) {
	s := panelOf(t, indicator(t, q2026Q1, "membership_rate"), "spread").Spread
	// 89, 93, 95, 96: quartiles at places 1.75, 2.5, 3.25.
	if l := s.Lines[0]; s.Axis != "%" || l.Low != 89 || l.Q1 != 92 || l.Median != 94 || l.Q3 != 95.25 || l.Top != 96 {
		t.Errorf("axis %q, box %+v", s.Axis, l)
	}
}

// TestTrendOfValues: a year-to-date rate starts again in January, and a rate scored by other bands is not bridged.
func TestTrendOfValues(t *testing.T) {
	tr := panelOf(t, indicator(t, q2026Q1, "lecture_rate"), "trend").Trend
	if diff := cmp.Diff([]int{4}, tr.Breaks); diff != "" || tr.BreakText != "本年累计，自一月重新起算" || tr.Unit != "%" {
		t.Errorf("breaks %v because %q, unit %q", tr.Breaks, tr.BreakText, tr.Unit)
	}
	if len(tr.Series) != 2 || tr.Series[0].Kind != "median" || tr.Series[1].Name != "全市" {
		t.Errorf("lines are %+v", tr.Series)
	}
	// The median of 15, 12, 5 and 15 is 13.5.
	if s := tr.Series[0].Spots[4]; s.Value == nil || *s.Value != 13.5 || s.Text != "13.5%" {
		t.Errorf("the median is %+v", s)
	}
	tr = panelOf(t, indicator(t, q2026Q1, "membership_rate"), "trend").Trend
	if diff := cmp.Diff([]int{4}, tr.Breaks); diff != "" || tr.BreakText != "方案不同" {
		t.Errorf("breaks %v because %q", tr.Breaks, tr.BreakText)
	}
	tr = panelOf(t, indicator(t, q2026Q1, "appeal_rate"), "trend").Trend
	if len(tr.Breaks) != 0 {
		t.Errorf("a flow that stayed the same breaks at %v", tr.Breaks)
	}
}
