package export

import (
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/results"
)

// define says once what the indicators of a sheet are: what counts, how it is measured, where it comes from.
func (m *maker) define(s *results.Sheet, leaves []leaf) {
	t := m.sources(s.Edition)
	var rows []Row
	for _, l := range leaves {
		ind := l.node.Indicator
		rows = append(rows, Row{Cells: []Cell{
			words(string(l.node.Code)), words(m.name(l.framework.Name)), words(m.name(l.node.Name)), words(m.name(ind.Definition)), words(m.name(ind.Measure)),
			words(m.words.T("origin." + string(ind.Origin))), words(m.department(s.Edition, ind.Department)),
		}})
	}
	t.Rows = rowsOf(rows)
	t.Notes = append(t.Notes, m.words.T("export.source.stand", "stand", m.standOf(s)))
}

// defineItems says once what figures are.
func (m *maker) defineItems(e *assess.Edition, items []assess.Item) {
	t := m.sources(e)
	var rows []Row
	for _, i := range items {
		rows = append(rows, Row{Cells: []Cell{
			words(string(i.Code)), words(m.words.T("accumulation." + string(i.Accumulation))), words(m.name(i.Name)), words(m.name(i.Definition)), words(m.name(i.Measure)),
			words(m.words.T("origin." + string(i.Origin))), words(m.department(e, i.Department)),
		}})
	}
	t.Rows = rowsOf(rows)
}

// sources begins the table of sources and definitions; a later period takes the place of an earlier.
func (m *maker) sources(e *assess.Edition) *Table {
	t := &Table{Name: "sources", Title: m.words.T("export.sources"), Tab: m.words.T("export.sources"), words: m.words}
	kind := m.col("belongs", Text, 14)
	t.Columns = []Column{
		m.code("code"), kind, m.frozen("name", Text, 26), m.col("definition", Text, 60), m.col("measure", Text, 9), m.col("origin", Text, 12), m.col("department", Text, 16),
	}
	t.Notes = []string{
		m.words.T("export.source.edition", "year", e.Year, "number", e.Number),
		m.words.T("export.source.states"),
		m.words.T("export.source.made", "at", m.words.Date(m.order.Now.In(m.Zone))+" "+m.order.Now.In(m.Zone).Format("15:04"), "version", m.Version),
	}
	m.book.Sources = t
	return t
}

func (m *maker) department(e *assess.Edition, code assess.Code) string {
	i := slices.IndexFunc(e.Departments, func(d assess.Department) bool { return d.Code == code })
	if i < 0 {
		return string(code)
	}
	return m.name(e.Departments[i].Name)
}
