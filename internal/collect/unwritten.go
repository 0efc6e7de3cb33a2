package collect

import (
	"context"
	"errors"

	"github.com/unionboard/unionboard/internal/assess"
)

// writeDown writes the end of a run of which nothing came. One that the store cannot take now is kept for WriteDown.
func (g *Gate) writeDown(ctx context.Context, key string, in assess.Intake) {
	switch _, err := g.store.Commit(ctx, in); {
	case err == nil, errors.Is(err, assess.ErrConflict): // it has ended already: by another server's hand, or by a write whose answer was lost
	case errors.Is(err, assess.ErrUnavailable):
		g.leave(key, in)
	default:
		g.log.ErrorContext(ctx, "a failed run could not be written down", "run", in.Run.ID, "source", in.Run.Source, "error", err)
	}
}

// leave keeps the end of a run that could not be written down. Of those of one key the newest is enough.
func (g *Gate) leave(key string, in assess.Intake) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if before, is := g.left[key]; !is || before.Run.Started.Before(in.Run.Started) {
		g.left[key] = in
	}
}

// WriteDown writes the ends of runs that the store could not take when they came. Without it such a run would be under way for as long as
// this process serves, so that no other server may ask its source, and what was due then would not be tried again. It is called every now and then.
func (g *Gate) WriteDown(ctx context.Context) {
	g.mu.Lock()
	left := g.left
	g.left = map[string]assess.Intake{}
	g.mu.Unlock()
	for key, in := range left {
		g.writeDown(ctx, key, in)
	}
}

// unbegun answers why a run could not begin, and sees to it that it is written down as one that took nothing: the source is then asked again soon, and
// not only when it is due the next time. A run of which the store knows, or one elsewhere, needs none of that.
func (g *Gate) unbegun(ctx context.Context, b *batch, dryRun bool, why error) (Report, error) {
	if !dryRun && !errors.Is(why, assess.ErrConflict) {
		g.leave(string(b.from.name), g.failed(ctx, b, collectRun))
	}
	return Report{}, why
}
