package matter

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// Origins answers what a task can come from.
func Origins() []string { return []string{"red", "return", "appeal", "comment", "inspection", "other"} }

// Assign makes something to be put right (整改): what, by whom – a district, or a department of the city –, until when.
func (b *Book) Assign(ctx context.Context, m assess.Matter, u account.User, line assess.AuditLine) (assess.Matter, error) {
	if !u.May(account.OpenTask, m.Unit) {
		return m, notYours()
	}
	if err := checkText(m.Title, "problem.task_title", "a task needs its problem in one line"); err != nil {
		return m, err
	}
	year := line.At.In(b.Zone).Year()
	if !m.Period.IsZero() {
		year = m.Period.CalendarYear()
	}
	edition, err := b.Editions.Edition(ctx, year)
	if err != nil {
		return m, fmt.Errorf("definitions: %w", err)
	}
	_, known := edition.Roster.Unit(m.Unit)
	department := slices.ContainsFunc(edition.Departments, func(d assess.Department) bool { return d.Code == m.Department })
	today := line.At.In(b.Zone)
	switch {
	case m.Unit == "" && !department, m.Unit != "" && !known:
		return m, assess.Invalid("problem.task_owner", "somebody has to do it; choose a district, or a department of the city")
	case !slices.Contains(Origins(), m.Origin):
		return m, assess.Invalid("problem.task_origin", "say what the task comes from; choose from the list")
	case m.Due.IsZero() || m.Due.Before(time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, time.UTC)):
		return m, assess.Invalid("problem.task_due", "a task needs a day by which it is done, today or later")
	}
	if m.Measure != "" {
		if err := checkText(m.Measure, "", ""); err != nil {
			return m, err
		}
	}
	if m.Code != "" {
		if err := b.known(ctx, assess.NewYear(year), "", m.Code); err != nil {
			return m, err
		}
	}
	m.Kind = assess.Task
	if m.Unit != "" {
		m.Department = "" // it is the district's alone
	}
	if m.Reason == "" {
		m.Reason = m.Title
	}
	return b.open(ctx, m, u, line)
}
