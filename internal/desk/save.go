package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
)

// Limits of what is typed into a cell, in characters. A note is as long as the gate takes it.
const (
	longestRequest = 100
)

// Save keeps what one editor types into one cell, and answers when it is on the disk. A repeated save is answered as the first; a
// cell that has moved on is a conflict in the answer, not an error. Errors: ErrNotFound for a form or cell there is not, ErrConflict
// for one that cannot be changed, ErrInvalid for a save without a name or with a name that was used.
func (d *Desk) Save(ctx context.Context, s Save, by string, now time.Time) (Saved, error) {
	all, err := d.SaveAll(ctx, s.Unit, s.Period, []Save{s}, by, now)
	if err != nil {
		return Saved{}, err
	}
	return all[0], nil
}

// SaveAll keeps several cells of one form in one write: each is saved or in conflict by itself, and an error means that none was.
func (d *Desk) SaveAll(ctx context.Context, unit assess.UnitCode, period assess.Period, saves []Save, by string, now time.Time) ([]Saved, error) {
	outcomes, err := d.keep(ctx, unit, period, saves, by, now)
	if err != nil {
		return nil, err
	}
	answers := make([]Saved, len(saves))
	for i, o := range outcomes {
		answers[i] = Saved{Draft: o.DraftCell, Conflict: o.Conflict}
	}
	return answers, nil
}

// find answers a field of the form with its section.
func (f *Form) find(item assess.Code) (*Section, *Field, bool) {
	for i := range f.Sections {
		for j := range f.Sections[i].Fields {
			if field := &f.Sections[i].Fields[j]; field.Item.Code == item && field.Of == nil {
				return &f.Sections[i], field, true
			}
		}
	}
	return nil, nil, false
}

// triesToSave bounds how often a save is tried again when the report takes a step meanwhile: another editor began it, say.
const triesToSave = 4

func (d *Desk) keep(ctx context.Context, unit assess.UnitCode, period assess.Period, saves []Save, by string, now time.Time) ([]assess.DraftOutcome, error) {
	for _, s := range saves {
		if err := s.check(unit, period); err != nil {
			return nil, err
		}
	}
	for try := 1; ; try++ {
		k, err := d.look(ctx, unit, period)
		if err != nil {
			return nil, err
		}
		outcomes, err := d.write(ctx, k, saves, by, now)
		if p, ok := errors.AsType[*assess.Problem](err); !ok || p.Key != "problem.filing_moved" || try == triesToSave {
			return outcomes, err
		}
	}
}

// check answers what is wrong with a save, whatever the form.
func (s Save) check(unit assess.UnitCode, period assess.Period) error {
	switch {
	case s.Unit != unit || s.Period != period:
		return assess.Invalid("problem.save_other_form", "the save is of another form; save each form by itself")
	case s.Request == "" || utf8.RuneCountInString(s.Request) > longestRequest:
		return assess.Invalid("problem.save_request", fmt.Sprintf("a save needs a name of its own of at most %d characters", longestRequest),
			"limit", strconv.Itoa(longestRequest))
	case utf8.RuneCountInString(s.Value) > assess.LongestFigure:
		return assess.TooLong("value", assess.LongestFigure)
	case utf8.RuneCountInString(s.Note) > assess.LongestNote:
		return assess.TooLong("note", assess.LongestNote)
	case s.Missing && s.Value != "":
		return assess.Invalid("problem.missing_value", "a figure that cannot be had has no value; empty the cell, or do not declare it missing")
	}
	return nil
}

// write saves into a form as it was just seen. What is in the way is said only for saves that were not taken before.
func (d *Desk) write(ctx context.Context, k *known, saves []Save, by string, now time.Time) ([]assess.DraftOutcome, error) {
	in := assess.DraftIntake{Unit: k.unit.Code, Period: k.period, Filing: k.filing}
	for _, s := range saves {
		p := k.typed[s.Item]
		if p == nil || !p.due(k.period) {
			return nil, assess.NotFound("problem.no_field", fmt.Sprintf("%q is not a figure that is typed into this form", s.Item), "item", string(s.Item))
		}
		draft := assess.DraftCell{
			Unit: s.Unit, Period: s.Period, Item: s.Item, Value: s.Value, Note: s.Note, By: by, At: now, Request: s.Request,
		}
		if s.Missing {
			draft.State = assess.Missing
		}
		in.Cells = append(in.Cells, assess.DraftSave{DraftCell: draft, Base: s.Base})
	}
	if why := k.hindrance(saves, now); why != nil {
		return d.savedBefore(ctx, in, why)
	}
	if err := k.begin(&in, by, now); err != nil {
		return nil, err
	}
	outcomes, err := d.Store.SaveDrafts(ctx, in)
	if err != nil {
		return nil, fmt.Errorf("save %s %s: %w", k.unit.Code, k.period, err)
	}
	return outcomes, nil
}

// begin lets saves take the report to draft where it is not there yet.
func (k *known) begin(in *assess.DraftIntake, by string, now time.Time) error {
	if k.filing.State == assess.Draft {
		return nil
	}
	next, err := cycle.Next(k.filing.State, k.fill())
	if err != nil {
		return err
	}
	step := assess.FilingChange{Unit: k.unit.Code, Period: k.period, From: k.filing.State, To: next, At: now, By: by}
	in.Steps, in.Audit = []assess.FilingChange{step}, []assess.AuditLine{stepLine(step)}
	return nil
}

// fill answers the step that takes the report to draft.
func (k *known) fill() cycle.Action {
	switch k.filing.State {
	case assess.Submitted, assess.UnderReview:
		return cycle.TakeOver
	}
	return cycle.Fill
}

// hindrance answers why one of the cells cannot be changed, nil where all can.
func (k *known) hindrance(saves []Save, now time.Time) *assess.Problem {
	if why := k.shutBy(now); why != nil {
		return why
	}
	for _, s := range saves {
		if why := k.locked(k.typed[s.Item]); why != nil {
			return why
		}
	}
	return nil
}

// savedBefore answers saves into a form that takes none any more: those that were taken while it did are answered as then, which a
// browser asks for whose answer was lost. Anything new is refused.
func (d *Desk) savedBefore(ctx context.Context, in assess.DraftIntake, why *assess.Problem) ([]assess.DraftOutcome, error) {
	var outcomes []assess.DraftOutcome
	for _, save := range in.Cells {
		revisions, err := d.Store.Revisions(ctx, in.Unit, in.Period, save.Item)
		if err != nil {
			return nil, fmt.Errorf("save %s %s: %w", in.Unit, in.Period, err)
		}
		i := slices.IndexFunc(revisions, func(r assess.DraftCell) bool {
			return r.Request == save.Request && r.Says(save.DraftCell)
		})
		if i < 0 {
			return nil, why
		}
		outcomes = append(outcomes, assess.DraftOutcome{DraftCell: revisions[i]})
	}
	return outcomes, nil
}

// stepLine is the line that a step of a report leaves in the audit log.
func stepLine(c assess.FilingChange) assess.AuditLine {
	after := string(c.To)
	if c.Note != "" {
		after += ": " + c.Note
	}
	return assess.AuditLine{
		At: c.At, Actor: c.By, Action: "filing." + string(c.To), Object: c.Period.String(), Unit: c.Unit, Before: string(c.From), After: after, Result: "ok",
	}
}

// Confirm types last quarter's figure into every stock that stands empty: the district's people say by it that the stocks are as they
// were. It answers how many there were.
func (d *Desk) Confirm(ctx context.Context, unit assess.UnitCode, period assess.Period, by string, now time.Time) (int, error) {
	form, err := d.Form(ctx, unit, period, now)
	if err != nil {
		return 0, err
	}
	if form.Shut != nil {
		return 0, form.Shut
	}
	var saves []Save
	for _, s := range form.Sections {
		for _, f := range s.Fields {
			if f.Unchanged {
				saves = append(saves, Save{
					Unit: unit, Period: period, Item: f.Item.Code, Value: f.Previous.Value, Base: f.Draft.Revision,
					Request: fmt.Sprintf("confirm:%s:%s:%d", period, f.Item.Code, f.Draft.Revision),
				})
			}
		}
	}
	if len(saves) == 0 {
		return 0, nil
	}
	outcomes, err := d.keep(ctx, unit, period, saves, by, now)
	confirmed := 0
	for _, o := range outcomes {
		if !o.Conflict {
			confirmed++
		}
	}
	return confirmed, err
}
