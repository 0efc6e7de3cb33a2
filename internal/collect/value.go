package collect

import (
	"fmt"
	"slices"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/source"
)

// exemptWord stands in a value for not applicable.
const exemptWord = "N/A"

// stateOf reads the state of an entry; an empty value without a word is missing.
func stateOf(e assess.Entry) (assess.State, *assess.Problem) {
	blank, exempt := e.Value == "", strings.EqualFold(e.Value, exemptWord)
	state := assess.State(strings.ToLower(e.State))
	fits := true
	switch state {
	case "":
		switch {
		case blank:
			return assess.Missing, nil
		case exempt:
			return assess.Exempt, nil
		}
		return assess.Reported, nil
	case assess.Reported:
		fits = !blank && !exempt
	case assess.ZeroReport:
		fits = !exempt
	case assess.Exempt:
		fits = blank || exempt
	case assess.Missing:
		fits = blank
	default:
		return "", assess.Invalid("problem.state",
			fmt.Sprintf("%s is not a state; write reported, zero_report, not_applicable or missing, or nothing", quoted(e.State)), "value", source.Excerpt(e.State)).
			At(e.At("state"))
	}
	if !fits {
		return "", assess.Invalid("problem.state_value",
			fmt.Sprintf("the state %s and the value %s exclude each other; correct one of them", state, quoted(e.Value)),
			"state", string(state), "value", source.Excerpt(e.Value)).At(e.At("value"))
	}
	return state, nil
}

// value reads the value of an entry by the type of its item. A zero of a number that counts or measures something is a zero
// report.
func (d *definition) value(e assess.Entry, state assess.State) (assess.State, string, *assess.Problem) {
	switch {
	case d.item.Type == assess.Boolean:
		return d.boolean(e, state)
	case len(d.item.Levels) > 0:
		return d.level(e, state)
	}
	text := e.Value
	if text == "" && state == assess.ZeroReport {
		text = "0"
	}
	if e.Percent && d.item.Type != assess.Percent && !strings.HasPrefix(d.item.Measure.ZH, "%") {
		return "", "", assess.Invalid("problem.cell_percent",
			fmt.Sprintf("the cell shows %s%%, and the figure is no percentage; set its format to number and write the figure", text), "value", source.Excerpt(text+"%")).
			At(e.At("value"))
	}
	n, err := source.ParseNumber(text)
	if err != nil {
		return "", "", problemOf(err).At(e.At("value"))
	}
	if fault := d.number(n, state, e); fault != nil {
		return "", "", fault
	}
	if n.IsZero() && d.item.Type != assess.Rating && d.item.Type != "" {
		state = assess.ZeroReport
	}
	return state, n.String(), nil
}

// number answers why a number cannot be the value of the item.
func (d *definition) number(n source.Number, state assess.State, e assess.Entry) *assess.Problem {
	at := e.At("value")
	counted := d.item.Type == assess.Count || d.item.Type == assess.Money
	switch {
	case state == assess.ZeroReport && !n.IsZero():
		return assess.Invalid("problem.zero_report", fmt.Sprintf("a zero report cannot be %s; write 0, or the state reported", n), "value", n.String()).At(at)
	case counted && n.Scientific:
		return source.WrittenShort(e.Value).At(at)
	case d.item.Type == assess.Count && (n.IsNegative() || !n.IsInteger()):
		return assess.Invalid("problem.count", fmt.Sprintf("%s is a count; write a whole number, 0 or more, instead of %s", d.item.Code, n),
			"item", string(d.item.Code), "value", n.String()).At(at)
	case d.item.Type == assess.Money && !n.Equal(n.Round(2)):
		return assess.Invalid("problem.money", fmt.Sprintf("%s is an amount in yuan; write at most two decimals instead of %s", d.item.Code, n),
			"item", string(d.item.Code), "value", n.String()).At(at)
	case d.hard.Low != nil && n.LessThan(*d.hard.Low), d.hard.High != nil && n.GreaterThan(*d.hard.High):
		return assess.Invalid("problem.hard_range", fmt.Sprintf("%s must be %s, it is %s; correct the figure", d.item.Code, rangeText(d.hard), n),
			"item", string(d.item.Code), "range", rangeText(d.hard), "value", n.String()).At(at)
	}
	return nil
}

func rangeText(r assess.Range) string {
	switch {
	case r.High == nil:
		return "≥ " + r.Low.String()
	case r.Low == nil:
		return "≤ " + r.High.String()
	}
	return r.Low.String() + "–" + r.High.String()
}

func (d *definition) boolean(e assess.Entry, state assess.State) (assess.State, string, *assess.Problem) {
	if state == assess.Reported {
		switch strings.ToLower(e.Value) {
		case "true", "1", "是":
			return state, "1", nil
		case "false", "0", "否":
			return state, "0", nil
		}
	}
	return "", "", assess.Invalid("problem.boolean",
		fmt.Sprintf("%s is a yes or no; write true or false, 1 or 0, 是 or 否 instead of %s", d.item.Code, quoted(e.Value)),
		"item", string(d.item.Code), "value", source.Excerpt(e.Value)).At(e.At("value"))
}

func (d *definition) level(e assess.Entry, state assess.State) (assess.State, string, *assess.Problem) {
	level := assess.Code(strings.ToLower(e.Value))
	if state == assess.Reported && slices.Contains(d.item.Levels, level) {
		return state, string(level), nil
	}
	levels := list(d.item.Levels)
	return "", "", assess.Invalid("problem.level", fmt.Sprintf("%s is not a level of %s; write one of %s", quoted(e.Value), d.item.Code, levels),
		"item", string(d.item.Code), "value", source.Excerpt(e.Value), "levels", levels).At(e.At("value"))
}

func list[T ~string](words []T) string {
	plain := make([]string, len(words))
	for i, w := range words {
		plain[i] = string(w)
	}
	return strings.Join(plain, ", ")
}
