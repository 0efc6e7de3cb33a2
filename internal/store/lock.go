package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/unionboard/unionboard/internal/assess"
)

// lock holds a data folder for this process. The system lets go of it when the process ends, however it ends.
type lock struct{ file *os.File }

// takeLock takes the folder or says in one sentence who holds it.
func takeLock(dir string) (*lock, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, folderProblem(dir, err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		defer f.Close()
		return nil, inUse(dir, f)
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

func inUse(dir string, f io.Reader) error {
	b, _ := io.ReadAll(io.LimitReader(f, 32)) // an unreadable number is left out of the sentence
	pid := strings.TrimSpace(string(b))
	if _, err := strconv.Atoi(pid); err != nil {
		pid = "?"
	}
	return assess.Conflict("problem.data_folder_locked",
		fmt.Sprintf("the data folder %s is in use by another unionboard (process %s); stop it first, or name another folder with --data", dir, pid),
		"folder", dir, "pid", pid)
}

func (l *lock) release() error {
	return errors.Join(l.file.Truncate(0), l.file.Close())
}
