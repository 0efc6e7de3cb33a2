package store

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/audit"
)

// written leaves n lines, one a day from a day on.
func written(t *testing.T, s *Store, n int, from time.Time) {
	t.Helper()
	for i := range n {
		at := from.AddDate(0, 0, i)
		if err := s.Record(t.Context(), assess.AuditLine{At: at, Actor: "li", Action: "test", Object: fmt.Sprint(i), Result: "ok"}); err != nil {
			t.Fatal(err)
		}
	}
}

var firstDay = time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC)

// Row 55 of the security checklist: what is past its time leaves for a file, and log and file stay verifiable and join; the clearing itself
// is in the log; nothing else ever leaves.
func testAuditLinesLeave(t *testing.T, s *Store) {
	ctx := t.Context()
	written(t, s, 10, firstDay)
	before, err := s.AuditSpan(ctx)
	if err != nil || before.Head.Seq != 10 || !before.Since.Equal(firstDay) {
		t.Fatalf("%+v, %v", before, err)
	}
	c, err := s.ClearingBefore(ctx, firstDay.AddDate(0, 0, 6))
	if want := (Clearing{First: 1, Last: 6, Oldest: firstDay, Newest: firstDay.AddDate(0, 0, 5)}); err != nil || c != want || c.Lines() != 6 {
		t.Fatalf("%+v, %v", c, err)
	}
	path := filepath.Join(t.TempDir(), "out.gz")
	last, err := audit.Keep(path, c.After, s.ClearingLines(ctx, c))
	if err != nil {
		t.Fatal(err)
	}
	line := assess.AuditLine{At: firstDay.AddDate(3, 0, 0), Actor: "system", Action: "audit.clear", Result: "ok"}
	wrong := last
	wrong.Hash = "00"
	wantProblem(t, s.ClearAudit(ctx, c, wrong, line), assess.ErrConflict, "problem.audit_cleared")
	if span, err := s.AuditSpan(ctx); span != before || err != nil {
		t.Fatalf("a clearing that was refused left %+v, %v", span, err)
	}
	if err := s.ClearAudit(ctx, c, last, line); err != nil {
		t.Fatal(err)
	}
	wantProblem(t, s.ClearAudit(ctx, c, last, line), assess.ErrConflict, "problem.audit_cleared")
	span, err := s.AuditSpan(ctx)
	if err != nil || span.Start != last || span.Head.Seq != 11 || !span.Since.Equal(firstDay.AddDate(0, 0, 6)) {
		t.Errorf("%+v, %v", span, err)
	}
	if good, err := s.VerifyAudit(ctx, before.Head, last); good != 5 || err != nil {
		t.Errorf("%d lines hold, %v", good, err)
	}
	lines, err := s.AuditLines(ctx, 1, 100)
	if err != nil || len(lines) != 5 || lines[0].Seq != 7 || lines[4].Action != "audit.clear" {
		t.Errorf("%+v, %v", lines, err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if first, to, err := audit.VerifyFile(path, f); first != (audit.Mark{}) || to != span.Start || err != nil {
		t.Errorf("the file reaches from %+v to %+v, %v", first, to, err)
	}
	if c, err := s.ClearingBefore(ctx, firstDay.AddDate(0, 0, 6)); c.Lines() != 0 || err != nil {
		t.Errorf("once more: %+v, %v", c, err)
	}
}

// A clock that stood wrong removes nothing before its time: a line of the far past keeps what is after it, one of the future too.
func testAWrongClockClearsNothing(t *testing.T, s *Store) {
	written(t, s, 3, firstDay)
	written(t, s, 1, firstDay.AddDate(10, 0, 0))
	written(t, s, 2, firstDay.AddDate(0, 0, 4))
	written(t, s, 1, firstDay.AddDate(-5, 0, 0))
	c, err := s.ClearingBefore(t.Context(), firstDay.AddDate(1, 0, 0))
	if err != nil || c.Last != 3 {
		t.Errorf("%+v, %v", c, err)
	}
	if c, err := s.ClearingBefore(t.Context(), firstDay.AddDate(20, 0, 0)); err != nil || c.Last != 7 {
		t.Errorf("everything: %+v, %v", c, err)
	}
}

// What past days are shown by does not leave with the lines.
func testPastDaysOutliveTheLog(t *testing.T, s *Store) {
	for i, to := range []assess.CycleState{assess.CycleOpen, assess.CycleScored, assess.CyclePublished} {
		line := assess.AuditLine{At: firstDay.AddDate(0, 0, i), Actor: "system", Action: "cycle." + string(to), Object: q1.String(), Result: "ok"}
		if err := s.PutCycle(t.Context(), assess.Cycle{Period: q1, State: to, Edition: 1}, line); err != nil {
			t.Fatal(err)
		}
	}
	then := func() (all []string) {
		for day := range 5 {
			past := Past{store: s, before: firstDay.AddDate(0, 0, day).Add(-time.Hour)}
			cycles, err := past.Cycles(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, fmt.Sprint(cycles))
		}
		return all
	}
	before := then()
	for _, day := range []int{2, 9} {
		c, err := s.ClearingBefore(t.Context(), firstDay.AddDate(0, 0, day))
		if err != nil {
			t.Fatal(err)
		}
		last, err := audit.Keep(filepath.Join(t.TempDir(), "out.gz"), c.After, s.ClearingLines(t.Context(), c))
		if err == nil {
			err = s.ClearAudit(t.Context(), c, last, assess.AuditLine{At: firstDay.AddDate(0, 0, day), Actor: "system", Action: "audit.clear", Result: "ok"})
		}
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, then()); diff != "" {
			t.Errorf("after clearing up to day %d: %s", day, diff)
		}
	}
}

func testAuditIsFound(t *testing.T, s *Store) {
	ctx := audit.From(t.Context(), audit.Origin{Address: "10.0.0.7", Request: "R-1"})
	for i := range 9 {
		l := assess.AuditLine{At: firstDay.AddDate(0, 0, i), Actor: "li", Action: "user.role", Object: fmt.Sprintf("o%d", i), Unit: "210102", Result: "ok"}
		if i%3 == 0 {
			l.Actor, l.Action, l.Result, l.Address = "wang", "export", "refused", "10.0.0.8"
		}
		if err := s.Record(ctx, l); err != nil {
			t.Fatal(err)
		}
	}
	seqs := func(q audit.Query, limit int) (all []int64) {
		lines, err := s.FindAudit(t.Context(), q, limit)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lines {
			all = append(all, l.Seq)
			if l.Request != "R-1" || l.Address != map[string]string{"li": "10.0.0.7", "wang": "10.0.0.8"}[l.Actor] {
				t.Errorf("line %d came from %s as %s", l.Seq, l.Address, l.Request)
			}
		}
		return all
	}
	for _, one := range []struct {
		q     audit.Query
		limit int
		want  []int64
	}{
		{audit.Query{}, 3, []int64{9, 8, 7}},
		{audit.Query{Before: 7}, 2, []int64{6, 5}},
		{audit.Query{Actor: "wang"}, 9, []int64{7, 4, 1}},
		{audit.Query{Result: "refused", Before: 7}, 9, []int64{4, 1}},
		{audit.Query{From: firstDay.AddDate(0, 0, 2), To: firstDay.AddDate(0, 0, 5)}, 9, []int64{5, 4, 3}},
		{audit.Query{Unit: "210102", Actions: []string{"user."}, Object: "o2"}, 9, []int64{3}},
		{audit.Query{Unit: "210103"}, 9, nil},
	} {
		if diff := cmp.Diff(one.want, seqs(one.q, one.limit)); diff != "" {
			t.Errorf("%+v: %s", one.q, diff)
		}
	}
}

func testSettingsOfTheLastStart(t *testing.T, s *Store) {
	swap := func(now map[string]string) (said []string) {
		from, err := s.AuditSpan(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.SwapSettings(t.Context(), now, assess.AuditLine{At: firstDay, Action: "first", Result: "ok"}, func(c SettingChange) assess.AuditLine {
			return assess.AuditLine{At: firstDay, Action: "setting", Object: c.Name, Before: c.Before, After: c.After, Result: "ok"}
		})
		if err != nil {
			t.Fatal(err)
		}
		lines, err := s.AuditLines(t.Context(), from.Head.Seq+1, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lines {
			said = append(said, strings.TrimSpace(l.Action+" "+l.Object+" "+l.Before+">"+l.After))
		}
		return said
	}
	for _, one := range []struct {
		now  map[string]string
		want []string
	}{
		{map[string]string{"a": "1", "b": "2"}, []string{"first  >2"}},
		{map[string]string{"a": "1", "b": "2"}, nil},
		{map[string]string{"b": "3", "c": ""}, []string{"setting a 1>", "setting b 2>3", "setting c >"}},
		{map[string]string{"b": "3", "c": ""}, nil},
	} {
		if diff := cmp.Diff(one.want, swap(one.now)); diff != "" {
			t.Errorf("%v: %s", one.now, diff)
		}
	}
}

// The guard lets nothing go but what was cleared, and never takes its beginning back.
func TestTheGuardOfTheAuditLog(t *testing.T) {
	s := fresh(t)
	written(t, s, 10, firstDay)
	c, err := s.ClearingBefore(t.Context(), firstDay.AddDate(0, 0, 4))
	if err != nil {
		t.Fatal(err)
	}
	last, err := audit.Keep(filepath.Join(t.TempDir(), "out.gz"), c.After, s.ClearingLines(t.Context(), c))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.ClearAudit(t.Context(), c, last, assess.AuditLine{At: firstDay, Action: "audit.clear", Result: "ok"}); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		`DELETE FROM audit WHERE seq = 5`, `DELETE FROM audit`, `UPDATE audit SET actor = 'x' WHERE seq = 6`, `REPLACE INTO audit SELECT * FROM audit WHERE seq = 6`,
		`UPDATE audit_start SET seq = 2`, `DELETE FROM audit_start`, `REPLACE INTO audit_start (id, seq, hash) VALUES (1, 0, '')`,
	} {
		if _, err := s.writer.db.Exec(statement); err == nil {
			t.Errorf("%s is let through", statement)
		}
	}
	if _, err := s.VerifyAudit(t.Context()); err != nil {
		t.Fatal(err)
	}
	// The guard lets a beginning go forward; that no line says so is found.
	forward, err := s.writer.db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{`UPDATE audit_start SET seq = 7, hash = (SELECT hash FROM audit WHERE seq = 7)`, `DELETE FROM audit WHERE seq <= 7`} {
		if _, err := forward.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := forward.Commit(); err != nil {
		t.Fatal(err)
	}
	_, err = s.VerifyAudit(t.Context())
	wantProblem(t, err, assess.ErrConflict, "problem.audit_broken")
}

// A line put back below the beginning is found.
func TestALinePutBackBelowTheBeginningIsFound(t *testing.T) {
	s := fresh(t)
	written(t, s, 10, firstDay)
	c, err := s.ClearingBefore(t.Context(), firstDay.AddDate(0, 0, 4))
	if err != nil {
		t.Fatal(err)
	}
	last, err := audit.Keep(filepath.Join(t.TempDir(), "out.gz"), c.After, s.ClearingLines(t.Context(), c))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.ClearAudit(t.Context(), c, last, assess.AuditLine{At: firstDay, Result: "ok"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.writer.db.Exec(`INSERT INTO audit SELECT 3, happened_at, 'nobody', address, action, object, unit, before_text, after_text, result, request, prev, hash FROM audit WHERE seq = 6`); err != nil {
		t.Fatal(err)
	}
	_, err = s.VerifyAudit(t.Context())
	wantProblem(t, err, assess.ErrConflict, "problem.audit_broken")
}

// Row 55: when the audit log cannot be written, nothing is changed; row 53: without its change there is no line.
func TestNoChangeWithoutItsLineAndNoLineWithoutItsChange(t *testing.T) {
	for name, fault := range map[string]string{
		"no line can be written": `CREATE TRIGGER fault BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'planted'); END`,
		"the change fails after": `CREATE TRIGGER fault BEFORE UPDATE ON head WHEN NEW.audit > OLD.audit BEGIN SELECT RAISE(ABORT, 'planted'); END`,
	} {
		s := fresh(t)
		written(t, s, 3, firstDay)
		zhao, err := account.New("zhao", "", account.Post{Role: assess.CityLeader}, firstDay)
		if err != nil {
			t.Fatal(err)
		}
		zhao.PasswordHash = "$argon2id$first"
		was := s.dump(t)
		if _, err := s.writer.db.Exec(fault); err != nil {
			t.Fatal(err)
		}
		for what, write := range map[string]func() error{
			"an intake": func() error { _, err := s.Commit(context.Background(), refusing()); return err },
			"a line": func() error {
				return s.Record(context.Background(), assess.AuditLine{At: firstDay, Action: "x", Result: "ok"})
			},
			"an account": func() error {
				return s.AddAccount(context.Background(), zhao, assess.AuditLine{At: firstDay, Action: "user.add", Result: "ok"})
			},
			"settings": func() error {
				_, err := s.SwapSettings(context.Background(), map[string]string{"a": "1"}, assess.AuditLine{At: firstDay, Action: "first", Result: "ok"}, nil)
				return err
			},
		} {
			if err := write(); err == nil || !strings.Contains(err.Error(), "planted") {
				t.Errorf("%s: %s: %v", name, what, err)
			}
			if now := s.dump(t); now != was {
				t.Errorf("%s: %s changed the data:\n%s", name, what, cmp.Diff(was, now))
			}
		}
		if _, err := s.writer.db.Exec(`DROP TRIGGER fault`); err != nil {
			t.Fatal(err)
		}
		if good, err := s.VerifyAudit(t.Context()); good != 3 || err != nil {
			t.Errorf("%s: %d lines hold, %v", name, good, err)
		}
	}
}

// dump answers every row of every table.
func (s *Store) dump(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	tables, err := list(t.Context(), s.reader, func(row scanner) (name string, err error) { err = row.Scan(&name); return name, err },
		`SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`)
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		rows, err := s.reader.QueryContext(t.Context(), `SELECT * FROM `+table)
		if err != nil {
			t.Fatal(err)
		}
		columns, _ := rows.Columns()
		for rows.Next() {
			values, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				into[i] = &values[i]
			}
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintln(&b, table, values)
		}
		rows.Close()
	}
	return b.String()
}

// BenchmarkVerifyAudit verifies a log of a million lines: make bench-audit.
func BenchmarkVerifyAudit(b *testing.B) {
	s := million(b)
	defer s.Close()
	b.ResetTimer()
	for b.Loop() {
		if good, err := s.VerifyAudit(b.Context()); good < 1_000_000 || err != nil {
			b.Fatal(good, err)
		}
	}
}

// BenchmarkFindAudit looks for what no line of a million is.
func BenchmarkFindAudit(b *testing.B) {
	s := million(b)
	defer s.Close()
	b.ResetTimer()
	for b.Loop() {
		if lines, err := s.FindAudit(b.Context(), audit.Query{Object: "nowhere"}, 100); len(lines) != 0 || err != nil {
			b.Fatal(lines, err)
		}
	}
}

func million(b *testing.B) *Store {
	s, err := Create(b.Context(), b.TempDir(), WithReserve(0))
	if err != nil {
		b.Fatal(err)
	}
	lines := make([]assess.AuditLine, 10_000)
	for i := range 100 {
		for j := range lines {
			lines[j] = assess.AuditLine{
				At: firstDay.Add(time.Duration(i*len(lines)+j) * time.Minute), Actor: fmt.Sprintf("person.%d", j%200), Address: "10.1.2.3", Action: "filing.draft",
				Object: "2026Q1 union_members", Unit: "210102", Before: "1204", After: "1215", Result: "ok", Request: "ABCD-1234",
			}
		}
		if err := s.Record(b.Context(), lines...); err != nil {
			b.Fatal(err)
		}
	}
	return s
}
