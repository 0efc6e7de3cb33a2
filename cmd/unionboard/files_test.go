package main

import (
	"strings"
	"testing"
)

func TestFilesAreScoredWithNotes(t *testing.T) {
	t.Parallel()
	s := newScoring(t)
	want := good(t, s.command("--period", "2026")...)
	write(t, s.values, "unit,period,code,value,remark", "u1,2026,a,4,x", "u1,2026,b,8,", "u2,2026,a,10,", "u2,2026,b,10,", "u2,2025,b,3,", "u1,2026,a,4.0,", "")
	r := call(t, s.command("--period", "2026")...)
	if r.code != exitDone || r.out != want {
		t.Errorf("it ends with %d and says\n%s", r.code, r.out)
	}
	r.says(t, "note: ", `"remark"`, "rows of other periods that were not needed: 1;", "--period all")

	// Of two rows that contradict each other neither is right: both are left out, as `import` does.
	write(t, s.values, "unit,period,code,value", "u1,2026,a,4", "u1,2026,b,8", "u2,2026,a,10", "u2,2026,a,9", "u2,2026,b,10", "")
	r = call(t, s.command("--period", "2026")...)
	if r.code != exitPart || strings.Contains(r.out, "2026,index,u2,a,1,9,") || strings.Contains(r.out, "2026,index,u2,a,1,10,") {
		t.Errorf("it ends with %d and says\n%s", r.code, r.out)
	}
	r.says(t, s.values+":4:4: line 5 says something else", s.values+":5:4: line 4 says something else", "2 rows were refused")
	// A framework without an edition is not said to have an empty one.
	replace(t, s.framework, "edition: 1\n", "")
	if table := call(t, "score", "--framework-file", s.framework, "--units", s.units, "--values", s.values, "--period", "2026").out; !strings.HasPrefix(table, "index  2026\n") {
		t.Errorf("the table begins %q", table)
	}
}

func TestOptionsOfFilesAreRefusedWithADataFolder(t *testing.T) {
	t.Parallel()
	dir := installation(t)
	for _, command := range []string{"score", "robustness"} {
		for _, option := range []string{"--units", "--values", "--targets"} {
			call(t, command, "--data", dir, "--period", "2026Q1", option, "x.csv").oneSentence(t, exitUsage, option, "--framework-file", "unionboard import")
		}
	}
}
