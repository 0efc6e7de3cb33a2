package city

import (
	"context"
	"fmt"
	"unicode/utf8"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// Save is what an editor typed into one cell.
type Save struct {
	Unit  assess.UnitCode
	Item  assess.Code
	Value string // as typed; "" takes a draft back
	Note  string
	Base  int64 // the revision that was seen, 0 for none
}

// Save keeps what somebody of a department typed, and answers the cells that somebody else had changed meanwhile: those are as they
// were. Only the department itself types (ErrForbidden); a cell that there is not, or that takes nothing now, refuses all of it.
func (d *Desk) Save(ctx context.Context, quarter assess.Period, department assess.Code, saves []Save, act Act) (conflicts []assess.DraftOutcome, err error) {
	if err := ofDepartment(act.By, department); err != nil {
		return nil, err
	}
	f, err := d.Form(ctx, quarter, department, act.At)
	if err != nil {
		return nil, err
	}
	drafts := make([]assess.DraftSave, len(saves))
	for i, s := range saves {
		if drafts[i], err = f.save(s, act); err != nil {
			return nil, err
		}
	}
	outcomes, err := d.Store.SaveCityDrafts(ctx, drafts)
	for _, o := range outcomes {
		if o.Conflict {
			conflicts = append(conflicts, o)
		}
	}
	return conflicts, err
}

// ofDepartment refuses those who do not supply the figures of a department.
func ofDepartment(u account.User, department assess.Code) error {
	if u.May(account.SupplyCity, "", department) {
		return nil
	}
	return assess.Forbidden("problem.city_department",
		fmt.Sprintf("the figures of the department %s are its own to fill in; ask somebody of that department", department), "department", string(department))
}

// save answers the draft of a cell, or why it takes none.
func (f *Form) save(s Save, act Act) (assess.DraftSave, error) {
	column, cell := f.find(s.Unit, s.Item)
	switch {
	case cell == nil:
		return assess.DraftSave{}, assess.NotFound("problem.no_field", fmt.Sprintf("%q is not a figure that is typed into this form", s.Item), "item", string(s.Item))
	case column.Shut != nil:
		return assess.DraftSave{}, column.Shut
	case cell.Fixed() || column.Ballots != "":
		return assess.DraftSave{}, assess.Conflict("problem.city_fixed",
			fmt.Sprintf("%s of %s takes nothing now: it waits for a second person, is counted from cases or ballots, or does not apply; load the page again", s.Item, s.Unit),
			"item", string(s.Item), "unit", string(s.Unit))
	case utf8.RuneCountInString(s.Value) > assess.LongestFigure:
		return assess.DraftSave{}, assess.TooLong("value", assess.LongestFigure)
	case utf8.RuneCountInString(s.Note) > assess.LongestNote:
		return assess.DraftSave{}, assess.TooLong("note", assess.LongestNote)
	}
	return assess.DraftSave{Base: s.Base, DraftCell: assess.DraftCell{
		Unit: s.Unit, Period: column.Period, Item: s.Item, Value: s.Value, Note: s.Note, By: act.By.Name, At: act.At,
	}}, nil
}

// find answers a cell of the form with its column, nil where there is none.
func (f *Form) find(unit assess.UnitCode, item assess.Code) (*Column, *Cell) {
	for i, u := range f.Units {
		for j := range f.Columns {
			if u.Code == unit && f.Columns[j].Item.Code == item {
				return &f.Columns[j], &f.Rows[i][j]
			}
		}
	}
	return nil, nil
}
