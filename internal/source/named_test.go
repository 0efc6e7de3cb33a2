package source

import (
	"errors"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
)

// TestWhatIsCalledAWorkbookIsOne: a file that is called .xlsx and holds none is not read as a text that lacks everything.
func TestWhatIsCalledAWorkbookIsOne(t *testing.T) {
	text := "名称,数值\n会员数,12\n"
	for _, c := range []struct{ name, data, key string }{
		{"填报表.xlsx", text, "problem.workbook_named"},
		{"FORM.XLSX", "\x00\x01\x02 not a zip", "problem.workbook_named"},
		{"form.xlsx", "PK\x03\x04 and then nothing", "problem.workbook_damaged"},
		{"form.xlsx", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "problem.workbook_old"},
		{"form.csv", text, ""},
		{"form.xls", text, ""}, // many programs write texts under this name
	} {
		_, _, err := ReadBook(c.name, []byte(c.data))
		p, _ := errors.AsType[*assess.Problem](err)
		if (err == nil) != (c.key == "") || p != nil && (p.Key != c.key || p.Place.File != c.name) {
			t.Errorf("%s: %v, want %q", c.name, err, c.key)
		}
	}
}
