package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/failing"
	"github.com/unionboard/unionboard/internal/servers"
)

// cluster is the PostgreSQL of these tests.
var cluster = servers.Cluster{Fill: func(address string) error {
	p, err := newPostgres(address, "")
	if err != nil {
		return err
	}
	return p.migrate(context.Background(), true)
}}

func TestPostgres(t *testing.T) {
	t.Parallel()
	runSuite(t, freshPostgres)
}

// freshPostgres answers a store in a new PostgreSQL database without reserve.
func freshPostgres(t *testing.T) *Store {
	t.Helper()
	return opened(t, cluster.Filled(t))
}

// opened answers a store on a database that is filled, with a data folder of its own.
func opened(t *testing.T, address string) *Store {
	t.Helper()
	s, err := Open(t.Context(), t.TempDir(), WithReserve(0), On(address, ""))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Every text is compared by its bytes, and both engines have the same tables with the same columns.
func TestPostgresHasTheTablesOfSQLite(t *testing.T) {
	on, in := freshPostgres(t), fresh(t)
	text := func(row scanner) (line string, err error) { return line, row.Scan(&line) }
	other, err := list(t.Context(), on.reader, text, `SELECT table_name || '.' || column_name FROM information_schema.columns
		WHERE table_schema = current_schema() AND data_type = 'text' AND COALESCE(collation_name, '') <> 'C'`)
	if err != nil || len(other) > 0 {
		t.Errorf("compared by the rules of a language: %v, %v", other, err)
	}
	const shape = `SELECT table_name || '.' || column_name || ' ' || UPPER(data_type) FROM information_schema.columns
		WHERE table_schema = current_schema() AND table_name <> 'goose_db_version' AND is_nullable = 'NO'`
	have, err := list(t.Context(), on.reader, text, shape)
	if err != nil {
		t.Fatal(err)
	}
	want, err := list(t.Context(), in.reader, text, `SELECT m.name || '.' || c.name || ' ' || c.type FROM sqlite_master m JOIN pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> 'goose_db_version' AND c."notnull" = 1`)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(have)
	slices.Sort(want)
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("columns (-SQLite +PostgreSQL):\n%s", diff)
	}
}

// Neither the owner of the tables changes or empties a log, and who takes a guard away is found.
func TestGuardsOfPostgres(t *testing.T) {
	s := freshPostgres(t)
	commit(t, s, figure("210102", q1, "members", "1"))
	for _, statement := range []string{
		`UPDATE observation SET value = '2'`, `DELETE FROM observation`, `TRUNCATE observation`,
		`INSERT INTO observation SELECT * FROM observation ON CONFLICT (seq) DO UPDATE SET value = '2'`,
		`UPDATE audit SET actor = 'x'`, `DELETE FROM audit`, `TRUNCATE audit`, `INSERT INTO audit SELECT * FROM audit ON CONFLICT (seq) DO UPDATE SET actor = 'x'`,
		`UPDATE audit_start SET seq = -1`, `DELETE FROM audit_start`, `TRUNCATE audit_start`, `UPDATE audit_start SET id = 2`,
	} {
		if _, err := s.writer.db.Exec(statement); err == nil || !strings.Contains(err.Error(), "never") && !strings.Contains(err.Error(), "audit_start_id_check") {
			t.Errorf("%s: %v", statement, err)
		}
		if _, err := s.reader.Exec(statement); sqlState(err) != "25006" {
			t.Errorf("a reader and %s: %v", statement, err)
		}
	}
	if got := current(t, s, assess.CellQuery{}); len(got) != 1 || got[0].Value != "1" {
		t.Errorf("afterwards %v", short(got))
	}
	if err := s.IntegrityCheck(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := s.writer.db.Exec(`ALTER TABLE audit DISABLE TRIGGER audit_no_update`); err != nil {
		t.Fatal(err)
	}
	wantProblem(t, s.QuickCheck(t.Context()), assess.ErrUnavailable, keyDamaged)
}

// What a role or a database sets otherwise does not hold for our connections, and one that has it all the same is refused.
func TestPostgresIsOpenedWithItsSettings(t *testing.T) {
	address := cluster.Filled(t)
	name := address[strings.LastIndex(address, "/")+1:]
	for _, set := range []string{"synchronous_commit = off", "default_transaction_read_only = on", "default_transaction_isolation = serializable", "client_encoding = latin1", "lock_timeout = 5", "statement_timeout = 1"} {
		servers.Run(t, cluster.Address(t), "ALTER DATABASE "+name+" SET "+set)
	}
	s := opened(t, address)
	for pool, want := range map[*sql.DB]string{s.writer.db: "on off read committed 15s 10s 0", s.reader: "on on read committed 10s 0 0"} {
		var got string
		err := pool.QueryRow(`SELECT current_setting('synchronous_commit') || ' ' || current_setting('default_transaction_read_only') || ' ' ||
			current_setting('transaction_isolation') || ' ' || current_setting('lock_timeout') || ' ' || current_setting('idle_in_transaction_session_timeout') || ' ' ||
			current_setting('statement_timeout')`).Scan(&got)
		if err != nil || got != want {
			t.Errorf("%s, want %s: %v", got, want, err)
		}
	}
	commit(t, s, figure("210102", q1, "members", "1"))

	// The servers of tests wait for no disk.
	if weak, ahead, err := s.Beneath(t.Context()); err != nil || !slices.Equal(weak, []string{"fsync"}) || ahead.Abs() > time.Second {
		t.Errorf("weak are %q, the clock is ahead by %s, %v", weak, ahead, err)
	}
	if weak, ahead, err := fresh(t).Beneath(t.Context()); err != nil || weak != nil || ahead != 0 {
		t.Errorf("a file: %q, %s, %v", weak, ahead, err)
	}
	conn, err := pgx.Connect(t.Context(), address+"?statement_timeout=0")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	on := s.engine.(postgres)
	wantProblem(t, on.hold(t.Context(), conn, map[string]string{"lock_timeout": "10s"}), assess.ErrUnavailable, "problem.database_setting")
	wantProblem(t, on.fits(map[string]string{"server_version": "9.2.4", "server_version_num": "90204", "server_encoding": "UTF8"}), assess.ErrUnavailable, "problem.database_version")
}

// Two servers on one database see what the other writes at once, whatever each has read before.
func TestTwoServersOnOnePostgres(t *testing.T) {
	address := cluster.Filled(t)
	one, other := opened(t, address), opened(t, address)
	for i, s := range []*Store{one, other, one, other} {
		before := headOf(t, one)
		commit(t, s, figure("210102", q1, "members", strconv.Itoa(i)))
		for _, reader := range []*Store{one, other} {
			if h := headOf(t, reader); h.Seq != before.Seq+1 || h.Version != before.Version+1 {
				t.Errorf("after %+v a server reads %+v", before, h)
			}
			if got := current(t, reader, assess.CellQuery{}); len(got) != 1 || got[0].Value != strconv.Itoa(i) {
				t.Errorf("after writing %d a server reads %v", i, short(got))
			}
		}
	}
	person, err := account.New("zhao.min", "赵敏", account.Post{Role: assess.DistrictReporter, Unit: "210102"}, spring)
	if err != nil {
		t.Fatal(err)
	}
	if err := one.AddAccount(t.Context(), person, line("user.add")); err != nil {
		t.Fatal(err)
	}
	if u, err := other.Account(t.Context(), person.ID); err != nil || !u.DisabledAt.IsZero() {
		t.Fatal(u, err)
	}
	if err := one.LockAccount(t.Context(), person.ID, spring, line("user.lock")); err != nil {
		t.Fatal(err)
	}
	if u, err := other.Account(t.Context(), person.ID); err != nil || u.DisabledAt.IsZero() {
		t.Errorf("an account that is locked here is not there: %v, %v", u, err)
	}
}

// A version that changes the tables waits until no server is at work that knows them as they are; one that has ended, or said nothing for its time, is none.
func TestNoTableIsChangedUnderAServer(t *testing.T) {
	address := cluster.Filled(t)
	s := opened(t, address)
	now := time.Now()
	if err := s.KeepServer(t.Context(), Server{ID: "old/1", Begun: now, Until: now.Add(time.Minute)}, now); err != nil {
		t.Fatal(err)
	}
	servers.Run(t, address, `DELETE FROM goose_db_version WHERE version_id > 25`) // as an older version has left them
	before, err := failing.PostgresRows(address)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Open(t.Context(), t.TempDir(), WithReserve(0), On(address, ""))
	wantProblem(t, err, assess.ErrConflict, "problem.upgrade_served")
	if err != nil && !strings.Contains(err.Error(), "old/1") {
		t.Error(err)
	}
	if after, err := failing.PostgresRows(address); err != nil || after != before {
		t.Errorf("something was changed: %v", err)
	}
	if err := s.EndServer(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err = Open(t.Context(), t.TempDir(), WithReserve(0), On(address, "")); err == nil || asProblem(err) != nil { // the tables are there already, which is another matter
		t.Errorf("with no server at work: %v", err)
	}
}

// Both at full speed: see numbersFollowCommits.
func TestTwoServersGiveOneRowOfNumbers(t *testing.T) {
	address := cluster.Filled(t)
	numbersFollowCommits(t, opened(t, address), opened(t, address))
}

// Of servers that start together on an empty database one makes the tables and the others find them; of two that would begin an
// installation in it one is refused.
func TestServersThatStartTogether(t *testing.T) {
	address := cluster.Empty(t)
	var wg sync.WaitGroup
	var made, used atomic.Int64
	for range 4 {
		wg.Go(func() {
			s, err := Create(t.Context(), t.TempDir(), WithReserve(0), On(address, ""))
			var p *assess.Problem
			switch {
			case err == nil:
				made.Add(1)
				err = s.Close()
			case errors.As(err, &p) && p.Key == "problem.database_used":
				used.Add(1)
				err = nil
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if made.Load() != 1 || used.Load() != 3 {
		t.Errorf("%d made an installation, %d were refused", made.Load(), used.Load())
	}
	for range 4 {
		wg.Go(func() {
			s, err := Open(t.Context(), t.TempDir(), WithReserve(0), On(address, ""))
			if err == nil {
				err = s.Close()
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// Connections that are ended in the middle of everything lose nothing that was acknowledged and double nothing, and who is not told that a
// change was kept is told why.
func TestEndedConnectionsLoseNothing(t *testing.T) {
	s := freshPostgres(t)
	name := s.engine.(postgres).config.Database
	stop := make(chan struct{})
	var killing, writing sync.WaitGroup
	killing.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(15 * time.Millisecond):
				servers.Run(t, cluster.Address(t), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '`+name+`'`)
			}
		}
	})
	var mu sync.Mutex
	kept, unsure := map[string]bool{}, map[string]bool{}
	for w := range 4 {
		writing.Go(func() {
			for i := range 60 {
				value := strconv.Itoa(1000*w + i)
				_, err := s.Commit(t.Context(), intake(figure("210102", q1, "members", value)))
				var p *assess.Problem
				mu.Lock()
				switch {
				case err == nil:
					kept[value] = true
				case errors.As(err, &p) && p.Key == "problem.database_unsure":
					unsure[value] = true
				case !errors.As(err, &p) || p.Key != keyAway:
					t.Errorf("answered %v", err)
				}
				mu.Unlock()
			}
		})
	}
	writing.Wait()
	close(stop)
	killing.Wait()
	s.Close()
	again, err := Open(t.Context(), s.Folder(), WithReserve(0), On(s.engine.(postgres).config.ConnString(), ""))
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	history, err := again.History(t.Context(), assess.CellKey{Unit: "210102", Period: q1, Item: "members"})
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]int{}
	for _, o := range history {
		there[o.Value]++
		if !kept[o.Value] && !unsure[o.Value] {
			t.Errorf("%s is there, and nobody was told so", o.Value)
		}
	}
	for value := range kept {
		if there[value] != 1 {
			t.Errorf("%s was acknowledged and is there %d times", value, there[value])
		}
	}
	if good, err := again.VerifyAudit(t.Context()); err != nil || good != int64(len(history)) {
		t.Errorf("%d lines are good of %d: %v", good, len(history), err)
	}
	t.Logf("%d kept, %d not known", len(kept), len(unsure))
}

// atCommit is how COMMIT is answered: where lost is an error, with that, after it was done or instead.
type atCommit struct {
	lost error
	done bool
	once bool // the next one is answered as always
}

type (
	commitConnector struct {
		driver.Connector
		at *atCommit
	}
	commitConn struct {
		driver.Conn
		at *atCommit
	}
	commitTx struct {
		driver.Tx
		at *atCommit
	}
)

func (c commitConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return commitConn{conn, c.at}, nil
}

func (c commitConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	begun, err := c.Conn.(driver.ConnBeginTx).BeginTx(ctx, o)
	return commitTx{begun, c.at}, err
}

func (c commitTx) Commit() error {
	lost := c.at.lost
	if c.at.once {
		c.at.lost = nil
	}
	switch {
	case lost == nil:
		return c.Tx.Commit()
	case c.at.done:
		return errors.Join(c.Tx.Commit(), lost)
	}
	return errors.Join(lost, c.Tx.Rollback())
}

// What the server has, or has not, when the line is lost at COMMIT is not known: that is answered, and nothing is written a second time.
func TestALineLostAtCommitIsAnsweredAsNotKnown(t *testing.T) {
	at := &atCommit{}
	s, err := Open(t.Context(), t.TempDir(), WithReserve(0), On(cluster.Filled(t), ""), Through(func(to driver.Connector) driver.Connector { return commitConnector{to, at} }))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, c := range []struct {
		lost error
		done bool
		key  string
		rows int
	}{
		{io.ErrUnexpectedEOF, true, "problem.database_unsure", 1},
		{io.ErrUnexpectedEOF, false, "problem.database_unsure", 1},
		{&pgconn.PgError{Code: "57P01", SeverityUnlocalized: "FATAL"}, true, "problem.database_unsure", 2},
		{&pgconn.PgError{Code: "53100", SeverityUnlocalized: "ERROR"}, false, keyPgFull, 2},
	} {
		at.lost, at.done = c.lost, c.done
		_, err := s.Commit(t.Context(), intake(figure("210102", q1, "members", "1")))
		wantProblem(t, err, assess.ErrUnavailable, c.key)
		at.lost = nil
		if n := count(t, s.reader, `SELECT COUNT(*) FROM observation`); n != c.rows {
			t.Errorf("%v: %d rows are there, want %d", c.lost, n, c.rows)
		}
	}
	commit(t, s, figure("210102", q1, "members", "2"))
	if p := s.Trouble(); p != nil {
		t.Errorf("afterwards the trouble is %v", p)
	}
}

// What was done once and taken back by the server at its COMMIT is done again, and is what it would have been at once.
func TestWhatIsDoneAgainIsTheSame(t *testing.T) {
	t.Parallel()
	ways := changes(t)
	ways["a delivery of refunds"] = func(s *Store) error {
		_, err := s.PutRefunds(t.Context(), assess.RefundWrite{Delivery: &assess.RefundDelivery{Digest: "d", At: spring, By: "li.na"}}, line("refund.take"))
		return err
	}
	ways["a payment list"] = func(s *Store) error {
		_, err := s.PutRefunds(t.Context(), assess.RefundWrite{Batch: &assess.RefundBatch{State: "drawn", At: spring, By: "li.na"}}, line("refund.draw"))
		return err
	}
	ways["a snapshot"] = func(s *Store) error {
		_, err := s.TakeSnapshot(t.Context(), assess.Snapshot{Period: q1, At: spring}, line("register.snapshot"))
		return err
	}
	ways["an edition"] = func(s *Store) error {
		_, err := s.IssueEdition(t.Context(), assess.Edition{Year: 2026, Digest: "d", At: spring}, map[string][]byte{"a": []byte("b")})
		return err
	}
	needed := map[string]string{"a password": "an account", "a lock": "an account", "a seal": "a proposal to publish"}
	for name, way := range ways {
		at := &atCommit{once: true}
		through := Through(func(to driver.Connector) driver.Connector { return commitConnector{to, at} })
		again, err := Open(t.Context(), t.TempDir(), WithReserve(0), On(cluster.Filled(t), ""), through)
		if err != nil {
			t.Fatal(err)
		}
		plain := freshPostgres(t)
		for i, s := range []*Store{plain, again} {
			if needs := needed[name]; needs != "" {
				if err := ways[needs](s); err != nil {
					t.Fatal(name, err)
				}
			}
			if i == 1 {
				at.lost = &pgconn.PgError{Code: "40001", SeverityUnlocalized: "ERROR"}
			}
			if err := way(s); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if at.lost != nil {
			t.Errorf("%s committed nothing", name)
		}
		if diff := cmp.Diff(strings.Split(dump(t, plain), "\n"), strings.Split(dump(t, again), "\n")); diff != "" {
			t.Errorf("%s (-at once +again):\n%s", name, diff)
		}
		if err := again.Close(); err != nil {
			t.Error(err)
		}
	}
}

// Whatever call fails, and whether the line goes with it: a change is kept whole, once, or nothing is different.
func TestEveryFailingCallLeavesPostgresAsItWas(t *testing.T) {
	t.Parallel()
	ways := changes(t)
	for name, reason := range map[string]error{
		"an intake with a run and rows that were refused": errors.New("no such thing"),
		"an account": &pgconn.PgError{Code: "53100", SeverityUnlocalized: "ERROR"},
	} {
		calls := &failing.Calls{}
		s, err := Open(t.Context(), t.TempDir(), WithReserve(0), On(cluster.Filled(t), ""), Through(calls.Through))
		if err != nil {
			t.Fatal(err)
		}
		if failures := failEach(t, s, calls, reason, ways[name]); failures < 5 {
			t.Errorf("%s: only %d calls could fail", name, failures)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	calls := &failing.Calls{}
	s, err := Open(t.Context(), t.TempDir(), WithReserve(0), On(cluster.Filled(t), ""), Through(calls.Through))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for n := 1; ; n++ {
		for i, reason := range []error{&pgconn.PgError{Code: "40001", SeverityUnlocalized: "ERROR"}, &pgconn.PgError{Code: "40P01", SeverityUnlocalized: "ERROR"}, driver.ErrBadConn} {
			before := headOf(t, s)
			calls.Arm(n, reason)
			h, err := s.Commit(t.Context(), intake(figure("210102", q1, "members", "1")))
			if !calls.Disarm() {
				if n < 5 {
					t.Errorf("only %d calls could fail", n)
				}
				return
			}
			if asProblem(err) != nil && i == 2 && asProblem(err).Key == "problem.database_unsure" {
				continue // the last call is COMMIT
			}
			if err != nil || h.Seq != before.Seq+1 {
				t.Errorf("call %d failed with %v: %+v after %+v, %v", n, reason, h, before, err)
			}
		}
	}
}

// What a request itself has met is not taken for a lost line: it is asked once, and what waits with it is written.
func TestWhatARequestMeetsIsItsOwn(t *testing.T) {
	t.Parallel()
	s := freshPostgres(t)
	for _, own := range []error{io.ErrUnexpectedEOF, context.DeadlineExceeded, &net.OpError{Op: "read", Err: errors.New("of a source")}} {
		var asked atomic.Int64
		holding, let := make(chan struct{}), make(chan struct{})
		var wg sync.WaitGroup
		wg.Go(func() { // the others wait behind it, and are one batch
			if err := s.write(t.Context(), func(tx) error { close(holding); <-let; return nil }); err != nil {
				t.Error(err)
			}
		})
		<-holding
		wg.Go(func() {
			if err := s.write(t.Context(), func(tx) error { asked.Add(1); return own }); !errors.Is(err, own) {
				t.Errorf("answered %v, want %v", err, own)
			}
		})
		wg.Go(func() {
			if _, err := s.Commit(t.Context(), intake(figure("210102", q1, "members", "1"))); err != nil {
				t.Error(err)
			}
		})
		for len(s.writer.requests) < 2 {
			time.Sleep(time.Millisecond)
		}
		close(let)
		wg.Wait()
		if n := asked.Load(); n != 1 {
			t.Errorf("%v: asked %d times", own, n)
		}
	}
}

// Another session that holds the data is waited for and then named; a server that is frozen in the middle of a change is not waited for for
// ever: the database ends its change.
func TestOthersThatHoldPostgres(t *testing.T) {
	address := cluster.Filled(t)
	one, other := opened(t, address), opened(t, address)
	commit(t, one, figure("210102", q1, "members", "1"))
	frozen := func(setting string) *sql.Tx {
		if _, err := one.writer.db.Exec(setting); err != nil {
			t.Fatal(err)
		}
		begun, err := one.writer.db.Begin()
		if err == nil {
			_, err = begun.Exec(one.engine.opening())
		}
		if err != nil {
			t.Fatal(err)
		}
		return begun
	}
	held := frozen(`SET idle_in_transaction_session_timeout = 0`)
	if _, err := other.writer.db.Exec(`SET lock_timeout = 50`); err != nil {
		t.Fatal(err)
	}
	_, err := other.Commit(t.Context(), intake(figure("210102", q1, "members", "2")))
	wantProblem(t, err, assess.ErrUnavailable, keyHeld)
	if got := current(t, other, assess.CellQuery{}); len(got) != 1 || got[0].Value != "1" {
		t.Errorf("meanwhile %v is read", short(got))
	}
	if p := other.Trouble(); p == nil || p.Key != keyHeld {
		t.Errorf("the trouble is %v", p)
	}
	if err := held.Rollback(); err != nil {
		t.Fatal(err)
	}
	commit(t, other, figure("210102", q1, "members", "2"))
	if p := other.Trouble(); p != nil {
		t.Errorf("afterwards the trouble is %v", p)
	}
	held = frozen(`SET idle_in_transaction_session_timeout = 100`)
	defer held.Rollback()
	if _, err := other.writer.db.Exec(`SET lock_timeout = '10s'`); err != nil {
		t.Fatal(err)
	}
	commit(t, other, figure("210102", q1, "members", "3"))
}

func TestKilledProcessesLoseNothingOnPostgres(t *testing.T) {
	t.Parallel()
	address := cluster.Filled(t)
	killed(t, 5, t.TempDir(), address)
}

// Each way in which a database cannot be had is said in its own sentence, and the password in none.
func TestWhyPostgresCannotBeHad(t *testing.T) {
	filled := cluster.Filled(t)
	open := func(address string) error {
		s, err := Open(t.Context(), t.TempDir(), WithReserve(0), On(address, ""))
		if err == nil {
			s.Close()
		}
		return err
	}
	latin, foreign, newer := "latin", cluster.Empty(t), cluster.Filled(t)
	servers.Run(t, cluster.Address(t), `DROP DATABASE IF EXISTS `+latin, `CREATE DATABASE `+latin+` TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'`,
		`DROP ROLE IF EXISTS guest`, `CREATE ROLE guest LOGIN PASSWORD 'hunter2'`)
	servers.Run(t, foreign, `CREATE TABLE invoice (id BIGINT)`)
	servers.Run(t, newer, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, true)`)
	guest := strings.Replace(cluster.Empty(t), "owner:", "guest:", 1)
	standby := servers.Cluster{Standby: true}
	for _, c := range []struct {
		address string
		kind    error
		key     string
	}{
		{"postgres://owner:hunter2@127.0.0.1:1/x", assess.ErrUnavailable, keyAway},
		{"postgres://owner:hunter2@127.0.0.1:x/x", assess.ErrInvalid, "problem.database_address"},
		{"mysql://owner:hunter2@127.0.0.1/x", assess.ErrInvalid, "problem.database_address"},
		{strings.Replace(filled, "hunter2", "hunter3", 1), assess.ErrUnavailable, "problem.database_denied"},
		{strings.Replace(filled, "owner", "nobody", 1), assess.ErrUnavailable, "problem.database_denied"},
		{servers.Named(filled, "nowhere"), assess.ErrUnavailable, "problem.database_missing"},
		{servers.Named(filled, latin), assess.ErrUnavailable, "problem.database_setting"},
		{foreign, assess.ErrConflict, "problem.database_foreign"},
		{cluster.Empty(t), assess.ErrNotFound, "problem.database_unfilled"},
		{newer, assess.ErrUnavailable, "problem.schema_newer"},
		{standby.Address(t), assess.ErrUnavailable, keyStandby},
	} {
		err := open(c.address)
		wantProblem(t, err, c.kind, c.key)
		if err != nil && strings.Contains(err.Error(), "hunter") {
			t.Errorf("%v shows the password", err)
		}
	}
	_, err := Create(t.Context(), t.TempDir(), WithReserve(0), On(guest, ""))
	wantProblem(t, err, assess.ErrUnavailable, "problem.database_rights")
	_, err = Create(t.Context(), t.TempDir(), WithReserve(0), On(filled, ""))
	wantProblem(t, err, assess.ErrConflict, "problem.database_used")
	if n, err := failing.PostgresRows(newer); err != nil || !strings.Contains(n, "99 true") {
		t.Errorf("the newer database was changed: %v\n%s", err, n)
	}
	both := strings.Replace(standby.Address(t), "/postgres", ","+hostPort("127.0.0.1", portOf(t, filled))+"/postgres", 1)
	wantProblem(t, open(both), assess.ErrNotFound, "problem.database_unfilled") // the second server was asked: it can be written to
}

// A copy of a PostgreSQL is a data folder's database: with every row, the same seals and the same chain.
func TestACopyOfPostgresIsADatabase(t *testing.T) {
	s := freshPostgres(t)
	on := On(s.engine.(postgres).config.ConnString(), "")
	for name, change := range changes(t) {
		if name != "a password" && name != "a lock" && name != "a seal" {
			if err := change(s); err != nil {
				t.Fatal(name, err)
			}
		}
	}
	for i := range 100 { // more than one statement takes
		commit(t, s, figure("210102", q1, assess.Code("item_"+strconv.Itoa(i)), strconv.Itoa(i)))
	}
	if _, err := s.writer.db.Exec(`UPDATE audit_start SET seq = 0, hash = ''`); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := CopyTo(t.Context(), s.Folder(), filepath.Join(dir, databaseFile), on); err != nil {
		t.Fatal(err)
	}
	if size, err := DatabaseSize(t.Context(), s.Folder(), on); err != nil || size < 1<<20 {
		t.Errorf("%d bytes, %v", size, err)
	}
	want, err := failing.PostgresRows(s.engine.(postgres).config.ConnString(), versionTable)
	if err != nil {
		t.Fatal(err)
	}
	got, err := failing.Rows(filepath.Join(dir, databaseFile), versionTable, "sqlite_sequence")
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); err != nil || diff != "" {
		t.Errorf("%v (-PostgreSQL +copy):\n%s", err, diff)
	}
	copied, err := Open(t.Context(), dir, WithReserve(0))
	if err != nil {
		t.Fatal(err)
	}
	defer copied.Close()
	if good, err := copied.VerifyAudit(t.Context()); err != nil || good != headOf(t, s).Audit || copied.IntegrityCheck(t.Context()) != nil {
		t.Errorf("%d lines are good: %v", good, err)
	}
	if headOf(t, copied) != headOf(t, s) {
		t.Errorf("head %+v, want %+v", headOf(t, copied), headOf(t, s))
	}
}

// Beside a server a database is looked into, and the audit log told of it, without its lock.
func TestPostgresIsLookedIntoBesideAServer(t *testing.T) {
	s := freshPostgres(t)
	on := On(s.engine.(postgres).config.ConnString(), "")
	commit(t, s, figure("210102", q1, "members", "1"))
	if err := Note(t.Context(), s.Folder(), line("backup"), on); err != nil {
		t.Fatal(err)
	}
	l, err := Look(t.Context(), s.Folder(), on)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Leave()
	if h := headOf(t, l); h.Seq != 1 || h.Audit != 2 {
		t.Errorf("head %+v", h)
	}
	if has, knows, err := l.Steps(t.Context()); err != nil || has != knows {
		t.Errorf("at step %d of %d: %v", has, knows, err)
	}
	if _, err := l.State(t.Context(), spring); err != nil {
		t.Error(err)
	}
	if err := s.Fold(t.Context()); err != nil {
		t.Error(err)
	}
}

// A server that takes the connection and says nothing is away, too.
func TestASilentServerIsAway(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	_, err = Open(t.Context(), t.TempDir(), WithReserve(0), On("postgres://owner@"+silent.Addr().String()+"/x?sslmode=disable&connect_timeout=1", ""))
	wantProblem(t, err, assess.ErrUnavailable, keyAway)
}

// After a promotion no version is one that was there before, whatever was lost on the way: what was made of those is made anew.
func TestAPromotionBeginsAnotherHistory(t *testing.T) {
	t.Parallel()
	db := servers.NewReplicated(t)
	s, err := Create(t.Context(), t.TempDir(), WithReserve(0), On(db.Address("board"), ""))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	commit(t, s, figure("210102", q1, "members", "1"))
	before := headOf(t, s)
	if before.History() != 0 || before.Version > 100 {
		t.Errorf("before: %+v", before)
	}
	db.Fail(t)
	var after assess.Head
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		if after, err = s.Head(t.Context()); err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
	if after.History() != 1 || after.Seq != before.Seq || after.Version <= before.Version {
		t.Errorf("after the promotion %+v, before it %+v", after, before)
	}
	commit(t, s, figure("210102", q1, "members", "2"))
	if now := headOf(t, s); now.Version != after.Version+1 {
		t.Errorf("%+v after %+v", now, after)
	}
}

func portOf(t *testing.T, address string) uint16 {
	t.Helper()
	c, err := pgx.ParseConfig(address)
	if err != nil {
		t.Fatal(err)
	}
	return c.Port
}

// A line that cannot be added because the database is away is answered in words.
func TestANoteToADatabaseThatIsAway(t *testing.T) {
	at := fmt.Sprintf("postgres://board@127.0.0.1:%d/board?sslmode=disable", servers.FreePort(t))
	wantProblem(t, Note(t.Context(), t.TempDir(), line("backup"), On(at, "")), assess.ErrUnavailable, keyAway)
}
