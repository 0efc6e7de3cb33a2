package export

import (
	"context"
	"fmt"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/results"
)

// leaf is an indicator with the headings above it.
type leaf struct {
	framework *assess.Framework
	top       *assess.Node // right below the root; the indicator itself where it stands there
	node      *assess.Node
}

// leavesOf answers the indicators of an edition in the order of its frameworks.
func leavesOf(e *assess.Edition) (leaves []leaf) {
	for i := range e.Frameworks {
		f := &e.Frameworks[i]
		for _, top := range f.Root.Children {
			for _, n := range top.Leaves() {
				leaves = append(leaves, leaf{f, top, n})
			}
		}
	}
	return leaves
}

// value makes a cell of what an indicator came to.
func (m *maker) value(ind *assess.Indicator, n *assess.NodeScore) Cell {
	switch {
	case n == nil:
		return Cell{}
	case n.Text != "":
		return words(m.level(n.Text))
	case n.Value == nil:
		return lacking(n.State)
	case ind.Type == assess.Boolean:
		return m.yesNo(*n.Value != 0)
	}
	return rounded(*n.Value, ind.ShownDecimals(*n.Value))
}

func (m *maker) yesNo(yes bool) Cell {
	if yes {
		return words(m.words.T("common.yes"))
	}
	return words(m.words.T("common.no"))
}

// level names a level of a graded item: 优, 良.
func (m *maker) level(code string) string {
	if key := "level." + code; m.words.Has(key) {
		return m.words.T(key)
	}
	return code
}

// summary makes the city's summary (市级汇总表): units by peer group with subtotals, indicators as columns, the city last.
func (m *maker) summary(ctx context.Context, p assess.Period) error {
	s, err := m.Board.Sheet(ctx, p)
	if err != nil {
		return err
	}
	leaves := leavesOf(s.Edition)
	t := m.table(s.Edition, p, m.standOf(s))
	t.Paper = A3
	t.Columns = []Column{m.code("unit_code"), m.frozen("group", Text, 14), m.frozen("unit", Text, 12)}
	for _, l := range leaves {
		ind := l.node.Indicator
		c := Column{
			Code: string(l.node.Code), Head: m.name(l.node.Name), Over: m.words.T("export.over", "framework", m.name(l.framework.Name), "dimension", m.name(l.top.Name)),
			Measure: m.name(ind.Measure), Kind: Number, Width: 13,
		}
		switch ind.Type {
		case assess.Percent:
			c.Kind, c.Measure = Percent, ""
		case assess.Count, assess.Money:
		default:
			c.Mixed = true
		}
		t.Columns = append(t.Columns, c)
	}
	breakPages(t.Columns)
	rows, err := m.summaryRows(s, leaves)
	if err != nil {
		return err
	}
	t.Rows = rowsOf(rows)
	t.Notes = []string{m.words.T("export.note.sums")}
	m.define(s, leaves)
	return nil
}

// breakPages begins a new page of paper before the head that would make one wider than can be read.
func breakPages(columns []Column) {
	const readable = 235 // digits, on A3
	width := 0.0
	for i := range columns {
		if columns[i].Over == "" {
			continue
		}
		if columns[i].Over != columns[i-1].Over {
			head := 0.0
			for j := i; j < len(columns) && columns[j].Over == columns[i].Over; j++ {
				head += columns[j].Width
			}
			if width > 0 && width+head > readable {
				columns[i].Breaks, width = true, 0
			}
		}
		width += columns[i].Width
	}
}

func (m *maker) summaryRows(s *results.Sheet, leaves []leaf) (rows []Row, err error) {
	row := func(kind RowKind, code, group, name string, of func(l leaf) *assess.NodeScore) {
		cells := []Cell{words(code), words(group), words(name)}
		for _, l := range leaves {
			cell, n := Cell{}, of(l)
			if kind == Plain || n != nil && n.Value != nil {
				cell = m.value(l.node.Indicator, n)
			}
			cells = append(cells, cell)
		}
		rows = append(rows, Row{Kind: kind, Cells: cells})
	}
	units, whole := m.units(s.Edition, s.Period), len(m.order.Units) == 0
	for _, g := range groupsOf(s.Edition, units) {
		group := ""
		if g != "" {
			group = m.name(s.Edition.Roster.GroupName(g))
		}
		members := 0
		for _, u := range units {
			if u.Group == g {
				members++
				row(Plain, string(u.Code), group, m.name(u.Name), func(l leaf) *assess.NodeScore {
					_, _, n := s.Node(u.Code, l.node.Code)
					return n
				})
			}
		}
		if !whole || g == "" || members < 2 {
			continue
		}
		sums := map[assess.Code]*assess.Scorecard{}
		for i := range s.Edition.Frameworks {
			f := &s.Edition.Frameworks[i]
			if sums[f.Code], err = s.Subtotal(f, g); err != nil {
				return nil, err
			}
		}
		row(Subtotal, string(g), group, m.words.T("export.subtotal"), func(l leaf) *assess.NodeScore { return sums[l.framework.Code].Node(l.node.Code) })
	}
	if whole {
		city := s.Edition.Roster.City
		row(Total, string(city.Code), m.words.T("common.city"), m.words.T("export.total"), func(l leaf) *assess.NodeScore {
			_, _, n := s.Node(city.Code, l.node.Code)
			return n
		})
	}
	return rows, nil
}

// groupsOf answers the peer groups of units in the order of the roster, "" last for units without one.
func groupsOf(e *assess.Edition, units []assess.Unit) (groups []assess.Code) {
	for _, g := range append(slices.Clone(e.Roster.Groups), assess.Group{}) {
		if slices.ContainsFunc(units, func(u assess.Unit) bool { return u.Group == g.Code }) {
			groups = append(groups, g.Code)
		}
	}
	for _, u := range units {
		if !slices.Contains(groups, u.Group) {
			groups = append(groups, u.Group)
		}
	}
	return groups
}

// ranking makes the ranking by single indicators (单项排名表): rank, unit, done, target, completion, what is due, score.
func (m *maker) ranking(ctx context.Context, p assess.Period) error {
	s, err := m.explained(ctx, p)
	if err != nil {
		return err
	}
	leaves := leavesOf(s.Edition)
	if m.order.Node != "" {
		leaves = slices.DeleteFunc(leaves, func(l leaf) bool { return l.node.Code != m.order.Node })
		if len(leaves) == 0 {
			return assess.NotFound("problem.unknown_node", fmt.Sprintf("there is no indicator %s in %s", m.order.Node, p), "code", string(m.order.Node))
		}
	}
	t := m.table(s.Edition, p, m.standOf(s))
	t.Columns = []Column{
		m.code("node"), m.code("unit_code"), m.frozen("indicator", Text, 26), m.frozen("rank", Place, 6), m.frozen("unit", Text, 13), m.col("measure", Text, 8),
		m.mixed("done", 14), m.col("target", Number, 14), m.col("completion", Percent, 10), m.col("due", Percent, 10), m.points("score", 11), m.col("light", Light, 9),
	}
	var rows []Row
	for _, l := range leaves {
		from := len(rows)
		rows = append(rows, m.rankingRows(s, l)...)
		drawn := slices.IndexFunc(rows[from:], func(r Row) bool { return r.Kind != Plain || r.Cells[6].Is != Figure })
		if drawn < 0 {
			drawn = len(rows) - from
		}
		if drawn > 1 {
			t.Charts = append(t.Charts, Chart{
				Title: m.words.T("export.chart", "name", m.name(l.node.Name), "measure", m.name(l.node.Indicator.Measure)), Labels: "unit", Series: []string{"done"}, From: from, To: from + drawn,
			})
		}
	}
	t.Rows = rowsOf(rows)
	t.Notes = []string{m.words.T("export.note.completion")}
	m.define(s, leaves)
	return nil
}

func (m *maker) rankingRows(s *results.Sheet, l leaf) (rows []Row) {
	ind := l.node.Indicator
	row := func(kind RowKind, u assess.Unit, n *assess.NodeScore) {
		target, completion, due := Cell{}, Cell{}, Cell{}
		if n.Why != nil && n.Why.Target != nil {
			target = rounded(*n.Why.Target, ind.ShownDecimals(*n.Why.Target))
		}
		if share, ok := results.Completion(n); ok {
			completion = rounded(100*share, 1)
		}
		if n.Why != nil && n.Why.Phasing != nil {
			due = rounded(*n.Why.Phasing, 1)
		}
		cells := []Cell{
			words(string(l.node.Code)), words(string(u.Code)), words(m.name(l.node.Name)), ranked(n.Rank), words(m.name(u.Name)), words(m.name(ind.Measure)),
			m.value(ind, n), target, completion, due, scored(n, l.framework.Decimals), lit(n.Light),
		}
		rows = append(rows, Row{Kind: kind, Cells: cells})
	}
	units := m.units(s.Edition, s.Period)
	nodes := map[assess.UnitCode]*assess.NodeScore{}
	for _, u := range units {
		_, _, nodes[u.Code] = s.Node(u.Code, l.node.Code)
	}
	slices.SortStableFunc(units, func(a, b assess.Unit) int { return comparePlaces(placeOf(nodes[a.Code]), placeOf(nodes[b.Code])) })
	for _, u := range units {
		if n := nodes[u.Code]; n != nil {
			row(Plain, u, n)
		}
	}
	if len(m.order.Units) == 0 {
		city := s.Edition.Roster.City
		if _, _, n := s.Node(city.Code, l.node.Code); n != nil && n.Value != nil {
			row(Total, city, n)
		}
	}
	return rows
}

func placeOf(n *assess.NodeScore) int {
	if n == nil {
		return 0
	}
	return n.Rank
}
