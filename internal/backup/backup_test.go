package backup

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/unionboard/unionboard/internal/assess"
)

var noon = time.Date(2026, 4, 3, 12, 0, 0, 0, time.UTC)

// installation answers a data folder with a little of everything, and the order of its archive.
func installation(t *testing.T) Order {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"unionboard.db": "a live database that is not copied as it lies", "unionboard.db-wal": "x", "unionboard.lock": "1", "unionboard.reserve": "r",
		"unionboard.yaml": "addr: 127.0.0.1:1\n", "dashboards/a.yaml": "page: a\n", "dashboards/.a.yaml.swp": "x", "drop/heping/new.csv": "1,2\n",
		"secrets/register.keys": "k1 secret\n", "backups/old.tar.zst": "old", "exports/made.xlsx": "made", "evidence/ab/file": "proof", "evidence/cd/file": "damaged",
	} {
		put(t, filepath.Join(dir, name), text)
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "dashboards", "link.yaml")); err != nil {
		t.Fatal(err)
	}
	return Order{
		Data: dir, Program: "test", Now: noon, Loose: []string{"unionboard.yaml", "dashboards", "drop", "not-there.csv", "unionboard.lock", "backups", ".", "../x"},
		Database: func(_ context.Context, to string) (assess.Holdings, []Named, error) {
			holds := assess.Holdings{Step: 7, Rows: map[string]int64{"observation": 3}, Audit: 5, AuditHash: "abc"}
			named := []Named{
				{Name: "evidence/ab/file", Sum: sumOf([]byte("proof")), Size: 5},
				{Name: "evidence/ab/preview"},
				{Name: "evidence/cd/file", Sum: sumOf([]byte("as it was")), Size: 9},
				{Name: "evidence/ef/gone", Sum: sumOf(nil)},
			}
			return holds, named, os.WriteFile(to, []byte("copied database"), 0o600)
		},
	}
}

func put(t *testing.T, path, text string) {
	t.Helper()
	err := os.MkdirAll(filepath.Dir(path), 0o700)
	if err == nil {
		err = os.WriteFile(path, []byte(text), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// archive answers the bytes of an archive.
func archive(t *testing.T, o Order) ([]byte, Manifest, Sums) {
	t.Helper()
	var b bytes.Buffer
	m, s, err := Write(t.Context(), o, &b)
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), m, s
}

// files answers what lies in a folder.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(dir, name))
		found[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func wantKey(t *testing.T, err error, kind error, key string) {
	t.Helper()
	var problem *assess.Problem
	if !errors.As(err, &problem) || problem.Key != key || !errors.Is(err, kind) {
		t.Errorf("answered %v, want %s", err, key)
	}
}

func target(dir string) Target {
	return Target{Dir: dir, Check: func(context.Context, string, Manifest, string) error { return nil }}
}

func TestAnArchiveGivesBackWhatWasPutIn(t *testing.T) {
	key, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	keyFile := filepath.Join(t.TempDir(), "key.txt")
	put(t, keyFile, "# made for a test\n"+key.String()+"\n")
	keys, err := ReadIdentities(keyFile)
	if err != nil {
		t.Fatal(err)
	}
	to, err := ParseRecipients([]string{key.Recipient().String()})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"unionboard.db": "copied database", "unionboard.yaml": "addr: 127.0.0.1:1\n", "dashboards/a.yaml": "page: a\n", "drop/heping/new.csv": "1,2\n", "evidence/ab/file": "proof",
	}
	var wholes []string
	for _, recipients := range []Recipients{nil, to} {
		o := installation(t)
		before := files(t, o.Data)
		o.To = recipients
		if recipients != nil {
			o.Keys = []string{"secrets"}
			want["secrets/register.keys"] = "k1 secret\n"
		}
		body, m, sums := archive(t, o)
		if diff := cmp.Diff(before, files(t, o.Data)); diff != "" {
			t.Errorf("a backup changed the folder (-before +after):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"evidence/cd/file", "evidence/ef/gone"}, m.Lacking); diff != "" {
			t.Errorf("lacking (-want +got):\n%s", diff)
		}
		if int64(len(body)) != sums.Size || sumOf(body) != sums.File {
			t.Errorf("the sums of the file are %+v", sums)
		}
		if open := bytes.Contains(body, []byte("register.keys")) || bytes.HasPrefix(body, zstdMagic); open == (recipients != nil) {
			t.Errorf("encrypted for %d, it can be read: %v", len(recipients), open)
		}
		dir := t.TempDir()
		got, whole, err := Restore(t.Context(), bytes.NewReader(body), keys, target(dir))
		if err != nil || whole != sums.Whole {
			t.Fatalf("%v, sum %s, want %s", err, whole, sums.Whole)
		}
		if diff := cmp.Diff(m, got) + cmp.Diff(want, files(t, dir)); diff != "" {
			t.Errorf("restored (-want +got):\n%s", diff)
		}
		if _, again, err := Verify(t.Context(), bytes.NewReader(body), keys); err != nil || again != whole {
			t.Errorf("verified: %v, %s", err, again)
		}
		wholes = append(wholes, whole)
	}
	if wholes[0] == wholes[1] {
		t.Error("different contents have the same sum")
	}
}

func TestKeysNeverLieOpen(t *testing.T) {
	o := installation(t)
	o.Keys = []string{"secrets"}
	_, _, err := Write(t.Context(), o, io.Discard)
	wantKey(t, err, assess.ErrInvalid, "problem.backup_keys")
	for _, text := range []string{"", "age1", "AGE-SECRET-KEY-1QQQQ", "ssh-ed25519 AAAA"} {
		_, err := ParseRecipients([]string{text})
		wantKey(t, err, assess.ErrInvalid, "problem.backup_recipient")
		if err != nil && strings.Contains(err.Error(), "1QQQQ") {
			t.Error("a secret key is repeated")
		}
	}
}

func TestWhoMayOpenIt(t *testing.T) {
	mine, _ := age.GenerateX25519Identity()
	other, _ := age.GenerateX25519Identity()
	o := installation(t)
	o.To = Recipients{mine.Recipient()}
	body, _, _ := archive(t, o)
	_, _, err := Verify(t.Context(), bytes.NewReader(body), nil)
	wantKey(t, err, assess.ErrInvalid, "problem.backup_encrypted")
	_, _, err = Verify(t.Context(), bytes.NewReader(body), Identities{other})
	wantKey(t, err, assess.ErrInvalid, "problem.backup_other_key")
	keyFile := filepath.Join(t.TempDir(), "key.txt")
	put(t, keyFile, mine.String())
	if err := os.Chmod(keyFile, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = ReadIdentities(keyFile)
	wantKey(t, err, assess.ErrInvalid, "problem.secret_mode")
	put(t, keyFile+"2", "nothing")
	_, err = ReadIdentities(keyFile + "2")
	wantKey(t, err, assess.ErrInvalid, "problem.backup_identity_file")
}

// An archive that was cut off, or in which a bit fell over, leaves nothing behind: wherever that is.
func TestDamagedArchivesAreRefused(t *testing.T) {
	key, _ := age.GenerateX25519Identity()
	for name, to := range map[string]Recipients{"plain": nil, "encrypted": {key.Recipient()}} {
		o := installation(t)
		o.To = to
		body, _, _ := archive(t, o)
		dir := t.TempDir()
		try := func(what string, at int, bytesOf []byte) {
			_, _, err := Restore(t.Context(), bytes.NewReader(bytesOf), Identities{key}, target(dir))
			if err == nil || !errors.Is(err, assess.ErrInvalid) {
				t.Fatalf("%s, %s at %d of %d: %v", name, what, at, len(body), err)
			}
			if left := files(t, dir); len(left) > 0 {
				t.Fatalf("%s, %s at %d leaves %v", name, what, at, left)
			}
		}
		step := max(len(body)/97, 1)
		for at := 0; at < len(body); at += step {
			try("cut", at, body[:at])
			flipped := slices.Clone(body)
			flipped[at] ^= 0x10
			if at >= len(zstdMagic)+6 || to != nil { // the header of a frame has bits that mean nothing
				try("flipped", at, flipped)
			}
		}
		try("cut", len(body)-1, body[:len(body)-1])
		try("longer", len(body), append(slices.Clone(body), 'x'))
	}
}

// made answers an archive with any members, whatever its manifest says.
func made(t *testing.T, manifest any, members ...*tar.Header) []byte {
	t.Helper()
	var b bytes.Buffer
	packed, err := zstd.NewWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	w := tar.NewWriter(packed)
	text, err := json.Marshal(manifest)
	if err == nil {
		err = writeText(w, manifestName, text, noon)
	}
	for _, h := range members {
		if err == nil {
			err = w.WriteHeader(h)
		}
		if h.Typeflag == tar.TypeReg && err == nil {
			_, err = w.Write(bytes.Repeat([]byte("x"), int(h.Size)))
		}
	}
	if err := errors.Join(err, w.Close(), packed.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestHostileArchives: what no archive of ours holds is refused before anything of it lies anywhere, in the manifest and in the tar itself.
func TestHostileArchives(t *testing.T) {
	x := sumOf([]byte("x"))
	db := Member{Name: DatabaseName, Size: 1, Sum: x}
	says := func(members ...Member) Manifest {
		return Manifest{Format: 1, Members: append([]Member{db}, members...)}
	}
	file := func(name string) *tar.Header { return head(name, 1, noon) }
	tests := map[string][]byte{
		"a link in place of the database":  made(t, says(), &tar.Header{Typeflag: tar.TypeSymlink, Name: DatabaseName, Linkname: "/etc/passwd"}),
		"a hard link":                      made(t, says(Member{"a", 1, x}), file(DatabaseName), &tar.Header{Typeflag: tar.TypeLink, Name: "a", Linkname: DatabaseName}),
		"a device":                         made(t, says(Member{"a", 0, sumOf(nil)}), file(DatabaseName), &tar.Header{Typeflag: tar.TypeChar, Name: "a", Devmajor: 1}),
		"a folder":                         made(t, says(Member{"a", 0, sumOf(nil)}), file(DatabaseName), &tar.Header{Typeflag: tar.TypeDir, Name: "a/"}),
		"a member nobody spoke of":         made(t, says(), file(DatabaseName), file("b")),
		"a member with another name":       made(t, says(Member{"a", 1, x}), file(DatabaseName), file("../a")),
		"a member twice in the tar":        made(t, says(), file(DatabaseName), file(DatabaseName)),
		"a larger member than was said":    made(t, says(Member{"a", 1, x}), file(DatabaseName), head("a", 1<<20, noon)),
		"a member of another content":      made(t, says(Member{"a", 1, sumOf([]byte("y"))}), file(DatabaseName), file("a")),
		"members without their sums":       made(t, says(), file(DatabaseName)),
		"no database":                      made(t, Manifest{Format: 1, Members: []Member{{"a", 1, x}}}, file("a")),
		"nothing":                          made(t, Manifest{Format: 1}),
		"no manifest":                      made(t, "text"),
		"a name twice":                     made(t, says(Member{"a", 1, x}, Member{"a", 1, x}), file(DatabaseName), file("a"), file("a")),
		"a name twice in other letters":    made(t, says(Member{"a", 1, x}, Member{"A", 1, x}), file(DatabaseName), file("a"), file("A")),
		"a negative size":                  made(t, says(Member{"a", -1, x})),
		"a folder where a file is":         made(t, says(Member{"a", 1, x}, Member{"a/b", 1, x}), file(DatabaseName), file("a"), file("a/b")),
		"no archive":                       []byte("PK\x03\x04 something else"),
		"nothing at all":                   {},
		"packed, and no tar":               packedText(t, "hello"),
		"a tar that begins with a program": packedText(t, strings.Repeat("#!/bin/sh\n", 200)),
	}
	for _, name := range []string{
		"../up", "a/../../up", "/etc/cron.d/x", "a//b", "./a", "a\\..\\b", "c:x", "", "unionboard.db-wal", "unionboard.db-journal", "unionboard.lock", "unionboard.reserve",
		"backups/x", "manifest.json", "SHA256SUMS", ".ssh/authorized_keys", strings.Repeat("a/", 300) + "b", "a\x00b", "a\nb",
	} {
		tests["the name "+name] = made(t, says(Member{name, 1, x}), file(DatabaseName))
	}
	for name, body := range tests {
		parent := t.TempDir()
		dir := filepath.Join(parent, "data")
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if _, _, err := Restore(t.Context(), bytes.NewReader(body), nil, target(dir)); err == nil {
			t.Errorf("%s was taken", name)
		}
		if left := files(t, parent); len(left) > 0 {
			t.Errorf("%s leaves %v", name, left)
		}
	}
	newer := says()
	newer.Format = 2
	_, _, err := Verify(t.Context(), bytes.NewReader(made(t, newer)), nil)
	wantKey(t, err, assess.ErrInvalid, "problem.backup_newer")
	// A few bytes that say they are a terabyte take no room, nor memory.
	_, _, err = Restore(t.Context(), bytes.NewReader(made(t, says(Member{"a", 1 << 40, x}))), nil, Target{Dir: t.TempDir(), Free: func() (int64, error) { return 1 << 30, nil }})
	wantKey(t, err, assess.ErrUnavailable, "problem.backup_room")
}

// TestOneThingWrongIsEnough: an archive in which everything holds but one thing – a name, the bytes of a member – is refused for that.
func TestOneThingWrongIsEnough(t *testing.T) {
	x := sumOf([]byte("x"))
	with := func(name, sum string) error {
		m := Manifest{Format: 1, Members: []Member{{DatabaseName, 1, x}, {name, 1, sum}}}
		text, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		packed, err := zstd.NewWriter(&b)
		if err != nil {
			t.Fatal(err)
		}
		w := tar.NewWriter(packed)
		for _, part := range []struct{ name, text string }{{manifestName, string(text)}, {DatabaseName, "x"}, {name, "x"}, {sumsName, string(m.sums(text))}} {
			if err := writeText(w, part.name, []byte(part.text), noon); err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(w.Close(), packed.Close()); err != nil {
			t.Fatal(err)
		}
		_, _, err = Verify(t.Context(), &b, nil)
		return err
	}
	if err := with("secrets/a", x); err != nil {
		t.Fatalf("nothing is wrong, and it is refused: %v", err)
	}
	wantKey(t, with("secrets/a", sumOf([]byte("y"))), assess.ErrInvalid, "problem.backup_changed")
	for _, name := range []string{"../up", "a/../../up", "/etc/cron.d/x", "unionboard.db-wal", "unionboard.lock", "backups/x", ".ssh/authorized_keys"} {
		if err := with(name, x); err == nil {
			t.Errorf("the name %q was taken", name)
		}
	}
}

func packedText(t *testing.T, text string) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return w.EncodeAll([]byte(text), nil)
}

// FuzzRead: whatever arrives is answered with a problem or taken, and leaves nothing outside of its folder.
func FuzzRead(f *testing.F) {
	f.Add([]byte("{}"), []byte("x"))
	f.Add([]byte(`{"format":1,"members":[{"name":"unionboard.db","size":1,"sum":""}]}`), []byte{})
	f.Fuzz(func(t *testing.T, manifest, rest []byte) {
		if m, err := readManifest(manifest); err == nil {
			for _, one := range m.Members {
				if !filepath.IsLocal(one.Name) || strings.HasPrefix(one.Name, ".") {
					t.Fatalf("%q was let through", one.Name)
				}
			}
		}
		if _, _, err := Verify(t.Context(), bytes.NewReader(rest), nil); err == nil {
			t.Fatal("taken")
		}
	})
}

func TestOnlyAnEmptyFolderIsFilled(t *testing.T) {
	body, _, _ := archive(t, installation(t))
	dir := t.TempDir()
	put(t, filepath.Join(dir, "note.txt"), "mine")
	_, _, err := Restore(t.Context(), bytes.NewReader(body), nil, target(dir))
	wantKey(t, err, assess.ErrConflict, "problem.restore_used")
	if diff := cmp.Diff(map[string]string{"note.txt": "mine"}, files(t, dir)); diff != "" {
		t.Error(diff)
	}
	// What a restore left that was killed is no hindrance; what did not pass leaves nothing.
	dir = t.TempDir()
	put(t, filepath.Join(dir, restoringName, "unionboard.db"), "half")
	put(t, filepath.Join(dir, lockName), "")
	bad := errors.New("bad")
	_, _, err = Restore(t.Context(), bytes.NewReader(body), nil, Target{Dir: dir, Check: func(_ context.Context, folder string, m Manifest, _ string) error {
		if _, err := os.Stat(filepath.Join(dir, DatabaseName)); err == nil {
			t.Error("the database is in place before it was looked through")
		}
		return bad
	}})
	if !errors.Is(err, bad) || len(files(t, dir)) != 1 {
		t.Errorf("%v, left %v", err, files(t, dir))
	}
	if _, _, err := Restore(t.Context(), bytes.NewReader(body), nil, target(dir)); err != nil {
		t.Error(err)
	}
}

// breaking fails after so many bytes.
type breaking struct {
	left int
	err  error
}

func (b *breaking) Write(p []byte) (int, error) {
	if b.left -= len(p); b.left < 0 {
		return 0, b.err
	}
	return len(p), nil
}

// A full disk or a reader that goes away leaves no half archive, under no name.
func TestABrokenEndLeavesNoHalfArchive(t *testing.T) {
	for _, broken := range []error{syscall.ENOSPC, syscall.EPIPE, context.Canceled} {
		o := installation(t)
		before := files(t, o.Data)
		folder := t.TempDir()
		err := Put(filepath.Join(folder, "b.tar.zst"), func(w io.Writer) error {
			_, _, err := Write(t.Context(), o, io.MultiWriter(w, &breaking{100, broken}))
			return err
		})
		if err == nil || len(files(t, folder)) > 0 || cmp.Diff(before, files(t, o.Data)) != "" {
			t.Errorf("%v: answered %v, left %v", broken, err, files(t, folder))
		}
		if broken == syscall.ENOSPC {
			wantKey(t, err, assess.ErrUnavailable, "problem.backup_disk_full")
			if !strings.Contains(err.Error(), folder) { // the disk of the archive is full, not that of the data
				t.Errorf("the wrong disk is named: %v", err)
			}
		}
	}
	o := installation(t)
	o.Needed, o.Free = 1<<30, func() (int64, error) { return 1 << 30, nil }
	_, _, err := Write(t.Context(), o, io.Discard)
	wantKey(t, err, assess.ErrUnavailable, "problem.backup_room")
}

// A server at work goes before: where the archive, or what is copied for it, lies on the disk of the data, it ends before that is full.
func TestABackupLeavesRoomToTheServer(t *testing.T) {
	chance := rand.NewChaCha8([32]byte{})
	text := make([]byte, 40<<20)
	_, _ = chance.Read(text)
	for _, tt := range []struct {
		name  string
		plant func(o *Order) // something large
	}{
		{"evidence", func(o *Order) {
			put(t, filepath.Join(o.Data, "evidence", "ab", "file"), string(text))
			of := o.Database
			o.Database = func(ctx context.Context, to string) (assess.Holdings, []Named, error) {
				h, _, err := of(ctx, to)
				return h, []Named{{Name: "evidence/ab/file", Sum: sumOf(text), Size: int64(len(text))}}, err
			}
		}},
		{"many small files that wait", func(o *Order) {
			for i := range 40 {
				put(t, filepath.Join(o.Data, "drop", "heping", fmt.Sprint(i, ".csv")), string(text[i<<20:(i+1)<<20]))
			}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o, folder := installation(t), t.TempDir()
			tt.plant(&o)
			written := func() (n int64) {
				for _, dir := range []string{folder, o.Data} {
					for name, text := range files(t, dir) {
						if dir == folder || strings.HasPrefix(name, scratchPrefix) {
							n += int64(len(text))
						}
					}
				}
				return n
			}
			least := int64(1 << 40)
			o.Free = func() (int64, error) {
				free := margin + 20<<20 - written()
				least = min(least, free)
				return free, nil
			}
			err := Put(filepath.Join(folder, "b.tar.zst"), func(w io.Writer) error {
				_, _, err := Write(t.Context(), o, w)
				return err
			})
			wantKey(t, err, assess.ErrUnavailable, "problem.backup_room")
			if least < margin-2*lookEvery || written() > 0 {
				t.Errorf("the server was left %d bytes at least; %d bytes are left behind", least, written())
			}
		})
	}
}

// Files that change while the archive is made end it: it would be refused on the day it is needed.
func TestAFileThatChangesEndsTheArchive(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	put(t, path, "before")
	m := Manifest{Format: 1, Members: []Member{{DatabaseName, 6, sumOf([]byte("before"))}}}
	put(t, path, "behind")
	if _, err := write(t.Context(), io.Discard, m, nil, func(Member) (*os.File, error) { return os.Open(path) }); err == nil {
		t.Error("it was taken")
	}
}

func TestWhichArchivesAreKept(t *testing.T) {
	zone := time.FixedZone("CST", 8*3600)
	var times []time.Time
	for day := range 800 {
		times = append(times, noon.AddDate(0, 0, -day))
	}
	ended := Ended(Keep{Daily: 7, Weekly: 4, Monthly: 12}, times, noon, zone)
	kept := slices.DeleteFunc(slices.Clone(times), func(at time.Time) bool { return slices.Contains(ended, at) })
	if len(kept) < 7+2+10 || len(kept) > 7+4+12 || !kept[0].Equal(noon) {
		t.Errorf("%d are kept: %v", len(kept), kept)
	}
	for _, at := range kept {
		if noon.Sub(at) > 365*24*time.Hour {
			t.Errorf("%v is kept longer than a year", at)
		}
	}
	for i := range 7 {
		if !slices.Contains(kept, times[i]) {
			t.Errorf("%v is not kept", times[i])
		}
	}
	// The newest is kept, however old it is.
	if ended := Ended(Keep{Daily: 1}, []time.Time{noon.AddDate(-3, 0, 0)}, noon, zone); len(ended) > 0 {
		t.Error("the only one was taken away")
	}
	if ended := Ended(Keep{}, nil, noon, zone); len(ended) > 0 {
		t.Error(ended)
	}
}

// Archives of a time to come were made by a clock that was ahead, or are the good ones and the clock stands too early: they are neither counted, which
// would take away what was made just now, nor taken away.
func TestArchivesOfATimeToComeAreLeftAlone(t *testing.T) {
	ahead := []time.Time{noon.AddDate(10, 0, 2), noon.AddDate(10, 0, 1), noon.AddDate(10, 0, 0)}
	today := []time.Time{noon, noon.Add(-time.Minute), noon.AddDate(0, 0, -1)}
	ended := Ended(Keep{Daily: 1}, slices.Concat(ahead, today), noon, time.UTC)
	if diff := cmp.Diff(today[1:], ended); diff != "" {
		t.Errorf("ended (-want +got):\n%s", diff)
	}
	if ended := Ended(Keep{Daily: 1}, ahead, noon, time.UTC); len(ended) > 0 {
		t.Errorf("with a clock that stands too early %v are taken away", ended)
	}
}

// Only what is ours is taken away, and the newest is told with what failed since.
func TestAFolderOfArchives(t *testing.T) {
	dir := t.TempDir()
	if last, err := Last(filepath.Join(dir, "none"), noon); err != nil || last.OK || !last.At.IsZero() {
		t.Errorf("of no folder %+v, %v", last, err)
	}
	for day := range 10 {
		put(t, filepath.Join(dir, NameAt(noon.AddDate(0, 0, -day), day%2 == 0)), "archive")
	}
	old := noon.AddDate(0, -2, 0)
	for name, at := range map[string]time.Time{
		"before-upgrade-00027.db": old, "before-upgrade-00026.db": noon, "unionboard-20260101T000000Z.tar.zst.x.making": old, "unionboard-2026.tar.zst": old, "mine.tar.zst": old,
		"before-upgrade.db": old,
	} {
		put(t, filepath.Join(dir, name), "x")
		if err := os.Chtimes(filepath.Join(dir, name), at, at); err != nil {
			t.Fatal(err)
		}
	}
	gone, err := Clear(dir, Keep{Daily: 3}, noon, time.UTC)
	if err != nil || len(gone) != 7 {
		t.Errorf("%v, taken away %v", err, gone)
	}
	var left []string
	for name := range files(t, dir) {
		left = append(left, name)
	}
	slices.Sort(left)
	want := []string{
		"before-upgrade-00026.db", "before-upgrade.db", "mine.tar.zst", "unionboard-2026.tar.zst",
		"unionboard-20260401T120000Z.tar.zst.age", "unionboard-20260402T120000Z.tar.zst", "unionboard-20260403T120000Z.tar.zst.age",
	}
	if diff := cmp.Diff(want, left); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
	put(t, filepath.Join(dir, NameAt(noon.AddDate(10, 0, 0), false)), "of a time to come")
	last, err := Last(dir, noon)
	if err != nil || !last.OK || !last.At.Equal(noon) || last.Size != 7 {
		t.Errorf("the newest is %+v, %v", last, err)
	}
	if err := Note(dir, noon.Add(time.Hour), errors.New("the disk is full")); err != nil {
		t.Fatal(err)
	}
	if last, err := Last(dir, time.Now()); err != nil || last.OK || last.Failure != "2026-04-03T13:00:00Z the disk is full" || !last.At.Equal(noon) {
		t.Errorf("after a failure %+v, %v", last, err)
	}
	if err := Note(dir, noon, nil); err != nil {
		t.Fatal(err)
	}
	if last, err := Last(dir, time.Now()); err != nil || !last.OK {
		t.Errorf("after a good one %+v, %v", last, err)
	}
}

// The second place has the same bytes, or nothing; a place that is not there, such as a disk that is not mounted, is not made.
func TestTheSecondPlace(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	file := filepath.Join(dir, NameAt(noon, false))
	put(t, file, "archive")
	if err := Second(t.Context(), file, other, sumOf([]byte("archive"))); err != nil {
		t.Fatal(err)
	}
	if got := files(t, other); got[filepath.Base(file)] != "archive" || len(got) != 1 {
		t.Errorf("copied %v", got)
	}
	wantKey(t, Second(t.Context(), file, other, sumOf([]byte("archive"))), assess.ErrConflict, "problem.backup_there")
	third := t.TempDir()
	wantKey(t, Second(t.Context(), file, third, sumOf([]byte("another"))), assess.ErrInvalid, "problem.backup_changed")
	if got := files(t, third); len(got) > 0 {
		t.Errorf("a bad copy stays: %v", got)
	}
	wantKey(t, Second(t.Context(), file, filepath.Join(dir, "unmounted"), ""), assess.ErrUnavailable, "problem.backup_folder")
}

func TestWhatWasBrokenOffIsSwept(t *testing.T) {
	dir := t.TempDir()
	old, young := filepath.Join(dir, scratchPrefix+"1"), filepath.Join(dir, scratchPrefix+"2")
	put(t, filepath.Join(old, "unionboard.db"), "x")
	put(t, filepath.Join(young, "unionboard.db"), "x")
	if err := os.Chtimes(old, noon, noon); err != nil {
		t.Fatal(err)
	}
	if err := Sweep(dir, time.Now()); err != nil {
		t.Fatal(err)
	}
	if got := files(t, dir); len(got) != 1 {
		t.Errorf("left %v", got)
	}
}
