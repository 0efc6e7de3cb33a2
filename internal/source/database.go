package source

import (
	"context"
	"crypto/tls"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/mattn/go-sqlite3"

	"github.com/unionboard/unionboard/internal/assess"
)

// sent is how many bytes a database may send over a connection: an answer at most, and what goes before it.
const sent = 4 * MostPulled

// database is an opened database whose connections lead to the configured place alone, and over which no more comes than may.
type database struct {
	*sql.DB
	source *SQL
	line   atomic.Pointer[metered] // the last connection
}

// open makes the database ready; it is connected to when it is asked. Errors are Problems.
func (s *SQL) open() (*database, error) {
	d := &database{source: s}
	password, err := s.config.Password.Read()
	if err != nil {
		return nil, err
	}
	var protection *tls.Config
	if !s.config.Plain && s.way != nil {
		if protection, err = s.config.Trust.Config(s.config.Host); err != nil {
			return nil, err
		}
	}
	switch s.config.Driver {
	case SQLite:
		d.DB, err = sql.Open("sqlite3", "file:"+(&url.URL{Path: s.config.Database}).EscapedPath()+"?mode=ro&_query_only=1&_busy_timeout=5000")
	case Postgres:
		d.DB, err = d.postgres(password, protection)
	default:
		d.DB, err = d.mysql(password, protection)
	}
	if err != nil {
		return nil, assess.Invalid("problem.sql_settings", "the database cannot be asked with these settings; look into the log").Because(err)
	}
	d.SetMaxOpenConns(1)
	return d, nil
}

// dial connects over the way of the source.
func (d *database) dial(ctx context.Context, network, address string) (net.Conn, error) {
	connection, err := d.source.way.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	line := &metered{Conn: connection}
	line.allow(sent)
	d.line.Store(line)
	return line, nil
}

func (d *database) postgres(password string, protection *tls.Config) (*sql.DB, error) {
	c := d.source.config
	settings, err := pgx.ParseConfig("host=" + c.Host) // what the environment says besides is set anew
	if err != nil {
		return nil, err
	}
	settings.Host, settings.Port, settings.Database, settings.User, settings.Password = c.Host, c.Port, c.Database, c.Username, password
	settings.TLSConfig, settings.Fallbacks, settings.ConnectTimeout = protection, nil, 10*time.Second
	settings.RuntimeParams = map[string]string{
		"application_name": "unionboard", "default_transaction_read_only": "on",
		"statement_timeout": strconv.FormatInt(c.Whole.Milliseconds(), 10),
	}
	settings.DialFunc = d.dial
	settings.LookupFunc = func(_ context.Context, host string) ([]string, error) { return []string{host}, nil } // the way looks it up
	settings.BuildFrontend = func(r io.Reader, w io.Writer) *pgproto3.Frontend {
		f := pgproto3.NewFrontend(r, w)
		f.SetMaxBodyLen(sent)
		return f
	}
	return stdlib.OpenDB(*settings), nil
}

func (d *database) mysql(password string, protection *tls.Config) (*sql.DB, error) {
	c := d.source.config
	settings := mysql.NewConfig()
	settings.Net, settings.Addr, settings.DBName, settings.User, settings.Passwd = "tcp", d.source.way.Address(), c.Database, c.Username, password
	settings.TLS, settings.DialFunc, settings.Logger = protection, d.dial, &mysql.NopLogger{}
	settings.Timeout = 10 * time.Second
	settings.ReadTimeout, settings.WriteTimeout = c.Whole+time.Second, c.Whole+time.Second // the time for the answer ends before
	connector, err := mysql.NewConnector(settings)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(connector), nil
}

// fault answers what an error of the database means. What the database itself says goes into the log alone: it may quote data.
func (d *database) fault(ctx context.Context, err error) *assess.Problem {
	if p, ok := errors.AsType[*assess.Problem](err); ok {
		return p
	}
	line := d.line.Load()
	code := sqlCode(err)
	switch _, network := errors.AsType[*net.OpError](err); {
	case line != nil && line.left.Load() < 0:
		return tooLarge("", MostPulled)
	case isTimeout(err), ctx.Err() != nil, code == "57014": // cancelled by statement_timeout
		return slow(10*time.Second, d.source.config.Whole, err)
	case code == "28P01", code == "28000", code == "3D000", code == "1045", code == "1044", code == "1049":
		return assess.Unavailable("problem.sql_denied", fmt.Sprintf("the database does not let us in (%s); renew the password, or correct username and database", code), "code", code).Because(err)
	case strings.HasPrefix(code, "57P"), code == "1040", code == "1053", code == "53300": // it starts or ends, or has too much to do
		return unreached(err)
	case code == "25006", code == "1792", code == "sqlite 8":
		return assess.Invalid("problem.sql_writes", "the query would change data; a source may only read: write one SELECT").Because(err)
	case code == "sqlite 14":
		return assess.Unavailable("problem.sql_file", "the file of the database cannot be opened; correct database, or let the program read it").Because(err)
	case code != "":
		return assess.Unavailable("problem.sql_query", fmt.Sprintf("the database refuses the query (%s); correct it, the log says more", code), "code", code).Because(err)
	case errors.Is(err, mysql.ErrNoTLS), strings.Contains(err.Error(), "server refused TLS connection"):
		return assess.Unavailable("problem.sql_plain", "the database offers no protected connection; let its keeper switch TLS on, or set security: none where the network is protected").Because(err)
	case isBadCertificate(err):
		return badCertificate(err)
	case network, line == nil, errors.Is(err, io.EOF), errors.Is(err, mysql.ErrInvalidConn), errors.Is(err, driver.ErrBadConn):
		return unreached(err)
	}
	return assess.Unavailable("problem.sql_answer", "the database breaks off or answers what cannot be understood; look into the log").Because(err)
}

func isBadCertificate(err error) bool {
	_, bad := errors.AsType[*tls.CertificateVerificationError](err)
	return bad
}

// sqlCode answers the code that a database gives its refusal, "" where it is none of the database's.
func sqlCode(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code
	}
	if e, ok := errors.AsType[*mysql.MySQLError](err); ok {
		return strconv.Itoa(int(e.Number))
	}
	if e, ok := errors.AsType[sqlite3.Error](err); ok {
		return fmt.Sprintf("sqlite %d", e.Code)
	}
	return ""
}
