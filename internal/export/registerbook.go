package export

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
)

// RegisterBook describes records of a register as a table: the words of the definition, and heads by which a file is read in again. What
// stands under a mask, or what people wrote with personal numbers in it, has another head, so that no mask is ever read in as a value. Where
// personal columns are readable every row ends with who took them, and when.
func RegisterBook(words i18n.Words, c *assess.RegisterCopy, zone *time.Location) *Book {
	t := registerTable(words, c, zone)
	return &Book{Name: t.Name, Title: t.Title, File: FileName(t.Title, c.At.In(zone).Format(time.DateOnly)), Tables: []*Table{t}}
}

// PersonBook describes what stands of one person in several registers: a table for each.
func PersonBook(words i18n.Words, copies []*assess.RegisterCopy, zone *time.Location) *Book {
	title := words.T("export.register.person")
	b := &Book{Name: "person", Title: title}
	for _, c := range copies {
		b.Tables = append(b.Tables, registerTable(words, c, zone))
		b.File = FileName(title, c.At.In(zone).Format(time.DateOnly))
	}
	return b
}

func registerTable(words i18n.Words, c *assess.RegisterCopy, zone *time.Location) *Table {
	title := c.Name.In(words.Lang())
	t := &Table{Name: "register", Title: title, Tab: string(c.Code), Paper: A3, words: words, Long: len(c.Records) > longRegister}
	t.Stand = words.T("export.register.stand", "n", i18n.Figures(strconv.Itoa(len(c.Records))), "day", words.Date(c.At.In(zone)))
	fields := slices.DeleteFunc(slices.Clone(c.Fields), func(f assess.Field) bool { return f.System })
	closed := slices.ContainsFunc(c.Records, func(r assess.Record) bool { return r.Closed })
	rows := make([]Row, len(c.Records))
	covered := map[string]bool{}
	for i := range c.Records {
		r := &c.Records[i]
		for _, f := range fields {
			rows[i].Cells = append(rows[i].Cells, registerCell(words, f, r.Values[f.Name], c, covered))
		}
		if closed {
			rows[i].Cells = append(rows[i].Cells, inWords(words.T(map[bool]string{true: "export.register.closed", false: "export.register.open"}[r.Closed])))
		}
		if c.Watermark != "" {
			rows[i].Cells = append(rows[i].Cells, inWords(c.Watermark))
		}
	}
	for i, f := range fields {
		t.Columns = append(t.Columns, registerColumn(words, f, c.Covered[f.Name] || covered[f.Name], i == 0))
		t.Columns[i].Breaks = i > 0 && i%columnsOnPaper == 0
	}
	if closed {
		t.Columns = append(t.Columns, Column{Code: "record_state", Head: words.T("export.register.state"), Width: 10})
	}
	note := "export.register.covered"
	if c.Watermark != "" {
		t.Columns = append(t.Columns, Column{Code: "taken_by", Head: words.T("export.register.taken"), Width: 30})
		note = "export.register.readable"
	}
	t.Notes = []string{words.T(note, "by", c.By, "at", words.Date(c.At.In(zone))+" "+c.At.In(zone).Format("15:04"))}
	t.Rows = rowsOf(rows)
	return t
}

// columnsOnPaper is how many columns a page of paper has where a register is printed.
const columnsOnPaper = 11

// longRegister is from how many records on rows are not broken into lines.
const longRegister = 2000

func registerColumn(words i18n.Words, f assess.Field, covered, first bool) Column {
	c := Column{Code: f.Name, Head: f.Label.In(words.Lang()), Width: 16, Frozen: first}
	switch f.Type {
	case "int", "decimal", "money_cny":
		c.Kind, c.Width = Number, 12
	case "date":
		c.Kind, c.Width = Date, 12
	case "text":
		c.Width = 30
	default:
		if f.Max > 60 {
			c.Width = 26
		}
	}
	if covered {
		c.Head = words.T("export.register.masked", "column", c.Head) // not in brackets: what reads tables passes over these
	}
	return c
}

// registerCell makes a cell of a value in the one form that records have.
func registerCell(words i18n.Words, f assess.Field, value string, c *assess.RegisterCopy, covered map[string]bool) Cell {
	if value == "" {
		return Cell{}
	}
	switch f.Type {
	case "int", "decimal", "money_cny":
		if isNumber(value) {
			return Cell{Is: Figure, Text: value}
		}
	case "date":
		return Cell{Is: Day, Text: value}
	case "bool":
		return inWords(words.T(map[bool]string{true: "common.yes", false: "common.no"}[value == "true"]))
	case "enum":
		return inWords(groupName(f.Values, value, words.Lang()))
	case "enum_set":
		var names []string
		for code := range strings.SplitSeq(value, "、") {
			names = append(names, groupName(f.Values, code, words.Lang()))
		}
		return inWords(strings.Join(names, "、"))
	case "string", "text":
		if c.Watermark == "" && !f.Personal && !slices.Contains(c.Key, f.Name) {
			masked := Masked(value)
			covered[f.Name] = covered[f.Name] || masked != value
			value = masked
		}
	}
	return inWords(value)
}

// inWords is words, where these are the language.
func inWords(text string) Cell { return words(text) }

func groupName(all []assess.Group, code, lang string) string {
	for _, g := range all {
		if string(g.Code) == code {
			return g.Name.In(lang)
		}
	}
	return code
}
