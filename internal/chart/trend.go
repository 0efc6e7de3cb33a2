package chart

import (
	"encoding/json"
	"slices"
	"strconv"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/go-echarts/go-echarts/v2/types"

	"github.com/unionboard/unionboard/internal/dashboard"
)

// style is how a line is drawn. Shapes and dashes tell the lines apart without colour.
type style struct {
	color, symbol, line string
	width               float32
	size                int
}

func styleOf(kind string) style {
	switch kind {
	case "own", "chosen0":
		return style{accent, "circle", "solid", 3, 7}
	case "median", "chosen1":
		return style{second, "rect", "dashed", 2, 7}
	case "mean", "chosen2":
		return style{third, "triangle", "dotted", 2, 8}
	case "first", "last", "chosen3":
		return style{fourth, "diamond", "solid", 1.5, 8}
	}
	return style{others, "circle", "solid", 1, 3}
}

// trend draws lines that end with their names. Gaps stay gaps, and no line crosses a break: there the series goes on as another
// piece of the same look.
func trend(t *dashboard.Trend) (json.RawMessage, error) {
	c := charts.NewLine()
	var values []float64
	var named []bool // by piece: whether it carries the name
	for _, s := range t.Series {
		pieces := piecesOf(s.Spots, t.Breaks)
		for i, piece := range pieces {
			last := !slices.ContainsFunc(pieces[i+1:], hasValue)
			named = append(named, last && hasValue(piece))
			addPiece(c, s, piece)
		}
		for _, spot := range s.Spots {
			if spot.Value != nil {
				values = append(values, *spot.Value)
			}
		}
	}
	axis := around(values)
	y := valuesY(axis)
	y.Name, y.NameLocation = t.Unit, "end"
	c.SetXAxis(t.Labels)
	c.SetGlobalOptions(charts.WithXAxisOpts(categoriesX(nil)), charts.WithYAxisOpts(y),
		charts.WithLegendOpts(opts.Legend{Show: opts.Bool(false)}),
		charts.WithGridOpts(grid("8", nameRoom(t.Series), "36", "8")))
	if len(t.Breaks) > 0 && len(c.MultiSeries) > 0 {
		markBreaks(c, t)
	}
	return finish(c, func(option object) {
		axis.apply(first(option, "yAxis"))
		first(option, "yAxis").(object)["nameTextStyle"] = object{"color": muted, "fontSize": 13, "align": "left"}
		whole(option)
		all, _ := option["series"].([]any)
		for i, s := range all {
			finishLine(s.(object), named[i])
		}
	})
}

// nameRoom answers how much room the names at the ends of the lines take, in pixels: not more than the longest needs, because a phone
// has little.
func nameRoom(series []dashboard.TrendSeries) string {
	widest := 0
	for _, s := range series {
		wide := 0
		for _, c := range s.Name {
			if wide += 8; c >= 0x2e80 {
				wide += 6 // a Chinese character
			}
		}
		widest = max(widest, wide)
	}
	return strconv.Itoa(min(max(widest+20, 48), 120))
}

func addPiece(c *charts.Line, s dashboard.TrendSeries, piece []dashboard.Spot) {
	st := styleOf(s.Kind)
	data := make([]opts.LineData, len(piece))
	for i, spot := range piece {
		data[i] = opts.LineData{Name: s.Name + " " + spot.Label + " " + spot.Text, Value: gap}
		if spot.Value != nil {
			data[i].Value = *spot.Value
		}
	}
	c.AddSeries(s.Name, data,
		charts.WithLineChartOpts(opts.LineChart{Symbol: st.symbol, SymbolSize: st.size, ShowSymbol: opts.Bool(true), ConnectNulls: opts.Bool(false)}),
		charts.WithLineStyleOpts(opts.LineStyle{Color: st.color, Width: st.width, Type: st.line}),
		charts.WithItemStyleOpts(opts.ItemStyle{Color: st.color}))
}

// piecesOf cuts a line at its breaks. Every piece has all positions; those of the other pieces are gaps.
func piecesOf(spots []dashboard.Spot, breaks []int) [][]dashboard.Spot {
	ends := append(slices.Clone(breaks), len(spots))
	pieces := make([][]dashboard.Spot, len(ends))
	from := 0
	for i, end := range ends {
		piece := slices.Clone(spots)
		for k := range piece {
			if k < from || k >= end {
				piece[k].Value = nil
			}
		}
		pieces[i] = piece
		from = end
	}
	return pieces
}

func hasValue(piece []dashboard.Spot) bool {
	return slices.ContainsFunc(piece, func(s dashboard.Spot) bool { return s.Value != nil })
}

// markBreaks draws a line where the break is and says why.
func markBreaks(c *charts.Line, t *dashboard.Trend) {
	s := &c.MultiSeries[len(c.MultiSeries)-1]
	for i, at := range t.Breaks {
		item := opts.MarkLineNameXAxisItem{Name: t.BreakText, XAxis: t.Labels[at]}
		charts.WithMarkLineNameXAxisItemOpts(item)(s)
		if i > 0 {
			continue
		}
		charts.WithMarkLineStyleOpts(opts.MarkLineStyle{
			Symbol:    []string{"none", "none"},
			Label:     &opts.Label{Show: opts.Bool(true), Position: "end", Color: muted, FontSize: 13, Formatter: types.FuncStr(literal(t.BreakText))},
			LineStyle: &opts.LineStyle{Color: muted, Width: 1, Type: "dotted"},
		})(s)
	}
}

// finishLine sets what the library's Go side has no words for: the name at the end of the line.
func finishLine(s object, named bool) {
	s["smooth"] = false
	s["endLabel"] = object{"show": false}
	if named {
		s["endLabel"] = object{"show": true, "formatter": "{a}", "color": ink, "fontSize": 13, "distance": 8, "padding": []any{2, 0}}
		// Names that would overlap are moved apart; the padding keeps a little air between them.
		s["labelLayout"] = object{"moveOverlap": "shiftY"}
	}
	if mark, ok := s["markLine"].(object); ok {
		mark["silent"], mark["animation"] = true, false
	}
}
