package register

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"
	"golang.org/x/text/width"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/source"
	"github.com/unionboard/unionboard/internal/tabular"
)

// The one form that values have in records.
const (
	Yes, No   = "true", "false"
	monthForm = "2006-01"
	ListSign  = "、" // between the words of a list, the codes of a set
	// longestText is what a text may have, in characters, where the definition says nothing.
	longestText = 500
)

// Read makes the one form of a value of a column out of what somebody wrote: words of an enum in either language or its code, dates as they
// are written (2026年3月31日, 2026/3/31), 是 and 否, amounts with ￥ and commas. Nothing is "". Errors are Problems of kind ErrInvalid
// without a place: what is wrong and what would be right.
func (t *Table) Read(name, written string) (string, error) {
	c, ok := t.columns[name]
	if !ok {
		return "", assess.Invalid("problem.record_column", fmt.Sprintf("there is no column %s in %s", name, t.Code), "column", name, "table", string(t.Code))
	}
	text := strings.TrimSpace(written)
	if text == "" || tabular.Nothing(text) {
		return "", nil
	}
	if !utf8.ValidString(text) {
		return "", assess.Invalid("problem.record_text", "the text is not UTF-8; write it again")
	}
	switch c.Type {
	case "int", "decimal", "money_cny":
		return c.number(text)
	case "date", "month", "datetime":
		return c.day(text)
	case "bool":
		return truth(text)
	case "enum":
		return c.word(text)
	case "enum_set":
		return c.words(text)
	case "string_list":
		return strings.Join(apart(text), ListSign), nil
	case "phone":
		return phone(text)
	case "uscc":
		return code(text)
	}
	return c.text(text)
}

func (c *column) text(text string) (string, error) {
	most := c.Max
	if most == 0 {
		most = longestText
	}
	if n := utf8.RuneCountInString(text); n > most {
		return "", assess.Invalid("problem.record_long", fmt.Sprintf("the text has %d characters; at most %d fit, shorten it", n, most), "n", fmt.Sprint(n), "most", fmt.Sprint(most))
	}
	if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' && r != '\r' }) {
		return "", assess.Invalid("problem.record_text", "the text has signs that cannot be shown; write it again")
	}
	if c.pattern != nil && !c.pattern.MatchString(text) {
		return "", assess.Invalid("problem.record_pattern", fmt.Sprintf("%s does not have the form of this column; write it like %s", source.Excerpt(text), c.Example),
			"value", source.Excerpt(text), "example", c.Example)
	}
	return text, nil
}

// number reads a number and holds it against the limits of the column. Money has two decimals, and a sign of currency is let pass.
func (c *column) number(text string) (string, error) {
	measure := ""
	if c.Type == "money_cny" {
		measure = "元"
		text = strings.TrimLeft(width.Narrow.String(text), "¥ ")
	}
	n, err := source.ParseTyped(text, measure)
	if err != nil {
		return "", err
	}
	switch low, high := c.Range.Low, c.Range.High; {
	case c.Type == "int" && !n.IsInteger():
		return "", assess.Invalid("problem.record_whole", fmt.Sprintf("%s is not a whole number; write one such as 12", source.Excerpt(text)), "value", source.Excerpt(text))
	case c.Type == "money_cny" && !n.Equal(n.Round(2)):
		return "", assess.Invalid("problem.record_money", fmt.Sprintf("%s has more than two decimals; write yuan and fen, such as 12400.50", source.Excerpt(text)), "value", source.Excerpt(text))
	case low != nil && n.LessThan(*low):
		return "", assess.Invalid("problem.record_low", fmt.Sprintf("%s is less than %s, the least this column takes", n, low), "value", n.String(), "low", low.String())
	case high != nil && n.GreaterThan(*high):
		return "", assess.Invalid("problem.record_high", fmt.Sprintf("%s is more than %s, the most this column takes", n, high), "value", n.String(), "high", high.String())
	}
	if c.Type == "money_cny" {
		return n.StringFixed(2), nil
	}
	return n.Decimal.String(), nil
}

var (
	dayParts   = regexp.MustCompile(`^(\d{4})(?:[-/.年])(\d{1,2})(?:[-/.月](\d{1,2})日?|月)?(?:[T ].*)?$`)
	compactDay = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})$`)
)

// day reads a date, or a month, which a date names too.
func (c *column) day(text string) (string, error) {
	plain := width.Narrow.String(text)
	m := dayParts.FindStringSubmatch(plain)
	if m == nil {
		m = compactDay.FindStringSubmatch(plain)
	}
	if m != nil {
		form := fmt.Sprintf("%s-%02s", m[1], m[2])
		if c.Type == "month" {
			if _, err := time.Parse(monthForm, form); err == nil {
				return form, nil
			}
		} else if m[3] != "" {
			form += fmt.Sprintf("-%02s", m[3])
			if _, err := time.Parse(time.DateOnly, form); err == nil {
				return form, nil
			}
		}
	}
	if c.Type == "month" {
		return "", assess.Invalid("problem.record_month", fmt.Sprintf("%s is not a month; write it like 1992-05", source.Excerpt(text)), "value", source.Excerpt(text))
	}
	return "", assess.Invalid("problem.record_day", fmt.Sprintf("%s is not a day; write it like 2026-03-31", source.Excerpt(text)), "value", source.Excerpt(text))
}

func truth(text string) (string, error) {
	switch tabular.Fold(text) {
	case "是", "有", "√", "✓", "y", "yes", "true", "1":
		return Yes, nil
	case "否", "无", "没有", "×", "x", "n", "no", "false", "0":
		return No, nil
	}
	return "", assess.Invalid("problem.record_truth", fmt.Sprintf("%s is neither yes nor no; write 是 or 否", source.Excerpt(text)), "value", source.Excerpt(text))
}

// word reads a word of an enum: its code, or its name in either language.
func (c *column) word(text string) (string, error) {
	folded := tabular.Fold(text)
	for _, v := range c.Values {
		if folded == tabular.Fold(string(v.Code)) || folded == tabular.Fold(v.Name.ZH) || folded == tabular.Fold(v.Name.EN) {
			return string(v.Code), nil
		}
	}
	var known, zh []string
	for _, v := range c.Values {
		known, zh = append(known, v.Name.EN), append(zh, v.Name.ZH)
	}
	return "", assess.Invalid("problem.record_word", fmt.Sprintf("%s is none of the words of this column; choose of: %s", source.Excerpt(text), strings.Join(known, ", ")),
		"value", source.Excerpt(text), "words", strings.Join(zh, "、"))
}

// words reads a set: its codes stand in the order of the definition, each once.
func (c *column) words(text string) (string, error) {
	chosen := map[string]bool{}
	for _, one := range apart(text) {
		code, err := c.word(one)
		if err != nil {
			return "", err
		}
		chosen[code] = true
	}
	var codes []string
	for _, v := range c.Values {
		if chosen[string(v.Code)] {
			codes = append(codes, string(v.Code))
		}
	}
	return strings.Join(codes, ListSign), nil
}

// apart cuts a list at the signs that people put between its words.
func apart(text string) (parts []string) {
	for _, one := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("、,，;；\n", r) }) {
		if one = strings.TrimSpace(one); one != "" && !slices.Contains(parts, one) {
			parts = append(parts, one)
		}
	}
	return parts
}

var (
	mobile   = regexp.MustCompile(`^1[3-9]\d{9}$`)
	landline = regexp.MustCompile(`^(?:0\d{2,3}-?)?\d{7,8}(?:-\d{1,6})?$`)
)

func phone(text string) (string, error) {
	plain := strings.Map(func(r rune) rune {
		if r == ' ' || r == '(' || r == ')' {
			return -1
		}
		return r
	}, width.Narrow.String(text))
	plain = strings.TrimPrefix(plain, "+86")
	if mobile.MatchString(plain) || landline.MatchString(plain) {
		return plain, nil
	}
	return "", assess.Invalid("problem.record_phone", "this is not a telephone number; write a mobile number of 11 digits, or one such as 024-12345678")
}

// code reads a unified social credit code. Its check digit is asked about, never refused: rules say so.
func code(text string) (string, error) {
	plain := strings.ToUpper(strings.Join(strings.Fields(width.Narrow.String(text)), ""))
	if !unifiedCode.MatchString(plain) {
		return "", assess.Invalid("problem.record_code", fmt.Sprintf("%s is not a unified social credit code; it has 18 digits and letters, without I, O, S, V, Z", source.Excerpt(text)), "value", source.Excerpt(text))
	}
	return plain, nil
}

// Amount answers the number of a column, zero for none.
func Amount(text string) decimal.Decimal {
	n, err := decimal.NewFromString(text)
	if err != nil {
		return decimal.Zero
	}
	return n
}
