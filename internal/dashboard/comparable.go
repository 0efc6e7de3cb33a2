package dashboard

import (
	"reflect"

	"github.com/unionboard/unionboard/internal/assess"
)

type alikeKey struct {
	base *view
	code assess.Code
}

// comparable says whether a node means the same in the page's edition and in that of base. A node is what is written at it: its
// weight, and what it is made of and how. An indicator that is measured otherwise is not comparable; the headings over it still
// are, as long as their parts and weights stayed. Targets may differ: they are set anew each year.
func (r *resolver) comparable(base *view, code assess.Code) bool {
	key := alikeKey{base, code}
	same, known := r.alike[key]
	if !known {
		same = alike(r.now, base, code)
		r.alike[key] = same
	}
	return same
}

func alike(now, base *view, code assess.Code) bool {
	if now.edition() == base.edition() {
		return true
	}
	if code == assess.CompositeCode {
		return sameShares(now.edition().Assessment.Composite, base.edition().Assessment.Composite)
	}
	a, ok := now.spots[code]
	b, also := base.spots[code]
	if !ok || !also || a.framework.Scale != b.framework.Scale || !a.node.Weight.Equal(b.node.Weight) {
		return false
	}
	if a.node.Indicator == nil || b.node.Indicator == nil {
		return a.node.Indicator == b.node.Indicator && a.node.Aggregate == b.node.Aggregate && sameChildren(a.node.Children, b.node.Children)
	}
	return sameIndicator(a.node.Indicator, b.node.Indicator)
}

func sameIndicator(a, b *assess.Indicator) bool {
	return a.Definition.ZH == b.Definition.ZH && a.Measure.ZH == b.Measure.ZH && a.Type == b.Type &&
		a.Value == b.Value && a.Transform == b.Transform &&
		a.Direction == b.Direction && a.Accumulation == b.Accumulation &&
		a.Zero == b.Zero && reflect.DeepEqual(a.Method, b.Method)
}

func sameChildren(a, b []*assess.Node) bool {
	if len(a) != len(b) {
		return false
	}
	weights := map[assess.Code]string{}
	for _, n := range a {
		weights[n.Code] = n.Weight.String()
	}
	for _, n := range b {
		if w, ok := weights[n.Code]; !ok || w != n.Weight.String() {
			return false
		}
	}
	return true
}

func sameShares(a, b []assess.Share) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Framework != b[i].Framework || !a[i].Weight.Equal(b[i].Weight) {
			return false
		}
	}
	return true
}
