package chart

import (
	"encoding/json"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"github.com/unionboard/unionboard/internal/dashboard"
)

// radar draws at most two shapes from zero to full marks. The library goes round anticlockwise; the order is reversed here, so
// that the axes read clockwise from the top.
func radar(r *dashboard.Radar) (json.RawMessage, error) {
	order := clockwise(len(r.Axes))
	axes := make([]*opts.Indicator, len(order))
	for i, at := range order {
		axes[i] = &opts.Indicator{Name: r.Axes[at].Short}
	}
	c := charts.NewRadar()
	var names []string
	for _, s := range r.Series {
		names = append(names, s.Name)
	}
	c.SetGlobalOptions(
		charts.WithLegendOpts(legend(names)),
		charts.WithRadarComponentOpts(opts.RadarComponent{
			Indicator: axes, Shape: "polygon", SplitNumber: 4, Center: []string{"50%", "56%"},
			AxisName:  &opts.AxisName{Show: opts.Bool(true), Color: ink, FontSize: 13},
			SplitLine: splitLine(true), SplitArea: &opts.SplitArea{Show: opts.Bool(false)},
			AxisLine: &opts.AxisLine{Show: opts.Bool(true), LineStyle: hairline(rule)},
		}))
	for i, s := range r.Series[:min(len(r.Series), 2)] {
		values := make([]any, len(order))
		name := s.Name
		for k, at := range order {
			values[k] = gap
			if s.Values[at] != nil {
				values[k] = *s.Values[at]
			}
		}
		for at, axis := range r.Axes {
			name += "\n" + axis.Short + " " + s.Texts[at]
		}
		style := styleOf([]string{"own", "mean"}[i])
		c.AddSeries(s.Name, []opts.RadarData{{Name: name, Value: values}},
			charts.WithRadarChartOpts(opts.RadarChart{Symbol: style.symbol, SymbolSize: style.size}),
			charts.WithLineStyleOpts(opts.LineStyle{Color: style.color, Width: style.width, Type: style.line}),
			charts.WithItemStyleOpts(opts.ItemStyle{Color: style.color}))
	}
	return finish(c, func(option object) {
		component := option["radar"].(object)
		component["radius"] = "56%" // English names need the room on a phone
		axes, _ := component["indicator"].([]any)
		for _, axis := range axes {
			axis.(object)["min"], axis.(object)["max"] = 0, r.Max
		}
	})
}

// clockwise is the order in which a library that draws anticlockwise must be given n axes: the first stays, the others turn round.
func clockwise(n int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = (n - i) % n
	}
	return order
}
