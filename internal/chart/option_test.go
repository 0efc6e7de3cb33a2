package chart_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/chart"
	"github.com/unionboard/unionboard/internal/dashboard"
)

func number(x float64) *float64 { return &x }

func name(text string) dashboard.Name { return dashboard.Name{Full: text + "区", Short: text} }

func scored(x float64, text string, light assess.Light) dashboard.Figure {
	return dashboard.Figure{State: assess.Scored, Light: light, Score: x, Text: text}
}

func spots(values ...*float64) (list []dashboard.Spot) {
	labels := []string{"25Q1", "25Q2", "25Q3", "25Q4", "26Q1"}
	for i, v := range values {
		s := dashboard.Spot{Label: labels[i], Value: v, Text: "—"}
		if v != nil {
			s.Text = "有"
		}
		list = append(list, s)
	}
	return list
}

// panels are one of each kind that is drawn.
func panels() map[string]*dashboard.Panel {
	return map[string]*dashboard.Panel{
		"ranking": {Type: "ranking", Ranking: &dashboard.Ranking{
			Of: name("综合"), Max: 100,
			Rows: []dashboard.Place{
				{Unit: name("和平"), Figure: scored(97.6, "97.60", assess.Green), Value: number(97.6), ValueText: "97.60"},
				{Unit: name("铁西"), Figure: scored(60.8, "60.80", assess.Red), Value: number(60.8), ValueText: "60.80"},
				{Unit: name("康平"), Figure: dashboard.Figure{State: assess.NotReported, Text: "未报"}},
			},
			City: &dashboard.Place{Unit: dashboard.Name{Full: "全市"}, Figure: scored(80, "80.00", assess.Yellow), Value: number(80), ValueText: "80.00"},
		}},
		"ranking_by_value": {Type: "ranking", Ranking: &dashboard.Ranking{
			Of: name("会员"), ByValue: true, Target: number(15), TargetTo: "应完成 15.0%",
			Rows: []dashboard.Place{{Unit: name("和平"), Figure: scored(100, "100.00", assess.Green), Value: number(16777217), ValueText: "16,777,217 人"}},
		}},
		"bars": {Type: "bars", Bars: &dashboard.Bars{Own: "和平区", Group: "组内中位", City: "市均", Max: 100, Rows: []dashboard.BarRow{
			{Name: name("思想"), Own: scored(100, "100.00", assess.Green), GroupMedian: number(80), CityAvg: number(90), GroupText: "80.00", CityText: "90.00"},
			{Name: name("组织"), Own: dashboard.Figure{State: assess.Pending, Text: "待报"}, GroupText: "—", CityText: "—"},
		}}},
		"radar": {Type: "radar", Radar: &dashboard.Radar{
			Max: 100, Axes: []dashboard.Name{name("一"), name("二"), name("三"), name("四")},
			Series: []dashboard.RadarSeries{
				{Name: "和平区", Values: []*float64{number(1), number(2), nil, number(4)}, Texts: []string{"1.00", "2.00", "未报", "4.00"}},
				{Name: "市均", Values: []*float64{number(5), number(6), number(7), number(8)}, Texts: []string{"5.00", "6.00", "7.00", "8.00"}},
			},
		}},
		"trend": {Type: "trend", Trend: &dashboard.Trend{
			Labels: []string{"25Q1", "25Q2", "25Q3", "25Q4", "26Q1"}, Unit: "分", Breaks: []int{4}, BreakText: "方案不同",
			Series: []dashboard.TrendSeries{
				{Name: "沈河", Kind: "peer", Spots: spots(number(81), number(82), number(83), number(84), nil)},
				{Name: "和平", Kind: "own", Spots: spots(number(90), nil, number(91), number(92), number(86.9))},
			},
		}},
		"spread": {Type: "spread", Spread: &dashboard.Spread{Axis: "%", Lines: []dashboard.SpreadLine{{
			Name: name("入会率"),
			Low:  89, Q1: 92, Median: 94, Q3: 95.25, Top: 96, Points: []dashboard.SpreadPoint{
				{Unit: name("铁西"), Value: 89, Text: "89.0%", Light: assess.Red},
				{Unit: name("和平"), Value: 93, Text: "93.0%", Light: assess.Yellow},
				{Unit: name("沈河"), Value: 96, Text: "96.0%", Light: assess.Green},
				{Unit: name("康平"), Value: 95, Text: "95.0%"},
			},
		}}}},
		"scatter": {Type: "scatter", Scatter: &dashboard.Scatter{
			X: dashboard.ScatterAxis{Name: name("技能"), Measure: "分"}, Y: dashboard.ScatterAxis{Name: name("组织"), Measure: "分"},
			Points: []dashboard.ScatterPoint{
				{Unit: name("和平"), X: 80, Y: 90.5, XText: "80.00", YText: "90.50", Light: assess.Yellow},
				{Unit: name("沈河"), X: 95, Y: 99, XText: "95.00", YText: "99.00", Light: assess.Green},
				{Unit: name("康平"), X: 70, Y: 60, XText: "70.00", YText: "60.00"},
			},
		}},
		"rankband": {Type: "rankband", RankBand: &dashboard.RankBand{Rows: []dashboard.RankBandRow{
			{Unit: name("和平"), Rank: 1, RankText: "第1", Low: 1, High: 1, Text: "第1"},
			{Unit: name("沈河"), Rank: 2, RankText: "第2", Low: 2, High: 4, Text: "第2到第4", Band: 1},
			{Unit: name("康平"), Rank: 3, RankText: "第3", Low: 2, High: 4, Text: "第2到第4", Band: 1, Own: true},
		}}},
		"waterfall": {Type: "waterfall", Waterfall: &dashboard.Waterfall{Steps: []dashboard.WaterStep{
			{Name: dashboard.Name{Full: "上季"}, Kind: "total", To: 90, Text: "90.00"},
			{Name: name("思想"), Kind: "performance", From: 90, To: 93.5, Text: "+3.50"},
			{Name: name("组织"), Kind: "performance", From: 93.5, To: 92, Text: "−1.50"},
			{Name: dashboard.Name{Full: "本季"}, Kind: "total", To: 92, Text: "92.00"},
		}}},
	}
}

func option(t testing.TB, p *dashboard.Panel) map[string]any {
	t.Helper()
	text, err := chart.Option(p, "zh")
	if err != nil {
		t.Fatal(err)
	}
	var o map[string]any
	if err := json.Unmarshal(text, &o); err != nil {
		t.Fatal(err)
	}
	return o
}

// dig goes down keys and positions.
func dig(t testing.TB, v any, path ...any) any {
	t.Helper()
	for _, step := range path {
		switch s := step.(type) {
		case string:
			m, ok := v.(map[string]any)
			if !ok || m[s] == nil {
				t.Fatalf("there is no %v of %v", s, path)
			}
			v = m[s]
		case int:
			list, ok := v.([]any)
			if !ok || s >= len(list) {
				t.Fatalf("there is no %d of %v", s, path)
			}
			v = list[s]
		}
	}
	return v
}

// TestGoldenOptions holds one option of each kind to testdata. After a change that is meant, run with UNIONBOARD_TEST_UPDATE=1.
func TestGoldenOptions(t *testing.T) {
	for kind, p := range panels() {
		t.Run(kind, func(t *testing.T) {
			text, err := chart.Option(p, "zh")
			if err != nil {
				t.Fatal(err)
			}
			var pretty bytes.Buffer
			if err := json.Indent(&pretty, text, "", " "); err != nil {
				t.Fatal(err)
			}
			pretty.WriteByte('\n')
			file := filepath.Join("testdata", kind+".json")
			if os.Getenv("UNIONBOARD_TEST_UPDATE") != "" {
				if err := os.WriteFile(file, pretty.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), pretty.String()); diff != "" {
				t.Errorf("option differs from %s (-want +got):\n%s", file, diff)
			}
		})
	}
}

func TestSameBytesTwice(t *testing.T) {
	for kind, p := range panels() {
		first, _ := chart.Option(p, "zh")
		second, _ := chart.Option(p, "zh")
		if !bytes.Equal(first, second) {
			t.Errorf("%s: two options of one panel differ", kind)
		}
	}
}

// TestNothingIsLeftToTheLibrary: what version 6 moved, and what a page must not have, is said in every option.
func TestNothingIsLeftToTheLibrary(t *testing.T) {
	for kind, p := range panels() {
		o := option(t, p)
		for key, want := range map[string]any{"animation": false, "backgroundColor": "transparent"} {
			if o[key] != want {
				t.Errorf("%s: %s is %v", kind, key, o[key])
			}
		}
		for _, key := range []string{"title", "toolbox"} {
			if dig(t, o, key, "show") != false {
				t.Errorf("%s: %s is shown", kind, key)
			}
		}
		if dig(t, o, "aria", "enabled") != false || dig(t, o, "tooltip", "renderMode") != "richText" {
			t.Errorf("%s: aria or tooltip is the library's own", kind)
		}
		if !strings.HasPrefix(dig(t, o, "textStyle", "fontFamily").(string), `"PingFang SC"`) {
			t.Errorf("%s: the font is %v", kind, dig(t, o, "textStyle", "fontFamily"))
		}
		dig(t, o, "legend", "show")
		if kind == "radar" {
			dig(t, o, "radar", "center")
			continue
		}
		for _, side := range []string{"left", "right", "top", "bottom"} {
			dig(t, o, "grid", 0, side)
		}
		for _, axis := range []string{"xAxis", "yAxis"} {
			a := dig(t, o, axis, 0).(map[string]any)
			if a["type"] == "category" && dig(t, a, "axisLabel", "interval") != 0.0 {
				t.Errorf("%s: some names of %s may be left out", kind, axis)
			}
			if a["type"] == "value" && (a["min"] == nil || a["max"] == nil || a["interval"] == nil) {
				t.Errorf("%s: %s has no bounds of its own: %v", kind, axis, a)
			}
		}
	}
}

// TestHostileNames: a name can close no element, be no function, and no template.
func TestHostileNames(t *testing.T) {
	for _, hostile := range []string{`</script><script>alert(1)</script>`, `__f__function(){alert(1)}__f__`, `{a|x}{b}`, `@score2`, `"},{"x`, "<!--", "\u2028", "@int"} {
		for kind, p := range panels() {
			bad := dashboard.Name{Full: hostile, Short: hostile}
			switch {
			case p.Ranking != nil:
				p.Ranking.Of, p.Ranking.TargetTo, p.Ranking.Rows[0].Unit, p.Ranking.Rows[0].ValueText = bad, hostile, bad, hostile
			case p.Bars != nil:
				p.Bars.Own, p.Bars.Rows[0].Name = hostile, bad
			case p.Radar != nil:
				p.Radar.Axes[0], p.Radar.Series[0].Name = bad, hostile
			case p.Trend != nil:
				p.Trend.Series[1].Name, p.Trend.Unit, p.Trend.BreakText = hostile, hostile, hostile
			case p.Spread != nil:
				p.Spread.Lines[0].Name, p.Spread.Lines[0].Points[0].Unit, p.Spread.Axis = bad, bad, hostile
			}
			text, err := chart.Option(p, "zh")
			if err != nil {
				t.Errorf("%s with %q: %v", kind, hostile, err)
				continue
			}
			if bytes.ContainsAny(text, "<>\u2028") {
				t.Errorf("%s with %q: an angle bracket or a line separator stands in the JSON", kind, hostile)
			}
			var o any
			if err := json.Unmarshal(text, &o); err != nil {
				t.Fatal(err)
			}
			formatters(o, "", func(key, value string) {
				if strings.HasPrefix(value, "@") && value != "@score2" && value != "@pct1" && value != "@int" || strings.Contains(value, "__f__") {
					t.Errorf("%s with %q: %s is %q", kind, hostile, key, value)
				}
				if key == "formatter" && strings.ContainsAny(value, "{}") && value != "{a}" && value != "{b}" {
					t.Errorf("%s with %q: the formatter %q is a template", kind, hostile, value)
				}
			})
		}
	}
}

func formatters(v any, key string, visit func(key, value string)) {
	switch x := v.(type) {
	case map[string]any:
		for k, inner := range x {
			formatters(inner, k, visit)
		}
	case []any:
		for _, inner := range x {
			formatters(inner, key, visit)
		}
	case string:
		if strings.HasSuffix(strings.ToLower(key), "formatter") {
			visit(key, x)
		}
	}
}

// TestNumbersMustBeNumbers: NaN and the infinities would leave the page with JSON that cannot be read.
func TestNumbersMustBeNumbers(t *testing.T) {
	for _, x := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		for kind, p := range panels() {
			switch {
			case p.Ranking != nil:
				p.Ranking.Rows[0].Value = &x
			case p.Bars != nil:
				p.Bars.Rows[0].GroupMedian = &x
			case p.Radar != nil:
				p.Radar.Series[0].Values[0] = &x
			case p.Trend != nil:
				p.Trend.Series[0].Spots[0].Value = &x
			case p.Spread != nil:
				p.Spread.Lines[0].Q1 = x
			case p.Waterfall != nil:
				p.Waterfall.Steps[1].To = x
			default:
				continue // its numbers are places, which are whole
			}
			text, err := chart.Option(p, "zh")
			var problem *assess.Problem
			if !errors.As(err, &problem) || problem.Key != "problem.chart_number" || text != nil {
				t.Errorf("%s with %v: %v", kind, x, err)
			}
		}
	}
}

func TestPanelsWithoutAChart(t *testing.T) {
	p := &dashboard.Panel{Type: "status", Status: &dashboard.Status{}}
	if _, err := chart.Option(p, "zh"); !errors.Is(err, assess.ErrNotFound) {
		t.Errorf("a status panel: %v", err)
	}
	if h := chart.Height(p); h != 0 {
		t.Errorf("a status panel is %d high", h)
	}
	for kind, p := range panels() {
		if h := chart.Height(p); h < 160 || h%40 != 0 {
			t.Errorf("%s is %d high", kind, h)
		}
	}
}

// TestEmptyPanels: no row, no line, no value is a chart with nothing in it, not an error.
func TestEmptyPanels(t *testing.T) {
	for _, p := range []*dashboard.Panel{
		{Ranking: &dashboard.Ranking{}},
		{Bars: &dashboard.Bars{}},
		{Radar: &dashboard.Radar{}},
		{Trend: &dashboard.Trend{}},
		{Spread: &dashboard.Spread{}},
		{Scatter: &dashboard.Scatter{}},
		{RankBand: &dashboard.RankBand{}},
		{Waterfall: &dashboard.Waterfall{}},
		{Trend: &dashboard.Trend{Labels: []string{"25Q1"}, Breaks: []int{0}, Series: []dashboard.TrendSeries{{Name: "x", Spots: spots(nil)}}}},
	} {
		option(t, p)
	}
}

func TestRankingBars(t *testing.T) {
	o := option(t, panels()["ranking"])
	var got []any
	for _, d := range dig(t, o, "series", 0, "data").([]any) {
		got = append(got, dig(t, d, "value"))
	}
	if diff := cmp.Diff([]any{97.6, 60.8, "-", 80.0}, got); diff != "" {
		t.Errorf("bars (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]any{"和平区", "铁西区", "康平区", "全市"}, dig(t, o, "yAxis", 0, "data")); diff != "" {
		t.Error(diff)
	}
	if dig(t, o, "yAxis", 0, "inverse") != true || dig(t, o, "xAxis", 0, "min") != 0.0 || dig(t, o, "xAxis", 0, "max") != 100.0 {
		t.Error("the best is not on top, or the bars do not start at zero")
	}
	if got := dig(t, o, "series", 0, "data", 1, "itemStyle", "color"); got != "#EBAF9F" {
		t.Errorf("a red light is drawn %v", got)
	}
}

// TestValuesKeepEveryDigit: the library's own fields are single precision, in which 16,777,217 is 16,777,216.
func TestValuesKeepEveryDigit(t *testing.T) {
	text, err := chart.Option(panels()["ranking_by_value"], "zh")
	if err != nil || !bytes.Contains(text, []byte(`"value":16777217`)) {
		t.Errorf("the value lost digits (%v)", err)
	}
	o := option(t, panels()["ranking_by_value"])
	if dig(t, o, "series", 0, "markLine", "data", 0, "xAxis") != 15.0 || dig(t, o, "series", 0, "markLine", "label", "formatter") != "应完成 15.0%" {
		t.Error("the target line is missing")
	}
}

// TestOwnTargetsAreMarked: where every unit has its own target, each bar carries its mark, and the city's sum is not drawn.
func TestOwnTargetsAreMarked(t *testing.T) {
	p := panels()["ranking"]
	p.Ranking.CitySum, p.Ranking.ByValue, p.Ranking.Max = true, true, 0
	p.Ranking.Rows[1].DueValue = number(120)
	o := option(t, p)
	if diff := cmp.Diff([]any{120.0, 1.0}, dig(t, o, "series", 1, "data", 0, "value")); diff != "" {
		t.Error(diff)
	}
	if n := len(dig(t, o, "yAxis", 0, "data").([]any)); n != 3 {
		t.Errorf("%d bars, want those of the units", n)
	}
	if dig(t, o, "xAxis", 0, "max").(float64) < 120 {
		t.Error("the mark lies outside the axis")
	}
}

func TestManyPlacesAreCut(t *testing.T) {
	p := panels()["ranking"]
	for range 2000 {
		p.Ranking.Rows = append(p.Ranking.Rows, p.Ranking.Rows[0])
	}
	if n := len(dig(t, option(t, p), "yAxis", 0, "data").([]any)); n != 41 || len(p.Ranking.Rows) != 2003 {
		t.Errorf("%d bars", n)
	}
}

// TestRadarReadsClockwise: the library draws anticlockwise, so the first stays on top and the others come in reverse.
func TestRadarReadsClockwise(t *testing.T) {
	o := option(t, panels()["radar"])
	var names []any
	for _, axis := range dig(t, o, "radar", "indicator").([]any) {
		names = append(names, dig(t, axis, "name"))
		if dig(t, axis, "max") != 100.0 || axis.(map[string]any)["min"] != 0.0 {
			t.Errorf("an axis is %v", axis)
		}
	}
	if diff := cmp.Diff([]any{"一", "四", "三", "二"}, names); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]any{1.0, 4.0, "-", 2.0}, dig(t, o, "series", 0, "data", 0, "value")); diff != "" {
		t.Errorf("values do not follow their axes:\n%s", diff)
	}
}

// TestTrendKeepsGapsAndBreaks: the gap stays, no piece crosses the break, and only the last piece with values carries the name.
func TestTrendKeepsGapsAndBreaks(t *testing.T) {
	o := option(t, panels()["trend"])
	var got [][]any
	var named []any
	for _, s := range dig(t, o, "series").([]any) {
		var values []any
		for _, d := range dig(t, s, "data").([]any) {
			values = append(values, dig(t, d, "value"))
		}
		got = append(got, values)
		named = append(named, s.(map[string]any)["endLabel"].(map[string]any)["show"])
		if s.(map[string]any)["connectNulls"] != false {
			t.Error("a gap is bridged")
		}
	}
	want := [][]any{{81.0, 82.0, 83.0, 84.0, "-"}, {"-", "-", "-", "-", "-"}, {90.0, "-", 91.0, 92.0, "-"}, {"-", "-", "-", "-", 86.9}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]any{true, false, false, true}, named); diff != "" {
		t.Errorf("names at the ends (-want +got):\n%s", diff)
	}
	if dig(t, o, "series", 3, "markLine", "data", 0, "xAxis") != "26Q1" {
		t.Error("the break is not marked")
	}
}

func TestBarsMarkTheOthers(t *testing.T) {
	o := option(t, panels()["bars"])
	if dig(t, o, "series", 0, "data", 1, "value") != "-" {
		t.Error("a gap has a bar")
	}
	if diff := cmp.Diff([]any{80.0, 0.0}, dig(t, o, "series", 1, "data", 0, "value")); diff != "" {
		t.Error(diff)
	}
	if n := len(dig(t, o, "series", 2, "data").([]any)); n != 1 {
		t.Errorf("%d marks of the mean, want none for the gap", n)
	}
	if diff := cmp.Diff([]any{"和平区", "组内中位", "市均"}, dig(t, o, "legend", "data")); diff != "" {
		t.Error(diff)
	}
}

func TestSpreadDrawsAPointForEachUnit(t *testing.T) {
	o := option(t, panels()["spread"])
	if diff := cmp.Diff([]any{89.0, 92.0, 94.0, 95.25, 96.0}, dig(t, o, "series", 0, "data", 0, "value")); diff != "" {
		t.Error(diff)
	}
	points, symbols := 0, map[any]bool{}
	for _, s := range dig(t, o, "series").([]any)[1:] {
		points += len(dig(t, s, "data").([]any))
		symbols[dig(t, s, "symbol")] = true
	}
	if points != 4 || len(symbols) != 4 {
		t.Errorf("%d points in %d shapes, want 4 in 4", points, len(symbols))
	}
}

// TestScatterNamesItsPoints: each unit lies at its two figures, in the shape of its light, with its name beside it.
func TestScatterNamesItsPoints(t *testing.T) {
	o := option(t, panels()["scatter"])
	for series, want := range []struct {
		name, symbol string
		x, y         float64
	}{{"沈河", "circle", 95, 99}, {"和平", "path", 80, 90.5}, {"康平", "emptyCircle", 70, 60}} {
		point := dig(t, o, "series", series, "data", 0)
		if dig(t, point, "name") != want.name || dig(t, point, "value", 0) != want.x || dig(t, point, "value", 1) != want.y {
			t.Errorf("series %d draws %v, want %v", series, point, want)
		}
		if symbol := dig(t, o, "series", series, "symbol").(string); !strings.HasPrefix(symbol, want.symbol) {
			t.Errorf("series %d is drawn as %s, want %s", series, symbol, want.symbol)
		}
		if dig(t, o, "series", series, "label", "formatter") != "{b}" {
			t.Errorf("series %d does not name its points", series)
		}
	}
}
