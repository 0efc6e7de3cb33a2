package results

import (
	"context"
	"fmt"
	"strconv"

	"github.com/unionboard/unionboard/internal/assess"
)

// Edition answers the newest edition of a year; a year without one uses that of the latest year before it.
func (l *Live) Edition(ctx context.Context, year int) (*assess.Edition, error) {
	all, err := l.log.Editions(ctx)
	if err != nil {
		return nil, fmt.Errorf("edition of %d: %w", year, err)
	}
	var newest assess.Edition
	for _, e := range all { // in the order of year and number
		if e.Year <= year {
			newest = e
		}
	}
	if newest.Year == 0 {
		return nil, assess.NotFound("problem.edition_missing",
			fmt.Sprintf("no edition was issued for %d or before; issue the definitions of the year first", year), "year", strconv.Itoa(year))
	}
	return l.defined(ctx, newest)
}

// Issued answers the newest edition that was issued for a year itself; a year without one is ErrNotFound.
func (l *Live) Issued(ctx context.Context, year int) (*assess.Edition, error) {
	e, err := l.Edition(ctx, year)
	if err == nil && e.Year != year {
		return nil, assess.NotFound("problem.edition_missing",
			fmt.Sprintf("no edition was issued for %d; issue the definitions of the year first", year), "year", strconv.Itoa(year))
	}
	return e, err
}

// editionOf answers the edition a period is scored by: the one its last quarter was closed with, so that no later edition changes
// what was published, and the newest of its year while that quarter is open.
func (l *Live) editionOf(ctx context.Context, p assess.Period) (*assess.Edition, error) {
	cycles, err := l.log.Cycles(ctx)
	if err != nil {
		return nil, fmt.Errorf("edition of %s: %w", p, err)
	}
	for _, c := range cycles {
		if c.Period == p.LastQuarter() && c.State.Closed() && c.Edition > 0 {
			return l.numbered(ctx, p.CalendarYear(), c.Edition)
		}
	}
	return l.Edition(ctx, p.CalendarYear())
}

// numbered answers one edition of a year.
func (l *Live) numbered(ctx context.Context, year, number int) (*assess.Edition, error) {
	all, err := l.log.Editions(ctx)
	if err != nil {
		return nil, fmt.Errorf("edition %d-%d: %w", year, number, err)
	}
	for _, e := range all {
		if e.Year == year && e.Number == number {
			return l.defined(ctx, e)
		}
	}
	return nil, fmt.Errorf("edition %d-%d, with which a period was closed, is not there", year, number)
}

// defined answers an edition with its definitions. An edition never changes, so it is read once; one of another digest is of another history.
func (l *Live) defined(ctx context.Context, head assess.Edition) (*assess.Edition, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	key := [2]int{head.Year, head.Number}
	if e := l.editions[key]; e != nil && e.Digest == head.Digest {
		return e, nil
	}
	_, files, err := l.log.EditionFiles(ctx, head.Year, head.Number)
	if err != nil {
		return nil, fmt.Errorf("edition %d-%d: %w", head.Year, head.Number, err)
	}
	e, err := l.load(files)
	if err != nil {
		return nil, fmt.Errorf("edition %d-%d: %w", head.Year, head.Number, err)
	}
	e.Year, e.Number, e.Digest, e.Reason, e.By, e.At = head.Year, head.Number, head.Digest, head.Reason, head.By, head.At
	l.editions[key] = e
	return e, nil
}

// Exact answers the editions of a board to those who may go only by what was issued for a year itself: the gate, which takes no
// figures of a year before its definitions, its working days among them, are there.
type Exact struct{ Board *Live }

// Edition answers the newest edition that was issued for a year itself; a year without one is ErrNotFound.
func (e Exact) Edition(ctx context.Context, year int) (*assess.Edition, error) {
	return e.Board.Issued(ctx, year)
}
