package evidence

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
)

var spring = time.Date(2026, 4, 7, 9, 30, 0, 0, time.UTC)

// plenty is a quota that nobody reaches.
const plenty = 1 << 40

func openFolder(t *testing.T, change ...func(*Options)) (*Folder, string) {
	t.Helper()
	data := t.TempDir()
	o := Options{
		Size: 1 << 20, Kinds: UsualKinds(), KeepFree: 100 << 20, Free: func() (int64, error) { return 1 << 30, nil },
		Log: slog.New(slog.DiscardHandler),
	}
	for _, c := range change {
		c(&o)
	}
	f, err := Open(data, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f, data
}

func take(t *testing.T, f *Folder, name string, content []byte) Taken {
	t.Helper()
	taken, err := f.Take(t.Context(), name, bytes.NewReader(content), plenty, spring)
	if err != nil {
		t.Fatal(err)
	}
	return taken
}

// files answers every file under a folder.
func files(t *testing.T, dir string) (all []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, name)
			all = append(all, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestAFileIsStoredOnceUnderItsHash(t *testing.T) {
	f, data := openFolder(t)
	pdf, jpg := samplePDF(), sampleJPEG(40, 30)
	one, two, photo := take(t, f, "名册.pdf", pdf), take(t, f, "again.PDF", pdf), take(t, f, "photo.jpeg", jpg)
	if one.File != two.File || one.Name != "名册.pdf" || two.Name != "again.pdf" || photo.Name != "photo.jpeg" {
		t.Errorf("taken %+v, %+v, %+v", one, two, photo)
	}
	want := assess.EvidenceFile{Hash: one.File.Hash, Kind: "pdf", Size: int64(len(pdf)), Scan: assess.Unscanned, AddedAt: spring}
	if diff := cmp.Diff(want, one.File); diff != "" {
		t.Errorf("file (-want +got):\n%s", diff)
	}
	place := func(h string) string { return "evidence/" + h[:2] + "/" + h[2:4] + "/" + h }
	all := []string{place(one.File.Hash), place(photo.File.Hash), place(photo.File.Hash) + ".preview.jpg"}
	slices.Sort(all)
	if diff := cmp.Diff(all, files(t, data)); diff != "" {
		t.Errorf("files on the disk (-want +got):\n%s", diff)
	}
	r, err := f.Read(t.Context(), one.File)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got, err := io.ReadAll(r); !bytes.Equal(got, pdf) || err != nil {
		t.Errorf("read %d bytes, %v", len(got), err)
	}
	if info, err := os.Stat(filepath.Join(data, place(one.File.Hash))); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

// Security checklist, row 39: whatever a file is called, it lies under its hash and nowhere else.
func TestHostileNamesLeaveTheFolderAsItIs(t *testing.T) {
	f, data := openFolder(t)
	before := files(t, filepath.Dir(data))
	for name := range hostileNames() {
		_, err := f.Take(t.Context(), name, bytes.NewReader(samplePDF()), plenty, spring)
		if key(err) != "" && key(err) != "ending" {
			t.Errorf("%q: %v", name, err)
		}
	}
	var foreign []string
	for _, name := range files(t, filepath.Dir(data)) {
		if !slices.Contains(before, name) {
			foreign = append(foreign, name)
		}
	}
	if len(foreign) != 1 || !strings.Contains(foreign[0], "/evidence/") || !validHash(filepath.Base(foreign[0])) {
		t.Errorf("on the disk: %q", foreign)
	}
}

// Row 29: the limit is taken, a byte more is not, and a hundred times as much costs no more memory.
func TestSizes(t *testing.T) {
	f, data := openFolder(t, func(o *Options) { o.Size = 20 << 20 })
	pdf := samplePDF()
	of := func(size int64) io.Reader { // a PDF with a long comment in it
		filler := io.LimitReader(zeros{}, size-int64(len(pdf)))
		return io.MultiReader(bytes.NewReader(pdf[:9]), filler, bytes.NewReader(pdf[9:]))
	}
	for _, c := range []struct {
		size int64
		want string
	}{{20 << 20, ""}, {20<<20 + 1, "large"}, {2000 << 20, "large"}} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := f.Take(t.Context(), "a.pdf", of(c.size), plenty, spring)
		runtime.ReadMemStats(&after)
		if got := key(err); got != c.want {
			t.Errorf("%d bytes: %q, want %q", c.size, got, c.want)
		}
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 64<<20 {
			t.Errorf("%d bytes took %d bytes of memory", c.size, grown)
		}
	}
	if all := files(t, data); len(all) != 1 {
		t.Errorf("on the disk: %q", all)
	}
	_, err := f.Take(t.Context(), "a.pdf", strings.NewReader(""), plenty, spring)
	if key(err) != "empty" {
		t.Errorf("an empty file: %v", err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func TestWhatIsNotTakenLeavesNothing(t *testing.T) {
	f, data := openFolder(t)
	broken := errors.New("the line broke")
	for name, c := range map[string]struct {
		called  string
		content io.Reader
		want    string
	}{
		"HTML":         {"a.html", strings.NewReader("<html>"), "ending"},
		"no ending":    {"pdf", bytes.NewReader(samplePDF()), "ending"},
		"an archive":   {"a.zip", bytes.NewReader(samples()["zip"]), "ending"}, // off by default
		"not its kind": {"a.pdf", strings.NewReader("<html>"), "content"},
		"beyond quota": {"quota.pdf", bytes.NewReader(samplePDF()), "quota"},
		"interrupted":  {"a.pdf", io.MultiReader(bytes.NewReader(samplePDF()), iotest.ErrReader(broken)), broken.Error()},
	} {
		quota := int64(plenty)
		if c.want == "quota" {
			quota = int64(len(samplePDF())) - 1
		}
		if _, err := f.Take(t.Context(), c.called, c.content, quota, spring); key(err) != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	if all := files(t, data); len(all) != 0 {
		t.Errorf("on the disk: %q", all)
	}
}

// Row 42: below the watermark nothing is taken, nor read; a disk that fills up in the middle is said in the same words.
func TestRoomOnTheDisk(t *testing.T) {
	free := int64(101 << 20)
	f, _ := openFolder(t, func(o *Options) { o.Free = func() (int64, error) { return free, nil } })
	take(t, f, "a.pdf", samplePDF())
	free--
	content := strings.NewReader("x")
	_, err := f.Take(t.Context(), "a.pdf", content, plenty, spring)
	if key(err) != "room" || !errors.Is(err, assess.ErrUnavailable) || content.Len() != 1 {
		t.Errorf("below the watermark: %v, %d bytes left unread", err, content.Len())
	}
	if _, err := f.receive(fullDisk{}, bytes.NewReader(samplePDF())); key(err) != "room" {
		t.Errorf("a full disk: %v", err)
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) {
	return 0, &fs.PathError{Op: "write", Err: syscall.ENOSPC}
}

// TestAChangedFileIsDetected: bytes that are not those that were handed in are never handed out, and handing in again mends them.
func TestAChangedFileIsDetected(t *testing.T) {
	f, data := openFolder(t)
	file := take(t, f, "a.pdf", samplePDF()).File
	path := filepath.Join(data, "evidence", filepath.FromSlash(placeOf(file.Hash)))
	pdf := samplePDF()
	flipped := bytes.Clone(pdf)
	flipped[50] ^= 1
	for name, change := range map[string]struct {
		do   func() error
		want string
	}{
		"a flipped bit": {func() error { return os.WriteFile(path, flipped, 0o600) }, "changed"},
		"cut off":       {func() error { return os.WriteFile(path, pdf[:100], 0o600) }, "changed"},
		"longer":        {func() error { return os.WriteFile(path, append(bytes.Clone(pdf), 'x'), 0o600) }, "changed"},
		"gone":          {func() error { return os.Remove(path) }, "gone"},
	} {
		if err := change.do(); err != nil {
			t.Fatal(err)
		}
		if err := f.Verify(t.Context(), file); key(err) != change.want || !errors.Is(err, assess.ErrUnavailable) {
			t.Errorf("%s: verify says %v", name, err)
		}
		if r, err := f.Read(t.Context(), file); r != nil || key(err) != change.want {
			t.Errorf("%s: read says %v", name, err)
		}
		take(t, f, "a.pdf", pdf)
		if err := f.Verify(t.Context(), file); err != nil {
			t.Errorf("%s: handed in again: %v", name, err)
		}
	}
	if _, err := f.Read(t.Context(), assess.EvidenceFile{Hash: "../../../etc/passwd"}); err == nil {
		t.Error("a hash that is none was read")
	}
}

// Row 42: a fake scanner. What it has not passed is not handed out while it is set up; what it has ever condemned never is.
func TestScanner(t *testing.T) {
	scanner := func(script string) *Scanner { return &Scanner{Command: []string{"sh", "-c", script, "scan"}} }
	const judge = `grep -q EICAR "$1" && exit 1; exit 0`
	bad := bytes.Replace(samplePDF(), []byte("%\xe2\xe3\xcf\xd3"), []byte("%EICAR"), 1)

	f, data := openFolder(t, func(o *Options) { o.Scanner = scanner(judge) })
	good := take(t, f, "a.pdf", samplePDF()).File
	if good.Scan != assess.Clean || !good.ScannedAt.Equal(spring) {
		t.Errorf("clean: %+v", good)
	}
	if r, err := f.Read(t.Context(), good); err != nil {
		t.Errorf("a clean file: %v", err)
	} else {
		r.Close()
	}
	if _, err := f.Take(t.Context(), "a.pdf", bytes.NewReader(bad), plenty, spring); key(err) != "infected" {
		t.Errorf("infected: %v", err)
	}
	if all := files(t, data); len(all) != 1 {
		t.Errorf("on the disk: %q", all)
	}
	for name, script := range map[string]string{"a fault": "exit 2", "killed": "kill -9 $$", "too slow": "sleep 60"} {
		f.Scanner = scanner(script)
		f.Scanner.Timeout = 200 * time.Millisecond
		waiting := take(t, f, "photo.jpg", sampleJPEG(40, 30)).File
		if _, err := f.Read(t.Context(), waiting); waiting.Scan != assess.Unscanned || key(err) != "waits" || !errors.Is(err, assess.ErrConflict) {
			t.Errorf("%s: %s, %v", name, waiting.Scan, err)
		}
		if _, err := f.Preview(t.Context(), waiting); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: the preview of what was not scanned: %v", name, err)
		}
		f.Scanner = scanner(judge)
		b := &book{files: []assess.EvidenceFile{waiting}}
		if passed, infected, err := f.ScanWaiting(t.Context(), b, func() time.Time { return spring }); passed != 1 || infected != 0 || err != nil {
			t.Errorf("%s: asked again: %d passed, %d infected, %v", name, passed, infected, err)
		}
		if b.files[0].Scan != assess.Clean || len(b.lines) != 1 {
			t.Errorf("%s: asked again: %+v, %v", name, b.files[0], b.lines)
		}
	}
	f.Scanner = &Scanner{Command: []string{filepath.Join(data, "no such scanner")}}
	if waiting := take(t, f, "a.pdf", samplePDF()).File; waiting.Scan != assess.Unscanned {
		t.Errorf("without a program: %+v", waiting)
	}
	f.Scanner = nil
	good.Scan = assess.Infected
	if _, err := f.Read(t.Context(), good); key(err) != "found_infected" {
		t.Errorf("condemned: %v", err)
	}
}

// TestPreview: it is a small picture of its own, upright, with nothing of the bytes that were handed in.
func TestPreview(t *testing.T) {
	f, _ := openFolder(t)
	jpg := sampleJPEG(2400, 1200)
	exif := "\xff\xe1\x00\x5aExif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00" + strings.Repeat("SECRET ", 8)
	exif = exif[:2] + string([]byte{byte((len(exif) - 2) >> 8), byte(len(exif) - 2)}) + exif[4:]
	file := take(t, f, "photo.jpg", []byte(string(jpg[:2])+exif+string(jpg[2:]))).File
	r, err := f.Preview(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	content, err := io.ReadAll(r)
	if err != nil || bytes.Contains(content, []byte("SECRET")) || bytes.Contains(content, []byte("Exif")) {
		t.Errorf("preview of %d bytes, %v", len(content), err)
	}
	b := bodyOf(t, "jpg", content)
	if err := b.check(); err != nil || b.seen.Bounds().Dx() != 600 || b.seen.Bounds().Dy() != 1200 {
		t.Errorf("preview %v, %v; want 600 × 1200, turned upright", b.seen.Bounds(), err)
	}
	if _, err := f.Preview(t.Context(), take(t, f, "a.pdf", samplePDF()).File); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("preview of a PDF: %v", err)
	}
}

// TestLargePicturesAreTakenUnseen: more pixels than there is memory for are no reason to refuse, and are not decoded. A picture that
// comes in several passes takes more memory.
func TestLargePicturesAreTakenUnseen(t *testing.T) {
	frame := func(marker byte) []byte { // a head of 3,000 × 3,000 pixels, and no pixels
		return []byte("\xff\xd8\xff" + string([]byte{marker}) + "\x00\x11\x08\x0b\xb8\x0b\xb8\x03\x01\x22\x00\x02\x11\x00\x03\x11\x00\xff\xda\x00\x0c\x03\x01\x00\x02\x11\x03\x11\x00\x3f\x00\xff\xd9")
	}
	for marker, want := range map[byte]string{0xc0: "damaged", 0xc2: ""} {
		if got := key(bodyOf(t, "jpg", frame(marker)).check()); got != want {
			t.Errorf("a JPEG with frame %x: %q, want %q", marker, got, want)
		}
	}
	large := "\x89PNG\r\n\x1a\n" + chunk("IHDR", "\x00\x00\x20\x00\x00\x00\x20\x00\x08\x06\x00\x00\x00") + chunk("IDAT", "x") + chunk("IEND", "")
	b := bodyOf(t, "png", []byte(large))
	if err := b.check(); err != nil || b.seen != nil {
		t.Errorf("8192 × 8192: %v", err)
	}
}

func TestOrientations(t *testing.T) {
	p := picture(3, 2)
	corner := func(at string) any {
		x, y := 0, 0
		if strings.Contains(at, "right") {
			x = 2
		}
		if strings.Contains(at, "bottom") {
			y = 1
		}
		return p.RGBAAt(x, y)
	}
	// Which corner of the pixels is seen at the upper left, and which at the upper right (TIFF 6.0, Orientation).
	for orientation, want := range map[int][2]string{
		1: {"top left", "top right"}, 2: {"top right", "top left"}, 3: {"bottom right", "bottom left"}, 4: {"bottom left", "bottom right"},
		5: {"top left", "bottom left"}, 6: {"bottom left", "top left"}, 7: {"bottom right", "top right"}, 8: {"top right", "bottom right"},
		0: {"top left", "top right"}, 9: {"top left", "top right"},
	} {
		got := turned(p, orientation)
		if got.RGBAAt(0, 0) != corner(want[0]) || got.RGBAAt(got.Rect.Dx()-1, 0) != corner(want[1]) {
			t.Errorf("orientation %d is wrong", orientation)
		}
	}
	for tiff, want := range map[string]int{
		"": 1, "II*\x00\xff\xff\xff\xff\x00\x00": 1, "II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x08\x00\x00\x00": 8,
		"MM\x00*\x00\x00\x00\x08\x00\x01": 1,
	} {
		if got := exifOrientation([]byte(tiff)); got != want {
			t.Errorf("%q: orientation %d, want %d", tiff, got, want)
		}
	}
}

// TestSweep: what an interrupted upload left goes; what has a row, is young, or is not ours stays.
func TestSweep(t *testing.T) {
	f, data := openFolder(t)
	kept, orphan, young := take(t, f, "a.pdf", samplePDF()).File, take(t, f, "a.jpg", sampleJPEG(40, 30)).File, take(t, f, "a.png", samplePNG(40, 30)).File
	dir := filepath.Join(data, "evidence")
	for _, name := range []string{"incoming/half", "README"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	now := time.Now()
	for _, name := range []string{placeOf(kept.Hash), placeOf(orphan.Hash), previewOf(orphan.Hash), "README"} {
		if err := os.Chtimes(filepath.Join(dir, name), now, now.Add(-orphanAge-time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	b := &book{files: []assess.EvidenceFile{kept}}
	swept, err := f.Sweep(t.Context(), b, now)
	want := []string{"README", placeOf(kept.Hash), placeOf(young.Hash), previewOf(young.Hash)}
	slices.Sort(want)
	if diff := cmp.Diff(want, files(t, dir)); diff != "" || err != nil || swept != 3 {
		t.Errorf("%d swept, %v (-want +got):\n%s", swept, err, diff)
	}
	b.fault = errors.New("no database")
	if _, err := f.Sweep(t.Context(), b, now.Add(2*orphanAge)); !errors.Is(err, b.fault) {
		t.Errorf("without a book: %v", err)
	}
	if err := f.Verify(t.Context(), kept); err != nil {
		t.Error(err)
	}
}

// TestCheck is what the doctor asks: every file is read through, and each that is not what it was is named.
func TestCheck(t *testing.T) {
	f, data := openFolder(t)
	b := &book{}
	for i := range 3 {
		pdf := bytes.Replace(samplePDF(), []byte("%\xe2\xe3\xcf\xd3"), fmt.Appendf(nil, "%%%04d", i), 1)
		b.files = append(b.files, take(t, f, "a.pdf", pdf).File)
	}
	if err := os.Remove(filepath.Join(data, "evidence", filepath.FromSlash(placeOf(b.files[1].Hash)))); err != nil {
		t.Fatal(err)
	}
	var wrong []string
	n, err := f.Check(t.Context(), b, func(file assess.EvidenceFile, err error) { wrong = append(wrong, file.Hash+" "+key(err)) })
	if diff := cmp.Diff([]string{b.files[1].Hash + " gone"}, wrong); diff != "" || n != 3 || err != nil {
		t.Errorf("%d checked, %v (-want +got):\n%s", n, err, diff)
	}
}

// book is what is written about files, in memory.
type book struct {
	files []assess.EvidenceFile
	lines []assess.AuditLine
	fault error
}

func (b *book) EvidenceFiles(_ context.Context, behind string, limit int, scans ...assess.Scan) (page []assess.EvidenceFile, _ error) {
	slices.SortFunc(b.files, func(x, y assess.EvidenceFile) int { return strings.Compare(x.Hash, y.Hash) })
	for _, f := range b.files {
		if f.Hash > behind && len(page) < limit && (len(scans) == 0 || slices.Contains(scans, f.Scan)) {
			page = append(page, f)
		}
	}
	return page, b.fault
}

func (b *book) SetScan(_ context.Context, hash string, scan assess.Scan, at time.Time, line assess.AuditLine) error {
	for i := range b.files {
		if b.files[i].Hash == hash {
			b.files[i].Scan, b.files[i].ScannedAt = scan, at
		}
	}
	b.lines = append(b.lines, line)
	return nil
}

// TestManyAtOnce: the same and different files at the same time.
func TestManyAtOnce(t *testing.T) {
	f, data := openFolder(t)
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			content := append(samplePDF(), fmt.Sprintf("%%%d\n%%%%EOF", i%4)...)
			if _, err := f.Take(t.Context(), "a.pdf", bytes.NewReader(content), plenty, spring); err != nil && key(err) != "damaged" {
				t.Error(err)
			}
			if _, err := f.Take(t.Context(), "b.pdf", bytes.NewReader(samplePDF()), plenty, spring); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, name := range files(t, filepath.Join(data, "evidence")) {
		if strings.HasPrefix(name, "incoming") {
			t.Errorf("%s was left", name)
		}
	}
}
