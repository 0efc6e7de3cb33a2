package dashboard

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/unionboard/unionboard/internal/assess"
)

// Load reads every *.yaml file at the top of fsys as a page. What is wrong is answered as assess.Problems, each with file, line,
// column and remedy; then there is no Set, so that an older one can go on.
func Load(fsys fs.FS) (*Set, error) {
	names, err := fs.Glob(fsys, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("dashboards: %w", err)
	}
	rules, err := compiled()
	if err != nil {
		return nil, fmt.Errorf("dashboards: %w", err)
	}
	slices.Sort(names)
	set := &Set{}
	var wrong assess.Problems
	for _, name := range names {
		content, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("dashboards: %w", err)
		}
		d, faults := read(name, content, rules, set)
		wrong = append(wrong, faults...)
		if len(faults) == 0 {
			set.pages = append(set.pages, d)
		}
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	return set, nil
}

func compiled() (*jsonschema.Schema, error) {
	content, err := Schema()
	if err != nil {
		return nil, err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("urn:unionboard:dashboard", doc); err != nil {
		return nil, err
	}
	return c.Compile("urn:unionboard:dashboard")
}

// read makes a definition of one file and says everything that is wrong with it.
func read(name string, content []byte, rules *jsonschema.Schema, set *Set) (d Definition, faults assess.Problems) {
	file, err := parser.ParseBytes(content, 0)
	if err != nil {
		return d, assess.Problems{unreadable(name, err)}
	}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil {
		return d, assess.Problems{assess.Invalid("problem.dashboard_empty",
			"the file holds no page; write one page with the keys page, path, title, parameters, sentence and rows").
			At(assess.Place{File: name})}
	}
	body := file.Docs[0].Body
	value, err := plain(body)
	if err != nil {
		return d, assess.Problems{unreadable(name, err)}
	}
	if err := rules.Validate(value); err != nil {
		var invalid *jsonschema.ValidationError
		if !errors.As(err, &invalid) {
			return d, assess.Problems{unreadable(name, err)}
		}
		return d, faultsOf(name, body, invalid)
	}
	if err := yaml.NodeToValue(body, &d, yaml.Strict()); err != nil {
		return d, assess.Problems{unreadable(name, err)}
	}
	return d, append(checkUnique(name, body, d, set), checkParameters(name, body, d)...)
}

// plain makes of YAML what JSON would have given, which is what the schema speaks of.
func plain(body ast.Node) (any, error) {
	var value any
	if err := yaml.NodeToValue(body, &value); err != nil {
		return nil, err
	}
	text, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	return jsonschema.UnmarshalJSON(bytes.NewReader(text))
}

// checkUnique refuses a second page of the same code or address, and a second panel of the same name.
func checkUnique(name string, body ast.Node, d Definition, set *Set) (faults assess.Problems) {
	for _, other := range set.pages {
		for _, clash := range []struct{ key, value, taken string }{
			{"page", string(d.Page), string(other.Page)}, {"path", d.Path, other.Path},
		} {
			if clash.value == clash.taken {
				faults = append(faults, twice(clash.value, placeOf(name, body, []string{clash.key})))
			}
		}
	}
	seen := map[string]bool{}
	for i, row := range d.Rows {
		for j, p := range row.Panels {
			if seen[p.ID] {
				path := []string{"rows", fmt.Sprint(i), "panels", fmt.Sprint(j), "id"}
				faults = append(faults, twice(p.ID, placeOf(name, body, path)))
			}
			seen[p.ID] = true
		}
	}
	return faults
}

// checkParameters refuses what asks for a unit, a framework or an indicator on a page whose address names none.
func checkParameters(name string, body ast.Node, d Definition) (faults assess.Problems) {
	need := func(parameter string, path ...string) {
		if parameter != "" && !d.Takes(parameter) {
			faults = append(faults, assess.Invalid("problem.dashboard_parameter",
				fmt.Sprintf("this needs the page's %s; add %s to its parameters", parameter, parameter), "parameter", parameter).
				At(placeOf(name, body, path)))
		}
	}
	need(neededBy("draft", d.Sentence), "sentence")
	for i, row := range d.Rows {
		for j, p := range row.Panels {
			at := []string{"rows", fmt.Sprint(i), "panels", fmt.Sprint(j)}
			need(neededBy("of", p.Query.Of), append(at, "query", "of")...)
			need(neededBy("units", p.Query.Units), append(at, "query", "units")...)
			need(neededBy("draft", p.Options.Draft), append(at, "options", "draft")...)
		}
	}
	return faults
}

// neededBy answers the parameter of the page that a word of a query or the name of a draft takes for granted.
func neededBy(key, word string) string {
	switch key + " " + word {
	case "of framework", "draft framework", "draft indicators":
		return "framework"
	case "of code", "draft indicator":
		return "code"
	case "units unit", "units peers", "draft unit", "draft strengths", "draft conduct":
		return "unit"
	}
	return ""
}

func twice(what string, at assess.Place) *assess.Problem {
	return assess.Invalid("problem.dashboard_twice", fmt.Sprintf("%q is used twice; give one of them another name", what), "value", what).At(at)
}
