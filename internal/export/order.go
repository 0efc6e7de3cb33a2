package export

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/city"
	"github.com/unionboard/unionboard/internal/cycle"
	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/results"
)

// Order is what somebody wants on paper.
type Order struct {
	Table string // of Names
	// Periods are quarters or years, oldest first; one at least.
	Periods []assess.Period
	Units   []assess.UnitCode // none: all, with the city
	// Node is one indicator alone, of a ranking; "" for all.
	Node assess.Code
	Lang string
	// Unsigned: also what districts have typed and not handed in, which only they themselves may see.
	Unsigned bool
	// Personal: telephone numbers and the like stay readable in what people wrote.
	Personal bool
	Now      time.Time
}

// Room is where everything is that tables are made of. What a reader may not see its functions do not answer.
type Room struct {
	Board   results.Board
	Log     Log
	Forms   Forms
	Targets TargetDesk
	// Matters answers the matters of a kind, each with its steps, newest first.
	Matters func(ctx context.Context, q assess.MatterQuery) ([]assess.Matter, error)
	Words   *i18n.Catalogue
	Zone    *time.Location
	Version string // of the program
}

// Log is what was reported and decided.
type Log interface {
	Each(ctx context.Context, q assess.CellQuery, visit func(assess.Observation) error) error
	Decisions(ctx context.Context, p assess.Period, units ...assess.UnitCode) ([]assess.Decision, error)
	EvidenceList(ctx context.Context, q assess.EvidenceQuery) ([]assess.Evidence, error)
}

// Forms are the quarterly forms of the districts, and the dates of their collection.
type Forms interface {
	Form(ctx context.Context, unit assess.UnitCode, period assess.Period, now time.Time) (*desk.Form, error)
	Plan(ctx context.Context, period assess.Period) (cycle.Plan, error)
}

// TargetDesk answers the targets of a year.
type TargetDesk interface {
	Targets(ctx context.Context, year int, units ...assess.UnitCode) (*city.TargetTable, error)
}

// makers answers what makes each table, in the order in which people think of them.
func makers() []struct {
	name string
	make func(*maker, context.Context, assess.Period) error
} {
	return []struct {
		name string
		make func(*maker, context.Context, assess.Period) error
	}{
		{"entry", (*maker).entry},
		{"summary", (*maker).summary},
		{"scores", (*maker).scores},
		{"ranking", (*maker).ranking},
		{"targets", (*maker).targets},
		{"rules", (*maker).rules},
		{"assessment", (*maker).assessment},
		{"returns", (*maker).returns},
		{"evidence", (*maker).evidence},
		{"appeals", (*maker).appeals},
		{"actions", (*maker).actions},
		{"scorecard", (*maker).scorecard},
		{"observations", (*maker).observations},
	}
}

// Names answers the tables there are.
func Names() (names []string) {
	for _, m := range makers() {
		names = append(names, m.name)
	}
	return names
}

// Book makes the tables that are ordered. Errors are Problems: a table, a period, a unit, an indicator that there is not.
func (r Room) Book(ctx context.Context, o Order) (*Book, error) {
	all := makers()
	i := slices.IndexFunc(all, func(m struct {
		name string
		make func(*maker, context.Context, assess.Period) error
	},
	) bool {
		return m.name == o.Table
	})
	if i < 0 {
		return nil, assess.NotFound("problem.no_table",
			fmt.Sprintf("there is no table %q; choose one of %s", o.Table, strings.Join(Names(), ", ")), "table", o.Table)
	}
	m := &maker{Room: r, order: o, words: r.Words.In(o.Lang), book: &Book{Name: o.Table}}
	m.book.Title = m.words.T("export.table." + o.Table)
	for _, p := range o.Periods {
		if err := all[i].make(m, ctx, p); err != nil {
			return nil, fmt.Errorf("table %s of %s: %w", o.Table, p, err)
		}
	}
	title := m.book.Title
	if o.Table == "entry" {
		title = m.words.T("book.sheet") // 2026年第一季度_和平区总工会_填报表
	}
	m.book.File = FileName(m.span(), m.unitsName, title)
	return m.book, nil
}

// maker makes one book.
type maker struct {
	Room
	order     Order
	words     i18n.Words
	book      *Book
	unitsName string // of the one unit the book is about, "" for several
	made      map[string]bool
}

// span names the periods of the book: 2026年第一季度, 2026年第一季度至2026年第三季度.
func (m *maker) span() string {
	first, last := m.order.Periods[0], m.order.Periods[len(m.order.Periods)-1]
	if n := len(m.book.Tables); n > 0 && !m.book.Tables[0].Period.IsZero() && !m.book.Tables[n-1].Period.IsZero() {
		first, last = m.book.Tables[0].Period, m.book.Tables[n-1].Period // a year's table, when a quarter was asked for
	}
	name := m.words.Period(first.String())
	if first != last {
		name = m.words.T("export.span", "from", name, "to", m.words.Period(last.String()))
	}
	return name
}

// explained answers the sheet of a period with the derivations of the units that are wanted.
func (m *maker) explained(ctx context.Context, p assess.Period) (*results.Sheet, error) {
	s, err := m.Board.Sheet(ctx, p)
	if err != nil {
		return nil, err
	}
	return s.Explained(m.order.Units...)
}

// once says whether something is made for the first time, such as the targets of a year that several quarters ask for.
func (m *maker) once(key string) bool {
	if m.made == nil {
		m.made = map[string]bool{}
	}
	first := !m.made[key]
	m.made[key] = true
	return first
}

// wants says whether a unit is among those ordered.
func (m *maker) wants(unit assess.UnitCode) bool {
	return len(m.order.Units) == 0 || slices.Contains(m.order.Units, unit)
}

// units answers the units that are wanted of those that exist in a period, in official order.
func (m *maker) units(e *assess.Edition, p assess.Period) (units []assess.Unit) {
	for _, u := range e.Roster.Units {
		if u.In(p) && m.wants(u.Code) {
			units = append(units, u)
		}
	}
	if len(m.order.Units) == 1 && len(units) == 1 {
		m.unitsName = UnionName(units[0], m.words.Lang())
	}
	return units
}

// table begins a table of a period and adds it to the book. about names what it is of beside its period, "" for nothing.
func (m *maker) table(e *assess.Edition, p assess.Period, stand string) *Table {
	t := &Table{Name: m.order.Table, Period: p, Tab: p.String(), Signed: true, Stand: stand, words: m.words.Named(e.Naming(m.words.Lang()))}
	t.Title = m.words.T("export.title", "period", m.words.Period(p.String()), "table", m.book.Title)
	t.Issuer = m.words.T("export.issuer", "unit", UnionName(e.Roster.City, m.words.Lang()))
	m.book.Tables = append(m.book.Tables, t)
	m.read(p, e, 0)
	return t
}

// read remembers of which state the figures of a period are; version 0 is said later or never.
func (m *maker) read(p assess.Period, e *assess.Edition, version int) {
	i := slices.IndexFunc(m.book.Stands, func(s Stand) bool { return s.Period == p })
	if i < 0 {
		i = len(m.book.Stands)
		m.book.Stands = append(m.book.Stands, Stand{Period: p, Edition: fmt.Sprintf("%d/%d", e.Year, e.Number)})
	}
	m.book.Stands[i].Version = max(m.book.Stands[i].Version, version)
}

// of makes a table one of a unit.
func (t *Table) of(u assess.Unit, several bool) {
	lang := t.words.Lang()
	t.Unit, t.UnitName = u.Code, u.Name.In(lang)
	t.Issuer = t.words.T("export.issuer", "unit", UnionName(u, lang))
	t.Tab = t.Period.String() + " " + shortName(u, lang)
	if !several {
		t.Tab = t.Period.String()
	}
}

// standOf says how far the figures of a sheet have come: 截至2026年3月31日　数据 v2.
func (m *maker) standOf(s *results.Sheet) string {
	m.read(s.Period, s.Edition, s.Version)
	return m.words.T("export.stand", "day", m.words.Date(s.AsOf), "version", s.Version)
}

// col makes a column with the head that its code has; one of lights is as wide as their longest word at least.
func (m *maker) col(code string, kind Kind, width float64) Column {
	if kind == Light {
		for _, l := range []assess.Light{assess.Green, assess.Yellow, assess.Red} {
			width = max(width, float64(columnsOf(m.words.T("light."+string(l))))+2)
		}
	}
	return Column{Code: code, Head: m.words.T("export.col." + code), Kind: kind, Width: width}
}

// mixed makes a column of figures and words.
func (m *maker) mixed(code string, width float64) Column {
	c := m.col(code, Number, width)
	c.Mixed = true
	return c
}

// frozen makes a column that stays in sight.
func (m *maker) frozen(code string, kind Kind, width float64) Column {
	c := m.col(code, kind, width)
	c.Frozen = true
	return c
}

// code makes a hidden column of codes.
func (m *maker) code(code string) Column {
	c := m.frozen(code, Text, 10)
	c.Hidden = true
	return c
}

// points makes a column of points.
func (m *maker) points(code string, width float64) Column {
	c := m.col(code, Number, width)
	c.Measure = m.words.T("common.points")
	return c
}

func (m *maker) name(t assess.Text) string { return t.In(m.words.Lang()) }

// UnionName answers the name of a district's union, the district's where it has none of its own.
func UnionName(u assess.Unit, lang string) string {
	if name := u.Union.In(lang); name != "" {
		return name
	}
	return u.Name.In(lang)
}

func shortName(u assess.Unit, lang string) string {
	if name := u.Short.In(lang); name != "" {
		return name
	}
	return u.Name.In(lang)
}
