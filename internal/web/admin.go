package web

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/doctor"
)

// adminBody is the overview of the administration.
type adminBody struct {
	Sentence string
	Trouble  string     // of the machine, in full
	Health   string     // how the installation stands, in one sentence; "" where it is not looked at
	Findings []checkRow // what is not good of it
	Sound    []string   // what is
	KeptOut  []accountRow
	Rules    []ruleRow
	Calendar bool // whether the reader enters the days off
}

// checkRow is a finding that somebody should look at.
type checkRow struct{ State, Class, Text, Remedy string }

// examine fills in how the installation stands.
func (b *adminBody) examine(v *visit, found []doctor.Finding) {
	count := map[doctor.State]int{}
	for _, f := range found {
		count[f.State]++
		if f.State == doctor.Good {
			b.Sound = append(b.Sound, f.Says(v.words))
			continue
		}
		row := checkRow{State: v.words.T("doctor.state." + string(f.State)), Text: f.Says(v.words), Remedy: f.Remedy(v.words)}
		if f.State == doctor.Wrong {
			row.Class = "open"
		}
		b.Findings = append(b.Findings, row)
	}
	b.Health = v.words.T("doctor.sum", "good", count[doctor.Good], "look", count[doctor.Look], "wrong", count[doctor.Wrong], "skipped", count[doctor.Skipped])
}

// ruleRow is a setting in force.
type ruleRow struct{ Name, Value string }

// showAdmin shows how the installation stands, which accounts nobody can sign in with, and the rules in force.
func (s *site) showAdmin(w http.ResponseWriter, r *http.Request) error {
	all, err := s.Accounts.Accounts(r.Context())
	if err != nil {
		return fmt.Errorf("administration: %w", err)
	}
	tokens, err := s.Keys.Tokens(r.Context())
	if err != nil {
		return fmt.Errorf("administration: %w", err)
	}
	v, e := visitFrom(r), s.editionFor(r, nil)
	trouble := ""
	if p := s.Trouble(); p != nil {
		trouble = v.words.Say(p.Key, p.Args)
	}
	body := adminBody{Trouble: trouble, Rules: s.rulesInForce(v), Calendar: v.user.May(account.EditCalendar, "")}
	without := 0
	for _, u := range all {
		row := s.accountRow(v, e, u)
		if row.KeptOut {
			body.KeptOut = append(body.KeptOut, row)
		}
		if u.CodeSecret == "" {
			without++
		}
	}
	living := 0
	for _, t := range tokens {
		if t.Lives(s.Now()) {
			living++
		}
	}
	body.Sentence = v.words.T("web.admin.sentence", "n", len(all), "out", len(body.KeptOut), "without", without, "tokens", living)
	if s.Checkup != nil {
		body.examine(v, s.Checkup(r.Context()))
	}
	return s.render(w, r, http.StatusOK, "admin", page{Title: v.words.T("web.admin"), Body: body, Style: "work.css"})
}

// rulesInForce words the settings about accounts.
func (s *site) rulesInForce(v *visit) []ruleRow {
	yes := func(b bool) string {
		if b {
			return v.words.T("web.yes")
		}
		return v.words.T("web.no")
	}
	days := func(d time.Duration) string {
		if d == 0 {
			return v.words.T("web.never")
		}
		return v.words.T("web.days", "n", int(d.Hours()/24))
	}
	factor := make([]string, 0, len(s.Rules.SecondFactor))
	for _, role := range s.Rules.SecondFactor {
		if role != assess.SecurityAdmin || s.Rules.Divided {
			factor = append(factor, roleName(v, nil, role))
		}
	}
	if len(factor) == 0 {
		factor = append(factor, v.words.T("web.rule.nobody"))
	}
	return []ruleRow{
		{v.words.T("web.rule.min"), v.words.T("web.rule.characters", "n", s.Rules.MinPassword)},
		{v.words.T("web.rule.composed"), yes(s.Rules.Composed)},
		{v.words.T("web.rule.age"), days(s.Rules.PasswordAge)},
		{v.words.T("web.rule.history"), v.words.T("web.rule.times", "n", s.Rules.History)},
		{v.words.T("web.rule.unused"), days(s.Rules.Unused)},
		{v.words.T("web.rule.factor"), strings.Join(factor, v.words.T("web.list.sep"))},
		{v.words.T("web.rule.divided"), yes(s.Rules.Divided)},
		{v.words.T("web.rule.idle"), v.words.T("web.minutes", "n", int(s.IdleTimeout.Minutes()))},
		{v.words.T("web.rule.lifetime"), v.words.T("web.minutes", "n", int(s.Lifetime.Minutes()))},
		{v.words.T("web.rule.https"), yes(!s.PlainHTTP)},
	}
}
