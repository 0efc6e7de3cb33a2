package desk

import (
	"cmp"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/evidence"
	"github.com/unionboard/unionboard/internal/quality"
)

// plan is the form as an edition lays it out: the same for every district and quarter. It never changes.
type plan struct {
	edition  *assess.Edition
	checks   *quality.Checks
	reader   *collect.Reader
	sections []sectionPlan
	typed    map[assess.Code]*fieldPlan // by item
	items    map[assess.Code]*assess.Item
}

// sectionPlan is a dimension with its fields.
type sectionPlan struct {
	code       assess.Code
	name       assess.Text
	framework  assess.Code
	department assess.Code
	fields     []*fieldPlan
}

// fieldPlan is a line of the form: an item, or the rate of an indicator.
type fieldPlan struct {
	kind     Kind
	item     assess.Item // of a rate a made one, under the indicator's code and name
	rate     *assess.Indicator
	evidence []assess.Code
	section  int
}

// newPlan lays the form of an edition out.
func newPlan(e *assess.Edition) (*plan, error) {
	checks, err := quality.New(e)
	if err != nil {
		return nil, err
	}
	p := &plan{
		edition: e, checks: checks, reader: collect.NewReader(e),
		typed: map[assess.Code]*fieldPlan{},
	}
	l, asked := newLayout(e), evidence.Asked(e)
	p.sections, p.items = l.sections, l.items
	for _, item := range e.Items {
		kind, ok := kindOf(item, p.reader)
		if !ok {
			continue
		}
		f := &fieldPlan{kind: kind, item: item, section: l.sectionOf(item)}
		if kind == Typed {
			f.evidence = asked[item.Code]
			p.typed[item.Code] = f
		}
		s := &p.sections[f.section]
		s.fields = append(s.fields, f)
	}
	p.placeRates(l)
	for i := range p.sections {
		p.sections[i].department = mostOf(p.sections[i].fields)
	}
	p.sections = slices.DeleteFunc(p.sections, func(s sectionPlan) bool { return len(s.fields) == 0 })
	for i := range p.sections {
		for _, f := range p.sections[i].fields {
			f.section = i
		}
	}
	return p, nil
}

// kindOf answers how an item's field comes by its value; ok is false for what stands on no form: ratings, bonus and deductions
// that come in parts, and the yearly verdicts of the city.
func kindOf(item assess.Item, reader *collect.Reader) (Kind, bool) {
	switch {
	case item.Origin == assess.FromDistrict:
		return Typed, !reader.Parted(item.Code)
	case item.Origin == assess.Computed:
		return Computed, true
	case reader.Parted(item.Code), item.Frequency == assess.Annual && item.Type != assess.Count && item.Type != assess.Money:
		return Supplied, false
	}
	return Supplied, true
}

// layout finds for every item its section: the dimension of the first indicator that uses it, in the order of the frameworks.
type layout struct {
	sections []sectionPlan
	first    map[assess.Code]int         // section by item
	shares   map[assess.Code]map[int]int // how often a department's items are used in a section
	rates    []placedRate                // in the order of the frameworks
	items    map[assess.Code]*assess.Item
}

// placedRate is an indicator that is a quotient of two items.
type placedRate struct {
	node *assess.Node
}

func newLayout(e *assess.Edition) *layout {
	l := &layout{
		first: map[assess.Code]int{}, shares: map[assess.Code]map[int]int{}, items: map[assess.Code]*assess.Item{},
	}
	for i := range e.Items {
		l.items[e.Items[i].Code] = &e.Items[i]
	}
	for i := range e.Frameworks {
		framework := &e.Frameworks[i]
		for _, dimension := range framework.Root.Children {
			l.sections = append(l.sections, sectionPlan{code: dimension.Code, name: dimension.Name, framework: framework.Code})
			for _, leaf := range dimension.Leaves() {
				l.use(leaf, len(l.sections)-1)
			}
		}
	}
	if len(l.sections) == 0 { // a catalogue without frameworks has one section
		l.sections = []sectionPlan{{code: "items", name: assess.Text{ZH: "数据项", EN: "Items"}}}
	}
	for code, section := range l.first { // counts do not depend on the order
		item := l.items[code]
		if l.shares[item.Department] == nil {
			l.shares[item.Department] = map[int]int{}
		}
		l.shares[item.Department][section]++
	}
	return l
}

// use notes the items of an indicator.
func (l *layout) use(leaf *assess.Node, section int) {
	made := leaf.Indicator.Value
	for _, code := range []assess.Code{made.Item, made.Numerator, made.Denominator} {
		if l.items[code] == nil {
			continue
		}
		if _, placed := l.first[code]; !placed {
			l.first[code] = section
		}
	}
	if made.Numerator != "" && made.Denominator != "" {
		l.rates = append(l.rates, placedRate{leaf})
	}
}

// sectionOf answers the section of an item; one without use goes where most of its department's items are.
func (l *layout) sectionOf(item assess.Item) int {
	if section, ok := l.first[item.Code]; ok {
		return section
	}
	best, most := 0, 0
	for section := range l.sections {
		if n := l.shares[item.Department][section]; n > most {
			best, most = section, n
		}
	}
	return best
}

// placeRates puts each rate below the last of its two items in the section of its numerator.
func (p *plan) placeRates(l *layout) {
	for _, r := range l.rates {
		made := r.node.Indicator.Value
		numerator := l.items[made.Numerator]
		if numerator == nil || l.items[made.Denominator] == nil {
			continue
		}
		section := &p.sections[l.sectionOf(*numerator)]
		at := -1
		for i, f := range section.fields {
			if f.rate == nil && (f.item.Code == made.Numerator || f.item.Code == made.Denominator) {
				at = i
			}
		}
		if at < 0 {
			continue // neither stands on the form
		}
		for at+1 < len(section.fields) && section.fields[at+1].rate != nil {
			at++
		}
		section.fields = slices.Insert(section.fields, at+1, &fieldPlan{kind: Computed, item: rateItem(r.node), rate: r.node.Indicator})
	}
}

// rateItem shows a rate like an item.
func rateItem(n *assess.Node) assess.Item {
	in := n.Indicator
	return assess.Item{
		Code: n.Code, Name: n.Name, Definition: in.Definition, Measure: in.Measure, Type: in.Type, Accumulation: in.Accumulation,
		Frequency: in.Frequency, Origin: assess.Computed, Department: cmp.Or(in.Department, n.Department), UsedBy: []assess.Code{n.Code},
	}
}

// mostOf answers the department of most of the fields, the first of several.
func mostOf(fields []*fieldPlan) assess.Code {
	counts := map[assess.Code]int{}
	var best assess.Code
	for _, f := range fields {
		counts[f.item.Department]++
	}
	for _, f := range fields {
		if d := f.item.Department; best == "" || counts[d] > counts[best] {
			best = d
		}
	}
	return best
}

// due says whether a field stands on the form of a quarter. What districts file once a year rides with the fourth; what the city
// supplies for a year is shown all year.
func (f *fieldPlan) due(quarter assess.Period) bool {
	return f.item.Frequency != assess.Annual || f.kind == Supplied || quarter.Part() == 4
}

// filedUnder answers the period under which a field's figure of a quarter is filed.
func (f *fieldPlan) filedUnder(quarter assess.Period) assess.Period {
	if f.item.Frequency == assess.Annual {
		return quarter.Year()
	}
	return quarter
}
