package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/demo"
	"github.com/unionboard/unionboard/internal/results"
)

// stand is a state of affairs in which the pages are read: what is not published is open to the city alone.
type stand struct {
	title  string
	hidden []string // quarters and years that are not published
	// quarters are the periods that pages are asked for.
	quarters []string
	// everybody: all ten roles read, and not only one of each scope.
	everybody bool
	set       func(t *testing.T, a *app)
}

// stands are the states of the table. The newest quarter is being collected in all of them.
func stands() []stand {
	line := assess.AuditLine{At: time.Now(), Actor: "system", Action: "test.stand", Object: "publication", Result: "ok"}
	cycle := func(t *testing.T, a *app, quarter string, state assess.CycleState) {
		t.Helper()
		if err := a.store.PutCycle(t.Context(), assess.Cycle{Period: assess.MustPeriod(quarter), State: state, PublishedAt: time.Now()}, line); err != nil {
			t.Fatal(err)
		}
	}
	draft := func(t *testing.T, a *app, year string) {
		t.Helper()
		stage := assess.ResultStage{Period: assess.MustPeriod(year), State: assess.ResultDraft, By: "system", At: time.Now()}
		if err := a.store.MoveResult(t.Context(), assess.ResultArchived, stage, line); err != nil {
			t.Fatal(err)
		}
	}
	return []stand{
		{"2026Q3 is published", []string{"2026Q4", "2026"}, []string{"2026Q3"}, true, func(*testing.T, *app) {}},
		{"2026Q3 is scored, its result in public notice", []string{"2026Q3", "2026Q4", "2026"}, []string{"2026Q2", "2026Q3"}, true, func(t *testing.T, a *app) {
			cycle(t, a, "2026Q3", assess.CycleScored)
			stage := assess.ResultStage{Period: assess.MustPeriod("2026Q3"), State: assess.ResultPublicity, By: "demo.leader", At: time.Now()}
			if err := a.store.MoveResult(t.Context(), assess.ResultDraft, stage, line); err != nil {
				t.Fatal(err)
			}
		}},
		{"2026Q3 is published, the quarter before it only scored", []string{"2026Q2", "2026Q4", "2026"}, []string{"2026Q2", "2026Q3"}, false, func(t *testing.T, a *app) {
			cycle(t, a, "2026Q3", assess.CyclePublished)
			cycle(t, a, "2026Q2", assess.CycleScored)
		}},
		{"2025Q4 is only scored, and the result of the year is a draft", []string{"2025Q4", "2025", "2026Q4", "2026"}, []string{"2025", "2026Q1"}, false, func(t *testing.T, a *app) {
			cycle(t, a, "2026Q2", assess.CycleArchived)
			cycle(t, a, "2025Q4", assess.CycleScored)
			draft(t, a, "2025")
		}},
		{"2025Q4 is published, the result of the year a draft", []string{"2025", "2026Q4", "2026"}, []string{"2025"}, false, func(t *testing.T, a *app) {
			cycle(t, a, "2025Q4", assess.CycleArchived)
		}},
	}
}

// The subjects of the pages: the district of the district roles, another, an indicator and a figure it is made of.
const (
	ownDistrict, otherDistrict = "210102", "210103"
	shownIndicator, shownItem  = "lecture_union_coverage", "lecture_covered_unions_ytd"
)

// scoredPages are the addresses that show scores, or what they are made of. Each is asked for with every period of a stand.
func scoredPages() []string {
	pages := []string{
		"/?base=prev", "/?base=year", "/lags", "/f/six_systems", "/f/six_systems?show=rank", "/f/six_systems/indicators",
		"/i/" + shownIndicator, "/export", "/export/scores.csv", "/export/observations.csv", "/corrections", "/appeals",
	}
	for _, unit := range []string{ownDistrict, otherDistrict} {
		pages = append(pages, "/d/"+unit, "/d/"+unit+"?base=year", "/why/"+unit+"/composite", "/why/"+unit+"/composite.json",
			"/why/"+unit+"/six_systems", "/why/"+unit+"/"+shownIndicator, "/why/"+unit+"/"+shownIndicator+".json")
	}
	return pages
}

// barePages choose their period themselves, or show scores of none and must not betray any either.
func barePages() []string {
	return []string{
		"/", "/?base=prev", "/f/six_systems", "/d/" + otherDistrict, "/i/" + shownIndicator, "/why/" + otherDistrict + "/composite", "/export/scores.csv",
		"/?q=2026Q4", "/d/" + otherDistrict + "?q=2026Q4", "/f/six_systems?q=2026", "/export/scores.csv?q=2026Q4",
		"/tasks", "/calendar", "/status", "/actions", "/actions.csv", "/targets/2026", "/targets/2026/new_unions", "/export/targets.csv", "/city", "/review",
		"/review/" + otherDistrict + "/2026Q3", "/review/" + ownDistrict + "/2026Q3", "/fill", "/fill/2026Q3", "/fill/2026Q3/cover", "/fill/2026Q4",
		"/fill/2026Q4/ideology", "/collect", "/account", "/phones/" + otherDistrict,
	}
}

func (s stand) pages() []string {
	pages := barePages()
	for _, q := range s.quarters {
		for _, page := range scoredPages() {
			pages = append(pages, and(page, "q="+q))
		}
	}
	return pages
}

// programPages are what programs ask for: of a period that is not published, where the state has one.
func (s stand) programPages() (pages []string) {
	for _, q := range s.quarters {
		if len(s.quarters) > 1 && !slices.Contains(s.hidden, q) {
			continue
		}
		for _, page := range []string{
			"scores", "scores?with_city=true&unit=" + otherDistrict, "scores?edition=1", "scores?framework=composite,six_systems&node=composite", "observations",
			"observations?unit=" + ownDistrict, "observations?unit=" + otherDistrict, "robustness?draws=3", "seals/" + q + "/1", "seals/" + q + "/1/text",
			"scores/" + ownDistrict + "/composite/explanation", "scores/" + ownDistrict + "/" + shownIndicator + "/explanation",
			"scores/" + otherDistrict + "/composite/explanation", "scores/" + otherDistrict + "/" + shownIndicator + "/explanation",
			"scores/" + otherDistrict + "/" + shownIndicator + "/explanation?edition=1",
			"exports/scores?format=csv", "exports/observations?format=csv&trace=true", "exports/observations?format=csv&unit=" + otherDistrict,
			"exports/summary?format=json", "exports/ranking?format=json", "exports/returns?format=json",
		} {
			if strings.HasPrefix(page, "scores?") || strings.HasPrefix(page, "observations") {
				page = and(page, "limit=10000")
			}
			if page = "/api/v1/" + page; !strings.Contains(page, "/seals/") {
				page = and(page, "period="+q)
			}
			pages = append(pages, page)
		}
	}
	return append(pages, "/api/v1/runs", "/api/v1/seals", "/api/v1/units", "/api/v1/items", "/api/v1/frameworks/six_systems")
}

// and adds a parameter to an address.
func and(page, parameter string) string {
	if strings.Contains(page, "?") {
		return page + "&" + parameter
	}
	return page + "?" + parameter
}

// Row 21 of the security checklist: before publication only the roles of the city see the scores of other units; after it the others
// see exactly what is published. In four states of publication the roles read every page that could tell of scores; everything a
// page could tell has a number of its own (see marks), and what was told stands in a file that a person has read. Of each line the
// columns are what is told of periods not published – of the own unit, of others – and of published ones. After a change that is
// meant, run the test with UNIONBOARD_TEST_UPDATE=1 and read the difference. One of the states is read, with UNIONBOARD_TEST_PAGES=all each.
func TestWhatIsPublishedIsWhatIsSeen(t *testing.T) {
	t.Parallel()
	const golden = "testdata/publication.txt"
	const hardest = 3 // of the states: a quarter in the past and its year are not published, later ones are
	var got strings.Builder
	left := map[string]bool{}
	inside(t, copyDemonstration(t), func(a *app) {
		a.config.API.AtOnce = 10000
		server := httptest.NewServer(demoSite(t, a))
		defer server.Close()
		people, programs := everyRole(t, a, server.URL), everyProgram(t, a, server.URL)
		periods, err := a.board.Periods(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		periods = append(periods, assess.MustPeriod("2026"))
		planted := []assess.Period{assess.MustPeriod("2025Q4"), assess.MustPeriod("2026Q2"), assess.MustPeriod("2026Q3")}
		edition, err := results.Exact{Board: a.board}.Edition(t.Context(), 2026)
		if err != nil {
			t.Fatal(err)
		}
		m := newMarks(t)
		m.plant(a, shownItem, shownIndicator, edition.Roster.Units, planted)
		waiting := assess.AuditLine{At: time.Now(), Actor: "demo.leader", Result: "ok"}
		if _, err := a.book().Approve(t.Context(), assess.MustPeriod("2026Q1"), "", account.User{Name: "demo.leader", Role: assess.CityLeader}, waiting); err != nil {
			t.Fatal(err)
		}
		for _, p := range planted { // what was planted is published; until then nobody but the city sees it
			if err := a.playPublication(t.Context(), demo.Event{At: time.Now(), Period: p, By: "demo.analyst", Approver: "demo.leader"}); err != nil {
				t.Fatal(err)
			}
		}
		for i, s := range stands() {
			s.set(t, a)
			m.put(a.board, periods)
			if i == 0 {
				m.derive(edition, periods)
			}
			if i != hardest && !everyPage() {
				left["# "+s.title] = true
				continue
			}
			fmt.Fprintf(&got, "# %s\n", s.title)
			for _, page := range s.pages() {
				got.WriteString(s.read(t, m, people, s.roles(), page))
			}
			for _, page := range s.programPages() {
				got.WriteString(s.read(t, m, programs, []assess.Role{assess.DistrictReporter, assess.CityAnalyst}, page))
			}
			got.WriteString("\n")
		}
	})
	if os.Getenv("UNIONBOARD_TEST_UPDATE") != "" {
		write(t, golden, got.String())
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(lines(string(want), left), lines(got.String(), nil)); diff != "" {
		t.Errorf("-file +pages:\n%s", diff)
	}
}

// everyPage says that what reads the pages of a whole city reads all of them: minutes, therefore in `WHOLE=1 make test-full`.
func everyPage() bool {
	return os.Getenv("UNIONBOARD_TEST_PAGES") == "all" || os.Getenv("UNIONBOARD_TEST_UPDATE") != ""
}

// lines answers the lines of a file of states, each under its title, without the states that are left out.
func lines(text string, left map[string]bool) (lines []string) {
	out := false
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "# ") {
			out = left[line]
		}
		if !out {
			lines = append(lines, line)
		}
	}
	return lines
}

// everyRole signs in a person of each role, those of districts for the same one.
func everyRole(t *testing.T, a *app, base string) map[assess.Role]*visitor {
	t.Helper()
	const password = "osprey-lantern-keys"
	u, err := account.New("keeper", "Keeper", account.Post{Role: assess.SecurityAdmin}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if u.PasswordHash, err = account.NewHasher(1).Hash(t.Context(), password); err != nil {
		t.Fatal(err)
	}
	if err := a.store.AddAccount(t.Context(), u, assess.AuditLine{At: time.Now(), Actor: "system", Action: "user.add", Object: u.Name, Result: "ok"}); err != nil {
		t.Fatal(err)
	}
	people := map[assess.Role]*visitor{}
	for _, role := range account.Roles() {
		if role == assess.SecurityAdmin {
			people[role] = signInAs(t, base, u.Name, password)
			continue
		}
		people[role] = signIn(t, base, role)
	}
	return people
}

// everyProgram makes a program of the same district, and one of the city, each under the role whose eyes it has.
func everyProgram(t *testing.T, a *app, base string) map[assess.Role]*visitor {
	t.Helper()
	programs := map[assess.Role]*visitor{}
	for role, unit := range map[assess.Role]assess.UnitCode{assess.DistrictReporter: ownDistrict, assess.CityAnalyst: cityCode} {
		programs[role] = &visitor{t: t, base: base, http: http.Client{Transport: bearing{newProgram(t, a, base, unit).secret}, Timeout: patience}}
	}
	return programs
}

// bearing adds a token to every request, and asks for all units at once where there are several pages as JSON.
type bearing struct{ secret string }

func (b bearing) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+b.secret)
	r.Header.Set("Accept", "text/csv, */*;q=0.5")
	return http.DefaultTransport.RoundTrip(r)
}

// read answers the lines of a page: who is told the same stands in one.
func (s stand) read(t *testing.T, m *marks, people map[assess.Role]*visitor, roles []assess.Role, page string) string {
	t.Helper()
	var order []string
	told := map[string][]string{}
	for _, role := range roles {
		status, body := people[role].get(and(page, "lang=en")) // which folds no numbers
		seen := s.seen(m.on(body))
		s.check(t, role, page, status, seen)
		what := fmt.Sprintf("%d  %-9s %-9s %-9s %-9s", status, seen[0], seen[1], seen[2], seen[3])
		if told[what] == nil {
			order = append(order, what)
		}
		told[what] = append(told[what], string(role))
	}
	together := strings.NewReplacer("district_reporter district_checker district_chair", "districts",
		"city_reviewer city_analyst city_assessor city_leader auditor", "city", "admin security_admin", "keepers")
	lines := ""
	for _, what := range order {
		lines += strings.TrimRight(fmt.Sprintf("%-49s %s %s", page, what, together.Replace(strings.Join(told[what], " "))), " ") + "\n"
	}
	return lines
}

// roles are all ten, or one of each scope: the first states show which of them are told the same.
func (s stand) roles() []assess.Role {
	if s.everybody {
		return account.Roles()
	}
	return []assess.Role{assess.DistrictReporter, assess.CityReviewer, assess.CityLeader, assess.Admin}
}

// seen sorts what a page tells: of periods not published the own unit and others, of published ones the same.
func (s stand) seen(all []mark) (letters [4]string) {
	var has [4]map[field]bool
	for i := range has {
		has[i] = map[field]bool{}
	}
	for _, is := range all {
		column := 0
		if is.unit != ownDistrict {
			column = 1
		}
		if !slices.ContainsFunc(is.periods, func(p assess.Period) bool { return slices.Contains(s.hidden, p.String()) }) {
			column += 2
		}
		has[column][is.field] = true
	}
	for i := range has {
		for _, f := range allFields {
			if has[i][field(f)] {
				letters[i] += string(f)
			}
		}
		if letters[i] == "" {
			letters[i] = "-"
		}
	}
	return letters
}

// check holds what no reading of the file may let pass: a district is told nothing of others in a period that is not published, and
// of its own unit nothing but what it handed in and heard; afterwards no figure of another, save that the ranking of an indicator has
// the count of what was done beside the rate, as the table that goes with the notice has. Whoever keeps accounts is told nothing.
func (s stand) check(t *testing.T, role assess.Role, page string, status int, seen [4]string) {
	t.Helper()
	u := account.User{Role: role, Unit: ownDistrict}
	hidden, foreign := "sprvcmt", "fwnt"
	if strings.HasPrefix(page, "/i/") {
		foreign = "wnt"
	}
	switch {
	case status >= http.StatusInternalServerError:
		t.Errorf("%s as %s: %d", page, role, status)
	case !u.May(account.ReadPublished, "") && seen != [4]string{"-", "-", "-", "-"},
		!u.May(account.ReadUnpublished, "") && (strings.ContainsAny(seen[0], hidden) || seen[1] != "-" || strings.ContainsAny(seen[2], "t") || strings.ContainsAny(seen[3], foreign)):
		t.Errorf("%s: %s tells %s %q", s.title, page, role, seen)
	}
}
