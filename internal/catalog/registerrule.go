package catalog

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// registerRuleFile says how records become the value of an item.
type registerRuleFile struct {
	Register  assess.Code     `json:"register"`
	Via       string          `json:"via"`
	Aggregate string          `json:"aggregate"`
	Field     string          `json:"field"`
	Where     []conditionFile `json:"where"`
	DateField string          `json:"date_field"`
	Window    string          `json:"window"`
}

// conditionFile is a condition on a record.
type conditionFile struct {
	Field string          `json:"field"`
	Op    string          `json:"op"`
	Value any             `json:"value"`
	Other string          `json:"other"`
	Param string          `json:"param"`
	Any   []conditionFile `json:"any"`
}

func (w *registerRuleFile) rule() *assess.RegisterRule {
	if w == nil {
		return nil
	}
	return &assess.RegisterRule{
		Register: w.Register, Via: w.Via, Aggregate: w.Aggregate, Field: w.Field, Where: conditions(w.Where),
		DateField: w.DateField, Window: w.Window,
	}
}

func conditions(written []conditionFile) []assess.Condition {
	var out []assess.Condition
	for _, w := range written {
		out = append(out, assess.Condition{Field: w.Field, Op: w.Op, Value: w.Value, Other: w.Other, Param: w.Param, Any: conditions(w.Any)})
	}
	return out
}

// ruleCheck holds a register rule against the register it names.
type ruleCheck struct {
	table  string
	fields []assess.Field
	// above are the fields of the register a child table belongs to, under their full names, register.field.
	above      []assess.Field
	parameters map[string]string
	found      *faults
}

func checkRegisterRule(r *assess.RegisterRule, at spot, registers []register, parameters map[string]string, found *faults) {
	i := slices.IndexFunc(registers, func(known register) bool { return known.Code == r.Register })
	if i < 0 {
		codes := make([]assess.Code, len(registers))
		for j, known := range registers {
			codes[j] = known.Code
		}
		unknown(at.key("register"), "register", r.Register, codes, found)
		return
	}
	table := registers[i].Register
	var above []assess.Field
	if r.Via != "" {
		j := slices.IndexFunc(table.Children, func(c assess.Register) bool { return string(c.Code) == r.Via })
		if j < 0 {
			found.add(at.key("via"), "register_no_child", "the register {register} has no child table {table}; leave via out, or name one it has", "register", string(r.Register), "table", quoted(r.Via))
			return
		}
		for _, f := range table.Fields {
			f.Name = string(r.Register) + "." + f.Name
			above = append(above, f)
		}
		table = table.Children[j]
	}
	c := ruleCheck{table: string(table.Code), fields: table.Fields, above: above, parameters: parameters, found: found}
	c.aggregate(r, at)
	c.conditions(r.Where, at.key("where"))
	switch {
	case r.Window == "ytd" && r.DateField == "":
		found.add(at.key("window"), "register_no_date", "window ytd needs date_field, the date that decides the period")
	case r.Window == "as_of" && r.DateField != "":
		found.add(at.name("date_field"), "register_date_unused", "window as_of takes records as they stand; take date_field out, or set window: ytd")
	case r.DateField != "":
		c.typed(r.DateField, at.key("date_field"), "a date", "date", "month", "datetime")
	}
}

func (c ruleCheck) aggregate(r *assess.RegisterRule, at spot) {
	switch {
	case r.Aggregate == "count" && r.Field != "":
		c.found.add(at.name("field"), "register_field_unused", "count counts records and needs no field; take field out, or sum or count_distinct it")
	case r.Aggregate != "count" && r.Field == "":
		c.found.add(at.key("aggregate"), "register_field_missing", "{aggregate} needs field, the field it works on", "aggregate", r.Aggregate)
	case r.Aggregate == "sum":
		c.typed(r.Field, at.key("field"), "a number", "int", "decimal", "money_cny")
	case r.Field != "":
		c.field(r.Field, at.key("field"))
	}
}

// field finds a field, or says that there is none.
func (c ruleCheck) field(name string, at spot) (assess.Field, bool) {
	all := slices.Concat(c.fields, c.above)
	for _, f := range all {
		if f.Name == name {
			return f, true
		}
	}
	unknown(at, "field of "+c.table, name, fieldNames(all), c.found)
	return assess.Field{}, false
}

// typed is field for a field of one of some types.
func (c ruleCheck) typed(name string, at spot, what string, types ...string) {
	if f, ok := c.field(name, at); ok && !slices.Contains(types, f.Type) {
		c.found.add(at, "register_field_type", "the field {field} is of type {type} and not {what}; name another field", "field", name, "type", f.Type, "what", what)
	}
}

func (c ruleCheck) conditions(list []assess.Condition, at spot) {
	for i, condition := range list {
		here := at.item(i)
		if condition.Any != nil {
			c.conditions(condition.Any, here.key("any"))
			continue
		}
		c.condition(condition, here)
	}
}

func (c ruleCheck) condition(condition assess.Condition, at spot) {
	switch condition.Op {
	case "older_than_days", "within_days_of":
		c.typed(condition.Field, at.key("field"), "a date", "date", "datetime")
		if condition.Op == "within_days_of" {
			c.typed(condition.Other, at.key("other"), "a date", "date", "datetime")
		}
		if value, known := c.parameters[condition.Param]; !known || !plainNumber.MatchString(value) {
			c.found.add(at.key("param"), "register_parameter", "{op} needs param, a number of days among the parameters of assessment.yaml", "op", condition.Op)
		}
		return
	}
	f, ok := c.field(condition.Field, at.key("field"))
	if !ok {
		return
	}
	if condition.Value == nil {
		c.found.add(at, "register_value_missing", "{op} needs value, what {field} is compared with", "op", condition.Op, "field", condition.Field)
		return
	}
	c.value(f, condition, at.key("value"))
}

// value checks what a field is compared with: a list for in, a number for numbers, a known word for an enum.
func (c ruleCheck) value(f assess.Field, condition assess.Condition, at spot) {
	values, isList := condition.Value.([]any)
	if isList != (condition.Op == "in") {
		c.found.add(at, "register_value_list", "in needs a list of values, and every other comparison one value")
		return
	}
	if !isList {
		values = []any{condition.Value}
	}
	for i, v := range values {
		here := at
		if isList {
			here = at.item(i)
		}
		if !fits(f, v) {
			c.found.add(here, "register_value", "{field} is never {value}; {remedy}", "field", f.Name, "value", fmt.Sprint(v), "remedy", remedy(f))
		}
	}
}

func fits(f assess.Field, value any) bool {
	text, isText := value.(string)
	switch f.Type {
	case "enum", "enum_set":
		return isText && hasGroup(f.Values, assess.Code(text))
	case "int", "decimal", "money_cny":
		return !isText && value != true && value != false || text == "period_year"
	case "bool":
		return value == true || value == false
	}
	return isText
}

// remedy says what a field may be compared with.
func remedy(f assess.Field) string {
	switch f.Type {
	case "enum", "enum_set":
		words, _ := json.Marshal(groupCodes(f.Values)) // strings always have a JSON form
		return "use one of " + string(words)
	case "int", "decimal", "money_cny":
		return "use a number"
	case "bool":
		return "use true or false"
	}
	return "use a text"
}
