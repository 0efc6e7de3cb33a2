package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"
	_ "time/tzdata" // the city's zone is known on machines without a zone database

	"github.com/unionboard/unionboard/dashboards"
	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/catalog"
	"github.com/unionboard/unionboard/internal/city"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/config"
	"github.com/unionboard/unionboard/internal/dashboard"
	"github.com/unionboard/unionboard/internal/demo"
	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/evidence"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/notify"
	"github.com/unionboard/unionboard/internal/quality"
	"github.com/unionboard/unionboard/internal/register"
	"github.com/unionboard/unionboard/internal/results"
	"github.com/unionboard/unionboard/internal/schedule"
	"github.com/unionboard/unionboard/internal/source"
	"github.com/unionboard/unionboard/internal/store"
	"github.com/unionboard/unionboard/internal/takeout"
	"github.com/unionboard/unionboard/internal/vault"
	"github.com/unionboard/unionboard/internal/web"
)

// app is an installation at work: its folder, its store, and what reads and writes them.
type app struct {
	dir    string
	config config.Config
	store  *store.Store
	board  *results.Live
	gate   *collect.Gate
	desk   *desk.Desk
	files  *evidence.Folder
	cellar *evidence.Cellar // what sources sent and was refused
	vault  *vault.Vault     // personal columns of registers
	// reminders tell people what is due, on the pages and by what the configuration names.
	reminders *notify.Reminders
	// takeaway is where files are ordered, at once and in the background.
	takeaway *takeout.Desk
	plans    []plannedExport // that the clock asks for
	words    *i18n.Catalogue
	zone     *time.Location
	log      *slog.Logger
	// clock is that of the pages.
	clock func() time.Time
	// collecting is the sources at work; outside of serve it has none.
	collecting *collecting
	// server is this process as those see it that share its database, lead the lease of who does what one of them does; nil where nothing is served.
	server store.Server
	lead   *schedule.Lease
	// served is where the program itself is served at the moment, host:port; "" when it is not.
	served string
	// prepared is closed when what is looked at first was computed; nil where nothing is served.
	prepared chan struct{}
	// pagesTold says that what is read of pages from now on was changed while the server runs.
	pagesTold *atomic.Bool
	// backupFailed is what became of the last backup by the clock where it failed, nil where it did not.
	backupFailed *atomic.Pointer[web.Failure]
}

// withApp opens an installation for one command.
func withApp(ctx context.Context, dir string, do func(a *app) error) error {
	a, err := openApp(ctx, dir, io.Discard)
	if err != nil {
		return err
	}
	defer a.close()
	return do(a)
}

// openApp opens an installation, and tells what it does to a log.
func openApp(ctx context.Context, dir string, logTo io.Writer) (*app, error) {
	c, s, err := openStore(ctx, dir)
	if err != nil {
		return nil, err
	}
	a, err := newApp(dir, c, s, newLog(logTo, c.LogLevel, c.LogFormat), time.Now)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return a, nil
}

// newApp puts an installation together. clock tells when runs end; a demonstration that plays the past has none.
func newApp(dir string, c config.Config, s *store.Store, log *slog.Logger, clock func() time.Time) (*app, error) {
	zone, err := time.LoadLocation(c.TimeZone)
	if err != nil {
		return nil, fmt.Errorf("time zone: %w", err)
	}
	words, err := i18n.New()
	if err != nil {
		return nil, err
	}
	board := results.New(s, loadEdition).WithPast(func(ctx context.Context, before time.Time) (results.Log, error) { return s.Past(ctx, before) }).
		WithSeals(s.Seals, func(ctx context.Context, seq int64) (results.Log, error) { return s.Until(ctx, seq) })
	editions := results.Exact{Board: board}
	refused, err := openDepot(dir, c.Files, cellarFolder)
	if err != nil {
		return nil, err
	}
	cellar := evidence.NewCellar(refused)
	fills := &lateForms{}
	gate := collect.New(collect.Config{
		Forms: fills,
		Turn:  func(ctx context.Context) (context.Context, func(), error) { return s.Turn(ctx, "decide") },
		Store: s, Editions: editions, Mappings: s, Cellar: cellar, ReadYear: catalog.CalendarYear, Zone: zone, Clock: clock, Log: log,
	})
	forms := desk.New(desk.Config{Store: s, Gate: gate, Editions: editions, Evidence: s, Log: log})
	fills.Desk = forms
	files, err := openEvidence(dir, c, s, log)
	if err != nil {
		return nil, errors.Join(err, cellar.Close())
	}
	a := &app{server: newServer(time.Now()), clock: clock, pagesTold: new(atomic.Bool), backupFailed: new(atomic.Pointer[web.Failure]), cellar: cellar, vault: openVault(dir, s), dir: dir, config: c, store: s, board: board, gate: gate, desk: forms, files: files, words: words, zone: zone, log: log}
	if a.clock == nil {
		a.clock = time.Now
	}
	board.WithRegisters(func(ctx context.Context, e *assess.Edition, p assess.Period) (quality.Registers, error) {
		sums, err := a.registers().Sums(ctx, e, p)
		return sums, err
	})
	a.collecting = newCollecting(a)
	if a.reminders, err = a.newReminders(); err != nil {
		return nil, errors.Join(err, files.Close(), cellar.Close())
	}
	if a.plans, err = plansOf(c, zone); err != nil {
		return nil, errors.Join(err, files.Close(), cellar.Close())
	}
	if a.takeaway, err = a.newTakeaway(clock); err != nil {
		return nil, errors.Join(err, files.Close(), cellar.Close())
	}
	return a, nil
}

// lateForms are the forms of the gate, which the desk needs itself.
type lateForms struct{ *desk.Desk }

func (a *app) close() {
	if err := errors.Join(a.files.Close(), a.cellar.Close(), a.store.Close()); err != nil {
		a.log.Error("close the data folder", "error", err)
	}
}

// handler answers the pages, those of a demonstration with its city. setup is how an installation without accounts gets its first.
func (a *app) handler(city *demo.City, setup web.Setup) (*web.Site, error) {
	shelf, err := dashboard.NewShelf(dashboards.Files(), os.DirFS(filepath.Join(a.dir, "dashboards")), a.tellPage)
	if err != nil {
		return nil, err
	}
	refunds, err := a.refunds()
	if err != nil {
		return nil, err
	}
	return web.New(web.Options{
		Board: a.board, Pages: resolver{a.board, a.words}, Shelf: shelf, Accounts: a.store, Keys: a.store, Hasher: account.NewHasher(hashesAtOnce),
		Evidence: web.Evidence{Files: a.files, Book: a.store, Quota: a.config.Evidence.Quota},
		Audit:    a.store, Runs: a.store, Collecting: a.collecting, City: a.city(), Desk: a.desk, Takeaway: a.takeaway, Sessions: a.store.Sessions(time.Now), Words: a.words, Log: a.log, Now: a.clock,
		Location: a.zone, Version: version, Demo: city != nil, PlainHTTP: a.config.PlainHTTP, TrustedOrigins: a.config.TrustedOrigins,
		SourceTitles: a.sourceTitles(city), Explain: writeExplanation, Reviews: a.desk, Uploads: a.store, Mappings: a.store, Try: a.trier(city), Matters: a.matters(), Registers: a.registers(), Releases: a.store, Refunds: refunds,
		Differing:  web.Differing{Book: a.store, Gate: a.gate},
		Quarantine: web.Quarantine{Book: a.store, Bytes: a.gate.HeldBytes, Replay: a.replayer(city)},
		Publishing: a.book(), Sealed: a.sealedBoard, Figures: a.store, Takeout: a.takeout,
		Timetable: a.gate, OpenLink: a.store.OpenLink, CalendarText: a.calendarText,
		Reminders: a.reminders, Notices: a.store,
		DataVersion: func(ctx context.Context) (int64, error) { head, err := a.store.Head(ctx); return head.Version, err },
		Submit:      a.takePush, ImportSet: a.takeValueSet, Rules: rulesInForce(a.config, city != nil), Setup: setup, IdleTimeout: a.config.Sessions.Idle, Lifetime: a.config.Sessions.Lifetime,
		Ready: a.ready, Checkup: a.checkup(city != nil), Trouble: a.store.Trouble, BackupFailed: a.failedBackup, Address: a.config.Site, Rate: web.Rate(a.config.API),
		People: web.PeopleRates{
			Search: a.config.Limits.SearchesPerMinute, Export: a.config.Limits.ExportsPerMinute, Upload: a.config.Limits.UploadsPerMinute,
		},
		UploadTime: a.config.Limits.UploadTime, AnswerTime: a.config.Limits.AnswerTime, AdminFrom: networksOf(a.config.AdminFrom), Meter: a.collecting.meter,
	})
}

// sealedBoard answers the board of what a seal holds.
func (a *app) sealedBoard(ctx context.Context, of assess.Seal) (results.Board, error) {
	s, err := a.book().Open(ctx, of)
	if err != nil {
		return nil, err
	}
	return s.Board(loadEdition), nil
}

// ready says why the server cannot serve as it should: what is looked at first is still being computed, or the data cannot be read.
func (a *app) ready(ctx context.Context) error {
	if a.prepared != nil {
		select {
		case <-a.prepared:
		default:
			return errors.New("the newest quarter is being computed")
		}
	}
	if err := a.store.Lapsed(); err != nil {
		return err
	}
	_, err := a.store.Head(ctx)
	return err
}

// prepare computes what is looked at first. Whoever asks for it meanwhile waits for it.
func (a *app) prepare(ctx context.Context) {
	if err := a.board.Prepare(ctx); err != nil && ctx.Err() == nil {
		a.log.Warn("the newest quarter could not be computed", "error", err)
	}
	// The frame of every page says how much its reader has to do.
	if _, err := a.reminders.Rounds(ctx, "", time.Now()); err != nil && ctx.Err() == nil {
		a.log.Warn("where the reports stand could not be read", "error", err)
	}
}

// city answers the city's own desk.
func (a *app) city() *city.Desk {
	return city.New(city.Config{Store: a.store, Gate: a.gate, Editions: results.Exact{Board: a.board}, Zone: a.zone})
}

// calendarText answers the file of a year of the calendar: the last edit, else that of the newest edition that has one, "" for none.
func (a *app) calendarText(ctx context.Context, year int) (string, error) {
	edits, err := a.store.CalendarEdits(ctx)
	if err != nil {
		return "", err
	}
	for _, e := range slices.Backward(edits) {
		if e.Year == year {
			return e.Text, nil
		}
	}
	editions, err := a.store.Editions(ctx)
	if err != nil {
		return "", err
	}
	for _, e := range slices.Backward(editions) {
		_, files, err := a.store.EditionFiles(ctx, e.Year, e.Number)
		if err != nil {
			return "", err
		}
		if text, ok := files[fmt.Sprintf("calendar/%d.yaml", year)]; ok {
			return string(text), nil
		}
	}
	return "", nil
}

// sourceTitles answers what the sources of the configuration, or of a demonstration, are called.
func (a *app) sourceTitles(city *demo.City) map[assess.Code]assess.Text {
	const byHand, pushed, counted = "web.collect.by_hand", "web.collect.pushed", "web.collect.registers"
	titles := map[assess.Code]assess.Text{
		source.ByHand: {ZH: a.words.T(i18n.Chinese, byHand), EN: a.words.T(i18n.English, byHand)},
	}
	titles[pushSource] = assess.Text{ZH: a.words.T(i18n.Chinese, pushed), EN: a.words.T(i18n.English, pushed)}
	titles[register.Source] = assess.Text{ZH: a.words.T(i18n.Chinese, counted), EN: a.words.T(i18n.English, counted)}
	for _, s := range a.config.Sources {
		titles[s.Name] = s.Title
	}
	if city != nil {
		for _, plan := range city.Sources("", "") {
			titles[plan.Name] = plan.Title
		}
	}
	return titles
}

// hashesAtOnce bounds the memory of signing in: 19 MiB each.
const hashesAtOnce = 4

// resolver answers pages from the board.
type resolver struct {
	board results.Board
	words *i18n.Catalogue
}

func (r resolver) Resolve(ctx context.Context, page dashboard.Definition, req dashboard.Request) (*dashboard.Page, error) {
	return dashboard.Resolve(ctx, r.board, r.words, page, req)
}

// tellPage logs a file of pages that was read.
func (a *app) tellPage(f dashboard.File) {
	a.recordPage(f)
	if len(f.Faults) == 0 {
		a.log.Info("page read", "file", f.Name, "page", f.Page.Page, "path", f.Page.Path)
		return
	}
	a.log.Warn("page wrong", "file", f.Name, "error", f.Faults, "in_force", f.InForce())
}

func (r resolver) Why(ctx context.Context, req dashboard.Request) (*dashboard.Explanation, error) {
	return dashboard.Why(ctx, r.board, r.words, req)
}
