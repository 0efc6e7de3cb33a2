package city

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
)

// TargetTable is the table of a year's targets (目标任务分解表): a row for each indicator whose target is set for each unit.
type TargetTable struct {
	Year    int
	Edition *assess.Edition
	// Units are the columns.
	Units []assess.Unit
	Rows  []TargetRow
	// Due is the last day of the year, on which every target is to be reached.
	Due time.Time
}

// TargetRow are the targets of one indicator.
type TargetRow struct {
	Number    int // 序号
	Framework *assess.Framework
	Dimension *assess.Node // the heading above; the framework's root where there is none
	Node      *assess.Node
	// Total is the sum of the targets of all units, also of those that are no column. Missing counts those without a target.
	Total   decimal.Decimal
	Missing int
	Cells   []TargetCell // in the order of the columns
	// Draft is the version that is being worked on, 0 for none.
	Draft int
}

// TargetCell is the target of a unit, as it holds at the end of the year.
type TargetCell struct {
	Set   bool
	Value decimal.Decimal
	// From is the first quarter it holds in, zero for the whole year; Before is what held until then.
	From   assess.Period
	Before *decimal.Decimal
}

// Targets answers the table of a year with the columns of some units, of all for none. A year without definitions is ErrNotFound.
func (d *Desk) Targets(ctx context.Context, year int, units ...assess.UnitCode) (*TargetTable, error) {
	edition, err := d.Editions.Edition(ctx, year)
	if err != nil {
		return nil, fmt.Errorf("targets of %d: %w", year, err)
	}
	held, err := d.heldTargets(ctx, year)
	if err != nil {
		return nil, err
	}
	versions, err := d.Store.Breakdowns(ctx, year)
	if err != nil {
		return nil, fmt.Errorf("targets of %d: %w", year, err)
	}
	all := unitsOf(edition, assess.NewYear(year))
	t := &TargetTable{Year: year, Edition: edition, Due: assess.NewYear(year).LastDay()}
	for _, u := range all {
		if len(units) == 0 || slices.Contains(units, u.Code) {
			t.Units = append(t.Units, u)
		}
	}
	for i := range edition.Frameworks {
		f := &edition.Frameworks[i]
		for _, node := range perUnit(f) {
			row := TargetRow{Number: len(t.Rows) + 1, Framework: f, Dimension: above(f, node), Node: node}
			for _, u := range all {
				cell := held.cell(u.Code, node.Code)
				if row.Total = row.Total.Add(cell.Value); !cell.Set {
					row.Missing++
				}
				if slices.ContainsFunc(t.Units, func(shown assess.Unit) bool { return shown.Code == u.Code }) {
					row.Cells = append(row.Cells, cell)
				}
			}
			if draft := draftOf(versions, node.Code); draft != nil {
				row.Draft = draft.Version
			}
			t.Rows = append(t.Rows, row)
		}
	}
	return t, nil
}

// unitsOf answers the units that exist in a period, in official order.
func unitsOf(e *assess.Edition, p assess.Period) []assess.Unit {
	return slices.DeleteFunc(slices.Clone(e.Roster.Units), func(u assess.Unit) bool { return !u.In(p) })
}

// perUnit answers the indicators of a framework whose targets are set for each unit.
func perUnit(f *assess.Framework) []*assess.Node {
	return slices.DeleteFunc(f.Root.Leaves(), func(n *assess.Node) bool { return !n.Indicator.TargetPerUnit() })
}

// above answers the heading right above a node, the root where the node is the root.
func above(f *assess.Framework, node *assess.Node) *assess.Node {
	heading := f.Root
	f.Root.Walk(func(n, parent *assess.Node, _ int) {
		if n == node && parent != nil {
			heading = parent
		}
	})
	return heading
}

// targetSet are the targets of a year, those of each cell in the order of the quarter they begin to hold in.
type targetSet map[assess.UnitCode]map[assess.Code][]assess.Target

// heldTargets reads the targets that are set for a whole year. Those of single quarters stand beside and are not broken down here.
func (d *Desk) heldTargets(ctx context.Context, year int) (targetSet, error) {
	all, err := d.Store.Targets(ctx, year)
	if err != nil {
		return nil, fmt.Errorf("targets of %d: %w", year, err)
	}
	set := targetSet{}
	for _, t := range all {
		if t.Period != assess.NewYear(year) {
			continue
		}
		if set[t.Unit] == nil {
			set[t.Unit] = map[assess.Code][]assess.Target{}
		}
		set[t.Unit][t.Code] = append(set[t.Unit][t.Code], t)
	}
	for _, codes := range set {
		for _, list := range codes {
			slices.SortFunc(list, func(a, b assess.Target) int { return a.From.Compare(b.From) })
		}
	}
	return set, nil
}

// of answers the targets of a cell, oldest first: the unit's own, or those of every unit.
func (s targetSet) of(unit assess.UnitCode, code assess.Code) []assess.Target {
	if own := s[unit][code]; len(own) > 0 {
		return own
	}
	return s[assess.AnyUnit][code]
}

// cell answers the target that holds at the end of the year.
func (s targetSet) cell(unit assess.UnitCode, code assess.Code) TargetCell {
	list := s.of(unit, code)
	if len(list) == 0 {
		return TargetCell{}
	}
	last := list[len(list)-1]
	cell := TargetCell{Set: true, Value: last.Value, From: last.From}
	if len(list) > 1 {
		cell.Before = &list[len(list)-2].Value
	}
	return cell
}

// some says whether any unit has a target of an indicator.
func (s targetSet) some(code assess.Code) bool {
	for _, codes := range s {
		if len(codes[code]) > 0 {
			return true
		}
	}
	return false
}
