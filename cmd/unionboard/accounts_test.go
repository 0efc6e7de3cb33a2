package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/config"
	"github.com/unionboard/unionboard/internal/source"
	"github.com/unionboard/unionboard/internal/web"
)

var printed = regexp.MustCompile(`(?m)^    ([2-9a-hjkmnp-z]{4}(?:-[2-9a-hjkmnp-z]{4}){3})$`)

// Row 7 of the security checklist, from outside: an installation without accounts prints a code when it is served; the page takes
// it once, and afterwards neither a code is printed nor is there such a page.
func TestTheFirstAccountIsMadeWithTheCodeOfTheConsole(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	out := good(t, "init", "--no-admin", "--data", dir)
	if strings.Contains(out, "password") {
		t.Fatalf("init made an account: %s", out)
	}
	serve := func() (*program, string) {
		p := start(t, "serve", "--data", dir, "--addr", "127.0.0.1:0")
		return p, p.serving()
	}
	p, base := serve()
	code := printed.FindStringSubmatch(p.err.String())
	if code == nil || strings.Contains(p.out.String(), code[1]) || !strings.Contains(p.err.String(), "/setup") {
		t.Fatalf("serve prints %q and %q", p.out.String(), p.err.String())
	}
	jar, _ := cookiejar.New(nil)
	v := &visitor{t: t, base: base, http: http.Client{Jar: jar, Timeout: patience}}
	_, page := v.get("/setup")
	form := url.Values{"code": {code[1]}, "name": {"root"}, "shown": {"管理员"}, "chosen": {"twelve quiet mountains"}, "again": {"twelve quiet mountains"}, "form_token": {formToken.FindStringSubmatch(page)[1]}}
	// Over plain HTTP the session's cookie is not sent back, so the answer leads to the door; the account is there.
	if _, page := v.read(v.http.PostForm(base+"/setup", form)); strings.Contains(page, `role="alert"`) {
		t.Fatalf("the code is refused: %s", page)
	}
	if status, _ := v.get("/setup"); status != http.StatusNotFound {
		t.Errorf("afterwards /setup answers %d", status)
	}
	p.stop()
	if out := good(t, "user", "list", "--data", dir); out != "root\tadmin\t\t管理员\tgood\n" {
		t.Errorf("the accounts are %q", out)
	}
	p, base = serve()
	if printed.MatchString(p.err.String()) {
		t.Error("a code is printed though there is an account")
	}
	v.base = base
	if status, _ := v.get("/setup"); status != http.StatusNotFound {
		t.Errorf("after a restart /setup answers %d", status)
	}
	p.stop()
	head(t, dir)
}

// `init` makes the first account itself unless it is told not to; at level 3 it is the security administrator's.
func TestInitMakesWhoKeepsTheAccounts(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	write(t, filepath.Join(dir, config.FileName), "security: level3\n")
	if out := good(t, "init", "--data", dir, "--admin", "keeper"); !strings.HasPrefix(out, "keeper\tsecurity_admin\tpassword: ") {
		t.Errorf("init says %q", out)
	}
	good(t, "user", "add", "root", "--role", "admin", "--data", dir)
	call(t, "user", "lock", "root", "--data", dir).oneSentence(t, exitFailed, "last administrator")
	call(t, "user", "role", "root", "--role", "auditor", "--data", dir).oneSentence(t, exitFailed, "last administrator")
	call(t, "user", "add", "second", "--role", "security_admin", "--data", installation(t)).oneSentence(t, exitRefused, "level3")
}

// Departments and units are those of the year.
func TestAccountsNeedTheirPlace(t *testing.T) {
	t.Parallel()
	dir := installation(t)
	user := func(words ...string) []string { return append(append([]string{"user"}, words...), "--data", dir) }
	call(t, user("add", "a.b", "--role", "city_reviewer")...).oneSentence(t, exitRefused, "department")
	call(t, user("add", "a.b", "--role", "city_reviewer", "--department", "orgs")...).oneSentence(t, exitRefused, "orgs")
	call(t, user("add", "a.b", "--role", "district_chair", "--unit", "210199")...).oneSentence(t, exitRefused, "210199")
	call(t, user("add", "a.b", "--role", "city_leader", "--department", "org")...).oneSentence(t, exitRefused, "org")
	good(t, user("add", "a.b", "--role", "city_reviewer", "--department", "org")...)
	good(t, user("role", "a.b", "--role", "city_reviewer", "--department", "legal")...)
	good(t, user("add", "c.d", "--role", "auditor")...)
	call(t, user("role", "c.d", "--role", "admin")...).oneSentence(t, exitFailed, "new account")
	if out := good(t, user("list")...); !strings.Contains(out, "a.b\tcity_reviewer\tlegal\t") {
		t.Errorf("the list is\n%s", out)
	}
}

// Row 3 of the security checklist: when no administrator can sign in, the local command lets one in again, whatever kept them out.
func TestAdministratorsAreRecoveredByTheLocalCommand(t *testing.T) {
	t.Parallel()
	dir := installation(t, "security: level3")
	standing := func() (lines []string) {
		for line := range strings.Lines(good(t, "user", "list", "--data", dir)) {
			fields := strings.Split(strings.TrimSpace(line), "\t")
			lines = append(lines, fields[0]+": "+fields[4])
		}
		return lines
	}
	inside(t, dir, func(a *app) {
		u, err := a.store.AccountNamed(t.Context(), "admin")
		if err != nil {
			t.Fatal(err)
		}
		if err := a.store.SetCodes(t.Context(), u.ID, "JBSWY3DPEHPK3PXP", 1, atConsole("user.second_factor", u.Name)); err != nil {
			t.Fatal(err)
		}
		for range account.WrongAllowed {
			if _, err := a.store.SignIn(t.Context(), u.ID, account.Attempt{At: time.Now()}, atConsole("sign_in", u.Name)); err != nil {
				t.Fatal(err)
			}
		}
	})
	if got := standing(); len(got) != 1 || !strings.HasPrefix(got[0], "admin: locked out until ") || !strings.HasSuffix(got[0], ", with a second factor") {
		t.Fatalf("accounts %q", got)
	}
	good(t, "user", "unlock", "admin", "--data", dir)
	good(t, "user", "second-factor", "admin", "--data", dir)
	if out := good(t, "user", "password", "admin", "--data", dir); !strings.Contains(out, "password: ") {
		t.Errorf("the new password is not printed: %q", out)
	}
	if got := standing(); !slices.Equal(got, []string{"admin: must change the password"}) {
		t.Errorf("accounts %q", got)
	}
	head(t, dir)
}

// Tokens are made, listed and revoked at the console, too.
func TestTokensAtTheConsole(t *testing.T) {
	t.Parallel()
	dir := installation(t)
	out := good(t, "token", "add", "和平区业务系统", "--unit", "210102", "--addresses", "10.1.0.0/16,127.0.0.1", "--data", dir)
	fields := strings.Split(strings.TrimSpace(out), "\t")
	if len(fields) != 4 || fields[1] != "210102" || !strings.HasPrefix(fields[3], "token: ub_") {
		t.Fatalf("add says %q", out)
	}
	list := good(t, "token", "list", "--data", dir)
	if strings.Contains(list, strings.TrimPrefix(fields[3], "token: ")) || !strings.Contains(list, "和平区业务系统") || !strings.Contains(list, "\tgood\n") {
		t.Errorf("the list is %q", list)
	}
	good(t, "token", "revoke", fields[0], "--reason", "系统下线", "--data", dir)
	if list := good(t, "token", "list", "--data", dir); !strings.Contains(list, "\trevoked\n") {
		t.Errorf("the list is %q", list)
	}
	call(t, "token", "revoke", fields[0], "--data", dir).oneSentence(t, exitFailed, "no such token")
	call(t, "token", "add", "x", "--data", dir).oneSentence(t, exitRefused, "unit")
	call(t, "token", "add", "x", "--unit", "210199", "--data", dir).oneSentence(t, exitRefused, "210199")
	call(t, "token", "add", "x", "--unit", "210102", "--person", "admin", "--data", dir).oneSentence(t, exitRefused, "person of its unit")
	head(t, dir)
}

// What a program is answered is kept with what it handed in: when the server dies before the answer leaves, the same request is answered so and not
// taken a second time, over what another program has handed in meanwhile.
func TestAProgramIsAnsweredWhatWasDone(t *testing.T) {
	t.Parallel()
	inside(t, installation(t), func(a *app) {
		now := time.Now()
		token := account.Token{ID: "t1", Unit: "210102"}
		receipt := account.Receipt{Token: token.ID, Request: "first", Digest: "d", At: now}
		if _, fresh, err := a.store.BeginReceipt(t.Context(), receipt); err != nil || !fresh {
			t.Fatal(fresh, err)
		}
		body := fmt.Sprintf(`{"schema": "unionboard/values/1", "unit": "210102", "period": "%dQ1", "values": [{"code": "union_members", "value": "30412"}], "next": null}`, now.Year()-1)
		answer := func(got web.Submission) *assess.Answered {
			return &assess.Answered{Token: token.ID, Request: "first", Status: 201, Body: got.ID}
		}
		got, err := a.takePush(t.Context(), token, []byte(body), answer, now)
		if err != nil || got.New != 1 {
			t.Fatalf("%+v %v", got, err)
		}
		// Here the server dies; the next one begins by forgetting what was under way.
		if err := a.store.DropOpenReceipts(t.Context(), time.Now()); err != nil {
			t.Fatal(err)
		}
		before, fresh, err := a.store.BeginReceipt(t.Context(), receipt)
		if err != nil || fresh || before.Status != 201 || before.Body != got.ID {
			t.Errorf("the same request again is fresh %v, and answered %d %q: %v", fresh, before.Status, before.Body, err)
		}
	})
}

// What a program hands in goes the way of everything: checked row by row, submitted for review, never counted twice.
func TestWhatAProgramHandsInWaitsForReview(t *testing.T) {
	t.Parallel()
	inside(t, installation(t), func(a *app) {
		now := time.Now()
		year := now.Year() - 1
		token := account.Token{ID: "t1", Unit: "210102"}
		body := func(unit, values string) []byte {
			return []byte(fmt.Sprintf(`{"schema": "unionboard/values/1", "unit": %q, "period": "%dQ1", "values": [%s], "next": null}`, unit, year, values))
		}
		const good, bad = `{"code": "union_members", "value": "30412"}`, `{"code": "union_members", "value": "3O412"}`
		got, err := a.takePush(t.Context(), token, body("210102", good+`, {"code": "no_such_item", "value": "1"}`), nil, now)
		if err != nil || got.New != 1 || got.Refused != 1 || !got.Waiting || len(got.Rejected) != 1 || got.Rejected[0].Code != "no_such_item" {
			t.Errorf("a good row and a bad one: %+v, %v", got, err)
		}
		again, err := a.takePush(t.Context(), token, body("210102", good), nil, now.Add(time.Second))
		if err != nil || again.New != 0 || again.Changed != 0 || again.Same != 1 || again.Waiting {
			t.Errorf("the same again: %+v, %v", again, err)
		}
		quarter := assess.NewQuarter(year, 1)
		if seen, err := a.store.Current(t.Context(), assess.CellQuery{Periods: []assess.Period{quarter}}); len(seen) != 0 || err != nil {
			t.Errorf("figures count before they are reviewed: %v, %v", seen, err)
		}
		for what, one := range map[string]struct {
			body []byte
			key  string
		}{
			"another unit": {body("210103", good), "problem.api_unit"},
			"nothing":      {body("210102", ""), "problem.api_empty"},
			"no JSON":      {[]byte(`unit=210102`), ""},
			"two keys":     {[]byte(`{"schema": "unionboard/values/1", "unit": "210102", "unit": "210103", "period": "2026Q1", "values": []}`), ""},
		} {
			_, err := a.takePush(t.Context(), token, one.body, nil, now)
			if p, ok := errors.AsType[*assess.Problem](err); !ok || one.key != "" && p.Key != one.key {
				t.Errorf("%s: %v, want %s", what, err, one.key)
			}
		}
		if got, err := a.takePush(t.Context(), token, body("210102", bad), nil, now.Add(2*time.Second)); err != nil || got.Refused != 1 || got.Waiting {
			t.Errorf("a bad row alone: %+v, %v", got, err)
		}

		set := func(unit, element, value string) []byte {
			return []byte(fmt.Sprintf(`<dataValueSet orgUnit=%q period="%dQ1"><dataValue dataElement=%q value=%q/></dataValueSet>`, unit, year, element, value))
		}
		words := assess.MappingRevision{Source: pushSource, Number: 1, Reason: "DHIS2", By: "admin", At: now, Text: (&source.Mapping{
			Units: []source.Word{{Word: "DiszpKrYNg8", Code: "210102"}}, Items: []source.Word{{Word: "f7n9E0hX8qk", Code: "union_members"}},
		}).Text()}
		if err := a.store.PutSourceMapping(t.Context(), words, assess.AuditLine{At: now, Actor: "admin", Action: "source.mapping", Object: "push", Result: "ok"}); err != nil {
			t.Fatal(err)
		}
		for i, one := range []struct {
			set  web.ValueSet
			want string
		}{
			{web.ValueSet{Body: set("DiszpKrYNg8", "f7n9E0hX8qk", "30413"), DryRun: true}, "0 1 0 0"},
			{web.ValueSet{Body: set("DiszpKrYNg8", "f7n9E0hX8qk", "30413"), Only: collect.OutcomeNew}, "0 0 0 1"},
			{web.ValueSet{Body: set("DiszpKrYNg8", "f7n9E0hX8qk", "30413")}, "0 1 0 0"},
			{web.ValueSet{Body: set("DiszpKrYNg8", "f7n9E0hX8qk", "30413")}, "0 0 1 0"},
			{web.ValueSet{Body: set("210103", "f7n9E0hX8qk", "1")}, "0 0 0 1"},
		} {
			got, err := a.takeValueSet(t.Context(), token, one.set, now.Add(time.Duration(i+3)*time.Second))
			if counts := fmt.Sprint(got.New, got.Changed, got.Same, got.Refused); err != nil || counts != one.want {
				t.Errorf("%s: %s, %v; want %s", one.set.Body, counts, err, one.want)
			}
		}

		held, err := a.store.HeldPieces(t.Context(), pushSource)
		if err != nil {
			t.Fatal(err)
		}
		foreign := 0
		for _, piece := range held { // read again, what a program sent speaks for the unit of its token and for no other
			r, err := a.replayer(nil)(t.Context(), piece, collect.Again{By: "admin", DryRun: true}, now.Add(30*time.Second))
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range r.Decisions {
				if d.Unit != "210102" {
					t.Errorf("read again, %s is taken for %s", piece.Name, d.Unit)
				}
			}
			for _, x := range r.Rejected {
				if x.Problem.Key == "problem.source_unit" {
					foreign++
				}
			}
		}
		if foreign != 1 {
			t.Errorf("%d rows of another unit were refused when read again, want 1", foreign)
		}
		if err := a.gate.AcceptAll(t.Context(), "210102", quarter, "demo.reviewer", now.Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		got, err = a.takePush(t.Context(), token, body("210102", `{"code": "union_members", "value": 1}, {"code": "bookhouses", "value": null}`), nil, now.Add(2*time.Minute))
		if err != nil || got.Same != 1 || got.Missing != 1 || len(got.Differs) != 1 || got.Differs[0] != "union_members" || got.Waiting {
			t.Errorf("another figure than the accepted one: %+v, %v; want one that differs and one without a figure", got, err)
		}
	})
}

// What is over is forgotten by the scheduler: sessions, attempts, answered requests.
func TestWhatIsOverIsForgotten(t *testing.T) {
	inside(t, installation(t), func(a *app) {
		ctx, now := t.Context(), time.Now()
		data, err := scs.GobCodec{}.Encode(now, map[string]any{account.SessionKey: "u1"})
		if err != nil {
			t.Fatal(err)
		}
		if err := a.store.Sessions(time.Now).Commit("gone", data, now.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if _, err := a.store.TakeAttempt(ctx, account.SignInLimit(), "10.0.0.1", now); err != nil {
			t.Fatal(err)
		}
		r := account.Receipt{Token: "t", Request: "r", Digest: "d", At: now}
		if _, fresh, err := a.store.BeginReceipt(ctx, r); !fresh || err != nil {
			t.Fatal(err)
		}
		a.forget(ctx, now.Add(account.ReceiptLife+time.Hour))
		if _, fresh, err := a.store.BeginReceipt(ctx, r); !fresh || err != nil {
			t.Errorf("the receipt is still there: %v", err)
		}
		if _, found, err := a.store.Sessions(func() time.Time { return now }).Find("gone"); found || err != nil {
			t.Errorf("the session is still there: %v", err)
		}
		for i := range account.SignInLimit().Most {
			if ok, err := a.store.TakeAttempt(ctx, account.SignInLimit(), "10.0.0.1", now); !ok || err != nil {
				t.Fatalf("attempt %d counts with those that were forgotten: %v", i, err)
			}
		}
	})
}
