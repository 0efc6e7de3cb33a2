// Prepare makes what `unionboard score` reads of a composite index as the R package COINr describes one: a framework.yaml of
// indicators.csv, a units.csv, and a values.csv of a table with one row for each unit (and Time) and one column for each indicator.
//
//	go run ./docs/examples/asem/prepare [-method min_max] [-aggregate arithmetic] [-weights Weight] [-values raw.csv] DATA DIR
package main

import (
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// choice is how the index is made.
type choice struct {
	method, over, aggregate, weights, values, period, availability string
}

func main() {
	var c choice
	flag.StringVar(&c.method, "method", "min_max", "min_max, min_max_1_100, z_score, rank_number, borda, percentile_rank, distance_to_target, distance_capped, goalposts, scaled")
	flag.StringVar(&c.over, "over", "period", "period or panel: whose values are compared")
	flag.StringVar(&c.aggregate, "aggregate", "arithmetic", "arithmetic, geometric or harmonic")
	flag.StringVar(&c.weights, "weights", "Weight", "the column of weights: Weight or WeightAlt")
	flag.StringVar(&c.values, "values", "raw.csv", "the table of values")
	flag.StringVar(&c.period, "period", "2018", "the period of a table without the column Time")
	flag.StringVar(&c.availability, "availability", "0", "least share of a heading's weight that must be there")
	flag.Parse()
	if flag.NArg() != 2 {
		fmt.Fprintln(os.Stderr, "usage: prepare [flags] DATA DIR")
		os.Exit(2)
	}
	if err := prepare(c, flag.Arg(0), flag.Arg(1)); err != nil {
		fmt.Fprintln(os.Stderr, "prepare:", err)
		os.Exit(1)
	}
}

func prepare(c choice, data, dir string) error {
	indicators, err := read(filepath.Join(data, "indicators.csv"))
	if err != nil {
		return err
	}
	units, err := read(filepath.Join(data, "units.csv"))
	if err != nil {
		return err
	}
	values, err := read(filepath.Join(data, c.values))
	if err != nil {
		return err
	}
	text, err := c.framework(indicators)
	if err != nil {
		return err
	}
	figures, err := c.figures(indicators, values)
	if err != nil {
		return err
	}
	roster := [][]string{{"code", "name"}}
	for _, u := range units {
		roster = append(roster, []string{u["uCode"], u["uName"]})
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return errors.Join(
		os.WriteFile(filepath.Join(dir, "framework.yaml"), []byte(text), 0o644),
		write(filepath.Join(dir, "units.csv"), roster),
		write(filepath.Join(dir, "values.csv"), figures))
}

// framework writes the tree.
func (c choice) framework(indicators []map[string]string) (string, error) {
	var b strings.Builder
	root := slices.IndexFunc(indicators, func(row map[string]string) bool { return row["Parent"] == "" })
	if root < 0 {
		return "", errors.New("indicators.csv has no node without a parent")
	}
	top := indicators[root]
	fmt.Fprintf(&b, "code: %s\nname: %q\nlayer: analytic\ndecimals: 9\nfrequency: annual\navailability: %s\naggregate: %s\nchildren:\n",
		code(top["iCode"]), top["iName"], c.availability, c.aggregate)
	err := c.children(&b, indicators, top["iCode"], "  ")
	return b.String(), err
}

func (c choice) children(b *strings.Builder, indicators []map[string]string, parent, indent string) error {
	for _, row := range indicators {
		if row["Parent"] != parent {
			continue
		}
		weight, err := plain(row[c.weights])
		if err != nil {
			return fmt.Errorf("%s: weight: %w", row["iCode"], err)
		}
		fmt.Fprintf(b, "%s- code: %s\n%s  name: %q\n%s  weight: %s\n", indent, code(row["iCode"]), indent, row["iName"], indent, weight)
		if row["Level"] == "1" {
			err = c.indicator(b, row, indent+"  ")
		} else {
			fmt.Fprintf(b, "%s  aggregate: %s\n%s  children:\n", indent, c.aggregate, indent)
			err = c.children(b, indicators, row["iCode"], indent+"    ")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (c choice) indicator(b *strings.Builder, row map[string]string, indent string) error {
	if row["Direction"] == "-1" {
		fmt.Fprintf(b, "%sdirection: down\n", indent)
	}
	method := map[string]string{
		"min_max":       fmt.Sprintf("{kind: min_max, over: %s}", c.over),
		"min_max_1_100": fmt.Sprintf("{kind: min_max, over: %s, to: [1, 100]}", c.over),
		"scaled":        "{kind: scaled, low: 0, high: 100}",
	}[c.method]
	switch c.method {
	case "z_score", "rank_number", "borda", "percentile_rank":
		method = fmt.Sprintf("{kind: %s, over: %s}", c.method, c.over)
	case "distance_to_target", "distance_capped":
		target, err := plain(row["Target"])
		if err != nil {
			return fmt.Errorf("%s: target: %w", row["iCode"], err)
		}
		fmt.Fprintf(b, "%starget: {mode: ratio, full_year: %s}\n", indent, target)
		if method = fmt.Sprintf("{kind: distance_to_target, over: %s}", c.over); c.method == "distance_capped" {
			method = fmt.Sprintf("{kind: distance_to_target, over: %s, cap: 1}", c.over)
		}
	case "goalposts":
		low, errLow := plain(row["goalpost_lower"])
		high, errHigh := plain(row["goalpost_upper"])
		if err := errors.Join(errLow, errHigh); err != nil {
			return fmt.Errorf("%s: goalposts: %w", row["iCode"], err)
		}
		method = fmt.Sprintf("{kind: goalposts, low: %s, high: %s}", low, high)
	}
	if method == "" {
		return fmt.Errorf("there is no method %q", c.method)
	}
	fmt.Fprintf(b, "%smethod: %s\n", indent, method)
	return nil
}

// figures makes the tidy table of values; an empty cell is missing and is left out.
func (c choice) figures(indicators, values []map[string]string) ([][]string, error) {
	out := [][]string{{"unit", "period", "code", "value"}}
	for _, row := range values {
		period := row["Time"]
		if period == "" {
			period = c.period
		}
		for _, i := range indicators {
			v := row[i["iCode"]]
			if v == "" {
				continue
			}
			written, err := plain(v)
			if err != nil {
				return nil, fmt.Errorf("%s of %s: %w", i["iCode"], row["uCode"], err)
			}
			out = append(out, []string{row["uCode"], period, code(i["iCode"]), written})
		}
	}
	return out, nil
}

// code writes a code in lower case, as framework files have them.
func code(name string) string { return strings.ToLower(name) }

// plain writes a number without an exponent.
func plain(text string) (string, error) {
	d, err := decimal.NewFromString(text)
	return d.String(), err
}

// read answers the rows of a CSV file by the names of their columns.
func read(file string) (rows []map[string]string, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s is empty", file)
	}
	for _, cells := range all[1:] {
		row := map[string]string{}
		for i, name := range all[0] {
			row[name] = cells[i]
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func write(file string, rows [][]string) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	return errors.Join(csv.NewWriter(f).WriteAll(rows), f.Close())
}
