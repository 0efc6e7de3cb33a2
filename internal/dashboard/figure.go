package dashboard

import (
	"math"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
)

// arrowStep is the least change that is called one, as a share of full marks: 0.50 of 100 points.
const arrowStep = 0.005

// figure makes everything there is to show of a node of a unit in the page's period, compared with base (nil: with nothing).
func (r *resolver) figure(base *view, unit assess.UnitCode, code assess.Code) Figure {
	v := r.now
	n := v.score(unit, code)
	if n == nil {
		return Figure{State: assess.NotApplicable, Text: "—"}
	}
	f := Figure{
		State: n.State, Light: n.Light, Score: n.Shown, Value: r.value(v, code, n),
		Rank: n.Rank, GroupRank: n.GroupRank,
		RankText:    r.words.Place(n.Rank, v.tied(code, n.Rank, "")),
		SmallSample: n.SmallSample,
		Why:         r.links.why(unit, code),
		Link:        r.nodeName(v, code).Link,
	}
	if u := v.byCode[unit]; u != nil && u.Group != "" {
		f.GroupText = r.words.Place(n.GroupRank, v.tied(code, n.GroupRank, u.Group))
	}
	f.Text = r.scoreText(v, unit, code, n)
	f.Small = r.small(n)
	if r.req.Period.Kind() == assess.Year {
		f.Grade, f.GradeNote = r.gradeName(v, code, n.Grade), r.gradeNote(v, unit, code)
	}
	r.compare(&f, base, unit, code, n)
	return f
}

// scoreText writes the score, or in words why there is none.
func (r *resolver) scoreText(v *view, unit assess.UnitCode, code assess.Code, n *assess.NodeScore) string {
	switch n.State {
	case assess.Scored:
		return r.scored(v, code, n)
	case assess.Pending:
		return r.pending(v, unit, code, n)
	}
	return r.words.T("state." + string(n.State))
}

func (r *resolver) scored(v *view, code assess.Code, n *assess.NodeScore) string {
	if ind := v.indicator(code); ind != nil {
		switch ind.Method.Kind {
		case assess.Veto:
			return r.value(v, code, n)
		case assess.Bonus:
			return i18n.Signed(n.Points, v.decimals(code))
		}
	}
	return i18n.Number(n.Shown, v.decimals(code))
}

// pending writes the range a total can still reach, with how many indicators it waits for.
func (r *resolver) pending(v *view, unit assess.UnitCode, code assess.Code, n *assess.NodeScore) string {
	if n.High <= n.Low || v.indicator(code) != nil {
		return r.words.T("state.pending")
	}
	d := v.decimals(code)
	return r.words.T("state.range", "low", i18n.Number(n.Low, d), "high", i18n.Number(n.High, d), "n", v.awaited(unit, code))
}

// awaited counts the indicators under a heading that have not been reported yet.
func (v *view) awaited(unit assess.UnitCode, code assess.Code) (n int) {
	for _, leaf := range v.leaves(code) {
		if s := v.score(unit, leaf.Code); s != nil && s.State == assess.Pending {
			n++
		}
	}
	return n
}

// leaves answers the indicators under a node; those of every framework for the composite.
func (v *view) leaves(code assess.Code) (leaves []*assess.Node) {
	if s, ok := v.spots[code]; ok {
		return s.node.Leaves()
	}
	for i := range v.edition().Frameworks {
		leaves = append(leaves, v.edition().Frameworks[i].Root.Leaves()...)
	}
	return leaves
}

// small writes the mark of a small sample with the count of its denominator.
func (r *resolver) small(n *assess.NodeScore) string {
	if !n.SmallSample {
		return ""
	}
	return r.words.T("state.small_sample_of", "n", i18n.Number(n.Sample, 0))
}

func (r *resolver) gradeName(v *view, code, grade assess.Code) string {
	if grade == "" {
		return ""
	}
	for _, g := range v.grading(code).Grades {
		if g.Code == grade {
			return g.Name.In(r.req.Lang)
		}
	}
	return string(grade)
}

// compare sets what changed since base. Nothing is compared across a changed definition, method or weight.
func (r *resolver) compare(f *Figure, base *view, unit assess.UnitCode, code assess.Code, n *assess.NodeScore) {
	if base == nil || n.State != assess.Scored || r.unscored(code) {
		return
	}
	before := base.score(unit, code)
	if before == nil || before.State != assess.Scored {
		return
	}
	if !r.comparable(base, code) {
		f.Words = r.words.T("change.other_scheme")
		return
	}
	change := assess.Snap(n.Shown - before.Shown)
	f.Change = i18n.Signed(change, r.now.decimals(code))
	f.Arrow = arrow(change, arrowStep*r.now.scale(code))
	if n.Rank > 0 && before.Rank > 0 {
		f.RankChange = r.words.Moved(before.Rank - n.Rank)
	}
}

// unscored says whether a node has no score by its nature: a veto or a bonus.
func (r *resolver) unscored(code assess.Code) bool {
	ind := r.now.indicator(code)
	return ind != nil && (ind.Method.Kind == assess.Veto || ind.Method.Kind == assess.Bonus)
}

func arrow(change, step float64) string {
	switch {
	case math.Abs(change) < step || change == 0:
		return "flat"
	case change > 0:
		return "up"
	}
	return "down"
}

// changeText writes a change for a narrow column, or why there is none.
func (f Figure) changeText() string {
	if f.Change != "" {
		return f.Change
	}
	if f.Words != "" {
		return f.Words
	}
	return "—"
}
