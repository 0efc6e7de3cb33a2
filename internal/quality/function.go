package quality

import (
	"fmt"
	"slices"

	"github.com/expr-lang/expr/ast"
	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
)

// builder makes the term of a call.
type builder func(c *compiler, arguments []ast.Node) (term, error)

// functions are those of validation rules and of the formulas of computed items.
func functions() map[string]builder {
	return map[string]builder{
		"abs":               onValues(1, 1, absolute),
		"min":               onValues(1, many, least),
		"max":               onValues(1, many, greatest),
		"between":           onValues(3, 3, between),
		"prev_year_end":     ofItem(yearEndBefore),
		"previous":          ofItem(before),
		"sum_in_year":       ofItem(sumInYear),
		"monotonic_in_year": ofItem(monotonic),
		"change_ratio":      ofItem(changeRatio),
		"all_zero":          ofSet(allZero),
		"count":             ofSet(func(_ *reading, now []figure) value { return number(decimal.NewFromInt(int64(len(now)))) }),
		"count_unchanged":   ofSet(unchanged),
		"sum_register":      sumOfRegister,
	}
}

func (c *compiler) call(n *ast.CallNode) (term, error) {
	callee, ok := n.Callee.(*ast.IdentifierNode)
	if !ok {
		return nil, fmt.Errorf("%s is no function", n.Callee)
	}
	build := functions()[callee.Value]
	if build == nil {
		return nil, fmt.Errorf("there is no function %s", callee.Value)
	}
	t, err := build(c, n.Arguments)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", callee.Value, err)
	}
	if callee.Value == "monotonic_in_year" {
		c.monotone = true
	}
	return t, nil
}

const many = 1 << 20

// onValues builds a function of numbers.
func onValues(fewest, most int, f func(*reading, []value) value) builder {
	return func(c *compiler, arguments []ast.Node) (term, error) {
		if len(arguments) < fewest || len(arguments) > most {
			return nil, fmt.Errorf("it takes %d arguments, not %d", fewest, len(arguments))
		}
		terms := make([]term, len(arguments))
		for i, a := range arguments {
			t, err := c.term(a)
			if err != nil {
				return nil, err
			}
			terms[i] = t
		}
		return func(r *reading) value {
			values := make([]value, len(terms))
			for i, t := range terms {
				if values[i] = t(r); values[i].kind != aNumber {
					return value{}
				}
			}
			return f(r, values)
		}, nil
	}
}

func absolute(_ *reading, v []value) value {
	size := number(v[0].number.Abs()).with(v[0])
	size.ratio = v[0].ratio
	return size
}

func least(_ *reading, v []value) value {
	return slices.MinFunc(v, func(a, b value) int { return a.number.Cmp(b.number) })
}

func greatest(_ *reading, v []value) value {
	return slices.MaxFunc(v, func(a, b value) int { return a.number.Cmp(b.number) })
}

// between holds from low to high, both included.
func between(r *reading, v []value) value {
	in := v[1].number.LessThanOrEqual(v[0].number) && v[0].number.LessThanOrEqual(v[2].number)
	return r.hold(truth(in), comparison{operator: "between", left: v[0], low: v[1], high: v[2]})
}

// ofItem builds a function that needs to know the item and not only its value: of a plain name, or of self.
func ofItem(f func(*reading, *assess.Item) value) builder {
	return func(c *compiler, arguments []ast.Node) (term, error) {
		if len(arguments) != 1 {
			return nil, fmt.Errorf("it takes one item, not %d arguments", len(arguments))
		}
		id, ok := arguments[0].(*ast.IdentifierNode)
		if !ok {
			return nil, fmt.Errorf("it takes the name of an item, not %s", arguments[0])
		}
		if id.Value == "self" {
			c.usesSelf = true
			return func(r *reading) value {
				if r.self == nil {
					return value{}
				}
				return f(r, r.self)
			}, nil
		}
		item := c.checks.items[assess.Code(id.Value)]
		if item == nil {
			return nil, fmt.Errorf("there is no item %s", id.Value)
		}
		if err := c.checks.formula(item); err != nil {
			return nil, err
		}
		return func(r *reading) value { return f(r, item) }, nil
	}
}

// yearEndBefore is what the item stood at at the end of the year before.
func yearEndBefore(r *reading, item *assess.Item) value {
	last := r.at.Add(-r.at.Part())
	return r.take(item, last)
}

// before is the item one period earlier.
func before(r *reading, item *assess.Item) value { return r.take(item, r.at.Prev()) }

// sumInYear adds up the item from the first period of the year to this one; one that is missing makes the sum absent.
func sumInYear(r *reading, item *assess.Item) value {
	sum := number(decimal.Zero)
	for p := r.at.Add(1 - r.at.Part()); p.Compare(r.at) <= 0; p = p.Next() {
		sum = calculate("+", sum, r.take(item, p))
	}
	return sum
}

// monotonic holds while the item is not below what was reported last in the same year.
func monotonic(r *reading, item *assess.Item) value {
	now := r.take(item, r.at)
	if now.kind != aNumber {
		return value{}
	}
	for p := r.at; p.Part() > 1; {
		p = p.Prev()
		if earlier := r.take(item, p); earlier.kind == aNumber {
			return r.hold(compare(">=", now, earlier), comparison{operator: ">=", left: now, high: earlier})
		}
	}
	return truth(true)
}

// changeRatio is now ÷ before − 1; absent where there was nothing before.
func changeRatio(r *reading, item *assess.Item) value {
	now, was := r.take(item, r.at), before(r, item)
	change := calculate("-", calculate("/", now, was), number(decimal.NewFromInt(1)))
	change.ratio = true
	return change
}

// figure is an item of a set with its value.
type figure struct {
	item  *assess.Item
	value decimal.Decimal
}

// ofSet builds a function of the set ytd_items: the quarterly year-to-date figures that the district reported. An empty set is
// absent.
func ofSet(f func(*reading, []figure) value) builder {
	return func(_ *compiler, arguments []ast.Node) (term, error) {
		if len(arguments) != 1 || arguments[0].String() != "ytd_items" {
			return nil, fmt.Errorf("it takes the set ytd_items")
		}
		return func(r *reading) value {
			var now []figure
			for _, item := range r.checks.ytd {
				if d, ok := r.Figures.number(item, r.at); ok {
					now = append(now, figure{item, d})
				}
			}
			if len(now) == 0 {
				return value{}
			}
			return f(r, now)
		}, nil
	}
}

func allZero(_ *reading, now []figure) value {
	return truth(!slices.ContainsFunc(now, func(f figure) bool { return !f.value.IsZero() }))
}

// unchanged counts the figures that are as they were one period earlier.
func unchanged(r *reading, now []figure) value {
	n := int64(0)
	for _, f := range now {
		if was, ok := r.Figures.number(f.item, r.at.Prev()); ok && was.Equal(f.value) {
			n++
		}
	}
	return number(decimal.NewFromInt(n))
}

// sumOfRegister adds up a field over the records of a register.
func sumOfRegister(_ *compiler, arguments []ast.Node) (term, error) {
	if len(arguments) == 1 {
		if member, ok := arguments[0].(*ast.MemberNode); ok {
			register, isName := member.Node.(*ast.IdentifierNode)
			field, isText := member.Property.(*ast.StringNode)
			if isName && isText {
				return registerSum(assess.Code(register.Value), assess.Code(field.Value)), nil
			}
		}
	}
	return nil, fmt.Errorf("it takes register.field")
}

func registerSum(register, field assess.Code) term {
	return func(r *reading) value {
		if r.Registers == nil {
			return value{}
		}
		sum, ok := r.Registers.Sum(r.Unit, r.at, register, field)
		if !ok {
			return value{}
		}
		return number(sum)
	}
}
