package source_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/source"
)

// dhis2Words are those of a district's DHIS2.
func dhis2Words() *source.Mapping {
	return &source.Mapping{
		Length: source.Quarters,
		Units:  []source.Word{{Word: "DiszpKrYNg8", Code: "210102"}},
		Items:  []source.Word{{Word: "f7n9E0hX8qk", Code: "union_members"}, {Word: "Ix2HsbDMLea.wHBMVthqIX4", Code: "dues", Factor: "万"}},
	}
}

const (
	setJSON = `{"dataSet": "pBOMPrpg1QX", "completeDate": "2026-10-03", "period": "2026Q3", "orgUnit": "DiszpKrYNg8", "colour": "red", "dataValues": [
{"dataElement": "f7n9E0hX8qk", "categoryOptionCombo": "HllvX50cXC0", "value": "30412", "comment": "核实", "followup": true, "storedBy": "a"},
{"dataElement": "Ix2HsbDMLea", "categoryOptionCombo": "wHBMVthqIX4", "value": 1.2, "period": "202609"}]}`
	setXML = `<?xml version="1.0" encoding="UTF-8"?>
<dataValueSet xmlns="http://dhis2.org/schema/dxf/2.0" dataSet="pBOMPrpg1QX" period="2026Q3" orgUnit="DiszpKrYNg8" colour="red">
<dataValue dataElement="f7n9E0hX8qk" value="30412" comment="核实" followUp="true"/>
<dataValue dataElement="Ix2HsbDMLea" categoryOptionCombo="wHBMVthqIX4" value="1.2" period="202609"/>
</dataValueSet>
`
	setCSV = "\"dataelement\",\"period\",\"orgunit\",\"categoryoptioncombo\",\"attributeoptioncombo\",\"value\",\"storedby\",\"lastupdated\",\"comment\",\"followup\",\"colour\"\n" +
		"\"f7n9E0hX8qk\",\"2026Q3\",\"DiszpKrYNg8\",\"HllvX50cXC0\",\"HllvX50cXC0\",\"30412\",\"a\",\"2026-10-03\",\"核实\",\"true\",\"red\"\n" +
		"\"Ix2HsbDMLea\",\"202609\",\"DiszpKrYNg8\",\"wHBMVthqIX4\",\"\",\"1.2\",\"a\",\"\",\"\",\"false\",\"\"\n"
)

// One set of values in the three forms of DHIS2 is read alike, by the words of the mapping; what is not read is said.
func TestReadDHIS2(t *testing.T) {
	want := []assess.Entry{
		{Unit: "210102", PeriodText: "2026Q3", Code: "union_members", Value: "30412", Note: "核实"},
		{Unit: "210102", PeriodText: "2026Q3", Code: "dues", Value: "12000"},
	}
	for form, text := range map[string]string{"JSON": setJSON, "XML": setXML, "CSV": setCSV} {
		for _, told := range []source.Format{"", source.DHIS2} {
			r, err := source.Piece{Name: "f", Data: []byte(text), Form: told}.Read(dhis2Words(), source.MostRows)
			if err != nil {
				t.Fatal(form, err)
			}
			if diff := cmp.Diff(want, r.Entries, cmpopts.IgnoreFields(assess.Entry{}, "Place", "Columns", "Heads")); diff != "" || len(r.Refused) > 0 {
				t.Errorf("%s: -want +got\n%s%v", form, diff, r.Refused)
			}
			var notes []string
			for _, n := range r.Notes {
				notes = append(notes, n.Key)
			}
			known := "problem.dhis2_field"
			if form == "CSV" {
				known = "problem.column_ignored"
			}
			if len(notes) != 2 || !strings.Contains(fmt.Sprint(notes), known) || !strings.Contains(fmt.Sprint(notes), "problem.dhis2_followup") {
				t.Errorf("%s notes %v", form, notes)
			}
			if at := r.Entries[1].At("value"); at.Line != 3 && form != "XML" || at.Line != 4 && form == "XML" {
				t.Errorf("%s: the second value stands at %s", form, at)
			}
		}
	}
}

// A figure broken down is never taken for its total, and a month is no quarter where nobody says so.
func TestDHIS2KeepsPartsApart(t *testing.T) {
	const text = `{"orgUnit": "a", "period": "2026", "dataValues": [
{"dataElement": "x", "categoryOptionCombo": "m", "value": "1"},
{"dataElement": "x", "categoryOptionCombo": "default", "attributeOptionCombo": "n", "value": "2", "period": "202609"},
{"dataElement": "x", "categoryOptionCombo": "m", "attributeOptionCombo": "n", "value": true},
{"dataElement": "x", "value": null},
{"dataElement": "x", "value": "4", "deleted": true}]}`
	r, err := source.Read("f", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range r.Entries {
		got = append(got, fmt.Sprint(e.Code, " ", e.PeriodText, " ", e.Value))
	}
	if diff := cmp.Diff([]string{"x.m 2026 1", "x.*.n 2026-09 2", "x.m.n 2026 true", "x 2026 "}, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if len(r.Refused) != 1 || r.Refused[0].Problem.Key != "problem.dhis2_deleted" || r.Refused[0].Place.Line != 6 {
		t.Errorf("refused %v", r.Refused)
	}
}

// What is damaged, hides something, or says itself how it is to be taken is refused whole, with its place.
func TestDHIS2RefusesWhole(t *testing.T) {
	inside := func(head, body string) string { return head + "<dataValueSet>" + body + "</dataValueSet>" }
	var many strings.Builder
	for range source.MostRows + 1 {
		many.WriteString(`<dataValue dataElement="a"/>`)
	}
	for _, one := range []struct{ text, key string }{
		{inside(`<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>`, `<dataValue value="&x;"/>`), "problem.xml_doctype"},
		{inside(``, `<dataValue value="&x;"/>`), "problem.xml_syntax"},
		{inside(`<?xml-stylesheet href="a"?>`, ``), "problem.xml_instruction"},
		{inside(`<?xml version="1.0" encoding="latin1"?>`, ``), "problem.xml_syntax"},
		{setXML[:len(setXML)-10], "problem.xml_syntax"},
		{setXML + setXML[strings.Index(setXML, "<dataValueSet"):], "problem.xml_root"},
		{setXML + "more", "problem.xml_text"},
		{`<html><p title="dataValueSet"/></html>`, "problem.xml_root"},
		{inside(``, `<dataValue value="1" value="2"/>`), "problem.json_key_twice"},
		{inside(``, strings.Repeat("<a>", 30)+strings.Repeat("</a>", 30)), "problem.xml_depth"},
		{inside(``, many.String()), "problem.too_many_rows"},
		{`<dataValueSet dryRun="true"></dataValueSet>`, "problem.dhis2_steers"},
		{`{"dryRun": true, "dataValues": []}`, "problem.dhis2_steers"},
		{`{"dataValues": [{"value": "1", "value": "2"}]}`, "problem.json_key_twice"},
		{`{"dataValues": [1]}`, "problem.json_kind"},
		{`{"period": "2026"}`, "problem.json_key_missing"},
		{setJSON[:len(setJSON)-3], "problem.json_syntax"},
		{"dataelement,period,value\na,2026,1\n", "problem.column_missing"},
		{setCSV[:len(setCSV)-12], "problem.file_cut"},
		{"<", "problem.xml_syntax"},
	} {
		r, err := source.Piece{Name: "f", Data: []byte(one.text), Form: source.DHIS2}.Read(nil, source.MostRows)
		fault, _ := errors.AsType[*assess.Problem](err)
		if fault == nil || fault.Key != one.key || fault.Place.File != "f" || len(r.Entries) > 0 {
			t.Errorf("%.60s: %v, want %s", one.text, err, one.key)
		}
	}
}

// Whatever the bytes are, they are read within the limit or refused with a Problem.
func FuzzReadDHIS2(f *testing.F) {
	for _, text := range []string{setJSON, setXML, setCSV, "<!DOCTYPE a>", "\xff\xfe<\x00", `{"dataValues":[{}]}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := source.Piece{Name: "f", Data: data, Form: source.DHIS2}.Read(dhis2Words(), 100)
		if err != nil {
			if _, ok := errors.AsType[*assess.Problem](err); !ok || len(r.Entries)+len(r.Refused) > 0 {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		if n := len(r.Entries) + len(r.Refused); n > 100 || len(r.Notes) > 200 {
			t.Fatalf("%d values, %d notes", n, len(r.Notes))
		}
		for _, e := range r.Entries {
			if at := e.At("value"); at.File != "f" || at.Line < 1 {
				t.Fatalf("a value stands at %v", at)
			}
		}
	})
}
