// Package failing takes a way to a database and makes one of which a chosen call fails, so that tests can ask what becomes of a change when
// the n-th thing it needs is not to be had. Only tests import it.
package failing

import (
	"context"
	"database/sql/driver"
	"sync"
)

// Calls counts what is asked of a database, and lets one of it fail. It is safe for concurrent use. The zero value lets none fail.
type Calls struct {
	mu    sync.Mutex
	left  int // calls until the one that fails; 0: none does
	err   error
	fell  bool
	after bool
	write error // of every transaction; nil: none fails
}

// Arm lets the n-th call from now, counted from 1, fail with err; all others go through.
func (c *Calls) Arm(n int, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.left, c.err, c.fell, c.after = n, err, false, false
}

// ArmFrom lets every call from the n-th on fail with err, as a disk does that stays full.
func (c *Calls) ArmFrom(n int, err error) {
	c.Arm(n, err)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.after = true
}

// ArmWrites lets every transaction fail with err while all is read as always, as on a disk that is full.
func (c *Calls) ArmWrites(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.write = err
}

// Disarm lets every call through again and says whether one has failed.
func (c *Calls) Disarm() (fell bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	fell = c.fell
	c.left, c.err, c.fell, c.after, c.write = 0, nil, false, false, nil
	return fell
}

func (c *Calls) next() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.left == 0 {
		return nil
	}
	if c.left > 1 {
		c.left--
		return nil
	}
	if c.fell = true; !c.after {
		c.left = 0
	}
	return c.err
}

func (c *Calls) writing() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.write
}

// Through answers a connector that opens what another does, with the calls counted. The connections of the other must have the methods
// that database/sql asks for with a context, as those of SQLite and PostgreSQL do.
func (c *Calls) Through(to driver.Connector) driver.Connector { return connector{to, c} }

type connector struct {
	driver.Connector
	calls *Calls
}

// Connect opens a connection; that counts, too.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	if err := c.calls.next(); err != nil {
		return nil, err
	}
	opened, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &conn{opened, c.calls}, nil
}

type conn struct {
	driver.Conn
	calls *Calls
}

var (
	_ driver.ExecerContext      = (*conn)(nil)
	_ driver.QueryerContext     = (*conn)(nil)
	_ driver.ConnPrepareContext = (*conn)(nil)
	_ driver.ConnBeginTx        = (*conn)(nil)
	_ driver.Pinger             = (*conn)(nil)
	_ driver.SessionResetter    = (*conn)(nil)
	_ driver.NamedValueChecker  = (*conn)(nil)
)

// ResetSession does what the other connection does before it is used again.
func (c *conn) ResetSession(ctx context.Context) error {
	if r, ok := c.Conn.(driver.SessionResetter); ok {
		return r.ResetSession(ctx)
	}
	return nil
}

// CheckNamedValue takes the values that the other connection takes.
func (c *conn) CheckNamedValue(v *driver.NamedValue) error {
	if checks, ok := c.Conn.(driver.NamedValueChecker); ok {
		return checks.CheckNamedValue(v)
	}
	return driver.ErrSkip
}

func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if err := c.calls.next(); err != nil {
		return nil, err
	}
	return c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
}

func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if err := c.calls.next(); err != nil {
		return nil, err
	}
	return c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
}

func (c *conn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if err := c.calls.next(); err != nil {
		return nil, err
	}
	return c.Conn.(driver.ConnPrepareContext).PrepareContext(ctx, query)
}

func (c *conn) Ping(ctx context.Context) error { return c.Conn.(driver.Pinger).Ping(ctx) }

func (c *conn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	if err := c.calls.next(); err != nil {
		return nil, err
	}
	if err := c.calls.writing(); err != nil {
		return nil, err
	}
	begun, err := c.Conn.(driver.ConnBeginTx).BeginTx(ctx, o)
	if err != nil {
		return nil, err
	}
	return tx{begun, c.calls}, nil
}

type tx struct {
	driver.Tx
	calls *Calls
}

// Commit fails as a disk does that has no room: nothing of the transaction stays.
func (t tx) Commit() error {
	if err := t.calls.next(); err != nil {
		_ = t.Tx.Rollback() // what failed is said by err
		return err
	}
	return t.Tx.Commit()
}
