package web_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/source"
	"github.com/unionboard/unionboard/internal/web"
)

// A register is taken on its page: covered by its readers, readable by those who handle it, and many readable records when a second person
// has allowed it, once. What is asked for stands in the body of the request, and no name in an address or the log of the server.
func TestARegisterIsTakenOnItsPage(t *testing.T) {
	k := newKeepers(t)
	k.join2(t, "economy2", account.Post{Role: assess.CityReviewer, Department: "economy"})
	k.sampleRecord()
	const take = "/registers/innovation_studios/take"
	page := wantPage(t, k.as("heping").get("/registers/innovation_studios"), http.StatusOK)
	if !strings.Contains(page.body, `href="`+take+`"`) {
		t.Error("no link leads to the export")
	}
	analyst := k.as("analyst")
	if page := wantPage(t, analyst.get(take), http.StatusOK); len(shows(page.body, `name="readable"`, "个人信息以脱敏形式导出")) != 1 {
		t.Error("an analyst is offered readable columns")
	}
	file := analyst.send(take, "format", "csv")
	if got := shows(file.body, "GZS-210102-0001", "欧*", studioLeader, "领衔人·脱敏"); file.StatusCode != http.StatusOK || !slices.Equal(got, []string{"GZS-210102-0001", "欧*", "领衔人·脱敏"}) ||
		!strings.Contains(file.Header.Get("Content-Disposition"), "attachment") || file.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("covered: %d, %v, %v", file.StatusCode, got, file.Header)
	}
	if a := analyst.send(take, "format", "csv", "readable", "1", "reason", "看看"); a.StatusCode != http.StatusForbidden {
		t.Errorf("an analyst takes readable columns: %d", a.StatusCode)
	}
	economy := k.as("economy")
	if a := economy.send(take, "format", "csv", "readable", "1"); a.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: %d", a.StatusCode)
	}
	if a := economy.send(take, "format", "csv", "readable", "1", "reason", "核对命名文件"); a.StatusCode != http.StatusOK || !strings.Contains(a.body, studioLeader) || !strings.Contains(a.body, "economy") {
		t.Errorf("readable: %d, %s", a.StatusCode, a.body)
	}

	k.many(t, 100)
	if a := economy.send(take, "format", "csv", "readable", "1", "reason", "移交新系统"); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("a hundred and one: %d", a.StatusCode)
	}
	mine := wantPage(t, economy.get(take), http.StatusOK).body
	if got := shows(mine, "申请已提交", "移交新系统", "待同意", `name="release"`, `value="allow"`); !slices.Equal(got, []string{"申请已提交", "移交新系统", "待同意"}) {
		t.Errorf("who asked sees %v", got)
	}
	if page := wantPage(t, k.as("rights").get(take), http.StatusOK).body; strings.Contains(page, "移交新系统") {
		t.Error("another department sees what was asked for")
	}
	second := k.as("economy2")
	if page := wantPage(t, second.get("/tasks"), http.StatusOK).body; len(shows(page, "economy申请导出含完整个人信息的台账记录 101 条", `href="`+take+`"`)) != 2 {
		t.Error("the tasks of the second person do not say so")
	}
	if page := wantPage(t, economy.get("/tasks"), http.StatusOK).body; strings.Contains(page, "须由第二人同意") {
		t.Error("who asked is asked")
	}
	at := regexp.MustCompile(`action="(` + take + `/[0-9a-f-]+)"`).FindStringSubmatch(wantPage(t, second.get(take), http.StatusOK).body)
	if at == nil {
		t.Fatal("the second person is asked nothing")
	}
	if a := economy.send(at[1], "answer", "allow"); a.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("who asked allows it: %d", a.StatusCode)
	}
	if a := second.send(at[1], "answer", "allow"); a.StatusCode != http.StatusSeeOther {
		t.Errorf("allowed: %d", a.StatusCode)
	}
	release := at[1][strings.LastIndexByte(at[1], '/')+1:]
	once := []string{"format", "csv", "readable", "1", "release", release}
	if a := economy.send(take, once...); a.StatusCode != http.StatusOK || strings.Count(a.body, "economy 2026-04-20 1") != 101 {
		t.Errorf("taken: %d, %d rows", a.StatusCode, strings.Count(a.body, "economy 2026-04-20 1"))
	}
	if a := economy.send(take, once...); a.StatusCode != http.StatusUnprocessableEntity || strings.Contains(a.body, studioLeader) {
		t.Errorf("twice: %d", a.StatusCode)
	}

	// Row 61 on its page.
	if a := analyst.get("/persons"); a.StatusCode != http.StatusForbidden {
		t.Errorf("an analyst looks for persons: %d", a.StatusCode)
	}
	found := economy.send("/persons", "person", studioLeader, "reason", "本人申请查询")
	if got := shows(found.body, "GZS-210102-0001", "共在 1 条记录中查到", "领衔人"); found.StatusCode != http.StatusOK || len(got) != 3 {
		t.Errorf("found: %d, %v", found.StatusCode, got)
	}
	if a := economy.send("/persons", "person", studioLeader, "reason", "本人申请查询", "format", "json"); a.StatusCode != http.StatusOK || !strings.Contains(a.body, `"leader_name": "`+studioLeader+`"`) {
		t.Errorf("given: %d, %s", a.StatusCode, a.body)
	}
	if a := economy.send("/persons", "person", studioLeader); a.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: %d", a.StatusCode)
	}
	if strings.Contains(k.logs.String(), studioLeader) {
		t.Error("the log of the server names the person")
	}
	k.grep(t, studioLeader)
}

// many puts so many studios of 210102 on the register by a file.
func (k *keepers) many(t *testing.T, n int) {
	t.Helper()
	var file strings.Builder
	file.WriteString("工作室编号,所属区县（市）,工作室名称,所在单位,工作室主类型,领衔人,领衔人称号,命名层级,成立日期,成员人数,在带徒弟人数,年度数据所属年份,本年创新成果（项）,本年转化应用（项）,本年联合攻关项目（项）,本年培训传授人次,状态,状态变更日期\n")
	for i := range n {
		fmt.Fprintf(&file, "GZS-210102-9%03d,210102,示例工作室%d,示例厂%d,技能传授型,司马%d,工匠,市级,2020年5月1日,8,3,2026,2,1,1,40,在用,2020-05-01\n", i, i, i, i)
	}
	book, _, err := source.ReadBook("many.csv", []byte(file.String()))
	if err != nil {
		t.Fatal(err)
	}
	who := account.User{Name: "heping", Role: assess.DistrictReporter, Unit: "210102"}
	done, err := k.book.Import(t.Context(), "innovation_studios", &book.Sheets[0], false, who, assess.AuditLine{At: k.clock.at, Actor: who.Name, Result: "ok"})
	if err != nil || done.Added != n {
		t.Fatalf("%+v, %v", done, err)
	}
}

// Row 27: links that open something without signing in open the wall and a calendar alone, no register and no refund.
func TestNoLinkOpensARegister(t *testing.T) {
	t.Parallel()
	walked, _, err := web.Walked(newGallery(t).options(t))
	if err != nil {
		t.Fatal(err)
	}
	var open []string
	for _, route := range walked {
		if strings.Contains(route, "{secret") {
			open = append(open, plain(route))
		}
	}
	slices.Sort(open)
	if want := []string{"GET /calendar/{secret}.ics", "GET /wall/{secret}"}; !slices.Equal(open, want) {
		t.Errorf("links open %v, want %v", open, want)
	}
}
