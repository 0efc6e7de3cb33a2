package results

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/singleflight"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/score"
)

// Log is what the board reads: the store.
type Log interface {
	Head(ctx context.Context) (assess.Head, error)
	Each(ctx context.Context, q assess.CellQuery, visit func(assess.Observation) error) error
	History(ctx context.Context, key assess.CellKey) ([]assess.Observation, error)
	Periods(ctx context.Context) ([]assess.Period, error)
	Targets(ctx context.Context, year int) ([]assess.Target, error)
	Filings(ctx context.Context, periods ...assess.Period) ([]assess.Filing, error)
	Cycles(ctx context.Context) ([]assess.Cycle, error)
	// ResultStages answers the way of a year's result, oldest first.
	ResultStages(ctx context.Context, p assess.Period) ([]assess.ResultStage, error)
	// Changed says whether any figure of the periods has a sequence number above after and up to upTo.
	Changed(ctx context.Context, periods []assess.Period, after, upTo int64) (bool, error)
	Editions(ctx context.Context) ([]assess.Edition, error)
	EditionFiles(ctx context.Context, year, number int) (assess.Edition, map[string][]byte, error)
}

// Load makes an edition of its definition files.
type Load func(files map[string][]byte) (*assess.Edition, error)

// Live is the board over a log. It keeps every sheet until what it is made of changes; it is safe for concurrent use.
type Live struct {
	log  Log
	load Load
	past Past // nil where nothing is known of past days
	// seals and until are nil where nothing is sealed.
	seals Seals
	until Until
	// registers is nil where no rule asks for sums over registers.
	registers Registers

	computing singleflight.Group
	mu        sync.Mutex
	version   int64
	sheets    map[assess.Period]*Sheet
	before    map[assess.Period]*Sheet // of earlier versions; most of them still hold
	locked    map[assess.Period]*Sheet
	editions  map[[2]int]*assess.Edition // by year and number
	days      []pastDay
	ofSeals   map[int]sealedView // by the number of the seal
}

var _ Board = (*Live)(nil)

// New answers a board over log whose editions are made by load.
func New(log Log, load Load) *Live {
	return &Live{log: log, load: load, sheets: map[assess.Period]*Sheet{}, before: map[assess.Period]*Sheet{}, locked: map[assess.Period]*Sheet{}, ofSeals: map[int]sealedView{}, editions: map[[2]int]*assess.Edition{}}
}

// Sheet answers the sheet of a quarter or a year, computed at most once for each state of the data.
func (l *Live) Sheet(ctx context.Context, p assess.Period) (*Sheet, error) {
	head, err := l.log.Head(ctx)
	if err != nil {
		return nil, fmt.Errorf("sheet of %s: %w", p, err)
	}
	if s := l.kept(head, p); s != nil {
		return s, nil
	}
	// The work goes on for the others who wait when the first one leaves.
	key := fmt.Sprintf("%s@%d", p, head.Version)
	done, err, _ := l.computing.Do(key, func() (any, error) {
		if s := l.kept(head, p); s != nil {
			return s, nil // another reader was done between our look and here
		}
		return l.compute(context.WithoutCancel(ctx), head, p)
	})
	if err != nil {
		return nil, err
	}
	return done.(*Sheet), nil
}

// fewUnits is up to how many units all sheets that a page can show are worth their memory before anybody asks for them.
const fewUnits = 100

// Prepare computes what is looked at first, so that no reader waits for it: the sheets of the newest quarter and of the two it is compared
// with, and of few units those of all eight quarters of a line.
func (l *Live) Prepare(ctx context.Context) error {
	periods, err := l.Periods(ctx)
	if err != nil {
		return err
	}
	for _, p := range slices.Backward(periods) {
		if p.Kind() != assess.Quarter {
			continue
		}
		if err := Ahead(ctx, l, p, p.Prev(), p.LastYear()); err != nil {
			return err
		}
		s, err := l.Sheet(ctx, p)
		if err != nil || len(s.Edition.Roster.Units) > fewUnits {
			return err
		}
		for back := range 8 {
			if err := Ahead(ctx, l, p.Add(-back)); err != nil {
				return err
			}
		}
		return nil
	}
	return nil
}

// Ahead has the sheets of periods computed side by side, so that asking for one after the other does not take the sum of their times.
// A period without figures is none; other errors are those of the first that failed.
func Ahead(ctx context.Context, b Board, periods ...assess.Period) error {
	var all errgroup.Group
	for _, p := range periods {
		all.Go(func() error {
			if _, err := b.Sheet(ctx, p); err != nil && !errors.Is(err, assess.ErrNotFound) {
				return err
			}
			return nil
		})
	}
	return all.Wait()
}

// kept answers a sheet from memory and puts all of them aside when the data have moved on. A reader who was overtaken since it saw
// the head finds nothing, and spoils nothing for those ahead.
func (l *Live) kept(head assess.Head, p assess.Period) *Sheet {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.version < head.Version {
		l.version = head.Version
		maps.Copy(l.before, l.sheets)
		clear(l.sheets)
		clear(l.locked)
	}
	if l.version != head.Version {
		return nil
	}
	return l.sheets[p]
}

func (l *Live) compute(ctx context.Context, head assess.Head, p assess.Period) (*Sheet, error) {
	s, err := l.again(ctx, head, p)
	if err == nil && s == nil {
		s, err = l.computeAt(ctx, head, p)
	}
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.version == head.Version {
		l.sheets[p] = s
		delete(l.before, p)
	}
	return s, nil
}

// again answers the sheet of an earlier version where nothing it is made of has changed since, nil where something has: a comment, a
// draft, a figure of another period make a new version of the data, and no new sheet.
func (l *Live) again(ctx context.Context, head assess.Head, p assess.Period) (*Sheet, error) {
	l.mu.Lock()
	old := l.before[p]
	l.mu.Unlock()
	if old == nil || old.Head.History() != head.History() {
		return nil, nil
	}
	edition, err := l.editionOf(ctx, p)
	if err != nil || edition != old.Edition {
		return nil, err
	}
	of, err := l.conditions(ctx, p)
	if err != nil || !of.equal(old.of) {
		return nil, err
	}
	if changed, err := l.log.Changed(ctx, figuresOf(p), old.Head.Seq, head.Seq); err != nil || changed {
		return nil, err
	}
	s := *old // what it holds is never changed and may be shared
	s.Head = head
	return &s, nil
}

// conditions are what a sheet is made of beside its edition and its figures.
type conditions struct {
	cycles  []assess.Cycle // of the quarters, as far as they are planned
	filings []assess.Filing
	targets []assess.Target      // of the year
	stages  []assess.ResultStage // the way of a year's result
}

func (l *Live) conditions(ctx context.Context, p assess.Period) (c conditions, err error) {
	quarters := p.Quarters()
	cycles, err := l.log.Cycles(ctx)
	if err != nil {
		return c, err
	}
	for _, one := range cycles {
		if slices.Contains(quarters, one.Period) {
			c.cycles = append(c.cycles, one)
		}
	}
	if c.filings, err = l.log.Filings(ctx, quarters...); err != nil {
		return c, err
	}
	if c.targets, err = l.log.Targets(ctx, p.CalendarYear()); err != nil || p.Kind() != assess.Year {
		return c, err
	}
	c.stages, err = l.log.ResultStages(ctx, p)
	return c, err
}

func (c conditions) equal(d conditions) bool {
	return slices.Equal(c.cycles, d.cycles) && slices.Equal(c.filings, d.filings) && sameTargets(c.targets, d.targets) && slices.Equal(c.stages, d.stages)
}

func sameTargets(a, b []assess.Target) bool {
	return slices.EqualFunc(a, b, func(a, b assess.Target) bool {
		same := a.Value.Equal(b.Value)
		a.Value = b.Value
		return same && a == b
	})
}

// figuresOf answers the periods whose figures a sheet is made of: the quarter and its year, or the year and its four quarters.
func figuresOf(p assess.Period) []assess.Period { return append(slices.Clone(p.Quarters()), p.Year()) }

// computeAt makes the sheet of the figures known at head.
func (l *Live) computeAt(ctx context.Context, head assess.Head, p assess.Period) (*Sheet, error) {
	if p.Kind() == assess.Month {
		return nil, assess.NotFound("problem.period_empty",
			fmt.Sprintf("there are no scores of the month %s; choose its quarter %s or its year %s", p, p.LastQuarter(), p.Year()), "period", p.String())
	}
	edition, err := l.editionOf(ctx, p)
	if err != nil {
		return nil, err
	}
	s := &Sheet{Period: p, Edition: edition, AsOf: p.LastDay(), Head: head, bare: len(edition.Roster.Units) > fewUnits}
	if s.of, err = l.conditions(ctx, p); err != nil {
		return nil, fmt.Errorf("sheet of %s: %w", p, err)
	}
	if s.panel, err = l.fill(ctx, s); err != nil {
		return nil, fmt.Errorf("sheet of %s: %w", p, err)
	}
	bare := s.bare
	if err := s.score(func(assess.UnitCode) bool { return !bare }); err != nil {
		return nil, fmt.Errorf("sheet of %s: %w", p, err)
	}
	return s, nil
}

// Locked answers the sheet with the figures that were known when its period was locked: what people saw before corrections. Where
// nothing was corrected it is the sheet itself.
func (l *Live) Locked(ctx context.Context, p assess.Period) (*Sheet, error) {
	now, err := l.Sheet(ctx, p)
	if err != nil || len(now.Corrections) == 0 {
		return now, err
	}
	l.mu.Lock()
	s := l.locked[p]
	l.mu.Unlock()
	if s != nil && s.Head.Version == now.Head.Version {
		return s, nil
	}
	head := now.Head
	head.Seq = now.Cycle.LockSeq
	if s, err = l.computeAt(ctx, head, p); err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.version == head.Version {
		l.locked[p] = s
	}
	return s, nil
}

// fill reads everything the sheet needs into a panel: the quarter and its year, or the year and its four quarters. What the
// edition does not know any more, a unit or an item of an earlier one, is not scored.
func (l *Live) fill(ctx context.Context, s *Sheet) (*score.Panel, error) {
	filed := figuresOf(s.Period)
	panel := score.NewPanel(s.Edition.Roster, s.Edition.Items, filed)
	s.fillConduct(panel)
	some := false
	var late []assess.Observation // what may have changed after the lock
	err := l.log.Each(ctx, assess.CellQuery{Periods: filed, AsOf: s.Head.Seq}, func(o assess.Observation) error {
		some = true
		if s.Cycle.LockSeq > 0 && o.Seq > s.Cycle.LockSeq && (o.Period == s.Period || s.Period.Kind() == assess.Year) {
			late = append(late, o)
		}
		err := unlessUnknown(panel.Put(o))
		if errors.Is(err, assess.ErrInvalid) {
			s.Unread = append(s.Unread, o)
			return nil
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if !some && !begun(s.Cycle) {
		return nil, assess.NotFound("problem.period_empty",
			fmt.Sprintf("there are no figures for %s; collect or import some, or choose another period", s.Period), "period", s.Period.String())
	}
	for _, t := range s.of.targets {
		if err := unlessUnknown(panel.PutTarget(t)); err != nil {
			return nil, err
		}
	}
	return panel, l.corrections(ctx, s, late)
}

// unlessUnknown lets pass that a panel has no place for something.
func unlessUnknown(err error) error {
	if errors.Is(err, assess.ErrNotFound) {
		return nil
	}
	return err
}

// fillConduct reads where the reports of the period stand: what is missing of an open period is pending, of a closed one not
// reported, and lateness is counted.
func (s *Sheet) fillConduct(panel *score.Panel) {
	state := map[assess.Period]assess.Cycle{}
	for _, c := range s.of.cycles {
		state[c.Period] = c
	}
	s.Cycle = state[s.Period.LastQuarter()]
	if s.Cycle.Period = s.Period; s.Period.Kind() == assess.Year && s.Cycle.State.Closed() {
		s.standAsResult()
	}
	for _, q := range s.Period.Quarters() {
		open := !state[q].State.Closed()
		panel.SetOpen(q, open)
		if open {
			panel.SetOpen(s.Period, true)
		}
	}
	last, filed := s.Period.LastQuarter(), map[assess.UnitCode]assess.Filing{}
	for _, f := range s.of.filings {
		panel.PutConduct(f.Unit, f.Period, score.Conduct{LateDays: f.LateDays, Returns: f.Returns})
		if f.Period == last {
			filed[f.Unit] = f
		}
	}
	for _, u := range s.Edition.Roster.Units {
		if !u.In(last) {
			continue
		}
		f, ok := filed[u.Code]
		if !ok {
			f = assess.Filing{Unit: u.Code, Period: last, State: assess.NotStarted}
		}
		s.Filings = append(s.Filings, f)
	}
}

// corrections finds what late, the figures after the lock of the period, took the place of, and with it the version people see.
func (l *Live) corrections(ctx context.Context, s *Sheet, late []assess.Observation) error {
	s.Version = 1
	submissions := map[string]bool{}
	for _, o := range late {
		history, err := l.log.History(ctx, o.CellKey)
		if err != nil {
			return err
		}
		before := lastAt(history, s.Cycle.LockSeq)
		s.Corrections = append(s.Corrections, Correction{Before: before, After: o})
		for _, later := range history {
			if s.Cycle.LockSeq < later.Seq && later.Seq <= s.Head.Seq {
				submissions[later.Submission] = true
			}
		}
	}
	slices.SortFunc(s.Corrections, func(a, b Correction) int { return int(b.After.Seq - a.After.Seq) })
	s.Version += len(submissions)
	return nil
}

func lastAt(history []assess.Observation, seq int64) (last assess.Observation) {
	for _, o := range history {
		if o.Seq <= seq {
			last = o
		}
	}
	return last
}

// score computes every framework of the edition and the composite, with the derivations of the city and of the units that are told of.
func (s *Sheet) score(told func(assess.UnitCode) bool) error {
	o := score.Options{City: true, Explain: true, Only: told}
	n := len(s.Edition.Frameworks)
	frameworks := make([]*assess.Framework, n)
	s.Frameworks, s.Composite = make([]*assess.Scores, n), nil
	var all errgroup.Group
	for i := range s.Edition.Frameworks {
		frameworks[i] = &s.Edition.Frameworks[i]
		all.Go(func() (err error) {
			s.Frameworks[i], err = score.Compute(frameworks[i], s.panel, s.Period, o)
			return err
		})
	}
	if err := all.Wait(); err != nil || len(s.Edition.Assessment.Composite) == 0 {
		return err
	}
	composite, err := score.Composite(&s.Edition.Assessment, frameworks, s.Frameworks, s.panel, s.Period, o)
	s.Composite = composite
	return err
}

// standAsResult says where a year stands whose quarters are closed: it is scored until its result is put on public notice, and public from
// then on, whatever became of its last quarter (workflow 3.3).
func (s *Sheet) standAsResult() {
	s.Cycle.State, s.Cycle.PublishedAt = assess.CycleScored, time.Time{}
	s.Result = assess.ResultDraft
	for _, stage := range s.of.stages {
		switch s.Result = stage.State; s.Result {
		case assess.ResultDraft, assess.ResultReviewed:
			s.Cycle.State, s.Cycle.PublishedAt = assess.CycleScored, time.Time{}
		case assess.ResultPublicity:
			s.Cycle.State, s.Cycle.PublishedAt = assess.CyclePublished, stage.At
		}
	}
}

// begun says whether the collection of a period has begun. One that is only scheduled has nothing to show.
func begun(c assess.Cycle) bool { return c.State != "" && c.State != assess.CycleScheduled }

// Periods answers the periods that have figures or are being collected, oldest first, each year after its fourth quarter. A year
// is listed once all four of its quarters are. The newest quarter is listed from its first accepted report on: while its forms are
// open and nothing is accepted there is nothing to say of it.
func (l *Live) Periods(ctx context.Context) ([]assess.Period, error) {
	known, err := l.log.Periods(ctx)
	if err != nil {
		return nil, fmt.Errorf("periods: %w", err)
	}
	cycles, err := l.log.Cycles(ctx)
	if err != nil {
		return nil, fmt.Errorf("periods: %w", err)
	}
	for _, c := range cycles {
		if begun(c) {
			known = append(known, c.Period)
		}
	}
	listed := map[assess.Period]bool{}
	for _, p := range known {
		if p.Kind() == assess.Quarter {
			listed[p] = true
		}
	}
	if err := l.leaveOut(ctx, listed, cycles); err != nil {
		return nil, fmt.Errorf("periods: %w", err)
	}
	var periods []assess.Period
	for p := range listed {
		periods = append(periods, p)
		if y := p.Year(); p.Part() == 4 && all(listed, y.Quarters()) {
			periods = append(periods, y)
		}
	}
	slices.SortFunc(periods, assess.Period.Compare)
	return periods, nil
}

// leaveOut takes the newest quarter out while its forms are open and no report of it is accepted, if there are others.
func (l *Live) leaveOut(ctx context.Context, listed map[assess.Period]bool, cycles []assess.Cycle) error {
	for len(listed) > 1 {
		newest := slices.MaxFunc(slices.Collect(maps.Keys(listed)), assess.Period.Compare)
		if !slices.ContainsFunc(cycles, func(c assess.Cycle) bool { return c.Period == newest && c.State == assess.CycleOpen }) {
			return nil
		}
		filings, err := l.log.Filings(ctx, newest)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(filings, func(f assess.Filing) bool { return f.State == assess.Accepted }) {
			return nil
		}
		delete(listed, newest)
	}
	return nil
}

func all(listed map[assess.Period]bool, periods []assess.Period) bool {
	for _, p := range periods {
		if !listed[p] {
			return false
		}
	}
	return true
}

// History answers the observations of a cell, oldest first.
func (l *Live) History(ctx context.Context, key assess.CellKey) ([]assess.Observation, error) {
	return l.log.History(ctx, key)
}
