package paper

import (
	"strings"
	"unicode"
)

// What may not stand at the beginning of a line, and what not at its end (GB/T 15834).
const (
	noBegin = "、，。；：？！）】》〉」』”’…％%‰℃～·)]}>,.;:?!"
	noEnd   = "（【《〈「『“‘([{<"
)

// wrap breaks text into lines of a width. Chinese breaks between any two characters but not before closing marks or after opening
// ones; words, numbers and what belongs to them stay whole unless they are wider than a line.
func (s *sheets) wrap(text string, size, width float64) (lines []string) {
	line, wide := "", 0.0
	for _, piece := range pieces(s.clean(text)) {
		w := s.width(size, strings.TrimRight(piece, " "))
		if line != "" && wide+w > width {
			lines, line, wide = append(lines, strings.TrimRight(line, " ")), "", 0
		}
		for w > width { // wider than a line: break it anywhere
			letters, n := []rune(piece), 1
			for n < len(letters)-1 && s.width(size, string(letters[:n+1])) <= width {
				n++
			}
			if n == len(letters) {
				break
			}
			lines, piece = append(lines, string(letters[:n])), string(letters[n:])
			w = s.width(size, piece)
		}
		line += piece
		wide += s.width(size, piece)
	}
	return append(lines, strings.TrimRight(line, " "))
}

// height answers what a paragraph takes.
func (s *sheets) height(text string, size, width float64) float64 {
	return float64(len(s.wrap(text, size, width))) * size * leading
}

// pieces cuts text where a line may end. A blank belongs to the piece before it.
func pieces(text string) (list []string) {
	begin, letters := 0, []rune(text)
	for i := 1; i < len(letters); i++ {
		if breaks(letters[i-1], letters[i]) {
			list, begin = append(list, string(letters[begin:i])), i
		}
	}
	if begin < len(letters) {
		list = append(list, string(letters[begin:]))
	}
	return list
}

// breaks says whether a line may end between two characters.
func breaks(before, after rune) bool {
	switch {
	case after == ' ' || strings.ContainsRune(noBegin, after) || strings.ContainsRune(noEnd, before):
		return false
	case before == ' ':
		return true
	}
	return isHan(before) || isHan(after)
}

// isHan says whether a character is as wide as it is high and breaks from its neighbours.
func isHan(r rune) bool {
	return unicode.Is(unicode.Han, r) || r >= 0x3000 && r <= 0x303F || r >= 0xFF00 && r <= 0xFFEF
}
