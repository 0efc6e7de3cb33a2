package city

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
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
	// CityDrafts answers what departments have typed into the cells of a quarter and its year, SaveCityDrafts keeps more of it and
	// answers what became of each: what somebody else has changed meanwhile is not overwritten.
	CityDrafts(ctx context.Context, quarter assess.Period) ([]assess.DraftCell, error)
	SaveCityDrafts(ctx context.Context, saves []assess.DraftSave) ([]assess.DraftOutcome, error)
	// Proposals answers the proposals for some periods, Proposal one of them; assess.ErrNotFound where there is none.
	Proposals(ctx context.Context, periods ...assess.Period) ([]assess.Proposal, error)
	Proposal(ctx context.Context, id string) (assess.Proposal, error)
	// OpenRound opens a rating round, Rounds answers those of a year, CastBallots keeps those of one rater and OwnBallots answers them.
	OpenRound(ctx context.Context, r assess.RatingRound, line assess.AuditLine) error
	Rounds(ctx context.Context, year int) ([]assess.RatingRound, error)
	CastBallots(ctx context.Context, round, account string, ballots []assess.Ballot, line assess.AuditLine) error
	OwnBallots(ctx context.Context, round, account string) ([]assess.Ballot, error)
	// SealedBallots answers every ballot of a round and how many were cast: for closing it, and for nobody to read before.
	SealedBallots(ctx context.Context, round string) (ballots []assess.Ballot, cast int64, err error)
	// Commit writes a change, all of it or nothing.
	Commit(ctx context.Context, in assess.Intake) (assess.Head, error)
	// Accounts answers everybody who has an account.
	Accounts(ctx context.Context) ([]account.User, error)
}

// Gate is what figures pass to be accepted, and knows the dates of collections.
type Gate interface {
	// Plan answers the dates of the collection of a quarter. A year for which nothing is defined is ErrNotFound.
	Plan(ctx context.Context, p assess.Period) (cycle.Plan, error)
	// Supply takes what the city hands in, all of it or nothing, and answers how many cells have changed.
	Supply(ctx context.Context, s collect.Supply, now time.Time) (changed int, err error)
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
	// NewID makes the identifiers of proposals and rounds; nil makes UUIDs of version 7.
	NewID func() string
}

// Desk is the city's own desk. It is safe for concurrent use.
type Desk struct {
	Config

	mu   sync.Mutex
	made map[*assess.Edition]tools
}

// New makes a Desk.
func New(c Config) *Desk {
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	if c.NewID == nil {
		c.NewID = func() string { return uuid.Must(uuid.NewV7()).String() }
	}
	return &Desk{Config: c, made: map[*assess.Edition]tools{}}
}

// Defined says whether anything is defined for a year.
func (d *Desk) Defined(ctx context.Context, year int) bool {
	_, err := d.Editions.Edition(ctx, year)
	return err == nil
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
