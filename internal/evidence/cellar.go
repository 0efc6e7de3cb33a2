package evidence

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"path"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/depot"
)

// Cellar keeps bytes under their SHA-256 that nobody looks into: what sources sent and was refused. It is safe for concurrent use.
type Cellar struct{ folder Folder }

// NewCellar keeps bytes in a depot.
func NewCellar(files depot.Depot) *Cellar { return &Cellar{Folder{files: files}} }

// Close lets the depot go.
func (c *Cellar) Close() error { return c.folder.files.Close() }

// Keep keeps bytes and answers their hash, hex. They are on the disk, whole, when it answers. A full disk is ErrUnavailable.
func (c *Cellar) Keep(data []byte) (string, error) {
	sum := sha256.Sum256(data)
	hash := hex.EncodeToString(sum[:])
	err := depot.Write(context.Background(), c.folder.files, placeOf(hash), func(w io.Writer) error { // the depot bounds its own time
		_, err := w.Write(data)
		return err
	})
	return hash, full(err)
}

// Read answers bytes that were kept. Those that are gone, or are not the ones that were kept, are ErrUnavailable.
func (c *Cellar) Read(hash string, size int64) ([]byte, error) {
	r, err := c.folder.verified(context.Background(), assess.EvidenceFile{Hash: hash, Size: size})
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("read %s: %w", hash, err)
	}
	return io.ReadAll(r)
}

// Forget takes away what was on its way before a time and never came to its end.
func (c *Cellar) Forget(before time.Time) (forgotten int, err error) { return c.folder.Forget(before) }

// Sweep takes away bytes that are not named any more and older than an hour: younger ones may wait for their row. It answers how many.
func (c *Cellar) Sweep(ctx context.Context, named map[string]bool, now time.Time) (swept int, err error) {
	old := now.Add(-time.Hour)
	swept, err = c.folder.files.Forget(old)
	if err == nil {
		err = c.folder.files.Walk(ctx, "", func(e depot.Entry) error {
			hash := path.Base(e.Name)
			if !e.At.Before(old) || !validHash(hash) || e.Name != placeOf(hash) || named[hash] {
				return ctx.Err()
			}
			swept++
			return c.folder.files.Remove(ctx, e.Name)
		})
	}
	if err != nil {
		return swept, fmt.Errorf("sweep what is kept of sources: %w", err)
	}
	return swept, ctx.Err()
}
