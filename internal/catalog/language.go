package catalog

import (
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

const sumRegister = "sum_register"

// itemSet is the type of ytd_items, the year-to-date items of a submission.
type itemSet []float64

// arithmetic are the functions every expression has.
func arithmetic() map[string]any {
	return map[string]any{
		"abs": func(float64) float64 { return 0 },
		"min": func(...float64) float64 { return 0 },
		"max": func(...float64) float64 { return 0 },
	}
}

// formulaLanguage is that of computed items and of the values of indicators, over the items.
func formulaLanguage(items []assess.Item) language {
	l := language{what: "item", names: make(map[string]any, len(items)), functions: arithmetic(), words: map[string][]string{}}
	for _, i := range items {
		l.names[string(i.Code)] = sample(i)
		for _, level := range i.Levels {
			l.words[string(i.Code)] = append(l.words[string(i.Code)], string(level))
		}
	}
	return l
}

// freeLanguage is that of a framework file on its own: every code may be an item.
func freeLanguage() language {
	return language{what: "item", functions: arithmetic(), open: true}
}

// ruleLanguage is that of validation rules: items, self, the set ytd_items, and registers inside sum_register.
func ruleLanguage(items []assess.Item, registers []assess.Register) language {
	l := formulaLanguage(items)
	l.names["self"] = 0.0
	l.names["ytd_items"] = itemSet{}
	for _, r := range registers {
		fields := map[string]any{}
		for _, f := range r.Fields {
			if _, isNumber := fieldSample(f.Type).(float64); isNumber {
				fields[f.Name] = 0.0
			}
		}
		l.names[string(r.Code)] = fields
	}
	l.functions["between"] = func(_, _, _ float64) bool { return false }
	l.functions["prev_year_end"] = func(float64) float64 { return 0 }
	l.functions["previous"] = func(float64) float64 { return 0 }
	l.functions["sum_in_year"] = func(float64) float64 { return 0 }
	l.functions["monotonic_in_year"] = func(float64) bool { return false }
	l.functions["change_ratio"] = func(float64) float64 { return 0 }
	l.functions["all_zero"] = func(itemSet) bool { return false }
	l.functions["count_unchanged"] = func(itemSet) float64 { return 0 }
	l.functions["count"] = func(itemSet) float64 { return 0 }
	l.functions[sumRegister] = func(any) float64 { return 0 }
	l.bare = []string{"prev_year_end", "previous", "sum_in_year", "monotonic_in_year", "change_ratio", "all_zero", "count_unchanged", "count"}
	return l
}

// recordLanguage is that of a register's conditions and rules: its fields, the parameters of the assessment, and as_of, the day
// of the snapshot.
func recordLanguage(fields []assess.Field, parameters map[string]string) language {
	l := language{what: "field", names: map[string]any{"as_of": time.Time{}}, functions: arithmetic(), words: map[string][]string{}}
	for name, value := range parameters {
		if plainNumber.MatchString(value) {
			l.names[name] = 0.0
		} else {
			l.names[name] = ""
		}
	}
	for _, f := range fields {
		l.names[f.Name] = fieldSample(f.Type)
		for _, v := range f.Values {
			if f.Type == "enum" {
				l.words[f.Name] = append(l.words[f.Name], string(v.Code))
			}
		}
	}
	l.functions["between"] = func(_, _, _ float64) bool { return false }
	l.functions["age"] = func(time.Time, float64) float64 { return 0 }
	l.functions["days_between"] = func(_, _ time.Time) float64 { return 0 }
	l.functions["same"] = func(...string) float64 { return 0 }
	l.functions["given"] = func(string) bool { return false }
	l.functions["valid_uscc"] = func(string) bool { return false }
	return l
}

func sample(i assess.Item) any {
	switch {
	case i.Type == assess.Boolean:
		return false
	case len(i.Levels) > 0:
		return ""
	}
	return 0.0
}

func fieldSample(fieldType string) any {
	switch fieldType {
	case "int", "decimal", "money_cny":
		return 0.0
	case "date", "month", "datetime":
		return time.Time{}
	case "bool":
		return false
	case "enum_set", "string_list":
		return []string{}
	}
	return ""
}
