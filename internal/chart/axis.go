package chart

import (
	"math"
	"strconv"

	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/go-echarts/go-echarts/v2/types"
)

// bounds are the ends of a value axis and the distance of its ticks, whole multiples of 1, 2 or 5 times a power of ten.
type bounds struct{ low, high, step float64 }

// narrowest is the least distance of the ends of an axis; values closer to each other are drawn as equal.
const narrowest = 1e-6

// ticks is about how many an axis has.
const ticks = 5

// fromZero are the bounds of bars: they start at zero, or at the lowest value below it.
func fromZero(values []float64, most float64) bounds {
	low, high := 0.0, most
	for _, x := range values {
		low, high = min(low, x), max(high, x)
	}
	return rounded(low, high)
}

// around are the bounds of lines, cut close to the data.
func around(values []float64) bounds {
	if len(values) == 0 {
		return rounded(0, 1)
	}
	low, high := values[0], values[0]
	for _, x := range values {
		low, high = min(low, x), max(high, x)
	}
	if high-low < narrowest {
		pad := max(math.Abs(low)/10, 1)
		low, high = low-pad, high+pad
	}
	return rounded(low, high)
}

func rounded(low, high float64) bounds {
	if high-low < narrowest {
		high = low + 1
	}
	raw := (high - low) / ticks
	power := math.Pow(10, math.Floor(math.Log10(raw)))
	step := 10 * power
	for _, m := range []float64{1, 2, 5} {
		if raw <= m*power*(1+1e-9) {
			step = m * power
			break
		}
	}
	return bounds{low: tidy(math.Floor(low/step+1e-9) * step), high: tidy(math.Ceil(high/step-1e-9) * step), step: tidy(step)}
}

// tidy takes the binary noise out of a bound, so that it prints as it is meant.
func tidy(x float64) float64 {
	y, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 12, 64), 64)
	if err != nil {
		return x // an infinity, which is refused later
	}
	return y
}

// format chooses how an axis prints its numbers.
func (b bounds) format() string {
	if b.step < 1 {
		return "@score2"
	}
	return "@int"
}

// apply sets the bounds on an axis as plain JSON, with all their digits.
func (b bounds) apply(axis any) {
	a := axis.(object)
	a["min"], a["max"], a["interval"] = b.low, b.high, b.step
}

func axisLabel() *opts.AxisLabel {
	return &opts.AxisLabel{Show: opts.Bool(true), Color: ink, FontSize: 13}
}

func valueLabel(format string) *opts.AxisLabel {
	l := axisLabel()
	l.Color, l.Formatter = muted, types.FuncStr(format)
	return l
}

func hairline(color string) *opts.LineStyle {
	return &opts.LineStyle{Color: color, Width: 1, Type: "solid"}
}

func axisLine() *opts.AxisLine {
	return &opts.AxisLine{Show: opts.Bool(true), LineStyle: hairline(muted)}
}

func splitLine(show bool) *opts.SplitLine {
	return &opts.SplitLine{Show: opts.Bool(show), LineStyle: hairline(rule)}
}

// categories is an axis of names, the first on top or on the left.
func categoriesX(names []string) opts.XAxis {
	return opts.XAxis{Type: "category", Data: names, BoundaryGap: opts.Bool(true), AxisLabel: axisLabel(), AxisLine: axisLine(), SplitLine: splitLine(false)}
}

func categoriesY(names []string) opts.YAxis {
	return opts.YAxis{Type: "category", Data: names, Inverse: opts.Bool(true), AxisLabel: axisLabel(), AxisLine: axisLine(), SplitLine: splitLine(false)}
}

func valuesX(b bounds) opts.XAxis {
	return opts.XAxis{
		Type: "value", AxisLabel: valueLabel(b.format()), AxisLine: &opts.AxisLine{Show: opts.Bool(false)},
		AxisTick: &opts.AxisTick{Show: opts.Bool(false)}, SplitLine: splitLine(true),
	}
}

func valuesY(b bounds) opts.YAxis {
	return opts.YAxis{Type: "value", AxisLabel: valueLabel(b.format()), AxisLine: &opts.AxisLine{Show: opts.Bool(false)}, SplitLine: splitLine(true)}
}

// labelWidth is the room of a name beside an axis, in pixels: longer names go on in the next line, so that a chart keeps its room on
// a phone.
const labelWidth = 104

// fitAxes lets long names break, and leaves out the numbers of an axis that would run into each other.
func fitAxes(option object) {
	for _, key := range []string{"xAxis", "yAxis"} {
		axes, _ := option[key].([]any)
		for _, a := range axes {
			axis, _ := a.(object)
			label, _ := axis["axisLabel"].(object)
			switch {
			case label == nil:
			case axis["type"] == "value" || key == "xAxis":
				label["hideOverlap"] = true // of names below a chart too: a phone has no room for eight quarters; the table has them all
			case key == "yAxis":
				label["width"], label["overflow"] = labelWidth, "break"
			}
		}
	}
}
