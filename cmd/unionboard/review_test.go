package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

func TestACityComesToItsScores(t *testing.T) {
	t.Parallel()
	q := oldQuarter()
	dir := installation(t, "sources:", "  - {name: sheets, kind: drop, folder: drop, supplies: [reported, city, register, system]}")
	figures, targets := cityFiles(t, t.TempDir(), q)
	if out := good(t, "import", "--data", dir, targets); !strings.Contains(out, "targets new ") {
		t.Errorf("the targets say %q", out)
	}
	body, err := os.ReadFile(figures)
	if err != nil {
		t.Fatal(err)
	}
	sheet := filepath.Join(dir, "drop", "city.csv")
	write(t, sheet, string(body))
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(sheet, old, old); err != nil {
		t.Fatal(err)
	}

	r := call(t, "collect", "--data", dir, "--period", q.String())
	if r.code != exitDone {
		t.Fatalf("the collection ends with %d: %s%s", r.code, r.out, r.err)
	}
	r.says(t, "reports waiting for review: 13", "unionboard review --data "+dir)
	call(t, "score", "--data", dir, "--period", q.String()).oneSentence(t, exitFailed, q.String(), "no figures")

	list := good(t, "review", "--data", dir)
	// The annual figures wait with the report of the quarter.
	mine := fmt.Sprintf("210102\t%s\tsubmitted\t%d\t", q, strings.Count(string(body), "\n210102,"))
	if strings.Count(list, "\n") != 14 || !strings.Contains(list, mine) {
		t.Errorf("what waits is\n%s", list)
	}
	if one := good(t, "review", "--data", dir, "--period", q.String(), "--unit", "210102"); strings.Count(one, "\n") != 2 {
		t.Errorf("of one unit waits\n%s", one)
	}

	// A returned report waits for its district, it is not accepted with the others.
	if out := good(t, "review", "--data", dir, "--unit", "210103", "--period", q.String(), "--return", "union_members", "--reason", "definition", "--note", "口径不符"); !strings.Contains(out, "210103\t"+q.String()+"\treturned\t1") {
		t.Errorf("the return says %q", out)
	}
	inside(t, dir, func(a *app) {
		filings, err := a.store.Filings(t.Context(), q)
		if err != nil || len(filings) != 13 || filings[1].State != assess.Returned || filings[1].Returns != 1 {
			t.Errorf("after the return the reports are %+v, %v", filings, err)
		}
	})
	if out := good(t, "review", "--data", dir, "--unit", "210102", "--accept"); !strings.Contains(out, "210102\t"+q.String()+"\taccepted\t") || strings.Count(out, "\n") != 1 {
		t.Errorf("of one unit it accepts\n%s", out)
	}
	r = call(t, "review", "--data", dir, "--period", q.String(), "--accept")
	if got := strings.Count(r.out, "\taccepted\t"); got != 11 || r.code != exitDone {
		t.Errorf("of the period it accepts %d and ends with %d: %s%s", got, r.code, r.out, r.err)
	}

	// The district hands the figure in again.
	again := filepath.Join(dir, "drop", "again.csv")
	write(t, again, "unit,period,code,value", "210103,"+q.String()+",union_members,30412", "")
	if err := os.Chtimes(again, old, old); err != nil {
		t.Fatal(err)
	}
	call(t, "collect", "--data", dir, "--period", q.String()).says(t, "reports waiting for review: 1;")
	if out := good(t, "review", "--data", dir, "--period", q.String(), "--accept"); !strings.Contains(out, "210103") {
		t.Errorf("what came again was not accepted: %s", out)
	}
	if r := call(t, "review", "--data", dir); r.code != exitDone || r.out != "" || !strings.Contains(r.err, "no report waits") {
		t.Errorf("with nothing to do it says %q %q", r.out, r.err)
	}
	for _, framework := range []string{"six_systems", "five_projects", "five_type_organ", "composite"} {
		scoredCity(t, dir, q, framework)
	}
}

func cityFiles(t *testing.T, folder string, q assess.Period) (figures, targets string) {
	t.Helper()
	figures, targets = filepath.Join(folder, q.String()+".csv"), filepath.Join(folder, "targets.csv")
	inside(t, copyDemonstration(t), func(a *app) {
		from := assess.MustPeriod("2026Q1")
		dated := strings.NewReplacer(","+from.String()+",", ","+q.String()+",", ","+from.Year().String()+",", ","+q.Year().String()+",")
		text := a.written(t, "observations", from)
		for line := range strings.Lines(a.written(t, "observations", from.Year())) {
			if strings.Contains(line, ","+from.Year().String()+",") {
				text += line // what is planned for the year
			}
		}
		write(t, figures, dated.Replace(text))
		all, err := a.store.Targets(t.Context(), from.CalendarYear())
		if err != nil || len(all) == 0 {
			t.Fatalf("%d targets: %v", len(all), err)
		}
		lines := []string{"unit,period,code,target"}
		for _, target := range all {
			if target.From.IsZero() {
				lines = append(lines, fmt.Sprintf("%s,%s,%s,%s", target.Unit, q.Year(), target.Code, target.Value))
			}
		}
		write(t, targets, append(lines, "")...)
	})
	return figures, targets
}

func scoredCity(t *testing.T, dir string, q assess.Period, framework string) {
	t.Helper()
	table := rows(t, good(t, "score", "--data", dir, "--period", q.String(), "--framework", framework, "--format", "csv"))
	roots := where(table, "node", framework, "state", "scored")
	for _, row := range roots {
		if row["score"] == "" || row["rank"] == "" {
			t.Errorf("no score: %v", row)
		}
	}
	if len(roots) != 13 {
		t.Errorf("%s: %d of 13 districts have a score", framework, len(roots))
	}
}

func TestReviewAnswersWrongUse(t *testing.T) {
	t.Parallel()
	dir := installation(t)
	for _, wrong := range []struct {
		words []string
		says  []string
	}{
		{[]string{"--accept"}, []string{"--accept", "--period or --unit"}},
		{[]string{"--accept", "--return", "a"}, []string{"exclude each other"}},
		{[]string{"--return", "union_members", "--unit", "210102"}, []string{"--reason CODE", "--note TEXT"}},
		{[]string{"--note", "x"}, []string{"belong to --return"}},
		{[]string{"--period", "2026-03"}, []string{"2026-03", "2026Q1"}},
		{[]string{"--unit", "210999"}, []string{"210999", "210102"}},
	} {
		call(t, append([]string{"review", "--data", dir}, wrong.words...)...).oneSentence(t, exitUsage, wrong.says...)
	}
	q := oldQuarter().String()
	call(t, "review", "--data", dir, "--unit", "210102", "--period", q, "--return", "union_members", "--reason", "mood", "--note", "x").
		oneSentence(t, exitRefused, "mood", "definition")
}
