package store

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/audit"
)

func testDecimalsSurvive(t *testing.T, s *Store) {
	values := []string{"0.10", "123456789012345678.123456", "-0", "1204", "00.5", "1e3", "excellent", "1"}
	var written []assess.Observation
	for i, v := range values {
		o := figure("210102", q1, assess.Code(fmt.Sprintf("item_%d", i)), v)
		o.Part, o.Ref, o.Note, o.Submission, o.Run = "leaders", "r7", "包括\n两行", "sub-1", "run-1"
		written = append(written, o)
	}
	head := commit(t, s, written...)
	if want := int64(len(values)); head.Seq != want {
		t.Errorf("head %d, want %d", head.Seq, want)
	}
	for i := range written {
		written[i].Seq = int64(i + 1)
	}
	if diff := cmp.Diff(written, current(t, s, assess.CellQuery{}), comparePeriods); diff != "" {
		t.Errorf("observations (-written +read):\n%s", diff)
	}
}

var comparePeriods = cmp.Comparer(func(a, b assess.Period) bool { return a == b })

func testAsOf(t *testing.T, s *Store) {
	first := commit(t, s, figure("210102", q1, "members", "1"), figure("210103", q1, "members", "5"))
	second := commit(t, s, figure("210102", q1, "members", "2"), figure("210102", q1, "members", "3"))
	for _, c := range []struct {
		asOf int64
		want []string
	}{
		{1, []string{"210102 2026Q1 members = 1"}},
		{first.Seq, []string{"210102 2026Q1 members = 1", "210103 2026Q1 members = 5"}},
		{second.Seq - 1, []string{"210102 2026Q1 members = 2", "210103 2026Q1 members = 5"}},
		{second.Seq, []string{"210102 2026Q1 members = 3", "210103 2026Q1 members = 5"}},
		{0, []string{"210102 2026Q1 members = 3", "210103 2026Q1 members = 5"}},
	} {
		if diff := cmp.Diff(c.want, short(current(t, s, assess.CellQuery{AsOf: c.asOf}))); diff != "" {
			t.Errorf("as of %d (-want +got):\n%s", c.asOf, diff)
		}
	}
	history, err := s.History(t.Context(), assess.CellKey{Unit: "210102", Period: q1, Item: "members"})
	if err != nil || len(history) != 3 || history[0].Value != "1" || history[2].Value != "3" {
		t.Errorf("history %v, %v", short(history), err)
	}
	corrected, err := s.Corrections(t.Context(), q1)
	want := []assess.CellKey{{Unit: "210102", Period: q1, Item: "members"}}
	if diff := cmp.Diff(want, corrected, comparePeriods); diff != "" || err != nil {
		t.Errorf("corrections (-want +got):\n%s%v", diff, err)
	}
}

func testCellsAreChosen(t *testing.T, s *Store) {
	rating := func(part, ref, value string) assess.Observation {
		o := figure("210103", assess.NewYear(2026), "rating", value)
		o.Part, o.Ref = part, ref
		return o
	}
	commit(t, s,
		rating("peers", "b", "4"), rating("leaders", "a", "1"), rating("peers", "a", "3"), rating("leaders", "b", "2"),
		figure("210104", q1, "members", "7"), figure("210102", q1, "members", "5"), figure("210102", q1, "halls", "6"), figure("210102", q1.Next(), "halls", "8"))
	for _, c := range []struct {
		name string
		q    assess.CellQuery
		want []string
	}{
		{"everything, in order", assess.CellQuery{}, []string{
			"210102 2026Q1 halls = 6", "210102 2026Q1 members = 5", "210102 2026Q2 halls = 8",
			"210103 2026 ratingleadersa = 1", "210103 2026 ratingleadersb = 2", "210103 2026 ratingpeersa = 3", "210103 2026 ratingpeersb = 4",
			"210104 2026Q1 members = 7",
		}},
		{"periods", assess.CellQuery{Periods: []assess.Period{q1.Next(), assess.NewYear(2027)}}, []string{"210102 2026Q2 halls = 8"}},
		{"units and items", assess.CellQuery{Units: []assess.UnitCode{"210104", "210102"}, Items: []assess.Code{"members"}}, []string{"210102 2026Q1 members = 5", "210104 2026Q1 members = 7"}},
		{"all three", assess.CellQuery{Units: []assess.UnitCode{"210102"}, Periods: []assess.Period{q1}, Items: []assess.Code{"halls"}, AsOf: 99}, []string{"210102 2026Q1 halls = 6"}},
		{"nothing", assess.CellQuery{Units: []assess.UnitCode{"210102' OR '1'='1"}}, nil},
	} {
		if diff := cmp.Diff(c.want, short(current(t, s, c.q))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
	periods, err := s.Periods(t.Context())
	if diff := cmp.Diff([]assess.Period{assess.NewYear(2026), q1, q1.Next()}, periods, comparePeriods); diff != "" || err != nil {
		t.Errorf("periods (-want +got):\n%s%v", diff, err)
	}
	enough := errors.New("enough")
	seen := 0
	if err := s.Each(t.Context(), assess.CellQuery{}, func(assess.Observation) error { seen++; return enough }); err != enough || seen != 1 {
		t.Errorf("Each went on after an error: %d visits, %v", seen, err)
	}
}

func testAValueIsThereExactlyWhenReported(t *testing.T, s *Store) {
	for _, c := range []struct {
		state assess.State
		value string
		good  bool
	}{
		{assess.Reported, "3", true},
		{assess.ZeroReport, "0", true},
		{assess.Exempt, "", true},
		{assess.Missing, "", true},
		{assess.Missing, "0", false},
		{assess.Exempt, "0", false},
		{assess.Reported, "", false},
		{assess.ZeroReport, "", false},
		{"guessed", "3", false},
		{"", "3", false},
	} {
		o := figure("210102", q1, "members", c.value)
		o.State = c.state
		_, err := s.Commit(t.Context(), assess.Intake{Observations: []assess.Observation{o}, Audit: []assess.AuditLine{line("x")}})
		if (err == nil) != c.good {
			t.Errorf("state %q with value %q: %v, want it taken: %v", c.state, c.value, err, c.good)
		}
	}
}

func testAnIntakeIsAllOrNothing(t *testing.T, s *Store) {
	before := commit(t, s, figure("210102", q1, "members", "1"))
	bad := figure("210102", q1, "halls", "")
	_, err := s.Commit(t.Context(), assess.Intake{
		Run:          &assess.Run{ID: "run-1", Source: "x", Slot: spring, Started: spring, State: assess.RunDone},
		Submissions:  []assess.Submission{{ID: "sub-1", Unit: "210102", Period: q1}},
		Observations: []assess.Observation{figure("210102", q1, "members", "2"), bad},
		Filings:      []assess.FilingChange{{Unit: "210102", Period: q1, From: assess.NotStarted, To: assess.Draft, At: spring}},
		Audit:        []assess.AuditLine{line("collect.run")},
	})
	if err == nil {
		t.Fatal("a bad observation was taken")
	}
	if after := headOf(t, s); after != before {
		t.Errorf("head %+v after a refused intake, want %+v", after, before)
	}
	if got := short(current(t, s, assess.CellQuery{})); len(got) != 1 || got[0] != "210102 2026Q1 members = 1" {
		t.Errorf("observations %v", got)
	}
	_, err = s.Run(t.Context(), "run-1")
	wantProblem(t, err, assess.ErrNotFound, "problem.run_unknown")
	if filings, err := s.Filings(t.Context()); len(filings) != 0 || err != nil {
		t.Errorf("filings %v, %v", filings, err)
	}
	if lines, err := s.AuditLines(t.Context(), 1, 10); len(lines) != 1 || err != nil {
		t.Errorf("audit lines %v, %v", lines, err)
	}
}

func testNoChangeWithoutAuditLine(t *testing.T, s *Store) {
	if _, err := s.Commit(t.Context(), assess.Intake{Observations: []assess.Observation{figure("210102", q1, "members", "1")}}); err == nil {
		t.Error("an intake without audit line was taken")
	}
	if h := headOf(t, s); h != (assess.Head{}) {
		t.Errorf("head %+v", h)
	}
}

func testAnIntakeIsWrittenOnce(t *testing.T, s *Store) {
	in := assess.Intake{
		Submissions:  []assess.Submission{{ID: "sub-1", Unit: "210102", Period: q1, ReceivedAt: spring}},
		Observations: []assess.Observation{figure("210102", q1, "members", "1")},
		Audit:        []assess.AuditLine{line("import")},
	}
	first, err := s.Commit(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Commit(t.Context(), in)
	wantProblem(t, err, assess.ErrConflict, "problem.submission_known")
	if h := headOf(t, s); h != first {
		t.Errorf("head %+v after the repetition, want %+v", h, first)
	}
}

// The order of numbers is the order of commits: a reader that has seen number N never finds a new row below N later. 32 writers
// commit two observations each time while readers watch.
func testNumbersFollowCommits(t *testing.T, s *Store) { numbersFollowCommits(t, s) }

// numbersFollowCommits lets writers write through several stores on one database, which hold nothing yet, by turns.
func numbersFollowCommits(t *testing.T, all ...*Store) {
	const writers, each = 32, 8
	s := all[0]
	var wg, watching sync.WaitGroup
	stop := make(chan struct{})
	watching.Go(func() {
		for count := map[int64]int{}; ; {
			select {
			case <-stop:
				return
			default:
			}
			h, err := s.Head(t.Context())
			if err != nil {
				t.Error(err)
				return
			}
			n := 0
			if err := s.reader.QueryRow(`SELECT COUNT(*) FROM observation WHERE seq <= $1`, h.Seq).Scan(&n); err != nil {
				t.Error(err)
				return
			}
			if int64(n) != h.Seq || count[h.Seq] != 0 && count[h.Seq] != n {
				t.Errorf("at head %d there are %d observations", h.Seq, n)
				return
			}
			count[h.Seq] = n
		}
	})
	for w := range writers {
		s := all[w%len(all)]
		wg.Go(func() {
			for i := range each {
				unit := assess.UnitCode(fmt.Sprintf("U%02d", w))
				value := fmt.Sprint(i)
				h, err := s.Commit(t.Context(), assess.Intake{
					Observations: []assess.Observation{figure(unit, q1, "a", value), figure(unit, q1, "b", value)},
					Audit:        []assess.AuditLine{line("collect.run")},
				})
				if err != nil {
					t.Error(err)
					return
				}
				mine := current(t, s, assess.CellQuery{Units: []assess.UnitCode{unit}, AsOf: h.Seq})
				if len(mine) != 2 || mine[0].Value != value || mine[1].Seq != h.Seq {
					t.Errorf("at %d after writing %s: %v", h.Seq, value, short(mine))
				}
			}
		})
	}
	wg.Wait()
	close(stop)
	watching.Wait()
	want := assess.Head{Seq: 2 * writers * each, Audit: writers * each, Version: writers * each}
	if h := headOf(t, s); h != want {
		t.Errorf("head %+v, want %+v", h, want)
	}
	if good, err := s.VerifyAudit(t.Context()); good != want.Audit || err != nil {
		t.Errorf("%d audit lines are good, %v", good, err)
	}
}

// Many requests are committed together; those that fail, by an error or a panic, leave nothing and take nobody along.
func testAFailedRequestHurtsNoOther(t *testing.T, s *Store) {
	boom := errors.New("boom")
	var wg sync.WaitGroup
	for i := range 96 {
		wg.Go(func() {
			err := s.write(t.Context(), func(tx tx) error {
				_, err := tx.numbered(func(h *head) error {
					h.Version++
					return tx.addObservations(h, []assess.Observation{figure("210102", q1, assess.Code(fmt.Sprintf("item_%d", i)), "1")})
				})
				if err != nil || i%3 == 0 {
					return err
				}
				if i%3 == 1 {
					panic("a planted panic")
				}
				return boom
			})
			if good := i%3 == 0; good != (err == nil) || i%3 == 2 && !errors.Is(err, boom) {
				t.Errorf("request %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	if got := current(t, s, assess.CellQuery{}); len(got) != 32 {
		t.Errorf("%d observations, want those of the 32 good requests", len(got))
	}
	if h := headOf(t, s); h.Seq != 32 || h.Version != 32 {
		t.Errorf("head %+v, want no number lost or used twice", h)
	}
}

func testARequestWhoseTimeIsOverDoesNothing(t *testing.T, s *Store) {
	// While one request holds the writer, another one's caller leaves.
	holding, release := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := s.write(t.Context(), func(tx) error { close(holding); <-release; return nil }); err != nil {
			t.Error(err)
		}
	})
	<-holding
	ctx, leave := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- s.write(ctx, func(tx) error { t.Error("the request was run"); return nil }) }()
	for len(s.writer.requests) == 0 {
		runtime.Gosched() // the request is about to be put into the channel
	}
	leave()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("answered %v", err)
	}
	close(release)
	wg.Wait()
	commit(t, s, figure("210102", q1, "members", "1")) // the writer goes on
	// Once a request has begun, its answer is awaited and true, whatever its caller's time.
	ctx, leave = context.WithCancel(t.Context())
	if err := s.write(ctx, func(tx) error { leave(); return nil }); err != nil {
		t.Errorf("a request that was written answered %v", err)
	}
}

func testTextThatIsNotTextIsRefused(t *testing.T, s *Store) {
	for _, note := range []string{"a\x00b", "\xff\xfe"} {
		o := figure("210102", q1, "members", "1")
		o.Note = note
		_, err := s.Commit(t.Context(), assess.Intake{Observations: []assess.Observation{o}, Audit: []assess.AuditLine{line("x")}})
		wantProblem(t, err, assess.ErrInvalid, "problem.text_encoding")
		// Who looks for such a text finds nothing, or is told what is wrong with it: it is no fault of the program.
		if _, err := s.AccountNamed(t.Context(), note); !errors.Is(err, assess.ErrNotFound) {
			t.Errorf("an account called %q: %v", note, err)
		}
		if _, n, err := s.Records(t.Context(), assess.RecordQuery{Table: "stations", Search: note}); n != 0 || err != nil && !errors.Is(err, assess.ErrInvalid) {
			t.Errorf("records with %q: %d, %v", note, n, err)
		}
		if lines, err := s.FindAudit(t.Context(), audit.Query{Actor: note}, 10); len(lines) != 0 || err != nil && !errors.Is(err, assess.ErrInvalid) {
			t.Errorf("lines by %q: %v, %v", note, lines, err)
		}
	}
}

func testAuditLog(t *testing.T, s *Store) {
	commit(t, s, figure("210102", q1, "members", "1"))
	version := headOf(t, s).Version
	forged := line("export")
	forged.Object = "x\ny"
	forged.Seq, forged.Prev, forged.Hash = 77, "none", "made up"
	if err := s.Record(t.Context(), line("sign_out"), forged); err != nil {
		t.Fatal(err)
	}
	lines, err := s.AuditLines(t.Context(), 2, 10)
	if err != nil || len(lines) != 2 {
		t.Fatalf("lines %v, %v", lines, err)
	}
	want := []assess.AuditLine{line("sign_out"), line("export")}
	want[0].Seq, want[1].Seq, want[1].Object = 2, 3, `x\u000ay`
	if diff := cmp.Diff(want, lines, cmpopts.IgnoreFields(assess.AuditLine{}, "Prev", "Hash")); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	if h := headOf(t, s); h.Version != version || h.Audit != 3 {
		t.Errorf("head %+v: lines alone change no page", h)
	}
	if lines, err := s.AuditLines(t.Context(), 1, 2); err != nil || len(lines) != 2 || lines[1].Seq != 2 {
		t.Errorf("the first two lines: %v, %v", lines, err)
	}
	if good, err := s.VerifyAudit(t.Context()); good != 3 || err != nil {
		t.Errorf("%d lines are good, %v", good, err)
	}
}
