package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/backup"
	"github.com/unionboard/unionboard/internal/config"
	"github.com/unionboard/unionboard/internal/register"
	"github.com/unionboard/unionboard/internal/schedule"
)

// saver is somebody who saves something small again and again, and remembers what was acknowledged.
type saver struct {
	*visitor
	name  string
	count atomic.Int64 // saves that were acknowledged
}

func newSaver(t *testing.T, base string, role assess.Role) *saver {
	v := signIn(t, base, role)
	return &saver{visitor: v, name: string(role)}
}

// saveUntil saves until the server is gone or somebody ends it.
func (s *saver) saveUntil(ctx context.Context) {
	_, page := s.get("/account/notices")
	token := formToken.FindStringSubmatch(page)
	for n := int64(1); ctx.Err() == nil; n++ {
		answer, err := s.http.PostForm(s.base+"/account/notices", url.Values{"email": {s.address(n)}, "form_token": {token[1]}})
		if err != nil {
			return // it was killed
		}
		_, err = io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != 200 || !strings.Contains(answer.Request.URL.RawQuery, "saved") {
			return
		}
		s.count.Store(n)
	}
}

func (s *saver) address(n int64) string {
	return fmt.Sprintf("save-%d@example.org", n)
}

// wholeInstallation copies a data folder with its files.
func wholeInstallation(t *testing.T, from string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	copyInstallation(t, from, dir)
	for _, name := range []string{"evidence", "quarantine"} {
		if err := os.CopyFS(filepath.Join(dir, name), os.DirFS(filepath.Join(from, name))); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// The drill of row 67 of the security checklist: an installation is served and saved to, backed up meanwhile, saved to further, and killed.
// What is restored elsewhere has everything that was acknowledged before the backup began; its audit log and seals hold; a sealed quarter
// leaves it byte for byte as it left the old one; evidence opens; nobody is signed in.
func TestRestoreDrill(t *testing.T) {
	ofAFile(t)
	t.Parallel()
	dir := wholeInstallation(t, made.sealed.folder(t, "demo", "--build-only", "--quarters", "2"))
	sealed := []string{"export", "--period", "2026Q3", "--table", "scores", "--format", "csv"}
	before := good(t, append(sealed, "--data", dir)...)
	p := start(t, "serve", "--data", dir, "--addr", "127.0.0.1:0")
	base := p.serving()
	savers := []*saver{newSaver(t, base, assess.CityReviewer), newSaver(t, base, assess.CityLeader)}
	ctx, end := context.WithCancel(t.Context())
	defer end()
	done := make(chan struct{})
	for _, s := range savers {
		go func() { s.saveUntil(ctx); done <- struct{}{} }()
	}
	waitForSaves(t, savers, 5)
	acknowledged := []int64{savers[0].count.Load(), savers[1].count.Load()}
	out := filepath.Join(t.TempDir(), "backup.tar.zst")
	if r := call(t, "backup", "--data", dir, "--out", out); r.code != exitDone || strings.Contains(r.err, "warning") {
		t.Fatalf("backup ends with %d: %s%s", r.code, r.out, r.err)
	}
	later := []int64{savers[0].count.Load(), savers[1].count.Load()}
	waitForSaves(t, savers, max(later[0], later[1])+3)
	p.cmd.Process.Kill()
	p.wait()
	<-done
	<-done
	if info, err := os.Stat(out); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the backup has mode %v, %v", info.Mode(), err)
	}
	good(t, "backup", "verify", out, "--scratch", t.TempDir())
	restored := filepath.Join(t.TempDir(), "elsewhere")
	said := good(t, "restore", out, "--data", restored)
	if !strings.Contains(said, "all hold") || !strings.Contains(said, "all good") {
		t.Errorf("restore says %s", said)
	}
	wantRestored(t, restored, savers, acknowledged)
	if after := good(t, append(sealed, "--data", restored)...); after != before {
		t.Errorf("the sealed quarter leaves the copy otherwise:\n%s", cmp.Diff(before, after))
	}
	if said, holds := verified(t, restored); !holds || strings.Count(said, ": holds, seal") == 0 {
		t.Errorf("verify: %s", said)
	}
	call(t, "restore", out, "--data", restored).oneSentence(t, exitFailed, "not empty")
	// The old folder goes on where it was: its log tells of the backup.
	if log := head(t, dir); log.Audit == 0 {
		t.Error("the old log is empty")
	}
	again := start(t, "serve", "--data", restored, "--addr", "127.0.0.1:0")
	visitor := *savers[0].visitor // with the cookie of before
	visitor.base = again.serving()
	if _, page := visitor.get("/account/notices"); !strings.Contains(page, `type="password"`) {
		t.Error("a session of before is still signed in")
	}
	signIn(t, again.serving(), assess.CityLeader)
	again.stop()
}

func waitForSaves(t *testing.T, savers []*saver, n int64) {
	t.Helper()
	until := time.Now().Add(patience)
	for _, s := range savers {
		for s.count.Load() < n {
			if time.Now().After(until) {
				t.Fatalf("%s has saved %d times", s.name, s.count.Load())
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
}

// wantRestored says what lacks in a restored folder of what was acknowledged.
func wantRestored(t *testing.T, dir string, savers []*saver, acknowledged []int64) {
	t.Helper()
	inside(t, dir, func(a *app) {
		contacts, err := a.store.Contacts(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		kept := map[string]string{}
		for _, c := range contacts {
			u, err := a.store.Account(t.Context(), c.Account)
			if err != nil {
				t.Fatal(err)
			}
			kept[string(u.Role)] = c.Email
		}
		for i, s := range savers {
			var n int64
			if _, err := fmt.Sscanf(kept[s.name], "save-%d@", &n); err != nil || n < acknowledged[i] || n > s.count.Load()+1 {
				t.Errorf("%s has %q, acknowledged was save %d before the backup and %d in all", s.name, kept[s.name], acknowledged[i], s.count.Load())
			}
		}
		checked, err := a.files.Check(t.Context(), a.store, func(f assess.EvidenceFile, err error) { t.Errorf("%s: %v", f.Hash, err) })
		if err != nil || checked == 0 {
			t.Errorf("%d files of evidence: %v", checked, err)
		}
		lines, err := a.store.AuditAbout(t.Context(), "backup.tar.zst", 10)
		if err != nil || len(lines) != 1 || lines[0].Action != "restore" || lines[0].Result != "ok" {
			t.Errorf("the log tells of the restore: %+v, %v", lines, err)
		}
	})
	h := head(t, dir)
	if h.Audit == 0 {
		t.Error("the log is empty")
	}
}

// Row 58 of the security checklist: numbers of persons stand in no archive, however it is opened; keys go into encrypted ones alone, and with
// them everything opens again.
func TestNoNumberStandsInABackup(t *testing.T) {
	ofAFile(t)
	t.Parallel()
	const number = "13800000000"
	dir := t.TempDir()
	copyInstallation(t, installation(t), dir)
	who := account.User{Name: "heping", Role: assess.DistrictReporter, Unit: "210102"}
	inside(t, dir, func(a *app) {
		_, err := a.registers().Save(t.Context(), register.Change{Table: "service_stations", Written: map[string]string{
			"station_no": "YZ-1", "name": "示例驿站", "build_type": "self_built", "host_type": "bank", "address": "示例路1号", "area_m2": "20", "open_hours": "08:00-20:00",
			"is_24h": "是", "is_smart": "否", "facilities": "桌椅、饮水", "opened_on": "2024-05-01", "manager_phone": number, "visits_ytd": "10", "status": "在用",
		}}, who, assess.AuditLine{At: time.Now(), Actor: who.Name, Result: "ok"})
		if err != nil {
			t.Fatal(err)
		}
	})
	key, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	plain, encrypted, keyFile := filepath.Join(folder, "plain.tar.zst"), filepath.Join(folder, "b.tar.zst.age"), filepath.Join(folder, "key.txt")
	if err := os.WriteFile(keyFile, []byte(key.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	call(t, "backup", "--data", dir, "--out", plain, "--with-keys").oneSentence(t, exitRefused, "encrypted")
	good(t, "backup", "--data", dir, "--out", plain)
	good(t, "backup", "--data", dir, "--out", encrypted, "--with-keys", "--recipient", key.Recipient().String())
	secret, err := os.ReadFile(filepath.Join(dir, "secrets", "register.keys"))
	if err != nil {
		t.Fatal(err)
	}
	body, err := os.ReadFile(plain)
	if err != nil {
		t.Fatal(err)
	}
	unpacker, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer unpacker.Close()
	unpacked, err := unpacker.DecodeAll(body, nil)
	if err != nil || !bytes.Contains(unpacked, []byte("示例驿站")) {
		t.Fatalf("the archive does not hold the record: %v", err)
	}
	var packed [8]byte
	binary.BigEndian.PutUint64(packed[:], 13800000000)
	lines := strings.Fields(string(secret))
	for what, found := range map[string]bool{
		"the number": bytes.Contains(unpacked, []byte(number)), "the number as bytes": bytes.Contains(unpacked, packed[3:]),
		"the key": bytes.Contains(unpacked, []byte(lines[len(lines)-1])),
	} {
		if found {
			t.Errorf("%s stands in the archive", what)
		}
	}
	none := filepath.Join(folder, "no")
	call(t, "restore", encrypted, "--data", none).oneSentence(t, exitRefused, "--identity")
	other, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	otherFile := filepath.Join(folder, "other.txt")
	if err := os.WriteFile(otherFile, []byte(other.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	call(t, "restore", encrypted, "--data", none, "--identity", otherFile).oneSentence(t, exitRefused, "encrypted for other keys")
	if _, err := os.Stat(none); !os.IsNotExist(err) {
		t.Error("a restore that cannot be opened left a folder")
	}
	restored := filepath.Join(folder, "restored")
	good(t, "restore", encrypted, "--data", restored, "--identity", keyFile)
	inside(t, restored, func(a *app) {
		all, _, err := a.registers().List(t.Context(), assess.RecordQuery{Table: "service_stations"}, who, time.Now())
		if err != nil || len(all) != 1 || all[0].Values["manager_phone"] != "138****0000" { // it opened: what does not is not masked but refused
			t.Errorf("restored with its keys: %v, %v", all, err)
		}
	})
}

// The schedule: archives are made, read back, copied and taken away by the clock, and what became of them is told, also where it failed.
func TestBackupsByTheClock(t *testing.T) {
	t.Parallel()
	second := t.TempDir()
	dir := installation(t, "backup: {keep: {daily: 1, weekly: 0, monthly: 0}, second: "+second+"}")
	folder := filepath.Join(dir, "backups")
	inside(t, dir, func(a *app) {
		a.backUp(t.Context(), time.Now())
		first, err := backup.Last(folder, time.Now())
		if err != nil || !first.OK {
			t.Fatalf("the first: %+v, %v", first, err)
		}
		if other, err := backup.Last(second, time.Now()); err != nil || other.Name != first.Name || other.Size != first.Size {
			t.Errorf("in the second place %+v, %v", other, err)
		}
		time.Sleep(time.Until(first.At.Add(1001 * time.Millisecond))) // names tell seconds apart
		a.backUp(t.Context(), time.Now())
		next, err := backup.Last(folder, time.Now())
		if err != nil || !next.OK || next.Name == first.Name {
			t.Errorf("the second: %+v, %v", next, err)
		}
		for _, place := range []string{folder, second} {
			if _, err := os.Stat(filepath.Join(place, first.Name)); !os.IsNotExist(err) {
				t.Errorf("%s keeps two of a day", place)
			}
		}
		if err := os.RemoveAll(second); err != nil { // the other disk is gone
			t.Fatal(err)
		}
		time.Sleep(time.Until(next.At.Add(1001 * time.Millisecond)))
		a.backUp(t.Context(), time.Now())
		last, err := backup.Last(folder, time.Now())
		if err != nil || last.OK || last.Name == next.Name || !strings.Contains(last.Failure, "the backup is good, but not its copy in "+second) {
			t.Errorf("without the second place: %+v, %v", last, err)
		}
		if _, err := os.Stat(filepath.Join(folder, next.Name)); !os.IsNotExist(err) {
			t.Error("while the second place is away, backups pile up in the first")
		}
		if f, failed := a.failedBackup(); !failed || !strings.Contains(f.Err.Error(), second) || time.Since(f.At) > time.Minute {
			t.Errorf("administrators are told %+v, %v", f, failed)
		}
		jobs := schedule.New(schedule.Config{Log: a.log})
		a.backupFailed.Store(nil) // the program is started again
		if err := a.planBackups(jobs, false); err != nil {
			t.Error(err)
		}
		if f, failed := a.failedBackup(); !failed || !strings.Contains(f.Err.Error(), second) || time.Since(f.At) > time.Minute {
			t.Errorf("after a start administrators are told %+v, %v", f, failed)
		}
		var results []string
		for line, err := range a.auditLines(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			if line.Action == "backup" {
				results = append(results, line.Result)
			}
		}
		if diff := cmp.Diff([]string{"ok", "ok", "failed"}, results); diff != "" {
			t.Errorf("the log (-want +got):\n%s", diff)
		}
		if a.config.Backup = (config.Backup{At: "30 2 * * *", Folder: folder, Daily: 1, Recipients: []string{"age1x"}}); a.planBackups(nil, false) == nil {
			t.Error("a wrong public key is not said at the start")
		}
	})
}

// The copy of a database from before an upgrade lies in the data folder, and ends after 30 days also where backups lie elsewhere: what was erased since
// stands in it.
func TestCopiesFromBeforeAnUpgradeEnd(t *testing.T) {
	t.Parallel()
	elsewhere := t.TempDir()
	dir := installation(t, "backup: {folder: "+elsewhere+"}")
	old, young := filepath.Join(dir, "backups", "before-upgrade-00027.db"), filepath.Join(dir, "backups", "before-upgrade-00028.db")
	for path, age := range map[string]time.Duration{old: 31 * day, young: 29 * day} {
		write(t, path, "a database")
		if err := os.Chtimes(path, time.Now().Add(-age), time.Now().Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	inside(t, dir, func(a *app) { a.backUp(t.Context(), time.Now()) })
	if _, err := os.Stat(old); !os.IsNotExist(err) {
		t.Errorf("the older one is still there: %v", err)
	}
	if _, err := os.Stat(young); err != nil {
		t.Error(err)
	}
	if last, err := backup.Last(elsewhere, time.Now()); err != nil || !last.OK {
		t.Errorf("the backup is %+v, %v", last, err)
	}
}

// A backup that a person breaks off, or whose reader goes away, leaves nothing.
func TestABackupThatIsBrokenOffLeavesNothing(t *testing.T) {
	t.Parallel()
	dir, folder := installation(t), t.TempDir()
	p := start(t, "backup", "--data", dir, "--out", filepath.Join(folder, "b.tar.zst"))
	p.cmd.Process.Signal(syscall.SIGTERM) // at any moment
	p.wait()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if entry.Name() != "b.tar.zst" {
			t.Errorf("left %s", entry.Name())
			continue
		}
		good(t, "backup", "verify", filepath.Join(folder, entry.Name())) // it was made before the signal
	}
	broken := &cutWriter{left: 5000}
	if code := run([]string{"backup", "--data", dir, "--out", "-"}, strings.NewReader(""), broken, io.Discard); code != exitFailed {
		t.Errorf("into a broken pipe: %d", code)
	}
	if left, err := filepath.Glob(filepath.Join(dir, ".backup-*")); err != nil || len(left) > 0 {
		t.Errorf("left in the data folder: %v", left)
	}
	call(t, "backup", "--data", dir).oneSentence(t, exitUsage, "--out")
	call(t, "backup", "--data", filepath.Join(folder, "none"), "--out", "-").oneSentence(t, exitFailed, "no data folder")
	call(t, "backup", "--data", dir, "--out", filepath.Join(folder, "no", "b")).oneSentence(t, exitFailed, "no folder")
	call(t, "restore", filepath.Join(folder, "none.tar.zst"), "--data", filepath.Join(folder, "x")).oneSentence(t, exitUsage, "none.tar.zst")
	if _, err := os.Stat(filepath.Join(folder, "x")); !os.IsNotExist(err) {
		t.Error("a restore of nothing left a folder")
	}
}

type cutWriter struct{ left int }

func (c *cutWriter) Write(p []byte) (int, error) {
	if c.left -= len(p); c.left < 0 {
		return 0, errors.Join(syscall.EPIPE)
	}
	return len(p), nil
}

// A folder that is served is not restored into, whether it holds what is in the backup or not, and goes on being served.
func TestAServedFolderIsNotRestoredInto(t *testing.T) {
	t.Parallel()
	dir, folder := installation(t), t.TempDir()
	out := filepath.Join(folder, "b.tar.zst")
	good(t, "backup", "--data", dir, "--out", out)
	before := head(t, dir)
	p := start(t, "serve", "--data", dir, "--addr", "127.0.0.1:0")
	p.untilReady(p.serving())
	call(t, "restore", out, "--data", dir).oneSentence(t, exitFailed, fmt.Sprint(p.cmd.Process.Pid))
	if left, err := filepath.Glob(filepath.Join(dir, ".restoring*")); err != nil || len(left) > 0 {
		t.Errorf("left in the folder: %v, %v", left, err)
	}
	good(t, "doctor", "--ready", p.serving())
	if r := p.stop(); r.code != exitDone {
		t.Errorf("the server ended with %d: %s", r.code, r.err)
	}
	if after := head(t, dir); after.Audit <= before.Audit {
		t.Errorf("the log was %d lines and is %d", before.Audit, after.Audit)
	}
}

// A backup of a log that was made anew holds by itself; a head that was written down, in it or elsewhere, says that it is not the one that was. The
// data are there all the same.
func TestARestoredLogIsHeldAgainstItsHeads(t *testing.T) {
	ofAFile(t)
	t.Parallel()
	dir, folder := aged(t, 20), t.TempDir()
	good(t, "audit", "head", "--data", dir)
	own, err := os.ReadFile(filepath.Join(dir, "audit", headsFile))
	if err != nil {
		t.Fatal(err)
	}
	archive := func(dir, name string) string {
		out := filepath.Join(folder, name)
		good(t, "backup", "--data", dir, "--out", out)
		return out
	}
	whole := archive(dir, "whole.tar.zst")
	good(t, "audit", "head", "--data", dir) // of the line that the backup left, which is later than it
	later := filepath.Join(dir, "audit", headsFile)
	if out := good(t, "backup", "verify", whole, "--heads", later, "--scratch", folder); !strings.Contains(out, "2 of the audit log compared, 1 are of later") {
		t.Errorf("%q", out)
	}
	good(t, "restore", whole, "--data", filepath.Join(folder, "whole"), "--heads", later)

	anew := aged(t, 25) // with other times
	kept := filepath.Join(folder, "kept.csv")
	write(t, kept, strings.TrimSuffix(string(own), "\n"))
	elsewhere := archive(anew, "anew.tar.zst")
	good(t, "backup", "verify", elsewhere, "--scratch", folder)
	if err := os.MkdirAll(filepath.Join(anew, "audit"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(anew, "audit", headsFile), strings.TrimSuffix(string(own), "\n"))
	inside := archive(anew, "inside.tar.zst")
	for i, words := range [][]string{
		{"backup", "verify", elsewhere, "--heads", kept, "--scratch", folder},
		{"backup", "verify", inside, "--scratch", folder},
		{"restore", elsewhere, "--heads", kept, "--data", filepath.Join(folder, "elsewhere")},
		{"restore", inside, "--data", filepath.Join(folder, "inside")},
	} {
		r := call(t, words...)
		if r.code != exitFailed || !strings.Contains(r.err, "names another line 20") {
			t.Errorf("%d: ended with %d: %s", i, r.code, r.err)
		}
		if words[0] == "restore" {
			good(t, "user", "list", "--data", words[len(words)-1])
		}
	}
	call(t, "restore", whole, "--data", filepath.Join(folder, "no"), "--heads", filepath.Join(folder, "none")).oneSentence(t, exitFailed, "none")
}

// What the configuration names goes into a backup; keys only into one that is encrypted.
func TestWhatBelongsToAnInstallation(t *testing.T) {
	t.Parallel()
	c := config.Config{
		TLS:     config.TLS{CertFile: "/d/board.pem", KeyFile: "/d/board.key"},
		Mail:    &config.Mail{CAFile: "/d/ca.pem", PasswordFile: "/d/mail.password"},
		Sources: []config.Source{{CertFile: "/d/source.pem", KeyFile: "/d/source.key", TokenFile: "/d/source.token"}},
	}
	loose, keys := belongings(c)
	loose, keys = within("/d", loose), within("/d", keys)
	for _, name := range []string{"board.pem", "ca.pem", "source.pem", config.FileName} {
		if !slices.Contains(loose, name) || slices.Contains(keys, name) {
			t.Errorf("%s is not among what anybody may have who may read the installation", name)
		}
	}
	for _, name := range []string{"board.key", "mail.password", "source.key", "source.token", secretsFolder} {
		if !slices.Contains(keys, name) || slices.Contains(loose, name) {
			t.Errorf("%s is not among what is secret", name)
		}
	}
}
