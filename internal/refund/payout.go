package refund

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// PayTo is whose account a refund goes to.
type PayTo string

// The accounts. Hold is none: somebody must find one first.
const (
	PayUnion PayTo = "union"
	PayPayer PayTo = "payer"
	PayHold  PayTo = "hold"
)

// accountDigits answers the figures of an account number, "" where it holds anything but figures and what separates them.
func accountDigits(s string) string {
	if within(s, "0123456789") {
		return s
	}
	text := strings.Map(func(r rune) rune {
		switch r {
		case ' ', '-', '\t', '\'', '`', '\u200b', '\ufeff', '\u00a0':
			return -1
		}
		return r
	}, norm.NFKC.String(s))
	if !within(text, "0123456789") {
		return ""
	}
	return text
}

// soundAccount answers the figures of an account number of 8 to 32 that are not one figure alone, else "".
func soundAccount(s string) string {
	d := accountDigits(s)
	if len(d) < 8 || len(d) > 32 || strings.Trim(d, d[:1]) == "" {
		return ""
	}
	return d
}

// payout answers the account that the refund of a payment goes to: the union's own; where the union says that it has none, the one that
// paid, if the taxpayer holds it. A joint union's account is not the enterprise's own.
func payout(p *Payment, u *Union, kind UnionKind, code Code) (PayTo, string) {
	if kind == Grassroots {
		if account := soundAccount(u.Account); account != "" && strings.Contains(fold(u.AccountOwner), "工会") {
			return PayUnion, account
		}
		if saysYes(u.HasAccount) || !blank(fold(u.Account)) {
			return PayHold, ""
		}
	}
	account := soundAccount(p.PayerAccount)
	if account == "" || !holds(p, u, code) {
		return PayHold, ""
	}
	return PayPayer, account
}

func saysYes(s string) bool {
	switch text := fold(s); text {
	case "Y", "YES", "TRUE", "1", "T", "是", "有", "已开户", "已开立", "√":
		return true
	default:
		return strings.HasPrefix(text, "有") || strings.HasPrefix(text, "已")
	}
}

// holds tells that the taxpayer holds the account that paid, or its owner where it is an individual business.
func holds(p *Payment, u *Union, code Code) bool {
	owner := fold(p.PayerAccountName)
	if blank(owner) {
		return false
	}
	name := ParseName(p.PayerAccountName)
	for _, own := range []string{p.Name, u.EnterpriseName} {
		if owner == fold(own) {
			return true
		}
		a, b := nameKeysOf(name), nameKeysOf(ParseName(own))
		if a.core == 0 || b.core == 0 {
			continue
		}
		if l := compareName(&a, &b); l.core <= coreContains && l.place != placeDiffers && l.tail != tailDiffers {
			return true
		}
	}
	rep := ParsePerson(p.LegalRep)
	individual := code.Kind != CodeUnified || strings.HasPrefix(code.Text, "92")
	return individual && rep != "" && owner == rep
}

// Payout answers the account that the refund of a payment goes to once somebody has decided for a union.
func Payout(p *Payment, u *Union) (PayTo, string) {
	return payout(p, u, kindOf(u.Type, u.Name), ParseCode(p.Code))
}

// Payable tells that a union may be refunded by: it exists, and is neither a branch nor a union above.
func (u *Union) Payable() bool {
	kind := kindOf(u.Type, u.Name)
	return u.Fault == nil && !kind.above() && kind != Branch && stateOf(u.Status) != Dissolved
}

// Kind answers what the union is in the affiliation.
func (u *Union) Kind() UnionKind { return kindOf(u.Type, u.Name) }
