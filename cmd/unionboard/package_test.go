package main

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/export"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/results"
	"github.com/unionboard/unionboard/internal/sheet"
	"github.com/unionboard/unionboard/internal/takeout"
)

// countedBoard counts how often the sheet of a period is asked for.
type countedBoard struct {
	results.Board
	mu    sync.Mutex // sheets are asked for side by side
	asked map[assess.Period]int
}

func (b *countedBoard) Sheet(ctx context.Context, p assess.Period) (*results.Sheet, error) {
	b.mu.Lock()
	b.asked[p]++
	b.mu.Unlock()
	return b.Board.Sheet(ctx, p)
}

// packageOf writes the package of the first quarter of the demonstration.
func packageOf(t *testing.T, a *app, lang string, units ...assess.UnitCode) []byte {
	t.Helper()
	room, err := a.takeout()
	if err != nil {
		t.Fatal(err)
	}
	q := assess.NewQuarter(2026, 1)
	board := &countedBoard{Board: room.Board, asked: map[assess.Period]int{}}
	room.Board = board
	file, err := room.File(t.Context(), takeout.Order{
		Order:  export.Order{Table: takeout.Package, Periods: []assess.Period{q}, Units: units, Lang: lang, Now: time.Date(2026, 10, 9, 1, 0, 0, 0, time.UTC)},
		Format: takeout.ZIP,
	})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := file.Write(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	if n := board.asked[q]; n > 2 {
		t.Errorf("the sheet was asked for %d times; once for the log and once for all files is enough", n)
	}
	return out.Bytes()
}

// unzipped reads a package: names in their order, contents.
func unzipped(t *testing.T, data []byte) (names []string, files map[string][]byte) {
	t.Helper()
	all, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	files = map[string][]byte{}
	for _, f := range all.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		const utf8, twice = 0x800, 1
		if f.NonUTF8 || strings.ContainsFunc(f.Name, func(r rune) bool { return r > '~' }) != (f.Flags&utf8 != 0) {
			t.Errorf("the name %s is not marked as what it is: flags %x", f.Name, f.Flags)
		}
		if f.Method != zip.Deflate || f.Flags&twice != 0 {
			t.Errorf("%s is packed by method %d, flags %x", f.Name, f.Method, f.Flags)
		}
		names, files[f.Name] = append(names, f.Name), body
	}
	return names, files
}

// TestThePackageIsWhole: every table twice, a scorecard for each district, the notice twice, and a list by which each file is known; the same
// bytes each time.
func TestThePackageIsWhole(t *testing.T) {
	t.Parallel()
	inDemo(t, func(a *app) {
		data := packageOf(t, a, i18n.Chinese)
		if !bytes.Equal(data, packageOf(t, a, i18n.Chinese)) {
			t.Error("the same data at the same time make other bytes")
		}
		names, files := unzipped(t, data)
		count := map[string]int{}
		for _, name := range names {
			count[path.Dir(name)+" "+path.Ext(name)]++
			if want := map[string]string{".xlsx": "PK", ".docx": "PK", ".pdf": "%PDF-", ".csv": "\ufeff"}[path.Ext(name)]; !bytes.HasPrefix(files[name], []byte(want)) {
				t.Errorf("%s begins with %q", name, files[name][:5])
			}
		}
		tables := len(export.Names())
		for what, want := range map[string]int{"表格 .xlsx": tables, "CSV .csv": tables, "成绩单 .pdf": 13, "通报 .pdf": 1, "通报 .docx": 1, ". .xlsx": 1, ". ": 1} {
			if count[what] != want {
				t.Errorf("%d files of %q, want %d", count[what], what, want)
			}
		}
		if !slices.Contains(names, "成绩单/2026年第一季度_和平区总工会_逐季成绩单.pdf") || !slices.Contains(names, "表格/2026年第一季度_得分汇总表.xlsx") {
			t.Error(names)
		}
		sums := ""
		for _, name := range names[:len(names)-1] {
			sum := sha256.Sum256(files[name])
			sums += hex.EncodeToString(sum[:]) + "  " + name + "\n"
		}
		if got := string(files[export.SumsFile]); got != strings.TrimSuffix(sums, sums[strings.LastIndex(strings.TrimSuffix(sums, "\n"), "\n")+1:]) {
			t.Errorf("the sums are\n%s", got)
		}
		listed(t, names, files)
	})
}

// listed compares the list for people with the files.
func listed(t *testing.T, names []string, files map[string][]byte) {
	t.Helper()
	book, err := sheet.Read("目录.xlsx", files["目录.xlsx"])
	if err != nil {
		t.Fatal(err)
	}
	byNumber := map[int]sheet.Row{}
	text := ""
	for _, r := range book.Sheets[0].Rows {
		byNumber[r.Number] = r
		text += firstText(r) + r.Cell(len(r.Cells)).Text + "\n"
	}
	for i, name := range names[:len(names)-2] {
		r, sum := byNumber[4+i], sha256.Sum256(files[name])
		if r.Cell(2).Text != name || r.Cell(4).Kind != sheet.Number || r.Cell(4).Text != fmt.Sprint(len(files[name])) || r.Cell(5).Text != hex.EncodeToString(sum[:]) {
			t.Errorf("row %d lists %q, %s bytes, %s", 4+i, r.Cell(2).Text, r.Cell(4).Text, r.Cell(5).Text)
		}
	}
	for _, want := range []string{"2026年第一季度资料包目录", "单位：沈阳市总工会", "工作状态", "方案：2026年第 1 版", "2026年10月9日 09:00"} {
		if !strings.Contains(text, want) {
			t.Errorf("the list does not say %q:\n%s", want, text)
		}
	}
}

// TestThePackageOfADistrict has its own tables and scorecard alone, and no notice, in either language.
func TestThePackageOfADistrict(t *testing.T) {
	t.Parallel()
	inDemo(t, func(a *app) {
		names, files := unzipped(t, packageOf(t, a, i18n.English, "210102"))
		if len(names) != 2*len(export.Names())+3 {
			t.Errorf("%d files: %s", len(names), names)
		}
		for name, body := range files {
			if strings.HasPrefix(name, "CSV/") && bytes.Contains(body, []byte("Shenhe")) {
				t.Errorf("%s speaks of another district", name)
			}
		}
		if !slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(n, "Scorecards/") }) || slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(n, "Notice/") }) {
			t.Error(names)
		}
	})
}

// TestADistrictTakesItsOwnPackage: an account of a district gets the package of its own unit from what is published, whatever it asks for,
// and nothing in it speaks of another.
func TestADistrictTakesItsOwnPackage(t *testing.T) {
	t.Parallel()
	inDemo(t, func(a *app) {
		room, err := a.takeout()
		if err != nil {
			t.Fatal(err)
		}
		own, q := person(assess.DistrictReporter, "210102"), assess.NewQuarter(2026, 1)
		file, err := room.FileFor(t.Context(), own, orderOf(takeout.Package, takeout.ZIP, q))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(file.Edition, "published") {
			t.Errorf("its figures are %s", file.Edition)
		}
		var out bytes.Buffer
		if err := file.Write(t.Context(), &out); err != nil {
			t.Fatal(err)
		}
		names, files := unzipped(t, out.Bytes())
		if len(names) != 2*len(export.Names())+3 {
			t.Errorf("%d files: %s", len(names), names)
		}
		for name, body := range files {
			if strings.HasPrefix(name, "CSV/") && bytes.Contains(body, []byte("沈河")) || strings.Contains(name, "沈河") {
				t.Errorf("%s speaks of another district", name)
			}
		}
		if _, err := room.FileFor(t.Context(), own, orderOf(takeout.Package, takeout.ZIP, q, "210103")); err == nil {
			t.Error("a district takes another's package")
		}
	})
}
