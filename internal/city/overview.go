package city

import (
	"context"
	"fmt"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// Overview is what the city owes of a quarter, department by department.
type Overview struct {
	Quarter     assess.Period
	Edition     *assess.Edition
	Departments []Owed
	Counts
	// Cases are the achievements, events and vetoes of the year that somebody still has to decide about.
	Cases int
	// Until is when the departments have to be done, with their review.
	Until time.Time
}

// Owed is what one department owes.
type Owed struct {
	Department assess.Department
	Columns    []Column
	Counts
	// People are those who fill in and confirm.
	People []account.User
	// Last is the newest figure that was handed in; its RecordedAt is zero for none.
	Last assess.Observation
}

// Overview answers what the city owes of a quarter.
func (d *Desk) Overview(ctx context.Context, quarter assess.Period, now time.Time) (*Overview, error) {
	l, err := d.look(ctx, quarter, now, false)
	if err != nil {
		return nil, err
	}
	people, err := d.Store.Accounts(ctx)
	if err != nil {
		return nil, fmt.Errorf("what the city owes of %s: %w", quarter, err)
	}
	plan, err := d.Gate.Plan(ctx, quarter)
	if err != nil {
		return nil, fmt.Errorf("what the city owes of %s: %w", quarter, err)
	}
	o := &Overview{Quarter: quarter, Edition: l.edition, Until: plan.ReviewBy()}
	for _, department := range Departments(l.edition) {
		f := l.form(department.Code)
		owed := Owed{Department: department, Columns: f.Columns, Counts: f.Counts}
		for _, u := range people {
			if u.May(account.SupplyCity, "", department.Code) {
				owed.People = append(owed.People, u)
			}
		}
		for _, c := range f.Columns {
			for _, u := range f.Units {
				if held := l.held[assess.CellKey{Unit: u.Code, Period: c.Period, Item: c.Item.Code}]; held.RecordedAt.After(owed.Last.RecordedAt) {
					owed.Last = held
				}
			}
		}
		o.Counts = o.Counts.plus(f.Counts)
		o.Departments = append(o.Departments, owed)
	}
	for _, list := range l.proposals {
		for _, p := range list {
			if p.Kind != assess.FigureProposed && p.Open() {
				o.Cases++
			}
		}
	}
	return o, nil
}
