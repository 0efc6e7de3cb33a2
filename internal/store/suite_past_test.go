package store

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
)

// testPast: on the first day a figure, a target, a draft and an open collection; on the second a correction, another target, the
// handing in, publication, and figures of the next quarter. The log of the first day knows nothing of the second.
func testPast(t *testing.T, s *Store) {
	ctx, next := t.Context(), spring.AddDate(0, 0, 1)
	q2 := q1.Add(1)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Past(ctx, next); !errors.Is(err, assess.ErrNotFound) {
		t.Errorf("of an empty log: %v", err)
	}
	on := func(day time.Time, action string) assess.AuditLine {
		l := line(action)
		l.At, l.Object = day, q1.String()
		return l
	}
	write := func(day time.Time, value string, from, to assess.FilingState, state assess.CycleState, goal int64) {
		t.Helper()
		must(s.PutTargets(ctx, []assess.Target{{Unit: "210102", Period: q1.Year(), Code: "members", Value: decimal.NewFromInt(goal)}}, on(day, "targets")))
		o := figure("210102", q1, "members", value)
		o.RecordedAt = day
		_, err := s.Commit(ctx, assess.Intake{
			Observations: []assess.Observation{o}, Audit: []assess.AuditLine{on(day, "collect.run")},
			Filings: []assess.FilingChange{{Unit: "210102", Period: q1, From: from, To: to, At: day, LateDays: 2}},
		})
		must(err)
		c := assess.Cycle{Period: q1, State: state, Edition: 1}
		if state == assess.CyclePublished {
			c.PublishedAt = day
		}
		must(s.PutCycle(ctx, c, on(day, "cycle."+string(state))))
	}
	write(spring, "1", assess.NotStarted, assess.Draft, assess.CycleOpen, 10)
	write(next, "2", assess.Draft, assess.PendingSignature, assess.CyclePublished, 20)
	later := figure("210102", q2, "members", "3")
	later.RecordedAt = next
	commit(t, s, later)

	if _, err := s.Past(ctx, spring); !errors.Is(err, assess.ErrNotFound) {
		t.Errorf("of the time before the first figure: %v", err)
	}
	type knowledge struct {
		value, target    string
		history, periods int
		filing           assess.FilingState
		cycle            assess.CycleState
		edition          int
		published        bool
	}
	know := func(before time.Time) (k knowledge) {
		t.Helper()
		p, err := s.Past(ctx, before)
		must(err)
		must(p.Each(ctx, assess.CellQuery{Periods: []assess.Period{q1}}, func(o assess.Observation) error { k.value = o.Value; return nil }))
		history, err := p.History(ctx, assess.CellKey{Unit: "210102", Period: q1, Item: "members"})
		must(err)
		periods, err := p.Periods(ctx)
		must(err)
		targets, err := p.Targets(ctx, 2026)
		must(err)
		filings, err := p.Filings(ctx, q1)
		must(err)
		cycles, err := p.Cycles(ctx)
		must(err)
		k.history, k.periods = len(history), len(periods)
		k.target, k.filing, k.cycle = targets[0].Value.String(), filings[0].State, cycles[0].State
		k.edition, k.published = cycles[0].Edition, !cycles[0].PublishedAt.IsZero()
		head, err := p.Head(ctx)
		must(err)
		if slices.ContainsFunc(history, func(o assess.Observation) bool { return o.Seq > head.Seq }) {
			t.Errorf("an observation lies behind the head %d", head.Seq)
		}
		return k
	}
	// The second target was set in the morning of the second day, before its first figure: it has no time of its own.
	if got, want := know(next), (knowledge{"1", "20", 1, 1, assess.Draft, assess.CycleOpen, 0, false}); got != want {
		t.Errorf("the first day knows %+v, want %+v", got, want)
	}
	if got, want := know(next.AddDate(0, 0, 1)), (knowledge{"2", "20", 2, 2, assess.PendingSignature, assess.CyclePublished, 1, true}); got != want {
		t.Errorf("the second day knows %+v, want %+v", got, want)
	}
}

// testPastEditions: an edition counts from the day it was issued, the first of a year always.
func testPastEditions(t *testing.T, s *Store) {
	for n, at := range []time.Time{spring, spring.AddDate(0, 0, 2)} {
		text := string(rune('a' + n))
		e := assess.Edition{Year: 2026, Digest: text, Reason: "why", By: "li.na", At: at}
		if _, err := s.IssueEdition(t.Context(), e, map[string][]byte{"f.yaml": []byte(text)}); err != nil {
			t.Fatal(err)
		}
	}
	commit(t, s, figure("210102", q1, "members", "1"))
	for _, c := range []struct{ days, want int }{{0, 1}, {1, 1}, {3, 2}} {
		p := &Past{store: s, before: spring.AddDate(0, 0, c.days), seq: 1}
		all, err := p.Editions(t.Context())
		if err != nil || len(all) != c.want {
			t.Errorf("before day %d: %d editions, %v; want %d", c.days, len(all), err, c.want)
		}
	}
}
