package quality

import (
	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
)

// Window is how many periods, with the latest, the statistics look at.
const Window = smoothWindow

// Panel are the figures of all units: the latest period, and up to Window−1 periods before it.
type Panel struct {
	Period  assess.Period
	Units   []assess.UnitCode // in roster order
	Figures map[assess.UnitCode]Figures
	// Completions are the values of indicators over what of their targets was due, of any periods.
	Completions []Completion
}

// Completion is how far a unit had come with an indicator, in percent: 101.5 is 1.5 % more than was due.
type Completion struct {
	Unit      assess.UnitCode
	Period    assess.Period
	Indicator assess.Code
	OfDue     float64 // of what of the target was due by then
	OfYear    float64 // of the target of the whole year
}

// series is one item, or one rate, of all units: the units' values by period, oldest first.
type series struct {
	code   assess.Code
	parts  []assess.Code // of a rate: numerator and denominator
	kind   assess.ValueType
	item   *assess.Item
	points [][]point // unit by period
}

// periods answers the last n periods of the panel, oldest first.
func (p *Panel) periods(n int) []assess.Period {
	all := make([]assess.Period, n)
	for i := range all {
		all[i] = p.Period.Add(i + 1 - n)
	}
	return all
}

// watched says whether the statistics look at an item: a number that districts report every quarter.
func watched(item *assess.Item) bool {
	return item.Origin == assess.FromDistrict && item.Frequency != assess.Annual && len(item.Levels) == 0 && item.Type != assess.Boolean
}

// inPeriod answers what an item adds in a period: of a year-to-date figure the difference to the period before, of all others the
// figure itself.
func (f Figures) inPeriod(item *assess.Item, p assess.Period) (decimal.Decimal, bool) {
	now, ok := f.number(item, p)
	if !ok || item.Accumulation != assess.YTD || p.Part() == 1 {
		return now, ok
	}
	was, ok := f.number(item, p.Prev())
	return now.Sub(was), ok
}

// flows answers the series of an item over some periods, each value what the period added.
func (p *Panel) flows(item *assess.Item, periods []assess.Period) series {
	s := series{code: item.Code, kind: item.Type, item: item, points: make([][]point, len(p.Units))}
	for u, unit := range p.Units {
		s.points[u] = make([]point, len(periods))
		for t, at := range periods {
			if d, ok := p.Figures[unit].inPeriod(item, at); ok {
				s.points[u][t] = point{d.InexactFloat64(), true}
			}
		}
	}
	return s
}

// rate answers the series of a share in percent.
func (p *Panel) rate(s share, numerator, denominator *assess.Item, periods []assess.Period) series {
	made := series{code: s.indicator, parts: []assess.Code{s.numerator, s.denominator}, kind: assess.Percent, points: make([][]point, len(p.Units))}
	for u, unit := range p.Units {
		made.points[u] = make([]point, len(periods))
		for t, at := range periods {
			n, okN := p.Figures[unit].number(numerator, at)
			d, okD := p.Figures[unit].number(denominator, at)
			if okN && okD && d.IsPositive() {
				made.points[u][t] = point{100 * n.InexactFloat64() / d.InexactFloat64(), true}
			}
		}
	}
	return made
}

// transformed answers the points on the scale of their kind, without the periods at the start in which nobody has a value.
func (s series) transformed() [][]point {
	table := make([][]point, len(s.points))
	first := -1
	for t := 0; len(s.points) > 0 && t < len(s.points[0]) && first < 0; t++ {
		for u := range s.points {
			if s.points[u][t].known {
				first = t
			}
		}
	}
	for u, line := range s.points {
		for t := max(0, first); t < len(line); t++ {
			x := point{}
			if line[t].known {
				x = transform(s.kind, line[t].value)
			}
			table[u] = append(table[u], x)
		}
	}
	return table
}
