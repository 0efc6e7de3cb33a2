package store

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
)

// told makes a message to an account with one notice of each key and a mail.
func told(id, account string, keys ...string) assess.Message {
	m := assess.Message{
		ID: id, Account: account, MadeAt: spring, By: "system",
		Dispatches: []assess.Dispatch{{Message: id, Channel: assess.ByMail, Address: account + "@example.org", State: assess.DispatchWaiting, Next: spring}},
	}
	for i, key := range keys {
		m.Notices = append(m.Notices, assess.Notice{
			Key: key, Occasion: "eve", Unit: "210102", Period: q1, Due: spring.Add(time.Hour), Late: i > 0, Count: i,
		})
	}
	return m
}

func remindLine(m assess.Message) assess.AuditLine { return line("notice.make") }

func remind(t *testing.T, s *Store, messages ...assess.Message) []assess.Message {
	t.Helper()
	made, err := s.Remind(t.Context(), messages, remindLine)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// What was told once is not told again: neither alone, nor among others, nor twice in one message.
func testAThingIsToldOnce(t *testing.T, s *Store) {
	first := told("m1", "a1", "eve/a1", "draft/a1")
	if diff := cmp.Diff([]assess.Message{first}, remind(t, s, first), comparePeriods); diff != "" {
		t.Errorf("first (-given +made):\n%s", diff)
	}
	before := headOf(t, s)
	if made := remind(t, s, told("m2", "a1", "eve/a1", "draft/a1")); len(made) != 0 {
		t.Errorf("told again: %v", made)
	}
	third := told("m3", "a1", "eve/a1", "new/a1", "new/a1")
	made := remind(t, s, third)
	if len(made) != 1 || len(made[0].Notices) != 1 || made[0].Notices[0].Key != "new/a1" {
		t.Errorf("among others: %+v", made)
	}
	if after := headOf(t, s); after.Audit != before.Audit+1 || after.Version != before.Version {
		t.Errorf("audit %d → %d, version %d → %d: want one line and no new version of the data", before.Audit, after.Audit, before.Version, after.Version)
	}
	got, err := s.MessagesTo(t.Context(), "a1", spring)
	if diff := cmp.Diff([]assess.Message{made[0], first}, got, comparePeriods); err != nil || diff != "" {
		t.Errorf("messages (-made +read): %v\n%s", err, diff)
	}
	if got, err := s.MessagesOf(t.Context(), q1); err != nil || len(got) != 2 {
		t.Errorf("about the quarter: %v, %v", got, err)
	}
	for _, none := range []func() ([]assess.Message, error){
		func() ([]assess.Message, error) { return s.MessagesTo(t.Context(), "a1", spring.Add(time.Second)) },
		func() ([]assess.Message, error) { return s.MessagesTo(t.Context(), "a2", spring) },
		func() ([]assess.Message, error) { return s.MessagesOf(t.Context(), q1.Next()) },
	} {
		if got, err := none(); err != nil || len(got) != 0 {
			t.Errorf("found %v, %v", got, err)
		}
	}
}

// However many tell the same thing at the same time, it is told once, and however many hand over, each dispatch is one's alone.
func testOneOfManyTells(t *testing.T, s *Store) {
	var wg sync.WaitGroup
	made, taken := make(chan string, 100), make(chan string, 100)
	for i := range 20 {
		wg.Go(func() {
			got, err := s.Remind(t.Context(), []assess.Message{told(fmt.Sprint("m", i), "a1", "x"), told(fmt.Sprint("n", i), "a2", fmt.Sprint("y", i))}, remindLine)
			if err != nil {
				t.Error(err)
			}
			for _, m := range got {
				made <- m.ID
			}
		})
	}
	wg.Wait()
	for range 30 {
		wg.Go(func() {
			d, m, err := s.TakeDispatch(t.Context(), spring)
			if err != nil || d.Channel != "" && m.ID != d.Message {
				t.Errorf("%+v, %+v, %v", d, m, err)
			}
			if d.Channel != "" {
				taken <- d.Message
			}
		})
	}
	wg.Wait()
	close(made)
	close(taken)
	if len(made) != 21 || len(taken) != 21 {
		t.Errorf("%d messages made and %d dispatches taken, want 21 each", len(made), len(taken))
	}
	seen := map[string]bool{}
	for id := range taken {
		if seen[id] {
			t.Errorf("%s was taken twice", id)
		}
		seen[id] = true
	}
}

func testDispatches(t *testing.T, s *Store) {
	ctx := t.Context()
	remind(t, s, told("m1", "a1", "k1"))
	take := func(at time.Time) assess.Dispatch {
		t.Helper()
		d, _, err := s.TakeDispatch(ctx, at)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	settle := func(d assess.Dispatch, lines ...assess.AuditLine) {
		t.Helper()
		if err := s.SettleDispatch(ctx, d, lines...); err != nil {
			t.Fatal(err)
		}
	}
	read := func() assess.Dispatch {
		t.Helper()
		all, err := s.MessagesOf(ctx, q1)
		if err != nil {
			t.Fatal(err)
		}
		return all[len(all)-1].Dispatches[0]
	}
	if d := take(spring.Add(-time.Second)); d.Channel != "" {
		t.Errorf("taken before its time: %+v", d)
	}
	d := take(spring)
	if diff := cmp.Diff(read(), d); diff != "" || d.State != assess.DispatchSending || d.Tried != 1 {
		t.Errorf("taken (-read +answered):\n%s", diff)
	}
	if again := take(spring.Add(time.Hour)); again.Channel != "" {
		t.Errorf("taken twice: %+v", again)
	}

	d.State, d.Next, d.Problem = assess.DispatchWaiting, spring.Add(time.Minute), assess.Unavailable("problem.mail_away", "the mail server is away", "host", "h")
	settle(d)
	if diff := cmp.Diff(d.Problem.Args, read().Problem.Args); diff != "" {
		t.Errorf("problem (-settled +read):\n%s", diff)
	}
	second := take(spring.Add(time.Minute))
	if second.Tried != 2 {
		t.Errorf("second try: %+v", second)
	}
	d.State = assess.DispatchSent // of the first try, whose time is over
	settle(d, line("notice.sent"))
	if got := read(); got.State != assess.DispatchSending {
		t.Errorf("an old try settled the new one: %+v", got)
	}

	why := assess.Unavailable("problem.dispatch_lost", "nobody knows")
	lost, err := s.LoseDispatches(ctx, spring.Add(time.Minute), why, func(assess.Dispatch) assess.AuditLine { return line("notice.lost") })
	if err != nil || len(lost) != 0 {
		t.Errorf("lost while its time runs: %v, %v", lost, err)
	}
	before := headOf(t, s)
	lost, err = s.LoseDispatches(ctx, spring.Add(2*time.Minute), why, func(assess.Dispatch) assess.AuditLine { return line("notice.lost") })
	if err != nil || len(lost) != 1 || read().State != assess.DispatchUnknown || read().Problem.Key != why.Key || headOf(t, s).Audit != before.Audit+1 {
		t.Errorf("lost %v, %v; read %+v", lost, err, read())
	}
	if again := take(spring.Add(time.Hour)); again.Channel != "" {
		t.Errorf("an unknown one was taken again: %+v", again)
	}
	second.State, second.SentAt, second.Problem = assess.DispatchSent, spring.Add(time.Hour), nil
	settle(second, line("notice.sent")) // its taker was slow, not dead: what it knows holds
	if got := read(); got.State != assess.DispatchSent || got.Problem != nil || !got.SentAt.Equal(second.SentAt) {
		t.Errorf("at the end: %+v", got)
	}
}

func testContacts(t *testing.T, s *Store) {
	ctx := t.Context()
	u := add(t, s, "li.na", assess.DistrictReporter, "210102")
	if c, err := s.Contact(ctx, u.ID); err != nil || c != (assess.Contact{Account: u.ID}) {
		t.Errorf("before: %+v, %v", c, err)
	}
	wantProblem(t, s.PutContact(ctx, assess.Contact{Account: "nobody"}, line("contact.set")), assess.ErrNotFound, "problem.account_unknown")
	for _, c := range []assess.Contact{{Account: u.ID, Email: "li@example.org"}, {Account: u.ID, Email: "na@example.org", Muted: true}} {
		if err := s.PutContact(ctx, c, line("contact.set")); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Contact(ctx, u.ID); err != nil || got != c {
			t.Errorf("%+v, %v, want %+v", got, err, c)
		}
	}
	if all, err := s.Contacts(ctx); err != nil || len(all) != 1 || !all[0].Muted {
		t.Errorf("contacts %v, %v", all, err)
	}
	lists := map[assess.UnitCode][]assess.Phone{"210102": {{Name: "李娜", Number: "024-1"}, {Name: "办公室", Number: "024-2"}}, "210103": {{Name: "王芳", Number: "1"}}}
	for unit, list := range lists {
		for _, l := range [][]assess.Phone{{{Name: "old", Number: "0"}}, list} {
			if err := s.PutPhones(ctx, unit, l, line("phones.set")); err != nil {
				t.Fatal(err)
			}
		}
	}
	got, err := s.Phones(ctx)
	if diff := cmp.Diff(lists, got); err != nil || diff != "" {
		t.Errorf("phones (-put +read): %v\n%s", err, diff)
	}
}
