package quality

import (
	"fmt"
	"slices"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/parser"
	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
)

// term is a piece of an expression, made ready. Expressions are parsed by the library the catalogue checks them with, and
// computed here: the library computes in doubles, and 0.1 + 0.2 must be 0.3 where sums have to reconcile.
type term func(*reading) value

// reading is one evaluation of a rule: for a report, and for the item that is self.
type reading struct {
	*Report
	checks *Checks
	at     assess.Period
	self   *assess.Item
	// broken is the comparison that did not hold, the last one that was made.
	broken *comparison
	taken  []figureTaken
}

// figureTaken is a figure that was looked at. It is written out when there is something to find fault with, which is seldom.
type figureTaken struct {
	item   assess.Code
	period assess.Period
	value  value
}

// comparison is a statement in numbers: left operator right, or low <= left <= high.
type comparison struct {
	operator        string
	left, low, high value
}

// take answers the figure of an item in a period.
func (r *reading) take(item *assess.Item, p assess.Period) value {
	if formula := r.checks.formulas[item.Code]; formula != nil {
		at := r.at
		r.at = p
		v := formula(r)
		r.at = at
		return v
	}
	fig, ok := r.Figures.find(item, p)
	if !ok {
		return value{}
	}
	v := fig.read(item)
	if v.kind == aNumber && (item.Type == assess.Percent || item.Type == assess.Rating || item.Type == assess.AnyNumber) {
		v.rounded, v.places = 1, max(0, -v.number.Exponent())
	}
	if v.kind != absent {
		r.note(item.Code, p, v)
	}
	return v
}

func (r *reading) note(item assess.Code, p assess.Period, v value) {
	r.taken = append(r.taken, figureTaken{item, p, v})
}

// values writes out the figures that were looked at, each once, in the order they were taken.
func (r *reading) values() (all []Value) {
	for _, t := range r.taken {
		n := Value{Item: t.item, Period: t.period, Value: t.value.String()}
		if !slices.Contains(all, n) {
			all = append(all, n)
		}
	}
	return all
}

// compiler makes terms of the expressions of an edition.
type compiler struct {
	checks *Checks
	// operands are the items that the expression takes at the time of the report.
	operands []assess.Code
	usesSelf bool
	monotone bool
}

// compile reads an expression. Errors are plain; the caller knows the place.
func (c *compiler) compile(source string) (term, error) {
	tree, err := parseExpression(source)
	if err != nil {
		return nil, err
	}
	return c.term(tree.Node)
}

// parseExpression guards against a panic in the library, which reads text from outside. The functions shadow built-in ones.
func parseExpression(source string) (tree *parser.Tree, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the expression cannot be read: %v", p)
		}
	}()
	if len(source) > assess.LongestExpression {
		return nil, fmt.Errorf("it has more than %d characters", assess.LongestExpression)
	}
	names := map[string]any{}
	for name := range functions() {
		names[name] = func() {}
	}
	config := conf.New(names)
	expr.DisableAllBuiltins()(config)
	return parser.ParseWithConfig(source, config)
}

func (c *compiler) term(n ast.Node) (term, error) {
	switch n := n.(type) {
	case *ast.IntegerNode:
		return constant(number(decimal.NewFromInt(int64(n.Value)))), nil
	case *ast.FloatNode:
		return constant(number(decimal.NewFromFloat(n.Value))), nil
	case *ast.BoolNode:
		return constant(truth(n.Value)), nil
	case *ast.StringNode:
		return constant(value{kind: aWord, word: n.Value}), nil
	case *ast.IdentifierNode:
		return c.name(n.Value)
	case *ast.UnaryNode:
		return c.unary(n)
	case *ast.BinaryNode:
		return c.binary(n)
	case *ast.ConditionalNode:
		return c.choice(n)
	case *ast.CallNode:
		return c.call(n)
	}
	return nil, fmt.Errorf("%s is none of names, numbers, + - * /, comparisons, and, or, not, and functions", n)
}

func constant(v value) term { return func(*reading) value { return v } }

func (c *compiler) name(name string) (term, error) {
	if name == "self" {
		c.usesSelf = true
		return func(r *reading) value {
			if r.self == nil {
				return value{}
			}
			return r.take(r.self, r.at)
		}, nil
	}
	item := c.checks.items[assess.Code(name)]
	if item == nil {
		return nil, fmt.Errorf("there is no item %s", name)
	}
	if !slices.Contains(c.operands, item.Code) {
		c.operands = append(c.operands, item.Code)
	}
	if err := c.checks.formula(item); err != nil {
		return nil, err
	}
	return func(r *reading) value { return r.take(item, r.at) }, nil
}

func (c *compiler) unary(n *ast.UnaryNode) (term, error) {
	of, err := c.term(n.Node)
	if err != nil {
		return nil, err
	}
	switch n.Operator {
	case "-":
		return func(r *reading) value {
			v := of(r)
			v.number = v.number.Neg()
			return v
		}, nil
	case "+":
		return of, nil
	}
	return func(r *reading) value { // not: the comparison inside says the opposite of what is wanted
		before := r.broken
		v := of(r)
		r.broken = before
		if v.kind != aTruth {
			return value{}
		}
		return truth(!v.truth)
	}, nil
}

func (c *compiler) choice(n *ast.ConditionalNode) (term, error) {
	var parts [3]term
	for i, node := range []ast.Node{n.Cond, n.Exp1, n.Exp2} {
		t, err := c.term(node)
		if err != nil {
			return nil, err
		}
		parts[i] = t
	}
	return func(r *reading) value {
		v := parts[0](r)
		switch {
		case v.kind != aTruth:
			return value{}
		case v.truth:
			return parts[1](r)
		}
		return parts[2](r)
	}, nil
}

func (c *compiler) binary(n *ast.BinaryNode) (term, error) {
	left, err := c.term(n.Left)
	if err != nil {
		return nil, err
	}
	if array, ok := n.Right.(*ast.ArrayNode); ok && n.Operator == "in" {
		return c.among(left, array)
	}
	right, err := c.term(n.Right)
	if err != nil {
		return nil, err
	}
	operator := n.Operator
	switch operator {
	case "+", "-", "*", "/", "%":
		return func(r *reading) value { return calculate(operator, left(r), right(r)) }, nil
	case "<", "<=", ">", ">=", "==", "!=":
		return func(r *reading) value {
			a, b := left(r), right(r)
			return r.hold(compare(operator, a, b), comparison{operator: operator, left: a, high: b})
		}, nil
	case "and", "&&":
		return both(left, right, false), nil
	case "or", "||":
		return both(left, right, true), nil
	}
	return nil, fmt.Errorf("%s is none of + - * / %%, comparisons, and, or, in", operator)
}

// hold remembers a comparison that does not hold.
func (r *reading) hold(v value, c comparison) value {
	if v.kind == aTruth && !v.truth {
		r.broken = &c
	}
	return v
}

// both joins two conditions; end is the truth of the first that decides: true for or, false for and.
func both(left, right term, end bool) term {
	return func(r *reading) value {
		a := left(r)
		if a.kind != aTruth || a.truth == end {
			return a
		}
		b := right(r)
		if b.kind != aTruth {
			return value{}
		}
		return b
	}
}

// among is left in [a, b].
func (c *compiler) among(left term, array *ast.ArrayNode) (term, error) {
	list := make([]term, len(array.Nodes))
	for i, n := range array.Nodes {
		t, err := c.term(n)
		if err != nil {
			return nil, err
		}
		list[i] = t
	}
	return func(r *reading) value {
		v := left(r)
		if v.kind == absent {
			return value{}
		}
		for _, t := range list {
			if is := compare("==", v, t(r)); is.kind == aTruth && is.truth {
				return is
			}
		}
		return truth(false)
	}, nil
}
