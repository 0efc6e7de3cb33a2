package refund

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

//go:embed data/TSCharacters.txt
var traditional string

// simplified answers the simplified form of every traditional character of the basic plane, 0 for all others. The table is OpenCC's;
// of several forms it takes the first.
var simplified = sync.OnceValue(func() *[1 << 16]uint16 {
	table := new([1 << 16]uint16)
	for line := range strings.Lines(traditional) {
		from, to, found := strings.Cut(strings.TrimSpace(line), "\t")
		if !found || strings.HasPrefix(line, "#") {
			continue
		}
		first, _, _ := strings.Cut(to, " ")
		f, t := []rune(from), []rune(first)
		if len(f) == 1 && len(t) == 1 && f[0] < 1<<16 && t[0] < 1<<16 {
			table[f[0]] = uint16(t[0])
		}
	}
	return table
})

// fold answers a text as it is compared: compatibility forms made plain (full width, circled, composed), traditional characters
// simplified, letters in capitals, without white space and without what nobody sees.
func fold(s string) string {
	if plain(s) {
		return s
	}
	s = norm.NFKC.String(s)
	table := simplified()
	return strings.Map(func(r rune) rune {
		switch {
		case r < 1<<16 && table[r] != 0:
			return rune(table[r])
		case unicode.IsSpace(r), unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Mn, r):
			return -1
		}
		return unicode.ToUpper(r)
	}, s)
}

// plain tells that folding leaves a text as it is: figures, capitals, simple marks and simplified characters alone.
func plain(s string) bool {
	table := simplified()
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9', r >= 'A' && r <= 'Z', r == '(', r == ')', r == '-':
		case r >= 0x4E00 && r <= 0x9FA5 && table[r] == 0:
		default:
			return false
		}
	}
	return true
}

// blank tells what people write into a cell to say that they have nothing: a dash, zeros, 无, #N/A, with whatever marks around it.
func blank(folded string) bool {
	bare := strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsNumber(r) {
			return -1
		}
		return r
	}, folded)
	switch bare {
	case "无", "暂无", "未知", "不详", "NULL", "NONE", "NA", "空":
		return true
	}
	return strings.Trim(bare, "0") == ""
}
