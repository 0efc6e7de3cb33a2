package source

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
)

// readXML reads <dataValueSet period= orgUnit=><dataValue dataElement= value= …/></dataValueSet>. Document types, and with them every
// entity that is not of XML itself, are refused.
func (v *valueSet) readXML(data []byte, most int) error {
	text, notes, fault := decode(v.file, data)
	if fault != nil {
		return fault
	}
	v.Notes = append(v.Notes, notes...)
	x := &xmlSet{valueSet: v, dec: xml.NewDecoder(bytes.NewReader(text)), most: most}
	x.dec.CharsetReader = func(name string, in io.Reader) (io.Reader, error) {
		switch strings.ToLower(name) {
		case "utf-8", "utf-16", "gb18030", "gbk", "gb2312": // decoded already, by what the bytes are
			return in, nil
		}
		return nil, fmt.Errorf("the encoding %s is not read", quoted(name))
	}
	for {
		line, column := x.dec.InputPos()
		token, err := x.dec.Token()
		switch {
		case errors.Is(err, io.EOF) && x.root:
			return nil
		case err != nil:
			return x.damaged(err)
		}
		if fault := x.take(token, assess.Place{File: v.file, Line: line, Column: column}); fault != nil {
			return fault
		}
	}
}

// xmlSet is a document on its way.
type xmlSet struct {
	*valueSet
	dec    *xml.Decoder
	root   bool // was there
	depth  int
	whole  dataValue // what the set says for all values
	values int
	most   int
}

func (x *xmlSet) damaged(err error) *assess.Problem {
	if errors.Is(err, io.EOF) {
		err = errors.New("it is empty")
	}
	line, column := x.dec.InputPos()
	return assess.Invalid("problem.xml_syntax", fmt.Sprintf("the document is not whole XML (%s); send it complete, as one dataValueSet", err), "reason", Excerpt(err.Error())).
		At(assess.Place{File: x.file, Line: line, Column: column}).Because(err)
}

func (x *xmlSet) take(token xml.Token, at assess.Place) *assess.Problem {
	switch t := token.(type) {
	case xml.Directive:
		return assess.Forbidden("problem.xml_doctype", "the document declares a document type, which is never read; send it without <!DOCTYPE …>").At(at)
	case xml.ProcInst:
		if t.Target != "xml" {
			return assess.Forbidden("problem.xml_instruction", "the document holds an instruction to programs, which is never followed; send it without <?…?>").At(at)
		}
	case xml.EndElement:
		x.depth--
	case xml.CharData:
		if len(bytes.TrimSpace(t)) > 0 && x.depth <= 1 {
			return assess.Invalid("problem.xml_text", "text stands outside of the values; values are written as attributes of <dataValue>").At(at)
		}
	case xml.StartElement:
		x.depth++
		return x.element(t, at)
	}
	return nil
}

// element takes the set, a value, or notes what else there is.
func (x *xmlSet) element(e xml.StartElement, at assess.Place) *assess.Problem {
	name := e.Name.Local
	if x.depth > deepest {
		return assess.Invalid("problem.xml_depth", fmt.Sprintf("the document is nested more than %d levels deep; the format needs two", deepest), "limit", strconv.Itoa(deepest)).At(at)
	}
	switch {
	case x.depth == 1 && (x.root || name != "dataValueSet"):
		return assess.Invalid("problem.xml_root", fmt.Sprintf("the document is a <%s>; send one <dataValueSet>", Excerpt(name)), "found", Excerpt(name)).At(at)
	case x.depth == 1:
		x.root = true
		get, fault := x.attributes(e, at, setFields())
		if fault != nil {
			return fault
		}
		x.whole = dataValue{unit: get("orgUnit"), period: get("period"), attribute: get("attributeOptionCombo")}
		return x.steers(get, func(field string) assess.Place { at.Field = field; return at })
	case x.depth != 2 || name != "dataValue":
		x.unknown(name, at)
		return nil
	}
	if x.values++; x.most > 0 && x.values > x.most {
		return TooManyRows(x.file, x.most)
	}
	get, fault := x.attributes(e, at, valueFields())
	if fault != nil {
		return fault
	}
	x.add(dataValue{
		place: at, element: get("dataElement"), unit: cmp.Or(get("orgUnit"), x.whole.unit), period: cmp.Or(get("period"), x.whole.period),
		value: get("value"), note: get("comment"), category: get("categoryOptionCombo"), attribute: cmp.Or(get("attributeOptionCombo"), x.whole.attribute),
		deleted: get("deleted"), followUp: cmp.Or(get("followUp"), get("followup")),
	})
	return nil
}

// attributes answers what reads the attributes of an element. One that is there twice, which the library lets pass, is refused.
func (x *xmlSet) attributes(e xml.StartElement, at assess.Place, known []string) (func(string) string, *assess.Problem) {
	if len(e.Attr) > mostKeys {
		return nil, assess.Invalid("problem.json_keys", fmt.Sprintf("an object has more than %d keys; the format needs six", mostKeys), "limit", strconv.Itoa(mostKeys)).At(at)
	}
	values := make(map[string]string, len(e.Attr))
	for _, a := range e.Attr {
		name := a.Name.Local
		if a.Name.Space != "" { // declarations of namespaces, and what is of others
			continue
		}
		if _, twice := values[name]; twice {
			return nil, assess.Invalid("problem.json_key_twice", fmt.Sprintf("the key %s is there twice; keep one of them", quoted(name)), "key", Excerpt(name)).At(at)
		}
		values[name] = strings.TrimSpace(a.Value)
		if !slices.Contains(known, name) {
			x.unknown(name, at)
		}
	}
	return func(name string) string { return values[name] }, nil
}
