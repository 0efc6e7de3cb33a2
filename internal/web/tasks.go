package web

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/notify"
)

// Reminders know where the reports stand and remind who owes one.
type Reminders interface {
	notify.Collections
	// Chase reminds those who owe a report; Preview answers what it would tell, and tells nothing. A unit that does not report is
	// ErrNotFound; one that owes nothing, or nobody to chase, is ErrConflict.
	Chase(ctx context.Context, c notify.Chase, now time.Time) (notify.Chased, error)
	Preview(ctx context.Context, c notify.Chase, now time.Time) (notify.Chased, error)
	// SendsMail says whether mail leaves the product; Title what a group is called.
	SendsMail() bool
	Title(group assess.Code) assess.Text
}

// Notices are what people were told and how they are reached, as the store keeps it.
type Notices interface {
	// MessagesTo answers what an account was told since a time, MessagesOf what was told about the reports of a period; newest first.
	MessagesTo(ctx context.Context, account string, since time.Time) ([]assess.Message, error)
	MessagesOf(ctx context.Context, p assess.Period) ([]assess.Message, error)
	// Contact answers how an account is reached, PutContact sets it.
	Contact(ctx context.Context, account string) (assess.Contact, error)
	PutContact(ctx context.Context, c assess.Contact, line assess.AuditLine) error
	// Phones answers who is called in each unit, PutPhones sets the list of one.
	Phones(ctx context.Context) (map[assess.UnitCode][]assess.Phone, error)
	PutPhones(ctx context.Context, unit assess.UnitCode, phones []assess.Phone, line assess.AuditLine) error
}

// tasksBody is what the page of tasks shows.
type tasksBody struct {
	Sentence string
	Todos    []todo
	// Why says why there is nothing, and Next what comes.
	Why, Next string
	NextURL   string
	Told      []toldRow
	Settings  string // what the link to the settings of reminders says
}

// toldRow is a reminder that the reader was given.
type toldRow struct {
	At    string
	Lines []string
}

// toldDays is for how many days the page of tasks shows what the reader was told.
const toldDays = 30

func (s *site) showTasks(w http.ResponseWriter, r *http.Request) error {
	v, now := visitFrom(r), s.Now()
	rounds, err := s.Reminders.Rounds(r.Context(), v.user.Unit, now)
	if err != nil {
		return err
	}
	of, kept := s.counted(r)
	todos, err := s.todos(r, v, rounds)
	if err != nil {
		return err
	}
	if kept {
		s.badges.keep(of, v.user.ID, len(todos))
	}
	body := tasksBody{Todos: todos, Settings: v.words.T("web.notices.title")}
	late := 0
	for _, t := range todos {
		if t.Late {
			late++
		}
	}
	switch {
	case late > 0:
		body.Sentence = v.words.T("web.tasks.late", "n", strconv.Itoa(len(todos)), "late", strconv.Itoa(late))
	case len(todos) > 0 && todos[0].Due != "":
		body.Sentence = v.words.T("web.tasks.some", "n", strconv.Itoa(len(todos)), "due", todos[0].Due, "left", todos[0].Left)
	case len(todos) > 0:
		body.Sentence = v.words.T("web.tasks.undated", "n", strconv.Itoa(len(todos)))
	default:
		body.Sentence = v.words.T("web.tasks.none")
		s.whyNothing(&body, v, rounds, now)
	}
	messages, err := s.Notices.MessagesTo(r.Context(), v.user.ID, now.AddDate(0, 0, -toldDays))
	if err != nil {
		return err
	}
	for _, m := range messages {
		row := toldRow{At: s.moment(m.MadeAt)}
		for _, n := range m.Notices {
			row.Lines = append(row.Lines, s.say(r, v, n))
		}
		body.Told = append(body.Told, row)
	}
	return s.render(w, r, http.StatusOK, "tasks", page{Title: v.words.T("web.tasks.title"), Body: body, Style: "work.css"})
}

// whyNothing says why the reader has nothing to do, and what comes next.
func (s *site) whyNothing(body *tasksBody, v *visit, rounds []notify.Round, now time.Time) {
	body.NextURL, body.Next = "/calendar", v.words.T("web.tasks.calendar")
	district := v.user.Unit != ""
	switch {
	case !v.user.May(account.ReadReports, v.user.Unit):
		body.Why = v.words.T("web.tasks.why.role")
		body.NextURL, body.Next = landing(v.user), v.words.T("web.tasks.home")
	case v.user.Role == assess.CityReviewer && v.user.Department == "":
		body.Why = v.words.T("web.tasks.why.department")
	case len(rounds) == 0:
		body.Why = v.words.T("web.tasks.why.closed")
	case district:
		body.Why = s.whyNothingInDistrict(v, rounds, now)
	case v.user.Role == assess.CityReviewer:
		body.Why = v.words.T("web.tasks.why.review", "period", v.words.Period(rounds[len(rounds)-1].Period.String()))
	default:
		body.Why = v.words.T("web.tasks.why.city")
	}
}

// whyNothingInDistrict says where the district's report stands: handed in, with somebody else, not open yet.
func (s *site) whyNothingInDistrict(v *visit, rounds []notify.Round, now time.Time) string {
	last := rounds[len(rounds)-1]
	for _, round := range rounds {
		for _, report := range round.Reports {
			if report.Unit.Code != v.user.Unit {
				continue
			}
			period := v.words.Period(round.Period.String())
			switch {
			case now.Before(report.Times.Opens):
				if round.Period == last.Period {
					return v.words.T("web.tasks.why.opens", "period", period, "at", s.moment(report.Times.Opens))
				}
			case report.Owing(now):
				return v.words.T("web.tasks.why.others", "period", period, "state", v.words.T("filing."+string(report.Filing.State)))
			case round.Period == last.Period:
				return v.words.T("web.tasks.why.in", "period", period, "state", v.words.T("filing."+string(report.Filing.State)))
			}
		}
	}
	return v.words.T("web.tasks.why.closed")
}

// pen writes reminders in words, with the units of the year they are about.
func (s *site) pen(r *http.Request) notify.Pen {
	return notify.Pen{Zone: s.Location, Roster: func(year int) assess.Roster {
		edition, err := s.Board.Edition(r.Context(), year)
		if err != nil {
			return assess.Roster{} // units go by their codes then
		}
		return edition.Roster
	}}
}

// say puts a notice into words for the reader.
func (s *site) say(r *http.Request, v *visit, n assess.Notice) string {
	return s.pen(r).Say(v.words, n)
}
