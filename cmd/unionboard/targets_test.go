package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

func TestImportTakesTargets(t *testing.T) {
	t.Parallel()
	dir, q := installation(t), oldQuarter()
	year := q.Year().String()
	file := filepath.Join(t.TempDir(), "targets.csv")
	row := func(unit, period, code, target string) string {
		return strings.Join([]string{unit, period, code, target}, ",")
	}
	const heads, code = "unit,period,code,target", "skill_upgrade_count"
	held := func() (all []assess.Target) {
		inside(t, dir, func(a *app) {
			var err error
			if all, err = a.store.Targets(t.Context(), q.CalendarYear()); err != nil {
				t.Fatal(err)
			}
		})
		return all
	}

	write(t, file, heads, row("210102", year, code, "120"), row("210999", year, code, "1"), row("210102", year, "skill_upgrade_ytd", "1"),
		row("210102", year, "skil_upgrade_count", "1"), row("210102", year+"-03", code, "1"), row("210102", "spring", code, "1"),
		row("210103", year, code, "-1"), row("210102", "1999", code, "1"), row("210102", year, "frobnicate", "1"), "")
	before := head(t, dir)
	r := call(t, "import", "--data", dir, file)
	if r.code != exitRefused || r.out != "" {
		t.Errorf("it ends with %d: %s", r.code, r.out)
	}
	r.says(t, file+":3:1: ", `"210999"`, file+":4:3: ", "did you mean the indicator "+code+"?", file+":5:3: ", file+":6:2: ", "neither a year nor a quarter",
		file+":7:2: ", "spring", file+":8:4: ", "below zero", file+":9:2: ", "nothing is defined for 1999", file+":10:3: ", "by the codes of indicators")
	if lines := strings.Count(r.err, "\n"); lines != 8 {
		t.Errorf("%d lines for eight rows: %s", lines, r.err)
	}
	if after := head(t, dir); after != before {
		t.Errorf("refused targets have moved the log: %+v, before %+v", after, before)
	}

	write(t, file, heads, row("210102", year, code, "120"), row("*", year, code, "80"), "")
	if out := good(t, "import", "--data", dir, "--dry-run", file); !strings.Contains(out, "targets new 2, changed 0, unchanged 0") {
		t.Errorf("dry it says %q", out)
	}
	if after := head(t, dir); after != before {
		t.Errorf("the dry run has moved the log: %+v, before %+v", after, before)
	}
	good(t, "import", "--data", dir, file)
	if all := held(); len(all) != 2 || all[1].Unit != "210102" || all[1].Value.String() != "120" {
		t.Errorf("targets are %+v", all)
	}
	if now := head(t, dir); now.Audit != before.Audit+1 {
		t.Errorf("%d lines in the audit log, before %d", now.Audit, before.Audit)
	}
	again := head(t, dir)
	if out := good(t, "import", "--data", dir, "--format", "json", file); !strings.Contains(out, `"targets_new":0,"targets_changed":0,"targets_unchanged":2`) {
		t.Errorf("the same again says %q", out)
	}
	if now := head(t, dir); now != again {
		t.Errorf("the same again has moved the log: %+v, before %+v", now, again)
	}

	// A code that nobody could have meant is answered with those there are.
	write(t, file, heads, row("210102", year, "zzzzzzzzzzzz", "150"), "")
	call(t, "import", "--data", dir, file).oneSentence(t, exitRefused, "is not an indicator of", "codes of indicators: ", code)

	// What is closed was scored with the targets of its time.
	inside(t, dir, func(a *app) {
		if err := a.gate.Advance(t.Context(), q, assess.CycleScored, "city", time.Now()); err != nil {
			t.Fatal(err)
		}
	})
	write(t, file, heads, row("210102", year, code, "150"), "")
	call(t, "import", "--data", dir, file).oneSentence(t, exitRefused, file+":2:2: ", q.String()+" is closed", "from which quarter")
	good(t, "import", "--data", dir, "--correct", "目标调整", file)
	if all := held(); all[1].Value.String() != "150" {
		t.Errorf("targets are %+v", all)
	}
	call(t, "import", "--data", dir, "--correct", " ", file).oneSentence(t, exitUsage, "--correct is blank")
}

// TestTheTableOfTargetsOpensInASpreadsheet: it has Chinese heads, which programs read as such by the byte-order mark alone.
func TestTheTableOfTargetsOpensInASpreadsheet(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	copyInstallation(t, demonstration(t), dir) // others have the shared folder open
	out := good(t, "export", "--data", dir, "--period", "2026", "--table", "targets")
	if !strings.HasPrefix(out, "\ufeff序号,框架,") || !strings.Contains(out, "\n1,六个体系,") {
		t.Errorf("it begins %.60q", out)
	}
}
