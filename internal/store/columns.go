package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/unionboard/unionboard/internal/assess"
)

// exec runs a statement in the transaction and answers how many rows it changed.
func (t tx) exec(statement string, args ...any) (int64, error) {
	if err := checkText(args); err != nil {
		return 0, err
	}
	result, err := t.sql.Exec(statement, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// row runs a statement that answers one row.
func (t tx) row(statement string, args ...any) *sql.Row { return t.sql.QueryRow(statement, args...) }

// checkText refuses what another engine, or the next program, could not read back.
func checkText(args []any) error {
	for _, arg := range args {
		if s, ok := arg.(string); ok {
			if err := checkSound(s); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkSound(s string) error {
	if !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 {
		return assess.Invalid("problem.text_encoding", "a text holds bytes that are not UTF-8, or a NUL; save it as UTF-8 and hand it in again")
	}
	return nil
}

// scanner is a row, or the current one of several.
type scanner interface{ Scan(into ...any) error }

// list reads all rows of a query with scan.
func list[T any](ctx context.Context, db querier, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	var all []T
	err := each(ctx, db, scan, func(v T) error { all = append(all, v); return nil }, query, args...)
	return all, err
}

// each reads the rows of a query one by one.
func each[T any](ctx context.Context, db querier, scan func(scanner) (T, error), visit func(T) error, query string, args ...any) error {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return err
		}
		if err := visit(v); err != nil {
			return err
		}
	}
	return rows.Err()
}

// millis answers a time as it is stored; the zero time is 0.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// moment reads a time back, in UTC.
func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// period reads a period back.
func period(s string) (assess.Period, error) {
	if s == "" {
		return assess.Period{}, nil
	}
	return assess.ParsePeriod(s)
}

func periodTexts(periods []assess.Period) []string {
	texts := make([]string, len(periods))
	for i, p := range periods {
		texts[i] = p.String()
	}
	return texts
}

func digit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// among adds the condition that a column has one of some values, none when there are none. Columns are named by the program
// only; the values are parameters.
func among[T ~string](query string, args []any, column string, values []T) (string, []any) {
	if len(values) == 0 {
		return query, args
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s AND %s IN (", query, column)
	for i, v := range values {
		if i > 0 {
			b.WriteString(", ")
		}
		args = append(args, string(v))
		b.WriteString("$" + strconv.Itoa(len(args)))
	}
	b.WriteString(")")
	return b.String(), args
}
