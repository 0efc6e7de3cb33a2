package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// guest is a person, or a program, at a served data folder: signed in with a session of its own, from an address of its own, so that what is
// counted by addresses is counted as of a city.
type guest struct {
	t      testing.TB
	name   string
	base   string // http://127.0.0.1:…
	client *http.Client
	form   string // the token of its forms
	secret string // of a program, instead of a session
}

// guestPassword is that of everybody who is added for a test.
const guestPassword = "osprey-lantern-types"

// addPeople adds accounts with one password to an open data folder.
func addPeople(t testing.TB, a *app, people map[string]account.Post) {
	t.Helper()
	hash, err := account.NewHasher(1).Hash(t.Context(), guestPassword)
	if err != nil {
		t.Fatal(err)
	}
	for name, post := range people {
		u, err := account.New(name, "测试 "+name, post, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		u.PasswordHash = hash
		line := assess.AuditLine{At: time.Now(), Actor: "system", Action: "user.add", Object: u.Name, Result: "ok"}
		if err := a.store.AddAccount(t.Context(), u, line); err != nil {
			t.Fatal(err)
		}
	}
}

// tokenFor makes a token of a unit in an open data folder and answers its secret.
func tokenFor(t testing.TB, a *app, unit assess.UnitCode, scopes ...account.TokenScope) string {
	t.Helper()
	key, secret, err := account.NewToken(account.TokenOrder{Name: "测试", Unit: unit, Scopes: scopes, Days: 2, By: "test"}, time.Now())
	if err == nil {
		err = a.store.AddToken(t.Context(), key, assess.AuditLine{At: time.Now(), Actor: "system", Action: "token.add", Object: key.ID, Result: "ok"})
	}
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// newGuest makes a guest, who has not signed in yet. The n-th has the n-th address of the machine's own network 127/8.
func newGuest(t testing.TB, base, name string, n int) *guest {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	from := net.Dialer{Timeout: 5 * time.Second, LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, byte(1+n/200), byte(1+n%200))}}
	client := &http.Client{
		Jar: jar, Timeout: 30 * time.Second,
		Transport:     &http.Transport{DialContext: from.DialContext, MaxIdleConnsPerHost: 4, IdleConnTimeout: 50 * time.Second},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	t.Cleanup(client.CloseIdleConnections)
	return &guest{t: t, name: name, base: base, client: client}
}

// reply is an answer, read to its end.
type reply struct {
	status int
	header http.Header
	body   string
}

// send makes a request and reads the whole answer. An error means that the outcome is not known.
func (v *guest) send(ctx context.Context, method, path, kind string, body []byte, headers ...string) (reply, error) {
	r, err := http.NewRequestWithContext(ctx, method, v.base+path, bytes.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	if v.secret != "" {
		r.Header.Set("Authorization", "Bearer "+v.secret)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := v.client.Do(r)
	if err != nil {
		return reply{}, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return reply{answer.StatusCode, answer.Header, string(text)}, err
}

// get asks for a page.
func (v *guest) get(ctx context.Context, path string, headers ...string) (reply, error) {
	return v.send(ctx, http.MethodGet, path, "", nil, headers...)
}

// post sends a form, with its token.
func (v *guest) post(ctx context.Context, path string, form url.Values) (reply, error) {
	form.Set("form_token", v.form)
	return v.send(ctx, http.MethodPost, path, "application/x-www-form-urlencoded", []byte(form.Encode()))
}

// upload sends a form with one file, as a browser does: fields first.
func (v *guest) upload(ctx context.Context, path string, fields map[string]string, name string, content []byte) (reply, error) {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	_ = w.WriteField("form_token", v.form)
	for field, value := range fields {
		_ = w.WriteField(field, value)
	}
	to, err := w.CreateFormFile("file", name)
	if err != nil {
		return reply{}, err
	}
	_, _ = to.Write(content)
	_ = w.Close()
	return v.send(ctx, http.MethodPost, path, w.FormDataContentType(), body.Bytes())
}

// uploads sends a form with files of a disk.
func (v *guest) uploads(ctx context.Context, path string, files ...string) (reply, error) {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	_ = w.WriteField("form_token", v.form)
	for _, name := range files {
		content, err := os.ReadFile(name)
		if err != nil {
			return reply{}, err
		}
		to, err := w.CreateFormFile("file", filepath.Base(name))
		if err != nil {
			return reply{}, err
		}
		_, _ = to.Write(content)
	}
	_ = w.Close()
	return v.send(ctx, http.MethodPost, path, w.FormDataContentType(), body.Bytes())
}

// signIn signs in and takes the token of a page's forms along.
func (v *guest) signIn(ctx context.Context) error {
	page, err := v.get(ctx, "/sign-in")
	if err != nil {
		return err
	}
	if page.status == http.StatusSeeOther { // signed in already: only the answer was lost
		return v.takeForm(ctx)
	}
	found := formToken.FindStringSubmatch(page.body)
	if found == nil {
		return fmt.Errorf("sign in as %s: %d, and no form", v.name, page.status)
	}
	v.form = found[1]
	page, err = v.post(ctx, "/sign-in", url.Values{"name": {v.name}, "password": {guestPassword}, "next": {"/account"}})
	if err != nil {
		return err
	}
	if page.status != http.StatusSeeOther || strings.HasPrefix(page.header.Get("Location"), "/sign-in") {
		return fmt.Errorf("sign in as %s: %d to %q", v.name, page.status, page.header.Get("Location"))
	}
	return v.takeForm(ctx)
}

// takeForm takes the token of the forms of a session.
func (v *guest) takeForm(ctx context.Context) error {
	page, err := v.get(ctx, "/account")
	if err != nil {
		return err
	}
	found := formToken.FindStringSubmatch(page.body)
	if found == nil {
		return fmt.Errorf("signed in as %s: /account answers %d, and no form", v.name, page.status)
	}
	v.form = found[1]
	return nil
}
