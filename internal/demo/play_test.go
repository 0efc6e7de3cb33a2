package demo

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/dial"
	"github.com/unionboard/unionboard/internal/source"
	"github.com/unionboard/unionboard/internal/store"
	"github.com/unionboard/unionboard/internal/testkit"
)

// stage is where the story is played: the real sources, gate and store.
type stage struct {
	t       *testing.T
	city    *City
	now     time.Time
	dropped time.Time
	drop    string
	store   *store.Store
	gate    *collect.Gate
	sources map[assess.Code]collect.Source
	runs    []collect.Report
}

func (s *stage) Edition(context.Context, int) (*assess.Edition, error) {
	return s.city.model.edition, nil
}

func newStage(t *testing.T, c *City) *stage {
	t.Helper()
	s := &stage{t: t, city: c, drop: t.TempDir(), sources: map[assess.Code]collect.Source{}}
	db := testkit.Store(t)
	s.store = db
	s.gate = collect.New(collect.Config{Store: db, Editions: s, Zone: zone()})
	server := httptest.NewServer(c.Handler(func() time.Time { return s.now }))
	t.Cleanup(server.Close)
	tokens := t.TempDir()
	for _, p := range c.Sources(server.URL, s.drop) {
		s.sources[p.Name] = collect.Source{
			Name: p.Name, Door: assess.Door(p.Kind), Units: p.Units, Supplies: p.Supplies, Authority: collect.Authority(p.Authority),
			Fetcher: fetcherOf(t, p, tokens),
		}
	}
	return s
}

func fetcherOf(t *testing.T, p SourcePlan, tokens string) collect.Fetcher {
	t.Helper()
	if p.Kind == "drop" {
		if err := os.MkdirAll(p.Folder, 0o755); err != nil {
			t.Fatal(err)
		}
		d, err := source.NewDrop(source.DropConfig{Name: p.Name, Folder: p.Folder})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	token := filepath.Join(tokens, string(p.Name))
	if err := os.WriteFile(token, []byte(p.Token), 0o600); err != nil {
		t.Fatal(err)
	}
	h, err := source.NewHTTP(source.HTTPConfig{
		Name: p.Name, URL: p.URL, Format: source.Format(p.Format), Token: dial.Secret{File: token}, AllowLoopback: true,
		Delay: time.Millisecond, Tries: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// play puts one event through the real parts.
func (s *stage) play(e Event) {
	s.t.Helper()
	ctx := s.t.Context()
	s.now = e.At
	var err error
	switch e.Kind {
	case SetCycle:
		err = s.store.PutCycle(ctx, assess.Cycle{Period: e.Period, State: e.State}, assess.AuditLine{At: e.At, Actor: "system", Action: "cycle", Result: "ok"})
	case Collect:
		err = s.collect(e)
	case ReturnCells:
		err = s.gate.Decide(ctx, e.Unit, e.Period, collect.Returns(e.Items, e.Reason, e.Note), collect.Reviewer{By: e.By}, e.At)
	case AcceptReport:
		err = s.gate.AcceptAll(ctx, e.Unit, e.Period, e.By, e.At)
	case ImportFile:
		err = s.hand(e.Body, e.File, collect.Options{Unit: e.Unit, By: e.By, Authority: collect.Submit})
	case CorrectCell:
		body := "unit,period,code,value\n" + string(e.Unit) + "," + e.Period.String() + "," + string(e.Items[0]) + "," + e.Value + "\n"
		err = s.hand([]byte(body), "correction.csv", collect.Options{By: e.By, Correction: &collect.Correction{Reason: e.Note}})
	}
	if err != nil {
		s.t.Fatalf("%s at %s, %s %s: %v", e.Kind, e.At, e.Unit, e.Period, err)
	}
}

func (s *stage) collect(e Event) error {
	if _, err := s.city.WriteDrop(s.drop, s.dropped, e.At); err != nil {
		return err
	}
	s.dropped = e.At
	for _, name := range e.Sources {
		run, err := s.gate.Run(s.t.Context(), s.sources[name], collect.Ask{Slot: e.At, Period: e.Period}, e.At)
		if err != nil {
			return err
		}
		s.runs = append(s.runs, run)
	}
	return nil
}

func (s *stage) hand(body []byte, name string, o collect.Options) error {
	file := filepath.Join(s.t.TempDir(), name)
	if err := os.WriteFile(file, body, 0o600); err != nil {
		return err
	}
	delivery, err := source.ReadFile(file, nil)
	if err != nil {
		return err
	}
	run, err := s.gate.Import(s.t.Context(), delivery, o, s.now)
	if err == nil && run.State != assess.RunDone {
		s.t.Errorf("%s: %s, refused %v", name, run.State, run.Rejected)
	}
	return err
}

// TestTheRealPartsPlayTheStory: what the sources, the gate and the store make of the story is what the city says in the end.
func TestTheRealPartsPlayTheStory(t *testing.T) {
	s := newStage(t, cityOf(t, Seed, 8))
	s.playAll()
	s.checkRuns()
	s.checkFilings()
	s.checkNothingComesTwice()
}

func TestAShortStoryPlaysToo(t *testing.T) {
	newStage(t, cityOf(t, Seed, 1)).playAll()
}

// playAll plays every event and compares the log with the city.
func (s *stage) playAll() {
	s.t.Helper()
	for _, e := range s.city.Events() {
		s.play(e)
	}
	current, err := s.store.Current(s.t.Context(), assess.CellQuery{})
	if err != nil {
		s.t.Fatal(err)
	}
	got := map[assess.CellKey]string{}
	for _, o := range current {
		got[o.CellKey] = string(o.State) + " " + o.Value
	}
	if diff := cmp.Diff(finals(s.city), got, cmp.AllowUnexported(assess.Period{})); diff != "" {
		s.t.Errorf("the log is not what the city says (-city +log):\n%s", diff)
	}
}

// checkNothingComesTwice collects everything once more.
func (s *stage) checkNothingComesTwice() {
	s.t.Helper()
	before := len(s.runs)
	e := Event{At: s.city.End().Add(time.Hour), Kind: Collect, Period: s.city.last()}
	for _, p := range s.city.sources {
		e.Sources = append(e.Sources, p.Name)
	}
	s.play(e)
	for _, run := range s.runs[before:] {
		if run.New+run.Changed > 0 {
			s.t.Errorf("%s brings %d new and %d changed figures once more", run.Source, run.New, run.Changed)
		}
	}
}

// checkRuns wants one row refused and the dead district alone without an answer in the end.
func (s *stage) checkRuns() {
	refused, last := map[string]int{}, map[assess.Code]assess.RunState{}
	for _, run := range s.runs {
		last[run.Source] = run.State
		for _, r := range run.Rejected {
			refused[r.Problem.Key]++
		}
	}
	if refused["problem.item_misspelt"] == 0 || refused["problem.source_status"] == 0 || len(refused) > 3 {
		s.t.Errorf("refused: %v; want a misspelt item, a failing source, and what was not there yet", refused)
	}
	for source, state := range last {
		if (state == assess.RunFailed) != (source == districtSource(liaozhong)) {
			s.t.Errorf("the last run of %s is %s", source, state)
		}
	}
}

func (s *stage) checkFilings() {
	filings, err := s.store.Filings(s.t.Context(), s.city.Periods()...)
	if err != nil {
		s.t.Fatal(err)
	}
	late, returns := 0, 0
	for _, f := range filings {
		if f.State != assess.Accepted {
			s.t.Errorf("the report of %s for %s is %s", f.Unit, f.Period, f.State)
		}
		late += f.LateDays
		returns += f.Returns
	}
	// Two days and one; two cells of one district among the others.
	if len(filings) != 13*8-1 || late != 3 || returns < 10 {
		s.t.Errorf("%d reports, %d late days, %d cells returned", len(filings), late, returns)
	}
}
