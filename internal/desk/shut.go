package desk

import (
	"strings"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// day writes a moment for a message.
func (k *known) day(at time.Time) string { return at.Format("2006-01-02 15:04") }

// begin says what follows from where the report stands: whether its form is shut, and whether it was never handed in.
func (k *known) begin() {
	k.shut = k.shutBy()
	switch k.filing.State {
	case assess.NotStarted, assess.Draft, assess.PendingSignature, assess.SentBack:
		k.first = k.filing.Rounds == 0
	default:
		k.first = k.unsigned()
	}
}

// shutBy answers why nothing can be typed into the form at all, nil where something can.
func (k *known) shutBy() *assess.Problem {
	switch state := k.cycle.State; {
	case state == "" || state == assess.CycleScheduled:
		return assess.Conflict("problem.form_not_open", "the form is not open yet; it opens on "+k.day(k.opensAt()), "at", k.day(k.opensAt()))
	case state.Closed():
		return assess.Conflict("problem.form_closed", "the quarter is closed; have a figure corrected with a reason")
	}
	switch k.filing.State {
	case assess.PendingSignature:
		return assess.Conflict("problem.form_with_chair", "the report is with the chair for signature; ask the chair to send it back")
	case assess.Submitted, assess.UnderReview:
		if k.unsigned() {
			return nil
		}
		return assess.Conflict("problem.form_handed_in", "the report was handed in and is being reviewed; what is returned can be changed until "+k.day(k.cutOff()),
			"until", k.day(k.cutOff()))
	case assess.Accepted:
		return assess.Conflict("problem.form_accepted", "every figure of the report is accepted; nothing is left to do")
	case assess.Locked, assess.FilingMissing:
		return assess.Conflict("problem.form_closed", "the quarter is closed; have a figure corrected with a reason")
	}
	return nil
}

// unsigned says whether only machines have handed in of the report, and nobody has looked at it: the district may go on by hand.
func (k *known) unsigned() bool {
	if k.filing.State != assess.Submitted || k.filing.Rounds > 0 {
		return false
	}
	for _, s := range k.steps {
		if s.To == assess.Submitted && (s.From == assess.PendingSignature || !strings.HasPrefix(s.By, "source:")) {
			return false
		}
	}
	return true
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
