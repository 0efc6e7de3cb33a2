package demo

import (
	"fmt"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// Figures answers what a unit says in the end of the items of some origins: of a quarter the quarterly items, of a year the annual
// ones, in the order of the catalogue. The story may end before the quarter, in the same year. What does not apply to the unit is left
// out.
func (c *City) Figures(unit assess.UnitCode, p assess.Period, origins ...assess.Origin) ([]assess.Entry, error) {
	at := slices.IndexFunc(c.roster(), func(u assess.Unit) bool { return u.Code == unit })
	if at < 0 || !c.covers(p.Year()) {
		return nil, assess.NotFound("problem.unit_unknown", fmt.Sprintf("the city has no unit %s in %s", unit, p), "value", string(unit))
	}
	d, err := c.model.work(at, p.CalendarYear())
	if err != nil {
		return nil, err
	}
	var all []assess.Entry
	for _, item := range c.model.edition.Items {
		_, exempt := c.model.story.exempted(unit, item.Code, p.CalendarYear())
		if exempt || !slices.Contains(origins, item.Origin) || (item.Frequency == assess.Annual) != (p.Kind() == assess.Year) || item.Code == bonusItem {
			continue
		}
		state, value := written(item, d.value(item.Code, p))
		all = append(all, assess.Entry{
			Unit: unit, PeriodText: p.String(), Code: item.Code, Value: value, State: string(state), Note: c.model.story.noted(unit, item.Code, p),
		})
	}
	return all, nil
}
