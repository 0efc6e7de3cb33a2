package collect_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/source"
)

// rows repeats an entry, each on its own line.
func rows(n int, e assess.Entry) assess.Delivery {
	d := assess.Delivery{Door: assess.DoorImport, Source: source.ByHand}
	for i := range n {
		e.Place = assess.Place{File: "v.csv", Line: i + 2}
		d.Entries = append(d.Entries, e)
	}
	return d
}

// Of many refused rows a run keeps the first thousand, in their order, counts all and says how many more there are.
func TestARunKeepsAThousandRefusedRows(t *testing.T) {
	f := newFixture(t)
	r, err := f.Import(t.Context(), rows(12_345, assess.Entry{Unit: unitA, PeriodText: "2026Q1", Code: "membres", Value: "1"}), collect.Options{}, inTime)
	if err != nil {
		t.Fatal(err)
	}
	if r.Refused != 12_345 || len(r.Rejected) != 1000 || r.Rejected[0].Place.Line != 2 || r.Rejected[999].Place.Line != 1001 || r.State != assess.RunFailed {
		t.Errorf("%s, %d kept from line %d", counts(r), len(r.Rejected), r.Rejected[0].Place.Line)
	}
	if n := len(r.Notes); n != 1 || r.Notes[0].Key != "problem.refused_more" || r.Notes[0].Args["count"] != "11345" {
		t.Errorf("notes %v, want that 11345 more were refused", r.Notes)
	}
	if run := f.log.runs[r.ID]; run.Refused != 12_345 || len(run.Rejected) != 1000 {
		t.Errorf("recorded %d, with %d rows", run.Refused, len(run.Rejected))
	}
}

// A figure that is repeated a hundred thousand times costs no more than as many figures, and says so at most a thousand times.
func TestARepeatedRowIsCheap(t *testing.T) {
	f := newFixture(t)
	r, err := f.Import(t.Context(), rows(100_000, assess.Entry{Unit: unitA, PeriodText: "2026Q1", Code: "members", Value: "1"}), collect.Options{}, inTime)
	if err != nil {
		t.Fatal(err)
	}
	if r.New != 1 || r.Same != 99_999 || len(r.Notes) != 1001 || r.Notes[1000].Key != "problem.notes_more" || r.Notes[1000].Args["count"] != "98999" {
		t.Errorf("%s, %d notes, the last %v", counts(r), len(r.Notes), r.Notes[len(r.Notes)-1])
	}
}

// After a thousand unknown codes nobody is asked any more what was meant: no typing makes so many mistakes.
func TestGuessesAreBounded(t *testing.T) {
	f := newFixture(t)
	d := rows(3000, assess.Entry{Unit: unitA, PeriodText: "2026Q1", Value: "1"})
	for i := range d.Entries {
		d.Entries[i].Code = assess.Code(fmt.Sprintf("members%03x", i))
	}
	src := district("heping", unitA, fetcher(func(context.Context, source.Request) ([]source.Parcel, error) {
		return []source.Parcel{{Delivery: d, Settle: func(_ context.Context, r source.Receipt) error {
			guessed := 0
			for _, x := range r.Refused {
				if x.Problem.Key == "problem.item_misspelt" {
					guessed++
				}
			}
			if len(r.Refused) != 3000 || guessed != 1000 {
				t.Errorf("%d refused, of %d it was said what was meant", len(r.Refused), guessed)
			}
			return nil
		}}}, nil
	}))
	if _, err := f.Run(t.Context(), src, collect.Ask{Slot: inTime}, inTime); err != nil {
		t.Fatal(err)
	}
}

// A source may bring ten thousand rows in a parcel, whatever its fetcher lets pass; another parcel is taken all the same.
func TestAParcelHasAtMostTenThousandRows(t *testing.T) {
	f := newFixture(t)
	member := assess.Entry{Unit: unitA, PeriodText: "2026Q1", Code: "members", Value: "1"}
	src := district("heping", unitA, fetcher(func(context.Context, source.Request) ([]source.Parcel, error) {
		return []source.Parcel{{Delivery: rows(source.MostRows+1, member)}, {Delivery: rows(1, member)}}, nil
	}))
	r, err := f.Run(t.Context(), src, collect.Ask{Slot: inTime}, inTime)
	if err != nil || r.New != 1 || r.Refused != 1 || r.Rejected[0].Problem.Key != "problem.too_many_rows" {
		t.Errorf("%s, %v, %v", counts(r), err, r.Rejected)
	}
}

// endsAfter is a context that ends by itself after it was looked at some times.
type endsAfter struct {
	context.Context
	looks int
}

func (c *endsAfter) Err() error {
	if c.looks--; c.looks < 0 {
		return context.Canceled
	}
	return nil
}

// A long import that is ended from outside takes nothing, stops within a thousand rows, and stands in the log as interrupted.
func TestALongImportIsEndedFromOutside(t *testing.T) {
	f := newFixture(t)
	ctx := &endsAfter{t.Context(), 3}
	r, err := f.Import(ctx, rows(50_000, assess.Entry{Unit: unitA, PeriodText: "2026Q1", Code: "nonsense", Value: "1"}), collect.Options{}, inTime)
	if !errors.Is(err, context.Canceled) || ctx.looks < -3 {
		t.Errorf("%v, looked at %d times after the end", err, -ctx.looks)
	}
	if run := f.log.runs[r.ID]; run.State != assess.RunInterrupted || len(f.log.observations) != 0 {
		t.Errorf("recorded %s, %d observations", run.State, len(f.log.observations))
	}
}

// A source that hangs is given up after ten minutes, whatever it waits for.
func TestASourceMayTakeTenMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		began := time.Now()
		hangs := fetcher(func(ctx context.Context, _ source.Request) ([]source.Parcel, error) {
			<-ctx.Done()
			return nil, fmt.Errorf("ask: %w", ctx.Err())
		})
		r, err := f.Run(t.Context(), district("heping", unitA, hangs), collect.Ask{Slot: inTime}, inTime)
		if err != nil || r.State != assess.RunFailed || !strings.Contains(r.Problem, "longer than 10 minutes") {
			t.Errorf("%s %q, %v", r.State, r.Problem, err)
		}
		if took := time.Since(began); took != 10*time.Minute {
			t.Errorf("it took %s", took)
		}
	})
}

// Two rows that contradict each other are refused both, with their places; one that says the same again is not kept twice.
func TestContradictingRowsOfAFileWithoutALog(t *testing.T) {
	d := sheet(t, "210102,2026,life_expectancy,45,,,,\n210103,2026,life_expectancy,50,,,,\n210102,2026,life_expectancy,46,,,,\n210103,2026,life_expectancy,50.0,,,,\n")
	got, refused, _ := collect.Observations(city(), d.Entries)
	if len(got) != 1 || got[0].Unit != unitB || got[0].Value != "50" || got[0].Seq != 1 {
		t.Errorf("kept %+v, want B's figure once", got)
	}
	if len(refused) != 2 || refused[0].Place.String() != "v.csv:2:4" || refused[1].Place.String() != "v.csv:4:4" || refused[0].Problem.Key != "problem.row_contradicts" {
		t.Errorf("refused %+v, want both rows of A", refused)
	}
}

// A reason of spaces is no reason.
func TestABlankReasonCorrectsNothing(t *testing.T) {
	f := newFixture(t)
	for _, reason := range []string{"", " ", "\t\n", "　"} {
		o := collect.Options{By: "wang", Correction: &collect.Correction{Reason: reason}}
		_, err := f.Import(t.Context(), sheet(t, "210102,2026Q1,members,6,,,,\n"), o, inTime)
		if p, ok := errors.AsType[*assess.Problem](err); !ok || p.Key != "problem.correction_reason" || len(f.log.observations) > 0 {
			t.Errorf("reason %q: %v", reason, err)
		}
	}
}
