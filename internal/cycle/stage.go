package cycle

import (
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// Stages answers the states of a collection in the order of the way.
func Stages() []assess.CycleState {
	return []assess.CycleState{
		assess.CycleScheduled, assess.CycleOpen, assess.CycleReviewing, assess.CycleClosing, assess.CycleScored, assess.CyclePublished,
		assess.CycleArchived,
	}
}

// Following answers the state of a collection after one, "" after the last; a collection that nobody has begun is scheduled.
func Following(state assess.CycleState) assess.CycleState {
	if state == "" {
		state = assess.CycleScheduled
	}
	order := Stages()
	if i := slices.Index(order, state); i >= 0 && i+1 < len(order) {
		return order[i+1]
	}
	return ""
}
