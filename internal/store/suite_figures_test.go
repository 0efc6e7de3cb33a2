package store

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
)

// Pages of figures are what holds, whole and in order, whatever the size of the pages and whatever comes in between them; and a page walks
// along the index.
func testPagesOfFigures(t *testing.T, s *Store) {
	random := rand.New(rand.NewPCG(1, 2))
	q2 := q1.Next()
	some := func(n int) (all []assess.Observation) {
		for range n {
			o := figure(assess.UnitCode(fmt.Sprintf("2101%02d", random.IntN(6))), []assess.Period{q1, q2, q1.Year()}[random.IntN(3)], assess.Code(fmt.Sprintf("item_%d", random.IntN(8))), fmt.Sprint(random.IntN(100)))
			if random.IntN(4) == 0 {
				o.Part, o.Ref = "leaders", fmt.Sprintf("r%d", random.IntN(3))
			}
			all = append(all, o)
		}
		return all
	}
	commit(t, s, some(150)...)
	for _, q := range []assess.CellQuery{
		{}, {Periods: []assess.Period{q1, q1.Year()}}, {Units: []assess.UnitCode{"210101", "210104", "999999"}}, {Items: []assess.Code{"item_3"}, Periods: []assess.Period{q2}},
	} {
		head, err := s.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		q.AsOf = head.Seq
		want := current(t, s, q)
		slices.SortStableFunc(want, func(a, b assess.Observation) int {
			switch {
			case a.Period.String() != b.Period.String():
				return map[bool]int{true: -1, false: 1}[a.Period.String() < b.Period.String()]
			}
			return 0 // units, items, parts and refs are in order
		})
		for _, limit := range []int{1, 7, 1000} {
			var got []assess.Observation
			var after assess.CellKey
			for {
				page, err := s.Figures(t.Context(), q, after, limit)
				if err != nil {
					t.Fatal(err)
				}
				if got = append(got, page...); len(page) < limit {
					break
				}
				if after = page[len(page)-1].CellKey; len(got) > len(want) {
					t.Fatalf("%+v by %d: the pages have more than %d figures", q, limit, len(want))
				}
				commit(t, s, some(1)...)
			}
			if diff := cmp.Diff(short(want), short(got)); diff != "" {
				t.Errorf("%+v by %d (-want +got):\n%s", q, limit, diff)
			}
		}
	}
}
