package refund

import (
	"strings"
	"unicode/utf8"
)

// The fields that are compared, in the order of a pattern.
const (
	fieldCode = iota
	fieldCore
	fieldPlace
	fieldForm
	fieldTail
	fieldPerson
	fieldPhone
	fieldAddress
	fieldDistrict
	fieldAccount
	fieldCount
)

// The levels of the fields. Level 0 is that one of the sides says nothing; it is worth no bits.
const (
	missing = 0

	codeEqual        = 1
	codeOrganisation = 2 // the organisation's nine characters are equal
	codeNear         = 3 // one edit apart, and one of them does not prove its spelling
	codeUnlike       = 4 // different, and one of them does not prove its spelling
	codeOpposed      = 5 // two whole codes that are different

	coreEqual    = 1
	coreSound    = 2 // written otherwise, sounds the same
	coreEdit     = 3 // one character wrong, missing, too many
	coreContains = 4 // one abbreviates the other
	coreHead     = 5 // the first two characters are the same
	coreDiffers  = 6

	placeEqual   = 1
	placeCoarser = 2
	placeDiffers = 3

	formSame    = 1
	formMay     = 2 // 公司 may be short for both
	formDiffers = 3

	tailSame    = 1
	tailOne     = 2 // on one side only
	tailDiffers = 3

	personEqual   = 1
	personSound   = 2
	personDiffers = 3

	phoneEqual   = 1
	phoneDiffers = 2

	addressRoom    = 1 // street, number and room
	addressStreet  = 2
	addressDiffers = 3

	districtEqual   = 1
	districtDiffers = 2

	accountEqual   = 1
	accountDiffers = 2
)

// pattern is how two records compare: the level of each field, four bits each, and which values of the union's agreed.
type pattern uint64

func (p pattern) level(field int) int            { return int(p >> (4 * field) & 15) }
func (p *pattern) set(field, level int)          { *p |= pattern(level) << (4 * field) }
func (p pattern) levels() pattern                { return p & (1<<(4*fieldCount) - 1) }
func (p pattern) which(field int) int            { return int(p >> (40 + field) & 1) }
func (p *pattern) agreed(field, unionsValue int) { *p |= pattern(unionsValue) << (40 + field) }
func (p pattern) has(field int, level ...int) bool {
	for _, l := range level {
		if p.level(field) == l {
			return true
		}
	}
	return false
}

// compare answers how a taxpayer and a union compare.
func compare(t, u *record) (p pattern) {
	p.set(fieldCode, compareCodes(t, u))
	compareNames(t, u, &p)
	comparePersons(t, u, &p)
	comparePhones(both(t, phoneOf), both(u, phoneOf), fieldPhone, &p)
	compareAddresses(t, u, &p)
	comparePhones(both(t, accountOf), both(u, accountOf), fieldAccount, &p)
	if t.district%100 != 0 && u.district%100 != 0 {
		if t.district == u.district {
			p.set(fieldDistrict, districtEqual)
		} else {
			p.set(fieldDistrict, districtDiffers)
		}
	}
	return p
}

func phoneOf(v *variant) key   { return v.phone }
func accountOf(v *variant) key { return v.account }

func both(r *record, of func(*variant) key) [2]key { return [2]key{of(r.v(0)), of(r.v(1))} }

func compareCodes(t, u *record) int {
	switch {
	case t.code == "" || u.code == "":
		return missing
	case t.whole && u.whole && t.codeKey != u.codeKey && t.org != u.org:
		return codeOpposed
	case t.code == u.code:
		return codeEqual
	case t.org != 0 && t.org == u.org:
		return codeOrganisation
	case t.whole && u.whole:
		return codeOpposed
	case oneEdit([]byte(t.code), []byte(u.code)):
		return codeNear
	}
	return codeUnlike
}

// compareNames takes the two names that are closest to each other.
func compareNames(t, u *record, p *pattern) {
	best := nameLevels{core: missing}
	which := 0
	for i := range 2 {
		for j := range 2 {
			if t.v(i).name.core == 0 || u.v(j).name.core == 0 {
				continue
			}
			if l := compareName(&t.v(i).name, &u.v(j).name); best.core == missing || l.closer(best) {
				best, which = l, j
			}
		}
	}
	p.set(fieldCore, best.core)
	p.set(fieldPlace, best.place)
	p.set(fieldForm, best.form)
	p.set(fieldTail, best.tail)
	p.agreed(fieldCore, which)
}

type nameLevels struct{ core, place, form, tail int }

func (l nameLevels) closer(other nameLevels) bool {
	if l.core != other.core {
		return l.core < other.core
	}
	return l.tail+l.place+l.form < other.tail+other.place+other.form
}

func compareName(a, b *nameKeys) (l nameLevels) {
	switch {
	case a.core == b.core:
		l.core = coreEqual
	case a.sound == b.sound:
		l.core = coreSound
	default:
		l.core = compareCores(a, b)
	}
	l.place = comparePlaces(a.place, b.place)
	switch {
	case a.form == FormNone || b.form == FormNone:
	case a.form == b.form:
		l.form = formSame
	case (a.form == FormCompany && b.form <= FormCompany) || (b.form == FormCompany && a.form <= FormCompany):
		l.form = formMay
	default:
		l.form = formDiffers
	}
	switch {
	case a.tail == 0 && b.tail == 0:
	case a.tail == b.tail:
		l.tail = tailSame
	case a.tail == 0 || b.tail == 0:
		l.tail = tailOne
	default:
		l.tail = tailDiffers
	}
	return l
}

func compareCores(a, b *nameKeys) int {
	if difference := len(a.runes) - len(b.runes); difference >= -4 && difference <= 4 {
		var x, y [40]rune
		if oneEdit(runesInto(x[:0], a.runes), runesInto(y[:0], b.runes)) {
			if x, y := runesInto(x[:0], a.runes), runesInto(y[:0], b.runes); len(x) > 2 && len(y) > 2 && !tellsApart(x, y) {
				return coreEdit
			}
		}
	}
	switch {
	case abbreviates(a.runes, b.runes) || abbreviates(b.runes, a.runes):
		return coreContains
	case a.head == b.head:
		return coreHead
	}
	return coreDiffers
}

// tellsApart tells that two names one edit apart differ by a character that enterprises are told apart by, such as 一 and 二.
func tellsApart(a, b []rune) bool {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	const telling = "0123456789一二三四五六七八九十甲乙丙丁东南西北中新老大小ABCDEFG"
	in := func(runes []rune) bool { return i < len(runes) && strings.ContainsRune(telling, runes[i]) }
	switch {
	case len(a) == len(b):
		return in(a) && in(b)
	case len(a) > len(b):
		return in(a)
	}
	return in(b)
}

func runesInto(into []rune, s string) []rune {
	for _, r := range s {
		into = append(into, r)
	}
	return into
}

// abbreviates tells that the characters of a short text stand in a longer one in their order, beginning with one of its first three.
func abbreviates(short, long string) bool {
	if len(short) < 6 || len(short) >= len(long) {
		return false
	}
	rest, n := long, 0
	for _, r := range short {
		found := false
		for i, c := range rest {
			if c == r {
				if n == 0 && i > 6 {
					return false
				}
				rest, found = rest[i+utf8.RuneLen(c):], true
				break
			}
		}
		if !found {
			return false
		}
		n++
	}
	return true
}

func comparePlaces(a, b Place) int {
	switch {
	case a.none() || b.none():
		return missing
	case a == b:
		return placeEqual
	case a.City != 0 && b.City != 0:
		if a.City != b.City || a.County != 0 && b.County != 0 && a.County != b.County {
			return placeDiffers
		}
		if a.County == b.County {
			return placeEqual
		}
		return placeCoarser
	case a.County != 0 && a.County == b.County:
		return placeEqual
	case a.City == 0 && b.City == 0 && a.County != 0 && b.County != 0:
		return placeDiffers
	case a.Province != 0 && a.Province == b.Province:
		return placeCoarser
	case a.Province != 0 && b.Province != 0:
		return placeDiffers
	case (a.City != 0 || a.County != 0) && (b.City != 0 || b.County != 0):
		return placeCoarser // a county and a city: which city the county is in is not said
	}
	return placeDiffers // of a province, and of a city: two names that the register keeps apart
}

func comparePersons(t, u *record, p *pattern) {
	if t.v(0).rep == 0 || u.v(0).rep == 0 {
		return
	}
	level, which := personDiffers, 0
	for i := range 2 {
		for j := range 2 {
			switch {
			case t.v(i).rep == 0 || u.v(j).rep == 0:
			case t.v(i).rep == u.v(j).rep && level > personEqual:
				level, which = personEqual, j
			case t.v(i).repSound == u.v(j).repSound && level > personSound:
				level, which = personSound, j
			}
		}
	}
	p.set(fieldPerson, level)
	p.agreed(fieldPerson, which)
}

// comparePhones compares telephone numbers, and accounts, which have the same two levels.
func comparePhones(t, u [2]key, field int, p *pattern) {
	if t[0] == 0 || u[0] == 0 {
		return
	}
	level, which := phoneDiffers, 0
	for _, a := range t {
		for j, b := range u {
			if a != 0 && a == b {
				level, which = phoneEqual, j
			}
		}
	}
	p.set(field, level)
	p.agreed(field, which)
}

func compareAddresses(t, u *record, p *pattern) {
	if t.v(0).address.street == 0 || u.v(0).address.street == 0 {
		return
	}
	level, which := addressDiffers, 0
	for i := range 2 {
		for j := range 2 {
			a, b := t.v(i).address, u.v(j).address
			switch {
			case a.street == 0 || a.street != b.street:
			case a.room == b.room && level > addressRoom:
				level, which = addressRoom, j
			case level > addressStreet:
				level, which = addressStreet, j
			}
		}
	}
	p.set(fieldAddress, level)
	p.agreed(fieldAddress, which)
}
