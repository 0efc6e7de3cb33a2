package export

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Observations writes observations as tidy CSV, as `import` reads them. With Trace the columns that tell where each figure came
// from follow: sequence number, submission, run, who entered and who accepted it, and when (UTC).
type Observations struct {
	csv *csv.Writer
	row observationRow
}

// NewObservations starts a file of observations on w and writes its head.
func NewObservations(w io.Writer, trace bool) (*Observations, error) {
	o := &Observations{csv: csv.NewWriter(w), row: observationRow{trace: trace}}
	if err := o.csv.Write(observationColumns(trace)); err != nil {
		return nil, fmt.Errorf("write observations: %w", err)
	}
	return o, nil
}

// observationColumns are promised to other programs; their names and order stay.
func observationColumns(trace bool) []string {
	head := []string{"unit", "period", "code", "value", "state", "note", "part", "ref"}
	if trace {
		head = append(head, "seq", "submission", "run", "entered_by", "accepted_by", "recorded_at")
	}
	return head
}

// Write adds one observation.
func (o *Observations) Write(obs assess.Observation) error {
	cells := o.row.of(obs)
	harmless(cells)
	if err := o.csv.Write(cells); err != nil {
		return fmt.Errorf("write observations: %w", err)
	}
	return nil
}

// Close writes what is buffered.
func (o *Observations) Close() error {
	o.csv.Flush()
	if err := o.csv.Error(); err != nil {
		return fmt.Errorf("write observations: %w", err)
	}
	return nil
}

// observationRow writes observations as rows of text, one after the other into the same cells.
type observationRow struct {
	trace bool
	cells []string
	dated
}

func (r *observationRow) of(o assess.Observation) []string {
	r.cells = append(r.cells[:0], string(o.Unit), r.text(o.Period), string(o.Item), o.Value, string(o.State), o.Note, o.Part, o.Ref)
	if r.trace {
		r.cells = append(r.cells, strconv.FormatInt(o.Seq, 10), o.Submission, o.Run, o.EnteredBy, o.AcceptedBy, o.RecordedAt.UTC().Format(time.RFC3339))
	}
	return r.cells
}

// dated writes periods, each once where many rows in a row are of it.
type dated struct {
	last assess.Period
	said string
}

func (d *dated) text(p assess.Period) string {
	if p != d.last {
		d.last, d.said = p, p.String()
	}
	return d.said
}
