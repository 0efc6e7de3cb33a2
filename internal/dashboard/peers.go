package dashboard

import (
	"cmp"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// peers lists the units whose values a place, or a norm, was made of: by place, those without one in official order.
func (r *resolver) peers(unit assess.UnitCode, code assess.Code, n *assess.NodeScore) (list []Peer, err error) {
	ind := r.now.indicator(code)
	if ind == nil || n.Why == nil {
		return nil, nil
	}
	places := map[assess.UnitCode]float64{}
	rivals := slices.Clone(n.Why.Contest)
	var units []assess.UnitCode
	for _, rival := range rivals {
		units = append(units, rival.Unit)
	}
	if err := r.now.explain(units...); err != nil {
		return nil, err
	}
	for _, rival := range rivals {
		if s := r.now.score(rival.Unit, code); s != nil && s.Why != nil {
			places[rival.Unit] = s.Why.Place
		}
	}
	slices.SortStableFunc(rivals, func(a, b assess.Rival) int { return cmp.Compare(places[a.Unit], places[b.Unit]) })
	for _, rival := range rivals {
		u, ok := r.now.unit(rival.Unit)
		s := r.now.score(rival.Unit, code)
		if !ok || s == nil {
			continue
		}
		p := Peer{Place: "—", Unit: r.unitName(u), Value: r.amount(ind, rival.Value), Score: r.scoreText(r.now, u.Code, code, s), Why: r.links.why(u.Code, code), Own: u.Code == unit}
		if places[u.Code] > 0 {
			p.Place = r.words.T("rank.place", "n", r.words.Number(places[u.Code]))
		}
		list = append(list, p)
	}
	return list, nil
}

// contestFact says which place the unit has and among whom: 第4，中心城区组 4 个有数值的区县中.
func (r *resolver) contestFact(u assess.Unit, n *assess.NodeScore) (facts []Fact) {
	if n.Why == nil || n.Why.Place == 0 || n.Why.Peers == 0 {
		return nil
	}
	among := r.words.T("common.city")
	if ind := r.now.indicator(r.req.Code); ind != nil && ind.Method.Scope == "peer_group" {
		among = r.groupName(u.Group)
	}
	text := r.words.T("why.place_of", "place", r.words.T("rank.place", "n", r.words.Number(n.Why.Place)), "among", among, "n", n.Why.Peers)
	return []Fact{{Term: r.words.T("why.place"), Value: words(text)}}
}
