package export

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/unionboard/unionboard/internal/analysis"
)

// robustnessColumns are promised to other programs; their names and order stay.
var robustnessColumns = [...]string{"period", "framework", "unit", "rank", "rank_mean", "rank_median", "rank_p05", "rank_p95"}

// RobustnessCSV writes where places lie when weights move, as tidy CSV (UTF-8 without BOM, RFC 4180, LF): one row per unit in the
// order of the scores; a unit without a place has empty cells.
func RobustnessCSV(w io.Writer, list []*analysis.Robustness) error {
	out := csv.NewWriter(w)
	if err := out.Write(robustnessColumns[:]); err != nil {
		return fmt.Errorf("write robustness: %w", err)
	}
	for _, r := range list {
		for _, v := range r.Units {
			row := robustnessRow(r, v)
			harmless(row[:])
			if err := out.Write(row[:]); err != nil {
				return fmt.Errorf("write robustness: %w", err)
			}
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write robustness: %w", err)
	}
	return nil
}

// RobustnessColumns answers the names of the columns.
func RobustnessColumns() []string { return robustnessColumns[:] }

// RobustnessRecord answers the row of one unit.
func RobustnessRecord(r *analysis.Robustness, v analysis.Interval) []string {
	row := robustnessRow(r, v)
	return row[:]
}

func robustnessRow(r *analysis.Robustness, v analysis.Interval) (row [len(robustnessColumns)]string) {
	row[0], row[1], row[2] = r.Period.String(), string(r.Code), string(v.Unit)
	if v.Rank > 0 {
		row[3], row[4], row[5], row[6], row[7] = strconv.Itoa(v.Rank), shortest(v.Mean), shortest(v.Median), shortest(v.P05), shortest(v.P95)
	}
	return row
}

// RobustnessUnit is the row of one unit as an object; what is missing is left out.
type RobustnessUnit struct {
	Period    string   `json:"period"`
	Framework string   `json:"framework"`
	Unit      string   `json:"unit"`
	Rank      int      `json:"rank,omitempty"`
	Mean      *float64 `json:"rank_mean,omitempty"`
	Median    *float64 `json:"rank_median,omitempty"`
	P05       *float64 `json:"rank_p05,omitempty"`
	P95       *float64 `json:"rank_p95,omitempty"`
}

// RobustnessObject answers the row of one unit.
func RobustnessObject(r *analysis.Robustness, v analysis.Interval) RobustnessUnit {
	o := RobustnessUnit{Period: r.Period.String(), Framework: string(r.Code), Unit: string(v.Unit), Rank: v.Rank}
	if v.Rank > 0 {
		o.Mean, o.Median, o.P05, o.P95 = &v.Mean, &v.Median, &v.P05, &v.P95
	}
	return o
}

// RobustnessJSON writes the same rows as an array of objects.
func RobustnessJSON(w io.Writer, list []*analysis.Robustness) error {
	objects := []RobustnessUnit{}
	for _, r := range list {
		for _, v := range r.Units {
			objects = append(objects, RobustnessObject(r, v))
		}
	}
	text, err := json.MarshalIndent(objects, "", " ")
	if err != nil {
		return fmt.Errorf("write robustness: %w", err)
	}
	if _, err := w.Write(append(text, '\n')); err != nil {
		return fmt.Errorf("write robustness: %w", err)
	}
	return nil
}

// RobustnessTable writes one table a person can read, best place first, how it was made, and which places cannot be told apart.
// name answers what a unit or framework is called; it may be nil.
func RobustnessTable(w io.Writer, r *analysis.Robustness, name func(code string) string) error {
	if name == nil {
		name = func(code string) string { return code }
	}
	grid := [][]string{{"unit", "rank", "mean", "median", "5 %", "95 %"}}
	units := slices.Clone(r.Units)
	slices.SortStableFunc(units, func(a, b analysis.Interval) int { return placeOrLast(a) - placeOrLast(b) })
	for _, v := range units {
		row := []string{name(string(v.Unit)), "", "", "", "", ""}
		if v.Rank > 0 {
			row = []string{row[0], place(v.Rank), fixed(v.Mean, 2), fixed(v.Median, 1), fixed(v.P05, 1), fixed(v.P95, 1)}
		}
		grid = append(grid, row)
	}
	text := fmt.Sprintf("%s  %s  (%d draws, weights ±%s %%, seed %d)\n", name(string(r.Code)), r.Period, r.Draws, shortest(100*r.Range), r.Seed)
	text += align(grid)
	for _, b := range r.Bands {
		names := make([]string, len(b.Units))
		for i, u := range b.Units {
			names[i] = name(string(u))
		}
		text += fmt.Sprintf("%s cannot be told apart: %s\n", placesText(b), strings.Join(names, ", "))
	}
	if _, err := io.WriteString(w, text); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}

func placesText(b analysis.Band) string {
	if b.From == b.To {
		return fmt.Sprintf("Place %d is shared and", b.From)
	}
	return fmt.Sprintf("Places %d to %d", b.From, b.To)
}

// placeOrLast puts units without a place behind the others.
func placeOrLast(v analysis.Interval) int {
	if v.Rank == 0 {
		return 1 << 30
	}
	return v.Rank
}
