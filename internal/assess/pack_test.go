package assess_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/assess"
)

// What is packed comes back as it was: each entry at its number, whatever its texts, and however many there are.
func TestPackGivesBackWhatItTook(t *testing.T) {
	columns := map[string]int{"value": 4}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.Just(""), rapid.String(), rapid.StringN(200, 300, -1))
		var kinds []assess.Entry
		for range rapid.IntRange(1, 20).Draw(t, "kinds") {
			kinds = append(kinds, assess.Entry{
				Place: assess.Place{File: "a.csv", Line: rapid.IntRange(0, 3_000_000).Draw(t, "line")}, Unit: assess.UnitCode(text.Draw(t, "unit")),
				PeriodText: text.Draw(t, "period"), Code: assess.Code(text.Draw(t, "code")), Value: text.Draw(t, "value"), State: text.Draw(t, "state"),
				Note: text.Draw(t, "note"), Part: text.Draw(t, "part"), Ref: text.Draw(t, "ref"), Percent: rapid.Bool().Draw(t, "percent"), Columns: columns,
			})
		}
		pack, n := assess.NewPack("a.csv", columns), rapid.IntRange(0, 9000).Draw(t, "entries")
		for i := range n {
			pack.Add(kinds[i%len(kinds)])
		}
		if pack.Len() != n {
			t.Fatalf("%d entries are packed, of %d", pack.Len(), n)
		}
		for i := range n {
			if diff := cmp.Diff(kinds[i%len(kinds)], pack.At(i)); i%37 == 0 && diff != "" {
				t.Fatalf("entry %d: %s", i, diff)
			}
		}
	})
}

// More units than a pack knows by number are kept all the same.
func TestPackTakesMoreWordsThanItNumbers(t *testing.T) {
	pack := assess.NewPack("a.csv", nil)
	name := func(i int) assess.UnitCode {
		return assess.UnitCode(rune(0x4e00+i/300)) + assess.UnitCode(rune(0x4e00+i%300))
	}
	for i := range 70_000 {
		pack.Add(assess.Entry{Unit: name(i), PeriodText: "2026Q1", Value: "7"})
	}
	for _, i := range []int{0, 65_534, 65_535, 65_536, 69_999} {
		if e := pack.At(i); e.Unit != name(i) || e.PeriodText != "2026Q1" || e.Value != "7" {
			t.Errorf("entry %d is %+v", i, e)
		}
	}
}
