package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
)

const statusPath = "/status/2026Q2"

// TestStandings: who stands where, who is late, what waits for which department, whom to call – and the numbers only for those who
// call.
func TestStandings(t *testing.T) {
	first := newReader(t, newGallery(t).handler(t))
	analyst := first.fresh().signIn("analyst")
	body := wantPage(t, analyst.get(statusPath), http.StatusOK, "2026年第二季度已报送 10/13，2026-04-17 10:00 截止。2 个区县逾期未报送。", "催报全部 2 个逾期区县", "李娜", "024-88886666",
		"2 项未重报", "沈河 12", "已延期", "/calendar?q=2026Q2").body
	if strings.Count(body, `class="late"`) != 2 {
		t.Errorf("%d districts are marked as late, want 2", strings.Count(body, `class="late"`))
	}
	for show, want := range map[string][]string{
		"owing": {"和平区", "大东区", "皇姑区", "法库县"}, "late": {"和平区", "皇姑区"}, "returned": {"大东区"}, "waiting": {"沈河区"},
	} {
		body := analyst.get(statusPath + "?show=" + show).body
		table, _, _ := strings.Cut(body, `各部门待审`)
		for _, u := range galleryUnits() {
			listed := strings.Contains(table, `<th scope="row">`+u.Name.ZH) || strings.Contains(table, `">`+u.Name.ZH+`</a></th>`)
			wanted := strings.Contains(strings.Join(want, " "), u.Name.ZH)
			if listed != wanted {
				t.Errorf("show=%s: %s listed %v", show, u.Name.ZH, listed)
			}
		}
	}
	for _, who := range []string{"reviewer", "leader", "auditor"} {
		body := wantPage(t, first.fresh().signIn(who).get(statusPath), http.StatusOK, "2 个区县逾期未报送").body
		if strings.Contains(body, "024-88886666") || strings.Contains(body, "催报全部") || strings.Contains(body, "/chase") {
			t.Errorf("%s sees telephone numbers or may chase", who)
		}
	}
	if a := analyst.get("/status"); a.Header.Get("Location") != statusPath {
		t.Errorf("/status leads to %s", a.Header.Get("Location"))
	}
	wantPage(t, analyst.get("/status/2030Q1"), http.StatusNotFound)
}

// TestChasingOnItsPages: a preview tells nobody; one click tells everybody who is late; the second says so and tells nobody again.
func TestChasingOnItsPages(t *testing.T) {
	g := newGallery(t)
	heping, _ := g.people.AccountNamed(t.Context(), "heping")
	g.told.contacts[heping.ID] = assess.Contact{Account: heping.ID, Email: "li@example.org"}
	analyst := newReader(t, g.handler(t)).signIn("analyst")

	wantPage(t, analyst.get(statusPath+"/chase"), http.StatusOK, "将提醒 2 个区县的 5 人", "邮件 li@example.org", "和平区2026年第二季度报表已超过截止时间", "皇姑区", "群：填报工作群")
	if len(g.told.messages) != 0 {
		t.Fatal("a preview told somebody")
	}

	to := location(t, analyst.post(statusPath, statusPath+"/chase"))
	wantPage(t, analyst.get(to), http.StatusOK, "已提醒 5 人。", "1 个区县没有可提醒的账号", "邮件 li@example.org", "待发送", "演示分析员")
	told := len(g.told.messages)
	if line := g.told.lines[0]; line.Action != "notice.chase" || line.Actor != "analyst" || line.Address == "" || strings.Contains(line.After, "li@") {
		t.Errorf("audit line %+v", line)
	}

	to = location(t, analyst.post(statusPath, statusPath+"/chase"))
	wantPage(t, analyst.get(to), http.StatusOK, "今天已经催过，没有重复提醒。", "5 人今天已提醒过")
	to = location(t, analyst.post(statusPath, statusPath+"/chase", "unit", "210102"))
	wantPage(t, analyst.get(to), http.StatusOK, "今天已经催过")
	if len(g.told.messages) != told {
		t.Errorf("the second click told somebody: %d messages, then %d", told, len(g.told.messages))
	}
	to = location(t, analyst.post(statusPath, statusPath+"/chase", "unit", "210124"))
	if body := wantPage(t, analyst.get(to), http.StatusOK, "没有可提醒的账号，请打电话").body; strings.Contains(body, "今天已经催过") {
		t.Error("where nobody can be reminded it says that they were")
	}
	wantPage(t, analyst.get(statusPath+"/chase?unit=210102"), http.StatusOK, "没有可以再提醒的人", "今天已提醒过，不再重复")

	wantPage(t, analyst.post(statusPath, statusPath+"/chase", "unit", "210103"), http.StatusConflict, "目前没有待报事项")
	wantPage(t, analyst.post(statusPath, statusPath+"/chase", "unit", "999999"), http.StatusNotFound)
	for _, field := range []string{"status", "by", "text", "period"} {
		wantPage(t, analyst.post(statusPath, statusPath+"/chase", field, "x"), http.StatusBadRequest)
	}
}

// What did not arrive is said first, with the reason and what helps.
func TestWhatDidNotArriveIsSaid(t *testing.T) {
	g := newGallery(t)
	heping, _ := g.people.AccountNamed(t.Context(), "heping")
	message := func(id string, d assess.Dispatch) assess.Message {
		d.Message, d.Channel, d.Address = id, assess.ByMail, "li@example.org"
		return assess.Message{ID: id, Account: heping.ID, MadeAt: g.clock.at, By: "system", Dispatches: []assess.Dispatch{d}, Notices: []assess.Notice{{
			Key: id, Occasion: "eve", Unit: "210102", Period: openQuarter(), Due: g.clock.at,
		}}}
	}
	g.told.messages = []assess.Message{
		message("m1", assess.Dispatch{State: assess.DispatchSent, SentAt: g.clock.at}),
		message("m2", assess.Dispatch{State: assess.DispatchWaiting, Next: g.clock.at, Problem: assess.Unavailable("problem.mail_away", "", "host", "mail.example.org")}),
		message("m3", assess.Dispatch{State: assess.DispatchFailed, Problem: assess.Invalid("problem.mail_recipient", "", "code", "550")}),
		message("m4", assess.Dispatch{State: assess.DispatchUnknown, Problem: assess.Unavailable("problem.dispatch_lost", "")}),
		message("m5", assess.Dispatch{State: assess.DispatchFailed, Problem: assess.Conflict("problem.notice_settled", "")}),
	}
	body := wantPage(t, newReader(t, g.handler(t)).signIn("analyst").get(statusPath), http.StatusOK,
		"2 条未送达", "邮件服务器没有这个地址（550）", "无法确定是否送达", "（2026-04-20 10:32 再试）", "发送前事项已办结", "2026-04-20 10:32").body
	_, sent, _ := strings.Cut(body, `id="sent"`)
	if strings.Index(sent, "没有这个地址") > strings.Index(sent, "已发出 2026-04-20") {
		t.Error("what did not arrive does not stand first")
	}
}

func TestMyReminders(t *testing.T) {
	g := newGallery(t)
	heping, _ := g.people.AccountNamed(t.Context(), "heping")
	r := newReader(t, g.handler(t)).signIn("heping")
	wantPage(t, r.get("/account/notices"), http.StatusOK, "提醒总会显示在“我的待办”")
	to := location(t, r.post("/account/notices", "/account/notices", "email", " Li Na <li@example.org> ", "muted", "1"))
	wantPage(t, r.get(to), http.StatusOK, "已保存", `value="li@example.org"`, "checked")
	if c := g.told.contacts[heping.ID]; c != (assess.Contact{Account: heping.ID, Email: "li@example.org", Muted: true}) {
		t.Errorf("contact %+v", c)
	}
	if line := g.told.lines[0]; line.Action != "contact.set" || strings.Contains(line.After+line.Object, "example.org") {
		t.Errorf("audit line %+v", line)
	}
	wantPage(t, r.post("/account/notices", "/account/notices", "email", "li at example"), http.StatusUnprocessableEntity, "不是邮箱地址", `value="li at example"`)
	wantPage(t, r.post("/account/notices", "/account/notices", "email", "a@b.example\r\nBcc: c@d.example"), http.StatusUnprocessableEntity)
	wantPage(t, r.post("/account/notices", "/account/notices", "account", "x"), http.StatusBadRequest)
	location(t, r.post("/account/notices", "/account/notices", "email", ""))
	if c := g.told.contacts[heping.ID]; c.Email != "" || c.Muted {
		t.Errorf("emptied: %+v", c)
	}
	g.told.mail = false
	wantPage(t, newReader(t, g.handler(t)).signIn("heping").get("/account/notices"), http.StatusOK, "尚未配置邮件")
}

// Telephone numbers are read and changed by those who call and by the district's own reporters; for all others there is no such page.
func TestTelephoneNumbers(t *testing.T) {
	g := newGallery(t)
	first := newReader(t, g.handler(t))
	reporter := first.fresh().signIn("heping")
	wantPage(t, reporter.get("/phones/210102"), http.StatusOK, "李娜 024-88886666")
	to := location(t, reporter.post("/phones/210102", "/phones/210102", "phones", "李娜　０２４－８８８８ ６６６６\r\n\r\n王芳：13800000000\r\n"))
	wantPage(t, reporter.get(to), http.StatusOK, "李娜 024-8888 6666\n王芳 13800000000")
	if line := g.told.lines[0]; line.Action != "phones.set" || line.Unit != "210102" || line.After != "2" {
		t.Errorf("audit line %+v", line)
	}
	for _, typed := range []string{"李娜", "024-88886666", "李娜 024-8888x", "李娜 12", strings.Repeat("李娜 024-88886666\n", 11), strings.Repeat("李", 41) + " 024-88886666"} {
		a := wantPage(t, reporter.post("/phones/210102", "/phones/210102", "phones", typed), http.StatusUnprocessableEntity)
		if !strings.Contains(a.body, strings.TrimSpace(strings.Split(typed, "\n")[0])) {
			t.Errorf("%q is lost", typed)
		}
	}
	if len(g.told.phones["210102"]) != 2 {
		t.Errorf("phones %v", g.told.phones)
	}
	wantPage(t, reporter.post("/phones/210102", "/phones/210102", "unit", "210103"), http.StatusBadRequest)
	for who, units := range map[string][]string{"heping": {"210103", "999999"}, "chair": {"210102"}, "reviewer": {"210102"}, "leader": {"210102"}} {
		in := first.fresh().signIn(who)
		for _, unit := range units {
			wantPage(t, in.get("/phones/"+unit), http.StatusNotFound)
			a := in.do(http.MethodPost, "/phones/"+unit, url.Values{"form_token": {in.ownToken()}, "phones": {"李娜 024-88886666"}})
			wantPage(t, a, http.StatusNotFound)
		}
	}
	wantPage(t, first.fresh().signIn("analyst").get("/phones/210103"), http.StatusOK)
}
