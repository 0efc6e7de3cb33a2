package demo

import (
	"slices"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
)

const (
	bonusItem  assess.Code = "award_points"
	dueItem    assess.Code = "items_submitted"
	passedItem assess.Code = "items_first_pass"
)

// ordinary are items that are often asked about: they stand alone, so that a wrong figure breaks no rule between two.
func ordinary() []assess.Code {
	return codes("skill_training_ytd", "culture_participants_ytd", "nef_care_ytd", "lecture_attendees_ytd", "legal_aid_closed_ytd",
		"model_lectures_ytd", "new_unions_ytd", "craftsmen_selected_ytd", "warmth_fund_ytd", "bookhouses")
}

// returnOf answers what of a report was returned, if anything: what the story tells, or now and then a few ordinary cells.
func (c *City) returnOf(u assess.UnitCode, p assess.Period) (cells returned, ok bool) {
	r := report{u, p}
	for _, told := range c.model.story.returns {
		if told.report == r {
			return told, true
		}
	}
	day, _, handed := c.handIn(u, p)
	byHand := u == c.model.story.dead && p == c.model.story.deadSince
	if p.Kind() != assess.Quarter || !handed || day > deadline || byHand {
		return returned{}, false
	}
	chance := 14 - characterOf(u).level/60
	if c.model.dice.between(1, 100, "returned", string(u), p.String()) > chance {
		return returned{}, false
	}
	return c.someCells(r), true
}

// someCells draws one to four ordinary cells, each first handed in a quarter to a half too high.
func (c *City) someCells(r report) returned {
	words := []string{string(r.unit), r.period.String()}
	cells := returned{report: r, reason: "anomaly", note: "较上季增长异常，请核对原始记录后重填。", again: "经核对原始记录更正。"}
	for range c.model.dice.between(1, 4, append(words, "cells")...) {
		n := strconv.Itoa(len(cells.items))
		item := ordinary()[c.model.dice.between(0, int64(len(ordinary())-1), append(words, "cell", n)...)]
		if slices.Contains(cells.items, item) {
			continue
		}
		cells.items = append(cells.items, item)
		cells.first = append(cells.first, c.model.dice.between(12_500, 15_000, append(words, "first", n)...))
	}
	return cells
}

// wrongly answers what stood where value is right, in ten-thousandths of it: never the same.
func wrongly(item assess.Item, value string, first int64) string {
	v, err := decimal.NewFromString(value)
	if err != nil {
		return value
	}
	wrong := v.Mul(decimal.NewFromInt(first)).Div(decimal.NewFromInt(10_000))
	if item.Type == assess.Money {
		return wrong.Round(2).String()
	}
	if wrong = wrong.Round(0); wrong.Equal(v) {
		wrong = wrong.Add(decimal.NewFromInt(1))
	}
	return wrong.String()
}

// reviewDay is when the city's departments look at a report: on the day after the deadline, a late one the day after it came.
func (c *City) reviewDay(r report) int {
	day, _, _ := c.handIn(r.unit, r.period)
	return max(day, deadline) + 1
}

func (c *City) reviewAt(r report) time.Time {
	return c.calendar.at(r.period, c.reviewDay(r), 10, 0)
}

// againAt is when a district hands in again what was returned: within two working days.
func (c *City) againAt(r report) time.Time {
	days := int(c.model.dice.between(1, 2, "again", string(r.unit), r.period.String()))
	return c.calendar.at(r.period, c.reviewDay(r)+days, 14, 0)
}

// fillCounts files how many items were due and how many passed at once. A report that never came has passed nothing.
func (c *City) fillCounts(u assess.UnitCode, p assess.Period) {
	due := 0
	for _, item := range c.model.edition.Items {
		if item.Origin == assess.FromDistrict && item.Frequency == assess.Quarterly {
			if _, exempt := c.model.story.exempted(u, item.Code, p.CalendarYear()); !exempt {
				due++
			}
		}
	}
	passed := due
	if _, _, ok := c.handIn(u, p); !ok {
		passed = 0
	}
	back, _ := c.returnOf(u, p)
	passed -= len(back.items)
	for _, count := range []struct {
		item assess.Code
		n    int
	}{{dueItem, due}, {passedItem, passed}} {
		item, ok := c.model.edition.Item(count.item)
		if !ok {
			continue
		}
		state, value := written(item, int64(count.n))
		c.folders.add(&figure{
			CellKey: assess.CellKey{Unit: u, Period: p, Item: item.Code}, source: sourceOf(item, u),
			versions: []version{{from: c.counted(p), state: state, value: value}},
		})
	}
}

// fillAwards files the achievements of a year that bring a bonus: one row for each level an achievement was honoured at, a zero
// for a unit without any.
func (c *City) fillAwards(year int) {
	item, ok := c.model.edition.Item(bonusItem)
	if !ok {
		return
	}
	for _, u := range c.roster() {
		honoured := false
		for _, a := range c.model.story.awards {
			if a.year == year && a.unit == u.Code {
				c.fillAward(item, a.unit, year, version{state: assess.Reported, value: "1", note: a.note}, string(a.level), a.ref)
				honoured = true
			}
		}
		if !honoured {
			c.fillAward(item, u.Code, year, version{state: assess.ZeroReport, value: "0"}, "", "")
		}
	}
}

func (c *City) fillAward(item assess.Item, u assess.UnitCode, year int, v version, level, ref string) {
	v.from = c.judged(year)
	c.folders.add(&figure{
		CellKey: assess.CellKey{Unit: u, Period: assess.NewYear(year), Item: item.Code, Part: level, Ref: ref},
		source:  sourceOf(item, u), versions: []version{v},
	})
}
