package evidence

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Cellar is a folder of bytes under their SHA-256 that nobody looks into: what sources sent and was refused. It is safe for concurrent use.
type Cellar struct{ folder Folder }

// OpenCellar opens the folder called name inside a data folder and makes it where there is none.
func OpenCellar(data, name string) (*Cellar, error) {
	dir := filepath.Join(data, name)
	if err := os.MkdirAll(filepath.Join(dir, incomingName), 0o700); err != nil {
		return nil, fmt.Errorf("folder %s: %w", name, err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("folder %s: %w", name, err)
	}
	return &Cellar{Folder{root: root, dir: dir}}, nil
}

// Close lets the folder go.
func (c *Cellar) Close() error { return c.folder.root.Close() }

// Keep keeps bytes and answers their hash, hex. They are on the disk, whole, when it answers. A full disk is ErrUnavailable.
func (c *Cellar) Keep(data []byte) (string, error) {
	sum := sha256.Sum256(data)
	hash := hex.EncodeToString(sum[:])
	err := c.folder.write(placeOf(hash), func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
	return hash, full(err)
}

// Read answers bytes that were kept. Those that are gone, or are not the ones that were kept, are ErrUnavailable.
func (c *Cellar) Read(hash string, size int64) ([]byte, error) {
	r, err := c.folder.verified(assess.EvidenceFile{Hash: hash, Size: size})
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("read %s: %w", hash, err)
	}
	return io.ReadAll(r)
}

// Sweep takes away bytes that are not named any more and older than an hour: younger ones may wait for their row. It answers how many.
func (c *Cellar) Sweep(ctx context.Context, named map[string]bool, now time.Time) (swept int, err error) {
	err = fs.WalkDir(c.folder.root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || ctx.Err() != nil {
			return err
		}
		info, err := entry.Info()
		if hash := path.Base(name); err != nil || now.Sub(info.ModTime()) < time.Hour || path.Dir(name) != incomingName && (!validHash(hash) || name != placeOf(hash) || named[hash]) {
			return err
		}
		swept++
		return c.folder.root.Remove(name)
	})
	if err != nil {
		return swept, fmt.Errorf("sweep %s: %w", c.folder.dir, err)
	}
	return swept, ctx.Err()
}
