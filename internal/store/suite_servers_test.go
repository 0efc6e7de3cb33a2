package store

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// as makes a store another server until further notice.
func as(s *Store, id string) { s.holder.Store(&id) }

// A run, a file at work and a request belong to the server that began them, until its time is over; then another server's attempt is the one that
// counts, whatever the first one still says.
func testServersKeepWhatIsTheirs(t *testing.T, s *Store) {
	ctx := t.Context()
	keep := func(id string, now time.Time) {
		t.Helper()
		s.presence.Store(nil)
		as(s, id)
		if err := s.KeepServer(ctx, Server{ID: id, Begun: spring, Until: now.Add(15 * time.Second)}, now); err != nil {
			t.Fatal(err)
		}
	}
	keep("b", spring)
	keep("a", spring)
	if all, err := s.Servers(ctx, spring); err != nil || len(all) != 2 || all[0].ID != "a" {
		t.Fatalf("%+v, %v", all, err)
	}
	pull := running("r1", "heping", spring)
	pull.Door = assess.DoorPull
	start(t, s, pull)
	if err := s.AddExport(ctx, assess.ExportJob{ID: "j1", Owner: "o", State: assess.ExportQueued}, 5, line("export.ask")); err != nil {
		t.Fatal(err)
	}
	job, ok, err := s.TakeExport(ctx, spring)
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	first := account.Receipt{Token: "t", Request: "k", Digest: "d", Attempt: "first", At: spring}
	if _, fresh, err := s.BeginReceipt(ctx, first); !fresh || err != nil {
		t.Fatal(fresh, err)
	}

	as(s, "b")
	soon := spring.Add(10 * time.Second)
	if n, err := s.InterruptRuns(ctx, soon); n != 0 || err != nil {
		t.Errorf("%d runs of a server at work were ended, %v", n, err)
	}
	again := pull
	again.ID, again.Slot, again.Started = "r2", soon, soon
	wantProblem(t, s.StartRun(ctx, again), assess.ErrConflict, "problem.source_busy")
	if err := s.RequeueExports(ctx, soon); err != nil {
		t.Fatal(err)
	}
	if _, ok, _ := s.TakeExport(ctx, soon); ok {
		t.Error("a file that another server makes was taken")
	}
	second := first
	second.Attempt, second.At = "second", soon
	if before, fresh, err := s.BeginReceipt(ctx, second); fresh || err != nil || before.Status != 0 {
		t.Errorf("a request under way elsewhere: %+v, %v, %v", before, fresh, err)
	}

	late := spring.Add(16 * time.Second)
	keep("b", late)
	if n, err := s.InterruptRuns(ctx, late); n != 1 || err != nil {
		t.Errorf("%d runs of a server that is gone were ended, %v", n, err)
	}
	again.Slot, again.Started = late, late
	start(t, s, again)
	if err := s.RequeueExports(ctx, late); err != nil {
		t.Fatal(err)
	}
	taken, ok, err := s.TakeExport(ctx, late)
	if !ok || err != nil || taken.ID != "j1" {
		t.Errorf("a file of a server that is gone: %+v, %v, %v", taken, ok, err)
	}
	second.At = late
	if _, fresh, err := s.BeginReceipt(ctx, second); !fresh || err != nil {
		t.Errorf("a request of a server that is gone does not begin anew: %v, %v", fresh, err)
	}

	as(s, "a") // wakes up
	job.State = assess.ExportDone
	if settled, err := s.SettleExport(ctx, job); settled || err != nil {
		t.Errorf("a file that was taken over was settled: %v, %v", settled, err)
	}
	if makes, err := s.MakesExport(ctx, job); makes || err != nil {
		t.Errorf("a file that was taken over is still made: %v, %v", makes, err)
	}
	answered := intake(figure("210102", q1, "members", "1"))
	answered.Answered = &assess.Answered{Token: "t", Request: "k", Attempt: "first", Status: 201, Body: "{}"}
	if _, err := s.Commit(ctx, answered); err == nil {
		t.Error("what an attempt of before hands in was taken")
	}
	as(s, "b")
	s.presence.Store(&presence{until: time.Now().Add(-time.Second)}) // stood still
	_, err = s.Commit(ctx, intake(figure("210102", q1, "members", "1")))
	wantProblem(t, err, assess.ErrUnavailable, "problem.server_lapsed")
	keep("b", late)
	if makes, err := s.MakesExport(ctx, taken); !makes || err != nil {
		t.Errorf("the file is not made here: %v, %v", makes, err)
	}
	answered.Answered.Attempt = "second"
	if _, err := s.Commit(ctx, answered); err != nil {
		t.Error(err)
	}
}

// A server that stood still for longer than its time writes nothing until it has said again that it is here, and for a second more.
func TestAServerThatStoodStillWritesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s Store
		s.stays(15*time.Second, time.Now())
		lapsed := func(want bool) {
			t.Helper()
			if err := s.Lapsed(); (err != nil) != want {
				t.Errorf("lapsed: %v, want %v", err, want)
			}
		}
		time.Sleep(14 * time.Second)
		lapsed(false)
		s.stays(15*time.Second, time.Now())
		time.Sleep(14 * time.Second)
		lapsed(false)
		time.Sleep(2 * time.Second)
		lapsed(true)
		s.stays(15*time.Second, time.Now())
		lapsed(true)
		time.Sleep(woken)
		lapsed(false)
	})
}

// Of two servers one has a turn; the other gets it when it is done, or when the first is gone. Who lost it while it stood still, so that another has
// decided, writes nothing by it.
func TestTurnsOfServers(t *testing.T) {
	address := cluster.Filled(t)
	one, other := opened(t, address), opened(t, address)
	decide := func(ctx context.Context, s *Store, value string) error {
		_, err := s.Commit(ctx, intake(figure("210102", q1, "members", value)))
		return err
	}
	within, done, err := one.Turn(t.Context(), "decide")
	if err != nil {
		t.Fatal(err)
	}
	soon, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, _, err := other.Turn(soon, "decide"); err == nil {
		t.Error("two servers have one turn")
	}
	if _, done, err := other.Turn(t.Context(), "refund"); err != nil {
		t.Error(err)
	} else {
		done()
	}
	for _, value := range []string{"1", "2"} { // a turn may write more than once
		if err := decide(within, one, value); err != nil {
			t.Error(err)
		}
	}
	if err := one.write(within, func(tx) error { return context.Canceled }); err != context.Canceled {
		t.Error(err)
	}
	if err := decide(within, one, "3"); err != nil {
		t.Errorf("after a change that failed: %v", err)
	}
	done()

	lost, done, err := one.Turn(t.Context(), "decide")
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	if _, err := other.writer.db.Exec(`SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE c.relname = 'turn' AND l.mode = 'RowShareLock'`); err != nil {
		t.Fatal(err)
	}
	mine, over, err := other.Turn(t.Context(), "decide")
	if err != nil {
		t.Fatal(err)
	}
	defer over()
	if err := decide(mine, other, "4"); err != nil {
		t.Fatal(err)
	}
	wantProblem(t, decide(lost, one, "5"), assess.ErrUnavailable, "problem.turn_lost")
	if got := current(t, one, assess.CellQuery{}); len(got) != 1 || got[0].Value != "4" {
		t.Errorf("%v", short(got))
	}
}
