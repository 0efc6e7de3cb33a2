package web

import (
	"fmt"
	"net/http"

	"github.com/alexedwards/scs/v2"
	"github.com/gorilla/mux"
	"github.com/klauspost/compress/gzhttp"
	"golang.org/x/sync/singleflight"

	"github.com/unionboard/unionboard/internal/api"
)

// site is the pages of one installation.
type site struct {
	Options
	assets   *assets
	pages    *pages
	sessions *scs.SessionManager
	books    chan struct{} // one for each workbook that is being read
	tables   chan struct{} // one for each file that is being made while its reader waits
	badges   badges
	drawn    drawn
	drawing  singleflight.Group
	// programs answers the API, which description describes to programs and guide to people.
	programs    *api.API
	description []byte
	guide       *api.Guide
	rates       rates
	refusals    refusals
	undropped   undropped
	addresses   *mux.Router // all routes
}

// New answers the handler of the whole site. It is complete: headers, compression, sessions, permissions and errors are in it;
// time-outs and the listener are left to the caller.
func New(o Options) (*Site, error) {
	s, err := newSite(o)
	if err != nil {
		return nil, err
	}
	s.addresses = s.router()
	same, err := sameSite(s.TrustedOrigins)
	if err != nil {
		return nil, err
	}
	same.SetDenyHandler(s.handle(func(http.ResponseWriter, *http.Request) error { return errForeign() }))
	h, err := compressed(s.recovered(s.limited(same.Handler(s.addresses))))
	if err != nil {
		return nil, err
	}
	return &Site{s.numbered(s.headed(h)), s}, nil
}

func newSite(o Options) (*site, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &site{Options: o, books: make(chan struct{}, booksAtOnce), tables: make(chan struct{}, tablesAtOnce()), drawn: newDrawn()}
	if s.assets, err = loadAssets(); err != nil {
		return nil, err
	}
	if s.pages, err = parsePages(o.Words, s.assets); err != nil {
		return nil, err
	}
	if s.description, err = api.Description(); err != nil {
		return nil, err
	}
	if s.guide, err = api.NewGuide(); err != nil {
		return nil, err
	}
	s.programs = api.New(api.Options{Board: o.Board, Opens: opens, Log: o.Figures, Runs: o.Runs, Seals: o.Publishing, Sealed: o.Sealed, Takeout: o.Takeout})
	s.sessions = newSessions(o)
	s.sessions.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) {
		s.fail(w, r, fmt.Errorf("session: %w", err))
	}
	return s, nil
}

func sameSite(trusted []string) (*http.CrossOriginProtection, error) {
	same := http.NewCrossOriginProtection()
	for _, origin := range trusted {
		if err := same.AddTrustedOrigin(origin); err != nil {
			return nil, fmt.Errorf("web: trusted origin %q: %w", origin, err)
		}
	}
	return same, nil
}

func compressed(next http.Handler) (http.Handler, error) {
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(1024))
	if err != nil {
		return nil, fmt.Errorf("web: compression: %w", err)
	}
	return wrap(next), nil
}
