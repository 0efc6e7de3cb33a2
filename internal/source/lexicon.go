package source

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
	"golang.org/x/text/width"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/tabular"
)

// lexicon is the words of a mapping, by their folded form.
type lexicon struct {
	mapping              *Mapping
	units, items, states map[string]Word
	missing              map[string]bool
	// dashes: —, … and the like are no figure.
	dashes bool
}

func newLexicon(m *Mapping) *lexicon {
	if m == nil {
		m = &Mapping{}
	}
	index := func(words []Word) map[string]Word {
		all := make(map[string]Word, len(words))
		for _, w := range words {
			all[tabular.Fold(w.Word)] = w
		}
		return all
	}
	l := &lexicon{
		mapping: m, units: index(m.Units), items: index(m.Items), states: index(m.States), missing: map[string]bool{},
		dashes: len(m.Columns) > 0,
	}
	for _, w := range m.Missing {
		l.missing[tabular.Fold(w)] = true
	}
	return l
}

// none says whether a text stands for no figure.
func (l *lexicon) none(text string) bool {
	return l.missing[tabular.Fold(text)] || l.dashes && tabular.Nothing(text)
}

// said is a row in the words of its source; factor is that of its column.
type said struct {
	assess.Entry
	factor string
}

// understand puts codes, periods and plain figures in the place of the source's words. leave says that the mapping leaves the row out.
// What it does not know stays as it is, for the gate to refuse.
func (l *lexicon) understand(e *said) (leave bool, fault *assess.Problem) {
	for _, one := range []struct {
		words map[string]Word
		text  string
		put   func(string)
	}{
		{l.units, string(e.Unit), func(code string) { e.Unit = assess.UnitCode(code) }},
		{l.states, e.State, func(code string) { e.State = code }},
	} {
		if w, ok := one.words[tabular.Fold(one.text)]; ok {
			one.put(w.Code)
			leave = leave || w.Code == ""
		}
	}
	scale := ""
	if w, ok := l.items[tabular.Fold(string(e.Code))]; ok {
		leave, scale = leave || w.Code == "", w.Factor
		e.Code = assess.Code(w.Code)
	}
	if leave {
		return true, nil
	}
	if fault := l.period(e); fault != nil {
		return false, fault
	}
	if l.none(e.Value) {
		e.Value = ""
	}
	if scale == "" {
		scale = e.factor
	}
	if number, sign := strings.CutSuffix(strings.TrimSpace(width.Narrow.String(e.Value)), "%"); sign {
		e.Value, e.Percent = strings.TrimSpace(number), true // the sign says its measure, whatever the others of the column are in
		return false, nil
	}
	e.Value = times(e.Value, scale)
	return false, nil
}

// period reads the period of a row in any of its forms.
func (l *lexicon) period(e *said) *assess.Problem {
	if e.PeriodText == "" {
		return nil
	}
	p, ok := tabular.Period(e.PeriodText, l.mapping.Year)
	if !ok {
		return badPeriod(e.PeriodText).At(e.At("period"))
	}
	long, ok := l.mapping.Length.of(p)
	if !ok {
		return assess.Invalid("problem.mapping_length",
			fmt.Sprintf("%s does not end a %s, and the mapping reads figures of that length; leave the row out, or correct its period", quoted(e.PeriodText), l.mapping.Length),
			"value", Excerpt(e.PeriodText), "length", string(l.mapping.Length)).At(e.At("period"))
	}
	e.PeriodText = long.String()
	return nil
}

// times multiplies a figure by a factor. One that brings its own measure – 1.2万 – is not multiplied again, and what is no number
// stays as it is.
func times(text, by string) string {
	if text == "" {
		return text
	}
	if n, err := ParseTyped(text, ""); err == nil && strings.ContainsAny(text, "万亿") {
		return n.String()
	}
	f, ok := factor(by)
	if !ok || f.Equal(decimal.NewFromInt(1)) {
		return text
	}
	n, err := ParseNumber(text)
	if err != nil || n.Scientific {
		return text
	}
	return n.Mul(f).String()
}

// reword understands what a promised form brought, by the words of a mapping.
func (r Reading) reword(m *Mapping) Reading {
	if m == nil {
		return r
	}
	l := newLexicon(m)
	entries := r.Entries
	r.Entries = nil
	left := 0
	for _, e := range entries {
		raw := e
		one := said{Entry: e}
		leave, fault := l.understand(&one)
		switch {
		case leave:
			left++
		case fault != nil:
			r.Refused = append(r.Refused, assess.Rejection{Place: fault.Place, Unit: raw.Unit, Code: raw.Code, Value: raw.Value, Problem: fault})
		default:
			r.Entries = append(r.Entries, one.Entry)
		}
	}
	r.left(left, "")
	return r
}

// left notes how many rows a mapping left out.
func (r *Reading) left(rows int, file string) {
	if rows == 0 {
		return
	}
	r.Notes = append(r.Notes, assess.Invalid("problem.mapping_left", fmt.Sprintf("%d figures were left out, as the mapping says", rows),
		"n", fmt.Sprint(rows)).At(assess.Place{File: file}))
}
