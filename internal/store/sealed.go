package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
)

// sealedColumn is a column of sealed texts: how they are found that are not sealed by a key, each with its row and the place it was sealed
// for, how they are counted by one, and how one is replaced where it still stands as it was read. keys are the values of the primary key.
type sealedColumn struct {
	table                     string
	otherwise, count, replace string
	keys                      func(row string) ([]any, error)
}

// sealedColumns answers every column of the database that holds sealed texts.
func sealedColumns() []sealedColumn {
	return []sealedColumn{
		{
			"record_version",
			`SELECT seq, record, sealed FROM record_version WHERE sealed <> '' AND SUBSTR(sealed, 1, LENGTH($1)) <> $1 ORDER BY seq LIMIT $2`,
			`SELECT COUNT(*) FROM record_version WHERE SUBSTR(sealed, 1, LENGTH($1)) = $1`,
			`UPDATE record_version SET sealed = $1 WHERE seq = $2 AND sealed = $3`,
			numbers,
		},
		{
			"refund_case",
			`SELECT record, 'refund/' || record, sealed FROM refund_case WHERE sealed <> '' AND SUBSTR(sealed, 1, LENGTH($1)) <> $1 ORDER BY record LIMIT $2`,
			`SELECT COUNT(*) FROM refund_case WHERE SUBSTR(sealed, 1, LENGTH($1)) = $1`,
			`UPDATE refund_case SET sealed = $1 WHERE record = $2 AND sealed = $3`,
			named,
		},
		{
			"refund_union",
			`SELECT id, 'union/' || id, sealed FROM refund_union WHERE sealed <> '' AND SUBSTR(sealed, 1, LENGTH($1)) <> $1 ORDER BY id LIMIT $2`,
			`SELECT COUNT(*) FROM refund_union WHERE SUBSTR(sealed, 1, LENGTH($1)) = $1`,
			`UPDATE refund_union SET sealed = $1 WHERE id = $2 AND sealed = $3`,
			named,
		},
		{
			"refund_transfer",
			`SELECT batch || '/' || line, 'transfer/' || record, sealed FROM refund_transfer WHERE sealed <> '' AND SUBSTR(sealed, 1, LENGTH($1)) <> $1 ORDER BY batch, line LIMIT $2`,
			`SELECT COUNT(*) FROM refund_transfer WHERE SUBSTR(sealed, 1, LENGTH($1)) = $1`,
			`UPDATE refund_transfer SET sealed = $1 WHERE batch = $2 AND line = $3 AND sealed = $4`,
			numbers,
		},
		{
			"account", // secrets of second factors; before they were sealed they stood as they are
			`SELECT id, 'code/' || id, code_secret FROM account WHERE code_secret <> '' AND SUBSTR(code_secret, 1, LENGTH($1)) <> $1 ORDER BY id LIMIT $2`,
			`SELECT COUNT(*) FROM account WHERE SUBSTR(code_secret, 1, LENGTH($1)) = $1`,
			`UPDATE account SET code_secret = $1 WHERE id = $2 AND code_secret = $3`,
			named,
		},
	}
}

func named(row string) ([]any, error) { return []any{row}, nil }

func numbers(row string) (keys []any, err error) {
	for part := range strings.SplitSeq(row, "/") {
		n, err := strconv.ParseInt(part, 10, 64)
		if err != nil {
			return nil, err
		}
		keys = append(keys, n)
	}
	return keys, nil
}

// SealedOtherwise answers texts that are not sealed by a key, at most limit of each column.
func (s *Store) SealedOtherwise(ctx context.Context, key string, limit int) (all []assess.SealedText, err error) {
	for _, c := range sealedColumns() {
		some, err := list(ctx, s.reader, func(row scanner) (assess.SealedText, error) {
			text := assess.SealedText{Table: c.table}
			err := row.Scan(&text.Row, &text.Place, &text.Text)
			text.Plain = !strings.Contains(text.Text, ":") // what is sealed has the name of its key and a colon before it
			return text, err
		}, c.otherwise, key+":", limit)
		if err != nil {
			return nil, s.explain("read sealed texts", err)
		}
		all = append(all, some...)
	}
	return all, nil
}

// SealedBy answers how many texts are sealed by a key.
func (s *Store) SealedBy(ctx context.Context, key string) (n int, err error) {
	for _, c := range sealedColumns() {
		var some int
		if err := s.reader.QueryRowContext(ctx, c.count, key+":").Scan(&some); err != nil {
			return 0, s.explain("count sealed texts", err)
		}
		n += some
	}
	return n, nil
}

// Reseal replaces sealed texts. One that was changed or erased since it was read stays as it is.
func (s *Store) Reseal(ctx context.Context, texts []assess.Resealed, lines ...assess.AuditLine) error {
	return s.aside(ctx, "seal texts anew", func(t tx) ([]assess.AuditLine, error) { return lines, t.reseal(texts) })
}

func (t tx) reseal(texts []assess.Resealed) error {
	for _, one := range texts {
		columns := sealedColumns()
		i := slices.IndexFunc(columns, func(c sealedColumn) bool { return c.table == one.Table })
		if i < 0 {
			return fmt.Errorf("no sealed text stands in %q", one.Table)
		}
		keys, err := columns[i].keys(one.Row)
		if err != nil {
			return fmt.Errorf("no sealed text stands in row %q of %s", one.Row, one.Table)
		}
		if _, err := t.exec(columns[i].replace, slices.Concat([]any{one.Now}, keys, []any{one.Text})...); err != nil {
			return err
		}
	}
	return nil
}
