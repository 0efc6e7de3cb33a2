package store

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
)

// A file waits for its sender alone, until it is taken, replaced or too old; how its table was read is remembered for the unit.
func testUploads(t *testing.T, s *Store) {
	ctx := t.Context()
	one := assess.Upload{
		ID: "AAAA", Unit: "210102", Period: q1, Account: "a1", Name: "表.xlsx", Content: bytes.Repeat([]byte{0, 255, 7}, 5000),
		Mapping: `{"sheet":"a"}`, Mark: "m", AddedAt: spring, ExpiresAt: spring.Add(time.Hour),
	}
	before := headOf(t, s)
	if err := s.KeepUpload(ctx, one); err != nil {
		t.Fatal(err)
	}
	got, err := s.Upload(ctx, "AAAA", "a1", spring)
	if diff := cmp.Diff(one, got, comparePeriods); err != nil || diff != "" {
		t.Errorf("(-kept +read): %v\n%s", err, diff)
	}
	absent := func(why, id, account string, at time.Time) {
		t.Helper()
		if _, err := s.Upload(ctx, id, account, at); !errors.Is(err, assess.ErrNotFound) {
			t.Errorf("%s: %v", why, err)
		}
	}
	absent("of somebody else", "AAAA", "a2", spring)
	absent("unknown", "BBBB", "a1", spring)
	absent("expired", "AAAA", "a1", spring.Add(time.Hour))
	if err := s.MapUpload(ctx, "AAAA", "a2", "{}"); !errors.Is(err, assess.ErrNotFound) {
		t.Errorf("mapped by somebody else: %v", err)
	}
	if err := s.MapUpload(ctx, "AAAA", "a1", `{"sheet":"b"}`); err != nil {
		t.Fatal(err)
	}
	if after := headOf(t, s); after != before {
		t.Errorf("a waiting file changed %+v into %+v", before, after)
	}

	one.Mapping = `{"sheet":"b"}`
	for range 2 { // confirmed twice, it counts once
		if err := s.TakeUpload(ctx, one, "li", spring, line("form.upload")); err != nil {
			t.Fatal(err)
		}
	}
	if after := headOf(t, s); after.Audit != before.Audit+1 || after.Version != before.Version {
		t.Errorf("audit %d → %d, version %d → %d: want one line and no new version of the data", before.Audit, after.Audit, before.Version, after.Version)
	}
	got, err = s.Upload(ctx, "AAAA", "a1", spring)
	if err != nil || got.Content != nil || !got.TakenAt.Equal(spring) {
		t.Errorf("a file that was taken is %+v, %v", got, err)
	}
	if m, err := s.TableMapping(ctx, "210102", "m"); err != nil || m != one.Mapping {
		t.Errorf("remembered %q, %v", m, err)
	}
	if m, err := s.TableMapping(ctx, "210103", "m"); err != nil || m != "" {
		t.Errorf("another unit is answered %q, %v", m, err)
	}

	two, other := one, one
	two.ID, other.ID, other.Account = "CCCC", "DDDD", "a2"
	for _, u := range []assess.Upload{other, two} {
		if err := s.KeepUpload(ctx, u); err != nil {
			t.Fatal(err)
		}
	}
	absent("replaced", "AAAA", "a1", spring)
	if _, err := s.Upload(ctx, "DDDD", "a2", spring); err != nil {
		t.Errorf("the file of another account: %v", err)
	}
	late := one
	late.ID, late.Account, late.AddedAt, late.ExpiresAt = "EEEE", "a3", spring.Add(2*time.Hour), spring.Add(3*time.Hour)
	if err := s.KeepUpload(ctx, late); err != nil {
		t.Fatal(err)
	}
	absent("swept with what came later", "DDDD", "a2", spring)
}
