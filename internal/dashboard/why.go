package dashboard

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/results"
)

// historyQuarters is how many quarters an explanation looks back.
const historyQuarters = 8

// Why answers why a node of a unit (req.Unit, req.Code) has its score in a period. The unit may be the city, the node any
// indicator, heading, framework or the composite. Errors are assess.ErrNotFound for what there is not, or internal.
func Why(ctx context.Context, board results.Board, words *i18n.Catalogue, req Request) (*Explanation, error) {
	r, err := newResolver(ctx, board, words, req)
	if err != nil {
		return nil, err
	}
	u, ok := r.now.unit(r.req.Unit)
	if !ok {
		return nil, unknown("problem.unit_unknown", "unit", string(req.Unit))
	}
	if r.now.score(u.Code, req.Code) == nil {
		return nil, unknown("problem.node_unknown", "node", string(req.Code))
	}
	if err := r.now.explain(u.Code); err != nil {
		return nil, err
	}
	n := r.now.score(u.Code, req.Code)
	e := &Explanation{Unit: r.unitName(u), Node: r.nodeName(r.now, req.Code), Figure: r.figure(r.base(), u.Code, req.Code)}
	if u.Code == r.now.city() {
		e.Unit = r.cityName()
	}
	if e.Bar, err = r.bar(); err != nil {
		return nil, err
	}
	e.Title = r.words.T("why.title", "unit", e.Unit.Full, "node", e.Node.Full)
	r.explainPlace(e, u)
	e.Facts.Items = slices.Concat(r.definition(req.Code), r.weightFacts(n), r.contestFact(u, n))
	if n.Why != nil && r.req.Period.Kind() == assess.Year {
		e.Facts.Items = append(e.Facts.Items, r.awardFacts(u.Code, req.Code, n)...)
	}
	if e.Peers, err = r.peers(u.Code, req.Code, n); err != nil {
		return nil, err
	}
	e.Formula = r.formula(u.Code, req.Code, n)
	if n.Why != nil && n.Why.Reason != "" {
		e.Reason = r.words.T(n.Why.Reason)
	}
	if err := r.explainInputs(e, u, n); err != nil {
		return nil, err
	}
	e.Bands = r.bandRows(req.Code, n)
	e.WhatIf = r.whatIf(req.Code, n)
	e.Parts = r.partsTable(u.Code, req.Code, n)
	return e, r.explainHistory(e, u)
}

// explainPlace says which framework the node belongs to and what stands over it.
func (r *resolver) explainPlace(e *Explanation, u assess.Unit) {
	s, ok := r.now.spots[r.req.Code]
	if !ok {
		return
	}
	e.Framework = r.nodeName(r.now, s.framework.Code)
	e.Bar.Framework = s.framework.Code
	if r.now.sheet.Composite != nil {
		name := r.nodeName(r.now, assess.CompositeCode)
		name.Link = r.links.why(u.Code, assess.CompositeCode)
		e.Above = append(e.Above, name)
	}
	for _, over := range s.above {
		name := r.nodeName(r.now, over.Code)
		name.Link = r.links.why(u.Code, over.Code)
		e.Above = append(e.Above, name)
	}
}

// weightFacts tells what the node is worth to date and what came from siblings that are not applicable.
func (r *resolver) weightFacts(n *assess.NodeScore) (facts []Fact) {
	if n.Why == nil {
		return nil
	}
	add := func(term, text string) {
		facts = append(facts, Fact{Term: r.words.T("why." + term), Value: words(text)})
	}
	if n.HasScore() {
		add("full_points", i18n.Number(n.Why.FullPoints, 4))
	}
	if n.Why.Spread != 0 {
		add("spread", i18n.Signed(n.Why.Spread, 4))
	}
	if n.HasScore() {
		add("rounding", r.roundingText(n.Why))
	}
	if n.Coverage < 1 {
		add("coverage", i18n.Percent(100*n.Coverage))
	}
	if n.Why.Adjusted != nil {
		add("severity", i18n.Number(*n.Why.Adjusted, 2))
	}
	if n.Why.RatersDiffer {
		add("severity", r.words.T("why.raters_differ"))
	}
	ind := r.now.indicator(r.req.Code)
	if ind == nil {
		return facts
	}
	for _, t := range n.Why.Targets {
		if from := t.From; from.IsZero() {
			add("target_of", r.amount(ind, t.Target))
		} else {
			add("target_of", r.words.T("why.target_from", "value", r.amount(ind, t.Target), "period", r.words.Period(from.String())))
		}
	}
	if n.Why.Target != nil {
		add("target", r.amount(ind, *n.Why.Target))
	}
	if n.Why.Phasing != nil && *n.Why.Phasing != 100 {
		add("phasing", i18n.Percent(*n.Why.Phasing))
	}
	if n.Why.TargetToDate != nil {
		add("target_to_date", r.dueAmount(ind, *n.Why.TargetToDate))
	}
	if n.Why.Progress != nil {
		add("progress", i18n.Percent(100**n.Why.Progress))
	}
	return facts
}

// roundingText says to how many decimals points and score were rounded, and by which rule.
func (r *resolver) roundingText(why *assess.Derivation) string {
	if why.Layer == assess.Analytic {
		return r.words.T("why.rounded_shown", "score", why.Decimals)
	}
	rule := cmp.Or(why.Rounding, assess.HalfUp)
	return r.words.T("why.rounded_"+string(rule), "points", min(why.LeafDecimals, 4), "score", why.Decimals)
}

// explainInputs lists the figures that went in, with those who answer for them, and what was changed about them; nothing of it for
// a reader to whom the figures of the unit are not open.
func (r *resolver) explainInputs(e *Explanation, u assess.Unit, n *assess.NodeScore) error {
	if e.Withheld = !r.req.Reader.figuresOf(u.Code); e.Withheld {
		return nil
	}
	e.Corrections = Table{Heads: r.heads("item", "#before", "#after", "date", "accepted_by", "note"), Empty: r.words.T("panel.no_corrections")}
	if n.Why == nil {
		return nil
	}
	var changed []assess.Observation
	before := map[int64]assess.Observation{}
	for _, in := range n.Why.Inputs {
		history, err := r.historyOf(u.Code, in)
		if err != nil {
			return err
		}
		for i, o := range history {
			if i > 0 && (o.Value != history[i-1].Value || o.State != history[i-1].State) {
				changed = append(changed, o)
				before[o.Seq] = history[i-1]
			}
		}
		one := r.evidence(in, history)
		if item, ok := r.now.item(in.Item); ok && in.Seq > 0 {
			one.Records = RecordsLink(*item, u.Code, in.From)
		}
		e.Inputs = append(e.Inputs, one)
	}
	slices.SortFunc(changed, func(a, b assess.Observation) int { return int(b.Seq - a.Seq) })
	for _, o := range changed {
		e.Corrections.Rows = append(e.Corrections.Rows, []Cell{
			{Text: r.itemName(o.Item).Full},
			{Text: r.observed(before[o.Seq])},
			{Text: r.observed(o)},
			{Text: r.day(o.RecordedAt)},
			{Text: r.actor(o.AcceptedBy)},
			{Text: orDash(o.Note)},
		})
	}
	return nil
}

// historyOf answers the observations of the cell an input came from; sums over units and computed items have none.
func (r *resolver) historyOf(unit assess.UnitCode, in assess.Input) ([]assess.Observation, error) {
	if in.Seq == 0 {
		return nil, nil
	}
	return r.board.History(r.ctx, assess.CellKey{Unit: unit, Period: in.From, Item: in.Item, Part: in.Part, Ref: in.Ref})
}

// RecordsLink is where the records stand that a figure of a register was counted from; "" for an item that no register supplies.
func RecordsLink(item assess.Item, unit assess.UnitCode, p assess.Period) string {
	if item.Register == nil {
		return ""
	}
	table := cmp.Or(item.Register.Via, string(item.Register.Register))
	return "/registers/" + table + "?" + url.Values{"figure": {string(item.Code)}, "period": {p.String()}, "unit": {string(unit)}}.Encode()
}

func (r *resolver) evidence(in assess.Input, history []assess.Observation) Evidence {
	e := Evidence{
		Role: r.words.T("input." + in.Role), Item: r.itemName(in.Item), State: in.State, Period: r.words.Period(in.From.String()),
		Entered: "—", Accepted: "—", Recorded: "—", Seq: in.Seq,
		Value: r.observed(assess.Observation{CellKey: assess.CellKey{Item: in.Item}, State: in.State, Value: in.Value}),
	}
	if in.Part != "" {
		e.Item.Full += r.words.T("common.bracket", "text", r.level(in.Part))
	}
	for _, o := range history {
		if o.Seq == in.Seq {
			e.Entered, e.Accepted, e.Recorded, e.Note = r.actor(o.EnteredBy), r.actor(o.AcceptedBy), r.day(o.RecordedAt), o.Note
		}
	}
	return e
}

// actor says who entered or accepted a figure: an account by its name, a source or the command line in words.
func (r *resolver) actor(who string) string {
	kind, name, found := strings.Cut(who, ":")
	if key := "actor." + kind; found && r.words.Has(key) {
		return r.words.T(key, "name", name)
	}
	return orDash(who)
}

// partsTable lists the children of a heading, whose points add up to its own.
func (r *resolver) partsTable(unit assess.UnitCode, code assess.Code, n *assess.NodeScore) *Table {
	if n.Why == nil || len(n.Why.Parts) == 0 {
		return nil
	}
	t := &Table{Heads: r.heads("name", "#weight", "#score", "#full_points", "#points")}
	points, full := 0.0, 0.0
	for _, part := range n.Why.Parts {
		name, f := r.nodeName(r.now, part.Node), r.figure(nil, unit, part.Node)
		row := []Cell{{Text: name.Full, Link: name.Link}, {Text: part.Weight}, {Text: f.Text, Link: f.Why, Figure: &f}, {Text: "—"}, {Text: "—"}}
		if counts(part) {
			row[3].Text, row[4].Text = i18n.Number(part.FullPoints, 4), i18n.Number(part.Points, 4)
			points, full = points+part.Points, full+part.FullPoints
		}
		t.Rows = append(t.Rows, row)
	}
	for _, extra := range []struct {
		key    string
		points float64
	}{{"panel.bonus", n.Why.Bonus}, {"panel.late", -n.Why.Late}} {
		if extra.points != 0 {
			points += extra.points
			t.Rows = append(t.Rows, []Cell{{Text: r.words.T(extra.key)}, {Text: "—"}, {Text: "—"}, {Text: "—"}, {Text: i18n.Signed(extra.points, 4)}})
		}
	}
	own := r.figure(nil, unit, code)
	t.Rows = append(t.Rows, []Cell{
		{Text: r.words.T("panel.total")},
		{Text: "—"},
		{Text: own.Text, Figure: &own},
		{Text: i18n.Number(full, 4)},
		{Text: i18n.Number(points, 4)},
	})
	return t
}

// counts says whether a part has points: it was scored, or it was not reported and costs its points.
func counts(part assess.Part) bool {
	return part.State == assess.Scored || part.State == assess.NotReported && part.FullPoints > 0
}

// explainHistory looks back over the quarters, as a table and as a line.
func (r *resolver) explainHistory(e *Explanation, u assess.Unit) error {
	q := Query{Measure: "score", Units: "unit", Periods: historyQuarters}
	quarters, err := r.quarters(q.Periods)
	if err != nil {
		return err
	}
	line := TrendSeries{Name: e.Unit.Short, Kind: "own"}
	t := &Trend{Periods: quarters, Unit: r.words.T("common.points")}
	e.History = Table{Heads: r.heads("period", "#value", "#score", "#points", "#full_points"), Empty: r.words.T("panel.no_history")}
	for _, quarter := range quarters {
		v, err := r.at(quarter)
		if err != nil {
			return err
		}
		spot := r.scoreSpot(v, quarter, u.Code, r.req.Code)
		line.Spots = append(line.Spots, spot)
		t.Labels = append(t.Labels, spot.Label)
		e.History.Rows = append(e.History.Rows, r.historyRow(v, quarter, u.Code, spot))
	}
	t.Series = []TrendSeries{line}
	e.Trend = t
	return r.breaks(t, r.req.Code, false)
}

func (r *resolver) historyRow(v *view, quarter assess.Period, unit assess.UnitCode, s Spot) []Cell {
	row := []Cell{{Text: r.words.Period(quarter.String())}, {Text: "—"}, {Text: s.Text, Link: s.Why}, {Text: "—"}, {Text: "—"}}
	if v == nil {
		return row
	}
	n := v.score(unit, r.req.Code)
	if n == nil {
		return row
	}
	row[1].Text = orDash(r.value(v, r.req.Code, n))
	if n.HasScore() {
		row[3].Text, row[4].Text = i18n.Number(n.Points, 4), i18n.Number(n.FullPoints, 4)
	}
	return row
}
