package source_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/source"
)

const tidy = "unit,period,code,value,note\r\n" +
	"210102,2026Q1,union_members,30412,较上季新增\r\n" +
	"210103,2026Q1,union_members,,\r\n"

var withoutColumns = cmpopts.IgnoreFields(assess.Entry{}, "Columns")

func tidyEntries() []assess.Entry {
	return []assess.Entry{
		{
			Place: assess.Place{File: "v.csv", Line: 2}, Unit: "210102", PeriodText: "2026Q1", Code: "union_members", Value: "30412",
			Note: "较上季新增",
		},
		{Place: assess.Place{File: "v.csv", Line: 3}, Unit: "210103", PeriodText: "2026Q1", Code: "union_members"},
	}
}

// encoded answers a text as the programs of the field save it.
func encoded(t *testing.T, s string) map[string][]byte {
	t.Helper()
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	le, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	be, err := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{
		"UTF-8":            []byte(s),
		"UTF-8 with BOM":   []byte("\uFEFF" + s),
		"GB18030":          []byte(gb),
		"UTF-16LE":         []byte(le),
		"UTF-16BE, no BOM": []byte(be),
		"old Macintosh":    []byte(strings.ReplaceAll(s, "\r\n", "\r")),
	}
}

func TestReadValuesInEveryEncoding(t *testing.T) {
	for name, data := range encoded(t, tidy) {
		r, err := source.ReadValues("v.csv", data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(tidyEntries(), r.Entries, withoutColumns); diff != "" {
			t.Errorf("%s: entries (-want +got):\n%s", name, diff)
		}
		if noted := len(r.Notes) > 0; noted != (strings.HasPrefix(name, "UTF-16") || name == "GB18030") {
			t.Errorf("%s: notes %v", name, r.Notes)
		}
	}
}

func TestReadValuesBySemicolonsAndTabs(t *testing.T) {
	for _, comma := range []string{";", "\t"} {
		r, err := source.ReadValues("v.csv", []byte(strings.ReplaceAll(tidy, ",", comma)))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tidyEntries(), r.Entries, withoutColumns); diff != "" {
			t.Errorf("by %q: entries (-want +got):\n%s", comma, diff)
		}
	}
}

// Between semicolons 1,204 may be one thousand or one and a fraction: it is not guessed.
func TestAmbiguousCommaIsRefused(t *testing.T) {
	r, err := source.ReadValues("v.csv", []byte("unit;period;code;value\n1;2026;a;1,204\n1;2026;b;1,204,500\n"))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Refused) != 1 || r.Refused[0].Place.String() != "v.csv:2:4" || r.Refused[0].Problem.Key != "problem.number_comma" {
		t.Errorf("refused %+v, want line 2, column 4", r.Refused)
	}
	if len(r.Entries) != 1 || r.Entries[0].Value != "1,204,500" {
		t.Errorf("entries %+v, want the unambiguous one", r.Entries)
	}
}

func TestColumnsInAnyOrderAndUnknownOnes(t *testing.T) {
	data := "ref,Value,审核人,code,unit,part,period,state\n张三,good,x,rating,210102,leaders,2026,reported\n,,,,,,,\n"
	r, err := source.ReadValues("v.csv", []byte(data))
	if err != nil {
		t.Fatal(err)
	}
	want := []assess.Entry{{
		Place: assess.Place{File: "v.csv", Line: 2}, Unit: "210102", PeriodText: "2026", Code: "rating", Value: "good",
		State: "reported", Part: "leaders", Ref: "张三",
	}}
	if diff := cmp.Diff(want, r.Entries, withoutColumns); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
	if got := r.Entries[0].At("value").String(); got != "v.csv:2:2" {
		t.Errorf("the value stands at %s, want v.csv:2:2", got)
	}
	if len(r.Notes) != 1 || r.Notes[0].Key != "problem.column_ignored" || r.Notes[0].Place.Column != 3 {
		t.Errorf("notes %v, want one about column 3", r.Notes)
	}
}

// A row with too few or too many cells is refused by itself; places count lines, also after a cell of two lines.
func TestRowsOfTheWrongWidth(t *testing.T) {
	data := "unit,period,code,value\n" +
		"1,2026,a,\"1\n\"\n" + // lines 2 and 3
		"1,2026,b\n" + // 4
		"1,2026,c,2,3\n" + // 5
		"1,2026,d,4,,\n" // 6: surplus separators hold nothing
	r, err := source.ReadValues("v.csv", []byte(data))
	if err != nil {
		t.Fatal(err)
	}
	var places []string
	for _, x := range r.Refused {
		places = append(places, x.Place.String())
	}
	if diff := cmp.Diff([]string{"v.csv:4", "v.csv:5"}, places); diff != "" {
		t.Errorf("refused (-want +got):\n%s", diff)
	}
	if len(r.Entries) != 2 || r.Entries[1].Place.Line != 6 {
		t.Errorf("entries %+v, want those of lines 2 and 6", r.Entries)
	}
}

func TestDamagedFilesAreRefusedWhole(t *testing.T) {
	head := "unit,period,code,value\n"
	tests := []struct {
		name, data, key, place string
	}{
		{"empty", "", "problem.file_empty", "v.csv"},
		{"no heads", "1,2,3,4\n", "problem.column_missing", "v.csv:1"},
		{"a head twice", "unit,period,code,value,Unit\n", "problem.column_twice", "v.csv:1:5"},
		{"quote never closed", head + "1,2026,a,1\n1,2026,b,\"2\n1,2026,c,3\n", "problem.file_quote", "v.csv:3"},
		{"quote inside a cell", head + "1,2026,a\"b,1\n", "problem.file_quote", "v.csv:2"},
		{"zero byte", head + "1,2026,a,1\x00\n", "problem.file_nul", "v.csv:2:4"},
		{"cut in a row", head + "1,2026,a,1\n1,2026", "problem.file_cut", "v.csv:3"},
		{"cut in a character", head + "1,2026,a,\xe5\x92", "problem.encoding", "v.csv:2:4"},
		{"cut UTF-8 of Chinese", "unit,period,code,value\n和平,2026,会员,\xe4\xb8", "problem.encoding", "v.csv:2:4"},
		{"broken UTF-8 after a BOM", "\uFEFF" + head + "1,2026,a,\xb0\xa1\n", "problem.encoding", "v.csv:2:4"},
		{"odd UTF-16", "\xff\xfeu", "problem.encoding", "v.csv"},
		{"no encoding at all", head + "1,2026,a,\xff\xff\xff\n", "problem.encoding", "v.csv"},
	}
	for _, tt := range tests {
		r, err := source.ReadValues("v.csv", []byte(tt.data))
		var p *assess.Problem
		if !errors.As(err, &p) || p.Key != tt.key || p.Place.String() != tt.place {
			t.Errorf("%s: %v (%+v), want %s at %s", tt.name, err, p, tt.key, tt.place)
		}
		if len(r.Entries)+len(r.Refused) > 0 {
			t.Errorf("%s: something of it was taken: %+v", tt.name, r)
		}
	}
}

// A good file cut anywhere is refused, or noted where the cut cannot be told from a missing line end, or the same but shorter by
// whole rows.
func TestCutFiles(t *testing.T) {
	whole, err := source.ReadValues("v.csv", []byte(tidy))
	if err != nil {
		t.Fatal(err)
	}
	for i := range len(tidy) - 1 {
		r, err := source.ReadValues("v.csv", []byte(tidy[:i]))
		if err != nil {
			continue
		}
		if !strings.HasSuffix(tidy[:i], "\n") && len(r.Entries) > 0 && len(r.Notes) == 0 {
			t.Errorf("cut at %d: nothing was said, got %+v", i, r.Entries)
		}
		if strings.HasSuffix(tidy[:i], "\n") {
			if diff := cmp.Diff(whole.Entries[:len(r.Entries)], r.Entries, cmpopts.EquateEmpty(), withoutColumns); diff != "" {
				t.Errorf("cut at %d (-want +got):\n%s", i, diff)
			}
		}
	}
}

func FuzzReadValues(f *testing.F) {
	f.Add([]byte(tidy))
	f.Add([]byte("unit;period;code;value\n1;2026;a;1,2\n"))
	f.Add([]byte("\xff\xfeu\x00n\x00"))
	f.Add([]byte("unit\tperiod\tcode\tvalue\r1\t2\t3\t\"4"))
	f.Add([]byte("\xb5\xa5\xce\xbb,unit,period,code,value\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := source.ReadValues("f", data)
		var p *assess.Problem
		if err != nil && !errors.As(err, &p) {
			t.Fatalf("%v is not a Problem", err)
		}
		if err != nil && len(r.Entries) > 0 {
			t.Fatal("a damaged file left entries")
		}
		for _, e := range r.Entries {
			if e.Place.Line < 2 || strings.ContainsRune(e.Value, 0) {
				t.Fatalf("entry %+v", e)
			}
		}
	})
}
