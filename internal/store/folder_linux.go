package store

import "syscall"

// networkFileSystem answers the kind of network file system dir lies on, "" for a local one.
func networkFileSystem(dir string) (string, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return "", err
	}
	return networkKind(uint32(s.Type)), nil
}

// networkKind names the network file systems by the magic numbers of statfs(2).
func networkKind(magic uint32) string {
	switch magic {
	case 0x6969:
		return "NFS"
	case 0x517B, 0xFF534D42, 0xFE534D42:
		return "SMB"
	case 0x564C:
		return "NCP"
	case 0x5346414F, 0x6B414653:
		return "AFS"
	case 0x00C36400:
		return "Ceph"
	}
	return ""
}

// freeBytes answers the room on the disk of a folder that the program may use.
func freeBytes(dir string) (int64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, err
	}
	return int64(s.Bavail) * s.Bsize, nil
}
