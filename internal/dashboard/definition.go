package dashboard

import (
	"cmp"
	"slices"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
)

// Definition is a page as its file defines it.
type Definition struct {
	Page  assess.Code `yaml:"page"`
	Path  string      `yaml:"path"` // /f/{framework}
	Title assess.Text `yaml:"title"`
	// Parameters are what the address may choose: period, base, unit, units, group, framework, code, sort, show.
	Parameters []string `yaml:"parameters"`
	// Fixed are parameters that the file chooses, and the address cannot.
	Fixed Fixed `yaml:"fixed"`
	// Sentence names the draft of the sentence on top.
	Sentence string          `yaml:"sentence"`
	Rows     []RowDefinition `yaml:"rows"`
}

// TitleOf answers the title in a language, with the name of a period in the place of {period}.
func (d Definition) TitleOf(period assess.Period, words i18n.Words) string {
	return strings.ReplaceAll(d.Title.In(words.Lang()), "{period}", words.Period(period.String()))
}

// Fixed are the parameters of a page that its file chooses.
type Fixed struct {
	Unit      assess.UnitCode   `yaml:"unit"`
	Units     []assess.UnitCode `yaml:"units"`
	Group     assess.Code       `yaml:"group"`
	Framework assess.Code       `yaml:"framework"`
	Code      assess.Code       `yaml:"code"`
}

// has says whether a parameter is chosen here.
func (f Fixed) has(parameter string) bool {
	switch parameter {
	case "unit":
		return f.Unit != ""
	case "units":
		return len(f.Units) > 0
	case "group":
		return f.Group != ""
	case "framework":
		return f.Framework != ""
	case "code":
		return f.Code != ""
	}
	return false
}

// Takes says whether the page has a parameter, chosen by the address or fixed.
func (d Definition) Takes(parameter string) bool { return d.asks(parameter) || d.Fixed.has(parameter) }

// asks says whether the address may choose a parameter.
func (d Definition) asks(parameter string) bool { return slices.Contains(d.Parameters, parameter) }

// needs says whether something on the page asks for a parameter that therefore cannot be left out.
func (d Definition) needs(parameter string) bool {
	if strings.Contains(d.Path, "{"+parameter+"}") || neededBy("draft", d.Sentence) == parameter {
		return true
	}
	for _, row := range d.Rows {
		for _, p := range row.Panels {
			q := p.Query
			for _, word := range [][2]string{{"of", q.Of}, {"units", q.Units}, {"draft", p.Options.Draft}, {"of", p.Options.Against}} {
				if neededBy(word[0], word[1]) == parameter {
					return true
				}
			}
		}
	}
	return false
}

// choose puts what the file has fixed in place of what the address asks for.
func (d Definition) choose(r Request) Request {
	f := d.Fixed
	r.Unit, r.Group = cmp.Or(f.Unit, r.Unit), cmp.Or(f.Group, r.Group)
	r.Framework, r.Code = cmp.Or(f.Framework, r.Framework), cmp.Or(f.Code, r.Code)
	if len(f.Units) > 0 {
		r.Units = f.Units
	}
	return r
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
	// Of is overall (the composite, or the first framework), total (the page's framework, overall where it has none), framework and code (those of the page), frameworks, dimensions,
	// indicators, or any code of a framework or node.
	Of string `yaml:"of"`
	// Units are all (of the chosen group, if one is chosen), peers (the group of the page's unit), unit, chosen (the page's units),
	// or city.
	Units string `yaml:"units"`
	// Periods is how many quarters, the page's own the last; 0 means 1.
	Periods int `yaml:"periods"`
}

// Options are what else a panel can be told.
type Options struct {
	Limit      int    `yaml:"limit"`      // most rows, lines or places
	Transposed bool   `yaml:"transposed"` // lights: nodes in rows, units in columns
	Page       int    `yaml:"page"`       // laglist: rows of a page of a long list
	Draft      string `yaml:"draft"`      // sentence: which paragraph
	// Against is what is drawn along the other axis of a scatter: a code, or framework or code for those of the page.
	Against string      `yaml:"against"`
	Text    assess.Text `yaml:"text"` // text: the words themselves
}

// match lays an address over that of the page: /p/skills/{unit} over /p/skills/210102.
func (d Definition) match(path string) (parts map[string]string, ok bool) {
	want, got := strings.Split(d.Path, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return nil, false
	}
	parts = map[string]string{}
	for i, w := range want {
		if name, is := parameterPart(w); is && got[i] != "" {
			parts[name] = got[i]
		} else if w != got[i] {
			return nil, false
		}
	}
	return parts, true
}

// parameterPart answers the parameter that a part of an address stands for: {unit}.
func parameterPart(part string) (name string, ok bool) {
	name, ok = strings.CutPrefix(part, "{")
	if !ok {
		return "", false
	}
	return strings.CutSuffix(name, "}")
}
