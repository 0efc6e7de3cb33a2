package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/unionboard/unionboard/internal/assess"
)

const (
	proposalColumns = `id, kind, unit, period, item, part, ref, value, title, reason, evidence, state, proposed_by, proposed_at`
	insertProposal  = `INSERT INTO proposal (` + proposalColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`
	// Of a cell there is at most one proposal that is under way or counts.
	countLiving = `SELECT COUNT(*) FROM proposal WHERE unit = $1 AND period = $2 AND item = $3 AND part = $4 AND ref = $5
	AND (state IN ('proposed', 'disputed') OR state = 'confirmed' AND kind <> 'figure')`
	selectProposalState = `SELECT state FROM proposal WHERE id = $1`
	updateProposal      = `UPDATE proposal SET state = $1 WHERE id = $2`
	insertProposalStep  = `INSERT INTO proposal_step (seq, proposal, action, from_state, to_state, taken_by, taken_at, note)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	selectProposals     = `SELECT ` + proposalColumns + ` FROM proposal WHERE 1 = 1`
	orderProposals      = ` ORDER BY proposed_at, id`
	selectProposalIDs   = `SELECT id FROM proposal WHERE 1 = 1`
	selectProposalSteps = `SELECT proposal, action, from_state, to_state, taken_by, taken_at, note FROM proposal_step WHERE proposal IN (`
	selectStepsOf       = `SELECT proposal, action, from_state, to_state, taken_by, taken_at, note FROM proposal_step WHERE proposal = $1 ORDER BY seq`
	selectProposal      = `SELECT ` + proposalColumns + ` FROM proposal WHERE id = $1`
)

// carryOut writes what of an intake belongs to the city's desk: proposals and their steps, the end of a rating round.
func (t tx) carryOut(h *head, in assess.Intake) error {
	if err := t.addProposals(in.Proposed); err != nil {
		return err
	}
	if err := t.moveProposals(h, in.Proposals); err != nil {
		return err
	}
	return t.closeRound(in.Round)
}

// addProposals writes new proposals. A cell for which one is under way or counts already is ErrConflict; a figure that counts may be
// proposed anew.
func (t tx) addProposals(proposals []assess.Proposal) error {
	for _, p := range proposals {
		var living int
		if err := t.row(countLiving, string(p.Unit), p.Period.String(), string(p.Item), p.Part, p.Ref).Scan(&living); err != nil {
			return err
		}
		if living > 0 {
			return assess.Conflict("problem.proposal_exists",
				fmt.Sprintf("the same was proposed for %s already and is under way or counts; look at it, or name what is different", p.Unit), "unit", string(p.Unit))
		}
		if _, err := t.exec(insertProposal, p.ID, string(p.Kind), string(p.Unit), p.Period.String(), string(p.Item), p.Part, p.Ref, p.Value, p.Title,
			p.Reason, p.Evidence, string(p.State), p.By, millis(p.At)); err != nil {
			return err
		}
	}
	return nil
}

// moveProposals takes the steps in their order. A step from a state the proposal is not in any more is ErrConflict.
func (t tx) moveProposals(h *head, steps []assess.ProposalStep) error {
	for _, step := range steps {
		var state assess.ProposalState
		switch err := t.row(selectProposalState, step.Proposal).Scan(&state); {
		case errors.Is(err, sql.ErrNoRows):
			return noProposal()
		case err != nil:
			return err
		}
		if state != step.From {
			return assess.Conflict("problem.proposal_moved", fmt.Sprintf("the proposal is %s by now, not %s; load the page again", state, step.From),
				"state", "proposal."+string(state), "expected", "proposal."+string(step.From))
		}
		if _, err := t.exec(updateProposal, string(step.To), step.Proposal); err != nil {
			return err
		}
		h.Seq++
		if _, err := t.exec(insertProposalStep, h.Seq, step.Proposal, string(step.Action), string(step.From), string(step.To), step.By, millis(step.At), step.Note); err != nil {
			return err
		}
	}
	return nil
}

// Proposals answers the proposals for some periods, of all for none, with their steps, oldest first.
func (s *Store) Proposals(ctx context.Context, periods ...assess.Period) ([]assess.Proposal, error) {
	texts := make([]string, len(periods))
	for i, p := range periods {
		texts[i] = p.String()
	}
	query, args := among(selectProposals, nil, "period", texts)
	chosen, _ := among(selectProposalIDs, nil, "period", texts)
	all, err := list(ctx, s.reader, scanProposal, query+orderProposals, args...)
	if err != nil {
		return nil, s.explain("read proposals", err)
	}
	place := map[string]int{}
	for i, p := range all {
		place[p.ID] = i
	}
	err = each(ctx, s.reader, scanProposalStep, func(step assess.ProposalStep) error {
		if i, ok := place[step.Proposal]; ok {
			all[i].Steps = append(all[i].Steps, step)
		}
		return nil
	}, selectProposalSteps+chosen+`) ORDER BY seq`, args...)
	return all, s.explain("read proposals", err)
}

// Proposal answers one proposal with its steps; ErrNotFound where there is none.
func (s *Store) Proposal(ctx context.Context, id string) (assess.Proposal, error) {
	p, err := scanProposal(s.reader.QueryRowContext(ctx, selectProposal, id))
	if errors.Is(err, sql.ErrNoRows) {
		return p, noProposal()
	}
	if err == nil {
		p.Steps, err = list(ctx, s.reader, scanProposalStep, selectStepsOf, id)
	}
	return p, s.explain("read a proposal", err)
}

func noProposal() error {
	return assess.NotFound("problem.proposal_unknown", "there is no such proposal; choose one from the list")
}

func scanProposal(row scanner) (p assess.Proposal, err error) {
	var filed string
	var at int64
	if err := row.Scan(&p.ID, &p.Kind, &p.Unit, &filed, &p.Item, &p.Part, &p.Ref, &p.Value, &p.Title, &p.Reason, &p.Evidence, &p.State, &p.By, &at); err != nil {
		return p, err
	}
	p.At = moment(at)
	p.Period, err = period(filed)
	return p, err
}

func scanProposalStep(row scanner) (s assess.ProposalStep, err error) {
	var at int64
	err = row.Scan(&s.Proposal, &s.Action, &s.From, &s.To, &s.By, &at, &s.Note)
	s.At = moment(at)
	return s, err
}
