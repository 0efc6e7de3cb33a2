package sheet_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/processor"
	"github.com/unionboard/unionboard/internal/testkit"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/sheet"
)

// TestWorkbooksThatAreRefused is the corpus of hostile, damaged and odd workbooks: each is refused as a whole for its own reason,
// at its own place, in little time and memory.
func TestWorkbooksThatAreRefused(t *testing.T) {
	testkit.Sequential(t)
	good := parts(oneRow(number("A1", 0, "1")))
	inRow := func(cells string) []part { return parts(`<row r="1">` + cells + `</row>`) }
	const here = "[a.xlsx]填报表"
	for _, tt := range []struct {
		name string
		file func(testing.TB) []byte
		want string
		at   assess.Place
	}{
		{"nothing", raw(""), "problem.workbook_none", assess.Place{}},
		{"text", raw("单位,期间\n"), "problem.workbook_none", assess.Place{}},
		{"old workbook or password", raw("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + strings.Repeat("x", 4000)), "problem.workbook_old", assess.Place{}},
		{"OpenDocument", stored("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), "problem.workbook_ods", assess.Place{}},
		{"zip of something else", whole([]part{{"a.txt", "x"}}), "problem.workbook_part", assess.Place{}},
		{"word document", whole(edited(t, good, "[Content_Types].xml", "spreadsheetml.sheet.main", "wordprocessingml.document.main")), "problem.workbook_none", assess.Place{}},
		{"only the first bytes", raw("PK\x03\x04"), "problem.workbook_damaged", assess.Place{}},
		{"bytes after the end", raw(string(pack(t, good)) + "more"), "problem.workbook_damaged", assess.Place{}},

		{"too many parts", whole(many(good, sheet.MostParts)), "problem.workbook_parts", assess.Place{}},
		{"name twice", whole(append(good, part{"xl/styles.xml", "<x/>"})), "problem.workbook_name", assess.Place{}},
		{"name twice in another case", whole(append(good, part{"xl/Styles.XML", "<x/>"})), "problem.workbook_name", assess.Place{}},
		{"way out", whole(append(good, part{"../evil.xml", "<x/>"})), "problem.workbook_name", assess.Place{}},
		{"way out from inside", whole(append(good, part{"xl/../../evil.xml", "<x/>"})), "problem.workbook_name", assess.Place{}},
		{"way out, backwards", whole(append(good, part{`xl\..\evil.xml`, "<x/>"})), "problem.workbook_name", assess.Place{}},
		{"absolute name", whole(append(good, part{"/etc/passwd", "<x/>"})), "problem.workbook_name", assess.Place{}},
		{"drive", whole(append(good, part{"c:evil.xml", "<x/>"})), "problem.workbook_name", assess.Place{}},
		{"NUL in a name", whole(append(good, part{"xl/a\x00.xml", "<x/>"})), "problem.workbook_name", assess.Place{}},
		{"symbolic link", link(good), "problem.workbook_name", assess.Place{}},
		{"encrypted part", flagged(good), "problem.workbook_name", assess.Place{}},
		{"unpacks to too much", bomb(good, "xl/media/image1.png", sheet.MostUnpacked), "problem.workbook_unpacked", assess.Place{}},
		{"unpacks to more than it says", liar(good), "problem.workbook_part", assess.Place{}},
		{"styles that unpack to too much", bomb(with(good, "xl/styles.xml", ""), "xl/styles.xml", sheet.MostUnpacked), "problem.workbook_unpacked", assess.Place{}},

		{"macros", whole(edited(t, good, "[Content_Types].xml", "openxmlformats-officedocument.spreadsheetml.sheet.main+xml", "ms-excel.sheet.macroEnabled.main+xml")), "problem.workbook_macro", assess.Place{}},
		{"macros without their type", whole(append(good, part{"xl/vbaProject.bin", "x"})), "problem.workbook_macro", assess.Place{}},
		{"old macros", whole(append(good, part{"xl/macrosheets/sheet1.xml", "<x/>"})), "problem.workbook_macro", assess.Place{}},
		{"macros under another name", whole(append(edited(t, good, "[Content_Types].xml", "</Types>", `<Default Extension="dat" ContentType="application/vnd.ms-office.vbaProject"/></Types>`), part{"xl/a.dat", "x"})), "problem.workbook_macro", assess.Place{}},
		{"embedded object", whole(append(edited(t, good, "[Content_Types].xml", "</Types>", `<Default Extension="bin" ContentType="application/vnd.openxmlformats-officedocument.oleObject"/></Types>`), part{"xl/embeddings/a.bin", "x"})), "problem.workbook_macro", assess.Place{}},
		{"binary workbook", whole(edited(t, good, "[Content_Types].xml", "openxmlformats-officedocument.spreadsheetml.sheet.main+xml", "ms-excel.sheet.binary.macroEnabled.main")), "problem.workbook_macro", assess.Place{}},

		{"document type", whole(edited(t, good, "xl/styles.xml", "<styleSheet", `<!DOCTYPE s [<!ENTITY a "aaaa">]><styleSheet`)), "problem.workbook_doctype", assess.Place{}},
		{"document type in a part nobody reads", whole(append(good, part{"docProps/app.xml", `<!DOCTYPE a><a/>`})), "problem.workbook_doctype", assess.Place{}},
		{"entity of its own", whole(edited(t, good, "xl/sharedStrings.xml", "会员数", "&a;")), "problem.workbook_part", assess.Place{}},
		{"sheet cut in the middle", whole(edited(t, good, "xl/worksheets/sheet1.xml", "</sheetData></worksheet>", "")), "problem.workbook_part", assess.Place{}},
		{"part nobody reads, cut", whole(append(good, part{"docProps/app.xml", `<a><b></b>`})), "problem.workbook_part", assess.Place{}},
		{"two roots", whole(edited(t, good, "xl/worksheets/sheet1.xml", "</worksheet>", "</worksheet><worksheet/>")), "problem.workbook_part", assess.Place{}},
		{"text after the end", whole(edited(t, good, "xl/worksheets/sheet1.xml", "</worksheet>", "</worksheet>x")), "problem.workbook_part", assess.Place{}},
		{"empty part", whole(with(good, "xl/styles.xml", " ")), "problem.workbook_part", assess.Place{}},
		{"attribute twice", inSheet(`<row r="1" r="2"></row>`), "problem.workbook_part", assess.Place{}},
		{"invalid UTF-8", whole(edited(t, good, "xl/sharedStrings.xml", "会员数", "\xff\xfe")), "problem.workbook_part", assess.Place{}},
		{"another encoding", whole(edited(t, good, "xl/sharedStrings.xml", `encoding="UTF-8"`, `encoding="GBK"`)), "problem.workbook_part", assess.Place{}},
		{"very deep", inSheet(strings.Repeat("<a>", 100_000)), "problem.workbook_part", assess.Place{}},
		{"one endless token", whole(with(good, "docProps/app.xml", "<a b='"+strings.Repeat("x", 8<<20)+"'/>")), "problem.workbook_part", assess.Place{}},
		{"very many attributes", whole(with(good, "docProps/app.xml", "<a "+attributes(20_000)+"/>")), "problem.workbook_part", assess.Place{}},
		{"wrong sum", broken(good), "problem.workbook_part", assess.Place{}},

		{"sheet that is not there", whole(with(good, "xl/worksheets/sheet1.xml", "")), "problem.workbook_part", assess.Place{}},
		{"sheet without a relation", whole(edited(t, good, "xl/workbook.xml", `r:id="rId1"`, `r:id="rId9"`)), "problem.workbook_part", assess.Place{}},
		{"sheet outside of the file", whole(edited(t, good, "xl/_rels/workbook.xml.rels", `Target="worksheets/sheet1.xml"`, `TargetMode="External" Target="http://example.org/"`)), "problem.workbook_part", assess.Place{}},
		{"one part as two sheets", whole(edited(t, good, "xl/workbook.xml", "</sheets>", `<sheet name="b" sheetId="2" r:id="rId1"/></sheets>`)), "problem.workbook_part", assess.Place{}},
		{"sheet name twice", whole(edited(t, good, "xl/workbook.xml", "</sheets>", `<sheet name="填报表" sheetId="2" r:id="rId1"/></sheets>`)), "problem.workbook_part", assess.Place{}},
		{"no sheet", whole(edited(t, good, "xl/workbook.xml", `<sheet name="填报表" sheetId="1" r:id="rId1"/>`, "")), "problem.workbook_empty", assess.Place{}},
		{"two tables of cells", whole(edited(t, good, "xl/worksheets/sheet1.xml", "</sheetData>", "</sheetData><sheetData/>")), "problem.workbook_part", assess.Place{}},

		{"row beyond the limit", inSheet(fmt.Sprintf(`<row r="%d"/>`, sheet.MostRows+1)), "problem.workbook_rows", assess.Place{File: here, Line: sheet.MostRows + 1}},
		{"row without end", inSheet(`<row r="99999999999"/>`), "problem.workbook_rows", assess.Place{File: here, Line: 99999999999}},
		{"row of no number", inSheet(`<row r="-1"/>`), "problem.workbook_part", assess.Place{}},
		{"column beyond the limit", whole(inRow(number("GS1", 0, "1"))), "problem.workbook_columns", assess.Place{File: here, Line: 1, Column: 201}},
		{"20,000 rows with a cell in the last column", inSheet(farRight(20_000)), "problem.workbook_columns", assess.Place{File: here, Line: 1, Column: 16384}},
		{"row twice", inSheet(`<row r="1"/><row r="1"/>`), "problem.workbook_twice", assess.Place{File: here, Line: 1}},
		{"rows out of order", inSheet(`<row r="2"/><row r="1"/>`), "problem.workbook_twice", assess.Place{File: here, Line: 1}},
		{"cell twice", whole(inRow(number("B1", 0, "1") + number("B1", 0, "2"))), "problem.workbook_twice", assess.Place{File: here, Line: 1, Column: 2}},
		{"cell of another row", whole(inRow(number("A2", 0, "1"))), "problem.workbook_part", assess.Place{}},
		{"value twice", whole(inRow(`<c r="A1"><v>1</v><v>2</v></c>`)), "problem.workbook_twice", assess.Place{File: here, Line: 1, Column: 1}},
		{"merged cells without end", whole(edited(t, good, "xl/worksheets/sheet1.xml", "</sheetData>", `</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>`)), "problem.workbook_merged", assess.Place{File: here, Line: 1, Column: 1}},

		{"shared text that is not there", whole(inRow(`<c r="C1" t="s"><v>3</v></c>`)), "problem.workbook_string", assess.Place{File: here, Line: 1, Column: 3}},
		{"shared text below the first", whole(inRow(`<c r="C1" t="s"><v>-1</v></c>`)), "problem.workbook_string", assess.Place{File: here, Line: 1, Column: 3}},
		{"style that is not there", whole(inRow(number("C1", 7, "1"))), "problem.workbook_cell", assess.Place{File: here, Line: 1, Column: 3}},
		{"number that is none", whole(inRow(number("C1", 0, "1,204"))), "problem.workbook_cell", assess.Place{File: here, Line: 1, Column: 3}},
		{"number without end", whole(inRow(number("C1", 0, "1E999"))), "problem.workbook_cell", assess.Place{File: here, Line: 1, Column: 3}},
		{"not a number", whole(inRow(number("C1", 0, "NaN"))), "problem.workbook_cell", assess.Place{File: here, Line: 1, Column: 3}},
		{"type that is none", whole(inRow(`<c r="C1" t="x"><v>1</v></c>`)), "problem.workbook_cell", assess.Place{File: here, Line: 1, Column: 3}},
		{"boolean that is none", whole(inRow(`<c r="C1" t="b"><v>2</v></c>`)), "problem.workbook_cell", assess.Place{File: here, Line: 1, Column: 3}},
		{"text too long", whole(inRow(`<c r="C1" t="inlineStr"><is><t>` + strings.Repeat("x", sheet.LongestCell+1) + `</t></is></c>`)), "problem.cell_long", assess.Place{File: here, Line: 1, Column: 3}},
		{"shared text too long", whole(edited(t, inRow(`<c r="C1" t="s"><v>0</v></c>`), "xl/sharedStrings.xml", "会员数", strings.Repeat("x", sheet.LongestCell+1))), "problem.cell_long", assess.Place{File: here, Line: 1, Column: 3}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			data := tt.file(t)
			book, err := bounded(t, data)
			if book != nil || key(err) != tt.want {
				t.Fatalf("answered %v and %v, want %s", book != nil, err, tt.want)
			}
			problem, _ := errors.AsType[*assess.Problem](err)
			if tt.at == (assess.Place{}) {
				tt.at = assess.Place{File: "a.xlsx"}
			}
			if diff := cmp.Diff(tt.at, problem.Place); diff != "" {
				t.Errorf("place (-want +got):\n%s", diff)
			}
			if !errors.Is(err, assess.ErrInvalid) {
				t.Errorf("%v is not of kind ErrInvalid", err)
			}
		})
	}
}

// TestLimitsThemselvesAreAllowed: the last row, the last column, the longest text, the last part, and all cells full.
func TestLimitsThemselvesAreAllowed(t *testing.T) {
	corner := sheet.CellName(sheet.MostRows, sheet.MostColumns)
	long := `<c r="A1" t="inlineStr"><is><t>` + strings.Repeat("x", sheet.LongestCell) + `</t></is></c>`
	all := many(parts(oneRow(long)+fmt.Sprintf(`<row r="%d">%s</row>`, sheet.MostRows, number(corner, 0, "1"))), sheet.MostParts-7)
	book, err := sheet.Read("a.xlsx", pack(t, all))
	if err != nil {
		t.Fatal(err)
	}
	if got := book.Sheets[0].Rows[1].Cell(sheet.MostColumns); got.Text != "1" || got.Kind != sheet.Number {
		t.Errorf("the last cell is %+v", got)
	}

	var full strings.Builder
	columns := sheet.MostColumns
	if processor.Raced { // the race detector is no judge of time
		columns /= 10
	}
	for range sheet.MostRows {
		full.WriteString("<row>" + strings.Repeat("<c><v>12345</v></c>", columns) + "</row>")
	}
	book, err = bounded(t, pack(t, parts(full.String())))
	if err != nil || len(book.Sheets[0].Rows) != sheet.MostRows || len(book.Sheets[0].Rows[9999].Cells) != columns {
		t.Errorf("a full sheet: %v", err)
	}
}

// TestCutWorkbooksAreRefused: a hundred good workbooks, each cut at twenty places of chance: none passes for a shorter one.
func TestCutWorkbooksAreRefused(t *testing.T) {
	chance := rand.New(rand.NewPCG(4, 30))
	for i := range 100 {
		whole := goodBook(t, chance, i)
		if _, err := sheet.Read("a.xlsx", whole); err != nil {
			t.Fatalf("workbook %d: %v", i, err)
		}
		for range 20 {
			at := chance.IntN(len(whole))
			if book, err := sheet.Read("a.xlsx", whole[:at]); book != nil || !errors.Is(err, assess.ErrInvalid) {
				t.Fatalf("workbook %d cut at %d of %d was accepted (%v)", i, at, len(whole), err)
			}
		}
	}
}

// TestChangedBytesNeverChangeAFigure: one byte of a good workbook changed: it is refused, or reads the same.
func TestChangedBytesNeverChangeAFigure(t *testing.T) {
	testkit.Sequential(t)
	chance := rand.New(rand.NewPCG(4, 31))
	for i := range 20 {
		whole := goodBook(t, chance, i)
		want, err := sheet.Read("a.xlsx", whole)
		if err != nil {
			t.Fatal(err)
		}
		for range 50 {
			changed := bytes.Clone(whole)
			at := chance.IntN(len(changed))
			changed[at] ^= byte(1 + chance.IntN(255))
			got, err := sheet.Read("a.xlsx", changed)
			if err == nil && !cmp.Equal(want, got) {
				t.Fatalf("workbook %d with byte %d changed reads differently:\n%s", i, at, cmp.Diff(want, got))
			}
		}
	}
}

// FuzzRead: whatever comes, it is refused with a Problem or is a table within the limits.
func FuzzRead(f *testing.F) {
	f.Add(pack(f, parts(oneRow(number("A1", 3, "0.5"), `<c r="B1" t="s"><v>1</v></c>`, `<c r="C1"><f>1+1</f></c>`))))
	f.Add(pack(f, []part{{"[Content_Types].xml", "<Types/>"}}))
	f.Add(goodBook(f, rand.New(rand.NewPCG(1, 2)), 0))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, data []byte) {
		book, err := sheet.Read("a.xlsx", data)
		checkBook(t, book, err)
	})
}

// FuzzSheet gives the cells of a sheet to chance, which the sums of a zip file hide from FuzzRead.
func FuzzSheet(f *testing.F) {
	f.Add(oneRow(number("A1", 3, "0.5"), `<c r="B1" t="s"><v>1</v></c>`, `<c r="C1" t="e"><v>#N/A</v></c>`), "1.5E+3", "[$-804]yyyy\"年\"m;@")
	f.Fuzz(func(t *testing.T, rows, value, format string) {
		all := parts(rows + `<row>` + number("A9", 4, value) + `</row>`)
		all = edited(t, all, "xl/styles.xml", "0.0%", format)
		book, err := sheet.Read("a.xlsx", pack(t, all))
		checkBook(t, book, err)
	})
}

func checkBook(t *testing.T, book *sheet.Book, err error) {
	t.Helper()
	if err != nil {
		if _, ok := errors.AsType[*assess.Problem](err); !ok || book != nil {
			t.Fatalf("refused with %v", err)
		}
		return
	}
	for _, s := range book.Sheets {
		last := 0
		for _, r := range s.Rows {
			if r.Number <= last || r.Number > sheet.MostRows || len(r.Cells) == 0 {
				t.Fatalf("row %d after row %d with %d cells", r.Number, last, len(r.Cells))
			}
			last = r.Number
			column := 0
			for _, c := range r.Cells {
				if c.Column <= column || c.Column > sheet.MostColumns || c.Kind == sheet.Blank || len(c.Text) > 2*sheet.LongestCell ||
					(c.Text == "") != (c.Kind == sheet.Uncached) {
					t.Fatalf("cell %+v after column %d", c, column)
				}
				column = c.Column
				_ = c.String()
			}
		}
	}
}

// bounded reads a workbook and fails the test when that takes more than ten seconds or 256 MiB.
func bounded(t *testing.T, data []byte) (*sheet.Book, error) {
	t.Helper()
	defer debug.SetGCPercent(debug.SetGCPercent(100)) // whatever GOGC says to tests
	runtime.GC()
	before := inUse()
	peak, stop := before, make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() {
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				peak = max(peak, inUse())
			}
		}
	})
	started := processor.Time()
	book, err := sheet.Read("a.xlsx", data)
	took := processor.Time() - started
	close(stop)
	watch.Wait()
	if grown := peak - before; grown > 256<<20 {
		t.Errorf("reading took %d MiB", grown>>20)
	}
	if took > 10*time.Second && !processor.Raced {
		t.Errorf("reading took %s", took)
	}
	return book, err
}

func inUse() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// goodBook is a workbook of the library that writes ours, with texts and numbers of chance.
func goodBook(t failer, chance *rand.Rand, n int) []byte {
	t.Helper()
	f := excelize.NewFile()
	for r := 1; r <= 3+n%20; r++ {
		for c := 1; c <= 1+n%7; c++ {
			var err error
			if chance.IntN(2) == 0 {
				err = f.SetCellInt("Sheet1", sheet.CellName(r, c), chance.Int64N(1_000_000))
			} else {
				err = f.SetCellStr("Sheet1", sheet.CellName(r, c), strings.Repeat("会员", 1+chance.IntN(5)))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func raw(text string) func(testing.TB) []byte { return func(testing.TB) []byte { return []byte(text) } }

func whole(all []part) func(testing.TB) []byte {
	return func(t testing.TB) []byte { return pack(t, all) }
}

func inSheet(rows string) func(testing.TB) []byte { return whole(parts(rows)) }

func many(all []part, n int) []part {
	for i := range n {
		all = append(all, part{fmt.Sprintf("docProps/p%d.xml", i), "<x/>"})
	}
	return all
}

func attributes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "a%d='' ", i)
	}
	return b.String()
}

func farRight(rows int) string {
	var b strings.Builder
	for r := 1; r <= rows; r++ {
		fmt.Fprintf(&b, `<row r="%d"><c r="XFD%d"><v>1</v></c></row>`, r, r)
	}
	return b.String()
}

// headed packs the parts with one more, whose header is made by hand.
func headed(all []part, h zip.FileHeader, content []byte) func(testing.TB) []byte {
	return func(t testing.TB) []byte {
		t.Helper()
		return packWith(t, all, func(z *zip.Writer) error {
			w, err := z.CreateRaw(&h)
			if err == nil {
				_, err = w.Write(content)
			}
			return err
		})
	}
}

func stored(name, content string) func(testing.TB) []byte {
	n := uint64(len(content))
	return headed(nil, zip.FileHeader{Name: name, CompressedSize64: n, UncompressedSize64: n, CRC32: crc32.ChecksumIEEE([]byte(content))}, []byte(content))
}

func link(all []part) func(testing.TB) []byte {
	h := zip.FileHeader{Name: "xl/link.xml", CompressedSize64: 4, UncompressedSize64: 4, CRC32: crc32.ChecksumIEEE([]byte("/etc")), CreatorVersion: 3 << 8}
	h.ExternalAttrs = 0o120777 << 16
	return headed(all, h, []byte("/etc"))
}

func flagged(all []part) func(testing.TB) []byte {
	return headed(all, zip.FileHeader{Name: "xl/secret.xml", CompressedSize64: 4, UncompressedSize64: 4, CRC32: 1, Flags: 1}, []byte("abcd"))
}

func broken(all []part) func(testing.TB) []byte {
	return headed(all, zip.FileHeader{Name: "xl/media/image1.png", CompressedSize64: 4, UncompressedSize64: 4, CRC32: 1}, []byte("abcd"))
}

// liar says that a part holds one byte; it holds a megabyte.
func liar(all []part) func(testing.TB) []byte {
	return headed(all, zip.FileHeader{Name: "xl/media/image1.png", Method: zip.Deflate, CompressedSize64: uint64(len(deflated(1 << 20))), UncompressedSize64: 1}, deflated(1<<20))
}

// bomb adds a part of n spaces.
func bomb(all []part, name string, n int) func(testing.TB) []byte {
	return func(t testing.TB) []byte {
		t.Helper()
		return packWith(t, all, func(z *zip.Writer) error {
			w, err := z.Create(name)
			for block := bytes.Repeat([]byte(" "), 1<<20); err == nil && n > 0; n -= len(block) {
				_, err = w.Write(block)
			}
			return err
		})
	}
}

func deflated(n int) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("x")
	if err != nil {
		return nil
	}
	if _, err := w.Write(make([]byte, n)); err != nil {
		return nil
	}
	z.Close()
	r, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		return nil
	}
	at, err := r.File[0].DataOffset()
	if err != nil {
		return nil
	}
	return b.Bytes()[at : at+int64(r.File[0].CompressedSize64)]
}
