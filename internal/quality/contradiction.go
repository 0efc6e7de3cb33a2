package quality

import (
	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
)

// share is an indicator whose numerator is a part of its denominator: a percentage that the definitions bound at 100.
type share struct {
	indicator              assess.Code
	numerator, denominator assess.Code
}

// sharesOf finds the shares of an edition, each pair of items once.
func sharesOf(e *assess.Edition) []share {
	var shares []share
	seen := map[[2]assess.Code]bool{}
	for i := range e.Frameworks {
		for _, leaf := range e.Frameworks[i].Root.Leaves() {
			in := leaf.Indicator
			pair := [2]assess.Code{in.Value.Numerator, in.Value.Denominator}
			bounded := in.Hard.High != nil && in.Hard.High.Equal(decimal.NewFromInt(100)) && in.Value.Scale == 100
			if pair[0] != "" && bounded && !seen[pair] {
				seen[pair] = true
				shares = append(shares, share{leaf.Code, pair[0], pair[1]})
			}
		}
	}
	return shares
}

// contradictions are the hard rules that follow from the definitions alone. Source: scoring specification 4.1; part-whole,
// stock-flow and subset identities are validation rules, because only their edition knows which figures belong together.
func (c *Checks) contradictions(report *Report) []Finding {
	var findings []Finding
	for _, item := range c.falls {
		r := c.read(report, item)
		if v := monotonic(r, item); v.kind == aTruth && !v.truth {
			findings = append(findings, r.contradiction(Falls, item.Code))
		}
	}
	for _, s := range c.shares {
		if f, ok := c.overWhole(s, report); ok {
			findings = append(findings, f)
		}
	}
	return append(findings, c.yearSums(report)...)
}

func (r *reading) contradiction(check Check, items ...assess.Code) Finding {
	f := Finding{Check: check, Level: Error, Unit: r.Unit, Period: r.Period, Items: items, Values: r.values()}
	return f.compared(r.broken)
}

// overWhole asks where the numerator of a share is above its denominator.
func (c *Checks) overWhole(s share, report *Report) (Finding, bool) {
	part, whole := c.items[s.numerator], c.items[s.denominator]
	if part == nil || whole == nil {
		return Finding{}, false
	}
	r := c.read(report, nil)
	a, b := r.take(part, r.at), r.take(whole, r.at)
	v := r.hold(compare("<=", a, b), comparison{operator: "<=", left: a, high: b})
	if v.kind != aTruth || v.truth {
		return Finding{}, false
	}
	return r.contradiction(OverWhole, s.numerator, s.denominator), true
}

// yearSums compares, in the last period of a year, what was filed under the year with what its quarters make: their sum for a
// flow, the last one for a year-to-date figure.
func (c *Checks) yearSums(report *Report) []Finding {
	if report.Period.Next().CalendarYear() == report.Period.CalendarYear() {
		return nil
	}
	var findings []Finding
	for i := range c.edition.Items {
		item := &c.edition.Items[i]
		filed, ok := report.Figures[Cell{report.Period.Year(), item.Code}]
		if !ok || item.Frequency == assess.Annual {
			continue
		}
		r := c.read(report, item)
		year, made := filed.read(item), value{}
		switch item.Accumulation {
		case assess.Flow:
			made = sumInYear(r, item)
		case assess.YTD:
			made = r.take(item, r.at)
		}
		if v := r.hold(compare("==", year, made), comparison{operator: "==", left: year, high: made}); v.kind == aTruth && !v.truth {
			r.note(item.Code, report.Period.Year(), year)
			findings = append(findings, r.contradiction(YearSum, item.Code))
		}
	}
	return findings
}
