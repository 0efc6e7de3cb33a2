package evidence_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/depot"
	"github.com/unionboard/unionboard/internal/evidence"
)

// Bytes are given back as they were kept or not at all, and those that nothing names are taken away.
func TestCellarGivesBackWhatWasKept(t *testing.T) {
	dir := t.TempDir()
	files, err := depot.OpenFolder(filepath.Join(dir, "quarantine"), false)
	if err != nil {
		t.Fatal(err)
	}
	c := evidence.NewCellar(files)
	defer c.Close()
	data := []byte("unit,period\n\x00\xff")
	hash, err := c.Keep(data)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := c.Keep(data); again != hash || err != nil {
		t.Errorf("the same bytes: %s, %v", again, err)
	}
	if got, err := c.Read(hash, int64(len(data))); err != nil || !bytes.Equal(got, data) {
		t.Errorf("%q, %v", got, err)
	}
	other, err := c.Keep([]byte("nobody's"))
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range []struct {
		at   time.Duration
		want int
	}{{0, 0}, {2 * time.Hour, 1}, {3 * time.Hour, 0}} {
		if n, err := c.Sweep(t.Context(), map[string]bool{hash: true}, time.Now().Add(one.at)); n != one.want || err != nil {
			t.Errorf("after %s %d were swept, %v", one.at, n, err)
		}
	}
	if _, err := c.Read(other, 8); !errors.Is(err, assess.ErrUnavailable) {
		t.Errorf("swept bytes: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "quarantine", hash[:2], hash[2:4], hash), []byte("unit,period\n\x00\xfe"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Read(hash, int64(len(data))); !errors.Is(err, assess.ErrUnavailable) {
		t.Errorf("changed bytes: %v", err)
	}
	if _, err := c.Read("../../etc/passwd", 8); err == nil {
		t.Error("a name that is no hash was read")
	}
}
