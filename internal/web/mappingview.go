package web

import (
	"cmp"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/sheet"
	"github.com/unionboard/unionboard/internal/source"
)

// Bounds of the part of a table that is shown as it stands.
const (
	gridRows    = 12
	gridColumns = 30
)

// mappingBody is how a source is read: its form, the sample as it stands, and the first rows of it as they will be read.
type mappingBody struct {
	Sentence, Fault, Source, Home, Address, SampleAddress string
	Base                                                  int
	Proposed                                              bool // the form shows what the sample seems to need, and nothing that is kept
	Sample                                                *sampleView
	Form                                                  sourceForm
	Trial                                                 *trialView
	Revisions                                             []changeRow
}

type sampleView struct {
	ID, Name string
	Piece    string // the piece that waits and is the sample, "" for an uploaded one
	Columns  []string
	Rows     []gridRow
}

// gridRow is a row of the sample as it stands.
type gridRow struct {
	Number int
	Head   bool // among the heads
	Cells  []string
}

type sourceForm struct {
	Sheet, Skip, Heads, Year, Unit, Period, End, Units, Items, States, Missing, Reason string
	Across                                                                             bool
	Sheets, Lengths, UnitFrom, PeriodFrom                                              []option
	Columns                                                                            []columnView
	Names                                                                              []nameChoice
}

// nameChoice is a code that may be typed, with its name.
type nameChoice struct{ Code, Name string }

type columnView struct {
	Number, HeadField, AtField, RoleField, OfField, FactorField string
	Head, At, Name, Of, OfName, Factor                          string
	Roles                                                       []option
}

type trialView struct {
	Sentence string
	Notes    []string
	Rows     []triedRow
	More     int
}

type triedRow struct{ Place, Unit, Period, Item, Value, Verdict, Class string }

func (s *site) drawMapping(w http.ResponseWriter, r *http.Request, m *mapped, status int) error {
	v := m.v
	title := s.sourceName(v, m.name)
	body := mappingBody{
		Source: title, Home: "/collect/" + string(m.name), Address: "/collect/" + string(m.name) + "/mapping", Base: m.revision.Number,
		SampleAddress: "/collect/" + string(m.name) + "/mapping/sample",
	}
	if text := m.typed.Get("base"); text != "" {
		body.Base, _ = strconv.Atoi(text) // what was seen; a wrong one is refused where it is kept
	}
	body.Sentence = v.words.T("web.mapping.none")
	if n := m.revision; n.Number > 0 {
		body.Sentence = v.words.T("web.mapping.is", "n", strconv.Itoa(n.Number), "by", n.By, "at", s.moment(n.At), "reason", n.Reason)
	}
	all, err := s.Mappings.SourceMappings(r.Context(), m.name)
	if err != nil {
		return err
	}
	for i := len(all) - 1; i >= 0; i-- {
		body.Revisions = append(body.Revisions, changeRow{What: strconv.Itoa(all[i].Number), Reason: all[i].Reason, By: all[i].By, At: s.moment(all[i].At)})
	}
	if m.sample != nil {
		if err := s.viewSample(r, m, &body); err != nil {
			return err
		}
	}
	if m.fault != nil {
		body.Fault = v.bookProblem(m.fault)
		if m.fault.Place.Line == 0 && m.fault.Place.Field != "" {
			body.Fault = m.fault.Place.Field + ": " + body.Fault
		}
	}
	body.Form = m.form(body.Form.Sheets)
	body.Proposed = m.proposed
	return s.render(w, r, status, "mapping", page{
		Title: v.words.T("web.mapping.title", "name", title), Body: body, Wrong: body.Fault != "", Style: "work.css",
	})
}

// viewSample shows the sample as it stands and as it will be read. What is wrong with it is said and hides nothing else.
func (s *site) viewSample(r *http.Request, m *mapped, body *mappingBody) error {
	done, err := s.oneBook(r.Context())
	if err != nil {
		return err
	}
	defer done()
	body.Sample = &sampleView{ID: m.sample.ID, Name: m.sample.Name}
	if m.held != nil {
		body.Sample.Piece = m.held.ID
	}
	m.grid(body)
	if m.fault != nil {
		return nil // what was typed cannot be tried
	}
	trial, err := s.Try(r.Context(), m.name, m.piece(), m.mapping, s.Now())
	if fault := ofFile(err); fault != nil && !errors.Is(err, assess.ErrNotFound) {
		m.fault = fault
		return nil
	}
	if err != nil {
		return err
	}
	body.Trial = m.trial(trial)
	return nil
}

// grid shows the first rows of the sample as they stand, if it is a table, and which sheets there are.
func (m *mapped) grid(body *mappingBody) {
	book, _, err := source.ReadBook(m.sample.Name, m.sample.Content)
	if err != nil || len(m.sample.Content) > 0 && strings.HasPrefix(strings.TrimSpace(string(m.sample.Content[:min(64, len(m.sample.Content))])), "{") {
		return
	}
	chosen := -1
	for i := range book.Sheets {
		if one := &book.Sheets[i]; !one.Hidden && len(one.Rows) > 0 {
			body.Form.Sheets = append(body.Form.Sheets, option{Value: one.Name, Text: one.Name, Chosen: m.mapping.Sheet == one.Name})
			if chosen < 0 || one.Name == m.mapping.Sheet {
				chosen = i
			}
		}
	}
	if chosen < 0 {
		return
	}
	last := m.mapping.Skip + max(1, m.mapping.Heads)
	widest := 0
	for _, row := range book.Sheets[chosen].Rows {
		if len(body.Sample.Rows) == max(gridRows, last+3) || len(body.Sample.Rows) > 3*gridRows {
			break
		}
		shown := gridRow{Number: row.Number, Head: !m.mapping.Transposed && row.Number > m.mapping.Skip && row.Number <= last}
		for _, c := range row.Cells {
			if c.Column > gridColumns {
				break
			}
			for len(shown.Cells) < c.Column {
				shown.Cells = append(shown.Cells, "")
			}
			shown.Cells[c.Column-1] = clip(c.String(), 24)
		}
		widest = max(widest, len(shown.Cells))
		body.Sample.Rows = append(body.Sample.Rows, shown)
	}
	for i := range body.Sample.Rows {
		for len(body.Sample.Rows[i].Cells) < widest {
			body.Sample.Rows[i].Cells = append(body.Sample.Rows[i].Cells, "")
		}
	}
	for i := range widest {
		body.Sample.Columns = append(body.Sample.Columns, sheet.ColumnName(i+1))
	}
}

func clip(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// form shows a mapping as its form does: what was typed where it could not be read.
func (m *mapped) form(sheets []option) sourceForm {
	v, now := m.v, m.mapping
	f := sourceForm{
		Sheet: now.Sheet, Skip: strconv.Itoa(now.Skip), Heads: strconv.Itoa(max(1, now.Heads)), Across: now.Transposed,
		Unit: cmp.Or(now.Unit.Value, now.Unit.Cell), Period: cmp.Or(now.Period.Value, now.Period.Cell), End: strings.Join(now.End, "\n"),
		Units: wordLines(now.Units), Items: wordLines(now.Items), States: wordLines(now.States), Missing: strings.Join(now.Missing, "\n"), Sheets: sheets,
		Lengths:  m.choices("web.mapping.length.", string(now.Length), "", "month", "quarter", "year"),
		UnitFrom: m.choices("web.mapping.from.", from(now.Unit), "", "value", "file", "sheet", "cell"),
	}
	f.PeriodFrom = m.choices("web.mapping.from.", from(now.Period), "", "value", "file", "sheet", "cell")
	if now.Year > 0 {
		f.Year = strconv.Itoa(now.Year)
	}
	if m.edition != nil {
		for _, i := range m.edition.Items {
			f.Names = append(f.Names, nameChoice{string(i.Code), i.Name.In(v.lang())})
		}
		for _, u := range m.edition.Roster.Units {
			f.Names = append(f.Names, nameChoice{string(u.Code), u.Name.In(v.lang())})
		}
	}
	columns := now.Columns
	for i := range min(len(columns)+1, columnsEdited) { // one more may be added
		c := source.Column{}
		if i < len(columns) {
			c = columns[i]
		} else if m.mapping.Columns == nil && m.sample != nil {
			break // the promised form
		}
		f.Columns = append(f.Columns, m.column(i, c))
	}
	if m.typed != nil && m.fault != nil {
		f.keep(m.typed)
	}
	f.Reason = m.typed.Get("reason")
	return f
}

// keep shows the words as they were typed, so that they can be mended.
func (f *sourceForm) keep(typed map[string][]string) {
	for name, to := range map[string]*string{
		"skip": &f.Skip, "heads": &f.Heads, "year": &f.Year, "unit": &f.Unit, "period": &f.Period, "end": &f.End, "units": &f.Units, "items": &f.Items,
		"states": &f.States, "missing": &f.Missing,
	} {
		if values := typed[name]; len(values) > 0 {
			*to = values[0]
		}
	}
}

func from(c source.Constant) string {
	if c.Value != "" {
		return "value"
	}
	return string(c.From)
}

func (m *mapped) choices(key, chosen string, values ...string) (all []option) {
	for _, value := range values {
		all = append(all, option{Value: value, Text: m.v.words.T(key + cmp.Or(value, "none")), Chosen: value == chosen})
	}
	return all
}

func (m *mapped) column(i int, c source.Column) columnView {
	view := columnView{
		Number: strconv.Itoa(i + 1), HeadField: columnField(i, "head"), AtField: columnField(i, "at"), RoleField: columnField(i, "role"), OfField: columnField(i, "of"),
		FactorField: columnField(i, "factor"), Head: c.Head, Name: c.Head, Of: of(c), Factor: c.Factor,
	}
	if c.At > 0 {
		view.At = strconv.Itoa(c.At)
		view.Name = m.v.words.T("web.mapping.column", "letters", sheet.ColumnName(c.At))
	}
	var names []string
	for _, name := range []string{m.itemName(c.Item), m.unitName(c.Unit)} {
		if name != "" {
			names = append(names, name)
		}
	}
	view.OfName = strings.Join(names, " · ")
	for _, role := range source.Roles() {
		view.Roles = append(view.Roles, option{
			Value: string(role), Text: m.v.words.T("web.mapping.role." + string(role)), Chosen: role == cmp.Or(c.Role, source.RoleNone),
		})
	}
	return view
}

func (m *mapped) itemName(code assess.Code) string {
	if m.edition != nil {
		for _, i := range m.edition.Items {
			if i.Code == code {
				return i.Name.In(m.v.lang())
			}
		}
	}
	return ""
}

func (m *mapped) unitName(code assess.UnitCode) string {
	if m.edition != nil {
		if u, ok := m.edition.Roster.Unit(code); ok {
			return u.Name.In(m.v.lang())
		}
	}
	return ""
}

// trial words the first rows as they will be read.
func (m *mapped) trial(t collect.Trial) *trialView {
	words := m.v.words
	view := &trialView{
		Sentence: words.T("web.mapping.trial", "n", strconv.Itoa(t.Read), "new", strconv.Itoa(t.New), "changed", strconv.Itoa(t.Changed), "same", strconv.Itoa(t.Same),
			"missing", strconv.Itoa(t.Missing), "refused", strconv.Itoa(t.Refused)),
		More: t.Read - len(t.Rows),
	}
	for i, note := range t.Notes {
		if i == gridRows {
			break
		}
		view.Notes = append(view.Notes, m.v.bookProblem(note))
	}
	for _, x := range t.Rows {
		row := triedRow{
			Place: placeIn(x.Place), Unit: cmp.Or(m.unitName(x.Unit), source.Excerpt(string(x.Unit)), "—"), Period: cmp.Or(source.Excerpt(x.Period), "—"),
			Item: cmp.Or(m.itemName(x.Item), source.Excerpt(string(x.Item)), "—"), Value: cmp.Or(source.Excerpt(x.Value), "—"), Class: "done",
		}
		switch {
		case x.Fault != nil:
			row.Class, row.Verdict = "open", m.v.problem(x.Fault)
		case x.Outcome == "":
			row.Verdict = words.T("web.mapping.verdict.missing")
		default:
			row.Verdict = words.T("web.mapping.verdict." + string(x.Outcome))
		}
		view.Rows = append(view.Rows, row)
	}
	return view
}

// placeIn answers a place inside its file: the cell of a sheet, the line and column of a text.
func placeIn(at assess.Place) string {
	if name := sheetName(at); name != "" {
		return name + " " + cellName(at)
	}
	at.File = ""
	return at.String()
}
