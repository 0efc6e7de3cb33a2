package store

import (
	"database/sql"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
)

// What the tables are is looked at with what they hold: a dropped guard, a trigger that was slipped in, a table of others, a guard with another
// text. The tables as the program makes them, and those of Litestream, are good.
func TestOtherDefinitionsAreFound(t *testing.T) {
	for _, c := range []struct{ change, says string }{
		{"DROP TRIGGER audit_no_update", "trigger audit_no_update is not there"},
		{"DROP TRIGGER audit_no_update; CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT 1; END", "trigger audit_no_update is not there, or not as"},
		{"CREATE TRIGGER _litestream_more AFTER INSERT ON session BEGIN DELETE FROM attempt; END", "trigger _litestream_more is none"},
		{"CREATE TABLE guest (name TEXT)", "table guest is none"},
		{"CREATE VIEW guest AS SELECT 1", "view guest is none"},
		{"CREATE TABLE _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER)", ""},
		{"ANALYZE", ""},
	} {
		s := fresh(t)
		db := sql.OpenDB(connector{dsn: dsn(s.engine.(sqlite).path())})
		if _, err := db.ExecContext(t.Context(), c.change); err != nil {
			t.Fatalf("%s: %v", c.change, err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		for name, look := range map[string]error{"integrity": s.IntegrityCheck(t.Context()), "definitions": s.CheckDefinitions(t.Context())} {
			if c.says == "" {
				if look != nil {
					t.Errorf("after %s, %s: %v", c.change, name, look)
				}
				continue
			}
			wantProblem(t, look, assess.ErrUnavailable, "problem.database_damaged")
			if look == nil || !strings.Contains(look.Error(), c.says) {
				t.Errorf("after %s, %s says %v, want %q", c.change, name, look, c.says)
			}
		}
	}
}

// A log whose ends are gone is damaged, and said so.
func TestALogWithoutEndsIsDamaged(t *testing.T) {
	for _, change := range []string{"DELETE FROM head", "DROP TRIGGER audit_start_no_delete; DELETE FROM audit_start"} {
		s := fresh(t)
		db := sql.OpenDB(connector{dsn: dsn(s.engine.(sqlite).path())})
		if _, err := db.ExecContext(t.Context(), change); err != nil {
			t.Fatalf("%s: %v", change, err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		_, err := s.VerifyAudit(t.Context())
		wantProblem(t, err, assess.ErrUnavailable, "problem.database_damaged")
	}
}
