package collect

import (
	"context"
	"fmt"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/source"
)

// correctionSource is the source of figures that are corrected by a request.
const correctionSource assess.Code = "correction"

// Correct sets one figure of a closed period for a reason and takes the step of the matter it belongs to, both in one transaction or
// neither. With dry it only says what would be wrong. A figure that cannot be taken is a Problem, and nothing is written.
func (g *Gate) Correct(ctx context.Context, e assess.Entry, c Correction, by string, dry bool, now time.Time) error {
	o := Options{By: by, Correction: &c}
	from, err := o.sender(assess.Delivery{Source: correctionSource, Door: assess.DoorForm})
	if err != nil {
		return err
	}
	g.deciding.Lock()
	defer g.deciding.Unlock()
	b := g.batch(from, assess.Run{Source: correctionSource, Door: assess.DoorForm, Slot: now, Started: now}, now)
	b.add([]source.Parcel{{Delivery: assess.Delivery{Source: correctionSource, Door: assess.DoorForm, Entries: []assess.Entry{e}}}})
	if err := g.judge(ctx, b); err != nil {
		return fmt.Errorf("correct a figure: %w", err)
	}
	switch {
	case len(b.report.Rejected) > 0:
		return b.report.Rejected[0].Problem
	case b.report.New+b.report.Changed == 0:
		return assess.Conflict("problem.correction_nothing", "the figure says so already; nothing is to be corrected")
	case dry:
		return nil
	}
	b.intake.Matter = c.Step
	if _, err := g.store.Commit(ctx, b.intake); err != nil {
		return fmt.Errorf("correct a figure: %w", err)
	}
	return nil
}
