package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/config"
	"github.com/unionboard/unionboard/internal/cycle"
	"github.com/unionboard/unionboard/internal/dial"
	"github.com/unionboard/unionboard/internal/notify"
)

// TestRemindersOfAnInstallation: what the configuration and the calendar say reaches people and groups, once, whatever is restarted.
func TestRemindersOfAnInstallation(t *testing.T) {
	var posted []string
	robot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body struct{ Text string }
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil || r.URL.Query().Get("key") != "s3cret" {
			t.Errorf("posted to %s: %v", r.URL, err)
		}
		posted = append(posted, body.Text)
		fmt.Fprint(w, `{"errcode": 0}`)
	}))
	defer robot.Close()
	dir := installation(t, "site: https://board.example.org", "webhooks:",
		"  - {name: group, url: '"+robot.URL+"/send?key={key}', key_file: group.key, body: '{\"text\": \"{text}\"}', answer: {errcode: 0}, units: ['210102', '210103'], allow_loopback: true}")
	if err := os.WriteFile(filepath.Join(dir, "group.key"), []byte("s3cret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	q := oldQuarter()
	var eve time.Time
	inside(t, dir, func(a *app) {
		u, err := account.New("li.na", "李娜", account.Post{Role: assess.DistrictReporter, Unit: "210102"}, q.LastDay())
		if err != nil {
			t.Fatal(err)
		}
		if err := a.store.AddAccount(t.Context(), u, assess.AuditLine{At: q.LastDay(), Actor: "test", Action: "user.add", Result: "ok"}); err != nil {
			t.Fatal(err)
		}
		plan, err := a.gate.Plan(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.gate.Advance(t.Context(), q, assess.CycleOpen, "system", plan.OpensAt()); err != nil {
			t.Fatal(err)
		}
		eve = plan.Reminders("210102")[1].At
	})
	for _, restart := range []time.Duration{0, time.Minute, time.Hour} {
		inside(t, dir, func(a *app) {
			now := eve.Add(restart)
			if _, err := a.reminders.Remind(t.Context(), now); err != nil {
				t.Fatal(err)
			}
			if err := a.reminders.Deliver(t.Context(), func() time.Time { return now }); err != nil {
				t.Fatal(err)
			}
		})
	}
	if len(posted) != 1 || !strings.HasPrefix(posted[0], "· 和平区、沈河区") || !strings.Contains(posted[0], "尚未报送") || !strings.Contains(posted[0], "https://board.example.org/calendar?q="+q.String()) {
		t.Errorf("posted %q", posted)
	}
	inside(t, dir, func(a *app) {
		told, err := a.store.MessagesOf(t.Context(), q)
		if err != nil || len(told) != 2 {
			t.Fatalf("%d messages, %v", len(told), err)
		}
		for _, m := range told {
			if m.Group != "" && m.Dispatches[0].State != assess.DispatchSent || m.Account != "" && (len(m.Dispatches) != 0 || len(m.Notices) != 1) {
				t.Errorf("message %+v", m)
			}
		}
	})
}

// TestTimesOfAReport holds the moments of workflow 1.2 and 4.1, for 2026Q1 with its holidays and for a district whose deadline was
// extended by two working days.
func TestTimesOfAReport(t *testing.T) {
	zone := time.FixedZone("UTC+8", 8*60*60)
	day := func(month time.Month, d int) time.Time { return time.Date(2026, month, d, 0, 0, 0, 0, time.UTC) }
	calendar := cycle.NewCalendar(assess.Calendar{Years: []assess.CalendarYear{{Year: 2026, Holidays: []time.Time{day(4, 6)}}}}, zone)
	q := assess.NewQuarter(2026, 1)
	rules := assess.Assessment{Late: assess.Lateness{MissingAfter: 5}, Reminders: []assess.Reminder{
		{Code: "first", Day: 3, Clock: 9 * time.Hour, To: assess.ToDrafts}, {Code: "last", Day: 7, Clock: 14 * time.Hour, To: assess.ToChairs},
	}}
	plan := cycle.NewPlan(calendar, q, rules, []assess.Adjustment{{Kind: assess.Extended, Period: q, Unit: "210103", Day: day(4, 14), At: day(4, 1)}})
	write := func(x notify.Times) string {
		var b strings.Builder
		for _, at := range []time.Time{x.Opens, x.Reminders[0].At, x.Reminders[1].At, x.Deadline, x.Overdue, x.Review, x.ReviewBy, x.ReturnBy, x.CutOff} {
			b.WriteString(at.In(zone).Format("1-2 15:04, "))
		}
		return b.String()
	}
	for unit, want := range map[assess.UnitCode]string{
		"210102": "4-1 00:00, 4-3 09:00, 4-10 14:00, 4-10 17:00, 4-13 09:00, 4-14 09:00, 4-15 17:00, 4-17 17:00, 4-17 17:00, ",
		"210103": "4-1 00:00, 4-8 09:00, 4-14 14:00, 4-14 17:00, 4-15 09:00, 4-14 09:00, 4-15 17:00, 4-17 17:00, 4-17 17:00, ",
	} {
		if got := write(timesOf(plan, unit, time.Time{})); got != want {
			t.Errorf("%s:\n%s, want\n%s", unit, got, want)
		}
	}
	returned := time.Date(2026, 4, 13, 10, 0, 0, 0, zone)
	if got := timesOf(plan, "210102", returned).ReturnBy; !got.Equal(time.Date(2026, 4, 15, 17, 0, 0, 0, zone)) {
		t.Errorf("returned on 13 April, due again on %s", got)
	}
}

// What is wrong with a webhook is said with its place, like every other mistake in the configuration.
func TestAMistakeInAWebhookIsPlaced(t *testing.T) {
	dir := installation(t, "webhooks:", "  - name: group", "    url: https://robot.example.org/send", "    body: '{\"text\": \"{txet}\"}'")
	file := filepath.Join(dir, config.FileName)
	call(t, "serve", "--data", dir, "--addr", "127.0.0.1:0").oneSentence(t, exitRefused, file+":4:11: ", "{txet}", "{text}")
	write(t, file, "webhooks:", "  - name: group", "    url: https://169.254.169.254/send", "    body: '{}'", "")
	call(t, "serve", "--data", dir, "--addr", "127.0.0.1:0").oneSentence(t, exitRefused, file+":3:10: ", "169.254.169.254", "link-local")
}

var yamlBlock = regexp.MustCompile("(?s)```yaml\n(.*?)```")

// The settings that docs/reminders.md shows are good ones, its bodies are JSON whatever a letter says, and it names every placeholder.
func TestTheSettingsInTheDocumentAreGood(t *testing.T) {
	text, err := os.ReadFile("../../docs/reminders.md")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, block := range yamlBlock.FindAllStringSubmatch(string(text), -1) {
		c, err := config.Parse("docs/reminders.md", []byte(block[1]))
		if err != nil {
			t.Fatalf("%v\n%s", err, block[1])
		}
		if c.Mail != nil {
			names = append(names, "mail")
		}
		for _, w := range c.Webhooks {
			names = append(names, string(w.Name))
			if fault := notify.CheckHook(notify.HookConfig{URL: w.URL, Key: dial.Secret{File: w.KeyFile}, Body: w.Body}); fault != nil {
				t.Errorf("%s: %v", w.Name, fault)
			}
			if len(w.Answer) != 1 {
				t.Errorf("%s does not say how its messenger answers", w.Name)
			}
		}
	}
	if diff := cmp.Diff([]string{"mail", "wecom", "dingtalk", "feishu"}, names); diff != "" {
		t.Errorf("settings shown (-want +document):\n%s", diff)
	}
	if i := slices.IndexFunc(notify.Placeholders(), func(p string) bool { return !strings.Contains(string(text), "`{"+p+"}`") }); i >= 0 {
		t.Errorf("the document does not name {%s}", notify.Placeholders()[i])
	}
}
