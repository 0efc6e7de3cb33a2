package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/workbook"
)

// bookBody is the page that shows what a waiting file would change.
type bookBody struct {
	fillBody
	File, Sentence, Fault string
	Address               string // of the file
	Seen                  string // version of the form
	Notes                 []string
	Refused               []bookRow // cells that cannot be taken
	Moved                 []bookRow // cells that somebody else has changed
	Changes               []bookRow
	Remaining             []bookRow // cells the file does not change, about which something is said
	Marked                string    // address of the marked copy, "" without marks
	CanConfirm            bool
	Saves                 int
	Mapping               *mappingView
}

// bookRow is a cell of the file.
type bookRow struct {
	Number           int
	Code, Name, At   string
	From, To, Echo   string
	NoteFrom, NoteTo string
	Noted            bool // the note changes
	Who, When        string
	Text             string // why it cannot be taken
	Notices          []notice
}

func (s *site) drawBook(w http.ResponseWriter, r *http.Request, l *looked, status int, fault *assess.Problem) error {
	base, err := s.fillBody(r, l.opened, "")
	if err != nil {
		return err
	}
	b := bookBody{fillBody: base, File: l.upload.Name, Address: l.at("upload", l.upload.ID), Seen: l.version()}
	if fault != nil {
		b.Fault = l.v.bookProblem(fault)
	}
	for _, n := range l.notes {
		b.Notes = append(b.Notes, l.v.bookProblem(n))
	}
	for _, m := range l.after.General {
		b.Notes = append(b.Notes, l.message(m))
	}
	l.sort(&b)
	b.CanConfirm = l.refusesFiles() == nil && (b.Saves > 0 || len(b.Moved) > 0)
	if len(l.marks()) > 0 {
		b.Marked = l.at("upload", l.upload.ID, "marked.xlsx")
	}
	if l.mapping != nil {
		b.Mapping = l.mappingView()
	}
	b.Sentence = l.bookSentence(&b)
	p := l.page(l.say("fill.book.look"), fault != nil || len(b.Refused) > 0, &b)
	p.Script = ""
	return s.render(w, r, status, "upload", p)
}

// toChoose says that a person has to say first where the figures stand.
func (l *looked) toChoose() bool { return l.mapping != nil && l.mapping.Figures == 0 }

// sort puts the cells of the file where they belong.
func (l *looked) sort(b *bookBody) {
	for i := range l.filled.Cells {
		c := &l.filled.Cells[i]
		row := l.bookRow(c)
		switch {
		case c.Fault != nil:
			row.Text = l.v.problem(c.Fault)
			b.Refused = append(b.Refused, row)
		case c.Moved:
			b.Moved = append(b.Moved, row)
		case c.Save != nil:
			b.Saves++
			b.Changes = append(b.Changes, row)
		case len(row.Notices) > 0:
			b.Remaining = append(b.Remaining, row)
		}
	}
}

func (l *looked) bookRow(c *workbook.FilledCell) bookRow {
	row := bookRow{Code: string(c.Item), Name: string(c.Item), At: l.say("fill.book.cell", "sheet", l.book.SheetAt(c.At), "cell", cellName(c.At))}
	f := l.fields[c.Item]
	if f == nil {
		return row
	}
	row.Number, row.Name = f.Number, l.text(f.Item.Name)
	row.From = l.holding(f)
	row.NoteFrom = f.Draft.Note
	if c.Save != nil {
		row.To = l.entered(f, c.Save.Value, c.Save.Missing)
		row.NoteTo, row.Noted = c.Save.Note, c.Save.Note != f.Draft.Note
	}
	if c.Moved {
		row.Who, row.When = l.who(f.Draft.By), l.clock(f.Draft.At)
		return row
	}
	if c.Fault == nil {
		row.Notices = l.still(c.Item)
		if then := l.then[c.Item]; then != nil && c.Save != nil {
			row.Echo = l.echo(then)
		}
	}
	return row
}

// holding writes what stands in a field now.
func (l *looked) holding(f *desk.Field) string {
	if f.Draft.Revision > 0 {
		return l.entered(f, f.Draft.Value, f.Draft.State == assess.Missing)
	}
	if shown := l.figure(f.Item, f.State, f.Shown); shown != "" {
		return shown
	}
	return l.say("fill.blank")
}

// entered writes what was typed: plain digits in groups, everything else as it is.
func (l *looked) entered(f *desk.Field, value string, lack bool) string {
	if _, err := decimal.NewFromString(value); err == nil && !lack {
		return l.figure(f.Item, assess.Reported, value)
	}
	return l.typed(f, value, lack)
}

// bookSentence is the answer on top: what the file would do.
func (l *looked) bookSentence(b *bookBody) string {
	if l.toChoose() {
		return l.v.problem(workbook.ToChoose(""))
	}
	if b.Saves+len(b.Refused)+len(b.Moved) == 0 {
		return l.say("fill.book.same", "file", b.File)
	}
	parts := []string{l.say("fill.book.sentence", "file", b.File, "n", b.Saves)}
	for _, part := range []struct {
		key string
		n   int
	}{
		{"fill.book.sentence.refused", len(b.Refused)},
		{"fill.book.sentence.moved", len(b.Moved)},
		{"fill.book.sentence.errors", l.after.Counts.Errors},
		{"fill.book.sentence.unnoted", l.after.Counts.Unnoted},
	} {
		if part.n > 0 {
			parts = append(parts, l.say(part.key, "n", part.n))
		}
	}
	return strings.Join(parts, l.say("fill.book.sentence.and")) + l.say("fill.book.sentence.end")
}

// mappingView is how a table is read, to be looked at and corrected.
type mappingView struct {
	Address                         string
	Sheets                          []option
	Down, Across                    bool
	Labels, Figures, Measure, Notes []option
	First, Whole                    string
	Ask                             bool     // the figures are to be chosen
	Names                           []string // that may be chosen
	Rows, More                      []mappedRow
}

// mappedRow is a name of the table, with the figure beside it as it will be read.
type mappedRow struct {
	Field, Label, At, Raw, Measure, Value, Item string
	Unsure                                      bool
}

// firstRows are shown at once; the others on demand.
const firstRows = 20

func (l *looked) mappingView() *mappingView {
	m := l.mapping
	v := &mappingView{
		Address: l.at("upload", l.upload.ID, "mapping"), Down: !m.Across, Across: m.Across, First: strconv.Itoa(m.First), Whole: m.Whole,
	}
	for i := range l.book.Sheets {
		if s := &l.book.Sheets[i]; !s.Hidden {
			v.Sheets = append(v.Sheets, option{Value: s.Name, Text: s.Name, Chosen: s.Name == m.Sheet})
		}
	}
	lines := m.Lines(l.book)
	v.Labels, v.Figures = l.lineOptions(lines, m, m.Labels, false), l.lineOptions(lines, m, m.Figures, false)
	if v.Ask = m.Figures == 0; v.Ask {
		v.Figures = append([]option{{Value: "0", Text: l.say("fill.map.choose"), Chosen: true}}, v.Figures...)
	}
	v.Measure, v.Notes = l.lineOptions(lines, m, m.Measure, true), l.lineOptions(lines, m, m.Notes, true)
	for i := range l.Sections {
		for j := range l.Sections[i].Fields {
			if f := &l.Sections[i].Fields[j]; f.Kind == desk.Typed {
				v.Names = append(v.Names, l.text(f.Item.Name))
			}
		}
	}
	index := map[string]int{}
	for i, match := range m.Items {
		index[match.Label] = i
	}
	seen := map[string]bool{}
	for _, row := range l.rows {
		if seen[row.Label] || row.Item == "" && row.Raw == "" && !v.Ask {
			continue // said once, and what has no figure need not be named
		}
		seen[row.Label] = true
		one := l.mappedRow(row, index[row.Label])
		if len(v.Rows) < firstRows {
			v.Rows = append(v.Rows, one)
		} else if len(v.More) < mostMapped {
			v.More = append(v.More, one)
		}
	}
	return v
}

// mostMapped bounds the names on the page: a form has some hundred figures.
const mostMapped = 300

func (l *looked) mappedRow(row workbook.TableRow, index int) mappedRow {
	one := mappedRow{
		Field: itemField + strconv.Itoa(index), Label: row.Label, At: cellName(row.At), Raw: row.Raw, Measure: row.Measure, Value: row.Value, Unsure: row.Unsure,
	}
	if f := l.fields[row.Item]; f != nil {
		one.Item = l.text(f.Item.Name)
		if row.Value != "" {
			one.Value = l.v.words.Amount(l.figure(f.Item, assess.Reported, row.Value), l.text(f.Item.Measure))
		}
	}
	return one
}

func (l *looked) lineOptions(lines []workbook.Line, m *workbook.Mapping, chosen int, none bool) []option {
	var all []option
	if none {
		all = append(all, option{Value: "0", Text: l.say("fill.book.line.none"), Chosen: chosen == 0})
	}
	key := "fill.book.line.column"
	if m.Across {
		key = "fill.book.line.row"
	}
	for _, line := range lines {
		all = append(all, option{Value: strconv.Itoa(line.Number), Text: l.say(key, "name", line.Name, "head", line.Head), Chosen: line.Number == chosen})
	}
	return all
}
