package dashboard

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/unionboard/unionboard/internal/assess"
)

const goodPage = `page: demo
path: /demo
title: {zh: 示例}
parameters: [period]
sentence: home
rows:
- panels:
  - id: map
    type: tilemap
    title: {zh: 方格图}
    query: {measure: score, of: overall, units: all}
`

func TestShippedPages(t *testing.T) {
	var pages []assess.Code
	for _, d := range shipped(t).All() {
		pages = append(pages, d.Page)
		if d.Title.EN == "" {
			t.Errorf("%s has no English title", d.Page)
		}
		for _, row := range d.Rows {
			for _, p := range row.Panels {
				if p.Title.EN == "" || p.Note.ZH != "" && p.Note.EN == "" {
					t.Errorf("%s/%s: an English text is missing", d.Page, p.ID)
				}
			}
		}
	}
	if diff := cmp.Diff([]assess.Code{"compare", "framework", "home", "indicator", "indicators", "lags", "notice", "types", "unit", "wall"}, pages); diff != "" {
		t.Error(diff)
	}
}

// TestThePageOfAWindowsEditor: the mark before the text is no part of it.
func TestThePageOfAWindowsEditor(t *testing.T) {
	set, err := Load(fstest.MapFS{"demo.yaml": {Data: []byte("\ufeff" + strings.ReplaceAll(goodPage, "\n", "\r\n"))}})
	if err != nil {
		t.Fatal(err)
	}
	if d, ok := set.Page("demo"); !ok || d.Title.ZH != "示例" {
		t.Errorf("read %+v, %v", d, ok)
	}
}

func TestLoadReadsAPage(t *testing.T) {
	set, err := Load(fstest.MapFS{"demo.yaml": {Data: []byte(goodPage)}, "notes.txt": {Data: []byte("no page")}})
	if err != nil {
		t.Fatal(err)
	}
	got, ok := set.Page("demo")
	want := Definition{
		Page: "demo", Path: "/demo", Title: assess.Text{ZH: "示例"}, Parameters: []string{"period"}, Sentence: "home",
		Rows: []RowDefinition{{Panels: []PanelDefinition{{
			ID: "map", Type: "tilemap", Title: assess.Text{ZH: "方格图"},
			Query: Query{Measure: "score", Of: "overall", Units: "all"},
		}}}},
	}
	if diff := cmp.Diff(want, got); !ok || diff != "" {
		t.Error(diff)
	}
	if _, ok := set.Page("home"); ok {
		t.Error("a page that was not loaded is found")
	}
}

// TestFaults: every fault names file, line and column, and says what would be right.
func TestFaults(t *testing.T) {
	change := func(from, to string) string {
		if !strings.Contains(goodPage, from) {
			t.Fatalf("the good page has no %q", from)
		}
		return strings.Replace(goodPage, from, to, 1)
	}
	for _, tc := range []struct{ name, file, want string }{
		{"misspelt key", change("sentence: home", "sentense: home"), `demo.yaml:5:1: the key "sentense" is not known here; write sentence`},
		{"misspelt key of a panel", change("    type:", "    typ:"), `demo.yaml:9:5: the key "typ" is not known here; write type`},
		{"foreign key", goodPage + "colour: red\n", `demo.yaml:12:1: the key "colour" is not known here; the keys are fixed, page, parameters, path, rows, sentence, title`},
		{"missing key", change("    query: {measure: score, of: overall, units: all}\n", ""), `demo.yaml:8:5: query is missing; add it here`},
		{"unknown type", change("tilemap", "treemap"), `demo.yaml:9:11: "treemap" is not known here; write one of stat, sentence, lights`},
		{"unknown measure of a type", change("measure: score", "measure: value"), `demo.yaml:11:22: "value" is not known here; write one of score`},
		{"unknown units", change("units: all", "units: some"), `demo.yaml:11:49: "some" is not known here; write one of all`},
		{"option of another type", change("units: all}", "units: all}\n    options: {draft: home}"), `demo.yaml:12:15: this type of panel knows no option "draft"; leave it out`},
		{"wrong type of value", change("rows:\n- panels:\n", "rows:\n  panels:\n"), `demo.yaml:7:3: object stands here where array belongs`},
		{"value out of range", change("units: all}", "units: all, periods: 99}"), `demo.yaml:11:63: this value does not fit (maximum: got 99, want 40); see`},
		{"bad address", change("path: /demo", "path: demo"), `demo.yaml:2:7: this value does not fit (`},
		{"text without options", change("type: tilemap", "type: text"), `demo.yaml:8:5: options is missing; add it here`},
		{"a unit without the parameter", change("units: all", "units: unit") + "# bars\n", `demo.yaml:11:49: "unit" is not known here`},
		{"an indicator without the parameter", change("of: overall", "of: code"), `demo.yaml:11:33: this needs the page's code; add code to its parameters`},
		{"a sentence without the parameter", change("sentence: home", "sentence: unit"), `demo.yaml:5:11: this needs the page's unit; add unit to its parameters`},
		{"two panels of one name", goodPage + "  - {id: map, type: tilemap, title: {zh: 又}, query: {measure: score, of: overall, units: all}}\n", `demo.yaml:12:10: "map" is used twice`},
		{"no YAML", change("title: {zh: 示例}", "title: {zh: 示例"), `demo.yaml:4:`},
		{"twice the same key", goodPage + "page: other\n", `demo.yaml:12:1: the file cannot be read as YAML (mapping key "page" already defined`},
		{"empty file", "", "demo.yaml: the file holds no page"},
		{"an alias", "a0: &a0 [x]\na1: [*a0, *a0]\n", "demo.yaml:1:5: & stands here; anchors (&), aliases (*) and tags (!) are not used in pages"},
		{"an alias alone", change("title: {zh: 示例}", "title: *t"), "demo.yaml:3:8: * stands here; anchors"},
		{"deep brackets", "page: " + strings.Repeat("[", 100_000), "demo.yaml:1:67: the file nests more than 60 levels; use fewer"},
		{"deep lists", strings.Repeat("- ", 100_000), "demo.yaml:1:121: the file nests more than 60 levels; use fewer"},
		{"another encoding", change("示例", "\xca\xbe\xc0\xfd"), "demo.yaml:3: the file is not UTF-8; save it as UTF-8"},
		{"more rows than can be drawn", goodPage + strings.Repeat("- panels: []\n", 60), "demo.yaml:7:1: this value does not fit (maxItems: got 61, want 60)"},
		{"two pages in a file", goodPage + "---\n" + goodPage, "demo.yaml: the file holds no page"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			set, err := Load(fstest.MapFS{"demo.yaml": {Data: []byte(tc.file)}})
			var problems assess.Problems
			if !errors.As(err, &problems) || !errors.Is(err, assess.ErrInvalid) || set != nil {
				t.Fatalf("Load answers %v, %v; want problems and no set", set, err)
			}
			if !strings.HasPrefix(problems[0].Error(), tc.want) {
				t.Errorf("got  %s\nwant %s…", problems[0].Error(), tc.want)
			}
		})
	}
}

func TestFaultsOfSeveralFilesComeTogether(t *testing.T) {
	_, err := Load(fstest.MapFS{
		"a.yaml": {Data: []byte(goodPage)},
		"b.yaml": {Data: []byte(goodPage)},
		"c.yaml": {Data: []byte("page: 7\n")},
	})
	text := ""
	if err != nil {
		text = err.Error()
	}
	for _, want := range []string{`b.yaml:1:7: "demo" is used twice`, `b.yaml:2:7: "/demo" is used twice`, "c.yaml:1:7: number stands here where string belongs", "c.yaml:1:1: path, title"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not said in:\n%s", want, text)
		}
	}
}

// TestProblemsAreTranslated: every key a fault carries has a sentence in both languages that takes its arguments.
func TestProblemsAreTranslated(t *testing.T) {
	_, err := Load(fstest.MapFS{"demo.yaml": {Data: []byte("page: 7\nextra: 1\nsentence: no\nrows: []\n")}})
	var problems assess.Problems
	if !errors.As(err, &problems) {
		t.Fatal(err)
	}
	words := catalogue(t)
	for _, p := range problems {
		for _, lang := range []string{"zh", "en"} {
			text := words.Say(lang, p.Key, p.Args)
			if text == p.Key || strings.Contains(text, "{") {
				t.Errorf("%s in %s: %q", p.Key, lang, text)
			}
		}
	}
}

func TestSchemaIsASchema(t *testing.T) {
	content, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("urn:test", doc); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Compile("urn:test"); err != nil {
		t.Error(err)
	}
	var top struct {
		Schema string `json:"$schema"`
	}
	if err := json.Unmarshal(content, &top); err != nil || top.Schema != "https://json-schema.org/draft/2020-12/schema" {
		t.Errorf("the schema says it is of %q (%v)", top.Schema, err)
	}
	again, _ := Schema()
	if !bytes.Equal(content, again) {
		t.Error("the schema is not the same twice")
	}
}

// FuzzLoad: whatever stands in a file, it is a page or a list of problems.
func FuzzLoad(f *testing.F) {
	f.Add([]byte(goodPage))
	f.Add([]byte("rows:\n- panels: [{id: a}]\n"))
	f.Add([]byte("? [a]\n: &x {b: *x}\n"))
	f.Add([]byte("{}"))
	f.Add([]byte("!!binary x"))
	f.Fuzz(func(t *testing.T, content []byte) {
		set, err := Load(fstest.MapFS{"x.yaml": {Data: content}})
		if (set == nil) == (err == nil) {
			t.Fatalf("set %v, error %v", set, err)
		}
		var problems assess.Problems
		if err != nil && !errors.As(err, &problems) {
			t.Fatalf("not a list of problems: %v", err)
		}
	})
}
