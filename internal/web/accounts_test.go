package web_test

import (
	"fmt"
	"html"
	"image/png"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/servers"
	"github.com/unionboard/unionboard/internal/vault"
	"github.com/unionboard/unionboard/internal/web"
)

// leads asserts that an answer leads to an address.
func (a answerTo) leads(t *testing.T, what, to string) {
	t.Helper()
	if got := a.Header.Get("Location"); got != to {
		t.Fatalf("%s: %d, leads to %q, want %q\n%s", what, a.StatusCode, got, to, alerts(a.body))
	}
}

// answers asserts a status.
func (a answerTo) answers(t *testing.T, what string, status int) {
	t.Helper()
	if a.StatusCode != status {
		t.Fatalf("%s: %d to %q, want %d\n%s", what, a.StatusCode, a.Header.Get("Location"), status, alerts(a.body))
	}
}

var alertForm = regexp.MustCompile(`(?s)role="(?:alert|status)"[^>]*>(.*?)</`)

// alerts answers what a page says went wrong or well.
func alerts(body string) string {
	var all []string
	for _, m := range alertForm.FindAllStringSubmatch(body, -1) {
		all = append(all, html.UnescapeString(m[1]))
	}
	return strings.Join(all, "; ")
}

var secretForm = regexp.MustCompile(`<code class="secret">([^<]+)</code>`)

// secret answers what a page shows once.
func (a answerTo) secret(t *testing.T) string {
	t.Helper()
	m := secretForm.FindStringSubmatch(a.body)
	if m == nil {
		t.Fatalf("%d: nothing is shown once\n%s", a.StatusCode, alerts(a.body))
	}
	return html.UnescapeString(m[1])
}

const freshPassword = "Twelve quiet mountains 7"

// Row 7 of the security checklist: a first start prints a code that makes the first account, once, within its time. Everything else
// finds no such page.
func TestTheFirstAccount(t *testing.T) {
	lost := func(t *testing.T, r *reader, what string) {
		t.Helper()
		nowhere := func(a answerTo) string {
			return regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}|value="[^"]*"|/setup|/nowhere`).ReplaceAllString(a.body, "")
		}
		for _, method := range []string{"GET", "POST"} {
			var form url.Values
			if method == "POST" {
				form = url.Values{"code": {"anything"}}
			}
			a, b := r.do(method, "/setup", form), r.do(method, "/nowhere", form)
			if a.StatusCode != http.StatusNotFound || nowhere(a) != nowhere(b) {
				t.Errorf("%s: %s /setup answers %d, otherwise than an address that does not exist", what, method, a.StatusCode)
			}
		}
	}
	g := newGallery(t)
	setup := web.Setup{Code: "wkh4-9dmz-tq7e-3bcx", Until: g.clock.at.Add(30 * time.Minute)}
	with := func(s web.Setup) *reader { return newReader(t, g.handler(t, func(o *web.Options) { o.Setup = s })) }
	lost(t, with(setup), "an installation with accounts")

	g.people = emptyPeople(t, g.clock)
	lost(t, with(web.Setup{}), "without a code")
	r := with(setup)
	make := func(r *reader, code string) answerTo {
		return r.send("/setup", "code", code, "name", "root", "shown", "管理员", "chosen", freshPassword, "again", freshPassword)
	}
	make(r, "wkh4-9dmz-tq7e-3bcy").answers(t, "another code", http.StatusUnprocessableEntity)
	make(r, "").answers(t, "no code", http.StatusUnprocessableEntity)
	r.send("/setup", "code", setup.Code, "name", "root", "chosen", "gonghui2026", "again", "gonghui2026").answers(t, "a bad password", http.StatusUnprocessableEntity)
	r.do("POST", "/setup", url.Values{"code": {setup.Code}}).answers(t, "without the form's token", http.StatusForbidden)
	g.clock.at = setup.Until
	lost(t, r, "after 30 minutes")
	g.clock.at = setup.Until.Add(-time.Second)
	if any, err := g.people.AnyAccount(t.Context()); any || err != nil {
		t.Fatalf("an account was made on the way: %v", err)
	}
	make(r, " WKH4-9dmz-tq7e-3bcx ").leads(t, "the code", "/admin")
	lost(t, r, "the second time")
	lost(t, with(setup), "the second time, after a restart")
	if u := g.people.of("root"); u.Role != assess.Admin || u.MustChange || g.people.actions()[0] != "user.add admin" {
		t.Errorf("the first account is %s, must change %v; audit %v", u.Role, u.MustChange, g.people.actions())
	}
}

// At level 3 the accounts are the security administrator's work, so the first account is theirs.
func TestTheFirstAccountAtLevel3(t *testing.T) {
	g := newGallery(t)
	g.people = emptyPeople(t, g.clock)
	rules := account.Rules{MinPassword: 10, Composed: true, Divided: true, SecondFactor: []assess.Role{assess.SecurityAdmin, assess.Admin}}
	r := newReader(t, g.handler(t, func(o *web.Options) {
		o.Rules, o.Setup = rules, web.Setup{Code: "code", Until: g.clock.at.Add(time.Minute)}
	}))
	send := func(chosen string) answerTo {
		return r.send("/setup", "code", "code", "name", "keeper", "chosen", chosen, "again", chosen)
	}
	send("twelve quiet mountains").answers(t, "one kind of signs", http.StatusUnprocessableEntity)
	send(freshPassword).leads(t, "three kinds of signs", "/tasks") // the account may do nothing yet
	r.get("/admin").leads(t, "afterwards", "/account/second-factor")
	if u := g.people.of("keeper"); u.Role != assess.SecurityAdmin {
		t.Errorf("the first account is %s", u.Role)
	}
}

// hireByPage makes an account as an administrator does and answers its first password.
func hireByPage(t *testing.T, admin *reader, name string, pairs ...string) string {
	t.Helper()
	a := admin.send("/admin/accounts", append([]string{"name", name, "shown", "新人", "reason", "新入职", "current", goodPassword}, pairs...)...)
	a.answers(t, "add "+name, http.StatusOK)
	return a.secret(t)
}

// Row 8 of the security checklist: initial and reset passwords are random, open an account once within 72 hours, and only to choose
// another; resetting is audited.
func TestInitialPasswords(t *testing.T) {
	g := newGallery(t)
	admin := newReader(t, g.handler(t)).signIn("admin")
	first := hireByPage(t, admin, "zhao.lei", "role", "district_reporter", "unit", "210102")
	if other := hireByPage(t, admin, "qian.duo", "role", "city_reviewer", "unit", "", "department", "org"); other == first || len(first) < 16 {
		t.Fatalf("first passwords %q and %q", first, other)
	}
	if strings.Contains(admin.get("/admin/accounts").body, first) {
		t.Error("the password is shown again")
	}
	r := admin.fresh()
	r.tryIn("zhao.lei", first, "/d/210102").leads(t, "the first sign-in", "/password?next=%2Fd%2F210102")
	for _, path := range []string{"/", "/d/210102", "/fill", "/account", "/account/second-factor", "/tasks"} {
		r.get(path).leads(t, path+" before the password is changed", "/password")
	}
	r.send("/account/end-sessions").leads(t, "a form before the password is changed", "/password")
	r.fresh().tryIn("zhao.lei", first, "").answers(t, "the second sign-in", http.StatusUnauthorized)
	r.send("/password", "current", first, "chosen", freshPassword, "again", freshPassword, "next", "/d/210102").leads(t, "the change", "/d/210102")
	r.fresh().tryIn("zhao.lei", freshPassword, "").leads(t, "the own password", "/tasks")

	id := g.people.of("zhao.lei").ID
	reset := func() string {
		t.Helper()
		a := admin.send("/admin/accounts/"+id+"/password", "reason", "忘记密码", "current", goodPassword)
		a.answers(t, "reset", http.StatusOK)
		return a.secret(t)
	}
	second := reset()
	r.get("/d/210102").leads(t, "the old session", "/sign-in?next=%2Fd%2F210102")
	r.fresh().tryIn("zhao.lei", freshPassword, "").answers(t, "the old password", http.StatusUnauthorized)
	if l := g.people.last(); !slices.ContainsFunc(g.people.lines(), func(l assess.AuditLine) bool {
		return l.Action == "user.reset_password" && l.Actor == "admin" && l.Object == "zhao.lei" && l.After == "忘记密码" && l.Unit == "210102"
	}) {
		t.Errorf("the reset is not in the audit log, whose last line is %+v", l)
	}
	g.clock.at = g.clock.at.Add(account.InitialLife - time.Second)
	r.fresh().tryIn("zhao.lei", second, "").leads(t, "a second before the end", "/password?next=%2F")
	admin = admin.fresh().signIn("admin")
	third := reset()
	g.clock.at = g.clock.at.Add(account.InitialLife)
	r.fresh().tryIn("zhao.lei", third, "").answers(t, "after 72 hours", http.StatusUnauthorized)
}

// Row 5 of the security checklist: under the rules of level 2 an old password leads to nothing but its change, and earlier ones do
// not come back.
func TestAnOldPasswordLeadsOnlyToItsChange(t *testing.T) {
	g := newGallery(t)
	rules := account.Rules{MinPassword: 10, Composed: true, PasswordAge: 90 * 24 * time.Hour, History: 5}
	r := newReader(t, g.handler(t, func(o *web.Options) { o.Rules = rules }))
	g.clock.at = g.clock.at.Add(90*24*time.Hour - time.Second)
	r.fresh().tryIn("analyst", goodPassword, "").leads(t, "on the last day", "/")
	g.clock.at = g.clock.at.Add(time.Second)
	r.tryIn("analyst", goodPassword, "").leads(t, "after 90 days", "/password?next=%2F")
	r.get("/f/six_systems").leads(t, "another page", "/password")
	current := goodPassword
	change := func(chosen string) answerTo {
		return r.send("/password", "current", current, "chosen", chosen, "again", chosen)
	}
	change("twelve quiet mountains").answers(t, "one kind of signs", http.StatusUnprocessableEntity)
	for _, chosen := range []string{"Quiet mountain 1", "Quiet mountain 2", "Quiet mountain 3", "Quiet mountain 4", "Quiet mountain 5"} {
		change(chosen).leads(t, chosen, "/")
		current = chosen
	}
	change("Quiet mountain 1").answers(t, "one of the last five", http.StatusUnprocessableEntity)
	change("Quiet mountain 6").leads(t, "a new one", "/")
	current = "Quiet mountain 6"
	r.fresh().tryIn("analyst", current, "").leads(t, "the new password", "/")
}

// code answers what an authenticator program shows for a secret at a time.
func codeAt(t *testing.T, secret string, at time.Time) string {
	t.Helper()
	code, err := totp.GenerateCode(strings.ReplaceAll(secret, " ", ""), at)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// Row 9 of the security checklist: a role that must have a second factor can do nothing before it has one; then the password alone
// opens nothing, a code opens once, and an administrator helps who lost it.
func TestSecondFactor(t *testing.T) {
	g := newGallery(t)
	rules := account.Rules{MinPassword: 10, SecondFactor: []assess.Role{assess.CityLeader}}
	first := newReader(t, g.handler(t, func(o *web.Options) { o.Rules = rules }))
	r := first.fresh().signIn("leader")
	for _, path := range []string{"/", "/account", "/f/six_systems", "/tasks"} {
		r.get(path).leads(t, path+" without the factor", "/account/second-factor")
	}
	page := r.get("/account/second-factor")
	secret := page.secret(t)
	if again := r.get("/account/second-factor").secret(t); again != secret {
		t.Error("the secret changes while it is being set up")
	}
	if a := r.get("/account/second-factor.png"); a.Header.Get("Content-Type") != "image/png" {
		t.Errorf("the picture is %q", a.Header.Get("Content-Type"))
	} else if _, err := png.Decode(strings.NewReader(a.body)); err != nil {
		t.Error(err)
	}
	before := r.cookies()["unionboard-session"]
	r.send("/account/second-factor", "code", codeAt(t, secret, g.clock.at), "current", "wrong").answers(t, "without the password", http.StatusUnprocessableEntity)
	r.send("/account/second-factor", "code", "000000", "current", goodPassword).answers(t, "with a wrong code", http.StatusUnprocessableEntity)
	r.send("/account/second-factor", "code", codeAt(t, secret, g.clock.at), "current", goodPassword).leads(t, "with both", "/account?done=factor")
	if r.cookies()["unionboard-session"] == before {
		t.Error("the session kept its token though its rights rose")
	}
	r.get("/").answers(t, "afterwards", http.StatusOK)

	g.clock.at = g.clock.at.Add(time.Minute)
	in := first.fresh()
	in.tryIn("leader", goodPassword, "/lags").leads(t, "the password", "/sign-in/code?next=%2Flags")
	in.get("/lags").leads(t, "with the password alone", "/sign-in?next=%2Flags")
	in.get("/sign-in/code?next=%2Flags").answers(t, "the page of the code", http.StatusOK)
	in.send("/sign-in/code", "code", codeAt(t, secret, g.clock.at.Add(-90*time.Second)), "next", "/lags").answers(t, "a code of 90 s ago", http.StatusUnauthorized)
	good := codeAt(t, secret, g.clock.at)
	in.send("/sign-in/code", "code", good, "next", "/lags").leads(t, "the code", "/lags")
	in.get("/lags").answers(t, "with both", http.StatusOK)

	replay := first.fresh()
	replay.tryIn("leader", goodPassword, "")
	replay.send("/sign-in/code", "code", good).answers(t, "the same code again", http.StatusUnauthorized)
	g.clock.at = g.clock.at.Add(5 * time.Minute)
	replay.send("/sign-in/code", "code", codeAt(t, secret, g.clock.at)).leads(t, "five minutes after the password", "/sign-in?over=1")

	thief := first.fresh() // knows the password
	for range account.WrongAllowed {
		thief.tryIn("leader", goodPassword, "")
		thief.send("/sign-in/code", "code", "000000")
	}
	thief.tryIn("leader", goodPassword, "").answers(t, "after five wrong codes", http.StatusUnauthorized)
	g.clock.at = g.clock.at.Add(account.LockFor)

	admin := first.fresh().signIn("admin")
	id := g.people.of("leader").ID
	admin.send("/admin/accounts/"+id+"/second-factor", "reason", "手机遗失", "current", goodPassword).leads(t, "the reset", "/admin/accounts/"+id+"?done=second_factor")
	in.get("/lags").leads(t, "the session of before", "/sign-in?next=%2Flags")
	first.fresh().signIn("leader").get("/").leads(t, "after the reset", "/account/second-factor")
}

// Rows 9 and 58 of the security checklist: what a second factor is made of stands in the database sealed alone, while it is set up and
// afterwards; one from before it was sealed opens, too; and where the keys are gone nobody gets in, and is told what helps.
func TestSecondFactorsAreSealed(t *testing.T) {
	g := newGallery(t)
	lost := vault.New(filepath.Join(t.TempDir(), "keys"), nil)
	kept := g.registers(t).Vault
	first := newReader(t, g.handler(t))
	r := first.fresh().signIn("analyst")
	secret := strings.ReplaceAll(r.get("/account/second-factor").secret(t), " ", "")
	if files := g.people.filesWith(t, secret); len(files) > 0 {
		t.Errorf("while it is set up the secret stands in %v", files)
	}
	if files := g.people.filesWith(t, "analyst"); len(files) == 0 && servers.Given() == "" {
		t.Error("the search finds nothing: it looks in the wrong place")
	}
	r.send("/account/second-factor", "code", codeAt(t, secret, g.clock.at), "current", goodPassword).leads(t, "set", "/account?done=factor")
	u := g.people.of("analyst")
	if files := g.people.filesWith(t, secret); len(files) > 0 {
		t.Errorf("once it is set the secret stands in %v", files)
	}
	if got, err := kept.Open(u.CodeSecret, account.CodePlace(u.ID)); err != nil || got != secret {
		t.Errorf("it opens as %q, %v", got, err)
	}
	enter := func() answerTo {
		g.clock.at = g.clock.at.Add(time.Minute)
		in := first.fresh()
		in.tryIn("analyst", goodPassword, "")
		return in.send("/sign-in/code", "code", codeAt(t, secret, g.clock.at))
	}
	enter().leads(t, "sealed", "/")
	g.book.Vault = lost
	a := enter()
	if a.answers(t, "without the keys", http.StatusServiceUnavailable); !strings.Contains(a.body, "放回密钥文件") || strings.Contains(a.body, "no key") {
		t.Errorf("without the keys the page says %s", alerts(a.body))
	}
	if !strings.Contains(g.logs.String(), "a second factor does not open") {
		t.Error("the log says nothing")
	}
	g.book.Vault = kept
	enter().leads(t, "with the keys again", "/")
	if err := g.people.SetCodes(t.Context(), u.ID, secret, 0, g.people.line("user.second_factor")); err != nil {
		t.Fatal(err)
	}
	enter().leads(t, "kept by an older version", "/")
}

// A factor that the role need not have can be set up and taken away by its owner.
func TestSecondFactorOfChoice(t *testing.T) {
	g := newGallery(t)
	r := newReader(t, g.handler(t)).signIn("analyst")
	secret := r.get("/account/second-factor").secret(t)
	r.send("/account/second-factor", "code", codeAt(t, secret, g.clock.at), "current", goodPassword).leads(t, "set", "/account?done=factor")
	if strings.Contains(r.get("/account/second-factor").body, strings.ReplaceAll(secret, " ", "")) {
		t.Error("the secret is shown after it was set up")
	}
	r.send("/account/second-factor/remove", "current", "wrong").answers(t, "removed without the password", http.StatusUnprocessableEntity)
	r.send("/account/second-factor/remove", "current", goodPassword).leads(t, "removed", "/account?done=nofactor")
	r.fresh().tryIn("analyst", goodPassword, "").leads(t, "the password alone", "/")
}

// Row 10 of the security checklist: a stolen session alone changes neither password, second factor, role, accounts nor tokens.
func TestAStolenSessionChangesNothing(t *testing.T) {
	g := newGallery(t)
	admin := newReader(t, g.handler(t)).signIn("admin")
	heping := g.people.of("heping")
	token := newToken(t, g, account.TokenOrder{})
	secret := admin.get("/account/second-factor").secret(t)
	before := len(g.people.lines())
	for _, one := range []struct {
		path  string
		pairs []string
	}{
		{"/password", []string{"chosen", freshPassword, "again", freshPassword}},
		{"/account/second-factor", []string{"code", codeAt(t, secret, g.clock.at)}},
		{"/admin/accounts", []string{"name", "mallory", "role", "city_analyst", "unit", "", "department", "", "reason", "x"}},
		{"/admin/accounts/" + heping.ID + "/role", []string{"role", "city_analyst", "unit", "", "department", "", "reason", "x"}},
		{"/admin/accounts/" + heping.ID + "/password", []string{"reason", "x"}},
		{"/admin/accounts/" + heping.ID + "/second-factor", []string{"reason", "x"}},
		{"/admin/tokens", []string{"name", "x", "unit", "210102", "days", "30", "reason", "x"}},
		{"/admin/tokens/" + token.ID + "/revoke", []string{"reason", "x"}},
	} {
		for _, current := range []string{"", "a guess of a thief"} {
			admin.send(one.path, append(one.pairs, "current", current)...).answers(t, one.path, http.StatusUnprocessableEntity)
			g.clock.at = g.clock.at.Add(account.WrongWindow / 4) // guesses do not lock
			admin.get("/admin")
		}
	}
	for _, l := range g.people.lines()[before:] {
		if l.Action != "user.confirm" || l.Result != "refused" {
			t.Errorf("something was changed: %+v", l)
		}
	}
	if after := g.people.of("heping"); after.Role != heping.Role || after.PasswordHash != heping.PasswordHash {
		t.Error("the account was changed")
	}
	if all, err := g.people.Tokens(t.Context()); len(all) != 1 || !all[0].RevokedAt.IsZero() || err != nil {
		t.Errorf("tokens %+v, %v", all, err)
	}
}

// Row 11 of the security checklist: accounts that are locked, long unused, never taken up or of a place that is gone cannot sign
// in, and the administration lists them with the reason.
func TestAccountsThatAreKeptOut(t *testing.T) {
	g := newGallery(t)
	rules := account.Rules{MinPassword: 10, Unused: 90 * 24 * time.Hour}
	first := newReader(t, g.handler(t, func(o *web.Options) { o.Rules = rules }))
	admin := first.fresh().signIn("admin")
	hireByPage(t, admin, "never.came", "role", "city_leader", "unit", "", "department", "")
	gone := g.join2(t, "gone.district", account.Post{Role: assess.DistrictChair, Unit: "210199"})
	g.people.disable("city_assessor")

	g.clock.at = g.clock.at.Add(89 * 24 * time.Hour)
	for _, name := range []string{"admin", "analyst", "tiexi"} {
		first.fresh().signIn(name)
	}
	g.clock.at = g.clock.at.Add(2 * 24 * time.Hour)
	for _, name := range []string{"heping", "leader", "city_assessor", gone.Name} {
		first.fresh().tryIn(name, goodPassword, "").answers(t, name, http.StatusUnauthorized)
	}
	first.fresh().signIn("tiexi")
	admin = first.fresh().signIn("admin")
	page := admin.get("/admin").body
	for _, want := range []string{"heping", "长期未用", "never.came", "初始密码已过期", gone.Name, "多余", "city_assessor", "已停用", `href="/admin/calendar"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the administration does not show %s", want)
		}
	}
	for _, not := range []string{">tiexi<", ">analyst<"} {
		if strings.Contains(page, not) {
			t.Errorf("the administration shows %s among those kept out", not)
		}
	}
	if body := admin.get("/admin/accounts?standing=unused").body; !strings.Contains(body, ">heping<") || strings.Contains(body, ">tiexi<") {
		t.Error("the list of long unused accounts is another")
	}
	id := g.people.of("heping").ID
	admin.send("/admin/accounts/"+id+"/unlock", "reason", "休假归来").leads(t, "unlock", "/admin/accounts/"+id+"?done=unlock")
	first.fresh().signIn("heping")
}

// Rows 11 and 14 of the security checklist: what ends a session holds at once, on every server over the same data.
func TestSessionsEndEverywhereAtOnce(t *testing.T) {
	for name, end := range map[string]func(t *testing.T, g *gallery, own, admin *reader){
		"sign-out": func(t *testing.T, _ *gallery, own, _ *reader) { own.send("/sign-out").leads(t, "sign out", "/sign-in") },
		"new password": func(t *testing.T, _ *gallery, own, _ *reader) {
			own.send("/password", "current", goodPassword, "chosen", freshPassword, "again", freshPassword).leads(t, "change", "/")
		},
		"sign out everywhere": func(t *testing.T, _ *gallery, own, _ *reader) {
			own.send("/account/end-sessions").leads(t, "end all", "/sign-in")
		},
		"locked": func(t *testing.T, g *gallery, _, admin *reader) {
			id := g.people.of("analyst").ID
			admin.send("/admin/accounts/"+id+"/lock", "reason", "调离").leads(t, "lock", "/admin/accounts/"+id+"?done=lock")
		},
		"another role": func(t *testing.T, g *gallery, _, admin *reader) {
			id := g.people.of("analyst").ID
			admin.send("/admin/accounts/"+id+"/role", "role", "city_leader", "unit", "", "department", "", "reason", "调整分工", "current", goodPassword).
				leads(t, "role", "/admin/accounts/"+id+"?done=role")
		},
		"reset password": func(t *testing.T, g *gallery, _, admin *reader) {
			admin.send("/admin/accounts/"+g.people.of("analyst").ID+"/password", "reason", "x", "current", goodPassword).answers(t, "reset", http.StatusOK)
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := newGallery(t)
			one, two := newReader(t, g.handler(t)), newReader(t, g.handler(t))
			own, elsewhere := one.fresh().signIn("analyst"), one.fresh().signIn("analyst")
			cookies := []string{own.cookies()["unionboard-session"], elsewhere.cookies()["unionboard-session"]}
			end(t, g, own, two.fresh().signIn("admin"))
			dead := cookies
			if name == "sign-out" {
				dead = cookies[:1] // only the one that signed out
			}
			for i, cookie := range dead {
				for server, r := range map[string]*reader{"this": one, "the other": two} {
					a := r.fresh().do("GET", "/account", nil, func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "unionboard-session", Value: cookie}) })
					if a.StatusCode == http.StatusOK {
						t.Errorf("session %d opens a page on %s server", i, server)
					}
				}
			}
		})
	}
}

// The own page tells where a person is signed in, and which of them it is.
func TestOwnSessions(t *testing.T) {
	g := newGallery(t)
	r := newReader(t, g.handler(t))
	agent := func(name string) func(*http.Request) {
		return func(q *http.Request) { q.Header.Set("User-Agent", name) }
	}
	one, two := r.fresh(), r.fresh()
	enter := func(r *reader, browser string) {
		form := url.Values{"form_token": {r.token("/sign-in")}, "name": {"analyst"}, "password": {goodPassword}, "next": {""}}
		r.do("POST", "/sign-in", form, agent(browser)).leads(t, "sign in", "/")
	}
	enter(one, "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/86.0.4240.75 Safari/537.36")
	g.clock.at = g.clock.at.Add(time.Minute)
	enter(two, `Mozilla/5.0 (iPhone) <script>alert(1)</script> Safari/604.1`)
	body := two.get("/account").body
	if !strings.Contains(body, "Chrome Windows") || !strings.Contains(body, "Safari iPhone") || strings.Contains(body, "alert(1)") || strings.Count(body, "本次登录") != 1 {
		t.Errorf("the page does not tell the two sessions apart:\n%s", body)
	}
	g.clock.at = g.clock.at.Add(15 * time.Minute)
	if body := r.fresh().signIn("analyst").get("/account").body; strings.Contains(body, "Chrome Windows") {
		t.Error("a session whose time is up is still listed")
	}
}

// Row 12 of the security checklist: what the database holds of a session opens nothing.
func TestStoredSessionsOpenNothing(t *testing.T) {
	g := newGallery(t)
	r := newReader(t, g.handler(t)).signIn("analyst")
	cookie := r.cookies()["unionboard-session"]
	if len(cookie) < 43 { // 256 bits, base64
		t.Errorf("the session's token has %d signs", len(cookie))
	}
	if _, found, err := g.people.Sessions(time.Now).Find(cookie); found || err != nil {
		t.Errorf("the token itself is in the table: %v", err)
	}
}

// Row 15 of the security checklist: over plain HTTP administrators are warned on every page, over https nobody is.
func TestPlainHTTPIsSaid(t *testing.T) {
	g := newGallery(t)
	plain := newReader(t, g.handler(t))
	for name, warned := range map[string]bool{"admin": true, "security_admin": true, "analyst": false, "auditor": false} {
		r := plain.fresh().signIn(name)
		for _, path := range []string{"/account", "/password", "/tasks", "/nowhere"} {
			if got := strings.Contains(r.get(path).body, "不加密的连接"); got != warned {
				t.Errorf("%s at %s: warned %v", name, path, got)
			}
		}
	}
}

// Row 3 of the security checklist: wrong passwords lock an account for a while and another administrator opens it at once; the last
// administrator is neither locked nor given another role.
func TestTheLastAdministratorStays(t *testing.T) {
	g := newGallery(t)
	first := newReader(t, g.handler(t))
	admin := first.fresh().signIn("admin")
	hireByPage(t, admin, "second.admin", "role", "admin", "unit", "", "department", "")
	second := g.people.of("second.admin")
	hash := g.people.of("admin").PasswordHash
	if err := g.people.SetPassword(t.Context(), second.ID, hash, false, time.Time{}, g.people.line("user.password")); err != nil {
		t.Fatal(err)
	}
	g.people.lockOut("second.admin")
	first.fresh().tryIn("second.admin", goodPassword, "").answers(t, "locked out", http.StatusUnauthorized)
	admin.send("/admin/accounts/"+second.ID+"/unlock", "reason", "本人确认").leads(t, "unlock", "/admin/accounts/"+second.ID+"?done=unlock")
	other := first.fresh().signIn("second.admin")

	id := g.people.of("admin").ID
	admin.send("/admin/accounts/"+id+"/lock", "reason", "x").answers(t, "the own account", http.StatusUnprocessableEntity)
	other.send("/admin/accounts/"+id+"/lock", "reason", "离岗").leads(t, "one of two", "/admin/accounts/"+id+"?done=lock")
	admin = first.fresh()
	admin.tryIn("admin", goodPassword, "").answers(t, "after being locked", http.StatusUnauthorized)
	other.send("/admin/accounts/"+second.ID+"/lock", "reason", "x").answers(t, "the last one, by itself", http.StatusUnprocessableEntity)
	if err := g.people.LockAccount(t.Context(), second.ID, g.clock.at, g.people.line("user.lock")); err == nil {
		t.Error("the last administrator was locked")
	}
}

// Row 24 of the security checklist: a second of the three offices is refused, and at level 3 the administrator keeps no accounts.
func TestTheThreeOfficesInPages(t *testing.T) {
	g := newGallery(t)
	plain := newReader(t, g.handler(t)).signIn("admin")
	auditor, analyst := g.people.of("auditor").ID, g.people.of("analyst").ID
	move := func(r *reader, id, role string) answerTo {
		return r.send("/admin/accounts/"+id+"/role", "role", role, "unit", "", "department", "", "reason", "x", "current", goodPassword)
	}
	move(plain, auditor, "admin").answers(t, "an auditor made administrator", http.StatusUnprocessableEntity)
	move(plain, auditor, "city_leader").leads(t, "an auditor made leader", "/admin/accounts/"+auditor+"?done=role")
	move(plain, auditor, "admin").answers(t, "a former auditor made administrator", http.StatusUnprocessableEntity)
	move(plain, auditor, "auditor").leads(t, "the former auditor made auditor again", "/admin/accounts/"+auditor+"?done=role")
	move(plain, analyst, "security_admin").answers(t, "a security administrator without level 3", http.StatusUnprocessableEntity)

	divided := account.Rules{MinPassword: 10, Divided: true}
	first := newReader(t, g.handler(t, func(o *web.Options) { o.Rules = divided }))
	admin, security := first.fresh().signIn("admin"), first.fresh().signIn("security_admin")
	admin.get("/admin/accounts").answers(t, "the administrator reads", http.StatusOK)
	move(admin, analyst, "city_leader").answers(t, "the administrator moves", http.StatusForbidden)
	admin.send("/admin/accounts", "name", "x.y", "role", "city_leader", "reason", "x", "current", goodPassword).answers(t, "the administrator hires", http.StatusForbidden)
	admin.send("/admin/tokens", "name", "x").answers(t, "the administrator makes tokens", http.StatusForbidden)
	move(security, analyst, "security_admin").leads(t, "the security administrator moves", "/admin/accounts/"+analyst+"?done=role")
	for _, path := range []string{"/", "/d/210102", "/export", "/fill", "/collect"} {
		if a := security.get(path); a.StatusCode == http.StatusOK {
			t.Errorf("the security administrator reads %s", path)
		}
	}
}

// A change without a reason, or to a post that cannot be, is refused with the words that were typed.
func TestAccountFormsAreChecked(t *testing.T) {
	g := newGallery(t)
	admin := newReader(t, g.handler(t)).signIn("admin")
	id := g.people.of("heping").ID
	for what, a := range map[string]answerTo{
		"no reason":      admin.send("/admin/accounts/"+id+"/lock", "reason", " "),
		"no unit":        admin.send("/admin/accounts", "name", "x.y", "role", "district_chair", "unit", "", "reason", "x", "current", goodPassword),
		"unknown unit":   admin.send("/admin/accounts", "name", "x.y", "role", "district_chair", "unit", "210199", "reason", "x", "current", goodPassword),
		"no department":  admin.send("/admin/accounts", "name", "x.y", "role", "city_reviewer", "reason", "x", "current", goodPassword),
		"no role":        admin.send("/admin/accounts", "name", "x.y", "role", "boss", "reason", "x", "current", goodPassword),
		"a taken name":   admin.send("/admin/accounts", "name", "HEPING", "role", "city_leader", "reason", "x", "current", goodPassword),
		"no name":        admin.send("/admin/accounts/"+id+"/name", "shown", "", "reason", "x"),
		"a bad sign-in":  admin.send("/admin/accounts", "name", "a b", "role", "city_leader", "reason", "x", "current", goodPassword),
		"a token's unit": admin.send("/admin/tokens", "name", "x", "unit", "210199", "days", "30", "reason", "x", "current", goodPassword),
		"a token's life": admin.send("/admin/tokens", "name", "x", "unit", "210102", "days", "9999", "reason", "x", "current", goodPassword),
		"its addresses":  admin.send("/admin/tokens", "name", "x", "unit", "210102", "days", "30", "addresses", "10.0.0", "reason", "x", "current", goodPassword),
		"its person":     admin.send("/admin/tokens", "name", "x", "unit", "210102", "person", g.people.of("tiexi").ID, "days", "30", "reason", "x", "current", goodPassword),
	} {
		if a.StatusCode != http.StatusUnprocessableEntity || alerts(a.body) == "" {
			t.Errorf("%s: %d %q", what, a.StatusCode, alerts(a.body))
		}
	}
	refused := admin.send("/admin/accounts/"+id+"/role", "role", "district_chair", "unit", "210103", "department", "", "reason", "轮岗", "current", "wrong")
	refused.answers(t, "a wrong password", http.StatusUnprocessableEntity)
	for _, kept := range []string{`<option value="district_chair" selected>`, `<option value="210103" selected>`, `value="轮岗"`} {
		if strings.Count(refused.body, kept) != 1 {
			t.Errorf("what was typed is lost: %s", kept)
		}
	}
	if strings.Contains(refused.body, `value="wrong"`) {
		t.Error("a password is repeated")
	}
	admin.send("/admin/accounts/"+id+"/name", "shown", "和平填报员", "reason", "更名").leads(t, "a good name", "/admin/accounts/"+id+"?done=name")
	body := admin.get("/admin/accounts/" + id).body
	if !strings.Contains(body, "演示填报员 → 和平填报员; 更名") || !strings.Contains(body, "修改姓名") {
		t.Error("the record of changes does not tell the old name, the new one and the reason")
	}
}

// A new account's form that is sent empty is told all that is wrong with it at once, each at its field.
func TestANewAccountIsToldAllThatIsWrong(t *testing.T) {
	admin := newReader(t, newGallery(t).handler(t)).signIn("admin")
	wrong := func(fields ...string) (at []string) {
		t.Helper()
		a := admin.send("/admin/accounts", fields...)
		a.answers(t, "a form with something wrong", http.StatusUnprocessableEntity)
		for _, field := range []string{"name", "role", "unit", "department", "reason", "current"} {
			said, marked := strings.Contains(a.body, `<span class="wrong" id="e-`+field+`">`), strings.Contains(a.body, `aria-invalid="true" aria-describedby="e-`+field+`"`)
			if said != marked {
				t.Errorf("%s: said %v, marked %v", field, said, marked)
			}
			if said {
				at = append(at, field)
			}
		}
		return at
	}
	for _, c := range []struct{ sent, want []string }{
		{[]string{"name", "", "role", "district_chair", "unit", "", "reason", " ", "current", ""}, []string{"name", "unit", "reason", "current"}},
		{[]string{"name", "a b", "role", "boss", "reason", "x", "current", "wrong"}, []string{"name", "role"}},
		{[]string{"name", "x.y", "role", "city_reviewer", "reason", "x", "current", goodPassword}, []string{"department"}},
		{[]string{"name", "heping", "role", "city_leader", "reason", "x", "current", goodPassword}, []string{"name"}},
		{[]string{"name", "x.y", "role", "city_leader", "reason", "x", "current", "wrong"}, []string{"current"}},
	} {
		if got := wrong(c.sent...); !slices.Equal(got, c.want) {
			t.Errorf("%q: wrong are %q, want %q", c.sent, got, c.want)
		}
	}
}

// A list of more than a hundred accounts comes in pages of fifty, and whole for paper.
func TestLongListsComeInPages(t *testing.T) {
	g := newGallery(t)
	for i := range 110 {
		g.join2(t, fmt.Sprintf("officer%03d", i), account.Post{Role: assess.DistrictReporter, Unit: ownUnit})
	}
	admin := newReader(t, g.handler(t)).signIn("admin")
	for page, want := range map[string]int{"": 50, "?page=2": 50, "?page=3": 10, "?page=99": 50, "?page=x": 50, "?page=all": 110, "?find=officer00": 10} {
		find := "&find=officer"
		if page == "" {
			find = "?find=officer"
		}
		if strings.Contains(page, "find") {
			find = ""
		}
		if got := strings.Count(admin.get("/admin/accounts"+page+find).body, ">officer"); got != 2*want { // the name of each stands twice
			t.Errorf("%q: %d rows, want %d", page, got/2, want)
		}
	}
}

// Row 13 of the security checklist: both limits of a session are settings.
func TestLimitsOfSessionsAreSettings(t *testing.T) {
	for _, one := range []struct {
		name  string
		steps []time.Duration
		alive bool
	}{
		{"within both", []time.Duration{4 * time.Minute, 4 * time.Minute}, true},
		{"idle", []time.Duration{5 * time.Minute}, false},
		{"in all", slices.Repeat([]time.Duration{4 * time.Minute}, 5), false},
	} {
		g := newGallery(t)
		r := newReader(t, g.handler(t, func(o *web.Options) { o.IdleTimeout, o.Lifetime = 5*time.Minute, 20*time.Minute })).signIn("analyst")
		var last answerTo
		for _, step := range one.steps {
			g.clock.at = g.clock.at.Add(step)
			last = r.get("/account")
		}
		if alive := last.StatusCode == http.StatusOK; alive != one.alive {
			t.Errorf("%s: %d, alive should be %v", one.name, last.StatusCode, one.alive)
		}
	}
}

// Row 6 of the security checklist: a hash that was cheaper than new ones is made again at the sign-in, and still opens.
func TestCheapHashesAreMadeAgain(t *testing.T) {
	g := newGallery(t)
	dearer := account.NewHasherAt(2, account.Cost{Memory: 16, Passes: 1, Threads: 1})
	first := newReader(t, g.handler(t, func(o *web.Options) { o.Hasher = dearer }))
	before := g.people.of("analyst").PasswordHash
	first.fresh().signIn("analyst")
	after := g.people.of("analyst").PasswordHash
	if after == before || !strings.Contains(after, "m=16,") || len(g.people.of("analyst").PastHashes) != 0 {
		t.Errorf("the hash was %s and is %s", before, after)
	}
	first.fresh().signIn("analyst")
	if again := g.people.of("analyst").PasswordHash; again != after {
		t.Error("a hash that is dear enough was made again")
	}
}
