package main

import (
	"bytes"
	"encoding/csv"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/score/handbook"
)

// asemData finds the folder of the index that is not part of the project; it skips the test where there is none.
func asemData(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	folders := []string{os.Getenv("UNIONBOARD_TEST_SHARED")}
	for parent := filepath.Dir(dir); parent != dir; dir, parent = parent, filepath.Dir(parent) {
		folders = append(folders, filepath.Join(parent, "shared"))
	}
	for _, folder := range folders {
		found := filepath.Join(folder, "coinr-asem")
		if _, err := os.Stat(found); folder != "" && err == nil {
			return found
		}
	}
	t.Skip("no folder shared/coinr-asem with the published data; set UNIONBOARD_TEST_SHARED to check against it")
	return ""
}

// TestASEMThroughTheCommands prepares the index and scores it as a person would, in four ways, and holds every score of the output
// to the definitions.
func TestASEMThroughTheCommands(t *testing.T) {
	data := asemData(t)
	tool := filepath.Join(t.TempDir(), "prepare")
	if out, err := exec.Command("go", "build", "-o", tool, "../../docs/examples/asem/prepare").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, c := range []struct {
		flags  []string
		method handbook.Method
		mean   handbook.Mean
		weight string
		values string
	}{
		{nil, handbook.Method{Name: "min_max", U: 100}, handbook.Arithmetic, "Weight", "raw.csv"},
		{[]string{"-weights", "WeightAlt", "-method", "z_score", "-values", "raw_holes.csv"}, handbook.Method{Name: "z_score", U: 1}, handbook.Arithmetic, "WeightAlt", "raw_holes.csv"},
		{[]string{"-method", "min_max_1_100", "-aggregate", "geometric", "-values", "raw_holes.csv"}, handbook.Method{Name: "min_max", L: 1, U: 100}, handbook.Geometric, "Weight", "raw_holes.csv"},
		{[]string{"-method", "distance_capped", "-weights", "WeightAlt"}, handbook.Method{Name: "distance_to_target", Capped: true}, handbook.Arithmetic, "WeightAlt", "raw.csv"},
	} {
		t.Run(c.method.Name+" "+string(c.mean), func(t *testing.T) {
			dir := t.TempDir()
			if out, err := exec.Command(tool, append(c.flags, data, dir)...).CombinedOutput(); err != nil {
				t.Fatalf("prepare: %v\n%s", err, out)
			}
			var out, errOut bytes.Buffer
			file := func(name string) string { return filepath.Join(dir, name) }
			code := run([]string{
				"score", "--framework-file", file("framework.yaml"), "--units", file("units.csv"), "--values", file("values.csv"),
				"--period", "2018", "--format", "csv",
			}, strings.NewReader(""), &out, &errOut)
			if code != exitDone {
				t.Fatalf("score ended with %d: %s", code, errOut.String())
			}
			units, want := asemByDefinition(t, data, c.values, c.method, c.mean, c.weight)
			compared := 0
			for _, row := range table(t, &out) {
				w := want[row["node"]][slices.Index(units, row["unit"])]
				got, err := strconv.ParseFloat(row["score"], 64)
				if math.IsNaN(w) != (err != nil) || err == nil && math.Abs(got-w) > 1e-9*max(1, math.Abs(w)) {
					t.Fatalf("%s of %s is %q, by the definitions %v", row["node"], row["unit"], row["score"], w)
				}
				compared++
			}
			if compared != 51*60 {
				t.Errorf("%d rows were compared, want %d", compared, 51*60)
			}
		})
	}
}

// asemByDefinition answers the units and every node's scores, straight from the files.
func asemByDefinition(t *testing.T, data, values string, m handbook.Method, mean handbook.Mean, weights string) (units []string, want map[string][]float64) {
	t.Helper()
	number := func(text string) float64 {
		v, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return math.NaN()
		}
		return v
	}
	file, err := os.Open(filepath.Join(data, values))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows := table(t, file)
	for _, row := range rows {
		units = append(units, row["uCode"])
	}
	tree, err := os.Open(filepath.Join(data, "indicators.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	nodes := map[string]*handbook.Tree{}
	indicators := table(t, tree)
	var root *handbook.Tree
	for _, i := range indicators {
		n := &handbook.Tree{Code: strings.ToLower(i["iCode"]), Weight: number(i[weights])}
		if nodes[i["iCode"]] = n; i["Parent"] == "" {
			root = n
		}
		if i["Level"] == "1" {
			column := make([]float64, len(rows))
			for u, row := range rows {
				column[u] = number(row[i["iCode"]])
			}
			m.Target = number(i["Target"])
			n.Scores = handbook.Normalise(m, number(i["Direction"]), column)
		}
	}
	for _, i := range indicators {
		if up := nodes[i["Parent"]]; up != nil {
			up.Parts = append(up.Parts, nodes[i["iCode"]])
		}
	}
	return units, handbook.Index(root, mean, 0)
}

// table reads a CSV file by the names of its columns.
func table(t *testing.T, from io.Reader) (rows []map[string]string) {
	t.Helper()
	all, err := csv.NewReader(from).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, cells := range all[1:] {
		row := map[string]string{}
		for i, name := range all[0] {
			row[name] = cells[i]
		}
		rows = append(rows, row)
	}
	return rows
}
