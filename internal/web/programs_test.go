package web_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

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
		"/api/v1/units/999999":                       {404, "unknown_unit", ""},
		"/api/v1/nothing":                            {404, "no_page", ""},
		"/api/v1/units/":                             {404, "no_page", ""},
		"/api/v1/units?limit=1&lang=en":              {200, "", ""},
		"/api/v1/units?lang=en&limit=-1&zz=1":        {400, "api_parameter_number", "limit"},
		"/api/v1/units?lang=en&lang=zh&cursor=":      {200, "", ""},
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
