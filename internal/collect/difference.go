package collect

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// meeting is a figure of a batch that meets one that somebody else has said: a machine that differs from a person or agrees with it, or
// a person's new figure.
type meeting struct {
	figure
	differs bool
}

// stands answers what a person's figure of a cell is: what waits for review, else what counts.
func (s *state) stands(cell assess.CellKey) Holding {
	h, waits := s.waits[cell]
	if !waits {
		h = s.held[cell]
	}
	if h.State == "" { // it was declared that the figure cannot be had
		h.State = assess.Missing
	}
	return h
}

// loadDifferences reads the differences about some reports, whatever became of them.
func (g *Gate) loadDifferences(ctx context.Context, s *state, q assess.CellQuery) error {
	all, err := g.store.Differences(ctx, assess.DifferenceQuery{
		Units: q.Units, Periods: q.Periods, States: []assess.DifferenceState{assess.DifferenceOpen, assess.DifferenceTaken, assess.DifferenceKept},
	})
	if err != nil {
		return fmt.Errorf("read differences: %w", err)
	}
	for _, d := range slices.Backward(all) { // oldest first
		s.differences[d.CellKey] = append(s.differences[d.CellKey], d)
	}
	return nil
}

// meet notes a figure that was taken and about whose cell there is a difference.
func (b *batch) meet(f figure) {
	if len(b.state.differences[f.CellKey]) > 0 {
		b.met = append(b.met, meeting{figure: f})
	}
}

// differ turns what met into differences that are raised, said again, revised or settled.
func (g *Gate) differ(ctx context.Context, b *batch) error {
	if len(b.met) == 0 {
		return nil
	}
	held, err := g.heldFigures(ctx, b)
	if err != nil {
		return err
	}
	d := &differing{batch: b, held: held, changes: map[string]*assess.DifferenceChange{}}
	for _, m := range b.met {
		switch {
		case !b.from.machine():
			d.person(m.figure)
		case m.differs:
			d.say(m.figure)
		default:
			d.agree(m.figure)
		}
	}
	for _, id := range d.order {
		c := d.changes[id]
		b.intake.Differences = append(b.intake.Differences, *c)
		b.report.Differences = append(b.report.Differences, c.Difference)
	}
	if len(d.order) > 0 && !b.from.signs && b.from.correction == nil {
		b.intake.Audit = append(b.intake.Audit, d.line())
	}
	return nil
}

// heldFigures answers the persons' figures of the cells in which a batch differs.
func (g *Gate) heldFigures(ctx context.Context, b *batch) (map[assess.CellKey]assess.HeldFigure, error) {
	held := map[assess.CellKey]assess.HeldFigure{}
	var q assess.CellQuery
	for _, m := range b.met {
		if typed, ok := b.typed[m.CellKey]; ok {
			held[m.CellKey] = typed
			continue
		}
		if sub := b.state.handed[m.CellKey]; sub != nil {
			h := b.state.stands(m.CellKey)
			held[m.CellKey] = assess.HeldFigure{State: h.State, Value: h.Value, By: sub.EnteredBy, At: sub.ReceivedAt, Submission: sub.ID}
			continue
		}
		q.Units, q.Periods, q.Items = with(q.Units, m.Unit), with(q.Periods, m.Period), with(q.Items, m.Item)
	}
	if len(q.Units) == 0 {
		return held, nil
	}
	current, err := g.store.Current(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("read the log: %w", err)
	}
	for _, m := range b.met {
		if _, known := held[m.CellKey]; !known {
			held[m.CellKey] = assess.HeldFigure{State: assess.Missing} // it was declared that the figure cannot be had
		}
	}
	for _, o := range current {
		if _, typed := b.typed[o.CellKey]; b.state.handed[o.CellKey] == nil && !typed {
			held[o.CellKey] = heldBy(o)
		}
	}
	return held, nil
}

// heldBy answers an observation as a person's figure.
func heldBy(o assess.Observation) assess.HeldFigure {
	return assess.HeldFigure{State: o.State, Value: o.Value, By: cmp.Or(o.AcceptedBy, o.EnteredBy), At: o.RecordedAt, Submission: o.Submission, Seq: o.Seq}
}

// with adds one to some, once.
func with[T comparable](all []T, one T) []T {
	if slices.Contains(all, one) {
		return all
	}
	return append(all, one)
}

// differing is what becomes of the differences that a batch touches.
type differing struct {
	*batch
	held    map[assess.CellKey]assess.HeldFigure
	changes map[string]*assess.DifferenceChange
	order   []string
}

// going answers those of the differences about a cell that wait for something, of one source or of all.
func (d *differing) going(cell assess.CellKey, source assess.Code) (all []*assess.DifferenceChange) {
	known := d.state.differences[cell]
	for i := range known {
		if known[i].State.Going() && (source == "" || known[i].Source == source) {
			all = append(all, d.change(known[i], known[i].State))
		}
	}
	for _, id := range d.order { // those that the batch itself has raised
		c := d.changes[id]
		if c.Was == "" && c.CellKey == cell && c.State.Going() && (source == "" || c.Source == source) {
			all = append(all, c)
		}
	}
	return all
}

// change answers what becomes of a difference, begun if nothing has yet.
func (d *differing) change(of assess.Difference, was assess.DifferenceState) *assess.DifferenceChange {
	c := d.changes[of.ID]
	if c == nil {
		c = &assess.DifferenceChange{Difference: of, Was: was}
		d.changes[of.ID] = c
		d.order = append(d.order, of.ID)
	}
	return c
}

// say takes in that a source says something else than a person. What a person has decided to keep is raised by another figure only.
func (d *differing) say(f figure) {
	going, kept := d.going(f.CellKey, d.from.name), d.kept(f)
	switch {
	case len(going) == 0 && kept:
	case len(going) == 0:
		c := d.change(assess.Difference{ID: d.newID(), CellKey: f.CellKey, Source: d.from.name}, "")
		d.hear(c, f)
		c.Held = d.held[f.CellKey]
		c.Step(assess.RaiseDifference, assess.DifferenceOpen, d.from.actor, "", d.now)
	case kept:
		d.settle(going[0], f)
	default:
		d.again(going[0], f)
	}
}

// again takes in that a source goes on to differ. One that was on its way to be changed is open again when its person has handed it in as
// it was.
func (d *differing) again(c *assess.DifferenceChange, f figure) {
	held := d.held[f.CellKey]
	revised := !f.says(saidBy(&c.Difference)) || held.Text() != c.Held.Text() || held.Revision != c.Held.Revision
	back := c.State == assess.DifferenceTaken && held.Submission != c.Held.Submission
	d.hear(c, f)
	c.Held = held
	if revised || back {
		c.Step(assess.ReviseDifference, assess.DifferenceOpen, d.from.actor, "", d.now)
	}
}

// kept says whether a person has decided that a source is wrong in saying a figure, and the person's is still what it was then.
func (d *differing) kept(f figure) bool {
	_, draft := d.typed[f.CellKey] // what its district keeps in a draft is no decision about what it signs
	held := d.held[f.CellKey].Text()
	return slices.ContainsFunc(d.state.differences[f.CellKey], func(k assess.Difference) bool {
		return k.State == assess.DifferenceKept && (k.Held.Revision == 0 || draft) && k.Source == d.from.name && f.says(saidBy(&k)) && k.Held.Text() == held
	})
}

func saidBy(d *assess.Difference) Holding { return Holding{State: d.SaidState, Value: d.SaidValue} }

// hear writes down what a source says of a figure, where and when.
func (d *differing) hear(c *assess.DifferenceChange, f figure) {
	if !f.says(saidBy(&c.Difference)) {
		c.SaidState, c.SaidValue, c.First, c.Times = f.State, f.Value, d.now, 0
	}
	c.Run, c.Place, c.Last = d.report.ID, f.entry.At("value"), d.now
	c.Times++
}

// agree takes in that a source says what a person has signed.
func (d *differing) agree(f figure) {
	for _, c := range d.going(f.CellKey, d.from.name) {
		d.settle(c, f)
	}
}

func (d *differing) settle(c *assess.DifferenceChange, f figure) {
	d.hear(c, f)
	c.Step(assess.SettleDifference, assess.DifferenceSettled, d.from.actor, "", d.now)
}

// person takes in the figure that a person hands in, corrects or marks as not applicable.
func (d *differing) person(f figure) {
	for _, c := range d.going(f.CellKey, "") {
		before := c.Held
		c.Held = assess.HeldFigure{State: f.State, Value: f.Value, By: d.from.actor, At: d.now}
		switch {
		case f.says(saidBy(&c.Difference)) || f.State == assess.Exempt:
			c.Step(assess.SettleDifference, assess.DifferenceSettled, d.from.actor, f.Note, d.now)
		case c.Held.Text() != before.Text() || c.State == assess.DifferenceTaken || before.Revision > 0:
			c.Step(assess.ReviseDifference, assess.DifferenceOpen, d.from.actor, f.Note, d.now)
		}
	}
}

// line answers what the differences of a run leave in the audit log; each has its own steps.
func (d *differing) line() assess.AuditLine {
	n := map[assess.DifferenceAction]int{}
	for _, c := range d.changes {
		for _, s := range c.Added {
			n[s.Action]++
		}
	}
	return assess.AuditLine{
		At: d.now, Actor: d.from.actor, Action: "difference.meet", Object: d.report.ID, Result: "ok",
		After: fmt.Sprintf("raised %d, revised %d, settled %d, of %d", n[assess.RaiseDifference], n[assess.ReviseDifference], n[assess.SettleDifference], len(d.changes)),
	}
}
