package matter_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
	"github.com/unionboard/unionboard/internal/matter"
	"github.com/unionboard/unionboard/internal/store"
	"github.com/unionboard/unionboard/internal/testkit"
)

var (
	zone = time.FixedZone("CST", 8*3600)
	q1   = assess.NewQuarter(2026, 1)
	q2   = assess.NewQuarter(2026, 2)
	// The result of year is posted in the spring after it.
	year = assess.NewYear(2025)
)

// world is a real store with a gate and a log that a test sets.
type world struct {
	*matter.Book
	store     *store.Store
	held      map[assess.Code]string
	decisions []assess.Decision
	proposals []assess.Proposal
	rounds    []assess.RatingRound
	seals     []assess.Seal
	method    assess.Method // of the indicator
	days      assess.Calendar
	corrected []matter.Figure
	refuse    error
	at        time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	s := testkit.Store(t)
	w := &world{store: s, held: map[assess.Code]string{"union_members": "30412"}, at: time.Date(2026, 4, 28, 9, 0, 0, 0, zone)}
	w.Book = matter.New(matter.Config{Store: s, Log: w, Gate: w, Editions: w, Zone: zone})
	return w
}

func (w *world) Held(_ context.Context, cell assess.CellKey) (string, error) {
	return w.held[cell.Item], nil
}

func (w *world) Calendar(context.Context, int) (cycle.Calendar, error) {
	return cycle.NewCalendar(w.days, zone), nil
}

func (w *world) Proposals(_ context.Context, periods ...assess.Period) (all []assess.Proposal, err error) {
	for _, p := range w.proposals {
		if slices.Contains(periods, p.Period) {
			all = append(all, p)
		}
	}
	return all, nil
}

func (w *world) Rounds(_ context.Context, year int) (all []assess.RatingRound, err error) {
	for _, r := range w.rounds {
		if r.Year == year {
			all = append(all, r)
		}
	}
	return all, nil
}

func (w *world) Seals(context.Context) ([]assess.Seal, error) { return w.seals, nil }

func (w *world) Cycles(context.Context) ([]assess.Cycle, error) {
	return []assess.Cycle{{Period: year.LastQuarter(), State: assess.CycleArchived}, {Period: q1, State: assess.CyclePublished}, {Period: q2, State: assess.CycleOpen}}, nil
}

func (w *world) Decisions(_ context.Context, p assess.Period, _ ...assess.UnitCode) ([]assess.Decision, error) {
	return slices.DeleteFunc(slices.Clone(w.decisions), func(d assess.Decision) bool { return d.Period != p }), nil
}

func (w *world) Edition(_ context.Context, year int) (*assess.Edition, error) {
	if year != 2025 && year != 2026 {
		return nil, assess.NotFound("problem.test", "nothing is defined")
	}
	leaf := &assess.Node{Code: "membership_rate", Department: "org", Indicator: &assess.Indicator{Method: w.method}}
	return &assess.Edition{
		Year: year, Roster: assess.Roster{Units: []assess.Unit{{Code: "210102"}, {Code: "210103"}}},
		Departments: []assess.Department{{Code: "org"}, {Code: "rights"}},
		Items: []assess.Item{
			{Code: "union_members", Department: "org", Frequency: assess.Quarterly, UsedBy: []assess.Code{"membership_rate"}},
			{Code: "reviews", Department: "rights", Frequency: assess.Annual, UsedBy: []assess.Code{"membership_rate"}},
		},
		Frameworks: []assess.Framework{{Code: "six_systems", Root: &assess.Node{Code: "six_systems", Children: []*assess.Node{leaf}}}},
	}, nil
}

// Correct keeps a figure as the gate would, with the step in the same transaction.
func (w *world) Correct(ctx context.Context, f matter.Figure, step *assess.MatterStep, by string, dry bool, now time.Time) error {
	if w.refuse != nil || dry {
		return w.refuse
	}
	if f.Was != nil && *f.Was != w.held[f.Item] {
		return assess.Conflict("problem.correction_moved", "it has changed")
	}
	_, err := w.store.Commit(ctx, assess.Intake{Matter: step, Audit: []assess.AuditLine{{At: now, Actor: by, Action: "correct", Result: "ok"}}})
	if err == nil {
		w.held[f.Item] = f.Value
		w.corrected = append(w.corrected, f)
	}
	return err
}

// user makes an account of a role: "reporter" of 210102, "reviewer" of the department org, "2" for another person of the role.
func user(name string, role assess.Role) account.User {
	u := account.User{ID: name, Name: name, Role: role}
	if account.OfDistrict(role) {
		u.Unit = "210102"
	}
	if role == assess.CityReviewer {
		u.Department = "org"
	}
	return u
}

func (w *world) line(u account.User) assess.AuditLine {
	return assess.AuditLine{At: w.at, Actor: u.Name, Result: "ok"}
}

func (w *world) step(t *testing.T, m assess.Matter, action cycle.Action, u account.User) error {
	t.Helper()
	return w.Step(t.Context(), m.ID, matter.Move{Action: action, Note: "because", Item: "union_members", Value: "30500"}, u, w.line(u))
}

func state(t *testing.T, w *world, m assess.Matter) string {
	t.Helper()
	got, err := w.store.Matter(t.Context(), m.ID)
	if err != nil {
		t.Fatal(err)
	}
	return got.State
}

func wants(t *testing.T, what string, err, kind error) {
	t.Helper()
	if kind == nil && err != nil || kind != nil && !errors.Is(err, kind) {
		t.Errorf("%s: %v, want %v", what, err, kind)
	}
}

var (
	reporter = user("reporter", assess.DistrictReporter)
	chair    = user("chair", assess.DistrictChair)
	reviewer = user("reviewer", assess.CityReviewer)
	analyst  = user("analyst", assess.CityAnalyst)
	leader   = user("leader", assess.CityLeader)
	assessor = user("assessor", assess.CityAssessor)
)

func request(t *testing.T, w *world) assess.Matter {
	t.Helper()
	m, err := w.Request(t.Context(), matter.Figure{Unit: "210102", Period: q1, Item: "union_members", Value: "30500", Reason: "a sheet was left out"}, reporter, w.line(reporter))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// A correction goes from the district over the department to the analyst (workflow 3.4), each another person; the figure changes with
// the last step and not before.
func TestACorrectionGoesThroughThreeHands(t *testing.T) {
	w := newWorld(t)
	m := request(t, w)
	if m.Before != "30412" || m.Department != "org" {
		t.Fatalf("asked for: %+v", m)
	}
	other := reviewer
	other.Name, other.Department = "other", "rights"
	wants(t, "applied before it was checked", w.step(t, m, cycle.Apply, analyst), assess.ErrConflict)
	wants(t, "checked by another department", w.step(t, m, cycle.Check, other), assess.ErrForbidden)
	wants(t, "checked by the district", w.step(t, m, cycle.Check, chair), assess.ErrForbidden)
	wants(t, "checked", w.step(t, m, cycle.Check, reviewer), nil)
	wants(t, "checked twice", w.step(t, m, cycle.Check, reviewer), assess.ErrConflict)
	if len(w.corrected) > 0 {
		t.Fatal("the figure changed before the last step")
	}
	wants(t, "applied by the department", w.step(t, m, cycle.Apply, reviewer), assess.ErrForbidden)
	wants(t, "applied", w.step(t, m, cycle.Apply, analyst), nil)
	wants(t, "applied twice", w.step(t, m, cycle.Apply, analyst), assess.ErrConflict)
	before := "30412"
	want := []matter.Figure{{Unit: "210102", Period: q1, Item: "union_members", Value: "30500", Reason: "a sheet was left out", Was: &before}}
	if diff := cmp.Diff(want, w.corrected, cmp.AllowUnexported(assess.Period{})); diff != "" || state(t, w, m) != "applied" {
		t.Errorf("state %s, -want +corrected:\n%s", state(t, w, m), diff)
	}
	full, err := w.store.Matter(t.Context(), m.ID)
	if err != nil || len(full.Steps) != 3 || full.Steps[2].By != "analyst" {
		t.Errorf("steps %+v, %v", full.Steps, err)
	}
}

// A reviewer who asks for a correction does not check it, even after a change of role.
func TestWhoAsksDoesNotCheck(t *testing.T) {
	w := newWorld(t)
	m, err := w.Request(t.Context(), matter.Figure{Unit: "210102", Period: q1, Item: "union_members", Value: "1", Reason: "x"}, reviewer, w.line(reviewer))
	if err != nil {
		t.Fatal(err)
	}
	wants(t, "checked by who asked", w.step(t, m, cycle.Check, reviewer), assess.ErrForbidden)
	colleague := reviewer
	colleague.Name = "colleague"
	wants(t, "checked by a colleague", w.step(t, m, cycle.Check, colleague), nil)
	colleague.Role = assess.CityAnalyst
	wants(t, "applied by who checked", w.step(t, m, cycle.Apply, colleague), assess.ErrForbidden)
}

func TestWhatCannotBeCorrected(t *testing.T) {
	w := newWorld(t)
	ask := func(change func(*matter.Figure), u account.User) error {
		f := matter.Figure{Unit: "210102", Period: q1, Item: "union_members", Value: "30500", Reason: "x"}
		change(&f)
		_, err := w.Request(t.Context(), f, u, w.line(u))
		return err
	}
	wants(t, "of an open quarter", ask(func(f *matter.Figure) { f.Period = q2 }, reporter), assess.ErrConflict)
	wants(t, "without a reason", ask(func(f *matter.Figure) { f.Reason = " " }, reporter), assess.ErrInvalid)
	wants(t, "to the same", ask(func(f *matter.Figure) { f.Value = "30412" }, reporter), assess.ErrInvalid)
	wants(t, "of no item", ask(func(f *matter.Figure) { f.Item = "nothing" }, reporter), assess.ErrNotFound)
	wants(t, "of another district", ask(func(f *matter.Figure) { f.Unit = "210103" }, reporter), assess.ErrForbidden)
	other := reviewer
	other.Department = "rights"
	wants(t, "by another department", ask(func(*matter.Figure) {}, other), assess.ErrForbidden)
	wants(t, "by the analyst", ask(func(*matter.Figure) {}, analyst), assess.ErrForbidden)
	w.refuse = assess.Invalid("problem.count", "write a whole number")
	wants(t, "to what the gate refuses", ask(func(*matter.Figure) {}, reporter), assess.ErrInvalid)
}

// What was corrected meanwhile is looked at again, so that an older request does not undo a newer one.
func TestACorrectionOfWhatChangedMeanwhile(t *testing.T) {
	w := newWorld(t)
	m := request(t, w)
	wants(t, "checked", w.step(t, m, cycle.Check, reviewer), nil)
	w.held["union_members"] = "30499"
	wants(t, "applied", w.step(t, m, cycle.Apply, analyst), assess.ErrConflict)
	wants(t, "refused by the analyst", w.step(t, m, cycle.Refuse, analyst), nil)
	if state(t, w, m) != "refused" || len(w.corrected) > 0 {
		t.Errorf("state %s, corrected %v", state(t, w, m), w.corrected)
	}
}

func post(t *testing.T, w *world, actions ...cycle.Action) {
	t.Helper()
	for _, a := range actions {
		u := analyst
		if a == cycle.Post || a == cycle.Decide || a == cycle.Announce {
			u = leader
		}
		if err := w.MoveResult(t.Context(), year, a, "", u, w.line(u)); err != nil {
			t.Fatalf("%s: %v", a, err)
		}
	}
}

func appeal(t *testing.T, w *world) (assess.Matter, error) {
	t.Helper()
	return w.Appeal(t.Context(), matter.Grounds{Unit: "210102", Period: year, Indicator: "membership_rate", Score: "4.33", Reason: "two unions were not counted"}, chair, w.line(chair))
}

// The notice begins on Tuesday 28 April 2026 at 9:00. Working days after it, counted on a paper calendar without holidays: 29, 30 April,
// 1, 4, 5 May. Appeals are taken to the end of 5 May.
func TestAppealsAreTakenWhileThePublicNoticeRuns(t *testing.T) {
	w := newWorld(t)
	_, err := appeal(t, w)
	wants(t, "before the notice", err, assess.ErrConflict)
	post(t, w, cycle.Examine, cycle.Post)
	for _, c := range []struct {
		at   string
		kind error
	}{{"2026-04-28 09:00", nil}, {"2026-05-05 23:59", nil}, {"2026-05-06 00:00", assess.ErrConflict}} {
		w.at, _ = time.ParseInLocation("2006-01-02 15:04", c.at, zone)
		m, err := appeal(t, w)
		wants(t, c.at, err, c.kind)
		if err == nil {
			_, err := appeal(t, w)
			wants(t, "a second one against the same score", err, assess.ErrConflict)
			wants(t, "refused", w.step(t, m, cycle.Refuse, analyst), nil)
		}
	}
}

// Who reviewed the figures of an indicator, or took the appeal up, does not decide it (workflow 3.3).
func TestAnAppealIsDecidedByOthers(t *testing.T) {
	w := newWorld(t)
	post(t, w, cycle.Examine, cycle.Post, cycle.OpenAppeals)
	m, err := appeal(t, w)
	if err != nil {
		t.Fatal(err)
	}
	wants(t, "decided before it was taken up", w.step(t, m, cycle.Uphold, assessor), assess.ErrConflict)
	wants(t, "taken up by the district", w.step(t, m, cycle.TakeUp, chair), assess.ErrForbidden)
	wants(t, "taken up", w.step(t, m, cycle.TakeUp, analyst), nil)
	// Ten working days after Tuesday 28 April: 29, 30, 1, 4, 5, 6, 7, 8, 11, 12 May.
	if got, _ := w.store.Matter(t.Context(), m.ID); !got.Due.Equal(time.Date(2026, 5, 12, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("to be decided by %s", got.Due)
	}
	part := func(what string, take func(who string), not func()) {
		take("assessor")
		wants(t, "decided by who "+what, w.step(t, m, cycle.Change, assessor), assess.ErrForbidden)
		wants(t, "upheld by who "+what, w.step(t, m, cycle.Uphold, assessor), assess.ErrForbidden)
		not()
	}
	decided := func(p assess.Period) func(string) {
		return func(who string) {
			w.decisions = []assess.Decision{{Period: p, Item: "union_members", By: who, Accepted: true}}
		}
	}
	part("reviewed its last quarter", decided(year.LastQuarter()), func() { w.decisions = nil })
	part("reviewed its first quarter", decided(assess.NewQuarter(2025, 1)), func() { w.decisions = nil })
	propose := func(by, confirmer string) {
		w.proposals = []assess.Proposal{{
			CellKey: assess.CellKey{Unit: "210102", Period: assess.NewQuarter(2025, 2), Item: "union_members"}, By: by,
			Steps: []assess.ProposalStep{{Action: "confirm", By: confirmer}},
		}}
	}
	part("proposed points", func(who string) { propose(who, "x") }, func() { w.proposals = nil })
	part("confirmed points", func(who string) { propose("x", who) }, func() { w.proposals = nil })
	rate := func(indicator assess.Code, cast int) {
		w.rounds = []assess.RatingRound{{Year: 2025, Indicator: indicator, Raters: []assess.Rater{{Account: "leader", Group: "city_leader", Cast: cast}}}}
	}
	rate("membership_rate", 1)
	wants(t, "decided by who voted", w.step(t, m, cycle.Change, leader), assess.ErrForbidden)
	// Who had a part in something else may decide: another unit's points, another indicator's ballots, an invitation that was not followed.
	propose("leader", "leader")
	w.proposals[0].Unit = "210103"
	rate("membership_rate", 0)
	w.rounds = append(w.rounds, assess.RatingRound{Year: 2025, Indicator: "another", Raters: []assess.Rater{{Account: "leader", Cast: 9}}})
	decided(assess.NewQuarter(2024, 4))("leader")
	wants(t, "decided by the leader", w.step(t, m, cycle.Change, leader), nil)
	if state(t, w, m) != "changed" || len(w.corrected) != 1 || w.corrected[0].Value != "30500" || w.corrected[0].Period != year.LastQuarter() {
		t.Errorf("state %s, corrected %v", state(t, w, m), w.corrected)
	}
	wants(t, "told", w.step(t, m, cycle.Notify, analyst), nil)
}

func TestAnAppealChangesOnlyFiguresOfItsIndicator(t *testing.T) {
	w := newWorld(t)
	post(t, w, cycle.Examine, cycle.Post)
	m, _ := appeal(t, w)
	wants(t, "taken up", w.step(t, m, cycle.TakeUp, analyst), nil)
	err := w.Step(t.Context(), m.ID, matter.Move{Action: cycle.Change, Note: "x", Item: "covered_units", Value: "1"}, leader, w.line(leader))
	wants(t, "another item", err, assess.ErrInvalid)
	err = w.Step(t.Context(), m.ID, matter.Move{Action: cycle.Change, Note: "x", Item: "reviews", Value: "1"}, leader, w.line(leader))
	if wants(t, "an annual item", err, nil); len(w.corrected) != 1 || w.corrected[0].Period != year {
		t.Errorf("an annual item is set in its year: %v", w.corrected)
	}
}

// Only a year has a result that is posted, and only when its collection is closed (workflow 3.3): a quarter shows progress.
func TestAResultIsOfAClosedYear(t *testing.T) {
	w := newWorld(t)
	for p, kind := range map[assess.Period]error{q1: assess.ErrInvalid, q2: assess.ErrInvalid, q1.Year(): assess.ErrConflict, year: nil} {
		wants(t, p.String(), w.MoveResult(t.Context(), p, cycle.Examine, "", analyst, w.line(analyst)), kind)
	}
	_, err := w.Appeal(t.Context(), matter.Grounds{Unit: "210102", Period: q1, Indicator: "membership_rate", Reason: "x"}, chair, w.line(chair))
	wants(t, "an appeal against a quarter", err, assess.ErrInvalid)
	for action, u := range map[cycle.Action]account.User{cycle.Post: analyst, cycle.Examine: leader, cycle.Archive: assessor, "nothing": leader} {
		wants(t, string(action)+" by "+u.Name, w.MoveResult(t.Context(), year, action, "", u, w.line(u)), assess.ErrForbidden)
	}
}

// The terms of appeals are counted on the calendar as it was edited: with 29 and 30 April off they end two working days later.
func TestAppealsGoByTheEditedCalendar(t *testing.T) {
	w := newWorld(t)
	w.days = assess.Calendar{Years: []assess.CalendarYear{{Year: 2026, Holidays: []time.Time{
		time.Date(2026, 4, 29, 0, 0, 0, 0, time.UTC), time.Date(2026, 4, 30, 0, 0, 0, 0, time.UTC),
	}}}}
	post(t, w, cycle.Examine, cycle.Post)
	if window, err := w.Window(t.Context(), year); err != nil || !window.Until.Equal(time.Date(2026, 5, 8, 0, 0, 0, 0, zone)) {
		t.Errorf("appeals are taken until %s, %v", window.Until, err)
	}
	m, err := appeal(t, w)
	if err != nil {
		t.Fatal(err)
	}
	wants(t, "taken up", w.step(t, m, cycle.TakeUp, analyst), nil)
	if got, _ := w.store.Matter(t.Context(), m.ID); !got.Due.Equal(time.Date(2026, 5, 14, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("to be decided by %s", got.Due)
	}
}

// Two appeals that come at the same moment are one: both have read that there is none, and the store takes one of them.
func TestTwoAppealsAtOnceAreOne(t *testing.T) {
	w := newWorld(t)
	post(t, w, cycle.Examine, cycle.Post)
	faults := make(chan error)
	for range 8 {
		go func() {
			_, err := w.Appeal(t.Context(), matter.Grounds{Unit: "210102", Period: year, Indicator: "membership_rate", Reason: "x"}, chair, w.line(chair))
			faults <- err
		}()
	}
	filed := 0
	for range 8 {
		if err := <-faults; err == nil {
			filed++
		} else if !errors.Is(err, assess.ErrConflict) {
			t.Error(err)
		}
	}
	if all, err := w.store.Matters(t.Context(), assess.MatterQuery{Kind: assess.Appeal}); filed != 1 || len(all) != 1 || err != nil {
		t.Errorf("%d were taken, %d are there, %v", filed, len(all), err)
	}
}

// A score that is counted from cases has no figure to set: its case is revoked where it was confirmed, by others, and the appeal is
// decided after that.
func TestAnAppealAgainstACase(t *testing.T) {
	w := newWorld(t)
	w.method = assess.Method{Kind: assess.Deduction}
	post(t, w, cycle.Examine, cycle.Post)
	m, err := appeal(t, w)
	if err != nil {
		t.Fatal(err)
	}
	if items, err := w.Items(t.Context(), &m); err != nil || len(items) != 0 {
		t.Errorf("figures to set: %v, %v", items, err)
	}
	wants(t, "taken up", w.step(t, m, cycle.TakeUp, analyst), nil)
	event := assess.Proposal{
		CellKey: assess.CellKey{Unit: "210102", Period: assess.NewQuarter(2025, 3), Item: "union_members"}, By: "wu",
		Steps: []assess.ProposalStep{{Action: "confirm", To: assess.ProposalConfirmed, By: "lu", At: w.at.AddDate(0, -6, 0)}},
	}
	w.proposals = []assess.Proposal{event}
	wants(t, "changed while the case counts", w.step(t, m, cycle.Change, leader), assess.ErrConflict)
	event.Steps = append(event.Steps, assess.ProposalStep{Action: "revoke", To: assess.ProposalRevoked, By: "lu", At: w.at.Add(time.Hour)})
	w.proposals = []assess.Proposal{event}
	wants(t, "changed", w.step(t, m, cycle.Change, leader), nil)
	if state(t, w, m) != "changed" || len(w.corrected) != 0 {
		t.Errorf("state %s, corrected %v", state(t, w, m), w.corrected)
	}
}

// A result is not decided while its notice runs or appeals wait.
func TestAResultWaitsForItsAppeals(t *testing.T) {
	w := newWorld(t)
	post(t, w, cycle.Examine, cycle.Post, cycle.OpenAppeals)
	m, _ := appeal(t, w)
	decide := func() error {
		return w.MoveResult(t.Context(), year, cycle.Decide, "", leader, w.line(leader))
	}
	wants(t, "while the notice runs", decide(), assess.ErrConflict)
	w.at = w.at.AddDate(0, 0, 30)
	wants(t, "while an appeal waits", decide(), assess.ErrConflict)
	wants(t, "taken up", w.step(t, m, cycle.TakeUp, analyst), nil)
	wants(t, "upheld", w.step(t, m, cycle.Uphold, assessor), nil)
	wants(t, "by the analyst", w.MoveResult(t.Context(), year, cycle.Decide, "", analyst, w.line(analyst)), assess.ErrForbidden)
	wants(t, "then", decide(), nil)
}

// What is announced is what was sealed (workflow 3.3 and the seal of the year, not of its last quarter).
func TestAResultIsAnnouncedWhenItIsSealed(t *testing.T) {
	w := newWorld(t)
	post(t, w, cycle.Examine, cycle.Post, cycle.OpenAppeals)
	w.at = w.at.AddDate(0, 0, 30)
	post(t, w, cycle.Decide)
	announce := func() error {
		return w.MoveResult(t.Context(), year, cycle.Announce, "", leader, w.line(leader))
	}
	w.seals = []assess.Seal{{Number: 1, Period: year.LastQuarter(), Edition: 1}}
	wants(t, "before the year is sealed", announce(), assess.ErrConflict)
	w.seals = append(w.seals, assess.Seal{Number: 2, Period: year, Edition: 1})
	wants(t, "then", announce(), nil)
}

// A task is closed by another person than those who did it.
func TestATaskIsClosedByAnother(t *testing.T) {
	w := newWorld(t)
	due := time.Date(2026, 5, 30, 0, 0, 0, 0, time.UTC)
	m, err := w.Assign(t.Context(), assess.Matter{Unit: "210102", Department: "org", Title: "two unions without re-election", Origin: "red", Due: due}, analyst, w.line(analyst))
	if err != nil {
		t.Fatal(err)
	}
	foreign := user("foreign", assess.DistrictReporter)
	foreign.Unit = "210103"
	wants(t, "progress by a department", w.step(t, m, cycle.Progress, reviewer), assess.ErrForbidden)
	wants(t, "progress by another district", w.step(t, m, cycle.Progress, foreign), assess.ErrNotFound)
	wants(t, "closed before it was done", w.step(t, m, cycle.Close, analyst), assess.ErrConflict)
	wants(t, "progress", w.step(t, m, cycle.Progress, reporter), nil)
	wants(t, "done", w.step(t, m, cycle.Report, chair), nil)
	wants(t, "closed by the district", w.step(t, m, cycle.Close, chair), assess.ErrForbidden)
	promoted := chair
	promoted.Role, promoted.Unit = assess.CityAnalyst, ""
	wants(t, "closed by who did it", w.step(t, m, cycle.Close, promoted), assess.ErrForbidden)
	wants(t, "not done after all", w.step(t, m, cycle.Reopen, leader), nil)
	wants(t, "done again", w.step(t, m, cycle.Report, reporter), nil)
	wants(t, "closed", w.step(t, m, cycle.Close, leader), nil)
	for what, wrong := range map[string]assess.Matter{
		"without owner":   {Title: "x", Origin: "red", Due: due},
		"unknown unit":    {Unit: "999999", Title: "x", Origin: "red", Due: due},
		"without day":     {Unit: "210102", Title: "x", Origin: "red"},
		"day gone by":     {Unit: "210102", Title: "x", Origin: "red", Due: due.AddDate(-1, 0, 0)},
		"without problem": {Unit: "210102", Origin: "red", Due: due},
		"from nowhere":    {Unit: "210102", Title: "x", Due: due},
		"endless measure": {Unit: "210102", Title: "x", Origin: "red", Due: due, Measure: strings.Repeat("字", 2001)},
	} {
		_, err := w.Assign(t.Context(), wrong, analyst, w.line(analyst))
		wants(t, what, err, assess.ErrInvalid)
	}
}

// A task and a comment are about what there is.
func TestWhatIsSaidIsAboutSomething(t *testing.T) {
	w := newWorld(t)
	due := time.Date(2026, 5, 30, 0, 0, 0, 0, time.UTC)
	for code, kind := range map[assess.Code]error{"": nil, "union_members": nil, "membership_rate": nil, "six_systems": nil, "nothing": assess.ErrNotFound} {
		_, err := w.Assign(t.Context(), assess.Matter{Unit: "210102", Title: "x", Origin: "red", Due: due, Code: code}, analyst, w.line(analyst))
		wants(t, "a task about "+string(code), err, kind)
		err = w.Say(t.Context(), assess.Comment{Unit: "210102", Period: q1, Code: code, Reach: assess.ForBoth, Text: "x"}, leader, w.line(leader))
		wants(t, "a comment about "+string(code), err, kind)
	}
	for _, c := range []assess.Comment{{Unit: "999999", Period: q1}, {Unit: "210102", Period: assess.NewQuarter(1999, 1)}} {
		c.Reach, c.Text = assess.ForBoth, "x"
		wants(t, "a comment about "+string(c.Unit)+" "+c.Period.String(), w.Say(t.Context(), c, leader, w.line(leader)), assess.ErrNotFound)
	}
}

// What belongs to another district does not exist for a district; the administrator reads nothing.
func TestMattersOfOthersDoNotExist(t *testing.T) {
	w := newWorld(t)
	m := request(t, w)
	foreign := user("foreign", assess.DistrictReporter)
	foreign.Unit = "210103"
	_, unknown := w.One(t.Context(), "nothing", foreign)
	_, other := w.One(t.Context(), m.ID, foreign)
	if unknown == nil || other == nil || unknown.Error() != other.Error() {
		t.Errorf("unknown: %v; another district's: %v", unknown, other)
	}
	wants(t, "a step", w.step(t, m, cycle.Check, foreign), assess.ErrNotFound)
	for u, want := range map[*account.User]int{&foreign: 0, &reporter: 1, &analyst: 1, {Role: assess.Admin}: 0, {Role: assess.Auditor}: 1} {
		if all, err := w.List(t.Context(), assess.MatterQuery{Kind: assess.Correction}, *u); err != nil || len(all) != want {
			t.Errorf("%s reads %d corrections, want %d (%v)", u.Role, len(all), want, err)
		}
	}
}

// Who hears what: a district among itself, the city among itself, both.
func TestComments(t *testing.T) {
	w := newWorld(t)
	say := func(u account.User, to assess.Reach, unit assess.UnitCode) error {
		return w.Say(t.Context(), assess.Comment{Unit: unit, Period: q1, Reach: to, Text: u.Name + " to " + string(to)}, u, w.line(u))
	}
	wants(t, "inside the district", say(reporter, assess.ForDistrict, "210102"), nil)
	wants(t, "to the city", say(reporter, assess.ForBoth, "210102"), nil)
	wants(t, "inside the city", say(leader, assess.ForCity, "210102"), nil)
	wants(t, "to the district", say(leader, assess.ForBoth, "210102"), nil)
	wants(t, "as the city", say(reporter, assess.ForCity, "210102"), assess.ErrForbidden)
	wants(t, "as the district", say(leader, assess.ForDistrict, "210102"), assess.ErrForbidden)
	wants(t, "about another district", say(reporter, assess.ForBoth, "210103"), assess.ErrForbidden)
	wants(t, "nothing", w.Say(t.Context(), assess.Comment{Unit: "210102", Period: q1, Reach: assess.ForBoth, Text: " "}, reporter, w.line(reporter)), assess.ErrInvalid)
	foreign := user("foreign", assess.DistrictReporter)
	foreign.Unit = "210103"
	for u, want := range map[*account.User][]string{
		&chair:                 {"reporter to district", "reporter to both", "leader to both"},
		&analyst:               {"reporter to both", "leader to city", "leader to both"},
		{Role: assess.Auditor}: {"reporter to district", "reporter to both", "leader to city", "leader to both"},
		&foreign:               nil,
		{Role: assess.Admin}:   nil,
	} {
		all, err := w.Heard(t.Context(), "210102", q1, *u)
		var got []string
		for _, c := range all {
			got = append(got, c.Text)
		}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s hears (-want +got), %v:\n%s", u.Role, err, diff)
		}
	}
}

// A request that lacks something says what: the new value, the reason, or both.
func TestARequestSaysWhatItLacks(t *testing.T) {
	w := newWorld(t)
	for blank, key := range map[[2]string]string{
		{"", " "}: "problem.correction_blank", {" ", "x"}: "problem.correction_no_value", {"30500", ""}: "problem.correction_no_reason",
	} {
		f := matter.Figure{Unit: "210102", Period: q1, Item: "union_members", Value: blank[0], Reason: blank[1]}
		_, err := w.Request(t.Context(), f, reporter, w.line(reporter))
		if p, ok := errors.AsType[*assess.Problem](err); !ok || p.Key != key {
			t.Errorf("%q: %v, want %s", blank, err, key)
		}
	}
}
