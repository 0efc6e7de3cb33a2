package matter

import (
	"context"
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
	publicDays   = 5  // of the public notice; appeals are filed within it
	decisionDays = 10 // from taking an appeal up to its decision
)

// Grounds are what a district says against a score.
type Grounds struct {
	Unit      assess.UnitCode
	Period    assess.Period
	Indicator assess.Code
	Score     string // the score that is objected to, as it was published
	Reason    string
}

// Appeal objects to the score of an indicator in a year's result. It is refused outside the time of the public notice and while another
// appeal against the same score is under way.
func (b *Book) Appeal(ctx context.Context, g Grounds, u account.User, line assess.AuditLine) (assess.Matter, error) {
	if !u.May(account.FileAppeal, g.Unit) {
		return assess.Matter{}, notYours()
	}
	if err := ofYear(g.Period); err != nil {
		return assess.Matter{}, err
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
	m := assess.Matter{
		Kind: assess.Appeal, Unit: g.Unit, Period: g.Period, Code: g.Indicator, Before: g.Score, Reason: g.Reason, Department: node.Department,
		Due: day(window.Until),
	}
	return b.open(ctx, m, u, line, undecided()...)
}

// undecided answers the states of an appeal that waits for its decision.
func undecided() []string {
	return []string{string(assess.AppealSubmitted), string(assess.AppealTaken)}
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
	stages, err := b.Stages(ctx, p)
	if err != nil {
		return Window{}, err
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
	calendar, err := b.Gate.Calendar(ctx, w.From.In(b.Zone).Year())
	if err != nil {
		return w, fmt.Errorf("working days: %w", err)
	}
	w.Until = calendar.Shift(w.From.In(b.Zone), publicDays).AddDate(0, 0, 1)
	return w, nil
}

func day(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	y, m, d := t.AddDate(0, 0, -1).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// decisionDue answers the day by which an appeal that is taken up now is decided.
func (b *Book) decisionDue(ctx context.Context, at time.Time) (time.Time, error) {
	calendar, err := b.Gate.Calendar(ctx, at.In(b.Zone).Year())
	if err != nil {
		return time.Time{}, fmt.Errorf("working days: %w", err)
	}
	y, m, d := calendar.Shift(at.In(b.Zone), decisionDays).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC), nil
}

// fresh refuses a decision by somebody who had a part in the score: who accepted or returned figures of the indicator in a review of the
// year, took a step of a proposal that gives or takes points for it, or voted on it.
func (b *Book) fresh(ctx context.Context, m *assess.Matter, u account.User) error {
	items, err := b.items(ctx, m)
	if err != nil {
		return err
	}
	var first []string
	for _, q := range m.Period.Year().Quarters() {
		decisions, err := b.Log.Decisions(ctx, q, m.Unit)
		if err != nil {
			return fmt.Errorf("decisions of the review: %w", err)
		}
		for _, d := range decisions {
			if slices.Contains(items, d.Item) {
				first = append(first, d.By)
			}
		}
	}
	proposals, err := b.proposals(ctx, m, items)
	if err != nil {
		return err
	}
	for _, p := range proposals {
		first = append(first, p.By)
		for _, step := range p.Steps {
			first = append(first, step.By)
		}
	}
	rounds, err := b.Log.Rounds(ctx, m.Period.CalendarYear())
	if err != nil {
		return fmt.Errorf("ratings: %w", err)
	}
	for _, round := range rounds {
		for _, rater := range round.Raters {
			if round.Indicator == m.Code && rater.Cast > 0 {
				first = append(first, rater.Account)
			}
		}
	}
	return cycle.Another(u.Name, first...)
}

// proposals answers the proposals for figures of a unit in the year of an appeal.
func (b *Book) proposals(ctx context.Context, m *assess.Matter, items []assess.Code) ([]assess.Proposal, error) {
	all, err := b.Log.Proposals(ctx, append(m.Period.Year().Quarters(), m.Period.Year())...)
	if err != nil {
		return nil, fmt.Errorf("proposals: %w", err)
	}
	return slices.DeleteFunc(all, func(p assess.Proposal) bool { return p.Unit != m.Unit || !slices.Contains(items, p.Item) }), nil
}

// Items answers the items that a changed appeal may set: those its indicator is made of. There are none where the score is counted from
// cases or ballots: a case is disputed and revoked where it was confirmed.
func (b *Book) Items(ctx context.Context, m *assess.Matter) ([]assess.Code, error) {
	counted, err := b.FromCases(ctx, m)
	if err != nil || counted {
		return nil, err
	}
	return b.items(ctx, m)
}

// FromCases says whether the score of an appeal's indicator is counted from cases or ballots, one by one, and not made of figures.
func (b *Book) FromCases(ctx context.Context, m *assess.Matter) (bool, error) {
	edition, err := b.Editions.Edition(ctx, m.Period.CalendarYear())
	if err != nil {
		return false, fmt.Errorf("definitions: %w", err)
	}
	_, node, ok := edition.Indicator(m.Code)
	if !ok || node.Indicator == nil {
		return false, nil
	}
	switch method := node.Indicator.Method; method.Kind {
	case assess.Bonus, assess.Deduction, assess.Veto:
		return true, nil
	case assess.Rated:
		return len(method.Raters) > 0, nil
	}
	return false, nil
}

func (b *Book) items(ctx context.Context, m *assess.Matter) ([]assess.Code, error) {
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

// change decides an appeal in favour of the district: a figure of the indicator is set, and the whole peer group is scored again. Where
// the score is counted from cases, the case that was wrong has been revoked since the appeal began, and nothing else is to be set.
func (b *Book) change(ctx context.Context, m *assess.Matter, step assess.MatterStep, move Move, u account.User, line assess.AuditLine) error {
	if err := b.fresh(ctx, m, u); err != nil {
		return err
	}
	items, err := b.items(ctx, m)
	if err != nil {
		return err
	}
	counted, err := b.FromCases(ctx, m)
	if err != nil {
		return err
	}
	if counted {
		revoked, err := b.revoked(ctx, m, items)
		if err != nil {
			return err
		}
		if !revoked {
			return assess.Conflict("problem.appeal_case",
				"this score is counted from cases or ballots; have the case disputed and revoked where it was confirmed, then decide here")
		}
		return b.moved(b.Store.MoveMatter(ctx, step, time.Time{}, line))
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

// revoked says whether a case of the appeal's indicator has been revoked since the appeal began.
func (b *Book) revoked(ctx context.Context, m *assess.Matter, items []assess.Code) (bool, error) {
	proposals, err := b.proposals(ctx, m, items)
	if err != nil {
		return false, err
	}
	for _, p := range proposals {
		for _, step := range p.Steps {
			if step.To == assess.ProposalRevoked && !step.At.Before(m.OpenedAt) {
				return true, nil
			}
		}
	}
	return false, nil
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
