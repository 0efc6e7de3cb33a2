package chart

import (
	"cmp"
	"encoding/json"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/go-echarts/go-echarts/v2/types"

	"github.com/unionboard/unionboard/internal/dashboard"
)

// waterfall draws the total before, a floating bar for each step, and the total now, from top to bottom. Sign and shape of the label
// say which way a step goes; colour only repeats it.
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
	return finish(c, func(option object) {
		axis.apply(first(option, "xAxis"))
		whole(option)
		first(option, "series").(object)["silent"] = true
	})
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
