// Check compares scores with the published Human Development Index: every value to three decimals, and the ranks of the last year.
//
//	go run ./docs/examples/hdi/check scores.csv components.csv
package main

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"strconv"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: check scores.csv components.csv")
		os.Exit(2)
	}
	same, err := check(os.Args[1], os.Args[2])
	if err != nil {
		fmt.Fprintln(os.Stderr, "check:", err)
		os.Exit(1)
	}
	if !same {
		os.Exit(1)
	}
}

// key is a unit in a period.
type key struct{ period, unit string }

// result is what was computed for it.
type result struct{ score, rank string }

// count tells how many of a kind are equal to what is published.
type count struct{ equal, all int }

func check(scores, components string) (same bool, err error) {
	computed := map[key]result{}
	err = each(scores, func(cell func(string) string) error {
		if cell("node") == cell("framework") { // the root: the index itself
			computed[key{cell("period"), cell("unit")}] = result{cell("score"), cell("rank")}
		}
		return nil
	})
	if err != nil {
		return false, err
	}
	var countries, regions, ranks, gaps count
	err = each(components, func(cell func(string) string) error {
		at := key{cell("year"), cell("iso3")}
		got := computed[at]
		switch published := cell("hdi_published"); {
		case !complete(cell):
			compare(&gaps, at, "value", got.score, "")
		case published == "": // withheld by the publisher although the data are there
		case cell("kind") == "country":
			compare(&countries, at, "value", threeDecimals(got.score), threeDecimals(published))
		default:
			compare(&regions, at, "value", threeDecimals(got.score), threeDecimals(published))
		}
		if rank := cell("rank_published"); rank != "" {
			compare(&ranks, at, "rank", got.rank, rank)
		}
		return nil
	})
	if err != nil {
		return false, err
	}
	same = countries.all > 0
	for _, line := range []struct {
		what string
		count
	}{
		{"country-years equal to what is published", countries},
		{"regional values equal to what is published", regions},
		{"ranks equal to what is published", ranks},
		{"without an index for want of data", gaps},
	} {
		fmt.Printf("%s: %d of %d\n", line.what, line.equal, line.all)
		same = same && line.equal == line.all
	}
	return same, nil
}

func complete(cell func(string) string) bool {
	return cell("life_expectancy") != "" && cell("expected_years_schooling") != "" &&
		cell("mean_years_schooling") != "" && cell("gni_per_capita_2017ppp") != ""
}

func compare(c *count, at key, what, got, want string) {
	c.all++
	if got == want {
		c.equal++
		return
	}
	fmt.Printf("%s of %s in %s is %q, published %q\n", what, at.unit, at.period, got, want)
}

// threeDecimals rounds half-up, after noise beyond the ninth decimal is taken off.
func threeDecimals(text string) string {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text
	}
	thousandths := (int64(math.Round(v*1e9)) + 500_000) / 1_000_000
	return strconv.FormatFloat(float64(thousandths)/1000, 'f', 3, 64)
}

// each calls visit for every row of a CSV file with its cells by the name of their column.
func each(file string, visit func(cell func(string) string) error) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return fmt.Errorf("%s is empty", file)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	for _, row := range rows[1:] {
		cell := func(name string) string {
			if i, ok := column[name]; ok {
				return row[i]
			}
			return ""
		}
		if err := visit(cell); err != nil {
			return err
		}
	}
	return nil
}
