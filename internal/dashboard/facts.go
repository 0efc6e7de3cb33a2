package dashboard

import (
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
)

// facts tells what an indicator is: definition, formula, direction, method, target, department, items.
func (r *resolver) facts(d PanelDefinition, p *Panel) error {
	code, err := r.one(d.Query)
	if err != nil {
		return err
	}
	p.Facts = &Facts{Items: r.definition(code)}
	return nil
}

// definition lists what is written about a node in the edition.
func (r *resolver) definition(code assess.Code) (facts []Fact) {
	s, ok := r.now.spots[code]
	if !ok {
		return nil
	}
	add := func(term string, value Sentence) {
		if value.Plain() != "" {
			facts = append(facts, Fact{Term: r.words.T("indicator." + term), Value: value})
		}
	}
	add("belongs_to", r.aboveText(s))
	ind := s.node.Indicator
	if ind == nil {
		add("note", words(s.node.Note.In(r.req.Lang)))
		add("weight", words(s.node.Weight.String()))
		add("department", words(r.department(s.node.Department)))
		return facts
	}
	add("definition", words(ind.Definition.In(r.req.Lang)))
	add("formula", words(r.formulaText(ind.Value)))
	add("direction", words(r.words.T("direction."+string(ind.Direction))))
	add("accumulation", words(r.words.T("accumulation."+string(ind.Accumulation))))
	add("method", words(r.words.T("method."+string(ind.Method.Kind))))
	add("weight", words(s.node.Weight.String()))
	add("target", words(r.targetText(ind)))
	add("phasing", words(r.phasingText(ind.Method.Phasing)))
	add("small_sample", words(r.minDenominatorText(ind)))
	add("not_applicable", words(ind.WhenNot.In(r.req.Lang)))
	add("department", words(r.department(ind.Department)))
	add("items", words(r.itemsText(ind.Value)))
	return facts
}

func (r *resolver) aboveText(s spot) (text Sentence) {
	for i, n := range s.above {
		if i > 0 {
			text = append(text, Fragment{Text: " › "})
		}
		name := r.nodeName(r.now, n.Code)
		text = append(text, Fragment{Text: name.Full, Link: name.Link})
	}
	return text
}

// formulaText writes how the value is made, with the names of its items: 已建会企业数 ÷ 应建会企业数 × 100.
func (r *resolver) formulaText(f assess.Formula) string {
	switch {
	case f.Item != "":
		return r.itemName(f.Item).Full
	case f.Numerator != "":
		text := r.itemName(f.Numerator).Full + " ÷ " + r.itemName(f.Denominator).Full
		if f.Scale != 0 && f.Scale != 1 {
			text += " × " + i18n.Number(f.Scale, 0)
		}
		return text
	}
	return f.Expr
}

func (r *resolver) itemsText(f assess.Formula) string {
	var names []string
	for _, code := range []assess.Code{f.Item, f.Numerator, f.Denominator} {
		if code == "" {
			continue
		}
		name := r.itemName(code).Full
		if item, ok := r.now.item(code); ok {
			name += r.words.T("common.bracket", "text", r.words.T("origin."+string(item.Origin)))
		}
		names = append(names, name)
	}
	return r.words.List(names)
}

func (r *resolver) targetText(ind *assess.Indicator) string {
	t := ind.Target
	switch {
	case t == nil:
		return ""
	case t.FullYear != nil:
		return r.words.T("indicator.target_same", "value", r.amount(ind, *t.FullYear))
	case t.Low != nil && t.High != nil:
		return r.words.T("indicator.target_band", "low", r.amount(ind, *t.Low), "high", r.amount(ind, *t.High))
	}
	return r.words.T("indicator.target_set")
}

func (r *resolver) phasingText(phasing []float64) string {
	if len(phasing) == 0 {
		return ""
	}
	parts := make([]string, len(phasing))
	for i, x := range phasing {
		parts[i] = i18n.Number(x, 0) + "%"
	}
	return strings.Join(parts, " / ")
}

func (r *resolver) minDenominatorText(ind *assess.Indicator) string {
	if ind.MinDenominator <= 0 {
		return ""
	}
	return r.words.T("indicator.min_denominator", "n", i18n.Number(ind.MinDenominator, 0))
}

func (r *resolver) department(code assess.Code) string {
	for _, d := range r.now.edition().Departments {
		if d.Code == code {
			return d.Name.In(r.req.Lang)
		}
	}
	return string(code)
}
