package analysis

import (
	"cmp"
	"math"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// Comparison is a subject in two periods.
type Comparison struct {
	Before, After Subject
	// Published is Before as it was first published, nil where nothing was corrected since.
	Published *Subject
}

// Change is where the change of a unit's total came from. All numbers are units of 0.0001 points, and they add up exactly:
// From + Corrections + every part's Performance and Weight + Bonus + Lateness = To.
type Change struct {
	Unit        assess.UnitCode
	From, To    int64
	Corrections int64 // of figures of the earlier period, after it was published
	Parts       []Part
	Bonus       int64
	Lateness    int64
}

// Part is one indicator's part of a change. Performance comes first, at the earlier weights: weight before × (share after − share
// before); what is left is the Weight: (weight after − weight before) × share after, which is also what became due, what became
// applicable, and what was defined anew.
type Part struct {
	Node                assess.Code
	Under               []assess.Code // the nodes above, from the child of the root down
	Performance, Weight int64
}

// Explain divides the change of a unit's total into its parts. Errors are Problems: no total in one of the periods, a framework whose
// points do not add up.
func (c Comparison) Explain(unit assess.UnitCode) (*Change, error) {
	before, err := c.Before.account(unit)
	if err != nil {
		return nil, err
	}
	after, err := c.After.account(unit)
	if err != nil {
		return nil, err
	}
	change := &Change{Unit: unit, From: before.total, To: after.total}
	if c.Published != nil {
		published, err := c.Published.account(unit)
		if err != nil {
			return nil, err
		}
		change.From, change.Corrections = published.total, before.total-published.total
	}
	change.divide(before, after)
	return change, nil
}

// divide fills in what lies between the two accounts, in whole units that add up.
func (c *Change) divide(before, after account) {
	pairs := match(before.stakes, after.stakes)
	raw := make([]float64, 0, 2*len(pairs)+2)
	for _, p := range pairs {
		performance := p.performance()
		raw = append(raw, performance, p.after.value()-p.before.value()-performance)
	}
	raw = append(raw, after.bonus-before.bonus, before.late-after.late)
	for i := range raw {
		raw[i] *= pointUnits
	}
	whole := apportion(raw, after.total-before.total)
	for i, p := range pairs {
		part := Part{Performance: whole[2*i], Weight: whole[2*i+1]}
		if one := cmp.Or(p.after, p.before); part.Performance != 0 || part.Weight != 0 || p.before != nil && p.after != nil {
			part.Node, part.Under = one.node, one.under
			c.Parts = append(c.Parts, part)
		}
	}
	c.Bonus, c.Lateness = whole[len(whole)-2], whole[len(whole)-1]
}

// matched is one indicator before and after; nil where it did not count.
type matched struct{ before, after *stake }

// value answers what a stake brings, nothing where there is none.
func (s *stake) value() float64 {
	if s == nil {
		return 0
	}
	return float64(s.weight * s.share)
}

// match pairs the stakes of two accounts by node: those after in their order, then those that are gone.
func match(before, after []stake) (pairs []matched) {
	old := make(map[assess.Code]*stake, len(before))
	for i := range before {
		old[before[i].node] = &before[i]
	}
	for i := range after {
		pairs = append(pairs, matched{old[after[i].node], &after[i]})
		delete(old, after[i].node)
	}
	for i := range before {
		if s := &before[i]; old[s.node] != nil {
			pairs = append(pairs, matched{before: s})
		}
	}
	return pairs
}

// apportion rounds numbers to whole ones that add up to total: down first, then one more to those with the greatest remainders.
func apportion(raw []float64, total int64) []int64 {
	whole, order := make([]int64, len(raw)), make([]int, len(raw))
	rest := make([]float64, len(raw))
	for i, x := range raw {
		x = assess.Snap(x)
		down := math.Floor(x)
		whole[i], rest[i], order[i] = int64(down), x-down, i
		total -= whole[i]
	}
	if n := int64(len(raw)); n > 0 {
		each := total / n // whole rounds at once; none where the numbers add up to nearly the total
		for i := range whole {
			whole[i] += each
		}
		total -= each * n
	}
	// What is nothing stays nothing as long as there is something else to round.
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(rest[b], rest[a]), cmp.Compare(math.Abs(raw[b]), math.Abs(raw[a])))
	})
	for i := 0; total > 0; i++ {
		whole[order[i%len(order)]]++
		total--
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(rest[a], rest[b]), cmp.Compare(math.Abs(raw[b]), math.Abs(raw[a])))
	})
	for i := 0; total < 0; i++ {
		whole[order[i%len(order)]]--
		total++
	}
	return whole
}

// The kinds of step in a waterfall.
const (
	StepCorrections = "corrections"
	StepPerformance = "performance"
	StepWeights     = "weights"
	StepBonus       = "bonus"
	StepLateness    = "lateness"
)

// Step is one step of a waterfall, in units of 0.0001 points. Node is "" except for performance.
type Step struct {
	Kind   string
	Node   assess.Code
	Amount int64
}

// Steps answers the change as a waterfall: corrections, the performance of every node at a depth below the root (0 for its
// children, deeper ones end at the indicators), the weights together, bonus and lateness. Steps that are zero are left out, except
// performance. They add up to To − From.
func (c *Change) Steps(depth int) (steps []Step) {
	add := func(kind string, amount int64) {
		if amount != 0 {
			steps = append(steps, Step{Kind: kind, Amount: amount})
		}
	}
	add(StepCorrections, c.Corrections)
	weights, at := int64(0), map[assess.Code]int{}
	for _, p := range c.Parts {
		weights += p.Weight
		node := p.Node
		if depth < len(p.Under) {
			node = p.Under[depth]
		}
		i, known := at[node]
		if !known {
			i = len(steps)
			at[node] = i
			steps = append(steps, Step{Kind: StepPerformance, Node: node})
		}
		steps[i].Amount += p.Performance
	}
	add(StepWeights, weights)
	add(StepBonus, c.Bonus)
	add(StepLateness, c.Lateness)
	return steps
}
