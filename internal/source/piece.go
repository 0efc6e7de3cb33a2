package source

import (
	"bytes"
	"fmt"

	"github.com/unionboard/unionboard/internal/assess"
)

// Piece is what came in one go, as it came: a file, a page of an answer, the rows of a query written as CSV. It can be read again, by
// another mapping, as long as it is kept.
type Piece struct {
	Name string // of the file; of an answer its address without keys
	Data []byte
	Form Format // "": what the content is
	// Unit and Period are those that were asked for; "" and zero: any. Rows of others are refused.
	Unit   assess.UnitCode
	Period assess.Period
	pack   bool // the entries of a tidy CSV, which may have millions
}

// Read reads the values in a piece by a mapping; nil reads the promised forms, which in a workbook is the tidy table on its first sheet.
// Rows that cannot be read are in Refused; a damaged piece, or one of more than most rows (0: any number), is a Problem with its place,
// and nothing of it is taken.
func (p Piece) Read(m *Mapping, most int) (Reading, error) {
	form := p.Form
	if form == "" {
		form = formOf(p.Data)
	}
	var r Reading
	var err error
	switch {
	case form == JSON:
		r, err = readValuesJSON(p.Name, p.Data, most)
		r = r.reword(m)
	case form == CSV && !m.laidOut():
		r, err = readValues(p.Name, p.Data, most, p.pack && m == nil && p.Unit == "" && p.Period.IsZero())
		r = r.reword(m)
	case form == CSV, form == Workbook:
		r, err = p.readBook(m, most)
	case form == DHIS2:
		r, err = readDHIS2(p.Name, p.Data, most)
		r = r.reword(m)
	default:
		err = assess.Invalid("problem.piece_form", fmt.Sprintf("there is nothing that reads the form %s; hand it in as CSV or JSON", quoted(string(form))),
			"form", Excerpt(string(form))).At(assess.Place{File: p.Name})
	}
	if err != nil {
		return Reading{}, err
	}
	return r.asked(p.Unit, p.Period), nil
}

// formOf knows a form by its content: .xlsx is a zip, .xls a compound file, a dataValueSet says so, JSON begins with a brace; all else is CSV.
func formOf(data []byte) Format {
	start := bytes.TrimLeft(bytes.TrimPrefix(data, []byte{0xEF, 0xBB, 0xBF}), " \t\r\n")
	switch {
	case bytes.HasPrefix(data, []byte("PK\x03\x04")), bytes.HasPrefix(data, []byte{0xD0, 0xCF, 0x11, 0xE0}):
		return Workbook
	case isDHIS2(start):
		return DHIS2
	case bytes.HasPrefix(start, []byte("{")):
		return JSON
	}
	return CSV
}

// asked refuses the entries that speak of another unit or period than was asked for.
func (r Reading) asked(unit assess.UnitCode, period assess.Period) Reading {
	entries := r.Entries
	r.Entries = nil
	for _, e := range entries {
		if fault := foreign(e, unit, period); fault != nil {
			r.Refused = append(r.Refused, assess.Rejection{Place: fault.Place, Unit: e.Unit, Code: e.Code, Value: e.Value, Problem: fault})
			continue
		}
		r.Entries = append(r.Entries, e)
	}
	return r
}

// foreign answers why an entry does not belong here: it speaks of another unit or period than was asked for.
func foreign(e assess.Entry, unit assess.UnitCode, asked assess.Period) *assess.Problem {
	if unit != "" && e.Unit != unit {
		return assess.Forbidden("problem.source_unit", fmt.Sprintf("the answer is of unit %s, asked for was %s; correct the source", quoted(string(e.Unit)), unit),
			"unit", Excerpt(string(e.Unit)), "asked", string(unit)).At(e.At("unit"))
	}
	if period, err := assess.ParsePeriod(e.PeriodText); !asked.IsZero() && err == nil && period != asked {
		return assess.Forbidden("problem.source_period", fmt.Sprintf("the answer is of period %s, asked for was %s; correct the source", period, asked),
			"period", period.String(), "asked", asked.String()).At(e.At("period"))
	}
	return nil
}
