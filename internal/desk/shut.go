package desk

import (
	"slices"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
)

// day writes a moment for a message.
func (k *known) day(at time.Time) string { return at.Format("2006-01-02 15:04") }

// shutBy answers why nothing can be typed into the form at all at a time, nil where something can.
func (k *known) shutBy(now time.Time) *assess.Problem {
	switch state := k.dates.Standing(k.cycle.State, now); {
	case state == assess.CycleScheduled:
		return assess.Conflict("problem.form_not_open", "the form is not open yet; it opens on "+k.day(k.opensAt()), "at", k.day(k.opensAt()))
	case state.Closed(), k.filing.State == assess.Locked, k.filing.State == assess.FilingMissing:
		return assess.Conflict("problem.form_closed", "the quarter is closed; have a figure corrected with a reason")
	case k.ended(now):
		return k.dates.CutOffPassed()
	}
	switch k.filing.State {
	case assess.PendingSignature:
		return assess.Conflict("problem.form_with_chair", "the report is with the chair for signature; ask the chair to send it back")
	case assess.Submitted, assess.UnderReview:
		if k.first || !k.signed() && k.lacks() {
			return nil
		}
		return assess.Conflict("problem.form_handed_in", "the report was handed in and is being reviewed; what is returned can be changed until "+k.day(k.cutOff()),
			"until", k.day(k.cutOff()))
	case assess.Accepted:
		return assess.Conflict("problem.form_accepted", "every figure of the report is accepted; nothing is left to do")
	}
	return nil
}

// ended says whether the cut-off has come: what is not there is missing.
func (k *known) ended(now time.Time) bool { return k.dates.Ended(k.cycle.State, now) }

// isFirst says whether the form is filled in for the first time, by a district that may change all of it: nobody has signed it, and
// nobody has decided about a figure that its system has handed in.
func (k *known) isFirst() bool {
	switch k.filing.State {
	case assess.Accepted, assess.Locked, assess.FilingMissing:
		return false
	}
	return len(k.decisions) == 0 && !k.signed()
}

// signed says whether a chair has ever signed the report. What machines hand in is none.
func (k *known) signed() bool {
	return slices.ContainsFunc(k.steps, func(s assess.FilingChange) bool { return s.Signed() })
}

// lacks says whether a figure of the report was never handed in, nor returned as omitted.
func (k *known) lacks() bool {
	for code, p := range k.typed {
		if _, held := k.held[code]; p.due(k.period) && !held && !k.decided[code].Accepted {
			return true
		}
	}
	return false
}

// toCome says whether what is there of the report is no report yet: nobody has signed it, and figures of it never came or its people go
// on by hand.
func (k *known) toCome() bool {
	switch k.filing.State {
	case assess.Accepted, assess.Locked, assess.FilingMissing:
		return false
	}
	return !k.signed() && (k.lacks() || k.filing.Rounds == 0 && cycle.Filings().Allows(k.filing.State, cycle.Close))
}

// locked answers why one typed field cannot be changed although the form is open, nil where it can.
func (k *known) locked(p *fieldPlan) *assess.Problem {
	held, isHeld := k.held[p.item.Code]
	_, back := k.returned(p.item.Code)
	switch {
	case held.state == assess.Exempt:
		return assess.Conflict("problem.cell_exempt", "the city has marked the figure as not applicable; nothing to type")
	case k.first || back || !isHeld && !k.decided[p.item.Code].Accepted:
		return nil
	case !isHeld || held.accepted:
		return assess.Conflict("problem.cell_accepted", "the figure is accepted; only what was returned can be changed")
	}
	return assess.Conflict("problem.cell_reviewed", "the figure is being reviewed and was not returned; it can be changed if it is")
}

// returned answers the decision that sent a figure back, while it was not handed in again.
func (k *known) returned(code assess.Code) (assess.Decision, bool) {
	said, ok := k.decided[code]
	held, isHeld := k.held[code]
	return said, ok && !said.Accepted && (!isHeld || !held.accepted && held.submission == said.Submission)
}
