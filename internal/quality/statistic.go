package quality

import "math"

// rare is the probability below which H, I, J and K ask.
const rare = 0.001

// repetition is the rule of identical values (H): what of a unit's report is as in the period before.
type repetition struct {
	equal, pairs int // of all units' earlier periods
	now          bool
}

// rate is how often the item stands still on its own: (equal + 0.5) ÷ (pairs + 1).
func (r repetition) rate() float64 { return (float64(r.equal) + 0.5) / (float64(r.pairs) + 1) }

// repeated answers how many figures of a report are as before, how many would be likely, and the probability of as many or more
// where each item stands still at its own rate.
func repeated(report []repetition) (count int, expected, probability float64) {
	rates := make([]float64, len(report))
	for i, r := range report {
		rates[i] = r.rate()
		expected += rates[i]
		if r.now {
			count++
		}
	}
	return count, expected, trialsFrom(count, rates)
}

// The rule of the heavy fourth quarter (G2).
const (
	fourthLimit = 0.8
	fourthClip  = 3
	// fourthLeast is the number of items below which the mean of z wanders over the limit by chance.
	fourthLeast = 20
)

// fourthShare is ln((Q4 + 0.5) ÷ (Q1 + Q2 + Q3 + 0.5)) of the flows of a year.
func fourthShare(q [4]float64) float64 { return math.Log((q[3] + 0.5) / (q[0] + q[1] + q[2] + 0.5)) }

// fourthHeavy answers for each unit the mean, over the items, of the modified z of its fourth-quarter share, clipped to ±3;
// unknown where fewer than 20 items have one. The table is item by unit.
func fourthHeavy(shares [][]point) []point {
	if len(shares) == 0 {
		return nil
	}
	sums := make([]float64, len(shares[0]))
	counts := make([]int, len(shares[0]))
	for _, item := range shares {
		var values []float64
		var units []int
		for u, p := range item {
			if p.known {
				values, units = append(values, p.value), append(units, u)
			}
		}
		for i, z := range modifiedZ(values) {
			sums[units[i]] += max(-fourthClip, min(fourthClip, z))
			counts[units[i]]++
		}
	}
	means := make([]point, len(sums))
	for u := range means {
		if counts[u] >= fourthLeast {
			means[u] = at(sums[u] / float64(counts[u]))
		}
	}
	return means
}

// The rule of round figures (I).
const (
	digitLeast   = 50 // values below it end in 0 or 5 for good reasons
	digitNumbers = 70 // values there must be
	digitChance  = 0.2
)

// roundDigits counts the values from 50 up that end in 0 or 5, and answers P(Bin(n, 0.2) ≥ k); 1 where there are fewer than 70.
func roundDigits(values []int64) (round, all int, probability float64) {
	for _, v := range values {
		if v < digitLeast {
			continue
		}
		all++
		if v%5 == 0 {
			round++
		}
	}
	if all < digitNumbers {
		return round, all, 1
	}
	return round, all, binomialFrom(round, all, digitChance)
}

// The rule of series that are too smooth (J).
const (
	smoothPeriods = 8 // there must be
	smoothWindow  = 20
	smoothMean    = 5
)

// smoothness answers the mean of a series of counts and the probability that a series of independent events (Poisson) differs as
// little: D = Σ(x − mean)² ÷ mean against chi-square with T−1 degrees of freedom, lower tail. The probability is 1 where the series
// has fewer than 8 counts or a mean below 5.
func smoothness(counts []float64) (mean, probability float64) {
	for _, x := range counts {
		mean += x
	}
	if len(counts) < smoothPeriods {
		return 0, 1
	}
	mean /= float64(len(counts))
	if mean < smoothMean {
		return mean, 1
	}
	d := 0.0
	for _, x := range counts {
		d += (x - mean) * (x - mean) / mean
	}
	return mean, chiSquareBelow(d, len(counts)-1)
}

// bunching counts completions, in percent, from 100 to below 102 and from 98 to below 100, and answers P(Bin(a+b, 0.5) ≥ a) (K).
func bunching(completions []float64) (above, below int, probability float64) {
	for _, x := range completions {
		switch {
		case x >= 100 && x < 102:
			above++
		case x >= 98 && x < 100:
			below++
		}
	}
	return above, below, binomialFrom(above, above+below, 0.5)
}
