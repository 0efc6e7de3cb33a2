package source

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"path"
	"sync/atomic"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// listing is how many bytes a server may send to say what lies in a folder, or while we get to know each other.
const listing = 8 << 20

// far is a folder on another machine.
type far struct {
	ctx    context.Context // of the connection
	end    context.CancelFunc
	config SFTPConfig
	line   *metered
	client *ssh.Client
	files  *sftp.Client
}

// metered is a connection over which no more comes than was asked for.
type metered struct {
	net.Conn
	left atomic.Int64
}

func (m *metered) allow(bytes int64) { m.left.Store(bytes) }

func (m *metered) Read(p []byte) (int, error) {
	n, err := m.Conn.Read(p)
	if m.left.Add(-int64(n)) < 0 {
		return 0, errors.Join(io.ErrUnexpectedEOF, m.Close())
	}
	return n, err
}

func (y *far) at(name string) string { return path.Join(y.config.Folder, name) }

func (y *far) ReadDir() ([]fs.FileInfo, error) {
	y.line.allow(listing)
	infos, err := y.files.ReadDirContext(y.ctx, y.config.Folder)
	return infos, y.told(err)
}

func (y *far) Lstat(name string) (fs.FileInfo, error) {
	y.line.allow(listing)
	info, err := y.files.Lstat(y.at(name))
	return info, y.told(err)
}

func (y *far) Open(name string) (fs.File, error) {
	y.line.allow(MostDropped + listing)
	f, err := y.files.Open(y.at(name))
	return farFile{f, y}, y.told(err)
}

func (y *far) Create(name string) (io.WriteCloser, error) {
	y.line.allow(MostDropped + listing)
	f, err := y.files.Create(y.at(name))
	return f, y.told(err)
}

func (y *far) MkdirAll(name string) error {
	y.line.allow(listing)
	return y.told(y.files.MkdirAll(y.at(name)))
}

func (y *far) Rename(from, to string) error {
	y.line.allow(listing)
	if _, ok := y.files.HasExtension("posix-rename@openssh.com"); ok {
		return y.told(y.files.PosixRename(y.at(from), y.at(to)))
	}
	err := y.files.Rename(y.at(from), y.at(to)) // does not go over one that is there
	if _, there := y.files.Lstat(y.at(to)); err != nil && there == nil {
		if err = y.files.Remove(y.at(to)); err == nil {
			err = y.files.Rename(y.at(from), y.at(to))
		}
	}
	return y.told(err)
}

func (y *far) told(err error) error {
	if err == nil {
		return nil
	}
	return y.said(err)
}

func (y *far) Close() (err error) {
	if y.files != nil {
		err = y.files.Close()
	}
	if y.client != nil {
		err = errors.Join(err, y.client.Close())
	}
	y.end() // closes what was only dialled
	return err
}

// farFile is an open file of another machine.
type farFile struct {
	*sftp.File
	yard *far
}

func (f farFile) Read(p []byte) (int, error) {
	n, err := f.File.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = f.yard.said(err)
	}
	return n, err
}
