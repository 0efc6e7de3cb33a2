package cycle

import "github.com/unionboard/unionboard/internal/assess"

// The actions of an appeal. Refuse is also that of a correction.
const (
	TakeUp Action = "take_up" // it will be decided
	Refuse Action = "refuse"
	Uphold Action = "uphold" // the score stays
	Change Action = "change" // the peer group is scored again
	Notify Action = "notify" // the district has been told
)

// Appeals is the machine of appeals (workflow 3.3). A refusal is told to the district as well.
func Appeals() Machine[assess.AppealState] {
	return Machine[assess.AppealState]{
		noun: "appeal", words: "appeal", refuse: "problem.appeal_step",
		states: []assess.AppealState{
			assess.AppealSubmitted, assess.AppealTaken, assess.AppealRefused, assess.AppealUpheld, assess.AppealChanged, assess.AppealNotified,
		},
		moves: []move[assess.AppealState]{
			{assess.AppealSubmitted, TakeUp, assess.AppealTaken},
			{assess.AppealSubmitted, Refuse, assess.AppealRefused},
			{assess.AppealTaken, Uphold, assess.AppealUpheld},
			{assess.AppealTaken, Change, assess.AppealChanged},
			{assess.AppealRefused, Notify, assess.AppealNotified},
			{assess.AppealUpheld, Notify, assess.AppealNotified},
			{assess.AppealChanged, Notify, assess.AppealNotified},
		},
	}
}
