package source_test

import (
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dial"
	"github.com/unionboard/unionboard/internal/servers"
	"github.com/unionboard/unionboard/internal/source"
)

// asking is a query as a district writes it over its own table.
const asking = `SELECT unit, period, code, value, note FROM figures WHERE unit = :unit AND period = :period ORDER BY value IS NULL -- :not_one`

// figures fill the table of the tests. The number has more digits than a float holds; the note looks like the end of a statement.
const figures = `INSERT INTO figures VALUES
 ('210102', '2026Q1', 'union_members', 12345678901234567.89, '一、二'),
 ('210102', '2026Q1', 'unions', NULL, '"; DROP TABLE figures; --'),
 ('210103', '2026Q1', 'union_members', 7, ''),
 ('210102', '2026Q2', 'union_members', 8, '')`

// database makes a source over a database, and askDatabase one look for 2026Q1.
func askDatabase(t *testing.T, c source.SQLConfig) ([]source.Parcel, error) {
	t.Helper()
	if c.Query == "" {
		c.Query = asking
	}
	c.Name, c.Units, c.AllowLoopback, c.Delay = "hunnan", []assess.UnitCode{"210102"}, true, time.Millisecond
	if c.Whole == 0 {
		c.Whole = 20 * time.Second
	}
	s, err := source.NewSQL(c)
	if err != nil {
		return nil, err
	}
	return s.Fetch(t.Context(), source.Request{Periods: []assess.Period{assess.MustPeriod("2026Q1")}})
}

// takesRows asks for the figures, and for what must fail.
func takesRows(t *testing.T, c source.SQLConfig, exec func(statement string) error) {
	t.Helper()
	parcels, err := askDatabase(t, c)
	if err != nil || len(parcels) != 1 || parcels[0].Damage != nil {
		t.Fatalf("%+v, %v", parcels, err)
	}
	want := "unit,period,code,value,note\n210102,2026Q1,union_members,12345678901234567.89,一、二\n" +
		"210102,2026Q1,unions,,\"\"\"; DROP TABLE figures; --\"\n"
	if diff := cmp.Diff(want, string(parcels[0].Pieces[0].Data)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if e := parcels[0].Entries; len(e) != 2 || e[0].Value != "12345678901234567.89" || e[0].Place.Line != 2 || parcels[0].Digest == "" {
		t.Errorf("entries %+v", e)
	}
	for name, tt := range map[string]struct {
		change func(*source.SQLConfig)
		key    string
	}{
		"writing":       {func(c *source.SQLConfig) { c.Query = "DELETE FROM figures" }, "problem.sql_writes"},
		"no such table": {func(c *source.SQLConfig) { c.Query = "SELECT * FROM nowhere" }, "problem.sql_query"},
		"another unit": {func(c *source.SQLConfig) {
			c.Query = "SELECT '210103' AS unit, :period AS period, 'a' AS code, '1' AS value WHERE '' <> :unit"
		}, ""},
		"too many rows":    {func(c *source.SQLConfig) { c.Rows = 1 }, "problem.too_many_rows"},
		"not our columns":  {func(c *source.SQLConfig) { c.Query = "SELECT 1 AS a" }, "problem.column_missing"},
		"takes its time":   {func(c *source.SQLConfig) { c.Query, c.Whole = endlessQuery(c.Driver), 500*time.Millisecond }, "problem.source_slow"},
		"cells that swell": {func(c *source.SQLConfig) { c.Query = swollenQuery(c.Driver) }, "problem.too_large"},
	} {
		changed := c
		tt.change(&changed)
		parcels, err := askDatabase(t, changed)
		if err != nil || len(parcels) != 1 {
			t.Fatalf("%s: %+v, %v", name, parcels, err)
		}
		switch p := parcels[0]; {
		case tt.key == "" && (p.Damage != nil || len(p.Entries) != 0 || len(p.Refused) != 1 || p.Refused[0].Problem.Key != "problem.source_unit"):
			t.Errorf("%s: %+v", name, p)
		case tt.key != "" && (p.Damage == nil || p.Damage.Key != tt.key || len(p.Entries) > 0):
			t.Errorf("%s: %v (%v); want %s", name, p.Damage, p.Damage.Unwrap(), tt.key)
		}
	}
	if err := exec("SELECT 1 FROM figures"); err != nil {
		t.Errorf("the table is gone: %v", err)
	}
}

// endlessQuery counts far.
func endlessQuery(driver source.Driver) string {
	const count = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 2000000000) SELECT count(*) AS a FROM n"
	return map[source.Driver]string{source.SQLite: count, source.Postgres: "SELECT pg_sleep(30)", source.MySQL: "SELECT SLEEP(30)"}[driver]
}

// swollenQuery answers one row of several times what may come.
func swollenQuery(driver source.Driver) string {
	const size = 12 << 20
	return map[source.Driver]string{
		source.SQLite: fmt.Sprintf("SELECT hex(zeroblob(%d)) AS a", size/2), source.Postgres: fmt.Sprintf("SELECT repeat('x', %d) AS a", size),
		source.MySQL: fmt.Sprintf("SELECT repeat('x', %d) AS a", size),
	}[driver]
}

const table = "CREATE TABLE figures (unit VARCHAR(20), period VARCHAR(20), code VARCHAR(60), value NUMERIC(30,2), note VARCHAR(200))"

func TestSQLite(t *testing.T) {
	file := filepath.Join(t.TempDir(), "区 1?#.db")
	db, err := sql.Open("sqlite3", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	// SQLite's own numbers are floats, so a district that counts in cents writes text.
	for _, statement := range []string{strings.Replace(table, "NUMERIC(30,2)", "TEXT", 1), strings.Replace(figures, "12345678901234567.89", "'12345678901234567.89'", 1)} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.ExecContext(t.Context(), "VACUUM INTO '"+filepath.Join(filepath.Dir(file), "whole.db")+"'"); err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(filepath.Dir(file), "whole.db")
	takesRows(t, source.SQLConfig{Driver: source.SQLite, Database: file}, func(s string) error { _, err := db.ExecContext(t.Context(), s); return err })
	parcels, err := askDatabase(t, source.SQLConfig{Driver: source.SQLite, Database: filepath.Join(t.TempDir(), "none.db")})
	if err != nil || parcels[0].Damage == nil || parcels[0].Damage.Key != "problem.sql_file" {
		t.Errorf("no such file: %+v, %v", parcels, err)
	}
}

func TestPostgres(t *testing.T) {
	port, ca := startPostgres(t, true)
	t.Setenv("SQL_PASSWORD", "hunter2")
	t.Setenv("PGHOST", "203.0.113.9") // what the environment says of other databases is none of ours
	db, err := sql.Open("pgx", fmt.Sprintf("host=127.0.0.1 port=%d user=owner password=hunter2 dbname=postgres sslmode=disable", port))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for deadline := time.Now().Add(30 * time.Second); db.PingContext(t.Context()) != nil && time.Now().Before(deadline); { // it listens before it is ready
		time.Sleep(20 * time.Millisecond)
	}
	for _, statement := range []string{table, figures, "CREATE ROLE reader LOGIN PASSWORD 'hunter2'", "GRANT ALL ON figures TO reader"} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	c := source.SQLConfig{
		Driver: source.Postgres, Host: "127.0.0.1", Port: port, Database: "postgres", Username: "reader", Password: dial.Secret{Env: "SQL_PASSWORD"},
		Trust: dial.Trust{CAFile: ca},
	}
	takesRows(t, c, func(s string) error { _, err := db.ExecContext(t.Context(), s); return err })
	connects(t, c)
}

func TestMariaDB(t *testing.T) {
	port, ca := startMariaDB(t, table+";\n"+strings.ReplaceAll(figures, "\n", " ")+";\n")
	t.Setenv("SQL_PASSWORD", "hunter2")
	c := source.SQLConfig{
		Driver: source.MySQL, Host: "127.0.0.1", Port: port, Database: "district", Username: "board", Password: dial.Secret{Env: "SQL_PASSWORD"},
		Trust: dial.Trust{CAFile: ca},
	}
	takesRows(t, c, func(string) error {
		parcels, err := askDatabase(t, c)
		if err == nil && len(parcels[0].Entries) != 2 {
			err = errors.New("there are other rows")
		}
		return err
	})
	connects(t, c)
}

// connects goes through what can be wrong with the way to a database.
func connects(t *testing.T, c source.SQLConfig) {
	t.Helper()
	t.Setenv("WRONG_PASSWORD", "hunter3")
	foreign := secretly(t, "foreign.pem", newAuthority(t).pem())
	twice, cameTwice := stutters(t, c.Port, 2)
	thrice, cameThrice := stutters(t, c.Port, 3)
	for name, tt := range map[string]struct {
		change func(*source.SQLConfig)
		key    string
	}{
		"plain":              {func(c *source.SQLConfig) { c.Plain = true }, ""},
		"wrong password":     {func(c *source.SQLConfig) { c.Password.Env = "WRONG_PASSWORD" }, "problem.sql_denied"},
		"no such database":   {func(c *source.SQLConfig) { c.Database = "nowhere" }, "problem.sql_denied"},
		"another authority":  {func(c *source.SQLConfig) { c.Trust.CAFile = foreign }, "problem.source_certificate"},
		"the machine's only": {func(c *source.SQLConfig) { c.Trust.CAFile = "" }, "problem.source_certificate"},
		"nobody there":       {func(c *source.SQLConfig) { c.Port = servers.FreePort(t) }, "problem.source_unreachable"},
		"at the third try":   {func(c *source.SQLConfig) { c.Port = twice }, ""},
		"not in three":       {func(c *source.SQLConfig) { c.Port = thrice }, "problem.source_unreachable"},
		"own listener": {func(c *source.SQLConfig) {
			c.Wall.Own = []string{net.JoinHostPort("0.0.0.0", number(c.Port))}
		}, "problem.address_own"},
		"says nothing":    {func(c *source.SQLConfig) { c.Port, c.Whole = listening(t, nil), 500*time.Millisecond }, "problem.source_slow"},
		"speaks HTTP":     {func(c *source.SQLConfig) { c.Port = listening(t, []byte("HTTP/1.1 400 Bad Request\r\n\r\n")) }, "problem."},
		"says a gigabyte": {func(c *source.SQLConfig) { c.Port, c.Plain = listening(t, []byte{'E', 0x3f, 0xff, 0xff, 0xff}), true }, "problem."},
	} {
		changed := c
		tt.change(&changed)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		parcels, err := askDatabase(t, changed)
		runtime.ReadMemStats(&after)
		if err != nil || len(parcels) != 1 {
			t.Fatalf("%s: %+v, %v", name, parcels, err)
		}
		p := parcels[0].Damage
		if tt.key == "" && p != nil || tt.key != "" && (p == nil || !strings.HasPrefix(p.Key, tt.key)) {
			t.Errorf("%s: %v; want %q", name, p, tt.key)
		}
		if p != nil && strings.Contains(fmt.Sprint(p, p.Unwrap()), "hunter") {
			t.Errorf("%s: %v, %v shows the password", name, p, p.Unwrap())
		}
		if grown := (after.TotalAlloc - before.TotalAlloc) >> 20; grown >= 64 {
			t.Errorf("%s: %d MiB were allocated", name, grown)
		}
	}
	if cameTwice.Load() != 3 || cameThrice.Load() != 3 {
		t.Errorf("%d and %d connections were tried, want three each", cameTwice.Load(), cameThrice.Load())
	}
}

// listening answers the port of a server that greets with some bytes and says no more.
func listening(t *testing.T, greeting []byte) uint16 {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				_, _ = c.Write(greeting)
				if greeting == nil {
					_, _ = io.Copy(io.Discard, c)
				}
			}()
		}
	}()
	return uint16(l.Addr().(*net.TCPAddr).Port)
}

// A bad configuration is said, with the setting it is in.
func TestSQLConfiguration(t *testing.T) {
	for key, c := range map[string]source.SQLConfig{
		"problem.sql_driver driver":   {Driver: "oracle"},
		"problem.sql_parameter query": {Driver: source.SQLite, Query: "select :uint"},
		"problem.sql_units units":     {Driver: source.SQLite, Query: "select :unit"},
		"problem.address_odd host":    {Driver: source.Postgres, Host: "127.1"},
	} {
		_, err := source.NewSQL(c)
		var p *assess.Problem
		if errors.As(err, &p); p == nil || p.Key+" "+p.Place.Field != key {
			t.Errorf("%v, want %s", err, key)
		}
	}
}
