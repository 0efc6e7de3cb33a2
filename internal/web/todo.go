package web

import (
	"cmp"
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
	owed, err := s.cityTodos(r, v, rounds, now)
	if err != nil {
		return nil, err
	}
	silent, err := s.sourceTodos(r, v, now)
	if err != nil {
		return nil, err
	}
	differing, err := s.differenceTodos(r, v)
	if err != nil {
		return nil, err
	}
	publications, err := s.publicationTodos(r, v, rounds)
	if err != nil {
		return nil, err
	}
	releases, err := s.releaseTodos(r, v)
	if err != nil {
		return nil, err
	}
	list = slices.Concat(s.backupTodos(v), list, owed, said, matters, differing, silent, publications, releases)
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
		return scoringPath(t.Period)
	}
	return "/fill/" + q
}

// calendarDays answers how many days by the calendar of a place lie between two moments: a deadline of tomorrow is one day away at any hour.
func calendarDays(from, to time.Time, zone *time.Location) int {
	day := func(t time.Time) int {
		y, m, d := t.In(zone).Date()
		return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60))
	}
	return day(to) - day(from)
}

// left says how long something has, or since when it is late: in days by the calendar, on the last day in hours.
func (s *site) left(v *visit, due, now time.Time) string {
	days := calendarDays(now, due, s.Location)
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
