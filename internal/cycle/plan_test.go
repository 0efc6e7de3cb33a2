package cycle_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
)

const (
	heping = assess.UnitCode("210102")
	dadong = assess.UnitCode("210104")
)

// plan is the collection of a period by the official days and the shipped rules.
func plan(period string, adjustments ...assess.Adjustment) cycle.Plan {
	rules := assess.Assessment{Late: assess.Lateness{MissingAfter: 5}, Reminders: []assess.Reminder{
		{Code: "first", Day: 3, Clock: 9 * time.Hour, To: assess.ToDrafts},
		{Code: "second", Day: 6, Clock: 9 * time.Hour, To: assess.ToUnsubmitted},
		{Code: "last", Day: 7, Clock: 14 * time.Hour, To: assess.ToChairs},
	}}
	return cycle.NewPlan(official(), assess.MustPeriod(period), rules, adjustments)
}

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

func postponed(step assess.Code, to string) assess.Adjustment {
	return assess.Adjustment{Kind: assess.Postponed, Period: assess.MustPeriod("2026Q1"), Step: step, Day: day(to)}
}

func extended(unit assess.UnitCode, to string) assess.Adjustment {
	return assess.Adjustment{Kind: assess.Extended, Period: assess.MustPeriod("2026Q1"), Unit: unit, Day: day(to)}
}

func outage(unit assess.UnitCode, on string) assess.Adjustment {
	return assess.Adjustment{Kind: assess.Outage, Unit: unit, Day: day(on)}
}

func times(p cycle.Plan) (all []string) {
	for _, s := range p.Steps() {
		all = append(all, s.At.Format("2006-01-02 15:04"))
	}
	return all
}

// Counted by hand on paper calendars.
//
// 2026Q1: D is Tuesday 31 March; working days after it are 1, 2, 3, 7 (the 4th to 6th are Qingming), 8, 9, 10, 13, 14, 15, 16,
// 17, 20, 21, 22, 23, 24, 27 April; before it 30, 27, 26, 25, 24, 23, 20, 19, 18, 17 March.
//
// 2025Q3: D is Tuesday 30 September; 1 to 8 October are off, Saturday the 11th is worked: 9, 10, 11, 13, 14, 15, 16, 17, 20, 21,
// 22, 23, 24, 27, 28, 29, 30, 31 October; before it 29, 28 (a worked Sunday), 26, 25, 24, 23, 22, 19, 18, 17 September.
//
// 2025Q4: D is Wednesday 31 December; 1 to 3 January are off, Sunday the 4th is worked: 4, 5, 6, 7, 8, 9, 12, 13, 14, 15, 16, 19,
// 20, 21, 22, 23, 26, 27 January; before it 30, 29, 26, 25, 24, 23, 22, 19, 18, 17 December.
func TestSteps(t *testing.T) {
	tests := map[string][]string{
		"2026Q1": {
			"2026-03-17 00:00", "2026-04-01 00:00", "2026-04-08 00:00", "2026-04-10 17:00", "2026-04-15 00:00",
			"2026-04-17 17:00", "2026-04-20 00:00", "2026-04-22 00:00", "2026-04-27 00:00", "2026-07-01 00:00",
		},
		"2025Q3": {
			"2025-09-17 00:00", "2025-10-09 00:00", "2025-10-14 00:00", "2025-10-16 17:00", "2025-10-21 00:00",
			"2025-10-23 17:00", "2025-10-24 00:00", "2025-10-28 00:00", "2025-10-31 00:00", "2026-01-04 00:00",
		},
		"2025Q4": {
			"2025-12-17 00:00", "2026-01-04 00:00", "2026-01-08 00:00", "2026-01-12 17:00", "2026-01-15 00:00",
			"2026-01-19 17:00", "2026-01-20 00:00", "2026-01-22 00:00", "2026-01-27 00:00", "2026-04-01 00:00",
		},
	}
	tests["2025"] = tests["2025Q4"] // the year goes with its fourth quarter
	for period, want := range tests {
		if diff := cmp.Diff(want, times(plan(period))); diff != "" {
			t.Errorf("%s: steps (-want +got):\n%s", period, diff)
		}
	}
}

// A city that closes what is missing after seven working days, or after two: what follows the cut-off follows it, and the first
// review does not outlast it.
func TestTheCutOffIsData(t *testing.T) {
	for after, want := range map[int][]string{
		7: {
			"2026-03-17 00:00", "2026-04-01 00:00", "2026-04-08 00:00", "2026-04-10 17:00", "2026-04-15 00:00",
			"2026-04-21 17:00", "2026-04-22 00:00", "2026-04-24 00:00", "2026-04-29 00:00", "2026-07-01 00:00",
		},
		2: {
			"2026-03-17 00:00", "2026-04-01 00:00", "2026-04-08 00:00", "2026-04-10 17:00", "2026-04-14 00:00",
			"2026-04-14 17:00", "2026-04-15 00:00", "2026-04-17 00:00", "2026-04-22 00:00", "2026-07-01 00:00",
		},
		0: times(plan("2026Q1")), // it does not say
	} {
		p := cycle.NewPlan(official(), assess.MustPeriod("2026Q1"), assess.Assessment{Late: assess.Lateness{MissingAfter: after}}, nil)
		if diff := cmp.Diff(want, times(p)); diff != "" {
			t.Errorf("missing after %d: steps (-want +got):\n%s", after, diff)
		}
	}
}

// The deadline moves from Friday the 10th over two working days to Tuesday the 14th, and takes what follows with it. The scoring run
// moves once more, from the 22nd to the 23rd.
func TestAPostponedStepTakesWhatFollowsWithIt(t *testing.T) {
	p := plan("2026Q1", postponed(cycle.StepDeadline, "2026-04-13"), postponed(cycle.StepScored, "2026-04-23"), postponed(cycle.StepDeadline, "2026-04-14"))
	want := []string{
		"2026-03-17 00:00", "2026-04-01 00:00", "2026-04-08 00:00", "2026-04-14 17:00", "2026-04-17 00:00",
		"2026-04-21 17:00", "2026-04-23 00:00", "2026-04-27 00:00", "2026-04-30 00:00", "2026-07-01 00:00",
	}
	if diff := cmp.Diff(want, times(p)); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	if s := p.Step(cycle.StepDeadline); !s.Planned.Equal(at("2026-04-10 17:00")) {
		t.Errorf("the deadline was planned for %s", s.Planned)
	}
	if got := plan("2025Q4", postponed(cycle.StepDeadline, "2026-04-14")); !cmp.Equal(times(got), times(plan("2025Q4"))) {
		t.Error("a postponement moved the collection of another quarter")
	}
	back := plan("2026Q1", postponed(cycle.StepDeadline, "2026-04-14"), postponed(cycle.StepDeadline, "2026-04-10"))
	if diff := cmp.Diff(times(plan("2026Q1")), times(back)); diff != "" {
		t.Errorf("taken back, the plan differs (-want +got):\n%s", diff)
	}
}

func TestOpenedEarly(t *testing.T) {
	early := assess.Adjustment{Kind: assess.OpenedEarly, Period: assess.MustPeriod("2026Q1"), At: at("2026-03-12 10:30")}
	p := plan("2026Q1", early)
	if got, want := p.OpensAt(), at("2026-03-12 10:30"); !got.Equal(want) {
		t.Errorf("opens at %s, want %s", got, want)
	}
	for when, want := range map[string]assess.CycleState{
		"2026-03-12 10:29": assess.CycleScheduled, "2026-03-12 10:30": assess.CycleOpen, "2026-03-17 00:00": assess.CycleOpen, "2026-04-01 00:00": assess.CycleOpen,
	} {
		if got := p.State(at(when)); got != want {
			t.Errorf("State(%s) = %s, want %s", when, got, want)
		}
	}
	if got := p.Deadline(heping); !got.Equal(at("2026-04-10 17:00")) {
		t.Errorf("the deadline moved to %s", got)
	}
}

func TestLateDays(t *testing.T) {
	tests := []struct {
		name, period, at string
		adjustments      []assess.Adjustment
		want             int
	}{
		{"on the first day", "2026Q1", "2026-04-01 09:00", nil, 0},
		{"the very minute is in time", "2026Q1", "2026-04-10 17:00", nil, 0},
		{"Friday evening", "2026Q1", "2026-04-10 17:01", nil, 1},
		{"Sunday: no working day has begun", "2026Q1", "2026-04-12 23:59", nil, 1},
		{"Monday, the first working day", "2026Q1", "2026-04-13 08:00", nil, 1},
		{"Tuesday", "2026Q1", "2026-04-14 00:00", nil, 2},
		{"the cut-off", "2026Q1", "2026-04-17 17:00", nil, 5},
		{"after the National Day", "2025Q3", "2025-10-17 09:00", nil, 1},
		{"13 and 14 January", "2025Q4", "2026-01-14 09:00", nil, 2},
		{"of the year", "2025", "2026-01-14 09:00", nil, 2},

		{"Monday was an outage", "2026Q1", "2026-04-14 09:00", []assess.Adjustment{outage("", "2026-04-13")}, 1},
		{"on the day of the outage", "2026Q1", "2026-04-13 20:00", []assess.Adjustment{outage("", "2026-04-13")}, 1},
		{"Monday and Tuesday were, until Wednesday", "2026Q1", "2026-04-15 09:00", []assess.Adjustment{outage("", "2026-04-13"), outage("", "2026-04-14")}, 1},
		{"the day of the deadline was: due on Monday", "2026Q1", "2026-04-13 17:00", []assess.Adjustment{outage("", "2026-04-10")}, 0},
		{"the day of the deadline was: late on Tuesday", "2026Q1", "2026-04-14 09:00", []assess.Adjustment{outage("", "2026-04-10")}, 1},
		{"another district's outage", "2026Q1", "2026-04-14 09:00", []assess.Adjustment{outage(dadong, "2026-04-13")}, 2},
		{"its own outage", "2026Q1", "2026-04-14 09:00", []assess.Adjustment{outage(heping, "2026-04-13")}, 1},
		{"an outage that was taken back", "2026Q1", "2026-04-14 09:00", []assess.Adjustment{
			outage("", "2026-04-13"), {Kind: assess.Outage, Day: day("2026-04-13"), Void: true},
		}, 2},

		{"its deadline was extended", "2026Q1", "2026-04-14 17:00", []assess.Adjustment{extended(heping, "2026-04-14")}, 0},
		{"late after its own deadline", "2026Q1", "2026-04-15 09:00", []assess.Adjustment{extended(heping, "2026-04-14")}, 1},
		{"another district's extension", "2026Q1", "2026-04-14 17:00", []assess.Adjustment{extended(dadong, "2026-04-14")}, 2},
		{"an extension that was taken back", "2026Q1", "2026-04-14 17:00", []assess.Adjustment{
			extended(heping, "2026-04-14"), {Kind: assess.Extended, Period: assess.MustPeriod("2026Q1"), Unit: heping, Void: true},
		}, 2},
		{"an extension that the postponement of all overtook", "2026Q1", "2026-04-15 17:00", []assess.Adjustment{
			extended(heping, "2026-04-13"), postponed(cycle.StepDeadline, "2026-04-15"),
		}, 0},
	}
	for _, tt := range tests {
		if late := plan(tt.period, tt.adjustments...).Late(heping, at(tt.at)); late != (tt.want > 0) {
			t.Errorf("%s: late is %v of %d days", tt.name, late, tt.want)
		}
		if got := plan(tt.period, tt.adjustments...).LateDays(heping, at(tt.at)); got != tt.want {
			t.Errorf("%s: LateDays(%s, %s) = %d, want %d", tt.name, tt.period, tt.at, got, tt.want)
		}
	}
}

func TestState(t *testing.T) {
	tests := []struct {
		at   string
		want assess.CycleState
	}{
		{"2026-02-01 00:00", assess.CycleScheduled},
		{"2026-03-31 23:59", assess.CycleScheduled},
		{"2026-04-01 00:00", assess.CycleOpen},
		{"2026-04-14 23:59", assess.CycleOpen},
		{"2026-04-15 00:00", assess.CycleReviewing},
		{"2026-04-17 16:59", assess.CycleReviewing}, // what comes on the fifth working day is not missing
		{"2026-04-17 17:00", assess.CycleClosing},
		{"2026-04-20 00:00", assess.CycleScored},
		{"2026-04-27 00:00", assess.CyclePublished},
		{"2026-07-01 00:00", assess.CycleArchived},
	}
	for _, tt := range tests {
		if got := plan("2026Q1").State(at(tt.at)); got != tt.want {
			t.Errorf("State(%s) = %s, want %s", tt.at, got, tt.want)
		}
	}
}

// The reminders of workflow 4: D+3, D+6, D+7 14:00; they keep their distance to the deadline of the district.
func TestReminders(t *testing.T) {
	for name, tt := range map[string]struct {
		plan cycle.Plan
		want []string
	}{
		"as planned":            {plan("2026Q1"), []string{"first 2026-04-03 09:00 drafts", "second 2026-04-09 09:00 unsubmitted", "last 2026-04-10 14:00 chairs"}},
		"postponed by two days": {plan("2026Q1", postponed(cycle.StepDeadline, "2026-04-14")), []string{"first 2026-04-08 09:00 drafts", "second 2026-04-13 09:00 unsubmitted", "last 2026-04-14 14:00 chairs"}},
		"extended by one":       {plan("2026Q1", extended(heping, "2026-04-13")), []string{"first 2026-04-07 09:00 drafts", "second 2026-04-10 09:00 unsubmitted", "last 2026-04-13 14:00 chairs"}},
	} {
		var got []string
		for _, r := range tt.plan.Reminders(heping) {
			got = append(got, string(r.Code)+r.At.Format(" 2006-01-02 15:04 ")+string(r.To))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// Who is late is told so the working day after its own deadline; reviewers hear of what waits the working day before their review is due.
func TestTheMorningAfterTheDeadlineAndBeforeTheReview(t *testing.T) {
	p := plan("2026Q1", extended(heping, "2026-04-13"))
	for what, one := range map[string]struct {
		got  time.Time
		want string
	}{
		"overdue, of all":       {p.OverdueAt(""), "2026-04-13 09:00"},
		"overdue, extended":     {p.OverdueAt(heping), "2026-04-14 09:00"},
		"the eve of the review": {p.ReviewEve(), "2026-04-14 09:00"},
		"the review":            {p.ReviewBy(), "2026-04-15 17:00"},
	} {
		if !one.got.Equal(at(one.want)) {
			t.Errorf("%s: %s, want %s", what, one.got, one.want)
		}
	}
}

func TestWhatTheCalendarDoesNotAllow(t *testing.T) {
	q1 := func(adjustments ...assess.Adjustment) cycle.Plan { return plan("2026Q1", adjustments...) }
	tests := []struct {
		name string
		err  error
		want string // the key of the problem, "" for none
	}{
		{"a later day", q1().CheckPostponement(cycle.StepDeadline, day("2026-04-14"), at("2026-04-10 16:59")), ""},
		{"a step that is none", q1().CheckPostponement("dead_line", day("2026-04-14"), at("2026-04-08 09:00")), "problem.step_unknown"},
		{"the archive", q1().CheckPostponement(cycle.StepArchive, day("2026-07-02"), at("2026-04-08 09:00")), "problem.step_unknown"},
		{"a step that was taken", q1().CheckPostponement(cycle.StepDeadline, day("2026-04-14"), at("2026-04-10 17:00")), "problem.step_taken"},
		{"a Sunday", q1().CheckPostponement(cycle.StepDeadline, day("2026-04-12"), at("2026-04-08 09:00")), "problem.day_off"},
		{"before its day", q1().CheckPostponement(cycle.StepDeadline, day("2026-04-09"), at("2026-04-08 09:00")), "problem.postpone_early"},
		{"back to its day", q1(postponed(cycle.StepDeadline, "2026-04-14")).CheckPostponement(cycle.StepDeadline, day("2026-04-10"), at("2026-04-08 09:00")), ""},
		{"back to its day, which has passed", q1(postponed(cycle.StepDeadline, "2026-04-14")).CheckPostponement(cycle.StepDeadline, day("2026-04-10"), at("2026-04-13 09:00")), "problem.postpone_early"},
		{"before the place an earlier step has moved it to", q1(postponed(cycle.StepDeadline, "2026-04-14")).CheckPostponement(cycle.StepScored, day("2026-04-21"), at("2026-04-13 09:00")), "problem.postpone_early"},
		{"into the next collection", q1().CheckPostponement(cycle.StepPublish, day("2026-07-01"), at("2026-04-13 09:00")), "problem.postpone_far"},
		{"published the day before it", q1().CheckPostponement(cycle.StepPublish, day("2026-06-30"), at("2026-04-13 09:00")), ""},
		{"so that it is published in the next", q1().CheckPostponement(cycle.StepDeadline, day("2026-06-20"), at("2026-04-09 09:00")), "problem.day_off"},
		{"so that it is published in the next ", q1().CheckPostponement(cycle.StepDeadline, day("2026-06-22"), at("2026-04-09 09:00")), "problem.postpone_far"},

		{"an extension", q1().CheckExtension(day("2026-04-14")), ""},
		{"to the cut-off", q1().CheckExtension(day("2026-04-17")), ""},
		{"beyond the cut-off", q1().CheckExtension(day("2026-04-20")), "problem.extension_bounds"},
		{"before the deadline", q1().CheckExtension(day("2026-04-09")), "problem.extension_bounds"},
		{"to a holiday", q1().CheckExtension(day("2026-04-12")), "problem.day_off"},

		{"early", q1().CheckOpening(at("2026-03-12 09:00")), ""},
		{"what is open", q1().CheckOpening(at("2026-04-01 00:00")), "problem.opened_already"},
		{"before the quarter", q1().CheckOpening(at("2025-12-31 23:59")), "problem.period_future"},

		{"an outage", q1().CheckOutage(day("2026-04-13"), at("2026-04-13 08:00")), ""},
		{"an outage to come", q1().CheckOutage(day("2026-04-14"), at("2026-04-13 08:00")), "problem.outage_future"},
		{"an outage on a Sunday", q1().CheckOutage(day("2026-04-12"), at("2026-04-13 08:00")), "problem.day_off"},
	}
	for _, tt := range tests {
		got := ""
		if p, ok := errors.AsType[*assess.Problem](tt.err); ok {
			got = p.Key
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// Whatever is postponed that the calendar allows: the steps keep their order, none comes before its place, all lie on working days,
// and the collection ends before the next begins.
func TestPlansKeepTheirOrder(t *testing.T) {
	steps := []assess.Code{
		cycle.StepNotice, cycle.StepOpen, cycle.StepSnapshot, cycle.StepDeadline, cycle.StepReviewed, cycle.StepCutOff, cycle.StepScored, cycle.StepDraft, cycle.StepPublish,
	}
	rapid.Check(t, func(t *rapid.T) {
		p, now := plan("2026Q1"), at("2026-03-01 09:00")
		for range rapid.IntRange(0, 6).Draw(t, "postponements") {
			now = now.Add(time.Duration(rapid.IntRange(0, 200).Draw(t, "hours")) * time.Hour)
			a := postponed(rapid.SampledFrom(steps).Draw(t, "step"), now.AddDate(0, 0, rapid.IntRange(0, 40).Draw(t, "days")).Format(time.DateOnly))
			if p.CheckPostponement(a.Step, a.Day, now) != nil {
				continue
			}
			before := p
			p = p.With(a)
			for i, s := range p.Steps() {
				if was := before.Steps()[i]; !was.At.After(now) && !s.At.Equal(was.At) {
					t.Fatalf("the step %s of %s was taken and moved to %s", s.Code, was.At, s.At)
				}
			}
			if s := p.Step(a.Step); s.At.Format(time.DateOnly) != a.Day.Format(time.DateOnly) {
				t.Fatalf("%s was to be on %s and is on %s", a.Step, a.Day.Format(time.DateOnly), s.At)
			}
		}
		var last time.Time
		for _, s := range p.Steps() {
			if !s.At.After(last) || s.At.Before(s.Planned) || !official().Working(s.At) {
				t.Fatalf("%s at %s, planned for %s, after %s", s.Code, s.At, s.Planned, last)
			}
			last = s.At
		}
	})
}

// Later reports are never less late, and neither an outage nor an extension makes anybody later.
func TestLatenessProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := plan("2026Q1")
		from := p.Deadline("").Add(time.Duration(rapid.IntRange(-48, 300).Draw(t, "hours")) * time.Hour)
		for range rapid.IntRange(0, 4).Draw(t, "outages") {
			kind := outage
			if rapid.Bool().Draw(t, "extension") {
				kind = extended
			}
			before := p
			p = p.With(kind(heping, at("2026-04-08 00:00").AddDate(0, 0, rapid.IntRange(0, 12).Draw(t, "day")).Format(time.DateOnly)))
			if a, b := before.LateDays(heping, from), p.LateDays(heping, from); kind(heping, "2026-04-08").Kind == assess.Outage && b > a {
				t.Fatalf("an outage made %d late days %d", a, b)
			}
		}
		if a, b := p.LateDays(heping, from), p.LateDays(heping, from.Add(time.Hour)); b < a || b > a+1 {
			t.Fatalf("an hour later %d late days became %d", a, b)
		}
		if a, b := plan("2026Q1").LateDays(heping, from), p.LateDays(heping, from); b > a {
			t.Fatalf("the district is %d days late instead of %d", b, a)
		}
	})
}

// On 9 April the holiday of the 13th is announced and that of the 3rd is struck out, too late: what has passed stays.
func TestAnEditHoldsFromTheNextDay(t *testing.T) {
	base := assess.Calendar{Years: []assess.CalendarYear{
		{Year: 2025, Source: "2025"},
		{Year: 2026, Official: false, Source: "provisional", Holidays: []time.Time{day("2026-04-03"), day("2026-04-06"), day("2026-04-09"), day("2026-04-30")}, MakeUp: []time.Time{day("2026-04-04")}},
	}}
	edits := []assess.CalendarEdit{
		{At: at("2026-04-09 23:00"), Year: 2026, Days: assess.CalendarYear{Year: 2026, Official: true, Source: "notice", Holidays: []time.Time{day("2026-04-06"), day("2026-04-13")}, MakeUp: []time.Time{day("2026-04-11")}}},
		{At: at("2026-04-10 01:00"), Year: 2027, Days: assess.CalendarYear{Year: 2027, Source: "new", Holidays: []time.Time{day("2027-01-01")}}},
	}
	want := assess.Calendar{Years: []assess.CalendarYear{
		{Year: 2025, Source: "2025"},
		{
			Year: 2026, Official: true, Source: "notice", Holidays: []time.Time{day("2026-04-03"), day("2026-04-06"), day("2026-04-09"), day("2026-04-13")},
			MakeUp: []time.Time{day("2026-04-04"), day("2026-04-11")},
		},
		{Year: 2027, Source: "new", Holidays: []time.Time{day("2027-01-01")}},
	}}
	if diff := cmp.Diff(want, cycle.Amend(base, edits, shanghai)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(base.Years) != 2 || len(base.Years[1].Holidays) != 4 {
		t.Error("the calendar that was given changed")
	}
}

// A step counts as moved when its time for the unit changes: an extension moves the deadline of its district only.
func TestMoves(t *testing.T) {
	p := plan("2026Q1", postponed(cycle.StepDeadline, "2026-04-13"), outage("", "2026-04-13"), extended(heping, "2026-04-14"),
		postponed(cycle.StepDeadline, "2026-04-10"), postponed(cycle.StepPublish, "2026-04-28"))
	for _, tt := range []struct {
		step assess.Code
		unit assess.UnitCode
		want int
	}{
		{cycle.StepOpen, heping, 0},
		{cycle.StepDeadline, dadong, 2}, // there and back
		{cycle.StepDeadline, heping, 2}, // with all, and on to its own, where it stays
		{cycle.StepReviewed, "", 2},     // it went along
		{cycle.StepPublish, heping, 3},
	} {
		if got := p.Moves(tt.step, tt.unit); got != tt.want {
			t.Errorf("%s of %q was moved %d times, want %d", tt.step, tt.unit, got, tt.want)
		}
	}
}

// The analyst has closed the collection on the 13th, before the cut-off of the 17th: what lay before it is needless, what comes after
// it is not.
func TestOvertaken(t *testing.T) {
	p := plan("2026Q1")
	for _, tt := range []struct {
		state assess.CycleState
		at    string
		want  []assess.Code
	}{
		{assess.CycleOpen, "2026-03-10 09:00", []assess.Code{cycle.StepNotice, cycle.StepOpen}}, // opened early
		{assess.CycleReviewing, "2026-04-10 09:00", []assess.Code{cycle.StepReviewed}},
		{assess.CycleClosing, "2026-04-13 09:00", []assess.Code{cycle.StepReviewed, cycle.StepCutOff}},
		{assess.CycleClosing, "2026-04-18 09:00", nil},
		{assess.CycleScored, "2026-04-18 09:00", []assess.Code{cycle.StepScored}},
		{assess.CyclePublished, "2026-04-21 09:00", []assess.Code{cycle.StepDraft, cycle.StepPublish}},
		{assess.CycleScheduled, "2026-01-01 09:00", nil},
		{"", "2026-01-01 09:00", nil},
	} {
		var got []assess.Code
		for _, s := range p.Steps() {
			if p.Overtaken(s.Code, tt.state, at(tt.at)) {
				got = append(got, s.Code)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s at %s (-want +got):\n%s", tt.state, tt.at, diff)
		}
	}
}

// The calendar opens the forms and closes them to the minute; people may be ahead of it, and what follows the cut-off is theirs.
func TestStanding(t *testing.T) {
	p := plan("2026Q1")
	opens, cutOff, later := p.OpensAt(), p.CutOff(), p.CutOff().AddDate(1, 0, 0)
	for _, tt := range []struct {
		state assess.CycleState
		at    time.Time
		want  assess.CycleState
		ended bool
	}{
		{"", opens.Add(-time.Minute), assess.CycleScheduled, false},
		{"", opens, assess.CycleOpen, false},
		{assess.CycleOpen, opens.AddDate(0, 0, -5), assess.CycleOpen, false},
		{assess.CycleOpen, cutOff.Add(-time.Second), assess.CycleReviewing, false},
		{assess.CycleOpen, cutOff, assess.CycleClosing, true},
		{assess.CycleClosing, opens, assess.CycleClosing, true},
		{assess.CycleReviewing, later, assess.CycleClosing, true},
		{assess.CyclePublished, later, assess.CyclePublished, true},
	} {
		if got := p.Standing(tt.state, tt.at); got != tt.want || p.Ended(tt.state, tt.at) != tt.ended {
			t.Errorf("%q at %s stands at %s, want %s; ended %v", tt.state, tt.at, got, tt.want, !tt.ended)
		}
	}
}
