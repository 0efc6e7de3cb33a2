package web_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/processor"
	"github.com/unionboard/unionboard/internal/web"
)

// innards are what an answer never tells of the program (security checklist, row 52).
var innards = regexp.MustCompile(`goroutine \d|panic:|\.go:\d+|runtime error|SELECT |INSERT INTO|sqlite|unionboard\.db|/tmp/`)

// FuzzRequest is row 28 and 52 of the security checklist: whatever stands behind the question mark, in a form, in an upload, in a body of the
// API or in the headers that are read – sort, filter, search, cursor, page, unit, period, cookie, token, name of a request – the answer is no
// fault of the server, is complete, and tells nothing of its innards; and nothing that was refused changes the data.
func FuzzRequest(f *testing.F) {
	g := newGallery(f)
	h := g.handler(f)
	reader := newReader(f, h).signIn("heping")
	token := reader.ownToken()
	_, secret := newSecretToken(f, g, account.TokenOrder{})
	cookies := reader.cookies()
	var paths []string
	for _, one := range everyRoute(f, g) {
		if !strings.Contains(one.path, "sign-") && one.path != "/setup" {
			paths = append(paths, one.method+" "+one.path)
		}
	}
	f.Add(uint16(0), "q=2026Q1&unit=210102&sort=name&search=%27%22%3E&page=-1&limit=99999999999999999999&cursor=e30", "application/x-www-form-urlencoded", "version=1&reason=x", "k1")
	f.Add(uint16(40), "q=2026Q1&q=2025&u=210102&u=210103&columns=all&closed=1&find=%00", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\na,b\r\n--x--\r\n", "\xff")
	f.Add(uint16(80), "%zz&;=", "application/json", submission, strings.Repeat("k", 200))
	f.Add(uint16(120), "limit=1;DROP TABLE account", "application/xml", "<!DOCTYPE x [<!ENTITY a \"b\">]><dataValueSet/>", "")
	for i := range paths {
		f.Add(uint16(i), "", "", "", "")
	}
	f.Fuzz(func(t *testing.T, which uint16, query, kind, body, header string) {
		method, path, _ := strings.Cut(paths[int(which)%len(paths)], " ")
		if strings.ContainsAny(query, " \x7f#") || strings.ContainsFunc(query, func(r rune) bool { return r < ' ' }) {
			return // no request has such an address
		}
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.URL.RawQuery = query
		r.Header = http.Header{"Content-Type": {kind}, "Accept": {header}, "Accept-Language": {header}, "Idempotency-Key": {header}, "If-None-Match": {header}, "User-Agent": {header}, "X-Forwarded-For": {header}, "Cookie": {header}}
		if strings.HasPrefix(path, "/api/") {
			r.Header.Set("Authorization", "Bearer "+secret)
		}
		for name, value := range cookies {
			r.AddCookie(&http.Cookie{Name: name, Value: value})
		}
		if method != http.MethodGet && strings.HasPrefix(kind, "application/x-www-form-urlencoded") {
			r = httptest.NewRequest(method, r.URL.String(), strings.NewReader("form_token="+token+"&"+body))
			r.Header = http.Header{"Content-Type": {kind}, "Cookie": {(&http.Cookie{Name: "x", Value: "x"}).String()}}
			for name, value := range cookies {
				r.AddCookie(&http.Cookie{Name: name, Value: value})
			}
		}
		begun := processor.Time()
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code >= 500 && w.Code != http.StatusServiceUnavailable {
			t.Errorf("%s %s?%s with %q %q: %d\n%s", method, path, query, kind, body, w.Code, g.logs.String())
		}
		if w.Code >= 400 {
			if found := innards.FindString(w.Body.String()); found != "" && !strings.Contains(query+body+header, found) {
				t.Errorf("%s %s?%s tells %q", method, path, query, found)
			}
		}
		if spent := processor.Time() - begun; spent > 5*time.Second && !processor.Raced {
			t.Errorf("%s %s?%s with %q %q took %s", method, path, query, kind, body, spent)
		}
		g.clock.at = g.clock.at.Add(10 * time.Millisecond)
		g.logs.Reset()
		if strings.HasPrefix(w.Header().Get("Location"), "/sign-in") { // it ended its own session
			g.clock.at = g.clock.at.Add(time.Minute)
			reader.t = t
			reader = reader.fresh().signIn("heping")
			token, cookies = reader.ownToken(), reader.cookies()
		}
	})
}

// FuzzOwnPath is row 17: wherever a sign-in is told to lead, it leads to a path of this site.
func FuzzOwnPath(f *testing.F) {
	for _, to := range []string{"/d/210102?q=2026Q1", "//x", "/\\x", "https:x", "/%2fx", "/a//b", "javascript:alert(1)", "/\tx", "?next=//x", "http:///x", "/%0d%0ax", "/..//x", "/;//x"} {
		f.Add(to)
	}
	f.Fuzz(func(t *testing.T, to string) {
		got := web.OwnPath(to)
		path, _, _ := strings.Cut(got, "?")
		if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.Contains(path, "\\") || strings.ContainsFunc(got, func(r rune) bool { return r < ' ' }) {
			t.Errorf("%q leads to %q", to, got)
		}
		if web.OwnPath(got) != got {
			t.Errorf("%q leads to %q, and that to %q", to, got, web.OwnPath(got))
		}
	})
}
