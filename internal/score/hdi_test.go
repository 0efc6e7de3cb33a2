package score_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/catalog"
	"github.com/unionboard/unionboard/internal/score"
)

// shared finds a folder of data that is not part of the project, by UNIONBOARD_TEST_SHARED or upwards from here; it skips the test
// where there is none.
func shared(t testing.TB, folder string) string {
	t.Helper()
	if dir := os.Getenv("UNIONBOARD_TEST_SHARED"); dir != "" {
		return filepath.Join(dir, folder)
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for parent := filepath.Dir(dir); parent != dir; dir, parent = parent, filepath.Dir(parent) {
		if found := filepath.Join(parent, "shared", folder); exists(found) {
			return found
		}
	}
	t.Skipf("no folder shared/%s with the published data; set UNIONBOARD_TEST_SHARED to check against it", folder)
	return ""
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func hdiFramework(t testing.TB) *assess.Framework {
	t.Helper()
	const file = "../../docs/examples/hdi/framework.yaml"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	f, err := catalog.ReadFramework(file, text)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestHumanDevelopmentIndex computes the index of all countries and years that the United Nations Development Programme published
// (Human Development Report 2023-24, CC BY 3.0 IGO) and compares every value to three decimals, and the ranks of 2022.
func TestHumanDevelopmentIndex(t *testing.T) {
	file, err := os.Open(filepath.Join(shared(t, "hdi"), "components.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := func(name string) int { return slices.Index(rows[0], name) }
	r, periods := hdiRoster(rows, column)
	f := hdiFramework(t)
	items, err := score.Implied(f)
	if err != nil {
		t.Fatal(err)
	}
	p := score.NewPanel(r, items, periods)
	for _, row := range rows[1:] {
		for _, item := range []assess.Code{"life_expectancy", "expected_years_schooling", "mean_years_schooling", "gni_per_capita_2017ppp"} {
			if v := row[column(string(item))]; v != "" {
				put(t, p, assess.UnitCode(row[column("iso3")]), assess.MustPeriod(row[column("year")]), item, v)
			}
		}
	}
	all, err := score.Series(f, p, periods, score.Options{})
	if err != nil {
		t.Fatal(err)
	}
	values, regions, ranks := 0, 0, 0
	for _, row := range rows[1:] {
		year := assess.MustPeriod(row[column("year")])
		n := all[slices.Index(periods, year)].Card(assess.UnitCode(row[column("iso3")])).Root()
		published, rank := row[column("hdi_published")], row[column("rank_published")]
		switch want, _ := strconv.ParseFloat(published, 64); {
		case published == "":
			// Rwanda 1990 to 1994 was withheld by the publisher although the components are there.
			if n.HasScore() && row[column("iso3")] != "RWA" {
				t.Errorf("%s %s has %v, and nothing is published", row[column("iso3")], year, n.Shown)
			}
		case n.Shown != want:
			t.Errorf("%s %s: %v, published %s", row[column("iso3")], year, n.Shown, published)
		case row[column("kind")] == "country":
			values++
		default:
			regions++
		}
		if rank != "" {
			if strconv.Itoa(n.Rank) != rank {
				t.Errorf("%s %s: rank %d, published %s", row[column("iso3")], year, n.Rank, rank)
			}
			ranks++
		}
	}
	if values != 5808 || regions != 363 || ranks != 193 {
		t.Errorf("%d country-years, %d regional values and %d ranks are equal, want 5808, 363 and 193", values, regions, ranks)
	}
}

func hdiRoster(rows [][]string, column func(string) int) (r assess.Roster, periods []assess.Period) {
	seen := map[string]bool{}
	for _, row := range rows[1:] {
		code, year := row[column("iso3")], row[column("year")]
		if !seen[code] {
			r.Units = append(r.Units, assess.Unit{Code: assess.UnitCode(code), Kind: assess.Code(row[column("kind")])})
		}
		if !seen[year] {
			periods = append(periods, assess.MustPeriod(year))
		}
		seen[code], seen[year] = true, true
	}
	return r, periods
}
