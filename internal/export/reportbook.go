package export

import (
	"context"
	"errors"
	"iter"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
)

// entry makes the quarterly form (季度填报表) of each unit, with what it holds.
func (m *maker) entry(ctx context.Context, p assess.Period) error {
	p = p.LastQuarter()
	e, err := m.Board.Edition(ctx, p.CalendarYear())
	if err != nil || !m.once(p.String()) {
		return err
	}
	units := m.units(e, p)
	for _, u := range units {
		form, err := m.Forms.Form(ctx, u.Code, p, m.order.Now)
		if err != nil {
			return err
		}
		t := m.table(form.Edition, p, m.words.T("export.form", "day", m.words.Date(p.LastDay()), "state", m.words.T("filing."+string(form.Filing.State))))
		t.of(u, len(units) > 1)
		t.Title, t.Paper = m.words.T("book.title", "period", m.words.Period(p.String())), A3
		t.Columns = []Column{
			m.code("item"), m.frozen("no", Number, 5), m.col("section", Text, 14), m.frozen("figure", Text, 24), m.col("definition", Text, 36), m.col("measure", Text, 7), m.mixed("previous", 13),
			m.mixed("value", 13), m.mixed("net", 12), m.col("on_year", Percent, 9), m.col("note", Text, 22), m.col("proofs", Number, 7), m.col("check", Text, 22),
		}
		t.Rows = rowsOf(m.entryRows(form))
	}
	m.defineItems(e, districtItems(e))
	return nil
}

func districtItems(e *assess.Edition) []assess.Item {
	return slices.DeleteFunc(slices.Clone(e.Items), func(i assess.Item) bool { return i.Purpose == "" && i.Origin == assess.Computed })
}

// handedIn says whether the city has a report.
func handedIn(f assess.Filing) bool {
	switch f.State {
	case assess.Submitted, assess.UnderReview, assess.Returned, assess.Accepted, assess.Locked:
		return true
	}
	return false
}

func (m *maker) entryRows(form *desk.Form) (rows []Row) {
	seen := m.order.Unsigned || handedIn(form.Filing)
	for _, s := range form.Sections {
		for i := range s.Fields {
			f := &s.Fields[i]
			number, value, note, check := Cell{}, held(f.State, f.Shown), f.Draft.Note, m.checkOf(f)
			if f.Number > 0 {
				number = whole(f.Number)
			}
			if f.Period.Kind() == assess.Year && f.Shown == "" && f.Period.LastQuarter() != form.Period {
				value = Cell{Is: NotDue}
			}
			net, onYear := Cell{}, Cell{}
			if f.Net != "" {
				net = held(assess.Reported, f.Net)
			}
			if f.OnYear != nil {
				onYear = rounded(*f.OnYear, 1)
			}
			if !seen && f.Kind == desk.Typed {
				value, net, onYear, note, check = Cell{Is: Pending}, Cell{Is: Pending}, Cell{Is: Pending}, "", ""
			}
			rows = append(rows, Row{Cells: []Cell{
				words(string(f.Item.Code)), number, words(m.name(s.Name)), words(m.name(f.Item.Name)), words(m.name(f.Item.Definition)), words(m.name(f.Item.Measure)),
				m.past(f.Previous), m.worded(f.Item, value), net, onYear, words(m.masked(note)), whole(f.EvidenceCount), words(check),
			}})
		}
	}
	return rows
}

// past makes a cell of a figure of an earlier period, nothing where there was none.
func (m *maker) past(p desk.Past) Cell {
	if p.State == "" {
		return Cell{}
	}
	return held(p.State, p.Value)
}

// worded names levels and yes or no.
func (m *maker) worded(item assess.Item, c Cell) Cell {
	switch {
	case c.Is == Words && len(item.Levels) > 0:
		return words(m.level(c.Text))
	case c.Is == Figure && item.Type == assess.Boolean:
		return m.yesNo(c.Text != "0")
	}
	return c
}

func (m *maker) checkOf(f *desk.Field) string {
	var says []string
	for _, message := range f.Messages {
		text := message.Says.In(m.words.Lang())
		if text == "" && message.Problem != nil {
			text = m.words.Say(message.Problem.Key, message.Problem.Args)
		}
		if text != "" && !slices.Contains(says, text) {
			says = append(says, text)
		}
	}
	return m.words.List(says)
}

// returns makes the return sheet (退回意见表): what was sent back, why, until when, and what came in its place.
func (m *maker) returns(ctx context.Context, p assess.Period) error {
	p = p.LastQuarter()
	s, err := m.Board.Sheet(ctx, p)
	if err != nil || !m.once(p.String()) {
		return err
	}
	decisions, err := m.Log.Decisions(ctx, p, m.order.Units...)
	if err != nil {
		return err
	}
	plan, err := m.Forms.Plan(ctx, p)
	if err != nil && !errors.Is(err, assess.ErrNotFound) {
		return err
	}
	t := m.table(s.Edition, p, m.standOf(s))
	t.Columns = []Column{
		m.code("unit_code"), m.code("item"), m.frozen("unit", Text, 13), m.frozen("figure", Text, 26), m.mixed("reported", 14), m.col("reason", Text, 18), m.col("opinion", Text, 34),
		m.col("answer_by", Date, 14), m.mixed("refilled", 14), m.col("round", Number, 7),
	}
	m.units(s.Edition, p)
	var rows []Row
	for i, d := range decisions {
		if d.Accepted || !m.wants(d.Unit) {
			continue
		}
		item, _ := s.Edition.Item(d.Item)
		again, lacks := m.refilled(ctx, decisions[i+1:], d)
		if lacks != nil {
			return lacks
		}
		by := Cell{}
		if err == nil {
			by = day(plan.AnswerBy(d.At).In(m.Zone))
		}
		rows = append(rows, Row{Cells: []Cell{
			words(string(d.Unit)), words(string(d.Item)), words(m.unitName(s.Edition, d.Unit)), words(m.name(item.Name)), m.worded(item, held(assess.Reported, d.Value)), words(m.reason(s.Edition, d.Reason)),
			words(m.masked(d.Note)), by, m.worded(item, again), whole(d.Round),
		}})
	}
	t.Rows = rowsOf(rows)
	t.Notes = m.noneNote(rows)
	return nil
}

// refilled answers what came in the place of a figure that was sent back: what was decided about next, else what holds and is newer.
func (m *maker) refilled(ctx context.Context, later []assess.Decision, d assess.Decision) (Cell, error) {
	for _, next := range later {
		if next.Unit == d.Unit && next.Item == d.Item && next.Submission != d.Submission {
			return held(assess.Reported, next.Value), nil
		}
	}
	for _, p := range []assess.Period{d.Period, d.Period.Year()} {
		all, err := m.Board.History(ctx, assess.CellKey{Unit: d.Unit, Period: p, Item: d.Item})
		if err != nil {
			return Cell{}, err
		}
		if n := len(all); n > 0 && all[n-1].RecordedAt.After(d.At) {
			return held(all[n-1].State, all[n-1].Value), nil
		}
	}
	return Cell{Is: Pending}, nil
}

func (m *maker) reason(e *assess.Edition, code assess.Code) string {
	for _, r := range e.Reasons {
		if r.Code == code {
			return m.name(r.Name)
		}
	}
	return string(code)
}

func (m *maker) unitName(e *assess.Edition, code assess.UnitCode) string {
	if u, ok := e.Roster.Unit(code); ok {
		return m.name(u.Name)
	}
	if code == e.Roster.City.Code || code == "" {
		return m.words.T("common.city")
	}
	return string(code)
}

// noneNote says that there is nothing in a table without rows.
func (m *maker) noneNote(rows []Row) []string {
	if len(rows) > 0 {
		return nil
	}
	return []string{m.words.T("export.none")}
}

// observations makes the tidy table of all figures that hold, as one stream.
func (m *maker) observations(ctx context.Context, p assess.Period) error {
	if !m.once("observations") {
		return nil
	}
	var periods []assess.Period
	for _, p := range m.order.Periods {
		if p.Kind() == assess.Year {
			periods = append(periods, p.Quarters()...)
		}
		periods = append(periods, p)
	}
	e, err := m.Board.Edition(ctx, p.CalendarYear())
	if err != nil {
		return err
	}
	m.units(e, p)
	t := m.table(e, p, "")
	t.Title, t.Period, t.Tab, t.Signed = m.words.T("export.title", "period", m.span(), "table", m.book.Title), assess.Period{}, m.book.Title, false
	t.Long = true
	t.Columns = []Column{
		m.frozen("unit_code", Text, 10), m.frozen("unit", Text, 13), m.col("period", Text, 10), m.col("item", Text, 24), m.col("figure", Text, 30), m.col("measure", Text, 8), m.mixed("value", 16),
		m.col("state", Text, 12), m.col("note", Text, 30), m.col("part", Text, 14), m.col("ref", Text, 14),
	}
	t.Columns[6].Head = m.words.T("export.col.figure_value")
	t.Rows = m.observed(ctx, e, assess.CellQuery{Units: m.order.Units, Periods: periods})
	m.defineItems(e, e.Items)
	return nil
}

// observed streams the figures that a query chooses.
func (m *maker) observed(ctx context.Context, e *assess.Edition, q assess.CellQuery) iter.Seq2[Row, error] {
	items, units := map[assess.Code][2]Cell{}, map[assess.UnitCode]Cell{} // name and measure; name
	for _, i := range e.Items {
		items[i.Code] = [2]Cell{words(m.name(i.Name)), words(m.name(i.Measure))}
	}
	for _, u := range append(slices.Clone(e.Roster.Units), e.Roster.City) {
		units[u.Code] = words(m.name(u.Name))
	}
	states := map[assess.State]string{}
	for _, s := range []assess.State{assess.Reported, assess.ZeroReport, assess.Exempt, assess.Missing} {
		states[s] = m.words.T("export.state." + string(s))
	}
	var periods dated
	cells := make([]Cell, 11)
	return each(ctx, m.Log, q, func(o assess.Observation) Row {
		item := items[o.Item]
		cells[0], cells[1], cells[2], cells[3] = words(string(o.Unit)), units[o.Unit], words(periods.text(o.Period)), words(string(o.Item))
		cells[4], cells[5], cells[6] = item[0], item[1], held(o.State, o.Value)
		cells[7], cells[8], cells[9], cells[10] = words(states[o.State]), words(m.masked(o.Note)), words(o.Part), words(o.Ref)
		return Row{Cells: cells}
	})
}
