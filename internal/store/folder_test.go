package store

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

func TestOpenSaysWhatIsWrongWithTheFolder(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		dir  string
		kind error
		key  string
	}{
		{filepath.Join(dir, "none"), assess.ErrNotFound, "problem.data_folder_missing"},
		{dir, assess.ErrNotFound, "problem.data_folder_empty"},
		{file, assess.ErrInvalid, "problem.data_folder_file"},
		{filepath.Join(file, "below"), assess.ErrUnavailable, "problem.data_folder_unreadable"},
	} {
		_, err := Open(t.Context(), c.dir)
		wantProblem(t, err, c.kind, c.key)
		if err != nil && !strings.Contains(err.Error(), c.dir) {
			t.Errorf("%q does not name the folder", err)
		}
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("a refused folder was written to: %v", left)
	}
}

func TestCreateClosesAFolderThatIsOpen(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	s, err := Create(t.Context(), dir, WithReserve(0))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("a folder that was there is open to others: %v, %v", info.Mode(), err)
	}
}

func TestCreateRefusesAFolderInUse(t *testing.T) {
	dir := t.TempDir()
	s, err := Create(t.Context(), filepath.Join(dir, "a", "b"), WithReserve(0))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if info, err := os.Stat(s.Folder()); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the new folder is open to others: %v, %v", info.Mode(), err)
	}
	commit(t, s, figure("210102", q1, "members", "1"))
	for _, name := range []string{databaseFile, databaseFile + "-wal", databaseFile + "-shm", lockFile} {
		if info, err := os.Stat(filepath.Join(s.Folder(), name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s is open to others: %v", name, err)
		}
	}
	_, err = Create(t.Context(), s.Folder())
	wantProblem(t, err, assess.ErrConflict, "problem.data_folder_used")
}

func TestAFolderThatCannotBeUsedStaysAsItWas(t *testing.T) {
	dir := t.TempDir()
	held, err := takeLock(dir)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Create(t.Context(), dir)
	wantProblem(t, err, assess.ErrConflict, "problem.data_folder_locked")
	if err := held.release(); err != nil {
		t.Fatal(err)
	}
	s, err := Create(t.Context(), dir, WithReserve(0))
	if err != nil {
		t.Fatalf("once the folder is free: %v", err)
	}
	s.Close()
}

// A program that is being started has every open file of this one, for a moment: that does not hold a folder which this one has let go.
func TestAReleasedFolderIsFree(t *testing.T) {
	dir := t.TempDir()
	held, err := takeLock(dir)
	if err != nil {
		t.Fatal(err)
	}
	other := exec.Command("sleep", "60")
	other.ExtraFiles = []*os.File{held.file}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = errors.Join(other.Process.Kill(), other.Wait()) }()
	if err := held.release(); err != nil {
		t.Fatal(err)
	}
	again, err := takeLock(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.release(); err != nil {
		t.Error(err)
	}
}

// Who looks whether a folder is held keeps nobody from taking it, but for a moment.
func TestLookingHoldsNoFolder(t *testing.T) {
	dir := t.TempDir()
	looks, err := os.Create(filepath.Join(dir, lockFile))
	if err != nil {
		t.Fatal(err)
	}
	defer looks.Close()
	if _, err := looks.WriteString("12345678\n"); err != nil { // of who was killed
		t.Fatal(err)
	}
	fd := int(looks.Fd())
	if err := syscall.Flock(fd, syscall.LOCK_SH); err != nil {
		t.Fatal(err)
	}
	_, err = takeLock(dir)
	wantProblem(t, err, assess.ErrConflict, "problem.data_folder_locked")
	time.AfterFunc(100*time.Millisecond, func() { _ = syscall.Flock(fd, syscall.LOCK_UN) })
	held, err := takeLock(dir)
	if err != nil {
		t.Fatal(err)
	}
	if pid, isHeld, err := Holder(dir); pid != strconv.Itoa(os.Getpid()) || !isHeld || err != nil {
		t.Errorf("process %q holds it: %v, %v", pid, isHeld, err)
	}
	if err := held.release(); err != nil {
		t.Error(err)
	}
}

func TestASecondProcessIsRefused(t *testing.T) {
	s := fresh(t)
	_, err := Open(t.Context(), s.Folder())
	wantProblem(t, err, assess.ErrConflict, "problem.data_folder_locked")
	if want := "process " + strconv.Itoa(os.Getpid()); err != nil && !strings.Contains(err.Error(), want) {
		t.Errorf("%q does not say %q", err, want)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Open(t.Context(), s.Folder(), WithReserve(0))
	if err != nil {
		t.Fatalf("after the first one ended: %v", err)
	}
	again.Close()
}

func TestOddFolderNames(t *testing.T) {
	for _, name := range []string{"数据 文件夹", "a?b=c&_synchronous=OFF", "50% #1"} {
		s, err := Create(t.Context(), filepath.Join(t.TempDir(), name), WithReserve(0))
		if err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		if _, err := os.Stat(filepath.Join(s.Folder(), databaseFile)); err != nil {
			t.Errorf("%q: the database lies elsewhere: %v", name, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestCloseFinishesAndRefusesWhatComesLater(t *testing.T) {
	s := fresh(t)
	commit(t, s, figure("210102", q1, "members", "1"))
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	_, err := s.Commit(t.Context(), assess.Intake{Audit: []assess.AuditLine{line("x")}})
	wantProblem(t, err, assess.ErrUnavailable, "problem.store_closed")
	if info, err := os.Stat(filepath.Join(s.Folder(), databaseFile+"-wal")); err == nil && info.Size() > 0 {
		t.Errorf("the write-ahead log still holds %d bytes", info.Size())
	}
}

func TestNetworkFileSystemsAreKnown(t *testing.T) {
	for magic, want := range map[uint32]string{
		0x6969: "NFS", 0xFE534D42: "SMB", 0xFF534D42: "SMB", 0x517B: "SMB",
		0xEF53: "", 0x01021994: "", 0x58465342: "", 0x9123683E: "", // ext4, tmpfs, xfs, btrfs
	} {
		if got := networkKind(magic); got != want {
			t.Errorf("file system %#x is %q, want %q", magic, got, want)
		}
	}
}

func TestErrorsOfTheDiskAreSaidInWords(t *testing.T) {
	for _, c := range []struct {
		cause error
		key   string
	}{
		{&os.PathError{Op: "open", Path: "/x", Err: syscall.EACCES}, "problem.data_folder_unreadable"},
		{&os.PathError{Op: "open", Path: "/x", Err: syscall.EROFS}, "problem.data_folder_read_only"},
		{&os.PathError{Op: "open", Path: "/x", Err: syscall.ENOSPC}, "problem.disk_full"},
		{&os.PathError{Op: "open", Path: "/x", Err: syscall.EDQUOT}, "problem.disk_full"},
	} {
		err := folderProblem("/data", c.cause)
		wantProblem(t, err, assess.ErrUnavailable, c.key)
		if !errors.Is(err, c.cause) {
			t.Errorf("%v hides its cause from the log", err)
		}
	}
}

// A database that lost its content is not made anew without a word.
func TestADatabaseOfNoBytesIsReported(t *testing.T) {
	dir := used(t)
	path := filepath.Join(dir, databaseFile)
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), dir)
	if err == nil {
		s.Close()
	}
	wantProblem(t, err, assess.ErrUnavailable, "problem.database_empty")
	if info, err := os.Stat(path); err != nil || info.Size() != 0 {
		t.Errorf("the file was touched: %v, %v", info, err)
	}
}
