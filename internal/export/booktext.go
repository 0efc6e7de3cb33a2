package export

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// CSV writes the tables of a book below one another under one head: UTF-8 with a byte-order mark, RFC 4180. Where there are several, every
// row begins with the period, and the unit where they are of one; what a table has no column for is a dash. Columns of codes come last.
// Nothing in it can be run as a formula.
func (b *Book) CSV(w io.Writer) error {
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return fmt.Errorf("write %s: %w", b.Name, err)
	}
	out := csv.NewWriter(w)
	lead, columns := b.Flat(len(b.Tables) > 1)
	if err := out.Write(b.heads(lead, columns)); err != nil {
		return fmt.Errorf("write %s: %w", b.Name, err)
	}
	cells := make([]string, len(lead)+len(columns))
	for _, t := range b.Tables {
		from := Places(t, columns)
		for i, l := range lead {
			cells[i] = l.Of(t)
		}
		for row, err := range t.Rows {
			if err != nil {
				return fmt.Errorf("write %s: %w", b.Name, err)
			}
			for i, at := range from {
				cells[len(lead)+i] = dash
				if at >= 0 {
					cells[len(lead)+i] = t.Say(row.Cells[at])
				}
			}
			harmless(cells)
			if err := out.Write(cells); err != nil {
				return fmt.Errorf("write %s: %w", b.Name, err)
			}
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write %s: %w", b.Name, err)
	}
	return nil
}

// byteOrderMark makes spreadsheets read a CSV file as UTF-8.
const byteOrderMark = "\ufeff"

// Lead is a column that stands before those of the tables.
type Lead struct {
	Code, key string
	Of        func(*Table) string
}

// Flat answers the columns of all tables of a book under one head, each once, and, where it is asked for, what stands before them: what the
// tables are of.
func (b *Book) Flat(leading bool) (leads []Lead, columns []Column) {
	for _, l := range []Lead{
		{"period", "export.period", func(t *Table) string { return t.Period.String() }},
		{"unit_code", "export.unit_code", func(t *Table) string { return string(t.Unit) }},
		{"unit", "export.unit", func(t *Table) string { return t.UnitName }},
	} {
		if leading && slices.ContainsFunc(b.Tables, func(t *Table) bool { return l.Of(t) != "" }) {
			leads = append(leads, l)
		}
	}
	known := map[string]bool{}
	for _, t := range b.Tables {
		for _, c := range t.Columns {
			if !known[c.Code] {
				known[c.Code] = true
				columns = append(columns, c)
			}
		}
	}
	slices.SortStableFunc(columns, func(a, b Column) int {
		switch {
		case a.Hidden == b.Hidden:
			return 0
		case a.Hidden:
			return 1
		}
		return -1
	})
	return leads, columns
}

func (b *Book) heads(leads []Lead, columns []Column) (heads []string) {
	if len(b.Tables) == 0 {
		return nil
	}
	t := b.Tables[0]
	for _, l := range leads {
		heads = append(heads, t.words.T(l.key))
	}
	for _, c := range columns {
		if c.Kind == Percent {
			c.Measure = "%"
		}
		heads = append(heads, t.Label(c))
	}
	harmless(heads)
	return heads
}

// Places answers where each of the columns stands in a table, -1 for nowhere.
func Places(t *Table, columns []Column) []int {
	at := make([]int, len(columns))
	for i, c := range columns {
		at[i] = slices.IndexFunc(t.Columns, func(own Column) bool { return own.Code == c.Code })
	}
	return at
}

// JSON writes a book: its tables with their columns and rows. A number is a number, a text a text; what is not there is null where there
// can be nothing, else an object that says why: {"state": "not_due"}.
func (b *Book) JSON(w io.Writer) error {
	out := bufio.NewWriter(w)
	j := jsonWriter{out: out}
	j.put(`{"schema": "unionboard/table/1", "table": %s, "title": %s, "tables": [`, b.Name, b.Title)
	for i, t := range b.Tables {
		j.sep(i, "\n")
		if err := j.table(t); err != nil {
			return fmt.Errorf("write %s: %w", b.Name, err)
		}
	}
	j.put("\n]}\n")
	if j.err == nil {
		j.err = out.Flush()
	}
	if j.err != nil {
		return fmt.Errorf("write %s: %w", b.Name, j.err)
	}
	return nil
}

// jsonWriter writes JSON piece by piece and keeps the first error.
type jsonWriter struct {
	out *bufio.Writer
	err error
}

// put writes a format whose %s stand for texts, each quoted.
func (j *jsonWriter) put(format string, texts ...string) {
	args := make([]any, len(texts))
	for i, text := range texts {
		quoted, err := json.Marshal(text)
		if err != nil && j.err == nil {
			j.err = err
		}
		args[i] = quoted
	}
	if _, err := fmt.Fprintf(j.out, format, args...); err != nil && j.err == nil {
		j.err = err
	}
}

// sep separates the i-th of several.
func (j *jsonWriter) sep(i int, then string, texts ...string) {
	if i > 0 {
		j.put(",")
	}
	j.put(then, texts...)
}

func (j *jsonWriter) table(t *Table) error {
	j.put(`{"title": %s, "period": %s, "unit": %s, "unit_name": %s, "columns": [`, t.Title, t.Period.String(), string(t.Unit), t.UnitName)
	for i, c := range t.Columns {
		j.sep(i, "\n  ")
		measure := c.Measure
		if c.Kind == Percent {
			measure = "%"
		}
		j.put(`{"code": %s, "head": %s, "over": %s, "measure": %s}`, c.Code, c.Head, c.Over, measure)
	}
	j.put(`], "rows": [`)
	n := 0
	for row, err := range t.Rows {
		if err != nil {
			return err
		}
		j.sep(n, "\n  {")
		n++
		j.row(t, row)
		j.put("}")
	}
	j.put(`], "notes": [`)
	for i, note := range t.Notes {
		j.sep(i, "%s", note)
	}
	j.put("]}")
	return j.err
}

func (j *jsonWriter) row(t *Table, row Row) {
	if row.Kind != Plain {
		j.put(`"row": %s, `, row.Kind.Code())
	}
	for i, c := range row.Cells {
		j.sep(i, "")
		j.put("%s: ", t.Columns[i].Code)
		switch c.Is {
		case None:
			j.put("null")
		case Figure:
			j.raw(c.Text)
		case Words, Day, Lamp:
			j.put("%s", c.Text)
		default:
			j.put(`{"state": %s}`, c.Is.Code())
		}
	}
}

func (j *jsonWriter) raw(text string) {
	if _, err := j.out.WriteString(text); err != nil && j.err == nil {
		j.err = err
	}
}

// Code answers the code of what is not there; "" for something, and where there can be nothing.
func (is Is) Code() string {
	switch is {
	case NotReported:
		return string(assess.NotReported)
	case NotApplicable:
		return string(assess.NotApplicable)
	case NotDue:
		return string(assess.NotDue)
	case Pending:
		return string(assess.Pending)
	}
	return ""
}
