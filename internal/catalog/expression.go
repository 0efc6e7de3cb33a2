package catalog

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
)

// language is what the expressions of one kind of definition may say: names with values that stand for their types, and
// functions. The programs that evaluate expressions bring the same names with real values.
type language struct {
	what  string         // what a name is: "item", "field"
	names map[string]any // float64(0), false, "" or another value of the name's type
	// functions are values of the functions' types; they are never called here.
	functions map[string]any
	// words are the texts a name may be compared with (levels, values of an enum).
	words map[string][]string
	// open: any code may be a name, because the items are not known (a framework file on its own).
	open bool
	// bare are functions whose arguments must be plain names, because they need to know the item and not only its value.
	bare []string
}

// result is the type an expression must have.
type result bool

const (
	aNumber    result = false
	aCondition result = true
)

// check holds an expression against the language and answers the names it uses, in the order they first appear.
func (l language) check(at spot, source string, want result, found *faults) []string {
	env := make(map[string]any, len(l.names)+len(l.functions))
	maps.Copy(env, l.names)
	maps.Copy(env, l.functions)
	tree, err := l.parse(source, env)
	if err != nil {
		l.broken(at, source, err, found)
		return nil
	}
	c := reading{language: l, at: at, found: found, before: len(found.list)}
	c.read(tree.Node)
	if len(found.list) > c.before {
		return c.names
	}
	if l.open {
		for _, name := range c.names {
			env[name] = 0.0
		}
	}
	if err := compile(source, env, want); err != nil {
		l.broken(at, source, err, found)
	}
	return c.names
}

// parse reads the source. The functions shadow built-in ones of the same name; the other built-in ones are off.
func (l language) parse(source string, env map[string]any) (tree *parser.Tree, err error) {
	defer guard(&err)
	if len(source) > assess.LongestExpression {
		return nil, fmt.Errorf("it has more than %d characters", assess.LongestExpression)
	}
	config := conf.New(env)
	expr.DisableAllBuiltins()(config)
	return parser.ParseWithConfig(source, config)
}

func compile(source string, env map[string]any, want result) (err error) {
	defer guard(&err)
	as := expr.AsFloat64()
	if want == aCondition {
		as = expr.AsBool()
	}
	_, err = expr.Compile(source, expr.Env(env), expr.DisableAllBuiltins(), as)
	return err
}

// guard turns a panic of the expression library into an error: it reads text from outside.
func guard(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("the expression cannot be read: %v", p)
	}
}

func (l language) broken(at spot, source string, err error, found *faults) {
	detail := err.Error()
	if e, ok := errors.AsType[*file.Error](err); ok {
		at, detail = at.inside(e.Column), e.Message
	}
	found.add(at, "expression", "the expression {source} does not hold together: {detail}", "source", quoted(source), "detail", detail)
}

// reading walks one expression.
type reading struct {
	language
	at     spot
	found  *faults
	before int
	names  []string
}

func (r *reading) fault(n ast.Node, key, message string, args ...string) {
	r.found.add(r.at.inside(n.Location().From), key, message, args...)
}

func (r *reading) read(n ast.Node) {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		r.name(n)
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.StringNode, *ast.ConstantNode:
	case *ast.UnaryNode:
		r.read(n.Node)
	case *ast.BinaryNode:
		r.read(n.Left)
		r.read(n.Right)
		r.compare(n)
	case *ast.ConditionalNode:
		r.read(n.Cond)
		r.read(n.Exp1)
		r.read(n.Exp2)
	case *ast.ArrayNode:
		for _, e := range n.Nodes {
			r.read(e)
		}
	case *ast.CallNode:
		r.call(n)
	case *ast.BuiltinNode:
		r.unknownFunction(n, n.Name)
	default:
		r.fault(n, "expression_form", "the expression may use names, numbers, + - * /, comparisons, and, or, not, and functions; write it with these")
	}
}

func (r *reading) name(n *ast.IdentifierNode) {
	if _, known := r.language.names[n.Value]; known || r.open {
		if !slices.Contains(r.names, n.Value) {
			r.names = append(r.names, n.Value)
		}
		return
	}
	if guess := assess.Closest(n.Value, slices.Sorted(maps.Keys(r.language.names))); guess != "" {
		r.fault(n, "expression_misspelt_name", "there is no {what} {name}; did you mean {guess}?", "what", r.what, "name", quoted(n.Value), "guess", quoted(guess))
		return
	}
	r.fault(n, "expression_unknown_name", "there is no {what} {name}; define it, or use one that is defined", "what", r.what, "name", quoted(n.Value))
}

func (r *reading) call(n *ast.CallNode) {
	callee, ok := n.Callee.(*ast.IdentifierNode)
	if !ok {
		r.fault(n, "expression_form", "the expression may use names, numbers, + - * /, comparisons, and, or, not, and functions; write it with these")
		return
	}
	if _, known := r.functions[callee.Value]; !known {
		r.unknownFunction(callee, callee.Value)
		return
	}
	for _, argument := range n.Arguments {
		if member, ok := argument.(*ast.MemberNode); ok && callee.Value == sumRegister {
			r.member(member)
			continue
		}
		if text, ok := argument.(*ast.StringNode); ok && r.takesNames(callee.Value) {
			r.name(asName(text))
			continue
		}
		if _, plain := argument.(*ast.IdentifierNode); !plain && slices.Contains(r.bare, callee.Value) {
			r.fault(argument, "expression_bare", "{function} takes a plain name, not an expression; write {function}(name)", "function", callee.Value)
			continue
		}
		r.read(argument)
	}
}

// takesNames says whether a function takes the names of fields as texts.
func (r *reading) takesNames(function string) bool { return function == "same" || function == "given" }

// asName answers a text as a name in the same place.
func asName(text *ast.StringNode) *ast.IdentifierNode {
	n := &ast.IdentifierNode{Value: text.Value}
	n.SetLocation(text.Location())
	return n
}

// member checks register.field in sum_register.
func (r *reading) member(n *ast.MemberNode) {
	register, ok := n.Node.(*ast.IdentifierNode)
	field, isText := n.Property.(*ast.StringNode)
	if !ok || !isText {
		r.fault(n, "expression_form", "the expression may use names, numbers, + - * /, comparisons, and, or, not, and functions; write it with these")
		return
	}
	fields, known := r.language.names[register.Value].(map[string]any)
	if !known {
		r.fault(n, "expression_unknown_name", "there is no {what} {name}; define it, or use one that is defined", "what", "register", "name", quoted(register.Value))
		return
	}
	if _, known := fields[field.Value]; !known {
		r.fault(n, "register_unknown_field", "the register {register} has no number field {field}; it has {fields}", "register", register.Value, "field", quoted(field.Value), "fields", strings.Join(slices.Sorted(maps.Keys(fields)), ", "))
	}
}

// compare checks that a level or a value of an enum is compared with a word it can have.
func (r *reading) compare(n *ast.BinaryNode) {
	if n.Operator != "==" && n.Operator != "!=" && n.Operator != "in" {
		return
	}
	left, ok := n.Left.(*ast.IdentifierNode)
	if !ok || r.words[left.Value] == nil {
		return
	}
	texts := []ast.Node{n.Right}
	if array, ok := n.Right.(*ast.ArrayNode); ok {
		texts = array.Nodes
	}
	for _, t := range texts {
		if text, ok := t.(*ast.StringNode); ok && !slices.Contains(r.words[left.Value], text.Value) {
			r.fault(t, "expression_word", "{name} is never {value}; it is one of {words}", "name", left.Value, "value", quoted(text.Value), "words", strings.Join(r.words[left.Value], ", "))
		}
	}
}

func (r *reading) unknownFunction(n ast.Node, name string) {
	r.fault(n, "expression_unknown_function", "there is no function {name}; there are {functions}", "name", quoted(name), "functions", strings.Join(slices.Sorted(maps.Keys(r.functions)), ", "))
}
