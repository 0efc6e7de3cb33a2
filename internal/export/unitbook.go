package export

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/results"
)

// eachUnit makes a table for each unit that is wanted, if something is known of it.
func (m *maker) eachUnit(s *results.Sheet, make func(t *Table, u assess.Unit)) {
	units := m.units(s.Edition, s.Period)
	for _, u := range units {
		t := m.table(s.Edition, s.Period, m.standOf(s))
		t.of(u, len(units) > 1)
		make(t, u)
	}
}

// assessment makes the score sheet (考核打分表) of each unit: content, points, standard, what was lost and why.
func (m *maker) assessment(ctx context.Context, p assess.Period) error {
	s, err := m.explained(ctx, p)
	if err != nil {
		return err
	}
	leaves := leavesOf(s.Edition)
	m.eachUnit(s, func(t *Table, u assess.Unit) {
		t.Columns = []Column{
			m.code("node"), m.col("framework", Text, 12), m.col("project", Text, 14), m.frozen("content", Text, 24), m.points("full", 8), m.col("standard", Text, 38),
			m.points("self", 8), m.points("lost", 8), m.points("got", 8), m.col("why", Text, 28), m.col("assessor", Text, 15),
		}
		var rows []Row
		for _, l := range leaves {
			if _, _, n := s.Node(u.Code, l.node.Code); n != nil {
				rows = append(rows, m.assessmentRow(s.Edition, l, n))
			}
		}
		t.Rows = rowsOf(rows)
		t.Notes = []string{m.words.T("export.note.self")}
	})
	m.define(s, leaves)
	return nil
}

func (m *maker) assessmentRow(e *assess.Edition, l leaf, n *assess.NodeScore) Row {
	full, got, lost, of := Cell{}, lacking(n.State), lacking(n.State), l.framework.LeafDecimals
	switch {
	case n.HasScore():
		full, got, lost = rounded(n.FullPoints, of), rounded(n.Points, of), rounded(n.FullPoints-n.Points, of)
	case n.Outside && n.State == assess.Scored:
		got, lost = rounded(n.Points, of), Cell{}
	}
	return Row{Cells: []Cell{
		words(string(l.node.Code)), words(m.name(l.framework.Name)), words(m.name(l.top.Name)), words(m.name(l.node.Name)), full, words(m.standard(l.node.Indicator)),
		{},
		lost, got, words(m.whyLost(l.node.Indicator, n)), words(m.department(e, l.node.Indicator.Department)),
	}}
}

// whyLost says why points were lost: what was done of what was due, the band or place it came to, or why there is no score. Full marks
// need no reason.
func (m *maker) whyLost(ind *assess.Indicator, n *assess.NodeScore) string {
	switch {
	case n.Why == nil:
		return ""
	case n.Why.Reason != "":
		return m.words.T(n.Why.Reason)
	case !n.HasScore() || n.Points >= n.FullPoints:
		return ""
	case n.Text != "":
		return m.level(n.Text)
	case n.Value == nil:
		return ""
	case n.Why.TargetToDate != nil:
		return m.words.T("export.lost.due", "value", m.amount(ind, *n.Value), "due", m.amount(ind, *n.Why.TargetToDate))
	case n.Why.Band != nil:
		return m.words.T("export.lost.band", "value", m.amount(ind, *n.Value), "band", m.band(ind, *n.Why.Band))
	case n.Why.Place > 0:
		return m.words.T("export.lost.place", "value", m.amount(ind, *n.Value), "place", plainly(n.Why.Place), "n", n.Why.Peers)
	}
	return m.amount(ind, *n.Value)
}

// scorecard makes the scorecard of each unit (逐季成绩单): its total, parts and indicators with places, movement, lights and gaps.
func (m *maker) scorecard(ctx context.Context, p assess.Period) error {
	s, err := m.explained(ctx, p)
	if err != nil {
		return err
	}
	before, err := m.before(ctx, p)
	if err != nil {
		return err
	}
	overall, _ := overallOf(s)
	m.eachUnit(s, func(t *Table, u assess.Unit) {
		t.Columns = []Column{
			m.code("node"), m.col("level", Text, 10), m.frozen("name", Text, 28), m.mixed("done", 13), m.col("target_to_date", Number, 13), m.col("measure", Text, 8),
			m.col("score100", Number, 10), m.points("got", 10), m.points("full", 10), m.col("rank", Place, 8), m.col("group_rank", Place, 9), m.col("change", Number, 10), m.col("light", Light, 9),
		}
		c := &card{maker: m, s: s, before: before, unit: u}
		if overall != nil && overall.Framework == assess.CompositeCode {
			c.add("total", assess.CompositeCode, m.words.T("common.composite"), overall, nil)
		}
		for i := range s.Edition.Frameworks {
			c.framework(&s.Edition.Frameworks[i])
		}
		t.Rows, t.Notes = rowsOf(c.rows), m.cardNotes(s, overall, u)
		t.Charts = []Chart{{Title: t.Title, Labels: "name", Series: []string{"score100"}, From: c.from, To: c.to}}
	})
	m.define(s, leavesOf(s.Edition))
	return nil
}

// card are the rows of one unit's scorecard; its headings stand from row from up to to.
type card struct {
	*maker
	s, before *results.Sheet
	unit      assess.Unit
	rows      []Row
	from, to  int
}

// framework adds a framework, its headings, then its indicators.
func (c *card) framework(f *assess.Framework) {
	scores := c.s.Scores(f.Code)
	if scores == nil {
		return
	}
	c.add("framework", f.Code, c.name(f.Name), scores, nil)
	from := len(c.rows)
	for _, top := range f.Root.Children {
		if top.Indicator == nil {
			c.add("dimension", top.Code, c.name(top.Name), scores, nil)
		}
	}
	if len(c.rows)-from > c.to-c.from {
		c.from, c.to = from, len(c.rows)
	}
	for _, leaf := range f.Root.Leaves() {
		c.add("indicator", leaf.Code, c.name(leaf.Name), scores, leaf.Indicator)
	}
}

func (c *card) add(level string, code assess.Code, name string, scores *assess.Scores, ind *assess.Indicator) {
	own := scores.Card(c.unit.Code)
	if own == nil {
		return
	}
	n := own.Node(code)
	if n == nil {
		return
	}
	done, due, measure := Cell{}, Cell{}, ""
	if ind != nil {
		done, measure = c.value(ind, n), c.name(ind.Measure)
		if n.Why != nil && n.Why.TargetToDate != nil {
			due = rounded(*n.Why.TargetToDate, ind.ShownDecimals(*n.Why.TargetToDate))
		}
	}
	got, full := lacking(n.State), Cell{}
	if n.HasScore() {
		got, full = rounded(n.Points, officialDecimals), rounded(n.FullPoints, officialDecimals)
	}
	c.rows = append(c.rows, Row{Cells: []Cell{
		words(string(code)), words(c.words.T("export.level." + level)), words(name), done, due, words(measure), scored(n, scores.Decimals), got, full,
		ranked(n.Rank), ranked(n.GroupRank), c.change(scores, code, n), lit(n.Light),
	}})
}

// change is how the score differs from the one shown for the period before.
func (c *card) change(scores *assess.Scores, code assess.Code, n *assess.NodeScore) Cell {
	if c.before == nil || !n.HasScore() {
		return Cell{}
	}
	old := c.before.Scores(scores.Framework)
	if old == nil || old.Edition != scores.Edition {
		return Cell{}
	}
	own := old.Card(c.unit.Code)
	if own == nil {
		return Cell{}
	}
	was := own.Node(code)
	if was == nil || !was.HasScore() {
		return Cell{}
	}
	return rounded(n.Shown-was.Shown, scores.Decimals)
}

// cardNotes say what the figures of a card do not: how the report was handed in, where the unit is strong and weak.
func (m *maker) cardNotes(s *results.Sheet, overall *assess.Scores, u assess.Unit) (notes []string) {
	f := s.Filing(u.Code)
	late := 0
	if overall != nil {
		if own := overall.Card(u.Code); own != nil {
			late = own.LateDays
		}
	}
	notes = append(notes, m.words.T("export.card.conduct", "state", m.words.T("filing."+string(f.State)), "returns", strconv.Itoa(f.Returns), "late", strconv.Itoa(late)))
	type heading struct {
		name string
		n    *assess.NodeScore
	}
	var headings []heading
	for i := range s.Edition.Frameworks {
		for _, top := range s.Edition.Frameworks[i].Root.Children {
			if _, _, n := s.Node(u.Code, top.Code); n != nil && n.HasScore() && n.Rank > 0 && top.Indicator == nil {
				headings = append(headings, heading{m.name(top.Name), n})
			}
		}
	}
	slices.SortStableFunc(headings, func(a, b heading) int {
		return cmp.Or(cmp.Compare(a.n.Rank, b.n.Rank), cmp.Compare(b.n.Shown, a.n.Shown))
	})
	const some = 3
	if len(headings) >= 2*some {
		list := func(of []heading) string {
			var names []string
			for _, h := range of {
				names = append(names, m.words.T("export.card.place", "name", h.name, "place", m.words.Place(h.n.Rank, false)))
			}
			return m.words.List(names)
		}
		weak := slices.Clone(headings[len(headings)-some:])
		slices.Reverse(weak)
		notes = append(notes, m.words.T("export.card.strong", "list", list(headings[:some])), m.words.T("export.card.weak", "list", list(weak)))
	}
	return notes
}
