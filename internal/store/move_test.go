package store

import (
	"bytes"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/failing"
	"github.com/unionboard/unionboard/internal/servers"
)

// filledFolder answers a data folder of SQLite in which every kind of row stands, and every table that refers to another.
func filledFolder(t *testing.T) (dir string) {
	t.Helper()
	s := fresh(t)
	for name, change := range changes(t) {
		if name != "a password" && name != "a lock" && name != "a seal" {
			if err := change(s); err != nil {
				t.Fatal(name, err)
			}
		}
	}
	for i := range 100 { // more than one statement takes
		commit(t, s, figure("210102", q1, assess.Code(fmt.Sprintf("item_%d", i)), "名称 ' \" \\ € 𠮷 "+fmt.Sprint(i)))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return s.Folder()
}

// moving answers a move that looks at what the program looks at.
func moving(from, to Side) Move {
	return Move{
		From: from, To: to, Now: time.Now(), Counted: func(int64) {}, Step: func(string, int64) {},
		Look: func(ctx context.Context, s *Store) error { _, err := s.VerifyAudit(ctx); return err },
		Line: func(m Moved) assess.AuditLine { l := line("move"); l.Before, l.After = m.From, m.To; return l },
	}
}

// linesOf answers every row of a side, but for the steps that were done and what a move itself adds to: the head, and its own lines of the audit log.
func linesOf(t *testing.T, s Side, moves int) []string {
	t.Helper()
	var text string
	var err error
	if s.Database != "" {
		text, err = failing.PostgresRows(s.Database, versionTable, "head")
	} else {
		text, err = failing.Rows(filepath.Join(s.Folder, databaseFile), versionTable, "sqlite_sequence", "head")
	}
	if err != nil {
		t.Fatal(err)
	}
	var kept []string
	for l := range strings.Lines(text) {
		if !strings.Contains(l, " move test ") {
			kept = append(kept, l)
		} else {
			moves--
		}
	}
	if moves != 0 {
		t.Errorf("%d moves more or fewer stand in the audit log", moves)
	}
	return kept
}

// Data that are moved there, on and back are what they were, with their guards at work, and can be gone on with.
func TestAMoveThereAndBack(t *testing.T) {
	t.Parallel()
	first := Side{Folder: filledFolder(t)}
	second, third := Side{Database: cluster.Empty(t)}, Side{Database: cluster.Empty(t)}
	last := Side{Folder: filepath.Join(t.TempDir(), "new", "data")}
	want, before := linesOf(t, first, 0), read(t, first.Folder)
	for i, pair := range [][2]Side{{first, second}, {second, third}, {third, last}} {
		var counted, stepped int64
		m := moving(pair[0], pair[1])
		m.Counted, m.Step = func(rows int64) { counted = rows }, func(_ string, rows int64) { stepped += rows }
		moved, err := m.Do(t.Context())
		if err != nil {
			t.Fatal(i, err)
		}
		if counted != 2*moved.Rows || stepped > counted || moved.Rows < 200 || moved.Tables < 40 {
			t.Errorf("%+v, %d rows were counted and %d told of", moved, counted, stepped)
		}
		if diff := cmp.Diff(want, linesOf(t, pair[1], i+1)); diff != "" {
			t.Errorf("move %d (-before +after):\n%s", i+1, diff)
		}
		guarded(t, pair[1], i+1)
	}
	if !bytes.Equal(before, read(t, first.Folder)) {
		t.Error("the file that was moved from is another one")
	}
	if left, err := filepath.Glob(filepath.Join(last.Folder, "moving*")); err != nil || len(left) > 0 {
		t.Errorf("%v is left", left)
	}
}

// guarded says whether what was moved can be gone on with, and nothing else: its logs can be added to alone.
func guarded(t *testing.T, side Side, moves int) {
	t.Helper()
	dir := side.Folder
	if side.Database != "" {
		dir = t.TempDir()
	}
	s, err := Open(t.Context(), dir, WithReserve(0), On(side.Database, ""))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, statement := range []string{`DELETE FROM observation`, `UPDATE audit SET actor = 'x'`, `DELETE FROM audit`, `DELETE FROM audit_start`, `UPDATE audit_start SET seq = -1`} {
		if _, err := s.writer.db.Exec(statement); err == nil {
			t.Errorf("%s: nobody minds", statement)
		}
	}
	was := headOf(t, s)
	lines, err := s.AuditLines(t.Context(), was.Audit, 1)
	if err != nil || len(lines) != 1 || lines[0].Action != "move" || lines[0].After != s.engine.place() {
		t.Errorf("the last line is %+v, %v", lines, err)
	}
	begun, err := s.writer.db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	_, err = begun.Exec(`INSERT INTO notice (id, message) VALUES ('a', 'b')`)
	if err := errors.Join(begun.Rollback(), s.IntegrityCheck(t.Context())); err != nil {
		t.Error(err)
	}
	if err == nil {
		t.Error("a notice of no message is taken")
	}
	// What is written goes on from where it was, and is taken back for the next comparison by being written where nobody compares.
	if _, held, err := s.TakeLease(t.Context(), "test", "me", spring, spring); err != nil || !held {
		t.Error(held, err)
	}
	if _, err := s.writer.db.Exec(`DELETE FROM lease WHERE name = 'test'`); err != nil {
		t.Error(err)
	}
	if good, err := s.VerifyAudit(t.Context()); err != nil || good != was.Audit {
		t.Error(good, err)
	}
}

func read(t *testing.T, dir string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, databaseFile))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A move that fails wherever it may leaves what it came from, and a place that is refused until it is begun again.
func TestAMoveThatBreaksOffCanBeBegunAgain(t *testing.T) {
	t.Parallel()
	from := Side{Folder: filledFolder(t)}
	before, want := read(t, from.Folder), linesOf(t, from, 0)
	broken := errors.New("the line is cut")
	server, folder := Side{Database: cluster.Empty(t)}, Side{Folder: t.TempDir()}
	again := func(m Move, of string) {
		t.Helper()
		if _, err := m.Do(t.Context()); err == nil {
			t.Fatalf("%s does not break it off", of)
		}
		if !bytes.Equal(before, read(t, from.Folder)) {
			t.Fatalf("%s: the file that was moved from is another one", of)
		}
		err := error(nil)
		if m.To.Database == "" {
			_, err = Open(t.Context(), m.To.Folder)
			wantProblem(t, err, assess.ErrNotFound, "problem.data_folder_empty")
			return
		}
		_, err = Open(t.Context(), t.TempDir(), On(m.To.Database, ""))
		wantProblem(t, err, assess.ErrConflict, "problem.move_unfinished")
		_, err = Create(t.Context(), t.TempDir(), On(m.To.Database, ""))
		wantProblem(t, err, assess.ErrConflict, "problem.move_unfinished")
		if err := CopyTo(t.Context(), t.TempDir(), filepath.Join(t.TempDir(), "copy"), On(m.To.Database, "")); !errors.Is(err, assess.ErrConflict) {
			t.Errorf("a copy of what is not whole: %v", err)
		}
	}
	for _, n := range []int{10, 60, 130, 300} {
		calls := &failing.Calls{}
		to := server
		to.opts = []Option{Through(calls.Through)}
		calls.ArmFrom(n, broken)
		again(moving(from, to), fmt.Sprintf("call %d of the server", n))
	}
	// Back from a server that is whole.
	if _, err := moving(from, server).Do(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{3, 60, 100} {
		calls := &failing.Calls{}
		source := server
		source.opts = []Option{Through(calls.Through)}
		calls.ArmFrom(n, broken)
		if n == 100 {
			source.opts, folder.opts = nil, source.opts
		}
		again(moving(source, folder), fmt.Sprintf("call %d", n))
		folder.opts = nil
	}
	ctx, stop := context.WithCancel(t.Context())
	stopped := moving(server, folder)
	stopped.Look = func(ctx context.Context, s *Store) error { stop(); return ctx.Err() }
	if _, err := stopped.Do(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := moving(server, folder).Do(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, linesOf(t, folder, 2)); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
}

// What holds anything, is held by somebody or does not fit is refused as it is.
func TestWhatNobodyMovesInto(t *testing.T) {
	t.Parallel()
	dir := filledFolder(t)
	from := Side{Folder: dir}
	refuse := func(from, to Side, kind error, key string) {
		t.Helper()
		_, err := moving(from, to).Do(t.Context())
		wantProblem(t, err, kind, key)
	}
	empty, filled, foreign := Side{Database: cluster.Empty(t)}, Side{Database: cluster.Filled(t)}, Side{Database: cluster.Empty(t)}
	servers.Run(t, foreign.Database, `CREATE TABLE other (a BIGINT)`, `INSERT INTO other VALUES (1)`)
	refuse(from, filled, assess.ErrConflict, "problem.database_used")
	refuse(from, foreign, assess.ErrConflict, "problem.database_foreign")
	refuse(filled, Side{Folder: dir}, assess.ErrConflict, "problem.data_folder_used")
	refuse(empty, Side{Folder: t.TempDir()}, assess.ErrNotFound, "problem.database_unfilled")
	refuse(Side{Folder: t.TempDir()}, empty, assess.ErrNotFound, "problem.data_folder_empty")
	refuse(Side{Folder: filepath.Join(dir, "none")}, empty, assess.ErrNotFound, "problem.data_folder_missing")
	stale := Side{Folder: t.TempDir()}
	if err := os.WriteFile(filepath.Join(stale.Folder, databaseFile+"-wal"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	refuse(filled, stale, assess.ErrConflict, "problem.move_leftover")
	for _, held := range []struct{ address, want string }{{empty.Database, ""}, {foreign.Database, "other [1]\n"}} {
		if rows, err := failing.PostgresRows(held.address); err != nil || rows != held.want {
			t.Errorf("%q, %v", rows, err)
		}
	}

	// Served.
	s, err := Open(t.Context(), dir, WithReserve(0))
	if err != nil {
		t.Fatal(err)
	}
	refuse(from, empty, assess.ErrConflict, "problem.data_folder_locked")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	on := opened(t, filled.Database)
	refuse(filled, Side{Folder: t.TempDir()}, assess.ErrConflict, "problem.move_served")
	if _, held, err := on.TakeLease(t.Context(), "collect", "one@machine", time.Now(), time.Now().Add(time.Minute)); err != nil || !held {
		t.Fatal(held, err)
	}
	if err := on.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = moving(filled, Side{Folder: t.TempDir()}).Do(t.Context())
	wantProblem(t, err, assess.ErrConflict, "problem.move_served")
	if !strings.Contains(err.Error(), "one@machine") {
		t.Error(err)
	}
	servers.Run(t, filled.Database, `UPDATE lease SET until = 0`)

	// Others cannot write while it is moved, and nobody moves into the same place.
	slow := moving(filled, Side{Folder: t.TempDir()})
	slow.Look = func(context.Context, *Store) error {
		db, err := sql.Open("pgx", filled.Database)
		if err != nil {
			return err
		}
		defer db.Close()
		if _, err := db.Exec(`SET lock_timeout = 100; UPDATE head SET id = id`); sqlState(err) != "55P03" {
			t.Errorf("somebody else writes: %v", err)
		}
		return nil
	}
	if _, err := slow.Do(t.Context()); err != nil {
		t.Fatal(err)
	}
	slow = moving(from, empty)
	slow.Look = func(context.Context, *Store) error {
		refuse(Side{Database: cluster.Filled(t)}, empty, assess.ErrConflict, "problem.move_running")
		return nil
	}
	if _, err := slow.Do(t.Context()); err != nil {
		t.Fatal(err)
	}

	// Of another version, with a table of somebody else, without a guard.
	for key, statement := range map[string]string{
		"problem.schema_newer":     `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, true)`,
		"problem.move_older":       `DELETE FROM goose_db_version WHERE version_id > 25`,
		"problem.move_foreign":     `CREATE TABLE other (a BIGINT)`,
		"problem.database_damaged": `DROP TRIGGER audit_no_update ON audit`,
	} {
		of, to := Side{Database: cluster.Filled(t)}, Side{Folder: t.TempDir()}
		servers.Run(t, of.Database, statement)
		_, err := moving(of, to).Do(t.Context())
		if p := asProblem(err); p == nil || p.Key != key {
			t.Errorf("%s: %v", statement, err)
		}
	}
}

// Where data were moved from nobody goes on by mistake, whoever opens them; with the mark taken away, as the sentence says, they are what they were. The
// mark goes nowhere with the data, and not on into what comes in their place.
func TestWhatWasMovedIsNotServedAnyMore(t *testing.T) {
	t.Parallel()
	folder, server := Side{Folder: filledFolder(t)}, Side{Database: cluster.Empty(t)}
	open := func(of Side) error {
		dir := of.Folder
		if of.Database != "" {
			dir = t.TempDir()
		}
		s, err := Open(t.Context(), dir, WithReserve(0), On(of.Database, ""))
		if err == nil {
			err = s.Close()
		}
		return err
	}
	gone := func(of Side, key, to string) (undo string) {
		t.Helper()
		dir := of.Folder
		if of.Database != "" {
			dir = t.TempDir()
		}
		_, looked := Look(t.Context(), dir, On(of.Database, ""))
		_, moved := moving(of, Side{Database: cluster.Empty(t)}).Do(t.Context())
		for _, err := range []error{open(of), looked, moved} {
			wantProblem(t, err, assess.ErrConflict, key)
			if p := asProblem(err); p != nil && p.Args["to"] != to {
				t.Errorf("moved to %q, want %q", p.Args["to"], to)
			} else if p != nil {
				undo = p.Args["file"] + p.Args["statement"]
			}
		}
		if err := CopyTo(t.Context(), dir, filepath.Join(t.TempDir(), "copy"), On(of.Database, "")); err != nil {
			t.Errorf("a copy of what stays: %v", err)
		}
		return undo
	}
	carry := func(from, to Side) {
		t.Helper()
		if moved, err := moving(from, to).Do(t.Context()); err != nil || moved.Unmarked != nil {
			t.Fatal(err, moved.Unmarked)
		}
	}
	place := func(of Side) string {
		t.Helper()
		o, err := of.options()
		if err != nil {
			t.Fatal(err)
		}
		return o.engine.place()
	}
	carry(folder, server)
	file := gone(folder, "problem.moved_folder", place(server))
	if err := open(server); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Remove(file), open(folder)); err != nil {
		t.Errorf("without its mark: %v", err)
	}

	// On from there to a place with a quote in its name, and back into the folder.
	odd := Side{Folder: filepath.Join(t.TempDir(), "it's")}
	carry(server, odd)
	statement := gone(server, "problem.moved_database", odd.Folder)
	servers.Run(t, server.Database, statement)
	if err := os.Rename(filepath.Join(folder.Folder, databaseFile), filepath.Join(t.TempDir(), "old")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("elsewhere\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	carry(server, folder)
	if err := open(folder); err != nil {
		t.Errorf("moved back: %v", err)
	}
	gone(server, "problem.moved_database", folder.Folder)

	// A new installation in the folder is not the one that left it.
	if err := errors.Join(os.Rename(filepath.Join(folder.Folder, databaseFile), filepath.Join(t.TempDir(), "old")), os.WriteFile(file, []byte("elsewhere\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	s, err := Create(t.Context(), folder.Folder, WithReserve(0))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Close(), open(folder)); err != nil {
		t.Errorf("a new installation: %v", err)
	}
}

// Where the line was lost that held others off, somebody may have written meanwhile: the data do not count in the new place.
func TestAMoveThatHeldNobodyDoesNotCount(t *testing.T) {
	t.Parallel()
	from, to := Side{Database: cluster.Filled(t)}, Side{Folder: t.TempDir()}
	m := moving(from, to)
	m.Look = func(context.Context, *Store) error {
		servers.Run(t, from.Database, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'unionboard move %' AND state = 'idle in transaction' AND datname = current_database()`)
		return nil
	}
	if _, err := m.Do(t.Context()); err == nil {
		t.Error("it counts")
	}
	_, err := Open(t.Context(), to.Folder)
	wantProblem(t, err, assess.ErrNotFound, "problem.data_folder_empty")
	if s, err := Open(t.Context(), t.TempDir(), WithReserve(0), On(from.Database, "")); err != nil {
		t.Error(err)
	} else if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// miswriting changes a value on its way into the database.
type miswriting struct{ driver.Connector }

type miswritingConn struct{ driver.Conn }

func (c miswriting) Connect(ctx context.Context) (driver.Conn, error) {
	opened, err := c.Connector.Connect(ctx)
	return miswritingConn{opened}, err
}

func (c miswritingConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	return c.Conn.(driver.ConnBeginTx).BeginTx(ctx, o)
}

func (c miswritingConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	for i := range args {
		if args[i].Value == "item_7" {
			args[i].Value = "item_8"
		}
	}
	return c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
}

func (c miswritingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	return c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
}

// One value that is another one in the new place is found.
func TestAMoveFindsAnotherValue(t *testing.T) {
	to := Side{Database: cluster.Empty(t), opts: []Option{Through(func(c driver.Connector) driver.Connector { return miswriting{c} })}}
	_, err := moving(Side{Folder: filledFolder(t)}, to).Do(t.Context())
	wantProblem(t, err, assess.ErrUnavailable, "problem.move_differs")
	if p := asProblem(err); p != nil && p.Args["table"] != "observation" {
		t.Error(err)
	}
}

// The same rows have the same sum in whatever order, and no others.
func TestATallyTellsRowsApart(t *testing.T) {
	sum := func(rows ...[]any) (all tally) {
		for _, row := range rows {
			if err := all.add([]string{"a", "b"}, row); err != nil {
				t.Fatal(err)
			}
		}
		return all
	}
	a := sum([]any{int64(1), "x"}, []any{int64(2), "y"})
	if b := sum([]any{int64(2), "y"}, []any{int64(1), "x"}); a.sum != b.sum || a.rows != 2 {
		t.Error("another order, another sum")
	}
	for _, other := range [][][]any{
		{{int64(1), "y"}, {int64(2), "x"}},
		{{"1", "x"}, {int64(2), "y"}},
		{{int64(1), "x"}},
		{{int64(1), "x"}, {int64(2), "y"}, {int64(2), "y"}},
		{{int64(1), "x2"}, {int64(2), "y"}},
		{{"x", int64(1)}, {int64(2), "y"}},
	} {
		if sum(other...).sum == a.sum {
			t.Errorf("%v has the same sum", other)
		}
	}
	if (&tally{}).add([]string{"a"}, []any{1.5}) == nil || (&tally{}).add([]string{"a"}, []any{nil}) == nil {
		t.Error("a value of no kind that we keep is taken")
	}
}
