package main

import (
	"context"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/matter"
	"github.com/unionboard/unionboard/internal/results"
)

// matters answers the book of corrections, appeals and tasks.
func (a *app) matters() *matter.Book {
	return matter.New(matter.Config{Store: a.store, Log: a.store, Gate: corrector{a.gate}, Editions: results.Exact{Board: a.board}, Zone: a.zone})
}

// corrector sets figures by the gate.
type corrector struct{ *collect.Gate }

// Correct implements matter.Gate.
func (c corrector) Correct(ctx context.Context, f matter.Figure, step *assess.MatterStep, by string, dry bool, now time.Time) error {
	e := assess.Entry{Unit: f.Unit, PeriodText: f.Period.String(), Code: f.Item, Value: f.Value}
	return c.Gate.Correct(ctx, e, collect.Correction{Reason: f.Reason, Was: f.Was, Step: step}, by, dry, now)
}
