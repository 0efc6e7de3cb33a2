package ledger_test

import (
	"maps"
	"math"
	"testing"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/ledger"
	"github.com/unionboard/unionboard/internal/register"
	"github.com/unionboard/unionboard/internal/sheet"
)

// writes changes the record of a case on its register.
func (o *office) writes(ticket string, u account.User, written map[string]string) register.Saved {
	o.t.Helper()
	r, err := o.store.RegisterRecord(o.t.Context(), o.of(ticket).Record)
	if err != nil {
		o.t.Fatal(err)
	}
	saved, err := o.Book.Save(o.t.Context(), register.Change{Table: ledger.Table, ID: r.ID, Version: r.Version, Written: written}, u, o.line(u))
	if err != nil {
		o.t.Fatal(err)
	}
	return saved
}

// record answers the columns of the record of a case as they are.
func (o *office) record(ticket string) map[string]string {
	o.t.Helper()
	r, err := o.store.RegisterRecord(o.t.Context(), o.of(ticket).Record)
	if err != nil {
		o.t.Fatal(err)
	}
	values, err := o.Book.Whole(&r)
	if err != nil {
		o.t.Fatal(err)
	}
	return values
}

// figure answers a figure of the second quarter for a district.
func (o *office) figure(item, unit string) string {
	o.t.Helper()
	e, err := o.Book.Editions.Edition(o.t.Context(), 2026)
	if err != nil {
		o.t.Fatal(err)
	}
	p, err := assess.ParsePeriod("2026Q2")
	if err != nil {
		o.t.Fatal(err)
	}
	all, err := o.Book.Figures(o.t.Context(), e, p, math.MaxInt64)
	if err != nil {
		o.t.Fatal(err)
	}
	return all[assess.Code(item)][assess.UnitCode(unit)].Value.String()
}

// pays lets all that is approved arrive.
func (o *office) pays() {
	o.t.Helper()
	b, err := o.Draw(o.t.Context(), "", finance, o.line(finance))
	if err != nil {
		o.t.Fatal(err)
	}
	if err := o.Send(o.t.Context(), b.Number, "R-1", finance, o.line(finance)); err != nil {
		o.t.Fatal(err)
	}
	var arrived []ledger.Outcome
	for i := range b.Count {
		arrived = append(arrived, ledger.Outcome{Line: i + 1, Arrived: true, Day: "2026-04-20"})
	}
	if err := o.Settle(o.t.Context(), b.Number, arrived, finance, o.line(finance)); err != nil {
		o.t.Fatal(err)
	}
}

// TestNobodyPaysByTheRegister: what the ledger decides of a record is changed neither on its page, nor by a file, nor by closing it.
func TestNobodyPaysByTheRegister(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	tax, unions := small()
	o.deliver(tax, unions, ledger.Options{})
	due := o.figure("refund_due_amount_ytd", "210102")
	before := o.record("k1")
	saved := o.writes("k1", heping, map[string]string{"payment_status": "paid", "refund_date": "2026-04-20", "refund_amount": "2963.19"})
	wrong := map[string]bool{}
	for _, f := range saved.Findings {
		if f.Level == register.Error && f.Problem != nil && f.Problem.Key == "problem.record_program" {
			wrong[f.Column] = true
		}
	}
	if want := map[string]bool{"payment_status": true, "refund_date": true, "refund_amount": true}; !maps.Equal(wrong, want) {
		t.Errorf("refused for %v, want %v", wrong, want)
	}
	c := o.of("k1")
	r, err := o.store.RegisterRecord(t.Context(), c.Record)
	if err != nil {
		t.Fatal(err)
	}
	wantProblem(t, o.Book.Close(t.Context(), ledger.Table, c.Record, r.Version, false, "错录", heping, o.line(heping)), "problem.record_program")
	file := sheet.Sheet{Name: "返还", Rows: []sheet.Row{
		{Number: 1, Cells: []sheet.Cell{{Column: 1, Kind: sheet.Text, Text: "refund_no"}, {Column: 2, Kind: sheet.Text, Text: "payment_status"}}},
		{Number: 2, Cells: []sheet.Cell{{Column: 1, Kind: sheet.Text, Text: c.Number}, {Column: 2, Kind: sheet.Text, Text: "paid"}}},
	}}
	done, err := o.Book.Import(t.Context(), ledger.Table, &file, false, heping, o.line(heping))
	if err != nil || done.Refused != 1 || done.Changed != 0 {
		t.Errorf("the file: %+v, %v", done, err)
	}
	if after := o.record("k1"); !maps.Equal(before, after) {
		t.Errorf("the record was\n%v and is\n%v", before, after)
	}
	if now := o.figure("refund_due_amount_ytd", "210102"); now != due {
		t.Errorf("due is %s, was %s", now, due)
	}
}

// TestWhatPeopleCorrectStays: the contact and the consent to the use of an account, written on the page of the record, outlive the payment.
func TestWhatPeopleCorrectStays(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	tax, unions := small()
	o.deliver(tax, unions, ledger.Options{})
	if saved := o.writes("k1", heping, map[string]string{"account_holder": "person"}); !register.HasError(saved.Findings) {
		t.Error("a personal account stands without consent")
	}
	written := map[string]string{"account_holder": "person", "account_consent_on": "2026-04-01", "contact_phone": "13911112222", "remark_zh": "已核实"}
	if saved := o.writes("k1", heping, written); register.HasError(saved.Findings) {
		t.Fatalf("refused: %+v", saved.Findings)
	}
	o.pays()
	now := o.record("k1")
	if now["payment_status"] != "paid" {
		t.Fatalf("the record is %s", now["payment_status"])
	}
	for name, want := range written {
		if now[name] != want {
			t.Errorf("%s is %q, want %q", name, now[name], want)
		}
	}
}

// TestWhatIsTakenBackIsNotDue: a reversed refund counts in no figure.
func TestWhatIsTakenBackIsNotDue(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	tax, unions := small()
	o.deliver(tax[:1], unions, ledger.Options{})
	o.pays()
	if due := o.figure("refund_due_amount_ytd", "210102"); due == "0" {
		t.Fatal("nothing is due")
	}
	if err := o.decide("k1", ledger.AnswerReverse, finance); err != nil {
		t.Fatal(err)
	}
	if err := o.decide("k1", ledger.AnswerConfirm, second); err != nil {
		t.Fatal(err)
	}
	for _, item := range []string{"refund_due_amount_ytd", "refund_paid_amount_ytd", "refund_matured_count_ytd", "refund_on_time_count_ytd"} {
		if now := o.figure(item, "210102"); now != "0" {
			t.Errorf("%s is %s", item, now)
		}
	}
	if now := o.record("k1"); now["review_status"] != "rejected" || now["review_opinion"] == "" || now["payment_status"] != "cancelled" {
		t.Errorf("the record is %s, %q, %s", now["review_status"], now["review_opinion"], now["payment_status"])
	}
}

// TestAPersonalAccountIsPaidWithConsentAlone: the account of a sole trader is the person's own, and no payment list takes it before the day of the
// consent stands on the record (row 57 of the security checklist).
func TestAPersonalAccountIsPaidWithConsentAlone(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	trader, its := paid("k9", "7", "", "沈阳市和平区老赵面馆", "210102", "100", "2026-02-15"), union("U7", "", "沈阳市和平区老赵面馆", "210102", "")
	trader[7], its[10], trader[17] = "赵六", "赵六", "赵六"
	o.deliver([][]string{trader}, append(above("210102"), its), ledger.Options{})
	c := o.of("k9")
	if c.State != assess.RefundApproved || c.PayTo != "payer" {
		t.Fatalf("the refund is %s, to %s: %s", c.State, c.PayTo, c.Why)
	}
	_, err := o.Draw(t.Context(), "", finance, o.line(finance))
	wantProblem(t, err, "problem.refund_nothing_to_pay")
	if ready, left, err := o.Ready(t.Context(), finance); err != nil || len(ready) != 0 || left != 1 {
		t.Errorf("ready are %v, and %d are left out, %v", ready, left, err)
	}
	if d, err := o.Dossier(t.Context(), c.Number, heping); err != nil || !d.ConsentMissing {
		t.Errorf("the dossier does not say so: %v", err)
	}
	if saved := o.writes("k9", heping, map[string]string{"account_holder": "person", "account_consent_on": "2026-04-01"}); register.HasError(saved.Findings) {
		t.Fatalf("refused: %+v", saved.Findings)
	}
	if b, err := o.Draw(t.Context(), "", finance, o.line(finance)); err != nil || b.Count != 1 {
		t.Errorf("the list is %+v, %v", b, err)
	}
}
