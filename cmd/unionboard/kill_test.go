package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
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
	Running              int   // runs that nobody has ended
	Held                 []assess.HeldPiece
	Cellar               []string          // SHA-256 of the refused bytes that are kept, each as it was
	Files                map[string]string // of the drop folder with archive/ and refused/: SHA-256 by name
}

// ignored are what may differ: numbers and times, and which of several runs has told of a refused piece.
func ignored() cmp.Options {
	return cmp.Options{
		cmpopts.IgnoreFields(assess.Submission{}, "ID", "Run", "ReceivedAt"), cmpopts.IgnoreFields(assess.HeldPiece{}, "ID", "Run", "At"),
		cmpopts.EquateComparable(assess.Period{}), cmpopts.EquateEmpty(),
	}
}

// stage is a city's districts and an installation that has not collected from them yet.
type stage struct {
	*districts
	pristine string
	sources  int
	sheets   int
	// Of a collection that nobody disturbs: what it leaves, in how many steps, how long it takes to begin, and how long in all.
	want         outcome
	steps        int
	begin, whole time.Duration
}

func newStage(t *testing.T) *stage {
	s := &stage{districts: playDistricts(t)}
	s.slow.Store(true)
	s.pristine = installation(t, s.settings()...)
	// Each source was collected two hours ago, so that a server finds a slot that it has missed.
	inside(t, s.pristine, func(a *app) {
		sources, err := a.sources()
		if err != nil {
			t.Fatal(err)
		}
		s.sources = len(sources)
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
	s.undisturbed(t)
	return s
}

// undisturbed collects as nobody disturbs it.
func (s *stage) undisturbed(t *testing.T) {
	t.Helper()
	dir := s.folder(t)
	started := time.Now()
	p := start(t, "collect", "--data", dir)
	s.steps = s.follow(p, dir, func(steps int) bool {
		if s.begin == 0 && s.pieces.Load() > 0 {
			s.begin = time.Since(started)
		}
		return false
	})
	s.whole = time.Since(started)
	if r := p.wait(); r.code != exitPart || strings.Count(r.err, "no_such_item") != s.sheets/2+1 {
		t.Fatalf("the undisturbed collection ended with %d: %s%s", r.code, r.out, r.err)
	}
	s.want = s.outcome(t, dir)
	for table, text := range map[string]string{"observations": s.want.Observations, "scores": s.want.Scores} {
		if out := good(t, "export", "--data", dir, "--period", s.period.String(), "--table", table); out != text {
			t.Errorf("`export --table %s` writes something else", table)
		}
	}
	w := s.want
	if rows := strings.Count(w.Observations, "\n"); rows != 1+9*len(s.items) || len(w.Waiting) != 1 || w.Running > 0 || s.pieces.Load() < 5*15 {
		t.Fatalf("%d rows, %d waiting submissions, %d runs left after %d pieces", rows, len(w.Waiting), w.Running, s.pieces.Load())
	}
	// Each sheet in the archive; of every other a copy with its report in refused/; their bytes and those of one answer in quarantine.
	if len(w.Files) != s.sheets+s.sheets/2*2 || len(w.Held) != s.sheets/2+1 || len(w.Cellar) != len(w.Held) {
		t.Fatalf("%d sheets became %d files, %d pieces and %d bodies are held", s.sheets, len(w.Files), len(w.Held), len(w.Cellar))
	}
}

// folder answers a fresh copy of the installation, with all sheets in its drop folder.
func (s *stage) folder(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	copyInstallation(t, s.pristine, dir)
	s.sheets = s.drop(t, filepath.Join(dir, dropFolder))
	s.pieces.Store(0)
	return dir
}

// outcome reads what a collection has left.
func (s *stage) outcome(t *testing.T, dir string) (o outcome) {
	t.Helper()
	o.Seq = head(t, dir).Seq
	o.Files = sums(t, filepath.Join(dir, dropFolder))
	inside(t, dir, func(a *app) {
		o.Observations, o.Scores = a.written(t, "observations", s.period), a.written(t, "scores", s.period)
		var err error
		if o.Waiting, err = a.store.Waiting(t.Context(), awaitingUnit, s.period); err != nil {
			t.Fatal(err)
		}
		_, o.Running = s.runs(t, a)
		sources, err := a.sources()
		if err != nil {
			t.Fatal(err)
		}
		for _, src := range sources {
			held, err := a.store.HeldPieces(t.Context(), src.Name)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range held {
				if _, err := a.gate.HeldBytes(p); err != nil {
					t.Errorf("%s of %s: %v", p.Name, p.Source, err)
				}
			}
			slices.SortFunc(held, func(a, b assess.HeldPiece) int { return strings.Compare(a.Name, b.Name) })
			o.Held = append(o.Held, held...)
		}
		if err := a.sweepCellar(t.Context(), time.Now().Add(2*time.Hour)); err != nil {
			t.Fatal(err)
		}
	})
	for name, sum := range sums(t, filepath.Join(dir, "quarantine")) {
		if filepath.Base(name) != sum {
			t.Errorf("quarantine/%s holds %s", name, sum)
		}
		o.Cellar = append(o.Cellar, sum)
	}
	slices.Sort(o.Cellar)
	return o
}

// sums answers the SHA-256 of every file in a folder by its path.
func sums(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		sum := sha256.Sum256(data)
		all[strings.TrimPrefix(path, dir+"/")] = hex.EncodeToString(sum[:])
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
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

// runs counts the runs since the stage was made, and those that nobody has ended.
func (s *stage) runs(t *testing.T, a *app) (begun, running int) {
	t.Helper()
	runs, err := a.store.Runs(t.Context(), "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range runs {
		if r.State == assess.RunRunning {
			running++
		}
	}
	return len(runs) - s.sources, running
}

// writeSteps is for how many steps a write to the log counts: there are few of them, and they are the moments that matter most.
const writeSteps = 8

// follow looks at a program that collects until it ends, and answers how many steps it went: pieces that the districts have sent,
// writes to the log, files put away. until is asked again and again and says when it is enough.
func (s *stage) follow(p *program, dir string, until func(steps int) bool) (steps int) {
	written, size := 0, int64(0)
	for {
		if info, err := os.Stat(filepath.Join(dir, "unionboard.db-wal")); err == nil && info.Size() > size {
			written, size = written+1, info.Size()
		}
		away := 0
		for _, to := range []string{"archive", "refused"} {
			names, _ := os.ReadDir(filepath.Join(dir, dropFolder, to)) // there is none at first
			away += len(names)
		}
		steps = max(steps, int(s.pieces.Load())+writeSteps*written+away)
		if until(steps) {
			return steps
		}
		select {
		case <-p.ended:
			return steps
		case <-time.After(100 * time.Microsecond): // look again
		}
	}
}

// moment says when a program is killed: some time after it has gone so many steps, or after its start where they are none.
type moment struct {
	served bool
	steps  int
	after  time.Duration
}

func (m moment) command() []string {
	if m.served {
		return []string{"serve", "--addr", "127.0.0.1:0"}
	}
	return []string{"collect"}
}

func (m moment) String() string {
	return fmt.Sprintf("%s, step %d and %s", m.command()[0], m.steps, m.after)
}

// moment answers one of chance: one of ten while the program starts, the others anywhere in its work.
func (s *stage) moment(chance *rand.Rand) moment {
	m := moment{served: chance.IntN(3) == 0}
	if chance.IntN(10) == 0 {
		m.after = time.Duration(chance.Int64N(int64(s.begin)))
		return m
	}
	m.steps, m.after = 1+chance.IntN(s.steps), time.Duration(chance.Int64N(int64(4*time.Millisecond)))
	return m
}

// kill starts the program on a fresh folder and kills it at a moment. It answers the folder and what was in the middle, "" where the
// program had ended before.
func (s *stage) kill(t *testing.T, at moment) (dir, phase string) {
	t.Helper()
	dir = s.folder(t)
	p := start(t, append(at.command(), "--data", dir)...)
	started := time.Now()
	s.follow(p, dir, func(steps int) bool {
		return at.steps == 0 || steps >= at.steps || at.served && time.Since(started) > 3*s.whole // it goes on serving
	})
	time.Sleep(at.after)
	p.kill()
	if p.wait().code >= 0 {
		return dir, ""
	}
	inside(t, dir, func(a *app) {
		begun, running := s.runs(t, a)
		switch left := s.left(t, dir); {
		case begun == 0:
			phase = "starting"
		case running == begun:
			phase = "asking"
		case running > 0 || begun < s.sources:
			phase = "deciding and writing"
		case left > 0:
			phase = "putting away"
		default:
			phase = "idle again"
		}
	})
	return dir, phase
}

// made compares what there is with what an undisturbed collection leaves.
func (s *stage) made(t *testing.T, dir, when string, but ...cmp.Option) {
	t.Helper()
	if diff := cmp.Diff(s.want, s.outcome(t, dir), append(but, ignored())...); diff != "" {
		t.Errorf("%s it differs from the undisturbed collection (-want +got):\n%s", when, diff)
	}
}

// restart starts the program again as it was started, and lets it collect once more.
func (s *stage) restart(t *testing.T, dir string, at moment) {
	t.Helper()
	if at.served { // what was due and was not ended is caught up at the start; files are put away by the next run
		p := start(t, "serve", "--addr", "127.0.0.1:0", "--data", dir)
		p.serving()
		if r := p.stop(); r.code != exitDone {
			t.Errorf("the second start ended with %d: %s", r.code, r.err)
		}
		s.made(t, dir, "after the second start", cmpopts.IgnoreFields(outcome{}, "Files"))
	}
	if r := call(t, "collect", "--data", dir); r.code != exitDone && r.code != exitPart {
		t.Errorf("collecting again ended with %d: %s%s", r.code, r.out, r.err)
	}
	s.made(t, dir, "after the next run")
}

// setting answers a number from the environment of the test.
func setting(t *testing.T, name string, usual int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s=%s is no number", name, text)
	}
	return n
}

// TestAKilledCollectionIsMadeGood kills `collect` and `serve` at moments of chance, from their start to the putting away of the last
// sheet. The database and the audit log are whole afterwards, and after the next run everything is, byte for byte, what an undisturbed
// collection leaves: observations, scores, what waits, files in archive/ and refused/, pieces and bytes in quarantine.
// KILLS and KILL_SEED in the environment say how many and which; `make test-full` kills sixty times, with WHOLE=1 two hundred.
func TestAKilledCollectionIsMadeGood(t *testing.T) {
	t.Parallel()
	const stages = 4
	kills, seed := setting(t, "KILLS", 20), setting(t, "KILL_SEED", 5)
	var mu sync.Mutex
	phases := map[string]int{}
	t.Cleanup(func() {
		t.Logf("%d kills with seed %d, while it was %v", kills, seed, phases)
		if idle := phases["starting"] + phases["idle again"]; 2*idle > kills {
			t.Errorf("%d of %d kills hit nothing in the middle", idle, kills)
		}
	})
	for n := range stages {
		t.Run(fmt.Sprintf("stage %d", n), func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			chance := rand.New(rand.NewPCG(uint64(seed), uint64(n)))
			for hits, tries := 0, 0; hits < (kills+n)/stages; tries++ {
				if tries > 4*kills {
					t.Fatalf("only %d kills in %d tries", hits, tries)
				}
				at := s.moment(chance)
				t.Run(at.String(), func(t *testing.T) {
					dir, phase := s.kill(t, at)
					if phase == "" {
						return
					}
					hits++
					t.Logf("killed while it was %s", phase)
					mu.Lock()
					phases[phase]++
					mu.Unlock()
					head(t, dir) // whole before anything is mended
					s.restart(t, dir, at)
				})
			}
		})
	}
}
