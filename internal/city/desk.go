package city

import (
	"context"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
)

// Store is the log as the city's desk reads it, and what the desk keeps beside it.
type Store interface {
	// Current answers the observations that hold.
	Current(ctx context.Context, q assess.CellQuery) ([]assess.Observation, error)
	// Cycles answers the collections of all periods.
	Cycles(ctx context.Context) ([]assess.Cycle, error)
	// Targets answers the targets that hold for the periods of a year.
	Targets(ctx context.Context, year int) ([]assess.Target, error)
	// Breakdowns answers every version of a year's breakdowns.
	Breakdowns(ctx context.Context, year int) ([]assess.Breakdown, error)
	// PutBreakdown writes a version of a breakdown and the targets that are issued with it. A version that has moved on is ErrConflict.
	PutBreakdown(ctx context.Context, b assess.Breakdown, targets []assess.Target, line assess.AuditLine) error
}

// Gate is what figures pass to be accepted, and knows the dates of collections.
type Gate interface {
	// Plan answers the dates of the collection of a quarter. A year for which nothing is defined is ErrNotFound.
	Plan(ctx context.Context, p assess.Period) (cycle.Plan, error)
}

// Editions answers what is defined for a year; a year without an edition is ErrNotFound.
type Editions interface {
	Edition(ctx context.Context, year int) (*assess.Edition, error)
}

// Config is what a Desk needs.
type Config struct {
	Store    Store
	Gate     Gate
	Editions Editions
	// Zone is where the city's clocks stand; nil is UTC.
	Zone *time.Location
}

// Desk is the city's own desk. It is safe for concurrent use.
type Desk struct {
	Config
}

// New makes a Desk.
func New(c Config) *Desk {
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	return &Desk{Config: c}
}

// Act is who does something, when, and from where.
type Act struct {
	By account.User
	At time.Time
	// Address and Request are those of the network, for the audit log.
	Address, Request string
}

// line begins the line that an act leaves in the audit log.
func (a Act) line(action, object string) assess.AuditLine {
	return assess.AuditLine{
		At: a.At, Actor: a.By.Name, Address: a.Address, Request: a.Request, Action: action, Object: object, Result: "ok",
	}
}
