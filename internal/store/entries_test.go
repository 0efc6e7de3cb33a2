package store

import (
	"database/sql"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/assess"
)

// Entries are read as they were written, whatever stands in them and whatever they share with the one before.
func TestEntriesAreReadAsTheyWereWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.SampledFrom([]string{"", "a.csv", "210102", "2026Q1", "members", `"<&>\`, "新\u2028\n", "0"})
		entries := rapid.SliceOf(rapid.Custom(func(t *rapid.T) assess.Entry {
			return assess.Entry{
				Place: assess.Place{File: word.Draw(t, "file"), Line: rapid.IntRange(0, 9).Draw(t, "line"), Column: rapid.IntRange(0, 9).Draw(t, "column"), Field: word.Draw(t, "field")},
				Unit:  assess.UnitCode(word.Draw(t, "unit")), PeriodText: word.Draw(t, "period"), Code: assess.Code(word.Draw(t, "code")), Value: word.Draw(t, "value"),
				State: word.Draw(t, "state"), Note: word.Draw(t, "note"), Part: word.Draw(t, "part"), Ref: word.Draw(t, "ref"), EnteredBy: word.Draw(t, "by"),
			}
		})).Draw(t, "entries")
		text, err := writeEntries(entries)
		if err != nil {
			t.Fatal(err)
		}
		got, err := readEntries(text)
		if err != nil || len(entries) != len(got) {
			t.Fatalf("%d of %d entries, %v", len(got), len(entries), err)
		}
		for i := range got {
			if diff := cmp.Diff(entries[i], got[i]); diff != "" {
				t.Fatalf("entry %d (-want +got):\n%s", i, diff)
			}
		}
	})
}

// JSON would hide what is no text, and another program would read something else.
func TestEntriesThatAreNoTextAreRefused(t *testing.T) {
	for _, bad := range []string{"a\x00b", "\xff"} {
		for _, e := range []assess.Entry{
			{Value: bad},
			{Note: bad},
			{Unit: assess.UnitCode(bad)},
			{PeriodText: bad},
			{Code: assess.Code(bad)},
			{State: bad},
			{Part: bad},
			{Ref: bad},
			{EnteredBy: bad},
			{Place: assess.Place{File: bad}},
			{Place: assess.Place{Field: bad}},
		} {
			_, err := writeEntries([]assess.Entry{{Value: "1"}, e})
			wantProblem(t, err, assess.ErrInvalid, "problem.text_encoding")
		}
	}
}

// Entries that stood in rows of their own before are carried over, each with all its words, in their order.
func TestEntriesOfOldAreCarriedOver(t *testing.T) {
	known, err := fs.Sub(migrations, "migrations")
	if err != nil {
		t.Fatal(err)
	}
	names, err := fs.Glob(known, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	old := fstest.MapFS{}
	for _, name := range names {
		if b, err := fs.ReadFile(known, name); err == nil && name < "00020" {
			old[name] = &fstest.MapFile{Data: b}
		}
	}
	dir := t.TempDir()
	db := sql.OpenDB(connector{migrationDSN(filepath.Join(dir, databaseFile)), migrationSettings()})
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	if err := migrateTo(t.Context(), db, old, dir); err != nil {
		t.Fatal(err)
	}
	want := []assess.Entry{
		{Place: assess.Place{File: "a.csv", Line: 2, Column: 4, Field: "value"}, Unit: "210102", PeriodText: "2026q1", Code: "members", Value: `1,"204`, State: "reported", Note: "新\n行", Part: "p", Ref: "r", EnteredBy: "li.na"},
		{},
		{Place: assess.Place{File: "b.csv", Line: 3}, PeriodText: "2026", Code: "women", Value: "0", State: "zero_report"},
	}
	for _, id := range []string{"s1", "s2"} {
		if _, err := db.Exec(`INSERT INTO submission (id, unit, period, door, source, run, received_at, entered_by, settled) VALUES ($1, '210102', '2026Q1', 'form', 'form', '', 1, 'li.na', 0)`, id); err != nil {
			t.Fatal(err)
		}
	}
	for _, i := range []int{2, 0, 1} { // the order is that of the numbers
		e := want[i]
		if _, err := db.Exec(`INSERT INTO entry (submission, number, place_file, place_line, place_column, place_field, unit, period_text, code, value, state, note, part, ref, entered_by)
			VALUES ('s1', $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
			i, e.Place.File, e.Place.Line, e.Place.Column, e.Place.Field, string(e.Unit), e.PeriodText, string(e.Code), e.Value, e.State, e.Note, e.Part, e.Ref, e.EnteredBy); err != nil {
			t.Fatal(err)
		}
	}
	if err := migrateTo(t.Context(), db, known, dir); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string][]assess.Entry{"s1": want, "s2": nil} {
		var text string
		if err := db.QueryRow(`SELECT entries FROM submission WHERE id = $1`, id).Scan(&text); err != nil {
			t.Fatal(err)
		}
		got, err := readEntries(text)
		if diff := cmp.Diff(want, got); diff != "" || err != nil || strings.Contains(text, "null") {
			t.Errorf("%s: %s (-want +got):\n%s%v", id, text, diff, err)
		}
	}
}
