package register

import (
	"context"
	"fmt"
	"strings"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/sheet"
	"github.com/unionboard/unionboard/internal/tabular"
)

// mostHead is in how many rows from the top the heads of columns are looked for: titles and dates may stand above.
const mostHead = 10

// mostRows is how many records a file may bring.
const mostRows = 10_000

// Imported is what became of a file, row by row.
type Imported struct {
	Added, Changed, Same, Refused int
	// Rows are those that were refused, or that bring something to look at, in the order of the file.
	Rows []ImportedRow
	// Ignored are heads of columns that the register does not have.
	Ignored []string
}

// ImportedRow is a row with its findings. The places of findings of columns name sheet, row and column.
type ImportedRow struct {
	Line     int
	Key      string
	Findings []Finding
}

// Import takes records from a sheet whose heads are the names of the columns, in either language or as the definition has them. A row whose
// number is on the register changes that record, and what is the same changes nothing. Good rows are written together, the others answered;
// dry writes none. A sheet without the columns of the key is a Problem.
func (b *Book) Import(ctx context.Context, table assess.Code, from *sheet.Sheet, dry bool, u account.User, line assess.AuditLine) (Imported, error) {
	s, err := b.sitting(ctx, table, u, line.At)
	if err != nil {
		return Imported{}, err
	}
	if err := s.readAll(ctx); err != nil {
		return Imported{}, err
	}
	head, columns, ignored, err := s.table.heads(from)
	if err != nil {
		return Imported{}, err
	}
	if n := len(from.Rows) - head - 1; n > mostRows {
		return Imported{}, assess.Invalid("problem.record_rows", fmt.Sprintf("the sheet has %d rows; at most %d are taken at once, divide it", n, mostRows), "n", fmt.Sprint(n), "most", fmt.Sprint(mostRows))
	}
	done := Imported{Ignored: ignored}
	var writes []assess.RecordWrite
	var lines []assess.AuditLine
	seen := map[string]int{}
	for _, row := range from.Rows[head+1:] {
		one, write, err := s.row(ctx, from, row, columns, seen)
		if err != nil {
			return Imported{}, err
		}
		switch {
		case one == nil:
			continue // a row without anything
		case HasError(one.Findings):
			done.Refused++
		case write == nil:
			done.Same++
		case write.Version == 0:
			done.Added++
		default:
			done.Changed++
		}
		if len(one.Findings) > 0 {
			done.Rows = append(done.Rows, *one)
		}
		if write != nil {
			writes, lines = append(writes, *write), append(lines, s.line(line, write))
		}
	}
	if dry || len(writes) == 0 {
		return done, nil
	}
	return done, b.Store.PutRecords(ctx, writes, lines...)
}

// heads finds the row of heads, and which column of the sheet is which of the register.
func (t *Table) heads(from *sheet.Sheet) (head int, columns map[int]string, ignored []string, err error) {
	names := map[string]string{}
	for _, f := range t.Fields {
		if f.System {
			continue
		}
		for _, label := range []string{f.Name, f.Label.ZH, f.Label.EN} {
			names[tabular.Fold(label)] = f.Name
			names[tabular.Bare(label)] = f.Name
		}
	}
	for i, row := range from.Rows[:min(mostHead, len(from.Rows))] {
		found, other := map[int]string{}, []string(nil)
		for _, c := range row.Cells {
			text := tabular.Text(c)
			name, ok := names[tabular.Fold(text)]
			if !ok {
				name, ok = names[tabular.Bare(text)]
			}
			if ok {
				found[c.Column] = name
			} else if text != "" {
				other = append(other, text)
			}
		}
		if len(found) > len(columns) {
			head, columns, ignored = i, found, other
		}
	}
	for _, name := range t.Key {
		if !holds(columns, name) {
			label := t.columns[name].Label
			return 0, nil, nil, assess.Invalid("problem.record_heads",
				fmt.Sprintf("no column is headed %s or %s; the heads of the columns must be those of the register, as the export writes them", label.ZH, label.EN), "column", label.ZH).
				At(assess.Place{File: from.At(0, 0, "").File})
		}
	}
	return head, columns, ignored, nil
}

func holds(columns map[int]string, name string) bool {
	for _, has := range columns {
		if has == name {
			return true
		}
	}
	return false
}

// row decides about one row; nil for one without anything in the register's columns. A row that changes nothing has no write.
func (s *sitting) row(ctx context.Context, from *sheet.Sheet, row sheet.Row, columns map[int]string, seen map[string]int) (*ImportedRow, *assess.RecordWrite, error) {
	one := &ImportedRow{Line: row.Number}
	c := Change{Table: s.table.Code, Written: map[string]string{}}
	at := map[string]assess.Place{}
	for column, name := range columns {
		cell := row.Cell(column)
		at[name] = from.At(row.Number, column, s.table.columns[name].Label.ZH)
		if cell.Kind == sheet.Fault || cell.Kind == sheet.Uncached {
			one.Findings = append(one.Findings, Finding{Level: Error, Column: name, Problem: assess.Invalid("problem.record_text", "this cannot be read; write it again").At(at[name])})
			continue
		}
		if p := cut(s.table.columns[name].Type, cell); p != nil {
			one.Findings = append(one.Findings, Finding{Level: Error, Column: name, Problem: p.At(at[name])})
			continue
		}
		c.Written[name] = cell.String()
	}
	if blank(c.Written) && len(one.Findings) == 0 {
		return nil, nil, nil
	}
	typed := s.table.ReadAll(c.Written)
	one.Key = s.table.KeyOf(typed.Values)
	if before, twice := seen[one.Key]; twice && one.Key != "" {
		one.Findings = append(one.Findings, Finding{Level: Error, Column: s.table.Key[0], Problem: assess.Invalid("problem.record_twice",
			fmt.Sprintf("row %d has the same number; leave one of the two in the file", before), "line", fmt.Sprint(before)).At(at[s.table.Key[0]])})
	}
	if len(one.Findings) > 0 {
		return one, nil, nil
	}
	seen[one.Key] = row.Number
	old, known := s.byKey[one.Key]
	if known {
		if !s.user.May(account.KeepRegisters, old.Unit, s.table.Keeper()) {
			one.Findings = []Finding{{Level: Error, Column: s.table.Key[0], Problem: assess.Conflict("problem.record_named",
				fmt.Sprintf("the register has a record %s already; change that one, or choose another number", one.Key), "key", one.Key).At(at[s.table.Key[0]])}}
			return one, nil, nil
		}
		c.ID, c.Version = old.ID, old.Version
	}
	saved, write, err := s.decide(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	for _, f := range saved.Findings {
		if place, ok := at[f.Column]; ok && f.Problem != nil {
			f.Problem = f.Problem.At(place)
		}
		one.Findings = append(one.Findings, f)
	}
	if write != nil && known {
		same, err := s.same(old, write)
		if err != nil || same {
			return one, nil, err
		}
	}
	return one, write, nil
}

// mostDigits is how many digits a spreadsheet keeps of a number.
const mostDigits = 15

// cut refuses a number of an account, a code or a telephone of which a spreadsheet has kept the first fifteen digits alone.
func cut(kind string, cell sheet.Cell) *assess.Problem {
	if cell.Kind != sheet.Number || kind != "string" && kind != "uscc" && kind != "phone" {
		return nil
	}
	if whole, _, _ := strings.Cut(cell.Text, "."); len(whole) <= mostDigits {
		return nil
	}
	return assess.Invalid("problem.record_cut", fmt.Sprintf("the cell holds a number of more than %d digits, of which spreadsheets lose the last ones; format the column as text and write it again", mostDigits), "n", fmt.Sprint(mostDigits))
}

func blank(written map[string]string) bool {
	for _, text := range written {
		if text != "" {
			return false
		}
	}
	return true
}

// same says whether a write changes nothing of a record.
func (s *sitting) same(old assess.Record, w *assess.RecordWrite) (bool, error) {
	before, err := s.whole(&old)
	if err != nil {
		return false, err
	}
	after, err := s.whole(&w.Record)
	if err != nil {
		return false, err
	}
	if len(before) != len(after) {
		return false, nil
	}
	for name, value := range before {
		if after[name] != value {
			return false, nil
		}
	}
	return true, nil
}
