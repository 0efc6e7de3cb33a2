package source_test

import (
	"errors"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/source"
)

// Bytes that are no text are found where a person sees them: in the row and the cell of the table, whatever parts its cells.
func TestDamageStandsAtItsCell(t *testing.T) {
	for content, want := range map[string]string{
		"数据项,数值\n工会会员数,12\x003\n":                         "f.csv:2:2",
		"a,b,c\r\n1,2,3\r\n4,\x00,6\r\n":                  "f.csv:3:2",
		"a\tb\tc\n1\t2\t\x00\n":                           "f.csv:2:3",
		"a;b\n\"x;\ny\";\x00\n":                           "f.csv:3:2",
		"a,b\n\"x,\x00y\",2\n":                            "f.csv:2:1",
		"\x00":                                            "f.csv:1:1",
		"区县,会员\n和平,1\n沈河,\xe5\x92":                        "f.csv:3:2",
		"a,b\r1,\x00\r":                                   "f.csv:2:2",
		"\xff\xfea\x00,\x00b\x00\n\x00c\x00,\x00\x00\x00": "f.csv:2:2",
	} {
		_, _, err := source.ReadBook("f.csv", []byte(content))
		if p, ok := errors.AsType[*assess.Problem](err); !ok || p.Place.String() != want {
			t.Errorf("%q: %v, want %s", content, err, want)
		}
	}
}
