package workbook

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/width"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
)

// folded answers a text as it is compared: half-width, in small letters, without blanks.
func folded(text string) string {
	return strings.Join(strings.Fields(strings.ToLower(width.Fold.String(text))), "")
}

var (
	numbering = regexp.MustCompile(`^(?:[(]?(?:\d{1,3}|[一二三四五六七八九十]{1,3})[)、.．:]|[(](?:\d{1,3}|[一二三四五六七八九十]{1,3})[)])+`)
	partOf    = regexp.MustCompile(`^其中[:：,、]?`)
	brackets  = regexp.MustCompile(`[(][^()]*[)]`)
)

// bare answers the name of an item without what stands around it in tables: numbering, 其中, a unit of measure, a remark in brackets.
func bare(label string) string {
	text := folded(label)
	for {
		shorter := partOf.ReplaceAllString(numbering.ReplaceAllString(text, ""), "")
		if shorter == text {
			break
		}
		text = shorter
	}
	text = brackets.ReplaceAllString(strings.TrimRight(text, ":："), "")
	return strings.Trim(text, "、，,。.;；")
}

// measureIn answers the unit of measure in brackets in a label: 会费收入(万元).
func (n *names) measureIn(label string) string {
	for _, found := range brackets.FindAllString(folded(label), -1) {
		inside := strings.TrimPrefix(strings.TrimPrefix(strings.Trim(found, "()"), "单位"), ":")
		if n.isMeasure(inside) {
			return inside
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
				n.measures[folded(measure)] = true
			}
			for _, name := range append([]string{f.Item.Name.ZH, f.Item.Name.EN, string(f.Item.Code)}, f.Item.Aliases...) {
				if name = bare(name); name != "" && n.byName[name] == "" {
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
		f = n.look(bare(label))
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
		switch like := alike(name, known); {
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

// alike measures how much two names have in common: the share of pairs of neighbouring signs (Dice).
func alike(a, b string) float64 {
	pairs := func(s string) []string {
		runes := []rune(s)
		var all []string
		for i := range max(0, len(runes)-1) {
			all = append(all, string(runes[i:i+2]))
		}
		return all
	}
	of, in := pairs(a), pairs(b)
	total, common := len(of)+len(in), 0
	for _, pair := range of {
		if i := slices.Index(in, pair); i >= 0 {
			common++
			in = slices.Delete(in, i, i+1)
		}
	}
	if total == 0 {
		return 0
	}
	return 2 * float64(common) / float64(total)
}

// scales are what stands before a unit of measure, as powers of ten; the longer first.
func scales() []struct {
	word  string
	power int32
} {
	return []struct {
		word  string
		power int32
	}{{"千万", 7}, {"百万", 6}, {"十万", 5}, {"亿", 8}, {"万", 4}, {"千", 3}, {"百", 2}}
}

// isMeasure says whether a text is a unit of measure of the form, perhaps with 万 or the like before it.
func (n *names) isMeasure(text string) bool {
	text = folded(text)
	if text == "" {
		return false
	}
	if n.measures[text] || text == "万" || text == "亿" {
		return true
	}
	for _, s := range scales() {
		if rest, ok := strings.CutPrefix(text, s.word); ok && n.measures[rest] {
			return true
		}
	}
	return false
}

// power answers by which power of ten a figure in one measure is multiplied to be one in another; ok is false for measures of
// different things.
func power(from, to string) (n int32, ok bool) {
	from, to = folded(from), folded(to)
	if from == "" || from == to {
		return 0, true
	}
	for _, s := range scales() {
		if rest, cut := strings.CutPrefix(from, s.word); cut && (rest == to || rest == "") {
			return s.power, true
		}
	}
	return 0, false
}
