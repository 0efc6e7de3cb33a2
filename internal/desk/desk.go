package desk

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/cycle"
)

// Records are what the forms show.
type Records interface {
	// Head answers how far the log has come: what was read for one version holds while the version does.
	Head(ctx context.Context) (assess.Head, error)
	// Current answers the observations that hold, History all of a cell, oldest first.
	Current(ctx context.Context, q assess.CellQuery) ([]assess.Observation, error)
	History(ctx context.Context, key assess.CellKey) ([]assess.Observation, error)
	// Changed says whether an observation of some periods has a number above after and up to upTo.
	Changed(ctx context.Context, periods []assess.Period, after, upTo int64) (bool, error)
	// Filing answers one report, Filings those of some periods that were begun, FilingChanges the steps of one, oldest first.
	Filing(ctx context.Context, unit assess.UnitCode, p assess.Period) (assess.Filing, error)
	Filings(ctx context.Context, periods ...assess.Period) ([]assess.Filing, error)
	FilingChanges(ctx context.Context, unit assess.UnitCode, p assess.Period) ([]assess.FilingChange, error)
	// HandedIn answers of which of some units, of all for none, and periods anything was ever handed in, as cells without an item; Handed how
	// much of each unit, for some periods together.
	HandedIn(ctx context.Context, units []assess.UnitCode, periods []assess.Period) ([]assess.CellKey, error)
	Handed(ctx context.Context, periods ...assess.Period) (map[assess.UnitCode]assess.Handed, error)
	// Touched answers to which units' reports of some periods something was added under a number above after and up to upTo.
	Touched(ctx context.Context, periods []assess.Period, after, upTo int64) ([]assess.UnitCode, error)
	// Cycles answers the collections of all periods.
	Cycles(ctx context.Context) ([]assess.Cycle, error)
	// Decisions answers what was said of the figures of a quarter's reports, oldest first.
	Decisions(ctx context.Context, p assess.Period, units ...assess.UnitCode) ([]assess.Decision, error)
}

// Drafts are what was typed and not handed in.
type Drafts interface {
	// Drafts answers what holds of the cells of a form, Revisions everything that was typed into one, oldest first.
	Drafts(ctx context.Context, unit assess.UnitCode, p assess.Period) ([]assess.DraftCell, error)
	Revisions(ctx context.Context, unit assess.UnitCode, p assess.Period, item assess.Code) ([]assess.DraftCell, error)
	// SaveDrafts writes saves of one form, and answers what became of each; ErrConflict when the report has moved on.
	SaveDrafts(ctx context.Context, in assess.DraftIntake) ([]assess.DraftOutcome, error)
}

// Store is the log as the desk sees it.
type Store interface {
	Records
	Drafts
	// Commit writes a change, all of it or nothing.
	Commit(ctx context.Context, in assess.Intake) (assess.Head, error)
}

// Gate is where figures become submissions and observations.
type Gate interface {
	// Pending answers what was handed in of a report and is not accepted yet.
	Pending(ctx context.Context, unit assess.UnitCode, period assess.Period) ([]collect.Pending, error)
	// Plan answers the dates of the collection of a quarter.
	Plan(ctx context.Context, period assess.Period) (cycle.Plan, error)
	// Sign hands in a signed report, all of it or nothing.
	Sign(ctx context.Context, s collect.Signed, now time.Time) error
	// Decide accepts and returns figures of a report, all of them or none.
	Decide(ctx context.Context, unit assess.UnitCode, period assess.Period, verdicts []collect.Verdict, by collect.Reviewer, now time.Time) error
}

// Editions answers what is defined for a year; a year without an edition is ErrNotFound.
type Editions interface {
	Edition(ctx context.Context, year int) (*assess.Edition, error)
}

// Evidence counts the files that are bound to the figures of a form, or were at a time. Binding one makes a new version of the log.
type Evidence interface {
	EvidenceCounts(ctx context.Context, unit assess.UnitCode, period assess.Period, at time.Time) (map[assess.Code]int, error)
}

// Config is what a Desk needs.
type Config struct {
	Store    Store
	Gate     Gate
	Editions Editions
	// Evidence may be nil: then none is asked for.
	Evidence Evidence
	// Log hears what nobody can be told otherwise; nil is the default logger.
	Log *slog.Logger
}

// Desk is the district's side of a collection and its review by the city. Who may ask is decided by its callers; it refuses what
// no account may do. It is safe for concurrent use.
type Desk struct {
	Config

	mu    sync.Mutex
	plans map[*assess.Edition]*plan
	known map[report]*known
	asked map[assess.Period]asked
	// overviews are where all reports of a quarter stand.
	overviews map[overviewKey]overview
	// collections are what the reports of a quarter share.
	collections map[assess.Period]*collection
	// stands are where reports stood when they were looked at.
	stands map[report]counted

	reading, asking singleflight.Group // reports, and statistics of a quarter, that are being read
}

// report names the report of a unit and quarter.
type report struct {
	unit   assess.UnitCode
	period assess.Period
}

// New makes a Desk.
func New(c Config) *Desk {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	return &Desk{
		Config: c, plans: map[*assess.Edition]*plan{}, known: map[report]*known{}, asked: map[assess.Period]asked{},
		overviews: map[overviewKey]overview{}, collections: map[assess.Period]*collection{}, stands: map[report]counted{},
	}
}
