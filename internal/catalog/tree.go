package catalog

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
)

// checkTree holds the tree to what its framework says: codes once, weights that add up, means that the layer allows.
func (f *framework) checkTree(found *faults) {
	first := map[assess.Code]spot{}
	for _, n := range f.nodes {
		code := n.at.key("code")
		if earlier, twice := first[n.Code]; twice {
			found.add(code, "code_twice", "the code {code} is taken by line {line}; give each its own", "code", string(n.Code), "line", fmt.Sprint(earlier.line))
			continue
		}
		first[n.Code] = code
		if n.Indicator != nil {
			continue
		}
		if f.framework.Layer == assess.Official && n.Aggregate != assess.Arithmetic {
			found.add(n.at.key("aggregate"), "aggregate_official", "official points add up, so {node} must use the arithmetic mean; for another mean set layer: analytic", "node", string(n.Code))
		}
		if !f.framework.Relative {
			f.checkWeights(n, found)
		}
	}
}

// checkWeights holds the children's points against the parent's.
func (f *framework) checkWeights(n placed, found *faults) {
	sum := decimal.Zero
	for _, c := range n.Children {
		if slices.Contains(f.unweighed, c) {
			return
		}
		sum = sum.Add(c.Weight)
	}
	if !sum.Equal(n.Weight) && !slices.Contains(f.unweighed, n.Node) {
		found.add(n.at.name("children"), "weights_sum", "the weights below {node} add up to {sum}; they should add up to its own weight {want}", "node", string(n.Code), "sum", sum.String(), "want", n.Weight.String())
	}
}

// checkValues holds the expressions of all indicators against a language.
func (f *framework) checkValues(l language, found *faults) {
	for _, n := range f.nodes {
		if n.Indicator != nil && n.Indicator.Value.Expr != "" {
			l.check(n.at.key("value"), n.Indicator.Value.Expr, aNumber, found)
		}
	}
}
