package collect_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/store"
	"github.com/unionboard/unionboard/internal/testkit"
)

// cycleStore is the real log; it can break off before it writes where a collection stands, as a power cut would.
type cycleStore struct {
	*store.Store
	cut   error
	asked int // for the reports of all units of a period
}

func (s *cycleStore) Filings(ctx context.Context, periods ...assess.Period) ([]assess.Filing, error) {
	s.asked++
	return s.Store.Filings(ctx, periods...)
}

func (s *cycleStore) PutCycle(ctx context.Context, c assess.Cycle, line assess.AuditLine) error {
	if err := s.cut; err != nil {
		s.cut = nil
		return err
	}
	return s.Store.PutCycle(ctx, c, line)
}

// collection is a gate over the real log of the test city, which has two districts and one that closed in 2020.
type collection struct {
	*collect.Gate
	log *cycleStore
	t   *testing.T
}

func newCollection(t *testing.T) *collection {
	t.Helper()
	s := testkit.Store(t)
	c := &collection{log: &cycleStore{Store: s}, t: t}
	c.Gate = collect.New(collect.Config{Store: c.log, Editions: year{city()}, Log: nothing})
	return c
}

func (c *collection) advance(p assess.Period, to assess.CycleState) {
	c.t.Helper()
	if err := c.Advance(c.t.Context(), p, to, "li.hua", inTime); err != nil {
		c.t.Fatal(err)
	}
}

// take imports a row. As submit it waits for review, as accept it counts at once.
func (c *collection) take(unit assess.UnitCode, authority collect.Authority) {
	c.t.Helper()
	c.bring(unit, authority, "members")
}

// rest imports what take leaves of a report.
func (c *collection) rest(unit assess.UnitCode, authority collect.Authority) {
	c.t.Helper()
	c.bring(unit, authority, "unions", "fund", "office")
}

func (c *collection) bring(unit assess.UnitCode, authority collect.Authority, items ...assess.Code) {
	c.t.Helper()
	rows := ""
	for _, item := range items {
		value := "5"
		if item == "office" {
			value = "1"
		}
		rows += fmt.Sprintf("%s,2026Q1,%s,%s,,,,\n", unit, item, value)
	}
	_, err := c.Import(c.t.Context(), sheet(c.t, rows), collect.Options{By: "wang", Authority: authority}, inTime)
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *collection) cycle(p assess.Period) (at assess.Cycle) {
	c.t.Helper()
	cycles, err := c.log.Cycles(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	for _, one := range cycles {
		if one.Period == p {
			at = one
		}
	}
	return at
}

// filings writes where the reports of 2026Q1 stand.
func (c *collection) filings() map[assess.UnitCode]assess.FilingState {
	c.t.Helper()
	all, err := c.log.Filings(c.t.Context(), q1)
	if err != nil {
		c.t.Fatal(err)
	}
	states := map[assess.UnitCode]assess.FilingState{}
	for _, f := range all {
		states[f.Unit] = f.State
	}
	return states
}

func (c *collection) head() assess.Head {
	c.t.Helper()
	h, err := c.log.Head(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	return h
}

func TestClosingMarksWhatIsMissing(t *testing.T) {
	c := newCollection(t)
	c.take(unitA, collect.Submit)
	c.advance(q1, assess.CycleReviewing)
	if diff := cmp.Diff(map[assess.UnitCode]assess.FilingState{unitA: assess.Submitted}, c.filings()); diff != "" {
		t.Errorf("in review (-want +got):\n%s", diff)
	}
	c.advance(q1, assess.CycleClosing)
	// The district that closed in 2020 owes nothing.
	if diff := cmp.Diff(map[assess.UnitCode]assess.FilingState{unitA: assess.Submitted, unitB: assess.FilingMissing}, c.filings()); diff != "" {
		t.Errorf("closing (-want +got):\n%s", diff)
	}
	if at := c.cycle(q1); at.State != assess.CycleClosing || at.LockSeq != 0 {
		t.Errorf("the collection is %+v", at)
	}
}

// However many reports have come, the reports of the period are read as often as for one: a city may have thousands.
func TestMovingOnReadsTheReportsOnce(t *testing.T) {
	for _, to := range []assess.CycleState{assess.CycleClosing, assess.CycleScored} {
		var asked []int
		for _, units := range [][]assess.UnitCode{{unitA}, {unitA, unitB}} {
			c := newCollection(t)
			for _, unit := range units {
				c.take(unit, collect.Submit)
			}
			c.advance(q1, assess.CycleReviewing)
			c.log.asked = 0
			if err := c.Advance(t.Context(), q1, to, "li.hua", inTime); err != nil && !errors.Is(err, assess.ErrConflict) {
				t.Fatal(err)
			}
			asked = append(asked, c.log.asked)
		}
		if asked[0] != asked[1] {
			t.Errorf("to %s the reports are read %d times with one of them there, %d times with two", to, asked[0], asked[1])
		}
	}
}

// All reports are settled in one change, and the collection is taken on in another: each change makes the sheets of the period anew.
func TestMovingOnIsOneChangeOfTheReports(t *testing.T) {
	c := newCollection(t)
	for _, unit := range []assess.UnitCode{unitA, unitB} {
		c.take(unit, collect.Adopt)
	}
	c.advance(q1, assess.CycleReviewing)
	before := c.head()
	c.advance(q1, assess.CycleClosing)
	if n := c.head().Version - before.Version; n != 2 {
		t.Errorf("two reports closed and the collection taken on made %d versions of the data, want 2", n)
	}
}

// What was accepted is locked, what did not come is missing, and what comes after is a correction.
func TestScoredLocksAndNotesTheNumberOfTheLog(t *testing.T) {
	c := newCollection(t)
	c.take(unitA, collect.Adopt)
	c.advance(q1, assess.CycleScored) // over open, reviewing and closing at once
	if diff := cmp.Diff(map[assess.UnitCode]assess.FilingState{unitA: assess.Locked, unitB: assess.FilingMissing}, c.filings()); diff != "" {
		t.Errorf("scored (-want +got):\n%s", diff)
	}
	at, h := c.cycle(q1), c.head()
	if at.State != assess.CycleScored || at.LockSeq != h.Seq || h.Seq == 0 || !at.PublishedAt.IsZero() {
		t.Errorf("the collection is %+v at %+v", at, h)
	}
	report, err := c.Import(t.Context(), sheet(t, "210102,2026Q1,members,6,,,,\n"), collect.Options{By: "wang"}, inTime)
	if err != nil || report.Refused != 1 || report.Rejected[0].Problem.Key != "problem.period_closed" {
		t.Errorf("a figure of a closed period: %+v, %v", report, err)
	}
	why := &collect.Correction{Reason: "复核"}
	report, err = c.Import(t.Context(), sheet(t, "210102,2026Q1,members,6,,,,\n"), collect.Options{By: "wang", Correction: why}, inTime)
	if err != nil || report.Changed != 1 || c.head().Seq <= at.LockSeq {
		t.Errorf("a correction: %+v, %v, head %+v", report, err, c.head())
	}
	c.advance(q1, assess.CyclePublished)
	if later := c.cycle(q1); later.LockSeq != at.LockSeq || !later.PublishedAt.Equal(inTime) {
		t.Errorf("published it is %+v", later)
	}
	c.advance(q1, assess.CycleArchived)
	if later := c.cycle(q1); later.LockSeq != at.LockSeq || !later.PublishedAt.Equal(inTime) || later.State != assess.CycleArchived {
		t.Errorf("archived it is %+v", later)
	}
}

func TestACollectionDoesNotGoBack(t *testing.T) {
	c := newCollection(t)
	c.advance(q1, assess.CycleClosing)
	before := c.head()
	c.advance(q1, assess.CycleClosing) // where it is already
	for _, to := range []assess.CycleState{assess.CycleReviewing, assess.CycleOpen, assess.CycleScheduled, "", "nonsense"} {
		if err := c.Advance(t.Context(), q1, to, "li.hua", inTime); !errors.Is(err, assess.ErrConflict) {
			t.Errorf("back to %q: %v", to, err)
		}
	}
	if after := c.head(); after != before {
		t.Errorf("the log has moved from %+v to %+v", before, after)
	}
}

// The way of a collection stands in the audit log: who, from where, to where.
func TestEveryStepIsRecorded(t *testing.T) {
	c := newCollection(t)
	c.advance(q1, assess.CycleOpen)
	c.advance(q1, assess.CycleClosing)
	lines, err := c.log.AuditLines(t.Context(), 1, 100)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range lines {
		got = append(got, fmt.Sprintf("%s %s %s %s: %s→%s", l.Actor, l.Action, l.Object, l.Unit, l.Before, l.After))
	}
	want := []string{
		"li.hua cycle.open 2026Q1 : →open",
		"li.hua filing.missing 2026Q1 210102: not_started→missing",
		"li.hua filing.missing 2026Q1 210103: not_started→missing",
		"li.hua cycle.closing 2026Q1 : open→closing",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A program that dies after it has settled the reports and before it has written where the collection stands goes on at the next
// start, and settles nothing twice.
func TestACrashBetweenTheTwoWritesIsHarmless(t *testing.T) {
	power := errors.New("power cut")
	for _, to := range []assess.CycleState{assess.CycleClosing, assess.CycleScored} {
		t.Run(string(to), func(t *testing.T) {
			c, undisturbed := newCollection(t), newCollection(t)
			for _, one := range []*collection{c, undisturbed} {
				one.take(unitA, collect.Adopt)
			}
			undisturbed.advance(q1, to)
			c.log.cut = power
			if err := c.Advance(t.Context(), q1, to, "li.hua", inTime); !errors.Is(err, power) {
				t.Fatalf("the cut is answered with %v", err)
			}
			if at := c.cycle(q1); at.State != "" {
				t.Fatalf("the collection is %+v", at)
			}
			c.advance(q1, to)
			if diff := cmp.Diff(undisturbed.filings(), c.filings()); diff != "" {
				t.Errorf("reports (-undisturbed +got):\n%s", diff)
			}
			if c.head().Seq != undisturbed.head().Seq || c.cycle(q1) != undisturbed.cycle(q1) {
				t.Errorf("at %+v it is %+v; undisturbed at %+v %+v", c.head(), c.cycle(q1), undisturbed.head(), undisturbed.cycle(q1))
			}
		})
	}
}

// By the calendar of 2026 with Monday to Friday alone (the city of these tests has no holidays): 2026Q1 ends on Tuesday 31 March.
// Its collection opens on 1 April, is reviewed from the tenth working day (14 April), closes on the twelfth at 17:00 (16 April), is scored
// on the thirteenth (17 April), and would be published on the eighteenth (24 April).
func TestMoveOnFollowsTheCalendarAndPublishesNothing(t *testing.T) {
	c := newCollection(t)
	day := func(s string) time.Time {
		at, err := time.Parse("2006-01-02 15:04", s)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	c.take(unitA, collect.Adopt)
	for _, step := range []struct {
		at   string
		want assess.CycleState
	}{
		{"2026-03-31 12:00", assess.CycleScheduled},
		{"2026-04-01 00:00", assess.CycleOpen},
		{"2026-04-02 12:00", assess.CycleOpen},
		{"2026-04-14 00:00", assess.CycleReviewing},
		{"2026-04-16 16:59", assess.CycleReviewing},
		{"2026-04-16 17:00", assess.CycleClosing},
		{"2026-04-17 00:00", assess.CycleScored},
		{"2026-04-24 00:00", assess.CycleScored},
		{"2026-07-01 12:00", assess.CycleScored},
		{"2026-04-02 12:00", assess.CycleScored}, // a clock that was set back takes nothing back
	} {
		if err := c.MoveOn(t.Context(), day(step.at)); err != nil {
			t.Fatal(err)
		}
		if at := c.cycle(q1); at.State != step.want || !at.PublishedAt.IsZero() {
			t.Errorf("at %s the collection is %+v, want %s", step.at, at, step.want)
		}
	}
	if diff := cmp.Diff(map[assess.UnitCode]assess.FilingState{unitA: assess.Locked, unitB: assess.FilingMissing}, c.filings()); diff != "" {
		t.Errorf("reports (-want +got):\n%s", diff)
	}
	before := c.head()
	if err := c.MoveOn(t.Context(), day("2026-07-01 12:00")); err != nil {
		t.Fatal(err)
	}
	if after := c.head(); after != before {
		t.Errorf("the same time again has moved the log from %+v to %+v", before, after)
	}
}

// What people have published is archived, also after a long time, and a quarter that was left open while the program was down is closed
// later.
func TestMoveOnAfterALongTime(t *testing.T) {
	c := newCollection(t)
	c.advance(q1, assess.CycleReviewing)
	c.advance(q1.Next(), assess.CyclePublished)
	if err := c.MoveOn(t.Context(), time.Date(2027, 8, 5, 12, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	var got []string
	cycles, err := c.log.Cycles(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range cycles {
		got = append(got, at.Period.String()+" "+string(at.State))
	}
	slices.Sort(got)
	want := []string{"2026Q1 scored", "2026Q2 archived", "2027Q1 scored", "2027Q2 scored", "2027Q3 scheduled"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A city that was set up today owes nothing for the quarters before: they are begun, and scored, only where something was handed in.
func TestQuartersBeforeTheFirstAreNotBegun(t *testing.T) {
	at := time.Date(2026, 8, 5, 12, 0, 0, 0, time.UTC)
	c := newCollection(t)
	if err := c.MoveOn(t.Context(), at); err != nil {
		t.Fatal(err)
	}
	if got := [3]assess.CycleState{c.cycle(q1).State, c.cycle(q1.Next()).State, c.cycle(q1.Next().Next()).State}; got != [3]assess.CycleState{"", "", assess.CycleScheduled} {
		t.Errorf("a new city has the collections %v", got)
	}
	c.take(unitA, collect.Adopt)
	if err := c.MoveOn(t.Context(), at); err != nil {
		t.Fatal(err)
	}
	if got := c.cycle(q1).State; got != assess.CycleScored {
		t.Errorf("with figures of the first quarter its collection is %q", got)
	}
}

// 2026Q1 is archived on the first working day after the next quarter, 1 July 2026, and not before; archiving publishes nothing anew.
func TestWhatIsPublishedIsArchivedWhenItIsDue(t *testing.T) {
	c := newCollection(t)
	c.advance(q1, assess.CyclePublished)
	published := c.cycle(q1).PublishedAt
	for _, step := range []struct {
		at   time.Time
		want assess.CycleState
	}{
		{time.Date(2026, 6, 30, 23, 59, 0, 0, time.UTC), assess.CyclePublished},
		{time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), assess.CycleArchived},
		{time.Date(2026, 6, 30, 23, 59, 0, 0, time.UTC), assess.CycleArchived},
	} {
		if err := c.MoveOn(t.Context(), step.at); err != nil {
			t.Fatal(err)
		}
		if at := c.cycle(q1); at.State != step.want || !at.PublishedAt.Equal(published) {
			t.Errorf("at %s the collection is %+v, want %s", step.at, at, step.want)
		}
	}
}

// A year for which nothing is defined is left alone; the zone of the city says which quarter is the present one.
func TestMoveOnWithoutDefinitionsAndInTheZone(t *testing.T) {
	c := newCollection(t)
	if err := c.MoveOn(t.Context(), time.Date(2031, 12, 1, 0, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	if cycles, err := c.log.Cycles(t.Context()); err != nil || len(cycles) != 0 {
		t.Errorf("collections %v, %v", cycles, err)
	}
	east := collect.New(collect.Config{Store: c.log, Editions: year{city()}, Zone: time.FixedZone("CST", 8*3600), Log: nothing})
	// 16:30 UTC on the last day of March is already April in the city.
	if err := east.MoveOn(t.Context(), time.Date(2026, 3, 31, 16, 30, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	if q1, q2 := c.cycle(q1), c.cycle(q1.Next()); q1.State != assess.CycleOpen || q2.State != assess.CycleScheduled {
		t.Errorf("collections %+v and %+v", q1, q2)
	}
}

// A report that waits for review would never count: its collection stays closing, where it can be accepted or returned, and is scored
// when nothing waits any more. One that is returned then, and does not come again, is missing.
func TestNoCollectionIsScoredWhileReportsWait(t *testing.T) {
	late := time.Date(2026, 4, 20, 12, 0, 0, 0, time.UTC) // after the thirteenth working day
	for name, tt := range map[string]struct {
		decide func(c *collection) error
		want   assess.FilingState
	}{
		"accepted": {func(c *collection) error { return c.AcceptAll(t.Context(), unitB, q1, "zhao", late) }, assess.Locked},
		"returned": {func(c *collection) error {
			return c.Decide(t.Context(), unitB, q1, collect.Returns([]assess.Code{"members"}, "anomaly", "再查"), collect.Reviewer{By: "zhao"}, late)
		}, assess.FilingMissing},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCollection(t)
			var heard strings.Builder
			c.Gate = collect.New(collect.Config{Store: c.log, Editions: year{city()}, Log: slog.New(slog.NewTextHandler(&heard, nil))})
			c.take(unitA, collect.Adopt)
			c.take(unitB, collect.Submit)
			err := c.Advance(t.Context(), q1, assess.CycleScored, "li.hua", inTime)
			if p, ok := errors.AsType[*assess.Problem](err); !ok || p.Key != "problem.cycle_waiting" || p.Args["units"] != string(unitB) || !errors.Is(err, assess.ErrConflict) {
				t.Errorf("%v, want a conflict that names %s", err, unitB)
			}
			if at := c.cycle(q1); at.State != "" {
				t.Errorf("the refused step left the collection %s", at.State)
			}
			for calls := 1; calls <= 2; calls++ {
				if err := c.MoveOn(t.Context(), late); err != nil {
					t.Fatal(err)
				}
				if at := c.cycle(q1); at.State != assess.CycleClosing || strings.Count(heard.String(), "wait for review") < calls {
					t.Errorf("call %d: %+v, the log says %q", calls, at, heard.String())
				}
				if n := strings.Count(heard.String(), "\n"); n != calls {
					t.Errorf("%d lines after %d calls", n, calls)
				}
			}
			if err := tt.decide(c); err != nil {
				t.Fatal(err)
			}
			if err := c.MoveOn(t.Context(), late); err != nil {
				t.Fatal(err)
			}
			if at := c.cycle(q1); at.State != assess.CycleScored || c.filings()[unitB] != tt.want {
				t.Errorf("%+v, reports %v; want scored and %s", at, c.filings(), tt.want)
			}
		})
	}
}

// The edition of the day on which a collection is scored is noted with it and stays.
func TestScoredNotesTheEdition(t *testing.T) {
	c := newCollection(t)
	edition := city()
	edition.Year, edition.Number = 2026, 2
	c.Gate = collect.New(collect.Config{Store: c.log, Editions: year{edition}, Log: nothing})
	c.advance(q1, assess.CycleClosing)
	if at := c.cycle(q1); at.Edition != 0 {
		t.Errorf("closing it has edition %d", at.Edition)
	}
	c.advance(q1, assess.CycleScored)
	edition.Number = 3
	c.advance(q1, assess.CycleArchived)
	if at := c.cycle(q1); at.Edition != 2 {
		t.Errorf("edition %d, want 2, with which it was scored", at.Edition)
	}
}
