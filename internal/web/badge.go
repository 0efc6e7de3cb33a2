package web

import (
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/unionboard/unionboard/internal/account"
)

// badges are the numbers of things to be done by account, as they were counted of one version of the data: to count them is dear, and
// every page shows one. Things begin and end with the clock and with drafts, too, which make no new version, so that a number is kept
// for a minute at most.
type badges struct {
	mu     sync.Mutex
	of     state
	number map[string]int
}

// state is what a badge was counted of.
type state struct {
	version int64
	minute  time.Time
}

// known answers the number of an account, if it was counted of a state.
func (b *badges) known(of state, account string) (int, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.of != of {
		return 0, false
	}
	n, ok := b.number[account]
	return n, ok
}

// keep keeps what was counted of a state; the numbers of another are forgotten.
func (b *badges) keep(of state, account string, n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.of != of || b.number == nil {
		b.of, b.number = of, map[string]int{}
	}
	b.number[account] = n
}

// badge answers how many things the reader has to do. The frame must not be what breaks a page: what cannot be counted is none.
func (s *site) badge(r *http.Request, v *visit) int {
	if !v.user.May(account.ReadDefinitions, "") {
		return 0
	}
	of, kept := s.counted(r)
	if n, ok := s.badges.known(of, v.user.ID); kept && ok {
		return n
	}
	n, err := s.countTodos(r, v)
	if err != nil {
		if r.Context().Err() == nil { // else the reader went away
			s.Log.LogAttrs(r.Context(), slog.LevelWarn, "the tasks cannot be counted", slog.String("request", numberOf(r)), slog.String("error", err.Error()))
		}
		return 0
	}
	if kept {
		s.badges.keep(of, v.user.ID, n)
	}
	return n
}

// counted answers what is counted of now, and whether that can be kept.
func (s *site) counted(r *http.Request) (state, bool) {
	if s.DataVersion == nil {
		return state{}, false
	}
	version, err := s.DataVersion(r.Context())
	return state{version, s.Now().Truncate(time.Minute).UTC()}, err == nil
}

func (s *site) countTodos(r *http.Request, v *visit) (int, error) {
	rounds, err := s.Reminders.Rounds(r.Context(), v.user.Unit, s.Now())
	if err != nil {
		return 0, err
	}
	todos, err := s.todos(r, v, rounds)
	return len(todos), err
}
