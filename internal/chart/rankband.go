package chart

import (
	"cmp"
	"encoding/json"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"github.com/unionboard/unionboard/internal/dashboard"
)

// clear is no colour at all: what carries a floating bar.
const clear = "transparent"

// rankBand draws, for each unit, a line over the places it may have and a point on the one it has. Units that cannot be told apart
// have the same shade; shades alternate, so that neighbouring bands stay apart.
func rankBand(b *dashboard.RankBand) (json.RawMessage, error) {
	rows := b.Rows[:min(len(b.Rows), mostPlaces)]
	var names []string
	var under, over []opts.BarData
	var points []opts.ScatterData
	last := 1.0
	for i, row := range rows {
		text := row.Unit.Full + " " + row.RankText + " (" + row.Text + ")"
		names = append(names, cmp.Or(row.Unit.Short, row.Unit.Full))
		under = append(under, opts.BarData{Value: float64(row.Low) - bandEdge})
		over = append(over, opts.BarData{Name: text, Value: float64(row.High-row.Low) + 2*bandEdge, ItemStyle: &opts.ItemStyle{Color: bandShade(row), BorderColor: muted, BorderWidth: 1}})
		points = append(points, opts.ScatterData{Name: text, Value: []any{row.Rank, i}})
		last = max(last, float64(row.High), float64(row.Rank))
	}
	axis := rounded(0, last+1)
	c := charts.NewBar()
	c.SetGlobalOptions(charts.WithXAxisOpts(valuesX(axis)), charts.WithYAxisOpts(categoriesY(names)),
		charts.WithLegendOpts(opts.Legend{Show: opts.Bool(false)}), charts.WithGridOpts(grid("8", "24", "8", "8")))
	c.AddSeries("from", under, charts.WithBarChartOpts(opts.BarChart{Stack: "places", BarWidth: "44%"}), charts.WithItemStyleOpts(opts.ItemStyle{Color: clear}))
	c.AddSeries("to", over, charts.WithBarChartOpts(opts.BarChart{Stack: "places", BarWidth: "44%"}))
	mark := charts.NewScatter()
	mark.AddSeries("rank", points, charts.WithScatterChartOpts(opts.ScatterChart{Symbol: "circle", SymbolSize: 11}),
		charts.WithItemStyleOpts(opts.ItemStyle{Color: accent, BorderColor: paper, BorderWidth: 1}))
	c.Overlap(mark)
	return finish(c, func(option object) {
		axis.apply(first(option, "xAxis"))
		whole(option)
		first(option, "series").(object)["silent"] = true
	})
}

// bandEdge is how far a bar reaches beyond its places, so that a single place has a bar too.
const bandEdge = 0.15

func bandShade(row dashboard.RankBandRow) string {
	switch {
	case row.Own:
		return "#9DBCE0" // the page's own unit, lighter than its point
	case row.Band == 0:
		return paper
	case row.Band%2 == 1:
		return rule
	}
	return "#B8C4D0"
}
