package web

import (
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
)

// TestWhatWasTypedIsReadByItsNames: what is offered again after a sign-in is said by names, and what the page set for itself is not.
func TestWhatWasTypedIsReadByItsNames(t *testing.T) {
	catalogue, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	v := &visit{words: catalogue.In(i18n.Chinese)}
	e := &assess.Edition{
		Items: []assess.Item{
			{Code: "members", Name: assess.Text{ZH: "会员数"}, Type: assess.Count}, {Code: "charter", Name: assess.Text{ZH: "章程"}, Type: assess.Boolean},
		},
		Reasons: []assess.Group{{Code: "anomaly", Name: assess.Text{ZH: "数据异常"}}},
	}
	for _, c := range []struct{ name, value, label, want string }{
		{"v.members", "12万", "会员数：填写值", "12万"},
		{"v.charter", "1", "章程：填写值", "是"},
		{"n.members", "补报", "会员数：说明", "补报"},
		{"m.members", "1", "会员数：状态", "无法取得"},
		{"choice.members", "return", "会员数：审核结论", "退回"},
		{"reason.members", "anomaly", "会员数：原因", "数据异常"},
		{"reason", "轮岗", "原因", "轮岗"},
		{"text", "为什么慢？", "内容", "为什么慢？"},
		{"something", "x", "其他内容", "x"},
		{"b.members", "3", "", ""},
		{"seen.members", "s1", "", ""},
		{"digest", "abc", "", ""},
		{"v.members", " ", "", ""},
	} {
		for _, edition := range []*assess.Edition{e, nil} { // without definitions nothing breaks
			got, ok := readable(v, edition, c.name, c.value)
			if ok != (c.want != "") || edition != nil && got != (pair{c.label, c.want}) {
				t.Errorf("%s=%q is read %+v (%v), want %q: %q", c.name, c.value, got, ok, c.label, c.want)
			}
		}
	}
}
