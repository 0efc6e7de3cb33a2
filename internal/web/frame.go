package web

import (
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dashboard"
	"github.com/unionboard/unionboard/internal/i18n"
)

// page is what a handler gives to be drawn.
type page struct {
	Title  string
	Body   any
	Bar    *dashboard.Bar // nil on pages that show no period
	Base   *dashboard.Filter
	Charts bool   // needs the chart library
	Sheet  string // paper: "a3", "" for A4
	Secret string // what the forms' token is bound to, where nobody is signed in
}

// frame is what the layout draws around a page.
type frame struct {
	page
	Lang           string
	Large          bool
	Brand, Tagline string
	Home           string
	Nav            []link
	LargeURL       string
	LangURL        string
	User           *person
	Token          string
	Demo           bool
	State          *stateBar
	PrintedAt      string
	Version        string
}

// link is an address with its words.
type link struct {
	URL, Text string
	Current   bool
}

// person is who is signed in, as the page bar names them.
type person struct{ Name, Role, Unit string }

func (s *site) frame(w http.ResponseWriter, r *http.Request, v *visit, p page) frame {
	f := frame{
		page: p, Lang: v.lang(), Large: v.large, Brand: v.words.T("web.product"), Home: "/", Demo: s.Demo || p.Bar != nil && p.Bar.Demo,
		Version:  s.Version,
		LargeURL: v.with("large", map[bool]string{true: "0", false: "1"}[v.large]),
		LangURL:  v.with("lang", map[bool]string{true: i18n.Chinese, false: i18n.English}[v.lang() == i18n.English]),
	}
	now := s.Now().In(s.Location)
	f.PrintedAt = v.words.Date(now) + " " + now.Format("15:04")
	edition := s.editionFor(r, p.Bar)
	if edition != nil && edition.Roster.City.Union.In(v.lang()) != "" {
		f.Brand, f.Tagline = edition.Roster.City.Union.In(v.lang()), f.Brand
	}
	if p.Bar != nil {
		f.Home = "/?" + periodQuery(p.Bar)
		f.State = s.stateBar(r, v, p)
	}
	if v.signedIn() {
		if p.Bar == nil {
			f.Home = landing(v.user)
		}
		f.User = personOf(v, edition)
		f.Nav = s.nav(r, v, p.Bar, edition)
		f.Token = formToken(s.formSecret(r))
	} else if p.Secret != "" {
		f.Token = formToken(p.Secret)
	}
	return f
}

// editionFor answers the edition of the page's year, else the newest; nil where there is none. The frame must not be what breaks
// a page, so a board that cannot be read only leaves out names.
func (s *site) editionFor(r *http.Request, bar *dashboard.Bar) *assess.Edition {
	ctx := r.Context()
	period := assess.Period{}
	if bar != nil {
		period = bar.Period
	} else if periods, err := s.Board.Periods(ctx); err == nil && len(periods) > 0 {
		period = periods[len(periods)-1]
	} else {
		period = assess.NewYear(s.Now().In(s.Location).Year())
	}
	edition, err := s.Board.Edition(ctx, period.CalendarYear())
	if err != nil {
		if !errors.Is(err, assess.ErrNotFound) {
			s.Log.LogAttrs(ctx, slog.LevelWarn, "no edition for the page bar", slog.String("request", numberOf(r)), slog.String("error", err.Error()))
		}
		return nil
	}
	return edition
}

func personOf(v *visit, e *assess.Edition) *person {
	p := &person{Name: v.user.DisplayName, Role: string(v.user.Role), Unit: string(v.user.Unit)}
	if e == nil {
		return p
	}
	for _, role := range e.Roles {
		if role.Code == v.user.Role {
			p.Role = role.Name.In(v.lang())
		}
	}
	if u, ok := e.Roster.Unit(v.user.Unit); ok {
		p.Unit = u.Name.In(v.lang())
	}
	return p
}

// periodQuery keeps the period and the base of a page in the links of its bar.
func periodQuery(b *dashboard.Bar) string {
	q := url.Values{"q": {b.Period.String()}}
	if b.BaseKind == "year" {
		q.Set("base", b.BaseKind)
	}
	return q.Encode()
}

// nav answers the main links, only those that exist and that the person may open.
func (s *site) nav(r *http.Request, v *visit, bar *dashboard.Bar, e *assess.Edition) []link {
	query := ""
	if bar != nil {
		query = "?" + periodQuery(bar)
	}
	var links []link
	add := func(a account.Action, unit assess.UnitCode, path, key, route string) {
		if v.user.May(a, unit) {
			links = append(links, link{URL: path + query, Text: v.words.T(key), Current: sectionOf(r.URL.Path) == route})
		}
	}
	add(account.ReadPublished, "", "/", "web.nav.home", "")
	if e != nil && len(e.Frameworks) > 0 {
		add(account.ReadPublished, "", "/f/"+url.PathEscape(string(e.Frameworks[0].Code)), "web.nav.frameworks", "f")
	}
	if e != nil && len(e.Roster.Units) > 0 {
		unit := v.user.Unit
		if unit == "" {
			unit = e.Roster.Units[0].Code
		}
		add(account.ReadPublished, unit, "/d/"+url.PathEscape(string(unit)), "web.nav.units", "d")
	}
	query = ""
	add(account.ReadRuns, "", "/collect", "web.nav.collect", "collect")
	if bar != nil {
		query = "?q=" + url.QueryEscape(bar.Period.String())
	}
	add(account.Export, v.user.Unit, "/export", "web.nav.export", "export")
	return links
}

// sectionOf answers the first segment of a path.
func sectionOf(path string) string {
	for i := 1; i < len(path); i++ {
		if path[i] == '/' {
			return path[1:i]
		}
	}
	if path == "" {
		return ""
	}
	return path[1:]
}

// stateBar is the state that is always visible.
type stateBar struct {
	Period, StateText, VersionText, ReportedText, AsOf, Scheme string
	Published                                                  bool
	Years                                                      []yearRow
	Bases                                                      []link
	Export                                                     string
}

// yearRow is a line of the period picker: the year's quarters, then the year itself.
type yearRow struct {
	Name  string
	Cells []link
}

func (s *site) stateBar(r *http.Request, v *visit, p page) *stateBar {
	b := p.Bar
	bar := &stateBar{
		Period: v.words.Period(b.Period.String()), Published: published(b.Cycle),
		StateText:    s.cycleText(v, b.Cycle),
		VersionText:  v.words.T("web.state.version", "n", strconv.Itoa(b.Version)),
		ReportedText: v.words.T("web.state.reported", "n", strconv.Itoa(b.Reported), "all", strconv.Itoa(b.Units)),
		AsOf:         b.AsOf, Scheme: b.Scheme,
		Years: s.years(r, v, b),
	}
	if p.Base != nil {
		for _, c := range p.Base.Choices {
			bar.Bases = append(bar.Bases, link{URL: c.Link, Text: c.Text, Current: c.Current})
		}
	}
	if r.URL.Path != "/export" && v.user.May(account.Export, v.user.Unit) {
		bar.Export = "/export?q=" + url.QueryEscape(b.Period.String())
	}
	return bar
}

// cycleText says where the collection stands; a published period says since when: 已发布 4-18.
func (s *site) cycleText(v *visit, c assess.Cycle) string {
	if published(c) && !c.PublishedAt.IsZero() {
		return v.words.T("web.cycle.published_on", "date", i18n.ShortDate(c.PublishedAt.In(s.Location)))
	}
	if c.State == "" {
		return v.words.T("web.cycle.scheduled")
	}
	return v.words.T("web.cycle." + string(c.State))
}

func published(c assess.Cycle) bool {
	return c.State == assess.CyclePublished || c.State == assess.CycleArchived
}

// years lays the periods out as the picker shows them, newest year first. A period without figures, or one the reader may not
// see yet, is a word without a link.
func (s *site) years(r *http.Request, v *visit, b *dashboard.Bar) []yearRow {
	var rows []yearRow
	open := map[assess.Period]bool{}
	for _, p := range b.Periods {
		open[p] = s.mayRead(r, v, p)
		if y := strconv.Itoa(p.CalendarYear()); len(rows) == 0 || rows[len(rows)-1].Name != y {
			rows = append(rows, yearRow{Name: y})
		}
	}
	slices.Reverse(rows)
	for i := range rows {
		year, _ := strconv.Atoi(rows[i].Name)
		for n, p := range append(assess.NewYear(year).Quarters(), assess.NewYear(year)) {
			cell := link{Text: v.words.T([]string{"web.q1", "web.q2", "web.q3", "web.q4", "web.year"}[n]), Current: p == b.Period}
			if open[p] {
				cell.URL = v.with("q", p.String())
			}
			rows[i].Cells = append(rows[i].Cells, cell)
		}
	}
	return rows
}

// age words how long ago something was: minutes, hours or days, rounded down.
func age(v *visit, since time.Duration) string {
	switch {
	case since < time.Minute:
		return v.words.T("web.age.now")
	case since < time.Hour:
		return v.words.T("web.age.minutes", "n", strconv.Itoa(int(since.Minutes())))
	case since < 48*time.Hour:
		return v.words.T("web.age.hours", "n", strconv.Itoa(int(since.Hours())))
	}
	return v.words.T("web.age.days", "n", strconv.Itoa(int(since.Hours()/24)))
}
