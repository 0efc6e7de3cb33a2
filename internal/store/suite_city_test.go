package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
)

// testBreakdowns: a version is kept as it was given, a draft is saved only over the revision that was seen, an issued one is never
// changed, and its targets hold exactly when it is issued.
func testBreakdowns(t *testing.T, s *Store) {
	ctx := t.Context()
	b := assess.Breakdown{
		Year: 2026, Code: "new_unions", Version: 1, State: assess.BreakdownDraft, Total: decimal.RequireFromString("10.50"),
		Step: decimal.RequireFromString("0.5"), Basis: assess.Basis{Kind: assess.ItemBasis, Item: "union_members", Period: assess.NewQuarter(2025, 4)},
		From: assess.NewQuarter(2026, 2), Reason: "因故调整", Revision: 1, By: "wu", At: spring,
		Portions: []assess.Portion{
			{Unit: "210103", Weight: decimal.RequireFromString("3"), Known: true, Pinned: true, Value: decimal.RequireFromString("4.5")},
			{Unit: "210102", Value: decimal.RequireFromString("6")},
		},
	}
	if err := s.PutBreakdown(ctx, b, nil, line("targets.draft")); err != nil {
		t.Fatal(err)
	}
	wantProblem(t, s.PutBreakdown(ctx, b, nil, line("targets.draft")), assess.ErrConflict, "problem.breakdown_moved")
	b.Revision, b.Portions[1].Value = 2, decimal.RequireFromString("6.0")
	b.State, b.IssuedBy, b.IssuedAt = assess.BreakdownIssued, "wu", spring
	target := assess.Target{Unit: "210103", Period: assess.NewYear(2026), Code: "new_unions", Value: decimal.RequireFromString("4.5"), From: b.From}
	if err := s.PutBreakdown(ctx, b, []assess.Target{target}, line("targets.issue")); err != nil {
		t.Fatal(err)
	}
	b.Revision = 3
	wantProblem(t, s.PutBreakdown(ctx, b, nil, line("targets.draft")), assess.ErrConflict, "problem.breakdown_moved")
	b.Revision = 2
	exact := cmp.Comparer(func(a, b decimal.Decimal) bool { return a.String() == b.String() })
	got, err := s.Breakdowns(ctx, 2026)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]assess.Breakdown{b}, got, exact, cmp.Comparer(func(a, b assess.Period) bool { return a == b })); diff != "" {
		t.Errorf("read back (-put +got):\n%s", diff)
	}
	if targets, err := s.Targets(ctx, 2026); err != nil || len(targets) != 1 || !targets[0].Value.Equal(target.Value) {
		t.Errorf("targets %+v, %v", targets, err)
	}
	if other, err := s.Breakdowns(ctx, 2025); err != nil || len(other) != 0 {
		t.Errorf("2025 has %d breakdowns, %v", len(other), err)
	}
}
