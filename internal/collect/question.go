package collect

import (
	"context"
	"fmt"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/quality"
)

// question checks the reports that a batch changes against the validation rules of level error. What breaks one is taken all the
// same – often the rest of the report is still on its way – and noted as a question.
func (g *Gate) question(ctx context.Context, b *batch) error {
	asked := map[reportKey]bool{}
	for _, s := range b.intake.Submissions {
		key := reportKey{s.Unit, s.Period}
		if s.Period.Kind() != assess.Quarter || asked[key] {
			continue
		}
		asked[key] = true
		book, err := b.shelf.book(ctx, s.Period.CalendarYear())
		if err != nil {
			return err
		}
		checks, err := book.rules()
		if err != nil {
			g.log.Warn("the rules cannot be computed", "year", s.Period.CalendarYear(), "error", err)
			continue
		}
		figures, err := g.figures(ctx, b.state, key)
		if err != nil {
			return err
		}
		for _, f := range checks.Check(quality.Report{Unit: key.unit, Period: key.period, Figures: figures}) {
			if f.Level == quality.Error {
				b.report.Notes = append(b.report.Notes, noteOf(f))
			}
		}
	}
	return nil
}

// rules compiles the rules of the edition when they are first needed.
func (b *book) rules() (*quality.Checks, error) {
	if b.checks == nil {
		checks, err := quality.New(b.edition)
		if err != nil {
			return nil, err
		}
		b.checks = checks
	}
	return b.checks, nil
}

// figures answers what a unit has said of a quarter, with what the batch brings, and of its past as far as rules look: the year so
// far and the end of the year before.
func (g *Gate) figures(ctx context.Context, s *state, key reportKey) (quality.Figures, error) {
	first := assess.NewQuarter(key.period.CalendarYear()-1, 4)
	query := assess.CellQuery{Units: []assess.UnitCode{key.unit}, Periods: []assess.Period{first.Year(), key.period.Year()}}
	for p := first; p.Compare(key.period) <= 0; p = p.Next() {
		query.Periods = append(query.Periods, p)
	}
	current, err := g.store.Current(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("read the log: %w", err)
	}
	figures := quality.Figures{}
	put := func(cell assess.CellKey, h Holding) {
		if cell.Unit == key.unit && cell.Part == "" && cell.Ref == "" {
			figures[quality.Cell{Period: cell.Period, Item: cell.Item}] = quality.Figure{State: h.State, Value: h.Value}
		}
	}
	for _, o := range current {
		put(o.CellKey, Holding{o.State, o.Value, o.Note})
	}
	for cell, h := range s.held { // each cell has one holding, so the order does not matter
		if slices.Contains(query.Periods, cell.Period) {
			put(cell, h)
		}
	}
	return figures, nil
}

func noteOf(f quality.Finding) *assess.Problem {
	items, name := list(f.Items), f.Rule.In("en")
	if name == "" {
		name = "the figure contradicts another"
	}
	return assess.Invalid("problem.rule_question",
		fmt.Sprintf("%s, %s, %s (%s): %s: %s", f.Check, f.Unit, f.Period, items, name, f.Message),
		"rule", string(f.Check), "unit", string(f.Unit), "period", f.Period.String(), "items", items, "claim", f.Claim)
}
