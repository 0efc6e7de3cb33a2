package web

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
	"github.com/unionboard/unionboard/internal/matter"
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

// todo is one thing to be done, as the page of tasks shows it.
type todo struct {
	URL, What, Unit, Period, Due, Left, Do string
	Late                                   bool
	due                                    time.Time
}

// personOfUser answers an account as reminders see it.
func personOfUser(u account.User) notify.Person {
	return notify.Person{ID: u.ID, Name: u.DisplayName, Role: u.Role, Unit: u.Unit, Department: u.Department}
}

// todos answers what the reader has to do now, what is due first first.
func (s *site) todos(r *http.Request, v *visit, rounds []notify.Round) ([]todo, error) {
	now := s.Now().In(s.Location)
	var list []todo
	for _, t := range notify.Tasks(personOfUser(v.user), rounds, now) {
		list = append(list, s.reportTodo(v, t, now))
	}
	said, err := s.commentTodos(r, v, rounds, now)
	if err != nil {
		return nil, err
	}
	matters, err := s.matterTodos(r, v, now)
	if err != nil {
		return nil, err
	}
	list = slices.Concat(list, said, matters)
	slices.SortStableFunc(list, func(a, b todo) int {
		switch {
		case a.due.IsZero() == b.due.IsZero():
			return a.due.Compare(b.due)
		case a.due.IsZero():
			return 1
		}
		return -1
	})
	return list, nil
}

// reportTodo puts a task of a collection into words.
func (s *site) reportTodo(v *visit, t notify.Task, now time.Time) todo {
	one := todo{
		URL: taskPath(t), Unit: t.Unit.Name.In(v.lang()), Period: v.words.Period(t.Period.String()), Late: t.Late, due: t.Due,
		What: v.words.T("web.todo."+string(t.Kind), "n", strconv.Itoa(t.Count)), Do: v.words.T("web.todo." + string(t.Kind) + ".do"),
	}
	if t.Kind == notify.ToChase && t.Late {
		one.What = v.words.T("web.todo.chase.late", "n", strconv.Itoa(t.Count))
	}
	if t.Kind == notify.ToRefill && t.Count == 0 { // every returned figure has its answer: it goes to the chair again
		one.What = v.words.T("web.todo.refilled")
	}
	if v.user.Unit != "" {
		one.Unit = ""
	}
	if !t.Due.IsZero() {
		one.Due, one.Left = s.moment(t.Due), s.left(v, t.Due, now)
	}
	return one
}

// taskPath answers where a task is done.
func taskPath(t notify.Task) string {
	q := t.Period.String()
	switch t.Kind {
	case notify.ToCheck:
		return "/fill/" + q + "/check"
	case notify.ToSign:
		return "/fill/" + q + "/cover"
	case notify.ToReview:
		return "/review/" + url.PathEscape(string(t.Unit.Code)) + "/" + q
	case notify.ToChase:
		return "/status/" + q + "?show=owing"
	case notify.ToWait:
		return "/status/" + q + "?show=waiting"
	case notify.ToPublish:
		return "/?q=" + q
	}
	return "/fill/" + q
}

// left says how long something has, or since when it is late: in days by the calendar, on the last day in hours.
func (s *site) left(v *visit, due, now time.Time) string {
	day := func(t time.Time) int {
		y, m, d := t.In(s.Location).Date()
		return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60))
	}
	days := day(due) - day(now)
	switch {
	case now.After(due) && days == 0:
		return v.words.T("web.left.over")
	case now.After(due):
		return v.words.T("web.left.since", "n", strconv.Itoa(-days))
	case days == 0:
		return v.words.T("web.left.today", "time", due.In(s.Location).Format("15:04"))
	}
	return v.words.T("web.left.days", "n", strconv.Itoa(days))
}

// answerDays is for how many days what the other side has said waits for an answer: after that nobody expects one.
const answerDays = 7

// commentTodos answers the reports about which the other side has said the last word: the city to reporters, a district to the
// department whose figure it is.
func (s *site) commentTodos(r *http.Request, v *visit, rounds []notify.Round, now time.Time) ([]todo, error) {
	reporter, reviewer := v.user.Role == assess.DistrictReporter, v.user.Role == assess.CityReviewer
	edition := s.editionFor(r, nil)
	if !reporter && !reviewer || edition == nil {
		return nil, nil
	}
	var list []todo
	for _, round := range rounds {
		for _, one := range round.Reports {
			if reporter && one.Unit.Code != v.user.Unit || one.Filing.State == assess.Accepted || one.Filing.State == assess.Locked {
				continue
			}
			heard, err := s.Matters.Heard(r.Context(), one.Unit.Code, round.Period, v.user)
			if err != nil {
				return nil, err
			}
			last := map[assess.Code]assess.Comment{}
			for _, c := range heard { // oldest first
				last[c.Code] = c
			}
			n := 0
			for code, c := range last {
				item, _ := edition.Item(code)
				mine := reporter && !account.OfDistrict(c.Role) || reviewer && account.OfDistrict(c.Role) && item.Department == v.user.Department
				if mine && now.Sub(c.At) < answerDays*24*time.Hour {
					n++
				}
			}
			if n == 0 {
				continue
			}
			t := todo{
				What: v.words.T("web.todo.answer", "n", strconv.Itoa(n)), Do: v.words.T("web.todo.answer.do"), Period: v.words.Period(round.Period.String()),
				URL: "/fill/" + round.Period.String(),
			}
			if reviewer {
				t.Unit, t.URL = one.Unit.Name.In(v.lang()), "/review/"+url.PathEscape(string(one.Unit.Code))+"/"+round.Period.String()
			}
			list = append(list, t)
		}
	}
	return list, nil
}

// matterTodos answers the corrections, appeals and tasks whose next step is the reader's.
func (s *site) matterTodos(r *http.Request, v *visit, now time.Time) ([]todo, error) {
	edition := s.editionFor(r, nil)
	var list []todo
	for _, kind := range []assess.MatterKind{assess.Correction, assess.Appeal, assess.Task} {
		all, err := s.Matters.List(r.Context(), assess.MatterQuery{Kind: kind}, v.user)
		if err != nil {
			return nil, err
		}
		for i := range all {
			mine, err := s.isMine(r, v, &all[i])
			if err != nil {
				return nil, err
			}
			if mine {
				list = append(list, s.matterTodo(v, &all[i], edition, now))
			}
		}
	}
	return list, nil
}

// isMine says whether the next step of a matter is the reader's. Who took which step so far is looked up only where it matters.
func (s *site) isMine(r *http.Request, v *visit, m *assess.Matter) (bool, error) {
	if final(m) || !hisTurn(v.user, m) {
		return false, nil
	}
	whole, err := s.Matters.One(r.Context(), m.ID, v.user)
	return err == nil && hisTurn(v.user, &whole), err
}

func (s *site) matterTodo(v *visit, m *assess.Matter, edition *assess.Edition, now time.Time) todo {
	row := s.matterRow(v, m, edition)
	one := todo{
		URL: row.URL, Unit: row.UnitName, Period: row.PeriodText, Late: row.Overdue,
		What: v.words.T("web.todo."+string(m.Kind), "title", cmp.Or(m.Title, row.CodeName)), Do: v.words.T("web.todo." + string(m.Kind) + ".do"),
	}
	if !m.Due.IsZero() {
		one.due = time.Date(m.Due.Year(), m.Due.Month(), m.Due.Day(), 23, 59, 0, 0, s.Location) // the whole day
		one.Due, one.Left = row.DueText, s.left(v, one.due, now)
	}
	return one
}

// hisTurn says whether a matter waits for the account: the next step is theirs, and it is more than taking up again what is closed.
func hisTurn(u account.User, m *assess.Matter) bool {
	return slices.ContainsFunc(matter.Actions(u, m), func(a cycle.Action) bool { return a != cycle.Reopen || m.State == string(assess.TaskReported) })
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
	rounds, err := s.Reminders.Rounds(r.Context(), now)
	if err != nil {
		return err
	}
	todos, err := s.todos(r, v, rounds)
	if err != nil {
		return err
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

// badge answers how many things the reader has to do. The frame must not be what breaks a page: what cannot be counted is none.
func (s *site) badge(r *http.Request, v *visit) int {
	if !v.user.May(account.ReadDefinitions, "") {
		return 0
	}
	rounds, err := s.Reminders.Rounds(r.Context(), s.Now())
	if err == nil {
		var todos []todo
		if todos, err = s.todos(r, v, rounds); err == nil {
			return len(todos)
		}
	}
	s.Log.LogAttrs(r.Context(), slog.LevelWarn, "the tasks cannot be counted", slog.String("request", numberOf(r)), slog.String("error", err.Error()))
	return 0
}
