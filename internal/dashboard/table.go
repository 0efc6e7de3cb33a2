package dashboard

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
)

// table makes the table its measure asks for: the first, last and most moved of a ranking (change), the red indicators of a unit
// (gap), units beside each other (score), where these differ (differences), returned reports (returns), changed cells (corrections), stated and real weights (weights),
// how far indicators tell the units apart (discrimination), pairs that go together (correlations), what one alone explains (effects).
func (r *resolver) table(d PanelDefinition, p *Panel) (err error) {
	switch d.Query.Measure {
	case "change":
		p.Table, err = r.extremes(d)
	case "gap":
		p.Table, err = r.redIndicators(d)
	case "score":
		p.Table, err = r.beside(d)
	case "differences":
		p.Table, err = r.differences(d, p)
	case "returns":
		p.Table = r.returns(d)
	case "corrections":
		p.Table = r.corrections(d)
	case "weights":
		p.Table, err = r.realWeights(d)
	case "discrimination":
		p.Table, err = r.discrimination(d)
	case "correlations":
		p.Table, err = r.correlations(d)
	case "effects":
		p.Table, err = r.effects(d)
	}
	return err
}

func (r *resolver) heads(keys ...string) []TableHead {
	heads := make([]TableHead, len(keys))
	for i, key := range keys {
		name, numeric := key, false
		if key[0] == '#' {
			name, numeric = key[1:], true
		}
		heads[i] = TableHead{Text: r.words.T("panel." + name), Numeric: numeric}
	}
	return heads
}

// extremes shows the first and the last places and who moved most, each only where somebody has a place.
func (r *resolver) extremes(d PanelDefinition) (*Table, error) {
	code, err := r.one(d.Query)
	if err != nil {
		return nil, err
	}
	t := &Table{Heads: r.heads("extreme", "unit", "#score", "#rank", "#change"), Empty: r.words.T("panel.no_ranks")}
	t.Heads[4].Text = r.baseWords()
	ranked := slices.DeleteFunc(r.byPlace(r.units(d.Query), code, false), func(u assess.Unit) bool {
		n := r.now.score(u.Code, code)
		return n == nil || n.Rank == 0
	})
	limit := min(max(d.Options.Limit, 1), len(ranked))
	last := ranked[max(limit, len(ranked)-limit):]
	for _, part := range []struct {
		key   string
		units []assess.Unit
	}{{"panel.first", ranked[:limit]}, {"panel.last", last}, {"panel.mover", r.mover(code, ranked)}} {
		for _, u := range part.units {
			place := r.place(u.Code, r.unitName(u), u.Group, code, false)
			figure := place.Figure
			t.Rows = append(t.Rows, []Cell{
				{Text: r.words.T(part.key, "n", limit)},
				{Text: place.Unit.Full, Link: place.Unit.Link},
				{Text: figure.Text, Link: figure.Why, Figure: &figure},
				{Text: figure.RankText},
				{Text: figure.changeText()},
			})
		}
	}
	return t, nil
}

// mover answers the unit whose score changed most, up or down; none where nothing can be compared.
func (r *resolver) mover(code assess.Code, units []assess.Unit) []assess.Unit {
	best, found := 0.0, -1
	for i, u := range units {
		if change, ok := r.changeOf(u.Code, code); ok && abs(change) > abs(best) {
			best, found = change, i
		}
	}
	if found < 0 {
		return nil
	}
	return units[found : found+1]
}

func abs(x float64) float64 { return max(x, -x) }

// changeOf answers how a score changed since the base, ok where both are scored and comparable.
func (r *resolver) changeOf(unit assess.UnitCode, code assess.Code) (float64, bool) {
	base := r.base()
	if base == nil {
		return 0, false
	}
	n, before := r.now.score(unit, code), base.score(unit, code)
	if n == nil || before == nil || n.State != assess.Scored || before.State != assess.Scored || !r.comparable(base, code) {
		return 0, false
	}
	return assess.Snap(n.Shown - before.Shown), true
}

// redIndicators lists what a unit lags in: done, due, what is missing, against last year, and why.
func (r *resolver) redIndicators(d PanelDefinition) (*Table, error) {
	red, err := r.laggardsOf(d.Query)
	if err != nil {
		return nil, err
	}
	t := &Table{Heads: r.heads("indicator", "#score", "#actual", "#due", "#gap", "#last_year", "why"), Empty: r.words.T("panel.nothing_red")}
	red = red[:min(len(red), limitOf(d, len(red)))]
	lags, err := r.lags(red)
	if err != nil {
		return nil, err
	}
	for i, l := range red {
		lag := lags[i]
		change := r.change(r.year, l.unit.Code, l.code, true)
		t.Rows = append(t.Rows, []Cell{
			{Text: lag.Indicator.Full, Link: lag.Indicator.Link},
			{Text: lag.Figure.Text, Link: lag.Figure.Why, Figure: &lag.Figure},
			{Text: lag.Actual},
			{Text: lag.Due},
			{Text: lag.Gap},
			{Text: change.Text},
			{Text: r.words.T("panel.why"), Link: lag.Figure.Why},
		})
	}
	return t, nil
}

// beside puts units beside each other: the overall figure, the place in the group, and the nodes asked for.
func (r *resolver) beside(d PanelDefinition) (*Table, error) {
	codes, err := r.of(d.Query)
	if err != nil {
		return nil, err
	}
	overall := r.now.overall()
	codes = slices.DeleteFunc(codes, func(c assess.Code) bool { return c == overall })
	t := &Table{Heads: r.heads("unit", "#overall", "#group_rank"), Empty: r.words.T("panel.no_peers")}
	t.Heads[1].Text = r.nodeName(r.now, overall).Short
	for _, code := range codes {
		t.Heads = append(t.Heads, TableHead{Text: r.nodeName(r.now, code).Short, Numeric: true})
	}
	for _, u := range r.units(d.Query) {
		name, total := r.unitName(u), r.figure(r.base(), u.Code, overall)
		row := []Cell{{Text: name.Full, Link: name.Link}, {Text: total.Text, Link: total.Why, Figure: &total}, {Text: orDash(total.GroupText)}}
		for _, code := range codes {
			f := r.figure(r.base(), u.Code, code)
			row = append(row, Cell{Text: f.Text, Link: f.Why, Figure: &f})
		}
		t.Rows = append(t.Rows, row)
	}
	return t, nil
}

func orDash(text string) string {
	if text == "" {
		return "—"
	}
	return text
}

// returns lists the reports that were sent back, most first.
func (r *resolver) returns(d PanelDefinition) *Table {
	t := &Table{Heads: r.heads("unit", "#returns", "#rounds", "#late_days", "state"), Empty: r.words.T("panel.nothing_returned")}
	units := r.units(d.Query)
	slices.SortStableFunc(units, func(a, b assess.Unit) int {
		return cmp.Compare(r.now.filing(b.Code).Returns, r.now.filing(a.Code).Returns)
	})
	for _, u := range units {
		f := r.now.filing(u.Code)
		if f.Returns == 0 || d.Options.Limit > 0 && len(t.Rows) == d.Options.Limit {
			break
		}
		name := r.unitName(u)
		t.Rows = append(t.Rows, []Cell{
			{Text: name.Full, Link: name.Link},
			{Text: fmt.Sprint(f.Returns)},
			{Text: fmt.Sprint(f.Rounds)},
			{Text: fmt.Sprint(r.lateDays(u.Code))},
			{Text: r.words.T("filing." + string(f.State))},
		})
	}
	return t
}

// corrections lists the cells that were changed after the lock, newest first, of units whose figures are open to the reader.
func (r *resolver) corrections(d PanelDefinition) *Table {
	t := &Table{Heads: r.heads("unit", "item", "#before", "#after", "date", "note"), Empty: r.words.T("panel.no_corrections")}
	for _, c := range r.correctionsOf(r.units(d.Query)) {
		if !r.req.Reader.figuresOf(c.After.Unit) {
			t.Empty = r.words.T("panel.withheld")
			continue
		}
		if d.Options.Limit > 0 && len(t.Rows) == d.Options.Limit {
			break
		}
		u, _ := r.now.unit(c.After.Unit)
		name := r.unitName(u)
		t.Rows = append(t.Rows, []Cell{
			{Text: name.Full, Link: name.Link},
			{Text: r.itemName(c.After.Item).Full},
			{Text: r.observed(c.Before)},
			{Text: r.observed(c.After)},
			{Text: r.day(c.After.RecordedAt)},
			{Text: orDash(c.After.Note)},
		})
	}
	return t
}

func (r *resolver) itemName(code assess.Code) Name {
	n := Name{Code: string(code), Full: string(code)}
	if item, ok := r.now.item(code); ok {
		n.Full = item.Name.In(r.req.Lang)
	}
	n.Short = n.Full
	return n
}

// observed writes what a cell said: a number with the item's measure, a level, or its state in words.
func (r *resolver) observed(o assess.Observation) string {
	if o.State == "" {
		return "—"
	}
	if o.Value == "" {
		return r.words.T("figure." + string(o.State))
	}
	item, ok := r.now.item(o.Item)
	number, isNumber := o.Number()
	switch {
	case !isNumber:
		return r.level(o.Value)
	case ok && item.Type == assess.Boolean:
		if number.IsZero() {
			return r.words.T("common.no")
		}
		return r.words.T("common.yes")
	case ok:
		return r.words.Amount(i18n.Decimal(number), item.Measure.In(r.req.Lang))
	}
	return i18n.Decimal(number)
}
