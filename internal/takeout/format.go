package takeout

import (
	"fmt"
	"slices"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/export"
)

// Format is what a file is written as; it is also the ending of its name.
type Format string

// The formats.
const (
	XLSX Format = "xlsx"
	CSV  Format = "csv"
	JSON Format = "json"
	// Parquet is for those who go on calculating: typed columns, exact decimals.
	Parquet Format = "parquet"
	PDF     Format = "pdf"
	DOCX    Format = "docx"
	ZIP     Format = "zip"
)

// Media answers the media type of the format, as HTTP and mail want it.
func (f Format) Media() string {
	switch f {
	case XLSX:
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	case CSV:
		return "text/csv; charset=utf-8"
	case JSON:
		return "application/json"
	case ZIP:
		return "application/zip"
	case Parquet:
		return "application/vnd.apache.parquet"
	case PDF:
		return "application/pdf"
	case DOCX:
		return "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	}
	return "application/octet-stream"
}

// Notice is the draft of the quarterly notice, which is a letter and no table.
const Notice = "notice"

// scorecard is the table that is also a paper.
const scorecard = "scorecard"

// Offer is a table with the formats it comes in, the most asked for first.
type Offer struct {
	Table   string
	Formats []Format
}

// Offers answers everything that can be taken out, in the order in which people think of it. It is the one list of it.
func Offers() (all []Offer) {
	for _, name := range export.Names() {
		o := Offer{name, []Format{XLSX, CSV, JSON, Parquet}}
		if name == scorecard {
			o.Formats = append(o.Formats, PDF)
		}
		all = append(all, o)
	}
	return append(all, Offer{Notice, []Format{DOCX, PDF}}, Offer{Package, []Format{ZIP}})
}

// OfferOf answers the formats of a table. One that there is not is a Problem at the field "table".
func OfferOf(table string) (Offer, error) {
	all := Offers()
	i := slices.IndexFunc(all, func(o Offer) bool { return o.Table == table })
	if i < 0 {
		return Offer{}, assess.NotFound("problem.no_table", fmt.Sprintf("there is no table %q; choose one of %s", table, strings.Join(Tables(), ", ")), "table", table).
			At(assess.Place{Field: "table"})
	}
	return all[i], nil
}

// Tables answers the names of everything that can be taken out.
func Tables() (names []string) {
	for _, o := range Offers() {
		names = append(names, o.Table)
	}
	return names
}

// Choice names the formats in a sentence: xlsx, csv, json or parquet; zip.
func (o Offer) Choice() string {
	names := make([]string, len(o.Formats))
	for i, f := range o.Formats {
		names[i] = string(f)
	}
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + " or " + names[last]
}
