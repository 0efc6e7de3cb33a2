package store

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
)

// childFolder names the folder in which a copy of the test program commits until it is killed, childDatabase its PostgreSQL, if that is where.
const (
	childFolder   = "UNIONBOARD_TEST_COMMIT_IN"
	childDatabase = "UNIONBOARD_TEST_COMMIT_ON"
)

func TestMain(m *testing.M) {
	dir := os.Getenv(childFolder)
	if n, err := strconv.Atoi(os.Getenv(killAt)); dir != "" && err == nil {
		if err := upgradeUntilKilled(dir, n); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if dir != "" {
		fmt.Fprintln(os.Stderr, commitForEver(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// commitForEver writes from four goroutines at once and prints each value after it was acknowledged.
func commitForEver(dir string) error {
	s, err := Open(context.Background(), dir, WithReserve(0), On(os.Getenv(childDatabase), ""))
	if err != nil {
		return err
	}
	failed := make(chan error)
	for w := range 4 {
		go func() {
			for i := 0; ; i++ {
				value := fmt.Sprintf("%d.%d", os.Getpid(), 4*i+w)
				_, err := s.Commit(context.Background(), assess.Intake{
					Observations: []assess.Observation{figure("210102", q1, "members", value), figure("210103", q1, "members", value)},
					Audit:        []assess.AuditLine{line("collect.run")},
				})
				if err != nil {
					failed <- err
				}
				fmt.Println(value)
			}
		}()
	}
	return <-failed
}

// A process that is killed at a random moment loses nothing it has acknowledged, and leaves nothing by halves.
func TestKilledProcessesLoseNothing(t *testing.T) {
	t.Parallel()
	s := fresh(t)
	s.Close()
	killed(t, 20, s.Folder(), "")
}

// killed kills a process that writes a few times, and looks each time at what it left.
func killed(t *testing.T, rounds int, dir, database string) {
	t.Helper()
	var acknowledged []string
	for range rounds {
		acknowledged = append(acknowledged, killAfter(t, dir, database, 1+rand.IntN(60))...)
		s, err := Open(t.Context(), dir, WithReserve(0), On(database, ""))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.IntegrityCheck(t.Context()); err != nil {
			t.Error(err)
		}
		if good, err := s.VerifyAudit(t.Context()); err != nil || 2*good != headOf(t, s).Seq {
			t.Errorf("%d audit lines are good at head %+v: %v", good, headOf(t, s), err)
		}
		kept := map[string]int{}
		for _, unit := range []assess.UnitCode{"210102", "210103"} {
			history, err := s.History(t.Context(), assess.CellKey{Unit: unit, Period: q1, Item: "members"})
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range history {
				kept[o.Value]++
			}
		}
		for value, n := range kept {
			if n != 2 {
				t.Fatalf("commit %s was kept by halves", value)
			}
		}
		for _, value := range acknowledged {
			if kept[value] == 0 {
				t.Fatalf("commit %s was acknowledged and is lost", value)
			}
		}
		s.Close()
	}
}

// killAfter runs the child until it has acknowledged n commits, kills it, and answers all it had acknowledged.
func killAfter(t *testing.T, dir, database string, n int) (acknowledged []string) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childFolder+"="+dir, childDatabase+"="+database)
	var complaints strings.Builder
	child.Stderr = &complaints
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var once sync.Once
	lines := bufio.NewReader(out)
	for {
		text, err := lines.ReadString('\n')
		if err == io.EOF { // a line cut short was not acknowledged
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if acknowledged = append(acknowledged, strings.TrimSpace(text)); len(acknowledged) >= n {
			once.Do(func() { child.Process.Kill() })
		}
	}
	child.Wait() // killed: the error is the signal
	if len(acknowledged) < n {
		t.Fatalf("the child ended by itself: %s", complaints.String())
	}
	return acknowledged
}
