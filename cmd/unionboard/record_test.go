package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

func TestDryRunsWriteNothing(t *testing.T) {
	t.Parallel()
	dir := installation(t, "sources:", "  - {name: sheets, kind: drop, folder: drop}")
	write(t, filepath.Join(dir, "drop", ".keep"), "")
	inside(t, dir, func(a *app) {
		run := assess.Run{ID: "r", Source: "sheets", Door: assess.DoorDrop, Slot: time.Now(), Started: time.Now(), State: assess.RunRunning}
		if err := a.store.StartRun(t.Context(), run); err != nil {
			t.Fatal(err)
		}
	})
	before := head(t, dir)
	good(t, "collect", "--data", dir, "--dry-run")
	if after := head(t, dir); after != before {
		t.Errorf("the dry run has written: %+v, before %+v", after, before)
	}
	good(t, "collect", "--data", dir)
	if after := head(t, dir); after == before {
		t.Error("the interrupted run was not ended")
	}
}

func TestAnExportLeavesALineInTheAuditLog(t *testing.T) {
	t.Parallel()
	dir, q := installation(t), oldQuarter().String()
	file := filepath.Join(t.TempDir(), "figures.csv")
	write(t, file, "unit,period,code,value", "210102,"+q+",union_members,30412", "")
	good(t, "import", "--data", dir, file)
	before := head(t, dir)
	good(t, "export", "--data", dir, "--period", q)
	if after := head(t, dir); after.Audit != before.Audit+1 {
		t.Errorf("%d lines, before %d", after.Audit, before.Audit)
	}
}

func TestTheConsoleIsSomebody(t *testing.T) {
	for _, name := range []string{"SUDO_USER", "USER", "LOGNAME"} {
		t.Setenv(name, "")
	}
	if who := consoleUser(); who == "" || who == "unknown" {
		t.Errorf("the console is %q", who)
	}
	t.Setenv("USER", "li")
	if who := consoleUser(); who != "li" {
		t.Errorf("the console is %q", who)
	}
}

func TestEditionsAreIssuedOnce(t *testing.T) {
	t.Parallel()
	dir, folder := installation(t), definitions(t, "units.yaml", "", "")
	issue := func(more ...string) []string {
		return append([]string{"edition", "issue", folder, "--data", dir}, more...)
	}
	if out := good(t, issue("--year", "2090", "--reason", "新办法")...); !strings.HasPrefix(out, "edition 2090-1 issued") {
		t.Errorf("it says %q", out)
	}
	before := head(t, dir)
	if out := good(t, issue("--year", "2090", "--reason", "又一次")...); !strings.HasPrefix(out, "already issued as 2090-1") {
		t.Errorf("once more it says %q", out)
	}
	if after := head(t, dir); after != before {
		t.Errorf("the log has moved: %+v, before %+v", after, before)
	}
	call(t, issue("--year", "2090", "--reason", " ")...).oneSentence(t, exitUsage, "--reason")
	call(t, issue("--year", "1", "--reason", "x")...).oneSentence(t, exitUsage, "--year 1", "2000 to 2100")
}
