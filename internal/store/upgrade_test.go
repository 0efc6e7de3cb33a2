package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/mattn/go-sqlite3"
	"github.com/pressly/goose/v3"

	"github.com/unionboard/unionboard/internal/assess"
)

// stepFiles answers the steps of this program by their numbers, in order.
func stepFiles() (numbers []int64, files map[int64]string, err error) {
	names, err := engineSteps{FS: migrations, others: "_postgres.sql"}.Glob("migrations/*.sql")
	files = map[int64]string{}
	for _, name := range names {
		n, numberErr := goose.NumericComponent(name)
		numbers, files[n], err = append(numbers, n), name, errors.Join(err, numberErr)
	}
	slices.Sort(numbers)
	return numbers, files, err
}

func knownSteps(t *testing.T) (numbers []int64, files map[int64]string) {
	t.Helper()
	numbers, files, err := stepFiles()
	if err != nil {
		t.Fatal(err)
	}
	return numbers, files
}

// stepsUntil answers the steps up to a number.
func stepsUntil(numbers []int64, files map[int64]string, last int64) (fstest.MapFS, error) {
	until := fstest.MapFS{}
	for _, n := range numbers {
		if n > last {
			break
		}
		b, err := migrations.ReadFile(files[n])
		if err != nil {
			return nil, err
		}
		until[filepath.Base(files[n])] = &fstest.MapFile{Data: b}
	}
	return until, nil
}

// raw opens the database of a folder as a migration does.
func raw(t *testing.T, dir string) *sql.DB {
	t.Helper()
	db := sql.OpenDB(connector{migrationDSN(filepath.Join(dir, databaseFile)), migrationSettings()})
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	return db
}

// atSteps are the databases of all steps, made once: in a hurry, for nobody relies on them.
var atSteps = sync.OnceValues(func() (map[int64][]byte, error) {
	dir, err := os.MkdirTemp("", "unionboard-steps-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	growing := hasty(filepath.Join(dir, databaseFile))
	defer growing.Close()
	made := map[int64][]byte{}
	numbers, files, err := stepFiles()
	if err != nil {
		return nil, err
	}
	for _, step := range numbers {
		until, err := stepsUntil(numbers, files, step)
		if err != nil {
			return nil, err
		}
		if err := migrateTo(context.Background(), growing, until, dir); err != nil {
			return nil, err
		}
		path := filepath.Join(dir, strconv.FormatInt(step, 10))
		if _, err := growing.Exec(`VACUUM INTO ?`, path); err != nil {
			return nil, err
		}
		db := hasty(path)
		if err := errors.Join(fillTables(db), db.Close()); err != nil {
			return nil, fmt.Errorf("step %d: %w", step, err)
		}
		if made[step], err = os.ReadFile(path); err != nil {
			return nil, err
		}
	}
	return made, nil
})

func hasty(path string) *sql.DB {
	db := sql.OpenDB(connector{dsn: dsn(path, "_journal_mode=DELETE", "_synchronous=OFF", "_foreign_keys=0")})
	db.SetMaxOpenConns(1)
	return db
}

// folderAt answers a data folder whose database is at a step, with a row in every table there is.
func folderAt(t *testing.T, step int64) string {
	t.Helper()
	all, err := atSteps()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, databaseFile), all[step], 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

var (
	oneOfTexts = regexp.MustCompile(`(\w+)\s+TEXT[^,]*CHECK \(\w+ IN \('([^']*)'`)
	// Of two columns one must be empty.
	leftEmpty = map[string]bool{"message.group_name": true}
)

// fillTables puts a row into every table that has none. All texts are alike, so that references lead somewhere.
func fillTables(db *sql.DB) error {
	all, err := tables(db)
	if err != nil {
		return err
	}
	for table, statement := range all {
		var n int
		if err := db.QueryRow(`SELECT COUNT(*) FROM "` + table + `"`).Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			continue
		}
		if err := fillTable(db, table, statement); err != nil {
			return fmt.Errorf("%s: %w", table, err)
		}
	}
	return checkReferences(context.Background(), db)
}

func fillTable(db *sql.DB, table, statement string) error {
	allowed := map[string]string{}
	for _, m := range oneOfTexts.FindAllStringSubmatch(statement, -1) {
		allowed[m[1]] = m[2]
	}
	all, err := columns(db, table)
	if err != nil {
		return err
	}
	var names []string
	var values []any
	for name, kind := range all {
		value := any("v")
		if choice, ok := allowed[name]; ok {
			value = choice
		}
		if kind == "BIGINT" {
			value = 1
		}
		if leftEmpty[table+"."+name] {
			value = ""
		}
		names, values = append(names, `"`+name+`"`), append(values, value)
	}
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(names)), ", ")
	_, err = db.Exec(`INSERT INTO "`+table+`" (`+strings.Join(names, ", ")+`) VALUES (`+marks+`)`, values...)
	return err
}

// tables answers the statements that made the tables.
func tables(db *sql.DB) (map[string]string, error) {
	return pairs(db, `SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'goose_db_version'`)
}

// columns answers the columns of a table with their types.
func columns(db *sql.DB, table string) (map[string]string, error) {
	return pairs(db, `SELECT name, type FROM pragma_table_info($1)`, table)
}

func pairs(db *sql.DB, query string, args ...any) (map[string]string, error) {
	all, err := list(context.Background(), db, func(row scanner) (pair [2]string, err error) { return pair, row.Scan(&pair[0], &pair[1]) }, query, args...)
	found := map[string]string{}
	for _, pair := range all {
		found[pair[0]] = pair[1]
	}
	return found, err
}

// schemaOf answers everything a database is made of, without blanks that mean nothing.
func schemaOf(t *testing.T, db *sql.DB) []string {
	t.Helper()
	all, err := list(t.Context(), db, func(row scanner) (line string, err error) { return line, row.Scan(&line) },
		`SELECT type || ' ' || name || ': ' || COALESCE(sql, '') FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name`)
	if err != nil {
		t.Fatal(err)
	}
	for i := range all {
		all[i] = strings.Join(strings.Fields(all[i]), " ")
	}
	return all
}

// contents answers the rows of all tables, column by column: "table.column" → values.
func contents(t *testing.T, db *sql.DB) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	all, err := tables(db)
	if err != nil {
		t.Fatal(err)
	}
	for table := range all {
		of, err := columns(db, table)
		if err != nil {
			t.Fatal(err)
		}
		for column := range of {
			values, err := list(t.Context(), db, func(row scanner) (v string, err error) { return v, row.Scan(&v) },
				`SELECT CAST("`+column+`" AS TEXT) FROM "`+table+`" ORDER BY 1`)
			if err != nil {
				t.Fatal(err)
			}
			found[table+"."+column] = values
		}
	}
	return found
}

// taken are the tables that steps have taken out, and where what they held stands now.
var taken = map[string]string{"entry": "submission.entries"}

// wantKept says what is not as it was: every value of before that stands no more.
func wantKept(t *testing.T, before, after map[string][]string) {
	t.Helper()
	for column, values := range before {
		table, _, _ := strings.Cut(column, ".")
		if moved, ok := taken[table]; ok && after[column] == nil {
			if len(after[moved]) == 0 || !strings.Contains(after[moved][0], `"v"`) {
				t.Errorf("what %s held is not in %s: %q", column, moved, after[moved])
			}
			continue
		}
		if diff := cmp.Diff(values, after[column]); diff != "" && column != "submission.entries" {
			t.Errorf("%s (-before +after):\n%s", column, diff)
		}
	}
}

// Every step that was ever the newest becomes the newest of today: with the tables of a database that is made today and every row it had.
// Before that its copy is made, which is as it was.
func TestEveryStepIsBroughtUpToDate(t *testing.T) {
	if testing.Short() {
		t.Skip("one thing after the other: the race detector, which is asked in short, has nothing to see")
	}
	t.Parallel()
	numbers, _ := knownSteps(t)
	newest := numbers[len(numbers)-1]
	want := schemaOf(t, raw(t, folderAt(t, newest)))
	for _, step := range numbers[:len(numbers)-1] {
		t.Run(strconv.FormatInt(step, 10), func(t *testing.T) {
			dir := folderAt(t, step)
			db := raw(t, dir)
			older, held := schemaOf(t, db), contents(t, db)
			db.Close()
			s, err := Open(t.Context(), dir, WithReserve(0))
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(s.IntegrityCheck(t.Context()), s.Close()); err != nil {
				t.Error(err)
			}
			db = raw(t, dir)
			if diff := cmp.Diff(want, schemaOf(t, db)); diff != "" {
				t.Errorf("the tables differ from those of a new database (-new +upgraded):\n%s", diff)
			}
			wantKept(t, held, contents(t, db))
			wantCopy(t, dir, step, older, held)
		})
	}
}

// wantCopy holds the copy of an older database against what it was.
func wantCopy(t *testing.T, dir string, step int64, schema []string, held map[string][]string) {
	t.Helper()
	path := filepath.Join(dir, BackupsFolder, OlderName(step))
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the copy has mode %v", info.Mode())
	}
	c, err := OpenCopy(path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if diff := cmp.Diff(schema, schemaOf(t, c.db)) + cmp.Diff(held, contents(t, c.db)); diff != "" {
		t.Errorf("the copy differs from what there was (-was +copy):\n%s", diff)
	}
	if h, err := c.Holdings(t.Context()); err != nil || h.Step != step {
		t.Errorf("the copy is at step %d: %v", h.Step, err)
	}
}

// killAt tells a copy of the test program to be killed while it brings a folder up to date: at which commit.
const killAt = "UNIONBOARD_TEST_KILL_AT_COMMIT"

// upgradeUntilKilled opens a folder as every command does, with a process that dies at its n-th commit: before it is on the disk.
func upgradeUntilKilled(dir string, n int) error {
	steps, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	db := sql.OpenDB(dying{connector{migrationDSN(filepath.Join(dir, databaseFile)), migrationSettings()}, &n})
	db.SetMaxOpenConns(1)
	return migrateTo(context.Background(), db, steps, dir)
}

// dying connects to a database whose process kills itself at a commit.
type dying struct {
	connector
	left *int
}

func (d dying) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := d.connector.Connect(ctx)
	if err == nil {
		conn.(*sqlite3.SQLiteConn).RegisterCommitHook(func() int {
			if *d.left--; *d.left == 0 {
				self, _ := os.FindProcess(os.Getpid()) // it is there
				self.Kill()
				select {}
			}
			return 0
		})
	}
	return conn, err
}

// An upgrade that is killed at any of its steps has its copy, opens again and ends as one that was not disturbed.
func TestAnUpgradeThatIsKilledGoesOn(t *testing.T) {
	if testing.Short() {
		t.Skip("one thing after the other: the race detector, which is asked in short, has nothing to see")
	}
	t.Parallel()
	numbers, _ := knownSteps(t)
	first := numbers[1]
	undisturbed := folderAt(t, first)
	db := raw(t, undisturbed)
	older, held := schemaOf(t, db), contents(t, db)
	db.Close()
	pristine, err := os.ReadFile(filepath.Join(undisturbed, databaseFile))
	if err != nil {
		t.Fatal(err)
	}
	reopen(t, undisturbed)
	db = raw(t, undisturbed)
	wantSchema, want := schemaOf(t, db), contents(t, db)
	killed := 0
	for n := 1; ; n++ {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, databaseFile), pristine, 0o600); err != nil {
			t.Fatal(err)
		}
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), childFolder+"="+dir, killAt+"="+strconv.Itoa(n))
		said, err := child.CombinedOutput()
		if child.ProcessState.Exited() && err == nil {
			break // there is no n-th commit
		}
		if child.ProcessState.Exited() {
			t.Fatalf("the upgrade ended by itself: %s", said)
		}
		killed++
		reopen(t, dir)
		db := raw(t, dir)
		if diff := cmp.Diff(wantSchema, schemaOf(t, db)) + cmp.Diff(want, contents(t, db)); diff != "" {
			t.Errorf("killed at commit %d, then opened again (-undisturbed +killed):\n%s", n, diff)
		}
		wantCopy(t, dir, first, older, held)
	}
	if killed < len(numbers)-2 {
		t.Errorf("killed %d times, want at least once at each of %d steps", killed, len(numbers)-2)
	}
}

func reopen(t *testing.T, dir string) {
	t.Helper()
	s, err := Open(t.Context(), dir, WithReserve(0))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.IntegrityCheck(t.Context()), s.Close()); err != nil {
		t.Fatal(err)
	}
}

// A step that fails leaves the state of the step before, and the copy of the start.
func TestAStepThatFailsLeavesItsCopy(t *testing.T) {
	if testing.Short() {
		t.Skip("one thing after the other: the race detector, which is asked in short, has nothing to see")
	}
	t.Parallel()
	numbers, files := knownSteps(t)
	for i, step := range numbers[1 : len(numbers)-1] {
		before := numbers[i]
		dir := folderAt(t, before)
		db := raw(t, dir)
		held := contents(t, db)
		steps, err := stepsUntil(numbers, files, before)
		if err != nil {
			t.Fatal(err)
		}
		steps[fmt.Sprintf("%05d_bad.sql", step)] = &fstest.MapFile{Data: []byte("-- +goose Up\nCREATE TABLE extra (id BIGINT);\nDELETE FROM head;\nSELECT nonsense FROM nowhere;")}
		older := schemaOf(t, db)
		if err := migrateTo(t.Context(), db, steps, dir); err == nil {
			t.Fatalf("step %d was taken", step)
		}
		if diff := cmp.Diff(older, schemaOf(t, db)) + cmp.Diff(held, contents(t, db)); diff != "" {
			t.Errorf("a failed step %d changed (-before +after):\n%s", step, diff)
		}
		wantCopy(t, dir, before, older, held)
	}
}

// releasedFolder holds what the tables of each release were, one file for each: made at a release by
// UNIONBOARD_TEST_RELEASE=v1.0.0 go test ./internal/store -run TestReleasedTablesStayAsTheyWere, and never changed.
const releasedFolder = "testdata/released"

// The steps that a release knew make the tables that it had: steps are added to and never changed. Each of those databases is brought
// up to date by TestEveryStepIsBroughtUpToDate.
func TestReleasedTablesStayAsTheyWere(t *testing.T) {
	numbers, _ := knownSteps(t)
	if name := os.Getenv("UNIONBOARD_TEST_RELEASE"); name != "" {
		newest := numbers[len(numbers)-1]
		text := fmt.Sprintf("-- unionboard %s, step %d\n%s\n", name, newest, strings.Join(schemaOf(t, raw(t, folderAt(t, newest))), "\n"))
		if err := os.WriteFile(filepath.Join(releasedFolder, fmt.Sprintf("%05d.txt", newest)), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(releasedFolder + "/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no release is known", err)
	}
	for _, file := range files {
		step, err := strconv.ParseInt(strings.TrimSuffix(filepath.Base(file), ".txt"), 10, 64)
		if err != nil || !slices.Contains(numbers, step) {
			t.Errorf("%s is of no step of this program: %v", file, err)
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, want, _ := strings.Cut(string(text), "\n")
		got := strings.Join(schemaOf(t, raw(t, folderAt(t, step))), "\n") + "\n"
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("step %d makes other tables than it did when it was released (-released +now):\n%s", step, diff)
		}
	}
}

// A copy is made beside writers, is whole, and holds nothing of what was erased.
func TestACopyIsMadeBesideWriters(t *testing.T) {
	t.Parallel()
	s := fresh(t)
	for i := range 20 {
		commit(t, s, figure("210102", q1, "members", strconv.Itoa(i)))
	}
	ctx, end := context.WithCancel(t.Context())
	writing := make(chan int)
	go func() {
		n := 0
		for ctx.Err() == nil {
			if _, err := s.Commit(context.Background(), intake(big(strconv.Itoa(100+n)))); err != nil {
				t.Error(err)
				break
			}
			n++
		}
		writing <- n
	}()
	to := filepath.Join(t.TempDir(), "copy.db")
	for range 5 {
		before := headOf(t, s).Seq
		if err := CopyTo(t.Context(), s.Folder(), to); err != nil {
			t.Fatal(err)
		}
		after := headOf(t, s).Seq
		c, err := OpenCopy(to)
		if err != nil {
			t.Fatal(err)
		}
		h, err := c.Holdings(t.Context())
		if err := errors.Join(err, c.Check(t.Context()), c.Close()); err != nil {
			t.Fatal(err)
		}
		if h.Seq < before || h.Seq > after || h.Rows["observation"] != h.Seq || h.Rows["audit"] != h.Audit {
			t.Errorf("the copy holds %+v, made between %d and %d", h, before, after)
		}
	}
	end()
	if n := <-writing; n == 0 {
		t.Error("nobody wrote meanwhile")
	}
	left, err := filepath.Glob(filepath.Dir(to) + "/*")
	if err != nil || len(left) != 1 {
		t.Errorf("beside the copy lies %v", left)
	}
}

// A folder of an older program without room for the copy is refused as it is.
func TestAnUpgradeWithoutRoomChangesNothing(t *testing.T) {
	numbers, _ := knownSteps(t)
	before := numbers[len(numbers)-2]
	from := folderAt(t, before)
	asUsed := raw(t, from)
	if err := errors.Join(asUsed.Ping(), asUsed.Close()); err != nil { // now it has a write-ahead log, as any that was used
		t.Fatal(err)
	}
	dir := smallDisk(t, "8m")
	body, err := os.ReadFile(filepath.Join(from, databaseFile))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, databaseFile), body, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	other := fillDisk(t, dir)
	if err := os.Truncate(other, (6<<20)+(1<<19)); err != nil { // room for side files, none for a copy
		t.Fatal(err)
	}
	_, err = Open(t.Context(), dir, WithReserve(0))
	if free, _ := freeBytes(dir); err == nil {
		t.Fatalf("opened with %d bytes free for %d", free, len(body))
	}
	wantProblem(t, err, assess.ErrUnavailable, "problem.upgrade_room")
	if now, err := os.ReadFile(filepath.Join(dir, databaseFile)); err != nil || string(now) != string(body) {
		t.Errorf("the database was changed: %v", err)
	}
	if err := os.Remove(other); err != nil {
		t.Fatal(err)
	}
	reopen(t, dir)
}
