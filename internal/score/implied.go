package score

import (
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// Implied answers the items of a framework that stands alone, without a catalogue of items: what its formulas name, and every
// indicator's own code, under which its value may come directly. They have the type, frequency and accumulation of the indicator,
// and the levels its method knows. Errors are Problems: a formula that is no expression.
func Implied(f *assess.Framework) ([]assess.Item, error) {
	var items []assess.Item
	seen := map[assess.Code]bool{}
	for _, n := range f.Root.Leaves() {
		codes := []assess.Code{n.Indicator.Value.Item, n.Indicator.Value.Numerator, n.Indicator.Value.Denominator, n.Code}
		if n.Indicator.Value.Expr != "" {
			names, err := operands(n.Indicator.Value.Expr)
			if err != nil {
				return nil, err
			}
			codes = append(names, n.Code)
		}
		for _, code := range codes {
			if code != "" && !seen[code] {
				seen[code] = true
				items = append(items, impliedItem(code, n))
			}
		}
	}
	return items, nil
}

func impliedItem(code assess.Code, n *assess.Node) assess.Item {
	ind := n.Indicator
	item := assess.Item{
		Code: code, Name: assess.Text{ZH: string(code)}, Type: ind.Type, Accumulation: ind.Accumulation, Frequency: ind.Frequency,
		Origin: assess.FromDistrict, UsedBy: []assess.Code{n.Code}, Levels: levels(&ind.Method),
	}
	if code == n.Code {
		item.Name = n.Name
	}
	return item
}

// levels answers the levels a method knows, sorted.
func levels(m *assess.Method) (codes []assess.Code) {
	for level := range m.Levels {
		codes = append(codes, level)
	}
	for _, row := range m.Table {
		codes = append(codes, row.Level)
	}
	for _, band := range m.Bands {
		if level := assess.Code(band.Equal); level.Valid() && level != "true" && level != "false" {
			codes = append(codes, level)
		}
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}
