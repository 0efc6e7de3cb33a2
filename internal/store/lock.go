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
		// Who was killed has left its number behind: only who is held off from looking, too, meets a holder.
		pid, held := "", false
		if held, err = isHeld(f); err != nil {
			break
		}
		if held {
			pid = holder(f)
		}
		if pid != "" || time.Since(begun) > lookTime {
			f.Close()
			return nil, inUse(dir, pid)
		}
	}
	if err == nil {
		// That of who was killed may be longer.
		if err = f.Truncate(0); err == nil {
			_, err = f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
		}
		// A full disk must not keep the program from starting: without the number the sentence for the next one is only shorter.
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

// isHeld says whether somebody holds a folder, and looks for a moment itself: the lock is shared by those that look, who do not take each other for a holder.
func isHeld(f *os.File) (bool, error) {
	fd := int(f.Fd())
	err := syscall.Flock(fd, syscall.LOCK_SH|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return true, nil
	}
	if err == nil {
		err = syscall.Flock(fd, syscall.LOCK_UN)
	}
	return false, err
}

// holder answers the number of the process that holds a folder, as it wrote it down; "" where it has not done so yet, or lets go right now.
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
