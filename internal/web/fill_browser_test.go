package web_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/unionboard/unionboard/internal/assess"
)

// TestFormsAreQuiet: the pages of a form write nothing to the console, keep to the content policy and do not scroll sideways.
func TestFormsAreQuiet(t *testing.T) {
	o := newOffice(t)
	for _, tc := range []struct {
		state string
		make  func()
	}{
		{"blank", func() {}},
		{"half", func() {
			o.typed("grassroots_unions", "1,204", "", "heping")
			o.typed("union_members", "２１万", "", "heping")
			o.typed("female_members", "990000", "", "heping")
			o.typed("new_unions_ytd", "0", "", "heping")
			o.typed("migrant_members", "abc", "", "heping")
		}},
		{"full", func() { o.fillUp("heping") }},
	} {
		tc.make()
		server := httptest.NewServer(o.site)
		b := openBrowser(t, server)
		b.signIn(t, "heping")
		for lang, width := range windows(375, 1440) {
			for _, path := range []string{"/fill/2026Q4", "/fill/2026Q4/org_building", "/fill/2026Q4/check", "/fill/2026Q4/cover", "/fill/2026Q4/org_building/union_members"} {
				b.calm(t, tc.state, path, lang, width)
			}
		}
		server.Close()
	}
}

// desktop answers a browser in which somebody of the office is signed in, on a server of its own.
func (o *office) desktop(t *testing.T, name string) *browser {
	t.Helper()
	server := httptest.NewServer(o.site)
	t.Cleanup(server.Close)
	b := openBrowser(t, server)
	b.run(t, emulation.SetFocusEmulationEnabled(true)) // a page in the background hears of no focus
	b.signIn(t, name)
	return b
}

// types types into a field as a person does, in place of what stands there.
func (b *browser) types(t *testing.T, field, text string) {
	t.Helper()
	b.run(t, chromedp.Focus(field, chromedp.ByQuery), chromedp.Evaluate(fmt.Sprintf(`document.querySelector(%q).select()`, field), nil),
		chromedp.KeyEvent(text))
}

// press presses a key where the focus is.
func (b *browser) press(t *testing.T, key string, with ...input.Modifier) {
	t.Helper()
	b.run(t, chromedp.KeyEvent(key, chromedp.KeyModifiers(with...)))
}

// waits until an expression of the page is true.
func (b *browser) waits(t *testing.T, expression string) {
	t.Helper()
	if err := chromedp.Run(b.ctx, chromedp.Poll(expression, nil, chromedp.WithPollingTimeout(20*time.Second))); err != nil {
		t.Fatalf("%s does not come true: %v; the page says %q", expression, err, truth[string](t, b, `document.querySelector('.deskbar') ? document.querySelector('.deskbar').innerText : document.title`))
	}
}

// offline takes the browser off the network, or back to it, by the command that old and new browsers know.
func offline(off bool) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		return cdp.Execute(ctx, "Network.emulateNetworkConditions", map[string]any{
			"offline": off, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1,
		}, nil)
	})
}

// saved is true when the page says that everything is.
const saved = `/^已保存/.test(document.getElementById('saved').textContent) && document.getElementById('retry').hidden`

// quiet ends the test when a page has complained, but for what a test brought about on purpose.
func (b *browser) quiet(t *testing.T, but ...string) {
	t.Helper()
	for _, c := range b.complaints(t) {
		if !slices.ContainsFunc(but, func(s string) bool { return strings.Contains(c, s) }) {
			t.Errorf("the page says: %s", c)
		}
	}
}

// TestCellsAreSavedAsTheyAreLeft: leaving a cell saves it, the row and the computed rate follow, and it is there after a reload.
func TestCellsAreSavedAsTheyAreLeft(t *testing.T) {
	o := newOffice(t)
	b := o.desktop(t, "heping")
	b.open(t, orgSection, 1440)
	b.types(t, "#v-unions_due_election_ytd", "２14")
	b.press(t, kb.Enter)
	b.waits(t, saved)
	if got := truth[string](t, b, `document.activeElement.id`); got != "v-unions_elected_on_time_ytd" {
		t.Errorf("Enter leads to %s", got)
	}
	b.types(t, "#v-unions_elected_on_time_ytd", "210")
	b.press(t, kb.Tab)
	b.waits(t, `document.getElementById('v-on_time_election_rate').textContent === '98.1'`)
	b.waits(t, saved)
	if got := truth[string](t, b, `document.getElementById('e-unions_due_election_ytd').textContent`); got != "读作 214" {
		t.Errorf("the cell says %q", got)
	}
	if f := o.field("unions_due_election_ytd"); f.Draft.Value != "２14" || f.Draft.Revision != 1 {
		t.Errorf("saved %+v", f.Draft)
	}
	b.open(t, orgSection, 1440)
	if got := truth[string](t, b, `document.getElementById('v-unions_elected_on_time_ytd').value`); got != "210" {
		t.Errorf("after a reload the cell holds %q", got)
	}
	b.quiet(t)
}

// TestKeysOfASheet: Enter goes down, with Shift up, Tab goes to the right, Esc takes back what was typed.
func TestKeysOfASheet(t *testing.T) {
	o := newOffice(t)
	o.typed("covered_units", "5512", "", "heping")
	b := o.desktop(t, "heping")
	b.open(t, orgSection, 1440)
	b.types(t, "#v-covered_units", "1")
	b.press(t, kb.Escape)
	if got := truth[string](t, b, `document.activeElement.value`); got != "5512" {
		t.Errorf("Esc leaves %q", got)
	}
	for _, step := range []struct {
		key  string
		with []input.Modifier
		to   string
	}{
		{kb.Enter, nil, "v-employees_in_unionised_units"},
		{kb.Enter, []input.Modifier{input.ModifierShift}, "v-covered_units"},
		{kb.Tab, nil, "m.covered_units"},
		{kb.Tab, nil, "n-covered_units"},
	} {
		b.press(t, step.key, step.with...)
		if got := truth[string](t, b, `document.activeElement.id || document.activeElement.name`); got != step.to {
			t.Errorf("%q leads to %s, want %s", step.key, got, step.to)
		}
	}
	if n := o.field("covered_units").Draft.Revision; n != 1 {
		t.Errorf("looking around has saved %d times", n)
	}
	b.quiet(t)
}

// TestTypedTextOutlivesAReload: what was typed and not even left is there after a reload, and is saved then.
func TestTypedTextOutlivesAReload(t *testing.T) {
	o := newOffice(t)
	b := o.desktop(t, "heping")
	b.open(t, orgSection, 375)
	b.types(t, "#v-covered_units", "5512")
	b.run(t, chromedp.Reload(), chromedp.WaitReady("html[data-fill]", chromedp.ByQuery))
	b.waits(t, saved)
	if f := o.field("covered_units"); f.Draft.Value != "5512" {
		t.Errorf("after the reload the cell holds %q", f.Draft.Value)
	}
	b.quiet(t)
}

// TestALostConnectionLosesNothing: while the server cannot be reached the cell says that it is not saved, over a reload of the
// browser's own page too; when it is back the cell is saved once, though its first answer was lost.
func TestALostConnectionLosesNothing(t *testing.T) {
	o := newOffice(t)
	var lost atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if lost.Load() && r.Method == http.MethodPost {
			o.site.ServeHTTP(httptest.NewRecorder(), r) // it is saved, and the answer never comes
			panic(http.ErrAbortHandler)
		}
		o.site.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	b := openBrowser(t, server)
	b.signIn(t, "heping")
	b.open(t, orgSection, 1440)
	lost.Store(true)
	b.types(t, "#v-covered_units", "5512")
	b.press(t, kb.Enter)
	b.waits(t, `document.getElementById('saved').textContent === '未保存 1 格' && !document.getElementById('retry').hidden`)
	b.keep(t, "unsaved-1440")
	lost.Store(false)
	b.run(t, chromedp.Evaluate(`document.getElementById('retry').click()`, nil)) // it may have tried again by itself by now
	b.waits(t, saved)
	b.run(t, offline(true))
	b.types(t, "#v-employees_in_unionised_units", "211500")
	b.press(t, kb.Enter)
	b.waits(t, `document.getElementById('saved').textContent === '未保存 1 格'`)
	b.run(t, offline(false)) // the browser says that it is back
	b.waits(t, saved)
	for code, value := range map[assess.Code]string{"covered_units": "5512", "employees_in_unionised_units": "211500"} {
		if f := o.field(code); f.Draft.Value != value || f.Draft.Revision != 1 {
			t.Errorf("%s: %+v", code, f.Draft)
		}
	}
	b.quiet(t, "net::ERR", "Failed to load resource")
}

// TestOneCellKeepsNoOtherWaiting: a cell that the server cannot take now is set aside, and tried again later; those after it are saved.
func TestOneCellKeepsNoOtherWaiting(t *testing.T) {
	o := newOffice(t)
	var broken atomic.Bool
	broken.Store(true)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if broken.Load() && strings.HasSuffix(r.URL.Path, "/cell") {
			body, err := io.ReadAll(r.Body)
			if err != nil || strings.Contains(string(body), "item=covered_units&") {
				w.WriteHeader(http.StatusInternalServerError)
				return
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		o.site.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	b := openBrowser(t, server)
	b.signIn(t, "heping")
	b.open(t, orgSection, 1440)
	for _, typed := range [][2]string{{"covered_units", "5512"}, {"new_unions_ytd", "70"}, {"unions_due_election_ytd", "214"}} {
		b.types(t, "#v-"+typed[0], typed[1])
		b.press(t, kb.Tab)
	}
	b.waits(t, `document.getElementById('saved').textContent === '未保存 1 格' && !document.getElementById('retry').hidden`)
	if o.field("new_unions_ytd").Draft.Value != "70" || o.field("unions_due_election_ytd").Draft.Value != "214" || o.field("covered_units").Draft.Revision != 0 {
		t.Error("the cells beside the one that fails are not saved")
	}
	broken.Store(false)
	b.waits(t, saved) // by itself
	if f := o.field("covered_units"); f.Draft.Value != "5512" || f.Draft.Revision != 1 {
		t.Errorf("the cell that failed holds %+v", f.Draft)
	}
	b.quiet(t, "500")
}

// TestAnEndedSessionLosesNothing: what is typed after the session has ended is kept and said so; it is saved after a new sign-in,
// but not by another person's.
func TestAnEndedSessionLosesNothing(t *testing.T) {
	o := newOffice(t)
	b := o.desktop(t, "heping")
	b.open(t, orgSection, 1440)
	o.clock.at = o.clock.at.Add(20 * time.Minute)
	b.types(t, "#v-covered_units", "5512")
	b.press(t, kb.Enter)
	b.waits(t, `!document.getElementById('told').hidden && /登录已过期/.test(document.getElementById('told').textContent)`)
	b.keep(t, "expired-1440")
	b.signIn(t, "district_reporter")
	b.open(t, orgSection, 1440)
	if got := truth[string](t, b, `document.getElementById('v-covered_units').value`); got != "" {
		t.Errorf("another person is shown %q", got)
	}
	b.run(t, network.ClearBrowserCookies())
	b.signIn(t, "heping")
	b.open(t, orgSection, 1440)
	b.waits(t, saved)
	if f := o.field("covered_units"); f.Draft.Value != "5512" || f.Draft.By != "heping" {
		t.Errorf("after the sign-in the cell holds %+v", f.Draft)
	}
	b.quiet(t)
}

// TestSignOutLeavesNothingBehind: what is kept in the browser goes with its person, who is asked before it is lost.
func TestSignOutLeavesNothingBehind(t *testing.T) {
	o := newOffice(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/cell") {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		o.site.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	b := openBrowser(t, server)
	b.signIn(t, "heping")
	b.open(t, orgSection, 1440)
	b.types(t, "#v-covered_units", "5512")
	b.press(t, kb.Enter)
	b.waits(t, `document.getElementById('saved').textContent === '未保存 1 格'`)
	var asked atomic.Value
	chromedp.ListenTarget(b.ctx, func(event any) {
		if e, ok := event.(*page.EventJavascriptDialogOpening); ok {
			asked.Store(e.Message)
			go func() { _ = chromedp.Run(b.ctx, page.HandleJavaScriptDialog(true)) }()
		}
	})
	b.run(t, chromedp.Click(".tools .menu summary", chromedp.ByQuery), chromedp.Click(`form[action="/sign-out"] button`, chromedp.ByQuery),
		chromedp.WaitVisible("#password", chromedp.ByQuery))
	if left := truth[int](t, b, `localStorage.length`); left != 0 {
		t.Errorf("%d entries are left behind", left)
	}
	if text, _ := asked.Load().(string); !strings.Contains(text, "没有保存") {
		t.Errorf("asked %q", text)
	}
	b.quiet(t, "503")
}

// TestAFormThatWasSentKeepsWhatIsTyped: somebody sends the form while another types; what is typed stays in sight with the reason
// that it is not saved, and is saved when the form comes back.
func TestAFormThatWasSentKeepsWhatIsTyped(t *testing.T) {
	o := newOffice(t)
	o.fillUp("district_reporter")
	o.noteWarnings("district_reporter")
	b := o.desktop(t, "heping")
	b.open(t, orgSection, 1440)
	o.ok(o.desk.Forward(t.Context(), officeUnit, officeQuarter(), "district_checker", o.clock.at))
	b.types(t, "#v-covered_units", "5560")
	b.press(t, kb.Enter)
	b.waits(t, `!document.getElementById('told').hidden && /主席/.test(document.getElementById('told').textContent) && document.getElementById('saved').textContent === '未保存 1 格'`)
	b.keep(t, "sent-1440")
	o.ok(o.desk.SendBack(t.Context(), officeUnit, officeQuarter(), "请核对", "district_chair", o.clock.at))
	b.open(t, orgSection, 1440)
	b.waits(t, saved)
	if f := o.field("covered_units"); f.Draft.Value != "5560" {
		t.Errorf("the cell holds %q", f.Draft.Value)
	}
	b.quiet(t, "409", "422")
}

// TestTwoTabsChoose: two editors see each other's values, and what both have changed is a choice.
func TestTwoTabsChoose(t *testing.T) {
	o := newOffice(t)
	first := o.desktop(t, "heping")
	second := o.desktop(t, "district_reporter")
	first.open(t, orgSection, 1440)
	second.open(t, orgSection, 1440)
	first.types(t, "#v-covered_units", "5512")
	first.press(t, kb.Enter)
	first.waits(t, saved)
	second.types(t, "#v-covered_units", "5600")
	second.press(t, kb.Enter)
	second.waits(t, `!!document.querySelector('#s-covered_units .clash')`)
	second.keep(t, "clash-1440")
	if text := truth[string](t, second, `document.querySelector('#s-covered_units .clash').innerText`); !strings.Contains(text, "演示填报员") || !strings.Contains(text, "5512") || !strings.Contains(text, "5600") {
		t.Errorf("the choice says %q", text)
	}
	if f := o.field("covered_units"); f.Draft.Value != "5512" {
		t.Fatalf("overwritten by %q", f.Draft.Value)
	}
	second.run(t, chromedp.Click(`#s-covered_units input[value="1"]`, chromedp.ByQuery))
	second.waits(t, saved)
	if f := o.field("covered_units"); f.Draft.Value != "5600" || f.Draft.Revision != 2 {
		t.Errorf("after the choice: %+v", f.Draft)
	}
	first.run(t, chromedp.Evaluate(`document.dispatchEvent(new Event('visibilitychange'))`, nil))
	first.waits(t, `document.getElementById('v-covered_units').value === '5600'`)
	first.quiet(t)
	second.quiet(t, "409")
}

// TestAPastedColumnIsShownFirst: a column from a sheet fills downwards after a look at what goes where.
func TestAPastedColumnIsShownFirst(t *testing.T) {
	o := newOffice(t)
	b := o.desktop(t, "heping")
	b.open(t, orgSection, 1440)
	paste := func(text string) {
		b.run(t, chromedp.Focus("#v-covered_units", chromedp.ByQuery), chromedp.Evaluate(fmt.Sprintf(`(() => { const d = new DataTransfer(); d.setData('text/plain', %q);
			document.activeElement.dispatchEvent(new ClipboardEvent('paste', {clipboardData: d, bubbles: true, cancelable: true})); })()`, text), nil))
	}
	paste("5,512\r\n211,500\r\n\r\n68,600\r\n")
	b.waits(t, `!!document.querySelector('dialog[open]')`)
	b.keep(t, "paste-1440")
	if text := truth[string](t, b, `document.querySelector('dialog').innerText.replace(/\s+/g, ' ')`); !strings.Contains(text, "向下填入 3 格") || !strings.Contains(text, "女会员数 — 不改动") {
		t.Errorf("the preview says %q", text)
	}
	b.run(t, chromedp.Click(`dialog button[value="no"]`, chromedp.ByQuery))
	if filled := o.form().Counts.Filled; filled != 0 {
		t.Errorf("%d cells were filled before it was confirmed", filled)
	}
	paste("5,512\r\n211,500\r\n\r\n68,600\r\n")
	b.run(t, chromedp.Click(`dialog button[value="yes"]`, chromedp.ByQuery))
	b.waits(t, saved)
	for code, value := range map[assess.Code]string{"covered_units": "5,512", "employees_in_unionised_units": "211,500", "female_members": "", "migrant_members": "68,600"} {
		if f := o.field(code); f.Draft.Value != value {
			t.Errorf("%s holds %q, want %q", code, f.Draft.Value, value)
		}
	}
	b.quiet(t)
}

// TestThePanelShowsThePast: beside the form stands the past of the cell that is worked on.
func TestThePanelShowsThePast(t *testing.T) {
	o := newOffice(t)
	b := o.desktop(t, "heping")
	b.open(t, orgSection, 1440)
	b.run(t, chromedp.Focus("#v-covered_units", chromedp.ByQuery))
	b.waits(t, `/基层工会涵盖单位数/.test(document.getElementById('past').innerText) && /5,508/.test(document.getElementById('past').innerText)`)
	b.keep(t, "panel-1440")
	b.quiet(t)
}

// TestAFormIsFilledAndSentWithoutScript: every step of a report is a form and a link.
func TestAFormIsFilledAndSentWithoutScript(t *testing.T) {
	o := newOffice(t)
	o.fillUp("district_reporter")
	o.noteWarnings("district_reporter")
	server := httptest.NewServer(o.site)
	t.Cleanup(server.Close)
	b := openBrowser(t, server)
	b.run(t, emulation.SetScriptExecutionDisabled(true), emulation.SetDeviceMetricsOverride(375, 900, 1, true))
	enter := func(name string) {
		b.run(t, network.ClearBrowserCookies(), chromedp.Navigate(b.base+"/sign-in"), chromedp.SendKeys("#name", name), chromedp.SendKeys("#password", goodPassword),
			chromedp.Click(".door button"), chromedp.WaitReady("header nav", chromedp.ByQuery))
	}
	enter("heping")
	b.run(t, chromedp.Navigate(b.base+orgSection), chromedp.Clear("#v-covered_units"), chromedp.SendKeys("#v-covered_units", "5513"),
		chromedp.Click(`.do button[value="check"]`, chromedp.ByQuery), chromedp.WaitVisible(".go form button", chromedp.ByQuery))
	if f := o.field("covered_units"); f.Draft.Value != "5513" {
		t.Errorf("the cell holds %q", f.Draft.Value)
	}
	b.run(t, chromedp.Click(".go form button", chromedp.ByQuery), chromedp.WaitVisible(`//span[contains(@class,"tag") and text()="待签批"]`))
	enter("district_chair")
	b.run(t, chromedp.Navigate(b.base+"/fill/2026Q4/cover"), chromedp.SendKeys("#current", goodPassword), chromedp.Click(".signing button", chromedp.ByQuery),
		chromedp.WaitVisible(`//span[contains(@class,"tag") and text()="已提交"]`))
	if state := o.form().Filing.State; state != assess.Submitted {
		t.Errorf("the report is %s", state)
	}
}

// TestReturnedFormsAreQuiet: a form with returned and locked cells reads well on a phone and on a desk.
func TestReturnedFormsAreQuiet(t *testing.T) {
	o := newOffice(t)
	o.handIn()
	b := o.desktop(t, "heping")
	look := func(state string) {
		for _, width := range []int64{375, 1440} {
			for _, path := range []string{"/fill/2026Q4", orgSection, "/fill/2026Q4/check"} {
				b.open(t, path, width)
				b.keep(t, fmt.Sprintf("%s%s-%d", state, strings.ReplaceAll(path, "/", "_"), width))
				if wide := truth[int64](t, b, `document.documentElement.scrollWidth`); wide > width {
					t.Errorf("%s at %d: the page is %d pixels wide", path, width, wide)
				}
				b.quiet(t)
			}
		}
	}
	look("locked")
	o.returns("org", "anomaly", "与上季相比变化过大，请核对底数", "covered_units", "new_unions_ytd")
	look("returned")
}

// TestTheChairSignsOnAPhone: the cover reads on a phone, and asks for the password before it signs.
func TestTheChairSignsOnAPhone(t *testing.T) {
	o := newOffice(t)
	o.fillUp("heping")
	o.noteWarnings("heping")
	o.ok(o.desk.Forward(t.Context(), officeUnit, officeQuarter(), "district_checker", o.clock.at))
	b := o.desktop(t, "district_chair")
	b.open(t, "/fill/2026Q4/cover", 375)
	b.run(t, chromedp.SendKeys("#current", "wrong password"), chromedp.Click(".signing button", chromedp.ByQuery), chromedp.WaitVisible(".notice.bad", chromedp.ByQuery))
	b.keep(t, "signing-375")
	if wide := truth[int64](t, b, `document.documentElement.scrollWidth`); wide > 375 {
		t.Errorf("the page is %d pixels wide", wide)
	}
	b.run(t, chromedp.SendKeys("#current", goodPassword), chromedp.Click(".signing button", chromedp.ByQuery), chromedp.WaitVisible(`//span[contains(@class,"tag") and text()="已提交"]`))
	b.keep(t, "signed-375")
	if state := o.form().Filing.State; state != assess.Submitted {
		t.Errorf("the report is %s", state)
	}
	b.quiet(t, "400 (Bad Request)")
}

// TestTheCoverIsOneSheet: in both languages and from every width the cover prints on one sheet of paper.
func TestTheCoverIsOneSheet(t *testing.T) {
	o := newOffice(t)
	o.handIn()
	b := o.desktop(t, "district_chair")
	for lang, width := range windows(375, 1440) {
		b.open(t, withLang("/fill/2026Q4/cover", lang), width)
		var pdf []byte
		b.run(t, chromedp.ActionFunc(func(ctx context.Context) (err error) {
			pdf, _, err = page.PrintToPDF().WithPreferCSSPageSize(true).WithPrintBackground(true).Do(ctx)
			return err
		}))
		if sheets := bytes.Count(pdf, []byte("/Type /Page\n")) + bytes.Count(pdf, []byte("/Type /Page ")); sheets != 1 {
			t.Errorf("%s at %d: %d sheets", lang, width, sheets)
		}
		if dir := os.Getenv("UNIONBOARD_TEST_SHOTS"); dir != "" {
			_ = os.WriteFile(filepath.Join(dir, fmt.Sprintf("cover-%s-%d.pdf", lang, width)), pdf, 0o644)
		}
	}
}

// TestLargeTypeFitsTheForm: at 大字 nothing of the form is lost on a phone.
func TestLargeTypeFitsTheForm(t *testing.T) {
	o := newOffice(t)
	o.typed("female_members", "990000", "", "heping")
	b := o.desktop(t, "heping")
	b.open(t, "/fill/2026Q4?large=1", 375)
	for _, path := range []string{"/fill/2026Q4", orgSection, orgSection + "/female_members", "/fill/2026Q4/check", "/fill/2026Q4/cover"} {
		b.open(t, path, 375)
		b.run(t, chromedp.Evaluate(`document.querySelectorAll('details').forEach(d => d.open = true)`, nil))
		if wide := truth[int64](t, b, `document.documentElement.scrollWidth`); wide > 375 {
			t.Errorf("%s: the page is %d pixels wide", path, wide)
		}
	}
	b.keep(t, "large-375")
}
