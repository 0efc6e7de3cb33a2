package results_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/catalog"
	"github.com/unionboard/unionboard/internal/results"
	"github.com/unionboard/unionboard/internal/score"
)

// memory is a log in memory that a test fills and counts the readings of.
type memory struct {
	mu           sync.Mutex
	version      int64
	observations []assess.Observation
	cycles       []assess.Cycle
	stages       []assess.ResultStage
	filings      []assess.Filing
	targets      []assess.Target
	editions     []assess.Edition
	frameworks   map[int]string // by the number of an edition; the others have the usual one
	failing      error

	read, loaded atomic.Int64
	// overtaken, where set, is called once by the next reading of the head, after the head was noted.
	overtaken func()
}

func (m *memory) Head(context.Context) (assess.Head, error) {
	m.mu.Lock()
	h := assess.Head{Seq: m.seq(), Version: m.version}
	then := m.overtaken
	m.overtaken = nil
	m.mu.Unlock()
	if then != nil {
		then()
	}
	return h, m.failing
}

func (m *memory) seq() int64 {
	if n := len(m.observations); n > 0 {
		return m.observations[n-1].Seq
	}
	return 0
}

func (m *memory) Each(_ context.Context, q assess.CellQuery, visit func(assess.Observation) error) error {
	m.read.Add(1)
	m.mu.Lock()
	newest := map[assess.CellKey]assess.Observation{}
	for _, o := range m.observations {
		if slices.Contains(q.Periods, o.Period) && (q.AsOf == 0 || o.Seq <= q.AsOf) {
			newest[o.CellKey] = o
		}
	}
	m.mu.Unlock()
	for _, o := range newest {
		if err := visit(o); err != nil {
			return err
		}
	}
	return nil
}

func (m *memory) History(_ context.Context, key assess.CellKey) (history []assess.Observation, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, o := range m.observations {
		if o.CellKey == key {
			history = append(history, o)
		}
	}
	return history, nil
}

func (m *memory) Changed(_ context.Context, periods []assess.Period, after, upTo int64) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.ContainsFunc(m.observations, func(o assess.Observation) bool {
		return slices.Contains(periods, o.Period) && after < o.Seq && o.Seq <= upTo
	}), nil
}

func (m *memory) Periods(context.Context) (periods []assess.Period, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, o := range m.observations {
		periods = append(periods, o.Period)
	}
	return periods, nil
}

func (m *memory) Targets(context.Context, int) ([]assess.Target, error) { return m.targets, nil }

func (m *memory) Filings(_ context.Context, periods ...assess.Period) ([]assess.Filing, error) {
	return slices.DeleteFunc(slices.Clone(m.filings), func(f assess.Filing) bool { return !slices.Contains(periods, f.Period) }), nil
}

func (m *memory) Cycles(context.Context) ([]assess.Cycle, error) { return m.cycles, nil }

func (m *memory) ResultStages(_ context.Context, p assess.Period) ([]assess.ResultStage, error) {
	return slices.DeleteFunc(slices.Clone(m.stages), func(s assess.ResultStage) bool { return s.Period != p }), nil
}

func (m *memory) Editions(context.Context) ([]assess.Edition, error) { return m.editions, nil }

func (m *memory) EditionFiles(_ context.Context, year, number int) (assess.Edition, map[string][]byte, error) {
	m.loaded.Add(1)
	text := framework
	if other := m.frameworks[number]; other != "" {
		text = other
	}
	return assess.Edition{Year: year, Number: number}, map[string][]byte{"f.yaml": []byte(text)}, nil
}

// put records a figure; note stands for the submission too, so that a test names what came together.
func (m *memory) put(unit assess.UnitCode, p assess.Period, item assess.Code, value, submission string) {
	m.add(assess.CellKey{Unit: unit, Period: p, Item: item}, value, submission)
}

func (m *memory) add(key assess.CellKey, value, submission string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.version++
	m.observations = append(m.observations, assess.Observation{
		Seq: m.seq() + 1, CellKey: key, State: assess.Reported, Value: value, Submission: submission,
	})
}

// set takes the collection of a period to a state and locks it at a sequence number.
func (m *memory) set(p assess.Period, state assess.CycleState, lock int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.version++
	m.cycles = slices.DeleteFunc(m.cycles, func(c assess.Cycle) bool { return c.Period == p })
	m.cycles = append(m.cycles, assess.Cycle{Period: p, State: state, LockSeq: lock})
}

// close scores a period by an edition.
func (m *memory) close(p assess.Period, edition int) {
	m.set(p, assess.CycleScored, m.seq())
	m.cycles[len(m.cycles)-1].Edition = edition
}

// framework is half members and half visits, 0 to 100 points each.
const framework = `
code: index
edition: 1
name: {zh: 指数}
layer: official
scale: 100
decimals: 2
children:
  - {code: members, name: {zh: 会员}, weight: 50, accumulation: ytd, frequency: quarterly, method: {kind: goalposts, low: 0, high: 100}}
  - {code: visits, name: {zh: 走访}, weight: 50, accumulation: ytd, frequency: quarterly, method: {kind: goalposts, low: 0, high: 100}}
`

// load makes an edition of two districts and one framework.
func load(files map[string][]byte) (*assess.Edition, error) {
	f, err := catalog.ReadFramework("f.yaml", files["f.yaml"])
	if err != nil {
		return nil, err
	}
	items, err := score.Implied(f)
	if err != nil {
		return nil, err
	}
	return &assess.Edition{
		Roster: assess.Roster{
			City:  assess.Unit{Code: "2101", Name: assess.Text{ZH: "全市"}},
			Units: []assess.Unit{{Code: unitA, Name: assess.Text{ZH: "甲"}}, {Code: unitB, Name: assess.Text{ZH: "乙"}}},
		},
		Items: items, Frameworks: []assess.Framework{*f},
	}, nil
}

const (
	unitA assess.UnitCode = "210102"
	unitB assess.UnitCode = "210103"
)

var q1 = assess.MustPeriod("2026Q1")

// newBoard answers a board over an empty log with an edition of 2026.
func newBoard() (*memory, *results.Live) {
	m := &memory{editions: []assess.Edition{{Year: 2026, Number: 1, Digest: "d"}}}
	return m, results.New(m, load)
}

// fill gives both districts their figures of a period: A 40 and 80, B 100 and 100.
func (m *memory) fill(p assess.Period) {
	m.put(unitA, p, "members", "40", "first")
	m.put(unitA, p, "visits", "80", "first")
	m.put(unitB, p, "members", "100", "first")
	m.put(unitB, p, "visits", "100", "first")
}

func sheet(t *testing.T, b results.Board, p assess.Period) *results.Sheet {
	t.Helper()
	s, err := b.Sheet(t.Context(), p)
	if err != nil {
		t.Fatalf("sheet of %s: %v", p, err)
	}
	return s
}

// total writes the root's score of a district, or its state.
func total(s *results.Sheet, unit assess.UnitCode) string {
	root := s.Scores("index").Card(unit).Root()
	if root.HasScore() {
		return fmt.Sprintf("%.2f", root.Shown)
	}
	return string(root.State)
}

func goal(unit assess.UnitCode, p assess.Period, code assess.Code, value int64) assess.Target {
	return assess.Target{Unit: unit, Period: p, Code: code, Value: decimal.NewFromInt(value)}
}

func texts(periods []assess.Period) (list []string) {
	for _, p := range periods {
		list = append(list, p.String())
	}
	return list
}

func byUnit(a, b results.Correction) int { return cmp.Compare(a.After.Unit, b.After.Unit) }
