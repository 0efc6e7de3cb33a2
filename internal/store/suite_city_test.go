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

// testCityDrafts: a revision for each save, none for what says the same, and nothing is overwritten that was not seen.
func testCityDrafts(t *testing.T, s *Store) {
	save := func(value string, base int64) assess.DraftOutcome {
		t.Helper()
		outcomes, err := s.SaveCityDrafts(t.Context(), []assess.DraftSave{{Base: base, DraftCell: assess.DraftCell{
			Unit: "210102", Period: q1, Item: "fund_received_ytd", Value: value, Note: "注", By: "qian", At: spring,
		}}})
		if err != nil || len(outcomes) != 1 {
			t.Fatalf("%v, %d outcomes", err, len(outcomes))
		}
		return outcomes[0]
	}
	for _, c := range []struct {
		value          string
		base, revision int64
		conflict       bool
	}{{"1", 0, 1, false}, {"1", 0, 1, false}, {"2", 0, 1, true}, {"2", 1, 2, false}, {"", 2, 3, false}, {"9", 2, 3, true}} {
		if o := save(c.value, c.base); o.Revision != c.revision || o.Conflict != c.conflict {
			t.Errorf("save %q over %d: revision %d, conflict %v; want %d, %v", c.value, c.base, o.Revision, o.Conflict, c.revision, c.conflict)
		}
	}
	drafts, err := s.CityDrafts(t.Context(), q1)
	if err != nil || len(drafts) != 1 || drafts[0].Revision != 3 || drafts[0].Value != "" || !drafts[0].At.Equal(spring) {
		t.Errorf("drafts %+v, %v", drafts, err)
	}
	if other, err := s.CityDrafts(t.Context(), q1.Next()); err != nil || len(other) != 0 {
		t.Errorf("the next quarter has %d drafts, %v", len(other), err)
	}
}

// testProposals: at most one lives for a cell, steps follow the state that was seen, and a change with a step that does not fit is
// undone as a whole.
func testProposals(t *testing.T, s *Store) {
	ctx := t.Context()
	p := assess.Proposal{
		ID: "p1", Kind: assess.AchievementProposed, Value: "1", Title: "示范点", Reason: "命名", Evidence: "文件", State: assess.Proposed, By: "xu", At: spring,
		CellKey: assess.CellKey{Unit: "210102", Period: assess.NewYear(2026), Item: "award_points", Part: "national", Ref: "示范点"},
	}
	put := func(in assess.Intake) error {
		in.Audit = []assess.AuditLine{line("proposal")}
		_, err := s.Commit(ctx, in)
		return err
	}
	if err := put(assess.Intake{Proposed: []assess.Proposal{p}}); err != nil {
		t.Fatal(err)
	}
	again := p
	again.ID = "p2"
	wantProblem(t, put(assess.Intake{Proposed: []assess.Proposal{again}}), assess.ErrConflict, "problem.proposal_exists")
	step := assess.ProposalStep{Proposal: "p1", Action: "confirm", From: assess.Proposed, To: assess.ProposalConfirmed, By: "lin", At: spring, Note: "好"}
	award := figure("210102", assess.NewYear(2026), "award_points", "1")
	award.Part, award.Ref = p.Part, p.Ref
	wrong := step
	wrong.From = assess.ProposalDisputed
	wantProblem(t, put(assess.Intake{Observations: []assess.Observation{award}, Proposals: []assess.ProposalStep{wrong}}), assess.ErrConflict, "problem.proposal_moved")
	if held := current(t, s, assess.CellQuery{}); len(held) != 0 {
		t.Errorf("a refused step has left %v", short(held))
	}
	if err := put(assess.Intake{Observations: []assess.Observation{award}, Proposals: []assess.ProposalStep{step}}); err != nil {
		t.Fatal(err)
	}
	wantProblem(t, put(assess.Intake{Proposed: []assess.Proposal{again}}), assess.ErrConflict, "problem.proposal_exists")
	p.State, p.Steps = assess.ProposalConfirmed, []assess.ProposalStep{step}
	got, err := s.Proposal(ctx, "p1")
	if diff := cmp.Diff(p, got, cmp.Comparer(func(a, b assess.Period) bool { return a == b })); diff != "" || err != nil {
		t.Errorf("read back, %v (-put +got):\n%s", err, diff)
	}
	all, err := s.Proposals(ctx, assess.NewYear(2026))
	if err != nil || len(all) != 1 || len(all[0].Steps) != 1 {
		t.Errorf("proposals %+v, %v", all, err)
	}
	if none, err := s.Proposals(ctx, q1); err != nil || len(none) != 0 {
		t.Errorf("the quarter has %d proposals, %v", len(none), err)
	}
	step.Proposal = "p9"
	wantProblem(t, put(assess.Intake{Proposals: []assess.ProposalStep{step}}), assess.ErrNotFound, "problem.proposal_unknown")
}

// testRatingRounds: only who is asked casts, the newest ballot of a unit holds, and a round is closed over the ballots that were read.
func testRatingRounds(t *testing.T, s *Store) {
	ctx := t.Context()
	round := assess.RatingRound{
		ID: "r1", Year: 2026, Indicator: "pilot_task_rating", OpenedBy: "wu", OpenedAt: spring,
		Raters: []assess.Rater{{Account: "xu", Group: "city_assessor"}, {Account: "lin", Group: "city_leader"}},
	}
	if err := s.OpenRound(ctx, round, line("rating.open")); err != nil {
		t.Fatal(err)
	}
	wantProblem(t, s.OpenRound(ctx, round, line("rating.open")), assess.ErrConflict, "problem.round_exists")
	cast := func(account, unit, value string) error {
		return s.CastBallots(ctx, "r1", account, []assess.Ballot{{Account: account, Unit: assess.UnitCode(unit), Value: value, At: spring}}, line("rating.cast"))
	}
	wantProblem(t, cast("gu", "210102", "good"), assess.ErrForbidden, "problem.not_a_rater")
	for _, v := range []string{"good", "poor"} {
		if err := cast("xu", "210102", v); err != nil {
			t.Fatal(err)
		}
	}
	if err := cast("lin", "210103", "fair"); err != nil {
		t.Fatal(err)
	}
	own, err := s.OwnBallots(ctx, "r1", "xu")
	if err != nil || len(own) != 1 || own[0].Value != "poor" {
		t.Errorf("own ballots %+v, %v", own, err)
	}
	rounds, err := s.Rounds(ctx, 2026)
	if err != nil || len(rounds) != 1 || rounds[0].Raters[0] != (assess.Rater{Account: "xu", Group: "city_assessor", Cast: 1}) {
		t.Errorf("rounds %+v, %v", rounds, err)
	}
	ballots, n, err := s.SealedBallots(ctx, "r1")
	if err != nil || len(ballots) != 2 || n != 3 {
		t.Errorf("ballots %+v, %d cast, %v", ballots, n, err)
	}
	end := func(ballots int64) error {
		_, err := s.Commit(ctx, assess.Intake{
			Round: &assess.RoundClosing{Round: "r1", Ballots: ballots, By: "wu", At: spring}, Audit: []assess.AuditLine{line("rating.close")},
		})
		return err
	}
	wantProblem(t, end(2), assess.ErrConflict, "problem.round_moved")
	if err := end(3); err != nil {
		t.Fatal(err)
	}
	wantProblem(t, end(3), assess.ErrConflict, "problem.round_moved")
	wantProblem(t, cast("xu", "210102", "good"), assess.ErrConflict, "problem.round_closed")
}
