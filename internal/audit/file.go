package audit

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Lines that leave the database when their time is over go into a file of their own: JSON lines, compressed by gzip. The first says what
// the file is and which line of the chain it follows; each other is a line of the log with its hashes, so that the file can be verified by
// itself, and joined to the files and the log around it.

// fileFormat is what the first line of such a file says it is.
const fileFormat = "unionboard audit file 1"

type fileHead struct {
	Format    string `json:"format"`
	AfterLine int64  `json:"after_line"`
	AfterHash string `json:"after_hash"`
}

// fileLine is a line of the log as a file has it. Times are milliseconds since 1970, as they are hashed, with the same in words beside them.
type fileLine struct {
	Seq     int64  `json:"line"`
	At      int64  `json:"ms"`
	Time    string `json:"time"`
	Actor   string `json:"account"`
	Address string `json:"address"`
	Action  string `json:"action"`
	Object  string `json:"object"`
	Unit    string `json:"unit"`
	Before  string `json:"before"`
	After   string `json:"after"`
	Result  string `json:"result"`
	Request string `json:"request"`
	Prev    string `json:"prev"`
	Hash    string `json:"hash"`
}

// WriteJSON writes a line of the log as one line of JSON.
func WriteJSON(to io.Writer, l *assess.AuditLine) error {
	b, err := json.Marshal(fileLine{
		Seq: l.Seq, At: l.At.UnixMilli(), Time: l.At.UTC().Format(time.RFC3339Nano), Actor: l.Actor, Address: l.Address, Action: l.Action, Object: l.Object,
		Unit: string(l.Unit), Before: l.Before, After: l.After, Result: l.Result, Request: l.Request, Prev: l.Prev, Hash: l.Hash,
	})
	if err != nil {
		return err
	}
	_, err = to.Write(append(b, '\n'))
	return err
}

func (f fileLine) line() assess.AuditLine {
	return assess.AuditLine{
		Seq: f.Seq, At: time.UnixMilli(f.At).UTC(), Actor: f.Actor, Address: f.Address, Action: f.Action, Object: f.Object, Unit: assess.UnitCode(f.Unit),
		Before: f.Before, After: f.After, Result: f.Result, Request: f.Request, Prev: f.Prev, Hash: f.Hash,
	}
}

// Keep writes the lines after from into a file and answers the last of them; it is whole and on the disk, or not there at all.
// A file of that name that was begun before and not finished is written anew.
func Keep(path string, from Mark, lines iter.Seq2[assess.AuditLine, error]) (to Mark, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return from, fmt.Errorf("keep audit lines: %w", err)
	}
	part := path + ".part"
	f, err := os.OpenFile(part, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return from, fmt.Errorf("keep audit lines: %w", err)
	}
	to, err = writeFile(f, from, lines)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		if err = os.Rename(part, path); err == nil {
			err = syncFolder(filepath.Dir(path))
		}
	}
	if err != nil {
		os.Remove(part) // what failed is said by err
		return from, fmt.Errorf("keep audit lines: %w", err)
	}
	return to, nil
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func writeFile(w io.Writer, from Mark, lines iter.Seq2[assess.AuditLine, error]) (last Mark, err error) {
	z := gzip.NewWriter(w)
	out := bufio.NewWriter(z)
	head, err := json.Marshal(fileHead{fileFormat, from.Seq, from.Hash})
	if err != nil {
		return from, err
	}
	_, _ = out.Write(append(head, '\n')) // Flush says what went wrong
	last = from
	for l, err := range lines {
		if err != nil {
			return from, err
		}
		if why := compare(last, l); why != "" {
			return from, broken(last.Seq+1, why)
		}
		if err := WriteJSON(out, &l); err != nil {
			return from, err
		}
		last = Mark{l.Seq, l.Hash}
	}
	return last, errors.Join(out.Flush(), z.Close())
}

// VerifyFile reads a file that Keep wrote and answers the marks it joins to: that of the line before its first, and that of its last. known are
// heads that were written down elsewhere: those of its lines must stand in it, for whoever makes a file anew as a whole makes its hashes anew. The error
// is a Problem: ErrConflict names the first bad line, ErrInvalid says that it is no such file.
func VerifyFile(name string, from io.Reader, known ...Mark) (first, last Mark, err error) {
	first, lines, err := ReadFile(name, from)
	if err != nil {
		return first, first, err
	}
	heads, _ := remembered(known, first, Mark{Seq: math.MaxInt64})
	last = first
	if hash, ok := heads[first.Seq]; ok && hash != first.Hash {
		return first, last, broken(first.Seq, otherLine)
	}
	for l, err := range lines {
		if err != nil {
			return first, last, err
		}
		if why := compare(last, l); why != "" {
			return first, last, broken(last.Seq+1, why)
		}
		if hash, ok := heads[l.Seq]; ok && hash != l.Hash {
			return first, last, broken(l.Seq, otherLine)
		}
		last = Mark{l.Seq, l.Hash}
	}
	return first, last, nil
}

// ReadFile reads a file that Keep wrote: the mark its lines follow, and them. A file that ends early is an error at its end.
func ReadFile(name string, from io.Reader) (first Mark, lines iter.Seq2[assess.AuditLine, error], err error) {
	bad := func(n int, err error) error {
		return assess.Invalid("problem.audit_file", "this is no whole file of audit lines; take the copy that the program has written").
			At(assess.Place{File: name, Line: n}).Because(err)
	}
	z, err := gzip.NewReader(from)
	if err != nil {
		return first, nil, bad(1, err)
	}
	in := json.NewDecoder(z)
	in.DisallowUnknownFields()
	var head fileHead
	if err := in.Decode(&head); err != nil || head.Format != fileFormat {
		return first, nil, bad(1, err)
	}
	return Mark{head.AfterLine, head.AfterHash}, func(yield func(assess.AuditLine, error) bool) {
		for n := 2; ; n++ {
			var f fileLine
			err := in.Decode(&f)
			if errors.Is(err, io.EOF) {
				return
			}
			if l := f.line(); err == nil && f.Time != l.At.Format(time.RFC3339Nano) { // what is hashed is ms
				err = fmt.Errorf("the time %q is not that of %d ms", f.Time, f.At)
			}
			if err != nil {
				yield(assess.AuditLine{}, bad(n, err))
				return
			}
			if !yield(f.line(), nil) {
				return
			}
		}
	}, nil
}
