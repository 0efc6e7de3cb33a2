package cycle

import "github.com/unionboard/unionboard/internal/assess"

// The further actions of a year's result. It is sent back to draft by SendBack while nothing is public.
const (
	Examine     Action = "examine"      // the assessment group and the departments look at it together
	Post        Action = "post"         // the public notice begins
	OpenAppeals Action = "open_appeals" // districts may appeal
	Decide      Action = "decide"       // the party group decides; appeals are settled
	Announce    Action = "announce"
	Archive     Action = "archive"
)

// Results is the machine of a year's result (workflow 3.3). An appeal that changes a score makes a new version of the result, which
// stands where it stood.
func Results() Machine[assess.ResultState] {
	return Machine[assess.ResultState]{
		noun: "year's result", words: "result", refuse: "problem.result_step",
		states: []assess.ResultState{
			assess.ResultDraft, assess.ResultReviewed, assess.ResultPublicity, assess.ResultAppeals, assess.ResultDecided,
			assess.ResultAnnounced, assess.ResultArchived,
		},
		moves: []move[assess.ResultState]{
			{assess.ResultDraft, Examine, assess.ResultReviewed},
			{assess.ResultReviewed, SendBack, assess.ResultDraft},
			{assess.ResultReviewed, Post, assess.ResultPublicity},
			{assess.ResultPublicity, OpenAppeals, assess.ResultAppeals},
			{assess.ResultAppeals, Decide, assess.ResultDecided},
			{assess.ResultDecided, Announce, assess.ResultAnnounced},
			{assess.ResultAnnounced, Archive, assess.ResultArchived},
		},
	}
}
