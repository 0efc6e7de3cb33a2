package city

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
)

// Handed says what a hand-in did, in cells.
type Handed struct {
	Accepted int // count at once
	Waiting  int // for a second person
}

// HandIn hands in what a department has typed: plain figures pass the gate at once, what gives or takes points waits for a second
// person and rests on a reason, the document it follows from. All of it is handed in or nothing. Errors: somebody of another
// department (ErrForbidden); nothing to hand in, figures that cannot be read or break a rule, warnings without a note, a missing
// reason (ErrInvalid); a closed period, a figure that a colleague changed at the same moment (ErrConflict).
func (d *Desk) HandIn(ctx context.Context, quarter assess.Period, department assess.Code, reason string, act Act) (Handed, error) {
	if err := ofDepartment(act.By, department); err != nil {
		return Handed{}, err
	}
	l, err := d.look(ctx, quarter, act.At, true)
	if err != nil {
		return Handed{}, err
	}
	f := l.form(department)
	if f == nil {
		return Handed{}, assess.NotFound("problem.no_city_form", fmt.Sprintf("the department %s owes no figures of the city; choose one from the list", department), "period", quarter.String())
	}
	l.question(f)
	if err := f.check(); err != nil {
		return Handed{}, err
	}
	reason = strings.TrimSpace(reason)
	s := collect.Supply{EnteredBy: act.By.Name, AcceptedBy: act.By.Name}
	for i, row := range f.Rows {
		for j, cell := range row {
			c := f.Columns[j]
			if cell.Standing == Typed {
				s.Drafts = append(s.Drafts, cell.Draft)
			}
			switch {
			case cell.Standing == Carried:
				for _, p := range l.cases(c, f.Units[i].Code) {
					s.Entries = append(s.Entries, entryOf(p, c.Period, p.Value))
				}
			case cell.Standing == Typed && c.Second:
				s.Proposed = append(s.Proposed, d.figure(cell, c, reason, act))
			case cell.Standing == Typed:
				s.Entries = append(s.Entries, assess.Entry{
					Place: assess.Place{Field: string(cell.Unit)}, Unit: cell.Unit, PeriodText: c.Period.String(), Code: cell.Item, Value: cell.Value, Note: cell.Draft.Note,
				})
			}
		}
	}
	switch {
	case len(s.Entries)+len(s.Proposed) == 0:
		return Handed{}, assess.Invalid("problem.city_nothing", "nothing new was typed, so there is nothing to hand in; fill in what is missing first")
	case len(s.Proposed) > 0 && reason == "":
		return Handed{}, assess.Invalid("problem.city_reason", "grades, and that there was nothing to give or take points for, rest on a document; write which")
	case utf8.RuneCountInString(reason) > assess.LongestNote:
		return Handed{}, assess.TooLong("reason", assess.LongestNote)
	}
	line := act.line("city.hand_in", quarter.String()+" "+string(department))
	line.After = fmt.Sprintf("accepted %d, waiting for a second person %d", len(s.Entries), len(s.Proposed))
	s.Audit = []assess.AuditLine{line}
	if _, err := d.Gate.Supply(ctx, s, act.At); err != nil {
		return Handed{}, err
	}
	return Handed{Accepted: len(s.Entries), Waiting: len(s.Proposed)}, nil
}

// check answers why what was typed cannot be handed in.
func (f *Form) check() error {
	if f.Shut != nil {
		return f.Shut
	}
	refused, unanswered := 0, 0
	for i, row := range f.Rows {
		for j, cell := range row {
			switch {
			case cell.Standing != Typed:
			case f.Columns[j].Shut != nil:
				return f.Columns[j].Shut
			case f.Rows[i][j].Refused():
				refused++
			case cell.Unanswered():
				unanswered++
			}
		}
	}
	switch {
	case refused > 0:
		return assess.Invalid("problem.city_errors", fmt.Sprintf("%d figures cannot be handed in as they are; correct them, each says why", refused), "n", strconv.Itoa(refused))
	case unanswered > 0:
		return assess.Invalid("problem.city_notes", fmt.Sprintf("%d figures are unusual; correct them, or write in their notes why they are right", unanswered), "n", strconv.Itoa(unanswered))
	}
	return nil
}

// figure proposes what was typed into a cell.
func (d *Desk) figure(cell Cell, c Column, reason string, act Act) assess.Proposal {
	return assess.Proposal{
		ID: d.NewID(), Kind: assess.FigureProposed, CellKey: assess.CellKey{Unit: cell.Unit, Period: c.Period, Item: cell.Item}, Value: cell.Value,
		Title: cell.Draft.Note, Reason: reason, State: assess.Proposed, By: act.By.Name, At: act.At,
	}
}

// entryOf answers the entry by which a proposal stands in the log of a period, with a value.
func entryOf(p assess.Proposal, period assess.Period, value string) assess.Entry {
	return assess.Entry{
		Place: assess.Place{Field: string(p.Unit)}, Unit: p.Unit, PeriodText: period.String(), Code: p.Item, Value: value, Part: p.Part, Ref: p.Ref, Note: p.Reason,
	}
}
