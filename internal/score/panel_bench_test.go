package score_test

import (
	"math"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/processor"
	"github.com/unionboard/unionboard/internal/score"
)

const largeUnits, largeIndicators, largeQuarters = 2846, 100, 40

// race is the time of something beside the time one processor needs to read the large matrix once through memory, run by run.
type race struct {
	matrix                       []float64
	elapsed, spent, read, reader []float64 // in milliseconds; spent and reader are processor time
}

func newRace() *race { return &race{matrix: matrixOf(largeUnits * largeIndicators * largeQuarters)} }

// run runs both once.
func (r *race) run(do func()) {
	start, used := time.Now(), processor.Time()
	do()
	r.elapsed, r.spent = append(r.elapsed, ms(time.Since(start))), append(r.spent, ms(processor.Time()-used))
	start, used = time.Now(), processor.Time()
	readOnce(r.matrix)
	r.read, r.reader = append(r.read, ms(time.Since(start))), append(r.reader, ms(processor.Time()-used))
}

func ms(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e6 }

// report reports medians of elapsed time, and least processor times, which other work on the machine disturbs least: what all
// processors spent over what one spends on reading, and the same divided by the processors, which is the ratio to expect on a
// machine that does nothing else.
func (r *race) report(b *testing.B) {
	b.ReportMetric(0, "ns/op") // the loop holds the reading as well
	b.ReportMetric(middle(r.elapsed), "ms")
	b.ReportMetric(middle(r.read), "ms-reading")
	b.ReportMetric(middle(r.elapsed)/middle(r.read), "times-reading")
	spent, reader := slices.Min(r.spent), slices.Min(r.reader)
	b.ReportMetric(spent, "cpu-ms")
	b.ReportMetric(reader, "cpu-ms-reading")
	b.ReportMetric(spent/reader/float64(runtime.GOMAXPROCS(0)), "times-reading-if-quiet")
}

// BenchmarkLargePanel scores 2,846 units × 100 indicators × 40 quarters with min-max over the panel and a three-level weighted
// mean. B/op is what it needs beside the panel; the matrix has 91,072,000 bytes, and the panel a byte more for each figure.
func BenchmarkLargePanel(b *testing.B) {
	f := syntheticFramework("panel")
	p, periods := syntheticPanel(b, f, largeUnits, largeIndicators, largeQuarters)
	r := newRace()
	b.ReportAllocs()
	for b.Loop() {
		r.run(func() {
			if _, err := score.Tabulate(f, p, periods); err != nil {
				b.Fatal(err)
			}
		})
	}
	r.report(b)
}

// BenchmarkLargePanelWithLoading does the same from plain columns of numbers: it takes them into a panel and scores it.
func BenchmarkLargePanelWithLoading(b *testing.B) {
	f := syntheticFramework("panel")
	items, err := score.Implied(f)
	if err != nil {
		b.Fatal(err)
	}
	from, periods := syntheticColumns(largeUnits, largeIndicators, largeQuarters)
	roster := units(largeUnits)
	r := newRace()
	b.ReportAllocs()
	for b.Loop() {
		r.run(func() {
			p := score.NewPanel(roster, items, periods)
			for i, c := range from {
				if err := p.PutColumn(leafCode(i%largeIndicators+1), periods[i/largeIndicators], c.values, c.reported); err != nil {
					b.Fatal(err)
				}
			}
			if _, err := score.Tabulate(f, p, periods); err != nil {
				b.Fatal(err)
			}
		})
	}
	r.report(b)
}

// BenchmarkReading reads 11,384,000 figures of eight bytes, 91 MB, once through memory with one core.
func BenchmarkReading(b *testing.B) {
	matrix := matrixOf(largeUnits * largeIndicators * largeQuarters)
	b.SetBytes(int64(8 * len(matrix)))
	for b.Loop() {
		readOnce(matrix)
	}
}

func matrixOf(n int) []float64 {
	matrix := make([]float64, n)
	for i := range matrix {
		matrix[i] = float64(i)
	}
	return matrix
}

// readOnce adds up a matrix in eight sums that do not wait for each other, so that memory is what limits it.
func readOnce(matrix []float64) float64 {
	var s [8]float64
	for ; len(matrix) >= 8; matrix = matrix[8:] {
		m := matrix[:8:8]
		s[0], s[1], s[2], s[3] = s[0]+m[0], s[1]+m[1], s[2]+m[2], s[3]+m[3]
		s[4], s[5], s[6], s[7] = s[4]+m[4], s[5]+m[5], s[6]+m[6], s[7]+m[7]
	}
	return s[0] + s[1] + s[2] + s[3] + s[4] + s[5] + s[6] + s[7]
}

// BenchmarkGrowth scores panels of one, two, four and eight times the units, indicators and quarters, and fits processor time =
// size^e through the least of 15 runs; 1 is linear. The smallest panel has 32 MB, so that none fits into a cache.
func BenchmarkGrowth(b *testing.B) {
	for _, c := range []struct {
		name  string
		panel func(times int) (*assess.Framework, *score.Panel, []assess.Period)
	}{
		{"units", func(n int) (*assess.Framework, *score.Panel, []assess.Period) { return growthPanel(b, 2000*n, 1, 20) }},
		{"indicators", func(n int) (*assess.Framework, *score.Panel, []assess.Period) { return growthPanel(b, 1000, n, 40) }},
		{"quarters", func(n int) (*assess.Framework, *score.Panel, []assess.Period) { return growthPanel(b, 2000, 1, 20*n) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			var sizes, times []float64
			for n := 1; n <= 8; n *= 2 {
				f, p, periods := c.panel(n)
				var runs []float64
				for range 15 {
					used := processor.Time()
					if _, err := score.Tabulate(f, p, periods); err != nil {
						b.Fatal(err)
					}
					runs = append(runs, ms(processor.Time()-used))
				}
				sizes, times = append(sizes, math.Log(float64(n))), append(times, math.Log(slices.Min(runs)))
			}
			for b.Loop() {
				slope(sizes, times)
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(slope(sizes, times), "exponent")
			b.ReportMetric(math.Exp(times[0]), "cpu-ms-once")
			b.ReportMetric(math.Exp(times[len(times)-1]), "cpu-ms-eightfold")
		})
	}
}

// growthPanel has so many times 100 indicators: the tree of the benchmark panel side by side.
func growthPanel(b *testing.B, unitCount, trees, quarters int) (*assess.Framework, *score.Panel, []assess.Period) {
	var pillars []*assess.Node
	level := map[string]int{}
	for range trees {
		pillars = append(pillars, syntheticPillars(level, "panel")...)
	}
	f := analytic(pillars...)
	f.Availability = 0
	p, periods := syntheticPanel(b, f, unitCount, 100*trees, quarters)
	return f, p, periods
}

// slope answers the slope of the least-squares line.
func slope(x, y []float64) float64 {
	n, sx, sy, sxx, sxy := float64(len(x)), 0.0, 0.0, 0.0, 0.0
	for i := range x {
		sx, sy, sxx, sxy = sx+x[i], sy+y[i], sxx+x[i]*x[i], sxy+x[i]*y[i]
	}
	return (n*sxy - sx*sy) / (n*sxx - sx*sx)
}

// middle answers the median of an odd number of runs, or the upper one of the two in the middle.
func middle(runs []float64) float64 {
	return slices.Sorted(slices.Values(runs))[len(runs)/2]
}
