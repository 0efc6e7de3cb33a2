package collect_test

import (
	"fmt"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
)

// TestRowByRow takes one row of each kind: what it is recorded as, or where it is refused and why.
func TestRowByRow(t *testing.T) {
	tests := []struct {
		name, row string
		want      string // state and value, or the key of the problem and the field it stands in
	}{
		{"a count", "210102,2026Q1,members,30412", "reported 30412"},
		{"a count with zeros behind the point", "210102,2026Q1,members,12.0", "reported 12"},
		{"separators of thousands", `210102,2026Q1,members,"30,412"`, "reported 30412"},
		{"full-width digits", "210102,2026Q1,members,１２", "reported 12"},
		{"a small q", "210102,2026q1,members,5", "reported 5"},
		{"zero is a zero report", "210102,2026Q1,members,0", "zero_report 0"},
		{"a zero report in words", "210102,2026Q1,members,,zero_report", "zero_report 0"},
		{"a zero report that is none", "210102,2026Q1,members,5,zero_report", "problem.zero_report value"},
		{"zero that was called reported", "210102,2026Q1,members,0,reported", "zero_report 0"},
		{"empty is missing", "210102,2026Q1,members,", "missing"},
		{"missing in words", "210102,2026Q1,members,,missing", "missing"},
		{"missing with a value", "210102,2026Q1,members,5,missing", "problem.state_value value"},
		{"reported without a value", "210102,2026Q1,members,,reported", "problem.state_value value"},
		{"an unknown state", "210102,2026Q1,members,5,final", "problem.state state"},
		{"half a person", "210102,2026Q1,members,0.5", "problem.count value"},
		{"less than nobody", "210102,2026Q1,members,-1", "problem.count value"},
		{"a count in short", "210102,2026Q1,members,1.2E+05", "problem.number_scientific value"},
		{"a measure", "210102,2026Q1,members,1.2万", "problem.number_measure value"},
		{"no number", "210102,2026Q1,members,many", "problem.number value"},
		{"yuan", "210102,2026Q1,fund,-2963.10", "reported -2963.1"},
		{"half a fen", "210102,2026Q1,fund,2963.195", "problem.money value"},
		{"yes", "210102,2026Q1,office,是", "reported 1"},
		{"TRUE", "210102,2026Q1,office,TRUE", "reported 1"},
		{"no", "210102,2026Q1,office,0", "reported 0"},
		{"maybe", "210102,2026Q1,office,maybe", "problem.boolean value"},
		{"a percentage", "210102,2026Q1,rate,98.512", "reported 98.512"},
		{"no percent", "210102,2026Q1,rate,0", "zero_report 0"},
		{"a percent sign", "210102,2026Q1,rate,98.5%", "problem.number_measure value"},
		{"a level", "210102,2026,branch_grade,Excellent", "reported excellent"},
		{"no level", "210102,2026,branch_grade,superb", "problem.level value"},
		{"a rating", "210102,2026,satisfaction,92.5", "reported 92.5"},
		{"a rating of nothing", "210102,2026,satisfaction,0", "reported 0"},
		{"beyond the hard range", "210102,2026,satisfaction,100.1", "problem.hard_range value"},
		{"below the hard range", "210102,2026,satisfaction,-0.1", "problem.hard_range value"},
		{"an achievement", "210102,2026,awards,1,,,national,A-7", "reported 1"},
		{"a part where there are none", "210102,2026Q1,members,1,,,x,", "problem.part_unused part"},
		{"an indicator without an item", "210102,2026,life_expectancy,71.25", "reported 71.25"},
		{"an indicator with an item", "210102,2026,satisfied,90", "problem.item_unknown code"},
		{"not applicable", "210102,2026Q1,members,N/A", "not_applicable"},
		{"not applicable in words", "210102,2026Q1,members,,not_applicable", "not_applicable"},
		{"not applicable with a value", "210102,2026Q1,members,5,not_applicable", "problem.state_value value"},
		{"an unknown unit", "999999,2026Q1,members,1", "problem.unit_code unit"},
		{"no unit", ",2026Q1,members,1", "problem.unit_empty unit"},
		{"a closed unit", "210199,2026Q1,members,1", "problem.unit_period unit"},
		{"no period", "210102,,members,1", "problem.period period"},
		{"an undefined year", "210102,2011Q1,members,1", "problem.year_undefined period"},
		{"a quarter that has not begun", "210102,2026Q3,members,1", "problem.period_future period"},
		{"the quarter that has begun", "210102,2026Q2,members,1", "reported 1"},
		{"a year that has not begun", "210102,2027,staff,1", "problem.period_future period"},
		{"a month that has not begun", "210102,2026-05,members,1", "problem.period_future period"},
		{"a typing mistake in the year", "210102,2062Q1,members,1", "problem.period_future period"},
		{"an annual item in a quarter", "210102,2026Q1,staff,1", "problem.item_annual period"},
		{"a quarterly item in a month", "210102,2026-03,members,1", "problem.item_quarterly period"},
		{"a misspelt item", "210102,2026Q1,membres,1", "problem.item_misspelt code"},
		{"an unknown item", "210102,2026Q1,bookhouses,1", "problem.item_unknown code"},
		{"no item", "210102,2026Q1,,1", "problem.item_empty code"},
		{"a computed item", "210102,2026Q1,sum,1", "problem.item_computed code"},
		{"a novel as note", "210102,2026Q1,members,1,," + strings.Repeat("长", 1001), "problem.text_long note"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFixture(t)
			r := f.take(padded(tt.row), collect.Options{By: "li.na"}, inTime)
			if got := outcome(r, f.log); got != tt.want {
				t.Errorf("%s: %q, want %q", tt.row, got, tt.want)
			}
			if r.Taken != 1 || r.New+r.Changed+r.Same+r.Refused+r.Missing != 1 {
				t.Errorf("%s: %s", tt.row, counts(r))
			}
		})
	}
}

// padded completes a row to the eight columns of the tidy heads.
func padded(row string) string {
	separators := strings.Count(strings.ReplaceAll(row, `"30,412"`, ""), ",")
	return row + strings.Repeat(",", 7-separators) + "\n"
}

// outcome writes what became of a single row.
func outcome(r collect.Report, log *memory) string {
	switch {
	case r.Refused == 1:
		p := r.Rejected[0]
		if p.Place.File != "v.csv" || p.Place.Line != 2 || p.Place.Column == 0 {
			return fmt.Sprintf("no place: %+v", p.Place)
		}
		return p.Problem.Key + " " + p.Place.Field
	case r.Missing == 1 && len(log.observations) == 0:
		return "missing"
	case len(log.observations) == 1:
		return strings.TrimSpace(string(log.observations[0].State) + " " + log.observations[0].Value)
	}
	return "nothing"
}

// A source speaks for its units, in what it supplies; the city alone says what is not applicable.
func TestWhatASourceMaySay(t *testing.T) {
	rows := "210102,2026Q1,members,5,,,,\n" + // 2
		"210103,2026Q1,members,5,,,,\n" + // 3: a foreign unit
		"210102,2026Q1,rate,90,,,,\n" + // 4: an item of the city
		"210102,2026Q1,refunds,3,,,,\n" + // 5: an item of a register
		"210102,2026Q1,unions,N/A,,,,\n" // 6
	f := newFixture(t)
	src := district("heping", unitA, brings(t, rows))
	r, err := f.Run(t.Context(), src, collect.Ask{Slot: inTime}, inTime)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"v.csv:3:1": "problem.unit_foreign", "v.csv:4:3": "problem.item_from_city", "v.csv:5:3": "problem.item_from_register",
		"v.csv:6:4": "problem.exempt_by_city",
	}
	if diff := gocmp.Diff(want, refusals(r)); diff != "" {
		t.Errorf("refused (-want +got):\n%s", diff)
	}
	department := collect.Source{
		Name: "finance", Supplies: []assess.Origin{assess.FromCity, assess.FromRegister}, Authority: collect.Adopt, Fetcher: brings(t, rows),
	}
	r, err = f.Run(t.Context(), department, collect.Ask{Slot: inTime}, inTime)
	if err != nil {
		t.Fatal(err)
	}
	want = map[string]string{"v.csv:2:3": "problem.item_from_reported", "v.csv:3:3": "problem.item_from_reported"}
	if diff := gocmp.Diff(want, refusals(r)); diff != "" {
		t.Errorf("refused (-want +got):\n%s", diff)
	}
	// Over what the city has marked no figure of a district prevails.
	src.Fetcher = brings(t, "210102,2026Q1,unions,7,,,,\n")
	r, err = f.Run(t.Context(), src, collect.Ask{Slot: inTime.AddDate(0, 0, 1)}, inTime)
	if err != nil || refusals(r)["v.csv:2:4"] != "problem.exempt_cell" {
		t.Errorf("%v, %v; want the city's word to stand", refusals(r), err)
	}
}

func TestRowsOfOneCell(t *testing.T) {
	f := newFixture(t)
	r := f.take("210102,2026Q1,members,5,,,,\n"+ // 2
		"210102,2026Q1,unions,1,,,,\n"+ // 3
		"210102,2026Q1,members,5.0,,,,\n"+ // 4: the same as 2
		"210102,2026Q1,unions,2,,,,\n"+ // 5: contradicts 3
		"210102,2026,awards,1,,,city,A\n210102,2026,awards,1,,,city,B\n", collect.Options{}, inTime) // two achievements
	if got, want := counts(r), "taken 6: new 3, changed 0, same 1, refused 2, missing 0, partial"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if diff := gocmp.Diff(map[string]string{"v.csv:3:4": "problem.row_contradicts", "v.csv:5:4": "problem.row_contradicts"}, refusals(r)); diff != "" {
		t.Errorf("refused (-want +got):\n%s", diff)
	}
	if len(r.Notes) != 1 || r.Notes[0].Key != "problem.row_again" || r.Notes[0].Args["line"] != "2" {
		t.Errorf("notes %v", r.Notes)
	}
	if r.Rejected[0].Problem.Args["line"] != "5" || r.Rejected[1].Problem.Args["line"] != "3" {
		t.Errorf("the two rows do not name each other: %+v", r.Rejected)
	}
}

// The unit and period of an import stand above the file's.
func TestUnitAndPeriodOfAnImport(t *testing.T) {
	f := newFixture(t)
	r := f.take(",,members,5,,,,\n210103,,members,5,,,,\n,2026Q2,members,5,,,,\n", collect.Options{Unit: unitA, Period: q1}, inTime)
	want := map[string]string{"v.csv:3:1": "problem.unit_other", "v.csv:4:2": "problem.period_other"}
	if diff := gocmp.Diff(want, refusals(r)); diff != "" {
		t.Errorf("refused (-want +got):\n%s", diff)
	}
	if diff := gocmp.Diff(map[string]string{"210102 2026Q1 members": "5"}, f.log.cells()); diff != "" {
		t.Errorf("cells (-want +got):\n%s", diff)
	}
	if sub := f.log.submissions[0]; sub.Entries[0].Unit != unitA || sub.Entries[0].PeriodText != "2026Q1" {
		t.Errorf("the submission does not say whose it is: %+v", sub)
	}
}

func TestObservationsOfAFileWithoutALog(t *testing.T) {
	d := sheet(t, "210102,2026,life_expectancy,45.967,,,,\n210102,2026,members,5,,,,\n210102,2026Q1,rate,,,,,\n210102,2026,nonsense,1,,,,\n")
	got, refused, missing := collect.Observations(city(), d.Entries)
	if len(got) != 2 || got[0].Value != "45.967" || got[1].Seq != 2 || missing != 1 || len(refused) != 1 || refused[0].Place.String() != "v.csv:5:3" {
		t.Errorf("%+v, %+v, %d", got, refused, missing)
	}
}
