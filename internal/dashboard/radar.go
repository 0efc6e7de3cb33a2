package dashboard

import (
	"fmt"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
)

// mostAxes is how many axes of a radar can still be read.
const mostAxes = 6

// radar draws a unit and the mean of all units over at most six nodes.
func (r *resolver) radar(d PanelDefinition, p *Panel) error {
	codes, err := r.parts(d.Query)
	if err != nil {
		return err
	}
	if len(codes) < 3 || len(codes) > mostAxes {
		return assess.Invalid("problem.panel_axes",
			fmt.Sprintf("a radar shows 3 to %d figures, but %q has %d; use bars for it", mostAxes, d.Query.Of, len(codes)),
			"most", fmt.Sprint(mostAxes), "value", d.Query.Of, "n", fmt.Sprint(len(codes)))
	}
	u := r.units(d.Query)[0]
	own := RadarSeries{Name: r.unitName(u).Full}
	city := RadarSeries{Name: r.words.T("panel.city_mean")}
	chart := &Radar{Max: r.now.scale(codes[0])}
	for _, code := range codes {
		chart.Axes = append(chart.Axes, r.nodeName(r.now, code))
		spot := r.scoreSpot(r.now, r.req.Period, u.Code, code)
		own.Values, own.Texts = append(own.Values, spot.Value), append(own.Texts, spot.Text)
		average := mean(r.scores(r.now, code, ""))
		text := "—"
		if average != nil {
			text = i18n.Number(*average, r.now.decimals(code))
		}
		city.Values, city.Texts = append(city.Values, average), append(city.Texts, text)
	}
	chart.Series = []RadarSeries{own, city}
	p.Radar = chart
	return nil
}
