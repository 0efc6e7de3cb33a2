package refund

import (
	_ "embed"
	"strings"
	"sync"
	"unicode/utf8"
)

//go:embed data/divisions.tsv
var divisionTable string

// Place is where a name or an address says that it is: as much of province, city and county as it says, as keys of their names
// without 省, 市, 区, 县.
type Place struct{ Province, City, County key }

// divisionNames are the names that a text may begin with, by their first three characters' bytes.
type divisionNames struct {
	byHead map[string][]divisionName
}

type divisionName struct {
	text  string // as it stands in texts: 辽宁省, 辽宁, 沈阳市, 沈阳, 和平区
	short bool   // without 省, 市
	level uint8  // 0 province, 1 city, 2 county
	key   key
}

var divisions = sync.OnceValue(func() divisionNames {
	d := divisionNames{byHead: map[string][]divisionName{}}
	seen := map[string]bool{}
	add := func(text string, short bool, level uint8, k key) {
		if mark := text + string('0'+level); seen[mark] || len(text) < 6 {
			return
		} else {
			seen[mark] = true
		}
		d.byHead[text[:3]] = append(d.byHead[text[:3]], divisionName{text, short, level, k})
	}
	for line := range strings.Lines(divisionTable) {
		code, name, found := strings.Cut(strings.TrimSpace(line), "\t")
		if !found || strings.HasPrefix(line, "#") {
			continue
		}
		switch {
		case strings.HasSuffix(code, "0000"):
			short := shortProvince(name)
			k, level := keyOf(short), uint8(0)
			if strings.HasSuffix(name, "市") {
				level = 1 // Beijing, Shanghai, Tianjin, Chongqing are cities in names
			}
			add(name, false, level, k)
			add(short, true, level, k)
		case strings.HasSuffix(code, "00"):
			short := strings.TrimSuffix(strings.TrimSuffix(name, "市"), "地区")
			add(name, false, 1, keyOf(short))
			if utf8.RuneCountInString(short) >= 2 {
				add(short, true, 1, keyOf(short))
			}
		default:
			short := shortCounty(name)
			add(name, false, 2, keyOf(short))
			// A county-level city calls itself without 市, as in 新民鑫源商贸; districts do not.
			if strings.HasSuffix(name, "市") && utf8.RuneCountInString(short) >= 2 {
				add(short, true, 2, keyOf(short))
			}
		}
	}
	for _, list := range d.byHead { // the longest first
		for i := range list {
			for j := i; j > 0 && len(list[j].text) > len(list[j-1].text); j-- {
				list[j], list[j-1] = list[j-1], list[j]
			}
		}
	}
	return d
})

// countyCodes answers the six digits of a county by the keys of its city and of itself.
var countyCodes = sync.OnceValue(func() map[key]int32 {
	codes := map[key]int32{}
	city := map[string]key{}
	for line := range strings.Lines(divisionTable) {
		code, name, found := strings.Cut(strings.TrimSpace(line), "\t")
		switch {
		case !found || strings.HasPrefix(line, "#"):
		case strings.HasSuffix(code, "0000"):
			city[code[:2]] = keyOf(shortProvince(name))
		case strings.HasSuffix(code, "00"):
			city[code[:4]] = keyOf(strings.TrimSuffix(strings.TrimSuffix(name, "市"), "地区"))
		default:
			k, ok := city[code[:4]]
			if !ok {
				k = city[code[:2]]
			}
			codes[k.with(keyOf(shortCounty(name)))] = digits6(code)
		}
	}
	return codes
})

func shortProvince(name string) string {
	for _, long := range []string{"内蒙古", "广西", "西藏", "宁夏", "新疆"} {
		if strings.HasPrefix(name, long) {
			return long
		}
	}
	return strings.TrimSuffix(strings.TrimSuffix(name, "省"), "市")
}

// shortCounty leaves 区, 县, 市 off where two characters are left.
func shortCounty(name string) string {
	for _, suffix := range []string{"自治县", "区", "县", "市"} {
		if short, ok := strings.CutSuffix(name, suffix); ok && utf8.RuneCountInString(short) >= 2 {
			return short
		}
	}
	return name
}

// cutPlace takes what a folded text begins with as a place off it: province, city, county, in this order, each at most once.
func cutPlace(text string) (Place, string) { return cut(text, true) }

// cutWholePlace does so where 省, 市, 区 or 县 are written out, as in addresses: 中山路 is a street.
func cutWholePlace(text string) (Place, string) { return cut(text, false) }

func cut(text string, short bool) (Place, string) {
	var p Place
	d := divisions()
	for next := uint8(0); next <= 2 && len(text) >= 6; {
		var found *divisionName
		for i, n := range d.byHead[text[:3]] {
			if n.level >= next && (short || !n.short) && strings.HasPrefix(text, n.text) {
				found = &d.byHead[text[:3]][i]
				break
			}
		}
		if found == nil {
			break
		}
		switch found.level {
		case 0:
			p.Province = found.key
		case 1:
			p.City = found.key
		case 2:
			p.County = found.key
		}
		text = text[len(found.text):]
		next = found.level + 1
	}
	return p, text
}

func (p Place) none() bool { return p == Place{} }
