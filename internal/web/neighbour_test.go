package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/web"
)

// Row 20 of the security checklist: two districts, A and B. Whatever A's people ask for that is B's, wherever they name it, is
// answered like what there is not: the same status and the same page. To extend it: a route with a new variable part makes the test
// fail until the part stands in neighbourIDs; another place in which something of B's can be named is a line of positions.

// A is 210103, B is 210102, whose office is at work.
const neighbourUnit = otherUnit

// naming is something of B's and something of the same form that there is not.
type naming struct{ theirs, unknown string }

// neighbourIDs are the variable parts of addresses that name something of a district.
func (n *neighbours) ids() map[string]naming {
	return map[string]naming{
		"unit":       {ownUnit, unknownUnit},
		"account":    {n.people.of("heping").ID, unknownID},
		"link":       {n.link, unknownID},
		"secret":     {n.secret, "ZZZZZZZZZZZZZZZZZZZZZZZZZZ"},
		"token":      {n.token, unknownID},
		"id":         {n.file, unknownID},
		"upload":     {n.upload, "ZZZZZZZZZZZZZZZZZZZZZZZZZZ"},
		"correction": {matterID(assess.Correction), unknownID},
		"appeal":     {matterID(assess.Appeal), unknownID},
		"task":       {matterID(assess.Task), unknownID},
		"proposal":   {"01890000-0000-7000-8000-000000000000", unknownID},
		"difference": {differenceID, unknownID},
		"job":        {n.job, unknownID},
		"refund":     {waitingRefund, "FH-210102-2026-999999"},
		"record":     {n.sampleRecord(), unknownID},
		"release":    {n.sampleRelease(), unknownID},
		"number":     {"GZS-210102-0001", "GZS-210102-9999"}, // of a record
		"piece":      {heldID, unknownID},                    // what a source sent and was refused is the city's alone
	}
}

// common are the variable parts that name nothing of a single district, with a value that there is.
func common() map[string]string {
	return map[string]string{
		"framework": "six_systems", "code": "union_members", "source": "shenhe", "table": "scores", "format": "csv", "file": "none.css", "section": "org_building",
		"item": string(claim), "q": "2026Q4", "year": "2026", "indicator": "new_unions", "department": "legal", "page": "skills", "edition": "1", "period": "2026Q1", "node": "organisation", "delivery": "1", "batch": "1", "register": "innovation_studios",
	}
}

// open says why a route answers about every district alike.
func openToAll() map[string]string {
	return map[string]string{
		"GET /d/{unit}":              "the scores of published periods are everybody's; field by field, row 21",
		"GET /why/{unit}/{code}":     "as above; the figures behind a score of another district are withheld",
		"GET /wall/{secret}":         "whoever has the address of a link to the wall sees what is published",
		"GET /calendar/{secret}.ics": "whoever has the address of a link reads with its owner's rights; that is what it is for",
	}
}

// positions are the places beside the address in which something of B's can be named: § stands for it.
func positions() []struct {
	method, path, id string
	form             []string
} {
	return []struct {
		method, path, id string
		form             []string
	}{
		{"GET", "/fill/2026Q4?unit=§", "unit", nil},
		{"GET", "/fill/2026Q4/org_building?unit=§", "unit", nil},
		{"GET", "/fill/2026Q4/org_building/union_members?unit=§", "unit", nil},
		{"GET", "/fill/2026Q4/check?unit=§", "unit", nil},
		{"GET", "/fill/2026Q4/cover?unit=§", "unit", nil},
		{"GET", "/fill/2026Q4/news?unit=§", "unit", nil},
		{"GET", "/fill/2026Q4/evidence?unit=§", "unit", nil},
		{"GET", "/fill/2026Q4/evidence/" + string(claim) + "?unit=§", "unit", nil},
		{"GET", "/fill/2026Q4/form.xlsx?unit=§", "unit", nil},
		{"GET", "/fill?unit=§", "unit", nil},
		{"GET", "/tasks?unit=§", "unit", nil},
		{"GET", "/corrections?unit=§&q=2026Q4", "unit", nil},
		{"GET", "/appeals?unit=§", "unit", nil},
		{"GET", "/actions?unit=§", "unit", nil},
		{"GET", "/actions.csv?unit=§", "unit", nil},
		{"GET", "/status/2026Q4?unit=§", "unit", nil},
		{"GET", "/export?unit=§", "unit", nil},
		{"GET", "/export/observations.csv?unit=§&q=2026Q1", "unit", nil},
		{"GET", "/export/scores.xlsx?unit=§&q=2026Q1", "unit", nil},
		{"POST", "/export/jobs?unit=§&q=2026Q1", "unit", []string{"table", "scores", "format", "csv"}},
		{"POST", "/export/jobs", "unit", []string{"unit", "§", "table", "scores", "format", "csv"}},
		{"GET", "/evidence/" + unknownID + "?unit=§", "unit", nil},
		{"POST", "/fill/2026Q4/cell?unit=§", "unit", []string{"item", "union_members", "value", "1", "base", "0", "request", "r1"}},
		{"POST", "/fill/2026Q4/cell", "unit", []string{"unit", "§", "item", "union_members", "value", "1", "base", "0", "request", "r1"}},
		{"POST", "/fill/2026Q4/unchanged?unit=§", "unit", nil},
		{"POST", "/fill/2026Q4/forward?unit=§", "unit", nil},
		{"POST", "/fill/2026Q4/sign?unit=§", "unit", nil},
		{"POST", "/corrections", "unit", []string{"unit", "§", "period", "2026Q1", "code", "union_members", "value", "30500", "reason", "x"}},
		{"POST", "/appeals", "unit", []string{"unit", "§", "period", "2025", "code", "union_members", "reason", "x"}},
		{"POST", "/comments", "unit", []string{"unit", "§", "period", "2026Q4", "code", "union_members", "audience", "report", "text", "x"}},
		{"POST", "/corrections/{correction}", "correction", []string{"action", "withdraw", "note", "x"}},
		{"POST", "/appeals/{appeal}", "appeal", []string{"action", "withdraw", "note", "x"}},
		{"POST", "/differences/{difference}", "difference", []string{"do", "answer", "note", "x"}},
		{"POST", "/differences/{difference}", "difference", []string{"do", "keep", "note", "x"}},
		{"GET", "/registers/innovation_studios?figure=studios_active&period=2026Q1&unit=§", "unit", nil},
		{"GET", "/registers/dues_refunds/review?unit=§", "unit", nil},
		{"POST", "/registers/dues_refunds/review/{refund}", "refund", []string{"version", "1", "do", "none", "note", "x"}},
		{"POST", "/registers/dues_refunds/review/{refund}/uncover", "refund", []string{"column", "tax.account", "reason", "x"}},
		{"POST", "/registers/innovation_studios/take/{release}", "release", []string{"answer", "allow"}},
		{"GET", "/registers/innovation_studios?unit=§", "unit", nil},
		{"GET", "/registers/innovation_studios?sort=unit_code&unit=§&closed=1", "unit", nil},
		{"GET", "/registers/innovation_studios?search=§", "number", nil},
		{"GET", "/registers/dues_refunds?search=§", "refund", nil},
		{"GET", "/registers/dues_refunds/review?find=§", "refund", nil},
		{"POST", "/persons", "number", []string{"person", "§", "reason", "x"}},
		{"POST", "/registers/innovation_studios/take", "release", []string{"format", "csv", "readable", "1", "reason", "x", "release", "§"}},
		{"POST", "/registers/innovation_studios/records/{record}", "record", []string{"version", "1", "name", "x", "reason", "x"}},
		{"POST", "/registers/innovation_studios/records/{record}/uncover", "record", []string{"column", "leader", "reason", "x"}},
		{"GET", "/status/2026Q4?sort=unit&unit=§", "unit", nil},
		{"POST", "/evidence/{id}/remove", "id", nil},
		{"POST", "/fill/2026Q4/upload/{upload}", "upload", []string{"unit", ownUnit}},
		{"POST", "/account/links/{link}/revoke", "link", nil},
		{"POST", "/export/jobs/{job}/drop", "job", nil},
		{"POST", "/actions/{task}", "task", []string{"action", "report", "note", "x"}},
	}
}

// neighbours are two districts on one site: B has drafts, a file of evidence, a workbook that waits, matters, a link and a token.
type neighbours struct {
	*office
	file, upload, link, secret, token, job string
}

func newNeighbours(t *testing.T) *neighbours {
	t.Helper()
	return &neighbours{office: newOffice(t)}
}

var eachNumber = regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}|name="(?:form_token|request)" value="[^"]*"`)

// alike strips from an answer what differs between two requests for the same: numbers, tokens, and the names that were asked for.
func alike(a answerTo, names ...string) string {
	body := a.body
	for _, name := range names {
		body = strings.ReplaceAll(body, url.QueryEscape(name), "§")
		body = strings.ReplaceAll(body, name, "§")
	}
	return eachNumber.ReplaceAllString(body, "")
}

func TestADistrictLearnsNothingOfAnother(t *testing.T) {
	n := newNeighbours(t)
	first := newReader(t, n.site)
	own := first.fresh().signIn("heping")
	n.give(t, own)
	own.post("/export?q=2026Q1", "/export/jobs?q=2026Q1", "table", "observations", "format", "csv")
	jobs, err := n.people.Exports(t.Context(), n.people.of("heping").ID)
	if err != nil || len(jobs) != 1 {
		t.Fatal(jobs, err)
	}
	n.job = jobs[0].ID
	people := map[string]*reader{"tiexi": first.fresh().signIn("tiexi")}
	for name, role := range map[string]assess.Role{"their.checker": assess.DistrictChecker, "their.chair": assess.DistrictChair} {
		n.join(t, name, role, neighbourUnit)
		people[name] = first.fresh().signIn(name)
	}
	for _, path := range []string{ // what is asked for is there: B finds it
		"/corrections/" + matterID(assess.Correction), "/appeals/" + matterID(assess.Appeal), "/actions/" + matterID(assess.Task), "/evidence/" + n.file,
		officeForm + "/upload/" + n.upload, "/fill/2026Q4?unit=210102", "/fill/2026Q4/org_building/union_members?unit=210102",
	} {
		own.get(path).answers(t, path, http.StatusOK)
	}
	before, err := n.store.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ask := func(what string, method, path string, form []string, x naming) {
		t.Helper()
		for who, r := range people {
			var answers [2]answerTo
			for i, name := range []string{x.theirs, x.unknown} {
				to := strings.ReplaceAll(path, "§", name)
				if method == http.MethodGet {
					answers[i] = r.get(to)
					continue
				}
				pairs := make([]string, len(form))
				for j, word := range form {
					pairs[j] = strings.ReplaceAll(word, "§", name)
				}
				answers[i] = r.send(to, pairs...)
			}
			theirs, unknown := answers[0], answers[1]
			if theirs.StatusCode != unknown.StatusCode || alike(theirs, x.theirs, x.unknown) != alike(unknown, x.theirs, x.unknown) {
				t.Errorf("%s as %s: B's answers %d %s, what there is not %d %s", what, who,
					theirs.StatusCode, alerts(theirs.body), unknown.StatusCode, alerts(unknown.body))
			}
			if theirs.StatusCode == http.StatusOK && strings.Contains(theirs.body, "7654321") {
				t.Errorf("%s as %s shows B's draft", what, who)
			}
		}
	}
	ids := n.ids()
	for _, route := range n.routes(t) {
		for part := range ids {
			if !strings.Contains(route, "{"+part+"}") || openToAll()[route] != "" {
				continue
			}
			method, path, _ := strings.Cut(route, " ")
			ask(route, method, fill(t, path, part), nil, ids[part])
		}
	}
	for _, p := range positions() {
		ask(p.method+" "+p.path, p.method, strings.ReplaceAll(p.path, "{"+p.id+"}", "§"), p.form, ids[p.id])
	}
	if after, err := n.store.Head(t.Context()); err != nil || after.Version != before.Version || after.Seq != before.Seq {
		t.Errorf("something of B's was changed: %+v, then %+v, %v", before, after, err)
	}
	n.untouched(t)
}

// fill fills the variable parts of a plain template, the one that is tried with §.
func fill(t *testing.T, template, tried string) string {
	t.Helper()
	return regexp.MustCompile(`\{([a-z]+)\}`).ReplaceAllStringFunc(template, func(part string) string {
		name := strings.Trim(part, "{}")
		if name == tried {
			return "§"
		}
		return common()[name]
	})
}

// routes answers those of the site, and fails the test for a variable part that says neither whose it is nor that it is nobody's.
func (n *neighbours) routes(t *testing.T) (all []string) {
	t.Helper()
	walked, _, err := web.Walked(n.options(t))
	if err != nil {
		t.Fatal(err)
	}
	ids := n.ids()
	for _, name := range walked {
		method, template, _ := strings.Cut(name, " ")
		route := method + " " + plain(template)
		for _, m := range regexp.MustCompile(`\{([a-z]+)\}`).FindAllStringSubmatch(route, -1) {
			if _, theirs := ids[m[1]]; !theirs && common()[m[1]] == "" {
				t.Errorf("%s: say in neighbour_test.go whether {%s} names something of a district", route, m[1])
			}
		}
		all = append(all, route)
	}
	return all
}

// give lets B's reporter work: a draft, a file, a workbook; and makes a link and a token of B.
func (n *neighbours) give(t *testing.T, r *reader) {
	t.Helper()
	n.sampleRefund()
	n.typed("union_members", "7654321", "", "heping")
	n.typed(claim, "12", "", "heping")
	r.upload(proofPath, r.proof([2]string{"名册.png", string(samplePNG(50, 50))})).leads(t, "a file of evidence", proofPath)
	proofs := r.get(proofPath).proofs()
	if len(proofs) == 0 {
		t.Fatal("the file is not there")
	}
	n.file = strings.TrimPrefix(proofs[0], "/evidence/")
	n.upload = strings.TrimPrefix(r.waiting(bookName, r.book()), officeForm+"/upload/")
	l, secret, err := account.NewLink(account.CalendarLink, n.people.of("heping"), n.clock.at)
	if err == nil {
		err = n.people.AddLink(t.Context(), l, n.people.line("link.add"))
	}
	if err != nil {
		t.Fatal(err)
	}
	n.link, n.secret = l.ID, secret
	n.differs()
	n.token = newToken(t, n.gallery, account.TokenOrder{}).ID
}

// untouched asserts that what is B's is still as it was.
func (n *neighbours) untouched(t *testing.T) {
	t.Helper()
	cells, err := n.store.Drafts(t.Context(), ownUnit, officeQuarter())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cells {
		if c.By != "heping" {
			t.Errorf("a draft of B's is by %s", c.By)
		}
	}
	if links, err := n.people.Links(t.Context(), n.people.of("heping").ID); err != nil || len(links) != 1 || !links[0].RevokedAt.IsZero() {
		t.Errorf("B's links are %+v, %v", links, err)
	}
}
