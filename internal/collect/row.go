package collect

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/source"
)

// longestPart is how many characters tell the parts of a figure from each other.
const longestPart = 100

// figure is an entry that was understood.
type figure struct {
	assess.CellKey
	Holding
	entry  assess.Entry
	origin assess.Origin
}

// says tells whether a figure is the same as what is held, whatever the notes.
func (f figure) says(h Holding) bool { return f.State == h.State && f.Value == h.Value }

// ofDistrict says whether a figure is part of the district's report: an item that districts report, with a figure.
func (f figure) ofDistrict() bool { return f.origin == assess.FromDistrict && f.State != assess.Exempt }

// read understands an entry, or says why not. An error is none of the entry's fault.
func (s *shelf) read(ctx context.Context, from sender, e assess.Entry) (figure, *assess.Problem, error) {
	period, fault := from.periodOf(&e)
	if fault != nil {
		return figure{}, fault, nil
	}
	book, err := s.book(ctx, period.CalendarYear())
	if err != nil {
		return figure{}, nil, err
	}
	if book == nil {
		year := strconv.Itoa(period.CalendarYear())
		return figure{}, assess.Invalid("problem.year_undefined",
			fmt.Sprintf("nothing is defined for %s; issue the definitions of that year, or correct the period", year), "year", year).At(e.At("period")), nil
	}
	if fault := from.checkUnit(&e, book, period); fault != nil {
		return figure{}, fault, nil
	}
	d, fault := from.define(e, book, period)
	if fault == nil {
		fault = checkText(e, d)
	}
	if fault != nil {
		return figure{}, fault, nil
	}
	f := figure{
		CellKey: assess.CellKey{Unit: e.Unit, Period: period, Item: d.item.Code, Part: e.Part, Ref: e.Ref},
		Holding: Holding{Note: e.Note}, entry: e, origin: d.item.Origin,
	}
	f.State, fault = stateOf(e)
	switch {
	case fault != nil:
	case f.State == assess.Exempt && !from.ofCity():
		fault = assess.Forbidden("problem.exempt_by_city",
			"only the city marks a figure as not applicable; ask it to, or write the figure").At(e.At("value"))
	case f.State == assess.Reported || f.State == assess.ZeroReport:
		f.State, f.Value, fault = d.value(e, f.State)
	}
	return f, fault, nil
}

// periodOf reads the period of an entry and completes the entry by it.
func (s sender) periodOf(e *assess.Entry) (assess.Period, *assess.Problem) {
	if e.PeriodText == "" && !s.period.IsZero() {
		e.PeriodText = s.period.String()
	}
	period, err := assess.ParsePeriod(e.PeriodText)
	if err != nil {
		return period, problemOf(err).At(e.At("period"))
	}
	if !s.period.IsZero() && period != s.period {
		return period, assess.Invalid("problem.period_other", fmt.Sprintf("the row is of %s, but %s was asked for; hand it in by itself", period, s.period),
			"period", period.String(), "asked", s.period.String()).At(e.At("period"))
	}
	if !s.today.IsZero() && period.FirstDay().After(s.today) {
		return period, assess.Invalid("problem.period_future",
			fmt.Sprintf("%s has not begun, so there are no figures of it yet; correct the period", period), "period", period.String()).At(e.At("period"))
	}
	return period, nil
}

// checkUnit answers why the sender may not speak for the unit of an entry, and completes the entry by it.
func (s sender) checkUnit(e *assess.Entry, book *book, period assess.Period) *assess.Problem {
	if e.Unit == "" {
		e.Unit = s.unit
	}
	at := e.At("unit")
	unit, known := book.units[e.Unit]
	code := source.Excerpt(string(e.Unit))
	switch {
	case e.Unit == "":
		return assess.Invalid("problem.unit_empty", "the row names no unit; write the unit's code").At(at)
	case s.unit != "" && e.Unit != s.unit:
		return assess.Forbidden("problem.unit_other", fmt.Sprintf("the row is of unit %s, but %s was asked for; hand it in by itself", quoted(code), s.unit),
			"unit", code, "asked", string(s.unit)).At(at)
	case !known:
		return assess.Invalid("problem.unit_code", fmt.Sprintf("%s is not the code of a unit; units are known by their code, such as %s, or by the words of the mapping", quoted(code), book.exampleUnit()),
			"unit", code, "example", string(book.exampleUnit())).At(at)
	case !s.speaksFor(e.Unit):
		return assess.Forbidden("problem.unit_foreign",
			fmt.Sprintf("the source %s does not speak for unit %s; correct the unit, or the units of the source", s.name, code),
			"source", string(s.name), "unit", code).At(at)
	case !unit.In(period):
		return assess.Invalid("problem.unit_period", fmt.Sprintf("unit %s does not exist in %s; correct the period or the unit", code, period),
			"unit", code, "period", period.String()).At(at)
	}
	return nil
}

func (b *book) exampleUnit() assess.UnitCode {
	if units := b.edition.Roster.Units; len(units) > 0 {
		return units[0].Code
	}
	return ""
}

// define answers what the code of an entry means, or why this sender cannot set it in this period.
func (s sender) define(e assess.Entry, book *book, period assess.Period) (*definition, *assess.Problem) {
	at, code := e.At("code"), source.Excerpt(string(e.Code))
	d := book.codes[e.Code]
	switch {
	case e.Code == "":
		return nil, assess.Invalid("problem.item_empty", "the row names no item; write the item's code").At(at)
	case d == nil:
		if near := book.closest(e.Code); near != "" {
			return nil, assess.Invalid("problem.item_misspelt", fmt.Sprintf("%s is not an item of %d; did you mean %s?", quoted(code), period.CalendarYear(), near),
				"item", code, "year", strconv.Itoa(period.CalendarYear()), "guess", string(near)).At(at)
		}
		return nil, assess.Invalid("problem.item_unknown", fmt.Sprintf("%s is not an item of %d; write the code of an item, or say in the mapping of the source what this name means", quoted(code), period.CalendarYear()),
			"item", code, "year", strconv.Itoa(period.CalendarYear())).At(at)
	case d.item.Origin == assess.Computed:
		return nil, assess.Invalid("problem.item_computed", fmt.Sprintf("%s is computed from other items; leave the row out", code), "item", code).At(at)
	case !s.supplied(d.item, e):
		return nil, assess.Forbidden("problem.item_from_"+string(d.item.Origin),
			fmt.Sprintf("%s is supplied by %s, which %s does not do; leave the row out, or let the source supply it", code, supplier(d.item.Origin), s.name),
			"item", code, "source", string(s.name)).At(at)
	}
	if want := dueIn(d.item.Frequency, period); want != "" && !s.anyPeriod {
		return nil, assess.Invalid("problem.item_"+string(d.item.Frequency), fmt.Sprintf("%s is %s; write the period %s", code, d.item.Frequency, want),
			"item", code, "want", want).At(e.At("period"))
	}
	return d, nil
}

// supplied says whether the sender may set an item: one of an origin it supplies, or any that the city marks as not applicable.
func (s sender) supplied(item assess.Item, e assess.Entry) bool {
	for _, origin := range s.supplies {
		if origin == item.Origin || item.Origin == "" {
			return true
		}
	}
	state, fault := stateOf(e)
	return fault == nil && state == assess.Exempt && s.ofCity()
}

func supplier(o assess.Origin) string {
	switch o {
	case assess.FromDistrict:
		return "the district"
	case assess.FromCity:
		return "the city"
	case assess.FromRegister:
		return "a register"
	}
	return "the system"
}

// dueIn answers the period an item should be filed under instead, "" when it is right. An annual item is filed under its year.
func dueIn(f assess.Frequency, p assess.Period) string {
	switch {
	case f == assess.Quarterly && p.Kind() != assess.Quarter:
		return p.LastQuarter().String()
	case f == assess.Annual && p.Kind() != assess.Year:
		return p.Year().String()
	}
	return ""
}

// checkText answers what is wrong with the text around a figure.
func checkText(e assess.Entry, d *definition) *assess.Problem {
	for _, field := range []struct {
		name, text string
		most       int
	}{{"note", e.Note, assess.LongestNote}, {"part", e.Part, longestPart}, {"ref", e.Ref, longestPart}} {
		if field.text != "" && utf8.RuneCountInString(field.text) > field.most {
			return assess.TooLong(field.name, field.most).At(e.At(field.name))
		}
	}
	if !d.parted && (e.Part != "" || e.Ref != "") {
		return assess.Invalid("problem.part_unused",
			fmt.Sprintf("%s has one value for a unit and period; part and ref are for ratings, deductions and bonus, leave them empty", d.item.Code),
			"item", string(d.item.Code)).At(e.At("part"))
	}
	return nil
}

func problemOf(err error) *assess.Problem {
	if p, ok := errors.AsType[*assess.Problem](err); ok {
		return p
	}
	return assess.Invalid("problem.unreadable", err.Error()).Because(err)
}

// quoted writes a piece of what was handed in for a message.
func quoted(s string) string { return `"` + source.Excerpt(s) + `"` }
