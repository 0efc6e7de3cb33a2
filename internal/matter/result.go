package matter

import (
	"context"
	"fmt"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
)

// resultNeeds is who takes a result which step further: the analyst prepares it, the leaders decide.
func resultNeeds(action cycle.Action) account.Action {
	switch action {
	case cycle.Examine, cycle.SendBack, cycle.OpenAppeals, cycle.Archive:
		return account.RunCycle // which those of MoveResult have who prepare, as Publish those who decide
	case cycle.Post, cycle.Decide, cycle.Announce:
		return account.Publish
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

// MoveResult takes the result of a period a step further: from draft over the public notice and the appeals to its archive (workflow
// 3.3). It is not decided while appeals wait.
func (b *Book) MoveResult(ctx context.Context, p assess.Period, action cycle.Action, note string, u account.User, line assess.AuditLine) error {
	need := resultNeeds(action)
	if need == "" || !u.May(need, "") {
		return assess.Forbidden("problem.matter_role", "this step belongs to the work of somebody else; the page says whose turn it is")
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
			if !settled(m) {
				return assess.Conflict("problem.result_appeals", "appeals wait for their decision; decide them first")
			}
		}
	}
	line.Action, line.Object, line.Before, line.After = "result."+string(action), p.String(), string(window.State), string(next)
	stage := assess.ResultStage{Period: p, State: next, By: u.Name, At: line.At, Note: note}
	if err := b.Store.MoveResult(ctx, window.State, stage, line); err != nil {
		return b.moved(err)
	}
	return nil
}
