package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"io"
	"io/fs"
	"strings"
	"time"
)

// through opens connections by way of another connector, as tests of faults do.
type through = func(driver.Connector) driver.Connector

// engine is a kind of database with everything in which kinds differ. What is asked of the tables is the same of each.
type engine interface {
	// place names the database in messages, without a secret.
	place() string
	// claim takes the place of a new database, before anything is made in it; giveBack leaves it as it was where nothing was.
	claim() (giveBack func(), err error)
	// present says what is wrong with a place that should hold a database, as far as that is seen without opening it.
	present() error
	// migrate brings the tables up to date. A new database must hold none.
	migrate(ctx context.Context, isNew bool) error
	// pools answers the one connection that writes, and those that read and can do nothing else.
	pools(through func(driver.Connector) driver.Connector) (writing, reading *sql.DB)
	// reading and filling open connections that read all of one moment, and that fill empty tables.
	reading() driver.Connector
	filling() driver.Connector
	// tables answers the names of the tables, references those among them that refer to others.
	tables(ctx context.Context, db querier) ([]string, error)
	references(ctx context.Context, db querier) ([]reference, error)
	// freeze keeps everybody from writing until it is thawed, or says who is at work.
	freeze(ctx context.Context, via through, now time.Time) (frozen, error)
	// here says that the data were moved away, and stand in the place only as they were then.
	here(ctx context.Context, db querier) error
	// prepare makes the tables in an empty place, which nobody serves until the move from another is finished.
	prepare(ctx context.Context, via through, from string) (making, error)
	// turns answers connections that hold a row for others to wait for; nil where there are no others.
	turns(through func(driver.Connector) driver.Connector) *sql.DB
	// history answers which history of the data is read: it grows when a standby takes the place of the server.
	history() int64
	// shared says whether other processes may write, so that nothing that was read can be remembered.
	shared() bool

	// opening is the statement that begins every transaction of a writer, "" for none.
	opening() string
	// fatal says whether what befell one request has ended the transaction, with the work of all.
	fatal(err error) bool
	// again says whether a transaction that failed may succeed when it is tried again as a whole, and is known not to be kept.
	again(err error) bool
	// committed answers what an answer to COMMIT means.
	committed(err error) error
	// everybody says whether what ended a transaction would meet each of its requests alone, too.
	everybody(err error) bool

	// quickCheck is what is looked at on every start, deepCheck reads everything.
	quickCheck(ctx context.Context, db querier) error
	deepCheck(ctx context.Context, db querier) error
	// definitions looks whether the tables and their guards are those that the program makes, and none beside them.
	definitions(ctx context.Context, db querier) error
	// beneath answers the settings of a server by which a power cut loses, or damages, what it has acknowledged, and what its clock says; nothing
	// where data stand in a file.
	beneath(ctx context.Context, db querier) (weak []string, clock time.Time, err error)
	// problem says in words what the engine, or what is below it, has met; nil for what is a fault of the program.
	problem(err error) error
	// fold takes out of the files of the database what was deleted.
	fold(ctx context.Context, writing *sql.DB) error
	// close ends the writing connection.
	close(writing *sql.DB) error
	// copyInto copies one moment of the database into an empty file, as a database of SQLite.
	copyInto(ctx context.Context, path string) error
	// sizes answers the bytes of the database and of its log.
	sizes(ctx context.Context, reading *sql.DB) (database, log int64, err error)
}

// engineSteps are the steps of one engine: those that all share, and those whose names end in its own.
type engineSteps struct {
	fs.FS
	others  string              // the end of the names that are another engine's
	rewrite func(string) string // what is changed in a step before it runs; nil for nothing
}

// Glob implements fs.GlobFS.
func (s engineSteps) Glob(pattern string) (own []string, err error) {
	all, err := fs.Glob(s.FS, pattern)
	for _, name := range all {
		if !strings.HasSuffix(name, s.others) {
			own = append(own, name)
		}
	}
	return own, err
}

// Open implements fs.FS.
func (s engineSteps) Open(name string) (fs.File, error) {
	f, err := s.FS.Open(name)
	if err != nil || s.rewrite == nil || !strings.HasSuffix(name, ".sql") {
		return f, err
	}
	text, err := io.ReadAll(f)
	if err != nil {
		f.Close()
		return nil, err
	}
	return rewritten{f, strings.NewReader(s.rewrite(string(text)))}, nil
}

// rewritten is a file with another content.
type rewritten struct {
	fs.File
	text *strings.Reader
}

// Read reads the content.
func (r rewritten) Read(into []byte) (int, error) { return r.text.Read(into) }
