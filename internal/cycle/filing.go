package cycle

import (
	"fmt"

	"github.com/unionboard/unionboard/internal/assess"
)

// Action is what is done to a filing.
type Action string

// The actions. Deliver and Adopt are those of sources: figures come without a form, and a source that is trusted needs no
// review.
const (
	Fill     Action = "fill"      // the district fills in, or goes on after a return
	Forward  Action = "forward"   // to the chair for signature
	SendBack Action = "send_back" // by the chair, inside the district
	Sign     Action = "sign"      // the chair signs and submits
	Deliver  Action = "deliver"   // a source hands in
	Adopt    Action = "adopt"     // accepted unseen
	Review   Action = "review"    // a city department takes it up
	Accept   Action = "accept"
	Return   Action = "return"
	Lock     Action = "lock"
	Close    Action = "close" // the cut-off: what has not come is missing
)

// Actions answers every action, in the order of the way.
func Actions() []Action {
	return []Action{Fill, Forward, SendBack, Sign, Deliver, Adopt, Review, Accept, Return, Lock, Close}
}

// States answers every state of a filing, in the order of the way.
func States() []assess.FilingState {
	return []assess.FilingState{
		assess.NotStarted, assess.Draft, assess.PendingSignature, assess.SentBack, assess.Submitted,
		assess.UnderReview, assess.Returned, assess.Accepted, assess.Locked, assess.FilingMissing,
	}
}

type move struct {
	from assess.FilingState
	by   Action
}

// moves is the whole state machine (workflow 3.1): what is not in it is refused. It is a function, so that nobody can change
// it.
func moves() map[move]assess.FilingState {
	return map[move]assess.FilingState{
		{assess.NotStarted, Fill}: assess.Draft,
		{assess.Draft, Fill}:      assess.Draft,
		{assess.SentBack, Fill}:   assess.Draft,
		{assess.Returned, Fill}:   assess.Draft,

		{assess.Draft, Forward}:             assess.PendingSignature,
		{assess.PendingSignature, SendBack}: assess.SentBack,
		{assess.PendingSignature, Sign}:     assess.Submitted,

		{assess.NotStarted, Deliver}:       assess.Submitted,
		{assess.Draft, Deliver}:            assess.Submitted,
		{assess.SentBack, Deliver}:         assess.Submitted,
		{assess.PendingSignature, Deliver}: assess.Submitted,
		{assess.Returned, Deliver}:         assess.Submitted,
		{assess.Submitted, Deliver}:        assess.Submitted,
		{assess.UnderReview, Deliver}:      assess.UnderReview,
		{assess.Accepted, Deliver}:         assess.Submitted, // a new figure is looked at again

		{assess.Submitted, Adopt}:   assess.Accepted,
		{assess.UnderReview, Adopt}: assess.Accepted,

		{assess.Submitted, Review}:   assess.UnderReview,
		{assess.UnderReview, Accept}: assess.Accepted,
		{assess.UnderReview, Return}: assess.Returned,
		{assess.Accepted, Lock}:      assess.Locked,

		{assess.NotStarted, Close}:       assess.FilingMissing,
		{assess.Draft, Close}:            assess.FilingMissing,
		{assess.PendingSignature, Close}: assess.FilingMissing,
		{assess.SentBack, Close}:         assess.FilingMissing,
		{assess.Returned, Close}:         assess.FilingMissing,
	}
}

// Next answers the state of a filing after an action. An action that its state does not allow is a Problem of kind
// assess.ErrConflict.
func Next(state assess.FilingState, action Action) (assess.FilingState, error) {
	if next, ok := moves()[move{state, action}]; ok {
		return next, nil
	}
	return state, assess.Conflict("problem.filing_step",
		fmt.Sprintf("a report that is %q does not take the step %q; look at its state and take a step it allows", state, action),
		"state", string(state), "action", string(action))
}
