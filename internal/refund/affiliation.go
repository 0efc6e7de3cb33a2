package refund

import (
	"fmt"
	"strings"
)

// Affiliation is the district that a union belongs to, and by what that is known.
type Affiliation struct {
	District int32 // six digits; a city's own code for industry unions of the city; 0 where it is not known
	// Broken says that the chain of unions above ends before a district, so that the columns of the rows had to tell.
	Broken bool
	// Doubt says that what stands in for a broken chain disagrees.
	Doubt bool
}

// localDistricts are the districts that the register itself has, by the keys of their names: what a text means that names no city.
type localDistricts map[key]int32

func districtsIn(unions []Union, kinds []UnionKind) localDistricts {
	local := localDistricts{}
	for i := range unions {
		if code := digits6(fold(unions[i].District)); kinds[i] == District && code != 0 {
			if p, _ := cutWholePlace(fold(unions[i].Name)); p.County != 0 {
				local[p.County] = code
			}
		}
	}
	return local
}

// of reads a district's code of six digits, else the district that the name of a tax office says.
func (d localDistricts) of(code, office string) int32 {
	if n := digits6(fold(code)); n != 0 {
		return n
	}
	return d.named(office)
}

func digits6(text string) int32 {
	if len(text) > 6 && within(text, "0123456789") && (len(text) == 9 || len(text) == 12) { // of a street or a village
		text = text[:6]
	}
	if len(text) != 6 || !within(text, "0123456789") || text[0] == '0' {
		return 0
	}
	n := int32(0)
	for i := range len(text) {
		n = n*10 + int32(text[i]-'0')
	}
	return n
}

func sixDigits(n int32) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%06d", n)
}

// named answers the district that a text begins with, such as 国家税务总局沈阳市和平区税务局; 0 for none.
func (d localDistricts) named(text string) int32 {
	text = fold(text)
	if text == "" {
		return 0
	}
	if i := strings.Index(text, "税务总局"); i >= 0 {
		text = text[i+len("税务总局"):]
	}
	p, _ := cutPlace(text)
	if code := countyCodes()[p.City.with(p.County)]; code != 0 {
		return code
	}
	if p.City == 0 {
		return d[p.County]
	}
	return 0
}

// affiliations answers for every union the district it belongs to: the chain of parents up to a district or an industry union, then its
// own column where the chain is broken.
func affiliations(unions []Union, kinds []UnionKind) []Affiliation {
	byID := make(map[string]int32, len(unions))
	for i := range unions {
		if _, twice := byID[unions[i].ID]; !twice {
			byID[unions[i].ID] = int32(i)
		}
	}
	out := make([]Affiliation, len(unions))
	for i := range unions {
		out[i] = affiliation(unions, kinds, byID, i)
	}
	return out
}

func affiliation(unions []Union, kinds []UnionKind, byID map[string]int32, i int) Affiliation {
	const longest = 12 // a chain that is longer runs in a circle
	at, last := i, int32(0)
	for range longest {
		u := &unions[at]
		own := digits6(fold(u.District))
		switch kind := kinds[at]; {
		case kind >= City && at != i && last%100 != 0: // a development zone under the city, that has a district of its own
			return Affiliation{District: last}
		case kind >= Industry && at != i && own != 0:
			return Affiliation{District: own}
		case at != i && own != 0:
			last = own
		}
		next, found := byID[strings.TrimSpace(u.Parent)]
		if kinds[at] == District && own == 0 { // a district that does not say which
			break
		}
		if blank(fold(u.Parent)) && at != i && own != 0 { // the register begins there
			return Affiliation{District: own}
		}
		if !found || int(next) == at {
			break
		}
		at = int(next)
	}
	own := digits6(fold(unions[i].District))
	switch {
	case own == 0:
		return Affiliation{District: last, Broken: true}
	case last != 0 && last != own:
		return Affiliation{District: own, Broken: true, Doubt: true}
	}
	return Affiliation{District: own, Broken: true}
}
