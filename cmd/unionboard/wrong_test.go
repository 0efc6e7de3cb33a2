package main

import (
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/seeds"
)

// definitions writes the shipped definitions into a folder, with words replaced in one file.
func definitions(t *testing.T, file, old, new string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	err := fs.WalkDir(seeds.Files(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := fs.ReadFile(seeds.Files(), name)
		if err != nil {
			return err
		}
		text := string(body)
		if name == file {
			if !strings.Contains(text, old) {
				return fmt.Errorf("%s holds no %q", file, old)
			}
			text = strings.Replace(text, old, new, 1)
		}
		write(t, filepath.Join(dir, name), text)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// lineOf answers the number of the first line that holds some words.
func lineOf(t *testing.T, file, words string) int {
	t.Helper()
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, _, found := strings.Cut(string(body), words)
	if !found {
		t.Fatalf("%s holds no %q", file, words)
	}
	return 1 + strings.Count(before, "\n")
}

func TestCheckNamesFileLineAndRemedy(t *testing.T) {
	t.Parallel()
	const file = "frameworks/six_systems.yaml"
	t.Run("a misspelt key", func(t *testing.T) {
		dir := definitions(t, file, "min_group: 4", "min_gruop: 4")
		line := lineOf(t, filepath.Join(dir, file), "min_gruop")
		call(t, "check", dir).oneSentence(t, exitRefused, fmt.Sprintf("%s:%d:1: ", file, line), "min_gruop", "min_group")
	})
	t.Run("weights that do not add up", func(t *testing.T) {
		dir := definitions(t, file, "    weight: 14\n", "    weight: 15\n")
		r := call(t, "check", dir)
		if r.code != exitRefused {
			t.Errorf("exit code %d", r.code)
		}
		r.says(t, file+":", "ideology", "15", "14")
		for line := range strings.Lines(r.err) {
			if !regexp.MustCompile(`^frameworks/six_systems\.yaml:\d+:\d+: .+`).MatchString(line) {
				t.Errorf("a line without its place: %q", line)
			}
		}
	})
	t.Run("good ones", func(t *testing.T) {
		if out := good(t, "check", definitions(t, file, "", "")); !strings.Contains(out, "13 units, 3 frameworks, 16 dimensions, 70 indicators, 113 items, 60 rules, 5 registers") {
			t.Errorf("it says %q", out)
		}
		if out := good(t, "check"); !strings.Contains(out, "13 units") {
			t.Errorf("of the shipped ones it says %q", out)
		}
	})
	t.Run("a data folder with its pages", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "city")
		good(t, "init", "--data", dir)
		if err := os.Mkdir(filepath.Join(dir, "dashboards"), 0o700); err != nil {
			t.Fatal(err)
		}
		page := filepath.Join(dir, "dashboards", "skills.yaml")
		lines := []string{
			"page: skills", "path: /p/skills", "title: {zh: 技能人才}", "parameters: [period]", "sentence: home", "rows:", "- panels:",
			"  - {id: map, type: tilemap, title: {zh: 方格图}, query: {measure: score, of: overall, units: all}}",
		}
		write(t, page, lines...)
		if out := good(t, "check", dir); out != "dashboards/skills.yaml: page skills at /p/skills\nunionboard.yaml: 0 sources, 0 scheduled exports\n" {
			t.Errorf("it says %q", out)
		}
		write(t, page, append(lines, "colour: red")...)
		call(t, "check", dir).oneSentence(t, exitRefused, "skills.yaml:9:1: ", "colour", "parameters")
	})
	t.Run("no folder", func(t *testing.T) {
		call(t, "check", filepath.Join(t.TempDir(), "nowhere")).oneSentence(t, exitUsage, "nowhere", "not a folder")
		call(t, "check", t.TempDir()).oneSentence(t, exitRefused, "holds no definitions", "units.yaml")
	})
}

// scoring is a small framework with files to score it on.
type scoring struct{ framework, units, values string }

func newScoring(t *testing.T) scoring {
	t.Helper()
	dir := t.TempDir()
	s := scoring{filepath.Join(dir, "f.yaml"), filepath.Join(dir, "units.csv"), filepath.Join(dir, "values.csv")}
	write(t, s.framework, "code: index", "edition: 1", "name: {zh: 指数}", "layer: analytic", "scale: 100", "decimals: 1", "children:",
		"  - {code: a, name: {zh: 甲}, weight: 0.25, method: {kind: goalposts, low: 0, high: 10}}",
		"  - {code: b, name: {zh: 乙}, weight: 0.75, method: {kind: goalposts, low: 0, high: 10}}", "")
	write(t, s.units, "code,name", "u1,One", "u2,Two", "")
	write(t, s.values, "unit,period,code,value", "u1,2026,a,4", "u1,2026,b,8", "u2,2026,a,10", "u2,2026,b,10", "")
	return s
}

func (s scoring) command(more ...string) []string {
	return append([]string{"score", "--framework-file", s.framework, "--units", s.units, "--values", s.values, "--format", "csv"}, more...)
}

func TestScoringFilesAnswersWrongInput(t *testing.T) {
	t.Parallel()
	s := newScoring(t)
	// By hand: 0.25 × 40 + 0.75 × 80 = 70.
	if out := good(t, s.command("--period", "2026")...); !strings.Contains(out, "2026,index,u1,index,2,,70,70,100,2,") {
		t.Errorf("scores are\n%s", out)
	}
	if good(t, s.command("--period", "all")...) != good(t, s.command("--period", "2026")...) {
		t.Error("all periods are not the one there is")
	}
	t.Run("a misspelt key", func(t *testing.T) {
		s := newScoring(t)
		replace(t, s.framework, "decimals: 1", "decimls: 1")
		call(t, s.command("--period", "2026")...).oneSentence(t, exitRefused, s.framework+":6:1: ", "decimls", "decimals")
	})
	t.Run("a method without its limits", func(t *testing.T) {
		s := newScoring(t)
		replace(t, s.framework, "low: 0, high: 10", "low: 10, high: 10")
		r := call(t, s.command("--period", "2026")...)
		if r.code != exitRefused {
			t.Errorf("exit code %d", r.code)
		}
		r.says(t, "a")
	})
	t.Run("weights that do not add up", func(t *testing.T) {
		s := newScoring(t)
		replace(t, s.framework, "layer: analytic", "layer: official")
		r := call(t, s.command("--period", "2026")...)
		if r.code != exitRefused {
			t.Errorf("exit code %d: %s", r.code, r.out)
		}
		r.says(t, s.framework+":", "add up")
	})
	t.Run("a row of an unknown unit", func(t *testing.T) {
		s := newScoring(t)
		replace(t, s.values, "u2,2026,b,10", "u3,2026,b,10")
		r := call(t, s.command("--period", "2026")...)
		if r.code != exitPart || !strings.Contains(r.out, "index,u1,index,2,,70,") {
			t.Errorf("code %d, scores\n%s", r.code, r.out)
		}
		r.says(t, s.values+":5:1: ", `"u3"`, "1 rows were refused")
	})
	t.Run("a damaged file", func(t *testing.T) {
		s := newScoring(t)
		replace(t, s.values, "u2,2026,b,10", `u2,2026,b,"10`)
		call(t, s.command("--period", "2026")...).oneSentence(t, exitRefused, s.values+":5", "quotation mark")
	})
	t.Run("wrong use", func(t *testing.T) {
		for _, wrong := range []struct {
			change []string
			words  []string
		}{
			{[]string{"--period", "2026Q5"}, []string{"--period", "2026Q5", "2026Q1"}},
			{[]string{"--period", ""}, []string{"--period"}},
			{[]string{"--period", "2026", "--format", "xml"}, []string{"--format xml", "table, csv or json"}},
			{[]string{"--period", "2026", "--values", "nowhere.csv"}, []string{"nowhere.csv", "no such file"}},
			{[]string{"--period", "2026", "--units", "nowhere.csv"}, []string{"nowhere.csv", "no such file"}},
			{[]string{"--period", "2026", "--framework-file", "nowhere.yaml"}, []string{"nowhere.yaml", "no such file"}},
			{[]string{"--period", "2026", "--decimals", "many"}, []string{"--decimals", "many"}},
		} {
			call(t, s.command(wrong.change...)...).oneSentence(t, exitUsage, wrong.words...)
		}
	})
}

// replace changes the first words of a file.
func replace(t *testing.T, file, old, new string) {
	t.Helper()
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(body), old) {
		t.Fatalf("%s holds no %q", file, old)
	}
	write(t, file, strings.Replace(string(body), old, new, 1))
}

func TestImportTakesTheGoodRows(t *testing.T) {
	t.Parallel()
	dir := installation(t)
	q := oldQuarter().String()
	file := filepath.Join(t.TempDir(), "figures.csv")
	write(t, file, "unit,period,code,value", "210102,"+q+",union_members,30412", "210102,"+q+",union_membres,1", "210102,"+q+",nef_members,12人", "")
	before := head(t, dir)

	r := call(t, "import", "--data", dir, "--dry-run", file)
	if r.code != exitPart || !strings.Contains(r.out, "partial, new 1, changed 0, unchanged 0, without a figure 0, refused 2") {
		t.Errorf("the dry run ends with %d: %s", r.code, r.out)
	}
	r.says(t, file+":3:3: ", "union_membres", "did you mean union_members?", file+":4:4: ", "write digits alone")
	if after := head(t, dir); after != before {
		t.Errorf("the dry run has written: %+v, before %+v", after, before)
	}

	wet := call(t, "import", "--data", dir, file)
	if wet.code != exitPart || wet.out != r.out || wet.err != r.err {
		t.Errorf("the import says something else than the dry run: %d %s%s", wet.code, wet.out, wet.err)
	}
	if out := good(t, "export", "--data", dir, "--period", q, "--table", "observations"); strings.Count(out, "\n") != 2 || !strings.Contains(out, "210102,"+q+",union_members,30412,reported") {
		t.Errorf("the good row was not taken: %s", out)
	}
	again := head(t, dir)
	if r = call(t, "import", "--data", dir, "--format", "json", file); r.code != exitPart ||
		!strings.Contains(r.out, `"unchanged":1`) || !strings.Contains(r.out, `"row":3,"column":3,"unit":"210102","code":"union_membres","value":"1","problem":"problem.item_misspelt"`) {
		t.Errorf("once more, in JSON: %d %s", r.code, r.out)
	}
	if now := head(t, dir); now.Seq != again.Seq {
		t.Errorf("the same file again has moved the log from %d to %d", again.Seq, now.Seq)
	}
}

func TestImportRefusesWhatIsDamaged(t *testing.T) {
	t.Parallel()
	dir, folder, q := installation(t), t.TempDir(), oldQuarter().String()
	good := "210102," + q + ",union_members,30412"
	before := head(t, dir).Seq
	for _, damaged := range []struct {
		name, text string
		code       int
		words      []string
	}{
		{"quote.csv", "unit,period,code,value\n" + good + "\n210103," + q + ",union_members,\"3\n", exitRefused, []string{"quote.csv:3", "quotation mark", "double those inside"}},
		{"cut.csv", "unit,period,code,value\n" + good + "\n210103," + q, exitRefused, []string{"cut.csv:3", "cut off", "hand the whole file in again"}},
		{"heads.csv", "unit;period;item;figure\n" + good, exitRefused, []string{"heads.csv:1", "code, value"}},
		{"empty.csv", "", exitRefused, []string{"empty.csv", "empty"}},
		{"book.csv", "PK\x03\x04", exitRefused, []string{"book.csv", "the workbook is damaged"}},
		{"letters.csv", "unit,period,code,value\n210102," + q + ",union_members,1,三\xe4\xb8\n", exitRefused, []string{"letters.csv", "UTF-8"}},
		{"key.json", `{"schema":"unionboard/values/1","unit":"210102","peroid":"` + q + `","values":[]}`, exitRefused, []string{"key.json:1:", "peroid", "period"}},
		{"none.csv", "unit,period,code,value\n210999," + q + ",union_members,3\n", exitRefused, []string{"none.csv:2:1", "210999", "such as 210102"}},
	} {
		path := filepath.Join(folder, damaged.name)
		write(t, path, damaged.text)
		call(t, "import", "--data", dir, path).oneSentence(t, damaged.code, damaged.words...)
	}
	call(t, "import", "--data", dir, filepath.Join(folder, "nowhere.csv")).oneSentence(t, exitUsage, "nowhere.csv", "no such file")
	if seq := head(t, dir).Seq; seq != before {
		t.Errorf("the log has moved from %d to %d", before, seq)
	}

	// Beside a good file a damaged one stops nothing.
	write(t, filepath.Join(folder, "good.csv"), "unit,period,code,value", good, "")
	r := call(t, "import", "--data", dir, filepath.Join(folder, "cut.csv"), filepath.Join(folder, "good.csv"))
	if r.code != exitPart || !strings.Contains(r.out, "new 1") {
		t.Errorf("code %d: %s", r.code, r.out)
	}
	r.says(t, "cut.csv:3")
	// Two damaged ones are refused whole.
	r = call(t, "import", "--data", dir, filepath.Join(folder, "cut.csv"), filepath.Join(folder, "quote.csv"))
	if r.code != exitRefused {
		t.Errorf("two damaged files end with %d", r.code)
	}
	r.says(t, "cut.csv:3", "quote.csv:3")
}

func TestAClosedPeriodChangesByCorrectionOnly(t *testing.T) {
	t.Parallel()
	dir, q := installation(t), oldQuarter()
	file := filepath.Join(t.TempDir(), "figures.csv")
	write(t, file, "unit,period,code,value", "210102,"+q.String()+",union_members,30412", "")
	good(t, "import", "--data", dir, file)
	inside(t, dir, func(a *app) {
		if err := a.gate.Advance(t.Context(), q, assess.CycleScored, "city", time.Now()); err != nil {
			t.Fatal(err)
		}
	})
	write(t, file, "unit,period,code,value", "210102,"+q.String()+",union_members,30000", "")
	before := head(t, dir).Seq
	call(t, "import", "--data", dir, file).oneSentence(t, exitRefused, file+":2:4: ", q.String()+" is closed", "corrected with a reason")
	if seq := head(t, dir).Seq; seq != before {
		t.Errorf("the log has moved from %d to %d", before, seq)
	}
	if out := good(t, "import", "--data", dir, "--correct", "复核更正", file); !strings.Contains(out, "changed 1") {
		t.Errorf("the correction says %q", out)
	}
	inside(t, dir, func(a *app) {
		sheet, err := a.board.Sheet(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if sheet.Version != 2 || len(sheet.Corrections) != 1 || sheet.Corrections[0].After.Note != "复核更正" || sheet.Corrections[0].Before.Value != "30412" {
			t.Errorf("version %d, corrections %+v", sheet.Version, sheet.Corrections)
		}
	})
}

// TestOneDeadSourceStopsNoOther: of four sources one answers 500, one rubbish, one does not answer at all; the fourth is taken.
func TestOneDeadSourceStopsNoOther(t *testing.T) {
	t.Parallel()
	d := playDistricts(t)
	failing := servePlain(t, 500, "")
	rubbish := servePlain(t, 200, "<html>sign in</html>")
	source := func(name, address, unit string) string {
		return fmt.Sprintf("  - {name: %s, kind: http, url: '%s', format: json, units: ['%s'], allow_loopback: true, authority: accept}", name, address, unit)
	}
	dir := installation(t, "sources:",
		source("failing", failing, "210104"), source("rubbish", rubbish, "210105"), source("gone", deadAddress(t), "210106"),
		source("heping", d.URL+"/210102.json", "210102"))
	r := call(t, "collect", "--data", dir)
	if r.code != exitPart || !strings.Contains(r.out, fmt.Sprintf("heping\tdone\t%d\t%d\t0\t0\t0\n", len(d.items), len(d.items))) || strings.Count(r.out, "\tfailed\t") != 3 {
		t.Errorf("it ends with %d:\n%s", r.code, r.out)
	}
	r.says(t, failing+": the source fails (status 500)", rubbish+": ", "text/html", "the source does not answer")
	// What heping makes up breaks rules, which is noted and stops nothing.
	if n := strings.Count(r.err, "\n") - strings.Count("\n"+r.err, "\nnote: "); n != 3 {
		t.Errorf("%d sentences for three sources: %s", n, r.err)
	}
	if out := good(t, "collect", "--data", dir, "--source", "heping"); !strings.Contains(out, fmt.Sprintf("heping\tdone\t%d\t0\t0\t%d\t0\n", len(d.items), len(d.items))) {
		t.Errorf("once more it says\n%s", out)
	}
	before := head(t, dir)
	if out := good(t, "collect", "--data", dir, "--source", "heping", "--dry-run"); !strings.Contains(out, "heping\tdone\t") ||
		!strings.HasPrefix(out, "source\tstate\ttaken\tnew\tchanged\tunchanged\trefused\tlast success\tnewest figures\thealth\tnext\nheping\t") || strings.Count(out, "\n") != 2 {
		t.Errorf("dry it says\n%s", out)
	}
	if after := head(t, dir); after.Seq != before.Seq || after.Audit != before.Audit {
		t.Errorf("the dry run has written: %+v, before %+v", after, before)
	}
	call(t, "collect", "--data", dir, "--source", "hepign").oneSentence(t, exitUsage, "hepign", "heping")
}

func TestWrongUseIsAnswered(t *testing.T) {
	t.Parallel()
	data := demonstration(t)
	for name, wrong := range map[string]struct {
		command []string
		words   []string
	}{
		"unknown command":     {[]string{"exprot"}, []string{`"unionboard exprot"`, "did you mean export?"}},
		"far from a command":  {[]string{"frobnicate"}, []string{"frobnicate", "unionboard --help"}},
		"unknown subcommand":  {[]string{"user", "ad"}, []string{`"unionboard user ad"`, "did you mean add?"}},
		"unknown flag":        {[]string{"export", "--perod", "2026Q1"}, []string{"--perod", "unionboard export --help"}},
		"surplus argument":    {[]string{"serve", "here"}, []string{"here", "unionboard serve --help"}},
		"missing argument":    {[]string{"import"}, []string{"unionboard import --help"}},
		"period":              {[]string{"export", "--data", data, "--period", "2026Q5"}, []string{"2026Q5", "2026Q1"}},
		"no period":           {[]string{"export", "--data", data}, []string{"--period is missing", "2026Q1"}},
		"format":              {[]string{"export", "--data", data, "--period", "2026Q1", "--format", "xls"}, []string{"xls", "xlsx", "csv, json or parquet"}},
		"table":               {[]string{"export", "--data", data, "--period", "2026Q1", "--table", "score"}, []string{"score", "scores", "targets", "observations"}},
		"unit":                {[]string{"export", "--data", data, "--period", "2026Q1", "--unit", "210999"}, []string{"210999", "210102"}},
		"framework":           {[]string{"score", "--data", data, "--period", "2026Q1", "--framework", "six"}, []string{"six", "six_systems, five_projects, five_type_organ, composite"}},
		"period to collect":   {[]string{"collect", "--data", data, "--period", "spring"}, []string{"spring", "2026Q1"}},
		"no sources":          {[]string{"collect", "--data", data}, []string{"names no sources", "unionboard.yaml"}},
		"schema":              {[]string{"schema", "frame"}, []string{"frame", "framework"}},
		"quarters":            {[]string{"demo", "--quarters", "many"}, []string{"--quarters takes a whole number", "many"}},
		"address":             {[]string{"demo", "--addr", "here"}, []string{"--addr here", "127.0.0.1:8080"}},
		"keys":                {[]string{"keys", "rotat"}, []string{`"unionboard keys rotat"`, "did you mean rotate?"}},
		"erase":               {[]string{"erase", "everything"}, []string{"everything", "unionboard erase --help"}},
		"audit":               {[]string{"audit", "breech"}, []string{`"unionboard audit breech"`, "did you mean breach?"}},
		"day of a breach":     {[]string{"audit", "breach", "--data", data, "--from", "yesterday"}, []string{"--from yesterday", "2026-01-31"}},
		"environment":         {[]string{"UNIONBOARD_QUARTERS=many", "demo"}, []string{"UNIONBOARD_QUARTERS", `"many"`, "--quarters"}},
		"more of environment": {[]string{"UNIONBOARD_DRY_RUN=perhaps", "collect"}, []string{"UNIONBOARD_DRY_RUN", "perhaps", "--dry-run takes true or false"}},
	} {
		t.Run(name, func(t *testing.T) {
			call(t, wrong.command...).oneSentence(t, exitUsage, wrong.words...)
		})
	}
	call(t, "UNIONBOARD_TIME_ZONE=Mars/Olympus", "export", "--data", data, "--period", "2026Q1").
		oneSentence(t, exitRefused, "UNIONBOARD_TIME_ZONE", "Mars/Olympus", "Asia/Shanghai")
	call(t, "export", "--data", data, "--period", "2031Q1").oneSentence(t, exitFailed, "2031Q1", "choose another period")
	call(t, "score", "--data", data, "--period", "2026-03").oneSentence(t, exitFailed, "2026-03", "2026Q1")
}

// TestAMistakeInTheConfigurationIsPlaced: file, line and column, and what would be right.
func TestAMistakeInTheConfigurationIsPlaced(t *testing.T) {
	dir := installation(t, "addr: 127.0.0.1:0", "sourcse:", "  - {name: x}")
	file := filepath.Join(dir, "unionboard.yaml")
	call(t, "serve", "--data", dir).oneSentence(t, exitRefused, file+":2:1: ", "sourcse", "sources")
	write(t, file, "sources:", "  - {name: heping, kind: drop, folder: drop, schedule: 'now and then'}", "")
	call(t, "serve", "--data", dir, "--addr", "127.0.0.1:0").oneSentence(t, exitRefused, file+":2:", "now and then", "30 6 * * *")
}

func TestABusyPortIsSaid(t *testing.T) {
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	at := busy.Addr().String()
	call(t, "serve", "--data", installation(t), "--addr", at).oneSentence(t, exitFailed, at, "already", "--addr")
	dir := filepath.Join(t.TempDir(), "data")
	call(t, "demo", "--data", dir, "--addr", at).oneSentence(t, exitFailed, at, "already", "--addr")
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Error("a demonstration was made that cannot be served")
	}
}
