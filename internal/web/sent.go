package web

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// sentRow is a message that went to somebody, with how it went.
type sentRow struct {
	At, To, By string
	Lines      []string
	Ways       []sentWay
}

// sentWay is one way a message went out by.
type sentWay struct{ Channel, State, Class, Problem string }

// sentShown is how many messages the page of standings lists.
const sentShown = 40

// sentRows fills in what was sent about a round and how it went, what went wrong first.
func (s *site) sentRows(r *http.Request, v *visit, body *statusBody, told []assess.Message) error {
	people, err := s.Reminders.People(r.Context())
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, p := range people {
		names[p.ID] = p.Name
	}
	who := s.names(r.Context())
	wrong := func(m assess.Message) bool {
		return slices.ContainsFunc(m.Dispatches, func(d assess.Dispatch) bool { return trouble(d) })
	}
	ordered := slices.Clone(told)
	slices.SortStableFunc(ordered, func(a, b assess.Message) int {
		return map[bool]int{true: 0, false: 1}[wrong(a)] - map[bool]int{true: 0, false: 1}[wrong(b)]
	})
	for _, m := range ordered {
		if wrong(m) {
			body.Failed++
		}
		if len(body.Sent) == sentShown {
			body.More++
			continue
		}
		row := sentRow{At: s.moment(m.MadeAt), To: cmp.Or(names[m.Account], v.words.T("web.status.gone")), By: v.words.T("web.status.bycalendar")}
		if m.Group != "" {
			row.To = v.words.T("web.status.group", "name", s.Reminders.Title(m.Group).In(v.lang()))
		}
		if m.By != "system" {
			row.By = who(m.By)
		}
		for _, n := range m.Notices {
			row.Lines = append(row.Lines, s.say(r, v, n))
		}
		row.Ways = s.outWays(v, m)
		body.Sent = append(body.Sent, row)
	}
	return nil
}

// trouble says whether a person has to look at a dispatch: it was refused, or nobody knows what became of it. That its matter was
// settled before it could be sent is no trouble.
func trouble(d assess.Dispatch) bool {
	settled := d.Problem != nil && d.Problem.Key == "problem.notice_settled"
	return d.State == assess.DispatchUnknown || d.State == assess.DispatchFailed && !settled
}

// outWays says how a message went out: always by the pages, and by what else there is.
func (s *site) outWays(v *visit, m assess.Message) []sentWay {
	var ways []sentWay
	if m.Account != "" {
		ways = append(ways, sentWay{Channel: v.words.T("web.status.bypage"), State: v.words.T("dispatch.sent"), Class: "done"})
	}
	for _, d := range m.Dispatches {
		way := sentWay{Channel: v.words.T("web.status.bymail", "address", d.Address), State: v.words.T("dispatch." + string(d.State)), Class: "done"}
		if d.Channel != assess.ByMail {
			way.Channel = v.words.T("web.status.bywebhook")
		}
		if d.State == assess.DispatchSent {
			way.State += " " + s.moment(d.SentAt)
		}
		if trouble(d) {
			way.Class = "open"
		}
		if d.Problem != nil && d.State != assess.DispatchSent {
			way.Problem = v.problem(d.Problem)
			if d.State == assess.DispatchWaiting {
				way.Problem = v.words.T("web.status.again", "why", way.Problem, "at", s.moment(d.Next))
			}
		}
		ways = append(ways, way)
	}
	return ways
}
