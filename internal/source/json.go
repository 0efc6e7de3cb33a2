package source

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// ValuesSchema names the format that ReadValuesJSON reads.
const ValuesSchema = "unionboard/values/1"

// ReadValuesJSON reads one page of the format unionboard/values/1: the figures of one unit and period. It is strict: a key that
// is unknown, written in other case or there twice, and a value of the wrong kind refuse the whole page, and the Problem says
// where. Numbers and strings keep every digit.
func ReadValuesJSON(file string, data []byte) (Reading, error) {
	return readValuesJSON(file, data, MostRowsByHand)
}

// readValuesJSON is ReadValuesJSON with a limit of values, beyond which nothing is kept.
func readValuesJSON(file string, data []byte, most int) (Reading, error) {
	d, root, fault := parseTree(file, data, most)
	if fault != nil {
		return Reading{}, fault
	}
	top := members{doc: d}
	if fault := top.of(root, "", "schema", "unit", "period", "generated_at", "values", "next"); fault != nil {
		return Reading{}, fault
	}
	r, fault := top.reading()
	if fault != nil {
		return Reading{}, fault
	}
	return r, nil
}

func (m *members) reading() (r Reading, fault *assess.Problem) {
	schema, unit, period := m.must("schema"), m.must("unit"), m.must("period")
	if m.fault == nil && schema != ValuesSchema {
		return r, assess.Invalid("problem.json_schema",
			fmt.Sprintf("the schema is %s; this program reads %q", quoted(schema), ValuesSchema),
			"schema", Excerpt(schema), "want", ValuesSchema).At(m.place("schema"))
	}
	if made := m.may("generated_at"); made != "" {
		var err error
		if r.Made, err = time.Parse(time.RFC3339, made); err != nil {
			m.fail(assess.Invalid("problem.json_time",
				fmt.Sprintf("%s is not a time; write it as 2026-04-03T09:00:00+08:00", quoted(made)), "value", Excerpt(made)).At(m.place("generated_at")))
		}
	}
	r.Next = m.may("next")
	values := m.list("values")
	if m.fault != nil {
		return Reading{}, m.fault
	}
	lines := newLines(m.doc.data)
	for i, n := range values {
		entry, fault := m.doc.entry(n, "values["+strconv.Itoa(i)+"]")
		if fault != nil {
			return Reading{}, fault
		}
		entry.Unit, entry.PeriodText = assess.UnitCode(unit), period
		entry.Place = lines.place(m.doc.file, n.offset, entry.Place.Field)
		r.Entries = append(r.Entries, entry)
	}
	return r, nil
}

func (d *document) entry(n *node, path string) (assess.Entry, *assess.Problem) {
	m := members{doc: d}
	if fault := m.of(n, path, "code", "value", "state", "note", "part", "ref"); fault != nil {
		return assess.Entry{}, fault
	}
	e := assess.Entry{
		Place: assess.Place{Field: path}, Code: assess.Code(m.must("code")), Value: m.figure("value"), State: m.may("state"),
		Note: m.may("note"), Part: m.may("part"), Ref: m.may("ref"),
	}
	return e, m.fault
}

// members reads the values of an object's keys and remembers the first thing that was wrong.
type members struct {
	doc   *document
	path  string
	node  *node
	fault *assess.Problem
}

// of takes an object that may have the given keys and no other.
func (m *members) of(n *node, path string, keys ...string) *assess.Problem {
	m.node, m.path = n, path
	if n.kind != isObject {
		return m.doc.wrong(n, isObject, path)
	}
	for i, key := range n.keys {
		if slices.Contains(keys, key) {
			continue
		}
		hint := "the keys here are " + strings.Join(keys, ", ")
		for _, k := range keys {
			if strings.EqualFold(k, key) {
				hint = fmt.Sprintf("write it %q", k)
			}
		}
		return assess.Invalid("problem.json_key_unknown", fmt.Sprintf("the key %s is not known; %s", quoted(key), hint),
			"key", Excerpt(key), "keys", strings.Join(keys, ", ")).At(m.doc.place(n.items[i].offset, join(path, key)))
	}
	return nil
}

func join(path, key string) string {
	if path == "" {
		return Excerpt(key)
	}
	return path + "." + Excerpt(key)
}

func (m *members) get(key string) *node {
	if i := slices.Index(m.node.keys, key); i >= 0 && m.node.items[i].kind != isNull {
		return m.node.items[i]
	}
	return nil
}

func (m *members) place(key string) assess.Place {
	offset := m.node.offset
	if n := m.get(key); n != nil {
		offset = n.offset
	}
	return m.doc.place(offset, join(m.path, key))
}

func (m *members) fail(fault *assess.Problem) {
	if m.fault == nil {
		m.fault = fault
	}
}

// must answers the text of a key that has to be there.
func (m *members) must(key string) string {
	text := m.may(key)
	if text == "" {
		m.fail(assess.Invalid("problem.json_key_missing", fmt.Sprintf("the key %q is missing or empty; every %s needs it", key, m.what()),
			"key", key).At(m.place(key)))
	}
	return text
}

func (m *members) what() string {
	if m.path == "" {
		return "page"
	}
	return "value"
}

// may answers the text of a key, "" where it is absent or null.
func (m *members) may(key string) string { return m.text(key, isString) }

// figure is may for a key that can also be a number.
func (m *members) figure(key string) string { return m.text(key, isString, isNumber) }

func (m *members) text(key string, kinds ...nodeKind) string {
	n := m.get(key)
	if n == nil {
		return ""
	}
	if !slices.Contains(kinds, n.kind) {
		m.fail(m.doc.wrong(n, kinds[0], join(m.path, key)))
		return ""
	}
	return strings.TrimSpace(n.text)
}

// list answers the elements of a key that has to be there.
func (m *members) list(key string) []*node {
	n := m.get(key)
	switch {
	case n == nil:
		m.must(key)
		return nil
	case n.kind != isArray:
		m.fail(m.doc.wrong(n, isArray, key))
		return nil
	}
	return n.items
}

func (d *document) wrong(n *node, want nodeKind, path string) *assess.Problem {
	return assess.Invalid("problem.json_kind",
		fmt.Sprintf("here stands a JSON %s; the format wants a JSON %s", n.kind, want), "found", string(n.kind), "want", string(want)).
		At(d.place(n.offset, path))
}

// lines finds the line of one offset after the other without counting from the start each time.
type lines struct {
	data               []byte
	offset, line, from int // from: offset at which the line begins
}

func newLines(data []byte) *lines { return &lines{data: data, line: 1} }

// place answers the place of an offset that is not before the last one.
func (l *lines) place(file string, offset int, field string) assess.Place {
	for ; l.offset < offset; l.offset++ {
		if l.data[l.offset] == '\n' {
			l.line, l.from = l.line+1, l.offset+1
		}
	}
	return assess.Place{File: file, Line: l.line, Column: offset - l.from + 1, Field: field}
}
