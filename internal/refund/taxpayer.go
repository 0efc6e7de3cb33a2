package refund

import (
	"slices"
	"strings"
)

// Taxpayer is who paid: the payments of one registration number, or of one code where there is no number; registrations that share a
// code and a name are one.
type Taxpayer struct {
	Payments []int32 // indices into the payments, in their order
	// Conflict says that payments of one registration number carry several codes of different enterprises.
	Conflict bool
}

// group makes taxpayers of payments. The order of the taxpayers is that of their first payments.
func group(payments []Payment, parsed []parsedPayment) []Taxpayer {
	groups := make(map[key]int32, len(payments))
	of := make([]int32, len(payments))
	count := int32(0)
	for i := range payments {
		k := groupKey(&payments[i], &parsed[i])
		if k == 0 { // nothing to go by: a taxpayer of its own
			of[i] = count
			count++
			continue
		}
		g, ok := groups[k]
		if !ok {
			g = count
			count++
			groups[k] = g
		}
		of[i] = g
	}
	conflict := split(parsed, of, &count)
	join(parsed, of, count, conflict)
	return collect(of, conflict)
}

func groupKey(p *Payment, parsed *parsedPayment) key {
	if number := fold(p.Registration); !blank(number) {
		return keyOf("r" + number)
	}
	if parsed.code.Kind == CodeUnified {
		return keyOf("c" + parsed.code.Text)
	}
	name := fold(p.Name)
	if blank(name) {
		return 0
	}
	return keyOf("n" + name + "\x00" + fold(p.District) + "\x00" + fold(p.LegalRep))
}

// split takes payments out of a group whose codes are whole and say different enterprises by other names.
func split(parsed []parsedPayment, of []int32, count *int32) map[int32]bool {
	first := make([]int32, *count)
	for i := range first {
		first[i] = -1
	}
	apart := map[key]int32{} // group with code → the group that was split off
	conflict := map[int32]bool{}
	for i := range of {
		if !parsed[i].code.whole() {
			continue
		}
		g := of[i]
		f := first[g]
		if f < 0 {
			first[g] = int32(i)
			continue
		}
		if parsed[f].code.Text == parsed[i].code.Text || parsed[f].core == parsed[i].core {
			continue
		}
		k := keyOf(parsed[i].code.Text).with(key(g)<<1 | 1)
		other, ok := apart[k]
		if !ok {
			other = *count
			*count++
			apart[k] = other
		}
		of[i] = other
		conflict[g], conflict[other] = true, true
	}
	return conflict
}

// join makes one taxpayer of groups that share a code and the core of a name.
func join(parsed []parsedPayment, of []int32, count int32, conflict map[int32]bool) {
	root := make([]int32, count)
	for i := range root {
		root[i] = int32(i)
	}
	find := func(g int32) int32 {
		for root[g] != g {
			root[g] = root[root[g]]
			g = root[g]
		}
		return g
	}
	seen := make(map[key]int32, count)
	for i := range of {
		if parsed[i].code.Kind != CodeUnified || parsed[i].core == 0 || conflict[of[i]] {
			continue
		}
		k := keyOf(parsed[i].code.Text).with(parsed[i].core)
		g, ok := seen[k]
		if !ok {
			seen[k] = of[i]
			continue
		}
		if a, b := find(g), find(of[i]); a != b {
			root[max(a, b)] = min(a, b)
		}
	}
	for i := range of {
		of[i] = find(of[i])
	}
}

func collect(of []int32, conflict map[int32]bool) []Taxpayer {
	index := make(map[int32]int32, len(of))
	var list []Taxpayer
	sizes := []int32{}
	for i, g := range of {
		n, ok := index[g]
		if !ok {
			n = int32(len(sizes))
			index[g] = n
			sizes = append(sizes, 0)
			list = append(list, Taxpayer{Conflict: conflict[g]})
		}
		sizes[n]++
		of[i] = n
	}
	all := make([]int32, len(of))
	at := int32(0)
	for n := range list {
		list[n].Payments = all[at : at : at+sizes[n]]
		at += sizes[n]
	}
	for i, n := range of {
		list[n].Payments = append(list[n].Payments, int32(i))
	}
	return list
}

// parsedPayment is what grouping looks at.
type parsedPayment struct {
	code Code
	core key
}

// describe answers what is compared of a taxpayer.
func (t *Taxpayer) describe(payments []Payment, parsed []parsedPayment, local localDistricts) described {
	if len(t.Payments) == 1 {
		p := &payments[t.Payments[0]]
		return described{
			code: parsed[t.Payments[0]].code, names: []string{p.Name}, reps: []string{p.LegalRep}, phones: []string{p.Phone},
			addresses: []string{p.Address}, accounts: []string{p.PayerAccount}, district: local.of(p.District, p.Office),
		}
	}
	var codes, names, reps, phones, addresses, accounts, districts []string
	for _, i := range t.Payments {
		p := &payments[i]
		if parsed[i].code.Kind != CodeNone {
			codes = append(codes, rankOf(parsed[i].code)+parsed[i].code.Text)
		}
		names, reps, phones = append(names, p.Name), append(reps, p.LegalRep), append(phones, p.Phone)
		addresses, accounts = append(addresses, p.Address), append(accounts, p.PayerAccount)
		if n := local.of(p.District, p.Office); n != 0 {
			districts = append(districts, p.PaidDate+"\x00"+sixDigits(n))
		}
	}
	d := described{
		names: distinct(names), reps: distinct(reps), phones: distinct(phones), addresses: distinct(addresses), accounts: distinct(accounts),
	}
	if len(codes) > 0 {
		d.code = ParseCode(slices.Min(codes)[1:])
	}
	if len(districts) > 0 { // where it paid last
		_, last, _ := strings.Cut(slices.Max(districts), "\x00")
		d.district = digits6(last)
	}
	return d
}

// rankOf puts the code that proves most first.
func rankOf(c Code) string {
	switch {
	case c.whole():
		return "0"
	case c.Kind == CodeUnified:
		return "1"
	case c.Kind == CodeOrganisation:
		return "2"
	case c.Kind == CodeOther:
		return "3"
	}
	return "4"
}
