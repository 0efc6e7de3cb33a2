package dashboard

import (
	"strconv"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
)

// trend draws the last quarters: a unit with the units of its group, or the city with the median of all units. Gaps stay gaps.
func (r *resolver) trend(d PanelDefinition, p *Panel) error {
	code, err := r.one(d.Query)
	if err != nil {
		return err
	}
	p.Trend, err = r.lines(code, d.Query)
	return err
}

func (r *resolver) lines(code assess.Code, q Query) (*Trend, error) {
	quarters, err := r.quarters(q.Periods)
	if err != nil {
		return nil, err
	}
	t := &Trend{Periods: quarters, Unit: r.words.T("common.points")}
	ind := r.now.indicator(code)
	byValue := q.Measure == "value" && ind != nil
	if byValue {
		t.Unit = ind.Measure.In(r.req.Lang)
	}
	for _, quarter := range quarters {
		t.Labels = append(t.Labels, i18n.ShortPeriod(quarter.String()))
	}
	for _, line := range r.linesOf(code, q) {
		for _, quarter := range quarters {
			v, err := r.at(quarter)
			if err != nil {
				return nil, err
			}
			line.Spots = append(line.Spots, r.spotOf(v, quarter, line, code, byValue))
		}
		t.Series = append(t.Series, line.TrendSeries)
	}
	return t, r.breaks(t, code, byValue)
}

// trendLine is a line and whose figures it draws; the median has no unit.
type trendLine struct {
	TrendSeries
	unit assess.UnitCode
}

// linesOf says which lines there are: the main one last, so that it lies on top. Beside a sum over all units their median would
// lie flat at the bottom; it is left out there.
func (r *resolver) linesOf(code assess.Code, q Query) (lines []trendLine) {
	if q.Units == "city" {
		city := r.now.city()
		if city == "" || q.Measure != "value" || !r.summed(code) {
			lines = append(lines, trendLine{TrendSeries{Name: r.words.T("panel.median"), Kind: "median"}, ""})
		}
		if city != "" {
			lines = append(lines, trendLine{TrendSeries{Name: r.words.T("common.city"), Kind: "own"}, city})
		}
		return lines
	}
	if q.Units == "chosen" {
		for i, u := range r.units(q) {
			lines = append(lines, trendLine{TrendSeries{Name: r.unitName(u).Short, Kind: "chosen" + strconv.Itoa(i)}, u.Code})
		}
		return lines
	}
	if q.Units == "ends" {
		return r.endLines(code)
	}
	own, _ := r.now.edition().Roster.Unit(r.req.Unit)
	for _, u := range r.now.units(own.Group) {
		if u.Code != own.Code && own.Group != "" {
			lines = append(lines, trendLine{TrendSeries{Name: r.unitName(u).Short, Kind: "peer"}, u.Code})
		}
	}
	return append(lines, trendLine{TrendSeries{Name: r.unitName(own).Short, Kind: "own"}, own.Code})
}

// endLines are the mean of all units, and the first and the last of them by their place now.
func (r *resolver) endLines(code assess.Code) []trendLine {
	lines := []trendLine{{TrendSeries{Name: r.words.T("panel.mean_short"), Kind: "mean"}, ""}}
	var first, last *assess.Unit
	best, worst := 0, 0
	units := r.now.units("")
	for i := range units {
		n := r.now.score(units[i].Code, code)
		if n == nil || n.Rank == 0 {
			continue
		}
		if first == nil || n.Rank < best {
			first, best = &units[i], n.Rank
		}
		if last == nil || n.Rank > worst {
			last, worst = &units[i], n.Rank
		}
	}
	if first != nil && best != worst {
		lines = append(lines, trendLine{TrendSeries{Name: r.unitName(*first).Short, Kind: "first"}, first.Code},
			trendLine{TrendSeries{Name: r.unitName(*last).Short, Kind: "last"}, last.Code})
	}
	return lines
}

func (r *resolver) spotOf(v *view, quarter assess.Period, line trendLine, code assess.Code, byValue bool) Spot {
	if line.Kind == "median" || line.Kind == "mean" {
		return r.middleSpot(v, quarter, line.Kind, code, byValue)
	}
	if byValue {
		return r.valueSpot(v, quarter, line.unit, code)
	}
	return r.scoreSpot(v, quarter, line.unit, code)
}

// middleSpot is the median or the mean of all units in a quarter.
func (r *resolver) middleSpot(v *view, quarter assess.Period, kind string, code assess.Code, byValue bool) Spot {
	middle := median
	if kind == "mean" {
		middle = mean
	}
	s := Spot{Period: quarter, Label: i18n.ShortPeriod(quarter.String()), Text: "—"}
	if v == nil {
		return s
	}
	if !byValue {
		if s.Value = middle(r.scores(v, code, "")); s.Value != nil {
			s.Text = i18n.Number(*s.Value, v.decimals(code))
		}
		return s
	}
	var values []float64
	for _, u := range v.units("") {
		if n := v.score(u.Code, code); n != nil && n.Value != nil {
			values = append(values, *n.Value)
		}
	}
	if s.Value = middle(values); s.Value != nil {
		s.Text = r.amount(r.now.indicator(code), *s.Value)
	}
	return s
}

// breaks finds where a line may not go on: the node was defined otherwise before, or a year-to-date value starts again in January.
func (r *resolver) breaks(t *Trend, code assess.Code, byValue bool) error {
	restarts := byValue && r.now.indicator(code).Accumulation == assess.YTD
	for i := 1; i < len(t.Periods); i++ {
		before, err := r.at(t.Periods[i-1])
		if err != nil {
			return err
		}
		after, err := r.at(t.Periods[i])
		if err != nil {
			return err
		}
		switch {
		case before != nil && after != nil && !alike(after, before, code):
			t.BreakText = r.words.T("change.other_scheme")
		case restarts && t.Periods[i].Part() == 1:
			if t.BreakText == "" {
				t.BreakText = r.words.T("change.new_year")
			}
		default:
			continue
		}
		t.Breaks = append(t.Breaks, i)
	}
	return nil
}
