package dashboard

import (
	"strconv"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
)

// frameworkSentence says where the city stands in the framework, how the units' lights are spread, and which heading is weakest.
func (r *resolver) frameworkSentence() (Sentence, error) {
	code := r.req.Framework
	units := r.units(Query{Units: "all"})
	lowest := "" // the page itself, those that lag first
	if r.def.Takes("sort") {
		lowest = r.req.self(r.def, "sort", "-"+string(code))
	}
	return r.end(r.join("sentence.semicolon",
		r.cityClause(code), r.lightsClause(units, code, lowest), r.weakestClause(code), r.unreportedClause(units))), nil
}

// cityClause: 全市 86.42 分，较上季 +1.20 分.
func (r *resolver) cityClause(code assess.Code) Sentence {
	city := r.now.city()
	if r.now.score(city, code) == nil {
		return nil
	}
	f := r.figure(r.base(), city, code)
	s := r.compose(pointsKey(f), "name", r.words.T("common.city"), "score", linked(f.Text, f.Why))
	return r.join("sentence.comma", s, r.changeClause(f))
}

// pointsKey chooses a sentence with the word points only for what is a number.
func pointsKey(f Figure) string {
	if f.State == assess.Scored {
		return "sentence.has_points"
	}
	return "sentence.has_state"
}

// changeClause: 较上季 +1.20 分, or why nothing is compared.
func (r *resolver) changeClause(f Figure) Sentence {
	switch {
	case f.Change != "" && strings.Trim(f.Change, "0.") == "":
		return r.compose("sentence.level", "base", r.baseWords())
	case f.Change != "":
		return r.compose("sentence.changed", "base", r.baseWords(), "change", linked(f.Change, f.Why))
	case f.Words != "":
		return r.compose("sentence.unchanged_words", "base", r.baseWords(), "words", f.Words)
	}
	return nil
}

// lightsClause: 9 个区县达序时，3 个略滞后，1 个滞后. The counts lead to where the units stand, "" is nowhere.
func (r *resolver) lightsClause(units []assess.Unit, code assess.Code, list string) Sentence {
	counts := map[assess.Light]int{}
	for _, u := range units {
		if n := r.now.score(u.Code, code); n != nil && n.State == assess.Scored {
			counts[n.Light]++
		}
	}
	var clauses []Sentence
	for _, light := range []assess.Light{assess.Green, assess.Yellow, assess.Red} {
		if counts[light] > 0 {
			clauses = append(clauses, r.compose("sentence.units_"+string(light), "n", linked(strconv.Itoa(counts[light]), list)))
		}
	}
	return r.join("sentence.comma", clauses...)
}

// weakestClause: 最弱的是组织建设（全市 61.70 分）.
func (r *resolver) weakestClause(code assess.Code) Sentence {
	var weakest assess.Code
	least := 0.0
	root := r.now.spots[code].node
	if root == nil {
		return nil
	}
	for _, child := range root.Children {
		n := r.now.score(r.now.city(), child.Code)
		if n != nil && n.State == assess.Scored && (weakest == "" || n.Shown < least) {
			weakest, least = child.Code, n.Shown
		}
	}
	if weakest == "" {
		return nil
	}
	f := r.figure(nil, r.now.city(), weakest)
	name := r.nodeName(r.now, weakest)
	return r.compose("sentence.weakest", "name", linked(name.Short, name.Link), "score", linked(f.Text, f.Why))
}

// indicatorsSentence says how many indicators lag in the city as a whole and which one lags in most units.
func (r *resolver) indicatorsSentence() (Sentence, error) {
	codes, err := r.of(Query{Of: "indicators"})
	if err != nil {
		return nil, err
	}
	units := r.units(Query{Units: "all"})
	if !r.scoredAny(units, codes) {
		return r.end(words(r.words.T("sentence.nothing_scored"))), nil
	}
	inCity := 0
	for _, code := range codes {
		if n := r.now.score(r.now.city(), code); n != nil && n.Light == assess.Red {
			inCity++
		}
	}
	count := r.compose("sentence.indicators_red", "all", strconv.Itoa(len(codes)), "red", strconv.Itoa(inCity))
	return r.end(r.join("sentence.semicolon", count, r.reddestClause(units, codes))), nil
}

// reddestClause: 红灯最多的是职工入会率（7 个区县）.
func (r *resolver) reddestClause(units []assess.Unit, codes []assess.Code) Sentence {
	counts := map[assess.Code]int{}
	for _, l := range r.laggards(units, codes) {
		counts[l.code]++
	}
	var reddest assess.Code
	for _, code := range codes {
		if counts[code] > counts[reddest] {
			reddest = code
		}
	}
	if counts[reddest] < 2 {
		return nil // a light here and there is no ranking
	}
	name := r.nodeName(r.now, reddest)
	return r.compose("sentence.reddest", "name", named(name), "n", linked(strconv.Itoa(counts[reddest]), name.Link))
}

// indicatorSentence: 9 个区县达序时；全市 78.2%，较上年同期 +1.4 个百分点.
func (r *resolver) indicatorSentence() (Sentence, error) {
	code := r.req.Code
	units := r.units(Query{Units: "all"})
	clauses := []Sentence{r.lightsClause(units, code, ""), r.cityValueClause(code)}
	if len(clauses[0]) == 0 {
		clauses[0] = r.nobodyScored(units, code)
	}
	return r.end(r.join("sentence.semicolon", clauses...)), nil
}

func (r *resolver) cityValueClause(code assess.Code) Sentence {
	city := r.now.city()
	n := r.now.score(city, code)
	if n == nil || r.value(r.now, code, n) == "" {
		return nil
	}
	value := r.compose("sentence.has_state", "name", r.words.T("common.city"), "score", linked(r.value(r.now, code, n), r.links.why(city, code)))
	change := r.change(r.year, city, code, true)
	if change.Text == "—" {
		return value
	}
	key := "sentence.changed_value"
	switch change.Arrow {
	case "":
		key = "sentence.unchanged_words"
	case "flat":
		key = "sentence.level"
	}
	return r.join("sentence.comma", value,
		r.compose(key, "base", r.words.T("change.same_last_year"), "change", change.Text, "words", change.Text))
}

// nobodyScored says in words why no unit has a light: not due yet, or nothing reported.
func (r *resolver) nobodyScored(units []assess.Unit, code assess.Code) Sentence {
	for _, u := range units {
		if n := r.now.score(u.Code, code); n != nil && n.State != assess.Scored {
			return words(r.words.T("state." + string(n.State)))
		}
	}
	return words(r.words.T("sentence.no_lights"))
}
