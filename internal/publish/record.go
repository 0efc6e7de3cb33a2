package publish

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Form is the form of the lines; docs/seal.md describes it. Another form gets another number, and this one is read for ever.
const Form = 1

// record is one line of a seal: exactly one of its fields is set. They come in this order.
type record struct {
	Header  *Header  `json:"header,omitempty"`
	File    *file    `json:"file,omitempty"`
	Text    *string  `json:"text,omitempty"`
	Quarter *quarter `json:"quarter,omitempty"`
	Filing  *filing  `json:"filing,omitempty"`
	Target  *target  `json:"target,omitempty"`
	Figure  *figure  `json:"figure,omitempty"`
	Scores  *scores  `json:"scores,omitempty"`
	Card    *card    `json:"card,omitempty"`
	Node    *node    `json:"node,omitempty"`
	End     *end     `json:"end,omitempty"`
}

// Header says what a seal is of, who stands behind it and what it follows.
type Header struct {
	Form   int           `json:"form"`
	Period assess.Period `json:"period"`
	// Edition counts the seals of the period: 1, and 1 more for each that took the place of the one before.
	Edition int    `json:"edition"`
	Engine  string `json:"engine"` // score.Engine
	// Definitions are the edition of the year by which the period is scored.
	Definitions Definitions `json:"definitions"`
	// Seq is the last number of the log that counts.
	Seq int64 `json:"seq"`
	// Content is the SHA-256 of the lines between the header and the end: what was proposed and approved, hex.
	Content  string `json:"content"`
	Proposed Act    `json:"proposed"`
	Approved Act    `json:"approved"`
	// Previous is the SHA-256 of the seal that was made before, of whatever period; "" of the first.
	Previous string `json:"previous,omitempty"`
	// Audit is where the audit log stood when the seal was made.
	Audit Mark `json:"audit"`
}

// Definitions name an edition of a year; Digest is that of its files.
type Definitions struct {
	Year   int    `json:"year"`
	Number int    `json:"number"`
	Digest string `json:"digest"`
}

// Act is what somebody did: proposed or approved, when, and why.
type Act struct {
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason,omitempty"`
}

// Mark is a spot in the audit log.
type Mark struct {
	Seq  int64  `json:"seq"`
	Hash string `json:"hash"`
}

// file is a definition file; Lines lines of text follow, which a line feed joins.
type file struct {
	Path  string `json:"path"`
	Lines int    `json:"lines"`
}

// quarter says whether figures of a quarter that are missing may still come.
type quarter struct {
	Period assess.Period `json:"period"`
	Open   bool          `json:"open"`
}

type filing struct {
	Unit     assess.UnitCode `json:"unit"`
	Period   assess.Period   `json:"period"`
	LateDays int             `json:"late_days"`
	Returns  int             `json:"returns"`
}

type target struct {
	Unit   assess.UnitCode `json:"unit"`
	Period assess.Period   `json:"period"`
	Code   assess.Code     `json:"code"`
	Value  string          `json:"value"`
	From   assess.Period   `json:"from,omitzero"`
}

type figure struct {
	Unit       assess.UnitCode `json:"unit"`
	Period     assess.Period   `json:"period"`
	Item       assess.Code     `json:"item"`
	Part       string          `json:"part,omitempty"`
	Ref        string          `json:"ref,omitempty"`
	State      assess.State    `json:"state"`
	Value      string          `json:"value,omitempty"`
	Note       string          `json:"note,omitempty"`
	Seq        int64           `json:"seq"`
	EnteredBy  string          `json:"entered_by,omitempty"`
	AcceptedBy string          `json:"accepted_by,omitempty"`
	RecordedAt time.Time       `json:"recorded_at"`
	Submission string          `json:"submission,omitempty"`
	Run        string          `json:"run,omitempty"`
}

// scores begins the results of a framework, or of the composite.
type scores struct {
	Framework assess.Code       `json:"framework"`
	Edition   string            `json:"edition,omitempty"`
	Decimals  int               `json:"decimals"`
	Layer     assess.Layer      `json:"layer"`
	Missing   []assess.UnitCode `json:"missing,omitempty"`
}

// card begins the results of a unit in a framework; its nodes follow.
type card struct {
	Framework   assess.Code     `json:"framework"`
	Unit        assess.UnitCode `json:"unit"`
	Base        float64         `json:"base"`
	Bonus       float64         `json:"bonus"`
	Late        float64         `json:"late"`
	Total       float64         `json:"total"`
	LateDays    int             `json:"late_days"`
	Vetoed      []assess.Text   `json:"vetoed,omitempty"`
	TiedAtQuota bool            `json:"tied_at_quota,omitempty"`
}

type node struct {
	Framework   assess.Code        `json:"framework"`
	Unit        assess.UnitCode    `json:"unit"`
	Node        assess.Code        `json:"node"`
	Parent      assess.Code        `json:"parent,omitempty"`
	Level       int                `json:"level"`
	State       assess.NodeState   `json:"state"`
	Value       *float64           `json:"value,omitempty"`
	Text        string             `json:"text,omitempty"`
	Score       float64            `json:"score"`
	Shown       float64            `json:"shown"`
	Points      float64            `json:"points"`
	FullPoints  float64            `json:"full_points"`
	Low         float64            `json:"low"`
	High        float64            `json:"high"`
	Rank        int                `json:"rank"`
	GroupRank   int                `json:"group_rank"`
	Grade       assess.Code        `json:"grade,omitempty"`
	Light       assess.Light       `json:"light,omitempty"`
	Coverage    float64            `json:"coverage"`
	SmallSample bool               `json:"small_sample,omitempty"`
	Outside     bool               `json:"outside,omitempty"`
	Why         *assess.Derivation `json:"why,omitempty"`
}

// end closes a seal: how many lines stand before it, and their SHA-256, by which the seal is known.
type end struct {
	Lines  int    `json:"lines"`
	SHA256 string `json:"sha256"`
}

// marked is how long the check at the beginning of a line is: so many hexadecimal digits of the SHA-256 of its text, and a blank.
// It finds the line that was changed; the SHA-256 of the whole finds that one was.
const marked = 16 + 1

// encode answers the text of a line, with its check and its line feed.
func encode(r record) ([]byte, error) {
	var b bytes.Buffer
	b.Write(make([]byte, marked))
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(r); err != nil {
		return nil, fmt.Errorf("write a line of a seal: %w", err)
	}
	line := b.Bytes()
	mark(line)
	return line, nil
}

// mark writes the check of a line to its beginning.
func mark(line []byte) {
	sum := sha256.Sum256(line[marked : len(line)-1])
	hex.Encode(line, sum[:(marked-1)/2])
	line[marked-1] = ' '
}

// sound says whether the check of a line holds.
func sound(line []byte) bool {
	if len(line) <= marked+1 || line[len(line)-1] != '\n' {
		return false
	}
	again := bytes.Clone(line)
	mark(again)
	return bytes.Equal(again, line)
}

// decode reads the text of a line without regard to its check. A line that this program would not have written so is an error.
func decode(line []byte) (record, error) {
	var r record
	if len(line) <= marked+1 {
		return r, io.ErrUnexpectedEOF
	}
	d := json.NewDecoder(bytes.NewReader(line[marked:]))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		return r, fmt.Errorf("read a line of a seal: %w", err)
	}
	again, err := encode(r)
	if err != nil {
		return r, err
	}
	if !bytes.Equal(again[marked:], line[marked:]) {
		return r, fmt.Errorf("read a line of a seal: written otherwise it would be %s", bytes.TrimSpace(again[marked:]))
	}
	return r, nil
}

// order answers the place of a record among the kinds; records of the results follow each other as they belong together.
func (r *record) order() int {
	switch {
	case r.Header != nil:
		return 1
	case r.File != nil, r.Text != nil:
		return 2
	case r.Quarter != nil:
		return 3
	case r.Filing != nil:
		return 4
	case r.Target != nil:
		return 5
	case r.Figure != nil:
		return 6
	case r.Scores != nil, r.Card != nil, r.Node != nil:
		return 7
	case r.End != nil:
		return 8
	}
	return 0
}
