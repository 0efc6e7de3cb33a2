package dashboard

import (
	"math"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
)

// value writes an indicator's value with its measure: 92.1%, 1,204 家, 优; "" for headings and where there is none.
func (r *resolver) value(v *view, code assess.Code, n *assess.NodeScore) string {
	ind := v.indicator(code)
	if n == nil || ind == nil {
		return ""
	}
	switch {
	case n.Text != "":
		return r.level(n.Text)
	case n.Value == nil:
		return ""
	case ind.Type == assess.Boolean:
		if *n.Value != 0 {
			return r.words.T("common.yes")
		}
		return r.words.T("common.no")
	}
	return r.amount(ind, *n.Value)
}

// level names a level of a graded item: 优, 良. A level without a name shows its code.
func (r *resolver) level(code string) string {
	if key := "level." + code; r.words.Has(key) {
		return r.words.T(key)
	}
	return code
}

// amount writes a value of an indicator with its measure.
func (r *resolver) amount(ind *assess.Indicator, x float64) string {
	return r.words.Amount(i18n.Number(x, ind.ShownDecimals(x)), ind.Measure.In(r.req.Lang))
}

// dueAmount writes what is due of a year's target so that the formula it stands in can be computed by hand: 65 % of 8 events are 5.2, not 5.
func (r *resolver) dueAmount(ind *assess.Indicator, x float64) string {
	const more = 2 // digits beyond those of the indicator
	decimals := ind.ShownDecimals(x)
	for most := decimals + more; decimals < most && !whole(x*math.Pow10(decimals)); decimals++ {
	}
	return r.words.Amount(i18n.Number(x, decimals), ind.Measure.In(r.req.Lang))
}

func whole(x float64) bool { return assess.Snap(x) == math.Trunc(assess.Snap(x)) }

// due is the value that gives full marks to date: what is due of the target, the best band's limit, the satisfactory value. ok is
// false where the method has no such value.
func due(ind *assess.Indicator, why *assess.Derivation) (x float64, ok bool) {
	if ind == nil || why == nil {
		return 0, false
	}
	switch m := ind.Method; m.Kind {
	case assess.TargetRatio:
		if why.TargetToDate != nil {
			return *why.TargetToDate, true
		}
	case assess.Efficacy:
		return m.Satisfactory * phase(why), true
	case assess.Banded:
		if len(m.Bands) > 0 && m.Bands[0].Low != nil && ind.Direction == assess.Up {
			return *m.Bands[0].Low, true
		}
		if len(m.Bands) > 0 && m.Bands[0].High != nil && ind.Direction == assess.Down {
			return *m.Bands[0].High, true
		}
	case assess.Deduction:
		return 0, true
	case assess.Tiered:
		if len(m.Points) > 0 {
			return m.Points[len(m.Points)-1].Value, true
		}
	case assess.Goalposts:
		if ind.Direction == assess.Down {
			return m.Low, true
		}
		return m.High, true
	}
	return 0, false
}

// phase is the part of the year's standard that is due, 1 where it is not phased.
func phase(why *assess.Derivation) float64 {
	if why.Phasing == nil {
		return 1
	}
	return *why.Phasing / 100
}

// dueText writes the value due, — where the method has none.
func (r *resolver) dueText(ind *assess.Indicator, why *assess.Derivation) string {
	if x, ok := due(ind, why); ok {
		return r.amount(ind, countable(ind, x))
	}
	return "—"
}

// countable is a value due as things one can count: of 5.25 events the sixth is due, of 2.5 faults at most two. Rounded to the nearest,
// it would contradict the gap beside it.
func countable(ind *assess.Indicator, x float64) float64 {
	switch {
	case ind.ShownDecimals(x) > 0:
		return x
	case ind.Direction == assess.Down:
		return math.Floor(assess.Snap(x))
	}
	return math.Ceil(assess.Snap(x))
}

// gap writes what is still missing to full marks in things one can count: 还差 36 家, or what is too much: 超出 3 人. For a ratio it
// is the numerator that is missing at today's denominator. "—" where nothing is missing or the method cannot tell.
func (r *resolver) gap(v *view, code assess.Code, n *assess.NodeScore) string {
	ind := v.indicator(code)
	x, ok := due(ind, n.Why)
	if !ok || n.Value == nil || n.State != assess.Scored || ind.Transform != assess.NoTransform {
		return "—"
	}
	lack, key := x-*n.Value, "gap.short"
	if ind.Direction == assess.Down {
		lack, key = *n.Value-x, "gap.over"
	}
	if assess.Snap(lack) <= 0 {
		return "—"
	}
	measure, decimals := ind.Measure, ind.ShownDecimals(lack)
	numerator, hasNumerator := inputSum(n.Why, "numerator")
	denominator, hasDenominator := inputSum(n.Why, "denominator")
	if item, known := v.item(ind.Value.Numerator); known && hasNumerator && hasDenominator && ind.Value.Scale > 0 {
		lack = math.Abs(x*denominator/ind.Value.Scale - numerator)
		measure, decimals = item.Measure, 0
	} else if ind.Type == assess.Percent {
		return r.words.T(key, "amount", r.words.T("change.points", "n", i18n.Number(lack, decimals)))
	}
	if decimals == 0 {
		lack = math.Ceil(assess.Snap(lack))
	}
	return r.words.T(key, "amount", r.words.T("gap.amount", "n", i18n.Number(lack, decimals), "measure", measure.In(r.req.Lang)))
}

// item answers an item of the edition.
func (v *view) item(code assess.Code) (*assess.Item, bool) {
	if v.items == nil {
		v.items = make(map[assess.Code]*assess.Item, len(v.edition().Items))
		for i := range v.edition().Items {
			v.items[v.edition().Items[i].Code] = &v.edition().Items[i]
		}
	}
	item, ok := v.items[code]
	return item, ok
}

// inputSum adds up the inputs of one role; ok is false where there is none with a number.
func inputSum(why *assess.Derivation, role string) (sum float64, ok bool) {
	if why == nil {
		return 0, false
	}
	var total decimal.Decimal
	for _, in := range why.Inputs {
		if in.Role != role || in.Value == "" {
			continue
		}
		d, err := decimal.NewFromString(in.Value)
		if err != nil {
			return 0, false
		}
		total, ok = total.Add(d), true
	}
	return total.InexactFloat64(), ok
}

// shift is what happened to an indicator's value.
type shift struct {
	Text  string // +1.4 个百分点, 本季净增 +68 家, 方案不同, —
	Arrow string
}

// change says how a value moved against the previous quarter or the same one of last year. A year-to-date value is never compared
// with the quarter before: what was added in the quarter is said instead (本季净增), for counts and amounts; for ratios nothing.
func (r *resolver) change(base *view, unit assess.UnitCode, code assess.Code, toLastYear bool) shift {
	none := shift{Text: "—"}
	n := r.now.score(unit, code)
	ind := r.now.indicator(code)
	if n == nil || n.Value == nil || ind == nil || ind.Type == assess.Boolean {
		return none
	}
	added := ind.Accumulation == assess.YTD && !toLastYear && r.req.Period.Kind() == assess.Quarter
	if added && ind.Value.Item == "" {
		return none
	}
	before := 0.0
	if !added || r.req.Period.Part() > 1 {
		if base == nil {
			return none
		}
		b := base.score(unit, code)
		if b == nil || b.Value == nil {
			return none
		}
		if !r.comparable(base, code) {
			return shift{Text: r.words.T("change.other_scheme")}
		}
		before = *b.Value
	}
	return r.moved(ind, *n.Value-before, added)
}

func (r *resolver) moved(ind *assess.Indicator, change float64, added bool) shift {
	decimals := ind.ShownDecimals(change)
	number := i18n.Signed(change, decimals)
	text := r.words.Amount(number, ind.Measure.In(r.req.Lang))
	if strings.HasPrefix(ind.Measure.ZH, "%") || ind.Type == assess.Percent {
		text = r.words.T("change.points", "n", number)
	}
	if added {
		text = r.words.T("change.added", "amount", text)
	}
	if rounded := assess.HalfUp.Round(change, decimals); ind.Direction == assess.Down && rounded != 0 {
		verdict := "change.better"
		if rounded > 0 {
			verdict = "change.worse"
		}
		text += r.words.T("common.bracket", "text", r.words.T(verdict))
	}
	return shift{Text: text, Arrow: arrow(assess.HalfUp.Round(change, decimals), 0)}
}
