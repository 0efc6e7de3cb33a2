package store

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
)

// A write-ahead log that was cut or garbled, as a power cut on a disk that lies leaves it, costs the end of it alone: the folder opens with
// everything up to some change, each change whole, with a good audit log, and what is lost is told by its end – it reaches less far than it
// was seen to.
func TestATornLogCostsItsEndAlone(t *testing.T) {
	t.Parallel()
	s := fresh(t)
	if _, err := s.writer.db.Exec(`PRAGMA wal_autocheckpoint = 0`); err != nil {
		t.Fatal(err)
	}
	const changes = 60
	for i := 1; i <= changes; i++ {
		value := strconv.Itoa(i)
		commit(t, s, figure("210102", q1, "members", value), figure("210103", q1, "members", value))
	}
	files := map[string][]byte{}
	for _, end := range []string{"", "-wal", "-shm"} {
		b, err := os.ReadFile(filepath.Join(s.Folder(), databaseFile+end))
		if err != nil {
			t.Fatal(err)
		}
		files[end] = b
	}
	chance := rand.New(rand.NewPCG(1, 2))
	lost, whole := 0, 0
	for round := range 60 {
		log := bytes.Clone(files["-wal"])
		what := fmt.Sprintf("round %d, ", round)
		switch at := chance.IntN(len(log)); round % 3 {
		case 0:
			log, what = log[:at], what+fmt.Sprintf("cut at %d", at)
		case 1:
			log[at] ^= 1 << chance.IntN(8)
			what += fmt.Sprintf("a bit flipped at %d", at)
		default:
			clear(log[at:])
			what += fmt.Sprintf("zeros from %d", at)
		}
		dir := t.TempDir()
		for end, b := range map[string][]byte{"": files[""], "-wal": log, "-shm": files["-shm"]} {
			if end == "-shm" && chance.IntN(2) == 0 {
				continue // gone, as after the machine was off
			}
			if err := os.WriteFile(filepath.Join(dir, databaseFile+end), b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		kept := torn(t, dir, what)
		if kept < changes {
			lost++
		} else {
			whole++
		}
	}
	if lost < 20 || whole > 30 {
		t.Errorf("of 60 torn logs %d lost their end and %d nothing: the tearing does not bite", lost, whole)
	}
}

// torn opens what is left and answers how many changes there are.
func torn(t *testing.T, dir, what string) (kept int) {
	t.Helper()
	s, err := Open(t.Context(), dir, WithReserve(0))
	if err != nil { // said, and not served
		if p := asProblem(err); p == nil {
			t.Errorf("%s: %v", what, err)
		}
		return 0
	}
	defer s.Close()
	for _, unit := range []assess.UnitCode{"210102", "210103"} {
		history, err := s.History(t.Context(), assess.CellKey{Unit: unit, Period: q1, Item: "members"})
		if err != nil {
			t.Fatal(err)
		}
		if unit == "210102" {
			kept = len(history)
		} else if len(history) != kept {
			t.Errorf("%s: a change is there by halves", what)
		}
		for i, o := range history {
			if o.Value != strconv.Itoa(i+1) {
				t.Errorf("%s: change %d is %s", what, i+1, o.Value)
			}
		}
	}
	good, auditErr := s.VerifyAudit(t.Context())
	if err := s.IntegrityCheck(t.Context()); err != nil || auditErr != nil || good != int64(kept) || headOf(t, s).Audit != good {
		t.Errorf("%s: %d changes, %d good lines up to %d: %v, %v", what, kept, good, headOf(t, s).Audit, auditErr, err)
	}
	commit(t, s, figure("210102", q1, "members", "after"))
	return kept
}

// Damage that is met while a folder is open is said, never read as if it were whole; what was read before the page is met stays true, and
// nothing is added any more.
func TestDamageMetWhileServingIsSaid(t *testing.T) {
	dir := used(t)
	s, err := Open(t.Context(), dir, WithReserve(0))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	before := current(t, s, assess.CellQuery{})
	commit(t, s, figure("210102", q1, "after", "1")) // what the readers remember of pages is let go
	path := filepath.Join(dir, databaseFile)
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	for page := int64(2); page < info.Size()/pageSize; page++ { // the first holds the names of the tables
		if _, err := file.WriteAt(bytes.Repeat([]byte{0xA5}, 64), page*pageSize); err != nil {
			t.Fatal(err)
		}
	}
	said := 0
	for range 3 {
		got, err := s.Current(t.Context(), assess.CellQuery{})
		if err == nil && len(got) < len(before) {
			t.Fatalf("%d of %d figures are read as if they were all", len(got), len(before))
		}
		if err != nil {
			said++
			wantProblem(t, err, assess.ErrUnavailable, "problem.database_damaged")
		}
	}
	if said == 0 {
		t.Fatal("the damaged pages were not met")
	}
	if p := s.Trouble(); p == nil || p.Key != "problem.database_damaged" {
		t.Errorf("the trouble is %v", p)
	}
	_, err = s.Commit(t.Context(), intake(figure("210102", q1, "members", "2")))
	wantProblem(t, err, assess.ErrUnavailable, "problem.database_damaged")
}
