package collect

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
)

// longestReason is the longest reason of a change, in characters.
const longestReason = 300

// Plan answers the dates of the collection of the quarter a period ends in, with everything that people changed in them. A year for
// which nothing is defined is ErrNotFound.
func (g *Gate) Plan(ctx context.Context, p assess.Period) (cycle.Plan, error) {
	p = p.LastQuarter()
	edition, err := g.editions.Edition(ctx, p.CalendarYear())
	if err != nil {
		return cycle.Plan{}, err
	}
	adjustments, err := g.store.Adjustments(ctx, p)
	if err != nil {
		return cycle.Plan{}, err
	}
	calendar, err := g.amended(ctx, edition.Calendar)
	if err != nil {
		return cycle.Plan{}, err
	}
	return cycle.NewPlan(calendar, p, edition.Assessment, adjustments), nil
}

// Calendar answers the working days around a year: those of its edition, with what was edited since. Where nothing is defined for the
// year, Monday to Friday and what was edited.
func (g *Gate) Calendar(ctx context.Context, year int) (cycle.Calendar, error) {
	days := assess.Calendar{}
	edition, err := g.editions.Edition(ctx, year)
	switch {
	case err == nil:
		days = edition.Calendar
	case !errors.Is(err, assess.ErrNotFound):
		return cycle.Calendar{}, err
	}
	return g.amended(ctx, days)
}

// amended answers working days with the years that were edited since.
func (g *Gate) amended(ctx context.Context, days assess.Calendar) (cycle.Calendar, error) {
	edits, err := g.CalendarEdits(ctx)
	if err != nil {
		return cycle.Calendar{}, err
	}
	return cycle.NewCalendar(cycle.Amend(days, edits, g.zone), g.zone), nil
}

// Adjust changes the dates of a collection, for a reason: a step is postponed, the deadline of a district extended, the form opened
// early. Reports that have come are more or less late by it. Of a period that is published nothing changes any more (ErrConflict);
// what the calendar does not allow is ErrInvalid or ErrConflict and says what would be right. line begins the line of the audit log: who,
// when, from where.
func (g *Gate) Adjust(ctx context.Context, a assess.Adjustment, line assess.AuditLine) error {
	ctx, done, err := g.alone(ctx)
	if err != nil {
		return err
	}
	defer done()
	a.By, a.At = line.Actor, line.At
	if err := checkReason(&a.Reason); err != nil {
		return err
	}
	published, err := g.published(ctx, a.Period)
	if err != nil {
		return fmt.Errorf("adjust the calendar of %s: %w", a.Period, err)
	}
	if published {
		return assess.Conflict("problem.calendar_published",
			fmt.Sprintf("%s is published, and what was published stays; nothing of its dates changes any more", a.Period), "period", a.Period.String())
	}
	before, err := g.Plan(ctx, a.Period)
	if err != nil {
		return err
	}
	if err := g.check(ctx, before, &a); err != nil {
		return err
	}
	late, err := g.late(ctx, before.With(a))
	if err != nil {
		return fmt.Errorf("adjust the calendar of %s: %w", a.Period, err)
	}
	if err := g.store.PutAdjustment(ctx, a, late, adjustmentLines(line, before, a, late)...); err != nil {
		return fmt.Errorf("adjust the calendar of %s: %w", a.Period, err)
	}
	if a.Kind == assess.OpenedEarly {
		return g.advance(ctx, turn{period: a.Period, to: assess.CycleOpen, reason: a.Reason}.by(line))
	}
	return nil
}

// check says why an adjustment is not possible. An extension to the deadline of all takes the district's own back.
func (g *Gate) check(ctx context.Context, before cycle.Plan, a *assess.Adjustment) error {
	switch a.Kind {
	case assess.Postponed:
		return before.CheckPostponement(a.Step, a.Day, a.At)
	case assess.OpenedEarly:
		return before.CheckOpening(a.At)
	case assess.Extended:
		if err := g.checkUnit(ctx, a.Unit, a.Period); err != nil {
			return err
		}
		a.Void = sameDay(a.Day, before.Deadline(""))
		return before.CheckExtension(a.Day)
	}
	return fmt.Errorf("an adjustment of kind %q is none of a collection", a.Kind)
}

func (g *Gate) checkUnit(ctx context.Context, code assess.UnitCode, p assess.Period) error {
	edition, err := g.editions.Edition(ctx, p.CalendarYear())
	if err != nil {
		return err
	}
	if u, known := edition.Roster.Unit(code); !known || !u.In(p) {
		return assess.NotFound("problem.unit_none", fmt.Sprintf("there is no unit %s in %s; choose one of the list", quoted(string(code)), p),
			"unit", string(code), "period", p.String())
	}
	return nil
}

// ConfirmOutage keeps a working day on which the program could not be used, by everybody or by one district, for a reason; void takes
// one back. Nobody is late for such a day: what came in the collections that are not published yet is counted again.
func (g *Gate) ConfirmOutage(ctx context.Context, a assess.Adjustment, line assess.AuditLine) error {
	ctx, done, err := g.alone(ctx)
	if err != nil {
		return err
	}
	defer done()
	a.Kind, a.Period, a.By, a.At = assess.Outage, assess.Period{}, line.Actor, line.At
	if err := checkReason(&a.Reason); err != nil {
		return err
	}
	var late []assess.Filing
	var plans []cycle.Plan
	for _, p := range g.recent(a.At) {
		plan, err := g.Plan(ctx, p)
		if errors.Is(err, assess.ErrNotFound) {
			continue // nothing is defined for that year
		}
		if err != nil {
			return err
		}
		plans = append(plans, plan)
		published, err := g.published(ctx, p)
		if err != nil || published {
			continue
		}
		moved, err := g.late(ctx, plan.With(a))
		if err != nil {
			return fmt.Errorf("confirm an outage: %w", err)
		}
		late = append(late, moved...)
	}
	if len(plans) == 0 {
		return assess.NotFound("problem.year_none", "nothing is defined for this year; issue its definitions first")
	}
	last := plans[len(plans)-1]
	if err := last.CheckOutage(a.Day, a.At); err != nil {
		return err
	}
	if a.Unit != "" {
		if err := g.checkUnit(ctx, a.Unit, last.Period()); err != nil {
			return err
		}
	}
	if err := g.store.PutAdjustment(ctx, a, late, adjustmentLines(line, last, a, late)...); err != nil {
		return fmt.Errorf("confirm an outage: %w", err)
	}
	return nil
}

// EditCalendar replaces a year of the calendar by a file of calendar/ from the day after now, for a reason. What is wrong with the file
// is ErrInvalid at its line and column; a year that is over is ErrConflict.
func (g *Gate) EditCalendar(ctx context.Context, e assess.CalendarEdit, line assess.AuditLine) error {
	e.By, e.At = line.Actor, line.At
	if err := checkReason(&e.Reason); err != nil {
		return err
	}
	days, err := g.readYear(e.Text)
	if err != nil {
		return err
	}
	e.Year = days.Year
	if today := e.At.In(g.zone); e.Year < today.Year() {
		return assess.Conflict("problem.calendar_past", fmt.Sprintf("%d is over and its days stay as they were; edit %d or a later year", e.Year, today.Year()),
			"year", strconv.Itoa(e.Year), "present", strconv.Itoa(today.Year()))
	}
	state := "provisional"
	if days.Official {
		state = "official"
	}
	line.Action, line.Object, line.Unit = "calendar.edit", strconv.Itoa(e.Year), ""
	line.After = fmt.Sprintf("%s, %d holidays, %d make-up days, %s: %s", state, len(days.Holidays), len(days.MakeUp), days.Source, e.Reason)
	if err := g.store.PutCalendarEdit(ctx, e, line); err != nil {
		return fmt.Errorf("edit the calendar of %d: %w", e.Year, err)
	}
	return nil
}

// CalendarEdits answers the years of the calendar that were edited, with their days, oldest first.
func (g *Gate) CalendarEdits(ctx context.Context) ([]assess.CalendarEdit, error) {
	edits, err := g.store.CalendarEdits(ctx)
	if err != nil {
		return nil, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for i := range edits {
		e := &edits[i]
		days, read := g.years[e.Seq]
		if !read {
			if days, err = g.readYear(e.Text); err != nil {
				return nil, fmt.Errorf("the edited year %d: %w", e.Year, err)
			}
			g.years[e.Seq] = days
		}
		e.Days = days
	}
	return edits, nil
}

// late answers the reports of a collection that are more or less late by a plan than they were when they came.
func (g *Gate) late(ctx context.Context, plan cycle.Plan) ([]assess.Filing, error) {
	filings, err := g.store.Filings(ctx, plan.Period())
	if err != nil {
		return nil, err
	}
	var moved []assess.Filing
	for _, f := range filings {
		if f.SubmittedAt.IsZero() {
			continue
		}
		steps, err := g.store.FilingChanges(ctx, f.Unit, f.Period)
		if err != nil {
			return nil, err
		}
		at, ok := arrival(steps)
		if days := plan.LateDays(f.Unit, at); ok && days != f.LateDays {
			f.LateDays = days
			moved = append(moved, f)
		}
	}
	return moved, nil
}

// arrival answers when a report first came: as it stood when it was first looked at. What a district took over by hand from its
// system came with the signature, what machines brought by and by with the last of it: steps that list what is lacking are none.
func arrival(steps []assess.FilingChange) (at time.Time, ok bool) {
	for _, c := range steps {
		switch {
		case c.To == assess.Submitted && len(c.Items) == 0:
			at, ok = c.At, true
		case c.To == assess.UnderReview, c.To == assess.Accepted:
			if ok {
				return at, ok
			}
		}
	}
	return at, ok
}

// published says whether what is known of a quarter has been published.
func (g *Gate) published(ctx context.Context, p assess.Period) (bool, error) {
	state, err := g.Stage(ctx, p)
	return state == assess.CyclePublished || state == assess.CycleArchived, err
}

// recent answers the present quarter and the two before it, oldest first: those that may be under way.
func (g *Gate) recent(now time.Time) []assess.Period {
	local := now.In(g.zone)
	present := assess.NewQuarter(local.Year(), (int(local.Month())+2)/3)
	return []assess.Period{present.Add(-2), present.Prev(), present}
}

// checkReason wants to know why: a change of the dates is asked about later. The reason becomes one line.
func checkReason(reason *string) error {
	*reason = strings.Join(strings.FieldsFunc(*reason, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if n := utf8.RuneCountInString(*reason); n == 0 || n > longestReason {
		return assess.Invalid("problem.reason_needed",
			fmt.Sprintf("a change of the calendar stands with its reason, in up to %d characters; write it", longestReason), "limit", strconv.Itoa(longestReason))
	}
	return nil
}

// adjustmentLines answers the lines that a change of the dates leaves in the audit log, with those of the reports it touches.
func adjustmentLines(line assess.AuditLine, before cycle.Plan, a assess.Adjustment, late []assess.Filing) []assess.AuditLine {
	day := a.Day.Format(time.DateOnly)
	line.Action, line.Object, line.Unit, line.After = "calendar."+string(a.Kind), a.Period.String(), a.Unit, a.Reason
	switch a.Kind {
	case assess.Postponed:
		line.Object += " " + string(a.Step)
		line.Before, line.After = before.Step(a.Step).At.Format(time.DateOnly), day+": "+a.Reason
	case assess.Extended:
		line.Before, line.After = before.Deadline(a.Unit).Format(time.DateOnly), day+": "+a.Reason
	case assess.OpenedEarly:
		line.Before = before.OpensAt().Format(time.DateOnly)
	case assess.Outage:
		line.Object = day
	}
	if a.Void {
		line.After = "taken back: " + a.Reason
	}
	lines := []assess.AuditLine{line}
	for _, f := range late {
		line.Action, line.Object, line.Unit, line.Before, line.After = "filing.late_days", f.Period.String(), f.Unit, "", strconv.Itoa(f.LateDays)
		lines = append(lines, line)
	}
	return lines
}

func sameDay(a, b time.Time) bool { return a.Format(time.DateOnly) == b.Format(time.DateOnly) }
