// Totals computes the headings, frameworks and composite of a period again from explanations alone, and compares.
// unionboard explain --period 2025 --format json | go run ./docs/examples/recompute/totals
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
	nodes := map[string]doc{}
	for _, d := range docs {
		nodes[d.text("unit")+d.text("node")] = d
	}
	for _, d := range docs {
		if parts := d.list("derivation.parts"); parts != nil {
			d.heading(parts, nodes)
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

func same[T comparable](d doc, path string, want T) {
	var none T
	compared++
	if got := at(d, path, none); got != want {
		different++
		fmt.Println(d.text("unit"), d.text("node"), path, "is", got, "and should be", want)
	}
}

func round(x, digits float64) float64 { // halves away from zero, once the noise of binary fractions is gone
	return math.Copysign(math.Floor(math.Abs(x)*math.Pow(10, digits)+0.5+1e-6), x) / math.Pow(10, digits)
}

// heading divides the points of a node among its parts by largest remainder, in units of 0.0001, and adds up what these brought.
func (d doc) heading(parts []doc, nodes map[string]doc) {
	var due, apply, silent, waiting, got, bonus float64
	for _, p := range parts {
		child := nodes[d.text("unit")+p.text("node")]
		weight, _ := strconv.ParseFloat(p.text("weight"), 64)
		kind, below := child.text("derivation.method.kind"), 0.0
		for _, q := range child.list("derivation.parts") {
			below += q.num("due")
		}
		weight = pick(d.text("node") == "composite", 100*weight, pick(kind != "" || at(d, "derivation.relative", false), weight, below))
		same(p, "due", round(pick(kind == "veto" || kind == "bonus" || child.text("result.state") == "not_due", 0, weight), 4))
		same(p, "state", child.text("result.state"))
		due, apply = due+p.num("due"), apply+pick(p.text("state") == "not_applicable", 0, p.num("due"))
		waiting, silent = waiting+pick(p.text("state") == "pending", p.num("due"), 0), silent+pick(p.text("state") == "not_reported", p.num("due"), 0)
	}
	short := apply/due+1e-9 < d.num("derivation.availability")
	state := pick(short || waiting > 0, "pending", pick(silent == apply, "not_reported", "scored"))
	same(d, "result.state", pick(due == 0, "not_due", pick(apply == 0, "not_applicable", state)))
	if apply == 0 {
		return
	}
	full := pick(d.text("parent") == "", round(due, 4), d.num("derivation.full_points"))
	share := func(p doc) float64 { // in whole units, and the remainder
		return pick(p.text("state") == "not_applicable" && !short, 0, p.num("due")) / pick(short, due, apply) * full * 1e4
	}
	rest := func(p doc) float64 { return round(share(p)-math.Floor(share(p)+1e-6), 6) }
	slices.SortFunc(parts, func(p, q doc) int {
		return cmp.Or(cmp.Compare(rest(q), rest(p)), strings.Compare(p.text("node"), q.text("node")))
	})
	left := full * 1e4
	for _, p := range parts {
		left -= math.Floor(share(p) + 1e-6)
	}
	for k, p := range parts {
		child := nodes[d.text("unit")+p.text("node")]
		same(p, "full_points", (math.Floor(share(p)+1e-6)+pick(float64(k)+0.5 < left, 1.0, 0))/1e4)
		points := child.num("result.points") * pick(d.text("node") == "composite", p.num("full_points")/child.num("result.full_points"), 1)
		same(p, "points", pick(p.num("due") == 0, p.num("points"), round(points, 4)))
		got += pick(p.num("due") == 0, 0, p.num("points"))
	}
	if state == "pending" {
		return
	}
	for _, b := range d.list("derivation.bonuses") {
		bonus += nodes[d.text("unit")+b.text("node")].num("result.points")
	}
	scale, late := d.num("derivation.scale"), d.num("derivation.lateness.per_day")*max(0, d.num("derivation.lateness.days")-d.num("derivation.lateness.grace_days"))
	bonus, late = min(bonus, at(d, "derivation.bonus_cap", bonus)), min(late, d.num("derivation.lateness.cap"))
	total := got + round((bonus-late)*full/scale, 4)
	same(d, "result.full_points", full)
	same(d, "result.points", round(total, 4))
	same(d, "result.score", round(scale*total/full, 4))
	same(d, "result.shown", round(scale*total/full, d.num("derivation.decimals")))
	if d.text("parent") == "" {
		same(d, "result.total.base", round(scale*got/full, 4))
		same(d, "result.total.bonus", bonus)
		same(d, "result.total.late", late)
	}
}
