package city_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/city"
	"github.com/unionboard/unionboard/internal/cycle"
)

func assessor(n string, at time.Time) city.Act { return by("xu."+n, assess.CityAssessor, "", at) }
func leader(at time.Time) city.Act             { return by("lin", assess.CityLeader, "", at) }

func award() city.Case {
	return city.Case{
		Unit: "210102", Item: "award_points", Period: assess.NewYear(2026), Part: "national", Title: "全国工会 职工书屋示范点",
		Reason: "正式命名", Evidence: "总工办发〔2026〕3号",
	}
}

func (o *office) propose(c city.Case, act city.Act) assess.Proposal {
	o.t.Helper()
	p, err := o.Propose(o.t.Context(), 2026, c, act)
	if err != nil {
		o.t.Fatal(err)
	}
	return p
}

func (o *office) decide(id string, action cycle.Action, note string, act city.Act) {
	o.t.Helper()
	if err := o.Decide(o.t.Context(), id, action, note, act); err != nil {
		o.t.Fatal(err)
	}
}

// TestABonusNeedsTwoAndIsTakenBackByTwo walks a case through all of its states.
func TestABonusNeedsTwoAndIsTakenBackByTwo(t *testing.T) {
	o := newOffice(t)
	year := assess.NewYear(2026)
	p := o.propose(award(), assessor("1", april))
	_, err := o.Propose(t.Context(), 2026, award(), assessor("2", april))
	wantProblem(t, err, assess.ErrConflict, "problem.proposal_exists")
	for _, action := range []cycle.Action{cycle.Confirm, cycle.Refuse} {
		wantProblem(t, o.Decide(t.Context(), p.ID, action, "x", assessor("1", april)), assess.ErrForbidden, "problem.same_person")
	}
	for _, who := range []city.Act{analyst(april), reviewer("office", 1, april), by("gu", assess.Auditor, "", april), by("bo", assess.DistrictChair, "", april)} {
		wantProblem(t, o.Decide(t.Context(), p.ID, cycle.Confirm, "", who), assess.ErrForbidden, "problem.proposal_role")
	}
	wantProblem(t, o.Decide(t.Context(), p.ID, cycle.Withdraw, "x", leader(april)), assess.ErrForbidden, "problem.proposal_role")
	o.decide(p.ID, cycle.Confirm, "", leader(april))
	if diff := cmp.Diff([]string{"210102 national/全国工会 职工书屋示范点 1 xu.1 lin"}, o.heldBy("award_points", year)); diff != "" {
		t.Errorf("held (-want +got):\n%s", diff)
	}
	wantProblem(t, o.Decide(t.Context(), p.ID, cycle.Revoke, "x", leader(april)), assess.ErrConflict, "problem.proposal_step")
}

// TestRevocation: who disputes does not revoke; once revoked the cell stands open again, and the same may be proposed anew.
func TestRevocation(t *testing.T) {
	o := newOffice(t)
	year := assess.NewYear(2026)
	p := o.propose(award(), assessor("1", april))
	o.decide(p.ID, cycle.Confirm, "", assessor("2", april))
	wantProblem(t, o.Decide(t.Context(), p.ID, cycle.Dispute, "", assessor("1", april)), assess.ErrInvalid, "problem.proposal_why")
	o.decide(p.ID, cycle.Dispute, "命名已撤", assessor("1", april))
	wantProblem(t, o.Decide(t.Context(), p.ID, cycle.Revoke, "x", assessor("1", april)), assess.ErrForbidden, "problem.same_person")
	for _, who := range []city.Act{assessor("1", april), assessor("2", april)} { // who disputes it or has confirmed it
		wantProblem(t, o.Decide(t.Context(), p.ID, cycle.Keep, "x", who), assess.ErrForbidden, "problem.same_person")
	}
	o.decide(p.ID, cycle.Keep, "核实无误", leader(april))
	o.decide(p.ID, cycle.Dispute, "再次提请", assessor("2", april))
	wantProblem(t, o.Decide(t.Context(), p.ID, cycle.Keep, "x", assessor("1", april)), assess.ErrForbidden, "problem.same_person") // who proposed it
	o.decide(p.ID, cycle.Revoke, "命名撤销文件", leader(april))
	if diff := cmp.Diff([]string{"210102 national/全国工会 职工书屋示范点 missing xu.1 lin"}, o.heldBy("award_points", year)); diff != "" {
		t.Errorf("held after the revocation (-want +got):\n%s", diff)
	}
	o.propose(award(), assessor("1", april))
	got, err := o.store.Proposal(t.Context(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	var steps []string
	for _, s := range got.Steps {
		steps = append(steps, strings.Join([]string{string(s.Action), s.By, s.Note}, " "))
	}
	want := []string{"confirm xu.2 ", "dispute xu.1 命名已撤", "keep lin 核实无误", "dispute xu.2 再次提请", "revoke lin 命名撤销文件"}
	if diff := cmp.Diff(want, steps); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	actions := strings.Join(o.audited(), " ")
	for _, action := range []string{"proposal.propose", "proposal.confirm", "proposal.dispute", "proposal.keep", "proposal.revoke"} {
		if !strings.Contains(actions, action) {
			t.Errorf("the audit log lacks %s: %s", action, actions)
		}
	}
}

// TestHoweverItIsTyped: blanks, characters without width and the width of letters make no other case.
func TestHoweverItIsTyped(t *testing.T) {
	o := newOffice(t)
	first := award()
	first.Title = "全国 A级示范点"
	o.propose(first, assessor("1", april))
	for _, title := range []string{"全国A级示范点", "全国\u200bA级示范点", "全国　Ａ级 示范点", " 全国 a级示范点\ufeff"} {
		again := award()
		again.Title = title
		_, err := o.Propose(t.Context(), 2026, again, assessor("2", april))
		wantProblem(t, err, assess.ErrConflict, "problem.proposal_exists")
		again.Part = "city"
		p := o.propose(again, assessor("2", april))
		if p.Ref != first.Title {
			t.Errorf("%q at another level is %q, want the name of the first", title, p.Ref)
		}
		o.decide(p.ID, cycle.Withdraw, "x", assessor("2", april))
	}
	other := award()
	other.Title = "全国B级示范点"
	o.propose(other, assessor("1", april))
	nothing := award()
	nothing.Title = "\u200b\u2060"
	_, err := o.Propose(t.Context(), 2026, nothing, assessor("1", april))
	wantProblem(t, err, assess.ErrInvalid, "problem.case_title")
}

// TestTheSameAtAHigherLevel: the same title at another level is another cell, so that the engine counts the higher alone.
func TestTheSameAtAHigherLevel(t *testing.T) {
	o := newOffice(t)
	high, low := award(), award()
	low.Part, low.Title = "city", "  全国工会　职工书屋示范点 "
	for _, c := range []city.Case{high, low} {
		p := o.propose(c, assessor("1", april))
		o.decide(p.ID, cycle.Confirm, "", leader(april))
	}
	want := []string{"210102 city/全国工会 职工书屋示范点 1 xu.1 lin", "210102 national/全国工会 职工书屋示范点 1 xu.1 lin"}
	if diff := cmp.Diff(want, o.heldBy("award_points", assess.NewYear(2026))); diff != "" {
		t.Errorf("held (-want +got):\n%s", diff)
	}
}

func TestACaseIsRefused(t *testing.T) {
	o := newOffice(t)
	for _, c := range []struct {
		key    string
		change func(*city.Case)
	}{
		{"problem.case_item", func(c *city.Case) { c.Item = "union_members" }},
		{"problem.case_item", func(c *city.Case) { c.Item = "party_branch_rating" }},
		{"problem.case_unit", func(c *city.Case) { c.Unit = "999999" }},
		{"problem.case_unit", func(c *city.Case) { c.Unit = assess.AnyUnit }},
		{"problem.case_period", func(c *city.Case) { c.Period = q1 }},
		{"problem.case_period", func(c *city.Case) { c.Period = assess.NewYear(2025) }},
		{"problem.case_period", func(c *city.Case) { c.Item, c.Part, c.Period = "discipline_cases_ytd", "", assess.NewQuarter(2026, 4) }},
		{"problem.case_level", func(c *city.Case) { c.Part = "galactic" }},
		{"problem.case_level", func(c *city.Case) { c.Part = "" }},
		{"problem.case_title", func(c *city.Case) { c.Title = " \n" }},
		{"problem.case_reason", func(c *city.Case) { c.Reason = "" }},
		{"problem.case_evidence", func(c *city.Case) { c.Evidence = "\t" }},
		{"problem.text_long", func(c *city.Case) { c.Title = strings.Repeat("长", 101) }},
		{"problem.text_long", func(c *city.Case) { c.Evidence = strings.Repeat("长", 1001) }},
	} {
		one := award()
		c.change(&one)
		_, err := o.Propose(t.Context(), 2026, one, assessor("1", april))
		wantProblem(t, err, assess.ErrInvalid, c.key)
	}
	if all, err := o.store.Proposals(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("%d proposals were kept, %v", len(all), err)
	}
}

// TestADeductionStandsForTheRestOfTheYear: an event of the first quarter counts in the second, too: at once when that has begun, else
// with the department's next hand-in; one in a closed quarter counts from the first that is open.
func TestADeductionStandsForTheRestOfTheYear(t *testing.T) {
	o := newOffice(t)
	q2, q3 := assess.NewQuarter(2026, 2), assess.NewQuarter(2026, 3)
	event := city.Case{Unit: "210102", Item: "discipline_cases_ytd", Period: q1, Title: "党内警告一人", Reason: "处分决定", Evidence: "沈纪〔2026〕5号"}
	may := time.Date(2026, 5, 6, 1, 0, 0, 0, time.UTC)
	p := o.propose(event, assessor("1", may))
	o.decide(p.ID, cycle.Confirm, "", leader(may))
	for _, q := range []assess.Period{q1, q2} {
		if diff := cmp.Diff([]string{"210102 党内警告一人 1 xu.1 lin"}, o.heldBy("discipline_cases_ytd", q)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", q, diff)
		}
	}
	july := time.Date(2026, 7, 8, 1, 0, 0, 0, time.UTC)
	if got := o.heldBy("discipline_cases_ytd", q3); got != nil {
		t.Fatalf("the third quarter, which had not begun, holds %v", got)
	}
	if c := cell(o.form(q3, "party", july), 0, "discipline_cases_ytd"); c.Standing != city.Carried || c.Cases != 1 {
		t.Errorf("in the third quarter the cell is %+v", c)
	}
	if c := cell(o.form(q2, "party", july), 0, "discipline_cases_ytd"); c.Standing != city.Counted || c.Cases != 1 {
		t.Errorf("in the second quarter the cell is %+v", c)
	}
	if handed, err := o.HandIn(t.Context(), q3, "party", "", reviewer("party", 1, july)); err != nil || handed.Accepted != 1 {
		t.Errorf("handed in %+v, %v", handed, err)
	}
	if diff := cmp.Diff([]string{"210102 党内警告一人 1 party.1 party.1"}, o.heldBy("discipline_cases_ytd", q3)); diff != "" {
		t.Errorf("third quarter (-want +got):\n%s", diff)
	}

	line := assess.AuditLine{At: july, Actor: "system", Action: "cycle.scored", Result: "ok"}
	for _, q := range []assess.Period{q1, q2} {
		if err := o.store.PutCycle(t.Context(), assess.Cycle{Period: q, State: assess.CycleScored}, line); err != nil {
			t.Fatal(err)
		}
	}
	event.Title = "政务记过一人"
	late := o.propose(event, assessor("1", july))
	o.decide(late.ID, cycle.Confirm, "", leader(july))
	if got := o.heldBy("discipline_cases_ytd", q1); len(got) != 1 {
		t.Errorf("the closed quarter holds %v", got)
	}
	if got := o.heldBy("discipline_cases_ytd", q3); len(got) != 2 {
		t.Errorf("the open quarter holds %v, want both events", got)
	}
	o.decide(late.ID, cycle.Dispute, "复议改变", assessor("1", july))
	o.decide(late.ID, cycle.Revoke, "复议决定", leader(july))
	if c := cell(o.form(q3, "party", july), 0, "discipline_cases_ytd"); c.Standing != city.Counted || c.Cases != 1 {
		t.Errorf("after one was revoked the cell is %+v", c)
	}
}

// TestAVetoIsDecided: it stands in the log as true with both names; taken back it is open, and the department states again that there
// was none.
func TestAVetoIsDecided(t *testing.T) {
	o := newOffice(t)
	year := assess.NewYear(2026)
	veto := city.Case{Unit: "210103", Item: "veto_data_fraud", Period: year, Title: "虚报建会数", Reason: "核查认定", Evidence: "核查报告2026-4"}
	p := o.propose(veto, assessor("1", april))
	if got := o.heldBy("veto_data_fraud", year); got != nil {
		t.Errorf("an unconfirmed veto stands in the log: %v", got)
	}
	o.decide(p.ID, cycle.Confirm, "", leader(april))
	if diff := cmp.Diff([]string{"210103 1 xu.1 lin"}, o.heldBy("veto_data_fraud", year)); diff != "" {
		t.Errorf("held (-want +got):\n%s", diff)
	}
	if c := cell(o.form(q1, "office", april), 1, "veto_data_fraud"); c.Standing != city.Counted || !c.Fixed() {
		t.Errorf("the department's cell is %+v", c)
	}
	o.decide(p.ID, cycle.Dispute, "复核", leader(april))
	o.decide(p.ID, cycle.Revoke, "复核后不成立", assessor("1", april))
	if c := cell(o.form(q1, "office", april), 1, "veto_data_fraud"); c.Standing != city.Blank || c.Fixed() {
		t.Errorf("after the revocation the department's cell is %+v", c)
	}
	sheet, err := o.Points(t.Context(), 2026, analyst(april))
	if err != nil || len(sheet.Cases) != 1 || sheet.Cases[0].State != assess.ProposalRevoked || len(sheet.Items) != 6 {
		t.Errorf("the sheet has %d items and %+v, %v", len(sheet.Items), sheet.Cases, err)
	}
}

// TestNothingCountsWithoutASecondPerson drives random steps by random people: what stands in the log was proposed by one person and
// confirmed by another, and is gone exactly when one disputed and another revoked.
func TestNothingCountsWithoutASecondPerson(t *testing.T) {
	o := newOffice(t)
	people := []city.Act{assessor("1", april), assessor("2", april), leader(april), analyst(april), reviewer("office", 1, april), by("gu", assess.Auditor, "", april)}
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		c := award()
		c.Title = fmt.Sprintf("命名 %d", n)
		p, err := o.Propose(o.t.Context(), 2026, c, people[rapid.IntRange(0, 1).Draw(t, "proposer")])
		if err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(1, 8).Draw(t, "steps") {
			action := rapid.SampledFrom(cycle.Proposals().Actions()).Draw(t, "action")
			_ = o.Decide(o.t.Context(), p.ID, action, rapid.SampledFrom([]string{"", "因为"}).Draw(t, "note"), rapid.SampledFrom(people).Draw(t, "person"))
		}
		got, err := o.store.Proposal(o.t.Context(), p.ID)
		if err != nil {
			t.Fatal(err)
		}
		confirmed, disputed := "", ""
		for _, s := range got.Steps {
			switch s.Action {
			case "confirm":
				confirmed = s.By
			case "dispute":
				disputed = s.By
			case "revoke":
				if s.By == disputed {
					t.Fatalf("%s disputed and revoked", s.By)
				}
				confirmed = ""
			}
		}
		history, err := o.store.Current(o.t.Context(), assess.CellQuery{Items: []assess.Code{"award_points"}})
		if err != nil {
			t.Fatal(err)
		}
		counts := slices.ContainsFunc(history, func(x assess.Observation) bool { return x.Ref == c.Title && x.State == assess.Reported })
		if counts != (confirmed != "") || confirmed == got.By || counts != got.Counts() {
			t.Fatalf("proposed by %s, confirmed by %q, state %s, in the log %v", got.By, confirmed, got.State, counts)
		}
	})
}

// TestManyConfirmAtOnce: fifty confirmations of one proposal give one (security checklist, row 23).
func TestManyConfirmAtOnce(t *testing.T) {
	o := newOffice(t)
	p := o.propose(award(), assessor("1", april))
	results := make(chan error, 50)
	for range 50 {
		go func() { results <- o.Decide(t.Context(), p.ID, cycle.Confirm, "", leader(april)) }()
	}
	confirmed := 0
	for range 50 {
		if err := <-results; err == nil {
			confirmed++
		}
	}
	if confirmed != 1 {
		t.Errorf("%d confirmations were taken, want 1", confirmed)
	}
	if h, err := o.store.History(t.Context(), assess.CellKey{Unit: "210102", Period: assess.NewYear(2026), Item: "award_points", Part: "national", Ref: award().Title}); err != nil || len(h) != 1 {
		t.Errorf("the log has %d observations of it, %v", len(h), err)
	}
}
