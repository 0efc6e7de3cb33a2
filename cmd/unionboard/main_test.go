package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/servers"
)

// The environment that makes a copy of this test binary the program itself, and lets it run for another account.
const (
	asProgram = "UNIONBOARD_TEST_MAIN"
	asAccount = "UNIONBOARD_TEST_UID"
)

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		if uid, err := strconv.Atoi(os.Getenv(asAccount)); err == nil {
			if err := errors.Join(syscall.Setgroups(nil), syscall.Setgid(uid), syscall.Setuid(uid)); err != nil {
				panic(err)
			}
		}
		os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	if on := databaseEach(); on != "" {
		os.Setenv("UNIONBOARD_DATABASE", on)
	}
	code := m.Run()
	for _, dir := range made.all() {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

// databaseEach is the setting with which each data folder has a database of its own on the PostgreSQL that is given, "" where none is.
func databaseEach() string {
	if servers.Given() == "" {
		return ""
	}
	on := servers.Given()
	return on[:strings.LastIndex(on, "/")] + "/ub_{folder}"
}

// patience bounds every wait for the program, so that one that hangs is a failure and not the end of the whole run.
const patience = 5 * time.Minute

// program is a run of the program in its own process.
type program struct {
	t        testing.TB
	cmd      *exec.Cmd
	out, err output
	ended    chan struct{}
}

// output keeps what a process has written so far.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{} // holds something after every write
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	select {
	case o.more <- struct{}{}:
	default:
	}
	return o.text.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// start starts the program. What stands in the environment of the test does not reach it, but for settings given as NAME=value
// before the command.
func start(t testing.TB, words ...string) *program {
	t.Helper()
	return startAs(t, "", words...)
}

// startAs starts a built program in the place of this test binary, which is the program where none is named.
func startAs(t testing.TB, binary string, words ...string) *program {
	t.Helper()
	settings := 0
	for settings < len(words) && strings.HasPrefix(words[settings], "UNIONBOARD_") {
		settings++
	}
	if binary == "" {
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		binary = self
	}
	cmd := exec.Command(binary, words[settings:]...)
	cmd.Env = append(environment(), words[:settings]...)
	return follow(t, cmd)
}

// follow starts a command that is, or becomes, the program.
func follow(t testing.TB, cmd *exec.Cmd) *program {
	t.Helper()
	p := &program{t: t, cmd: cmd, ended: make(chan struct{})}
	p.out.more, p.err.more = make(chan struct{}, 1), make(chan struct{}, 1)
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.err
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		p.cmd.Wait() // how it ended stands in ProcessState
		close(p.ended)
	}()
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		<-p.ended
	})
	return p
}

// environment is that of a child that is the program.
func environment() []string {
	env := []string{asProgram + "=1"}
	if on := databaseEach(); on != "" {
		env = append(env, "UNIONBOARD_DATABASE="+on)
	}
	for _, setting := range os.Environ() {
		if !strings.HasPrefix(setting, "UNIONBOARD_") {
			env = append(env, setting)
		}
	}
	return env
}

// result is how a command ended.
type result struct {
	code     int
	out, err string
}

// call runs the program to its end.
func call(t testing.TB, words ...string) result {
	t.Helper()
	return start(t, words...).wait()
}

// good runs the program to its end, which must be a good one, and answers its standard output.
func good(t testing.TB, words ...string) string {
	t.Helper()
	r := call(t, words...)
	if r.code != exitDone {
		t.Fatalf("%q ended with %d: %s%s", words, r.code, r.out, r.err)
	}
	return r.out
}

// wait waits for the end. A process that was killed has code -1.
func (p *program) wait() result {
	p.t.Helper()
	select {
	case <-p.ended:
	case <-time.After(patience):
		p.t.Fatalf("%q does not end: %s%s", p.cmd.Args[1:], p.out.String(), p.err.String())
	}
	return result{p.cmd.ProcessState.ExitCode(), p.out.String(), p.err.String()}
}

// serving waits until the program says where it serves, and answers the address.
func (p *program) serving() string {
	p.t.Helper()
	const words = "serving at "
	for deadline := time.After(patience); ; {
		if _, after, found := strings.Cut(p.out.String(), words); found {
			if address, _, whole := strings.Cut(after, "\n"); whole {
				return address
			}
		}
		select {
		case <-p.out.more:
		case <-p.ended:
			p.t.Fatalf("%q ended instead of serving: %s%s", p.cmd.Args[1:], p.out.String(), p.err.String())
		case <-deadline:
			p.t.Fatalf("%q does not serve: %s%s", p.cmd.Args[1:], p.out.String(), p.err.String())
		}
	}
}

// untilThere waits until the program has made a file.
func (p *program) untilThere(path string) {
	p.t.Helper()
	for {
		if _, err := os.Stat(path); err == nil {
			return
		}
		select {
		case <-p.ended:
			p.t.Fatalf("%q ended and %s is not there: %s", p.cmd.Args[1:], path, p.err.String())
		case <-time.After(time.Millisecond): // look again
		}
	}
}

// stop asks the program to end and waits for it.
func (p *program) stop() result {
	p.t.Helper()
	p.signal(syscall.SIGTERM)
	return p.wait()
}

// kill ends the program as a power cut would.
func (p *program) kill() { p.signal(syscall.SIGKILL) }

// signal sends a signal; a program that has ended does not mind.
func (p *program) signal(s syscall.Signal) {
	if err := p.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.t.Error(err)
	}
}

// oneSentence fails the test unless r ended with a code and said why in one line that holds certain words.
func (r result) oneSentence(t *testing.T, code int, words ...string) {
	t.Helper()
	if r.code != code {
		t.Errorf("exit code %d, want %d", r.code, code)
	}
	text := strings.TrimSuffix(r.err, "\n")
	if before, after, first := strings.Cut(text, "\n"); first && servers.Given() != "" && strings.Contains(before, "settings=[fsync]") {
		text = after // the PostgreSQL of tests forgets on a loss of power, and that is said first
	}
	if text == "" || strings.Contains(text, "\n") {
		t.Errorf("want one sentence on standard error, got %q", r.err)
	}
	r.says(t, words...)
}

// says fails the test unless standard error holds certain words, and nothing that is meant for programmers.
func (r result) says(t *testing.T, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(r.err, w) {
			t.Errorf("standard error does not say %q: %s", w, r.err)
		}
	}
	for _, w := range []string{"panic", "goroutine", "%!", "strconv", "sql:", "SQL"} {
		if strings.Contains(strings.ReplaceAll(r.err, "PostgreSQL", ""), w) {
			t.Errorf("standard error says %q: %s", w, r.err)
		}
	}
	if r.out != "" && r.code != exitDone && r.code != exitPart && r.code != exitRefused {
		t.Errorf("standard output of a command that failed: %q", r.out)
	}
}
