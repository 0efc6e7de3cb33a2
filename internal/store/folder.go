package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/unionboard/unionboard/internal/assess"
)

// CheckFolder says what is wrong with a data folder that should be there, without looking into it.
func CheckFolder(dir string) error {
	info, err := os.Stat(dir)
	if err == nil && info.IsDir() {
		_, err = os.Stat(filepath.Join(dir, lockFile)) // a folder that may not be entered is there, too
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return assess.NotFound("problem.data_folder_missing",
			fmt.Sprintf("there is no data folder %s; make one with \"unionboard init --data %s\", or name another with --data", dir, dir), "folder", dir)
	case err != nil:
		return folderProblem(dir, err)
	case !info.IsDir():
		return assess.Invalid("problem.data_folder_file",
			fmt.Sprintf("%s is a file; --data names the folder that holds the database", dir), "folder", dir)
	}
	return nil
}

func noDatabase(dir string) error {
	return assess.NotFound("problem.data_folder_empty",
		fmt.Sprintf("%s holds no unionboard database; fill it with \"unionboard init --data %s\", or name another folder with --data", dir, dir), "folder", dir)
}

func emptyDatabase(dir string) error {
	return assess.Unavailable("problem.database_empty",
		fmt.Sprintf("the database %s in %s has 0 bytes, so what it held is lost; restore the last backup into a new folder, or, if there was never anything in it, remove the file and run \"unionboard init\"",
			databaseFile, dir), "folder", dir, "file", databaseFile)
}

// folderProblem says in words why a folder cannot be used.
func folderProblem(dir string, err error) error {
	switch {
	case hasErrno(err, syscall.EROFS):
		return readOnly(dir, err)
	case isFull(err):
		return diskFull(dir, err)
	case hasErrno(err, syscall.EMFILE), hasErrno(err, syscall.ENFILE):
		return tooManyFiles(err)
	}
	return assess.Unavailable("problem.data_folder_unreadable",
		fmt.Sprintf("the data folder %s cannot be read and written (%s); give it to the account that runs unionboard", dir, plain(err)), "folder", dir).Because(err)
}

// plain answers the reason in an error of the file system, without the path.
func plain(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

// refuseNetwork refuses file systems over the network: they lose locks, and with them the database.
func refuseNetwork(dir string) error {
	kind, err := networkFileSystem(dir)
	if err != nil {
		return folderProblem(dir, err)
	}
	if kind == "" {
		return nil
	}
	return assess.Unavailable("problem.data_folder_network",
		fmt.Sprintf("the data folder %s lies on a network drive (%s), where a database breaks; choose a folder on a disk of this machine", dir, kind),
		"folder", dir, "kind", kind)
}

// NetworkKind answers the kind of network file system that a folder lies on, "" for a disk of this machine.
func NetworkKind(dir string) (string, error) {
	kind, err := networkFileSystem(dir)
	if err != nil {
		return "", folderProblem(dir, err)
	}
	return kind, nil
}
