package dashboard

import (
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
)

// whatIf says what one less and one more would do: of the numerator of a ratio, or of the thing that is counted. It is said only
// where the arithmetic here gives exactly the score the engine gave; a method that looks at other units is left out.
func (r *resolver) whatIf(code assess.Code, n *assess.NodeScore) (list []WhatIf) {
	s, ind := r.now.spots[code], r.now.indicator(code)
	if ind == nil || n.Why == nil || n.Value == nil || n.State != assess.Scored {
		return nil
	}
	now, ok := shareAt(s, n.Why, *n.Value)
	if !ok || assess.Snap(now-n.Why.Share) != 0 {
		return nil
	}
	step, measure, ok := r.oneOf(ind, n.Why)
	if !ok {
		return nil
	}
	for _, one := range []float64{-1, 1} {
		x := *n.Value + one*step
		if x < 0 {
			continue
		}
		share, ok := shareAt(s, n.Why, x)
		if !ok {
			return nil
		}
		points := r.rounded(s, share*n.FullPoints)
		key := "why.one_more"
		if one < 0 {
			key = "why.one_less"
		}
		list = append(list, WhatIf{
			Label:  r.words.T(key, "measure", measure),
			Value:  r.amount(ind, x),
			Points: i18n.Number(points, s.framework.Decimals),
			Change: i18n.Signed(points-n.Points, s.framework.Decimals),
		})
	}
	return list
}

// rounded rounds an indicator's points as the engine does in the official layer; analytic points stay as they are.
func (r *resolver) rounded(s spot, points float64) float64 {
	if s.framework.Layer == assess.Analytic {
		return points
	}
	return s.framework.Rounding.Round(points, s.framework.LeafDecimals)
}

// oneOf answers how much one thing more moves the value, and the measure of that thing. Money and percentages are not counted in
// ones.
func (r *resolver) oneOf(ind *assess.Indicator, why *assess.Derivation) (step float64, measure string, ok bool) {
	code := ind.Value.Item
	step = 1
	if ind.Value.Numerator != "" {
		code = ind.Value.Numerator
		denominator, known := inputSum(why, "denominator")
		if !known || denominator == 0 {
			return 0, "", false
		}
		step = ind.Value.Scale / denominator
	}
	item, known := r.now.item(code)
	if !known || item.Type != assess.Count {
		return 0, "", false
	}
	return step, item.Measure.In(r.req.Lang), true
}

// shareAt answers the share of full marks a value would give; ok is false for methods that depend on more than the value. Source:
// scoring specification 1.2 to 1.6.
func shareAt(s spot, why *assess.Derivation, x float64) (share float64, ok bool) {
	ind := s.node.Indicator
	m := ind.Method
	switch m.Kind {
	case assess.TargetRatio:
		return ratioAt(ind, why, x)
	case assess.Banded:
		return bandAt(ind, s.framework.Rounding.Round(x, ind.Decimals))
	case assess.Efficacy:
		floor, satisfactory := m.Floor*phase(why), m.Satisfactory*phase(why)
		if floor == satisfactory {
			return 0, false
		}
		return clip(m.Base+(1-m.Base)*(x-floor)/(satisfactory-floor), 1), true
	case assess.Deduction:
		full := why.FullMarks
		if len(m.Events) > 0 || full == 0 || m.Below {
			return 0, false
		}
		return max(full-m.PerCase*x, m.Min) / full, true
	}
	return 0, false
}

func ratioAt(ind *assess.Indicator, why *assess.Derivation, x float64) (float64, bool) {
	if why.TargetToDate == nil || *why.TargetToDate == 0 {
		return 0, false
	}
	t, most := *why.TargetToDate, max(ind.Method.Cap, 1)
	switch ind.Direction {
	case assess.Down:
		return clip(2-x/t, most), true
	case assess.Centre:
		if ind.Method.Width == 0 {
			return 0, false
		}
		return clip(1-abs(x-t)/ind.Method.Width, 1), true
	}
	return clip(x/t, most), true
}

func bandAt(ind *assess.Indicator, x float64) (float64, bool) {
	for _, b := range ind.Method.Bands {
		if b.Equal != "" {
			return 0, false
		}
		above := b.Low == nil || x > *b.Low || x == *b.Low && !b.LowExcluded
		below := b.High == nil || x < *b.High || x == *b.High && !b.HighExcluded
		if above && below {
			return b.Share, true
		}
	}
	return 0, true
}

func clip(share, most float64) float64 { return max(0, min(share, most)) }
