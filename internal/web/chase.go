package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/notify"
)

// chaseBody is what the preview of a chase shows.
type chaseBody struct {
	Path, Sentence, Unit string
	People               []chasedRow
	Groups               []chasedRow
	Before, Silent       []string
	Back                 string
}

// chasedRow is somebody who would be told, how, and the words.
type chasedRow struct {
	Name, Unit, How, Subject, Text string
}

// showChase draws what a chase would tell, before anybody is told.
func (s *site) showChase(w http.ResponseWriter, r *http.Request) error {
	v := visitFrom(r)
	round, err := s.round(r)
	if err != nil {
		return err
	}
	unit := r.URL.Query().Get("unit")
	done, err := s.Reminders.Preview(r.Context(), chaseOf(round, unit), s.Now())
	if err != nil {
		return err
	}
	people, err := s.Reminders.People(r.Context())
	if err != nil {
		return err
	}
	body := chaseBody{Path: "/status/" + round.Period.String() + "/chase", Unit: unit, Back: "/status/" + round.Period.String()}
	units := map[assess.UnitCode]string{}
	for _, one := range round.Reports {
		units[one.Unit.Code] = one.Unit.Name.In(v.lang())
	}
	pen := s.pen(r)
	for _, m := range done.Messages {
		letter := pen.Write(v.words, m)
		row := chasedRow{Subject: letter.Subject, Text: strings.Join(letter.Lines, "\n"), How: v.words.T("web.status.bypage")}
		if m.Group != "" {
			row.Name, row.How = v.words.T("web.status.group", "name", s.Reminders.Title(m.Group).In(v.lang())), v.words.T("web.status.bywebhook")
			body.Groups = append(body.Groups, row)
			continue
		}
		if at := slices.IndexFunc(people, func(p notify.Person) bool { return p.ID == m.Account }); at >= 0 {
			p := people[at]
			row.Name, row.Unit = p.Name, units[p.Unit]
			if s.Reminders.SendsMail() && p.Email != "" && !p.Muted {
				row.How += v.words.T("notify.and") + v.words.T("web.status.bymail", "address", p.Email)
			}
		}
		body.People = append(body.People, row)
	}
	for _, p := range done.Before {
		body.Before = append(body.Before, p.Name+" · "+units[p.Unit])
	}
	for _, code := range done.Silent {
		body.Silent = append(body.Silent, units[code])
	}
	body.Sentence = v.words.T("web.chase.sentence", "units", strconv.Itoa(len(done.Units)), "people", strconv.Itoa(len(body.People)))
	switch {
	case len(body.People) == 0 && len(body.Before) == 0:
		body.Sentence = v.words.T("web.chase.noaccount")
	case len(body.People) == 0:
		body.Sentence = v.words.T("web.chase.nobody")
	}
	return s.render(w, r, http.StatusOK, "chase", page{Title: v.words.T("web.chase.title", "period", v.words.Period(round.Period.String())), Body: body, Style: "work.css"})
}

func chaseOf(round notify.Round, unit string) notify.Chase {
	c := notify.Chase{Period: round.Period}
	if unit != "" {
		c.Units = []assess.UnitCode{assess.UnitCode(unit)}
	}
	return c
}

// chase reminds everybody who is late, or one district.
func (s *site) chase(w http.ResponseWriter, r *http.Request) error {
	if err := only(r, "unit"); err != nil {
		return err
	}
	v := visitFrom(r)
	round, err := s.round(r)
	if err != nil {
		return err
	}
	c := chaseOf(round, r.PostForm.Get("unit"))
	c.Line = s.line(r, v.user, "notice.chase", round.Period.String())
	done, err := s.Reminders.Chase(r.Context(), c, s.Now())
	if err != nil {
		return err
	}
	told := 0
	for _, m := range done.Messages {
		if m.Account != "" {
			told++
		}
	}
	q := url.Values{"told": {strconv.Itoa(told)}, "before": {strconv.Itoa(len(done.Before))}, "call": {strconv.Itoa(len(done.Silent))}}
	http.Redirect(w, r, fmt.Sprintf("/status/%s?%s", round.Period, q.Encode()), http.StatusSeeOther)
	return nil
}

// chaseDone says what came of the chase that led here.
func (s *site) chaseDone(r *http.Request, v *visit) string {
	q := r.URL.Query()
	number := func(name string) (int, bool) {
		n, err := strconv.Atoi(q.Get(name))
		return n, err == nil && n >= 0 && n < 1000
	}
	told, ok := number("told")
	before, okBefore := number("before")
	call, okCall := number("call")
	if !ok || !okBefore || !okCall {
		return ""
	}
	said := ""
	switch {
	case told > 0:
		said = v.words.T("web.chase.told", "n", strconv.Itoa(told))
	case before > 0:
		said = v.words.T("web.chase.again")
	}
	if before > 0 {
		said += v.words.T("web.chase.before", "n", strconv.Itoa(before))
	}
	if call > 0 {
		said += v.words.T("web.chase.call", "n", strconv.Itoa(call))
	}
	return said
}
