package score

import (
	"fmt"
	"math"
	"slices"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"

	"github.com/unionboard/unionboard/internal/assess"
)

// expression is a formula over item codes, compiled.
type expression struct {
	source  string
	program *vm.Program
	items   []int // columns of its operands
	names   []assess.Code
}

// builtins are the functions a formula may use; each is exact on every machine.
func builtins() []string { return []string{"abs", "min", "max"} }

// operands answers the names in an expression, sorted.
func operands(source string) ([]assess.Code, error) {
	tree, err := parse(source)
	if err != nil {
		return nil, notFormula(source, err)
	}
	var names identifiers
	ast.Walk(&tree.Node, &names)
	slices.Sort(names)
	return slices.Compact(names), nil
}

// parse guards against a panic in the library, which reads text from outside.
func parse(source string) (tree *parser.Tree, err error) {
	defer guard(&err)
	if len(source) > assess.LongestExpression {
		return nil, fmt.Errorf("it has more than %d characters", assess.LongestExpression)
	}
	return parser.Parse(source)
}

func guard(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("the expression cannot be read: %v", p)
	}
}

func notFormula(source string, cause error) *assess.Problem {
	return assess.Invalid("problem.formula",
		fmt.Sprintf("%q is no formula that makes a number of items; write item codes, numbers, + - * /, parentheses, abs, min and max", source),
		"formula", source).Because(cause)
}

type identifiers []assess.Code

// Visit collects identifiers; it is called by ast.Walk.
func (ids *identifiers) Visit(n *ast.Node) {
	if id, ok := (*n).(*ast.IdentifierNode); ok {
		*ids = append(*ids, assess.Code(id.Value))
	}
}

// compile makes an expression of its source. Errors are Problems: what is no expression, has an unknown operand, or makes no
// number.
func (p *Panel) compile(source string) (e *expression, err error) {
	names, err := operands(source)
	if err != nil {
		return nil, err
	}
	e = &expression{source: source, names: names}
	env := map[string]any{}
	for _, n := range names {
		i, ok := p.index[n]
		if !ok {
			return nil, assess.NotFound("problem.formula_item",
				fmt.Sprintf("the formula %q uses %q, which is no item; check the code", source, n), "formula", source, "code", string(n))
		}
		e.items = append(e.items, i)
		env[string(n)] = 0.0
	}
	options := []expr.Option{expr.Env(env), expr.AsFloat64(), expr.DisableAllBuiltins()}
	for _, b := range builtins() {
		options = append(options, expr.EnableBuiltin(b))
	}
	if e.program, err = program(source, options); err != nil {
		return nil, notFormula(source, err)
	}
	return e, nil
}

func program(source string, options []expr.Option) (p *vm.Program, err error) {
	defer guard(&err)
	return expr.Compile(source, options...)
}

// value computes the expression; ok is false where the result is not finite, as after a division by zero.
func (e *expression) value(operands []float64) (v float64, ok bool) {
	env := make(map[string]any, len(operands))
	for i, n := range e.names {
		env[string(n)] = operands[i]
	}
	result, err := expr.Run(e.program, env)
	if err != nil {
		return 0, false
	}
	v, ok = result.(float64)
	return v, ok && !math.IsNaN(v) && !math.IsInf(v, 0)
}

// computed compiles the formulas of the computed items that the given columns need, directly or through other formulas. Errors
// are Problems: those of compile, and formulas that go round in a circle.
func (p *Panel) computed(columns []int) (map[int]*expression, error) {
	formulas := map[int]*expression{}
	var visit func(i int, path []int) error
	visit = func(i int, path []int) error {
		item := &p.columns[i].item
		if item.Formula == "" {
			return nil
		}
		if slices.Contains(path, i) {
			return assess.Invalid("problem.formula_cycle",
				fmt.Sprintf("the formula of %s needs %s itself; break the circle", item.Code, item.Code), "code", string(item.Code))
		}
		if formulas[i] != nil {
			return nil
		}
		e, err := p.compile(item.Formula)
		if err != nil {
			return err
		}
		for _, operand := range e.items {
			if err := visit(operand, append(path, i)); err != nil {
				return err
			}
		}
		formulas[i] = e
		return nil
	}
	for _, i := range columns {
		if err := visit(i, nil); err != nil {
			return nil, err
		}
	}
	return formulas, nil
}
