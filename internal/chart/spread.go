package chart

import (
	"encoding/json"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dashboard"
)

// pointOffset is how far the points stand below the box, so that neither hides the other.
const pointOffset = 20

// spread draws a box for each line and under it a point for each unit, in the shape and colour of its light.
func spread(s *dashboard.Spread) (json.RawMessage, error) {
	var names []string
	var values []float64
	var boxes []opts.BoxPlotData
	lit := map[assess.Light][]opts.ScatterData{}
	for i, line := range s.Lines {
		names = append(names, line.Name.Full)
		boxes = append(boxes, opts.BoxPlotData{Name: line.Name.Full, Value: []float64{line.Low, line.Q1, line.Median, line.Q3, line.Top}})
		for _, p := range line.Points {
			values = append(values, p.Value)
			lit[p.Light] = append(lit[p.Light], opts.ScatterData{Name: p.Unit.Full + " " + p.Text, Value: []any{p.Value, i}})
		}
	}
	axis := around(values)
	x := valuesX(axis)
	x.Name, x.NameLocation, x.NameGap = s.Axis, "middle", 26
	c := charts.NewBoxPlot()
	c.SetGlobalOptions(charts.WithXAxisOpts(x), charts.WithYAxisOpts(categoriesY(names)),
		charts.WithLegendOpts(opts.Legend{Show: opts.Bool(false)}),
		charts.WithGridOpts(grid("8", "24", "8", "28")))
	c.AddSeries("box", boxes, charts.WithItemStyleOpts(opts.ItemStyle{Color: paper, BorderColor: accent, BorderWidth: 1.5}))
	points := charts.NewScatter()
	for _, light := range []assess.Light{assess.Green, assess.Yellow, assess.Red, ""} {
		if len(lit[light]) == 0 {
			continue
		}
		t := tintOf(light)
		points.AddSeries(string(light), lit[light],
			charts.WithScatterChartOpts(opts.ScatterChart{Symbol: symbolOf(light), SymbolSize: 11}),
			charts.WithItemStyleOpts(opts.ItemStyle{Color: t.mark, BorderColor: paper, BorderWidth: 1}))
	}
	c.Overlap(points)
	return finish(c, func(option object) {
		axis.apply(first(option, "xAxis"))
		whole(option)
		for _, item := range option["series"].([]any) {
			one := item.(object)
			if one["type"] == "boxplot" {
				one["boxWidth"] = []any{10, 22}
				one["silent"] = true
			} else {
				one["symbolOffset"] = []any{0, pointOffset}
			}
		}
	})
}
