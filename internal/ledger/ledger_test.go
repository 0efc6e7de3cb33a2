package ledger_test

import (
	"cmp"
	"errors"
	"hash/crc32"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/testkit"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/ledger"
	"github.com/unionboard/unionboard/internal/refund/trial"
)

const (
	codeA = "91350100M000100Y43"
	codeB = "91110000101623741K"
	codeC = "91350211M0000XUF46"
	nameA = "沈阳鑫源机械有限公司"
	nameB = "沈阳华宇科技有限公司"
	nameC = "沈阳盛泰商贸有限公司"
)

// small is a delivery with one of each kind: k1, k2 are A's, whose union has an account; k3 is B's without a union; k4 is C's, whose name is
// another in the register of unions, so that the code alone agrees.
func small() (tax, unions [][]string) {
	tax = [][]string{
		paid("k1", "1", codeA, nameA, "210102", "2963.19", "2026-01-15"),
		paid("k2", "1", codeA, nameA, "210102", "1000", "2026-02-15"),
		paid("k3", "2", codeB, nameB, "210103", "50.5", "2026-01-15"),
		paid("k4", "3", codeC, nameC, "210102", "6000", "2026-01-15"),
	}
	stranger := union("U9", codeC, "沈阳恒远物流有限公司", "210102", "6666010199887766777")
	unions = append(above("210102", "210103"), union("U1", codeA, nameA, "210102", "6666010199887766554"), stranger, union("U8", "", "沈阳万方置业有限公司", "210103", "6666010199887766888"))
	return tax, unions
}

// TestEveryFileTwiceInAnyOrder delivers the parts of a large set, overlapping, each twice, in orders of chance: the same refunds, each once, and
// totals equal to the fen.
func TestEveryFileTwiceInAnyOrder(t *testing.T) {
	testkit.Sequential(t)
	t.Parallel()
	set := trial.Make(trial.Setting{Seed: 81, Rows: 240, Strength: 1, City: "shenyang"})
	// Payments of one taxpayer stay in one part: what a later one adds to a year is another test's.
	parts := make([][][]string, 3)
	for _, row := range set.Tax {
		who := crc32.ChecksumIEEE([]byte(cmp.Or(row[1], row[2], row[3])))
		parts[who%2] = append(parts[who%2], row)
		if who%3 > 0 {
			parts[2] = append(parts[2], row)
		}
	}
	if len(parts[0]) < 60 || len(parts[1]) < 60 || len(parts[2]) < 100 {
		t.Fatalf("parts of %d, %d and %d rows", len(parts[0]), len(parts[1]), len(parts[2]))
	}
	chance := rand.New(rand.NewPCG(8, 1))
	var want string
	for n := range 4 {
		o := newOffice(t)
		files := slices.Concat(parts, parts)
		if n > 0 {
			chance.Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
		}
		for _, rows := range files {
			rows = slices.Clone(rows)
			if n > 0 {
				chance.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
			}
			o.deliver(rows, set.Unions, ledger.Options{})
		}
		got := o.written()
		if n == 0 {
			want = got
			if lines := strings.Count(want, "\n"); lines < 100 {
				t.Fatalf("only %d refunds", lines)
			}
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("order %d leaves other refunds (-first +this):\n%s", n, diff)
		}
		o.even()
	}
}

// TestALaterDeliveryLiftsATaxpayer: what was refunded stays, the new payment is not refunded, and goes to review.
func TestALaterDeliveryLiftsATaxpayer(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	tax, unions := small()
	o.deliver(tax, unions, ledger.Options{})
	more := append(slices.Clone(tax), paid("k5", "1", codeA, nameA, "210102", "6036.81", "2026-03-15"), paid("k6", "1", codeA, nameA, "210102", "9999.99", "2025-03-15"))
	d := o.deliver(more, unions, ledger.Options{})
	if k5 := o.of("k5"); k5.State != assess.RefundReview || k5.Why != ledger.WhyLifted || k5.Refund != 0 {
		t.Errorf("the payment that reaches 10,000.00 is %s by %s, %d fen", k5.State, k5.Why, k5.Refund)
	}
	if k6 := o.of("k6"); k6.State != assess.RefundApproved || k6.Refund != 999_999 { // another year, one fen below
		t.Errorf("the payment of another year is %s by %s, %d fen", k6.State, k6.Why, k6.Refund)
	}
	if k1 := o.of("k1"); k1.State != assess.RefundApproved {
		t.Errorf("the earlier payment is %s", k1.State)
	}
	if n := d.Outcomes["duplicate"]; n.Cases != 4 || d.Booked.Cases != 1 {
		t.Errorf("%+v duplicates, booked %+v", n, d.Booked)
	}
	wantProblem(t, o.decide("k5", ledger.AnswerThis, heping), "problem.refund_over_limit")
	if err := o.decide("k5", ledger.AnswerRefuse, heping); err != nil {
		t.Error(err)
	}
	o.even()
}

// TestAShiftedRowLeavesNoAccount: what stands in the wrong column is told to who delivers, and kept nowhere.
func TestAShiftedRowLeavesNoAccount(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	tax, unions := small()
	tax[2][13] = "6222021001116245702x" // in the place of the amount
	d := o.deliver(tax, unions, ledger.Options{})
	if len(d.Refused) != 1 || d.Outcomes["refused"].Cases != 1 || strings.Contains(d.Report, "6222021") || !strings.Contains(d.Report, `"pairs"`) {
		t.Errorf("refused %+v, kept %s", d.Refused, d.Report)
	}
	if _, report, err := o.Delivery(t.Context(), d.Number, finance); err != nil || len(report.Refused) != 1 {
		t.Errorf("what was refused is not told: %v", err)
	} else if one := report.Refused[0]; one.Line != d.Refused[0].Line || one.Key == "" || one.Message != "" {
		t.Errorf("told is %+v", one)
	}
	o.even()
}

// TestNothingOfTheRunnerUpIsUncovered: nor any column that the page does not offer.
func TestNothingOfTheRunnerUpIsUncovered(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	tax, unions := small()
	o.deliver(tax, unions, ledger.Options{})
	for _, column := range []string{"runner_up.account", "runner_up.phone", "tax.code", "tax.registration"} {
		_, err := o.Uncover(t.Context(), o.of("k1").Number, column, "核对", heping, o.line(heping))
		wantProblem(t, err, "problem.refund_column")
	}
	if account, err := o.Uncover(t.Context(), o.of("k1").Number, "tax.account", "核对", heping, o.line(heping)); err != nil || account == "" {
		t.Errorf("%q, %v", account, err)
	}
}

// TestDuesCountForTheYearTheyAreFor: what is paid in January for the last quarter belongs to the year before.
func TestDuesCountForTheYearTheyAreFor(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	late := paid("q4", "1", codeA, nameA, "210102", "4000", "2026-01-15")
	late[10], late[11] = "2025-10-01", "2025-12-31"
	tax := [][]string{paid("q3", "1", codeA, nameA, "210102", "6000", "2025-10-15"), late, paid("q1", "1", codeA, nameA, "210102", "4000", "2026-04-15")}
	o.deliver(tax, append(above("210102"), union("U1", codeA, nameA, "210102", "6666010199887766554")), ledger.Options{})
	for ticket, want := range map[string]assess.RefundState{"q3": assess.RefundRefused, "q4": assess.RefundRefused, "q1": assess.RefundApproved} {
		if c := o.of(ticket); c.State != want {
			t.Errorf("%s of %s is %s by %s", ticket, c.Year, c.State, c.Why)
		}
	}
}

// TestATicketWithAnotherAmount goes to review and never to a second refund.
func TestATicketWithAnotherAmount(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	tax, unions := small()
	o.deliver(tax, unions, ledger.Options{})
	before := o.written()
	other := [][]string{paid("k1", "1", codeA, nameA, "210102", "2963.20", "2026-01-15"), paid("k3", "7", codeA, "沈阳别家贸易有限公司", "210103", "50.5", "2026-01-15")}
	d := o.deliver(other, unions, ledger.Options{})
	if d.Outcomes["conflict"].Cases != 2 || o.written() != before {
		t.Errorf("outcomes %+v, ledger\n%s", d.Outcomes, o.written())
	}
	for ticket, state := range map[string]assess.RefundState{"k1": assess.RefundApproved, "k3": assess.RefundReview} {
		if c := o.of(ticket); c.State != state || c.Why != ledger.WhyTicket {
			t.Errorf("%s is %s by %s", ticket, c.State, c.Why)
		}
	}
	o.even()
}

// TestOneEnterpriseHasOneLimit: payments by one union under two numbers of the bureau, in two files, reach the limit together; a person looks. Payers of
// a joint union are many.
func TestOneEnterpriseHasOneLimit(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]assess.RefundState{"基层工会": assess.RefundReview, "联合工会": assess.RefundApproved} {
		o := newOffice(t)
		its := union("U1", codeA, nameA, "210102", "6666010199887766554")
		its[2] = kind
		if kind != "基层工会" {
			its[1] = nameA + "联合工会委员会"
		}
		unions := append(above("210102"), its)
		first, second := paid("k1", "", codeA, nameA, "210102", "9000", "2026-01-15"), paid("k2", "1", "", nameA, "210102", "9000", "2026-02-15")
		second[7], second[6] = first[7], first[6]
		o.deliver([][]string{first}, unions, ledger.Options{})
		o.deliver([][]string{second}, unions, ledger.Options{})
		if k1 := o.of("k1"); k1.State != assess.RefundApproved {
			t.Fatalf("%s: the first is %s: %s", kind, k1.State, k1.Why)
		}
		if k2 := o.of("k2"); k2.State != want || want == assess.RefundReview && k2.Why != ledger.WhyUnion {
			t.Errorf("%s: the second is %s: %s", kind, k2.State, k2.Why)
		}
		o.even()
	}
}

// TestPeopleDecide walks the answers about what is not sure.
func TestPeopleDecide(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	tax, unions := small()
	o.deliver(tax, unions, ledger.Options{})
	if k4 := o.of("k4"); k4.State != assess.RefundReview || k4.Status != "review" || k4.Weight == 0 {
		t.Fatalf("k4 is %+v", k4)
	}
	k4 := o.of("k4")
	for name, u := range map[string]account.User{"another district": shenhe, "the administrator": keeper} {
		if _, err := o.Dossier(t.Context(), k4.Number, u); !errors.Is(err, assess.ErrNotFound) {
			t.Errorf("%s sees it: %v", name, err)
		}
	}
	wantProblem(t, o.decide("k4", ledger.AnswerThis, economy), "problem.refund_role")
	wantProblem(t, o.decide("k4", ledger.AnswerThis, leader), "problem.refund_role")
	wantProblem(t, o.decide("k4", ledger.AnswerThis, heping, func(d *ledger.Decision) { d.Reason = " " }), "problem.refund_reason")
	wantProblem(t, o.decide("k4", ledger.AnswerThis, heping, func(d *ledger.Decision) { d.Version = 7 }), "problem.refund_moved")
	wantProblem(t, o.decide("k4", ledger.AnswerAnother, heping, func(d *ledger.Decision) { d.Union = "U8" }), "problem.refund_union_district")
	wantProblem(t, o.decide("k4", ledger.AnswerAnother, heping, func(d *ledger.Decision) { d.Union = "D210102" }), "problem.refund_union_district")
	if err := o.decide("k4", ledger.AnswerPostpone, heping); err != nil {
		t.Fatal(err)
	}
	if err := o.decide("k4", ledger.AnswerThis, heping); err != nil { // 6,000 yuan: two persons
		t.Fatal(err)
	}
	if k4 := o.of("k4"); k4.State != assess.RefundReview || k4.Waits == "" || strings.Contains(o.written(), "k4") {
		t.Errorf("before the second person it is %s, waits for %q", k4.State, k4.Waits)
	}
	wantProblem(t, o.decide("k4", ledger.AnswerRefuse, finance), "problem.refund_waits")
	wantProblem(t, o.decide("k4", ledger.AnswerConfirm, heping), "problem.same_person")
	if err := o.decide("k4", ledger.AnswerConfirm, finance); err != nil {
		t.Fatal(err)
	}
	k4 = o.of("k4")
	if k4.State != assess.RefundApproved || k4.PayTo != "union" || !strings.Contains(o.written(), "k4,Tk4,U9,600000,refund") {
		t.Errorf("confirmed it is %s to %s:\n%s", k4.State, k4.PayTo, o.written())
	}
	wantProblem(t, o.decide("k4", ledger.AnswerThis, heping), "problem.refund_state")
	d, err := o.Dossier(t.Context(), k4.Number, heping)
	if err != nil || len(d.Decisions) != 3 || len(d.Bookings) != 1 || d.Tax.Account == "3301010100000003" || d.Evidence.Union.Account == "6666010199887766777" || !d.MayDecide || d.MayPay {
		t.Errorf("the dossier is %+v, %v", d, err)
	}
	// A lead for organising turns out to have a union after all.
	if err := o.decide("k3", ledger.AnswerAnother, shenhe, func(d *ledger.Decision) { d.Union = "U8" }); err != nil {
		t.Error(err)
	}
	// An enterprise whose district nobody knows: the finance department finds its union, and it belongs where that is.
	o.deliver([][]string{paid("k5", "5", "", "沈阳市无处可寻商店", "210100", "70", "2026-01-15")}, unions, ledger.Options{})
	k5 := o.of("k5")
	if k5.Unit != "" {
		t.Fatalf("k5 is of %s", k5.Unit)
	}
	wantProblem(t, o.decide("k5", ledger.AnswerAnother, shenhe, func(d *ledger.Decision) { d.Union = "U8" }), "problem.refund_none")
	if found, err := o.Unions(t.Context(), k5.Number, "万方", finance); err != nil || len(found) != 1 || found[0].ID != "U8" {
		t.Errorf("the unions are %+v, %v", found, err)
	}
	if err := o.decide("k5", ledger.AnswerAnother, finance, func(d *ledger.Decision) { d.Union = "U8" }); err != nil {
		t.Fatal(err)
	}
	if k5 = o.of("k5"); k5.Unit != "210103" || k5.State != assess.RefundApproved {
		t.Errorf("k5 is %+v", k5)
	}
	o.even()
}

// TestMoneyGoesAndComesBack walks a payment list: sent, arrived, sent back, another account by two persons, the next list, and a reversal.
func TestMoneyGoesAndComesBack(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	ctx := t.Context()
	tax, unions := small()
	o.deliver(tax, unions, ledger.Options{})
	_, err := o.Draw(ctx, "", heping, o.line(heping))
	wantProblem(t, err, "problem.refund_role")
	b, err := o.Draw(ctx, "", finance, o.line(finance))
	if err != nil || b.Count != 2 || b.Fen != 396_319 {
		t.Fatalf("the list is %+v, %v", b, err)
	}
	_, err = o.Draw(ctx, "", finance, o.line(finance))
	wantProblem(t, err, "problem.refund_nothing_to_pay")
	list, err := o.PaymentList(ctx, b.Number, "送银行", finance, o.line(finance))
	if err != nil || len(list.Lines) != 2 || list.Lines[0].Account != "6666010199887766554" || !strings.Contains(list.Lines[0].Owner, "工会") {
		t.Errorf("for the bank: %+v, %v", list, err)
	}
	if covered, err := o.Batch(ctx, b.Number, finance); err != nil || strings.Contains(covered.Lines[0].Account, "0101") {
		t.Errorf("on the page: %+v, %v", covered, err)
	}
	if err := o.Send(ctx, b.Number, "R-1", finance, o.line(finance)); err != nil {
		t.Fatal(err)
	}
	wantProblem(t, o.decide("k1", ledger.AnswerReverse, finance), "problem.refund_state") // it is on its way
	bounced := []ledger.Outcome{{Line: 1, Arrived: true, Day: "2026-04-20"}, {Line: 2, Day: "2026-04-20", Reason: "账户已销户"}}
	for _, day := range []string{"2006-04-18", "2026-04-19", "2026-04-21", "20.4.2026"} { // before it was sent, of the future, none
		wantProblem(t, o.Settle(ctx, b.Number, []ledger.Outcome{{Line: 1, Arrived: true, Day: day}}, finance, o.line(finance)), "problem.refund_day")
	}
	if err := o.Settle(ctx, b.Number, bounced, finance, o.line(finance)); err != nil {
		t.Fatal(err)
	}
	wantProblem(t, o.Settle(ctx, b.Number, bounced, finance, o.line(finance)), "problem.refund_batch_state")
	o.even()
	settled, returned := list.Lines[0].Number, list.Lines[1].Number
	ticketOf := func(number string) string { c, _ := o.store.RefundCase(ctx, number); return c.TicketNo }
	account := func(d *ledger.Decision) { d.Account = ledger.Payee{Account: "6222 0000 1111 2222", Owner: nameA} }
	if err := o.decide(ticketOf(returned), ledger.AnswerAccount, heping, account); err != nil {
		t.Fatal(err)
	}
	if err := o.decide(ticketOf(returned), ledger.AnswerConfirm, finance); err != nil {
		t.Fatal(err)
	}
	again, err := o.Draw(ctx, "210102", finance, o.line(finance))
	if err != nil || again.Count != 1 {
		t.Fatalf("the next list is %+v, %v", again, err)
	}
	if list, err := o.PaymentList(ctx, again.Number, "送银行", finance, o.line(finance)); err != nil || list.Lines[0].Account != "6222000011112222" {
		t.Errorf("for the bank: %+v, %v", list, err)
	}
	if err := o.Drop(ctx, again.Number, finance, o.line(finance)); err != nil {
		t.Fatal(err)
	}
	if err := o.decide(ticketOf(settled), ledger.AnswerReverse, finance); err != nil {
		t.Fatal(err)
	}
	wantProblem(t, o.decide(ticketOf(settled), ledger.AnswerConfirm, heping), "problem.refund_role")
	if err := o.decide(ticketOf(settled), ledger.AnswerConfirm, second); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(o.written(), ",reversal"); n != 1 {
		t.Errorf("%d reversals:\n%s", n, o.written())
	}
	wantProblem(t, o.decide(ticketOf(settled), ledger.AnswerReverse, finance), "problem.refund_state")
	o.deliver(tax, unions, ledger.Options{ReviewAll: true})
	o.even()
	o.districts(t)
}

// districts holds what the page of districts says: one refund settled and taken back, one that waits again.
func (o *office) districts(t *testing.T) {
	all, err := o.Districts(t.Context(), heping, o.now.AddDate(0, 0, 40))
	if err != nil || len(all) != 1 || all[0].Unit != "210102" {
		t.Fatalf("districts %+v, %v", all, err)
	}
	d := all[0]
	if d.Eligible != 100_000 || d.Settled != 0 || d.Due != 1 || d.OnTime != 0 || d.States[assess.RefundReversed].Refund != 296_319 {
		t.Errorf("the district stands at %+v", d)
	}
}

// TestNoListWhileASumDiffers: a ledger that does not balance pays nothing.
func TestNoListWhileASumDiffers(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	tax, unions := small()
	o.deliver(tax, unions, ledger.Options{})
	lost := assess.RefundWrite{Delivery: &assess.RefundDelivery{Digest: "lost", Rows: 1, Paid: 100, At: o.now}}
	if _, err := o.store.PutRefunds(t.Context(), lost, o.line(finance)); err != nil {
		t.Fatal(err)
	}
	_, err := o.Draw(t.Context(), "", finance, o.line(finance))
	wantProblem(t, err, "problem.refund_uneven")
}

func wantProblem(t *testing.T, err error, key string) {
	t.Helper()
	var p *assess.Problem
	if !errors.As(err, &p) || p.Key != key {
		t.Errorf("the answer is %v, not %s", err, key)
	}
}
