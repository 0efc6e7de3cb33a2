package score

import (
	"math"

	"github.com/unionboard/unionboard/internal/assess"
)

// fold carries one stretch of units of one period up the tree, column by column. Its buffers are used again and again.
type fold struct {
	*tabulation
	scores   [][]float64   // by heading: sums first, then scores
	states   [][]outcome   // by node
	gaps     []bool        // of the heading at work: units for which not all children are scored
	children []child       // of the heading at work
	sheets   []scoreColumn // by leaf that goes through a sheet: all units of the period
}

func (w *tabulation) newFold() *fold {
	f := &fold{tabulation: w, gaps: make([]bool, stretch), scores: make([][]float64, len(w.nodes)), states: make([][]outcome, len(w.nodes))}
	for i := range w.nodes {
		f.states[i] = make([]outcome, stretch)
		if !w.fusedAt[i] {
			f.scores[i] = make([]float64, stretch)
		}
	}
	f.sheets = make([]scoreColumn, len(w.leaves))
	return f
}

// fused says whether the scores of node i go straight into the sums of its parent, without a column of their own.
func (w *tabulation) fused(i int) bool {
	k := w.leafAt[i]
	return k >= 0 && w.lanes[k] != nil && w.keep[i] == nil && additive(w.nodes[w.nodes[i].parent].Aggregate)
}

// readSheets scores the leaves that do not lie on a line, all units of a period.
func (f *fold) readSheets(period int) {
	for k, l := range f.leaves {
		if f.lanes[k] != nil {
			continue
		}
		s := f.sheet(l, f.table.Periods[period])
		s.fill()
		c := &f.sheets[k]
		if c.scores == nil {
			*c = scoreColumn{make([]float64, len(f.table.Units)), make([]outcome, len(f.table.Units))}
		}
		for u := range c.states {
			c.states[u] = absent
		}
		for i, row := range s.rows {
			c.scores[row], c.states[row] = f.scale*s.marks[i].share, s.marks[i].outcome()
		}
	}
}

func (m *mark) outcome() outcome {
	switch m.state {
	case assess.Scored:
		return scored
	case assess.NotDue:
		return notDue
	case assess.NotApplicable:
		return notApplicable
	case assess.Pending:
		return pending
	}
	return notReported
}

// score scores units from … to of a period and writes what was asked for into the table.
func (f *fold) score(period, from, to int) {
	for i := len(f.nodes) - 1; i >= 0; i-- { // children stand after their parents
		if f.nodes[i].leaf == nil {
			f.heading(i, period, from, to)
		}
	}
	for i, c := range f.keep {
		if c == nil {
			continue
		}
		at := period*len(f.table.Units) + from
		for u := range to - from {
			if o := f.states[i][u]; o == scored {
				c.scores[at+u], c.states[at+u] = f.scores[i][u], o
			} else {
				c.states[at+u] = o
			}
		}
		f.leaveOut(c.scores[at:at+to-from], c.states[at:at+to-from], period, from)
	}
}

// leaveOut marks the units that do not exist.
func (f *fold) leaveOut(scores []float64, states []outcome, period, from int) {
	if here := f.here[period]; here != nil {
		for u := range states {
			if !here[from+u] {
				scores[u], states[u] = 0, absent
			}
		}
	}
}

// heading makes the scores of heading i of those of its children, in the order of their codes.
func (f *fold) heading(i, period, from, to int) {
	n, kind := to-from, f.nodes[i].Aggregate
	sums, states, gaps := f.scores[i][:n], f.states[i][:n], f.gaps[:n]
	clear(sums)
	clear(states)
	clear(gaps)
	f.children = f.children[:0]
	for _, c := range f.nodes[i].children {
		child := child{weight: f.nodes[c].weight}
		if f.fusedAt[c] {
			child.lane = f.lanes[f.leafAt[c]]
			f.addLane(child.lane, period, from, sums, gaps, child.weight)
			child.open(period, from, to)
		} else {
			if k := f.leafAt[c]; k >= 0 {
				f.leafScores(k, c, period, from, to)
			}
			child.scores, child.states = f.scores[c][:n], f.states[c][:n]
			addScores(kind, child.scores, child.states, sums, gaps, child.weight)
		}
		f.children = append(f.children, child)
	}
	total := f.whole[i]
	for u, gap := range gaps {
		switch {
		case gap:
			states[u], sums[u] = f.settle(kind, u, sums[u])
		case additive(kind):
			sums[u] /= total
		default:
			sums[u] = meanOf(kind, sums[u], total)
		}
	}
}

// child is a child of the heading at work, for the units of the stretch.
type child struct {
	weight float64
	scores []float64
	states []outcome
	// Of a lane whose scores went straight into the sums: its figures (nil where none says anything) and what a blank means.
	lane    *lanes
	figures []float64
	blank   outcome
	flat    bool
}

// open looks up the figures of a lane.
func (c *child) open(period, from, to int) {
	if b := c.lane.blocks[period]; b != nil {
		c.figures = b.values[from:to]
	}
	c.flat, c.blank = c.lane.flat[period], notReported
	if c.lane.open[period] {
		c.blank = pending
	}
}

// outcome answers what became of the child for a unit.
func (c *child) outcome(u int) outcome {
	if c.lane == nil {
		return c.states[u]
	}
	if c.figures == nil {
		return c.blank
	}
	v := c.figures[u]
	if v == v {
		if c.flat {
			return notApplicable // a figure of a column that says nothing
		}
		return scored
	}
	switch reason(v) {
	case blank:
		return c.blank
	case missing:
		return notReported
	}
	return notApplicable
}

// leafScores writes the scores and states of a leaf into its buffers.
func (f *fold) leafScores(k, i, period, from, to int) {
	scores, states := f.scores[i][:to-from], f.states[i][:to-from]
	a := f.lanes[k]
	if a == nil {
		copy(scores, f.sheets[k].scores[from:to])
		copy(states, f.sheets[k].states[from:to])
		return
	}
	clear(scores)
	// A sum of one term with weight 1 is the term.
	f.addLane(a, period, from, scores, make([]bool, to-from), 1)
	c := child{lane: a}
	c.open(period, from, to)
	for u := range states {
		if states[u] = c.outcome(u); states[u] != scored {
			scores[u] = 0
		}
	}
}

// addLane adds the weighted scores of a lane to the sums, and marks the units that have none.
func (f *fold) addLane(a *lanes, period, from int, sums []float64, gaps []bool, weight float64) {
	b := a.blocks[period]
	if b == nil || a.flat[period] {
		for u := range gaps {
			gaps[u] = true
		}
		return
	}
	n, values := a.lines[period], b.values[from:from+len(sums)]
	if n.clipped || n.from != 0 || n.width != 1 {
		addShares(sums, values, gaps, n, f.scale, weight)
	} else {
		addWays(sums, values, gaps, n.origin, n.span, f.scale, weight)
	}
}

// addWays is the usual case, in which the share is the way. Cells without a number are NaN. It is the innermost loop of all: it
// decides how fast a large panel is.
func addWays(sums, values []float64, gaps []bool, origin, span, scale, weight float64) {
	values, gaps = values[:len(sums)], gaps[:len(sums)]
	for i, v := range values {
		if v != v {
			gaps[i] = true
			continue
		}
		sums[i] += float64(weight * float64(scale*((v-origin)/span)))
	}
}

// addShares is the same for lines that are clipped or lead elsewhere than from 0 to 1.
func addShares(sums, values []float64, gaps []bool, n line, scale, weight float64) {
	for i, v := range values {
		if v != v {
			gaps[i] = true
			continue
		}
		way := n.way(v)
		if n.clipped {
			way = max(0, min(way, 1))
		}
		sums[i] += float64(weight * float64(scale*n.share(way)))
	}
}

func additive(kind assess.Aggregation) bool {
	return kind != assess.Geometric && kind != assess.Harmonic
}

// addScores adds the weighted terms of a mean to the sums. A score that a geometric or harmonic mean refuses becomes a gap.
func addScores(kind assess.Aggregation, scores []float64, states []outcome, sums []float64, gaps []bool, weight float64) {
	states, sums, gaps = states[:len(scores)], sums[:len(scores)], gaps[:len(scores)]
	plain := additive(kind)
	for u, s := range scores {
		switch {
		case states[u] != scored || !plain && s <= 0:
			gaps[u] = true
		case plain:
			sums[u] += float64(weight * s)
		default:
			sums[u] += term(kind, s, weight)
		}
	}
}

// term is what a score adds to the sum of a geometric or harmonic mean.
func term(kind assess.Aggregation, score, weight float64) float64 {
	if kind == assess.Geometric {
		return float64(weight * math.Log(score))
	}
	return weight / score
}

// meanOf makes a mean of the sum of its terms.
func meanOf(kind assess.Aggregation, sum, total float64) float64 {
	switch kind {
	case assess.Geometric:
		return math.Exp(sum / total)
	case assess.Harmonic:
		return total / sum
	}
	return sum / total
}

// settle decides the state of the heading at work for a unit not all of whose children are scored, as settleHeading does, and
// completes its mean over those that are.
func (f *fold) settle(kind assess.Aggregation, u int, sum float64) (outcome, float64) {
	due, applicable := 0.0, 0.0
	waits, silent, refused := false, false, false
	for i := range f.children {
		c := &f.children[i]
		o := c.outcome(u)
		if o != notDue && o != absent {
			due += c.weight
		}
		switch o {
		case scored:
			applicable += c.weight
			refused = refused || !additive(kind) && c.scores[u] <= 0
		case pending, refusedMean:
			applicable += c.weight
			waits = waits || o == pending
			refused = refused || o == refusedMean
		case notReported:
			silent = true
		}
	}
	switch {
	case due == 0:
		return notDue, 0
	case applicable == 0 && silent:
		return notReported, 0
	case applicable == 0:
		return notApplicable, 0
	case !waits && below(applicable, due, f.framework.Availability):
		return short, 0
	case waits:
		return pending, 0
	case refused:
		return refusedMean, 0
	}
	return scored, meanOf(kind, sum, applicable)
}

// below says whether the applicable share of what is due is below a limit, at nine decimals; only numbers that are close need them.
func below(applicable, due, limit float64) bool {
	if d := applicable - float64(limit*due); math.Abs(d) > 1e-8*due {
		return d < 0
	}
	return assess.Snap(applicable/due) < assess.Snap(limit)
}
