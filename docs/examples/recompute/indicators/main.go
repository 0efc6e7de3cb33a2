// Indicators computes the score and points of every indicator of a period again from its explanation alone, and compares.
// unionboard explain --period 2025 --format json | go run ./docs/examples/recompute/indicators
package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
)

var compared, different int

func main() {
	var docs []doc
	if err := json.NewDecoder(os.Stdin).Decode(&docs); err != nil {
		fmt.Println("no explanations:", err)
		os.Exit(2)
	}
	for _, d := range docs {
		share, full, kind := d.share(), d.num("result.full_points"), d.text("derivation.method.kind")
		if scored := d.text("result.state") == "scored"; scored && kind == "bonus" {
			d.same("result.points", share)
		} else if scored && kind != "" && kind != "veto" {
			d.same("result.score", round(d.num("derivation.scale")*share, 4))
			d.same("result.shown", round(d.num("derivation.scale")*share, d.num("derivation.decimals")))
			d.same("result.points", min(round(full*share, d.num("derivation.leaf_decimals")), pick(share > 1, math.Inf(1), full)))
		}
	}
	fmt.Println(compared, "figures compared,", different, "differ")
	os.Exit(pick(compared == 0 || different > 0, 1, 0))
}

type doc map[string]any // an explanation, or a part of one

// at answers what stands at a path of names: a number, a text, a truth.
func at[T any](d doc, path string, otherwise T) T {
	var here any = map[string]any(d)
	for name := range strings.SplitSeq(path, ".") {
		fields, _ := here.(map[string]any)
		here = fields[name]
	}
	v, ok := here.(T)
	return pick(ok, v, otherwise)
}

func pick[T any](first bool, a, b T) T {
	if first {
		return a
	}
	return b
}
func (d doc) num(path string) float64 { return at(d, path, 0.0) }
func (d doc) text(path string) string { return at(d, path, "") }
func (d doc) list(path string) (list []doc) {
	for _, v := range at[[]any](d, path, nil) {
		list = append(list, v.(map[string]any))
	}
	return list
}

func (d doc) same(path string, want any) {
	compared++
	if got := at[any](d, path, nil); fmt.Sprint(got) != fmt.Sprint(want) {
		different++
		fmt.Println(d.text("unit"), d.text("node"), path, "is", got, "and should be", want)
	}
}

// round rounds halves away from zero, once the noise of binary fractions is gone.
func round(x, digits float64) float64 {
	return math.Copysign(math.Floor(math.Abs(x)*math.Pow(10, digits)+0.5+1e-6), x) / math.Pow(10, digits)
}

// share answers the share of full marks; of a bonus its points.
func (d doc) share() (s float64) {
	m, in, ballots := doc(at[map[string]any](d, "derivation.method", nil)), map[string]float64{}, map[string][]float64{}
	level, scale := "", at(m, "scale_max", 100.0)
	for _, i := range d.list("derivation.inputs") {
		level = i.text("value")
		v, _ := strconv.ParseFloat(level, 64)
		role, part, ref := i.text("role"), i.text("part"), "achievement "+i.text("ref")
		in[role], in[part] = in[role]+v, in[part]+v
		for _, row := range m.list("table") { // an achievement counts once, at its highest level
			points := pick(part == row.text("level"), row.num("points"), 0)
			in["value"], in[ref] = in["value"]+pick(i.text("ref") == "", v*points, max(0, points-in[ref])), max(in[ref], points)
		}
		if role == "ballot" && level != "" {
			ballots[part] = append(ballots[part], at(m, "levels."+level, v/scale))
		}
	}
	x, full, down, due := in["value"]+in["event"], d.num("derivation.full_marks"), d.text("derivation.direction") == "down", at(d, "derivation.phasing", 100.0)/100
	if x = pick(d.num("derivation.factor") != 0, d.num("derivation.factor")*in["numerator"]/in["denominator"], x); math.IsNaN(0 * x) {
		return pick(d.text("derivation.zero_denominator") == "full", 1.0, 0)
	}
	line := func(x0, x1, y0, y1 float64) float64 { return y0 + (y1-y0)*(x-x0)/(x1-x0) }
	clip := func(s, top float64) float64 { return min(max(s, 0), top) }
	t, printed := d.num("derivation.target")*due, round(x, d.num("derivation.precision"))
	switch ratio := pick(m.num("width") > 0, 1-math.Abs(x-t)/m.num("width"), pick(down, 2-x/t, x/t)); m.text("kind") {
	case "target_ratio":
		return pick(x < 0, 0, clip(ratio, max(1, m.num("cap"))))
	case "banded":
		for _, b := range slices.Backward(m.list("bands")) {
			low, high, eq := cmp.Compare(printed, at(b, "low", math.Inf(-1))), cmp.Compare(printed, at(b, "high", math.Inf(1))), b.text("equal")
			inside := low >= pick(at(b, "low_excluded", false), 1, 0) && high <= pick(at(b, "high_excluded", false), -1, 0)
			s = pick(pick(eq == "", inside, eq == level || eq == strconv.FormatBool(x != 0)), b.num("share"), s)
		}
		return s
	case "efficacy", "goalposts": // of which only one has its limits here
		x0, x1 := m.num("floor")*due+m.num(pick(down, "high", "low")), m.num("satisfactory")*due+m.num(pick(down, "low", "high"))
		return clip(line(x0, x1, m.num("base"), 1), 1)
	case "tiered":
		for p := m.list("points"); len(p) > 1; p = p[1:] {
			x0, x1, y0, y1 := p[0].num("value"), p[1].num("value"), p[0].num("share"), p[1].num("share")
			s = pick((x-x1)*(x1-x0) >= 0, y1, pick((x-x0)*(x1-x0) >= 0, line(x0, x1, y0, y1), s))
		}
		return s
	case "rank":
		above, tied, first, last, n := 0.0, 0.0, cmp.Or(m.num("first"), 1), m.num("last"), float64(len(d.list("derivation.contest")))
		for _, r := range d.list("derivation.contest") {
			v := round(r.num("value"), d.num("derivation.precision"))
			above, tied = above+pick(v != printed && v > printed != down, 1.0, 0), tied+pick(v == printed, 1.0, 0)
		}
		before := above + pick(m.text("ties") == "competition", 0, (tied-1)/2) // places before the unit's own; ties share the mean
		s = pick(last > 0 && !down && printed <= 0, 0, first-(first-last)*before/(n-1))
		return pick(m.num("step") > 0, max(0, first-m.num("step")*before/full), s)
	case "rating":
		sum, weights := 0.0, 0.0
		for _, g := range m.list("raters") {
			b := slices.Sorted(slices.Values(ballots[g.text("code")]))
			n := float64(len(b))
			b = pick(m.num("trim_from") > 0 && n > 2 && n >= m.num("trim_from"), b[min(1, len(b)/2):max(len(b)-1, len(b)/2)], b)
			for _, v := range pick(n+1e-9 >= m.num("quorum")*g.num("issued"), b, nil) {
				sum, weights = sum+g.num("weight")*v/float64(len(b)), weights+g.num("weight")/float64(len(b))
			}
		}
		return clip(pick(weights > 0, sum/weights, at(m, "levels."+level, x/scale)), 1)
	case "deduction":
		lost := m.num("per_case") * x
		for _, e := range m.list("events") {
			lost += min(e.num("each")*in[e.text("code")], at(e, "cap", math.Inf(1)))
		}
		return max((full-lost)/full, pick(at(m, "below", false), math.Inf(-1), m.num("min")/full))
	case "yes_no":
		return pick(x != 0 != down, 1.0, 0)
	}
	return pick(m.text("kind") == "bonus", min(x, at(m, "cap", x)), x/d.num("derivation.scale"))
}
