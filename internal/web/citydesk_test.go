package web_test

import (
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// hire makes an account on both sides: of the sign-in page, and of the desk.
func (s *shipped) hire(name string, role assess.Role, department assess.Code) {
	s.t.Helper()
	u, err := account.New(name, "演示"+name, account.Post{Role: role, Department: department}, s.g.clock.at)
	if err != nil {
		s.t.Fatal(err)
	}
	u.PasswordHash = s.g.people.of("heping").PasswordHash
	known, err := s.g.people.AccountNamed(s.t.Context(), name)
	if err == nil {
		u.ID = known.ID
		err = s.g.people.SetPost(s.t.Context(), u.ID, u.Post(), s.g.people.line("user.role"))
	} else {
		err = s.g.people.AddAccount(s.t.Context(), u, s.g.people.line("user.add"))
	}
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.store.AddAccount(s.t.Context(), u, assess.AuditLine{At: s.g.clock.at, Actor: "system", Action: "user.add", Result: "ok"}); err != nil {
		s.t.Fatal(err)
	}
}

var hiddenBase = regexp.MustCompile(`name="(b\.[^"]+)" value="([^"]*)"`)

// form fills in the form of a department as a browser does: every field with what the page shows, then what is typed.
func (r *reader) form(path string, typed map[string]string) url.Values {
	r.t.Helper()
	page := r.get(path)
	wantStatus(r.t, page, http.StatusOK)
	form := url.Values{"form_token": {tokenForm.FindStringSubmatch(page.body)[1]}}
	for _, m := range hiddenBase.FindAllStringSubmatch(page.body, -1) {
		_, shown, _ := strings.Cut(m[2], "|")
		form.Set(m[1], m[2])
		form.Set("v."+strings.TrimPrefix(m[1], "b."), shown)
	}
	for name, value := range typed {
		form.Set(name, value)
	}
	return form
}

func (s *shipped) held(item assess.Code, p assess.Period) (lines []string) {
	s.t.Helper()
	all, err := s.store.Current(s.t.Context(), assess.CellQuery{Periods: []assess.Period{p}, Items: []assess.Code{item}})
	if err != nil {
		s.t.Fatal(err)
	}
	for _, o := range all {
		lines = append(lines, string(o.Unit)+" "+o.Value+" "+o.EnteredBy+" "+o.AcceptedBy)
	}
	return lines
}

const financeForm = "/city/2026Q1/finance"

// TestADepartmentHandsIn walks the form without a script: a draft, a warning that wants its note, the hand-in, the overview.
func TestADepartmentHandsIn(t *testing.T) {
	s := newShipped(t)
	s.hire("qian", assess.CityReviewer, "finance")
	qian := s.as("qian")
	a := qian.do(http.MethodPost, financeForm, qian.form(financeForm, map[string]string{
		"v.210102.fund_received_ytd": "５，０００，０００", "v.210103.fund_received_ytd": "99000000", "do": "save",
	}))
	wantStatus(t, a, http.StatusSeeOther)
	page := qian.get(a.Header.Get("Location"))
	for _, want := range []string{"已保存为草稿", "沈河区 · 本年工会经费实收额", "32,000,000", "草稿 2 个"} {
		if !strings.Contains(textOf(page.body), want) {
			t.Errorf("the saved form does not say %q", want)
		}
	}
	if !strings.Contains(page.body, `value="５，０００，０００"`) {
		t.Error("what was typed does not stay as it was typed")
	}
	a = qian.do(http.MethodPost, financeForm, qian.form(financeForm, map[string]string{"do": "hand_in"}))
	wantStatus(t, a, http.StatusUnprocessableEntity)
	if !strings.Contains(textOf(a.body), "1 个数据异常且没有说明") {
		t.Errorf("a warning without a note: %s", textOf(a.body))
	}
	a = qian.do(http.MethodPost, financeForm, qian.form(financeForm, map[string]string{"do": "hand_in", "n.210103.fund_received_ytd": "补缴历年欠费"}))
	wantStatus(t, a, http.StatusSeeOther)
	if got := textOf(qian.get(a.Header.Get("Location")).body); !strings.Contains(got, "已提交 2 个数据") {
		t.Errorf("after the hand-in: %s", got)
	}
	if got := s.held("fund_received_ytd", assess.NewQuarter(2026, 1)); !slices.Equal(got, []string{"210102 5000000 qian qian", "210103 99000000 qian qian"}) {
		t.Errorf("held %v", got)
	}
	overview := textOf(s.as("city_leader").get("/city/2026Q1").body)
	for _, want := range []string{"财务部 填报中 26 2 0 0 24", "演示qian", "机关党委 未开始 13"} {
		if !strings.Contains(overview, want) {
			t.Errorf("the overview lacks %q: %s", want, overview)
		}
	}
	// Nobody else types into it, and nobody's page offers it.
	for _, name := range []string{"reviewer", "city_analyst", "city_leader", "auditor"} {
		if page := s.as(name).get(financeForm); page.StatusCode != http.StatusOK || strings.Contains(page.body, `name="v.`) {
			t.Errorf("%s: %d, with fields %v", name, page.StatusCode, strings.Contains(page.body, `name="v.`))
		}
	}
	org := s.as("reviewer")
	wantStatus(t, org.send(financeForm, "v.210102.fund_received_ytd", "1", "b.210102.fund_received_ytd", "1|5000000", "do", "save"), http.StatusForbidden)
	for _, path := range []string{"/city/2026Q1/economy", "/city/2026Q1/nothing", "/city/1999Q1", "/city/1999Q1/finance", "/city/1999/points", "/city/1999/ratings", "/city/1999Q1/exempt"} {
		wantStatus(t, qian.get(path), http.StatusNotFound)
	}
}

// TestColleaguesDoNotOverwriteEachOther: only the cells that were typed into are saved; of one that a colleague changed both values
// are shown and the colleague's stays.
func TestColleaguesDoNotOverwriteEachOther(t *testing.T) {
	s := newShipped(t)
	s.hire("qian", assess.CityReviewer, "finance")
	s.hire("sun", assess.CityReviewer, "finance")
	qian, sun := s.as("qian"), s.as("sun")
	first := qian.form(financeForm, map[string]string{"v.210102.fund_received_ytd": "5000000", "do": "save"})
	second := sun.form(financeForm, map[string]string{"v.210102.fund_received_ytd": "6000000", "v.210103.fund_received_ytd": "7000000", "do": "save"})
	third := sun.form(financeForm, map[string]string{"v.210104.fund_received_ytd": "8000000", "do": "save"})
	wantStatus(t, qian.do(http.MethodPost, financeForm, first), http.StatusSeeOther)
	wantStatus(t, sun.do(http.MethodPost, financeForm, third), http.StatusSeeOther)
	a := sun.do(http.MethodPost, financeForm, second)
	wantStatus(t, a, http.StatusConflict)
	for _, want := range []string{"演示qian 已改为“5000000”", "您填的“6000000”没有保存"} {
		if !strings.Contains(textOf(a.body), want) {
			t.Errorf("the page does not say %q: %s", want, textOf(a.body))
		}
	}
	page := sun.get(financeForm)
	for _, want := range []string{`value="5000000"`, `value="7000000"`, `value="8000000"`} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the form lacks %s", want)
		}
	}
}

// TestAPastedColumnOfTheCityIsShownFirst: values in order, or by the names of districts; nothing is saved before the person has seen it.
func TestAPastedColumnOfTheCityIsShownFirst(t *testing.T) {
	s := newShipped(t)
	s.hire("qian", assess.CityReviewer, "finance")
	qian := s.as("qian")
	for _, rows := range []string{"5000000\r\n\r\n7000000\r\n", "大东\t7000000\n和平区\t5000000\n"} {
		a := qian.do(http.MethodPost, financeForm, qian.form(financeForm, map[string]string{"do": "paste", "column": "fund_received_ytd", "rows": rows}))
		wantStatus(t, a, http.StatusOK)
		for _, want := range []string{`name="v.210102.fund_received_ytd" type="text" inputmode="decimal" value="5000000"`, `name="v.210104.fund_received_ytd" type="text" inputmode="decimal" value="7000000"`, "已填入 2 个数据，尚未保存"} {
			if !strings.Contains(a.body, want) {
				t.Errorf("after %q the page lacks %s", rows, want)
			}
		}
	}
	if strings.Contains(qian.get(financeForm).body, `value="5000000"`) {
		t.Error("a pasted column was saved")
	}
	wantStatus(t, qian.do(http.MethodPost, financeForm, qian.form(financeForm, map[string]string{"do": "paste", "column": "fund_received_ytd", "rows": " \n"})), http.StatusUnprocessableEntity)
}

var proposalID = regexp.MustCompile(`name="proposal" value="([^"]+)"`)

// TestAGradeIsConfirmedByASecondPerson on the page of the department.
func TestAGradeIsConfirmedByASecondPerson(t *testing.T) {
	s := newShipped(t)
	const path = "/city/2026Q1/party"
	s.hire("zhou", assess.CityReviewer, "party")
	s.hire("wu", assess.CityReviewer, "party")
	zhou, wu := s.as("zhou"), s.as("wu")
	a := zhou.do(http.MethodPost, path, zhou.form(path, map[string]string{"v.210102.party_branch_rating": "excellent", "do": "hand_in"}))
	wantStatus(t, a, http.StatusUnprocessableEntity)
	a = zhou.do(http.MethodPost, path, zhou.form(path, map[string]string{"do": "hand_in", "reason": "机关党委〔2026〕12号<b>"}))
	wantStatus(t, a, http.StatusSeeOther)
	page := zhou.get(path)
	if strings.Contains(page.body, `value="confirm"`) || !strings.Contains(page.body, `value="withdraw"`) {
		t.Error("who handed in is offered to confirm")
	}
	if strings.Contains(page.body, "12号<b>") || !strings.Contains(page.body, "12号&lt;b&gt;") {
		t.Error("the reason is not escaped")
	}
	id := proposalID.FindStringSubmatch(wu.get(path).body)
	if id == nil {
		t.Fatal("nothing waits on the colleague's page")
	}
	s.refusesForbidden(wu, path+"/decide", "proposal", id[1], "do", "confirm", "note", "")
	wantStatus(t, zhou.send(path+"/decide", "proposal", id[1], "do", "confirm", "note", ""), http.StatusForbidden)
	wantStatus(t, s.as("reviewer").send(path+"/decide", "proposal", id[1], "do", "confirm", "note", ""), http.StatusForbidden)
	wantStatus(t, wu.send("/city/2026Q1/finance/decide", "proposal", id[1], "do", "confirm", "note", ""), http.StatusNotFound)
	wantStatus(t, wu.send(path+"/decide", "proposal", "01890000-0000-7000-8000-000000000000", "do", "confirm", "note", ""), http.StatusNotFound)
	wantStatus(t, wu.send(path+"/decide", "proposal", id[1], "do", "refuse", "note", " "), http.StatusUnprocessableEntity)
	wantStatus(t, wu.send(path+"/decide", "proposal", id[1], "do", "crown", "note", "x"), http.StatusConflict)
	wantStatus(t, wu.send(path+"/decide", "proposal", id[1], "do", "confirm", "note", ""), http.StatusSeeOther)
	if got := s.held("party_branch_rating", assess.NewYear(2026)); !slices.Equal(got, []string{"210102 excellent zhou wu"}) {
		t.Errorf("held %v", got)
	}
}

func TestFormsOfTheCityRefuseForbiddenFields(t *testing.T) {
	s := newShipped(t)
	s.hire("qian", assess.CityReviewer, "finance")
	qian := s.as("qian")
	var pairs []string
	form := qian.form(financeForm, map[string]string{"v.210102.fund_received_ytd": "5000000", "do": "hand_in"})
	for _, name := range slices.Sorted(maps.Keys(form)) {
		if name != "form_token" {
			pairs = append(pairs, name, form.Get(name))
		}
	}
	s.refusesForbidden(qian, financeForm, pairs...)
	wantStatus(t, qian.send(financeForm, append(pairs, "v.210102.union_members", "7")...), http.StatusBadRequest)
	assessor, analyst, leader := s.as("city_assessor"), s.as("city_analyst"), s.as("city_leader")
	s.refusesForbidden(assessor, "/city/2026/points", goodCase()...)
	s.refusesForbidden(analyst, "/city/2026Q1/exempt", "of", "210102", "indicator", "pilot_task_rating", "reason", "x")
	s.refusesForbidden(analyst, "/city/2026Q1/exempt/lift", "of", "210102", "indicator", "pilot_task_rating", "reason", "x")
	s.refusesForbidden(analyst, "/city/2026/ratings/pilot_task_rating/open")
	s.refusesForbidden(analyst, "/city/2026/ratings/pilot_task_rating/close")
	s.refusesForbidden(leader, "/city/2026/ratings/pilot_task_rating", "ballot.210102", "good")
}

func goodCase() []string {
	return []string{
		"item", "award_points|national", "of", "210102", "quarter", "2026Q1", "title", "职工书屋示范点", "reason", "正式命名", "evidence", "总工办发〔2026〕3号",
	}
}

var caseID = regexp.MustCompile(`id="case-([0-9a-f-]{36})"`)

// TestPointsAreProposedAndConfirmed on the page of points.
func TestPointsAreProposedAndConfirmed(t *testing.T) {
	s := newShipped(t)
	const path = "/city/2026/points"
	assessor, leader := s.as("city_assessor"), s.as("city_leader")
	if page := leader.get(path); strings.Contains(page.body, `name="evidence"`) {
		t.Error("a leader is offered to propose")
	}
	a := assessor.send(path, "item", "award_points|national", "of", "210102", "quarter", "2026Q1", "title", "", "reason", "正式<i>", "evidence", "文件")
	wantStatus(t, a, http.StatusUnprocessableEntity)
	if !strings.Contains(textOf(a.body), "请写明事项名称") || !strings.Contains(a.body, "正式&lt;i&gt;</textarea>") || !strings.Contains(a.body, `value="award_points|national" selected`) {
		t.Error("what was typed is lost, not escaped, or nothing says what is missing")
	}
	wantStatus(t, assessor.send(path, "item", "discipline_cases_ytd|", "of", "210102", "quarter", "x", "title", "a", "reason", "b", "evidence", "c"), http.StatusUnprocessableEntity)
	wantStatus(t, assessor.send(path, goodCase()...), http.StatusSeeOther)
	wantStatus(t, assessor.send(path, goodCase()...), http.StatusConflict)
	page := assessor.get(path)
	id := caseID.FindStringSubmatch(page.body)
	if id == nil || strings.Contains(page.body, `value="confirm"`) || !strings.Contains(page.body, `value="withdraw"`) {
		t.Fatal("the proposer's page shows no case, or offers to confirm it")
	}
	wantStatus(t, assessor.send(path+"/"+id[1], "do", "confirm", "note", ""), http.StatusForbidden)
	wantStatus(t, leader.send("/city/2025/points/"+id[1], "do", "confirm", "note", ""), http.StatusNotFound)
	s.refusesForbidden(leader, path+"/"+id[1], "do", "confirm", "note", "")
	wantStatus(t, leader.send(path+"/"+id[1], "do", "confirm", "note", "同意"), http.StatusSeeOther)
	if got := s.held("award_points", assess.NewYear(2026)); !slices.Equal(got, []string{"210102 1 city_assessor city_leader"}) {
		t.Errorf("held %v", got)
	}
	for _, want := range []string{"2026年已生效 1 个事项", "和平区 · 创新加分申报分值 · 国家级 已确认", "确认：演示city_leader", "同意"} {
		if got := textOf(assessor.get(path).body); !strings.Contains(got, want) {
			t.Errorf("the page lacks %q: %s", want, got)
		}
	}
	wantStatus(t, s.as("heping").get(path), http.StatusForbidden)
}

// TestFilesOfACase: an assessor adds them, the city reads them, and to a district they are not there.
func TestFilesOfACase(t *testing.T) {
	s := newShipped(t)
	const path = "/city/2026/points"
	assessor, leader := s.as("city_assessor"), s.as("city_leader")
	wantStatus(t, assessor.send(path, goodCase()...), http.StatusSeeOther)
	id := caseID.FindStringSubmatch(assessor.get(path).body)[1]
	proof := func(r *reader, file string) sending {
		return r.proof([2]string{"命名文件.pdf", file})
	}
	wantStatus(t, assessor.upload(path+"/"+id+"/evidence", proof(assessor, "<html>")), http.StatusUnprocessableEntity)
	wantStatus(t, assessor.upload("/city/2025/points/"+id+"/evidence", proof(assessor, string(samplePDF("1")))), http.StatusNotFound)
	wantStatus(t, leader.upload(path+"/"+id+"/evidence", proof(leader, string(samplePDF("1")))), http.StatusForbidden)
	wantStatus(t, assessor.upload(path+"/"+id+"/evidence", proof(assessor, string(samplePDF("1")))), http.StatusSeeOther)
	link := regexp.MustCompile(`href="(/evidence/[0-9a-f-]{36})"`).FindStringSubmatch(leader.get(path).body)
	if link == nil {
		t.Fatal("the leader's page shows no file")
	}
	wantStatus(t, leader.get(link[1]), http.StatusOK)
	wantStatus(t, s.as("heping").get(link[1]), http.StatusNotFound)
	wantStatus(t, assessor.send(path+"/"+id, "do", "withdraw", "note", "重复"), http.StatusSeeOther)
	wantStatus(t, assessor.upload(path+"/"+id+"/evidence", proof(assessor, string(samplePDF("2")))), http.StatusConflict)
}

// TestTasksOfTheCitysDesk: who has something to do finds it among the tasks, with its date and its page.
func TestTasksOfTheCitysDesk(t *testing.T) {
	s := newShipped(t)
	s.g.clock.at = time.Date(2026, 7, 3, 2, 0, 0, 0, time.UTC) // the second quarter is collected
	s.hire("qian", assess.CityReviewer, "finance")
	s.hire("zhou", assess.CityReviewer, "party")
	s.hire("wu", assess.CityReviewer, "party")
	zhou, assessor := s.as("zhou"), s.as("city_assessor")
	const party = "/city/2026Q2/party"
	wantStatus(t, zhou.do(http.MethodPost, party, zhou.form(party, map[string]string{"v.210102.party_branch_rating": "good", "do": "hand_in", "reason": "文件"})), http.StatusSeeOther)
	wantStatus(t, assessor.send("/city/2026/points", goodCase()...), http.StatusSeeOther)
	for _, c := range []struct{ name, says, link string }{
		{"qian", "填报市级数据，还缺 26 个", "/city/2026Q2/finance"},
		{"wu", "确认 1 个等次或结论", party},
		{"city_leader", "办理 1 个加减分、否决事项", "/city/2026/points"},
	} {
		if page := s.as(c.name).get("/tasks"); !strings.Contains(textOf(page.body), c.says) || !strings.Contains(page.body, `href="`+c.link+`"`) {
			t.Errorf("%s finds no %q: %s", c.name, c.says, textOf(page.body))
		}
	}
	for _, name := range []string{"city_assessor", "city_analyst", "heping"} {
		if page := textOf(s.as(name).get("/tasks").body); strings.Contains(page, "加减分、否决事项") || strings.Contains(page, "市级数据，还缺") {
			t.Errorf("%s is told of what is not theirs: %s", name, page)
		}
	}
}

// TestBallotsOnThePage: a rater sees the own ballots and nobody else's, the analyst how many are missing and no ballot; after the
// close they stand under numbers.
func TestBallotsOnThePage(t *testing.T) {
	s := newShipped(t)
	const path, one = "/city/2026/ratings", "/city/2026/ratings/pilot_task_rating"
	s.hire("city_leader", assess.CityLeader, "")
	s.hire("city_assessor", assess.CityAssessor, "")
	s.hire("leader", assess.CityLeader, "")
	analyst := s.as("city_analyst")
	wantStatus(t, analyst.send(one+"/open"), http.StatusSeeOther)
	leader, other := s.as("city_leader"), s.as("leader")
	wantStatus(t, leader.send(one, "ballot.210102", "excellent", "ballot.210103", "abstain"), http.StatusSeeOther)
	a := other.send(one, "ballot.210102", "wonderful")
	wantStatus(t, a, http.StatusUnprocessableEntity)
	wantStatus(t, s.as("city_assessor").send(one, "ballot.210102", "poor"), http.StatusSeeOther)
	if page := leader.get(path); !strings.Contains(page.body, `<option value="excellent" selected>`) || strings.Contains(page.body, `<option value="poor" selected>`) {
		t.Error("a rater's page does not show the own ballot alone")
	}
	if page := other.get(path); strings.Contains(page.body, ` selected>优`) || strings.Contains(page.body, ` selected>差`) || strings.Contains(page.body, "演示city_assessor") {
		t.Error("a rater's page tells of the ballots of others")
	}
	for _, name := range []string{"city_analyst", "auditor"} {
		page := s.as(name).get(path)
		if strings.Contains(page.body, " selected>") || !strings.Contains(textOf(page.body), "city_leader: 已评 2，缺 11") {
			t.Errorf("%s: the page tells a ballot, or not who is missing: %s", name, textOf(page.body))
		}
	}
	wantStatus(t, analyst.send(one+"/close"), http.StatusSeeOther)
	page := textOf(leader.get(path).body)
	if !strings.Contains(page, "（您）") || !strings.Contains(page, "弃权") || strings.Contains(page, "演示city_assessor") {
		t.Errorf("after the close: %s", page)
	}
	wantStatus(t, leader.send(one, "ballot.210102", "fair"), http.StatusConflict)
	wantStatus(t, analyst.send("/city/2026/ratings/new_unions/open"), http.StatusNotFound)
}

// TestNotApplicableOnThePage: set, listed, taken back; a district never reads the page.
func TestNotApplicableOnThePage(t *testing.T) {
	s := newShipped(t)
	const path = "/city/2026Q1/exempt"
	analyst := s.as("city_analyst")
	a := analyst.send(path, "of", "210102", "indicator", "pilot_task_rating", "reason", "")
	wantStatus(t, a, http.StatusUnprocessableEntity)
	wantStatus(t, analyst.send(path, "of", "210102", "indicator", "pilot_task_rating", "reason", "未承担<i>试点"), http.StatusSeeOther)
	page := s.as("city_leader").get(path)
	if !strings.Contains(page.body, "未承担&lt;i&gt;试点") || strings.Contains(page.body, `name="indicator"`) {
		t.Error("a leader does not read the mark, or is offered to change it")
	}
	wantStatus(t, analyst.send(path+"/lift", "of", "210102", "indicator", "pilot_task_rating", "reason", "已承担"), http.StatusSeeOther)
	if !strings.Contains(textOf(analyst.get(path).body), "没有标注") {
		t.Error("the mark still stands")
	}
	wantStatus(t, s.as("heping").get(path), http.StatusForbidden)
}
