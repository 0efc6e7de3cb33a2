package collect_test

import (
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/collect"
)

// Who wants new figures only, updates only, or all or nothing gets that: the others are refused at their rows, and a delivery that is
// to be taken whole leaves nothing of itself behind.
func TestHowADeliveryIsTaken(t *testing.T) {
	f := newFixture(t)
	f.take("210102,2026Q1,members,5,,,,\n", collect.Options{By: "li.na"}, inTime)
	both := "210102,2026Q1,members,6,,,,\n210102,2026Q1,unions,2,,,,\n"
	for _, one := range []struct {
		o    collect.Options
		want string
		key  string
	}{
		{collect.Options{Only: collect.OutcomeNew}, "taken 2: new 1, changed 0, same 0, refused 1, missing 0, partial", "problem.only_new"},
		{collect.Options{Only: collect.OutcomeChanged}, "taken 2: new 0, changed 1, same 0, refused 1, missing 0, partial", "problem.only_changed"},
		{collect.Options{Only: collect.OutcomeNew, Whole: true}, "taken 2: new 0, changed 0, same 0, refused 1, missing 0, failed", "problem.only_new"},
		{collect.Options{Whole: true}, "taken 2: new 1, changed 1, same 0, refused 0, missing 0, done", ""},
	} {
		one.o.By, one.o.DryRun = "li.na", true
		r := f.take(both, one.o, inTime.Add(time.Hour))
		if counts(r) != one.want || len(r.Rejected) > 0 && r.Rejected[0].Problem.Key != one.key {
			t.Errorf("%+v: %s %v", one.o, counts(r), r.Rejected)
		}
	}
	before := f.log.cells()
	if r := f.take(both+"210102,2026Q1,no_such,1,,,,\n", collect.Options{By: "li.na", Whole: true}, inTime.Add(time.Hour)); r.Refused != 1 || r.New+r.Changed > 0 {
		t.Errorf("all or nothing: %s", counts(r))
	}
	if len(f.log.cells()) != len(before) {
		t.Errorf("all or nothing left %v", f.log.cells())
	}
}
