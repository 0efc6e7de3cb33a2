package ledger_test

import (
	"encoding/json"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/audit"
	"github.com/unionboard/unionboard/internal/ledger"
	"github.com/unionboard/unionboard/internal/register"
	"github.com/unionboard/unionboard/internal/vault"
)

// Rows 58, 60 and 61 for refunds: everything sealed opens under the newest key alone when keys were turned; when the time of persons is over
// they are gone from the record and the evidence, with the accounts last, and the sums still balance; whoever saw an account is told.
func TestRefundsForgetPersonsInTheirTime(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "keys")
	keys := vault.New(path, nil)
	o.Book.Vault = keys
	care := &register.Care{Book: o.Book, Archive: o.store, Keys: keys, Attached: o.Ledger}
	tax, unions := small()
	o.deliver(tax, unions, ledger.Options{})
	b, err := o.Draw(ctx, "", finance, o.line(finance))
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Send(ctx, b.Number, "R-1", finance, o.line(finance)); err != nil {
		t.Fatal(err)
	}
	if err := o.Settle(ctx, b.Number, []ledger.Outcome{{Line: 1, Arrived: true, Day: "2026-04-20"}, {Line: 2, Arrived: true, Day: "2026-04-20"}}, finance, o.line(finance)); err != nil {
		t.Fatal(err)
	}
	list, err := o.PaymentList(ctx, b.Number, "送银行", finance, o.line(finance))
	if err != nil {
		t.Fatal(err)
	}
	one := list.Lines[0]

	n, err := care.Turn(ctx, o.line(keeper))
	if err != nil || n < 3*4 { // versions and evidence of four cases, unions, transfers
		t.Errorf("%d texts sealed anew, %v", n, err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if err := os.WriteFile(path, []byte(lines[len(lines)-1]+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	newest := vault.New(path, nil)
	o.Book.Vault, care.Keys = newest, newest
	if again, err := o.PaymentList(ctx, b.Number, "送银行", finance, o.line(finance)); err != nil || again.Lines[0].Account != one.Account {
		t.Errorf("by the newest key alone: %+v, %v", again, err)
	}
	if _, err := o.Unions(ctx, one.Number, "万方", finance); err != nil {
		t.Errorf("unions by the newest key alone: %v", err)
	}

	all := func() string { // everything that is sealed, open
		t.Helper()
		var b strings.Builder
		c, err := o.store.RefundCase(ctx, one.Number)
		if err != nil {
			t.Fatal(err)
		}
		evidence, err := newest.Open(c.Sealed, "refund/"+c.Record)
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString(evidence)
		versions, _ := o.store.RecordVersions(ctx, c.Record)
		for _, v := range versions {
			personal, err := newest.Open(v.Sealed, v.ID)
			if err != nil {
				t.Fatal(err)
			}
			b.WriteString(personal)
		}
		attempts, _ := o.store.RefundAttempts(ctx, c.Record)
		whole, _ := json.Marshal(attempts)
		b.Write(whole)
		return b.String()
	}
	const phone, contact, payer = "13800000001", "王芳", "3301010100000001"
	if got := all(); !strings.Contains(got, phone) || !strings.Contains(got, contact) || !strings.Contains(got, payer) {
		t.Fatalf("what is looked for is not there: %s", got)
	}
	erase := func(years int) {
		t.Helper()
		line := o.line(keeper)
		line.At = o.now.AddDate(years, 0, 0)
		if _, err := care.Erase(ctx, false, line); err != nil {
			t.Fatal(err)
		}
	}
	erase(2)
	if !strings.Contains(all(), phone) {
		t.Error("erased before its time")
	}
	erase(3)
	if got := all(); strings.Contains(got, phone) || strings.Contains(got, contact) || strings.Contains(got, "张伟") || !strings.Contains(got, payer) || !strings.Contains(got, nameA) {
		t.Errorf("after three years: %s", got)
	}
	// A refund can still be taken back, and its record keeps what it follows from.
	if err := o.decide(o.ticket(one.Number), ledger.AnswerReverse, finance); err != nil {
		t.Error(err)
	}
	o.even()
	erase(10)
	if got := all(); strings.Contains(got, payer) || strings.Contains(got, one.Account) || !strings.Contains(got, nameA) {
		t.Errorf("after ten years: %s", got)
	}
	o.even()

	readings, err := audit.Readings(o.logged(), audit.ReadingQuery{Object: "dues_refunds"})
	if err != nil || len(readings) != 1 || readings[0].Actor != "finance" || readings[0].Times != 2 || readings[0].Records != 4 || readings[0].Reasons[0] != "送银行" {
		t.Errorf("who saw accounts: %+v, %v", readings, err)
	}
}

func (o *office) ticket(number string) string {
	o.t.Helper()
	c, err := o.store.RefundCase(o.t.Context(), number)
	if err != nil {
		o.t.Fatal(err)
	}
	return c.TicketNo
}

// logged answers the lines of the audit log.
func (o *office) logged() iter.Seq2[assess.AuditLine, error] {
	return func(yield func(assess.AuditLine, error) bool) {
		lines, err := o.store.AuditLines(o.t.Context(), 1, 1000)
		if err != nil {
			yield(assess.AuditLine{}, err)
			return
		}
		for _, l := range lines {
			if !yield(l, nil) {
				return
			}
		}
	}
}

// TestAPersonIsFoundInTheEvidence: legal representatives and unions' contacts stand in the sealed evidence of refunds alone, and are found there and
// given to them (row 61 of the security checklist); those of another district are not.
func TestAPersonIsFoundInTheEvidence(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.Book.Beside = o.Ledger
	tax, unions := small()
	o.deliver(tax, unions, ledger.Options{})
	for who, want := range map[string]int{"张伟1": 2, "李 娜": 3, "张伟2": 0, "没有此人": 0} { // k1 and k2 are of one taxpayer; k4 has a union too; k3 is of another district
		found, err := o.Book.Find(t.Context(), who, "本人查阅", heping, o.line(heping))
		if err != nil || len(found) != want {
			t.Errorf("%s: %d records, %v, want %d", who, len(found), err, want)
		}
		for _, f := range found {
			if !f.Beside || len(f.Columns) > 0 {
				t.Errorf("%s is found in %v", who, f.Columns)
			}
		}
	}
	counter := register.Counter{Book: o.Book}
	copies, err := counter.Person(t.Context(), "张伟1", "本人查阅", heping, o.line(heping))
	if err != nil || len(copies) != 1 || len(copies[0].Records) != 2 || !strings.Contains(copies[0].Records[0].Values["kept_beside"], "张伟1") {
		t.Errorf("the person is given %+v, %v", copies, err)
	}
}
