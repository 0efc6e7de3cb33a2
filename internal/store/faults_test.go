package store

import (
	"database/sql"
	"errors"
	"maps"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/mattn/go-sqlite3"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/failing"
)

// dump answers every row of every table, as a connection of its own reads them.
func dump(t *testing.T, s *Store) string {
	t.Helper()
	read := func() (string, error) { return failing.Rows(s.Folder() + "/" + databaseFile) }
	if on, ok := s.engine.(postgres); ok {
		read = func() (string, error) { return failing.PostgresRows(on.config.ConnString(), "goose_db_version") }
	}
	text, err := read()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// changes are ways to change a store, each of which can be gone once.
func changes(t *testing.T) map[string]func(s *Store) error {
	person, err := account.New("zhao.min", "赵敏", account.Post{Role: assess.DistrictReporter, Unit: "210102"}, spring)
	if err != nil {
		t.Fatal(err)
	}
	record := assess.RecordWrite{
		Record: assess.Record{ID: "a", Table: "stations", Key: "YZ-1", Unit: "210102", Values: map[string]string{"star": "3"}, At: spring, By: "li.na", Role: assess.DistrictReporter},
		Words:  map[string]string{"star": "3"}, Search: "站点 YZ-1",
	}
	proposed := assess.Publication{ID: "p1", Period: q1, Edition: 1, State: assess.PublicationProposed, Content: "c", ProposedBy: "li.na", ProposedAt: spring}
	made := assess.Seal{Period: q1, Edition: 1, Digest: strings.Repeat("a", 64), Seq: 1, At: spring, Publication: "p1"}
	return map[string]func(s *Store) error{
		"an intake with a run and rows that were refused": func(s *Store) error {
			in := refusing()
			in.Observations = []assess.Observation{figure("210102", q1, "members", "7"), figure("210103", q1, "members", "8")}
			_, err := s.Commit(t.Context(), in)
			return err
		},
		"an account": func(s *Store) error { return s.AddAccount(t.Context(), person, line("user.add")) },
		"a password": func(s *Store) error {
			return s.SetPassword(t.Context(), person.ID, "other hash", true, spring, line("user.password"))
		},
		"a lock": func(s *Store) error { return s.LockAccount(t.Context(), person.ID, spring, line("user.lock")) },
		"cells of a form": func(s *Store) error {
			_, err := s.SaveDrafts(t.Context(), saving(assess.NotStarted, typed("a", "5", "r1", 0), typed("b", "6", "r2", 0)))
			return err
		},
		"a record": func(s *Store) error {
			return s.PutRecords(t.Context(), []assess.RecordWrite{record}, line("record.add"))
		},
		"a file that proves": func(s *Store) error {
			_, err := s.AddEvidence(t.Context(), []assess.Evidence{proof("e1", "members", "a")}, assess.EvidenceRoom{Quota: 1_000_000}, line("evidence.add"))
			return err
		},
		"a file that is wanted": func(s *Store) error { return s.AddExport(t.Context(), wish("j1", "a1"), 3, line("export.ask")) },
		"a proposal to publish": func(s *Store) error { return s.ProposePublication(t.Context(), proposed, line("publication.propose")) },
		"a seal": func(s *Store) error {
			cycle := assess.Cycle{Period: q1, State: assess.CyclePublished}
			return s.Publish(t.Context(), proposed, &cycle, made, assess.SealMark{}, strings.NewReader(strings.Repeat("a line\n", 100)), line("publication.seal"))
		},
	}
}

// Whatever call to the database fails, and however: a change is kept whole with its line of the audit log, or the caller is told and
// nothing at all is different.
func TestEveryFailingCallLeavesEverythingAsItWas(t *testing.T) {
	if testing.Short() {
		t.Skip("one thing after the other: the race detector, which is asked in short, has nothing to see")
	}
	t.Parallel()
	reasons := map[string]error{
		"full": sqlite3.Error{Code: sqlite3.ErrFull}, "faulty": sqlite3.Error{Code: sqlite3.ErrIoErr, SystemErrno: syscall.EIO}, "odd": errors.New("no such thing"),
	}
	needed := map[string]string{"a password": "an account", "a lock": "an account", "a seal": "a proposal to publish"}
	for _, name := range slices.Sorted(maps.Keys(changes(t))) {
		for why, reason := range reasons {
			calls := &failing.Calls{}
			s, err := Create(t.Context(), t.TempDir(), WithReserve(0), Through(calls.Through))
			if err != nil {
				t.Fatal(err)
			}
			ways := changes(t) // each time with the same account
			if needs := needed[name]; needs != "" {
				if err := ways[needs](s); err != nil {
					t.Fatal(err)
				}
			}
			if failures := failEach(t, s, calls, reason, ways[name]); failures < 5 {
				t.Errorf("%s, %s: only %d calls could fail", name, why, failures)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// failEach lets the first call of a change fail, then the second, until one goes through, and answers how many failed.
func failEach(t *testing.T, s *Store, calls *failing.Calls, reason error, change func(*Store) error) (failures int) {
	t.Helper()
	before := dump(t, s)
	for n := 1; ; n++ {
		calls.Arm(n, reason)
		err := change(s)
		fell := calls.Disarm()
		after := dump(t, s)
		switch {
		case !fell && err != nil:
			t.Fatalf("nothing failed, and the change says %v", err)
		case !fell && after == before:
			t.Fatal("the change was kept and is not there")
		case !fell:
			if good, err := s.VerifyAudit(t.Context()); err != nil || s.IntegrityCheck(t.Context()) != nil || strings.Count("\n"+after, "\naudit [") != int(good) {
				t.Errorf("afterwards %d lines are good: %v", good, err)
			}
			return failures
		case err == nil:
			t.Errorf("call %d failed and nobody was told", n)
		}
		if failures++; after != before {
			t.Fatalf("call %d failed with %v and left a part (-before +after):\n%s", n, err, cmp.Diff(strings.Split(before, "\n"), strings.Split(after, "\n")))
		}
	}
}

// What the engine and the disk below it meet is said in words that tell what to do, and is known as the trouble of the store until a change
// is kept; damage stays.
func TestTroubleIsSaidUntilItIsOver(t *testing.T) {
	calls := &failing.Calls{}
	s, err := Create(t.Context(), t.TempDir(), WithReserve(0), Through(calls.Through))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	commit(t, s, figure("210102", q1, "members", "1"))
	for _, c := range []struct {
		reason error
		key    string
	}{
		{sqlite3.Error{Code: sqlite3.ErrFull}, "problem.disk_full"},
		{sqlite3.Error{Code: sqlite3.ErrIoErr, SystemErrno: syscall.ENOSPC}, "problem.disk_full"},
		{sqlite3.Error{Code: sqlite3.ErrReadonly}, "problem.data_folder_read_only"},
		{sqlite3.Error{Code: sqlite3.ErrIoErr, SystemErrno: syscall.EROFS}, "problem.data_folder_read_only"},
		{sqlite3.Error{Code: sqlite3.ErrIoErr, SystemErrno: syscall.EIO}, "problem.disk_faulty"},
		{sqlite3.Error{Code: sqlite3.ErrCantOpen, SystemErrno: syscall.EMFILE}, "problem.too_many_files"},
		{sqlite3.Error{Code: sqlite3.ErrBusy}, "problem.database_busy"},
		{sqlite3.Error{Code: sqlite3.ErrCorrupt}, "problem.database_damaged"},
	} {
		calls.ArmFrom(1, c.reason)
		_, err := s.Commit(t.Context(), intake(figure("210102", q1, "members", "2")))
		calls.Disarm()
		wantProblem(t, err, assess.ErrUnavailable, c.key)
		if p := s.Trouble(); p == nil || p.Key != c.key {
			t.Errorf("the trouble is %v, want %s", p, c.key)
		}
		if got := current(t, s, assess.CellQuery{}); len(got) != 1 || got[0].Value != "1" {
			t.Errorf("%s: meanwhile %v is read", c.key, short(got))
		}
		if c.key == "problem.database_damaged" {
			_, err := s.Commit(t.Context(), intake(figure("210102", q1, "members", "2")))
			wantProblem(t, err, assess.ErrUnavailable, c.key) // nothing is added to what is damaged
			continue
		}
		commit(t, s, figure("210102", q1, "members", "1"))
		if p := s.Trouble(); p != nil {
			t.Errorf("%s is over, and the trouble is %v", c.key, p)
		}
	}
}

// Another program that holds the database longer than is waited for is named; the same change is kept when it has let go.
func TestAnotherProgramThatHoldsTheDatabaseIsNamed(t *testing.T) {
	s := fresh(t)
	commit(t, s, figure("210102", q1, "members", "1"))
	if _, err := s.writer.db.Exec(`PRAGMA busy_timeout = 50`); err != nil {
		t.Fatal(err)
	}
	other := sql.OpenDB(connector{dsn: writerDSN(s.Folder() + "/" + databaseFile)})
	defer other.Close()
	theirs, err := other.Begin()
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Commit(t.Context(), intake(figure("210102", q1, "members", "2")))
	wantProblem(t, err, assess.ErrUnavailable, "problem.database_busy")
	if got := current(t, s, assess.CellQuery{}); len(got) != 1 || got[0].Value != "1" {
		t.Errorf("meanwhile %v is read", short(got))
	}
	if err := theirs.Rollback(); err != nil {
		t.Fatal(err)
	}
	commit(t, s, figure("210102", q1, "members", "2"))
	if p := s.Trouble(); p != nil {
		t.Errorf("afterwards the trouble is %v", p)
	}
}
