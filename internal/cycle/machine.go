package cycle

import (
	"fmt"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// Action is a step that a person or the program takes with what a machine moves.
type Action string

// Machine is a state machine as a table: a step that the table does not name is refused, and nothing but the table decides. The zero
// Machine refuses everything.
type Machine[S ~string] struct {
	noun   string // what moves, in the English sentence of a refusal
	words  string // where the words of its states stand: "filing" for "filing.draft"
	refuse string // the key of a refusal
	states []S    // in the order of the way; the first is where it begins
	moves  []move[S]
}

// move is a line of the table: from a state, by an action, to a state.
type move[S ~string] struct {
	from S
	by   Action
	to   S
}

// Next answers the state after an action. One that the table does not allow is a Problem of kind assess.ErrConflict, with the state
// it was.
func (m Machine[S]) Next(state S, action Action) (S, error) {
	for _, line := range m.moves {
		if line.from == state && line.by == action {
			return line.to, nil
		}
	}
	return state, assess.Conflict(m.refuse,
		fmt.Sprintf("a %s that is %q does not take the step %q; look at its state and take a step it allows", m.noun, state, action),
		"state", m.words+"."+string(state), "action", "action."+string(action))
}

// Allows says whether a state takes an action.
func (m Machine[S]) Allows(state S, action Action) bool {
	_, err := m.Next(state, action)
	return err == nil
}

// Open answers the actions that a state takes, in the order of the table.
func (m Machine[S]) Open(state S) []Action {
	return slices.DeleteFunc(m.Actions(), func(a Action) bool { return !m.Allows(state, a) })
}

// States answers every state, in the order of the way.
func (m Machine[S]) States() []S { return slices.Clone(m.states) }

// Actions answers every action, in the order of the table.
func (m Machine[S]) Actions() []Action {
	var actions []Action
	for _, line := range m.moves {
		if !slices.Contains(actions, line.by) {
			actions = append(actions, line.by)
		}
	}
	return actions
}

// Another refuses a step to those who took one it must be separate from (assess.ErrForbidden): who fills in cannot accept, the owner
// of a task cannot close it, an appeal is decided by others than those of the first review.
func Another(by string, not ...string) error {
	if !slices.Contains(not, by) {
		return nil
	}
	return assess.Forbidden("problem.same_person",
		fmt.Sprintf("%s has a part in this already, and the step is for another person; let a colleague take it", by), "account", by)
}
