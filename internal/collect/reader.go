package collect

import (
	"strings"

	"golang.org/x/text/width"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/source"
)

// Reader reads the values that people type into a form, by the definitions of an edition, as the gate will read them when they are
// handed in. It never changes and is safe for concurrent use.
type Reader struct{ book *book }

// NewReader makes a Reader of an edition.
func NewReader(edition *assess.Edition) *Reader { return &Reader{newBook(edition)} }

// Read answers the state of a figure and its value as a plain decimal, truth or level, or why the text is none. A blank is missing.
// An item that is unknown takes any number.
func (r *Reader) Read(item assess.Code, text string) (assess.State, string, *assess.Problem) {
	state, value, fault := r.read(item, text)
	if fault != nil {
		fault.Place = assess.Place{} // the form knows where
	}
	return state, value, fault
}

func (r *Reader) read(item assess.Code, text string) (assess.State, string, *assess.Problem) {
	d := r.book.codes[item]
	if d == nil {
		d = &definition{item: assess.Item{Code: item}}
	}
	text = strings.TrimSpace(width.Narrow.String(text))
	e := assess.Entry{Code: item, Value: text}
	state, fault := stateOf(e)
	switch {
	case fault != nil || state == assess.Missing:
		return state, "", fault
	case state == assess.Exempt:
		return "", "", assess.Forbidden("problem.exempt_by_city", "only the city marks a figure as not applicable; ask it to, or write the figure")
	case d.item.Type == assess.Boolean || len(d.item.Levels) > 0:
		return d.value(e, state)
	}
	n, err := source.ParseTyped(text, d.item.Measure.ZH)
	if err != nil {
		return "", "", problemOf(err)
	}
	e.Value = n.String()
	return d.value(e, state)
}

// Parted says whether an item may come in parts, as ratings, deductions and bonus do: it has no one value.
func (r *Reader) Parted(item assess.Code) bool {
	d := r.book.codes[item]
	return d != nil && d.parted
}
