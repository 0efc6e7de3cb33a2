package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"

	"github.com/unionboard/unionboard/internal/assess"
)

// outcome is everything of a collection that must be the same whether it was disturbed or not.
type outcome struct {
	Observations, Scores string
	Waiting              []assess.Submission
	Seq                  int64 // nothing was recorded twice
	Left                 int   // files that were not put away
}

// stage is a city's districts and an installation that has not collected from them yet.
type stage struct {
	*districts
	pristine string
	sheets   int
}

func newStage(t *testing.T) *stage {
	s := &stage{districts: playDistricts(t)}
	s.pristine = installation(t, s.settings()...)
	// Each source was collected two hours ago, so that a server finds a slot that it has missed.
	inside(t, s.pristine, func(a *app) {
		sources, err := a.sources()
		if err != nil {
			t.Fatal(err)
		}
		for _, src := range sources {
			at := time.Now().Add(-2 * time.Hour)
			run := assess.Run{ID: uuid.NewString(), Source: src.Name, Door: src.Door, Slot: at, Started: at, State: assess.RunRunning}
			if err := a.store.StartRun(t.Context(), run); err != nil {
				t.Fatal(err)
			}
			run.Finished, run.State = at, assess.RunDone
			line := assess.AuditLine{At: at, Actor: "system", Action: "collect.run", Object: run.ID, Result: "ok"}
			if _, err := a.store.Commit(t.Context(), assess.Intake{Run: &run, Audit: []assess.AuditLine{line}}); err != nil {
				t.Fatal(err)
			}
		}
	})
	return s
}

// folder answers a fresh copy of the installation, with all sheets in its drop folder.
func (s *stage) folder(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	copyInstallation(t, s.pristine, dir)
	s.sheets = s.drop(t, filepath.Join(dir, dropFolder))
	return dir
}

// outcome reads what a collection has left.
func (s *stage) outcome(t *testing.T, dir string) (o outcome) {
	t.Helper()
	o.Seq = head(t, dir).Seq
	o.Left = s.left(t, dir)
	inside(t, dir, func(a *app) {
		o.Observations, o.Scores = a.written(t, "observations", s.period), a.written(t, "scores", s.period)
		var err error
		if o.Waiting, err = a.store.Waiting(t.Context(), awaitingUnit, s.period); err != nil {
			t.Fatal(err)
		}
		if n := s.running(t, a); n > 0 {
			t.Errorf("%d runs are left running", n)
		}
	})
	return o
}

// left counts the sheets that still lie in the drop folder.
func (s *stage) left(t *testing.T, dir string) int {
	t.Helper()
	sheets, err := filepath.Glob(filepath.Join(dir, dropFolder, "*.csv"))
	if err != nil {
		t.Fatal(err)
	}
	return len(sheets)
}

func (s *stage) running(t *testing.T, a *app) (n int) {
	t.Helper()
	runs, err := a.store.Runs(t.Context(), "", 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range runs {
		if r.State == assess.RunRunning {
			n++
		}
	}
	return n
}

// kill starts a command on a fresh folder, kills it at a moment, and answers the folder, how many runs were in the middle, and how
// many sheets were not put away yet.
func (s *stage) kill(t *testing.T, command []string, at moment) (dir string, running, left int) {
	t.Helper()
	dir = s.folder(t)
	s.pieces.Store(0)
	var p *program
	started := make(chan struct{})
	hear := func(n int64) {
		<-started
		if at.piece > 0 && n >= at.piece {
			p.kill()
		}
	}
	s.atPiece.Store(&hear)
	defer s.atPiece.Store(nil)
	s.slow.Store(true)
	defer s.slow.Store(false)
	p = start(t, append(command, "--data", dir)...)
	close(started)
	for at.away > 0 { // as often as possible: putting away takes milliseconds
		select {
		case <-p.ended:
			at.away = 0
		default:
			if away, err := os.ReadDir(filepath.Join(dir, dropFolder, "archive")); err == nil && len(away) >= at.away {
				p.kill()
				at.away = 0
			}
		}
	}
	p.wait()
	inside(t, dir, func(a *app) { running = s.running(t, a) })
	return dir, running, s.left(t, dir)
}

// moment says when the program is killed: when the districts have sent so many pieces, or so many sheets are put away.
type moment struct {
	piece int64
	away  int
}

func (m moment) String() string {
	if m.away > 0 {
		return fmt.Sprintf("sheet %d put away", m.away)
	}
	return fmt.Sprintf("piece %d", m.piece)
}

// TestAKilledCollectionIsMadeGood kills `collect` and `serve` in the middle of a collection, at twenty moments from the first
// piece of an answer to the putting away of the last sheets, and collects again: what is exported is what an undisturbed
// collection gives, byte for byte.
func TestAKilledCollectionIsMadeGood(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	undisturbed := s.folder(t)
	if r := call(t, "collect", "--data", undisturbed); r.code != exitPart || strings.Count(r.err, "no_such_item") != s.sheets/2 {
		t.Fatalf("the undisturbed collection ended with %d: %s%s", r.code, r.out, r.err)
	}
	pieces := s.pieces.Load()
	want := s.outcome(t, undisturbed)
	for table, text := range map[string]string{"observations": want.Observations, "scores": want.Scores} {
		if out := good(t, "export", "--data", undisturbed, "--period", s.period.String(), "--table", table); out != text {
			t.Errorf("`export --table %s` writes something else", table)
		}
	}
	if rows := strings.Count(want.Observations, "\n"); rows != 1+9*len(s.items) || len(want.Waiting) != 1 || want.Left != 0 || pieces < 5*15 {
		t.Fatalf("%d rows, %d waiting submissions, %d sheets left after %d pieces", rows, len(want.Waiting), want.Left, pieces)
	}
	check := func(t *testing.T, dir string) {
		t.Helper()
		got := s.outcome(t, dir)
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(assess.Submission{}, "ID", "Run", "ReceivedAt"), cmp.AllowUnexported(assess.Period{})); diff != "" {
			t.Errorf("differs from the undisturbed collection (-want +got):\n%s", diff)
		}
	}
	for i := range int64(10) {
		at := moment{piece: 1 + i*(pieces-1)/10}
		t.Run("collect, "+at.String(), func(t *testing.T) {
			dir, running, _ := s.kill(t, []string{"collect"}, at)
			if running == 0 {
				t.Error("the kill found nothing in the middle")
			}
			s.again(t, dir)
			check(t, dir)
		})
	}
	for i := range int64(5) {
		at := moment{piece: 1 + i*(pieces-1)/5}
		t.Run("serve, "+at.String(), func(t *testing.T) {
			dir, running, _ := s.kill(t, []string{"serve", "--addr", "127.0.0.1:0"}, at)
			if running == 0 {
				t.Error("the kill found nothing in the middle")
			}
			p := start(t, "serve", "--addr", "127.0.0.1:0", "--data", dir)
			p.serving()
			if r := p.stop(); r.code != exitDone || !strings.Contains(r.err, "were interrupted") {
				t.Errorf("the second start ended with %d: %s", r.code, r.err)
			}
			check(t, dir) // the interrupted slots were caught up at the start
			s.again(t, dir)
			check(t, dir)
		})
	}
	s.killPuttingAway(t, check)
}

// again collects again. The sheets' bad rows are refused again if they were not told before.
func (s *stage) again(t *testing.T, dir string) {
	t.Helper()
	if r := call(t, "collect", "--data", dir); r.code != exitDone && r.code != exitPart {
		t.Errorf("collecting again ended with %d: %s%s", r.code, r.out, r.err)
	}
}

// killPuttingAway kills while the sheets are put away. That takes milliseconds, so not every kill hits; five must.
func (s *stage) killPuttingAway(t *testing.T, check func(*testing.T, string)) {
	hits := 0
	for try := 0; hits < 5 && try < 25; try++ {
		at := moment{away: 1 + try*7%(s.sheets/2)}
		t.Run("collect, "+at.String(), func(t *testing.T) {
			dir, _, left := s.kill(t, []string{"collect"}, at)
			if left == 0 || left == s.sheets {
				return
			}
			hits++
			s.again(t, dir)
			check(t, dir)
		})
	}
	if hits < 5 {
		t.Errorf("%d kills hit the putting away of sheets, want 5", hits)
	}
}
