package dashboard

import (
	"cmp"
	"math"
	"slices"

	"github.com/unionboard/unionboard/internal/analysis"
	"github.com/unionboard/unionboard/internal/i18n"
)

// correlations lists the pairs inside a heading that say the same or pull against each other, strongest first, over the last
// quarters together: one quarter of a city has too few districts to tell.
func (r *resolver) correlations(d PanelDefinition) (*Table, error) {
	pooled, err := r.pooled(d)
	if err != nil {
		return nil, err
	}
	found := slices.DeleteFunc(analysis.Correlations(pooled), func(c analysis.Correlation) bool { return c.Mark == "" })
	slices.SortStableFunc(found, func(a, b analysis.Correlation) int { return cmp.Compare(math.Abs(b.Pearson), math.Abs(a.Pearson)) })
	t := &Table{Heads: r.heads("pair_a", "pair_b", "#pearson", "#spearman", "#critical", "#pairs", "pair_mark"), Empty: r.words.T("panel.no_pairs")}
	for _, c := range found[:min(len(found), limitOf(d, len(found)))] {
		a, b := r.nodeName(r.now, c.A), r.nodeName(r.now, c.B)
		t.Rows = append(t.Rows, []Cell{
			{Text: a.Full, Link: a.Link},
			{Text: b.Full, Link: b.Link},
			{Text: i18n.Number(c.Pearson, 2)},
			{Text: i18n.Number(c.Spearman, 2)},
			{Text: i18n.Number(c.Critical, 2)},
			{Text: i18n.Number(float64(c.Pairs), 0)},
			{Text: r.words.T("panel.pair_" + c.Mark)},
		})
	}
	return t, nil
}

// effects lists what every indicator alone explains of the totals: the square of its correlation with them, over the last quarters
// together, greatest first.
func (r *resolver) effects(d PanelDefinition) (*Table, error) {
	pooled, err := r.pooled(d)
	if err != nil {
		return nil, err
	}
	found := analysis.MainEffects(pooled)
	slices.SortStableFunc(found, func(a, b analysis.Correlation) int { return cmp.Compare(b.Pearson*b.Pearson, a.Pearson*a.Pearson) })
	t := &Table{Heads: r.heads("indicator", "#effect", "#pairs"), Empty: r.words.T("panel.no_pairs")}
	for _, c := range found[:min(len(found), limitOf(d, len(found)))] {
		name := r.nodeName(r.now, c.A)
		t.Rows = append(t.Rows, []Cell{
			{Text: name.Full, Link: name.Link}, {Text: i18n.Percent(100 * c.Pearson * c.Pearson)}, {Text: i18n.Number(float64(c.Pairs), 0)},
		})
	}
	return t, nil
}

func limitOf(d PanelDefinition, all int) int {
	if d.Options.Limit > 0 {
		return d.Options.Limit
	}
	return all
}

// pooled answers the subjects of the last quarters the reader may see, of those in which there is one, the newest first: its tree is
// the one that is looked at.
func (r *resolver) pooled(d PanelDefinition) ([]analysis.Subject, error) {
	code, err := r.one(d.Query)
	if err != nil {
		return nil, err
	}
	quarters, err := r.quarters(d.Query.Periods)
	if err != nil {
		return nil, err
	}
	var pooled []analysis.Subject
	for _, quarter := range slices.Backward(quarters) {
		v, err := r.at(quarter)
		if err != nil {
			return nil, err
		}
		if v == nil {
			continue
		}
		if s, err := v.sheet.Subject(code); err == nil {
			pooled = append(pooled, s)
		}
	}
	return pooled, nil
}
