package results

import (
	"context"
	"errors"
	"fmt"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/quality"
)

// Questions are what the figures of a quarter give cause to ask the districts. They change no score.
type Questions struct {
	Period   assess.Period
	Findings []quality.Finding // in the order in which they are worth reading
	// Budget is how many of the statistics' questions honest figures would give rise to as well.
	Budget quality.Budget
}

// Registers answers the sums over registers at the snapshot of a period, for the rules that ask for them.
type Registers func(ctx context.Context, e *assess.Edition, p assess.Period) (quality.Registers, error)

// WithRegisters lets rules ask for sums over registers.
func (l *Live) WithRegisters(registers Registers) *Live {
	l.registers = registers
	return l
}

// Questions checks the figures of a quarter, of a year those of its last quarter: the validation rules and hard rules unit by
// unit, the statistics over all units and their past, the changes after the lock.
func (l *Live) Questions(ctx context.Context, p assess.Period) (*Questions, error) {
	p = p.LastQuarter()
	sheet, err := l.Sheet(ctx, p)
	if err != nil {
		return nil, err
	}
	checks, err := quality.New(sheet.Edition)
	if err != nil {
		return nil, fmt.Errorf("questions of %s: %w", p, err)
	}
	panel, err := l.panel(ctx, sheet)
	if err != nil {
		return nil, fmt.Errorf("questions of %s: %w", p, err)
	}
	var registers quality.Registers
	if l.registers != nil {
		if registers, err = l.registers(ctx, sheet.Edition, p); err != nil {
			return nil, fmt.Errorf("questions of %s: %w", p, err)
		}
	}
	q := &Questions{Period: p}
	for _, unit := range panel.Units {
		q.Findings = append(q.Findings, checks.Check(quality.Report{Unit: unit, Period: p, Figures: panel.Figures[unit], Registers: registers})...)
	}
	q.Findings = append(q.Findings, quality.Changes(changes(sheet))...)
	q.Findings = append(q.Findings, checks.Ask(panel)...)
	q.Budget = checks.BudgetOf(panel, q.Findings)
	quality.Sort(q.Findings)
	return q, nil
}

// panel reads the figures of all units as far back as the statistics look, and the completions of the year so far.
func (l *Live) panel(ctx context.Context, s *Sheet) (*quality.Panel, error) {
	p := &quality.Panel{Period: s.Period, Figures: map[assess.UnitCode]quality.Figures{}}
	for _, u := range s.Edition.Roster.Units {
		if u.In(s.Period) {
			p.Units = append(p.Units, u.Code)
			p.Figures[u.Code] = quality.Figures{}
		}
	}
	query := assess.CellQuery{Units: p.Units, AsOf: s.Head.Seq}
	for at, n := s.Period, 0; n < quality.Window; at, n = at.Prev(), n+1 {
		query.Periods = append(query.Periods, at)
		if at.Part() == 1 || n == 0 {
			query.Periods = append(query.Periods, at.Year())
		}
	}
	err := l.log.Each(ctx, query, func(o assess.Observation) error {
		if figures := p.Figures[o.Unit]; figures != nil && o.Part == "" && o.Ref == "" {
			figures[quality.Cell{Period: o.Period, Item: o.Item}] = quality.Figure{State: o.State, Value: o.Value}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for at := s.Period; at.CalendarYear() == s.Period.CalendarYear(); at = at.Prev() {
		sheet, err := l.Sheet(ctx, at)
		switch {
		case errors.Is(err, assess.ErrNotFound):
			continue
		case err != nil:
			return nil, err
		}
		if sheet, err = sheet.Explained(); err != nil {
			return nil, err
		}
		p.Completions = append(p.Completions, sheet.completions()...)
	}
	return p, nil
}

// completions answers how far the units have come with what was due, of the indicators scored by it of which more is better.
func (s *Sheet) completions() (done []quality.Completion) {
	for i, f := range s.Edition.Frameworks {
		for _, leaf := range f.Root.Leaves() {
			if leaf.Indicator.Method.Kind != assess.TargetRatio || leaf.Indicator.Direction != assess.Up || i >= len(s.Frameworks) {
				continue
			}
			for c := range s.Frameworks[i].Cards {
				card := &s.Frameworks[i].Cards[c]
				if node := card.Node(leaf.Code); node != nil && node.State == assess.Scored && node.Why != nil {
					done = append(done, completion(card.Unit, s.Period, leaf.Code, node.Why)...)
				}
			}
		}
	}
	return done
}

// completion reads how far a unit had come from the derivation of its score; nothing where there was no target.
func completion(unit assess.UnitCode, p assess.Period, indicator assess.Code, why *assess.Derivation) []quality.Completion {
	if why.Progress == nil || why.Value == nil || why.Target == nil || *why.Target <= 0 {
		return nil
	}
	return []quality.Completion{{
		Unit: unit, Period: p, Indicator: indicator, OfDue: 100 * *why.Progress, OfYear: 100 * *why.Value / *why.Target,
	}}
}

// changes are the corrections after the lock.
func changes(s *Sheet) []quality.Change {
	made := make([]quality.Change, len(s.Corrections))
	for i, c := range s.Corrections {
		made[i] = quality.Change{
			Unit: c.After.Unit, Period: c.After.Period, Item: c.After.Item, At: c.After.RecordedAt, Late: true,
			Before: quality.Figure{State: c.Before.State, Value: c.Before.Value}, After: quality.Figure{State: c.After.State, Value: c.After.Value},
		}
	}
	return made
}
