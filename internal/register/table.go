package register

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"

	"github.com/unionboard/unionboard/internal/assess"
)

// Table is a register or a child table, made ready. It never changes and is safe for concurrent use.
type Table struct {
	assess.Register
	// Above is the table whose records those of a child table belong to, nil for a register; Through is the column that names it.
	Above    *Table
	Through  string
	Children []*Table

	columns    map[string]*column
	rules      []rule
	parameters map[string]string
	unit       string // the column that names the unit, "" in a child table
}

// column is a field, made ready.
type column struct {
	assess.Field
	pattern  *regexp.Regexp
	required *condition // nil: Field.Required decides
	rule     *condition
}

// rule is a rule of records, made ready; holds is nil where a person decides.
type rule struct {
	assess.RegisterRowRule
	holds *condition
}

// condition is an expression over the columns.
type condition struct {
	source  string
	program *vm.Program
	names   []string // the columns it reads
	shared  []string // the columns that same() compares, each set joined by commas
}

// New makes a register and its child tables ready. Parameters are those of the assessment. An expression that cannot be computed is a
// Problem; the catalogue refuses such definitions before.
func New(r assess.Register, parameters map[string]string) (*Table, error) {
	t := &Table{Register: r, parameters: parameters, columns: make(map[string]*column, len(r.Fields))}
	for i := range r.Fields {
		c := &column{Field: r.Fields[i]}
		t.columns[c.Name] = c
		if c.Ref == "units.code" {
			t.unit = c.Name
		}
		if c.Pattern != "" {
			c.pattern = regexp.MustCompile(c.Pattern) // the catalogue has compiled it
		}
	}
	for _, c := range t.columns {
		var err error
		if c.required, err = t.compile(c.RequiredWhen); err != nil {
			return nil, err
		}
		if c.rule, err = t.compile(c.Rule); err != nil {
			return nil, err
		}
	}
	for _, one := range r.Rules {
		holds, err := t.compile(one.Expr)
		if err != nil {
			return nil, err
		}
		t.rules = append(t.rules, rule{one, holds})
	}
	for _, c := range r.Children {
		child, err := New(c, parameters)
		if err != nil {
			return nil, err
		}
		child.Above = t
		for _, f := range c.Fields {
			if strings.HasPrefix(f.Ref, string(r.Code)+".") {
				child.Through = f.Name
			}
		}
		t.Children = append(t.Children, child)
	}
	return t, nil
}

// Child answers a child table by its code.
func (t *Table) Child(code string) (*Table, bool) {
	i := slices.IndexFunc(t.Children, func(c *Table) bool { return string(c.Code) == code })
	if i < 0 {
		return nil, false
	}
	return t.Children[i], true
}

// Column answers the definition of a column.
func (t *Table) Column(name string) (assess.Field, bool) {
	c, ok := t.columns[name]
	if !ok {
		return assess.Field{}, false
	}
	return c.Field, true
}

// compile makes a condition of an expression, nil of none.
func (t *Table) compile(source string) (*condition, error) {
	if source == "" {
		return nil, nil
	}
	c := &condition{source: source}
	env := t.environment(nil, time.Time{}, nil)
	tree, err := parse(source)
	if err != nil {
		return nil, unreadable(t.Code, source, err)
	}
	reader := &reader{known: t.columns, condition: c}
	ast.Walk(&tree.Node, reader)
	c.program, err = program(source, expr.Env(env), expr.DisableAllBuiltins(), expr.AsBool())
	if err != nil {
		return nil, unreadable(t.Code, source, err)
	}
	return c, nil
}

func parse(source string) (tree *parser.Tree, err error) {
	defer guard(&err)
	if len(source) > assess.LongestExpression {
		return nil, fmt.Errorf("it has more than %d characters", assess.LongestExpression)
	}
	return parser.Parse(source)
}

func program(source string, options ...expr.Option) (p *vm.Program, err error) {
	defer guard(&err)
	return expr.Compile(source, options...)
}

// guard turns a panic of the expression library into an error: it reads text from outside.
func guard(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("the expression cannot be read: %v", p)
	}
}

func unreadable(table assess.Code, source string, cause error) *assess.Problem {
	source = source[:min(len(source), assess.LongestExpression)]
	return assess.Invalid("problem.rule_expression",
		fmt.Sprintf("the expression %q of %s cannot be computed (%v); correct it in the definitions", source, table, cause),
		"rule", string(table), "source", source, "detail", cause.Error()).Because(cause)
}

// reader notes which columns an expression reads, and which sets of columns it compares with those of other records.
type reader struct {
	known map[string]*column
	*condition
}

// Visit implements ast.Visitor. Columns named inside same() and given() are no operands: they may be empty.
func (r *reader) Visit(n *ast.Node) {
	switch n := (*n).(type) {
	case *ast.IdentifierNode:
		if _, ok := r.known[n.Value]; ok && !slices.Contains(r.names, n.Value) {
			r.names = append(r.names, n.Value)
		}
	case *ast.CallNode:
		if callee, ok := n.Callee.(*ast.IdentifierNode); ok && callee.Value == "same" {
			var set []string
			for _, a := range n.Arguments {
				if text, ok := a.(*ast.StringNode); ok {
					set = append(set, text.Value)
				}
			}
			r.shared = append(r.shared, strings.Join(set, ","))
		}
	}
}

// holds says whether the condition holds of a record. What reads a column that is empty is skipped: it says neither.
func (c *condition) holds(env map[string]any, values map[string]string) (holds, known bool) {
	for _, name := range c.names {
		if values[name] == "" {
			return false, false
		}
	}
	v, err := expr.Run(c.program, env)
	if err != nil {
		return false, false
	}
	holds, known = v.(bool)
	return holds, known
}

// Shared answers the sets of columns by which records are compared with others: the keys, what is unique, and what rules compare.
func (t *Table) Shared() [][]string {
	seen := map[string]bool{strings.Join(t.Key, ","): true}
	for _, u := range t.Unique {
		seen[strings.Join(u, ",")] = true
	}
	for _, r := range t.rules {
		if r.holds != nil {
			for _, set := range r.holds.shared {
				seen[set] = true
			}
		}
	}
	var sets [][]string
	for _, set := range slices.Sorted(maps.Keys(seen)) {
		sets = append(sets, strings.Split(set, ","))
	}
	return sets
}
