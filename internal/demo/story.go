package demo

import "github.com/unionboard/unionboard/internal/assess"

// label stands in the note of the first figure of everything the city hands in.
const label = "演示数据，非官方统计 / demonstration data, not official figures"

// The districts that the story is told of, by code.
const (
	heping    assess.UnitCode = "210102"
	shenhe    assess.UnitCode = "210103"
	dadong    assess.UnitCode = "210104"
	huanggu   assess.UnitCode = "210105"
	tiexi     assess.UnitCode = "210106"
	sujiatun  assess.UnitCode = "210111"
	hunnan    assess.UnitCode = "210112"
	shenbei   assess.UnitCode = "210113"
	yuhong    assess.UnitCode = "210114"
	liaozhong assess.UnitCode = "210115"
	xinmin    assess.UnitCode = "210181"
	kangping  assess.UnitCode = "210123"
	faku      assess.UnitCode = "210124"
)

// story is everything that does not go by rule: what a reader of the demonstration should come upon.
type story struct {
	late        []lateReport
	missing     []report
	returns     []returned
	exempt      []exemption
	touches     []touch
	corrections []correction
	awards      []award
	vetoes      []veto
	misspelt    []misspelling
	// dead is a district whose system stopped answering; its last quarter came by hand.
	dead      assess.UnitCode
	deadSince assess.Period // the last quarter, after whose end nothing comes any more
}

// report names the report of a unit and quarter.
type report struct {
	unit   assess.UnitCode
	period assess.Period
}

// lateReport came so many working days after the deadline.
type lateReport struct {
	report
	days int
}

// returned is a report of which cells were sent back. First stood in them, in ten-thousandths of what was right.
type returned struct {
	report
	items  []assess.Code
	first  []int64
	reason assess.Code
	note   string
	again  string // what the district wrote when it filled them in again
}

// exemption is an item that the city marks as not applicable for a unit, in one year or always (0).
type exemption struct {
	unit assess.UnitCode
	item assess.Code
	year int
	note string
}

// touch changes what the recipe drew, from one quarter to another (zero: for good).
type touch struct {
	unit     assess.UnitCode
	item     assess.Code
	from, to assess.Period
	by       int64 // ten-thousandths; 0: set to value
	value    int64
	note     string
}

// correction is a figure that was changed after its quarter was locked. First stood in it, in ten-thousandths.
type correction struct {
	report
	item  assess.Code
	first int64
	day   int // working days after the end of the quarter
	note  string
}

// award is an achievement that brings a bonus.
type award struct {
	unit  assess.UnitCode
	year  int
	level assess.Code
	ref   string
	note  string
}

type veto struct {
	unit assess.UnitCode
	year int
	item assess.Code
	note string
}

// misspelling is a row of a report whose code nobody knows. It disappears when the district has been told.
type misspelling struct {
	report
	code  assess.Code
	value string
}

func quarter(s string) assess.Period { return assess.MustPeriod(s) }

func tale() story {
	return story{
		late: []lateReport{
			{report{sujiatun, quarter("2025Q3")}, 2},
			{report{dadong, quarter("2026Q2")}, 1},
		},
		missing: []report{{faku, quarter("2025Q2")}},
		returns: []returned{
			{
				report{shenbei, quarter("2026Q1")},
				codes("warmth_fund_ytd", "culture_participants_ytd"),
				[]int64{1, 100},
				"measure",
				"送温暖资金按万元、活动人次按百人次填报，请按元和人次重填。", "已按元和人次重填。",
			},
			{
				report{xinmin, quarter("2026Q3")},
				codes("nef_care_ytd"),
				[]int64{13_400},
				"definition",
				"含线上推送人次，关爱服务只计线下实际服务，请核减。", "已核减线上推送人次。",
			},
			{
				report{kangping, quarter("2025Q1")},
				codes("skill_training_ytd", "lecture_attendees_ytd", "legal_aid_closed_ytd"),
				[]int64{12_600, 14_000, 15_000},
				"anomaly", "三项均较上年同期增长过快，请核对是否含上年结转。", "已剔除上年结转。",
			},
		},
		exempt: []exemption{
			{kangping, "palace_visits_ytd", 0, "辖区无工人文化宫，市级标注不适用"},
			{kangping, "pilot_task_rating", 2025, "当年未承担试点任务"},
			{liaozhong, "pilot_task_rating", 2025, "当年未承担试点任务"},
		},
		touches: []touch{
			{unit: kangping, item: "young_cadres_active", value: 2},
			{unit: kangping, item: "supervision_issued_ytd", from: quarter("2026Q1"), to: quarter("2026Q1"), note: "本季度未制发，零报送"},
			{unit: yuhong, item: "apprentice_pairs_active", from: quarter("2025Q3"), by: 13_400, note: "新园区集中签订师带徒协议"},
			{unit: hunnan, item: "union_members", from: quarter("2026Q2"), by: 10_700, note: "含行业工会联合会吸收的灵活就业会员"},
		},
		corrections: []correction{
			{report{huanggu, quarter("2025Q4")}, "skill_upgrade_ytd", 10_600, 40, "重复计入跨区取证人员，经区总工会申请更正"},
			{report{tiexi, quarter("2026Q1")}, "legal_aid_closed_ytd", 11_500, 35, "咨询件误计为办结件，经核对档案更正"},
		},
		awards: []award{
			{tiexi, 2025, "national", "demo-award-1", "演示：国家级命名一项"},
			{tiexi, 2025, "city", "demo-award-2", "演示：市级通报表扬一项"},
			{shenhe, 2025, "provincial", "demo-award-3", "演示：省级试点验收一项"},
			{hunnan, 2025, "provincial", "demo-award-4", "演示：省级命名一项"},
			{xinmin, 2025, "city", "demo-award-5", "演示：市级通报表扬一项"},
			{xinmin, 2025, "provincial", "demo-award-5", "演示：同一成果又获省级表扬，就高计分"},
		},
		vetoes:    []veto{{yuhong, 2025, "veto_mass_incident", "演示：认定履职不力"}},
		misspelt:  []misspelling{{report{huanggu, quarter("2026Q2")}, "skill_trainings_ytd", "1200"}},
		dead:      liaozhong,
		deadSince: quarter("2026Q3"),
	}
}

// touched is what the story makes of a path, before anything is worked out from it.
func (d *draft) touched(item assess.Item, p path) path {
	for _, t := range d.story.touches {
		if t.unit != d.unit || t.item != item.Code {
			continue
		}
		for q := range p {
			at := assess.NewQuarter(d.year, q+1)
			switch {
			case at.Compare(t.from) < 0 && !t.from.IsZero(), at.Compare(t.to) > 0 && !t.to.IsZero():
			case t.by > 0:
				p[q] = scale(p[q], t.by, 10_000)
			default:
				p[q] = t.value
			}
		}
	}
	return p
}
