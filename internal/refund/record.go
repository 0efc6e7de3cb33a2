package refund

import (
	"cmp"
	"slices"
	"strings"
)

// record is a taxpayer or a union as it is compared: keys made once, texts only where their spelling is looked at.
type record struct {
	code     string // folded; "" where there is none
	codeKey  key
	org      key
	codeKind CodeKind
	whole    bool // the code proves its own spelling
	first    variant
	second   *variant // where something was written in two ways; seldom
	district int32    // six digits, 0 where it is not known
	content  key      // of all that was read, to put records into an order that does not hang on their rows
}

// variant is what may be written in two ways.
type variant struct {
	name     nameKeys
	rep      key
	repSound key
	phone    key
	address  addressKeys
	account  key
}

// noVariant stands for the second of a record that has one alone.
var noVariant variant

func (r *record) v(i int) *variant {
	switch {
	case i == 0:
		return &r.first
	case r.second != nil:
		return r.second
	}
	return &noVariant
}

// put answers where the i-th way of writing something goes.
func (r *record) put(i int) *variant {
	if i == 1 && r.second == nil {
		r.second = new(variant)
	}
	return r.v(i)
}

type nameKeys struct {
	core     key
	sound    key
	head     key // first two characters
	syllable key // sound of the first four
	place    Place
	tail     key
	form     Form
	runes    string
}

type addressKeys struct{ street, room key }

func nameKeysOf(n Name) nameKeys {
	if n.Core == "" {
		return nameKeys{}
	}
	return nameKeys{
		core: keyOf(n.Core), sound: keyOf(sound(n.Core, 0)), head: keyOf(firstRunes(n.Core, 2)), syllable: keyOf(sound(n.Core, 4)),
		place: n.Place, tail: keyOf(n.Tail), form: n.Form, runes: n.Core,
	}
}

func firstRunes(s string, n int) string {
	for i := range s {
		if n--; n < 0 {
			return s[:i]
		}
	}
	return s
}

// described is what is compared of a taxpayer or a union, as texts; of each at most two that differ.
type described struct {
	code      Code
	names     []string
	reps      []string
	phones    []string
	addresses []string
	accounts  []string
	district  int32
}

func (d described) record() record {
	r := record{code: d.code.Text, codeKind: d.code.Kind, whole: d.code.whole(), district: d.district}
	if d.code.Kind == CodeUnion {
		r.code, r.codeKind = "", CodeNone
	}
	if d.code.Kind == CodeUnified {
		r.codeKey = keyOf(d.code.Text)
	}
	r.org = keyOf(d.code.Organisation())
	n := 0
	for _, name := range d.names {
		k := nameKeysOf(ParseName(name))
		if k.core == 0 || n == 2 || n == 1 && k == r.first.name {
			continue
		}
		r.put(n).name = k
		n++
	}
	n = 0
	for _, rep := range d.reps {
		person := ParsePerson(rep)
		k := keyOf(person)
		if k != 0 && n < 2 && k != r.first.rep {
			v := r.put(n)
			v.rep, v.repSound = k, keyOf(sound(person, 0))
			n++
		}
	}
	n = 0
	for _, phone := range d.phones {
		for _, number := range ParsePhones(phone) {
			if k := keyOf(number); n < 2 && k != r.first.phone {
				r.put(n).phone = k
				n++
			}
		}
	}
	n = 0
	for _, address := range d.addresses {
		a := ParseAddress(address)
		k := addressKeys{keyOf(a.Street), keyOf(a.Room)}
		if k.street != 0 && n < 2 && k != r.first.address {
			r.put(n).address = k
			n++
		}
	}
	n = 0
	for _, account := range d.accounts {
		if k := keyOf(accountDigits(account)); k != 0 && n < 2 && k != r.first.account {
			r.put(n).account = k
			n++
		}
	}
	r.content = keyOf(d.code.Text + "\x00" + strings.Join(d.names, "\x00") + "\x01" + strings.Join(d.reps, "\x00") + "\x01" + strings.Join(d.phones, "\x00") +
		"\x01" + strings.Join(d.addresses, "\x00") + "\x01" + strings.Join(d.accounts, "\x00"))
	return r
}

// distinct answers at most two different texts, those that come up most often first, then in the order of their letters.
func distinct(texts []string) []string {
	texts = slices.DeleteFunc(texts, func(s string) bool { return strings.TrimSpace(s) == "" })
	if len(texts) <= 1 {
		return texts
	}
	slices.Sort(texts)
	type counted struct {
		text string
		n    int
	}
	var list []counted
	for _, t := range texts {
		if last := len(list) - 1; last >= 0 && list[last].text == t {
			list[last].n++
			continue
		}
		list = append(list, counted{t, 1})
	}
	slices.SortStableFunc(list, func(a, b counted) int { return cmp.Compare(b.n, a.n) })
	texts = texts[:0]
	for _, c := range list[:min(2, len(list))] {
		texts = append(texts, c.text)
	}
	return texts
}
