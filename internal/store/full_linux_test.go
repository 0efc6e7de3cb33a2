package store

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
)

// smallDisk answers a folder on a disk of some megabytes of its own.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("needs the right to mount a small disk: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fillDisk writes a file until the disk is full, and answers its path.
func fillDisk(t *testing.T, dir string) (path string) {
	t.Helper()
	path = filepath.Join(dir, "other-data")
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

func big(value string) assess.Observation {
	o := figure("210102", q1, "members", value)
	o.Note = strings.Repeat("n", 20_000)
	return o
}

func intake(o assess.Observation) assess.Intake {
	return assess.Intake{Observations: []assess.Observation{o}, Audit: []assess.AuditLine{line("x")}}
}

func TestAFullDiskLosesNothing(t *testing.T) {
	dir := filepath.Join(smallDisk(t, "8m"), "data")
	s, err := Create(t.Context(), dir, WithReserve(1<<20))
	if err != nil {
		t.Fatal(err)
	}
	if !s.Reserved() {
		t.Fatal("no reserve was made")
	}
	commit(t, s, big("1"))
	other := fillDisk(t, filepath.Dir(dir))

	kept := []string{"1"}
	for i := 2; ; i++ {
		value := string(rune('a' + i%26))
		if _, err = s.Commit(t.Context(), intake(big(value))); err != nil {
			break
		}
		if kept = append(kept, value); s.Reserved() && len(kept) > 1000 {
			t.Fatal("the disk never got full")
		}
	}
	wantProblem(t, err, assess.ErrUnavailable, "problem.disk_full")
	if p := s.Trouble(); p == nil || p.Key != "problem.disk_full" {
		t.Errorf("the trouble is %v", p)
	}
	if s.Reserved() || len(kept) < 10 {
		t.Errorf("the reserve is there: %v; %d commits before the end, want it to have served some", s.Reserved(), len(kept))
	}
	check := func(when string) {
		t.Helper()
		history, err := s.History(t.Context(), big("").CellKey)
		if err != nil {
			t.Fatal(err)
		}
		var values []string
		for _, o := range history {
			values = append(values, o.Value)
		}
		if diff := cmp.Diff(kept, values); diff != "" {
			t.Errorf("%s (-acknowledged +read):\n%s", when, diff)
		}
		if err := s.IntegrityCheck(t.Context()); err != nil {
			t.Errorf("%s: %v", when, err)
		}
		if good, err := s.VerifyAudit(t.Context()); err != nil || good != int64(len(kept)) {
			t.Errorf("%s: %d audit lines, %v", when, good, err)
		}
	}
	check("on the full disk")
	if err := os.Remove(other); err != nil {
		t.Fatal(err)
	}
	commit(t, s, big("again"))
	kept = append(kept, "again")
	check("with room again")
	if p := s.Trouble(); p == nil || p.Key != "problem.disk_reserve" {
		t.Errorf("without its reserve the trouble is %v", p)
	}
	if s.Tend(t.Context()); s.Trouble() != nil || !s.Reserved() {
		t.Errorf("the reserve was not made anew: %v", s.Trouble())
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(t.Context(), dir, WithReserve(1<<20)); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	check("opened again")
	if !s.Reserved() {
		t.Error("the reserve is gone")
	}
}

// turnsReadOnly answers a folder on a disk of its own, and what lets that disk be read only from then on, as a file system does that has
// met a fault.
func turnsReadOnly(t *testing.T) (dir string, turn func()) {
	t.Helper()
	image := filepath.Join(t.TempDir(), "image")
	if err := os.WriteFile(image, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(image, 24<<20); err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	for _, command := range [][]string{{"mkfs.ext4", "-q", "-F", image}, {"mount", "-o", "loop", image, dir}} {
		if out, err := exec.Command(command[0], command[1:]...).CombinedOutput(); err != nil {
			t.Skipf("needs the right to mount a disk out of a file: %v %s", err, out)
		}
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir, func() {
		if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT, "abort"); err != nil {
			t.Fatal(err)
		}
	}
}

// A disk that turns read-only while the folder is open – what Linux does with one that has met a fault – is said to be so; what was
// acknowledged is read on.
func TestADiskThatTurnsReadOnlyIsReadOn(t *testing.T) {
	disk, turn := turnsReadOnly(t)
	s, err := Create(t.Context(), filepath.Join(disk, "data"), WithReserve(0))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	commit(t, s, figure("210102", q1, "members", "1"))
	turn()
	for range 2 {
		_, err = s.Commit(t.Context(), intake(figure("210102", q1, "members", "2")))
		wantProblem(t, err, assess.ErrUnavailable, "problem.data_folder_read_only")
	}
	if p := s.Trouble(); p == nil || p.Key != "problem.data_folder_read_only" {
		t.Errorf("the trouble is %v", p)
	}
	if got := current(t, s, assess.CellQuery{}); len(got) != 1 || got[0].Value != "1" {
		t.Errorf("meanwhile %v is read", short(got))
	}
}

// A change that is too large for what is left of the disk fails alone.
func TestATooLargeChangeTakesNoSmallOneAlong(t *testing.T) {
	dir := filepath.Join(smallDisk(t, "8m"), "data")
	s, err := Create(t.Context(), dir, WithReserve(0))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	huge := figure("210102", q1, "huge", "1")
	huge.Note = strings.Repeat("n", 12<<20)
	// All three are waiting when the writer comes to them, so they share a transaction.
	holding, release := make(chan struct{}), make(chan struct{})
	errs := make([]chan error, 4)
	send := func(i int, do func() error) {
		errs[i] = make(chan error, 1)
		go func() { errs[i] <- do() }()
	}
	send(0, func() error { return s.write(t.Context(), func(tx) error { close(holding); <-release; return nil }) })
	<-holding
	for i, o := range []assess.Observation{figure("210102", q1, "small", "1"), huge, figure("210102", q1, "small_too", "1")} {
		send(i+1, func() error { _, err := s.Commit(t.Context(), intake(o)); return err })
	}
	for len(s.writer.requests) < 3 {
		runtime.Gosched() // the three are about to be put into the channel
	}
	close(release)
	for i, c := range errs {
		if err := <-c; i == 2 {
			wantProblem(t, err, assess.ErrUnavailable, "problem.disk_full")
		} else if err != nil {
			t.Errorf("request %d: %v", i, err)
		}
	}
	if got := current(t, s, assess.CellQuery{}); len(got) != 2 {
		t.Errorf("kept %v", short(got))
	}
}

func TestOpenOnAFullDisk(t *testing.T) {
	disk := smallDisk(t, "8m")
	dir := filepath.Join(disk, "data")
	s, err := Create(t.Context(), dir, WithReserve(1<<20))
	if err != nil {
		t.Fatal(err)
	}
	commit(t, s, big("1"))
	s.Close()
	fillDisk(t, disk)
	if s, err = Open(t.Context(), dir, WithReserve(1<<20)); err != nil {
		t.Fatalf("with a reserve to give up: %v", err)
	}
	if got := current(t, s, assess.CellQuery{}); len(got) != 1 {
		t.Errorf("read %v", short(got))
	}
	s.Close()
	os.Remove(filepath.Join(dir, reserveFile))
	fillDisk(t, disk)
	_, err = Open(t.Context(), dir, WithReserve(0))
	wantProblem(t, err, assess.ErrUnavailable, "problem.disk_full")
}

// A server that was started while its disk had no room for the reserve, or whose reserve somebody took away, makes it when there is room.
func TestAReserveThatWasNeverMadeIsMade(t *testing.T) {
	disk := smallDisk(t, "12m")
	dir := filepath.Join(disk, "data")
	s, err := Create(t.Context(), dir, WithReserve(0))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	free, err := freeBytes(disk)
	if err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(disk, "other-data")
	if err := os.WriteFile(other, make([]byte, free-3<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(t.Context(), dir, WithReserve(1<<20)); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if s.Tend(t.Context()); s.Reserved() {
		t.Fatal("it was made where there is no room for four of it")
	}
	for _, name := range []string{other, filepath.Join(dir, reserveFile)} {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
		if s.Tend(t.Context()); !s.Reserved() || s.Trouble() != nil {
			t.Errorf("without %s it was not made: %v", filepath.Base(name), s.Trouble())
		}
	}
}

func TestAReadOnlyDiskIsSaidToBeOne(t *testing.T) {
	disk := smallDisk(t, "8m")
	dir := filepath.Join(disk, "data")
	s, err := Create(t.Context(), dir, WithReserve(0))
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	if err := syscall.Mount("", disk, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Skipf("needs the right to mount: %v", err)
	}
	_, err = Open(t.Context(), dir)
	wantProblem(t, err, assess.ErrUnavailable, "problem.data_folder_read_only")
}
