package catalog

import (
	"cmp"
	"slices"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
)

// spot is a place in a definition file, and the value that stands there (nil where the key is missing: then the place is that of
// the mapping it is missing from).
type spot struct {
	file         string
	line, column int
	node         *node
}

// rooted answers the spot of a file's whole content.
func rooted(file string, n *node) spot {
	return spot{file: file, line: n.line, column: n.column, node: n}
}

// key goes down to the value under a key. Where there is no such key the place stays and the node is nil.
func (s spot) key(name string) spot {
	if s.node != nil {
		if c := s.node.child(name); c != nil {
			return spot{file: s.file, line: c.line, column: c.column, node: c}
		}
	}
	s.node = nil
	return s
}

// name goes to the name of a key, for faults of the key itself.
func (s spot) name(key string) spot {
	if s.node != nil {
		for _, e := range s.node.keys {
			if e.name == key {
				return spot{file: s.file, line: e.line, column: e.column, node: e.value}
			}
		}
	}
	return s
}

// item goes down to an element of a list, from 0.
func (s spot) item(i int) spot {
	if s.node != nil && i < len(s.node.list) {
		c := s.node.list[i]
		return spot{file: s.file, line: c.line, column: c.column, node: c}
	}
	s.node = nil
	return s
}

// inside moves a spot by characters into a one-line text, for faults within an expression.
func (s spot) inside(character int) spot {
	if s.node != nil && s.node.text >= 0 {
		s.column += s.node.text + character
	}
	return s
}

// faults collects what is wrong.
type faults struct{ list assess.Problems }

// add notes a fault. The message is a sentence with {argument} placeholders, so that it reads the same here and in the
// catalogue of translations; the key gets the prefix "problem.definition_".
func (f *faults) add(at spot, key, message string, args ...string) {
	p := assess.Invalid("problem.definition_"+key, fill(message, args), args...)
	f.list = append(f.list, p.At(assess.Place{File: at.file, Line: at.line, Column: at.column}))
}

// err answers the faults in the order of the files' names and lines, nil where there are none.
func (f *faults) err() error {
	slices.SortStableFunc(f.list, func(a, b *assess.Problem) int {
		return cmp.Or(cmp.Compare(a.Place.File, b.Place.File), cmp.Compare(a.Place.Line, b.Place.Line), cmp.Compare(a.Place.Column, b.Place.Column))
	})
	return f.list.Err()
}

func fill(message string, args []string) string {
	pairs := make([]string, 0, len(args))
	for i := 0; i+1 < len(args); i += 2 {
		pairs = append(pairs, "{"+args[i]+"}", args[i+1])
	}
	return strings.NewReplacer(pairs...).Replace(message)
}
