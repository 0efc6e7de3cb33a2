package main

import (
	"context"
	"fmt"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/config"
	"github.com/unionboard/unionboard/internal/schedule"
	"github.com/unionboard/unionboard/internal/web"
)

const day = 24 * time.Hour

// rulesOf answers the rules about accounts that a configuration sets.
func rulesOf(c config.Config) account.Rules {
	p := c.Passwords
	return account.Rules{
		MinPassword: p.MinLength, Composed: p.Composition, PasswordAge: time.Duration(p.MaxAgeDays) * day, History: p.History,
		SecondFactor: c.SecondFactor, Unused: time.Duration(p.UnusedDays) * day, Divided: c.Security == config.Level3,
	}
}

// rulesInForce answers those of an installation. The accounts of a demonstration are as old as its story and never grow stale.
func rulesInForce(c config.Config, isDemo bool) account.Rules {
	r := rulesOf(c)
	if isDemo {
		r.PasswordAge, r.Unused = 0, 0
	}
	return r
}

// setupLife is how long the code holds that makes the first account.
const setupLife = 30 * time.Minute

// setup answers the code that makes the first account of an installation without any, and prints it: only who started the program
// reads it there.
func (a *app) setup(ctx context.Context, io streams, address string) (web.Setup, error) {
	any, err := a.store.AnyAccount(ctx)
	if err != nil || any {
		return web.Setup{}, err
	}
	code, err := account.RandomPassword()
	if err != nil {
		return web.Setup{}, err
	}
	fmt.Fprintf(io.err, "\nThere is no account yet. Within %d minutes open http://%s/setup and make the first one with this code:\n\n    %s\n\n",
		int(setupLife.Minutes()), address, code)
	return web.Setup{Code: code, Until: time.Now().Add(setupLife)}, nil
}

// sweepSchedule is when what is over is forgotten: sessions, counted attempts, answered requests.
const sweepSchedule = "11 * * * *"

// sweep schedules the forgetting of what is over.
func (a *app) sweep(jobs *schedule.Scheduler) error {
	spec, err := schedule.Parse(sweepSchedule, a.zone)
	if err != nil {
		return err
	}
	return jobs.Add(schedule.Job{Name: "sweep", Spec: spec, Lead: true, Run: func(ctx context.Context, _ time.Time) { a.forget(ctx, time.Now()) }})
}

func (a *app) forget(ctx context.Context, now time.Time) {
	n, err := a.store.Sessions(func() time.Time { return now }).Sweep(ctx)
	if err != nil {
		a.log.Error("forget sessions", "error", err)
	}
	if err := a.store.SweepAttempts(ctx, account.SignInLimit(), now); err != nil {
		a.log.Error("forget attempts", "error", err)
	}
	if err := a.store.SweepReceipts(ctx, now.Add(-account.ReceiptLife)); err != nil {
		a.log.Error("forget receipts", "error", err)
	}
	if err := a.sweepCellar(ctx, now); err != nil {
		a.log.Error("forget refused pieces", "error", err)
	}
	a.log.Debug("forgot what is over", "sessions", n)
}
