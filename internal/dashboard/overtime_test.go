package dashboard

import (
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/results"
)

// changes makes an edition of 2026 that differs at random nodes from the usual one, and answers which nodes therefore mean something
// else: a node whose definition, method or weight was changed, and the heading of one whose weight was.
func changes(t *rapid.T) (*assess.Edition, map[assess.Code]bool) {
	e, other := edition(2026), map[assess.Code]bool{}
	type place struct{ node, parent *assess.Node }
	var places []place
	for i := range e.Frameworks {
		e.Frameworks[i].Root.Walk(func(n, parent *assess.Node, _ int) {
			if parent != nil {
				places = append(places, place{n, parent})
			}
		})
	}
	for range rapid.IntRange(0, 4).Draw(t, "changes") {
		p := places[rapid.IntRange(0, len(places)-1).Draw(t, "node")]
		other[p.node.Code] = true
		switch kind := rapid.SampledFrom([]string{"weight", "method", "definition"}).Draw(t, "kind"); {
		case kind == "weight" || p.node.Indicator == nil:
			p.node.Weight = p.node.Weight.Add(decimal.NewFromInt(1))
			other[p.parent.Code] = true
		case kind == "method":
			p.node.Indicator.Method.Base++
		default:
			p.node.Indicator.Definition.ZH += "（新口径）"
		}
	}
	return e, other
}

// everyFigure visits every figure of a page that leads to its derivation.
func everyFigure(v reflect.Value, visit func(Figure)) {
	if f, ok := v.Interface().(Figure); ok {
		visit(f)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			everyFigure(v.Elem(), visit)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				everyFigure(v.Field(i), visit)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			everyFigure(v.Index(i), visit)
		}
	}
}

// codeOf answers the node of an address /why/unit/node?….
func codeOf(t *rapid.T, why string) assess.Code {
	u, err := url.Parse(why)
	if err != nil {
		t.Fatal(err)
	}
	return assess.Code(u.Path[strings.LastIndex(u.Path, "/")+1:])
}

// TestNothingIsBridgedAcrossAScheme: whatever changed in the edition between two quarters, no figure of what it changed has an arrow or
// a difference on any page, no line and no sparkline crosses it, and its step of a waterfall says so; everything else is compared as
// usual. Quarters without figures stay gaps.
func TestNothingIsBridgedAcrossAScheme(t *testing.T) {
	usual, words, pages := small(t), catalogue(t), shipped(t).All()
	rapid.Check(t, func(t *rapid.T) {
		e, other := changes(t)
		b := &board{sheets: map[assess.Period]*results.Sheet{}, log: usual.log}
		for p, s := range usual.sheets {
			b.sheets[p] = s
		}
		before := *usual.sheets[q2025Q4]
		before.Edition = e
		b.sheets[q2025Q4] = &before
		unit := rapid.SampledFrom([]assess.UnitCode{heping, kangpin}).Draw(t, "unit")
		framework := rapid.SampledFrom([]assess.Code{"six_systems", "five_type_organ"}).Draw(t, "framework")
		for _, d := range pages {
			req := Request{
				Period: q2026Q1, Unit: unit, Units: []assess.UnitCode{unit, shenhe}, Framework: framework,
				Code: rapid.SampledFrom([]assess.Code{"cases", "lecture_rate"}).Draw(t, "code"),
			}
			page, err := Resolve(t.Context(), b, words, d, req)
			if err != nil {
				t.Fatal(err)
			}
			everyFigure(reflect.ValueOf(page), func(f Figure) {
				if f.Why != "" && other[codeOf(t, f.Why)] && (f.Arrow != "" || f.Change != "" || f.RankChange != "") {
					t.Fatalf("%s: %s means something else and shows %q %q %q", d.Page, f.Why, f.Arrow, f.Change, f.RankChange)
				}
			})
			everyLine(t, page, other)
		}
		r, err := newResolver(t.Context(), b, words, Request{Period: q2026Q1})
		if err != nil {
			t.Fatal(err)
		}
		for code := range r.now.spots {
			for _, u := range r.now.units("") {
				now, base := r.now.score(u.Code, code), r.prev.score(u.Code, code)
				if !scored(now) || !scored(base) || r.unscored(code) {
					continue
				}
				f := r.figure(r.prev, u.Code, code)
				if same := !other[code]; same != (f.Change != "") || same == (f.Words == "方案不同") {
					t.Fatalf("%s of %s: changed %v, shows %q %q", code, u.Code, !same, f.Change, f.Words)
				}
			}
		}
	})
}

// everyLine holds the lines of a page: none crosses the change from 2025 to 2026 of a node that means
// something else, and every quarter without a sheet is a gap. Values that begin anew with the year are broken there by themselves.
func everyLine(t *rapid.T, page *Page, other map[assess.Code]bool) {
	spots := func(name string, spots []Spot, code assess.Code, restarts bool, breaks func(i int) bool) {
		for i, s := range spots {
			if s.Period == assess.NewQuarter(2025, 2) && s.Value != nil {
				t.Fatalf("%s: a quarter without figures has a point", name)
			}
			if s.Period == q2026Q1 && i > 0 && breaks(i) != other[code] && !(restarts && breaks(i)) {
				t.Fatalf("%s: the line of %s is broken %v, its scheme changed %v", name, code, breaks(i), other[code])
			}
		}
	}
	for _, row := range page.Rows {
		for _, p := range row.Panels {
			switch {
			case p.Stat != nil:
				for _, c := range p.Stat.Cards {
					spots(p.ID, c.Spark, assess.Code(c.Name.Code), false, func(i int) bool { return c.Spark[i].Apart })
				}
			case p.Trend != nil:
				for _, s := range p.Trend.Series {
					for _, spot := range s.Spots {
						if spot.Why == "" {
							continue
						}
						code := codeOf(t, spot.Why)
						spots(p.ID, s.Spots, code, p.Trend.Unit != "分", func(i int) bool {
							for _, at := range p.Trend.Breaks {
								if at == i {
									return true
								}
							}
							return false
						})
						break
					}
				}
			case p.Waterfall != nil:
				for _, s := range p.Waterfall.Steps {
					if code := assess.Code(s.Name.Code); code != "" && strings.Contains(s.Name.Full, "方案不同") != other[code] {
						t.Fatalf("%s: the step %q, changed %v", p.ID, s.Name.Full, other[code])
					}
				}
			}
		}
	}
}
