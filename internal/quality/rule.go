package quality

import (
	"fmt"
	"slices"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
)

// rule is a validation rule, made ready.
type rule struct {
	assess.Rule
	holds    term
	operands []assess.Code
	each     bool // applies to its items one by one
	monotone bool
}

// Checks are the checks of an edition, compiled once. They never change and are safe for concurrent use.
type Checks struct {
	edition  *assess.Edition
	items    map[assess.Code]*assess.Item
	ytd      []*assess.Item // quarterly year-to-date items that districts report
	formulas map[assess.Code]term
	rules    []rule
	falls    []*assess.Item // year-to-date items that no rule holds to rising
	shares   []share
}

// New compiles the rules of an edition. An expression that cannot be computed is a Problem.
func New(e *assess.Edition) (*Checks, error) {
	c := &Checks{edition: e, items: make(map[assess.Code]*assess.Item, len(e.Items)), formulas: map[assess.Code]term{}}
	for i := range e.Items {
		item := &e.Items[i]
		c.items[item.Code] = item
		if item.Accumulation == assess.YTD && item.Frequency != assess.Annual && item.Origin == assess.FromDistrict {
			c.ytd = append(c.ytd, item)
		}
	}
	for i := range e.Items {
		if err := c.formula(&e.Items[i]); err != nil {
			return nil, err
		}
	}
	rising := map[assess.Code]bool{}
	for _, r := range e.Rules {
		made, err := c.rule(r)
		if err != nil {
			return nil, err
		}
		c.rules = append(c.rules, made)
		for _, code := range made.Items {
			rising[code] = rising[code] || made.monotone && made.each
		}
	}
	for i := range e.Items {
		item := &e.Items[i]
		if item.Accumulation == assess.YTD && item.Frequency != assess.Annual && !rising[item.Code] {
			c.falls = append(c.falls, item)
		}
	}
	c.shares = slices.DeleteFunc(sharesOf(e), c.ruled)
	return c, nil
}

// ruled says whether a validation rule says the same of the two figures: its level is then the word of the edition.
func (c *Checks) ruled(s share) bool {
	claim := string(s.numerator) + "<=" + string(s.denominator)
	return slices.ContainsFunc(c.rules, func(r rule) bool { return strings.Join(strings.Fields(r.Expr), "") == claim })
}

func (c *Checks) rule(r assess.Rule) (rule, error) {
	compiler := compiler{checks: c}
	holds, err := compiler.compile(r.Expr)
	if err != nil {
		return rule{}, unreadable(r.ID, r.Expr, err)
	}
	return rule{Rule: r, holds: holds, operands: compiler.operands, each: compiler.usesSelf, monotone: compiler.monotone}, nil
}

func unreadable(name, source string, cause error) *assess.Problem {
	source = source[:min(len(source), assess.LongestExpression)]
	return assess.Invalid("problem.rule_expression",
		fmt.Sprintf("the expression %q of %s cannot be computed (%v); correct it in the definitions", source, name, cause),
		"rule", name, "source", source, "detail", cause.Error()).Because(cause)
}

// formula compiles the formula of a computed item, once. One that needs itself is refused.
func (c *Checks) formula(item *assess.Item) error {
	if item.Formula == "" {
		return nil
	}
	if made, begun := c.formulas[item.Code]; begun {
		if made == nil {
			return fmt.Errorf("the formula of %s needs %s itself", item.Code, item.Code)
		}
		return nil
	}
	c.formulas[item.Code] = nil
	compiler := compiler{checks: c}
	t, err := compiler.compile(item.Formula)
	if err != nil {
		return unreadable(string(item.Code), item.Formula, err)
	}
	c.formulas[item.Code] = t
	return nil
}

// Check answers what does not hold in a report: the validation rules in the order of the edition, then the hard rules that follow
// from the definitions alone. A rule with an operand that was not reported is skipped, not failed.
func (c *Checks) Check(report Report) []Finding {
	var findings []Finding
	for i := range c.rules {
		findings = append(findings, c.apply(&c.rules[i], &report)...)
	}
	findings = append(findings, c.contradictions(&report)...)
	return append(findings, c.otherUnits(&report)...)
}

// Contradicts answers those findings of Check that are of level Error, without looking for the others.
func (c *Checks) Contradicts(report Report) []Finding {
	var findings []Finding
	for i := range c.rules {
		if rule := &c.rules[i]; Level(rule.Level) == Error {
			findings = append(findings, c.apply(rule, &report)...)
		}
	}
	return append(findings, c.contradictions(&report)...)
}

// apply evaluates a rule where it applies: for each of its items, or once.
func (c *Checks) apply(rule *rule, report *Report) []Finding {
	if !rule.each {
		r := c.read(report, nil)
		return rule.ask(r)
	}
	var findings []Finding
	for _, code := range rule.Items {
		if item := c.items[code]; item != nil {
			findings = append(findings, rule.ask(c.read(report, item))...)
		}
	}
	return findings
}

func (c *Checks) read(report *Report, self *assess.Item) *reading {
	return &reading{Report: report, checks: c, at: report.Period, self: self}
}

// ask answers the finding of a rule that does not hold, none where it holds or is skipped.
func (rule *rule) ask(r *reading) []Finding {
	if r.self != nil && r.take(r.self, r.at).kind == absent {
		return nil
	}
	for _, code := range rule.operands {
		if r.take(r.checks.items[code], r.at).kind == absent {
			return nil
		}
	}
	if v := rule.holds(r); v.kind != aTruth || v.truth {
		return nil
	}
	f := Finding{
		Check: Check(rule.ID), Level: Level(rule.Level), Rule: rule.Name, Unit: r.Unit, Period: r.Period, Items: rule.Items, Values: r.values(),
	}
	if r.self != nil {
		f.Items = []assess.Code{r.self.Code}
	}
	return []Finding{f.compared(r.broken)}
}

// compared sets the sentence that says what would be right, and names the figures where there are several.
func (f Finding) compared(c *comparison) Finding {
	f = f.claimed(c)
	f.Args["compared"] = f.figures()
	return f
}

// figures lists the figures that were compared, each once: code=value, with code@period=value where it is of another period; "" for a
// single one, which is the field that is asked about.
func (f Finding) figures() string {
	var list []string
	for _, v := range f.Values {
		of := string(v.Item)
		if v.Period != f.Period {
			of += "@" + v.Period.String()
		}
		if figure := of + "=" + v.Value; !slices.Contains(list, figure) {
			list = append(list, figure)
		}
	}
	if len(list) < 2 {
		return ""
	}
	return strings.Join(list, ", ")
}

func (f Finding) claimed(c *comparison) Finding {
	if c == nil {
		return f.sentence("question.fails", "please look at it again, or explain")
	}
	write := value.String
	if c.left.ratio {
		write = value.percent
	}
	left, right := write(c.left), write(c.high)
	f.Claim = strings.Join([]string{left, c.operator, right}, " ")
	switch c.operator {
	case "between":
		low := write(c.low)
		f.Claim = strings.Join([]string{low, "<=", left, "<=", right}, " ")
		return f.sentence("question.between", "now {left}; right would be {low} to {high}", "left", left, "low", low, "high", right)
	case "<=":
		return f.sentence("question.at_most", "now {left}; right would be at most {right}", "left", left, "right", right)
	case "<":
		return f.sentence("question.below", "now {left}; right would be less than {right}", "left", left, "right", right)
	case ">=":
		return f.sentence("question.at_least", "now {left}; right would be at least {right}", "left", left, "right", right)
	case ">":
		return f.sentence("question.above", "now {left}; right would be more than {right}", "left", left, "right", right)
	case "==":
		return f.sentence("question.equal", "now {left}; right would be {right}", "left", left, "right", right)
	}
	return f.sentence("question.other", "now {left}; right would be anything else than {right}", "left", left, "right", right)
}
