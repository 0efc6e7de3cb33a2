package catalog

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/seeds"
)

// TestFrozenFilesAreTheSameEdition: what is frozen and read again is the edition it was, digest and all.
func TestFrozenFilesAreTheSameEdition(t *testing.T) {
	files, err := Files(seeds.Files())
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 6+3+5+4 {
		t.Errorf("%d files: %v", len(files), slices.Sorted(maps.Keys(files)))
	}
	again, err := Files(FromFiles(files))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(files, again); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	e, err := Load(FromFiles(files))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(shipped(t), e, compare()); diff != "" || e.Digest != Digest(files) {
		t.Errorf("edition (-want +got), digest %s:\n%s", e.Digest, diff)
	}
}

func TestFromFilesIsAFileSystem(t *testing.T) {
	files := small(t)
	if err := fstest.TestFS(FromFiles(files), slices.Collect(maps.Keys(files))...); err != nil {
		t.Error(err)
	}
}

// TestDigestTellsFilesApart: names, contents and where one file ends and the next begins all count; the order of a map does not.
func TestDigestTellsFilesApart(t *testing.T) {
	// printf '3 a.b 1 x' | sha256sum
	if got := Digest(map[string][]byte{"a.b": []byte("x")}); got != "6aa81687e8ffd135ed41561a953622dddef10ab25ecb41d6025ebc75a5db452a" {
		t.Errorf("digest %s", got)
	}
	seen := map[string]string{}
	for name, files := range map[string]map[string][]byte{
		"none":         {},
		"one":          {"a": []byte("bc")},
		"other cut":    {"ab": []byte("c")},
		"other name":   {"b": []byte("bc")},
		"two":          {"a": []byte("b"), "c": nil},
		"empty second": {"a": []byte("bc"), "c": nil},
	} {
		d := Digest(files)
		if earlier, twice := seen[d]; twice {
			t.Errorf("%s and %s share the digest %s", name, earlier, d)
		}
		seen[d] = name
	}
}

// TestFilesOfOtherNames: a definition under a name that is not read is a fault, anything else is left alone.
func TestFilesOfOtherNames(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, FromFiles(small(t))); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"README.md", "dashboards/home.yaml", "frameworks/notes.txt"} {
		write(t, filepath.Join(dir, name))
	}
	if _, err := Load(os.DirFS(dir)); err != nil {
		t.Errorf("files that are no definitions: %v", err)
	}
	for _, name := range []string{"item.yaml", "units.yml", "frameworks/third.yml"} {
		write(t, filepath.Join(dir, name))
	}
	_, err := Load(os.DirFS(dir))
	for _, name := range []string{"item.yaml", "units.yml", "frameworks/third.yml"} {
		if err == nil || !strings.Contains(err.Error(), name+": no definition is read from a file of this name") {
			t.Errorf("%s is not told of: %v", name, err)
		}
	}
}

func write(t *testing.T, name string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte("a: 1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestMissingFilesAreNamed(t *testing.T) {
	files := small(t)
	delete(files, "items.yaml")
	delete(files, basics)
	delete(files, extras)
	_, err := Load(FromFiles(files))
	for _, want := range []string{"frameworks: there is no framework", "items.yaml: the file items.yaml is missing"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q in:\n%v", want, err)
		}
	}
	for _, optional := range []string{"calendar/2026.yaml"} {
		files := small(t)
		delete(files, optional)
		if _, err := Load(FromFiles(files)); err != nil {
			t.Errorf("without %s: %v", optional, err)
		}
	}
}

// unreadable is a folder that breaks in the middle.
type unreadable struct{ fs.FS }

func (u unreadable) Open(name string) (fs.File, error) {
	if name == "items.yaml" {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return u.FS.Open(name)
}

func TestAFolderThatCannotBeReadIsNoProblemOfDefinitions(t *testing.T) {
	if _, err := Load(unreadable{FromFiles(small(t))}); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("error is %v; want the folder's own", err)
	}
}
