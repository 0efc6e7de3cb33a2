package city_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/city"
	"github.com/unionboard/unionboard/internal/score"
)

const pilot assess.Code = "pilot_task_rating"

// hire makes accounts of raters: two leaders, three assessors, and somebody who does not vote.
func (o *office) hire() {
	o.t.Helper()
	for i, role := range []assess.Role{
		assess.CityLeader, assess.CityLeader, assess.CityAssessor, assess.CityAssessor, assess.CityAssessor, assess.CityAnalyst, assess.Auditor,
	} {
		u, err := account.New(fmt.Sprintf("person.%d", i), "某人", account.Post{Role: role}, spring)
		if err != nil {
			o.t.Fatal(err)
		}
		line := assess.AuditLine{At: spring, Actor: "system", Action: "user.add", Result: "ok"}
		if err := o.store.AddAccount(o.t.Context(), u, line); err != nil {
			o.t.Fatal(err)
		}
	}
}

func person(n int, role assess.Role) city.Act {
	return by(fmt.Sprintf("person.%d", n), role, "", april)
}

func (o *office) rating(who city.Act) city.Rating {
	o.t.Helper()
	s, err := o.Ratings(o.t.Context(), 2026, who.By)
	if err != nil {
		o.t.Fatal(err)
	}
	for _, r := range s.Ratings {
		if r.Node.Code == pilot {
			return r
		}
	}
	o.t.Fatal("the pilot tasks are not rated")
	return city.Rating{}
}

// TestBallotsAreSecretUntilTheRoundIsClosed, and say nothing about who cast them afterwards.
func TestBallotsAreSecretUntilTheRoundIsClosed(t *testing.T) {
	o := newOffice(t)
	o.hire()
	if err := o.CallBallots(t.Context(), 2026, pilot, analyst(april)); err != nil {
		t.Fatal(err)
	}
	wantProblem(t, o.CallBallots(t.Context(), 2026, pilot, analyst(april)), assess.ErrConflict, "problem.round_exists")
	votes := map[int]map[assess.UnitCode]string{
		0: {"210102": "excellent", "210103": "good"},
		1: {"210102": "good", "210103": assess.Abstention},
		2: {"210102": "good"},
		3: {"210102": "poor"},
	}
	for n, ballots := range votes {
		role := assess.CityLeader
		if n >= 2 {
			role = assess.CityAssessor
		}
		if err := o.Cast(t.Context(), 2026, pilot, ballots, person(n, role)); err != nil {
			t.Fatal(err)
		}
	}
	for _, who := range []city.Act{person(0, assess.CityLeader), person(2, assess.CityAssessor), person(5, assess.CityAnalyst), person(6, assess.Auditor)} {
		r := o.rating(who)
		if r.Counted != nil {
			t.Errorf("%s sees the ballots of an open round", who.By.Name)
		}
		for _, b := range r.Own {
			if b.Account != who.By.Name {
				t.Errorf("%s sees the ballot of %s", who.By.Name, b.Account)
			}
		}
		if asked := who.By.Name == "person.0" || who.By.Name == "person.2"; r.Asked() != asked {
			t.Errorf("%s asked: %v", who.By.Name, r.Asked())
		}
	}
	cast := map[string]int{}
	for _, g := range o.rating(analyst(april)).Groups {
		for _, r := range g.Raters {
			cast[string(g.Code)+" "+r.Account] = r.Cast
		}
	}
	want := map[string]int{
		"city_leader person.0": 2, "city_leader person.1": 2, "city_assessor person.2": 1, "city_assessor person.3": 1, "city_assessor person.4": 0,
	}
	if diff := cmp.Diff(want, cast); diff != "" {
		t.Errorf("who has cast how many (-want +got):\n%s", diff)
	}
	lines, err := o.store.AuditLines(t.Context(), 1, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lines {
		for _, level := range []string{"excellent", "good", "poor", "abstain"} {
			if l.Action == "rating.cast" && strings.Contains(l.Before+l.After, level) {
				t.Errorf("the audit log tells a ballot: %+v", l)
			}
		}
	}

	if err := o.CloseBallots(t.Context(), 2026, pilot, analyst(april)); err != nil {
		t.Fatal(err)
	}
	var parts []string
	for _, l := range o.heldBy(pilot, assess.NewYear(2026)) {
		if strings.Contains(l, "person") {
			t.Errorf("the log names a rater: %s", l)
		}
		words := strings.Fields(l)
		group, _, _ := strings.Cut(words[1], "/")
		parts = append(parts, words[0]+" "+group+" "+words[2])
	}
	slices.Sort(parts)
	want2 := []string{"210102 city_assessor good", "210102 city_assessor poor", "210102 city_leader excellent", "210102 city_leader good", "210103 city_leader good"}
	if diff := cmp.Diff(want2, parts); diff != "" {
		t.Errorf("ballots in the log (-want +got):\n%s", diff)
	}
	r := o.rating(person(0, assess.CityLeader))
	if r.Counted["210102"][r.Number] != "excellent" || len(r.Counted["210102"]) != 4 {
		t.Errorf("after the close the own number %d has %v", r.Number, r.Counted["210102"])
	}
	wantProblem(t, o.Cast(t.Context(), 2026, pilot, map[assess.UnitCode]string{"210102": "fair"}, person(0, assess.CityLeader)), assess.ErrConflict, "problem.round_closed")
	wantProblem(t, o.CloseBallots(t.Context(), 2026, pilot, analyst(april)), assess.ErrConflict, "problem.round_moved")
	if c := cell(o.form(q1, "office", april), 0, pilot); c.Standing != city.Counted || c.Cases != 4 {
		t.Errorf("the office's cell is %+v", c)
	}

	// (1 + 0.85) ÷ 2 of the leaders, (0.85 + 0.4) ÷ 2 of the assessors, half of each: 0.775 of full marks.
	if n := o.scored(assess.NewYear(2026), "five_type_organ").Card("210102").Node(pilot); n == nil || assess.Snap(n.Score) != 77.5 {
		t.Errorf("scored %+v, want 77.5", n)
	}
}

// scored scores a framework from what the log holds.
func (o *office) scored(p assess.Period, framework assess.Code) *assess.Scores {
	o.t.Helper()
	panel := score.NewPanel(o.edition.Roster, o.edition.Items, []assess.Period{p})
	all, err := o.store.Current(o.t.Context(), assess.CellQuery{})
	if err != nil {
		o.t.Fatal(err)
	}
	for _, x := range all {
		if err := panel.Put(x); err != nil {
			o.t.Fatal(err)
		}
	}
	f, ok := o.edition.Framework(framework)
	if !ok {
		o.t.Fatal("no such framework")
	}
	scores, err := score.Compute(f, panel, p, score.Options{})
	if err != nil {
		o.t.Fatal(err)
	}
	return scores
}

// A year has one round: who has not signed in yet, and has an initial password still, is asked, and named until the round is closed; who
// is locked is not asked.
func TestRatersWhoNeverSignedInAreAskedAndNamed(t *testing.T) {
	o := newOffice(t)
	o.hire() // accounts with initial passwords, which nobody has used
	strangers := func() (names []string) {
		for _, g := range o.rating(analyst(april)).Groups {
			names = append(names, g.Strangers...)
		}
		slices.Sort(names)
		return names
	}
	line := assess.AuditLine{At: spring, Actor: "system", Action: "test", Result: "ok"}
	seen, err := account.New("person.9", "某人", account.Post{Role: assess.CityLeader}, spring)
	seen.LastSignIn = spring
	if err == nil {
		err = o.store.AddAccount(t.Context(), seen, line)
	}
	if err != nil {
		t.Fatal(err)
	}
	people, err := o.store.Accounts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range people {
		if u.Name == "person.4" {
			if err := o.store.LockAccount(t.Context(), u.ID, spring, line); err != nil {
				t.Fatal(err)
			}
		}
	}
	want := []string{"person.0", "person.1", "person.2", "person.3"}
	if diff := cmp.Diff(want, strangers()); diff != "" {
		t.Errorf("before the round (-want +named):\n%s", diff)
	}
	if err := o.CallBallots(t.Context(), 2026, pilot, analyst(april)); err != nil {
		t.Fatal(err)
	}
	var asked []string
	for _, r := range o.rating(analyst(april)).Round.Raters {
		asked = append(asked, r.Account)
	}
	slices.Sort(asked)
	if diff := cmp.Diff(append(want, "person.9"), asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, strangers()); diff != "" {
		t.Errorf("in the round (-want +named):\n%s", diff)
	}
	lines, err := o.store.AuditLines(t.Context(), 1, 1000)
	if err != nil || !slices.ContainsFunc(lines, func(l assess.AuditLine) bool {
		return l.Action == "rating.open" && l.After == "raters 5, never signed in: person.0 person.1 person.2 person.3"
	}) {
		t.Errorf("the audit log does not name them: %+v, %v", lines, err)
	}
}

func TestBallotsAreRefused(t *testing.T) {
	o := newOffice(t)
	wantProblem(t, o.CallBallots(t.Context(), 2026, pilot, analyst(april)), assess.ErrInvalid, "problem.round_nobody")
	o.hire()
	wantProblem(t, o.CallBallots(t.Context(), 2026, "party_branch_rating", analyst(april)), assess.ErrInvalid, "problem.round_graded")
	wantProblem(t, o.CallBallots(t.Context(), 2026, "new_unions", analyst(april)), assess.ErrNotFound, "problem.no_rating")
	wantProblem(t, o.Cast(t.Context(), 2026, pilot, nil, person(0, assess.CityLeader)), assess.ErrForbidden, "problem.not_a_rater")
	if err := o.CallBallots(t.Context(), 2026, pilot, analyst(april)); err != nil {
		t.Fatal(err)
	}
	wantProblem(t, o.CloseBallots(t.Context(), 2026, pilot, analyst(april)), assess.ErrInvalid, "problem.round_empty")
	wantProblem(t, o.Cast(t.Context(), 2026, pilot, map[assess.UnitCode]string{"210102": "good"}, person(5, assess.CityAnalyst)), assess.ErrForbidden, "problem.not_a_rater")
	for _, text := range []string{"101", "-1", "very good"} {
		if err := o.Cast(t.Context(), 2026, pilot, map[assess.UnitCode]string{"210102": text, "210103": "good"}, person(0, assess.CityLeader)); err == nil {
			t.Errorf("the ballot %q was taken", text)
		}
	}
	if r := o.rating(person(0, assess.CityLeader)); len(r.Own) != 0 {
		t.Errorf("of a refused form %d ballots were kept", len(r.Own))
	}
	// A changed ballot replaces the one before, an empty field leaves it.
	for _, text := range []string{"good", "poor", ""} {
		if err := o.Cast(t.Context(), 2026, pilot, map[assess.UnitCode]string{"210102": text}, person(0, assess.CityLeader)); err != nil {
			t.Fatal(err)
		}
	}
	if r := o.rating(person(0, assess.CityLeader)); r.Own["210102"].Value != "poor" {
		t.Errorf("the ballot is %q, want poor", r.Own["210102"].Value)
	}
}
