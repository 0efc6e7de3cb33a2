package web

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
)

// fillBody is what every page of a form shows.
type fillBody struct {
	Bar     *deskBar
	Book    string // the form as a workbook
	Groups  []partGroup
	Home    string // the overview of the form
	Check   link
	Cover   string
	Proofs  string // the list of evidence
	Shut    string // why nothing can be typed
	Lock    string // why most fields are locked
	CanFill bool
	// Request names the next save, so that one sent twice counts once.
	Request string
	News    string // where the script asks for what has changed
}

// partGroup are the sections of a framework, as the list beside the form shows them.
type partGroup struct {
	Name  string
	Parts []part
}

// part is a section in the list of sections.
type part struct {
	link
	Department, Done                  string
	Share                             float64
	Whole                             bool
	Errors, Unnoted, Returned, Lacked int
}

// fillBody makes what every page of the form shows; current is the section it is about, "" for none.
func (s *site) fillBody(r *http.Request, o *opened, current assess.Code) (fillBody, error) {
	bar, err := s.deskBar(r, o)
	if err != nil {
		return fillBody{}, err
	}
	b := fillBody{
		Bar: bar, Groups: o.groups(current), Home: o.at(), Book: o.at("form.xlsx"), Cover: o.at("cover"), Proofs: o.at("evidence"), CanFill: o.Shut == nil && o.may(account.Fill), Request: rand.Text(),
		Check: link{URL: o.at("check"), Text: o.checkText()},
		News:  o.at("news") + "?" + url.Values{"section": {string(current)}}.Encode(),
	}
	if o.Shut != nil {
		b.Shut = o.v.problem(o.Shut)
	}
	if o.Shut == nil && !o.may(account.Fill) {
		b.Shut = o.say("fill.look")
	}
	if o.lock != nil && o.Shut == nil {
		b.Lock = o.v.problem(o.lock)
	}
	return b, nil
}

func (o *opened) checkText() string {
	open := o.stopping()
	switch {
	case o.Shut != nil:
		return o.say("fill.check.look")
	case open > 0:
		return o.say("fill.check.lacking", "n", open)
	}
	return o.say("fill.check.send")
}

func (o *opened) groups(current assess.Code) []partGroup {
	var groups []partGroup
	var of assess.Code
	for i := range o.Sections {
		s := &o.Sections[i]
		if len(groups) == 0 || s.Framework != of {
			of = s.Framework
			groups = append(groups, partGroup{Name: o.framework(of)})
		}
		g := &groups[len(groups)-1]
		g.Parts = append(g.Parts, o.part(s, current))
	}
	return groups
}

func (o *opened) part(s *desk.Section, current assess.Code) part {
	c := s.Counts
	p := part{
		link:       link{URL: o.at(string(s.Code)), Text: o.text(s.Name), Current: s.Code == current},
		Department: o.department(s.Department), Done: "—", Whole: c.Filled == c.Typed,
		Errors: c.Errors, Unnoted: c.Unnoted, Returned: c.Returned, Lacked: c.Unproved,
	}
	if c.Typed > 0 {
		p.Done, p.Share = strconv.Itoa(c.Filled)+"/"+strconv.Itoa(c.Typed), float64(c.Filled)/float64(c.Typed)
	}
	return p
}

func (o *opened) framework(code assess.Code) string {
	if f, ok := o.Edition.Framework(code); ok {
		return o.text(f.Name)
	}
	return string(code)
}

func (o *opened) department(code assess.Code) string {
	if i := slices.IndexFunc(o.Edition.Departments, func(d assess.Department) bool { return d.Code == code }); i >= 0 {
		return o.text(o.Edition.Departments[i].Name)
	}
	return string(code)
}

// page makes a page of the form.
func (o *opened) page(title string, wrong bool, body interface{ bar() *deskBar }) page {
	return page{
		Title: title + " · " + o.text(o.Unit.Name) + " · " + o.v.words.Period(o.Period.String()), Wrong: wrong,
		Body: body, Desk: body.bar(), Style: "fill.css", Script: "fill.js",
	}
}

func (b *fillBody) bar() *deskBar { return b.Bar }
