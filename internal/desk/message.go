package desk

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/quality"
)

// messages answers what is to be said of each field, and under "" of the report as a whole, while it can still be answered.
func (b *builder) messages() map[assess.Code][]Message {
	notes := map[assess.Code][]Message{}
	if b.filing.State == assess.Locked || b.filing.State == assess.FilingMissing {
		return notes
	}
	for code, e := range b.entries { // each says its own, so the order does not matter
		switch {
		case !b.answerable(code):
		case e.fault != nil:
			notes[code] = append(notes[code], Message{Level: Error, Problem: e.fault})
		case e.state == assess.Missing && e.note == "":
			notes[code] = append(notes[code], Message{Level: Error, Problem: assess.Invalid("problem.missing_note",
				"a figure that cannot be had needs a note that says why")})
		case e.state == assess.Reported || e.state == assess.ZeroReport:
			if m, ok := b.implausible(code, e); ok {
				notes[code] = append(notes[code], m)
			}
		}
	}
	b.findings(notes)
	for code, e := range b.entries {
		if m, ok := b.leap(code, e); ok && b.answerable(code) && !slices.ContainsFunc(notes[code], sizeAsked) {
			notes[code] = append(notes[code], m)
		}
	}
	b.question(notes, b.unusual)
	for _, messages := range notes {
		slices.SortStableFunc(messages, func(a, b Message) int { return cmp.Compare(a.Level, b.Level) }) // error before warning
	}
	return notes
}

// findings adds what the validation rules, the contradictions and the statistics of a figure's own past say, each to the first
// field that can still be changed, errors first.
func (b *builder) findings(notes map[assess.Code][]Message) {
	found := b.checks.Check(quality.Report{Unit: b.unit.Code, Period: b.period, Figures: b.figures})
	quality.Sort(found)
	for _, f := range found {
		m := messageOf(f)
		if len(f.Items) == 0 {
			notes[""] = append(notes[""], m)
			continue
		}
		at := slices.IndexFunc(f.Items, b.answerable)
		if at < 0 {
			continue // nothing the district could do about it
		}
		code := f.Items[at]
		m.Others = slices.DeleteFunc(slices.Clone(f.Items), func(c assess.Code) bool { return c == code })
		notes[code] = append(notes[code], m)
	}
}

// answerable says whether something can be done about a figure: the district types it, it stands there, and it is not locked. To the
// city that is one that waits.
func (b *builder) answerable(code assess.Code) bool {
	p := b.typed[code]
	switch {
	case p == nil || !p.due(b.period) || b.entries[code].blank():
		return false
	case b.review:
		return waits(b.cell(code))
	}
	return b.shut != nil || b.locked(p) == nil
}

// waits says whether a figure that was handed in waits for a decision.
func waits(s assess.CellState) bool { return s == assess.CellFilled || s == assess.CellRefilled }

func messageOf(f quality.Finding) Message {
	level := Warning
	if f.Level == quality.Error {
		level = Error
	}
	return Message{
		Level: level, Rule: assess.Code(f.Check), Says: f.Rule,
		Problem: &assess.Problem{Kind: assess.ErrInvalid, Key: f.Key, Args: f.Args, Message: f.Message},
	}
}

// implausible asks about a figure outside the usual range of its peer group.
func (b *builder) implausible(code assess.Code, e entry) (Message, bool) {
	question, ok := quality.Implausible(b.items[code], b.unit.Group, e.value)
	return Message{Level: Warning, Rule: "plausible", Problem: question}, ok
}

// The rule of a leap: what the quarter added is more than so many times the most that one of the last four quarters did. It takes
// at least two earlier quarters, and figures of some size, for one case may become four.
const (
	leapTimes = 3
	leapLeast = 20
	leapPast  = 4
)

// leap asks about a figure that grew far more in the quarter than it ever did of late.
func (b *builder) leap(code assess.Code, e entry) (Message, bool) {
	item := b.items[code]
	if item.Frequency == assess.Annual || item.Type != assess.Count && item.Type != assess.Money || item.Accumulation == assess.Stock {
		return Message{}, false
	}
	now, ok := b.added(item, b.period)
	if !ok || now.LessThan(decimal.NewFromInt(leapLeast)) {
		return Message{}, false
	}
	most, known := decimal.Decimal{}, 0
	for n, p := 0, b.period.Prev(); n < leapPast; n, p = n+1, p.Prev() {
		if d, ok := b.added(item, p); ok {
			most, known = decimal.Max(most, d), known+1
		}
	}
	if known < 2 || now.LessThanOrEqual(most.Mul(decimal.NewFromInt(leapTimes))) {
		return Message{}, false
	}
	return Message{Level: Warning, Rule: "leap", Problem: assess.Invalid("problem.leap",
		fmt.Sprintf("%s in the quarter, where the most of the last four was %s; check the figure, or say in the note what was done", now, most),
		"value", now.String(), "most", most.String())}, true
}

// added answers what a quarter added to an item.
func (b *builder) added(item *assess.Item, at assess.Period) (decimal.Decimal, bool) {
	now, ok := b.number(item.Code, at)
	if !ok || item.Accumulation != assess.YTD || at.Part() == 1 {
		return now, ok
	}
	was, ok := b.number(item.Code, at.Prev())
	return now.Sub(was), ok
}

// sizeAsked says whether a message asks about the size of the figure already, or refuses it.
func sizeAsked(m Message) bool { return m.Level == Error || m.Rule == assess.Code(quality.OtherUnit) }
