package assess

import (
	"time"

	"github.com/shopspring/decimal"
)

// State is what a figure says about itself. Blank, zero, not applicable and not due are four different things.
type State string

// The states of a figure.
const (
	Reported   State = "reported"
	ZeroReport State = "zero_report" // a true zero that was typed in (零报送)
	Exempt     State = "not_applicable"
	Missing    State = "missing" // closed without a figure (未报); never written as 0
)

// CellKey names a cell of the log. Part and Ref are "" except for ratings, deductions and bonus (rater group and rater, kind
// of event, level and achievement).
type CellKey struct {
	Unit   UnitCode
	Period Period
	Item   Code
	Part   string
	Ref    string
}

// Observation is one accepted value: unit × period × item, with its sequence number. Observations are never changed; the one
// with the highest sequence number of a cell holds.
type Observation struct {
	Seq int64
	CellKey
	State State
	// Value is a plain decimal ("1204", "92.5"), "1" or "0" for booleans, or a level of a graded item; "" unless State is
	// Reported or ZeroReport.
	Value      string
	Note       string
	Submission string // id of the submission it came in
	Run        string // id of the collection run, "" for other doors
	EnteredBy  string // account or source
	AcceptedBy string // account, or the source whose figures are accepted unseen
	RecordedAt time.Time
}

// Number answers the value as an exact decimal; ok is false for levels and where there is no value.
func (o Observation) Number() (d decimal.Decimal, ok bool) {
	if o.Value == "" {
		return decimal.Decimal{}, false
	}
	d, err := decimal.NewFromString(o.Value)
	return d, err == nil
}
