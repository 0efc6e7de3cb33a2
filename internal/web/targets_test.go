package web_test

import (
	"net/http"
	"strings"
	"testing"
)

const newUnions = "/targets/2026/new_unions"

// TestATargetIsDividedAndIssued walks the form without a script: a division, a portion typed over, the issue, the table.
func TestATargetIsDividedAndIssued(t *testing.T) {
	s := newShipped(t)
	analyst := s.as("city_analyst")
	page := analyst.get(newUnions)
	wantStatus(t, page, http.StatusOK)
	for _, want := range []string{"尚未设定目标", "平均分配", "全年"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the empty sheet lacks %q", want)
		}
	}
	form := []string{"total", "131", "step", "1", "basis", "equal", "from", "", "reason", "", "version", "0", "revision", "0"}
	wantStatus(t, analyst.send(newUnions, form...), http.StatusSeeOther)
	page = analyst.get(newUnions)
	for _, want := range []string{"草案（第 1 版）", `name="value.210102" type="text" inputmode="decimal" value="11"`, "差额 0。", `name="revision" value="1"`} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the draft lacks %q", want)
		}
	}

	// Typed over in full width, one portion stays at 50 and the others share what is left: 131 − 50 = 81 among twelve.
	form = []string{"total", "131", "step", "1", "basis", "equal", "version", "1", "revision", "1"}
	for i, u := range s.edition.Roster.Units {
		value := "10"
		if i == 0 {
			value = "５０"
		}
		form = append(form, "value."+string(u.Code), value)
	}
	wantStatus(t, analyst.send(newUnions, form...), http.StatusSeeOther)
	page = analyst.get(newUnions)
	for _, want := range []string{`name="value.210102" type="text" inputmode="decimal" value="50"`, `name="pin.210102" value="1" checked`, `value="7"`, "合计 131，差额 0。"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("after a portion was typed over the page lacks %q", want)
		}
	}
	if strings.Contains(page.body, `name="pin.210103" value="1" checked`) {
		t.Error("a portion that nobody touched is fixed")
	}

	if table := s.as("heping").get("/targets/2026"); strings.Contains(textOf(table.body), "131") || strings.Contains(table.body, "草案") {
		t.Error("a district reads a draft")
	}
	wantStatus(t, analyst.send(newUnions+"/issue", "version", "1", "revision", "2"), http.StatusSeeOther)
	district := s.as("heping").get("/targets/2026")
	wantStatus(t, district, http.StatusOK)
	if text := textOf(district.body); !strings.Contains(text, "131 50 ") || strings.Contains(text, "沈河") {
		t.Errorf("the district's table: %s", text)
	}
	whole := s.as("city_leader").get("/targets/2026?lang=en")
	if text := textOf(whole.body); !strings.Contains(text, "131 50 7 7 ") || !strings.Contains(text, "Shenhe") {
		t.Errorf("the whole table: %s", text)
	}
}

// TestATargetFormIsRefused: what was typed stays, the sentence says what would be right, and nothing is kept.
func TestATargetFormIsRefused(t *testing.T) {
	s := newShipped(t)
	analyst := s.as("city_analyst")
	good := func(pairs ...string) []string {
		form := map[string]string{"total": "100", "step": "1", "basis": "equal", "version": "0", "revision": "0"}
		for i := 0; i+1 < len(pairs); i += 2 {
			form[pairs[i]] = pairs[i+1]
		}
		var all []string
		for k, v := range form {
			all = append(all, k, v)
		}
		return all
	}
	for _, c := range []struct {
		form   []string
		status int
		says   string
	}{
		{good("total", "many"), 422, "不是数字"},
		{good("total", "10.5"), 422, "不是 1 的整倍数"},
		{good("total", "-1"), 422, "小于零"},
		{good("value.210102", "101"), 422, "超出全市目标 1"},
		{good("basis", "item:union_members", "basis_period", "2025Q4"), 422, "没有可作依据的数据"},
		{good("basis", "item:union_members", "basis_period", "soon"), 422, "soon"},
		{good("basis", "item:nothing", "basis_period", "2025Q4"), 422, "请从列表中选择依据"},
		{good("from", "2027Q1"), 409, "锁定"},
		{good("version", "x"), 422, "表单"},
		{good("version", "3", "revision", "2"), 409, "已被他人修改"},
	} {
		a := analyst.send(newUnions, c.form...)
		wantStatus(t, a, c.status)
		if !strings.Contains(textOf(a.body), c.says) {
			t.Errorf("%v: the page does not say %q:\n%s", c.form, c.says, textOf(a.body))
		}
	}
	a := analyst.send(newUnions, good("total", "10.5", "reason", "因为<b>")...)
	if !strings.Contains(a.body, `value="10.5"`) || !strings.Contains(a.body, "因为&lt;b&gt;") {
		t.Error("what was typed is lost, or not escaped")
	}
	s.refusesForbidden(analyst, newUnions, good()...)
	wantStatus(t, analyst.send(newUnions, append(good(), "total", "7")...), http.StatusBadRequest)
	wantStatus(t, analyst.send(newUnions, good()...), http.StatusSeeOther)
	s.refusesForbidden(analyst, newUnions+"/issue", "version", "1", "revision", "1")
	s.refusesForbidden(analyst, newUnions+"/discard", "version", "1", "revision", "1")
	wantStatus(t, analyst.send(newUnions+"/discard", "version", "1", "revision", "1"), http.StatusSeeOther)
	wantStatus(t, analyst.send(newUnions+"/issue", "version", "1", "revision", "2"), http.StatusConflict)
}

// TestVersionsOfATarget: two versions stand beside each other, and a change says why it was made.
func TestVersionsOfATarget(t *testing.T) {
	s := newShipped(t)
	analyst := s.as("city_analyst")
	divide := func(total, reason, version string) {
		t.Helper()
		wantStatus(t, analyst.send(newUnions, "total", total, "step", "1", "basis", "equal", "reason", reason, "version", "0", "revision", "0"), http.StatusSeeOther)
		wantStatus(t, analyst.send(newUnions+"/issue", "version", version, "revision", "1"), http.StatusSeeOther)
	}
	divide("130", "", "1")
	a := analyst.send(newUnions, "total", "143", "step", "1", "basis", "equal", "reason", " ", "version", "0", "revision", "0")
	wantStatus(t, a, http.StatusUnprocessableEntity)
	divide("143", "省总追加任务", "2")
	page := analyst.get(newUnions + "?a=1&b=2")
	for _, want := range []string{"第 1 版与第 2 版", "省总追加任务", "和平区 10 11 +1", "合计 130 143 +13"} {
		if !strings.Contains(textOf(page.body), want) {
			t.Errorf("the comparison lacks %q:\n%s", want, textOf(page.body))
		}
	}
	for _, address := range []string{newUnions + "?a=1&b=9", newUnions + "?a=x&b=y"} {
		wantStatus(t, analyst.get(address), http.StatusOK)
	}
	for _, address := range []string{"/targets/2026/no_such_indicator", "/targets/2026/innovation_bonus", "/targets/1999", "/targets/1999/new_unions"} {
		wantStatus(t, analyst.get(address), http.StatusNotFound)
	}
}
