package dashboard

import (
	"cmp"

	"github.com/unionboard/unionboard/internal/assess"
)

// Scatter lays the units between two figures: one along each axis.
type Scatter struct {
	X, Y   ScatterAxis
	Points []ScatterPoint // in official order; units that lack one of the two are left out
	Left   int            // how many were left out
}

// ScatterAxis is what an axis shows, with its measure.
type ScatterAxis struct {
	Name    Name
	Measure string
}

// ScatterPoint is a unit. Its light is that of what lies along Y.
type ScatterPoint struct {
	Unit         Name
	X, Y         float64
	XText, YText string
	XWhy, YWhy   string
	Light        assess.Light
}

// scatter sets what a query asks for against another figure of the same units.
func (r *resolver) scatter(d PanelDefinition, p *Panel) error {
	y, err := r.one(d.Query)
	if err != nil {
		return err
	}
	x, err := r.one(Query{Of: d.Options.Against})
	if err != nil {
		return err
	}
	byValue := d.Query.Measure == "value"
	s := &Scatter{X: r.axis(x, byValue), Y: r.axis(y, byValue)}
	units := r.units(d.Query)
	along := map[string]SpreadPoint{}
	for _, point := range r.points(units, x, byValue) {
		along[point.Unit.Code] = point
	}
	for _, point := range r.points(units, y, byValue) {
		other, ok := along[point.Unit.Code]
		if !ok {
			continue
		}
		u := assess.UnitCode(point.Unit.Code)
		s.Points = append(s.Points, ScatterPoint{
			Unit: point.Unit, X: other.Value, Y: point.Value, XText: other.Text, YText: point.Text,
			XWhy: r.links.why(u, x), YWhy: r.links.why(u, y), Light: point.Light,
		})
	}
	s.Left = len(units) - len(s.Points)
	p.Scatter = s
	return nil
}

func (r *resolver) axis(code assess.Code, byValue bool) ScatterAxis {
	a := ScatterAxis{Name: r.nodeName(r.now, code), Measure: r.words.T("common.points")}
	if ind := r.now.indicator(code); byValue && ind != nil {
		a.Measure = cmp.Or(ind.Measure.In(r.req.Lang), a.Measure)
	}
	return a
}
