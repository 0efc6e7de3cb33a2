package web_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/catalog"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/cycle"
	"github.com/unionboard/unionboard/internal/store"
	"github.com/unionboard/unionboard/internal/testkit"
	"github.com/unionboard/unionboard/internal/web"
)

// galleryTimetable is a calendar of Monday to Friday that nobody has touched: pages of other things are tried with it.
type galleryTimetable struct{ web.Timetable }

func (galleryTimetable) Plan(_ context.Context, p assess.Period) (cycle.Plan, error) {
	return cycle.NewPlan(cycle.NewCalendar(assess.Calendar{}, time.UTC), p, assess.Assessment{}, nil), nil
}

func (galleryTimetable) Stage(context.Context, assess.Period) (assess.CycleState, error) {
	return assess.CycleOpen, nil
}

func (galleryTimetable) CalendarEdits(context.Context) ([]assess.CalendarEdit, error) {
	return nil, nil
}

func (galleryTimetable) EditCalendar(context.Context, assess.CalendarEdit, assess.AuditLine) error {
	return assess.Invalid("problem.reason_needed", "write the reason")
}

func noLink(context.Context, account.LinkKind, string, time.Time) (account.Link, account.User, error) {
	return account.Link{}, account.User{}, assess.NotFound("problem.link_unknown", "there is no such link")
}

func noText(context.Context, int) (string, error) { return "", nil }

// dated is the calendar of the shipped definitions over a real store, and its site. By the notice of 2026 the collection of 2026Q1
// opens on 1 April, is due on Friday the 10th 17:00, closes on the 17th 17:00, is scored on the 20th and published on the 27th.
type dated struct {
	t     *testing.T
	g     *gallery
	gate  *collect.Gate
	store *store.Store
	front *reader
}

func newDated(t *testing.T, now string) *dated {
	t.Helper()
	edition := testkit.Shipped(t)
	s := testkit.Store(t)
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	d := &dated{t: t, g: newGallery(t), store: s}
	d.gate = collect.New(collect.Config{Store: s, Editions: shippedEdition{edition}, ReadYear: catalog.CalendarYear, Zone: zone})
	d.front = newReader(t, d.g.handler(t, func(o *web.Options) {
		o.Timetable, o.OpenLink, o.Location = d.gate, s.OpenLink, zone
		o.CalendarText = func(context.Context, int) (string, error) { return "year: 2026\n", nil }
	}))
	d.at("2025-12-25 09:00") // the city is in use: no quarter lies before its first
	d.at(now)
	return d
}

// at sets the clock and lets the collections follow it.
func (d *dated) at(now string) {
	d.t.Helper()
	at, err := time.Parse("2006-01-02 15:04 -0700", now+" +0800")
	if err != nil {
		d.t.Fatal(err)
	}
	d.g.clock.at = at
	if err := d.gate.MoveOn(d.t.Context(), at); err != nil {
		d.t.Fatal(err)
	}
}

func (d *dated) as(name string) *reader { d.t.Helper(); return d.front.fresh().signIn(name) }

// lines writes the lines of the audit log with an action.
func (d *dated) lines(action string) (lines []string) {
	d.t.Helper()
	all, err := d.store.AuditLines(d.t.Context(), 1, 1000)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, l := range all {
		if l.Action == action {
			from := "nowhere"
			if l.Address != "" && l.Request != "" {
				from = "a page"
			}
			lines = append(lines, l.Actor+" from "+from+": "+l.Object+" "+string(l.Unit)+" "+l.Before+"→"+l.After)
		}
	}
	return lines
}

// The page says where the collection stands, for each of its days.
func TestCalendarSaysWhereTheCollectionStands(t *testing.T) {
	for _, tt := range []struct{ now, want string }{
		{"2025-12-29 09:00", "2026年第一季度尚未开放，2026-4-1 周三 起填报"}, // of another year, so with it
		{"2026-03-26 09:00", "2026年第一季度尚未开放，4-1 周三 起填报（还有 4 个工作日），4-10 周五 17:00 截止。"},
		{"2026-04-07 09:00", "2026年第一季度正在填报，4-10 周五 17:00 截止，还有 3 个工作日。目前 13/13 已报。"},
		{"2026-04-13 09:00", "2026年第一季度已过报送截止（4-10 周五 17:00），此后按迟报计；4-17 周五 17:00 关闭，还有 4 个工作日。目前 13/13 已报。"},
		{"2026-04-17 18:00", "2026年第一季度已关闭报送，4-20 周一 锁定数据并计分。目前 13/13 已报。"},
		{"2026-04-28 09:00", "2026年第一季度已锁定数据并计分，计划 4-27 周一 发布进度通报。目前 13/13 已报。"},
	} {
		d := newDated(t, tt.now)
		r := d.as("analyst")
		a := r.get("/calendar?q=2026Q1")
		wantStatus(t, a, http.StatusOK)
		if text := textOf(a.body); !strings.Contains(text, tt.want) {
			t.Errorf("%s: the page says %s, want %s", tt.now, text[:min(len(text), 600)], tt.want)
		}
		if tt.now == "2026-04-28 09:00" && !strings.Contains(textOf(a.body), "发布进度通报 市总领导批准 待批准") {
			t.Error("nobody is told that publication waits for approval")
		}
	}
}

// Without an address the page shows the collection under way, or the next one.
func TestCalendarShowsTheQuarterUnderWay(t *testing.T) {
	for now, want := range map[string]string{
		"2026-04-07 09:00": "2026年第一季度填报日历", // under way
		"2026-03-20 09:00": "2025年第四季度填报日历", // not published yet
		"2026-06-20 09:00": "2026年第一季度填报日历", // still not
	} {
		d := newDated(t, now)
		if a := d.as("heping").get("/calendar"); !strings.Contains(a.body, "<h1>"+want+"</h1>") {
			t.Errorf("at %s it does not show %s", now, want)
		}
	}
	d := newDated(t, "2026-04-29 09:00")
	for _, p := range []assess.Period{assess.NewQuarter(2025, 4), assess.NewQuarter(2026, 1)} {
		if err := d.gate.Advance(t.Context(), p, assess.CyclePublished, "li.hua", d.g.clock.at); err != nil {
			t.Fatal(err)
		}
	}
	if a := d.as("heping").get("/calendar"); !strings.Contains(a.body, "<h1>2026年第二季度填报日历</h1>") {
		t.Error("after publication it does not show the next one")
	}
	for path, status := range map[string]int{"/calendar?q=2026": http.StatusBadRequest, "/calendar?q=nonsense": http.StatusBadRequest, "/calendar?q=2031Q1": http.StatusNotFound} {
		if a := d.as("heping").get(path); a.StatusCode != status {
			t.Errorf("%s: %d, want %d", path, a.StatusCode, status)
		}
	}
}

// The analyst postpones, extends, opens early and takes a collection on; the administrator confirms an outage.
func TestTheDatesAreChangedFromThePage(t *testing.T) {
	d := newDated(t, "2026-03-26 09:00")
	analyst := d.as("analyst")
	q := []string{"q", "2026Q1"}
	act := func(r *reader, path string, pairs ...string) {
		t.Helper()
		a := r.send(path, append(pairs, q...)...)
		wantStatus(t, a, http.StatusSeeOther)
		if to := a.Header.Get("Location"); !strings.HasPrefix(to, "/calendar?q=2026Q1&done=") || !strings.Contains(r.get(to).body, `class="notice good" role="status"`) {
			t.Errorf("%s leads to %s, which says nothing of it", path, to)
		}
	}
	act(analyst, "/calendar/open", "reason", "清明放假")
	act(analyst, "/calendar/postpone", "step", "deadline", "day", "2026-04-13", "reason", "系统升级")
	act(analyst, "/calendar/extend", "district", "210102", "day", "2026-04-14", "reason", "汛情")
	d.at("2026-04-14 09:00")
	act(d.as("admin"), "/calendar/outage", "day", "2026-04-13", "district", "", "void", "0", "reason", "机房停电")
	d.at("2026-04-30 09:00")
	plan, err := d.gate.Plan(t.Context(), assess.NewQuarter(2026, 1))
	if err != nil {
		t.Fatal(err)
	}
	if at := plan.Deadline("210102").Format("2006-01-02"); at != "2026-04-14" || plan.Step(cycle.StepPublish).At.Format("2006-01-02") != "2026-04-28" {
		t.Errorf("the district is due on %s, publication on %s", at, plan.Step(cycle.StepPublish).At)
	}
	want := []string{
		"analyst from a page: 2026Q1  2026-04-01→清明放假", "analyst from a page: 2026Q1  scheduled→open: 清明放假",
		"analyst from a page: 2026Q1 deadline  2026-04-10→2026-04-13: 系统升级", "analyst from a page: 2026Q1 210102 2026-04-13→2026-04-14: 汛情",
		"admin from a page: 2026-04-13  →机房停电",
	}
	var got []string
	for _, action := range []string{"calendar.opened_early", "cycle.open", "calendar.postponed", "calendar.extended", "calendar.outage"} {
		got = append(got, d.lines(action)...)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("audit (-want +got):\n%s", diff)
	}
	text := textOf(d.as("analyst").get("/calendar?q=2026Q1").body)
	for _, part := range []string{"原定 4-10 周五 17:00", "“报送截止”顺延至 4-13，其后环节随之顺延 系统升级 analyst", "和平区的报送截止延至 4-14 汛情", "确认 4-13 系统故障（全市），该日不计迟报"} {
		if !strings.Contains(text, part) {
			t.Errorf("the page does not say %q", part)
		}
	}
}

// What cannot be done stands in its form, with what was typed.
func TestARefusedFormKeepsWhatWasTyped(t *testing.T) {
	d := newDated(t, "2026-04-02 09:00")
	r := d.as("analyst")
	for _, tt := range []struct {
		path   string
		pairs  []string
		status int
		fault  string
	}{
		{"/calendar/postpone", []string{"step", "deadline", "day", "2026-04-12", "reason", "系统升级"}, http.StatusUnprocessableEntity, "2026-04-12 是休息日；下一个工作日是 2026-04-13"},
		{"/calendar/postpone", []string{"step", "open", "day", "2026-04-13", "reason", "系统升级"}, http.StatusConflict, "“开放填报”已于 2026-04-01 完成，不再更改；请顺延尚未到来的环节"},
		{"/calendar/postpone", []string{"step", "deadline", "day", "14.4.", "reason", "系统升级"}, http.StatusUnprocessableEntity, "日期应按“年-月-日”填写，如 2026-04-14"},
		{"/calendar/extend", []string{"district", "210103", "day", "2026-04-20", "reason", "系统升级"}, http.StatusUnprocessableEntity, "单个区县的延期须在统一截止日 2026-04-10 与关闭日 2026-04-17 之间；请填写其间的日期，或顺延整个填报期"},
		{"/calendar/extend", []string{"district", "210103", "day", "2026-04-13", "reason", " "}, http.StatusUnprocessableEntity, "调整日历须写明理由（300 字以内）"},
		{"/calendar/proceed", []string{"to", "closing", "reason", "系统升级"}, http.StatusConflict, "2026年第一季度的填报处于“填报中”，不能直接转为“即将锁定”；请按顺序逐步推进"},
	} {
		a := r.send(tt.path, append([]string{"q", "2026Q1"}, tt.pairs...)...)
		if a.StatusCode != tt.status || !strings.Contains(a.body, `role="alert" id="wrong">`+tt.fault) {
			_, fault, _ := strings.Cut(a.body, `id="wrong">`)
			t.Errorf("%s %v: %d, %s", tt.path, tt.pairs, a.StatusCode, fault[:min(len(fault), 200)])
		}
		if tt.pairs[0] == "step" && tt.pairs[3] == "2026-04-12" && !strings.Contains(a.body, `value="2026-04-12"`) && !strings.Contains(a.body, `value="系统升级"`) {
			t.Error("what was typed is gone")
		}
	}
	before := len(d.lines("calendar.postponed"))
	for _, field := range forbiddenFields() {
		wantStatus(t, r.send("/calendar/postpone", field, "1", "q", "2026Q1", "step", "deadline", "day", "2026-04-13", "reason", "系统升级"), http.StatusBadRequest)
	}
	if after := len(d.lines("calendar.postponed")); after != before {
		t.Errorf("%d postponements came through with fields that are not theirs", after-before)
	}
	// Publication takes two persons: nobody does it here.
	d.at("2026-04-30 09:00")
	wantStatus(t, d.as("analyst").send("/calendar/proceed", "q", "2026Q1", "to", "published", "reason", "发布"), http.StatusForbidden)
}

// A district sees its own deadline and nobody else's extension; the administrator sees no progress.
func TestEveryoneSeesTheirOwnDates(t *testing.T) {
	d := newDated(t, "2026-04-02 09:00")
	analyst := d.as("analyst")
	wantStatus(t, analyst.send("/calendar/extend", "q", "2026Q1", "district", "210102", "day", "2026-04-14", "reason", "汛情"), http.StatusSeeOther)
	wantStatus(t, analyst.send("/calendar/extend", "q", "2026Q1", "district", "210103", "day", "2026-04-15", "reason", "疫情"), http.StatusSeeOther)
	own := textOf(d.as("heping").get("/calendar?q=2026Q1").body)
	if !strings.Contains(own, "4-14 周二 17:00 截止") || !strings.Contains(own, "汛情") || strings.Contains(own, "疫情") || strings.Contains(own, "已报") || strings.Contains(own, "办理") {
		t.Errorf("the district reads %s", own)
	}
	admin := textOf(d.as("admin").get("/calendar?q=2026Q1").body)
	if !strings.Contains(admin, "4-10 周五 17:00 截止") || strings.Contains(admin, "已报") || !strings.Contains(admin, "确认系统故障") {
		t.Errorf("the administrator reads %s", admin)
	}
}

// feedOf reads a feed back: the start of the deadline of 2026Q1 by UID.
func feedOf(t *testing.T, a answerTo) map[string]string {
	t.Helper()
	wantStatus(t, a, http.StatusOK)
	if kind := a.Header.Get("Content-Type"); kind != "text/calendar; charset=utf-8" {
		t.Errorf("Content-Type %q", kind)
	}
	feed, err := ics.ParseCalendar(strings.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	starts := map[string]string{}
	for _, e := range feed.Events() {
		starts[e.Id()] = e.GetProperty(ics.ComponentPropertyDtStart).Value
	}
	return starts
}

// The feed is that of the account that is signed in, or of the owner of the link; a link that is closed, over, or never was answers like
// any address that is none.
func TestFeedsOfDeadlines(t *testing.T) {
	d := newDated(t, "2026-04-02 09:00")
	wantStatus(t, d.as("analyst").send("/calendar/extend", "q", "2026Q1", "district", "210102", "day", "2026-04-14", "reason", "汛情"), http.StatusSeeOther)
	starts := feedOf(t, d.as("heping").get("/calendar.ics"))
	if got := starts["2026Q1.deadline.210102@210100.unionboard"]; got != "20260414T170000" || len(starts) != 4*9 {
		t.Errorf("the district is due at %q, with %d dates", got, len(starts))
	}
	if got := feedOf(t, d.as("analyst").get("/calendar.ics"))["2026Q1.deadline.all@210100.unionboard"]; got != "20260410T170000" {
		t.Errorf("all are due at %q", got)
	}

	owner, err := account.New("he.ping", "和平", account.Post{Role: assess.DistrictReporter, Unit: "210102"}, d.g.clock.at)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.store.AddAccount(t.Context(), owner, assess.AuditLine{At: d.g.clock.at, Actor: "admin", Action: "user.add", Result: "ok"}); err != nil {
		t.Fatal(err)
	}
	link, secret, err := account.NewLink(account.CalendarLink, owner, d.g.clock.at)
	if err != nil {
		t.Fatal(err)
	}
	line := assess.AuditLine{At: d.g.clock.at, Actor: owner.Name, Action: "link.add", Result: "ok"}
	if err := d.store.AddLink(t.Context(), link, line); err != nil {
		t.Fatal(err)
	}
	if got := feedOf(t, d.front.get("/calendar/"+secret+".ics"))["2026Q1.deadline.210102@210100.unionboard"]; got != "20260414T170000" {
		t.Errorf("by the link the district is due at %q", got)
	}
	lost := d.front.get("/calendar/" + strings.Repeat("A", 26) + ".ics")
	wantStatus(t, lost, http.StatusNotFound)
	closed := func(why string) {
		t.Helper()
		a := d.front.get("/calendar/" + secret + ".ics")
		if numbers := strings.NewReplacer(a.Header.Get("X-Request-Id"), "", lost.Header.Get("X-Request-Id"), ""); a.StatusCode != http.StatusNotFound || textOf(numbers.Replace(a.body)) != textOf(numbers.Replace(lost.body)) {
			t.Errorf("%s: %d %s", why, a.StatusCode, textOf(a.body))
		}
	}
	born := d.g.clock.at
	d.g.clock.at = born.Add(account.LinkLife)
	closed("a link whose time is over")
	d.g.clock.at = born
	if err := d.store.RevokeLink(t.Context(), owner.ID, link.ID, born, line); err != nil {
		t.Fatal(err)
	}
	closed("a link that was revoked")
}

const goodYear = "year: 2026\nofficial: true\nsource: 通知\nholidays:\n  - {name: {zh: 清明节, en: Tomb-Sweeping Day}, from: 2026-04-04, to: 2026-04-06}\n  - {name: {zh: 地方节日, en: Local holiday}, from: 2026-04-09, to: 2026-04-09, make_up: [2026-04-11]}\n"

// The administrator edits a year: what is wrong is said with line and column and nothing is lost; what is right holds from the next day.
func TestAYearOfTheCalendarIsEdited(t *testing.T) {
	d := newDated(t, "2026-04-08 09:00")
	r := d.as("admin")
	if text := textOf(r.get("/admin/calendar").body); !strings.Contains(text, "2027") || !strings.Contains(text, "year: 2026") {
		t.Errorf("the page says %s", text)
	}
	bad := strings.Replace(goodYear, "2026-04-11", "2026-04-13", 1)
	a := r.send("/admin/calendar", "year", "2026", "text", bad, "reason", "通知已发布")
	if a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.body, "第 6 行第 ") || !strings.Contains(a.body, "from: 2026-04-09") {
		t.Errorf("%d %s", a.StatusCode, textOf(a.body))
	}
	wantStatus(t, r.send("/admin/calendar", "year", "2026", "text", goodYear, "reason", ""), http.StatusUnprocessableEntity)
	wantStatus(t, r.send("/admin/calendar", "year", "2026", "text", "year: 2025\nofficial: true\nsource: 通知\nholidays: []\n", "reason", "通知已发布"), http.StatusConflict)
	wantStatus(t, r.send("/admin/calendar", "year", "2026", "text", goodYear, "reason", "通知已发布", "state", "official"), http.StatusBadRequest)
	if lines := d.lines("calendar.edit"); len(lines) != 0 {
		t.Errorf("refused edits left %v", lines)
	}
	wantStatus(t, r.send("/admin/calendar", "year", "2026", "text", goodYear, "reason", "通知已发布"), http.StatusSeeOther)
	// The 9th is off and Saturday the 11th is worked: the deadline moves from the 10th to the 11th.
	if text := textOf(r.get("/calendar?q=2026Q1").body); !strings.Contains(text, "4-11 周六 17:00 截止") || !strings.Contains(text, "地方节日 4-9") {
		t.Errorf("the calendar says %s", text)
	}
	if diff := cmp.Diff([]string{"admin from a page: 2026  →official, 2 holidays, 1 make-up days, 通知: 通知已发布"}, d.lines("calendar.edit")); diff != "" {
		t.Errorf("audit (-want +got):\n%s", diff)
	}
	if text := textOf(r.get("/admin/calendar").body); !strings.Contains(text, "编辑记录") || !strings.Contains(text, "通知已发布 admin") {
		t.Errorf("the page says %s", text)
	}
}
