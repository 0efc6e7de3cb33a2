package backup

import (
	"archive/tar"
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"

	"github.com/unionboard/unionboard/internal/assess"
)

// window is the largest that an archive of ours is packed with, in bytes; a larger one would only take memory.
const window = 8 << 20

var zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}

// Reader reads an archive from its beginning to its end.
type Reader struct {
	Manifest Manifest
	body     []byte // the manifest, as it stands there
	archive  *tar.Reader
	rest     io.Reader // below the archive
	unpacker *zstd.Decoder
}

// Read begins to read an archive: what it holds is known then, and nothing of it is taken yet. Problems are ErrInvalid.
func Read(ctx context.Context, r io.Reader, keys Identities) (*Reader, error) {
	plain, err := opened(bufio.NewReaderSize(patient{ctx, r}, 64<<10), keys)
	if err != nil {
		return nil, err
	}
	unpacker, err := zstd.NewReader(plain, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(window), zstd.WithDecoderLowmem(true))
	if err != nil {
		return nil, fmt.Errorf("read a backup: %w", err)
	}
	a := &Reader{archive: tar.NewReader(unpacker), rest: unpacker, unpacker: unpacker}
	if err := a.begin(); err != nil {
		unpacker.Close()
		return nil, told(ctx, err)
	}
	return a, nil
}

// Close ends reading, wherever it is.
func (a *Reader) Close() { a.unpacker.Close() }

// told keeps an end that was wished for apart from a damaged archive.
func told(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// opened answers what is packed: an encrypted archive is opened.
func opened(r *bufio.Reader, keys Identities) (io.Reader, error) {
	begin, err := r.Peek(len(ageHeader))
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read a backup: %w", err)
	}
	if !bytes.Equal(begin, []byte(ageHeader)) {
		if !bytes.HasPrefix(begin, zstdMagic) {
			return nil, foreign()
		}
		return r, nil
	}
	if len(keys) == 0 {
		return nil, assess.Invalid("problem.backup_encrypted", "the backup is encrypted; name the file of its secret key with --identity")
	}
	plain, err := age.Decrypt(r, keys...)
	var none *age.NoIdentityMatchError
	if errors.As(err, &none) {
		return nil, assess.Invalid("problem.backup_other_key", "the backup was encrypted for other keys than the one named; name the file of the secret key that belongs to it")
	}
	if err != nil {
		return nil, cut(err)
	}
	return plain, nil
}

func (a *Reader) begin() error {
	h, err := a.archive.Next()
	if err != nil {
		return cut(err)
	}
	if h.Name != manifestName || h.Typeflag != tar.TypeReg || h.Size > mostManifest {
		return foreign()
	}
	if a.body, err = io.ReadAll(a.archive); err != nil {
		return cut(err)
	}
	a.Manifest, err = readManifest(a.body)
	return err
}

// Unpack writes the members into a folder, or with nil nowhere, and answers the sum of the whole. Each is what the manifest says, in its order, or nothing is right:
// what lies in the folder after an error is to be thrown away.
func (a *Reader) Unpack(ctx context.Context, into *os.Root) (whole string, err error) {
	for _, one := range a.Manifest.Members {
		if err := a.unpack(one, into); err != nil {
			return "", told(ctx, err)
		}
	}
	sums := a.Manifest.sums(a.body)
	if err := a.end(sums); err != nil {
		return "", told(ctx, err)
	}
	return sumOf(sums), nil
}

// unpack takes the next member, which must be the one that is due.
func (a *Reader) unpack(one Member, into *os.Root) error {
	h, err := a.archive.Next()
	if err != nil {
		return cut(err)
	}
	if h.Name != one.Name || h.Typeflag != tar.TypeReg || h.Size != one.Size {
		return badMember(h.Name)
	}
	f, finish, err := sink(into, one.Name)
	if err != nil {
		return err
	}
	sum := sha256.New()
	reading := &watched{r: a.archive}
	_, err = io.Copy(io.MultiWriter(f, sum), reading)
	if err = errors.Join(err, finish()); err != nil {
		if reading.err != nil {
			return cut(reading.err)
		}
		return err
	}
	if hex.EncodeToString(sum.Sum(nil)) != one.Sum {
		return changed(one.Name)
	}
	return nil
}

// watched remembers that reading failed, to tell it from a full disk.
type watched struct {
	r   io.Reader
	err error
}

// Read reads on.
func (w *watched) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	if err != nil && err != io.EOF {
		w.err = err
	}
	return n, err
}

// end reads the sums, and that nothing comes behind them.
func (a *Reader) end(sums []byte) error {
	h, err := a.archive.Next()
	if err != nil {
		return cut(err)
	}
	if h.Name != sumsName || h.Typeflag != tar.TypeReg || h.Size != int64(len(sums)) {
		return badMember(h.Name)
	}
	got, err := io.ReadAll(a.archive)
	if err != nil {
		return cut(err)
	}
	if !bytes.Equal(got, sums) {
		return changed(sumsName)
	}
	if h, err := a.archive.Next(); err == nil {
		return badMember(h.Name)
	} else if err != io.EOF {
		return cut(err)
	}
	// The archive ends in zeros; reading them ends the layers below, whose own sums are checked by that.
	zeros := &onlyZeros{}
	if _, err := io.Copy(zeros, a.rest); err != nil {
		return cut(err)
	}
	if zeros.other {
		return changed(sumsName)
	}
	return nil
}

// onlyZeros tells whether anything else is written to it.
type onlyZeros struct{ other bool }

// Write looks at every byte.
func (z *onlyZeros) Write(p []byte) (int, error) {
	z.other = z.other || len(bytes.Trim(p, "\x00")) > 0
	return len(p), nil
}
