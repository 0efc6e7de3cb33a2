package demo_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/demo"
	"github.com/unionboard/unionboard/internal/evidence"
	"github.com/unionboard/unionboard/internal/testkit"
)

// TestProofsAreGoodFiles: what the demonstration hands in as evidence is taken as anybody's would be, proves figures that are asked
// for it, and is the same every time.
func TestProofsAreGoodFiles(t *testing.T) {
	edition := testkit.Shipped(t)
	make := func() []demo.Proof {
		city, err := demo.New(edition, demo.Seed, assess.MustPeriod("2026Q3"), 2)
		if err != nil {
			t.Fatal(err)
		}
		return city.Proofs()
	}
	files, err := evidence.Open(t.TempDir(), evidence.Options{
		Size: 1 << 20, Kinds: evidence.UsualKinds(), Free: func() (int64, error) { return 1 << 40, nil }, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close()
	proofs, asked := make(), evidence.Asked(edition)
	if diff := cmp.Diff(proofs, make(), cmp.AllowUnexported(assess.Period{})); diff != "" || len(proofs) < 4 {
		t.Errorf("%d proofs, made again they differ:\n%s", len(proofs), diff)
	}
	for _, p := range proofs {
		taken, err := files.Take(t.Context(), p.Name, bytes.NewReader(p.Body), 1<<30, time.Now())
		if err != nil || taken.Name != p.Name || !strings.HasPrefix(p.Name, "演示") || len(p.Body) > 20<<10 {
			t.Errorf("%s, %d bytes: taken as %q, %v", p.Name, len(p.Body), taken.Name, err)
		}
		for _, item := range p.Items {
			if len(asked[item]) == 0 {
				t.Errorf("%s proves %s, which wants no proof", p.Name, item)
			}
		}
	}
}
