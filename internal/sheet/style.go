package sheet

import (
	"strconv"
	"strings"
)

// readKinds reads what the styles make of a number: a number, a percent or a date.
func (a *archive) readKinds(part string) (kinds []Kind, err error) {
	codes := map[int]string{}
	err = a.walk(part, visitor{open: func(at trail, as attributes) error {
		id, _ := strconv.Atoi(as.get("numFmtId")) // none is 0, the general format
		switch {
		case at.is("styleSheet", "numFmts", "numFmt"):
			codes[id] = as.get("formatCode")
		case at.is("styleSheet", "cellXfs", "xf"):
			kinds = append(kinds, kindOf(id, codes)) // the formats stand before the styles
		}
		return nil
	}})
	if kinds == nil {
		kinds = []Kind{}
	}
	return kinds, err
}

// kindOf answers what a number format shows. The numbers below 164 are built in; some of them are the dates of East Asia.
func kindOf(id int, codes map[int]string) Kind {
	if code, own := codes[id]; own {
		return kindOfCode(code)
	}
	switch {
	case id == 9 || id == 10:
		return Percent
	case id >= 14 && id <= 22, id >= 27 && id <= 36, id >= 45 && id <= 47, id >= 50 && id <= 58:
		return Date
	}
	return Number
}

// kindOfCode reads the first section of a format: 0.00% is a percent, yyyy"年"m"月" a date, 0"年" a number.
func kindOfCode(code string) Kind {
	if strings.EqualFold(code, "general") {
		return Number
	}
	kind := Number
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case ';':
			return kind
		case '"':
			i = past(code, i, '"')
		case '[':
			end := past(code, i, ']')
			if strings.Trim(strings.ToLower(code[i:end]), "[hms") == "" { // [h]:mm is a span of time, [Red] a colour
				return Date
			}
			i = end
		case '\\', '_', '*':
			i++ // shows or measures the next character
		case '%':
			kind = Percent
		case 'y', 'Y', 'm', 'M', 'd', 'D', 'h', 'H', 's', 'S':
			return Date
		}
	}
	return kind
}

// past answers where what began at i ends.
func past(code string, i int, end byte) int {
	if n := strings.IndexByte(code[i+1:], end); n >= 0 {
		return i + 1 + n
	}
	return len(code)
}
