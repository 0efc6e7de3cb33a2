package takeout

import (
	"fmt"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/export"
	"github.com/unionboard/unionboard/internal/i18n"
)

// Order is what somebody wants as a file.
type Order struct {
	export.Order
	Format Format
	// Wide: of scores the summary that is printed, where csv, json and parquet are else tidy rows of units and nodes.
	Wide bool
	// Trace: of observations as csv or parquet also where each figure came from.
	Trace bool
	// WithCity: of scores as tidy rows also the row of the whole city.
	WithCity bool
	// Mark: a byte-order mark leads tidy rows as csv, so that spreadsheets read them as UTF-8. Other csv files have one always.
	Mark bool
	// Published: each period as its newest edition has it; else as the data stand.
	Published bool
}

// Check says what is wrong with an order before anything is read: a Problem, whose place names the field – table, format, period, unit, lang.
func (o Order) Check() error {
	offer, err := OfferOf(o.Table)
	if err != nil {
		return err
	}
	at := func(field string) assess.Place { return assess.Place{Field: field} }
	switch {
	case !slices.Contains(offer.Formats, o.Format):
		return assess.Invalid("problem.takeout_format", fmt.Sprintf("%s is not written as %s; choose %s", o.Table, o.Format, offer.Choice()),
			"table", o.Table, "format", string(o.Format), "formats", offer.Choice()).At(at("format"))
	case len(o.Periods) == 0:
		return assess.Invalid("problem.takeout_period", "a file is of one period at least; choose a quarter or a year").At(at("period"))
	case len(o.Periods) > 1 && (o.paper() || o.Table == Package):
		return assess.Invalid("problem.takeout_one_period", fmt.Sprintf("a document is of one period; choose %s alone", o.Periods[0]), "period", o.Periods[0].String()).At(at("period"))
	case len(o.Units) > 0 && o.Table == Notice:
		return assess.Invalid("problem.takeout_notice_unit", "a notice is about all units; leave the unit out").At(at("unit"))
	case o.Lang != i18n.Chinese && o.Lang != i18n.English:
		return assess.Invalid("problem.takeout_lang", fmt.Sprintf("there is no language %q; choose zh or en", o.Lang), "lang", o.Lang).At(at("lang"))
	}
	return nil
}

// paper says whether a document is wanted that is signed, filed or edited, and no table.
func (o Order) paper() bool { return o.Format == PDF || o.Format == DOCX }

// tidy says whether rows for programs are wanted, whose columns are promised.
func (o Order) tidy() bool {
	switch o.Table {
	case "scores":
		return !o.Wide && (o.Format == CSV || o.Format == JSON || o.Format == Parquet)
	case "observations":
		return o.Format == CSV || o.Format == Parquet
	}
	return false
}

// MostPeriods are the periods one file holds at most: ten years of quarters.
const MostPeriods = 40

// Between answers the periods from one to another, both included. What is no range is a Problem at the field "period".
func Between(first, last assess.Period) ([]assess.Period, error) {
	at := assess.Place{Field: "period"}
	if first.Kind() != last.Kind() || last.Compare(first) < 0 {
		return nil, assess.Invalid("problem.takeout_range",
			fmt.Sprintf("%s..%s is no range; write the earlier period first, and two of a kind: 2026Q1..2026Q3 or 2025..2026", first, last), "from", first.String(), "to", last.String()).At(at)
	}
	all := []assess.Period{first}
	for p := first; p != last; all = append(all, p) {
		if p = p.Next(); len(all) == MostPeriods {
			return nil, assess.Invalid("problem.takeout_periods", fmt.Sprintf("%s..%s are more than %d periods; choose a shorter range", first, last, MostPeriods),
				"from", first.String(), "to", last.String(), "most", fmt.Sprint(MostPeriods)).At(at)
		}
	}
	return all, nil
}

// Span names the periods of an order as they are typed: 2026Q1, 2026Q1..2026Q3.
func (o Order) Span() string {
	first, last := o.Periods[0], o.Periods[len(o.Periods)-1]
	if first == last {
		return first.String()
	}
	return first.String() + ".." + last.String()
}
