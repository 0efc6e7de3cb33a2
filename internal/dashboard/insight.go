package dashboard

import (
	"cmp"
	"slices"

	"github.com/unionboard/unionboard/internal/analysis"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
)

// realWeights sets the stated weight of every part beside the part of the differences it makes.
func (r *resolver) realWeights(d PanelDefinition) (*Table, error) {
	code, subject, err := r.subject(d)
	if err != nil {
		return nil, err
	}
	t := &Table{Heads: r.heads("dimension", "#weight_stated", "#weight_real"), Empty: r.words.T("panel.no_differences")}
	for _, w := range analysis.RealWeights(subject, code) {
		name := r.nodeName(r.now, w.Node)
		t.Rows = append(t.Rows, []Cell{{Text: name.Full, Link: name.Link}, {Text: i18n.Percent(100 * w.Nominal)}, {Text: i18n.Percent(100 * w.Real)}})
	}
	return t, nil
}

// discrimination shows how far every indicator tells the units apart, those that do it least first.
func (r *resolver) discrimination(d PanelDefinition) (*Table, error) {
	_, subject, err := r.subject(d)
	if err != nil {
		return nil, err
	}
	shift := map[assess.Code]string{}
	for _, removal := range analysis.RemoveOne(subject) {
		shift[removal.Node] = i18n.Number(removal.Shift, 2)
	}
	found := analysis.Diagnose(subject).Indicators
	slices.SortStableFunc(found, func(a, b analysis.IndicatorSpread) int { return cmp.Compare(a.Deviation, b.Deviation) })
	t := &Table{Heads: r.heads("indicator", "#deviation", "#at_cap", "#coverage", "#removed"), Empty: r.words.T("panel.no_ranks")}
	for _, one := range found {
		if one.Units < 2 || d.Options.Limit > 0 && len(t.Rows) == d.Options.Limit {
			continue
		}
		name := r.nodeName(r.now, one.Node)
		t.Rows = append(t.Rows, []Cell{
			{Text: name.Full, Link: name.Link},
			{Text: i18n.Number(one.Deviation, 2)},
			{Text: r.words.T("panel.of", "n", one.AtCap, "all", one.Units)},
			{Text: r.words.T("panel.of", "n", one.Reported, "all", one.Asked)},
			{Text: cmp.Or(shift[one.Node], "—")},
		})
	}
	return t, nil
}

// subject answers what a panel looks into.
func (r *resolver) subject(d PanelDefinition) (assess.Code, analysis.Subject, error) {
	code, err := r.one(d.Query)
	if err != nil {
		return "", analysis.Subject{}, err
	}
	s, err := r.now.sheet.Subject(code)
	return code, s, err
}
