package desk

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/quality"
)

// field makes a line of the form.
func (b *builder) field(p *fieldPlan, messages []Message) Field {
	f := Field{Kind: p.kind, Item: p.item, Period: p.filedUnder(b.period), UsedBy: p.item.UsedBy, Messages: messages}
	f.Previous, f.YearAgo = b.pastOf(p)
	switch {
	case p.rate != nil:
		f.Of = []assess.Code{p.rate.Value.Numerator, p.rate.Value.Denominator}
		b.fillRate(&f, p.rate)
	case p.kind == Computed:
		f.Shown, f.State = b.made(p.item.Code, b.period)
		f.Explained = assess.Invalid("problem.computed_formula", "made of other figures: "+p.item.Formula, "formula", p.item.Formula)
	case p.kind == Supplied:
		held := b.held[p.item.Code]
		f.Shown, f.State = held.value, held.state
		f.Explained = supplied(p.item.Origin)
	default:
		b.fillTyped(&f, p)
	}
	f.Net, f.OnYear = b.movement(&f)
	return f
}

func (b *builder) fillTyped(f *Field, p *fieldPlan) {
	e := b.entries[p.item.Code]
	f.Draft, f.Shown, f.State = b.drafts[p.item.Code], e.value, e.state
	f.Cell, f.Locked = b.cell(p.item.Code), b.locked(p)
	f.Unchanged = b.confirmable(f)
	if said, back := b.returned(p.item.Code); back {
		f.Return = &said
	}
	f.EvidenceKinds, f.EvidenceCount = p.evidence, b.files[p.item.Code]
	if b.review {
		f.EvidenceCount = b.handedIn[p.item.Code]
	}
	f.EvidenceAsked = b.files != nil && len(p.evidence) > 0
}

// supplied says who supplies what the district does not type.
func supplied(o assess.Origin) *assess.Problem {
	switch o {
	case assess.FromCity:
		return assess.Invalid("problem.supplied_city", "the city supplies the figure; nothing to type")
	case assess.FromRegister:
		return assess.Invalid("problem.supplied_register", "counted from the register; keep the register, nothing to type")
	}
	return assess.Invalid("problem.supplied_system", "the program counts the figure; nothing to type")
}

// pastOf answers the figures of last quarter and of the same quarter of last year; of an annual item the year before, for both.
func (b *builder) pastOf(p *fieldPlan) (previous, yearAgo Past) {
	if p.item.Frequency == assess.Annual {
		last := b.period.Year().Prev()
		return b.pastAt(p, last), b.pastAt(p, last)
	}
	return b.pastAt(p, b.period.Prev()), b.pastAt(p, b.period.LastYear())
}

func (b *builder) pastAt(p *fieldPlan, at assess.Period) Past {
	past := Past{Period: at}
	switch {
	case p.rate != nil:
		if d, ok := b.rateAt(p.rate, at); ok {
			past.Value, past.State = d.StringFixed(int32(p.rate.Decimals)), assess.Reported
		}
	case p.item.Origin == assess.Computed:
		past.Value, past.State = b.made(p.item.Code, at)
	default:
		f := b.figures[quality.Cell{Period: at, Item: p.item.Code}]
		past.Value, past.State = f.Value, f.State
	}
	return past
}

// made answers what a computed item comes to.
func (b *builder) made(code assess.Code, at assess.Period) (string, assess.State) {
	value, ok := b.checks.Value(quality.Report{Unit: b.unit.Code, Period: at, Figures: b.figures}, code)
	if !ok {
		return "", ""
	}
	return value, assess.Reported
}

// number answers the figure of an item in a period.
func (b *builder) number(code assess.Code, at assess.Period) (decimal.Decimal, bool) {
	if b.items[code].Frequency == assess.Annual {
		at = at.Year()
	}
	value, ok := b.checks.Value(quality.Report{Unit: b.unit.Code, Period: at.LastQuarter(), Figures: b.figures}, code)
	if !ok {
		return decimal.Decimal{}, false
	}
	d, err := decimal.NewFromString(value)
	return d, err == nil
}

// rateAt answers an indicator's quotient at its declared precision.
func (b *builder) rateAt(in *assess.Indicator, at assess.Period) (decimal.Decimal, bool) {
	n, okN := b.number(in.Value.Numerator, at)
	d, okD := b.number(in.Value.Denominator, at)
	if !okN || !okD || d.IsZero() {
		return decimal.Decimal{}, false
	}
	return n.Mul(decimal.NewFromFloat(in.Value.Scale)).DivRound(d, int32(in.Decimals)), true
}

func (b *builder) fillRate(f *Field, in *assess.Indicator) {
	if d, ok := b.rateAt(in, f.Period); ok {
		f.Shown, f.State = d.StringFixed(int32(in.Decimals)), assess.Reported
	}
	n, okN := b.number(in.Value.Numerator, f.Period)
	d, okD := b.number(in.Value.Denominator, f.Period)
	if !okN || !okD {
		f.Explained = assess.Invalid("problem.computed_later", "numerator by denominator, computed as soon as both are there")
		return
	}
	made := fmt.Sprintf("%s ÷ %s", n, d)
	if in.Value.Scale != 1 {
		made += " × " + decimal.NewFromFloat(in.Value.Scale).String()
	}
	f.Explained = assess.Invalid("problem.computed_rate", "numerator by denominator: "+made, "made", made)
}

// movement answers what the quarter added, and the change on the same quarter of last year: in percent, of rates in points.
func (b *builder) movement(f *Field) (net string, onYear *float64) {
	now, err := decimal.NewFromString(f.Shown)
	if err != nil || f.Shown == "" || f.Item.Type == assess.Boolean || len(f.Item.Levels) > 0 {
		return "", nil
	}
	if f.Item.Accumulation == assess.Stock || f.Item.Accumulation == assess.YTD || f.Item.Type == assess.Percent {
		switch was, err := decimal.NewFromString(f.Previous.Value); {
		case f.Item.Accumulation == assess.YTD && b.period.Part() == 1 && f.Of == nil:
			net = now.String()
		case err == nil && f.Item.Frequency != assess.Annual:
			net = now.Sub(was).String()
		}
	}
	was, err := decimal.NewFromString(f.YearAgo.Value)
	switch {
	case err != nil:
	case f.Item.Type == assess.Percent:
		points := now.Sub(was).InexactFloat64()
		onYear = &points
	case was.IsPositive():
		percent := now.Sub(was).Mul(decimal.NewFromInt(100)).DivRound(was, 6).InexactFloat64()
		onYear = &percent
	}
	return net, onYear
}
