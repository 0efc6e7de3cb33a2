package results_test

import (
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/results"
)

// By hand: A has half of 40 and half of 80, 60 points; B has 100.
func TestSheetHoldsWhatIsKnownOfAPeriod(t *testing.T) {
	m, board := newBoard()
	m.fill(q1)
	m.set(q1, assess.CycleReviewing, 0)
	m.filings = []assess.Filing{{Unit: unitB, Period: q1, State: assess.Submitted, LateDays: 3}}
	s := sheet(t, board, q1)
	if total(s, unitA) != "60.00" || total(s, unitB) != "100.00" {
		t.Errorf("scores %s and %s", total(s, unitA), total(s, unitB))
	}
	if s.Scores("index").City == nil || s.Scores("nix") != nil || s.Composite != nil {
		t.Error("there is a city, no other framework and no composite")
	}
	if o := figure(s, unitA, q1, "visits"); o.Value != "80" {
		t.Errorf("value %+v, %v", o, o.Seq)
	}
	if o := figure(s, unitA, q1.Next(), "visits"); o.Value != "" {
		t.Error("there is a value of another period")
	}
	if f, n, score := s.Node(unitB, "members"); f == nil || n == nil || score == nil || score.Shown != 100 {
		t.Errorf("node %v %v %v", f, n, score)
	}
	if _, _, score := s.Node("2101", "members"); score == nil {
		t.Error("the city has no score")
	}
	if f, n, score := s.Node(unitB, "nix"); f != nil || n != nil || score != nil {
		t.Error("an unknown node has something")
	}
	if reported, all := s.Reported(); reported != 1 || all != 2 || s.Filing(unitA).State != assess.NotStarted || s.Filing(unitB).LateDays != 3 {
		t.Errorf("%d of %d reported, %+v", reported, all, s.Filings)
	}
	if s.Version != 1 || s.Cycle.State != assess.CycleReviewing || s.Cycle.Period != q1 || s.AsOf.Format("2006-01-02") != "2026-03-31" {
		t.Errorf("version %d, cycle %+v, as of %s", s.Version, s.Cycle, s.AsOf)
	}
	if s.Edition.Year != 2026 || s.Edition.Number != 1 || s.Edition.Digest != "d" {
		t.Errorf("edition %d-%d %s", s.Edition.Year, s.Edition.Number, s.Edition.Digest)
	}
}

// What is missing is pending while the collection goes on, and not reported when it is closed.
func TestMissingIsPendingUntilTheCollectionIsClosed(t *testing.T) {
	m, board := newBoard()
	m.put(unitA, q1, "members", "40", "first")
	if _, _, score := sheet(t, board, q1).Node(unitA, "visits"); score.State != assess.Pending {
		t.Errorf("open: %s", score.State)
	}
	m.set(q1, assess.CycleScored, m.seq())
	s := sheet(t, board, q1)
	if _, _, score := s.Node(unitA, "visits"); score.State != assess.NotReported || total(s, unitA) != "20.00" {
		t.Errorf("closed: %s, %s points", score.State, total(s, unitA))
	}
}

func TestTheSameSheetUntilTheDataMove(t *testing.T) {
	m, board := newBoard()
	m.fill(q1)
	first := sheet(t, board, q1)
	if again := sheet(t, board, q1); again != first || m.read.Load() != 1 {
		t.Errorf("the log was read %d times", m.read.Load())
	}
	m.put(unitA, q1, "members", "60", "second")
	second := sheet(t, board, q1)
	if second == first || total(second, unitA) != "70.00" || total(first, unitA) != "60.00" {
		t.Errorf("after a new figure A has %s, and had %s", total(second, unitA), total(first, unitA))
	}
	if sheet(t, board, q1) != second || m.read.Load() != 2 {
		t.Errorf("the log was read %d times", m.read.Load())
	}
}

// A new version of the data makes a new sheet only of what it has changed: the figures of the period, its year included, the states of
// reports and of the collection, the targets, the edition.
func TestOnlyWhatChangedIsComputedAgain(t *testing.T) {
	m, board := newBoard()
	m.fill(q1)
	m.fill(q1.Next())
	first := sheet(t, board, q1)
	for _, tc := range []struct {
		what  string
		do    func()
		again bool
	}{
		{"nothing that a sheet shows", func() { m.version++ }, false},
		{"a figure of another quarter", func() { m.put(unitA, q1.Next(), "members", "60", "second") }, false},
		{"a figure of the year", func() { m.put(unitA, q1.Year(), "members", "60", "second") }, true},
		{"a figure", func() { m.put(unitA, q1, "members", "60", "second") }, true},
		{"the state of a report", func() {
			m.version++
			m.filings = []assess.Filing{{Unit: unitA, Period: q1, State: assess.Submitted}}
		}, true},
		{"the same again", func() { m.version++ }, false},
		{"the state of the collection", func() { m.set(q1, assess.CycleReviewing, 0) }, true},
		{"that of another", func() { m.set(q1.Next(), assess.CycleReviewing, 0) }, false},
		{"a target", func() {
			m.version++
			m.targets = []assess.Target{{Unit: unitA, Period: q1.Year(), Code: "members", Value: decimal.NewFromInt(50)}}
		}, true},
		{"the same target read again", func() {
			m.version++
			m.targets = []assess.Target{{Unit: unitA, Period: q1.Year(), Code: "members", Value: decimal.NewFromInt(50)}}
		}, false},
		{"an edition", func() {
			m.version++
			m.editions = append(m.editions, assess.Edition{Year: 2026, Number: 2, Digest: "e"})
		}, true},
	} {
		before := m.read.Load()
		tc.do()
		now := sheet(t, board, q1)
		if again := m.read.Load() > before; again != tc.again {
			t.Errorf("%s: computed again: %v, want %v", tc.what, again, tc.again)
		}
		if now == first || now.Head.Version != m.version {
			t.Errorf("%s: the sheet is of version %d, the data of %d", tc.what, now.Head.Version, m.version)
		}
	}
}

// Where a standby was promoted that lacked something, numbers are given a second time: no sheet of before is taken for one of now by them.
func TestAnotherHistoryIsReadAnew(t *testing.T) {
	m, board := newBoard()
	m.fill(q1)
	m.put(unitA, q1, "members", "60", "lost")
	if got := total(sheet(t, board, q1), unitA); got != "70.00" {
		t.Fatal(got)
	}
	// The last figure is lost with the primary; its number, and one more, are given again.
	m.observations = m.observations[:len(m.observations)-1]
	m.put(unitA, q1, "members", "20", "again")
	m.put(unitA, q1.Next(), "members", "20", "more")
	m.version = assess.Head{Version: m.version}.In(1).Version
	if got := total(sheet(t, board, q1), unitA); got != "50.00" {
		t.Errorf("A has %s, want 50.00", got)
	}
}

// A reader who has seen an old head and is overtaken gets a sheet, and does not make those who are ahead compute theirs again.
func TestAnOvertakenReaderSpoilsNothing(t *testing.T) {
	m, board := newBoard()
	m.fill(q1)
	sheet(t, board, q1)
	var ahead *results.Sheet
	m.overtaken = func() {
		m.put(unitA, q1, "members", "60", "second")
		ahead = sheet(t, board, q1)
	}
	behind := sheet(t, board, q1)
	if total(behind, unitA) != "60.00" || total(ahead, unitA) != "70.00" {
		t.Errorf("behind %s, ahead %s", total(behind, unitA), total(ahead, unitA))
	}
	if sheet(t, board, q1) != ahead {
		t.Error("the sheet of those ahead was forgotten")
	}
}

func TestReadersAtOnceShareOneComputation(t *testing.T) {
	m, board := newBoard()
	m.fill(q1)
	m.fill(q1.Next())
	var group sync.WaitGroup
	var mu sync.Mutex
	seen := map[*results.Sheet]bool{}
	for i := range 40 {
		group.Go(func() {
			p := q1
			if i%2 == 1 {
				p = p.Next()
			}
			s, err := board.Sheet(t.Context(), p)
			if err != nil || total(s, unitA) != "60.00" {
				t.Errorf("%v", err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			seen[s] = true
		})
	}
	group.Wait()
	if len(seen) != 2 || m.read.Load() != 2 || m.loaded.Load() != 1 {
		t.Errorf("%d sheets, the log was read %d times and the edition %d times", len(seen), m.read.Load(), m.loaded.Load())
	}
}

// A sheet stays what it was while others write and read.
func TestSheetsWhileTheLogGrows(t *testing.T) {
	m, board := newBoard()
	m.fill(q1)
	var group sync.WaitGroup
	group.Go(func() {
		for range 30 {
			m.put(unitA, q1, "members", "60", "more")
		}
	})
	for range 4 {
		group.Go(func() {
			for range 30 {
				s, err := board.Sheet(t.Context(), q1)
				if err != nil {
					t.Error(err)
					return
				}
				if o := figure(s, unitA, q1, "members"); o.Seq > s.Head.Seq || (total(s, unitA) == "70.00") != (o.Value == "60") {
					t.Errorf("at %d the sheet holds figure %d, %s, and scores %s", s.Head.Seq, o.Seq, o.Value, total(s, unitA))
				}
			}
		})
	}
	group.Wait()
}

func TestAYearIsListedWithItsFourQuarters(t *testing.T) {
	m, board := newBoard()
	periods := func() []string {
		t.Helper()
		list, err := board.Periods(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return texts(list)
	}
	if got := periods(); len(got) != 0 {
		t.Errorf("an empty log has %v", got)
	}
	for _, p := range []string{"2026Q4", "2026", "2026Q3", "2026Q1", "2025Q4", "2026-02"} {
		m.put(unitA, assess.MustPeriod(p), "members", "1", "x")
	}
	if diff := cmp.Diff([]string{"2025Q4", "2026Q1", "2026Q3", "2026Q4"}, periods()); diff != "" {
		t.Errorf("with a quarter missing (-want +got):\n%s", diff)
	}
	m.set(assess.MustPeriod("2026Q2"), assess.CycleScheduled, 0)
	if got := periods(); slices.Contains(got, "2026Q2") || slices.Contains(got, "2026") {
		t.Errorf("a quarter that is only scheduled is listed: %v", got)
	}
	m.set(assess.MustPeriod("2026Q2"), assess.CycleOpen, 0)
	if diff := cmp.Diff([]string{"2025Q4", "2026Q1", "2026Q2", "2026Q3", "2026Q4", "2026"}, periods()); diff != "" {
		t.Errorf("with all four (-want +got):\n%s", diff)
	}
}

func TestPeriodsThatHaveNoSheet(t *testing.T) {
	m, board := newBoard()
	m.fill(q1)
	m.set(q1.Add(2), assess.CycleScheduled, 0)
	for _, p := range []string{"2026Q2", "2026Q3", "2026-03", "2025Q4"} {
		if _, err := board.Sheet(t.Context(), assess.MustPeriod(p)); !errors.Is(err, assess.ErrNotFound) {
			t.Errorf("%s: %v", p, err)
		}
	}
	m.set(q1.Next(), assess.CycleOpen, 0)
	if s := sheet(t, board, q1.Next()); total(s, unitA) != string(assess.Pending) {
		t.Errorf("a quarter that is being collected has %s", total(s, unitA))
	}
	m.failing = errors.New("the disk is gone")
	if _, err := board.Sheet(t.Context(), q1); !errors.Is(err, m.failing) {
		t.Errorf("a failing log: %v", err)
	}
}

func TestEditionOfAYearOrTheLastBefore(t *testing.T) {
	m, board := newBoard()
	m.editions = []assess.Edition{{Year: 2024, Number: 1}, {Year: 2024, Number: 2}, {Year: 2026, Number: 1}}
	for year, want := range map[int][2]int{2024: {2024, 2}, 2025: {2024, 2}, 2026: {2026, 1}, 2040: {2026, 1}} {
		e, err := board.Edition(t.Context(), year)
		if err != nil || [2]int{e.Year, e.Number} != want {
			t.Errorf("of %d: %v, %v", year, e, err)
		}
	}
	if _, err := board.Edition(t.Context(), 2023); !errors.Is(err, assess.ErrNotFound) {
		t.Errorf("before the first: %v", err)
	}
	one, _ := board.Edition(t.Context(), 2025)
	two, _ := board.Edition(t.Context(), 2024)
	if one != two || m.loaded.Load() != 2 {
		t.Errorf("editions are read %d times, want each once", m.loaded.Load())
	}
}

// A figure, a target or a unit that a newer edition dropped keeps no page from being shown.
func TestWhatTheEditionDoesNotKnowIsNotScored(t *testing.T) {
	m, board := newBoard()
	m.fill(q1)
	m.put(unitA, q1, "dropped_item", "1", "first")
	m.put("210199", q1, "members", "1", "first")
	m.targets = []assess.Target{goal("210199", assess.NewYear(2026), "members", 5), goal(unitA, assess.NewYear(2026), "members", 5)}
	if s := sheet(t, board, q1); total(s, unitA) != "60.00" || len(s.Scores("index").Cards) != 2 {
		t.Errorf("A has %s among %d districts", total(s, unitA), len(s.Scores("index").Cards))
	}
}

// figure answers a figure that a score of the sheet was made of; the zero Input where there is none.
func figure(s *results.Sheet, unit assess.UnitCode, from assess.Period, item assess.Code) (in assess.Input) {
	for _, scores := range s.Frameworks {
		for _, n := range scores.Card(unit).Nodes {
			for _, one := range n.Why.Inputs {
				if one.Item == item && one.From == from && one.Part == "" {
					in = one
				}
			}
		}
	}
	return in
}
