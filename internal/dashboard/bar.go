package dashboard

import (
	"fmt"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
)

// bar makes the state that is always visible.
func (r *resolver) bar() (Bar, error) {
	periods, err := r.board.Periods(r.ctx)
	if err != nil {
		return Bar{}, fmt.Errorf("periods: %w", err)
	}
	s := r.now.sheet
	reported, units := s.Reported()
	b := Bar{
		Period: r.req.Period, BaseKind: r.req.BaseKind, Known: r.links.known, Periods: periods,
		Cycle: s.Cycle, Result: s.Result, Version: s.Version, Reported: reported, Units: units,
		AsOf:      r.words.T("common.as_of", "date", r.words.Date(s.AsOf)),
		Scheme:    r.words.T("common.scheme", "year", s.Edition.Year, "number", s.Edition.Number),
		Framework: r.req.Framework, Group: r.req.Group, Unit: r.req.Unit, Code: r.req.Code,
		Step: r.step(r.now.overall()),
	}
	if base := r.base(); base != nil {
		b.Base = base.sheet.Period
	}
	return b, nil
}

// step writes the least change of a score that gets an arrow up or down.
func (r *resolver) step(code assess.Code) string { return i18n.Number(arrowStep*r.now.scale(code), 2) }

// title says what the page is about: the unit, the indicator or the framework, then the title of its file.
func (r *resolver) title() string {
	title := r.def.TitleOf(r.req.Period, r.words)
	about := ""
	switch {
	case r.def.Takes("unit"):
		u, _ := r.now.edition().Roster.Unit(r.req.Unit)
		about = r.unitName(u).Full
	case r.def.Takes("code"):
		about = r.nodeName(r.now, r.req.Code).Full
	case r.def.Takes("framework"):
		about = r.nodeName(r.now, r.req.Framework).Full
	}
	if about == "" {
		return title
	}
	return about + " · " + title
}

// filters makes the choices the page takes, each as a link to the same page.
func (r *resolver) filters() (filters []Filter) {
	e := r.now.edition()
	chosen := r.def.asks("units") // the form that chooses them has the others, too
	if r.def.asks("framework") && !chosen {
		f := Filter{Name: "framework", Label: r.words.T("page.framework")}
		r.addFrameworks(&f)
		filters = append(filters, f)
	}
	if r.def.asks("unit") && !strings.Contains(r.def.Path, "{unit}") {
		f := Filter{Name: "unit", Label: r.words.T("page.unit")}
		for _, u := range e.Roster.Units[:min(len(e.Roster.Units), mostChoices)] {
			f.add(r, string(u.Code), r.unitName(u).Short, string(r.req.Unit))
		}
		filters = append(filters, f)
	}
	if r.def.asks("group") && !chosen && len(e.Roster.Groups) > 0 {
		f := Filter{Name: "group", Label: r.words.T("page.group")}
		f.add(r, "", r.words.T("common.city"), string(r.req.Group))
		for _, g := range e.Roster.Groups {
			f.add(r, string(g.Code), g.Name.In(r.req.Lang), string(r.req.Group))
		}
		filters = append(filters, f)
	}
	if r.def.Takes("show") {
		f := Filter{Name: "show", Label: r.words.T("page.show")}
		for _, show := range []string{showScore, showProgress, showRank} {
			f.add(r, show, r.words.T("page.show_"+show), r.req.Show)
		}
		filters = append(filters, f)
	}
	if r.def.Takes("base") {
		f := Filter{Name: "base", Label: r.words.T("page.base")}
		f.add(r, basePrev, r.previousWords(), r.req.BaseKind)
		if r.req.Period.Kind() != assess.Year {
			f.add(r, baseYear, r.words.T("change.same_last_year"), r.req.BaseKind)
		}
		filters = append(filters, f)
	}
	return filters
}

// addFrameworks offers the frameworks, and all of them together where the page can show them so.
func (r *resolver) addFrameworks(f *Filter) {
	if !r.def.needs("framework") {
		f.add(r, "", r.words.T("common.all"), string(r.req.Framework))
	}
	e := r.now.edition()
	for i := range e.Frameworks {
		f.add(r, string(e.Frameworks[i].Code), e.Frameworks[i].Name.In(r.req.Lang), string(r.req.Framework))
	}
}

// mostChoices is up to how many units a filter offers; more are found through the tables.
const mostChoices = 40

func (f *Filter) add(r *resolver, code, text, current string) {
	f.Choices = append(f.Choices, Choice{Code: code, Text: text, Link: r.req.self(r.def, f.Name, code), Current: code == current})
}

// previousWords names the period just before: 较上季, 较上年.
func (r *resolver) previousWords() string {
	if r.req.Period.Kind() == assess.Year {
		return r.words.T("change.previous_year")
	}
	return r.words.T("change.previous_quarter")
}

// baseWords names what the page compares with.
func (r *resolver) baseWords() string {
	if r.req.BaseKind == baseYear && r.req.Period.Kind() != assess.Year {
		return r.words.T("change.same_last_year")
	}
	return r.previousWords()
}

func (r *resolver) unitName(u assess.Unit) Name {
	n := Name{Code: string(u.Code), Full: u.Name.In(r.req.Lang), Short: u.Short.In(r.req.Lang)}
	if n.Short == "" {
		n.Short = n.Full
	}
	n.Link = r.links.unit(u.Code)
	return n
}

// cityName names the city's own line: 全市, whatever the city is called.
func (r *resolver) cityName() Name {
	city := r.words.T("common.city")
	return Name{Code: string(r.now.city()), Full: city, Short: city}
}

func (r *resolver) nodeName(v *view, code assess.Code) Name {
	n := Name{Code: string(code), Full: string(code)}
	if code == assess.CompositeCode {
		n.Full = r.words.T("common.composite")
		n.Link = r.links.to("/")
	}
	if s, ok := v.spots[code]; ok {
		n.Full, n.Short = s.node.Name.In(r.req.Lang), s.node.Short.In(r.req.Lang)
		switch {
		case s.node.Indicator != nil:
			n.Link = r.links.indicator(code)
		case len(s.above) == 0:
			n.Link = r.links.framework(code)
		default:
			n.Link = r.links.indicators(s.framework.Code) + "#" + string(code)
		}
	}
	if n.Short == "" {
		n.Short = n.Full
	}
	return n
}

func (r *resolver) groupName(code assess.Code) string {
	if code == "" {
		return ""
	}
	return r.now.edition().Roster.GroupName(code).In(r.req.Lang)
}
