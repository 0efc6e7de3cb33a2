package city

import (
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// columnsOf answers the items that a department owes in a quarter, quarterly ones first, in the order of the definitions.
func columnsOf(e *assess.Edition, department assess.Code, quarter assess.Period) []Column {
	var quarterly, annual []Column
	for _, item := range e.Items {
		if item.Origin != assess.FromCity || item.Department != department {
			continue
		}
		c := columnOf(e, item, quarter)
		if item.Frequency == assess.Annual {
			annual = append(annual, c)
		} else {
			quarterly = append(quarterly, c)
		}
	}
	return append(quarterly, annual...)
}

func columnOf(e *assess.Edition, item assess.Item, quarter assess.Period) Column {
	c := Column{Item: item, Period: quarter, Due: true}
	if item.Frequency == assess.Annual {
		c.Period, c.Due = quarter.Year(), quarter.Part() == 4
	}
	for _, n := range served(e, item) {
		if n.Indicator.Frequency == assess.Quarterly {
			c.Due = true
		}
		switch m := n.Indicator.Method; m.Kind {
		case assess.Rated:
			c.Second = true
			if len(m.Raters) > 0 {
				c.Ballots = n.Code
			}
		case assess.Bonus:
			c.Second, c.Cases = true, assess.AchievementProposed
		case assess.Deduction:
			c.Second, c.Cases = true, assess.EventProposed
		case assess.Veto:
			c.Second, c.Cases = true, assess.VetoProposed
		}
	}
	if slices.ContainsFunc(e.Assessment.Vetoes, func(v assess.GlobalVeto) bool { return v.Item == item.Code }) {
		c.Second, c.Cases = true, assess.VetoProposed
	}
	return c
}

// served answers the indicators that an item goes into.
func served(e *assess.Edition, item assess.Item) (nodes []*assess.Node) {
	for _, code := range item.UsedBy {
		if _, n, ok := e.Indicator(code); ok {
			nodes = append(nodes, n)
		}
	}
	return nodes
}

// Departments answers the departments that owe the city's figures, in the order of the definitions.
func Departments(e *assess.Edition) []assess.Department {
	return slices.DeleteFunc(slices.Clone(e.Departments), func(d assess.Department) bool {
		return !slices.ContainsFunc(e.Items, func(i assess.Item) bool { return i.Origin == assess.FromCity && i.Department == d.Code })
	})
}
