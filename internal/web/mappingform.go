package web

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/source"
	"github.com/unionboard/unionboard/internal/tabular"
)

// columnsEdited is how many columns a page can change: five fields each stay below the fields a form may have.
const columnsEdited = 60

// columnField answers the name of a field of a column, which are counted from 0.
func columnField(i int, field string) string { return "c." + strconv.Itoa(i) + "." + field }

// mappingFields are the fields of the form of a mapping.
func mappingFields() []string {
	names := []string{
		"base", "sample", "piece", "do", "reason", "sheet", "way", "skip", "heads", "end", "year", "length", "unit_from", "unit", "period_from", "period",
		"units", "items", "states", "missing",
	}
	for i := range columnsEdited {
		for _, field := range []string{"head", "at", "role", "of", "factor"} {
			names = append(names, columnField(i, field))
		}
	}
	return names
}

// chosen reads a mapping as it was typed, and checks it as strictly as one that is written as JSON.
func (m *mapped) chosen() (*source.Mapping, error) {
	f := mappingForm{Values: m.typed, words: m.words}
	typed := &source.Mapping{
		Sheet: f.text("sheet"), Transposed: f.Get("way") == "1", Skip: f.number("skip"), Heads: f.number("heads"), Year: f.number("year"),
		Length: source.Length(f.text("length")), End: f.lines("end"), Missing: f.lines("missing"),
		Unit: f.constant("unit"), Period: f.constant("period"),
		Units: f.wordList("units", f.unit), Items: f.wordList("items", f.item), States: f.wordList("states", func(code string) (string, bool) { return code, true }),
	}
	if typed.Heads == 1 {
		typed.Heads = 0
	}
	if code, ok := f.unit(typed.Unit.Value); ok {
		typed.Unit.Value = code
	}
	for i := range columnsEdited {
		if f.Has(columnField(i, "role")) {
			f.column(typed, i)
		}
	}
	if f.fault != nil {
		return nil, f.fault
	}
	return source.ParseMapping("", []byte(typed.Text()))
}

// mappingForm reads the fields of the form and remembers the first thing that was wrong.
type mappingForm struct {
	url.Values
	words *source.Vocabulary
	fault *assess.Problem
}

func (f *mappingForm) text(name string) string { return strings.TrimSpace(f.Get(name)) }

func (f *mappingForm) fail(p *assess.Problem) {
	if f.fault == nil {
		f.fault = p
	}
}

// number reads a whole number; nothing is 0.
func (f *mappingForm) number(name string) int {
	text := f.text(name)
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		f.fail(assess.Invalid("problem.form_number", fmt.Sprintf("%s is no number; choose from the list", name), "field", name))
	}
	return n
}

// lines reads a list, a word on each line.
func (f *mappingForm) lines(name string) (all []string) {
	for line := range strings.Lines(f.Get(name)) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

// unit and item answer the code of a name or code; what nobody knows stays as it is.
func (f *mappingForm) unit(text string) (string, bool) {
	if f.words == nil {
		return text, true
	}
	code, ok := f.words.Unit(text)
	return string(code), ok
}

func (f *mappingForm) item(text string) (string, bool) {
	if f.words == nil {
		return text, true
	}
	code, ok := f.words.Item(text)
	return string(code), ok
}

// constant reads where the unit or period of a whole table stands.
func (f *mappingForm) constant(name string) source.Constant {
	text := f.text(name)
	switch from := source.Origin(f.Get(name + "_from")); from {
	case source.FromFile, source.FromSheet:
		return source.Constant{From: from}
	case source.FromCell:
		return source.Constant{From: from, Cell: strings.ToUpper(text)}
	case "value":
		return source.Constant{Value: text}
	}
	return source.Constant{}
}

// wordList reads a list of words with their codes, one on each line: 会费收入 = dues × 10000. A word without a code is left out.
func (f *mappingForm) wordList(name string, codeOf func(string) (string, bool)) (all []source.Word) {
	for number, line := range f.lines(name) {
		i := strings.LastIndexAny(line, "=＝")
		if i < 0 {
			f.fail(assess.Invalid("problem.mapping_line", fmt.Sprintf("line %d is no word with its code; write 和平区总工会 = 210102", number+1), "line", strconv.Itoa(number+1)))
			return nil
		}
		means := strings.TrimLeft(line[i:], "=＝ \t")
		code, factor, _ := strings.Cut(strings.ReplaceAll(means, "*", "×"), "×")
		w := source.Word{Word: strings.TrimSpace(line[:i]), Code: strings.TrimSpace(code), Factor: strings.TrimSpace(factor)}
		if w.Code == "-" || w.Code == "—" {
			w.Code = ""
		}
		if w.Code != "" {
			known, ok := codeOf(w.Code)
			if !ok {
				f.fail(unknownMeaning(w.Code))
				return nil
			}
			w.Code = known
		}
		all = append(all, w)
	}
	return all
}

func unknownMeaning(text string) *assess.Problem {
	return assess.Invalid("problem.mapping_meaning", fmt.Sprintf("%q is no unit, figure or period; write a name or code of them", source.Excerpt(text)), "value", source.Excerpt(text))
}

// column reads what a column is for. What its values are of may be said by names or codes, several parted by semicolons.
func (f *mappingForm) column(to *source.Mapping, i int) {
	get := func(field string) string { return f.text(columnField(i, field)) }
	if get("head")+get("at")+get("of")+get("factor") == "" && source.Role(get("role")) == source.RoleNone {
		return // the one that may be added
	}
	at, err := strconv.Atoi(get("at"))
	if err != nil && get("at") != "" {
		f.fail(errColumn(i))
		return
	}
	c := source.Column{Head: get("head"), At: at, Role: source.Role(get("role")), Factor: get("factor")}
	for _, part := range strings.FieldsFunc(get("of"), func(r rune) bool { return strings.ContainsRune(";；,，", r) }) {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		if item, ok := f.item(part); ok {
			c.Item = assess.Code(item)
		} else if unit, ok := f.unit(part); ok {
			c.Unit = assess.UnitCode(unit)
		} else if _, ok := tabular.Period(part, to.Year); ok {
			c.Period = part
		} else {
			f.fail(unknownMeaning(part))
			return
		}
	}
	if c.Role != source.RoleValue {
		c.Item, c.Unit, c.Period, c.Factor = "", "", "", ""
	}
	to.Columns = append(to.Columns, c)
}

func errColumn(i int) *assess.Problem {
	return assess.Invalid("problem.form_number", fmt.Sprintf("the number of column %d is no number; choose from the list", i+1), "field", columnField(i, "at"))
}

// wordLines writes words as the form takes them.
func wordLines(words []source.Word) string {
	var all []string
	for _, w := range words {
		line := w.Word + " = " + w.Code
		if w.Code == "" {
			line = w.Word + " = -"
		}
		if w.Factor != "" {
			line += " × " + w.Factor
		}
		all = append(all, line)
	}
	return strings.Join(all, "\n")
}

// of writes what the values of a column are of.
func of(c source.Column) string {
	return strings.Join(slices.DeleteFunc([]string{string(c.Item), string(c.Unit), c.Period}, func(s string) bool { return s == "" }), "; ")
}
