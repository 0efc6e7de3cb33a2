package publish

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"strconv"
	"strings"
	"unicode"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/results"
)

// Seal is a seal as it was read: what it says, and what its scores were made of.
type Seal struct {
	Header Header
	Digest string // the SHA-256 by which it is known, as it was computed
	Lines  int
	Files  map[string][]byte // of the edition
	Basis  results.Basis
	// Scores are the frameworks in the order of the edition, then the composite. The derivations have no Contest.
	Scores []*assess.Scores

	content hash.Hash
}

// longest is how long a line may be: a derivation that compares some thousand events is the longest there is.
const longest = 64 << 20

// reader reads the lines of a seal.
type reader struct {
	in     *bufio.Reader
	seal   *Seal
	number int   // of the line, from 1
	at     int64 // the byte it begins with
	sum    hash.Hash
	last   int // the order of the record before
	text   *file
	texts  []string
	known  map[any]bool // what a line has stood about; see again
	before *record
	ended  bool
}

// Read reads a seal and checks that it is whole: the check of every line, the order of the lines, the SHA-256 of all. It does not compute
// the scores again. What is wrong is a Problem of kind ErrInvalid that names line, byte and what stands there.
func Read(in io.Reader) (*Seal, error) {
	r := &reader{in: bufio.NewReaderSize(in, 1<<16), seal: &Seal{Files: map[string][]byte{}, content: sha256.New()}, sum: sha256.New(), known: map[any]bool{}}
	for {
		line, err := r.line()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		if err := r.take(line); err != nil {
			return nil, err
		}
		r.at += int64(len(line))
	}
	if !r.ended {
		return nil, r.broken("problem.seal_cut", fmt.Sprintf("the seal ends after line %d without its last line; take the whole file", r.number-1))
	}
	r.seal.Lines = r.number - 1
	return r.seal, nil
}

// line reads a line with its line feed.
func (r *reader) line() ([]byte, error) {
	r.number++
	var line []byte
	for {
		part, err := r.in.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > longest:
			return nil, r.broken("problem.seal_line", "the line has no end; this is no seal")
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(line) == 0:
			return nil, io.EOF
		case err != nil && !errors.Is(err, io.EOF):
			return nil, fmt.Errorf("read a seal: %w", err)
		}
		return line, nil
	}
}

func (r *reader) broken(key, message string, args ...string) *assess.Problem {
	args = append([]string{"line", strconv.Itoa(r.number), "byte", strconv.FormatInt(r.at, 10)}, args...) // a later byte holds
	return assess.Invalid(key, message, args...).At(assess.Place{Line: r.number})
}

// take checks a line and puts what it says into the seal.
func (r *reader) take(line []byte) error {
	if r.ended {
		return r.broken("problem.seal_more", "there is something after the end of the seal; take it away")
	}
	if !sound(line) {
		return r.damaged(line)
	}
	rec, err := decode(line)
	if err != nil {
		return r.broken("problem.seal_line", "the line cannot be read as one of a seal: "+err.Error()).Because(err)
	}
	if order := rec.order(); order < max(r.last, 1) || (order == 1) != (r.number == 1) || r.unfinished(&rec) {
		return r.broken("problem.seal_order", "the line does not stand in its place")
	}
	r.last, r.before = rec.order(), &rec
	if rec.End != nil {
		return r.end(*rec.End)
	}
	r.sum.Write(line)
	if rec.Header == nil {
		r.seal.content.Write(line)
	}
	return r.put(&rec)
}

// unfinished says whether rec comes while lines of a file are awaited, or is such a line where none is.
func (r *reader) unfinished(rec *record) bool {
	awaited := r.text != nil && len(r.texts) < r.text.Lines
	return awaited != (rec.Text != nil)
}

func (r *reader) end(e end) error {
	r.ended = true
	r.seal.Digest = hexOf(r.sum)
	switch {
	case e.Lines != r.number-1:
		return r.broken("problem.seal_lines", fmt.Sprintf("there are %d lines before the end and should be %d; take the whole file", r.number-1, e.Lines))
	case e.SHA256 != r.seal.Digest:
		return r.broken("problem.seal_digest", fmt.Sprintf("the SHA-256 of the lines is %s, and the end says %s", r.seal.Digest, e.SHA256))
	case hexOf(r.seal.content) != r.seal.Header.Content:
		return r.broken("problem.seal_content", fmt.Sprintf("the SHA-256 of the content is %s, and the header says %s", hexOf(r.seal.content), r.seal.Header.Content))
	}
	return nil
}

// put adds a record to the seal.
func (r *reader) put(rec *record) error {
	s := r.seal
	switch {
	case rec.Header != nil:
		s.Header = *rec.Header
		if s.Header.Form != Form {
			return r.broken("problem.seal_form", fmt.Sprintf("this seal has form %d, and this program reads form %d; take a newer one", s.Header.Form, Form))
		}
		if wrong := s.Header.wrong(); wrong != "" {
			return r.broken("problem.seal_header", "the header says what no publication does: "+wrong)
		}
	case rec.File != nil:
		r.text, r.texts = rec.File, nil
	case rec.Text != nil:
		if r.texts = append(r.texts, *rec.Text); len(r.texts) == r.text.Lines {
			s.Files[r.text.Path] = []byte(strings.Join(r.texts, "\n"))
		}
	case rec.Quarter != nil:
		s.putQuarter(*rec.Quarter)
	case rec.Filing != nil:
		f := rec.Filing
		if r.again(filing{Unit: f.Unit, Period: f.Period}) {
			return r.twice()
		}
		s.Basis.Filings = append(s.Basis.Filings, assess.Filing{Unit: f.Unit, Period: f.Period, State: assess.Locked, LateDays: f.LateDays, Returns: f.Returns})
	case rec.Target != nil:
		t := rec.Target
		if r.again(target{Unit: t.Unit, Period: t.Period, Code: t.Code, From: t.From}) {
			return r.twice()
		}
		value, err := decimal.NewFromString(t.Value)
		if err != nil {
			return r.broken("problem.seal_line", fmt.Sprintf("the target %q is no number", t.Value))
		}
		s.Basis.Targets = append(s.Basis.Targets, assess.Target{Unit: t.Unit, Period: t.Period, Code: t.Code, Value: value, From: t.From})
	case rec.Figure != nil:
		o := rec.Figure.observation()
		if r.again(o.CellKey) {
			return r.twice()
		}
		s.Basis.Figures = append(s.Basis.Figures, o)
	default:
		return r.putResult(rec)
	}
	return nil
}

// again says whether a line about the same thing stood before. The later one would count, and whoever reads the file sees the first.
func (r *reader) again(of any) bool {
	before := r.known[of]
	r.known[of] = true
	return before
}

func (r *reader) twice() error {
	return r.broken("problem.seal_order", "the line does not stand in its place: there is one about the same before")
}

// wrong answers what a header says that no publication does; "" for nothing. Names that move the cursor of a terminal would let a forged
// seal print the digest of another.
func (h *Header) wrong() string {
	switch {
	case h.Edition < 1:
		return fmt.Sprintf("edition %d; the first is 1", h.Edition)
	case h.Proposed.By == "" || h.Approved.By == "" || h.Proposed.By == h.Approved.By:
		return fmt.Sprintf("it was proposed by %q and approved by %q; publishing takes two persons", h.Proposed.By, h.Approved.By)
	}
	for _, name := range []string{h.Engine, h.Proposed.By, h.Approved.By} {
		if name == "" || strings.ContainsFunc(name, func(c rune) bool { return !unicode.IsPrint(c) }) {
			return fmt.Sprintf("%q is no name", name)
		}
	}
	return ""
}

func (s *Seal) putQuarter(q quarter) {
	c := assess.Cycle{Period: q.Period, State: assess.CycleScored}
	if q.Open {
		c.State = assess.CycleOpen
	}
	s.Basis.Cycles = append(s.Basis.Cycles, c)
}

func (f *figure) observation() assess.Observation {
	return assess.Observation{
		Seq: f.Seq, CellKey: assess.CellKey{Unit: f.Unit, Period: f.Period, Item: f.Item, Part: f.Part, Ref: f.Ref}, State: f.State, Value: f.Value,
		Note: f.Note, Submission: f.Submission, Run: f.Run, EnteredBy: f.EnteredBy, AcceptedBy: f.AcceptedBy, RecordedAt: f.RecordedAt,
	}
}

// putResult adds a line of the results: scores of a framework, a card of theirs, a node of that.
func (r *reader) putResult(rec *record) error {
	s := r.seal
	if rec.Scores != nil {
		of := rec.Scores
		s.Scores = append(s.Scores, &assess.Scores{
			Framework: of.Framework, Edition: of.Edition, Period: s.Header.Period, Decimals: of.Decimals, Layer: of.Layer, Missing: of.Missing,
		})
		return nil
	}
	if len(s.Scores) == 0 {
		return r.broken("problem.seal_order", "the line does not stand in its place")
	}
	of := s.Scores[len(s.Scores)-1]
	if c := rec.Card; c != nil {
		of.Cards = append(of.Cards, assess.Scorecard{
			Unit: c.Unit, Base: c.Base, Bonus: c.Bonus, Late: c.Late, Total: c.Total, LateDays: c.LateDays, Vetoed: c.Vetoed, TiedAtQuota: c.TiedAtQuota,
		})
		return nil
	}
	n := rec.Node
	if len(of.Cards) == 0 || of.Cards[len(of.Cards)-1].Unit != n.Unit || of.Framework != n.Framework {
		return r.broken("problem.seal_order", "the line does not stand in its place")
	}
	c := &of.Cards[len(of.Cards)-1]
	c.Nodes = append(c.Nodes, assess.NodeScore{
		Node: n.Node, Parent: n.Parent, Level: n.Level, State: n.State, Value: n.Value, Text: n.Text, Score: n.Score, Shown: n.Shown, Points: n.Points,
		FullPoints: n.FullPoints, Low: n.Low, High: n.High, Rank: n.Rank, GroupRank: n.GroupRank, Grade: n.Grade, Light: n.Light, Coverage: n.Coverage,
		SmallSample: n.SmallSample, Outside: n.Outside, Why: n.Why,
	})
	return nil
}

// damaged says of a line whose check does not hold what stood there, as far as it can be told.
func (r *reader) damaged(line []byte) error {
	if place, was := repair(line); place >= 0 {
		fixed := bytes.Clone(line)
		fixed[place] = was
		what := "its check"
		if rec, err := decode(fixed); err == nil && place >= marked {
			what = rec.describe()
		}
		return r.broken("problem.seal_changed",
			fmt.Sprintf("byte %d was changed: it is %q and was %q, in line %d: %s", r.at+int64(place), line[place], was, r.number, what),
			"byte", strconv.FormatInt(r.at+int64(place), 10), "what", what, "is", string(rune(line[place])), "was", string(rune(was)))
	}
	what := excerpt(line)
	if rec, err := decode(line); err == nil {
		what = rec.describe()
	}
	return r.broken("problem.seal_damaged", fmt.Sprintf("line %d, from byte %d, was changed: %s", r.number, r.at, what), "what", what)
}

// repairable is up to how long a line is looked through for the one byte that makes its check good again: 255 tries a byte.
const repairable = 2 << 10

// repair answers the place of the one byte that was changed and what it was, −1 where no single byte makes the line's check good.
func repair(line []byte) (place int, was byte) {
	if len(line) <= marked+1 || len(line) > repairable || line[len(line)-1] != '\n' {
		return -1, 0
	}
	want := string(line[:marked-1])
	try := bytes.Clone(line)
	mark(try)
	if wrong := differing(try[:marked], line[:marked]); len(wrong) == 1 {
		return wrong[0], try[wrong[0]]
	}
	for i := marked; i < len(line)-1; i++ {
		old := try[i]
		for b := range 256 {
			try[i] = byte(b)
			if byte(b) == old || b == '\n' {
				continue
			}
			if mark(try); string(try[:marked-1]) == want {
				return i, byte(b)
			}
		}
		try[i] = old
	}
	return -1, 0
}

// differing answers the places at which two texts of one length differ.
func differing(a, b []byte) (places []int) {
	for i := range a {
		if a[i] != b[i] {
			places = append(places, i)
		}
	}
	return places
}

func excerpt(line []byte) string {
	const most = 120
	text := strings.ToValidUTF8(strings.TrimSpace(string(line)), "\ufffd")
	if short := []rune(text); len(short) > most {
		text = string(short[:most]) + " …"
	}
	return strconv.Quote(text)
}

// describe names what a record says, for people.
func (r *record) describe() string {
	switch {
	case r.Header != nil:
		return "the header of the seal of " + r.Header.Period.String()
	case r.File != nil:
		return "the definition file " + r.File.Path
	case r.Text != nil:
		return "a line of a definition file, " + strconv.Quote(*r.Text)
	case r.Quarter != nil:
		return "the collection of " + r.Quarter.Period.String()
	case r.Filing != nil:
		return fmt.Sprintf("the report of %s for %s: %d days late, %d returns", r.Filing.Unit, r.Filing.Period, r.Filing.LateDays, r.Filing.Returns)
	case r.Target != nil:
		return fmt.Sprintf("the target of %s for %s in %s: %s", r.Target.Unit, r.Target.Code, r.Target.Period, r.Target.Value)
	case r.Figure != nil:
		o := r.Figure.observation()
		return fmt.Sprintf("the figure %s: %s", cell(o.CellKey), valueOf(o))
	case r.Scores != nil:
		return "the scores of " + string(r.Scores.Framework)
	case r.Card != nil:
		return fmt.Sprintf("the total of %s in %s: %s", r.Card.Unit, r.Card.Framework, number(r.Card.Total))
	case r.Node != nil:
		return fmt.Sprintf("the score of %s in %s: %s", r.Node.Unit, r.Node.Node, number(r.Node.Score))
	}
	return "the end of the seal"
}

func cell(k assess.CellKey) string {
	text := fmt.Sprintf("%s %s %s", k.Unit, k.Period, k.Item)
	if k.Part != "" || k.Ref != "" {
		text += " (" + strings.Trim(k.Part+" "+k.Ref, " ") + ")"
	}
	return text
}

func valueOf(o assess.Observation) string {
	if o.Value != "" {
		return o.Value
	}
	return string(o.State)
}

func number(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
