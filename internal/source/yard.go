package source

import (
	"io"
	"io/fs"
	"os"
)

// yard is a folder that files are put into, on this machine or another. Names have no folders before them but archive/ and refused/.
type yard interface {
	ReadDir() ([]fs.FileInfo, error)
	Lstat(name string) (fs.FileInfo, error)
	Open(name string) (fs.File, error)
	// Create makes a file anew, over one that is there.
	Create(name string) (io.WriteCloser, error)
	MkdirAll(name string) error
	// Rename moves a file, over one that is there.
	Rename(from, to string) error
	Close() error
}

// near is a folder of this machine. Nothing outside it is touched, whatever links lie in it.
type near struct{ *os.Root }

func openNear(folder string) (near, error) {
	root, err := os.OpenRoot(folder)
	return near{root}, err
}

func (n near) ReadDir() (infos []fs.FileInfo, err error) {
	entries, err := fs.ReadDir(n.FS(), ".")
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil { // else it was taken away while we looked
			infos = append(infos, info)
		}
	}
	return infos, err
}

func (n near) Open(name string) (fs.File, error) { return n.Root.Open(name) }

func (n near) Create(name string) (io.WriteCloser, error) { return n.Root.Create(name) }

func (n near) MkdirAll(name string) error { return n.Root.MkdirAll(name, 0o755) }

// put writes a file so that it is there whole or not at all.
func put(y yard, name string, from io.Reader) error {
	temporary := name + ".part"
	out, err := y.Create(temporary)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, from)
	if syncing, ok := out.(interface{ Sync() error }); ok && err == nil {
		err = syncing.Sync()
	}
	if closeErr := out.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	return y.Rename(temporary, name)
}
