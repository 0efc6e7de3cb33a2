package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// servedAgain is how long a killed server may take until it answers pages again, on a machine that does nothing else.
const servedAgain = 2 * time.Second

// ruin is a way to end a server in the middle of everything, and to bring its data folder back.
type ruin struct {
	// end ends the server at once. back makes the folder readable again; nil where it is.
	end  func(w *world)
	back func(w *world)
}

// rounds lets everybody work and ends the server at random moments, some of them while it starts. Each time it is served again, holds what it had
// acknowledged, and tells nobody anything that is over. keep is where a failed round is kept.
func (w *world) rounds(n int, seed uint64, how ruin, keep string) (slow []time.Duration) {
	t := w.t
	chance := rand.New(rand.NewPCG(seed, 1))
	w.serve()
	w.ready(time.Now())
	var playing sync.WaitGroup
	all := w.everybody(seed, keep, &playing)
	var took []time.Duration
	acts, early := 0, 0
	for round := range n {
		time.Sleep(time.Duration(200+chance.IntN(1200)) * time.Millisecond)
		if chance.IntN(6) == 0 { // once more, while it starts
			early++
			how.end(w)
			how.bring(w)
			w.serve()
			time.Sleep(time.Duration(chance.IntN(400)) * time.Millisecond)
		}
		promised := w.promised()
		how.end(w)
		how.bring(w)
		copied := filepath.Join(t.TempDir(), "copy")
		w.copied(copied)
		began := time.Now()
		w.serve()
		took = append(took, w.ready(began))
		w.resting.Lock()
		for _, c := range all {
			c.look()
		}
		acts += w.judge(t, filepath.Join(keep, fmt.Sprintf("round-%03d", round)))
		faults := w.takeFaults()
		w.resting.Unlock()
		l := w.holds(copied, promised)
		for _, fault := range faults {
			t.Errorf("round %d: %s", round, fault)
		}
		if l.any() {
			t.Errorf("round %d: %+v", round, l)
		}
		if t.Failed() {
			where := filepath.Join(keep, fmt.Sprintf("round-%03d", round))
			_ = os.MkdirAll(filepath.Dir(where), 0o755)
			_ = os.CopyFS(filepath.Join(where, "folder"), os.DirFS(copied))
			t.Logf("round %d of seed %d failed; its folder as the server left it is kept in %s", round, seed, where)
			break
		}
		os.RemoveAll(filepath.Dir(copied))
	}
	w.ending.Store(true)
	playing.Wait()
	slices.Sort(took)
	t.Logf("%d rounds of seed %d, %d of them ended twice; %d requests answered, %d asked again; %d acts in histories; acknowledged: %s",
		len(took), seed, early, w.asked, w.retried, acts, kinds(w.promised()))
	if len(took) > 0 {
		t.Logf("served again after %s (median), %s (95 %%), %s (longest)", took[len(took)/2].Round(time.Millisecond), took[(len(took)-1)*95/100].Round(time.Millisecond), took[len(took)-1].Round(time.Millisecond))
	}
	return took
}

func (r ruin) bring(w *world) {
	if r.back != nil {
		r.back(w)
	}
}

// killing ends the server by SIGKILL: what the system holds for it is not lost.
func killing() ruin {
	return ruin{end: func(w *world) {
		w.server.kill()
		w.server.wait()
	}}
}

// kept answers where failed rounds are kept.
func kept(t *testing.T) string {
	dir := os.Getenv("CHAOS_KEEP")
	if dir == "" {
		dir = filepath.Join(os.TempDir(), "unionboard-chaos")
	}
	return filepath.Join(dir, strings.ReplaceAll(t.Name(), "/", "-")+"-"+time.Now().Format("20060102-150405"))
}

// TestChaos kills the server at random moments while people type, report, sign and return, programs hand in, a system is asked, records and evidence
// are added, files are made and sessions begin and end. Each time it is served again at once, the database and the audit log are whole, every
// acknowledged change is there once, and the history of each figure – through all pages that show it – has no lost and no stale read.
// ROUNDS and CHAOS_SEED say how often and which; `make chaos` kills two hundred times. UNIONBOARD_TEST_PROGRAM is a program to serve with.
func TestChaos(t *testing.T) {
	t.Parallel()
	n, seed := setting(t, "ROUNDS", 2), setting(t, "CHAOS_SEED", int(time.Now().UnixNano()%1e6))
	w := newWorld(t, filepath.Join(t.TempDir(), "data"), os.Getenv("UNIONBOARD_TEST_PROGRAM"))
	took := w.rounds(n, uint64(seed), killing(), kept(t))
	if n >= 100 && len(took) > 0 && took[len(took)*95/100] > servedAgain {
		t.Errorf("of %d kills one in twenty was served again only after %s, want %s", n, took[len(took)*95/100], servedAgain)
	}
}
