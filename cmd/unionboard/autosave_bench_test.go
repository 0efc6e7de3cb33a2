package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/web"
)

// The load of BenchmarkAutosave: fifty officers, four to a district, each of whom leaves a cell every half second – ten times as fast as
// a person types.
const (
	autosaveSessions = 50
	autosavePause    = 500 * time.Millisecond
)

// BenchmarkAutosave lets fifty signed-in sessions save cells of the demonstration's open quarter by HTTP, as the script of the form does,
// b.N saves in all: -benchtime 6000x is a minute. It reports how long a save takes until it is acknowledged, and afterwards looks for
// every acknowledged value in the form.
func BenchmarkAutosave(b *testing.B) {
	dir := filepath.Join(b.TempDir(), "data")
	copyInstallation(b, demonstration(b), dir)
	inside(b, dir, func(a *app) {
		a.config.PlainHTTP = true
		quarter := assess.NewQuarter(2026, 4)
		load := &autosaveLoad{app: a, quarter: quarter, kept: map[autosaveCell]string{}}
		site, err := a.handler(nil, web.Setup{})
		if err != nil {
			b.Fatal(err)
		}
		server := httptest.NewServer(site)
		defer server.Close()
		editors := load.editors(b, server.URL)
		b.ResetTimer()
		var all sync.WaitGroup
		for i, e := range editors {
			all.Go(func() {
				for n := i; n < b.N; n += len(editors) {
					load.save(b, e, n)
					time.Sleep(autosavePause - time.Since(e.began)%autosavePause)
				}
			})
		}
		all.Wait()
		b.StopTimer()
		load.report(b)
		load.check(b)
	})
}

type autosaveCell struct {
	unit assess.UnitCode
	item assess.Code
}

type autosaveLoad struct {
	*app
	quarter assess.Period
	mu      sync.Mutex
	kept    map[autosaveCell]string // the last value that was acknowledged
	took    []time.Duration
}

// autosaveEditor is a session with the cells that nobody else types into.
type autosaveEditor struct {
	client   *http.Client
	base     string
	token    string
	unit     assess.UnitCode
	items    []assess.Code
	revision map[assess.Code]int64
	began    time.Time
}

// editors signs fifty reporters in, of the districts whose form is open.
func (l *autosaveLoad) editors(b *testing.B, base string) (editors []*autosaveEditor) {
	b.Helper()
	edition, err := l.board.Edition(b.Context(), l.quarter.CalendarYear())
	if err != nil {
		b.Fatal(err)
	}
	hash, err := account.NewHasher(1).Hash(b.Context(), "osprey-lantern-types")
	if err != nil {
		b.Fatal(err)
	}
	var open []*desk.Form
	for _, u := range edition.Roster.Units {
		form, err := l.desk.Form(b.Context(), u.Code, l.quarter, time.Now())
		if err != nil {
			b.Fatal(err)
		}
		if form.Shut == nil && form.Filing.Rounds == 0 {
			open = append(open, form)
		}
	}
	for i := range autosaveSessions {
		form := open[i%len(open)]
		u, err := account.New(fmt.Sprintf("officer%d", i), "Officer", account.Post{Role: assess.DistrictReporter, Unit: form.Unit.Code}, time.Now())
		if err != nil {
			b.Fatal(err)
		}
		u.PasswordHash = hash
		if err := l.store.AddAccount(b.Context(), u, assess.AuditLine{At: time.Now(), Actor: "system", Action: "user.add", Object: u.Name, Result: "ok"}); err != nil {
			b.Fatal(err)
		}
		jar, _ := cookiejar.New(nil)
		e := &autosaveEditor{client: &http.Client{Jar: jar}, base: base, unit: form.Unit.Code, revision: map[assess.Code]int64{}}
		e.share(form, i/len(open), (autosaveSessions+len(open)-1)/len(open))
		e.enter(b, u.Name)
		editors = append(editors, e)
	}
	return editors
}

// share gives an editor every n-th of the counted fields of the form.
func (e *autosaveEditor) share(form *desk.Form, i, n int) {
	k := 0
	for _, s := range form.Sections {
		for _, f := range s.Fields {
			if f.Kind != desk.Typed || f.Item.Type != assess.Count || f.Locked != nil {
				continue
			}
			if k++; k%n == i {
				e.items = append(e.items, f.Item.Code)
				e.revision[f.Item.Code] = f.Draft.Revision
			}
		}
	}
}

// enter signs in. The address of the machine may try only so often, so each waits its turn.
func (e *autosaveEditor) enter(b *testing.B, name string) {
	b.Helper()
	for {
		form := url.Values{"form_token": {e.tokenOf(b, "/sign-in")}, "name": {name}, "password": {"osprey-lantern-types"}, "next": {"/fill/2026Q4"}}
		answer, err := e.client.PostForm(e.base+"/sign-in", form)
		if err != nil {
			b.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode == http.StatusOK {
			break
		}
		if answer.StatusCode != http.StatusTooManyRequests {
			b.Fatalf("sign in as %s: %d", name, answer.StatusCode)
		}
		time.Sleep(5 * time.Second)
	}
	e.token = e.tokenOf(b, "/fill/2026Q4")
	e.began = time.Now()
}

func (e *autosaveEditor) tokenOf(b *testing.B, path string) string {
	b.Helper()
	answer, err := e.client.Get(e.base + path)
	if err != nil {
		b.Fatal(err)
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	if err != nil {
		b.Fatal(err)
	}
	m := formToken.FindSubmatch(page)
	if m == nil {
		b.Fatalf("%s has no form", path)
	}
	return string(m[1])
}

// save saves the n-th value into the next cell of an editor.
func (l *autosaveLoad) save(b *testing.B, e *autosaveEditor, n int) {
	item, value := e.items[n/autosaveSessions%len(e.items)], strconv.Itoa(1000+n)
	form := url.Values{
		"form_token": {e.token}, "item": {string(item)}, "value": {value}, "note": {""}, "missing": {""}, "base": {strconv.FormatInt(e.revision[item], 10)},
		"request": {fmt.Sprintf("bench-%d", n)},
	}
	began := time.Now()
	answer, err := e.client.PostForm(e.base+"/fill/2026Q4/cell", form)
	if err != nil {
		b.Error(err)
		return
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil { // the script waits for the whole section
		b.Error(err)
		return
	}
	took := time.Since(began)
	if answer.StatusCode != http.StatusOK {
		b.Errorf("save %d: %d", n, answer.StatusCode)
		return
	}
	e.revision[item]++
	l.mu.Lock()
	defer l.mu.Unlock()
	l.took = append(l.took, took)
	l.kept[autosaveCell{e.unit, item}] = value
}

func (l *autosaveLoad) report(b *testing.B) {
	slices.Sort(l.took)
	if len(l.took) == 0 {
		return
	}
	at := func(share float64) float64 {
		return float64(l.took[int(share*float64(len(l.took)-1))].Microseconds()) / 1000
	}
	b.ReportMetric(at(0.5), "ms/median")
	b.ReportMetric(at(0.95), "ms/p95")
	b.ReportMetric(at(1), "ms/max")
	b.ReportMetric(float64(len(l.took))/b.Elapsed().Seconds(), "saves/s")
}

// check looks for every acknowledged value.
func (l *autosaveLoad) check(b *testing.B) {
	for cell, value := range l.kept {
		form, err := l.desk.Form(b.Context(), cell.unit, l.quarter, time.Now())
		if err != nil {
			b.Fatal(err)
		}
		held := ""
		for _, s := range form.Sections {
			for _, f := range s.Fields {
				if f.Item.Code == cell.item && f.Kind == desk.Typed {
					held = f.Draft.Value
				}
			}
		}
		if held != value {
			b.Errorf("%s of %s holds %q, acknowledged was %q", cell.item, cell.unit, held, value)
		}
	}
	b.ReportMetric(float64(len(l.kept)), "cells")
}
