package web_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/web"
)

// options answers those of the gallery.
func (g *gallery) options(t testing.TB) (o web.Options) {
	t.Helper()
	g.handler(t, func(given *web.Options) { o = *given })
	return o
}

// TestEveryRouteDeclaresItsPermission is row 1 of the security checklist: what the router has is what the list declares, and every route is open or asks for an action.
func TestEveryRouteDeclaresItsPermission(t *testing.T) {
	walked, declared, err := web.Walked(newGallery(t).options(t))
	if err != nil {
		t.Fatal(err)
	}
	if len(walked) != len(declared) {
		t.Errorf("the router has %d routes, the list %d", len(walked), len(declared))
	}
	for _, name := range walked {
		d, ok := declared[name]
		if !ok {
			t.Errorf("%s is in the router but not in the list", name)
		}
		if !d.Open && d.Action == "" {
			t.Errorf("%s says neither that it is open nor what it asks for", name)
		}
	}
}

// TestPathsHaveOneSpelling is row 26 of the security checklist for who is signed in: no other spelling of a protected path reaches it.
func TestPathsHaveOneSpelling(t *testing.T) {
	r := newReader(t, newGallery(t).handler(t))
	in := r.fresh().signIn("analyst")
	for _, path := range []string{
		"//", "/./", "/../", "/f/../d/210102", "/assets/../d/210102", "/assets/..%2fd/210102", "/d%2f210102", "/d/210102/", "/D/210102", "/d//210102",
		"/d/210102;x=1/y", "/d/{unit}", "/d/%7Bunit%7D", "/why/210102", "/why//x", "/export/scores.csv/", "/export/.csv", "/export/../export", "/f/", "/f/Six",
		"/f/six_systems/indicators/", "/healthz/", "/collect/", "/%2e%2e/d/210102", "/d/210102%00", "/d/210102%0a", "/i/a%2fb", "/sign-in/", "/password/x",
	} {
		for who, reader := range map[string]*reader{"nobody": r, "analyst": in} {
			if a := reader.get(path); a.StatusCode != http.StatusNotFound {
				t.Errorf("%s as %s: %d %s, want 404", path, who, a.StatusCode, a.Header.Get("Location"))
			}
		}
	}
}

// TestMethods: HEAD answers as GET does without a body, and what does not fit is refused with what would.
func TestMethods(t *testing.T) {
	r := newReader(t, newGallery(t).handler(t)).signIn("analyst")
	for _, path := range append(galleryPaths(), "/sign-in", "/healthz", "/readyz", "/export/scores.csv") {
		get, head := r.get(path), r.do(http.MethodHead, path, nil)
		if get.StatusCode != head.StatusCode || head.body != "" {
			t.Errorf("HEAD %s: %d with %d bytes, GET answers %d", path, head.StatusCode, len(head.body), get.StatusCode)
		}
	}
	for path, allow := range map[string][]string{"/": {"GET", "HEAD"}, "/sign-in": {"GET", "HEAD", "POST"}, "/sign-out": {"POST"}} {
		for _, method := range []string{"DELETE", "PUT", "PATCH", "OPTIONS", "TRACE"} {
			a := r.do(method, path, nil)
			if got := a.Header.Values("Allow"); a.StatusCode != http.StatusMethodNotAllowed || !slices.Equal(got, allow) {
				t.Errorf("%s %s: %d, Allow %v, want 405 and %v", method, path, a.StatusCode, got, allow)
			}
		}
	}
}

// TestHeaders holds rows 17 and 47 of the security checklist: every answer carries the policy, whatever it is.
func TestHeaders(t *testing.T) {
	g := newGallery(t)
	r := newReader(t, g.handler(t))
	in := r.fresh().signIn("analyst")
	check := func(name string, a answerTo) {
		t.Helper()
		if got := a.Header.Get("Content-Security-Policy"); !strings.HasPrefix(got, "default-src 'none'; script-src 'self'; style-src 'self';") || strings.Contains(got, "unsafe") {
			t.Errorf("%s: policy %q", name, got)
		}
		if a.Header.Get("X-Content-Type-Options") != "nosniff" || a.Header.Get("Referrer-Policy") != "same-origin" || a.Header.Get("X-Request-Id") == "" {
			t.Errorf("%s: headers %v", name, a.Header)
		}
		if got := a.Header.Values("Cache-Control"); !slices.Contains(got, "no-store") && !strings.HasPrefix(got[0], "public, max-age=31536000, immutable") {
			t.Errorf("%s: Cache-Control %q", name, got)
		}
		if a.Header.Get("Access-Control-Allow-Origin") != "" || a.Header.Get("Server") != "" {
			t.Errorf("%s: headers %v", name, a.Header)
		}
	}
	for _, path := range append(galleryPaths(), "/sign-in", "/healthz", "/readyz", "/export/scores.csv", "/nowhere", "/assets/nothing.css", "/?q=nonsense", "/d/999999") {
		check("nobody "+path, r.get(path))
		check("analyst "+path, in.get(path))
	}
	check("405", in.do("DELETE", "/", nil))
	check("foreign form", in.do("POST", "/sign-out", map[string][]string{}, func(r *http.Request) { r.Header.Set("Origin", "https://elsewhere.example") }))
	check("long address", in.get("/?x="+strings.Repeat("x", 5000)))
	g.failing = fmt.Errorf("the disk is full")
	check("500", in.get("/"))
}
