package notify

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
)

// Letter is a message in words.
type Letter struct {
	ID      string
	Subject string
	Lines   []string // one for each thing
	Link    string   // where to do it; "" where the address of the site is not known
	Foot    string   // why this came, and how to end it
	Units   string   // the units it is about, for groups
	Period  string
}

// Text answers the letter as plain text.
func (l Letter) Text() string {
	var b strings.Builder
	for _, line := range l.Lines {
		b.WriteString("· " + line + "\n")
	}
	if l.Link != "" {
		b.WriteString("\n" + l.Link + "\n")
	}
	if l.Foot != "" {
		b.WriteString("\n-- \n" + l.Foot + "\n")
	}
	return b.String()
}

// Pen writes letters.
type Pen struct {
	Zone *time.Location
	// Site is the address people reach the pages at, such as https://board.example.org; "" where nobody has said it.
	Site string
	// Roster answers the units and the city of a year.
	Roster func(year int) assess.Roster
}

// Write puts a message into words. A group is told of its units together, a person of each thing alone.
func (p Pen) Write(words i18n.Words, m assess.Message) Letter {
	l := Letter{ID: m.ID, Foot: words.T("notify.foot")}
	if len(m.Notices) == 0 {
		return l
	}
	first := m.Notices[0]
	l.Period = words.Period(first.Period.String())
	l.Units = p.names(words, m.Notices)
	if m.Group != "" {
		l.Foot = ""
		for _, some := range alike(m.Notices) {
			l.Lines = append(l.Lines, p.say(words, some[0], p.names(words, some)))
		}
	} else {
		for i, n := range m.Notices {
			if !overtaken(n, m.Notices[i+1:]) {
				l.Lines = append(l.Lines, p.Say(words, n))
			}
		}
	}
	l.Subject = p.subject(words, m, l)
	if p.Site != "" {
		path := "/tasks"
		if m.Group != "" {
			path = "/calendar?" + url.Values{"q": {first.Period.String()}}.Encode()
		}
		l.Link = p.Site + path
	}
	return l
}

// overtaken says that a later notice says the same of a report and more: that figures wait, and that their review is due.
func overtaken(n assess.Notice, later []assess.Notice) bool {
	return n.Occasion == OnSubmission && slices.ContainsFunc(later, func(l assess.Notice) bool {
		return l.Occasion == OnReviewEve && l.Unit == n.Unit && l.Period == n.Period
	})
}

func (p Pen) subject(words i18n.Words, m assess.Message, l Letter) string {
	city := p.Roster(m.Notices[0].Period.CalendarYear()).City.Union.In(words.Lang())
	what := words.T("notify.subject.many", "n", len(l.Lines))
	if len(l.Lines) == 1 {
		what = words.T("notify.subject."+string(m.Notices[len(m.Notices)-1].Occasion), "period", l.Period)
	}
	if city == "" {
		return what
	}
	return words.T("notify.subject.from", "city", city, "what", what)
}

// Say puts one thing into words.
func (p Pen) Say(words i18n.Words, n assess.Notice) string {
	return p.say(words, n, p.names(words, []assess.Notice{n}))
}

func (p Pen) say(words i18n.Words, n assess.Notice, units string) string {
	key := "notify.say." + string(n.Occasion)
	switch {
	case n.Occasion == OnChase && n.Count > 0:
		key += ".returned"
	case n.Occasion == OnChase && n.Late:
		key += ".late"
	}
	return words.T(key, "unit", units, "period", words.Period(n.Period.String()), "due", p.moment(words, n.Due), "n", n.Count)
}

// moment writes a time for people: 4月10日17:00.
func (p Pen) moment(words i18n.Words, at time.Time) string {
	local := at.In(p.Zone)
	return words.T("notify.moment", "date", words.DayMonth(local), "time", local.Format("15:04"))
}

// names answers the units of some notices, each once.
func (p Pen) names(words i18n.Words, notices []assess.Notice) string {
	var names []string
	for _, n := range notices {
		name := string(n.Unit)
		if u, ok := p.Roster(n.Period.CalendarYear()).Unit(n.Unit); ok {
			name = u.Name.In(words.Lang())
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, words.T("notify.and"))
}

// alike puts the notices together that differ by their unit only.
func alike(notices []assess.Notice) (groups [][]assess.Notice) {
	same := func(a, b assess.Notice) bool {
		return a.Occasion == b.Occasion && a.Period == b.Period && a.Due.Equal(b.Due) && a.Late == b.Late && a.Count == b.Count
	}
	for _, n := range notices {
		at := slices.IndexFunc(groups, func(g []assess.Notice) bool { return same(g[0], n) })
		if at < 0 {
			groups = append(groups, nil)
			at = len(groups) - 1
		}
		groups[at] = append(groups[at], n)
	}
	return groups
}
