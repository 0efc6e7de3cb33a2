package ledger_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/ledger"
)

// TestASoleTraderIsCovered: the owner of a personal account, and numbers of citizens in codes and names, stand in no dossier, list or open column.
func TestASoleTraderIsCovered(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	tax, unions := small()
	trader := paid("k9", "7", "21010219800101123400", "李四210102198001011234面馆", "210102", "100", "2026-02-15")
	trader[17] = "李四"
	d := o.deliver(append(tax, trader), unions, ledger.Options{})
	c := o.of("k9")
	seen, err := o.Dossier(t.Context(), c.Number, account.User{Name: "audit", Role: assess.Auditor})
	if err != nil {
		t.Fatal(err)
	}
	r, err := o.store.RegisterRecord(t.Context(), c.Record)
	if err != nil {
		t.Fatal(err)
	}
	for where, what := range map[string]any{"case": c, "dossier": seen, "record": r.Values, "report": d.Report} {
		text, err := json.Marshal(what)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"李四\"", "19800101"} {
			if strings.Contains(string(text), secret) {
				t.Errorf("the %s shows %s: %s", where, secret, text)
			}
		}
	}
	if got := seen.Tax.AccountOwner; got != "李*" {
		t.Errorf("the owner is %q", got)
	}
	if k1, err := o.Dossier(t.Context(), o.of("k1").Number, finance); err != nil || k1.Tax.AccountOwner != nameA || k1.Payee.Owner != nameA+"工会委员会" {
		t.Errorf("an organisation's account is of %q and %q, %v", k1.Tax.AccountOwner, k1.Payee.Owner, err)
	}
}
