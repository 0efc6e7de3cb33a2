package store

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
)

// Revisions of a mapping are added one after the other, each with its reason; who has not seen the last one changes nothing.
func testSourceMappings(t *testing.T, s *Store) {
	ctx := t.Context()
	all := []assess.MappingRevision{
		{Source: "heping", Number: 1, Text: `{"schema":"unionboard/mapping/1"}`, Reason: "新表样", By: "li.na", At: spring},
		{Source: "heping", Number: 2, Reason: "改回标准格式", By: "wang.wei", At: spring},
	}
	before := headOf(t, s)
	for _, m := range all {
		if err := s.PutSourceMapping(ctx, m, line("mapping")); err != nil {
			t.Fatal(err)
		}
	}
	for _, bad := range []assess.MappingRevision{{Source: "heping", Number: 2, Reason: "x"}, {Source: "heping", Number: 4, Reason: "x"}, {Source: "shenhe", Reason: "x"}} {
		if err := s.PutSourceMapping(ctx, bad, line("mapping")); !errors.Is(err, assess.ErrConflict) {
			t.Errorf("revision %d was answered with %v", bad.Number, err)
		}
	}
	if err := s.PutSourceMapping(ctx, assess.MappingRevision{Source: "heping", Number: 3}, line("mapping")); err == nil {
		t.Error("a revision without a reason was kept")
	}
	got, err := s.SourceMappings(ctx, "heping")
	if diff := cmp.Diff(all, got); diff != "" || err != nil {
		t.Errorf("revisions (-want +got):\n%s%v", diff, err)
	}
	last, err := s.SourceMapping(ctx, "heping")
	if diff := cmp.Diff(all[1], last); diff != "" || err != nil {
		t.Errorf("the last (-want +got):\n%s%v", diff, err)
	}
	if none, err := s.SourceMapping(ctx, "shenhe"); err != nil || none.Number != 0 || none.Source != "shenhe" {
		t.Errorf("a source without a mapping: %+v, %v", none, err)
	}
	if now := headOf(t, s); now.Version != before.Version || now.Audit != before.Audit+2 {
		t.Errorf("the head went from %+v to %+v; want two lines in the log and no other change", before, now)
	}
}
