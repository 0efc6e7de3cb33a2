package city

import (
	"context"
	"fmt"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/quality"
)

// ledger is what is known when the city's table of a quarter is made.
type ledger struct {
	quarter   assess.Period
	edition   *assess.Edition
	held      map[assess.CellKey]assess.Observation
	parts     map[assess.CellKey][]assess.Observation // by the cell without part and ref
	drafts    map[assess.CellKey]assess.DraftCell
	proposals map[assess.CellKey][]assess.Proposal // by the cell without part and ref, oldest first
	closed    map[assess.Period]bool
	now       time.Time
	reader    *collect.Reader
	checks    *quality.Checks
}

// look reads what is known of a quarter. With past, everything the rules look at is read, else only the city's own figures.
func (d *Desk) look(ctx context.Context, quarter assess.Period, now time.Time, past bool) (*ledger, error) {
	return d.read(ctx, quarter, now, func(l *ledger) error { return d.readHeld(ctx, l, past) })
}

// lookAtWork reads a quarter without its figures: what is typed and proposed. The figures of thousands of units are dear.
func (d *Desk) lookAtWork(ctx context.Context, quarter assess.Period, now time.Time) (*ledger, error) {
	return d.read(ctx, quarter, now, func(*ledger) error { return nil })
}

func (d *Desk) read(ctx context.Context, quarter assess.Period, now time.Time, figures func(*ledger) error) (*ledger, error) {
	if quarter.Kind() != assess.Quarter {
		return nil, assess.NotFound("problem.no_city_form", fmt.Sprintf("the city's figures are of quarters; write %s", quarter.LastQuarter()), "period", quarter.LastQuarter().String())
	}
	edition, err := d.Editions.Edition(ctx, quarter.CalendarYear())
	if err != nil {
		return nil, fmt.Errorf("figures of the city for %s: %w", quarter, err)
	}
	l := &ledger{
		quarter: quarter, edition: edition, now: now, held: map[assess.CellKey]assess.Observation{}, parts: map[assess.CellKey][]assess.Observation{},
		drafts: map[assess.CellKey]assess.DraftCell{}, proposals: map[assess.CellKey][]assess.Proposal{}, closed: map[assess.Period]bool{},
	}
	if l.reader, l.checks, err = d.tools(edition); err != nil {
		return nil, fmt.Errorf("figures of the city for %s: %w", quarter, err)
	}
	if err := figures(l); err != nil {
		return nil, fmt.Errorf("figures of the city for %s: %w", quarter, err)
	}
	if err := d.readWork(ctx, l); err != nil {
		return nil, fmt.Errorf("figures of the city for %s: %w", quarter, err)
	}
	return l, nil
}

// readHeld reads the log: the quarter and its year, those before, and with past the year so far of all items.
func (d *Desk) readHeld(ctx context.Context, l *ledger, past bool) error {
	last := assess.NewQuarter(l.quarter.CalendarYear()-1, 4)
	q := assess.CellQuery{Periods: []assess.Period{l.quarter, l.quarter.Year(), l.quarter.Prev(), last.Year()}}
	if past {
		q.Periods = []assess.Period{l.quarter.Year(), last.Year()}
		for p := last; p.Compare(l.quarter) <= 0; p = p.Next() {
			q.Periods = append(q.Periods, p)
		}
	} else {
		for _, item := range l.edition.Items {
			if item.Origin == assess.FromCity {
				q.Items = append(q.Items, item.Code)
			}
		}
	}
	current, err := d.Store.Current(ctx, q)
	for _, o := range current {
		if whole := plain(o.CellKey); whole == o.CellKey {
			l.held[o.CellKey] = o
		} else {
			l.parts[whole] = append(l.parts[whole], o)
		}
	}
	return err
}

// plain answers a cell without its part.
func plain(c assess.CellKey) assess.CellKey {
	c.Part, c.Ref = "", ""
	return c
}

// readWork reads what is under way: drafts and proposals, and which periods are closed.
func (d *Desk) readWork(ctx context.Context, l *ledger) error {
	drafts, err := d.Store.CityDrafts(ctx, l.quarter)
	if err != nil {
		return err
	}
	for _, draft := range drafts {
		l.drafts[assess.CellKey{Unit: draft.Unit, Period: draft.Period, Item: draft.Item}] = draft
	}
	proposals, err := d.Store.Proposals(ctx, append(l.quarter.Year().Quarters(), l.quarter.Year())...)
	if err != nil {
		return err
	}
	for _, p := range proposals {
		l.proposals[plain(p.CellKey)] = append(l.proposals[plain(p.CellKey)], p)
	}
	cycles, err := d.Store.Cycles(ctx)
	for _, c := range cycles {
		l.closed[c.Period] = c.State.Closed()
	}
	return err
}

// shut answers why figures filed under a period cannot be handed in, nil where they can. A year is closed with its fourth quarter.
func (l *ledger) shut(p assess.Period) *assess.Problem {
	switch {
	case p.FirstDay().After(l.now):
		return assess.Conflict("problem.city_early", fmt.Sprintf("%s has not begun, so there are no figures of it yet", p), "period", p.String())
	case l.closed[p] || l.closed[p.LastQuarter()]:
		return assess.Conflict("problem.city_closed", fmt.Sprintf("%s is closed; have figures corrected with a reason", p), "period", p.String())
	}
	return nil
}

// cases answers the cases of a cell that count: of a year-to-date item those of the year up to its quarter.
func (l *ledger) cases(c Column, unit assess.UnitCode) (counting []assess.Proposal) {
	periods := []assess.Period{c.Period}
	if c.Item.Accumulation == assess.YTD && c.Period.Kind() == assess.Quarter {
		periods = periods[:0]
		for q := assess.NewQuarter(c.Period.CalendarYear(), 1); q.Compare(c.Period) <= 0; q = q.Next() {
			periods = append(periods, q)
		}
	}
	for _, p := range periods {
		for _, one := range l.proposals[assess.CellKey{Unit: unit, Period: p, Item: c.Item.Code}] {
			if one.Kind == c.Cases && one.Counts() {
				counting = append(counting, one)
			}
		}
	}
	return counting
}
