package workbook

import (
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/tabular"
)

// measureIn answers the unit of measure in brackets in a label: 会费收入(万元).
func (n *names) measureIn(label string) string {
	for _, remark := range tabular.Remarks(label) {
		if n.isMeasure(remark) {
			return remark
		}
	}
	return ""
}

// names knows the names of the items that a form takes, and of their units of measure.
type names struct {
	items    map[assess.Code]*desk.Field
	byName   map[string]assess.Code // by bare name
	ordered  []string               // names in the order of the form
	measures map[string]bool
	found    map[string]found // what was looked up, by label
	likened  int              // how many labels were compared with every name
}

// found is what a label was found to name; item "" for nothing.
type found struct {
	item   assess.Code
	unsure bool
}

// mostLikened bounds the labels that are compared with every name: a table has some hundred, a file of chance has any number.
const mostLikened = 2_000

func namesOf(form *desk.Form) *names {
	n := &names{items: map[assess.Code]*desk.Field{}, byName: map[string]assess.Code{}, measures: map[string]bool{}, found: map[string]found{}}
	for i := range form.Sections {
		for j := range form.Sections[i].Fields {
			f := &form.Sections[i].Fields[j]
			if f.Kind != desk.Typed {
				continue
			}
			n.items[f.Item.Code] = f
			for _, measure := range []string{f.Item.Measure.ZH, f.Item.Measure.EN} {
				n.measures[tabular.Fold(measure)] = true
			}
			for _, name := range append([]string{f.Item.Name.ZH, f.Item.Name.EN, string(f.Item.Code)}, f.Item.Aliases...) {
				if name = tabular.Bare(name); name != "" && n.byName[name] == "" {
					n.byName[name] = f.Item.Code
					n.ordered = append(n.ordered, name)
				}
			}
		}
	}
	return n
}

// match answers the item that a label names; unsure says that it is only like the name.
func (n *names) match(label string) (item assess.Code, unsure, ok bool) {
	if len(label) > 300 {
		return "", false, false
	}
	f, known := n.found[label]
	if !known {
		f = n.look(tabular.Bare(label))
		n.found[label] = f
	}
	return f.item, f.unsure, f.item != ""
}

func (n *names) look(name string) found {
	if item, exact := n.byName[name]; exact {
		return found{item: item}
	}
	if runes := len([]rune(name)); runes < 3 || runes > 60 || n.likened == mostLikened {
		return found{}
	}
	n.likened++
	const enough, apart = 0.6, 0.05
	var item assess.Code
	best, second := 0.0, 0.0
	for _, known := range n.ordered {
		switch like := tabular.Alike(name, known); {
		case n.byName[known] == item:
			best = max(best, like)
		case like > best:
			item, best, second = n.byName[known], like, best
		case like > second:
			second = like
		}
	}
	if best < enough || best-second < apart {
		return found{}
	}
	return found{item, true}
}

// isMeasure says whether a text is a unit of measure of the form, perhaps with 万 or the like before it.
func (n *names) isMeasure(text string) bool {
	text = tabular.Fold(text)
	if text == "" {
		return false
	}
	if n.measures[text] || text == "万" || text == "亿" {
		return true
	}
	_, ok := tabular.Scaled(text, func(rest string) bool { return n.measures[rest] })
	return ok
}
