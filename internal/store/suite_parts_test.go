package store

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
)

// Parts are one transaction: when the last fails, nothing of the first is there, and others are not hurt. What was handed in is known by unit and period.
func testPartsAreAllOrNothing(t *testing.T, s *Store) {
	part := func(n int) assess.Intake {
		sub := assess.Submission{ID: fmt.Sprintf("s%d", n), Unit: "210102", Period: assess.NewQuarter(2020+n, 1), ReceivedAt: spring}
		in := assess.Intake{}
		for i := range 100 { // three times thirty-two, and some
			code := assess.Code(fmt.Sprintf("item%d", i))
			sub.Entries = append(sub.Entries, assess.Entry{Place: assess.Place{File: fmt.Sprint("file", i/50), Line: i}, Unit: sub.Unit, Code: code, Value: fmt.Sprint(i)})
			in.Observations = append(in.Observations, assess.Observation{
				CellKey: assess.CellKey{Unit: sub.Unit, Period: sub.Period, Item: code}, State: assess.Reported, Value: fmt.Sprint(i), Submission: sub.ID, RecordedAt: spring,
			})
		}
		in.Submissions = append(in.Submissions, sub)
		return in
	}
	broken := errors.New("broken")
	for _, failing := range []bool{true, false} {
		_, err := s.CommitAll(t.Context(), func(write func(assess.Intake) error) error {
			for n := range 3 {
				if err := write(part(n)); err != nil {
					return err
				}
			}
			if failing {
				return broken
			}
			return write(assess.Intake{Audit: []assess.AuditLine{line("import")}})
		})
		if failing != errors.Is(err, broken) || !failing && err != nil {
			t.Fatal(err)
		}
		held, err := s.Current(t.Context(), assess.CellQuery{})
		if err != nil || len(held) != map[bool]int{true: 0, false: 300}[failing] {
			t.Fatalf("failing %v: %d cells, %v", failing, len(held), err)
		}
		for _, o := range held {
			if want := "item" + o.Value; string(o.Item) != want {
				t.Errorf("%s of %s is %s", o.Item, o.Period, o.Value)
			}
		}
	}
	if _, err := s.CommitAll(t.Context(), func(write func(assess.Intake) error) error { return write(part(7)) }); err == nil {
		t.Error("parts without a line in the audit log were written")
	}
	known, err := s.HandedIn(t.Context(), []assess.UnitCode{"210102", "210103"}, []assess.Period{assess.NewQuarter(2021, 1), assess.NewQuarter(2027, 1)})
	if err != nil || len(known) != 1 || known[0] != (assess.CellKey{Unit: "210102", Period: assess.NewQuarter(2021, 1)}) {
		t.Errorf("handed in is %v, %v", known, err)
	}
	q := assess.NewQuarter(2021, 1)
	if handed, err := s.Handed(t.Context(), q); err != nil || len(handed) != 1 || handed["210102"] != (assess.Handed{All: 1, Settled: 1}) {
		t.Errorf("handed in is %v, %v", handed, err)
	}
	head, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if touched, err := s.Touched(t.Context(), []assess.Period{q}, 0, head.Seq); err != nil || !slices.Equal(touched, []assess.UnitCode{"210102"}) {
		t.Errorf("touched is %v, %v", touched, err)
	}
	if touched, err := s.Touched(t.Context(), []assess.Period{q}, head.Seq, head.Seq+9); err != nil || len(touched) > 0 {
		t.Errorf("touched after the last is %v, %v", touched, err)
	}
}
