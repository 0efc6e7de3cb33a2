package desk

import (
	"context"
	"maps"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
)

// mostCollections bounds of how many quarters the collections are kept in memory: those under way are two or three.
const mostCollections = 8

// round is a quarter's collection: its dates, and how far it has come.
type round struct {
	dates cycle.Plan
	cycle assess.Cycle
}

// collection is a round with all its reports. It is read once for a version of the log and never changed, so that a page of all units does not
// read the reports of all units for each of them.
type collection struct {
	round
	assess.Head
	filings map[assess.UnitCode]assess.Filing // those that were begun
	handed  map[assess.UnitCode]assess.Handed // for the quarter or its year
	// first is the number of the log when the quarter was gathered first, touched the one when something was found to have been added to the report
	// of a unit since.
	first   int64
	touched map[assess.UnitCode]int64
}

// grown answers a number that is another one when something was added to the report of a unit.
func (c *collection) grown(unit assess.UnitCode) int64 { return max(c.first, c.touched[unit]) }

// filing answers the report of a unit, not started where there is none.
func (c *collection) filing(unit assess.UnitCode) assess.Filing {
	if f := c.filings[unit]; f.State != "" {
		return f
	}
	return assess.Filing{Unit: unit, Period: c.cycle.Period, State: assess.NotStarted}
}

// gather answers the collection of a quarter for what is then asked about all its units.
func (d *Desk) gather(ctx context.Context, p assess.Period) (*collection, error) {
	head, err := d.Store.Head(ctx)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	before := d.collections[p]
	d.mu.Unlock()
	if before != nil && before.Version == head.Version {
		return before, nil
	}
	if before != nil && before.History() != head.History() {
		before = nil // its numbers say nothing of this one's
	}
	c, err := d.readCollection(ctx, p, head, before)
	if err != nil {
		return nil, err
	}
	// What was counted may be newer than the head. Who asks for the head from here on is not answered by what somebody asked before it.
	if _, err := d.Store.Head(ctx); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.collections) >= mostCollections {
		clear(d.collections)
	}
	d.collections[p] = c
	return c, nil
}

// gathered answers the collection of a quarter at a version of the log, nil where it was not read.
func (d *Desk) gathered(p assess.Period, version int64) *collection {
	d.mu.Lock()
	defer d.mu.Unlock()
	if c := d.collections[p]; c != nil && c.Version == version {
		return c
	}
	return nil
}

// readCollection reads the collection of a quarter at a head. before is what was read of it earlier, nil for nothing.
func (d *Desk) readCollection(ctx context.Context, p assess.Period, head assess.Head, before *collection) (*collection, error) {
	c := &collection{Head: head, filings: map[assess.UnitCode]assess.Filing{}, first: head.Seq, touched: map[assess.UnitCode]int64{}}
	var err error
	if c.round, err = d.readRound(ctx, p); err != nil {
		return nil, err
	}
	filings, err := d.Store.Filings(ctx, p)
	if err != nil {
		return nil, err
	}
	for _, f := range filings {
		c.filings[f.Unit] = f
	}
	if c.handed, err = d.Store.Handed(ctx, p, p.Year()); err != nil || before == nil {
		return c, err
	}
	touched, err := d.Store.Touched(ctx, []assess.Period{p, p.Year()}, before.Seq, head.Seq)
	if err != nil {
		return nil, err
	}
	c.first, c.touched = before.first, maps.Clone(before.touched)
	for _, unit := range touched {
		c.touched[unit] = head.Seq
	}
	return c, nil
}

func (d *Desk) readRound(ctx context.Context, p assess.Period) (round, error) {
	r := round{cycle: assess.Cycle{Period: p}}
	var err error
	if r.dates, err = d.Gate.Plan(ctx, p); err != nil {
		return r, err
	}
	cycles, err := d.Store.Cycles(ctx)
	if err != nil {
		return r, err
	}
	for _, one := range cycles {
		if one.Period == p {
			r.cycle = one
		}
	}
	return r, nil
}

// report answers where the report of a unit stands at a version of the log: from its collection where that was gathered, else it is read alone,
// for with thousands of units there is a version for nearly every page of a district, and the district asks for nobody else's.
func (d *Desk) report(ctx context.Context, unit assess.UnitCode, p assess.Period, version int64) (round, assess.Filing, error) {
	if c := d.gathered(p, version); c != nil {
		return c.round, c.filing(unit), nil
	}
	r, err := d.readRound(ctx, p)
	if err != nil {
		return r, assess.Filing{}, err
	}
	f, err := d.Store.Filing(ctx, unit, p)
	return r, f, err
}

// single answers of the collection of a quarter what is about one unit.
func (d *Desk) single(ctx context.Context, unit assess.UnitCode, p assess.Period) (*collection, error) {
	head, err := d.Store.Head(ctx)
	if err != nil {
		return nil, err
	}
	if c := d.gathered(p, head.Version); c != nil {
		return c, nil
	}
	c := &collection{filings: map[assess.UnitCode]assess.Filing{}, handed: map[assess.UnitCode]assess.Handed{}}
	if c.round, c.filings[unit], err = d.report(ctx, unit, p, head.Version); err != nil {
		return nil, err
	}
	handed, err := d.Store.HandedIn(ctx, []assess.UnitCode{unit}, []assess.Period{p, p.Year()})
	c.handed[unit] = assess.Handed{All: len(handed)}
	return c, err
}
