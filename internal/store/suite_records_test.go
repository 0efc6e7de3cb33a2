package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
)

func testRecords(t *testing.T, s *Store) {
	ctx := t.Context()
	line := assess.AuditLine{At: spring, Actor: "li.na", Action: "record.add", Object: "stations", Result: "ok"}
	write := func(id, key string, unit assess.UnitCode, version int, closed bool, star string) assess.RecordWrite {
		return assess.RecordWrite{
			Record: assess.Record{
				ID: id, Table: "stations", Key: key, Unit: unit, Version: version, Closed: closed, Values: map[string]string{"star": star}, Sealed: "k1:" + id,
				At: spring.Add(time.Duration(version) * time.Hour), By: "li.na", Role: assess.DistrictReporter,
			},
			Words: map[string]string{"star": star}, Search: "站点 " + key,
		}
	}
	put := func(writes ...assess.RecordWrite) error { return s.PutRecords(ctx, writes, line) }
	if err := put(write("a", "YZ-1", "210102", 0, false, "3"), write("b", "YZ-2", "210102", 0, false, "5"), write("c", "YZ-3", "210103", 0, false, "1")); err != nil {
		t.Fatal(err)
	}
	before := headOf(t, s).Seq
	if err := put(write("a", "YZ-1", "210102", 1, false, "4")); err != nil {
		t.Fatal(err)
	}
	keys := func(q assess.RecordQuery) (keys []string) {
		t.Helper()
		q.Table = "stations"
		all, _, err := s.Records(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range all {
			keys = append(keys, r.Key+"="+r.Values["star"])
		}
		return keys
	}
	for _, c := range []struct {
		title string
		q     assess.RecordQuery
		want  []string
	}{
		{"all, by name", assess.RecordQuery{}, []string{"YZ-1=4", "YZ-2=5", "YZ-3=1"}},
		{"of a unit", assess.RecordQuery{Units: []assess.UnitCode{"210103"}}, []string{"YZ-3=1"}},
		{"of a word", assess.RecordQuery{Words: map[string]string{"star": "4"}}, []string{"YZ-1=4"}},
		{"of a word it had before", assess.RecordQuery{Words: map[string]string{"star": "3"}}, nil},
		{"by a word, the best first", assess.RecordQuery{Sort: "star", Down: true}, []string{"YZ-2=5", "YZ-1=4", "YZ-3=1"}},
		{"by change, two of them", assess.RecordQuery{Sort: "changed_at", Down: true, Limit: 2}, []string{"YZ-1=4", "YZ-3=1"}},
		{"the next page", assess.RecordQuery{Limit: 2, Offset: 2}, []string{"YZ-3=1"}},
		{"with a text", assess.RecordQuery{Search: "yz-2"}, nil},
		{"with a text of it", assess.RecordQuery{Search: "点 YZ-2"}, []string{"YZ-2=5"}},
	} {
		if diff := cmp.Diff(c.want, keys(c.q)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.title, diff)
		}
	}
	if _, n, err := s.Records(ctx, assess.RecordQuery{Table: "stations", Limit: 1}); err != nil || n != 3 {
		t.Errorf("%d records, %v", n, err)
	}

	wantProblem(t, put(write("a", "YZ-1", "210102", 1, false, "1")), assess.ErrConflict, "problem.record_moved")
	wantProblem(t, put(write("d", "YZ-4", "210102", 0, false, "1"), write("e", "YZ-2", "210102", 0, false, "1")), assess.ErrConflict, "problem.record_named")
	if _, err := s.RegisterRecord(ctx, "d"); err == nil {
		t.Error("half of a change was written")
	}
	if err := put(write("b", "YZ-2", "210102", 1, true, "5")); err != nil {
		t.Fatal(err)
	}
	if err := put(write("e", "YZ-2", "210102", 0, false, "2")); err != nil {
		t.Errorf("the name of a closed record: %v", err)
	}
	wantProblem(t, put(write("b", "YZ-2", "210102", 2, false, "5")), assess.ErrConflict, "problem.record_named")

	var then []string
	err := s.EachRecord(ctx, "stations", before, func(r assess.Record) error {
		then = append(then, r.Key+"="+r.Values["star"]+" "+r.Sealed)
		return nil
	})
	if diff := cmp.Diff([]string{"YZ-1=3 k1:a", "YZ-2=5 k1:b", "YZ-3=1 k1:c"}, then); err != nil || diff != "" {
		t.Errorf("%v; as it stood before (-want +got):\n%s", err, diff)
	}
	versions, err := s.RecordVersions(ctx, "a")
	if err != nil || len(versions) != 2 || versions[0].Values["star"] != "3" || versions[1].Version != 2 || versions[1].By != "li.na" || versions[1].Role != assess.DistrictReporter {
		t.Errorf("versions %+v, %v", versions, err)
	}
	_, err = s.RegisterRecord(ctx, "nobody")
	wantProblem(t, err, assess.ErrNotFound, "problem.record_none")
}

func testSnapshots(t *testing.T, s *Store) {
	line := assess.AuditLine{At: spring, Actor: "system", Action: "register.snapshot", Object: "2026Q1", Result: "ok"}
	q1 := assess.MustPeriod("2026Q1")
	taken, err := s.TakeSnapshot(t.Context(), assess.Snapshot{Period: q1, At: spring}, line)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.TakeSnapshot(t.Context(), assess.Snapshot{Period: q1, At: spring}, line)
	wantProblem(t, err, assess.ErrConflict, "problem.snapshot_taken")
	all, err := s.Snapshots(t.Context())
	if diff := cmp.Diff([]assess.Snapshot{taken}, all, comparePeriods); err != nil || diff != "" {
		t.Errorf("%v (-taken +read):\n%s", err, diff)
	}
}
