package results

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// memory is a log of a small city: thirteen districts, five quarters, one item that a rule bounds.
type memory struct {
	edition assess.Edition
	cells   map[assess.CellKey]assess.Observation
	lock    int64
}

func (m *memory) Head(context.Context) (assess.Head, error) {
	return assess.Head{Seq: 1 << 40, Version: 1}, nil
}

func (m *memory) Each(_ context.Context, q assess.CellQuery, visit func(assess.Observation) error) error {
	periods := map[assess.Period]bool{}
	for _, p := range q.Periods {
		periods[p] = true
	}
	for key, o := range m.cells {
		if periods[key.Period] {
			if err := visit(o); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *memory) History(_ context.Context, key assess.CellKey) ([]assess.Observation, error) {
	before := m.cells[key]
	before.Seq, before.Value = 1, "90"
	return []assess.Observation{before, m.cells[key]}, nil
}

func (m *memory) Changed(context.Context, []assess.Period, int64, int64) (bool, error) {
	return true, nil
}

func (m *memory) Periods(context.Context) ([]assess.Period, error) { return nil, nil }

func (m *memory) Targets(context.Context, int) ([]assess.Target, error) { return nil, nil }

func (m *memory) Filings(context.Context, ...assess.Period) ([]assess.Filing, error) { return nil, nil }

func (m *memory) Cycles(context.Context) ([]assess.Cycle, error) {
	return []assess.Cycle{{Period: assess.MustPeriod("2026Q1"), State: assess.CycleScored, LockSeq: m.lock}}, nil
}

func (m *memory) ResultStages(context.Context, assess.Period) ([]assess.ResultStage, error) {
	return nil, nil
}

func (m *memory) Editions(context.Context) ([]assess.Edition, error) {
	return []assess.Edition{{Year: 2025, Number: 1}}, nil
}

func (m *memory) EditionFiles(context.Context, int, int) (assess.Edition, map[string][]byte, error) {
	return m.edition, nil, nil
}

// A city of thirteen districts with ten steady quarters of members and women; the last one has one district whose women exceed its
// members, one with ten times its members, and one whose figure was corrected after the lock.
func TestQuestions(t *testing.T) {
	item := func(code assess.Code) assess.Item {
		return assess.Item{Code: code, Type: assess.Count, Accumulation: assess.Stock, Frequency: assess.Quarterly, Origin: assess.FromDistrict}
	}
	log := &memory{lock: 10, cells: map[assess.CellKey]assess.Observation{}}
	log.edition.Items = []assess.Item{item("members"), item("women")}
	log.edition.Rules = []assess.Rule{{ID: "V02", Level: "error", Expr: "women <= members", Items: []assess.Code{"women", "members"}}}
	last := assess.MustPeriod("2026Q1")
	put := func(unit assess.UnitCode, p assess.Period, code assess.Code, n int, seq int64) {
		key := assess.CellKey{Unit: unit, Period: p, Item: code}
		log.cells[key] = assess.Observation{
			Seq: seq, CellKey: key, State: assess.Reported, Value: strconv.Itoa(n), RecordedAt: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC),
		}
	}
	for u := range 13 {
		unit := assess.UnitCode("u" + strconv.Itoa(10+u))
		log.edition.Roster.Units = append(log.edition.Roster.Units, assess.Unit{Code: unit})
		for back := range 10 {
			members := 1000*(u+1) + (u*7+back*5)%11
			put(unit, last.Add(-back), "members", members, 2)
			put(unit, last.Add(-back), "women", members/3, 2)
		}
	}
	put("u12", last, "women", 3500, 3)
	put("u20", last, "members", 110000, 3)
	put("u15", last, "members", 6010, 11)

	live := New(log, func(map[string][]byte) (*assess.Edition, error) {
		e := log.edition
		return &e, nil
	})
	q, err := live.Questions(t.Context(), last)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range q.Findings {
		got = append(got, string(f.Level)+" "+string(f.Check)+" "+string(f.Unit))
	}
	list := strings.Join(got, ", ")
	for _, want := range []string{"error V02 u12", "warn late_change u15", "ask E u20", "ask other_unit u20"} {
		if !strings.Contains(list, want) {
			t.Errorf("%s is not among %s", want, list)
		}
	}
	if !strings.HasPrefix(list, "error V02 u12, warn late_change u15") || strings.Contains(list, "u17") {
		t.Errorf("errors come first, and u17 is asked nothing: %s", list)
	}
	if q.Budget.Cells != 26 {
		t.Errorf("%d cells, want 13 × 2", q.Budget.Cells)
	}
	if _, err := live.Questions(t.Context(), assess.MustPeriod("2019Q1")); err == nil {
		t.Error("a quarter without definitions or figures has questions")
	}
}
