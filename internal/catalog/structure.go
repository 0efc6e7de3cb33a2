package catalog

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// checkStructure holds a file's content against its schema and notes every difference.
func checkStructure(s schema, file string, root *node, found *faults) {
	err := s.Validate(root.plain())
	if err == nil {
		return
	}
	invalid, ok := errors.AsType[*jsonschema.ValidationError](err)
	if !ok {
		found.add(rooted(file, root), "structure", "the file cannot be checked: {detail}", "detail", err.Error())
		return
	}
	c := structureCheck{schema: s, root: rooted(file, root), found: found, seen: map[string]bool{}}
	c.walk(invalid)
}

// manyKeys is how many unknown keys of one mapping are told of; a file with more is no definition at all.
const manyKeys = 25

type structureCheck struct {
	schema schema
	root   spot
	found  *faults
	seen   map[string]bool // the same fault can be reached by two ways through the schema
}

// walk goes down to the errors that have no further cause: those say what is wrong.
func (c *structureCheck) walk(e *jsonschema.ValidationError) {
	for _, cause := range e.Causes {
		c.walk(cause)
	}
	if len(e.Causes) == 0 {
		c.report(e)
	}
}

func (c *structureCheck) report(e *jsonschema.ValidationError) {
	at := c.spot(e.InstanceLocation)
	field := "the file"
	if n := len(e.InstanceLocation); n > 0 {
		field = e.InstanceLocation[n-1]
		if _, err := strconv.Atoi(field); err == nil && n > 1 {
			field = e.InstanceLocation[n-2] + "[" + field + "]"
		}
	}
	c.explain(e, at, field)
}

// spot answers the place of a value by its way through keys and list elements.
func (c *structureCheck) spot(way []string) spot {
	at := c.root
	for _, step := range way {
		if i, err := strconv.Atoi(step); err == nil && at.node != nil && at.node.kind == list {
			at = at.item(i)
		} else {
			at = at.key(step)
		}
	}
	return at
}

func (c *structureCheck) explain(e *jsonschema.ValidationError, at spot, field string) {
	value := "that"
	if at.node != nil {
		value = brief(at.node.plain())
	}
	switch k := e.ErrorKind.(type) {
	case *kind.AdditionalProperties:
		for _, key := range k.Properties[:min(len(k.Properties), manyKeys)] {
			c.unknownKey(e, at, key)
		}
	case *kind.Required:
		c.missingKeys(e, at, field, k.Missing)
	case *kind.FalseSchema:
		c.add(c.spot(e.InstanceLocation[:len(e.InstanceLocation)-1]).name(field), "key_not_here", "the key {key} does not go with the others here; take it out (only a heading has children, only an indicator a method)", "key", field)
	case *kind.Enum:
		c.choice(at, field, value, k.Want)
	case *kind.Const:
		c.choice(at, field, value, []any{k.Want})
	case *kind.UniqueItems:
		c.add(at.item(k.Duplicates[1]), "twice", "{value} stands in {field} twice; keep one", "field", field, "value", brief(at.item(k.Duplicates[1]).plain()))
	default:
		c.add(at, "form", "{field} is {value}, but should be {want}", "field", field, "value", value, "want", c.want(e))
	}
}

func (c *structureCheck) add(at spot, key, message string, args ...string) {
	id := fmt.Sprint(at.line, ":", at.column, key, args)
	if !c.seen[id] {
		c.seen[id] = true
		c.found.add(at, key, message, args...)
	}
}

func (c *structureCheck) unknownKey(e *jsonschema.ValidationError, at spot, key string) {
	known := slices.Sorted(maps.Keys(c.properties(e)))
	at = at.name(key)
	if c.schema.at(e.SchemaURL)["patternProperties"] != nil { // not propertyNames, whose errors carry no sure place
		c.add(at, "key_form", "{key} is not a code; use lower-case letters, digits and _, starting with a letter", "key", quoted(key))
		return
	}
	if guess := assess.Closest(key, known); guess != "" {
		c.misspelt(at, key, guess)
		return
	}
	c.add(at, "unknown_key", "unknown key {key}; take it out, or use one of {keys}", "key", quoted(key), "keys", strings.Join(known, ", "))
}

// missingKeys notes keys that are required; where a key beside them looks like a misspelling, that is the fault.
func (c *structureCheck) missingKeys(e *jsonschema.ValidationError, at spot, field string, missing []string) {
	properties := c.properties(e)
	var strange, still []string
	for _, present := range at.node.keys {
		if properties[present.name] == nil {
			strange = append(strange, present.name)
		}
	}
	for _, key := range missing {
		if typo := assess.Closest(key, strange); typo != "" {
			c.misspelt(at.name(typo), typo, key)
			continue
		}
		still = append(still, key)
	}
	if still == nil {
		return
	}
	meaning := make([]string, len(still))
	for i, key := range still {
		property, _ := properties[key].(map[string]any)
		meaning[i] = c.title(property)
	}
	c.add(at, "missing_key", "{field} needs the key {keys}: {meaning}", "field", field, "keys", strings.Join(still, ", "), "meaning", strings.Join(meaning, "; "))
}

func (c *structureCheck) misspelt(at spot, key, guess string) {
	c.add(at, "misspelt_key", "unknown key {key}; did you mean {guess}?", "key", quoted(key), "guess", quoted(guess))
}

// properties answers the keys that an error's part of the schema allows. A condition has none of its own: they stand beside it.
func (c *structureCheck) properties(e *jsonschema.ValidationError) map[string]any {
	for at := e.SchemaURL; at != ""; at = at[:max(0, strings.LastIndex(at, "/"))] {
		if properties, ok := c.schema.at(at)["properties"].(map[string]any); ok && !strings.HasSuffix(at, "/then") && !strings.HasSuffix(at, "/else") {
			return properties
		}
	}
	return nil
}

func (c *structureCheck) choice(at spot, field, value string, choices []any) {
	words := make([]string, len(choices))
	for i, w := range choices {
		words[i] = fmt.Sprint(w)
	}
	if guess := assess.Closest(strings.Trim(value, `"`), words); guess != "" {
		c.add(at, "misspelt_word", "{field} cannot be {value}; did you mean {guess}?", "field", field, "value", value, "guess", quoted(guess))
		return
	}
	c.add(at, "unknown_word", "{field} cannot be {value}; use one of {words}", "field", field, "value", value, "words", strings.Join(words, ", "))
}

// title answers what a part of the schema describes, following a reference where the part has no words of its own.
func (c *structureCheck) title(part map[string]any) string {
	if title, ok := part["title"].(string); ok && title != "" {
		return strings.ToLower(title[:1]) + title[1:]
	}
	if ref, ok := part["$ref"].(string); ok {
		return c.title(c.schema.at(ref))
	}
	return "see docs/frameworks.md"
}

// want says what a value should be, in the words of the schema, with the limit that was passed where the words do not name it.
func (c *structureCheck) want(e *jsonschema.ValidationError) string {
	title := c.title(c.schema.at(e.SchemaURL))
	limit, number := "", ""
	switch k := e.ErrorKind.(type) {
	case *kind.Type:
		limit = strings.Join(plainTypes(k.Want), " or ")
	case *kind.Minimum:
		limit, number = "at least ", k.Want.RatString()
	case *kind.Maximum:
		limit, number = "at most ", k.Want.RatString()
	case *kind.ExclusiveMinimum:
		limit, number = "above ", k.Want.RatString()
	case *kind.ExclusiveMaximum:
		limit, number = "below ", k.Want.RatString()
	case *kind.MinItems:
		limit, number = "entries: at least ", strconv.Itoa(k.Want)
	case *kind.MaxItems:
		limit, number = "entries: at most ", strconv.Itoa(k.Want)
	case *kind.MinProperties:
		limit, number = "keys: at least ", strconv.Itoa(k.Want)
	case *kind.MinLength:
		limit = "not empty"
	case *kind.MaxLength:
		limit, number = "characters: at most ", strconv.Itoa(k.Want)
	}
	if limit == "" || slices.Contains(strings.Fields(title), number) {
		return title
	}
	return title + " (" + limit + number + ")"
}

// plainTypes says JSON's types in the words people use.
func plainTypes(types []string) []string {
	words := map[string]string{"object": "keys with values", "array": "a list", "string": "a text", "number": "a number", "integer": "a whole number", "boolean": "true or false", "null": "null"}
	out := make([]string, len(types))
	for i, t := range types {
		out[i] = words[t]
	}
	return out
}

// brief writes a value for a message, shortened.
func brief(v any) string {
	switch v := v.(type) {
	case nil:
		return "empty"
	case map[string]any:
		return "a set of keys"
	case []any:
		return "a list of " + strconv.Itoa(len(v))
	case string:
		if runes := []rune(v); len(runes) > 40 {
			v = string(runes[:40]) + "…"
		}
		return quoted(v)
	case json.Number:
		return v.String()
	}
	return fmt.Sprint(v)
}

func quoted(s string) string { return strconv.Quote(s) }

// plain answers the value at a spot, nil where there is none.
func (s spot) plain() any {
	if s.node == nil {
		return nil
	}
	return s.node.plain()
}
