package ledger_test

import (
	"errors"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/ledger"
)

// FuzzReadPolicies: a file of policies is refused whole with the place of each fault, or no two of its rows are for one day, each can be
// followed, and no share is above the whole.
func FuzzReadPolicies(f *testing.F) {
	f.Add(ledger.ShippedPolicies())
	f.Add([]byte(policyHead + "later,2026-01-01,,two_years,\"10,000\",\"￥10,000\",60,否,0,,是,后,\nearly,,2025-12-31,year,5000,,100,yes,3000.50,30,no,先,Early\n"))
	f.Add([]byte(policyHead + "a,,,year,99999999999999999999,,101,yes,-1,30,no,名,\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, err := ledger.ReadPolicies("p.csv", data)
		if err != nil {
			var one *assess.Problem
			var many assess.Problems
			if !errors.As(err, &one) && !errors.As(err, &many) {
				t.Fatalf("%q: %v", data, err)
			}
			return
		}
		if len(rows) == 0 {
			t.Fatalf("%q is a file of no policies", data)
		}
		for i, p := range rows {
			if err := p.Check(); err != nil || p.Share < 0 || p.Share > 10_000 || p.Limit < 0 || p.Cap < 0 || p.TwoPersons < 0 || p.SettleDays < 0 {
				t.Errorf("%+v cannot be followed: %v", p, err)
			}
			if i > 0 && (rows[i-1].To == "" || rows[i-1].To >= p.From) {
				t.Errorf("%+v and %+v are for one day", rows[i-1], p)
			}
		}
	})
}
