package api

import (
	"context"

	"github.com/unionboard/unionboard/internal/analysis"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/export"
)

// mostTries is how many sets of weights a program may have tried: more takes too long while others wait.
const mostTries = 10000

// robustness answers how sure the places of a period are.
func (a *API) robustness(ctx context.Context, c Call) (*Answer, error) {
	q, usual := c.parameters(), analysis.Default()
	p, edition := q.period("period"), q.number("edition", 0, 1, 9999)
	frameworks, units := texts[assess.Code](q, "framework"), texts[assess.UnitCode](q, "unit")
	o := usual
	o.Draws = q.number("draws", usual.Draws, 1, mostTries)
	o.Seed = uint64(q.number("seed", int(usual.Seed), 0, 1<<31-1))
	q.must("period", !p.IsZero())
	return a.listed(c, q, func() (list, error) {
		all, sheet, err := a.chosen(ctx, c, p, edition, frameworks, units)
		if err != nil {
			return list{}, err
		}
		done, err := a.alone(ctx)
		if err != nil {
			return list{}, err
		}
		defer done()
		type row struct {
			of       *analysis.Robustness
			interval analysis.Interval
		}
		var rows []row
		for _, s := range all {
			subject, err := sheet.Subject(s.Framework)
			if err != nil {
				return list{}, err
			}
			r, err := analysis.Robust(subject, o)
			if err != nil {
				return list{}, err
			}
			for _, v := range r.Units {
				if among(units, v.Unit) {
					rows = append(rows, row{r, v})
				}
			}
		}
		return listOf(rows, export.RobustnessColumns(),
			func(r row) any { return export.RobustnessObject(r.of, r.interval) },
			func(r row) []string { return export.RobustnessRecord(r.of, r.interval) }), nil
	})
}
