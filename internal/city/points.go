package city

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/unionboard/unionboard/internal/assess"
)

// longestTitle is how many characters name a case: as many as the gate takes for what tells parts of a figure from each other.
const longestTitle = 100

// PointsSheet is what gives or takes points in a year: bonus, deductions and vetoes, with everything that was proposed.
type PointsSheet struct {
	Year    int
	Edition *assess.Edition
	Units   []assess.Unit
	Items   []PointsItem
	// Cases are the proposals of the year but for figures, newest first.
	Cases []assess.Proposal
}

// PointsItem is an item that is counted from cases.
type PointsItem struct {
	Column
	// Node is the indicator it serves, nil for a veto over all frameworks; Name says which veto that is.
	Node *assess.Node
	Name assess.Text
	// Periods are those a case may be filed under: the quarters of the year that have begun, or the year.
	Periods []assess.Period
	// Levels are the levels of an achievement with their points, Kinds those of an event; none where every case counts the same.
	Levels []assess.BonusLevel
	Kinds  []assess.DeductionKind
}

// Case is an achievement, an event or a veto that somebody proposes.
type Case struct {
	Unit   assess.UnitCode
	Item   assess.Code
	Period assess.Period
	Part   string // the level or kind, "" where the item has none
	// Title says what it is, in words that tell it from others: the same achievement at a higher level has the same title.
	Title, Reason, Evidence string
}

// Points answers the sheet of a year.
func (d *Desk) Points(ctx context.Context, year int, act Act) (*PointsSheet, error) {
	edition, err := d.Editions.Edition(ctx, year)
	if err != nil {
		return nil, fmt.Errorf("points of %d: %w", year, err)
	}
	s := &PointsSheet{Year: year, Edition: edition, Units: unitsOf(edition, assess.NewYear(year)), Items: pointsItems(edition, year, act)}
	proposals, err := d.Store.Proposals(ctx, append(assess.NewYear(year).Quarters(), assess.NewYear(year))...)
	if err != nil {
		return nil, fmt.Errorf("points of %d: %w", year, err)
	}
	for _, p := range slices.Backward(proposals) {
		if p.Kind != assess.FigureProposed {
			s.Cases = append(s.Cases, p)
		}
	}
	return s, nil
}

// pointsItems answers the items of the city that are counted from cases, in the order of the definitions.
func pointsItems(e *assess.Edition, year int, act Act) (items []PointsItem) {
	for _, item := range e.Items {
		if item.Origin != assess.FromCity {
			continue
		}
		p := PointsItem{Column: columnOf(e, item, assess.NewQuarter(year, 4)), Name: item.Name}
		if p.Cases == "" {
			continue
		}
		for _, n := range served(e, item) {
			p.Node, p.Levels, p.Kinds = n, n.Indicator.Method.Table, n.Indicator.Method.Events
		}
		for _, v := range e.Assessment.Vetoes {
			if v.Item == item.Code {
				p.Name = v.Name
			}
		}
		p.Periods = []assess.Period{p.Period}
		if item.Frequency != assess.Annual {
			p.Periods = slices.DeleteFunc(assess.NewYear(year).Quarters(), func(q assess.Period) bool { return q.FirstDay().After(act.At) })
		}
		items = append(items, p)
	}
	return items
}

// Item answers an item of the sheet, nil where there is none.
func (s *PointsSheet) Item(code assess.Code) *PointsItem {
	for i := range s.Items {
		if s.Items[i].Item.Code == code {
			return &s.Items[i]
		}
	}
	return nil
}

// Propose keeps a case until another person confirms it. Errors: a unit, item, period or level that there is not, a missing or too
// long text (ErrInvalid); a case that was proposed already and is under way or counts, a closed period (ErrConflict).
func (d *Desk) Propose(ctx context.Context, year int, c Case, act Act) (assess.Proposal, error) {
	s, err := d.Points(ctx, year, act)
	if err != nil {
		return assess.Proposal{}, err
	}
	item := s.Item(c.Item)
	c.Title, c.Reason, c.Evidence = oneLine(c.Title), strings.TrimSpace(c.Reason), strings.TrimSpace(c.Evidence)
	if err := s.check(item, c); err != nil {
		return assess.Proposal{}, err
	}
	c.Title = s.spelling(c)
	if err := d.openFor(ctx, c.Period); err != nil {
		return assess.Proposal{}, err
	}
	p := assess.Proposal{
		ID: d.NewID(), Kind: item.Cases, CellKey: assess.CellKey{Unit: c.Unit, Period: c.Period, Item: c.Item}, Value: "1",
		Title: c.Title, Reason: c.Reason, Evidence: c.Evidence, State: assess.Proposed, By: act.By.Name, At: act.At,
	}
	if p.Kind != assess.VetoProposed {
		p.Part, p.Ref = c.Part, c.Title
	}
	line := act.line("proposal.propose", strings.TrimSpace(fmt.Sprintf("%s %s %s", c.Period, c.Item, c.Part)))
	line.Unit, line.After = c.Unit, c.Title
	_, err = d.Store.Commit(ctx, assess.Intake{Proposed: []assess.Proposal{p}, Audit: []assess.AuditLine{line}})
	return p, err
}

// oneLine makes one line of a text, with single spaces and nothing that cannot be seen: two ways to write the same title are one title.
func oneLine(text string) string {
	return strings.Join(strings.Fields(strings.Map(seen, text)), " ")
}

// seen drops characters that have no width.
func seen(r rune) rune {
	if unicode.Is(unicode.Cf, r) {
		return -1
	}
	return r
}

// spelling answers the title of a case as the first of the same name in the year is written. Titles that differ only in blanks, in the
// width of their letters or in case are one name: a case counts once, however it is typed.
func (s *PointsSheet) spelling(c Case) string {
	for _, p := range slices.Backward(s.Cases) {
		if p.Unit == c.Unit && p.Item == c.Item && nameOf(p.Title) == nameOf(c.Title) {
			return p.Title
		}
	}
	return c.Title
}

func nameOf(title string) string {
	return strings.ToLower(strings.Join(strings.Fields(strings.Map(seen, norm.NFKC.String(title))), ""))
}

// check answers what is wrong with a case.
func (s *PointsSheet) check(item *PointsItem, c Case) error {
	parts := []string{}
	if item != nil {
		parts = item.parts()
	}
	switch {
	case item == nil:
		return assess.Invalid("problem.case_item", fmt.Sprintf("%q gives or takes no points; choose an item from the list", c.Item), "item", string(c.Item))
	case !slices.ContainsFunc(s.Units, func(u assess.Unit) bool { return u.Code == c.Unit }):
		return assess.Invalid("problem.case_unit", "the case is of no district; choose one from the list")
	case !slices.Contains(item.Periods, c.Period):
		return assess.Invalid("problem.case_period", fmt.Sprintf("a case of %s is not filed under %s; choose a period from the list", c.Item, c.Period), "item", string(c.Item))
	case !slices.Contains(parts, c.Part):
		return assess.Invalid("problem.case_level", fmt.Sprintf("%q is no level or kind of %s; choose one from the list", c.Part, c.Item), "item", string(c.Item))
	}
	for _, field := range []struct {
		name, text string
		most       int
	}{{"title", c.Title, longestTitle}, {"reason", c.Reason, assess.LongestNote}, {"evidence", c.Evidence, assess.LongestNote}} {
		switch n := utf8.RuneCountInString(field.text); {
		case n == 0:
			return assess.Invalid("problem.case_"+field.name, "a case needs a title, the reason for which it counts and the documents it rests on; fill in what is empty")
		case n > field.most:
			return assess.TooLong(field.name, field.most)
		}
	}
	return nil
}

// parts answers the levels or kinds a case may have; the empty one where every case counts the same.
func (i *PointsItem) parts() (parts []string) {
	for _, l := range i.Levels {
		parts = append(parts, string(l.Level))
	}
	for _, k := range i.Kinds {
		parts = append(parts, string(k.Code))
	}
	if len(parts) == 0 {
		parts = []string{""}
	}
	return parts
}

// openFor answers why a period takes no case any more; nil where it does. A year is closed with its fourth quarter. What happened in a
// closed quarter counts from the next one on, so of such an item any open quarter of the year will do.
func (d *Desk) openFor(ctx context.Context, p assess.Period) error {
	cycles, err := d.Store.Cycles(ctx)
	if err != nil {
		return fmt.Errorf("propose a case: %w", err)
	}
	last := assess.NewQuarter(p.CalendarYear(), 4)
	for _, c := range cycles {
		if c.Period == last && c.State.Closed() {
			return assess.Conflict("problem.city_closed", fmt.Sprintf("%s is closed; have figures corrected with a reason", p.Year()), "period", p.Year().String())
		}
	}
	return nil
}
