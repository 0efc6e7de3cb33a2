package collect

import (
	"context"
	"fmt"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/quality"
)

// question checks the reports that a batch changes against the validation rules of level error. What breaks one is taken all the
// same – often the rest of the report is still on its way – and noted as a question.
func (g *Gate) question(ctx context.Context, b *batch) error {
	asked := map[reportKey]bool{}
	said, err := g.said(ctx, b)
	if err != nil {
		return err
	}
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
			g.log.WarnContext(ctx, "the rules cannot be computed", "year", s.Period.CalendarYear(), "error", err)
			continue
		}
		for _, f := range checks.Contradicts(quality.Report{Unit: key.unit, Period: key.period, Figures: said[key.unit]}) {
			b.report.note(noteOf(f))
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

// said answers what the units whose quarters a batch changes have said, with what it brings, as far back as rules look; they never look ahead.
func (g *Gate) said(ctx context.Context, b *batch) (map[assess.UnitCode]quality.Figures, error) {
	said := map[assess.UnitCode]quality.Figures{}
	var q assess.CellQuery
	looked := map[assess.Period]bool{}
	for _, s := range b.intake.Submissions {
		if s.Period.Kind() != assess.Quarter {
			continue
		}
		if said[s.Unit] == nil {
			said[s.Unit] = quality.Figures{}
			q.Units = append(q.Units, s.Unit)
		}
		for _, p := range lookedAt(s.Period) {
			if !looked[p] {
				looked[p] = true
				q.Periods = append(q.Periods, p)
			}
		}
	}
	if len(q.Units) == 0 {
		return nil, nil
	}
	put := func(cell assess.CellKey, h Holding) {
		if of := said[cell.Unit]; of != nil && cell.Part == "" && cell.Ref == "" {
			of[quality.Cell{Period: cell.Period, Item: cell.Item}] = quality.Figure{State: h.State, Value: h.Value}
		}
	}
	current, err := g.store.Current(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("read the log: %w", err)
	}
	for _, o := range current {
		put(o.CellKey, Holding{o.State, o.Value, o.Note})
	}
	for cell, h := range b.state.held { // each cell has one holding, so the order does not matter
		put(cell, h)
	}
	return said, nil
}

// lookedAt answers the periods that rules look at when they are asked about a quarter: the year so far and the end of the year before.
func lookedAt(quarter assess.Period) []assess.Period {
	first := assess.NewQuarter(quarter.CalendarYear()-1, 4)
	periods := []assess.Period{first.Year(), quarter.Year()}
	for p := first; p.Compare(quarter) <= 0; p = p.Next() {
		periods = append(periods, p)
	}
	return periods
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
