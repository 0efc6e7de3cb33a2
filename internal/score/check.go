package score

import (
	"errors"
	"fmt"

	"github.com/unionboard/unionboard/internal/assess"
)

// checkMethod refuses the parameters no score can be made of. Package catalog says the same of a definition file, with the line;
// this is the last guard for frameworks that come another way.
func checkMethod(n *assess.Node) *assess.Problem {
	m, code := &n.Indicator.Method, string(n.Code)
	refuse := func(key, message string) *assess.Problem { return assess.Invalid(key, code+": "+message, "code", code) }
	switch m.Kind {
	case assess.TargetRatio:
		return checkTarget(n, refuse)
	case assess.Efficacy:
		if m.Floor == m.Satisfactory {
			return refuse("problem.equal_standards", "the unacceptable and the satisfactory value are the same; they must differ")
		}
	case assess.Goalposts:
		if m.Low == m.High {
			return refuse("problem.equal_standards", "the two goalposts are the same; they must differ")
		}
		if t := n.Indicator.Transform; !takes(t, m.Low) || !takes(t, m.High) {
			return refuse("problem.log_goalposts", fmt.Sprintf("the transform %s does not take both goalposts; choose goalposts that it takes", t))
		}
	case assess.Scaled:
		if m.Low == m.High {
			return refuse("problem.equal_standards", "the two goalposts are the same; they must differ")
		}
	case assess.Tiered:
		if len(m.Points) < 2 {
			return refuse("problem.tiers", "standard values are needed, at least two")
		}
		for i := 2; i < len(m.Points); i++ {
			if (m.Points[i].Value-m.Points[i-1].Value)*(m.Points[1].Value-m.Points[0].Value) <= 0 {
				return refuse("problem.tiers", "the standard values must all rise or all fall")
			}
		}
		if m.Points[0].Value == m.Points[1].Value {
			return refuse("problem.tiers", "the standard values must all rise or all fall")
		}
	case assess.Deduction:
		if !n.Weight.IsPositive() {
			return refuse("problem.deduction_weight", "points are deducted from its weight, which must be above zero")
		}
	case assess.Banded, assess.Ranked, assess.Rated, assess.Bonus, assess.Veto, assess.YesNo, assess.MinMax, assess.ZScore, assess.Direct,
		assess.RankNumber, assess.Borda, assess.PercentRank, assess.ToTarget:
	default:
		return refuse("problem.unknown_method", fmt.Sprintf("there is no scoring method %q", m.Kind))
	}
	if len(m.To) == 2 && m.To[0] == m.To[1] {
		return refuse("problem.equal_ends", "the scores of the worst and of the best value are the same; they must differ")
	}
	return nil
}

// checkAnalysis refuses what changes reported data where scores are official, and the treatment of outliers for methods that do
// not look at the other values.
func (p *plan) checkAnalysis(n *assess.Node) *assess.Problem {
	ind, code := n.Indicator, string(n.Code)
	switch {
	case p.official && (ind.Impute != assess.NoImputation || ind.Outliers != assess.KeepOutliers):
		return assess.Invalid("problem.official_treatment",
			code+": imputation and the treatment of outliers change reported data, which an official score never does; take them out, or set layer: analytic", "code", code)
	case ind.Outliers != assess.KeepOutliers && !treatable(ind.Method.Kind):
		return assess.Invalid("problem.outliers_method",
			fmt.Sprintf("%s: %s does not measure by the other values; take outliers out, or choose min_max, z_score, rank_number, borda or percentile_rank", code, ind.Method.Kind),
			"code", code, "method", string(ind.Method.Kind))
	}
	return nil
}

// treatable says whether a method compares with treated values only. A target would have to be treated as well.
func treatable(kind assess.MethodKind) bool { return compares(kind) && kind != assess.ToTarget }

func checkTarget(n *assess.Node, refuse func(key, message string) *assess.Problem) *assess.Problem {
	ind := n.Indicator
	if ind.Direction == assess.Centre && ind.Method.Width <= 0 {
		return refuse("problem.width", "the best value is a centre, so the half-width of the tolerance must be above zero")
	}
	if ind.Accumulation == assess.Flow && len(ind.Method.Phasing) > 0 {
		return refuse("problem.target_flow", "a flow of the quarter cannot be compared with what is due of a year's target; use the value since January (ytd)")
	}
	if ind.Target == nil || ind.Target.FullYear == nil {
		return nil
	}
	switch t := *ind.Target.FullYear; {
	case t < 0:
		return refuse("problem.target_negative", "the target is below zero; use the efficacy method, which needs no division")
	case t == 0 && ind.Direction == assess.Down:
		return refuse("problem.target_zero_down", "lower is better and the target is zero; use the deduction method")
	}
	return nil
}

func asProblem(err error) *assess.Problem {
	if p, ok := errors.AsType[*assess.Problem](err); ok {
		return p
	}
	return assess.Invalid("problem.formula", err.Error())
}
