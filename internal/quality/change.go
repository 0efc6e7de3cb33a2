package quality

import (
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Change is a figure that was changed, or handed in, and what came with it.
type Change struct {
	Unit          assess.UnitCode
	Period        assess.Period
	Item          assess.Code
	Before, After Figure
	At            time.Time
	Late          bool // after the deadline
	// NeedsEvidence: the definitions ask for evidence; HasEvidence: some came with it.
	NeedsEvidence, HasEvidence bool
}

// Changes asks about figures that were changed after the deadline, and about those without the evidence they need. They are
// written down and shown; nothing is blocked. Source: scoring specification 4.1, "evidence".
func Changes(changes []Change) []Finding {
	var findings []Finding
	for _, c := range changes {
		f := Finding{
			Level: Warn, Unit: c.Unit, Period: c.Period, Items: []assess.Code{c.Item},
			Values: []Value{{c.Item, c.Period, c.Before.text()}, {c.Item, c.Period, c.After.text()}},
		}
		if c.Late && c.Before != c.After {
			late := f
			late.Check = LateChange
			findings = append(findings, late.sentence("question.late_change", "changed from {before} to {after} on {day}, after the deadline",
				"before", c.Before.text(), "after", c.After.text(), "day", c.At.Format(time.DateOnly)))
		}
		if c.NeedsEvidence && !c.HasEvidence {
			bare := f
			bare.Check = NoEvidence
			findings = append(findings, bare.sentence("question.no_evidence", "{after} came without the evidence it needs; please attach it",
				"after", c.After.text()))
		}
	}
	return findings
}

// text writes a figure: its value, or its state where it has none, or a dash where there was nothing.
func (f Figure) text() string {
	switch {
	case f.Value != "":
		return f.Value
	case f.State != "":
		return string(f.State)
	}
	return "–"
}
