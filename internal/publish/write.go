package publish

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/results"
)

// Content is what a seal holds of a sheet, between its header and its end.
type Content struct {
	Digest string // SHA-256, hex: what is proposed and approved
	lines  int
	packed []byte // zstd
}

// Of is what a seal is made of: the sheet of a period, what that was made of, and the files of its edition.
type Of struct {
	Sheet *results.Sheet
	Basis results.Basis
	Files map[string][]byte
}

// Describe makes the content of a seal.
func Describe(of Of) (*Content, error) {
	var packed bytes.Buffer
	pack, err := zstd.NewWriter(&packed, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	c, sum := &Content{}, sha256.New()
	to := io.MultiWriter(sum, pack)
	err = describe(of, func(line []byte) error {
		c.lines++
		_, err := to.Write(line)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := pack.Close(); err != nil {
		return nil, err
	}
	c.Digest, c.packed = hex.EncodeToString(sum.Sum(nil)), packed.Bytes()
	return c, nil
}

// Write writes the seal with a header: the whole of it, as it is kept and sent. It answers the SHA-256 by which the seal is known.
func (c *Content) Write(w io.Writer, h Header) (digest string, err error) {
	h.Form, h.Content = Form, c.Digest
	h.Proposed.At, h.Approved.At = h.Proposed.At.UTC(), h.Approved.At.UTC()
	sum := sha256.New()
	to := io.MultiWriter(w, sum)
	if err := put(to, record{Header: &h}); err != nil {
		return "", err
	}
	unpack, err := zstd.NewReader(bytes.NewReader(c.packed), zstd.WithDecoderConcurrency(1))
	if err != nil {
		return "", err
	}
	defer unpack.Close()
	if _, err := io.Copy(to, unpack); err != nil {
		return "", err
	}
	digest = hexOf(sum)
	return digest, put(w, record{End: &end{Lines: c.lines + 1, SHA256: digest}})
}

func put(w io.Writer, r record) error {
	line, err := encode(r)
	if err == nil {
		_, err = w.Write(line)
	}
	return err
}

func hexOf(sum hash.Hash) string { return hex.EncodeToString(sum.Sum(nil)) }

// describe hands on the lines of a content one after the other, always in the same order.
func describe(of Of, hand func(line []byte) error) error {
	s, err := of.Sheet.Explained()
	if err != nil {
		return err
	}
	files := of.Files
	put := func(r record) error {
		line, err := encode(r)
		if err != nil {
			return err
		}
		return hand(line)
	}
	for _, path := range slices.Sorted(maps.Keys(files)) {
		texts := strings.Split(string(files[path]), "\n")
		if err := put(record{File: &file{path, len(texts)}}); err != nil {
			return err
		}
		for _, text := range texts {
			if err := put(record{Text: &text}); err != nil {
				return err
			}
		}
	}
	if err := describeBasis(s.Period, of.Basis, put); err != nil {
		return err
	}
	for _, of := range s.Frameworks {
		if err := describeScores(of, put); err != nil {
			return err
		}
	}
	if s.Composite == nil {
		return nil
	}
	return describeScores(s.Composite, put)
}

// describeBasis hands on what the scores were made of.
func describeBasis(p assess.Period, b results.Basis, put func(record) error) error {
	var all []record
	for _, q := range p.Quarters() {
		open := !slices.ContainsFunc(b.Cycles, func(c assess.Cycle) bool { return c.Period == q && c.State.Closed() })
		all = append(all, record{Quarter: &quarter{q, open}})
	}
	for _, f := range b.Filings {
		all = append(all, record{Filing: &filing{f.Unit, f.Period, f.LateDays, f.Returns}})
	}
	for _, t := range b.Targets {
		all = append(all, record{Target: &target{t.Unit, t.Period, t.Code, t.Value.String(), t.From}})
	}
	for _, o := range b.Figures {
		all = append(all, record{Figure: &figure{
			o.Unit, o.Period, o.Item, o.Part, o.Ref, o.State, o.Value, o.Note, o.Seq, o.EnteredBy, o.AcceptedBy, o.RecordedAt.UTC(), o.Submission, o.Run,
		}})
	}
	for _, r := range all {
		if err := put(r); err != nil {
			return err
		}
	}
	return nil
}

// describeScores hands on the results of a framework: units in the order of the roster, the city last, nodes in the order of the tree.
func describeScores(of *assess.Scores, put func(record) error) error {
	if err := put(record{Scores: &scores{of.Framework, of.Edition, of.Decimals, of.Layer, of.Missing}}); err != nil {
		return err
	}
	cards := make([]*assess.Scorecard, 0, len(of.Cards)+1)
	for i := range of.Cards {
		cards = append(cards, &of.Cards[i])
	}
	if of.City != nil {
		cards = append(cards, of.City)
	}
	for _, c := range cards {
		head := record{Card: &card{of.Framework, c.Unit, c.Base, c.Bonus, c.Late, c.Total, c.LateDays, c.Vetoed, c.TiedAtQuota}}
		if err := put(head); err != nil {
			return err
		}
		for i := range c.Nodes {
			n := &c.Nodes[i]
			why := n.Why
			if why != nil && why.Contest != nil {
				// The values it was compared with stand in the seal already, as those of the same node of the others.
				alone := *why
				alone.Contest, why = nil, &alone
			}
			if err := put(record{Node: &node{
				of.Framework, c.Unit, n.Node, n.Parent, n.Level, n.State, n.Value, n.Text, n.Score, n.Shown, n.Points, n.FullPoints, n.Low, n.High,
				n.Rank, n.GroupRank, n.Grade, n.Light, n.Coverage, n.SmallSample, n.Outside, why,
			}}); err != nil {
				return err
			}
		}
	}
	return nil
}
