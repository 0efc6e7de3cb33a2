package takeout

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/depot"
)

// A file lies where all servers find it, and nowhere else; what a server that stood still has put beside it is not handed out, and goes with it.
func TestAFileLiesWhereAllServersFindIt(t *testing.T) {
	t.Parallel()
	o, shared := newOffice(t), t.TempDir()
	files, err := depot.OpenFolder(shared, true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { files.Close() })
	o.Files = files
	lying := func() int {
		found, err := filepath.Glob(filepath.Join(shared, "*-*", "*"))
		if err != nil {
			t.Fatal(err)
		}
		return len(found)
	}
	put := func(id, name string) {
		t.Helper()
		if err := depot.Write(context.Background(), files, id+"/"+name, func(w io.Writer) error { _, err := io.WriteString(w, "other"); return err }); err != nil {
			t.Fatal(err)
		}
	}
	j := o.ask(t)
	put(j.ID, strings.Repeat("1", 64)) // what an earlier try has left
	o.clear(t)
	j = o.job(t, j.ID)
	if here, err := os.ReadDir(o.Folder); j.State != assess.ExportDone || lying() != 1 || err != nil || len(here) != 0 {
		t.Fatalf("%+v: %d files, here %v, %v", j, lying(), here, err)
	}
	for _, name := range []string{"", strings.Repeat("0", 64), strings.Repeat("f", 64)} {
		if name != "" {
			put(j.ID, name)
		}
		f, _, err := o.Open(t.Context(), o.analyst(), j.ID, assess.AuditLine{At: autumn, Actor: "analyst", Result: "ok"})
		if err != nil {
			t.Fatal(err)
		}
		if info, err := f.Stat(); err != nil || info.Size() != j.Size {
			t.Error(info, err)
		}
		f.Close()
	}
	put("0198a000-0000-7000-8000-000000000000", "without a job")
	o.now = autumn.Add(o.Keep)
	for i, age := range []time.Duration{time.Minute, time.Hour} { // a younger one may be of a job that was begun since
		found, err := filepath.Glob(filepath.Join(shared, "*-*", "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range found {
			if err := os.Chtimes(name, o.now.Add(-age), o.now.Add(-age)); err != nil {
				t.Fatal(err)
			}
		}
		if err := o.Begin(t.Context()); err != nil || lying() != 4*(1-i) {
			t.Errorf("%d files of an age of %s are left, %v; %s", lying(), age, err, o.logged.String())
		}
	}
}
