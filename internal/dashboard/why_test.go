package dashboard

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
)

func why(t testing.TB, b *board, req Request) *Explanation {
	t.Helper()
	if req.Period.IsZero() {
		req.Period = q2026Q1
	}
	e, err := Why(t.Context(), b, catalogue(t), req)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestFormulas(t *testing.T) {
	b := small(t)
	for _, tc := range []struct {
		unit assess.UnitCode
		code assess.Code
		p    assess.Period
		want string
	}{
		{tiexi, "lecture_rate", q2026Q1, "10.00 分 = 权重 30 × min(5.0% ÷ 应完成 15.0%, 1)"},
		{tiexi, "new_unions", q2026Q1, "8.00 分 = 权重 20 × min(4 家 ÷ 应完成 10 家, 1)"},
		{heping, "membership_rate", q2026Q1, "17.00 分 = 权重 20 × 85.0%（93.0% 属于“≥ 90.0%，< 95.0%”档）"},
		{kangpin, "election_rate", q2026Q1, "8.50 分 = 权重 10 × (0.6 + 0.4 × (75.0% − 50.0%) ÷ (90.0% − 50.0%))"},
		{kangpin, "cases", q2026Q1, "12.00 分 = max(20 − 4 × 2, 0)"},
		{tiexi, "cases", q2026Q1, "30.00 分 = 分值 30.0000 × "}, // elections are not applicable; their 10 points came here
		{shenhe, "party_rating", y2025, "34.00 分 = 权重 40 × 85.0%（良）"},
		{shenhe, "incident", y2025, "一票否决项：是；不计分"},
		{heping, "skills", q2026Q1, "29.0000 分 = 9.0000 + 20.0000；满分 30.0000，折合 96.67 分"},
		{heping, "six_systems", q2026Q1, "96.00 分 = 30.0000 + 37.0000 + 29.0000"},
		{heping, assess.CompositeCode, q2026Q1, "97.60 分 = 57.6000 + 40.0000"},
		// In the year three days late cost 1.5 points; in the quarter they are only marked.
		{tiexi, assess.CompositeCode, y2025, "77.10 分 = 45.0000 + 33.6000 − 迟报 1.5000"},
		{tiexi, assess.CompositeCode, q2025Q4, "85.00 分 = 45.0000 + 40.0000"},
		{kangpin, "new_unions", q2026Q1, "未报"},
		{tiexi, "election_rate", q2026Q1, "不适用"},
		{shenhe, "six_systems", q2026Q2, "60.00～100.00（缺2项）"},
		{city, "lecture_rate", q2026Q1, "21.88 分 = 权重 30 × min(10.9% ÷ 应完成 15.0%, 1)"},
	} {
		e := why(t, b, Request{Period: tc.p, Unit: tc.unit, Code: tc.code})
		if got := e.Formula.Plain(); got != tc.want && !(strings.HasSuffix(tc.want, "× ") && strings.HasPrefix(got, tc.want)) {
			t.Errorf("%s %s: got  %s\n\twant %s", tc.unit, tc.code, got, tc.want)
		}
	}
}

// TestRatioFormulaReadsBack computes the formula again from the figures in it.
func TestRatioFormulaReadsBack(t *testing.T) {
	b := small(t)
	for _, u := range roster().Units {
		e := why(t, b, Request{Unit: u.Code, Code: "lecture_rate"})
		f := figuresIn(t, e.Formula.Plain()) // points, weight, value, due, cap
		again := assess.HalfUp.Round(f[1]*min(f[2]/f[3], f[4]), 2)
		score := b.sheets[q2026Q1].Frameworks[0].Card(u.Code).Node("lecture_rate")
		if again != f[0] || f[0] != assess.HalfUp.Round(score.Points, 2) {
			t.Errorf("%s: %s, which gives %v; the card has %v", u.Code, e.Formula.Plain(), again, score.Points)
		}
	}
}

func TestReasonIsSaidInWords(t *testing.T) {
	b := small(t)
	for _, tc := range []struct {
		unit assess.UnitCode
		code assess.Code
		p    assess.Period
		want string
	}{
		{kangpin, "new_unions", q2026Q1, "到期未报。"},
		{tiexi, "election_rate", q2026Q1, "分母为零。"},
		{heping, "party_rating", q2026Q1, "年度指标，季度不评。"},
		{shenhe, "new_unions", q2026Q2, "尚未报送。"},
		{city, "cases", q2026Q1, "不适合按全市合计。"},
	} {
		if got := why(t, b, Request{Period: tc.p, Unit: tc.unit, Code: tc.code}).Reason; got != tc.want {
			t.Errorf("%s %s: %q, want %q", tc.unit, tc.code, got, tc.want)
		}
	}
}

// TestEvidence: every input says who filed it, who accepted it and when; a correction shows what it was before.
func TestEvidence(t *testing.T) {
	e := why(t, small(t), Request{Unit: heping, Code: "lecture_rate"})
	if len(e.Inputs) != 2 {
		t.Fatalf("%d inputs, want numerator and denominator", len(e.Inputs))
	}
	in := e.Inputs[0]
	if in.Role != "分子" || in.Item.Full != "宣讲覆盖工会数" || in.Value != "30 个" || in.Entered != "reporter" || in.Accepted != "reviewer" ||
		in.Recorded != "4-9" || in.Seq == 0 || in.Period != "2026年第一季度" {
		t.Errorf("the numerator is %+v", in)
	}
	if len(e.Corrections.Rows) != 1 || e.Corrections.Rows[0][1].Text != "25 个" || e.Corrections.Rows[0][2].Text != "30 个" {
		t.Errorf("corrections are %+v", e.Corrections.Rows)
	}
	sums := why(t, small(t), Request{Unit: city, Code: "lecture_rate"}).Inputs
	if len(sums) != 2 || sums[0].Value != "70 个" || sums[0].Seq != 0 || sums[0].Entered != "—" {
		t.Errorf("the city's inputs are %+v", sums)
	}
	zero := why(t, small(t), Request{Unit: heping, Code: "cases"}).Inputs
	if len(zero) != 1 || zero[0].State != assess.ZeroReport || zero[0].Value != "0 人" {
		t.Errorf("a zero report is %+v", zero)
	}
	missing := why(t, small(t), Request{Unit: kangpin, Code: "new_unions"}).Inputs
	if len(missing) != 1 || missing[0].Value != "未报" {
		t.Errorf("a missing figure is %+v", missing)
	}
}

func TestBandTable(t *testing.T) {
	e := why(t, small(t), Request{Unit: heping, Code: "membership_rate"})
	want := []BandRow{{"≥ 95.0%", "100.0%", "20.00", false}, {"≥ 90.0%，< 95.0%", "85.0%", "17.00", true}, {"< 90.0%", "0.0%", "0.00", false}}
	if diff := cmp.Diff(want, e.Bands); diff != "" {
		t.Error(diff)
	}
	e = why(t, small(t), Request{Period: y2025, Unit: shenhe, Code: "party_rating"})
	want = []BandRow{{"优", "100.0%", "40.00", false}, {"良", "85.0%", "34.00", true}, {"中", "60.0%", "24.00", false}, {"差", "0.0%", "0.00", false}}
	if diff := cmp.Diff(want, e.Bands); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIf(t *testing.T) {
	b := small(t)
	for _, tc := range []struct {
		unit assess.UnitCode
		code assess.Code
		want []WhatIf
	}{
		// 9 and 11 of 200 are 4.5 and 5.5 %, 0.3 and 0.3667 of 15 %: 9 and 11 points.
		{tiexi, "lecture_rate", []WhatIf{{"少 1 个", "4.5%", "9.00", "−1.00"}, {"多 1 个", "5.5%", "11.00", "+1.00"}}},
		{heping, "new_unions", []WhatIf{{"少 1 家", "9 家", "18.00", "−2.00"}, {"多 1 家", "11 家", "20.00", "0.00"}}},
		{tiexi, "membership_rate", []WhatIf{{"少 1 人", "88.9%", "0.00", "0.00"}, {"多 1 人", "89.1%", "0.00", "0.00"}}},
		// 2 and 4 of 4 are 50 and 100 %: 6 and 10 points against 8.5.
		{kangpin, "election_rate", []WhatIf{{"少 1 个", "50.0%", "6.00", "−2.50"}, {"多 1 个", "100.0%", "10.00", "+1.50"}}},
		{heping, "cases", []WhatIf{{"多 1 人", "1 人", "16.00", "−4.00"}}}, // fewer than none there cannot be
		{kangpin, "new_unions", nil},
		{heping, "skills", nil},
		{tiexi, "election_rate", nil},
	} {
		if diff := cmp.Diff(tc.want, why(t, b, Request{Unit: tc.unit, Code: tc.code}).WhatIf); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", tc.unit, tc.code, diff)
		}
	}
}

// TestWhatIfAgreesWithTheEngine computes every quarterly score of the city again from its value.
func TestWhatIfAgreesWithTheEngine(t *testing.T) {
	b := small(t)
	checked := 0
	for _, sheet := range b.sheets {
		v := newView(sheet)
		for _, scores := range sheet.Frameworks {
			for _, c := range scores.Cards {
				for _, n := range c.Nodes {
					s := v.spots[n.Node]
					if n.Value == nil || n.State != assess.Scored || s.node.Indicator == nil {
						continue
					}
					if share, ok := shareAt(s, n.Why, *n.Value); ok {
						checked++
						if assess.Snap(share-n.Why.Share) != 0 {
							t.Errorf("%s %s %s: %v here, %v by the engine", sheet.Period, c.Unit, n.Node, share, n.Why.Share)
						}
					}
				}
			}
		}
	}
	if checked < 80 {
		t.Errorf("only %d scores were computed again", checked)
	}
}

// TestPartsAddUp: the points of the children add up to those of the heading, to the last digit shown.
func TestPartsAddUp(t *testing.T) {
	b := small(t)
	for _, code := range []assess.Code{assess.CompositeCode, "six_systems", "org_building", "skills"} {
		for _, u := range append(roster().Units, roster().City) {
			for p := range b.sheets {
				e := why(t, b, Request{Period: p, Unit: u.Code, Code: code})
				if e.Figure.State != assess.Scored {
					continue
				}
				sum := decimal.Zero
				rows := e.Parts.Rows
				for _, row := range rows[:len(rows)-1] {
					if row[4].Text != "—" {
						sum = sum.Add(decimal.RequireFromString(strings.NewReplacer("−", "-", "+", "").Replace(row[4].Text)))
					}
				}
				total := decimal.RequireFromString(strings.ReplaceAll(rows[len(rows)-1][4].Text, "−", "-"))
				points := b.sheets[p].Scores(frameworkOf(code)).Card(u.Code)
				if u.Code == city {
					points = b.sheets[p].Scores(frameworkOf(code)).City
				}
				if !sum.Equal(total) || total.InexactFloat64() != points.Node(code).Points {
					t.Errorf("%s %s %s: parts %s, total %s, card %v", p, u.Code, code, sum, total, points.Node(code).Points)
				}
			}
		}
	}
}

func frameworkOf(code assess.Code) assess.Code {
	if code == assess.CompositeCode {
		return code
	}
	return "six_systems"
}

func TestTheCityHasNoReportCard(t *testing.T) {
	e := why(t, small(t), Request{Unit: city, Code: "lecture_rate"})
	if e.Unit.Full != "全市" || e.Unit.Link != "" {
		t.Errorf("the city is %+v", e.Unit)
	}
}

func TestSpreadWeightIsTold(t *testing.T) {
	e := why(t, small(t), Request{Unit: tiexi, Code: "cases"})
	facts := map[string]string{}
	for _, f := range e.Facts.Items {
		facts[f.Term] = f.Value.Plain()
	}
	if facts["权重"] != "20" || facts["应得满分"] != "30.0000" || facts["从不适用指标分摊"] != "+10.0000" {
		t.Errorf("facts are %v", facts)
	}
}

func TestHistoryOfEightQuarters(t *testing.T) {
	e := why(t, small(t), Request{Unit: heping, Code: "membership_rate"})
	var got []string
	for _, row := range e.History.Rows {
		got = append(got, row[0].Text+" "+row[1].Text+" "+row[2].Text+" "+row[3].Text)
	}
	want := []string{
		"2025年第一季度 92.0% 100.00 20.0000", "2025年第二季度 — — —", "2025年第三季度 92.0% 100.00 20.0000",
		"2025年第四季度 92.0% 100.00 20.0000", "2026年第一季度 93.0% 85.00 17.0000",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]int{4}, e.Trend.Breaks); diff != "" {
		t.Errorf("the line must break where the bands changed: %s", diff)
	}
}

func TestExplanationKnowsItsPlace(t *testing.T) {
	e := why(t, small(t), Request{Unit: heping, Code: "lecture_rate", BaseKind: "year"})
	var above []string
	for _, n := range e.Above {
		above = append(above, n.Short+" "+n.Link)
	}
	want := []string{"综合 /why/210102/composite?base=year&q=2026Q1", "六个体系 /why/210102/six_systems?base=year&q=2026Q1", "思想引领 /why/210102/ideology?base=year&q=2026Q1"}
	if diff := cmp.Diff(want, above); diff != "" {
		t.Error(diff)
	}
	if e.Title != "和平区 宣讲覆盖率：为什么是这个得分" || e.Bar.Framework != "six_systems" {
		t.Errorf("title %q, framework %q", e.Title, e.Bar.Framework)
	}
}

func TestWhyOfWhatThereIsNot(t *testing.T) {
	for _, req := range []Request{
		{Period: q2026Q1, Unit: "999999", Code: "skills"},
		{Period: q2026Q1, Unit: heping, Code: "nonsense"},
		{Period: assess.MustPeriod("2019Q1"), Unit: heping, Code: "skills"},
		{Period: q2026Q1, Code: "skills"},
	} {
		if _, err := Why(t.Context(), small(t), catalogue(t), req); !errors.Is(err, assess.ErrNotFound) {
			t.Errorf("%+v: %v, want not found", req, err)
		}
	}
}

func TestPlainNumber(t *testing.T) {
	for x, want := range map[float64]string{1: "1", 1.2: "1.2", 0.85: "0.85", 0.125: "0.125", 1.0 / 3: "0.3333", 1200: "1,200", 0: "0"} {
		if got := plainNumber(x); got != want {
			t.Errorf("%s is written %q, want %q", strconv.FormatFloat(x, 'g', -1, 64), got, want)
		}
	}
}
