package web

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/city"
	"github.com/unionboard/unionboard/internal/i18n"
)

// targetsBody is the table of a year's targets.
type targetsBody struct {
	Sentence string
	Years    []link
	Ways     []link
	Units    []string
	Rows     []targetsRow
	File     string // where the table can be taken as a file
	Whole    bool   // all units are columns
	Columns  int    // of the whole table
}

// targetsRow is an indicator of the table.
type targetsRow struct {
	Number                                         int
	Section                                        string // of the first row of a framework
	Dimension, Name, URL, Measure, Department, Due string
	Total                                          string
	Cells                                          []targetsCell
	Draft                                          bool
}

// targetsCell is the target of a unit: what holds, and what held before.
type targetsCell struct{ Text, Before string }

// showTargets draws the table of a year's targets. A district reads its own column, as issued.
func (s *site) showTargets(w http.ResponseWriter, r *http.Request) error {
	v, year := visitFrom(r), yearOf(r)
	whole := v.user.May(account.ReadFigures, "")
	var own []assess.UnitCode
	if !whole {
		own = []assess.UnitCode{v.user.Unit}
	}
	table, err := s.City.Targets(r.Context(), year, own...)
	if err != nil {
		return err
	}
	body := targetsBody{Whole: whole, Years: s.targetYears(r, year), Ways: s.cityWays(r, assess.NewQuarter(year, 4), "targets")}
	if v.user.May(account.Export, v.user.Unit) {
		body.File = "/export/targets.csv?q=" + strconv.Itoa(year)
	}
	for _, u := range table.Units {
		body.Units = append(body.Units, shortName(v, u))
	}
	body.Columns = len(body.Units) + 6
	missing := 0
	for _, row := range table.Rows {
		body.Rows = append(body.Rows, s.targetsRow(v, table, row, whole))
		if row.Missing > 0 {
			missing++
		}
	}
	body.Sentence = v.words.T("web.targets.sentence", "n", len(table.Rows), "units", len(unitsIn(table)), "year", year)
	if missing > 0 && whole {
		body.Sentence = v.words.T("web.targets.missing", "n", len(table.Rows), "missing", missing, "year", year)
	}
	return s.render(w, r, http.StatusOK, "targets", page{Title: v.words.T("web.targets.title", "year", year), Body: body, Sheet: "a3"})
}

// unitsIn answers the units that the targets of a table are divided among.
func unitsIn(t *city.TargetTable) []assess.Unit {
	return slices.DeleteFunc(slices.Clone(t.Edition.Roster.Units), func(u assess.Unit) bool { return !u.In(assess.NewYear(t.Year)) })
}

func (s *site) targetsRow(v *visit, t *city.TargetTable, row city.TargetRow, whole bool) targetsRow {
	one := targetsRow{
		Number: row.Number, Dimension: shortHeading(v, row.Dimension), Name: row.Node.Name.In(v.lang()), Measure: row.Node.Indicator.Measure.In(v.lang()),
		Department: departmentName(v, t.Edition, row.Node.Indicator.Department), Due: v.words.Date(t.Due), Draft: whole && row.Draft > 0,
		Total: "—",
	}
	if whole {
		one.URL = "/targets/" + strconv.Itoa(t.Year) + "/" + string(row.Node.Code)
	}
	if row.Node == t.Rows[0].Node || t.Rows[row.Number-2].Framework != row.Framework {
		one.Section = row.Framework.Name.In(v.lang())
	}
	if row.Missing < len(unitsIn(t)) {
		one.Total = i18n.Decimal(row.Total)
	}
	for _, c := range row.Cells {
		cell := targetsCell{Text: "—"}
		if c.Set {
			cell.Text = i18n.Decimal(c.Value)
		}
		if c.Before != nil && !c.From.IsZero() {
			cell.Before = v.words.T("web.targets.before", "value", i18n.Decimal(*c.Before), "from", v.words.Period(c.From.String()))
		}
		one.Cells = append(one.Cells, cell)
	}
	return one
}

// shortName answers the name of a unit for narrow columns.
func shortName(v *visit, u assess.Unit) string {
	if short := u.Short.In(v.lang()); short != "" {
		return short
	}
	return u.Name.In(v.lang())
}

// shortHeading answers the name of a heading for narrow columns.
func shortHeading(v *visit, n *assess.Node) string {
	if short := n.Short.In(v.lang()); short != "" {
		return short
	}
	return n.Name.In(v.lang())
}

// targetYears answers links to the years whose targets can be looked at: those with definitions, around the one that is shown.
func (s *site) targetYears(r *http.Request, year int) (links []link) {
	for y := year - 2; y <= year+1; y++ {
		if s.City.Defined(r.Context(), y) {
			links = append(links, link{URL: "/targets/" + strconv.Itoa(y), Text: visitFrom(r).words.Period(strconv.Itoa(y)), Current: y == year})
		}
	}
	return links
}
