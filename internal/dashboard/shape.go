package dashboard

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/token"

	"github.com/unionboard/unionboard/internal/assess"
)

// deepest is how many brackets, or marks of lists on one line, may stand within each other; a page needs six.
const deepest = 60

// plainText answers a file without the mark that Windows editors put before its text, and refuses one in another encoding: its names
// would be shown as nonsense.
func plainText(name string, content []byte) ([]byte, *assess.Problem) {
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	if utf8.Valid(content) {
		return content, nil
	}
	line := 1
	for len(content) > 0 {
		r, size := utf8.DecodeRune(content)
		if r == utf8.RuneError && size == 1 {
			break
		}
		if r == '\n' {
			line++
		}
		content = content[size:]
	}
	return nil, assess.Invalid("problem.dashboard_utf8", "the file is not UTF-8; save it as UTF-8").At(assess.Place{File: name, Line: line})
}

// checkShape refuses what the parser must not be handed: aliases, a few lines of which stand for more text than any machine holds, and
// nesting so deep that the parser's memory, which grows with its square, ends before the file does.
func checkShape(name string, content []byte) *assess.Problem {
	open, marks, line := 0, 0, 0
	for _, t := range lexer.Tokenize(string(content)) {
		at := assess.Place{File: name, Line: t.Position.Line, Column: t.Position.Column}
		if t.Position.Line != line {
			line, marks = t.Position.Line, 0
		}
		switch t.Type {
		case token.AnchorType, token.AliasType, token.TagType, token.MergeKeyType:
			return assess.Invalid("problem.dashboard_alias",
				fmt.Sprintf("%s stands here; anchors (&), aliases (*) and tags (!) are not used in pages: write the value out, or put it in quotes", t.Value), "value", t.Value).At(at)
		case token.MappingStartType, token.SequenceStartType:
			open++
		case token.MappingEndType, token.SequenceEndType:
			open--
		case token.SequenceEntryType, token.MappingKeyType:
			marks++
		}
		if max(open, marks) > deepest {
			return assess.Invalid("problem.dashboard_deep", fmt.Sprintf("the file nests more than %d levels; use fewer", deepest), "limit", strconv.Itoa(deepest)).At(at)
		}
	}
	return nil
}
