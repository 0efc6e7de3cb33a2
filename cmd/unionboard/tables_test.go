package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/export"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/sheet"
	"github.com/unionboard/unionboard/internal/workbook"
)

// demoBooks answers every table of a quarter of the demonstration, of two quarters what is drawn over time, in both languages.
func demoBooks(t *testing.T, a *app) (books []*export.Book) {
	t.Helper()
	for _, lang := range []string{i18n.Chinese, i18n.English} {
		for _, name := range export.Names() {
			o := export.Order{Table: name, Periods: []assess.Period{assess.NewQuarter(2026, 1)}, Lang: lang, Unsigned: true, Now: time.Date(2026, 10, 9, 1, 0, 0, 0, time.UTC)}
			if name == "scores" {
				o.Periods = append(o.Periods, assess.NewQuarter(2026, 2))
			}
			book, err := a.room().Book(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			books = append(books, book)
		}
	}
	return books
}

// inDemo opens a copy of the demonstration.
func inDemo(t *testing.T, do func(a *app)) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	copyInstallation(t, demonstration(t), dir)
	inside(t, dir, do)
}

// lampsFit: the word of a light is read whole in its column, whose rows do not grow with it.
func lampsFit(t *testing.T, table *export.Table) {
	t.Helper()
	for _, c := range table.Columns {
		for _, word := range table.Lights() {
			if c.Kind == export.Light && c.Width < float64(len([]rune(word)))+1 {
				t.Errorf("%s, %s: a column %v wide cuts %q", table.Title, c.Head, c.Width, word)
			}
		}
	}
}

// TestEveryTableIsWholeInEveryFormat: no cell of any table is blank or without its words, and what CSV, JSON and the workbook hold is what the
// description says, numbers as numbers.
func TestEveryTableIsWholeInEveryFormat(t *testing.T) {
	t.Parallel()
	inDemo(t, func(a *app) {
		for _, book := range demoBooks(t, a) {
			var text, object, sheets bytes.Buffer
			for _, write := range []error{book.CSV(&text), book.JSON(&object), workbook.WriteBook(&sheets, book)} {
				if write != nil {
					t.Fatal(write)
				}
			}
			n := 0
			for _, table := range book.Tables {
				n += wholeTable(t, table)
				lampsFit(t, table)
			}
			if n == 0 && book.Name != "evidence" && book.Name != "appeals" && book.Name != "actions" {
				t.Errorf("%s has no rows", book.Name)
			}
			rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text.Bytes(), []byte("\ufeff")))).ReadAll()
			if err != nil || len(rows) != n+1 || !bytes.HasPrefix(text.Bytes(), []byte("\ufeff")) {
				t.Errorf("%s as CSV has %d rows below its head, want %d: %v", book.Name, len(rows)-1, n, err)
			}
			for _, row := range rows {
				if at := strings.Join(row, "\x00"); strings.Contains(at, "\x00\x00") || strings.HasSuffix(at, "\x00") {
					t.Fatalf("%s as CSV has a blank cell: %q", book.Name, row)
				}
			}
			var read struct {
				Tables []struct{ Rows []map[string]any }
			}
			if err := json.Unmarshal(object.Bytes(), &read); err != nil || len(read.Tables) != len(book.Tables) {
				t.Errorf("%s as JSON: %d tables, %v", book.Name, len(read.Tables), err)
			}
			readBack(t, book, sheets.Bytes())
			readParquet(t, book)
		}
	})
}

// wholeTable checks the cells of a table and counts its rows.
func wholeTable(t *testing.T, table *export.Table) (n int) {
	t.Helper()
	for row, err := range table.Rows {
		if err != nil {
			t.Fatal(err)
		}
		n++
		if len(row.Cells) != len(table.Columns) {
			t.Fatalf("%s: a row of %d cells below %d heads", table.Name, len(row.Cells), len(table.Columns))
		}
		for i, c := range row.Cells {
			if said := table.Say(c); said == "" || unsaid(said) {
				t.Fatalf("%s: %s says %q", table.Title, table.Columns[i].Code, said)
			}
			if table.Columns[i].Kind.Numeric() && c.Is == export.Words && table.Columns[i].Code != "done" && table.Columns[i].Code != "value" {
				if _, err := decimal.NewFromString(c.Text); err == nil {
					t.Fatalf("%s: %s holds the number %s as a text", table.Title, table.Columns[i].Code, c.Text)
				}
			}
		}
	}
	for _, c := range table.Columns {
		if label := table.Label(c); label == "" || unsaid(label) || c.Width <= 0 {
			t.Errorf("%s: the column %s is called %q, %v wide", table.Name, c.Code, label, c.Width)
		}
	}
	for _, text := range append([]string{table.Title, table.Issuer, table.Tab}, table.Notes...) {
		if text == "" || unsaid(text) {
			t.Errorf("%s: a title or note is %q", table.Name, text)
		}
	}
	return n
}

// unsaid says whether a text is the key of a sentence that nobody wrote.
func unsaid(text string) bool {
	for _, begin := range []string{"export.", "state.", "reason.", "level.", "method.", "origin.", "light.", "filing.", "evidence.", "web."} {
		if strings.HasPrefix(text, begin) && !strings.Contains(text, " ") {
			return true
		}
	}
	return false
}

// readBack reads a workbook and compares it with the book cell by cell: numbers with the digits of the figure, days, words.
func readBack(t *testing.T, book *export.Book, data []byte) {
	t.Helper()
	read, err := sheet.Read(book.File, data)
	if err != nil {
		t.Fatalf("%s: %v", book.File, err)
	}
	tables := append(append([]*export.Table{}, book.Tables...), book.Aside...)
	for i, table := range tables {
		s := read.Sheets[i]
		byNumber := map[int]sheet.Row{}
		for _, r := range s.Rows {
			byNumber[r.Number] = r
		}
		if got := firstText(byNumber[1]); got != table.Title {
			t.Errorf("%s: the first row says %q, want %q", book.Name, got, table.Title)
		}
		at := 4
		for _, c := range table.Columns {
			if c.Over != "" {
				at = 5
			}
		}
		for row, err := range table.Rows {
			if err != nil {
				t.Fatal(err)
			}
			for j, c := range row.Cells {
				got := byNumber[at].Cell(j + 1)
				if want := inSheet(table, table.Columns[j], c); !sameCell(got, want) {
					t.Fatalf("%s: %s of %s is %v %q, want %v %q", book.Name, sheet.CellName(at, j+1), s.Name, got.Kind, got.Text, want.Kind, want.Text)
				}
			}
			at++
		}
	}
}

func firstText(r sheet.Row) string {
	if len(r.Cells) == 0 {
		return ""
	}
	return r.Cells[0].Text
}

// inSheet is how a cell stands in a workbook.
func inSheet(table *export.Table, column export.Column, c export.Cell) sheet.Cell {
	switch c.Is {
	case export.Figure:
		d := decimal.RequireFromString(c.Text)
		if column.Kind == export.Percent {
			return sheet.Cell{Kind: sheet.Percent, Text: d.Shift(-2).String()}
		}
		return sheet.Cell{Kind: sheet.Number, Text: d.String()}
	case export.Day:
		day, _ := time.Parse(time.DateOnly, c.Text)
		return sheet.Cell{Kind: sheet.Date, Text: decimal.NewFromFloat(day.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)).Hours() / 24).String()}
	}
	return sheet.Cell{Kind: sheet.Text, Text: strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(export.Harmless(table.Say(c)))}
}

func sameCell(a, b sheet.Cell) bool {
	if a.Kind != b.Kind {
		return false
	}
	if a.Kind == sheet.Text {
		return a.Text == b.Text
	}
	x, errX := decimal.NewFromString(a.Text)
	y, errY := decimal.NewFromString(b.Text)
	return errX == nil && errY == nil && x.Sub(y).Abs().LessThan(decimal.New(1, -9))
}

// TestSubtotalsAreMadeOfSums: of a peer group counts are summed up, and a rate is made of the sums, which is not the mean of the rates.
func TestSubtotalsAreMadeOfSums(t *testing.T) {
	t.Parallel()
	inDemo(t, func(a *app) {
		p := assess.NewQuarter(2026, 1)
		s, err := a.board.Sheet(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		f, count, _ := s.Node("210102", "new_unions")
		_, rate, _ := s.Node("210102", "enterprise_coverage")
		if rate == nil {
			for _, leaf := range f.Root.Leaves() {
				if leaf.Indicator.Value.Numerator != "" && leaf.Indicator.Method.Kind != assess.Ranked && leaf.Indicator.Frequency == assess.Quarterly {
					rate = leaf
					break
				}
			}
		}
		of := rate.Indicator.Value
		for _, group := range s.Edition.Roster.Groups {
			card, err := s.Subtotal(f, group.Code)
			if err != nil {
				t.Fatal(err)
			}
			sum, above, below := 0.0, decimal.Zero, decimal.Zero
			for _, u := range s.Edition.Roster.Units {
				if u.Group != group.Code {
					continue
				}
				_, _, n := s.Node(u.Code, count.Code)
				sum += *n.Value
				for item, to := range map[assess.Code]*decimal.Decimal{of.Numerator: &above, of.Denominator: &below} {
					all, err := a.board.History(t.Context(), assess.CellKey{Unit: u.Code, Period: p, Item: item})
					if err != nil || len(all) == 0 {
						t.Fatalf("%s of %s: %v", item, u.Code, err)
					}
					d, _ := all[len(all)-1].Number()
					*to = to.Add(d)
				}
			}
			if got := card.Node(count.Code).Value; got == nil || *got != sum {
				t.Errorf("%s of %s is %v, want %v", count.Code, group.Code, got, sum)
			}
			want := above.InexactFloat64() / below.InexactFloat64() * of.Scale
			if got := card.Node(rate.Code).Value; got == nil || assess.Snap(*got-want) != 0 {
				t.Errorf("%s of %s is %v, want %v", rate.Code, group.Code, got, want)
			}
		}
	})
}

// TestLibreOfficeTakesEveryTable: every workbook is opened, worked out anew and saved by LibreOffice and read back cell by cell, and makes a
// PDF whose words can be found. It takes minutes, so it is asked for by UNIONBOARD_TEST_OFFICE.
func TestLibreOfficeTakesEveryTable(t *testing.T) {
	if os.Getenv("UNIONBOARD_TEST_OFFICE") == "" {
		t.Skip("UNIONBOARD_TEST_OFFICE is not set")
	}
	inDemo(t, func(a *app) {
		// Every table in Chinese; of the English ones, which differ by their words alone, one.
		throughOffice(t, slices.DeleteFunc(demoBooks(t, a), func(b *export.Book) bool { return b.Tables[0].Lang() == i18n.English && b.Name != "scores" }))
	})
}

// throughOffice lets LibreOffice open, work out and save the workbooks of books, compares them cell by cell, and looks for their titles on paper.
func throughOffice(t *testing.T, books []*export.Book) {
	t.Helper()
	from, to := t.TempDir(), t.TempDir()
	if dir := os.Getenv("UNIONBOARD_TEST_SHOTS"); dir != "" { // to be looked at
		to = dir
	}
	var files []string
	for i, book := range books {
		var b bytes.Buffer
		if err := workbook.WriteBook(&b, book); err != nil {
			t.Fatal(err)
		}
		files = append(files, filepath.Join(from, book.Name+"-"+book.Tables[0].Lang()+".xlsx"))
		if err := os.WriteFile(files[i], b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, format := range []string{"xlsx:Calc MS Excel 2007 XML", "pdf"} {
		args := append([]string{"-env:UserInstallation=file://" + t.TempDir(), "--headless", "--convert-to", format, "--outdir", to}, files...)
		if out, err := exec.CommandContext(t.Context(), "soffice", args...).CombinedOutput(); err != nil || strings.Contains(string(out), "repair") {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	for i, book := range books {
		saved, err := os.ReadFile(filepath.Join(to, filepath.Base(files[i])))
		if err != nil {
			t.Fatal(err)
		}
		readBack(t, book, saved)
		paper, err := exec.CommandContext(t.Context(), "pdftotext", strings.TrimSuffix(filepath.Join(to, filepath.Base(files[i])), ".xlsx")+".pdf", "-").Output()
		if err != nil {
			t.Fatal(err)
		}
		if flat := strings.Join(strings.Fields(string(paper)), ""); !strings.Contains(flat, strings.Join(strings.Fields(book.Tables[0].Title), "")) {
			t.Errorf("the paper of %s has no title %q", book.Name, book.Tables[0].Title)
		}
	}
}

// TestWhatIsTypedAgainIsTheDistrictsOwn: a field came back and the district has typed another figure into it. Until it signs once more the
// city's form table says that the figure is awaited; the district sees what it has typed.
func TestWhatIsTypedAgainIsTheDistrictsOwn(t *testing.T) {
	t.Parallel()
	inDemo(t, func(a *app) {
		city, err := a.demoCity()
		if err != nil {
			t.Fatal(err)
		}
		period, at := city.Rehearsed()
		filings, err := a.store.Filings(t.Context(), period)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(filings, func(f assess.Filing) bool { return f.State == assess.Returned })
		if i < 0 {
			t.Fatal("no report of the demonstration came back")
		}
		unit, at := filings[i].Unit, at.AddDate(0, 0, 3)
		form, err := a.desk.Form(t.Context(), unit, period, at)
		if err != nil {
			t.Fatal(err)
		}
		var field *desk.Field
		for _, s := range form.Sections {
			for j := range s.Fields {
				if f := &s.Fields[j]; f.Cell == assess.CellReturned && f.Kind == desk.Typed && len(f.Item.Levels) == 0 {
					field = f
				}
			}
		}
		save := desk.Save{Unit: unit, Period: period, Item: field.Item.Code, Value: "4711", Note: "重新核对", Base: field.Draft.Revision, Request: "again"}
		if _, err := a.desk.SaveAll(t.Context(), unit, period, []desk.Save{save}, "demo.reporter", at); err != nil {
			t.Fatal(err)
		}
		for unsigned, want := range map[bool]string{false: "待报", true: "4711"} {
			book, err := a.room().Book(t.Context(), export.Order{Table: "entry", Periods: []assess.Period{period}, Units: []assess.UnitCode{unit}, Lang: i18n.Chinese, Unsigned: unsigned, Now: at})
			if err != nil {
				t.Fatal(err)
			}
			rows, err := book.Tables[0].Read()
			if err != nil {
				t.Fatal(err)
			}
			var line []string
			for _, r := range rows {
				if r.Cells[0].Text == string(field.Item.Code) {
					for _, c := range r.Cells {
						line = append(line, book.Tables[0].Say(c))
					}
				}
			}
			if !slices.Contains(line, want) || !unsigned && slices.Contains(line, "重新核对") {
				t.Errorf("unsigned %v: %v", unsigned, line)
			}
		}
	})
}
