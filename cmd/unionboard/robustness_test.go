package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// robustnessFiles writes an analytic framework of two indicators, three units and their values, and answers the options that name them.
func robustnessFiles(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	return []string{
		"--framework-file", write("f.yaml", robustnessFramework), "--units", write("units.csv", "code,name\nu1,一\nu2,二\nu3,三\n"),
		"--values", write("values.csv", "unit,period,code,value\nu1,2026,a,90\nu1,2026,b,50\nu2,2026,a,70\nu2,2026,b,75\nu3,2026,a,40\nu3,2026,b,80\n"), "--period", "2026",
	}
}

func robustnessOf(t *testing.T, args ...string) (code int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(append([]string{"robustness"}, args...), strings.NewReader(""), &o, &e)
	return code, o.String(), e.String()
}

// TestRobustnessOverFiles: by min-max a gives 1, 0.6 and 0, b 0, 0.8333 and 1; at 60 and 40 that is 60, 69.33 and 40. Without a range
// the places stand.
func TestRobustnessOverFiles(t *testing.T) {
	code, out, errOut := robustnessOf(t, append(robustnessFiles(t), "--format", "csv", "--weight-range", "0")...)
	want := "period,framework,unit,rank,rank_mean,rank_median,rank_p05,rank_p95\n2026,index,u1,2,2,2,2,2\n2026,index,u2,1,1,1,1,1\n2026,index,u3,3,3,3,3,3\n"
	if code != exitDone || out != want || errOut != "" {
		t.Errorf("code %d\n%s%s", code, out, errOut)
	}
}

func TestRobustnessFollowsItsOptions(t *testing.T) {
	files := append(robustnessFiles(t), "--format", "csv", "--weight-range", "0.9")
	_, first, _ := robustnessOf(t, files...)
	_, again, _ := robustnessOf(t, append(files, "--draws", "1000", "--seed", "1")...)
	if first != again {
		t.Errorf("the defaults are not 1000 draws and seed 1:\n%s%s", first, again)
	}
	for _, option := range [][]string{{"--seed", "2"}, {"--draws", "999"}, {"--normalisations", "all"}, {"--weight-range", "0.8"}} {
		if _, other, errOut := robustnessOf(t, append(files, option...)...); other == first || errOut != "" {
			t.Errorf("%v changes nothing: %s%s", option, other, errOut)
		}
	}
}

func TestRobustnessRefuses(t *testing.T) {
	files := robustnessFiles(t)
	for word, args := range map[string][]string{
		"draws": append(files, "--draws", "0"), "weight-range": append(files, "--weight-range", "2"), "normalisations": append(files, "--normalisations", "best"),
		"period": {"--framework-file", "f.yaml"}, "format": append(files, "--format", "xml"), "--units": {"--framework-file", "f.yaml", "--period", "2026"},
	} {
		if code, out, errOut := robustnessOf(t, args...); code != exitUsage || out != "" || !strings.Contains(errOut, word) {
			t.Errorf("%v: code %d, %q, %q; want a wrong use that names %s", args[len(args)-2:], code, out, errOut, word)
		}
	}
}

const robustnessFramework = `code: index
edition: "1"
name: {zh: 指数, en: Index}
layer: analytic
frequency: annual
children:
  - {code: a, name: {zh: 甲, en: A}, weight: 60, value: a, method: min_max}
  - {code: b, name: {zh: 乙, en: B}, weight: 40, value: b, method: min_max}
`
