package workbook

import (
	"strings"

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
	*tabular.Names
	items    map[assess.Code]*desk.Field
	measures map[string]bool
	roll     *roll
}

func namesOf(form *desk.Form) *names {
	n := &names{Names: tabular.NewNames(), items: map[assess.Code]*desk.Field{}, measures: map[string]bool{}, roll: rollOf(form)}
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
			n.Add(string(f.Item.Code), append([]string{f.Item.Name.ZH, f.Item.Name.EN, string(f.Item.Code)}, f.Item.Aliases...)...)
		}
	}
	return n
}

// match answers the item that a label names; unsure says that it is only like the name.
func (n *names) match(label string) (item assess.Code, unsure, ok bool) {
	code, unsure, ok := n.Match(label)
	return assess.Code(code), unsure, ok
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

// measuresIn answers the units of measure at the beginning of what stands behind 单位：, as 人、万元 has two.
func (n *names) measuresIn(text string) (all []string) {
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \u3000\u00a0\n\t,，、/和及", r) }) {
		if !n.isMeasure(part) {
			break
		}
		all = append(all, tabular.Fold(part))
	}
	return all
}

// wholeFor answers the unit of measure that a whole table gives to figures of a measure: that of its measures which measures the same,
// "" for none, all of them where it is not clear which.
func (n *names) wholeFor(whole, measure string) string {
	found := ""
	for _, one := range n.measuresIn(whole) {
		if _, ok := tabular.Power(one, measure); !ok {
			continue
		}
		if found != "" && found != one {
			return whole
		}
		found = one
	}
	return found
}
