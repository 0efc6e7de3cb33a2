package refund

import "fmt"

// TicketKey answers by what a payment is known again: its ticket number, folded. Without one it is a digest of who paid what for which time and
// when, which begins with "weak:".
func (p *Payment) TicketKey() string {
	if number := fold(p.Ticket); !blank(number) {
		return number
	}
	return fmt.Sprintf("weak:%016x", uint64(p.weakKey()))
}

// weakKey stands in for a ticket number: who paid what for which time and when.
func (p *Payment) weakKey() key {
	who := fold(p.Registration)
	if blank(who) {
		who = fold(p.Code) + fold(p.Name)
	}
	return keyOf("w" + who + "\x00" + p.PeriodFrom + "\x00" + p.PaidDate + "\x00" + p.Fen.String())
}

// PayerKeys answers digests by which the payments of one taxpayer find each other across files: of its registration number, of its code with
// the core of its name, and where it has neither of what else names it. None for a payment that says nothing of its payer.
func (p *Payment) PayerKeys() (keys []string) {
	parsed := parsedPayment{ParseCode(p.Code), keyOf(ParseName(p.Name).Core)}
	add := func(k key) {
		if k != 0 {
			keys = append(keys, fmt.Sprintf("%016x", uint64(k)))
		}
	}
	add(groupKey(p, &parsed))
	if parsed.code.Kind == CodeUnified && parsed.core != 0 {
		add(keyOf("n" + parsed.code.Text).with(parsed.core))
	}
	return keys
}

// SixDigits writes the code of a district, "" for one that is not known.
func SixDigits(district int32) string { return sixDigits(district) }
