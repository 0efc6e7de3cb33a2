package store

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
)

// proof is evidence of a figure, its file being made of one digit.
func proof(id string, item assess.Code, digit string) assess.Evidence {
	return assess.Evidence{
		ID: id, Unit: "210102", From: "210102", Period: q1, Use: assess.OfFigure, Object: string(item), Name: "名册.pdf", Privacy: assess.Masked,
		AddedBy: "li.na", AddedAt: spring,
		File: assess.EvidenceFile{Hash: strings.Repeat(digit, 64), Kind: "pdf", Size: 1000, Scan: assess.Unscanned, AddedAt: spring},
	}
}

func bind(t *testing.T, s *Store, all ...assess.Evidence) []assess.Evidence {
	t.Helper()
	held, err := s.AddEvidence(t.Context(), all, assess.EvidenceRoom{Quota: 1_000_000}, line("evidence.add"))
	if err != nil {
		t.Fatal(err)
	}
	return held
}

func evidenceIDs(all []assess.Evidence, err error) (names []string, _ error) {
	for _, e := range all {
		names = append(names, e.ID)
	}
	return names, err
}

func testEvidence(t *testing.T, s *Store) {
	ctx := t.Context()
	foreign, later, veto := proof("e4", "members", "a"), proof("e5", "members", "b"), proof("e6", "members", "c")
	foreign.Unit, later.Period, veto.Use, veto.Object = "210103", q1.Next(), assess.OfVeto, "v-1"
	bind(t, s, proof("e1", "members", "a"), proof("e2", "members", "b"), proof("e3", "halls", "a"), foreign, later, veto)
	before := headOf(t, s)

	again := bind(t, s, proof("e9", "members", "a")) // the answer was lost, the upload repeated
	if len(again) != 1 || again[0].ID != "e1" || headOf(t, s) != before {
		t.Errorf("repeated: %+v, head %+v after %+v", again, headOf(t, s), before)
	}
	read, err := s.Evidence(ctx, "e1")
	if diff := cmp.Diff(proof("e1", "members", "a"), read, comparePeriods); diff != "" || err != nil {
		t.Errorf("evidence (-written +read):\n%s%v", diff, err)
	}
	_, err = s.Evidence(ctx, "e9")
	wantProblem(t, err, assess.ErrNotFound, "problem.no_evidence")

	if err := s.RemoveEvidence(ctx, "e2", "wang.wu", spring.Add(time.Hour), line("evidence.remove")); err != nil {
		t.Fatal(err)
	}
	wantProblem(t, s.RemoveEvidence(ctx, "e2", "wang.wu", spring, line("evidence.remove")), assess.ErrNotFound, "problem.no_evidence")
	if read, err := s.Evidence(ctx, "e2"); err != nil || read.RemovedBy != "wang.wu" || !read.RemovedAt.Equal(spring.Add(time.Hour)) {
		t.Errorf("taken away: %+v, %v", read, err)
	}
	if again := bind(t, s, proof("e7", "halls", "b")); again[0].ID != "e7" {
		t.Errorf("for another figure: %+v", again)
	}
	if err := s.RemoveEvidence(ctx, "e7", "wang.wu", spring, line("evidence.remove")); err != nil {
		t.Fatal(err)
	}
	if again := bind(t, s, proof("e8", "halls", "b")); again[0].ID != "e8" {
		t.Errorf("handed in again after it was taken away: %+v", again)
	}
	counts, err := s.EvidenceCounts(ctx, "210102", q1, time.Time{})
	if diff := cmp.Diff(map[assess.Code]int{"members": 1, "halls": 2}, counts); diff != "" || err != nil {
		t.Errorf("counts (-want +got):\n%s%v", diff, err)
	}
	then, err := s.EvidenceCounts(ctx, "210102", q1, spring.Add(30*time.Minute)) // before e2 was taken away, after e7 was
	if diff := cmp.Diff(map[assess.Code]int{"members": 2, "halls": 2}, then); diff != "" || err != nil {
		t.Errorf("counts of a time (-want +got):\n%s%v", diff, err)
	}
	if none, err := s.EvidenceCounts(ctx, "210102", q1, spring.Add(-time.Minute)); len(none) != 0 || err != nil {
		t.Errorf("counts of a time before all: %v, %v", none, err)
	}
	for _, c := range []struct {
		name string
		q    assess.EvidenceQuery
		want []string
	}{
		{"of a report", assess.EvidenceQuery{Unit: "210102", Periods: []assess.Period{q1}, Use: assess.OfFigure}, []string{"e1", "e3", "e8"}},
		{"of a figure, all", assess.EvidenceQuery{Unit: "210102", Periods: []assess.Period{q1}, Object: "members", Removed: true}, []string{"e1", "e2"}},
		{"of a year", assess.EvidenceQuery{Unit: "210102", Periods: []assess.Period{q1, q1.Next()}, Use: assess.OfFigure}, []string{"e1", "e3", "e5", "e8"}},
		{"of a veto", assess.EvidenceQuery{Use: assess.OfVeto, Object: "v-1"}, []string{"e6"}},
	} {
		got, err := evidenceIDs(s.EvidenceList(ctx, c.q))
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("%s (-want +got):\n%s%v", c.name, diff, err)
		}
	}
	lines, err := s.AuditLines(ctx, 1, 100)
	if err != nil || len(lines) != 10 || lines[0].Object != "e1" || lines[6].Action != "evidence.remove" ||
		lines[3].Unit != "210103" || lines[0].After != "figure members 名册.pdf sha256:"+strings.Repeat("a", 64) {
		t.Errorf("audit lines %+v, %v", lines, err)
	}
}

// testEvidenceKeepsToItsQuota: also when many hand in at once, and nothing of an upload that is too large stays.
func testEvidenceKeepsToItsQuota(t *testing.T, s *Store) {
	ctx := t.Context()
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			e := proof(fmt.Sprintf("e%d", i), "members", fmt.Sprintf("%x", i))
			if _, err := s.AddEvidence(ctx, []assess.Evidence{e}, assess.EvidenceRoom{Quota: 4500}, line("evidence.add")); err != nil {
				wantProblem(t, err, assess.ErrConflict, "problem.evidence_quota")
			}
		})
	}
	wg.Wait()
	if used, err := s.EvidenceSize(ctx, "210102"); used != 4000 || err != nil {
		t.Errorf("%d bytes used, %v; want 4000", used, err)
	}
	all, err := s.EvidenceList(ctx, assess.EvidenceQuery{Unit: "210102"})
	if err != nil || len(all) != 4 {
		t.Fatalf("%d bound, %v", len(all), err)
	}
	if err := s.RemoveEvidence(ctx, all[0].ID, "li.na", spring, line("evidence.remove")); err != nil {
		t.Fatal(err)
	}
	twice := all[1]
	twice.ID, twice.Object = "x1", "halls" // the same file once more costs nothing
	if _, err := s.AddEvidence(ctx, []assess.Evidence{twice}, assess.EvidenceRoom{Quota: 4500}, line("evidence.add")); err != nil {
		t.Errorf("a file used again: %v", err)
	}
	// What the city keeps about the unit takes up the city's room.
	ours := proof("z1", "case-1", "f")
	ours.Use, ours.From, ours.File.Hash = assess.OfPoints, "", "z1"+ours.File.Hash[2:]
	if _, err := s.AddEvidence(ctx, []assess.Evidence{ours}, assess.EvidenceRoom{Quota: 1000}, line("evidence.add")); err != nil {
		t.Errorf("a file of the city: %v", err)
	}
	for from, want := range map[assess.UnitCode]int64{"210102": 4000, "": 1000} {
		if used, err := s.EvidenceSize(ctx, from); used != want || err != nil {
			t.Errorf("%q has used %d bytes, want %d, %v", from, used, want, err)
		}
	}
	before := headOf(t, s)
	one, two := proof("y1", "members", "1"), proof("y2", "members", "2")
	one.File.Hash, two.File.Hash = "y1"+one.File.Hash[2:], "y2"+two.File.Hash[2:]
	one.File.Size = 500
	_, err = s.AddEvidence(ctx, []assess.Evidence{one, two}, assess.EvidenceRoom{Quota: 4500}, line("evidence.add"))
	wantProblem(t, err, assess.ErrConflict, "problem.evidence_quota")
	if _, err := s.Evidence(ctx, "y1"); err == nil || headOf(t, s) != before {
		t.Error("half of an upload was kept")
	}
}

// testEvidenceOfOneThingIsBounded: of many files that come at once for a thing that takes one, one is taken; the same file again is no
// second one.
func testEvidenceOfOneThingIsBounded(t *testing.T, s *Store) {
	ctx := t.Context()
	room := assess.EvidenceRoom{Quota: 1_000_000, Most: 1}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			e := proof(fmt.Sprintf("e%d", i), "appeal-1", fmt.Sprintf("%x", i))
			e.Use = assess.OfAppeal
			if _, err := s.AddEvidence(ctx, []assess.Evidence{e}, room, line("evidence.add")); err != nil {
				wantProblem(t, err, assess.ErrConflict, "problem.evidence_closed")
			}
		})
	}
	wg.Wait()
	all, err := s.EvidenceList(ctx, assess.EvidenceQuery{Use: assess.OfAppeal, Object: "appeal-1"})
	if err != nil || len(all) != 1 {
		t.Fatalf("%d files are bound, %v", len(all), err)
	}
	again := all[0]
	again.ID = "again"
	if _, err := s.AddEvidence(ctx, []assess.Evidence{again}, room, line("evidence.add")); err != nil {
		t.Errorf("the same file again: %v", err)
	}
}

func testEvidenceFiles(t *testing.T, s *Store) {
	ctx := t.Context()
	bind(t, s, proof("e1", "members", "a"), proof("e2", "members", "b"), proof("e3", "members", "c"))
	if err := s.SetScan(ctx, strings.Repeat("b", 64), assess.Infected, spring, line("evidence.scan")); err != nil {
		t.Fatal(err)
	}
	wantProblem(t, s.SetScan(ctx, "no such", assess.Clean, spring, line("evidence.scan")), assess.ErrNotFound, "problem.no_evidence")
	hashes := func(behind string, limit int, scans ...assess.Scan) (text string) {
		t.Helper()
		files, err := s.EvidenceFiles(ctx, behind, limit, scans...)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			text += f.Hash[:1] + " " + string(f.Scan) + ";"
		}
		return text
	}
	for _, c := range []struct{ got, want string }{
		{hashes("", 2), "a unscanned;b infected;"},
		{hashes(strings.Repeat("b", 64), 2), "c unscanned;"},
		{hashes("", 9, assess.Unscanned), "a unscanned;c unscanned;"},
	} {
		if c.got != c.want {
			t.Errorf("files %q, want %q", c.got, c.want)
		}
	}
	// Handed in again, a file keeps what is known of it; with a scanner it learns more.
	unasked, asked := proof("e4", "halls", "b"), proof("e5", "halls", "c")
	asked.File.Scan, asked.File.ScannedAt, asked.File.Preview = assess.Clean, spring, true
	held := bind(t, s, unasked, asked)
	if held[0].File.Scan != assess.Infected || held[1].File.Scan != assess.Clean || !held[1].File.Preview {
		t.Errorf("handed in again: %+v", held)
	}
	if got, want := hashes("", 9), "a unscanned;b infected;c clean;"; got != want {
		t.Errorf("files %q, want %q", got, want)
	}
}
