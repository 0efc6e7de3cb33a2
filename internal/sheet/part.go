package sheet

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
)

// Bounds of an XML part.
const (
	deepestPart    = 64      // levels; spreadsheets need about ten
	mostAttributes = 256     // of one element
	longestToken   = 4 << 20 // bytes
)

var (
	errDoctype = errors.New("has a document type")
	errShape   = errors.New("is not one whole XML document")
)

// trail are the names from the root down to an element; those of foreign namespaces are "".
type trail []string

func (p trail) is(names ...string) bool {
	if len(p) != len(names) {
		return false
	}
	for i := len(p) - 1; i >= 0; i-- {
		if p[i] != names[i] {
			return false
		}
	}
	return true
}

// visitor sees the elements of a part. Each of its functions may be nil.
type visitor struct {
	open  func(trail, attributes) error
	text  func(trail, []byte)
	close func(trail) error // of the element that ends, still in the path
}

type attributes []xml.Attr

// get answers an attribute without a namespace, "" where there is none.
func (as attributes) get(name string) string {
	for _, a := range as {
		if a.Name.Space == "" && a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// relation answers the id that leads to a relation.
func (as attributes) relation() string {
	for _, a := range as {
		if a.Name.Local == "id" && a.Name.Space != "" {
			return a.Value
		}
	}
	return ""
}

func (as attributes) sound() bool {
	if len(as) > mostAttributes {
		return false
	}
	for i, a := range as {
		for _, b := range as[:i] {
			if a.Name == b.Name {
				return false
			}
		}
	}
	return true
}

// ours knows the namespaces whose elements have a meaning here; ISO 29500 has two forms of each.
func ours(space string) bool {
	switch space {
	case "http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main",
		"http://schemas.openxmlformats.org/package/2006/relationships", "http://schemas.openxmlformats.org/package/2006/content-types":
		return true
	}
	return false
}

// walk reads an XML part to its last byte: one root, every element closed, no attribute twice, no document type, nothing after
// the end. What the visitor objects to stops it.
func walk(r io.Reader, v visitor) error {
	m := &meter{r: r}
	d := xml.NewDecoder(m)
	w := walker{visitor: v}
	for {
		m.left = longestToken
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = w.token(token)
		}
		if err != nil {
			return err
		}
	}
	if w.roots != 1 || len(w.at) > 0 {
		return errShape
	}
	return nil
}

type walker struct {
	visitor
	at    trail
	roots int
	begun bool // something came before
}

func (w *walker) token(token xml.Token) error {
	first := !w.begun
	w.begun = true
	switch t := token.(type) {
	case xml.Directive:
		return errDoctype
	case xml.StartElement:
		return w.start(t)
	case xml.CharData:
		if len(w.at) == 0 {
			if first {
				t = bytes.TrimPrefix(t, []byte("\uFEFF"))
			}
			if len(bytes.Trim(t, " \t\r\n")) > 0 {
				return errShape
			}
		} else if w.text != nil {
			w.text(w.at, t)
		}
	case xml.EndElement:
		if w.close != nil {
			if err := w.close(w.at); err != nil {
				return err
			}
		}
		w.at = w.at[:len(w.at)-1] // the decoder has matched it with its start
	}
	return nil
}

func (w *walker) start(t xml.StartElement) error {
	if len(w.at) == 0 {
		w.roots++
	}
	name := ""
	if ours(t.Name.Space) {
		name = t.Name.Local
	}
	w.at = append(w.at, name)
	if w.roots > 1 || len(w.at) > deepestPart || !attributes(t.Attr).sound() {
		return errShape
	}
	if w.open == nil {
		return nil
	}
	return w.open(w.at, t.Attr)
}

// meter stops a reader that reads too much for one token.
type meter struct {
	r    io.Reader
	left int
}

// Read reads on until the token is too long.
func (m *meter) Read(b []byte) (int, error) {
	if m.left <= 0 {
		return 0, errShape
	}
	n, err := m.r.Read(b)
	m.left -= n
	return n, err
}
