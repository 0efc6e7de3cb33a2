package score

import (
	"fmt"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
)

// explain gives every node of a card its derivation, with all that is needed to compute it again.
func (r *run) explain(card *assess.Scorecard, rs []result, marks []*mark, rows func(leaf int) []int) {
	f := r.framework
	for i := range r.nodes {
		n := &card.Nodes[i]
		n.Why = &assess.Derivation{
			Scale: r.scale, Decimals: f.Decimals, LeafDecimals: f.LeafDecimals, Rounding: f.Rounding, Layer: f.Layer, Relative: f.Relative,
			FullPoints: n.FullPoints, Reason: rs[i].reason,
		}
		if n.Light != "" {
			n.Why.Limits = &assess.LightLimits{By: byPoints, Green: f.Lights.PointsGreen, Yellow: f.Lights.PointsYellow}
		}
		if r.nodes[i].leaf == nil {
			r.explainHeading(card, i, rs)
		}
	}
	for k, l := range r.leaves {
		r.explainLeaf(&card.Nodes[l.index], l, marks[k], rows(k))
	}
	root := card.Root().Why
	if root.Bonus = card.Bonus; root.Bonus != 0 {
		root.Formula += " + " + num(root.Bonus)
		root.Bonuses = bonuses(card)
	}
}

// What a light goes by.
const (
	byProgress = "progress"
	byPoints   = "points"
)

// bonuses answers the bonus indicators of a card that bring points.
func bonuses(card *assess.Scorecard) (list []assess.BonusPoints) {
	for i := range card.Nodes {
		if n := &card.Nodes[i]; n.Outside && n.State == assess.Scored && n.Points != 0 {
			list = append(list, assess.BonusPoints{Node: n.Node, Points: n.Points})
		}
	}
	return list
}

func (r *run) explainHeading(card *assess.Scorecard, i int, rs []result) {
	n, d, from := &r.nodes[i], card.Nodes[i].Why, &rs[i]
	if d.Aggregate = n.Aggregate; d.Aggregate == "" {
		d.Aggregate = assess.Arithmetic
	}
	d.Availability = r.framework.Availability
	for j := range r.nodes {
		if r.nodes[j].parent != i {
			continue
		}
		child := &card.Nodes[j]
		d.Parts = append(d.Parts, assess.Part{
			Node: child.Node, Weight: r.nodes[j].Weight.String(), State: child.State, Due: r.dueOf(j, &rs[j]), Gap: rs[j].gap,
			Score: child.Score, Points: child.Points, FullPoints: child.FullPoints,
		})
	}
	if from.counts() {
		d.Share = from.score / r.scale
		if r.official && from.full > 0 {
			d.Share = from.attained / from.full
		}
		d.Formula = r.headingFormula(d, from)
	}
}

// dueOf answers what of a node's weight is due, in the unit the weight is written in.
func (r *run) dueOf(i int, from *result) float64 {
	switch {
	case from.due == 0 || r.nodes[i].outside:
		return 0
	case r.framework.Relative:
		return r.nodes[i].Weight.InexactFloat64()
	case r.official:
		return points(from.due).float()
	}
	return from.due
}

func (r *run) explainLeaf(n *assess.NodeScore, l *leaf, m *mark, rows []int) {
	d, ind := n.Why, l.node.Indicator
	method := &ind.Method
	d.Method, d.Value, d.Direction, d.Transform, d.Zero = method, n.Value, ind.Direction, ind.Transform, ind.Zero
	d.Precision, d.FullMarks = ind.Decimals, l.fullMarks
	if l.denominator >= 0 {
		d.Factor = l.factor
	}
	if l.expr != nil {
		d.Expr = l.expr.source
	}
	d.Targets = m.goal.all
	if m.goal.set {
		d.Target, d.Phasing, d.TargetToDate = pointer(m.goal.target), pointer(m.goal.phasing), pointer(m.goal.toDate())
		if m.finding == found && m.goal.toDate() != 0 {
			d.Progress = pointer(m.value / m.goal.toDate())
		}
	} else if m.goal.phasing != 0 && len(method.Phasing) > 0 {
		d.Phasing = pointer(m.goal.phasing)
	}
	d.Band, d.Place, d.Peers, d.Norm, d.Contest = m.band, m.place, m.peers, m.norm, m.contest
	if n.Light != "" && m.lit {
		d.Limits = &assess.LightLimits{By: byProgress, Green: r.framework.Lights.ProgressGreen, Yellow: r.framework.Lights.ProgressYellow}
	}
	d.Limited, d.Share = m.limited, m.share
	d.Adjusted, d.RatersDiffer = m.adjusted, m.strangers
	if m.treatment != "" {
		d.Treatment, d.Treated = m.treatment, pointer(l.treated(m))
	}
	if m.state == assess.Scored || m.state == assess.NotReported {
		d.Spread = assess.Snap(n.FullPoints - l.fullMarks)
	}
	if len(rows) > 0 && m.finding != unread {
		r.explainInputs(d, l, rows)
	}
	if m.state == assess.Scored {
		d.Formula = l.formula(m, d)
	}
}

// explainInputs reads the leaf's value once more and writes down every figure that is asked for.
func (r *run) explainInputs(d *assess.Derivation, l *leaf, rows []int) {
	l.read(&reader{
		panel: r.panel, formulas: r.formulas, calendar: r.panel.calendar(r.period), rows: rows,
		note: func(in assess.Input) { d.Inputs = append(d.Inputs, in) },
	})
}

// explain writes the derivation of a composite card.
func (c *combination) explain(card *assess.Scorecard, cards []*assess.Scorecard, rs []result, got points) {
	a, root := c.assessment, &rs[0]
	d := &assess.Derivation{
		Scale: compositeScale, Decimals: a.Decimals, LeafDecimals: pointDigits, Rounding: a.Rounding, Layer: assess.Official, Availability: compositeAvailability,
		FullPoints: root.full, Aggregate: assess.Arithmetic, Bonus: card.Bonus, Late: card.Late, Reason: root.reason,
	}
	var terms []string
	for k := range cards {
		n := &card.Nodes[k+1]
		if from := cards[k].Root().Why; from != nil {
			why := *from
			why.FullPoints, why.Spread = n.FullPoints, assess.Snap(n.FullPoints-points(c.weights[k]).float())
			n.Why = &why
		}
		d.Parts = append(d.Parts, assess.Part{
			Node: n.Node, Weight: a.Composite[k].Weight.String(), State: n.State, Due: points(rs[k+1].due).float(), Gap: rs[k+1].gap, Score: n.Score, Points: n.Points, FullPoints: n.FullPoints,
		})
		if n.HasScore() {
			from := cards[k].Root()
			terms = append(terms, fmt.Sprintf("%s × %s ÷ %s", num(n.FullPoints), num(from.Points), num(from.FullPoints)))
		}
	}
	if root.counts() {
		d.Share = got.float() / root.full
		d.Formula = strings.Join(terms, " + ")
		if root.full != compositeScale {
			d.Formula = fmt.Sprintf("%s × (%s) ÷ %s", num(compositeScale), d.Formula, num(root.full))
		}
		if card.Bonus != 0 {
			d.Formula += " + " + num(card.Bonus)
		}
		if card.Late != 0 {
			d.Formula += " − " + num(card.Late)
		}
	}
	if n := card.Root(); n.Light != "" {
		d.Limits = &assess.LightLimits{By: byPoints, Green: a.Lights.PointsGreen, Yellow: a.Lights.PointsYellow}
	}
	card.Root().Why = d
}

// explainConduct writes down what bonus, lateness and vetoes were made of.
func (c *combination) explainConduct(card *assess.Scorecard, cards []*assess.Scorecard, row int) {
	d := card.Root().Why
	read := reader{
		panel: c.panel, calendar: c.panel.calendar(c.period), rows: []int{row},
		note: func(in assess.Input) { d.Inputs = append(d.Inputs, in) },
	}
	for _, v := range c.vetoes {
		if c.speaks(v.column) {
			read.amount(roleVeto, v.column)
		}
	}
	if c.period.Kind() != assess.Year {
		return
	}
	for k, f := range c.frameworks {
		if f.BonusInComposite {
			d.Bonuses = append(d.Bonuses, bonuses(cards[k])...)
		}
	}
	rule := &c.assessment.Late
	d.BonusCap = pointer(c.assessment.BonusCap)
	d.Lateness = &assess.LateDays{Days: card.LateDays, GraceDays: rule.GraceDays, PerDay: rule.PerDay, Cap: rule.Cap}
}

func pointer(v float64) *float64 { return &v }
