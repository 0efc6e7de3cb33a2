package notify_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/testkit"

	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/notify"
	"github.com/unionboard/unionboard/internal/store"
)

// crash is what a test throws to end the program in the middle of something.
type crash struct{}

// history drives reminders as clocks, people and faults might, and counts what arrives.
type history struct {
	t       *rapid.T
	tb      testing.TB
	city    *city
	store   *store.Store
	now     time.Time
	arrived map[string]int // letters that may have arrived, by ID and channel
	reply   string         // how the other side behaves
}

// reminders answers those of a program that has just started.
func (h *history) reminders() *notify.Reminders {
	r, mail, group := newReminders(h.tb, h.store, h.city)
	for name, c := range map[string]*channel{"mail": mail, "group": group} {
		c.reply = func(l notify.Letter) error {
			fault := func(outcome notify.Outcome) error {
				return &notify.Fault{Outcome: outcome, Problem: assess.Unavailable("problem.mail_away", "away", "host", "h")}
			}
			switch h.reply {
			case "again":
				return fault(notify.Again)
			case "never":
				return fault(notify.Never)
			case "crash before":
				panic(crash{})
			}
			h.arrived[name+" "+l.ID]++
			switch h.reply {
			case "unsaid":
				return fault(notify.Unsaid)
			case "crash after":
				panic(crash{})
			}
			return nil
		}
	}
	return r
}

// run runs a step of the program; one that crashes leaves everything as it is.
func (h *history) run(step func(r *notify.Reminders) error) {
	defer func() {
		if p := recover(); p != nil {
			if _, ok := p.(crash); !ok {
				panic(p)
			}
		}
	}()
	if err := step(h.reminders()); err != nil {
		h.t.Fatal(err)
	}
}

func (h *history) deliver() {
	h.run(func(r *notify.Reminders) error { return r.Deliver(h.tb.Context(), func() time.Time { return h.now }) })
}

func (h *history) remind() {
	h.run(func(r *notify.Reminders) error { _, err := r.Remind(h.tb.Context(), h.now); return err })
}

func (h *history) chase() {
	var units []assess.UnitCode
	if rapid.Bool().Draw(h.t, "one") {
		units = []assess.UnitCode{rapid.SampledFrom(roster().Units).Draw(h.t, "unit").Code}
	}
	h.run(func(r *notify.Reminders) error {
		_, err := r.Chase(h.tb.Context(), notify.Chase{Period: q1, Units: units, Line: chaseLine()}, h.now)
		if err != nil && strings.Contains(err.Error(), "owes nothing") || err != nil && strings.Contains(err.Error(), "nobody to chase") {
			return nil
		}
		return err
	})
}

// move takes a report somewhere; that not every step is one the workflow allows makes the test only harder.
func (h *history) move() {
	unit := rapid.SampledFrom(roster().Units).Draw(h.t, "unit").Code
	state := rapid.SampledFrom([]assess.FilingState{
		assess.Draft, assess.PendingSignature, assess.SentBack, assess.Submitted, assess.Returned, assess.Accepted,
	}).Draw(h.t, "state")
	h.city.move(unit, state, h.now)
}

// wait moves the clock, now and then backwards.
func (h *history) wait() {
	minutes := rapid.OneOf(rapid.IntRange(0, 30), rapid.IntRange(0, 60*60), rapid.IntRange(-180, 0)).Draw(h.t, "minutes")
	h.now = h.now.Add(time.Duration(minutes) * time.Minute)
}

// TestNobodyIsToldTwice: whatever the clocks, the people, the other side and crashes do, no letter may arrive twice, and no person is
// told a thing a second time.
func TestNobodyIsToldTwice(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		h := &history{t: rt, tb: t, city: newCity(), now: at("02 08:00"), arrived: map[string]int{}}
		h.store = testkit.Store(t)
		defer h.store.Close()
		rt.Repeat(map[string]func(*rapid.T){
			"remind":  func(*rapid.T) { h.remind() },
			"deliver": func(*rapid.T) { h.deliver() },
			"chase":   func(*rapid.T) { h.chase() },
			"move":    func(*rapid.T) { h.move() },
			"wait":    func(*rapid.T) { h.wait() },
			"weather": func(rt *rapid.T) {
				h.reply = rapid.SampledFrom([]string{"", "", "again", "never", "unsaid", "crash before", "crash after"}).Draw(rt, "weather")
			},
			"": func(rt *rapid.T) { h.check(rt) },
		})
		h.settle(rt)
	})
}

// check holds that each letter arrived once at most and each person has heard each thing once.
func (h *history) check(rt *rapid.T) {
	for letter, n := range h.arrived {
		if n > 1 {
			rt.Fatalf("%s arrived %d times", letter, n)
		}
	}
	told, err := h.store.MessagesOf(h.tb.Context(), q1)
	if err != nil {
		rt.Fatal(err)
	}
	type thing struct {
		who, day, occasion, unit, phase string
	}
	seen := map[thing]bool{}
	for _, m := range told {
		for _, n := range m.Notices {
			one := thing{m.Account + string(m.Group), "", string(n.Occasion), string(n.Unit), ""}
			switch n.Occasion {
			case notify.OnChase:
				one.day, one.phase = m.MadeAt.In(zone).Format(time.DateOnly), fmt.Sprint(n.Late, n.Count > 0, strings.Contains(n.Key, "-again"))
			case notify.OnReturn, notify.OnSubmission:
				one.phase = n.Key
			}
			if seen[one] {
				rt.Fatalf("told twice: %+v", one)
			}
			seen[one] = true
		}
	}
}

// settle lets a good end come: everything that was decided is sent, failed or known to be unknown.
func (h *history) settle(rt *rapid.T) {
	h.reply = ""
	for range 12 {
		h.now = h.now.Add(6 * time.Hour)
		h.deliver()
	}
	h.check(rt)
	told, err := h.store.MessagesOf(h.tb.Context(), q1)
	if err != nil {
		rt.Fatal(err)
	}
	for _, m := range told {
		for _, d := range m.Dispatches {
			if d.State == assess.DispatchWaiting || d.State == assess.DispatchSending {
				rt.Fatalf("%s by %s is %s for ever", m.ID, d.Channel, d.State)
			}
			name := "group"
			if d.Channel == assess.ByMail {
				name = "mail"
			}
			if d.State == assess.DispatchSent && h.arrived[name+" "+m.ID] != 1 {
				rt.Fatalf("%s counts as sent and arrived %d times", m.ID, h.arrived[name+" "+m.ID])
			}
		}
	}
}
