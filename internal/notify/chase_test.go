package notify_test

import (
	"errors"
	"testing"

	"github.com/unionboard/unionboard/internal/testkit"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/notify"
)

// chased writes what came of a chase: the messages, who had heard it, where nobody could be told.
func chased(c notify.Chased) []string {
	lines := said(c.Messages)
	for _, p := range c.Before {
		lines = append(lines, "before "+p.ID)
	}
	for _, u := range c.Silent {
		lines = append(lines, "call "+string(u))
	}
	return lines
}

// TestChase: one click chases everybody who is late, the second the same day says that it was said, the day after it is said again.
func TestChase(t *testing.T) {
	c := newCity()
	c.move("210103", assess.Submitted, at("08 10:00"))
	r, _, _ := newReminders(t, testkit.Store(t), c)
	expect := func(when string, units []assess.UnitCode, want ...string) {
		t.Helper()
		got, err := r.Chase(t.Context(), notify.Chase{Period: q1, Units: units, Line: chaseLine()}, at(when))
		if diff := cmp.Diff(want, chased(got)); err != nil || diff != "" {
			t.Errorf("on %s: %v (-want +told):\n%s", when, err, diff)
		}
	}
	both := []string{"checker-210102: chase 210102", "reporter-210102: chase 210102"}
	expect("08 11:00", nil, append(both, "districts: chase 210102, chase 210104", "call 210104")...)
	expect("08 11:01", nil, "before checker-210102", "before reporter-210102", "call 210104")
	expect("08 19:00", []assess.UnitCode{"210102"}, "before checker-210102", "before reporter-210102")
	expect("09 08:30", []assess.UnitCode{"210102"}, append(both, "districts: chase 210102")...)

	// The calendar keeps silent where a person has said the same today.
	made, err := r.Remind(t.Context(), at("09 09:00"))
	if diff := cmp.Diff([]string{"reviewer-organisation: submitted 210103", "reviewer-rights: submitted 210103", "districts: eve 210104"}, said(made)); err != nil || diff != "" {
		t.Errorf("on the eve: %v (-want +told):\n%s", err, diff)
	}

	// On the day of the deadline it may be said once before it and once after.
	expect("10 10:00", nil, append(both, "districts: chase 210102, chase 210104", "call 210104")...)
	all := []string{"chair-210102: chase 210102", "checker-210102: chase 210102", "reporter-210102: chase 210102"}
	expect("10 17:30", nil, append(all, "districts: chase 210102, chase 210104", "call 210104")...)
	expect("10 18:00", nil, "before chair-210102", "before checker-210102", "before reporter-210102", "call 210104")

	// With the chair it is the chair's turn; what came back is chased by itself.
	c.move("210102", assess.PendingSignature, at("13 08:30"))
	expect("13 08:40", []assess.UnitCode{"210102"}, "chair-210102: chase 210102", "districts: chase 210102")
	c.move("210103", assess.Returned, at("13 09:00"))
	expect("13 09:30", []assess.UnitCode{"210103"}, "checker-210103: chase 210103", "reporter-210103: chase 210103", "districts: chase 210103")
}

func TestChaseOfNobody(t *testing.T) {
	c := newCity()
	r, _, _ := newReminders(t, testkit.Store(t), c)
	for _, u := range roster().Units {
		c.move(u.Code, assess.Submitted, at("08 10:00"))
	}
	for _, one := range []struct {
		period assess.Period
		units  []assess.UnitCode
		kind   error
		key    string
	}{
		{q1, nil, assess.ErrConflict, "problem.chase_nobody"},
		{q1, []assess.UnitCode{"210102"}, assess.ErrConflict, "problem.chase_settled"},
		{q1, []assess.UnitCode{"999999"}, assess.ErrNotFound, "problem.unit_unknown"},
		{q1.Next(), nil, assess.ErrNotFound, "problem.no_edition"},
	} {
		for _, do := range []func() error{
			func() error {
				_, err := r.Chase(t.Context(), notify.Chase{Period: one.period, Units: one.units, Line: chaseLine()}, at("09 10:00"))
				return err
			},
			func() error {
				_, err := r.Preview(t.Context(), notify.Chase{Period: one.period, Units: one.units}, at("09 10:00"))
				return err
			},
		} {
			var p *assess.Problem
			if err := do(); !errors.Is(err, one.kind) || !errors.As(err, &p) || p.Key != one.key {
				t.Errorf("%s %v: %v, want %s", one.period, one.units, err, one.key)
			}
		}
	}
	if _, err := r.Chase(t.Context(), notify.Chase{Period: q1}, at("01 00:00").AddDate(0, 0, -1)); err == nil {
		t.Error("chased before the form was open")
	}
}

// A preview tells what would be told, and tells nothing.
func TestPreview(t *testing.T) {
	c := newCity()
	s := testkit.Store(t)
	r, _, _ := newReminders(t, s, c)
	first, err := r.Preview(t.Context(), notify.Chase{Period: q1}, at("13 10:00"))
	if err != nil {
		t.Fatal(err)
	}
	told, err := s.MessagesOf(t.Context(), q1)
	if err != nil || len(told) != 0 {
		t.Fatalf("a preview left %v, %v", told, err)
	}
	done, err := r.Chase(t.Context(), notify.Chase{Period: q1, Line: chaseLine()}, at("13 10:00"))
	if diff := cmp.Diff(chased(first), chased(done)); err != nil || diff != "" {
		t.Errorf("%v (-preview +chase):\n%s", err, diff)
	}
}
