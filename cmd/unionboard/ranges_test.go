package main

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestExportTakesRanges of quarters and of years, and refuses what is none: every period is there, in order, and no other.
func TestExportTakesRanges(t *testing.T) {
	dir := demonstration(t)
	for _, c := range []struct {
		command string
		want    []string
	}{
		{"--period 2026Q1..2026Q3 --table scores", []string{"2026Q1", "2026Q2", "2026Q3"}},
		{"--period 2025Q4..2026Q1 --table scores", []string{"2025Q4", "2026Q1"}},
		{"--period 2026q2..2026q2 --table scores", []string{"2026Q2"}},
		{"--period 2025..2026 --table scores", []string{"2025", "2026"}},
		{"--period 2025Q4..2026Q1 --table observations", []string{"2025Q4", "2026Q1"}},
		{"--period 2025 --table observations", []string{"2025", "2025Q1", "2025Q2", "2025Q3", "2025Q4"}},
		{"--period 2025Q4..2026Q2 --table scores --unit 210102", []string{"2025Q4", "2026Q1", "2026Q2"}},
	} {
		found, units := map[string]bool{}, map[string]bool{}
		for _, row := range rows(t, good(t, append([]string{"export", "--data", dir}, strings.Fields(c.command)...)...)) {
			found[row["period"]], units[row["unit"]] = true, true
		}
		if diff := cmp.Diff(c.want, slices.Sorted(maps.Keys(found))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.command, diff)
		}
		if strings.Contains(c.command, "--unit") != (len(units) == 1) {
			t.Errorf("%s: units %v", c.command, slices.Sorted(maps.Keys(units)))
		}
	}
	for _, c := range []struct{ period, says string }{
		{"2026Q3..2026Q1", "write the earlier period first"},
		{"2026Q1..2026", "two of a kind"},
		{"2025..2026Q1", "two of a kind"},
		{"2026-01..2026Q1", "two of a kind"},
		{"2000Q1..2026Q1", "more than 40 periods"},
		{"2026Q1..", "the first and the last period"},
		{"..2026Q1", "the first and the last period"},
		{"2026Q1..2026Q2..2026Q3", "is not a period"},
		{"2026Q1-2026Q3", "is not a period"},
	} {
		call(t, "export", "--data", dir, "--period", c.period, "--table", "scores", "--out", filepath.Join(t.TempDir(), "x")).oneSentence(t, exitUsage, c.says)
	}
}
