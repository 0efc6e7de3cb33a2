package export

import (
	"io"
	"strconv"

	"github.com/unionboard/unionboard/internal/city"
	"github.com/unionboard/unionboard/internal/i18n"
)

// Targets writes the table of a year's targets (目标任务分解表) as CSV that spreadsheets read, in the columns that published rules print: number, framework,
// dimension, indicator, measure, the city's target, one column for each unit, department, time limit. Where a target is not set the
// cell is empty; the city's is empty when no unit has one.
func Targets(w io.Writer, t *city.TargetTable, words i18n.Words) error {
	head := []string{
		words.T("web.targets.no"), words.T("web.targets.framework"), words.T("web.targets.dimension"), words.T("web.targets.indicator"),
		words.T("web.targets.measure"), words.T("web.targets.city"),
	}
	for _, u := range t.Units {
		head = append(head, u.Name.In(words.Lang()))
	}
	head = append(head, words.T("web.targets.department"), words.T("web.targets.due"))
	var lines [][]string
	departments := map[string]string{}
	for _, d := range t.Edition.Departments {
		departments[string(d.Code)] = d.Name.In(words.Lang())
	}
	for _, row := range t.Rows {
		line := []string{
			strconv.Itoa(row.Number), row.Framework.Name.In(words.Lang()), row.Dimension.Name.In(words.Lang()), row.Node.Name.In(words.Lang()),
			row.Node.Indicator.Measure.In(words.Lang()), "",
		}
		set := false
		for _, c := range row.Cells {
			text := ""
			if c.Set {
				text, set = c.Value.String(), true
			}
			line = append(line, text)
		}
		if set {
			line[5] = row.Total.String()
		}
		lines = append(lines, append(line, departments[string(row.Node.Indicator.Department)], t.Due.Format("2006-01-02")))
	}
	return List(w, head, lines)
}
