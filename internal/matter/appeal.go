package matter

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
)

// The terms of appeals, in working days (workflow 3.3).
const (
	PublicDays   = 5  // of the public notice; appeals are filed within it
	DecisionDays = 10 // from taking an appeal up to its decision
)

// Grounds are what a district says against a score.
type Grounds struct {
	Unit      assess.UnitCode
	Period    assess.Period
	Indicator assess.Code
	Score     string // the score that is objected to, as it was published
	Reason    string
}

// Appeal objects to the score of an indicator. It is refused outside the time of the public notice and while another appeal against the
// same score is under way.
func (b *Book) Appeal(ctx context.Context, g Grounds, u account.User, line assess.AuditLine) (assess.Matter, error) {
	if !u.May(account.FileAppeal, g.Unit) {
		return assess.Matter{}, assess.Forbidden("problem.matter_role", "this step belongs to the work of somebody else; the page says whose turn it is")
	}
	edition, err := b.Editions.Edition(ctx, g.Period.CalendarYear())
	if err != nil {
		return assess.Matter{}, fmt.Errorf("definitions: %w", err)
	}
	_, node, ok := edition.Indicator(g.Indicator)
	if !ok {
		return assess.Matter{}, assess.NotFound("problem.appeal_indicator", fmt.Sprintf("%q is not an indicator of that year; choose one from the list", g.Indicator),
			"indicator", string(g.Indicator))
	}
	window, err := b.Window(ctx, g.Period)
	if err != nil {
		return assess.Matter{}, err
	}
	if !window.Open(line.At) {
		return assess.Matter{}, assess.Conflict("problem.appeal_window",
			fmt.Sprintf("appeals against the result of %s are taken only while the public notice runs; look at its dates", g.Period), "period", g.Period.String())
	}
	others, err := b.Store.Matters(ctx, assess.MatterQuery{Kind: assess.Appeal, Units: []assess.UnitCode{g.Unit}, Period: g.Period, Code: g.Indicator})
	if err != nil {
		return assess.Matter{}, fmt.Errorf("appeals: %w", err)
	}
	for _, m := range others {
		if !settled(m) {
			return assess.Matter{}, assess.Conflict("problem.appeal_twice", "an appeal against this score is under way already; add to it by a comment")
		}
	}
	m := assess.Matter{
		Kind: assess.Appeal, Unit: g.Unit, Period: g.Period, Code: g.Indicator, Before: g.Score, Reason: g.Reason, Department: node.Department,
		Due: day(window.Until),
	}
	return b.open(ctx, m, u, line)
}

// settled says whether an appeal has been decided.
func settled(m assess.Matter) bool {
	return m.State != string(assess.AppealSubmitted) && m.State != string(assess.AppealTaken)
}

// Window is the time in which districts may appeal.
type Window struct {
	State       assess.ResultState
	From, Until time.Time // zero: the public notice has not begun
}

// Open says whether appeals are taken at a time.
func (w Window) Open(at time.Time) bool {
	posted := w.State == assess.ResultPublicity || w.State == assess.ResultAppeals
	return posted && !at.Before(w.From) && at.Before(w.Until)
}

// Window answers the time of appeals against the result of a period: five working days from the beginning of its public notice, to the
// end of the last of them.
func (b *Book) Window(ctx context.Context, p assess.Period) (Window, error) {
	stages, err := b.Store.ResultStages(ctx, p)
	if err != nil {
		return Window{}, fmt.Errorf("way of the result: %w", err)
	}
	w := Window{State: assess.ResultDraft}
	for _, s := range stages {
		w.State = s.State
		if s.State == assess.ResultPublicity {
			w.From = s.At
		}
	}
	if w.From.IsZero() {
		return w, nil
	}
	calendar, err := b.calendar(ctx, w.From)
	if err != nil {
		return w, err
	}
	w.Until = calendar.Shift(w.From.In(b.Zone), PublicDays).AddDate(0, 0, 1)
	return w, nil
}

// calendar answers the working days around a time.
func (b *Book) calendar(ctx context.Context, at time.Time) (cycle.Calendar, error) {
	edition, err := b.Editions.Edition(ctx, at.In(b.Zone).Year())
	if errors.Is(err, assess.ErrNotFound) { // nothing is defined for that year yet: Monday to Friday
		return cycle.NewCalendar(assess.Calendar{}, b.Zone), nil
	}
	if err != nil {
		return cycle.Calendar{}, fmt.Errorf("definitions: %w", err)
	}
	return cycle.NewCalendar(edition.Calendar, b.Zone), nil
}

func day(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	y, m, d := t.AddDate(0, 0, -1).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// decisionDue answers the day by which an appeal that is taken up now is decided.
func (b *Book) decisionDue(ctx context.Context, _ *assess.Matter, at time.Time) (time.Time, error) {
	calendar, err := b.calendar(ctx, at)
	if err != nil {
		return time.Time{}, err
	}
	y, m, d := calendar.Shift(at.In(b.Zone), DecisionDays).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC), nil
}

// fresh refuses a decision by somebody who accepted or returned figures of the indicator in the first review.
func (b *Book) fresh(ctx context.Context, m *assess.Matter, u account.User) error {
	items, err := b.Items(ctx, m)
	if err != nil {
		return err
	}
	decisions, err := b.Log.Decisions(ctx, m.Period.LastQuarter(), m.Unit)
	if err != nil {
		return fmt.Errorf("decisions of the review: %w", err)
	}
	var first []string
	for _, d := range decisions {
		if slices.Contains(items, d.Item) {
			first = append(first, d.By)
		}
	}
	return cycle.Another(u.Name, first...)
}

// Items answers the items that the indicator of an appeal is made of.
func (b *Book) Items(ctx context.Context, m *assess.Matter) ([]assess.Code, error) {
	edition, err := b.Editions.Edition(ctx, m.Period.CalendarYear())
	if err != nil {
		return nil, fmt.Errorf("definitions: %w", err)
	}
	var items []assess.Code
	for _, item := range edition.Items {
		if slices.Contains(item.UsedBy, m.Code) {
			items = append(items, item.Code)
		}
	}
	return items, nil
}

// change decides an appeal in favour of the district: a figure of the indicator is set, and the whole peer group is scored again.
func (b *Book) change(ctx context.Context, m *assess.Matter, step assess.MatterStep, move Move, u account.User, line assess.AuditLine) error {
	if err := b.fresh(ctx, m, u); err != nil {
		return err
	}
	items, err := b.Items(ctx, m)
	if err != nil {
		return err
	}
	if !slices.Contains(items, move.Item) {
		return assess.Invalid("problem.appeal_item", "the score is made of other figures; choose one of those the page names", "n", strconv.Itoa(len(items)))
	}
	step.Value = move.Value
	step.Note = string(move.Item) + " = " + move.Value + ": " + step.Note
	period, err := b.filedUnder(ctx, m, move.Item)
	if err != nil {
		return err
	}
	f := Figure{Unit: m.Unit, Period: period, Item: move.Item, Value: move.Value, Reason: move.Note}
	return b.moved(b.Gate.Correct(ctx, f, &step, u.Name, false, line.At))
}

// filedUnder answers the period that an item is filed under for the result of the matter's period.
func (b *Book) filedUnder(ctx context.Context, m *assess.Matter, code assess.Code) (assess.Period, error) {
	edition, err := b.Editions.Edition(ctx, m.Period.CalendarYear())
	if err != nil {
		return assess.Period{}, fmt.Errorf("definitions: %w", err)
	}
	if item, ok := edition.Item(code); ok && item.Frequency == assess.Annual {
		return m.Period.Year(), nil
	}
	return m.Period.LastQuarter(), nil
}
