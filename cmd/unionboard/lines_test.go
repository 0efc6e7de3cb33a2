package main

import (
	"cmp"
	"fmt"
	"html"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/audit"
	"github.com/unionboard/unionboard/internal/servers"
)

// auditedCity is a served city whose audit log is read after everything that somebody does.
type auditedCity struct {
	t      *testing.T
	app    *app
	people map[string]*guest
	kept   map[string]string // what {words} mean
	done   map[string]bool   // routes that were used
}

// newAuditedCity serves a copy of the demonstration of two quarters – 2026Q2 archived, 2026Q3 published, 2026Q4 being collected – to people of
// every role.
func newAuditedCity(t *testing.T, a *app) *auditedCity {
	t.Helper()
	server := httptest.NewServer(demoSite(t, a))
	t.Cleanup(server.Close)
	now := time.Now().In(a.zone)
	c := &auditedCity{t: t, app: a, people: map[string]*guest{}, done: map[string]bool{}, kept: map[string]string{
		"password": guestPassword, "today": now.Format(time.DateOnly), "yesterday": now.AddDate(0, 0, -1).Format(time.DateOnly), "later": now.AddDate(0, 1, 0).Format(time.DateOnly),
	}}
	posts := map[string]account.Post{"keeper": {Role: assess.Admin}, "late": {Role: assess.CityLeader}, "coded": {Role: assess.CityLeader}}
	for _, unit := range []assess.UnitCode{"210103", "210111", "210112"} {
		posts["reporter."+string(unit)] = account.Post{Role: assess.DistrictReporter, Unit: unit}
		posts["chair."+string(unit)] = account.Post{Role: assess.DistrictChair, Unit: unit}
	}
	for _, role := range []assess.Role{assess.CityAnalyst, assess.CityLeader, assess.CityAssessor, assess.Auditor} {
		posts[string(role)] = account.Post{Role: role}
	}
	for _, name := range []string{"org", "org.too", "finance", "party"} {
		posts[name] = account.Post{Role: assess.CityReviewer, Department: assess.Code(strings.TrimSuffix(name, ".too"))}
	}
	addPeople(t, a, posts)
	for name := range posts {
		v := newGuest(t, server.URL, name, len(c.people))
		c.people[name] = v
		if name != "late" {
			if err := v.signIn(t.Context()); err != nil {
				t.Fatal(err)
			}
			continue
		}
		page, err := v.get(t.Context(), "/sign-in")
		if err != nil {
			t.Fatal(err)
		}
		v.form = formToken.FindStringSubmatch(page.body)[1]
	}
	program := newGuest(t, server.URL, "program", len(c.people))
	program.secret = tokenFor(t, a, "210104", account.SubmitFigures)
	c.people["program"] = program
	return c
}

var braces = regexp.MustCompile(`\{[a-z0-9_.]+\}`)

// filled puts in what is known of {words}.
func (c *auditedCity) filled(text string) string {
	return braces.ReplaceAllStringFunc(text, func(word string) string {
		name := word[1 : len(word)-1]
		if at, code := map[string]time.Duration{"code": 0, "code.early": -30 * time.Second}[name]; code { // each opens once, one step early or late
			text, err := totp.GenerateCode(strings.ReplaceAll(c.kept["secret"], " ", ""), time.Now().Add(at))
			if err != nil {
				c.t.Fatal(err)
			}
			return text
		}
		if v, ok := c.kept[name]; ok {
			return v
		}
		return word
	})
}

// do does it and looks at the line.
func (c *auditedCity) do(e expected) {
	t := c.t
	t.Helper()
	c.done[e.route] = true
	v := c.people[e.who]
	if e.read != "" && !c.read(v, e) {
		return
	}
	head, err := c.app.store.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	method, path, _ := strings.Cut(e.route, " ")
	parts := strings.Fields(c.filled(e.at))
	path = braces.ReplaceAllStringFunc(path, func(word string) string {
		if len(parts) == 0 {
			return word
		}
		first := parts[0]
		parts = parts[1:]
		return first
	})
	got, err := c.send(v, method, path, e.form)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := c.app.store.AuditLines(t.Context(), head.Audit+1, 200)
	if err != nil {
		t.Fatal(err)
	}
	if e.who == "late" || e.who == "coded" { // their sessions begin and end
		c.anew(v)
	}
	c.look(e, got, lines)
}

// read finds on pages what a form needs.
func (c *auditedCity) read(v *guest, e expected) bool {
	c.t.Helper()
	for one := range strings.SplitSeq(e.read, " ; ") {
		name, rest, _ := strings.Cut(one, "=")
		path, pattern, _ := strings.Cut(rest, "~")
		page, err := v.get(c.t.Context(), c.filled(path))
		found := regexp.MustCompile(pattern).FindStringSubmatch(page.body)
		if err != nil || found == nil {
			c.t.Errorf("%s %s: %s answers %d %v and has no %s: %.500s", e.who, e.route, path, page.status, err, pattern, mainOf(page.body))
			return false
		}
		c.kept[name] = html.UnescapeString(found[1])
	}
	return true
}

// anew takes the token of the forms of a session that has just begun, or of none.
func (c *auditedCity) anew(v *guest) {
	for _, path := range []string{"/account", "/sign-in/code", "/sign-in"} {
		page, err := v.get(c.t.Context(), path)
		if err != nil {
			c.t.Fatal(err)
		}
		if found := formToken.FindStringSubmatch(page.body); found != nil && page.status == http.StatusOK {
			v.form = found[1]
			return
		}
	}
}

// send sends a form, JSON for programs, or a form with a file.
func (c *auditedCity) send(v *guest, method, path, text string) (reply, error) {
	ctx := c.t.Context()
	if method == http.MethodGet {
		return v.get(ctx, path)
	}
	if v.secret != "" {
		return v.send(ctx, method, path, "application/json", []byte(text), "Idempotency-Key", path)
	}
	form, err := url.ParseQuery(text)
	if err != nil {
		return reply{}, err
	}
	fields := map[string]string{}
	for name := range form {
		form.Set(name, c.filled(form.Get(name)))
		if name != "file" {
			fields[name] = form.Get(name)
		}
	}
	if file := form.Get("file"); file != "" {
		return v.upload(ctx, path, fields, file, picture(rand.New(rand.NewPCG(1, 2))))
	}
	return v.post(ctx, path, form)
}

// look wants the line among those that a request left, and of every one of them who, from where and under which number.
func (c *auditedCity) look(e expected, got reply, lines []assess.AuditLine) {
	c.t.Helper()
	want := wantedLine(c.filled(e.line))
	found := false
	for _, l := range lines {
		if l.Actor == "system" { // the program itself, beside it
			continue
		}
		if l.Address == "" || l.Request == "" || l.Actor == "" || l.Object == "" || l.Result == "" || l.At.IsZero() || audit.TopicOf(l.Action) == "" {
			c.t.Errorf("%s %s leaves %+v, which does not say who, from where, of what, or is of no known kind", e.who, e.route, l)
		}
		if !want.MatchString(asLine(l)) {
			continue
		}
		found = true
		if says := filledOf(l); says != e.says {
			c.t.Errorf("%s %s: filled are %q, want %q: %+v", e.who, e.route, says, e.says, l)
		}
		if number := got.header.Get("X-Request-Id"); l.Request != number {
			c.t.Errorf("%s %s is request %s, and its line says %s", e.who, e.route, number, l.Request)
		}
		if want := strings.TrimPrefix(e.who, "program"); want != "" && l.Actor != want {
			c.t.Errorf("%s %s: the line says it was %s", e.who, e.route, l.Actor)
		}
	}
	if !found {
		c.t.Errorf("%s %s answers %d to %q and leaves no line %q but%s\n%.600s", e.who, e.route, got.status, got.header.Get("Location"), c.filled(e.line), told(lines), mainOf(got.body))
	}
}

// asLine writes action, object, unit and result of a line as the table has them.
func asLine(l assess.AuditLine) string {
	return strings.Join([]string{l.Action, l.Object, cmp.Or(string(l.Unit), "-"), l.Result}, " ")
}

// wantedLine finds the line of the table; a word that is still in braces is any.
func wantedLine(text string) *regexp.Regexp {
	text = strings.NewReplacer(`\{`, "{", `\}`, "}", `\.`, ".").Replace(regexp.QuoteMeta(text))
	return regexp.MustCompile("^" + braces.ReplaceAllString(text, `[^ ]+`) + "$")
}

// filledOf says which of before and after a line has.
func filledOf(l assess.AuditLine) (says string) {
	if l.Before != "" {
		says = "b"
	}
	if l.After != "" {
		says += "a"
	}
	return says
}

// Row 53 of the security checklist, by the table: what people, programs and sources do at a served city of two quarters leaves the line that stands
// beside it. A route that changes something and stands neither in the table nor in the list of those that are looked at elsewhere fails the test.
func TestEveryDeedHasItsLine(t *testing.T) {
	t.Parallel()
	alone(t)
	dir := wholeInstallation(t, made.sealed.folder(t, "demo", "--build-only", "--quarters", "2"))
	good(t, "edition", "issue", "../../seeds", "--year", "2027", "--reason", "次年沿用", "--data", dir)
	inside(t, dir, func(a *app) {
		c := newAuditedCity(t, a)
		for _, part := range [][]expected{ownDeeds(), officeDeeds(), cityDeeds(), reportDeeds(), recordDeeds()} {
			for _, e := range part {
				c.do(e)
			}
		}
		line := assess.AuditLine{At: time.Now(), Actor: "system", Action: "cycle.scored", Object: "2026Q4", Result: "ok"}
		if err := a.store.PutCycle(t.Context(), assess.Cycle{Period: assess.MustPeriod("2026Q4"), State: assess.CycleScored}, line); err != nil {
			t.Fatal(err)
		}
		for _, e := range yearDeeds() {
			c.do(e)
		}
		c.complete()
	})
}

// complete wants every route that changes something in the table, or in the list of those whose line another test wants.
func (c *auditedCity) complete() {
	routes, err := os.ReadFile("../../internal/web/testdata/access.txt")
	if err != nil {
		c.t.Fatal(err)
	}
	other := elsewhere()
	for line := range strings.Lines(string(routes)) {
		if words := strings.Fields(line); len(words) > 1 && words[0] != http.MethodGet && !c.done[words[0]+" "+words[1]] {
			if _, ok := other[words[0]+" "+words[1]]; !ok && words[0] == http.MethodPost {
				c.t.Errorf("%s %s stands neither in the table nor in the list", words[0], words[1])
			}
		}
	}
	for route, where := range other {
		if c.done[route] {
			c.t.Errorf("%s stands in the table and in the list", route)
		}
		if where.test == "" {
			continue
		}
		text, err := os.ReadFile(filepath.Join("../..", where.file))
		_, body, there := strings.Cut(string(text), "\nfunc "+where.test+"(")
		body, _, _ = strings.Cut(body, "\n}\n")
		if err != nil || !there || !strings.Contains(body, where.action) {
			c.t.Errorf("%s: %s in %s does not want the line %q", route, where.test, where.file, where.action)
		}
	}
}

// Row 53 of the security checklist, for the command line: every command that writes leaves its line, by whom it was at the console.
func TestEveryCommandThatWritesHasItsLine(t *testing.T) {
	t.Parallel()
	alone(t)
	dir := wholeInstallation(t, made.sealed.folder(t, "demo", "--build-only", "--quarters", "2"))
	out := t.TempDir()
	kept := map[string]string{"dir": dir, "out": out, "new": filepath.Join(out, "new"), "fresh": filepath.Join(out, "fresh")}
	refundFiles(t, out)
	write(t, filepath.Join(out, "figures.csv"), "unit,period,code,value,note", "210113,2026Q4,union_members,30412,按台账", "")
	write(t, filepath.Join(out, "targets.csv"), "unit,period,code,target", "210104,2027,skill_upgrade_count,99", "")
	configure(t, dir, "sources:", "  - {name: sheets, kind: drop, folder: sheets, supplies: [reported]}")
	old := time.Now().Add(-time.Hour)
	write(t, filepath.Join(dir, "sheets", "one.csv"), "unit,period,code,value,note", "210105,2026Q3,union_members,30412,按台账", "")
	if err := os.Chtimes(filepath.Join(dir, "sheets", "one.csv"), old, old); err != nil {
		t.Fatal(err)
	}
	fill := func(text string) string {
		return braces.ReplaceAllStringFunc(text, func(word string) string { return cmp.Or(kept[strings.Trim(word, "{}")], word) })
	}
	met, last := map[string]bool{}, map[string]int64{}
	since := func(at string, number int64) (lines []assess.AuditLine) {
		inside(t, at, func(a *app) {
			var err error
			if lines, err = a.store.AuditLines(t.Context(), number+1, 5000); err != nil {
				t.Fatal(err)
			}
		})
		return lines
	}
	was := since(dir, 0)
	last[dir] = was[len(was)-1].Seq
	for _, one := range commandLines() {
		words := strings.Fields(fill(one.words))
		met[commandOf(words)] = true
		at := words[len(words)-1]
		r := call(t, words...)
		if r.code != exitDone {
			t.Errorf("%s ends with %d: %s%s", one.words, r.code, r.out, r.err)
			continue
		}
		if words[0] == "restore" && servers.Given() != "" {
			continue // what it has restored stands in the folder alone, where nobody looks here
		}
		lines := since(at, last[at])
		if n := len(lines); n > 0 {
			last[at] = lines[n-1].Seq
		}
		i := slices.IndexFunc(lines, func(l assess.AuditLine) bool { return wantedLine(fill(one.line)).MatchString(asLine(l)) })
		switch {
		case i < 0:
			t.Errorf("%s leaves no line %q but%s", one.words, fill(one.line), told(lines))
		case filledOf(lines[i]) != one.says:
			t.Errorf("%s: filled are %q, want %q:%s", one.words, filledOf(lines[i]), one.says, told(lines[i:i+1]))
		case lines[i].Actor == "" || audit.TopicOf(lines[i].Action) == "":
			t.Errorf("%s leaves %+v, which does not say who, or is of no known kind", one.words, lines[i])
		case lines[i].Action == "token.add":
			kept["token"] = lines[i].Object
		}
	}
	for _, c := range commands() {
		name := strings.TrimPrefix(strings.TrimPrefix(c.CommandPath(), "unionboard"), " ")
		if top, _, _ := strings.Cut(name, " "); top == "completion" || name == "" {
			continue
		}
		if why := readingCommands()[name]; met[name] == (why != "") {
			t.Errorf("%s: run here %v, and the list says %q", name, met[name], why)
		}
	}
}

// commandOf answers the command among words: those before the first that is no command.
func commandOf(words []string) string {
	name := words[0]
	for _, c := range commands() {
		if len(words) > 1 && c.CommandPath() == "unionboard "+words[0]+" "+words[1] {
			name = words[0] + " " + words[1]
		}
	}
	return name
}

// told writes lines as the table has them.
func told(lines []assess.AuditLine) (all string) {
	for _, l := range lines {
		all += fmt.Sprintf("\n\t%s by %s of %q %s %s, before %q, after %q", l.Action, l.Actor, l.Object, l.Unit, l.Result, l.Before, l.After)
	}
	return all
}
