package chart

import (
	"encoding/json"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dashboard"
)

// bars draws a unit's own bars with the group's median as a square and the city's mean as a triangle on each, so that sixteen rows
// stay one glance each.
func bars(b *dashboard.Bars) (json.RawMessage, error) {
	var names []string
	var values []float64
	own := make([]opts.BarData, len(b.Rows))
	var medians, means []opts.ScatterData
	for i, row := range b.Rows {
		names = append(names, row.Name.Short)
		own[i] = opts.BarData{
			Name: b.Own + " " + row.Name.Full + " " + row.Own.Text, Value: gap,
			ItemStyle: &opts.ItemStyle{Color: tintOf(row.Own.Light).fill, BorderColor: tintOf(row.Own.Light).mark, BorderWidth: 1},
		}
		if row.Own.State == assess.Scored {
			own[i].Value = row.Own.Score
			values = append(values, row.Own.Score)
		}
		medians, values = point(medians, values, i, row.GroupMedian, b.Group+" "+row.Name.Full+" "+row.GroupText, "rect")
		means, values = point(means, values, i, row.CityAvg, b.City+" "+row.Name.Full+" "+row.CityText, "triangle")
	}
	axis := fromZero(values, b.Max)
	c := charts.NewBar()
	c.SetGlobalOptions(
		charts.WithXAxisOpts(valuesX(axis)), charts.WithYAxisOpts(categoriesY(names)),
		charts.WithLegendOpts(legend([]string{b.Own, b.Group, b.City})),
		charts.WithGridOpts(grid("8", "24", "36", "8")))
	c.AddSeries(b.Own, own, charts.WithBarChartOpts(opts.BarChart{BarWidth: "58%"}),
		charts.WithItemStyleOpts(opts.ItemStyle{Color: rule, BorderColor: muted}))
	marks := charts.NewScatter()
	marks.AddSeries(b.Group, medians, charts.WithScatterChartOpts(opts.ScatterChart{Symbol: "rect", SymbolSize: 10}),
		charts.WithItemStyleOpts(opts.ItemStyle{Color: second, BorderColor: paper, BorderWidth: 1}))
	marks.AddSeries(b.City, means, charts.WithScatterChartOpts(opts.ScatterChart{Symbol: "triangle", SymbolSize: 11}),
		charts.WithItemStyleOpts(opts.ItemStyle{Color: third, BorderColor: paper, BorderWidth: 1}))
	c.Overlap(marks)
	return finish(c, func(option object) {
		axis.apply(first(option, "xAxis"))
		whole(option)
	})
}

// point adds a mark on row i; nothing for a gap.
func point(points []opts.ScatterData, values []float64, i int, x *float64, name, symbol string) ([]opts.ScatterData, []float64) {
	if x == nil {
		return points, values
	}
	return append(points, opts.ScatterData{Name: name, Value: []any{*x, i}, Symbol: symbol}), append(values, *x)
}

// legend lists the series in one line above the chart.
func legend(names []string) opts.Legend {
	return opts.Legend{
		Show: opts.Bool(true), Type: "plain", Left: "8", Top: "0", Orient: "horizontal", Data: names, SelectedMode: "false",
		ItemWidth: 14, ItemHeight: 10, TextStyle: &opts.TextStyle{Color: ink, FontSize: 13},
	}
}
