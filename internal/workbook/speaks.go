package workbook

import (
	"regexp"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/tabular"
)

// says is what a text says of the unit or the quarter of a table.
type says uint8

const (
	nothing says = iota
	ours
	others
)

// ofUnit answers whether a text names the form's unit, or another one of the city. Whole words are asked of a head; in a preamble the
// name may stand anywhere.
func ofUnit(text string, unit assess.Unit, roster assess.Roster, whole bool) says {
	text = tabular.Fold(text)
	named := func(u assess.Unit) bool {
		for _, name := range append([]string{u.Name.ZH, u.Union.ZH, u.Name.EN, u.Union.EN, string(u.Code)}, u.Aliases...) {
			if name = tabular.Fold(name); name != "" && (text == name || !whole && strings.Contains(text, name)) {
				return true
			}
		}
		return whole && (text == tabular.Fold(u.Short.ZH) || text == tabular.Fold(u.Short.EN))
	}
	switch {
	case text == "":
		return nothing
	case named(unit):
		return ours
	}
	for _, other := range roster.Units {
		if other.Code != unit.Code && named(other) {
			return others
		}
	}
	return nothing
}

// ofPeriod answers whether a text names the form's quarter, or another. A month stands for its quarter, the year for its last.
func ofPeriod(text string, p assess.Period) says {
	found := nothing
	for _, named := range tabular.PeriodsIn(text) {
		switch {
		case named.LastQuarter() == p:
			return ours
		default:
			found = others
		}
	}
	return found
}

// wordsOf are what the heads of lines say: of the figures asked for, of others beside them, of notes and units of measure.
var (
	currentHead = regexp.MustCompile(`本季|本期|本年累计|累计|完成数|完成情况|实际|数值|数量|期末|填报数|上报数|figure|value|current|actual`)
	otherHead   = regexp.MustCompile(`上季|上期|上年|上月|去年|同期|目标|计划|任务|增减|增长|净增|同比|环比|占比|比重|序号|编号|排名|last|previous|target|change`)
	notesHead   = regexp.MustCompile(`^(?:情况)?说明$|^备注$|^notes?$|^remarks?$`)
	measureHead = regexp.MustCompile(`^(?:计量)?单位$|^unit$|^measure$`)
	preambleOf  = regexp.MustCompile(`单位[:：]([^\s,，;；()（）]+)`)
)
