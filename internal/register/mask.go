package register

import (
	"strings"
	"unicode/utf8"

	"github.com/unionboard/unionboard/internal/assess"
)

// hidden stands for each stretch of signs that a mask covers.
const hidden = "****"

// Masked answers the value of a column for those who do not handle the record: personal ones with their mask, the others as they are.
// A personal column without a mask is covered whole.
func (t *Table) Masked(name, value string) string {
	c, ok := t.columns[name]
	if !ok || !c.Personal || value == "" {
		return value
	}
	return Mask(c.Mask, value)
}

// Mask covers a text by a mask of the definitions; one that is not known covers all of it.
func Mask(mask, value string) string {
	if value == "" {
		return ""
	}
	runes := []rune(value)
	switch mask {
	case "first_character":
		return string(runes[:1]) + "*"
	case "last_four":
		if len(runes) > 8 {
			return hidden + string(runes[len(runes)-4:])
		}
	case "first_three_last_four":
		if len(runes) > 8 {
			return string(runes[:3]) + hidden + string(runes[len(runes)-4:])
		}
	}
	return strings.Repeat("*", min(4, utf8.RuneCountInString(value)))
}

// Personal says whether a column holds personal data.
func (t *Table) Personal(name string) bool {
	c, ok := t.columns[name]
	return ok && c.Personal
}

// Kept answers how long a personal column is kept: its own term, else that of the register.
func (t *Table) Kept(name string) assess.Retention {
	c, ok := t.columns[name]
	switch {
	case ok && c.Retain.Years > 0:
		return c.Retain
	case t.Retention.Years == 0 && t.Above != nil:
		return t.Above.Retention
	}
	return t.Retention
}
