package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/config"
	"github.com/unionboard/unionboard/internal/evidence"
	"github.com/unionboard/unionboard/internal/servers"
	"github.com/unionboard/unionboard/internal/store"
)

// filed answers an installation whose files were carried to a folder that servers share.
func filed(t *testing.T, to string) (dir string) {
	t.Helper()
	alone(t)
	dir = wholeInstallation(t, made.sealed.folder(t, "demo", "--build-only", "--quarters", "2"))
	for _, name := range []string{"evidence", "quarantine"} {
		if err := os.CopyFS(filepath.Join(to, name), os.DirFS(filepath.Join(dir, name))); err != nil {
			t.Fatal(err)
		}
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// keptElsewhere looks whether files that lie apart are read through by the doctor, saved and restored, and whether one that is lost is missed.
func keptElsewhere(t *testing.T, dir, folder string) {
	t.Helper()
	deep := good(t, "doctor", "--deep", "--lang", "en", "--data", dir)
	if !strings.Contains(deep, "files can be kept") || !strings.Contains(deep, "every byte as it was handed in") || strings.Contains(deep, "0 files of evidence") {
		t.Error(deep)
	}
	archive := filepath.Join(t.TempDir(), "backup.tar.zst")
	good(t, "backup", "--out", archive, "--data", dir)
	restored := filepath.Join(t.TempDir(), "restored")
	if r := call(t, "restore", archive, "--data", restored); r.code != exitDone || !strings.Contains(r.err, "files lie elsewhere") {
		t.Errorf("restored with %d: %s", r.code, r.err)
	}
	var files []string
	for _, root := range []string{filepath.Join(restored, "evidence"), filepath.Join(folder, "evidence")} {
		found, err := filepath.Glob(filepath.Join(root, "??", "??", "*"))
		if err != nil || len(found) == 0 {
			t.Fatal(root, err)
		}
		for i := range found {
			found[i] = filepath.Base(found[i])
		}
		if len(files) > 0 && !slices.Equal(files, found) {
			t.Errorf("restored were %q, kept %q", files, found)
		}
		files = found
	}
	inside(t, dir, func(a *app) {
		page, err := a.store.EvidenceFiles(t.Context(), "", 1)
		if err != nil || len(page) != 1 {
			t.Fatal(page, err)
		}
		f, err := a.files.Read(t.Context(), page[0])
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		for _, at := range []string{page[0].Hash, page[0].Hash + ".preview.jpg"} {
			if err := os.Remove(filepath.Join(folder, "evidence", at[:2], at[2:4], at)); err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
		}
		if _, err := a.files.Read(t.Context(), page[0]); err == nil {
			t.Error("a file that is lost is read")
		}
	})
	if r := call(t, "backup", "--out", filepath.Join(t.TempDir(), "b.tar.zst"), "--data", dir); r.code != exitPart || !strings.Contains(r.err, "lacks") {
		t.Error(r.code, r.err)
	}
}

func TestFilesInASharedFolder(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "shared")
	dir := filed(t, folder)
	configure(t, dir, "files: {folder: "+folder+"}")
	keptElsewhere(t, dir, folder)
	// A share that is not mounted is not taken for an empty one.
	if err := os.Rename(folder, folder+"-away"); err != nil {
		t.Fatal(err)
	}
	call(t, "user", "list", "--data", dir).oneSentence(t, exitFailed, "mounted")
	call(t, "backup", "--out", filepath.Join(t.TempDir(), "b.tar.zst"), "--data", dir).oneSentence(t, exitFailed, "mounted")
	if _, err := os.Stat(folder); !os.IsNotExist(err) {
		t.Error("the folder was made")
	}
}

func TestFilesInAnS3Store(t *testing.T) {
	t.Parallel()
	endpoint, bucket := servers.Store(t)
	folder := filepath.Join(bucket, "city")
	dir := filed(t, folder)
	for name, key := range map[string]string{"s3.access": servers.StoreAccess, "s3.secret": servers.StoreSecret} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(key+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	settings := "files: {s3: {endpoint: '" + endpoint + "', bucket: " + servers.StoreBucket + ", prefix: city, access_key_file: s3.access, secret_key_file: s3.secret}}"
	configure(t, dir, settings)
	if said := good(t, "config", "show", "--data", dir); strings.Contains(said, servers.StoreSecret) || !strings.Contains(said, "s3.secret") {
		t.Error(said)
	}
	keptElsewhere(t, dir, folder)
	// While it is away nothing is lost sight of: the rest goes on, and a backup that would lack its files is none.
	configure(t, dir, strings.Replace(settings, endpoint, "http://127.0.0.1:1", 1))
	good(t, "user", "list", "--data", dir)
	call(t, "backup", "--out", filepath.Join(t.TempDir(), "b.tar.zst"), "--data", dir).oneSentence(t, exitFailed, "cannot be reached")
	p := start(t, "UNIONBOARD_ADDR=127.0.0.1:0", "serve", "--data", dir)
	p.untilReady(p.serving())
	if r := p.stop(); r.code != exitDone || strings.Contains(r.err+r.out, servers.StoreSecret) {
		t.Errorf("the server ended with %d: %s", r.code, r.err)
	}
}

// What a server had on its way when it died goes at its next start, also while others are at work: of servers that are started in turn none is ever alone.
// What another has on its way now stays.
func TestWhatWasOnItsWayGoesBesideOthers(t *testing.T) {
	t.Parallel()
	dir, folder := onPostgres(t, cluster.Empty(t)), t.TempDir()
	good(t, "init", "--data", dir)
	settings, err := os.ReadFile(filepath.Join(dir, config.FileName))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"s3.access", "s3.secret"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		files, in string
		want      []string
	}{
		{"files: {s3: {endpoint: 'http://127.0.0.1:1', bucket: board, access_key_file: s3.access, secret_key_file: s3.secret}}", dir, nil},
		{"files: {folder: " + folder + "}", folder, []string{"young"}},
	} {
		write(t, filepath.Join(dir, config.FileName), string(settings), c.files, "")
		inside(t, dir, func(a *app) {
			now := time.Now()
			if err := a.store.KeepServer(t.Context(), store.Server{ID: "another", Begun: now, Until: now.Add(presenceTime)}, now); err != nil {
				t.Fatal(err)
			}
			for _, kind := range []string{evidence.Name, cellarFolder, exportsFolder} {
				for name, at := range map[string]time.Time{"young": now.Add(-time.Hour), "old": now.Add(-25 * time.Hour)} {
					path := filepath.Join(c.in, kind, "incoming", name)
					if err := errors.Join(os.WriteFile(path, []byte("x"), 0o600), os.Chtimes(path, at, at)); err != nil {
						t.Fatal(err)
					}
				}
			}
			if err := a.careForFiles(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			for _, kind := range []string{evidence.Name, cellarFolder, exportsFolder} {
				found, err := filepath.Glob(filepath.Join(c.in, kind, "incoming", "*"))
				if err != nil {
					t.Fatal(err)
				}
				for i := range found {
					found[i] = filepath.Base(found[i])
				}
				if !slices.Equal(found, c.want) {
					t.Errorf("%s: in %s %q is left, want %q", c.files, kind, found, c.want)
				}
			}
		})
	}
}
