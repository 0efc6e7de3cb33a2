package catalog

import (
	"encoding/json"

	"github.com/unionboard/unionboard/internal/assess"
)

// indicatorFile are the keys of a node that is an indicator.
type indicatorFile struct {
	Definition        text                   `json:"definition"`
	Measure           text                   `json:"measure"`
	Type              assess.ValueType       `json:"type"`
	Direction         assess.Direction       `json:"direction"`
	Frequency         assess.Frequency       `json:"frequency"`
	Accumulation      assess.Accumulation    `json:"accumulation"`
	Origin            assess.Origin          `json:"origin"`
	Value             formulaFile            `json:"value"`
	Transform         assess.Transform       `json:"transform"`
	Impute            assess.Imputation      `json:"impute"`
	Outliers          assess.Outliers        `json:"outliers"`
	Decimals          *int                   `json:"decimals"`
	Target            *targetFile            `json:"target"`
	Range             rangeFile              `json:"range"`
	ZeroDenominator   assess.ZeroDenominator `json:"zero_denominator"`
	MinDenominator    float64                `json:"min_denominator"`
	NotApplicableWhen text                   `json:"not_applicable_when"`
	Checks            []string               `json:"checks"`
	Evidence          []assess.Code          `json:"evidence"`
	Core              bool                   `json:"core"`
	Method            methodFile             `json:"method"`
	Basis             assess.Code            `json:"basis"`
	Refs              []string               `json:"refs"`
}

// formulaFile is a value: an item, an expression, or a ratio.
type formulaFile assess.Formula

func (f *formulaFile) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		var source string
		if err := json.Unmarshal(b, &source); err != nil {
			return err
		}
		if code := assess.Code(source); code.Valid() {
			f.Item = code
		} else {
			f.Expr = source
		}
		return nil
	}
	var ratio struct {
		Numerator, Denominator assess.Code
		Scale                  *float64
	}
	if err := json.Unmarshal(b, &ratio); err != nil {
		return err
	}
	f.Numerator, f.Denominator, f.Scale = ratio.Numerator, ratio.Denominator, or(ratio.Scale, 1)
	return nil
}

// rangeFile are the limits of a value.
type rangeFile struct {
	Soft softFile `json:"soft"`
	Hard ends     `json:"hard"`
}

// softFile is a range, or the word plausible.
type softFile struct {
	ends      ends
	plausible bool
}

func (s *softFile) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		s.plausible = true
		return nil
	}
	return json.Unmarshal(b, &s.ends)
}

// indicator makes the indicator of a node.
func (w indicatorFile) indicator(code assess.Code, at spot, above inheritance, found *faults) *assess.Indicator {
	w.Range.Soft.ends.check(at.key("range").key("soft"), found)
	w.Range.Hard.check(at.key("range").key("hard"), found)
	i := &assess.Indicator{
		Definition: assess.Text(w.Definition), Measure: assess.Text(w.Measure),
		Type: w.Type, Direction: w.Direction, Frequency: w.Frequency, Accumulation: w.Accumulation, Origin: w.Origin,
		Value: assess.Formula(w.Value), Transform: w.Transform,
		Soft: w.Range.Soft.ends.bounds(), Hard: w.Range.Hard.bounds(), SoftPlausible: w.Range.Soft.plausible,
		Zero: w.ZeroDenominator, MinDenominator: w.MinDenominator, WhenNot: assess.Text(w.NotApplicableWhen),
		Checks: w.Checks, Evidence: w.Evidence, Department: above.department, Core: w.Core, Basis: w.Basis, Refs: w.Refs,
	}
	w.defaults(i, code, above)
	w.treatment(i, at, above, found)
	i.Target = w.Target.rule(w.Method.Kind, at.key("target"), found)
	before := len(found.list)
	i.Method = w.Method.method(at, found)
	if len(found.list) == before {
		checkMethod(code, i, at, found)
	}
	return i
}

// defaults fills in what the file leaves out.
func (w indicatorFile) defaults(i *assess.Indicator, code assess.Code, above inheritance) {
	if i.Value == (assess.Formula{}) {
		i.Value.Item = code
	}
	if i.Type == assess.AnyNumber && !above.analytic {
		i.Type = assess.Count
	}
	if i.Direction == "" {
		i.Direction = assess.Up
	}
	if i.Frequency == "" {
		i.Frequency = above.frequency
	}
	if i.Frequency == "" {
		i.Frequency = assess.Quarterly
	}
	if i.Accumulation == "" {
		i.Accumulation = assess.Stock
	}
	if i.Origin == "" {
		i.Origin = assess.FromDistrict
		if i.Value.Item == "" {
			i.Origin = assess.Computed
		}
	}
	if i.Zero == "" {
		i.Zero = assess.ZeroExcludes
	}
	if i.Transform == "none" {
		i.Transform = assess.NoTransform
	}
	i.Decimals = or(w.Decimals, declared(i.Type, above.analytic))
}

// declared is the precision of a value where none is declared. In the analytic layer nothing is rounded but noise.
func declared(t assess.ValueType, analytic bool) int {
	switch {
	case analytic:
		return 9
	case t == assess.Percent:
		return 1
	case t == assess.Money:
		return 2
	}
	return 0
}

// targetFile says where a target comes from.
type targetFile struct {
	Mode     string   `json:"mode"`
	FullYear *float64 `json:"full_year"`
	Low      *float64 `json:"low"`
	High     *float64 `json:"high"`
	Split    string   `json:"split"`
}

// rule makes the target rule, nil where there is none.
func (w *targetFile) rule(method assess.MethodKind, at spot, found *faults) *assess.TargetRule {
	if w == nil {
		return nil
	}
	band := w.Mode == "band"
	switch {
	case band && (w.Low == nil || w.High == nil || *w.Low >= *w.High):
		found.add(at, "target_band", "a target of mode band needs low and high, low below high")
	case band && w.FullYear != nil:
		found.add(at.name("full_year"), "target_band_full_year", "a band has low and high and no full_year; take full_year out")
	case !band && (w.Low != nil || w.High != nil):
		found.add(at, "target_not_band", "low and high belong to a target of mode band; take them out, or set mode: band")
	case w.FullYear != nil && *w.FullYear < 0 && method != assess.ToTarget:
		found.add(at.key("full_year"), "target_negative", "the target {target} is below 0, where a completion ratio says nothing; use the efficacy method with floor and satisfactory", "target", number(*w.FullYear))
	}
	return &assess.TargetRule{Mode: w.Mode, FullYear: w.FullYear, Low: w.Low, High: w.High, Split: w.Split}
}
