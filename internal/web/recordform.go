package web

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/register"
)

// recordField is a column in the form of a record.
type recordField struct {
	Name, Label string
	ID          string // of the input
	Kind        string // "text", "long", "one", "several"
	Value       string
	Options     []option
	Required    bool
	Hints       []string
	Mode        string // inputmode
	Wrong, Ask  []string
}

// The names of the inputs: a column, and a word of a column that takes several.
const (
	writtenField = "v."
	wordField    = "c."
)

// written reads the columns of a form. Of a column that takes several words each has a box of its own.
func (l *registerView) written(r *http.Request) map[string]string {
	all := map[string]string{}
	for _, f := range l.writable() {
		if f.Type != "enum_set" {
			all[f.Name] = r.PostForm.Get(writtenField + f.Name)
			continue
		}
		var words []string
		for _, g := range f.Values {
			if r.PostForm.Has(wordField + f.Name + "." + string(g.Code)) {
				words = append(words, string(g.Code))
			}
		}
		all[f.Name] = strings.Join(words, register.ListSign)
	}
	return all
}

// fieldNames are the inputs of the form.
func (l *registerView) fieldNames() (names []string) {
	for _, f := range l.writable() {
		names = append(names, writtenField+f.Name)
		for _, g := range f.Values {
			if f.Type == "enum_set" {
				names = append(names, wordField+f.Name+"."+string(g.Code))
			}
		}
	}
	return names
}

// writable are the columns that people fill: whoever keeps the register of one unit does not say which, and of records that the program keeps
// only some are theirs.
func (l *registerView) writable() (fields []assess.Field) {
	for _, f := range l.Fields {
		if !f.System && (f.Name != l.Sign() || l.v.user.Unit == "") && (!l.own || register.ByHand(f)) {
			fields = append(fields, f)
		}
	}
	return fields
}

// form makes the fields of a form: what was written, held against what is kept, with what is found.
func (l *registerView) form(written, held map[string]string, found []register.Finding) (fields []recordField) {
	for _, f := range l.writable() {
		one := recordField{Name: writtenField + f.Name, ID: f.Name, Label: l.label(f), Kind: "text", Value: written[f.Name], Required: f.Required && (!f.Personal || held[f.Name] == "")}
		switch {
		case f.Type == "enum" || f.Type == "bool":
			one.Kind, one.Options = "one", l.choices(f, one.Value)
		case f.Type == "enum_set":
			one.Kind = "several"
			chosen := strings.Split(one.Value, register.ListSign)
			for _, g := range f.Values {
				one.Options = append(one.Options, option{wordField + f.Name + "." + string(g.Code), g.Name.In(l.v.lang()), slices.Contains(chosen, string(g.Code))})
			}
		case f.Name == l.Sign():
			one.Kind = "one"
			for _, u := range l.e.Roster.Units {
				one.Options = append(one.Options, option{string(u.Code), u.Name.In(l.v.lang()), string(u.Code) == one.Value})
			}
		case f.Type == "text":
			one.Kind = "long"
		case numeric(f) || f.Type == "date" || f.Type == "month" || f.Type == "phone":
			one.Mode = map[bool]string{true: "decimal", false: "numeric"}[f.Type == "decimal" || f.Type == "money_cny"]
		}
		one.Hints = l.hints(f, held[f.Name])
		for _, x := range found {
			if x.Column == f.Name && x.Level == register.Error {
				one.Wrong = append(one.Wrong, l.finding(x))
			}
		}
		fields = append(fields, one)
	}
	return fields
}

// hints say what a column wants.
func (l *registerView) hints(f assess.Field, held string) (hints []string) {
	if f.Personal {
		if held != "" {
			hints = append(hints, l.say("field.covered", "value", held))
		}
		if purpose := f.Purpose.In(l.v.lang()); purpose != "" {
			hints = append(hints, l.say("field.purpose", "purpose", purpose))
		}
	}
	if f.RequiredWhen != "" {
		hints = append(hints, l.say("field.sometimes"))
	}
	if note := f.Note.In(l.v.lang()); note != "" {
		hints = append(hints, note)
	}
	low, high := f.Range.Low, f.Range.High
	switch {
	case yearly(f):
	case low != nil && high != nil:
		hints = append(hints, l.say("field.between", "low", low.String(), "high", high.String()))
	case low != nil && !low.IsZero():
		hints = append(hints, l.say("field.atleast", "low", low.String()))
	}
	example := f.Example
	switch f.Type {
	case "date":
		example = "2026-03-31"
	case "month":
		example = "1992-05"
	case "string_list":
		hints = append(hints, l.say("field.list"))
	}
	if example != "" {
		hints = append(hints, l.say("field.example", "example", example))
	}
	return hints
}

// finding words what is wrong with a record; columns and words that it names stand in the reader's language.
func (l *registerView) finding(f register.Finding) string {
	if f.Problem == nil {
		return f.Name.In(l.v.lang())
	}
	p := *f.Problem
	if l.v.lang() == i18n.English {
		p.Args = maps.Clone(p.Args)
		for _, arg := range []string{"columns", "column", "rule", "words", "table"} {
			if text, ok := p.Args[arg]; ok {
				p.Args[arg] = l.inEnglish().Replace(text)
			}
		}
	}
	return l.v.problem(&p)
}

// inEnglish puts the English names of columns and words, which problems name as the definition has them first, in the place of the Chinese ones.
func (l *registerView) inEnglish() *strings.Replacer {
	names := map[string]string{register.ListSign: ", ", l.Name.ZH: l.Name.EN}
	if l.Above != nil {
		names[l.Above.Name.ZH] = l.Above.Name.EN
	}
	for _, f := range l.Fields {
		names[f.Label.ZH] = f.Label.EN
		for _, g := range f.Values {
			names[g.Name.ZH] = g.Name.EN
		}
	}
	delete(names, "")
	longest := slices.SortedFunc(maps.Keys(names), func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	var pairs []string
	for _, zh := range longest {
		pairs = append(pairs, zh, names[zh])
	}
	return strings.NewReplacer(pairs...)
}

// remark is a finding on top of a page; URL leads to its field.
type remark struct{ URL, Name, Text string }

// notices are the findings of a level, each with the name of its column.
func (l *registerView) notices(found []register.Finding, level register.Level) (all []remark) {
	for _, x := range found {
		if x.Level != level {
			continue
		}
		one := remark{Text: l.finding(x)}
		if f, ok := l.Column(x.Column); ok {
			one.URL, one.Name = "#"+f.Name, l.label(f)
		}
		all = append(all, one)
	}
	return all
}
