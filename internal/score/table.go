package score

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/unionboard/unionboard/internal/assess"
)

// Table holds the scores of chosen nodes as plain numbers: for every node a column over the periods and units, eight bytes a score
// and one for its state. It is what statistics, robustness and large panels need, where a scorecard of every unit would be a
// hundred times as large.
type Table struct {
	Nodes   []assess.Code
	Periods []assess.Period
	Units   []assess.UnitCode
	columns []scoreColumn // by node
}

// scoreColumn are the scores of a node: those of the first period over all units, then the next.
type scoreColumn struct {
	scores []float64
	states []outcome
}

// outcome is what became of a node for a unit, in one byte.
type outcome uint8

const (
	scored        outcome = iota
	absent                // the unit does not exist in the period
	notDue                //
	notApplicable         // a gap: its weight is spread
	notReported           // a gap as well
	pending               // waited for
	short                 // pending for want of availability, and a gap to its parent
	refusedMean           // pending because a mean is not defined
)

// state answers an outcome in the words of a scorecard; "" for a unit that does not exist.
func (o outcome) state() assess.NodeState {
	switch o {
	case scored:
		return assess.Scored
	case notDue:
		return assess.NotDue
	case notApplicable:
		return assess.NotApplicable
	case notReported:
		return assess.NotReported
	case pending, short, refusedMean:
		return assess.Pending
	}
	return ""
}

// Score answers the score of the n-th node in the p-th period for the u-th unit, on the framework's scale and unrounded. Where
// the state is not scored there is none and the number is 0; the state is empty for a unit that does not exist in the period.
func (t *Table) Score(n, p, u int) (float64, assess.NodeState) {
	c, i := &t.columns[n], p*len(t.Units)+u
	return c.scores[i], c.states[i].state()
}

// Column answers the scores of a node in a period over all units, 0 where there is none. It is part of the table: do not change it.
func (t *Table) Column(n, p int) []float64 {
	return t.columns[n].scores[p*len(t.Units):][:len(t.Units)]
}

// Tabulate scores an analytic framework in several periods and keeps only the numbers of the named nodes, or of the root where
// none is named. It goes through the columns of figures and not from unit to unit, and answers to the last bit what Series
// answers. Errors are Problems: those of Series; a node that there is not; a framework that is not analytic, has points instead of
// relative weights, counts missing figures as zero, or has a bonus or a veto, for which only Series has an answer.
func Tabulate(f *assess.Framework, p *Panel, periods []assess.Period, nodes ...assess.Code) (*Table, error) {
	pl, err := newPlan(f, p)
	if err != nil {
		return nil, err
	}
	if problem := pl.tabular(); problem != nil {
		return nil, problem
	}
	for _, period := range periods {
		if err := p.asked(period); err != nil {
			return nil, err
		}
	}
	t := &Table{Nodes: nodes, Periods: slices.Clone(periods)}
	if len(nodes) == 0 {
		t.Nodes = []assess.Code{f.Root.Code}
	}
	for _, u := range p.roster.Units {
		t.Units = append(t.Units, u.Code)
	}
	w := &tabulation{plan: pl, table: t, keep: make([]*scoreColumn, len(pl.nodes))}
	if err := w.choose(); err != nil {
		return nil, err
	}
	w.prepare()
	w.run()
	return t, nil
}

// tabular says why a framework cannot be scored in columns, nil where it can.
func (p *plan) tabular() *assess.Problem {
	odd := slices.ContainsFunc(p.nodes[1:], func(n node) bool { return n.outside || n.weight <= 0 })
	if p.official || p.zero || !p.framework.Relative || p.framework.Availability > 1 || odd {
		return assess.Invalid("problem.not_tabular",
			string(p.framework.Code)+" cannot be scored in columns: that needs layer analytic, relative weights, missing: spread, and no bonus or veto", "code", string(p.framework.Code))
	}
	return nil
}

// tabulation is a table being made.
type tabulation struct {
	*plan
	table   *Table
	keep    []*scoreColumn           // by node; nil for those nobody asked for
	lanes   []*lanes                 // by leaf; nil for those that go through a sheet
	leafAt  []int                    // by node: which leaf it is; −1 for a heading
	fusedAt []bool                   // by node: whether its scores go straight into the sums of its parent, without a column of their own
	whole   []float64                // by node: the weight of all children of a heading
	here    [][]bool                 // by period: whether a unit exists; nil where all do
	peers   map[assess.Period][]bool // by period of the panel: whether a unit exists and competes; nil where all do
	slow    bool                     // some leaf goes through a sheet
}

func (w *tabulation) choose() error {
	cells := len(w.table.Periods) * len(w.table.Units)
	w.table.columns = make([]scoreColumn, len(w.table.Nodes))
	for k, code := range w.table.Nodes {
		i := slices.IndexFunc(w.nodes, func(n node) bool { return n.Code == code })
		if i < 0 {
			return assess.NotFound("problem.unknown_node", "there is no node "+string(code)+" in the framework; use a code of its tree", "code", string(code))
		}
		w.table.columns[k] = scoreColumn{make([]float64, cells), make([]outcome, cells)}
		w.keep[i] = &w.table.columns[k]
	}
	return nil
}

// prepare finds the lines of the leaves that can go along one, and measures the others over the panel.
func (w *tabulation) prepare() {
	w.whole, w.leafAt = make([]float64, len(w.nodes)), make([]int, len(w.nodes))
	for i := range w.nodes {
		w.leafAt[i] = -1
		for _, c := range w.nodes[i].children {
			w.whole[i] += w.nodes[c].weight
		}
	}
	for _, period := range w.table.Periods {
		w.here = append(w.here, w.panel.present(period))
	}
	w.peers = map[assess.Period][]bool{}
	for _, period := range slices.Concat(w.panel.periods, w.table.Periods) {
		if _, known := w.peers[period]; !known {
			w.peers[period] = w.competing(period)
		}
	}
	for k, l := range w.leaves {
		w.leafAt[l.index] = k
	}
	w.lanes = make([]*lanes, len(w.leaves))
	parallel(len(w.leaves), func(k int) {
		w.lanes[k] = w.findLanes(w.leaves[k])
	})
	w.fusedAt = make([]bool, len(w.nodes))
	for i := range w.nodes {
		w.fusedAt[i] = w.fused(i)
	}
	var others []*leaf
	for k, l := range w.leaves {
		if w.lanes[k] == nil {
			others = append(others, l)
		}
	}
	w.slow = len(others) > 0
	measured := map[assess.PeriodKind]bool{}
	for _, period := range w.table.Periods {
		if !measured[period.Kind()] {
			measured[period.Kind()] = true
			parallel(len(others), func(k int) { w.measureLeaf(others[k], period.Kind()) })
		}
	}
}

// present answers which units exist in a period, nil where all do.
func (p *Panel) present(period assess.Period) []bool {
	if !slices.ContainsFunc(p.roster.Units, func(u assess.Unit) bool { return !u.In(period) }) {
		return nil
	}
	here := make([]bool, len(p.roster.Units))
	for row, u := range p.roster.Units {
		here[row] = u.In(period)
	}
	return here
}

// stretch is the number of units that are scored together: their sums stay in the nearest cache.
const stretch = 512

// run scores all periods. Every sum is made by one worker from left to right, so the number of workers changes nothing.
func (w *tabulation) run() {
	units := len(w.table.Units)
	if w.slow { // a sheet holds all units of a period
		parallelWith(len(w.table.Periods), w.newFold, func(f *fold, p int) {
			f.readSheets(p)
			for from := 0; from < units; from += stretch {
				f.score(p, from, min(from+stretch, units))
			}
		})
		return
	}
	stretches := (units + stretch - 1) / stretch
	parallelWith(len(w.table.Periods)*stretches, w.newFold, func(f *fold, task int) {
		from := task % stretches * stretch
		f.score(task/stretches, from, min(from+stretch, units))
	})
}

// parallel calls do for 0 … n−1 on all processors.
func parallel(n int, do func(i int)) {
	parallelWith(n, func() struct{} { return struct{}{} }, func(_ struct{}, i int) { do(i) })
}

// parallelWith does the same with something made once for each processor.
func parallelWith[T any](n int, start func() T, do func(with T, i int)) {
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		group.Go(func() {
			with := start()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(with, i)
			}
		})
	}
	group.Wait()
}
