package register

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// environment answers what expressions read of a record: its columns in the types of the definition, the parameters, as_of, and the
// functions of the catalogue's language of records. values may be nil, for compiling.
func (t *Table) environment(values map[string]string, asOf time.Time, others *Others) map[string]any {
	env := map[string]any{"as_of": asOf}
	for name, text := range t.parameters {
		env[name] = text
		if n, err := strconv.ParseFloat(text, 64); err == nil {
			env[name] = n
		}
	}
	for name, c := range t.columns {
		env[name] = typed(c.Type, values[name])
	}
	env["abs"] = func(x float64) float64 { return max(x, -x) }
	env["min"] = func(of ...float64) float64 { return extreme(of, func(a, b float64) bool { return a < b }) }
	env["max"] = func(of ...float64) float64 { return extreme(of, func(a, b float64) bool { return a > b }) }
	env["between"] = func(x, low, high float64) bool { return low <= x && x <= high }
	env["age"] = age
	env["days_between"] = func(from, to time.Time) float64 { return to.Sub(from).Hours() / 24 }
	env["given"] = func(name string) bool { return values[name] != "" }
	env["same"] = func(names ...string) float64 { return float64(others.same(names, values)) }
	env["valid_uscc"] = ValidCode
	return env
}

func extreme(of []float64, better func(a, b float64) bool) float64 {
	if len(of) == 0 {
		return 0
	}
	best := of[0]
	for _, x := range of[1:] {
		if better(x, best) {
			best = x
		}
	}
	return best
}

// age answers the full years of somebody on the first of January of a year.
func age(born time.Time, year float64) float64 {
	years := int(year) - born.Year()
	if born.YearDay() > 1 {
		years--
	}
	return float64(years)
}

// typed answers the value of a column as expressions have it.
func typed(kind, text string) any {
	switch kind {
	case "int", "decimal", "money_cny":
		n, _ := strconv.ParseFloat(text, 64) // of "": zero, and what reads an empty column is skipped
		return n
	case "date", "month", "datetime":
		return Day(text)
	case "bool":
		return text == Yes
	case "enum_set", "string_list":
		if text == "" {
			return []string{}
		}
		return strings.Split(text, ListSign)
	}
	return text
}

// Day answers the day of a date, a month or a moment as records hold it; zero for what is none. A month is its first day.
func Day(text string) time.Time {
	if len(text) > len(time.DateOnly) {
		text = text[:len(time.DateOnly)]
	}
	for _, form := range []string{time.DateOnly, monthForm} {
		if d, err := time.Parse(form, text); err == nil {
			return d
		}
	}
	return time.Time{}
}

var unifiedCode = regexp.MustCompile(`^[0-9A-HJ-NP-RTUWXY]{18}$`)

// ValidCode says whether a unified social credit code has the check digit that GB 32100-2015 asks for: weights 3^(i-1) mod 31, over the
// 31 digits 0-9 A-H J-N P-R T U W X Y. Codes given before 2016 are known that fail, so it is a warning and never a refusal.
func ValidCode(code string) bool {
	const digits = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	if !unifiedCode.MatchString(code) {
		return false
	}
	sum, weight := 0, 1
	for i := range 17 {
		sum += strings.IndexByte(digits, code[i]) * weight
		weight = weight * 3 % 31
	}
	return digits[(31-sum%31)%31] == code[17]
}

// Others counts the records that share columns with another. The zero value knows of none.
type Others struct {
	// counts is, by set of columns and their texts, how many records there are.
	counts map[string]int
}

// NewOthers counts records of a table, closed ones left out.
func NewOthers(t *Table, records []assess.Record) *Others {
	o := &Others{counts: map[string]int{}}
	for i := range records {
		o.Add(t, &records[i], 1)
	}
	return o
}

// Add counts a record in, or out with n of -1: the one that is checked is none of the others.
func (o *Others) Add(t *Table, r *assess.Record, n int) {
	if r.Closed {
		return
	}
	for _, set := range t.Shared() {
		if key, ok := shared(set, r.Values); ok {
			o.counts[key] += n
		}
	}
}

// same answers how many other records have the same texts in some columns. An empty column is like no other.
func (o *Others) same(names []string, values map[string]string) int {
	key, ok := shared(names, values)
	if !ok || o == nil {
		return 0
	}
	return o.counts[key]
}

// shared writes columns and their texts so that equal ones are equal; ok is false where one is empty.
func shared(names []string, values map[string]string) (key string, ok bool) {
	var b strings.Builder
	for _, name := range names {
		text := values[name]
		if text == "" {
			return "", false
		}
		b.WriteString(name)
		b.WriteByte(0)
		b.WriteString(text)
		b.WriteByte(0)
	}
	return b.String(), true
}
