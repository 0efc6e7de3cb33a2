package dashboard

import "github.com/unionboard/unionboard/internal/assess"

// Definition is a page as its file defines it.
type Definition struct {
	Page  assess.Code `yaml:"page"`
	Path  string      `yaml:"path"` // /f/{framework}
	Title assess.Text `yaml:"title"`
	// Parameters are what the address may choose: period, base, unit, group, framework, code, sort, show.
	Parameters []string `yaml:"parameters"`
	// Sentence names the draft of the sentence on top.
	Sentence string          `yaml:"sentence"`
	Rows     []RowDefinition `yaml:"rows"`
}

// Takes says whether the page has a parameter.
func (d Definition) Takes(parameter string) bool {
	for _, p := range d.Parameters {
		if p == parameter {
			return true
		}
	}
	return false
}

// RowDefinition is a line of panels.
type RowDefinition struct {
	Panels []PanelDefinition `yaml:"panels"`
}

// PanelDefinition is a panel as its file defines it.
type PanelDefinition struct {
	ID      string      `yaml:"id"` // unique on the page
	Type    string      `yaml:"type"`
	Title   assess.Text `yaml:"title"`
	Note    assess.Text `yaml:"note"`
	Query   Query       `yaml:"query"`
	Options Options     `yaml:"options"`
}

// Query is what a panel asks: a measure × of what × of which units × over how many periods.
type Query struct {
	Measure string `yaml:"measure"`
	// Of is overall (the composite, or the first framework), framework and code (those of the page), frameworks, dimensions,
	// indicators, or any code of a framework or node.
	Of string `yaml:"of"`
	// Units are all (of the chosen group, if one is chosen), peers (the group of the page's unit), unit, or city.
	Units string `yaml:"units"`
	// Periods is how many quarters, the page's own the last; 0 means 1.
	Periods int `yaml:"periods"`
}

// Options are what else a panel can be told.
type Options struct {
	Limit      int    `yaml:"limit"`      // most rows, lines or places
	Transposed bool   `yaml:"transposed"` // lights: nodes in rows, units in columns
	Page       int    `yaml:"page"`       // laglist: rows of a page of a long list
	Draft      string `yaml:"draft"`      // text: which paragraph
}

// Set is the pages that are defined, in the order of their files. It never changes.
type Set struct{ pages []Definition }

// All answers every page.
func (s *Set) All() []Definition { return append([]Definition(nil), s.pages...) }

// Page answers the page with a code.
func (s *Set) Page(code assess.Code) (Definition, bool) {
	for _, d := range s.pages {
		if d.Page == code {
			return d, true
		}
	}
	return Definition{}, false
}
