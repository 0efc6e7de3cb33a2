package store

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
)

// reserve is a file that takes up room on the disk. SQLite needs room even to delete; when the disk is full the file is given
// up, the work of the moment is written, and people have time to make room.
type reserve struct {
	path  string
	size  int64 // bytes; 0: none is kept
	mu    sync.Mutex
	held  bool
	given bool // it was there and had to be given up
}

// keepReserve answers the reserve, made if it is not there and the disk has room for four of it. A reserve that cannot be made
// is no reason not to start: kept then says so.
func keepReserve(path string, size int64) *reserve {
	r := &reserve{path: path, size: size}
	if size > 0 {
		r.make()
	}
	return r
}

func (r *reserve) make() {
	if info, err := os.Stat(r.path); err == nil && info.Size() >= r.size {
		r.held = true
		return
	}
	if free, err := freeBytes(filepath.Dir(r.path)); err != nil || free/4 < r.size {
		return
	}
	r.held = fill(r.path, r.size) == nil
}

// renew makes a reserve that is not there – given up, taken away, or without room when the folder was opened – when the disk has room for four of it.
func (r *reserve) renew() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.size > 0 && !r.there() {
		r.make()
		r.given = r.given && !r.held
	}
}

// givenUp says whether the room had to be given and is not made anew yet.
func (r *reserve) givenUp() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.given
}

// fill writes size bytes, so that the disk really keeps the room: a file that is only long takes none.
func fill(path string, size int64) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err = errors.Join(err, f.Close()); err != nil {
			os.Remove(path)
		}
	}()
	block := make([]byte, 1<<20)
	for left := size; left > 0; left -= int64(len(block)) {
		if _, err := f.Write(block[:min(left, int64(len(block)))]); err != nil {
			return err
		}
	}
	return f.Sync()
}

// giveUp makes the room free and says whether there was any to give.
func (r *reserve) giveUp() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.held {
		return false
	}
	r.held = false
	r.given = os.Remove(r.path) == nil
	return r.given
}

// kept says whether the room is still there.
func (r *reserve) kept() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.there()
}

// there is kept under the lock; a person may have deleted the file.
func (r *reserve) there() bool {
	if _, err := os.Stat(r.path); err != nil {
		r.held = false
	}
	return r.held
}
