package desk

import (
	"context"
	"fmt"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/quality"
)

// CellPage is all that is known of one cell of a form.
type CellPage struct {
	Section Section // without its other fields
	Field   Field
	// History are the last eight quarters of the item, of an annual one years, oldest first.
	History []Past
	// Revisions are everything that was typed into the cell, Decisions what was said of it, Accepted its observations; oldest first.
	Revisions []assess.DraftCell
	Decisions []assess.Decision
	Accepted  []assess.Observation
	// Uses are the indicators that the item serves, with their frameworks.
	Uses []Use
}

// Use is an indicator that an item serves.
type Use struct {
	Framework assess.Code
	Node      *assess.Node
}

// historyPeriods is how far back a cell's page looks.
const historyPeriods = 8

// Cell answers the page of one cell.
func (d *Desk) Cell(ctx context.Context, unit assess.UnitCode, period assess.Period, item assess.Code, now time.Time) (*CellPage, error) {
	b, err := d.open(ctx, unit, period, now)
	if err != nil {
		return nil, err
	}
	section, field, ok := b.form().find(item)
	if !ok {
		return nil, assess.NotFound("problem.no_field", fmt.Sprintf("%q is not a figure of this form", item), "item", string(item))
	}
	page := &CellPage{Section: *section, Field: *field}
	page.Section.Fields = nil
	for n := historyPeriods; n > 0; n-- {
		at := field.Period.Add(-n)
		f := b.figures[quality.Cell{Period: at, Item: item}]
		page.History = append(page.History, Past{Period: at, State: f.State, Value: f.Value})
	}
	for _, said := range b.decisions {
		if said.Item == item {
			page.Decisions = append(page.Decisions, said)
		}
	}
	if page.Revisions, err = d.Store.Revisions(ctx, unit, period, item); err != nil {
		return nil, fmt.Errorf("cell %s: %w", item, err)
	}
	if page.Accepted, err = d.Store.History(ctx, assess.CellKey{Unit: unit, Period: field.Period, Item: item}); err != nil {
		return nil, fmt.Errorf("cell %s: %w", item, err)
	}
	for _, code := range field.Item.UsedBy {
		if framework, node, ok := b.edition.Indicator(code); ok {
			page.Uses = append(page.Uses, Use{framework.Code, node})
		}
	}
	return page, nil
}
