package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/apitest"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/publish"
	"github.com/unionboard/unionboard/internal/source"
	"github.com/unionboard/unionboard/internal/takeout"
)

// cityCode is that of the city of the shipped definitions.
const cityCode = "210100"

// apiCaller is a program that asks the API of a served demonstration; every answer is held by the description.
type apiCaller struct {
	t            *testing.T
	base, secret string
}

// served serves the copy of a demonstration, and answers what makes programs with tokens of a unit.
func served(t *testing.T, a *app) (token func(unit assess.UnitCode, scopes ...account.TokenScope) apiCaller) {
	t.Helper()
	server := httptest.NewServer(apitest.Held(t, demoSite(t, a)))
	t.Cleanup(server.Close)
	return func(unit assess.UnitCode, scopes ...account.TokenScope) apiCaller {
		t.Helper()
		return newProgram(t, a, server.URL, unit, scopes...)
	}
}

// newProgram makes a token of a unit: for reading and taking files, where nothing is said.
func newProgram(t *testing.T, a *app, base string, unit assess.UnitCode, scopes ...account.TokenScope) apiCaller {
	t.Helper()
	if len(scopes) == 0 {
		scopes = []account.TokenScope{account.ReadAll, account.ExportFiles}
	}
	key, secret, err := account.NewToken(account.TokenOrder{Name: "x", Unit: unit, Scopes: scopes, Days: 1, By: "test"}, time.Now())
	if err == nil {
		err = a.store.AddToken(t.Context(), key, assess.AuditLine{At: time.Now(), Actor: "system", Action: "token.add", Object: key.ID, Result: "ok"})
	}
	if err != nil {
		t.Fatal(err)
	}
	return apiCaller{t, base, secret}
}

// ask asks for a path, or for the whole address of a next page, and answers status, headers and body.
func (p apiCaller) ask(path string, headers ...string) (int, http.Header, string) {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, p.base+strings.TrimPrefix(path, p.base), nil)
	if err != nil {
		p.t.Fatal(err)
	}
	if p.secret != "" {
		r.Header.Set("Authorization", "Bearer "+p.secret)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return answer.StatusCode, answer.Header, string(body)
}

// good asks for what is to be there.
func (p apiCaller) good(path string, headers ...string) string {
	p.t.Helper()
	status, _, body := p.ask(path, headers...)
	if status != http.StatusOK {
		p.t.Fatalf("%s answers %d %s", path, status, body)
	}
	return body
}

// all reads a list to its last page.
func (p apiCaller) all(path string) (rows []map[string]any) {
	p.t.Helper()
	for at, next := path, ""; at != ""; at = next {
		var page struct {
			Rows []map[string]any
			Next string
		}
		if err := json.Unmarshal([]byte(p.good(at)), &page); err != nil {
			p.t.Fatal(err)
		}
		rows, next = append(rows, page.Rows...), page.Next
	}
	return rows
}

func (p apiCaller) problem(path string, status int, code string) {
	p.t.Helper()
	got, _, body := p.ask(path)
	var problem struct{ Code string }
	if err := json.Unmarshal([]byte(body), &problem); err != nil || got != status || problem.Code != code {
		p.t.Errorf("%s answers %d %s, want %d %s", path, got, body, status, code)
	}
}

// What programs read is what the command writes: the same rows, whole, in both forms, as they stand and as they were published.
func TestProgramsReadWhatTheCommandWrites(t *testing.T) {
	t.Parallel()
	untouched := copyDemonstration(t)
	inside(t, copyDemonstration(t), func(a *app) {
		token := served(t, a)
		city, district := token(cityCode), token("210102")
		quarter := assess.MustPeriod("2026Q2")
		for table, path := range map[string]string{"scores": "/api/v1/scores?period=", "observations": "/api/v1/observations?period="} {
			want := a.written(t, table, quarter)
			got := city.good(path+quarter.String()+"&limit=10000", "Accept", "text/csv")
			if !sameRows(t, want, got) {
				t.Errorf("%s: the command writes %d bytes, the API %d", table, len(want), len(got))
			}
		}
		// Page by page, as objects.
		records := records(t, city.good("/api/v1/scores?period=2026Q2&limit=10000", "Accept", "text/csv"))
		scored := city.all("/api/v1/scores?period=2026Q2&limit=700")
		if len(scored) != len(records)-1 || len(scored) < 1200 {
			t.Errorf("%d rows page by page, %d at once", len(scored), len(records)-1)
		}
		for i, row := range scored {
			if row["unit"] != records[i+1][2] || row["node"] != records[i+1][3] || row["state"] != records[i+1][14] {
				t.Fatalf("row %d is %v, and %v", i, row, records[i+1])
			}
		}
		// Figures page by page are one source's JSON after the other, as a source of this program reads them.
		figures := rows(t, city.good("/api/v1/observations?period=2026Q2&limit=10000", "Accept", "text/csv"))
		read := 0
		for at, next := "/api/v1/observations?period=2026Q2&limit=40", ""; at != ""; at = next {
			page, err := source.ReadValuesJSON("page", []byte(city.good(at)))
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range page.Entries {
				if read++; string(e.Unit) != figures[read-1]["unit"] || string(e.Code) != figures[read-1]["code"] || e.Value != figures[read-1]["value"] {
					t.Fatalf("figure %d is %+v, want %v", read, e, figures[read-1])
				}
			}
			next = page.Next
		}
		if read != len(figures) {
			t.Errorf("%d figures page by page, %d at once", read, len(figures))
		}
		// The explanation is that of the command, robustness its rows.
		want := good(t, "explain", "--unit", "210102", "--node", "composite", "--period", "2026Q2", "--format", "json", "--data", untouched)
		got := city.good("/api/v1/scores/210102/composite/explanation?period=2026Q2")
		if !sameJSON(t, want, got) {
			t.Errorf("the explanation is %.300s, want %.300s", got, want)
		}
		want = good(t, "robustness", "--period", "2026Q2", "--draws", "200", "--seed", "7", "--format", "csv", "--data", untouched)
		if got := city.good("/api/v1/robustness?period=2026Q2&draws=200&seed=7", "Accept", "text/csv"); got != want {
			t.Errorf("robustness is %.300s, want %.300s", got, want)
		}
		// An edition that was published says what it did, to all.
		seals := district.all("/api/v1/seals?period=2026Q2")
		if len(seals) != 1 || seals[0]["newest"] != true {
			t.Fatalf("the seals are %v", seals)
		}
		if one, now := district.good("/api/v1/scores?period=2026Q2&edition=1", "Accept", "text/csv"), district.good("/api/v1/scores?period=2026Q2", "Accept", "text/csv"); one != now {
			t.Error("the published edition and what districts see differ")
		}
		district.problem("/api/v1/scores?period=2026Q2&edition=9", 404, "seal_edition")
		district.problem("/api/v1/units?lang=xx", 400, "api_parameter_choice")
		district.problem("/api/v1/units?lang=zh&lang=en", 400, "api_parameter_twice")
		text := city.good("/api/v1/seals/2026Q2/1/text")
		if s, err := publish.Read(strings.NewReader(text)); err != nil || s.Digest != seals[0]["digest"] {
			t.Errorf("the sealed bytes: %v", err)
		}
		lines, err := a.store.AuditAbout(t.Context(), "2026Q2-1.seal", 9)
		if err != nil || len(lines) != 1 || lines[0].Action != "export" || !strings.HasPrefix(lines[0].Actor, "token:") {
			t.Errorf("taking a seal left %+v, %v", lines, err)
		}
		for _, one := range []struct{ query, accept, name string }{
			{"summary?period=2026Q2", "*/*", ".xlsx"},
			{"scores?period=2026Q1..2026Q2&format=csv", "", ".csv"},
			{"scores?period=2026Q2", "application/json", ".json"},
			{"observations?period=2026Q2", "application/vnd.apache.parquet", ".parquet"},
			{"scorecard?period=2026Q2&unit=210102&lang=en", "application/pdf", ".pdf"},
			{"notice?period=2026Q2", "", ".docx"},
		} {
			status, headers, body := city.ask("/api/v1/exports/"+one.query, "Accept", one.accept)
			_, names, err := mime.ParseMediaType(headers.Get("Content-Disposition"))
			if status != http.StatusOK || err != nil || !strings.HasSuffix(names["filename"], one.name) || len(body) < 1000 || headers.Get("ETag") != "" {
				t.Errorf("%s: %d, %q, %v, %d bytes", one.query, status, names["filename"], err, len(body))
			}
		}
		district.problem("/api/v1/exports/scores?period=2026Q2&format=csv&unit=210103", 404, "unknown_unit")
		district.problem("/api/v1/exports/scores?period=2026Q2&format=xls", 400, "takeout_format")
		district.problem("/api/v1/exports/notice?period=2026Q2", 403, "takeout_all_units")
		city.problem("/api/v1/exports/scores?period=2026Q2..2026Q1", 400, "api_parameter_period")
		city.problem("/api/v1/exports/nothing?period=2026Q2", 404, "no_table")
		if tables := district.all("/api/v1/exports"); len(tables) != len(takeout.Offers()) {
			t.Errorf("the tables are %v", tables)
		}
		if tree := city.good("/api/v1/frameworks/six_systems"); !strings.Contains(tree, `"method":{"kind":`) {
			t.Errorf("the tree is %.300s", tree)
		}
		if runs := city.all("/api/v1/runs?state=done,partial"); len(runs) < 10 {
			t.Errorf("there are %d runs", len(runs))
		}
		if items := district.all("/api/v1/items?origin=city"); len(items) == 0 || len(items) >= len(district.all("/api/v1/items")) {
			t.Errorf("%d items are of the city", len(items))
		}
	})
}

func records(t *testing.T, text string) [][]string {
	t.Helper()
	all, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// sameRows compares two tables, whatever the order of their rows.
func sameRows(t *testing.T, a, b string) bool {
	t.Helper()
	sorted := func(text string) []string {
		lines := strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n")
		slices.Sort(lines)
		return lines
	}
	return slices.Equal(sorted(a), sorted(b))
}

func sameJSON(t *testing.T, a, b string) bool {
	t.Helper()
	var x, y any
	if err := json.Unmarshal([]byte(a), &x); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(b), &y); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(x) == fmt.Sprint(y)
}

// Pages that follow each other are of one state of the data, whatever is corrected between them.
func TestPagesAreOfOneStateOfTheData(t *testing.T) {
	t.Parallel()
	inside(t, copyDemonstration(t), func(a *app) {
		city := served(t, a)(cityCode)
		correct := func(value string) {
			t.Helper()
			in := assess.Intake{Audit: []assess.AuditLine{{At: time.Now(), Actor: "system", Action: "test", Object: "x", Result: "ok"}}}
			for _, unit := range []assess.UnitCode{"210102", "210124"} {
				in.Observations = append(in.Observations, assess.Observation{
					CellKey: assess.CellKey{Unit: unit, Period: assess.MustPeriod("2026Q2"), Item: "union_members"}, State: assess.Reported, Value: value, RecordedAt: time.Now(),
				})
			}
			if _, err := a.store.Commit(t.Context(), in); err != nil {
				t.Fatal(err)
			}
		}
		for path, kind := range map[string]string{"/api/v1/scores?period=2026Q2&limit=900": "scores", "/api/v1/observations?period=2026Q2&code=union_members&limit=4": "figures"} {
			correct("1000")
			whole := city.good(strings.Replace(path, "limit=", "limit=9", 1), "Accept", "text/csv")
			_, headers, got := city.ask(path, "Accept", "text/csv")
			for k := 0; headers.Get("Link") != ""; k++ {
				correct(fmt.Sprint(2000 + k))
				next := strings.TrimSuffix(strings.TrimPrefix(headers.Get("Link"), "<"), `>; rel="next"`)
				var body string
				if _, headers, body = city.ask(next, "Accept", "text/csv"); k > 20 {
					t.Fatal("the pages have no end")
				}
				_, body, _ = strings.Cut(body, "\n")
				got += body
			}
			if got != whole {
				t.Errorf("%s: page by page they are another state", kind)
			}
		}
	})
}

// An answer that a program has already is not sent again, until something changes.
func TestAnAnswerIsSentOnce(t *testing.T) {
	t.Parallel()
	inside(t, copyDemonstration(t), func(a *app) {
		token := served(t, a)
		city, district := token(cityCode), token("210102")
		const path = "/api/v1/scores?period=2026Q2&framework=composite"
		_, headers, _ := city.ask(path)
		tag := headers.Get("ETag")
		if status, again, body := city.ask(path, "If-None-Match", `"x", `+tag); status != http.StatusNotModified || body != "" || again.Get("ETag") != tag {
			t.Errorf("the same again answers %d %q", status, body)
		}
		if headers.Get("Cache-Control") != "private, no-cache" || !strings.Contains(headers.Get("Vary"), "Authorization") {
			t.Errorf("the headers are %v", headers)
		}
		for what, ask := range map[string]func() (int, http.Header, string){
			"as CSV":         func() (int, http.Header, string) { return city.ask(path, "If-None-Match", tag, "Accept", "text/csv") },
			"another row":    func() (int, http.Header, string) { return city.ask(path+"&unit=210102", "If-None-Match", tag) },
			"another reader": func() (int, http.Header, string) { return district.ask(path, "If-None-Match", tag) },
		} {
			if status, _, _ := ask(); status != http.StatusOK {
				t.Errorf("%s answers %d", what, status)
			}
		}
		line := assess.AuditLine{At: time.Now(), Actor: "system", Action: "test", Object: "x", Result: "ok"}
		if err := a.store.PutCycle(t.Context(), assess.Cycle{Period: assess.MustPeriod("2026Q4"), State: assess.CycleScheduled}, line); err != nil {
			t.Fatal(err)
		}
		if status, _, _ := city.ask(path, "If-None-Match", tag); status != http.StatusOK {
			t.Errorf("after a change it answers %d", status)
		}
	})
}

// Rows 18 and 20 of the security checklist, for programs: every call of the description is tried with tokens of each scope, of a district and of
// the city, about the own unit, another and one that there is not; what was answered stands in a file that a person has read. Of another
// unit a district is told what it is told of one that there is not, word for word. After a change that is meant, run the test with
// UNIONBOARD_TEST_UPDATE=1 and read the difference.
func TestWhichProgramOpensWhat(t *testing.T) {
	t.Parallel()
	const golden = "testdata/programs.txt"
	doc, err := apitest.Description()
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	inside(t, copyDemonstration(t), func(a *app) {
		a.config.API.AtOnce = 10000
		token := served(t, a)
		district := func(scope account.TokenScope) apiCaller { return token(ownDistrict, scope) }
		columns := []struct {
			name string
			apiCaller
		}{
			{"nobody", apiCaller{t, token(ownDistrict).base, ""}},
			{"submit", district(account.SubmitFigures)},
			{"read", district(account.ReadAll)},
			{"export", district(account.ExportFiles)},
			{"city read", token(cityCode, account.ReadAll)},
			{"city export", token(cityCode, account.ExportFiles)},
		}
		fmt.Fprintf(&got, "%-64s", "")
		for _, c := range columns {
			fmt.Fprintf(&got, " %-11s", c.name)
		}
		got.WriteString("\n")
		for _, path := range slices.Sorted(maps.Keys(doc.Paths.Map())) {
			if doc.Paths.Value(path).Get == nil {
				continue
			}
			fmt.Fprintf(&got, "%-64s", path)
			for _, c := range columns {
				fmt.Fprintf(&got, " %-11s", c.statuses(path, doc.Paths.Value(path).Get, c.name == "read" || c.name == "export"))
			}
			got.WriteString("\n")
		}
	})
	text := regexp.MustCompile(` +\n`).ReplaceAllString(got.String(), "\n")
	if os.Getenv("UNIONBOARD_TEST_UPDATE") != "" {
		write(t, golden, text)
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(text, "\n")); diff != "" {
		t.Errorf("-file +API:\n%s", diff)
	}
}

// statuses answers what a call is answered about the own unit, another, and one that there is not; once where they are alike.
func (p apiCaller) statuses(path string, o *openapi3.Operation, ofDistrict bool) string {
	p.t.Helper()
	period := false
	about := strings.Contains(path, "{unit}")
	for _, one := range o.Parameters {
		period = period || one.Value.Name == "period" && one.Value.Required
		about = about || one.Value.Name == "unit"
	}
	path = strings.NewReplacer("{framework}", "six_systems", "{node}", "composite", "{period}", "2026Q2", "{edition}", "1", "{table}", "observations").Replace(path)
	if path = and(path, "lang=en"); period {
		path = and(path, "period=2026Q2")
	}
	var three []string
	var foreign, unknown string
	for _, unit := range []string{ownDistrict, otherDistrict, "999999"} {
		at := strings.ReplaceAll(path, "{unit}", unit)
		if about && at == path {
			at = and(path, "unit="+unit)
		}
		status, _, body := p.ask(at)
		three = append(three, fmt.Sprint(status))
		foreign, unknown = unknown, strings.NewReplacer(unit, "§", "Shenhe District", "§").Replace(regexp.MustCompile(`"request":"[^"]*"`).ReplaceAllString(body, ""))
	}
	if own := strings.Contains(path, "observations") || strings.Contains(path, "explanation"); ofDistrict && own && foreign != unknown {
		p.t.Errorf("%s: of another unit a district is told %.300s, of one that there is not %.300s", path, foreign, unknown)
	}
	if one := slices.Compact(slices.Clone(three)); len(one) == 1 {
		three = one
	}
	return strings.Join(three, ",")
}
