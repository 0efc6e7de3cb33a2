package desk_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
)

// BenchmarkAutosave lets fifty sessions fill in the forms of thirteen districts for ten seconds, each leaving a cell a second, or
// without a pause, and says how long a save took from the question to the answer that it is on the disk. Afterwards every acknowledged
// save is there. docs/performance.md states the figures.
func BenchmarkAutosave(b *testing.B) {
	for _, bench := range []struct {
		name  string
		pause time.Duration
	}{{"a cell a second", time.Second}, {"without a pause", 0}} {
		b.Run(bench.name, func(b *testing.B) {
			f := newFixture(b)
			units := f.edition.Roster.Units
			for _, u := range units {
				f.history(u.Code)
			}
			for b.Loop() {
				took := f.autosave(50, 10*time.Second, bench.pause)
				slices.Sort(took)
				b.ReportMetric(float64(len(took))/10, "saves/s")
				b.ReportMetric(milliseconds(took[len(took)/2]), "p50-ms")
				b.ReportMetric(milliseconds(took[len(took)*95/100]), "p95-ms")
				b.ReportMetric(milliseconds(took[len(took)-1]), "max-ms")
			}
		})
	}
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// autosave lets sessions save for a time and answers how long each save took.
func (f *fixture) autosave(sessions int, lasting, pause time.Duration) []time.Duration {
	units := f.edition.Roster.Units
	var items []assess.Code
	for _, s := range f.form(heping).Sections {
		for _, field := range s.Fields {
			if field.Kind == desk.Typed {
				items = append(items, field.Item.Code)
			}
		}
	}
	took := make([][]time.Duration, sessions)
	var group sync.WaitGroup
	end := time.Now().Add(lasting)
	for n := range sessions {
		group.Go(func() {
			unit := units[n%len(units)].Code
			time.Sleep(pause * time.Duration(n) / time.Duration(sessions))
			for k := 0; time.Now().Before(end); k++ {
				item := items[(n/len(units)*17+k)%17+n/len(units)*17] // the sessions of a district keep to different cells
				f.saveTimed(&took[n], desk.Save{
					Unit: unit, Period: q4, Item: item, Value: fmt.Sprint(k + 1), Base: int64(k / 17), Request: fmt.Sprint("session ", n, " save ", k),
				})
				time.Sleep(pause)
			}
		})
	}
	group.Wait()
	kept := 0
	for _, u := range units {
		drafts, err := f.store.Drafts(f.Context(), u.Code, q4)
		f.ok(err)
		for _, d := range drafts {
			kept += int(d.Revision)
		}
	}
	all := slices.Concat(took...)
	if kept != len(all) {
		f.Fatalf("%d saves were acknowledged, %d are kept", len(all), kept)
	}
	return all
}

func (f *fixture) saveTimed(took *[]time.Duration, s desk.Save) {
	start := time.Now()
	saved, err := f.Save(f.Context(), s, "li", f.now)
	*took = append(*took, time.Since(start))
	if err != nil || saved.Conflict {
		f.Errorf("%s: %v, conflict %v", s.Request, err, saved.Conflict)
	}
}
