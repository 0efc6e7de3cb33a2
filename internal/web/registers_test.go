package web_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/sheet"
	"github.com/unionboard/unionboard/internal/web"
)

// keepers is a site with registers at work, and its people: reporters of two districts, the department of the studios, another one, the analyst.
type keepers struct {
	*gallery
	t     *testing.T
	front *reader
}

func newKeepers(t *testing.T) *keepers {
	t.Helper()
	k := &keepers{gallery: newGallery(t), t: t}
	for name, post := range map[string]account.Post{
		"shenhe":  {Role: assess.DistrictReporter, Unit: "210103"},
		"economy": {Role: assess.CityReviewer, Department: "economy"},
		"rights":  {Role: assess.CityReviewer, Department: "rights"},
	} {
		k.join2(t, name, post)
	}
	k.front = newReader(t, k.handler(t, func(o *web.Options) { o.Uploads = k.people }))
	return k
}

func (k *keepers) as(name string) *reader { k.t.Helper(); return k.front.fresh().signIn(name) }

// shows says which of some texts a page has.
func shows(page string, texts ...string) (found []string) {
	for _, text := range texts {
		if strings.Contains(page, text) {
			found = append(found, text)
		}
	}
	return found
}

// A list shows the records that its reader may see, narrowed, searched, sorted and page by page as the address says.
func TestARegisterIsListed(t *testing.T) {
	k := newKeepers(t)
	k.sampleRecord()
	k.studio(t, "GZS-210102-0002", "status", "停用", "members_count", "12", "name", "劳模甲工作室", "leader_name", "甲")
	k.studio(t, "GZS-210103-0001", "unit_code", "210103", "leader_name", "乙")
	const a, b, c = "GZS-210102-0001", "GZS-210102-0002", "GZS-210103-0001"
	list := func(who, query string) (keys []string, page string) {
		t.Helper()
		answer := k.as(who).get("/registers/innovation_studios" + query)
		if answer.StatusCode != http.StatusOK {
			t.Fatalf("%s asks for %s: %d", who, query, answer.StatusCode)
		}
		return shows(answer.body, a, b, c), answer.body
	}
	for _, one := range []struct {
		who, query string
		want       []string
	}{
		{"heping", "", []string{a, b}},
		{"shenhe", "", []string{c}},
		{"economy", "", []string{a, b, c}},
		{"analyst", "", []string{a, b, c}},
		{"shenhe", "?unit=210102", []string{c}},
		{"analyst", "?unit=210103", []string{c}},
		{"analyst", "?w.status=suspended", []string{b}},
		{"analyst", "?search=" + url.QueryEscape("劳模甲"), []string{b}},
		{"analyst", "?search=none", nil},
	} {
		if got, _ := list(one.who, one.query); !slices.Equal(got, one.want) {
			t.Errorf("%s with %q: %v, want %v", one.who, one.query, got, one.want)
		}
	}
	_, page := list("analyst", "?columns=all&sort=members_count&down=1")
	if got := strings.Index(page, b); got < 0 || got > strings.Index(page, a) {
		t.Error("twelve members do not stand before eight")
	}
	if want := []string{"欧*", "12,345.60", "技能传授型", "2020年5月1日", "和平区"}; !slices.Equal(shows(page, want...), want) || strings.Contains(page, studioLeader) {
		t.Errorf("values: %v", shows(page, append(want, studioLeader)...))
	}
	for i := range 120 {
		k.studio(t, fmt.Sprintf("GZS-210106-%04d", i), "unit_code", "210106", "leader_name", fmt.Sprint("丙", i))
	}
	counted := func(query string) int {
		_, page := list("analyst", query)
		return strings.Count(page, "GZS-210106-")
	}
	if got := []int{counted("?page=1&unit=210106"), counted("?page=3&unit=210106"), counted("?page=all&unit=210106"), counted("?page=9&unit=210106")}; !slices.Equal(got, []int{50, 20, 120, 50}) {
		t.Errorf("rows of the pages: %v", got)
	}
	if answer := k.as("analyst").get("/registers/none"); answer.StatusCode != http.StatusNotFound {
		t.Errorf("a register that there is not: %d", answer.StatusCode)
	}
	if page := k.as("heping").get("/registers").body; !slices.Equal(shows(page, "劳模和工匠人才创新工作室台账", "service_stations", "还没有拍摄过台账快照"), []string{"劳模和工匠人才创新工作室台账", "service_stations", "还没有拍摄过台账快照"}) {
		t.Error("the list of registers lacks something")
	}
}

// columnsOf writes the columns of a studio as its form has them.
func columnsOf(pairs ...string) (form []string) {
	for i := 0; i+1 < len(pairs); i += 2 {
		form = append(form, "v."+pairs[i], pairs[i+1])
	}
	return form
}

// A record is added, changed, closed and put back on its pages; what is wrong stands at its field with what was typed, personal columns stay
// covered, and the history says what each version changed.
func TestARecordIsKept(t *testing.T) {
	k := newKeepers(t)
	heping := k.as("heping")
	const list = "/registers/innovation_studios"
	good := columnsOf("studio_no", "GZS-210102-0009", "name", "示例工作室", "host_org_name", "示例厂", "studio_type", "skill_transfer", "leader_name", studioLeader, "leader_honour", "craftsman",
		"level", "city", "established_on", "2020年5月1日", "members_count", "８", "apprentices_count", "3", "figures_year", "2026", "results_ytd", "2", "applied_ytd", "1",
		"joint_projects_ytd", "1", "trained_ytd", "0", "status", "active", "status_changed_on", "2020-05-01")
	bad := heping.send(list+"/new", append(columnsOf("studio_no", "GZS-210102-0009", "members_count", "301", "leader_honour", "craftsman"), "c.secondary_types.tech_breakthrough", "1")...)
	want := []string{`href="#members_count"`, `value="301"`, "aria-invalid", `value="craftsman" selected`, `c.secondary_types.tech_breakthrough" value="1" checked`, `href="#leader_name"`}
	if got := shows(bad.body, want...); bad.StatusCode != http.StatusUnprocessableEntity || !slices.Equal(got, want) {
		t.Fatalf("refused: %d, it shows %q", bad.StatusCode, got)
	}
	if a := heping.send(list+"/new", append(good, "v.unit_code", "210103")...); a.StatusCode == http.StatusSeeOther {
		t.Error("a reporter says whose a record is")
	}
	added := heping.send(list+"/new", good...)
	path := added.Header.Get("Location")
	if added.StatusCode != http.StatusSeeOther || !strings.HasPrefix(path, list+"/records/") {
		t.Fatalf("added: %d, %q", added.StatusCode, path)
	}
	page := heping.get(path).body
	if got := shows(page, "记录已保存", "和平区", "欧*", "技能传授型但本年培训传授人次为零", studioLeader); !slices.Equal(got, []string{"记录已保存", "和平区", "欧*", "技能传授型但本年培训传授人次为零"}) {
		t.Errorf("the record shows %q", got)
	}
	edit := heping.get(path + "?edit=1").body
	if got := shows(edit, "现为 欧*", "用途：", `name="version" value="1"`, studioLeader); len(got) != 3 {
		t.Errorf("the form shows %q", got)
	}
	changed := append(slices.Clone(good), "version", "1", "reason", "核实人数", "c.secondary_types.tech_breakthrough", "1")
	changed[slices.Index(changed, "v.leader_name")+1] = "" // stays
	changed[slices.Index(changed, "v.members_count")+1] = "9"
	if a := heping.send(path, changed...); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("changed: %d", a.StatusCode)
	}
	page = heping.get(path).body
	want = []string{"修改已保存", "8 → 9", "核实人数", "— → 技术攻关型"}
	if got := shows(page, append(want, "已改动（个人信息")...); !slices.Equal(got, want) {
		t.Errorf("after the change it shows %q", got)
	}
	stale := heping.send(path, changed...)
	if got := shows(stale.body, "已被他人修改", `name="version" value="2"`, `value="9"`); stale.StatusCode != http.StatusUnprocessableEntity || len(got) != 3 {
		t.Errorf("over a version that is gone: %d, %q", stale.StatusCode, got)
	}
	changed = append(columnsOf(), good...)
	changed[slices.Index(changed, "v.leader_name")+1] = "司马示例"
	if a := heping.send(path, append(changed, "version", "2")...); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("another leader: %d", a.StatusCode)
	}
	if got := shows(heping.get(path).body, "领衔人：已改动（个人信息", "司*", "欧*"); !slices.Equal(got, []string{"领衔人：已改动（个人信息", "司*"}) {
		t.Errorf("the history of a personal column shows %q", got)
	}
	if a := heping.send(path+"/close", "version", "2", "reason", " "); a.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("closed without a reason: %d", a.StatusCode)
	}
	if a := heping.send(path+"/close", "version", "3", "reason", "已停办"); a.StatusCode != http.StatusSeeOther {
		t.Errorf("closed: %d", a.StatusCode)
	}
	if strings.Contains(heping.get(list).body, "GZS-210102-0009") || !strings.Contains(heping.get(list+"?closed=1").body, "GZS-210102-0009") {
		t.Error("a closed record stands in the list, or cannot be found")
	}
	if a := heping.send(path+"/back", "version", "4", "reason", "复办"); a.StatusCode != http.StatusSeeOther {
		t.Errorf("put back: %d", a.StatusCode)
	}
	if got := shows(heping.get(path).body, "已停办", "复办", "第 5 版"); len(got) != 3 {
		t.Errorf("the history has %q", got)
	}
	// Nobody else: not another district, which learns nothing of it, nor another department, nor the analyst, who read it.
	for who, read := range map[string]int{"shenhe": http.StatusNotFound, "rights": http.StatusOK, "analyst": http.StatusOK, "economy": http.StatusOK} {
		r := k.as(who)
		a := r.get(path)
		if a.StatusCode != read || strings.Contains(a.body, studioLeader) || strings.Contains(a.body, path+"?edit=1") != (who == "economy") {
			t.Errorf("%s reads it: %d", who, a.StatusCode)
		}
		if a := r.send(path+"/close", "version", "5", "reason", "x"); (a.StatusCode == http.StatusSeeOther) != (who == "economy") {
			t.Errorf("%s closes it: %d", who, a.StatusCode)
		}
	}
}

// A personal column is shown to those who handle the record, one at a time, for a reason; it stands in no address and is not kept by browsers, and
// the line in the audit log has the reason and not the value.
func TestAPersonalColumnIsUncoveredForAReason(t *testing.T) {
	k := newKeepers(t)
	path := "/registers/innovation_studios/records/" + k.sampleRecord()
	heping := k.as("heping")
	if a := heping.send(path+"/uncover", "column", "leader_name", "reason", ""); a.StatusCode != http.StatusUnprocessableEntity || strings.Contains(a.body, studioLeader) {
		t.Errorf("without a reason: %d", a.StatusCode)
	}
	if a := heping.send(path+"/uncover", "column", "name", "reason", "x"); a.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a column that is not personal: %d", a.StatusCode)
	}
	a := heping.send(path+"/uncover", "column", "leader_name", "reason", "电话核实")
	if a.StatusCode != http.StatusOK || !strings.Contains(a.body, studioLeader) || !strings.Contains(a.Header.Get("Cache-Control"), "no-store") {
		t.Errorf("uncovered: %d, %q", a.StatusCode, a.Header.Get("Cache-Control"))
	}
	if line := k.people.last(); line.Action != "record.uncover" || line.After != "电话核实" || line.Actor != "heping" || strings.Contains(fmt.Sprint(line), studioLeader) {
		t.Errorf("the line: %+v", line)
	}
	if strings.Contains(heping.get(path).body, studioLeader) {
		t.Error("it stays uncovered")
	}
	for _, who := range []string{"shenhe", "rights", "analyst", "leader", "auditor"} {
		r := k.as(who)
		if strings.Contains(r.get(path).body, path+"/uncover") {
			t.Errorf("%s is offered to uncover", who)
		}
		if a := r.send(path+"/uncover", "column", "leader_name", "reason", "x"); a.StatusCode < 400 || strings.Contains(a.body, studioLeader) {
			t.Errorf("%s uncovers: %d", who, a.StatusCode)
		}
	}
}

// A file of records is answered row by row before anything is kept, taken once it is confirmed, and waits sealed; the copy with marks and the
// empty table can be taken away and come back.
func TestRecordsAreImported(t *testing.T) {
	k := newKeepers(t)
	k.sampleRecord() // GZS-210102-0001
	heping := k.as("heping")
	const at = "/registers/innovation_studios/import"
	head := "工作室编号,工作室名称,所在单位,工作室主类型,领衔人,领衔人称号,命名层级,成立日期,成员人数,在带徒弟人数,年度数据所属年份,本年创新成果（项）,本年转化应用（项）,本年联合攻关项目（项）,本年培训传授人次,状态,状态变更日期,电话"
	row := func(no, leader, members string) string {
		return "\n" + no + ",示例工作室,示例机床厂,技能传授型," + leader + ",工匠,市级,2020-05-01," + members + ",3,2026,2,1,1,40,在用,2020-05-01,1"
	}
	file := head + row("GZS-210102-0001", studioLeader, "9") + row("GZS-210102-0002", "司徒示例", "7") + row("GZS-210102-0003", "司徒示例", "7") + row("GZS-210102-0004", "丁", "301")
	answer := heping.uploadBook(at, "工作室.csv", []byte(file))
	waiting := answer.Header.Get("Location")
	if answer.StatusCode != http.StatusSeeOther {
		t.Fatalf("handed in: %d %s", answer.StatusCode, textOf(answer.body))
	}
	page := heping.get(waiting).body
	want := []string{"新增 1 条，修改 1 条，无变化 0 条，拒收 2 条", "I5 成员人数", "同一单位、同一领衔人、同一主类型", "电话", "第 4 行"}
	if got := shows(page, want...); !slices.Equal(got, want) {
		t.Errorf("the answer shows %q: %s", got, textOf(page))
	}
	if k.count(t) != 1 {
		t.Error("a trial keeps something")
	}
	if a := k.as("shenhe").get(waiting); a.StatusCode != http.StatusNotFound {
		t.Errorf("another opens it: %d", a.StatusCode)
	}
	marked := heping.get(waiting + "/marked.xlsx")
	book, err := sheet.Read("marked.xlsx", []byte(marked.body))
	if err != nil || len(book.Sheets[0].Rows) != 5 {
		t.Fatalf("the marked copy: %d, %v", marked.StatusCode, err)
	}
	if kept, err := k.people.Upload(t.Context(), path.Base(waiting), k.people.of("heping").ID, k.clock.at); err != nil || len(kept.Content) == 0 || bytes.Contains(kept.Content, []byte("司徒示例")) {
		t.Errorf("the file waits unsealed, or not at all: %d bytes, %v", len(kept.Content), err)
	}
	k.grep(t, "司徒示例", studioLeader)
	if a := heping.send(waiting, "seen", "0.0.0.0"); a.StatusCode != http.StatusConflict || k.count(t) != 1 {
		t.Errorf("taken though something else was shown: %d", a.StatusCode)
	}
	if a := heping.send(waiting, "seen", "1.1.0.2"); a.StatusCode != http.StatusSeeOther || k.count(t) != 2 {
		t.Fatalf("taken: %d, %s", a.StatusCode, textOf(a.body))
	}
	if line := k.people.last(); line.Action != "register.import" || !strings.HasPrefix(line.After, "1 added, 1 changed, 0 same, 2 refused") {
		t.Errorf("the line: %+v", line)
	}
	if a := heping.send(waiting, "seen", "1.1.0.2"); a.StatusCode != http.StatusSeeOther || k.count(t) != 2 {
		t.Errorf("taken again: %d", a.StatusCode)
	}
	again := heping.uploadBook(at, "工作室.csv", []byte(file)).Header.Get("Location")
	if page := heping.get(again).body; !strings.Contains(page, "无变化 2 条，拒收 2 条") || !strings.Contains(page, "没有可导入的行") {
		t.Errorf("the same file again: %s", textOf(page))
	}
	k.grep(t, "司徒示例", studioLeader)
	empty, err := sheet.Read("empty.xlsx", []byte(heping.get(at+"/heads.xlsx").body))
	if err != nil || empty.Sheets[0].Rows[0].Cells[0].Text != "工作室编号" {
		t.Fatalf("the empty table: %v", err)
	}
	for name, content := range map[string]string{"a.csv": "甲,乙\n1,2\n", "b.csv": "", "c.xlsx": "no workbook"} {
		if a := heping.uploadBook(at, name, []byte(content)); a.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, a.StatusCode)
		}
	}
}

// count is how many records of the studios there are.
func (k *keepers) count(t *testing.T) int {
	t.Helper()
	_, n, err := k.book.Store.Records(t.Context(), assess.RecordQuery{Table: "innovation_studios", Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// grep looks for texts in every file of the store.
func (k *keepers) grep(t *testing.T, texts ...string) {
	t.Helper()
	err := filepath.WalkDir(k.people.dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(file)
		for _, text := range texts {
			if bytes.Contains(data, []byte(text)) || bytes.Contains(data, []byte(base64.StdEncoding.EncodeToString([]byte(text)))) {
				t.Errorf("%s stands in %s", text, file)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
