package dashboard

import (
	"cmp"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
)

// ranking lists units by their place in one figure; those without a place follow in official order, the city stands apart.
func (r *resolver) ranking(d PanelDefinition, p *Panel) error {
	code, err := r.one(d.Query)
	if err != nil {
		return err
	}
	rank := &Ranking{Of: r.nodeName(r.now, code), ByValue: d.Query.Measure == "value" && r.now.indicator(code) != nil}
	units := r.byPlace(r.units(d.Query), code, rank.ByValue)
	if d.Options.Limit > 0 && len(units) > d.Options.Limit {
		units = units[:d.Options.Limit]
	}
	units, rank.Pages = cut(r, units, pageSize)
	if rank.ByValue {
		if err := r.now.explain(unitCodes(units)...); err != nil {
			return err
		}
	}
	for _, u := range units {
		row := r.place(u.Code, r.unitName(u), u.Group, code, rank.ByValue)
		rank.Rows, rank.HasGrades = append(rank.Rows, row), rank.HasGrades || row.Figure.Grade != ""
	}
	if r.now.score(r.now.city(), code) != nil {
		city := r.place(r.now.city(), r.cityName(), "", code, rank.ByValue)
		rank.City = &city
		rank.CitySum = rank.ByValue && r.summed(code)
	}
	if rank.ByValue {
		if r.target(rank, code); rank.TargetTo != "" && rank.Target == nil && p.Note == "" {
			p.Note = rank.TargetTo
		}
	} else {
		rank.Max = r.now.scale(code)
	}
	p.Ranking = rank
	return nil
}

func unitCodes(units []assess.Unit) []assess.UnitCode {
	codes := make([]assess.UnitCode, len(units))
	for i := range units {
		codes[i] = units[i].Code
	}
	return codes
}

// byPlace puts the best first: by place in the group where one group is shown, else by place among all.
func (r *resolver) byPlace(units []assess.Unit, code assess.Code, byValue bool) []assess.Unit {
	units = slices.Clone(units)
	key := func(n *assess.NodeScore) (place int, score float64) {
		place, score = len(units)+1, -1 // what has no place or score comes last
		switch {
		case n == nil:
			return place, score
		case r.req.Group != "" && n.GroupRank > 0:
			place = n.GroupRank
		case n.Rank > 0:
			place = n.Rank
		}
		if n.State == assess.Scored {
			score = n.Shown
		}
		return place, score
	}
	slices.SortStableFunc(units, func(a, b assess.Unit) int {
		x, y := r.now.score(a.Code, code), r.now.score(b.Code, code)
		xPlace, xScore := key(x)
		yPlace, yScore := key(y)
		c := cmp.Or(cmp.Compare(xPlace, yPlace), cmp.Compare(yScore, xScore))
		if c == 0 && byValue {
			c = r.compareValues(code, x, y)
		}
		return c
	})
	return units
}

// compareValues tells units apart that share a place because both have full marks: the better value first.
func (r *resolver) compareValues(code assess.Code, a, b *assess.NodeScore) int {
	ind := r.now.indicator(code)
	if a == nil || b == nil || a.Value == nil || b.Value == nil || ind == nil {
		return 0
	}
	switch ind.Direction {
	case assess.Up:
		return cmp.Compare(*b.Value, *a.Value)
	case assess.Down:
		return cmp.Compare(*a.Value, *b.Value)
	}
	return 0
}

func (r *resolver) place(unit assess.UnitCode, name Name, group, code assess.Code, byValue bool) Place {
	p := Place{Unit: name, Group: r.groupName(group), Figure: r.figure(r.base(), unit, code)}
	n := r.now.score(unit, code)
	if byValue && n != nil {
		p.Value, p.ValueText = n.Value, p.Figure.Value
		p.Due, p.Gap = r.dueText(r.now.indicator(code), n.Why), r.gap(r.now, code, n)
		p.Prev = r.change(r.prev, unit, code, false).Text
		p.LastYear = r.change(r.year, unit, code, true).Text
		if unit == r.now.city() || r.req.Reader.figuresOf(unit) { // what another district has handed in is not published, what came of it is
			p.Numbers = r.numbers(n)
		}
		return p
	}
	if n != nil && n.State == assess.Scored {
		shown := n.Shown
		p.Value, p.ValueText = &shown, p.Figure.Text
	}
	p.Prev = r.figure(r.prev, unit, code).changeText()
	p.LastYear = r.figure(r.year, unit, code).changeText()
	return p
}

// summed says whether the city's value of an indicator is the sum of the units' values: a count or an amount, no rate.
func (r *resolver) summed(code assess.Code) bool {
	ind := r.now.indicator(code)
	return ind != nil && ind.Value.Item != "" && (ind.Type == assess.Count || ind.Type == assess.Money)
}

// numbers writes the inputs of a ratio, so that a rate never stands without its count: 130, 250.
func (r *resolver) numbers(n *assess.NodeScore) (texts []string) {
	for _, role := range []string{"numerator", "denominator"} {
		if x, ok := inputSum(n.Why, role); ok {
			texts = append(texts, i18n.Number(x, 0))
		}
	}
	return texts
}

// target sets the line all units have in common, the value due, where it is the same for all; else each unit's own mark.
func (r *resolver) target(rank *Ranking, code assess.Code) {
	ind := r.now.indicator(code)
	if ind == nil || ind.Transform != assess.NoTransform || ind.Method.Kind == assess.Deduction {
		return
	}
	var common *float64
	differ := false
	for i := range rank.Rows {
		n := r.now.score(assess.UnitCode(rank.Rows[i].Unit.Code), code)
		if n == nil || n.Value == nil {
			continue
		}
		if x, ok := due(ind, n.Why); ok {
			rank.Rows[i].DueValue = &x
			differ = differ || common != nil && *common != x
			common = &x
		}
	}
	if common == nil {
		return
	}
	if differ {
		rank.TargetTo = r.words.T("indicator.due_marks")
		return
	}
	for i := range rank.Rows {
		rank.Rows[i].DueValue = nil // the line says it for all
	}
	rank.Target = common
	rank.TargetTo = r.words.T("indicator.due_line", "value", r.amount(ind, *common))
}
