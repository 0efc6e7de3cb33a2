package failing

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib" // reads from the server
	_ "github.com/mattn/go-sqlite3"    // reads the file
)

// Rows answers every row of every table of an SQLite database, one a line, as a connection of its own reads them. Tables whose names are
// passed over are left out.
func Rows(path string, passed ...string) (text string, err error) {
	db, err := sql.Open("sqlite3", (&url.URL{Scheme: "file", Path: path, RawQuery: "_query_only=1"}).String())
	if err != nil {
		return "", err
	}
	return rows(db, `SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`, passed)
}

// PostgresRows is Rows of a PostgreSQL at an address.
func PostgresRows(address string, passed ...string) (text string, err error) {
	db, err := sql.Open("pgx", address)
	if err != nil {
		return "", err
	}
	return rows(db, `SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename`, passed)
}

func rows(db *sql.DB, tables string, passed []string) (text string, err error) {
	defer func() { err = errors.Join(err, db.Close()) }()
	names, err := lines(db, tables)
	if err != nil {
		return "", err
	}
	var all strings.Builder
	for _, name := range names {
		name = strings.Trim(name, "[]")
		if strings.Contains(" "+strings.Join(passed, " ")+" ", " "+name+" ") {
			continue
		}
		found, err := lines(db, `SELECT * FROM "`+name+`"`)
		if err != nil {
			return "", err
		}
		slices.Sort(found)
		for _, row := range found {
			fmt.Fprintln(&all, name, row)
		}
	}
	return all.String(), nil
}

func lines(db *sql.DB, query string) (all []string, err error) {
	rows, err := db.Query(query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		all = append(all, fmt.Sprint(values))
	}
	return all, rows.Err()
}
