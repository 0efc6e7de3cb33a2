package score

import (
	"cmp"

	"github.com/unionboard/unionboard/internal/assess"
)

// ranking says how the units of cards are ranked.
type ranking struct {
	ties     assess.Ties
	minGroup int                        // the smallest peer group that is ranked
	group    func(card int) assess.Code // "" for none
	competes func(card int) bool
}

// rankCards ranks every node of cards, which have the same nodes, by what is shown: among all, and inside the peer groups that
// have enough units. Source: scoring specification 1.10 and 3.2, point 6.
func rankCards(cards []assess.Scorecard, r ranking) {
	if len(cards) == 0 {
		return
	}
	var all []int
	groups := map[assess.Code][]int{}
	for i := range cards {
		if r.competes(i) {
			all = append(all, i)
			groups[r.group(i)] = append(groups[r.group(i)], i)
		}
	}
	ties := cmp.Or(r.ties, assess.Competition)
	for node := range cards[0].Nodes {
		rankNode(cards, node, all, ties, func(n *assess.NodeScore, rank int) { n.Rank = rank })
		for code, members := range groups {
			if code != "" && len(members) >= r.minGroup {
				rankNode(cards, node, members, ties, func(n *assess.NodeScore, rank int) { n.GroupRank = rank })
			}
		}
	}
}

// rankNode ranks a node of the given cards that have a score.
func rankNode(cards []assess.Scorecard, node int, members []int, ties assess.Ties, set func(*assess.NodeScore, int)) {
	var ranked []*assess.NodeScore
	var shown []float64
	for _, i := range members {
		if n := &cards[i].Nodes[node]; n.HasScore() {
			ranked = append(ranked, n)
			shown = append(shown, n.Shown)
		}
	}
	for k, place := range places(shown, ties) {
		set(ranked[k], int(place))
	}
}
