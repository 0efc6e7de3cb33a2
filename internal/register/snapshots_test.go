package register_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/register"
)

// By the calendar of 2026 the first quarter is taken on 9 April, its fifth working day, and scored on 21 April.
func (o *office) snapshots() *register.Snapshots {
	gate := collect.New(collect.Config{Store: o.store, Editions: o.Editions, Zone: time.UTC})
	return &register.Snapshots{Book: o.Book, Gate: gate, Shots: o.store}
}

func (o *office) key(err error) string {
	if p, ok := errors.AsType[*assess.Problem](err); ok {
		return p.Key
	}
	return ""
}

func (o *office) figures(p assess.Period) map[assess.CellKey]string {
	o.t.Helper()
	all, err := o.store.Current(o.t.Context(), assess.CellQuery{Periods: []assess.Period{p}})
	if err != nil {
		o.t.Fatal(err)
	}
	got := map[assess.CellKey]string{}
	for _, one := range all {
		got[one.CellKey] = string(one.State) + " " + one.Value
	}
	return got
}

var spring = assess.MustPeriod("2026Q1")

func (o *office) cycle(state assess.CycleState) {
	o.t.Helper()
	if err := o.store.PutCycle(o.t.Context(), assess.Cycle{Period: spring, State: state}, o.line(analyst)); err != nil {
		o.t.Fatal(err)
	}
}

// TestRegistersAreTakenOnce: on the fifth working day, once, whatever is changed later; what nobody keeps says nothing, what the city has
// marked as not applicable stays so, and halves of days make a whole number.
func TestRegistersAreTakenOnce(t *testing.T) {
	o := newOffice(t)
	s := o.snapshots()
	take := func() string { _, err := s.Take(t.Context(), spring, "wang", o.now); return o.key(err) }
	at := func(day string) {
		o.now, _ = time.Parse("2006-01-02 15:04", "2026-04-"+day)
	}
	o.cycle(assess.CycleOpen)
	if got := take(); got != "problem.snapshot_early" {
		t.Errorf("on 3 April: %q", got)
	}
	at("08 23:59")
	if err := s.TakeDue(t.Context(), o.now); err != nil || len(o.figures(spring)) != 0 {
		t.Errorf("before its day: %v, %v", err, o.figures(spring))
	}
	at("09 00:00")
	if got := take(); got != "problem.snapshot_none" {
		t.Errorf("of empty registers: %q", got)
	}
	r := o.good(heping, register.Change{Written: studio(1, "studio_type", "skill_transfer")})
	org := account.User{Name: "org", Role: assess.CityReviewer, Department: "org"}
	o.good(org, register.Change{Table: "young_cadres", Written: map[string]string{"cadre_no": "QNGB-1", "unit_code": "210102", "name": "甲", "birth_month": "1995-03", "org": "示例", "position": "干事", "programme_year": "2026", "pairing_status": "none", "training_hours_ytd": "4", "status": "active"}})
	o.good(heping, register.Change{Table: "cadre_events", Written: map[string]string{"event_no": "1", "cadre_no": "QNGB-1", "event_type": "workshop_labour", "host_org": "示例车间", "occurred_on": "2026-02-03", "ended_on": "2026-02-05", "days": "2.5"}})
	exempt := assess.Entry{Unit: "210103", PeriodText: "2026Q1", Code: "studios_active", State: "not_applicable"}
	if _, err := s.Gate.Import(t.Context(), assess.Delivery{Door: assess.DoorImport, Source: "import", Entries: []assess.Entry{exempt}}, collect.Options{By: "wang"}, o.now); err != nil {
		t.Fatal(err)
	}
	if err := s.TakeDue(t.Context(), o.now); err != nil {
		t.Fatal(err)
	}
	got := o.figures(spring)
	for cell, want := range map[assess.CellKey]string{
		{Unit: "210102", Period: spring, Item: "studios_active"}:         "reported 1",
		{Unit: "210102", Period: spring, Item: "studios_skill_transfer"}: "reported 1",
		{Unit: "210103", Period: spring, Item: "studios_active"}:         "not_applicable ",
		{Unit: "210104", Period: spring, Item: "studios_active"}:         "zero_report 0",
		{Unit: "210102", Period: spring, Item: "workshop_days_ytd"}:      "reported 3",
		{Unit: "210102", Period: spring, Item: "stations_active"}:        "",
	} {
		if got[cell] != want {
			t.Errorf("%s %s: %q, want %q", cell.Unit, cell.Item, got[cell], want)
		}
	}
	if n := len(got); n != 8*13 {
		t.Errorf("%d figures, want eight items of thirteen units", n)
	}
	o.good(heping, register.Change{ID: r.ID, Version: 1, Written: map[string]string{"studio_type": "tech_breakthrough"}})
	if err := s.TakeDue(t.Context(), o.now); err != nil {
		t.Fatal(err)
	}
	if got := take(); got != "problem.snapshot_taken" {
		t.Errorf("a second time: %q", got)
	}
	if diff := cmp.Diff(got, o.figures(spring)); diff != "" {
		t.Errorf("what is changed later counts for the next period:\n%s", diff)
	}
	runs, err := o.store.Runs(t.Context(), register.Source, 10)
	if err != nil || len(runs) != 1 || runs[0].Door != assess.DoorRegister || runs[0].Refused != 0 {
		t.Errorf("the runs: %+v, %v", runs, err)
	}
}

// TestNoRegisterIsTakenForAClosedCollection: its figures would never count.
func TestNoRegisterIsTakenForAClosedCollection(t *testing.T) {
	o := newOffice(t)
	o.good(heping, register.Change{Written: studio(1)})
	o.now = time.Date(2026, 4, 22, 0, 0, 0, 0, time.UTC)
	o.cycle(assess.CycleScored)
	_, err := o.snapshots().Take(t.Context(), spring, "wang", o.now)
	if got := o.key(err); got != "problem.snapshot_closed" || len(o.figures(spring)) != 0 {
		t.Errorf("%q, %v", got, o.figures(spring))
	}
	_, err = o.snapshots().Take(t.Context(), spring.Year(), "wang", o.now)
	if got := o.key(err); got != "problem.snapshot_quarter" {
		t.Errorf("a year: %q", got)
	}
	if err := o.snapshots().TakeDue(t.Context(), o.now); err != nil {
		t.Error(err)
	}
}

// TestAFigureOpensToItsRecords: those that counted at its snapshot, as they stood then, personal columns covered, to those who may see them.
func TestAFigureOpensToItsRecords(t *testing.T) {
	o := newOffice(t)
	behind := func(item assess.Code, unit assess.UnitCode, u account.User) ([]string, string, string) {
		found, err := o.Behind(t.Context(), item, spring, unit, u)
		var keys []string
		for _, r := range found.Found {
			keys = append(keys, r.Key+" "+r.Values["leader_name"]+" "+r.Values["studio_type"])
		}
		return keys, found.Value.String(), o.key(err)
	}
	r := o.good(heping, register.Change{Written: studio(1, "studio_type", "skill_transfer")})
	o.good(heping, register.Change{Written: studio(2, "studio_type", "tech_breakthrough")})
	o.good(economy, register.Change{Written: studio(3, "unit_code", "210103", "studio_type", "skill_transfer")})
	o.cycle(assess.CycleOpen)
	o.now = time.Date(2026, 4, 9, 8, 0, 0, 0, time.UTC)
	if err := o.snapshots().TakeDue(t.Context(), o.now); err != nil {
		t.Fatal(err)
	}
	o.good(heping, register.Change{ID: r.ID, Version: 1, Written: map[string]string{"studio_type": "service_innovation"}})
	first := "GZS-0001 " + o.mask("leader_name", studio(1)["leader_name"]) + " skill_transfer"
	third := "GZS-0003 " + o.mask("leader_name", studio(3)["leader_name"]) + " skill_transfer"
	for _, c := range []struct {
		name  string
		unit  assess.UnitCode
		who   account.User
		want  []string
		value string
		key   string
	}{
		{"the district", "210102", heping, []string{first}, "1", ""},
		{"its own where it asks for all", "", heping, []string{first}, "1", ""},
		{"another district", "210102", shenhe, nil, "0", "problem.register_role"},
		{"the whole city", "", analyst, []string{first, third}, "2", ""},
		{"who sees no registers", "210102", keeper, nil, "0", "problem.register_role"},
	} {
		keys, value, key := behind("studios_skill_transfer", c.unit, c.who)
		slices.Sort(keys)
		if !cmp.Equal(keys, c.want) || value != c.value || key != c.key {
			t.Errorf("%s: %v, %s, %q", c.name, keys, value, key)
		}
	}
	if _, _, key := behind("union_members", "210102", heping); key != "problem.figure_no_register" {
		t.Errorf("a figure that districts report: %q", key)
	}
}

func (o *office) mask(column, value string) string {
	table, _, err := o.Table(o.t.Context(), studiosT, o.now)
	if err != nil {
		o.t.Fatal(err)
	}
	return table.Masked(column, value)
}

// TestSumsAreThoseOfTheSnapshot: a rule that asks for the visits of stations has those of the records that were open when the registers were
// taken, and nothing before.
func TestSumsAreThoseOfTheSnapshot(t *testing.T) {
	o := newOffice(t)
	visits := func() string {
		t.Helper()
		e, _ := o.Editions.Edition(t.Context(), 2026)
		sums, err := o.Sums(t.Context(), e, spring)
		if err != nil {
			t.Fatal(err)
		}
		sum, ok := sums.Sum("210102", spring, "service_stations", "visits_ytd")
		if _, other := sums.Sum("210103", spring, "service_stations", "visits_ytd"); other {
			t.Error("a district without stations has visits")
		}
		return fmt.Sprint(sum, " ", ok)
	}
	station := func(no, count string) assess.Record {
		return o.good(heping, register.Change{Table: "service_stations", Written: map[string]string{
			"station_no": no, "name": "示例驿站" + no, "build_type": "self_built", "host_type": "bank", "address": "示例路1号", "area_m2": "20", "open_hours": "08:00-20:00",
			"is_24h": "是", "is_smart": "否", "facilities": "桌椅", "opened_on": "2024-05-01", "visits_ytd": count, "status": "在用",
		}})
	}
	station("YZ-1", "1200")
	station("YZ-2", "34")
	gone := station("YZ-3", "9000")
	if err := o.Close(t.Context(), "service_stations", gone.ID, 1, false, "撤销", heping, o.line(heping)); err != nil {
		t.Fatal(err)
	}
	if got := visits(); got != "0 false" {
		t.Errorf("before the snapshot: %s", got)
	}
	o.cycle(assess.CycleOpen)
	o.now = time.Date(2026, 4, 9, 8, 0, 0, 0, time.UTC)
	if err := o.snapshots().TakeDue(t.Context(), o.now); err != nil {
		t.Fatal(err)
	}
	station("YZ-4", "5")
	if got := visits(); got != "1234 true" {
		t.Errorf("at the snapshot: %s", got)
	}
}
