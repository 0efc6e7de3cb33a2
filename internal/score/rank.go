package score

import (
	"cmp"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// rank scores by the place among peers (排名法). Values are compared at their declared precision; places of tied units are
// averaged unless the method says otherwise. Source: scoring specification 1.5 and 1.10.
func (s *sheet) rank() {
	for _, peers := range s.contests() {
		s.rankAmong(peers)
	}
}

// contests divides the undecided marks into the sets that are ranked together, and decides those that are not ranked.
func (s *sheet) contests() [][]int {
	scope := s.leaf.node.Indicator.Method.Scope
	size := map[assess.Code]int{} // units of the group, with a value or not
	for _, row := range s.rows {
		if s.plan.competes[row] {
			size[s.group(row, scope)]++
		}
	}
	var order []assess.Code
	peers := map[assess.Code][]int{}
	for i, row := range s.rows {
		m, group := &s.marks[i], s.group(row, scope)
		switch {
		case m.state != "":
		case !s.plan.competes[row]:
			m.decide(assess.NotApplicable, reasonOutsideRanks)
		case scope == scopeGroup && size[group] < s.plan.framework.MinGroup:
			m.decide(assess.NotApplicable, reasonSmallGroup)
		default:
			if peers[group] == nil {
				order = append(order, group)
			}
			peers[group] = append(peers[group], i)
		}
	}
	sets := make([][]int, len(order))
	for k, group := range order {
		sets[k] = peers[group]
	}
	return sets
}

func (s *sheet) group(row int, scope string) assess.Code {
	if scope == scopeGroup {
		return s.plan.panel.roster.Units[row].Group
	}
	return ""
}

// rankAmong scores the marks with the given indexes against each other.
func (s *sheet) rankAmong(peers []int) {
	ind := s.leaf.node.Indicator
	if len(peers) == 1 {
		s.marks[peers[0]].decide(assess.NotApplicable, reasonSingle)
		return
	}
	values := make([]float64, len(peers))
	for k, i := range peers {
		values[k] = s.leaf.printed(s.marks[i].value)
		if ind.Direction == assess.Down {
			values[k] = -values[k]
		}
	}
	ties := cmp.Or(ind.Method.Ties, assess.Average)
	for k, place := range places(values, ties) {
		m := &s.marks[peers[k]]
		m.place, m.peers = place, len(peers)
		m.score(s.leaf.placeShare(place, len(peers)))
		// A share for the last place is for having done something, if less than all the others.
		if ind.Method.Step == 0 && ind.Method.Last > 0 && ind.Direction != assess.Down && values[k] <= 0 {
			m.score(0)
			m.reason = reasonNotPositive
		}
	}
}

// tellContests tells every mark that was made by comparison the values it was compared with.
func (s *sheet) tellContests() {
	method := &s.leaf.node.Indicator.Method
	contests := map[assess.Code][]assess.Rival{}
	for i, row := range s.rows {
		if m := &s.marks[i]; m.peers > 0 || m.norm != nil && method.Over != overPanel && s.plan.competes[row] {
			group := s.group(row, method.Scope)
			contests[group] = append(contests[group], assess.Rival{Unit: s.plan.panel.roster.Units[row].Code, Value: m.value})
		}
	}
	for i, row := range s.rows {
		if m := &s.marks[i]; m.peers > 0 || m.norm != nil {
			m.contest = contests[s.group(row, method.Scope)]
		}
	}
}

// placeShare answers the share of full marks for a place among n.
func (l *leaf) placeShare(place float64, n int) float64 {
	method := &l.node.Indicator.Method
	first, last := method.First, method.Last
	if first == 0 && last == 0 {
		first = 1
	}
	if method.Step > 0 {
		return max(0, first-float64(method.Step*(place-1))/l.fullMarks)
	}
	return first - float64((first-last)*(place-1))/float64(n-1)
}

// places answers the place of every value, 1 for the greatest: tied values share the smallest of their places (competition,
// 1-1-3), the next place after the one above (dense, 1-1-2), or the mean of their places (average).
func places(values []float64, ties assess.Ties) []float64 {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(values[b], values[a]) })
	out := make([]float64, len(values))
	distinct := 0
	for from := 0; from < len(order); {
		to := from + 1
		for to < len(order) && values[order[to]] == values[order[from]] {
			to++
		}
		distinct++
		place := float64(from + 1)
		switch ties {
		case assess.Dense:
			place = float64(distinct)
		case assess.Average:
			place = float64(from+1+to) / 2
		}
		for _, i := range order[from:to] {
			out[i] = place
		}
		from = to
	}
	return out
}
