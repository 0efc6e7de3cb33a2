package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/notify"
)

// statusRow is a district as the page of standings shows it.
type statusRow struct {
	Code, Name, State, Class, Due, Submitted string
	LateText, Returned, WaitingText          string
	Waiting                                  int
	Late, Owing                              bool
	Phones                                   []assess.Phone
	PhonesURL, ReviewURL, ChaseURL           string
	Told                                     string // when its people were reminded last
	Extended                                 bool
}

// departmentRow is a department with what waits for it.
type departmentRow struct {
	Name, Units string
	Waiting     int
}

// statusBody is what the page of standings shows.
type statusBody struct {
	Path, Sentence, Done string
	Filters              []link
	Rows                 []statusRow
	Departments          []departmentRow
	Sent                 []sentRow
	More                 int // messages that are not shown
	Failed               int
	MayChase             bool
	Chase                string // the words of the button; "" where there is nobody to chase
	Calendar             string
	Periods              []link
}

// statusShows are the districts that the page can be narrowed to, in the order of their links.
func statusShows() []string { return []string{"", "owing", "late", "returned", "waiting"} }

// showStatusNow leads to the quarter that is being collected: the first that is open, else the newest there is.
func (s *site) showStatusNow(w http.ResponseWriter, r *http.Request) error {
	rounds, err := s.Reminders.Rounds(r.Context(), "", s.Now())
	if err != nil {
		return err
	}
	for _, round := range rounds {
		if round.Cycle.State != assess.CycleScheduled {
			http.Redirect(w, r, "/status/"+round.Period.String(), http.StatusSeeOther)
			return nil
		}
	}
	p, err := s.collecting(r)
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/status/"+p.String(), http.StatusSeeOther)
	return nil
}

// statusPeriods answers links to the quarters whose standings can be seen: those being collected, then those that have figures.
func (s *site) statusPeriods(r *http.Request, current assess.Period) ([]link, error) {
	links, err := s.collections(r, "/status/", current)
	if err != nil {
		return nil, err
	}
	rounds, err := s.Reminders.Rounds(r.Context(), "", s.Now())
	if err != nil {
		return nil, err
	}
	for _, round := range rounds {
		one := link{URL: "/status/" + round.Period.String(), Text: visitFrom(r).words.Period(round.Period.String()), Current: round.Period == current}
		if !slices.Contains(links, one) {
			links = append([]link{one}, links...)
		}
	}
	return links, nil
}

// round answers the collection that the address names.
func (s *site) round(r *http.Request) (notify.Round, error) {
	p, err := assess.ParsePeriod(mux.Vars(r)["q"])
	if err != nil {
		return notify.Round{}, err
	}
	return s.Reminders.Round(r.Context(), p, s.Now())
}

func (s *site) showStatus(w http.ResponseWriter, r *http.Request) error {
	v, now := visitFrom(r), s.Now()
	round, err := s.round(r)
	if err != nil {
		return err
	}
	period := round.Period.String()
	body := statusBody{Path: "/status/" + period, MayChase: v.user.May(account.Chase, ""), Calendar: "/calendar?q=" + period, Done: s.chaseDone(r, v)}
	told, err := s.Notices.MessagesOf(r.Context(), round.Period)
	if err != nil {
		return err
	}
	all, err := s.statusRows(r, v, round, told)
	if err != nil {
		return err
	}
	show := r.URL.Query().Get("show")
	if !slices.Contains(statusShows(), show) {
		show = ""
	}
	for _, name := range statusShows() {
		n := 0
		for i, row := range all {
			if row.in(name, round.Reports[i]) {
				n++
				if name == show {
					body.Rows = append(body.Rows, row)
				}
			}
		}
		body.Filters = append(body.Filters, link{URL: v.with("show", name, "told", "", "before", "", "call", ""), Current: name == show, Text: v.words.T("web.status.show."+orAll(name), "n", strconv.Itoa(n))})
	}
	body.Sentence = s.statusSentence(v, round, now)
	if n := len(round.Chasable(now)); body.MayChase && n > 0 {
		body.Chase = v.words.T("web.status.chase.owing", "n", strconv.Itoa(n))
		if round.Chasable(now)[0].Late(now) {
			body.Chase = v.words.T("web.status.chase.late", "n", strconv.Itoa(n))
		}
	}
	body.Departments = s.departmentRows(r, v, round)
	if err := s.sentRows(r, v, &body, told); err != nil {
		return err
	}
	if body.Periods, err = s.statusPeriods(r, round.Period); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "status", page{
		Title: v.words.T("web.status.title", "period", v.words.Period(period)), Body: body, Style: "work.css",
	})
}

// in says whether a district belongs to what the page is narrowed to.
func (row statusRow) in(show string, report notify.Report) bool {
	switch show {
	case "owing":
		return row.Owing
	case "late":
		return row.Late
	case "returned":
		return report.Returned > 0
	case "waiting":
		return row.Waiting > 0
	}
	return true
}

// statusSentence says how many reports are in, and what is late.
func (s *site) statusSentence(v *visit, round notify.Round, now time.Time) string {
	period := v.words.Period(round.Period.String())
	if len(round.Reports) > 0 && now.Before(round.Reports[0].Times.Opens) {
		return v.words.T("web.status.closed", "period", period, "at", s.moment(round.Reports[0].Times.Opens))
	}
	in, late, back := 0, 0, 0
	for _, report := range round.Reports {
		switch {
		case !report.In() && report.Late(now):
			late++
		case report.Late(now):
			back++
		}
		if report.In() {
			in++
		}
	}
	args := []any{"period", period, "in", strconv.Itoa(in), "all", strconv.Itoa(len(round.Reports)), "due", s.moment(commonDeadline(round))}
	said := v.words.T("web.status.open", args...)
	if in == len(round.Reports) {
		said = v.words.T("web.status.complete", args...)
	}
	if late > 0 {
		said += v.words.T("web.status.late", "n", strconv.Itoa(late))
	}
	if back > 0 {
		said += v.words.T("web.status.lateback", "n", strconv.Itoa(back))
	}
	return said
}

// statusRows answers every district of a round, in official order.
func (s *site) statusRows(r *http.Request, v *visit, round notify.Round, told []assess.Message) ([]statusRow, error) {
	now, period := s.Now(), round.Period.String()
	chases := v.user.May(account.Chase, "")
	phones := map[assess.UnitCode][]assess.Phone{}
	if chases { // telephone numbers are for those who call
		var err error
		if phones, err = s.Notices.Phones(r.Context()); err != nil {
			return nil, err
		}
	}
	deadline := commonDeadline(round)
	rows := make([]statusRow, len(round.Reports))
	for i, one := range round.Reports {
		f := one.Filing
		state := cmp.Or(f.State, assess.NotStarted)
		row := statusRow{
			Code: string(one.Unit.Code), Name: one.Unit.Name.In(v.lang()), State: v.words.T("filing." + string(state)), Class: filingClass(state),
			Due: s.moment(one.Times.Deadline), Late: one.Late(now), Owing: one.Owing(now), Extended: one.Times.Deadline.After(deadline),
			Phones: phones[one.Unit.Code], Told: s.lastTold(v, one.Unit.Code, told),
		}
		if one.In() {
			row.Submitted = s.moment(f.SubmittedAt)
		}
		if !f.SubmittedAt.IsZero() {
			if v.user.May(account.ReadReports, one.Unit.Code) {
				row.ReviewURL = "/review/" + url.PathEscape(row.Code) + "/" + period
			}
		}
		if f.LateDays > 0 {
			row.LateText = v.words.T("web.review.late", "n", strconv.Itoa(f.LateDays))
		} else if row.Late {
			row.LateText = s.left(v, one.Due(), now)
		}
		if one.Returned > 0 {
			row.Returned = v.words.T("web.status.returned", "n", strconv.Itoa(one.Returned), "due", s.moment(one.Times.ReturnBy))
		}
		for _, n := range one.Waiting {
			row.Waiting += n
		}
		if chases {
			row.PhonesURL = "/phones/" + url.PathEscape(row.Code)
			row.ChaseURL = "/status/" + period + "/chase?" + url.Values{"unit": {row.Code}}.Encode()
		}
		rows[i] = row
	}
	return rows, nil
}

// commonDeadline answers the deadline of a round without extensions: the earliest.
func commonDeadline(round notify.Round) time.Time {
	earliest := time.Time{}
	for _, one := range round.Reports {
		if earliest.IsZero() || one.Times.Deadline.Before(earliest) {
			earliest = one.Times.Deadline
		}
	}
	return earliest
}

// lastTold says when the people of a unit were reminded last.
func (s *site) lastTold(v *visit, unit assess.UnitCode, told []assess.Message) string {
	for _, m := range told { // newest first
		for _, n := range m.Notices {
			if n.Unit == unit && m.Account != "" && n.Occasion != notify.OnSubmission && n.Occasion != notify.OnReviewEve {
				if n.Occasion == notify.OnChase {
					return v.words.T("web.status.told.chased", "at", s.moment(m.MadeAt))
				}
				return s.moment(m.MadeAt)
			}
		}
	}
	return ""
}

// departmentRows answers the departments that figures wait for, in the order of the definitions.
func (s *site) departmentRows(r *http.Request, v *visit, round notify.Round) []departmentRow {
	edition, err := s.Board.Edition(r.Context(), round.Period.CalendarYear())
	if err != nil {
		return nil
	}
	var rows []departmentRow
	for _, d := range edition.Departments {
		row := departmentRow{Name: d.Name.In(v.lang())}
		var units []string
		for _, one := range round.Reports {
			if n := one.Waiting[d.Code]; n > 0 {
				row.Waiting += n
				units = append(units, v.words.T("web.status.unitcount", "unit", cmp.Or(one.Unit.Short, one.Unit.Name).In(v.lang()), "n", strconv.Itoa(n)))
			}
		}
		if row.Waiting > 0 {
			row.Units = strings.Join(units, v.words.T("notify.and"))
			rows = append(rows, row)
		}
	}
	return rows
}
