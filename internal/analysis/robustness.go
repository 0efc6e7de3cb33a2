package analysis

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"

	"github.com/unionboard/unionboard/internal/assess"
)

// Options say how ranks are tried.
type Options struct {
	Draws int    // sets of weights that are tried
	Seed  uint64 // of the draws; the same seed gives the same answer on every machine
	// Range is how far every weight may move, as a share of itself: at 0.25 by a quarter up or down.
	Range float64
	// Alternatives are the same units scored otherwise, by another normalisation for example. Every draw takes the subject itself
	// or one of them, each as often as the others.
	Alternatives []Subject
}

// Default are the options of the notice under a ranking.
func Default() Options { return Options{Draws: 1000, Seed: 1, Range: 0.25} }

// mostDraws keeps a mistyped number from running for hours.
const mostDraws = 1_000_000

// Check refuses options no ranks can be tried with.
func (o Options) Check() error {
	if o.Draws < 1 || o.Draws > mostDraws {
		return assess.Invalid("problem.draws", fmt.Sprintf("%d draws cannot be made; choose 1 to %d", o.Draws, mostDraws), "draws", strconv.Itoa(o.Draws), "most", strconv.Itoa(mostDraws))
	}
	if !(o.Range >= 0 && o.Range <= 1) {
		text := strconv.FormatFloat(o.Range, 'g', -1, 64)
		return assess.Invalid("problem.weight_range", fmt.Sprintf("weights cannot move by %s of themselves; choose a share from 0 to 1", text), "range", text)
	}
	return nil
}

// Robustness says how sure the places of a subject are.
type Robustness struct {
	Code   assess.Code
	Period assess.Period
	Options
	// Units are all units of the scores in their order; those that are not ranked have place 0 and nothing else.
	Units []Interval
	// Bands are runs of neighbouring places that cannot be told apart, best first.
	Bands []Band
}

// Interval is where a unit's place lies when the weights move.
type Interval struct {
	Unit         assess.UnitCode
	Rank         int // published
	Mean, Median float64
	P05, P95     float64 // nine places in ten lie between them; interpolated between order statistics (type 7)
}

// Robust tries the ranks of a subject under random weights: every weight of every node is multiplied by an independent factor,
// uniform in [1 − Range, 1 + Range], and counts inside its parent; what a unit has no score for is spread as ever. Scores are not
// made again, only weighed again; places are given on what is printed. Errors are Problems of the options.
// Source: scoring specification part 2; OECD/JRC Handbook on Constructing Composite Indicators, 2008, step 7.
func Robust(s Subject, o Options) (*Robustness, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	trees := []*tree{newTree(s)}
	for _, a := range o.Alternatives {
		if t := newTree(a); sameUnits(t, trees[0]) {
			trees = append(trees, t)
		}
	}
	tally := try(trees, o)
	r := &Robustness{Code: s.Code(), Period: s.Scores.Period, Options: o}
	row := map[assess.UnitCode]int{}
	for u, code := range trees[0].units {
		row[code] = u
	}
	for i := range s.Scores.Cards {
		card := &s.Scores.Cards[i]
		interval := Interval{Unit: card.Unit, Rank: card.Root().Rank}
		if u, ok := row[card.Unit]; ok {
			interval.describe(tally[u], o.Draws)
		}
		r.Units = append(r.Units, interval)
	}
	r.Bands = bands(r.Units)
	return r, nil
}

// sameUnits says whether two trees rank the same units; scores of others say nothing about these places.
func sameUnits(a, b *tree) bool {
	if len(a.units) != len(b.units) {
		return false
	}
	for u := range a.units {
		if a.units[u] != b.units[u] {
			return false
		}
	}
	return true
}

// try counts how often each unit has each place: tally[unit][place]. The factors are drawn node by node in the order of their
// codes, so that neither the order of a file nor the number of units changes them.
func try(trees []*tree, o Options) [][]int32 {
	n := len(trees[0].units)
	tally := make([][]int32, n)
	all := make([]int32, n*(n+1))
	for u := range tally {
		tally[u] = all[u*(n+1) : (u+1)*(n+1)]
	}
	random := rand.NewPCG(o.Seed, streamOfWeights)
	var benches []*bench
	var factors [][]float64
	for _, t := range trees {
		benches, factors = append(benches, t.newBench()), append(factors, t.plain())
	}
	c := newContest(trees[0].printing, n)
	for range o.Draws {
		k := 0
		if len(trees) > 1 {
			k = int(unit(random) * float64(len(trees)))
		}
		t, f := trees[k], factors[k]
		for _, i := range t.order {
			f[i] = 1 + float64(o.Range*(2*unit(random)-1))
		}
		c.printing = t.printing
		for u, place := range c.rank(t.evaluate(f, benches[k])) {
			tally[u][place]++
		}
	}
	return tally
}

// streamOfWeights is the second half of the generator's state, fixed so that one number is a seed.
const streamOfWeights = 0x756e696f6e

// unit answers a number in [0, 1) of 53 random bits, the same on every machine.
func unit(random rand.Source) float64 { return float64(random.Uint64()>>11) / (1 << 53) }

// describe makes the figures of an interval of how often each place was taken.
func (v *Interval) describe(tally []int32, draws int) {
	sum := int64(0)
	for place, times := range tally {
		sum += int64(place) * int64(times)
	}
	v.Mean = float64(sum) / float64(draws)
	v.P05, v.Median, v.P95 = quantile(tally, draws, 0.05), quantile(tally, draws, 0.5), quantile(tally, draws, 0.95)
}

// quantile interpolates between the order statistics of counted places: the one at 1 + (n − 1) q (Hyndman and Fan, type 7).
func quantile(tally []int32, n int, q float64) float64 {
	at := assess.Snap(float64(n-1) * q)
	low := math.Floor(at)
	a := statistic(tally, int(low))
	if low == at {
		return a
	}
	return assess.Snap(a + float64((at-low)*(statistic(tally, int(low)+1)-a)))
}

// statistic answers the k-th smallest counted place, from 0.
func statistic(tally []int32, k int) float64 {
	for place, times := range tally {
		if k -= int(times); k < 0 {
			return float64(place)
		}
	}
	return float64(len(tally) - 1)
}
