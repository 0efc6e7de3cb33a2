package catalog

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
)

// decode reads a checked file into the shape it is written in. An error is impossible after checkStructure, short of a schema
// that allows more than the shape holds.
func decode[T any](n *node) (out T, err error) {
	text, err := json.Marshal(n.plain())
	if err != nil {
		return out, fmt.Errorf("decode definition: %w", err)
	}
	if err := json.Unmarshal(text, &out); err != nil {
		return out, fmt.Errorf("decode definition: %w", err)
	}
	return out, nil
}

// text is a text in two languages; written as one plain text it stands for both.
type text assess.Text

func (t *text) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &t.ZH)
	}
	return json.Unmarshal(b, (*assess.Text)(t))
}

// label is a code that may be written as a number.
type label string

func (l *label) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, (*string)(l))
	}
	*l = label(b)
	return nil
}

// fraction is a share written as a decimal or as two whole numbers, 2/3.
type fraction float64

func (f *fraction) UnmarshalJSON(b []byte) error {
	var words string
	if json.Unmarshal(b, &words) != nil {
		return json.Unmarshal(b, (*float64)(f))
	}
	above, below, _ := strings.Cut(words, "/")
	n, err := strconv.ParseFloat(above, 64)
	if err != nil {
		return fmt.Errorf("read fraction %s: %w", words, err)
	}
	d, err := strconv.ParseFloat(below, 64)
	if err != nil {
		return fmt.Errorf("read fraction %s: %w", words, err)
	}
	*f = fraction(n / d)
	return nil
}

// ends is a range [low, high] with null for an open end.
type ends []*decimal.Decimal

func (e ends) bounds() assess.Range {
	if len(e) != 2 {
		return assess.Range{}
	}
	return assess.Range{Low: e[0], High: e[1]}
}

// check notes a range whose low end lies above its high end.
func (e ends) check(at spot, found *faults) {
	if r := e.bounds(); r.Low != nil && r.High != nil && r.Low.GreaterThan(*r.High) {
		found.add(at, "range_reversed", "the low end {low} lies above the high end {high}; write [low, high]", "low", r.Low.String(), "high", r.High.String())
	}
}

// or answers *p, or a default where the file says nothing.
func or[T any](p *T, otherwise T) T {
	if p == nil {
		return otherwise
	}
	return *p
}

// number writes a float without needless digits.
func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
