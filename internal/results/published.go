package results

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// View says what of a board is seen.
type View struct {
	// Day is the day at whose end everything is as it was known; zero is now.
	Day time.Time
	// Published shows periods as they were published: what was corrected since and is not published yet is not seen.
	Published bool
}

// Seen answers what is seen of a board. Errors are those of Known.
func Seen(ctx context.Context, b Board, v View) (Board, error) {
	known, err := Known(ctx, b, v.Day)
	if l, ok := b.(*Live); ok && err == nil && v.Published && l.seals != nil {
		return &published{Board: known, live: l, day: v.Day}, nil
	}
	return known, err
}

// Seals answers every seal in the order in which they were made.
type Seals func(ctx context.Context) ([]assess.Seal, error)

// Until answers the log as it stood when it had reached a number.
type Until func(ctx context.Context, seq int64) (Log, error)

// WithSeals lets the board be seen as it was published.
func (l *Live) WithSeals(seals Seals, until Until) *Live {
	l.seals, l.until = seals, until
	return l
}

// published is a board on which every period that was published stands as its newest seal has it.
type published struct {
	Board
	live *Live
	day  time.Time
}

// Sheet answers the sheet of a period as it was published; one that never was as it stands.
func (b *published) Sheet(ctx context.Context, p assess.Period) (*Sheet, error) {
	s, err := b.Board.Sheet(ctx, p)
	if err != nil {
		return nil, err
	}
	seal, err := b.seal(ctx, p)
	if err != nil || seal == nil {
		return s, err
	}
	return b.live.sealed(ctx, *seal, s)
}

// History answers the observations of a cell that were known when its period was published.
func (b *published) History(ctx context.Context, key assess.CellKey) ([]assess.Observation, error) {
	all, err := b.Board.History(ctx, key)
	if err != nil {
		return nil, err
	}
	seal, err := b.seal(ctx, key.Period)
	if err != nil || seal == nil {
		return all, err
	}
	return slices.DeleteFunc(slices.Clone(all), func(o assess.Observation) bool { return o.Seq > seal.Seq }), nil
}

// seal answers the newest seal of a period that there was on the day, nil where there was none.
func (b *published) seal(ctx context.Context, p assess.Period) (*assess.Seal, error) {
	all, err := b.live.seals(ctx)
	if err != nil {
		return nil, fmt.Errorf("seals: %w", err)
	}
	for _, s := range slices.Backward(all) {
		if s.Period == p && (b.day.IsZero() || s.At.Before(b.day.AddDate(0, 0, 1))) {
			return &s, nil
		}
	}
	return nil, nil
}

// sealed answers the sheet of a period as a seal has it: now, the sheet as it stands, itself where nothing has changed since.
func (l *Live) sealed(ctx context.Context, seal assess.Seal, now *Sheet) (*Sheet, error) {
	l.mu.Lock()
	kept := l.ofSeals[seal.Number]
	l.mu.Unlock()
	if kept == nil {
		made, err, _ := l.computing.Do("seal "+strconv.Itoa(seal.Number), func() (any, error) { return l.asSealed(context.WithoutCancel(ctx), seal, now) })
		if err != nil {
			return nil, err
		}
		kept = made.(*Sheet)
	}
	s := *kept
	s.Head = now.Head // pages are kept by the version of the data
	return &s, nil
}

// mostSealed is of how many seals sheets are kept that differ from what stands now.
const mostSealed = 16

func (l *Live) asSealed(ctx context.Context, seal assess.Seal, now *Sheet) (*Sheet, error) {
	log, err := l.until(ctx, seal.Seq)
	if err != nil {
		return nil, fmt.Errorf("as published, %s: %w", seal.Period, err)
	}
	board := New(log, l.load)
	of, err := board.conditions(ctx, seal.Period)
	if err != nil {
		return nil, fmt.Errorf("as published, %s: %w", seal.Period, err)
	}
	changed, err := l.log.Changed(ctx, figuresOf(seal.Period), seal.Seq, now.Head.Seq)
	if err != nil {
		return nil, fmt.Errorf("as published, %s: %w", seal.Period, err)
	}
	if !changed && of.scoresAs(now.of) {
		return now, nil
	}
	s, err := board.Sheet(ctx, seal.Period)
	if err != nil {
		return nil, fmt.Errorf("as published, %s: %w", seal.Period, err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.ofSeals) >= mostSealed {
		clear(l.ofSeals)
	}
	l.ofSeals[seal.Number] = s // what was sealed does not change
	return s, nil
}

// scoresAs says whether two sets of conditions score alike: where reports and collections stand beyond that shows on other pages.
func (c conditions) scoresAs(d conditions) bool {
	return slices.EqualFunc(c.cycles, d.cycles, func(a, b assess.Cycle) bool { return a.Period == b.Period && a.State.Closed() == b.State.Closed() }) &&
		slices.EqualFunc(c.filings, d.filings, func(a, b assess.Filing) bool {
			return a.Unit == b.Unit && a.Period == b.Period && a.LateDays == b.LateDays && a.Returns == b.Returns
		}) &&
		sameTargets(c.targets, d.targets)
}
