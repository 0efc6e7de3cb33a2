package score

import (
	"fmt"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

type targetKey struct {
	unit   assess.UnitCode
	period assess.Period
	code   assess.Code
}

// PutTarget sets a target: of a unit, of assess.AnyUnit or of the city, for an indicator and a year, or for one quarter alone,
// where it is not phased. Targets of different From stand beside each other. Errors are Problems: an unknown unit; a target below zero, which no ratio can be made of.
func (p *Panel) PutTarget(t assess.Target) error {
	_, known := p.rows[t.Unit]
	if !known && t.Unit != assess.AnyUnit && (t.Unit == "" || t.Unit != p.roster.City.Code) {
		return assess.NotFound("problem.unknown_unit", fmt.Sprintf("unit %q is not in the list of units; use a code of the units file", t.Unit), "unit", string(t.Unit))
	}
	if t.Value.IsNegative() {
		return assess.Invalid("problem.target_negative",
			fmt.Sprintf("the target %s of %s is below zero; a completion ratio needs a target of zero or more", t.Value, t.Code),
			"code", string(t.Code), "value", t.Value.String())
	}
	key, dated := targetKey{t.Unit, t.Period, t.Code}, assess.DatedTarget{Target: t.Value.InexactFloat64(), From: t.From}
	i, known := slices.BinarySearchFunc(p.targets[key], dated, func(a, b assess.DatedTarget) int { return a.From.Compare(b.From) })
	if known {
		p.targets[key][i] = dated
		return nil
	}
	p.targets[key] = slices.Insert(p.targets[key], i, dated)
	return nil
}

// CheckTarget refuses a target of a table that the framework's indicator cannot be scored with: one below zero, and one of zero
// where lower is better.
func CheckTarget(f *assess.Framework, t assess.Target) *assess.Problem {
	n := f.Root.Find(t.Code)
	if n == nil || n.Indicator == nil || n.Indicator.Method.Kind != assess.TargetRatio {
		return nil
	}
	switch code := string(t.Code); {
	case t.Value.IsNegative():
		return assess.Invalid("problem.target_negative",
			fmt.Sprintf("the target %s of %s is below zero; a completion ratio needs a target of zero or more", t.Value, code), "code", code, "value", t.Value.String())
	case t.Value.IsZero() && n.Indicator.Direction == assess.Down:
		return assess.Invalid("problem.target_zero_down",
			fmt.Sprintf("%s: lower is better and the target is zero; use the deduction method, or set a target above zero", code), "code", code)
	}
	return nil
}

// goal is a target and how much of it is due.
type goal struct {
	set     bool
	target  float64              // of the whole year
	phasing float64              // percent that is due by the end of the period
	all     []assess.DatedTarget // of the year, where it was changed
}

// toDate answers what of the target is due.
func (g goal) toDate() float64 { return g.target * g.phasing / 100 }

// phasing answers the percentage of a year's target that is due by the end of a period; all of it where nothing is phased.
func phasing(percent []float64, period assess.Period) float64 {
	if len(percent) == 0 {
		return 100
	}
	quarter := period.LastQuarter().Part()
	return percent[min(quarter, len(percent))-1]
}

// goal answers the target of an indicator: the unit's own before that of all units, the period's own before the year's, the
// table before the framework.
func (p *Panel) goal(n *assess.Node, unit assess.UnitCode, period assess.Period) goal {
	due := phasing(n.Indicator.Method.Phasing, period)
	for _, u := range []assess.UnitCode{unit, assess.AnyUnit} {
		if g, ok := holding(p.targets[targetKey{u, period, n.Code}], period); ok {
			if g.phasing = due; period.Kind() != assess.Year {
				g.phasing = 100
			}
			return g
		}
		if g, ok := holding(p.targets[targetKey{u, period.Year(), n.Code}], period); ok {
			g.phasing = due
			return g
		}
	}
	if rule := n.Indicator.Target; rule != nil && rule.FullYear != nil {
		return goal{set: true, target: *rule.FullYear, phasing: due}
	}
	return goal{phasing: due}
}

// holding answers the target that holds at the end of a period. Source: scoring specification 1.2.
func holding(list []assess.DatedTarget, period assess.Period) (g goal, ok bool) {
	for _, t := range list {
		if t.From.IsZero() || !t.From.FirstDay().After(period.LastDay()) {
			g.set, g.target, ok = true, t.Target, true
		}
	}
	if len(list) > 1 {
		g.all = list
	}
	return g, ok
}
