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
)

// Mapping says how a table of a district's own making is read. Its lines are the columns of the sheet, counted from 1, its steps
// the rows; where the items stand side by side (Across) it is the other way round.
type Mapping struct {
	Sheet   string  `json:"sheet"`
	Across  bool    `json:"across,omitempty"`
	Labels  int     `json:"labels"`            // line of the items' names
	Figures int     `json:"figures"`           // line of the figures
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
	for line := 1; line <= v.lines; line++ {
		fmt.Fprintf(sum, "%q\n", digits.ReplaceAllString(folded(v.text(line, m.First-1)), "#"))
	}
	for _, match := range m.Items {
		fmt.Fprintf(sum, "%q\n", digits.ReplaceAllString(folded(match.Label), "#"))
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
		if !named {
			m.Figures = before.Figures
		}
	}
	return m
}

// view is a sheet as a mapping sees it: lines and steps.
type view struct {
	sheet        *sheet.Sheet
	across       bool
	cells        map[[2]int]sheet.Cell // by line and step
	merged       map[[2]int][2]int     // where the words of a blank merged cell stand
	lines, steps int
}

// Bounds of what is looked at for a mapping.
const (
	mostLines = 200
	mostSteps = 2_000
	mostHeads = 20_000 // cells that are part of merged ones
)

func viewOf(book *sheet.Book, name string, across bool) (*view, bool) {
	s, ok := book.Sheet(name)
	if !ok || s.Hidden {
		return nil, false
	}
	v := &view{sheet: s, across: across, cells: map[[2]int]sheet.Cell{}, merged: map[[2]int][2]int{}}
	for _, r := range s.Rows {
		for _, c := range r.Cells {
			line, step := c.Column, r.Number
			if across {
				line, step = step, line
			}
			if line > mostLines || step > mostSteps {
				continue
			}
			v.cells[[2]int{line, step}] = c
			v.lines, v.steps = max(v.lines, line), max(v.steps, step)
		}
	}
	for _, a := range s.Merged {
		v.merge(a)
	}
	return v, true
}

// merge notes the cells of a merged area, so far as they are looked at.
func (v *view) merge(a sheet.Area) {
	fromLine, fromStep, toLine, toStep := a.Left, a.Top, a.Right, a.Bottom
	if v.across {
		fromLine, fromStep, toLine, toStep = a.Top, a.Left, a.Bottom, a.Right
	}
	for line := fromLine; line <= min(toLine, v.lines); line++ {
		for step := fromStep; step <= min(toStep, v.steps) && len(v.merged) < mostHeads; step++ {
			v.merged[[2]int{line, step}] = [2]int{fromLine, fromStep}
		}
		if len(v.merged) == mostHeads {
			return
		}
	}
}

func (v *view) cell(line, step int) sheet.Cell { return v.cells[[2]int{line, step}] }

// text answers the words of a cell, those of the merged cells it is part of where it is blank.
func (v *view) text(line, step int) string {
	c, ok := v.cells[[2]int{line, step}]
	if from, merged := v.merged[[2]int{line, step}]; merged && !ok {
		c = v.cells[from]
	}
	return text(c)
}

// place answers where a cell stands in the sheet.
func (v *view) place(line, step int, head string) assess.Place {
	if v.across {
		line, step = step, line
	}
	return v.sheet.At(step, line, head)
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
	held := map[int]bool{}
	for at := range v.cells {
		held[at[0]] = true
	}
	var lines []Line
	for n := 1; n <= v.lines; n++ {
		if !held[n] {
			continue
		}
		line := Line{Number: n, Name: sheet.ColumnName(n), Head: clip(strings.Join(strings.Fields(v.text(n, m.First-1)), " "), 30)}
		if m.Across {
			line.Name = strconv.Itoa(n)
		}
		lines = append(lines, line)
	}
	return lines
}

// Named answers the item that a person names exactly, by name or code.
func Named(form *desk.Form, name string) (assess.Code, bool) {
	item, ok := namesOf(form).byName[bare(name)]
	return item, ok
}
