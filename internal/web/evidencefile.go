package web

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"time"

	"github.com/klauspost/compress/gzhttp"

	"github.com/unionboard/unionboard/internal/evidence"
)

// filePolicy is what a browser may do with a file that people handed in, should it ever take one for a page: nothing.
const filePolicy = "default-src 'none'; sandbox; frame-ancestors 'none'"

// sendProof hands a file out: to be saved, never to be opened as a page. Who took it stands in the audit log.
func (s *site) sendProof(w http.ResponseWriter, r *http.Request) error {
	e, err := s.readableEvidence(r)
	if err != nil {
		return err
	}
	kind, ok := evidence.KindOf(e.File.Kind)
	if !ok {
		return fmt.Errorf("evidence %s: no kind %q", e.ID, e.File.Kind)
	}
	file, err := s.Evidence.Files.Read(r.Context(), e.File)
	if err != nil {
		return err
	}
	defer file.Close()
	if r.Method == http.MethodGet {
		line := s.line(r, visitFrom(r).user, "evidence.read", e.ID)
		line.Unit = e.Unit
		if err := s.Audit.Record(r.Context(), line); err != nil {
			return fmt.Errorf("evidence %s: %w", e.ID, err)
		}
	}
	h := w.Header()
	h.Set("Content-Type", kind.Media)
	h.Set("Content-Disposition", evidence.Disposition(e.Name))
	s.sendFile(w, r, file)
	return nil
}

// sendPreview shows the reduced picture that the program made of a file.
func (s *site) sendPreview(w http.ResponseWriter, r *http.Request) error {
	e, err := s.readableEvidence(r)
	if err != nil {
		return err
	}
	file, err := s.Evidence.Files.Preview(r.Context(), e.File)
	if errors.Is(err, fs.ErrNotExist) {
		return errNoEvidence()
	}
	if err != nil {
		return fmt.Errorf("preview of evidence %s: %w", e.ID, err)
	}
	defer file.Close()
	h := w.Header()
	h.Set("Content-Type", "image/jpeg")
	h.Set("Content-Disposition", `inline; filename="preview.jpg"`)
	s.sendFile(w, r, file)
	return nil
}

// sendFile sends what is not a page.
func (s *site) sendFile(w http.ResponseWriter, r *http.Request, file io.ReadSeeker) {
	h := w.Header()
	h.Set("Content-Security-Policy", filePolicy)
	h.Set("Cache-Control", "private, no-store")
	h.Set(gzhttp.HeaderNoCompression, "1") // it is compressed as it is
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(s.UploadTime + s.AnswerTime))
	http.ServeContent(w, r, "", time.Time{}, file)
}
