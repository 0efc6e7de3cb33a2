package results_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/results"
)

// manyUnits are more than a sheet keeps derivations of.
const manyUnits = 120

// crowded answers a board with a quarter of many units beside the two.
func crowded() *results.Live {
	m, _ := newBoard()
	board := results.New(m, func(files map[string][]byte) (*assess.Edition, error) {
		e, err := load(files)
		if err == nil {
			for i := range manyUnits {
				code := assess.UnitCode(fmt.Sprint(300000 + i))
				e.Roster.Units = append(e.Roster.Units, assess.Unit{Code: code, Name: assess.Text{ZH: string(code)}})
			}
		}
		return e, err
	})
	m.fill(q1)
	return board
}

// TestManyUnitsAreExplainedWhenAsked: a sheet of many units is kept without derivations, but for the city's; asked for, those of a unit
// are there, say what the score says, and leave the scores and the sheet that is kept as they are.
func TestManyUnitsAreExplainedWhenAsked(t *testing.T) {
	kept := sheet(t, crowded(), q1)
	f, _, n := kept.Node(unitA, "members")
	if n.Why != nil || kept.Frameworks[0].City.Root().Why == nil {
		t.Errorf("kept are derivations of the unit: %t, of the city: %t", n.Why != nil, kept.Frameworks[0].City.Root().Why != nil)
	}
	told, err := kept.Explained(unitA)
	if err != nil {
		t.Fatal(err)
	}
	_, _, why := told.Node(unitA, "members")
	if why.Why == nil || len(why.Why.Inputs) != 1 || why.Why.Inputs[0].Value != "40" || why.Why.Scale != f.Scale {
		t.Fatalf("the derivation is %+v, want one made of 40", why.Why)
	}
	if _, _, other := told.Node(unitB, "members"); other.Why != nil {
		t.Error("a unit that nobody asked for is explained")
	}
	if _, _, again := kept.Node(unitA, "members"); again.Why != nil {
		t.Error("the sheet that is kept was changed")
	}
	all, err := kept.Explained()
	if err != nil {
		t.Fatal(err)
	}
	for i := range all.Frameworks[0].Cards {
		for k, n := range all.Frameworks[0].Cards[i].Nodes {
			if n.Why == nil {
				t.Fatalf("%s of %s is not explained", n.Node, all.Frameworks[0].Cards[i].Unit)
			}
			if all.Frameworks[0].Cards[i].Unit == unitA {
				if diff := cmp.Diff(n, told.Frameworks[0].Card(unitA).Nodes[k], cmp.Comparer(func(a, b assess.Period) bool { return a == b })); diff != "" {
					t.Error(diff)
				}
			}
			n.Why = nil
			if diff := cmp.Diff(n, kept.Frameworks[0].Cards[i].Nodes[k]); diff != "" {
				t.Error(diff)
			}
		}
	}
}

// TestExplanationsOfManyUnits: what is exported has its derivation, of one unit and of all.
func TestExplanationsOfManyUnits(t *testing.T) {
	for unit, want := range map[assess.UnitCode]int{unitA: 1, "": manyUnits + 3} { // with the city
		list, err := results.Explain(t.Context(), crowded(), q1, unit, "members")
		if err != nil || len(list) != want {
			t.Fatalf("%q: %d explanations, %v; want %d", unit, len(list), err, want)
		}
		for _, e := range list {
			if e.Derivation == nil {
				t.Errorf("%s of %s is not explained", e.Node, e.Unit)
			}
		}
	}
}
