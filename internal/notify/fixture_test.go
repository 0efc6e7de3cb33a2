package notify_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/notify"
	"github.com/unionboard/unionboard/internal/store"
)

var (
	zone = time.FixedZone("UTC+8", 8*60*60)
	q1   = assess.NewQuarter(2026, 1)
)

// at reads a time of the city's clocks in April 2026: "10 17:00".
func at(text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", "2026-04-"+text, zone)
	if err != nil {
		panic(err)
	}
	return t
}

// times are those of the first quarter of 2026: D+1 is 1 April, the 4th to 6th are off.
func times() notify.Times {
	return notify.Times{
		Opens: at("01 00:00"), Deadline: at("10 17:00"), Overdue: at("13 09:00"),
		Review: at("14 09:00"), ReviewBy: at("15 17:00"), ReturnBy: at("17 17:00"), CutOff: at("17 17:00"),
		Reminders: []notify.Reminder{
			{Code: "first", To: assess.ToDrafts, At: at("03 09:00")},
			{Code: "second", To: assess.ToUnsubmitted, At: at("09 09:00")},
			{Code: "last", To: assess.ToChairs, At: at("10 14:00")},
		},
	}
}

func roster() assess.Roster {
	unit := func(code, zh, en string) assess.Unit {
		return assess.Unit{Code: assess.UnitCode(code), Name: assess.Text{ZH: zh, EN: en}}
	}
	return assess.Roster{
		City:  assess.Unit{Code: "210100", Union: assess.Text{ZH: "沈阳市总工会", EN: "Shenyang Municipal Federation of Trade Unions"}},
		Units: []assess.Unit{unit("210102", "和平区", "Heping District"), unit("210103", "沈河区", "Shenhe District"), unit("210104", "大东区", "Dadong District")},
	}
}

// city is collections whose reports the test moves.
type city struct {
	people  []notify.Person
	reports []notify.Report
	cycle   assess.Cycle
	failing error
}

// newCity is a city of three districts with a reporter, a checker and a chair each, but nobody in the last, and two reviewers.
func newCity() *city {
	c := &city{cycle: assess.Cycle{Period: q1, State: assess.CycleOpen}}
	for _, u := range roster().Units {
		c.reports = append(c.reports, notify.Report{Unit: u, Period: q1, Times: times(), Filing: assess.Filing{Unit: u.Code, Period: q1, State: assess.NotStarted}})
	}
	for _, u := range roster().Units[:2] {
		for name, role := range map[string]assess.Role{"reporter": assess.DistrictReporter, "checker": assess.DistrictChecker, "chair": assess.DistrictChair} {
			id := name + "-" + string(u.Code)
			c.people = append(c.people, notify.Person{ID: id, Name: id, Role: role, Unit: u.Code, Email: id + "@example.org"})
		}
	}
	for _, d := range []assess.Code{"organisation", "rights"} {
		id := "reviewer-" + string(d)
		c.people = append(c.people, notify.Person{ID: id, Name: id, Role: assess.CityReviewer, Department: d, Email: id + "@example.org"})
	}
	slices.SortFunc(c.people, func(a, b notify.Person) int { return strings.Compare(a.ID, b.ID) })
	return c
}

func (c *city) round() notify.Round {
	return notify.Round{Period: q1, Cycle: c.cycle, Reports: slices.Clone(c.reports)}
}

func (c *city) Rounds(context.Context, assess.UnitCode, time.Time) ([]notify.Round, error) {
	return []notify.Round{c.round()}, c.failing
}

func (c *city) Round(_ context.Context, p assess.Period, _ time.Time) (notify.Round, error) {
	if p != q1 {
		return notify.Round{}, assess.NotFound("problem.no_edition", "nothing is defined for that year")
	}
	return c.round(), c.failing
}

func (c *city) People(context.Context) ([]notify.Person, error) { return c.people, c.failing }

// move sets the state of a unit's report at a time, as the filing's rules do.
func (c *city) move(unit assess.UnitCode, state assess.FilingState, when time.Time) {
	i := slices.IndexFunc(c.reports, func(r notify.Report) bool { return r.Unit.Code == unit })
	r := &c.reports[i]
	r.Filing.State, r.Filing.UpdatedAt = state, when
	r.Waiting, r.Returned = nil, 0
	switch state {
	case assess.Submitted:
		r.Filing.SubmittedAt = when
		r.Waiting = map[assess.Code]int{"organisation": 12, "rights": 5}
	case assess.Returned:
		r.Filing.Rounds++
		r.Returned = 2
	}
}

// channel keeps the letters it is given and answers as the test wishes.
type channel struct {
	lang  string
	sent  []string // ID and address of every letter that may have arrived
	texts []notify.Letter
	reply func(notify.Letter) error
}

func (c *channel) Lang() string { return c.lang }

func (c *channel) Send(_ context.Context, l notify.Letter, address string) error {
	var err error
	if c.reply != nil {
		err = c.reply(l)
	}
	if err == nil {
		c.sent = append(c.sent, l.ID+" "+address)
		c.texts = append(c.texts, l)
	}
	return err
}

func words(t testing.TB) *i18n.Catalogue {
	t.Helper()
	w, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func pen() notify.Pen {
	return notify.Pen{Zone: zone, Site: "https://board.example.org", Roster: func(int) assess.Roster { return roster() }}
}

// newReminders are the reminders of a city on a store, with mail and the group of all districts.
func newReminders(t testing.TB, s notify.Store, c *city) (r *notify.Reminders, mail, group *channel) {
	t.Helper()
	mail, group = &channel{lang: i18n.Chinese}, &channel{lang: i18n.Chinese}
	return &notify.Reminders{
		Store: s, Collections: c, Pen: pen(), Words: words(t), Log: slog.New(slog.DiscardHandler), Mail: mail,
		Groups: []notify.Webhook{{Group: notify.Group{Name: "districts"}, Channel: group}},
	}, mail, group
}

// said writes messages as lines: who, and what of which unit.
func said(messages []assess.Message) (lines []string) {
	for _, m := range messages {
		var what []string
		for _, n := range m.Notices {
			what = append(what, fmt.Sprintf("%s %s", n.Occasion, n.Unit))
		}
		lines = append(lines, m.Account+string(m.Group)+": "+strings.Join(what, ", "))
	}
	return lines
}

func chaseLine() assess.AuditLine { return assess.AuditLine{Actor: "analyst"} }

var _ notify.Store = (*store.Store)(nil)
