package collect

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
)

// reportKey names the figures of one unit and period.
type reportKey struct {
	unit   assess.UnitCode
	period assess.Period
}

// state is what is known of the cells, reports and periods that a batch touches. It follows the batch: a later row is compared
// with what an earlier one has set.
type state struct {
	known   map[assess.Period]bool // periods of which the reports of all units, collections and plans were read
	held    map[assess.CellKey]Holding
	adopted map[assess.CellKey]time.Time // when what the log holds was recorded
	from    map[assess.CellKey]string    // the submission it came in
	filings map[reportKey]assess.Filing
	cycles  map[assess.Period]assess.CycleState // where the collections stand
	plans   map[assess.Period]cycle.Plan        // of the quarters
	// signed are the cells whose figure a person has signed; back are those of a report that were returned and not answered yet.
	signed map[assess.CellKey]bool
	back   map[reportKey][]assess.Code
	waits  map[assess.CellKey]Holding // what was handed in and is not accepted yet
	// accepted are the cells whose figure a department has accepted; byHand are the reports that a chair has signed.
	accepted map[assess.CellKey]bool
	byHand   map[reportKey]bool
	// handed are the submissions of what waits; differences are those about the cells, oldest first.
	handed      map[assess.CellKey]*assess.Submission
	differences map[assess.CellKey][]assess.Difference
}

func newState(cells int) *state {
	return &state{
		known: map[assess.Period]bool{}, held: make(map[assess.CellKey]Holding, cells), adopted: map[assess.CellKey]time.Time{}, from: map[assess.CellKey]string{},
		filings: map[reportKey]assess.Filing{}, cycles: map[assess.Period]assess.CycleState{}, plans: map[assess.Period]cycle.Plan{},
		signed: map[assess.CellKey]bool{}, back: map[reportKey][]assess.Code{}, waits: map[assess.CellKey]Holding{},
		accepted: map[assess.CellKey]bool{}, byHand: map[reportKey]bool{},
		handed: map[assess.CellKey]*assess.Submission{}, differences: map[assess.CellKey][]assess.Difference{},
	}
}

// load reads what is held of all units and periods of some figures, and with waiting what waits of their reports. What stands in before of
// whole periods is not read again: it is the state of other units of the same batch, an empty one before the first of many, or nil.
func (g *Gate) load(ctx context.Context, shelf *shelf, before *state, figures []figure, waiting bool) (*state, error) {
	s := newState(len(figures))
	if before != nil {
		s.known, s.filings, s.cycles, s.plans = before.known, before.filings, before.cycles, before.plans
	}
	if len(figures) == 0 {
		return s, nil
	}
	reports, q := touched(figures)
	current, err := g.store.Current(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("read the log: %w", err)
	}
	for _, o := range current {
		s.held[o.CellKey] = Holding{o.State, o.Value, o.Note}
		s.adopted[o.CellKey], s.from[o.CellKey] = o.RecordedAt, o.Submission
	}
	if err := g.loadReports(ctx, s, before == nil, q); err != nil {
		return nil, err
	}
	if waiting {
		if err := g.loadDifferences(ctx, s, q); err != nil {
			return nil, err
		}
	}
	begun, err := g.begun(ctx, s, reports, q)
	if err != nil {
		return nil, err
	}
	pending := map[reportKey][]pendingFigure{}
	for _, key := range reports {
		if !begun[key] {
			continue // nobody has ever said anything of it
		}
		if pending[key], err = g.loadReport(ctx, shelf, s, key, waiting); err != nil {
			return nil, err
		}
	}
	for _, key := range reports {
		ofYear := reportKey{key.unit, key.period.Year()}
		if !waiting || key.period.Kind() != assess.Quarter || !begun[key] && !begun[ofYear] {
			continue
		}
		// What is said of annual figures is said with their quarter, also where nothing else of it has come.
		if err := g.loadWay(ctx, s, key, slices.Concat(pending[key], pending[ofYear])); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// touched answers the reports that figures belong to, in their order, and the query of all their cells. The annual figures ride with the
// fourth quarter.
func touched(figures []figure) (reports []reportKey, q assess.CellQuery) {
	seen, units, periods := map[reportKey]bool{}, map[assess.UnitCode]bool{}, map[assess.Period]bool{}
	add := func(key reportKey) {
		if seen[key] {
			return
		}
		seen[key] = true
		reports = append(reports, key)
		if !units[key.unit] {
			units[key.unit] = true
			q.Units = append(q.Units, key.unit)
		}
		if !periods[key.period] {
			periods[key.period] = true
			q.Periods = append(q.Periods, key.period)
		}
	}
	for i := range figures {
		key := reportKey{figures[i].Unit, figures[i].Period}
		if seen[key] {
			continue
		}
		add(key)
		switch {
		case annual(key.period):
			add(reportKey{key.unit, key.period.Year()})
		case key.period.Kind() == assess.Year:
			add(reportKey{key.unit, key.period.LastQuarter()})
		}
	}
	return reports, q
}

// begun answers those of some reports of which anything was ever handed in, or that were taken a step.
func (g *Gate) begun(ctx context.Context, s *state, reports []reportKey, q assess.CellQuery) (map[reportKey]bool, error) {
	begun := map[reportKey]bool{}
	handed, err := g.store.HandedIn(ctx, q.Units, q.Periods)
	if err != nil {
		return nil, fmt.Errorf("read what was handed in: %w", err)
	}
	for _, key := range handed {
		begun[reportKey{key.Unit, key.Period}] = true
	}
	for _, key := range reports { // and not those of all units of the period
		if _, ok := s.filings[key]; ok {
			begun[key] = true
		}
	}
	return begun, nil
}

// annual says whether the annual figures ride with the report of a period: they do with the fourth quarter.
func annual(p assess.Period) bool { return p.Kind() == assess.Quarter && p.Part() == 4 }

// countWaiting lets what waits for review count as held.
func (s *state) countWaiting() { maps.Copy(s.held, s.waits) }

// loadReport adds what a person has signed of a report, and if that is asked for what waits of it, which it answers.
func (g *Gate) loadReport(ctx context.Context, shelf *shelf, s *state, key reportKey, waiting bool) ([]pendingFigure, error) {
	signed, err := g.store.Signed(ctx, key.unit, key.period)
	if err != nil {
		return nil, fmt.Errorf("read signed figures: %w", err)
	}
	for _, cell := range signed {
		s.signed[cell] = true
	}
	if !waiting {
		return nil, nil
	}
	pending, err := g.pending(ctx, shelf, key)
	for _, f := range pending {
		if !s.overtaken(f) {
			s.waits[f.CellKey], s.handed[f.CellKey] = f.Holding, f.submission
		}
	}
	return pending, err
}

// loadWay adds what was decided about the figures of a quarter's report, and whether a chair has ever signed it.
func (g *Gate) loadWay(ctx context.Context, s *state, key reportKey, pending []pendingFigure) error {
	decisions, err := g.store.Decisions(ctx, key.period, key.unit)
	if err != nil {
		return fmt.Errorf("read decisions: %w", err)
	}
	last := map[assess.Code]assess.Decision{}
	for _, d := range decisions {
		last[d.Item] = d
	}
	for item, d := range last {
		for _, p := range []assess.Period{key.period, key.period.Year()} { // the annual figures ride with a quarter
			s.accepted[assess.CellKey{Unit: key.unit, Period: p, Item: item}] = d.Accepted
		}
	}
	s.back[key] = unanswered(last, pending)
	steps, err := g.store.FilingChanges(ctx, key.unit, key.period)
	if err != nil {
		return fmt.Errorf("read the steps of a report: %w", err)
	}
	s.byHand[key] = slices.ContainsFunc(steps, func(c assess.FilingChange) bool { return c.Signed() })
	return nil
}

// unanswered answers the items that were returned and not handed in again, by the last decision about each.
func unanswered(last map[assess.Code]assess.Decision, pending []pendingFigure) (back []assess.Code) {
	for _, p := range pending {
		if d, ok := last[p.Item]; ok && !d.Accepted && d.Submission == p.submission.ID && !slices.Contains(back, p.Item) {
			back = append(back, p.Item)
		}
	}
	return back
}

// loadReports adds where reports and collections stand: of all units, for those that follow in a batch, but of a unit alone where none has come before it.
func (g *Gate) loadReports(ctx context.Context, s *state, alone bool, q assess.CellQuery) error {
	periods := slices.DeleteFunc(slices.Clone(q.Periods), func(p assess.Period) bool { return s.known[p] })
	if len(periods) == 0 {
		return nil
	}
	var filings []assess.Filing
	var err error
	if alone && len(q.Units) == 1 {
		filings, err = g.filingsOf(ctx, q.Units[0], periods)
	} else {
		for _, p := range periods {
			s.known[p] = true
		}
		filings, err = g.store.Filings(ctx, periods...)
	}
	if err != nil {
		return fmt.Errorf("read reports: %w", err)
	}
	for _, f := range filings {
		s.filings[reportKey{f.Unit, f.Period}] = f
	}
	cycles, err := g.store.Cycles(ctx)
	if err != nil {
		return fmt.Errorf("read collections: %w", err)
	}
	for _, c := range cycles {
		s.cycles[c.Period] = c.State
	}
	for _, p := range periods {
		p = p.LastQuarter()
		if _, known := s.plans[p]; known {
			continue
		}
		if s.plans[p], err = g.Plan(ctx, p); err != nil && !errors.Is(err, assess.ErrNotFound) {
			return fmt.Errorf("read the calendar: %w", err)
		}
	}
	return nil
}

// filingsOf answers the reports of one unit that were begun.
func (g *Gate) filingsOf(ctx context.Context, unit assess.UnitCode, periods []assess.Period) (begun []assess.Filing, err error) {
	for _, p := range periods {
		f, err := g.store.Filing(ctx, unit, p)
		if err != nil {
			return nil, err
		}
		if f.State != assess.NotStarted {
			begun = append(begun, f)
		}
	}
	return begun, nil
}

// filing answers the report of a unit and period, not started where there is none.
func (s *state) filing(key reportKey) assess.Filing {
	f, ok := s.filings[key]
	if !ok || f.State == "" {
		f.Unit, f.Period, f.State = key.unit, key.period, assess.NotStarted
	}
	return f
}

// shut says whether figures of a period can be changed by correction only. A year is shut with its fourth quarter.
func (s *state) shut(p assess.Period) bool { return s.cycles[p.LastQuarter()].Closed() }

// ended says whether the cut-off of a period has come, so that what is not there is missing.
func (s *state) ended(p assess.Period, now time.Time) bool {
	p = p.LastQuarter()
	return s.plans[p].Ended(s.cycles[p], now)
}

// begun says whether a period is or was collected here. One that never was takes what is brought of the past.
func (s *state) begun(p assess.Period) bool { return s.cycles[p.LastQuarter()] != "" }

// unreported answers those of the items that a district owes in a report of which nothing is there, not even
// the word that it cannot be had.
func (s *state) unreported(key reportKey, owed []assess.Item) (items []assess.Code) {
	for _, item := range owed {
		at := key.period
		if item.Frequency == assess.Annual {
			at = at.Year()
		}
		cell := assess.CellKey{Unit: key.unit, Period: at, Item: item.Code}
		_, held := s.held[cell]
		if _, waits := s.waits[cell]; !held && !waits {
			items = append(items, item.Code)
		}
	}
	return items
}

// over says whether the report of a unit and period has come to its end. What the city supplies is not part of it.
func (s *state) over(key reportKey) bool {
	state := s.filing(key).State
	return state == assess.Locked || state == assess.FilingMissing
}

// heldOtherwise answers a note where a machine says something else of a figure than what a person has signed or accepted: that holds.
func (s *state) heldOtherwise(from sender, f figure) *assess.Problem {
	held := s.stands(f.CellKey)
	if !from.machine() || f.says(held) {
		return nil
	}
	args := []string{"item", string(f.Item), "unit", string(f.Unit), "signed", held.text(), "value", f.text()}
	switch {
	case s.signed[f.CellKey]:
		return assess.Conflict("problem.signed_otherwise",
			fmt.Sprintf("%s of unit %s was signed as %s, the source says %s; what a person has signed holds, and is changed in the form", f.Item, f.Unit, held.text(), f.text()),
			args...).At(f.entry.At("value"))
	case s.accepted[f.CellKey]:
		return assess.Conflict("problem.accepted_otherwise",
			fmt.Sprintf("%s of unit %s was accepted as %s, the source says %s; what a department has accepted holds, and is changed by a correction", f.Item, f.Unit, held.text(), f.text()),
			args...).At(f.entry.At("value"))
	}
	return nil
}

// decide compares a figure with what is held at a time, and holds it from then on unless it is refused.
func (s *state) decide(from sender, f figure, now time.Time) (Decision, *assess.Problem) {
	key := reportKey{f.Unit, f.Period}
	before, known := s.held[f.CellKey]
	d := Decision{CellKey: f.CellKey, Place: f.entry.Place, Outcome: OutcomeChanged, State: f.State, Value: f.Value, Before: before}
	// A note alone changes nothing, except in answer to a return: the figure is right, and this is why.
	answers := s.filing(key).State == assess.Returned && f.Note != "" && f.Note != before.Note
	switch {
	case known && f.says(before) && !answers:
		d.Outcome = OutcomeSame
		return d, nil
	case from.correction == nil && (s.shut(f.Period) || s.over(key) && f.ofDistrict()):
		return d, assess.Conflict("problem.period_closed",
			fmt.Sprintf("%s is closed, so the figure stays as it is; have it corrected with a reason", f.Period), "period", f.Period.String()).
			At(f.entry.At("value"))
	case from.machine() && f.ofDistrict() && s.begun(f.Period) && s.ended(f.Period, now):
		return d, s.plans[f.Period.LastQuarter()].CutOffPassed().At(f.entry.At("value"))
	case before.State == assess.Exempt && !from.ofCity():
		return d, assess.Forbidden("problem.exempt_cell", "the city has marked the figure as not applicable; leave the row out, or ask the city").
			At(f.entry.At("value"))
	case !known:
		d.Outcome = OutcomeNew
	}
	if fault := from.unwanted(d.Outcome); fault != nil {
		return d, fault.At(f.entry.At("value"))
	}
	s.held[f.CellKey] = f.Holding
	return d, nil
}

// step moves the report of a unit and period, and answers the changes this makes. An action that leaves it where it is makes none, unless the report comes
// by it.
func (s *state) step(key reportKey, by string, at time.Time, actions ...cycle.Action) ([]assess.FilingChange, error) {
	f := s.filing(key)
	var changes []assess.FilingChange
	for _, action := range actions {
		next, err := cycle.Next(f.State, action)
		if err != nil {
			return nil, err
		}
		if next == f.State && action != cycle.Complete { // which says when the report came
			continue
		}
		changes = append(changes, assess.FilingChange{Unit: key.unit, Period: key.period, From: f.State, To: next, At: at, By: by})
		f.State = next
	}
	s.filings[key] = f
	return changes, nil
}
