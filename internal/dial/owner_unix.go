//go:build unix

package dial

import (
	"io/fs"
	"syscall"
)

// ownerOf answers the number of the account that a file belongs to.
func ownerOf(info fs.FileInfo) (int, bool) {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return int(s.Uid), true
}
