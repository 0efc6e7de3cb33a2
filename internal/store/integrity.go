package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// errDamaged says that a check found the file damaged.
var errDamaged = errors.New("damaged")

// IntegrityCheck reads every page and index of the database and every reference between its tables. The Problem says what is
// damaged.
func (s *Store) IntegrityCheck(ctx context.Context) error {
	err := check(ctx, s.reader, `PRAGMA integrity_check(10)`)
	if err == nil {
		err = checkReferences(ctx, s.reader)
	}
	return s.explain("check the database", err)
}

// quickCheck is what is looked at on every start: everything but whether the indexes agree with their tables. It takes about a
// second for 600 MB.
func quickCheck(ctx context.Context, db querier) error {
	return check(ctx, db, `PRAGMA quick_check(10)`)
}

func check(ctx context.Context, db querier, pragma string) error {
	found, err := list(ctx, db, func(row scanner) (line string, err error) {
		err = row.Scan(&line)
		return line, err
	}, pragma)
	if err != nil || len(found) == 1 && found[0] == "ok" {
		return err
	}
	return fmt.Errorf("%w: %s", errDamaged, strings.Join(found, "; "))
}
