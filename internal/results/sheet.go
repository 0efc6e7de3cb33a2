package results

import (
	"fmt"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/score"
)

// Sheet is everything that is known of one period: what was handed in, where the collection stands, what it scores. A sheet is
// shared by all readers and never changed.
type Sheet struct {
	Period  assess.Period
	Edition *assess.Edition
	// Cycle is where the collection stands. A year is scored when its last quarter is, and published when its result is put on public
	// notice; Result is where that stands, "" of a quarter and while a year is open.
	Cycle  assess.Cycle
	Result assess.ResultState
	// Version is the data version of the period that people see (数据 v2): 1, and 1 more for every correction after the lock.
	Version int
	// AsOf is the reference day (截至3月31日), the last day of the period.
	AsOf time.Time
	Head assess.Head

	// Frameworks are in the order of the edition; every Scores has all units in roster order, and the city.
	Frameworks []*assess.Scores
	// Composite is nil where the edition combines nothing.
	Composite *assess.Scores

	// Filings are of the period's last quarter, one for each unit that exists then, in roster order.
	Filings []assess.Filing
	// Corrections are the cells of the period that were changed after the lock, newest first, each with its newest value. Cells with
	// part and ref are among them.
	Corrections []Correction
	// Unread are the figures that the edition cannot read, such as a level it dropped. They count as missing.
	Unread []assess.Observation

	panel *score.Panel
	of    conditions
	// bare says that only the city's cards have derivations.
	bare bool
}

// Explained answers the sheet with the derivations of the cards of some units, of all where none is named. Of many units it is kept without
// them, since they take ten times the memory of the scores, and nobody looks at most of them; they are made by scoring once more.
func (s *Sheet) Explained(units ...assess.UnitCode) (*Sheet, error) {
	if !s.bare {
		return s, nil
	}
	wanted := map[assess.UnitCode]bool{}
	for _, u := range units {
		wanted[u] = true
	}
	told := *s
	told.bare = len(units) > 0
	if err := told.score(func(u assess.UnitCode) bool { return len(units) == 0 || wanted[u] }); err != nil {
		return nil, fmt.Errorf("explain %s: %w", s.Period, err)
	}
	return &told, nil
}

// Rescore scores the figures of the sheet by another framework, for analysis only: the sheet stays as it is.
func (s *Sheet) Rescore(f *assess.Framework) (*assess.Scores, error) {
	if s.panel == nil {
		return nil, assess.Unavailable("problem.no_panel", "this sheet was made without its figures and cannot be scored otherwise")
	}
	return score.Compute(f, s.panel, s.Period, score.Options{})
}

// Subtotal answers a framework's figures of a peer group as a whole, as the city's are made: counts summed up, rates made of the sums.
// The places of its card mean nothing. A sheet without its figures is ErrUnavailable.
func (s *Sheet) Subtotal(f *assess.Framework, group assess.Code) (*assess.Scorecard, error) {
	if s.panel == nil {
		return nil, assess.Unavailable("problem.no_panel", "this sheet was made without its figures and cannot be scored otherwise")
	}
	among := s.panel.Among(func(u assess.Unit) bool { return u.Group == group })
	scores, err := score.Compute(f, among, s.Period, score.Options{City: true})
	if err != nil {
		return nil, fmt.Errorf("subtotal of %s in %s: %w", group, s.Period, err)
	}
	return scores.City, nil
}

// Completion answers how much of the target of the whole year an indicator has reached, as a share; ok is false where there is no
// target or it is zero, and where less is better.
func Completion(n *assess.NodeScore) (share float64, ok bool) {
	if n == nil || n.State != assess.Scored || n.Value == nil || n.Why == nil || n.Why.Target == nil || *n.Why.Target == 0 || n.Why.Direction == assess.Down {
		return 0, false
	}
	return *n.Value / *n.Why.Target, true
}

// Correction is a cell that was changed after its period was locked.
type Correction struct {
	Before, After assess.Observation
}

// Scores answers the scores of a framework, or of the composite; nil where there are none.
func (s *Sheet) Scores(framework assess.Code) *assess.Scores {
	if framework == assess.CompositeCode {
		return s.Composite
	}
	for _, f := range s.Frameworks {
		if f.Framework == framework {
			return f
		}
	}
	return nil
}

// Node answers a node of any framework for a unit: the framework's definition, the node's definition and its score. All are nil
// where there is no such node or unit.
func (s *Sheet) Node(unit assess.UnitCode, code assess.Code) (*assess.Framework, *assess.Node, *assess.NodeScore) {
	for i := range s.Edition.Frameworks {
		f := &s.Edition.Frameworks[i]
		n := f.Root.Find(code)
		if n == nil {
			continue
		}
		scores := s.Scores(f.Code)
		if scores == nil {
			return f, n, nil
		}
		card := scores.Card(unit)
		if unit == s.Edition.Roster.City.Code {
			card = scores.City
		}
		if card == nil {
			return f, n, nil
		}
		return f, n, card.Node(code)
	}
	return nil, nil, nil
}

// Filing answers the filing of a unit; a unit that never filed has one in state not started.
func (s *Sheet) Filing(unit assess.UnitCode) assess.Filing {
	for _, f := range s.Filings {
		if f.Unit == unit {
			return f
		}
	}
	return assess.Filing{Unit: unit, Period: s.Period.LastQuarter(), State: assess.NotStarted}
}

// Reported counts the units whose report of the period has been handed in, out of all that exist then.
func (s *Sheet) Reported() (reported, all int) {
	for _, f := range s.Filings {
		switch f.State {
		case assess.Submitted, assess.UnderReview, assess.Returned, assess.Accepted, assess.Locked:
			reported++
		}
	}
	return reported, len(s.Filings)
}
