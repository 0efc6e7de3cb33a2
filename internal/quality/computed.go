package quality

import "github.com/unionboard/unionboard/internal/assess"

// Value answers what an item comes to in a report: the figure as it was reported, or what the formula of a computed item makes of
// the figures. ok is false where it cannot be said. A quotient is rounded to four decimals.
func (c *Checks) Value(report Report, code assess.Code) (text string, ok bool) {
	item := c.items[code]
	if item == nil {
		return "", false
	}
	r := c.read(&report, item)
	v := r.take(item, r.at)
	return v.String(), v.kind != absent
}
