package publish

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"strconv"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/results"
	"github.com/unionboard/unionboard/internal/score"
)

// Verify reads a seal, computes its scores again from nothing else and compares every byte. The first difference is a Problem: of kind
// ErrInvalid where the seal itself was changed, of kind ErrConflict where it says something else than its figures give. The seal is
// answered as far as it could be read. open opens it from the beginning and is called twice.
func Verify(ctx context.Context, open func() (io.ReadCloser, error), load results.Load) (*Seal, error) {
	s, err := reading(open, Read)
	if err != nil {
		return nil, err
	}
	edition, err := load(s.Files)
	if err != nil {
		return s, assess.Conflict("problem.seal_definitions", "the definitions in the seal cannot be read: "+err.Error()).Because(err)
	}
	if edition.Digest != s.Header.Definitions.Digest {
		return s, assess.Conflict("problem.seal_definitions", fmt.Sprintf("the definitions in the seal have the digest %s, and its header says %s", edition.Digest, s.Header.Definitions.Digest))
	}
	of, err := gather(ctx, s.Board(load), s.Header.Period)
	if err != nil {
		return s, fmt.Errorf("compute the sealed scores again: %w", err)
	}
	of.Files = s.Files
	return s, s.Against(open, of, "computed again")
}

// Against compares the seal byte by byte with what its period is elsewhere: in the log, or computed again from the seal itself. The first difference is a Problem of kind ErrConflict that names line, byte, unit and both values;
// whence says in it where the other value comes from.
func (s *Seal) Against(open func() (io.ReadCloser, error), of Of, whence string) error {
	_, err := reading(open, func(in io.Reader) (*Seal, error) {
		c := &comparison{in: bufio.NewReaderSize(in, 1<<16), whence: whence, engine: s.Header.Engine}
		if _, err := c.next(); err != nil { // the header
			return nil, err
		}
		if err := describe(of, c.compare); err != nil {
			return nil, err
		}
		if line, err := c.next(); err != nil || c.number < s.Lines {
			return nil, c.differs(line, nil)
		}
		return s, nil
	})
	return err
}

// reading opens something, reads it and closes it.
func reading(open func() (io.ReadCloser, error), read func(io.Reader) (*Seal, error)) (*Seal, error) {
	in, err := open()
	if err != nil {
		return nil, fmt.Errorf("open a seal: %w", err)
	}
	defer in.Close()
	return read(in)
}

// comparison goes through the lines of a seal beside those of a sheet.
type comparison struct {
	in     *bufio.Reader
	number int   // of the line read last, from 1
	at     int64 // the byte it begins with
	size   int64
	whence string
	engine string
}

func (c *comparison) next() ([]byte, error) {
	c.at += c.size
	line, err := c.in.ReadBytes('\n')
	c.number++
	c.size = int64(len(line))
	return line, err
}

func (c *comparison) compare(computed []byte) error {
	sealed, err := c.next()
	if err != nil {
		return fmt.Errorf("read a seal: %w", err)
	}
	if bytes.Equal(sealed, computed) {
		return nil
	}
	return c.differs(sealed, computed)
}

// differs says how a sealed line and the one that should stand there differ.
func (c *comparison) differs(sealed, computed []byte) error {
	place := marked
	for place < min(len(sealed), len(computed)) && sealed[place] == computed[place] {
		place++
	}
	was, is := said(sealed), said(computed)
	text := fmt.Sprintf("sealed is %s; %s it is %s", was, c.whence, is)
	if one, other := figureOf(sealed), figureOf(computed); one != nil && other != nil && one.CellKey != other.CellKey {
		if results.CompareCells(one.CellKey, other.CellKey) < 0 {
			text = fmt.Sprintf("sealed is %s; %s it is not there", was, c.whence)
		} else {
			text = fmt.Sprintf("%s it is %s, which is not sealed", c.whence, is)
		}
	}
	if c.engine != score.Engine {
		text += fmt.Sprintf(" (the seal was made by engine %s, this is engine %s)", c.engine, score.Engine)
	}
	at := strconv.FormatInt(c.at+int64(place), 10)
	return assess.Conflict("problem.seal_differs", fmt.Sprintf("line %d, byte %s: %s", c.number, at, text),
		"line", strconv.Itoa(c.number), "byte", at, "sealed", was, "computed", is).At(assess.Place{Line: c.number})
}

// said names what a line says.
func said(line []byte) string {
	if line == nil {
		return "nothing more"
	}
	r, err := decode(line)
	if err != nil {
		return excerpt(line)
	}
	return r.describe() + r.rest()
}

// rest are the values of a score beside the first, so that both sides of a difference show it.
func (r *record) rest() string {
	switch {
	case r.Node != nil:
		n := r.Node
		return fmt.Sprintf(" (%s, %s of %s points, place %d, in the group %d, light %q)", n.State, number(n.Points), number(n.FullPoints), n.Rank, n.GroupRank, n.Light)
	case r.Figure != nil:
		return fmt.Sprintf(" (number %d of the log)", r.Figure.Seq)
	}
	return ""
}

func figureOf(line []byte) *assess.Observation {
	r, err := decode(line)
	if err != nil || r.Figure == nil {
		return nil
	}
	o := r.Figure.observation()
	return &o
}
