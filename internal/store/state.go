package store

import (
	"context"
	"os"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

const (
	countSessions   = `SELECT COUNT(*) FROM session WHERE ended = 0 AND account <> '' AND expires_at > $1`
	countDispatches = `SELECT COUNT(*) FROM dispatch WHERE state = 'waiting'`
)

// State answers how the store stands.
func (s *Store) State(ctx context.Context, now time.Time) (assess.StoreState, error) {
	state := assess.StoreState{
		Reserve: s.engine.shared() || s.reserve.kept(),
		Waiting: len(s.writer.requests), Transactions: s.writer.writes.Load(), Writing: time.Duration(s.writer.writing.Load()),
	}
	var err error
	if state.Database, state.Log, err = s.engine.sizes(ctx, s.reader); err != nil {
		return state, s.explain("ask for the size of the database", err)
	}
	if state.Free, err = s.Free(); err != nil {
		return state, err
	}
	if err := s.reader.QueryRowContext(ctx, countSessions, millis(now)).Scan(&state.Sessions); err != nil {
		return state, s.explain("count sessions", err)
	}
	if err := s.reader.QueryRowContext(ctx, countDispatches).Scan(&state.Messages); err != nil {
		return state, s.explain("count messages", err)
	}
	return state, nil
}

func sizeOf(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}
