package quality

import (
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/processor"
)

// TestEndlessFormulasStop is row 28 of the security checklist: an expression that is long, deep, or would count forever is refused or
// computed within 100 ms, as a rule and as the formula of an item.
func TestEndlessFormulasStop(t *testing.T) {
	const deep = 100_000
	all := map[string]string{}
	for name, source := range map[string]string{
		"brackets":     strings.Repeat("(", deep) + "women" + strings.Repeat(")", deep),
		"signs":        strings.Repeat("-", deep) + "women",
		"nots":         strings.Repeat("not ", deep) + "women > 1",
		"sums":         "women" + strings.Repeat(" + women", deep),
		"powers":       "women" + strings.Repeat(" ** women", deep),
		"choices":      strings.Repeat("women > 1 ? 1 : ", deep) + "0",
		"calls":        strings.Repeat("abs(", deep) + "women" + strings.Repeat(")", deep),
		"lists":        strings.Repeat("[", deep) + strings.Repeat("]", deep),
		"a range":      "sum(1..1000000000) > women",
		"counting":     "all(1..1000000000, # > 0)",
		"in a range":   "women in 1..1000000000",
		"a huge power": "9 ** 9 ** 9 ** 9 > women",
		"a long text":  `"` + strings.Repeat("x", 10*deep) + `" == women`,
		"repetition":   `repeat("x", 1000000000) == "y"`,
		"a loop":       "map(1..100000, map(1..100000, #)) == women",
		"reading":      `$env["x"] == fetch("http://127.0.0.1/")`,
	} {
		all[name] = source
		half := min(len(source), assess.LongestExpression) / 2 // as long as is let in
		all[name+", cut"] = source[:half] + source[len(source)-half:]
	}
	for name, source := range all {
		begun := processor.Time()
		checks, err := New(small(assess.Rule{ID: "V1", Level: "error", Expr: source, Items: []assess.Code{"women"}}))
		if err == nil {
			checks.Check(Report{Unit: "u", Period: q2, Figures: Figures{
				Cell{q2, "women"}: {assess.Reported, "999999999"}, Cell{q2, "members"}: {assess.Reported, "7"},
			}})
		}
		if spent := processor.Time() - begun; spent > 100*time.Millisecond && !processor.Raced {
			t.Errorf("%s took %s", name, spent)
		}
	}
}
