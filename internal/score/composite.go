package score

import (
	"cmp"
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
)

// compositeScale is a perfect composite.
const compositeScale = 100

// compositeAvailability is the least share of the frameworks' weight that must be applicable.
const compositeAvailability = 2.0 / 3

// combination is a composite at work in one period.
type combination struct {
	assessment *assess.Assessment
	frameworks []*assess.Framework // in the order of the shares
	parts      []*assess.Scores    // of the same frameworks
	weights    []float64           // full points of each, in units of 0.0001
	panel      *Panel
	period     assess.Period
	vetoes     []globalVeto
	tells      func(assess.UnitCode) bool // whose card has derivations
}

type globalVeto struct {
	column int
	name   assess.Text
}

// Composite combines the scores of several frameworks in one period: each stands in it with 100 × its weight full points. In a
// year bonus is added, lateness taken off, and grades are given; in a quarter lateness is only marked. Errors are Problems: an
// assessment that combines nothing, a framework or its scores missing, weights that do not add up to 1.
func Composite(a *assess.Assessment, frameworks []*assess.Framework, parts []*assess.Scores, p *Panel, period assess.Period, o Options) (*assess.Scores, error) {
	c, err := newCombination(a, frameworks, parts, p, period)
	if err != nil {
		return nil, err
	}
	c.tells = o.tells
	scores := &assess.Scores{Framework: assess.CompositeCode, Edition: c.parts[0].Edition, Period: period, Decimals: a.Decimals, Layer: assess.Official}
	rows := p.unitsIn(period)
	for i, row := range rows {
		unit := p.roster.Units[row].Code
		cards := make([]*assess.Scorecard, len(c.parts))
		for k, part := range c.parts {
			if cards[k] = cardAt(part, i, unit); cards[k] == nil {
				return nil, assess.NotFound("problem.composite_unit",
					fmt.Sprintf("the scores of %s in %s have no card of unit %s; compute them from the same panel", part.Framework, period, unit),
					"code", string(part.Framework), "unit", string(unit), "period", period.String())
			}
		}
		scores.Cards = append(scores.Cards, c.card(row, cards))
	}
	scores.Missing = c.missing()
	unit := func(i int) *assess.Unit { return &p.roster.Units[rows[i]] }
	rankCards(scores.Cards, ranking{
		ties: a.Ties, minGroup: a.MinGroup,
		group: func(i int) assess.Code { return unit(i).Group }, competes: func(int) bool { return true },
	})
	if period.Kind() == assess.Year {
		award(&a.Grading, c.contenders(scores.Cards, rows))
	}
	if o.City {
		scores.City = c.city()
	}
	return scores, nil
}

// cardAt answers the card of a unit, which stands in the i-th place of scores that were made of the same panel; nil where there is none.
func cardAt(s *assess.Scores, i int, unit assess.UnitCode) *assess.Scorecard {
	if i < len(s.Cards) && s.Cards[i].Unit == unit {
		return &s.Cards[i]
	}
	return s.Card(unit)
}

func newCombination(a *assess.Assessment, frameworks []*assess.Framework, parts []*assess.Scores, p *Panel, period assess.Period) (*combination, error) {
	if len(a.Composite) == 0 {
		return nil, assess.NotFound("problem.no_composite", "the assessment combines no frameworks; give it a composite")
	}
	c := &combination{assessment: a, panel: p, period: period}
	sum := decimal.Zero
	for _, share := range a.Composite {
		f, s := framework(frameworks, share.Framework), scoresOf(parts, share.Framework)
		if f == nil || s == nil || s.Period != period {
			return nil, assess.NotFound("problem.composite_part",
				fmt.Sprintf("the composite needs %s, of which there are no scores in %s", share.Framework, period),
				"code", string(share.Framework), "period", period.String())
		}
		weight := share.Weight.Shift(2 + pointDigits)
		if !weight.IsInteger() || !weight.IsPositive() {
			return nil, assess.Invalid("problem.composite_weight",
				fmt.Sprintf("the weight %s of %s in the composite must be above zero and have at most six decimals", share.Weight, share.Framework),
				"code", string(share.Framework), "weight", share.Weight.String())
		}
		sum = sum.Add(share.Weight)
		c.frameworks, c.parts, c.weights = append(c.frameworks, f), append(c.parts, s), append(c.weights, weight.InexactFloat64())
	}
	if !sum.Equal(decimal.New(1, 0)) {
		return nil, assess.Invalid("problem.composite_sum", fmt.Sprintf("the weights of the composite add up to %s; they must add up to 1", sum), "sum", sum.String())
	}
	for _, v := range a.Vetoes {
		i, ok := p.index[v.Item]
		if !ok {
			return nil, assess.NotFound("problem.unknown_item", fmt.Sprintf("%q is neither an item nor an indicator of the framework; check the code", v.Item), "code", string(v.Item))
		}
		c.vetoes = append(c.vetoes, globalVeto{i, v.Name})
	}
	return c, nil
}

func framework(all []*assess.Framework, code assess.Code) *assess.Framework {
	for _, f := range all {
		if f.Code == code {
			return f
		}
	}
	return nil
}

func scoresOf(all []*assess.Scores, code assess.Code) *assess.Scores {
	for _, s := range all {
		if s != nil && s.Framework == code {
			return s
		}
	}
	return nil
}

// card makes the composite card of a unit from its cards in the frameworks.
func (c *combination) card(row int, cards []*assess.Scorecard) assess.Scorecard {
	unit := c.panel.roster.Units[row].Code
	card := assess.Scorecard{Unit: unit, LateDays: c.panel.conductOf(unit, c.period).LateDays}
	for k := range cards {
		card.Vetoed = append(card.Vetoed, cards[k].Vetoed...)
	}
	for _, v := range c.vetoes {
		if c.vetoed(v.column, row) {
			card.Vetoed = append(card.Vetoed, v.name)
		}
	}
	if c.period.Kind() == assess.Year {
		card.Bonus = c.bonus(cards)
		card.Late = c.late(card.LateDays)
	}
	c.add(&card, cards)
	if c.tells(unit) {
		c.explainConduct(&card, cards, row)
	}
	return card
}

// vetoed says whether a veto item of a unit is true. An annual one speaks in the year only.
func (c *combination) vetoed(column, row int) bool {
	if !c.speaks(column) {
		return false
	}
	r := reader{panel: c.panel, calendar: c.panel.calendar(c.period), rows: []int{row}}
	a := r.amount(roleVeto, column)
	return a.finding == found && a.value != 0
}

// speaks says whether an item has anything to say in the period.
func (c *combination) speaks(column int) bool {
	return c.panel.columns[column].item.Frequency != assess.Annual || c.period.Kind() == assess.Year
}

// bonus answers what the bonus indicators of those frameworks bring that leave it to the composite, up to its cap.
func (c *combination) bonus(cards []*assess.Scorecard) float64 {
	sum := points(0)
	for k, f := range c.frameworks {
		if !f.BonusInComposite {
			continue
		}
		for i := range cards[k].Nodes {
			if n := &cards[k].Nodes[i]; n.Outside && n.State == assess.Scored {
				sum += toPoints(n.Points, c.assessment.Rounding)
			}
		}
	}
	if limit := toPoints(c.assessment.BonusCap, c.assessment.Rounding); sum > limit {
		sum = limit
	}
	return sum.float()
}

// late answers what days of lateness cost in a year.
func (c *combination) late(days int) float64 {
	rule := &c.assessment.Late
	lost := toPoints(float64(float64(max(0, days-rule.GraceDays))*rule.PerDay), c.assessment.Rounding)
	return min(lost, toPoints(rule.Cap, c.assessment.Rounding)).float()
}

// add fills in the nodes of a composite card: the root and one for each framework. Source: decision 3, "Conventions of the
// numbers"; the arithmetic is that of any node of the official layer.
func (c *combination) add(card *assess.Scorecard, cards []*assess.Scorecard) {
	rs, got, low, high := c.fold(cards)
	rule := c.assessment.Rounding
	root := &rs[0]
	card.Nodes = make([]assess.NodeScore, len(rs))
	level := 0
	for k, part := range cards {
		from, n := part.Root(), &card.Nodes[k+1]
		*n = *from
		n.Parent, n.Rank, n.GroupRank, n.Grade = assess.CompositeCode, 0, 0, ""
		n.State, n.FullPoints, n.Points = rs[k+1].state, rs[k+1].full, 0
		if rs[k+1].counts() {
			n.Points = got[k+1].float()
		}
		level = max(level, from.Level)
	}
	card.Nodes[0] = assess.NodeScore{Node: assess.CompositeCode, Level: level + 1, State: root.state, FullPoints: root.full}
	n := card.Root()
	if root.asked > 0 {
		n.Coverage = root.reported / root.asked
	}
	full, scale := toPoints(root.full, rule), toPoints(compositeScale, rule)
	// Bonus and lateness are points of the scale; over the full points that are due they keep their size.
	extra := points(divide(int64(toPoints(card.Bonus-card.Late, rule))*int64(full), int64(scale), rule))
	switch {
	case root.counts():
		card.Base = fraction(scale, got[0], full, pointDigits, rule)
		n.Points = (got[0] + extra).float()
		n.Score = fraction(scale, got[0]+extra, full, pointDigits, rule)
		n.Shown = fraction(scale, got[0]+extra, full, c.assessment.Decimals, rule)
		card.Total = n.Score
		if root.state == assess.Scored {
			n.Light = light(c.assessment.Lights.PointsGreen, c.assessment.Lights.PointsYellow, got[0].float()/root.full)
		}
	case root.state == assess.Pending:
		n.Low = fraction(scale, low[0]+extra, full, c.assessment.Decimals, rule)
		n.High = fraction(scale, high[0]+extra, full, c.assessment.Decimals, rule)
	}
	if card.Unit == c.panel.roster.City.Code || c.tells(card.Unit) {
		c.explain(card, cards, rs, got[0])
	}
}

// fold settles the states of a composite and divides its points; results stand as in a tree whose root is the composite.
func (c *combination) fold(cards []*assess.Scorecard) (rs []result, got, low, high []points) {
	p := &plan{framework: &assess.Framework{}, official: true, zero: true, nodes: make([]node, len(cards)+1)}
	rs = make([]result, len(cards)+1)
	got, low, high = make([]points, len(rs)), make([]points, len(rs)), make([]points, len(rs))
	for k, card := range cards {
		i, from := k+1, card.Root()
		p.nodes[0].children = append(p.nodes[0].children, i)
		rs[i].state = from.State
		if from.State == assess.NotDue {
			continue
		}
		rs[i].due = c.weights[k]
		if rs[i].gap = from.State == assess.NotApplicable; !rs[i].gap {
			rs[i].asked, rs[i].reported = c.weights[k], float64(c.weights[k]*from.Coverage)
		}
	}
	p.settleHeading(rs, 0, compositeAvailability)
	children, weights := p.counted(rs, 0)
	rs[0].full = points(rs[0].due).float()
	for k, full := range apportion(points(rs[0].due), weights) {
		i := children[k]
		rs[i].full = full.float()
		got[i], low[i], high[i] = c.contribution(i-1, cards[i-1].Root(), &rs[i], full)
		got[0], low[0], high[0] = got[0]+got[i], low[0]+low[i], high[0]+high[i]
	}
	return rs, got, low, high
}

// contribution answers the points a framework brings to the composite, and the least and most they can become: the exact
// fraction of its points over its full points, times its full points here, rounded once.
func (c *combination) contribution(k int, root *assess.NodeScore, r *result, full points) (got, low, high points) {
	rule, scale := c.assessment.Rounding, cmp.Or(c.frameworks[k].Scale, 100)
	part := func(score float64) points { return toPoints(float64(full.float()*score)/scale, rule) }
	switch {
	case r.gap:
		return 0, 0, full
	case r.state == assess.Pending:
		return 0, part(root.Low), part(root.High)
	case !r.counts() || root.FullPoints == 0:
		return 0, 0, 0
	case c.parts[k].Layer == assess.Official:
		got = points(divide(int64(toPoints(root.Points, rule))*int64(full), int64(toPoints(root.FullPoints, rule)), rule))
	default:
		got = part(root.Score)
	}
	return got, got, got
}

// missing answers the units that reported nothing to any of the frameworks.
func (c *combination) missing() (missing []assess.UnitCode) {
	count := map[assess.UnitCode]int{}
	for _, part := range c.parts {
		for _, unit := range part.Missing {
			if count[unit]++; count[unit] == len(c.parts) {
				missing = append(missing, unit)
			}
		}
	}
	return missing
}

// contenders answers the units that are graded, all of them.
func (c *combination) contenders(cards []assess.Scorecard, rows []int) (cs []contender) {
	for i := range cards {
		unit := &c.panel.roster.Units[rows[i]]
		one := contender{card: &cards[i], group: unit.Group}
		find := func(code assess.Code) *assess.NodeScore {
			for _, part := range c.parts {
				if n := cardAt(part, i, unit.Code).Node(code); n != nil {
					return n
				}
			}
			return nil
		}
		for k, f := range c.frameworks {
			one.noCore = one.noCore || lacksCore(f, cardAt(c.parts[k], i, unit.Code))
		}
		one.chain = chain(c.assessment.Grading.TieChain, c.panel.conductOf(unit.Code, c.period).Returns, find)
		cs = append(cs, one)
	}
	return cs
}

// city combines the cards of the city; nil where a framework has none.
func (c *combination) city() *assess.Scorecard {
	cards := make([]*assess.Scorecard, len(c.parts))
	for k, part := range c.parts {
		if cards[k] = part.City; cards[k] == nil {
			return nil
		}
	}
	card := &assess.Scorecard{Unit: c.panel.roster.City.Code}
	c.add(card, cards)
	return card
}
