package export

import (
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
)

// words makes a cell of words; no words are nothing.
func words(text string) Cell {
	if text == "" {
		return Cell{}
	}
	return Cell{Is: Words, Text: text}
}

// whole makes a cell of a whole number.
func whole(n int) Cell { return Cell{Is: Figure, Text: strconv.Itoa(n)} }

// rounded makes a cell of x with so many decimals; what is no number is nothing.
func rounded(x float64, decimals int) Cell {
	if text := fixed(x, decimals); text != "" {
		return Cell{Is: Figure, Text: text}
	}
	return Cell{}
}

// exact makes a cell of an exact number.
func exact(d decimal.Decimal) Cell { return Cell{Is: Figure, Text: d.String()} }

// ranked makes a cell of a place; 0 is none.
func ranked(n int) Cell {
	if n == 0 {
		return Cell{}
	}
	return whole(n)
}

// day makes a cell of a day; the zero time is none.
func day(t time.Time) Cell {
	if t.IsZero() {
		return Cell{}
	}
	return Cell{Is: Day, Text: t.Format(time.DateOnly)}
}

// lit makes a cell of a light; no light is nothing.
func lit(l assess.Light) Cell {
	if l == "" {
		return Cell{}
	}
	return Cell{Is: Lamp, Text: string(l)}
}

// lacking makes a cell of what a node without a figure is.
func lacking(s assess.NodeState) Cell {
	switch s {
	case assess.NotDue:
		return Cell{Is: NotDue}
	case assess.NotApplicable:
		return Cell{Is: NotApplicable}
	case assess.NotReported:
		return Cell{Is: NotReported}
	case assess.Pending:
		return Cell{Is: Pending}
	}
	return Cell{}
}

// scored makes a cell of a score as it is shown and ranked, or of why there is none.
func scored(n *assess.NodeScore, decimals int) Cell {
	switch {
	case n == nil:
		return Cell{}
	case n.HasScore():
		return rounded(n.Shown, decimals)
	}
	return lacking(n.State)
}

// held makes a cell of a figure as it was reported, or of why there is none.
func held(state assess.State, value string) Cell {
	switch {
	case state == assess.Exempt:
		return Cell{Is: NotApplicable}
	case state == assess.Missing || value == "":
		return Cell{Is: NotReported}
	case isNumber(value):
		return Cell{Is: Figure, Text: value}
	}
	return words(value)
}
