package export

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/results"
)

// evidence makes the list of evidence (佐证材料清单).
func (m *maker) evidence(ctx context.Context, p assess.Period) error {
	s, err := m.Board.Sheet(ctx, p)
	if err != nil {
		return err
	}
	t := m.table(s.Edition, p, m.standOf(s))
	t.Columns = []Column{
		m.code("unit_code"), m.code("item"), m.frozen("no", Number, 6), m.frozen("unit", Text, 13), m.col("proves", Text, 30), m.col("indicators", Text, 34), m.col("material", Text, 36),
		m.col("copies", Number, 7), m.col("privacy", Text, 16), m.col("provider", Text, 18), m.col("added", Date, 14),
	}
	t.Columns[2].Head = m.words.T("export.col.number")
	var rows []Row
	for _, u := range m.units(s.Edition, p) {
		all, err := m.Log.EvidenceList(ctx, assess.EvidenceQuery{Unit: u.Code, Periods: append(p.Quarters(), p)})
		if err != nil {
			return err
		}
		for len(all) > 0 {
			first := all[0]
			same := func(e assess.Evidence) bool {
				return e.Use == first.Use && e.Object == first.Object && e.Name == first.Name && e.From == first.From
			}
			copies := len(all)
			all = slices.DeleteFunc(slices.Clone(all), same)
			copies -= len(all)
			provider := m.unitName(s.Edition, first.From)
			what, uses := m.proved(s.Edition, first)
			rows = append(rows, Row{Cells: []Cell{
				words(string(u.Code)), words(first.Object), whole(len(rows) + 1), words(m.name(u.Name)), words(what), words(uses), words(m.masked(first.Name)),
				whole(copies), words(m.words.T("evidence.privacy." + string(first.Privacy))), words(provider), day(first.AddedAt.In(m.Zone)),
			}})
		}
	}
	t.Rows = rowsOf(rows)
	t.Notes = m.noneNote(rows)
	return nil
}

// proved names what evidence is of, and the indicators that it serves.
func (m *maker) proved(e *assess.Edition, of assess.Evidence) (what, uses string) {
	item, ok := e.Item(assess.Code(of.Object))
	if of.Use != assess.OfFigure || !ok {
		return m.words.T("export.use." + string(of.Use)), ""
	}
	var names []string
	for _, code := range item.UsedBy {
		if _, node, ok := e.Indicator(code); ok {
			names = append(names, m.name(node.Name))
		}
	}
	return m.name(item.Name), m.words.List(names)
}

// appeals makes the appeal sheet (申诉复核表).
func (m *maker) appeals(ctx context.Context, p assess.Period) error {
	s, err := m.Board.Sheet(ctx, p)
	if err != nil {
		return err
	}
	all, err := m.Matters(ctx, assess.MatterQuery{Kind: assess.Appeal, Units: m.order.Units, Period: p})
	if err != nil {
		return err
	}
	t := m.table(s.Edition, p, m.standOf(s))
	t.Columns = []Column{
		m.code("unit_code"), m.code("node"), m.frozen("unit", Text, 13), m.frozen("indicator", Text, 24), m.points("was", 10), m.col("grounds", Text, 40), m.col("proofs", Number, 8),
		m.col("opinion", Text, 40), m.col("result", Text, 12), m.points("after", 10), m.col("opened", Date, 14),
	}
	t.Columns[4].Mixed, t.Columns[9].Mixed = true, true // a score as it was written down
	m.units(s.Edition, p)
	var rows []Row
	for _, a := range slices.Backward(all) {
		proofs, err := m.Log.EvidenceList(ctx, assess.EvidenceQuery{Unit: a.Unit, Use: assess.OfAppeal, Object: a.ID})
		if err != nil {
			return err
		}
		name := string(a.Code)
		if _, node, ok := s.Edition.Indicator(a.Code); ok {
			name = m.name(node.Name)
		}
		opinion := ""
		for _, step := range a.Steps {
			if step.Action != "open" && step.Note != "" {
				opinion = step.Note
			}
		}
		rows = append(rows, Row{Cells: []Cell{
			words(string(a.Unit)), words(string(a.Code)), words(m.unitName(s.Edition, a.Unit)), words(name), held(assess.Reported, a.Before), words(m.masked(a.Reason)), whole(len(proofs)),
			words(m.masked(opinion)), words(m.words.T("appeal." + a.State)), m.after(s, a), day(a.OpenedAt.In(m.Zone)),
		}})
	}
	t.Rows = rowsOf(rows)
	t.Notes = m.noneNote(rows)
	return nil
}

// after answers the score that an appeal left: the old one where it was upheld, the newest where it was changed.
func (m *maker) after(s *results.Sheet, a assess.Matter) Cell {
	changed, decided := false, false
	for _, step := range a.Steps {
		switch assess.AppealState(step.To) {
		case assess.AppealChanged:
			changed, decided = true, true
		case assess.AppealUpheld, assess.AppealRefused:
			decided = true
		}
	}
	switch {
	case !decided:
		return Cell{Is: Pending}
	case !changed:
		return held(assess.Reported, a.Before)
	}
	f, _, n := s.Node(a.Unit, a.Code)
	if n == nil {
		return Cell{}
	}
	return scored(n, f.Decimals)
}

// actions makes the list of what is to be put right (问题整改清单): what was open at any time of a period.
func (m *maker) actions(ctx context.Context, p assess.Period) error {
	e, err := m.Board.Edition(ctx, p.CalendarYear())
	if err != nil {
		return err
	}
	all, err := m.Matters(ctx, assess.MatterQuery{Kind: assess.Task, Units: m.order.Units})
	if err != nil {
		return err
	}
	until, from := p.LastDay().AddDate(0, 0, 1), p.FirstDay()
	all = slices.DeleteFunc(all, func(t assess.Matter) bool {
		if !t.Period.IsZero() {
			return t.Period != p
		}
		return !t.OpenedAt.In(m.Zone).Before(until) || closedTask(t) && t.UpdatedAt.In(m.Zone).Before(from)
	})
	t := m.table(e, p, m.words.T("export.as_of", "day", m.words.Date(m.order.Now.In(m.Zone))))
	m.units(e, p)
	m.actionTable(t, e, all)
	return nil
}

func closedTask(t assess.Matter) bool { return t.State == string(assess.TaskClosed) }

func (m *maker) actionTable(t *Table, e *assess.Edition, all []assess.Matter) {
	t.Columns = []Column{
		m.code("unit_code"), m.frozen("problem", Text, 36), m.col("source", Text, 12), m.col("owner", Text, 18), m.col("action", Text, 36), m.col("deadline", Date, 14), m.col("progress", Text, 36),
		m.col("closed", Date, 14),
	}
	var rows []Row
	for _, task := range slices.Backward(all) {
		owner := m.unitName(e, task.Unit)
		if task.Unit == "" {
			owner = m.department(e, task.Department)
		}
		progress, closed := m.words.T("task."+task.State), Cell{}
		if n := len(task.Steps); n > 0 && task.Steps[n-1].Note != "" {
			progress = m.words.T("common.figure", "name", progress, "value", m.masked(task.Steps[n-1].Note))
		}
		if closedTask(task) {
			closed = day(task.UpdatedAt.In(m.Zone))
		} else {
			closed = Cell{Is: Pending}
		}
		source := ""
		if task.Origin != "" {
			source = m.words.T("web.task.origin." + task.Origin)
		}
		rows = append(rows, Row{Cells: []Cell{
			words(string(task.Unit)), words(m.masked(task.Title)), words(source), words(owner), words(m.masked(task.Measure)), day(task.Due), words(progress), closed,
		}})
	}
	t.Rows = rowsOf(rows)
	t.Notes = append(t.Notes, m.noneNote(rows)...)
}

// personal is what tells one person in a text: a citizen's number, a bank account, a telephone number; also in full-width digits and with
// the blanks and hyphens that people put into them.
var personal = regexp.MustCompile(strings.NewReplacer("D", `[0-9０-９]`, "_", `[ 　-]`).Replace(
	`D{17}[XxＸｘ]|D{6}[*＊]{8}D{3}[0-9０-９XxＸｘ]|D{15,19}|D{4}(?:_D{4}){3}(?:_D{1,4})?|[1１][3-9３-９]D_?D{4}_?D{4}|[0０]D{2,3}_D{7,8}`))

// masked keeps personal numbers in what people wrote from readers who have no use for them: the first three and the last two digits stay.
func (m *maker) masked(text string) string {
	if m.order.Personal {
		return text
	}
	return Masked(text)
}

// Masked answers a text with the personal numbers in it hidden.
func Masked(text string) string {
	if !strings.ContainsFunc(text, unicode.IsDigit) {
		return text
	}
	return personal.ReplaceAllStringFunc(text, func(number string) string {
		all := []rune(number)
		return string(all[:3]) + "****" + string(all[len(all)-2:])
	})
}
