package web_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"log/slog"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/evidence"
	"github.com/unionboard/unionboard/internal/web"
)

// galleryFile is the file of evidence that every gallery has: a draft of the own unit's.
const galleryFile = "01900000-0000-7000-8000-000000000001"

// newEvidence is a folder of files in a test's own place, with what is written of them.
func newEvidence(t testing.TB, book web.EvidenceBook, change ...func(*evidence.Options)) web.Evidence {
	t.Helper()
	o := evidence.Options{
		Size: 1 << 20, Kinds: evidence.UsualKinds(), KeepFree: 1 << 20, Free: func() (int64, error) { return 1 << 40, nil },
		Log: slog.New(slog.DiscardHandler),
	}
	for _, c := range change {
		c(&o)
	}
	files, err := evidence.Open(t.TempDir(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { files.Close() })
	return web.Evidence{Files: files, Book: book, Quota: 1 << 30}
}

// galleryEvidence has one file.
func galleryEvidence(t testing.TB) web.Evidence {
	t.Helper()
	e := newEvidence(t, proofs{})
	taken, err := e.Files.Take(t.Context(), "名册.pdf", bytes.NewReader(samplePDF("")), 1<<30, time.Unix(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	e.Book.(proofs)[galleryFile] = assess.Evidence{
		ID: galleryFile, Unit: "210102", Period: assess.NewQuarter(2026, 1), Use: assess.OfFigure, Object: "enterprises", Name: taken.Name, File: taken.File,
		Privacy: assess.Masked, AddedBy: "heping", AddedAt: time.Date(2026, 4, 9, 1, 0, 0, 0, time.UTC),
	}
	return e
}

// proofs is evidence in memory, by its ID.
type proofs map[string]assess.Evidence

func (p proofs) AddEvidence(_ context.Context, all []assess.Evidence, _ assess.EvidenceRoom, _ assess.AuditLine) ([]assess.Evidence, error) {
	for _, e := range all {
		p[e.ID] = e
	}
	return all, nil
}

func (p proofs) RemoveEvidence(_ context.Context, id, by string, at time.Time, _ assess.AuditLine) error {
	e := p[id]
	e.RemovedBy, e.RemovedAt = by, at
	p[id] = e
	return nil
}

func (p proofs) Evidence(_ context.Context, id string) (assess.Evidence, error) {
	e, ok := p[id]
	if !ok {
		return e, assess.NotFound("problem.no_evidence", "there is no such file")
	}
	return e, nil
}

func (p proofs) EvidenceList(_ context.Context, q assess.EvidenceQuery) (all []assess.Evidence, _ error) {
	for _, id := range slices.Sorted(maps.Keys(p)) {
		e := p[id]
		if (q.Unit == "" || e.Unit == q.Unit) && (q.Periods == nil || slices.Contains(q.Periods, e.Period)) && (q.Use == "" || e.Use == q.Use) &&
			(q.Object == "" || e.Object == q.Object) && (q.Removed || e.RemovedAt.IsZero()) {
			all = append(all, e)
		}
	}
	return all, nil
}

func (p proofs) EvidenceSize(context.Context, assess.UnitCode) (int64, error) { return 0, nil }

// samplePDF is a small whole PDF that differs by its remark.
func samplePDF(remark string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%%PDF-1.4\n%%%s\n", remark)
	var at []int
	for i, o := range []string{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>"} {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj%sendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, a := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", a)
	}
	fmt.Fprintf(&b, "trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, start)
	return b.Bytes()
}

func samplePNG(w, h int) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, w, h))); err != nil {
		panic(err)
	}
	return b.Bytes()
}
