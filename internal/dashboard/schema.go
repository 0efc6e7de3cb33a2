package dashboard

import (
	"encoding/json"
	"fmt"
)

// object is a piece of a JSON Schema.
type object = map[string]any

// Schema answers the JSON Schema (2020-12) of a page file. Load holds the files to the same schema, so that an editor and the
// program never disagree.
func Schema() ([]byte, error) {
	text, err := json.MarshalIndent(schema(), "", "  ")
	if err != nil {
		return nil, fmt.Errorf("dashboard schema: %w", err)
	}
	return append(text, '\n'), nil
}

func schema() object {
	return object{
		"$schema":     "https://json-schema.org/draft/2020-12/schema",
		"$id":         "urn:unionboard:dashboard",
		"title":       "unionboard dashboard",
		"description": "One page: its address, its parameters, and rows of panels, each with a small query.",
		"type":        "object", "additionalProperties": false,
		"required": []any{"page", "path", "title", "parameters", "sentence", "rows"},
		"properties": object{
			"page":       codeSchema("Code of the page, unique among the pages."),
			"path":       object{"type": "string", "pattern": `^/[a-z0-9_{}/-]*$`, "description": "Address of the page; a part in braces is a parameter: /f/{framework}."},
			"title":      textSchema("Title of the page."),
			"parameters": object{"type": "array", "uniqueItems": true, "items": oneOf("", parameters()), "description": "What the address may choose."},
			"fixed":      fixedSchema(),
			"sentence":   oneOf("Draft of the sentence on top, written from the numbers.", drafts()),
			"rows":       object{"type": "array", "minItems": 1, "maxItems": mostRows, "items": rowSchema(), "description": "Rows of panels, in reading order."},
		},
	}
}

// mostRows keeps a page to what can be drawn while somebody waits; the longest shipped one has not half as many.
const mostRows = 60

func rowSchema() object {
	return object{
		"type": "object", "additionalProperties": false, "required": []any{"panels"},
		"properties": object{"panels": object{"type": "array", "minItems": 1, "maxItems": 4, "items": panelSchema()}},
	}
}

func panelSchema() object {
	var names []string
	var only []any
	for _, k := range kinds() {
		names = append(names, k.name)
		only = append(only, object{
			"if": object{"required": []any{"type"}, "properties": object{"type": object{"const": k.name}}},
			"then": object{"properties": object{
				"query": object{"properties": object{
					"measure": oneOf("", k.measures),
					"units":   oneOf("", k.units),
				}},
				"options": object{"properties": k.forbidden(), "required": k.needed()},
			}, "required": k.keys()},
		})
	}
	return object{
		"type": "object", "additionalProperties": false, "required": []any{"id", "type", "title", "query"},
		"properties": object{
			"id":      codeSchema("Name of the panel, unique on the page: its anchor."),
			"type":    oneOf("Kind of panel.", names),
			"title":   textSchema("Title of the panel."),
			"note":    textSchema("A line under the panel: how it was made."),
			"query":   querySchema(),
			"options": optionsSchema(),
		},
		"allOf": only,
	}
}

func querySchema() object {
	return object{
		"type": "object", "additionalProperties": false, "required": []any{"measure", "of", "units"},
		"properties": object{
			"measure": object{"type": "string", "description": "What is shown."},
			"of":      codeSchema("overall, total, framework, code, frameworks, dimensions, indicators, or the code of a framework or node."),
			"units":   object{"type": "string", "description": "Whose figures."},
			"periods": object{"type": "integer", "minimum": 1, "maximum": 40, "description": "How many quarters, the page's own the last."},
		},
	}
}

func optionsSchema() object {
	return object{"type": "object", "additionalProperties": false, "properties": optionWords()}
}

// optionWords is every option there is.
func optionWords() object {
	return object{
		"limit":      object{"type": "integer", "minimum": 1, "maximum": 100, "description": "Most rows, lines or places."},
		"page":       object{"type": "integer", "minimum": 10, "maximum": 100, "description": "Rows of a page of a long list."},
		"transposed": object{"type": "boolean", "description": "Nodes in rows, units in columns."},
		"draft":      oneOf("Which paragraph.", drafts()),
		"against":    codeSchema("What lies along the other axis: framework, code, or the code of a framework or node."),
		"text":       textSchema("The words themselves."),
	}
}

func fixedSchema() object {
	return object{
		"type": "object", "additionalProperties": false, "minProperties": 1,
		"description": "Parameters that the file chooses and the address cannot.",
		"properties": object{
			"unit": unitSchema(), "units": object{"type": "array", "minItems": 1, "maxItems": mostChosen, "uniqueItems": true, "items": unitSchema()},
			"group": codeSchema("Code of a group of units."), "framework": codeSchema("Code of a framework."), "code": codeSchema("Code of an indicator."),
		},
	}
}

// mostChosen is how many units are compared at most: more lines and columns than these nobody tells apart (ux.md section 2).
const mostChosen = 4

func unitSchema() object {
	return object{"type": "string", "pattern": `^[A-Za-z0-9_-]{1,40}$`, "description": "Code of a unit; in quotes where it is a number."}
}

func textSchema(description string) object {
	return object{
		"type": "object", "additionalProperties": false, "required": []any{"zh"}, "description": description,
		"properties": object{
			"zh": object{"type": "string", "minLength": 1},
			"en": object{"type": "string"},
		},
	}
}

func codeSchema(description string) object {
	return object{"type": "string", "pattern": `^[a-z][a-z0-9_]{0,59}$`, "description": description}
}

func oneOf(description string, words []string) object {
	list := make([]any, len(words))
	for i, w := range words {
		list[i] = w
	}
	o := object{"enum": list}
	if description != "" {
		o["description"] = description
	}
	return o
}

func parameters() []string {
	return []string{"period", "base", "unit", "units", "group", "framework", "code", "sort", "show"}
}
