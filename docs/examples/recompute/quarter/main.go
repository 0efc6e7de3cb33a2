// Quarter computes every score of a quarter again from its explanations alone and compares: indicators by the methods the shipped
// frameworks use in a quarter, what is not applicable spread, headings, frameworks, composite. It knows nothing of the engine.
// unionboard explain --period 2026Q1 --format json | go run ./docs/examples/recompute/quarter
package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"log"
	"math"
	"os"
	"slices"
)

type row struct { // of an explanation: a result, a part of a heading, or a band
	Node, State, Equal                            string
	Score, Shown, Points, Full_points, Due, Share float64
	Low, High                                     *float64
}
type node struct {
	Unit, Node string
	Result     row
	Derivation struct {
		Inputs []struct{ Role, Value string }
		Method *struct {
			Kind                                                       string
			Cap, Floor, Satisfactory, Base, First, Last, Per_case, Min float64
			Bands                                                      []row
		}
		Contest                                                                    []struct{ Value float64 }
		Parts                                                                      []row
		Target, Phasing                                                            *float64
		Factor, Precision, Decimals, Leaf_decimals, Scale, Full_marks, Full_points float64
		Zero_denominator                                                           string
	}
}

func main() {
	var nodes []node
	if err := json.NewDecoder(os.Stdin).Decode(&nodes); err != nil {
		log.Fatalln("these are no explanations:", err)
	}
	byName := map[string]*node{}
	for i, n := range nodes {
		byName[n.Unit+n.Node] = &nodes[i]
	}
	compared, wrong := 0, 0
	for _, n := range nodes {
		d, published := n.Derivation, n.Result
		if published.State != "scored" || d.Method != nil && d.Method.Kind == "veto" {
			continue
		}
		compared++
		share, points := n.heading(byName)
		if d.Method != nil {
			share = n.indicator()
			points = round(d.Full_points*share, d.Leaf_decimals)
		}
		if round(d.Scale*share, 4) != published.Score || round(d.Scale*share, d.Decimals) != published.Shown || points != published.Points {
			wrong++
			fmt.Printf("%s %s: %v of full marks and %v points, published %+v\n", n.Unit, n.Node, share, points, published)
		}
	}
	fmt.Println(compared, "scores compared,", wrong, "differ")
	os.Exit(map[bool]int{true: 1}[compared == 0 || wrong > 0])
}

func round(x, decimals float64) float64 { // half-up, once the noise of binary fractions is gone
	return math.Floor(x*math.Pow(10, decimals)+0.5+1e-6) / math.Pow(10, decimals)
}

func (n *node) indicator() float64 {
	d, in, v := n.Derivation, map[string]float64{}, 0.0
	for _, i := range d.Inputs {
		if _, err := fmt.Sscan(i.Value, &v); err == nil {
			in[i.Role] += v
		}
	}
	switch {
	case d.Factor == 0:
		return n.share(in["value"] + in["event"])
	case in["denominator"] != 0:
		return n.share(d.Factor * in["numerator"] / in["denominator"])
	}
	return map[string]float64{"full": 1}[d.Zero_denominator]
}

func (n *node) share(x float64) float64 { // of full marks, that a value earns
	d, m, due := n.Derivation, n.Derivation.Method, 1.0
	if d.Phasing != nil {
		due = *d.Phasing / 100
	}
	printed := round(x, d.Precision) // bands and places are read from the printed table
	switch m.Kind {
	case "target_ratio":
		return min(max(x/(*d.Target*due), 0), max(1, m.Cap))
	case "efficacy":
		return min(max(m.Base+(1-m.Base)*(x-m.Floor*due)/((m.Satisfactory-m.Floor)*due), 0), 1)
	case "deduction":
		return max(d.Full_marks-m.Per_case*x, m.Min) / d.Full_marks
	case "banded":
		for _, b := range m.Bands {
			if b.Equal == fmt.Sprint(x != 0) || b.Equal == "" && (b.Low == nil || printed >= *b.Low) && (b.High == nil || printed < *b.High) {
				return b.Share
			}
		}
	case "rank":
		before := -0.5 // places before the unit's own; ties share the mean
		for _, rival := range d.Contest {
			before += float64(cmp.Compare(round(rival.Value, d.Precision), printed)+1) / 2
		}
		return map[bool]float64{true: m.First - (m.First-m.Last)*before/float64(len(d.Contest)-1)}[printed > 0]
	}
	return 0
}

func (n *node) heading(byName map[string]*node) (share, points float64) {
	parts, full, apply, given := n.Derivation.Parts, 0.0, 0.0, 0.0
	for i, p := range parts {
		full += p.Due
		if parts[i].State == "not_applicable" {
			parts[i].Due = 0 // it is spread over the others, by largest remainder in units of 0.0001
		}
		apply += parts[i].Due
	}
	units := func(p row) float64 { return p.Due * full / apply * 1e4 }
	whole := func(p row) float64 { return math.Floor(units(p) + 1e-6) }
	for _, p := range parts {
		given += whole(p)
	}
	slices.SortStableFunc(parts, func(p, q row) int {
		return cmp.Or(cmp.Compare(round(units(q)-whole(q), 6), round(units(p)-whole(p), 6)), cmp.Compare(p.Node, q.Node))
	})
	for i, p := range parts {
		got, due := byName[n.Unit+p.Node].Result, whole(p)/1e4
		if float64(i) < math.Round(full*1e4-given) {
			due += 1e-4
		}
		if round(due, 4) != p.Full_points && p.Due > 0 {
			return math.NaN(), math.NaN() // what is due to a part was divided otherwise
		}
		if p.State == "scored" && n.Node == "composite" {
			got.Points = round(due*got.Points/got.Full_points, 4)
		}
		points += got.Points
	}
	return points / full, round(points, 4)
}
