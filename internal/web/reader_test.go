package web_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/apitest"
)

// reader is a browser without a screen: it keeps cookies and follows nothing.
type reader struct {
	t      testing.TB
	client *http.Client
	base   string
}

func newReader(t testing.TB, h http.Handler) *reader {
	t.Helper()
	server := httptest.NewServer(apitest.Held(t, h))
	t.Cleanup(server.Close)
	return (&reader{t: t, base: server.URL}).fresh()
}

// fresh answers another reader of the same server, without cookies.
func (r *reader) fresh() *reader {
	jar, err := cookiejar.New(nil)
	if err != nil {
		r.t.Fatal(err)
	}
	return &reader{t: r.t, base: r.base, client: &http.Client{
		Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// answerTo is what came back, with its body read.
type answerTo struct {
	*http.Response
	body string
}

func (r *reader) do(method, path string, form url.Values, change ...func(*http.Request)) answerTo {
	r.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(r.t.Context(), method, r.base+path, body)
	if err != nil {
		r.t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, c := range change {
		c(req)
	}
	resp, err := r.client.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return answerTo{resp, string(text)}
}

func (r *reader) get(path string) answerTo { r.t.Helper(); return r.do(http.MethodGet, path, nil) }

var tokenForm = regexp.MustCompile(`name="form_token" value="([^"]+)"`)

// token answers the form token of a page.
func (r *reader) token(path string) string {
	r.t.Helper()
	m := tokenForm.FindStringSubmatch(r.get(path).body)
	if m == nil {
		r.t.Fatalf("%s has no form", path)
	}
	return m[1]
}

// tryIn sends the sign-in form.
func (r *reader) tryIn(name, password, next string) answerTo {
	r.t.Helper()
	return r.do(http.MethodPost, "/sign-in", url.Values{
		"form_token": {r.token("/sign-in")}, "name": {name}, "password": {password}, "next": {next},
	})
}

// signIn signs in or ends the test.
func (r *reader) signIn(name string) *reader {
	r.t.Helper()
	if a := r.tryIn(name, goodPassword, ""); a.StatusCode != http.StatusSeeOther {
		r.t.Fatalf("sign in as %s: %d", name, a.StatusCode)
	}
	return r
}

func (r *reader) cookies() map[string]string {
	u, _ := url.Parse(r.base)
	all := map[string]string{}
	for _, c := range r.client.Jar.Cookies(u) {
		all[c.Name] = c.Value
	}
	return all
}
