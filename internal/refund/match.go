package refund

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Status is what becomes of a payment.
type Status string

// The outcomes.
const (
	Auto      Status = "auto"      // matched without a person
	Review    Status = "review"    // for the district's reviewer
	None      Status = "none"      // no union: a lead for organising
	Duplicate Status = "duplicate" // the ticket of another row again
)

// Rule is by what a taxpayer and a union were brought together.
type Rule string

// The rules, in the order in which they are asked.
const (
	RuleCode  Rule = "R1" // equal code and one more agreement
	RuleNear  Rule = "R2" // code one edit away and the same name
	RuleName  Rule = "R3" // name and district, unique on both sides
	RuleScore Rule = "S"  // by the sum of the evidence
)

// Match is what was found for one taxpayer.
type Match struct {
	Status Status
	Union  int // index into the unions, -1 for none
	Rule   Rule
	Score  float64 // sum of Bits
	Bits   Bits
	// RunnerUp is the union that came closest behind, -1 for none, and Ahead how many bits it lies behind.
	RunnerUp int
	Ahead    float64
	// Why is a key of reasons: what decided.
	Why Why
	// District is the district by the union's affiliation, or the bureau's for a taxpayer without a union; 0 where nobody knows it.
	District int32
	// Moved says that the bureau has the taxpayer in another district than its union's affiliation.
	Moved bool
}

// Options are what a run goes by.
type Options struct {
	Policy Policy
	// Parameters are those of an earlier run; nil to estimate them from these rows.
	Parameters *Parameters
}

// Result is all that a run found. Its slices stand in the order of what was handed in.
type Result struct {
	Payments   []Payment
	Unions     []Union
	Taxpayers  []Taxpayer
	Matches    []Match       // of the taxpayers
	Lines      []Line        // of the payments
	Affiliated []Affiliation // of the unions
	Parameters *Parameters
	Policy     Policy
	Thresholds Thresholds
}

// Thresholds are the scores from which a match is automatic or shown to a reviewer, in bits.
type Thresholds struct {
	Auto   float64 `json:"auto_bits"`
	Review float64 `json:"review_bits"`
}

// Run matches payments with unions. It fails only for options that nobody can follow; a row that cannot be used is none of the result's
// rows less.
func Run(payments []Payment, unions []Union, o Options) (*Result, error) {
	if err := o.Policy.Check(); err != nil {
		return nil, err
	}
	if o.Parameters != nil {
		if err := o.Parameters.check(); err != nil {
			return nil, err
		}
	}
	m := newMatcher(payments, unions)
	m.parameters = o.Parameters
	if m.parameters == nil {
		m.parameters = estimate(m.taxRecords, m.unionRecords, m.blocks)
	}
	m.score()
	m.blocks = nil // a fifth of the memory, and no longer needed
	m.decide()
	r := &Result{
		Payments: payments, Unions: unions, Taxpayers: m.taxpayers, Matches: m.matches(), Parameters: m.parameters, Policy: o.Policy,
		Affiliated: m.affiliated,
		Thresholds: Thresholds{m.auto, m.review},
	}
	r.Lines = r.lines(m)
	return r, nil
}

// matcher is one run at work.
type matcher struct {
	payments   []Payment
	parsed     []parsedPayment
	unions     []Union
	kinds      []UnionKind
	states     []State
	affiliated []Affiliation
	local      localDistricts
	taxpayers  []Taxpayer

	taxRecords   []record
	unionRecords []record // of the grassroots unions, in another numbering
	unionOf      []int32  // union record → union
	payable      []bool   // union record → may be refunded by
	blocks       *blocks
	rarity       []rarity
	parameters   *Parameters
	auto, review float64

	edges    [][]edge  // taxpayer → candidates, the best first
	back     [][]int32 // union record → taxpayers that have it as a candidate
	assigned []int32   // taxpayer → position in its edges, -1 for none
	rule     []Rule
	taken    []bool         // union record
	two      map[int32]bool // taxpayers that were assigned one of two unions
	byName   [2]*index
}

// edge is a candidate of a taxpayer.
type edge struct {
	union   int32 // union record
	score   float32
	pattern pattern
}

func newMatcher(payments []Payment, unions []Union) *matcher {
	m := &matcher{payments: payments, unions: unions}
	m.parsed = make([]parsedPayment, len(payments))
	parallel(len(payments), func(from, to int) {
		for i := from; i < to; i++ {
			m.parsed[i] = parsedPayment{ParseCode(payments[i].Code), keyOf(ParseName(payments[i].Name).Core)}
		}
	})
	m.taxpayers = group(payments, m.parsed)
	m.readUnions()
	m.taxRecords = make([]record, len(m.taxpayers))
	parallel(len(m.taxpayers), func(from, to int) {
		for i := from; i < to; i++ {
			m.taxRecords[i] = m.taxpayers[i].describe(payments, m.parsed, m.local).record()
		}
	})
	m.blocks = newBlocks(m.taxRecords, m.unionRecords)
	m.rarity = rarities(m.taxRecords, m.unionRecords)
	return m
}

func (m *matcher) readUnions() {
	m.kinds, m.states = make([]UnionKind, len(m.unions)), make([]State, len(m.unions))
	for i := range m.unions {
		m.kinds[i], m.states[i] = kindOf(m.unions[i].Type, m.unions[i].Name), stateOf(m.unions[i].Status)
	}
	m.affiliated, m.local = affiliations(m.unions, m.kinds), districtsIn(m.unions, m.kinds)
	for i := range m.unions {
		if !m.kinds[i].above() && m.unions[i].Fault == nil {
			m.unionOf = append(m.unionOf, int32(i))
		}
	}
	m.unionRecords = make([]record, len(m.unionOf))
	m.payable = make([]bool, len(m.unionOf))
	parallel(len(m.unionOf), func(from, to int) {
		for n := from; n < to; n++ {
			i := m.unionOf[n]
			m.unionRecords[n] = describeUnion(&m.unions[i], m.affiliated[i]).record()
			m.payable[n] = m.kinds[i] != Branch && m.states[i] != Dissolved
		}
	})
}

// describeUnion answers what is compared of a union. Its own code in the enterprise's column is no evidence; where the two columns were
// exchanged the enterprise's code is in the other.
func describeUnion(u *Union, a Affiliation) described {
	code := ParseCode(u.EnterpriseCode)
	if code.Kind == CodeNone || code.Kind == CodeUnion {
		if other := ParseCode(u.OwnCode); other.Kind == CodeUnified {
			code = other
		}
	}
	names := []string{u.EnterpriseName, u.Name}
	return described{
		code: code, names: names, reps: []string{u.LegalRep}, phones: []string{u.Phone}, addresses: []string{u.Address},
		accounts: []string{u.Account}, district: a.District,
	}
}

// mostEdges is how many candidates of a taxpayer are kept.
const mostEdges = 8

// score compares every taxpayer with its candidates and keeps the best.
func (m *matcher) score() {
	w := m.parameters.weights()
	size := math.Log2(float64(max(len(m.unionRecords), smallest)))
	m.auto, m.review = size+m.parameters.Auto, size+m.parameters.Review
	m.edges = make([][]edge, len(m.taxpayers))
	parallel(len(m.taxpayers), func(from, to int) {
		var found []int32
		var all []edge
		for t := from; t < to; t++ {
			found = m.blocks.candidates(&m.taxRecords[t], found[:0])
			all = all[:0]
			for _, u := range found {
				q := compare(&m.taxRecords[t], &m.unionRecords[u])
				bits := w.ofPair(q, &m.rarity[u])
				e := edge{u, float32(bits.Sum()), q}
				if m.worthKeeping(e) {
					all = append(all, e)
				}
			}
			slices.SortFunc(all, m.better)
			m.edges[t] = slices.Clone(all[:min(len(all), mostEdges)])
		}
	})
	counts := make([]int32, len(m.unionRecords)+1)
	for _, list := range m.edges {
		for _, e := range list {
			counts[e.union+1]++
		}
	}
	for i := 1; i < len(counts); i++ {
		counts[i] += counts[i-1]
	}
	flat, at := make([]int32, counts[len(counts)-1]), slices.Clone(counts)
	for t, list := range m.edges {
		for _, e := range list {
			flat[at[e.union]] = int32(t)
			at[e.union]++
		}
	}
	m.back = make([][]int32, len(m.unionRecords))
	for u := range m.back {
		m.back[u] = flat[counts[u]:counts[u+1]]
	}
}

func (m *matcher) worthKeeping(e edge) bool {
	q := e.pattern
	if q.level(fieldCode) == codeOpposed && !q.has(fieldCore, coreEqual, coreSound, coreEdit, coreContains) {
		return false // two enterprises, whatever else they share
	}
	return float64(e.score) >= m.review-6 || sameEnterprise(q) || q.has(fieldCode, codeEqual, codeOrganisation, codeNear)
}

// better orders candidates: by score, then by what their rows hold, so that the order of the rows decides nothing.
func (m *matcher) better(a, b edge) int {
	return cmp.Or(cmp.Compare(b.score, a.score), strings.Compare(m.unions[m.unionOf[a.union]].ID, m.unions[m.unionOf[b.union]].ID),
		cmp.Compare(m.unionRecords[a.union].content, m.unionRecords[b.union].content))
}
