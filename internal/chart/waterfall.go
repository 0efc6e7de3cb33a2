package chart

import (
	"cmp"
	"encoding/json"
	"slices"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/go-echarts/go-echarts/v2/types"

	"github.com/unionboard/unionboard/internal/dashboard"
)

// waterfall draws the total before, a floating bar for each step, and the total now, from top to bottom. The sign of its label says
// which way a step goes; colour only repeats it. The axis begins near the data, so that steps can be seen: the totals are marked as cut.
func waterfall(w *dashboard.Waterfall) (json.RawMessage, error) {
	var names []string
	var ends []float64
	for _, s := range w.Steps {
		ends = append(ends, s.To)
		if s.Kind != "total" {
			ends = append(ends, s.From)
		}
	}
	axis := around(ends)
	if len(ends) > 0 && axis.low >= slices.Min(ends) && axis.low >= axis.step {
		axis.low = tidy(axis.low - axis.step) // the lower total has a bar, too
	}
	var under, over []opts.BarData
	for _, s := range w.Steps {
		low, high := min(s.From, s.To), max(s.From, s.To)
		if s.Kind == "total" {
			low = axis.low
		}
		names = append(names, cmp.Or(s.Name.Short, s.Name.Full))
		under = append(under, opts.BarData{Value: low})
		over = append(over, opts.BarData{
			Name: s.Name.Full + " " + s.Text, Value: tidy(high - low), ItemStyle: stepStyle(s),
			Label: &opts.Label{Show: opts.Bool(true), Position: "right", Color: ink, FontSize: 13, Formatter: types.FuncStr(literal(s.Text))},
		})
	}
	c := charts.NewBar()
	c.SetGlobalOptions(charts.WithXAxisOpts(valuesX(axis)), charts.WithYAxisOpts(categoriesY(names)),
		charts.WithLegendOpts(opts.Legend{Show: opts.Bool(false)}), charts.WithGridOpts(grid("8", "72", "8", "8")))
	c.AddSeries("from", under, charts.WithBarChartOpts(opts.BarChart{Stack: "points", BarWidth: "58%"}), charts.WithItemStyleOpts(opts.ItemStyle{Color: clear}))
	c.AddSeries("to", over, charts.WithBarChartOpts(opts.BarChart{Stack: "points", BarWidth: "58%"}))
	if axis.low > 0 {
		c.Overlap(cuts(w, axis))
	}
	return finish(c, func(option object) {
		axis.apply(first(option, "xAxis"))
		whole(option)
		for _, s := range option["series"].([]any) {
			if series := s.(object); series["name"] == "from" || series["name"] == "cut" {
				series["silent"] = true
			}
		}
	})
}

// cuts marks the totals where their bars leave out what lies below the axis: a white gap with slanting edges.
func cuts(w *dashboard.Waterfall, axis bounds) *charts.Scatter {
	var marks []opts.ScatterData
	for i, s := range w.Steps {
		if s.Kind == "total" && s.To > axis.low {
			marks = append(marks, opts.ScatterData{Value: []any{tidy(axis.low + min(s.To-axis.low, (axis.high-axis.low)/8)/2), i}})
		}
	}
	c := charts.NewScatter()
	c.AddSeries("cut", marks, charts.WithScatterChartOpts(opts.ScatterChart{Symbol: "path://M4,0L9,0L5,20L0,20Z", SymbolSize: []int{8, 22}}),
		charts.WithItemStyleOpts(opts.ItemStyle{Color: paper}))
	return c
}

func stepStyle(s dashboard.WaterStep) *opts.ItemStyle {
	t := tint{paper, muted}
	switch {
	case s.Kind == "total":
		t = tint{rule, fourth}
	case s.To > s.From:
		t = tint{accent, accent}
	case s.To < s.From:
		t = tint{fall, fall}
	}
	return &opts.ItemStyle{Color: t.fill, BorderColor: t.mark, BorderWidth: 1}
}
