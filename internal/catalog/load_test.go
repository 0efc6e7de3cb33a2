package catalog

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/seeds"
)

func shipped(t testing.TB) *assess.Edition {
	t.Helper()
	e, err := Load(seeds.Files())
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestSeedsHoldTheWholeCatalogue counts what the domain study counts.
func TestSeedsHoldTheWholeCatalogue(t *testing.T) {
	e := shipped(t)
	got := map[string]int{
		"units": len(e.Roster.Units), "groups": len(e.Roster.Groups), "departments": len(e.Departments), "evidence": len(e.Evidence),
		"reasons": len(e.Reasons), "roles": len(e.Roles), "items": len(e.Items), "rules": len(e.Rules), "registers": len(e.Registers),
		"years": len(e.Calendar.Years), "frameworks": len(e.Frameworks), "grades": len(e.Assessment.Grading.Grades),
	}
	frequencies, weights := map[assess.Frequency]int{}, map[assess.Code]string{}
	methods := map[assess.MethodKind]int{}
	for _, f := range e.Frameworks {
		got["dimensions"] += len(f.Root.Children)
		weights[f.Code] = f.Root.Weight.String()
		for _, n := range f.Root.Leaves() {
			got["indicators"]++
			methods[n.Indicator.Method.Kind]++
			frequencies[n.Indicator.Frequency]++
		}
	}
	want := map[string]int{
		"units": 13, "groups": 3, "departments": 11, "evidence": 9, "reasons": 7, "roles": 10, "items": 113, "rules": 60, "registers": 5,
		"years": 4, "frameworks": 3, "grades": 4, "dimensions": 16, "indicators": 70,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[assess.MethodKind]int{
		assess.TargetRatio: 30, assess.Banded: 16, assess.Efficacy: 13, assess.Ranked: 3, assess.Rated: 3, assess.Veto: 3, assess.Bonus: 1, assess.Deduction: 1,
	}, methods); diff != "" {
		t.Errorf("methods (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[assess.Frequency]int{assess.Quarterly: 62, assess.Annual: 8}, frequencies); diff != "" {
		t.Errorf("frequencies (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[assess.Code]string{"six_systems": "100", "five_projects": "100", "five_type_organ": "100"}, weights); diff != "" {
		t.Errorf("weights (-want +got):\n%s", diff)
	}
}

func TestSeedsComeInOfficialOrder(t *testing.T) {
	e := shipped(t)
	var frameworks []assess.Code
	for _, f := range e.Frameworks {
		frameworks = append(frameworks, f.Code)
	}
	if diff := cmp.Diff([]assess.Code{"six_systems", "five_projects", "five_type_organ"}, frameworks); diff != "" {
		t.Errorf("frameworks (-want +got):\n%s", diff)
	}
	// The county-level city stands before the counties.
	if diff := cmp.Diff([]assess.UnitCode{"210181", "210123", "210124"}, unitCodes(e.Roster)[10:]); diff != "" {
		t.Errorf("last units (-want +got):\n%s", diff)
	}
	if u, _ := e.Roster.Unit("210112"); u.Name.EN != "Hunnan District" || u.Aliases[0] != "东陵区" || u.Parent != "210100" || *u.Tile != (assess.Tile{Row: 3, Column: 3}) {
		t.Errorf("210112 is %+v", u)
	}
}

// TestSeedsKeepTheConventionsOfScoring: where the scoring specification and the domain study differ, the specification holds.
func TestSeedsKeepTheConventionsOfScoring(t *testing.T) {
	e := shipped(t)
	for _, f := range e.Frameworks {
		if f.Layer != assess.Official || f.Scale != 100 || f.Decimals != 2 || f.LeafDecimals != 4 || f.Rounding != assess.HalfUp ||
			f.Availability != 2.0/3 || f.Missing != "zero" || f.Ties != assess.Competition || f.MinGroup != 4 || !f.BonusInComposite || f.Relative {
			t.Errorf("%s: %+v", f.Code, f)
		}
	}
	_, rank, _ := e.Indicator("culture_participation")
	if m := rank.Indicator.Method; m.Ties != assess.Average || m.First != 1 || m.Last != 0.6 || m.Scope != "peer_group" {
		t.Errorf("rank method is %+v", m)
	}
	g := e.Assessment.Grading
	if g.QuotaShare != 3000 || g.QuotaLeast != 1 || g.QuotaScope != "peer_group" || g.VetoGrade != "pass" {
		t.Errorf("grading is %+v", g)
	}
	if diff := cmp.Diff([]assess.Code{"six_systems", "returns"}, g.TieChain); diff != "" {
		t.Errorf("tie chain (-want +got):\n%s", diff)
	}
	if late := e.Assessment.Late; late != (assess.Lateness{PerDay: 0.5, Cap: 2, MissingAfter: 5}) || e.Assessment.BonusCap != 3 {
		t.Errorf("late is %+v, bonus cap %v", late, e.Assessment.BonusCap)
	}
}

// TestBandsOfTheSeedsTile: 95 and above, from 85, from 70, and the rest, as the domain study lists them best first.
func TestBandsOfTheSeedsTile(t *testing.T) {
	_, n, _ := shipped(t).Indicator("on_time_election_rate")
	at := func(f float64) *float64 { return &f }
	want := []assess.Band{
		{Low: at(95), Share: 1},
		{Low: at(85), High: at(95), HighExcluded: true, Share: 0.8},
		{Low: at(70), High: at(85), HighExcluded: true, Share: 0.5},
		{High: at(70), HighExcluded: true, Share: 0},
	}
	if diff := cmp.Diff(want, n.Indicator.Method.Bands); diff != "" {
		t.Errorf("bands (-want +got):\n%s", diff)
	}
}

// TestUsesAreFoundThroughFormulas: the opening count serves two rates through a computed item.
func TestUsesAreFoundThroughFormulas(t *testing.T) {
	e := shipped(t)
	opening, _ := e.Item("hardship_opening")
	if diff := cmp.Diff([]assess.Code{"hardship_assist_rate", "hardship_exit_rate"}, opening.UsedBy); diff != "" {
		t.Errorf("used by (-want +got):\n%s", diff)
	}
	members, _ := e.Item("union_members")
	if county := members.Plausible["county"]; len(members.UsedBy) != 5 || county.Low.String() != "32000" || county.High.String() != "170000" || members.CityScale.String() != "2100000" {
		t.Errorf("union_members is %+v", members)
	}
}

// TestRulesKnowTheirItems: a rule of items is resolved to them, one of a submission has none, another has its operands.
func TestRulesKnowTheirItems(t *testing.T) {
	e := shipped(t)
	rule := func(id string) assess.Rule {
		return e.Rules[slices.IndexFunc(e.Rules, func(r assess.Rule) bool { return r.ID == id })]
	}
	ytd := 0
	for _, i := range e.Items {
		if i.Accumulation == assess.YTD {
			ytd++
		}
	}
	if r := rule("V39"); r.AppliesTo != eachItem || len(r.Items) != ytd || ytd != 62 {
		t.Errorf("V39 applies to %q, %d of %d items", r.AppliesTo, len(r.Items), ytd)
	}
	if r := rule("V50"); r.AppliesTo != wholeSubmission || r.Items != nil {
		t.Errorf("V50 applies to %q, items %v", r.AppliesTo, r.Items)
	}
	if diff := cmp.Diff([]assess.Code{"female_members", "union_members"}, rule("V02").Items); diff != "" {
		t.Errorf("items of V02 (-want +got):\n%s", diff)
	}
}

// TestRegistersReadWhole: conditions, child tables and shared values arrive.
func TestRegistersReadWhole(t *testing.T) {
	e := shipped(t)
	young := e.Registers[slices.IndexFunc(e.Registers, func(r assess.Register) bool { return r.Code == "young_cadres" })]
	if len(young.Children) != 1 || young.Children[0].Code != "cadre_events" || len(young.Children[0].Rules) != 2 {
		t.Errorf("children of young_cadres: %+v", young.Children)
	}
	days := young.Children[0].Fields[slices.IndexFunc(young.Children[0].Fields, func(f assess.Field) bool { return f.Name == "days" })]
	if days.Required || days.RequiredWhen == "" || days.Range.Low.String() != "0.5" || days.Range.High.String() != "180" {
		t.Errorf("days is %+v", days)
	}
	studios := e.Registers[slices.IndexFunc(e.Registers, func(r assess.Register) bool { return r.Code == "innovation_studios" })]
	second := studios.Fields[slices.IndexFunc(studios.Fields, func(f assess.Field) bool { return f.Name == "secondary_types" })]
	if len(second.Values) != 5 {
		t.Errorf("secondary_types has the values %v of its main type; want five", second.Values)
	}
	matured, _ := e.Item("refund_matured_count_ytd")
	want := &assess.RegisterRule{
		Register: "dues_refunds", Aggregate: "count", DateField: "approved_on", Window: "ytd",
		Where: []assess.Condition{
			{Field: "review_status", Op: "eq", Value: "approved"},
			{Any: []assess.Condition{{Field: "payment_status", Op: "eq", Value: "paid"}, {Field: "approved_on", Op: "older_than_days", Param: "refund_days_limit"}}},
		},
	}
	if diff := cmp.Diff(want, matured.Register); diff != "" {
		t.Errorf("rule of refund_matured_count_ytd (-want +got):\n%s", diff)
	}
	talks, _ := e.Item("young_cadres_talked_ytd")
	if r := talks.Register; r.Via != "cadre_events" || r.Aggregate != "count_distinct" || r.Field != "cadre_no" || r.Where[1].Field != "young_cadres.status" {
		t.Errorf("rule of young_cadres_talked_ytd is %+v", r)
	}
}

// TestCalendarKeepsWorkingDaysOnly: of the Spring Festival of 2026, 15 (Sunday) to 23 February, six days were working days, and
// two Saturdays are worked for it.
func TestCalendarKeepsWorkingDaysOnly(t *testing.T) {
	y := shipped(t).Calendar.Years[2]
	var off []int
	for _, d := range y.Holidays {
		if d.Month() == time.February {
			off = append(off, d.Day())
		}
	}
	if diff := cmp.Diff([]int{16, 17, 18, 19, 20, 23}, off); diff != "" || y.Year != 2026 || !y.Official {
		t.Errorf("%d, official %v: days off in February (-want +got):\n%s", y.Year, y.Official, diff)
	}
	if got := y.MakeUp[1:3]; got[0].Format(time.DateOnly) != "2026-02-14" || got[1].Format(time.DateOnly) != "2026-02-28" {
		t.Errorf("make-up days %v", y.MakeUp)
	}
	if last := shipped(t).Calendar.Years[3]; last.Official {
		t.Error("2027 calls itself official; its notice is not known")
	}
}

// TestWorkingDaysOffAreThoseOfTheLaw: weekdays off less weekend days worked are the statutory holidays: 11 days until 2024, 13 since
// the regulation was changed for 2025. A notice that was copied wrongly does not add up. Make-up days lie within two weeks of a holiday.
func TestWorkingDaysOffAreThoseOfTheLaw(t *testing.T) {
	years := shipped(t).Calendar.Years
	for _, y := range years {
		want := 13
		if y.Year < 2025 {
			want = 11
		}
		if got := len(y.Holidays) - len(y.MakeUp); got != want {
			t.Errorf("%d: %d weekdays off, %d weekend days worked, so %d days off; the law gives %d", y.Year, len(y.Holidays), len(y.MakeUp), got, want)
		}
		for _, d := range y.MakeUp {
			if !slices.ContainsFunc(y.Blocks, func(h assess.Holiday) bool {
				return d.AddDate(0, 0, 14).After(h.From) && d.AddDate(0, 0, -14).Before(h.To)
			}) {
				t.Errorf("%s is worked for no holiday near it", d.Format(time.DateOnly))
			}
		}
		if y.Source == "" {
			t.Errorf("%d does not say whom it follows", y.Year)
		}
	}
	if len(years) != 4 || years[0].Year != 2024 || years[3].Year != 2027 {
		t.Errorf("%d years are shipped, want 2024 to 2027", len(years))
	}
}

// TestAnEditedYearSaysWhereItIsWrong: a year that is edited in a page is read like a file, with line and column.
func TestAnEditedYearSaysWhereItIsWrong(t *testing.T) {
	const good = "year: 2027\nofficial: true\nsource: 通知\nholidays:\n  - {name: {zh: 国庆节, en: National Day}, from: 2027-10-01, to: 2027-10-07, make_up: [2027-10-09]}\n"
	y, err := CalendarYear(good)
	if err != nil || y.Year != 2027 || len(y.Holidays) != 5 || len(y.MakeUp) != 1 || len(y.Blocks) != 1 || y.Blocks[0].Name.ZH != "国庆节" {
		t.Errorf("%+v, %v", y, err)
	}
	_, err = CalendarYear(strings.Replace(good, "2027-10-09", "2027-10-11", 1))
	var faults assess.Problems
	if !errors.As(err, &faults) || len(faults) != 1 || faults[0].Place.Line != 5 || faults[0].Place.Column < 80 || faults[0].Key != "problem.definition_make_up_weekday" {
		t.Errorf("a make-up day on a Monday: %v", err)
	}
	if _, err = CalendarYear("year: [2027\n"); err == nil {
		t.Error("what is no YAML was read")
	}
}

// TestEveryNameIsBilingual: what goes to the interface has Chinese and English.
func TestEveryNameIsBilingual(t *testing.T) {
	e := shipped(t)
	texts := map[string]assess.Text{}
	for _, i := range e.Items {
		texts["item "+string(i.Code)], texts["definition of "+string(i.Code)], texts["measure of "+string(i.Code)] = i.Name, i.Definition, i.Measure
	}
	for _, r := range e.Rules {
		texts["rule "+r.ID] = r.Name
	}
	for _, f := range e.Frameworks {
		f.Root.Walk(func(n, _ *assess.Node, _ int) {
			texts["node "+string(n.Code)] = n.Name
			if n.Indicator != nil {
				texts["definition of "+string(n.Code)+" as indicator"] = n.Indicator.Definition
			}
		})
	}
	for _, u := range e.Roster.Units {
		texts["unit "+string(u.Code)], texts["short "+string(u.Code)] = u.Name, u.Short
	}
	for _, r := range e.Registers {
		for _, f := range r.Fields {
			texts["field "+string(r.Code)+"."+f.Name] = f.Label
		}
	}
	for _, what := range slices.Sorted(maps.Keys(texts)) {
		if text := texts[what]; text.ZH == "" || text.EN == "" {
			t.Errorf("%s: zh %q, en %q", what, text.ZH, text.EN)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(seeds.Files()); err != nil {
			b.Fatal(err)
		}
	}
}
