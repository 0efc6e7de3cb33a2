package collect_test

import (
	"context"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/source"
)

// A run hands its source the mapping that holds, and the log names its revision. A source whose mapping cannot be read is not asked.
func TestRunReadsByTheMappingOfItsSource(t *testing.T) {
	f := newFixture(t)
	m := source.Mapping{Units: []source.Word{{Word: "和平", Code: string(unitA)}}}
	f.log.mappings = map[assess.Code]assess.MappingRevision{
		"heping": {Source: "heping", Number: 3, Text: m.Text()}, "shenhe": {Source: "shenhe", Number: 1, Text: "{}"},
	}
	asked := 0
	src := district("heping", unitA, fetcher(func(_ context.Context, r source.Request) ([]source.Parcel, error) {
		asked++
		reading, err := source.Piece{Name: "a.csv", Data: []byte("unit,period,code,value\n和平,2026年一季度,members,98.50%\n和平,2026年一季度,rate,98.50%\n")}.Read(r.Mapping, 10)
		return []source.Parcel{{Delivery: assess.Delivery{Entries: reading.Entries, Refused: reading.Refused}}}, err
	}))
	src.Supplies = []assess.Origin{assess.FromDistrict, assess.FromCity}
	r, err := f.Run(t.Context(), src, collect.Ask{Slot: inTime}, inTime)
	if err != nil {
		t.Fatal(err)
	}
	if r.New != 1 || r.Refused != 1 || r.Rejected[0].Problem.Key != "problem.cell_percent" || r.Rejected[0].Place.String() != "a.csv:2:4" {
		t.Errorf("%s, %v; want a percentage taken for the rate alone", counts(r), r.Rejected)
	}
	if last := f.log.audit[0]; !strings.HasSuffix(last.After, ", mapping 3") {
		t.Errorf("the log says %q", last.After)
	}
	src.Name = "shenhe"
	if _, err := f.Run(t.Context(), src, collect.Ask{Slot: inTime}, inTime); err == nil || asked != 1 {
		t.Errorf("a broken mapping was answered with %v, the source was asked %d times", err, asked)
	}
}
