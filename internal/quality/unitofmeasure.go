package quality

import (
	"math"
	"strconv"

	"github.com/unionboard/unionboard/internal/assess"
)

// The rule of the wrong unit of measure (万元 for 元).
const (
	unitMargin    = 0.02 // how near the ratio must come to a power of ten
	unitHistory   = 12   // periods of the past that make the usual figure
	unitLeastPast = 4
)

// otherUnits asks where a figure is 10, 100, 1,000 or 10,000 times the median of the unit's own past, or that part of it. A
// year-to-date figure is compared per elapsed period. Source: scoring specification 4.1.
func (c *Checks) otherUnits(report *Report) []Finding {
	var findings []Finding
	for i := range c.edition.Items {
		item := &c.edition.Items[i]
		if item.Origin != assess.FromDistrict || item.Frequency == assess.Annual || item.Type != assess.Count && item.Type != assess.Money {
			continue
		}
		now, ok := report.Figures.pace(item, report.Period)
		if !ok {
			continue
		}
		var past []float64
		for n, p := 0, report.Period.Prev(); n < unitHistory; n, p = n+1, p.Prev() {
			if x, ok := report.Figures.pace(item, p); ok {
				past = append(past, x)
			}
		}
		if len(past) < unitLeastPast {
			continue
		}
		usual := median(past)
		times, ok := powerOfTen(now, usual)
		if !ok {
			continue
		}
		shown, _ := report.Figures.find(item, report.Period)
		f := Finding{
			Check: OtherUnit, Level: Ask, Unit: report.Unit, Period: report.Period, Items: []assess.Code{item.Code},
			Values: []Value{{item.Code, report.Period, shown.Value}},
		}
		if item.Accumulation == assess.YTD {
			usual *= float64(report.Period.Part())
		}
		findings = append(findings, f.sentence("question.other_unit",
			"{value} is {times} times what is usual here ({usual}); please check the unit of measure",
			"value", shown.Value, "times", times, "usual", rough(usual)))
	}
	return findings
}

// pace is a figure for comparison with its past: a year-to-date figure divided by the elapsed periods of its year.
func (f Figures) pace(item *assess.Item, p assess.Period) (float64, bool) {
	d, ok := f.number(item, p)
	if !ok {
		return 0, false
	}
	x := d.InexactFloat64()
	if item.Accumulation == assess.YTD {
		x /= float64(p.Part())
	}
	return x, true
}

// powerOfTen answers how many times the usual figure x is, where that is nearly 10, 100, 1,000, 10,000 or one over these.
func powerOfTen(x, usual float64) (times string, ok bool) {
	if x <= 0 || usual <= 0 {
		return "", false
	}
	for _, power := range []float64{10, 100, 1000, 10000} {
		switch ratio := x / usual; {
		case assess.Snap(math.Abs(ratio/power-1)) <= unitMargin:
			return strconv.Itoa(int(power)), true
		case assess.Snap(math.Abs(ratio*power-1)) <= unitMargin:
			return "1/" + strconv.Itoa(int(power)), true
		}
	}
	return "", false
}
