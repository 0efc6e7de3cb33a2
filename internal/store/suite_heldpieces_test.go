package store

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/unionboard/unionboard/internal/assess"
)

// Pieces wait until somebody deals with them, once; the same bytes wait once however often they come, and the oldest are forgotten.
func testHeldPieces(t *testing.T, s *Store) {
	ctx := t.Context()
	piece := func(id string, at time.Time) assess.HeldPiece {
		return assess.HeldPiece{
			ID: id, Run: "r-" + id, Source: "heping", Name: "三季度.csv", Form: "dhis2", Unit: "210102", Period: q1, Hash: "h-" + id, Size: 7, At: at, State: assess.PieceWaiting,
		}
	}
	hold := func(pieces ...assess.HeldPiece) error {
		_, err := s.Commit(ctx, assess.Intake{Pieces: pieces, Audit: []assess.AuditLine{line("collect.run")}})
		return err
	}
	a, b := piece("a", spring), piece("b", spring.Add(time.Hour))
	again := b
	again.ID, again.Run, again.At = "c", "r-c", spring.Add(2*time.Hour)
	if err := hold(a, b); err != nil {
		t.Fatal(err)
	}
	if err := hold(again); err != nil {
		t.Fatal(err)
	}
	b.Run, b.At = again.Run, again.At
	got, err := s.HeldPieces(ctx, "heping")
	if diff := cmp.Diff([]assess.HeldPiece{b, a}, got, cmpopts.EquateComparable(assess.Period{})); diff != "" || err != nil {
		t.Errorf("kept (-want +got):\n%s%v", diff, err)
	}
	waiting := func(want int) {
		t.Helper()
		if n, err := s.WaitingPieces(ctx); err != nil || len(n) != 1 || n["heping"] != want {
			t.Errorf("%v wait, not %d, %v", n, want, err)
		}
	}
	waiting(2)
	a.State, a.By, a.ClosedAt, a.Note = assess.PieceDropped, "li.na", spring.Add(time.Hour), "重复报送"
	if err := s.ClosePiece(ctx, a, line("piece.drop")); err != nil {
		t.Fatal(err)
	}
	waiting(1)
	got1, err := s.HeldPiece(ctx, "a")
	if diff := cmp.Diff(a, got1, cmpopts.EquateComparable(assess.Period{})); diff != "" || err != nil {
		t.Errorf("dropped (-want +got):\n%s%v", diff, err)
	}
	before := headOf(t, s)
	replayed := a
	replayed.State = assess.PieceReplayed
	if err := hold(replayed); !errors.Is(err, assess.ErrConflict) {
		t.Errorf("a dropped piece was replayed: %v", err)
	}
	if err := s.ClosePiece(ctx, a, line("piece.drop")); !errors.Is(err, assess.ErrConflict) {
		t.Errorf("a dropped piece was dropped: %v", err)
	}
	if diff := cmp.Diff(before, headOf(t, s)); diff != "" {
		t.Errorf("what was refused left something:\n%s", diff)
	}
	if _, err := s.HeldPiece(ctx, "x"); !errors.Is(err, assess.ErrNotFound) {
		t.Errorf("no piece: %v", err)
	}

	var many []assess.HeldPiece
	for i := range mostHeld {
		many = append(many, piece(fmt.Sprintf("m%03d", i), spring.Add(longestHeld+90*time.Minute+time.Duration(i)*time.Second)))
	}
	if err := hold(many[:5]...); err != nil {
		t.Fatal(err)
	}
	if got, err := s.HeldPieces(ctx, "heping"); err != nil || len(got) != 6 { // a is older than is kept, b is not
		t.Errorf("%d pieces, %v", len(got), err)
	}
	if err := hold(many[5:]...); err != nil {
		t.Fatal(err)
	}
	hashes, err := s.HeldHashes(ctx)
	if err != nil || len(hashes) != mostHeld || hashes["h-b"] || !hashes["h-m000"] {
		t.Errorf("%d hashes, %v", len(hashes), err)
	}
}
