package evidence

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// nameBytes is how long a cleaned name may be, its ending apart: what every file system takes, also of Chinese (3 bytes a sign).
const nameBytes = 200

// CleanName answers a name that is safe to show and to offer at download, for a file of a kind: no path, no control or invisible
// signs, nothing that turns the direction of writing, nothing a file system means something else by, and the kind's ending.
func CleanName(sent string, k Kind) string {
	name := strings.ToValidUTF8(sent, "")
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(plainRune, name)
	end := strings.ToLower(ending(name))
	stem := name
	if hasEnding(k, end) {
		stem = name[:len(name)-len(end)-1]
	} else {
		end = k.extensions[0]
	}
	stem = strings.Join(strings.Fields(stem), " ")
	stem = strings.Trim(cut(stem, nameBytes), ". ")
	if stem == "" {
		stem = "file"
	}
	if device.MatchString(stem) {
		stem = strings.TrimRight(cut("_"+stem, nameBytes), ". ")
	}
	return stem + "." + end
}

// device matches the names that Windows reads as a device, whatever stands behind their point.
var device = regexp.MustCompile(`(?i)^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])[ ]*(\.|$)`)

func hasEnding(k Kind, end string) bool {
	for _, e := range k.extensions {
		if e == end {
			return true
		}
	}
	return false
}

// plainRune leaves out what cannot be seen and replaces what file systems or shells read as more than a sign.
func plainRune(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case !unicode.IsGraphic(r):
		return -1
	case strings.ContainsRune(`<>:"|?*`, r):
		return '_'
	}
	return r
}

// cut shortens a text to some bytes, between signs.
func cut(s string, bytes int) string {
	if len(s) <= bytes {
		return s
	}
	for bytes > 0 && !utf8.RuneStart(s[bytes]) {
		bytes--
	}
	return s[:bytes]
}

// Disposition answers the Content-Disposition that makes a browser save a file under a cleaned name and never open it (RFC 6266,
// with the name as RFC 8187 wants it, and in ASCII for those that do not read that).
func Disposition(name string) string {
	var ascii, encoded strings.Builder
	for _, r := range name {
		if r < ' ' || r > '~' || strings.ContainsRune(`"\%`, r) {
			r = '_'
		}
		ascii.WriteRune(r)
	}
	for _, b := range []byte(name) {
		if b < utf8.RuneSelf && (unicode.IsLetter(rune(b)) || unicode.IsDigit(rune(b)) || strings.IndexByte("!#$&+-.^_`|~", b) >= 0) {
			encoded.WriteByte(b)
		} else {
			fmt.Fprintf(&encoded, "%%%02X", b)
		}
	}
	return `attachment; filename="` + ascii.String() + `"; filename*=UTF-8''` + encoded.String()
}
