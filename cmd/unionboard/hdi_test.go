package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sharedFolder answers the folder with the published data, which are no part of this project: UNIONBOARD_TEST_SHARED, or the folder
// shared of one above. Without it the test is skipped.
func sharedFolder(t *testing.T, file string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	candidates := []string{os.Getenv("UNIONBOARD_TEST_SHARED")}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		candidates = append(candidates, filepath.Join(dir, "shared"))
	}
	for _, at := range candidates {
		if _, err := os.Stat(filepath.Join(at, file)); at != "" && err == nil {
			return at
		}
	}
	t.Skipf("the published data (%s) are not on this machine", file)
	return ""
}

// TestTheIndexOfHumanDevelopment runs the commands of docs/examples/hdi/README.md and wants what stands there below them.
func TestTheIndexOfHumanDevelopment(t *testing.T) {
	t.Parallel()
	components := filepath.Join(sharedFolder(t, "hdi/components.csv"), "hdi", "components.csv")
	readme, err := os.ReadFile("../../docs/examples/hdi/README.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(readme), "```\n")
	if len(blocks) < 4 {
		t.Fatal("the README shows no commands with their answer")
	}
	commands, want := blocks[1], blocks[3]
	dir, bin := t.TempDir(), t.TempDir()
	self, err := os.Executable()
	if err == nil {
		err = os.Symlink(self, filepath.Join(bin, "unionboard"))
	}
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-e", "-c", strings.NewReplacer(" components.csv", " "+components, "/tmp/hdi", dir).Replace(commands))
	cmd.Dir = "../.."
	cmd.Env = append(environment(), "PATH="+bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
	var complaints strings.Builder
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, complaints.String())
	}
	if diff := cmp.Diff(want, string(out)); diff != "" {
		t.Errorf("the commands answer (-README +got):\n%s", diff)
	}
	for _, promised := range []string{"5808 of 5808", "193 of 193"} {
		if !strings.Contains(string(out), promised) {
			t.Errorf("it does not say %q", promised)
		}
	}
}
