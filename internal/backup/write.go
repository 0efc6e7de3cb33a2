package backup

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"os"
	"time"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"
)

// Sums are of an archive that was written.
type Sums struct {
	Whole string // SHA-256 of the list of all sums: of everything in it, whatever it is packed or encrypted by
	File  string // SHA-256 of the file
	Size  int64  // bytes of the file
}

// counted counts and sums what is written through it.
type counted struct {
	to   io.Writer
	hash hash.Hash
	n    int64
}

// Write writes on.
func (c *counted) Write(p []byte) (int, error) {
	n, err := c.to.Write(p)
	c.hash.Write(p[:n]) // never fails
	c.n += int64(n)
	return n, err
}

// write writes an archive. open opens a member; what it yields must be what the manifest says.
func write(ctx context.Context, w io.Writer, m Manifest, to Recipients, open func(Member) (*os.File, error)) (s Sums, err error) {
	out := &counted{to: w, hash: sha256.New()}
	inner, finish, err := layers(out, to)
	if err != nil {
		return s, err
	}
	if s.Whole, err = writeTar(ctx, inner, m, open); err == nil {
		err = finish()
	}
	s.File, s.Size = hex.EncodeToString(out.hash.Sum(nil)), out.n
	return s, err
}

// layers answers where the tar goes: packed, and encrypted for recipients where there are any. finish ends both.
func layers(w io.Writer, to Recipients) (inner io.Writer, finish func() error, err error) {
	end := func() error { return nil }
	if len(to) > 0 {
		sealed, err := age.Encrypt(w, to...)
		if err != nil {
			return nil, nil, err
		}
		w, end = sealed, sealed.Close
	}
	packed, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1)) // people work meanwhile
	if err != nil {
		return nil, nil, err
	}
	return packed, func() error {
		if err := packed.Close(); err != nil {
			return err
		}
		return end()
	}, nil
}

func writeTar(ctx context.Context, w io.Writer, m Manifest, open func(Member) (*os.File, error)) (whole string, err error) {
	archive := tar.NewWriter(w)
	manifest, err := m.encode()
	if err != nil {
		return "", err
	}
	if err := writeText(archive, manifestName, manifest, m.Made); err != nil {
		return "", err
	}
	for _, one := range m.Members {
		if err := writeMember(ctx, archive, one, m.Made, open); err != nil {
			return "", fmt.Errorf("%s: %w", one.Name, err)
		}
	}
	sums := m.sums(manifest)
	if err := writeText(archive, sumsName, sums, m.Made); err != nil {
		return "", err
	}
	return sumOf(sums), archive.Close()
}

func head(name string, size int64, at time.Time) *tar.Header {
	return &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, ModTime: at.Truncate(time.Second)}
}

func writeText(archive *tar.Writer, name string, text []byte, at time.Time) error {
	if err := archive.WriteHeader(head(name, int64(len(text)), at)); err != nil {
		return err
	}
	_, err := archive.Write(text)
	return err
}

// writeMember copies a file into the archive. One that was changed since it was summed ends the archive: it would be refused when it is needed.
func writeMember(ctx context.Context, archive *tar.Writer, one Member, at time.Time, open func(Member) (*os.File, error)) error {
	f, err := open(one)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := archive.WriteHeader(head(one.Name, one.Size, at)); err != nil {
		return err
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(archive, sum), io.LimitReader(patient{ctx, f}, one.Size))
	if err != nil {
		return err
	}
	if got := hex.EncodeToString(sum.Sum(nil)); n != one.Size || got != one.Sum {
		return fmt.Errorf("the file was changed while it was copied")
	}
	return nil
}

// patient reads until its context ends.
type patient struct {
	ctx context.Context
	r   io.Reader
}

// Read reads on.
func (p patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.r.Read(b)
}
