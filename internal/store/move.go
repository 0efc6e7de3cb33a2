package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Move carries an installation's data from where they stand to an empty place, on the same engine or another. The rows are read as they were in one
// moment in which nobody else wrote, are read back there and compared, and count from the last step on alone: until then the new place is
// refused as unfinished, and the move can be begun again. Where the data stood they stay as they are, with a mark of where they went: who would serve
// them there is refused.
type Move struct {
	From, To Side
	Now      time.Time
	// Counted is told how many rows will be read, all of them twice; Step what was read of which table since.
	Counted func(rows int64)
	Step    func(table string, rows int64)
	// Look looks through the data in their new place, which can only be read then.
	Look func(ctx context.Context, s *Store) error
	// Line is what the audit log says of the move in the new place.
	Line func(m Moved) assess.AuditLine
}

// Side is where data stand, or are to: in a data folder as a file of SQLite or, where Database is an address, in a PostgreSQL.
type Side struct {
	Folder, Database, Password string
	opts                       []Option // of tests
}

// Moved is what a move has carried, and how From and To are called in messages.
type Moved struct {
	From, To string
	Tables   int
	Rows     int64
	// Unmarked says why the old place could not be marked, where it could not: the data count in the new one all the same.
	Unmarked error
}

// frozen is where data stand that nobody changes.
type frozen struct {
	// mark begins to note where the data go, before they count there; an error means that others may have changed them.
	mark func(ctx context.Context, to string) error
	// thaw lets others in again, who find the mark where the data have moved.
	thaw func(moved bool) error
}

// making is where the data are until they are whole: by its end they are served as any other.
type making struct {
	engine
	finish func(ctx context.Context) error // makes them the database of the place
	leave  func() error                    // lets the place go, finished or not
}

// Do moves. Problems: those of opening the two sides, ErrConflict for a place that holds anything, data that somebody holds or that are of another
// version, ErrUnavailable where what was written is not what was read.
func (m Move) Do(ctx context.Context) (moved Moved, err error) {
	from, err := m.From.options()
	if err != nil {
		return moved, err
	}
	to, err := m.To.options()
	if err != nil {
		return moved, err
	}
	moved = Moved{From: from.engine.place(), To: to.engine.place()}
	of := from.engine
	defer func() { err = explainedBy(of, "move the data", err) }()
	old, err := from.engine.freeze(ctx, from.through, m.Now)
	if err != nil {
		return moved, err
	}
	finished := false
	defer func() {
		thawErr := old.thaw(finished)
		if finished {
			moved.Unmarked = explainedBy(from.engine, "mark the old place", thawErr)
		} else {
			err = errors.Join(err, thawErr)
		}
	}()
	of = to.engine
	place, err := to.engine.prepare(ctx, to.through, moved.From)
	if err != nil {
		return moved, err
	}
	defer func() { err = errors.Join(err, place.leave()) }()
	into := to
	into.engine = place.engine
	if err := m.carry(ctx, from, into, &moved); err != nil {
		return moved, err
	}
	if err := m.look(ctx, into, moved); err != nil {
		return moved, err
	}
	if err := old.mark(ctx, moved.To); err != nil {
		of = from.engine
		return moved, err
	}
	err = place.finish(ctx)
	finished = err == nil
	return moved, err
}

func (s Side) options() (o options, err error) {
	_, o, err = optionsOf(s.Folder, append(s.opts, On(s.Database, s.Password), WithReserve(0)))
	return o, err
}

// carry pours every row from one database into the other and compares what stands there.
func (m Move) carry(ctx context.Context, from, to options, moved *Moved) (err error) {
	source, target := sql.OpenDB(from.through(from.engine.reading())), sql.OpenDB(to.through(to.engine.filling()))
	defer func() { err = errors.Join(err, source.Close(), target.Close()) }()
	target.SetMaxOpenConns(1)
	moment, err := source.BeginTx(ctx, oneMoment())
	if err != nil {
		return explainedBy(from.engine, "read the data", err)
	}
	defer moment.Rollback() // it only read
	tables, err := m.tables(ctx, from.engine, moment, target, to.engine)
	if err != nil {
		return explainedBy(from.engine, "read the tables", err)
	}
	sums, err := m.fill(ctx, from.engine, moment, target, tables)
	if err != nil {
		return err
	}
	written := sql.OpenDB(to.through(to.engine.reading()))
	defer func() { err = errors.Join(err, written.Close()) }()
	if err := m.compare(ctx, written, tables, sums); err != nil {
		return err
	}
	for _, sum := range sums {
		moved.Rows += sum.rows
	}
	moved.Tables = len(tables)
	return to.engine.deepCheck(ctx, written)
}

// tables answers the tables of a database, those first that others refer to, when it is at the step of this program and whole.
func (m Move) tables(ctx context.Context, e engine, moment *sql.Tx, target *sql.DB, of engine) ([]string, error) {
	if err := sameSteps(ctx, e, moment, target); err != nil {
		return nil, err
	}
	if err := e.quickCheck(ctx, moment); err != nil {
		return nil, err
	}
	has, err := e.tables(ctx, moment)
	if err != nil {
		return nil, err
	}
	wants, err := of.tables(ctx, target)
	if err != nil {
		return nil, err
	}
	for _, table := range has {
		if !slices.Contains(wants, table) {
			return nil, assess.Conflict("problem.move_foreign",
				fmt.Sprintf("the data in %s have a table %s that is not of unionboard, and would be lost; take it out first", e.place(), table), "from", e.place(), "table", table)
		}
	}
	for _, table := range wants {
		if table != moveTable && !slices.Contains(has, table) {
			return nil, fmt.Errorf("%w: there is no table %s", errDamaged, table)
		}
	}
	if err := e.definitions(ctx, moment); err != nil {
		return nil, err
	}
	refers, err := e.references(ctx, moment)
	if err != nil {
		return nil, err
	}
	var rows int64
	has = inOrder(slices.DeleteFunc(has, func(name string) bool { return name == versionTable }), refers)
	for _, table := range has {
		var n int64
		if err := moment.QueryRowContext(ctx, `SELECT COUNT(*) FROM "`+table+`"`).Scan(&n); err != nil {
			return nil, err
		}
		rows += n
	}
	m.Counted(2 * rows)
	return has, nil
}

// sameSteps refuses data of another version of the program.
func sameSteps(ctx context.Context, e engine, moment, target stepper) error {
	var has, knows int64
	err := errors.Join(moment.QueryRowContext(ctx, selectStep).Scan(&has), target.QueryRowContext(ctx, selectStep).Scan(&knows))
	switch {
	case err != nil || has == knows:
		return err
	case has > knows:
		return newerSteps(e.place(), has, knows)
	}
	return assess.Conflict("problem.move_older",
		fmt.Sprintf("the data in %s were made by an older unionboard (their tables are at step %d, this program's at %d); bring them up to date where they are, by starting this version there once, and move them then",
			e.place(), has, knows), "from", e.place(), "has", strconv.FormatInt(has, 10), "knows", strconv.FormatInt(knows, 10))
}

// reference is a table that another refers to.
type reference struct{ table, to string }

// inOrder sorts tables so that each stands after those that it refers to.
func inOrder(tables []string, refers []reference) (ordered []string) {
	var put func(table string)
	put = func(table string) {
		if slices.Contains(ordered, table) || !slices.Contains(tables, table) {
			return
		}
		for _, r := range refers {
			if r.table == table && r.to != table {
				put(r.to)
			}
		}
		ordered = append(ordered, table)
	}
	for _, table := range tables {
		put(table)
	}
	return ordered
}

// fill pours all tables in one transaction, and answers the sums of what was read.
func (m Move) fill(ctx context.Context, e engine, moment *sql.Tx, target *sql.DB, tables []string) (map[string]*tally, error) {
	into, err := target.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer into.Rollback() // after a commit it does nothing
	for _, table := range slices.Backward(tables) {
		if table == startTable {
			continue
		}
		if _, err := into.ExecContext(ctx, `DELETE FROM "`+table+`"`); err != nil { // what a step has put there
			return nil, err
		}
	}
	sums := map[string]*tally{}
	for _, table := range tables {
		sums[table] = &tally{}
		told := m.telling(table)
		if err := pour(ctx, table, moment, tx{sql: into}, func(columns []string, row []any) error { told(1); return sums[table].add(columns, row) }); err != nil {
			return nil, fmt.Errorf("table %s: %w", table, explainedBy(e, "read it", err))
		}
	}
	return sums, into.Commit()
}

// compare reads back what was written.
func (m Move) compare(ctx context.Context, written *sql.DB, tables []string, sums map[string]*tally) error {
	for _, table := range tables {
		var is tally
		told, want := m.telling(table), sums[table]
		if err := rowsOf(ctx, written, table, want.columns, func(columns []string, row []any) error { told(1); return is.add(columns, row) }); err != nil {
			return fmt.Errorf("read table %s back: %w", table, err)
		}
		if is.rows != want.rows || is.sum != want.sum {
			return assess.Unavailable("problem.move_differs",
				fmt.Sprintf("table %s is not in the new place what it was (%d rows of %d, or other values); nothing counts there yet: begin again, on another disk or server if it happens again", table, is.rows, want.rows),
				"table", table, "has", strconv.FormatInt(is.rows, 10), "want", strconv.FormatInt(want.rows, 10))
		}
	}
	return nil
}

// telling tells of rows, a few hundred at a time.
func (m Move) telling(table string) func(rows int64) {
	const often = 500
	var waiting int64
	m.Step(table, 0)
	return func(rows int64) {
		if waiting += rows; waiting%often == 0 {
			m.Step(table, often)
		}
	}
}

// look lets the caller look through the data in their new place and adds the line of the move.
func (m Move) look(ctx context.Context, to options, moved Moved) error {
	dir := m.To.Folder
	if e, in := to.engine.(sqlite); in {
		dir = e.dir
	}
	s, err := lookInto(ctx, dir, to)
	if err != nil {
		return err
	}
	if err := errors.Join(m.Look(ctx, s), s.Leave()); err != nil {
		return err
	}
	return noteIn(ctx, to, m.Line(moved))
}

// makingFolder is where a database of SQLite is until it is whole.
const makingFolder = "moving"

func (e sqlite) freeze(ctx context.Context, _ through, _ time.Time) (f frozen, err error) {
	if err := CheckFolder(e.dir); err != nil {
		return f, err
	}
	if err := e.present(); err != nil {
		return f, err
	}
	if err := e.here(ctx, nil); err != nil {
		return f, err
	}
	release, err := Hold(e.dir)
	if err != nil {
		return f, err
	}
	gone := ""
	f.mark = func(_ context.Context, to string) error { gone = to; return nil } // the lock is the process's: nobody can have taken it
	f.thaw = func(moved bool) error {
		if moved {
			return errors.Join(e.leaveMark(gone), release())
		}
		return release()
	}
	return f, nil
}

// movedFile says in a data folder where the data of its database were moved to.
const movedFile = "unionboard.moved"

func (e sqlite) movedPath() string { return filepath.Join(e.dir, movedFile) }

// leaveMark notes where the data were moved to. The database is not touched.
func (e sqlite) leaveMark(to string) error {
	f, err := os.OpenFile(e.movedPath(), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return folderProblem(e.dir, err)
	}
	_, err = f.WriteString(to + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return folderProblem(e.dir, err)
	}
	return syncFolder(e.dir)
}

// here says that the data were moved away. Opened by mistake, they would be gone on with beside those that follow.
func (e sqlite) here(context.Context, querier) error {
	to, err := os.ReadFile(e.movedPath())
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return folderProblem(e.dir, err)
	}
	there := strings.TrimSpace(string(to))
	return assess.Conflict("problem.moved_folder",
		fmt.Sprintf("the data in %s were moved to %s and stand here only as they were then; serve them there (database: in the configuration), or, to go on here and give up what was entered there, take away the file %s", e.dir, there, e.movedPath()),
		"folder", e.dir, "to", there, "file", e.movedPath())
}

// unmark takes the mark of an earlier database away, of which nothing is left in the folder.
func (e sqlite) unmark() error {
	if err := os.Remove(e.movedPath()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return folderProblem(e.dir, err)
	}
	return nil
}

// prepare takes a folder without a database, and makes one in a folder of that: it gets its name when it is whole.
func (e sqlite) prepare(ctx context.Context, _ through, _ string) (m making, err error) {
	if err := os.MkdirAll(e.dir, 0o700); err != nil {
		return m, folderProblem(e.dir, err)
	}
	release, err := Hold(e.dir)
	if err != nil {
		return m, err
	}
	in := sqlite{filepath.Join(e.dir, makingFolder)}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(in.dir), release())
		}
	}()
	if err := e.vacant(); err != nil {
		return m, err
	}
	if err := errors.Join(os.RemoveAll(in.dir), os.Mkdir(in.dir, 0o700)); err != nil {
		return m, folderProblem(e.dir, err)
	}
	if _, err := in.claim(); err != nil {
		return m, err
	}
	if err := in.migrate(ctx, true); err != nil {
		return m, err
	}
	return making{
		engine: in, finish: func(ctx context.Context) error { return e.settle(ctx, in) },
		leave: func() error { return errors.Join(os.RemoveAll(in.dir), release()) },
	}, nil
}

// vacant says what lies where a database is to be. The log of one that was carried off is not to be taken for that of the next.
func (e sqlite) vacant() error {
	if _, err := os.Lstat(e.path()); err == nil {
		return e.used()
	}
	for _, end := range []string{"-wal", "-journal"} {
		if sizeOf(e.path()+end) > 0 {
			return assess.Conflict("problem.move_leftover",
				fmt.Sprintf("%s lies in %s without its database, and belongs to it; carry it to where that is", databaseFile+end, e.dir), "folder", e.dir, "file", databaseFile+end)
		}
	}
	for _, end := range []string{"-wal", "-shm", "-journal"} { // empty, or made anew whenever it is needed
		if err := os.Remove(e.path() + end); err != nil && !errors.Is(err, os.ErrNotExist) {
			return folderProblem(e.dir, err)
		}
	}
	return nil
}

// settle folds the log of a database into it, puts it onto the disk and gives it its name.
func (e sqlite) settle(ctx context.Context, from sqlite) error {
	writing := sql.OpenDB(from.filling())
	if err := errors.Join(from.fold(ctx, writing), writing.Close()); err != nil {
		return err
	}
	f, err := os.Open(from.path())
	if err == nil {
		err = errors.Join(f.Sync(), f.Close())
	}
	if err == nil {
		err = e.unmark()
	}
	if err == nil {
		err = os.Rename(from.path(), e.path())
	}
	if err != nil {
		return folderProblem(e.dir, err)
	}
	return syncFolder(e.dir)
}

func (e sqlite) reading() driver.Connector {
	return connector{dsn(e.path(), "mode=ro", "_synchronous=FULL"), commonSettings()}
}

func (e sqlite) filling() driver.Connector { return connector{writerDSN(e.path()), writerSettings()} }

const selectReferences = `SELECT m.name, r."table" FROM sqlite_master m, pragma_foreign_key_list(m.name) r WHERE m.type = 'table' ORDER BY m.name`

func (sqlite) references(ctx context.Context, db querier) ([]reference, error) {
	return list(ctx, db, scanReference, selectReferences)
}

func (sqlite) tables(ctx context.Context, db querier) ([]string, error) {
	return list(ctx, db, scanName, selectTables)
}

func scanReference(row scanner) (r reference, err error) { return r, row.Scan(&r.table, &r.to) }

func scanName(row scanner) (name string, err error) { return name, row.Scan(&name) }
