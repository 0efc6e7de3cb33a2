package workbook

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/sheet"
	"github.com/unionboard/unionboard/internal/tabular"
)

// Mapping says how a table of a district's own making is read. Its lines are the columns of the sheet, counted from 1, its steps
// the rows; where the items stand side by side (Across) it is the other way round.
type Mapping struct {
	Sheet   string  `json:"sheet"`
	Across  bool    `json:"across,omitempty"`
	Labels  int     `json:"labels"`            // line of the items' names
	Figures int     `json:"figures"`           // line of the figures, 0 while a person has to choose it
	Measure int     `json:"measure,omitempty"` // line of the units of measure, 0 for none
	Notes   int     `json:"notes,omitempty"`   // line of notes, 0 for none
	First   int     `json:"first"`             // step of the first item
	Whole   string  `json:"whole,omitempty"`   // unit of measure of the whole table, "" for none
	Items   []Match `json:"items"`
}

// Match says which item a name in the table means; Item "" leaves it out.
type Match struct {
	Label string      `json:"label"`
	Item  assess.Code `json:"item"`
	// Unsure: the name is only like that of the item.
	Unsure bool `json:"unsure,omitempty"`
}

// item answers the match of a name.
func (m *Mapping) item(label string) (Match, bool) {
	for _, match := range m.Items {
		if match.Label == label {
			return match, true
		}
	}
	return Match{}, false
}

var digits = regexp.MustCompile(`[0-9]+`)

// Fingerprint answers what makes the layout of a table: the names in it and the heads of its lines, without their numbers, so that
// the table of the next quarter has the same. m is a proposal for it.
func (m *Mapping) Fingerprint(book *sheet.Book) string {
	sum := sha256.New()
	v, ok := viewOf(book, m.Sheet, m.Across)
	if !ok {
		return ""
	}
	fmt.Fprintln(sum, m.Across, m.Labels, m.First)
	for line := 1; line <= v.Lines; line++ {
		fmt.Fprintf(sum, "%q\n", digits.ReplaceAllString(tabular.Fold(v.Text(line, m.First-1)), "#"))
	}
	for _, match := range m.Items {
		fmt.Fprintf(sum, "%q\n", digits.ReplaceAllString(tabular.Fold(match.Label), "#"))
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// Remembered answers a mapping for a table whose layout was confirmed before: the items that were chosen then, and the lines, but the
// line of figures where the proposal names the quarter or the unit itself.
func (m Mapping) Remembered(before Mapping, book *sheet.Book, named bool) Mapping {
	known := map[string]assess.Code{}
	for _, match := range before.Items {
		known[match.Label] = match.Item
	}
	for i, match := range m.Items {
		if item, ok := known[match.Label]; ok {
			m.Items[i] = Match{Label: match.Label, Item: item}
		}
	}
	if m.Across == before.Across && m.Labels == before.Labels && m.First == before.First {
		m.Measure, m.Notes, m.Whole = before.Measure, before.Notes, before.Whole
		if !named && before.Figures > 0 {
			m.Figures = before.Figures
		}
	}
	return m
}

// Bounds of what is looked at for a mapping.
const (
	mostLines = 200
	mostSteps = 2_000
)

// view is a sheet as a mapping sees it: its lines may hold the names of items, figures, notes; its steps are the items.
type view struct{ *tabular.View }

func viewOf(book *sheet.Book, name string, across bool) (view, bool) {
	s, ok := book.Sheet(name)
	if !ok || s.Hidden {
		return view{}, false
	}
	return view{tabular.NewView(s, across, mostLines, mostSteps)}, true
}

// Line is a line of a table as a person chooses it.
type Line struct {
	Number int
	Name   string // the letters of a column, the number of a row
	Head   string // what stands before its first item
}

// Lines answers the lines of the table that hold something.
func (m *Mapping) Lines(book *sheet.Book) []Line {
	v, ok := viewOf(book, m.Sheet, m.Across)
	if !ok {
		return nil
	}
	var lines []Line
	for n := 1; n <= v.Lines; n++ {
		if !v.Holds(n) {
			continue
		}
		line := Line{Number: n, Name: sheet.ColumnName(n), Head: clip(strings.Join(strings.Fields(v.Text(n, m.First-1)), " "), 30)}
		if m.Across {
			line.Name = strconv.Itoa(n)
		}
		lines = append(lines, line)
	}
	return lines
}

// Named answers the item that a person names exactly, by name or code.
func Named(form *desk.Form, name string) (assess.Code, bool) {
	item, ok := namesOf(form).Named(name)
	return assess.Code(item), ok
}
