package score

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/processor"
)

// TestEndlessFormulasOfScoresStop is row 28 of the security checklist: a formula that is long, deep, or would count forever is refused or
// computed at once.
func TestEndlessFormulasOfScoresStop(t *testing.T) {
	p := NewPanel(assess.Roster{}, []assess.Item{{Code: "members"}, {Code: "women"}}, nil)
	for name, source := range map[string]string{
		"brackets":       strings.Repeat("(", 450) + "women" + strings.Repeat(")", 450),
		"more brackets":  strings.Repeat("(", 100_000) + "women" + strings.Repeat(")", 100_000),
		"signs":          strings.Repeat("-", 900) + "women",
		"powers":         "women" + strings.Repeat("**women", 140),
		"choices":        strings.Repeat("women>1?1:", 90) + "0",
		"calls":          strings.Repeat("abs(", 190) + "women" + strings.Repeat(")", 190),
		"minima":         strings.Repeat("min(women,", 90) + "1" + strings.Repeat(")", 90),
		"a range":        "sum(1..1000000000)",
		"in a range":     "women in 1..1000000000 ? 1 : 0",
		"within a range": "min(1..1000000000)",
		"a huge power":   "9 ** 9 ** 9 ** 9",
		"a loop":         "map(1..100000, map(1..100000, #))",
		"a variable":     "let x = 1..1000000000; min(x)",
	} {
		quickest := time.Hour // of three: another program may have the processor
		for range 3 {
			begun := time.Now()
			if e, err := p.compile(source); err == nil {
				e.value(make([]float64, len(e.names)))
			}
			quickest = min(quickest, time.Since(begun))
		}
		if quickest > 100*time.Millisecond {
			t.Errorf("%s took %s", name, quickest)
		}
	}
}

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
		begun := processor.Time()
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
		if spent := processor.Time() - begun; spent > 2*time.Second && !processor.Raced { // far more than the 100 ms of a machine at rest
			t.Errorf("%q took %s", source, spent)
		}
	})
}
