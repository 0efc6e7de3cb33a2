package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/unionboard/unionboard/internal/assess"
)

// postgres is a database on a server, on which several processes may write.
type postgres struct {
	config *pgx.ConnConfig
	at     string        // names the database in messages, without the password
	moving bool          // it is being filled by a move, and not served
	line   *atomic.Int64 // the history of the data that the newest connection has met
}

// oldestPostgres is the oldest version that is let in, as the server counts them: 14. Older ones are not kept up any more.
const oldestPostgres = 14_0000

// connectTime is how long a connection may take to come about.
const connectTime = 10 * time.Second

// newPostgres reads the address of a database: postgres://user:password@host:5432/database?sslmode=verify-full, of several servers separated by
// commas the one that can be written to. What it leaves open is taken from PGPASSWORD and the like, as with psql.
func newPostgres(address, password string) (postgres, error) {
	c, err := pgx.ParseConfig(address)
	if err != nil || !strings.HasPrefix(address, "postgres://") && !strings.HasPrefix(address, "postgresql://") { // an error may quote the password
		return postgres{}, assess.Invalid("problem.database_address", "the address of the database cannot be read; write it as postgres://user@host:5432/database")
	}
	if password != "" {
		c.Password = password
	}
	if c.ConnectTimeout <= 0 || c.ConnectTimeout > connectTime {
		c.ConnectTimeout = connectTime
	}
	c.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsPrimary // a standby that was promoted is found, one that was not is passed over
	dialer := &net.Dialer{KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 5 * time.Second, Interval: 5 * time.Second, Count: 2}, Control: giveUpUnanswered}
	c.DialFunc = dialer.DialContext
	return postgres{config: c, at: placeOf(c), line: new(atomic.Int64)}, nil
}

// placeOf writes where a database is.
func placeOf(c *pgx.ConnConfig) string {
	places := []string{hostPort(c.Host, c.Port)}
	for _, f := range c.Fallbacks {
		if at := hostPort(f.Host, f.Port); at != places[len(places)-1] { // each server is there twice where TLS may be left out
			places = append(places, at)
		}
	}
	return "postgres://" + c.User + "@" + strings.Join(places, ",") + "/" + c.Database
}

func hostPort(host string, port uint16) string {
	if strings.HasPrefix(host, "/") {
		return host
	}
	return net.JoinHostPort(host, strconv.Itoa(int(port)))
}

// The settings that every connection is opened with, and must have. A transaction that its process has left open (because it was
// frozen, say) ends after ten seconds, so that the others go on, who wait longer for it.
func pgWriterSettings() map[string]string {
	return map[string]string{"default_transaction_read_only": "off", "lock_timeout": "15s", "idle_in_transaction_session_timeout": "10s"}
}

func pgReaderSettings() map[string]string {
	return map[string]string{"default_transaction_read_only": "on", "lock_timeout": "10s"}
}

// pgMigrationSettings let a step take its time.
func pgMigrationSettings() map[string]string {
	return map[string]string{"default_transaction_read_only": "off", "lock_timeout": "0", "idle_in_transaction_session_timeout": "0"}
}

// connector answers how connections with some settings are opened.
func (e postgres) connector(settings map[string]string) driver.Connector {
	c := e.config.Copy()
	// A statement may take its time, whatever the role or the database set for others: a backup reads, and an import writes, for minutes. What nobody
	// waits for any more is cancelled.
	must := map[string]string{"default_transaction_isolation": "read committed", "client_encoding": "UTF8", "standard_conforming_strings": "on", "statement_timeout": "0"}
	for name, value := range settings {
		must[name] = value
	}
	for name, value := range must {
		c.RuntimeParams[name] = value
	}
	if c.RuntimeParams["application_name"] == "" {
		c.RuntimeParams["application_name"] = "unionboard"
	}
	return stdlib.GetConnector(*c, stdlib.OptionAfterConnect(func(ctx context.Context, conn *pgx.Conn) error { return e.hold(ctx, conn, must) }))
}

func (e postgres) pools(through func(driver.Connector) driver.Connector) (writing, reading *sql.DB) {
	writing = sql.OpenDB(through(e.connector(pgWriterSettings())))
	writing.SetMaxOpenConns(1)
	reading = sql.OpenDB(through(e.connector(pgReaderSettings())))
	readers := max(4, runtime.NumCPU())
	reading.SetMaxOpenConns(readers)
	reading.SetMaxIdleConns(readers)
	return writing, reading
}

// turns wait for as long as another server takes; one that says nothing for ten seconds has lost its turn.
func (e postgres) turns(through func(driver.Connector) driver.Connector) *sql.DB {
	db := sql.OpenDB(through(e.connector(map[string]string{"default_transaction_read_only": "off", "lock_timeout": "0", "idle_in_transaction_session_timeout": "10s"})))
	db.SetMaxIdleConns(2)
	return db
}

// hold refuses a connection that does not have the settings it must have: roles and databases can have others of their own, and a weaker one
// loses data only at the next power cut.
func (e postgres) hold(ctx context.Context, conn *pgx.Conn, must map[string]string) error {
	is, err := settingsOf(ctx, conn)
	if err != nil {
		return err
	}
	if err := e.fits(is); err != nil {
		return err
	}
	// Stronger is welcome: remote_apply waits for the standby, too.
	if sync := is["synchronous_commit"]; sync != "on" && sync != "remote_apply" {
		if _, err := conn.Exec(ctx, `SET synchronous_commit TO on`); err != nil {
			return err
		}
		if is, err = settingsOf(ctx, conn); err != nil {
			return err
		}
		if is["synchronous_commit"] != "on" {
			return e.badSetting("synchronous_commit", is["synchronous_commit"], "on")
		}
	}
	for name, want := range must {
		if is[name] != want {
			return e.badSetting(name, is[name], want)
		}
	}
	return e.meet(ctx, conn)
}

// meet notes the history that a connection reads: each promotion begins another timeline. A server that has none, as relatives of PostgreSQL, has one
// history.
func (e postgres) meet(ctx context.Context, conn *pgx.Conn) error {
	answers, err := conn.PgConn().Exec(ctx, `SELECT SUBSTR(PG_WALFILE_NAME(PG_CURRENT_WAL_LSN()), 1, 8)`).ReadAll()
	if sqlState(err) != "" {
		return nil
	}
	if err != nil {
		return err
	}
	if line, err := strconv.ParseInt(string(answers[0].Rows[0][0]), 16, 64); err == nil {
		e.line.Store(line - 1)
	}
	return nil
}

// fits refuses a server that is too old, and a database that cannot hold every text.
func (e postgres) fits(is map[string]string) error {
	if n, err := strconv.Atoi(is["server_version_num"]); err != nil || n < oldestPostgres {
		version, needs := is["server_version"], strconv.Itoa(oldestPostgres/10000)
		return assess.Unavailable("problem.database_version",
			fmt.Sprintf("the PostgreSQL at %s is version %s; unionboard needs %s or newer", e.at, version, needs), "database", e.at, "has", version, "needs", needs)
	}
	if is["server_encoding"] != "UTF8" {
		return e.badSetting("server_encoding", is["server_encoding"], "UTF8")
	}
	return nil
}

// settingsOf reads the settings of a connection, in one step.
func settingsOf(ctx context.Context, conn *pgx.Conn) (map[string]string, error) {
	rows, err := conn.PgConn().Exec(ctx, `SELECT name, CASE WHEN name IN ('lock_timeout', 'idle_in_transaction_session_timeout') AND setting <> '0'
		THEN CAST(CAST(setting AS BIGINT) / 1000 AS TEXT) || 's' ELSE setting END FROM pg_settings WHERE name IN
		('server_version', 'server_version_num', 'server_encoding', 'client_encoding', 'synchronous_commit', 'standard_conforming_strings',
		'default_transaction_read_only', 'default_transaction_isolation', 'lock_timeout', 'idle_in_transaction_session_timeout', 'statement_timeout')`).ReadAll()
	if err != nil {
		return nil, err
	}
	is := map[string]string{}
	for _, row := range rows[0].Rows {
		is[string(row[0])] = string(row[1])
	}
	return is, nil
}

func (e postgres) badSetting(name, is, want string) error {
	return assess.Unavailable("problem.database_setting",
		fmt.Sprintf("the PostgreSQL at %s has %s %q, which must be %q: a database of its own with the encoding UTF8, reached without a pooler that changes settings, has it", e.at, name, is, want),
		"database", e.at, "name", name, "is", is, "want", want)
}

// textColumn is a column of text in a step.
var textColumn = regexp.MustCompile(`\bTEXT(\s+NOT NULL)`)

// byBytes lets texts be compared and sorted by their bytes, as in SQLite and on whatever system: by the rules of a language, which differ from
// machine to machine and from version to version, an index would be damaged by an update of the system.
func byBytes(step string) string { return textColumn.ReplaceAllString(step, `TEXT COLLATE "C"$1`) }

// sqlState answers the code that the server gave, "" where it gave none.
func sqlState(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code
	}
	return ""
}
