package ledger_test

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/ledger"
	"github.com/unionboard/unionboard/internal/refund/trial"
	"github.com/unionboard/unionboard/internal/register"
	"github.com/unionboard/unionboard/internal/store"
	"github.com/unionboard/unionboard/internal/testkit"
	"github.com/unionboard/unionboard/internal/vault"
)

// office is a ledger over a real store, with the people who use it.
type office struct {
	*ledger.Ledger
	t     testing.TB
	store *store.Store
	now   time.Time
}

// always has the shipped definitions for every year.
type always struct{ edition *assess.Edition }

func (e always) Edition(context.Context, int) (*assess.Edition, error) { return e.edition, nil }

func newOffice(t testing.TB) *office {
	t.Helper()
	s := testkit.Store(t)
	book := &register.Book{
		Store: s, Editions: always{testkit.Shipped(t)}, Vault: vault.New(filepath.Join(t.TempDir(), "keys"), func() error { return nil }), Zone: time.UTC,
	}
	return &office{&ledger.Ledger{Store: s, Book: book, Policies: ledger.Shipped()}, t, s, time.Date(2026, 4, 20, 9, 0, 0, 0, time.UTC)}
}

var (
	heping  = account.User{Name: "heping", Role: assess.DistrictReporter, Unit: "210102"}
	shenhe  = account.User{Name: "shenhe", Role: assess.DistrictReporter, Unit: "210103"}
	finance = account.User{Name: "finance", Role: assess.CityReviewer, Department: "finance"}
	second  = account.User{Name: "second", Role: assess.CityReviewer, Department: "finance"}
	economy = account.User{Name: "economy", Role: assess.CityReviewer, Department: "economy"}
	leader  = account.User{Name: "leader", Role: assess.CityLeader}
	keeper  = account.User{Name: "keeper", Role: assess.Admin}
)

func (o *office) line(u account.User) assess.AuditLine {
	return assess.AuditLine{At: o.now, Actor: u.Name, Result: "ok"}
}

// deliver takes a delivery of rows.
func (o *office) deliver(tax, unions [][]string, options ledger.Options) *ledger.Delivered {
	o.t.Helper()
	d, err := o.Take(o.t.Context(), filesOf(o.t, tax, unions), options, o.line(account.User{Name: "console"}))
	if err != nil {
		o.t.Fatal(err)
	}
	return d
}

func filesOf(t testing.TB, tax, unions [][]string) ledger.Files {
	t.Helper()
	var a, b bytes.Buffer
	if err := trial.Write(&a, trial.TaxHeads, tax); err != nil {
		t.Fatal(err)
	}
	if err := trial.Write(&b, trial.UnionHeads, unions); err != nil {
		t.Fatal(err)
	}
	return ledger.Files{TaxName: "tax.csv", Tax: a.Bytes(), UnionName: "unions.csv", Unions: b.Bytes()}
}

// written answers the ledger without the moments of booking.
func (o *office) written() string {
	o.t.Helper()
	var b strings.Builder
	if err := o.WriteLedger(o.t.Context(), &b); err != nil {
		o.t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	for i, l := range lines {
		lines[i] = l[:strings.LastIndexByte(l, ',')]
	}
	return strings.Join(lines, "\n")
}

// even holds that the reconciliation balances.
func (o *office) even() {
	o.t.Helper()
	r, err := o.Reconcile(o.t.Context(), finance)
	if err != nil {
		o.t.Fatal(err)
	}
	for _, b := range r.Balances {
		if !b.Even() {
			o.t.Errorf("%s of %q, delivery %d: %+v and %+v", b.Key, b.Unit, b.Delivery, b.Left, b.Right)
		}
	}
}

// of answers the case of a ticket.
func (o *office) of(ticket string) ledger.Case {
	o.t.Helper()
	all, _, err := o.Cases(o.t.Context(), assess.RefundQuery{}, finance)
	if err != nil {
		o.t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(c ledger.Case) bool { return c.TicketNo == ticket })
	if i < 0 {
		o.t.Fatalf("there is no case of %s", ticket)
	}
	return all[i]
}

// decide answers about the case of a ticket.
func (o *office) decide(ticket string, answer ledger.Answer, u account.User, more ...func(*ledger.Decision)) error {
	o.t.Helper()
	c := o.of(ticket)
	d := ledger.Decision{Number: c.Number, Version: c.Version, Answer: answer, Reason: "核对" + ticket}
	for _, m := range more {
		m(&d)
	}
	_, err := o.Decide(o.t.Context(), d, u, o.line(u))
	return err
}

// paid makes a row of the tax bureau.
func paid(ticket, number, code, name, district, yuan, day string) []string {
	return []string{
		"T" + ticket, number, code, name, "沈阳市税务局", district, "中山路" + number + "号", "张伟" + number, "王芳", "138" + fmt.Sprintf("%08s", number), day[:7] + "-01", day, "100000", yuan,
		ticket, day, "33010101" + fmt.Sprintf("%08s", number), name, "工商银行",
	}
}

// union makes a row of the register of unions.
func union(id, code, name, district, account string) []string {
	owner, has := "", "否"
	if account != "" {
		owner, has = name+"工会委员会", "是"
	}
	number := id[1:]
	return []string{id, name + "工会委员会", "基层工会", "正常", "D" + district, district, "", name, code, "中山路" + number + "号", "张伟" + number, "李娜", "138" + fmt.Sprintf("%08s", number), "12", has, account, owner, "建设银行", "2020-01-01"}
}

// above makes the unions over the grassroots.
func above(districts ...string) (rows [][]string) {
	row := func(id, name, kind, parent, district string) []string {
		r := make([]string, 19)
		r[0], r[1], r[2], r[3], r[4], r[5] = id, name, kind, "正常", parent, district
		return r
	}
	rows = append(rows, row("C", "沈阳市总工会", "市总工会", "", "210100"))
	for _, d := range districts {
		rows = append(rows, row("D"+d, d+"区总工会", "区县总工会", "C", d))
	}
	return rows
}
