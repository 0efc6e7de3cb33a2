package chart

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dashboard"
)

// Option makes the option of a panel's chart: ranking, bars, radar, trend, spread, scatter, rankband or
// waterfall. The JSON has no function, no NaN, and every
// "<" escaped, so that it may stand in a script element of type application/json. The same panel gives the same bytes. A panel
// without a chart is assess.ErrNotFound, one with a number that is none is assess.ErrInvalid.
//
// Strings under the keys formatter and valueFormatter may be names the page's loader replaces by its own functions: @score2, @pct1,
// @int. The language is that of the page; every text comes with the panel in it already.
func Option(p *dashboard.Panel, _ string) (json.RawMessage, error) {
	switch {
	case p.Ranking != nil:
		return ranking(p.Ranking)
	case p.Bars != nil:
		return bars(p.Bars)
	case p.Radar != nil:
		return radar(p.Radar)
	case p.Trend != nil:
		return trend(p.Trend)
	case p.Spread != nil:
		return spread(p.Spread)
	case p.Scatter != nil:
		return scatter(p.Scatter)
	case p.RankBand != nil:
		return rankBand(p.RankBand)
	case p.Waterfall != nil:
		return waterfall(p.Waterfall)
	}
	return nil, assess.NotFound("problem.no_chart", fmt.Sprintf("a panel of type %q has no chart; show its table", p.Type), "type", p.Type)
}

// Height answers how many pixels high the chart of a panel should be drawn, 0 for panels without one. It is a multiple of 40, so
// that a style sheet can name every height.
func Height(p *dashboard.Panel) int {
	rows := 0
	switch {
	case p.Ranking != nil:
		rows = len(p.Ranking.Rows) + 2
	case p.Bars != nil:
		rows = len(p.Bars.Rows) + 2
	case p.Spread != nil:
		rows = 2*len(p.Spread.Lines) + 2
	case p.RankBand != nil:
		rows = len(p.RankBand.Rows) + 2
	case p.Waterfall != nil:
		rows = len(p.Waterfall.Steps) + 2
	case p.Radar != nil, p.Trend != nil, p.Scatter != nil:
		return 320
	default:
		return 0
	}
	return max(160, (min(rows, mostPlaces+2)*28+39)/40*40)
}

// drawn is a chart of the library, used once: rendering changes it.
type drawn interface {
	Validate()
	JSON() map[string]any
}

type object = map[string]any

// finish turns a chart into plain JSON, adds what the library cannot say, and refuses what must not be in it. more may be nil.
func finish(c drawn, more func(option object)) (json.RawMessage, error) {
	c.Validate() // puts the data of the axes in their place; JSON without it has none
	text, err := json.Marshal(c.JSON())
	if err != nil {
		return nil, refuse(err)
	}
	var option object
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber() // keeps every digit
	if err := decoder.Decode(&option); err != nil {
		return nil, fmt.Errorf("chart option: %w", err)
	}
	prune(option)
	siteDefaults(option)
	if more != nil {
		more(option)
	}
	fitAxes(option)
	if err := check("", option); err != nil {
		return nil, err
	}
	text, err = json.Marshal(option) // sorts the keys and escapes <, > and &
	if err != nil {
		return nil, refuse(err)
	}
	return text, nil
}

// refuse says that a value is no number; it would leave the page with JSON that cannot be read.
func refuse(err error) error {
	var unsupported *json.UnsupportedValueError
	if errors.As(err, &unsupported) {
		return assess.Invalid("problem.chart_number",
			fmt.Sprintf("a figure of this chart is %s, which is no number; it should have been a gap", unsupported.Str), "value", unsupported.Str).Because(err)
	}
	return fmt.Errorf("chart option: %w", err)
}

// prune takes out nulls, which the library writes for what was not set.
func prune(value any) {
	switch v := value.(type) {
	case object:
		for key, inner := range v {
			if inner == nil {
				delete(v, key)
				continue
			}
			prune(inner)
		}
	case []any:
		for _, inner := range v {
			prune(inner)
		}
	}
}

// siteDefaults sets what every chart of the site has in common. Version 6 of the chart library moved the defaults, so nothing is
// left to them.
func siteDefaults(option object) {
	option["animation"] = false
	option["aria"] = object{"enabled": false}
	option["textStyle"] = object{"fontFamily": fontFamily, "fontSize": 13, "color": ink}
	option["title"] = object{"show": false}
	option["toolbox"] = object{"show": false}
	option["backgroundColor"] = "transparent"
	option["color"] = []any{accent, second, third, fourth}
	option["tooltip"] = object{
		"show": true, "trigger": "item", "renderMode": "richText", "confine": true, "formatter": "{b}",
		"backgroundColor": paper, "borderColor": rule, "borderWidth": 1, "padding": 8,
		"textStyle": object{"color": ink, "fontSize": 13, "fontFamily": fontFamily},
	}
	for _, key := range []string{"xAxis", "yAxis"} {
		axes, _ := option[key].([]any)
		for _, axis := range axes {
			everyLabel(axis.(object))
		}
	}
}

// everyLabel keeps the library from leaving out names, and takes the interval as the number it must be.
func everyLabel(axis object) {
	if axis["type"] != "category" {
		return
	}
	label, ok := axis["axisLabel"].(object)
	if !ok {
		label = object{}
		axis["axisLabel"] = label
	}
	label["interval"] = 0
	axis["axisTick"] = object{"show": false}
}

// loaderNames are the formatters the page's loader knows.
func loaderName(s string) bool { return s == "@score2" || s == "@pct1" || s == "@int" }

// check refuses what the loader would take for a function: only names it knows may stand where a formatter stands, and nothing
// that the chart library's renderer would mark as code.
func check(key string, value any) error {
	switch v := value.(type) {
	case object:
		for k, inner := range v {
			if err := check(k, inner); err != nil {
				return err
			}
		}
	case []any:
		for _, inner := range v {
			if err := check(key, inner); err != nil {
				return err
			}
		}
	case string:
		formatter := strings.HasSuffix(strings.ToLower(key), "formatter")
		if formatter && (strings.HasPrefix(v, "@") && !loaderName(v) || strings.Contains(v, "__f__")) {
			return assess.Invalid("problem.chart_formatter", fmt.Sprintf("%q is no formatter the page knows; use @score2, @pct1, @int or plain text", v), "value", v)
		}
	}
	return nil
}

// literal makes a text safe to stand as a formatter: the library reads braces as its own template, the loader reads a leading @.
func literal(text string) string {
	text = strings.NewReplacer("{", "｛", "}", "｝", "__f__", "").Replace(text)
	if strings.HasPrefix(text, "@") {
		text = " " + text
	}
	return text
}
