package desk

import (
	"context"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
)

// mostCollections bounds of how many quarters the collections are kept in memory: those under way are two or three.
const mostCollections = 8

// collection is what all reports of a quarter share. It is read once for a version of the log and never changed, so that a page of all
// units does not read the reports of all units for each of them.
type collection struct {
	version int64
	dates   cycle.Plan
	cycle   assess.Cycle
	filings map[assess.UnitCode]assess.Filing // those that were begun
	handed  map[assess.UnitCode]bool          // of which anything was ever handed in, for the quarter or its year
}

// filing answers the report of a unit, not started where there is none.
func (c *collection) filing(unit assess.UnitCode) assess.Filing {
	if f := c.filings[unit]; f.State != "" {
		return f
	}
	return assess.Filing{Unit: unit, Period: c.cycle.Period, State: assess.NotStarted}
}

// collection answers that of a quarter at a version of the log.
func (d *Desk) collection(ctx context.Context, p assess.Period, version int64) (*collection, error) {
	d.mu.Lock()
	c := d.collections[p]
	d.mu.Unlock()
	if c != nil && c.version == version {
		return c, nil
	}
	c, err := d.readCollection(ctx, p)
	if err != nil {
		return nil, err
	}
	c.version = version
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.collections) >= mostCollections {
		clear(d.collections)
	}
	d.collections[p] = c
	return c, nil
}

func (d *Desk) readCollection(ctx context.Context, p assess.Period) (*collection, error) {
	c := &collection{cycle: assess.Cycle{Period: p}, filings: map[assess.UnitCode]assess.Filing{}, handed: map[assess.UnitCode]bool{}}
	var err error
	if c.dates, err = d.Gate.Plan(ctx, p); err != nil {
		return nil, err
	}
	filings, err := d.Store.Filings(ctx, p)
	if err != nil {
		return nil, err
	}
	for _, f := range filings {
		c.filings[f.Unit] = f
	}
	handed, err := d.Store.HandedIn(ctx, nil, []assess.Period{p, p.Year()})
	if err != nil {
		return nil, err
	}
	for _, report := range handed {
		c.handed[report.Unit] = true
	}
	cycles, err := d.Store.Cycles(ctx)
	if err != nil {
		return nil, err
	}
	for _, one := range cycles {
		if one.Period == p {
			c.cycle = one
		}
	}
	return c, nil
}
