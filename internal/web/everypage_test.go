package web_test

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/web"
)

// visitOf is a page to visit: whose, and at which address.
type visitOf struct{ route, who, path string }

// pageless are the addresses that give nobody a page to visit here, and why.
func pageless() map[string]string {
	return map[string]string{
		"/scoring/{q}/{edition}.seal": "a file",
		"/account/second-factor.png":  "a picture", "/assets/{file}": "a file", "/actions.csv": "a file", "/audit.csv": "a file", "/calendar.ics": "a file", "/calendar/{secret}.ics": "a file",
		"/dashboards/{page}.yaml": "a file", "/evidence/{id}": "a file", "/evidence/{id}/preview": "a picture", "/export/{table}.{format}": "a file", "/export/jobs/{job}": "a file",
		"/fill/{q}/form.xlsx": "a file", "/fill/{q}/upload/{upload}/marked.xlsx": "a file", "/why/{unit}/{code}.json": "for programs",
		"/fill/{q}/news": "a part of /fill/{q}", "/collect/{source}/pieces/{piece}": "a file", "/healthz": "for programs", "/readyz": "for programs",
		"/city": "leads to /city/{q}", "/fill": "leads to /fill/{q}", "/notice/{q}": "leads to /notice", "/status": "leads to /status/{q}",
		"/registers/dues_refunds/batches/{batch}": "TestARefundFromTheFilesToTheBank",
		"/registers/{register}/import/heads.xlsx": "a file", "/registers/{register}/import/{upload}/marked.xlsx": "a file",
		"/registers/{register}/import/{upload}": "TestRecordsAreImported",
		"/setup":                                "TestTheDoorInABrowser", "/sign-in/code": "TestTheDoorInABrowser", "/fill/{q}/upload/{upload}": "TestAWorkbookWaitsForEverybody",
	}
}

// everyPage answers every address of the router that gives a page, with the first person who gets it; an address that gives nobody a
// page must be among the pageless.
func everyPage(t *testing.T, g *gallery, first *reader) (all []visitOf, people map[string]*reader) {
	t.Helper()
	walked, _, err := web.Walked(g.options(t))
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"nobody", "analyst", "heping", "admin", "leader", "reviewer"}
	people = map[string]*reader{"nobody": first}
	for _, name := range names[1:] {
		people[name] = first.fresh().signIn(name)
		g.clock.at = g.clock.at.Add(4 * time.Second)
	}
	for _, route := range walked {
		method, template, _ := strings.Cut(route, " ")
		if method != http.MethodGet || strings.HasPrefix(template, "/api/v1/") { // for programs
			continue
		}
		path, _ := sample(g, template, ownUnit)
		one := visitOf{route: plain(template)}
		for _, at := range []string{path, strings.ReplaceAll(path, "2026Q1", "2026Q2")} {
			for _, who := range names {
				a := people[who].get(at)
				if one.path == "" && a.StatusCode == http.StatusOK && strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
					one.who, one.path = who, at
				}
			}
		}
		switch why, known := pageless()[one.route]; {
		case one.path == "" && !known:
			t.Errorf("%s gives nobody a page; add a sample, or say why in pageless", one.route)
		case one.path != "" && known && one.route != "/fill/{q}/news":
			t.Errorf("%s gives %s a page, yet it is said to be %s", one.route, one.who, why)
		case one.path != "" && !known:
			all = append(all, one)
		}
	}
	slices.SortStableFunc(all, func(a, b visitOf) int { return strings.Compare(a.who, b.who) }) // the browser changes hands seldom
	return all, people
}

// become makes the browser somebody's.
func (b *browser) become(t *testing.T, r *reader) {
	t.Helper()
	b.run(t, network.ClearBrowserCookies())
	for name, value := range r.cookies() {
		b.run(t, network.SetCookie(name, value).WithURL(b.base))
	}
}

// look opens a page, and what can be folded out on it, and answers what is wrong with it, axe asked too.
func (b *browser) look(t *testing.T, path string, width int64) (wrong []string) {
	t.Helper()
	wrong = b.visit(t, path, width)
	return append(b.axe(t), wrong...)
}

// visit opens a page, and what can be folded out on it, and answers what the browser complains about.
func (b *browser) visit(t *testing.T, path string, width int64) (wrong []string) {
	t.Helper()
	b.run(t, emulation.SetDeviceMetricsOverride(width, 900, 1, width < 700), chromedp.Navigate(b.base+path), chromedp.WaitReady("html[data-ready], #wall", chromedp.ByQuery),
		chromedp.Evaluate(`document.querySelectorAll('details:not(.menu)').forEach(d => d.open = true)`, nil))
	return b.complaints(t)
}

// fits measures the page that is open on a desk, there at twice its size, at 375 and 320 pixels, and in large type: nothing is wider than the
// screen but what scrolls in a box of its own, and nothing is too small to be hit by a finger.
func (b *browser) fits(t *testing.T) (wrong []string) {
	t.Helper()
	for _, one := range []struct {
		what  string
		width int64
		large bool
	}{{"on a desk", 1440, false}, {"twice its size", 720, false}, {"at 375", 375, false}, {"at 320", 320, false}, {"in large type", 375, true}} {
		b.run(t, emulation.SetDeviceMetricsOverride(one.width, 900, 1, one.width < 700), chromedp.Evaluate(fmt.Sprintf(`document.documentElement.classList.toggle('large', %v)`, one.large), nil))
		if wide := truth[int64](t, b, `document.documentElement.scrollWidth`); wide > one.width {
			wrong = append(wrong, fmt.Sprintf("%s: %d pixels wide, want %d: %s", one.what, wide, one.width, truth[string](t, b, widest)))
		}
		if one.what == "at 375" {
			wrong = append(wrong, truth[[]string](t, b, smallTargets)...)
		}
	}
	return wrong
}

// widest names what reaches beyond the screen, but for what lies in a box that scrolls or cuts.
const widest = `Array.from(document.querySelectorAll('body *')).filter(e => {
	if (e.getBoundingClientRect().right + scrollX <= document.documentElement.clientWidth + 1) return false;
	for (let p = e.parentElement; p; p = p.parentElement) if (getComputedStyle(p).overflowX !== 'visible') return false;
	return true;
}).slice(0, 3).map(e => e.outerHTML.slice(0, 120)).join(' | ')`

// smallTargets names what is too small for a finger: 44 pixels high for what stands alone, 24 in tables, lists and sentences, where WCAG 2.2
// asks for 24 or nothing. The target of a box to tick is its label too, and that of a link which covers its card is the card.
const smallTargets = `(() => {
	const wrong = [];
	for (const e of document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')) {
		if (!e.getClientRects().length || getComputedStyle(e).visibility === 'hidden' || e.classList.contains('skip') || e.getAttribute('aria-hidden')) continue;
		const boxes = [e.getBoundingClientRect()];
		const label = /^(radio|checkbox)$/.test(e.type) && (e.closest('label') || document.querySelector('label[for="' + e.id + '"]'));
		if (label) boxes.push(label.getBoundingClientRect());
		const over = getComputedStyle(e, '::after');
		if (over.content !== 'none' && over.position === 'absolute') boxes.push(e.closest('.card').getBoundingClientRect());
		const height = Math.max(...boxes.map(b => b.height)), width = Math.max(...boxes.map(b => b.width));
		const words = e.parentElement.textContent.trim().length > e.textContent.trim().length && getComputedStyle(e).display === 'inline' && e.tagName === 'A';
		if (words) continue;
		const least = e.closest('td, th, li, p, dd, h2, h3, caption, svg, footer') ? 24 : 44;
		if (height < least - 0.5 || width < 23.5) wrong.push('a target of ' + Math.round(width) + ' by ' + Math.round(height) + ': ' + e.outerHTML.slice(0, 140));
	}
	return wrong;
})()`

// theWhole says that pages are visited at every width and in both languages, which takes minutes: in `WHOLE=1 make test-full`.
func theWhole() bool { return os.Getenv("UNIONBOARD_TEST_PAGES") == "all" }

// windows goes through widths, narrow ones first, in both languages: of the whole through all of them, else through the narrowest in Chinese and the
// widest in English.
func windows(widths ...int64) iter.Seq2[string, int64] {
	return func(yield func(lang string, width int64) bool) {
		for _, lang := range []string{"zh", "en"} {
			for i, width := range widths {
				extreme := lang == "zh" && i == 0 || lang == "en" && i == len(widths)-1
				if (extreme || theWhole()) && !yield(lang, width) {
					return
				}
			}
		}
	}
}

// TestEveryPageIsForEverybody visits every page of the router: axe finds nothing, no page is wider than a screen, and fingers hit what
// they are meant to.
func TestEveryPageIsForEverybody(t *testing.T) {
	g := newGallery(t)
	g.pieces.all = []assess.HeldPiece{{ID: unknownID, Source: "shenhe", Name: "2026Q1.csv", State: assess.PieceWaiting, At: g.clock.at}}
	server := httptest.NewServer(g.handler(t, func(o *web.Options) {
		o.OpenLink = func(context.Context, account.LinkKind, string, time.Time) (account.Link, account.User, error) {
			return account.Link{Kind: account.WallLink}, g.people.of("analyst"), nil
		}
	}))
	t.Cleanup(server.Close)
	pages, people := everyPage(t, g, (&reader{t: t, base: server.URL}).fresh())
	b := openBrowser(t, server)
	now := ""
	for _, one := range pages {
		if one.who != now {
			b.become(t, people[one.who])
			now = one.who
		}
		report := func(how string, wrong []string) {
			for _, w := range wrong {
				t.Errorf("%s as %s, %s: %s", one.path, one.who, how, w)
			}
		}
		report("1440", b.look(t, withLang(one.path, "zh"), 1440))
		if !strings.HasPrefix(one.route, "/wall") { // which is for one size of screen, and measured in vw
			report("resized", b.fits(t))
		}
		if theWhole() {
			report("375", b.look(t, withLang(one.path, "zh"), 375))
			report("375 in English", b.look(t, withLang(one.path, "en"), 375))
			report("resized in English", b.fits(t))
		}
	}
	t.Logf("%d pages", len(pages))
}
