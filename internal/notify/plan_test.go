package notify_test

import (
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/testkit"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/notify"
)

// TestWhoIsToldWhen walks the quarter of three districts: 210102 is a draft from 2 April, 210103 begins on the 8th, in 210104 nobody
// has an account.
func TestWhoIsToldWhen(t *testing.T) {
	c := newCity()
	plan := func(when string) []string {
		return said(notify.Plan(at(when), []notify.Round{c.round()}, c.people, []notify.Group{{Name: "districts"}, {Name: "south", Units: []assess.UnitCode{"210104"}}}, nil))
	}
	expect := func(when string, want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, plan(when)); diff != "" {
			t.Errorf("on %s (-want +told):\n%s", when, diff)
		}
	}
	c.move("210102", assess.Draft, at("02 10:00"))
	expect("03 08:59")
	draft := []string{"checker-210102: draft 210102", "reporter-210102: draft 210102"}
	expect("03 09:00", draft...)
	expect("03 21:00") // nobody is told at night
	expect("07 08:00", draft...)
	c.move("210103", assess.Draft, at("08 10:00"))
	expect("08 11:00", draft...) // who begins after the day of the draft reminder does not get it

	groups := []string{"districts: eve 210102, eve 210103, eve 210104", "south: eve 210104"}
	reordered := func(people []string, first, rest string) []string {
		return append([]string{people[0], people[1], first}, append(people[2:], rest)...)
	}
	expect("09 09:00", reordered([]string{
		"checker-210102: eve 210102", "reporter-210102: eve 210102", "checker-210103: eve 210103", "reporter-210103: eve 210103",
	}, groups[0], groups[1])...)
	c.move("210102", assess.PendingSignature, at("09 12:00"))
	expect("09 13:00", "chair-210102: eve 210102", groups[0], "checker-210103: eve 210103", "reporter-210103: eve 210103", groups[1])
	expect("10 14:00", "chair-210102: chair 210102", "districts: chair 210102, chair 210103, chair 210104", "chair-210103: chair 210103", "south: chair 210104")

	c.move("210102", assess.Submitted, at("10 16:00"))
	expect("10 16:01", "reviewer-organisation: submitted 210102", "reviewer-rights: submitted 210102",
		"chair-210103: chair 210103", "districts: chair 210103, chair 210104", "south: chair 210104")
	waiting := []string{"reviewer-organisation: submitted 210102", "reviewer-rights: submitted 210102"}
	expect("10 17:00", waiting...) // nobody is told that he is late at the very hour
	expect("13 09:00", append(waiting, "chair-210103: overdue 210103", "checker-210103: overdue 210103", "reporter-210103: overdue 210103",
		"districts: overdue 210103, overdue 210104", "south: overdue 210104")...)

	c.move("210103", assess.Submitted, at("13 10:00"))
	c.reports[1].Filing.LateDays = 1
	c.move("210102", assess.Returned, at("14 10:00"))
	expect("14 10:00", "reporter-210102: returned 210102", "reviewer-organisation: submitted 210103, review 210103", "reviewer-rights: submitted 210103, review 210103",
		"districts: overdue 210104", "south: overdue 210104")
	c.move("210102", assess.Draft, at("14 11:00")) // he is at it
	expect("14 11:00", "reviewer-organisation: submitted 210103, review 210103", "reviewer-rights: submitted 210103, review 210103",
		"districts: overdue 210104", "south: overdue 210104")
	expect("17 17:00")
}

// A postponed report has its own times.
func TestPostponedReportsAreRemindedLater(t *testing.T) {
	c := newCity()
	late := &c.reports[0].Times
	late.Reminders[1].At, late.Reminders[2].At, late.Deadline, late.Overdue = at("13 09:00"), at("14 14:00"), at("14 17:00"), at("15 09:00")
	plan := func(when string) []string {
		return said(notify.Plan(at(when), []notify.Round{c.round()}, c.people, nil, nil))
	}
	if diff := cmp.Diff([]string{"checker-210103: eve 210103", "reporter-210103: eve 210103"}, plan("09 09:00")); diff != "" {
		t.Errorf("-want +told:\n%s", diff)
	}
	if diff := cmp.Diff([]string{
		"checker-210102: eve 210102", "reporter-210102: eve 210102", "chair-210103: overdue 210103", "checker-210103: overdue 210103", "reporter-210103: overdue 210103",
	}, plan("13 09:00")); diff != "" {
		t.Errorf("-want +told:\n%s", diff)
	}
}

// A report of which its system has brought a part is still owed, whatever a department has said of that part, and is late like any other.
func TestAPartOfAReportIsOwed(t *testing.T) {
	for _, state := range []assess.FilingState{assess.Submitted, assess.UnderReview, assess.Returned, assess.Draft, assess.PendingSignature} {
		c := newCity()
		c.move("210102", assess.Submitted, at("07 10:00"))
		c.move("210102", state, at("07 10:00"))
		r := &c.reports[0]
		r.Waiting = nil
		for _, part := range []bool{true, false} {
			r.ToCome = part
			told := strings.Join(said(notify.Plan(at("13 09:00"), []notify.Round{c.round()}, c.people, nil, nil)), "\n")
			if got := strings.Contains(told, "reporter-210102: overdue 210102"); got != part {
				t.Errorf("%s, in part %v: told %v", state, part, got)
			}
			if r.In() == part || part && (!r.Late(at("13 09:00")) || !r.Due().Equal(r.Times.Deadline)) {
				t.Errorf("%s, in part %v: in %v, late %v, due %s", state, part, r.In(), r.Late(at("13 09:00")), r.Due())
			}
		}
	}
}

// A new deadline is another thing: who was reminded of the old one is reminded of it again, and once, and who was told to be late and
// got more time is told so again when that has passed.
func TestANewDeadlineIsAnotherThing(t *testing.T) {
	c := newCity()
	c.move("210103", assess.Submitted, at("07 10:00"))
	r, _, _ := newReminders(t, testkit.Store(t), c)
	tell := func(when string, want ...string) {
		t.Helper()
		made, err := r.Remind(t.Context(), at(when))
		var got []string
		for _, one := range said(made) {
			if strings.Contains(one, "-210102: ") { // the groups hear of it with others
				got = append(got, one)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("on %s (-want +told), %v:\n%s", when, err, diff)
		}
	}
	times := &c.reports[0].Times
	both := func(what string) []string { return []string{"checker-210102: " + what, "reporter-210102: " + what} }
	tell("09 09:00", both("eve 210102")...)
	times.Reminders[1].At, times.Reminders[2].At, times.Deadline, times.Overdue = at("13 09:00"), at("13 14:00"), at("13 17:00"), at("14 09:00")
	tell("10 09:00")
	tell("13 09:00", both("eve 210102")...)
	tell("13 09:05")
	tell("14 09:00", append([]string{"chair-210102: overdue 210102"}, both("overdue 210102")...)...)
	times.Reminders[1].At, times.Reminders[2].At, times.Deadline, times.Overdue = at("15 09:00"), at("15 14:00"), at("15 17:00"), at("16 09:00")
	tell("16 09:00", append([]string{"chair-210102: overdue 210102"}, both("overdue 210102")...)...)
	tell("16 09:05")
}

// A program that was down tells each person once, in one message, what still holds.
func TestAfterDowntimeEveryoneHasOneMessage(t *testing.T) {
	c := newCity()
	c.move("210102", assess.Submitted, at("03 10:00"))
	c.move("210103", assess.Submitted, at("07 10:00"))
	r, mail, group := newReminders(t, testkit.Store(t), c)
	made, err := r.Remind(t.Context(), at("14 10:00"))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"reviewer-organisation: submitted 210102, review 210102, submitted 210103, review 210103",
		"reviewer-rights: submitted 210102, review 210102, submitted 210103, review 210103",
		"districts: overdue 210104",
	}
	if diff := cmp.Diff(want, said(made)); diff != "" {
		t.Errorf("-want +told:\n%s", diff)
	}
	if err := r.Deliver(t.Context(), func() time.Time { return at("14 10:00") }); err != nil || len(mail.sent) != 2 || len(group.sent) != 1 {
		t.Errorf("%v: mails %v, group %v", err, mail.sent, group.sent)
	}
	if again, err := r.Remind(t.Context(), at("14 10:05")); err != nil || len(again) != 0 {
		t.Errorf("told again: %v, %v", said(again), err)
	}
}
