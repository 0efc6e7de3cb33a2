package web_test

import (
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dashboard"
)

// TestPagesAreMadeForTheirReader: what a page may show is said by the policy, whoever asks and whichever page it is. A district sees
// its own figures and what is published; the city sees everything.
func TestPagesAreMadeForTheirReader(t *testing.T) {
	g := newGallery(t)
	first := newReader(t, g.handler(t))
	var reader dashboard.Reader
	asked := 0
	g.asked = func(r dashboard.Request) { reader, asked = r.Reader, asked+1 }
	for _, tc := range []struct {
		who                  string
		own, foreign, hidden bool
	}{
		{"heping", true, false, false},
		{"analyst", true, true, true},
		{"leader", true, true, true},
	} {
		in := first.fresh().signIn(tc.who)
		for _, path := range []string{"/?base=prev", "/lags", "/f/six_systems", "/f/six_systems/indicators", "/d/210102", "/i/enterprises", "/why/210103/organisation"} {
			before := asked
			if a := in.get(path); a.StatusCode != 200 || asked != before+1 {
				t.Fatalf("%s as %s: %d, %d pages made", path, tc.who, a.StatusCode, asked-before)
			}
			sees := func(p assess.Period) bool { return reader.Period == nil || reader.Period(p) }
			if reader.Figures == nil || reader.Figures("210102") != tc.own || reader.Figures("210103") != tc.foreign {
				t.Errorf("%s as %s: figures of the wrong units are open", path, tc.who)
			}
			if sees(openQuarter()) != tc.hidden || !sees(openQuarter().Prev()) {
				t.Errorf("%s as %s: open quarter %v, the one before %v", path, tc.who, sees(openQuarter()), sees(openQuarter().Prev()))
			}
		}
	}
}

// TestTheFrontDoorIsOpenToEverybody: who reads no scores is led to what they may read; every other closed page still says no.
func TestTheFrontDoorIsOpenToEverybody(t *testing.T) {
	in := newReader(t, newGallery(t).handler(t)).signIn("admin")
	if a := in.get("/"); a.StatusCode != 303 || a.Header.Get("Location") != "/admin" {
		t.Errorf("the administrator at /: %d %s", a.StatusCode, a.Header.Get("Location"))
	}
	if a := in.get("/lags"); a.StatusCode != 403 {
		t.Errorf("the administrator at /lags: %d", a.StatusCode)
	}
}

// TestPagesAreLoggedForDebuggingOnly: who watches the log at its usual level reads failures, not every page.
func TestPagesAreLoggedForDebuggingOnly(t *testing.T) {
	g := newGallery(t)
	r := newReader(t, g.handler(t)).signIn("analyst")
	r.get("/")
	r.get("/nowhere")
	debug, failed := 0, 0
	for _, line := range strings.Split(g.logs.String(), "\n") {
		if strings.Contains(line, "msg=request ") {
			debug++
			if !strings.Contains(line, "level=DEBUG") {
				t.Errorf("logged above debugging: %s", line)
			}
		}
		if strings.Contains(line, `msg="request failed"`) && strings.Contains(line, "level=INFO") {
			failed++
		}
	}
	if debug == 0 || failed != 1 {
		t.Errorf("%d requests and %d failures were logged", debug, failed)
	}
}

// TestFiguresWithheldAreSaidSo: instead of the figures there is a sentence, and no table of corrections.
func TestFiguresWithheldAreSaidSo(t *testing.T) {
	g := newGallery(t)
	first := newReader(t, g.handler(t))
	const sentence = "只对本区县和市总工会开放"
	if body := first.fresh().signIn("analyst").get("/why/210103/organisation").body; strings.Contains(body, sentence) {
		t.Error("the analyst is told that figures are withheld")
	}
	g.withheld = true
	body := first.fresh().signIn("heping").get("/why/210103/organisation").body
	if !strings.Contains(body, sentence) || strings.Contains(body, "更正记录") {
		t.Error("the page does not say that figures are withheld, or still has a table of corrections")
	}
}
