package score

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// FuzzFormula: a formula of people is refused with a sentence, or makes a finite number or none, the same each time, at once.
func FuzzFormula(f *testing.F) {
	for _, text := range []string{"women / members", "abs(women - members) + min(1, women)", "members ** women", "women ?? 1", "1..1000000000", "map(1..9, #)", "1/0", "((((women))))", "women.x", "$env", "let x = women; x * x"} {
		f.Add(text, 3.0, 7.0)
	}
	p := NewPanel(assess.Roster{}, []assess.Item{{Code: "members"}, {Code: "women"}}, nil)
	f.Fuzz(func(t *testing.T, source string, women, members float64) {
		if len(source) > assess.LongestExpression {
			t.Skip("longer than any that is let in")
		}
		begun := time.Now()
		e, err := p.compile(source)
		var problem *assess.Problem
		if err != nil {
			if !errors.As(err, &problem) {
				t.Fatalf("%q: %v", source, err)
			}
			return
		}
		operands := make([]float64, len(e.names))
		for i, name := range e.names {
			operands[i] = map[assess.Code]float64{"women": women, "members": members}[name]
		}
		v, ok := e.value(operands)
		again, same := e.value(operands)
		if ok && (math.IsNaN(v) || math.IsInf(v, 0)) || ok != same || ok && v != again {
			t.Errorf("%q makes %v %v, then %v %v", source, v, ok, again, same)
		}
		if spent := time.Since(begun); spent > 2*time.Second { // far more than the 100 ms of a machine at rest
			t.Errorf("%q took %s", source, spent)
		}
	})
}
