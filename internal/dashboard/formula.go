package dashboard

import (
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
)

// formula writes the whole arithmetic of a score in one line, with the numbers filled in.
func (r *resolver) formula(unit assess.UnitCode, code assess.Code, n *assess.NodeScore) Sentence {
	s := r.now.spots[code]
	switch {
	case n.State != assess.Scored || n.Why == nil:
		return words(r.scoreText(r.now, unit, code, n))
	case r.now.indicator(code) == nil:
		return r.headingFormula(unit, code, n)
	}
	kind := s.node.Indicator.Method.Kind
	switch kind {
	case assess.Veto:
		return r.compose("why.veto", "value", r.value(r.now, code, n))
	case assess.Bonus:
		return r.bonusFormula(s.node.Indicator, n)
	case assess.Deduction:
		if share := r.deductionText(s, n); share != "" {
			return r.compose("why.leaf_points", "points", i18n.Number(n.Points, s.framework.Decimals), "formula", share)
		}
	}
	share := r.shareText(s, n)
	if share == "" {
		share = n.Why.Formula
	}
	return r.compose("why.leaf", "points", i18n.Number(n.Points, s.framework.Decimals), "full", r.fullText(s, n), "formula", share)
}

// fullText writes what the indicator is worth: its weight, or what became of it when weight was spread.
func (r *resolver) fullText(s spot, n *assess.NodeScore) string {
	weight := s.node.Weight
	if !s.framework.Relative && assess.Snap(weight.InexactFloat64()-n.FullPoints) == 0 {
		return r.words.T("why.weight", "n", weight.String())
	}
	return r.words.T("why.worth", "n", i18n.Number(n.FullPoints, 4))
}

// shareText writes the share of full marks by the method, "" where the engine's own formula says it better.
func (r *resolver) shareText(s spot, n *assess.NodeScore) string {
	ind, why := s.node.Indicator, n.Why
	m := ind.Method
	value := r.value(r.now, s.node.Code, n)
	switch m.Kind {
	case assess.TargetRatio:
		return r.ratioText(ind, why, value)
	case assess.Banded:
		if why.Band != nil {
			return r.words.T("why.banded", "share", i18n.Percent(100*why.Band.Share), "value", value, "band", r.bandText(ind, *why.Band))
		}
	case assess.Efficacy:
		text := r.words.T("why.efficacy", "value", value, "base", plainNumber(m.Base), "span", plainNumber(1-m.Base),
			"floor", r.dueAmount(ind, m.Floor*phase(why)), "satisfactory", r.dueAmount(ind, m.Satisfactory*phase(why)))
		if why.Limited {
			text += r.words.T("why.limited")
		}
		return text
	case assess.Ranked:
		return r.rankedText(m, why)
	case assess.Rated:
		if n.Text != "" {
			return r.words.T("why.level", "share", i18n.Percent(100*why.Share), "level", value)
		}
		return r.words.T("why.rated", "value", value, "most", plainNumber(max(m.ScaleMax, 0)))
	case assess.YesNo:
		return r.words.T("why.level", "share", i18n.Percent(100*why.Share), "level", value)
	case assess.Goalposts:
		if ind.Transform == assess.NoTransform {
			low, high := m.Low, m.High
			if ind.Direction == assess.Down {
				low, high = high, low
			}
			return r.words.T("why.goalposts", "value", value, "low", r.amount(ind, low), "high", r.amount(ind, high))
		}
	}
	return ""
}

func (r *resolver) ratioText(ind *assess.Indicator, why *assess.Derivation, value string) string {
	if why.TargetToDate == nil {
		return ""
	}
	due, limit := r.dueAmount(ind, *why.TargetToDate), plainNumber(max(ind.Method.Cap, 1))
	switch ind.Direction {
	case assess.Down:
		return r.words.T("why.ratio_down", "value", value, "due", due, "cap", limit)
	case assess.Centre:
		return r.words.T("why.ratio_centre", "value", value, "due", due, "width", plainNumber(ind.Method.Width))
	}
	return r.words.T("why.ratio", "value", value, "due", due, "cap", limit)
}

func (r *resolver) rankedText(m assess.Method, why *assess.Derivation) string {
	place := r.words.Number(why.Place)
	if m.Step > 0 {
		return r.words.T("why.rank_step", "place", place, "n", why.Peers, "share", i18n.Percent(100*why.Share))
	}
	first, last := m.First, m.Last
	if first == 0 && last == 0 {
		first = 1
	}
	return r.words.T("why.rank", "first", plainNumber(first), "last", plainNumber(last), "place", place, "n", why.Peers)
}

// deductionText writes points off full marks by case; deductions by kind of event are left to the engine's own formula.
func (r *resolver) deductionText(s spot, n *assess.NodeScore) string {
	m := s.node.Indicator.Method
	if len(m.Events) > 0 || n.Value == nil || n.Why.Spread != 0 || s.framework.Relative {
		return ""
	}
	return r.words.T("why.deduction", "weight", s.node.Weight.String(), "each", plainNumber(m.PerCase),
		"n", plainNumber(*n.Value), "least", plainNumber(m.Min))
}

func (r *resolver) bonusFormula(ind *assess.Indicator, n *assess.NodeScore) Sentence {
	sum := n.Points
	if n.Value != nil {
		sum = *n.Value
	}
	if ind.Method.Cap > 0 {
		return r.compose("why.bonus_capped", "points", plainNumber(n.Points), "sum", plainNumber(sum), "cap", plainNumber(ind.Method.Cap))
	}
	return r.compose("why.bonus", "points", plainNumber(n.Points))
}

// headingFormula adds up the points of the children, each linked to its own explanation. Other means than the arithmetic one are
// written as the engine writes them.
func (r *resolver) headingFormula(unit assess.UnitCode, code assess.Code, n *assess.NodeScore) Sentence {
	if s := r.now.spots[code]; s.node != nil && s.node.Aggregate != "" && s.node.Aggregate != assess.Arithmetic {
		return words(i18n.Number(n.Shown, r.now.decimals(code)) + " = " + n.Why.Formula)
	}
	var sum Sentence
	for _, part := range n.Why.Parts {
		if !counts(part) {
			continue
		}
		if len(sum) > 0 {
			sum = append(sum, Fragment{Text: " + "})
		}
		sum = append(sum, Fragment{Text: i18n.Number(part.Points, 4), Link: r.links.why(unit, part.Node)})
	}
	if len(sum) == 0 {
		return words(i18n.Number(n.Shown, r.now.decimals(code)) + " = " + n.Why.Formula)
	}
	for _, extra := range []struct {
		key    string
		points float64
	}{{"why.plus_bonus", n.Why.Bonus}, {"why.less_late", n.Why.Late}} {
		if extra.points != 0 {
			sum = append(sum, r.compose(extra.key, "points", i18n.Number(extra.points, 4))...)
		}
	}
	if assess.Snap(n.FullPoints-r.now.scale(code)) == 0 {
		return r.compose("why.total", "score", i18n.Number(n.Shown, r.now.decimals(code)), "sum", sum)
	}
	return r.compose("why.heading", "points", i18n.Number(n.Points, 4), "sum", sum, "full", i18n.Number(n.FullPoints, 4),
		"score", i18n.Number(n.Shown, r.now.decimals(code)))
}

// plainNumber writes a parameter with the digits it needs, at most four.
func plainNumber(x float64) string {
	for decimals := range 4 {
		if assess.Snap(assess.HalfUp.Round(x, decimals)-x) == 0 {
			return i18n.Number(x, decimals)
		}
	}
	return i18n.Number(x, 4)
}

// bandRows lists the bands, levels or standard values of the method and which one held.
func (r *resolver) bandRows(code assess.Code, n *assess.NodeScore) (rows []BandRow) {
	s := r.now.spots[code]
	ind := r.now.indicator(code)
	if ind == nil || n.Why == nil {
		return nil
	}
	full := n.Why.FullPoints
	row := func(text string, share float64, held bool) {
		rows = append(rows, BandRow{Text: text, Share: i18n.Percent(100 * share), Points: i18n.Number(share*full, s.framework.Decimals), Held: held})
	}
	for _, b := range ind.Method.Bands {
		row(r.bandText(ind, b), b.Share, n.Why.Band != nil && sameBand(b, *n.Why.Band))
	}
	for _, p := range ind.Method.Points {
		row(r.amount(ind, p.Value), p.Share, n.Value != nil && *n.Value == p.Value)
	}
	if len(ind.Method.Levels) > 0 {
		for _, level := range r.levelsOf(ind) {
			row(r.level(string(level)), ind.Method.Levels[level], n.Text == string(level))
		}
	}
	return rows
}

// levelsOf answers the levels of a graded indicator, best first, in the order of its item.
func (r *resolver) levelsOf(ind *assess.Indicator) (levels []assess.Code) {
	if item, ok := r.now.item(ind.Value.Item); ok {
		for _, level := range item.Levels {
			if _, scored := ind.Method.Levels[level]; scored {
				levels = append(levels, level)
			}
		}
	}
	return levels
}

// bandText writes a band with both its limits: ≥ 90.0%, < 95.0%.
func (r *resolver) bandText(ind *assess.Indicator, b assess.Band) string {
	switch {
	case b.Equal == "true":
		return r.words.T("common.yes")
	case b.Equal == "false":
		return r.words.T("common.no")
	case b.Equal != "":
		return r.level(b.Equal)
	}
	low, high := "", ""
	if b.Low != nil {
		low = limit("≥", ">", b.LowExcluded) + r.amount(ind, *b.Low)
	}
	if b.High != nil {
		high = limit("≤", "<", b.HighExcluded) + r.amount(ind, *b.High)
	}
	switch {
	case low == "" && high == "":
		return r.words.T("why.any_value")
	case low == "" || high == "":
		return low + high
	}
	return low + r.words.T("sentence.comma") + high
}

func limit(included, excluded string, exclude bool) string {
	if exclude {
		return excluded + " "
	}
	return included + " "
}

func sameBand(a, b assess.Band) bool {
	return a.Equal == b.Equal && a.Share == b.Share && sameLimit(a.Low, b.Low) && sameLimit(a.High, b.High)
}

func sameLimit(a, b *float64) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}
