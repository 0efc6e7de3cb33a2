package web

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/results"
)

// visit is who reads a page and how: found once per request, before the handler runs.
type visit struct {
	user account.User // zero when nobody is signed in
	// lapsed is the session whose time was up with this request; zero where there was none.
	lapsed lapsed
	words  i18n.Words
	large  bool
	// day is the past day that the page is shown as known on, and board what was known; zero and nil are now.
	day   time.Time
	board results.Board
	url   url.URL // of the request
	// upload is what a form with files still has to say.
	upload upload
}

func (v *visit) signedIn() bool { return v.user.ID != "" }

func (v *visit) lang() string { return v.words.Lang() }

// problem words a problem in the reader's language, its codes by their names; in English where nobody translated it.
func (v *visit) problem(p *assess.Problem) string {
	p = outward(p)
	if !v.words.Has(p.Key) {
		return p.Message
	}
	return v.words.Say(p.Key, p.Args)
}

// with answers the address of the page itself with parameters changed: pairs of name and value, "" to leave one out. Language and
// type size are kept in cookies and stand in no other link.
func (v *visit) with(pairs ...string) string {
	q := v.url.Query()
	q.Del("lang")
	q.Del("large")
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			q.Del(pairs[i])
		} else {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	u := url.URL{Path: v.url.Path, RawQuery: q.Encode()}
	return u.String()
}

// visitFrom answers the visit that guard found; an empty one outside of it.
func visitFrom(r *http.Request) *visit {
	if v, ok := r.Context().Value(visitKey).(*visit); ok {
		return v
	}
	return &visit{}
}

// visitOf is visitFrom for answers that may come before guard ran, such as errors: it still knows the language.
func (s *site) visitOf(r *http.Request) *visit {
	if v, ok := r.Context().Value(visitKey).(*visit); ok {
		return v
	}
	return s.newVisit(r)
}

func (s *site) newVisit(r *http.Request) *visit {
	q := r.URL.Query()
	here := *r.URL
	words := s.Words.In(choice(q.Get("lang"), s.cookie(r, "lang"), i18n.English, i18n.Chinese))
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		here.RawQuery = "" // a form was sent; links lead to the page it stands on
	}
	return &visit{
		words: words.Named(s.newestNaming(r, words.Lang())),
		large: choice(q.Get("large"), s.cookie(r, "large"), "1", "0") == "1",
		url:   here,
	}
}

// choice answers the first of asked and kept that is one of two values, the second value when neither is.
func choice(asked, kept, one, other string) string {
	for _, c := range []string{asked, kept} {
		if c == one || c == other {
			return c
		}
	}
	return other
}

// keepChoices writes the language and the type size that the address asked for into cookies.
func (s *site) keepChoices(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	for name, allowed := range map[string][2]string{"lang": {i18n.English, i18n.Chinese}, "large": {"1", "0"}} {
		if value := q.Get(name); (value == allowed[0] || value == allowed[1]) && value != s.cookie(r, name) {
			s.setCookie(w, name, value, yearOfSeconds)
		}
	}
}

func withVisit(r *http.Request, v *visit) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), visitKey, v))
}
