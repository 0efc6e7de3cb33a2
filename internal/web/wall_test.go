package web_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dashboard"
	"github.com/unionboard/unionboard/internal/web"
)

// wallPages answer the wall of the gallery: its ranking, and what was asked for.
type wallPages struct {
	web.Pages
	asked *[]dashboard.Request
}

func (p wallPages) Resolve(ctx context.Context, d dashboard.Definition, r dashboard.Request) (*dashboard.Page, error) {
	if d.Page != "wall" {
		return p.Pages.Resolve(ctx, d, r)
	}
	*p.asked = append(*p.asked, r)
	home, err := p.Pages.Resolve(ctx, dashboard.Definition{Page: "home"}, r)
	if err == nil {
		home.Bar.Framework = r.Framework
	}
	return home, err
}

// TestTheWallOfALink: whoever has the address sees what is published, whatever else its owner may see and the address asks for, without
// a way to anywhere; a link that is withdrawn, of another kind, or out of date opens nothing.
func TestTheWallOfALink(t *testing.T) {
	g := newGallery(t)
	var asked []dashboard.Request
	link := account.Link{Kind: account.WallLink}
	open := func(_ context.Context, kind account.LinkKind, secret string, _ time.Time) (account.Link, account.User, error) {
		if kind != link.Kind || secret != strings.Repeat("A", 26) {
			return account.Link{}, account.User{}, assess.NotFound("problem.link_unknown", "there is no such link")
		}
		return link, g.people.of("analyst"), nil
	}
	r := newReader(t, g.handler(t, func(o *web.Options) { o.Pages, o.OpenLink = wallPages{o.Pages, &asked}, open }))
	path := "/wall/" + strings.Repeat("A", 26)
	a := wantPage(t, r.get(path+"?q=2026Q4"), http.StatusOK)
	if !strings.Contains(a.body, `id="wall"`) || !strings.Contains(a.body, "于洪") || strings.Contains(a.body, "form_token") || strings.Contains(a.body, "/sign-in") {
		t.Error("the wall is not there, or leads elsewhere")
	}
	if len(asked) != 1 || asked[0].Period.String() == "2026Q4" || asked[0].Reader.Period == nil || asked[0].Reader.Figures("210102") {
		t.Errorf("asked for %+v", asked)
	}
	if a := r.get("/wall/" + strings.Repeat("B", 26)); a.StatusCode != http.StatusNotFound {
		t.Errorf("another secret: %d", a.StatusCode)
	}
	link.Kind = account.CalendarLink
	if a := r.get(path); a.StatusCode != http.StatusNotFound {
		t.Errorf("a link to something else: %d", a.StatusCode)
	}
	if a := r.get("/wall"); a.StatusCode == http.StatusOK {
		t.Error("the wall without a link is open to everybody")
	}
}

// TestTheWallGoesRound: each framework leads to the next and the last to the first; one that is pinned leads to itself.
func TestTheWallGoesRound(t *testing.T) {
	g := newGallery(t)
	var asked []dashboard.Request
	r := newReader(t, g.handler(t, func(o *web.Options) { o.Pages = wallPages{o.Pages, &asked} })).signIn("leader")
	next := func(path string) string {
		t.Helper()
		a := wantPage(t, r.get(path), http.StatusOK)
		_, rest, _ := strings.Cut(a.body, `data-next="`)
		to, _, _ := strings.Cut(rest, `"`)
		return strings.ReplaceAll(to, "&amp;", "&")
	}
	first := next("/wall?at=six_systems&q=2026Q1")
	if first == "" || strings.Contains(first, "six_systems") || !strings.Contains(first, "q=2026Q1") {
		t.Errorf("after six_systems comes %q", first)
	}
	seen := map[string]bool{}
	for to := first; !seen[to]; to = next(to) {
		seen[to] = true
	}
	if len(seen) < 2 {
		t.Errorf("it goes round %d", len(seen))
	}
	if got := next("/wall?page=six_systems"); got != "/wall?page=six_systems" {
		t.Errorf("pinned it leads to %q", got)
	}
}

// TestLinksToTheWall: those who may read what is published make one on the page of their account, and see its address once.
func TestLinksToTheWall(t *testing.T) {
	r := newReader(t, newGallery(t).handler(t)).signIn("leader")
	a := r.post("/account", "/account/links", "kind", "wall")
	if a.StatusCode != http.StatusOK || !strings.Contains(a.body, "/wall/") {
		t.Errorf("no address: %d", a.StatusCode)
	}
	if a := r.get("/account"); strings.Contains(a.body, "/wall/") || !strings.Contains(a.body, "大屏") {
		t.Error("the address is shown again, or the link is not listed")
	}
}
