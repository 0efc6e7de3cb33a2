package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// scarce is a served city in which two reporters type all the time, each into a cell of their own, while something is scarce.
type scarce struct {
	t      *testing.T
	dir    string
	server *program
	base   string
	typing []*typing
	leader *guest
}

// typing is a reporter: what was acknowledged last, and what the server said to what was not.
type typing struct {
	*guest
	quarter string
	cell    cellOfForm

	mu          sync.Mutex
	sent, kept  int64 // the last value that was sent, and the last that was acknowledged
	base        int64
	kinds       map[int]int // answers by status; 0: none
	unsaid      string      // a refusal that does not say why
	explanation string      // what a refusal must say
}

// newScarce serves the city of the chaos in a folder, by a command that becomes the program.
func newScarce(t *testing.T, dir string, become func(words ...string) *exec.Cmd) *scarce {
	t.Helper()
	made := filepath.Join(t.TempDir(), "made")
	w := newWorld(t, made, "")
	copyInstallation(t, made, dir)
	if err := os.Remove(filepath.Join(dir, "unionboard.reserve")); err != nil { // it would hide for a while what is looked at here
		t.Fatal(err)
	}
	s := &scarce{t: t, dir: dir}
	s.server = follow(t, become("serve", "--data", dir, "--addr", "127.0.0.1:0"))
	s.base = s.server.serving()
	for i, unit := range []string{typedUnit, typedToo} {
		v := &typing{guest: newGuest(t, s.base, "a"+unit, i), quarter: w.quarter.String(), cell: w.cells[i], kinds: map[int]int{}}
		if err := v.signIn(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.typing = append(s.typing, v)
	}
	s.leader = newGuest(t, s.base, "leader", 9)
	if err := s.leader.signIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// asProgramOf answers the command that is this test binary as the program.
func asProgramOf(t *testing.T, words ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, words...)
	cmd.Env = environment()
	return cmd
}

// throughShell answers the program begun by a shell that has set its limits before.
func throughShell(t *testing.T, before string, words ...string) *exec.Cmd {
	cmd := asProgramOf(t, words...)
	shell := exec.Command("/bin/sh", append([]string{"-c", before + `; exec "$0" "$@"`, cmd.Path}, words...)...)
	shell.Env = cmd.Env
	return shell
}

// save types the next number, as the script of the form does, and answers the status; 0 for no answer.
func (v *typing) save(ctx context.Context) int {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.sent++
	form := url.Values{
		"item": {string(v.cell.item)}, "value": {strconv.FormatInt(v.sent, 10)}, "note": {strings.Repeat("注", 300)}, "missing": {""},
		"base": {strconv.FormatInt(v.base, 10)}, "request": {fmt.Sprintf("scarce-%d", v.sent)},
	}
	got, err := v.post(ctx, "/fill/"+v.quarter+"/cell", form)
	status := got.status
	if err != nil {
		status = 0
	}
	v.kinds[status]++
	switch status {
	case http.StatusOK:
		v.base, v.kept = v.base+1, v.sent
	case 0, http.StatusConflict: // what became of it is looked up
		v.look(ctx)
	default:
		if v.explanation != "" && !strings.Contains(got.body, v.explanation) {
			v.unsaid = fmt.Sprintf("%d: %.400s", status, mainOf(got.body))
		}
	}
	return status
}

// look reads the cell; the caller holds mu.
func (v *typing) look(ctx context.Context) (value string, ok bool) {
	page, err := v.get(ctx, "/fill/"+v.quarter+"/"+string(v.cell.section))
	if err != nil || page.status != http.StatusOK {
		return "", false
	}
	held, ok := fieldOf(page.body, v.cell.item)
	if ok {
		v.base = held.Revision
	}
	return held.Value, ok
}

// until saves by both reporters until a condition holds, of their last statuses.
func (s *scarce) until(what string, done func(status int) bool) {
	s.t.Helper()
	for began := time.Now(); ; {
		all := true
		for _, v := range s.typing {
			ctx, cancel := context.WithTimeout(s.t.Context(), 20*time.Second)
			all = done(v.save(ctx)) && all
			cancel()
		}
		if all {
			return
		}
		select {
		case <-s.server.ended:
			s.t.Fatalf("%s: the server ended: %s%s", what, s.server.out.String(), s.server.err.String())
		default:
		}
		if time.Since(began) > patience {
			s.t.Fatalf("%s: it does not come; answers %v %v", what, s.typing[0].kinds, s.typing[1].kinds)
		}
	}
}

func saved(status int) bool { return status == http.StatusOK }

// reads opens pages that must be there, and answers them.
func (s *scarce) reads(when string) (all string) {
	s.t.Helper()
	for _, path := range []string{"/", "/status/" + s.typing[0].quarter, "/tasks", "/calendar"} {
		page, err := s.leader.get(s.t.Context(), path)
		if err != nil || page.status != http.StatusOK {
			s.t.Errorf("%s: %s answers %d %v: %.300s", when, path, page.status, err, mainOf(page.body))
		}
		all += page.body
	}
	return all
}

// nothingLost ends the server, serves nothing more, and wants what was acknowledged last – or what was sent after it and not answered – in the
// folder, whose database and audit log are good.
func (s *scarce) nothingLost() {
	t := s.t
	t.Helper()
	for _, v := range s.typing {
		v.mu.Lock()
		value, ok := v.look(t.Context())
		if n, err := strconv.ParseInt(value, 10, 64); !ok || err != nil || n < v.kept || n > v.sent {
			t.Errorf("%s: the page shows %q, acknowledged is %d, sent %d", v.name, value, v.kept, v.sent)
		}
		if v.unsaid != "" {
			t.Errorf("%s: a refusal does not say %q: %s", v.name, v.explanation, v.unsaid)
		}
		v.mu.Unlock()
	}
	s.server.kill()
	s.server.wait()
	head(t, s.dir)
	inside(t, s.dir, func(a *app) {
		for i, v := range s.typing {
			drafts, err := a.desk.Form(t.Context(), []assess.UnitCode{typedUnit, typedToo}[i], assess.MustPeriod(v.quarter), time.Now())
			if err != nil {
				t.Fatal(err)
			}
			for _, section := range drafts.Sections {
				for _, f := range section.Fields {
					if n, _ := strconv.ParseInt(f.Draft.Value, 10, 64); f.Item.Code == v.cell.item && f.Draft.Revision > 0 && n < v.kept {
						t.Errorf("%s: kept is %s, acknowledged was %d", v.name, f.Draft.Value, v.kept)
					}
				}
			}
		}
	})
}

// The disk of a served city gets full under those who work: what cannot be kept is refused with the reason, pages are read on and say it at their
// top, and when there is room again work goes on by itself. Nothing that was acknowledged is lost.
func TestAFullDiskWhileServing(t *testing.T) {
	t.Parallel()
	ofAFile(t)
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=48m"); err != nil {
		t.Skipf("needs the right to mount a small disk: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	s := newScarce(t, filepath.Join(disk, "data"), func(words ...string) *exec.Cmd { return asProgramOf(t, words...) })
	for _, v := range s.typing {
		v.explanation = "磁盘已满"
	}
	s.until("with room", saved)
	rounds := 1
	if os.Getenv("UNIONBOARD_TEST_SCARCE") == "whole" {
		rounds = 20
	}
	for round := range rounds {
		ballast := fillUp(t, disk)
		s.until("on a full disk", func(status int) bool { return status == http.StatusServiceUnavailable })
		if page := s.reads("on a full disk"); !strings.Contains(page, "磁盘已满") {
			t.Errorf("round %d: no page says at its top that the disk is full", round)
		}
		if ready, err := s.leader.get(t.Context(), "/readyz"); err != nil || ready.status != http.StatusOK || !strings.Contains(ready.body, "reading only") {
			t.Errorf("round %d: /readyz answers %d %q %v", round, ready.status, ready.body, err)
		}
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		s.until("with room again", saved)
		if page := s.reads("with room again"); strings.Contains(page, "磁盘已满") {
			t.Errorf("round %d: pages still say that the disk is full", round)
		}
	}
	t.Logf("%d rounds; answers %v and %v", rounds, s.typing[0].kinds, s.typing[1].kinds)
	s.nothingLost()
}

// A served city that may open few files is asked by more than it can hold: who is connected reads and saves on, or is told to try again; who comes
// waits; and when the others have gone everybody is answered. Nothing that was acknowledged is lost.
func TestFewFileDescriptorsWhileServing(t *testing.T) {
	t.Parallel()
	const most = 40
	s := newScarce(t, filepath.Join(t.TempDir(), "data"), func(words ...string) *exec.Cmd {
		return throughShell(t, fmt.Sprintf("ulimit -n %d", most), words...)
	})
	s.until("with files enough", saved)
	rounds, scarcity := 1, false
	if os.Getenv("UNIONBOARD_TEST_SCARCE") == "whole" {
		rounds = 20
	}
	address := strings.TrimPrefix(s.base, "http://")
	for round := range rounds {
		var crowd []net.Conn
		for range 3 * most {
			c, err := net.DialTimeout("tcp", address, time.Second)
			if err != nil {
				break // the queue of those who wait is full
			}
			_, _ = c.Write([]byte("GET / HTTP/1.1\r\n")) // and takes its time with the rest
			crowd = append(crowd, c)
		}
		open, _ := os.ReadDir(fmt.Sprintf("/proc/%d/fd", s.server.cmd.Process.Pid))
		scarcity = scarcity || len(open) >= most-1
		for range 3 {
			for _, v := range s.typing {
				ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
				if status := v.save(ctx); status != 0 && status != http.StatusOK && status != http.StatusConflict && status != http.StatusServiceUnavailable {
					t.Errorf("without files a save is answered %d", status)
				}
				cancel()
			}
		}
		for _, c := range crowd {
			c.Close()
		}
		s.until("when the crowd has gone", saved)
		s.reads("when the crowd has gone")
		fresh := newGuest(t, s.base, "comer", 77)
		if err := fresh.signIn(t.Context()); err != nil {
			t.Errorf("round %d: when the crowd has gone nobody can sign in: %v", round, err)
		}
		fresh.client.CloseIdleConnections() // else those of twenty rounds are all the files there are
	}
	if !scarcity {
		t.Errorf("files were never scarce: %s", s.server.err.String())
	}
	t.Logf("%d rounds; answers %v and %v", rounds, s.typing[0].kinds, s.typing[1].kinds)
	s.nothingLost()
}

// memoryGroup answers the folder of a control group with so much memory, and the file that says what was used at most; without the right to
// make one the test is skipped.
func memoryGroup(t *testing.T, limit int64) (group, peak string) {
	t.Helper()
	name := fmt.Sprintf("unionboard-test-%d", os.Getpid())
	var refused error
	for _, kind := range []struct{ root, limit, swap, peak string }{
		{"/sys/fs/cgroup", "memory.max", "memory.swap.max", "memory.peak"},
		{"/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "memory.max_usage_in_bytes"},
	} {
		group := filepath.Join(kind.root, name)
		if refused = os.Mkdir(group, 0o755); refused != nil {
			continue
		}
		if _, refused = os.Stat(filepath.Join(group, kind.limit)); refused != nil { // a folder like any other, or a group without this controller
			os.Remove(group)
			continue
		}
		if refused = os.WriteFile(filepath.Join(group, kind.limit), []byte(strconv.FormatInt(limit, 10)), 0o644); refused != nil {
			os.Remove(group)
			continue
		}
		swap := map[bool]string{true: "0", false: strconv.FormatInt(limit, 10)}[kind.swap == "memory.swap.max"]
		_ = os.WriteFile(filepath.Join(group, kind.swap), []byte(swap), 0o644) // a kernel that counts no swap has none of it here
		t.Cleanup(func() {
			for range 50 { // until its last process has gone
				if os.Remove(group) == nil {
					return
				}
				time.Sleep(20 * time.Millisecond)
			}
			t.Errorf("%s cannot be taken away", group)
		})
		return group, filepath.Join(group, kind.peak)
	}
	t.Skipf("needs a control group with a limit of memory: %v", refused)
	return "", ""
}

// A demonstration city is served with 256 MB: everybody's pages at once, tables as workbooks, and a file of many records that is tried and taken.
// Nothing is killed, and everything is answered.
func TestServingWith256MB(t *testing.T) {
	t.Parallel()
	alone(t)
	const limit = 256 << 20
	group, peak := memoryGroup(t, limit)
	records := 1000
	if os.Getenv("UNIONBOARD_TEST_SCARCE") == "whole" {
		records = 9_999 // with their heads as many rows as a file may have
	}
	dir := wholeInstallation(t, made.sealed.folder(t, "demo", "--build-only", "--quarters", "2"))
	configure(t, dir, "plain_http: true")
	inside(t, dir, func(a *app) {
		addPeople(t, a, map[string]account.Post{
			"analyst": {Role: assess.CityAnalyst}, "leader": {Role: assess.CityLeader}, "auditor": {Role: assess.Auditor}, "reporter": {Role: assess.DistrictReporter, Unit: "210102"},
			"centre": {Role: assess.CityReviewer, Department: "economy"},
		})
	})
	p := follow(t, throughShell(t, "unset GOGC; echo $$ >"+filepath.Join(group, "cgroup.procs"), "serve", "--data", dir, "--addr", "127.0.0.1:0"))
	base := p.serving()
	people := map[string]*guest{}
	for i, name := range []string{"analyst", "leader", "auditor", "reporter", "centre"} {
		people[name] = newGuest(t, base, name, i)
		people[name].client.Timeout = patience
		if err := people[name].signIn(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	var all sync.WaitGroup
	ask := func(who, path string) {
		all.Go(func() {
			got, err := people[who].get(t.Context(), path)
			if err != nil || got.status != http.StatusOK {
				t.Errorf("%s as %s: %d %v", path, who, got.status, err)
			}
		})
	}
	for range 4 {
		for _, path := range []string{"/", "/f/six_systems", "/f/six_systems/indicators", "/lags", "/d/210103", "/why/210103/composite", "/tasks", "/calendar", "/export", "/status/2026Q4"} {
			ask("analyst", path)
			ask("leader", path)
		}
		ask("auditor", "/audit")
		ask("reporter", "/fill/2026Q4/org_building")
	}
	for _, table := range []string{"scores", "observations", "summary", "ranking"} {
		ask("analyst", "/export/"+table+".xlsx?q=2026Q3")
		ask("leader", "/export/"+table+".csv?q=2026Q3")
	}
	all.Wait()
	takeRecords(t, people["centre"], records)
	select {
	case <-p.ended:
		t.Fatalf("the server was ended: %v %s", p.cmd.ProcessState, p.err.String())
	default:
	}
	used, err := os.ReadFile(peak)
	if err != nil {
		t.Fatal(err)
	}
	most, _ := strconv.ParseInt(strings.TrimSpace(string(used)), 10, 64)
	t.Logf("%d records; with what the system keeps of files at most %d MB of %d", records, most>>20, int64(limit)>>20)
	if r := p.stop(); r.code != exitDone {
		t.Errorf("it ends with %d: %s", r.code, r.err)
	}
	head(t, dir)
}

// takeRecords hands a file of records in, and takes it after it was tried.
func takeRecords(t *testing.T, v *guest, n int) {
	ctx := t.Context()
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write([]string{"竞赛编号", "所属区县（市）", "竞赛名称", "竞赛层级", "组织方式", "主办单位", "竞赛工种", "开始日期", "形式", "参赛单位数", "报名人数", "状态"})
	for i := range n {
		_ = w.Write([]string{fmt.Sprintf("JS-M-%05d", i), "210102", fmt.Sprintf("竞赛 %d", i), "区县级", "区域", "区总工会", "焊工", "2026-08-01", "现场实操", "3", "30", "进行中"})
	}
	w.Flush()
	got, err := v.upload(ctx, "/registers/skills_competitions/import", nil, "records.csv", []byte(b.String()))
	if err != nil || got.status != http.StatusSeeOther {
		t.Errorf("a file of %d records: %d %v %.1500s", n, got.status, err, mainOf(got.body))
		return
	}
	at := got.header.Get("Location")
	page, err := v.get(ctx, at)
	seen := between(page.body, `name="seen" value="`, `"`)
	if err != nil || !strings.HasPrefix(seen, strconv.Itoa(n)+".") {
		t.Errorf("tried: %d %v, %q: %.1500s", page.status, err, seen, mainOf(page.body))
		return
	}
	if got, err = v.post(ctx, at, url.Values{"seen": {seen}}); err != nil || got.status != http.StatusSeeOther {
		t.Errorf("taken: %d %v %.500s", got.status, err, mainOf(got.body))
	}
}

// What a control group allows is found in either kind of them, in the group itself and in those above it.
func TestWhatAControlGroupAllowsIsFound(t *testing.T) {
	root := t.TempDir()
	own := filepath.Join(root, "own")
	put := func(path, text string) {
		write(t, filepath.Join(root, path), text)
	}
	put("system.slice/memory.max", "400000000\n")
	put("system.slice/unionboard.service/memory.max", "max\n")
	put("memory/docker/abc/memory.limit_in_bytes", "268435456\n")
	put("memory/memory.limit_in_bytes", "9223372036854771712\n")
	for groups, want := range map[string]int64{
		"0::/system.slice/unionboard.service\n":         400_000_000,
		"5:cpu:/x\n4:memory:/docker/abc\n0::/nowhere\n": 268_435_456,
		"4:memory:/\n": 0, "0::/\n": 0, "": 0, "nonsense": 0, "0::/../..\n": 0,
	} {
		write(t, own, groups)
		if got := memoryAllowed(own, root); got != want {
			t.Errorf("%q: %d, want %d", groups, got, want)
		}
	}
	if got := memoryAllowed(filepath.Join(root, "none"), root); got != 0 {
		t.Errorf("without groups %d", got)
	}
}
