package city

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
)

// ExemptSheet are the marks of not applicable of a quarter and its year.
type ExemptSheet struct {
	Quarter assess.Period
	Edition *assess.Edition
	Units   []assess.Unit
	// Choices are the indicators that the definitions let be not applicable.
	Choices []*assess.Node
	Marks   []Mark
	// Lapsed are the marks of the quarter before that do not stand in this one.
	Lapsed []Mark
}

// Mark says that an indicator does not apply to a unit: the cells of its own items are marked in the log.
type Mark struct {
	Unit   assess.UnitCode
	Node   *assess.Node
	Items  []assess.Code
	Period assess.Period // under which the first of the items is filed
	Reason string
	By     string
	Since  assess.Observation // the newest of its cells
}

// Exemptions answers the marks of a quarter.
func (d *Desk) Exemptions(ctx context.Context, quarter assess.Period) (*ExemptSheet, error) {
	edition, err := d.Editions.Edition(ctx, quarter.CalendarYear())
	if err != nil {
		return nil, fmt.Errorf("marks of not applicable of %s: %w", quarter, err)
	}
	s := &ExemptSheet{Quarter: quarter, Edition: edition, Units: unitsOf(edition, quarter), Choices: exemptible(edition)}
	held, err := d.Store.Current(ctx, assess.CellQuery{Periods: []assess.Period{quarter, quarter.Year(), quarter.Prev()}})
	if err != nil {
		return nil, fmt.Errorf("marks of not applicable of %s: %w", quarter, err)
	}
	marked := map[assess.CellKey]assess.Observation{}
	for _, o := range held {
		if o.State == assess.Exempt && o.CellKey == plain(o.CellKey) {
			marked[o.CellKey] = o
		}
	}
	for _, n := range s.Choices {
		for _, u := range s.Units {
			if m, ok := markOf(edition, n, u.Code, quarter, marked); ok {
				s.Marks = append(s.Marks, m)
				continue
			}
			if m, ok := markOf(edition, n, u.Code, quarter.Prev(), marked); ok && quarter.Part() > 1 {
				s.Lapsed = append(s.Lapsed, m)
			}
		}
	}
	return s, nil
}

// exemptible answers the indicators that the city may mark as not applicable: those whose definition says when.
func exemptible(e *assess.Edition) (nodes []*assess.Node) {
	for i := range e.Frameworks {
		for _, n := range e.Frameworks[i].Root.Leaves() {
			if n.Indicator.WhenNot.ZH != "" && len(ownItems(e, n)) > 0 {
				nodes = append(nodes, n)
			}
		}
	}
	return nodes
}

// ownItems answers the items that serve an indicator and no other: to mark one that others need would mark these, too.
func ownItems(e *assess.Edition, n *assess.Node) (items []assess.Item) {
	for _, item := range e.Items {
		if slices.Contains(item.UsedBy, n.Code) && len(item.UsedBy) == 1 && item.Origin != assess.Computed {
			items = append(items, item)
		}
	}
	return items
}

// markOf answers the mark of an indicator and unit in a quarter; ok is false where not all of its items are marked.
func markOf(e *assess.Edition, n *assess.Node, unit assess.UnitCode, quarter assess.Period, marked map[assess.CellKey]assess.Observation) (m Mark, ok bool) {
	m = Mark{Unit: unit, Node: n}
	for _, item := range ownItems(e, n) {
		key := assess.CellKey{Unit: unit, Period: filed(item, quarter), Item: item.Code}
		o, known := marked[key]
		if !known {
			return m, false
		}
		m.Items = append(m.Items, item.Code)
		if m.Period.IsZero() {
			m.Period = key.Period
		}
		if o.Seq > m.Since.Seq {
			m.Since, m.Reason, m.By = o, o.Note, o.EnteredBy
		}
	}
	return m, true
}

// filed answers the period a figure of a quarter is filed under.
func filed(item assess.Item, quarter assess.Period) assess.Period {
	if item.Frequency == assess.Annual {
		return quarter.Year()
	}
	return quarter
}

// Exempt marks an indicator as not applicable to a unit, for a reason. An indicator or unit that there is not is ErrInvalid, a closed
// period ErrConflict.
func (d *Desk) Exempt(ctx context.Context, quarter assess.Period, unit assess.UnitCode, indicator assess.Code, reason string, act Act) error {
	return d.mark(ctx, quarter, unit, indicator, reason, "exempt.set", act, func(s *collect.Supply, key assess.CellKey, reason string) {
		s.Entries = append(s.Entries, assess.Entry{
			Place: assess.Place{Field: string(unit)}, Unit: unit, PeriodText: key.Period.String(), Code: key.Item, State: string(assess.Exempt), Note: reason,
		})
	})
}

// Lift takes a mark back, for a reason: the figures are owed again.
func (d *Desk) Lift(ctx context.Context, quarter assess.Period, unit assess.UnitCode, indicator assess.Code, reason string, act Act) error {
	return d.mark(ctx, quarter, unit, indicator, reason, "exempt.lift", act, func(s *collect.Supply, key assess.CellKey, _ string) {
		s.Cleared = append(s.Cleared, key)
	})
}

// mark sets or lifts a mark: put adds what is done to each cell.
func (d *Desk) mark(ctx context.Context, quarter assess.Period, unit assess.UnitCode, indicator assess.Code, reason, action string, act Act,
	put func(s *collect.Supply, key assess.CellKey, reason string),
) error {
	sheet, err := d.Exemptions(ctx, quarter)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(sheet.Choices, func(n *assess.Node) bool { return n.Code == indicator })
	known := slices.ContainsFunc(sheet.Units, func(u assess.Unit) bool { return u.Code == unit })
	reason = strings.TrimSpace(reason)
	switch {
	case at < 0:
		return assess.Invalid("problem.exempt_never", fmt.Sprintf("%q always applies by its definition; choose an indicator from the list", indicator), "indicator", string(indicator))
	case !known:
		return assess.Invalid("problem.case_unit", "the case is of no district; choose one from the list")
	case reason == "":
		return assess.Invalid("problem.exempt_reason", "a mark stands with its reason; write why it is set or taken back")
	case utf8.RuneCountInString(reason) > assess.LongestNote:
		return assess.TooLong("reason", assess.LongestNote)
	}
	marked := slices.ContainsFunc(sheet.Marks, func(m Mark) bool { return m.Unit == unit && m.Node.Code == indicator })
	if marked == (action == "exempt.set") {
		return assess.Conflict("problem.exempt_done", "somebody else has done this already; load the page again")
	}
	line := act.line(action, quarter.String()+" "+string(indicator))
	line.Unit, line.After = unit, reason
	s := collect.Supply{EnteredBy: act.By.Name, AcceptedBy: act.By.Name, Audit: []assess.AuditLine{line}}
	for _, item := range ownItems(sheet.Edition, sheet.Choices[at]) {
		put(&s, assess.CellKey{Unit: unit, Period: filed(item, quarter), Item: item.Code}, reason)
	}
	_, err = d.Gate.Supply(ctx, s, act.At)
	return err
}
