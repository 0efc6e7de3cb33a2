package audit

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/unionboard/unionboard/internal/assess"
)

// clean answers the line with its time in UTC milliseconds, its control characters written as \u000a, so that nobody's text can look like a
// second line where the log is printed, and the numbers covered that people type into their reasons: the log is kept for years and is for readers
// who may not see them.
func clean(line assess.AuditLine) assess.AuditLine {
	line.At = time.UnixMilli(line.At.UnixMilli()).UTC()
	for _, field := range []*string{
		&line.Actor, &line.Address, &line.Action, &line.Object, (*string)(&line.Unit),
		&line.Before, &line.After, &line.Result, &line.Request,
	} {
		*field = cleanText(*field)
	}
	return line
}

// numbers are those of citizens and of bank accounts: no figure has so many digits. Joined to letters they are a part of something else.
var numbers = regexp.MustCompile(strings.NewReplacer("D", `[0-9０-９]`, "_", `[ 　-]`).Replace(`D{17}[XxＸｘ]|D{16,19}|D{6}_D{8}_D{3}[0-9０-９XxＸｘ]|D{4}(?:_D{4}){3}(?:_D{1,3})?`))

// covered answers a text with the first three and the last two digits of such numbers alone.
func covered(s string) string {
	if len(s) < 16 {
		return s
	}
	var b strings.Builder
	end := 0
	for _, at := range numbers.FindAllStringIndex(s, -1) {
		before, _ := utf8.DecodeLastRuneInString(s[:at[0]])
		after, _ := utf8.DecodeRuneInString(s[at[1]:])
		if joined(before) || joined(after) {
			continue
		}
		digits := []rune(s[at[0]:at[1]])
		b.WriteString(s[end:at[0]] + string(digits[:3]) + "****" + string(digits[len(digits)-2:]))
		end = at[1]
	}
	return b.String() + s[end:]
}

// joined says whether r makes a run of digits a part of a longer word: a digest, a number of a request, an account of the program's own.
func joined(r rune) bool {
	return r == '_' || r == '.' || r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

func cleanText(s string) string {
	s = covered(s)
	if utf8.ValidString(s) && strings.IndexFunc(s, breaks) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(s, string(utf8.RuneError)) {
		if breaks(r) {
			fmt.Fprintf(&b, `\u%04x`, r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// breaks says whether r could end a line, move the cursor or turn the direction of writing.
func breaks(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || unicode.Is(unicode.Bidi_Control, r)
}
