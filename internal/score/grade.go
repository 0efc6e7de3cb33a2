package score

import (
	"cmp"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// contender is a unit that is graded.
type contender struct {
	card   *assess.Scorecard
	group  assess.Code
	chain  []float64 // of the tie chain, more is better
	noCore bool      // a core indicator is missing
}

// award gives the grades of a year: the best one inside its quota, the others by their limits; a veto caps the grade. Everything
// is decided on what is shown. Source: scoring specification 1.8 and 1.11.
func award(g *assess.Grading, contenders []contender) {
	if len(g.Grades) == 0 {
		return
	}
	groups := map[assess.Code][]*contender{}
	for i := range contenders {
		c := &contenders[i]
		code := c.group
		if g.QuotaScope == scopeAll {
			code = ""
		}
		groups[code] = append(groups[code], c)
	}
	for _, members := range groups {
		best := excellent(g, members)
		for _, c := range members {
			c.card.Root().Grade = grade(g, c, best[c])
			c.card.CoreMissing = c.noCore
			c.explain(g, len(members))
		}
	}
}

// excellent answers which members get the best grade: those within the limit, no veto and no core indicator missing, by their
// place, as many as the quota has places. A tie across the quota is broken by the chain; what stays tied gets none of the places,
// and nobody below does.
func excellent(g *assess.Grading, members []*contender) map[*contender]bool {
	var candidates []*contender
	for _, c := range members {
		root := c.card.Root()
		if root.HasScore() && root.Shown >= g.Grades[0].MinScore && len(c.card.Vetoed) == 0 && !c.noCore {
			candidates = append(candidates, c)
		}
	}
	best := map[*contender]bool{}
	left := quota(g, len(members))
	slices.SortStableFunc(candidates, compareContenders)
	for from := 0; from < len(candidates) && left > 0; {
		to := from + 1
		for to < len(candidates) && compareContenders(candidates[from], candidates[to]) == 0 {
			to++
		}
		tied := candidates[from:to]
		if len(tied) > left {
			for _, c := range tied {
				c.card.TiedAtQuota = true
			}
			break
		}
		for _, c := range tied {
			best[c] = true
		}
		left -= len(tied)
		from = to
	}
	return best
}

// explain writes down what the grade was made of, where the card carries derivations. members is the number of units that share
// the places.
func (c *contender) explain(g *assess.Grading, members int) {
	why := c.card.Root().Why
	if why == nil {
		return
	}
	a := &assess.Award{
		Units: members, QuotaShare: g.QuotaShare, QuotaLeast: g.QuotaLeast, Places: quota(g, members),
		VetoGrade: g.VetoGrade, Vetoed: len(c.card.Vetoed) > 0, CoreMissing: c.noCore,
	}
	if g.QuotaScope != scopeAll {
		a.Among = c.group
	}
	for _, x := range g.Grades {
		a.Grades = append(a.Grades, assess.GradeLimit{Grade: x.Code, MinScore: x.MinScore})
	}
	for k, code := range g.TieChain {
		link := assess.ChainLink{Code: code}
		switch v := c.chain[k]; {
		case code == chainReturns:
			link.Value = pointer(0 - v)
		case v != lowest:
			link.Value = pointer(v)
		}
		a.Chain = append(a.Chain, link)
	}
	why.Award = a
}

// scopeAll shares the places of the best grade among all units.
const scopeAll = "all"

// quota answers the places of the best grade among n units, vetoed ones included: counted in whole numbers, rounded down.
func quota(g *assess.Grading, n int) int {
	if g.QuotaShare == 0 {
		return n
	}
	return max(g.QuotaShare*n/10000, g.QuotaLeast)
}

// compareContenders puts the better first: the greater total, then the chain. Hidden digits decide nothing.
func compareContenders(a, b *contender) int {
	return cmp.Or(cmp.Compare(b.card.Root().Shown, a.card.Root().Shown), slices.Compare(b.chain, a.chain))
}

// grade answers the grade of a unit, "" for one without a total.
func grade(g *assess.Grading, c *contender, best bool) assess.Code {
	root := c.card.Root()
	if !root.HasScore() {
		return ""
	}
	from := 1
	if best {
		from = 0
	}
	if len(c.card.Vetoed) > 0 {
		if i := slices.IndexFunc(g.Grades, func(x assess.Grade) bool { return x.Code == g.VetoGrade }); i > from {
			from = i
		}
	}
	for _, x := range g.Grades[min(from, len(g.Grades)):] {
		if root.Shown >= x.MinScore {
			return x.Code
		}
	}
	return ""
}

// chainReturns is the word of the tie chain for the number of cells that were returned in the year.
const chainReturns assess.Code = "returns"

// chain answers the values of a tie chain for a unit: what is shown of the nodes, and fewer returns before more. A node without
// a score is worse than any.
func chain(codes []assess.Code, returns int, find func(assess.Code) *assess.NodeScore) (values []float64) {
	for _, code := range codes {
		if code == chainReturns {
			values = append(values, -float64(returns))
			continue
		}
		value := lowest
		if n := find(code); n != nil && n.HasScore() {
			value = n.Shown
		}
		values = append(values, value)
	}
	return values
}

// lowest is below any score.
const lowest = -1e18

// contenders answers the competing units of a framework's own grading.
func (r *run) contenders(cards []assess.Scorecard, codes []assess.Code) (cs []contender) {
	for i := range cards {
		unit := &r.panel.roster.Units[r.rows[i]]
		if !r.competes[r.rows[i]] {
			continue
		}
		c := &cards[i]
		cs = append(cs, contender{
			card: c, group: unit.Group, noCore: lacksCore(r.framework, c),
			chain: chain(codes, r.panel.conductOf(unit.Code, r.period).Returns, c.Node),
		})
	}
	return cs
}

// lacksCore says whether a core indicator of a framework was not reported or is pending.
func lacksCore(f *assess.Framework, card *assess.Scorecard) bool {
	for _, n := range f.Root.Leaves() {
		if !n.Indicator.Core {
			continue
		}
		if s := card.Node(n.Code); s != nil && (s.State == assess.NotReported || s.State == assess.Pending) {
			return true
		}
	}
	return false
}
