package web_test

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/notify"
	"github.com/unionboard/unionboard/internal/web"
)

// todoLinks answers where the things to do on a page of tasks lead.
func todoLinks(body string) (links []string) {
	for _, m := range regexp.MustCompile(`<a class="button" href="([^"]*)"`).FindAllStringSubmatch(body, -1) {
		links = append(links, m[1])
	}
	return links
}

// TestTasksOfEveryRole: each role finds what it has to do now, with its date and where it is done; the badge counts it.
func TestTasksOfEveryRole(t *testing.T) {
	first := newReader(t, newGallery(t).handler(t))
	for _, one := range []struct {
		who   string
		says  []string
		links []string
	}{
		{"heping", []string{"填报季度报表", "2026-04-17 10:00 截止", "已逾期 3 个自然日"}, []string{"/fill/2026Q2", "/actions/"}},
		{"district_checker", []string{"核对报表并送签批"}, []string{"/fill/2026Q2/check", "/actions/"}},
		{"chair", []string{"整改：示例"}, []string{"/actions/"}},
		{"reviewer", []string{"审核 12 项数据", "沈河区", "2026-04-22 10:00", "处理更正申请"}, []string{"/review/210103/2026Q2", "/corrections/"}},
		{"analyst", []string{"2 个区县逾期未报送", "1 个区县的数据等待业务部门审核"}, []string{"/status/2026Q2?show=owing", "/status/2026Q2?show=waiting", "/appeals/"}},
	} {
		in := first.fresh().signIn(one.who)
		body := wantPage(t, in.get("/tasks"), http.StatusOK, one.says...).body
		links := todoLinks(body)
		for _, want := range one.links {
			if !strings.Contains(strings.Join(links, "\n"), want) {
				t.Errorf("%s: no link to %s among %v", one.who, want, links)
			}
		}
		badge := regexp.MustCompile(`(?s)<nav aria-label.*?class="badge"><span class="vh">[^<]*</span>(\d+)</span>`).FindStringSubmatch(in.get("/password").body)
		if len(links) != len(one.links) || badge == nil || badge[1] != string(rune('0'+len(links))) {
			t.Errorf("%s: links %v, badge %v", one.who, links, badge)
		}
	}
}

// countedReminders count how often somebody asks where the reports stand.
type countedReminders struct {
	web.Reminders
	asked *int
}

func (c countedReminders) Rounds(ctx context.Context, unit assess.UnitCode, now time.Time) ([]notify.Round, error) {
	*c.asked++
	return c.Reminders.Rounds(ctx, unit, now)
}

// TestABadgeIsCountedOncePerVersion of the data and person, and after a minute again, for time passes as well.
func TestABadgeIsCountedOncePerVersion(t *testing.T) {
	g := newGallery(t)
	asked, version := 0, int64(7)
	first := newReader(t, g.handler(t, func(o *web.Options) {
		o.Reminders = countedReminders{o.Reminders, &asked}
		o.DataVersion = func(context.Context) (int64, error) { return version, nil }
	}))
	heping, analyst := first.fresh().signIn("heping"), first.fresh().signIn("analyst")
	count := func(what string, in *reader, want int) {
		t.Helper()
		asked = 0
		for range 3 {
			if body := in.get("/password").body; !strings.Contains(body, `class="badge"`) {
				t.Errorf("%s: no badge", what)
			}
		}
		if asked != want {
			t.Errorf("%s: counted %d times, want %d", what, asked, want)
		}
	}
	g.clock.at = g.clock.at.Add(time.Minute) // away from what signing in has counted
	count("one", heping, 1)
	count("another", analyst, 1)
	count("the same", heping, 0)
	version++
	count("a new version", heping, 1)
	g.clock.at = g.clock.at.Add(time.Minute)
	count("a minute later", heping, 1)
}

// TestNothingToDo: an empty page says why, and what comes next.
func TestNothingToDo(t *testing.T) {
	for _, one := range []struct {
		name, who string
		change    func(*galleryReminders)
		says      string
	}{
		{"no collection", "tiexi", func(c *galleryReminders) { c.cycle = "" }, "目前没有进行中的填报"},
		{"handed in", "tiexi", nil, "本区县2026年第二季度报表为“已提交”"},
		{"a colleague's turn", "tiexi", func(c *galleryReminders) { c.states["210103"] = assess.PendingSignature }, "目前由同事办理"},
		{"not open yet", "tiexi", func(c *galleryReminders) { c.opens = c.g.clock.at.AddDate(0, 0, 1) }, "开放填报"},
		{"nothing waits for the department", "reviewer", func(c *galleryReminders) { c.waiting = nil }, ""},
		{"no part in it", "admin", nil, "您的角色不参与填报和审核"},
		{"the leader", "city_assessor", nil, ""},
	} {
		g := newGallery(t)
		if one.change != nil {
			one.change(g.told)
		}
		in := newReader(t, g.handler(t)).signIn(one.who)
		body := wantPage(t, in.get("/tasks"), http.StatusOK).body
		if one.says != "" && (!strings.Contains(body, "现在没有待办事项") || !strings.Contains(body, one.says)) {
			t.Errorf("%s: %s", one.name, textOf(body))
		}
		if one.says != "" && strings.Contains(body, `class="badge"`) {
			t.Errorf("%s: there is a badge although nothing is to be done", one.name)
		}
	}
}

// TestTheDayBeginsWithTheTasks: `/` leads districts and departments to their tasks, after signing in too; a link that asks for a
// period shows it to everybody.
func TestTheDayBeginsWithTheTasks(t *testing.T) {
	first := newReader(t, newGallery(t).handler(t))
	for who, home := range map[string]string{"heping": "/tasks", "chair": "/tasks", "reviewer": "/tasks", "analyst": "", "leader": "", "admin": "/admin"} {
		in := first.fresh()
		a := in.tryIn(who, goodPassword, "/")
		if to := a.Header.Get("Location"); home != "" && to != home || home == "" && to != "/" {
			t.Errorf("%s is led to %s after signing in", who, to)
		}
		for _, path := range []string{"/", "/?lang=zh", "/?large=0"} {
			if a := in.get(path); a.Header.Get("Location") != home {
				t.Errorf("%s at %s: %d %s, want %q", who, path, a.StatusCode, a.Header.Get("Location"), home)
			}
		}
		if who == "admin" {
			continue
		}
		for _, path := range []string{"/?q=2026Q1", "/?base=prev", "/?group=core_urban&lang=zh"} {
			wantPage(t, in.get(path), http.StatusOK)
		}
		if who != "analyst" && who != "leader" && !strings.Contains(in.get("/password").body, `href="/?base=prev"`) {
			t.Errorf("%s finds no way to the overview", who)
		}
	}
}

// What a person was told stands on the page of tasks; what others were told does not.
func TestWhatIWasToldStandsWithMyTasks(t *testing.T) {
	g := newGallery(t)
	heping, _ := g.people.AccountNamed(t.Context(), "heping")
	g.told.messages = []assess.Message{{ID: "m1", Account: heping.ID, MadeAt: g.clock.at, By: "system", Notices: []assess.Notice{{
		Key: "k", Occasion: notify.OnOverdue, Unit: "210102", Period: openQuarter(), Due: g.clock.at, Late: true,
	}}}}
	first := newReader(t, g.handler(t))
	const told = "和平区2026年第二季度报表已超过截止时间"
	wantPage(t, first.fresh().signIn("heping").get("/tasks"), http.StatusOK, told, "2026-04-20 10:32")
	if body := first.fresh().signIn("tiexi").get("/tasks").body; strings.Contains(body, told) {
		t.Error("a reminder of another person is shown")
	}
}
