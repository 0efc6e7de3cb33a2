package columnar

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/parquet-go/parquet-go"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/export"
)

// Figures are decimals of 18 digits, 6 of them behind the point: exact, read as such by pandas, DuckDB and Arrow, and kept in a type whose
// least and greatest values the library compares rightly (of longer ones it does not, where they are negative).
const (
	precision = 18
	scale     = 6
)

// field is a column of a file.
type field struct {
	name   string
	node   parquet.Node
	column int // of the book, -1 for none
	value  func(t *export.Table, row export.Row, c export.Cell) (parquet.Value, error)
}

// fieldsOf answers the columns of the file of a book, and those of the book. Beside a figure stand why there is none, and words where it may
// be words.
func fieldsOf(b *export.Book) (fields []field, columns []export.Column) {
	leads, columns := b.Flat(true)
	tidy := len(b.Tables) > 0 && b.Tables[0].Tidy
	for _, l := range leads {
		if slices.ContainsFunc(columns, func(c export.Column) bool { return c.Code == l.Code }) {
			continue
		}
		fields = append(fields, field{l.Code, text(), -1, func(t *export.Table, _ export.Row, _ export.Cell) (parquet.Value, error) {
			return textValue(l.Of(t)), nil
		}})
	}
	if !tidy {
		fields = append(fields, field{"row", text(), -1, func(_ *export.Table, row export.Row, _ export.Cell) (parquet.Value, error) {
			return textValue(row.Kind.Code()), nil
		}})
	}
	for i, c := range columns {
		node, value := typed(c)
		fields = append(fields, field{c.Code, parquet.Optional(node), i, value})
		if !tidy && (c.Kind == export.Number || c.Kind == export.Percent || c.Kind == export.Date) {
			fields = append(fields, field{c.Code + "_state", text(), i, stateValue})
		}
		if c.Mixed {
			fields = append(fields, field{c.Code + "_text", text(), i, wordsBeside(c.Kind)})
		}
	}
	return fields, columns
}

func text() parquet.Node {
	return parquet.Optional(parquet.Encoded(parquet.String(), &parquet.RLEDictionary))
}

// typed answers the type of a column and how its cells are written in it.
func typed(c export.Column) (parquet.Node, func(*export.Table, export.Row, export.Cell) (parquet.Value, error)) {
	of := func(value func(c export.Cell) (parquet.Value, error)) func(*export.Table, export.Row, export.Cell) (parquet.Value, error) {
		return func(_ *export.Table, _ export.Row, cell export.Cell) (parquet.Value, error) { return value(cell) }
	}
	figure := func(value func(text string) (parquet.Value, bool)) func(c export.Cell) (parquet.Value, error) {
		return func(cell export.Cell) (parquet.Value, error) {
			if cell.Is != export.Figure && (cell.Is != export.Words || c.Mixed) {
				return parquet.NullValue(), nil
			}
			v, ok := value(cell.Text)
			if !ok && !c.Mixed {
				return v, assess.Invalid("problem.takeout_digits", fmt.Sprintf("%s is %s, which the format cannot hold to the last digit; choose csv or json", c.Head, cell.Text),
					"column", c.Head, "value", cell.Text).At(assess.Place{Field: "format"})
			}
			return v, nil
		}
	}
	switch c.Kind {
	case export.Number, export.Percent:
		return parquet.Decimal(scale, precision, parquet.Int64Type), of(figure(decimalValue))
	case export.Real:
		return parquet.Leaf(parquet.DoubleType), of(figure(realValue))
	case export.Place, export.Whole:
		return parquet.Int(64), of(figure(wholeValue))
	case export.Date:
		return parquet.Date(), of(dayValue)
	}
	return parquet.Encoded(parquet.String(), &parquet.RLEDictionary), of(func(c export.Cell) (parquet.Value, error) {
		if code := c.Is.Code(); code != "" {
			return textValue(code), nil
		}
		return textValue(c.Text), nil
	})
}

// textValue makes a value of a text; none is null.
func textValue(text string) parquet.Value {
	if text == "" {
		return parquet.NullValue()
	}
	return parquet.ByteArrayValue([]byte(text))
}

// stateValue says why there is no figure.
func stateValue(_ *export.Table, _ export.Row, c export.Cell) (parquet.Value, error) {
	return textValue(c.Is.Code()), nil
}

// wordsBeside are the words that stand in the place of a figure, or the figure where a decimal cannot hold all its digits.
func wordsBeside(kind export.Kind) func(*export.Table, export.Row, export.Cell) (parquet.Value, error) {
	return func(_ *export.Table, _ export.Row, c export.Cell) (parquet.Value, error) {
		if c.Is == export.Words {
			return textValue(c.Text), nil
		}
		if _, fits := decimalValue(c.Text); c.Is == export.Figure && kind != export.Real && !fits {
			return textValue(c.Text), nil
		}
		return parquet.NullValue(), nil
	}
}

// decimalValue makes a value of a plain decimal. ok is false where digits would be lost.
func decimalValue(text string) (v parquet.Value, ok bool) {
	whole, fraction, _ := strings.Cut(text, ".")
	fraction = strings.TrimRight(fraction, "0")
	if len(fraction) > scale {
		return parquet.NullValue(), false
	}
	n, err := strconv.ParseInt(whole+fraction+strings.Repeat("0", scale-len(fraction)), 10, 64)
	if err != nil || len(strings.TrimLeft(whole, "-")) > precision-scale {
		return parquet.NullValue(), false
	}
	return parquet.Int64Value(n), true
}

func realValue(text string) (parquet.Value, bool) {
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return parquet.NullValue(), false
	}
	return parquet.DoubleValue(x), true
}

func wholeValue(text string) (parquet.Value, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return parquet.NullValue(), false
	}
	return parquet.Int64Value(n), true
}

// dayValue makes a value of a day.
func dayValue(c export.Cell) (parquet.Value, error) {
	if c.Is != export.Day {
		return parquet.NullValue(), nil
	}
	day, err := time.Parse(time.DateOnly, c.Text)
	if err != nil {
		return parquet.NullValue(), err
	}
	return parquet.Int32Value(int32(day.Unix() / (24 * 60 * 60))), nil
}
