package collect_test

import (
	"slices"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
)

// push hands rows in as a program does with its token, or an account that is none: what counts is the door.
func (c *collection) push(rows, by string, now time.Time) collect.Report {
	c.t.Helper()
	delivery := sheet(c.t, rows)
	delivery.Door, delivery.Source = assess.DoorPush, "push"
	r, err := c.Import(c.t.Context(), delivery, collect.Options{By: by, Supplies: []assess.Origin{assess.FromDistrict}, Authority: collect.Submit}, now)
	if err != nil {
		c.t.Fatal(err)
	}
	return r
}

// What a department has accepted no program changes, whatever it is called. What it sends as it stands is no news.
func TestNoProgramChangesWhatWasAccepted(t *testing.T) {
	for _, by := range []string{"token:7f", "source:heping", "system", "li.na"} {
		c := newCollection(t)
		c.push("210102,2026Q1,members,5,,,,\n210102,2026Q1,unions,2,,,,\n", by, inTime)
		accept := []collect.Verdict{{Item: "members", Accept: true}}
		if err := c.Decide(t.Context(), unitA, q1, accept, collect.Reviewer{By: "zhao"}, inTime); err != nil {
			t.Fatal(err)
		}
		r := c.push("210102,2026Q1,members,300,,,,\n", by, inTime.Add(time.Hour))
		if len(r.Notes) != 1 || r.Notes[0].Key != "problem.accepted_otherwise" || r.New+r.Changed > 0 {
			t.Errorf("%s is told %v, changed %d", by, r.Notes, r.Changed)
		}
		pending, err := c.Pending(t.Context(), unitA, q1)
		if err != nil || len(pending) != 1 || pending[0].Item != "unions" {
			t.Errorf("%s: of the accepted figure waits %+v, %v", by, pending, err)
		}
		if r := c.push("210102,2026Q1,members,5,,,,\n210102,2026Q1,unions,3,,,,\n", by, inTime.Add(2*time.Hour)); r.Same != 1 || r.Changed != 1 || len(r.Notes) != 0 {
			t.Errorf("%s: what stands, and a figure that waits: %s, %v", by, counts(r), r.Notes)
		}
	}
}

// From the cut-off on a machine moves no report, whether or not the program has taken the step yet: a whole report that is accepted
// stays so, and what never came is missing.
func TestNoMachineComesAfterTheCutOff(t *testing.T) {
	c := newCollection(t)
	c.moveOn("2026-04-08 12:00")
	whole := "210102,2026Q1,members,5,,,,\n210102,2026Q1,unions,2,,,,\n210102,2026Q1,fund,7,,,,\n210102,2026Q1,office,1,,,,\n"
	c.push(whole, "token:7f", clock("2026-04-08 13:00"))
	if err := c.AcceptAll(t.Context(), unitA, q1, "zhao", clock("2026-04-09 09:00")); err != nil {
		t.Fatal(err)
	}
	for _, at := range []time.Time{clock("2026-04-16 17:00"), clock("2026-04-17 09:00")} {
		for _, rows := range []string{"210102,2026Q1,unions,9,,,,\n", "210103,2026Q1,members,9,,,,\n"} {
			r := c.push(rows, "token:7f", at)
			if len(r.Notes)+len(r.Rejected) != 1 || r.New+r.Changed > 0 {
				t.Errorf("at %s %q: %s", at, rows, counts(r))
			}
		}
		if got := c.filings()[unitA]; got != assess.Accepted {
			t.Errorf("at %s the accepted report is %s", at, got)
		}
		if got := c.filings()[unitB]; got != "" {
			t.Errorf("at %s the report that never came is %s", at, got)
		}
		if got := c.push(whole, "token:7f", at); got.Same != 4 {
			t.Errorf("at %s the same again: %s", at, counts(got))
		}
	}
}

// How late the report of a machine is, is set when the last of it comes, also where a department has begun with it, and moves with the
// calendar; a signature sets it for what was brought in part.
func TestALatePushIsLateWhenItIsWhole(t *testing.T) {
	c := newCollection(t)
	c.moveOn("2026-04-08 12:00")
	c.push("210102,2026Q1,members,5,,,,\n", "token:7f", clock("2026-04-08 13:00"))
	accept := []collect.Verdict{{Item: "members", Accept: true}}
	if err := c.Decide(t.Context(), unitA, q1, accept, collect.Reviewer{By: "zhao"}, clock("2026-04-08 14:00")); err != nil {
		t.Fatal(err)
	}
	c.push("210102,2026Q1,unions,2,,,,\n210102,2026Q1,fund,7,,,,\n", "token:7f", clock("2026-04-10 09:00"))
	if got := c.late(unitA); got != 0 {
		t.Errorf("a part of a report is %d days late", got)
	}
	c.push("210102,2026Q1,office,1,,,,\n", "token:7f", clock("2026-04-13 09:00"))
	if got := c.late(unitA); got != 2 {
		t.Errorf("whole on the second day after the deadline it is %d days late", got)
	}
	if c.push("210103,2026Q1,members,5,,,,\n", "token:8a", clock("2026-04-13 09:00")); c.late(unitB) != 0 {
		t.Errorf("a first part after the deadline is %d days late; what is not whole has not come", c.late(unitB))
	}
	c.push("210102,2026Q1,office,2,,,,\n", "token:7f", clock("2026-04-14 09:00"))
	if got := c.late(unitA); got != 2 {
		t.Errorf("with a changed figure it is %d days late", got)
	}
	c.adjust(assess.Adjustment{Kind: assess.Outage, Period: q1, Day: date("2026-04-10"), Reason: "停电", By: "root", At: clock("2026-04-14 10:00")})
	if got := c.late(unitA); got != 1 {
		t.Errorf("after an outage of one of the days it is %d days late", got)
	}
}

// What a program sends again beside something new stands as it did: what is accepted does not wait once more, and what was returned
// has no answer by it.
func TestWhatComesAgainBesideOthersIsNoNews(t *testing.T) {
	c := newCollection(t)
	c.push("210102,2026Q1,members,5,,,,\n210102,2026Q1,unions,2,,,,\n", "token:7f", inTime)
	verdicts := append(collect.Returns([]assess.Code{"unions"}, "anomaly", "再核"), collect.Verdict{Item: "members", Accept: true})
	if err := c.Decide(t.Context(), unitA, q1, verdicts, collect.Reviewer{By: "zhao"}, inTime); err != nil {
		t.Fatal(err)
	}
	r := c.push("210102,2026Q1,members,5,,,,\n210102,2026Q1,unions,2,,,,\n210102,2026Q1,fund,7,,,,\n", "token:7f", inTime.Add(time.Hour))
	if r.Same != 2 || r.New != 1 {
		t.Error(counts(r))
	}
	pending, err := c.Pending(t.Context(), unitA, q1)
	var items []assess.Code
	for _, p := range pending {
		items = append(items, p.Item)
	}
	if !slices.Equal(items, []assess.Code{"unions", "fund"}) || err != nil {
		t.Errorf("%v wait, %v", items, err)
	}
	if got := c.filings()[unitA]; got != assess.Returned {
		t.Errorf("with a figure that has no answer the report is %s", got)
	}
	c.push("210102,2026Q1,unions,3,,,,\n", "token:7f", inTime.Add(2*time.Hour))
	if got := c.filings()[unitA]; got != assess.Submitted {
		t.Errorf("answered, the report is %s", got)
	}
}

// A figure of a past that was never collected here is taken whenever it comes.
func TestThePastComesLate(t *testing.T) {
	c := newCollection(t)
	if r := c.push("210102,2026Q1,members,5,,,,\n", "token:7f", clock("2026-09-01 09:00")); r.New != 1 {
		t.Error(counts(r))
	}
}
