package i18n

import (
	"slices"
	"strings"
)

// Naming answers the name of what a code stands for, "" where it knows none. The kinds are unit, node (an item or a heading of a
// framework), department and role.
type Naming func(kind, code string) string

// Named answers words whose sentences call things by their names: Say writes 和平区 where an argument is the code of that unit.
func (w Words) Named(naming Naming) Words {
	w.naming = naming
	return w
}

// Say writes a sentence for a person. An argument that is itself a key, of a state say, is said in its words; one whose placeholder
// stands for a kind of thing is said by its name. What has no name is written as it came.
func (w Words) Say(key string, args map[string]string) string {
	return fill(w.catalogue.pattern(w.lang, key), func(placeholder string) (string, bool) {
		value, ok := args[placeholder]
		if ok && aboutFigures(key, placeholder) {
			return Figures(value), true
		}
		return w.say(kindOf(placeholder), value), ok
	})
}

// kindOf answers what the argument of a placeholder is the code of, "" where it is plain text. It is the one place that knows.
func kindOf(placeholder string) string {
	switch placeholder {
	case "unit", "units":
		return "unit"
	case "item", "items", "indicator", "framework", "code":
		return "node"
	case "department":
		return "department"
	case "role", "was":
		return "role"
	case "levels":
		return "level"
	case "period", "asked", "first":
		return "period"
	case "field":
		return "field"
	case "compared":
		return "compared"
	}
	return ""
}

// aboutFigures says whether an argument is a figure, or figures of a formula: they are written in groups of three. In other sentences
// a number may be a code.
func aboutFigures(key, placeholder string) bool {
	asks := strings.HasPrefix(key, "question.") || slices.Contains([]string{"problem.leap", "problem.implausible", "problem.computed_rate"}, key)
	return asks && slices.Contains([]string{
		"left", "right", "low", "high", "value", "usual", "before", "after", "most", "mean", "made", "expected", "percent",
	}, placeholder)
}

// compared writes what a comparison was made of, in brackets: （会员数 120、职工数 100）. Each figure comes as code=value, one of another
// period than the question's as code@period=value. Nothing is written of none.
func (w Words) compared(figures string) string {
	if figures == "" {
		return ""
	}
	var list []string
	for _, figure := range strings.Split(figures, ", ") {
		code, value, _ := strings.Cut(figure, "=")
		code, period, other := strings.Cut(code, "@")
		key := "common.figure"
		if other {
			key = "common.figure_of"
		}
		list = append(list, w.T(key, "name", w.Name("node", code), "period", w.Period(period), "value", Figures(value)))
	}
	return w.T("common.compared", "list", w.List(list))
}

// say writes an argument. A list of codes is a list of names.
func (w Words) say(kind, value string) string {
	switch kind {
	case "":
		return w.catalogue.pattern(w.lang, value)
	case "compared":
		return w.compared(value)
	}
	codes := strings.Split(value, ", ")
	for i, code := range codes {
		codes[i] = w.Name(kind, code)
		if kind == "level" { // is to be written by its code
			codes[i] = w.T("common.name_and_code", "name", codes[i], "code", code)
		}
	}
	return w.List(codes)
}

// Name answers the name of what a code stands for, by the naming of w, else by a word of the program (role.admin), else the code.
func (w Words) Name(kind, code string) string {
	if kind == "period" {
		if name := w.Period(code); name != code {
			return name
		}
		kind = "unit" // what was asked for may be a unit as well
	}
	if w.naming != nil {
		if name := w.naming(kind, code); name != "" {
			return name
		}
	}
	if key := kind + "." + code; w.Has(key) {
		return w.T(key)
	}
	return w.catalogue.pattern(w.lang, code)
}
