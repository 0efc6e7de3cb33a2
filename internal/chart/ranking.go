package chart

import (
	"cmp"
	"encoding/json"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/go-echarts/go-echarts/v2/types"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dashboard"
)

// mostPlaces is how many bars can still be read; the table beside the chart has all of them.
const mostPlaces = 40

// ranking draws a bar for each place, best on top, lit as the data say, the city last, with the common target as a line.
func ranking(r *dashboard.Ranking) (json.RawMessage, error) {
	places := r.Rows[:min(len(r.Rows), mostPlaces)]
	city := r.City != nil && !r.CitySum
	if city {
		places = append(append([]dashboard.Place{}, places...), *r.City)
	}
	var names []string
	var values []float64
	data := make([]opts.BarData, len(places))
	for i, p := range places {
		names = append(names, p.Unit.Full)
		data[i] = placeBar(p, city && i == len(places)-1)
		if p.Value != nil {
			values = append(values, *p.Value)
		}
	}
	if r.Target != nil {
		values = append(values, *r.Target)
	}
	marks, values := dueMarks(places, values)
	axis := fromZero(values, r.Max)
	c := charts.NewBar()
	c.SetGlobalOptions(
		charts.WithXAxisOpts(valuesX(axis)), charts.WithYAxisOpts(categoriesY(names)),
		charts.WithLegendOpts(opts.Legend{Show: opts.Bool(false)}),
		charts.WithGridOpts(grid("8", labelRoom(r), "24", "8")))
	c.AddSeries(r.Of.Full, data, charts.WithBarChartOpts(opts.BarChart{BarWidth: "62%"}))
	if r.Target != nil {
		label := opts.Label{Show: opts.Bool(true), Position: "start", Color: ink, FontSize: 13, Formatter: types.FuncStr(literal(r.TargetTo))}
		c.SetSeriesOptions(
			charts.WithMarkLineNameXAxisItemOpts(opts.MarkLineNameXAxisItem{Name: r.TargetTo, XAxis: *r.Target}),
			charts.WithMarkLineStyleOpts(opts.MarkLineStyle{
				Symbol: []string{"none", "none"}, Label: &label,
				LineStyle: &opts.LineStyle{Color: ink, Width: 1.5, Type: "dashed"},
			}))
	}
	if len(marks) > 0 {
		due := charts.NewScatter()
		due.AddSeries("due", marks, charts.WithScatterChartOpts(opts.ScatterChart{Symbol: "rect", SymbolSize: []int{3, 18}}),
			charts.WithItemStyleOpts(opts.ItemStyle{Color: ink}))
		c.Overlap(due)
	}
	return finish(c, func(option object) {
		axis.apply(first(option, "xAxis"))
		whole(option)
		if r.Target != nil {
			mark := first(option, "series").(object)["markLine"].(object)
			mark["silent"], mark["animation"] = true, false
			labelColumn(option, places)
		}
		labelMarks(option, places)
	})
}

// labelRoom answers the room at the right of the bars, in pixels.
func labelRoom(r *dashboard.Ranking) string {
	if r.Target != nil {
		return "8" // the axis of the figures makes its own
	}
	return "72"
}

// labelColumn writes the figures at the right edge instead of behind the bars, where the line of a common target would cross them.
func labelColumn(option object, places []dashboard.Place) {
	var texts []any
	for _, p := range places {
		texts = append(texts, cmp.Or(p.ValueText, p.Figure.Text))
	}
	for _, bar := range first(option, "series").(object)["data"].([]any) {
		bar.(object)["label"] = object{"show": false}
	}
	option["yAxis"] = append(option["yAxis"].([]any), object{
		"type": "category", "inverse": true, "position": "right", "data": texts,
		"axisLine": object{"show": false}, "axisTick": object{"show": false}, "splitLine": object{"show": false},
		"axisLabel": object{"show": true, "interval": 0, "color": ink, "fontSize": 13, "align": "left", "margin": 8},
	})
}

// labelMarks writes the figures that stand behind the marks; the library's marks have no label of their own.
func labelMarks(option object, places []dashboard.Place) {
	for _, s := range option["series"].([]any) {
		series := s.(object)
		if series["type"] != "scatter" {
			continue
		}
		next := 0
		for _, p := range places {
			if p.DueValue == nil {
				continue
			}
			if behind(p) {
				series["data"].([]any)[next].(object)["label"] = object{
					"show": true, "position": "right", "color": ink, "fontSize": 13, "formatter": literal(cmp.Or(p.ValueText, p.Figure.Text)),
				}
			}
			next++
		}
	}
}

// dueMarks marks on each bar what that unit has to reach.
func dueMarks(places []dashboard.Place, values []float64) (marks []opts.ScatterData, all []float64) {
	for i, p := range places {
		if p.DueValue != nil {
			marks = append(marks, opts.ScatterData{Name: p.Unit.Full + " " + p.Due, Value: []any{*p.DueValue, i}, Symbol: "rect"})
			values = append(values, *p.DueValue)
		}
	}
	return marks, values
}

// behind says that a bar ends before its mark: its figure then stands behind the mark, so that neither hides the other.
func behind(p dashboard.Place) bool {
	return p.DueValue != nil && p.Value != nil && *p.DueValue >= *p.Value
}

func placeBar(p dashboard.Place, city bool) opts.BarData {
	t := tintOf(p.Figure.Light)
	if city {
		t = tint{rule, fourth}
	}
	text := cmp.Or(p.ValueText, p.Figure.Text)
	bar := opts.BarData{
		Name: p.Unit.Full + " " + text, Value: gap,
		Label: &opts.Label{
			Show: opts.Bool(!behind(p)), Position: "right", Color: ink, FontSize: 13, Formatter: types.FuncStr(literal(text)),
		},
		ItemStyle: &opts.ItemStyle{Color: t.fill, BorderColor: t.mark, BorderWidth: 1},
	}
	if p.Value != nil && (p.Figure.State == assess.Scored || p.Figure.Value != "") {
		bar.Value = *p.Value
	}
	return bar
}

// gap is the chart library's word for no value.
const gap = "-"

// first answers the first of a list in the option: the main axis, the main series.
func first(option object, key string) any { return option[key].([]any)[0] }

// grid sets the distances to the box; the names of the axes are kept inside it.
func grid(left, right, top, bottom string) opts.Grid {
	return opts.Grid{Left: left, Right: right, Top: top, Bottom: bottom}
}

// whole keeps the names of the axes inside the box: version 6 of the library has words of its own for it.
func whole(option object) {
	g := first(option, "grid").(object)
	g["outerBoundsMode"], g["outerBoundsContain"] = "same", "axisLabel"
}
