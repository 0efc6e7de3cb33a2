package source

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/sheet"
	"github.com/unionboard/unionboard/internal/tabular"
)

// Bounds of a mapping.
const (
	MostMapping  = 1 << 20 // bytes
	mostWords    = 5_000   // of one list
	longestWord  = 300     // characters
	mostSkipped  = 1_000   // rows before the heads
	mostHeadRows = 5
)

// ParseMapping reads a mapping. It is as strict as every JSON here is: a key that is unknown, written in other case or there twice
// refuses it, and so does what contradicts itself; the Problem says where and what would be right.
func ParseMapping(file string, data []byte) (*Mapping, error) {
	if len(data) > MostMapping {
		return nil, tooLarge(file, MostMapping)
	}
	d, root, fault := parseTree(file, data, mostWords)
	if fault != nil {
		return nil, fault
	}
	m := members{doc: d}
	if fault := m.of(root, "", "schema", "sheet", "transposed", "skip", "heads", "end", "columns", "unit", "period", "year", "length", "units", "items",
		"states", "missing"); fault != nil {
		return nil, fault
	}
	if schema := m.must("schema"); m.fault == nil && schema != MappingSchema {
		return nil, assess.Invalid("problem.json_schema", fmt.Sprintf("the schema is %s; this program reads %q", quoted(schema), MappingSchema),
			"schema", Excerpt(schema), "want", MappingSchema).At(m.place("schema"))
	}
	all := &Mapping{
		Sheet: m.word("sheet"), Transposed: m.truth("transposed"), Skip: m.whole("skip", mostSkipped), Heads: m.whole("heads", mostHeadRows),
		End: m.wordsOf("end"), Columns: objects(&m, "columns", column), Unit: m.constant("unit"), Period: m.constant("period"),
		Year: m.whole("year", 2100), Length: Length(m.oneOf("length", "", string(Months), string(Quarters), string(Years))),
		Units: objects(&m, "units", wordOf("word", "code")), Items: objects(&m, "items", wordOf("word", "code", "factor")),
		States: objects(&m, "states", wordOf("word", "code")), Missing: m.wordsOf("missing"),
	}
	if m.fault != nil {
		return nil, m.fault
	}
	if fault := all.check(); fault != nil {
		fault.Place.File = file
		return nil, fault
	}
	return all, nil
}

// objects reads a list of objects, which need not be there.
func objects[T any](m *members, key string, read func(*members) T) []T {
	n := m.get(key)
	if n == nil {
		return nil
	}
	var all []T
	for i, item := range m.list(key) {
		one := members{doc: m.doc, path: join(m.path, key) + "[" + strconv.Itoa(i) + "]", node: item}
		all = append(all, read(&one))
		if one.fault != nil {
			m.fail(one.fault)
			return nil
		}
	}
	return all
}

func column(m *members) (c Column) {
	if m.fail(m.of(m.node, m.path, "head", "at", "role", "unit", "period", "item", "factor")); m.fault != nil {
		return c
	}
	roles := make([]string, len(Roles()))
	for i, r := range Roles() {
		roles[i] = string(r)
	}
	return Column{
		Head: m.word("head"), At: m.whole("at", sheet.MostColumns), Role: Role(m.oneOf("role", roles...)), Unit: assess.UnitCode(m.word("unit")),
		Period: m.word("period"), Item: assess.Code(m.word("item")), Factor: m.word("factor"),
	}
}

func wordOf(keys ...string) func(*members) Word {
	return func(m *members) (w Word) {
		if m.fail(m.of(m.node, m.path, keys...)); m.fault != nil {
			return w
		}
		if m.must("word"); m.fault != nil {
			return w
		}
		return Word{Word: m.word("word"), Code: m.word("code"), Factor: m.word("factor")}
	}
}

func (m *members) constant(key string) (c Constant) {
	n := m.get(key)
	if n == nil {
		return c
	}
	one := members{doc: m.doc}
	if m.fail(one.of(n, join(m.path, key), "value", "from", "cell")); m.fault != nil {
		return c
	}
	c = Constant{Value: one.word("value"), From: Origin(one.oneOf("from", "", string(FromFile), string(FromSheet), string(FromCell))), Cell: one.word("cell")}
	m.fail(one.fault)
	return c
}

// word is may with the limit that words have.
func (m *members) word(key string) string {
	text := m.may(key)
	if utf8.RuneCountInString(text) > longestWord {
		m.fail(assess.Invalid("problem.text_long", fmt.Sprintf("%s has more than %d characters; shorten it", key, longestWord),
			"field", key, "limit", strconv.Itoa(longestWord)).At(m.place(key)))
	}
	return text
}

func (m *members) wordsOf(key string) []string {
	if m.get(key) == nil {
		return nil
	}
	var all []string
	for i, n := range m.list(key) {
		path := join(m.path, key) + "[" + strconv.Itoa(i) + "]"
		switch {
		case n.kind != isString:
			m.fail(m.doc.wrong(n, isString, path))
		case tabular.Fold(n.text) == "" || utf8.RuneCountInString(n.text) > longestWord:
			m.fail(assess.Invalid("problem.mapping_word", fmt.Sprintf("a word has 1 to %d characters", longestWord), "limit", strconv.Itoa(longestWord)).
				At(m.doc.place(n.offset, path)))
		}
		all = append(all, n.text)
	}
	return all
}

func (m *members) truth(key string) bool { return m.text(key, isBool) == "true" }

// whole answers a whole number from 0 to most, 0 where it is absent.
func (m *members) whole(key string, most int) int {
	text := m.text(key, isNumber)
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > most {
		m.fail(assess.Invalid("problem.mapping_number", fmt.Sprintf("%s is %s; write a whole number from 0 to %d", key, quoted(text), most),
			"field", key, "value", Excerpt(text), "limit", strconv.Itoa(most)).At(m.place(key)))
	}
	return n
}

func (m *members) oneOf(key string, words ...string) string {
	word := m.may(key)
	if !slices.Contains(words, word) {
		m.fail(assess.Invalid("problem.mapping_choice", fmt.Sprintf("%s is %s; choose one of %s", key, quoted(word), choices(words)),
			"field", key, "value", Excerpt(word), "choices", choices(words)).At(m.place(key)))
	}
	return word
}

func choices(words []string) string {
	var all bytes.Buffer
	for _, w := range words {
		if w != "" && all.Len() > 0 {
			all.WriteString(", ")
		}
		all.WriteString(w)
	}
	return all.String()
}

// Text writes a mapping as ParseMapping reads it; what is not set is left out.
func (m *Mapping) Text() string {
	type constant struct {
		Value string `json:"value,omitempty"`
		From  Origin `json:"from,omitempty"`
		Cell  string `json:"cell,omitempty"`
	}
	type column struct {
		Head   string          `json:"head,omitempty"`
		At     int             `json:"at,omitempty"`
		Role   Role            `json:"role"`
		Unit   assess.UnitCode `json:"unit,omitempty"`
		Period string          `json:"period,omitempty"`
		Item   assess.Code     `json:"item,omitempty"`
		Factor string          `json:"factor,omitempty"`
	}
	type word struct {
		Word   string `json:"word"`
		Code   string `json:"code,omitempty"`
		Factor string `json:"factor,omitempty"`
	}
	words := func(all []Word) (out []word) {
		for _, w := range all {
			out = append(out, word(w))
		}
		return out
	}
	out := struct {
		Schema     string   `json:"schema"`
		Sheet      string   `json:"sheet,omitempty"`
		Transposed bool     `json:"transposed,omitempty"`
		Skip       int      `json:"skip,omitempty"`
		Heads      int      `json:"heads,omitempty"`
		End        []string `json:"end,omitempty"`
		Columns    []column `json:"columns,omitempty"`
		Unit       constant `json:"unit,omitzero"`
		Period     constant `json:"period,omitzero"`
		Year       int      `json:"year,omitempty"`
		Length     Length   `json:"length,omitempty"`
		Units      []word   `json:"units,omitempty"`
		Items      []word   `json:"items,omitempty"`
		States     []word   `json:"states,omitempty"`
		Missing    []string `json:"missing,omitempty"`
	}{
		MappingSchema, m.Sheet, m.Transposed, m.Skip, m.Heads, m.End, nil, constant(m.Unit), constant(m.Period), m.Year, m.Length,
		words(m.Units), words(m.Items), words(m.States), m.Missing,
	}
	for _, c := range m.Columns {
		out.Columns = append(out.Columns, column(c))
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	_ = e.Encode(out) // texts and numbers alone, into memory
	return b.String()
}

// check answers what in a mapping contradicts itself.
func (m *Mapping) check() *assess.Problem {
	one, heads, values := map[Role]bool{}, map[string]bool{}, 0
	for i, c := range m.Columns {
		at := assess.Place{Field: "columns[" + strconv.Itoa(i) + "]"}
		key := tabular.Fold(c.Head)
		if c.At > 0 {
			key = "#" + strconv.Itoa(c.At)
		}
		switch {
		case c.Head == "" && c.At == 0:
			return assess.Invalid("problem.mapping_head", "a column has neither a head nor a number; give one of them").At(at)
		case heads[key]:
			return assess.Invalid("problem.column_twice", fmt.Sprintf("the column %s is there twice; keep one of them", c.name()), "column", c.name()).At(at)
		case one[c.Role]:
			return assess.Invalid("problem.mapping_role", fmt.Sprintf("two columns have the role %s; leave one of them out", c.Role), "role", string(c.Role)).At(at)
		}
		heads[key] = true
		one[c.Role] = c.Role != RoleValue && c.Role != RoleNone
		if c.Role == RoleValue {
			values++
		}
		if c.Period != "" {
			if _, ok := tabular.Period(c.Period, m.Year); !ok {
				return badPeriod(c.Period).At(at)
			}
		}
		if fault := checkFactor(c.Factor); fault != nil {
			return fault.At(at)
		}
	}
	if len(m.Columns) > 0 && values == 0 {
		return assess.Invalid("problem.mapping_values", "no column holds values; give at least one the role value").At(assess.Place{Field: "columns"})
	}
	for _, list := range []struct {
		name  string
		words []Word
	}{{"units", m.Units}, {"items", m.Items}, {"states", m.States}} {
		if fault := checkWords(list.name, list.words); fault != nil {
			return fault
		}
	}
	if _, ok := tabular.Period(m.Period.Value, m.Year); m.Period.Value != "" && !ok {
		return badPeriod(m.Period.Value).At(assess.Place{Field: "period"})
	}
	for name, c := range map[string]Constant{"unit": m.Unit, "period": m.Period} {
		_, _, isCell := sheet.ParseCell(c.Cell)
		if c.Value != "" && c.From != "" || (c.From == FromCell) != (c.Cell != "") || c.Cell != "" && !isCell {
			return assess.Invalid("problem.mapping_constant", fmt.Sprintf("%s is said in two ways or in none; write it down, or say which cell, such as B2, has it", name),
				"field", name).At(assess.Place{Field: name})
		}
	}
	return nil
}

func checkWords(name string, words []Word) *assess.Problem {
	seen := map[string]bool{}
	for i, w := range words {
		at := assess.Place{Field: name + "[" + strconv.Itoa(i) + "]"}
		if seen[tabular.Fold(w.Word)] {
			return assess.Invalid("problem.mapping_word_twice", fmt.Sprintf("the word %s is there twice; keep one of the two", quoted(w.Word)),
				"word", Excerpt(w.Word)).At(at)
		}
		seen[tabular.Fold(w.Word)] = true
		if fault := checkFactor(w.Factor); fault != nil {
			return fault.At(at)
		}
	}
	return nil
}

func (c Column) name() string {
	if c.Head == "" {
		return sheet.ColumnName(c.At)
	}
	return Excerpt(c.Head)
}

func badPeriod(text string) *assess.Problem {
	return assess.Invalid("problem.mapping_period", fmt.Sprintf("%s is not a period; write 2026Q3, 2026年三季度, 2026-09 or 2026", quoted(text)), "value", Excerpt(text))
}

// factor reads a factor: a number above zero, or 万 and the like before nothing or a measure; "" is one.
func factor(text string) (decimal.Decimal, bool) {
	if text == "" {
		return decimal.NewFromInt(1), true
	}
	if power, ok := tabular.Scaled(text, func(string) bool { return true }); ok {
		return decimal.New(1, power), true
	}
	n, err := ParseNumber(text)
	return n.Decimal, err == nil && n.IsPositive()
}

func checkFactor(text string) *assess.Problem {
	if _, ok := factor(text); !ok {
		return assess.Invalid("problem.mapping_factor", fmt.Sprintf("%s is not a factor; write a number above zero, or 万", quoted(text)), "value", Excerpt(text))
	}
	return nil
}
