package desk

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
)

// Offer answers what becomes of figures that a source offers for the cells of a form, and the saves that fill them; it writes nothing. A
// cell is filled that is empty, or that the same source has filled and nobody has touched. One that a person has typed into stays, whatever
// stands in it, and so does one of another source. A source never takes over a report that was handed in.
func (d *Desk) Offer(ctx context.Context, unit assess.UnitCode, period assess.Period, offers []collect.Offer, by string, now time.Time) ([]collect.Offered, assess.DraftIntake, error) {
	k, err := d.look(ctx, unit, period)
	if err != nil {
		return nil, assess.DraftIntake{}, err
	}
	all, err := d.Store.Drafts(ctx, unit, period)
	if err != nil {
		return nil, assess.DraftIntake{}, fmt.Errorf("form of %s %s: %w", unit, period, err)
	}
	drafts := map[assess.Code]assess.DraftCell{}
	for _, draft := range all {
		drafts[draft.Item] = draft
	}
	shut := k.shutToSources(now)
	in := assess.DraftIntake{Unit: unit, Period: period, Filing: k.filing}
	became := make([]collect.Offered, len(offers))
	for i, o := range offers {
		draft := drafts[o.Item]
		if became[i] = k.offered(o, draft, by, shut); became[i].Outcome != collect.OutcomeNew && became[i].Outcome != collect.OutcomeChanged {
			continue
		}
		save := assess.DraftCell{Unit: unit, Period: period, Item: o.Item, Value: o.Value, Note: o.Note, By: by, At: now, Request: o.Request}
		in.Cells = append(in.Cells, assess.DraftSave{DraftCell: save, Base: draft.Revision})
		save.Revision = draft.Revision + 1
		drafts[o.Item] = save // a later row of the cell meets it
	}
	if len(in.Cells) == 0 {
		return became, in, nil
	}
	return became, in, k.begin(&in, by, now)
}

// shutToSources answers why a source may fill nothing of the form.
func (k *known) shutToSources(now time.Time) *assess.Problem {
	if why := k.shutBy(now); why != nil {
		return why
	}
	switch k.filing.State {
	case assess.Submitted, assess.UnderReview:
		return assess.Conflict("problem.form_handed_in", "the report was handed in and is being reviewed; what is returned can be changed until "+k.day(k.cutOff()),
			"until", k.day(k.cutOff()))
	}
	return nil
}

// offered answers what becomes of one figure.
func (k *known) offered(o collect.Offer, draft assess.DraftCell, by string, shut *assess.Problem) collect.Offered {
	p := k.typed[o.Item]
	if p == nil || !p.due(k.period) {
		return collect.Offered{Problem: assess.NotFound("problem.no_field", fmt.Sprintf("%q is not a figure that is typed into this form", o.Item), "item", string(o.Item))}
	}
	state, value, _ := k.reader.Read(o.Item, draft.Value)
	if draft.State != "" {
		state, value = draft.State, ""
	}
	stands := cmp.Or(value, draft.Value)
	other, ofSource := strings.CutPrefix(draft.By, "source:")
	switch {
	case draft.Revision > 0 && value == o.Value && value != "":
		return collect.Offered{Outcome: collect.OutcomeSame}
	case draft.Revision == 0 && k.held[o.Item].value == o.Value && o.Value != "":
		return collect.Offered{Outcome: collect.OutcomeSame}
	case shut != nil:
		return collect.Offered{Problem: shut}
	case k.locked(p) != nil:
		return collect.Offered{Problem: k.locked(p)}
	case draft.Revision == 0:
		return collect.Offered{Outcome: collect.OutcomeNew}
	case draft.By == by && !o.Came.IsZero() && draft.At.After(o.Came):
		return collect.Offered{Newer: draft.At}
	case draft.By == by:
		return collect.Offered{Outcome: collect.OutcomeChanged, Before: stands}
	case ofSource:
		return collect.Offered{Problem: assess.Conflict("problem.draft_of_source",
			fmt.Sprintf("the source %s has filled the cell with %s; let one source fill a figure", other, stands), "source", other, "value", stands)}
	}
	if state == "" || stands == "" {
		state = assess.Missing
	}
	return collect.Offered{Typed: &assess.HeldFigure{State: state, Value: stands, By: draft.By, At: draft.At, Revision: draft.Revision}}
}
