package demo

import (
	"slices"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

func TestEventsAreInOrderAndOfEveryKind(t *testing.T) {
	c := cityOf(t, Seed, 8)
	events := c.Events()
	kinds := map[EventKind]int{}
	for i, e := range events {
		kinds[e.Kind]++
		if i > 0 && e.At.Before(events[i-1].At) {
			t.Errorf("event %d comes before the one before it", i)
		}
	}
	// 13 districts × 8 quarters but for the one report that never came.
	if kinds[AcceptReport] != 13*8-1 {
		t.Errorf("%d reports are accepted, want 103", kinds[AcceptReport])
	}
	for _, p := range c.periods {
		at := c.calendar.at(p, deadline, 16, 40)
		asked := slices.IndexFunc(events, func(e Event) bool { return e.Kind == Collect && e.Period == p && e.At.Equal(at) })
		if asked < 0 || !isSubset(districtSources(c), events[asked].Sources) {
			t.Errorf("not every district is asked at the deadline of %s", p)
		}
	}
	for _, kind := range []EventKind{SetCycle, Collect, ReturnCells, ImportFile, CorrectCell} {
		if kinds[kind] == 0 {
			t.Errorf("nothing of kind %s happens", kind)
		}
	}
	if kinds[ReturnCells] < 5 || kinds[CorrectCell] != 2 || kinds[ImportFile] != 1 {
		t.Errorf("events: %v", kinds)
	}
}

func districtSources(c *City) (codes []assess.Code) {
	for _, u := range c.roster() {
		codes = append(codes, districtSource(u.Code))
	}
	return codes
}

func isSubset(some, all []assess.Code) bool {
	return !slices.ContainsFunc(some, func(c assess.Code) bool { return !slices.Contains(all, c) })
}

// What is handed in is collected before it changes again and before the quarter is locked, or it comes by hand.
func TestEveryVersionIsCollected(t *testing.T) {
	c := cityOf(t, Seed, 8)
	events := c.Events()
	for _, at := range c.folders.order {
		for _, f := range c.folders.figures[at] {
			for i, v := range f.versions {
				if v.state == "" || c.deadAt(f.Unit, v.from) && f.source == districtSource(f.Unit) {
					continue
				}
				until := c.End()
				if i+1 < len(f.versions) {
					until = f.versions[i+1].from
				}
				if !slices.ContainsFunc(events, func(e Event) bool { return takes(c, e, f, v.from, until) }) {
					t.Fatalf("%v of %s, said at %s, is never taken", f.CellKey, f.source, v.from)
				}
			}
		}
	}
}

func takes(c *City, e Event, f *figure, from, until time.Time) bool {
	if e.At.Before(from) || !e.At.Before(until) {
		return false
	}
	dropped := slices.ContainsFunc(c.sources, func(p SourcePlan) bool { return p.Name == f.source && p.Kind == "drop" })
	switch e.Kind {
	case Collect:
		return slices.Contains(e.Sources, f.source) && (dropped || e.Period == f.Period)
	case CorrectCell:
		return e.Unit == f.Unit && e.Period == f.Period && slices.Contains(e.Items, f.Item)
	}
	return false
}

// Each report is reviewed after it was collected and settled before the second review closes.
func TestReviewKeepsToTheCalendar(t *testing.T) {
	c := cityOf(t, Seed, 8)
	events := c.Events()
	for _, p := range c.periods {
		for _, u := range c.roster() {
			day, handed, ok := c.handIn(u.Code, p)
			if !ok {
				continue
			}
			if late := c.plan(p).LateDays(u.Code, handed); late != max(0, day-deadline) {
				t.Errorf("%s %s came on day %d and is %d days late", u.Code, p, day, late)
			}
			for _, e := range events {
				if e.Kind == AcceptReport && e.Unit == u.Code && e.Period == p {
					if !e.At.After(handed) || !e.At.Before(c.plan(p).CutOff()) {
						t.Errorf("%s %s: handed in %s, accepted %s", u.Code, p, handed, e.At)
					}
				}
			}
		}
	}
}

func TestTheStoryTellsWhatItShould(t *testing.T) {
	c := cityOf(t, Seed, 8)
	told := everything(t, c)
	say := func(u assess.UnitCode, p string, item assess.Code) version {
		f := told.find(assess.CellKey{Unit: u, Period: quarter(p), Item: item})
		if f == nil {
			return version{}
		}
		v, _ := f.final()
		return v
	}
	if v := say(kangping, "2025Q3", "palace_visits_ytd"); v.state != assess.Exempt {
		t.Errorf("the county without a palace says %q %q", v.state, v.value)
	}
	if v := say(kangping, "2026Q1", "supervision_issued_ytd"); v.state != assess.ZeroReport || v.value != "0" {
		t.Errorf("the zero report says %q %q", v.state, v.value)
	}
	if v := say(faku, "2025Q2", "union_members"); v.state != "" {
		t.Errorf("the missing report says %q %q", v.state, v.value)
	}
	if v := say(faku, "2025Q2", "stations_active"); v.state != assess.Reported {
		t.Errorf("the register of the missing report says %q %q", v.state, v.value)
	}
	if a, b := say(faku, "2025Q2", dueItem), say(faku, "2025Q2", passedItem); a.value != "65" || b.value != "0" {
		t.Errorf("of the missing report %s items were due and %s passed, want 65 and 0", a.value, b.value)
	}
	if a, b := say(shenbei, "2026Q1", dueItem), say(shenbei, "2026Q1", passedItem); a.value != "65" || b.value != "63" {
		t.Errorf("of the returned report %s items were due and %s passed, want 65 and 63", a.value, b.value)
	}
	if v := say(yuhong, "2025", "veto_mass_incident"); v.value != "1" {
		t.Errorf("the veto says %q", v.value)
	}
	if _, _, ok := c.handIn(faku, quarter("2025Q2")); ok {
		t.Error("the missing report was handed in")
	}
}

func TestOneAccountForEachRole(t *testing.T) {
	var roles []assess.Role
	for _, a := range Accounts() {
		roles = append(roles, a.Role)
		u, err := account.New(a.Name, a.DisplayName, account.Post{Role: a.Role, Unit: a.Unit, Department: a.Department}, time.Unix(0, 0))
		if err != nil {
			t.Errorf("%s: %v", a.Name, err)
		}
		if err := account.UsualRules().CheckPassword(a.Password, u); err != nil {
			t.Errorf("%s: %v", a.Name, err)
		}
	}
	roles = slices.Compact(roles)                                // there are several reviewers, one after the other
	if want := account.Roles()[:9]; !slices.Equal(roles, want) { // the tenth is for installations at security level 3
		t.Errorf("roles %v, want each of %v", roles, want)
	}
}
