// Prepare makes the two files that `unionboard score` reads, units.csv and values.csv, of the published components of the Human
// Development Index. Names with commas and quotes keep them.
//
//	go run ./docs/examples/hdi/prepare components.csv DIR
package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: prepare components.csv DIR")
		os.Exit(2)
	}
	if err := prepare(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "prepare:", err)
		os.Exit(1)
	}
}

// values are the columns that are figures.
var values = []string{"life_expectancy", "expected_years_schooling", "mean_years_schooling", "gni_per_capita_2017ppp"}

func prepare(components, dir string) error {
	rows, column, err := read(components)
	if err != nil {
		return err
	}
	units := [][]string{{"code", "name", "kind"}}
	figures := [][]string{{"unit", "period", "code", "value"}}
	seen := map[string]bool{}
	for _, row := range rows {
		code := row[column["iso3"]]
		if !seen[code] {
			seen[code] = true
			kind := row[column["kind"]]
			if kind != "country" {
				kind = "region" // an aggregate of the publisher's own, scored and not ranked
			}
			units = append(units, []string{code, row[column["name"]], kind})
		}
		for _, v := range values {
			if row[column[v]] != "" { // an empty cell is missing
				figures = append(figures, []string{code, row[column["year"]], v, row[column[v]]})
			}
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return errors.Join(write(filepath.Join(dir, "units.csv"), units), write(filepath.Join(dir, "values.csv"), figures))
}

// read answers the rows of a CSV file and the number of each column.
func read(file string) (rows [][]string, column map[string]int, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	in := csv.NewReader(f)
	head, err := in.Read()
	if errors.Is(err, io.EOF) {
		return nil, nil, fmt.Errorf("%s is empty", file)
	} else if err != nil {
		return nil, nil, err
	}
	column = map[string]int{}
	for i, name := range head {
		column[name] = i
	}
	for _, name := range append([]string{"year", "iso3", "name", "kind"}, values...) {
		if _, ok := column[name]; !ok {
			return nil, nil, fmt.Errorf("%s has no column %s", file, name)
		}
	}
	rows, err = in.ReadAll()
	return rows, column, err
}

func write(file string, rows [][]string) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	return errors.Join(csv.NewWriter(f).WriteAll(rows), f.Close())
}
