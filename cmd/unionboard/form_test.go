package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/unionboard/unionboard/internal/sheet"
	"github.com/unionboard/unionboard/internal/workbook"
)

// TestFormIsWrittenAsAWorkbook: the form of a district as a file, to the name given or one of its own.
func TestFormIsWrittenAsAWorkbook(t *testing.T) {
	t.Parallel()
	dir, q := installation(t), oldQuarter().String()
	out := filepath.Join(t.TempDir(), "form.xlsx")
	if r := call(t, "form", "--data", dir, "--unit", "210102", "--period", q, "--out", out); r.code != exitDone || r.err != "wrote "+out+"\n" {
		t.Fatalf("ended with %d and says %q", r.code, r.err)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	book, err := sheet.Read(out, data)
	if err != nil || !workbook.IsForm(book) {
		t.Errorf("what was written is no form: %v", err)
	}
	call(t, "form", "--data", dir, "--period", q).oneSentence(t, exitUsage, "--unit")
	call(t, "form", "--data", dir, "--unit", "x", "--period", q).oneSentence(t, exitUsage, "there is no such unit")
	call(t, "form", "--data", dir, "--unit", "210102", "--period", q[:4]).oneSentence(t, exitFailed, "forms are of quarters")
}
