package web_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

func (g *gallery) leaves(t *testing.T, lines ...assess.AuditLine) {
	t.Helper()
	for i := range lines {
		if lines[i].At.IsZero() {
			lines[i].At = g.clock.at
		}
		if lines[i].Result == "" {
			lines[i].Result = "ok"
		}
	}
	if err := g.people.Record(t.Context(), lines...); err != nil {
		t.Fatal(err)
	}
}

var auditedLine = regexp.MustCompile(`(?s)<tr><th scope="row">([^<]*)</th>(.*?)</tr>`)

// The audit log as the auditor reads it: in words, newest first, narrowed, page by page, and as a file.
func TestTheAuditLogIsRead(t *testing.T) {
	g := newGallery(t)
	first := newReader(t, g.handler(t))
	g.leaves(t,
		assess.AuditLine{Actor: "heping", Address: "10.1.1.1", Action: "filing.submitted", Object: "2026Q1", Unit: ownUnit, Before: "pending_signature", Request: "AAAA-BBBB"},
		assess.AuditLine{Actor: "admin", Action: "user.role", Object: "tiexi", Before: "district_reporter", After: "<b>district_chair</b>"},
		assess.AuditLine{Actor: "system", Action: "audit.verify", Object: "audit log", After: "12 lines"},
		assess.AuditLine{Actor: "chair", Action: "record.uncover", Object: "dues_refunds/FH-1/name", Unit: ownUnit, After: "核对"},
		assess.AuditLine{Actor: "chair", Action: "correct", Object: "2026Q1 union_members", Unit: ownUnit, Before: "7654321", After: "7654322"},
	)
	auditor := first.fresh().signIn("auditor")
	page := auditor.get("/audit?lang=zh")
	for _, want := range []string{
		"更正数据", "查看遮盖内容", "报表报送", "10.1.1.1 · AAAA-BBBB", "7654321 → 7654322", "&lt;b&gt;district_chair", "校验通过，共 12 条",
		`href="/review/210102/2026Q1"`, `href="/registers/dues_refunds"`, `href="/admin/accounts/` + g.people.of("tiexi").ID,
	} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for query, want := range map[string]int{
		"who=chair": 2, "topic=personal": 1, "who=chair&topic=figures": 1, "unit=210102&result=ok": 3, "object=dues_refunds": 1, "who=nobody": 0,
		"from=2026-04-20&to=2026-04-20&who=heping": 1, "from=2026-04-21": 0, "to=2026-04-19": 0,
	} {
		a := auditor.get("/audit?lang=zh&" + query)
		if n := len(auditedLine.FindAllString(a.body, -1)); n != want || a.StatusCode != http.StatusOK {
			t.Errorf("%s: %d lines, want %d (%d)", query, n, want, a.StatusCode)
		}
	}
	for _, bad := range []string{"from=yesterday", "to=2026-02-31", "before=x", "before=-1", "topic=none"} {
		if a := auditor.get("/audit?" + bad); a.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d", bad, a.StatusCode)
		}
	}
	file := auditor.get("/audit.csv?who=chair&lang=zh")
	if rows := strings.Split(strings.TrimSpace(file.body), "\r\n"); file.StatusCode != http.StatusOK || len(strings.Split(strings.TrimSpace(file.body), "\n")) != 3 || !strings.Contains(rows[0], "操作人") {
		t.Errorf("the file is %d %q", file.StatusCode, file.body)
	}
	lines := g.people.lines()
	if l := lines[len(lines)-1]; l.Action != "audit.export" || l.Actor != "auditor" {
		t.Errorf("the export left %+v", l)
	}

	admin := first.fresh().signIn("admin")
	body := admin.get("/audit?lang=zh").body
	for _, other := range []string{"7654321", "dues_refunds", "核对", "更正数据", "报表报送"} {
		if strings.Contains(body, other) {
			t.Errorf("the administrator reads %q", other)
		}
	}
	if !strings.Contains(body, "只有审计员能看") || !strings.Contains(body, "district_chair") {
		t.Error("the administrator's page does not say what it leaves out, or leaves out more")
	}
	if a := admin.get("/audit?topic=personal"); a.StatusCode != http.StatusBadRequest {
		t.Errorf("the administrator asks for personal lines: %d", a.StatusCode)
	}
	if a := admin.get("/audit.csv?object=dues_refunds"); strings.Contains(a.body, "FH-1") {
		t.Error("the administrator takes personal lines")
	}
	for _, who := range []string{"heping", "analyst", "leader"} {
		if a := first.fresh().signIn(who).get("/audit"); a.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d", who, a.StatusCode)
		}
	}

	g.leaves(t, assess.AuditLine{
		Actor: "system", Action: "audit.verify", Object: "audit log", Result: "failed",
		After: "the audit log is broken at line 7: its content was changed; keep the data folder as it is and compare with a backup",
	})
	for range 60 { // nobody takes that out of sight by taking files
		g.leaves(t, assess.AuditLine{Actor: "auditor", Action: "audit.export", Object: "audit log"})
	}
	for lang, want := range map[string]string{"zh": "校验未通过：审计日志在第 7 行断链", "en": "broken at line 7"} {
		if page := auditor.get("/audit?lang=" + lang); !strings.Contains(page.body, want) || strings.Contains(page.body, "校验通过") {
			t.Errorf("in %s the page does not say that the log does not hold", lang)
		}
	}
}

func TestTheAuditLogIsReadPageByPage(t *testing.T) {
	g := newGallery(t)
	auditor := newReader(t, g.handler(t)).signIn("auditor")
	for i := range 250 {
		g.leaves(t, assess.AuditLine{Actor: "x", Action: "test", Object: fmt.Sprintf("object-%03d", i)})
	}
	older := regexp.MustCompile(`href="(/audit\?[^"]*)">Older<`)
	seen, pages := map[string]bool{}, 0
	for at := "/audit?who=x&lang=en"; at != "" && pages < 9; pages++ {
		body := auditor.get(at).body
		rows := auditedLine.FindAllString(body, -1)
		if len(rows) > 50 {
			t.Errorf("%d lines on a page", len(rows))
		}
		for _, row := range rows {
			seen[regexp.MustCompile(`object-\d+`).FindString(row)] = true
		}
		at = ""
		if m := older.FindStringSubmatch(body); m != nil {
			at = strings.ReplaceAll(m[1], "&amp;", "&")
		}
	}
	if len(seen) != 250 || pages != 5 {
		t.Errorf("%d lines on %d pages", len(seen), pages)
	}
}

// Every refusal is known: the first at once, further ones of the same person at the same route within a minute by their number, so that a
// crawler fills no disk.
func TestRefusalsAreCountedAndNeverLost(t *testing.T) {
	g := newGallery(t)
	heping := newReader(t, g.handler(t)).signIn("heping")
	refused := func() (said []string) {
		for _, l := range g.people.lines() {
			if l.Action == "refused" {
				said = append(said, l.Actor+" "+l.Object+" "+strings.SplitN(l.After, " since", 2)[0])
				if l.Address == "" || l.Request == "" || l.Result != "refused" {
					t.Errorf("%+v", l)
				}
			}
		}
		return said
	}
	for i := range 40 {
		heping.get(fmt.Sprintf("/admin/accounts/00000000-0000-7000-8000-%012d", i))
	}
	heping.get("/admin/tokens")
	if got := strings.Join(refused(), "; "); got != "heping GET /admin/accounts/00000000-0000-7000-8000-000000000000 ; heping GET /admin/tokens " {
		t.Errorf("at once: %s", got)
	}
	g.site.Settle(t.Context(), false)
	if n := len(refused()); n != 2 {
		t.Errorf("within the minute: %d lines", n)
	}
	g.clock.at = g.clock.at.Add(time.Minute)
	g.site.Settle(t.Context(), false)
	if got := refused(); len(got) != 3 || got[2] != "heping GET /admin/accounts/{account} 39 more" {
		t.Errorf("after the minute: %q", got)
	}
	heping.get("/admin/accounts/" + unknownID)
	heping.get("/admin/accounts/" + unknownID)
	g.site.Settle(t.Context(), true) // the server ends
	if got := refused(); len(got) != 5 || got[4] != "heping GET /admin/accounts/{account} 1 more" {
		t.Errorf("at the end: %q", got)
	}
	auditor := newReader(t, g.handler(t)).signIn("auditor")
	for lang, want := range map[string]string{"zh": " 起又有 39 次，最近一次：GET /admin/accounts/", "en": "39 more since "} {
		if a := auditor.get("/audit?lang=" + lang); !strings.Contains(a.body, want) || strings.Contains(a.body, "since 2026-") && strings.Contains(a.body, "Z; the last") {
			t.Errorf("in %s the page does not say %q in the time of the city", lang, want)
		}
	}
}
