package store

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
)

// used answers the folder of a closed store that holds something in every table that matters.
func used(t *testing.T) string {
	t.Helper()
	s := fresh(t)
	for i := range 60 {
		var all []assess.Observation
		for _, item := range []assess.Code{"members", "halls", "contracts", "readers"} {
			o := figure("210102", q1.Add(i), item, "1204")
			o.Note = string(bytes.Repeat([]byte("n"), 200))
			all = append(all, o)
		}
		commit(t, s, all...)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return s.Folder()
}

const pageSize = 4096

// Every page of the file in turn loses its first 64 bytes. A store that opens on such a file would serve a part as the whole.
func TestADamagedPageIsReported(t *testing.T) {
	dir := used(t)
	path := filepath.Join(dir, databaseFile)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(whole) < 20*pageSize {
		t.Fatalf("only %d pages to damage", len(whole)/pageSize)
	}
	for page := 0; page < len(whole)/pageSize; page++ {
		hurt := bytes.Clone(whole)
		for i := range 64 {
			hurt[page*pageSize+i] ^= 0xA5
		}
		if err := os.WriteFile(path, hurt, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Open(t.Context(), dir, WithReserve(0))
		if err == nil {
			t.Errorf("page %d is damaged and the store was opened", page+1)
			s.Close()
			continue
		}
		wantProblem(t, err, assess.ErrUnavailable, "problem.database_damaged")
	}
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), dir, WithReserve(0))
	if err != nil {
		t.Fatalf("the undamaged file: %v", err)
	}
	defer s.Close()
	if err := s.IntegrityCheck(t.Context()); err != nil {
		t.Errorf("the undamaged file: %v", err)
	}
}

func TestACutFileIsReported(t *testing.T) {
	dir := used(t)
	path := filepath.Join(dir, databaseFile)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{len(whole) - pageSize, len(whole) / 2, 1000} {
		if err := os.WriteFile(path, whole[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Open(t.Context(), dir, WithReserve(0))
		wantProblem(t, err, assess.ErrUnavailable, "problem.database_damaged")
	}
}

// Somebody who changes the file past the guard is found by the chain.
func TestAChangedAuditLineIsFound(t *testing.T) {
	for _, statement := range []string{
		`UPDATE audit SET actor = 'nobody' WHERE seq = 7`,
		`DELETE FROM audit WHERE seq = 7`,
		`UPDATE audit SET seq = 1000 WHERE seq = 7`,
		`DELETE FROM audit WHERE seq >= 7`,
	} {
		s, err := Open(t.Context(), used(t), WithReserve(0))
		if err != nil {
			t.Fatal(err)
		}
		for _, tamper := range []string{`DROP TRIGGER audit_no_update`, `DROP TRIGGER audit_no_delete`, statement} {
			if _, err := s.writer.db.Exec(tamper); err != nil {
				t.Fatal(err)
			}
		}
		good, err := s.VerifyAudit(t.Context())
		wantProblem(t, err, assess.ErrConflict, "problem.audit_broken")
		if good != 6 {
			t.Errorf("%s: %d lines are good, want 6", statement, good)
		}
		s.Close()
	}
}

func TestALineBeyondTheHeadIsFound(t *testing.T) {
	s, err := Open(t.Context(), used(t), WithReserve(0))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.writer.db.Exec(`INSERT INTO audit SELECT 61, happened_at, 'nobody', address, action, object, unit, before_text, after_text, result, request, hash, 'x'
		FROM audit WHERE seq = 60`); err != nil {
		t.Fatal(err)
	}
	good, err := s.VerifyAudit(t.Context())
	wantProblem(t, err, assess.ErrConflict, "problem.audit_broken")
	if good != 60 {
		t.Errorf("%d lines are good, want 60", good)
	}
}

func TestABrokenReferenceIsFoundByTheWholeCheck(t *testing.T) {
	s := fresh(t)
	if _, err := s.Commit(t.Context(), refusing()); err != nil {
		t.Fatal(err)
	}
	for _, tamper := range []string{`PRAGMA foreign_keys = 0`, `DELETE FROM run`} {
		if _, err := s.writer.db.Exec(tamper); err != nil {
			t.Fatal(err)
		}
	}
	wantProblem(t, s.IntegrityCheck(t.Context()), assess.ErrUnavailable, "problem.database_damaged")
}

// A start looks at everything but whether the indexes agree with their tables; the whole check looks at that too.
func TestAnIndexThatDisagreesIsFoundByTheWholeCheck(t *testing.T) {
	dir := used(t)
	s, err := Open(t.Context(), dir, WithReserve(0))
	if err != nil {
		t.Fatal(err)
	}
	// The schema is told that the index has its columns in another order than it was filled with.
	for _, tamper := range []string{
		`PRAGMA writable_schema = 1`,
		`UPDATE sqlite_master SET sql = replace(sql, 'period, unit, item', 'unit, period, item') WHERE name = 'observation_cell'`,
	} {
		if _, err := s.writer.db.Exec(tamper); err != nil {
			t.Fatal(err)
		}
	}
	s.Close()
	if s, err = Open(t.Context(), dir, WithReserve(0)); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	wantProblem(t, s.IntegrityCheck(t.Context()), assess.ErrUnavailable, "problem.database_damaged")
}
