package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"iter"
	"strconv"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// form begins the canonical bytes of every line, so that a later form can never be taken for this one.
const form = "unionboard audit line 1"

// Mark is a spot in the chain: the number of a line and its hash. The zero Mark is the spot before the first line.
type Mark struct {
	Seq  int64
	Hash string
}

// Span is how far the log reaches: Start is the mark of the last line that was cleared, zero where none was, Since when the first line was
// written that is kept, and Head where the chain ends.
type Span struct {
	Start, Head Mark
	Since       time.Time
}

// Canonical answers the bytes that are hashed: every field of the line but Hash, in a fixed order, each with its length before
// it. Times count in milliseconds, as they are stored.
func Canonical(line assess.AuditLine) []byte {
	var b []byte
	for _, field := range []string{
		form,
		strconv.FormatInt(line.Seq, 10),
		strconv.FormatInt(line.At.UnixMilli(), 10),
		line.Actor, line.Address, line.Action, line.Object, string(line.Unit),
		line.Before, line.After, line.Result, line.Request,
		line.Prev,
	} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(field)))
		b = append(b, field...)
	}
	return b
}

// Seal answers the line as it is kept: cleaned, bound to the hash of the line before it, with its own hash. Seq must be set.
func Seal(prev string, line assess.AuditLine) assess.AuditLine {
	line = clean(line)
	line.Prev = prev
	line.Hash = hash(line)
	return line
}

func hash(line assess.AuditLine) string {
	sum := sha256.Sum256(Canonical(line))
	return hex.EncodeToString(sum[:])
}

// otherLine says that a line is not the one that stood there when its hash was written down.
const otherLine = "an earlier head of the log names another line"

// Verify reads the lines after from up to the head and answers how many are good. known are earlier heads, written down elsewhere:
// each of them that is not before from must stand in the log. The error is a Problem of kind ErrConflict that names the first bad
// line in its argument "seq", or what reading the lines failed with.
func Verify(lines iter.Seq2[assess.AuditLine, error], from, head Mark, known ...Mark) (good int64, err error) {
	heads, cut := remembered(known, from, head)
	last := from
	if hash, ok := heads[from.Seq]; ok && hash != from.Hash {
		return 0, broken(from.Seq, otherLine)
	}
	for line, err := range lines {
		if err != nil {
			return good, err
		}
		if why := compare(last, line); why != "" {
			return good, broken(last.Seq+1, why)
		}
		if line.Seq > head.Seq {
			return good, broken(line.Seq, fmt.Sprintf("the log should end at line %d", head.Seq))
		}
		if hash, ok := heads[line.Seq]; ok && hash != line.Hash {
			return good, broken(line.Seq, otherLine)
		}
		last = Mark{line.Seq, line.Hash}
		good++
	}
	if last.Seq < head.Seq {
		return good, broken(last.Seq+1, fmt.Sprintf("it is missing: the log should reach line %d", head.Seq))
	}
	if last != head {
		return good, broken(last.Seq, "it is not the line that the head of the log names")
	}
	if cut > 0 {
		return good, broken(last.Seq+1, fmt.Sprintf("it is missing: an earlier head of the log names line %d", cut))
	}
	return good, nil
}

// Clearing is the action of the line that says which mark the log begins after, when the lines up to it have left for a file.
const Clearing = "audit.clear"

// Beginning answers what such a line says of the mark.
func Beginning(m Mark) string { return fmt.Sprintf("begins after line %d, %s", m.Seq, m.Hash) }

// VerifySpan is Verify for a log that may have been cleared: where it does not begin with the first line, one of its own must say so. Otherwise
// whoever moves the mark in the database could take lines from its beginning away.
func VerifySpan(lines iter.Seq2[assess.AuditLine, error], span Span, known ...Mark) (good int64, err error) {
	told, beginning := span.Start.Seq == 0, cleanText(Beginning(span.Start))
	good, err = Verify(func(yield func(assess.AuditLine, error) bool) {
		for l, err := range lines {
			told = told || l.Action == Clearing && l.After == beginning
			if !yield(l, err) {
				return
			}
		}
	}, span.Start, span.Head, known...)
	if err == nil && !told {
		return good, broken(span.Start.Seq, "it and those before it are missing, and no line says that they were cleared")
	}
	return good, err
}

// remembered answers the earlier heads by their lines; cut is one beyond the head that the log has now, 0 where there is none. Those before
// from are of lines that were cleared.
func remembered(known []Mark, from, head Mark) (heads map[int64]string, cut int64) {
	heads = make(map[int64]string, len(known))
	for _, m := range known {
		switch {
		case m.Seq > head.Seq:
			cut = max(cut, m.Seq)
		case m.Seq >= from.Seq && m.Seq > 0:
			if hash, twice := heads[m.Seq]; twice && hash != m.Hash {
				m.Hash = "two" // two heads of one line that differ: one of them is of a log that was made anew
			}
			heads[m.Seq] = m.Hash
		}
	}
	return heads, cut
}

// compare says why line cannot follow last, "" where it can.
func compare(last Mark, line assess.AuditLine) string {
	switch {
	case line.Seq != last.Seq+1:
		return fmt.Sprintf("line %d stands in its place", line.Seq)
	case line.Prev != last.Hash:
		return "it does not follow from the line before"
	case line.Hash != hash(line):
		return "its content was changed"
	}
	return ""
}

func broken(seq int64, why string) error {
	at := strconv.FormatInt(seq, 10)
	return assess.Conflict("problem.audit_broken",
		fmt.Sprintf("the audit log is broken at line %s: %s; keep the data folder as it is and compare with a backup", at, why),
		"seq", at)
}
