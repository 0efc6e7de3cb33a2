package source_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/source"
)

// dropped is when the files of these tests were written; looks are told as times after it.
var dropped = time.Date(2026, 4, 3, 9, 0, 0, 0, time.UTC)

func drop(t *testing.T) (*source.Drop, string) {
	t.Helper()
	dir := t.TempDir()
	d, err := source.NewDrop(source.DropConfig{Name: "sujiatun", Folder: dir})
	if err != nil {
		t.Fatal(err)
	}
	return d, dir
}

func put(t *testing.T, dir, name, text string, at time.Time) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
}

func fetch(t *testing.T, d *source.Drop, after time.Duration) []source.Parcel {
	t.Helper()
	parcels, err := d.Fetch(t.Context(), source.Request{Now: dropped.Add(after)})
	if err != nil {
		t.Fatal(err)
	}
	return parcels
}

// files lists what is in a folder and below.
func files(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			name, _ := filepath.Rel(dir, path)
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func TestAFileIsTakenOnceItHasSettled(t *testing.T) {
	d, dir := drop(t)
	put(t, dir, "a.csv", tidy, dropped)
	if got := fetch(t, d, time.Second); len(got) != 0 {
		t.Fatalf("taken at the first look: %+v", got)
	}
	put(t, dir, "a.csv", tidy+"210104,2026Q1,union_members,7,\r\n", dropped) // it grew, within the same clock tick
	if got := fetch(t, d, 2*time.Second); len(got) != 0 {
		t.Fatalf("taken while it grew: %+v", got)
	}
	if got := fetch(t, d, 3*time.Second); len(got) != 1 || len(got[0].Entries) != 3 || got[0].Door != assess.DoorDrop {
		t.Fatalf("not taken at the second equal look: %+v", got)
	}
}

// What was left because it may still be growing is named, so that who has just dropped it need not wonder.
func TestFilesThatMayStillGrowAreNamed(t *testing.T) {
	d, dir := drop(t)
	put(t, dir, "三季度.csv", "unit,period,code,value\n", dropped)
	put(t, dir, "readme.txt", "no table", dropped)
	fetch(t, d, 10*time.Second)
	if names, settle := d.Settling(); !slices.Equal(names, []string{"三季度.csv"}) || settle != 30*time.Second {
		t.Errorf("left are %v for %s", names, settle)
	}
	fetch(t, d, time.Minute)
	if names, _ := d.Settling(); len(names) > 0 {
		t.Errorf("still left are %v", names)
	}
}

// Run by hand there is one look only: then age counts.
func TestAnOldFileIsTakenAtTheFirstLook(t *testing.T) {
	d, dir := drop(t)
	put(t, dir, "b.csv", tidy, dropped.Add(time.Minute))
	put(t, dir, "c.json", page, dropped)
	put(t, dir, "new.csv", tidy, dropped.Add(2*time.Minute))
	put(t, dir, "future.csv", tidy, dropped.Add(time.Hour)) // a clock an hour off waits for the second look
	for _, name := range []string{".hidden.csv", "~$a.csv", "README.txt", "a.csv.part"} {
		put(t, dir, name, "x", dropped)
	}
	if err := os.Mkdir(filepath.Join(dir, "folder.csv"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "link.csv")); err != nil {
		t.Fatal(err)
	}
	got := fetch(t, d, 2*time.Minute)
	if len(got) != 2 || got[0].Entries[0].Place.File != "c.json" || got[1].Entries[0].Place.File != "b.csv" {
		t.Errorf("taken %+v, want c.json, which is older, and b.csv", got)
	}
}

func TestAGoodFileGoesIntoTheArchive(t *testing.T) {
	d, dir := drop(t)
	put(t, dir, "a.csv", tidy, dropped)
	parcel := fetch(t, d, time.Hour)[0]
	if err := parcel.Settle(t.Context(), source.Receipt{Taken: 2}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"archive/" + hash(tidy) + ".csv"}, files(t, dir)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	// The same content again lands on the same place, and settling twice harms nothing.
	put(t, dir, "again.csv", tidy, dropped)
	again := fetch(t, d, time.Hour)[0]
	for range 2 {
		if err := again.Settle(t.Context(), source.Receipt{Taken: 2}); err != nil {
			t.Fatal(err)
		}
	}
	if got := files(t, dir); len(got) != 1 {
		t.Errorf("files %v, want one", got)
	}
}

// Without Settle, as after a crash, the file is still there and comes again with the same digest.
func TestAFileThatWasNotSettledComesAgain(t *testing.T) {
	d, dir := drop(t)
	put(t, dir, "a.csv", tidy, dropped)
	first, again := fetch(t, d, time.Hour), fetch(t, d, 2*time.Hour)
	if len(again) != 1 || again[0].Digest != first[0].Digest || again[0].Digest != hash(tidy) {
		t.Errorf("%+v after %+v", again, first)
	}
}

func TestAFileReplacedMeanwhileStays(t *testing.T) {
	d, dir := drop(t)
	put(t, dir, "a.csv", tidy, dropped)
	parcel := fetch(t, d, time.Hour)[0]
	put(t, dir, "a.csv", strings.Replace(tidy, "30412", "30413", 1), dropped)
	if err := parcel.Settle(t.Context(), source.Receipt{Taken: 2}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a.csv"}, files(t, dir)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestARefusedFileComesBackWithItsReport(t *testing.T) {
	dir := t.TempDir()
	d, err := source.NewDrop(source.DropConfig{
		Name: "sujiatun", Folder: dir, Sentence: func(p *assess.Problem) string { return "第3行：" + p.Args["value"] },
	})
	if err != nil {
		t.Fatal(err)
	}
	put(t, dir, "一季度.csv", tidy, dropped)
	parcel := fetch(t, d, time.Hour)[0]
	refused := []assess.Rejection{{
		Place: assess.Place{File: "一季度.csv", Line: 3, Column: 4, Field: "value"}, Unit: "210103", Code: "union_members", Value: `=1+1`,
		Problem: assess.Invalid("problem.number", "not a number", "value", "x"),
	}}
	if err := parcel.Settle(t.Context(), source.Receipt{Taken: 1, Refused: refused}); err != nil {
		t.Fatal(err)
	}
	base := "refused/一季度." + hash(tidy)[:8]
	want := []string{"archive/" + hash(tidy) + ".csv", base + ".csv", base + ".report.csv"}
	if diff := cmp.Diff(want, files(t, dir)); diff != "" {
		t.Fatalf("files (-want +got):\n%s", diff)
	}
	report, err := os.ReadFile(filepath.Join(dir, base+".report.csv"))
	if err != nil {
		t.Fatal(err)
	}
	wantReport := "\uFEFFfile,line,column,field,unit,code,value,problem\r\n一季度.csv,3,4,value,210103,union_members,'=1+1,第3行：x\r\n"
	if diff := cmp.Diff(wantReport, string(report)); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
	if again := fetch(t, d, 2*time.Hour); len(again) != 0 {
		t.Errorf("it was taken again: %+v", again)
	}
}

func TestDamagedFilesAndWorkbooksAreGivenBack(t *testing.T) {
	d, dir := drop(t)
	put(t, dir, "book.xlsx", "PK\x03\x04", dropped)
	put(t, dir, "cut.csv", tidy[:len(tidy)-9], dropped)
	got := fetch(t, d, time.Hour)
	if len(got) != 2 {
		t.Fatalf("%+v", got)
	}
	for i, key := range []string{"problem.workbook_damaged", "problem.file_cut"} {
		p := got[i]
		if p.Damage == nil || p.Damage.Key != key || len(p.Entries) > 0 {
			t.Fatalf("%+v, want %s", p, key)
		}
		if err := p.Settle(t.Context(), source.Receipt{Refused: []assess.Rejection{{Place: p.Damage.Place, Problem: p.Damage}}}); err != nil {
			t.Fatal(err)
		}
	}
	names := files(t, dir)
	if len(names) != 4 || slices.ContainsFunc(names, func(n string) bool { return !strings.HasPrefix(n, "refused/") }) {
		t.Errorf("files %v, want each with its report in refused/", names)
	}
}

func TestAMissingFolderIsSaid(t *testing.T) {
	d, err := source.NewDrop(source.DropConfig{Name: "a", Folder: filepath.Join(t.TempDir(), "none")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Fetch(t.Context(), source.Request{Now: dropped}); err == nil || !strings.Contains(err.Error(), "make it") {
		t.Errorf("%v, want what to do", err)
	}
}

// A dropped file is bounded in bytes and in rows, one given by hand is not: its rows are another matter.
func TestADroppedFileIsBounded(t *testing.T) {
	row := "1,2026,a,1\n"
	rows := func(n int) string { return "unit,period,code,value\n" + strings.Repeat(row, n) }
	for name, tt := range map[string]struct{ body, key string }{
		"as many rows as there may be": {rows(source.MostRows), ""},
		"one row more":                 {rows(source.MostRows + 1), "problem.too_many_rows"},
		"one value more in JSON": {`{"schema":"unionboard/values/1","unit":"1","period":"2026","values":[` +
			strings.Repeat(`{"code":"a","value":1},`, source.MostRows) + `{"code":"a","value":1}]}`, "problem.too_many_rows"},
		"a large file": {"unit,period,code,value\n" + strings.Repeat("\n", source.MostDropped), "problem.too_large"},
	} {
		d, dir := drop(t)
		put(t, dir, "a.csv", tt.body, dropped)
		got := fetch(t, d, time.Hour)
		if len(got) != 1 {
			t.Fatalf("%s: %d parcels", name, len(got))
		}
		if p := got[0]; tt.key == "" && (p.Damage != nil || len(p.Entries) != source.MostRows) || tt.key != "" && (p.Damage == nil || p.Damage.Key != tt.key) {
			t.Errorf("%s: %d rows, %v; want %q", name, len(p.Entries), p.Damage, tt.key)
		}
		if by, err := source.ReadFile(filepath.Join(dir, "a.csv"), nil); err != nil || tt.key == "problem.too_many_rows" && by.Len() != source.MostRows+1 {
			t.Errorf("%s: by hand %d rows, %v", name, len(by.Entries), err)
		}
	}
}

// More files than one look takes come at the next ones, the oldest first.
func TestALookTakesAtMostSixtyFourFiles(t *testing.T) {
	d, dir := drop(t)
	for i := range 70 {
		put(t, dir, fmt.Sprintf("%02d.csv", i), tidy, dropped.Add(time.Duration(i)*time.Second))
	}
	first := fetch(t, d, time.Hour)
	if len(first) != 64 || first[0].Entries[0].Place.File != "00.csv" {
		t.Fatalf("%d files at once, want 64 from the oldest", len(first))
	}
	for _, p := range first {
		if err := p.Settle(t.Context(), source.Receipt{Taken: 2}); err != nil {
			t.Fatal(err)
		}
	}
	if next := fetch(t, d, 2*time.Hour); len(next) != 6 || next[0].Entries[0].Place.File != "64.csv" {
		t.Errorf("%d files at the next look, want the 6 that were left", len(next))
	}
}

// A name in other letters than UTF-8, over two lines or as long as names can be keeps neither its own file nor the others out.
func TestOddNamesOfFiles(t *testing.T) {
	gb, err := simplifiedchinese.GB18030.NewEncoder().String("和平区三季度.csv")
	if err != nil {
		t.Fatal(err)
	}
	for name, called := range map[string]string{
		gb: "和平区三季度.csv", "\xff\xfe.csv": "?.csv", "a\nb.csv": "a b.csv", strings.Repeat("和", 83) + "12.csv": strings.Repeat("和", 83) + "12.csv",
	} {
		d, dir := drop(t)
		put(t, dir, name, tidy, dropped)
		parcels := fetch(t, d, time.Hour)
		if len(parcels) != 1 || parcels[0].Entries[0].Place.File != called || parcels[0].Pieces[0].Name != called {
			t.Fatalf("%q: %+v, want %q", name, parcels, called)
		}
		if err := parcels[0].Settle(t.Context(), source.Receipt{Taken: 1, Refused: refusal("x")}); err != nil {
			t.Errorf("%q: %v", name, err)
		}
		if left := files(t, dir); len(left) != 3 || slices.Contains(left, name) {
			t.Errorf("%q: %q", name, left)
		}
		put(t, dir, name, tidy, dropped)
		if d, err := source.ReadFile(filepath.Join(dir, name), nil); err != nil || filepath.Base(d.Entry(0).Place.File) != called {
			t.Errorf("%q given by hand: %v", name, err)
		}
	}
}
