package catalog

import (
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
)

// TestAnalyticFaultsNameTheirPlaceAndRemedy: what composite indicators can get wrong, each in one line of a framework.
func TestAnalyticFaultsNameTheirPlaceAndRemedy(t *testing.T) {
	const official, analytic = "code: f\nname: 例\n", "code: f\nname: 例\nlayer: analytic\n"
	leaf := func(rest string) string { return "children:\n  - {code: a, name: 甲, weight: 100, " + rest + "}\n" }
	for _, c := range []struct{ name, source, at, says string }{
		{"official framework imputes", official + "impute: median\n" + leaf("method: direct"), "f.yaml:3:1", "set layer: analytic"},
		{"official framework treats outliers", official + "outliers: skew_kurtosis\n" + leaf("method: direct"), "f.yaml:3:1", "set layer: analytic"},
		{"official indicator imputes", official + leaf("impute: mean, method: direct"), "f.yaml:4:37", "take it out"},
		{"official indicator treats outliers", official + leaf("outliers: skew_kurtosis, method: min_max"), "f.yaml:4:37", "take it out"},
		{"outliers of a method that does not compare", analytic + leaf("outliers: skew_kurtosis, method: direct"), "f.yaml:5:37", "choose min_max"},
		{"unknown imputation", analytic + "impute: guess\n" + leaf("method: direct"), "f.yaml:4:9", "group_median"},
		{"ends that are equal", analytic + leaf("method: {kind: min_max, to: [5, 5]}"), "f.yaml:5:65", "two different ends"},
		{"scaled the wrong way round", analytic + leaf("method: {kind: scaled, low: 5, high: 1}"), "f.yaml:5:45", "must lie below"},
		{"distance without a target", analytic + leaf("method: distance_to_target"), "f.yaml:5:45", "has none"},
		{"distance to a band", analytic + leaf("target: {mode: band, low: 1, high: 2}, method: distance_to_target"), "f.yaml:5:52", "one number"},
		{"distance to what has no logarithm", analytic + leaf("transform: log, target: {mode: ratio, full_year: 0}, method: distance_to_target"), "f.yaml:5:86", "does not take the target 0"},
		{"a centre cannot be compared", analytic + leaf("direction: target, method: min_max"), "f.yaml:5:64", "up and down only"},
		{"goalpost without a root", analytic + leaf("transform: sqrt, method: {kind: goalposts, low: -1, high: 1}"), "f.yaml:5:85", "sqrt does not take the goalpost -1"},
		{"no such parameter", analytic + leaf("method: {kind: borda, to: [0, 1]}"), "f.yaml:5:59", "to"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ReadFramework("f.yaml", []byte(c.source))
			if err == nil || !strings.Contains(err.Error(), c.says) || !strings.HasPrefix(err.Error(), c.at+":") {
				t.Errorf("%v; want %s: …%s…", err, c.at, c.says)
			}
		})
	}
}

// TestTreatmentIsInherited: what the framework says holds for all, an indicator may say otherwise, and methods that do not compare
// have no outliers.
func TestTreatmentIsInherited(t *testing.T) {
	f := mustRead(t, "code: f\nname: 例\nlayer: analytic\nimpute: median\noutliers: skew_kurtosis\nchildren:\n"+
		"  - {code: a, name: 甲, method: min_max}\n  - {code: b, name: 乙, impute: none, outliers: none, method: borda}\n"+
		"  - {code: c, name: 丙, impute: mean, method: direct}\n")
	for i, want := range []assess.Indicator{{Impute: assess.ImputeMedian, Outliers: assess.SkewKurtosis}, {}, {Impute: assess.ImputeMean}} {
		if got := f.Root.Children[i].Indicator; got.Impute != want.Impute || got.Outliers != want.Outliers {
			t.Errorf("%s: %q and %q, want %q and %q", f.Root.Children[i].Code, got.Impute, got.Outliers, want.Impute, want.Outliers)
		}
	}
	below := mustRead(t, "code: f\nname: 例\nlayer: analytic\nchildren:\n  - {code: a, name: 甲, target: {mode: ratio, full_year: -3}, method: distance_to_target}\n")
	if got := *below.Root.Children[0].Indicator.Target.FullYear; got != -3 {
		t.Errorf("the target is %v, want −3: a distance needs no division by it", got)
	}
}
