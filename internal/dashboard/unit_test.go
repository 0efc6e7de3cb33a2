package dashboard

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
)

func card(t testing.TB, p assess.Period, unit assess.UnitCode) *Page {
	t.Helper()
	return resolve(t, small(t), "unit", Request{Period: p, Unit: unit})
}

func TestUnitSentence(t *testing.T) {
	for _, tc := range []struct {
		period assess.Period
		unit   assess.UnitCode
		want   string
	}{
		{q2026Q1, heping, "和平区（中心城区组）综合 97.60 分，组内第1，全市第1，位次不变；较上季 −2.40 分。"},
		{q2026Q1, kangpin, "康平区（县域组）综合 82.30 分，全市第3，升1位，可能区间第2到第3位；较上季 +9.30 分。"}, // a group of one is not ranked
		{q2025Q4, shenhe, "沈河区（中心城区组）综合 100.00 分，组内并列第1，全市并列第1，位次不变；较上季持平。"},
		{q2026Q2, shenhe, "沈河区（中心城区组）综合 76.00～100.00（缺2项）。"},
		{y2025, shenhe, "沈河区（中心城区组）综合 97.60 分，组内第2，全市第2，等次合格；一票否决：责任事故。"},
	} {
		p := card(t, tc.period, tc.unit)
		if got := p.Sentence.Plain(); got != tc.want {
			t.Errorf("got  %s\nwant %s", got, tc.want)
		}
	}
	if got := card(t, q2026Q1, heping).Title; got != "和平区 · 区县成绩单" {
		t.Errorf("the title is %q", got)
	}
}

// TestUnitSentenceReadsBack holds the figures of the sentence to the sheets.
func TestUnitSentenceReadsBack(t *testing.T) {
	b := small(t)
	for _, u := range roster().Units {
		now, before := b.sheets[q2026Q1].Composite.Card(u.Code).Root(), b.sheets[q2025Q4].Composite.Card(u.Code).Root()
		want := []float64{now.Shown}
		if now.GroupRank > 0 {
			want = append(want, float64(now.GroupRank))
		}
		want = append(want, float64(now.Rank))
		if moved := float64(before.Rank - now.Rank); moved != 0 {
			want = append(want, abs(moved))
		}
		page := resolve(t, b, "unit", Request{Period: q2026Q1, Unit: u.Code})
		for _, row := range panelOf(t, page, "rankband").RankBand.Rows {
			if row.Own && row.Low < row.High { // a place that could be another
				want = append(want, float64(row.Low), float64(row.High))
			}
		}
		want = append(want, assess.HalfUp.Round(now.Shown-before.Shown, 2))
		wantFigures(t, page.Sentence.Plain(), want...)
	}
}

func TestStrengths(t *testing.T) {
	text := func(unit assess.UnitCode) string { return panelOf(t, card(t, q2026Q1, unit), "paragraph").Text.Plain() }
	// The medians of the three in the group: guidance 80, organisation 92.5, skills 96.67, clean 80.
	want := "弱项：组织建设 20.00（低于中位 72.50）、思想引领 33.33（低于中位 46.67）。下一步：宣讲覆盖率（还差 20 个）、职工入会率（还差 60 人）。"
	if got := text(tiexi); got != "强项：技能素质 100.00（高于中位 3.33）。"+want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got, want := text(heping), "强项：思想引领 100.00（高于中位 20.00）、廉洁型 100.00（高于中位 20.00）。"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	// Alone in its group, Kangping is compared with all: guidance 100 against 90, organisation 50 against 71.25, skills 68.33 against
	// 91.67, clean 100 against 90.
	want = "强项：思想引领 100.00（高于中位 10.00）、廉洁型 100.00（高于中位 10.00）。弱项：技能素质 68.33（低于中位 23.34）、组织建设 50.00（低于中位 21.25）。下一步：受处分扣分（超出 2 人）。"
	if got := text(kangpin); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := panelOf(t, card(t, q2026Q2, kangpin), "paragraph").Text.Plain(); got != "尚未评分。" {
		t.Errorf("without scores: %s", got)
	}
}

func TestConduct(t *testing.T) {
	text := func(unit assess.UnitCode) string { return panelOf(t, card(t, q2026Q1, unit), "conduct").Text.Plain() }
	if got, want := text(heping), "报送状态：已锁定；退回 2 项（1 轮），迟报 0 个工作日，更正 1 项。"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got, want := text(shenhe), "报送状态：已锁定；退回 0 项（0 轮），迟报 1 个工作日，更正 0 项。"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestBars(t *testing.T) {
	b := panelOf(t, card(t, q2026Q1, heping), "dimensions").Bars
	if b.Own != "和平区" || b.Max != 100 || len(b.Rows) != 4 {
		t.Fatalf("bars are %+v", b)
	}
	row := b.Rows[1]
	// Organisation: 92.5, 100, 20, 50; the group's median of the first three, the mean of all.
	if row.Own.Text != "92.50" || row.GroupText != "92.50" || row.CityText != "65.63" || *row.CityAvg != 65.625 {
		t.Errorf("organisation is %+v", row)
	}
	if b.Rows[0].Section != "六个体系" || b.Rows[1].Section != "" || b.Rows[3].Section != "五型机关" {
		t.Error("the first row of a framework does not name it")
	}
	if open := panelOf(t, card(t, q2026Q2, kangpin), "dimensions").Bars; open.Rows[1].GroupMedian != nil || open.Rows[1].GroupText != "—" {
		t.Errorf("without figures: %+v", open.Rows[1])
	}
}

func TestRadar(t *testing.T) {
	r := panelOf(t, card(t, q2026Q2, shenhe), "radar").Radar
	if len(r.Axes) != 3 || len(r.Series) != 2 || r.Max != 100 || r.Series[0].Name != "沈河区" {
		t.Fatalf("the radar is %+v", r)
	}
	own := r.Series[0]
	if own.Values[1] != nil || own.Texts[1] != "0.00～100.00（缺2项）" || own.Values[0] == nil || *own.Values[0] != 100 {
		t.Errorf("what is not reported must be a gap: %+v", own)
	}
}

func TestRadarRefusesWhatCannotBeRead(t *testing.T) {
	d, _ := shipped(t).Page("unit")
	d.Rows = []RowDefinition{{Panels: []PanelDefinition{{ID: "r", Type: "radar", Query: Query{Measure: "score", Of: "frameworks", Units: "unit"}}}}}
	p, err := Resolve(t.Context(), small(t), catalogue(t), d, Request{Period: q2026Q1, Unit: heping})
	if err != nil {
		t.Fatal(err)
	}
	if problem := p.Rows[0].Panels[0].Problem; problem == nil || problem.Key != "problem.panel_axes" {
		t.Errorf("two axes give %v", problem)
	}
}

func TestRedIndicators(t *testing.T) {
	table := panelOf(t, card(t, q2026Q1, tiexi), "red").Table
	var got []string
	for _, row := range table.Rows {
		var words []string
		for _, c := range row {
			words = append(words, c.Text)
		}
		got = append(got, strings.Join(words, " | "))
	}
	want := []string{
		"宣讲覆盖率 | 33.33 | 5.0% | 15.0% | 还差 20 个 | −2.5 个百分点 | 为什么",
		"职工入会率 | 0.00 | 89.0% | 95.0% | 还差 60 人 | 方案不同 | 为什么",
		"新建工会 | 40.00 | 4 家 | 10 家 | 还差 6 家 | −6 家 | 为什么",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if link := table.Rows[0][6].Link; link != "/why/210106/lecture_rate?q=2026Q1" {
		t.Errorf("why leads to %s", link)
	}
	if calm := panelOf(t, card(t, q2026Q1, heping), "red").Table; len(calm.Rows) != 0 || calm.Empty != "没有红灯指标。" {
		t.Errorf("without red lights: %+v", calm)
	}
}

// TestTrendKeepsGaps: 2025Q2 has no figures, and Tiexi has none in 2025Q3; the gaps stay, and the own line lies on top.
func TestTrendKeepsGaps(t *testing.T) {
	tr := panelOf(t, card(t, q2026Q1, tiexi), "trend").Trend
	if diff := cmp.Diff([]string{"25Q1", "25Q2", "25Q3", "25Q4", "26Q1"}, tr.Labels); diff != "" {
		t.Error(diff)
	}
	var names []string
	for _, s := range tr.Series {
		names = append(names, s.Name+" "+s.Kind)
	}
	if diff := cmp.Diff([]string{"和平 peer", "沈河 peer", "铁西 own"}, names); diff != "" {
		t.Error(diff)
	}
	own := tr.Series[2].Spots
	if own[1].Value != nil || own[1].Text != "—" || own[4].Value == nil || *own[4].Value != 60.8 {
		t.Errorf("the own line is %+v", own)
	}
	if own[4].Why != "/why/210106/composite?q=2026Q1" || own[0].Why != "/why/210106/composite?q=2025Q1" {
		t.Errorf("the points lead to %s and %s", own[0].Why, own[4].Why)
	}
	if len(tr.Breaks) != 0 {
		t.Errorf("the composite is made alike, but the line breaks at %v", tr.Breaks)
	}
}

func TestPeerTable(t *testing.T) {
	table := panelOf(t, card(t, q2026Q1, heping), "peers").Table
	if len(table.Rows) != 3 || len(table.Heads) != 5 || table.Heads[3].Text != "六个体系" {
		t.Fatalf("heads %+v, %d rows", table.Heads, len(table.Rows))
	}
	if row := table.Rows[2]; row[0].Text != "铁西区" || row[1].Text != "60.80" || row[2].Text != "第3" || row[3].Text != "48.00" || row[4].Text != "80.00" {
		t.Errorf("the row of Tiexi is %+v", row)
	}
}

func TestCorrections(t *testing.T) {
	table := panelOf(t, card(t, q2026Q1, heping), "corrections").Table
	if len(table.Rows) != 1 || table.Rows[0][1].Text != "宣讲覆盖工会数" || table.Rows[0][2].Text != "25 个" || table.Rows[0][3].Text != "30 个" {
		t.Errorf("corrections are %+v", table.Rows)
	}
	if none := panelOf(t, card(t, q2026Q1, shenhe), "corrections").Table; len(none.Rows) != 0 {
		t.Errorf("another unit's correction is shown: %+v", none.Rows)
	}
}
