package dashboard

import (
	"github.com/unionboard/unionboard/internal/assess"
)

// Reference is what another place has published about figures like those of some indicators: an orientation with place, time and
// source, never a target and never scored.
type Reference struct {
	Of     []assess.Code `yaml:"of"` // the indicators on whose pages it stands
	Place  assess.Text   `yaml:"place"`
	When   assess.Text   `yaml:"when"`
	Value  assess.Text   `yaml:"value"`
	Source assess.Text   `yaml:"source"`
	Note   assess.Text   `yaml:"note"`
}

// referencesFile is the name of the file of references, among those of pages.
const referencesFile = "references.yaml"

// referenceList is what stands in that file.
type referenceList struct {
	References []Reference `yaml:"references"`
}

// References answers those of the file in force, in its order.
func (s *Set) References() []Reference { return s.references }

func referencesSchema() object {
	properties := object{"of": object{"type": "array", "minItems": 1, "items": codeSchema("Code of an indicator.")}}
	for _, key := range []string{"place", "when", "value", "source", "note"} {
		properties[key] = textSchema("")
	}
	return object{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:unionboard:references",
		"type": "object", "additionalProperties": false, "required": []any{"references"},
		"properties": object{"references": object{"type": "array", "items": object{
			"type": "object", "additionalProperties": false, "required": []any{"of", "place", "when", "value", "source"}, "properties": properties,
		}}},
	}
}

// referenceTable shows what others have published about the page's indicator.
func (r *resolver) referenceTable(d PanelDefinition, p *Panel) error {
	code, err := r.one(d.Query)
	if err != nil {
		return err
	}
	table := &Table{Empty: r.words.T("panel.references_none"), Heads: []TableHead{
		{Text: r.words.T("panel.reference_place")},
		{Text: r.words.T("panel.reference_when")},
		{Text: r.words.T("panel.reference_value")},
		{Text: r.words.T("panel.reference_source")},
	}}
	for _, one := range r.req.References {
		for _, of := range one.Of {
			if of == code {
				table.Rows = append(table.Rows, r.referenceRow(one))
			}
		}
	}
	p.Table = table
	return nil
}

func (r *resolver) referenceRow(one Reference) []Cell {
	source := one.Source.In(r.req.Lang)
	if note := one.Note.In(r.req.Lang); note != "" {
		source += r.words.T("common.bracket", "text", note)
	}
	return []Cell{{Text: one.Place.In(r.req.Lang)}, {Text: one.When.In(r.req.Lang)}, {Text: one.Value.In(r.req.Lang)}, {Text: source}}
}
