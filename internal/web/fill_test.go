package web_test

import (
	"context"
	"html"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/web"
)

const orgSection = "/fill/2026Q4/org_building"

// The parts of a form as a browser without script sends it.
var (
	formPart  = regexp.MustCompile(`(?s)<form id="section".*?</form>`)
	inputPart = regexp.MustCompile(`<input [^>]*name="([^"]+)"[^>]*>`)
	valuePart = regexp.MustCompile(`value="([^"]*)"`)
	areaPart  = regexp.MustCompile(`(?s)<textarea [^>]*name="([^"]+)"[^>]*>(.*?)</textarea>`)
)

// fields answers what a browser sends of the form of a section when nothing is changed in it.
func fields(t *testing.T, body string) url.Values {
	t.Helper()
	form := formPart.FindString(body)
	if form == "" {
		t.Fatalf("there is no form in the page:\n%s", body)
	}
	v := url.Values{}
	for _, m := range inputPart.FindAllStringSubmatch(form, -1) {
		checkable := strings.Contains(m[0], `type="checkbox"`) || strings.Contains(m[0], `type="radio"`)
		if value := valuePart.FindStringSubmatch(m[0]); value != nil && (!checkable || strings.Contains(m[0], " checked")) {
			v.Set(m[1], html.UnescapeString(value[1]))
		}
	}
	for _, m := range areaPart.FindAllStringSubmatch(form, -1) {
		v.Set(m[1], html.UnescapeString(m[2]))
	}
	return v
}

// reader answers a browser of somebody at the office.
func (o *office) reader(t *testing.T, name string) *reader {
	t.Helper()
	return newReader(t, o.site).signIn(name)
}

// submit sends a form of the office with its token.
func (r *reader) submit(path string, values url.Values) answerTo {
	r.t.Helper()
	if values == nil {
		values = url.Values{}
	}
	if !values.Has("form_token") {
		values.Set("form_token", r.ownToken())
	}
	return r.do(http.MethodPost, path, values)
}

// wantPage ends the test when a page is not what it should be, or does not say what it should.
func wantPage(t testing.TB, a answerTo, status int, says ...string) answerTo {
	t.Helper()
	if a.StatusCode != status {
		t.Fatalf("%s %s: %d, want %d\n%s", a.Request.Method, a.Request.URL.Path, a.StatusCode, status, a.body)
	}
	text := html.UnescapeString(a.body)
	for _, s := range says {
		if !strings.Contains(text, s) {
			t.Errorf("%s %s does not say %q", a.Request.Method, a.Request.URL.Path, s)
		}
	}
	return a
}

// TestSectionsAreFilledWithoutScript: what is typed is kept as it was typed, said how it is read, checked, and saved once.
func TestSectionsAreFilledWithoutScript(t *testing.T) {
	o := newOffice(t)
	r := o.reader(t, "heping")
	page := wantPage(t, r.get(orgSection), http.StatusOK, "基层工会涵盖单位数", "5,508", "未填")
	v := fields(t, page.body)
	v.Set("v.covered_units", "５,512 家")
	v.Set("v.new_unions_ytd", "0")
	v.Set("v.female_members", "9.2万")
	wantPage(t, r.submit(orgSection, v), http.StatusSeeOther)
	page = wantPage(t, r.get(orgSection), http.StatusOK, `value="５,512 家"`, "读作 5,512", "零报送", "读作 92,000", "已保存 10:32", "错误", "本年累计数不得小于上季累计数")
	if !strings.Contains(page.body, "<title>错误：") {
		t.Error("the title does not say that something is wrong")
	}
	if n := o.field("covered_units").Draft.Revision; n != 1 {
		t.Errorf("saved %d times", n)
	}
	wantPage(t, r.submit(orgSection, fields(t, page.body)), http.StatusSeeOther) // nothing was changed
	if n := o.form().Counts.Filled; n != 3 {
		t.Errorf("%d cells are filled, want 3", n)
	}
	for _, f := range []assess.Code{"covered_units", "new_unions_ytd", "female_members"} {
		if n := o.field(f).Draft.Revision; n != 1 {
			t.Errorf("%s was saved %d times", f, n)
		}
	}
}

// TestTwoEditorsChoose: what another has saved meanwhile is shown beside what was typed; nothing is overwritten before somebody
// chose, and cells that were not touched are no conflict.
func TestTwoEditorsChoose(t *testing.T) {
	for _, choice := range []struct {
		over, holds string
		revisions   int64
	}{{"1", "5600", 2}, {"theirs", "5512", 1}} {
		o := newOffice(t)
		r := o.reader(t, "heping")
		v := fields(t, r.get(orgSection).body)
		o.typed("covered_units", "5512", "", "district_reporter")
		o.typed("new_unions_ytd", "70", "", "district_reporter")
		v.Set("v.covered_units", "5600")
		page := wantPage(t, r.submit(orgSection, v), http.StatusConflict, "演示district_reporter 在 10:32 改过这一格", "5600", "5512", `value="theirs"`)
		if strings.Contains(page.body, `name="o.new_unions_ytd"`) {
			t.Error("a cell that was not touched is a conflict")
		}
		if f := o.field("covered_units"); f.Draft.Value != "5512" {
			t.Errorf("overwritten by %q", f.Draft.Value)
		}
		v = fields(t, page.body)
		wantPage(t, r.submit(orgSection, v), http.StatusConflict) // nothing was chosen
		v.Set("o.covered_units", choice.over)
		wantPage(t, r.submit(orgSection, v), http.StatusSeeOther)
		if f := o.field("covered_units"); f.Draft.Value != choice.holds || f.Draft.Revision != choice.revisions {
			t.Errorf("choosing %s: %q, revision %d", choice.over, f.Draft.Value, f.Draft.Revision)
		}
	}
}

// TestWhatCannotBeSavedIsKept: a cell that is refused keeps what was typed, with the reason above it; the others are saved.
func TestWhatCannotBeSavedIsKept(t *testing.T) {
	o := newOffice(t)
	r := o.reader(t, "heping")
	v := fields(t, r.get(orgSection).body)
	long := strings.Repeat("9", 101)
	v.Set("v.covered_units", long)
	v.Set("v.new_unions_ytd", "70")
	page := wantPage(t, r.submit(orgSection, v), http.StatusUnprocessableEntity, long, "未保存", "100")
	if !strings.Contains(page.body, `aria-describedby="f-covered_units`) {
		t.Error("the field is not tied to its message")
	}
	if o.field("covered_units").Draft.Revision != 0 || o.field("new_unions_ytd").Draft.Value != "70" {
		t.Error("the other cell was not saved")
	}
}

// TestAFaultIsToldBeforeAConflict: of a section with both the page says by its status that something is wrong.
func TestAFaultIsToldBeforeAConflict(t *testing.T) {
	o := newOffice(t)
	r := o.reader(t, "heping")
	v := fields(t, r.get(orgSection).body)
	for _, item := range []assess.Code{"covered_units", "employees_in_unionised_units", "female_members", "migrant_members", "unions_due_election_ytd"} {
		o.typed(item, "5512", "", "district_reporter")
		v.Set("v."+string(item), "5600")
	}
	v.Set("v.new_unions_ytd", strings.Repeat("9", 101))
	for range 5 {
		wantPage(t, r.submit(orgSection, v), http.StatusUnprocessableEntity)
	}
}

// countingDesk counts the forms that are built.
type countingDesk struct {
	web.Desk
	forms int
}

func (d *countingDesk) Form(ctx context.Context, unit assess.UnitCode, p assess.Period, now time.Time) (*desk.Form, error) {
	d.forms++
	return d.Desk.Form(ctx, unit, p, now)
}

// TestACellIsSavedWithOneForm: what the script saves builds the form once, to answer how it stands.
func TestACellIsSavedWithOneForm(t *testing.T) {
	counted := &countingDesk{}
	o := newOffice(t, func(w *web.Options) { counted.Desk, w.Desk = w.Desk, counted })
	r := o.reader(t, "heping")
	r.get(orgSection)
	counted.forms = 0
	v := url.Values{"item": {"covered_units"}, "value": {"5512"}, "note": {""}, "missing": {""}, "base": {"0"}, "request": {"one"}}
	wantPage(t, r.submit("/fill/2026Q4/cell", v), http.StatusOK, "5512")
	if counted.forms != 1 || o.field("covered_units").Draft.Value != "5512" {
		t.Errorf("%d forms were built", counted.forms)
	}
}

// TestAbsenceHasFourWords: a zero, a blank, a figure that cannot be had and one that does not apply are four different things.
func TestAbsenceHasFourWords(t *testing.T) {
	o := newOffice(t)
	r := o.reader(t, "heping")
	o.exempt("migrant_members")
	v := fields(t, r.get(orgSection).body)
	if v.Has("v.migrant_members") {
		t.Error("what does not apply can be typed into")
	}
	v.Set("v.new_unions_ytd", "0")
	v.Set("m.covered_units", "1")
	wantPage(t, r.submit(orgSection, v), http.StatusSeeOther)
	page := wantPage(t, r.get(orgSection), http.StatusOK, "零报送", "不适用", "无法取得")
	if f := o.field("covered_units"); f.State != assess.Missing || len(f.Messages) != 1 || f.Messages[0].Level != desk.Error {
		t.Errorf("without a note it is %+v", f)
	}
	v = fields(t, page.body)
	v.Set("n.covered_units", "统计系统迁移，下季补报")
	wantPage(t, r.submit(orgSection, v), http.StatusSeeOther)
	if f := o.field("covered_units"); len(f.Messages) != 0 {
		t.Errorf("with a note it is %+v", f.Messages)
	}
	v = fields(t, r.get(orgSection).body)
	v.Set("v.migrant_members", "5")
	wantPage(t, r.submit(orgSection, v), http.StatusBadRequest)
}

// exempt marks a figure as not applicable, as the city does.
func (o *office) exempt(item assess.Code) {
	o.t.Helper()
	_, err := o.store.Commit(o.t.Context(), assess.Intake{
		Audit: []assess.AuditLine{{At: o.clock.at, Actor: "system", Action: "test", Result: "ok"}},
		Observations: []assess.Observation{{
			CellKey: assess.CellKey{Unit: officeUnit, Period: officeQuarter(), Item: item}, State: assess.Exempt, Note: "无此项工作",
			EnteredBy: "analyst", AcceptedBy: "analyst", RecordedAt: o.clock.at,
		}},
	})
	o.ok(err)
}

// TestFormsTakeNoOtherFields is row 22 of the security checklist for the forms of a district: what they do not ask for is refused,
// and nothing changes.
func TestFormsTakeNoOtherFields(t *testing.T) {
	o := newOffice(t)
	o.fillUp("district_reporter")
	for _, route := range []struct {
		who, path string
		values    url.Values
	}{
		{"heping", orgSection, url.Values{"request": {"r"}, "v.covered_units": {"9"}, "b.covered_units": {"1"}}},
		{"heping", "/fill/2026Q4/cell", url.Values{"request": {"r"}, "item": {"covered_units"}, "value": {"9"}, "base": {"1"}}},
		{"heping", "/fill/2026Q4/unchanged", url.Values{}},
		{"heping", "/fill/2026Q4/forward", url.Values{}},
		{"district_checker", "/fill/2026Q4/back", url.Values{"reason": {"r"}}},
		{"district_chair", "/fill/2026Q4/sign", url.Values{"current": {goodPassword}, "digest": {o.form().Digest()}}},
	} {
		r := o.reader(t, route.who)
		for _, field := range []string{
			"status", "state", "score", "unit", "period", "approver", "accepted", "by", "at", "revision", "v.grassroots_unions_x", "v.ent25_total",
		} {
			values := maps.Clone(route.values)
			values.Set(field, "1")
			wantPage(t, r.submit(route.path, values), http.StatusBadRequest)
		}
	}
	form := o.form()
	if form.Filing.State != assess.Draft || o.field("covered_units").Draft.Revision != 1 {
		t.Errorf("something changed: %s", form.Filing.State)
	}
}

// TestForeignFormsDoNotExist is row 20 of the checklist for the forms of a district: another district, the city and an unknown unit
// get one and the same answer, wherever the unit is named.
func TestForeignFormsDoNotExist(t *testing.T) {
	o := newOffice(t)
	number := regexp.MustCompile(`<code>.*?</code>|name="form_token" value="[^"]*"`)
	page := func(r *reader, path string) string {
		a := wantPage(t, r.get(path), http.StatusNotFound)
		return number.ReplaceAllString(a.body, "")
	}
	own, city := o.reader(t, "heping"), []*reader{o.reader(t, "city_reviewer"), o.reader(t, "city_analyst"), o.reader(t, "city_leader")}
	for _, path := range []string{"/fill/2026Q4", orgSection, "/fill/2026Q4/check", "/fill/2026Q4/cover", orgSection + "/covered_units", "/fill/2026Q4/news"} {
		unknown := page(own, path+"?unit=999999")
		if foreign := page(own, path+"?unit=210103"); strings.ReplaceAll(foreign, "210103", "999999") != unknown {
			t.Errorf("%s: the form of another district is not answered like one that does not exist", path)
		}
		for _, r := range city {
			wantPage(t, r.get(path), http.StatusNotFound, "没有这张填报表")
			wantPage(t, r.get(path+"?unit=210102"), http.StatusNotFound, "没有这张填报表")
		}
	}
	wantPage(t, own.submit(orgSection+"?unit=210103", url.Values{"request": {"r"}, "v.covered_units": {"9"}, "b.covered_units": {"0"}}), http.StatusNotFound)
	auditor := o.reader(t, "auditor")
	wantPage(t, auditor.get("/fill"), http.StatusOK, "和平区")
	wantPage(t, auditor.get(orgSection+"?unit=210102"), http.StatusOK, "基层工会涵盖单位数", "?unit=210102")
	wantPage(t, auditor.submit(orgSection+"?unit=210102", nil), http.StatusForbidden)
}

// TestCellsAreSavedOnce: the script's save is counted once however often it is sent, and asks for the token of the form.
func TestCellsAreSavedOnce(t *testing.T) {
	o := newOffice(t)
	r := o.reader(t, "heping")
	save := func(value, base, request string) answerTo {
		return r.submit("/fill/2026Q4/cell", url.Values{"item": {"covered_units"}, "value": {value}, "note": {""}, "missing": {""}, "base": {base}, "request": {request}})
	}
	for range 3 {
		a := wantPage(t, save("5600", "0", "one"), http.StatusOK, `id="c-covered_units"`, "已填 1/")
		if strings.Contains(a.body, "<html") {
			t.Error("the script is answered a whole page")
		}
	}
	if n := o.field("covered_units").Draft.Revision; n != 1 {
		t.Errorf("saved %d times", n)
	}
	wantPage(t, save("5700", "0", "two"), http.StatusConflict, "改过这一格")
	wantPage(t, save("5700", "x", "three"), http.StatusBadRequest)
	wantPage(t, r.do(http.MethodPost, "/fill/2026Q4/cell", url.Values{"item": {"covered_units"}, "value": {"1"}, "base": {"1"}, "request": {"four"}}), http.StatusForbidden)
	if f := o.field("covered_units"); f.Draft.Value != "5600" {
		t.Errorf("the cell holds %q", f.Draft.Value)
	}
}

// TestNewsKeepsNoSessionAlive: a page that is left open asks for news, but nobody works on it.
func TestNewsKeepsNoSessionAlive(t *testing.T) {
	o := newOffice(t)
	r := o.reader(t, "heping")
	page := wantPage(t, r.get(orgSection), http.StatusOK)
	version := regexp.MustCompile(`data-version="([^"]*)"`).FindStringSubmatch(page.body)[1]
	news := "/fill/2026Q4/news?section=org_building&since=" + url.QueryEscape(version)
	wantPage(t, r.get(news), http.StatusNoContent)
	o.typed("covered_units", "5512", "", "district_reporter")
	wantPage(t, r.get(news), http.StatusOK, `value="5512"`, "已填 1/")
	for range 15 {
		o.clock.at = o.clock.at.Add(time.Minute)
		r.get(news)
	}
	wantPage(t, r.get(news), http.StatusSeeOther)
}

// TestReportGoesToTheCity: from the empty form to the signature, with everything that stops it on the way.
func TestReportGoesToTheCity(t *testing.T) {
	o := newOffice(t)
	reporter, checker, chair := o.reader(t, "heping"), o.reader(t, "district_checker"), o.reader(t, "district_chair")
	wantPage(t, reporter.get("/fill"), http.StatusSeeOther)
	wantPage(t, reporter.get("/fill/2026Q4"), http.StatusOK, "共 68 项，已填 0 项", "与上季相同")
	wantPage(t, reporter.submit("/fill/2026Q4/unchanged", nil), http.StatusSeeOther)
	confirmed := o.form().Counts.Filled
	if confirmed < 10 || o.form().Counts.Unchanged != 0 {
		t.Errorf("%d stocks were confirmed, %d are left", confirmed, o.form().Counts.Unchanged)
	}
	wantPage(t, reporter.get("/fill/2026Q4/check"), http.StatusOK, "未填、错误和缺说明的提示都处理完以后")
	wantPage(t, reporter.submit("/fill/2026Q4/forward", nil), http.StatusConflict)
	o.fillUp("heping")
	o.noteWarnings("heping")
	page := wantPage(t, checker.get("/fill/2026Q4/check"), http.StatusOK, "检查通过", "没有错误")
	wantPage(t, checker.submit("/fill/2026Q4/forward", url.Values{"form_token": {tokenForm.FindStringSubmatch(page.body)[1]}}), http.StatusSeeOther)
	wantPage(t, reporter.get(orgSection), http.StatusOK, "待签批")
	wantPage(t, checker.submit("/fill/2026Q4/back", url.Values{"reason": {"  "}}), http.StatusBadRequest, "退回修改")
	wantPage(t, checker.submit("/fill/2026Q4/back", url.Values{"reason": {"第 8 项请核对"}}), http.StatusSeeOther)
	wantPage(t, reporter.get("/fill/2026Q4"), http.StatusOK, "内部退回", "第 8 项请核对")
	wantPage(t, reporter.submit("/fill/2026Q4/forward", nil), http.StatusSeeOther)

	checked := `<dt>审核：</dt><dd>演示district_checker</dd><dd class="at">`
	if page := wantPage(t, chair.get("/fill/2026Q4/cover"), http.StatusOK, "<dt>审核：</dt><dd></dd>"); strings.Contains(page.body, checked) {
		t.Error("the sheet names a checker although the reporter sent the report, and the checker only gave it back")
	}
	wantPage(t, chair.submit("/fill/2026Q4/back", url.Values{"reason": {"请审核员看过"}}), http.StatusSeeOther)
	wantPage(t, checker.submit("/fill/2026Q4/forward", nil), http.StatusSeeOther)
	wantPage(t, chair.get("/fill/2026Q4/cover"), http.StatusOK, checked, "签批并提交", "和平区总工会", "内容校验码")
	digest := o.form().Digest()
	wantPage(t, chair.submit("/fill/2026Q4/sign", url.Values{"current": {"wrong password"}, "digest": {digest}}), http.StatusBadRequest, "当前密码")
	wantPage(t, chair.submit("/fill/2026Q4/sign", url.Values{"current": {goodPassword}, "digest": {"another"}}), http.StatusConflict)
	wantPage(t, reporter.submit("/fill/2026Q4/sign", url.Values{"current": {goodPassword}, "digest": {digest}}), http.StatusForbidden)
	if state := o.form().Filing.State; state != assess.PendingSignature {
		t.Fatalf("the report is %s", state)
	}
	wantPage(t, chair.submit("/fill/2026Q4/sign", url.Values{"current": {goodPassword}, "digest": {digest}}), http.StatusSeeOther)
	if state := o.form().Filing.State; state != assess.Submitted {
		t.Fatalf("the report is %s", state)
	}
	wantPage(t, chair.submit("/fill/2026Q4/sign", url.Values{"current": {goodPassword}, "digest": {digest}}), http.StatusSeeOther) // pressed twice
	wantPage(t, chair.submit("/fill/2026Q4/sign", url.Values{"current": {"wrong password"}, "digest": {digest}}), http.StatusBadRequest)
	wantPage(t, chair.get("/fill/2026Q4/cover"), http.StatusOK, "已提交", "<dd>演示district_chair</dd><dd class=\"at\">2027-01-", "已签批并报送市总，2027-01-")
	wantPage(t, reporter.get(orgSection), http.StatusOK)
	if v := fields(t, reporter.get(orgSection).body); v.Has("v.covered_units") {
		t.Error("a report that is signed can be typed into")
	}
}

// noteWarnings writes a note to every warning, and corrects nothing.
func (o *office) noteWarnings(by string) {
	o.t.Helper()
	for range 3 { // a note may answer one warning and leave others
		for _, s := range o.form().Sections {
			for _, f := range s.Fields {
				if slices.ContainsFunc(f.Messages, func(m desk.Message) bool { return m.Level == desk.Warning }) && f.Draft.Note == "" {
					o.typed(f.Item.Code, f.Draft.Value, "已核对，情况属实", by)
				}
			}
		}
	}
	for _, s := range o.form().Sections {
		for _, f := range s.Fields {
			for _, m := range f.Messages {
				if m.Level == desk.Error {
					o.t.Fatalf("the made-up district reports an error: %s %s", f.Item.Code, m.Problem.Message)
				}
			}
		}
	}
}

// handIn fills the form, sends and signs it.
func (o *office) handIn() {
	o.t.Helper()
	o.fillUp("heping")
	o.noteWarnings("heping")
	o.ok(o.desk.Forward(o.t.Context(), officeUnit, officeQuarter(), "heping", o.clock.at))
	o.ok(o.desk.Sign(o.t.Context(), officeUnit, officeQuarter(), "", "district_chair", o.clock.at.Add(time.Minute)))
}

// returns sends figures of a signed report back, as their department does.
func (o *office) returns(department, reason assess.Code, words string, items ...assess.Code) {
	o.t.Helper()
	o.ok(o.desk.Decide(o.t.Context(), officeUnit, officeQuarter(), collect.Returns(items, reason, words), "city_reviewer", department, o.clock.at.Add(time.Hour)))
}

// TestReturnedCellsAloneAreOpen: what came back stands out with its reason and the reviewer's words; everything else is locked, and
// says so once.
func TestReturnedCellsAloneAreOpen(t *testing.T) {
	o := newOffice(t)
	o.handIn()
	o.returns("org", "anomaly", "与上季相比变化过大，请核对底数", "covered_units", "new_unions_ytd")
	r := o.reader(t, "heping")
	wantPage(t, r.get("/fill/2026Q4"), http.StatusOK, "市总退回 2 项", "数据异常", "与上季相比变化过大，请核对底数", "基层工会涵盖单位数")
	page := wantPage(t, r.get(orgSection), http.StatusOK, "除下面开放的格以外，其余各格已锁定", "已退回", "第 1 轮", "演示city_reviewer")
	v := fields(t, page.body)
	var open []string
	for name := range v {
		if strings.HasPrefix(name, "v.") {
			open = append(open, name)
		}
	}
	slices.Sort(open)
	if !slices.Equal(open, []string{"v.covered_units", "v.new_unions_ytd"}) {
		t.Errorf("open are %v", open)
	}
	v.Set("v.covered_units", "5,560")
	wantPage(t, r.submit(orgSection, v), http.StatusSeeOther)
	wantPage(t, r.get(orgSection), http.StatusOK, "已重填")
	refused := wantPage(t, r.submit(orgSection, url.Values{"request": {"x"}, "v.female_members": {"1"}, "n.female_members": {"长说明"}, "b.female_members": {"0"}}),
		http.StatusConflict, "没有保存：1", "长说明", "未被退回，不能修改")
	if strings.Contains(refused.body, `name="v.female_members"`) {
		t.Error("a closed cell has a field")
	}
}

// TestACellClosedMeanwhileTakesNothingElseAlong: a section is opened, the city marks one of its figures as not applicable, the section
// is sent without script. Every other cell is saved; what was typed into the closed one is shown with the reason.
func TestACellClosedMeanwhileTakesNothingElseAlong(t *testing.T) {
	o := newOffice(t)
	o.handIn()
	o.returns("org", "anomaly", "请核对底数", "covered_units", "new_unions_ytd")
	r := o.reader(t, "heping")
	v := fields(t, r.get(orgSection).body)
	v.Set("v.covered_units", "5,560")
	v.Set("v.female_members", "77") // as if its field had been open when the page came
	v.Set("b.female_members", "0")
	v.Set("v.migrant_members", "") // and this one had been, and was not touched
	v.Set("b.migrant_members", "0")
	page := wantPage(t, r.submit(orgSection, v), http.StatusConflict, "没有保存：77")
	if strings.Count(page.body, "（说明：—）") != 1 {
		t.Error("a cell that nobody touched is called unsaved")
	}
	if got := o.field("covered_units").Draft.Value; got != "5,560" {
		t.Errorf("the open cell holds %q", got)
	}
}

// TestAnEndedSessionKeepsTheForm: what is sent after the session has ended comes back after the sign-in of the same person, without
// any script; another person is offered nothing, a password is never carried along, and neither is a form of another site.
func TestAnEndedSessionKeepsTheForm(t *testing.T) {
	o := newOffice(t)
	r := o.reader(t, "heping")
	v := fields(t, r.get(orgSection).body)
	v.Set("v.covered_units", "5512")
	o.clock.at = o.clock.at.Add(20 * time.Minute)
	door := wantPage(t, r.submit(orgSection, v), http.StatusUnauthorized, "没有丢失")
	enter := func(name string) answerTo {
		form := url.Values{"name": {name}, "password": {goodPassword}}
		for _, m := range inputPart.FindAllStringSubmatch(door.body, -1) {
			if value := valuePart.FindStringSubmatch(m[0]); value != nil && !form.Has(m[1]) {
				form.Set(m[1], html.UnescapeString(value[1]))
			}
		}
		return r.do(http.MethodPost, "/sign-in", form)
	}
	wantPage(t, enter("district_reporter"), http.StatusSeeOther)
	r.submit("/sign-out", nil)
	door.body = tokenForm.ReplaceAllString(door.body, `name="form_token" value="`+r.token("/sign-in")+`"`)
	offered := wantPage(t, enter("heping"), http.StatusOK, "保存刚才填写的内容")
	list := offered.body[strings.Index(offered.body, "<dl"):strings.Index(offered.body, "</dl>")]
	if !strings.Contains(list, "<dt>基层工会涵盖单位数：填写值</dt><dd>5512</dd>") || strings.Contains(list, "covered_units") || strings.Contains(list, "<dt>b.") {
		t.Errorf("what will be sent: %s", list)
	}
	again := url.Values{}
	for _, m := range inputPart.FindAllStringSubmatch(offered.body[strings.Index(offered.body, `action="/fill`):], -1) {
		if value := valuePart.FindStringSubmatch(m[0]); value != nil {
			again.Set(m[1], html.UnescapeString(value[1]))
		}
	}
	wantPage(t, r.submit(orgSection, again), http.StatusSeeOther)
	if f := o.field("covered_units"); f.Draft.Value != "5512" || f.Draft.By != "heping" {
		t.Errorf("the cell holds %+v", f.Draft)
	}

	o.clock.at = o.clock.at.Add(20 * time.Minute)
	v.Set("form_token", "of another site")
	wantPage(t, r.do(http.MethodPost, orgSection, v), http.StatusSeeOther)
	chair := o.reader(t, "district_chair")
	sign := url.Values{"current": {goodPassword}, "digest": {"x"}, "form_token": {chair.ownToken()}}
	o.clock.at = o.clock.at.Add(20 * time.Minute)
	wantPage(t, chair.do(http.MethodPost, "/fill/2026Q4/sign", sign), http.StatusSeeOther)
}
