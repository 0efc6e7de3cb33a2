package evidence_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/evidence"
	"github.com/unionboard/unionboard/internal/testkit"
)

// TestWhatIsAskedFor, on the shipped definitions: only what a district claims to have done and no register or system holds.
func TestWhatIsAskedFor(t *testing.T) {
	e := testkit.Shipped(t)
	asked := evidence.Asked(e)
	for item, want := range map[assess.Code][]assess.Code{
		"skill_upgrade_ytd":       {"list_stamped", "cert_list"},
		"legal_aid_closed_ytd":    {"case_list"},
		"nef_new_members_ytd":     nil, // a system holds it, a list would be the same once more
		"hardship_assisted_ytd":   nil,
		"skill_upgrade_high_ytd":  {"cert_list"},
		"union_members":           nil, // a base, and held by a system
		"models_eligible":         nil, // a base
		"unions_due_election_ytd": nil,
		"studios_active":          nil, // from the register
		"veto_ideology":           nil, // the city's
		"satisfaction_score":      nil,
		"no_such_item":            nil,
	} {
		if diff := cmp.Diff(want, asked[item]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", item, diff)
		}
	}
	// The burden is part of the design: of the figures that are typed each quarter, fewer than half want a proof.
	if len(asked) < 25 || len(asked) > 36 {
		t.Errorf("%d items want a proof", len(asked))
	}
	for item, kinds := range asked {
		if len(kinds) == 0 {
			t.Errorf("%s is asked for nothing", item)
		}
	}
}

func TestOnlyAClaimIsProved(t *testing.T) {
	for state, want := range map[assess.State]bool{assess.Reported: true, assess.ZeroReport: false, assess.Missing: false, assess.Exempt: false, "": false} {
		if evidence.Claims(state) != want {
			t.Errorf("%q claims: %v", state, !want)
		}
	}
}
