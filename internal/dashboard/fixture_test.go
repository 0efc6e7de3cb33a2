package dashboard

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/dashboards"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/results"
	"github.com/unionboard/unionboard/internal/score"
)

// The city of these tests is small enough to be computed by hand: four districts in two groups, two frameworks, 2025 and 2026 with
// one indicator that is scored otherwise in 2026. Every score named in a test is worked out beside it.
//
//	six_systems      ideology 30      lecture_rate 30     completion of 60 %, due 25/50/75/100 %
//	                 org_building 40  new_unions 20       completion of 40, due 25/50/75/100 %
//	                                  membership_rate 20  bands, others in 2025 than in 2026
//	                 skills 30        election_rate 10    efficacy from 50 to 90 %, base 0.6; small below 5
//	                                  cases 20            deduction, 4 points each
//	five_type_organ  clean 100        party_rating 40     annual, levels
//	                                  appeal_rate 60      bands
//	                                  incident 0          veto
//	composite        0.6 × six_systems + 0.4 × five_type_organ
const (
	heping  = assess.UnitCode("210102")
	shenhe  = assess.UnitCode("210103")
	tiexi   = assess.UnitCode("210106")
	kangpin = assess.UnitCode("210123")
	city    = assess.UnitCode("210100")
)

var (
	q2025Q1 = assess.MustPeriod("2025Q1")
	q2025Q3 = assess.MustPeriod("2025Q3")
	q2025Q4 = assess.MustPeriod("2025Q4")
	y2025   = assess.MustPeriod("2025")
	q2026Q1 = assess.MustPeriod("2026Q1")
	q2026Q2 = assess.MustPeriod("2026Q2")
)

// board is a fake Board over sheets and a log made by hand.
type board struct {
	sheets map[assess.Period]*results.Sheet
	log    []assess.Observation
	broken map[assess.Period]error
}

func (b *board) Sheet(_ context.Context, p assess.Period) (*results.Sheet, error) {
	if err := b.broken[p]; err != nil {
		return nil, err
	}
	if s := b.sheets[p]; s != nil {
		return s, nil
	}
	return nil, assess.NotFound("problem.period_empty", "there are no figures for "+p.String(), "period", p.String())
}

func (b *board) Periods(context.Context) (periods []assess.Period, _ error) {
	for p := range b.sheets {
		periods = append(periods, p)
	}
	slices.SortFunc(periods, assess.Period.Compare)
	return periods, nil
}

func (b *board) Edition(_ context.Context, year int) (*assess.Edition, error) {
	for p, s := range b.sheets {
		if p.CalendarYear() == year {
			return s.Edition, nil
		}
	}
	return nil, assess.NotFound("problem.no_edition", "no edition")
}

func (b *board) History(_ context.Context, key assess.CellKey) (history []assess.Observation, _ error) {
	for _, o := range b.log {
		if o.CellKey == key {
			history = append(history, o)
		}
	}
	return history, nil
}

func tx(zh, en string) assess.Text { return assess.Text{ZH: zh, EN: en} }

func number(x float64) *float64 { return &x }

func weight(w int64) decimal.Decimal { return decimal.NewFromInt(w) }

func roster() assess.Roster {
	unit := func(code assess.UnitCode, zh, en string, group assess.Code, row, column int) assess.Unit {
		return assess.Unit{
			Code: code, Name: tx(zh+"区", en+" District"), Short: tx(zh, en), Kind: "district", Group: group,
			Tile: &assess.Tile{Row: row, Column: column},
		}
	}
	return assess.Roster{
		City:   assess.Unit{Code: city, Name: tx("沈阳市", "Shenyang"), Short: tx("沈阳", "Shenyang")},
		Groups: []assess.Group{{Code: "core_urban", Name: tx("中心城区组", "Core urban")}, {Code: "county", Name: tx("县域组", "County")}},
		Units: []assess.Unit{
			unit(heping, "和平", "Heping", "core_urban", 0, 0), unit(shenhe, "沈河", "Shenhe", "core_urban", 0, 1),
			unit(tiexi, "铁西", "Tiexi", "core_urban", 1, 0), unit(kangpin, "康平", "Kangping", "county", 1, 1),
		},
	}
}

func items() (list []assess.Item) {
	add := func(code assess.Code, zh, measure string, acc assess.Accumulation) {
		list = append(list, assess.Item{
			Code: code, Name: tx(zh, string(code)), Measure: tx(measure, "units"), Type: assess.Count,
			Accumulation: acc, Frequency: assess.Quarterly, Origin: assess.FromDistrict,
		})
	}
	add("lecture_covered", "宣讲覆盖工会数", "个", assess.YTD)
	add("unions", "基层工会数", "个", assess.Stock)
	add("new_unions_ytd", "新建工会数", "家", assess.YTD)
	add("members", "会员数", "人", assess.Stock)
	add("employees", "职工数", "人", assess.Stock)
	add("elected", "按期换届数", "个", assess.YTD)
	add("due_election", "应换届数", "个", assess.YTD)
	add("cases_ytd", "受处分人数", "人", assess.YTD)
	add("answered", "按期答复数", "件", assess.Flow)
	add("appeals", "诉求数", "件", assess.Flow)
	list = append(list,
		assess.Item{
			Code: "party_level", Name: tx("党支部等次", "Party level"), Measure: tx("等次", "grade"), Type: assess.Rating,
			Frequency: assess.Annual, Accumulation: assess.None, Origin: assess.FromCity, Levels: []assess.Code{"excellent", "good", "fair", "poor"},
		},
		assess.Item{
			Code: "veto_incident", Name: tx("责任事故", "Incident"), Measure: tx("是/否", "yes/no"), Type: assess.Boolean,
			Frequency: assess.Annual, Accumulation: assess.None, Origin: assess.FromCity,
		})
	return list
}

// leaf makes an indicator's node.
func leaf(code assess.Code, zh, en string, w int64, ind assess.Indicator) *assess.Node {
	ind.Definition = tx(zh+"的口径", "Definition of "+en)
	if ind.Frequency == "" {
		ind.Frequency = assess.Quarterly
	}
	if ind.Direction == "" {
		ind.Direction = assess.Up
	}
	if ind.Measure.ZH == "" {
		ind.Measure, ind.Type, ind.Decimals = tx("%", "%"), assess.Percent, 1
	}
	ind.Department = "org"
	return &assess.Node{Code: code, Name: tx(zh, en), Weight: weight(w), Indicator: &ind}
}

func heading(code assess.Code, zh, en string, w int64, children ...*assess.Node) *assess.Node {
	return &assess.Node{Code: code, Name: tx(zh+"体系", en), Short: tx(zh, en), Weight: weight(w), Children: children}
}

func framework(code assess.Code, zh, en string, children ...*assess.Node) assess.Framework {
	return assess.Framework{
		Code: code, Name: tx(zh, en), Layer: assess.Official, Scale: 100, Decimals: 2, LeafDecimals: 4, PercentDecimals: 1,
		Rounding: assess.HalfUp, Availability: 2.0 / 3, MinGroup: 2, Ties: assess.Competition, BonusInComposite: true,
		Lights: assess.Lights{ProgressGreen: 1, ProgressYellow: 0.8, PointsGreen: 0.95, PointsYellow: 0.8},
		Root:   &assess.Node{Code: code, Name: tx(zh, en), Weight: weight(100), Children: children},
	}
}

func edition(year int) *assess.Edition {
	quarters := []float64{25, 50, 75, 100}
	bands := []assess.Band{{Low: number(95), Share: 1}, {Low: number(90), High: number(95), HighExcluded: true, Share: 0.85}, {High: number(90), HighExcluded: true}}
	if year == 2025 {
		bands = []assess.Band{{Low: number(92), Share: 1}, {High: number(92), HighExcluded: true, Share: 0.5}}
	}
	six := framework("six_systems", "六个体系", "Six Systems",
		heading("ideology", "思想引领", "Guidance", 30,
			leaf("lecture_rate", "宣讲覆盖率", "Lecture coverage", 30, assess.Indicator{
				Accumulation: assess.YTD,
				Value:        assess.Formula{Numerator: "lecture_covered", Denominator: "unions", Scale: 100},
				Target:       &assess.TargetRule{Mode: "ratio", FullYear: number(60)},
				Method:       assess.Method{Kind: assess.TargetRatio, Cap: 1, Phasing: quarters},
			})),
		heading("org_building", "组织建设", "Organisation", 40,
			leaf("new_unions", "新建工会", "New unions", 20, assess.Indicator{
				Accumulation: assess.YTD,
				Measure:      tx("家", "unions"), Type: assess.Count, Value: assess.Formula{Item: "new_unions_ytd"},
				Target: &assess.TargetRule{Mode: "absolute", FullYear: number(40)},
				Method: assess.Method{Kind: assess.TargetRatio, Cap: 1, Phasing: quarters},
			}),
			leaf("membership_rate", "职工入会率", "Membership rate", 20, assess.Indicator{
				Accumulation: assess.Stock,
				Value:        assess.Formula{Numerator: "members", Denominator: "employees", Scale: 100},
				Method:       assess.Method{Kind: assess.Banded, Bands: bands},
			})),
		heading("skills", "技能素质", "Skills", 30,
			leaf("election_rate", "按期换届率", "On-time election rate", 10, assess.Indicator{
				Accumulation: assess.YTD, MinDenominator: 5,
				Value: assess.Formula{Numerator: "elected", Denominator: "due_election", Scale: 100}, Zero: assess.ZeroExcludes,
				Method: assess.Method{Kind: assess.Efficacy, Floor: 50, Satisfactory: 90, Base: 0.6},
			}),
			leaf("cases", "受处分扣分", "Disciplinary cases", 20, assess.Indicator{
				Accumulation: assess.YTD, Direction: assess.Down,
				Measure: tx("人", "persons"), Type: assess.Count, Value: assess.Formula{Item: "cases_ytd"},
				Method: assess.Method{Kind: assess.Deduction, PerCase: 4},
			})))
	organ := framework("five_type_organ", "五型机关", "Five-type organ",
		heading("clean", "廉洁型", "Clean", 100,
			leaf("party_rating", "党支部评定", "Party rating", 40, assess.Indicator{
				Frequency: assess.Annual, Accumulation: assess.None,
				Measure: tx("等次", "grade"), Type: assess.Rating, Value: assess.Formula{Item: "party_level"},
				Method: assess.Method{Kind: assess.Rated, Levels: map[assess.Code]float64{"excellent": 1, "good": 0.85, "fair": 0.6, "poor": 0}},
			}),
			leaf("appeal_rate", "诉求按期答复率", "Appeals answered on time", 60, assess.Indicator{
				Accumulation: assess.Flow,
				Value:        assess.Formula{Numerator: "answered", Denominator: "appeals", Scale: 100},
				Method: assess.Method{Kind: assess.Banded, Bands: []assess.Band{
					{Low: number(98), Share: 1},
					{Low: number(90), High: number(98), HighExcluded: true, Share: 0.8},
					{High: number(90), HighExcluded: true},
				}},
			}),
			leaf("incident", "责任事故", "Incident", 0, assess.Indicator{
				Frequency: assess.Annual, Accumulation: assess.None, Direction: assess.Down,
				Measure: tx("是/否", "yes/no"), Type: assess.Boolean, Value: assess.Formula{Item: "veto_incident"},
				Method: assess.Method{Kind: assess.Veto, Effect: "not_excellent"},
			})))
	share := func(code assess.Code, w string) assess.Share {
		return assess.Share{Framework: code, Weight: decimal.RequireFromString(w)}
	}
	return &assess.Edition{
		Year: year, Number: 1, Roster: roster(), Items: items(),
		Departments: []assess.Department{{Code: "org", Name: tx("组织部", "Organisation Department")}},
		Frameworks:  []assess.Framework{six, organ},
		Assessment: assess.Assessment{
			Composite: []assess.Share{share("six_systems", "0.6"), share("five_type_organ", "0.4")},
			Decimals:  2, Rounding: assess.HalfUp, Ties: assess.Competition, MinGroup: 2,
			Lights: assess.Lights{ProgressGreen: 1, ProgressYellow: 0.8, PointsGreen: 0.95, PointsYellow: 0.8},
			Late:   assess.Lateness{PerDay: 0.5, Cap: 2},
			Grading: assess.Grading{
				QuotaShare: 3000, QuotaScope: "all", QuotaLeast: 1, VetoGrade: "pass",
				TieChain: []assess.Code{"six_systems"},
				Grades: []assess.Grade{
					{Code: "excellent", Name: tx("优秀", "Excellent"), MinScore: 90},
					{Code: "good", Name: tx("良好", "Good"), MinScore: 80},
					{Code: "pass", Name: tx("合格", "Pass"), MinScore: 60},
					{Code: "fail", Name: tx("不合格", "Fail")},
				},
			},
		},
	}
}

// quarterItems is the order of the figures in filed.
func quarterItems() []assess.Code {
	return []assess.Code{"lecture_covered", "unions", "new_unions_ytd", "members", "employees", "elected", "due_election", "cases_ytd", "answered", "appeals"}
}

// filed are the figures of a unit in a quarter, in the order of quarterItems; "" was not reported.
type filed struct {
	unit   assess.UnitCode
	period assess.Period
	values []string
}

func figures() []filed {
	v := func(values ...string) []string { return values }
	return []filed{
		{heping, q2025Q1, v("30", "200", "10", "920", "1000", "9", "10", "0", "50", "50")},
		{shenhe, q2025Q1, v("30", "200", "10", "960", "1000", "9", "10", "0", "50", "50")},
		{tiexi, q2025Q1, v("15", "200", "10", "880", "1000", "9", "10", "0", "50", "50")},
		{kangpin, q2025Q1, v("3", "40", "5", "475", "500", "9", "10", "5", "50", "50")},
		{heping, q2025Q3, v("90", "200", "30", "920", "1000", "9", "10", "0", "50", "50")},
		{shenhe, q2025Q3, v("90", "200", "30", "960", "1000", "9", "10", "0", "50", "50")},
		{kangpin, q2025Q3, v("9", "40", "15", "475", "500", "9", "10", "5", "50", "50")},
		{heping, q2025Q4, v("120", "200", "40", "920", "1000", "9", "10", "0", "50", "50")},
		{shenhe, q2025Q4, v("120", "200", "40", "960", "1000", "9", "10", "0", "50", "50")},
		{tiexi, q2025Q4, v("60", "200", "40", "880", "1000", "9", "10", "0", "50", "50")},
		{kangpin, q2025Q4, v("12", "40", "20", "475", "500", "9", "10", "5", "50", "50")},
		{heping, q2026Q1, v("30", "200", "10", "930", "1000", "8", "10", "0", "49", "50")},
		{shenhe, q2026Q1, v("24", "200", "13", "960", "1000", "9", "10", "1", "45", "50")},
		{tiexi, q2026Q1, v("10", "200", "4", "890", "1000", "0", "0", "0", "45", "50")},
		{kangpin, q2026Q1, v("6", "40", "", "475", "500", "3", "4", "2", "50", "50")},
		{heping, q2026Q2, v("60", "200", "20", "950", "1000", "9", "10", "0", "49", "50")},
		{shenhe, q2026Q2, v("60", "200", "", "", "1000", "9", "10", "0", "49", "50")},
	}
}

// small makes the board of the small city.
func small(t testing.TB) *board {
	t.Helper()
	b := &board{sheets: map[assess.Period]*results.Sheet{}}
	add := func(unit assess.UnitCode, p assess.Period, item assess.Code, value string) {
		o := assess.Observation{
			Seq: int64(len(b.log) + 1), CellKey: assess.CellKey{Unit: unit, Period: p, Item: item}, State: assess.Reported, Value: value,
			EnteredBy: "reporter", AcceptedBy: "reviewer", RecordedAt: p.LastDay().AddDate(0, 0, 9),
		}
		switch value {
		case "":
			o.State = assess.Missing
		case "0":
			o.State = assess.ZeroReport
		}
		b.log = append(b.log, o)
	}
	add(heping, q2026Q1, "lecture_covered", "25") // corrected to 30 below
	for _, f := range figures() {
		for i, item := range quarterItems() {
			if f.values[i] == "" && f.period == q2026Q2 {
				continue // the quarter is open: not reported yet
			}
			add(f.unit, f.period, item, f.values[i])
		}
	}
	for _, u := range roster().Units { // the second quarter of 2025 has no sheet; its flows belong to the year all the same
		add(u.Code, assess.NewQuarter(2025, 2), "answered", "50")
		add(u.Code, assess.NewQuarter(2025, 2), "appeals", "50")
		if u.Code == tiexi {
			add(u.Code, q2025Q3, "answered", "50")
			add(u.Code, q2025Q3, "appeals", "50")
		}
	}
	for unit, level := range map[assess.UnitCode]string{heping: "excellent", shenhe: "good", tiexi: "fair", kangpin: "excellent"} {
		add(unit, y2025, "party_level", level)
		veto := "0"
		if unit == shenhe {
			veto = "1"
		}
		add(unit, y2025, "veto_incident", veto)
	}
	editions := map[int]*assess.Edition{2025: edition(2025), 2026: edition(2026)}
	for _, p := range []assess.Period{q2025Q1, q2025Q3, q2025Q4, y2025, q2026Q1, q2026Q2} {
		b.sheets[p] = b.sheet(t, editions[p.CalendarYear()], p)
	}
	return b
}

func (b *board) sheet(t testing.TB, e *assess.Edition, p assess.Period) *results.Sheet {
	t.Helper()
	panel := score.NewPanel(e.Roster, e.Items, append(p.Quarters(), p.Year()))
	open := p == q2026Q2
	panel.SetOpen(p, open)
	for _, o := range b.log {
		if slices.Contains(append(p.Quarters(), p.Year()), o.Period) {
			if err := panel.Put(o); err != nil {
				t.Fatal(err)
			}
		}
	}
	s := &results.Sheet{Period: p, Edition: e, Version: 1, AsOf: p.LastDay(), Cycle: assess.Cycle{Period: p, State: assess.CyclePublished}}
	if open {
		s.Cycle.State = assess.CycleOpen
	}
	for _, u := range e.Roster.Units {
		s.Filings = append(s.Filings, filing(u.Code, p))
		panel.PutConduct(u.Code, p.LastQuarter(), score.Conduct{LateDays: s.Filing(u.Code).LateDays, Returns: s.Filing(u.Code).Returns})
	}
	options := score.Options{City: true, Explain: true}
	var frameworks []*assess.Framework
	for i := range e.Frameworks {
		frameworks = append(frameworks, &e.Frameworks[i])
		scores, err := score.Compute(&e.Frameworks[i], panel, p, options)
		if err != nil {
			t.Fatal(err)
		}
		s.Frameworks = append(s.Frameworks, scores)
	}
	var err error
	if s.Composite, err = score.Composite(&e.Assessment, frameworks, s.Frameworks, panel, p, options); err != nil {
		t.Fatal(err)
	}
	if p == q2026Q1 {
		s.Version = 2
		key := assess.CellKey{Unit: heping, Period: p, Item: "lecture_covered"}
		history, _ := b.History(context.Background(), key)
		s.Corrections = []results.Correction{{Before: history[0], After: history[1]}}
	}
	return s
}

// filing: Heping was returned twice, Shenhe a day late, Tiexi three days in 2025, Kangping missed the report of 2025Q1, in 2026Q2 only Heping has handed in.
func filing(unit assess.UnitCode, p assess.Period) assess.Filing {
	f := assess.Filing{Unit: unit, Period: p.LastQuarter(), State: assess.Locked, SubmittedAt: p.LastDay().Add(6*24*time.Hour + 20*time.Hour)}
	switch {
	case p == q2026Q2 && unit == heping:
		f.State = assess.Submitted
	case p == q2026Q2:
		f.State, f.SubmittedAt = assess.Draft, time.Time{}
	case p == q2026Q1 && unit == heping:
		f.Returns, f.Rounds = 2, 1
	case p == q2026Q1 && unit == shenhe:
		f.LateDays = 1
	case p.LastQuarter() == q2025Q4 && unit == tiexi:
		f.LateDays = 3
	case p == q2025Q1 && unit == kangpin:
		f.State, f.SubmittedAt = assess.FilingMissing, time.Time{}
	}
	return f
}

func catalogue(t testing.TB) *i18n.Catalogue {
	t.Helper()
	c, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// shippedOnce reads the shipped pages; a Set never changes.
var shippedOnce = sync.OnceValues(func() (*Set, error) { return Load(dashboards.Files()) })

func shipped(t testing.TB) *Set {
	t.Helper()
	set, err := shippedOnce()
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// resolve makes a shipped page of the small city.
func resolve(t testing.TB, b *board, page assess.Code, req Request) *Page {
	t.Helper()
	d, ok := shipped(t).Page(page)
	if !ok {
		t.Fatalf("there is no page %s", page)
	}
	p, err := Resolve(context.Background(), b, catalogue(t), d, req)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// panelOf finds a panel that must be there without a problem.
func panelOf(t testing.TB, p *Page, id string) Panel {
	t.Helper()
	for _, row := range p.Rows {
		for _, panel := range row.Panels {
			if panel.ID == id {
				if panel.Problem != nil {
					t.Fatalf("panel %s: %v", id, panel.Problem)
				}
				return panel
			}
		}
	}
	t.Fatalf("page %s has no panel %s", p.Code, id)
	return Panel{}
}
