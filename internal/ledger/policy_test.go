package ledger_test

import (
	"errors"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/ledger"
	"github.com/unionboard/unionboard/internal/refund"
)

const policyHead = "code,from,to,basis,limit_yuan,cap_yuan,share_percent,auto_approve,two_persons_yuan,settle_days,confirmed,name_zh,name_en\n"

func TestPoliciesAreReadByTheirDays(t *testing.T) {
	t.Parallel()
	shipped := ledger.Shipped()
	if len(shipped) != 1 || shipped[0].Confirmed || shipped[0].Limit != 1_000_000 || !shipped[0].AutoApprove || shipped[0].Share != 10_000 {
		t.Errorf("shipped are %+v", shipped)
	}
	got, err := ledger.ReadPolicies("p.csv", []byte(policyHead+
		"later,2026-01-01,,two_years,\"10,000\",\"￥10,000\",60,否,0,,是,后,\nearly,,2025-12-31,year,5000,,100,yes,3000.50,30,no,先,Early\n"))
	want := []ledger.Policy{
		{Policy: refund.Policy{Code: "early", To: "2025-12-31", Basis: "year", Limit: 500_000}, Name: assess.Text{ZH: "先", EN: "Early"}, AutoApprove: true, TwoPersons: 300_050, Share: 10_000, SettleDays: 30},
		{Policy: refund.Policy{Code: "later", From: "2026-01-01", Basis: "two_years", Limit: 1_000_000, Cap: 1_000_000, Confirmed: true}, Name: assess.Text{ZH: "后"}, Share: 6_000},
	}
	if diff := gocmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestPoliciesThatNobodyCanFollowAreRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ rows, key string }{
		{"", "problem.refund_policy_none"},
		{"a,,,year,10000,,100,yes,0,30,no,名,\na,2027-01-01,,year,10000,,100,yes,0,30,no,名,\n", "problem.refund_policy_again"},
		{"a,,2026-06-30,year,10000,,100,yes,0,30,no,名,\nb,2026-06-30,,year,10000,,100,yes,0,30,no,名,\n", "problem.refund_policy_days"},
		{"a,2026-1-1,,year,10000,,100,yes,0,30,no,名,\n", "problem.refund_policy_day"},
		{"a,2026-02-30,,year,10000,,100,yes,0,30,no,名,\n", "problem.refund_policy_day"},
		{"a,2026-02-01,2026-01-01,year,10000,,100,yes,0,30,no,名,\n", "problem.refund_window"},
		{"a,,,month,10000,,100,yes,0,30,no,名,\n", "problem.refund_basis"},
		{"a,,,year,0,,100,yes,0,30,no,名,\n", "problem.refund_limit"},
		{"a,,,year,1.234,,100,yes,0,30,no,名,\n", "problem.refund_amount_decimals"},
		{"a,,,year,10000,,101,yes,0,30,no,名,\n", "problem.refund_policy_number"},
		{"a,,,year,10000,,100,maybe,0,30,no,名,\n", "problem.refund_policy_yes"},
		{",,,year,10000,,100,yes,0,30,no,名,\n", "problem.refund_policy_name"},
	} {
		_, err := ledger.ReadPolicies("p.csv", []byte(policyHead+c.rows))
		var all assess.Problems
		if !errors.As(err, &all) || all[0].Key != c.key || !strings.Contains(err.Error(), "p.csv") {
			t.Errorf("%q: %v, not %s", c.rows, err, c.key)
		}
	}
}

// TestThePolicyOfTheDayDecides: the year before has another share and cap than this one, and a person looks at what is matched.
func TestThePolicyOfTheDayDecides(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	var err error
	o.Policies, err = ledger.ReadPolicies("p.csv", []byte(policyHead+
		"old,2025-01-01,2025-12-31,year,10000,3000,60,yes,0,30,yes,旧,\nnew,2026-01-01,,two_years,10000,,100,no,0,30,yes,新,\n"))
	if err != nil {
		t.Fatal(err)
	}
	tax := [][]string{
		paid("a", "1", codeA, nameA, "210102", "4000.01", "2025-05-01"), paid("b", "1", codeA, nameA, "210102", "4000", "2025-06-01"),
		paid("c", "1", codeA, nameA, "210102", "20000", "2026-05-01"), paid("d", "1", codeA, nameA, "210102", "5", "2024-05-01"),
		paid("e", "5", codeB, nameB, "210102", "7", "2026-05-01"),
	}
	unions := append(above("210102"), union("U1", codeA, nameA, "210102", "6666010199887766554"), union("U5", codeB, nameB, "210102", "6666010199887766555"))
	o.deliver(tax, unions, ledger.Options{})
	type outcome struct {
		state  assess.RefundState
		why    string
		refund int64
	}
	for ticket, want := range map[string]outcome{
		"a": {assess.RefundApproved, "matched", 240_000},   // 60 % of 4000.01, parts of a fen left out
		"b": {assess.RefundApproved, "matched", 60_000},    // the rest up to the cap
		"c": {assess.RefundReview, "matched", 2_000_000},   // 8000.01 and 5 in the two years before
		"d": {assess.RefundRefused, ledger.WhyNoPolicy, 0}, // before the first row
		"e": {assess.RefundReview, ledger.WhyNoPast, 0},    // nothing known
	} {
		if c := o.of(ticket); (outcome{c.State, c.Why, c.Refund}) != want {
			t.Errorf("%s is %s by %s, %d fen; want %+v", ticket, c.State, c.Why, c.Refund, want)
		}
	}
	if err := o.decide("e", ledger.AnswerThis, heping); err != nil || o.of("e").Refund != 700 {
		t.Errorf("a person decides about e: %v, %d fen", err, o.of("e").Refund)
	}
	o.even()
}
