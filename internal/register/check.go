package register

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Level says what a finding means.
type Level string

// The levels.
const (
	Error Level = "error" // the record is not taken
	Warn  Level = "warn"  // somebody looks at it
)

// Finding is something that is wrong with a record, or worth a look.
type Finding struct {
	Level Level
	// Column is where it is, "" where it is about the record.
	Column string
	// Rule is the rule of the definition that does not hold, with its name; "" for what follows from the columns alone.
	Rule string
	Name assess.Text
	// Problem says what is wrong with a column and what would be right; nil for a rule of records, whose name says it.
	Problem *assess.Problem
}

// Typed is a record as somebody wrote it: its columns read, and what could not be read.
type Typed struct {
	Values   map[string]string
	Findings []Finding
}

// ReadAll reads the columns of a record. A column that the program fills, or that there is not, is a finding.
func (t *Table) ReadAll(written map[string]string) Typed {
	typed := Typed{Values: map[string]string{}}
	for _, f := range t.Fields {
		text, given := written[f.Name]
		if !given || f.System {
			continue
		}
		value, err := t.Read(f.Name, text)
		if err != nil {
			typed.Findings = append(typed.Findings, finding(f.Name, err))
			continue
		}
		if value != "" {
			typed.Values[f.Name] = value
		}
	}
	for name := range written {
		if _, ok := t.columns[name]; !ok {
			_, err := t.Read(name, "")
			typed.Findings = append(typed.Findings, finding(name, err))
		}
	}
	return typed
}

// wrong says whether a column could not be read.
func (t Typed) wrong(column string) bool {
	return column != "" && slices.ContainsFunc(t.Findings, func(f Finding) bool { return f.Column == column })
}

func finding(column string, err error) Finding {
	p, ok := err.(*assess.Problem)
	if !ok {
		p = assess.Invalid("problem.record_text", "this cannot be read; write it again").Because(err)
	}
	return Finding{Level: Error, Column: column, Problem: p}
}

// Check answers what is wrong with the values of a record as of a day: columns that must be filled, their own rules, keys that another
// record has, and the rules of the register, in the order of the definition. A rule that reads an empty column is skipped.
func (t *Table) Check(values map[string]string, asOf time.Time, others *Others) (found []Finding) {
	env := t.environment(values, asOf, others)
	for i := range t.Fields {
		c := t.columns[t.Fields[i].Name]
		if c.System {
			continue
		}
		if values[c.Name] == "" {
			if c.wanted(env, values) {
				found = append(found, Finding{Level: Error, Column: c.Name, Problem: assess.Invalid("problem.record_empty", "this column must be filled")})
			}
			continue
		}
		if c.rule != nil {
			if holds, known := c.rule.holds(env, values); known && !holds {
				found = append(found, Finding{Level: Error, Column: c.Name, Problem: assess.Invalid("problem.record_rule",
					fmt.Sprintf("it must hold that %s", c.rule.source), "rule", t.inWords(c.rule.source))})
			}
		}
	}
	if n := others.same(t.Key, values); n > 0 {
		found = append(found, t.taken(t.Key, "problem.record_key"))
	}
	for _, set := range t.Unique {
		if others.same(set, values) > 0 && !t.ruled(set) {
			found = append(found, t.taken(set, "problem.record_unique"))
		}
	}
	for _, r := range t.rules {
		if r.holds == nil {
			continue
		}
		if holds, known := r.holds.holds(env, values); known && !holds {
			found = append(found, Finding{Level: Level(r.Level), Rule: r.ID, Name: r.Name})
		}
	}
	return found
}

// wanted says whether an empty column must be filled.
func (c *column) wanted(env map[string]any, values map[string]string) bool {
	if c.required == nil {
		return c.Required
	}
	holds, known := c.required.holds(env, values)
	return known && holds
}

func (t *Table) taken(names []string, key string) Finding {
	var labels []string
	for _, name := range names {
		labels = append(labels, t.columns[name].Label.ZH)
	}
	return Finding{Level: Error, Column: names[0], Problem: assess.Conflict(key,
		fmt.Sprintf("another record has the same %s; correct one of the two", strings.Join(names, ", ")), "columns", strings.Join(labels, "、"))}
}

// ruled says whether a rule of the register asks the same of a set of columns; its name is then what people read.
func (t *Table) ruled(set []string) bool {
	for _, r := range t.rules {
		if r.holds == nil {
			continue
		}
		for _, shared := range r.holds.shared {
			if shared == strings.Join(set, ",") {
				return true
			}
		}
	}
	return false
}

// inWords writes an expression with the names that people see of its columns.
func (t *Table) inWords(source string) string {
	var b strings.Builder
	for len(source) > 0 {
		n := strings.IndexFunc(source, func(r rune) bool { return !inName(r) })
		if n < 0 {
			n = len(source)
		}
		if n == 0 {
			n = strings.IndexFunc(source, inName)
			if n < 0 {
				n = len(source)
			}
			b.WriteString(source[:n])
		} else if c, ok := t.columns[source[:n]]; ok {
			b.WriteString(c.Label.ZH)
		} else {
			b.WriteString(source[:n])
		}
		source = source[n:]
	}
	return b.String()
}

func inName(r rune) bool {
	return r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}

// HasError says whether a finding refuses the record.
func HasError(found []Finding) bool {
	return slices.ContainsFunc(found, func(f Finding) bool { return f.Level == Error })
}

// KeyOf writes what names a record.
func (t *Table) KeyOf(values map[string]string) string {
	var parts []string
	for _, name := range t.Key {
		parts = append(parts, values[name])
	}
	return strings.Join(parts, "/")
}

// UnitOf answers the unit that a record of a register is of, by its column.
func (t *Table) UnitOf(values map[string]string) assess.UnitCode {
	return assess.UnitCode(values[t.unit])
}

// Sign answers the column that names the unit, "" in a child table.
func (t *Table) Sign() string { return t.unit }
