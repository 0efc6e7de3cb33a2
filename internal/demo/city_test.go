package demo

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/assess"
)

func cityOf(t testing.TB, seed uint64, quarters int) *City {
	t.Helper()
	c, err := New(testEdition(t), seed, quarter("2026Q3"), quarters)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// finals are the values of a city in the end, by cell.
func finals(c *City) map[assess.CellKey]string {
	values := map[assess.CellKey]string{}
	for _, at := range c.folders.order {
		for _, f := range c.folders.figures[at] {
			if v, ok := f.final(); ok {
				values[f.CellKey] = string(v.state) + " " + v.value
			}
		}
	}
	return values
}

func TestThePeriodsEndWithTheLastQuarter(t *testing.T) {
	var got []string
	for _, p := range cityOf(t, Seed, 8).Periods() {
		got = append(got, p.String())
	}
	want := []string{"2024Q4", "2025Q1", "2025Q2", "2025Q3", "2025Q4", "2026Q1", "2026Q2", "2026Q3"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("periods (-want +got):\n%s", diff)
	}
}

// How many quarters are asked for says how much of the history is handed in, and changes no figure of it.
func TestAShorterHistoryIsTheEndOfALongerOne(t *testing.T) {
	long, short := finals(cityOf(t, Seed, 20)), finals(cityOf(t, Seed, 3))
	if len(short) == 0 {
		t.Fatal("the short history is empty")
	}
	for key, value := range short {
		if long[key] != value {
			t.Errorf("%v is %q in three quarters and %q in twenty", key, value, long[key])
		}
	}
}

// The shipped city is the same on every platform. After a change that is meant, put the digest of the failure here.
func TestTheShippedCityIsWrittenDown(t *testing.T) {
	c := cityOf(t, Seed, 8)
	sum := sha256.New()
	all := everything(t, c)
	for _, at := range all.order {
		for _, f := range all.figures[at] {
			for _, v := range f.versions {
				fmt.Fprintln(sum, f.source, f.Unit, f.Period, f.Item, f.Part, f.Ref, v.state, v.value, v.note)
			}
		}
	}
	for _, k := range c.Keepings() {
		fmt.Fprintln(sum, k.At.Unix(), k.Table)
		sum.Write(k.CSV())
	}
	const want = "9372c8133a61e71f87e619de65274926a4aed052499a5def04037b22a883dfed"
	if got := hex.EncodeToString(sum.Sum(nil)); got != want {
		t.Errorf("the digest of the city is %s, want %s", got, want)
	}
}

func TestSeedsMakeDifferentCities(t *testing.T) {
	one, again, two := finals(cityOf(t, Seed, 2)), finals(cityOf(t, Seed, 2)), finals(cityOf(t, 2, 2))
	if diff := cmp.Diff(one, again, cmp.AllowUnexported(assess.Period{})); diff != "" {
		t.Errorf("the same seed made two cities:\n%s", diff)
	}
	differ := 0
	for key, value := range one {
		if two[key] != value {
			differ++
		}
	}
	if differ < len(one)/2 {
		t.Errorf("only %d of %d figures differ between two seeds", differ, len(one))
	}
}

// Every figure lies in the usual range of its peer group, but for a few that the city would ask about.
func TestFiguresArePlausible(t *testing.T) {
	c := cityOf(t, Seed, 8)
	asked, all := 0, 0
	told := everything(t, c)
	for _, at := range told.order {
		for _, f := range told.figures[at] {
			item, _ := c.model.edition.Item(f.Item)
			u, _ := c.model.edition.Roster.Unit(f.Unit)
			usual, ok := item.Plausible[u.Group]
			v, _ := f.final()
			n, err := decimal.NewFromString(v.value)
			if !ok || err != nil || v.state == "" {
				continue
			}
			all++
			if usual.Low != nil && n.LessThan(*usual.Low) || usual.High != nil && n.GreaterThan(*usual.High) {
				asked++
				t.Logf("%s %s %s is %s, usual is %s to %s", u.Name.ZH, f.Period, f.Item, n, usual.Low, usual.High)
			}
		}
	}
	if all < 9000 || asked > all/500 {
		t.Errorf("%d of %d figures are unusual, want at least 9000 figures and at most one in 500 unusual", asked, all)
	}
}

func TestTargetsAddUpToTheCitysTotal(t *testing.T) {
	c := cityOf(t, Seed, 8)
	sums := map[assess.Code]decimal.Decimal{}
	count := map[assess.Code]int{}
	years := map[int]bool{}
	for _, target := range c.Targets() {
		years[target.Period.CalendarYear()] = true
		if target.Period == assess.NewYear(2026) {
			sums[target.Code] = sums[target.Code].Add(target.Value)
			count[target.Code]++
		}
	}
	for _, year := range []int{2024, 2025, 2026} {
		if !years[year] {
			t.Errorf("there are no targets for %d", year)
		}
	}
	// The last year's total is the item's city scale: 330 craftsmen, 600 stations, 20,000,000 yuan for winter warmth.
	for code, want := range map[assess.Code]int64{"craftsmen_selected": 330, "station_count": 600, "warmth_fund": 20_000_000, "harmony_units": 60} {
		if !sums[code].Equal(decimal.NewFromInt(want)) || count[code] != 13 {
			t.Errorf("the %d targets of %s add up to %s, want 13 and %d", count[code], code, sums[code], want)
		}
	}
	for i := range c.model.edition.Frameworks {
		for _, n := range c.model.edition.Frameworks[i].Root.Leaves() {
			rule := n.Indicator.Target
			needs := rule != nil && rule.Mode == "absolute" && rule.FullYear == nil
			if needs != (count[n.Code] == 13) {
				t.Errorf("%s has %d targets, needs them: %t", n.Code, count[n.Code], needs)
			}
		}
	}
}

func TestSplit(t *testing.T) {
	// 10 by 1:1:1 is 4, 3, 3: the first of equal remainders gets what is left.
	if diff := cmp.Diff([]int64{4, 3, 3}, split(10, []int64{1, 1, 1})); diff != "" {
		t.Error(diff)
	}
	// 7 by 5:2:1 is 4.375, 1.75, 0.875: floors 4, 1, 0 leave 2, for the remainders 0.875 and 0.75.
	if diff := cmp.Diff([]int64{4, 2, 1}, split(7, []int64{5, 2, 1})); diff != "" {
		t.Error(diff)
	}
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.Int64Range(0, 1_000_000).Draw(t, "total")
		weights := rapid.SliceOfN(rapid.Int64Range(1, 5000), 1, 20).Draw(t, "weights")
		var sum, all int64
		for _, w := range weights {
			all += w
		}
		for i, p := range split(total, weights) {
			sum += p
			if low := total * weights[i] / all; p != low && p != low+1 {
				t.Fatalf("part %d is %d, its share lies between %d and %d", i, p, low, low+1)
			}
		}
		if sum != total {
			t.Fatalf("the parts add up to %d, not %d", sum, total)
		}
	})
}

func TestNewRefusesWhatItCannotMake(t *testing.T) {
	e := testEdition(t)
	for name, err := range map[string]error{
		"no quarters": second(New(e, Seed, quarter("2026Q3"), 0)),
		"a year":      second(New(e, Seed, quarter("2026"), 4)),
		"a strange item": second(New(withItem(e, assess.Item{Code: "moon_phases", Origin: assess.FromDistrict}), Seed,
			quarter("2026Q3"), 1)),
	} {
		if !errors.Is(err, assess.ErrInvalid) {
			t.Errorf("%s: %v, want a problem of kind invalid", name, err)
		}
	}
}

func second(_ *City, err error) error { return err }

func withItem(e *assess.Edition, item assess.Item) *assess.Edition {
	other := *e
	other.Items = append(append([]assess.Item(nil), e.Items...), item)
	return &other
}
