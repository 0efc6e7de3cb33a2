package main

import (
	"context"
	"path/filepath"
	"time"

	"github.com/unionboard/unionboard/internal/notify"
	"github.com/unionboard/unionboard/internal/takeout"
)

// exportsFolder is where files that were made in the background lie, in the data folder.
const exportsFolder = "exports"

// newTakeaway puts together where files are ordered.
func (a *app) newTakeaway(clock func() time.Time) (*takeout.Desk, error) {
	if clock == nil {
		clock = time.Now
	}
	c := takeout.Config{
		Room: a.takeout, Store: a.store, Folder: filepath.Join(a.dir, exportsFolder), Data: a.dir, Keep: a.config.ExportsKeep, Now: clock, Log: a.log, Others: a.others,
	}
	for _, p := range a.plans {
		c.Plans = append(c.Plans, p.Plan)
	}
	if m, ok := a.reminders.Mail.(*notify.Mail); ok {
		c.Post = letterbox{m}
	}
	if a.config.Files.Apart() {
		var err error
		if c.Files, err = openDepot(a.dir, a.config.Files, exportsFolder); err != nil {
			return nil, err
		}
	}
	return takeout.NewDesk(c), nil
}

// makeFiles makes files in the background until stop, which waits for the end of the one at work: it is made anew after the next start.
func (a *app) makeFiles(ctx context.Context) (stop func()) {
	ctx, end := context.WithCancel(ctx)
	over := make(chan struct{})
	go func() {
		defer close(over)
		if err := a.takeaway.Work(ctx); err != nil && ctx.Err() == nil {
			a.log.Error("export", "error", err)
		}
	}()
	return func() {
		end()
		<-over
	}
}
