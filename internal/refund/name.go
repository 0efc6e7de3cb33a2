package refund

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// Form is the form of organisation that a name ends with.
type Form uint8

// The forms that are told apart. FormNone is a name that does not say, as abbreviations do.
const (
	FormNone Form = iota
	FormLimited
	FormStock
	FormCompany // 公司, which both may mean
	FormPartnership
	FormCooperative
	FormSole // 个体工商户 in brackets
)

// Name is the name of an enterprise taken apart: 沈阳 + 鑫源机械 + 有限公司 + 和平分公司.
type Name struct {
	Place Place
	Core  string // trade name and trade, folded
	Form  Form
	Tail  string // branch, "" for the enterprise itself
}

// unionEnds are what a union's name adds to its enterprise's; the longest first.
var unionEnds = []string{
	"工会联合会委员会", "联合工会委员会", "基层工会委员会", "分工会委员会", "工会筹备委员会", "工会工作委员会", "工会委员会", "机关工会", "基层工会", "工会联合会",
	"联合工会", "工会分会", "分工会", "工会小组", "工会",
}

// forms are the endings of names; the longest first.
var forms = []struct {
	text string
	form Form
}{
	{"有限责任公司", FormLimited},
	{"股份有限公司", FormStock},
	{"有限合伙企业", FormPartnership},
	{"农民专业合作社", FormCooperative},
	{"农民专业合作社联合社", FormCooperative},
	{"个体工商户", FormSole},
	{"专业合作社", FormCooperative},
	{"股份公司", FormStock},
	{"有限公司", FormLimited},
	{"合伙企业", FormPartnership},
	{"总公司", FormCompany},
	{"合作社", FormCooperative},
	{"公司", FormCompany},
	{"有限", FormLimited},
}

// branch is a branch after the form of its enterprise: 有限公司 + 沈阳和平分公司.
var branch = regexp.MustCompile(`^(.+?(?:公司|集团|厂|企业|合作社|事务所))(.*(?:分公司|支公司|分店|门店|[0-9一二三四五六七八九十]店|分厂|分部|分所|分社|分院|分校|分行|支行|营业部|营业厅|营业所|办事处|经营部|项目部|销售部|服务部|加油站|分中心))$`)

var bracketed = regexp.MustCompile(`[(\[〔【《<]([^()\[\]〔〕【】《》<>]*)[)\]〕】》>]`)

const brackets = "()[]〔〕【】《》<>"

// branchOf answers the parts of a name with a branch; most names are told from those by their end alone.
func branchOf(text string) []string {
	if strings.HasSuffix(text, "公司") && !strings.HasSuffix(text, "分公司") && !strings.HasSuffix(text, "支公司") {
		return nil
	}
	return branch.FindStringSubmatch(text)
}

// ParseName takes a name apart, of an enterprise or of its union.
func ParseName(s string) Name {
	text := fold(s)
	var n Name
	if blank(text) {
		return n
	}
	if text = cutUnion(strings.Map(onlyName, text)); blank(text) {
		return n
	}
	n.Place, text = cutPlace(text)
	text = n.takeBrackets(text)
	text = cutUnion(text)
	if m := branchOf(text); m != nil {
		if rest, _ := cutForm(m[1]); rest != "" {
			text, n.Tail = m[1], branchKey(m[2])
		}
	}
	text, n.Form = formOf(text, n.Form)
	if n.Place.none() { // in front of what a bracket held
		n.Place, text = placeOf(text)
	}
	if text == "" { // a place is all there is
		return Name{Core: fold(s)}
	}
	n.Core = text
	return n
}

// onlyName drops the marks that carry nothing in a name; brackets stay until they are read.
func onlyName(r rune) rune {
	switch r {
	case '·', '.', ',', '、', '。', '-', '_', '"', '\'', '“', '”', '‘', '’', '*', ':', ';', '/', '\\', '•', '—':
		return -1
	}
	return r
}

func cutUnion(text string) string {
	for _, end := range unionEnds {
		if rest, ok := strings.CutSuffix(text, end); ok && rest != "" {
			return strings.TrimSuffix(rest, "机关")
		}
	}
	return text
}

// takeBrackets reads what stands in brackets: a place, a form, a branch, 集团; what was formerly or otherwise is left out.
func (n *Name) takeBrackets(text string) string {
	if !strings.ContainsAny(text, brackets) {
		return text
	}
	for range 4 {
		at := bracketed.FindStringSubmatchIndex(text)
		if at == nil {
			break
		}
		inner := text[at[2]:at[3]]
		put := ""
		if p, rest := cutPlace(inner); rest == "" && !p.none() {
			if n.Place.none() {
				n.Place = p
			}
		} else {
			put = n.takeBracket(inner)
		}
		text = text[:at[0]] + put + text[at[1]:]
	}
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(brackets, r) {
			return -1
		}
		return r
	}, text)
}

func (n *Name) takeBracket(inner string) string {
	switch {
	case strings.Contains(inner, "个体"):
		n.Form = FormSole
	case strings.Contains(inner, "合伙"):
		n.Form = FormPartnership
	case strings.HasPrefix(inner, "原"), strings.HasPrefix(inner, "曾用"), strings.HasPrefix(inner, "筹"), strings.Contains(inner, "独资"), inner == "盖章",
		inner == "中国":
	default:
		return inner
	}
	return ""
}

// formOf takes the form off a name that has two characters besides.
func formOf(text string, before Form) (string, Form) {
	rest, form := cutForm(text)
	if form == FormNone || form == FormCompany {
		if r, f := cutMistyped(text); f != FormNone {
			rest, form = r, f
		}
	}
	if form == FormNone || utf8.RuneCountInString(rest) < 1 {
		return text, before
	}
	if before != FormNone {
		form = before
	}
	return rest, form
}

func cutForm(text string) (string, Form) {
	for _, f := range forms {
		if rest, ok := strings.CutSuffix(text, f.text); ok {
			return rest, f.form
		}
	}
	return text, FormNone
}

// cutMistyped takes a form off in which one character is wrong, missing or too many: 有限公词.
func cutMistyped(text string) (string, Form) {
	runes := []rune(text)
	for _, form := range [][]rune{[]rune("有限责任公司"), []rune("股份有限公司"), []rune("有限公司")} {
		for _, n := range []int{len(form) - 1, len(form), len(form) + 1} {
			if at := len(runes) - n; at >= 2 && oneEdit(runes[at:], form) {
				return string(runes[:at]), FormLimited
			}
		}
	}
	return text, FormNone
}

// placeOf cuts a place where two characters of the name are left.
func placeOf(text string) (Place, string) {
	p, rest := cutPlace(text)
	if utf8.RuneCountInString(rest) < 2 {
		return Place{}, text
	}
	return p, rest
}

// branchKey answers what tells a branch from others of its enterprise: without city, 区, 县, 市 and the word for the company.
func branchKey(tail string) string {
	p, rest := cutPlace(tail)
	if p.County != 0 { // 和平区分公司 is 和平分公司
		county := strings.TrimSuffix(tail, rest)
		if i := strings.LastIndex(county, "市"); i >= 0 && i+3 < len(county) {
			county = county[i+3:]
		}
		return shortCounty(county) + rest
	}
	if p.none() || strings.HasPrefix(rest, "分") && utf8.RuneCountInString(rest) <= 3 && p.City == 0 {
		return strings.Replace(strings.Replace(tail, "区分", "分", 1), "县分", "分", 1)
	}
	if utf8.RuneCountInString(rest) <= 3 { // 沈阳分公司: the city is all there is
		return strings.Replace(tail, "市", "", 1)
	}
	return strings.Replace(strings.Replace(rest, "区分", "分", 1), "县分", "分", 1)
}
