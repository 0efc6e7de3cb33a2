package source_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/source"
)

var periods = cmp.AllowUnexported(assess.Period{})

func TestReadUnits(t *testing.T) {
	data := "code,name,name_en,parent,kind,group,opened,closed\n" +
		"210100,沈阳市,Shenyang,,city,,,\n" +
		"210102,和平区,Heping District,210100,district,core_urban,,\n" +
		"210115,辽中区,,210100,district,county,2016Q1,2030\n"
	got, notes, err := source.ReadUnits("u.csv", []byte(data))
	if err != nil || len(notes) > 0 {
		t.Fatal(err, notes)
	}
	heping := assess.Text{ZH: "和平区", EN: "Heping District"}
	want := assess.Roster{
		City: assess.Unit{
			Code: "210100", Name: assess.Text{ZH: "沈阳市", EN: "Shenyang"}, Short: assess.Text{ZH: "沈阳市", EN: "Shenyang"}, Kind: "city",
		},
		Units: []assess.Unit{
			{Code: "210102", Name: heping, Short: heping, Parent: "210100", Kind: "district", Group: "core_urban"},
			{
				Code: "210115", Name: assess.Text{ZH: "辽中区"}, Short: assess.Text{ZH: "辽中区"}, Parent: "210100", Kind: "district",
				Group: "county", Opened: assess.NewQuarter(2016, 1), Closed: assess.NewYear(2030),
			},
		},
		Kinds:  []assess.Group{{Code: "district", Name: assess.Text{ZH: "district", EN: "district"}}},
		Groups: []assess.Group{{Code: "core_urban", Name: assess.Text{ZH: "core_urban", EN: "core_urban"}}, {Code: "county", Name: assess.Text{ZH: "county", EN: "county"}}},
	}
	if diff := cmp.Diff(want, got, periods); diff != "" {
		t.Errorf("roster (-want +got):\n%s", diff)
	}
}

func TestUnitsWithoutParentsHaveNoCity(t *testing.T) {
	got, _, err := source.ReadUnits("u.csv", []byte("name,code\nAfghanistan,AFG\nAlbania,ALB\n"))
	if err != nil || got.City.Code != "" || len(got.Units) != 2 || got.Units[1].Code != "ALB" {
		t.Errorf("roster %+v, %v", got, err)
	}
	alone, _, err := source.ReadUnits("u.csv", []byte("name,code\nAfghanistan,AFG\n"))
	if err != nil || len(alone.Units) != 1 {
		t.Errorf("a single unit was lost: %+v, %v", alone, err)
	}
}

func TestReadUnitsNamesEveryFault(t *testing.T) {
	data := "code,name,parent,opened,closed\n" +
		"1,一,,,\n" +
		",二,,,\n" +
		"1,三,,,\n" +
		"4,四,9,,\n" +
		"5,五,,2026-13,\n" +
		"6,六,,2026,2025\n" +
		"*,七,,,\n"
	_, _, err := source.ReadUnits("u.csv", []byte(data))
	want := map[string]string{
		"u.csv:3:1": "problem.cell_empty", "u.csv:4:1": "problem.unit_twice", "u.csv:5:3": "problem.parent_unknown",
		"u.csv:6:4": "problem.period", "u.csv:7:5": "problem.unit_closed", "u.csv:8:1": "problem.unit_code",
	}
	if diff := cmp.Diff(want, faults(t, err)); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
}

func faults(t *testing.T, err error) map[string]string {
	t.Helper()
	var ps assess.Problems
	if !errors.As(err, &ps) {
		t.Fatalf("%v are not Problems", err)
	}
	found := map[string]string{}
	for _, p := range ps {
		found[p.Place.String()] = p.Key
	}
	return found
}

func TestReadTargets(t *testing.T) {
	got, _, err := source.ReadTargets("t.csv", []byte("unit,period,code,target\n*,2026,new_unions,120\n210102,2026,new_unions,\"1,300.5\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := []assess.Target{
		{Unit: assess.AnyUnit, Period: assess.NewYear(2026), Code: "new_unions", Value: decimal.RequireFromString("120")},
		{Unit: "210102", Period: assess.NewYear(2026), Code: "new_unions", Value: decimal.RequireFromString("1300.5")},
	}
	if diff := cmp.Diff(want, got, periods); diff != "" {
		t.Errorf("targets (-want +got):\n%s", diff)
	}
}

func TestReadTargetsNamesEveryFault(t *testing.T) {
	data := "unit,period,code,target\n*,2026,a,1\n,2026,a,1\n*,26,a,1\n*,2026,a,x\n*,2026,a,2\n*,2026,b\n"
	_, _, err := source.ReadTargets("t.csv", []byte(data))
	want := map[string]string{
		"t.csv:3:1": "problem.cell_empty", "t.csv:4:2": "problem.period", "t.csv:5:4": "problem.number",
		"t.csv:6:3": "problem.target_twice", "t.csv:7": "problem.row_width",
	}
	if diff := cmp.Diff(want, faults(t, err)); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
}

// TestATargetThatWasChanged stands twice, the second time with the quarter from which it holds.
func TestATargetThatWasChanged(t *testing.T) {
	got, notes, err := source.ReadTargets("t.csv", []byte("unit,period,code,target,from\n*,2026,new_unions,120,\n*,2026,new_unions,90,2026Q3\n"))
	if err != nil || len(notes) > 0 {
		t.Fatal(err, notes)
	}
	want := []assess.Target{
		{Unit: "*", Period: assess.NewYear(2026), Code: "new_unions", Value: decimal.New(120, 0)},
		{Unit: "*", Period: assess.NewYear(2026), Code: "new_unions", Value: decimal.New(90, 0), From: assess.NewQuarter(2026, 3)},
	}
	if diff := cmp.Diff(want, got, periods); diff != "" {
		t.Errorf("targets (-want +got):\n%s", diff)
	}
	_, _, err = source.ReadTargets("t.csv", []byte("unit,period,code,target,from\n*,2026,a,120,2026Q5\n*,2026,b,1,2026Q3\n*,2026,b,2,2026Q3\n"))
	if problems, ok := errors.AsType[assess.Problems](err); !ok || len(problems) != 2 || problems[0].Place.Line != 2 || problems[0].Place.Column != 5 || problems[1].Place.Line != 4 {
		t.Errorf("want the bad quarter and the target that stands twice, got %v", err)
	}
}
