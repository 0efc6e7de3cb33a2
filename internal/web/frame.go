package web

import (
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dashboard"
	"github.com/unionboard/unionboard/internal/i18n"
)

// page is what a handler gives to be drawn.
type page struct {
	Title  string
	Body   any
	Drawn  template.HTML  // the middle of the page where it is drawn already, in place of Body
	Bar    *dashboard.Bar // nil on pages that show no period
	Base   *dashboard.Filter
	Days   bool     // can be shown as it was known on a past day
	Charts bool     // needs the chart library
	Sheet  string   // paper: "a3", "upright", "notice", "" for A4 across
	Secret string   // what the forms' token is bound to, where nobody is signed in
	Desk   *deskBar // the state of a form, on its pages
	Wrong  bool     // something on the page is wrong, and its title says so
	// Style and Script are static files that the page needs beside those of every page; "" for none.
	Style, Script string
}

// frame is what the layout draws around a page.
type frame struct {
	page
	Lang           string
	Large          bool
	Brand, Tagline string
	Home           string
	Nav            []link
	Work           []link // of the pages of work, on those pages
	LargeURL       string
	LangURL        string
	User           *person
	Token          string
	Demo           bool
	Unsafe         bool   // plain HTTP: administrators are reminded
	Trouble        string // what keeps the server from saving, "" where nothing does
	Backup         string // that the last backup by the clock failed, for administrators
	State          *stateBar
	Designs        bool // the foot leads to the page about pages
	PrintedAt      string
	Version        string
}

// link is an address with its words.
type link struct {
	URL, Text string
	Current   bool
	Badge     int // how many things wait there; 0 shows none
}

// person is who is signed in, as the page bar names them.
type person struct{ ID, Name, Role, Unit string }

func (s *site) frame(r *http.Request, v *visit, p page) frame {
	f := s.bare(r, v, p)
	f.Large, f.Brand, f.Home, f.Version, f.Trouble = v.large, v.words.T("web.product"), "/", s.Version, s.trouble(v)
	f.LargeURL = v.with("large", map[bool]string{true: "0", false: "1"}[v.large])
	f.LangURL = v.with("lang", map[bool]string{true: i18n.Chinese, false: i18n.English}[v.lang() == i18n.English])
	now := s.Now().In(s.Location)
	f.PrintedAt = v.words.Date(now) + " " + now.Format("15:04")
	edition := s.editionFor(r, p.Bar)
	if edition != nil && edition.Roster.City.Union.In(v.lang()) != "" {
		f.Brand, f.Tagline = edition.Roster.City.Union.In(v.lang()), f.Brand
	}
	if p.Bar != nil {
		f.Home = "/?" + periodQuery(p.Bar)
		f.State = s.stateBar(r, v, p)
		f.Designs = v.user.May(account.ReadUnpublished, "")
	}
	if v.signedIn() {
		if p.Bar == nil {
			f.Home = landing(v.user)
		}
		f.Backup = s.backupFault(v)
		f.Unsafe = s.PlainHTTP && (v.user.Role == assess.Admin || v.user.Role == assess.SecurityAdmin)
		f.User = s.person(v, edition)
		f.Nav = s.nav(r, v, p.Bar, edition)
		if work := s.workNav(r, v); inWork(work) {
			f.Work = work
		}
		mark(s.badge(r, v), f.Nav, f.Work)
	}
	return f
}

// bare is what a part of a page needs that a script takes in, or a page without a layout: nothing is asked for that stands around a page.
func (s *site) bare(r *http.Request, v *visit, p page) frame {
	f := frame{page: p, Lang: v.lang(), Demo: s.Demo || p.Bar != nil && p.Bar.Demo}
	if v.signedIn() {
		f.Token = formToken(s.formSecret(r))
	} else if p.Secret != "" {
		f.Token = formToken(p.Secret)
	}
	return f
}

// editionFor answers the edition of the page's year, else the newest; nil where there is none. The frame must not be what breaks
// a page, so a board that cannot be read only leaves out names.
func (s *site) editionFor(r *http.Request, bar *dashboard.Bar) *assess.Edition {
	edition, err := s.edition(r, bar)
	if err != nil {
		s.Log.LogAttrs(r.Context(), slog.LevelWarn, "no edition for the page bar", slog.String("request", numberOf(r)), slog.String("error", err.Error()))
	}
	return edition
}

// edition is editionFor where something is decided by it: a board that cannot be read is not one without an edition.
func (s *site) edition(r *http.Request, bar *dashboard.Bar) (*assess.Edition, error) {
	ctx, period := r.Context(), assess.NewYear(s.Now().In(s.Location).Year())
	if bar != nil {
		period = bar.Period
	} else if periods, err := s.Board.Periods(ctx); err != nil {
		return nil, fmt.Errorf("edition of the page: %w", err)
	} else if len(periods) > 0 {
		period = periods[len(periods)-1]
	}
	edition, err := s.Board.Edition(ctx, period.CalendarYear())
	if errors.Is(err, assess.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("edition of the page: %w", err)
	}
	return edition, nil
}

// person answers who is signed in, by the names of an edition.
func (s *site) person(v *visit, e *assess.Edition) *person {
	return &person{ID: v.user.ID, Name: v.user.DisplayName, Role: roleName(v, e, v.user.Role), Unit: placeName(v, e, v.user.Post())}
}

// periodQuery keeps the period, the base and the day of a page in the links of its bar.
func periodQuery(b *dashboard.Bar) string {
	q := url.Values{"q": {b.Period.String()}}
	if b.BaseKind == "year" {
		q.Set("base", b.BaseKind)
	}
	if b.Known != "" {
		q.Set(knownParameter, b.Known)
	}
	return q.Encode()
}
