package api

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// Guide is the description as people read it, in the order of its file.
type Guide struct {
	Groups   []Group
	Shapes   []Shape
	Problems []Listed
}

// Group is the calls about one thing.
type Group struct {
	Name  string
	Calls []Entry
}

// Entry is a call.
type Entry struct {
	ID, Method, Path string
	Scope            string // "" is open to everybody
	Summary          string
	About            Prose
	Parameters       []Parameter
	Body             []Form
	Answers          []Reply
	Example          string // path and query of a call
}

// Parameter is something a call can be told.
type Parameter struct {
	Name, In, Type string
	About          Prose
	Required       bool
}

// Reply is what a call is answered.
type Reply struct {
	Status string
	About  Prose
	Forms  []Form
}

// Form is the media type of a body and the shape it has, "" for none that is described by itself.
type Form struct{ Media, Shape string }

// Shape is an object that calls take or answer.
type Shape struct {
	Name   string
	About  Prose
	Fields []Field
}

// Field is a member of an object. Of is the shape it has, or its elements have.
type Field struct {
	Name, Type, Of string
	About          Prose
	Required       bool
}

// Prose is a text in pieces, what is to be typed or read literally among them.
type Prose []Piece

// Piece is a piece of it.
type Piece struct {
	Text string
	Code bool
}

// prose takes a text apart at its backticks.
func prose(text string) (p Prose) {
	for i, piece := range strings.Split(text, "`") {
		if piece != "" {
			p = append(p, Piece{piece, i%2 == 1})
		}
	}
	return p
}

// Listed is a problem with its code.
type Listed struct {
	Status int
	Code   string
	Means  string
}

// NewGuide reads the description for people.
func NewGuide() (*Guide, error) {
	var root yaml.MapSlice
	if err := yaml.UnmarshalWithOptions(source, &root, yaml.UseOrderedMap()); err != nil {
		return nil, fmt.Errorf("description of the API: %w", err)
	}
	d := description{tree(root)}
	g := &Guide{}
	for _, tag := range d.root.list("tags") {
		group := Group{Name: tag.text("name")}
		for _, path := range d.root.at("paths") {
			for _, method := range tree(object(path.Value)) {
				if entry, of := d.entry(path, method); slices.Contains(of, group.Name) {
					group.Calls = append(group.Calls, entry)
				}
			}
		}
		g.Groups = append(g.Groups, group)
	}
	for _, one := range d.root.at("components").at("schemas") {
		if shape := d.shape(fmt.Sprint(one.Key), object(one.Value)); len(shape.Fields) > 0 {
			g.Shapes = append(g.Shapes, shape)
		}
	}
	for _, one := range d.root.list("x-problems") {
		status, _ := one.get("status").(uint64)
		g.Problems = append(g.Problems, Listed{int(status), one.text("code"), one.text("means")})
	}
	return g, nil
}

// tree is an object of the description, its members in their order.
type tree yaml.MapSlice

func object(v any) tree {
	m, _ := v.(yaml.MapSlice)
	return tree(m)
}

func (t tree) get(key string) any {
	for _, item := range t {
		if fmt.Sprint(item.Key) == key {
			return item.Value
		}
	}
	return nil
}

func (t tree) at(key string) tree { return object(t.get(key)) }

func (t tree) text(key string) string {
	if v := t.get(key); v != nil {
		return strings.TrimSpace(fmt.Sprint(v))
	}
	return ""
}

func (t tree) list(key string) (all []tree) {
	items, _ := t.get(key).([]any)
	for _, item := range items {
		all = append(all, object(item))
	}
	return all
}

func (t tree) words(key string) (all []string) {
	items, one := t.get(key).([]any)
	if !one && t.get(key) != nil {
		return []string{t.text(key)}
	}
	for _, item := range items {
		all = append(all, fmt.Sprint(item))
	}
	return all
}

type description struct{ root tree }

// meant answers what an object is, where it only names another.
func (d description) meant(t tree) tree {
	ref := strings.TrimPrefix(t.text("$ref"), "#/")
	if ref == "" {
		return t
	}
	at := d.root
	for part := range strings.SplitSeq(ref, "/") {
		at = at.at(part)
	}
	return at
}

// entry reads a call; of are the groups it is in, none for what is no call.
func (d description) entry(path, method yaml.MapItem) (e Entry, of []string) {
	t := object(method.Value)
	e = Entry{ID: t.text("operationId"), Method: strings.ToUpper(fmt.Sprint(method.Key)), Path: fmt.Sprint(path.Key), Summary: t.text("summary"), About: prose(t.text("description"))}
	if e.ID == "" {
		return e, nil
	}
	for _, s := range t.list("security") {
		e.Scope = strings.Join(s.words("token"), ", ")
	}
	query := url.Values{}
	e.Example = e.Path
	for _, named := range append(object(path.Value).list("parameters"), t.list("parameters")...) {
		p := d.meant(named)
		one := Parameter{Name: p.text("name"), In: p.text("in"), Type: d.typed(p.at("schema")), About: prose(p.text("description")), Required: p.get("required") == true}
		e.Parameters = append(e.Parameters, one)
		example := strings.Join(p.words("example"), ",")
		switch {
		case one.In == "path":
			e.Example = strings.ReplaceAll(e.Example, "{"+one.Name+"}", example)
		case one.In == "query" && one.Required:
			query.Set(one.Name, example)
		}
	}
	if len(query) > 0 {
		e.Example += "?" + query.Encode()
	}
	e.Body = d.forms(t.at("requestBody").at("content"))
	for _, answer := range t.at("responses") {
		a := d.meant(object(answer.Value))
		e.Answers = append(e.Answers, Reply{fmt.Sprint(answer.Key), prose(a.text("description")), d.forms(a.at("content"))})
	}
	return e, t.words("tags")
}

func (d description) forms(content tree) (all []Form) {
	for _, one := range content {
		all = append(all, Form{fmt.Sprint(one.Key), shapeOf(object(one.Value).at("schema"))})
	}
	return all
}

// shapeOf answers the name of the shape that a schema only names.
func shapeOf(schema tree) string {
	ref := schema.text("$ref")
	return ref[strings.LastIndex(ref, "/")+1:]
}

func (d description) shape(name string, schema tree) Shape {
	s := Shape{Name: name, About: prose(schema.text("description"))}
	required := schema.words("required")
	for _, member := range schema.at("properties") {
		key, of := fmt.Sprint(member.Key), object(member.Value)
		f := Field{Name: key, Type: d.typed(of), About: prose(of.text("description")), Of: shapeOf(of), Required: slices.Contains(required, key)}
		if items := of.at("items"); f.Of == "" && items != nil {
			f.Of = shapeOf(items)
		}
		if meant := d.meant(object(d.root.at("components").at("schemas").get(f.Of))); f.Of != "" && len(meant.at("properties")) == 0 {
			if f.About == nil {
				f.About = prose(meant.text("description"))
			}
			f.Of = "" // a plain value with a name
		}
		s.Fields = append(s.Fields, f)
	}
	return s
}

// typed says what a value is: string, integer 1–10000 (1000), one of zh, en.
func (d description) typed(schema tree) string {
	schema = d.meant(schema)
	kind := strings.Join(schema.words("type"), ", ")
	if format := schema.text("format"); format != "" && format != "binary" {
		kind = format
	}
	if schema.get("const") != nil {
		kind = schema.text("const")
	}
	if items := schema.at("items"); items != nil {
		kind = "list"
		if inner := d.typed(items); inner != "" && inner != "object" {
			kind += " of " + inner
		}
	}
	if words := schema.words("enum"); words != nil {
		kind = strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), " | ")
	}
	low, high := schema.text("minimum"), schema.text("maximum")
	if low != "" && high != "" {
		kind += " " + low + "–" + high
	}
	if usual := schema.text("default"); usual != "" {
		kind += " (" + usual + ")"
	}
	return kind
}
