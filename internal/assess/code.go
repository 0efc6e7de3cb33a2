package assess

import (
	"regexp"
)

// Code names an item, an indicator, a node, a framework, a department, a source: lower-case snake_case ASCII, so that a
// formula is a plain expression of an expression library.
type Code string

// UnitCode names a unit: for districts the six digits of GB/T 2260, elsewhere whatever the units file says (AFG, U0001).
type UnitCode string

// AnyUnit stands in a target for every unit.
const AnyUnit UnitCode = "*"

var codeForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,59}$`)

// Valid says whether c has the form of a code.
func (c Code) Valid() bool { return codeForm.MatchString(string(c)) }

// Text is a name or a sentence in the two languages of the interface. Chinese is never empty, English may be.
type Text struct {
	ZH string `json:"zh" yaml:"zh"`
	EN string `json:"en,omitempty" yaml:"en,omitempty"`
}

// In answers the text in language "en" or "zh", the other one where it is empty.
func (t Text) In(lang string) string {
	if lang == "en" && t.EN != "" || t.ZH == "" {
		return t.EN
	}
	return t.ZH
}
