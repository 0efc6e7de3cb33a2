package source_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/source"
)

// page is the example of the format's promise, with more kinds of value.
const page = `{"schema": "unionboard/values/1", "unit": "210102", "period": "2026Q1", "generated_at": "2026-04-03T09:00:00+08:00",
 "values": [{"code": "union_members", "value": "30412", "note": ""}, {"code": "nef_members", "state": "not_applicable"},
  {"code": "warmth_fund_ytd", "value": 9007199254740993.10},
  {"code": "new_unions_ytd", "value": null}],
 "next": null}
`

func TestReadValuesJSON(t *testing.T) {
	r, err := source.ReadValuesJSON("p.json", []byte("\uFEFF"+page))
	if err != nil {
		t.Fatal(err)
	}
	entry := func(line, column int, path string, code assess.Code) assess.Entry {
		return assess.Entry{
			Place: assess.Place{File: "p.json", Line: line, Column: column, Field: path}, Unit: "210102", PeriodText: "2026Q1", Code: code,
		}
	}
	members, exempt := entry(2, 13, "values[0]", "union_members"), entry(2, 70, "values[1]", "nef_members")
	fund, blank := entry(3, 3, "values[2]", "warmth_fund_ytd"), entry(4, 3, "values[3]", "new_unions_ytd")
	members.Value, exempt.State, fund.Value = "30412", "not_applicable", "9007199254740993.10"
	if diff := cmp.Diff([]assess.Entry{members, exempt, fund, blank}, r.Entries); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
	if got := r.Entries[2].At("value"); got.Field != "values[2].value" || got.String() != "p.json:3:3" {
		t.Errorf("the value stands at %+v", got)
	}
}

// TestBadBodies is the corpus of checklist row 35: each body is refused whole, with its place.
func TestBadBodies(t *testing.T) {
	good := func(old, replacement string) string { return strings.Replace(page, old, replacement, 1) }
	tests := []struct {
		name, body, key, field string
	}{
		{"empty", "", "problem.json_syntax", ""},
		{"cut", page[:200], "problem.json_syntax", ""},
		{"trailing data", page + "{}", "problem.json_syntax", ""},
		{"trailing comma", good(`"next": null`, `"next": null,`), "problem.json_syntax", ""},
		{"NaN", good("9007199254740993.10", "NaN"), "problem.json_syntax", ""},
		{"leading zero", good("9007199254740993.10", "012"), "problem.json_syntax", ""},
		{"invalid UTF-8", good("30412", "30\xff"), "problem.encoding", ""},
		{"an array", "[]", "problem.json_kind", ""},
		{"unknown key", good(`"next"`, `"nest"`), "problem.json_key_unknown", "nest"},
		{"key in other case", good(`"unit"`, `"Unit"`), "problem.json_key_unknown", "Unit"},
		{"key twice", good(`"next": null`, `"unit": "210103"`), "problem.json_key_twice", ""},
		{"key twice, escaped", good(`"next": null`, `"\u0075nit": "210103"`), "problem.json_key_twice", ""},
		{"unknown key of a value", good(`"note"`, `"score"`), "problem.json_key_unknown", "values[0].score"},
		{"no unit", good(`"unit": "210102", `, ""), "problem.json_key_missing", "unit"},
		{"empty period", good("2026Q1", ""), "problem.json_key_missing", "period"},
		{"no values", `{"schema": "unionboard/values/1", "unit": "1", "period": "2026"}`, "problem.json_key_missing", "values"},
		{"no code", good(`"code": "nef_members", `, ""), "problem.json_key_missing", "values[1].code"},
		{"other schema", good("values/1", "values/2"), "problem.json_schema", "schema"},
		{"unit as a number", good(`"210102"`, "210102"), "problem.json_kind", "unit"},
		{"value as a boolean", good(`"30412"`, "true"), "problem.json_kind", "values[0].value"},
		{"value as an object", good(`"30412"`, `{"n": 1}`), "problem.json_kind", "values[0].value"},
		{"values as an object", good(`"values": [`, `"values": {}, "next": [`), "problem.json_key_twice", ""},
		{"a value that is a number", good(`{"code": "nef_members", "state": "not_applicable"}`, "7"), "problem.json_kind", "values[1]"},
		{"zero byte", good("30412", `3\u0000`), "problem.json_text", ""},
		{"half a surrogate pair", good("30412", `\ud800`), "problem.json_text", ""},
		{"time without zone", good("09:00:00+08:00", "09:00:00"), "problem.json_time", "generated_at"},
		{"too deep", strings.Repeat("[", 21) + strings.Repeat("]", 21), "problem.json_depth", ""},
		{"deeper than the stack", strings.Repeat("[", 1<<20), "problem.json_syntax", ""},
	}
	for _, tt := range tests {
		r, err := source.ReadValuesJSON("p.json", []byte(tt.body))
		var p *assess.Problem
		if !errors.As(err, &p) || p.Key != tt.key || p.Place.Field != tt.field || p.Place.Line == 0 {
			t.Errorf("%s: %v (%+v), want %s at %q", tt.name, err, p, tt.key, tt.field)
		}
		if len(r.Entries) > 0 {
			t.Errorf("%s: entries were taken", tt.name)
		}
	}
}

// Row 22 of the security checklist, for programs: what decides about a figure is not for its sender to say, beside the figures or within one.
func TestForbiddenFieldsOfAProgram(t *testing.T) {
	for _, field := range []string{"state_of_report", "status", "score", "points", "by", "approver", "accepted_by", "confirmed_by", "issued_at", "recorded_at", "seq", "role", "account"} {
		for at, body := range map[string]string{
			field:                strings.Replace(page, `"next"`, `"`+field+`": "1", "next"`, 1),
			"values[0]." + field: strings.Replace(page, `"note"`, `"`+field+`": "1", "note"`, 1),
		} {
			r, err := source.ReadValuesJSON("p.json", []byte(body))
			var p *assess.Problem
			if !errors.As(err, &p) || p.Key != "problem.json_key_unknown" || p.Place.Field != at || len(r.Entries) > 0 {
				t.Errorf("%s: %v, %d entries", at, err, len(r.Entries))
			}
		}
	}
}

func TestReadKnowsTheFormByItsContent(t *testing.T) {
	if r, err := source.Read("x", []byte(" \n"+page)); err != nil || len(r.Entries) != 4 {
		t.Errorf("JSON: %v, %v", r, err)
	}
	if r, err := source.Read("x", []byte(tidy)); err != nil || len(r.Entries) != 2 {
		t.Errorf("CSV: %v, %v", r, err)
	}
	for name, tt := range map[string]struct{ body, key string }{
		"workbook":        {"PK\x03\x04", "problem.workbook_damaged"},
		"part of a whole": {strings.Replace(page, `"next": null`, `"next": "/p2"`, 1), "problem.file_pages"},
	} {
		_, err := source.Read("x", []byte(tt.body))
		var p *assess.Problem
		if !errors.As(err, &p) || p.Key != tt.key {
			t.Errorf("%s: %v, want %s", name, err, tt.key)
		}
	}
}

func FuzzReadValuesJSON(f *testing.F) {
	f.Add([]byte(page))
	f.Add([]byte(`{"schema":"unionboard/values/1","unit":"1","period":"2026","values":[{"code":"a","value":1e5}],"next":"/2"}`))
	f.Add([]byte(`[[[[{"a":[]}]]]]`))
	f.Add([]byte(`{"a":1,"a":2}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := source.ReadValuesJSON("f", data)
		var p *assess.Problem
		if err != nil && (!errors.As(err, &p) || len(r.Entries) > 0) {
			t.Fatalf("%v, %d entries", err, len(r.Entries))
		}
		for _, e := range r.Entries {
			if e.Code == "" || e.Unit == "" || e.Place.Line == 0 {
				t.Fatalf("entry %+v", e)
			}
		}
	})
}

// An object of a million keys would take minutes to compare.
func TestAnObjectHasAtMostAHundredKeys(t *testing.T) {
	var b strings.Builder
	b.WriteString("{")
	for i := range 101 {
		fmt.Fprintf(&b, "\"k%d\": 1, ", i)
	}
	b.WriteString("\"last\": 1}")
	_, err := source.ReadValuesJSON("p.json", []byte(b.String()))
	if p, ok := errors.AsType[*assess.Problem](err); !ok || p.Key != "problem.json_keys" {
		t.Errorf("%v, want problem.json_keys", err)
	}
}
