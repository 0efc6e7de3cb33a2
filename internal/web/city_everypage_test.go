package web_test

import (
	"bufio"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/demo"
	"github.com/unionboard/unionboard/internal/web"
)

// demoCity serves the demonstration city with the program that UNIONBOARD_TEST_CITY names, and answers its address.
func demoCity(t *testing.T) string {
	t.Helper()
	program := os.Getenv("UNIONBOARD_TEST_CITY")
	if program == "" {
		t.Skip("UNIONBOARD_TEST_CITY names no program that serves the demonstration city; `WHOLE=1 make test-full` does")
	}
	city := exec.Command(program, "demo", "--data", t.TempDir()+"/city", "--addr", "127.0.0.1:0")
	city.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "UNIONBOARD_") }) // those of tests are no settings
	city.Stderr = io.Discard
	out, err := city.StdoutPipe()
	if err == nil {
		err = city.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = city.Process.Signal(os.Interrupt)
		_ = city.Wait()
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, address, ok := strings.Cut(lines.Text(), "serving at "); ok {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return strings.TrimSpace(address)
		}
	}
	t.Fatal("the city was not served")
	return ""
}

// linked answers pages of the city that links lead to from the first page of every account: of each address of the router the first two
// that an account gets, by the first accounts that get them; and the addresses that no link led to.
func linked(t *testing.T, base string) (all []visitOf, people map[string]*reader, missing []string) {
	t.Helper()
	walked, _, err := web.Walked(newGallery(t).options(t))
	if err != nil {
		t.Fatal(err)
	}
	router := mux.NewRouter()
	found, people := map[string]int{}, map[string]*reader{}
	for _, route := range walked {
		if method, template, _ := strings.Cut(route, " "); method == http.MethodGet && !strings.HasPrefix(template, "/api/v1/") { // programs know their addresses
			router.Path(template).Name(plain(template))
			found[plain(template)] = 0
		}
	}
	link := regexp.MustCompile(`(?:href|action)="(/[^"#]*)`)
	for _, a := range demo.Accounts() {
		r := (&reader{t: t, base: base}).fresh()
		if in := r.tryIn(a.Name, a.Password, ""); in.StatusCode != http.StatusSeeOther {
			t.Fatalf("%s cannot sign in: %d", a.Name, in.StatusCode)
		}
		people[a.Name] = r
		own, tried := map[string]int{}, map[string]bool{}
		for queue := []string{"/", "/wall"}; len(queue) > 0; queue = queue[1:] {
			u, err := url.Parse(queue[0])
			var match mux.RouteMatch
			if err != nil || tried[queue[0]] || u.Query().Has("large") || u.Query().Has("lang") || !router.Match(&http.Request{Method: http.MethodGet, URL: &url.URL{Path: u.Path}}, &match) {
				continue
			}
			route := match.Route.GetName()
			if tried[queue[0]] = true; own[route] == 2 || route == "/assets/{file}" {
				continue
			}
			own[route]++
			page := r.get(queue[0])
			if to := page.Header.Get("Location"); to != "" {
				found[route]++
				queue = append(queue, to)
				continue
			}
			if page.StatusCode != http.StatusOK {
				continue
			}
			if !strings.HasPrefix(page.Header.Get("Content-Type"), "text/html") {
				found[route]++
				continue
			}
			if found[route] < 2 || route == "/" || route == "/tasks" {
				found[route]++
				all = append(all, visitOf{route, a.Name, queue[0]})
			}
			for _, m := range link.FindAllStringSubmatch(page.body, -1) {
				queue = append(queue, html.UnescapeString(m[1]))
			}
		}
	}
	for route, n := range found {
		if n == 0 {
			missing = append(missing, route)
		}
	}
	slices.Sort(missing)
	return all, people, missing
}

// TestTheCityIsForEverybody visits the demonstration city as every one of its accounts, wherever links lead: real figures, long names, every
// type of panel. As TestEveryPageIsForEverybody, in Chinese on a desk and in English on a phone; and by keyboard.
func TestTheCityIsForEverybody(t *testing.T) {
	base := demoCity(t)
	pages, people, missing := linked(t, base)
	want := []string{
		"/account/second-factor.png", "/appeals/{appeal}", "/assets/{file}", "/calendar/{secret}.ics", "/collect/{source}/pieces/{piece}", "/evidence/{id}/preview", "/export/jobs/{job}", "/fill/{q}/news",
		"/fill/{q}/upload/{upload}", "/fill/{q}/upload/{upload}/marked.xlsx", "/healthz", "/notice/{q}", "/p/{page}", "/readyz", "/registers/{register}/import/{upload}", "/registers/{register}/import/{upload}/marked.xlsx",
		"/registers/{register}/records/{record}", "/setup", "/sign-in", "/sign-in/code", "/wall/{secret}", "/why/{unit}/{code}.json",
	}
	for _, route := range missing {
		if !slices.Contains(want, route) {
			t.Errorf("no link leads to %s", route)
		}
	}
	b := openBrowser(t, &httptest.Server{URL: base})
	b.run(t, emulation.SetFocusEmulationEnabled(true))
	now, walked := "", map[string]bool{}
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
		report("zh at 1440", b.look(t, withLang(one.path, "zh"), 1440))
		if one.route != "/wall" {
			report("zh resized", b.fits(t))
			report("en at 375", b.visit(t, withLang(one.path, "en"), 375)) // axe sees every page so in the gallery
		}
		if !walked[one.route] && one.route != "/wall" {
			walked[one.route] = true
			b.open(t, withLang(one.path, "zh"), 1440)
			report("by keyboard", b.walks(t))
		}
	}
	t.Logf("%d pages of %d addresses", len(pages), len(walked))
}
