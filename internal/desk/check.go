package desk

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Check is what stands between a form and its signature.
type Check struct {
	Form *Form
	// Empty, Errors, Returned and Unnoted block the way to the chair: 未填, 错误, what came back and has no answer yet, 提示缺说明.
	Empty, Errors, Returned, Unnoted []Spot
	// Unproved (佐证缺) does not; the city will ask.
	Unproved []Spot
	// Registers are the figures that come out of registers (台账快照), with or without a value.
	Registers []Spot
}

// Spot is a field with its section.
type Spot struct {
	Section assess.Code
	Field   Field
}

// Ready says whether the report can go to the chair.
func (c *Check) Ready() bool {
	return c.Form.Shut == nil && c.incomplete() == nil
}

// Check answers what blocks a report and what wants a note.
func (d *Desk) Check(ctx context.Context, unit assess.UnitCode, period assess.Period, now time.Time) (*Check, error) {
	b, err := d.open(ctx, unit, period, now)
	if err != nil {
		return nil, err
	}
	return b.check(), nil
}

func (b *builder) check() *Check {
	c := &Check{Form: b.form()}
	for _, s := range c.Form.Sections {
		for _, f := range s.Fields {
			spot := Spot{s.Code, f}
			if f.Kind == Supplied && f.Item.Origin == assess.FromRegister {
				c.Registers = append(c.Registers, spot)
			}
			counts := b.count(&f)
			if counts.Typed > counts.Filled+counts.Unread && f.Locked == nil && f.Cell != assess.CellReturned {
				c.Empty = append(c.Empty, spot)
			}
			if counts.Errors > 0 {
				c.Errors = append(c.Errors, spot)
			}
			if counts.Returned > 0 {
				c.Returned = append(c.Returned, spot)
			}
			if counts.Unnoted > 0 {
				c.Unnoted = append(c.Unnoted, spot)
			}
			if counts.Unproved > 0 {
				c.Unproved = append(c.Unproved, spot)
			}
		}
	}
	return c
}

// incomplete says what keeps a report from its signature, nil where nothing does.
func (c *Check) incomplete() *assess.Problem {
	if len(c.Empty)+len(c.Errors)+len(c.Returned)+len(c.Unnoted) == 0 {
		return nil
	}
	empty, wrong, back, unnoted := strconv.Itoa(len(c.Empty)), strconv.Itoa(len(c.Errors)), strconv.Itoa(len(c.Returned)), strconv.Itoa(len(c.Unnoted))
	return assess.Conflict("problem.report_incomplete",
		fmt.Sprintf("the report cannot be sent: %s figures are empty, %s have errors, %s came back and have no answer, %s want a note; see to them first",
			empty, wrong, back, unnoted),
		"empty", empty, "errors", wrong, "returned", back, "unnoted", unnoted)
}
