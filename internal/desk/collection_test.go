package desk_test

import (
	"context"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/store"
)

// countingStore counts how often the reports of all units are read.
type countingStore struct {
	*store.Store
	asked   int
	figures int // how often figures are read
	reports int // and a report with what was decided of it
}

func (s *countingStore) Decisions(ctx context.Context, p assess.Period, units ...assess.UnitCode) ([]assess.Decision, error) {
	s.reports++
	return s.Store.Decisions(ctx, p, units...)
}

func (s *countingStore) Current(ctx context.Context, q assess.CellQuery) ([]assess.Observation, error) {
	s.figures++
	return s.Store.Current(ctx, q)
}

func (s *countingStore) Filings(ctx context.Context, periods ...assess.Period) ([]assess.Filing, error) {
	s.asked++
	return s.Store.Filings(ctx, periods...)
}

// A page of all units reads what they share once, and again when the log has grown.
func TestTheReportsOfAQuarterAreReadOnce(t *testing.T) {
	f := newFixture(t)
	counting := &countingStore{Store: f.store}
	d := desk.New(desk.Config{Store: counting, Gate: f.gate, Editions: always{f.edition}})
	var units []assess.UnitCode
	for _, u := range f.edition.Roster.Units {
		units = append(units, u.Code)
	}
	all := func() (states []assess.FilingState) {
		standings, err := d.Status(t.Context(), q4, "", f.now)
		f.ok(err)
		outstanding, err := d.Outstanding(t.Context(), units, q4, f.now)
		f.ok(err)
		for i, s := range standings {
			if s.Filing != outstanding[i].Filing {
				t.Errorf("%s stands at %+v and at %+v", s.Unit.Code, s.Filing, outstanding[i].Filing)
			}
			states = append(states, s.Filing.State)
		}
		return states
	}
	for _, state := range all() {
		if state != assess.NotStarted {
			t.Errorf("a report that nobody has begun is %q", state)
		}
	}
	if counting.asked != 1 {
		t.Errorf("the reports of the quarter were read %d times for %d units, want once", counting.asked, len(f.edition.Roster.Units))
	}
	f.ok(f.gate.Advance(t.Context(), q4, assess.CycleClosing, "system", f.now))
	for _, state := range all() {
		if state != assess.FilingMissing {
			t.Errorf("a report that has not come is %q", state)
		}
	}
	if counting.asked != 2 {
		t.Errorf("the reports were read %d times in all after the log has grown, want twice", counting.asked)
	}
}

// Where reports stand that nobody has begun, or that have come to their end, is said without their figures, and as a review says it.
func TestOutstandingReadsNoFiguresThatCannotWait(t *testing.T) {
	f := newFixture(t)
	counting := &countingStore{Store: f.store}
	d := desk.New(desk.Config{Store: counting, Gate: f.gate, Editions: always{f.edition}})
	for _, to := range []assess.CycleState{assess.CycleOpen, assess.CycleClosing, assess.CycleScored} {
		f.ok(f.gate.Advance(t.Context(), q4, to, "system", f.now))
		for _, u := range f.edition.Roster.Units {
			one, err := d.Outstanding(t.Context(), []assess.UnitCode{u.Code}, q4, f.now)
			f.ok(err)
			s := one[0]
			r, err := f.Review(t.Context(), u.Code, q4, "", f.now)
			f.ok(err)
			if s.Filing != r.Filing || s.ToCome != r.ToCome || s.Returned != 0 || len(s.Waiting) != 0 {
				t.Errorf("%s of %s stands at %+v, its review says %+v, to come %v", u.Code, to, s, r.Filing, r.ToCome)
			}
		}
	}
	if counting.figures != 0 || counting.asked != 0 {
		t.Errorf("figures were read %d times, the reports of all units %d times for one of them", counting.figures, counting.asked)
	}
}

// Where all reports stand is counted again of the one that was touched, not of those that have not changed.
func TestAChangeOfOneReportCountsOne(t *testing.T) {
	f := newFixture(t)
	counting := &countingStore{Store: f.store}
	d := desk.New(desk.Config{Store: counting, Gate: f.gate, Editions: always{f.edition}})
	var units []assess.UnitCode
	brings := func(unit assess.UnitCode, items ...assess.Code) {
		delivery := assess.Delivery{Door: assess.DoorPull, Source: "system"}
		for _, item := range items {
			delivery.Entries = append(delivery.Entries, assess.Entry{Unit: unit, PeriodText: q4.String(), Code: item, Value: "7"})
		}
		_, err := f.gate.Import(t.Context(), delivery, collect.Options{By: "source:system", Authority: collect.Submit}, f.now)
		f.ok(err)
	}
	waiting := func() (n int) {
		all, err := d.Outstanding(t.Context(), units, q4, f.now)
		f.ok(err)
		for _, left := range all {
			for _, of := range left.Waiting {
				n += of
			}
		}
		return n
	}
	for _, u := range f.edition.Roster.Units {
		units = append(units, u.Code)
		brings(u.Code, "grassroots_unions")
	}
	if n := waiting(); n != len(units) || counting.reports != len(units) {
		t.Fatalf("%d figures wait of %d reports with one each; %d reports were read", n, len(units), counting.reports)
	}
	brings(units[3], "grassroots_unions", "covered_units")
	if n := waiting(); n != len(units)+1 || counting.reports != len(units)+1 {
		t.Errorf("after one more %d figures wait; %d reports were read again", n, counting.reports-len(units))
	}
}

// growingStore lets the log grow whenever it is asked how far it has come, as with thousands of people at work.
type growingStore struct {
	*countingStore
	grow func()
}

func (s growingStore) Head(ctx context.Context) (assess.Head, error) {
	s.grow()
	return s.countingStore.Head(ctx)
}

// Where all reports stand is counted of those alone that were touched also while others go on.
func TestReportsAreCountedOnceWhileTheLogGrows(t *testing.T) {
	f := newFixture(t)
	var units []assess.UnitCode
	for _, u := range f.edition.Roster.Units {
		units = append(units, u.Code)
		delivery := assess.Delivery{Door: assess.DoorPull, Source: "system"}
		delivery.Entries = append(delivery.Entries, assess.Entry{Unit: u.Code, PeriodText: q4.String(), Code: "grassroots_unions", Value: "7"})
		_, err := f.gate.Import(t.Context(), delivery, collect.Options{By: "source:system", Authority: collect.Submit}, f.now)
		f.ok(err)
	}
	counting := &countingStore{Store: f.store}
	d := desk.New(desk.Config{Gate: f.gate, Editions: always{f.edition}, Store: growingStore{counting, func() {
		f.past(units[0], q3, map[assess.Code]string{"grassroots_unions": "6"})
	}}})
	for range 2 {
		_, err := d.Outstanding(t.Context(), units, q4, f.now)
		f.ok(err)
	}
	if counting.reports != len(units) {
		t.Errorf("%d reports were read for %d that did not change", counting.reports, len(units))
	}
}
