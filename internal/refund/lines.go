package refund

import (
	"cmp"
	"slices"
	"strings"
)

// matches answers what was found for every taxpayer.
func (m *matcher) matches() []Match {
	w := m.parameters.weights()
	out := make([]Match, len(m.taxpayers))
	parallel(len(out), func(from, to int) {
		for t := from; t < to; t++ {
			out[t] = m.match(t, w)
		}
	})
	return out
}

func (m *matcher) match(t int, w *weights) Match {
	found := Match{Union: -1, RunnerUp: -1, Status: Auto, Why: WhyMatched, Rule: m.rule[t]}
	at := int(m.assigned[t])
	if at < 0 {
		found.Rule = ""
		found.Status, found.Why, at = m.why(t)
	}
	if at >= 0 {
		e := m.edges[t][at]
		found.Union = int(m.unionOf[e.union])
		found.Bits = w.ofPair(e.pattern, &m.rarity[e.union])
		found.Score = found.Bits.Sum()
		for i, o := range m.edges[t] {
			if i != at && m.payable[o.union] && !m.taken[o.union] {
				found.RunnerUp, found.Ahead = int(m.unionOf[o.union]), found.Score-float64(o.score)
				break
			}
		}
	}
	m.settleDistrict(t, &found)
	return found
}

// settleDistrict puts the district: of the union's affiliation, else by what stands in for it.
func (m *matcher) settleDistrict(t int, found *Match) {
	r := &m.taxRecords[t]
	if found.Union < 0 || found.Status == None {
		found.District = r.district
		if found.Status == None {
			found.Union = -1
		}
		return
	}
	a := m.affiliated[found.Union]
	found.District = a.District
	if a.District == 0 {
		found.District = cmp.Or(r.district, m.inCode(r), m.inAddress(t))
	}
	found.Moved = r.district != 0 && found.District != r.district
	if a.Broken && (a.Doubt || found.Moved || found.District == 0) && found.Status == Auto {
		found.Status, found.Why = Review, WhyDistrict
	}
}

// inCode answers the area inside a unified code, where it is a county's.
func (m *matcher) inCode(r *record) int32 {
	if r.codeKind != CodeUnified {
		return 0
	}
	if area := digits6(r.code[2:8]); area%100 != 0 {
		return area
	}
	return 0
}

func (m *matcher) inAddress(t int) int32 {
	for _, i := range m.taxpayers[t].Payments {
		if d := m.local.named(m.payments[i].Address); d != 0 {
			return d
		}
	}
	return 0
}

// Line is what becomes of one payment: a row of the matches.
type Line struct {
	Status   Status
	Union    int // index into the unions, -1 for none
	Score    float64
	Rule     Rule
	Why      Why
	District int32
	PayTo    PayTo
	Account  string
	// Fen is what is refunded, what would be for one in review, 0 for none and duplicates and above the limit.
	Fen Fen
}

// lines decides on every payment: its taxpayer's match, its ticket, its account and amount.
func (r *Result) lines(m *matcher) []Line {
	out := make([]Line, len(r.Payments))
	tickets := r.tickets()
	parallel(len(r.Taxpayers), func(from, to int) {
		for t := from; t < to; t++ {
			r.linesOf(t, m, tickets, out)
		}
	})
	return out
}

func (r *Result) linesOf(t int, m *matcher, tickets []ticket, out []Line) {
	match := &r.Matches[t]
	paid, why := Fen(0), WhyMatched
	for _, i := range r.Taxpayers[t].Payments {
		p := &r.Payments[i]
		switch {
		case tickets[i] == ticketAgain:
		case p.Fault != nil:
			why = WhyIncomplete
		default:
			paid += p.Fen
			if p.Fen < 0 && why == WhyMatched {
				why = WhyNegative
			}
		}
	}
	for _, i := range r.Taxpayers[t].Payments {
		p := &r.Payments[i]
		line := Line{Status: match.Status, Union: match.Union, Score: match.Score, Rule: match.Rule, Why: match.Why, District: match.District, PayTo: PayHold}
		doubt := why
		switch tickets[i] {
		case ticketDiffers:
			doubt = WhyTicket
		case ticketWeak:
			doubt = WhyNoTicket
		}
		switch {
		case p.Fault != nil:
			line = Line{Status: None, Union: -1, Why: WhyFault, District: match.District, PayTo: PayHold}
		case tickets[i] == ticketAgain:
			line.Status, line.Why = Duplicate, WhyDuplicate
		case doubt != WhyMatched && line.Status == Auto:
			line.Status, line.Why = Review, doubt
		}
		if line.Union >= 0 && (line.Status == Auto || line.Status == Review) {
			u := &r.Unions[line.Union]
			line.PayTo, line.Account = payout(p, u, m.kinds[line.Union], m.parsed[i].code)
			if line.Why == WhyBranch {
				line.PayTo, line.Account = PayHold, ""
			}
		}
		if (line.Status == Auto || line.Status == Review) && p.Fen > 0 && r.Policy.Eligible(paid) && why != WhyIncomplete {
			line.Fen = p.Fen
		}
		out[i] = line
	}
}

// ticket is what a payment's ticket number says beside those of the other rows.
type ticket uint8

const (
	ticketOwn     ticket = iota
	ticketAgain          // stands in another row that counts
	ticketDiffers        // counts, and another row with the number has another amount or payer
	ticketWeak           // without a number, and another row looks the same
)

// tickets finds the rows of one ticket. The one that counts is that with the least number of its row in the bureau's file, the shortest
// first, so that a file in another order says the same.
func (r *Result) tickets() []ticket {
	entries := make([]entry, 0, len(r.Payments))
	for i := range r.Payments {
		p := &r.Payments[i]
		if p.Fault != nil {
			continue
		}
		if number := fold(p.Ticket); !blank(number) {
			entries = append(entries, entry{keyOf("t" + number), int32(i)})
		} else {
			entries = append(entries, entry{p.weakKey(), int32(i)})
		}
	}
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.key, b.key), earlier(&r.Payments[a.id], &r.Payments[b.id]))
	})
	of := make([]ticket, len(r.Payments))
	for i := 0; i < len(entries); {
		j := i + 1
		first := &r.Payments[entries[i].id]
		for ; j < len(entries) && entries[j].key == entries[i].key; j++ {
			other := &r.Payments[entries[j].id]
			of[entries[j].id] = ticketAgain
			switch {
			case blank(fold(first.Ticket)):
				of[entries[i].id] = ticketWeak
			case other.Fen != first.Fen:
				of[entries[i].id] = ticketDiffers
			}
		}
		i = j
	}
	return of
}

func earlier(a, b *Payment) int {
	return cmp.Or(cmp.Compare(len(a.ID), len(b.ID)), strings.Compare(a.ID, b.ID), cmp.Compare(a.Fen, b.Fen), cmp.Compare(a.Row, b.Row))
}
