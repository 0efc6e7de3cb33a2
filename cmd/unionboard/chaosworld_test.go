package main

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/source"
	"github.com/unionboard/unionboard/internal/store"
)

// The districts of the chaos, each with work of its own.
const (
	typedUnit   = "210102" // two people type into the same cells
	typedToo    = "210103" // and two into other ones
	pushedUnit  = "210105" // its programs hand in by the API
	pulledUnit  = "210106" // its system is asked
	keepingUnit = "210111" // it keeps a register and proves its figures
)

// reportedUnits are those whose reports are forwarded, signed, returned, filled in again and accepted, one after the other.
func reportedUnits() []string {
	return []string{"210104", "210112", "210113", "210114", "210181", "210123", "210124"}
}

// chaosCells is how many cells two people share.
const chaosCells = 3

// world is a served city whose server is ended in the middle of everything, with those who use it.
type world struct {
	t       *testing.T
	program string // that serves, "" for this test binary
	dir     string
	addr    string
	quarter assess.Period // whose forms are open
	past    assess.Period // that the district's system is asked for
	cells   []cellOfForm  // that people type into
	cell    cellOfForm    // that is reported, returned and reported again
	figure  assess.Code   // that programs hand in and the system answers
	feed    *feed
	tokens  []string
	reading string // the token that reads
	// opened opens what holds looks at; nil opens the folder.
	opened func() (*store.Store, error)
	byTime bool // sources are asked by their schedule alone

	*chronicle
	server  *program
	values  atomic.Int64 // the last value that was used: each is used once
	resting sync.RWMutex // held for writing while nobody may begin anything
	ending  atomic.Bool
	gone    atomic.Bool // the server, for good
	dying   atomic.Bool // the server, whose disk has lost its power: it says so, if anything
}

// cellOfForm is a field of the form and its section.
type cellOfForm struct{ section, item assess.Code }

// feed is a district's system: each answer is a value of its own.
type feed struct {
	*httptest.Server
	w *world

	mu   sync.Mutex
	sent []string // since somebody looked
}

func (f *feed) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	value := f.w.value()
	f.mu.Lock()
	f.sent = append(f.sent, value)
	f.mu.Unlock()
	f.w.attempted("collected", value)
	body, _ := json.Marshal(map[string]any{ // of plain values
		"schema": "unionboard/values/1", "unit": pulledUnit, "period": f.w.past.String(), "next": nil,
		"values": []map[string]string{{"code": string(f.w.figure), "value": value}},
	})
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(body)
}

// taken answers what was sent since the last time.
func (f *feed) taken() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	sent := f.sent
	f.sent = nil
	return sent
}

// value answers a figure that nobody has used.
func (w *world) value() string { return fmt.Sprint(w.values.Add(1)) }

// newWorld makes the city in a folder, with everybody who works in it; nothing is served yet.
func newWorld(t *testing.T, dir, program string) *world {
	t.Helper()
	w := emptyWorld(t, dir, program)
	copyInstallation(t, made.init.folder(t, "init"), dir)
	configure(t, dir, "plain_http: true", "spread: 0s", "api: {per_minute: 60000, at_once: 10000}", "sources:",
		"  - {name: pulled, kind: http, url: '"+w.feed.URL+"/values', format: json, units: ['"+pulledUnit+"'],",
		"     allow_loopback: true, authority: accept}")
	w.settle()
	return w
}

func emptyWorld(t *testing.T, dir, program string) *world {
	w := &world{t: t, program: program, dir: dir, addr: quietAddress(t), quarter: oldQuarter().Add(3), past: oldQuarter(), chronicle: newChronicle()}
	w.values.Store(100_000)
	w.feed = &feed{w: w}
	w.feed.Server = httptest.NewServer(w.feed)
	t.Cleanup(w.feed.Close)
	return w
}

// settle opens the forms of the quarter, fills some, and adds everybody.
func (w *world) settle() {
	t, now := w.t, time.Now()
	t.Helper()
	inside(t, w.dir, func(a *app) {
		early := assess.Adjustment{Kind: assess.OpenedEarly, Period: w.quarter, Reason: "测试：提前开放"}
		if err := a.gate.Adjust(t.Context(), early, assess.AuditLine{At: now, Actor: "system", Result: "ok"}); err != nil {
			t.Fatal(err)
		}
		w.fillIn(a, now)
		w.populate(a)
		w.prime(a, now)
	})
}

// prime imports another figure, so that the past quarter has some from the beginning.
func (w *world) prime(a *app, now time.Time) {
	first := assess.Entry{Unit: pulledUnit, PeriodText: w.past.String(), Code: w.cells[chaosCells+1].item, Value: "99999"}
	delivery := assess.Delivery{Door: assess.DoorImport, Source: source.ByHand, Entries: []assess.Entry{first}}
	if report, err := a.gate.Import(w.t.Context(), delivery, collect.Options{By: "system"}, now); err != nil || report.New != 1 {
		w.t.Fatalf("%+v %v", report, err)
	}
}

// populate adds those who work.
func (w *world) populate(a *app) {
	people := map[string]account.Post{
		"analyst": {Role: assess.CityAnalyst}, "leader": {Role: assess.CityLeader},
		"comer": {Role: assess.CityLeader},
	}
	for _, unit := range reportedUnits() {
		people["a"+unit] = account.Post{Role: assess.DistrictReporter, Unit: assess.UnitCode(unit)}
		people["chair"+unit] = account.Post{Role: assess.DistrictChair, Unit: assess.UnitCode(unit)}
	}
	for _, unit := range []assess.UnitCode{typedUnit, typedToo, pushedUnit, keepingUnit} {
		for _, one := range []string{"a", "b"} {
			people[one+string(unit)] = account.Post{Role: assess.DistrictReporter, Unit: unit}
		}
	}
	edition, err := a.board.Edition(w.t.Context(), w.quarter.CalendarYear())
	if err != nil {
		w.t.Fatal(err)
	}
	for _, item := range []assess.Code{w.cell.item, w.figure} {
		i, _ := edition.Item(item)
		people["reviewer."+string(item)] = account.Post{Role: assess.CityReviewer, Department: i.Department}
	}
	addPeople(w.t, a, people)
	for range 2 {
		w.tokens = append(w.tokens, tokenFor(w.t, a, pushedUnit, account.SubmitFigures, account.ReadAll))
	}
	w.reading = tokenFor(w.t, a, cityCode, account.ReadAll, account.ExportFiles)
}

// fillIn fills the forms of the districts whose reports go on, so that only one cell of each is worked at, and chooses the cells.
func (w *world) fillIn(a *app, now time.Time) {
	t := w.t
	city, err := newCity(demoMark{Seed: demoSeed, Last: w.quarter.Add(-1), Quarters: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, unit := range reportedUnits() {
		var saves []desk.Save
		for _, p := range []assess.Period{w.quarter, w.quarter.Year()} {
			figures, err := city.Figures(assess.UnitCode(unit), p, assess.FromDistrict)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range figures {
				saves = append(saves, desk.Save{
					Unit: e.Unit, Period: w.quarter, Item: e.Code, Value: e.Value, Missing: e.State == string(assess.Missing), Note: "按台账", Request: "first-" + string(e.Code),
				})
			}
			if w.quarter.Part() != 4 {
				break
			}
		}
		for _, s := range w.form(a, unit, now).Sections { // the city has exempted nobody here: a district without a palace of culture has no visits
			for _, f := range s.Fields {
				if f.Kind == desk.Typed && !slices.ContainsFunc(saves, func(s desk.Save) bool { return s.Item == f.Item.Code }) {
					saves = append(saves, desk.Save{Unit: assess.UnitCode(unit), Period: w.quarter, Item: f.Item.Code, Value: "0", Note: "按台账", Request: "first-" + string(f.Item.Code)})
				}
			}
		}
		if _, err := a.desk.SaveAll(t.Context(), assess.UnitCode(unit), w.quarter, saves, "system", now); err != nil {
			t.Fatal(err)
		}
		if c := w.form(a, unit, now).Counts; c.Errors+c.Unnoted > 0 || c.Filled < c.Typed {
			t.Fatalf("the form of %s that is filled in has %+v", unit, c)
		}
	}
	first := reportedUnits()[0]
	for _, s := range w.form(a, first, now).Sections {
		for _, f := range s.Fields {
			if f.Kind == desk.Typed && f.Item.Type == assess.Count && f.Item.Frequency == assess.Quarterly && f.Locked == nil {
				w.cells = append(w.cells, cellOfForm{s.Code, f.Item.Code})
			}
		}
	}
	// The cell that comes back again and again is one that holds any number.
	for _, c := range w.cells {
		if w.holdsAny(a, first, c, now) {
			w.cell, w.figure = c, c.item
			break
		}
	}
	if w.cell.item == "" {
		t.Fatal("no cell of the form holds any number")
	}
	for _, unit := range reportedUnits() {
		for _, s := range w.form(a, unit, now).Sections {
			for _, f := range s.Fields {
				if f.Item.Code == w.cell.item && f.Kind == desk.Typed {
					w.first[figureAt{unit, string(w.cell.item)}] = stood{f.Draft.Revision, f.Draft.Value}
				}
			}
		}
	}
}

// holdsAny says whether nothing is said of a cell whether its number is small or large; if something is, what it held is typed again.
func (w *world) holdsAny(a *app, unit string, c cellOfForm, now time.Time) bool {
	var held desk.Field
	for _, s := range w.form(a, unit, now).Sections {
		for _, f := range s.Fields {
			if f.Item.Code == c.item && f.Kind == desk.Typed {
				held = f
			}
		}
	}
	base, said := held.Draft.Revision, 0
	for _, value := range []string{"99999", "999999", held.Draft.Value} {
		save := desk.Save{Unit: assess.UnitCode(unit), Period: w.quarter, Item: c.item, Value: value, Note: "按台账", Base: base, Request: fmt.Sprintf("try-%s-%d", c.item, base)}
		if _, err := a.desk.Save(w.t.Context(), save, "system", now); err != nil {
			w.t.Fatal(err)
		}
		base++
		counts := w.form(a, unit, now).Counts
		said += counts.Errors + counts.Unnoted
	}
	return said == 0
}

func (w *world) form(a *app, unit string, now time.Time) *desk.Form {
	form, err := a.desk.Form(w.t.Context(), assess.UnitCode(unit), w.quarter, now)
	if err != nil {
		w.t.Fatal(err)
	}
	return form
}

// quietAddress answers an address that stays free while the server is down: ports from which connections are made lie above, those of
// other servers below (servers.FreePort). Every test begins elsewhere.
func quietAddress(t *testing.T) string {
	t.Helper()
	h := fnv.New32a()
	fmt.Fprint(h, t.Name(), os.Getpid())
	for port := 20000 + int(h.Sum32()%11000); port < 32000; port++ {
		addr := fmt.Sprintf("127.0.0.1:%d", port)
		if l, err := net.Listen("tcp", addr); err == nil {
			l.Close()
			return addr
		}
	}
	t.Fatal("no port is free")
	return ""
}

// serve starts the server; serving waits until it says that it is ready, and answers how long that took.
func (w *world) serve() {
	w.server = startAs(w.t, w.program, "serve", "--data", w.dir, "--addr", w.addr)
}

func (w *world) ready(began time.Time) time.Duration {
	w.t.Helper()
	for {
		answer, err := http.Get("http://" + w.addr + "/readyz")
		if err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return time.Since(began)
			}
		}
		select {
		case <-w.server.ended:
			w.t.Fatalf("the server ended: %s%s", w.server.out.String(), w.server.err.String())
		case <-time.After(2 * time.Millisecond): // ask again
		}
		if time.Since(began) > patience {
			w.t.Fatalf("the server does not get ready: %s", w.server.err.String())
		}
	}
}

// patiently asks until there is an answer: the server may be dead at the moment. lost says that an answer was, so that what was asked may
// have been done before.
func (w *world) patiently(ask func(ctx context.Context) (reply, error)) (got reply, lost bool, ok bool) {
	var why error
	for began := time.Now(); time.Since(began) < patience; {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		got, err := ask(ctx)
		cancel()
		if err == nil && got.status >= http.StatusInternalServerError && w.dying.Load() {
			err = fmt.Errorf("the dying server answers %d", got.status)
		}
		if err == nil {
			w.mu.Lock()
			w.asked++
			w.mu.Unlock()
			return got, lost, true
		}
		if w.gone.Load() {
			w.ending.Store(true)
			return got, lost, false
		}
		if !lost {
			w.mu.Lock()
			w.retried++
			w.mu.Unlock()
		}
		lost, why = true, err
		time.Sleep(5 * time.Millisecond)
	}
	w.fault("nobody answers for %s: %v", patience, why)
	return got, lost, false
}

// guest makes the n-th person, signed in.
func (w *world) guest(name string, n int) *guest {
	w.t.Helper()
	v := newGuest(w.t, "http://"+w.addr, name, n)
	if err := v.signIn(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	return v
}

// copied copies the data folder as the dead server has left it.
func (w *world) copied(to string) {
	w.t.Helper()
	if err := os.MkdirAll(to, 0o700); err != nil {
		w.t.Fatal(err)
	}
	err := filepath.WalkDir(w.dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		at := filepath.Join(to, strings.TrimPrefix(path, w.dir))
		if entry.IsDir() {
			return os.MkdirAll(at, 0o700)
		}
		if strings.HasSuffix(path, "unionboard.reserve") || !entry.Type().IsRegular() || entry.Name() == "lost+found" {
			return nil
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(at, body, 0o600)
	})
	if err != nil {
		w.t.Fatal(err)
	}
}
