package demo

import (
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
)

// The days of a collection the city keeps to, in working days after the end of the quarter.
const (
	firstReport = 3
	snapshotDay = 5 // of the registers
	deadline    = 7
	secondDay   = 12 // the second review closes
)

// calendar tells the times of the story.
type calendar struct{ cycle.Calendar }

// at answers a time of the n-th working day after the end of a quarter.
func (c calendar) at(p assess.Period, n, hour, minute int) time.Time {
	return c.Shift(p.LastQuarter().LastDay(), n).Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
}

// plan answers the dates of the collection of a quarter, which this city postpones never.
func (c *City) plan(p assess.Period) cycle.Plan {
	return cycle.NewPlan(c.calendar.Calendar, p, c.model.edition.Assessment, nil)
}

// handIn answers the day and time at which a district hands in its report; ok is false when it never does.
func (c *City) handIn(u assess.UnitCode, p assess.Period) (day int, at time.Time, ok bool) {
	r := report{u, p}
	for _, missing := range c.model.story.missing {
		if missing == r {
			return 0, time.Time{}, false
		}
	}
	day = int(c.model.dice.between(firstReport, deadline, "day", string(u), p.String()))
	for _, late := range c.model.story.late {
		if late.report == r {
			day = deadline + late.days
		}
	}
	minutes := int(c.model.dice.between(0, 420, "time", string(u), p.String()))
	return day, c.calendar.at(p, day, 9, minutes), true
}

// supplied answers when a city department hands in its figures of a quarter.
func (c *City) supplied(department assess.Code, p assess.Period) time.Time {
	day := int(c.model.dice.between(5, 9, "day", string(department), p.String()))
	return c.calendar.at(p, day, 10, int(c.model.dice.between(0, 300, "time", string(department), p.String())))
}

// counted answers when the collection itself counts what was handed in and what passed at once: when the review closes.
func (c *City) counted(p assess.Period) time.Time { return c.calendar.at(p, secondDay, 9, 0) }

// judged answers when the city files what it judges once a year.
func (c *City) judged(year int) time.Time {
	return c.calendar.at(assess.NewQuarter(year, 4), secondDay-2, 15, 0)
}
