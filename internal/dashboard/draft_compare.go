package dashboard

import "github.com/unionboard/unionboard/internal/assess"

// compareSentence: 和平区综合 86.42 分（全市第3），沈河区综合 84.10 分（全市第5）；相差最大的是组织建设：和平 92.10，沈河 61.70. Where
// too few are chosen it says what to do.
func (r *resolver) compareSentence() (Sentence, error) {
	if len(r.req.Units) < leastChosen {
		return words(r.words.T("compare.choose", "n", mostChosen)), nil
	}
	code := r.total()
	units := r.units(Query{Units: "chosen"})
	var totals []Sentence
	for _, u := range units {
		f := r.figure(nil, u.Code, code)
		about := r.words.T("sentence.unit_node", "unit", r.unitName(u).Full, "node", r.nodeName(r.now, code).Full)
		one := r.compose(pointsKey(f), "name", about, "score", linked(f.Text, f.Why))
		if f.RankText != "" {
			one = append(one, words(r.words.T("common.bracket", "text", r.words.T("compare.in_city", "place", f.RankText)))...)
		}
		totals = append(totals, one)
	}
	return r.end(r.join("sentence.semicolon", r.join("sentence.comma", totals...), r.furthestClause(units))), nil
}

// furthestClause names the heading in which the units are furthest apart, with the highest and the lowest.
func (r *resolver) furthestClause(units []assess.Unit) Sentence {
	codes := r.under(func(f *assess.Framework) []*assess.Node { return f.Root.Children })
	list := r.spreads(units, codes)
	if len(list) == 0 || !list[0].ok || list[0].wide == 0 {
		return nil
	}
	s := list[0]
	name := r.nodeName(r.now, s.code)
	end := func(code assess.UnitCode) Sentence {
		u, _ := r.now.unit(code)
		f := r.figure(nil, code, s.code)
		return r.compose("sentence.has_state", "name", r.unitName(u).Short, "score", linked(f.Text, f.Why))
	}
	return r.compose("compare.furthest", "name", linked(name.Short, name.Link), "high", end(s.high), "low", end(s.low))
}
