package score

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
)

// plan is a framework prepared for a panel: the tree as a list, formulas compiled, weights as numbers. It does not change while
// it is used.
type plan struct {
	framework *assess.Framework
	panel     *Panel
	scale     float64
	official  bool
	zero      bool // what is not reported costs its points; otherwise its weight is spread
	nodes     []node
	leaves    []*leaf
	formulas  map[int]*expression
	competes  []bool // by row of the roster: whether the unit takes part in ranks and comparisons
}

// node is a node of the tree; nodes[0] is the root, parents stand before their children.
type node struct {
	*assess.Node
	parent   int   // -1 for the root
	children []int // in the order of their codes, in which everything is added up
	level    int   // 1 is the indicator
	// weight among the siblings: in the official layer an integer, for points in units of 0.0001.
	weight  float64
	outside bool  // a veto or a bonus, beside the weights
	leaf    *leaf // nil for a heading
}

// newPlan prepares a framework. Errors are Problems that name the node in the field of their place.
func newPlan(f *assess.Framework, p *Panel) (*plan, error) {
	if f == nil || f.Root == nil || len(f.Root.Children) == 0 {
		return nil, assess.Invalid("problem.framework_empty", "the framework has no tree; give it headings and indicators")
	}
	pl := &plan{framework: f, panel: p, scale: cmp.Or(f.Scale, 100), official: f.Layer != assess.Analytic}
	pl.zero = f.Missing == "zero" || f.Missing == "" && pl.official
	var problems assess.Problems
	at := map[*assess.Node]int{}
	f.Root.Walk(func(n, parent *assess.Node, _ int) {
		i := len(pl.nodes)
		at[n] = i
		up := -1
		if parent != nil {
			up = at[parent]
			pl.nodes[up].children = append(pl.nodes[up].children, i)
		}
		pl.nodes = append(pl.nodes, node{Node: n, parent: up})
	})
	for i := range pl.nodes {
		if problem := pl.prepare(i); problem != nil {
			problems = append(problems, problem.At(assess.Place{Field: string(pl.nodes[i].Code)}))
		}
	}
	if err := problems.Err(); err != nil {
		return nil, err
	}
	for i := len(pl.nodes) - 1; i >= 0; i-- { // children stand after their parents
		n := &pl.nodes[i]
		n.level++
		if n.parent >= 0 {
			up := &pl.nodes[n.parent]
			up.level = max(up.level, n.level)
		}
	}
	pl.fullMarks(0, pl.scale)
	var err error
	if pl.formulas, err = p.computed(pl.columns()); err != nil {
		return nil, err
	}
	for _, u := range p.roster.Units {
		pl.competes = append(pl.competes, len(f.RankAmong) == 0 || slices.Contains(f.RankAmong, u.Kind))
	}
	return pl, pl.checkGroups()
}

// prepare completes node i: the order and weights of its children, or its leaf.
func (p *plan) prepare(i int) *assess.Problem {
	n := &p.nodes[i]
	if n.Indicator == nil {
		if len(n.children) == 0 {
			return assess.Invalid("problem.node_empty", fmt.Sprintf("%s is neither a heading with children nor an indicator with a method", n.Code), "code", string(n.Code))
		}
		if p.official && n.Aggregate != "" && n.Aggregate != assess.Arithmetic {
			return assess.Invalid("problem.official_mean",
				fmt.Sprintf("%s takes the %s mean; in the official layer points are added up, so write arithmetic or layer: analytic", n.Code, n.Aggregate),
				"code", string(n.Code), "mean", string(n.Aggregate))
		}
		slices.SortStableFunc(n.children, func(a, b int) int { return cmp.Compare(p.nodes[a].Code, p.nodes[b].Code) })
		return p.weigh(n.children)
	}
	method := n.Indicator.Method.Kind
	n.outside = method == assess.Veto || method == assess.Bonus
	l, problem := p.newLeaf(i)
	if problem != nil {
		return problem
	}
	n.leaf = l
	p.leaves = append(p.leaves, l)
	if problem := p.checkAnalysis(n.Node); problem != nil {
		return problem
	}
	return checkMethod(n.Node)
}

// weigh turns the weights of siblings into numbers. In the official layer they become integers, so that shares are exact.
func (p *plan) weigh(children []int) *assess.Problem {
	digits := int32(pointDigits)
	if p.framework.Relative {
		for _, c := range children {
			digits = max(digits, -p.nodes[c].Weight.Exponent())
		}
	}
	for _, c := range children {
		n := &p.nodes[c]
		if !p.official {
			n.weight = n.Weight.InexactFloat64()
			continue
		}
		w := n.Weight.Shift(digits)
		if !w.IsInteger() || w.IsNegative() || w.GreaterThanOrEqual(decimal.New(1, 15)) {
			return assess.Invalid("problem.weight_digits",
				fmt.Sprintf("the weight %s of %s cannot be counted in units of 0.0001 points; give it at most four decimals", n.Weight, n.Code),
				"code", string(n.Code), "weight", n.Weight.String())
		}
		n.weight = w.InexactFloat64()
	}
	return nil
}

// fullMarks tells every leaf below node i its points when everything is due; own are those of the node itself.
func (p *plan) fullMarks(i int, own float64) {
	n := &p.nodes[i]
	if n.leaf != nil {
		n.leaf.fullMarks = own
		if !p.framework.Relative {
			n.leaf.fullMarks = n.Weight.InexactFloat64()
		}
		return
	}
	sum := 0.0
	for _, c := range n.children {
		sum += p.nodes[c].weight
	}
	for _, c := range n.children {
		share := 0.0
		if sum > 0 {
			share = float64(own*p.nodes[c].weight) / sum
		}
		p.fullMarks(c, share)
	}
}

// checkGroups refuses to rank inside peer groups a unit that has none.
func (p *plan) checkGroups() error {
	for _, l := range p.leaves {
		m := &l.node.Indicator.Method
		if m.Kind != assess.Ranked || m.Scope != scopeGroup {
			continue
		}
		for row, u := range p.panel.roster.Units {
			if u.Group == "" && p.competes[row] {
				return assess.Invalid("problem.unit_without_group",
					fmt.Sprintf("%s ranks inside peer groups, and unit %s has none; give it a group or rank among all", l.node.Code, u.Code),
					"code", string(l.node.Code), "unit", string(u.Code)).At(assess.Place{Field: string(l.node.Code)})
			}
		}
	}
	return nil
}
