package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/store"
)

// How a server says that it is at work where others share its database: every five seconds, good for fifteen, as a lease.
const (
	presence     = 5 * time.Second
	presenceTime = 15 * time.Second
	// alwaysHere is how long it is good for where nobody else can be: the folder is held by one process.
	alwaysHere = 100 * 365 * day
)

// newServer answers this process as others see it.
func newServer(now time.Time) store.Server {
	host, _ := os.Hostname() // it only helps to recognise the holder
	return store.Server{ID: fmt.Sprintf("%s/%d/%s", host, os.Getpid(), uuid.NewString()), Version: version, Begun: now}
}

// shared says whether other servers may work on the same database.
func (a *app) shared() bool { return a.store.Database() != "" }

// present says that this server is at work from a time on, and clears away what those left behind that are no more.
func (a *app) present(ctx context.Context, now time.Time) error {
	a.server.Place, a.server.Until = a.served, now.Add(alwaysHere)
	if a.shared() {
		keys, err := a.vault.Names()
		if err != nil {
			return err
		}
		a.server.Keys, a.server.Until = strings.Join(keys, " "), now.Add(presenceTime)
	}
	if err := a.store.KeepServer(ctx, a.server, now); err != nil {
		return err
	}
	err := a.interrupt(ctx, now)
	a.takeaway.Look()
	return err
}

// arrive lets this process be a server until leave: it says so again and again. One with other keys than the servers at work is refused.
func (a *app) arrive(ctx context.Context, now time.Time) (leave func(), err error) {
	if a.shared() {
		if err := a.sameKeys(ctx, now); err != nil {
			return nil, err
		}
		a.lookBeneath(ctx)
	}
	if err := a.present(ctx, now); err != nil {
		return nil, err
	}
	ctx, end := context.WithCancel(context.WithoutCancel(ctx)) // also while what is under way ends
	over := make(chan struct{})
	go func() {
		defer close(over)
		a.stay(ctx)
	}()
	return func() {
		end()
		<-over
		within, cancel := context.WithTimeout(context.WithoutCancel(ctx), presence)
		defer cancel()
		if err := a.store.EndServer(within); err != nil {
			a.log.Warn("the others wait until the time of this server is over", "error", err)
		}
	}, nil
}

// lookBeneath tells of a database that may lose what it has acknowledged, and of a clock that is not that of the others: leases go by it.
func (a *app) lookBeneath(ctx context.Context) {
	weak, ahead, err := a.store.Beneath(ctx)
	switch {
	case err != nil:
		a.log.Warn("the settings of the database are not known", "error", err)
	case len(weak) > 0:
		a.log.Warn("a power cut of the database's machine may lose, or damage, what was acknowledged: see that these are on", "settings", weak)
	}
	if ahead.Abs() > presence {
		a.log.Warn("the clocks of this machine and of the database's are not together: let NTP keep both", "database_ahead", ahead.Round(time.Second))
	}
}

// stay says every five seconds that this server is at work.
func (a *app) stay(ctx context.Context) {
	if !a.shared() {
		return
	}
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	failing := false
	for last := time.Now(); ; {
		select {
		case <-ctx.Done():
			return
		case now := <-ticker.C:
			if now.Sub(last) < presence { // one that failed is tried again at the next tick
				continue
			}
			err := a.present(ctx, time.Now())
			if err == nil {
				last = now
			} else if !failing && ctx.Err() == nil {
				a.log.Warn("this server cannot say that it is at work", "error", err)
			}
			failing = err != nil
		}
	}
}

// sameKeys makes the first keys of an installation where there are none, and refuses keys that are not those of the servers at work: what one
// sealed the other could not open.
func (a *app) sameKeys(ctx context.Context, now time.Time) error {
	others, err := a.store.Servers(ctx, now)
	if err != nil {
		return err
	}
	mine, err := a.vault.Names()
	if err != nil {
		return err
	}
	for _, other := range others {
		switch theirs := strings.Fields(other.Keys); {
		case slices.Equal(theirs, mine):
		case len(theirs) < len(mine) && slices.Equal(theirs, mine[:len(theirs)]): // the file from there would be the end of what the newest key seals
			return assess.Conflict("problem.server_keys_older",
				fmt.Sprintf("the server %s, which works on the same database, lacks the newest key of %s; copy this file to it and begin again in a few seconds", other.ID, keysPath(a.dir)),
				"file", keysPath(a.dir), "server", other.ID)
		default:
			return assess.Conflict("problem.server_keys",
				fmt.Sprintf("%s is not that of the server %s, which works on the same database; copy the file from there, and keep the old one aside", keysPath(a.dir), other.ID),
				"file", keysPath(a.dir), "server", other.ID)
		}
	}
	if len(mine) == 0 {
		return a.vault.Begin()
	}
	return nil
}

// others says whether other servers are at work.
func (a *app) others(ctx context.Context) (bool, error) {
	all, err := a.store.Servers(ctx, time.Now())
	return slices.ContainsFunc(all, func(s store.Server) bool { return s.ID != a.server.ID }), err
}

// turn answers how a turn of a name is had, on all servers.
func (a *app) turn(name string) func(ctx context.Context) (context.Context, func(), error) {
	return func(ctx context.Context) (context.Context, func(), error) { return a.store.Turn(ctx, name) }
}

// leads says whether this server does what one of several does.
func (a *app) leads(now time.Time) bool { return a.lead == nil || a.lead.Held(now) }

// alone runs do unless other servers are at work, whose unfinished files it would take away.
func (a *app) alone(ctx context.Context, do func() error) error {
	busy, err := a.others(ctx)
	if busy || err != nil {
		return err
	}
	return do()
}
