package desk

import (
	"context"
	"maps"
	"sync"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Outstanding is where a report stands and how much of it is still to be done, without its figures.
type Outstanding struct {
	Filing assess.Filing
	// ToCome: what is there of the report is no report yet, as Review.ToCome.
	ToCome bool
	// Returned is how many figures came back and have not been filled again, Waiting how many wait for review by department.
	Returned int
	Waiting  map[assess.Code]int
}

// Outstanding answers where the reports of some districts stand, in their order. The figures of a report are read only where some can wait:
// neither of one that has come to its end nor of one that was never handed in, which are most of those of thousands of units.
func (d *Desk) Outstanding(ctx context.Context, units []assess.UnitCode, period assess.Period, now time.Time) ([]Outstanding, error) {
	var c *collection
	var err error
	if len(units) > 1 {
		if c, err = d.gather(ctx, period); err != nil {
			return nil, err
		}
	}
	all := make([]Outstanding, len(units))
	for i, unit := range units {
		if all[i], err = d.outstanding(ctx, c, unit, period, now); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// outstanding answers where one report stands. c is what was gathered of its quarter, nil for nothing; the log may have grown since.
func (d *Desk) outstanding(ctx context.Context, c *collection, unit assess.UnitCode, period assess.Period, now time.Time) (Outstanding, error) {
	gathered := c != nil
	if !gathered {
		var err error
		if c, err = d.single(ctx, unit, period); err != nil {
			return Outstanding{}, err
		}
	}
	filing := c.filing(unit)
	s := Outstanding{Filing: filing, Waiting: map[assess.Code]int{}}
	switch filing.State {
	case assess.Locked, assess.FilingMissing:
		if c.dates.Ended(c.cycle.State, now) {
			return s, nil
		}
	case assess.NotStarted, assess.Draft, assess.PendingSignature, assess.SentBack: // of what was never handed in nothing waits or came back
		if c.handed[unit].All == 0 {
			s.ToCome = true
			return s, nil
		}
	}
	if gathered {
		return d.stand(ctx, c, unit, now)
	}
	return d.tallied(ctx, unit, period, now)
}

// tallied counts what is outstanding of one report, once in a minute.
func (d *Desk) tallied(ctx context.Context, unit assess.UnitCode, period assess.Period, now time.Time) (Outstanding, error) {
	k, err := d.look(ctx, unit, period)
	if err != nil {
		return Outstanding{}, err
	}
	return k.tally.of(now, func() Outstanding { return newReview(k, now).outstanding(now) }), nil
}

// mostStands bounds of how many reports it is kept where they stand: those of a nation's units in a few quarters.
const mostStands = 20_000

// stand is where a report stood when that was counted. It stands there still while nothing was added to it and the clock has not come to its
// end: so a change of one report has one counted again, not those of all units, which are too many to be kept whole.
type stand struct {
	plan   *plan
	filing assess.Filing
	cycle  assess.CycleState
	ended  bool
	handed assess.Handed
	grown  int64 // a number of the log, in
	in     int64 // this history of the data
}

// counted is a stand with what was outstanding there.
type counted struct {
	stand
	left Outstanding
}

// stand answers what is outstanding of a report of which c was gathered, counted again where it stands elsewhere than it did.
func (d *Desk) stand(ctx context.Context, c *collection, unit assess.UnitCode, now time.Time) (Outstanding, error) {
	p, err := d.plan(ctx, c.cycle.Period)
	if err != nil {
		return Outstanding{}, err
	}
	is := stand{p, c.filing(unit), c.cycle.State, c.dates.Ended(c.cycle.State, now), c.handed[unit], c.grown(unit), c.History()}
	key := report{unit, c.cycle.Period}
	d.mu.Lock()
	was := d.stands[key]
	d.mu.Unlock()
	if was.stand != is {
		was = counted{stand: is}
		if was.left, err = d.tallied(ctx, unit, c.cycle.Period, now); err != nil {
			return Outstanding{}, err
		}
		d.mu.Lock()
		if len(d.stands) >= mostStands {
			clear(d.stands)
		}
		d.stands[key] = was
		d.mu.Unlock()
	}
	left := was.left
	left.Waiting = maps.Clone(left.Waiting)
	return left, nil
}

// tally is what is outstanding of a report. It is asked for with every page and takes a whole form to tell, so it is kept for a minute of the
// clock, which things depend on, too.
type tally struct {
	mu     sync.Mutex
	minute time.Time
	left   Outstanding
}

func (t *tally) of(now time.Time, count func() Outstanding) Outstanding {
	minute := now.Truncate(time.Minute)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.left.Waiting == nil || !t.minute.Equal(minute) {
		t.left, t.minute = count(), minute
	}
	left := t.left
	left.Waiting = maps.Clone(left.Waiting)
	return left
}

func (b *builder) outstanding(now time.Time) Outstanding {
	r := b.inReview("", now)
	s := Outstanding{Filing: r.Filing, ToCome: r.ToCome, Waiting: map[assess.Code]int{}}
	for _, cell := range r.Cells {
		switch cell.Cell {
		case assess.CellFilled, assess.CellRefilled:
			if r.Closed == nil {
				s.Waiting[cell.Item.Department]++
			}
		case assess.CellReturned:
			s.Returned++
		}
	}
	return s
}
