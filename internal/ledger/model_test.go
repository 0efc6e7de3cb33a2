package ledger_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/ledger"
)

// TestMain keeps the state machine short where nobody asks for more: `make test-full` does.
func TestMain(m *testing.M) {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "rapid.checks" })
	if !given {
		if err := flag.Set("rapid.checks", "12"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// machine is a city of five enterprises whose refunds people, files and the bank move in any order.
type machine struct {
	*office
	rt      *rapid.T
	n       int
	unions  [][]string
	tickets map[string]int // → enterprise
	before  []string       // lines of the ledger, as they were
}

func (m *machine) name(k int) string {
	return fmt.Sprintf("沈阳%c源%d机械有限公司", []rune("鑫华盛恒宏")[k], m.n)
}
func (m *machine) code(k int) string { return fmt.Sprintf("9121010%dMA%07dX", k, m.n) }

func (m *machine) rows(rt *rapid.T) (rows [][]string) {
	for range rapid.IntRange(1, 8).Draw(rt, "rows") {
		k, at := rapid.IntRange(0, 4).Draw(rt, "enterprise"), rapid.IntRange(0, 5).Draw(rt, "ticket")
		ticket := fmt.Sprintf("K%d-%d-%d", m.n, k, at)
		amount := []string{"1200.07", "3100", "5600.5", "800", "4000", "-300"}[at]
		if rapid.IntRange(0, 9).Draw(rt, "other amount") == 0 {
			amount = "77.77"
		}
		m.tickets[ticket] = k
		rows = append(rows, paid(ticket, fmt.Sprintf("%d%d", m.n, k), m.code(k), m.name(k), []string{"210102", "210103"}[k%2], amount, "2026-01-15"))
	}
	return rows
}

func (m *machine) deliver(rt *rapid.T) {
	o := ledger.Options{ReviewAll: rapid.IntRange(0, 3).Draw(rt, "review all") == 0}
	m.office.deliver(m.rows(rt), m.unions, o)
}

// cases answers the cases of this city's tickets.
func (m *machine) cases() (all []assess.RefundCase) {
	found, _, err := m.store.RefundCases(m.t.Context(), assess.RefundQuery{})
	if err != nil {
		m.rt.Fatal(err)
	}
	for _, c := range found {
		if _, own := m.tickets[c.TicketNo]; own {
			all = append(all, c)
		}
	}
	return all
}

func (m *machine) decide(rt *rapid.T) {
	all := m.cases()
	if len(all) == 0 {
		rt.Skip("nothing was delivered")
	}
	c := rapid.SampledFrom(all).Draw(rt, "case")
	u := rapid.SampledFrom([]account.User{heping, shenhe, finance, second, finance, second, leader}).Draw(rt, "who")
	answers := []ledger.Answer{"this", "another", "none", "refuse", "postpone", "account", "reverse", "confirm", "withdraw"}
	switch { // mostly what fits
	case rapid.IntRange(0, 5).Draw(rt, "anything") == 0:
	case c.Waits != "":
		answers = []ledger.Answer{"confirm", "confirm", "withdraw"}
	case c.State == assess.RefundReview:
		answers = []ledger.Answer{"this", "this", "another", "refuse"}
	default:
		answers = []ledger.Answer{"account", "reverse", "this"}
	}
	d := ledger.Decision{
		Number: c.Number, Version: c.Version, Answer: rapid.SampledFrom(answers).Draw(rt, "answer"), Reason: "核对", Union: fmt.Sprintf("U%d%d", m.n, rapid.IntRange(0, 4).Draw(rt, "union")),
		Account: ledger.Payee{Account: "6222000011112222", Owner: "某公司"},
	}
	_, err := m.Decide(m.t.Context(), d, u, m.line(u))
	m.sound(err)
}

// takeBack lets two persons take a refund back, or pay it to another account.
func (m *machine) takeBack(rt *rapid.T) {
	all := slices.DeleteFunc(m.cases(), func(c assess.RefundCase) bool { return c.Refund == 0 || c.State == assess.RefundReview })
	if len(all) == 0 {
		rt.Skip("nothing is booked")
	}
	c := rapid.SampledFrom(all).Draw(rt, "case")
	d := ledger.Decision{
		Number: c.Number, Version: c.Version, Answer: rapid.SampledFrom([]ledger.Answer{"reverse", "account"}).Draw(rt, "answer"), Reason: "更正",
		Account: ledger.Payee{Account: "6222000011112222", Owner: "某公司"},
	}
	made, err := m.Decide(m.t.Context(), d, finance, m.line(finance))
	if m.sound(err); err != nil {
		return
	}
	d.Version, d.Answer = made.Version, ledger.AnswerConfirm
	_, err = m.Decide(m.t.Context(), d, second, m.line(second))
	m.sound(err)
}

// pay draws a list, or moves the newest one that is not closed.
func (m *machine) pay(rt *rapid.T) {
	ctx := m.t.Context()
	batches, err := m.Batches(ctx, finance)
	if err != nil {
		rt.Fatal(err)
	}
	step := rapid.SampledFrom([]string{"draw", "send", "drop", "settle", "settle"}).Draw(rt, "step")
	if step == "draw" || len(batches) == 0 {
		_, err = m.Draw(ctx, rapid.SampledFrom([]assess.UnitCode{"", "210102"}).Draw(rt, "district"), finance, m.line(finance))
		m.sound(err)
		return
	}
	b := rapid.SampledFrom(batches[:min(3, len(batches))]).Draw(rt, "list")
	switch step {
	case "send":
		err = m.Send(ctx, b.Number, "R", finance, m.line(finance))
	case "drop":
		err = m.Drop(ctx, b.Number, finance, m.line(finance))
	case "settle":
		line := rapid.IntRange(1, max(1, b.Count)).Draw(rt, "line")
		o := ledger.Outcome{Line: line, Arrived: rapid.Bool().Draw(rt, "arrived"), Day: "2026-04-20", Reason: "账户有误"}
		err = m.Settle(ctx, b.Number, []ledger.Outcome{o}, finance, m.line(finance))
	}
	m.sound(err)
}

// sound holds that what is refused is refused in words.
func (m *machine) sound(err error) {
	var p *assess.Problem
	if err != nil && !errors.As(err, &p) {
		m.rt.Fatal(err)
	}
}

// holds asks what has to hold whatever has happened.
func (m *machine) holds(rt *rapid.T) {
	m.rt = rt
	r, err := m.Reconcile(m.t.Context(), finance)
	if err != nil || !r.Even() {
		rt.Fatalf("the sums differ: %+v, %v", r, err)
	}
	lines := strings.Split(m.written(), "\n")[1:]
	for _, l := range m.before {
		if !slices.Contains(lines, l) {
			rt.Fatalf("the ledger has lost or changed %s", l)
		}
	}
	m.before = lines
	refunds, reversed, byPayer := map[string]string{}, map[string]bool{}, map[int]int{}
	for _, l := range lines {
		cells := strings.Split(l, ",")
		fen, _ := strconv.Atoi(cells[3])
		k, own := m.tickets[cells[0]]
		switch {
		case cells[4] == "refund" && refunds[cells[0]] == "":
			refunds[cells[0]] = cells[3]
			if own {
				byPayer[k] += fen
			}
		case cells[4] == "reversal" && refunds[cells[0]] == cells[3] && !reversed[cells[0]]:
			reversed[cells[0]] = true
		default:
			rt.Fatalf("the ledger has %s after %s", l, refunds[cells[0]])
		}
		if fen <= 0 {
			rt.Fatalf("the ledger has %s", l)
		}
	}
	for k, fen := range byPayer {
		if fen >= 1_000_000 {
			rt.Fatalf("enterprise %d got %d fen in a year", k, fen)
		}
	}
	for _, c := range m.cases() {
		one := refunds[c.TicketNo]
		decided := slices.Contains([]assess.RefundState{assess.RefundApproved, assess.RefundBatched, assess.RefundSent, assess.RefundSettled, assess.RefundReturned, assess.RefundReversed}, c.State)
		if decided != (one != "") || decided && one != strconv.FormatInt(c.Refund, 10) || (c.State == assess.RefundReversed) != reversed[c.TicketNo] {
			rt.Fatalf("%s is %s with %d fen, and the ledger has %q, reversed %v", c.TicketNo, c.State, c.Refund, one, reversed[c.TicketNo])
		}
		if c.Why == ledger.WhyTicket && decided && m.answered(c.Record) {
			rt.Fatalf("%s is %s, and would never be paid", c.TicketNo, c.State)
		}
	}
}

// answered says whether the last word about a case is a person's who lets it be refunded.
func (m *machine) answered(record string) bool {
	steps, err := m.store.RefundDecisions(m.t.Context(), record)
	if err != nil {
		m.rt.Fatal(err)
	}
	if len(steps) == 0 {
		return false
	}
	last := ledger.Answer(steps[len(steps)-1].Answer)
	return last == ledger.AnswerThis || last == ledger.AnswerAnother
}

// TestWhateverHappensTheLedgerHolds: files, reviewers, lists and the bank in any order: a ticket is refunded once, what was booked is never
// changed, a year stays below the limit, the cases say what the ledger says, and every sum agrees.
func TestWhateverHappensTheLedgerHolds(t *testing.T) {
	t.Parallel()
	o, n := newOffice(t), 10
	rapid.Check(t, func(rt *rapid.T) {
		n++
		m := &machine{office: o, rt: rt, n: n, tickets: map[string]int{}, unions: above("210102", "210103")}
		for k := range 4 { // the fifth has none
			district, code := []string{"210102", "210103"}[k%2], m.code(k)
			name, account := m.name(k), fmt.Sprintf("66660101%08d", n*10+k)
			if k == 2 {
				name, account = fmt.Sprintf("沈阳别名%d贸易有限公司", n), "" // only the code agrees
			}
			m.unions = append(m.unions, union(fmt.Sprintf("U%d%d", n, k), code, name, district, account))
		}
		rt.Repeat(map[string]func(*rapid.T){"": m.holds, "deliver": m.deliver, "decide": m.decide, "decide more": m.decide, "pay": m.pay, "take back": m.takeBack})
	})
}
