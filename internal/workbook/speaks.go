package workbook

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
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
	text = folded(text)
	named := func(u assess.Unit) bool {
		for _, name := range append([]string{u.Name.ZH, u.Union.ZH, u.Name.EN, u.Union.EN, string(u.Code)}, u.Aliases...) {
			if name = folded(name); name != "" && (text == name || !whole && strings.Contains(text, name)) {
				return true
			}
		}
		return whole && (text == folded(u.Short.ZH) || text == folded(u.Short.EN))
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

var (
	inQuarter = regexp.MustCompile(`(\d{4})年?[第,]?([一二三四1-4])季度?`)
	inCode    = regexp.MustCompile(`(\d{4})[-年]?q([1-4])`)
	inMonths  = regexp.MustCompile(`(\d{4})年(?:\d{1,2}月?[-—~至到])?(\d{1,2})月`)
	inHalf    = regexp.MustCompile(`(\d{4})年上半年`)
	inYear    = regexp.MustCompile(`(\d{4})年(?:度|全年)`)
)

// ofPeriod answers whether a text names the form's quarter, or another. A month stands for its quarter, the year for its last.
func ofPeriod(text string, p assess.Period) says {
	text = folded(text)
	found := nothing
	see := func(year string, quarter int) {
		y, err := strconv.Atoi(year)
		switch {
		case err != nil || quarter < 1 || quarter > 4:
		case assess.NewQuarter(y, quarter) == p:
			found = ours
		case found == nothing:
			found = others
		}
	}
	for _, m := range inQuarter.FindAllStringSubmatch(text, -1) {
		quarter := strings.Index("一二三四", m[2])/3 + 1
		if n, err := strconv.Atoi(m[2]); err == nil {
			quarter = n
		}
		see(m[1], quarter)
	}
	for _, m := range inCode.FindAllStringSubmatch(text, -1) {
		n, _ := strconv.Atoi(m[2]) // the pattern lets one digit through
		see(m[1], n)
	}
	for _, m := range inMonths.FindAllStringSubmatch(text, -1) {
		month, _ := strconv.Atoi(m[2]) // two digits at most
		see(m[1], (month+2)/3)
	}
	for _, m := range inHalf.FindAllStringSubmatch(text, -1) {
		see(m[1], 2)
	}
	for _, m := range inYear.FindAllStringSubmatch(text, -1) {
		see(m[1], 4)
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
