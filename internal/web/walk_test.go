package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/config"
	"github.com/unionboard/unionboard/internal/web"
)

// reached are the routes of the site, method and template, each with a path that reaches it in a gallery.
type reached struct {
	name, method, path string
	open, program      bool
}

func everyRoute(t testing.TB, g *gallery) (all []reached) {
	t.Helper()
	names, declared, err := web.Walked(g.options(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		method, template, _ := strings.Cut(name, " ")
		path, ok := sample(g, template, ownUnit)
		if !ok {
			t.Errorf("%s has no sample", name)
			continue
		}
		all = append(all, reached{method + " " + plain(template), method, path, declared[name].Open, strings.HasPrefix(template, "/api/")})
	}
	return all
}

// Row 1 of the security checklist: whoever is not signed in gets no route but the open ones, and those are these.
func TestEveryRouteWantsASignIn(t *testing.T) {
	g := newGallery(t)
	r := newReader(t, g.handler(t))
	var open []string
	for _, one := range everyRoute(t, g) {
		if one.open {
			open = append(open, one.name)
			continue
		}
		a := r.do(one.method, one.path, nil)
		if to, _, _ := strings.Cut(a.Header.Get("Location"), "?"); one.program && a.StatusCode != http.StatusUnauthorized || !one.program && to != "/sign-in" {
			t.Errorf("%s answers %d to %q", one.name, a.StatusCode, a.Header.Get("Location"))
		}
	}
	slices.Sort(open)
	want := []string{
		"GET /api/v1/openapi.json", "GET /assets/{file}", "GET /calendar/{secret}.ics", "GET /healthz", "GET /readyz", "GET /setup", "GET /sign-in", "GET /sign-in/code", "GET /wall/{secret}",
		"POST /setup", "POST /sign-in", "POST /sign-in/code",
	}
	if !slices.Equal(open, want) {
		t.Errorf("open are %q, want %q", open, want)
	}
}

// Row 16 of the security checklist: a change needs a form of this session, whatever the browser says of itself, and reading changes
// nothing.
func TestEveryChangeComesFromOurOwnForm(t *testing.T) {
	g := newGallery(t)
	routes := everyRoute(t, g) // what its samples name is made before anything is counted
	first := newReader(t, g.handler(t))
	foreign := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	none := func(*http.Request) {}
	whoever := map[string]*reader{}
	for _, name := range []string{"heping", "chair", "analyst", "admin"} {
		whoever[name] = first.fresh().signIn(name)
		g.clock.at = g.clock.at.Add(4 * time.Second)
	}
	stranger := first.fresh().signIn("tiexi").ownToken()
	before := len(g.people.lines())
	tried := 0
	for _, one := range routes {
		if one.method == http.MethodGet || one.program || one.path == "/setup" {
			continue
		}
		for who, r := range whoever {
			token := r.ownToken()
			for what, a := range map[string]answerTo{
				"foreign origin":       r.do("POST", one.path, url.Values{"form_token": {token}}, foreign("Origin", "https://elsewhere.example")),
				"cross-site":           r.do("POST", one.path, url.Values{"form_token": {token}}, foreign("Sec-Fetch-Site", "cross-site")),
				"same-site":            r.do("POST", one.path, url.Values{"form_token": {token}}, foreign("Sec-Fetch-Site", "same-site")),
				"no token":             r.do("POST", one.path, url.Values{"reason": {"x"}}, none),
				"another's token":      r.do("POST", one.path, url.Values{"form_token": {stranger}}, none),
				"JSON as a form":       r.do("POST", one.path, url.Values{`{"form_token":"` + token + `","x":"`: {`"}`}}, none),
				"JSON":                 r.do("POST", one.path, url.Values{}, foreign("Content-Type", "application/json")),
				"text":                 r.do("POST", one.path, url.Values{}, foreign("Content-Type", "text/plain")),
				"token in the address": r.do("POST", one.path+"?form_token="+url.QueryEscape(token), url.Values{}, none),
			} {
				if a.StatusCode != http.StatusForbidden && a.StatusCode != http.StatusNotFound { // 404: a page that is not there for this role
					t.Errorf("%s as %s, %s: %d to %q, want 403", one.name, who, what, a.StatusCode, a.Header.Get("Location"))
				}
				tried++
			}
		}
	}
	for _, l := range g.people.lines()[before:] {
		if l.Action != "refused" && l.Action != "sign_in" {
			t.Errorf("a refused request changed something: %+v", l)
		}
	}
	if tried < 1000 {
		t.Errorf("only %d requests were tried", tried)
	}
	for who, r := range whoever {
		if a := r.get("/account"); a.StatusCode != http.StatusOK {
			t.Errorf("a refused request ended the session of %s", who)
		}
	}
}

// Row 16, second half: reading every page changes nothing but what must be known.
func TestReadingChangesNothing(t *testing.T) {
	g := newGallery(t)
	first := newReader(t, g.handler(t))
	routes := everyRoute(t, g) // their samples change the data
	head, err := g.people.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"heping", "reviewer", "analyst", "leader", "admin", "auditor"} {
		r := first.fresh().signIn(name)
		for _, one := range routes {
			if one.method == http.MethodGet {
				r.get(one.path)
			}
		}
		g.clock.at = g.clock.at.Add(4 * time.Second)
	}
	after, err := g.people.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if after.Version != head.Version || after.Seq != head.Seq {
		t.Errorf("reading changed the data: %+v, then %+v", head, after)
	}
	for _, l := range g.people.lines()[head.Audit:] {
		if !slices.Contains([]string{"sign_in", "refused", "export", "audit.export", "evidence.read"}, l.Action) {
			t.Errorf("reading left %+v", l)
		}
	}
}

// Row 22 of the security checklist: a field that is not in a form is refused by every route that changes something, and nothing of
// the form happens.
func TestEveryFormRefusesFieldsThatAreNotItsOwn(t *testing.T) {
	g := newGallery(t)
	first := newReader(t, g.handler(t))
	people := map[string]*reader{}
	names, _ := columns()
	for _, name := range names[2:] {
		people[name] = first.fresh().signIn(name)
		g.clock.at = g.clock.at.Add(4 * time.Second)
	}
	routes := everyRoute(t, g) // their samples leave lines of their own
	before := len(g.people.lines())
	for _, one := range routes {
		if one.method == http.MethodGet || one.program || one.open {
			continue
		}
		allowed := 0
		for who, r := range people {
			token := r.ownToken()
			if a := r.do("POST", one.path, url.Values{"form_token": {token}, "zz": {"1"}}); a.StatusCode == http.StatusForbidden || a.StatusCode == http.StatusNotFound {
				continue // not for this role
			}
			allowed++
			for _, field := range forbiddenFields() {
				if field == "unit" || field == "role" {
					continue // some forms ask for them
				}
				a := r.do("POST", one.path, url.Values{"form_token": {token}, field: {"1"}})
				if a.StatusCode == http.StatusTooManyRequests {
					g.clock.at = g.clock.at.Add(time.Minute)
					a = r.do("POST", one.path, url.Values{"form_token": {token}, field: {"1"}})
				}
				if a.StatusCode != http.StatusBadRequest {
					t.Errorf("%s as %s with %s: %d to %q, want 400", one.name, who, field, a.StatusCode, a.Header.Get("Location"))
				}
			}
		}
		if allowed == 0 {
			t.Logf("%s: nobody may, or what the gallery has is not there", one.name)
		}
	}
	for _, l := range g.people.lines()[before:] {
		if l.Action != "refused" && l.Action != "sign_in" {
			t.Errorf("a refused form changed something: %+v", l)
		}
	}
}

// variants are other spellings of a path, by which one might hope to pass a check that looks at another.
func variants(path string) (all []string) {
	seen := map[string]bool{path: true}
	add := func(v string) {
		if !seen[v] && strings.HasPrefix(v, "/") {
			seen[v] = true
			all = append(all, v)
		}
	}
	segments := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for _, prefix := range []string{
		"/assets/..", "/assets/../", "/assets/%2e%2e", "/assets/..%2f", "/healthz/..", "/sign-in/..", "/sign-in;x=1/..", "/./", "//", "///", "/%2f", "/%2e", "/%2e/",
		"/..", "/../..", "/%2e%2e", "/%252e%252e", "/.;/", "/;/", "/%00", "/%20", "/\\", "/%5c", "/readyz/..;/", "/assets/app.css/../..", "/x/..", "/x/%2e%2e", "/unionboard",
	} {
		add(prefix + path)
		add(prefix + "/" + strings.TrimPrefix(path, "/"))
	}
	for _, suffix := range []string{
		"/", "//", "/.", "/..", ".", "..", "%2f", "%2F", ";", ";x=1", "%3b", "%3Bx", "%00", "%0a", "%0d%0a", "%09", "%20", "+", "~", ".css", ".json", ".png", "/.css",
		"/app.css", "%23", "%3f", "%3fq=1", "/%2e", "/%2e%2e", "/%2e%2e/healthz", "/../healthz", ";/../../assets/app.css", "%2f..%2fhealthz", "\\", "%5c", "/*", "/index.html",
	} {
		add(path + suffix)
	}
	for i, s := range segments {
		with := func(v string) string {
			copied := slices.Clone(segments)
			copied[i] = v
			return "/" + strings.Join(copied, "/")
		}
		for _, v := range []string{
			strings.ToUpper(s), s + ".", s + "..", "." + s, s + ";", s + ";a=b", s + "%00", s + "%20", "%20" + s, "{" + s + "}", "%7b" + s + "%7d", "{unit}", "{code}", s + "%2f", s + "%2f.", s + "/.", "./" + s,
			"x/../" + s, s + "/x/..", s + "//", "%2e/" + s, s + "%5c", "%u0041", s + "%c0%af", s + "%ef%bc%8f", "*", s + "*",
		} {
			add(with(v))
		}
		for j := range s {
			add(with(s[:j] + fmt.Sprintf("%%%02x", s[j]) + s[j+1:]))
			add(with(s[:j] + fmt.Sprintf("%%25%02x", s[j]) + s[j+1:]))
			if c := s[j]; c >= 'a' && c <= 'z' {
				add(with(s[:j] + string(c-32) + s[j+1:]))
			}
			add(with(s[:j] + "/" + s[j:]))
			add(with(s[:j] + "." + s[j:]))
			add(with(s[:j] + "%2f" + s[j:]))
		}
	}
	for i := 0; len(all) < 200; i++ {
		add(path + "/" + strings.Repeat("%2e", i/2) + strings.Repeat("/", i%2) + "x" + fmt.Sprint(i))
		add(strings.Repeat("/.", i+1) + path)
		add("/assets/" + strings.Repeat("../", i+1) + strings.TrimPrefix(path, "/"))
	}
	return all
}

// Row 26 of the security checklist: two hundred other spellings of every protected path lead somebody who is not signed in to no
// page: there is none, or the door.
func TestNoSpellingOfAPathOpensIt(t *testing.T) {
	g := newGallery(t)
	h := g.handler(t)
	fewest := 1 << 20
	for _, one := range everyRoute(t, g) {
		if one.open || one.program || one.method != http.MethodGet {
			continue
		}
		spellings := variants(one.path)
		fewest = min(fewest, len(spellings))
		for _, path := range spellings {
			status, to, ok := knock(t, h, path)
			if ok && status != http.StatusNotFound && status != http.StatusBadRequest && to != "/sign-in" {
				t.Errorf("%s as %s: %d to %q", one.name, path, status, to)
			}
		}
	}
	if fewest < 200 {
		t.Errorf("a path has only %d other spellings here", fewest)
	}
}

// The proxies that are delivered, and shown, let every form through that the program takes: theirs is a page without a word of ours.
func TestProxiesTakeTheLargestForm(t *testing.T) {
	usual, err := config.Parse("unionboard.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	o := newGallery(t).options(t)
	o.Evidence.Files.Size = usual.Evidence.Size
	largest, err := web.LargestForm(o)
	if err != nil || largest < usual.Evidence.Size {
		t.Fatal(largest, err)
	}
	for _, name := range []string{"../../packaging/nginx.conf", "../../docs/server.md"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		said := regexp.MustCompile(`client_max_body_size\s+(\d+)m;`).FindSubmatch(text)
		if said == nil {
			t.Fatalf("%s does not say how large a form may be", name)
		}
		if n, err := strconv.ParseInt(string(said[1]), 10, 64); err != nil || n<<20 < largest {
			t.Errorf("%s lets forms of %d MB through, and the program takes one of %d bytes", name, n, largest)
		}
	}
}
