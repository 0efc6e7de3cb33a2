package web

import (
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
)

// spot is something said about a field, in a list that leads to it.
type spot struct {
	URL, Name, Text string
	Number          int
}

// list answers the fields that keep says something about, through the whole form: what it says, and a link to the field.
func (o *opened) list(keep func(*opened, *desk.Field) string) []spot {
	var all []spot
	for i := range o.Sections {
		all = append(all, o.listed(&o.Sections[i], keep)...)
	}
	return all
}

func (o *opened) listed(s *desk.Section, keep func(*opened, *desk.Field) string) []spot {
	var all []spot
	for i := range s.Fields {
		f := &s.Fields[i]
		if text := keep(o, f); text != "" {
			all = append(all, spot{URL: o.at(string(s.Code)) + "#v-" + string(f.Item.Code), Name: o.text(f.Item.Name), Text: text, Number: f.Number})
		}
	}
	return all
}

func isReturned(o *opened, f *desk.Field) string {
	if f.Return == nil || f.Cell != assess.CellReturned {
		return ""
	}
	return o.returned(f.Return)
}

func isWrong(o *opened, f *desk.Field) string {
	for _, m := range f.Messages {
		if m.Level == desk.Error {
			return o.message(m)
		}
	}
	return ""
}

func wantsNote(o *opened, f *desk.Field) string {
	if f.Draft.Note != "" {
		return ""
	}
	for _, m := range f.Messages {
		if m.Level == desk.Warning {
			return o.message(m)
		}
	}
	return ""
}
