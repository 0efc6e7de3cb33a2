package workbook

import (
	"archive/zip"
	"bytes"
	"cmp"
	"errors"
	"hash"
	"hash/crc32"
	"io"
	"io/fs"
	"math"
	"slices"

	"github.com/klauspost/compress/flate"
	"github.com/xuri/excelize/v2"
)

// pack is the ZIP file of a workbook. excelize names its parts in no order and keeps the whole file in one piece of memory; here each part is
// kept packed, in small pieces, and Close writes them by name: the same workbook has the same bytes, and a large one needs little memory.
type pack struct {
	to    io.Writer
	parts []*packedFile
}

// packTo answers where excelize puts the parts of a workbook that is written to w.
func packTo(w io.Writer) func(io.Writer) excelize.ZipWriter {
	return func(io.Writer) excelize.ZipWriter { return &pack{to: w} }
}

// Create implements excelize.ZipWriter.
func (p *pack) Create(name string) (io.Writer, error) {
	part := &packedFile{name: name, sum: crc32.NewIEEE()}
	var err error
	part.packer, err = flate.NewWriter(&part.packed, flate.DefaultCompression)
	p.parts = append(p.parts, part)
	return part, err
}

// AddFS implements excelize.ZipWriter; excelize does not use it.
func (*pack) AddFS(fs.FS) error { return errors.ErrUnsupported }

// Close writes the file.
func (p *pack) Close() error {
	slices.SortFunc(p.parts, func(a, b *packedFile) int { return cmp.Compare(a.name, b.name) })
	out := zip.NewWriter(p.to)
	for _, part := range p.parts {
		if err := part.write(out); err != nil {
			return err
		}
	}
	return out.Close()
}

// packedFile is a file of a pack.
type packedFile struct {
	name   string
	sum    hash.Hash32
	size   uint64
	packer *flate.Writer
	packed pieces
}

// errLarge: what is larger Excel reads by another layout alone.
var errLarge = errors.New("a sheet would have more than 4 GB")

// Write implements io.Writer.
func (p *packedFile) Write(b []byte) (int, error) {
	if p.size += uint64(len(b)); p.size > math.MaxUint32 {
		return 0, errLarge
	}
	p.sum.Write(b)
	return p.packer.Write(b)
}

func (p *packedFile) write(out *zip.Writer) error {
	if err := p.packer.Close(); err != nil {
		return err
	}
	w, err := out.CreateRaw(&zip.FileHeader{
		Name: p.name, Method: zip.Deflate, CRC32: p.sum.Sum32(), UncompressedSize64: p.size, CompressedSize64: p.packed.size(), CreatorVersion: 20, ReaderVersion: 20,
	})
	if err != nil {
		return err
	}
	for _, piece := range p.packed {
		if _, err := w.Write(piece.Bytes()); err != nil {
			return err
		}
	}
	p.packed = nil
	return nil
}

// pieces keep bytes without ever moving them: one buffer would be copied whenever it grows.
type pieces []*bytes.Buffer

// Write implements io.Writer.
func (p *pieces) Write(b []byte) (int, error) {
	const most = 1 << 20
	if n := len(*p); n == 0 || (*p)[n-1].Len()+len(b) > most {
		*p = append(*p, &bytes.Buffer{})
	}
	return (*p)[len(*p)-1].Write(b)
}

func (p pieces) size() (n uint64) {
	for _, piece := range p {
		n += uint64(piece.Len())
	}
	return n
}
