package score

import (
	"math"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// lanes are the figures of a leaf whose score lies on a straight line through them: where they stand and which line it is, by
// period of the table.
type lanes struct {
	blocks []*block // nil where nothing was filed
	lines  []line
	flat   []bool // no line: the peers do not differ, so what was reported is not applicable
	open   []bool // figures may still come
}

// findLanes answers the lanes of a leaf, nil where its values are not simply figures of the period on a line.
func (w *tabulation) findLanes(l *leaf) *lanes {
	if !w.straight(l) {
		return nil
	}
	n := len(w.table.Periods)
	a := &lanes{blocks: make([]*block, n), lines: make([]line, n), flat: make([]bool, n), open: make([]bool, n)}
	for i, period := range w.table.Periods {
		slot, ok := w.panel.slotOf(l, period)
		if !ok {
			return nil
		}
		a.blocks[i], a.open[i] = w.panel.columns[l.item].blocks[slot], w.panel.isOpen(period)
	}
	over := l.node.Indicator.Method.Over == overPanel
	shared := map[assess.PeriodKind]int{}
	for i, period := range w.table.Periods {
		if first, ok := shared[period.Kind()]; ok {
			a.lines[i], a.flat[i] = a.lines[first], a.flat[first]
			continue
		}
		if over || !compares(l.node.Indicator.Method.Kind) {
			shared[period.Kind()] = i
		}
		peers, ok := w.compared(l, period, over)
		if !ok {
			return nil
		}
		a.lines[i], a.flat[i] = l.straightLine(peers)
		// Who competes lies between the extremes; a limit is for the others.
		if l.node.Indicator.Method.Kind == assess.MinMax && w.everybody() {
			a.lines[i].clipped = false
		}
		if !a.flat[i] && !a.lines[i].clipped && math.Abs(a.lines[i].span) < 1/largest {
			return nil // too steep to be sure of finite scores
		}
	}
	return a
}

// straight says whether the score of a leaf is a line through one item, with nothing done to it.
func (w *tabulation) straight(l *leaf) bool {
	ind := l.node.Indicator
	switch ind.Method.Kind {
	case assess.MinMax, assess.ZScore, assess.Goalposts, assess.Scaled, assess.Direct:
	default:
		return false
	}
	if l.item < 0 || ind.Transform != assess.NoTransform || ind.Impute != assess.NoImputation || ind.Outliers != assess.KeepOutliers {
		return false
	}
	item := &w.panel.columns[l.item].item
	return w.formulas[l.item] == nil && (l.own < 0 || w.panel.columns[l.own].empty()) &&
		len(item.Levels) == 0 && ind.Frequency != assess.Annual == (item.Frequency != assess.Annual)
}

func (c *column) empty() bool {
	for _, b := range c.blocks {
		if b != nil {
			return false
		}
	}
	return len(c.parts) == 0
}

// slotOf answers the only slot where the figures of a leaf can stand in a period; ok is false where there are several.
func (p *Panel) slotOf(l *leaf, period assess.Period) (slot int, ok bool) {
	col, c := &p.columns[l.item], p.calendar(period)
	filled := func(slot int) bool { return slot >= 0 && (col.blocks[slot] != nil || len(col.parts) > 0) }
	switch {
	case len(col.parts) > 0:
		return 0, false
	case col.item.Frequency == assess.Annual:
		// An annual indicator is not due in a quarter.
		return c.year, c.year >= 0 && period.Kind() == assess.Year
	case c.quarters != nil:
		for _, q := range c.quarters {
			if filled(q) {
				return 0, false
			}
		}
	case col.item.Frequency == "" && filled(c.year):
		return 0, false
	}
	return c.exact, true
}

// figures is a pass over the reported figures of units that compete, in the order of the periods and of the roster.
type figures struct {
	block    *block
	competes []bool // nil where all do
}

// compared answers the figures a leaf is compared with: those of the period, or of all periods of its length in the panel.
func (w *tabulation) compared(l *leaf, period assess.Period, over bool) (all []figures, ok bool) {
	if !compares(l.node.Indicator.Method.Kind) {
		return nil, true
	}
	periods := []assess.Period{period}
	if over {
		periods = w.panel.periods
	}
	for _, q := range periods {
		if q.Kind() != period.Kind() {
			continue
		}
		slot, ok := w.panel.slotOf(l, q)
		if !ok {
			return nil, false
		}
		if b := w.panel.columns[l.item].blocks[slot]; b != nil {
			all = append(all, figures{b, w.peers[q]})
		}
	}
	return all, true
}

// everybody says whether all units compete.
func (w *tabulation) everybody() bool { return !slices.Contains(w.competes, false) }

// competing answers which units exist in a period and compete, nil where all do.
func (w *tabulation) competing(period assess.Period) []bool {
	here := w.panel.present(period)
	all := here == nil
	mask := make([]bool, len(w.competes))
	for row, competes := range w.competes {
		mask[row] = competes && (here == nil || here[row])
		all = all && mask[row]
	}
	if all {
		return nil
	}
	return mask
}

// straightLine answers the line of a leaf; flat says that there is none because the peers do not differ.
func (l *leaf) straightLine(peers []figures) (n line, flat bool) {
	switch l.node.Indicator.Method.Kind {
	case assess.Goalposts:
		return l.goalposts(), false
	case assess.Scaled:
		return l.scaled(), false
	case assess.Direct:
		return l.direct(), false
	case assess.MinMax:
		low, high, any := span(peers)
		if !any || low == high {
			return n, true
		}
		if l.node.Indicator.Direction == assess.Down {
			low, high = -high, -low
		}
		n, ok := l.observed(&assess.Norm{Lowest: low, Highest: high})
		return n, !ok
	}
	n, ok := l.observed(l.measured(gathered(peers)).norm)
	return n, !ok
}

// span answers the least and the greatest figure. A cell without a number is NaN, neither less nor greater.
func span(peers []figures) (low, high float64, any bool) {
	all := newBlock(0)
	for _, f := range peers {
		if f.competes == nil && !f.block.stale {
			if f.block.low <= f.block.high {
				all.widen(f.block.low)
				all.widen(f.block.high)
			}
			continue
		}
		for i, v := range f.block.values {
			if f.competes == nil || f.competes[i] {
				all.widen(v)
			}
		}
	}
	return all.low, all.high, all.low <= all.high
}

// gathered answers the figures one after the other.
func gathered(peers []figures) (values []float64) {
	for _, f := range peers {
		for i, v := range f.block.values {
			if f.block.kinds[i].counts() && (f.competes == nil || f.competes[i]) {
				values = append(values, v)
			}
		}
	}
	return values
}
