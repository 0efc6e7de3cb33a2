package city

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/quality"
)

// tools are made once for an edition.
type tools struct {
	reader *collect.Reader
	checks *quality.Checks
}

// mostTools bounds the editions whose tools are kept: they are replaced now and then, and what is not used any more goes.
const mostTools = 8

func (d *Desk) tools(e *assess.Edition) (*collect.Reader, *quality.Checks, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if have, ok := d.made[e]; ok {
		return have.reader, have.checks, nil
	}
	checks, err := quality.New(e)
	if err != nil {
		return nil, nil, err
	}
	if len(d.made) >= mostTools {
		clear(d.made)
	}
	d.made[e] = tools{collect.NewReader(e), checks}
	return d.made[e].reader, checks, nil
}

// Form answers what a department owes of a quarter, as it stands. A department that owes nothing, or a quarter without definitions,
// is ErrNotFound.
func (d *Desk) Form(ctx context.Context, quarter assess.Period, department assess.Code, now time.Time) (*Form, error) {
	l, err := d.look(ctx, quarter, now, true)
	if err != nil {
		return nil, err
	}
	f := l.form(department)
	if f == nil {
		return nil, assess.NotFound("problem.no_city_form", fmt.Sprintf("the department %s owes no figures of the city; choose one from the list", department), "period", quarter.String())
	}
	l.question(f)
	return f, nil
}

// form makes the table of a department, nil where it owes nothing.
func (l *ledger) form(department assess.Code) *Form {
	f := &Form{Quarter: l.quarter, Edition: l.edition, Units: unitsOf(l.edition, l.quarter), Columns: columnsOf(l.edition, department, l.quarter)}
	at := slices.IndexFunc(l.edition.Departments, func(d assess.Department) bool { return d.Code == department })
	if at < 0 || len(f.Columns) == 0 {
		return nil
	}
	f.Department = l.edition.Departments[at]
	for j := range f.Columns {
		c := &f.Columns[j]
		if c.Shut = l.shut(c.Period); j == 0 || c.Shut == nil {
			f.Shut = c.Shut
		}
	}
	if slices.ContainsFunc(f.Columns, func(c Column) bool { return c.Shut == nil }) {
		f.Shut = nil
	}
	for _, u := range f.Units {
		row := make([]Cell, len(f.Columns))
		for j, c := range f.Columns {
			row[j] = l.cell(c, u.Code)
			f.add(c.Due, row[j].Standing)
			if p := row[j].Proposal; p != nil && p.State == assess.Proposed && p.Kind == assess.FigureProposed {
				f.Proposals = append(f.Proposals, *p)
			}
		}
		f.Rows = append(f.Rows, row)
	}
	return f
}

// cell makes a cell of the table.
func (l *ledger) cell(c Column, unit assess.UnitCode) Cell {
	key := assess.CellKey{Unit: unit, Period: c.Period, Item: c.Item.Code}
	cell := Cell{Unit: unit, Item: c.Item.Code, Standing: Blank, Draft: l.drafts[key], Previous: l.past(c, unit)}
	held, known := l.held[key]
	for _, p := range l.proposals[key] {
		if p.Kind == assess.FigureProposed {
			cell.Proposal = &p
		}
	}
	switch {
	case known && held.State == assess.Exempt:
		cell.Standing = Exempted
	case c.Ballots != "" || c.Cases != "":
		cell.Cases, cell.Standing = l.count(c, unit)
	}
	if cell.Standing == Blank && known && held.State != assess.Missing && held.State != assess.Exempt {
		cell.Standing, cell.State, cell.Value, cell.Text = Held, held.State, held.Value, held.Value
	}
	cell.By, cell.At = held.EnteredBy, held.RecordedAt
	if cell.Fixed() {
		return cell
	}
	if p := cell.Proposal; p != nil && p.State == assess.Proposed {
		cell.Standing, cell.State, cell.Value, cell.Text, cell.By, cell.At = Waiting, assess.Reported, p.Value, p.Value, p.By, p.At
		return cell
	}
	l.typed(c, &cell, held)
	return cell
}

// typed lets a draft stand in a cell: one that is newer than what is held and says something else.
func (l *ledger) typed(c Column, cell *Cell, held assess.Observation) {
	d := cell.Draft
	if d.Value == "" || d.At.Before(held.RecordedAt) || cell.Proposal != nil && d.At.Before(lastMove(*cell.Proposal)) {
		return
	}
	state, value, fault := l.reader.Read(c.Item.Code, d.Value)
	if fault == nil && c.Cases != "" && !none(value) {
		fault = assess.Invalid("problem.city_cases",
			fmt.Sprintf("%s is counted from cases; enter each on the page of points, and write here only that there was none", c.Item.Code), "item", string(c.Item.Code))
	}
	if fault == nil && value == cell.Value && cell.Standing == Held {
		return // it says what is held
	}
	cell.Standing, cell.State, cell.Value, cell.Text, cell.Fault = Typed, state, value, d.Value, fault
}

// none says whether a value says that there was nothing.
func none(value string) bool { return value == "0" }

// lastMove answers when a proposal moved last.
func lastMove(p assess.Proposal) time.Time {
	if n := len(p.Steps); n > 0 {
		return p.Steps[n-1].At
	}
	return p.At
}

// count answers how many cases or ballots a cell has, and where it stands by them: Blank for none.
func (l *ledger) count(c Column, unit assess.UnitCode) (int, Standing) {
	logged := l.parts[assess.CellKey{Unit: unit, Period: c.Period, Item: c.Item.Code}]
	if c.Ballots != "" {
		if len(logged) == 0 {
			return 0, Blank
		}
		return len(logged), Counted
	}
	cases := l.cases(c, unit)
	switch {
	case len(cases) == 0:
		return 0, Blank
	case c.Cases != assess.VetoProposed && slices.ContainsFunc(cases, func(p assess.Proposal) bool { return !stands(logged, p) }):
		return len(cases), Carried
	}
	return len(cases), Counted
}

// stands says whether a case is in the log of the quarter.
func stands(logged []assess.Observation, p assess.Proposal) bool {
	return slices.ContainsFunc(logged, func(o assess.Observation) bool { return o.Part == p.Part && o.Ref == p.Ref && !none(o.Value) })
}

// past answers the figure of the period before.
func (l *ledger) past(c Column, unit assess.UnitCode) Past {
	key := assess.CellKey{Unit: unit, Period: c.Period.Prev(), Item: c.Item.Code}
	p := Past{Period: key.Period}
	if o, ok := l.held[key]; ok {
		p.State, p.Value = o.State, o.Value
	}
	return p
}
