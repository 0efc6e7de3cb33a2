package register

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
)

// Counted is what a register says of an item for one unit.
type Counted struct {
	Value decimal.Decimal
	// Records are the IDs of the records behind it, in their order: those of the child table where the rule counts these.
	Records []string
}

// Holdings are the records of a register and of its child tables, by table.
type Holdings map[assess.Code][]assess.Record

// Count evaluates the rule by which a register supplies an item, of a period, as of a day. Records are as they stood at the snapshot; closed
// ones count nothing, neither do those of a child table whose record above is closed. Windows: ytd takes records whose date lies from the
// first of January to the last day of the period; as_of takes all. Units without a record are not in the answer: they have a zero.
func (t *Table) Count(rule assess.RegisterRule, p assess.Period, asOf time.Time, held Holdings) (map[assess.UnitCode]Counted, error) {
	table := t
	if rule.Via != "" {
		child, ok := t.Child(rule.Via)
		if !ok {
			return nil, fmt.Errorf("register %s has no child table %s", t.Code, rule.Via)
		}
		table = child
	}
	above := map[string]*assess.Record{}
	if rule.Via != "" {
		for i := range held[t.Code] {
			above[held[t.Code][i].ID] = &held[t.Code][i]
		}
	}
	c := counting{rule: rule, table: t, period: p, asOf: asOf, parameters: t.parameters, seen: map[string]bool{}}
	counted := map[assess.UnitCode]Counted{}
	for i := range held[table.Code] {
		r := &held[table.Code][i]
		at := row{Record: r, above: above[r.Above]}
		if r.Closed || rule.Via != "" && (at.above == nil || at.above.Closed) || !c.counts(at) {
			continue
		}
		unit := r.Unit
		if at.above != nil {
			unit = at.above.Unit
		}
		sum := counted[unit]
		sum.Value = sum.Value.Add(c.adds(unit, at))
		sum.Records = append(sum.Records, r.ID)
		counted[unit] = sum
	}
	return counted, nil
}

// row is a record with the one above it.
type row struct {
	*assess.Record
	above *assess.Record
}

// counting is one evaluation of a rule.
type counting struct {
	rule       assess.RegisterRule
	table      *Table
	period     assess.Period
	asOf       time.Time
	parameters map[string]string
	seen       map[string]bool // what count_distinct has met, by unit
}

// value answers a column of a record, or under its full name, register.column, of the one above.
func (c *counting) value(r row, name string) string {
	if column, ok := strings.CutPrefix(name, string(c.table.Code)+"."); ok && r.above != nil {
		return r.above.Values[column]
	}
	return r.Values[name]
}

func (c *counting) counts(r row) bool {
	if c.rule.Window == "ytd" {
		day := Day(c.value(r, c.rule.DateField))
		if day.IsZero() || day.Before(c.period.Year().FirstDay()) || day.After(c.period.LastDay()) {
			return false
		}
	}
	return !slices.ContainsFunc(c.rule.Where, func(x assess.Condition) bool { return !c.meets(r, x) })
}

// meets says whether a record meets a condition. An empty column meets none but ne.
func (c *counting) meets(r row, x assess.Condition) bool {
	if x.Any != nil {
		return slices.ContainsFunc(x.Any, func(one assess.Condition) bool { return c.meets(r, one) })
	}
	text := c.value(r, x.Field)
	switch x.Op {
	case "eq":
		return text != "" && c.equal(text, x.Value)
	case "ne":
		return text == "" || !c.equal(text, x.Value)
	case "in":
		all, _ := x.Value.([]any)
		return text != "" && slices.ContainsFunc(all, func(v any) bool { return c.equal(text, v) })
	case "gte":
		n, err := decimal.NewFromString(text)
		return err == nil && n.GreaterThanOrEqual(c.amount(x.Value))
	case "older_than_days":
		day := Day(text)
		return !day.IsZero() && c.asOf.After(day.AddDate(0, 0, c.days(x.Param)))
	case "within_days_of":
		day, from := Day(text), Day(c.value(r, x.Other))
		return !day.IsZero() && !from.IsZero() && !day.After(from.AddDate(0, 0, c.days(x.Param)))
	}
	return false
}

func (c *counting) equal(text string, v any) bool {
	switch v := v.(type) {
	case string:
		if v == "period_year" {
			return text == strconv.Itoa(c.period.CalendarYear())
		}
		return text == v || slices.Contains(strings.Split(text, ListSign), v)
	case bool:
		return text == map[bool]string{true: Yes, false: No}[v]
	}
	n, err := decimal.NewFromString(text)
	return err == nil && n.Equal(c.amount(v))
}

// amount answers a number of a definition exactly.
func (c *counting) amount(v any) decimal.Decimal {
	if v == "period_year" {
		return decimal.NewFromInt(int64(c.period.CalendarYear()))
	}
	n, err := decimal.NewFromString(fmt.Sprint(v))
	if err != nil {
		return decimal.Zero
	}
	return n
}

func (c *counting) days(parameter string) int {
	n, _ := strconv.Atoi(c.parameters[parameter]) // the catalogue has checked that it is a number
	return n
}

// adds answers what a record that counts adds to the value of its unit.
func (c *counting) adds(unit assess.UnitCode, r row) decimal.Decimal {
	one := decimal.NewFromInt(1)
	switch c.rule.Aggregate {
	case "sum":
		return Amount(c.value(r, c.rule.Field))
	case "count_distinct":
		key := string(unit) + "\x00" + c.value(r, c.rule.Field)
		if c.seen[key] {
			return decimal.Zero
		}
		c.seen[key] = true
	}
	return one
}
