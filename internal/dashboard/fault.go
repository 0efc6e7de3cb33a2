package dashboard

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/santhosh-tekuri/jsonschema/v6"
	violation "github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/unionboard/unionboard/internal/assess"
)

// unreadable is the problem of a file that is not YAML at all.
func unreadable(name string, err error) *assess.Problem {
	place, what := assess.Place{File: name}, err.Error()
	var at yaml.Error
	if errors.As(err, &at) {
		what = at.GetMessage()
		if t := at.GetToken(); t != nil && t.Position != nil {
			place.Line, place.Column = t.Position.Line, t.Position.Column
		}
	}
	return assess.Invalid("problem.dashboard_yaml",
		fmt.Sprintf("the file cannot be read as YAML (%s); check indentation, colons and quotes near this place", what), "detail", what).
		At(place).Because(err)
}

// faultsOf makes a problem of every rule of the schema that a file breaks, in the order of the file.
func faultsOf(said object, name string, body ast.Node, invalid *jsonschema.ValidationError) (faults assess.Problems) {
	meant := map[string]bool{} // missing keys that stand there misspelt
	var rules []*jsonschema.ValidationError
	eachBroken(invalid, func(e *jsonschema.ValidationError) {
		rules = append(rules, e)
		if k, ok := e.ErrorKind.(*violation.AdditionalProperties); ok {
			for _, key := range k.Properties {
				meant[pointer(e.InstanceLocation, assess.Closest(key, allowedAt(said, e.InstanceLocation)))] = true
			}
		}
	})
	for _, e := range rules {
		if k, ok := e.ErrorKind.(*violation.Required); ok {
			k.Missing = slices.DeleteFunc(slices.Clone(k.Missing), func(key string) bool { return meant[pointer(e.InstanceLocation, key)] })
			if len(k.Missing) == 0 {
				continue
			}
		}
		faults = append(faults, broken(said, name, body, e)...)
	}
	slices.SortStableFunc(faults, func(a, b *assess.Problem) int {
		return cmp.Or(cmp.Compare(a.Place.Line, b.Place.Line), cmp.Compare(a.Place.Column, b.Place.Column))
	})
	return faults
}

// eachBroken visits the rules at the ends of a schema error.
func eachBroken(e *jsonschema.ValidationError, visit func(*jsonschema.ValidationError)) {
	if len(e.Causes) == 0 {
		visit(e)
		return
	}
	for _, cause := range e.Causes {
		eachBroken(cause, visit)
	}
}

func pointer(path []string, key string) string {
	return strings.Join(append(slices.Clone(path), key), "/")
}

// broken says what one broken rule of the schema means for the person who wrote the file.
func broken(said object, name string, body ast.Node, e *jsonschema.ValidationError) (faults assess.Problems) {
	at := placeOf(name, body, e.InstanceLocation)
	switch k := e.ErrorKind.(type) {
	case *violation.AdditionalProperties:
		for _, key := range k.Properties {
			faults = append(faults, unknownKey(key, allowedAt(said, e.InstanceLocation), placeOfKey(name, body, append(slices.Clone(e.InstanceLocation), key))))
		}
		return faults
	case *violation.FalseSchema:
		key := e.InstanceLocation[len(e.InstanceLocation)-1]
		return assess.Problems{assess.Invalid("problem.dashboard_option",
			fmt.Sprintf("this type of panel knows no option %q; leave it out", key), "key", key).
			At(placeOfKey(name, body, e.InstanceLocation))}
	case *violation.Required:
		missing := strings.Join(k.Missing, ", ")
		return assess.Problems{assess.Invalid("problem.dashboard_key_missing",
			fmt.Sprintf("%s is missing; add it here", missing), "key", missing).At(at)}
	case *violation.Enum:
		return assess.Problems{notOneOf(fmt.Sprint(k.Got), k.Want, at)}
	case *violation.Type:
		want := strings.Join(k.Want, " or ")
		return assess.Problems{assess.Invalid("problem.dashboard_type",
			fmt.Sprintf("%s stands here where %s belongs", k.Got, want), "got", k.Got, "want", want).At(at)}
	}
	detail := e.ErrorKind.LocalizedString(message.NewPrinter(language.English))
	return assess.Problems{assess.Invalid("problem.dashboard_value",
		fmt.Sprintf("this value does not fit (%s); see `unionboard schema dashboard`", detail), "detail", detail).At(at)}
}

func notOneOf(got string, want []any, at assess.Place) *assess.Problem {
	words := make([]string, len(want))
	for i, w := range want {
		words[i] = fmt.Sprint(w)
	}
	list := strings.Join(words, ", ")
	return assess.Invalid("problem.dashboard_word", fmt.Sprintf("%q is not known here; write one of %s", got, list), "value", got, "known", list).At(at)
}

func unknownKey(key string, allowed []string, at assess.Place) *assess.Problem {
	list := strings.Join(allowed, ", ")
	if near := assess.Closest(key, allowed); near != "" {
		return assess.Invalid("problem.dashboard_key_misspelt", fmt.Sprintf("the key %q is not known here; write %s", key, near), "key", key, "near", near).At(at)
	}
	return assess.Invalid("problem.dashboard_key", fmt.Sprintf("the key %q is not known here; the keys are %s", key, list), "key", key, "known", list).At(at)
}

// allowedAt answers the keys the schema knows at a place, sorted.
func allowedAt(s object, path []string) []string {
	for _, step := range path {
		if _, err := strconv.Atoi(step); err == nil {
			s, _ = s["items"].(object)
			continue
		}
		properties, _ := s["properties"].(object)
		s, _ = properties[step].(object)
	}
	properties, _ := s["properties"].(object)
	keys := make([]string, 0, len(properties))
	for k := range properties {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// placeOf finds the value at a path of keys and positions.
func placeOf(name string, body ast.Node, path []string) assess.Place {
	return at(name, find(body, path))
}

// placeOfKey finds the key at the end of a path, which is where a misspelling stands.
func placeOfKey(name string, body ast.Node, path []string) assess.Place {
	last := path[len(path)-1]
	for _, pair := range pairs(find(body, path[:len(path)-1])) {
		if keyText(pair) == last {
			return at(name, pair.Key)
		}
	}
	return placeOf(name, body, path)
}

func at(name string, n ast.Node) assess.Place {
	place := assess.Place{File: name}
	if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 {
		n = m.Values[0].Key // the token of a mapping is its first colon
	}
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return place
	}
	place.Line, place.Column = n.GetToken().Position.Line, n.GetToken().Position.Column
	return place
}

// find goes down a path as far as it leads.
func find(n ast.Node, path []string) ast.Node {
	for _, step := range path {
		next := ast.Node(nil)
		if list, ok := n.(*ast.SequenceNode); ok {
			if i, err := strconv.Atoi(step); err == nil && i < len(list.Values) {
				next = list.Values[i]
			}
		}
		for _, pair := range pairs(n) {
			if keyText(pair) == step {
				next = pair.Value
			}
		}
		if next == nil {
			return n
		}
		n = next
	}
	return n
}

func keyText(pair *ast.MappingValueNode) string {
	if pair.Key.GetToken() == nil {
		return ""
	}
	return pair.Key.GetToken().Value
}

func pairs(n ast.Node) []*ast.MappingValueNode {
	switch m := n.(type) {
	case *ast.MappingNode:
		return m.Values
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{m}
	}
	return nil
}
