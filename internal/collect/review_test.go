package collect_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
)

var waits = collect.Options{Authority: collect.Submit, By: "heping"}

func TestAcceptMakesObservations(t *testing.T) {
	f := newFixture(t)
	f.take("210102,2026Q1,members,5,,,,\n210102,2026Q1,unions,2,,,,\n210102,2026Q1,fund,9,,,,\n210102,2026Q1,office,1,,,,\n210102,2026,staff,7,,,,\n", waits, inTime)
	f.take("210102,2026Q1,members,6,,更正,,\n", waits, inTime.Add(time.Hour))
	reviewed := inTime.AddDate(0, 0, 1)
	if err := f.AcceptAll(t.Context(), unitA, q1, "zhao", reviewed); err != nil {
		t.Fatal(err)
	}
	// The annual figure rode with the quarter; of the members the later figure holds and the earlier never became one.
	want := map[string]string{"210102 2026Q1 members": "6", "210102 2026Q1 unions": "2", "210102 2026Q1 fund": "9", "210102 2026Q1 office": "1", "210102 2026 staff": "7"}
	if diff := gocmp.Diff(want, f.log.cells()); diff != "" {
		t.Errorf("cells (-want +got):\n%s", diff)
	}
	if len(f.log.observations) != 5 || len(f.log.waiting) != 0 {
		t.Errorf("%d observations, %d wait", len(f.log.observations), len(f.log.waiting))
	}
	for _, o := range f.log.observations {
		if o.EnteredBy != "heping" || o.AcceptedBy != "zhao" || !o.RecordedAt.Equal(reviewed) || o.Run == "" || o.Submission == "" {
			t.Errorf("observation %+v", o)
		}
	}
	if got := f.log.filing(unitA, q1).State; got != assess.Accepted {
		t.Errorf("filing %s", got)
	}
	if got := actions(f.log.audit)[len(f.log.audit)-3:]; !slices.Equal(got, []string{"review.accept", "filing.under_review", "filing.accepted"}) {
		t.Errorf("audit %v", got)
	}
	if err := f.AcceptAll(t.Context(), unitA, q1, "zhao", reviewed); !errors.Is(err, assess.ErrConflict) {
		t.Errorf("accepted twice: %v", err)
	}
	// The next identical delivery finds everything as it is.
	if r := f.take("210102,2026Q1,members,6,,,,\n210102,2026Q1,unions,2,,,,\n", waits, reviewed); r.Same != 2 || len(f.log.waiting) != 0 {
		t.Errorf("after the review: %s", counts(r))
	}
	// A figure that changes after the acceptance is looked at again.
	f.take("210102,2026Q1,members,8,,,,\n", waits, reviewed)
	if got := f.log.filing(unitA, q1).State; got != assess.Submitted {
		t.Errorf("filing %s after a new figure, want submitted", got)
	}
}

func TestWhoHandedInDoesNotAccept(t *testing.T) {
	f := newFixture(t)
	f.take("210102,2026Q1,members,5,,,,\n", waits, inTime)
	if err := f.AcceptAll(t.Context(), unitA, q1, "heping", inTime); !errors.Is(err, assess.ErrForbidden) || len(f.log.observations) > 0 {
		t.Errorf("%v, %d observations", err, len(f.log.observations))
	}
}

// A returned report: the same figures again change nothing, a new figure or a word on the old one submits it again.
func TestReturnAndRefill(t *testing.T) {
	for name, refill := range map[string]string{
		"new figure":  "210102,2026Q1,members,4,,,,\n210102,2026Q1,unions,2,,,,\n",
		"explanation": "210102,2026Q1,members,5,,新增三家企业,,\n210102,2026Q1,unions,2,,,,\n",
	} {
		f := newFixture(t)
		rows := "210102,2026Q1,members,5,,,,\n210102,2026Q1,unions,2,,,,\n"
		f.take(rows, waits, inTime)
		if err := f.Decide(t.Context(), unitA, q1, collect.Returns([]assess.Code{"members"}, "anomaly", "较上季异常"), collect.Reviewer{By: "zhao"}, inTime); err != nil {
			t.Fatal(err)
		}
		got := f.log.filing(unitA, q1)
		if got.State != assess.Returned || got.Returns != 1 || got.Rounds != 1 {
			t.Errorf("%s: filing %+v", name, got)
		}
		line := f.log.audit[len(f.log.audit)-1]
		if line.Action != "filing.returned" || line.After != "returned: members (anomaly) 较上季异常" || line.Actor != "zhao" {
			t.Errorf("%s: audit line %+v", name, line)
		}
		if err := f.AcceptAll(t.Context(), unitA, q1, "zhao", inTime); !errors.Is(err, assess.ErrConflict) {
			t.Errorf("%s: a returned report was accepted: %v", name, err)
		}
		if f.take(rows, waits, inTime.Add(time.Hour)); f.log.filing(unitA, q1).State != assess.Returned {
			t.Errorf("%s: the same figures submitted the report again", name)
		}
		// It came in time at first, so it is not late when it comes again after the deadline.
		again := inTime.AddDate(0, 0, 14)
		if f.take(refill, waits, again); f.log.filing(unitA, q1).State != assess.Submitted || f.log.filing(unitA, q1).LateDays != 0 {
			t.Errorf("%s: filing %+v, want submitted and not late", name, f.log.filing(unitA, q1))
		}
		if err := f.AcceptAll(t.Context(), unitA, q1, "zhao", inTime.Add(3*time.Hour)); err != nil || len(f.log.observations) != 2 {
			t.Errorf("%s: %v, %v", name, err, f.log.cells())
		}
	}
}

func TestReturnWantsToKnowWhatAndWhy(t *testing.T) {
	f := newFixture(t)
	f.take("210102,2026Q1,members,5,,,,\n", waits, inTime)
	tests := map[string]struct {
		items        []assess.Code
		reason       assess.Code
		note         string
		unit         assess.UnitCode
		period       assess.Period
		kind         error
		closedBefore bool
	}{
		"no item":         {nil, "anomaly", "x", unitA, q1, assess.ErrInvalid, false},
		"unknown item":    {[]assess.Code{"nonsense"}, "anomaly", "x", unitA, q1, assess.ErrInvalid, false},
		"unknown reason":  {[]assess.Code{"members"}, "because", "x", unitA, q1, assess.ErrInvalid, false},
		"no words":        {[]assess.Code{"members"}, "other", " ", unitA, q1, assess.ErrInvalid, false},
		"nothing came":    {[]assess.Code{"members"}, "other", "x", unitB, q1, assess.ErrConflict, false},
		"undefined year":  {[]assess.Code{"members"}, "other", "x", unitA, assess.NewQuarter(2031, 1), assess.ErrNotFound, false},
		"a closed period": {[]assess.Code{"members"}, "other", "x", unitA, q1, assess.ErrConflict, true},
	}
	for name, tt := range tests {
		f.log.cycles = nil
		if tt.closedBefore {
			f.log.cycles = []assess.Cycle{{Period: q1, State: assess.CyclePublished}}
		}
		if err := f.Decide(t.Context(), tt.unit, tt.period, collect.Returns(tt.items, tt.reason, tt.note), collect.Reviewer{By: "zhao"}, inTime); !errors.Is(err, tt.kind) {
			t.Errorf("%s: %v, want %v", name, err, tt.kind)
		}
	}
	if got := f.log.filing(unitA, q1).State; got != assess.Submitted {
		t.Errorf("filing %s", got)
	}
}

func TestAcceptNeedsSomethingThatWaits(t *testing.T) {
	f := newFixture(t)
	if err := f.AcceptAll(t.Context(), unitA, q1, "zhao", inTime); !errors.Is(err, assess.ErrConflict) {
		t.Errorf("nothing was accepted: %v", err)
	}
	f.take("210102,2026Q1,members,5,,,,\n", waits, inTime)
	f.log.cycles = []assess.Cycle{{Period: q1, State: assess.CycleArchived}}
	if err := f.AcceptAll(t.Context(), unitA, q1, "zhao", inTime); !errors.Is(err, assess.ErrConflict) {
		t.Errorf("a closed period was accepted: %v", err)
	}
}

// What the city marked as not applicable while a figure waited stays so.
func TestTheCitysMarkPrevailsOverWhatWaited(t *testing.T) {
	f := newFixture(t)
	f.take("210102,2026Q1,members,5,,,,\n210102,2026Q1,unions,2,,,,\n", waits, inTime)
	f.take("210102,2026Q1,unions,N/A,,,,\n", collect.Options{By: "city"}, inTime)
	if err := f.AcceptAll(t.Context(), unitA, q1, "zhao", inTime); err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(map[string]string{"210102 2026Q1 members": "5", "210102 2026Q1 unions": "not_applicable"}, f.log.cells()); diff != "" {
		t.Errorf("cells (-want +got):\n%s", diff)
	}
}

// Of a figure that waits and one that was adopted since, the later one holds; what the district hands in after that waits again.
func TestAWaitingFigureDoesNotReplaceALaterOne(t *testing.T) {
	f := newFixture(t)
	f.take("210102,2026Q1,members,5,,,,\n210102,2026Q1,unions,2,,,,\n", waits, inTime)
	f.take("210102,2026Q1,members,7,,,,\n", collect.Options{By: "wang"}, inTime.Add(time.Hour))
	if err := f.AcceptAll(t.Context(), unitA, q1, "zhao", inTime.Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(map[string]string{"210102 2026Q1 members": "7", "210102 2026Q1 unions": "2"}, f.log.cells()); diff != "" {
		t.Errorf("cells (-want +got):\n%s", diff)
	}
	if len(f.log.waiting) != 0 {
		t.Errorf("%d still wait", len(f.log.waiting))
	}
}

// What was adopted is what a district's next figure is compared with, not the older one that still waits: it may say the same again.
func TestTheSameFigureAfterAnAdoptedOneIsNew(t *testing.T) {
	f := newFixture(t)
	f.take("210102,2026Q1,members,5,,,,\n", waits, inTime)
	f.take("210102,2026Q1,members,7,,,,\n", collect.Options{By: "wang"}, inTime.Add(time.Hour))
	if r := f.take("210102,2026Q1,members,5,,,,\n", waits, inTime.Add(2*time.Hour)); r.Changed != 1 {
		t.Errorf("%s, want a change from 7", counts(r))
	}
	if err := f.AcceptAll(t.Context(), unitA, q1, "zhao", inTime.Add(3*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if got := f.log.cells()["210102 2026Q1 members"]; got != "5" {
		t.Errorf("the log holds %s, want 5, which was handed in last", got)
	}
}

// A department's system has brought one figure, and that is accepted: the report is not, for the rest is still to come. What comes, by
// whatever way, goes on; and at the cut-off what has not come is missing, and what was accepted counts.
func TestWhatIsAcceptedOfAnUnsignedReportDoesNotEndIt(t *testing.T) {
	reviewer := collect.Reviewer{By: "zhao"}
	for name, rest := range map[string]struct {
		bring func(c *collection)
		want  assess.FilingState
	}{
		"nothing else comes": {func(*collection) {}, assess.Locked},
		"the rest does not apply": {func(c *collection) {
			c.bring(unitA, collect.Submit, "unions", "office")
			mark := func() {
				if _, err := c.Import(t.Context(), sheet(t, "210102,2026Q1,fund,N/A,,,,\n"), collect.Options{By: "city"}, inTime); err != nil {
					t.Fatal(err)
				}
			}
			mark() // while figures wait it ends nothing
			if got := c.filings()[unitA]; got != assess.UnderReview {
				t.Errorf("with figures that wait the report is %s", got)
			}
			if err := c.AcceptAll(t.Context(), unitA, q1, "zhao", inTime); err != nil || c.filings()[unitA] != assess.Accepted {
				t.Errorf("%v, the report is %s", err, c.filings()[unitA])
			}
		}, assess.Locked},
		"the last does not apply": {func(c *collection) {
			c.bring(unitA, collect.Submit, "unions", "office")
			if err := c.AcceptAll(t.Context(), unitA, q1, "zhao", inTime); err != nil || c.filings()[unitA] != assess.UnderReview {
				t.Errorf("%v, the report is %s", err, c.filings()[unitA])
			}
			if _, err := c.Import(t.Context(), sheet(t, "210102,2026Q1,fund,N/A,,,,\n"), collect.Options{By: "city"}, inTime); err != nil {
				t.Fatal(err)
			}
			if got := c.filings()[unitA]; got != assess.Accepted {
				t.Errorf("when nothing is lacking any more the report is %s", got)
			}
		}, assess.Locked},
		"the rest comes": {func(c *collection) {
			c.rest(unitA, collect.Submit)
			if err := c.AcceptAll(t.Context(), unitA, q1, "zhao", inTime); err != nil {
				t.Fatal(err)
			}
			if got := c.filings()[unitA]; got != assess.Accepted {
				t.Errorf("the whole report is %s", got)
			}
		}, assess.Locked},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCollection(t)
			c.take(unitA, collect.Submit)
			if err := c.Decide(t.Context(), unitA, q1, []collect.Verdict{{Item: "members", Accept: true}}, reviewer, inTime); err != nil {
				t.Fatal(err)
			}
			if got := c.filings()[unitA]; got != assess.UnderReview {
				t.Errorf("with one of four figures the report is %s", got)
			}
			if err := c.AcceptAll(t.Context(), unitA, q1, "zhao", inTime); !errors.Is(err, assess.ErrConflict) {
				t.Errorf("nothing waits, and is accepted: %v", err)
			}
			rest.bring(c)
			c.moveOn("2026-04-17 00:00")
			if got := c.filings()[unitA]; got != rest.want {
				t.Errorf("in the end the report is %s, want %s", got, rest.want)
			}
		})
	}
	// An empty figure can still be returned as omitted.
	c := newCollection(t)
	c.take(unitA, collect.Submit)
	for _, v := range []collect.Verdict{{Item: "members", Accept: true}, {Item: "fund", Reason: "other", Note: "漏报"}} {
		if err := c.Decide(t.Context(), unitA, q1, []collect.Verdict{v}, reviewer, inTime); err != nil {
			t.Fatal(err)
		}
	}
}

// One figure is returned and does not come again by the cut-off: it is missing; figures that no department has looked at go on
// waiting, keep the collection from being scored, and are nobody's to accept but the reviewers'.
func TestTheCutOffEndsWhatWasReturnedAlone(t *testing.T) {
	c := newCollection(t)
	c.take(unitA, collect.Submit)
	c.rest(unitA, collect.Submit)
	reviewer := collect.Reviewer{By: "zhao"}
	if err := c.Decide(t.Context(), unitA, q1, collect.Returns([]assess.Code{"unions"}, "anomaly", "再查"), reviewer, inTime); err != nil {
		t.Fatal(err)
	}
	c.moveOn("2026-04-17 00:00")
	observations, err := c.log.Current(t.Context(), assess.CellQuery{Units: []assess.UnitCode{unitA}, Periods: []assess.Period{q1}})
	if err != nil || len(observations) != 0 || c.filings()[unitA] != assess.UnderReview || c.cycle(q1).State != assess.CycleClosing {
		t.Fatalf("%d figures were accepted unseen, the report is %s of a collection that is %s, %v", len(observations), c.filings()[unitA], c.cycle(q1).State, err)
	}
	steps, err := c.log.FilingChanges(t.Context(), unitA, q1)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff([]assess.Code{"unions"}, steps[len(steps)-1].Items); diff != "" {
		t.Errorf("missing (-want +got):\n%s", diff)
	}
	late := clock("2026-04-17 10:00")
	if err := c.Decide(t.Context(), unitA, q1, []collect.Verdict{{Item: "unions", Accept: true}}, reviewer, late); !errors.Is(err, assess.ErrConflict) {
		t.Errorf("what is missing was accepted: %v", err)
	}
	if err := c.Decide(t.Context(), unitA, q1, []collect.Verdict{{Item: "members", Accept: true}, {Item: "fund", Accept: true}, {Item: "office", Accept: true}}, reviewer, late); err != nil {
		t.Fatal(err)
	}
	c.moveOn("2026-04-17 11:00")
	waiting, err := c.log.Waiting(t.Context(), unitA, q1)
	if err != nil || len(waiting) != 0 || c.filings()[unitA] != assess.Locked || c.cycle(q1).State != assess.CycleScored {
		t.Errorf("%d submissions wait, the report is %s, the collection %s, %v", len(waiting), c.filings()[unitA], c.cycle(q1).State, err)
	}
}
