package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/web"
)

// ask asks the API with a token.
func (r *reader) ask(secret, path string, change ...func(*http.Request)) answerTo {
	r.t.Helper()
	return r.do(http.MethodGet, path, nil, append([]func(*http.Request){func(r *http.Request) {
		if secret != "" {
			r.Header.Set("Authorization", "Bearer "+secret)
		}
	}}, change...)...)
}

func accepting(kind string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("Accept", kind) }
}

// apiPage is a page of a list.
type apiPage struct {
	Version int64            `json:"data_version"`
	Rows    []map[string]any `json:"rows"`
	Next    *string          `json:"next"`
}

func (a answerTo) page(t *testing.T) (p apiPage) {
	t.Helper()
	a.answers(t, a.Request.URL.Path, http.StatusOK)
	if err := json.Unmarshal([]byte(a.body), &p); err != nil || a.Header.Get("Content-Type") != "application/json" {
		t.Fatalf("%s is no page: %v", a.body, err)
	}
	link := a.Header.Get("Link")
	if p.Next == nil && link != "" || p.Next != nil && link != "<"+*p.Next+`>; rel="next"` {
		t.Errorf("the header says %q, the body %v", link, p.Next)
	}
	return p
}

// A list comes page by page, whole and without repetition, as JSON and as CSV.
func TestUnitsComePageByPage(t *testing.T) {
	g := newGallery(t)
	r := newReader(t, g.handler(t))
	_, secret := newSecretToken(t, g, account.TokenOrder{})
	all := r.ask(secret, "/api/v1/units").page(t)
	if len(all.Rows) != 14 || all.Next != nil || all.Rows[0]["code"] != "210100" || all.Rows[1]["code"] != "210102" {
		t.Errorf("the city and its units are %v", all)
	}
	var codes []string
	at := "/api/v1/units?limit=4"
	for pages := 0; at != ""; pages++ {
		p := r.ask(secret, at).page(t)
		for _, row := range p.Rows {
			codes = append(codes, row["code"].(string))
		}
		if at = ""; p.Next != nil {
			at = strings.TrimPrefix(*p.Next, r.base)
		}
		if pages > 3 {
			t.Fatal("the pages have no end")
		}
	}
	if len(codes) != 14 || codes[13] != "210124" {
		t.Errorf("page by page there are %q", codes)
	}
	csv := r.ask(secret, "/api/v1/units?limit=2", accepting("text/csv"))
	if want := "code,name,name_en,parent,kind,group,opened,closed\n210100,沈阳市,Shenyang,,,,,\n210102,和平区,Heping District,,,core_urban,,\n"; csv.body != want {
		t.Errorf("as CSV %q, want %q", csv.body, want)
	}
	if !strings.Contains(csv.Header.Get("Link"), `rel="next"`) || !strings.HasPrefix(csv.Header.Get("Content-Type"), "text/csv") {
		t.Errorf("the headers are %v", csv.Header)
	}
	one := r.ask(secret, "/api/v1/units/210102")
	one.answers(t, "one unit", http.StatusOK)
	if !strings.Contains(one.body, `"zh":"和平区"`) {
		t.Errorf("one unit is %s", one.body)
	}
}

// What is wrong with an address is said with its parameter, and what nobody knows is refused.
func TestWrongParametersAreNamed(t *testing.T) {
	g := newGallery(t)
	r := newReader(t, g.handler(t))
	_, secret := newSecretToken(t, g, account.TokenOrder{})
	for path, want := range map[string]struct {
		status          int
		code, parameter string
	}{
		"/api/v1/units?limit=0":                      {400, "api_parameter_number", "limit"},
		"/api/v1/units?limit=10001":                  {400, "api_parameter_number", "limit"},
		"/api/v1/units?limit=x":                      {400, "api_parameter_number", "limit"},
		"/api/v1/units?limit=1&limit=2":              {400, "api_parameter_twice", "limit"},
		"/api/v1/units?year=26":                      {400, "api_parameter_number", "year"},
		"/api/v1/units?Limit=1":                      {400, "api_parameter_unknown", "Limit"},
		"/api/v1/units?unit=210102":                  {400, "api_parameter_unknown", "unit"},
		"/api/v1/units?cursor=x":                     {400, "api_cursor", "cursor"},
		"/api/v1/units?cursor=eyJ2IjowfQ":            {400, "api_cursor", "cursor"},
		"/api/v1/units?a=%zz":                        {400, "api_query", ""},
		"/api/v1/units/210102?limit=3":               {400, "api_parameter_unknown", "limit"},
		"/api/v1/units/999999":                       {404, "api_unit_unknown", ""},
		"/api/v1/nothing":                            {404, "no_page", ""},
		"/api/v1/units/":                             {404, "no_page", ""},
		"/api/v1/units?limit=1&lang=en":              {200, "", ""},
		"/api/v1/units?lang=en&limit=-1&zz=1":        {400, "api_parameter_number", "limit"},
		"/api/v1/units?lang=en&lang=zh&cursor=":      {400, "api_parameter_twice", "lang"},
		"/api/v1/units?lang=de":                      {400, "api_parameter_choice", "lang"},
		"/api/v1/units?lang=en&cursor=":              {200, "", ""},
		"/api/v1/units?" + strings.Repeat("x", 5000): {414, "request_uri_too_long", ""},
	} {
		a := r.ask(secret, path)
		if a.StatusCode != want.status {
			t.Errorf("%.60s: %d %s, want %d", path, a.StatusCode, a.body, want.status)
		}
		if a.StatusCode == 200 {
			continue
		}
		a.problem(t)
		var p struct{ Code, Parameter string }
		if err := json.Unmarshal([]byte(a.body), &p); err != nil || p.Code != want.code || p.Parameter != want.parameter {
			t.Errorf("%.60s: %+v, want %+v", path, p, want)
		}
	}
	// A parameter that another system has may mean that nothing is to be written.
	for path, status := range map[string]int{"/api/v1/submissions?dryRun=true": 400, "/api/v1/dataValueSets?dry_run=true": 400, "/api/v1/dataValueSets?dryRun=true&lang=en": 200} {
		r.pushTo(path, secret, "k"+path, `{"x": 1}`).answers(t, path, status)
	}
	if len(g.people.took) != 1 {
		t.Errorf("the gate took %q", g.people.took)
	}
	for accept, want := range map[string]string{
		"": "application/json", "*/*": "application/json", "text/csv": "text/csv", "application/json;q=0.1, text/*": "text/csv", "text/csv;q=0, */*": "application/json",
		"application/xml, text/csv;q=0.5": "text/csv", "application/xml": "", "application/json;q=0": "", "nonsense": "",
	} {
		a := r.ask(secret, "/api/v1/units", accepting(accept))
		kind, _, _ := strings.Cut(a.Header.Get("Content-Type"), ";")
		if want == "" && a.StatusCode != http.StatusNotAcceptable || want != "" && kind != want {
			t.Errorf("Accept %q: %d %s, want %q", accept, a.StatusCode, kind, want)
		}
	}
	wrong := r.do(http.MethodDelete, "/api/v1/units", nil)
	if wrong.StatusCode != http.StatusMethodNotAllowed || strings.Join(wrong.Header.Values("Allow"), ",") != "GET,HEAD" {
		t.Errorf("DELETE: %d, Allow %v", wrong.StatusCode, wrong.Header.Values("Allow"))
	}
	if kind, _ := wrong.problem(t); kind != "about:blank" {
		t.Errorf("DELETE: %s", kind)
	}
	head := r.do(http.MethodHead, "/api/v1/units", nil, func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+secret) })
	if head.StatusCode != http.StatusOK || head.body != "" {
		t.Errorf("HEAD: %d %q", head.StatusCode, head.body)
	}
}

// A token opens what it was made for, and nothing without it.
func TestScopesOfTokens(t *testing.T) {
	g := newGallery(t)
	r := newReader(t, g.handler(t))
	_, submits := newSecretToken(t, g, account.TokenOrder{Scopes: []account.TokenScope{account.SubmitFigures}})
	_, reads := newSecretToken(t, g, account.TokenOrder{Scopes: []account.TokenScope{account.ReadAll}})
	r.ask(submits, "/api/v1/units").answers(t, "reading with a token for handing in", http.StatusForbidden)
	r.push(reads, "k1", submission).answers(t, "handing in with a token for reading", http.StatusForbidden)
	r.ask("", "/api/v1/units").answers(t, "reading without a token", http.StatusUnauthorized)
	r.ask(reads, "/api/v1/units").answers(t, "reading", http.StatusOK)
	described := r.ask("", "/api/v1/openapi.json")
	described.answers(t, "the description", http.StatusOK)
	if !strings.HasPrefix(described.body, `{"openapi": "3.1.0"`) {
		t.Errorf("the description begins %.80s", described.body)
	}
}

// Whoever asks too often is told when to come back, and others are not kept waiting.
func TestProgramsAskOnlySoOften(t *testing.T) {
	g := newGallery(t)
	r := newReader(t, g.handler(t, func(o *web.Options) { o.Rate = web.Rate{PerMinute: 60, AtOnce: 3} }))
	_, one := newSecretToken(t, g, account.TokenOrder{})
	_, other := newSecretToken(t, g, account.TokenOrder{})
	for i, left := range []string{"2", "1", "0"} {
		a := r.ask(one, "/api/v1/units")
		a.answers(t, "within the limit", http.StatusOK)
		if got := a.Header.Get("RateLimit"); !strings.HasPrefix(got, `"token";r=`+left+";") || a.Header.Get("RateLimit-Policy") != `"token";q=3;w=3` {
			t.Errorf("request %d: RateLimit %q, policy %q", i, got, a.Header.Get("RateLimit-Policy"))
		}
	}
	a := r.ask(one, "/api/v1/units")
	a.answers(t, "beyond it", http.StatusTooManyRequests)
	if kind, detail := a.problem(t); kind != "urn:unionboard:problem.api-rate" || detail == "" || a.Header.Get("Retry-After") != "1" {
		t.Errorf("beyond the limit: %s %q, Retry-After %q", kind, detail, a.Header.Get("Retry-After"))
	}
	r.push(one, "k1", submission).answers(t, "handing in counts, too", http.StatusTooManyRequests)
	r.ask(other, "/api/v1/units").answers(t, "another token", http.StatusOK)
	g.clock.at = g.clock.at.Add(1000000000)
	r.ask(one, "/api/v1/units").answers(t, "a second later", http.StatusOK)
}

// Pages are followed as long as the list they are of is kept, or the data stay as they are; else they are begun again.
func TestPagesLapse(t *testing.T) {
	g := newGallery(t)
	version := int64(7)
	r := newReader(t, g.handler(t, func(o *web.Options) {
		o.DataVersion = func(context.Context) (int64, error) { return version, nil }
		o.Address = "https://board.example.org"
	}))
	_, secret := newSecretToken(t, g, account.TokenOrder{})
	_, other := newSecretToken(t, g, account.TokenOrder{Unit: otherUnit})
	first := r.ask(secret, "/api/v1/units?limit=5").page(t)
	if first.Version != 7 || !strings.HasPrefix(*first.Next, "https://board.example.org/api/v1/units?cursor=") {
		t.Errorf("the first page is of version %d and leads to %s", first.Version, *first.Next)
	}
	next := strings.TrimPrefix(*first.Next, "https://board.example.org")
	version++
	if second := r.ask(secret, next).page(t); second.Version != 7 || second.Rows[0]["code"] != "210106" {
		t.Errorf("after a change the second page is %+v", second)
	}
	g.clock.at = g.clock.at.Add(16 * time.Minute)
	lapsed := r.ask(secret, next)
	lapsed.answers(t, "when it is kept no more", http.StatusGone)
	if kind, _ := lapsed.problem(t); kind != "urn:unionboard:problem.api-cursor-lapsed" {
		t.Errorf("what is gone is %s", kind)
	}
	version = 7
	if second := r.ask(secret, next).page(t); second.Rows[0]["code"] != "210106" {
		t.Errorf("of the same version the second page is %+v", second)
	}
	r.ask(other, next).answers(t, "another district's cursor", http.StatusBadRequest)
	r.ask(secret, strings.Replace(next, "units?", "items?", 1)).answers(t, "a cursor of another list", http.StatusBadRequest)
	r.ask(secret, next+"&year=2025").answers(t, "a cursor of another question", http.StatusBadRequest)
}

// A token stands in no log and no answer, whatever a program asks for.
func TestTokensAreNotLogged(t *testing.T) {
	g := newGallery(t)
	r := newReader(t, g.handler(t))
	_, secret := newSecretToken(t, g, account.TokenOrder{})
	_, ended := newSecretToken(t, g, account.TokenOrder{Days: 1})
	g.clock.at = g.clock.at.AddDate(0, 0, 2)
	for _, one := range everyRoute(t, g) {
		if !one.program {
			continue
		}
		for _, s := range []string{secret, ended} {
			a := r.do(one.method, one.path+"?period=2026Q1", nil, func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+s) })
			if strings.Contains(a.body+fmt.Sprint(a.Header), s) {
				t.Errorf("%s answers the token", one.name)
			}
			if s == ended && one.name != "GET /api/v1/openapi.json" && a.StatusCode != http.StatusForbidden {
				t.Errorf("%s with a token that has ended: %d", one.name, a.StatusCode)
			}
		}
	}
	for _, s := range []string{secret, ended} {
		if strings.Contains(g.logs.String(), s) || strings.Contains(g.logs.String(), strings.TrimPrefix(s, account.TokenMark)) {
			t.Error("a token stands in the log")
		}
		for _, l := range g.people.lines() {
			if strings.Contains(fmt.Sprint(l), s) {
				t.Errorf("a token stands in the audit log: %+v", l)
			}
		}
	}
}

// The page makes tokens for reading, and tokens of the city that hand nothing in.
func TestTokensOfTheCity(t *testing.T) {
	g := newGallery(t)
	first := newReader(t, g.handler(t))
	admin := first.fresh().signIn("admin")
	form := func(more ...string) answerTo {
		return admin.send("/admin/tokens", append([]string{"name", "x", "unit", "210100", "days", "30", "reason", "x", "current", goodPassword}, more...)...)
	}
	form("submit", "1").answers(t, "figures of the city", http.StatusUnprocessableEntity)
	form().answers(t, "for nothing", http.StatusUnprocessableEntity)
	form("read", "1", "person", g.people.of("heping").ID).answers(t, "a district's person for the city", http.StatusUnprocessableEntity)
	made := form("read", "1", "export", "1", "person", g.people.of("analyst").ID)
	made.answers(t, "a token of the city", http.StatusOK)
	secret := made.secret(t)
	first.ask(secret, "/api/v1/runs").answers(t, "runs", http.StatusOK)
	first.ask(secret, "/api/v1/exports").answers(t, "exports", http.StatusOK)
	first.push(secret, "k1", submission).answers(t, "handing in", http.StatusForbidden)
	_, district := newSecretToken(t, g, account.TokenOrder{})
	first.ask(district, "/api/v1/runs").answers(t, "runs for a district", http.StatusForbidden)
}
