package evidence

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
)

// Read answers a stored file for handing out. It is read through first: bytes that are not those that were handed in, or are not
// there any more, are never handed out (ErrUnavailable), nor is a file that the scanner has not passed while one is set up
// (ErrConflict), or in which one has ever found something.
func (f *Folder) Read(ctx context.Context, file assess.EvidenceFile) (*os.File, error) {
	switch {
	case file.Scan == assess.Infected:
		return nil, assess.Conflict("problem.evidence_found_infected", "the virus scanner found something in this file; it is not handed out: ask for another copy")
	case file.Scan != assess.Clean && f.Scanner != nil:
		return nil, assess.Conflict("problem.evidence_waits", "the file waits for the virus scanner; it can be opened when that has passed it: try again in a few minutes")
	}
	r, err := f.verified(ctx, file)
	if err != nil {
		return nil, err
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, errors.Join(fmt.Errorf("read evidence: %w", err), r.Close())
	}
	return r, nil
}

// Verify reads a stored file through and says what is wrong with it: ErrUnavailable when it is gone or changed.
func (f *Folder) Verify(ctx context.Context, file assess.EvidenceFile) error {
	r, err := f.verified(ctx, file)
	if err != nil {
		return err
	}
	return r.Close()
}

// verified opens a file and reads it through.
func (f *Folder) verified(ctx context.Context, file assess.EvidenceFile) (*os.File, error) {
	if !validHash(file.Hash) {
		return nil, fmt.Errorf("read evidence: %q is no hash", file.Hash)
	}
	r, err := f.files.Open(ctx, placeOf(file.Hash))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, assess.Unavailable("problem.evidence_gone",
			"the file is not on the server's disk any more; tell the administrator, who has backups, or hand it in again", "hash", file.Hash).Because(err)
	}
	if err != nil {
		return nil, fmt.Errorf("read evidence: %w", err)
	}
	sum := sha256.New()
	n, err := io.Copy(sum, io.LimitReader(r, file.Size+1))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read evidence: %w", err), r.Close())
	}
	if n != file.Size || hex.EncodeToString(sum.Sum(nil)) != file.Hash {
		return nil, errors.Join(assess.Unavailable("problem.evidence_changed",
			"the file on the server's disk is not the one that was handed in; it is not handed out: tell the administrator, or hand it in again", "hash", file.Hash), r.Close())
	}
	return r, nil
}

// Preview answers the reduced picture of a file; fs.ErrNotExist where none was made.
func (f *Folder) Preview(ctx context.Context, file assess.EvidenceFile) (*os.File, error) {
	if !file.Preview || !validHash(file.Hash) || file.Scan == assess.Infected || file.Scan != assess.Clean && f.Scanner != nil {
		return nil, fs.ErrNotExist
	}
	return f.files.Open(ctx, previewOf(file.Hash))
}

func validHash(h string) bool {
	return len(h) == 2*sha256.Size && strings.Trim(h, "0123456789abcdef") == ""
}
