package takeout

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/depot"
	"github.com/unionboard/unionboard/internal/export"
)

// Store keeps what is made in the background.
type Store interface {
	AddExport(ctx context.Context, j assess.ExportJob, most int, line assess.AuditLine) error
	Exports(ctx context.Context, owner string) ([]assess.ExportJob, error)
	PlannedExports(ctx context.Context) ([]assess.ExportJob, error)
	AllExports(ctx context.Context) ([]assess.ExportJob, error)
	ExportJob(ctx context.Context, id string) (assess.ExportJob, error)
	TakeExport(ctx context.Context, now time.Time) (j assess.ExportJob, ok bool, err error)
	NoteExport(ctx context.Context, id string, rows int64) error
	SettleExport(ctx context.Context, j assess.ExportJob, lines ...assess.AuditLine) (settled bool, err error)
	CancelExport(ctx context.Context, id string, at time.Time, line assess.AuditLine) error
	RetryExport(ctx context.Context, j assess.ExportJob, most int, line assess.AuditLine) error
	DropExport(ctx context.Context, id string, line assess.AuditLine) error
	RequeueExports(ctx context.Context, now time.Time) error
	MakesExport(ctx context.Context, j assess.ExportJob) (bool, error)
	DropOldExports(ctx context.Context, now, before time.Time) error
	Record(ctx context.Context, lines ...assess.AuditLine) error
	Account(ctx context.Context, id string) (account.User, error)
}

// MostWaiting is how many files one person waits for at most.
const MostWaiting = 5

// Config is what a Desk works with.
type Config struct {
	// Room answers where files are made of what is here.
	Room  func() (Room, error)
	Store Store
	// Folder is where files are made, and where finished ones lie, each under the ID of its job. It is made when it is needed.
	Folder string
	// Files is where finished files lie in its place, for all servers; nil: they lie in Folder.
	Files depot.Depot
	// Keep is how long a finished file lies there.
	Keep  time.Duration
	Now   func() time.Time
	Log   *slog.Logger
	Plans []Plan
	// Data is the folder that folders of plans are relative to.
	Data string
	Post Post // nil: nothing is sent by mail
	// Others, where set, says whether other servers make files in the same folder now.
	Others func(ctx context.Context) (bool, error)
}

// Desk is where files are ordered: small ones at once, large ones in the background, one after the other, and those of the clock.
type Desk struct {
	Config
	woken chan struct{}

	mu      sync.Mutex
	making  string // ID of the job at work
	endWork context.CancelFunc
}

// NewDesk makes a Desk.
func NewDesk(c Config) *Desk { return &Desk{Config: c, woken: make(chan struct{}, 1)} }

// Estimate answers about how many cells a file has, and whether that is too many for making it while its reader waits.
func (d *Desk) Estimate(ctx context.Context, o Order) (cells int64, large bool, err error) {
	room, err := d.Room()
	if err != nil {
		return 0, false, err
	}
	_, cells, err = room.Estimate(ctx, o)
	return cells, cells > AtOnce, err
}

// File answers the file of an order as an account may have it, made now. Errors are those of Room.FileFor.
func (d *Desk) File(ctx context.Context, u account.User, o Order) (*File, error) {
	room, err := d.Room()
	if err != nil {
		return nil, err
	}
	return room.FileFor(ctx, u, o)
}

// Issue answers the number of the newest published edition of a period, 0 where none is sealed.
func (d *Desk) Issue(ctx context.Context, p assess.Period) (int, error) {
	room, err := d.Room()
	if err != nil {
		return 0, err
	}
	return room.Issue(ctx, p)
}

// Preview is the beginning of a table.
type Preview struct {
	Table *export.Table // the first of the book that has rows
	Rows  []export.Row
	// More says that there are more rows, or more tables.
	More bool
}

// Preview answers the first rows of a table as an account may have it, personal numbers covered: files alone show these, and the log says so.
// Errors are those of Room.FileFor.
func (d *Desk) Preview(ctx context.Context, u account.User, o Order, most int) (Preview, error) {
	room, err := d.Room()
	if err != nil {
		return Preview{}, err
	}
	o.Personal = false
	room, o, err = room.For(ctx, u, o)
	if err == nil {
		room, err = room.seen(ctx, o)
	}
	if err != nil {
		return Preview{}, err
	}
	book, err := room.Book(ctx, o.Order)
	if err != nil {
		return Preview{}, err
	}
	var p Preview
	for _, t := range book.Tables {
		if len(p.Rows) > 0 {
			p.More = true
			break
		}
		p.Table = t
		for row, err := range t.Rows {
			if err != nil {
				return Preview{}, err
			}
			if len(p.Rows) == most {
				p.More = true
				break
			}
			row.Cells = slices.Clone(row.Cells) // they hold until the next row
			p.Rows = append(p.Rows, row)
		}
	}
	return p, nil
}

// Ask queues an order of an account. line says who asks and where from. Errors are those of Room.For, and ErrUnavailable for somebody who
// waits for many files already.
func (d *Desk) Ask(ctx context.Context, u account.User, o Order, line assess.AuditLine) (assess.ExportJob, error) {
	room, err := d.Room()
	if err != nil {
		return assess.ExportJob{}, err
	}
	if _, _, err := room.For(ctx, u, o); err != nil {
		return assess.ExportJob{}, err
	}
	rows, _, err := room.Estimate(ctx, o)
	if err != nil {
		return assess.ExportJob{}, err
	}
	text, err := keep(o)
	if err != nil {
		return assess.ExportJob{}, err
	}
	name, err := room.name(ctx, o)
	if err != nil {
		return assess.ExportJob{}, err
	}
	j := assess.ExportJob{
		ID: uuid.NewString(), Owner: u.ID, Order: text, File: name + "." + string(o.Format), State: assess.ExportQueued, Total: rows, AskedAt: d.Now(),
	}
	line.Action, line.Object, line.After = "export.ask", o.Table+" "+o.Span(), "format "+string(o.Format)
	if err := d.Store.AddExport(ctx, j, MostWaiting, line); err != nil {
		return assess.ExportJob{}, err
	}
	d.wake()
	return j, nil
}

// Jobs answers what an account asked for, newest first.
func (d *Desk) Jobs(ctx context.Context, u account.User) ([]assess.ExportJob, error) {
	return d.Store.Exports(ctx, u.ID)
}

// Planned answers what the clock asked for, newest first, to those who may know how collections go; nothing to others.
func (d *Desk) Planned(ctx context.Context, u account.User) ([]assess.ExportJob, error) {
	if !SeesPlans(u) {
		return nil, nil
	}
	return d.Store.PlannedExports(ctx)
}

// SeesPlans says whether an account may know what the clock asked for.
func SeesPlans(u account.User) bool { return u.May(account.Export, "") && u.May(account.ReadRuns, "") }

// Job answers a job that an account asked for. Another's is ErrNotFound, as one that there is not.
func (d *Desk) Job(ctx context.Context, u account.User, id string) (assess.ExportJob, error) {
	j, err := d.Store.ExportJob(ctx, id)
	if err == nil && (j.Plan != "" || j.Owner != u.ID) {
		return assess.ExportJob{}, gone()
	}
	return j, err
}

// movable answers a job that an account may cancel or try again: its own, and the clock's for those who may run collections.
func (d *Desk) movable(ctx context.Context, u account.User, id string) (assess.ExportJob, error) {
	j, err := d.Store.ExportJob(ctx, id)
	if err == nil && j.Plan != "" && SeesPlans(u) && u.May(account.Collect, "") {
		return j, nil
	}
	if err != nil {
		return j, err
	}
	return d.Job(ctx, u, id)
}

// MayMovePlans says whether an account may cancel what the clock asked for, or try it again.
func MayMovePlans(u account.User) bool { return SeesPlans(u) && u.May(account.Collect, "") }

func gone() *assess.Problem {
	return assess.NotFound("problem.takeout_gone", "there is no such file, or it has been removed; make it again on the export page")
}

// Cancel ends what is still to come of a job.
func (d *Desk) Cancel(ctx context.Context, u account.User, id string, line assess.AuditLine) error {
	j, err := d.movable(ctx, u, id)
	if err != nil {
		return err
	}
	line.Action, line.Object = "export.cancel", j.File
	if err := d.Store.CancelExport(ctx, id, d.Now(), line); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.making == id {
		d.endWork()
	}
	return nil
}

// Retry queues a job again that failed or was cancelled.
func (d *Desk) Retry(ctx context.Context, u account.User, id string, line assess.AuditLine) error {
	j, err := d.movable(ctx, u, id)
	if err != nil {
		return err
	}
	line.Action, line.Object = "export.retry", j.File
	if err := d.Store.RetryExport(ctx, j, MostWaiting, line); err != nil {
		return err
	}
	d.wake()
	return nil
}

// Drop forgets a job of an account and removes its file.
func (d *Desk) Drop(ctx context.Context, u account.User, id string, line assess.AuditLine) error {
	j, err := d.Job(ctx, u, id)
	if err != nil {
		return err
	}
	line.Action, line.Object = "export.drop", j.File
	if err := d.Store.DropExport(ctx, id, line); err != nil {
		return err
	}
	return d.remove(ctx, id)
}

func (d *Desk) remove(ctx context.Context, id string) error {
	if d.Files != nil {
		if err := d.Files.Walk(ctx, id, func(e depot.Entry) error { return d.Files.Remove(ctx, e.Name) }); err != nil {
			return fmt.Errorf("remove a file: %w", err)
		}
	}
	if err := os.RemoveAll(filepath.Join(d.Folder, id)); err != nil {
		return fmt.Errorf("remove a file: %w", err)
	}
	return nil
}

// Open opens the finished file of a job that an account asked for, and leaves the line of its download in the audit log: line says who
// and where from. The permission is asked again, since it may have gone meanwhile: a file that holds more than its person may have now, of
// a unit that was left or of all, is gone.
func (d *Desk) Open(ctx context.Context, u account.User, id string, line assess.AuditLine) (*os.File, assess.ExportJob, error) {
	j, err := d.Job(ctx, u, id)
	if err != nil {
		return nil, j, err
	}
	now := d.Now()
	if j.State != assess.ExportDone || !j.Expires.After(now) {
		return nil, j, gone()
	}
	orders, err := kept(j.Order, now)
	if err != nil {
		return nil, j, err
	}
	room, err := d.Room()
	if err != nil {
		return nil, j, err
	}
	_, order, err := room.For(ctx, u, orders[0])
	if err != nil {
		return nil, j, err
	}
	if may, err := keep(order); err != nil || may != j.Order {
		return nil, j, errors.Join(err, gone())
	}
	f, err := d.openWhole(ctx, j)
	if err != nil {
		return nil, j, err
	}
	line = (&File{Order: order, Edition: j.Edition}).Line(line, j.Size)
	if err := d.Store.Record(ctx, line); err != nil {
		return nil, j, errors.Join(err, f.Close())
	}
	return f, j, nil
}

// Look lets the worker look for something to do: files may have been left by another server.
func (d *Desk) Look() { d.wake() }

// wake lets the worker look for something to do.
func (d *Desk) wake() {
	select {
	case d.woken <- struct{}{}:
	default: // it will look anyway
	}
}
