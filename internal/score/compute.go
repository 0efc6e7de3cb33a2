package score

import (
	"fmt"

	"github.com/unionboard/unionboard/internal/assess"
)

// Options choose what is computed beside the units' scores.
type Options struct {
	City    bool // a card of the city: sums over sums
	Explain bool // derivations of analytic scores too; official ones always have theirs
	// Only says whose cards have derivations, beside the city's; nil means everybody's.
	Only func(assess.UnitCode) bool
}

// tells says whether the card of a unit has derivations, where there are any.
func (o Options) tells(unit assess.UnitCode) bool { return o.Only == nil || o.Only(unit) }

// Compute scores one framework in one period, a quarter (progress) or a year (with annual indicators, bonus, veto, grades).
// Errors are Problems: a period the panel has not, a framework no score can be made of.
func Compute(f *assess.Framework, p *Panel, period assess.Period, o Options) (*assess.Scores, error) {
	all, err := Series(f, p, []assess.Period{period}, o)
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// Series scores one framework in several periods; what the periods share is prepared once.
func Series(f *assess.Framework, p *Panel, periods []assess.Period, o Options) ([]*assess.Scores, error) {
	pl, err := newPlan(f, p)
	if err != nil {
		return nil, err
	}
	measured := map[assess.PeriodKind]bool{}
	all := make([]*assess.Scores, len(periods))
	for i, period := range periods {
		if err := p.asked(period); err != nil {
			return nil, err
		}
		if !measured[period.Kind()] {
			measured[period.Kind()] = true
			pl.measurePanel(period.Kind())
		}
		all[i] = pl.compute(period, o)
	}
	return all, nil
}

// asked refuses a period that the panel has not.
func (p *Panel) asked(period assess.Period) error {
	if p.slot(period) >= 0 {
		return nil
	}
	return assess.NotFound("problem.period_outside", fmt.Sprintf("%s is none of the periods that are scored here", period), "period", period.String())
}

// run is a plan at work in one period.
type run struct {
	*plan
	period assess.Period
	rows   []int    // of the units that exist
	sheets []*sheet // one for each leaf
	why    bool
	tells  func(assess.UnitCode) bool // whose card has derivations, where there are any
}

func (p *plan) compute(period assess.Period, o Options) *assess.Scores {
	f := p.framework
	r := &run{plan: p, period: period, rows: p.panel.unitsIn(period), why: o.Explain || p.official, tells: o.tells}
	for _, l := range p.leaves {
		s := p.sheet(l, period)
		s.fill()
		if r.why {
			s.tellContests()
			s.tellSeverity()
		}
		r.sheets = append(r.sheets, s)
	}
	scores := &assess.Scores{Framework: f.Code, Edition: f.Edition, Period: period, Decimals: f.Decimals, Layer: assess.Official}
	if !p.official {
		scores.Layer = assess.Analytic
	}
	for i := range r.rows {
		scores.Cards = append(scores.Cards, r.card(i))
	}
	scores.Missing = r.missing()
	rankCards(scores.Cards, ranking{
		ties: f.Ties, minGroup: f.MinGroup,
		group:    func(i int) assess.Code { return p.panel.roster.Units[r.rows[i]].Group },
		competes: func(i int) bool { return p.competes[r.rows[i]] },
	})
	if f.Grading != nil && period.Kind() == assess.Year {
		award(f.Grading, r.contenders(scores.Cards, f.Grading.TieChain))
	}
	if o.City {
		scores.City = r.cityCard()
	}
	return scores
}

// card makes the scorecard of the i-th unit.
func (r *run) card(i int) assess.Scorecard {
	marks := make([]*mark, len(r.leaves))
	for k, s := range r.sheets {
		marks[k] = &s.marks[i]
	}
	unit := r.panel.roster.Units[r.rows[i]].Code
	rs := r.fold(marks, r.framework.Availability)
	card := assess.Scorecard{Unit: unit, LateDays: r.panel.conductOf(unit, r.period).LateDays}
	r.fillCard(&card, rs, marks, func(int) []int { return r.rows[i : i+1] })
	return card
}

// fillCard writes results down as node scores. rows answers the rows of the panel that the figures of a leaf came from.
func (r *run) fillCard(card *assess.Scorecard, rs []result, marks []*mark, rows func(leaf int) []int) {
	card.Nodes = make([]assess.NodeScore, len(r.nodes))
	for i := range r.nodes {
		card.Nodes[i] = r.nodeScore(i, &rs[i])
	}
	for k, l := range r.leaves {
		n, m := &card.Nodes[l.index], marks[k]
		if n.SmallSample, n.Outside = m.small, l.node.outside; m.small {
			n.Sample = m.sample
		}
		n.Points += m.points
		n.Text = m.level
		if m.hasValue() {
			v := m.value
			n.Value = &v
		}
		n.Light = r.leafLight(l, m, n)
		if l.node.Indicator.Method.Kind == assess.Veto && m.state == assess.Scored && m.value != 0 {
			card.Vetoed = append(card.Vetoed, l.node.Name)
		}
	}
	r.addBonus(card, &rs[0])
	if r.why && (card.Unit == r.panel.roster.City.Code || r.tells(card.Unit)) {
		r.explain(card, rs, marks, rows)
	}
}

// hasValue says whether a mark has a number that was scored, not a level.
func (m *mark) hasValue() bool {
	return m.finding == found && m.level == "" && (m.state != assess.Pending || len(m.parts) == 0)
}

func (r *run) nodeScore(i int, from *result) assess.NodeScore {
	n := &r.nodes[i]
	s := assess.NodeScore{
		Node: n.Code, Level: n.level, State: from.state,
		Score: from.score, Shown: from.shown, Points: from.attained, FullPoints: from.full,
	}
	if n.parent >= 0 {
		s.Parent = r.nodes[n.parent].Code
	}
	if from.state == assess.Pending {
		s.Low, s.High, s.Points = from.lowScore, from.highScore, 0
	}
	if from.asked > 0 {
		s.Coverage = from.reported / from.asked
	}
	if n.leaf == nil && from.state == assess.Scored {
		s.Light = light(r.framework.Lights.PointsGreen, r.framework.Lights.PointsYellow, from.score/r.scale)
	}
	return s
}

// addBonus makes base and total of the root; a framework that leaves its bonus to the composite adds none.
func (r *run) addBonus(card *assess.Scorecard, root *result) {
	n := card.Root()
	if !n.HasScore() {
		return
	}
	card.Base, card.Total = n.Score, n.Score
	if r.framework.BonusInComposite || r.period.Kind() != assess.Year || root.bonus == 0 {
		return
	}
	rule := r.framework.Rounding
	card.Bonus = root.bonus
	if !r.official {
		n.Score = card.Base + card.Bonus
		n.Shown = rule.Round(n.Score, r.framework.Decimals)
		n.Points = float64(n.FullPoints*n.Score) / r.scale
		card.Total = n.Score
		return
	}
	// The total is rounded once, from the exact fraction: what was attained and the bonus, over the full points.
	full, scale := toPoints(n.FullPoints, rule), toPoints(r.scale, rule)
	got := toPoints(n.Points, rule) + points(divide(int64(toPoints(root.bonus, rule))*int64(full), int64(scale), rule))
	n.Points = got.float()
	n.Score = fraction(scale, got, full, pointDigits, rule)
	n.Shown = fraction(scale, got, full, r.framework.Decimals, rule)
	card.Total = n.Score
}

// missing answers the units that reported nothing for the period: none of the items that units report themselves, and where the
// framework has none of those, none at all. Annual items do not speak for a quarter.
func (r *run) missing() (missing []assess.UnitCode) {
	var own, all []int
	for _, c := range r.base(r.columns()) {
		item := &r.panel.columns[c].item
		if item.Frequency == assess.Annual && r.period.Kind() != assess.Year {
			continue
		}
		all = append(all, c)
		if item.Origin == assess.FromDistrict || item.Origin == "" {
			own = append(own, c)
		}
	}
	if len(own) == 0 {
		own = all
	}
	if len(own) == 0 {
		return nil
	}
	read := reader{panel: r.panel, calendar: r.panel.calendar(r.period)}
	for _, row := range r.rows {
		read.rows = []int{row}
		if !read.anything(own) {
			missing = append(missing, r.panel.roster.Units[row].Code)
		}
	}
	return missing
}

// anything says whether one of the columns has a figure that says something.
func (r *reader) anything(columns []int) bool {
	for _, c := range columns {
		col := &r.panel.columns[c]
		for _, slot := range r.calendar.slots(r.scratch[:0], col, r.rows[0]) {
			at := spot{slot, r.rows[0]}
			if col.figure(at).reported() || slot >= 0 && len(col.parts[at]) > 0 {
				return true
			}
		}
	}
	return false
}
