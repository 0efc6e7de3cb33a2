package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/audit"
	"github.com/unionboard/unionboard/internal/store"
)

// aged answers a data folder whose audit log has lines of the last days, one a day, the oldest first.
func aged(t *testing.T, days int, settings ...string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	s, err := createStore(t.Context(), dir, store.WithReserve(0))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	for i := days; i > 0; i-- {
		line := assess.AuditLine{At: now.AddDate(0, 0, -i), Actor: "li.na", Address: "10.1.2.3", Action: "user.role", Object: fmt.Sprintf("person.%d", i%3), Unit: "210102", Result: "ok"}
		if i%10 == 0 {
			line.Actor, line.Action, line.Object, line.Result = "wang", "refused", "GET /d/210103\n=1+1", "refused"
		}
		if err := s.Record(t.Context(), line); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	configure(t, dir, settings...)
	return dir
}

// Row 55: lines whose time is over leave for files that join, whatever way they are cleared; the log still holds, says what was cleared, and
// from when it reaches.
func TestTheAuditLogIsCleared(t *testing.T) {
	dir := aged(t, 400, "audit: {keep_days: 300}")
	if out := good(t, "audit", "clear", "--data", dir, "--dry-run"); !strings.Contains(out, "lines 1–100 would leave") && !strings.Contains(out, "lines 1–101 would leave") {
		t.Errorf("dry run: %q", out)
	}
	if r := call(t, "audit", "clear", "--data", dir, "--before", time.Now().AddDate(0, 0, -100).Format(time.DateOnly)); r.code != exitRefused || !strings.Contains(r.err, "180 days") {
		t.Errorf("lines of the last months: %+v", r)
	}
	for _, days := range []int{350, 320} {
		if out := good(t, "audit", "clear", "--data", dir, "--before", time.Now().AddDate(0, 0, -days).Format(time.DateOnly)); !strings.Contains(out, "left for ") {
			t.Errorf("clear: %q", out)
		}
	}
	inside(t, dir, func(a *app) { a.lookAfterAudit(t.Context(), time.Now()) })
	files, err := filepath.Glob(filepath.Join(dir, "audit", "audit-*.jsonl.gz"))
	if err != nil || len(files) != 3 {
		t.Fatal(files, err)
	}
	words := []string{"audit", "verify", "--data", dir}
	for _, f := range files {
		words = append(words, "--file", f)
	}
	out := good(t, words...)
	for _, want := range []string{"audit-000000000001-", "lines 1–", "lines hold", "1 earlier heads compared", "begins after line"} {
		if !strings.Contains(out, want) {
			t.Errorf("verify says %q, and not %q", out, want)
		}
	}
	wantHeadsInFiles(t, dir, words)
	for i, left := range [][]string{{files[0], files[2]}, {files[0], files[1]}} { // one in the middle, and the last, are not there
		r := call(t, "audit", "verify", "--data", dir, "--file", left[0], "--file", left[1])
		if r.code != exitRefused && r.code != exitFailed || !strings.Contains(r.err, "between them") {
			t.Errorf("a gap, %d: %+v", i, r)
		}
	}
	inside(t, dir, func(a *app) {
		lines, err := a.store.FindAudit(t.Context(), audit.Query{Actions: []string{"audit."}}, 100)
		if err != nil {
			t.Fatal(err)
		}
		var said []string
		for _, l := range lines {
			said = append([]string{l.Action + " " + l.Result}, said...)
		}
		want := []string{"audit.clear ok", "audit.clear ok", "audit.verify ok", "audit.clear ok"}
		if diff := cmp.Diff(want, said); diff != "" {
			t.Errorf("the log of the log: %s", diff)
		}
	})
	if r := call(t, "audit", "breach", "--data", dir, "--from", "2020-01-01"); r.code != exitDone || !strings.Contains(r.err, "reaches back to") {
		t.Errorf("the sheet of a breach: %+v", r)
	}
}

// Row 55: a clearing that was broken off after its file was written leaves lines that stand in the next file, too. The files join, unless they say
// different things of the same lines.
func TestFilesOfAClearingThatWasBrokenOffJoin(t *testing.T) {
	dir := aged(t, 400, "audit: {keep_days: 300}")
	clear := func(dir string, days int) string {
		t.Helper()
		good(t, "audit", "clear", "--data", dir, "--before", time.Now().AddDate(0, 0, -days).Format(time.DateOnly))
		files, err := filepath.Glob(filepath.Join(dir, "audit", "audit-*.jsonl.gz"))
		if err != nil || len(files) != 1 {
			t.Fatal(files, err)
		}
		return files[0]
	}
	before, other := filepath.Join(t.TempDir(), "data"), aged(t, 400, "audit: {keep_days: 300}")
	copyInstallation(t, dir, before)
	brokenOff, whole := clear(before, 350), clear(dir, 320)
	if out := good(t, "audit", "verify", "--data", dir, "--file", whole, "--file", brokenOff); strings.Count(out, "lines 1–") != 2 {
		t.Errorf("files that overlap: %q", out)
	}
	for _, foreign := range []string{clear(other, 350), clear(aged(t, 400, "audit: {keep_days: 300}"), 310)} {
		if r := call(t, "audit", "verify", "--data", dir, "--file", whole, "--file", foreign); r.code == exitDone || !strings.Contains(r.err, "broken at line") {
			t.Errorf("lines of another log: %+v", r)
		}
	}
}

// wantHeadsInFiles: a head that was kept elsewhere of a line that has left the log is held against its file, which can be made anew as a whole.
func wantHeadsInFiles(t *testing.T, dir string, verify []string) {
	t.Helper()
	f, err := os.Open(verify[len(verify)-1])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	first, lines, err := audit.ReadFile(f.Name(), f)
	if err != nil {
		t.Fatal(err)
	}
	var head audit.Mark // not the last of the file, which the log joins to anyway
	for l, err := range lines {
		if err != nil {
			t.Fatal(err)
		}
		if l.Seq == first.Seq+2 {
			head = audit.Mark{Seq: l.Seq, Hash: l.Hash}
		}
	}
	for hash, want := range map[string]string{head.Hash: "2 earlier heads compared", strings.Repeat("f", 64): "broken at line " + fmt.Sprint(head.Seq)} {
		kept := filepath.Join(t.TempDir(), "kept.csv")
		write(t, kept, fmt.Sprintf("2026-01-01T00:00:00Z,%d,%s\n", head.Seq, hash))
		if r := call(t, append(verify, "--heads", kept)...); !strings.Contains(r.out+r.err, want) || (r.code == exitDone) != strings.HasPrefix(want, "2") {
			t.Errorf("with the head %s: %+v", hash, r)
		}
		if out := good(t, "audit", "verify", "--data", dir, "--heads", kept); !strings.Contains(out, "1 earlier heads compared") {
			t.Errorf("without the files: %q", out)
		}
	}
}

// Row 54: a head that was kept elsewhere finds a tail that was made anew with everything in the folder.
func TestAKeptHeadFindsATailMadeAnew(t *testing.T) {
	dir := aged(t, 20)
	out := good(t, "audit", "head", "--data", dir)
	kept := filepath.Join(t.TempDir(), "heads.csv")
	text, err := os.ReadFile(filepath.Join(dir, "audit", headsFile))
	if err != nil || !strings.Contains(string(text), ",20,"+strings.Split(out, "\n")[1]) {
		t.Fatalf("%q in %q, %v", out, text, err)
	}
	write(t, kept, string(text))
	if out := good(t, "audit", "verify", "--data", dir, "--heads", kept); !strings.Contains(out, "20 lines hold, 2 earlier heads") {
		t.Errorf("%q", out)
	}
	empty := filepath.Join(t.TempDir(), "empty.csv")
	write(t, empty, "time,line,hash\n")
	if r := call(t, "audit", "verify", "--data", dir, "--heads", empty); r.code != exitRefused || !strings.Contains(r.err, "nothing could be compared") {
		t.Errorf("a file without heads: %+v", r)
	}
	other := aged(t, 25) // with other times: a log made anew that holds by itself
	good(t, "audit", "verify", "--data", other)
	r := call(t, "audit", "verify", "--data", other, "--heads", kept)
	if r.code == exitDone || !strings.Contains(r.err, "broken at line 20") {
		t.Errorf("made anew: %+v", r)
	}
	r = call(t, "audit", "verify", "--data", aged(t, 15), "--heads", kept)
	if r.code == exitDone || !strings.Contains(r.err, "broken at line 16") {
		t.Errorf("cut: %+v", r)
	}
	own := filepath.Join(other, "audit", headsFile) // the heads were not made anew with it: whatever looks at the log sees that
	if err := os.MkdirAll(filepath.Dir(own), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, own, string(text))
	for _, words := range [][]string{{"audit", "verify"}, {"verify"}, {"doctor", "--deep", "--lang", "en"}} {
		if r := call(t, append(words, "--data", other)...); r.code == exitDone || !strings.Contains(r.out+r.err, "broken at line 20") {
			t.Errorf("%v of a log that its own heads know otherwise: %+v", words, r)
		}
	}
}

func TestTheAuditLogIsTakenAsAFile(t *testing.T) {
	dir := aged(t, 30)
	out := filepath.Join(t.TempDir(), "audit.csv")
	good(t, "audit", "export", "--data", dir, "--action", "refused", "--out", out)
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(rows) != 4 || !strings.Contains(rows[1], `,wang,10.1.2.3,refused,GET /d/210103\u000a=1+1,210102,`) {
		t.Errorf("%q", rows)
	}
	lines := good(t, "audit", "export", "--data", dir, "--account", "li.na", "--object", "person.1", "--format", "json")
	if n := strings.Count(lines, "\n"); n != 9 || !strings.Contains(lines, `"hash":"`) {
		t.Errorf("%d lines: %s", n, lines)
	}
	if all := good(t, "audit", "export", "--data", dir); strings.Count(all, "audit.export") != 2 {
		t.Errorf("the log says of its exports: %s", all)
	}
	if r := call(t, "audit", "export", "--data", dir, "--format", "xml"); r.code != exitUsage {
		t.Errorf("%+v", r)
	}
}

// Row 53: the start and the end of the server, what of its settings changed since the last time, and the head of the log, also to a syslog.
func TestStartsSettingsAndHeadsAreWrittenDown(t *testing.T) {
	syslog, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer syslog.Close()
	dir := installation(t, `audit: {syslog: "udp://`+syslog.LocalAddr().String()+`"}`)
	serve := func() {
		t.Helper()
		p := start(t, "serve", "--data", dir, "--addr", "127.0.0.1:0")
		p.serving()
		if r := p.stop(); r.code != exitDone {
			t.Fatalf("%+v", r)
		}
	}
	serve()
	configure(t, dir, `audit: {syslog: "udp://`+syslog.LocalAddr().String()+`"}`, "sessions: {idle: 5m}",
		`sources: [{name: heping, title: {zh: 和平, en: Heping}, kind: http, url: "https://heping.example.org/{unit}?key=s3cret", units: ["210102"], authority: submit}]`)
	serve()
	var said []string
	inside(t, dir, func(a *app) {
		lines, err := a.store.AuditLines(t.Context(), 1, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lines {
			if strings.Contains(fmt.Sprint(l), "s3cret") {
				t.Errorf("a secret stands in the log: %+v", l)
			}
			if l.Action == "server.start" || l.Action == "server.stop" || strings.HasPrefix(l.Action, "setting.") && !strings.HasPrefix(l.Object, "addr") {
				said = append(said, strings.TrimSpace(l.Action+" "+strings.Join([]string{l.Object, l.Before, l.After}, " ")))
			}
		}
	})
	said = cleared(said, "server.")
	want := []string{
		"server.start", "setting.first", "server.stop", "server.start", "setting.change sessions.idle 15m0s 5m0s",
		"setting.change sources[heping].url  https://heping.example.org/{unit}?key=***", "server.stop",
	}
	for _, one := range want {
		if len(said) == 0 {
			t.Errorf("%q is not said", one)
			break
		}
		for len(said) > 1 && !strings.HasPrefix(said[0], one) && strings.HasPrefix(said[0], "setting.change sources[heping]") {
			said = said[1:]
		}
		if !strings.HasPrefix(said[0], one) {
			t.Errorf("said %q, want %q", said[0], one)
		}
		said = said[1:]
	}
	text, err := os.ReadFile(filepath.Join(dir, "audit", headsFile))
	if err != nil || strings.Count(string(text), "\n") != 3 {
		t.Errorf("the heads are %q, %v", text, err)
	}
	if err := syslog.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	packet := make([]byte, 2000)
	n, _, err := syslog.ReadFrom(packet)
	hash := strings.Split(strings.TrimSpace(strings.Split(string(text), "\n")[1]), ",")[2]
	if err != nil || !strings.Contains(string(packet[:n]), "audit head line=") || !strings.Contains(string(packet[:n]), hash) {
		t.Errorf("the syslog has %q, %v", packet[:n], err)
	}
	good(t, "audit", "verify", "--data", dir)
}

// A syslog that does not answer holds up nobody, least of all a server that is to end; the head stands in its file.
func TestASilentSyslogIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	door, err := silent.(*net.TCPListener).SyscallConn()
	if err == nil {
		err = door.Control(func(fd uintptr) { _ = syscall.Listen(int(fd), 0) }) // nobody queues
	}
	for err == nil { // whoever comes now is not answered
		var c net.Conn
		if c, err = net.DialTimeout("tcp", silent.Addr().String(), 500*time.Millisecond); err == nil {
			defer c.Close()
		}
	}
	if !os.IsTimeout(err) {
		t.Skipf("nothing here is silent: %v", err)
	}
	dir := installation(t, "audit: {syslog: 'tcp://"+silent.Addr().String()+"'}")
	call(t, "audit", "head", "--data", dir).oneSentence(t, exitFailed, "does not answer")
	if text, err := os.ReadFile(filepath.Join(dir, "audit", headsFile)); err != nil || strings.Count(string(text), "\n") != 2 {
		t.Errorf("the heads are %q, %v", text, err)
	}
}

// cleared cuts words that begin with a prefix to their first word.
func cleared(all []string, prefix string) []string {
	for i, s := range all {
		if strings.HasPrefix(s, prefix) {
			all[i], _, _ = strings.Cut(s, " ")
		}
	}
	return all
}

// Row 68: a start with a clock before the newest line is told of.
func TestAStartWithALateClockIsToldOf(t *testing.T) {
	dir := aged(t, 3)
	inside(t, dir, func(a *app) {
		now := time.Now()
		for _, at := range []time.Time{now, now.AddDate(0, 0, -1).Add(-30 * time.Second), now.AddDate(0, 0, -3)} {
			if err := a.tellLateClock(t.Context(), at); err != nil {
				t.Fatal(err)
			}
		}
		lines, err := a.store.FindAudit(t.Context(), audit.Query{Actions: []string{"clock.jump"}}, 10)
		if err != nil || len(lines) != 1 || lines[0].After != now.AddDate(0, 0, -3).UTC().Format(time.RFC3339) {
			t.Errorf("%+v, %v", lines, err)
		}
	})
}

// Row 55, and the seals: what was sealed holds still when the lines of its time have left the log. It computes every seal of the demonstration
// twice, so it runs with UNIONBOARD_TEST_AUDIT=whole.
func TestSealsHoldWhenTheLogWasCleared(t *testing.T) {
	if os.Getenv("UNIONBOARD_TEST_AUDIT") != "whole" {
		t.Skip("needs UNIONBOARD_TEST_AUDIT=whole")
	}
	dir := filepath.Join(t.TempDir(), "data")
	copyInstallation(t, demonstration(t), dir)
	before := good(t, "verify", "--data", dir)
	inside(t, dir, func(a *app) {
		c, _, err := a.clearAudit(t.Context(), time.Now().AddDate(1, 0, 0), false, assess.AuditLine{At: time.Now(), Actor: "system", Action: "audit.clear", Result: "ok"})
		if err != nil || c.Lines() < 1000 {
			t.Fatalf("%+v, %v", c, err)
		}
	})
	seals := func(said string) string { _, rest, _ := strings.Cut(said, "\n"); return rest } // the first line counts those of the log
	if after := good(t, "verify", "--data", dir); seals(after) != seals(before) {
		t.Errorf("before %q, after %q", before, after)
	}
	good(t, "audit", "verify", "--data", dir)
}
