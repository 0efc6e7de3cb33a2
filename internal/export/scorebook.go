package export

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/results"
)

// scores makes the summary of scores (得分汇总表): rank, unit, its scores in each part, bonus, deduction, total, movement, grade.
func (m *maker) scores(ctx context.Context, p assess.Period) error {
	s, err := m.Board.Sheet(ctx, p)
	if err != nil {
		return err
	}
	before, err := m.before(ctx, p)
	if err != nil {
		return err
	}
	overall, parts := overallOf(s)
	if overall == nil {
		return nil
	}
	t := m.table(s.Edition, p, m.standOf(s))
	t.Columns = []Column{m.code("unit_code"), m.frozen("rank", Place, 6), m.frozen("unit", Text, 14), m.col("group", Text, 16), m.col("group_rank", Place, 9)}
	for _, part := range parts {
		c := m.points("score", 13)
		c.Code, c.Head = string(part.code), part.name.In(m.words.Lang())
		t.Columns = append(t.Columns, c)
	}
	t.Columns = append(t.Columns, m.points("bonus", 9), m.points("late", 9), m.points("total", 12), m.col("moved", Text, 13), m.col("light", Light, 9), m.col("grade", Text, 9))

	rows, drawn := m.scoreRows(s, overall, parts, before), 0
	for _, r := range rows {
		if r.Kind == Plain {
			drawn++
		}
	}
	t.Rows = rowsOf(rows)
	t.Notes = m.scoreNotes(p, overall)
	if drawn > 1 {
		t.Charts = []Chart{{Title: t.Title, Labels: "unit", Series: []string{"total"}, To: drawn}}
	}
	m.define(s, leavesOf(s.Edition))
	return m.trend(ctx, p)
}

// part is a column of the summary of scores: a framework, or a heading of the only one.
type part struct {
	of   *assess.Scores
	code assess.Code
	name assess.Text
}

// overallOf answers the scores that are ranked as a whole, and what they are made of.
func overallOf(s *results.Sheet) (overall *assess.Scores, parts []part) {
	if s.Composite != nil {
		for _, f := range s.Frameworks {
			if d, ok := s.Edition.Framework(f.Framework); ok {
				parts = append(parts, part{f, f.Framework, d.Name})
			}
		}
		return s.Composite, parts
	}
	for _, f := range s.Frameworks {
		d, ok := s.Edition.Framework(f.Framework)
		if !ok {
			continue
		}
		for _, n := range d.Root.Children {
			parts = append(parts, part{f, n.Code, n.Name})
		}
		return f, parts
	}
	return nil, nil
}

func (m *maker) scoreRows(s *results.Sheet, overall *assess.Scores, parts []part, before *results.Sheet) (rows []Row) {
	row := func(u assess.Unit, kind RowKind, card *assess.Scorecard, of func(*assess.Scores) *assess.Scorecard) {
		root := card.Root()
		cells := []Cell{words(string(u.Code)), ranked(root.Rank), words(m.name(u.Name)), {}, ranked(root.GroupRank)}
		if u.Group != "" && kind == Plain {
			cells[3] = words(m.name(s.Edition.Roster.GroupName(u.Group)))
		}
		for _, p := range parts {
			var n *assess.NodeScore
			if c := of(p.of); c != nil {
				n = c.Node(p.code)
			}
			cells = append(cells, scored(n, p.of.Decimals))
		}
		bonus, late := Cell{Is: NotDue}, Cell{Is: NotDue}
		switch {
		case kind != Plain:
			bonus, late = Cell{}, Cell{}
		case s.Period.Kind() == assess.Year:
			bonus, late = rounded(card.Bonus, overall.Decimals), rounded(card.Late, overall.Decimals)
		}
		cells = append(cells, bonus, late, scored(root, overall.Decimals), m.moved(before, overall.Framework, u.Code, root), lit(root.Light), m.grade(s.Edition, root))
		rows = append(rows, Row{Kind: kind, Cells: cells})
	}
	cards := make([]*assess.Scorecard, 0, len(overall.Cards))
	for i := range overall.Cards {
		if m.wants(overall.Cards[i].Unit) {
			cards = append(cards, &overall.Cards[i])
		}
	}
	slices.SortStableFunc(cards, func(a, b *assess.Scorecard) int { return comparePlaces(a.Root().Rank, b.Root().Rank) })
	for _, card := range cards {
		u, _ := s.Edition.Roster.Unit(card.Unit)
		row(u, Plain, card, func(of *assess.Scores) *assess.Scorecard { return of.Card(card.Unit) })
	}
	if len(m.order.Units) == 0 && overall.City != nil {
		row(s.Edition.Roster.City, Total, overall.City, func(of *assess.Scores) *assess.Scorecard { return of.City })
	}
	m.units(s.Edition, s.Period) // names the file
	return rows
}

// comparePlaces puts those without a place last.
func comparePlaces(a, b int) int {
	if a == 0 || b == 0 {
		return cmp.Compare(b, a)
	}
	return cmp.Compare(a, b)
}

// moved says how many places a unit rose since the period before: 升2位.
func (m *maker) moved(before *results.Sheet, framework assess.Code, unit assess.UnitCode, now *assess.NodeScore) Cell {
	if before == nil || now.Rank == 0 {
		return Cell{}
	}
	scores := before.Scores(framework)
	if scores == nil {
		return Cell{}
	}
	card := scores.Card(unit)
	if card == nil || card.Root().Rank == 0 {
		return Cell{}
	}
	return words(m.words.Moved(card.Root().Rank - now.Rank))
}

func (m *maker) grade(e *assess.Edition, n *assess.NodeScore) Cell {
	if n.Grade == "" {
		return Cell{}
	}
	for _, g := range e.Assessment.Grading.Grades {
		if g.Code == n.Grade {
			return words(m.name(g.Name))
		}
	}
	return words(string(n.Grade))
}

func (m *maker) scoreNotes(p assess.Period, scores *assess.Scores) (notes []string) {
	if p.Kind() != assess.Year {
		notes = append(notes, m.words.T("export.note.quarter"))
	}
	return append(notes, m.words.T("export.note.rounded", "n", scores.Decimals))
}

// before answers the sheet of the period before, nil where there is none.
func (m *maker) before(ctx context.Context, p assess.Period) (*results.Sheet, error) {
	s, err := m.Board.Sheet(ctx, p.Prev())
	if errors.Is(err, assess.ErrNotFound) {
		return nil, nil
	}
	return s, err
}

// trend adds the table of totals over all periods, once, after the last of several.
func (m *maker) trend(ctx context.Context, p assess.Period) error {
	if len(m.order.Periods) < 2 || p != m.order.Periods[len(m.order.Periods)-1] {
		return nil
	}
	t := &Table{Name: "trend", Tab: m.words.T("export.trend"), words: m.words, Paper: A4}
	t.Title = m.words.T("export.title", "period", m.span(), "table", m.words.T("export.trend"))
	t.Columns = []Column{m.frozen("period", Text, 18)}
	sheets := make([]*results.Sheet, len(m.order.Periods))
	chart := Chart{Title: t.Title, Lines: true, Labels: "period", To: len(m.order.Periods)}
	for i, p := range m.order.Periods {
		s, err := m.Board.Sheet(ctx, p)
		if err != nil {
			return err
		}
		sheets[i] = s
		for _, u := range m.units(s.Edition, p) {
			if m.once("trend " + string(u.Code)) {
				t.Columns = append(t.Columns, Column{Code: string(u.Code), Head: shortName(u, m.words.Lang()), Kind: Number, Width: 9})
				chart.Series = append(chart.Series, string(u.Code))
			}
		}
	}
	var rows []Row
	for _, s := range sheets {
		overall, _ := overallOf(s)
		cells := []Cell{words(m.words.Period(s.Period.String()))}
		for _, unit := range chart.Series {
			cell := Cell{}
			if overall != nil {
				if card := overall.Card(assess.UnitCode(unit)); card != nil {
					cell = scored(card.Root(), overall.Decimals)
				}
			}
			cells = append(cells, cell)
		}
		rows = append(rows, Row{Cells: cells})
	}
	t.Rows, t.Charts = rowsOf(rows), []Chart{chart}
	m.book.Aside = append(m.book.Aside, t)
	return nil
}
