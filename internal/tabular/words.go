package tabular

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/width"
)

// Fold answers a text as it is compared: half-width, in small letters, without blanks.
func Fold(text string) string {
	return strings.Join(strings.Fields(strings.ToLower(width.Fold.String(text))), "")
}

var (
	numbering = regexp.MustCompile(`^(?:[(]?(?:\d{1,3}|[一二三四五六七八九十]{1,3})[)、.．:]|[(](?:\d{1,3}|[一二三四五六七八九十]{1,3})[)])+`)
	partOf    = regexp.MustCompile(`^其中[:：,、]?`)
	brackets  = regexp.MustCompile(`[(][^()]*[)]`)
)

// Bare answers the name of an item without what stands around it in tables: numbering, 其中, a unit of measure, a remark in brackets.
func Bare(label string) string {
	text := Fold(label)
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

// Remarks answers what stands in brackets in a label, folded: 会费收入(万元) has 万元, 金额（单位：元） has 元.
func Remarks(label string) []string {
	var all []string
	for _, found := range brackets.FindAllString(Fold(label), -1) {
		all = append(all, strings.TrimPrefix(strings.TrimPrefix(strings.Trim(found, "()"), "单位"), ":"))
	}
	return all
}

// Alike measures how much two names have in common, from 0 to 1: the share of pairs of neighbouring signs (Dice).
func Alike(a, b string) float64 {
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

// nothing is what people write for no figure. A zero is none of these.
var nothing = regexp.MustCompile(`^[-–—―－─/\\.…]+$`)

// Nothing says whether a text stands for no figure: —, …, /.
func Nothing(text string) bool { return nothing.MatchString(Fold(text)) }
