package doctor

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/unionboard/unionboard/internal/config"
)

// What is too little room on a disk: lowest is where uploads and backups soon fail, least where every write does.
const (
	lowestShare = 20 // one part in so many
	lowestRoom  = 1 << 30
	leastRoom   = 64 << 20
)

// mostNamed is how many names stand in one finding.
const mostNamed = 5

// folder looks at the data folder: for whom it is open, whose it is, where it lies, how much room it has.
func (in Installation) folder() (found []Finding) {
	info, err := os.Stat(in.Dir)
	if err != nil || !info.IsDir() || !in.ours() {
		return nil // that the database cannot be opened says why; nobody is told to close a folder that is something else
	}
	args := map[string]string{"folder": in.Dir}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		found = append(found, Finding{State: Wrong, Key: "folder.open", Args: map[string]string{"folder": in.Dir, "mode": fmt.Sprintf("%04o", mode)}})
	} else {
		found = append(found, Finding{State: Good, Key: "folder.closed", Args: args})
	}
	open, foreign := in.files(ownerOf(info))
	if len(open) > 0 {
		found = append(found, Finding{State: Wrong, Key: "files.open", Args: map[string]string{"files": named(open), "folder": in.Dir}})
	}
	if len(foreign) > 0 {
		found = append(found, Finding{State: Wrong, Key: "files.foreign", Args: map[string]string{"files": named(foreign), "folder": in.Dir}})
	}
	if in.Network != nil && in.Config.Database == "" {
		if kind, err := in.Network(); err == nil && kind != "" {
			found = append(found, Finding{State: Wrong, Key: "folder.network", Args: map[string]string{"kind": kind, "folder": in.Dir}})
		}
	}
	free, room := in.room()
	if found = append(found, room); in.Config.Database != "" {
		return found // the reserve is for a database in the folder
	}
	return append(found, in.reserve(free))
}

// ours says whether a folder holds anything of an installation.
func (in Installation) ours() bool {
	own, _ := filepath.Glob(filepath.Join(in.Dir, "unionboard.*")) // the pattern is good
	return len(own) > 0
}

// files answers the files that others can read, and those that are not the folder's owner's: the database and its kin, the configuration, and
// everything in secrets.
func (in Installation) files(owner string) (open, foreign []string) {
	for _, pattern := range []string{"unionboard.*", "secrets", "secrets/*", "evidence", "backups", "backups/*"} {
		paths, _ := filepath.Glob(filepath.Join(in.Dir, pattern)) // the patterns are good
		for _, path := range paths {
			info, err := os.Lstat(path)
			if err != nil || info.Mode()&fs.ModeSymlink != 0 {
				continue
			}
			name, _ := filepath.Rel(in.Dir, path)
			secret := strings.HasPrefix(pattern, "secrets") || strings.HasPrefix(name, "unionboard.db")
			if info.Mode().Perm()&0o077 != 0 && (secret || name == config.FileName) {
				open = append(open, name)
			}
			if ownerOf(info) != owner {
				foreign = append(foreign, name)
			}
		}
	}
	return open, foreign
}

// ownerOf answers the number of the account a file belongs to.
func ownerOf(info fs.FileInfo) string {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return strconv.FormatUint(uint64(s.Uid), 10)
	}
	return ""
}

// named answers a list of names, not longer than can be read.
func named(names []string) string {
	if len(names) > mostNamed {
		return strings.Join(names[:mostNamed], ", ") + " …"
	}
	return strings.Join(names, ", ")
}

// room looks at the disk of the folder, and answers the bytes that it has left.
func (in Installation) room() (free int64, f Finding) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(in.Dir, &s); err != nil {
		return 0, Finding{State: Skipped, Key: "disk.unknown", Cause: err}
	}
	free = int64(s.Bavail) * s.Bsize
	return free, roomOf(free, int64(s.Blocks)*s.Bsize, in.Dir)
}

func roomOf(free, all int64, dir string) Finding {
	f := Finding{State: Good, Key: "disk.room", Args: map[string]string{"free": size(free), "folder": dir}}
	switch {
	case free < leastRoom:
		f.State, f.Key = Wrong, "disk.full"
	case free < lowestRoom || free < all/lowestShare:
		f.State, f.Key = Look, "disk.low"
	}
	return f
}

func size(bytes int64) string {
	if bytes < 1<<30 {
		return fmt.Sprintf("%d MB", bytes>>20)
	}
	return fmt.Sprintf("%.1f GB", float64(bytes)/(1<<30))
}

// reserve looks whether the room is kept that is given up when the disk is full.
func (in Installation) reserve(free int64) Finding {
	info, err := os.Stat(filepath.Join(in.Dir, "unionboard.reserve"))
	held := true
	if in.Holder != nil {
		_, here, why := in.Holder()
		held = here || why != nil
	}
	return reserveOf(err == nil && info.Size() >= leastRoom, held, free)
}

// reserveOf says how it stands with the reserve. A folder that was restored and not served yet has none: its first start makes it where the disk
// has room for four.
func reserveOf(there, held bool, free int64) Finding {
	switch {
	case there:
		return Finding{State: Good, Key: "reserve.kept"}
	case !held && free/4 >= leastRoom:
		return Finding{State: Good, Key: "reserve.next"}
	}
	return Finding{State: Look, Key: "reserve.gone"}
}
