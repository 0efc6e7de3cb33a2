package dashboard

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
)

func matrix(t testing.TB, page assess.Code, req Request) *Lights {
	t.Helper()
	if req.Period.IsZero() {
		req.Period = q2026Q1
	}
	return panelOf(t, resolve(t, small(t), page, req), "lights").Lights
}

// grid writes a matrix as the words of its cells, the name of the row first.
func grid(l *Lights) (rows []string) {
	for _, row := range l.Rows {
		words := []string{row.Name.Short}
		for _, cell := range row.Cells {
			words = append(words, cell.Text)
		}
		rows = append(rows, strings.Join(words, " "))
	}
	return rows
}

func TestLightsMatrix(t *testing.T) {
	l := matrix(t, "framework", Request{})
	var heads []string
	for _, c := range l.Columns {
		heads = append(heads, c.Name.Short+" "+c.Weight)
	}
	if diff := cmp.Diff([]string{"六个体系 100", "思想引领 30", "组织建设 40", "技能素质 30"}, heads); diff != "" {
		t.Error(diff)
	}
	// By hand, in home_test.go. The city: 70 of 640 is 10.94 % of 15 due: 72.92; 27 unions of 40 due: 67.5, members 3,255 of 3,500 is
	// 93 %: 85, so 76.25; elections 20 of 24 is 83.3 %: 93.33, cases make no sense for a sum and leave 10 of 30, below two thirds.
	want := []string{
		"和平 96.00 100.00 92.50 96.67",
		"沈河 90.00 80.00 100.00 86.67",
		"铁西 48.00 33.33 20.00 100.00",
		"康平 70.50 100.00 50.00 68.33",
	}
	got := grid(l)
	if diff := cmp.Diff(want, got[:4]); diff != "" {
		t.Error(diff)
	}
	last := l.Rows[len(l.Rows)-1]
	if !last.City || last.Name.Full != "全市" || !strings.HasPrefix(got[4], "全市 ") || last.Cells[1].Text != "72.92" || last.Cells[2].Text != "76.25" {
		t.Errorf("the last row is %s, want the city computed from sums", got[4])
	}
	if cell := l.Rows[2].Cells[2]; cell.Light != assess.Red || cell.Why != "/why/210106/org_building?q=2026Q1" {
		t.Errorf("a red cell is %+v", cell)
	}
	if l.Rows[0].Group != "中心城区组" {
		t.Errorf("the first row is of the group %q", l.Rows[0].Group)
	}
}

func TestLightsAreSortedByLinks(t *testing.T) {
	names := func(l *Lights) (names []string) {
		for _, row := range l.Rows {
			names = append(names, row.Name.Short)
		}
		return names
	}
	l := matrix(t, "framework", Request{Sort: "org_building", BaseKind: "year", Group: ""})
	if diff := cmp.Diff([]string{"沈河", "和平", "康平", "铁西", "全市"}, names(l)); diff != "" {
		t.Errorf("best first (-want +got):\n%s", diff)
	}
	if h := l.Columns[2]; h.Sorted != "descending" || h.Sort != "/f/six_systems?base=year&q=2026Q1&sort=-org_building" {
		t.Errorf("the head is %+v", h)
	}
	if h := l.Columns[1]; h.Sorted != "" || h.Sort != "/f/six_systems?base=year&q=2026Q1&sort=ideology" {
		t.Errorf("another head is %+v", h)
	}
	l = matrix(t, "framework", Request{Sort: "-org_building"})
	if diff := cmp.Diff([]string{"铁西", "康平", "和平", "沈河", "全市"}, names(l)); diff != "" {
		t.Errorf("worst first (-want +got):\n%s", diff)
	}
	if l.Columns[2].Sorted != "ascending" {
		t.Errorf("the head is %+v", l.Columns[2])
	}
	l = matrix(t, "framework", Request{Sort: "no_such_column"})
	if diff := cmp.Diff([]string{"和平", "沈河", "铁西", "康平", "全市"}, names(l)); diff != "" || l.Sort != "" {
		t.Errorf("official order (-want +got):\n%s", diff)
	}
	// What has no score stays last either way.
	b := small(t)
	b.sheets[q2026Q1].Frameworks[0].Cards[0].Root().State = assess.Pending
	for sort, want := range map[string][]string{"six_systems": {"沈河", "康平", "铁西", "和平", "全市"}, "-six_systems": {"铁西", "康平", "沈河", "和平", "全市"}} {
		l = panelOf(t, resolve(t, b, "framework", Request{Period: q2026Q1, Sort: sort}), "lights").Lights
		if diff := cmp.Diff(want, names(l)); diff != "" {
			t.Errorf("sorted by %s (-want +got):\n%s", sort, diff)
		}
	}
}

func TestLightsOfOneGroup(t *testing.T) {
	if got := len(matrix(t, "framework", Request{Group: "county"}).Rows); got != 2 {
		t.Errorf("%d rows, want Kangping and the city", got)
	}
}

func TestLightsShowWhatIsChosen(t *testing.T) {
	for show, want := range map[string][]string{
		"score":    {"和平 96.00 100.00 92.50 96.67", "铁西 48.00 33.33 20.00 100.00"},
		"progress": {"和平 96.0% 100.0% 92.5% 96.7%", "铁西 48.0% 33.3% 20.0% 100.0%"},
		"rank":     {"和平 第1 并列第1 第2 第2", "铁西 第4 第4 第4 第1"},
		"nonsense": {"和平 96.00 100.00 92.50 96.67", "铁西 48.00 33.33 20.00 100.00"},
	} {
		got := grid(matrix(t, "framework", Request{Show: show}))
		if got[0] != want[0] || got[2] != want[1] {
			t.Errorf("%s: %q and %q, want %q", show, got[0], got[2], want)
		}
	}
	// Completion is not capped where progress is shown: Shenhe has 13 of 10 due. A state in words stays.
	l := matrix(t, "indicators", Request{Show: "progress"})
	if got := grid(l)[1]; got != "新建工会 100.0% 130.0% 40.0% 未报 67.5%" {
		t.Errorf("progress of new unions: %s", got)
	}
	if got := grid(matrix(t, "framework", Request{Show: "rank", Group: "core_urban"}))[2]; got != "铁西 第3 第3 第3 第1" {
		t.Errorf("ranks inside the group: %s", got)
	}
}

func TestIndicatorMatrixIsTransposed(t *testing.T) {
	l := matrix(t, "indicators", Request{})
	var heads, sections []string
	for _, c := range l.Columns {
		heads = append(heads, c.Name.Short)
	}
	for _, row := range l.Rows {
		sections = append(sections, row.Section)
	}
	if diff := cmp.Diff([]string{"和平", "沈河", "铁西", "康平", "全市"}, heads); diff != "" || !l.Transposed {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"思想引领体系", "组织建设体系", "", "技能素质体系", ""}, sections); diff != "" {
		t.Error(diff)
	}
	if got := grid(l)[3]; got != "按期换届率 90.00 100.00 不适用 85.00 93.33" {
		t.Errorf("elections: %s", got)
	}
	if l.Rows[0].Name.Link != "/i/lecture_rate?q=2026Q1" || l.Rows[0].Weight != "30" {
		t.Errorf("the first row is %+v", l.Rows[0].Name)
	}
	if got := len(matrix(t, "indicators", Request{Framework: "five_type_organ"}).Rows); got != 3 {
		t.Errorf("the organ has %d indicators, want 3", got)
	}
}

func TestFrameworkSentence(t *testing.T) {
	b := small(t)
	p := resolve(t, b, "framework", Request{Period: q2026Q1})
	want := "全市 80.38 分，较上季 −11.50 分；1 个区县达序时，1 个区县略滞后，2 个区县滞后；最弱的是思想引领（全市 72.92 分）。"
	if got := p.Sentence.Plain(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	now, before := b.sheets[q2026Q1].Frameworks[0].City, b.sheets[q2025Q4].Frameworks[0].City
	change := assess.HalfUp.Round(now.Root().Shown-before.Root().Shown, 2)
	wantFigures(t, p.Sentence.Plain(), now.Root().Shown, change, 1, 1, 2, now.Node("ideology").Shown)
	var linked, sorted int
	for _, f := range p.Sentence {
		if f.Link != "" {
			linked++
		}
		if strings.Contains(f.Link, "sort=-six_systems") {
			sorted++
		}
	}
	if linked != 7 || sorted != 3 {
		t.Errorf("%d pieces are links, want the city's score, its change, the weakest heading and its score, and three counts; %d lead to the lowest first", linked, sorted)
	}
	if p.Title != "六个体系 · 框架评分" {
		t.Errorf("the title is %q", p.Title)
	}
}

func TestIndicatorsSentence(t *testing.T) {
	p := resolve(t, small(t), "indicators", Request{Period: q2025Q4})
	// Lecture coverage is red in Tiexi and Kangping, 30 of 60 %. In the city 48.75 % of 60 are 81 %: yellow; nothing is red.
	if got, want := p.Sentence.Plain(), "5 项指标中有 0 项全市滞后；红灯最多的是宣讲覆盖率（2 个区县）。"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	p = resolve(t, small(t), "indicators", Request{Period: q2026Q1})
	// Lecture coverage at 73 % and new unions at 67.5 % of what is due in the city.
	if got, want := p.Sentence.Plain(), "5 项指标中有 2 项全市滞后。"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestSpreadShowsTheMostDispersed: standard deviations of 85 100 0 100; of 100 100 40; of 100 80 33.33 100; the two left out have
// less.
func TestSpreadShowsTheMostDispersed(t *testing.T) {
	s := panelOf(t, resolve(t, small(t), "framework", Request{Period: q2026Q1}), "spread").Spread
	var names []string
	for _, l := range s.Lines {
		names = append(names, l.Name.Code)
	}
	if diff := cmp.Diff([]string{"membership_rate", "new_unions", "lecture_rate"}, names); diff != "" {
		t.Error(diff)
	}
	l := s.Lines[0] // sorted 0 85 100 100: the quartiles lie at places 1.75, 2.5 and 3.25
	if l.Low != 0 || l.Q1 != 63.75 || l.Median != 92.5 || l.Q3 != 100 || l.Top != 100 || len(l.Points) != 4 {
		t.Errorf("the box is %+v", l)
	}
	if len(s.Lines[1].Points) != 3 {
		t.Error("a unit that reported nothing has a point")
	}
}

func TestReturned(t *testing.T) {
	table := panelOf(t, resolve(t, small(t), "framework", Request{Period: q2026Q1}), "returned").Table
	if len(table.Rows) != 1 || table.Rows[0][0].Text != "和平区" || table.Rows[0][1].Text != "2" || table.Rows[0][2].Text != "1" {
		t.Errorf("rows are %+v", table.Rows)
	}
	if empty := panelOf(t, resolve(t, small(t), "framework", Request{Period: q2025Q4}), "returned").Table; len(empty.Rows) != 0 || empty.Empty == "" {
		t.Errorf("without returns: %+v", empty)
	}
}
