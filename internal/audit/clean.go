package audit

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/unionboard/unionboard/internal/assess"
)

// clean answers the line with its time in UTC milliseconds and its control characters written as \u000a, so that nobody's text
// can look like a second line where the log is printed.
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

func cleanText(s string) string {
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
