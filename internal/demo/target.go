package demo

import (
	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
)

// yearlyRise is what a city target grows by each year, in thousandths of the last year's.
const yearlyRise = 35

// target is a target of the table before it is written down: a whole number for each unit, in the roster's order.
type target struct {
	indicator assess.Code
	item      assess.Code
	parts     []int64
}

// Targets answers the targets of every year the city's quarters lie in: of each indicator whose target is set as a number for
// each unit, the city's total split over the units and rounded, so that the parts add up to the total.
func (c *City) Targets() []assess.Target {
	var targets []assess.Target
	for year := c.periods[0].CalendarYear(); year <= c.last().CalendarYear(); year++ {
		for _, t := range c.model.targets(year) {
			for i, u := range c.model.edition.Roster.Units {
				targets = append(targets, assess.Target{Unit: u.Code, Period: assess.NewYear(year), Code: t.indicator, Value: decimal.NewFromInt(t.parts[i])})
			}
		}
	}
	return targets
}

// targets are those of a year, in the order of the frameworks.
func (m *model) targets(year int) []target {
	var targets []target
	for i := range m.edition.Frameworks {
		for _, n := range m.edition.Frameworks[i].Root.Leaves() {
			if !n.Indicator.TargetPerUnit() {
				continue
			}
			item, ok := m.edition.Item(n.Indicator.Value.Item)
			if !ok || item.CityScale == nil {
				continue
			}
			targets = append(targets, target{n.Code, item.Code, m.splitTarget(item, year)})
		}
	}
	return targets
}

// splitTarget divides the city's total of a year. Half of the craftsmen are split evenly, as the published aim is about as
// many for each district; everything else goes by the districts' weight.
func (m *model) splitTarget(item assess.Item, year int) []int64 {
	total := scale(item.CityScale.IntPart(), limit(1000+yearlyRise*int64(year-m.last.CalendarYear()), 600, 1000), 1000)
	step := int64(1)
	if item.Type == assess.Money {
		step = 10_000
	}
	total = scale(total, 1, step)
	w := m.weights
	if item.Code == "craftsmen_selected_ytd" {
		w = m.levelled()
	}
	parts := split(total, w)
	for i := range parts {
		parts[i] *= step
	}
	return parts
}

// levelled are weights half of which are the same for all.
func (m *model) levelled() []int64 {
	var sum int64
	for _, w := range m.weights {
		sum += w
	}
	levelled := make([]int64, len(m.weights))
	for i, w := range m.weights {
		levelled[i] = w + sum/int64(len(m.weights))
	}
	return levelled
}
