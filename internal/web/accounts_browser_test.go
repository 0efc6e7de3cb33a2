package web_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/web"
)

// TestAccountPagesAreQuiet: the pages of accounts, in both languages, on a phone and on a desk: nothing is complained about and nothing
// is wider than the screen.
func TestAccountPagesAreQuiet(t *testing.T) {
	g := newGallery(t)
	newToken(t, g, account.TokenOrder{Addresses: "10.1.0.0/16", Account: g.people.of("heping").ID})
	g.people.disable("city_assessor")
	server := httptest.NewServer(g.handler(t))
	t.Cleanup(server.Close)
	b := openBrowser(t, server)
	b.signIn(t, "admin")
	for lang, width := range windows(375, 1440) {
		for _, path := range []string{
			"/admin", "/admin/accounts", "/admin/accounts/" + g.people.of("heping").ID, "/admin/accounts/" + g.people.of("city_assessor").ID,
			"/admin/tokens", "/account", "/account/second-factor", "/password",
		} {
			b.calm(t, "accounts", path, lang, width)
		}
	}
}

// calm opens a page and fails the test for what the browser complains about, or where the page is wider than the screen.
func (b *browser) calm(t *testing.T, what, path, lang string, width int64) {
	t.Helper()
	name := fmt.Sprintf("%s%s-%s-%d", what, strings.ReplaceAll(path, "/", "_"), lang, width)
	b.open(t, withLang(path, lang), width)
	b.keep(t, name)
	if wide := truth[int64](t, b, `document.documentElement.scrollWidth`); wide > width {
		t.Errorf("%s: the page is %d pixels wide", name, wide)
	}
	for _, c := range b.complaints(t) {
		t.Errorf("%s: %s", name, c)
	}
}

// TestTheDoorInABrowser: the first account by its code; then a second factor that is scanned, proved and asked for.
func TestTheDoorInABrowser(t *testing.T) {
	g := newGallery(t)
	g.people = emptyPeople(t, g.clock)
	server := httptest.NewServer(g.handler(t, func(o *web.Options) {
		o.Setup = web.Setup{Code: "wkh4-9dmz-tq7e-3bcx", Until: g.clock.at.Add(30 * time.Minute)}
		o.Rules = account.Rules{MinPassword: 10, SecondFactor: []assess.Role{assess.Admin}}
	}))
	t.Cleanup(server.Close)
	b := openBrowser(t, server)
	b.calm(t, "door", "/setup", "zh", 375)
	b.run(t, chromedp.SendKeys("#code", "wkh4-9dmz-tq7e-3bcx"), chromedp.SendKeys("#name", "root"), chromedp.SendKeys("#shown", "管理员"),
		chromedp.SendKeys("#chosen", freshPassword), chromedp.SendKeys("#again", freshPassword+"\r"), chromedp.WaitReady(".factor img", chromedp.ByQuery))
	b.calm(t, "door", "/account/second-factor", "zh", 1440)
	var secret string
	var drawn int64
	b.run(t, chromedp.Text("code.secret", &secret, chromedp.ByQuery), chromedp.Evaluate(`document.querySelector('.factor img').naturalWidth`, &drawn))
	if drawn != 240 {
		t.Errorf("the picture is %d pixels wide", drawn)
	}
	b.run(t, chromedp.SendKeys("#code", codeAt(t, secret, g.clock.at)), chromedp.SendKeys("#current-set", freshPassword+"\r"), chromedp.WaitReady(".notice.good", chromedp.ByQuery))
	g.clock.at = g.clock.at.Add(time.Minute)
	b.run(t, chromedp.Click(".tools summary", chromedp.ByQuery), chromedp.Click(".tools form button", chromedp.ByQuery), chromedp.WaitReady("#password", chromedp.ByQuery),
		chromedp.SendKeys("#name", "root"), chromedp.SendKeys("#password", freshPassword+"\r"), chromedp.WaitReady("#code", chromedp.ByQuery))
	b.calm(t, "door", "/sign-in/code", "zh", 375)
	b.run(t, chromedp.SendKeys("#code", codeAt(t, secret, g.clock.at)+"\r"), chromedp.WaitReady("header nav", chromedp.ByQuery))
	for _, c := range b.complaints(t) {
		t.Error(c)
	}
}
