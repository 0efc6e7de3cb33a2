package desk

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/cycle"
)

// triesToForward bounds how often a report is looked at again when somebody types into it meanwhile.
const triesToForward = 4

// Forward sends a complete report to the chair, as it stands when it goes; nothing can be typed from then on. What still blocks it is
// ErrConflict. Repeated it changes nothing.
func (d *Desk) Forward(ctx context.Context, unit assess.UnitCode, period assess.Period, by string, now time.Time) error {
	for try := 1; ; try++ {
		err := d.forward(ctx, unit, period, by, now)
		if p, ok := errors.AsType[*assess.Problem](err); !ok || p.Key != "problem.draft_moved" || try == triesToForward {
			return err
		}
	}
}

func (d *Desk) forward(ctx context.Context, unit assess.UnitCode, period assess.Period, by string, now time.Time) error {
	b, err := d.open(ctx, unit, period, now)
	switch {
	case err != nil:
		return err
	case b.filing.State == assess.PendingSignature:
		return nil
	case b.shut != nil:
		return b.shut
	}
	if why := b.check().incomplete(); why != nil {
		return why
	}
	var actions []cycle.Action
	if b.filing.State != assess.Draft { // nothing was typed since it was sent back, or the district's system brought everything
		actions = append(actions, b.fill())
	}
	return d.walk(ctx, b, "", by, now, append(actions, cycle.Forward)...)
}

// SendBack gives a report back inside the district, with a note that says why.
func (d *Desk) SendBack(ctx context.Context, unit assess.UnitCode, period assess.Period, note, by string, now time.Time) error {
	switch n := utf8.RuneCountInString(note); {
	case strings.TrimSpace(note) == "":
		return assess.Invalid("problem.send_back_why", "whoever gets the report back wants to know why; say it in the note")
	case n > assess.LongestNote:
		return assess.TooLong("note", assess.LongestNote)
	}
	b, err := d.open(ctx, unit, period, now)
	if err != nil {
		return err
	}
	return d.walk(ctx, b, note, by, now, cycle.SendBack)
}

// walk takes the report as it was seen some steps on, all of them or none.
func (d *Desk) walk(ctx context.Context, b *builder, note, by string, now time.Time, actions ...cycle.Action) error {
	in := assess.Intake{Drafts: b.mark()}
	state := b.filing.State
	for _, action := range actions {
		next, err := cycle.Next(state, action)
		if err != nil {
			return err
		}
		step := assess.FilingChange{Unit: b.unit.Code, Period: b.period, From: state, To: next, At: now, By: by, Note: note}
		in.Filings, in.Audit = append(in.Filings, step), append(in.Audit, stepLine(step))
		state = next
	}
	if _, err := d.Store.Commit(ctx, in); err != nil {
		return fmt.Errorf("%s %s: %w", b.unit.Code, b.period, err)
	}
	return nil
}

// mark says which drafts were seen.
func (b *builder) mark() *assess.DraftMark {
	return &assess.DraftMark{Unit: b.unit.Code, Period: b.period, Saves: b.saves}
}

// Sign hands in the report that awaits the chair's signature, all of it or nothing. digest is the Form.Digest of what the chair looked
// at, "" where nobody looked: what says something else by now is ErrConflict. Repeated by the same chair it changes nothing.
func (d *Desk) Sign(ctx context.Context, unit assess.UnitCode, period assess.Period, digest, by string, now time.Time) error {
	b, err := d.open(ctx, unit, period, now)
	if err != nil {
		return err
	}
	if b.signedBy(by) {
		return nil
	}
	if _, err := cycle.Next(b.filing.State, cycle.Sign); err != nil {
		return err
	}
	if digest != "" && digest != b.form().Digest() {
		return assess.Conflict("problem.form_changed", "the report has changed since this page was opened; look at it again, then sign")
	}
	check := b.check() // the city may have changed something since it was forwarded; a note is not what the chair owes
	check.Unnoted = nil
	if why := check.incomplete(); why != nil {
		return why
	}
	err = d.Gate.Sign(ctx, collect.Signed{Unit: unit, Period: period, Entries: b.handIn(), By: by, Drafts: b.mark()}, now)
	if err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	return nil
}

// signedBy says whether the report stands as a chair signed it, under review or accepted.
func (b *builder) signedBy(by string) bool {
	switch b.filing.State {
	case assess.Submitted, assess.UnderReview, assess.Accepted:
	default:
		return false
	}
	for i := len(b.steps) - 1; i >= 0; i-- {
		if s := b.steps[i]; s.To == assess.Submitted {
			return s.Signed() && s.By == by
		}
	}
	return false
}

// handIn answers what a signature hands in: every figure of the first report, later what came back and was never handed in. What is
// accepted and unchanged is not handed in again.
func (b *builder) handIn() []assess.Entry {
	var entries []assess.Entry
	for _, s := range b.sections {
		for _, p := range s.fields {
			e, open := b.entries[p.item.Code]
			held, isHeld := b.held[p.item.Code]
			if !open || e.blank() || e.state == assess.Exempt || b.locked(p) != nil {
				continue
			}
			if isHeld && held.accepted && held.state == e.state && held.value == e.value {
				continue
			}
			entry := assess.Entry{
				Place: assess.Place{Field: string(p.item.Code)}, Unit: b.unit.Code, PeriodText: p.filedUnder(b.period).String(), Code: p.item.Code,
				Value: e.value, Note: e.note, EnteredBy: e.by,
			}
			if e.state == assess.Missing {
				entry.State = string(assess.Missing)
			}
			entries = append(entries, entry)
		}
	}
	return entries
}
