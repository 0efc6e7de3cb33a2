package source

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/unionboard/unionboard/internal/assess"
)

// How often a source is tried in one run, and how long before the second try, unless it is configured otherwise.
const (
	usualTries = 3
	usualDelay = time.Second
)

// again tries what may pass by itself several times, after growing, jittered delays. It ends at once with an error that is
// backoff.Permanent, and answers the last error of its own: the reason is worth more than that the time was over while it waited. When
// ctx has ended it answers its error.
func again[T any](ctx context.Context, delay time.Duration, tries uint, try func() (T, error)) (T, error) {
	pause := backoff.NewExponentialBackOff()
	pause.InitialInterval, pause.Multiplier = delay, 3
	var last error
	got, err := backoff.Retry(ctx, func() (T, error) {
		got, err := try()
		last = err
		return got, err
	}, backoff.WithBackOff(pause), backoff.WithMaxTries(tries), backoff.WithMaxElapsedTime(0)) // the tries and their time-outs are bound enough
	switch {
	case err == nil:
		return got, nil
	case ctx.Err() != nil:
		return got, ctx.Err()
	case last == nil:
		return got, err
	}
	if permanent, ok := errors.AsType[*backoff.PermanentError](last); ok {
		return got, permanent.Err
	}
	return got, last
}

// passing lets only what may pass by itself – no connection, one that is lost, a time-out – be tried again.
func passing(err error) error {
	keys := []string{"problem.source_unreachable", "problem.source_host", "problem.source_slow"}
	if p, ok := errors.AsType[*assess.Problem](err); err == nil || ok && slices.Contains(keys, p.Key) {
		return err
	}
	return backoff.Permanent(err)
}
