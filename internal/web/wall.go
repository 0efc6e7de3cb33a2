package web

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dashboard"
	"github.com/unionboard/unionboard/internal/i18n"
)

const (
	wallPath = "/wall"
	// wallEvery is how many seconds the wall shows a framework, and how old what it shows can be.
	wallEvery = 30
)

// wallBody is the wall: one framework, read from five metres.
type wallBody struct {
	City, Title, Facts string
	Sentence           dashboard.Sentence
	Ranking, Map       *panel // nil where the page has none
	Trend, Lags        *panel
	Next               string // address of what comes after this
	Every              int    // seconds until then
}

// showWall draws the wall for who is signed in.
func (s *site) showWall(w http.ResponseWriter, r *http.Request) error {
	req, err := s.request(r, nil)
	if err != nil {
		return err
	}
	return s.drawWall(w, r, req)
}

// showLinkedWall draws the wall for whoever holds the address of a link: the screen of an entrance hall cannot sign in. Whatever its
// owner may see, it shows only what is published.
func (s *site) showLinkedWall(w http.ResponseWriter, r *http.Request) error {
	_, owner, err := s.OpenLink(r.Context(), account.WallLink, mux.Vars(r)["secret"], s.Now())
	if err != nil {
		return err
	}
	if !owner.May(account.ReadPublished, "") {
		return assess.NotFound("problem.link_unknown", "there is no such link, or it no longer opens anything; make a new one on the page of your account")
	}
	req := dashboard.Request{Lang: visitFrom(r).lang(), Location: s.Location, Published: true}
	seen := func(p assess.Period) bool {
		sheet, err := s.Board.Sheet(r.Context(), p)
		return err == nil && published(sheet.Cycle)
	}
	req.Reader = dashboard.Reader{Period: seen, Figures: func(assess.UnitCode) bool { return false }}
	if req.Period, err = s.newestSeen(r.Context(), seen); err != nil {
		return err
	}
	return s.drawWall(w, r, req)
}

// newestSeen answers the newest quarter that may be seen.
func (s *site) newestSeen(ctx context.Context, seen func(assess.Period) bool) (assess.Period, error) {
	periods, err := s.Board.Periods(ctx)
	if err != nil {
		return assess.Period{}, fmt.Errorf("periods: %w", err)
	}
	for _, p := range slices.Backward(periods) {
		if p.Kind() == assess.Quarter && seen(p) {
			return p, nil
		}
	}
	return assess.Period{}, assess.NotFound("problem.nothing_published", "no quarter is published yet; the wall shows published quarters")
}

// drawWall draws one framework: the one that page pins, else the one whose turn it is.
func (s *site) drawWall(w http.ResponseWriter, r *http.Request, req dashboard.Request) error {
	d, ok := s.Shelf.Pages(s.Now()).Page("wall")
	if !ok {
		return assess.NotFound("problem.no_page", "there is no page \"wall\"", "page", "wall")
	}
	q := r.URL.Query()
	pinned := q.Get("page")
	req.Framework = assess.Code(cmp.Or(pinned, q.Get("at")))
	req.Page = 0 // page is the framework here
	resolved, err := s.Pages.Resolve(r.Context(), d, req)
	if err != nil {
		return err
	}
	v := visitFrom(r)
	bar := &resolved.Bar
	body := wallBody{Title: resolved.Title, Sentence: resolved.Sentence, Every: wallEvery}
	edition := s.editionFor(r, bar)
	if edition != nil {
		body.City = edition.Roster.City.Union.In(v.lang())
		body.Title = frameworkName(v, edition, bar.Framework)
		body.Next = wallNext(r, edition, bar.Framework, pinned)
	}
	body.Facts = v.words.T("web.wall.facts", "period", v.words.Period(bar.Period.String()), "as_of", bar.AsOf, "version", bar.Version, "state", s.standing(v, bar))
	for _, row := range resolved.Rows {
		for i := range row.Panels {
			s.hang(r, &body, &row.Panels[i], req)
		}
	}
	return s.renderPart(w, r, http.StatusOK, "wall", "wall", page{Title: body.Title, Body: body})
}

// hang puts a panel where it belongs on the wall.
func (s *site) hang(r *http.Request, body *wallBody, d *dashboard.Panel, req dashboard.Request) {
	p := s.newPanel(r, d, panelContext{req: req, crowded: true})
	switch d.Type {
	case "ranking":
		body.Ranking = p
	case "tilemap":
		body.Map = p
	case "trend":
		body.Trend = p
	case "laglist":
		body.Lags = p
	}
}

// wallScore writes a score with one decimal (ux.md, section 4), or why there is none.
func wallScore(p placeView) string {
	if p.Figure.State != assess.Scored {
		return p.Figure.Text
	}
	return i18n.Number(p.Figure.Score, 1)
}

// frameworkName names what the wall shows.
func frameworkName(v *visit, e *assess.Edition, code assess.Code) string {
	if f, ok := e.Framework(code); ok {
		return f.Name.In(v.lang())
	}
	return string(code)
}

// wallNext answers the address of what comes after a framework: itself where it is pinned, else the next one.
func wallNext(r *http.Request, e *assess.Edition, now assess.Code, pinned string) string {
	q := r.URL.Query()
	if pinned == "" {
		at := slices.IndexFunc(e.Frameworks, func(f assess.Framework) bool { return f.Code == now })
		q.Set("at", string(e.Frameworks[(at+1)%len(e.Frameworks)].Code))
	}
	u := url.URL{Path: r.URL.Path, RawQuery: q.Encode()}
	return u.String()
}
