package trial

import (
	"fmt"
	"strings"
)

// clerk writes down what is true, and goes wrong now and then: strength 1 is as often as the shares below say.
type clerk struct {
	*world
	strength float64
}

func (c *clerk) slips(share float64) bool { return c.chance(min(share*c.strength, 0.95)) }

// code is an enterprise's code as the register of unions has it.
func (c *clerk) code(e *enterprise, all []enterprise, at int) string {
	switch {
	case e.individual && c.slips(0.35), c.slips(0.08):
		return ""
	case c.slips(0.020): // the union's own
		return c.newCode("81", e.district)
	case c.slips(0.004): // a neighbour's in the list, most often of the same owner
		other := (at + 1) % len(all)
		return all[other].code
	case c.slips(0.010):
		return e.code[8:16] + "-" + e.code[16:17]
	case c.slips(0.004):
		return e.code[:c.IntN(10)+6]
	}
	return c.typed(e.code)
}

// typed is a code as it is typed.
func (c *clerk) typed(code string) string {
	for _, share := range []float64{0.030, 0.006} {
		if c.slips(share) {
			code = c.slip(code)
		}
	}
	switch {
	case c.slips(0.02):
		code = strings.ToLower(code)
	case c.slips(0.02):
		code = wide(code)
	case c.slips(0.01):
		code = code[:min(6, len(code))] + " " + code[min(6, len(code)):]
	}
	return code
}

func (c *clerk) slip(code string) string {
	b := []byte(code)
	i := c.IntN(len(b))
	switch r := c.Float64(); {
	case r < 0.6:
		b[i] = alphabet[c.IntN(len(alphabet))]
		if c.chance(0.3) {
			b[i] = "OISZ"[c.IntN(4)]
		}
	case r < 0.8 && i+1 < len(b):
		b[i], b[i+1] = b[i+1], b[i]
	case r < 0.9:
		b = append(b[:i], b[i+1:]...)
	default:
		b = append(b[:i], append([]byte{b[i]}, b[i:]...)...)
	}
	return string(b)
}

func wide(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r > ' ' && r < 0x7F:
			return r + 0xFEE0
		case r == ' ':
			return 0x3000
		}
		return r
	}, s)
}

// name is an enterprise's name as somebody writes it.
func (c *clerk) name(e enterprise) string {
	if c.slips(0.04) {
		e = c.shorter(e)
	}
	if c.slips(0.06) {
		e.place = []string{"", c.city.name, c.city.name + "市", c.city.province + "省" + c.city.name + "市"}[c.IntN(4)]
	}
	if e.form == "有限公司" && c.slips(0.03) {
		e.form = "有限责任公司"
	}
	if e.tail != "" && c.slips(0.04) {
		e.tail = ""
	}
	if c.slips(0.02) {
		e.brand = c.sounding(e.brand)
	}
	if c.slips(0.005) {
		e.trade = c.sounding(e.trade)
	}
	name := e.name()
	if c.slips(0.02) {
		name = c.mistype(name)
	}
	switch {
	case c.slips(0.02):
		name = traditional(name)
	case c.slips(0.02):
		name = " " + name + "　"
	case c.slips(0.01) && e.place != "" && !e.individual: // 鑫源商贸（沈阳）有限公司
		name = e.brand + e.trade + "（" + strings.TrimSuffix(c.city.name, "市") + "）" + e.form + e.tail
	case e.individual && c.slips(0.05):
		name += "（个体工商户）"
	}
	return name
}

func (c *clerk) shorter(e enterprise) enterprise {
	trade := []rune(e.trade)
	switch r := c.Float64(); {
	case r < 0.3:
		e.form = ""
	case r < 0.5:
		e.place = ""
		e.form = ""
	case r < 0.7:
		e.place = ""
		e.form = "公司"
	case len(trade) > 2:
		e.trade = string(trade[:2])
	default:
		e.trade = ""
	}
	return e
}

func (c *clerk) sounding(s string) string {
	runes := []rune(s)
	for try := range len(runes) {
		i := (c.IntN(len(runes)) + try) % len(runes)
		for _, group := range alike {
			for _, r := range group {
				if r == runes[i] {
					runes[i] = group[c.IntN(len(group))]
					return string(runes)
				}
			}
		}
	}
	return s
}

func (c *clerk) mistype(s string) string {
	runes := []rune(s)
	i := c.IntN(len(runes))
	switch r := c.Float64(); {
	case r < 0.4:
		runes[i] = brandB[c.IntN(len(brandB))]
	case r < 0.7:
		runes = append(runes[:i], runes[i+1:]...)
	case r < 0.85:
		runes = append(runes[:i], append([]rune{runes[i]}, runes[i:]...)...)
	case i+1 < len(runes):
		runes[i], runes[i+1] = runes[i+1], runes[i]
	}
	return string(runes)
}

func traditional(s string) string {
	return strings.Map(func(r rune) rune {
		if t, ok := traditionalOf[r]; ok {
			return t
		}
		return r
	}, s)
}

func (c *clerk) person(e *enterprise) string {
	switch {
	case c.slips(0.06):
		return ""
	case c.slips(0.06): // another one since
		return c.personName()
	case c.slips(0.01):
		return c.sounding(e.person)
	case c.slips(0.01):
		return traditional(e.person)
	case c.slips(0.02) && utf8Len(e.person) == 2:
		r := []rune(e.person)
		return string(r[0]) + "　" + string(r[1])
	}
	return e.person
}

func (c *clerk) phone(e *enterprise) string {
	switch {
	case c.slips(0.06):
		return ""
	case c.slips(0.14):
		return c.phoneNumber()
	}
	p := e.phone
	switch {
	case strings.HasPrefix(p, "0") && c.slips(0.4):
		return strings.TrimPrefix(strings.TrimPrefix(p, "024"), "0591")
	case strings.HasPrefix(p, "0") && c.slips(0.5):
		return strings.Replace(strings.Replace(p, "024", "024-", 1), "0591", "(0591)", 1)
	case c.slips(0.03):
		return "+86 " + p
	case c.slips(0.05) && len(p) == 11:
		return p[:3] + " " + p[3:7] + " " + p[7:]
	case c.slips(0.02):
		return wide(p)
	case c.slips(0.02):
		return c.phoneNumber() + "/" + p
	}
	return p
}

func (c *clerk) addressOf(e *enterprise, d int) string {
	switch {
	case c.slips(0.08):
		return ""
	case c.slips(0.10):
		return c.addressIn(d)
	}
	a := e.address
	switch {
	case c.slips(0.15):
		a = strings.TrimPrefix(a, c.city.name+"市")
	case c.slips(0.10):
		a = c.city.province + "省" + a
	case c.slips(0.05):
		a = strings.Replace(a, "区", "区"+c.city.offices[c.IntN(len(c.city.offices))]+"街道", 1)
	}
	if c.slips(0.10) {
		a, _, _ = strings.Cut(a, "号")
		a += "号"
	}
	if c.slips(0.03) {
		a = wide(a)
	}
	return a
}

// yuan writes an amount as people do.
func (c *clerk) yuan(fen int64) string {
	plain := fmt.Sprintf("%d.%02d", fen/100, fen%100)
	switch r := c.Float64() / max(c.strength, 0.01); {
	case r < 0.02:
		return "￥" + grouped(plain)
	case r < 0.04:
		return grouped(plain)
	case r < 0.05:
		return wide(plain)
	case r < 0.06:
		return plain + "元"
	case r < 0.10:
		return strings.TrimSuffix(strings.TrimSuffix(plain, "0"), ".0")
	}
	return plain
}

func grouped(plain string) string {
	whole, rest, _ := strings.Cut(plain, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return whole + "." + rest
}
