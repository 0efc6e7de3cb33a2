package city

import (
	"context"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
)

// Todo is what of the city's desk waits for one person.
type Todo struct {
	Quarter assess.Period
	// Until is when the departments have to be done.
	Until time.Time
	// Open are the figures that the person's department still owes of the quarter.
	Open int
	// Confirm are, by department, the figures that wait for this person as the second.
	Confirm map[assess.Code]int
	// Cases are the achievements, events and vetoes of the year about which the person may decide.
	Cases int
	// Ballots are those that the person has not cast in the open rounds of the year.
	Ballots int
}

// Todo answers what waits for a person in a quarter and its year.
func (d *Desk) Todo(ctx context.Context, quarter assess.Period, who account.User, now time.Time) (Todo, error) {
	t := Todo{Quarter: quarter, Confirm: map[assess.Code]int{}}
	l, err := d.lookFor(ctx, quarter, who, now)
	if err != nil {
		return t, err
	}
	plan, err := d.Gate.Plan(ctx, quarter)
	if err != nil {
		return t, err
	}
	t.Until = plan.ReviewBy()
	if f := l.form(who.Department); f != nil && f.Shut == nil && who.May(account.SupplyCity, "", f.Department.Code) {
		t.Open = f.Open()
	}
	for _, list := range l.proposals {
		for _, p := range list {
			if !waitsFor(l.edition, p, who) {
				continue
			}
			if p.Kind != assess.FigureProposed {
				t.Cases++
			} else if item, ok := l.edition.Item(p.Item); ok && (p.Period == quarter || p.Period == quarter.Year()) {
				t.Confirm[item.Department]++
			}
		}
	}
	if !who.May(account.Rate, "") {
		return t, nil
	}
	sheet, err := d.Ratings(ctx, quarter.CalendarYear(), who)
	if err != nil {
		return t, err
	}
	for _, r := range sheet.Ratings {
		if r.Asked() && r.Round.ClosedAt.IsZero() {
			t.Ballots += len(sheet.Units) - len(r.Own)
		}
	}
	return t, nil
}

// lookFor reads of a quarter what the things to be done of a person are counted of: the figures of those alone who supply some.
func (d *Desk) lookFor(ctx context.Context, quarter assess.Period, who account.User, now time.Time) (*ledger, error) {
	if who.May(account.SupplyCity, "", who.Department) {
		return d.look(ctx, quarter, now, false)
	}
	return d.lookAtWork(ctx, quarter, now)
}

// waitsFor says whether the next step of a proposal is a person's: one that decides it.
func waitsFor(e *assess.Edition, p assess.Proposal, who account.User) bool {
	for _, a := range []cycle.Action{cycle.Confirm, cycle.Revoke} {
		if cycle.Proposals().Allows(p.State, a) && mayDecide(e, p, a, who) == nil {
			return true
		}
	}
	return false
}
