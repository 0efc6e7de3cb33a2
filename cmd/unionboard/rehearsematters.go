package main

import (
	"context"
	"fmt"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/demo"
	"github.com/unionboard/unionboard/internal/matter"
)

// rehearseMatters opens matters after the story, so that the desks of corrections and of what is to be put right have something on
// them. They wait for people, and change no figure.
func (a *app) rehearseMatters(ctx context.Context, city *demo.City, at time.Time) error {
	book := a.matters()
	for _, wish := range city.Wishes() {
		u, err := a.store.AccountNamed(ctx, wish.By)
		if err != nil {
			return fmt.Errorf("rehearse a correction: %w", err)
		}
		figure := matter.Figure{Unit: wish.Unit, Period: wish.Period, Item: wish.Item, Value: wish.Value, Reason: wish.Reason}
		if _, err := book.Request(ctx, figure, u, assess.AuditLine{At: at, Actor: u.Name, Result: "ok"}); err != nil {
			return fmt.Errorf("rehearse a correction: %w", err)
		}
	}
	by, tasks := city.Assignments(at)
	u, err := a.store.AccountNamed(ctx, by)
	if err != nil {
		return fmt.Errorf("rehearse tasks: %w", err)
	}
	for _, task := range tasks {
		if _, err := book.Assign(ctx, task, u, assess.AuditLine{At: at, Actor: u.Name, Result: "ok"}); err != nil {
			return fmt.Errorf("rehearse tasks: %w", err)
		}
	}
	return nil
}
