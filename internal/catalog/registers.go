package catalog

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
)

// registerFile is a register, or a child table of one, as it is written.
type registerFile struct {
	Code       assess.Code     `json:"code"`
	Name       text            `json:"name"`
	Key        []string        `json:"key"`
	Unique     [][]string      `json:"unique"`
	Department assess.Code     `json:"department"`
	Items      []assess.Code   `json:"items"`
	Fields     []fieldFile     `json:"fields"`
	Children   []registerFile  `json:"children"`
	Parent     string          `json:"parent"`
	Retention  retentionFile   `json:"retention"`
	Rules      []recordRuleSet `json:"rules"`
}

// recordRuleSet is a rule every record must keep.
type recordRuleSet struct {
	ID    string `json:"id"`
	Level string `json:"level"`
	Expr  string `json:"expr"`
	Name  text   `json:"name"`
}

// fieldFile is a column as it is written.
type fieldFile struct {
	Name       string           `json:"name"`
	Label      text             `json:"label"`
	Type       string           `json:"type"`
	Required   requiredFile     `json:"required"`
	Personal   bool             `json:"personal"`
	Mask       string           `json:"mask"`
	Purpose    text             `json:"purpose"`
	Retain     retentionFile    `json:"retain"`
	Consent    string           `json:"consent"`
	Values     []namedFile      `json:"values"`
	ValuesFrom string           `json:"values_from"`
	Pattern    string           `json:"pattern"`
	Ref        string           `json:"ref"`
	MaxLength  int              `json:"max_length"`
	ByHand     bool             `json:"by_hand"`
	Min        *decimal.Decimal `json:"min"`
	Max        *decimal.Decimal `json:"max"`
	Index      bool             `json:"index"`
	Rule       string           `json:"rule"`
	System     bool             `json:"system"`
	Example    label            `json:"example"`
	Note       text             `json:"note"`
}

// retentionFile is how long something is kept, as it is written.
type retentionFile struct {
	Years int    `json:"years"`
	After string `json:"after"`
}

// requiredFile is true, false, or the condition under which a column must be filled.
type requiredFile struct {
	always bool
	when   string
}

func (r *requiredFile) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &r.when)
	}
	return json.Unmarshal(b, &r.always)
}

// register is a register that was read, with its place for later checks.
type register struct {
	assess.Register
	at       spot
	children []string // the parent field of each child table
}

// readRegister reads one file of registers/.
func readRegister(file string, data []byte, found *faults) (register, bool) {
	w, at, ok := read[registerFile]("registers", file, data, found)
	if !ok {
		return register{}, false
	}
	r := register{Register: w.register(at, found), at: at}
	for i, c := range w.Children {
		here := at.key("children").item(i)
		child := c.register(here, found)
		r.Children = append(r.Children, child)
		r.children = append(r.children, c.Parent)
		if !slices.ContainsFunc(child.Fields, func(f assess.Field) bool { return f.Name == c.Parent }) {
			unknown(here.key("parent"), "field of "+string(child.Code), c.Parent, fieldNames(child.Fields), found)
		}
	}
	return r, true
}

func (w registerFile) register(at spot, found *faults) assess.Register {
	r := assess.Register{Code: w.Code, Name: assess.Text(w.Name), Key: w.Key, Unique: w.Unique, Department: w.Department, Items: w.Items, Retention: assess.Retention(w.Retention)}
	seen := map[string]spot{}
	for i, f := range w.Fields {
		here := at.key("fields").item(i)
		once(seen, f.Name, here.key("name"), found)
		r.Fields = append(r.Fields, f.field(w.Fields, here, found))
	}
	checkKeys(w.Key, at.key("key"), r, found)
	for i, f := range r.Fields {
		if slices.Contains(w.Key, f.Name) && !f.Required {
			found.add(at.key("fields").item(i), "register_key_empty", "the column {field} names the record, so it must be filled; set required: true", "field", f.Name)
		}
	}
	for i, u := range w.Unique {
		checkKeys(u, at.key("unique").item(i), r, found)
	}
	rules := map[string]spot{}
	for i, rule := range w.Rules {
		once(rules, rule.ID, at.key("rules").item(i).key("id"), found)
		r.Rules = append(r.Rules, assess.RegisterRowRule{ID: rule.ID, Level: rule.Level, Expr: rule.Expr, Name: assess.Text(rule.Name)})
	}
	return r
}

// checkKeys: the fields that name a record must exist.
func checkKeys(names []string, at spot, r assess.Register, found *faults) {
	for i, name := range names {
		if !slices.ContainsFunc(r.Fields, func(f assess.Field) bool { return f.Name == name }) {
			unknown(at.item(i), "field of "+string(r.Code), name, fieldNames(r.Fields), found)
		}
	}
}

func fieldNames(fields []assess.Field) []string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	return names
}

func (w fieldFile) field(all []fieldFile, at spot, found *faults) assess.Field {
	f := assess.Field{
		Name: w.Name, Label: assess.Text(w.Label), Type: w.Type, Required: w.Required.always, RequiredWhen: w.Required.when,
		Personal: w.Personal, Mask: w.Mask, Values: named(w.Values, at.key("values"), found), Pattern: w.Pattern, Ref: w.Ref, Max: w.MaxLength, ByHand: w.ByHand,
		Range: assess.Range{Low: w.Min, High: w.Max}, Rule: w.Rule, Purpose: assess.Text(w.Purpose), Retain: assess.Retention(w.Retain), Consent: w.Consent, Example: string(w.Example), System: w.System, Note: assess.Text(w.Note), Index: w.Index,
	}
	if w.ValuesFrom != "" {
		i := slices.IndexFunc(all, func(other fieldFile) bool { return other.Name == w.ValuesFrom && len(other.Values) > 0 })
		if i < 0 {
			found.add(at.key("values_from"), "field_values_from", "there is no column {field} with values; name one that lists them", "field", quoted(w.ValuesFrom))
		} else {
			f.Values = named(all[i].Values, spot{}, &faults{})
		}
	}
	w.check(f, at, found)
	return f
}

// check holds a column's keys against its type.
func (w fieldFile) check(f assess.Field, at spot, found *faults) {
	isEnum := f.Type == "enum" || f.Type == "enum_set"
	_, isNumber := fieldSample(f.Type).(float64)
	isText := f.Type == "string" || f.Type == "text"
	switch {
	case isEnum && len(f.Values) == 0:
		found.add(at.key("type"), "field_values_missing", "the column {field} is an {type} and lists no values; add values, or values_from", "field", f.Name, "type", f.Type)
	case !isEnum && len(f.Values) > 0:
		found.add(at.key("type"), "field_values_unused", "the column {field} lists values but is of type {type}; set type: enum or enum_set", "field", f.Name, "type", f.Type)
	case f.Type == "ref" && f.Ref == "":
		found.add(at.key("type"), "field_ref_missing", "the column {field} is a reference to nothing; add ref, such as units.code", "field", f.Name)
	case f.Type != "ref" && f.Ref != "":
		found.add(at.name("ref"), "field_ref_unused", "the column {field} has ref but is of type {type}; set type: ref, or take ref out", "field", f.Name, "type", f.Type)
	case !isNumber && (w.Min != nil || w.Max != nil):
		found.add(at, "field_limits", "min and max are for numbers, and {field} is of type {type}; use max_length for texts", "field", f.Name, "type", f.Type)
	case !isText && w.MaxLength > 0:
		found.add(at.name("max_length"), "field_length", "max_length is for texts, and {field} is of type {type}; take it out", "field", f.Name, "type", f.Type)
	case w.Min != nil && w.Max != nil && w.Min.GreaterThan(*w.Max):
		found.add(at.key("min"), "range_reversed", "the low end {low} lies above the high end {high}; write [low, high]", "low", w.Min.String(), "high", w.Max.String())
	case f.Mask != "" && !f.Personal:
		found.add(at.name("mask"), "field_mask", "the column {field} has a mask but is not personal; set personal: true, or take the mask out", "field", f.Name)
	}
	if f.Pattern == "" {
		return
	}
	pattern, err := regexp.Compile(f.Pattern)
	switch {
	case err != nil:
		found.add(at.key("pattern"), "field_pattern", "the pattern of {field} is not a regular expression: {detail}", "field", f.Name, "detail", err.Error())
	case f.Example != "" && !pattern.MatchString(f.Example):
		found.add(at.key("example"), "field_example", "the example {example} does not match the pattern of {field}; correct one of the two", "example", quoted(f.Example), "field", f.Name)
	}
}

// checkExpressions holds conditions and rules against the fields and the parameters, and references against the registers.
func (r register) checkExpressions(parameters map[string]string, all []register, found *faults) {
	checkRecord(r.Register, r.at, parameters, all, found)
	for i, c := range r.Children {
		checkRecord(c, r.at.key("children").item(i), parameters, all, found)
	}
}

func checkRecord(r assess.Register, at spot, parameters map[string]string, all []register, found *faults) {
	l := recordLanguage(r.Fields, parameters)
	for i, f := range r.Fields {
		here := at.key("fields").item(i)
		if f.RequiredWhen != "" {
			l.check(here.key("required"), f.RequiredWhen, aCondition, found)
		}
		if f.Rule != "" {
			l.check(here.key("rule"), f.Rule, aCondition, found)
		}
		if f.Ref != "" && !refers(f.Ref, all) {
			found.add(here.key("ref"), "field_ref_unknown", "{ref} points at nothing; write units.code, or register.field of a register that is defined", "ref", quoted(f.Ref))
		}
	}
	for i, rule := range r.Rules {
		if rule.Expr != "" {
			l.check(at.key("rules").item(i).key("expr"), rule.Expr, aCondition, found)
		}
	}
}

func refers(ref string, all []register) bool {
	table, field, _ := strings.Cut(ref, ".")
	if table == "units" {
		return field == "code"
	}
	return slices.ContainsFunc(all, func(r register) bool {
		return string(r.Code) == table && slices.Contains(fieldNames(r.Fields), field)
	})
}
