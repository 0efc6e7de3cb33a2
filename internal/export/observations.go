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
	csv   *csv.Writer
	trace bool
	cells []string // of a row, used again for the next
	dated
}

// NewObservations starts a file of observations on w and writes its head.
func NewObservations(w io.Writer, trace bool) (*Observations, error) {
	o := &Observations{csv: csv.NewWriter(w), trace: trace}
	head := []string{"unit", "period", "code", "value", "state", "note", "part", "ref"}
	if trace {
		head = append(head, "seq", "submission", "run", "entered_by", "accepted_by", "recorded_at")
	}
	if err := o.csv.Write(head); err != nil {
		return nil, fmt.Errorf("write observations: %w", err)
	}
	return o, nil
}

// Write adds one observation.
func (o *Observations) Write(obs assess.Observation) error {
	cells := append(o.cells[:0],
		string(obs.Unit), o.text(obs.Period), string(obs.Item), obs.Value, string(obs.State), obs.Note, obs.Part, obs.Ref)
	if o.trace {
		cells = append(cells, strconv.FormatInt(obs.Seq, 10), obs.Submission, obs.Run, obs.EnteredBy, obs.AcceptedBy,
			obs.RecordedAt.UTC().Format(time.RFC3339))
	}
	harmless(cells)
	o.cells = cells
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
