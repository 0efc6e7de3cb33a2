package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/servers"
	"github.com/unionboard/unionboard/internal/web"
)

// withoutRoom lets every change of the office fail, as a disk does that has no room, until it is told to stop.
func (o *office) withoutRoom() (again func()) {
	var reason error = syscall.ENOSPC
	if servers.Given() != "" {
		reason = &pgconn.PgError{Code: "53100"} // disk_full, of the server's own disk
	}
	o.calls.ArmWrites(reason)
	o.people.calls.ArmWrites(reason)
	return func() { o.calls.Disarm(); o.people.calls.Disarm() }
}

// While the disk is full every page says so and can be read; what is typed into a form comes back with the reason and is taken when there
// is room again, without anybody's help; nothing says where on the server its data lie.
func TestAFullDiskKeepsWhatIsTyped(t *testing.T) {
	var o *office
	o = newOffice(t, func(w *web.Options) { w.Trouble = func() *assess.Problem { return o.store.Trouble() } })
	r := o.reader(t, "heping")
	v := fields(t, r.get(orgSection).body)
	v.Set("v.covered_units", "5512")
	v.Set("v.new_unions_ytd", "70")
	v.Set("n.new_unions_ytd", "含三家园区")
	again := o.withoutRoom()

	page := wantPage(t, r.submit(orgSection, v), http.StatusServiceUnavailable, "5512", "70", "含三家园区", "未保存", "服务器磁盘已满")
	if n := strings.Count(page.body, "服务器磁盘已满"); n != 3 { // at the top, and at each cell
		t.Errorf("the page says %d times that the disk is full", n)
	}
	cell := url.Values{"item": {"covered_units"}, "value": {"5512"}, "note": {""}, "missing": {""}, "base": {"0"}, "request": {"one"}}
	wantPage(t, r.submit("/fill/2026Q4/cell", cell), http.StatusServiceUnavailable, "服务器磁盘已满") // the script tries it again
	proof := r.proof([2]string{"名单.pdf", string(samplePDF("1"))})
	if a := r.upload(proofPath, proof); a.StatusCode != http.StatusServiceUnavailable || !strings.Contains(a.body, "<b>名单.pdf</b>") || !strings.Contains(a.body, "服务器磁盘已满") {
		t.Errorf("a file for a figure: %d", a.StatusCode)
	}
	o.clock.at = o.clock.at.Add(5 * time.Minute) // the use of the session should be written down now
	for _, look := range [][2]string{
		{orgSection, "服务器磁盘已满"}, {"/tasks", "服务器磁盘已满"}, {"/fill/2026Q4/check?lang=en", "The disk of the server is full"}, {"/tasks?lang=zh", "服务器磁盘已满"},
	} {
		page := wantPage(t, r.get(look[0]), http.StatusOK, look[1])
		if strings.Contains(page.body, o.store.Folder()) {
			t.Errorf("%s names the folder of the data", look[0])
		}
	}
	wantPage(t, newReader(t, o.site).get("/readyz"), http.StatusOK, "ready for reading only")
	other := newReader(t, o.site)
	form := url.Values{"name": {"analyst"}, "password": {"a wrong one"}, "form_token": {other.token("/sign-in")}}
	wantPage(t, other.do(http.MethodPost, "/sign-in", form), http.StatusServiceUnavailable, "服务器磁盘已满")
	if o.field("covered_units").Draft.Revision != 0 {
		t.Error("something was saved")
	}

	again()
	wantPage(t, r.submit("/fill/2026Q4/cell", cell), http.StatusOK)
	if a := r.upload(proofPath, proof); a.StatusCode != http.StatusSeeOther {
		t.Errorf("the file for a figure, sent again: %d", a.StatusCode)
	}
	v = fields(t, page.body) // the form that came back, sent again
	v.Set("o.covered_units", "1")
	wantPage(t, r.submit(orgSection, v), http.StatusSeeOther)
	page = wantPage(t, r.get(orgSection), http.StatusOK, "含三家园区")
	if strings.Contains(page.body, "服务器磁盘已满") || o.field("new_unions_ytd").Draft.Value != "70" || o.field("covered_units").Draft.Value != "5512" {
		t.Error("with room again the form was not saved, or its page still speaks of the disk")
	}
}

// Damage is said on every page, and by a sentence of its own where it was met; the administrator alone is told of the folder.
func TestDamageIsSaidOnEveryPage(t *testing.T) {
	damage := assess.Unavailable("problem.database_damaged", "the database in /srv/data is damaged", "folder", "/srv/data", "cause", "tree 7")
	g := newGallery(t)
	first := newReader(t, g.handler(t, func(w *web.Options) { w.Trouble = func() *assess.Problem { return damage } }))
	for _, c := range []struct{ who, path string }{{"heping", "/lags"}, {"leader", "/"}, {"admin", "/admin"}} {
		page := wantPage(t, first.fresh().signIn(c.who).get(c.path), http.StatusOK, "服务器上的数据已损坏")
		if strings.Contains(page.body, "/srv/data") != (c.who == "admin") {
			t.Errorf("%s as %s: the folder is told to the wrong person", c.path, c.who)
		}
	}
	wantPage(t, first.get("/sign-in"), http.StatusOK, "服务器上的数据已损坏")
	in := first.fresh().signIn("leader")
	g.failing = damage
	page := wantPage(t, in.get("/lags"), http.StatusServiceUnavailable, "此页不能显示")
	if strings.Contains(page.body, "/srv/data") || strings.Contains(page.body, "tree 7") || strings.Contains(page.body, "已保存的内容不受影响") {
		t.Error("the page says where the data lie, or that they are safe")
	}
}

// That the reserve of the disk is being used up is said to administrators, who can make room; everybody else works on.
func TestTheReserveConcernsAdministrators(t *testing.T) {
	used := assess.Unavailable("problem.disk_reserve", "make room", "folder", "/srv/data")
	g := newGallery(t)
	first := newReader(t, g.handler(t, func(w *web.Options) { w.Trouble = func() *assess.Problem { return used } }))
	wantPage(t, first.fresh().signIn("admin").get("/admin"), http.StatusOK, "正使用预留空间")
	if page := first.fresh().signIn("leader").get("/lags"); strings.Contains(page.body, "预留空间") {
		t.Error("a leader is told of the reserve")
	}
	wantPage(t, first.get("/readyz"), http.StatusOK, "ready\n")
}

// A backup by the clock that failed is told to those who keep the installation, on every page and among their tasks, with when and why; to nobody
// else, and no longer when one was made.
func TestAFailedBackupIsSaid(t *testing.T) {
	g := newGallery(t)
	failed := true
	first := newReader(t, g.handler(t, func(o *web.Options) {
		o.BackupFailed = func() (web.Failure, bool) {
			return web.Failure{At: g.clock.at.Add(-time.Hour), Err: fmt.Errorf("copy: %w", assess.Unavailable("problem.disk_full", "the disk is full", "folder", "/mnt/<other>"))}, failed
		}
	}))
	const said = "的定时备份失败"
	people := map[string]*reader{}
	for name, told := range map[string]bool{"admin": true, "security_admin": true, "analyst": false, "auditor": false, "heping": false} {
		people[name] = first.fresh().signIn(name)
		for _, path := range []string{"/account", "/tasks", "/nowhere"} {
			page := people[name].get(path).body
			if got := strings.Contains(page, said) && strings.Contains(page, "/mnt/&lt;other&gt;") && strings.Contains(page, "2026"); got != told {
				t.Errorf("%s at %s: told %v, want %v", name, path, got, told)
			}
		}
		if got := strings.Contains(people[name].get("/tasks").body, "处理失败的定时备份"); got != told {
			t.Errorf("among the tasks of %s: %v, want %v", name, got, told)
		}
	}
	failed = false
	if page := people["admin"].get("/tasks").body; strings.Contains(page, said) || strings.Contains(page, "处理失败的定时备份") {
		t.Error("it is still told when one was made")
	}
}
