package export

import (
	"iter"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
)

// Book is what one file holds: a table for each period, and for each unit where a table is of one.
type Book struct {
	Name   string // of Names
	Title  string // 得分汇总表
	File   string // what offices call the file, without its ending: 2026年第一季度_得分汇总表
	Tables []*Table
	// Aside are tables that stand beside in a workbook, with charts of their own, and that other formats leave out.
	Aside []*Table
	// Sources says what the figures are: definitions, origins, the state of the data. Nil where there is nothing to say.
	Sources *Table
	// Stands says of which state the figures are, one for each period that was read.
	Stands []Stand
}

// Stand is the state of the figures of a period.
type Stand struct {
	Period  assess.Period
	Version int    // of the data, as pages show it: 数据 v2; 0 where the table does not depend on it
	Edition string // of the definitions: 2026/1
}

// Table describes a table as it is sent. Every format is a rendering of it.
type Table struct {
	Name   string
	Title  string // the first row
	Issuer string // left in the second row: 单位：沈阳市总工会
	Stand  string // right in the second row: 截至2026年3月31日　数据 v1
	Tab    string // of the sheet: 2026Q1
	// Period and Unit are what the whole table is about, zero for none. Formats without a title lead every row with them.
	Period   assess.Period
	Unit     assess.UnitCode
	UnitName string
	Columns  []Column
	// Rows are read once or more. The cells of a row hold until the next one.
	Rows  iter.Seq2[Row, error]
	Notes []string // below the rows
	// Long tables have very many rows: none of them is broken into lines.
	Long bool
	// Tidy tables are for programs: their columns are promised, and one of them says the state of a row.
	Tidy bool
	// Signed asks for the line 制表 审核 签批 at the foot.
	Signed bool
	Paper  Paper
	Charts []Chart

	words i18n.Words
}

// Column describes a column.
type Column struct {
	Code    string // in JSON; never changes
	Head    string
	Over    string // a head above this and its neighbours of the same; "" for none
	Measure string // 分, 家; stands in brackets behind the head
	Kind    Kind
	Width   float64 // in digits
	// Hidden columns hold the codes by which a table can be read again.
	Hidden bool
	// Breaks begins a new page of paper here; the columns up to Table.Frozen are repeated on it.
	Breaks bool
	// Frozen columns, from the first, stay in sight.
	Frozen bool
	// Mixed columns of figures hold words, too: levels, yes and no.
	Mixed bool
}

// Kind says what a column is made of.
type Kind int

// The kinds.
const (
	Text    Kind = iota
	Number       // as many decimals as the figure is written with
	Percent      // in percent: 92.1
	Place        // a rank
	Date
	Light
	Whole // a whole number that is no rank
	Real  // with all digits it is computed with
)

// Numeric says whether the kind stands to the right.
func (k Kind) Numeric() bool {
	return k == Number || k == Percent || k == Place || k == Whole || k == Real
}

// Row is one row of a table.
type Row struct {
	Kind  RowKind
	Cells []Cell // one for each column
}

// RowKind tells the rows of units from those that stand for several.
type RowKind int

// The kinds of rows.
const (
	Plain RowKind = iota
	Subtotal
	Total
)

// Code answers the code of the kind: plain, subtotal, total.
func (k RowKind) Code() string {
	return [...]string{Plain: "plain", Subtotal: "subtotal", Total: "total"}[k]
}

// Cell is one cell: something, or one of several reasons why there is nothing. None of them is blank and none is zero.
type Cell struct {
	Is Is
	// Text is the words; of a figure the plain decimal with the decimals that are shown, "1204" or "86.50"; of a day 2026-04-18; of a
	// light its code.
	Text string
}

// Is says what a cell holds.
type Is byte

// What a cell holds.
const (
	None   Is = iota // there can be nothing here: the rank of a total
	Words            // Text
	Figure           // a number
	Day
	Lamp          // a light
	NotReported   // 未报
	NotApplicable // 不适用
	NotDue        // 未到期
	Pending       // 待报
)

// Paper is the size of paper a table is printed on, always across.
type Paper int

// The sizes.
const (
	A4 Paper = iota
	A3
)

// Chart is a chart of some rows of its table.
type Chart struct {
	Title  string
	Lines  bool     // else bars
	Labels string   // code of the column with the names
	Series []string // codes of the columns that are drawn
	// From and To are the rows that are drawn, from 0; To is not among them.
	From, To int
}

// dash stands where there can be nothing.
const dash = "—"

// Say answers what a cell says to a reader.
func (t *Table) Say(c Cell) string {
	switch c.Is {
	case None:
		return dash
	case NotReported:
		return t.words.T("state.not_reported")
	case NotApplicable:
		return t.words.T("state.not_applicable")
	case NotDue:
		return t.words.T("state.not_due")
	case Pending:
		return t.words.T("state.pending")
	case Lamp:
		return t.words.T("light." + c.Text)
	}
	if c.Text == "" {
		return dash
	}
	return c.Text
}

// Lights answers the words of the lights, by code.
func (t *Table) Lights() map[assess.Light]string {
	all := map[assess.Light]string{}
	for _, l := range []assess.Light{assess.Green, assess.Yellow, assess.Red} {
		all[l] = t.words.T("light." + string(l))
	}
	return all
}

// Lang answers the language of the table.
func (t *Table) Lang() string { return t.words.Lang() }

// Word answers a word of the program in the language of the table.
func (t *Table) Word(key string, args ...any) string { return t.words.T(key, args...) }

// Label answers the head of a column with its measure: 综合得分（分）.
func (t *Table) Label(c Column) string {
	if c.Measure == "" {
		return c.Head
	}
	return c.Head + t.words.T("common.bracket", "text", c.Measure)
}

// Read answers all rows of a table that is not large.
func (t *Table) Read() (rows []Row, err error) {
	for r, err := range t.Rows {
		if err != nil {
			return nil, err
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// rowsOf makes rows that are already there.
func rowsOf(rows []Row) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// FileName answers a name that every system takes.
func FileName(parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '_'
		}
		return r
	}, strings.Join(kept, "_"))
}
