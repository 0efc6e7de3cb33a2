package cycle_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
)

// TestEveryPairOfStateAndAction holds the whole machine: ten states by eleven actions. "-" is refused.
func TestEveryPairOfStateAndAction(t *testing.T) {
	const table = `
state             fill   forward           send_back sign      deliver      adopt    review       accept   return   lock   close
not_started       draft  -                 -         -         submitted    -        -            -        -        -      missing
draft             draft  pending_signature -         -         submitted    -        -            -        -        -      missing
pending_signature -      -                 sent_back submitted submitted    -        -            -        -        -      missing
sent_back         draft  -                 -         -         submitted    -        -            -        -        -      missing
submitted         -      -                 -         -         submitted    accepted under_review -        -        -      -
under_review      -      -                 -         -         under_review accepted -            accepted returned -      -
returned          draft  -                 -         -         submitted    -        -            -        -        -      missing
accepted          -      -                 -         -         submitted    -        -            -        -        locked -
locked            -      -                 -         -         -            -        -            -        -        -      -
missing           -      -                 -         -         -            -        -            -        -        -      -`
	lines := strings.Split(strings.TrimSpace(table), "\n")
	actions := strings.Fields(lines[0])[1:]
	var got []string
	for _, a := range cycle.Actions() {
		got = append(got, string(a))
	}
	if diff := cmp.Diff(actions, got); diff != "" {
		t.Fatalf("the table does not show every action (-table +code):\n%s", diff)
	}
	if len(lines)-1 != len(cycle.States()) {
		t.Fatalf("the table shows %d states of %d", len(lines)-1, len(cycle.States()))
	}
	for i, line := range lines[1:] {
		words := strings.Fields(line)
		state := cycle.States()[i]
		if words[0] != string(state) {
			t.Fatalf("row %d is %s, want %s", i+1, words[0], state)
		}
		for j, want := range words[1:] {
			next, err := cycle.Next(state, cycle.Action(actions[j]))
			if want == "-" {
				if !errors.Is(err, assess.ErrConflict) || next != state {
					t.Errorf("Next(%s, %s) = %s, %v; want the same state and a conflict", state, actions[j], next, err)
				}
				continue
			}
			if err != nil || string(next) != want {
				t.Errorf("Next(%s, %s) = %s, %v; want %s", state, actions[j], next, err, want)
			}
		}
	}
}
