package results

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Past answers the log as it stood before a moment; a moment before everything is assess.ErrNotFound.
type Past func(ctx context.Context, before time.Time) (Log, error)

// mostDays is of how many past days boards are kept: each holds its own sheets.
const mostDays = 3

// pastDay is the board of a past day, good for one version of the data.
type pastDay struct {
	day     time.Time
	version int64
	board   *Live
}

// WithPast lets the board be asked for what was known on past days.
func (l *Live) WithPast(past Past) *Live {
	l.past = past
	return l
}

// Known answers the board of what was known at the end of a day, which begins at its midnight in the city; the zero day is now. Nothing
// on it tells of what came later: it is a board over a shorter log. A board that has no past is assess.ErrUnavailable, a day before the
// first figure assess.ErrNotFound.
func Known(ctx context.Context, b Board, day time.Time) (Board, error) {
	if day.IsZero() {
		return b, nil
	}
	if l, ok := b.(interface {
		Known(ctx context.Context, day time.Time) (Board, error)
	}); ok {
		return l.Known(ctx, day)
	}
	return nil, noPast()
}

func noPast() *assess.Problem {
	return assess.Unavailable("problem.as_of_unknown", "what was known on past days cannot be told here; leave the day out")
}

// Known answers the board of what was known at the end of a day; see the function of the same name.
func (l *Live) Known(ctx context.Context, day time.Time) (Board, error) {
	if l.past == nil {
		return nil, noPast()
	}
	head, err := l.log.Head(ctx)
	if err != nil {
		return nil, fmt.Errorf("as known on %s: %w", day.Format(time.DateOnly), err)
	}
	if b := l.keptDay(day, head.Version); b != nil {
		return b, nil
	}
	log, err := l.past(ctx, day.AddDate(0, 0, 1))
	if err != nil {
		return nil, fmt.Errorf("as known on %s: %w", day.Format(time.DateOnly), err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	d := pastDay{day: day, version: head.Version, board: New(log, l.load)}
	l.days = slices.DeleteFunc(l.days, func(old pastDay) bool { return old.day.Equal(day) || old.version != head.Version })
	l.days = append([]pastDay{d}, l.days[:min(len(l.days), mostDays-1)]...)
	return d.board, nil
}

// keptDay answers the board of a day from memory, the last asked for first; nil where the data have moved on.
func (l *Live) keptDay(day time.Time, version int64) *Live {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.IndexFunc(l.days, func(d pastDay) bool { return d.day.Equal(day) && d.version == version })
	if i < 0 {
		return nil
	}
	d := l.days[i]
	l.days = slices.Insert(slices.Delete(l.days, i, i+1), 0, d)
	return d.board
}
