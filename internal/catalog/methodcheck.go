package catalog

import (
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// checkMethod holds a method's parameters against each other and against the indicator it scores.
func checkMethod(code assess.Code, i *assess.Indicator, at spot, found *faults) {
	method := at.key("method")
	m := i.Method
	checkPhasing(m.Phasing, method, found)
	checkKindOfValue(code, i, method, found)
	switch m.Kind {
	case assess.TargetRatio:
		checkTargetRatio(code, i, at, found)
	case assess.Efficacy:
		checkEfficacy(i, method, found)
	case assess.Tiered:
		checkTiers(i, method.key("points"), found)
	case assess.Deduction:
		checkDeduction(m, method, found)
	case assess.Bonus:
		seen := map[assess.Code]bool{}
		for j, level := range m.Table {
			if seen[level.Level] {
				found.add(method.key("table").item(j).key("level"), "code_twice_in_list", "the code {code} stands here twice; give each its own", "code", string(level.Level))
			}
			seen[level.Level] = true
		}
	case assess.Goalposts:
		checkGoalposts(i, method, found)
	case assess.Scaled:
		if m.Low >= m.High {
			found.add(method, "scaled_order", "the value that scores worst, low {low}, must lie below the one that scores best, high {high}", "low", number(m.Low), "high", number(m.High))
		}
	case assess.ToTarget:
		checkDistance(code, i, at, found)
	}
	if i.Direction == assess.Centre && (m.Kind == assess.Scaled || compares(m.Kind) && m.Kind != assess.ToTarget) {
		found.add(method, "compare_centre", "{method} knows up and down only; for a best band use tiered or banded", "method", string(m.Kind))
	}
}

// checkKindOfValue: true and false, levels and numbers each have their methods.
func checkKindOfValue(code assess.Code, i *assess.Indicator, at spot, found *faults) {
	m := i.Method
	words := slices.ContainsFunc(m.Bands, func(b assess.Band) bool { return b.Equal != "" })
	boolean := i.Type == assess.Boolean
	switch takesBoolean := m.Kind == assess.Veto || m.Kind == assess.YesNo; {
	case takesBoolean && !boolean:
		found.add(at, "method_needs_boolean", "{method} needs a value that is true or false; set type: boolean for {node}, or choose another method", "method", string(m.Kind), "node", string(code))
	case boolean && !takesBoolean && !words:
		found.add(at, "method_needs_number", "{node} is true or false, which {method} cannot score; use yes_no, veto, or bands with eq: true and eq: false", "node", string(code), "method", string(m.Kind))
	case words && !boolean && i.Type != assess.Rating:
		found.add(at, "band_words_type", "bands with eq are for true and false or for levels; set type: boolean or type: rating for {node}", "node", string(code))
	case m.Kind == assess.Rated && i.Type != assess.Rating:
		found.add(at, "rating_type", "a rating is of type rating; set type: rating for {node}", "node", string(code))
	}
	if boolean && words {
		for _, value := range []string{"true", "false"} {
			if !slices.ContainsFunc(m.Bands, func(b assess.Band) bool { return b.Equal == value }) {
				found.add(at, "band_word_missing", "no band holds the value {value}; add one with eq: {value}", "value", value)
			}
		}
	}
}

func checkPhasing(phasing []float64, at spot, found *faults) {
	if len(phasing) != 4 {
		return // the schema has said so
	}
	for q := 1; q < 4; q++ {
		if phasing[q] < phasing[q-1] {
			found.add(at.key("phasing").item(q), "phasing_falls", "phasing falls from {before} to {after}; what is due by the end of a quarter never falls within the year", "before", number(phasing[q-1]), "after", number(phasing[q]))
		}
	}
	if phasing[3] != 100 {
		found.add(at.key("phasing").item(3), "phasing_end", "phasing ends at {last}; the whole target is due at the end of the year, so it must end at 100", "last", number(phasing[3]))
	}
}

func checkTargetRatio(code assess.Code, i *assess.Indicator, at spot, found *faults) {
	method, t := at.key("method"), i.Target
	switch {
	case t == nil:
		found.add(method, "target_missing", "{node} is scored by completion ratio and has no target; add target: {mode: absolute}, or mode ratio with full_year", "node", string(code))
	case t.Mode == "band":
		found.add(at.key("target").key("mode"), "target_band_ratio", "a completion ratio needs one number and not a band; set mode: absolute or ratio")
	case t.FullYear != nil && *t.FullYear == 0 && i.Direction == assess.Down:
		found.add(at.key("target").key("full_year"), "target_zero_down", "with a target of 0 and lower is better, a completion ratio divides by zero; use the deduction method")
	case t.FullYear != nil && *t.FullYear == 0:
		found.add(at.key("target").key("full_year"), "target_zero", "a target of 0 for every unit means that there is no task; set one above 0, or leave full_year out and set targets per unit")
	}
	if i.Accumulation == assess.Flow && len(i.Method.Phasing) > 0 {
		found.add(method.key("phasing"), "target_flow", "{node} is a flow of the quarter, and what is due of a year's target is compared with the value since January; report it cumulatively and set accumulation: ytd, or take phasing out and set a target for each quarter", "node", string(code))
	}
	centred := i.Direction == assess.Centre
	switch {
	case centred && i.Method.Width == 0:
		found.add(method, "width_missing", "{node} is best at its target, so the method needs width, half the width of the tolerance", "node", string(code))
	case !centred && i.Method.Width > 0:
		found.add(method.name("width"), "width_without_centre", "width is for direction: target only; take it out, or set direction: target")
	}
}

func checkEfficacy(i *assess.Indicator, at spot, found *faults) {
	floor, best := i.Method.Floor, i.Method.Satisfactory
	switch {
	case floor == best:
		found.add(at.key("satisfactory"), "efficacy_equal", "floor and satisfactory are both {value}, which leaves nothing between; set two different values", "value", number(best))
	case i.Direction == assess.Up && best < floor:
		found.add(at.key("satisfactory"), "efficacy_up", "higher is better, so satisfactory {best} must lie above floor {floor}; swap them, or set direction: down", "best", number(best), "floor", number(floor))
	case i.Direction == assess.Down && best > floor:
		found.add(at.key("satisfactory"), "efficacy_down", "lower is better, so satisfactory {best} must lie below floor {floor}; swap them, or set direction: up", "best", number(best), "floor", number(floor))
	case i.Direction == assess.Centre:
		found.add(at, "efficacy_centre", "the efficacy coefficient knows up and down only; for a best band use tiered or banded")
	}
}

func checkTiers(i *assess.Indicator, at spot, found *faults) {
	p := i.Method.Points
	for k := 1; k < len(p); k++ {
		rising := p[1].Value > p[0].Value
		if p[k].Value == p[k-1].Value || (p[k].Value > p[k-1].Value) != rising {
			found.add(at.item(k), "tiers_order", "the standard value {value} is out of order after {before}; list them strictly rising, or strictly falling", "value", number(p[k].Value), "before", number(p[k-1].Value))
			return
		}
		up := (p[k].Share-p[k-1].Share)*(p[k].Value-p[k-1].Value) >= 0
		if i.Direction == assess.Up && !up || i.Direction == assess.Down && up && p[k].Share != p[k-1].Share {
			found.add(at.item(k), "tiers_direction", "the share {share} at {value} runs against direction {direction}; a better value must not get less", "share", number(p[k].Share), "value", number(p[k].Value), "direction", string(i.Direction))
		}
	}
}

func checkDeduction(m assess.Method, at spot, found *faults) {
	if (m.PerCase > 0) == (len(m.Events) > 0) {
		found.add(at, "deduction_how", "a deduction needs either per_case, the points for each event, or events, the points by kind of event")
	}
	if m.Min < 0 && !m.Below {
		found.add(at.key("min"), "deduction_min", "min {min} is below zero; set below: true as well, or leave min out", "min", number(m.Min))
	}
	seen := map[assess.Code]bool{}
	for j, e := range m.Events {
		if seen[e.Code] {
			found.add(at.key("events").item(j).key("code"), "code_twice_in_list", "the code {code} stands here twice; give each its own", "code", string(e.Code))
		}
		seen[e.Code] = true
	}
}

func checkGoalposts(i *assess.Indicator, at spot, found *faults) {
	low, high := i.Method.Low, i.Method.High
	switch {
	case low == high:
		found.add(at.key("high"), "goalposts_equal", "both goalposts are {value}, which leaves nothing between; set low below high", "value", number(low))
	case low > high:
		found.add(at.key("high"), "goalposts_reversed", "the lower goalpost {low} lies above the upper {high}; set low below high, and direction: down where lower is better", "low", number(low), "high", number(high))
	case !takes(i.Transform, low):
		found.add(at.key("low"), "goalposts_log", "the transform {transform} does not take the goalpost {low}; choose a lower goalpost that it takes", "transform", string(i.Transform), "low", number(low))
	case i.Direction == assess.Centre:
		found.add(at, "goalposts_centre", "goalposts know up and down only; for a best band use tiered or banded")
	}
}
