package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
)

func testEditionsAreFrozen(t *testing.T, s *Store) {
	ctx := t.Context()
	issue := func(year int, digest, reason string) assess.Edition {
		t.Helper()
		e, err := s.IssueEdition(ctx, assess.Edition{Year: year, Digest: digest, Reason: reason, By: "li.na", At: spring},
			map[string][]byte{"units.yaml": []byte("单位: " + digest), "frameworks/six.yaml": []byte(digest)})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	first := issue(2026, "aaa", "issued")
	if first.Number != 1 {
		t.Errorf("the first edition has number %d", first.Number)
	}
	head := headOf(t, s)
	if again := issue(2026, "aaa", "once more"); again.Number != 1 || again.Reason != "issued" || headOf(t, s) != head {
		t.Errorf("the same definitions made edition %d (%s)", again.Number, again.Reason)
	}
	if second := issue(2026, "bbb", "weights"); second.Number != 2 {
		t.Errorf("changed definitions made edition %d", second.Number)
	}
	if third := issue(2026, "aaa", "back"); third.Number != 3 {
		t.Errorf("going back to the first definitions made edition %d, want 3", third.Number)
	}
	if other := issue(2027, "aaa", "next year"); other.Number != 1 {
		t.Errorf("another year's first edition has number %d", other.Number)
	}
	for _, c := range []struct{ number, want int }{{1, 1}, {2, 2}, {3, 3}, {0, 3}} {
		e, files, err := s.EditionFiles(ctx, 2026, c.number)
		if err != nil || e.Number != c.want || string(files["units.yaml"]) != "单位: "+e.Digest || len(files) != 2 {
			t.Errorf("edition %d: %+v, %d files, %v", c.number, e, len(files), err)
		}
		// A row that is asked for and never read keeps its connection for ever, and a few of them all of them.
		if n := s.reader.Stats().InUse; n != 0 {
			t.Fatalf("%d connections are still in use after edition %d was read", n, c.number)
		}
	}
	_, _, err := s.EditionFiles(ctx, 2025, 0)
	wantProblem(t, err, assess.ErrNotFound, "problem.edition_missing")
	_, _, err = s.EditionFiles(ctx, 2026, 9)
	wantProblem(t, err, assess.ErrNotFound, "problem.edition_unknown")
	all, err := s.Editions(ctx)
	if err != nil || len(all) != 4 {
		t.Fatalf("editions %v, %v", all, err)
	}
	if diff := cmp.Diff(first, all[0], comparePeriods); diff != "" {
		t.Errorf("the first edition (-issued +read):\n%s", diff)
	}
	lines, err := s.AuditLines(ctx, 2, 1)
	if err != nil || len(lines) != 1 || lines[0].Action != "edition.issue" || lines[0].Object != "2026/2" || lines[0].Before != "aaa" || lines[0].After != "bbb" {
		t.Errorf("audit line %+v, %v", lines, err)
	}
	_, err = s.IssueEdition(ctx, assess.Edition{Year: 2026, Digest: "ccc"}, map[string][]byte{"x": {0xff}})
	wantProblem(t, err, assess.ErrInvalid, "problem.text_encoding")
}

func testTargets(t *testing.T, s *Store) {
	ctx := t.Context()
	target := func(unit assess.UnitCode, p assess.Period, value string) assess.Target {
		return assess.Target{Unit: unit, Period: p, Code: "coverage", Value: decimal.RequireFromString(value)}
	}
	changed := target("210102", assess.NewYear(2026), "60") // from the third quarter on; the first one goes on to hold before
	changed.From = assess.NewQuarter(2026, 3)
	for _, set := range [][]assess.Target{
		{changed, target("210102", assess.NewYear(2026), "80.50"), target(assess.AnyUnit, assess.NewYear(2026), "75"), target("210102", assess.NewYear(2025), "1")},
		{target("210102", assess.NewYear(2026), "123456789012345678.123456")},
	} {
		if err := s.PutTargets(ctx, set, line("targets")); err != nil {
			t.Fatal(err)
		}
	}
	all, err := s.Targets(ctx, 2026)
	want := []assess.Target{target(assess.AnyUnit, assess.NewYear(2026), "75"), target("210102", assess.NewYear(2026), "123456789012345678.123456"), changed}
	if diff := cmp.Diff(want, all, comparePeriods); diff != "" || err != nil {
		t.Errorf("targets (-want +got):\n%s%v", diff, err)
	}
}
