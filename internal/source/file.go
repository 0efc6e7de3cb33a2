package source

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"

	"github.com/unionboard/unionboard/internal/assess"
)

// ByHand names as source what a person hands in as a file.
const ByHand assess.Code = "import"

// Limits of what is read at once, in bytes.
const (
	MostPulled  = 8 << 20   // an answer of another system, after decompression
	MostDropped = 16 << 20  // a file in a drop folder
	MostByHand  = 512 << 20 // a file given on the command line
)

// Limits of what is read at once, in rows: of an answer with all its pages, or a dropped file; and of a file given on the command
// line.
const (
	MostRows       = 10_000
	MostRowsByHand = 2_000_000
)

// RowsOf answers how many rows a delivery by a door may have.
func RowsOf(door assess.Door) int {
	if door == assess.DoorImport || door == "" {
		return MostRowsByHand
	}
	return MostRows
}

// TooManyRows says that a file or answer has more than most rows.
func TooManyRows(file string, most int) *assess.Problem {
	return assess.Invalid("problem.too_many_rows", fmt.Sprintf("it has more than %d rows; hand it in in parts", most), "limit", strconv.Itoa(most)).
		At(assess.Place{File: file})
}

// Read reads the values in a file by its content: a workbook is a zip, JSON begins with a brace, a dataValueSet names itself, all else is CSV.
func Read(file string, data []byte) (Reading, error) {
	return Piece{Name: file, Data: data}.whole(nil, MostRowsByHand)
}

// whole reads a piece that must hold all there is.
func (p Piece) whole(m *Mapping, most int) (Reading, error) {
	r, err := p.Read(m, most)
	if err == nil && r.Next != "" {
		err = assess.Invalid("problem.file_pages",
			"the file names a next page, so it holds only part of the figures; hand in all of them as one file with \"next\": null").
			At(assess.Place{File: p.Name, Field: "next"})
	}
	if err != nil {
		return Reading{}, err
	}
	return r, nil
}

// ReadFile reads a file given by hand as a delivery, by a mapping, nil for the promised forms. Errors are Problems: the file cannot be opened, is too large, is damaged.
func ReadFile(path string, m *Mapping) (assess.Delivery, error) {
	f, err := os.Open(path)
	if err != nil {
		return assess.Delivery{}, unopened(path, err)
	}
	defer f.Close()
	data, err := readLimited(f, path, MostByHand)
	if err != nil {
		return assess.Delivery{}, err
	}
	return deliver(assess.DoorImport, ByHand, Piece{Name: called(path), Data: data, pack: true}, m)
}

// deliver makes a delivery of the bytes of one file.
func deliver(door assess.Door, name assess.Code, p Piece, m *Mapping) (assess.Delivery, error) {
	r, err := p.whole(m, RowsOf(door))
	if err != nil {
		return assess.Delivery{}, err
	}
	return assess.Delivery{
		Door: door, Source: name, Entries: r.Entries, Packed: r.Packed, Refused: r.Refused, Notes: r.Notes, Made: r.Made,
		Digest: digest(p.Data), Bytes: int64(len(p.Data)),
	}, nil
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func unopened(path string, err error) *assess.Problem {
	reason := err
	if pathErr, ok := errors.AsType[*fs.PathError](err); ok {
		reason = pathErr.Err
	}
	p := assess.Invalid("problem.file_open", fmt.Sprintf("the file cannot be read (%s); check its name and who may read it", reason),
		"reason", reason.Error())
	if errors.Is(err, fs.ErrNotExist) {
		p = assess.NotFound("problem.file_absent", "there is no such file; check its name")
	}
	return p.At(assess.Place{File: path}).Because(err)
}

// readLimited reads everything, or says that it is more than most bytes.
func readLimited(r io.Reader, file string, most int64) ([]byte, error) {
	var data bytes.Buffer
	if f, ok := r.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			data.Grow(int(min(info.Size(), most)) + bytes.MinRead) // growing step by step takes four times the memory
		}
	}
	if _, err := data.ReadFrom(io.LimitReader(r, most+1)); err != nil {
		return nil, unopened(file, err)
	}
	if int64(data.Len()) > most {
		return nil, tooLarge(file, most)
	}
	return data.Bytes(), nil
}

func tooLarge(file string, most int64) *assess.Problem {
	limit := fmt.Sprintf("%d MiB", most>>20)
	if most < 1<<20 {
		limit = fmt.Sprintf("%d bytes", most)
	}
	return assess.Invalid("problem.too_large", fmt.Sprintf("it is larger than %s; hand it in in parts", limit), "limit", limit).
		At(assess.Place{File: file})
}
