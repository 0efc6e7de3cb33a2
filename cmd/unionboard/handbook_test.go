package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// asService begins a command of the handbook, which runs as the account of the service, on its folder.
const (
	asService     = "runuser -u unionboard -- unionboard "
	serviceFolder = "/var/lib/unionboard"
)

// commandsOf answers the commands in the blocks of a handbook, in their order.
func commandsOf(t *testing.T, file string) (commands []string) {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("..", "..", "docs", file))
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range regexp.MustCompile("(?s)```\n(.*?)```").FindAllStringSubmatch(string(body), -1) {
		for line := range strings.Lines(block[1]) {
			commands = append(commands, strings.TrimSpace(strings.ReplaceAll(line, "--lang zh", "--lang en")))
		}
	}
	return commands
}

// TestTheHandbookIsTrue runs the commands of the operator's handbook one after the other, as they stand there but for the account and the folder.
// systemctl and dpkg are tried in a clean Debian tree (.ci/clean-debian).
func TestTheHandbookIsTrue(t *testing.T) {
	t.Parallel()
	commands := commandsOf(t, "handbook.md")
	if diff := cmp.Diff(commands, commandsOf(t, "handbook.zh-CN.md")); diff != "" {
		t.Errorf("the handbooks name other commands (-English +Chinese):\n%s", diff)
	}
	dir, n := filepath.Join(t.TempDir(), "data"), 0
	for _, line := range commands {
		words, ours := strings.CutPrefix(line, asService)
		words = strings.ReplaceAll(words, serviceFolder, dir)
		if !ours {
			besideService(t, words)
			continue
		}
		n++
		if before, after, named := strings.Cut(words, "TIME"); named { // the time of the backup that was made
			name := before[strings.LastIndex(before, " ")+1:]
			made, err := filepath.Glob(name + "*.tar.zst")
			if err != nil || len(made) != 1 {
				t.Fatalf("of %s there are %v, %v", line, made, err)
			}
			words = strings.TrimSuffix(before, name) + made[0] + strings.TrimPrefix(after, ".tar.zst")
		}
		good(t, strings.Fields(words)...)
	}
	if n < 10 {
		t.Errorf("only %d commands were found", n)
	}
}

// besideService does what a line of the handbook does to the data folder beside the program; what it does to the system is left out.
func besideService(t *testing.T, line string) {
	t.Helper()
	var err error
	switch words := strings.Fields(line); {
	case strings.HasPrefix(line, "mv "):
		err = os.Rename(words[1], words[2])
	case strings.HasPrefix(line, "install -d "):
		err = os.Mkdir(words[len(words)-1], 0o700)
	case strings.HasPrefix(line, "systemctl "), strings.HasPrefix(line, "dpkg "):
	case strings.Contains(line, "unionboard "):
		t.Errorf("%s does not run as the account of the service", line)
	}
	if err != nil {
		t.Fatal(err)
	}
}
