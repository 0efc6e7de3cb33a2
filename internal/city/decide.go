package city

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/cycle"
)

// Decide takes a step of a proposal. Who proposed does not confirm, who disputes does not revoke, and
// who proposed, confirmed or disputed does not keep (ErrForbidden); every step but a
// confirmation says why. What is confirmed passes the gate in the same write, and what is revoked is taken back there: nothing counts
// without its second person. A step that somebody else took meanwhile, or a closed period, is ErrConflict.
func (d *Desk) Decide(ctx context.Context, id string, action cycle.Action, note string, act Act) error {
	p, err := d.Store.Proposal(ctx, id)
	if err != nil {
		return err
	}
	edition, err := d.Editions.Edition(ctx, p.Period.CalendarYear())
	if err != nil {
		return fmt.Errorf("decide about a proposal: %w", err)
	}
	if err := mayDecide(edition, p, action, act.By); err != nil {
		return err
	}
	next, err := cycle.Proposals().Next(p.State, action)
	if err != nil {
		return err
	}
	note = strings.TrimSpace(note)
	switch {
	case note == "" && action != cycle.Confirm:
		return assess.Invalid("problem.proposal_why", "write why: the others read it")
	case utf8.RuneCountInString(note) > assess.LongestNote:
		return assess.TooLong("note", assess.LongestNote)
	}
	step := assess.ProposalStep{Proposal: p.ID, Action: assess.Code(action), From: p.State, To: next, By: act.By.Name, At: act.At, Note: note}
	line := act.line("proposal."+string(action), strings.TrimSpace(fmt.Sprintf("%s %s %s %s", p.Period, p.Item, p.Part, p.Ref)))
	line.Unit, line.Before, line.After = p.Unit, string(p.State), strings.TrimSpace(string(next)+" "+note)
	if action == cycle.Confirm || action == cycle.Revoke {
		return d.supply(ctx, edition, p, step, line, act)
	}
	_, err = d.Store.Commit(ctx, assess.Intake{Proposals: []assess.ProposalStep{step}, Audit: []assess.AuditLine{line}})
	return err
}

// mayDecide says whether a person may take a step of a proposal, and is another one where it takes two.
func mayDecide(e *assess.Edition, p assess.Proposal, action cycle.Action, by account.User) error {
	figure := p.Kind == assess.FigureProposed
	allowed := by.May(account.ConfirmPoints, "")
	if figure {
		item, _ := e.Item(p.Item)
		allowed = by.May(account.SupplyCity, p.Unit, e.Confirmers(item.Department)...)
	}
	switch action {
	case cycle.Withdraw:
		allowed = by.Name == p.By
	case cycle.Dispute:
		allowed = !figure && (allowed || by.May(account.ProposePoints, "")) // a figure is replaced by handing in another
	}
	if !allowed {
		return assess.Forbidden("problem.proposal_role", "this step is not for your account; the page says who takes it")
	}
	switch action {
	case cycle.Confirm, cycle.Refuse:
		return cycle.Another(by.Name, p.By)
	case cycle.Revoke:
		return cycle.Another(by.Name, lastTo(p, cycle.Dispute))
	case cycle.Keep: // nor is it kept by those whose work is disputed
		for _, involved := range []string{p.By, lastTo(p, cycle.Confirm), lastTo(p, cycle.Dispute)} {
			if err := cycle.Another(by.Name, involved); err != nil {
				return err
			}
		}
	}
	return nil
}

// Steps answers the steps that a person may take with a proposal now, by the definitions of its year.
func Steps(e *assess.Edition, p assess.Proposal, by account.User) []cycle.Action {
	return slices.DeleteFunc(cycle.Proposals().Open(p.State), func(a cycle.Action) bool { return mayDecide(e, p, a, by) != nil })
}

// lastTo answers who took a step with a proposal last, "" for nobody.
func lastTo(p assess.Proposal, action cycle.Action) (by string) {
	for _, s := range p.Steps {
		if s.Action == assess.Code(action) {
			by = s.By
		}
	}
	return by
}

// supply puts a proposal into the log with its confirmation, or takes it out with its revocation.
func (d *Desk) supply(ctx context.Context, e *assess.Edition, p assess.Proposal, step assess.ProposalStep, line assess.AuditLine, act Act) error {
	s := collect.Supply{EnteredBy: p.By, AcceptedBy: act.By.Name, Steps: []assess.ProposalStep{step}, Audit: []assess.AuditLine{line}}
	periods, err := d.standsIn(ctx, e, p, act)
	if err != nil {
		return err
	}
	for _, period := range periods {
		if step.To == assess.ProposalConfirmed {
			s.Entries = append(s.Entries, entryOf(p, period, p.Value))
		} else {
			cell := p.CellKey
			cell.Period = period
			s.Cleared = append(s.Cleared, cell)
		}
	}
	_, err = d.Gate.Supply(ctx, s, act.At)
	return err
}

// standsIn answers the periods in which a proposal stands: its own, and of a year-to-date item those after it in the year that have
// begun. What is closed already stays as it was; the case then counts from the first quarter that is not.
func (d *Desk) standsIn(ctx context.Context, e *assess.Edition, p assess.Proposal, act Act) ([]assess.Period, error) {
	item, _ := e.Item(p.Item)
	if p.Kind != assess.EventProposed || item.Accumulation != assess.YTD || p.Period.Kind() != assess.Quarter {
		return []assess.Period{p.Period}, nil
	}
	cycles, err := d.Store.Cycles(ctx)
	if err != nil {
		return nil, fmt.Errorf("decide about a proposal: %w", err)
	}
	closed := map[assess.Period]bool{}
	for _, c := range cycles {
		closed[c.Period] = c.State.Closed()
	}
	var periods []assess.Period
	for q := p.Period; q.Year() == p.Period.Year(); q = q.Next() {
		if !closed[q] && !q.FirstDay().After(act.At.In(d.Zone)) {
			periods = append(periods, q)
		}
	}
	if len(periods) == 0 {
		periods = []assess.Period{p.Period} // the gate says that it is closed
	}
	return periods, nil
}
