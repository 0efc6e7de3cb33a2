package chart

import (
	"encoding/json"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dashboard"
)

// scatter draws a point for each unit, named, in the shape and colour of its light.
func scatter(s *dashboard.Scatter) (json.RawMessage, error) {
	var xs, ys []float64
	lit := map[assess.Light][]opts.ScatterData{}
	for _, p := range s.Points {
		xs, ys = append(xs, p.X), append(ys, p.Y)
		lit[p.Light] = append(lit[p.Light], opts.ScatterData{Name: p.Unit.Short, Value: []any{p.X, p.Y}})
	}
	across, up := around(xs), around(ys)
	x, y := valuesX(across), valuesY(up)
	x.Name, x.NameLocation, x.NameGap = axisName(s.X), "middle", 26
	y.Name, y.NameLocation = axisName(s.Y), "end"
	c := charts.NewScatter()
	c.SetGlobalOptions(charts.WithXAxisOpts(x), charts.WithYAxisOpts(y),
		charts.WithLegendOpts(opts.Legend{Show: opts.Bool(false)}),
		charts.WithGridOpts(grid("8", "64", "36", "28")))
	for _, light := range []assess.Light{assess.Green, assess.Yellow, assess.Red, ""} {
		if len(lit[light]) == 0 {
			continue
		}
		c.AddSeries(string(light), lit[light],
			charts.WithScatterChartOpts(opts.ScatterChart{Symbol: symbolOf(light), SymbolSize: 12}),
			charts.WithItemStyleOpts(opts.ItemStyle{Color: tintOf(light).mark, BorderColor: paper, BorderWidth: 1}))
	}
	return finish(c, func(option object) {
		across.apply(first(option, "xAxis"))
		up.apply(first(option, "yAxis"))
		first(option, "yAxis").(object)["nameTextStyle"] = object{"color": muted, "fontSize": 13, "align": "left"}
		whole(option)
		series, _ := option["series"].([]any) // without a point there is none
		for _, one := range series {
			// Names that would cover each other are moved apart or left out; the table beside has them all.
			one.(object)["label"] = object{"show": true, "formatter": "{b}", "position": "right", "color": ink, "fontSize": 13}
			one.(object)["labelLayout"] = object{"hideOverlap": true, "moveOverlap": "shiftY"}
		}
	})
}

func axisName(a dashboard.ScatterAxis) string { return a.Name.Full + " (" + a.Measure + ")" }
