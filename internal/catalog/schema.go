package catalog

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/unionboard/unionboard/internal/assess"
)

//go:embed schema/*.json
var schemaFiles embed.FS

// SchemaNames answers the kinds of definition file that have a schema, sorted.
func SchemaNames() []string {
	return []string{"assessment", "calendar", "departments", "framework", "items", "registers", "roles", "rules", "units"}
}

// Schema answers the JSON Schema (2020-12) of a kind of definition file: framework, units, departments, roles, items, rules,
// assessment, registers, calendar. It stands alone, so that an editor can use it as it is. An unknown name is a Problem of kind
// ErrNotFound.
func Schema(name string) ([]byte, error) {
	document, err := schemaDocument(name)
	if err != nil {
		return nil, err
	}
	text, err := json.MarshalIndent(document, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write schema %s: %w", name, err)
	}
	return append(text, '\n'), nil
}

// schemaDocument reads a schema and lends it the shared definitions that it refers to, directly or through each other.
func schemaDocument(name string) (map[string]any, error) {
	if !slices.Contains(SchemaNames(), name) {
		return nil, assess.NotFound("problem.definition_no_schema",
			fill("there is no schema {name}; there are {names}", []string{"name", name, "names", strings.Join(SchemaNames(), ", ")}),
			"name", name, "names", strings.Join(SchemaNames(), ", "))
	}
	document, err := readSchema(name)
	if err != nil {
		return nil, err
	}
	common, err := readSchema("common")
	if err != nil {
		return nil, err
	}
	shared, _ := common["$defs"].(map[string]any)
	own, _ := document["$defs"].(map[string]any)
	if own == nil {
		own = map[string]any{}
		document["$defs"] = own
	}
	lend(document, own, shared)
	return document, nil
}

// lend copies into own what value refers to and own does not hold.
func lend(value any, own, shared map[string]any) {
	switch v := value.(type) {
	case []any:
		for _, c := range v {
			lend(c, own, shared)
		}
	case map[string]any:
		if ref, _ := v["$ref"].(string); ref != "" {
			name := strings.TrimPrefix(ref, "#/$defs/")
			if definition, ok := shared[name]; ok && own[name] == nil {
				own[name] = definition
				lend(definition, own, shared)
			}
		}
		for _, k := range slices.Sorted(maps.Keys(v)) {
			lend(v[k], own, shared)
		}
	}
}

func readSchema(name string) (map[string]any, error) {
	data, err := schemaFiles.ReadFile("schema/" + name + ".json")
	if err != nil {
		return nil, fmt.Errorf("read schema %s: %w", name, err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("read schema %s: %w", name, err)
	}
	document, ok := value.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("read schema %s: not an object", name)
	}
	return document, nil
}

// schema is a compiled schema with the document it was made from, which names the allowed keys.
type schema struct {
	*jsonschema.Schema
	id       string
	document map[string]any
}

// schemas compiles all schemas once; they are part of the program and do not change.
var schemas = sync.OnceValues(func() (map[string]schema, error) {
	compiled := make(map[string]schema, len(SchemaNames()))
	for _, name := range SchemaNames() {
		document, err := schemaDocument(name)
		if err != nil {
			return nil, err
		}
		id, _ := document["$id"].(string)
		compiler := jsonschema.NewCompiler()
		if err := compiler.AddResource(id, document); err != nil {
			return nil, fmt.Errorf("compile schema %s: %w", name, err)
		}
		s, err := compiler.Compile(id)
		if err != nil {
			return nil, fmt.Errorf("compile schema %s: %w", name, err)
		}
		compiled[name] = schema{Schema: s, id: id, document: document}
	}
	return compiled, nil
})

// at answers the part of the schema that a location (its address with a JSON pointer) names, nil where there is none.
func (s schema) at(location string) map[string]any {
	pointer := strings.TrimPrefix(strings.TrimPrefix(location, s.id), "#")
	part := s.document
	for step := range strings.SplitSeq(strings.Trim(pointer, "/"), "/") {
		if step == "" {
			continue
		}
		step = strings.NewReplacer("~1", "/", "~0", "~").Replace(step)
		next, ok := part[step].(map[string]any)
		if !ok {
			return nil
		}
		part = next
	}
	return part
}
