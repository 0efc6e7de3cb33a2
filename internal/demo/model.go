package demo

import (
	"fmt"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
)

// model is what every figure is worked out from.
type model struct {
	edition *assess.Edition
	dice    dice
	last    assess.Period
	weights []int64 // of the units, in the roster's order
	// home is the dimension an item counts in: that of the first indicator it serves.
	home map[assess.Code]assess.Code
	// serves is the first indicator an item serves.
	serves map[assess.Code]*assess.Indicator
	aims   map[int]map[assess.Code][]int64 // by year and item: the units' targets
	story  story
}

func newModel(e *assess.Edition, seed uint64, last assess.Period) *model {
	m := &model{
		edition: e, dice: dice{seed}, last: last, weights: weights(e.Roster), story: tale(),
		home: map[assess.Code]assess.Code{}, serves: map[assess.Code]*assess.Indicator{}, aims: map[int]map[assess.Code][]int64{},
	}
	for _, item := range e.Items {
		for _, code := range item.UsedBy {
			if _, n, ok := e.Indicator(code); ok && m.serves[item.Code] == nil {
				m.serves[item.Code] = n.Indicator
				m.home[item.Code] = dimensionOf(e, code)
			}
		}
	}
	return m
}

// dimensionOf answers the heading an indicator stands under.
func dimensionOf(e *assess.Edition, indicator assess.Code) (dimension assess.Code) {
	for i := range e.Frameworks {
		e.Frameworks[i].Root.Walk(func(n, parent *assess.Node, _ int) {
			if n.Code == indicator && n.Indicator != nil {
				dimension = parent.Code
			}
		})
	}
	return dimension
}

// aim answers what a unit is to reach with an item in a year.
func (m *model) aim(year int, item assess.Code, unit int) int64 {
	if m.aims[year] == nil {
		m.aims[year] = map[assess.Code][]int64{}
		for _, t := range m.targets(year) {
			m.aims[year][t.item] = t.parts
		}
	}
	if parts := m.aims[year][item]; parts != nil {
		return parts[unit]
	}
	return 0
}

// age answers how many quarters after the last one p lies: 0 and less. History further back than six years stands still.
func (m *model) age(p assess.Period) int64 {
	quarters := (p.CalendarYear()-m.last.CalendarYear())*4 + p.Part() - m.last.Part()
	return limit(int64(quarters), -24, 4)
}

// workable says whether the edition has what the recipe needs.
func (m *model) workable(item assess.Item, r recipe) error {
	if pair, ok := r.(together); ok {
		r = pair.recipe
	}
	switch r.(type) {
	case stock, accrual, caseload:
		if item.CityScale == nil {
			return assess.Invalid("problem.demo_scale",
				fmt.Sprintf("item %s has no city_scale; the demonstration city needs the size of the city's total to draw it", item.Code),
				"item", string(item.Code))
		}
	case toward, reach:
		if m.serves[item.Code] == nil {
			return assess.Invalid("problem.demo_indicator",
				fmt.Sprintf("item %s serves no indicator; the demonstration city needs its target to draw it", item.Code),
				"item", string(item.Code))
		}
	}
	return nil
}

// phases answers the percentages of the year's target due at the end of each quarter.
func phases(i *assess.Indicator) path {
	if len(i.Method.Phasing) < 4 {
		return path{100, 100, 100, 100}
	}
	var p path
	for q := range p {
		p[q] = int64(i.Method.Phasing[q])
	}
	return p
}

// complete says which items of the edition have no recipe: nothing of the catalogue may be missing without a word.
func complete(e *assess.Edition) error {
	known := map[assess.Code]bool{bonusItem: true, dueItem: true, passedItem: true} // the story tells these
	for _, r := range recipes() {
		known[r.item] = true
	}
	var unknown []string
	for _, i := range e.Items {
		if !known[i.Code] && i.Origin != assess.Computed {
			unknown = append(unknown, string(i.Code))
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	list := strings.Join(unknown, ", ")
	return assess.Invalid("problem.demo_items",
		fmt.Sprintf("the demonstration city cannot draw these items: %s; take the shipped catalogue", list), "items", list)
}
