package collect

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
)

// mostRounds is how often a figure may be returned. Source: workflow 3.2, two rounds at most.
const mostRounds = 2

// Verdict is what a reviewer says of one figure: accepted, or returned with a reason of the catalogue and words.
type Verdict struct {
	Item   assess.Code
	Accept bool
	Reason assess.Code // of a return
	Note   string      // of a return
	// Submission is what the figure was handed in with when the reviewer saw it; "" takes whatever waits.
	Submission string
}

// Returns answers the verdicts that return figures for one reason.
func Returns(items []assess.Code, reason assess.Code, note string) []Verdict {
	verdicts := make([]Verdict, len(items))
	for i, item := range items {
		verdicts[i] = Verdict{Item: item, Reason: reason, Note: note}
	}
	return verdicts
}

// Reviewer is who decides: an account, and the department whose figures it decides about; "" is the operator, who decides about
// all of them.
type Reviewer struct {
	By         string
	Department assess.Code
}

func (r *review) nothingWaits() *assess.Problem {
	return assess.Conflict("problem.nothing_waits",
		fmt.Sprintf("nothing of unit %s in %s waits for review; look at the state of its report", r.unit, r.period),
		"unit", string(r.unit), "period", r.period.String())
}

// check wants verdicts about known figures of the department they are recorded under, one for each, and to know why one is returned: nobody
// should have to guess.
func (r *review) check(verdicts []Verdict) error {
	if len(verdicts) == 0 {
		return assess.Invalid("problem.verdict_none", "nothing was decided about any figure; accept or return at least one")
	}
	seen := map[assess.Code]bool{}
	for _, v := range verdicts {
		d := r.book.codes[v.Item]
		switch {
		case d == nil:
			return assess.Invalid("problem.return_item", fmt.Sprintf("%s is not an item; name the figures by their codes", quoted(string(v.Item))),
				"item", string(v.Item))
		case seen[v.Item]:
			return assess.Invalid("problem.verdict_twice", fmt.Sprintf("%s is decided about twice at once; decide once", v.Item), "item", string(v.Item))
		case r.Department != "" && d.item.Department != r.Department:
			return assess.Forbidden("problem.review_department",
				fmt.Sprintf("%s is a figure of the department %s; leave it to that department", v.Item, d.item.Department),
				"item", string(v.Item), "department", string(d.item.Department))
		case !v.Accept:
			if err := r.book.checkReason(v); err != nil {
				return err
			}
		}
		seen[v.Item] = true
	}
	return nil
}

func (b *book) checkReason(v Verdict) error {
	if strings.TrimSpace(v.Note) == "" {
		return assess.Invalid("problem.return_why", "a return names the figures and says in words what is wrong; give both")
	}
	if utf8.RuneCountInString(v.Note) > assess.LongestNote {
		return assess.TooLong("note", assess.LongestNote)
	}
	reasons := make([]assess.Code, len(b.edition.Reasons))
	for i, r := range b.edition.Reasons {
		reasons[i] = r.Code
	}
	if !slices.Contains(reasons, v.Reason) {
		return assess.Invalid("problem.return_reason", fmt.Sprintf("%s is not a reason for a return; give one of %s", quoted(string(v.Reason)), list(reasons)),
			"reason", string(v.Reason), "reasons", list(reasons))
	}
	return nil
}

// say writes down what is said of one figure.
func (r *review) say(v Verdict) error {
	cells := r.cells(v.Item)
	said := assess.Decision{
		Unit: r.unit, Period: r.period, Item: v.Item, Accepted: v.Accept, Reason: v.Reason, Note: v.Note, Department: r.Department,
		Revision: r.drafts[v.Item], By: r.By, At: r.now,
	}
	for _, c := range cells { // the newest of several parts is the last
		said.Submission, said.Value = c.submission.ID, cmp.Or(c.Value, string(c.State))
	}
	action := cycle.Return
	if v.Accept {
		action, said.Reason, said.Note = cycle.Accept, "", ""
	}
	if err := r.allow(v, cells, said, action); err != nil {
		return err
	}
	if !v.Accept {
		said.Round = r.returns[v.Item] + 1
	}
	r.decided[v.Item] = said
	r.intake.Decisions = append(r.intake.Decisions, said)
	if v.Accept {
		r.intake.Observations = append(r.intake.Observations, r.observations(cells)...)
		r.pending = slices.DeleteFunc(r.pending, func(p pendingFigure) bool { return p.Item == v.Item })
	}
	return nil
}

// allow refuses a verdict that comes too late, or that is not the reviewer's to give.
func (r *review) allow(v Verdict, cells []pendingFigure, said assess.Decision, action cycle.Action) error {
	cell := r.cell(v.Item, cells)
	_, err := cycle.Cells().Next(cell, action)
	if cell == assess.CellAccepted && !v.Accept {
		return assess.Conflict("problem.accepted_stays",
			fmt.Sprintf("%s of %s is accepted and counts, which is not taken back; have it corrected with a reason once the quarter is closed", v.Item, r.unit),
			"item", string(v.Item), "unit", string(r.unit))
	}
	if err != nil || cell == assess.CellAccepted || v.Submission != "" && v.Submission != said.Submission {
		return assess.Conflict("problem.decided",
			fmt.Sprintf("%s of %s was decided about already, or nothing of it waits; look at the report again", v.Item, r.unit),
			"item", string(v.Item), "unit", string(r.unit))
	}
	if v.Accept {
		var own []string
		for _, c := range cells {
			own = append(own, c.enteredBy(), c.submission.EnteredBy)
		}
		if slices.Contains(own, r.By) {
			return assess.Forbidden("problem.accept_own", "who handed figures in cannot accept them; let another account do it")
		}
		return nil
	}
	if r.returns[v.Item] >= mostRounds {
		return assess.Conflict("problem.return_rounds",
			fmt.Sprintf("%s was returned %d times already, and that is the most; accept it, or have it corrected later", v.Item, mostRounds),
			"item", string(v.Item), "most", strconv.Itoa(mostRounds))
	}
	if len(cells) == 0 && r.book.codes[v.Item].item.Origin != assess.FromDistrict {
		return r.nothingWaits()
	}
	return nil
}

// cells answers the figures of an item that wait.
func (r *review) cells(item assess.Code) (cells []pendingFigure) {
	for _, p := range r.pending {
		if p.Item == item {
			cells = append(cells, p)
		}
	}
	return cells
}

// cell answers where the figure of an item stands.
func (r *review) cell(item assess.Code, cells []pendingFigure) assess.CellState {
	said, decided := r.decided[item]
	if len(cells) > 0 {
		switch newest := cells[len(cells)-1].submission.ID; {
		case decided && !said.Accepted && said.Submission == newest:
			return assess.CellReturned
		case decided:
			return assess.CellRefilled
		}
		return assess.CellFilled
	}
	switch {
	case decided && said.Accepted:
		return assess.CellAccepted // also that it cannot be had, of which the log holds nothing
	case decided:
		return assess.CellReturned // as omitted
	}
	for key := range r.state.held {
		if key.Item == item {
			return assess.CellAccepted
		}
	}
	return assess.CellEmpty
}

// observations answers what figures that are accepted become, where they differ from what is held. What the city has marked as not
// applicable in the meantime prevails over a figure that waited.
func (r *review) observations(cells []pendingFigure) []assess.Observation {
	var all []assess.Observation
	for _, p := range cells {
		held, known := r.state.held[p.CellKey]
		if p.State == assess.Missing || known && (p.says(held) || held.State == assess.Exempt) {
			continue
		}
		all = append(all, assess.Observation{
			CellKey: p.CellKey, State: p.State, Value: p.Value, Note: p.Note, Submission: p.submission.ID, Run: p.submission.Run,
			EnteredBy: p.enteredBy(), AcceptedBy: r.By, RecordedAt: r.now,
		})
	}
	return all
}
