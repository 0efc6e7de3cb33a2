package web_test

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/city"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/store"
	"github.com/unionboard/unionboard/internal/testkit"
	"github.com/unionboard/unionboard/internal/web"
)

// galleryCity is a desk on which nothing lies: pages of other things are tried with it.
type galleryCity struct{ web.City }

func (galleryCity) Defined(context.Context, int) bool { return true }

func (galleryCity) Targets(_ context.Context, year int, _ ...assess.UnitCode) (*city.TargetTable, error) {
	return &city.TargetTable{Year: year, Edition: galleryEdition(year), Units: galleryUnits()}, nil
}

func (galleryCity) TargetSheet(_ context.Context, year int, code assess.Code, _ time.Time) (*city.TargetSheet, error) {
	edition := galleryEdition(year)
	f := &edition.Frameworks[0]
	node := &assess.Node{Code: code, Name: assess.Text{ZH: "新建工会", EN: "New unions"}, Indicator: &assess.Indicator{Type: assess.Count}}
	return &city.TargetSheet{
		Year: year, Edition: edition, Framework: f, Dimension: f.Root, Node: node, Units: galleryUnits(),
		Held: make([]city.TargetCell, len(galleryUnits())), LastTargets: make([]city.TargetCell, len(galleryUnits())), Starts: []assess.Period{{}},
	}, nil
}

func (galleryCity) Overview(_ context.Context, q assess.Period, _ time.Time) (*city.Overview, error) {
	return &city.Overview{Quarter: q, Edition: galleryEdition(q.CalendarYear())}, nil
}

func (galleryCity) Todo(_ context.Context, q assess.Period, _ account.User, _ time.Time) (city.Todo, error) {
	return city.Todo{Quarter: q}, nil
}

func (galleryCity) Form(_ context.Context, q assess.Period, department assess.Code, _ time.Time) (*city.Form, error) {
	return &city.Form{Quarter: q, Edition: galleryEdition(q.CalendarYear()), Department: assess.Department{Code: department, Name: assess.Text{ZH: "财务部"}}}, nil
}

func (galleryCity) Save(_ context.Context, _ assess.Period, department assess.Code, _ []city.Save, act city.Act) ([]assess.DraftOutcome, error) {
	if act.By.Department != department {
		return nil, assess.Forbidden("problem.city_department", "another department")
	}
	return nil, nil
}

func (galleryCity) Points(_ context.Context, year int, _ city.Act) (*city.PointsSheet, error) {
	return &city.PointsSheet{Year: year, Edition: galleryEdition(year), Units: galleryUnits()}, nil
}

func (galleryCity) Propose(context.Context, int, city.Case, city.Act) (assess.Proposal, error) {
	return assess.Proposal{}, assess.Invalid("problem.case_item", "nothing is chosen")
}

func (galleryCity) Ratings(_ context.Context, year int, _ account.User) (*city.RatingSheet, error) {
	return &city.RatingSheet{Year: year, Edition: galleryEdition(year), Units: galleryUnits()}, nil
}

func (galleryCity) CallBallots(context.Context, int, assess.Code, city.Act) error { return noRating() }

func (galleryCity) Cast(context.Context, int, assess.Code, map[assess.UnitCode]string, city.Act) error {
	return noRating()
}

func (galleryCity) CloseBallots(context.Context, int, assess.Code, city.Act) error { return noRating() }

func noRating() error { return assess.NotFound("problem.no_rating", "it is not rated") }

func (galleryCity) Exemptions(_ context.Context, q assess.Period) (*city.ExemptSheet, error) {
	return &city.ExemptSheet{Quarter: q, Edition: galleryEdition(q.CalendarYear()), Units: galleryUnits()}, nil
}

func (galleryCity) Exempt(context.Context, assess.Period, assess.UnitCode, assess.Code, string, city.Act) error {
	return assess.Invalid("problem.exempt_never", "it always applies")
}

func (galleryCity) Lift(context.Context, assess.Period, assess.UnitCode, assess.Code, string, city.Act) error {
	return assess.Invalid("problem.exempt_never", "it always applies")
}

// shipped is the city's desk of the shipped definitions over a real store, and its site.
type shipped struct {
	t       *testing.T
	g       *gallery
	store   *store.Store
	edition *assess.Edition
	site    http.Handler
	front   *reader // nobody is signed in
}

// shippedEdition is the shipped edition, for the years around the gallery's.
type shippedEdition struct{ edition *assess.Edition }

func (s shippedEdition) Edition(_ context.Context, year int) (*assess.Edition, error) {
	if year < 2025 || year > 2027 {
		return nil, assess.NotFound("problem.gallery", fmt.Sprint("nothing is defined for ", year))
	}
	return s.edition, nil
}

func newShipped(t *testing.T) *shipped {
	t.Helper()
	edition := testkit.Shipped(t)
	s := testkit.Store(t)
	g := newGallery(t)
	g.clock.at = time.Date(2026, 2, 3, 2, 0, 0, 0, time.UTC)
	gate := collect.New(collect.Config{Store: s, Editions: shippedEdition{edition}})
	desk := city.New(city.Config{Store: s, Gate: gate, Editions: shippedEdition{edition}})
	site := g.handler(t, func(o *web.Options) { o.City = desk })
	return &shipped{t: t, g: g, store: s, edition: edition, site: site, front: newReader(t, site)}
}

// as signs somebody in.
func (s *shipped) as(name string) *reader { s.t.Helper(); return s.front.fresh().signIn(name) }

// send fills in a form and sends it with the reader's own token.
func (r *reader) send(path string, pairs ...string) answerTo {
	r.t.Helper()
	form := url.Values{"form_token": {r.ownToken()}}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return r.do(http.MethodPost, path, form)
}

// wantStatus ends the test where an answer has another status than wanted.
func wantStatus(t testing.TB, a answerTo, status int) {
	t.Helper()
	if a.StatusCode != status {
		t.Fatalf("%s %s: %d, want %d\n%s", a.Request.Method, a.Request.URL.Path, a.StatusCode, status, textOf(a.body))
	}
}

// textOf answers the words of the main part of a page.
func textOf(body string) string {
	_, main, _ := strings.Cut(body, `<main`)
	main, _, _ = strings.Cut(main, `</main>`)
	var b strings.Builder
	inside := false
	for _, c := range main {
		switch {
		case c == '<':
			inside = true
		case c == '>':
			inside = false
			b.WriteByte(' ')
		case !inside:
			b.WriteRune(c)
		}
	}
	return html.UnescapeString(strings.Join(strings.Fields(b.String()), " "))
}

// forbiddenFields are what no form of the site asks for (security checklist, row 22).
func forbiddenFields() []string {
	return []string{
		"state", "status", "score", "points", "unit", "by", "approver", "accepted_by", "confirmed_by", "issued_at", "recorded_at", "seq", "role", "value.999999",
	}
}

// refusesForbidden sends a good form with each forbidden field beside it: every one is refused, and nothing changes.
func (s *shipped) refusesForbidden(r *reader, path string, pairs ...string) {
	s.t.Helper()
	before, err := s.store.Head(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	for _, field := range forbiddenFields() {
		wantStatus(s.t, r.send(path, append([]string{field, "1"}, pairs...)...), http.StatusBadRequest)
	}
	if after, err := s.store.Head(s.t.Context()); err != nil || after.Version != before.Version {
		s.t.Errorf("%s: a refused form has changed something: %+v, %+v, %v", path, before, after, err)
	}
}
