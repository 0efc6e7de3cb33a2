package cycle

import "github.com/unionboard/unionboard/internal/assess"

// The actions of a proposal, beside Refuse.
const (
	Confirm  Action = "confirm"  // by another person: it counts
	Withdraw Action = "withdraw" // by who proposed it
	Dispute  Action = "dispute"  // somebody asks to take it back
	Revoke   Action = "revoke"   // by another person: it does not count any more
	Keep     Action = "keep"     // by another person: it stays
)

// Proposals is the machine of what gives or takes points. Confirm and Refuse are for another person than who proposed, Revoke and Keep
// for another than who disputes: see Another.
func Proposals() Machine[assess.ProposalState] {
	return Machine[assess.ProposalState]{
		noun: "proposal", words: "proposal", refuse: "problem.proposal_step",
		states: []assess.ProposalState{
			assess.Proposed, assess.ProposalConfirmed, assess.ProposalRefused, assess.ProposalWithdrawn, assess.ProposalDisputed, assess.ProposalRevoked,
		},
		moves: []move[assess.ProposalState]{
			{assess.Proposed, Confirm, assess.ProposalConfirmed},
			{assess.Proposed, Refuse, assess.ProposalRefused},
			{assess.Proposed, Withdraw, assess.ProposalWithdrawn},
			{assess.ProposalConfirmed, Dispute, assess.ProposalDisputed},
			{assess.ProposalDisputed, Revoke, assess.ProposalRevoked},
			{assess.ProposalDisputed, Keep, assess.ProposalConfirmed},
		},
	}
}
