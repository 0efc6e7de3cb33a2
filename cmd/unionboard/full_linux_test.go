package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/unionboard/unionboard/internal/config"
)

// TestAFullDiskLosesNothing: on a disk without any room `import` says so, what was there stays, and with room again it works.
func TestAFullDiskLosesNothing(t *testing.T) {
	ofAFile(t)
	t.Parallel()
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=8m"); err != nil {
		t.Skipf("needs the right to mount a small disk: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	dir, from := filepath.Join(disk, "data"), installation(t)
	for _, name := range []string{"unionboard.db", config.FileName} { // no reserve, which would hide what is looked at here
		body, err := os.ReadFile(filepath.Join(from, name))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name), string(body))
	}
	q, file := oldQuarter().String(), filepath.Join(t.TempDir(), "figures.csv")
	row := func(unit string) {
		write(t, file, "unit,period,code,value,note", unit+","+q+",union_members,30412,"+strings.Repeat("注", 900), "")
	}
	row("210102")
	good(t, "import", "--data", dir, file)
	want, seq := good(t, "export", "--data", dir, "--period", q, "--table", "observations"), head(t, dir).Seq

	ballast := fillUp(t, disk)
	row("210103")
	call(t, "import", "--data", dir, file).oneSentence(t, exitFailed, "the disk that holds "+dir+" is full", "make room on it and try again")
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if got := good(t, "export", "--data", dir, "--period", q, "--table", "observations"); got != want || head(t, dir).Seq != seq {
		t.Errorf("the full disk has changed the figures to\n%s", got)
	}
	if out := good(t, "import", "--data", dir, file); !strings.Contains(out, "new 1") {
		t.Errorf("with room again the import says %q", out)
	}
}

// fillUp writes a file until the disk has no room left.
func fillUp(t *testing.T, disk string) (path string) {
	t.Helper()
	path = filepath.Join(disk, "ballast")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for block := make([]byte, 4096); err == nil; {
		_, err = f.Write(block)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	return path
}
