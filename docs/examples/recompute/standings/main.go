// Standings computes the ranks and grades of a period again from explanations alone, and compares.
// unionboard explain --period 2025 --format json | go run ./docs/examples/recompute/standings
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
)

var compared, different int

func main() {
	var docs []doc
	if err := json.NewDecoder(os.Stdin).Decode(&docs); err != nil {
		fmt.Println("no explanations:", err)
		os.Exit(2)
	}
	peers := map[string][]doc{}
	for _, d := range docs {
		peers[d.text("framework")+d.text("node")] = append(peers[d.text("framework")+d.text("node")], d)
	}
	for _, d := range docs {
		all := peers[d.text("framework")+d.text("node")]
		d.rank(all)
		if at[map[string]any](d, "derivation.award", nil) != nil {
			d.grade(all, docs)
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

func (d doc) shown() float64 { return at(d, "result.shown", -1.0) }

// rank counts who is better as printed: 1-1-3.
func (d doc) rank(all []doc) {
	ahead, inGroup, group := 1.0, 1.0, 0.0
	for _, p := range all {
		if at(p, "ranking.competes", false) {
			mate := pick(p.text("ranking.group") == d.text("ranking.group") && p.text("ranking.group") != "", 1.0, 0)
			better := pick(p.shown() > d.shown(), 1.0, 0)
			ahead, inGroup, group = ahead+better, inGroup+mate*better, group+mate
		}
	}
	ranked := at(d, "ranking.competes", false) && d.shown() >= 0
	same(d, "result.rank", pick(ranked, ahead, 0))
	same(d, "result.group_rank", pick(ranked && group > 0 && group >= d.num("ranking.min_group"), inGroup, 0))
}

// grade gives the best grade inside its quota, the others by their limits; a veto caps it.
func (d doc) grade(all, docs []doc) {
	grades := d.list("derivation.award.grades")
	better, tied, units := 0.0, 0.0, 0.0
	for _, p := range all {
		if at[map[string]any](p, "derivation.award", nil) == nil || p.text("derivation.award.among") != d.text("derivation.award.among") {
			continue
		}
		units++
		if p.candidate(docs) {
			order := slices.Compare(p.key(docs), d.key(docs))
			better += pick(order > 0, 1.0, 0)
			tied += pick(order == 0, 1.0, 0)
		}
	}
	places := max(float64(int(d.num("derivation.award.quota_share")*units)/10000), d.num("derivation.award.quota_least"))
	places = pick(d.num("derivation.award.quota_share") == 0, units, places)
	same(d, "derivation.award.places", places)
	within := d.candidate(docs) && better < places
	same(d, "result.tied_at_quota", within && better+tied > places)
	from := pick(within && better+tied <= places, 0, 1)
	if d.vetoed(docs) {
		from = max(from, slices.IndexFunc(grades, func(g doc) bool { return g.text("grade") == d.text("derivation.award.veto_grade") }))
	}
	i := slices.IndexFunc(grades[from:], func(g doc) bool { return d.shown() >= g.num("min_score") })
	same(d, "result.grade", pick(d.shown() < 0 || i < 0, "", grades[min(from+max(i, 0), len(grades)-1)].text("grade")))
}

// candidate says whether the unit may get the best grade: enough points, no veto, no core indicator missing.
func (d doc) candidate(docs []doc) bool {
	lacks := slices.ContainsFunc(docs, func(p doc) bool {
		state := p.text("result.state")
		return d.covers(p) && at(p, "core", false) && (state == "not_reported" || state == "pending")
	})
	return d.shown() >= d.list("derivation.award.grades")[0].num("min_score") && !d.vetoed(docs) && !lacks
}

// vetoed says whether a veto of the unit is true: an indicator of the framework, or a figure of the composite.
func (d doc) vetoed(docs []doc) bool {
	truth := func(in doc) bool { return in.text("role") == "veto" && strings.Trim(in.text("value"), "0.") != "" }
	return slices.ContainsFunc(d.list("derivation.inputs"), truth) || slices.ContainsFunc(docs, func(p doc) bool {
		return d.covers(p) && p.text("derivation.method.kind") == "veto" && p.text("result.state") == "scored" && p.num("result.value") != 0
	})
}

// covers says whether a root stands over another node of the same unit.
func (d doc) covers(p doc) bool {
	return p.text("unit") == d.text("unit") && (d.text("node") == "composite" || p.text("framework") == d.text("framework"))
}

// key is what decides between units: the total as printed, then the tie chain.
func (d doc) key(docs []doc) []float64 {
	key := []float64{d.shown()}
	for _, link := range d.list("derivation.award.chain") {
		i := slices.IndexFunc(docs, func(p doc) bool { return d.covers(p) && p.text("node") == link.text("code") })
		if i < 0 {
			key = append(key, -link.num("value"))
			continue
		}
		key = append(key, docs[i].shown())
	}
	return key
}
