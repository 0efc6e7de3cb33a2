package web_test

import (
	"context"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
	"github.com/unionboard/unionboard/internal/matter"
	"github.com/unionboard/unionboard/internal/store"
	"github.com/unionboard/unionboard/internal/testkit"
)

// galleryLog is what the matters of the gallery look up: one closed quarter, one figure, nothing decided.
type galleryLog struct{ galleryBoard }

func (galleryLog) Cycles(context.Context) ([]assess.Cycle, error) {
	return []assess.Cycle{{Period: openQuarter().Prev(), State: assess.CyclePublished}, {Period: closedYear.LastQuarter(), State: assess.CycleArchived}}, nil
}

func (galleryLog) Seals(context.Context) ([]assess.Seal, error) { return nil, nil }

func (galleryLog) Decisions(context.Context, assess.Period, ...assess.UnitCode) ([]assess.Decision, error) {
	return nil, nil
}

// Edition adds an item and an indicator to what the gallery defines.
func (galleryLog) Edition(ctx context.Context, year int) (*assess.Edition, error) {
	e, err := galleryBoard{}.Edition(ctx, year)
	if err != nil {
		return nil, err
	}
	e.Items = []assess.Item{{Code: "union_members", Department: "org", Frequency: assess.Quarterly, Origin: assess.FromDistrict, UsedBy: []assess.Code{"organisation"}}}
	leaf := &assess.Node{Code: "organisation", Department: "org", Indicator: &assess.Indicator{}}
	e.Frameworks = []assess.Framework{{Code: "six_systems", Root: &assess.Node{Code: "six_systems", Children: []*assess.Node{leaf}}}}
	return e, nil
}

func (galleryLog) Proposals(context.Context, ...assess.Period) ([]assess.Proposal, error) {
	return nil, nil
}

func (galleryLog) Rounds(context.Context, int) ([]assess.RatingRound, error) { return nil, nil }

// galleryGate takes every figure.
type galleryGate struct{ store *store.Store }

func (galleryGate) Held(context.Context, assess.CellKey) (string, error) { return "30412", nil }

func (galleryGate) Calendar(context.Context, int) (cycle.Calendar, error) {
	return cycle.NewCalendar(assess.Calendar{}, time.UTC), nil
}

func (g galleryGate) Correct(ctx context.Context, _ matter.Figure, step *assess.MatterStep, by string, dry bool, now time.Time) error {
	if dry {
		return nil
	}
	_, err := g.store.Commit(ctx, assess.Intake{Matter: step, Audit: []assess.AuditLine{{At: now, Actor: by, Action: "correct", Result: "ok"}}})
	return err
}

// matterID answers the identifier of the gallery's matter of a kind.
func matterID(kind assess.MatterKind) string {
	last := map[assess.MatterKind]string{assess.Correction: "1", assess.Appeal: "2", assess.Task: "3"}[kind]
	return "00000000-0000-7000-8000-00000000000" + last
}

// matters makes a book of matters on a real store.
func (g *gallery) matters(t testing.TB) *matter.Book {
	t.Helper()
	s := testkit.Store(t)
	for _, kind := range []assess.MatterKind{assess.Correction, assess.Appeal, assess.Task} { // one of each, of the district 210102
		m := assess.Matter{
			ID: matterID(kind), Kind: kind, Unit: "210102", Period: openQuarter().Prev(), Title: "示例", Reason: "示例", State: "requested", Department: "org",
			OpenedBy: "heping", OpenedAt: g.clock.at,
		}
		if kind == assess.Task {
			m.Department = "" // it is the district's
		}
		if kind != assess.Correction {
			m.State = map[assess.MatterKind]string{assess.Appeal: string(assess.AppealSubmitted), assess.Task: string(assess.TaskOpen)}[kind]
		}
		line := assess.AuditLine{At: g.clock.at, Actor: "heping", Action: string(kind) + ".open", Result: "ok"}
		if err := s.OpenMatter(t.Context(), m, assess.MatterStep{Matter: m.ID, Action: "open", To: m.State, By: "heping", At: g.clock.at, Note: "示例"}, line); err != nil {
			t.Fatal(err)
		}
	}
	return matter.New(matter.Config{Store: s, Log: galleryLog{}, Gate: galleryGate{s}, Editions: galleryLog{}, Zone: time.FixedZone("CST", 8*3600)})
}

// closedYear is the year before, whose result is posted.
var closedYear = openQuarter().Year().Prev()

var closedQuarter = openQuarter().Prev().String()

// send posts a form that stands on a page.
func (r *reader) post(page, to string, pairs ...string) answerTo {
	r.t.Helper()
	form := url.Values{"form_token": {r.token(page)}}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return r.do(http.MethodPost, to, form)
}

func location(t *testing.T, a answerTo) string {
	t.Helper()
	if a.StatusCode != http.StatusSeeOther {
		m := regexp.MustCompile(`(?s)role="alert"[^>]*>(.*?)</p>`).FindStringSubmatch(a.body)
		t.Fatalf("answered %d: %q", a.StatusCode, m)
	}
	return a.Header.Get("Location")
}

// TestACorrectionOnItsPages: the district asks, the department checks, the analyst makes it a new version; everybody sees whose turn it
// is, and another district sees nothing.
func TestACorrectionOnItsPages(t *testing.T) {
	first := newReader(t, newGallery(t).handler(t))
	district := first.fresh().signIn("heping")
	list := "/corrections?q=" + closedQuarter
	at := location(t, district.post(list, "/corrections", "period", closedQuarter, "code", "union_members", "value", "30500", "reason", "漏报一张表"))
	if a := district.get(at); !strings.Contains(a.body, "等待业务部门核对") || !strings.Contains(a.body, "30,412") || !strings.Contains(a.body, "30,500") || strings.Contains(a.body, `value="check"`) {
		t.Errorf("the district's page of its request:\n%s", a.body)
	}
	if a := first.fresh().signIn("tiexi").get(at); a.StatusCode != 404 {
		t.Errorf("another district sees the request: %d", a.StatusCode)
	}
	reviewer, analyst := first.fresh().signIn("reviewer"), first.fresh().signIn("analyst")
	location(t, reviewer.post(at, at, "action", "check", "note", ""))
	if a := reviewer.get(at); strings.Contains(a.body, `value="apply"`) {
		t.Error("the department may apply what it checked")
	}
	location(t, analyst.post(at, at, "action", "apply", "note", ""))
	if a := district.get(list); !strings.Contains(a.body, "已更正") {
		t.Error("the list does not say that it was applied")
	}
}

func TestWhatIsWrongWithAMatterIsSaidWithEverythingTyped(t *testing.T) {
	district := newReader(t, newGallery(t).handler(t)).signIn("heping")
	list := "/corrections?q=" + closedQuarter
	a := district.post(list, "/corrections", "period", closedQuarter, "code", "union_members", "value", "30412", "reason", "漏报一张表")
	if a.StatusCode != 422 || !strings.Contains(a.body, "现在就是 30412") || !strings.Contains(a.body, "漏报一张表") {
		t.Errorf("the same value: %d", a.StatusCode)
	}
	if a := district.post(list, "/corrections", "period", closedQuarter, "code", "union_members", "value", "1", "reason", "x", "state", "applied"); a.StatusCode != 400 {
		t.Errorf("a state of its own: %d", a.StatusCode)
	}
	if a := district.post(list, "/corrections", "unit", "210103", "period", closedQuarter, "code", "union_members", "value", "1", "reason", "x"); a.StatusCode != 403 {
		t.Errorf("for another district: %d", a.StatusCode)
	}
}

// TestAnAppealOnItsPages: the leader posts the notice, the chair appeals, the analyst takes it up, the leader decides.
func TestAnAppealOnItsPages(t *testing.T) {
	first := newReader(t, newGallery(t).handler(t))
	chair, analyst, leader := first.fresh().signIn("chair"), first.fresh().signIn("analyst"), first.fresh().signIn("leader")
	list, year := "/appeals?q="+closedYear.String(), closedYear.String()
	for _, wrong := range []string{closedQuarter, openQuarter().Year().String()} { // a quarter, and a year that is being collected
		if a := analyst.post(list, "/appeals/result", "period", wrong, "action", "examine", "note", ""); a.StatusCode != 409 {
			t.Errorf("the result of %s was taken on: %d", wrong, a.StatusCode)
		}
	}
	if a := chair.get(list); !strings.Contains(a.body, `aria-label="期间"`) { // years, which are no quarters
		t.Error("the years are not named as periods")
	}
	if a := chair.post(list, "/appeals", "period", year, "code", "organisation", "reason", "两家企业未计"); a.StatusCode != 422 || !strings.Contains(a.body, "公示期") {
		t.Errorf("an appeal before the notice: %d", a.StatusCode)
	}
	location(t, analyst.post(list, "/appeals/result", "period", year, "action", "examine", "note", ""))
	location(t, leader.post(list, "/appeals/result", "period", year, "action", "post", "note", "公示"))
	at := location(t, chair.post(list, "/appeals", "period", year, "code", "organisation", "reason", "两家企业未计"))
	location(t, analyst.post(at, at, "action", "take_up", "note", ""))
	if a := leader.post(at, at, "action", "uphold", "note", ""); a.StatusCode != 422 || !strings.Contains(a.body, "这一步需要写明意见") {
		t.Errorf("a decision without words: %d", a.StatusCode)
	}
	location(t, leader.post(at, at, "action", "uphold", "note", "按口径不计"))
	if a := chair.get(at); !strings.Contains(a.body, "按口径不计") || !strings.Contains(a.body, "等待告知区县") {
		t.Error("the district does not read the decision")
	}
}

// TestATaskOnItsPages: from a red light to its closure by another person, and the list as a file.
func TestATaskOnItsPages(t *testing.T) {
	first := newReader(t, newGallery(t).handler(t))
	analyst, district, leader := first.fresh().signIn("analyst"), first.fresh().signIn("heping"), first.fresh().signIn("leader")
	why := analyst.get("/why/210102/organisation?q=2026Q1")
	if !strings.Contains(why.body, "/actions?") || strings.Contains(district.get("/why/210102/organisation?q=2026Q1").body, "/actions?") {
		t.Error("the link from a score to a task is not there, or is there for a district")
	}
	at := location(t, analyst.post("/actions", "/actions", "unit", "210102", "department", "", "period", "2026Q1", "code", "organisation", "title", "=两家企业未建会",
		"origin", "red", "measure", "上门建会", "due", "2026-05-30", "reason", ""))
	location(t, district.post(at, at, "action", "report", "note", "已建会"))
	if a := district.get(at); strings.Contains(a.body, `value="close"`) {
		t.Error("who did it may close it")
	}
	location(t, leader.post(at, at, "action", "close", "note", "核实"))
	a := district.get("/actions.csv")
	if !strings.Contains(a.body, "\ufeff问题,来源,责任单位,措施,时限,进展,销号") || !strings.Contains(a.body, "\"\u00a0=两家企业未建会\",红灯指标,和平区,上门建会,2026-05-30,已销号 核实,") {
		t.Errorf("the list:\n%s", a.body)
	}
	if a := first.fresh().signIn("tiexi").get("/actions.csv"); strings.Contains(a.body, "两家企业") {
		t.Error("another district reads the task")
	}
}

// TestAThread: a leader's word on a number reaches the district, a word among the city does not.
func TestAThread(t *testing.T) {
	first := newReader(t, newGallery(t).handler(t))
	leader, district := first.fresh().signIn("leader"), first.fresh().signIn("heping")
	why := "/why/210102/organisation?q=2026Q1"
	say := func(r *reader, audience, text string) answerTo {
		return r.post(why, "/comments", "unit", "210102", "period", "2026Q1", "code", "organisation", "audience", audience, "text", text, "back", why)
	}
	if to := location(t, say(leader, "both", "为什么慢？")); to != why+"#thread" {
		t.Errorf("leads to %s", to)
	}
	location(t, say(leader, "city", "再核一次"))
	location(t, say(district, "both", "正在补建"))
	body := district.get(why).body
	if !strings.Contains(body, "为什么慢？") || !strings.Contains(body, "正在补建") || strings.Contains(body, "再核一次") {
		t.Error("the district hears what it should not, or not what it should")
	}
	long := strings.Repeat("字", 1998) + "\r\n"
	location(t, say(district, "both", long+"末")) // as many as the field lets in: it counts a line break once
	if a := say(district, "district", long+"末尾"); a.StatusCode != 422 || !strings.Contains(a.body, "末尾</textarea>") || !strings.Contains(a.body, "2001") ||
		!strings.Contains(a.body, `<option value="district" selected>`) || !strings.Contains(a.body, `<a href="`+html.EscapeString(why)) {
		t.Errorf("a comment that is too long is lost: %d\n%s", a.StatusCode, a.body)
	}
	if a := say(district, "city", "x"); a.StatusCode != 403 {
		t.Errorf("a district speaking as the city: %d", a.StatusCode)
	}
	foreign := district.post(why, "/comments", "unit", "210103", "period", "2026Q1", "code", "", "audience", "both", "text", "x", "back", "/")
	if foreign.StatusCode != 404 {
		t.Errorf("a comment on another district: %d", foreign.StatusCode)
	}
}
