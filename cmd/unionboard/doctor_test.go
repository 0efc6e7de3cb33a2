package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/servers"
)

// findings runs the doctor and answers the findings that are not good, as state and check.
func findings(t *testing.T, words ...string) (found []string, r result) {
	t.Helper()
	at := slices.Index(words, "doctor")
	r = call(t, slices.Insert(slices.Clone(words), at+1, "--format", "json")...)
	var all []saidFinding
	if err := json.Unmarshal([]byte(r.out), &all); err != nil {
		t.Fatalf("%v: %s%s", err, r.out, r.err)
	}
	for _, f := range all {
		if f.Check == "database.weak" && servers.Given() != "" {
			continue // the one that is given waits for no disk
		}
		if f.State != "good" && !strings.HasPrefix(f.Check, "disk.") && !strings.HasPrefix(f.Check, "calendar.") {
			found = append(found, string(f.State)+" "+f.Check)
		}
		if f.State == "wrong" && f.Remedy == "" && !strings.Contains(f.Check, "closed") {
			t.Errorf("%s does not say what to do", f.Check)
		}
	}
	return found, r
}

// TestTheDoctorLooksBesideTheServer: it needs no lock, and changes nothing.
func TestTheDoctorLooksBesideTheServer(t *testing.T) {
	t.Parallel()
	dir := installation(t)
	before := contents(t, dir)
	found, r := findings(t, "doctor", "--deep", "--data", dir)
	if want := []string{"look https.nobody", "look served.not", "look accounts.single", "look accounts.waiting", "look backup.none"}; r.code != exitDone || !slices.Equal(found, want) {
		t.Errorf("of a stopped installation it ends with %d and finds %q", r.code, found)
	}
	if diff := cmp.Diff(before, contents(t, dir)); diff != "" {
		t.Errorf("it changed (-before +after):\n%s", diff)
	}
	p := start(t, "UNIONBOARD_ADDR=127.0.0.1:0", "UNIONBOARD_PLAIN_HTTP=true", "serve", "--data", dir)
	at := p.serving()
	found, r = findings(t, "UNIONBOARD_ADDR="+strings.TrimPrefix(at, "http://"), "doctor", "--deep", "--data", dir)
	if want := []string{"look https.nobody", "look accounts.single", "look accounts.waiting", "look backup.none"}; r.code != exitDone || !slices.Equal(found, want) {
		t.Errorf("of a served installation it ends with %d and finds %q: %s", r.code, found, r.err)
	}
	found, r = findings(t, "UNIONBOARD_ADDR=127.0.0.1:1", "doctor", "--data", dir)
	if r.code != exitDone || !slices.Contains(found, "look served.unready") {
		t.Errorf("where nothing answers it ends with %d and finds %q", r.code, found)
	}
	p.untilReady(at)
	good(t, "doctor", "--ready", at)
	if r := p.stop(); r.code != exitDone {
		t.Errorf("the server ended with %d: %s", r.code, r.err)
	}
	call(t, "doctor", "--ready", at).oneSentence(t, exitFailed, "not ready")
	call(t, "doctor", "--ready", "localhost").oneSentence(t, exitUsage, "http://127.0.0.1:8080")
}

// untilReady waits until a server is ready, as watchers do.
func (p *program) untilReady(at string) {
	p.t.Helper()
	for range 600 {
		if call(p.t, "doctor", "--ready", at).code == exitDone {
			return
		}
	}
	p.t.Fatal("it does not get ready")
}

// contents answers the bytes of every file of a folder, the reserve left out.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() || strings.HasSuffix(e.Name(), ".reserve") {
			files[e.Name()] = ""
			continue
		}
		body, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = string(body)
	}
	return files
}

// TestTheDoctorFindsAChangedLog: a line of the audit log was changed behind the program's back.
func TestTheDoctorFindsAChangedLog(t *testing.T) {
	t.Parallel()
	dir := installation(t)
	db := behind(t, dir, "audit")
	if _, err := db.ExecContext(t.Context(), `UPDATE audit SET actor = 'somebody' WHERE seq = 1`); err != nil || db.Close() != nil {
		t.Fatal(err)
	}
	if found, r := findings(t, "doctor", "--deep", "--data", dir); r.code != exitFailed || !slices.Contains(found, "wrong deep.audit.bad") {
		t.Errorf("after a change of the log it ends with %d and finds %q", r.code, found)
	}
}

// TestTheDoctorFindsDamage: what is broken in the database itself, and a folder that is none.
func TestTheDoctorFindsDamage(t *testing.T) {
	t.Parallel()
	ofAFile(t)
	dir := installation(t)
	path := filepath.Join(dir, "unionboard.db")
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	info, err := f.Stat()
	if err == nil {
		_, err = f.WriteAt(make([]byte, info.Size()/2), info.Size()/4)
	}
	if err != nil || f.Close() != nil {
		t.Fatal(err)
	}
	if found, r := findings(t, "doctor", "--data", dir); r.code != exitFailed || !slices.Contains(found, "wrong database.damaged") && !slices.Contains(found, "wrong database.closed") {
		t.Errorf("of a damaged database it ends with %d and finds %q", r.code, found)
	}
	if found, r := findings(t, "doctor", "--data", filepath.Join(dir, "nowhere")); r.code != exitFailed || !slices.Contains(found, "wrong database.closed") {
		t.Errorf("of no folder it ends with %d and finds %q", r.code, found)
	}
	if found, r := findings(t, "doctor", "--data", newerFolder(t)); r.code != exitFailed || !slices.Contains(found, "wrong steps.newer") {
		t.Errorf("of a newer folder it ends with %d and finds %q", r.code, found)
	}
	broken := installation(t, "colour: blue")
	if found, r := findings(t, "doctor", "--data", broken); r.code != exitFailed || !slices.Contains(found, "wrong config.bad") {
		t.Errorf("of a wrong configuration it ends with %d and finds %q", r.code, found)
	}
}

// TestTheDoctorSpeaksTheLanguageOfTheMachine, and says what to do in it.
func TestTheDoctorSpeaksTheLanguageOfTheMachine(t *testing.T) {
	t.Parallel()
	dir := installation(t)
	if out := good(t, "doctor", "--lang", "zh", "--data", dir); !strings.Contains(out, "数据库完好") || !strings.Contains(out, "→ ") || !strings.Contains(out, "体检结果：") {
		t.Errorf("it says\n%s", out)
	}
	for value, want := range map[string]string{"zh_CN.UTF-8": "zh", "C": "en", "en_US.UTF-8": "en"} {
		if got := spoken(func(name string) (string, bool) { return value, name == "LANG" }); got != want {
			t.Errorf("LANG=%s speaks %s", value, got)
		}
	}
	call(t, "doctor", "--lang", "fr", "--data", dir).oneSentence(t, exitUsage, "zh or en")
}

// The accounts of a demonstration are as old as its story; the check-up holds them to the rules that the sign-in does.
func TestTheDoctorKnowsADemonstration(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	copyInstallation(t, demonstration(t), dir)
	found, r := findings(t, "doctor", "--data", dir)
	if r.code != exitDone || slices.Contains(found, "look accounts.unused") {
		t.Errorf("it ends with %d and finds %q", r.code, found)
	}
}
