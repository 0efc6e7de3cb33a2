package quality

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/unionboard/unionboard/internal/assess"
)

// Ask answers what is unusual in the latest period of a panel. Every quarter: outliers (E), repeated figures (H, H0) and
// completions above 150 % of the year's target; at the end of a year also the heavy fourth quarter (G2), round digits (I), series
// that are too smooth (J) and bunched completions (K). Formulas and limits: scoring specification 4.2.
func (c *Checks) Ask(p *Panel) []Finding {
	findings := c.outliers(p)
	findings = append(findings, c.repeats(p)...)
	findings = append(findings, overTarget(p)...)
	if p.Period.Kind() != assess.Quarter || p.Period.Part() != 4 {
		return findings
	}
	findings = append(findings, c.heavyFourths(p)...)
	findings = append(findings, c.digits(p)...)
	findings = append(findings, c.smooth(p)...)
	return append(findings, bunched(p)...)
}

// watched answers the items that the statistics look at.
func (c *Checks) watched() []*assess.Item {
	var items []*assess.Item
	for i := range c.edition.Items {
		if item := &c.edition.Items[i]; watched(item) {
			items = append(items, item)
		}
	}
	return items
}

// outliers asks by E: first about the items, then about the rates whose parts were not asked about.
func (c *Checks) outliers(p *Panel) []Finding {
	periods := p.periods(outlierWindow)
	var findings []Finding
	for _, item := range c.watched() {
		findings = append(findings, p.outliersOf(p.flows(item, periods))...)
	}
	asked := map[assess.UnitCode][]assess.Code{}
	for _, f := range findings {
		asked[f.Unit] = append(asked[f.Unit], f.Items...)
	}
	for _, s := range c.shares {
		numerator, denominator := c.items[s.numerator], c.items[s.denominator]
		if numerator == nil || denominator == nil {
			continue
		}
		for _, f := range p.outliersOf(p.rate(s, numerator, denominator, periods)) {
			if !slices.ContainsFunc(asked[f.Unit], func(code assess.Code) bool { return code == s.numerator || code == s.denominator }) {
				findings = append(findings, f)
			}
		}
	}
	return findings
}

func (p *Panel) outliersOf(s series) []Finding {
	var findings []Finding
	table := s.transformed()
	left := polish(table)
	for u, unit := range p.Units {
		distance, expected, ok := left.last(table, u)
		if !ok || math.Abs(distance) <= outlierConfirm {
			continue
		}
		value, usual := s.points[u][len(s.points[u])-1].value, restore(s.kind, expected)
		if matters(s.kind, value, usual) {
			f := Finding{Check: Outlier, Level: Ask, Unit: unit, Period: p.Period, Items: []assess.Code{s.code}, Strength: math.Abs(distance)}
			findings = append(findings, f.outlying(s, value, usual))
		}
	}
	return findings
}

// outlying sets the sentence of an outlier: beyond the second limit it has to be explained.
func (f Finding) outlying(s series, value, usual float64) Finding {
	shown := strconv.FormatFloat(value, 'f', -1, 64)
	if s.item == nil { // a rate, which is computed
		shown = rough(value)
	}
	f.Values = []Value{{s.code, f.Period, shown}}
	if f.Strength > outlierExplain {
		return f.sentence("question.explain", "{value} in the quarter, where about {usual} was to be expected; please explain",
			"value", shown, "usual", rough(usual))
	}
	return f.sentence("question.confirm", "{value} in the quarter, where about {usual} was to be expected; please confirm",
		"value", shown, "usual", rough(usual))
}

// standing counts, for an item, how often figures stood still in the past of all units, and which units' stand still now.
func (p *Panel) standing(item *assess.Item, periods []assess.Period, same func(Figures, assess.Period) (equal, ok bool)) (past repetition, now map[assess.UnitCode]bool) {
	now = map[assess.UnitCode]bool{}
	for _, unit := range p.Units {
		for _, at := range periods {
			equal, ok := same(p.Figures[unit], at)
			switch {
			case !ok:
			case at == p.Period:
				now[unit] = equal
			default:
				past.pairs++
				if equal {
					past.equal++
				}
			}
		}
	}
	return past, now
}

// repeats asks by H about reports, and by H0 about amounts of items whose amounts never repeated before.
func (c *Checks) repeats(p *Panel) []Finding {
	periods := p.periods(Window)[1:]
	reports := map[assess.UnitCode][]repetition{}
	var findings []Finding
	for _, item := range c.watched() {
		past, now := p.standing(item, periods, func(f Figures, at assess.Period) (bool, bool) {
			x, okX := f.number(item, at)
			y, okY := f.number(item, at.Prev())
			return x.Equal(y), okX && okY
		})
		for unit, equal := range now {
			reports[unit] = append(reports[unit], repetition{past.equal, past.pairs, equal})
		}
		if item.Type == assess.Money {
			findings = append(findings, p.sameAmounts(item, periods)...)
		}
	}
	for _, unit := range p.Units {
		count, expected, probability := repeated(reports[unit])
		if probability >= rare {
			continue
		}
		f := Finding{Check: Repeated, Level: Ask, Unit: unit, Period: p.Period, Strength: -math.Log10(probability)}
		findings = append(findings, f.sentence("question.repeated",
			"{count} of {all} figures are as in the quarter before, where about {expected} would be usual; please check that the report is a new one",
			"count", strconv.Itoa(count), "all", strconv.Itoa(len(reports[unit])), "expected", rough(expected)))
	}
	return findings
}

// sameLeastPast is how many pairs of an amount must be known before its never repeating says something.
const sameLeastPast = 50

func (p *Panel) sameAmounts(item *assess.Item, periods []assess.Period) []Finding {
	past, now := p.standing(item, periods, func(f Figures, at assess.Period) (bool, bool) {
		x, okX := f.inPeriod(item, at)
		y, okY := f.inPeriod(item, at.Prev())
		return x.Equal(y) && !x.IsZero(), okX && okY
	})
	if past.equal > 0 || past.pairs < sameLeastPast {
		return nil
	}
	var findings []Finding
	for _, unit := range p.Units {
		if !now[unit] {
			continue
		}
		d, _ := p.Figures[unit].inPeriod(item, p.Period)
		f := Finding{
			Check: SameAmount, Level: Ask, Unit: unit, Period: p.Period, Items: []assess.Code{item.Code},
			Values: []Value{{item.Code, p.Period, d.String()}},
		}
		findings = append(findings, f.sentence("question.same_amount",
			"{value}, exactly as in the quarter before; amounts of this kind never repeated so far, please confirm", "value", d.String()))
	}
	return findings
}

// overTargetLimit is the share of the year's target, in percent, above which the target was too low or the figure is wrong.
const overTargetLimit = 150

func overTarget(p *Panel) []Finding {
	var findings []Finding
	for _, done := range p.Completions {
		if done.Period != p.Period || done.OfYear <= overTargetLimit {
			continue
		}
		f := Finding{Check: OverTarget, Level: Ask, Unit: done.Unit, Period: done.Period, Items: []assess.Code{done.Indicator}}
		findings = append(findings, f.sentence("question.over_target",
			"{percent} % of the target of the whole year; please check the figure, or the target was too low", "percent", rough(done.OfYear)))
	}
	return findings
}

// heavyFourths asks by G2.
func (c *Checks) heavyFourths(p *Panel) []Finding {
	year := p.periods(4)
	var shares [][]point
	for _, item := range c.watched() {
		if item.Accumulation != assess.YTD && item.Accumulation != assess.Flow || item.Type != assess.Count && item.Type != assess.Money {
			continue
		}
		s := p.flows(item, year)
		line := make([]point, len(p.Units))
		for u, quarters := range s.points {
			var q [4]float64
			known := true
			for t, x := range quarters {
				q[t] = x.value
				known = known && x.known && x.value >= 0
			}
			if known {
				line[u] = at(fourthShare(q))
			}
		}
		shares = append(shares, line)
	}
	var findings []Finding
	for u, mean := range fourthHeavy(shares) {
		if !mean.known || mean.value <= fourthLimit {
			continue
		}
		f := Finding{Check: FourthHeavy, Level: Ask, Unit: p.Units[u], Period: p.Period, Strength: mean.value}
		findings = append(findings, f.sentence("question.fourth_heavy",
			"over {count} figures the fourth quarter weighs more than in the other districts; please explain what was done when",
			"count", strconv.Itoa(len(shares))))
	}
	return findings
}

// digits asks by I: the values of a unit's counts in the year, each figure that stands still once.
func (c *Checks) digits(p *Panel) []Finding {
	var findings []Finding
	for _, unit := range p.Units {
		var values []int64
		for _, item := range c.watched() {
			if item.Type != assess.Count {
				continue
			}
			for _, at := range p.periods(4) {
				x, ok := p.Figures[unit].number(item, at)
				was, before := p.Figures[unit].number(item, at.Prev())
				if ok && x.IsInteger() && !(before && x.Equal(was)) {
					values = append(values, x.IntPart())
				}
			}
		}
		round, all, probability := roundDigits(values)
		if probability >= rare {
			continue
		}
		f := Finding{Check: RoundDigits, Level: Ask, Unit: unit, Period: p.Period, Strength: -math.Log10(probability)}
		findings = append(findings, f.sentence("question.round_digits",
			"{count} of {all} figures of the year end in 0 or 5, where about {expected} would be usual; please report exact figures",
			"count", strconv.Itoa(round), "all", strconv.Itoa(all), "expected", rough(digitChance*float64(all))))
	}
	return findings
}

// smooth asks by J about counts of events.
func (c *Checks) smooth(p *Panel) []Finding {
	var findings []Finding
	for _, item := range c.watched() {
		if item.Type != assess.Count || item.Accumulation != assess.YTD && item.Accumulation != assess.Flow {
			continue
		}
		s := p.flows(item, p.periods(smoothWindow))
		for u, unit := range p.Units {
			var counts []float64
			for _, x := range s.points[u] {
				if x.known {
					counts = append(counts, x.value)
				}
			}
			mean, probability := smoothness(counts)
			if probability >= rare {
				continue
			}
			f := Finding{
				Check: TooSmooth, Level: Ask, Unit: unit, Period: p.Period, Items: []assess.Code{item.Code}, Strength: -math.Log10(max(probability, math.SmallestNonzeroFloat64)),
			}
			findings = append(findings, f.sentence("question.too_smooth",
				"about {mean} in each of {count} quarters, with less difference than chance alone would bring; please say how it is counted",
				"mean", rough(mean), "count", strconv.Itoa(len(counts))))
		}
	}
	return findings
}

// bunched asks by K about indicators, pooled over units and periods: it says that a target is soft, and not who is to blame.
func bunched(p *Panel) []Finding {
	var order []assess.Code
	percents := map[assess.Code][]float64{}
	for _, done := range p.Completions {
		if percents[done.Indicator] == nil {
			order = append(order, done.Indicator)
		}
		percents[done.Indicator] = append(percents[done.Indicator], done.OfDue)
	}
	var findings []Finding
	for _, code := range order {
		above, below, probability := bunching(percents[code])
		if probability >= rare {
			continue
		}
		f := Finding{Check: BunchedAbove, Level: Ask, Period: p.Period, Items: []assess.Code{code}, Strength: -math.Log10(probability)}
		findings = append(findings, f.sentence("question.bunched",
			"{above} completions lie within two percent above the target and {below} within two percent below it; is the target a soft one?",
			"above", strconv.Itoa(above), "below", strconv.Itoa(below)))
	}
	return findings
}

// Budget is how many questions honest figures give rise to, by the measured rates of docs/data-quality.md: of the statistics of a
// quarter about one for a hundred cells. A quarter with many more has something to tell.
type Budget struct {
	Cells    int
	Expected float64
	Asked    int
}

// expectedRate is the share of cells about which an honest city is asked. Source: scoring specification 4.3, 5 of 520.
const expectedRate = 0.01

// BudgetOf counts the questions among findings against what honest figures of the panel give rise to.
func (c *Checks) BudgetOf(p *Panel, findings []Finding) Budget {
	b := Budget{}
	for _, item := range c.watched() {
		for _, unit := range p.Units {
			if _, ok := p.Figures[unit].number(item, p.Period); ok {
				b.Cells++
			}
		}
	}
	b.Expected = expectedRate * float64(b.Cells)
	for _, f := range findings {
		if f.Level == Ask {
			b.Asked++
		}
	}
	return b
}

// String writes the budget in one line for the log.
func (b Budget) String() string {
	return fmt.Sprintf("%d questions; honest figures in %d cells give about %.1f", b.Asked, b.Cells, b.Expected)
}
