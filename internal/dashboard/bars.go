package dashboard

import (
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
)

// bars compares, node by node, a unit with the median of its group and the mean of all units, or the chosen units with each other.
func (r *resolver) bars(d PanelDefinition, p *Panel) error {
	if d.Query.Units == "chosen" {
		return r.contrast(d, p)
	}
	codes, err := r.parts(d.Query)
	if err != nil {
		return err
	}
	u := r.units(d.Query)[0]
	b := &Bars{Own: r.unitName(u).Full, Group: r.words.T("panel.group_median"), City: r.words.T("panel.city_mean")}
	if len(codes) > 0 {
		b.Max = r.now.scale(codes[0])
	}
	section := ""
	for _, code := range codes {
		row := BarRow{
			Name: r.nodeName(r.now, code), Own: r.figure(r.base(), u.Code, code),
			GroupMedian: median(r.scores(r.now, code, u.Group)), CityAvg: mean(r.scores(r.now, code, "")), GroupText: "—", CityText: "—",
		}
		if s := r.now.spots[code]; len(s.above) > 0 {
			if name := r.nodeName(r.now, s.above[0].Code).Full; name != section {
				section, row.Section = name, name
			}
		}
		if row.GroupMedian != nil {
			row.GroupText = i18n.Number(*row.GroupMedian, r.now.decimals(code))
		}
		if row.CityAvg != nil {
			row.CityText = i18n.Number(*row.CityAvg, r.now.decimals(code))
		}
		b.Rows = append(b.Rows, row)
	}
	p.Bars = b
	return nil
}

// scores collects the scores of a node, as shown, over a group or, for "", all units.
func (r *resolver) scores(v *view, code, group assess.Code) (values []float64) {
	for _, u := range v.units(group) {
		if n := v.score(u.Code, code); n != nil && n.State == assess.Scored {
			values = append(values, n.Shown)
		}
	}
	return values
}
