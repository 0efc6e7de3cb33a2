package city_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/city"
	"github.com/unionboard/unionboard/internal/collect"
)

// april is in the days in which the departments hand in.
var april = time.Date(2026, 4, 8, 1, 0, 0, 0, time.UTC)

var q1 = assess.NewQuarter(2026, 1)

func (o *office) form(q assess.Period, department assess.Code, at time.Time) *city.Form {
	o.t.Helper()
	f, err := o.Form(o.t.Context(), q, department, at)
	if err != nil {
		o.t.Fatal(err)
	}
	return f
}

// cell answers the cell of a unit, by its number, and an item.
func cell(f *city.Form, unit int, item assess.Code) city.Cell {
	for j, c := range f.Columns {
		if c.Item.Code == item {
			return f.Rows[unit][j]
		}
	}
	return city.Cell{}
}

// typing saves values of an item for the first units, each over the revision that the form shows.
func (o *office) typing(q assess.Period, item assess.Code, act city.Act, values ...string) {
	o.t.Helper()
	definition, _ := o.edition.Item(item)
	f := o.form(q, definition.Department, act.At)
	var saves []city.Save
	for i, v := range values {
		saves = append(saves, city.Save{Unit: f.Units[i].Code, Item: item, Value: v, Base: cell(f, i, item).Draft.Revision})
	}
	conflicts, err := o.Save(o.t.Context(), q, definition.Department, saves, act)
	if err != nil || len(conflicts) > 0 {
		o.t.Fatalf("save %s: %v, %d conflicts", item, err, len(conflicts))
	}
}

func reviewer(department assess.Code, n int, at time.Time) city.Act {
	return by(fmt.Sprintf("%s.%d", department, n), assess.CityReviewer, department, at)
}

// TestEveryFigureOfTheCityHasItsPlace: 26 items, 15 by quarter and 11 by year, each in the form of exactly one department.
func TestEveryFigureOfTheCityHasItsPlace(t *testing.T) {
	o := newOffice(t)
	quarterly, annual, second := 0, 0, []assess.Code{}
	for _, d := range city.Departments(o.edition) {
		for _, c := range o.form(assess.NewQuarter(2026, 4), d.Code, time.Date(2026, 12, 30, 0, 0, 0, 0, time.UTC)).Columns {
			if c.Item.Department != d.Code || !c.Due {
				t.Errorf("%s stands in the form of %s, due %v", c.Item.Code, d.Code, c.Due)
			}
			if c.Item.Frequency == assess.Annual {
				annual++
			} else {
				quarterly++
			}
			if c.Second {
				second = append(second, c.Item.Code)
			}
		}
	}
	if quarterly != 15 || annual != 11 {
		t.Errorf("%d quarterly and %d annual items, want 15 and 11", quarterly, annual)
	}
	if diff := cmp.Diff([]assess.Code{
		"satisfaction_score", "pilot_task_rating", "award_points", "veto_data_fraud", "veto_mass_incident", "discipline_cases_ytd",
		"party_branch_rating", "veto_ideology", "veto_serious_violation",
	}, second); diff != "" {
		t.Errorf("items that give or take points (-want +got):\n%s", diff)
	}
	// In the first quarter only those annual items are due that a quarterly rate needs.
	due := []assess.Code{}
	for _, d := range city.Departments(o.edition) {
		for _, c := range o.form(q1, d.Code, april).Columns {
			if c.Item.Frequency == assess.Annual && c.Due {
				due = append(due, c.Item.Code)
			}
		}
	}
	if diff := cmp.Diff([]assess.Code{"hardship_opening", "fund_plan_annual"}, due); diff != "" {
		t.Errorf("annual items due in the first quarter (-want +got):\n%s", diff)
	}
}

// TestPlainFiguresNeedOnePerson: typed, kept, handed in through the gate, and held with who did it.
func TestPlainFiguresNeedOnePerson(t *testing.T) {
	o := newOffice(t)
	act := reviewer("service_centre", 1, april)
	o.typing(q1, "appeals_due_ytd", act, "１２０", "0")
	o.typing(q1, "appeals_on_time_ytd", act, "118", "0")
	f := o.form(q1, "service_centre", april)
	if c := cell(f, 0, "appeals_due_ytd"); c.Standing != city.Typed || c.Text != "１２０" || c.Value != "120" || c.State != assess.Reported {
		t.Errorf("the draft stands as %+v", c)
	}
	if c := cell(f, 1, "appeals_due_ytd"); c.State != assess.ZeroReport {
		t.Errorf("a zero that was typed is %q", c.State)
	}
	if f.Typed != 4 || f.Done != 0 || f.Due != 52 || f.Open() != 52 {
		t.Errorf("counts %+v, want 4 typed of 52", f.Counts)
	}
	handed, err := o.HandIn(t.Context(), q1, "service_centre", "", act)
	if err != nil || handed != (city.Handed{Accepted: 4}) {
		t.Fatalf("handed in %+v, %v", handed, err)
	}
	f = o.form(q1, "service_centre", april)
	if c := cell(f, 0, "appeals_due_ytd"); c.Standing != city.Held || c.Value != "120" || c.By != "service_centre.1" {
		t.Errorf("after the hand-in %+v", c)
	}
	if f.Done != 4 || f.Typed != 0 {
		t.Errorf("counts %+v, want 4 done", f.Counts)
	}
	if diff := cmp.Diff([]string{"city.hand_in"}, o.audited()); diff != "" {
		t.Errorf("audit log (-want +got):\n%s", diff)
	}
	_, err = o.HandIn(t.Context(), q1, "service_centre", "", act)
	wantProblem(t, err, assess.ErrInvalid, "problem.city_nothing")
}

// TestWhatCannotBeHandedIn: nothing of a form goes in while a figure of it cannot be read, breaks a rule, or is unusual without a note.
func TestWhatCannotBeHandedIn(t *testing.T) {
	for _, c := range []struct{ name, due, onTime, note, key string }{
		{"no number", "120", "many", "", "problem.city_errors"},
		{"a part above its whole", "120", "121", "", "problem.city_errors"},
		{"unusual without a note", "9000", "100", "", "problem.city_notes"},
		{"unusual with a note", "9000", "100", "转办平台合并", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t)
			act := reviewer("service_centre", 1, april)
			o.typing(q1, "appeals_on_time_ytd", act, c.onTime)
			save := city.Save{Unit: o.edition.Roster.Units[0].Code, Item: "appeals_due_ytd", Value: c.due, Note: c.note}
			if _, err := o.Save(t.Context(), q1, "service_centre", []city.Save{save}, act); err != nil {
				t.Fatal(err)
			}
			_, err := o.HandIn(t.Context(), q1, "service_centre", "", act)
			if c.key == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			wantProblem(t, err, assess.ErrInvalid, c.key)
			if f := o.form(q1, "service_centre", april); f.Done != 0 {
				t.Errorf("%d figures went in", f.Done)
			}
		})
	}
}

func TestADepartmentFillsInItsOwn(t *testing.T) {
	o := newOffice(t)
	unit := o.edition.Roster.Units[0].Code
	other := reviewer("finance", 1, april)
	_, err := o.Save(t.Context(), q1, "service_centre", []city.Save{{Unit: unit, Item: "appeals_due_ytd", Value: "1"}}, other)
	wantProblem(t, err, assess.ErrForbidden, "problem.city_department")
	_, err = o.HandIn(t.Context(), q1, "service_centre", "", other)
	wantProblem(t, err, assess.ErrForbidden, "problem.city_department")
	for _, save := range []city.Save{
		{Unit: unit, Item: "union_members", Value: "1"}, // the district's
		{Unit: unit, Item: "fund_received_ytd", Value: "1"},
		{Unit: "999999", Item: "appeals_due_ytd", Value: "1"},
	} {
		_, err = o.Save(t.Context(), q1, "service_centre", []city.Save{save}, reviewer("service_centre", 1, april))
		wantProblem(t, err, assess.ErrNotFound, "problem.no_field")
	}
	_, err = o.Form(t.Context(), q1, "economy", april) // owes nothing
	wantProblem(t, err, assess.ErrNotFound, "problem.no_city_form")
	_, err = o.Form(t.Context(), assess.NewYear(2026), "office", april)
	wantProblem(t, err, assess.ErrNotFound, "problem.no_city_form")
}

// between lets something happen before the gate takes what is handed in.
type between struct {
	city.Gate
	happens func()
}

func (b between) Supply(ctx context.Context, s collect.Supply, now time.Time) (int, error) {
	b.happens()
	return b.Gate.Supply(ctx, s, now)
}

// TestNothingOldIsHandedIn: a colleague who types at the very moment of a hand-in is not overtaken: nothing goes in, and the new figure
// stands in the form.
func TestNothingOldIsHandedIn(t *testing.T) {
	o := newOffice(t)
	act := reviewer("finance", 1, april)
	o.typing(q1, "fund_received_ytd", act, "5000000", "6000000")
	unit := o.edition.Roster.Units[0].Code
	gate := between{collect.New(collect.Config{Store: o.store, Editions: always{o.edition}}), func() {
		conflicts, err := o.Save(t.Context(), q1, "finance", []city.Save{{Unit: unit, Item: "fund_received_ytd", Value: "7000000", Base: 1}}, reviewer("finance", 2, april))
		if err != nil || len(conflicts) > 0 {
			t.Fatal(conflicts, err)
		}
	}}
	_, err := city.New(city.Config{Store: o.store, Gate: gate, Editions: always{o.edition}}).HandIn(t.Context(), q1, "finance", "", act)
	wantProblem(t, err, assess.ErrConflict, "problem.city_moved")
	if held := o.heldBy("fund_received_ytd", q1); len(held) != 0 {
		t.Errorf("handed in: %v", held)
	}
	if c := cell(o.form(q1, "finance", april), 0, "fund_received_ytd"); c.Value != "7000000" || c.Standing != city.Typed {
		t.Errorf("the colleague's figure: %+v", c)
	}
	if handed, err := o.HandIn(t.Context(), q1, "finance", "", act); err != nil || handed.Accepted != 2 {
		t.Errorf("then %+v, %v", handed, err)
	}
}

// TestTwoEditorsOfACell: the second is told, and nothing is overwritten.
func TestTwoEditorsOfACell(t *testing.T) {
	o := newOffice(t)
	unit := o.edition.Roster.Units[0].Code
	save := func(n int, value string, base int64) int {
		t.Helper()
		conflicts, err := o.Save(t.Context(), q1, "finance", []city.Save{{Unit: unit, Item: "fund_received_ytd", Value: value, Base: base}}, reviewer("finance", n, april))
		if err != nil {
			t.Fatal(err)
		}
		return len(conflicts)
	}
	if save(1, "5000000", 0) != 0 || save(2, "6000000", 0) != 1 || save(2, "5000000", 0) != 0 || save(2, "6000000", 1) != 0 {
		t.Error("want: taken, conflict, the same again taken, over the newest taken")
	}
	if c := cell(o.form(q1, "finance", april), 0, "fund_received_ytd"); c.Value != "6000000" || c.Draft.Revision != 2 || c.Draft.By != "finance.2" {
		t.Errorf("the cell holds %+v", c.Draft)
	}
}

// TestAClosedQuarterTakesNothing, nor one that has not begun; the year stays open with its fourth quarter.
func TestAClosedQuarterTakesNothing(t *testing.T) {
	o := newOffice(t)
	act := reviewer("finance", 1, april)
	o.typing(q1, "fund_received_ytd", act, "5000000")
	line := assess.AuditLine{At: april, Actor: "system", Action: "cycle.scored", Result: "ok"}
	if err := o.store.PutCycle(t.Context(), assess.Cycle{Period: q1, State: assess.CycleScored}, line); err != nil {
		t.Fatal(err)
	}
	_, err := o.HandIn(t.Context(), q1, "finance", "", act)
	wantProblem(t, err, assess.ErrConflict, "problem.city_closed")
	_, err = o.Save(t.Context(), q1, "finance", []city.Save{{Unit: o.edition.Roster.Units[1].Code, Item: "fund_received_ytd", Value: "1"}}, act)
	wantProblem(t, err, assess.ErrConflict, "problem.city_closed")
	_, err = o.Save(t.Context(), assess.NewQuarter(2026, 4), "finance", []city.Save{{Unit: o.edition.Roster.Units[1].Code, Item: "fund_received_ytd", Value: "1"}}, act)
	wantProblem(t, err, assess.ErrConflict, "problem.city_early")
	o.typing(q1, "fund_plan_annual", act, "20000000")
	if f := o.form(q1, "finance", april); f.Shut != nil || cell(f, 0, "fund_plan_annual").Standing != city.Typed {
		t.Errorf("the plan of the year cannot be typed any more: %v", f.Shut)
	}
}

// TestANewerFigureOvertakesADraft: what a system has delivered since is shown, not what was typed before.
func TestANewerFigureOvertakesADraft(t *testing.T) {
	o := newOffice(t)
	o.typing(q1, "fund_received_ytd", reviewer("finance", 1, spring.Add(-time.Hour)), "5000000")
	o.observe(q1, "fund_received_ytd", "7000000")
	if c := cell(o.form(q1, "finance", april), 0, "fund_received_ytd"); c.Standing != city.Held || c.Text != "7000000" || c.Draft.Revision != 1 {
		t.Errorf("the cell shows %+v", c)
	}
	o.typing(q1, "fund_received_ytd", reviewer("finance", 1, april), "7100000")
	if c := cell(o.form(q1, "finance", april), 0, "fund_received_ytd"); c.Standing != city.Typed || c.Text != "7100000" {
		t.Errorf("typed again it shows %+v", c)
	}
}

// TestGradesNeedTwo: what is handed in waits; who handed it in cannot confirm it, nor somebody of a third department, but a colleague
// or the office can, and then it counts with both names.
func TestGradesNeedTwo(t *testing.T) {
	o := newOffice(t)
	act := reviewer("party", 1, april)
	o.typing(q1, "party_branch_rating", act, "excellent", "good")
	_, err := o.HandIn(t.Context(), q1, "party", " ", act)
	wantProblem(t, err, assess.ErrInvalid, "problem.city_reason")
	handed, err := o.HandIn(t.Context(), q1, "party", "机关党委〔2026〕12号", act)
	if err != nil || handed != (city.Handed{Waiting: 2}) {
		t.Fatalf("handed in %+v, %v", handed, err)
	}
	f := o.form(q1, "party", april)
	if c := cell(f, 0, "party_branch_rating"); c.Standing != city.Waiting || c.Value != "excellent" || !c.Fixed() || len(f.Proposals) != 2 {
		t.Fatalf("after the hand-in %+v, %d waiting", c, len(f.Proposals))
	}
	if held := o.heldBy("party_branch_rating", assess.NewYear(2026)); len(held) != 0 {
		t.Fatalf("it counts before it was confirmed: %v", held)
	}
	first, second := f.Proposals[0].ID, f.Proposals[1].ID
	_, err = o.Save(t.Context(), q1, "party", []city.Save{{Unit: f.Units[0].Code, Item: "party_branch_rating", Value: "poor", Base: 1}}, act)
	wantProblem(t, err, assess.ErrConflict, "problem.city_fixed")
	wantProblem(t, o.Decide(t.Context(), first, "confirm", "", act), assess.ErrForbidden, "problem.same_person")
	for _, who := range []city.Act{
		reviewer("finance", 1, april), by("lin", assess.CityLeader, "", april), by("xu", assess.CityAssessor, "", april), analyst(april),
	} {
		wantProblem(t, o.Decide(t.Context(), first, "confirm", "", who), assess.ErrForbidden, "problem.proposal_role")
	}
	// Which other department may, the definitions say.
	marked := func(code assess.Code) {
		for i := range o.edition.Departments {
			o.edition.Departments[i].Confirms = o.edition.Departments[i].Code == code
		}
	}
	marked("finance")
	wantProblem(t, o.Decide(t.Context(), first, "refuse", "", reviewer("office", 1, april)), assess.ErrForbidden, "problem.proposal_role")
	wantProblem(t, o.Decide(t.Context(), first, "refuse", "", reviewer("finance", 1, april)), assess.ErrInvalid, "problem.proposal_why")
	marked("office")
	wantProblem(t, o.Decide(t.Context(), first, "refuse", "", reviewer("party", 2, april)), assess.ErrInvalid, "problem.proposal_why")
	if err := o.Decide(t.Context(), first, "confirm", "", reviewer("party", 2, april)); err != nil {
		t.Fatal(err)
	}
	if err := o.Decide(t.Context(), second, "refuse", "应为优秀", reviewer("office", 1, april.Add(time.Minute))); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"210102 excellent party.1 party.2"}, o.heldBy("party_branch_rating", assess.NewYear(2026))); diff != "" {
		t.Errorf("held (-want +got):\n%s", diff)
	}
	wantProblem(t, o.Decide(t.Context(), first, "confirm", "", reviewer("office", 1, april)), assess.ErrConflict, "problem.proposal_step")
	wantProblem(t, o.Decide(t.Context(), first, "dispute", "x", reviewer("office", 1, april)), assess.ErrForbidden, "problem.proposal_role")
	wantProblem(t, o.Decide(t.Context(), "nothing", "confirm", "", act), assess.ErrNotFound, "problem.proposal_unknown")

	// What was refused is typed and handed in again, what counts can be replaced in the same way.
	later := april.Add(time.Hour)
	f = o.form(q1, "party", later)
	if c := cell(f, 1, "party_branch_rating"); c.Standing != city.Blank || c.Proposal == nil || c.Proposal.State != assess.ProposalRefused {
		t.Errorf("after the refusal %+v", c)
	}
	o.typing(q1, "party_branch_rating", reviewer("party", 1, later), "good", "excellent")
	if handed, err = o.HandIn(t.Context(), q1, "party", "更正", reviewer("party", 1, later)); err != nil || handed.Waiting != 2 {
		t.Errorf("handed in again: %+v, %v", handed, err)
	}
	if c := cell(o.form(q1, "party", later), 0, "party_branch_rating"); c.Standing != city.Waiting || c.Value != "good" {
		t.Errorf("the new grade stands as %+v", c)
	}
}

// heldBy writes what the log holds of an item: unit, value, who entered and who accepted it.
func (o *office) heldBy(item assess.Code, p assess.Period) (lines []string) {
	o.t.Helper()
	all, err := o.store.Current(o.t.Context(), assess.CellQuery{Periods: []assess.Period{p}, Items: []assess.Code{item}})
	if err != nil {
		o.t.Fatal(err)
	}
	for _, x := range all {
		part := strings.Trim(x.Part+"/"+x.Ref, "/")
		value := x.Value
		if value == "" {
			value = string(x.State)
		}
		lines = append(lines, strings.Join(strings.Fields(fmt.Sprintf("%s %s %s %s %s", x.Unit, part, value, x.EnteredBy, x.AcceptedBy)), " "))
	}
	return lines
}

// TestPointsAreNoBareNumber: of what is counted from cases a department can only say that there was none.
func TestPointsAreNoBareNumber(t *testing.T) {
	o := newOffice(t)
	act := reviewer("party", 1, april)
	o.typing(q1, "discipline_cases_ytd", act, "2", "0")
	o.typing(q1, "veto_ideology", act, "是", "否")
	f := o.form(q1, "party", april)
	for _, item := range []assess.Code{"discipline_cases_ytd", "veto_ideology"} {
		if c := cell(f, 0, item); c.Fault == nil || c.Fault.Key != "problem.city_cases" {
			t.Errorf("%s takes a bare number: %+v", item, c)
		}
		if c := cell(f, 1, item); c.Fault != nil {
			t.Errorf("%s takes no zero: %v", item, c.Fault)
		}
	}
	_, err := o.HandIn(t.Context(), q1, "party", "证明", act)
	wantProblem(t, err, assess.ErrInvalid, "problem.city_errors")
}

// TestOverview counts what each department owes and names who fills it in.
func TestOverview(t *testing.T) {
	o := newOffice(t)
	for _, name := range []string{"qian", "sun"} {
		u, err := account.New(name, name, account.Post{Role: assess.CityReviewer, Department: "finance"}, spring)
		if err != nil {
			t.Fatal(err)
		}
		if err := o.store.AddAccount(t.Context(), u, assess.AuditLine{At: spring, Actor: "system", Action: "user.add", Result: "ok"}); err != nil {
			t.Fatal(err)
		}
	}
	act := reviewer("finance", 1, april)
	o.typing(q1, "fund_received_ytd", act, "5000000", "6000000")
	if _, err := o.HandIn(t.Context(), q1, "finance", "", act); err != nil {
		t.Fatal(err)
	}
	o.typing(q1, "fund_plan_annual", act, "20000000")
	o.propose(award(), assessor("1", april))
	v, err := o.Overview(t.Context(), q1, april)
	if err != nil {
		t.Fatal(err)
	}
	// 15 quarterly and 2 annual items are due, of 13 units.
	if v.Counts != (city.Counts{Due: 17 * 13, Done: 2, Typed: 1}) || v.Cases != 1 || len(v.Departments) != 9 {
		t.Errorf("counts %+v, %d cases, %d departments", v.Counts, v.Cases, len(v.Departments))
	}
	for _, d := range v.Departments {
		if d.Department.Code != "finance" {
			continue
		}
		if d.Counts != (city.Counts{Due: 26, Done: 2, Typed: 1}) || len(d.People) != 2 || d.Last.EnteredBy != "finance.1" {
			t.Errorf("finance owes %+v, by %d people, last %+v", d.Counts, len(d.People), d.Last)
		}
	}
	if got := v.Until.Format("2006-01-02 15:04"); got != "2026-04-15 17:00" { // the tenth working day after 31 March, over Qingming
		t.Errorf("due %s", got)
	}
}

// TestTodo: everybody hears of what is their own to do, and of nothing that is not.
func TestTodo(t *testing.T) {
	o := newOffice(t)
	o.hire()
	act := reviewer("party", 1, april)
	o.typing(q1, "party_branch_rating", act, "excellent", "good")
	if _, err := o.HandIn(t.Context(), q1, "party", "文件", act); err != nil {
		t.Fatal(err)
	}
	o.propose(award(), assessor("1", april))
	if err := o.CallBallots(t.Context(), 2026, pilot, analyst(april)); err != nil {
		t.Fatal(err)
	}
	if err := o.Cast(t.Context(), 2026, pilot, map[assess.UnitCode]string{"210102": "good"}, person(0, assess.CityLeader)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name                          string
		who                           city.Act
		open, confirm, cases, ballots int
	}{
		{"who handed in", act, 13, 0, 0, 0},
		{"a colleague", reviewer("party", 2, april), 13, 2, 0, 0},
		{"the office", reviewer("office", 1, april), 39, 2, 0, 0},
		{"another department", reviewer("finance", 1, april), 26, 0, 0, 0},
		{"who proposed", assessor("1", april), 0, 0, 0, 0},
		{"another assessor", assessor("2", april), 0, 0, 1, 0},
		{"a leader who votes", person(0, assess.CityLeader), 0, 0, 1, 12},
		{"the analyst", analyst(april), 0, 0, 0, 0},
	} {
		got, err := o.Todo(t.Context(), q1, c.who.By, april)
		if err != nil {
			t.Fatal(err)
		}
		if got.Open != c.open || got.Confirm["party"] != c.confirm || got.Cases != c.cases || got.Ballots != c.ballots {
			t.Errorf("%s: %+v, want %d open, %d to confirm, %d cases, %d ballots", c.name, got, c.open, c.confirm, c.cases, c.ballots)
		}
	}
}
