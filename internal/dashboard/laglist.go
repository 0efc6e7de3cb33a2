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

// lagList makes the list of what lags and by how much.
func (r *resolver) lagList(d PanelDefinition, p *Panel) error {
	codes, err := r.of(d.Query)
	if err != nil {
		return err
	}
	all := r.laggards(r.units(d.Query), codes)
	list := &LagList{All: r.links.indicators(r.frameworkOrFirst())}
	for i, l := range all {
		if d.Options.Limit > 0 && i == d.Options.Limit {
			list.More = len(all) - i
			break
		}
		list.Rows = append(list.Rows, r.lag(l))
	}
	p.LagList = list
	return nil
}

func (r *resolver) lag(l lagging) Lag {
	n := r.now.score(l.unit.Code, l.code)
	return Lag{
		Unit: r.unitName(l.unit), Indicator: r.nodeName(r.now, l.code),
		Actual: r.value(r.now, l.code, n), Due: r.dueText(r.now.indicator(l.code), n.Why), Gap: r.gap(r.now, l.code, n),
		Figure: r.figure(r.base(), l.unit.Code, l.code),
	}
}

func (r *resolver) frameworkOrFirst() assess.Code {
	if r.req.Framework != "" {
		return r.req.Framework
	}
	if frameworks := r.now.edition().Frameworks; len(frameworks) > 0 {
		return frameworks[0].Code
	}
	return ""
}
