package catalog

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Limits on a definition file, several times those of the largest shipped one: the time the YAML parser takes grows with the
// square of the keys, and its stack with the depth.
const (
	maxFileBytes = 512 << 10
	maxDepth     = 60
)

// plainNumber is the only form of number a definition may use; it is also valid JSON. Without exponents no number is so large
// that exact arithmetic on it becomes expensive.
var plainNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,18})?$`)

// node is a value of a definition file with its place. Lines and columns count from 1, columns in characters.
type node struct {
	line, column int
	kind         nodeKind
	value        any     // bool, json.Number, string or nil; unset for lists and mappings
	list         []*node // of a list
	keys         []entry // of a mapping, in the order of the file
	// text is how many characters after column a one-line text begins, -1 where it stands on several lines.
	text int
}

type nodeKind uint8

const (
	scalar nodeKind = iota
	list
	mapping
)

// entry is a key of a mapping with its place and value.
type entry struct {
	name         string
	line, column int
	value        *node
}

// child answers the value under a key of a mapping, nil where there is none.
func (n *node) child(key string) *node {
	for _, e := range n.keys {
		if e.name == key {
			return e.value
		}
	}
	return nil
}

// plain answers n as JSON has it: map[string]any, []any, json.Number, string, bool, nil.
func (n *node) plain() any {
	switch n.kind {
	case list:
		values := make([]any, len(n.list))
		for i, c := range n.list {
			values[i] = c.plain()
		}
		return values
	case mapping:
		values := make(map[string]any, len(n.keys))
		for _, e := range n.keys {
			values[e.name] = e.value.plain()
		}
		return values
	}
	return n.value
}

// parse reads a YAML file as one tree of plain values. Anchors, tags and further documents are refused: a definition is read by
// people, who should not have to expand it in their heads.
func parse(file string, data []byte, found *faults) *node {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	start := spot{file: file, line: 1, column: 1}
	switch {
	case len(data) > maxFileBytes:
		found.add(start, "too_large", "the file has {bytes} bytes, more than the {limit} a definition may have; split it", "bytes", strconv.Itoa(len(data)), "limit", strconv.Itoa(maxFileBytes))
		return nil
	case !utf8.Valid(data):
		found.add(start, "not_utf8", "the file is not UTF-8; save it as UTF-8")
		return nil
	case deep(data):
		found.add(start, "too_deep", "the file nests more than {limit} levels; use fewer", "limit", strconv.Itoa(maxDepth))
		return nil
	}
	tree, err := parseYAML(data)
	if err != nil {
		addSyntax(file, err, found)
		return nil
	}
	if len(tree.Docs) > 1 {
		found.add(tokenSpot(file, tree.Docs[1].Start), "two_documents", "the file holds a second document after '---'; keep one document in a file")
		return nil
	}
	if len(tree.Docs) == 0 || tree.Docs[0].Body == nil {
		found.add(start, "empty", "the file is empty; see docs/frameworks.md for what belongs in it")
		return nil
	}
	r := reader{file: file, found: found}
	root := r.read(tree.Docs[0].Body, 0)
	if r.failed {
		return nil
	}
	return root
}

// parseYAML guards against a panic in the parser, which reads bytes from outside.
func parseYAML(data []byte) (tree *ast.File, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the YAML reader gave up: %v", p)
		}
	}()
	return parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
}

func addSyntax(file string, err error, found *faults) {
	at, detail := spot{file: file, line: 1, column: 1}, err.Error()
	if syntax, ok := errors.AsType[*yaml.SyntaxError](err); ok {
		at, detail = tokenSpot(file, syntax.Token), syntax.Message
	}
	found.add(at, "syntax", "this is not YAML: {detail}; check indentation, quotes and brackets here and on the line above", "detail", detail)
}

func tokenSpot(file string, t *token.Token) spot {
	if t == nil || t.Position == nil {
		return spot{file: file, line: 1, column: 1}
	}
	return spot{file: file, line: t.Position.Line, column: t.Position.Column}
}

// reader turns the parser's tree into nodes and notes what a definition may not contain.
type reader struct {
	file   string
	found  *faults
	failed bool
}

func (r *reader) read(n ast.Node, depth int) *node {
	if depth > maxDepth {
		return r.refuse(n, "too_deep", "the file nests more than {limit} levels; use fewer", "limit", strconv.Itoa(maxDepth))
	}
	at := tokenSpot(r.file, n.GetToken())
	out := &node{line: at.line, column: at.column}
	switch n := n.(type) {
	case *ast.MappingNode:
		return r.mapping(n, depth)
	case *ast.MappingValueNode:
		return r.mapping(&ast.MappingNode{BaseNode: n.BaseNode, Start: n.Key.GetToken(), Values: []*ast.MappingValueNode{n}}, depth)
	case *ast.SequenceNode:
		out.kind = list
		for _, v := range n.Values {
			out.list = append(out.list, r.read(v, depth+1))
		}
	case *ast.StringNode:
		out.value, out.text = n.Value, textStart(n.Token)
	case *ast.LiteralNode:
		out.value, out.text = n.Value.Value, -1
	case *ast.BoolNode:
		out.value = n.Value
	case *ast.NullNode:
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		text := n.GetToken().Value
		if !plainNumber.MatchString(text) {
			return r.refuse(n, "number", "{value} is not a plain decimal number; write it like 12 or 0.5, or in quotes if it is a code", "value", text)
		}
		out.value = json.Number(text)
	default:
		return r.refuse(n, "fancy_yaml", "anchors (&), aliases (*) and tags (!) are not used in definitions; write the value out, or put it in quotes")
	}
	return out
}

func (r *reader) mapping(m *ast.MappingNode, depth int) *node {
	out := &node{kind: mapping}
	at := tokenSpot(r.file, m.Start)
	if len(m.Values) > 0 && !m.IsFlowStyle {
		at = tokenSpot(r.file, m.Values[0].Key.GetToken())
	}
	out.line, out.column = at.line, at.column
	seen := make(map[string]bool, len(m.Values))
	for _, v := range m.Values {
		name, ok := r.key(v.Key)
		if !ok {
			continue
		}
		at := tokenSpot(r.file, v.Key.GetToken())
		if seen[name] {
			r.failed = true
			r.found.add(at, "key_twice", "the key {key} stands here twice; keep one", "key", name)
			continue
		}
		seen[name] = true
		out.keys = append(out.keys, entry{name: name, line: at.line, column: at.column, value: r.read(v.Value, depth+1)})
	}
	return out
}

func (r *reader) key(k ast.MapKeyNode) (string, bool) {
	switch k := k.(type) {
	case *ast.StringNode:
		return k.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.NullNode:
		return k.GetToken().Value, true
	}
	r.refuse(k, "fancy_yaml", "anchors (&), aliases (*) and tags (!) are not used in definitions; write the value out, or put it in quotes")
	return "", false
}

func (r *reader) refuse(n ast.Node, key, message string, args ...string) *node {
	r.failed = true
	r.found.add(tokenSpot(r.file, n.GetToken()), key, message, args...)
	return &node{}
}

func textStart(t *token.Token) int {
	switch {
	case strings.Contains(strings.TrimSpace(t.Origin), "\n"):
		return -1
	case t.Type == token.SingleQuoteType || t.Type == token.DoubleQuoteType:
		return 1
	}
	return 0
}

// deep says whether brackets, or dashes on one line, nest deeper than any definition does; the parser is recursive and must not
// be handed such a file.
func deep(data []byte) bool {
	open, dashes := 0, 0
	for i, c := range data {
		switch c {
		case '[', '{':
			if open++; open > maxDepth*4 {
				return true
			}
		case ']', '}':
			open = max(0, open-1)
		case '\n':
			dashes = 0
		case '-', '?':
			if i+1 < len(data) && data[i+1] == ' ' {
				if dashes++; dashes > maxDepth*4 {
					return true
				}
			}
		}
	}
	return false
}
