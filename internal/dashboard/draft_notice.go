package dashboard

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
)

// How much a notice names: indicators that lag in most districts, and what is asked for next (layout of a notice: workflow, section 6).
const (
	noticeProblems = 5
	noticeSteps    = 4
)

// noticeLead says what the notice is about and what its figures rest on: 根据2026年度考核方案，现将2026年第一季度……数据截至……版本 v2.
func (r *resolver) noticeLead() (Sentence, error) {
	s := r.now.sheet
	reported, units := s.Reported()
	period := r.req.Period.String()
	return r.compose("notice.lead",
		"year", strconv.Itoa(s.Edition.Year), "period", r.words.Period(period), "as_of", r.words.T("common.as_of", "date", r.words.Date(s.AsOf)),
		"reported", linked(strconv.Itoa(reported), r.links.to("/status/"+r.req.Period.LastQuarter().String())), "units", strconv.Itoa(units), "version", strconv.Itoa(s.Version)), nil
}

// noticeOverall says for each framework where the city stands, how that changed against the quarter before and the year before, and how
// the lights are spread.
func (r *resolver) noticeOverall() (Sentence, error) {
	units := r.units(Query{Units: "all"})
	var all []Sentence
	for i := range r.now.edition().Frameworks {
		code := r.now.edition().Frameworks[i].Code
		if clause := r.noticeFramework(code, units); len(clause) > 0 {
			all = append(all, clause)
		}
	}
	return r.end(r.listed("sentence.semicolon", all...)), nil
}

func (r *resolver) noticeFramework(code assess.Code, units []assess.Unit) Sentence {
	city := r.now.city()
	if r.now.score(city, code) == nil {
		return nil
	}
	f := r.figure(r.prev, city, code)
	name := r.nodeName(r.now, code)
	head := r.compose(pointsKey(f), "name", linked(name.Full, name.Link), "score", linked(f.Text, f.Why))
	return r.join("sentence.comma", head,
		r.noticeChange(f, r.previousWords()), r.noticeChange(r.figure(r.year, city, code), r.words.T("change.same_last_year")),
		r.lightsClause(units, code, name.Link))
}

// noticeChange says a change against a base that is named; nothing where there is nothing to compare with.
func (r *resolver) noticeChange(f Figure, base string) Sentence {
	switch {
	case f.Change != "":
		return r.compose("sentence.changed", "base", base, "change", linked(f.Change, f.Why))
	case f.Words != "":
		return r.compose("sentence.unchanged_words", "base", base, "words", f.Words)
	}
	return nil
}

// widespread is an indicator with the units in which it lags, and what that costs together.
type widespread struct {
	code  assess.Code
	units []assess.Unit
	lost  float64
}

// widespreads answers the indicators that lag, those in most units first, then the dearest.
func (r *resolver) widespreads() (list []widespread) {
	codes, err := r.of(Query{Of: "indicators"})
	if err != nil {
		return nil
	}
	found := map[assess.Code]*widespread{}
	for _, l := range r.laggards(r.units(Query{Units: "all"}), codes) {
		w := found[l.code]
		if w == nil {
			w = &widespread{code: l.code}
			found[l.code] = w
		}
		w.units, w.lost = append(w.units, l.unit), w.lost+l.lost
	}
	for _, code := range codes {
		if w := found[code]; w != nil {
			list = append(list, *w)
		}
	}
	slices.SortStableFunc(list, func(a, b widespread) int {
		return cmp.Or(cmp.Compare(len(b.units), len(a.units)), cmp.Compare(b.lost, a.lost))
	})
	return list
}

// noticeProblems names what lags in most districts, who did not report or reported late, and whose figures were returned.
func (r *resolver) noticeProblems() (Sentence, error) {
	var clauses []Sentence
	list := r.widespreads()
	for _, w := range list[:min(len(list), noticeProblems)] {
		name := r.nodeName(r.now, w.code)
		clauses = append(clauses, r.compose("notice.problem", "name", linked(name.Full, name.Link),
			"n", linked(strconv.Itoa(len(w.units)), name.Link), "units", r.someNames(w.units)))
	}
	if len(clauses) == 0 {
		clauses = append(clauses, r.nothingLags(r.units(Query{Units: "all"})))
	}
	units := r.units(Query{Units: "all"})
	clauses = append(clauses, r.unreportedClause(units), r.lateClause(units), r.returnedClause(units))
	return r.end(r.listed("sentence.semicolon", clauses...)), nil
}

// lateClause: 迟报 2 个（沈河、铁西）.
func (r *resolver) lateClause(units []assess.Unit) Sentence {
	return r.countClause("notice.late", units, func(u assess.Unit) int { return r.lateDays(u.Code) })
}

// returnedClause: 被退回 1 个（和平）.
func (r *resolver) returnedClause(units []assess.Unit) Sentence {
	return r.countClause("notice.returned", units, func(u assess.Unit) int { return r.now.filing(u.Code).Returns })
}

func (r *resolver) countClause(key string, units []assess.Unit, count func(assess.Unit) int) Sentence {
	var some []assess.Unit
	for _, u := range units {
		if count(u) > 0 {
			some = append(some, u)
		}
	}
	if len(some) == 0 {
		return nil
	}
	link := r.links.to("/status/" + r.req.Period.LastQuarter().String())
	return r.compose(key, "n", linked(strconv.Itoa(len(some)), link), "units", r.someNames(some))
}

// noticeSteps says what is asked for next: of what lags in most districts, which department sees to it and until when.
func (r *resolver) noticeSteps() (Sentence, error) {
	list := r.widespreads()
	if len(list) == 0 {
		return words(r.words.T("notice.go_on")), nil
	}
	until := r.words.Date(r.req.Period.LastQuarter().Add(1).LastDay())
	var steps []Sentence
	for i, w := range list[:min(len(list), noticeSteps)] {
		name := r.nodeName(r.now, w.code)
		steps = append(steps, r.compose("notice.step", "i", i18n.Number(float64(i+1), 0), "department", r.departmentOf(w.code),
			"name", linked(name.Full, name.Link), "units", r.someNames(w.units), "until", until))
	}
	return r.end(r.listed("sentence.semicolon", steps...)), nil
}

// departmentOf names who answers for an indicator.
func (r *resolver) departmentOf(code assess.Code) string {
	s, ok := r.now.spots[code]
	if !ok || s.node.Indicator == nil {
		return ""
	}
	for _, d := range r.now.edition().Departments {
		if d.Code == s.node.Indicator.Department {
			return d.Name.In(r.req.Lang)
		}
	}
	return string(s.node.Indicator.Department)
}
