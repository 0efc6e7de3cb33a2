package collect

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/unionboard/unionboard/internal/assess"
)

// Ledger is what the gate writes to.
type Ledger interface {
	// StartRun records that a run has begun. A slot of a source that was begun before is ErrConflict.
	StartRun(ctx context.Context, r assess.Run) error
	// Commit writes an intake, all of it or nothing.
	Commit(ctx context.Context, in assess.Intake) (assess.Head, error)
	// CommitAll writes the intakes that parts hands over, all of them or nothing. parts is called anew when the disk failed it.
	CommitAll(ctx context.Context, parts func(write func(assess.Intake) error) error) (assess.Head, error)
	// PutAdjustment keeps a change of the dates of a collection, and sets the LateDays of the reports it touches.
	PutAdjustment(ctx context.Context, a assess.Adjustment, late []assess.Filing, lines ...assess.AuditLine) error
	// PutCalendarEdit keeps an edited year of the calendar.
	PutCalendarEdit(ctx context.Context, e assess.CalendarEdit, line assess.AuditLine) error
	// PutCycle keeps where the collection of a period stands; at the first closed state it notes the log's sequence number
	// and the cycle's edition.
	PutCycle(ctx context.Context, c assess.Cycle, line assess.AuditLine) error
}

// Records are what the gate compares with.
type Records interface {
	// Current answers the observations that hold.
	Current(ctx context.Context, q assess.CellQuery) ([]assess.Observation, error)
	// HandedIn answers of which of some units and periods anything was ever handed in, as cells without an item.
	HandedIn(ctx context.Context, units []assess.UnitCode, periods []assess.Period) ([]assess.CellKey, error)
	// Waiting answers the submissions of a unit and period that wait for review, oldest first.
	Waiting(ctx context.Context, unit assess.UnitCode, p assess.Period) ([]assess.Submission, error)
	// Filing answers one report, Filings those of some periods that were begun.
	Filing(ctx context.Context, unit assess.UnitCode, p assess.Period) (assess.Filing, error)
	Filings(ctx context.Context, periods ...assess.Period) ([]assess.Filing, error)
	// FilingChanges answers the steps of one report, oldest first.
	FilingChanges(ctx context.Context, unit assess.UnitCode, p assess.Period) ([]assess.FilingChange, error)
	// Adjustments answers what was changed in the dates of the collection of a quarter, and the outages, oldest first.
	Adjustments(ctx context.Context, p assess.Period) ([]assess.Adjustment, error)
	// CalendarEdits answers the edited years of the calendar as they were written, oldest first.
	CalendarEdits(ctx context.Context) ([]assess.CalendarEdit, error)
	// Cycles answers the collections of all periods.
	Cycles(ctx context.Context) ([]assess.Cycle, error)
	// Decisions answers what was said of the figures of a quarter's reports, of some units or of all, oldest first.
	Decisions(ctx context.Context, p assess.Period, units ...assess.UnitCode) ([]assess.Decision, error)
	// Signed answers the cells of a unit and period that a person has signed in a form.
	Signed(ctx context.Context, unit assess.UnitCode, p assess.Period) ([]assess.CellKey, error)
	// Differences answers those between people and sources that q chooses, newest first; Difference one with its steps, ErrNotFound
	// where there is none.
	Differences(ctx context.Context, q assess.DifferenceQuery) ([]assess.Difference, error)
	Difference(ctx context.Context, id string) (assess.Difference, error)
	// Made answers when the newest answers of a source that were taken say that they were made.
	Made(ctx context.Context, source assess.Code) (map[assess.Answer]time.Time, error)
	// Drafts answers what was typed into the form of a unit and quarter.
	Drafts(ctx context.Context, unit assess.UnitCode, p assess.Period) ([]assess.DraftCell, error)
}

// Store is the log as the gate sees it.
type Store interface {
	Ledger
	Records
}

// Mappings answer how what a source sends is read.
type Mappings interface {
	// SourceMapping answers the newest revision; Number 0 for a source that is read by the promised forms.
	SourceMapping(ctx context.Context, name assess.Code) (assess.MappingRevision, error)
}

// Config is what a Gate needs.
type Config struct {
	Store    Store
	Editions Editions
	// Mappings are those of the sources; nil where all send the promised forms.
	Mappings Mappings
	// Cellar keeps what was refused; nil keeps nothing.
	Cellar Cellar
	// Forms are the forms of the districts; nil where no source fills them.
	Forms Forms
	// ReadYear reads a year of the calendar that was edited; nil where none ever is.
	ReadYear func(content string) (assess.CalendarYear, error)
	// Zone is that of deadlines; nil is UTC.
	Zone *time.Location
	// Clock tells when a run has ended; nil lets it end when it began. Nothing is decided by it.
	Clock func() time.Time
	// NewID makes the identifiers of runs and submissions; nil makes UUIDs of version 7.
	NewID func() string
	// Turn, where set, lets no other server decide until done; what is written under the context that it answers is refused where the turn
	// was lost meanwhile. nil where this process has the store for itself.
	Turn func(ctx context.Context) (within context.Context, done func(), err error)
	// Log hears what nobody can be told otherwise; nil is the default logger.
	Log *slog.Logger
}

// Gate turns what is handed in into observations and waiting submissions. It is safe for concurrent use; sources are asked side by
// side, but decided one after the other, so that what one run has written the next one sees.
type Gate struct {
	store    Store
	editions Editions
	mappings Mappings
	cellar   Cellar
	forms    Forms
	readYear func(content string) (assess.CalendarYear, error)
	zone     *time.Location
	clock    func() time.Time
	newID    func() string
	log      *slog.Logger
	turn     func(ctx context.Context) (within context.Context, done func(), err error)

	queue    *queue
	deciding sync.Mutex // see alone
	mu       sync.Mutex
	busy     map[assess.Code]bool
	left     map[string]assess.Intake      // ends of runs that could not be written down; see WriteDown
	years    map[int64]assess.CalendarYear // edited, by their number
}

// New makes a Gate.
func New(c Config) *Gate {
	g := &Gate{
		queue: newQueue(),
		store: c.Store, editions: c.Editions, mappings: c.Mappings, cellar: c.Cellar, forms: c.Forms, readYear: c.ReadYear, zone: c.Zone, clock: c.Clock, newID: c.NewID, log: c.Log, turn: c.Turn, busy: map[assess.Code]bool{}, left: map[string]assess.Intake{},
		years: map[int64]assess.CalendarYear{},
	}
	if g.zone == nil {
		g.zone = time.UTC
	}
	if g.readYear == nil {
		g.readYear = func(string) (assess.CalendarYear, error) {
			return assess.CalendarYear{}, errors.New("no years of the calendar are read here")
		}
	}
	if g.newID == nil {
		g.newID = func() string { return uuid.Must(uuid.NewV7()).String() }
	}
	if g.log == nil {
		g.log = slog.Default()
	}
	return g
}

// alone waits until nobody decides, here or on another server, and keeps all others from it until done.
func (g *Gate) alone(ctx context.Context) (within context.Context, done func(), err error) {
	g.deciding.Lock()
	if g.turn == nil {
		return ctx, g.deciding.Unlock, nil
	}
	within, over, err := g.turn(ctx)
	if err != nil {
		g.deciding.Unlock()
		return ctx, nil, err
	}
	return within, func() {
		over()
		g.deciding.Unlock()
	}, nil
}

// occupy keeps a source from being asked twice at once.
func (g *Gate) occupy(name assess.Code) (release func(), err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.busy[name] {
		return nil, assess.Conflict("problem.source_busy", fmt.Sprintf("source %s is being collected already; wait until that run has ended", name),
			"source", string(name))
	}
	g.busy[name] = true
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		delete(g.busy, name)
	}, nil
}

func (g *Gate) ended(now time.Time) time.Time {
	if g.clock == nil {
		return now
	}
	return g.clock()
}
