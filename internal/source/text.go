package source

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	utf16 "golang.org/x/text/encoding/unicode"

	"github.com/unionboard/unionboard/internal/assess"
)

// decode answers the bytes of a table as UTF-8 without a byte order mark. UTF-16 and GB18030 are recognised, and said in a note.
// A file that is damaged (cut in the middle of a character, NUL bytes) is refused.
func decode(file string, data []byte) (text []byte, notes []*assess.Problem, fault *assess.Problem) {
	text, name, fault := toUTF8(file, data)
	if fault != nil {
		return nil, nil, fault
	}
	if i := bytes.IndexByte(text, 0); i >= 0 {
		return nil, nil, assess.Invalid("problem.file_nul",
			"the file holds a zero byte, so it is damaged or not a table; save it again as CSV UTF-8 and hand that in").
			At(cellOf(file, text, i))
	}
	if name != "UTF-8" {
		notes = append(notes, assess.Invalid("problem.encoding_read",
			fmt.Sprintf("the file was read as %s; CSV UTF-8 is safer", name), "encoding", name).
			At(assess.Place{File: file}))
	}
	return text, notes, nil
}

func toUTF8(file string, data []byte) (text []byte, name string, fault *assess.Problem) {
	var (
		utf8Mark         = []byte{0xEF, 0xBB, 0xBF}
		utf16LE, utf16BE = []byte{0xFF, 0xFE}, []byte{0xFE, 0xFF}
	)
	switch {
	case bytes.HasPrefix(data, utf8Mark):
		text = data[len(utf8Mark):]
		if !utf8.Valid(text) {
			return nil, "", damaged(cellOf(file, text, brokenAt(text)))
		}
		return text, "UTF-8", nil
	case bytes.HasPrefix(data, utf16LE):
		return fromUTF16(file, data[2:], utf16.LittleEndian)
	case bytes.HasPrefix(data, utf16BE):
		return fromUTF16(file, data[2:], utf16.BigEndian)
	case len(data) >= 2 && data[0] != 0 && data[1] == 0: // heads are ASCII, so the first character tells
		return fromUTF16(file, data, utf16.LittleEndian)
	case len(data) >= 2 && data[0] == 0 && data[1] != 0:
		return fromUTF16(file, data, utf16.BigEndian)
	case utf8.Valid(data):
		return data, "UTF-8", nil
	case brokenUTF8(data):
		return nil, "", damaged(cellOf(file, data, brokenAt(data)))
	}
	return convert(file, data, "GB18030", simplifiedchinese.GB18030)
}

func fromUTF16(file string, data []byte, order utf16.Endianness) ([]byte, string, *assess.Problem) {
	if len(data)%2 != 0 {
		return nil, "", damaged(assess.Place{File: file})
	}
	return convert(file, data, "UTF-16", utf16.UTF16(order, utf16.IgnoreBOM))
}

func convert(file string, data []byte, name string, from encoding.Encoding) ([]byte, string, *assess.Problem) {
	text, err := from.NewDecoder().Bytes(data)
	if err != nil || bytes.ContainsRune(text, utf8.RuneError) {
		return nil, "", damaged(assess.Place{File: file})
	}
	return text, name, nil
}

// brokenUTF8 tells UTF-8 that was damaged from text in GB18030: it has more whole characters of three or four bytes than bytes
// that belong to none, or only its end is cut. In GB18030 such sequences come up by accident and seldom.
func brokenUTF8(data []byte) bool {
	whole, stray := 0, 0
	for rest := data; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		switch {
		case r == utf8.RuneError && size == 1:
			if stray == 0 && !utf8.FullRune(rest) {
				return true
			}
			stray++
		case size >= 3:
			whole++
		}
		rest = rest[size:]
	}
	return whole > stray
}

func damaged(at assess.Place) *assess.Problem {
	return assess.Invalid("problem.encoding",
		"the file is not whole text in UTF-8, UTF-16 or GB18030; save it again as CSV UTF-8 and hand that in").At(at)
}

// brokenAt answers the offset of the first byte that belongs to no character of UTF-8; the length of the text where there is none.
func brokenAt(text []byte) int {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(text)
}

// cellOf answers the line and the column of the cell of a table of text in which an offset lies.
func cellOf(file string, text []byte, offset int) assess.Place {
	lines := func(text []byte) []byte {
		return bytes.ReplaceAll(bytes.ReplaceAll(text, []byte("\r\n"), []byte{'\n'}), []byte{'\r'}, []byte{'\n'})
	}
	t := &table{file: file, text: lines(text)}
	comma, err := t.separator()
	if err != nil {
		comma = ','
	}
	t.text = lines(text[:min(offset+1, len(text))])
	r := t.reader(comma)
	r.LazyQuotes, r.ReuseRecord = true, true // the offset may lie between quotation marks
	place := assess.Place{File: file}
	for {
		record, err := r.Read()
		if err != nil {
			return place
		}
		place.Line, _ = r.FieldPos(len(record) - 1)
		place.Column = len(record)
	}
}

// lineOf answers the line and the byte column of an offset.
func lineOf(file string, text []byte, offset int) assess.Place {
	before := text[:min(offset, len(text))]
	return assess.Place{
		File:   file,
		Line:   1 + bytes.Count(before, []byte{'\n'}),
		Column: len(before) - bytes.LastIndexByte(before, '\n'),
	}
}

// Excerpt answers a piece of what was handed in for a message: short, on one line, with what nobody would see written out.
func Excerpt(s string) string {
	const most = 40
	if runes := []rune(s); len(runes) > most {
		s = string(runes[:most]) + "…"
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case unicode.IsControl(r):
			b.WriteByte(' ')
		case unicode.Is(unicode.Cf, r): // of no width, or turning the direction of what follows
			fmt.Fprintf(&b, "⟨U+%04X⟩", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// quoted is Excerpt between quotation marks.
func quoted(s string) string { return `"` + Excerpt(s) + `"` }
