package workbook_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"html"
	"io"
	"maps"
	"math/rand/v2"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/sheet"
	"github.com/unionboard/unionboard/internal/workbook"
)

// edit changes cells of a file as a person does who fills it in: by item and column head.
func (f *fixture) edit(data []byte, change func(*editing)) []byte {
	f.Helper()
	file, err := excelize.OpenReader(bytes.NewReader(data))
	f.ok(err)
	defer file.Close()
	e := &editing{fixture: f, File: file, name: file.GetSheetList()[0], rows: map[string]int{}, columns: map[string]string{}}
	rows, err := file.GetRows(e.name)
	f.ok(err)
	for i, row := range rows {
		if len(row) > 0 && row[0] != "" {
			e.rows[row[0]] = i + 1
		}
	}
	for i, head := range rows[2] {
		e.columns[head] = sheet.ColumnName(i + 1)
	}
	change(e)
	var b bytes.Buffer
	f.ok(file.Write(&b))
	return b.Bytes()
}

type editing struct {
	*fixture
	*excelize.File
	name    string
	rows    map[string]int
	columns map[string]string
}

const (
	valueHead = "本季末/本年累计"
	noteHead  = "说明"
	stateHead = "填报状态"
)

func (e *editing) cell(item, head string) string {
	e.Helper()
	if e.rows[item] == 0 || e.columns[head] == "" {
		e.Fatalf("no cell of %s under %s", item, head)
	}
	return fmt.Sprint(e.columns[head], e.rows[item])
}

func (e *editing) set(item, head string, value any) {
	e.Helper()
	e.ok(e.SetCellValue(e.name, e.cell(item, head), value))
}

func (f *fixture) filled(data []byte) *workbook.Filled {
	f.Helper()
	filled, err := workbook.ReadForm(f.read(data), f.form(), f.words)
	f.ok(err)
	return filled
}

// changes answers what a file types: item → value, note and state in one text.
func changes(filled *workbook.Filled) map[assess.Code]string {
	all := map[assess.Code]string{}
	for _, s := range filled.Saves(func(assess.Code) bool { return true }) {
		all[s.Item] = strings.TrimSpace(fmt.Sprint(s.Value, " ", s.Note, " ", map[bool]string{true: "missing"}[s.Missing]))
	}
	return all
}

func faults(filled *workbook.Filled) map[assess.Code]string {
	all := map[assess.Code]string{}
	for _, c := range filled.Cells {
		if c.Fault != nil {
			all[c.Item] = c.Fault.Key
		}
	}
	return all
}

// TestWhatIsWrittenReadsAsNoChange: a form that comes back as it went out types nothing, whatever stands in it, in both languages.
func TestWhatIsWrittenReadsAsNoChange(t *testing.T) {
	f := newFixture(t)
	for seed := range uint64(6) {
		f.typeSomething(rand.New(rand.NewPCG(4, seed)))
		for _, lang := range []string{i18n.Chinese, i18n.English} {
			filled := f.filled(f.write(lang))
			if len(changes(filled))+len(faults(filled))+len(filled.Notes) > 0 || len(filled.Cells) < 60 {
				t.Fatalf("round %d, %s: %d cells, changes %v, faults %v, notes %v", seed, lang, len(filled.Cells), changes(filled), faults(filled), filled.Notes)
			}
		}
	}
}

// typeSomething fills cells of chance with figures, text that cannot be read, notes, zeros and declarations.
func (f *fixture) typeSomething(chance *rand.Rand) {
	f.Helper()
	var saves []desk.Save
	for _, s := range f.form().Sections {
		for _, field := range s.Fields {
			if field.Kind != desk.Typed || chance.IntN(3) > 0 {
				continue
			}
			value := fmt.Sprint(chance.IntN(100_000))
			switch chance.IntN(8) {
			case 0:
				value = "约 1200"
			case 1:
				value = "１.２ 万"
			case 2:
				value = "0"
			case 3:
				value = ""
			case 4:
				value = "=1+1"
			case 5:
				value = "12345678901234567"
			}
			if len(field.Item.Levels) > 0 {
				value = string(field.Item.Levels[chance.IntN(len(field.Item.Levels))])
			}
			f.saves++
			saves = append(saves, desk.Save{
				Unit: heping, Period: quarter, Item: field.Item.Code, Value: value, Note: []string{"", "因合并\n而减少", `他说"好"`}[chance.IntN(3)],
				Base: field.Draft.Revision, Missing: value == "" && chance.IntN(2) == 0, Request: fmt.Sprint("r", f.saves),
			})
		}
	}
	_, err := f.SaveAll(f.Context(), heping, quarter, saves, "li", morning)
	f.ok(err)
}

// TestEditsAndOnlyEditsAreRead: what a person changes lands in the same cells, and nothing else does.
func TestEditsAndOnlyEditsAreRead(t *testing.T) {
	f := newFixture(t)
	f.typed("ent25_unionised", "１,204 家", "", "li")
	f.typed("grassroots_unions", "800", "合并", "li")
	f.typed("migrant_members", "5", "", "li")
	data := f.edit(f.write(i18n.Chinese), func(e *editing) {
		e.set("union_members", valueHead, 30412)
		e.set("ent25_unionised", noteHead, "名单有误")
		e.set("grassroots_unions", valueHead, nil)
		e.set("new_unions_ytd", valueHead, "１.２万")
		e.set("covered_units", stateHead, "无法取得")
		e.set("covered_units", noteHead, "系统停用")
		e.set("migrant_members", valueHead, 5.0)
		e.set("warmth_fund_ytd", valueHead, 1234.5)
		e.ok(e.SetCellFormula(e.name, e.cell("female_members", valueHead), ""))
	})
	filled := f.filled(data)
	want := map[assess.Code]string{
		"union_members": "30412", "ent25_unionised": "1204 名单有误", "grassroots_unions": "合并", "new_unions_ytd": "１.２万",
		"covered_units": "系统停用 missing", "warmth_fund_ytd": "1234.5",
	}
	if diff := cmp.Diff(want, changes(filled)); diff != "" || len(faults(filled)) > 0 {
		t.Errorf("changes (-want +got):\n%sfaults %v", diff, faults(filled))
	}
	f.take(filled)
	if got := f.field("new_unions_ytd"); got.Shown != "12000" || got.Draft.Value != "１.２万" {
		t.Errorf("kept %+v", got.Draft)
	}
	if got := changes(f.filled(data)); len(got) > 0 {
		t.Errorf("the same file once more types %v", got)
	}
}

// take keeps what a file types.
func (f *fixture) take(filled *workbook.Filled) {
	f.Helper()
	saves := filled.Saves(func(assess.Code) bool { return false })
	for i := range saves {
		f.saves++
		saves[i].Request = fmt.Sprint("u", f.saves)
	}
	saved, err := f.SaveAll(f.Context(), heping, quarter, saves, "wang", morning)
	f.ok(err)
	for _, s := range saved {
		if s.Conflict {
			f.Errorf("%s is in conflict", s.Draft.Item)
		}
	}
}

// TestWhatCannotBeTaken: each kind of cell that is no figure is named at its place, and the good ones are read all the same.
func TestWhatCannotBeTaken(t *testing.T) {
	f := newFixture(t)
	data := f.edit(f.write(i18n.Chinese), func(e *editing) {
		e.set("union_members", valueHead, 30412)
		e.set("female_members", valueHead, true)
		e.ok(e.SetCellFormula(e.name, e.cell("migrant_members", valueHead), "1+1"))
		date, err := e.NewStyle(&excelize.Style{NumFmt: 14})
		e.ok(err)
		e.set("new_unions_ytd", valueHead, 46112)
		e.ok(e.SetCellStyle(e.name, e.cell("new_unions_ytd", valueHead), e.cell("new_unions_ytd", valueHead), date))
		percent, err := e.NewStyle(&excelize.Style{NumFmt: 10})
		e.ok(err)
		e.set("covered_units", valueHead, 0.5)
		e.ok(e.SetCellStyle(e.name, e.cell("covered_units", valueHead), e.cell("covered_units", valueHead), percent))
		e.set("ent25_unionised", stateHead, "不知道")
		e.set("grassroots_unions", valueHead, 5)
		e.set("grassroots_unions", stateHead, "无法取得")
		e.set("ent25_total", valueHead, 7) // the city's
		e.set("nef_members", noteHead, strings.Repeat("长", 1001))
	})
	filled := f.filled(data)
	want := map[assess.Code]string{
		"female_members": "problem.cell_boolean", "migrant_members": "problem.cell_uncached", "new_unions_ytd": "problem.cell_date",
		"covered_units": "problem.cell_percent", "ent25_unionised": "problem.form_file_state", "grassroots_unions": "problem.missing_value",
		"ent25_total": "problem.supplied_city", "nef_members": "problem.text_long",
	}
	if diff := cmp.Diff(want, faults(filled)); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[assess.Code]string{"union_members": "30412"}, changes(filled)); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	for _, c := range filled.Cells {
		if c.Fault != nil && (c.Fault.Place.File != "[form.xlsx]填报表" || c.Fault.Place.Line < 4 || c.Fault.Place.Column != 7 || c.Fault.Place.Field != valueHead) {
			t.Errorf("%s is placed at %+v", c.Item, c.Fault.Place)
		}
	}
}

// TestChangesOfOthersAreNotOverwritten: a cell that somebody changed after the file was made waits for a decision; one that both
// changed to the same does not.
func TestChangesOfOthersAreNotOverwritten(t *testing.T) {
	f := newFixture(t)
	f.typed("union_members", "100", "", "li")
	data := f.edit(f.write(i18n.Chinese), func(e *editing) {
		e.set("union_members", valueHead, 300)
		e.set("female_members", valueHead, 50)
		e.set("migrant_members", valueHead, 70)
	})
	f.typed("union_members", "200", "", "zhao")
	f.typed("female_members", "50", "", "zhao")
	f.typed("grassroots_unions", "900", "", "zhao") // untouched by the file
	filled := f.filled(data)
	if diff := cmp.Diff(map[assess.Code]string{"union_members": "300", "migrant_members": "70"}, changes(filled)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if saves := filled.Saves(func(assess.Code) bool { return false }); len(saves) != 1 || saves[0].Item != "migrant_members" {
		t.Errorf("without a decision %+v would be typed", saves)
	}
	f.take(filled)
	if got := f.field("union_members").Shown; got != "200" {
		t.Errorf("members are %s", got)
	}
}

// TestFormsOfOthersAreRefused: whose form it is and of when is said by the address; a file that says otherwise is refused whole.
func TestFormsOfOthersAreRefused(t *testing.T) {
	f := newFixture(t)
	data := f.write(i18n.Chinese)
	for _, tt := range []struct {
		name string
		unit assess.UnitCode
		p    assess.Period
		want string
	}{
		{"another unit", "210103", quarter, "problem.form_file_unit"},
		{"another quarter", heping, quarter.Prev(), "problem.form_file_period"},
	} {
		form, err := f.Form(t.Context(), tt.unit, tt.p, morning)
		f.ok(err)
		_, err = workbook.ReadForm(f.read(data), form, f.words)
		if problem, _ := errors.AsType[*assess.Problem](err); problem == nil || problem.Key != tt.want || !errors.Is(err, assess.ErrForbidden) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// TestTamperedForms: what people do to a protected file: rename, sort, delete, duplicate, take the hidden parts away.
func TestTamperedForms(t *testing.T) {
	f := newFixture(t)
	clean := f.write(i18n.Chinese)
	read := func(change func(*editing)) (*workbook.Filled, error) {
		return workbook.ReadForm(f.read(f.edit(clean, change)), f.form(), f.words)
	}
	filled, err := read(func(e *editing) {
		e.set("union_members", valueHead, 300)
		e.ok(e.UnprotectSheet(e.name))
		e.ok(e.DuplicateRowTo(e.name, e.rows["female_members"], 150))
		e.ok(e.RemoveRow(e.name, e.rows["migrant_members"]))
		e.ok(e.InsertRows(e.name, 2, 3))
		e.ok(e.InsertCols(e.name, "D", 2))
		e.ok(e.SetSheetName(e.name, "改名"))
	})
	f.ok(err)
	if diff := cmp.Diff(map[assess.Code]string{"union_members": "300"}, changes(filled)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := faults(filled); got["female_members"] != "problem.form_file_twice" || len(got) != 1 {
		t.Errorf("faults %v", got)
	}
	if len(filled.Notes) != 1 || filled.Notes[0].Key != "problem.form_file_row" || filled.Notes[0].Args["item"] != "农民工会员数" {
		t.Errorf("notes %v", filled.Notes)
	}
	for name, change := range map[string]func(*editing){
		"heads are gone":        func(e *editing) { e.ok(e.SetCellValue(e.name, "G3", "别的")) },
		"codes are gone":        func(e *editing) { e.ok(e.SetCellValue(e.name, "A3", nil)) },
		"a revision is no such": func(e *editing) { e.ok(e.SetCellValue("unionboard", "C7", "x")) },
		"a code is there twice": func(e *editing) {
			code, err := e.GetCellValue("unionboard", "A7")
			e.ok(err)
			e.ok(e.SetCellValue("unionboard", "A8", code))
		},
	} {
		if _, err := read(change); err == nil || !strings.Contains(err.Error(), "hidden codes") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if workbook.IsForm(f.read(f.edit(clean, func(e *editing) { e.ok(e.DeleteSheet("unionboard")) }))) {
		t.Error("a file without its codes passes for a form")
	}
}

// TestMarksStandAtTheirCells: every fault stands as a note and a colour at its cell in the copy; a second copy has only its own.
func TestMarksStandAtTheirCells(t *testing.T) {
	f := newFixture(t)
	data := f.edit(f.write(i18n.Chinese), func(e *editing) {
		e.set("union_members", valueHead, true)
		e.set("female_members", valueHead, true)
		e.ok(e.AddComment(e.name, excelize.Comment{Author: "me", Cell: e.cell("female_members", valueHead), Text: "再核对"}))
	})
	book := f.read(data)
	var marks []workbook.Mark
	for _, c := range f.filled(data).Cells {
		if c.Fault != nil {
			marks = append(marks, workbook.Mark{Sheet: "填报表", Row: c.At.Line, Column: c.At.Column, Text: c.Fault.Message})
		}
	}
	copied, err := workbook.Marked(book, data, marks)
	f.ok(err)
	const said = "✎ the cell holds TRUE or FALSE; write the figure"
	cells := []string{sheet.CellName(marks[0].Row, marks[0].Column), sheet.CellName(marks[1].Row, marks[1].Column)}
	want := map[string]string{cells[0]: said, cells[1]: said + "\n――\n再核对"}
	if diff := cmp.Diff(want, marksOf(t, copied)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := f.fillOf(copied, cells[0]); got != "F9C9BC" {
		t.Errorf("the cell is %s", got)
	}
	if diff := cmp.Diff(faults(f.filled(data)), faults(f.filled(copied))); diff != "" {
		t.Errorf("the copy reads differently:\n%s", diff)
	}

	again, err := workbook.Marked(f.read(copied), copied, marks[:1])
	f.ok(err)
	if diff := cmp.Diff(map[string]string{cells[0]: said}, marksOf(t, again)); diff != "" {
		t.Errorf("second copy (-want +got):\n%s", diff)
	}
	if got := f.fillOf(again, cells[1]); got != "FFFBE0" {
		t.Errorf("the corrected cell is %s", got)
	}
	if got := commentsOf(t, again)[cells[1]]; got != "再核对" {
		t.Errorf("its own note became %q", got)
	}
}

// fillOf answers the colour of a cell of the form, read out of the parts of the file.
func (f *fixture) fillOf(data []byte, cell string) string {
	f.Helper()
	parts := unpacked(f.T, data)
	style := regexp.MustCompile(`<c r="` + cell + `" s="(\d+)"`).FindStringSubmatch(parts["xl/worksheets/sheet1.xml"])
	if style == nil {
		f.Fatalf("no cell %s", cell)
	}
	styles := parts["xl/styles.xml"]
	formats := regexp.MustCompile(`(?s)<cellXfs.*</cellXfs>`).FindString(styles)
	fill := regexp.MustCompile(`<xf [^>]*fillId="(\d+)"`).FindAllStringSubmatch(formats, -1)[number(f.T, style[1])]
	colour := regexp.MustCompile(`(?s)<fill>.*?</fill>`).FindAllString(styles, -1)[number(f.T, fill[1])]
	rgb := regexp.MustCompile(`<fgColor rgb="FF([0-9A-F]{6})"`).FindStringSubmatch(colour)
	if rgb == nil {
		return ""
	}
	return rgb[1]
}

func number(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// unpacked answers the parts of a workbook as text.
func unpacked(t *testing.T, data []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, part := range z.File {
		r, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		parts[part.Name] = string(content)
	}
	return parts
}

// commentsOf reads the notes of a workbook out of its parts, without the library that wrote them.
func commentsOf(t *testing.T, data []byte) map[string]string {
	t.Helper()
	found := map[string]string{}
	for name, content := range unpacked(t, data) {
		if !strings.HasPrefix(name, "xl/comments") {
			continue
		}
		for _, c := range strings.Split(content, "<comment ")[1:] {
			_, ref, _ := strings.Cut(c, `ref="`)
			ref, _, _ = strings.Cut(ref, `"`)
			var words strings.Builder
			for _, run := range regexp.MustCompile(`<t(?: [^>]*)?>([^<]*)</t>`).FindAllStringSubmatch(c, -1) {
				words.WriteString(html.UnescapeString(run[1]))
			}
			found[ref] = words.String()
		}
	}
	return found
}

func marksOf(t *testing.T, data []byte) map[string]string {
	t.Helper()
	all := commentsOf(t, data)
	maps.DeleteFunc(all, func(_, words string) bool { return !strings.HasPrefix(words, "✎ ") })
	return all
}

// TestTablesOfTextAreMarkedAsWorkbooks: a CSV goes back as a workbook with the same cells.
func TestTablesOfTextAreMarkedAsWorkbooks(t *testing.T) {
	f := newFixture(t)
	book := &sheet.Book{File: "a.csv", Sheets: []sheet.Sheet{{File: "a.csv", Name: "a", Rows: []sheet.Row{
		{Number: 2, Cells: []sheet.Cell{{Column: 1, Kind: sheet.Text, Text: "=1+1"}, {Column: 3, Kind: sheet.Text, Text: "1,204"}}},
	}}}}
	copied, err := workbook.Marked(book, nil, []workbook.Mark{{Sheet: "a", Row: 2, Column: 3, Text: "x"}})
	f.ok(err)
	if diff := cmp.Diff(book.Sheets[0].Rows, f.read(copied).Sheets[0].Rows); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := slices.Collect(maps.Keys(marksOf(t, copied))); len(got) != 1 || got[0] != "C2" {
		t.Errorf("marks at %v", got)
	}
}

// TestLargeWorkbooksAreNotCopied: the library fills every cell up to the last, which is bounded.
func TestLargeWorkbooksAreNotCopied(t *testing.T) {
	f := newFixture(t)
	book := &sheet.Book{File: "a.csv", Sheets: []sheet.Sheet{{File: "a.csv", Name: "a", Rows: []sheet.Row{
		{Number: sheet.MostRows, Cells: []sheet.Cell{{Column: sheet.MostColumns, Kind: sheet.Text, Text: "x"}}},
	}}}}
	_, err := workbook.Marked(book, nil, nil)
	if problem, _ := errors.AsType[*assess.Problem](err); problem == nil || problem.Key != "problem.workbook_unmarkable" {
		f.Errorf("answered %v", err)
	}
}

// TestCopiesAreBounded: what the library makes of a file in memory is many times the file; what is small enough to be copied stays
// small, what is not is refused.
func TestCopiesAreBounded(t *testing.T) {
	f := newFixture(t)
	clean := f.write(i18n.Chinese)
	if n := f.read(clean).Unpacked; n > 2<<20 {
		t.Errorf("a form unpacks to %d bytes", n)
	}
	styles := func(more int) []byte {
		parts := unpacked(t, clean)
		parts["xl/styles.xml"] = strings.Replace(parts["xl/styles.xml"], "</cellXfs>", strings.Repeat(`<xf/>`, more/5)+"</cellXfs>", 1)
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for name, content := range parts {
			w, err := z.Create(name)
			f.ok(err)
			_, err = io.WriteString(w, content)
			f.ok(err)
		}
		f.ok(z.Close())
		return b.Bytes()
	}
	large := styles(5 << 20)
	if _, err := workbook.Marked(f.read(large), large, nil); err == nil {
		t.Error("a workbook of more than 4 MiB is copied")
	}
	odd := styles(3 << 20)
	book := f.read(odd)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	if _, err := workbook.Marked(book, odd, []workbook.Mark{{Sheet: "填报表", Row: 5, Column: 7, Text: "x"}}); err != nil {
		t.Error(err)
	}
	runtime.ReadMemStats(&after)
	if made := (after.TotalAlloc - before.TotalAlloc) >> 20; made > 1024 {
		t.Errorf("%d MiB were made in all", made)
	}
}
