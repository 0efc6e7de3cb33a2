package dashboard

import (
	"cmp"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// lagging is an indicator of a unit with a red light, and what it costs in the overall figure.
type lagging struct {
	unit assess.Unit
	code assess.Code
	lost float64 // points of the overall figure to date
}

// laggards finds the red lights of units and indicators, the dearest first; equal ones stay in official order.
func (r *resolver) laggards(units []assess.Unit, codes []assess.Code) (list []lagging) {
	for _, u := range units {
		for _, code := range codes {
			n := r.now.score(u.Code, code)
			if n == nil || n.Light != assess.Red || n.State != assess.Scored || r.now.indicator(code) == nil {
				continue
			}
			f := r.now.spots[code].framework
			list = append(list, lagging{unit: u, code: code, lost: assess.Snap((n.FullPoints - n.Points) * r.now.share(f.Code))})
		}
	}
	slices.SortStableFunc(list, func(a, b lagging) int { return cmp.Compare(b.lost, a.lost) })
	return list
}

// laggardsOf finds the red lights among the units and the indicators of a query. A heading stands for the indicators below it: it
// lags by nothing one can count.
func (r *resolver) laggardsOf(q Query) ([]lagging, error) {
	if _, err := r.of(q); err != nil {
		return nil, err
	}
	return r.laggards(r.units(q), r.below(q)), nil
}

// below answers the indicators of a query, and those below its headings; none where the query is wrong.
func (r *resolver) below(q Query) (leaves []assess.Code) {
	codes, err := r.of(q)
	if err != nil {
		return nil
	}
	for _, code := range codes {
		leaves = append(leaves, r.leaves(code)...)
	}
	return leaves
}

// lagList makes the list of what lags and by how much: the beginning of it, with a link to the whole, or the whole in pages.
func (r *resolver) lagList(d PanelDefinition, p *Panel) error {
	all, err := r.laggardsOf(d.Query)
	if err != nil {
		return err
	}
	list := &LagList{All: r.allLags(), Unknown: len(all) == 0 && !r.scoredAny(r.units(d.Query), r.below(d.Query))}
	shown := all
	if limit := d.Options.Limit; limit > 0 && limit < len(all) {
		shown, list.More = all[:limit], len(all)-limit
	}
	shown, list.Pages = cut(r, shown, cmp.Or(d.Options.Page, pageSize))
	if list.Rows, err = r.lags(shown); err != nil {
		return err
	}
	p.LagList = list
	return nil
}

// allLags answers the address of everything that lags: in the framework of the page, else in all of them.
func (r *resolver) allLags() string {
	if r.def.Takes("framework") {
		return r.links.indicators(r.req.Framework)
	}
	return r.links.to("/lags", "group", string(r.req.Group))
}

// lags says of some that lag by how much.
func (r *resolver) lags(some []lagging) ([]Lag, error) {
	var units []assess.UnitCode
	for _, l := range some {
		units = append(units, l.unit.Code)
	}
	if err := r.now.explain(units...); err != nil {
		return nil, err
	}
	var list []Lag
	for _, l := range some {
		list = append(list, r.lag(l))
	}
	return list, nil
}

func (r *resolver) lag(l lagging) Lag {
	n := r.now.score(l.unit.Code, l.code)
	return Lag{
		Unit: r.unitName(l.unit), Indicator: r.nodeName(r.now, l.code),
		Actual: r.value(r.now, l.code, n), Due: r.dueText(r.now.indicator(l.code), n.Why), Gap: r.gap(r.now, l.code, n),
		Figure: r.figure(r.base(), l.unit.Code, l.code),
	}
}
