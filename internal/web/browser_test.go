package web_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// browser is a real Chromium on a fresh profile. Whatever a page complains about is kept.
type browser struct {
	ctx  context.Context
	base string
	mu   sync.Mutex
	said []string // console messages, exceptions, policy violations, foreign requests
}

// running is the browser of all tests. Each has a profile of its own in it, which nothing of another test reaches.
var running struct {
	ctx  context.Context
	quit func()
}

// TestMain ends the browser that the tests have started: it must be able to end in peace and remove its files.
func TestMain(m *testing.M) {
	code := m.Run()
	if running.ctx != nil {
		running.quit()
	}
	os.Exit(code)
}

// startBrowser answers the browser of all tests, a new one where the last has gone down, or skips the test in one line where the machine has none.
func startBrowser(t *testing.T) context.Context {
	t.Helper()
	if running.ctx != nil && running.ctx.Err() == nil {
		return running.ctx
	}
	path := findBrowser()
	if path == "" && os.Getenv("UNIONBOARD_TEST_NEED_BROWSER") != "" {
		t.Fatal("no browser: install chromium or set UNIONBOARD_TEST_CHROMIUM")
	}
	if path == "" {
		t.Skip("no browser: install chromium or set UNIONBOARD_TEST_CHROMIUM")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("no-first-run", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("hide-scrollbars", true),
		chromedp.WSURLReadTimeout(time.Minute))
	allocator, kill := chromedp.NewExecAllocator(context.Background(), options...)
	browser, leave := chromedp.NewContext(allocator)
	running.ctx, running.quit = browser, func() {
		peace := time.AfterFunc(10*time.Second, kill)
		_ = chromedp.Cancel(browser)
		peace.Stop()
		leave()
		kill()
		chromedp.FromContext(browser).Allocator.Wait()
	}
	if err := chromedp.Run(browser); err != nil {
		t.Fatal(err)
	}
	return browser
}

// openBrowser opens a window on a server, in a fresh profile.
func openBrowser(t *testing.T, server *httptest.Server) *browser {
	t.Helper()
	program := startBrowser(t)
	whole := cdp.WithExecutor(program, chromedp.FromContext(program).Browser)
	profile, err := target.CreateBrowserContext().Do(whole)
	if err != nil {
		t.Fatal(err)
	}
	window, err := target.CreateTarget("about:blank").WithBrowserContextID(profile).WithNewWindow(true).Do(whole)
	if err != nil {
		t.Fatal(err)
	}
	tab, leave := chromedp.NewContext(program, chromedp.WithTargetID(window))
	t.Cleanup(func() {
		_ = chromedp.Cancel(tab)
		leave()
		_ = target.DisposeBrowserContext(profile).Do(whole)
	})
	if err := chromedp.Run(tab); err != nil {
		t.Fatal(err)
	}
	// A little before all tests end, however long they are allowed: whoever waits for a browser that hangs says so, and a slow machine fails none.
	end, limited := t.Deadline()
	if !limited {
		end = time.Now().Add(time.Hour)
	}
	ctx, stop := context.WithDeadline(tab, end.Add(-20*time.Second))
	t.Cleanup(stop)
	b := &browser{ctx: ctx, base: server.URL}
	chromedp.ListenTarget(ctx, b.listen)
	b.run(t, log.Enable(), network.Enable(), runtime.Enable(), chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := page.AddScriptToEvaluateOnNewDocument(`window.violations = [];
			document.addEventListener('securitypolicyviolation', e => window.violations.push(e.violatedDirective + ' ' + e.blockedURI + ' ' + e.sourceFile + ':' + e.lineNumber));`).Do(ctx)
		return err
	}))
	return b
}

func findBrowser() string {
	for _, name := range []string{os.Getenv("UNIONBOARD_TEST_CHROMIUM"), "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); name != "" && err == nil {
			return path
		}
	}
	return ""
}

func (b *browser) listen(event any) {
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		var words []string
		for _, a := range e.Args {
			words = append(words, string(a.Value)+a.Description)
		}
		b.note("console: " + strings.Join(words, " "))
	case *runtime.EventExceptionThrown:
		b.note("exception: " + e.ExceptionDetails.Error())
	case *log.EventEntryAdded:
		if strings.HasPrefix(e.Entry.Text, "Autofocus processing was blocked") {
			return // the test types before the page is drawn
		}
		b.note(fmt.Sprintf("log: %s %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL))
	case *network.EventRequestWillBeSent:
		u, err := url.Parse(e.Request.URL)
		if err != nil || u.Scheme == "data" {
			return
		}
		if ip := net.ParseIP(u.Hostname()); ip == nil || !ip.IsLoopback() {
			b.note("foreign request: " + e.Request.URL)
		}
	}
}

func (b *browser) note(what string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.said = append(b.said, what)
}

// complaints answers what was said since it was last asked, and the policy violations of the page that is open.
func (b *browser) complaints(t *testing.T) []string {
	t.Helper()
	var violations []string
	b.run(t, chromedp.Evaluate(`window.violations`, &violations))
	b.mu.Lock()
	defer b.mu.Unlock()
	all := append(b.said, violations...)
	b.said = nil
	return all
}

func (b *browser) run(t *testing.T, actions ...chromedp.Action) {
	t.Helper()
	if err := chromedp.Run(b.ctx, actions...); err != nil {
		t.Fatal(err)
	}
}

// open goes to a path at a width and waits until every chart is drawn.
func (b *browser) open(t *testing.T, path string, width int64) {
	t.Helper()
	b.run(t, emulation.SetDeviceMetricsOverride(width, 900, 1, width < 700), chromedp.Navigate(b.base+path), chromedp.WaitReady("html[data-ready]", chromedp.ByQuery))
}

// signIn fills the form as a person does.
func (b *browser) signIn(t *testing.T, name string) {
	t.Helper()
	b.run(t, chromedp.Navigate(b.base+"/sign-in"), chromedp.SendKeys("#name", name), chromedp.SendKeys("#password", goodPassword+"\r"),
		chromedp.WaitReady("header nav", chromedp.ByQuery), chromedp.WaitReady("html[data-ready]", chromedp.ByQuery))
}

// keep saves a picture of the whole page in the folder UNIONBOARD_TEST_SHOTS, where one is named.
func (b *browser) keep(t *testing.T, name string) {
	t.Helper()
	dir := os.Getenv("UNIONBOARD_TEST_SHOTS")
	if dir == "" {
		return
	}
	var picture []byte
	b.run(t, chromedp.FullScreenshot(&picture, 100))
	if err := os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o644); err != nil {
		t.Fatal(err)
	}
}

// truth answers what an expression in the page is.
func truth[T any](t *testing.T, b *browser, expression string) (value T) {
	t.Helper()
	b.run(t, chromedp.Evaluate(expression, &value))
	return value
}

func galleryPaths() []string {
	return []string{
		"/", "/?q=2025", "/lags", "/f/six_systems", "/f/six_systems/indicators", "/d/210102", "/i/enterprises", "/why/210102/organisation",
		"/collect", "/collect/shenhe", "/export", "/password", "/calendar", "/tasks", "/status/2026Q2", "/status/2026Q2/chase", "/account/notices", "/phones/210102",
	}
}

// hover moves the mouse over the middle of every chart, so that its tooltip shows.
func (b *browser) hover(t *testing.T) {
	t.Helper()
	middles := truth[[][2]float64](t, b, `Array.from(document.querySelectorAll('[data-chart]')).map(x => { x.scrollIntoView({block: 'center'}); const r = x.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })`)
	for i, m := range middles {
		b.run(t, chromedp.Evaluate(fmt.Sprintf(`document.querySelectorAll('[data-chart]')[%d].scrollIntoView({block: 'center'})`, i), nil),
			chromedp.MouseEvent(input.MouseMoved, m[0], m[1]-3), chromedp.MouseEvent(input.MouseMoved, m[0], m[1]))
	}
}

// TestPagesAreQuiet: on a phone and on a desk, in both languages, no page writes to the console, breaks the content policy, asks another
// host for anything, or scrolls sideways; every chart is drawn.
func TestPagesAreQuiet(t *testing.T) {
	server := httptest.NewServer(newGallery(t).handler(t))
	t.Cleanup(server.Close)
	b := openBrowser(t, server)
	b.open(t, "/sign-in", 375)
	b.keep(t, "sign-in-zh-375")
	b.signIn(t, "analyst")
	for lang, width := range windows(375, 768, 1440, 1920) {
		for _, path := range galleryPaths() {
			name := fmt.Sprintf("%s %s %d", path, lang, width)
			b.open(t, withLang(path, lang), width)
			b.keep(t, fmt.Sprintf("%s-%s-%d", strings.Trim(strings.NewReplacer("/", "_", "?", "_").Replace(path), "_"), lang, width))
			var seen struct {
				Failed        string
				Charts, Drawn int
				Wide          int64
			}
			b.run(t, chromedp.Evaluate(`({Failed: Array.from(document.querySelectorAll('[data-failed]')).map(x => x.id).join(),
				Charts: document.querySelectorAll('[data-chart]').length, Drawn: document.querySelectorAll('[data-chart] svg').length,
				Wide: document.documentElement.scrollWidth})`, &seen))
			if width > 1024 {
				b.hover(t)
			}
			if seen.Charts != seen.Drawn || seen.Failed != "" {
				t.Errorf("%s: %d of %d charts drawn, failed: %q", name, seen.Drawn, seen.Charts, seen.Failed)
			}
			if seen.Wide > width { // not the inner width: a phone zooms out to show all of a page that is too wide
				t.Errorf("%s: the page is %d pixels wide", name, seen.Wide)
			}
			for _, c := range b.complaints(t) {
				t.Errorf("%s: %s", name, c)
			}
		}
	}
}

func withLang(path, lang string) string {
	if strings.Contains(path, "?") {
		return path + "&lang=" + lang
	}
	return path + "?lang=" + lang
}

// TestLargeTypeFits: at 大字 nothing is lost on a phone, the period picker open included.
func TestLargeTypeFits(t *testing.T) {
	server := httptest.NewServer(newGallery(t).handler(t))
	t.Cleanup(server.Close)
	b := openBrowser(t, server)
	b.signIn(t, "analyst")
	b.open(t, "/?large=1", 375)
	for _, path := range galleryPaths() {
		b.open(t, path, 375)
		b.run(t, chromedp.Evaluate(`document.querySelectorAll('details').forEach(d => d.open = true)`, nil))
		if wide := truth[int64](t, b, `document.documentElement.scrollWidth`); wide > 375 {
			t.Errorf("%s: the page is %d pixels wide", path, wide)
		}
	}
}

// TestListsReadOnAPhone: who lags, by how much, and the places are read without sideways scrolling, in both languages.
func TestListsReadOnAPhone(t *testing.T) {
	server := httptest.NewServer(newGallery(t).handler(t))
	t.Cleanup(server.Close)
	b := openBrowser(t, server)
	b.signIn(t, "analyst")
	for _, path := range []string{"/", "/?q=2025", "/lags", "/i/enterprises"} {
		for _, lang := range []string{"zh", "en"} {
			b.open(t, withLang(path, lang), 375)
			hidden := truth[string](t, b, `Array.from(document.querySelectorAll('.p-laglist .scroll, .p-ranking .scroll')).filter(x => x.scrollWidth > x.clientWidth + 1).map(x => x.scrollWidth + '>' + x.clientWidth).join()`)
			if hidden != "" {
				t.Errorf("%s in %s: a list is wider than the phone: %s", path, lang, hidden)
			}
		}
	}
}

// TestWithoutScript: signing in, reading, and changing the period are forms and links; every number is in a table.
func TestWithoutScript(t *testing.T) {
	server := httptest.NewServer(newGallery(t).handler(t))
	t.Cleanup(server.Close)
	b := openBrowser(t, server)
	b.run(t, emulation.SetScriptExecutionDisabled(true), emulation.SetDeviceMetricsOverride(1440, 900, 1, false),
		chromedp.Navigate(b.base+"/sign-in"), chromedp.SendKeys("#name", "analyst"), chromedp.SendKeys("#password", goodPassword),
		chromedp.Click(".door button"), chromedp.WaitReady("header nav", chromedp.ByQuery))
	for path, want := range map[string]string{"/": "位次表", "/f/six_systems": "各区县各维度", "/d/210102": "各维度对比", "/i/enterprises": "指标说明", "/why/210102/organisation": "86.67"} {
		b.run(t, chromedp.Navigate(b.base+path), chromedp.WaitReady("footer", chromedp.ByQuery))
		b.keep(t, "without-script"+strings.ReplaceAll(path, "/", "_"))
		var text string
		var tables, boxes []*cdp.Node
		b.run(t, chromedp.Text("main", &text, chromedp.ByQuery), chromedp.Nodes("table.t tbody tr", &tables, chromedp.ByQueryAll),
			chromedp.Nodes(".chart svg", &boxes, chromedp.ByQueryAll, chromedp.AtLeast(0)))
		if !strings.Contains(text, want) || len(tables) < 3 || len(boxes) != 0 {
			t.Errorf("%s: says %q: %v, %d rows, %d charts", path, want, strings.Contains(text, want), len(tables), len(boxes))
		}
		if path != "/" { // the home page has no chart
			b.run(t, chromedp.WaitNotVisible(".chart", chromedp.ByQuery))
		}
	}
	b.run(t, chromedp.Navigate(b.base+"/f/six_systems"), chromedp.Click(".pick summary"), chromedp.Click(`.pick a[href*="2025Q1"]`),
		chromedp.WaitVisible(`//summary[contains(., "2025年第一季度")]`))
}

// TestWithoutTheChartLibrary: when it cannot be loaded the tables stay, and every box says so.
func TestWithoutTheChartLibrary(t *testing.T) {
	site := newGallery(t).handler(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "echarts") {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		site.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	b := openBrowser(t, server)
	b.signIn(t, "analyst")
	b.open(t, "/d/210102", 1440)
	b.keep(t, "without-library")
	if failed := truth[string](t, b, `Array.from(document.querySelectorAll('[data-chart]')).map(x => x.textContent).join()`); failed != "图表未能显示,图表未能显示,图表未能显示" {
		t.Errorf("the boxes say %q", failed)
	}
	if rows := truth[int](t, b, `document.querySelectorAll('.p-bars tbody tr').length`); rows < 6 {
		t.Errorf("the table has %d rows", rows)
	}
}

// TestNamesRunNothing: a hostile name in every field of every page runs no script, in tables and in charts.
func TestNamesRunNothing(t *testing.T) {
	g := newGallery(t)
	g.hostile = `</script><script>window.ran=1</script>"'><img src=x onerror="window.ran=1"><svg onload=window.ran=1>`
	server := httptest.NewServer(g.handler(t))
	t.Cleanup(server.Close)
	b := openBrowser(t, server)
	b.signIn(t, "analyst")
	for _, path := range galleryPaths() {
		b.open(t, path, 1440)
		if truth[bool](t, b, `'ran' in window`) {
			t.Errorf("%s: the name ran", path)
		}
		for _, c := range b.complaints(t) {
			t.Errorf("%s: %s", path, c)
		}
	}
}
