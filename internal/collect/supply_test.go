package collect_test

import (
	"errors"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
)

// of answers an entry of the first district.
func of(code assess.Code, value string) assess.Entry {
	return assess.Entry{Unit: unitA, PeriodText: "2026Q1", Code: code, Value: value}
}

func supply(entries ...assess.Entry) collect.Supply {
	return collect.Supply{Entries: entries, EnteredBy: "qian", AcceptedBy: "sun", Audit: []assess.AuditLine{{Action: "city.hand_in"}}}
}

// TestSupplyCountsAtOnce: with the names of both persons, without a run, and without moving the district's report.
func TestSupplyCountsAtOnce(t *testing.T) {
	f := newFixture(t)
	if n, err := f.Supply(t.Context(), supply(of("rate", "8.5"), of("unions", "N/A")), inTime); err != nil || n != 2 {
		t.Fatalf("%d changed, %v", n, err)
	}
	if diff := gocmp.Diff(map[string]string{"210102 2026Q1 rate": "8.5", "210102 2026Q1 unions": "not_applicable"}, f.log.cells()); diff != "" {
		t.Errorf("cells (-want +got):\n%s", diff)
	}
	if o := f.log.observations[0]; o.EnteredBy != "qian" || o.AcceptedBy != "sun" || o.Run != "" || o.Submission == "" {
		t.Errorf("the observation is %+v", o)
	}
	if len(f.log.runs) != 0 || f.log.filing(unitA, q1).State != "" {
		t.Errorf("%d runs, report %q", len(f.log.runs), f.log.filing(unitA, q1).State)
	}
	if n, err := f.Supply(t.Context(), supply(of("rate", "8.5")), inTime); err != nil || n != 0 {
		t.Errorf("the same again changed %d, %v", n, err)
	}
}

// TestSupplyIsAllOrNothing: a figure of the district, an unknown code, a closed period refuse all of it.
func TestSupplyIsAllOrNothing(t *testing.T) {
	f := newFixture(t)
	for _, bad := range []assess.Entry{of("members", "5"), of("nothing", "5"), of("rate", "many"), {Unit: "999999", PeriodText: "2026Q1", Code: "rate", Value: "1"}} {
		var faults assess.Problems
		if _, err := f.Supply(t.Context(), supply(of("rate", "8.5"), bad), inTime); !errors.As(err, &faults) || len(faults) != 1 {
			t.Errorf("%s %s: %v, want one problem", bad.Code, bad.Value, err)
		}
	}
	if f.log.commits != 0 {
		t.Errorf("%d commits", f.log.commits)
	}
	f.log.cycles = []assess.Cycle{{Period: q1, State: assess.CycleScored}}
	if _, err := f.Supply(t.Context(), supply(of("rate", "9")), inTime); !errors.Is(err, assess.ErrConflict) {
		t.Errorf("a closed period takes a figure: %v", err)
	}
}

// TestSupplyClears: a cell stands open again, once; one that holds nothing is passed over.
func TestSupplyClears(t *testing.T) {
	f := newFixture(t)
	if _, err := f.Supply(t.Context(), supply(of("unions", "N/A")), inTime); err != nil {
		t.Fatal(err)
	}
	s := supply()
	s.Cleared = []assess.CellKey{{Unit: unitA, Period: q1, Item: "unions"}, {Unit: unitA, Period: q1, Item: "rate"}}
	for i, want := range []int{1, 0} {
		if n, err := f.Supply(t.Context(), s, inTime); err != nil || n != want {
			t.Errorf("time %d: %d changed, %v; want %d", i, n, err, want)
		}
	}
	if diff := gocmp.Diff(map[string]string{"210102 2026Q1 unions": "missing"}, f.log.cells()); diff != "" {
		t.Errorf("cells (-want +got):\n%s", diff)
	}
	if _, err := f.Supply(t.Context(), supply(of("unions", "N/A")), inTime); err != nil {
		t.Fatal(err)
	}
	f.log.cycles = []assess.Cycle{{Period: q1, State: assess.CycleScored}}
	if _, err := f.Supply(t.Context(), s, inTime); !errors.Is(err, assess.ErrConflict) {
		t.Errorf("a closed period is cleared: %v", err)
	}
}
