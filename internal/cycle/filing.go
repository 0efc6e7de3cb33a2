package cycle

import "github.com/unionboard/unionboard/internal/assess"

// The actions of a report. Deliver, Complete and Adopt are those of sources: figures come without a form, and a source that is trusted needs
// no review. What people are filling in no source hands in for them.
const (
	Fill        Action = "fill"          // the district fills in, or goes on after a return
	TakeOver    Action = "take_over"     // it goes on by hand with what only its system has handed in
	Forward     Action = "forward"       // to the chair for signature
	SendBack    Action = "send_back"     // by the chair, inside the district
	Sign        Action = "sign"          // the chair signs and submits
	Deliver     Action = "deliver"       // a source hands in
	Complete    Action = "complete"      // a source hands in the last that was lacking: the report has come
	Adopt       Action = "adopt"         // accepted unseen
	Review      Action = "review"        // a city department takes it up
	Accept      Action = "accept"        // every figure is
	Return      Action = "return"        // named figures go back
	ReturnMore  Action = "return_more"   // further figures of a report that was handed in and has gone back already
	Lock        Action = "lock"          // with the scoring run
	Close       Action = "close"         // the cut-off: what has not come is missing
	CloseInPart Action = "close_in_part" // the cut-off for a report of which nothing waits: what was accepted counts, the rest is missing
	CloseOpen   Action = "close_open"    // the cut-off for one with its district of which figures wait: they do, the rest is missing
)

// Filings is the machine of reports (workflow 3.1). ReturnMore, CloseInPart and CloseOpen are for reports that were handed in
// before, which is theirs to know who take the step: several departments review side by side, so one may return a figure while the
// district refills those of another, which stay as they are typed; and neither what was accepted nor what still waits for its review
// is lost because a returned figure did not come again by the cut-off.
func Filings() Machine[assess.FilingState] {
	return Machine[assess.FilingState]{
		noun: "report", words: "filing", refuse: "problem.filing_step",
		states: []assess.FilingState{
			assess.NotStarted, assess.Draft, assess.PendingSignature, assess.SentBack, assess.Submitted,
			assess.UnderReview, assess.Returned, assess.Accepted, assess.Locked, assess.FilingMissing,
		},
		moves: []move[assess.FilingState]{
			{assess.NotStarted, Fill, assess.Draft},
			{assess.Draft, Fill, assess.Draft},
			{assess.SentBack, Fill, assess.Draft},
			{assess.Returned, Fill, assess.Draft},
			{assess.Submitted, TakeOver, assess.Draft},
			{assess.UnderReview, TakeOver, assess.Draft},

			{assess.Draft, Forward, assess.PendingSignature},
			{assess.PendingSignature, SendBack, assess.SentBack},
			{assess.PendingSignature, Sign, assess.Submitted},

			{assess.NotStarted, Deliver, assess.Submitted},
			{assess.Returned, Deliver, assess.Submitted},
			{assess.Submitted, Deliver, assess.Submitted},
			{assess.UnderReview, Deliver, assess.UnderReview},
			{assess.Accepted, Deliver, assess.Submitted}, // a new figure is looked at again

			{assess.NotStarted, Complete, assess.Submitted},
			{assess.Returned, Complete, assess.Submitted},
			{assess.Submitted, Complete, assess.Submitted},
			{assess.UnderReview, Complete, assess.Submitted}, // what of it was decided is, and the rest is looked at

			{assess.Submitted, Adopt, assess.Accepted},
			{assess.UnderReview, Adopt, assess.Accepted},

			{assess.Submitted, Review, assess.UnderReview},
			{assess.UnderReview, Accept, assess.Accepted},
			{assess.UnderReview, Return, assess.Returned},

			{assess.Returned, ReturnMore, assess.Returned},
			{assess.Draft, ReturnMore, assess.Returned},
			{assess.SentBack, ReturnMore, assess.Returned},
			{assess.PendingSignature, ReturnMore, assess.Returned},

			{assess.Accepted, Lock, assess.Locked},

			{assess.NotStarted, Close, assess.FilingMissing},
			{assess.Draft, Close, assess.FilingMissing},
			{assess.PendingSignature, Close, assess.FilingMissing},
			{assess.SentBack, Close, assess.FilingMissing},
			{assess.Returned, Close, assess.FilingMissing},

			{assess.Draft, CloseInPart, assess.Accepted},
			{assess.PendingSignature, CloseInPart, assess.Accepted},
			{assess.SentBack, CloseInPart, assess.Accepted},
			{assess.Returned, CloseInPart, assess.Accepted},
			{assess.Submitted, CloseInPart, assess.Accepted},
			{assess.UnderReview, CloseInPart, assess.Accepted},

			{assess.Draft, CloseOpen, assess.UnderReview},
			{assess.PendingSignature, CloseOpen, assess.UnderReview},
			{assess.SentBack, CloseOpen, assess.UnderReview},
			{assess.Returned, CloseOpen, assess.UnderReview},
		},
	}
}

// Next answers the state of a report after an action: that of the machine Filings.
func Next(state assess.FilingState, action Action) (assess.FilingState, error) {
	return Filings().Next(state, action)
}
