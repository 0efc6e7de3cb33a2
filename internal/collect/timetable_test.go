package collect_test

import (
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/cycle"
)

// By Monday to Friday: 2026Q1 opens on 1 April, is due on Thursday 9 April 17:00, closes on Thursday 16 April 17:00, is scored on the
// 17th.

func clock(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		panic(err)
	}
	return t
}

func date(s string) time.Time { return clock(s + " 00:00") }

func (c *collection) adjust(a assess.Adjustment) {
	c.t.Helper()
	do := c.Adjust
	if a.Kind == assess.Outage {
		do = c.ConfirmOutage
	}
	if err := do(c.t.Context(), a, by(a)); err != nil {
		c.t.Fatal(err)
	}
}

// by begins the line of the audit log of a change.
func by(a assess.Adjustment) assess.AuditLine {
	return assess.AuditLine{At: a.At, Actor: a.By, Address: "10.1.2.3", Result: "ok"}
}

func (c *collection) moveOn(at string) {
	c.t.Helper()
	if err := c.MoveOn(c.t.Context(), clock(at)); err != nil {
		c.t.Fatal(err)
	}
}

// takeAt imports a row that waits for review, at a time.
func (c *collection) takeAt(unit assess.UnitCode, at string) {
	c.t.Helper()
	_, err := c.Import(c.t.Context(), sheet(c.t, string(unit)+",2026Q1,members,5,,,,\n"), collect.Options{By: "wang", Authority: collect.Submit}, clock(at))
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *collection) late(unit assess.UnitCode) int {
	c.t.Helper()
	all, err := c.log.Filings(c.t.Context(), q1)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, f := range all {
		if f.Unit == unit {
			return f.LateDays
		}
	}
	return -1
}

// The program is down over the weekend; when it starts again, on another gate, the collection keeps to the postponed dates.
func TestMoveOnKeepsToAPostponementAfterARestart(t *testing.T) {
	c := newCollection(t)
	c.moveOn("2026-04-08 12:00")
	c.adjust(assess.Adjustment{Kind: assess.Postponed, Period: q1, Step: cycle.StepDeadline, Day: date("2026-04-13"), Reason: "系统升级", By: "li.hua", At: clock("2026-04-09 16:00")})
	c.Gate = collect.New(collect.Config{Store: c.log, Editions: year{city()}, Log: nothing})
	for _, step := range []struct {
		at   string
		want assess.CycleState
	}{
		{"2026-04-14 00:00", assess.CycleOpen}, // the review would have begun
		{"2026-04-16 17:00", assess.CycleReviewing},
		{"2026-04-20 16:59", assess.CycleReviewing},
		{"2026-04-20 17:00", assess.CycleClosing},
		{"2026-04-21 00:00", assess.CycleScored},
	} {
		c.moveOn(step.at)
		if at := c.cycle(q1); at.State != step.want {
			t.Errorf("at %s it is %s, want %s", step.at, at.State, step.want)
		}
	}
	lines := c.lines("calendar.postponed")
	if diff := cmp.Diff([]string{"li.hua 2026Q1 deadline : 2026-04-09→2026-04-13: 系统升级"}, lines); diff != "" {
		t.Errorf("audit (-want +got):\n%s", diff)
	}
}

// lines writes the lines of the audit log with an action.
func (c *collection) lines(action string) (lines []string) {
	c.t.Helper()
	all, err := c.log.AuditLines(c.t.Context(), 1, 1000)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, l := range all {
		if l.Action == action {
			lines = append(lines, l.Actor+" "+l.Object+" "+string(l.Unit)+": "+l.Before+"→"+l.After)
		}
	}
	return lines
}

// The report came on Monday the 13th, two working days late. Then the administrator confirms that nobody could work on Friday, and the
// analyst grants this district its Monday; each is taken back again.
func TestLatenessIsCountedAgain(t *testing.T) {
	c := newCollection(t)
	c.takeAt(unitA, "2026-04-13 09:00")
	c.takeAt(unitB, "2026-04-13 10:00")
	want := func(a, b int) {
		t.Helper()
		if gotA, gotB := c.late(unitA), c.late(unitB); gotA != a || gotB != b {
			t.Errorf("late days %d and %d, want %d and %d", gotA, gotB, a, b)
		}
	}
	want(2, 2)
	outage := assess.Adjustment{Kind: assess.Outage, Day: date("2026-04-10"), Reason: "机房停电", By: "admin", At: clock("2026-04-13 12:00")}
	c.adjust(outage)
	want(1, 1)
	extension := assess.Adjustment{Kind: assess.Extended, Period: q1, Unit: unitA, Day: date("2026-04-13"), Reason: "汛情", By: "li.hua", At: clock("2026-04-14 12:00")}
	c.adjust(extension)
	want(0, 1)
	// What comes again after a return was late when it first came.
	if err := c.Decide(t.Context(), unitB, q1, collect.Returns([]assess.Code{"members"}, "anomaly", "再查"), collect.Reviewer{By: "zhao"}, clock("2026-04-14 13:00")); err != nil {
		t.Fatal(err)
	}
	c.takeAt(unitB, "2026-04-15 09:00")
	outage.Void, outage.At = true, clock("2026-04-15 12:00")
	c.adjust(outage)
	want(0, 2)
	extension.Day, extension.At = date("2026-04-09"), clock("2026-04-15 12:00")
	c.adjust(extension)
	want(2, 2)
	if diff := cmp.Diff([]string{
		"admin 2026Q1 210102: →1", "admin 2026Q1 210103: →1", "li.hua 2026Q1 210102: →0", "admin 2026Q1 210103: →2", "li.hua 2026Q1 210102: →2",
	}, c.lines("filing.late_days")); diff != "" {
		t.Errorf("audit (-want +got):\n%s", diff)
	}
}

// Reports that come at once share their lateness only while they share their dates.
func TestReportsOfOneDeliveryAreLateByTheirOwnDates(t *testing.T) {
	c := newCollection(t)
	c.adjust(assess.Adjustment{Kind: assess.Extended, Period: q1, Unit: unitB, Day: date("2026-04-10"), Reason: "汛情", By: "li.hua", At: clock("2026-04-08 12:00")})
	rows := "210102,2026Q1,members,5,,,,\n210103,2026Q1,members,5,,,,\n"
	if _, err := c.Import(t.Context(), sheet(t, rows), collect.Options{By: "wang", Authority: collect.Submit}, clock("2026-04-13 09:00")); err != nil {
		t.Fatal(err)
	}
	if a, b := c.late(unitA), c.late(unitB); a != 2 || b != 1 {
		t.Errorf("late days %d and %d, want 2 and 1: the second had a day more", a, b)
	}
}

func TestWhatWasPublishedStays(t *testing.T) {
	c := newCollection(t)
	c.takeAt(unitA, "2026-04-13 09:00")
	if err := c.AcceptAll(t.Context(), unitA, q1, "zhao", clock("2026-04-14 09:00")); err != nil {
		t.Fatal(err)
	}
	c.advance(q1, assess.CyclePublished)
	c.adjust(assess.Adjustment{Kind: assess.Outage, Day: date("2026-04-10"), Reason: "机房停电", By: "admin", At: clock("2026-04-30 12:00")})
	if got := c.late(unitA); got != 2 {
		t.Errorf("an outage that was confirmed after publication made it %d days late", got)
	}
	err := c.Adjust(t.Context(), assess.Adjustment{Kind: assess.Extended, Period: q1, Unit: unitA, Day: date("2026-04-14"), Reason: "汛情"}, assess.AuditLine{Actor: "li.hua", At: clock("2026-04-30 12:00")})
	if !errors.Is(err, assess.ErrConflict) {
		t.Errorf("an extension after publication: %v, want a conflict", err)
	}
}

func TestOpenedEarly(t *testing.T) {
	c := newCollection(t)
	c.moveOn("2026-03-20 12:00")
	c.adjust(assess.Adjustment{Kind: assess.OpenedEarly, Period: q1, Reason: "清明放假", By: "li.hua", At: clock("2026-03-26 09:00")})
	for _, at := range []string{"2026-03-26 09:00", "2026-03-27 12:00", "2026-04-01 00:00"} {
		c.moveOn(at)
		if state := c.cycle(q1).State; state != assess.CycleOpen {
			t.Errorf("at %s it is %s, want open", at, state)
		}
	}
	if diff := cmp.Diff([]string{"li.hua 2026Q1 : scheduled→open: 清明放假"}, c.lines("cycle.open")); diff != "" {
		t.Errorf("audit (-want +got):\n%s", diff)
	}
}

func TestAChangeOfTheDatesThatIsRefusedLeavesNothing(t *testing.T) {
	c := newCollection(t)
	before := c.head()
	good := assess.Adjustment{Kind: assess.Postponed, Period: q1, Step: cycle.StepDeadline, Day: date("2026-04-13"), Reason: "系统升级", By: "li.hua", At: clock("2026-04-09 16:00")}
	change := func(do func(a *assess.Adjustment)) assess.Adjustment {
		a := good
		do(&a)
		return a
	}
	for name, a := range map[string]assess.Adjustment{
		"without a reason":   change(func(a *assess.Adjustment) { a.Reason = " \n" }),
		"to a Sunday":        change(func(a *assess.Adjustment) { a.Day = date("2026-04-12") }),
		"of an unknown unit": change(func(a *assess.Adjustment) { a.Kind, a.Unit = assess.Extended, "999999" }),
		"of a closed unit":   change(func(a *assess.Adjustment) { a.Kind, a.Unit = assess.Extended, "210199" }),
		"of no kind":         change(func(a *assess.Adjustment) { a.Kind = "" }),
		"undefined":          change(func(a *assess.Adjustment) { a.Period = assess.NewQuarter(2031, 1) }),
	} {
		if err := c.Adjust(t.Context(), a, by(a)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if err := c.ConfirmOutage(t.Context(), change(func(a *assess.Adjustment) { a.Day = date("2026-04-10") }), by(good)); !errors.Is(err, assess.ErrInvalid) {
		t.Errorf("an outage to come: %v", err)
	}
	if after := c.head(); after != before {
		t.Errorf("the log moved from %+v to %+v", before, after)
	}
}

// A holiday that was announced in time moves what follows it; the year that is over is not edited.
func TestAnEditedYearMovesTheDates(t *testing.T) {
	c := newCollection(t)
	read := func(text string) (assess.CalendarYear, error) {
		year, err := strconv.Atoi(text)
		return assess.CalendarYear{Year: year, Official: true, Source: "通知", Holidays: []time.Time{date("2026-04-10")}, MakeUp: []time.Time{date("2026-04-11")}}, err
	}
	c.Gate = collect.New(collect.Config{Store: c.log, Editions: year{city()}, ReadYear: read, Log: nothing})
	edit := assess.CalendarEdit{Text: "2026", Reason: "通知已发布"}
	line := assess.AuditLine{Actor: "admin", At: clock("2026-04-09 08:00"), Result: "ok"}
	if err := c.EditCalendar(t.Context(), edit, line); err != nil {
		t.Fatal(err)
	}
	for _, of := range []int{2026, 2031} { // also of a year for which nothing is defined
		days, err := c.Calendar(t.Context(), of)
		if err != nil || days.Working(date("2026-04-10")) || !days.Working(date("2026-04-11")) || !days.Working(date("2026-04-09")) {
			t.Errorf("the working days of %d are not the edited ones, %v", of, err)
		}
	}
	c.takeAt(unitA, "2026-04-11 09:00")
	if got := c.late(unitA); got != 1 {
		t.Errorf("late on a worked Saturday by %d days, want 1", got)
	}
	edit.Text = "2025"
	if err := c.EditCalendar(t.Context(), edit, line); !errors.Is(err, assess.ErrConflict) {
		t.Errorf("editing a year that is over: %v", err)
	}
	edit.Text = "nonsense"
	if err := c.EditCalendar(t.Context(), edit, line); !errors.Is(err, strconv.ErrSyntax) {
		t.Errorf("what cannot be read: %v", err)
	}
	if diff := cmp.Diff([]string{"admin 2026 : →official, 1 holidays, 1 make-up days, 通知: 通知已发布"}, c.lines("calendar.edit")); diff != "" {
		t.Errorf("audit (-want +got):\n%s", diff)
	}
	edits, err := c.CalendarEdits(t.Context())
	if err != nil || len(edits) != 1 || edits[0].Year != 2026 || !edits[0].Days.Official {
		t.Errorf("edits %+v, %v", edits, err)
	}
}

// Of one report the members were accepted and the unions returned; at the cut-off only what did not come is missing, and the report is
// locked with the others.
func TestAReturnedReportIsAcceptedInPart(t *testing.T) {
	for name, closing := range map[string][]string{
		"step by step": {"2026-04-16 17:00", "2026-04-17 00:00"},
		"at once":      {"2026-04-20 12:00"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCollection(t)
			c.take(unitA, collect.Adopt)
			if _, err := c.Import(t.Context(), sheet(t, "210102,2026Q1,unions,7,,,,\n"), collect.Options{By: "wang", Authority: collect.Submit}, inTime); err != nil {
				t.Fatal(err)
			}
			if err := c.Decide(t.Context(), unitA, q1, collect.Returns([]assess.Code{"unions"}, "anomaly", "再查"), collect.Reviewer{By: "zhao"}, inTime); err != nil {
				t.Fatal(err)
			}
			for _, at := range closing {
				c.moveOn(at)
			}
			if got := c.filings()[unitA]; got != assess.Locked {
				t.Errorf("the report is %s, want locked", got)
			}
			steps, err := c.log.FilingChanges(t.Context(), unitA, q1)
			if err != nil {
				t.Fatal(err)
			}
			part := steps[len(steps)-2]
			if diff := cmp.Diff([]assess.Code{"unions", "fund", "office"}, part.Items); diff != "" || part.From != assess.Returned || part.To != assess.Accepted {
				t.Errorf("the step %+v, missing (-want +got):\n%s", part, diff)
			}
		})
	}
}
