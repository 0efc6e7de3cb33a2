package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/web"
)

// eachPage is what differs between two answers to the same request: its number, the token of its forms, the time on paper.
var eachPage = regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}|name="form_token" value="[^"]*"|\d{1,2}:\d{2}`)

// Row 25 of the security checklist: a site that has answered one scope answers another as one that has never answered anybody. A
// district, the analyst and a leader take turns on every page that is made from kept sheets; each answer is compared with that of a
// site without anything kept. Every fifth page is asked for, with UNIONBOARD_TEST_PAGES=all, as in `WHOLE=1 make test-full`, each.
func TestWhatIsKeptNeverReachesAnotherScope(t *testing.T) {
	t.Parallel()
	inside(t, copyDemonstration(t), func(a *app) {
		city, err := a.demoCity()
		if err != nil {
			t.Fatal(err)
		}
		a.config.PlainHTTP = true
		site := func(a *app) http.Handler {
			t.Helper()
			h, err := a.handler(city, web.Setup{})
			if err != nil {
				t.Fatal(err)
			}
			return h
		}
		kept := httptest.NewServer(site(a))
		defer kept.Close()
		address, err := url.Parse(kept.URL)
		if err != nil {
			t.Fatal(err)
		}
		uncached := func(v *visitor, path string) (int, string) {
			t.Helper()
			fresh, err := newApp(a.dir, a.config, a.store, a.log, time.Now)
			if err != nil {
				t.Fatal(err)
			}
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.Host = address.Host
			for _, c := range v.http.Jar.Cookies(address) {
				r.AddCookie(c)
			}
			w := httptest.NewRecorder()
			site(fresh).ServeHTTP(w, r)
			return w.Code, w.Body.String()
		}
		people := map[assess.Role]*visitor{}
		for _, role := range []assess.Role{assess.DistrictReporter, assess.CityAnalyst, assess.CityLeader} {
			people[role] = signIn(t, kept.URL, role)
		}
		different := 0
		for i, path := range []string{
			"/?q=2026Q3", "/lags?q=2026Q3", "/f/six_systems?q=2026Q3", "/f/six_systems/indicators?q=2026Q3", "/d/210102?q=2026Q3", "/d/210103?q=2026Q3",
			"/i/union_coverage?q=2026Q3", "/why/210103/six_systems?q=2026Q3", "/why/210103/six_systems.json?q=2026Q3", "/export/observations.csv?q=2026Q3",
			"/export/scores.csv?q=2026Q3", "/d/210103?q=2026Q4", "/?q=2026Q4", "/actions", "/corrections?q=2026Q3",
		} {
			if i%5 > 0 && !everyPage() {
				continue
			}
			bodies := map[string]bool{}
			statuses, alones := map[assess.Role]int{}, map[assess.Role]string{}
			for role, v := range people {
				statuses[role], alones[role] = uncached(v, path)
			}
			for range 2 {
				for role, v := range people {
					status, body := v.get(path)
					want, alone := statuses[role], alones[role]
					if status != want || eachPage.ReplaceAllString(body, "") != eachPage.ReplaceAllString(alone, "") {
						t.Errorf("%s as %s: %d, alone %d, or another page", path, role, status, want)
					}
					bodies[strings.TrimSpace(eachPage.ReplaceAllString(body, ""))] = true
				}
			}
			if len(bodies) > 1 {
				different++
			}
		}
		if different < 3 {
			t.Errorf("only %d pages differ by who asks: the comparison says little", different)
		}
	})
}
