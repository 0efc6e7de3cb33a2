package web

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// stuck keeps one session and answers no change, as a PostgreSQL does whose synchronous standby is away.
type stuck struct {
	scs.CtxStore
	data []byte
}

func (s stuck) FindCtx(context.Context, string) ([]byte, bool, error) { return s.data, true, nil }

func (stuck) CommitCtx(ctx context.Context, _ string, _ []byte, _ time.Time) error {
	<-ctx.Done()
	return ctx.Err()
}

// Where a database answers no change, a page waits two seconds for the time of its session's last use, and a change of the session until the end.
func TestALastUseHoldsUpNoPage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		session := func(id string, seen int64) []byte {
			data, err := account.SessionCodec{}.Encode(time.Now().Add(time.Hour), map[string]any{account.SessionKey: id, account.SeenKey: seen})
			if err != nil {
				t.Fatal(err)
			}
			return data
		}
		x := readOn{stuck{data: session("li", 1)}, slog.New(slog.DiscardHandler)}
		ctx, end := context.WithTimeout(t.Context(), 20*time.Second)
		defer end()
		began := time.Now()
		if err := x.CommitCtx(ctx, "token", session("li", 2), time.Now()); err != nil || time.Since(began) != seenPatience {
			t.Errorf("the last use: %v after %v", err, time.Since(began))
		}
		if err := x.CommitCtx(ctx, "token", session("wang", 2), time.Now()); err == nil || time.Since(began) != 20*time.Second {
			t.Errorf("another person: %v after %v", err, time.Since(began))
		}
		time.Sleep(seenTime)
	})
}

// A standby that was not promoted yet is a database that is away: nobody is told of a disk, or that everything can be read.
func TestAStandbyIsADatabaseAway(t *testing.T) {
	t.Parallel()
	if p := outward(assess.Unavailable("problem.database_standby", "a standby", "database", "postgres://db1,db2/board")); p.Key != "web.trouble.away" {
		t.Error(p.Key)
	}
}
