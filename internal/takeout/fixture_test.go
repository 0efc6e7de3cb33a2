package takeout

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/export"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/results"
	"github.com/unionboard/unionboard/internal/store"
	"github.com/unionboard/unionboard/internal/testkit"
)

var autumn = time.Date(2026, 10, 12, 1, 30, 0, 0, time.UTC)

// office is a desk over a real store, with a log and a clock that a test sets.
type office struct {
	*Desk
	kept   keptStore
	board  *plainBoard
	log    *figures
	now    time.Time
	logged bytes.Buffer
}

// keptStore is a real store with accounts that a test sets.
type keptStore struct {
	*store.Store
	users map[string]account.User
}

func (s keptStore) Account(_ context.Context, id string) (account.User, error) {
	return s.users[id], nil
}

// figures are a log of so many figures; before, where set, is called before each.
type figures struct {
	export.Log
	rows   int
	before func(ctx context.Context, row int) error
}

func (f *figures) Each(ctx context.Context, q assess.CellQuery, visit func(assess.Observation) error) error {
	for i := range f.rows {
		if f.before != nil {
			if err := f.before(ctx, i); err != nil {
				return err
			}
		}
		if err := visit(assess.Observation{CellKey: assess.CellKey{Unit: "210102", Period: q.Periods[0], Item: assess.Code(fmt.Sprint("item_", i))}, Value: "1", State: assess.Reported}); err != nil {
			return err
		}
	}
	return nil
}

// plainBoard knows the shipped definitions and no figures.
type plainBoard struct {
	results.Board
	edition   *assess.Edition
	published bool // every period, without a seal
}

func (b *plainBoard) Edition(context.Context, int) (*assess.Edition, error) { return b.edition, nil }

func (b *plainBoard) Sheet(_ context.Context, p assess.Period) (*results.Sheet, error) {
	if b.published {
		return &results.Sheet{Period: p, Cycle: assess.Cycle{Period: p, State: assess.CyclePublished}}, nil
	}
	return nil, assess.NotFound("problem.no_figures", "there are no figures")
}

func newOffice(t testing.TB) *office {
	t.Helper()
	words, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	o := &office{
		kept: keptStore{testkit.Store(t), map[string]account.User{}}, now: autumn,
		board: &plainBoard{edition: testkit.Shipped(t)}, log: &figures{rows: 500},
	}
	for _, name := range []string{"analyst", "other"} {
		o.kept.users[name] = account.User{ID: name, Name: name, Role: assess.CityAnalyst}
	}
	zone := time.FixedZone("UTC+8", 8*3600)
	room := Room{Room: export.Room{Board: o.board, Log: o.log, Words: words, Zone: zone, Version: "test"}}
	o.Desk = NewDesk(Config{
		Room: func() (Room, error) { return room, nil }, Store: o.kept, Folder: filepath.Join(dir, "exports"), Data: dir, Keep: 7 * 24 * time.Hour,
		Now: func() time.Time { return o.now }, Log: slog.New(slog.NewTextHandler(&o.logged, nil)),
	})
	return o
}

func (o *office) analyst() account.User { return o.kept.users["analyst"] }

// figuresOrder asks for all figures of a quarter.
func figuresOrder() Order {
	return Order{Order: export.Order{Table: "observations", Periods: []assess.Period{assess.NewQuarter(2026, 3)}, Lang: "zh", Now: autumn}, Format: CSV}
}

func (o *office) ask(t *testing.T) assess.ExportJob {
	t.Helper()
	j, err := o.Ask(t.Context(), o.analyst(), figuresOrder(), assess.AuditLine{Actor: "analyst", Result: "ok"})
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func (o *office) clear(t *testing.T) {
	t.Helper()
	if err := o.Clear(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (o *office) job(t *testing.T, id string) assess.ExportJob {
	t.Helper()
	j, err := o.kept.ExportJob(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// files answers what lies in the folder.
func (o *office) files(t *testing.T) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(o.Folder)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
