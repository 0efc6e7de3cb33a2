package dashboard

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
)

// Scores of 2026Q1, by hand:
//
//	            ideology      org_building            skills                     six     organ  composite
//	Heping      30            20 + 17 (93 %: 0.85)    9 (0.6+0.4×30/40) + 20     96.00   100    57.6 + 40 = 97.60
//	Shenhe      24 (12 of 15) 20 + 20                 10 + 16 (one case)         90.00    80    54 + 32   = 86.00
//	Tiexi       10 (5 of 15)  8 (4 of 10) + 0         30 (election n/a, spread)  48.00    80    28.8 + 32 = 60.80
//	Kangping    30            0 (not reported) + 20   8.5 + 12 (two cases)       70.50   100    42.3 + 40 = 82.30
//
// and of 2025Q4: 100, 100, 85, 73.

// figuresIn reads every number of a text, the real minus sign included.
func figuresIn(t testing.TB, text string) (numbers []float64) {
	t.Helper()
	for _, word := range regexp.MustCompile(`[+−]?\d[\d,]*(\.\d+)?`).FindAllString(text, -1) {
		x, err := strconv.ParseFloat(strings.NewReplacer(",", "", "−", "-", "+", "").Replace(word), 64)
		if err != nil {
			t.Fatalf("%q in %q: %v", word, text, err)
		}
		numbers = append(numbers, x)
	}
	return numbers
}

func wantFigures(t testing.TB, text string, want ...float64) {
	t.Helper()
	if diff := cmp.Diff(want, figuresIn(t, text)); diff != "" {
		t.Errorf("figures of %q (-want +got):\n%s", text, diff)
	}
}

// TestHomeSentence reads the figures of the sentence back and holds them to the sheets: red lights counted anew, and the greatest
// and least difference of the totals.
func TestHomeSentence(t *testing.T) {
	b := small(t)
	now, before := b.sheets[q2026Q1], b.sheets[q2025Q4]
	indicators, units := map[assess.Code]bool{}, map[assess.UnitCode]bool{}
	for _, scores := range now.Frameworks {
		for _, card := range scores.Cards {
			for _, n := range card.Nodes {
				if n.Level == 1 && n.Light == assess.Red {
					indicators[n.Node], units[card.Unit] = true, true
				}
			}
		}
	}
	up, down := 0.0, 0.0
	for _, card := range now.Composite.Cards {
		change := math.Round((card.Root().Shown-before.Composite.Card(card.Unit).Root().Shown)*100) / 100
		up, down = max(up, change), min(down, change)
	}
	for lang, want := range map[string]string{
		"zh": "4 项指标滞后，涉及 2 个区县；康平进步最大 +9.30 分，铁西退步最多 −24.20 分。",
		"en": "Indicators behind: 4, in districts: 2; Kangping rose most, +9.30 points, Tiexi fell most, −24.20 points.",
	} {
		page := resolve(t, b, "home", Request{Period: q2026Q1, Lang: lang})
		if got := page.Sentence.Plain(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		wantFigures(t, page.Sentence.Plain(), float64(len(indicators)), float64(len(units)), up, down)
	}
}

// TestHomeSentenceOfOtherPeriods: an open quarter names who is still to report, a year its grades, and where the composite is made
// otherwise nothing is compared.
func TestHomeSentenceOfOtherPeriods(t *testing.T) {
	b := small(t)
	for _, tc := range []struct {
		period assess.Period
		want   string
	}{
		{q2026Q2, "没有滞后的指标；和平进步最大 +2.40 分；尚未报送 3 个（沈河、铁西、康平）。"},
		{q2025Q1, "4 项指标滞后，涉及 2 个区县；康平未报。"},
		// Heping 100; Shenhe 60 + 0.4 × (60 + 34) = 97.6 but vetoed; Tiexi 45 + 0.4 × (60 + 24) = 78.6; Kangping 33 + 40 = 73.
		{y2025, "5 项指标滞后，涉及 2 个区县；优秀 1 个，合格 3 个。"},
	} {
		if got := resolve(t, b, "home", Request{Period: tc.period}).Sentence.Plain(); got != tc.want {
			t.Errorf("%s: got  %s\nwant %s", tc.period, got, tc.want)
		}
	}
	b.sheets[q2025Q4].Edition.Assessment.Composite[0].Weight = weight(1)
	got := resolve(t, b, "home", Request{Period: q2026Q1}).Sentence.Plain()
	if want := "4 项指标滞后，涉及 2 个区县；与2025年第四季度方案不同，总分不比升降。"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestStat(t *testing.T) {
	cards := panelOf(t, resolve(t, small(t), "home", Request{Period: q2026Q1}), "frameworks").Stat.Cards
	if len(cards) != 2 || cards[0].Name.Full != "六个体系" || cards[0].Name.Link != "/f/six_systems?q=2026Q1" {
		t.Fatalf("cards are %+v", cards)
	}
	// The city's first indicator: (30+24+10+6) of 640 is 10.9375 %, due 15 %; the second: 27 of 40 due in all.
	if f := cards[0].Figure; f.Text != "80.38" || f.Light != assess.Yellow || f.Change != "−11.50" || f.Arrow != "down" || f.Rank != 0 {
		t.Errorf("the city's card shows %+v", f)
	}
	var labels []string
	var gaps []int
	for i, s := range cards[0].Spark {
		labels = append(labels, s.Label)
		if s.Value == nil {
			gaps = append(gaps, i)
		}
	}
	// Eight quarters were asked for; those before the first figures are left out, the one in between is a gap.
	if diff := cmp.Diff([]string{"25Q1", "25Q2", "25Q3", "25Q4", "26Q1"}, labels); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]int{1}, gaps); diff != "" {
		t.Errorf("gaps (-want +got):\n%s", diff)
	}
}

func TestLagList(t *testing.T) {
	list := panelOf(t, resolve(t, small(t), "home", Request{Period: q2026Q1}), "lagging").LagList
	var got [][]string
	for _, l := range list.Rows {
		got = append(got, []string{l.Unit.Short, l.Indicator.Full, l.Actual, l.Due, l.Gap, l.Figure.changeText()})
	}
	// Lost of the composite: 20 × 0.6 = 12, 20 × 0.6 = 12, 12 × 0.6 = 7.2, 8 × 0.6 = 4.8. Missing: 15 % of 200 less 10; 95 % of 1,000
	// less 890; 10 less 4; two cases too many.
	want := [][]string{
		{"铁西", "宣讲覆盖率", "5.0%", "15.0%", "还差 20 个", "−16.67"},
		{"铁西", "职工入会率", "89.0%", "95.0%", "还差 60 人", "方案不同"},
		{"铁西", "新建工会", "4 家", "10 家", "还差 6 家", "−60.00"},
		{"康平", "受处分扣分", "2 人", "0 人", "超出 2 人", "+60.00"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if list.More != 0 || list.All != "/lags?q=2026Q1" {
		t.Errorf("more %d, all %s", list.More, list.All)
	}
}

func TestLagListIsCut(t *testing.T) {
	d, _ := shipped(t).Page("home")
	d.Rows = []RowDefinition{{Panels: []PanelDefinition{{
		ID: "l", Type: "laglist",
		Query: Query{Measure: "gap", Of: "indicators", Units: "all"}, Options: Options{Limit: 1},
	}}}}
	p, err := Resolve(t.Context(), small(t), catalogue(t), d, Request{Period: q2026Q1})
	if err != nil {
		t.Fatal(err)
	}
	if list := panelOf(t, p, "l").LagList; len(list.Rows) != 1 || list.More != 3 {
		t.Errorf("%d rows and %d more, want 1 and 3", len(list.Rows), list.More)
	}
}

// TestAHeadingLagsInItsIndicators: what is asked of a heading, of a framework or of all is answered by the indicators below; "nothing
// lags" is said only where nothing does.
func TestAHeadingLagsInItsIndicators(t *testing.T) {
	d, _ := shipped(t).Page("home")
	lags := func(of string) (codes []string) {
		d.Rows = []RowDefinition{{Panels: []PanelDefinition{{ID: "l", Type: "laglist", Query: Query{Measure: "gap", Of: of, Units: "all"}}}}}
		p, err := Resolve(t.Context(), small(t), catalogue(t), d, Request{Period: q2026Q1})
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range panelOf(t, p, "l").LagList.Rows {
			codes = append(codes, row.Unit.Short+" "+row.Indicator.Short)
		}
		return codes
	}
	all := lags("indicators")
	for _, of := range []string{"overall", "frameworks", "dimensions"} {
		if diff := cmp.Diff(all, lags(of)); diff != "" {
			t.Errorf("of %s:\n%s", of, diff)
		}
	}
	if some := lags("ideology"); len(some) == 0 || len(some) >= len(all) {
		t.Errorf("of one heading %q, of all %q", some, all)
	}
}

func TestTileMap(t *testing.T) {
	m := panelOf(t, resolve(t, small(t), "home", Request{Period: q2026Q1}), "map").TileMap
	if m.Rows != 2 || m.Columns != 2 || len(m.Tiles) != 4 {
		t.Fatalf("%d × %d with %d tiles", m.Rows, m.Columns, len(m.Tiles))
	}
	if tile := m.Tiles[0]; tile.Name.Short != "和平" || tile.Figure.Text != "97.6" || tile.Name.Link != "/d/210102?q=2026Q1" || tile.Figure.RankText != "第1" {
		t.Errorf("the first tile is %+v", tile)
	}
	open := panelOf(t, resolve(t, small(t), "home", Request{Period: q2026Q2}), "map").TileMap
	if got := open.Tiles[1].Figure.Text; got != "待报" {
		t.Errorf("a tile without a total says %q; a range does not fit", got)
	}
}

func TestRankingByScore(t *testing.T) {
	r := panelOf(t, resolve(t, small(t), "home", Request{Period: q2026Q1}), "ranking").Ranking
	var got [][]string
	for _, p := range r.Rows {
		got = append(got, []string{p.Figure.RankText, p.Unit.Full, p.ValueText, p.Prev, p.LastYear, p.Figure.RankChange, p.Group})
	}
	want := [][]string{
		{"第1", "和平区", "97.60", "−2.40", "−2.40", "位次不变", "中心城区组"},
		{"第2", "沈河区", "86.00", "−14.00", "−14.00", "降1位", "中心城区组"},
		{"第3", "康平区", "82.30", "+9.30", "+9.30", "升1位", "县域组"},
		{"第4", "铁西区", "60.80", "−24.20", "−24.20", "降1位", "中心城区组"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if r.HasGrades || r.Max != 100 || r.City == nil || r.City.Unit.Full != "全市" || r.City.Unit.Link != "" {
		t.Errorf("grades %v, max %v, city %+v", r.HasGrades, r.Max, r.City)
	}
}

func TestRankingOfOneGroup(t *testing.T) {
	r := panelOf(t, resolve(t, small(t), "home", Request{Period: q2026Q1, Group: "core_urban"}), "ranking").Ranking
	var got []string
	for _, p := range r.Rows {
		got = append(got, p.Unit.Short+p.Figure.GroupText)
	}
	if diff := cmp.Diff([]string{"和平第1", "沈河第2", "铁西第3"}, got); diff != "" {
		t.Error(diff)
	}
}

// TestExtremes: first, last and most moved, no unit both first and last.
func TestExtremes(t *testing.T) {
	table := panelOf(t, resolve(t, small(t), "home", Request{Period: q2026Q1}), "extremes").Table
	var got []string
	for _, row := range table.Rows {
		got = append(got, row[0].Text+" "+row[1].Text+" "+row[2].Text+" "+row[4].Text)
	}
	want := []string{"前3位 和平区 97.60 −2.40", "前3位 沈河区 86.00 −14.00", "前3位 康平区 82.30 +9.30", "后3位 铁西区 60.80 −24.20", "变化最大 铁西区 60.80 −24.20"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if table.Heads[4].Text != "较上季" || !table.Heads[2].Numeric {
		t.Errorf("heads are %+v", table.Heads)
	}
}

func TestStatus(t *testing.T) {
	s := panelOf(t, resolve(t, small(t), "home", Request{Period: q2026Q2}), "reports").Status
	counts := map[assess.FilingState]int{}
	sum := 0
	for _, c := range s.Counts {
		counts[c.State] = c.Count
		sum += c.Count
	}
	if counts[assess.Submitted] != 1 || counts[assess.Draft] != 3 || sum != 4 || len(s.Counts) != 10 {
		t.Errorf("counts are %v", s.Counts)
	}
	// Handed in at 20:00 UTC of 6 July, which is 7 July in the city.
	if s.Rows[0].At != "7-7" || s.Rows[1].At != "—" || s.Rows[1].Text != "填报中" {
		t.Errorf("rows are %+v", s.Rows)
	}
}

// TestEverythingThatLagsIsListed: the sentence and the rest of the home page's list lead to one page, whose numbers are theirs.
func TestEverythingThatLagsIsListed(t *testing.T) {
	b := small(t)
	for _, group := range []assess.Code{"", "core_urban"} {
		home := resolve(t, b, "home", Request{Period: q2026Q1, Group: group})
		short := panelOf(t, home, "lagging").LagList
		whole := resolve(t, b, "lags", Request{Period: q2026Q1, Group: group})
		list := panelOf(t, whole, "lagging").LagList
		if home.Sentence[0].Link != short.All || !strings.HasPrefix(short.All, "/lags?") || strings.Contains(short.All, "group=") != (group != "") {
			t.Errorf("the sentence leads to %q, the list to %q", home.Sentence[0].Link, short.All)
		}
		indicators, units := map[string]bool{}, map[string]bool{}
		for _, row := range list.Rows {
			indicators[row.Indicator.Code], units[row.Unit.Code] = true, true
		}
		if len(short.Rows)+short.More != len(list.Rows) || list.More != 0 || len(list.Pages) != 0 {
			t.Errorf("%d rows and %d more, but the whole list has %d", len(short.Rows), short.More, len(list.Rows))
		}
		wantFigures(t, whole.Sentence.Plain(), float64(len(indicators)), float64(len(units)), float64(len(list.Rows)))
	}
}

// TestLongListsAreCutIntoPages of 50, with the whole for print; a page there is not is the nearest one.
func TestLongListsAreCutIntoPages(t *testing.T) {
	d, _ := shipped(t).Page("lags")
	list := make([]lagging, 120)
	for i := range list {
		list[i].lost = float64(i)
	}
	for page, want := range map[int][2]int{0: {0, 50}, 1: {0, 50}, 2: {50, 100}, 3: {100, 120}, 9: {100, 120}, -7: {0, 50}, AllPages: {0, 120}} {
		r, err := newResolver(t.Context(), small(t), catalogue(t), Request{Period: q2026Q1, Page: page, Group: "county"})
		if err != nil {
			t.Fatal(err)
		}
		r.def = d
		rows, pages := cut(r, list, 50)
		if len(rows) != want[1]-want[0] || rows[0].lost != float64(want[0]) {
			t.Errorf("page %d has %d rows from %v, want %v", page, len(rows), rows[0].lost, want)
		}
		current := 0
		for _, p := range pages {
			if p.Current {
				current++
			}
		}
		if len(pages) != 4 || current != 1 || pages[1].Link != "/lags?group=county&page=2&q=2026Q1" || pages[2].Text != "101–120" || pages[3].Link != "/lags?group=county&page=all&q=2026Q1" {
			t.Errorf("page %d: %+v", page, pages)
		}
	}
}

// Before anything is scored nothing is said to lag, and nothing to be well.
func TestNothingScoredIsNotNothingLagging(t *testing.T) {
	b := small(t)
	for _, of := range b.sheets[q2026Q2].Frameworks {
		for i := range of.Cards {
			for j := range of.Cards[i].Nodes {
				of.Cards[i].Nodes[j].State, of.Cards[i].Nodes[j].Light = assess.Pending, ""
			}
		}
	}
	for page, req := range map[assess.Code]Request{"home": {Period: q2026Q2}, "lags": {Period: q2026Q2}, "indicators": {Period: q2026Q2, Framework: "six_systems"}} {
		text := resolve(t, b, page, req).Sentence.Plain()
		if !strings.Contains(text, "尚无得分") || strings.Contains(text, "没有滞后") || strings.Contains(text, "项全市滞后") {
			t.Errorf("%s says %q", page, text)
		}
	}
	if list := panelOf(t, resolve(t, b, "lags", Request{Period: q2026Q2}), "lagging").LagList; !list.Unknown {
		t.Error("the list says that nothing lags")
	}
}
