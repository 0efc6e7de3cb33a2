package dashboard

import (
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
)

// stat makes a card for each node asked for, of the unit or the city, with its last quarters.
func (r *resolver) stat(d PanelDefinition, p *Panel) error {
	codes, err := r.of(d.Query)
	if err != nil {
		return err
	}
	unit := r.units(d.Query)[0].Code
	p.Stat = &Stat{}
	for _, code := range codes {
		spark, err := r.spark(unit, code, d.Query.Periods)
		if err != nil {
			return err
		}
		p.Stat.Cards = append(p.Stat.Cards, Card{Name: r.nodeName(r.now, code), Figure: r.figure(r.base(), unit, code), Spark: spark})
	}
	return nil
}

// spark makes the points of a small line of scores.
func (r *resolver) spark(unit assess.UnitCode, code assess.Code, periods int) ([]Spot, error) {
	quarters, err := r.quarters(periods)
	if err != nil {
		return nil, err
	}
	spots := make([]Spot, len(quarters))
	for i, q := range quarters {
		v, err := r.at(q)
		if err != nil {
			return nil, err
		}
		spots[i] = r.scoreSpot(v, q, unit, code)
		if i > 0 {
			before := r.views[quarters[i-1]] // it was read just now
			spots[i].Apart = v != nil && before != nil && !alike(v, before, code)
		}
	}
	return spots, nil
}

// scoreSpot makes the point of a score in a quarter; what was not scored is a gap that says why.
func (r *resolver) scoreSpot(v *view, q assess.Period, unit assess.UnitCode, code assess.Code) Spot {
	s := Spot{Period: q, Label: i18n.ShortPeriod(q.String()), Text: "—"}
	if v == nil {
		return s
	}
	n := v.score(unit, code)
	if n == nil {
		return s
	}
	s.Why = links{period: q.String(), base: r.links.base, known: r.links.known}.why(unit, code)
	s.Text = r.scoreText(v, unit, code, n)
	if n.State == assess.Scored {
		shown := n.Shown
		s.Value = &shown
	}
	return s
}

// valueSpot makes the point of an indicator's value in a quarter.
func (r *resolver) valueSpot(v *view, q assess.Period, unit assess.UnitCode, code assess.Code) Spot {
	s := r.scoreSpot(v, q, unit, code)
	s.Value = nil
	if v == nil {
		return s
	}
	n := v.score(unit, code)
	if n == nil || n.Value == nil {
		return s
	}
	x := *n.Value
	s.Value, s.Text = &x, r.value(v, code, n)
	return s
}
