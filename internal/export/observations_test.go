package export_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/export"
	"github.com/unionboard/unionboard/internal/source"
)

func observe(value string, state assess.State, note string) assess.Observation {
	return assess.Observation{
		CellKey: assess.CellKey{Unit: "210102", Period: assess.MustPeriod("2026Q1"), Item: "members"}, State: state, Value: value, Note: note,
		Seq: 7, Submission: "s1", Run: "r1", EnteredBy: "source:heping", AcceptedBy: "li.hua", RecordedAt: time.Date(2026, 4, 3, 9, 0, 0, 0, time.FixedZone("CST", 8*3600)),
	}
}

func observationsCSV(t interface{ Fatal(...any) }, trace bool, list ...assess.Observation) string {
	var b strings.Builder
	out, err := export.NewObservations(&b, trace)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range list {
		if err := out.Write(o); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestObservationsCSV(t *testing.T) {
	ballot := observe("92.5", assess.Reported, "")
	ballot.Part, ballot.Ref = "leaders", "b17"
	list := []assess.Observation{
		observe("1204", assess.Reported, "按台账,\"二级\"\n含新会员"), observe("0", assess.ZeroReport, ""), observe("", assess.Exempt, "无文化宫"), ballot,
	}
	want := `unit,period,code,value,state,note,part,ref
210102,2026Q1,members,1204,reported,"按台账,""二级""
含新会员",,
210102,2026Q1,members,0,zero_report,,,
210102,2026Q1,members,,not_applicable,无文化宫,,
210102,2026Q1,members,92.5,reported,,leaders,b17
`
	if diff := cmp.Diff(want, observationsCSV(t, false, list...)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	want = `unit,period,code,value,state,note,part,ref,seq,submission,run,entered_by,accepted_by,recorded_at
210102,2026Q1,members,0,zero_report,,,,7,s1,r1,source:heping,li.hua,2026-04-03T01:00:00Z
`
	if diff := cmp.Diff(want, observationsCSV(t, true, list[1])); diff != "" {
		t.Errorf("with trace (-want +got):\n%s", diff)
	}
	out, err := export.NewObservations(&failing{}, false)
	if err == nil {
		err = out.Close()
	}
	if err == nil {
		t.Error("a reader that is gone is not said")
	}
}

// No cell begins as a formula does, and numbers stay numbers.
func TestNoCellIsAFormula(t *testing.T) {
	for _, text := range []string{
		"=HYPERLINK(\"http://example.org\")", "+1+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "＝1+1", "＋1", "－1", "＠x", "=", "-", "-Inf", "-0x1p-2", "+8613800000000",
	} {
		o := observe("1", assess.Reported, text)
		o.Part, o.Ref, o.EnteredBy = text, text, text
		csv := observationsCSV(t, true, o)
		for cell := range strings.SplitSeq(strings.Split(csv, "recorded_at\n")[1], ",") {
			if cell = strings.TrimPrefix(cell, `"`); cell != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(cell)[0]) {
				t.Errorf("%q becomes a cell that begins with %q", text, []rune(cell)[0])
			}
		}
	}
	for _, number := range []string{"-5", "-0.25", "0", "12.50"} {
		if csv := observationsCSV(t, false, observe(number, assess.Reported, number)); !strings.Contains(csv, ",members,"+number+",reported,"+number+",,\n") {
			t.Errorf("the number %s is written as %s", number, csv)
		}
	}
	s := sample(assess.Official)
	s.Cards[0].Nodes[2].Text = "=1+1"
	if csv := csvOf(t, export.Options{}, s); strings.Contains(csv, ",=1+1,") {
		t.Errorf("a level became a formula: %s", csv)
	}
}

// What is exported and imported again is what it was: every value digit by digit, states, notes, parts, also those that look like
// formulas to a spreadsheet. Cells are trimmed on the way in, so what the log holds has no space around it.
func TestImportOfExportIsTheSame(t *testing.T) {
	period := rapid.Custom(func(t *rapid.T) assess.Period {
		year := rapid.IntRange(2000, 2100).Draw(t, "year")
		switch q := rapid.IntRange(0, 4).Draw(t, "quarter"); q {
		case 0:
			return assess.NewYear(year)
		default:
			return assess.NewQuarter(year, q)
		}
	})
	text := rapid.Custom(func(t *rapid.T) string {
		start := rapid.SampledFrom([]string{"", "=", "+", "-", "@", "＝", "－", "'", `"`, "N/A", "-5"}).Draw(t, "start")
		rest := rapid.StringMatching(`[a-z0-9,;"'=+\-@\n 万元。]{0,12}`).Draw(t, "rest")
		return strings.TrimSpace(start + rest)
	})
	decimal := rapid.StringMatching(`-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?`)
	observation := rapid.Custom(func(t *rapid.T) assess.Observation {
		o := assess.Observation{CellKey: assess.CellKey{
			Unit: assess.UnitCode(rapid.StringMatching(`[0-9]{6}|[A-Z]{3}`).Draw(t, "unit")), Period: period.Draw(t, "period"),
			Item: assess.Code(rapid.StringMatching(`[a-z][a-z0-9_]{0,20}`).Draw(t, "item")), Part: text.Draw(t, "part"), Ref: text.Draw(t, "ref"),
		}, Note: text.Draw(t, "note")}
		o.State = rapid.SampledFrom([]assess.State{assess.Reported, assess.ZeroReport, assess.Exempt}).Draw(t, "state")
		switch o.State {
		case assess.Reported:
			o.Value = decimal.Draw(t, "value")
		case assess.ZeroReport:
			o.Value = "0"
		}
		return o
	})
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(observation, 1, 20).Draw(t, "observations")
		reading, err := source.ReadValues("export.csv", []byte(observationsCSV(t, rapid.Bool().Draw(t, "trace"), list...)))
		if err != nil || len(reading.Refused) > 0 || len(reading.Entries) != len(list) {
			t.Fatalf("%d of %d rows came back, refused %v, %v", len(reading.Entries), len(list), reading.Refused, err)
		}
		for i, e := range reading.Entries {
			got := assess.Observation{CellKey: assess.CellKey{Unit: e.Unit, Period: assess.MustPeriod(e.PeriodText), Item: e.Code, Part: e.Part, Ref: e.Ref}, State: assess.State(e.State), Value: e.Value, Note: e.Note}
			if diff := cmp.Diff(list[i], got, cmp.AllowUnexported(assess.Period{})); diff != "" {
				t.Fatalf("row %d (-exported +imported):\n%s", i, diff)
			}
		}
	})
}

// The gate takes the rows of an export as they were observed.
func TestTheGateTakesWhatWasExported(t *testing.T) {
	edition := &assess.Edition{
		Roster: assess.Roster{Units: []assess.Unit{{Code: "210102"}}},
		Items: []assess.Item{
			{Code: "members", Type: assess.Count}, {Code: "change", Type: assess.Percent}, {Code: "palace", Type: assess.Count}, {Code: "visits", Type: assess.Count},
		},
	}
	var list []assess.Observation
	for i, o := range []assess.Observation{
		observe("1204", assess.Reported, "=1+1"), observe("-3.5", assess.Reported, ""), observe("", assess.Exempt, ""), observe("0", assess.ZeroReport, ""),
	} {
		o.Item = edition.Items[i].Code
		list = append(list, o)
	}
	reading, err := source.ReadValues("export.csv", []byte(observationsCSV(t, true, list...)))
	if err != nil {
		t.Fatal(err)
	}
	observations, refused, missing := collect.Observations(edition, reading.Entries)
	if len(refused) > 0 || missing > 0 || len(observations) != len(list) {
		t.Fatalf("%d taken, refused %v, missing %d", len(observations), refused, missing)
	}
	for i, o := range observations {
		if o.CellKey != list[i].CellKey || o.State != list[i].State || o.Value != list[i].Value || o.Note != list[i].Note {
			t.Errorf("%+v became %+v", list[i], o)
		}
	}
}
