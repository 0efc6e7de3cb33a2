package web_test

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/notify"
)

// galleryReminders are the collection of the gallery's open quarter, which is late by three days, and what was told about it.
type galleryReminders struct {
	notify.Store // what only sending needs is not there
	g            *gallery
	states       map[assess.UnitCode]assess.FilingState
	waiting      map[assess.UnitCode]map[assess.Code]int
	returned     map[assess.UnitCode]int
	cycle        assess.CycleState
	opens        time.Time
	messages     []assess.Message // newest first
	contacts     map[string]assess.Contact
	phones       map[assess.UnitCode][]assess.Phone
	lines        []assess.AuditLine
	mail         bool
}

func newGalleryReminders(g *gallery) *galleryReminders {
	return &galleryReminders{
		g: g, cycle: assess.CycleOpen, mail: true, contacts: map[string]assess.Contact{}, opens: g.clock.at.AddDate(0, 0, -12),
		states: map[assess.UnitCode]assess.FilingState{
			"210102": assess.Draft, "210103": assess.Submitted, "210104": assess.Returned, "210105": assess.PendingSignature, "210124": assess.NotStarted,
		},
		waiting:  map[assess.UnitCode]map[assess.Code]int{"210103": {"org": 12, "rights": 3}},
		returned: map[assess.UnitCode]int{"210104": 2},
		phones:   map[assess.UnitCode][]assess.Phone{"210102": {{Name: "李娜", Number: "024-88886666"}}},
	}
}

func (c *galleryReminders) Rounds(ctx context.Context, _ assess.UnitCode, now time.Time) ([]notify.Round, error) {
	if c.cycle == "" {
		return nil, nil
	}
	round, err := c.Round(ctx, openQuarter(), now)
	return []notify.Round{round}, err
}

func (c *galleryReminders) Round(_ context.Context, p assess.Period, _ time.Time) (notify.Round, error) {
	open := p == openQuarter()
	if !open && p != openQuarter().Prev() {
		return notify.Round{}, assess.NotFound("problem.no_edition", "nothing is defined for that year")
	}
	day := func(n int) time.Time { return c.g.clock.at.Truncate(time.Hour).AddDate(0, 0, n) }
	round := notify.Round{Period: p, Cycle: assess.Cycle{Period: p, State: c.cycle}, PublishBy: day(10)}
	for _, u := range galleryUnits() {
		r := notify.Report{
			Unit: u, Period: p, Filing: assess.Filing{Unit: u.Code, Period: p, State: assess.Accepted, SubmittedAt: day(-5)},
			Times: notify.Times{
				Opens: c.opens, Deadline: day(-3), Overdue: day(-2), Review: day(1), ReviewBy: day(2), ReturnBy: day(2), CutOff: day(4),
			},
		}
		if open {
			r.Waiting, r.Returned = c.waiting[u.Code], c.returned[u.Code]
		}
		if state, ok := c.states[u.Code]; ok && open {
			r.Filing.State = state
			if state != assess.Submitted && state != assess.Returned {
				r.Filing.SubmittedAt = time.Time{}
			}
		}
		if u.Code == "210124" { // its deadline was extended
			r.Times.Deadline = day(1)
		}
		round.Reports = append(round.Reports, r)
	}
	return round, nil
}

func (c *galleryReminders) People(context.Context) ([]notify.Person, error) {
	var people []notify.Person
	all, err := c.g.people.Accounts(context.Background())
	if err != nil {
		c.g.people.t.Fatal(err)
	}
	for _, u := range all {
		contact := c.contacts[u.ID]
		people = append(people, notify.Person{
			ID: u.ID, Name: u.DisplayName, Role: u.Role, Unit: u.Unit, Department: u.Department, Email: contact.Email, Muted: contact.Muted,
		})
	}
	slices.SortFunc(people, func(a, b notify.Person) int { return strings.Compare(a.ID, b.ID) })
	return people, nil
}

func (c *galleryReminders) Remind(_ context.Context, messages []assess.Message, line func(assess.Message) assess.AuditLine) ([]assess.Message, error) {
	known := map[string]bool{}
	for _, m := range c.messages {
		for _, n := range m.Notices {
			known[n.Key] = true
		}
	}
	var made []assess.Message
	for _, m := range messages {
		m.Notices = slices.DeleteFunc(slices.Clone(m.Notices), func(n assess.Notice) bool { return known[n.Key] })
		if len(m.Notices) > 0 {
			made = append(made, m)
			c.lines = append(c.lines, line(m))
		}
	}
	c.messages = append(slices.Clone(made), c.messages...)
	return made, nil
}

func (c *galleryReminders) MessagesOf(_ context.Context, p assess.Period) ([]assess.Message, error) {
	return slices.DeleteFunc(slices.Clone(c.messages), func(m assess.Message) bool { return m.Notices[0].Period != p }), nil
}

func (c *galleryReminders) MessagesTo(_ context.Context, id string, _ time.Time) ([]assess.Message, error) {
	return slices.DeleteFunc(slices.Clone(c.messages), func(m assess.Message) bool { return m.Account != id }), nil
}

func (c *galleryReminders) Contact(_ context.Context, id string) (assess.Contact, error) {
	contact := c.contacts[id]
	contact.Account = id
	return contact, nil
}

func (c *galleryReminders) PutContact(_ context.Context, contact assess.Contact, line assess.AuditLine) error {
	c.contacts[contact.Account], c.lines = contact, append(c.lines, line)
	return nil
}

func (c *galleryReminders) Phones(context.Context) (map[assess.UnitCode][]assess.Phone, error) {
	return c.phones, nil
}

func (c *galleryReminders) PutPhones(_ context.Context, unit assess.UnitCode, phones []assess.Phone, line assess.AuditLine) error {
	c.phones[unit], c.lines = phones, append(c.lines, line)
	return nil
}

// silentMail is a way out by mail that nothing is handed to here.
type silentMail struct{}

func (silentMail) Lang() string                                      { return i18n.Chinese }
func (silentMail) Send(context.Context, notify.Letter, string) error { return nil }

// reminders answers those of the gallery, with a group beside the people.
func (g *gallery) reminders(t testing.TB, words *i18n.Catalogue) *notify.Reminders {
	t.Helper()
	zone := time.FixedZone("UTC+8", 8*60*60)
	r := &notify.Reminders{
		Collections: g.told, Store: g.told, Words: words, Log: slog.New(slog.DiscardHandler),
		Pen:    notify.Pen{Zone: zone, Roster: func(year int) assess.Roster { return galleryEdition(year).Roster }},
		Groups: []notify.Webhook{{Group: notify.Group{Name: "districts", Title: assess.Text{ZH: "填报工作群", EN: "Reporting group"}}, Channel: silentMail{}}},
	}
	if g.told.mail {
		r.Mail = silentMail{}
	}
	return r
}
