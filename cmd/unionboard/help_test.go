package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/spf13/pflag"
	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"

	"github.com/unionboard/unionboard/internal/demo"
	"github.com/unionboard/unionboard/internal/servers"
)

// commands answers every command of the program, itself first.
func commands() (all []*cobra.Command) {
	root := newRoot(streams{strings.NewReader(""), &bytes.Buffer{}, &bytes.Buffer{}})
	root.InitDefaultCompletionCmd()
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		all = append(all, c)
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(root)
	return all
}

func TestEveryCommandTeaches(t *testing.T) {
	all := commands()
	var names []string
	for _, c := range all {
		names = append(names, c.CommandPath())
		t.Run(c.CommandPath(), func(t *testing.T) {
			words := append(strings.Fields(c.CommandPath())[1:], "--help")
			var out, errOut bytes.Buffer
			if code := run(words, strings.NewReader(""), &out, &errOut); code != exitDone || errOut.Len() > 0 {
				t.Fatalf("%v ends with %d: %s", words, code, &errOut)
			}
			switch {
			case c.Short == "":
				t.Error("says nothing of itself")
			case !strings.Contains(out.String(), "Usage:") || !strings.Contains(out.String(), c.CommandPath()):
				t.Errorf("its help is %q", out.String())
			}
			c.LocalFlags().VisitAll(func(f *pflag.Flag) {
				if f.Usage == "" {
					t.Errorf("--%s says nothing of itself", f.Name)
				}
			})
		})
	}
	for _, promised := range []string{
		"demo", "init", "serve", "collect", "import", "move", "review", "score", "explain", "export", "form", "check", "schema", "user add", "user list", "user role",
		"user password", "user lock", "user unlock", "keys", "keys rotate", "erase", "audit verify", "audit head", "audit export", "audit clear", "audit breach", "completion bash", "version",
	} {
		if !slices.Contains(names, "unionboard "+promised) {
			t.Errorf("there is no command %q", promised)
		}
	}
}

// exampleDatabase is the PostgreSQL of the examples.
const exampleDatabase = "postgres://board@127.0.0.1:5432/board"

// TestExamplesRunAsWritten runs the examples of every command in a folder that holds what they name.
func TestExamplesRunAsWritten(t *testing.T) {
	t.Parallel()
	folder, q := exampleFolder(t), oldQuarter()
	bin := t.TempDir()
	self, err := os.Executable()
	if err == nil {
		err = os.Symlink(self, filepath.Join(bin, "unionboard"))
	}
	if err != nil {
		t.Fatal(err)
	}
	moved := ""
	if servers.Given() == "" && servers.PostgresPrograms() != "" {
		moved = strings.Replace(cluster.Empty(t), ":hunter2@", "@", 1)
	}
	n := 0
	for _, c := range commands() {
		for line := range strings.Lines(c.Example) {
			// The period of an example is one that is defined in an installation of today.
			line = strings.ReplaceAll(strings.TrimSpace(line), "2026Q1", q.String())
			if !strings.HasPrefix(line, "unionboard ") {
				continue // the shells' own lines of `completion`
			}
			if strings.Contains(line, exampleDatabase) {
				if moved == "" {
					continue // there is no PostgreSQL to move to
				}
				line = strings.ReplaceAll(line, exampleDatabase, moved)
			}
			n++
			cmd := exec.CommandContext(t.Context(), "sh", "-c", line)
			cmd.Dir = folder
			cmd.Env = append(environment(), "PGPASSWORD=hunter2", "PATH="+bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%s: %v: %s", line, err, out)
			}
			_ = os.Remove(filepath.Join(folder, "unionboard-data", "unionboard.moved")) // the other examples go on where that of `move` was moved from
		}
	}
	if n < 9 {
		t.Errorf("only %d examples were found", n)
	}
	for _, made := range []string{"scores.csv", "framework.schema.json"} {
		if info, err := os.Stat(filepath.Join(folder, made)); err != nil || info.Size() < 100 {
			t.Errorf("%s: %v", made, err)
		}
	}
}

// exampleFolder answers a folder with an installation and the files that the examples name.
func exampleFolder(t *testing.T) string {
	t.Helper()
	folder, q := t.TempDir(), oldQuarter().String()
	data := filepath.Join(folder, "unionboard-data")
	copyInstallation(t, installation(t, "sources:", "  - {name: heping, kind: drop, folder: drop}"), data)
	if err := os.Mkdir(filepath.Join(data, "drop"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{q + ".csv", "correction.csv"} {
		write(t, filepath.Join(folder, name), "unit,period,code,value", "210102,"+q+",union_members,30412", "")
	}
	good(t, "import", "--data", data, filepath.Join(folder, q+".csv"))
	inside(t, data, func(a *app) { // whatever waits for review does not keep this quarter from being scored
		for name, role := range map[string]assess.Role{"wang.fang": assess.CityAnalyst, "li.na": assess.CityLeader} {
			u, err := account.New(name, name, account.Post{Role: role}, time.Now())
			if err == nil {
				err = a.store.AddAccount(t.Context(), u, assess.AuditLine{At: time.Now(), Actor: "system", Action: "user.add", Object: name, Result: "ok"})
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		line := assess.AuditLine{At: time.Now(), Actor: "system", Action: "cycle.scored", Object: q, Result: "ok"}
		if err := a.store.PutCycle(t.Context(), assess.Cycle{Period: oldQuarter(), State: assess.CycleScored, Edition: 1}, line); err != nil {
			t.Fatal(err)
		}
	})
	s := newScoring(t)
	for name, file := range map[string]string{"f.yaml": s.framework, "units.csv": s.units, "values.csv": s.values} {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(folder, name), string(body))
	}
	head := strings.Fields(good(t, "audit", "head", "--data", data)) // line 3 at 2026-… 787f…; a kept head has its time in UTC
	write(t, filepath.Join(folder, "kept-heads.csv"), "time,line,hash", "2026-01-02T03:04:05Z,"+head[1]+","+head[4], "")
	refundFiles(t, folder)
	if err := os.CopyFS(filepath.Join(folder, "definitions"), os.DirFS(definitions(t, "units.yaml", "", ""))); err != nil {
		t.Fatal(err)
	}
	return folder
}

// TestCompletionAndVersion: what other programs read.
func TestCompletionAndVersion(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if out := good(t, "completion", shell); !strings.Contains(out, "unionboard") {
			t.Errorf("the completion of %s is %q", shell, out)
		}
	}
	if out := good(t, "version", "--format", "json"); !strings.Contains(out, `"version":`) || !strings.Contains(out, `"go":"go1.`) {
		t.Errorf("version: %s", out)
	}
	if out := good(t, "--version"); out != good(t, "version") {
		t.Errorf("--version says %q", out)
	}
	if out := good(t, "UNIONBOARD_VERSION=1.2", "UNIONBOARD_HELP=1"); !strings.Contains(out, "Start here:") {
		t.Errorf("without a command it says %q", out)
	}
}

// TestAccountsAreKept adds, changes, locks and lists an account.
func TestAccountsAreKept(t *testing.T) {
	t.Parallel()
	dir := installation(t)
	user := func(words ...string) string {
		t.Helper()
		return good(t, append([]string{"user"}, append(words, "--data", dir)...)...)
	}
	if out := user("add", "li.hua", "--role", "district_reporter", "--unit", "210102"); !strings.Contains(out, "password: ") {
		t.Errorf("add says %q", out)
	}
	user("lock", "li.hua")
	if out := user("list"); !strings.Contains(out, "li.hua\tdistrict_reporter\t210102") || !strings.Contains(out, "locked") || !strings.Contains(out, "admin\tadmin") {
		t.Errorf("the list is\n%s", out)
	}
	user("unlock", "li.hua")
	user("role", "li.hua", "--role", "city_leader")
	user("password", "li.hua")
	if out := user("list"); !strings.Contains(out, "li.hua\tcity_leader\t\t") || !strings.Contains(out, "must change the password") {
		t.Errorf("the list is\n%s", out)
	}
	call(t, "user", "add", "li.hua", "--role", "city_leader", "--data", dir).oneSentence(t, exitFailed, "li.hua")
	call(t, "user", "add", "wang", "--role", "king", "--data", dir).oneSentence(t, exitRefused, "king", "city_leader")
	call(t, "user", "lock", "nobody", "--data", dir).oneSentence(t, exitFailed, "nobody")
	call(t, "user", "password", "li.hua", "--stdin", "--data", dir).oneSentence(t, exitUsage, "--stdin")
	head(t, dir)
}

// TestTheDemonstrationPrintsItsAccounts keeps the list of accounts and what is printed together.
func TestTheDemonstrationPrintsItsAccounts(t *testing.T) {
	t.Parallel()
	out := good(t, "demo", "--build-only", "--data", copyDemonstration(t))
	for _, a := range demo.Accounts() {
		if !strings.Contains(out, fmt.Sprintf("%-29s %-25s %s", a.Name, a.Password, a.Role)) {
			t.Errorf("%s is not printed", a.Name)
		}
	}
}

func TestCompletionOfNoShellIsWrongUse(t *testing.T) {
	t.Parallel()
	call(t, "completion", "nope").oneSentence(t, exitUsage, "completion nope")
	call(t, "completion", "bahs").oneSentence(t, exitUsage, "did you mean bash?")
}

func TestInitSaysWhatTheReserveIsFor(t *testing.T) {
	ofAFile(t)
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	r := call(t, "init", "--data", dir)
	words := []string{"unionboard.reserve", "64 MB", "disk is full"}
	if _, err := os.Stat(filepath.Join(dir, "unionboard.reserve")); err != nil {
		words = []string{"warning", "64 MB", "make room"}
	}
	if r.code != exitDone {
		t.Errorf("it ends with %d", r.code)
	}
	r.says(t, words...)
}
