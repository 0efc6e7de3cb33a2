package dashboard

import (
	"cmp"
	"math"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// spread shows how the units lie apart, in scores or values. Of several nodes the most dispersed are shown: those whose scores
// have the greatest standard deviation.
func (r *resolver) spread(d PanelDefinition, p *Panel) error {
	codes, err := r.of(d.Query)
	if err != nil {
		return err
	}
	byValue := d.Query.Measure == "value"
	units := r.units(d.Query)
	type line struct {
		SpreadLine
		deviation float64
	}
	var lines []line
	for _, code := range codes {
		if points := r.points(units, code, byValue); len(points) > 1 {
			l := boxed(points)
			l.Name = r.nodeName(r.now, code)
			lines = append(lines, line{l, deviation(points)})
		}
	}
	if limit := d.Options.Limit; limit > 0 && len(lines) > limit {
		slices.SortStableFunc(lines, func(a, b line) int { return cmp.Compare(b.deviation, a.deviation) })
		lines = lines[:limit]
	}
	p.Spread = &Spread{Axis: r.words.T("common.points")}
	if byValue && len(codes) == 1 {
		if ind := r.now.indicator(codes[0]); ind != nil {
			p.Spread.Axis = ind.Measure.In(r.req.Lang)
		}
	}
	for _, l := range lines {
		p.Spread.Lines = append(p.Spread.Lines, l.SpreadLine)
	}
	return nil
}

// points collects what the units have; those without are left out.
func (r *resolver) points(units []assess.Unit, code assess.Code, byValue bool) (points []SpreadPoint) {
	if r.unscored(code) {
		return nil
	}
	for _, u := range units {
		n := r.now.score(u.Code, code)
		if n == nil {
			continue
		}
		point := SpreadPoint{Unit: r.unitName(u), Light: n.Light}
		switch {
		case byValue && n.Value != nil:
			point.Value, point.Text = *n.Value, r.value(r.now, code, n)
		case !byValue && n.State == assess.Scored:
			point.Value, point.Text = n.Shown, r.scoreText(r.now, u.Code, code, n)
		default:
			continue
		}
		points = append(points, point)
	}
	return points
}

// extremePoints is how many of the lowest and of the highest of many units are drawn as points.
const extremePoints = 10

// boxed makes the box of all points. Of many units only the lowest and the highest stay points: a thousand points over each other say
// nothing, and weigh much.
func boxed(points []SpreadPoint) SpreadLine {
	sorted := valuesOf(points)
	slices.Sort(sorted)
	if len(points) > longList {
		points = slices.Clone(points)
		slices.SortStableFunc(points, func(a, b SpreadPoint) int { return cmp.Compare(a.Value, b.Value) })
		points = slices.Concat(points[:extremePoints], points[len(points)-extremePoints:])
	}
	return SpreadLine{
		Low: sorted[0], Q1: quantile(sorted, 0.25), Median: quantile(sorted, 0.5), Q3: quantile(sorted, 0.75), Top: sorted[len(sorted)-1],
		Points: points,
	}
}

func valuesOf(points []SpreadPoint) []float64 {
	values := make([]float64, len(points))
	for i, p := range points {
		values[i] = p.Value
	}
	return values
}

// quantile interpolates between the order statistics of sorted values: the one at place 1 + (n − 1) q (Hyndman and Fan, type 7).
func quantile(sorted []float64, q float64) float64 {
	at := float64(len(sorted)-1) * q
	low := int(math.Floor(at))
	high := min(low+1, len(sorted)-1)
	return assess.Snap(sorted[low] + (at-float64(low))*(sorted[high]-sorted[low]))
}

// median is the middle one, nil of nothing.
func median(values []float64) *float64 {
	if len(values) == 0 {
		return nil
	}
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	m := quantile(sorted, 0.5)
	return &m
}

// mean is the arithmetic mean, nil of nothing.
func mean(values []float64) *float64 {
	if len(values) == 0 {
		return nil
	}
	sum := 0.0
	for _, x := range values {
		sum += x
	}
	m := assess.Snap(sum / float64(len(values)))
	return &m
}

// deviation is the standard deviation of all units there are (divisor n).
func deviation(points []SpreadPoint) float64 {
	values := valuesOf(points)
	m := *mean(values)
	sum := 0.0
	for _, x := range values {
		sum += (x - m) * (x - m)
	}
	return assess.Snap(math.Sqrt(sum / float64(len(values))))
}
