package dashboard

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
)

// unitSentence: 和平区（中心城区组）综合 86.42 分，组内第2，全市并列第3，升1位；较上季 +1.20 分.
func (r *resolver) unitSentence() (Sentence, error) {
	u, _ := r.now.edition().Roster.Unit(r.req.Unit)
	code := r.now.overall()
	f := r.figure(r.base(), u.Code, code)
	name := r.unitName(u).Full
	if group := r.groupName(u.Group); group != "" {
		name += r.words.T("common.bracket", "text", group)
	}
	about := r.words.T("sentence.unit_node", "unit", name, "node", r.nodeName(r.now, code).Full)
	head := r.compose(pointsKey(f), "name", about, "score", linked(f.Text, f.Why))
	var places []Sentence
	if f.GroupText != "" {
		places = append(places, r.compose("sentence.in_group", "place", linked(f.GroupText, r.links.to("/", "group", string(u.Group)))))
	}
	if f.RankText != "" {
		places = append(places, r.compose("sentence.in_city", "place", linked(f.RankText, r.links.to("/"))))
	}
	places = append(places, words(f.RankChange), r.possibleClause(u.Code, code))
	if f.Grade != "" {
		places = append(places, r.compose("sentence.graded", "grade", f.Grade))
	}
	first := r.join("sentence.comma", append([]Sentence{head}, places...)...)
	return r.end(r.join("sentence.semicolon", first, r.changeClause(f), r.vetoClause(u.Code, code))), nil
}

// possibleClause: 可能区间第2～第5位, where the place could be another under weights that are a little different. Where nothing can be
// said about it nothing is; the panel about it says why.
func (r *resolver) possibleClause(unit assess.UnitCode, code assess.Code) Sentence {
	found, _, err := r.robust(code)
	if err != nil {
		return nil
	}
	v, ok := found.Interval(unit)
	low, high := places(v)
	if !ok || low == high {
		return nil
	}
	return r.compose("sentence.possible", "places", r.placesText(low, high))
}

// vetoClause says why a better grade is barred, or that a tie across the quota waits for a decision.
func (r *resolver) vetoClause(unit assess.UnitCode, code assess.Code) Sentence {
	card := r.now.card(unit, code)
	if card == nil {
		return nil
	}
	var reasons []string
	for _, v := range card.Vetoed {
		reasons = append(reasons, v.In(r.req.Lang))
	}
	tied := Sentence(nil)
	if card.TiedAtQuota {
		tied = words(r.words.T("sentence.tied_at_quota"))
	}
	if len(reasons) == 0 && len(tied) == 0 && r.req.Period.Kind() == assess.Year {
		return words(r.gradeNote(r.now, unit, code))
	}
	if len(reasons) == 0 {
		return tied
	}
	return r.join("sentence.semicolon", r.compose("sentence.vetoed", "list", r.words.List(reasons)), tied)
}

// apart is how far a unit stands from its group in one heading.
type apart struct {
	code  assess.Code
	score float64
	ahead float64 // of the group's median
}

// strengths writes a paragraph: what strong, weak and next say.
func (r *resolver) strengths() (Sentence, error) {
	u, _ := r.now.edition().Roster.Unit(r.req.Unit)
	if len(r.apart(u)) == 0 {
		return words(r.words.T("sentence.no_lights") + r.words.T("sentence.stop")), nil
	}
	next, err := r.next(u)
	if err != nil {
		return nil, err
	}
	s := slices.Concat(r.strong(u), r.weak(u), next)
	if len(s) == 0 {
		return words(r.words.T("sentence.even")), nil
	}
	return s, nil
}

// strong names the three headings in which the unit is furthest ahead of its group's median, nothing where it is ahead in none.
func (r *resolver) strong(u assess.Unit) Sentence {
	var items []Sentence
	for _, a := range r.apart(u) {
		if a.ahead > 0 && len(items) < 3 {
			items = append(items, r.apartText("sentence.ahead", u, a, a.ahead))
		}
	}
	return r.list("sentence.strong", items)
}

// weak names the three in which it is furthest behind.
func (r *resolver) weak(u assess.Unit) Sentence {
	var items []Sentence
	for _, a := range slices.Backward(r.apart(u)) {
		if a.ahead < 0 && len(items) < 3 {
			items = append(items, r.apartText("sentence.behind", u, a, -a.ahead))
		}
	}
	return r.list("sentence.weak", items)
}

// next names the two red indicators that cost most.
func (r *resolver) next(u assess.Unit) (Sentence, error) {
	steps, err := r.nextSteps(u)
	return r.list("sentence.next", steps), err
}

// apart compares every heading right under a framework with the group, furthest ahead first; a unit without peers with all units.
func (r *resolver) apart(u assess.Unit) (list []apart) {
	if len(r.now.units(u.Group)) < 2 {
		u.Group = ""
	}
	for _, code := range r.under(func(f *assess.Framework) []*assess.Node { return f.Root.Children }) {
		n := r.now.score(u.Code, code)
		middle := median(r.scores(r.now, code, u.Group))
		if n == nil || n.State != assess.Scored || middle == nil {
			continue
		}
		ahead := assess.HalfUp.Round(n.Shown-*middle, r.now.decimals(code))
		list = append(list, apart{code: code, score: n.Shown, ahead: ahead})
	}
	slices.SortStableFunc(list, func(a, b apart) int { return cmp.Compare(b.ahead, a.ahead) })
	return list
}

func (r *resolver) apartText(key string, u assess.Unit, a apart, by float64) Sentence {
	name, decimals := r.nodeName(r.now, a.code), r.now.decimals(a.code)
	return r.compose(key, "name", linked(name.Short, name.Link),
		"score", linked(i18n.Number(a.score, decimals), r.links.why(u.Code, a.code)), "by", linked(i18n.Number(by, decimals), name.Link))
}

func (r *resolver) list(key string, items []Sentence) Sentence {
	if len(items) == 0 {
		return nil
	}
	return r.compose(key, "list", r.join("common.list_separator", items...))
}

// nextSteps names the two red indicators that cost most, with what is missing.
func (r *resolver) nextSteps(u assess.Unit) (steps []Sentence, err error) {
	codes := r.under(func(f *assess.Framework) []*assess.Node { return f.Root.Leaves() })
	red := r.laggards([]assess.Unit{u}, codes)
	lags, err := r.lags(red[:min(len(red), 2)])
	if err != nil {
		return nil, err
	}
	for _, lag := range lags {
		step := linked(lag.Indicator.Full, lag.Figure.Why)
		if lag.Gap != "—" {
			step = append(step, r.compose("common.bracket", "text", linked(lag.Gap, lag.Figure.Why))...)
		}
		steps = append(steps, step)
	}
	return steps, nil
}

// conduct: 退回 2 项，迟报 0 个工作日，更正 1 项.
func (r *resolver) conduct() (Sentence, error) {
	u, _ := r.now.edition().Roster.Unit(r.req.Unit)
	f := r.now.filing(u.Code)
	return r.compose("sentence.conduct",
		"state", r.words.T("filing."+string(f.State)),
		"returns", strconv.Itoa(f.Returns), "rounds", strconv.Itoa(f.Rounds),
		"late", strconv.Itoa(r.lateDays(u.Code)), "corrections", strconv.Itoa(len(r.correctionsOf([]assess.Unit{u})))), nil
}
