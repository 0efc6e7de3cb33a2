package matter

import (
	"context"
	"fmt"
	"slices"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
)

// resultNeeds is who takes a result which step further.
func resultNeeds(action cycle.Action) account.Action {
	switch action {
	case cycle.Examine, cycle.SendBack, cycle.OpenAppeals, cycle.Archive:
		return account.PrepareResult
	case cycle.Post, cycle.Decide, cycle.Announce:
		return account.DecideResult
	}
	return ""
}

// ResultActions answers the steps that an account may take with a result in a state.
func ResultActions(u account.User, state assess.ResultState) []cycle.Action {
	var open []cycle.Action
	for _, a := range cycle.Results().Open(state) {
		if need := resultNeeds(a); need != "" && u.May(need, "") {
			open = append(open, a)
		}
	}
	return open
}

// ofYear refuses the result of anything but a year: a quarter shows progress, and what is wrong in it is corrected.
func ofYear(p assess.Period) error {
	if p.Kind() == assess.Year {
		return nil
	}
	return assess.Invalid("problem.result_year",
		fmt.Sprintf("public notice and appeals are about the result of a year, not about %s; choose %s, or ask for a figure to be corrected", p, p.Year()),
		"period", p.String(), "year", p.Year().String())
}

// Stages answers the way of a year's result so far, oldest first.
func (b *Book) Stages(ctx context.Context, p assess.Period) ([]assess.ResultStage, error) {
	stages, err := b.Store.ResultStages(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("way of the result: %w", err)
	}
	return stages, nil
}

// MoveResult takes the result of a year a step further: from draft over the public notice and the appeals to its archive (workflow
// 3.3). It does not begin before the year's collection is closed (ErrConflict), and is not decided while appeals wait.
func (b *Book) MoveResult(ctx context.Context, p assess.Period, action cycle.Action, note string, u account.User, line assess.AuditLine) error {
	need := resultNeeds(action)
	if need == "" || !u.May(need, "") {
		return notYours()
	}
	if err := ofYear(p); err != nil {
		return err
	}
	closed, err := b.closed(ctx, p)
	if err != nil {
		return err
	}
	if !closed {
		return assess.Conflict("problem.result_open",
			fmt.Sprintf("figures of %s are still being collected; its result goes on its way when %s is scored", p, p.LastQuarter()),
			"period", p.String(), "quarter", p.LastQuarter().String())
	}
	window, err := b.Window(ctx, p)
	if err != nil {
		return err
	}
	next, err := cycle.Results().Next(window.State, action)
	if err != nil {
		return err
	}
	if action == cycle.Decide {
		if line.At.Before(window.Until) {
			return assess.Conflict("problem.result_window",
				fmt.Sprintf("the public notice of %s still runs; decide when it has ended", p), "period", p.String())
		}
		appeals, err := b.Store.Matters(ctx, assess.MatterQuery{Kind: assess.Appeal, Period: p})
		if err != nil {
			return fmt.Errorf("appeals: %w", err)
		}
		for _, m := range appeals {
			if slices.Contains(undecided(), m.State) {
				return assess.Conflict("problem.result_appeals", "appeals wait for their decision; decide them first")
			}
		}
	}
	if action == cycle.Announce {
		if err := b.sealed(ctx, p); err != nil {
			return err
		}
	}
	line.Action, line.Object, line.Before, line.After = "result."+string(action), p.String(), string(window.State), string(next)
	stage := assess.ResultStage{Period: p, State: next, By: u.Name, At: line.At, Note: note}
	if err := b.Store.MoveResult(ctx, window.State, stage, line); err != nil {
		return b.moved(err)
	}
	return nil
}

// sealed refuses to announce a result that is not published: what is announced is what is sealed.
func (b *Book) sealed(ctx context.Context, p assess.Period) error {
	seals, err := b.Log.Seals(ctx)
	if err != nil {
		return fmt.Errorf("seals: %w", err)
	}
	if slices.ContainsFunc(seals, func(s assess.Seal) bool { return s.Period == p }) {
		return nil
	}
	return assess.Conflict("problem.result_unsealed",
		fmt.Sprintf("the result of %s is not sealed yet; have it proposed and approved first, on its page of publication, then announce it", p), "period", p.String())
}
