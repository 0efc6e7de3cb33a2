package results

import (
	"context"
	"fmt"
	"slices"
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
	as, err := b.as(ctx, s)
	if err != nil || as == nil {
		return s, err
	}
	return stamped(s)(as.Sheet(ctx, p))
}

// Locked answers the sheet that was known when the period was locked: what people saw before the corrections that are published.
func (b *published) Locked(ctx context.Context, p assess.Period) (*Sheet, error) {
	s, err := b.Board.Sheet(ctx, p)
	if err != nil {
		return nil, err
	}
	as, err := b.as(ctx, s)
	if err != nil {
		return nil, err
	}
	if as == nil {
		if l, ok := b.Board.(*Live); ok {
			return l.Locked(ctx, p)
		}
		return s, nil
	}
	return stamped(s)(as.Locked(ctx, p))
}

// stamped puts on a sheet the present version of the data, by which pages are kept, and where its collection and its result stand now.
func stamped(now *Sheet) func(*Sheet, error) (*Sheet, error) {
	return func(s *Sheet, err error) (*Sheet, error) {
		if err != nil {
			return nil, err
		}
		one := *s
		one.Head, one.Cycle, one.Result = now.Head, now.Cycle, now.Result
		return &one, nil
	}
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

// sealedView is the board of a seal: what it holds, until the end of its log.
type sealedView struct {
	board *Live
	// same says that the period stood so, too, on the board and in the version of the data that at names.
	same bool
	at   point
	of   conditions // of the sheet it was compared with
}

// point is what a board knew: up to which number of the log, in which version of the data. A past day has the version of now.
type point struct{ seq, version int64 }

func pointOf(h assess.Head) point { return point{h.Seq, h.Version} }

// as answers the board of the newest seal of a sheet's period, nil where there is none, or where the sheet says the same.
func (b *published) as(ctx context.Context, now *Sheet) (*Live, error) {
	seal, err := b.seal(ctx, now.Period)
	if err != nil || seal == nil {
		return nil, err
	}
	l := b.live
	l.mu.Lock()
	view, known := l.ofSeals[seal.Number]
	l.mu.Unlock()
	if at := pointOf(now.Head); !known || view.at != at {
		made, err, _ := l.computing.Do(fmt.Sprintf("seal %d@%d", seal.Number, at), func() (any, error) {
			return l.view(context.WithoutCancel(ctx), *seal, now, view)
		})
		if err != nil {
			return nil, fmt.Errorf("as published, %s: %w", seal.Period, err)
		}
		view = made.(sealedView)
	}
	if view.same {
		return nil, nil
	}
	return view.board, nil
}

// mostSealed is of how many seals boards are kept.
const mostSealed = 100

// view looks whether a period still stands as a seal has it. last is what was found the last time, with no board where nothing was.
func (l *Live) view(ctx context.Context, seal assess.Seal, now *Sheet, last sealedView) (v sealedView, err error) {
	if v, err = l.asBefore(ctx, seal, now, last); err == nil && v.board == nil {
		v, err = l.compared(ctx, seal, now, last.board)
	}
	if err != nil {
		return v, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.ofSeals) >= mostSealed {
		clear(l.ofSeals)
	}
	l.ofSeals[seal.Number] = v
	return v, nil
}

// asBefore answers what was found the last time, for now, where nothing of the period has changed since; no board where something may have.
func (l *Live) asBefore(ctx context.Context, seal assess.Seal, now *Sheet, last sealedView) (v sealedView, err error) {
	if last.board == nil || now.Head.Seq < last.at.seq || !now.of.equal(last.of) {
		return v, nil
	}
	if changed, err := l.log.Changed(ctx, figuresOf(seal.Period), last.at.seq, now.Head.Seq); err != nil || changed {
		return v, err
	}
	last.at = pointOf(now.Head)
	return last, nil
}

// compared holds a sheet against what a seal is of. board is that of the seal, nil where there is none yet.
func (l *Live) compared(ctx context.Context, seal assess.Seal, now *Sheet, board *Live) (v sealedView, err error) {
	if board == nil {
		log, err := l.until(ctx, seal.Seq)
		if err != nil {
			return v, err
		}
		board = New(log, l.load)
	}
	of, err := board.conditions(ctx, seal.Period)
	if err != nil {
		return v, err
	}
	changed, err := l.log.Changed(ctx, figuresOf(seal.Period), seal.Seq, now.Head.Seq)
	if err != nil {
		return v, err
	}
	v = sealedView{board: board, same: of.scoresAs(now.of), at: pointOf(now.Head), of: now.of}
	if v.same && changed {
		if v.same, err = l.sameFigures(ctx, board, now); err != nil {
			return v, err
		}
	}
	return v, nil
}

// sameFigures says whether a sheet and that of its seal are scored from the same figures.
func (l *Live) sameFigures(ctx context.Context, board *Live, now *Sheet) (bool, error) {
	sealed, err := board.Sheet(ctx, now.Period)
	if err != nil {
		return false, err
	}
	was, err := board.Basis(ctx, sealed)
	if err != nil {
		return false, err
	}
	is, err := l.Basis(ctx, now)
	return slices.Equal(was.Figures, is.Figures), err
}

// scoresAs says whether two sets of conditions score alike: where reports and collections stand beyond that shows on other pages.
func (c conditions) scoresAs(d conditions) bool {
	return slices.EqualFunc(c.cycles, d.cycles, func(a, b assess.Cycle) bool { return a.Period == b.Period && a.State.Closed() == b.State.Closed() }) &&
		slices.EqualFunc(c.filings, d.filings, func(a, b assess.Filing) bool {
			return a.Unit == b.Unit && a.Period == b.Period && a.LateDays == b.LateDays && a.Returns == b.Returns
		}) &&
		sameTargets(c.targets, d.targets)
}
