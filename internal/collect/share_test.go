package collect_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
)

// longRows are eleven thousand rows of a unit: figures of a hundred quarters, many said twice, some contradicted, misspelt, of a wrong period or without a
// figure.
func longRows(r *rand.Rand, unit assess.UnitCode) []string {
	items := []string{"members", "unions", "fund", "rate"}
	rows := make([]string, 11_000)
	for i := range rows {
		year, quarter, item := 2001+r.IntN(8), 1+r.IntN(4), items[r.IntN(len(items))]
		value := fmt.Sprint(year*10 + quarter)
		switch r.IntN(400) {
		case 0:
			value = "12x"
		case 1:
			item = "membres"
		case 2:
			year = 2011 // of which nothing is defined
		case 3:
			value = ""
		}
		rows[i] = fmt.Sprintf("%s,%dQ%d,%s,%s,,,,", unit, year, quarter, item, value)
	}
	rows[10_000] = fmt.Sprintf("%s,2001Q1,members,999,,,,", unit) // contradicts the others of its cell
	return rows
}

// A long file is decided in shares, unit by unit. What comes of it is what comes of the rows of each unit alone: the same cells, reports, counts
// and refusals, each at its line and column.
func TestSharesDecideAsTheWholeDoes(t *testing.T) {
	for seed := range uint64(3) {
		r := rand.New(rand.NewPCG(seed, 5))
		a, b := longRows(r, unitA), longRows(r, unitB)
		alone := func(own []string) string { // the rows of one unit at the lines at which they stand in the long file
			return strings.Join(own, "\n") + "\n"
		}
		var mixed, ofA, ofB []string
		for i := range a {
			mixed = append(mixed, a[i], b[i])
			ofA, ofB = append(ofA, a[i], `,,,,,,,`), append(ofB, `,,,,,,,`, b[i])
		}
		long, parts := newFixture(t), newFixture(t)
		options := collect.Options{By: "clerk"}
		got := long.take(alone(mixed), options, inTime)
		first, second := parts.take(alone(ofA), options, inTime), parts.take(alone(ofB), options, inTime)
		if got.Refused == 0 || got.Same == 0 || got.Missing == 0 || got.New == 0 {
			t.Fatalf("seed %d tries too little: %s", seed, counts(got))
		}
		want := [...]int{first.Taken + second.Taken, first.New + second.New, first.Same + second.Same, first.Refused + second.Refused, first.Missing + second.Missing}
		if have := [...]int{got.Taken, got.New, got.Same, got.Refused, got.Missing}; have != want {
			t.Errorf("seed %d: taken, new, same, refused, missing are %v, of the units alone %v", seed, have, want)
		}
		if diff := cmp.Diff(parts.log.cells(), long.log.cells()); diff != "" {
			t.Errorf("seed %d: %s", seed, diff)
		}
		refused := refusals(first)
		for place, key := range refusals(second) {
			refused[place] = key
		}
		for place, key := range refusals(got) { // the first thousand of the whole
			if refused[place] != key {
				t.Errorf("seed %d: %s is %s, alone %q", seed, place, key, refused[place])
			}
		}
		if diff := cmp.Diff(parts.log.filings, long.log.filings, cmp.Comparer(func(x, y assess.Period) bool { return x == y })); diff != "" {
			t.Errorf("seed %d: %s", seed, diff)
		}
		if len(long.log.runs) != 1 || long.log.commits != 1 {
			t.Errorf("seed %d: the file made %d runs in %d transactions", seed, len(long.log.runs), long.log.commits)
		}
		if again := long.take(alone(mixed), options, inTime.AddDate(0, 0, 1)); again.New+again.Changed != 0 || again.Refused != got.Refused {
			t.Errorf("seed %d: the file again: %s", seed, counts(again))
		}
	}
}

// Rows that name the unit all are of and rows that leave it out speak of one unit, so that none of them escapes the others.
func TestRowsWithoutAUnitShareWithTheirUnit(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 5))
	first, second := longRows(r, unitA), longRows(r, unitA)
	named := strings.Join(append(first, second...), "\n") + "\n"
	bare := strings.Replace(named, string(unitA)+",", ",", len(first)) // in the first half
	var reports []collect.Report
	for _, rows := range []string{named, bare} {
		reports = append(reports, newFixture(t).take(rows, collect.Options{By: "clerk", Unit: unitA}, inTime))
	}
	if want, got := counts(reports[0]), counts(reports[1]); want != got {
		t.Errorf("with the unit %s, without it in one half %s", want, got)
	}
}

// When the log fails in the middle of a long file nothing of it is there, and the run says so.
func TestALongFileIsAllOrNothing(t *testing.T) {
	f := newFixture(t)
	f.log.failing = assess.Unavailable("problem.disk_full", "the disk is full")
	r := rand.New(rand.NewPCG(1, 1))
	rows := strings.Join(append(longRows(r, unitA), longRows(r, unitB)...), "\n") + "\n"
	_, err := f.Import(t.Context(), sheet(t, rows), collect.Options{By: "clerk"}, inTime)
	if err == nil || len(f.log.observations)+len(f.log.submissions) != 0 {
		t.Errorf("%v, and %d observations", err, len(f.log.observations))
	}
	for _, run := range f.log.runs {
		if run.State != assess.RunFailed {
			t.Errorf("the run is %s", run.State)
		}
	}
}

// torn are definitions that panic.
type torn struct{}

func (torn) Edition(context.Context, int) (*assess.Edition, error) { panic("torn") }

// A long file is judged beside its writing. A panic there fails its run, and neither the program nor what waits for it.
func TestALongFileThatPanicsFailsAlone(t *testing.T) {
	f := newFixture(t)
	gate := collect.New(collect.Config{Store: f.log, Editions: torn{}, Log: nothing})
	r := rand.New(rand.NewPCG(1, 1))
	rows := strings.Join(append(longRows(r, unitA), longRows(r, unitB)...), "\n") + "\n"
	_, err := gate.Import(t.Context(), sheet(t, rows), collect.Options{By: "clerk"}, inTime)
	if err == nil || !strings.Contains(err.Error(), "torn") {
		t.Errorf("the panic is told as %v", err)
	}
	for _, run := range f.log.runs {
		if run.State != assess.RunFailed {
			t.Errorf("the run is %s", run.State)
		}
	}
}
