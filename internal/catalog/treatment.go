package catalog

import "github.com/unionboard/unionboard/internal/assess"

// compares says whether a method places a value among those of the other units.
func compares(kind assess.MethodKind) bool {
	switch kind {
	case assess.MinMax, assess.ZScore, assess.RankNumber, assess.Borda, assess.PercentRank, assess.ToTarget:
		return true
	}
	return false
}

// refuseTreatment: an official score never changes reported data.
func refuseTreatment(at spot, impute assess.Imputation, outliers assess.Outliers, found *faults) {
	if impute != "" && impute != "none" {
		found.add(at.name("impute"), "official_impute", "impute would give points for not reporting, which an official score never does; take it out, or set layer: analytic")
	}
	if outliers != "" && outliers != "none" {
		found.add(at.name("outliers"), "official_outliers", "outliers would change reported data, which an official score never does; take it out, or set layer: analytic")
	}
}

// treatment reads imputation and the treatment of outliers. What the framework says for all counts where it can; what the
// indicator says itself must fit its method.
func (w indicatorFile) treatment(i *assess.Indicator, at spot, above inheritance, found *faults) {
	if !above.analytic {
		refuseTreatment(at, w.Impute, w.Outliers, found)
		return
	}
	if i.Impute = w.Impute; i.Impute == "" {
		i.Impute = above.impute
	}
	treatable := compares(w.Method.Kind) && w.Method.Kind != assess.ToTarget
	if i.Outliers = w.Outliers; i.Outliers == "" && treatable {
		i.Outliers = above.outliers
	}
	if i.Impute == "none" {
		i.Impute = assess.NoImputation
	}
	if i.Outliers == "none" {
		i.Outliers = assess.KeepOutliers
	}
	if i.Outliers != assess.KeepOutliers && !treatable {
		found.add(at.name("outliers"), "outliers_method", "{method} does not measure by the other values, so outliers do no harm to it; take outliers out, or choose min_max, z_score, rank_number, borda or percentile_rank", "method", string(w.Method.Kind))
	}
}

// takes says whether a transform has a value for x.
func takes(t assess.Transform, x float64) bool {
	switch t {
	case assess.Log, assess.Log10:
		return x > 0
	case assess.LogPlusOne:
		return x > -1
	case assess.SquareRoot:
		return x >= 0
	}
	return true
}

// checkDistance: the distance to a target needs one that the transform takes.
func checkDistance(code assess.Code, i *assess.Indicator, at spot, found *faults) {
	t := i.Target
	switch {
	case t == nil:
		found.add(at.key("method"), "distance_target", "{node} is scored by its distance to a target and has none; add a target of mode absolute, or of mode ratio with full_year", "node", string(code))
	case t.Mode == "band":
		found.add(at.key("target").key("mode"), "distance_band", "the distance to a target needs one number and not a band; set mode: absolute or ratio")
	case t.FullYear != nil && !takes(i.Transform, *t.FullYear):
		found.add(at.key("target").key("full_year"), "distance_transform", "the transform {transform} does not take the target {target}; choose a target that it takes", "transform", string(i.Transform), "target", number(*t.FullYear))
	}
	if i.Direction == assess.Centre {
		found.add(at.key("method"), "compare_centre", "{method} knows up and down only; for a best band use tiered or banded", "method", string(i.Method.Kind))
	}
}
