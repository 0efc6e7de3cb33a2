package source

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Reading is what a reader made of one file or page.
type Reading struct {
	Entries []assess.Entry
	Packed  *assess.Pack       // instead of Entries, where packing was asked for and the form allows it
	Refused []assess.Rejection // rows that could not be read as entries
	Notes   []*assess.Problem
	Next    string    // address of the next page of a JSON source, "" after the last
	Made    time.Time // when a JSON source says it was made; zero: it does not
}

// decimalComma is a number that an author of a semicolon file may have meant either way: 1,204 is 1204 or 1.204.
var decimalComma = regexp.MustCompile(`^[+-]?\d+,\d+$`)

// ReadValues reads a tidy CSV of values: unit, period, code, value and perhaps state, note, part, ref. Rows that cannot be told
// apart are in Refused; a damaged file is an error, a Problem with its place, and nothing of it is taken.
func ReadValues(file string, data []byte) (Reading, error) {
	return readValues(file, data, MostRowsByHand, false)
}

// readValues is ReadValues with a limit of rows, beyond which nothing is kept; with pack it packs the entries.
func readValues(file string, data []byte, most int, pack bool) (Reading, error) {
	t, err := openTable(file, data, []string{"unit", "period", "code", "value"}, []string{"state", "note", "part", "ref"})
	if err != nil {
		return Reading{}, err
	}
	t.most = most
	var r Reading
	if pack {
		r.Packed = assess.NewPack(file, t.columns)
	}
	err = t.each(func(row row) {
		entry := assess.Entry{
			Place:      assess.Place{File: file, Line: row.line},
			Unit:       assess.UnitCode(row.cell("unit")),
			PeriodText: row.cell("period"),
			Code:       assess.Code(row.cell("code")),
			Value:      row.cell("value"),
			State:      row.cell("state"),
			Note:       row.cell("note"),
			Part:       row.cell("part"),
			Ref:        row.cell("ref"),
			Columns:    t.columns,
		}
		fault := row.fault
		if fault == nil && t.comma == ';' && decimalComma.MatchString(entry.Value) {
			fault = numberComma(entry.Value).At(entry.At("value"))
		}
		if fault != nil {
			r.Refused = append(r.Refused, assess.Rejection{
				Place: fault.Place, Unit: entry.Unit, Code: entry.Code, Value: entry.Value, Problem: fault,
			})
			return
		}
		r.add(entry)
	})
	if err != nil {
		return Reading{}, err
	}
	r.Notes = slices.Clip(t.notes)
	return r, nil
}

// add adds an entry, where the others are.
func (r *Reading) add(e assess.Entry) {
	if r.Packed != nil {
		r.Packed.Add(e)
		return
	}
	r.Entries = append(r.Entries, e)
}

func numberComma(text string) *assess.Problem {
	return assess.Invalid("problem.number_comma",
		fmt.Sprintf("%s may mean a thousand or a fraction; write the number without commas, with a point before the fraction", quoted(text)),
		"value", Excerpt(text))
}
