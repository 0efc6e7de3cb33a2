package trial

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
)

// enterprise is one of the made-up enterprises as it truly is.
type enterprise struct {
	place, brand, trade, form, tail string
	individual                      bool
	code                            string
	person, phone, address          string
	owner                           int // enterprises of one owner share the number
	head                            int // the enterprise that this is a branch of, -1 for none
	district                        int // where its union belongs
	paysIn                          int // where it pays
}

func (e *enterprise) name() string {
	if e.individual {
		return e.place + e.brand + e.trade
	}
	return e.place + e.brand + e.trade + e.form + e.tail
}

// world makes enterprises.
type world struct {
	*rand.Rand
	city   city
	brands []string
	codes  map[string]bool
}

func (w *world) pick(runes []rune) string { return string(runes[w.skewed(len(runes))]) }

// skewed answers a number below n, the low ones more often, as names are.
func (w *world) skewed(n int) int {
	return min(n-1, int(math.Pow(w.Float64(), 1.6)*float64(n)))
}

func (w *world) chance(p float64) bool { return w.Float64() < p }

func (w *world) makeBrands(n int) {
	seen := map[string]bool{}
	for tries := 0; len(w.brands) < n/3+200 && tries < n*4+4000; tries++ {
		b := w.pick(brandA) + w.pick(brandB)
		if w.chance(0.3) {
			b += w.pick(brandC)
		}
		if !seen[b] && utf8Len(b) >= 2 {
			seen[b] = true
			w.brands = append(w.brands, b)
		}
	}
}

func utf8Len(s string) int { return len([]rune(s)) }

func (w *world) personName() string {
	name := w.pick(surnames) + w.pick(given)
	if w.chance(0.75) {
		name += w.pick(given)
	}
	return name
}

func (w *world) phoneNumber() string {
	if w.chance(0.15) {
		return fmt.Sprintf("%s%08d", map[bool]string{true: "024", false: "0591"}[w.city.code == "210100"], 20000000+w.IntN(70000000))
	}
	return fmt.Sprintf("1%d%d%08d", 3+w.IntN(7), w.IntN(10), w.IntN(100000000))
}

func (w *world) place(d int) string {
	switch r := w.Float64(); {
	case r < 0.60:
		return w.city.name
	case r < 0.75:
		return w.city.name + "市"
	case r < 0.85:
		return w.city.province
	case r < 0.93:
		return w.city.name + "市" + w.city.districts[d].name
	case r < 0.96:
		return w.city.province + "省" + w.city.name + "市"
	}
	return ""
}

func (w *world) addressIn(d int) string {
	s := w.city.streets[w.IntN(len(w.city.streets))]
	number := 1 + w.IntN(399)
	room := ""
	switch r := w.Float64(); {
	case r < 0.4:
		room = fmt.Sprintf("%d室", 101+w.IntN(2600))
	case r < 0.6:
		room = fmt.Sprintf("%d号楼%d单元%d", 1+w.IntN(20), 1+w.IntN(4), 101+w.IntN(1500))
	case r < 0.7:
		room = fmt.Sprintf("%d门", 1+w.IntN(30))
	}
	return fmt.Sprintf("%s市%s%s%d号%s", w.city.name, w.city.districts[d].name, s, number, room)
}

const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// newCode gives out a code nobody has: department and category, area, organisation, both check digits.
func (w *world) newCode(department string, d int) string {
	for {
		area := w.city.districts[d].code
		if w.chance(0.08) {
			area = w.city.code
		}
		organisation := make([]byte, 8)
		for i := range organisation {
			organisation[i] = "0123456789"[w.IntN(10)]
		}
		if w.chance(0.75) { // codes since 2015 begin with MA
			organisation[0], organisation[1] = 'M', 'A'
			for i := 2; i < 8; i++ {
				organisation[i] = "0123456789ABCDEFGHJKLMNPQRTUWXY"[w.IntN(31)]
			}
		}
		code := department + area + string(organisation) + organisationCheck(organisation)
		code += string(check(code))
		if !w.codes[code] {
			w.codes[code] = true
			return code
		}
	}
}

func organisationCheck(b []byte) string {
	sum := 0
	for i, weight := range []int{3, 7, 9, 10, 5, 8, 4, 2} {
		v := int(b[i] - '0')
		if b[i] >= 'A' {
			v = int(b[i]-'A') + 10
		}
		sum += v * weight
	}
	switch d := (11 - sum%11) % 11; d {
	case 10:
		return "X"
	default:
		return string(rune('0' + d))
	}
}

func check(first17 string) byte {
	sum, weight := 0, 1
	for i := range 17 {
		sum += strings.IndexByte(alphabet, first17[i]) * weight
		weight = weight * 3 % 31
	}
	return alphabet[(31-sum%31)%31]
}

// enterprises makes n of them: owners with several, branches, sole traders, accountants' telephones, shared addresses.
func (w *world) enterprises(n int) []enterprise {
	w.makeBrands(n)
	var agencies, incubators []string
	for range n/600 + 2 {
		agencies = append(agencies, w.phoneNumber())
		incubators = append(incubators, w.addressIn(w.IntN(len(w.city.districts))))
	}
	list := make([]enterprise, 0, n)
	for owner := 0; len(list) < n; owner++ {
		first := w.enterprise(owner)
		if w.chance(0.03) {
			first.phone = agencies[w.IntN(len(agencies))]
		}
		if w.chance(0.03) {
			first.address = incubators[w.IntN(len(incubators))]
		}
		list = append(list, first)
		if w.chance(0.012) {
			list = append(list, w.namesake(first, owner))
		}
		switch {
		case first.individual:
		case w.chance(0.07):
			for range 1 + w.IntN(4) {
				list = append(list, w.sister(first))
			}
		case w.chance(0.03):
			head := len(list) - 1
			for range 1 + w.IntN(3) {
				list = append(list, w.branch(first, head))
			}
		}
	}
	return list[:n]
}

func (w *world) enterprise(owner int) enterprise {
	d := w.skewed(len(w.city.districts))
	e := enterprise{
		place: w.place(d), brand: w.brands[w.skewed(len(w.brands))], trade: trades[w.skewed(len(trades))], form: "有限公司", owner: owner, head: -1,
		person: w.personName(), phone: w.phoneNumber(), address: w.addressIn(d), district: d, paysIn: d,
	}
	department := "91"
	switch r := w.Float64(); {
	case r < 0.10:
		e.individual, department, e.form = true, "92", ""
		e.trade, e.place = shops[w.IntN(len(shops))], w.city.name+"市"+w.city.districts[d].name
		if w.chance(0.4) {
			e.brand = e.person
		}
	case r < 0.14:
		e.form = "有限责任公司"
	case r < 0.17:
		e.form = "股份有限公司"
	case r < 0.19:
		e.form = "厂"
	case r < 0.20:
		e.form, department, e.trade = "专业合作社", "93", "种植"
	case r < 0.21:
		e.form = "集团有限公司"
	}
	e.code = w.newCode(department, d)
	return e
}

// namesake is an enterprise of others with the same name, or nearly: registered elsewhere, as names are unique at one place alone.
func (w *world) namesake(of enterprise, owner int) enterprise {
	e := w.enterprise(owner)
	e.brand, e.trade, e.form, e.individual = of.brand, of.trade, of.form, of.individual
	if w.chance(0.3) {
		e.district, e.paysIn = of.district, of.paysIn
	}
	department := "91"
	if e.individual {
		department = "92"
		e.place = w.city.name + "市" + w.city.districts[e.district].name
	} else if e.place == of.place {
		e.place = map[bool]string{true: w.city.province, false: w.city.name}[of.place != w.city.province]
	}
	e.code = w.newCode(department, e.district)
	return e
}

// sister is another company of the same owner: the same person and telephone, often the same address and brand.
func (w *world) sister(of enterprise) enterprise {
	e := of
	e.trade = trades[w.IntN(len(trades))]
	if e.trade == of.trade {
		e.trade = "控股"
	}
	if w.chance(0.4) {
		e.brand = w.brands[w.skewed(len(w.brands))]
	}
	if w.chance(0.4) {
		e.address = w.addressIn(e.district)
	}
	if w.chance(0.2) {
		e.person = w.personName()
	}
	e.code = w.newCode("91", e.district)
	return e
}

func (w *world) branch(of enterprise, head int) enterprise {
	e := of
	e.head = head
	e.district = w.IntN(len(w.city.districts))
	e.paysIn = e.district
	where := strings.TrimRight(w.city.districts[e.district].name, "区县市")
	if w.chance(0.2) {
		where = w.city.name + where
	}
	e.tail = fmt.Sprintf(branches[w.IntN(len(branches))], where)
	e.address = w.addressIn(e.district)
	if w.chance(0.7) {
		e.person, e.phone = w.personName(), w.phoneNumber()
	}
	e.code = w.newCode("91", e.district)
	return e
}
