package audit

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
)

// FuzzFile: of files of lines and of heads, whatever was made of them: what is none is refused with its place; lines that join to the marks of
// the log are the lines of the log, their times in words too; heads are read as they are written.
func FuzzFile(f *testing.F) {
	lines, _ := chain(3)
	var packed bytes.Buffer
	last, err := writeFile(&packed, Mark{}, each(lines))
	if err != nil {
		f.Fatal(err)
	}
	z, err := gzip.NewReader(&packed)
	if err != nil {
		f.Fatal(err)
	}
	var text bytes.Buffer
	if _, err := text.ReadFrom(z); err != nil {
		f.Fatal(err)
	}
	f.Add(text.String(), "time,line,hash\n2026-04-10T02:00:00Z,7,ab12\n")
	f.Add(strings.Replace(text.String(), `"time":"2`, `"time":"1`, 1), "time,line\n1,2\n")
	f.Add(text.String()+"{}", "2026-04-10T02:00:00Z,-7,\"a\nb\"\n2026")
	f.Fuzz(func(t *testing.T, text, heads string) {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = z.Write([]byte(text))
		z.Close()
		file := b.Bytes()
		var problem *assess.Problem
		from, to, err := VerifyFile("f", bytes.NewReader(file))
		if err != nil && !errors.As(err, &problem) {
			t.Fatalf("%q: %v", text, err)
		}
		if err == nil && from == (Mark{}) && to == last {
			var got []assess.AuditLine
			_, all, err := ReadFile("f", bytes.NewReader(file))
			if err != nil {
				t.Fatal(err)
			}
			for l, err := range all {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, l)
			}
			if diff := cmp.Diff(lines, got); diff != "" {
				t.Errorf("other lines under the same marks:\n%s", diff)
			}
			if strings.Count(text, `"time":"2`) < 3 {
				t.Errorf("a time in words that is none passes: %s", text)
			}
		}
		known, err := ReadHeads("h", strings.NewReader(heads))
		if err != nil {
			if !errors.As(err, &problem) {
				t.Fatalf("%q: %v", heads, err)
			}
			return
		}
		again := "time,line,hash\n"
		for _, h := range known {
			if strings.ContainsAny(h.Hash, ",\"\r\n") {
				return // no hash; what is verified by it is never good
			}
			again += fmt.Sprintf("%s,%d,%s\n", h.At.UTC().Format(headTimes), h.Seq, h.Hash)
		}
		if back, err := ReadHeads("h", strings.NewReader(again)); err != nil || !cmp.Equal(known, back) {
			t.Errorf("%q is %v, and written again %v, %v", heads, known, back, err)
		}
	})
}
