package i18n

import "strings"

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
	}
	return ""
}

// say writes an argument. A list of codes is a list of names.
func (w Words) say(kind, value string) string {
	if kind == "" {
		return w.catalogue.pattern(w.lang, value)
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
