package collect_test

import (
	"errors"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
)

// A correction and the step of its request are one: a step that somebody else took already leaves the figure as it is, and a figure that
// cannot be taken leaves the request as it is.
func TestACorrectionTakesItsStepOrNothing(t *testing.T) {
	c := newCollection(t)
	c.take(unitA, collect.Adopt)
	c.advance(q1, assess.CycleScored)
	m := assess.Matter{ID: "m-1", Kind: assess.Correction, Unit: unitA, Period: q1, Code: "members", State: "checked", OpenedBy: "li.na", OpenedAt: inTime}
	line := assess.AuditLine{At: inTime, Actor: "li.na", Action: "correction.open", Result: "ok"}
	if err := c.log.OpenMatter(t.Context(), m, assess.MatterStep{Matter: m.ID, Action: "open", To: m.State, By: "li.na", At: inTime}, line); err != nil {
		t.Fatal(err)
	}
	value := func() string {
		all, err := c.log.Current(t.Context(), assess.CellQuery{Units: []assess.UnitCode{unitA}, Items: []assess.Code{"members"}})
		if err != nil || len(all) != 1 {
			t.Fatal(all, err)
		}
		return all[0].Value
	}
	correct := func(value, from string, dry bool, was ...string) error {
		step := &assess.MatterStep{Matter: m.ID, Action: "apply", From: from, To: "applied", By: "wang", At: inTime}
		e := assess.Entry{Unit: unitA, PeriodText: "2026Q1", Code: "members", Value: value}
		correction := collect.Correction{Reason: "复核", Step: step}
		if len(was) > 0 {
			correction.Was = &was[0]
		}
		return c.Correct(t.Context(), e, correction, "wang", dry, inTime)
	}
	state := func() string {
		m, err := c.log.Matter(t.Context(), m.ID)
		if err != nil {
			t.Fatal(err)
		}
		return m.State
	}
	for _, tc := range []struct {
		name, value, from string
		dry               bool
		err               error
		holds, state      string
	}{
		{"what cannot be taken", "-1", "checked", false, assess.ErrInvalid, "5", "checked"},
		{"what holds already", "5", "checked", false, assess.ErrConflict, "5", "checked"},
		{"a step that was taken", "6", "requested", false, assess.ErrConflict, "5", "checked"},
		{"what has moved since it was looked at", "6", "checked", false, assess.ErrConflict, "5", "checked"},
		{"only asking", "6", "checked", true, nil, "5", "checked"},
		{"what cannot be read", "6,5万", "checked", false, assess.ErrInvalid, "5", "checked"},
		{"both, as it is typed into a form", "0.6 万", "checked", false, nil, "6000", "applied"},
	} {
		was := []string{"5"}
		if tc.name == "what has moved since it was looked at" {
			was = []string{"4"}
		}
		if err := correct(tc.value, tc.from, tc.dry, was...); tc.err == nil && err != nil || tc.err != nil && !errors.Is(err, tc.err) {
			t.Errorf("%s: %v, want %v", tc.name, err, tc.err)
		}
		if value() != tc.holds || state() != tc.state {
			t.Errorf("%s: the figure is %s, the request %s", tc.name, value(), state())
		}
	}
}
