package city

import (
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/quality"
)

// question says of every draft of a form what the rules find: with the drafts in place of what is held.
func (l *ledger) question(f *Form) {
	for i, u := range f.Units {
		row := f.Rows[i]
		typed := map[assess.Code]*Cell{}
		for j := range row {
			if c := &row[j]; c.Standing == Typed && c.Fault == nil {
				typed[c.Item] = c
				if p, ok := quality.Implausible(&f.Columns[j].Item, u.Group, c.Value); ok {
					c.Messages = append(c.Messages, Message{Problem: p})
				}
			}
		}
		if len(typed) == 0 {
			continue
		}
		found := l.checks.Check(quality.Report{Unit: u.Code, Period: l.quarter, Figures: l.figures(f, i)})
		quality.Sort(found)
		for _, one := range found {
			at := slices.IndexFunc(one.Items, func(c assess.Code) bool { return typed[c] != nil })
			if at < 0 {
				continue // it is about figures that nobody changes here
			}
			cell := typed[one.Items[at]]
			cell.Messages = append(cell.Messages, Message{
				Error: one.Level == quality.Error, Says: one.Rule,
				Problem: &assess.Problem{Kind: assess.ErrInvalid, Key: one.Key, Args: one.Args, Message: one.Message},
			})
		}
	}
}

// figures answers what is held of a unit, with the drafts of a form in their place.
func (l *ledger) figures(f *Form, row int) quality.Figures {
	unit := f.Units[row].Code
	figures := quality.Figures{}
	for key, o := range l.held { // each cell has one figure, so the order does not matter
		if key.Unit == unit {
			figures[quality.Cell{Period: key.Period, Item: key.Item}] = quality.Figure{State: o.State, Value: o.Value}
		}
	}
	for j, c := range f.Rows[row] {
		if c.Standing == Typed && c.Fault == nil {
			figures[quality.Cell{Period: f.Columns[j].Period, Item: c.Item}] = quality.Figure{State: c.State, Value: c.Value}
		}
	}
	return figures
}
