package i18n_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// named calls what it is asked for by names that hold no code.
func named(kind, code string) string {
	return map[string]string{
		"unit 210102": "和平区", "unit 210103": "沈河区", "node female_members": "女会员数", "department rights": "权益保障部", "role admin": "系统管理员",
	}[kind+" "+code]
}

func TestSentencesCallThingsByTheirNames(t *testing.T) {
	zh := words(t, "zh").Named(named)
	for _, c := range []struct {
		key, want string
		args      map[string]string
	}{
		{
			"problem.filing_moved", "和平区的2026年第一季度报表状态已变为“填报中”，不再是“已提交”；请刷新后再看",
			map[string]string{"unit": "210102", "period": "2026Q1", "state": "filing.draft", "expected": "filing.submitted"},
		},
		{
			"problem.review_department", "“女会员数”由权益保障部审核，请留给该部门。",
			map[string]string{"item": "female_members", "department": "rights"},
		},
		{
			"problem.cycle_waiting", "2026年第一季度还有待审核的报送（和平区、沈河区），计分后将不再计入；请先审核通过或退回，再计分",
			map[string]string{"units": "210102, 210103", "period": "2026Q1"},
		},
		{
			"problem.account_office", "账号 张 曾任系统管理员。系统管理员、安全管理员和监督员须由不同人员担任，请为“监督员”新建账号。",
			map[string]string{"name": "张", "was": "admin", "role": "auditor"}, // the program has words for a role the edition has not
		},
		{"problem.text_long", "数值 超过 100 字；请缩短", map[string]string{"field": "value", "limit": "100"}},
		{"problem.form_file_period", "这是2026年第一季度的填报表，不是2025年的；请到那一季上传，或下载本季的填报表", map[string]string{"period": "2026Q1", "asked": "2025"}},
		{"problem.unit_other", "本行是单位“和平区”，要求的是 沈河区；请单独提交", map[string]string{"unit": "210102", "asked": "210103"}},
		{"problem.level", "“好”不是“女会员数”的等次；请写其中之一：优（excellent）、良（good）", map[string]string{"item": "female_members", "value": "好", "levels": "excellent, good"}},
		{
			"question.at_most", "现为 205,476，应不大于 −1,200.50（女会员数 205,476、2026年第一季度女会员数 −1,200.50）",
			map[string]string{"left": "205476", "right": "-1200.50", "compared": "female_members=205476, female_members@2026Q1=-1200.50"},
		},
		{"question.at_most", "现为 64%，应不大于 30%", map[string]string{"left": "64%", "right": "30%", "compared": ""}},
		{"problem.computed_rate", "自动计算，分子÷分母：17,659,005 ÷ 17,850,000 × 100", map[string]string{"made": "17659005 ÷ 17850000 × 100"}},
		{"problem.leap", "本季新增 12,000，近四个季度最多只有 1,500；请核对，或在说明中写明做了哪些工作。", map[string]string{"value": "12000", "most": "1500"}},
		{"problem.unit_unknown", "本期没有区县“210102”；请从页面中选择。", map[string]string{"value": "210102"}},   // what was typed is shown as typed
		{"problem.review_department", "“x”由{department}审核，请留给该部门。", map[string]string{"item": "x"}}, // what has no name
	} {
		if got := zh.Say(c.key, c.args); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.key, got, c.want)
		}
	}
}

// TestNoSentenceKeepsACode looks at every problem that the rooms of the daily work make: an argument that is a code or a period stands
// in a placeholder that is said by its name, or is given as a key.
func TestNoSentenceKeepsACode(t *testing.T) {
	// What was typed or counted, the words of files and of the machine room: said as they are written.
	asWritten := map[string]bool{
		"value": true, "step": true, "most": true, "left": true, "total": true, "guess": true, "source": true, "scope": true, "kind": true,
		"basis": true, "reason": true, "reasons": true, "rule": true,
	}
	zh := words(t, "zh").Named(func(string, string) string { return "名称" })
	problem := regexp.MustCompile(`"(problem\.[a-z0-9_]+)"`)
	argument := regexp.MustCompile(`"([a-z_]+)", (string\([a-zA-Z.]+\)[,)\n]|list\(|[A-Za-z.]+\.String\(\))`)
	found := 0
	for _, room := range []string{"account", "city", "collect", "cycle", "desk", "evidence", "matter", "store", "web", "workbook"} {
		files, err := filepath.Glob("../" + room + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range files {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			at := problem.FindAllSubmatchIndex(text, -1)
			for i, m := range at {
				end := min(len(text), m[1]+700)
				if i+1 < len(at) {
					end = min(end, at[i+1][0])
				}
				if blank := strings.Index(string(text[m[1]:end]), "\n}\n"); blank >= 0 {
					end = m[1] + blank
				}
				key := string(text[m[2]:m[3]])
				for _, a := range argument.FindAllStringSubmatch(string(text[m[1]:end]), -1) {
					found++
					code := "female_members"
					if strings.Contains(a[2], "String") {
						code = "2026Q1"
					}
					if says := zh.Say(key, map[string]string{a[1]: code}); strings.Contains(says, code) && !asWritten[a[1]] && key != "problem.state_value" {
						t.Errorf("%s: %s keeps the code of {%s}: %s", path, key, a[1], says)
					}
				}
			}
		}
	}
	if found < 60 {
		t.Errorf("only %d arguments were found; is the search still right?", found)
	}
}
