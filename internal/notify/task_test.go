package notify_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/notify"
)

// tasksOf writes the tasks of a person: kind, unit, count, when due, whether late.
func tasksOf(c *city, p notify.Person, when string) (lines []string) {
	for _, t := range notify.Tasks(p, []notify.Round{c.round()}, at(when)) {
		line := fmt.Sprintf("%s %s %d %s", t.Kind, t.Unit.Code, t.Count, t.Due.Format("02 15:04"))
		if t.Late {
			line += " late"
		}
		lines = append(lines, line)
	}
	return lines
}

func TestTasks(t *testing.T) {
	district := func(role assess.Role) notify.Person { return notify.Person{Role: role, Unit: "210102"} }
	reviewer := func(d assess.Code) notify.Person { return notify.Person{Role: assess.CityReviewer, Department: d} }
	analyst := notify.Person{Role: assess.CityAnalyst}
	for _, one := range []struct {
		name   string
		before func(*city)
		who    notify.Person
		when   string
		want   []string
	}{
		{"not open yet", func(c *city) { c.reports[0].Times.Opens = at("02 00:00") }, district(assess.DistrictReporter), "01 09:00", nil},
		{"open", nil, district(assess.DistrictReporter), "01 09:00", []string{"fill 210102 0 10 17:00"}},
		{"nothing begun, for the checker", nil, district(assess.DistrictChecker), "01 09:00", nil},
		{"nothing begun, for the chair", nil, district(assess.DistrictChair), "01 09:00", nil},
		{"a draft, for the checker", func(c *city) { c.move("210102", assess.Draft, at("02 09:00")) }, district(assess.DistrictChecker), "03 09:00", []string{"check 210102 0 10 17:00"}},
		{"given back", func(c *city) { c.move("210102", assess.SentBack, at("02 09:00")) }, district(assess.DistrictReporter), "03 09:00", []string{"sent_back 210102 0 10 17:00"}},
		{"with the chair", func(c *city) { c.move("210102", assess.PendingSignature, at("02 09:00")) }, district(assess.DistrictChair), "13 09:00", []string{"sign 210102 0 10 17:00 late"}},
		{"with the chair, for the reporter", func(c *city) { c.move("210102", assess.PendingSignature, at("02 09:00")) }, district(assess.DistrictReporter), "03 09:00", nil},
		{"handed in", func(c *city) { c.move("210102", assess.Submitted, at("02 09:00")) }, district(assess.DistrictReporter), "03 09:00", nil},
		{"returned", func(c *city) {
			c.move("210102", assess.Submitted, at("02 09:00"))
			c.move("210102", assess.Returned, at("13 09:00"))
		}, district(assess.DistrictReporter), "13 10:00", []string{"refill 210102 2 17 17:00"}},
		{"to review", func(c *city) {
			c.move("210102", assess.Submitted, at("02 09:00"))
			c.move("210104", assess.Submitted, at("02 09:00"))
		}, reviewer("rights"), "16 10:00", []string{"review 210102 5 15 17:00 late", "review 210104 5 15 17:00 late"}},
		{"nothing of this department", func(c *city) { c.move("210102", assess.Submitted, at("02 09:00")) }, reviewer("funds"), "03 10:00", nil},
		{"a reviewer without a department", func(c *city) { c.move("210102", assess.Submitted, at("02 09:00")) }, reviewer(""), "03 10:00", nil},
		{
			"the analyst before the deadline", func(c *city) { c.move("210102", assess.Submitted, at("02 09:00")) }, analyst, "09 10:00",
			[]string{"chase  2 10 17:00", "waiting  1 15 17:00"},
		},
		{
			"the analyst after it", func(c *city) { c.move("210102", assess.Submitted, at("02 09:00")) }, analyst, "16 10:00",
			[]string{"chase  2 10 17:00 late", "waiting  1 15 17:00 late"},
		},
		{"scored", func(c *city) {
			for _, u := range roster().Units {
				c.move(u.Code, assess.Locked, at("20 09:00"))
			}
			c.cycle.State = assess.CycleScored
		}, notify.Person{Role: assess.CityLeader}, "21 10:00", []string{"publish  0 01 00:00"}},
		{"the administrator", nil, notify.Person{Role: assess.Admin}, "09 10:00", nil},
	} {
		c := newCity()
		if one.before != nil {
			one.before(c)
		}
		if diff := cmp.Diff(one.want, tasksOf(c, one.who, one.when)); diff != "" {
			t.Errorf("%s (-want +tasks):\n%s", one.name, diff)
		}
	}
}
