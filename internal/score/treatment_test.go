package score_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
)

func treated(n *assess.Node, i assess.Imputation, o assess.Outliers) *assess.Node {
	n.Indicator.Impute, n.Indicator.Outliers = i, o
	return n
}

// TestImputation: of 2, 4, 9 and a gap. Mean 5, median 4; min-max of 5 is 3/7, of 4 2/7. What is made up is not reported.
func TestImputation(t *testing.T) {
	for rule, want := range map[assess.Imputation]any{
		assess.NoImputation: assess.NotReported, assess.ImputeMean: 42.857142857, assess.ImputeMedian: 28.571428571,
	} {
		n := treated(indicator("x", "1", assess.Method{Kind: assess.MinMax}), rule, "")
		if got := compared(t, n, "2", "4", "9", ""); got[3] != want {
			t.Errorf("%q: %v, want %v", rule, got[3], want)
		}
	}
	even := treated(indicator("x", "1", assess.Method{Kind: assess.Direct}), assess.ImputeMedian, "")
	if got := compared(t, even, "2", "4", "5", "9", ""); got[4] != 4.5 { // (4 + 5)/2
		t.Errorf("median of an even number: %v, want 4.5", got[4])
	}
	none := treated(indicator("x", "1", assess.Method{Kind: assess.Direct}), assess.ImputeMedian, "")
	if got := compared(t, none, "", ""); got[0] != assess.NotReported {
		t.Errorf("nobody reported: %v, want not reported", got[0])
	}
}

// TestGroupMedian: the gap of u3 is filled from its own group (10), the gap of u6 from its own (70); the group of u7 has nothing.
func TestGroupMedian(t *testing.T) {
	f := analytic(treated(indicator("x", "1", assess.Method{Kind: assess.Direct}), assess.ImputeGroupMedian, ""))
	r := units(7)
	for i, g := range []assess.Code{"a", "a", "a", "b", "b", "b", "c"} {
		r.Units[i].Group = g
	}
	p := panel(t, r, f)
	for i, v := range []string{"10", "10", "", "60", "80", "", ""} {
		if v != "" {
			put(t, p, unit(i+1), q1, "x", v)
		}
	}
	s := compute(t, f, p, q1)
	x := func(i int) *assess.NodeScore { return s.Cards[i].Node("x") }
	if x(2).Score != 10 || x(5).Score != 70 || x(6).State != assess.NotReported {
		t.Errorf("%v, %v, %s; want 10, 70, not reported", x(2).Score, x(5).Score, x(6).State)
	}
	if x(2).Value != nil || x(2).Coverage != 0 || x(2).Why.Treatment != "imputed" || *x(2).Why.Treated != 10 || x(2).Why.Reason != "reason.imputed" {
		t.Errorf("value %v, coverage %v, %s; want none, 0, imputed", x(2).Value, x(2).Coverage, x(2).Why.Treatment)
	}
}

// TestWinsorisation: nine values 1 … 9 and 1000: skewness 3.162, kurtosis 9.998; drawn in once, to 9, the skewness is about −0.1. So
// 1000 and 9 score alike, 100 × (9 − 1)/8. Mirrored, the low end is drawn in.
func TestWinsorisation(t *testing.T) {
	high := []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "1000"}
	low := []string{"-1", "-2", "-3", "-4", "-5", "-6", "-7", "-8", "-9", "-1000"}
	want := []any{0.0, 12.5, 25.0, 37.5, 50.0, 62.5, 75.0, 87.5, 100.0, 100.0}
	n := treated(indicator("x", "1", assess.Method{Kind: assess.MinMax}), "", assess.SkewKurtosis)
	if diff := cmp.Diff(want, compared(t, n, high...)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, compared(t, down(n), low...)); diff != "" {
		t.Errorf("mirrored (-want +got):\n%s", diff)
	}
	if got := compared(t, n, "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"); got[0] != 100.0 || got[4] != 55.555555556 {
		t.Errorf("a regular column is changed: %v", got)
	}
}

// TestLogarithmOfOutliers: sixty zeros, ones and twos and six values near ten million cannot be tamed by drawing in five. The column gets ln(x − 0 + 10⁷/100): 0 → ln 10⁵, 10⁷ → ln(1.01 × 10⁷).
func TestLogarithmOfOutliers(t *testing.T) {
	var values []string
	for i := range 60 {
		values = append(values, fmt.Sprint(i%3))
	}
	values = append(values, "10000000", "9999999", "9999998", "9999997", "9999996", "9999995")
	n := treated(indicator("x", "1", assess.Method{Kind: assess.MinMax}), "", assess.SkewKurtosis)
	f := analytic(n)
	p := panel(t, units(len(values)), f)
	for i, v := range values {
		put(t, p, unit(i+1), q1, "x", v)
	}
	s := compute(t, f, p, q1)
	x := s.Cards[1].Node("x") // the value 1: (ln(100001) − ln(100000))/(ln(10100000) − ln(100000)) = 0.0000099999500/4.615120517
	if x.Why.Treatment != "logged" || *x.Value != 1 || x.Shown != 0.000216678 {
		t.Errorf("%s, value %v, score %v; want logged, 1, 0.000216678", x.Why.Treatment, *x.Value, x.Shown)
	}
}

// TestTreatmentIsForAnalysisOnly: an official score never changes reported data.
func TestTreatmentIsForAnalysisOnly(t *testing.T) {
	for name, c := range map[string]struct {
		f   *assess.Framework
		key string
	}{
		"official imputation":         {official(treated(direct("x", "100"), assess.ImputeMean, "")), "problem.official_treatment"},
		"official outliers":           {official(treated(indicator("x", "100", assess.Method{Kind: assess.MinMax}), "", assess.SkewKurtosis)), "problem.official_treatment"},
		"outliers of goalposts":       {analytic(treated(indicator("x", "1", assess.Method{Kind: assess.Goalposts, High: 1}), "", assess.SkewKurtosis)), "problem.outliers_method"},
		"equal ends":                  {analytic(indicator("x", "1", assess.Method{Kind: assess.MinMax, To: []float64{5, 5}})), "problem.equal_ends"},
		"scaled by equal goalposts":   {analytic(indicator("x", "1", assess.Method{Kind: assess.Scaled, Low: 3, High: 3})), "problem.equal_standards"},
		"outliers of target distance": {analytic(treated(goal(indicator("x", "1", assess.Method{Kind: assess.ToTarget}), 5), "", assess.SkewKurtosis)), "problem.outliers_method"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := computeErr(t, c.f)
			wantProblem(t, err, c.key)
		})
	}
}
