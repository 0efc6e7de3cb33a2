package cycle_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
	"github.com/unionboard/unionboard/internal/i18n"
)

// Each machine as a table of every state by every action; "-" is refused.

func TestFilings(t *testing.T) {
	holds(t, cycle.Filings(), "filing", `
state             fill  take_over forward           send_back sign      deliver      complete  adopt    review       accept   return   return_more lock   close   close_in_part close_open
not_started       draft -         -                 -         -         submitted    submitted -        -            -        -        -           -      missing -             -
draft             draft -         pending_signature -         -         -            -         -        -            -        -        returned    -      missing accepted      under_review
pending_signature -     -         -                 sent_back submitted -            -         -        -            -        -        returned    -      missing accepted      under_review
sent_back         draft -         -                 -         -         -            -         -        -            -        -        returned    -      missing accepted      under_review
submitted         -     draft     -                 -         -         submitted    submitted accepted under_review -        -        -           -      -       accepted      -
under_review      -     draft     -                 -         -         under_review submitted accepted -            accepted returned -           -      -       accepted      -
returned          draft -         -                 -         -         submitted    submitted -        -            -        -        returned    -      missing accepted      under_review
accepted          -     -         -                 -         -         submitted    -         -        -            -        -        -           locked -       -             -
locked            -     -         -                 -         -         -            -         -        -            -        -        -           -      -       -             -
missing           -     -         -                 -         -         -            -         -        -            -        -        -           -      -       -             -`)
}

func TestCells(t *testing.T) {
	holds(t, cycle.Cells(), "cell", `
state    fill     clear    accept   return   close
empty    filled   empty    -        returned missing
filled   filled   empty    accepted returned missing
returned refilled returned -        -        missing
refilled refilled returned accepted returned missing
accepted -        -        -        -        accepted
missing  -        -        -        -        -`)
}

func TestResults(t *testing.T) {
	holds(t, cycle.Results(), "result", `
state         examine  send_back post      open_appeals  decide  announce  archive
draft         reviewed -         -         -             -       -         -
reviewed      -        draft     publicity -             -       -         -
publicity     -        -         -         appeal_window -       -         -
appeal_window -        -         -         -             decided -         -
decided       -        -         -         -             -       announced -
announced     -        -         -         -             -       -         archived
archived      -        -         -         -             -       -         -`)
}

func TestAppeals(t *testing.T) {
	holds(t, cycle.Appeals(), "appeal", `
state               take_up             refuse  uphold change  notify
submitted           accepted_for_review refused -      -       -
accepted_for_review -                   -       upheld changed -
refused             -                   -       -      -       notified
upheld              -                   -       -      -       notified
changed             -                   -       -      -       notified
notified            -                   -       -      -       -`)
}

func TestCorrections(t *testing.T) {
	holds(t, cycle.Corrections(), "correction", `
state     check   refuse  apply
requested checked refused -
checked   -       refused applied
applied   -       -       -
refused   -       -       -`)
}

func TestTasks(t *testing.T) {
	holds(t, cycle.Tasks(), "task", `
state         progress    report        close  reopen
open          in_progress done_reported -      -
in_progress   in_progress done_reported -      -
done_reported -           -             closed reopened
closed        -           -             -      reopened
reopened      in_progress done_reported -      -`)
}

func TestProposals(t *testing.T) {
	holds(t, cycle.Proposals(), "proposal", `
state     confirm   refuse  withdraw  dispute  revoke  keep
proposed  confirmed refused withdrawn -        -       -
confirmed -         -       -         disputed -       -
refused   -         -       -         -        -       -
withdrawn -         -       -         -        -       -
disputed  -         -       -         -        revoked confirmed
revoked   -         -       -         -        -       -`)
}

// holds compares a machine with its table, pair by pair, and wants the words of every state and action in both languages.
func holds[S ~string](t *testing.T, m cycle.Machine[S], words, table string) {
	t.Helper()
	var want, got [][]string
	for line := range strings.Lines(strings.TrimSpace(table)) {
		want = append(want, strings.Fields(line))
	}
	got = append(got, []string{"state"})
	for _, a := range m.Actions() {
		got[0] = append(got[0], string(a))
	}
	for _, s := range m.States() {
		row := []string{string(s)}
		var open []cycle.Action
		for _, a := range m.Actions() {
			next, err := m.Next(s, a)
			switch {
			case err == nil:
				open = append(open, a)
				row = append(row, string(next))
			case !errors.Is(err, assess.ErrConflict) || next != s:
				t.Errorf("Next(%s, %s) = %s, %v; want the same state and a conflict", s, a, next, err)
			default:
				row = append(row, "-")
			}
		}
		if !slices.Equal(open, m.Open(s)) {
			t.Errorf("Open(%s) = %v, want %v", s, m.Open(s), open)
		}
		got = append(got, row)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the machine is not its table (-table +machine):\n%s", diff)
	}
	spoken(t, m, words)
}

func spoken[S ~string](t *testing.T, m cycle.Machine[S], words string) {
	t.Helper()
	c, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, s := range m.States() {
		keys = append(keys, words+"."+string(s))
	}
	for _, a := range m.Actions() {
		keys = append(keys, "action."+string(a))
	}
	for _, key := range keys {
		if !c.Has(i18n.Chinese, key) || !c.Has(i18n.English, key) {
			t.Errorf("%s has no words in both languages", key)
		}
	}
}

func TestARefusalSaysTheStateAndTheStepInWords(t *testing.T) {
	c, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	_, err = cycle.Filings().Next(assess.Locked, cycle.Fill)
	p, ok := errors.AsType[*assess.Problem](err)
	if !ok {
		t.Fatalf("%v is no Problem", err)
	}
	if got, want := c.Say(i18n.Chinese, p.Key, p.Args), "该报表的状态为“已锁定”，不能进行“填报”；请按其当前状态办理"; got != want {
		t.Errorf("said %q, want %q", got, want)
	}
}

func TestAnotherPersonTakesTheSecondStep(t *testing.T) {
	if err := cycle.Another("li.hua", "wang.fang", "zhao.lei"); err != nil {
		t.Errorf("a third person is refused: %v", err)
	}
	if err := cycle.Another("li.hua", "wang.fang", "li.hua"); !errors.Is(err, assess.ErrForbidden) {
		t.Errorf("Another = %v, want forbidden", err)
	}
}
