package web_test

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/unionboard/unionboard/dashboards"
	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dashboard"
	"github.com/unionboard/unionboard/internal/web"
)

// keeping is a site whose data have a version, so that it keeps what it draws; it counts how often a page is made anew.
type keeping struct {
	*gallery
	site    http.Handler
	version atomic.Int64
	made    atomic.Int64
	folder  string
	passing atomic.Bool
	slow    chan struct{} // nil, or what the making of a page waits for
}

func newKeeping(t *testing.T) *keeping {
	t.Helper()
	k := &keeping{gallery: newGallery(t), folder: t.TempDir()}
	k.version.Store(1)
	k.site = k.handler(t, func(o *web.Options) {
		shelf, err := dashboard.NewShelf(dashboards.Files(), os.DirFS(k.folder), nil)
		if err != nil {
			t.Fatal(err)
		}
		o.Shelf, o.Pages = shelf, countedPages{o.Pages, k}
		o.DataVersion = func(context.Context) (int64, error) { return k.version.Load(), nil }
	})
	return k
}

type countedPages struct {
	web.Pages
	k *keeping
}

func (p countedPages) Resolve(ctx context.Context, d dashboard.Definition, r dashboard.Request) (*dashboard.Page, error) {
	p.k.made.Add(1)
	if p.k.slow != nil {
		<-p.k.slow
	}
	page, err := p.Pages.Resolve(ctx, d, r)
	if err == nil {
		page.Passing = p.k.passing.Load()
	}
	return page, err
}

// wantMade asks how often pages were made since the last time.
func (k *keeping) wantMade(t *testing.T, what string, want int64) {
	t.Helper()
	if got := k.made.Swap(0); got != want {
		t.Errorf("%s: made %d times, want %d", what, got, want)
	}
}

// A page is made once for everybody who holds the same post, and anew when the data, the files of pages or the day change, for another
// language and for another address.
func TestPagesAreMadeOnce(t *testing.T) {
	k := newKeeping(t)
	second := k.join2(t, "second.leader", account.Post{Role: assess.CityLeader})
	leader := newReader(t, k.site).signIn("leader")
	other := leader.fresh().signIn(second.Name)
	page := func(r *reader, path string) string {
		t.Helper()
		return wantPage(t, r.get(path), http.StatusOK).body
	}
	k.made.Store(0)
	first := page(leader, "/f/six_systems")
	k.wantMade(t, "the first view", 1)
	if tokenForm.ReplaceAllString(page(leader, "/f/six_systems"), "") != tokenForm.ReplaceAllString(first, "") {
		t.Error("the second view is another page")
	}
	page(other, "/f/six_systems")
	k.wantMade(t, "again, and by another of the same post", 0)
	page(leader, "/f/six_systems?large=1")
	k.wantMade(t, "in large type", 0)
	if big := page(leader, "/f/six_systems?large=1"); !strings.Contains(big, `class="large"`) {
		t.Error("large type is not there")
	}
	if en := page(leader, "/f/six_systems?lang=en&large=0"); !strings.Contains(en, `<body lang="en">`) {
		t.Error("English is not there")
	}
	k.wantMade(t, "in English", 1)
	page(leader, "/f/six_systems?lang=zh&group=suburban")
	k.wantMade(t, "of a group", 1)
	page(other.fresh().signIn("analyst"), "/f/six_systems")
	k.wantMade(t, "by another post", 1)

	k.version.Add(1)
	page(leader, "/f/six_systems")
	k.wantMade(t, "after the data have changed", 1)
	if err := os.WriteFile(filepath.Join(k.folder, "skills.yaml"), []byte(ownPageFile), 0o600); err != nil {
		t.Fatal(err)
	}
	k.clock.at = k.clock.at.Add(2 * time.Second)
	page(leader, "/f/six_systems")
	k.wantMade(t, "after a file of a page has come", 1)
	k.clock.at = k.clock.at.Add(time.Minute)
	page(leader, "/f/six_systems")
	k.wantMade(t, "a minute later", 0)
	k.clock.at = time.Date(2026, 4, 20, 16, 1, 0, 0, time.UTC) // a minute after midnight in the city
	page(leader.fresh().signIn("leader"), "/f/six_systems")
	k.wantMade(t, "the next day", 1)
}

// Nothing of one reader comes to another, in whatever order they ask: no name, no token, no page that the other may not see.
func TestKeptPagesAreTheReadersOwn(t *testing.T) {
	k := newKeeping(t)
	base := newReader(t, k.site)
	posts := map[string]account.Post{
		"first.leader": {Role: assess.CityLeader}, "second.leader": {Role: assess.CityLeader}, "third.analyst": {Role: assess.CityAnalyst},
		"fourth.heping": {Role: assess.DistrictReporter, Unit: "210102"}, "fifth.shenhe": {Role: assess.DistrictReporter, Unit: "210103"},
	}
	readers, ids := map[string]*reader{}, map[string]string{}
	for name, post := range posts {
		ids[name] = k.join2(t, name, post).ID
		readers[name] = base.fresh().signIn(name)
	}
	for range 2 {
		for _, path := range []string{"/?base=prev", "/f/six_systems", "/f/six_systems/indicators", "/d/210102", "/i/coverage", "/lags", "/?q=2026Q2"} {
			for name, r := range readers {
				a := r.get(path)
				if open := posts[name].Unit == ""; path == "/?q=2026Q2" && (a.StatusCode == http.StatusOK) != open {
					t.Errorf("%s of %s: %d", path, name, a.StatusCode)
				}
				if a.Header.Get("Cache-Control") != "no-store" {
					t.Errorf("%s: Cache-Control %q", path, a.Header.Get("Cache-Control"))
				}
				for other := range readers {
					if mine := other == name; strings.Contains(a.body, other) != mine || mine != strings.Contains(a.body, ids[other]) {
						t.Errorf("%s of %s: what is of %s stands in it or is missing", path, name, other)
					}
				}
			}
		}
	}
	// The token of a kept page is that of the session it was drawn for, and of no other.
	token := readers["first.leader"].token("/f/six_systems")
	if a := readers["second.leader"].do("POST", "/sign-out", url.Values{"form_token": {token}}); a.StatusCode != http.StatusForbidden {
		t.Errorf("another's token: %d", a.StatusCode)
	}
	if a := readers["first.leader"].do("POST", "/sign-out", url.Values{"form_token": {token}}); a.StatusCode != http.StatusSeeOther {
		t.Errorf("the own token: %d", a.StatusCode)
	}
	if a := readers["first.leader"].get("/f/six_systems"); a.StatusCode != http.StatusSeeOther {
		t.Errorf("signed out, and the page still comes: %d", a.StatusCode)
	}
}

// Those who ask at the same time wait for the first, who may leave.
func TestTheFirstViewIsMadeOnce(t *testing.T) {
	k := newKeeping(t)
	leader := newReader(t, k.site).signIn("leader")
	k.made.Store(0)
	k.slow = make(chan struct{})
	impatient, leave := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() {
		r, _ := http.NewRequestWithContext(impatient, http.MethodGet, leader.base+"/lags", nil)
		if answer, err := leader.client.Do(r); err == nil {
			answer.Body.Close()
		}
	})
	for k.made.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	leave()
	for range 8 {
		all.Go(func() {
			if a := leader.get("/lags"); a.StatusCode != http.StatusOK {
				t.Errorf("answered %d", a.StatusCode)
			}
		})
	}
	close(k.slow)
	all.Wait()
	k.wantMade(t, "nine at a time", 1)
}

// What could not be read just now is not kept.
func TestPassingFaultsAreNotKept(t *testing.T) {
	k := newKeeping(t)
	leader := newReader(t, k.site).signIn("leader")
	k.made.Store(0)
	k.passing.Store(true)
	leader.get("/lags")
	k.passing.Store(false)
	leader.get("/lags")
	k.wantMade(t, "again after a fault that passes", 2)
}
