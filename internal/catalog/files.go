package catalog

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
)

// topFiles are the definition files at the top of a folder, with the names of their schemas.
func topFiles() map[string]string {
	return map[string]string{
		"units.yaml": "units", "departments.yaml": "departments", "roles.yaml": "roles",
		"items.yaml": "items", "rules.yaml": "rules", "assessment.yaml": "assessment",
	}
}

// subfolders hold one definition a file.
func subfolders() []string { return []string{"calendar", "frameworks", "registers"} }

// Files answers the definition files of a folder by their paths, as they are: what is frozen when an edition is issued. Files
// that define nothing (other names, other folders) are left out.
func Files(fsys fs.FS) (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, dir := range append(subfolders(), ".") {
		entries, err := fs.ReadDir(fsys, dir)
		if errors.Is(err, fs.ErrNotExist) && dir != "." {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read definitions: %w", err)
		}
		for _, e := range entries {
			name := path.Join(dir, e.Name())
			if e.IsDir() || !defines(name) {
				continue
			}
			if files[name], err = fs.ReadFile(fsys, name); err != nil {
				return nil, fmt.Errorf("read definitions: %w", err)
			}
		}
	}
	return files, nil
}

// defines says whether a file of this name is read as a definition.
func defines(name string) bool {
	if dir := path.Dir(name); dir != "." {
		return slices.Contains(subfolders(), dir) && path.Ext(name) == ".yaml"
	}
	return topFiles()[name] != ""
}

// FromFiles answers frozen definition files as a folder that Load reads; it is read-only.
func FromFiles(files map[string][]byte) fs.FS {
	// An archive in memory is a complete file system of the standard library.
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err == nil {
			_, err = f.Write(files[name])
		}
		if err != nil {
			return broken{err}
		}
	}
	if err := w.Close(); err != nil {
		return broken{err}
	}
	r, err := zip.NewReader(bytes.NewReader(archive.Bytes()), int64(archive.Len()))
	if err != nil {
		return broken{err}
	}
	return r
}

// broken is a folder that could not be made; the first use says why.
type broken struct{ err error }

func (b broken) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: b.err}
}

// Digest answers the SHA-256 of definition files in hex, over names and contents in the order of the names, each with its length
// before it, so that no two sets of files share one.
func Digest(files map[string][]byte) string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(h, "%d %s %d ", len(name), name, len(files[name]))
		h.Write(files[name])
	}
	return hex.EncodeToString(h.Sum(nil))
}
