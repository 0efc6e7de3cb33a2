package desk

import (
	"context"
	"fmt"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Try answers the form as it would stand with some saves kept, so that what a file would bring can be looked at first. Nothing is
// kept. Saves of fields that are not typed are left out of it.
func (d *Desk) Try(ctx context.Context, unit assess.UnitCode, period assess.Period, saves []Save, now time.Time) (*Form, error) {
	k, err := d.look(ctx, unit, period)
	if err != nil {
		return nil, err
	}
	drafts, err := d.Store.Drafts(ctx, unit, period)
	if err != nil {
		return nil, fmt.Errorf("form of %s %s: %w", unit, period, err)
	}
	held := map[assess.Code]int64{}
	for _, draft := range drafts {
		held[draft.Item] = draft.Revision
	}
	for _, s := range saves { // later ones of a cell hold
		held[s.Item]++
		draft := assess.DraftCell{Unit: unit, Period: period, Item: s.Item, Revision: held[s.Item], Value: s.Value, Note: s.Note, At: now}
		if s.Missing {
			draft.State = assess.Missing
		}
		drafts = append(drafts, draft)
	}
	return newBuilder(k, drafts, now).form(), nil
}
