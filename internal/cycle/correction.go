package cycle

import "github.com/unionboard/unionboard/internal/assess"

// The actions of a correction, beside Refuse.
const (
	Check Action = "check" // by the department whose figure it is
	Apply Action = "apply" // by the analyst: a new version of the data
)

// Corrections is the machine of requests to correct a figure of a closed period (workflow 3.4).
func Corrections() Machine[assess.CorrectionState] {
	return Machine[assess.CorrectionState]{
		noun: "correction", words: "correction", refuse: "problem.correction_step",
		states: []assess.CorrectionState{
			assess.CorrectionRequested, assess.CorrectionChecked, assess.CorrectionApplied, assess.CorrectionRefused,
		},
		moves: []move[assess.CorrectionState]{
			{assess.CorrectionRequested, Check, assess.CorrectionChecked},
			{assess.CorrectionRequested, Refuse, assess.CorrectionRefused},
			{assess.CorrectionChecked, Apply, assess.CorrectionApplied},
			{assess.CorrectionChecked, Refuse, assess.CorrectionRefused},
		},
	}
}
