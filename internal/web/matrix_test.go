package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/web"
)

// samples answers what the variable parts of an address are tried with, by their names. A route whose part is missing here fails
// the matrix: add a value that the gallery knows. {unit} is not here, it is tried with four.
func samples(g *gallery) map[string]string {
	return map[string]string{
		"framework": "six_systems", "code": "organisation", "source": "shenhe", "table": "scores", "format": "csv", "job": unknownID, "file": "none.css", "page": "skills",
		"upload":  "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
		"section": "organisation", "item": "enterprises", "id": galleryFile,
		"secret": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "year": "2026", "indicator": "new_unions",
		"department": "finance", "proposal": "01890000-0000-7000-8000-000000000000",
		"account": g.people.of("tiexi").ID, "link": unknownID, "token": unknownID, "difference": differenceID,
		"refund": g.sampleRefund(), "delivery": "1", "batch": "1",
		"piece": unknownID, "register": "innovation_studios", "record": g.sampleRecord(), "release": g.sampleRelease(), "edition": "1", "period": "2026Q1", "node": "organisation",
		"q": "2026Q1", "correction": matterID(assess.Correction), "appeal": matterID(assess.Appeal), "task": matterID(assess.Task),
	}
}

// unknownID names nothing.
const unknownID = "00000000-0000-7000-8000-000000000000"

// The units of the matrix: the one of the district roles, another, the city above both, and one that there is not.
const ownUnit, otherUnit, cityUnit, unknownUnit = "210102", "210103", "210100", "999999"

var variablePart = regexp.MustCompile(`\{([a-z]+)(?::[^{}]*(?:\{[^{}]*\}[^{}]*)*)?\}`)

// plain answers a route without the forms of its parts: /d/{unit}.
func plain(template string) string { return variablePart.ReplaceAllString(template, "{$1}") }

// sample fills the variable parts of a path. ok is false where a part has no sample.
func sample(g *gallery, template, unit string) (path string, ok bool) {
	ok = true
	path = variablePart.ReplaceAllStringFunc(template, func(part string) string {
		name := variablePart.FindStringSubmatch(part)[1]
		value, known := samples(g)[name]
		if name == "unit" {
			value, known = unit, true
		}
		ok = ok && known
		return value
	})
	return path, ok
}

// people of the matrix in the order of its columns, with the heads of the columns: nobody, somebody who must first change the
// password, and one of each role.
func columns() (names, heads []string) {
	names, heads = []string{"nobody", "newcomer"}, []string{"nobody", "newcomer"}
	for _, role := range account.Roles() {
		names = append(names, string(role))
		heads = append(heads, strings.TrimPrefix(strings.TrimPrefix(string(role), "district_"), "city_"))
	}
	return names, heads
}

// TestWhoMayOpenWhat is row 19 of the security checklist: every route of the router × every role × the own unit, another, the city
// and an unknown one, compared with a file that a person has read. A route is one line, in the order of the addresses; a cell is the status, or
// where it leads; four with commas are those of the own and the other unit, the city and the unknown one where they differ. What is changed is
// tried with the person's own form token and nothing else in the form. After a change that is meant, run the test with
// UNIONBOARD_TEST_UPDATE=1 and read the difference.
func TestWhoMayOpenWhat(t *testing.T) {
	const golden = "testdata/access.txt"
	walked, _, err := web.Walked(newGallery(t).options(t))
	if err != nil {
		t.Fatal(err)
	}
	names, heads := columns()
	m := newMatrix(t, names)
	slices.SortFunc(walked, func(a, b string) int {
		_, pathA, _ := strings.Cut(a, " ")
		_, pathB, _ := strings.Cut(b, " ")
		return strings.Compare(pathA+" "+a, pathB+" "+b)
	})
	lines := make([]string, len(walked))
	for _, reading := range []bool{true, false} {
		for i, route := range walked {
			if method, template, _ := strings.Cut(route, " "); (method == http.MethodGet) == reading {
				lines[i] = matrixLine(method+" "+plain(template), m.row(method, template))
			}
		}
	}
	got := matrixLine("", heads) + strings.Join(lines, "")
	if os.Getenv("UNIONBOARD_TEST_UPDATE") != "" {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("-file +router:\n%s", diff)
	}
}

func matrixLine(route string, cells []string) string {
	line := fmt.Sprintf("%-46s", route)
	for _, c := range cells {
		line += fmt.Sprintf(" %-11s", c)
	}
	return strings.TrimRight(line, " ") + "\n"
}

// matrix tries routes with everybody in one gallery: reading first, since it changes nothing. Where a change ended somebody's
// session they sign in again; with empty forms few changes do anything else.
type matrix struct {
	t       *testing.T
	names   []string
	gallery *gallery
	people  map[string]*reader
}

func newMatrix(t *testing.T, names []string) *matrix {
	m := &matrix{t: t, names: names, gallery: newGallery(t)}
	first := newReader(t, m.gallery.handler(t))
	m.people = map[string]*reader{"nobody": first}
	for _, name := range names[1:] {
		m.people[name] = first.fresh().signIn(name)
	}
	return m
}

func (m *matrix) row(method, template string) (cells []string) {
	for _, who := range m.names {
		var each []string
		units := []string{ownUnit, otherUnit, cityUnit, unknownUnit}
		if !strings.Contains(template, "{unit") {
			units = units[:1]
		}
		for _, unit := range units {
			path, ok := sample(m.gallery, template, unit)
			if !ok {
				m.t.Errorf("%s has a variable part without a sample; add one to samples", template)
				return []string{"no sample"}
			}
			if strings.HasPrefix(path, "/sign-in") || path == "/setup" {
				m.gallery.clock.at = m.gallery.clock.at.Add(time.Minute) // an address may try only so often
			}
			each = append(each, try(m.people[who], method, path))
			if who != "nobody" && method != http.MethodGet && m.people[who].get("/password").StatusCode != http.StatusOK {
				m.gallery.clock.at = m.gallery.clock.at.Add(time.Minute) // an address may try only so often
				m.people[who].signIn(who)
			}
		}
		if one := slices.Compact(slices.Clone(each)); len(one) == 1 {
			each = one
		}
		cells = append(cells, strings.Join(each, ","))
	}
	return cells
}

// try asks for a page, or sends its form with nothing but the token, and answers the status, or where it leads.
func try(r *reader, method, path string) string {
	var a answerTo
	if method == http.MethodGet {
		a = r.get(path)
	} else {
		a = r.do(method, path, url.Values{"form_token": {r.ownToken()}})
	}
	if to := a.Header.Get("Location"); to != "" {
		to, _, _ = strings.Cut(to, "?")
		return to
	}
	return fmt.Sprint(a.StatusCode)
}

// ownToken answers a form token of the reader, signed in or not.
func (r *reader) ownToken() string {
	r.t.Helper()
	if a := r.get("/password"); a.StatusCode == http.StatusOK {
		return tokenForm.FindStringSubmatch(a.body)[1]
	}
	return r.token("/sign-in")
}
