package collect

import (
	"github.com/unionboard/unionboard/internal/assess"
)

// unwanted answers why a sender does not want what would become of a row, nil where it does.
func (s sender) unwanted(o Outcome) *assess.Problem {
	switch {
	case s.only == "" || s.only == o:
		return nil
	case s.only == OutcomeNew:
		return assess.Conflict("problem.only_new", "the figure is there already and only new ones were to be taken; leave it out, or allow updates")
	}
	return assess.Conflict("problem.only_changed", "there is no such figure yet and only updates were to be taken; leave it out, or allow new ones")
}

// takeNothing forgets what a batch was about to write: one of its rows was refused, and its sender wants all of it or nothing.
func (b *batch) takeNothing() {
	b.intake, b.met = assess.Intake{}, nil
	b.report.New, b.report.Changed, b.report.Same, b.report.Missing, b.report.Decisions = 0, 0, 0, 0, nil
	for i := range b.parcels {
		b.parcels[i].taken = 0
	}
}
