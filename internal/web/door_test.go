package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/web"
)

// TestSignInAnswersAlike is row 2 of the security checklist: a wrong name, a wrong password, a locked and a disabled account get the same page, to the byte.
func TestSignInAnswersAlike(t *testing.T) {
	g := newGallery(t)
	r := newReader(t, g.handler(t))
	g.people.lockOut("leader")
	g.people.disable("city_assessor")
	pages := map[string]string{}
	for name, password := range map[string]string{"nobody-here": goodPassword, "analyst": "wrong password", "leader": goodPassword, "city_assessor": goodPassword} {
		a := r.fresh().tryIn(name, password, "/collect")
		if a.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: %d, want 401", name, a.StatusCode)
		}
		pages[name] = strings.ReplaceAll(tokenForm.ReplaceAllString(a.body, ""), name, "NAME")
	}
	for name, page := range pages {
		if page != pages["analyst"] {
			t.Errorf("the page for %s differs from that for a wrong password", name)
		}
	}
	for _, l := range g.people.lines() {
		if l.Action == "sign_in" && strings.Contains(l.Object+l.Actor, "nobody-here") {
			t.Errorf("the audit log holds what was typed as a name: %+v", l)
		}
	}
}

// TestFiveWrongPasswordsLock is row 2 of the security checklist: the sixth try fails with the right password, also after a restart between
// them, and works when the time is over.
func TestFiveWrongPasswordsLock(t *testing.T) {
	g := newGallery(t)
	r := newReader(t, g.handler(t))
	for range account.WrongAllowed {
		r = newReader(t, g.handler(t)) // another process over the same data
		r.tryIn("analyst", "wrong password", "")
	}
	if a := r.tryIn("analyst", goodPassword, ""); a.StatusCode != http.StatusUnauthorized {
		t.Fatalf("the sixth try: %d, want 401", a.StatusCode)
	}
	g.clock.at = g.clock.at.Add(account.LockFor)
	r.signIn("analyst")
}

// TestAddressesAreCounted is row 2 of the security checklist: twenty tries from an address within a minute, whatever is tried. The
// count survives a restart.
func TestAddressesAreCounted(t *testing.T) {
	g := newGallery(t)
	r := newReader(t, g.handler(t))
	for i := range 20 {
		if a := r.tryIn(fmt.Sprint("nobody", i), "wrong password", ""); a.StatusCode != http.StatusUnauthorized {
			t.Fatalf("try %d: %d, want 401", i, a.StatusCode)
		}
		g.clock.at = g.clock.at.Add(time.Second)
	}
	again := newReader(t, g.handler(t)) // another process over the same data
	a := again.tryIn("analyst", goodPassword, "")
	if a.StatusCode != http.StatusTooManyRequests || a.Header.Get("Retry-After") == "" {
		t.Fatalf("try 21: %d, want 429 with Retry-After", a.StatusCode)
	}
	g.clock.at = g.clock.at.Add(40 * time.Second) // the first of the twenty was a minute ago
	again.signIn("analyst")
}

func TestNetwork(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.7": "192.0.2.7", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "::ffff:192.0.2.7": "::ffff:192.0.2.7", "pipe": "pipe",
	} {
		if got := web.Network(address); got != want {
			t.Errorf("%s is counted as %s, want %s", address, got, want)
		}
	}
}

// TestSessionIsNewAfterSignIn is row 12 of the security checklist: a token planted before is worth nothing, and the one of a session that was left neither.
func TestSessionIsNewAfterSignIn(t *testing.T) {
	r := newReader(t, newGallery(t).handler(t))
	planted := &http.Cookie{Name: "unionboard-session", Value: "planted-by-somebody-else-0123456789abcdefgh", Path: "/"}
	u, _ := url.Parse(r.base)
	r.client.Jar.SetCookies(u, []*http.Cookie{planted})
	r.signIn("analyst")
	session := r.cookies()["unionboard-session"]
	if session == "" || session == planted.Value {
		t.Fatalf("the session after sign-in is %q", session)
	}
	with := func(value string) answerTo {
		return r.fresh().do("GET", "/collect", nil, func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "unionboard-session", Value: value}) })
	}
	if a := with(planted.Value); a.StatusCode != http.StatusSeeOther {
		t.Errorf("the planted session answers %d, want 303", a.StatusCode)
	}
	if a := with(session); a.StatusCode != http.StatusOK {
		t.Errorf("the real session answers %d, want 200", a.StatusCode)
	}
	if a := r.do("POST", "/sign-out", url.Values{"form_token": {r.token("/collect")}}); a.Header.Get("Location") != "/sign-in" {
		t.Errorf("sign-out leads to %q", a.Header.Get("Location"))
	}
	if a := with(session); a.StatusCode != http.StatusSeeOther {
		t.Errorf("the session that was left answers %d, want 303", a.StatusCode)
	}
}

// TestSessionsEnd is row 13 of the security checklist: after 15 minutes without a request, after 8 hours in all, when the clock jumps back, and with the account.
func TestSessionsEnd(t *testing.T) {
	for _, one := range []struct {
		name  string
		steps []time.Duration // the clock moves, then a page is asked for
		alive bool
	}{
		{"a little later", []time.Duration{14 * time.Minute}, true},
		{"idle", []time.Duration{15 * time.Minute}, false},
		{"used all the time", slices.Repeat([]time.Duration{13 * time.Minute}, 36), true}, // 7 h 48 min
		{"eight hours", slices.Repeat([]time.Duration{13 * time.Minute}, 37), false},      // 8 h 1 min
		{"back a little", []time.Duration{-30 * time.Second}, true},
		{"back a lot", []time.Duration{-time.Hour}, false},
		{"back after use", []time.Duration{10 * time.Minute, -5 * time.Minute}, false},
	} {
		t.Run(one.name, func(t *testing.T) {
			g := newGallery(t)
			r := newReader(t, g.handler(t)).signIn("analyst")
			var last answerTo
			for _, step := range one.steps {
				g.clock.at = g.clock.at.Add(step)
				last = r.get("/collect")
			}
			if alive := last.StatusCode == http.StatusOK; alive != one.alive {
				t.Errorf("answered %d, alive should be %v", last.StatusCode, one.alive)
			}
			if to := last.Header.Get("Location"); !one.alive && to != "/sign-in?next=%2Fcollect&over=1" {
				t.Errorf("leads to %q", to)
			}
		})
	}
	t.Run("disabled", func(t *testing.T) {
		g := newGallery(t)
		r := newReader(t, g.handler(t)).signIn("analyst")
		g.people.disable("analyst")
		if a := r.get("/collect"); a.StatusCode != http.StatusSeeOther {
			t.Errorf("answered %d, want 303", a.StatusCode)
		}
	})
}

// TestCookies is row 15 of the security checklist: HttpOnly and SameSite=Lax always; Secure and __Host- unless plain HTTP was allowed.
func TestCookies(t *testing.T) {
	for _, plain := range []bool{true, false} {
		g := newGallery(t)
		h := g.handler(t, func(o *web.Options) { o.PlainHTTP = plain })
		r := newReader(t, h)
		a := r.get("/sign-in?lang=en&large=1")
		names := []string{}
		for _, c := range a.Cookies() {
			names = append(names, c.Name)
			if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.Secure == plain ||
				strings.HasPrefix(c.Name, "__Host-") == plain {
				t.Errorf("plain=%v: %+v", plain, c)
			}
		}
		if len(names) != 3 {
			t.Errorf("plain=%v: cookies %v, want form, lang and large", plain, names)
		}
	}
	r := newReader(t, newGallery(t).handler(t))
	a := r.tryIn("analyst", goodPassword, "")
	at := slices.IndexFunc(a.Cookies(), func(c *http.Cookie) bool { return c.Name == "unionboard-session" })
	if at < 0 {
		t.Fatal("no session cookie")
	}
	if c := a.Cookies()[at]; !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.MaxAge != 0 || !c.Expires.IsZero() {
		t.Errorf("session cookie %+v", c)
	}
}

// TestLanguageAndTypeSizeStay: what the address chose once holds for the pages after it, and stands in none of their links.
func TestLanguageAndTypeSizeStay(t *testing.T) {
	r := newReader(t, newGallery(t).handler(t)).signIn("analyst")
	if a := r.get("/"); !strings.Contains(a.body, `<body lang="zh-CN">`) || strings.Contains(a.body, `class="large"`) {
		t.Error("the first page is not Chinese in normal size")
	}
	r.get("/?lang=en&large=1")
	a := r.get("/f/six_systems")
	if !strings.Contains(a.body, `<body lang="en">`) || !strings.Contains(a.body, `<html lang="zh-CN" class="large">`) || a.Header.Get("Content-Language") != "en" {
		t.Error("the choices were forgotten")
	}
	if n := strings.Count(r.get("/f/six_systems?large=1&lang=en").body, "large="); n != 1 {
		t.Errorf("large= stands in %d links, want 1", n)
	}
}

// TestNewcomersChangeTheirPassword: nothing else is open before, and the new password opens the page they wanted.
func TestNewcomersChangeTheirPassword(t *testing.T) {
	g := newGallery(t)
	r := newReader(t, g.handler(t))
	if a := r.tryIn("newcomer", goodPassword, "/collect"); a.Header.Get("Location") != "/password?next=%2Fcollect" {
		t.Fatalf("sign-in leads to %q", a.Header.Get("Location"))
	}
	change := func(current, chosen, again string) answerTo {
		return r.do("POST", "/password", url.Values{"form_token": {r.token("/password?next=%2Fcollect")}, "next": {"/collect"}, "current": {current}, "chosen": {chosen}, "again": {again}})
	}
	const fresh = "twelve quiet mountains"
	for name, a := range map[string]answerTo{
		"wrong current": change("wrong password", fresh, fresh), "not the same": change(goodPassword, fresh, fresh+"x"),
		"too short": change(goodPassword, "short", "short"), "the old one": change(goodPassword, goodPassword, goodPassword),
		"a district": change(goodPassword, "沈北新区和平区沈河区浑南区", "沈北新区和平区沈河区浑南区"),
	} {
		if a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.body, `role="alert"`) {
			t.Errorf("%s: %d", name, a.StatusCode)
		}
	}
	before := r.cookies()["unionboard-session"]
	if a := change(goodPassword, fresh, fresh); a.Header.Get("Location") != "/collect" {
		t.Fatalf("the change leads to %q with %d", a.Header.Get("Location"), a.StatusCode)
	}
	if r.cookies()["unionboard-session"] == before {
		t.Error("the session kept its token")
	}
	if a := r.get("/collect"); a.StatusCode != http.StatusOK {
		t.Errorf("afterwards /collect answers %d", a.StatusCode)
	}
	if !slices.Contains(g.people.actions(), "user.password") {
		t.Errorf("audit: %v", g.people.actions())
	}
}

// TestPasswordFormCountsWrongPasswords is row 10 of the security checklist: a stolen session cannot try them all.
func TestPasswordFormCountsWrongPasswords(t *testing.T) {
	g := newGallery(t)
	r := newReader(t, g.handler(t)).signIn("analyst")
	const fresh = "twelve quiet mountains"
	send := func(current string) answerTo {
		return r.do("POST", "/password", url.Values{"form_token": {r.token("/password")}, "current": {current}, "chosen": {fresh}, "again": {fresh}})
	}
	for range account.WrongAllowed {
		send("wrong password")
	}
	if a := send(goodPassword); a.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("after five wrong ones the right one answers %d, want 422", a.StatusCode)
	}
}

// TestFormsAreOurs is row 16 of the security checklist: a changing request needs the token of this session's form; one from another site is refused before that.
func TestFormsAreOurs(t *testing.T) {
	g := newGallery(t)
	r := newReader(t, g.handler(t)).signIn("analyst")
	other := r.fresh().signIn("leader")
	own := r.token("/collect")
	foreign := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	none := func(*http.Request) {}
	for name, a := range map[string]answerTo{
		"no token":         r.do("POST", "/sign-out", url.Values{}, none),
		"empty token":      r.do("POST", "/sign-out", url.Values{"form_token": {""}}, none),
		"somebody else's":  r.do("POST", "/sign-out", url.Values{"form_token": {other.token("/")}}, none),
		"the sign-in's":    r.do("POST", "/sign-out", url.Values{"form_token": {r.fresh().token("/sign-in")}}, none),
		"in the address":   r.do("POST", "/sign-out?form_token="+own, url.Values{}, none),
		"foreign origin":   r.do("POST", "/sign-out", url.Values{"form_token": {own}}, foreign("Origin", "https://elsewhere.example")),
		"cross-site":       r.do("POST", "/sign-out", url.Values{"form_token": {own}}, foreign("Sec-Fetch-Site", "cross-site")),
		"sign-in, foreign": r.fresh().do("POST", "/sign-in", url.Values{"name": {"analyst"}, "password": {goodPassword}}, none),
	} {
		if a.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d, want 403", name, a.StatusCode)
		}
	}
	if a := r.get("/collect"); a.StatusCode != http.StatusOK {
		t.Fatalf("the session was ended by a refused request: %d", a.StatusCode)
	}
	if a := r.do("POST", "/sign-out", url.Values{"form_token": {own}}, foreign("Origin", r.base)); a.StatusCode != http.StatusSeeOther {
		t.Errorf("our own form: %d, want 303", a.StatusCode)
	}
}

// A browser that brings no cookie back is told so: that its cookies travel by https alone, where that is why.
func TestABrowserWithoutCookiesIsTold(t *testing.T) {
	for _, c := range []struct {
		plain  bool
		scheme string
		want   string
	}{{false, "http", "plain_http: true"}, {false, "https", "请允许本站使用 Cookie"}, {true, "http", "请允许本站使用 Cookie"}} {
		site := newGallery(t).handler(t, func(o *web.Options) { o.PlainHTTP = c.plain })
		body := url.Values{"name": {"analyst"}, "password": {goodPassword}, "form_token": {web.FormToken("kept")}}
		r := httptest.NewRequest(http.MethodPost, c.scheme+"://board.example/sign-in", strings.NewReader(body.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		site.ServeHTTP(w, r)
		if w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), c.want) {
			t.Errorf("%+v: %d\n%s", c, w.Code, w.Body)
		}
	}
}

func TestFormTokens(t *testing.T) {
	one, two := web.FormToken("secret"), web.FormToken("secret")
	if one == two {
		t.Error("two tokens of a page are equal: compression would betray them")
	}
	for token, want := range map[string]bool{one: true, two: true, "": false, one[1:]: false, web.FormToken("other"): false, strings.Repeat("A", 86): false} {
		if web.FormHolds("secret", token) != want {
			t.Errorf("token %q holds: %v, want %v", token, !want, want)
		}
	}
	if web.FormHolds("", web.FormToken("")) {
		t.Error("without a secret every token would hold")
	}
}

// TestSignInLeadsOnlyToOwnPaths is row 17 of the security checklist: it has the addresses that have led others astray.
func TestSignInLeadsOnlyToOwnPaths(t *testing.T) {
	for next, want := range map[string]string{
		"/": "/", "/collect": "/collect", "/f/six_systems?q=2026Q1&base=year": "/f/six_systems?q=2026Q1&base=year", "/d/210102#top": "/d/210102",
		"": "/", "collect": "/", "//elsewhere.example": "/", "///elsewhere.example": "/", "/\\elsewhere.example": "/", "\\\\elsewhere.example": "/",
		"/\t/elsewhere.example": "/", "/\n/elsewhere.example": "/", "https://elsewhere.example/": "/", "https:elsewhere.example": "/",
		"http:///elsewhere.example": "/", "javascript:alert(1)": "/", "JaVaScRiPt:alert(1)": "/", "data:text/html,x": "/", "mailto:a@b": "/",
		"/%2felsewhere.example": "/", "/%5celsewhere.example": "/", "/%09/elsewhere.example": "/", "//user@elsewhere.example": "/",
		"/x//elsewhere.example": "/", " /collect": "/", "/ok?next=//elsewhere.example": "/ok?next=//elsewhere.example", "?q=2026Q1": "/", "#top": "/",
		"/\x00": "/", "/x\\y": "/", "/%": "/", "https://unionboard@elsewhere.example": "/", "////": "/",
	} {
		if got := web.OwnPath(next); got != want {
			t.Errorf("%q leads to %q, want %q", next, got, want)
		}
	}
	r := newReader(t, newGallery(t).handler(t))
	if a := r.tryIn("analyst", goodPassword, "//elsewhere.example"); a.Header.Get("Location") != "/" {
		t.Errorf("sign-in leads to %q", a.Header.Get("Location"))
	}
	if a := r.fresh().tryIn("analyst", goodPassword, "/i/enterprises?q=2025"); a.Header.Get("Location") != "/i/enterprises?q=2025" {
		t.Errorf("sign-in leads to %q", a.Header.Get("Location"))
	}
}

// TestLogNamesNobody: the access log has no name, address of a person, or query.
func TestLogNamesNobody(t *testing.T) {
	g := newGallery(t)
	r := newReader(t, g.handler(t)).signIn("analyst")
	r.get("/d/210102?q=2026Q1&secret=here")
	for _, word := range []string{"analyst", "演示", "secret", "127.0.0.1", goodPassword} {
		if strings.Contains(g.logs.String(), word) {
			t.Errorf("the log holds %q:\n%s", word, g.logs)
		}
	}
	if !regexp.MustCompile(`msg=request request=\S{9} method=GET route="GET /d/\{unit\S+" status=200 bytes=\d+ ms=`).MatchString(g.logs.String()) {
		t.Errorf("the log lacks the request:\n%s", g.logs)
	}
}
