package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/web"
)

const submission = `{"schema": "unionboard/values/1", "unit": "210102", "period": "2026Q1", "values": [{"code": "union_members", "value": "30412"}]}`

// push hands figures in as a program does.
func (r *reader) push(secret, key, body string, change ...func(*http.Request)) answerTo {
	r.t.Helper()
	return r.pushTo("/api/v1/submissions", secret, key, body, change...)
}

func (r *reader) pushTo(path, secret, key, body string, change ...func(*http.Request)) answerTo {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, r.base+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	if secret != "" {
		req.Header.Set("Authorization", "Bearer "+secret)
	}
	for _, c := range change {
		c(req)
	}
	resp, err := r.client.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	var b strings.Builder
	if _, err := fmt.Fprint(&b, readAll(r.t, resp.Body)); err != nil {
		r.t.Fatal(err)
	}
	return answerTo{resp, b.String()}
}

// problem reads an answer of the API that says no.
func (a answerTo) problem(t *testing.T) (kind, detail string) {
	t.Helper()
	var p struct {
		Type, Title, Detail, Request string
		Status                       int
	}
	if err := json.Unmarshal([]byte(a.body), &p); err != nil || a.Header.Get("Content-Type") != "application/problem+json" || p.Status != a.StatusCode || p.Title == "" || p.Request == "" {
		t.Errorf("%d is no problem: %s %q (%v)", a.StatusCode, a.Header.Get("Content-Type"), a.body, err)
	}
	return p.Type, p.Detail
}

// Row 18 of the security checklist: a token hands in figures of its unit, from its addresses, while it lives, and nothing else.
func TestAProgramHandsFiguresIn(t *testing.T) {
	g := newGallery(t)
	r := newReader(t, g.handler(t))
	good, secret := newSecretToken(t, g, account.TokenOrder{Addresses: "127.0.0.0/8 ::1"})
	a := r.push(secret, "k1", submission)
	a.answers(t, "a good one", http.StatusCreated)
	if len(g.people.took) != 1 || g.people.took[0] != "210102 "+submission || !strings.Contains(a.body, `"waiting_for_review":true`) {
		t.Errorf("the gate took %q, the answer is %s", g.people.took, a.body)
	}
	if a.Header.Get("Set-Cookie") != "" {
		t.Error("the API sets a cookie")
	}
	if all, _ := g.people.Tokens(t.Context()); !all[0].UsedAt.Equal(g.clock.at) {
		t.Error("the use of the token was not noted")
	}

	_, expired := newSecretToken(t, g, account.TokenOrder{Days: 1})
	_, elsewhere := newSecretToken(t, g, account.TokenOrder{Addresses: "10.1.0.0/16"})
	revoked, gone := newSecretToken(t, g, account.TokenOrder{})
	if err := g.people.RevokeToken(t.Context(), revoked.ID, g.clock.at, g.people.line("token.revoke")); err != nil {
		t.Fatal(err)
	}
	_, theirs := newSecretToken(t, g, account.TokenOrder{Account: g.people.of("heping").ID})
	g.people.disable("heping")
	g.clock.at = g.clock.at.AddDate(0, 0, 1)
	foreign := strings.Replace(submission, "210102", "210103", 1)
	for _, one := range []struct {
		what, secret, key, body string
		status                  int
		kind                    string
	}{
		{"no token", "", "k2", submission, 401, "about:blank"},
		{"not a token", "ub_ABCDEFGHIJKLMNOPQRSTUVWXYZ", "k2", submission, 401, "about:blank"},
		{"its hash", good.Hash, "k2", submission, 401, "about:blank"},
		{"without its mark", strings.TrimPrefix(secret, account.TokenMark), "k2", submission, 401, "about:blank"},
		{"expired", expired, "k2", submission, 403, "urn:unionboard:problem.token-expired"},
		{"from elsewhere", elsewhere, "k2", submission, 403, "urn:unionboard:problem.token-from-elsewhere"},
		{"revoked", gone, "k2", submission, 403, "urn:unionboard:problem.token-revoked"},
		{"of a locked person", theirs, "k2", submission, 403, "urn:unionboard:problem.token-revoked"},
		{"another unit", secret, "k3", foreign, 403, "urn:unionboard:problem.gallery"},
		{"no name of the request", secret, "", submission, 400, "urn:unionboard:problem.api-key"},
		{"a name in other letters", secret, "k\xe9", submission, 400, "urn:unionboard:problem.api-key"},
		{"a name without end", secret, strings.Repeat("k", 101), submission, 400, "urn:unionboard:problem.api-key"},
	} {
		a := r.push(one.secret, one.key, one.body)
		kind, detail := a.problem(t)
		if a.StatusCode != one.status || kind != one.kind || one.status == 403 && detail == "" {
			t.Errorf("%s: %d %s %q, want %d %s", one.what, a.StatusCode, kind, detail, one.status, one.kind)
		}
		if one.what == "another unit" && !strings.Contains(a.body, `"place":"body:1:12"`) {
			t.Errorf("%s: it is not said where: %s", one.what, a.body)
		}
		if one.status == 401 && !strings.HasPrefix(a.Header.Get("WWW-Authenticate"), "Bearer") {
			t.Errorf("%s: no challenge", one.what)
		}
		if one.secret != "" && strings.Contains(a.body+g.logs.String(), one.secret) {
			t.Errorf("%s: the token stands in the answer or in the log", one.what)
		}
	}
	r.push(secret, "k4", submission, func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }).answers(t, "no JSON", http.StatusBadRequest)
	r.push(secret, "k5", strings.Repeat(" ", 2<<20)).answers(t, "too large", http.StatusRequestEntityTooLarge)
	if len(g.people.took) != 1 {
		t.Errorf("the gate took %d, want the good one only", len(g.people.took))
	}
	refused := 0
	for _, l := range g.people.lines() {
		if l.Action == "refused" && strings.HasPrefix(l.Actor, "token:") && l.Object == "POST /api/v1/submissions" {
			refused++
		}
	}
	if refused != 5 { // one expired, one from elsewhere, two revoked, and one that speaks for another unit
		t.Errorf("%d refusals of tokens are in the audit log, want 5", refused)
	}
}

// Row 36 of the security checklist: a hundred copies of a request under one name count once, and are answered alike or told to wait; under
// the same name another content is refused.
func TestARequestCountsOnce(t *testing.T) {
	g := newGallery(t)
	r := newReader(t, g.handler(t))
	_, secret := newSecretToken(t, g, account.TokenOrder{})
	_, other := newSecretToken(t, g, account.TokenOrder{})
	var all sync.WaitGroup
	answers := make([]answerTo, 100)
	for i := range answers {
		all.Go(func() { answers[i] = r.push(secret, "same", submission) })
	}
	all.Wait()
	created := ""
	for _, a := range answers {
		switch {
		case a.StatusCode == http.StatusCreated && (created == "" || created == a.body):
			created = a.body
		case a.StatusCode != http.StatusConflict: // under way
			t.Errorf("%d %s", a.StatusCode, a.body)
		}
	}
	if a := r.push(secret, "same", submission); a.StatusCode != http.StatusCreated || a.body != created || a.Header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("repeated: %d %q, first %q", a.StatusCode, a.body, created)
	}
	r.push(secret, "same", strings.Replace(submission, "30412", "30413", 1)).answers(t, "another content", http.StatusBadRequest)
	if len(g.people.took) != 1 {
		t.Errorf("the gate took it %d times", len(g.people.took))
	}
	r.push(other, "same", submission).answers(t, "another token", http.StatusCreated)
	foreign := strings.Replace(submission, "210102", "210103", 1)
	r.push(secret, "refused", foreign).answers(t, "refused", http.StatusForbidden)
	r.push(secret, "refused", submission).answers(t, "tried again under its name", http.StatusCreated)
}

// awayKeys are the tokens and requests of a store that is away while they say so: what was begun then may be there nonetheless.
type awayKeys struct {
	keysKept
	away atomic.Bool
}

type keysKept = web.Keys

func (k *awayKeys) BeginReceipt(ctx context.Context, r account.Receipt) (before account.Receipt, fresh bool, err error) {
	before, fresh, err = k.keysKept.BeginReceipt(ctx, r)
	if k.away.Load() && err == nil {
		err = errAway()
	}
	return before, fresh, err
}

func (k *awayKeys) DropReceipt(ctx context.Context, r account.Receipt) error {
	if k.away.Load() {
		return errAway()
	}
	return k.keysKept.DropReceipt(ctx, r)
}

// A request that nothing came of while the database was away can be sent again under its name when it is back, here and at another server: it was said to
// be under way for as long as this server ran.
func TestARequestThatTheDatabaseLostIsSentAgain(t *testing.T) {
	g := newGallery(t)
	var keys *awayKeys
	submitting := atomic.Bool{}
	site := g.handler(t, func(o *web.Options) {
		keys = &awayKeys{keysKept: o.Keys}
		o.Keys = keys
		take := o.Submit
		o.Submit = func(ctx context.Context, token account.Token, body []byte, answer func(web.Submission) *assess.Answered, now time.Time) (web.Submission, error) {
			if submitting.Load() {
				keys.away.Store(true)
				return web.Submission{}, errAway()
			}
			return take(ctx, token, body, answer, now)
		}
	})
	r, other := newReader(t, site), newReader(t, g.handler(t))
	_, secret := newSecretToken(t, g, account.TokenOrder{})
	lose := func(key string, begun bool) {
		t.Helper()
		submitting.Store(begun)
		keys.away.Store(!begun)
		r.push(secret, key, submission).answers(t, "while it is away", http.StatusServiceUnavailable)
		r.push(secret, key, submission).answers(t, "while it is away still", http.StatusServiceUnavailable)
		submitting.Store(false)
		keys.away.Store(false)
	}
	for _, begun := range []bool{false, true} {
		lose(fmt.Sprint("here", begun), begun)
		r.push(secret, fmt.Sprint("here", begun), submission).answers(t, "here", http.StatusCreated)
		lose(fmt.Sprint("there", begun), begun)
		site.(*web.Site).Settle(t.Context(), false)
		other.push(secret, fmt.Sprint("there", begun), submission).answers(t, "at another server", http.StatusCreated)
	}
}

// Row 18, the other way round: a token opens no page and a cookie no API.
func TestATokenOpensNoPageAndACookieNoAPI(t *testing.T) {
	g := newGallery(t)
	first := newReader(t, g.handler(t))
	_, secret := newSecretToken(t, g, account.TokenOrder{})
	bearer := func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+secret) }
	in := first.fresh().signIn("admin")
	token := in.ownToken()
	for _, one := range everyRoute(t, g) {
		if one.program || strings.HasPrefix(one.path, "/assets/") || one.path == "/healthz" || one.path == "/readyz" {
			continue
		}
		for who, r := range map[string]*reader{"nobody": first, "a session": in} {
			form := map[string][]string{"form_token": {token}}
			if one.method == http.MethodGet {
				form = nil
			}
			if a := r.do(one.method, one.path, form, bearer); a.StatusCode != http.StatusUnauthorized {
				t.Errorf("%s with a token and %s: %d to %q", one.name, who, a.StatusCode, a.Header.Get("Location"))
			}
		}
	}
	in.push("", "k", submission).answers(t, "a cookie at the API", http.StatusUnauthorized)
	if len(g.people.took) != 0 {
		t.Error("the gate took something")
	}
	in.get("/account").answers(t, "the session afterwards", http.StatusOK)
}

// Guesses at tokens are counted by their address like those at passwords, and beside them: a program whose token is mistyped shuts nobody out.
func TestGuessesAtTokensAreCounted(t *testing.T) {
	r := newReader(t, newGallery(t).handler(t))
	last := 0
	for i := range 21 {
		last = r.push(fmt.Sprintf("ub_GUESS%d", i), "k", submission).StatusCode
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("the 21st guess is answered %d", last)
	}
	if in := r.tryIn("heping", goodPassword, ""); in.StatusCode != http.StatusSeeOther {
		t.Errorf("a person who signs in from there is answered %d", in.StatusCode)
	}
}

// The page makes a token, shows it once and takes it back.
func TestTokensInPages(t *testing.T) {
	g := newGallery(t)
	first := newReader(t, g.handler(t))
	admin := first.fresh().signIn("admin")
	made := admin.send("/admin/tokens", "name", "和平区业务系统", "unit", "210102", "person", g.people.of("heping").ID, "submit", "1", "addresses", "127.0.0.1，::1", "days", "90", "reason", "系统对接", "current", goodPassword)
	made.answers(t, "make", http.StatusOK)
	secret := made.secret(t)
	body := admin.get("/admin/tokens").body
	if strings.Contains(body, secret) || !strings.Contains(body, "和平区业务系统") || !strings.Contains(body, "127.0.0.1 ::1") {
		t.Error("the list shows the token again, or not what it is for and from where")
	}
	first.push(secret, "k1", submission).answers(t, "use", http.StatusCreated)
	all, err := g.people.Tokens(t.Context())
	if err != nil || len(all) != 1 || all[0].ExpiresAt.Sub(g.clock.at).Hours() != 90*24 {
		t.Fatalf("tokens %+v, %v", all, err)
	}
	admin.send("/admin/tokens/"+all[0].ID+"/revoke", "reason", "系统下线", "current", goodPassword).leads(t, "revoke", "/admin/tokens?done=revoke")
	first.push(secret, "k2", submission).answers(t, "use after it was revoked", http.StatusForbidden)
	first.fresh().signIn("auditor").get("/admin/tokens").answers(t, "the auditor reads", http.StatusOK)
}

// Row 27 of the security checklist: links are made and revoked by their owner alone, shown once, and nobody else's are there.
func TestOwnLinks(t *testing.T) {
	g := newGallery(t)
	first := newReader(t, g.handler(t))
	one, two := first.fresh().signIn("heping"), first.fresh().signIn("tiexi")
	made := one.send("/account/links", "kind", "calendar")
	made.answers(t, "make", http.StatusOK)
	address := made.secret(t)
	if strings.Contains(one.get("/account").body, address) || !strings.HasPrefix(address, one.base+"/calendar/") {
		t.Errorf("the address %s is shown again, or leads elsewhere", address)
	}
	one.send("/account/links", "kind", "register").answers(t, "a link to a register", http.StatusBadRequest)
	links, err := g.people.Links(t.Context(), g.people.of("heping").ID)
	if err != nil || len(links) != 1 {
		t.Fatalf("links %+v, %v", links, err)
	}
	foreign, unknown := two.send("/account/links/"+links[0].ID+"/revoke"), two.send("/account/links/"+unknownID+"/revoke")
	if foreign.StatusCode != http.StatusNotFound || unlike(foreign.body) != unlike(unknown.body) {
		t.Errorf("another's link answers %d, otherwise than one that is not there", foreign.StatusCode)
	}
	secret := strings.TrimSuffix(strings.TrimPrefix(address, one.base+"/calendar/"), ".ics")
	if _, owner, err := g.people.OpenLink(t.Context(), account.CalendarLink, secret, g.clock.at); err != nil || owner.Name != "heping" {
		t.Errorf("the link opens %+v, %v", owner, err)
	}
	one.send("/account/links/"+links[0].ID+"/revoke").leads(t, "revoke", "/account?done=revoked")
	if _, _, err := g.people.OpenLink(t.Context(), account.CalendarLink, secret, g.clock.at); err == nil {
		t.Error("the revoked link opens")
	}
	if a := g.people.actions(); a[len(a)-1] != "link.revoke" {
		t.Errorf("audit %v", a)
	}
}
