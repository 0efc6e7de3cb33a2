package refund

import "strings"

// UnionKind is what a union is in the affiliation.
type UnionKind int8

// The kinds of union, as the register's union_type and status say.
const (
	Grassroots UnionKind = iota // of one enterprise: the only kind that is paid on its own account
	Joint                       // of several enterprises; its account is not the enterprise's own
	Branch                      // 分工会, 工会小组: never a payee
	Local                       // township, street, park, development zone: between enterprise and district
	Industry                    // 产业工会, of a city or a district
	District                    // 区县总工会
	City                        // 市总工会
	Province                    // 省总工会 and above
)

// State is whether a union exists.
type State uint8

// The states of a union.
const (
	Active State = iota
	Dissolved
	Unsure // the word is not known: nobody is refunded by it without a person
)

// kindOf reads a union's type; where it says nothing the end of the name is asked.
func kindOf(unionType, name string) UnionKind {
	if kind, known := kindIn(fold(unionType)); known {
		return kind
	}
	name = strings.TrimSuffix(fold(name), "委员会")
	for _, end := range []struct {
		text string
		kind UnionKind
	}{{"总工会", -1}, {"产业工会", Industry}, {"街道工会", Local}, {"乡工会", Local}, {"镇工会", Local}, {"联合工会", Joint}, {"工会联合会", Joint}, {"分工会", Branch}} {
		if !strings.HasSuffix(name, end.text) {
			continue
		}
		if end.kind >= 0 {
			return end.kind
		}
		kind, _ := kindIn(name)
		return kind
	}
	return Grassroots
}

// kindIn reads the words that types are called by, in Chinese and English.
func kindIn(text string) (UnionKind, bool) {
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(text, w) {
				return true
			}
		}
		return false
	}
	switch {
	case text == "":
		return 0, false
	case has("全国总工会", "省总工会", "自治区总工会", "省级", "PROVINC", "NATIONAL"):
		return Province, true
	case has("开发区总工会", "新区总工会", "园区总工会", "镇总工会", "街道总工会", "乡总工会", "SUBDISTRICT", "SUB-DISTRICT", "TOWN", "STREET"):
		return Local, true
	case has("区县总工会", "区总工会", "县总工会", "旗总工会", "县级市总工会", "区县级", "县级", "区级", "DISTRICT", "COUNTY"):
		return District, true
	case has("市总工会", "市级", "CITY", "MUNICIP"):
		return City, true
	case has("产业", "INDUSTR", "SECTOR"):
		return Industry, true
	case has("分工会", "工会小组", "工会分会", "BRANCH", "SUB"):
		return Branch, true
	case has("联合基层", "联合工会", "联合会", "JOINT", "UNITED"):
		return Joint, true
	case has("基层", "企业工会", "单独", "独立", "GRASS", "ENTERPRISE", "PRIMARY", "BASIC"):
		return Grassroots, true
	case has("乡镇", "街道", "园区", "开发区", "社区", "村工会", "系统", "PARK", "ZONE"):
		return Local, true
	case has("总工会", "FEDERATION"):
		return District, true
	}
	return 0, false
}

// above tells a union over grassroots unions: never matched, never paid.
func (k UnionKind) above() bool { return k >= Local }

func stateOf(status string) State {
	text := fold(status)
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(text, w) {
				return true
			}
		}
		return false
	}
	switch {
	case has("未撤", "未解散", "未注销"):
		return Active
	case has("撤", "注销", "解散", "终止", "停", "吊销", "并入", "合并", "关闭", "取消", "失效", "无效", "销号", "INACTIVE", "CLOSED", "DISSOLV", "REVOK", "CANCEL",
		"MERGED", "SUSPEND", "INVALID", "TERMINAT", "DISBAND", "DEREGIST", "WITHDRAWN"):
		return Dissolved
	case text == "", has("正常", "在册", "有效", "存续", "在用", "已建", "运行", "成立", "在业", "开业", "启用", "活动", "换届", "ACTIVE", "NORMAL", "OPEN", "VALID", "LIVE", "OK"),
		text == "1", text == "Y", text == "YES":
		return Active
	}
	return Unsure
}
