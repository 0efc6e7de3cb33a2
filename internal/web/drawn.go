package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"html/template"
	"net/http"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dashboard"
)

// Pages made of panels are kept in two steps, so that nothing of one reader can come to another:
//
//   - the middle of the page, drawn for nobody in particular: whoever holds the same post reads the same. It stands until the data, the
//     files of pages or the day change;
//   - the whole page of one session at one address, compressed: with the reader's name, what waits for them and the token of their forms.
//     It stands for the minute that it says it was printed in, as the number of things that wait does, and is gone with the session.
const (
	mostMiddles = 64 << 20 // bytes
	mostWhole   = 32 << 20 // bytes
)

// edge is what pages are drawn of: any change of it makes them out of date.
type edge struct {
	version int64
	pages   *dashboard.Set
	time    time.Time // the day of a middle, the minute of a whole page
}

// middleKey says which middle. Whatever a page can depend on stands here or in the edge.
type middleKey struct {
	page    assess.Code
	post    account.Post
	lang    string
	address string
}

// middle is what stands between the bar and the foot of a page.
type middle struct {
	title  string
	bar    *dashboard.Bar
	base   *dashboard.Filter
	charts bool
	html   template.HTML
	// passing says that something on it could not be read just now: it is not kept.
	passing bool
}

// wholeKey says whose page: that of a session, as the account was called and placed then.
type wholeKey struct {
	session, account, name string
	large                  bool
	address                string
	middle                 middleKey
}

// drawn is what is kept of the pages.
type drawn struct {
	middles *memo[edge, middleKey, *middle]
	whole   *memo[edge, wholeKey, []byte]
}

func newDrawn() drawn {
	return drawn{
		middles: newMemo[edge, middleKey](mostMiddles, func(m *middle) int { return len(m.html) }),
		whole:   newMemo[edge, wholeKey](mostWhole, func(page []byte) int { return len(page) }),
	}
}

// showDefinition draws a page made of panels on a sheet of paper, or takes what it knows of it.
func (s *site) showDefinition(w http.ResponseWriter, r *http.Request, d dashboard.Definition, named map[string]string, sheet string) error {
	v := visitFrom(r)
	of, keep := s.edge(r)
	key := wholeKey{
		session: s.sessions.Token(r.Context()), account: v.user.ID, name: v.user.DisplayName, large: v.large, address: r.URL.RequestURI(),
		middle: middleKey{d.Page, v.user.Post(), v.lang(), v.with()},
	}
	now := of
	now.time = s.Now().Truncate(time.Minute).UTC()
	past := r.URL.Query().Has(knownParameter) // seldom asked for, and what may be read of it is found while it is drawn
	keep, packed := keep && v.signedIn() && !past && s.Trouble() == nil, acceptsGzip(r)
	if keep && packed {
		if whole, ok := s.drawn.whole.known(now, key); ok {
			sendHTML(w, v, http.StatusOK, whole, "gzip")
			return nil
		}
	}
	m, err := s.middle(r, of, keep, key.middle, d, named)
	if err != nil {
		return err
	}
	p := page{Title: m.title, Bar: m.bar, Base: m.base, Charts: m.charts, Sheet: sheet, Days: true, Drawn: m.html}
	if !keep || !packed {
		return s.render(w, r, http.StatusOK, "board", p)
	}
	plain, err := s.draw(v, "board", "layout", s.frame(r, v, p))
	if err != nil {
		return err
	}
	whole, err := pack(plain)
	if err != nil {
		return err
	}
	if !m.passing {
		s.drawn.whole.keep(now, key, whole)
	}
	sendHTML(w, v, http.StatusOK, whole, "gzip")
	return nil
}

// leave ends the session of a request, and what was kept of its pages.
func (s *site) leave(ctx context.Context) error {
	session := s.sessions.Token(ctx)
	s.drawn.whole.forget(func(k wholeKey) bool { return k.session == session })
	return s.sessions.Destroy(ctx)
}

// edge answers what pages are drawn of now, and whether that is known.
func (s *site) edge(r *http.Request) (edge, bool) {
	if s.DataVersion == nil {
		return edge{}, false
	}
	version, err := s.DataVersion(r.Context())
	now := s.Now().In(s.Location)
	day := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	return edge{version, s.Shelf.Pages(now), day}, err == nil
}

// middle answers the middle of a page. Those who ask for it at the same time wait for the first of them.
func (s *site) middle(r *http.Request, of edge, keep bool, key middleKey, d dashboard.Definition, named map[string]string) (*middle, error) {
	if !keep {
		return s.drawMiddle(r, d, named)
	}
	if m, ok := s.drawn.middles.known(of, key); ok {
		return m, nil
	}
	made, err, _ := s.drawing.Do(fmt.Sprintf("%d %p %s %q", of.version, of.pages, of.time, key), func() (any, error) {
		if m, ok := s.drawn.middles.known(of, key); ok {
			return m, nil // another was done between our look and here
		}
		m, err := s.drawMiddle(s.forAnyone(r), d, named)
		if err == nil && !m.passing {
			s.drawn.middles.keep(of, key, m)
		}
		return m, err
	})
	if err != nil {
		return nil, err
	}
	return made.(*middle), nil
}

// forAnyone is a request as anybody of the same post would make it: it knows no name and no session, and goes on when the reader who made
// it leaves.
func (s *site) forAnyone(r *http.Request) *http.Request {
	v := visitFrom(r)
	anyone := &visit{
		user: account.User{Role: v.user.Role, Unit: v.user.Unit, Department: v.user.Department, Divided: v.user.Divided},
		url:  v.url,
	}
	bare := r.Clone(context.WithValue(context.WithoutCancel(r.Context()), visitKey, anyone))
	bare.Header = http.Header{}
	anyone.words = s.Words.In(v.lang()).Named(s.newestNaming(bare, v.lang()))
	return bare
}

// drawMiddle draws the middle of a page.
func (s *site) drawMiddle(r *http.Request, d dashboard.Definition, named map[string]string) (*middle, error) {
	p, passing, err := s.boardPage(r, d, named)
	if err != nil {
		return nil, err
	}
	v := visitFrom(r)
	html, err := s.draw(v, "board", "main", frame{page: p, Lang: v.lang()})
	if err != nil {
		return nil, err
	}
	return &middle{p.Title, p.Bar, p.Base, p.Charts, template.HTML(html), passing}, nil // what a template of ours has made
}

// pack compresses a page that is sent many times.
func pack(plain []byte) ([]byte, error) {
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.DefaultCompression)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(plain); err != nil {
		return nil, err
	}
	err = z.Close()
	return out.Bytes(), err
}
