package collect_test

import (
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
)

var (
	q4      = assess.NewQuarter(2026, 4)
	newYear = clock("2027-01-05 09:00")
)

// reportOf answers where the report of unit A of the fourth quarter stands.
func (c *collection) reportOf() assess.FilingState {
	c.t.Helper()
	all, err := c.log.Filings(c.t.Context(), q4)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, f := range all {
		if f.Unit == unitA {
			return f.State
		}
	}
	return ""
}

func (c *collection) say(at time.Time, verdicts ...collect.Verdict) {
	c.t.Helper()
	if err := c.Decide(c.t.Context(), unitA, q4, verdicts, collect.Reviewer{By: "zhao"}, at); err != nil {
		c.t.Fatal(err)
	}
}

// The annual figures ride with the fourth quarter: a report one of whose annual figures was returned is not answered by a quarter's.
func TestAReturnedAnnualFigureKeepsItsReportBack(t *testing.T) {
	tests := []struct {
		name string
		rows string
		want assess.FilingState
	}{
		{"a figure of the quarter", "210102,2026Q4,unions,7,,,,\n", assess.Returned},
		{"the annual one as it was, beside another", "210102,2026,staff,40,,,,\n210102,2026Q4,unions,7,,,,\n", assess.Returned},
		{"the annual one", "210102,2026,staff,41,,,,\n", assess.Submitted},
		{"both, the annual one last", "210102,2026Q4,unions,7,,,,\n210102,2026,staff,41,,,,\n", assess.Submitted},
		{"both, the annual one first", "210102,2026,staff,41,,,,\n210102,2026Q4,unions,7,,,,\n", assess.Submitted},
	}
	for _, tt := range tests {
		c := newCollection(t)
		c.push("210102,2026Q4,members,5,,,,\n210102,2026,staff,40,,,,\n", "token:7f", newYear)
		c.say(newYear, collect.Returns([]assess.Code{"staff"}, "anomaly", "再核")...)
		c.push(tt.rows, "token:7f", newYear.Add(time.Hour))
		if got := c.reportOf(); got != tt.want {
			t.Errorf("%s: the report is %s, want %s", tt.name, got, tt.want)
		}
	}
}

// Several figures that were returned may be answered one after the other, in one delivery's parcels or in several.
func TestReturnedFiguresAreAnsweredOneByOne(t *testing.T) {
	c := newCollection(t)
	c.push("210102,2026Q4,members,5,,,,\n210102,2026,staff,40,,,,\n", "token:7f", newYear)
	c.say(newYear, collect.Returns([]assess.Code{"staff", "members"}, "anomaly", "再核")...)
	c.push("210102,2026,staff,41,,,,\n", "token:7f", newYear.Add(time.Hour))
	if got := c.reportOf(); got != assess.Returned {
		t.Errorf("with one of two answers the report is %s", got)
	}
	c.push("210102,2026Q4,members,6,,,,\n", "token:7f", newYear.Add(2*time.Hour))
	if got := c.reportOf(); got != assess.Submitted {
		t.Errorf("answered, the report is %s", got)
	}
}

// An annual figure that was accepted while nothing of its quarter had come is as safe as any other.
func TestAnAcceptedAnnualFigureStaysWithoutItsQuarter(t *testing.T) {
	c := newCollection(t)
	c.push("210102,2026,staff,40,,,,\n", "token:7f", newYear)
	c.say(newYear, collect.Verdict{Item: "staff", Accept: true})
	r := c.push("210102,2026,staff,300,,,,\n", "token:7f", newYear.Add(time.Hour))
	if len(r.Notes) != 1 || r.Notes[0].Key != "problem.accepted_otherwise" || r.New+r.Changed > 0 {
		t.Errorf("it is told %v, changed %d", r.Notes, r.Changed)
	}
}

// A report that lacks an annual figure only has come with it, and is as late as that.
func TestAReportComesWithItsLastAnnualFigure(t *testing.T) {
	c := newCollection(t)
	at := func(text string) time.Time { return clock("2027-01-" + text) }
	if err := c.Advance(t.Context(), q4, assess.CycleOpen, "li.hua", at("04 09:00")); err != nil {
		t.Fatal(err)
	}
	c.push("210102,2026Q4,members,5,,,,\n210102,2026Q4,unions,2,,,,\n210102,2026Q4,fund,7,,,,\n210102,2026Q4,office,1,,,,\n", "token:7f", at("08 09:00"))
	c.push("210102,2026,staff,40,,,,\n", "token:7f", at("15 09:00"))
	all, err := c.log.Filings(t.Context(), q4)
	if err != nil || len(all) != 1 || all[0].LateDays == 0 {
		t.Errorf("the reports are %+v, %v", all, err)
	}
}
