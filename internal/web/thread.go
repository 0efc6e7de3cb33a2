package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/matter"
)

// addComment keeps what somebody says and leads back to where it was said.
func (s *site) addComment(w http.ResponseWriter, r *http.Request) error {
	if err := only(r, "unit", "period", "code", "audience", "text", "back"); err != nil {
		return err
	}
	v, form := visitFrom(r), r.PostForm
	p, err := assess.ParsePeriod(form.Get("period"))
	if err != nil {
		return err
	}
	c := assess.Comment{
		Unit: assess.UnitCode(form.Get("unit")), Period: p, Code: assess.Code(form.Get("code")), Reach: assess.Reach(form.Get("audience")),
		Text: strings.TrimSpace(strings.ReplaceAll(form.Get("text"), "\r\n", "\n")), // a line break counts once, as the field counts it
	}
	if v.user.Unit != "" && c.Unit != v.user.Unit {
		return errNoReport()
	}
	back := ownPath(form.Get("back"))
	err = s.Matters.Say(r.Context(), c, v.user, s.line(r, v.user, "", ""))
	if p, ok := spoken(err); ok {
		return s.drawUnsaid(w, r, c, back, v.problem(p))
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, back+"#thread", http.StatusSeeOther)
	return nil
}

// drawUnsaid shows a comment that was not taken, as it was written, and why.
func (s *site) drawUnsaid(w http.ResponseWriter, r *http.Request, c assess.Comment, back, fault string) error {
	v := visitFrom(r)
	t := &thread{Unit: string(c.Unit), Period: c.Period.String(), Code: string(c.Code), Back: back, Token: formToken(s.formSecret(r)), Text: c.Text, Fault: fault}
	for _, to := range matter.Audiences(v.user, c.Unit) {
		t.Audiences = append(t.Audiences, option{Value: string(to), Text: v.words.T("web.audience." + string(to)), Chosen: to == c.Reach})
	}
	return s.render(w, r, http.StatusUnprocessableEntity, "unsaid", page{Title: v.words.T("web.thread"), Body: t, Wrong: true})
}

// thread is what was said about a figure, a score or a report, with the form to say more.
type thread struct {
	Unit, Period, Code, Back, Token string
	Said                            []said
	Audiences                       []option
	Text, Fault                     string // what was written and not taken, and why
}

// said is a comment as the pages show it.
type said struct {
	By, Role, At, Audience, Text, Code string
	Assign                             string // where it is made a task; "" for who assigns none
}

// assignment answers where something is made a task, with what is known of it filled in; "" for who assigns none.
func assignment(v *visit, unit assess.UnitCode, p assess.Period, code assess.Code, origin, title string) string {
	if !v.user.May(account.OpenTask, unit) {
		return ""
	}
	return "/actions?" + url.Values{
		"unit": {string(unit)}, "code": {string(code)}, "period": {p.String()}, "origin": {origin}, "title": {title},
	}.Encode() + "#new"
}

// threadOf answers what the reader may hear about a unit and period, of one code or of all for "".
func (s *site) threadOf(r *http.Request, unit assess.UnitCode, p assess.Period, code assess.Code) (*thread, error) {
	v := visitFrom(r)
	all, err := s.Matters.Heard(r.Context(), unit, p, v.user)
	if err != nil {
		return nil, err
	}
	t := &thread{Unit: string(unit), Period: p.String(), Code: string(code), Back: v.with(), Token: formToken(s.formSecret(r))}
	edition := s.editionFor(r, nil)
	for _, c := range all {
		if code != "" && c.Code != code {
			continue
		}
		one := said{By: c.By, Role: string(c.Role), At: s.moment(c.At), Audience: v.words.T("web.audience." + string(c.Reach)), Text: c.Text, Code: string(c.Code), Assign: assignment(v, unit, p, c.Code, "comment", c.Text)}
		if edition != nil {
			for _, role := range edition.Roles {
				if role.Code == c.Role {
					one.Role = role.Name.In(v.lang())
				}
			}
			if item, ok := edition.Item(c.Code); ok {
				one.Code = item.Name.In(v.lang())
			} else if _, node, ok := edition.Indicator(c.Code); ok {
				one.Code = node.Name.In(v.lang())
			}
		}
		t.Said = append(t.Said, one)
	}
	for _, to := range matter.Audiences(v.user, unit) {
		t.Audiences = append(t.Audiences, option{Value: string(to), Text: v.words.T("web.audience." + string(to))})
	}
	slices.Reverse(t.Said)
	return t, nil
}
