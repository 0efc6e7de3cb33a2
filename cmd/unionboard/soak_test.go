package main

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/config"
	"github.com/unionboard/unionboard/internal/desk"
)

// The load of the soak. Two hundred people open a page every ten seconds each; in the last minute of every five all come at once.
const (
	soakPeople  = 200
	soakPages   = 20.0 // a second
	soakSaves   = 4.0  // a second, and at the peak:
	soakPeak    = 20.0
	soakRecords = 0.5
	soakExports = 5 // files at once at the peak
	// soakFilePause lets each of them take as many files as a person may: 60 a minute.
	soakFilePause = 1100 * time.Millisecond
	peakEvery     = 5 * time.Minute
	peakLength    = time.Minute
)

// The goals: of pages and saves, and of what the server takes.
const (
	pageMost95, pageMost99, saveMost99 = 100 * time.Millisecond, 300 * time.Millisecond, 300 * time.Millisecond
	growthMost                         = 1.0 // MB of memory in a minute, after the first ten, from cycle to cycle of the load
	walMost                            = 128 << 20
	filesMost                          = 1.0 // descriptors in a minute
)

func soakRate(calm, peak float64) func(time.Duration) float64 {
	return func(since time.Duration) float64 {
		if since%peakEvery >= peakEvery-peakLength {
			return peak
		}
		return calm
	}
}

// soak is the demonstration city with two hundred people at work.
type soak struct {
	t       *testing.T
	dir     string
	addr    string
	quarter assess.Period
	server  *program
	*load

	people  []*guest
	paths   map[*guest][]string
	editors chan *editor
	clerks  []*guest // who keep registers
	export  []*guest
}

// newSoak makes the folder, starts the server and signs everybody in.
func newSoak(t *testing.T) *soak {
	t.Helper()
	s := &soak{t: t, dir: filepath.Join(t.TempDir(), "data"), addr: quietAddress(t), load: newLoad(), paths: map[*guest][]string{}}
	copyInstallation(t, demonstration(t), s.dir)
	add, err := os.OpenFile(filepath.Join(s.dir, config.FileName), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(add, "\nmetrics_addr: %s\ndebug_addr: %s\n", s.metricsAddr(), strings.Replace(s.addr, ":2", ":3", 1))
	if err := add.Close(); err != nil {
		t.Fatal(err)
	}
	posts := soakPosts()
	open := map[assess.UnitCode][]cellOfForm{}
	inside(t, s.dir, func(a *app) {
		addPeople(t, a, posts)
		s.quarter, open = openForms(t, a)
	})
	s.server = startAs(t, os.Getenv("UNIONBOARD_TEST_PROGRAM"), "serve", "--data", s.dir, "--addr", s.addr)
	w := world{t: t, addr: s.addr, server: s.server}
	w.ready(time.Now())
	s.signIn(posts, open)
	return s
}

func (s *soak) metricsAddr() string { return strings.Replace(s.addr, ":2", ":1", 1) }

// soakPosts are two hundred posts: nine reporters of each district, who work in shifts, its checkers and chairs, and the city.
func soakPosts() map[string]account.Post {
	posts := map[string]account.Post{}
	units := []assess.UnitCode{"210102", "210103", "210104", "210105", "210106", "210111", "210112", "210113", "210114", "210115", "210181", "210123", "210124"}
	for i := range 8 * len(units) {
		posts[fmt.Sprintf("reporter%03d", i)] = account.Post{Role: assess.DistrictReporter, Unit: units[i%len(units)]}
	}
	for i := range 2 * len(units) {
		posts[fmt.Sprintf("chair%03d", i)] = account.Post{Role: assess.DistrictChair, Unit: units[i%len(units)]}
	}
	departments := []assess.Code{"org", "office", "publicity", "economy", "rights", "legal", "women", "finance", "audit", "party"}
	for i := range 30 {
		posts[fmt.Sprintf("reviewer%03d", i)] = account.Post{Role: assess.CityReviewer, Department: departments[i%len(departments)]}
	}
	for i := range 20 {
		posts[fmt.Sprintf("leader%03d", i)] = account.Post{Role: assess.CityLeader}
	}
	for i := range soakPeople - len(posts) {
		posts[fmt.Sprintf("analyst%03d", i)] = account.Post{Role: assess.CityAnalyst}
	}
	return posts
}

// openForms answers the quarter whose forms can be filled in, and the counted cells of each. Where the calendar has closed all, the quarter of
// today is opened early.
func openForms(t *testing.T, a *app) (assess.Period, map[assess.UnitCode][]cellOfForm) {
	t.Helper()
	now := time.Now()
	quarter := oldQuarter().Add(3)
	if err := issueShipped(t.Context(), a.store, []int{quarter.CalendarYear()}, now); err != nil {
		t.Log(err) // it is issued already
	}
	early := assess.Adjustment{Kind: assess.OpenedEarly, Period: quarter, Reason: "测试：提前开放"}
	if err := a.gate.Adjust(t.Context(), early, assess.AuditLine{At: now, Actor: "system", Result: "ok"}); err != nil {
		t.Log(err) // it is open already
	}
	edition, err := a.board.Edition(t.Context(), quarter.CalendarYear())
	if err != nil {
		t.Fatal(err)
	}
	open := map[assess.UnitCode][]cellOfForm{}
	for _, u := range edition.Roster.Units {
		form, err := a.desk.Form(t.Context(), u.Code, quarter, now)
		if err != nil {
			t.Fatal(err)
		}
		if form.Shut != nil || form.Filing.Rounds > 0 {
			continue
		}
		for _, s := range form.Sections {
			for _, f := range s.Fields {
				if f.Kind == desk.Typed && f.Item.Type == assess.Count && f.Locked == nil {
					open[u.Code] = append(open[u.Code], cellOfForm{s.Code, f.Item.Code})
				}
			}
		}
	}
	return quarter, open
}

// signIn signs all people in, some at a time, and gives each the pages of their work.
func (s *soak) signIn(posts map[string]account.Post, open map[assess.UnitCode][]cellOfForm) {
	t := s.t
	names := slices.Sorted(maps.Keys(posts))
	seat := map[assess.UnitCode]int{}
	s.editors = make(chan *editor, len(names))
	turn := make(chan struct{}, 4)
	var all sync.WaitGroup
	var mu sync.Mutex
	began := time.Now()
	for n, name := range names {
		post := posts[name]
		i := seat[post.Unit]
		if post.Role == assess.DistrictReporter {
			seat[post.Unit]++
		}
		v := newGuest(t, "http://"+s.addr, name, n)
		all.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			if err := v.signIn(t.Context()); err != nil {
				t.Error(err)
				return
			}
			paths := s.pathsOf(post, n)
			mu.Lock()
			defer mu.Unlock()
			s.people, s.paths[v] = append(s.people, v), paths
			switch cells := open[post.Unit]; {
			case post.Role == assess.DistrictReporter && len(cells) > 0:
				if e := newEditor(t, v, s.quarter.String(), cells, i, 8); len(e.cells) > 0 {
					s.editors <- e
				}
				s.clerks = append(s.clerks, v)
			case post.Role == assess.CityAnalyst && len(s.export) < soakExports:
				s.export = append(s.export, v)
			}
		})
	}
	all.Wait()
	if t.Failed() {
		t.FailNow()
	}
	slices.SortFunc(s.people, func(a, b *guest) int { return strings.Compare(a.name, b.name) })
	t.Logf("%d people signed in within %s, %d of them fill in forms", len(s.people), time.Since(began).Round(time.Second), len(s.editors))
}

// pathsOf are the pages that somebody of a post opens in turn.
func (s *soak) pathsOf(post account.Post, n int) []string {
	q, last := s.quarter.String(), "2026Q3"
	unit := string(post.Unit)
	board := []string{ // of these the first is not for districts and reviewers, whom it leads elsewhere
		"/", "/f/six_systems?q=" + last, "/f/five_projects?q=" + last, "/lags?q=" + last, "/i/palace_visits?q=" + last}
	switch post.Role {
	case assess.DistrictReporter, assess.DistrictChair:
		return append(board[1:2:2], "/tasks", "/fill/"+q, "/fill/"+q+"/check", "/d/"+unit+"?q="+last, "/fill/"+q+"/cover", "/registers", "/registers/skills_competitions", "/corrections", "/account")
	case assess.CityReviewer:
		return append(board[1:3:3], "/tasks", "/review", "/review?q="+last, "/status/"+q, "/review/210104/"+q, "/actions", "/registers")
	case assess.CityLeader:
		return append(board, "/d/210102?q="+last, "/d/210124?q="+last, "/compare?q="+last, "/why/210102/six_systems?q="+last, "/status/"+q)
	}
	return append(board, "/status/"+q, "/collect", "/export?q="+last, "/city/"+q, "/calendar", "/scoring/"+last, "/targets/2026")
}

// opens opens the pages of everybody once, so that a page that there is not is found before it is counted.
func (s *soak) opens() {
	s.t.Helper()
	seen := map[string]bool{}
	for _, v := range s.people {
		for _, path := range s.paths[v] {
			if key := v.name[:4] + path; !seen[key] {
				seen[key] = true
				began := time.Now()
				got, err := v.get(s.t.Context(), path)
				if err := complain(path+" as "+v.name, got, err, http.StatusOK); err != nil {
					s.t.Error(err)
				}
				if took := time.Since(began); took > pageMost99 {
					s.t.Logf("the first view of %s as %s took %s", path, v.name, took.Round(time.Millisecond))
				}
			}
		}
	}
	if s.t.Failed() {
		s.t.FailNow()
	}
}

// work lets everything come until the context ends, and waits for the last answers.
func (s *soak) work(ctx context.Context) {
	turn := 0
	s.every(ctx, steadily(soakPages), func(due time.Time) {
		s.mu.Lock()
		turn++
		n := turn
		s.mu.Unlock()
		who, round := n%len(s.people), n/len(s.people)
		paths := s.paths[s.people[who]]
		s.page(s.people[who], paths[(who+round)%len(paths)], due) // nobody waits for others to be on the same page
	})
	chance := sync.Pool{New: func() any { return rand.New(rand.NewPCG(rand.Uint64(), 1)) }}
	s.every(ctx, soakRate(soakSaves, soakPeak), func(due time.Time) {
		e := <-s.editors // one whose last save was answered; waiting for one counts, too
		defer func() { s.editors <- e }()
		one := chance.Get().(*rand.Rand)
		defer chance.Put(one)
		to, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		s.count("save", due, e.save(to, one))
	})
	s.every(ctx, steadily(soakRecords), s.record)
	for i, v := range s.export {
		s.all.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				if since := time.Since(soakBegan(ctx)); since%peakEvery < peakEvery-peakLength && (i > 0 || n%2 == 0) {
					time.Sleep(2 * time.Second) // away from the peak one takes a file now and then
					if i > 0 {
						continue
					}
				}
				next := time.Now().Add(soakFilePause)
				s.file(v, n)
				time.Sleep(time.Until(next))
			}
		})
	}
	s.all.Wait()
}

type beganKey struct{}

func soakBegan(ctx context.Context) time.Time { return ctx.Value(beganKey{}).(time.Time) }

// file takes a table of all districts.
func (s *soak) file(v *guest, n int) {
	tables := []string{"observations.csv", "scores.xlsx", "ranking.xlsx", "scores.csv", "observations.xlsx"}
	due := time.Now()
	to, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	path := "/export/" + tables[n%len(tables)] + "?q=2026Q3&language=zh"
	got, err := v.get(to, path)
	s.count("file", due, complain(path, got, err, http.StatusOK))
}

// record adds a record to a register.
func (s *soak) record(due time.Time) {
	n := due.UnixNano() / 1000
	v := s.clerks[int(n)%len(s.clerks)]
	key := fmt.Sprintf("JS-%d", n)
	form := url.Values{}
	for name, value := range map[string]string{
		"competition_no": key, "name": "竞赛 " + key, "level": "district", "scope": "regional", "organiser": "区总工会", "trades": "焊工", "started_on": "2026-10-10",
		"mode": "onsite", "enterprises_count": "3", "participants_registered": "30", "status": "ongoing",
	} {
		form.Set("v."+name, value)
	}
	to, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	got, err := v.post(to, "/registers/skills_competitions/new", form)
	s.count("record", due, complain("add a record as "+v.name, got, err, http.StatusSeeOther))
}

// TestSoak lets two hundred signed-in people work in the demonstration city and looks at what they would notice, and at what the server takes.
// SOAK_MINUTES says for how long; `make soak` for thirty. UNIONBOARD_TEST_PROGRAM is the program that serves.
func TestSoak(t *testing.T) {
	minutes := setting(t, "SOAK_MINUTES", 0)
	if minutes == 0 {
		t.Skip("SOAK_MINUTES=30 lets two hundred people work for half an hour; see `make soak`")
	}
	s := newSoak(t)
	s.opens()
	length := time.Duration(minutes) * time.Minute
	ctx, cancel := context.WithTimeout(context.WithValue(t.Context(), beganKey{}, time.Now()), length)
	defer cancel()
	samples := make(chan []health, 1)
	go func() {
		samples <- sampled(ctx, s.server.cmd.Process.Pid, s.dir, "http://"+s.metricsAddr(), 5*time.Second)
	}()
	s.work(ctx)
	s.judge(t, length, <-samples)
	if r := s.server.stop(); r.code != exitDone {
		t.Errorf("the server ended with %d: %s", r.code, r.err)
	}
	head(t, s.dir)
}

// judge prints what was measured and holds it against the goals.
func (s *soak) judge(t *testing.T, length time.Duration, samples []health) {
	t.Helper()
	calm := slices.DeleteFunc(slices.Clone(samples), func(h health) bool { return h.at < min(10*time.Minute, length/2) })
	cycles := ofCycles(calm, peakEvery)
	if len(cycles) < 2 { // too short a run to say much
		cycles = calm
	}
	growth := slope(cycles, func(h health) float64 { return float64(h.resident) / (1 << 20) })
	kept := slope(cycles, func(h health) float64 { return float64(h.kept) / (1 << 20) })
	files := slope(cycles, func(h health) float64 { return float64(h.files) })
	var wal, most int64
	for _, h := range samples {
		wal, most = max(wal, h.wal), max(most, h.resident)
	}
	first, last := calm[0], calm[len(calm)-1]
	faults := 0
	for _, n := range s.faults {
		faults += n
	}
	fmt.Printf("\n%s of %d people, %.0f pages/s, %.0f saves/s (%.0f and %d files at once in one minute of five)\n\n%s\n", length, len(s.people), soakPages, soakSaves, soakPeak, soakExports, s.table())
	fmt.Printf("memory: %d MB at most, %+.2f MB a minute after %s, of which the program keeps %d to %d MB, %+.2f a minute; descriptors %d to %d, goroutines %d to %d, write-ahead log at most %d MB\n\n",
		most>>20, growth, first.at.Round(time.Minute), first.kept>>20, last.kept>>20, kept, first.files, last.files, first.goroutines, last.goroutines, wal>>20)
	fmt.Println(s.slowest(6))
	for _, one := range s.said {
		fmt.Println("a user saw:", one)
	}
	for _, goal := range []struct {
		name string
		kept bool
		is   string
	}{
		{"95 % of the pages within 100 ms", s.share("page", 0.95) <= pageMost95, s.share("page", 0.95).String()},
		{"99 % of the pages within 300 ms", s.share("page", 0.99) <= pageMost99, s.share("page", 0.99).String()},
		{"99 % of the saves within 300 ms", s.share("save", 0.99) <= saveMost99, s.share("save", 0.99).String()},
		{"no fault that a user would see", faults == 0, fmt.Sprint(faults)},
		{"memory grows by less than 1 MB a minute", growth < growthMost, fmt.Sprintf("%+.2f MB", growth)},
		{"descriptors stay as many", files < filesMost, fmt.Sprintf("%+.2f a minute", files)},
		{"the write-ahead log stays below 128 MB", wal < walMost, fmt.Sprintf("%d MB", wal>>20)},
	} {
		word := "kept"
		if !goal.kept {
			word = "NOT KEPT"
			t.Errorf("goal: %s; it is %s", goal.name, goal.is)
		}
		fmt.Printf("%-8s  %s: %s\n", word, goal.name, goal.is)
	}
}
