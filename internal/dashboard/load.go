package dashboard

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/unionboard/unionboard/internal/assess"
)

// Load reads every *.yaml file at the top of fsys as a page. What is wrong is answered as assess.Problems, each with file, line,
// column and remedy; then there is no Set.
func Load(fsys fs.FS) (*Set, error) {
	contents, err := contentsOf(fsys)
	if err != nil {
		return nil, err
	}
	r, err := newReader(nil)
	if err != nil {
		return nil, err
	}
	set := &Set{}
	var wrong assess.Problems
	for _, name := range slices.Sorted(maps.Keys(contents)) {
		f := r.read(name, contents[name], set)
		wrong = append(wrong, f.Faults...)
		if len(f.Faults) == 0 {
			set = set.with([]File{f})
		}
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	return set, nil
}

// contentsOf reads the files of pages at the top of a folder; one that is not there has none.
func contentsOf(fsys fs.FS) (map[string][]byte, error) {
	names, err := fs.Glob(fsys, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("dashboards: %w", err)
	}
	contents := map[string][]byte{}
	for _, name := range names {
		if contents[name], err = fs.ReadFile(fsys, name); err != nil {
			return nil, fmt.Errorf("dashboards: %w", err)
		}
	}
	return contents, nil
}

// reader makes pages of files.
type reader struct {
	page, references *jsonschema.Schema
	shipped          *Set // what the pages are added to; nil while these are read themselves
}

func newReader(shipped *Set) (reader, error) {
	page, err := compile("urn:unionboard:dashboard", schema())
	if err != nil {
		return reader{}, fmt.Errorf("dashboards: %w", err)
	}
	references, err := compile("urn:unionboard:references", referencesSchema())
	if err != nil {
		return reader{}, fmt.Errorf("dashboards: %w", err)
	}
	return reader{page, references, shipped}, nil
}

// read makes a page of one file, beside those that were read before it, and says everything that is wrong with it.
func (r reader) read(name string, content []byte, before *Set) File {
	f := File{Name: name, Content: content}
	if name == referencesFile {
		var list referenceList
		_, f.Faults = parse(name, content, r.references, referencesSchema(), &list)
		f.References = list.References
		return f
	}
	body, faults := parse(name, content, r.page, schema(), &f.Page)
	if f.Faults = faults; len(faults) == 0 {
		f.Faults = slices.Concat(checkUnique(name, body, f.Page, before), checkParameters(name, body, f.Page), r.checkPath(name, body, f.Page))
	}
	return f
}

// compile makes rules of a schema.
func compile(name string, rules object) (*jsonschema.Schema, error) {
	text, err := json.Marshal(rules)
	if err != nil {
		return nil, err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(name, doc); err != nil {
		return nil, err
	}
	return c.Compile(name)
}

// parse reads a file by the schema.
func parse(name string, content []byte, rules *jsonschema.Schema, said object, into any) (ast.Node, assess.Problems) {
	content, bad := plainText(name, content)
	if bad == nil {
		bad = checkShape(name, content)
	}
	if bad != nil {
		return nil, assess.Problems{bad}
	}
	file, err := parser.ParseBytes(content, 0)
	if err != nil {
		return nil, assess.Problems{unreadable(name, err)}
	}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil {
		return nil, assess.Problems{assess.Invalid("problem.dashboard_empty",
			"the file holds no page; write one page with the keys page, path, title, parameters, sentence and rows").
			At(assess.Place{File: name})}
	}
	body := file.Docs[0].Body
	value, err := plain(body)
	if err != nil {
		return nil, assess.Problems{unreadable(name, err)}
	}
	if err := rules.Validate(value); err != nil {
		var invalid *jsonschema.ValidationError
		if !errors.As(err, &invalid) {
			return nil, assess.Problems{unreadable(name, err)}
		}
		return nil, faultsOf(said, name, body, invalid)
	}
	if err := yaml.NodeToValue(body, into, yaml.Strict()); err != nil {
		return nil, assess.Problems{unreadable(name, err)}
	}
	return body, nil
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
func checkUnique(name string, body ast.Node, d Definition, before *Set) (faults assess.Problems) {
	for _, other := range before.All() {
		for _, clash := range []struct{ key, value, taken string }{
			{"page", string(d.Page), string(other.Page)}, {"path", d.Path, other.Path},
		} {
			if bare(clash.value) == bare(clash.taken) {
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

// bare answers an address without the names of its parameters: /p/{unit} and /p/{framework} are the same addresses.
func bare(path string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if _, is := parameterPart(part); is {
			parts[i] = "{}"
		}
	}
	return strings.Join(parts, "/")
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
	for _, parameter := range d.Parameters {
		if d.Fixed.has(parameter) {
			faults = append(faults, assess.Invalid("problem.dashboard_fixed",
				fmt.Sprintf("%s stands under fixed and under parameters; leave it in one of them", parameter), "parameter", parameter).
				At(placeOf(name, body, []string{"fixed", parameter})))
		}
	}
	need(neededBy("draft", d.Sentence), "sentence")
	for i, row := range d.Rows {
		for j, p := range row.Panels {
			at := []string{"rows", fmt.Sprint(i), "panels", fmt.Sprint(j)}
			need(neededBy("of", p.Query.Of), append(at, "query", "of")...)
			need(neededBy("units", p.Query.Units), append(at, "query", "units")...)
			need(neededBy("draft", p.Options.Draft), append(at, "options", "draft")...)
			need(neededBy("of", p.Options.Against), append(at, "options", "against")...)
		}
	}
	return faults
}

// ownPaths is where pages that are added stand, so that none takes the address of another page of the program.
const ownPaths = "/p/"

// checkPath holds a page to its address: one that replaces a shipped page stands where that stood, one that is added under /p/; what
// is in braces is a parameter of the page.
func (r reader) checkPath(name string, body ast.Node, d Definition) (faults assess.Problems) {
	at := placeOf(name, body, []string{"path"})
	for part := range strings.SplitSeq(d.Path, "/") {
		parameter, is := parameterPart(part)
		switch {
		case !is && strings.ContainsAny(part, "{}"), is && !slices.Contains([]string{"unit", "framework", "code"}, parameter):
			faults = append(faults, assess.Invalid("problem.dashboard_path_part",
				fmt.Sprintf("%q is no part of an address; a part is {unit}, {framework} or {code}, or plain letters", part), "part", part).At(at))
		case is && !d.asks(parameter):
			faults = append(faults, assess.Invalid("problem.dashboard_parameter",
				fmt.Sprintf("this needs the page's %s; add %s to its parameters", parameter, parameter), "parameter", parameter).At(at))
		}
	}
	if r.shipped == nil {
		return faults
	}
	if shipped, ok := r.shipped.Page(d.Page); ok {
		if d.Path != shipped.Path {
			faults = append(faults, assess.Invalid("problem.dashboard_path_kept",
				fmt.Sprintf("the page %s stands at %s; write this address, or give your page another code and an address under %s", d.Page, shipped.Path, ownPaths),
				"page", string(d.Page), "path", shipped.Path, "own", ownPaths).At(at))
		}
	} else if !strings.HasPrefix(d.Path, ownPaths) || d.Path == ownPaths {
		faults = append(faults, assess.Invalid("problem.dashboard_path_own",
			fmt.Sprintf("pages of your own stand under %s; write %s%s", ownPaths, ownPaths, d.Page), "own", ownPaths, "page", string(d.Page)).At(at))
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
	case "units chosen", "draft compare":
		return "units"
	case "units unit", "units peers", "draft unit", "draft strengths", "draft strong", "draft weak", "draft next", "draft conduct":
		return "unit"
	}
	return ""
}

func twice(what string, at assess.Place) *assess.Problem {
	return assess.Invalid("problem.dashboard_twice", fmt.Sprintf("%q is used twice; give one of them another name", what), "value", what).At(at)
}
