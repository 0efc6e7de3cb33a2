package web_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// focused is where the keyboard is.
type focused struct {
	At      int    // place among what can be reached, in the order of the document; -1 outside the page
	What    string // the element, shortened
	Outline float64
	Against float64 // contrast of the outline to what is behind the element
	Hidden  string  // what lies over its middle, "" for nothing
	Bare    bool    // a box that scrolls, without a name
}

// reachable numbers what Tab should reach, in reading order: one radio button of each group, nothing folded in, nothing hidden.
const reachable = `(() => {
	const groups = new Set();
	window.reach = Array.from(document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')).filter(e => {
		if (e.disabled || e.type === 'hidden' || e.tabIndex < 0 || !e.getClientRects().length || getComputedStyle(e).visibility === 'hidden') return false;
		for (let d = e.parentElement.closest('details:not([open])'); d; d = d.parentElement.closest('details:not([open])'))
			if (!(e.tagName === 'SUMMARY' && e.parentElement === d)) return false;
		if (e.type !== 'radio') return true;
		const group = (e.form ? Array.from(document.forms).indexOf(e.form) : '') + e.name;
		const chosen = Array.from(document.getElementsByName(e.name)).find(x => x.form === e.form && x.checked);
		if (chosen ? chosen !== e : groups.has(group)) return false;
		groups.add(group);
		return true;
	});
	return window.reach.length;
})()`

// whereFocus describes the focused element as somebody sees it who works without a mouse.
const whereFocus = `(() => {
	const e = document.activeElement;
	if (!e || e === document.body) return {At: -1, What: 'the window'};
	const style = getComputedStyle(e);
	const rgb = c => { const m = c.match(/[\d.]+/g).map(Number); return m.length > 3 && m[3] === 0 ? null : m; };
	const light = c => c.slice(0, 3).map(x => x / 255).map(x => x <= 0.04045 ? x / 12.92 : Math.pow((x + 0.055) / 1.055, 2.4)).reduce((s, x, i) => s + x * [0.2126, 0.7152, 0.0722][i], 0);
	let ground = null;
	for (let p = parseFloat(style.outlineOffset) < 0 ? e : e.parentElement; p && !ground; p = p.parentElement) ground = rgb(getComputedStyle(p).backgroundColor);
	const a = light(rgb(style.outlineColor) || [0, 0, 0]), b = light(ground || [255, 255, 255]);
	const rect = e.querySelector('rect');
	const drawn = e.namespaceURI.endsWith('svg') && rect ? parseFloat(getComputedStyle(rect).strokeWidth) : 0;
	const inside = (x, y) => x >= 0 && y >= 0 && x < innerWidth && y < innerHeight;
	const line = e.getClientRects()[0], cut = (from, to, end) => (Math.max(from, 0) + Math.min(to, end)) / 2; // the first of several lines, what is on the screen of it
	const x = cut(line.left, line.right, innerWidth), y = line.height > 60 ? Math.max(line.top, 0) + 12 : cut(line.top, line.bottom, innerHeight);
	let hidden = '';
	if (line.bottom < 0 || line.top > innerHeight || !inside(x, y)) hidden = 'outside the screen at ' + Math.round(x) + ',' + Math.round(y);
	else {
		const top = document.elementFromPoint(x, y);
		if (top && !e.contains(top) && !top.contains(e) && !(top.closest('label') && top.closest('label').contains(e))) hidden = top.outerHTML.slice(0, 90);
	}
	const scrolls = e.classList.contains('scroll');
	let at = (window.reach || []).indexOf(e);
	if (at < 0 && e.type === 'radio') at = (window.reach || []).findIndex(x => x.type === 'radio' && x.name === e.name && x.form === e.form); // one of a group without a choice
	if (at < 0) at = (window.reach || []).findIndex(x => !x.isConnected && x.tagName === e.tagName && x.id === e.id && x.textContent === e.textContent); // the panel beside a form is filled anew with each cell
	return {At: at, What: e.outerHTML.slice(0, 110), Outline: Math.max(style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth), drawn),
		Against: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), Hidden: hidden, Bare: scrolls && !(e.getAttribute('aria-label') || e.getAttribute('aria-labelledby'))};
})()`

// stop presses a key and answers where it leads.
func (b *browser) stop(t *testing.T, key string, modifiers ...chromedp.KeyOption) (f focused) {
	t.Helper()
	b.run(t, chromedp.KeyEvent(key, modifiers...), chromedp.Evaluate(whereFocus, &f))
	return f
}

// walks goes over the page that was just opened by Tab, from end to end, and back by Shift and Tab, and answers what is wrong.
func (b *browser) walks(t *testing.T) (wrong []string) {
	t.Helper()
	complain := func(f focused, format string, args ...any) {
		wrong = append(wrong, fmt.Sprintf(format, args...)+": "+f.What)
	}
	// The panel beside a form is filled a moment after the page is there.
	b.run(t, chromedp.Poll(`innerWidth < 1240 || !document.querySelector('tbody.cell') || !document.querySelector('#past > .empty')`, nil, chromedp.WithPollingTimeout(time.Minute)))
	all := truth[int](t, b, reachable)
	if all < 5 {
		return []string{fmt.Sprintf("only %d things can be reached", all)}
	}
	from := truth[int](t, b, `window.reach.indexOf(document.activeElement)`) // of the field that a page puts the keyboard in, else -1
	first := b.stop(t, kb.Tab)
	if from < 0 && !strings.Contains(first.What, `class="skip"`) {
		complain(first, "the first stop is not the skip link")
	}
	for f, want := first, from+1; want < all; want++ {
		switch {
		case f.At != want:
			complain(f, "stop %d of %d is %d in reading order", want, all, f.At)
			return wrong
		case f.Outline < 3 || f.Against < 3:
			complain(f, "a focus of %.1f pixels and contrast %.1f", f.Outline, f.Against)
		case f.Hidden != "":
			complain(f, "the focus is hidden by %s", f.Hidden)
		case f.Bare:
			complain(f, "a box that scrolls has no name")
		}
		f = b.stop(t, kb.Tab)
		if want == all-1 && f.At > 0 {
			complain(f, "after the last stop comes stop %d: a trap", f.At)
		}
	}
	for want := all - 1; want >= max(0, all-40); want-- { // the way back is the same, so that its end is enough
		if f := b.stop(t, kb.Tab, chromedp.KeyModifiers(input.ModifierShift)); f.At != want {
			complain(f, "backwards stop %d of %d is %d in reading order", want, all, f.At)
			return wrong
		} else if f.Hidden != "" {
			complain(f, "backwards the focus is hidden by %s", f.Hidden)
		}
	}
	return wrong
}

// TestPagesByKeyboard walks a page of each kind with Tab alone: the skip link is first and works, each thing is reached once and in
// reading order, the focus is seen and never lies under what sticks, boxes that scroll have names, and one gets out again.
func TestPagesByKeyboard(t *testing.T) {
	g := newGallery(t)
	server := httptest.NewServer(g.handler(t))
	t.Cleanup(server.Close)
	b := openBrowser(t, server)
	first := (&reader{t: t, base: server.URL}).fresh()
	b.run(t, emulation.SetFocusEmulationEnabled(true))
	for _, one := range []struct {
		who   string
		width int64
		paths []string
	}{
		{"analyst", 1440, []string{"/", "/f/six_systems", "/d/210102", "/i/enterprises", "/why/210102/organisation", "/compare", "/dashboards", "/review/210102/2026Q1", "/status/2026Q1", "/calendar", "/export", "/collect"}},
		{"heping", 1440, []string{"/tasks", "/fill/2026Q1", "/fill/2026Q1/organisation", "/fill/2026Q1/check", "/fill/2026Q1/cover"}},
		{"heping", 375, []string{"/tasks", "/fill/2026Q1/organisation"}},
		{"admin", 1440, []string{"/admin/accounts"}},
	} {
		b.become(t, first.fresh().signIn(one.who))
		g.clock.at = g.clock.at.Add(4 * time.Second)
		for i, path := range one.paths {
			b.open(t, path, one.width)
			for _, w := range b.walks(t) {
				t.Errorf("%s as %s at %d: %s", path, one.who, one.width, w)
			}
			if i > 0 && !theWhole() { // the link is one for all pages
				continue
			}
			b.open(t, path, one.width)
			if b.stop(t, kb.Tab); b.stop(t, kb.Enter).What == "" || !truth[bool](t, b, `document.activeElement.id === 'main' && location.hash === '#main'`) {
				t.Errorf("%s: the skip link does not lead to the content", path)
			}
		}
	}
}
