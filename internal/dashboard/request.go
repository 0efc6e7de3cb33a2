package dashboard

import (
	"net/url"
	"strings"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Request is what the address of a page asks for. The zero values mean: the newest quarter with figures, compared with the one
// before, all groups, the first framework, official order, scores, Chinese.
type Request struct {
	Period    assess.Period
	BaseKind  string // prev or year
	Unit      assess.UnitCode
	Units     []assess.UnitCode // those that are compared, in the order of the address
	Group     assess.Code
	Framework assess.Code
	Code      assess.Code // node or indicator
	Sort      string      // a column, best first; with a minus in front, worst first
	Show      string      // score, progress or rank
	Lang      string      // zh or en
	Page      int         // of a long list, from 1; AllPages for the whole list
	Reader    Reader      // who reads it
	// References are what others have published, from the file in force.
	References []Reference
	// Known is the day, from its midnight, as it was known at whose end the page shows everything; zero means now.
	Known time.Time
	// Published shows periods as they were published: the reader sees no correction before it is published, too.
	Published bool
	// Location is where the city's clocks stand; nil means UTC+8: China has one time zone, without summer time.
	Location *time.Location
}

// AllPages asks for a long list as a whole, as for print.
const AllPages = -1

// links writes the addresses of pages. They keep the period, the base and the day as it was known on, so that a link shows the same thing to a colleague.
type links struct{ period, base, known string }

func linksOf(r Request) links {
	l := links{period: r.Period.String()}
	if r.BaseKind == baseYear {
		l.base = baseYear
	}
	if !r.Known.IsZero() {
		l.known = r.Known.Format(time.DateOnly)
	}
	return l
}

func (l links) query() url.Values {
	q := url.Values{}
	q.Set("q", l.period)
	if l.base != "" {
		q.Set("base", l.base)
	}
	if l.known != "" {
		q.Set(knownName, l.known)
	}
	return q
}

func (l links) to(path string, more ...string) string {
	q := l.query()
	for i := 0; i+1 < len(more); i += 2 {
		if more[i+1] != "" {
			q.Set(more[i], more[i+1])
		}
	}
	return path + "?" + q.Encode()
}

func (l links) unit(u assess.UnitCode) string  { return l.to("/d/" + url.PathEscape(string(u))) }
func (l links) framework(c assess.Code) string { return l.to("/f/" + url.PathEscape(string(c))) }
func (l links) indicators(f assess.Code) string {
	return l.to("/f/" + url.PathEscape(string(f)) + "/indicators")
}
func (l links) indicator(c assess.Code) string { return l.to("/i/" + url.PathEscape(string(c))) }
func (l links) why(u assess.UnitCode, c assess.Code) string {
	if u == "" {
		return ""
	}
	return l.to("/why/" + url.PathEscape(string(u)) + "/" + url.PathEscape(string(c)))
}

// self answers the address of the page itself with one parameter changed and the others kept. What the file has fixed stands in no
// address.
func (r Request) self(d Definition, parameter, value string) string {
	page := ""
	switch parameter {
	case "page":
		page = value
	case "base":
		r.BaseKind = value
	case "unit":
		r.Unit = assess.UnitCode(value)
	case "group":
		r.Group = assess.Code(value)
	case "framework":
		r.Framework = assess.Code(value)
	case "show":
		r.Show = value
	case "sort":
		r.Sort = value
	}
	q := linksOf(r).query()
	for _, one := range r.parts() {
		if !strings.Contains(d.Path, "{"+one.Name+"}") && d.asks(one.Name) && one.Value != "" {
			q.Set(one.Name, one.Value)
		}
	}
	if r.Show == showScore {
		r.Show = ""
	}
	for _, one := range []struct{ name, value string }{{"group", string(r.Group)}, {"show", r.Show}, {"sort", r.Sort}, {"page", page}} {
		if one.value != "" && !d.Fixed.has(one.name) {
			q.Set(one.name, one.value)
		}
	}
	if d.asks("units") {
		for _, u := range r.Units {
			q.Add(unitsName, string(u))
		}
	}
	return r.path(d) + "?" + q.Encode()
}

// parts are what may stand in the address before the question mark.
func (r Request) parts() []Field {
	return []Field{{"framework", string(r.Framework)}, {"unit", string(r.Unit)}, {"code", string(r.Code)}}
}

// path answers the address of the page before the question mark.
func (r Request) path(d Definition) string {
	path := d.Path
	for _, one := range r.parts() {
		path = strings.ReplaceAll(path, "{"+one.Name+"}", url.PathEscape(one.Value))
	}
	return path
}

const (
	// unitsName is the name of the parameter units in addresses: /compare?u=210102&u=210103.
	unitsName = "u"
	// knownName is that of the day as it was known on: as_of=2026-04-20.
	knownName = "as_of"
)

const (
	basePrev = "prev"
	baseYear = "year"

	showScore    = "score"
	showProgress = "progress"
	showRank     = "rank"
)
