package workbook

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
)

// A rule or formula of the catalogue that is made of items, numbers and these signs alone can be written into a cell.
var (
	simple = regexp.MustCompile(`^(?:[a-z0-9_ .+*/()<>=!-]|ABS)+$`)
	word   = regexp.MustCompile(`[a-z][a-z0-9_]*`)
	signs  = strings.NewReplacer("==", "=", "!=", "<>")
	// What rules say of a figure and its past, as a spreadsheet can: the past stands beside the figure.
	pastOf = strings.NewReplacer("monotonic_in_year(self)", "self >= self_previous", "abs(change_ratio(self))", "ABS(self/self_previous-1)")
)

// formula writes an expression over items as a spreadsheet's, with the cells it is made of; ok is false where it says more than a
// spreadsheet can, or of items that are not on the form. self is the row of the figure a rule is about, 0 for none.
func (l layout) formula(expr string, self int) (text string, cells []string, ok bool) {
	if one, other, either := strings.Cut(expr, " or "); either {
		first, cells, ok := l.formula(one, self)
		second, more, too := l.formula(other, self)
		for _, cell := range more {
			if !slices.Contains(cells, cell) {
				cells = append(cells, cell)
			}
		}
		return "OR(" + first + "," + second + ")", cells, ok && too
	}
	if expr = pastOf.Replace(expr); !simple.MatchString(expr) {
		return "", nil, false
	}
	ok = true
	text = word.ReplaceAllStringFunc(expr, func(name string) string {
		cell := l.cell(name, self)
		if cell == "" {
			ok = false
			return name
		}
		if !slices.Contains(cells, cell) {
			cells = append(cells, cell)
		}
		return cell
	})
	return signs.Replace(text), cells, ok && len(cells) > 0
}

// cell answers the cell of an item, "" for one that is not on the form.
func (l layout) cell(name string, self int) string {
	row := l.at[assess.Code(name)]
	switch {
	case self > 0 && name == "self":
		return valueColumn.ref(self)
	case self > 0 && name == "self_previous":
		return previousColumn.ref(self)
	case row == 0:
		return ""
	}
	return valueColumn.ref(row)
}

// known is the condition that all cells hold numbers.
func known(cells []string) string {
	return fmt.Sprintf("COUNT(%s)=%d", strings.Join(cells, ","), len(cells))
}

// literal writes a text into a formula.
func literal(text string) string {
	const most = 240 // characters that a text in a formula may have, with room to spare
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most]) + "…"
	}
	return `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
}

// when writes a choice.
func when(condition, then, otherwise string) string {
	return "IF(" + condition + "," + then + "," + otherwise + ")"
}

// computed answers the formula of a computed field.
func (l layout) computed(e *assess.Edition, f *desk.Field) (string, bool) {
	if f.Of == nil {
		text, cells, ok := l.formula(f.Item.Formula, 0)
		return when(known(cells), text, `""`), ok
	}
	_, node, ok := e.Indicator(f.Item.Code)
	n, d := l.at[f.Of[0]], l.at[f.Of[1]]
	if !ok || n == 0 || d == 0 {
		return "", false
	}
	top, bottom := valueColumn.ref(n), valueColumn.ref(d)
	quotient := fmt.Sprintf("ROUND(%s/%s*%s,%d)", top, bottom, strconv.FormatFloat(node.Indicator.Value.Scale, 'f', -1, 64), node.Indicator.Decimals)
	return when(known([]string{top, bottom}), when(bottom+"=0", `""`, quotient), `""`), true
}

// net answers the formula of what the quarter added; "" where that cannot be said of the item.
func net(f *desk.Field, quarter assess.Period, row int) string {
	value, previous := valueColumn.ref(row), previousColumn.ref(row)
	switch {
	case isWord(f.Item):
		return ""
	case f.Item.Accumulation == assess.YTD && quarter.Part() == 1 && f.Of == nil:
		return when(known([]string{value}), value, `""`)
	case f.Item.Frequency == assess.Annual,
		f.Item.Accumulation != assess.Stock && f.Item.Accumulation != assess.YTD && f.Item.Type != assess.Percent:
		return ""
	}
	return when(known([]string{value, previous}), value+"-"+previous, `""`)
}

// onYear answers the formula of the change on the same quarter of last year, which the hidden sheet holds: a share, of rates a
// difference.
func onYear(f *desk.Field, row, hidden int) string {
	if isWord(f.Item) {
		return ""
	}
	value, was := valueColumn.ref(row), fmt.Sprintf("%s!$%s$%d", codesSheet, codesYearAgo.name(), hidden)
	if f.Item.Type == assess.Percent {
		return when(known([]string{value, was}), value+"-"+was, `""`)
	}
	return when(known([]string{value, was}), when(was+">0", value+"/"+was+"-1", `""`), `""`)
}

// isWord says whether an item's value is no number.
func isWord(i assess.Item) bool { return i.Type == assess.Boolean || len(i.Levels) > 0 }
