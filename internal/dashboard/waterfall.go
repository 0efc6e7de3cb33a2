package dashboard

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/unionboard/unionboard/internal/analysis"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/results"
)

// Waterfall shows where the change of a unit's total came from: the total before, the steps, the total now. No steps mean that there
// is nothing to compare with.
type Waterfall struct {
	Of    Name
	Steps []WaterStep
	Says  Sentence // how much, and what moved it most
	Place Sentence // where the change of place came from
}

// WaterStep is a bar of a waterfall, from one running total to the next; the first and the last stand on zero.
type WaterStep struct {
	Name     Name
	Kind     string // total, or the kind of a step of package analysis
	From, To float64
	Text     string // signed, with the decimals of the total
	Exact    string // signed, in the unit in which the steps add up
}

// waterTotal is the kind of the first and the last bar.
const waterTotal = "total"

// exactDecimals are the digits at which the steps of a change add up.
const exactDecimals = 4

// archive is a board that still knows what people saw before corrections.
type archive interface {
	Locked(ctx context.Context, p assess.Period) (*results.Sheet, error)
}

// waterfall divides the change of a unit's total since the base period.
func (r *resolver) waterfall(d PanelDefinition, p *Panel) error {
	code, err := r.one(d.Query)
	if err != nil {
		return err
	}
	w := &Waterfall{Of: r.nodeName(r.now, code)}
	p.Waterfall = w
	base := r.base()
	if base == nil {
		return nil
	}
	c, err := r.comparison(base, code)
	if err != nil {
		return err
	}
	change, err := c.Explain(r.req.Unit)
	if errors.Is(err, assess.ErrNotFound) {
		return nil // no total in one of the two
	}
	if err != nil {
		return err
	}
	depth := 0
	if code == assess.CompositeCode {
		depth = 1 // headings, not whole frameworks
	}
	steps := fewest(change.Steps(depth), d.Options.Limit)
	r.pour(w, change, steps, c, base)
	w.Says = r.changeSentence(w)
	if !r.comparable(base, code) {
		w.Says = append(w.Says, words(r.words.T("common.bracket", "text", r.words.T("change.other_scheme")))...)
		return nil // a place by one scheme is not gained or lost by another
	}
	if climb, err := c.ExplainPlace(r.req.Unit); err == nil {
		w.Place = r.climbSentence(climb)
	}
	return nil
}

// comparison sets the page's sheet against the base, with what was seen of the base before it was corrected.
func (r *resolver) comparison(base *view, code assess.Code) (c analysis.Comparison, err error) {
	if c.After, err = r.now.sheet.Subject(code); err != nil {
		return c, err
	}
	if c.Before, err = base.sheet.Subject(code); err != nil {
		return c, err
	}
	a, ok := r.board.(archive)
	if !ok || len(base.sheet.Corrections) == 0 {
		return c, nil
	}
	locked, err := a.Locked(r.ctx, base.sheet.Period)
	if err != nil {
		return c, err
	}
	published, err := locked.Subject(code)
	if err != nil {
		return c, err
	}
	c.Published = &published
	return c, nil
}

// fewest keeps the largest performances and puts the others together under no name.
func fewest(steps []analysis.Step, limit int) []analysis.Step {
	var sizes []int64
	for _, s := range steps {
		if s.Kind == analysis.StepPerformance {
			sizes = append(sizes, magnitude(s.Amount))
		}
	}
	if limit == 0 || len(sizes) <= limit {
		return steps
	}
	slices.SortFunc(sizes, func(a, b int64) int { return cmp.Compare(b, a) })
	least, room := sizes[limit-1], limit
	var kept []analysis.Step
	rest, after := analysis.Step{Kind: analysis.StepPerformance}, 0
	for _, s := range steps {
		switch {
		case s.Kind != analysis.StepPerformance:
			kept = append(kept, s)
			continue
		case magnitude(s.Amount) >= least && room > 0:
			kept, room = append(kept, s), room-1
		default:
			rest.Amount += s.Amount
		}
		after = len(kept)
	}
	return slices.Insert(kept, after, rest)
}

func magnitude(n int64) int64 { return max(n, -n) }

// pour lays the steps one after the other, between the totals as they stand on every other page: what is exact was rounded already.
func (r *resolver) pour(w *Waterfall, change *analysis.Change, steps []analysis.Step, c analysis.Comparison, base *view) {
	decimals := r.now.decimals(c.After.Code())
	total := func(units int64, of analysis.Subject, v *view) WaterStep {
		x := float64(units) / unitsOfPoint
		return WaterStep{
			Name: Name{Full: r.words.Period(v.sheet.Period.String())}, Kind: waterTotal, To: x,
			Text: i18n.Number(of.Scores.Card(change.Unit).Root().Shown, decimals), Exact: i18n.Number(x, exactDecimals),
		}
	}
	first := c.Before
	if c.Published != nil {
		first = *c.Published
	}
	w.Steps = append(w.Steps, total(change.From, first, base))
	at := change.From
	for _, s := range steps {
		x := float64(s.Amount) / unitsOfPoint
		w.Steps = append(w.Steps, WaterStep{
			Name: r.stepName(s, base), Kind: s.Kind, From: float64(at) / unitsOfPoint, To: float64(at+s.Amount) / unitsOfPoint,
			Text: i18n.Signed(x, decimals), Exact: i18n.Signed(x, exactDecimals),
		})
		at += s.Amount
	}
	w.Steps = append(w.Steps, total(change.To, c.After, r.now))
}

// unitsOfPoint are the units of 0.0001 in a point.
const unitsOfPoint = 10000

// stepName names a step; one of a node that means something else than in the base says so.
func (r *resolver) stepName(s analysis.Step, base *view) Name {
	switch {
	case s.Kind == analysis.StepPerformance && s.Node == "":
		return Name{Full: r.words.T("step.others")}
	case s.Kind == analysis.StepPerformance:
		name := r.nodeName(r.now, s.Node)
		if !r.comparable(base, s.Node) {
			other := r.words.T("common.bracket", "text", r.words.T("change.other_scheme"))
			name.Full, name.Short = name.Full+other, name.Short+other
		}
		return name
	}
	return Name{Full: r.words.T("step." + s.Kind)}
}

// changeSentence says how the total moved and what moved it most.
func (r *resolver) changeSentence(w *Waterfall) Sentence {
	first, last := w.Steps[0], w.Steps[len(w.Steps)-1]
	clauses := []Sentence{r.compose("sentence.moved", "of", w.Of.Full, "from", first.Text, "to", last.Text)}
	var most *WaterStep
	for i := range w.Steps {
		s := &w.Steps[i]
		if s.Kind != waterTotal && s.To != s.From && (most == nil || abs(s.To-s.From) > abs(most.To-most.From)) {
			most = s
		}
	}
	if most != nil {
		clauses = append(clauses, r.compose("sentence.moved_most", "step", linked(most.Name.Full, most.Name.Link), "amount", most.Text))
	}
	return r.end(r.join("sentence.semicolon", clauses...))
}

// climbSentence says where the change of place came from; parts that moved nothing are left out.
func (r *resolver) climbSentence(c *analysis.Climb) Sentence {
	moved := r.compose("sentence.place_moved", "from", r.words.T("rank.place", "n", c.From), "to", r.words.T("rank.place", "n", c.To))
	if c.From == c.To {
		moved = words(r.words.T("rank.same"))
	}
	clauses := []Sentence{moved}
	for _, part := range []struct {
		key    string
		gained int
	}{{"climb.corrections", c.Corrections}, {"climb.performance", c.Performance}, {"climb.peers", c.Peers}, {"climb.weights", c.Weights}} {
		if part.gained != 0 {
			clauses = append(clauses, words(r.words.T(part.key)+r.words.T("common.space")+r.gained(part.gained)))
		}
	}
	return r.end(r.join("sentence.comma", clauses...))
}

// gained writes places gained or lost: 升2位, 降1位.
func (r *resolver) gained(n int) string {
	if n < 0 {
		return r.words.T("rank.down", "n", -n)
	}
	return r.words.T("rank.up", "n", n)
}
