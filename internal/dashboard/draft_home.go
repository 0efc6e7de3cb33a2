package dashboard

import (
	"strconv"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
)

// mostNames is how many units a sentence names before it only counts them.
const mostNames = 3

// homeSentence says how many indicators lag and where, who moved most, who did not report, and in a year the grades.
func (r *resolver) homeSentence() (Sentence, error) {
	units := r.units(Query{Units: "all"})
	return r.end(r.join("sentence.semicolon",
		r.lagClause(units), r.moverClause(units), r.gradeClause(units), r.unreportedClause(units))), nil
}

// lagClause: 5 项指标滞后，涉及 3 个区县.
func (r *resolver) lagClause(units []assess.Unit) Sentence {
	indicators, places, _ := r.lagCounts(units)
	if indicators == 0 {
		return r.nothingLags(units)
	}
	return r.compose("sentence.lags", "indicators", linked(strconv.Itoa(indicators), r.allLags()), "units", linked(strconv.Itoa(places), r.allLags()))
}

// lagsSentence: 5 项指标滞后，涉及 3 个区县，共 9 处.
func (r *resolver) lagsSentence() (Sentence, error) {
	units := r.units(Query{Units: "all"})
	indicators, places, rows := r.lagCounts(units)
	if rows == 0 {
		return r.end(r.nothingLags(units)), nil
	}
	return r.end(r.join("sentence.comma",
		r.compose("sentence.lags", "indicators", strconv.Itoa(indicators), "units", strconv.Itoa(places)),
		r.compose("sentence.lag_rows", "n", strconv.Itoa(rows)))), nil
}

// nothingLags says that nothing lags, or that nothing is known yet, which is another thing.
func (r *resolver) nothingLags(units []assess.Unit) Sentence {
	codes, err := r.of(Query{Of: "indicators"})
	if err == nil && !r.scoredAny(units, codes) {
		return words(r.words.T("sentence.nothing_scored"))
	}
	return words(r.words.T("sentence.nothing_lags"))
}

// scoredAny says whether any of some indicators has a score in any of some units.
func (r *resolver) scoredAny(units []assess.Unit, codes []assess.Code) bool {
	for _, u := range units {
		for _, code := range codes {
			if n := r.now.score(u.Code, code); n != nil && n.State == assess.Scored {
				return true
			}
		}
	}
	return false
}

// lagCounts answers how many indicators lag somewhere, in how many units something lags, and how many pairs of both there are.
func (r *resolver) lagCounts(units []assess.Unit) (indicators, places, rows int) {
	codes, err := r.of(Query{Of: "indicators"})
	if err != nil {
		return 0, 0, 0
	}
	named, where := map[assess.Code]bool{}, map[assess.UnitCode]bool{}
	all := r.laggards(units, codes)
	for _, l := range all {
		named[l.code], where[l.unit.Code] = true, true
	}
	return len(named), len(where), len(all)
}

// moverClause: 于洪进步最大 +4.20 分，新民退步最多 −3.10 分.
func (r *resolver) moverClause(units []assess.Unit) Sentence {
	code := r.now.overall()
	if base := r.base(); base == nil {
		return nil
	} else if !r.comparable(base, code) {
		return words(r.words.T("sentence.not_compared", "base", r.words.Period(base.sheet.Period.String())))
	}
	var most, least assess.Unit
	up, down := 0.0, 0.0
	for _, u := range units {
		change, ok := r.changeOf(u.Code, code)
		if ok && change > up {
			most, up = u, change
		}
		if ok && change < down {
			least, down = u, change
		}
	}
	return r.join("sentence.comma",
		r.moverText("sentence.rose_most", most, up, code),
		r.moverText("sentence.fell_most", least, down, code))
}

func (r *resolver) moverText(key string, u assess.Unit, change float64, code assess.Code) Sentence {
	if change == 0 {
		return nil
	}
	name := r.unitName(u)
	return r.compose(key, "unit", linked(name.Short, name.Link),
		"change", linked(i18n.Signed(change, r.now.decimals(code)), r.links.why(u.Code, code)))
}

// gradeClause, of a year: 优秀 3 个，良好 6 个.
func (r *resolver) gradeClause(units []assess.Unit) Sentence {
	if r.req.Period.Kind() != assess.Year {
		return nil
	}
	counts := map[string]int{}
	for _, u := range units {
		counts[r.figure(nil, u.Code, r.now.overall()).Grade]++
	}
	var clauses []Sentence
	for _, g := range r.now.edition().Assessment.Grading.Grades {
		name := g.Name.In(r.req.Lang)
		if counts[name] > 0 {
			clauses = append(clauses, r.compose("sentence.grade_count", "grade", name, "n", strconv.Itoa(counts[name])))
		}
	}
	return r.join("sentence.comma", clauses...)
}

// unreportedClause names the units whose report is not in: for good once the period is closed, until now while it is open.
func (r *resolver) unreportedClause(units []assess.Unit) Sentence {
	var missing []assess.Unit
	for _, u := range units {
		switch r.now.filing(u.Code).State {
		case assess.Submitted, assess.UnderReview, assess.Returned, assess.Accepted, assess.Locked:
		default:
			missing = append(missing, u)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	key := "sentence.not_yet_reported"
	if r.now.sheet.Cycle.State.Closed() {
		key = "sentence.not_reported"
	}
	return r.compose(key, "units", r.someNames(missing), "n", strconv.Itoa(len(missing)))
}

// someNames lists the first few units by their short names.
func (r *resolver) someNames(units []assess.Unit) (s Sentence) {
	for i, u := range units {
		if i == mostNames {
			return append(s, Fragment{Text: r.words.T("common.and_others")})
		}
		if i > 0 {
			s = append(s, Fragment{Text: r.words.T("common.list_separator")})
		}
		name := r.unitName(u)
		s = append(s, Fragment{Text: name.Short, Link: name.Link})
	}
	return s
}
