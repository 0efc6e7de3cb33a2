package score

import (
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// Normalisations are the ways to make indicators comparable that may take each other's place in an analysis.
func Normalisations() []assess.MethodKind {
	return []assess.MethodKind{assess.MinMax, assess.ZScore, assess.Ranked}
}

// Renormalised answers an analytic framework whose indicators are all made comparable in another way, for an analysis of how much
// hangs on that. ok is false where there is no such thing: in the official layer; where an indicator is scored by a method that is
// no normalisation; where scores of zero or below would meet a geometric or harmonic mean.
func Renormalised(f *assess.Framework, kind assess.MethodKind) (other *assess.Framework, ok bool) {
	ok = f.Layer == assess.Analytic && slices.Contains(Normalisations(), kind)
	f.Root.Walk(func(n, _ *assess.Node, _ int) {
		switch {
		case n.Indicator == nil:
			ok = ok && (n.Aggregate == "" || n.Aggregate == assess.Arithmetic || kind == assess.MinMax)
		case n.Indicator.Method.Kind == assess.Veto, n.Indicator.Method.Kind == assess.Bonus:
		default:
			ok = ok && comparable(n.Indicator.Method.Kind)
		}
	})
	if !ok {
		return nil, false
	}
	copied := *f
	copied.Root = renormalised(f.Root, kind)
	return &copied, true
}

// comparable says whether a method only makes values comparable, so that another may take its place.
func comparable(kind assess.MethodKind) bool {
	switch kind {
	case assess.Goalposts, assess.Scaled, assess.ToTarget, assess.RankNumber, assess.Borda, assess.PercentRank:
		return true
	}
	return slices.Contains(Normalisations(), kind)
}

func renormalised(n *assess.Node, kind assess.MethodKind) *assess.Node {
	copied := *n
	copied.Children = nil
	for _, c := range n.Children {
		copied.Children = append(copied.Children, renormalised(c, kind))
	}
	if ind := n.Indicator; ind != nil && ind.Method.Kind != assess.Veto && ind.Method.Kind != assess.Bonus {
		other := *ind
		other.Method = assess.Method{Kind: kind, Over: ind.Method.Over}
		if kind == assess.Ranked {
			other.Method = assess.Method{Kind: kind, First: 1}
			other.Decimals = allDecimals // an analysis compares values as they are
		}
		copied.Indicator = &other
	}
	return &copied
}

// allDecimals is the precision at which values are compared when none was declared for it.
const allDecimals = 9
