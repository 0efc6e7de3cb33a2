package workbook

import (
	"regexp"

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

// ofPeriod answers whether a text in front of a table names the form's quarter, or another. A month stands for its quarter, the year
// for its last.
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
	if year := tabular.TitleYear(text); found == nothing && year > 0 && year != p.CalendarYear() {
		return others
	}
	return found
}

// ofWhen answers whether figures of a period are those of a quarter: what is counted to its last day is.
func ofWhen(named, asked assess.Period) says {
	if named.LastDay().Equal(asked.LastDay()) {
		return ours
	}
	return others
}

// wordsOf are what the heads of lines say: of the figures asked for, of others beside them, of notes and units of measure.
var (
	currentHead = regexp.MustCompile(`本季|本期|本年累计|累计|完成数|完成情况|实际|数值|数量|期末|填报数|上报数|figure|value|current|actual`)
	otherHead   = regexp.MustCompile(`上季|上期|上年|上月|去年|同期|目标|计划|任务|增减|增长|净增|同比|环比|占比|比重|序号|编号|排名|last|previous|target|change`)
	notesHead   = regexp.MustCompile(`^(?:情况)?说明$|^备注$|^notes?$|^remarks?$`)
	measureHead = regexp.MustCompile(`^(?:计量)?单位$|^unit$|^measure$`)
	preambleOf  = regexp.MustCompile(`单位[:：]\s*([^()（）;；]+)`)
)
