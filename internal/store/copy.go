package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/unionboard/unionboard/internal/assess"
)

// CopyTo writes a copy of the database of a data folder to a path, open for its owner only: the state of one moment, whole, on the disk and
// looked through, or nothing. The folder may be served meanwhile, by this process or another: who writes does not wait for it. What was
// erased is in no copy. It is a file of SQLite with the same tables and rows wherever the data stand, so that a backup is good for either.
// Problem: ErrUnavailable where the disk of the copy has no room.
func CopyTo(ctx context.Context, dir, to string, opts ...Option) error {
	o, err := standing(dir, opts)
	if err != nil {
		return err
	}
	if err := copyOf(ctx, func(making string) error { return o.engine.copyInto(ctx, making) }, to); err != nil {
		return explainedBy(o.engine, "copy the database", err)
	}
	return nil
}

// DatabaseSize answers the bytes a copy of the database of a data folder takes at most.
func DatabaseSize(ctx context.Context, dir string, opts ...Option) (size int64, err error) {
	o, err := standing(dir, opts)
	if err != nil {
		return 0, err
	}
	writing, reading := o.engine.pools(o.through)
	database, log, err := o.engine.sizes(ctx, reading)
	return database + log, explainedBy(o.engine, "ask for the size of the database", errors.Join(err, writing.Close(), reading.Close()))
}

// standing answers the options of a data folder whose database should be there.
func standing(dir string, opts []Option) (o options, err error) {
	if err := CheckFolder(dir); err != nil {
		return o, err
	}
	if _, o, err = optionsOf(dir, opts); err != nil {
		return o, err
	}
	return o, o.engine.present()
}

// explainedBy is explain where there is no store.
func explainedBy(e engine, doing string, err error) error {
	return (&Store{engine: e}).explain(doing, err)
}

// vacuumInto copies what a connection reads.
func vacuumInto(ctx context.Context, db *sql.DB, path string) error {
	_, err := db.ExecContext(ctx, `VACUUM INTO $1`, path)
	return err
}

// copyOf lets a copy be made under another name, so that one that was interrupted is never taken for one.
func copyOf(ctx context.Context, make func(path string) error, to string) (err error) {
	making := to + ".making"
	if err := os.Remove(making); err != nil && !errors.Is(err, os.ErrNotExist) {
		return folderProblem(filepath.Dir(to), err)
	}
	f, err := os.OpenFile(making, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600) // the engine would make it readable for others
	if err != nil {
		return folderProblem(filepath.Dir(to), err)
	}
	defer func() {
		if err != nil {
			os.Remove(making)
		}
	}()
	err = make(making)
	if isFull(err) {
		err = diskFull(filepath.Dir(to), nil)
	}
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("copy the database: %w", err)
	}
	if err := lookThrough(ctx, making); err != nil {
		return err
	}
	if err := os.Rename(making, to); err != nil {
		return folderProblem(filepath.Dir(to), err)
	}
	return syncFolder(filepath.Dir(to))
}

func lookThrough(ctx context.Context, path string) error {
	c, err := OpenCopy(path)
	if err != nil {
		return err
	}
	defer c.Close()
	return c.Check(ctx)
}

// syncFolder makes the names in a folder last.
func syncFolder(dir string) error {
	folder, err := os.Open(dir)
	if err == nil {
		err = errors.Join(folder.Sync(), folder.Close())
	}
	if err != nil {
		return folderProblem(dir, err)
	}
	return nil
}

// Copy is a copy of a database that is read only, as it is: its tables may be older than this program knows them.
type Copy struct {
	path string
	db   *sql.DB
}

// OpenCopy opens a copy. It is not looked at before something is asked.
func OpenCopy(path string) (*Copy, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open a copy: %w", err)
	}
	db := sql.OpenDB(connector{dsn: dsn(path, "mode=ro", "_query_only=1")})
	db.SetMaxOpenConns(1)
	return &Copy{path, db}, nil
}

// Close lets the copy go.
func (c *Copy) Close() error { return c.db.Close() }

// Check reads every page and index of the copy and every reference between its tables. The Problem says what is damaged.
func (c *Copy) Check(ctx context.Context) error {
	err := check(ctx, c.db, `PRAGMA integrity_check(10)`)
	if err == nil {
		err = checkReferences(ctx, c.db)
	}
	return c.explain(err)
}

func (c *Copy) explain(err error) error {
	if err == nil || isFull(err) {
		return err
	}
	var problem *assess.Problem
	if errors.As(err, &problem) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return assess.Invalid("problem.copy_damaged", fmt.Sprintf("the copy %s of the database is damaged (%s); use another one", filepath.Base(c.path), err),
		"file", filepath.Base(c.path), "cause", err.Error()).Because(err)
}

const (
	selectStep        = `SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version WHERE is_applied`
	selectTables      = `SELECT name FROM sqlite_master WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_' AND substr(name, 1, 11) <> '_litestream' ORDER BY name`
	selectCopiedSeals = `SELECT period, edition, digest FROM seal ORDER BY number`
)

// Holdings counts what the copy holds.
func (c *Copy) Holdings(ctx context.Context) (h assess.Holdings, err error) {
	h.Rows, h.Seals = map[string]int64{}, []assess.SealHead{}
	tables, err := list(ctx, c.db, func(row scanner) (name string, err error) { return name, row.Scan(&name) }, selectTables)
	if err != nil {
		return h, c.explain(err)
	}
	for _, table := range tables {
		var n int64
		if err := c.db.QueryRowContext(ctx, `SELECT COUNT(*) FROM "`+table+`"`).Scan(&n); err != nil {
			return h, c.explain(err)
		}
		h.Rows[table] = n
	}
	if err := c.db.QueryRowContext(ctx, selectStep).Scan(&h.Step); err != nil {
		return h, c.explain(err)
	}
	head, err := scanHead(c.db.QueryRowContext(ctx, selectHead))
	if err != nil {
		return h, c.explain(err)
	}
	h.Seq, h.Audit, h.AuditHash = head.Seq, head.Audit, head.auditHash
	if h.Rows["seal"] > 0 {
		h.Seals, err = list(ctx, c.db, func(row scanner) (s assess.SealHead, err error) { return s, row.Scan(&s.Period, &s.Edition, &s.Digest) }, selectCopiedSeals)
	}
	return h, c.explain(err)
}

const (
	selectCopiedFiles = `SELECT hash, size FROM evidence_file ORDER BY hash`
	selectCopiedHeld  = `SELECT DISTINCT sha256, bytes FROM held_piece WHERE sha256 <> '' ORDER BY sha256`
)

// EvidenceFiles answers the uploaded files that the copy names; none where its tables are older than evidence.
func (c *Copy) EvidenceFiles(ctx context.Context) ([]assess.StoredFile, error) {
	return c.files(ctx, "evidence_file", selectCopiedFiles)
}

// HeldFiles answers the pieces of sources that were refused.
func (c *Copy) HeldFiles(ctx context.Context) ([]assess.StoredFile, error) {
	return c.files(ctx, "held_piece", selectCopiedHeld)
}

func (c *Copy) files(ctx context.Context, table, query string) ([]assess.StoredFile, error) {
	var n int
	err := c.db.QueryRowContext(ctx, `SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = $1`, table).Scan(&n)
	if err != nil || n == 0 {
		return nil, c.explain(err)
	}
	all, err := list(ctx, c.db, func(row scanner) (f assess.StoredFile, err error) { return f, row.Scan(&f.Hash, &f.Size) }, query)
	return all, c.explain(err)
}
