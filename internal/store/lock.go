package store

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// lock holds a data folder for this process. The system lets go of it when the process ends, however it ends.
type lock struct{ file *os.File }

// How long who takes a folder waits for those that only look whether it is held, which takes them a moment, and how often it asks.
const (
	lookTime  = time.Second
	lookAsked = 10 * time.Millisecond
)

// takeLock takes the folder or says in one sentence who holds it.
func takeLock(dir string) (*lock, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, folderProblem(dir, err)
	}
	for begun := time.Now(); ; time.Sleep(lookAsked) {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			break
		}
		if pid := holder(f); pid != "" || time.Since(begun) > lookTime {
			f.Close()
			return nil, inUse(dir, pid)
		}
	}
	if err == nil {
		// A full disk must not keep the program from starting: without the number the sentence for the next one is only shorter.
		_, err = f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
		if isFull(err) {
			err = nil
		}
	}
	if err != nil {
		f.Close()
		return nil, folderProblem(dir, err)
	}
	return &lock{f}, nil
}

// holder answers the number of the process that holds a folder, as it wrote it down; "" where it did not, as who only looks does not.
func holder(f io.ReaderAt) string {
	b, _ := io.ReadAll(io.NewSectionReader(f, 0, 32)) // one that cannot be read is not known
	pid := strings.TrimSpace(string(b))
	if _, err := strconv.Atoi(pid); err != nil {
		return ""
	}
	return pid
}

func inUse(dir, pid string) error {
	pid = cmp.Or(pid, "?")
	return assess.Conflict("problem.data_folder_locked",
		fmt.Sprintf("the data folder %s is in use by another unionboard (process %s); stop it first, or name another folder with --data", dir, pid),
		"folder", dir, "pid", pid)
}

// release lets go of the folder. To close the file is not enough: another program that is being started has it open, too, for a moment.
func (l *lock) release() error {
	return errors.Join(l.file.Truncate(0), syscall.Flock(int(l.file.Fd()), syscall.LOCK_UN), l.file.Close())
}
