package score

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
)

// The functions of this file write the arithmetic of a score with its numbers filled in, as it is written by hand.

// num writes a number without noise in the last bits, with a true minus sign.
func num(v float64) string { return strings.Replace(shortest(assess.Snap(v)), "-", "−", 1) }

// formula writes how an indicator's value and score came about: "100 × 130 ÷ 250 = 52; 100 × min(52 ÷ 60, 1)".
func (l *leaf) formula(m *mark, d *assess.Derivation) string {
	score := l.scoreFormula(m)
	if value := l.valueFormula(m, d.Inputs); value != "" {
		return value + "; " + score
	}
	return score
}

// valueFormula writes how the value is made of its inputs, "" where it is one figure.
func (l *leaf) valueFormula(m *mark, inputs []assess.Input) string {
	result := ""
	if m.finding == found {
		result = " = " + num(m.value)
	}
	switch {
	case l.expr != nil:
		return filledIn(l.expr.source, inputs) + result
	case l.denominator >= 0 && (l.own < 0 || len(inputs) != 1):
		numerator, denominator := summed(inputs, roleNumerator), summed(inputs, roleDenominator)
		if l.factor == 1 {
			return numerator + " ÷ " + denominator + result
		}
		return num(l.factor) + " × " + numerator + " ÷ " + denominator + result
	}
	return ""
}

// summed writes the inputs of a role, added up where there are several.
func summed(inputs []assess.Input, role string) string {
	var terms []string
	for _, in := range inputs {
		if in.Role == role {
			terms = append(terms, in.Value)
		}
	}
	if len(terms) == 1 {
		return terms[0]
	}
	return "(" + strings.Join(terms, " + ") + ")"
}

// words are what may be an item code in an expression.
var words = regexp.MustCompile(`[a-z][a-z0-9_]*`)

// filledIn writes an expression with values for the item codes.
func filledIn(source string, inputs []assess.Input) string {
	values := map[string]string{}
	for _, in := range inputs {
		code := string(in.Item)
		if have := values[code]; have != "" && in.Value != "" {
			values[code] = have + " + " + in.Value
			continue
		}
		values[code] = in.Value
	}
	return words.ReplaceAllStringFunc(source, func(word string) string {
		switch v := values[word]; {
		case v == "":
			return word
		case strings.Contains(v, "+"):
			return "(" + v + ")"
		default:
			return v
		}
	})
}

func (l *leaf) scoreFormula(m *mark) string {
	method := &l.node.Indicator.Method
	switch {
	case method.Kind == assess.Veto:
		return num(m.value)
	case method.Kind == assess.Bonus:
		if m.limited {
			return fmt.Sprintf("min(%s, %s)", num(m.value), num(method.Cap))
		}
		return num(m.value)
	case method.Kind == assess.Direct && m.finding == found:
		return num(m.value)
	}
	if formula := l.countFormula(m); formula != "" {
		return formula
	}
	return num(l.scale) + " × " + l.shareFormula(m)
}

// shareFormula writes the share of full marks.
func (l *leaf) shareFormula(m *mark) string {
	method, x := &l.node.Indicator.Method, num(m.value)
	switch kind := method.Kind; {
	case m.finding == undefined || m.reason == reasonNegative || m.reason == reasonNotPositive || m.reason == reasonNoBand:
		return num(m.share)
	case kind == assess.TargetRatio:
		return l.ratioFormula(m, x)
	case kind == assess.Banded:
		return num(m.share) + l.bandFormula(m)
	case kind == assess.Efficacy:
		due := m.goal.phasing / 100
		return l.limitedFormula(m, lineFormula(x, num(method.Floor*due), num(method.Satisfactory*due), method.Base, 1))
	case kind == assess.Tiered && !m.limited:
		a, b := piece(method.Points, m.value)
		return lineFormula(x, num(a.Value), num(b.Value), a.Share, b.Share)
	case kind == assess.Goalposts:
		return l.goalpostFormula(m)
	case kind == assess.Scaled:
		from, width := l.ends()
		return lineFormula(num(l.directed(l.transformed(m.value))), num(method.Low), num(method.High), from, from+width)
	case kind == assess.MinMax || kind == assess.ToTarget:
		return l.extremesFormula(m)
	case kind == assess.Ranked:
		return l.placeFormula(m)
	case kind == assess.Rated && m.level == "":
		return fmt.Sprintf("%s ÷ %s", x, num(l.greatest()))
	case kind == assess.Deduction:
		lost := l.fullMarks * (1 - m.share)
		if len(method.Events) == 0 && !m.limited {
			return fmt.Sprintf("(%s − %s × %s) ÷ %s", num(l.fullMarks), num(method.PerCase), x, num(l.fullMarks))
		}
		return fmt.Sprintf("(%s − %s) ÷ %s", num(l.fullMarks), num(lost), num(l.fullMarks))
	}
	return num(m.share)
}

func (l *leaf) ratioFormula(m *mark, x string) string {
	target := num(m.goal.target)
	if m.goal.phasing != 100 {
		target = fmt.Sprintf("(%s × %s%%)", target, num(m.goal.phasing))
	}
	switch l.node.Indicator.Direction {
	case assess.Down:
		return l.limitedFormula(m, fmt.Sprintf("(2 − %s ÷ %s)", x, target))
	case assess.Centre:
		return fmt.Sprintf("max(0, 1 − |%s − %s| ÷ %s)", x, target, num(l.node.Indicator.Method.Width))
	}
	return fmt.Sprintf("min(%s ÷ %s, %s)", x, target, num(l.ceiling()))
}

// limitedFormula puts the limit that applied around a formula.
func (l *leaf) limitedFormula(m *mark, inner string) string {
	switch {
	case !m.limited:
		return inner
	case m.share == 0:
		return "max(0, " + inner + ")"
	}
	return fmt.Sprintf("min(%s, %s)", inner, num(m.share))
}

// lineFormula writes an interpolation from (low, a) to (high, b).
func lineFormula(x, low, high string, a, b float64) string {
	line := fmt.Sprintf("(%s − %s) ÷ (%s − %s)", x, low, high, low)
	if b-a != 1 {
		line = num(b-a) + " × " + line
	}
	if a != 0 {
		line = "(" + num(a) + " + " + line + ")"
	}
	return line
}

func (l *leaf) placeFormula(m *mark) string {
	method := &l.node.Indicator.Method
	first, last := method.First, method.Last
	if first == 0 && last == 0 {
		first = 1
	}
	if method.Step > 0 {
		return fmt.Sprintf("max(0, %s − %s × (%s − 1) ÷ %s)", num(first), num(method.Step), num(m.place), num(l.fullMarks))
	}
	return fmt.Sprintf("(%s − (%s − %s) × (%s − 1) ÷ (%d − 1))", num(first), num(first), num(last), num(m.place), m.peers)
}

// bandFormula writes the band that held: " (90 ≤ 92.1 < 95)".
func (l *leaf) bandFormula(m *mark) string {
	if m.band.Equal != "" {
		return " (" + m.band.Equal + ")"
	}
	text := num(l.printed(m.value))
	if m.band.Low != nil {
		sign := " ≤ "
		if m.band.LowExcluded {
			sign = " < "
		}
		text = num(*m.band.Low) + sign + text
	}
	if m.band.High != nil {
		sign := " ≤ "
		if m.band.HighExcluded {
			sign = " < "
		}
		text += sign + num(*m.band.High)
	}
	return " (" + text + ")"
}

// headingFormula writes how a heading is made of its parts.
func (r *run) headingFormula(d *assess.Derivation, from *result) string {
	if r.official {
		return fmt.Sprintf("%s × %s ÷ %s", num(r.scale), num(from.attained), num(from.full))
	}
	var terms, weights []string
	for _, part := range d.Parts {
		if part.FullPoints == 0 {
			continue
		}
		weight := num(part.FullPoints)
		if r.framework.Relative {
			weight = part.Weight
		}
		weights = append(weights, weight)
		switch d.Aggregate {
		case assess.Geometric:
			terms = append(terms, num(part.Score)+"^"+weight)
		case assess.Harmonic:
			terms = append(terms, weight+" ÷ "+num(part.Score))
		default:
			terms = append(terms, weight+" × "+num(part.Score))
		}
	}
	total := "(" + strings.Join(weights, " + ") + ")"
	switch d.Aggregate {
	case assess.Geometric:
		return "(" + strings.Join(terms, " × ") + ")^(1 ÷ " + total + ")"
	case assess.Harmonic:
		return total + " ÷ (" + strings.Join(terms, " + ") + ")"
	}
	return "(" + strings.Join(terms, " + ") + ") ÷ " + total
}
