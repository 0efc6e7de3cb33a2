package catalog

import (
	"bytes"
	"encoding/json"
	"errors"
	"path"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/seeds"
)

// TestSchemasStandAlone: each printed schema is a schema of 2020-12 that needs no other file, and accepts the shipped definitions.
func TestSchemasStandAlone(t *testing.T) {
	files, err := Files(seeds.Files())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range SchemaNames() {
		text, err := Schema(name)
		if err != nil {
			t.Fatal(err)
		}
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if version := document.(map[string]any)["$schema"]; version != "https://json-schema.org/draft/2020-12/schema" {
			t.Errorf("%s is of version %v", name, version)
		}
		compiler := jsonschema.NewCompiler()
		compiler.UseLoader(jsonschema.SchemeURLLoader{}) // no schema may be fetched
		if err := compiler.AddResource("https://example.org/printed.json", document); err != nil {
			t.Fatal(err)
		}
		compiled, err := compiler.Compile("https://example.org/printed.json")
		if err != nil {
			t.Fatalf("%s does not stand alone: %v", name, err)
		}
		checked := 0
		for file, data := range files {
			if file == name+".yaml" || path.Dir(file) == name || path.Dir(file) == name+"s" {
				var found faults
				if err := compiled.Validate(parse(file, data, &found).plain()); err != nil {
					t.Errorf("%s refuses %s: %v", name, file, err)
				}
				checked++
			}
		}
		if checked == 0 {
			t.Errorf("no shipped file is of schema %s", name)
		}
	}
}

// TestSchemasDriveAnEditor: every key that can be written has words that an editor shows.
func TestSchemasDriveAnEditor(t *testing.T) {
	for _, name := range SchemaNames() {
		document, err := schemaDocument(name)
		if err != nil {
			t.Fatal(err)
		}
		s := schema{id: "", document: document}
		c := structureCheck{schema: s}
		var walk func(value any, way string)
		walk = func(value any, way string) {
			switch v := value.(type) {
			case []any:
				for _, e := range v {
					walk(e, way)
				}
			case map[string]any:
				properties, _ := v["properties"].(map[string]any)
				for key, property := range properties {
					p, isSchema := property.(map[string]any)
					_, isConst := p["const"]
					_, isEnumOnly := p["enum"]
					if isSchema && !isConst && (!isEnumOnly || p["title"] != nil) && !strings.HasSuffix(way, "/if") && c.title(p) == "see docs/frameworks.md" {
						t.Errorf("%s: the key %s of %s has no words", name, key, way)
					}
				}
				for key, e := range v {
					walk(e, way+"/"+key)
				}
			}
		}
		walk(document, "")
	}
}

func TestUnknownSchema(t *testing.T) {
	if _, err := Schema("frameworks"); !errors.Is(err, assess.ErrNotFound) || !strings.Contains(err.Error(), "framework") {
		t.Errorf("error is %v", err)
	}
	text, err := Schema("framework")
	if err != nil || !json.Valid(text) {
		t.Errorf("schema is no JSON: %v", err)
	}
}

// TestClosest: one slip of the finger is understood, another word is not.
func TestClosest(t *testing.T) {
	for _, c := range []struct{ word, want string }{
		{"wieght", "weight"},
		{"weigth", "weight"},
		{"Weight", "weight"},
		{"weihgt", "weight"},
		{"weights", "weight"},
		{"colour", ""},
		{"", ""},
		{strings.Repeat("weight", 50), ""},
	} {
		if got := assess.Closest(c.word, []string{"name", "weight", "children"}); got != c.want {
			t.Errorf("%q is taken for %q; want %q", c.word, got, c.want)
		}
	}
}
