package source

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/unionboard/unionboard/internal/assess"
)

// Bounds of a JSON document: its levels, and the keys of one object, of which the format needs six.
const (
	deepest  = 20
	mostKeys = 100
)

// node is a value of a JSON document that was read strictly: no key twice, no invalid text, numbers and strings digit by digit.
type node struct {
	kind   nodeKind
	text   string // of a string or number; "true" or "false"
	keys   []string
	items  []*node // the elements of an array, the values of keys
	offset int
}

type nodeKind string

const (
	isObject nodeKind = "object"
	isArray  nodeKind = "array"
	isString nodeKind = "string"
	isNumber nodeKind = "number"
	isBool   nodeKind = "boolean"
	isNull   nodeKind = "null"
)

// document is a JSON document on its way to a tree.
type document struct {
	file string
	data []byte
	dec  *json.Decoder
	most int // elements of an array
}

// parseTree reads a document. Beyond the grammar it refuses what the standard library lets pass: a key twice, invalid UTF-8,
// half a surrogate pair, U+0000, more than 20 levels, anything after the end; and an array of more than most elements.
func parseTree(file string, data []byte, most int) (*document, *node, *assess.Problem) {
	d := &document{file: file, data: bytes.TrimPrefix(data, []byte{0xEF, 0xBB, 0xBF}), most: most}
	if !utf8.Valid(d.data) {
		return nil, nil, damaged(lineOf(file, d.data, brokenAt(d.data)))
	}
	var whole json.RawMessage
	if err := json.Unmarshal(d.data, &whole); err != nil {
		place := assess.Place{File: file}
		if bad, ok := errors.AsType[*json.SyntaxError](err); ok {
			place = lineOf(file, d.data, max(int(bad.Offset)-1, 0))
		}
		return nil, nil, assess.Invalid("problem.json_syntax",
			fmt.Sprintf("the document is not whole JSON (%s); send it complete, as one object", err), "reason", err.Error()).
			At(place).Because(err)
	}
	d.dec = json.NewDecoder(bytes.NewReader(d.data))
	d.dec.UseNumber()
	root, fault := d.node(1)
	if fault != nil {
		return nil, nil, fault
	}
	return d, root, nil
}

// place answers the line and column of an offset, with the path of the value.
func (d *document) place(offset int, path string) assess.Place {
	place := lineOf(d.file, d.data, offset)
	place.Field = path
	return place
}

// node reads the value that comes next. The grammar is known to be good, so a token always comes.
func (d *document) node(depth int) (*node, *assess.Problem) {
	n := &node{offset: d.next()}
	if depth > deepest {
		return nil, assess.Invalid("problem.json_depth",
			fmt.Sprintf("the document is nested more than %d levels deep; the format needs three", deepest)).At(d.place(n.offset, ""))
	}
	token, err := d.dec.Token()
	if err != nil {
		return nil, assess.Invalid("problem.json_syntax", "the document is not whole JSON; send it complete, as one object",
			"reason", err.Error()).At(d.place(n.offset, "")).Because(err)
	}
	switch v := token.(type) {
	case json.Delim:
		if v == '{' {
			n.kind = isObject
			return n, d.members(n, depth)
		}
		n.kind = isArray
		return n, d.elements(n, depth)
	case string:
		n.kind, n.text = isString, v
		return n, d.sound(v, n.offset)
	case json.Number:
		n.kind, n.text = isNumber, v.String()
	case bool:
		n.kind, n.text = isBool, strconv.FormatBool(v)
	default:
		n.kind = isNull
	}
	return n, nil
}

func (d *document) members(n *node, depth int) *assess.Problem {
	for d.dec.More() {
		at := d.next()
		token, err := d.dec.Token()
		key, ok := token.(string)
		if err != nil || !ok {
			return assess.Invalid("problem.json_syntax", "the document is not whole JSON; send it complete, as one object",
				"reason", "key").At(d.place(at, "")).Because(err)
		}
		if fault := d.sound(key, at); fault != nil {
			return fault
		}
		if slices.Contains(n.keys, key) {
			return assess.Invalid("problem.json_key_twice",
				fmt.Sprintf("the key %s is there twice; keep one of them", quoted(key)), "key", Excerpt(key)).At(d.place(at, ""))
		}
		if len(n.keys) == mostKeys {
			return assess.Invalid("problem.json_keys", fmt.Sprintf("an object has more than %d keys; the format needs six", mostKeys),
				"limit", strconv.Itoa(mostKeys)).At(d.place(at, ""))
		}
		value, fault := d.node(depth + 1)
		if fault != nil {
			return fault
		}
		n.keys, n.items = append(n.keys, key), append(n.items, value)
	}
	d.dec.Token() // the closing brace; the grammar is known to be good
	return nil
}

func (d *document) elements(n *node, depth int) *assess.Problem {
	for d.dec.More() {
		if len(n.items) == d.most {
			return TooManyRows(d.file, d.most)
		}
		value, fault := d.node(depth + 1)
		if fault != nil {
			return fault
		}
		n.items = append(n.items, value)
	}
	d.dec.Token() // the closing bracket
	return nil
}

// next answers the offset of the token that comes next.
func (d *document) next() int {
	i := int(d.dec.InputOffset())
	for i < len(d.data) && strings.IndexByte(" \t\r\n,:", d.data[i]) >= 0 {
		i++
	}
	return i
}

// sound refuses text that the standard library repaired, and U+0000.
func (d *document) sound(text string, offset int) *assess.Problem {
	if !strings.ContainsRune(text, utf8.RuneError) && strings.IndexByte(text, 0) < 0 {
		return nil
	}
	return assess.Invalid("problem.json_text",
		"the text holds a character that cannot be kept (a zero byte or half of one); send it again without").At(d.place(offset, ""))
}
