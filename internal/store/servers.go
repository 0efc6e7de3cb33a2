package store

import (
	"context"
	"errors"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Server is a process that works on the store. What it has under way is its own until a time that it keeps moving on.
type Server struct {
	ID      string
	Place   string // where it runs, for people
	Version string
	Keys    string // the names of its keys, which must be those of the others
	Begun   time.Time
	Until   time.Time
}

const (
	upsertServer = `INSERT INTO server (id, place, version, keys, begun, until) VALUES ($1, $2, $3, $4, $5, $6)
	ON CONFLICT (id) DO UPDATE SET keys = excluded.keys, until = excluded.until`
	selectServers = `SELECT id, place, version, keys, begun, until FROM server WHERE until > $1 AND until < $2 ORDER BY begun, id`
	endServer     = `UPDATE server SET until = 0 WHERE id = $1`
	endServers    = `UPDATE server SET until = 0`
	endAlone      = `UPDATE server SET until = 0 WHERE until > $1`
	forgetServers = `DELETE FROM server WHERE until < $1 AND id <> $2`
)

// serversKept is how long a server that is no more is remembered.
const serversKept = 24 * time.Hour

// longestTime is longer than any server says to be at work where there are others. Who says more had its database for itself, before it was moved.
const longestTime = time.Hour

// KeepServer says that this process is at work until a time. What it begins from now on is its own. A folder with its own database is held by one
// process at a time, so there all others are over.
func (s *Store) KeepServer(ctx context.Context, of Server, now time.Time) error {
	begun := time.Now()
	err := s.write(onDuty(ctx), func(t tx) error {
		var err error
		if s.engine.shared() {
			_, err = t.exec(endAlone, millis(now.Add(longestTime)))
		} else if s.holder.Load() == nil {
			_, err = t.exec(endServers)
		}
		if err != nil {
			return err
		}
		if _, err := t.exec(forgetServers, millis(now.Add(-serversKept)), of.ID); err != nil {
			return err
		}
		_, err = t.exec(upsertServer, of.ID, of.Place, of.Version, of.Keys, millis(of.Begun), millis(of.Until))
		return err
	})
	if err == nil {
		s.holder.Store(&of.ID)
		s.stays(of.Until.Sub(now), begun)
	}
	return s.explain("keep a server", err)
}

// presence says until when this process may write, and from when on. Its times are of the clock that only runs on, also while the process
// stands still.
type presence struct{ from, until time.Time }

// woken is how long a server that was away for longer than its time writes nothing after it is back: what it had begun before, and what had
// waited at its door meanwhile, was asked for again elsewhere.
const woken = time.Second

// stays moves on the time of this process, as of a moment before it was written down.
func (s *Store) stays(by time.Duration, begun time.Time) {
	next := &presence{until: begun.Add(by)}
	if before := s.presence.Load(); before != nil {
		next.from = before.from
		if now := time.Now(); now.After(before.until) {
			next.from = now.Add(woken)
		}
	}
	s.presence.Store(next)
}

// Lapsed says that this process is not at work as others see it: it stood still, or had no database, for longer than it had promised to be
// away, so that others have gone on with what it had begun. Then it writes nothing, until it has said again that it is here.
func (s *Store) Lapsed() error {
	p, now := s.presence.Load(), time.Now()
	if p == nil || now.Before(p.until) && !now.Before(p.from) {
		return nil
	}
	return assess.Unavailable("problem.server_lapsed", "this server stood still for a while, and others have gone on meanwhile; nothing was changed, try again in a moment")
}

// duty is of the context of writings by which a server says that it is here.
type duty struct{}

func onDuty(ctx context.Context) context.Context { return context.WithValue(ctx, duty{}, true) }

// EndServer says that this process is at work no more, so that nobody need wait for its time.
func (s *Store) EndServer(ctx context.Context) error {
	return s.explain("end a server", s.write(ctx, func(t tx) error {
		_, err := t.exec(endServer, s.held())
		return err
	}))
}

// Servers answers the servers that are at work at a time, the oldest first.
func (s *Store) Servers(ctx context.Context, now time.Time) ([]Server, error) {
	all, err := list(ctx, s.reader, func(row scanner) (of Server, err error) {
		var begun, until int64
		err = row.Scan(&of.ID, &of.Place, &of.Version, &of.Keys, &begun, &until)
		of.Begun, of.Until = moment(begun), moment(until)
		return of, err
	}, selectServers, millis(now), millis(now.Add(longestTime)))
	return all, s.explain("read servers", err)
}

// Beneath answers what is to be known of the server of the database: the settings by which a power cut loses, or damages, what it has
// acknowledged, and by how much its clock is ahead of ours. Where the data stand in a file there is neither.
func (s *Store) Beneath(ctx context.Context) (weak []string, ahead time.Duration, err error) {
	begun := time.Now()
	weak, clock, err := s.engine.beneath(ctx, s.reader)
	if err == nil && !clock.IsZero() {
		ahead = clock.Sub(begun.Add(time.Since(begun) / 2)) // it was read about halfway
	}
	return weak, ahead, s.explain("ask the server of the database", err)
}

// held answers whose everything is that this process begins; "" for a process that is no server, whose things nobody spares.
func (s *Store) held() string {
	if id := s.holder.Load(); id != nil {
		return *id
	}
	return ""
}

// turn is a turn that somebody has: what is written with it in the context is refused when others have had it meanwhile.
type turn struct {
	name   string
	number int64
}

type turnKey struct{}

const (
	lockTurn   = `SELECT name FROM turn WHERE name = $1 FOR UPDATE`
	selectTurn = `SELECT number FROM turn_number WHERE name = $1`
	moveTurn   = `UPDATE turn_number SET number = number + 1 WHERE name = $1 AND number = $2`
	touchTurn  = `SELECT 1`
)

// touchEvery is how often it is said that a turn is still wanted: the database ends a transaction of which it hears nothing for ten seconds.
const touchEvery = 3 * time.Second

// Turn waits until no other server has the turn of a name, and holds it until done: who reads, decides and then writes does so alone, though
// other writings go on. What is written under the context that it answers is refused where the turn was lost meanwhile and others have written
// under theirs, as happens to a process that was frozen. Callers of one process wait for each other by themselves. Where nobody else has
// the store it does nothing.
func (s *Store) Turn(ctx context.Context, name string) (within context.Context, done func(), err error) {
	if s.holding == nil {
		return ctx, func() {}, nil
	}
	for begun, pause := time.Now(), 20*time.Millisecond; ; pause = min(2*pause, time.Second) {
		within, done, err = s.takeTurn(ctx, name)
		if err == nil || ctx.Err() != nil || !s.engine.again(err) || time.Since(begun) > patience {
			return within, done, s.explain("wait for a turn", err)
		}
		time.Sleep(pause)
	}
}

func (s *Store) takeTurn(ctx context.Context, name string) (context.Context, func(), error) {
	t, err := s.holding.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return ctx, nil, err
	}
	had := &turn{name: name}
	err = t.QueryRowContext(ctx, lockTurn, name).Scan(&had.name)
	if err == nil {
		err = t.QueryRowContext(ctx, selectTurn, name).Scan(&had.number)
	}
	if err != nil {
		return ctx, nil, errors.Join(err, t.Rollback())
	}
	over, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(touchEvery)
		defer tick.Stop()
		for {
			select {
			case <-over:
				t.Rollback() // it changed nothing
				return
			case <-tick.C:
				if _, err := t.Exec(touchTurn); err != nil {
					continue // what is written says whether others were there
				}
			}
		}
	}()
	return context.WithValue(ctx, turnKey{}, had), func() { close(over); <-ended }, nil
}

// underTurn lets a change be made only while the turn of its context was nobody else's, and counts it.
func underTurn(ctx context.Context, do func(tx) error) (checked func(tx) error, kept func()) {
	had, ok := ctx.Value(turnKey{}).(*turn)
	if !ok {
		return do, func() {}
	}
	return func(t tx) error {
		n, err := t.exec(moveTurn, had.name, had.number)
		if err == nil && n == 0 {
			err = assess.Unavailable("problem.turn_lost", "another server has decided meanwhile, while this one stood still; nothing was changed, try again")
		}
		if err != nil {
			return err
		}
		return do(t)
	}, func() { had.number++ }
}
