package export_test

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/export"
)

// promised are the columns that other programs read.
const promised = "period,framework,unit,node,level,value,score,points,full_points,rank,group_rank,grade,light,coverage,state"

func number(x float64) *float64 { return &x }

// sample is a framework of two districts with a node in every state.
func sample(layer assess.Layer) *assess.Scores {
	root := assess.NodeScore{
		Node: "f", Level: 2, State: assess.Scored, Score: 66.66666666666667, Shown: 66.67, Points: 66.66666666666667, FullPoints: 100,
		Rank: 1, GroupRank: 2, Grade: "good", Light: assess.Yellow, Coverage: 2.0 / 3,
	}
	return &assess.Scores{
		Framework: "f", Edition: "1", Period: assess.MustPeriod("2026Q1"), Decimals: 2, Layer: layer,
		Cards: []assess.Scorecard{
			{Unit: "210102", Nodes: []assess.NodeScore{
				root,
				{Node: "rate", Parent: "f", Level: 1, State: assess.Scored, Value: number(-1.0 / 3), Score: 33.335, Shown: 33.34, Points: 3.3335, FullPoints: 10, Rank: 3, Light: assess.Red, Coverage: 1},
				{Node: "graded", Parent: "f", Level: 1, State: assess.Scored, Text: "good", Score: 80, Shown: 80, Points: 8, FullPoints: 10, Coverage: 1},
				{Node: "due_later", Parent: "f", Level: 1, State: assess.NotDue},
			}},
			{Unit: "210103", Nodes: []assess.NodeScore{
				{Node: "f", Level: 2, State: assess.Pending, Low: 12.5, High: 90, FullPoints: 100, Coverage: 0.1},
				{Node: "rate", Parent: "f", Level: 1, State: assess.NotReported, FullPoints: 10},
				{Node: "graded", Parent: "f", Level: 1, State: assess.NotReported},
				{Node: "due_later", Parent: "f", Level: 1, State: assess.NotApplicable},
			}},
		},
		City: &assess.Scorecard{Unit: "2101", Nodes: []assess.NodeScore{
			{Node: "f", Level: 2, State: assess.Scored, Score: 50, Shown: 50, Points: 50, FullPoints: 100, Coverage: 1},
			{Node: "rate", Parent: "f", Level: 1, State: assess.Scored, Value: number(0.1), Score: 100, Shown: 100, Points: 10, FullPoints: 10},
			{Node: "graded", Parent: "f", Level: 1, State: assess.Pending},
			{Node: "due_later", Parent: "f", Level: 1, State: assess.NotDue},
		}},
	}
}

func csvOf(t *testing.T, o export.Options, list ...*assess.Scores) string {
	t.Helper()
	var b strings.Builder
	if err := export.ScoresCSV(&b, list, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestScoresCSV(t *testing.T) {
	tests := map[string]struct {
		layer assess.Layer
		o     export.Options
		want  string
	}{
		// The official layer is published in units of 0.0001 points; values keep every digit.
		"official": {assess.Official, export.Options{}, `
2026Q1,f,210102,f,2,,66.6667,66.6667,100.0000,1,2,good,yellow,0.6667,scored
2026Q1,f,210102,rate,1,-0.3333333333333333,33.3350,3.3335,10.0000,3,,,red,1,scored
2026Q1,f,210102,graded,1,good,80.0000,8.0000,10.0000,,,,,1,scored
2026Q1,f,210102,due_later,1,,,,,,,,,0,not_due
2026Q1,f,210103,f,2,,,,,,,,,0.1,pending
2026Q1,f,210103,rate,1,,0.0000,0.0000,10.0000,,,,,0,not_reported
2026Q1,f,210103,graded,1,,,,,,,,,0,not_reported
2026Q1,f,210103,due_later,1,,,,,,,,,0,not_applicable
`},
		// The analytic layer has the shortest decimal that reads back as the same number.
		"analytic, with the city": {assess.Analytic, export.Options{WithCity: true}, `
2026Q1,f,210102,f,2,,66.66666666666667,66.66666666666667,100,1,2,good,yellow,0.6667,scored
2026Q1,f,210102,rate,1,-0.3333333333333333,33.335,3.3335,10,3,,,red,1,scored
2026Q1,f,210102,graded,1,good,80,8,10,,,,,1,scored
2026Q1,f,210102,due_later,1,,,,,,,,,0,not_due
2026Q1,f,210103,f,2,,,,,,,,,0.1,pending
2026Q1,f,210103,rate,1,,0,0,10,,,,,0,not_reported
2026Q1,f,210103,graded,1,,,,,,,,,0,not_reported
2026Q1,f,210103,due_later,1,,,,,,,,,0,not_applicable
2026Q1,f,2101,f,2,,50,50,100,,,,,1,scored
2026Q1,f,2101,rate,1,0.1,100,10,10,,,,,0,scored
2026Q1,f,2101,graded,1,,,,,,,,,0,pending
2026Q1,f,2101,due_later,1,,,,,,,,,0,not_due
`},
		// Half-up: 33.335 is 33.34, −0.333 is −0.33.
		"two decimals": {assess.Official, export.Options{Decimals: new(2)}, `
2026Q1,f,210102,f,2,,66.67,66.67,100.00,1,2,good,yellow,0.6667,scored
2026Q1,f,210102,rate,1,-0.33,33.34,3.33,10.00,3,,,red,1,scored
2026Q1,f,210102,graded,1,good,80.00,8.00,10.00,,,,,1,scored
2026Q1,f,210102,due_later,1,,,,,,,,,0,not_due
2026Q1,f,210103,f,2,,,,,,,,,0.1,pending
2026Q1,f,210103,rate,1,,0.00,0.00,10.00,,,,,0,not_reported
2026Q1,f,210103,graded,1,,,,,,,,,0,not_reported
2026Q1,f,210103,due_later,1,,,,,,,,,0,not_applicable
`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := gocmp.Diff(promised+tt.want, csvOf(t, tt.o, sample(tt.layer))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	// 84.99496 is published as 84.99; its four decimals, 84.9950, would give 85.00.
	twice := sample(assess.Official)
	twice.Cards[0].Nodes[0].Score, twice.Cards[0].Nodes[0].Shown = 84.9950, 84.99
	if got := csvOf(t, export.Options{Decimals: new(2)}, twice); !strings.Contains(got, "f,2,,84.99,") {
		t.Errorf("rounded twice:\n%s", got)
	}
	var table strings.Builder
	if err := export.ScoresTable(&table, twice, nil, export.Options{Decimals: new(2)}); err != nil || !strings.Contains(table.String(), "84.99") {
		t.Errorf("rounded twice: %v\n%s", err, table.String())
	}
	if got := csvOf(t, export.Options{}); got != promised+"\n" {
		t.Errorf("without scores: %q", got)
	}
	if got := csvOf(t, export.Options{}, sample(assess.Official), sample(assess.Official)); strings.Count(got, "\n") != 17 {
		t.Errorf("two frameworks have\n%s", got)
	}
}

// What is no number is missing, and there is no negative zero.
func TestOddNumbers(t *testing.T) {
	s := sample(assess.Analytic)
	n := &s.Cards[0].Nodes[1]
	for _, tt := range []struct {
		value    float64
		decimals *int
		want     string
	}{
		{math.NaN(), nil, ""},
		{math.Inf(1), nil, ""},
		{math.NaN(), new(2), ""},
		{math.Inf(-1), new(2), ""},
		{-0.001, new(2), "0.00"},
		{1e21, nil, "1000000000000000000000"},
		{1e-7, nil, "0.0000001"},
		{2.5, new(0), "3"},
		{-2.5, new(0), "-3"},
	} {
		n.Value = number(tt.value)
		lines := strings.Split(csvOf(t, export.Options{Decimals: tt.decimals}, s), "\n")
		if got := strings.Split(lines[2], ",")[5]; got != tt.want {
			t.Errorf("%v is written %q, want %q", tt.value, got, tt.want)
		}
	}
}

func TestScoresJSONHasTheRowsOfTheCSV(t *testing.T) {
	for _, layer := range []assess.Layer{assess.Official, assess.Analytic} {
		var b bytes.Buffer
		o := export.Options{WithCity: true}
		if err := export.ScoresJSON(&b, []*assess.Scores{sample(layer), sample(layer)}, o); err != nil {
			t.Fatal(err)
		}
		var objects []map[string]json.RawMessage
		if err := json.Unmarshal(b.Bytes(), &objects); err != nil {
			t.Fatalf("%v: %s", err, &b)
		}
		lines, err := csv.NewReader(strings.NewReader(csvOf(t, o, sample(layer), sample(layer)))).ReadAll()
		if err != nil || len(objects) != len(lines)-1 {
			t.Fatalf("%d objects for %d rows, %v", len(objects), len(lines)-1, err)
		}
		for i, row := range lines[1:] {
			for column, text := range row {
				name := lines[0][column]
				raw, there := objects[i][name]
				if there != (text != "") {
					t.Errorf("row %d: %s is %q in the CSV and %s in JSON", i, name, text, raw)
				}
				if want := typed(name, text); there && string(raw) != want {
					t.Errorf("row %d: %s is %s, want %s", i, name, raw, want)
				}
			}
		}
	}
	var b bytes.Buffer
	if err := export.ScoresJSON(&b, nil, export.Options{}); err != nil || b.String() != "[]\n" {
		t.Errorf("without scores: %q, %v", b.String(), err)
	}
}

// typed writes a field as JSON has it: numbers as numbers, all else as strings. A value may be either.
func typed(name, text string) string {
	switch name {
	case "level", "score", "points", "full_points", "rank", "group_rank", "coverage":
		return text
	case "value":
		if text != "good" {
			return text
		}
	}
	return `"` + text + `"`
}

// A level of a graded item that looks like a number to a careless reader stays text.
func TestLevelsAreTextInJSON(t *testing.T) {
	for _, level := range []string{"inf", "nan", "0x10", "1e5", "007", "1_0", "+1", "a\"b"} {
		s := sample(assess.Official)
		s.Cards[0].Nodes[2].Text = level
		var b bytes.Buffer
		if err := export.ScoresJSON(&b, []*assess.Scores{s}, export.Options{}); err != nil {
			t.Fatal(err)
		}
		var objects []struct{ Value any }
		if err := json.Unmarshal(b.Bytes(), &objects); err != nil {
			t.Errorf("%s: %v", level, err)
			continue
		}
		if objects[2].Value != level {
			t.Errorf("%s is %v", level, objects[2].Value)
		}
	}
}

// TestTheTableCountsWhatIsMissing: a range says little without how many figures it waits for.
func TestTheTableCountsWhatIsMissing(t *testing.T) {
	var b strings.Builder
	s := sample(assess.Official)
	for i := range s.Cards[0].Nodes { // of the first unit, the indicators wait and so does their heading
		s.Cards[0].Nodes[i].State = assess.Pending
	}
	if err := export.ScoresTable(&b, s, nil, export.Options{}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(b.String(), "\n")
	if got := [][]string{strings.Fields(lines[1])[2:4], strings.Fields(lines[2])[3:4], strings.Fields(lines[3])[2:3]}; !reflect.DeepEqual(got, [][]string{{"score", "missing"}, {"3"}, {"0"}}) {
		t.Errorf("%v of\n%s", got, b.String())
	}
}

func TestScoresTable(t *testing.T) {
	names := map[string]string{"f": "六个体系", "210102": "和平区", "210103": "沈河区", "2101": "全市", "rate": "入会率"}
	name := func(code string) string { return cmp.Or(names[code], code) }
	var b strings.Builder
	s := sample(assess.Official)
	if err := export.ScoresTable(&b, s, name, export.Options{WithCity: true}); err != nil {
		t.Fatal(err)
	}
	// Chinese characters are two columns wide. What is not reported costs its points where it is due, and is named where its weight
	// was spread.
	want := `六个体系  2026Q1  (edition 1)
unit    rank        score  missing  入会率        graded       due_later
和平区     1        66.67        0   33.34         80.00         not_due
沈河区        12.50–90.00        0    0.00  not_reported  not_applicable
全市                50.00        1  100.00     0.00–0.00         not_due
`
	if diff := gocmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	b.Reset()
	if err := export.ScoresTable(&b, s, nil, export.Options{Decimals: new(4)}); err != nil {
		t.Fatal(err)
	}
	if got := strings.Fields(strings.Split(b.String(), "\n")[2]); got[0] != "210102" || got[2] != "66.6667" || got[3] != "33.3350" {
		t.Errorf("with four decimals and without names: %v", got)
	}
}

// The year's composite shows what was added and taken off.
func TestTheTableOfAYear(t *testing.T) {
	s := sample(assess.Official)
	s.Framework, s.Period = assess.CompositeCode, assess.MustPeriod("2025")
	s.Cards[0].Bonus, s.Cards[0].Late = 2.5, 0.5
	var b strings.Builder
	if err := export.ScoresTable(&b, s, nil, export.Options{}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(b.String(), "\n")
	if head, row := strings.Fields(lines[1]), strings.Fields(lines[2]); strings.Join(head[3:6], " ") != "bonus late grade" || strings.Join(row[3:6], " ") != "2.50 0.50 good" {
		t.Errorf("head %v, row %v", head, row)
	}
}

// failing takes a number of bytes and then no more.
type failing struct{ left int }

var errGone = errors.New("the reader is gone")

func (f *failing) Write(b []byte) (int, error) {
	if f.left -= len(b); f.left < 0 {
		return 0, errGone
	}
	return len(b), nil
}

func TestAFailingReaderIsSaid(t *testing.T) {
	list := make([]*assess.Scores, 200) // more than what is buffered
	for i := range list {
		list[i] = sample(assess.Official)
	}
	for _, room := range []int{0, 5000} {
		for name, write := range map[string]func() error{
			"csv":   func() error { return export.ScoresCSV(&failing{room}, list, export.Options{}) },
			"json":  func() error { return export.ScoresJSON(&failing{room}, list, export.Options{}) },
			"table": func() error { return export.ScoresTable(&failing{0}, list[0], nil, export.Options{}) },
		} {
			if err := write(); !errors.Is(err, errGone) {
				t.Errorf("%s with room for %d bytes: %v", name, room, err)
			}
		}
	}
}
