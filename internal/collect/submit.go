package collect

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
)

// decided is a figure that was taken.
type decided struct {
	*figure
	decision Decision
}

// submit puts what was taken of one parcel into the intake: a submission for each report in which something changed, and what
// follows of it. A report in which nothing changed leaves no trace. The annual figures ride with the report of the fourth quarter.
func (b *batch) submit(taken []decided) error {
	var order, moving []reportKey
	reports, moves := map[reportKey][]*decided{}, map[reportKey][]*decided{}
	changed := map[reportKey]bool{}
	for i := range taken {
		d := &taken[i]
		key := reportKey{d.Unit, d.Period}
		if reports[key] == nil {
			order = append(order, key)
		}
		reports[key] = append(reports[key], d)
		changed[key] = changed[key] || d.decision.Outcome != OutcomeSame
	}
	for _, key := range order {
		if !changed[key] && !b.from.signs {
			continue
		}
		quarter := reportKey{key.unit, key.period.LastQuarter()}
		if moves[quarter] == nil {
			moving = append(moving, quarter)
		}
		moves[quarter] = append(moves[quarter], reports[key]...)
		b.addSubmission(key, reports[key])
	}
	for _, key := range moving {
		if err := b.follow(key, moves[key]); err != nil {
			return err
		}
	}
	return nil
}

func (b *batch) addSubmission(key reportKey, taken []*decided) {
	sub := assess.Submission{
		ID: b.newID(), Unit: key.unit, Period: key.period, Door: b.from.door, Source: b.from.name, Run: b.report.ID,
		ReceivedAt: b.now, EnteredBy: b.from.actor,
	}
	sub.Entries = make([]assess.Entry, 0, len(taken))
	for _, d := range taken {
		if d.decision.Outcome == OutcomeSame && !b.from.signs {
			continue // it stands as it came first: what is decided of it stays so, and what was returned has no answer yet
		}
		sub.Entries = append(sub.Entries, d.entry)
		if b.from.authority == Adopt {
			b.intake.Observations = append(b.intake.Observations, b.observation(d, sub.ID))
			if len(b.state.waits) > 0 {
				b.adopted[d.CellKey] = true
			}
		}
		if b.from.correction != nil {
			b.intake.Audit = append(b.intake.Audit, b.correctionLine(d))
		}
	}
	b.intake.Submissions = append(b.intake.Submissions, sub)
}

// follow takes the report of a quarter on by figures of it that came without its form. What the city supplies does not move the district's
// report, nor does a correction. Annual figures alone begin no report; they may be the answer to its return, or the last that it lacked.
func (b *batch) follow(quarter reportKey, taken []*decided) error {
	ofDistrict, ofQuarter := false, false
	for _, d := range taken {
		news := d.decision.Outcome != OutcomeSame && d.ofDistrict()
		ofDistrict = ofDistrict || news
		ofQuarter = ofQuarter || news && d.Period == quarter.period
	}
	switch {
	case b.from.correction != nil || b.from.signs:
		return nil
	case !ofDistrict:
		return b.exempt(quarter, taken)
	case !b.moves(quarter, taken):
		return nil
	}
	action := b.delivery(quarter, taken)
	if !ofQuarter && action != cycle.Complete && b.state.filing(quarter).State != assess.Returned {
		return nil
	}
	return b.moveReport(quarter, action)
}

// delivery answers the step that figures without a form are for their report: the last that was lacking complete it. What a person
// has handed in or signed has come as it is.
func (b *batch) delivery(key reportKey, taken []*decided) cycle.Action {
	brought := slices.ContainsFunc(taken, func(d *decided) bool { return d.decision.Outcome == OutcomeNew })
	if b.from.machine() && brought && !b.state.byHand[key] && len(b.lacking(key)) == 0 && cycle.Filings().Allows(b.state.filing(key).State, cycle.Complete) {
		return cycle.Complete
	}
	return cycle.Deliver
}

// lacking answers the items that a district owes in a report and of which nothing is there.
func (b *batch) lacking(key reportKey) []assess.Code {
	book := b.shelf.books[key.period.CalendarYear()]
	if book == nil {
		return nil
	}
	return b.state.unreported(key, book.owed(key.period))
}

// exempt takes on a report that lacked nothing but what the city now marks as not applicable.
func (b *batch) exempt(key reportKey, taken []*decided) error {
	marked := slices.ContainsFunc(taken, func(d *decided) bool { return d.State == assess.Exempt })
	if !marked || !cycle.Filings().Allows(b.state.filing(key).State, cycle.Adopt) || !b.whole(key) {
		return nil
	}
	changes, err := b.state.step(key, b.from.actor, b.now, cycle.Adopt)
	b.intake.Filings = append(b.intake.Filings, changes...)
	b.intake.Audit = append(b.intake.Audit, filingLines(changes)...)
	return err
}

// moves says whether figures that come without a form take the report on. While the district's people fill the form in they do not:
// they stand in it until it is signed. Nor do they while a figure that was returned has no answer.
func (b *batch) moves(key reportKey, taken []*decided) bool {
	b.state.back[key] = slices.DeleteFunc(b.state.back[key], func(item assess.Code) bool {
		return slices.ContainsFunc(taken, func(d *decided) bool { return d.Item == item && d.decision.Outcome != OutcomeSame })
	})
	return len(b.state.back[key]) == 0 && cycle.Filings().Allows(b.state.filing(key).State, cycle.Deliver)
}

func (b *batch) observation(d *decided, submission string) assess.Observation {
	note := d.Note
	if b.from.correction != nil {
		note = b.from.correction.Reason
	}
	return assess.Observation{
		CellKey: d.CellKey, State: d.State, Value: d.Value, Note: note, Submission: submission, Run: b.report.ID,
		EnteredBy: b.from.actor, AcceptedBy: cmp.Or(b.from.acceptor, b.from.actor), RecordedAt: b.now,
	}
}

// moveReport takes the report of a unit and quarter to where the authority of the sender brings it. How late it is, is set when it
// first comes: by the chair's signature, or by a delivery. One of a machine counts as come with the last figure that was lacking;
// until then its steps list what is.
func (b *batch) moveReport(key reportKey, action cycle.Action) error {
	before := b.state.filing(key)
	actions := []cycle.Action{action}
	if b.from.authority == Adopt {
		if before.State == assess.Accepted {
			return nil
		}
		if b.whole(key) {
			actions = append(actions, cycle.Adopt)
		}
	}
	changes, err := b.state.step(key, b.from.actor, b.now, actions...)
	if err != nil {
		return err
	}
	first := action == cycle.Complete || before.SubmittedAt.IsZero() || b.from.signs && !b.state.byHand[key]
	for i := range changes {
		if changes[i].To == assess.Submitted {
			b.arrive(&changes[i], before, first)
		}
	}
	b.intake.Filings = append(b.intake.Filings, changes...)
	b.intake.Audit = append(b.intake.Audit, filingLines(changes)...)
	return nil
}

// arrive writes down when a report came by a step, and how late it is if it comes by it for the first time.
func (b *batch) arrive(step *assess.FilingChange, before assess.Filing, first bool) {
	key := reportKey{step.Unit, step.Period}
	step.LateDays = before.LateDays
	if b.from.machine() && !b.state.byHand[key] {
		step.Items = b.lacking(key)
	}
	if first && len(step.Items) == 0 {
		step.LateDays = b.lateDays(key)
	}
	f := b.state.filing(key)
	f.SubmittedAt, f.LateDays = b.now, step.LateDays
	b.state.filings[key] = f
}

// lateDays answers how late a report is that comes now, counted once for all units that have no dates of their own.
func (b *batch) lateDays(key reportKey) int {
	plan := b.state.plans[key.period]
	if !plan.Own(key.unit) {
		key.unit = ""
	}
	days, known := b.late[key]
	if !known {
		days = plan.LateDays(key.unit, b.now)
		b.late[key] = days
	}
	return days
}

// whole says whether every figure that a district owes is there, and none of them waits for review. What was adopted of a report that
// is not whole counts, and its district goes on with the rest.
func (b *batch) whole(key reportKey) bool {
	for cell, held := range b.state.waits {
		of := cell.Unit == key.unit && (cell.Period == key.period || annual(key.period) && cell.Period == key.period.Year())
		if of && held.State != assess.Missing && !b.adopted[cell] {
			return false
		}
	}
	return b.shelf.books[key.period.CalendarYear()] != nil && len(b.lacking(key)) == 0
}

// filingLines answers the lines that steps of reports leave in the audit log.
func filingLines(changes []assess.FilingChange) []assess.AuditLine {
	lines := make([]assess.AuditLine, len(changes))
	for i, c := range changes {
		after := string(c.To)
		switch {
		case c.Reason != "":
			after = fmt.Sprintf("%s: %s (%s) %s", c.To, list(c.Items), c.Reason, c.Note)
		case len(c.Items) > 0:
			after = fmt.Sprintf("%s in part, missing: %s", c.To, list(c.Items))
		}
		lines[i] = assess.AuditLine{
			At: c.At, Actor: c.By, Action: "filing." + string(c.To), Object: c.Period.String(), Unit: c.Unit, Before: string(c.From),
			After: after, Result: "ok",
		}
	}
	return lines
}

func (b *batch) correctionLine(d *decided) assess.AuditLine {
	object := d.Period.String() + " " + string(d.Item)
	if d.Part != "" || d.Ref != "" {
		object += " " + d.Part + "/" + d.Ref
	}
	return assess.AuditLine{
		At: b.now, Actor: b.from.actor, Action: "correct", Object: object, Unit: d.Unit, Before: d.decision.Before.text(),
		After: d.Holding.text() + ": " + b.from.correction.Reason, Result: "ok",
	}
}

// text writes what a cell holds: its value, or its state where there is none.
func (h Holding) text() string {
	if h.Value == "" {
		return string(h.State)
	}
	return h.Value
}

// runLine answers the line that the run itself leaves.
func (b *batch) runLine(action string) assess.AuditLine {
	r := b.report
	result := "ok"
	if r.State == assess.RunFailed || r.State == assess.RunInterrupted {
		result = "failed"
	}
	counts := fmt.Sprintf("taken %d, new %d, changed %d, same %d, refused %d", r.Taken, r.New, r.Changed, r.Same, r.Refused)
	if b.mapping > 0 {
		counts += fmt.Sprintf(", mapping %d", b.mapping)
	}
	return assess.AuditLine{
		At: b.now, Actor: b.from.actor, Action: action, Object: strings.Join([]string{string(r.Source), r.ID}, " "),
		Before: r.Slot.UTC().Format(time.RFC3339), After: counts, Result: result,
	}
}
