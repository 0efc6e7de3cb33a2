package demo

import (
	"fmt"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
)

// City is a made-up city: every figure it will ever hand in, with the times at which it does. It never changes after New and
// is safe for concurrent use.
type City struct {
	model    *model
	periods  []assess.Period
	calendar calendar
	folders  folders
	keepings []Keeping
	sources  []SourcePlan
}

// Seed is the one the shipped demonstration is made with. Among its results four districts lead in turn and two share a place.
const Seed = 25

// zone is the city's time. A fixed zone needs no time-zone files.
func zone() *time.Location { return time.FixedZone("CST", 8*3600) }

// New makes the city of an edition. The same seed makes the same city on every platform; how many quarters are asked for says
// how much of its history is handed in and changes no figure. Errors are Problems of kind assess.ErrInvalid: last is not a
// quarter, quarters is less than 1, or the edition is not the catalogue the city is made for.
func New(e *assess.Edition, seed uint64, last assess.Period, quarters int) (*City, error) {
	if last.Kind() != assess.Quarter || quarters < 1 {
		return nil, assess.Invalid("problem.demo_quarters",
			fmt.Sprintf("a demonstration city needs a last quarter such as 2026Q3 and at least one quarter, not %q and %d", last, quarters),
			"last", last.String(), "quarters", fmt.Sprint(quarters))
	}
	if err := complete(e); err != nil {
		return nil, err
	}
	c := &City{model: newModel(e, seed, last), calendar: calendar{cycle.NewCalendar(e.Calendar, zone())}}
	for n := quarters - 1; n >= 0; n-- {
		c.periods = append(c.periods, last.Add(-n))
	}
	if err := c.fill(); err != nil {
		return nil, err
	}
	c.sources = c.plans()
	var err error
	if c.keepings, err = c.keepRegisters(); err != nil {
		return nil, err
	}
	return c, nil
}

// Periods answers the quarters that are handed in, oldest first.
func (c *City) Periods() []assess.Period { return append([]assess.Period(nil), c.periods...) }

// Label answers the sentence that stands in the first note of everything the city hands in.
func (c *City) Label() string { return label }

func (c *City) last() assess.Period { return c.periods[len(c.periods)-1] }

func (c *City) roster() []assess.Unit { return c.model.edition.Roster.Units }

// covers says whether a period is handed in: one of the quarters, or a year that one of them lies in.
func (c *City) covers(p assess.Period) bool {
	first, last := c.periods[0], c.last()
	if p.Kind() == assess.Year {
		return first.CalendarYear() <= p.CalendarYear() && p.CalendarYear() <= last.CalendarYear()
	}
	return first.Compare(p) <= 0 && p.Compare(last) <= 0
}
