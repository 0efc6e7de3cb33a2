package publish

import (
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/results"
)

// Difference is what a seal says otherwise than the one before of the same period: complete, and nothing that is the same.
type Difference struct {
	Before, After Header
	// Definitions says that the period is scored by another edition of the year.
	Definitions bool
	Figures     []FigureChange
	Targets     []TargetChange
	Filings     []FilingChange
	Scores      []ScoreChange
	Totals      []TotalChange
}

// FigureChange is a cell whose figure differs; nil where one of the seals has none.
type FigureChange struct {
	Key           assess.CellKey
	Before, After *assess.Observation
}

// TargetChange is a target that differs; "" where one of the seals has none.
type TargetChange struct {
	Unit          assess.UnitCode
	Period        assess.Period
	Code          assess.Code
	From          assess.Period
	Before, After string
}

// FilingChange is a report whose lateness or returns differ; nil where one of the seals has none.
type FilingChange struct {
	Unit          assess.UnitCode
	Period        assess.Period
	Before, After *assess.Filing
}

// ScoreChange is a node whose score, place, grade, light or state differs; nil where one of the seals has none.
type ScoreChange struct {
	Framework     assess.Code
	Unit          assess.UnitCode
	Node          assess.Code
	Before, After *assess.NodeScore
}

// TotalChange is a scorecard whose base, bonus, deduction or bar of the best grade differs; nil where one of the seals has none.
type TotalChange struct {
	Framework     assess.Code
	Unit          assess.UnitCode
	Before, After *assess.Scorecard
}

// Empty says that nothing differs.
func (d *Difference) Empty() bool {
	return !d.Definitions && len(d.Figures)+len(d.Targets)+len(d.Filings)+len(d.Scores)+len(d.Totals) == 0
}

// Compare answers what after says otherwise than before.
func Compare(before, after *Seal) *Difference {
	d := &Difference{Before: before.Header, After: after.Header, Definitions: before.Header.Definitions != after.Header.Definitions}
	pairs(before.Basis.Figures, after.Basis.Figures, func(o assess.Observation) assess.CellKey { return o.CellKey }, func(k assess.CellKey, a, b *assess.Observation) {
		// A figure that was taken anew with the same value is the same figure to everybody who reads it.
		if a == nil || b == nil || a.Value != b.Value || a.State != b.State {
			d.Figures = append(d.Figures, FigureChange{k, a, b})
		}
	})
	slices.SortFunc(d.Figures, func(x, y FigureChange) int { return results.CompareCells(x.Key, y.Key) })
	pairs(before.Basis.Targets, after.Basis.Targets, goalOf, func(g goal, a, b *assess.Target) {
		if was, is := amount(a), amount(b); was != is {
			d.Targets = append(d.Targets, TargetChange{g.unit, g.period, g.code, g.from, was, is})
		}
	})
	pairs(before.Basis.Filings, after.Basis.Filings, reportOf, func(r report, a, b *assess.Filing) {
		if a == nil || b == nil || a.LateDays != b.LateDays || a.Returns != b.Returns {
			d.Filings = append(d.Filings, FilingChange{r.unit, r.period, a, b})
		}
	})
	d.compareScores(before, after)
	return d
}

// compareScores compares the results of frameworks that both seals have, or one of them.
func (d *Difference) compareScores(before, after *Seal) {
	type cardKey struct {
		framework assess.Code
		unit      assess.UnitCode
	}
	cards := func(s *Seal) (all []assess.Scorecard, keys []cardKey) {
		for _, of := range s.Scores {
			for _, c := range of.Cards {
				all, keys = append(all, c), append(keys, cardKey{of.Framework, c.Unit})
			}
		}
		return all, keys
	}
	was, wasOf := cards(before)
	is, isOf := cards(after)
	both(was, wasOf, is, isOf, func(k cardKey, a, b *assess.Scorecard) {
		if a == nil || b == nil || a.Base != b.Base || a.Bonus != b.Bonus || a.Late != b.Late || a.Total != b.Total ||
			a.LateDays != b.LateDays || a.TiedAtQuota != b.TiedAtQuota || len(a.Vetoed) != len(b.Vetoed) {
			d.Totals = append(d.Totals, TotalChange{k.framework, k.unit, a, b})
		}
		pairs(nodes(a), nodes(b), func(n assess.NodeScore) assess.Code { return n.Node }, func(code assess.Code, m, n *assess.NodeScore) {
			if m == nil || n == nil || !sameScore(m, n) {
				d.Scores = append(d.Scores, ScoreChange{k.framework, k.unit, code, m, n})
			}
		})
	})
}

func nodes(c *assess.Scorecard) []assess.NodeScore {
	if c == nil {
		return nil
	}
	return c.Nodes
}

// sameScore says whether two scores of a node say the same to everybody who reads them; how they came about is another matter.
func sameScore(a, b *assess.NodeScore) bool {
	return a.State == b.State && sameNumber(a.Value, b.Value) && a.Text == b.Text && a.Score == b.Score && a.Shown == b.Shown && a.Points == b.Points &&
		a.FullPoints == b.FullPoints && a.Low == b.Low && a.High == b.High && a.Rank == b.Rank && a.GroupRank == b.GroupRank && a.Grade == b.Grade &&
		a.Light == b.Light && a.Coverage == b.Coverage && a.SmallSample == b.SmallSample
}

func sameNumber(a, b *float64) bool { return a == b || a != nil && b != nil && *a == *b }

type goal struct {
	unit   assess.UnitCode
	period assess.Period
	code   assess.Code
	from   assess.Period
}

func goalOf(t assess.Target) goal { return goal{t.Unit, t.Period, t.Code, t.From} }

func amount(t *assess.Target) string {
	if t == nil {
		return ""
	}
	return t.Value.String()
}

type report struct {
	unit   assess.UnitCode
	period assess.Period
}

func reportOf(f assess.Filing) report { return report{f.Unit, f.Period} }

// pairs hands on what two lists have under each key: in the order of the first, then what only the second has, nil for what one has not.
func pairs[K comparable, V any](a, b []V, key func(V) K, hand func(K, *V, *V)) {
	keys := func(list []V) []K {
		all := make([]K, len(list))
		for i := range list {
			all[i] = key(list[i])
		}
		return all
	}
	both(a, keys(a), b, keys(b), hand)
}

func both[K comparable, V any](a []V, of []K, b []V, with []K, hand func(K, *V, *V)) {
	place := make(map[K]int, len(b))
	for i, k := range with {
		place[k] = i
	}
	met := make(map[K]bool, len(a))
	for i, k := range of {
		met[k] = true
		if j, ok := place[k]; ok {
			hand(k, &a[i], &b[j])
		} else {
			hand(k, &a[i], nil)
		}
	}
	for i, k := range with {
		if !met[k] {
			hand(k, nil, &b[i])
		}
	}
}
