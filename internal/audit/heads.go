package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Head is where the chain ended at a time, written down outside of the database: who cuts the log there and makes its tail anew
// cannot make it end in the same hash.
type Head struct {
	At time.Time
	Mark
}

// headTimes is how a file of heads writes them: UTC, to the second.
const headTimes = "2006-01-02T15:04:05Z"

// AppendHead adds a head to a file and waits until it is on the disk. A file that is not there is made, for its owner alone.
func AppendHead(path string, h Head) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("head of the audit log: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("head of the audit log: %w", err)
	}
	defer func() {
		if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
			err = fmt.Errorf("head of the audit log: %w", err)
		}
	}()
	old, err := io.ReadAll(f)
	if err != nil {
		return err
	}
	whole := wholeRows(old)
	if err := f.Truncate(int64(len(whole))); err != nil {
		return err
	}
	row := fmt.Sprintf("%s,%d,%s\n", h.At.UTC().Format(headTimes), h.Seq, h.Hash)
	if len(whole) == 0 {
		row = "time,line,hash\n" + row
	}
	_, err = f.WriteString(row)
	return err
}

// wholeRows leaves out a last row that a loss of power has cut: nobody was told of it.
func wholeRows(b []byte) []byte { return b[:bytes.LastIndexByte(b, '\n')+1] }

// readable leaves out a last row that was cut. One without an end of line that has its whole hash was copied by hand, and counts: who compares
// with it must not believe that it was.
func readable(b []byte) []byte {
	rest := b[len(wholeRows(b)):]
	if hash := rest[bytes.LastIndexByte(rest, ',')+1:]; len(bytes.TrimSpace(hash)) < 2*sha256.Size {
		return wholeRows(b)
	}
	return b
}

// ReadHeads reads a file of heads. The error is a Problem of kind ErrInvalid that names the line of the file.
func ReadHeads(name string, from io.Reader) (heads []Head, err error) {
	all, err := io.ReadAll(from)
	if err != nil {
		return nil, fmt.Errorf("heads of the audit log: %w", err)
	}
	rows := csv.NewReader(bytes.NewReader(readable(all)))
	rows.FieldsPerRecord = 3
	for n := 1; ; n++ {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return heads, nil
		}
		if n == 1 && err == nil && row[0] == "time" {
			continue
		}
		var h Head
		if err == nil {
			h, err = headOf(row)
		}
		if err != nil {
			return nil, assess.Invalid("problem.audit_heads",
				"this is no row of a file of heads; each is time, line and hash, as the program writes them").
				At(assess.Place{File: name, Line: n}).Because(err)
		}
		heads = append(heads, h)
	}
}

func headOf(row []string) (h Head, err error) {
	if h.At, err = time.Parse(headTimes, row[0]); err != nil {
		return h, err
	}
	if h.Seq, err = strconv.ParseInt(row[1], 10, 64); err == nil && h.Seq < 1 {
		err = fmt.Errorf("there is no line %d", h.Seq)
	}
	h.Hash = row[2]
	return h, err
}
