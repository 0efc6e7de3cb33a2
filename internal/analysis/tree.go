package analysis

import (
	"cmp"
	"math"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// tree is the scores of all ranked units as numbers under weights. Nodes stand parents first; the first is the root.
type tree struct {
	printing
	units    []assess.UnitCode
	cards    []*assess.Scorecard // of the subject itself
	branches []branch
	index    map[assess.Code]int
	order    []int // nodes with a weight in the order of their codes, in which weights are drawn
	scale    float64
}

// branch is a node with its figures, one for each unit.
type branch struct {
	code     assess.Code
	parent   int   // -1 for the root
	children []int // in the order of their codes, in which everything is added up
	mean     assess.Aggregation
	nominal  float64 // weight as the framework writes it
	leaf     bool
	// weight is what counts among the siblings, 0 for a unit without it; equal says that it is the same for all units, and even
	// that those of all children are, so that they add up once for all.
	weight      []float64
	equal, even bool
	// product of a leaf is its weight × its score, after the transform of the parent's mean.
	product []float64
	// extra is what is added to the score after the mean: bonus less lateness; nil where there is none.
	extra []float64
	// whole says that the contributions of the parts are rounded to whole units, as in a composite.
	whole bool
	scale float64
}

// newTree makes the tree of a subject. Units that are not ranked are left out: nothing can change their place.
func newTree(s Subject) *tree {
	t := &tree{printing: s.printing(), index: map[assess.Code]int{}, scale: s.scale()}
	for i := range s.Scores.Cards {
		if card := &s.Scores.Cards[i]; card.Root().Rank > 0 {
			t.units = append(t.units, card.Unit)
			t.cards = append(t.cards, card)
		}
	}
	if s.Framework != nil {
		t.addFramework(s, -1)
	} else {
		t.addComposite(s)
	}
	t.finish()
	return t
}

// addComposite adds the root of a composite and the trees of its parts.
func (t *tree) addComposite(s Subject) {
	t.branches = []branch{{code: assess.CompositeCode, parent: -1, whole: true, scale: compositeScale, extra: t.extra(s)}}
	t.index[assess.CompositeCode] = 0
	for k, part := range s.Parts {
		at := t.addFramework(part, 0)
		b := &t.branches[at]
		b.nominal = s.Assessment.Composite[k].Weight.InexactFloat64() * compositeScale
		for u := range t.units {
			b.weight[u] = t.cards[u].Nodes[k+1].FullPoints
		}
	}
}

// addFramework adds the tree of one framework under a parent and answers the place of its root.
func (t *tree) addFramework(s Subject, parent int) int {
	first := len(t.branches)
	cards := make([]*assess.Scorecard, len(t.units))
	byUnit := make(map[assess.UnitCode]*assess.Scorecard, len(s.Scores.Cards))
	for i := range s.Scores.Cards {
		byUnit[s.Scores.Cards[i].Unit] = &s.Scores.Cards[i]
	}
	for u, code := range t.units {
		cards[u] = byUnit[code]
	}
	at := map[*assess.Node]int{}
	k := 0 // place in the cards, which have their nodes in the order of the walk
	s.Framework.Root.Walk(func(n, up *assess.Node, _ int) {
		i := k
		k++
		if n.Indicator != nil && outside(n) {
			return
		}
		b := branch{code: n.Code, parent: parent, mean: cmp.Or(n.Aggregate, assess.Arithmetic), leaf: n.Indicator != nil, scale: s.scale()}
		b.nominal = n.Weight.InexactFloat64()
		if up != nil {
			b.parent = at[up]
		} else {
			b.extra = t.extra(s)
		}
		t.figures(&b, s, cards, i)
		at[n] = len(t.branches)
		t.index[n.Code] = len(t.branches)
		t.branches = append(t.branches, b)
	})
	return first
}

// outside says whether an indicator stands beside the weights.
func outside(n *assess.Node) bool {
	return n.Indicator.Method.Kind == assess.Veto || n.Indicator.Method.Kind == assess.Bonus
}

// figures fills in the weights of a node and, for a leaf, its score. Published points are what is weighed: points over full points
// in the official layer, where the spread and the rounding of every indicator are in them; scores by the written weights where only
// these count.
func (t *tree) figures(b *branch, s Subject, cards []*assess.Scorecard, i int) {
	written := !s.official() && s.Framework.Relative
	b.weight, b.product = make([]float64, len(t.units)), make([]float64, len(t.units))
	for u, card := range cards {
		if card == nil || !card.Root().HasScore() || !card.Nodes[i].HasScore() {
			continue
		}
		n := &card.Nodes[i]
		if n.FullPoints <= 0 && !written || written && n.State != assess.Scored {
			continue
		}
		b.weight[u] = n.FullPoints
		if written {
			b.weight[u] = b.nominal
		}
		if b.leaf {
			b.product[u] = n.Score
			if s.official() {
				b.product[u] = float64(s.scale()*n.Points) / n.FullPoints
			}
		}
	}
}

// extra answers what stands in the total of every unit beside the mean, nil where no unit has any.
func (t *tree) extra(s Subject) []float64 {
	var extra []float64
	for u, code := range t.units {
		card := s.Scores.Card(code)
		if card == nil || card.Bonus == 0 && card.Late == 0 || !card.Root().HasScore() {
			continue
		}
		if extra == nil {
			extra = make([]float64, len(t.units))
		}
		if extra[u] = card.Bonus - card.Late; s.official() {
			extra[u] = s.publishedExtra(card)
		}
	}
	return extra
}

// publishedExtra answers what bonus and lateness are in the published total: whole units over the full points.
func (s Subject) publishedExtra(card *assess.Scorecard) float64 {
	root := card.Root()
	parts := int64(0)
	for i := range card.Nodes {
		if n := &card.Nodes[i]; n.Parent == root.Node && n.HasScore() {
			parts += units(n.Points)
		}
	}
	return float64(s.scale()*float64(units(root.Points)-parts)/pointUnits) / root.FullPoints
}

// pointDecimals are the digits in which points add up, pointUnits the units of 0.0001 in a point.
const (
	pointDecimals = 4
	pointUnits    = 10000
)

// units counts a number of points in units of 0.0001.
func units(points float64) int64 { return int64(math.Round(points * pointUnits)) }

// finish orders the children, transforms and weighs the leaves, and chooses the order of drawing.
func (t *tree) finish() {
	for i := range t.branches {
		b := &t.branches[i]
		if b.parent >= 0 {
			up := &t.branches[b.parent]
			up.children = append(up.children, i)
			t.order = append(t.order, i)
		}
		b.equal = true
		first := 0.0
		for u, w := range b.weight {
			if u == 0 {
				first = w
			}
			b.equal = b.equal && w == first
			if b.leaf && w > 0 {
				b.product[u] = float64(w * into(t.branches[b.parent].mean, b.product[u]))
			}
		}
	}
	byCode := func(a, b int) int { return cmp.Compare(t.branches[a].code, t.branches[b].code) }
	slices.SortStableFunc(t.order, byCode)
	for i := range t.branches {
		slices.SortStableFunc(t.branches[i].children, byCode)
	}
	for i := range t.branches {
		b := &t.branches[i]
		b.even = !slices.ContainsFunc(b.children, func(c int) bool { return !t.branches[c].equal })
	}
}

// into takes a score to where its mean is a sum; out takes it back.
func into(mean assess.Aggregation, x float64) float64 {
	switch mean {
	case assess.Geometric:
		return math.Log(x)
	case assess.Harmonic:
		return 1 / x
	}
	return x
}

func out(mean assess.Aggregation, x float64) float64 {
	switch mean {
	case assess.Geometric:
		return math.Exp(x)
	case assess.Harmonic:
		return 1 / x
	}
	return x
}
