package ledger

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/refund"
	"github.com/unionboard/unionboard/internal/register"
)

// What the ledger adds to the reasons of the matching.
const (
	WhyOverLimit  = "over_limit"       // the taxpayer's tickets of the year reach the limit
	WhyLifted     = "over_limit_later" // they do since a later delivery
	WhyUnion      = "over_limit_union" // those of its union do, under several numbers: perhaps one enterprise
	WhyNoPolicy   = "no_policy"        // none is in force on the day of the payment
	WhyNoPast     = "past_unknown"     // nothing is known of the two years before, by which the policy goes
	WhyNothing    = "nothing_left"     // there is no amount, or the most of the year was refunded
	WhyTicket     = string(refund.WhyTicket)
	WhyIncomplete = string(refund.WhyIncomplete)
)

// knowledge is what the ledger knew when a delivery came.
type knowledge struct {
	tickets map[string]*assess.RefundCase // in short
	payers  map[string][]*assess.RefundCase
	unions  map[string][]*assess.RefundCase
}

// verdict is what becomes of a payment: its state, why, what is refunded, by which policy.
type verdict struct {
	state  assess.RefundState
	why    string
	refund int64
	policy string
}

// judge decides on the payments of a delivery, from what it says and what was known before. It is pure, and does not hang on how far an earlier
// run of the same delivery came.
type judge struct {
	result    *refund.Result
	known     *knowledge
	policyFor func(day string) (Policy, bool)
	reviewAll bool
	delivery  int
	of        []int32  // taxpayer of each payment
	tickets   []string // of the payments, "" for one that cannot be read
	days      []string // of payment, "" for one that cannot be read
	years     []string // that the payments are for, "" where nothing says it
	year      string   // that of most payments
	totals    map[payerYear]*total
}

type payerYear struct {
	payer int32
	year  string
}

// total is what is known of a taxpayer and year.
type total struct {
	own, others int64           // fen of the tickets that this delivery brings first, and of those of deliveries before
	earlier     map[string]bool // those of before
	incomplete  bool            // an amount cannot be read
	refunded    int64           // before
	granted     int64           // in this delivery, ticket by ticket
}

func newJudge(result *refund.Result, known *knowledge, day func(string) string) *judge {
	j := &judge{result: result, known: known, totals: map[payerYear]*total{}}
	n := len(result.Payments)
	j.of, j.tickets, j.days, j.years = make([]int32, n), make([]string, n), make([]string, n), make([]string, n)
	for t := range result.Taxpayers {
		for _, i := range result.Taxpayers[t].Payments {
			j.of[i] = int32(t)
		}
	}
	years := map[string]int{}
	for i := range result.Payments {
		p := &result.Payments[i]
		if p.Fault == nil {
			j.tickets[i] = p.TicketKey()
		}
		j.days[i] = day(p.PaidDate)
		if from := cmp.Or(day(p.PeriodFrom), j.days[i]); from != "" {
			j.years[i] = from[:4]
			years[j.years[i]]++
		}
	}
	for y, n := range years {
		if n > years[j.year] || n == years[j.year] && y > j.year {
			j.year = y
		}
	}
	return j
}

// day answers the day of a payment; one that cannot be read is the last of the delivery's own year, "" where that is not known.
func (j *judge) day(i int) string {
	if j.days[i] == "" && j.year != "" {
		return j.year + "-12-31"
	}
	return j.days[i]
}

// yearOf answers the year that a payment is for: that of its period, else of its day, else the delivery's own.
func (j *judge) yearOf(i int) string { return cmp.Or(j.years[i], j.year) }

// order answers the payments in the order in which they are decided and kept, that does not hang on the order of the file: those that cannot be
// read, then by ticket, the row that counts before those that repeat it.
func (j *judge) order() []int {
	order := make([]int, len(j.tickets))
	for i := range order {
		order[i] = i
	}
	again := func(i int) int {
		if j.result.Lines[i].Status == refund.Duplicate {
			return 1
		}
		return 0
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(j.tickets[a], j.tickets[b]), cmp.Compare(again(a), again(b)), cmp.Compare(j.result.Payments[a].Row, j.result.Payments[b].Row))
	})
	return order
}

// payers answers the digests of the taxpayer of a payment.
func (j *judge) payers(i int) []string {
	keys := j.result.Payments[i].PayerKeys()
	if len(keys) == 0 {
		return []string{"ticket:" + j.tickets[i]}
	}
	return keys
}

// total answers what is known of a taxpayer in a year.
func (j *judge) total(t int32, year string) *total {
	at := payerYear{t, year}
	if sum := j.totals[at]; sum != nil {
		return sum
	}
	sum := &total{}
	j.totals[at] = sum
	own, keys := map[string]int64{}, map[string]bool{}
	for _, i := range j.result.Taxpayers[t].Payments {
		p := &j.result.Payments[i]
		switch {
		case p.Fault != nil:
			sum.incomplete = true
		case j.result.Lines[i].Status == refund.Duplicate:
		default:
			for _, k := range j.payers(int(i)) {
				keys[k] = true
			}
			if j.yearOf(int(i)) == year {
				own[j.tickets[i]] = int64(p.Fen)
			}
		}
	}
	seen := map[string]bool{}
	for k := range keys {
		for _, c := range j.known.payers[k] {
			if c.Year != year || c.Delivery == j.delivery || seen[c.Ticket] {
				continue
			}
			seen[c.Ticket] = true
			sum.others += c.Paid
			delete(own, c.Ticket)
			if booked(c.State) {
				sum.refunded += c.Refund
			}
		}
	}
	sum.earlier = seen
	for _, fen := range own {
		sum.own += fen
	}
	return sum
}

// booked says whether a refund in a state stands in the ledger and was not taken back.
func booked(s assess.RefundState) bool {
	switch s {
	case assess.RefundApproved, assess.RefundBatched, assess.RefundSent, assess.RefundSettled, assess.RefundReturned:
		return true
	}
	return false
}

// past answers the average of the two years before; known is false where there is no payment in them.
func (j *judge) past(t int32, year string) (average int64, known bool) {
	y, err := strconv.Atoi(year)
	if err != nil {
		return 0, false
	}
	for back := 1; back <= 2; back++ {
		sum := j.total(t, strconv.Itoa(y-back))
		average += sum.own + sum.others
		known = known || sum.own+sum.others != 0
	}
	return average / 2, known
}

// decide answers what becomes of a payment whose ticket is new. It is asked in the order of order, once for each.
func (j *judge) decide(i int) verdict {
	line, p := &j.result.Lines[i], &j.result.Payments[i]
	v := verdict{why: string(line.Why)}
	if line.Status == refund.None {
		v.state = assess.RefundNoUnion
		return v
	}
	policy, ok := j.policyFor(j.day(i))
	if !ok {
		return verdict{state: assess.RefundRefused, why: WhyNoPolicy}
	}
	v.policy = policy.Code
	sum := j.total(j.of[i], j.yearOf(i))
	counts, limited := sum.own+sum.others, ""
	if policy.Basis == refund.BasisTwoYears {
		average, known := j.past(j.of[i], j.yearOf(i))
		if counts = average; !known {
			limited = WhyNoPast
		}
	}
	switch {
	case limited != "":
	case !policy.Eligible(refund.Fen(counts)):
		if limited = WhyOverLimit; policy.Basis == refund.BasisYear && len(sum.earlier) > 0 && policy.Eligible(refund.Fen(sum.others)) {
			limited = WhyLifted
		}
	case p.Fen > 0 && !sum.incomplete:
		v.refund = policy.of(int64(p.Fen), sum.refunded+sum.granted)
	}
	switch {
	case limited == WhyNoPast, limited == WhyLifted && line.Status == refund.Auto:
		v.state, v.why = assess.RefundReview, limited
	case line.Status == refund.Review:
		v.state = assess.RefundReview
	case limited != "":
		v.state, v.why = assess.RefundRefused, limited
	case v.refund == 0:
		v.state, v.why = assess.RefundRefused, WhyNothing
	case policy.Basis == refund.BasisYear && !policy.Eligible(refund.Fen(counts+j.byUnion(i, sum))):
		v.state, v.why = assess.RefundReview, WhyUnion
	case j.reviewAll || !policy.AutoApprove:
		v.state = assess.RefundReview
	default:
		v.state = assess.RefundApproved
		sum.granted += v.refund
	}
	return v
}

// byUnion answers what deliveries before have booked in the year of a payment by its union, for others than its taxpayer. The union of one enterprise has
// one taxpayer: another number of the tax bureau does not make a second limit. A joint union has many.
func (j *judge) byUnion(i int, sum *total) (fen int64) {
	u := &j.result.Unions[j.result.Lines[i].Union]
	if u.Kind() != refund.Grassroots {
		return 0
	}
	for _, c := range j.known.unions[u.ID] {
		if booked(c.State) && c.Year == j.yearOf(i) && c.Delivery != j.delivery && !sum.earlier[c.Ticket] {
			fen += c.Paid
		}
	}
	return fen
}

// of answers what is refunded of an amount, when so much was refunded in the year.
func (p Policy) of(fen, before int64) int64 {
	fen = fen * p.Share / 10_000
	if p.Cap > 0 {
		fen = min(fen, max(0, int64(p.Cap)-before))
	}
	return fen
}

// sureness orders what two deliveries found of one ticket.
func sureness(status refund.Status) int {
	return map[refund.Status]int{refund.Review: 1, refund.Auto: 2}[status]
}

// unsure answers how unsure a match is, from 0 to 1: one just at the threshold most of all, and one of which nothing was found.
func unsure(line *refund.Line, auto float64) float64 {
	if line.Union < 0 {
		return 1
	}
	return 1 / (1 + max(line.Score-auto, auto-line.Score)/6)
}

// dayReader reads days as the register does.
func dayReader(t *register.Table) func(string) string {
	return func(text string) string {
		day, err := t.Read("period_start", text)
		if err != nil {
			return ""
		}
		return day
	}
}
