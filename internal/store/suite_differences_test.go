package store

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/unionboard/unionboard/internal/assess"
)

// A difference is written with what it belongs to or not at all, in the state it was seen in, one of a cell and source at a time; its
// steps are only added.
func testDifferences(t *testing.T, s *Store) {
	ctx := t.Context()
	put := func(changes ...assess.DifferenceChange) error {
		_, err := s.Commit(ctx, assess.Intake{Differences: changes, Audit: []assess.AuditLine{line("collect.run")}})
		return err
	}
	raise := func(id string, item assess.Code, source assess.Code) assess.DifferenceChange {
		c := assess.DifferenceChange{Difference: assess.Difference{
			ID: id, CellKey: assess.CellKey{Unit: district, Period: q1, Item: item, Part: "p", Ref: "r"}, Source: source,
			Held:      assess.HeldFigure{State: assess.Reported, Value: "1240", By: "chair", At: spring, Submission: "s1", Seq: 7, Revision: 3},
			SaidState: assess.Reported, SaidValue: "1204", Run: "run", Place: assess.Place{File: "季报.csv", Line: 2, Column: 4, Field: "人数"},
			First: spring, Last: spring.Add(time.Hour), Times: 2,
		}}
		c.Step(assess.RaiseDifference, assess.DifferenceOpen, "source:"+string(source), "", spring)
		return c
	}
	a := raise("a", "members", "heping")
	if err := put(a, raise("b", "members", "push")); err != nil {
		t.Fatal(err)
	}
	before := headOf(t, s)
	if err := put(raise("c", "unions", "heping"), raise("d", "members", "heping")); !errors.Is(err, assess.ErrConflict) {
		t.Errorf("a second one: %v", err)
	}
	got, err := s.Difference(ctx, "a")
	want := a.Difference
	want.Steps = a.Added
	want.Steps[0].Seq = got.Steps[0].Seq
	if diff := cmp.Diff(want, got, cmpopts.EquateComparable(assess.Period{})); diff != "" || err != nil {
		t.Errorf("as it was raised (-want +got):\n%s%v", diff, err)
	}
	keep := assess.DifferenceChange{Difference: got, Was: got.State}
	keep.Step(assess.KeepDifference, assess.DifferenceKept, "zhao", "系统滞后", spring.Add(2*time.Hour))
	if headOf(t, s) != before {
		t.Error("what was refused left something")
	}
	if err := put(keep); err != nil {
		t.Fatal(err)
	}
	if err := put(keep); !errors.Is(err, assess.ErrConflict) {
		t.Errorf("decided twice: %v", err)
	}
	if got, err := s.Difference(ctx, "a"); err != nil || got.State != assess.DifferenceKept || len(got.Steps) != 2 || got.Steps[1].Note != "系统滞后" {
		t.Errorf("decided: %+v, %v", got, err)
	}
	if err := put(raise("e", "members", "heping")); err != nil {
		t.Errorf("after a decision: %v", err)
	}
	ids := func(q assess.DifferenceQuery) (ids string) {
		all, err := s.Differences(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range all {
			ids += d.ID
		}
		return ids
	}
	for want, q := range map[string]assess.DifferenceQuery{
		"eba": {Units: []assess.UnitCode{district}, Periods: []assess.Period{q1}}, "eb": {States: []assess.DifferenceState{assess.DifferenceOpen}},
		"ea": {Source: "heping"}, "e": {Limit: 1}, "": {Signed: true},
	} {
		if got := ids(q); got != want {
			t.Errorf("%+v: %s, want %s", q, got, want)
		}
	}
	if _, err := s.Difference(ctx, "x"); !errors.Is(err, assess.ErrNotFound) {
		t.Errorf("none: %v", err)
	}
	m := assess.Matter{ID: "m", Kind: assess.Correction, Unit: district, Period: q1, Code: "members", State: "requested", OpenedBy: "zhao", OpenedAt: spring, Difference: &keep}
	if err := s.OpenMatter(ctx, m, assess.MatterStep{Matter: "m", Action: "open", To: "requested", By: "zhao", At: spring}, line("correction.open")); !errors.Is(err, assess.ErrConflict) {
		t.Errorf("a correction because of a difference that is over: %v", err)
	}
	if _, err := s.Matter(ctx, "m"); !errors.Is(err, assess.ErrNotFound) {
		t.Errorf("and it was opened: %v", err)
	}
}
