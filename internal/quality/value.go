package quality

import (
	"strconv"

	"github.com/shopspring/decimal"
)

// kind says what a value is. An absent value comes of a figure that was not reported, or of a division by zero; whatever is made
// of it is absent too, and a rule that is absent in the end is skipped.
type kind uint8

const (
	absent kind = iota
	aNumber
	aTruth
	aWord
)

// value is what an expression makes.
type value struct {
	kind   kind
	number decimal.Decimal
	truth  bool
	word   string
	// rounded counts the figures in a sum that are rounded where they are written, places is the coarsest precision among them:
	// by so much two sides of an identity may differ.
	rounded int
	places  int32
	// ratio: a share of change, which people read in percent. Only its absolute value is one, too.
	ratio bool
}

func number(d decimal.Decimal) value { return value{kind: aNumber, number: d} }

func truth(b bool) value { return value{kind: aTruth, truth: b} }

func (v value) String() string {
	switch v.kind {
	case aNumber:
		return plain(v.number)
	case aTruth:
		return strconv.FormatBool(v.truth)
	}
	return v.word
}

// plain writes a decimal for people: a quotient at four decimals, everything else as it is.
func plain(d decimal.Decimal) string {
	if d.Exponent() < -4 {
		d = d.Round(4)
	}
	return d.String()
}

// percent writes 0.64 as 64%.
func (v value) percent() string {
	if v.kind != aNumber {
		return v.String()
	}
	return plain(v.number.Shift(2).Round(1)) + "%"
}

// with answers v carrying the rounding of its operands.
func (v value) with(operands ...value) value {
	for _, o := range operands {
		if o.rounded == 0 {
			continue
		}
		if v.rounded == 0 || o.places < v.places {
			v.places = o.places
		}
		v.rounded += o.rounded
	}
	return v
}

// slack is how far two sides of an identity may lie apart: half a unit of the last place for each rounded figure, nothing for
// counts and amounts. Source: scoring specification 4.1, 0.5 (k+1) 10^−dec.
func slack(a, b value) decimal.Decimal {
	both := value{}.with(a, b)
	if both.rounded == 0 {
		return decimal.Zero
	}
	return decimal.New(5*int64(both.rounded), -both.places-1)
}

// quotientPlaces is the precision of divisions, far beyond any limit a rule states.
const quotientPlaces = 24

// calculate applies an arithmetic operator; what is no number, and a division by zero, is absent.
func calculate(operator string, a, b value) value {
	if a.kind != aNumber || b.kind != aNumber {
		return value{}
	}
	var d decimal.Decimal
	switch operator {
	case "+":
		d = a.number.Add(b.number)
	case "-":
		d = a.number.Sub(b.number)
	case "*":
		d = a.number.Mul(b.number)
	case "/", "%":
		if b.number.IsZero() {
			return value{}
		}
		if operator == "%" {
			d = a.number.Mod(b.number)
			break
		}
		d = a.number.DivRound(b.number, quotientPlaces)
	}
	if operator == "+" || operator == "-" {
		return number(d).with(a, b)
	}
	return number(d)
}

// compare applies a comparison; what cannot be compared is absent.
func compare(operator string, a, b value) value {
	if a.kind == absent || b.kind == absent || a.kind != b.kind {
		return value{}
	}
	if a.kind != aNumber {
		same := a.truth == b.truth && a.word == b.word
		switch operator {
		case "==":
			return truth(same)
		case "!=":
			return truth(!same)
		}
		return value{}
	}
	c := a.number.Cmp(b.number)
	switch operator {
	case "<":
		return truth(c < 0)
	case "<=":
		return truth(c <= 0)
	case ">":
		return truth(c > 0)
	case ">=":
		return truth(c >= 0)
	}
	same := a.number.Sub(b.number).Abs().LessThanOrEqual(slack(a, b))
	return truth(same == (operator == "=="))
}
