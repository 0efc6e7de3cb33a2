package desk

import (
	"context"
	"fmt"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/evidence"
	"github.com/unionboard/unionboard/internal/quality"
)

// Form answers the form of a district for a quarter, as it stands. A unit or quarter without a form is ErrNotFound.
func (d *Desk) Form(ctx context.Context, unit assess.UnitCode, period assess.Period, now time.Time) (*Form, error) {
	b, err := d.open(ctx, unit, period, now)
	if err != nil {
		return nil, err
	}
	return b.form(), nil
}

// builder makes a form of what is known and what was typed.
type builder struct {
	*known
	shut   *assess.Problem // why nothing can be typed now
	over   bool            // the cut-off has come
	drafts map[assess.Code]assess.DraftCell
	// review: as the city sees it, without what is typed and not handed in; unusual are the statistics' questions about it.
	review  bool
	unusual []quality.Finding
	// entries are the figures of the typed fields, as the form counts with them; figures are these with the past.
	entries map[assess.Code]entry
	figures quality.Figures
	saves   int64
}

// entry is what stands in a typed field.
type entry struct {
	state assess.State
	value string
	note  string
	by    string
	draft bool
	fault *assess.Problem // what was typed cannot be read
}

// blank says whether nothing stands in the field at all.
func (e entry) blank() bool { return e.state == "" && e.fault == nil }

func (d *Desk) open(ctx context.Context, unit assess.UnitCode, period assess.Period, now time.Time) (*builder, error) {
	k, err := d.look(ctx, unit, period)
	if err != nil {
		return nil, err
	}
	drafts, err := d.Store.Drafts(ctx, unit, period)
	if err != nil {
		return nil, fmt.Errorf("form of %s %s: %w", unit, period, err)
	}
	return newBuilder(k, drafts, now), nil
}

func newBuilder(k *known, drafts []assess.DraftCell, now time.Time) *builder {
	b := &builder{known: k, shut: k.shutBy(now), over: k.ended(now), drafts: map[assess.Code]assess.DraftCell{}, entries: map[assess.Code]entry{}}
	for _, draft := range drafts {
		b.drafts[draft.Item] = draft
		b.saves += draft.Revision // revisions count from 1 within a cell
	}
	b.figures = make(quality.Figures, len(k.past)+len(k.held)+len(k.typed))
	for cell, f := range k.past {
		b.figures[cell] = f
	}
	for code, h := range k.held {
		b.put(code, h.state, h.value)
	}
	for code, f := range k.typed {
		if f.due(k.period) {
			e := b.enter(f)
			b.entries[code] = e
			b.put(code, e.state, e.value)
		}
	}
	return b
}

// put sets the figure of an item in the quarter.
func (b *builder) put(code assess.Code, state assess.State, value string) {
	cell := quality.Cell{Period: b.period, Item: code}
	if item, ok := b.items[code]; ok && item.Frequency == assess.Annual {
		cell.Period = b.period.Year()
	}
	b.figures[cell] = quality.Figure{State: state, Value: value}
}

// enter answers what stands in a typed field: what was typed, or what is held. Once the report was handed in, what was handed in
// holds, but for figures that came back and were typed again since.
func (b *builder) enter(f *fieldPlan) entry {
	draft, held := b.drafts[f.item.Code], b.held[f.item.Code]
	_, isHeld := b.held[f.item.Code]
	switch {
	case held.state == assess.Exempt:
		return entry{state: assess.Exempt, note: held.note}
	case draft.Revision > 0 && (b.first || !isHeld || b.retyped(f.item.Code)):
		return b.typedEntry(f, draft)
	case isHeld:
		return entry{state: held.state, value: held.value, note: held.note, by: held.by}
	}
	return entry{}
}

func (b *builder) typedEntry(f *fieldPlan, draft assess.DraftCell) entry {
	e := entry{note: draft.Note, by: draft.By, draft: true}
	if draft.State == assess.Missing {
		e.state = assess.Missing
		return e
	}
	e.state, e.value, e.fault = b.reader.Read(f.item.Code, draft.Value)
	if e.state == assess.Missing { // a blank is no declaration
		e.state = ""
	}
	return e
}

// retyped says whether a figure that came back was typed again since.
func (b *builder) retyped(code assess.Code) bool {
	said, ok := b.returned(code)
	return ok && b.drafts[code].Revision > said.Revision
}

// cell answers where the figure of a typed field stands.
func (b *builder) cell(code assess.Code) assess.CellState {
	held, isHeld := b.held[code]
	e := b.entries[code]
	_, back := b.returned(code)
	switch {
	case back && b.retyped(code) && !e.blank():
		return assess.CellRefilled
	case back && b.over:
		return assess.CellMissing
	case back:
		return assess.CellReturned
	case b.first && e.draft && !e.blank():
		return assess.CellFilled
	case isHeld && held.accepted, b.decided[code].Accepted && !isHeld:
		return assess.CellAccepted
	case isHeld && held.state == assess.Missing, e.blank() && b.over:
		return assess.CellMissing
	case isHeld && b.decided[code].Seq > 0: // it was sent back, and handed in again
		return assess.CellRefilled
	case e.blank():
		return assess.CellEmpty
	}
	return assess.CellFilled
}

func (b *builder) form() *Form {
	form := &Form{
		Unit: b.unit, Period: b.period, Edition: b.edition, Filing: b.filing, Cycle: b.known.cycle, Shut: b.shut, Steps: b.steps,
		OpensAt: b.opensAt(), Deadline: b.dates.LateAfter(b.unit.Code), CutOff: b.cutOff(), Due: b.due(),
	}
	notes := b.messages()
	form.General = notes[""]
	number := 0
	for i := range b.sections {
		s := b.section(i, notes, &number)
		if len(s.Fields) == 0 {
			continue
		}
		form.Sections = append(form.Sections, s)
		form.Counts.add(s.Counts)
	}
	for _, draft := range b.drafts { // the latest of all, whatever the order
		if draft.At.After(form.SavedAt) {
			form.SavedAt = draft.At
		}
	}
	return form
}

func (b *builder) section(i int, notes map[assess.Code][]Message, number *int) Section {
	p := &b.sections[i]
	s := Section{Code: p.code, Name: p.name, Framework: p.framework, Department: p.department}
	for _, plan := range p.fields {
		if !plan.due(b.period) {
			continue
		}
		f := b.field(plan, notes[plan.item.Code])
		if f.Kind != Computed {
			*number++
			f.Number = *number
		}
		s.Fields = append(s.Fields, f)
		s.Counts.add(b.count(&f))
	}
	return s
}

// add adds the counts of a part.
func (c *Counts) add(part Counts) {
	c.Typed += part.Typed
	c.Filled += part.Filled
	c.Unread += part.Unread
	c.Errors += part.Errors
	c.Warnings += part.Warnings
	c.Unnoted += part.Unnoted
	c.Unproved += part.Unproved
	c.Returned += part.Returned
	c.Unchanged += part.Unchanged
}

// count answers what one field adds to the counts. What does not apply is not the district's to fill.
func (b *builder) count(f *Field) (c Counts) {
	if f.Kind != Typed || f.State == assess.Exempt {
		return c
	}
	c.Typed = 1
	e := b.entries[f.Item.Code]
	switch {
	case e.fault != nil:
		c.Unread = 1
	case !e.blank():
		c.Filled = 1
	}
	warned := false
	for _, m := range f.Messages {
		switch m.Level {
		case Error:
			c.Errors++
		case Warning:
			c.Warnings++
			warned = true
		}
	}
	if warned && e.note == "" {
		c.Unnoted = 1
	}
	if f.Unproved() && f.Locked == nil {
		c.Unproved = 1
	}
	if f.Cell == assess.CellReturned {
		c.Returned = 1
	}
	if f.Unchanged {
		c.Unchanged = 1
	}
	return c
}

// Unproved says whether the field holds a claim whose evidence is asked for and not there.
func (f *Field) Unproved() bool {
	return f.EvidenceAsked && f.EvidenceCount == 0 && evidence.Claims(f.State)
}

// confirmable says whether a typed field is a stock that stands empty and can be confirmed as unchanged.
func (b *builder) confirmable(f *Field) bool {
	return f.Item.Accumulation == assess.Stock && f.Item.Frequency != assess.Annual && f.Locked == nil && b.shut == nil &&
		b.entries[f.Item.Code].blank() && f.Previous.Value != ""
}

// due answers when the district has to have done what it owes: after a return, whatever became of it since, that is when the figures
// have to be back.
func (k *known) due() time.Time {
	due := k.dates.LateAfter(k.unit.Code)
	if k.filing.Rounds == 0 {
		return due
	}
	for _, step := range k.steps {
		if step.To == assess.Returned {
			due = k.dates.AnswerBy(step.At)
		}
	}
	return due
}

func (k *known) opensAt() time.Time { return k.dates.OpensAt() }

// cutOff is when what has not come is missing.
func (k *known) cutOff() time.Time { return k.dates.CutOff() }
