package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// errDamaged says that a check found the file damaged.
var errDamaged = errors.New("damaged")

// IntegrityCheck reads everything in the database, and what its tables say of each other. The Problem says what is damaged.
func (s *Store) IntegrityCheck(ctx context.Context) error {
	return s.explain("check the database", s.engine.deepCheck(ctx, s.reader))
}

// CheckDefinitions looks whether the tables and their guards are those that this program makes, and none beside them.
func (s *Store) CheckDefinitions(ctx context.Context) error {
	return s.explain("check the tables", s.engine.definitions(ctx, s.reader))
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
