package dashboard

import (
	"strconv"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
)

// gradeNote says why a unit has another grade than its score alone would give: 一票否决，最高合格; 优秀名额已满. "" where the score
// decided.
func (r *resolver) gradeNote(v *view, unit assess.UnitCode, code assess.Code) string {
	card, grading := v.card(unit, code), v.grading(code)
	n := v.score(unit, code)
	if card == nil || n == nil || n.Grade == "" || len(grading.Grades) == 0 {
		return ""
	}
	best := grading.Grades[0]
	switch {
	case len(card.Vetoed) > 0 && grading.VetoGrade != "":
		return r.words.T("grade.vetoed", "grade", r.gradeName(v, code, grading.VetoGrade))
	case len(card.Vetoed) > 0:
		return r.words.T("grade.barred", "grade", best.Name.In(r.req.Lang))
	case card.TiedAtQuota:
		return r.words.T("sentence.tied_at_quota")
	case n.Grade == best.Code || n.Shown < best.MinScore:
		return ""
	case card.CoreMissing:
		return r.words.T("grade.core_missing", "grade", best.Name.In(r.req.Lang))
	}
	return r.words.T("grade.no_place", "grade", best.Name.In(r.req.Lang))
}

// grading answers the rule of grades for a node: that of its framework, where it has one, else that of the composite.
func (v *view) grading(code assess.Code) *assess.Grading {
	if s, ok := v.spots[code]; ok && s.framework.Grading != nil {
		return s.framework.Grading
	}
	return &v.edition().Assessment.Grading
}

// awardFacts tells how a grade came about: the grade with what barred a better one, the limits, and the places of the best grade.
func (r *resolver) awardFacts(unit assess.UnitCode, code assess.Code, n *assess.NodeScore) (facts []Fact) {
	a := n.Why.Award
	if a == nil || len(a.Grades) == 0 {
		return nil
	}
	add := func(term string, value Sentence) {
		facts = append(facts, Fact{Term: r.words.T("why." + term), Value: value})
	}
	own := words(r.gradeName(r.now, code, n.Grade))
	if note := r.gradeNote(r.now, unit, code); note != "" {
		own = words(own.Plain() + r.words.T("common.bracket", "text", note))
	}
	if len(own) > 0 {
		add("grade", own)
	}
	if card := r.now.card(unit, code); len(card.Vetoed) > 0 {
		var reasons []string
		for _, reason := range card.Vetoed {
			reasons = append(reasons, reason.In(r.req.Lang))
		}
		add("veto_reason", words(r.words.List(reasons)))
	}
	var limits []string
	for _, g := range a.Grades {
		limits = append(limits, r.words.T("why.grade_limit", "grade", r.gradeName(r.now, code, g.Grade), "score", plainNumber(g.MinScore)))
	}
	add("grade_limits", words(r.words.List(limits)))
	if a.QuotaShare > 0 {
		among := r.words.T("common.city")
		if a.Among != "" {
			among = r.groupName(a.Among)
		}
		add("grade_places", words(r.words.T("why.grade_quota", "grade", r.gradeName(r.now, code, a.Grades[0].Grade), "places", strconv.Itoa(a.Places),
			"among", among, "units", strconv.Itoa(a.Units), "share", i18n.Percent(float64(a.QuotaShare)/100))))
	}
	return facts
}
