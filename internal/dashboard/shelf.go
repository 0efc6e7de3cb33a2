package dashboard

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Bounds of a folder of pages.
const (
	mostFiles = 200
	mostBytes = 256 << 10 // of one file
	// lookEvery is how long the files are believed to be as they were.
	lookEvery = time.Second
)

// Shelf is the pages in force: the shipped ones, and over them those of a folder. The folder's files are read again when they
// change. What one of them replaces or adds stays in force as it was while the file is wrong; the others are not touched by that.
// It is safe for concurrent use.
type Shelf struct {
	reader reader
	folder fs.FS
	tell   func(File)

	mu     sync.Mutex
	looked time.Time
	stamps map[string]stamp
	files  []File
	set    *Set
}

// stamp tells whether a file has changed.
type stamp struct {
	size int64
	time time.Time
	mode fs.FileMode // who looks after the permissions of a file that could not be read changes nothing else
}

// NewShelf answers the shipped pages with those of folder, which need not be there. tell is told of every file that was read, right
// or wrong; it may be nil.
func NewShelf(shipped, folder fs.FS, tell func(File)) (*Shelf, error) {
	set, err := Load(shipped)
	if err != nil {
		return nil, err
	}
	r, err := newReader(set)
	if err != nil {
		return nil, err
	}
	if tell == nil {
		tell = func(File) {}
	}
	return &Shelf{reader: r, folder: folder, tell: tell, stamps: map[string]stamp{}, set: set}, nil
}

// Pages answers the pages in force at a time.
func (s *Shelf) Pages(now time.Time) *Set {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.look(now)
	return s.set
}

// Files answers the files of the folder as they are at a time, by name; those that are wrong with their faults.
func (s *Shelf) Files(now time.Time) []File {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.look(now)
	return slices.Clone(s.files)
}

// Shipped answers the pages that come with the program.
func (s *Shelf) Shipped() *Set { return s.reader.shipped }

// Try reads a file as if it stood in the folder, and keeps nothing of it.
func (s *Shelf) Try(name string, content []byte, now time.Time) File {
	if f, bad := tooLarge(name, int64(len(content))); bad {
		return f
	}
	others := slices.DeleteFunc(s.Files(now), func(f File) bool { return f.Name == name || !f.InForce() })
	mine := s.reader.read(name, content, &Set{})
	others = slices.DeleteFunc(others, func(f File) bool { return f.Page.Page == mine.Page.Page }) // it is being written anew
	return s.reader.read(name, content, (&Set{}).with(others))
}

// look reads the folder again where a file has come, gone or changed.
func (s *Shelf) look(now time.Time) {
	if age := now.Sub(s.looked); age >= 0 && age < lookEvery {
		return
	}
	s.looked = now
	stamps, err := s.stampsOf()
	if err != nil || maps.Equal(stamps, s.stamps) {
		return // a folder that cannot be read now keeps its pages
	}
	before := map[string]File{}
	for _, f := range s.files {
		before[f.Name] = f
	}
	var files, standing []File
	for i, name := range slices.Sorted(maps.Keys(stamps)) {
		if i == mostFiles {
			files = append(files, tooMany(name))
			s.tell(files[i])
			break
		}
		f := s.readAgain(name, stamps, before[name], (&Set{}).with(standing))
		if files = append(files, f); f.InForce() {
			standing = append(standing, f)
		}
	}
	s.stamps, s.files, s.set = stamps, files, s.reader.shipped.with(standing)
}

// readAgain reads a file unless it is as it was and does not clash with another. A wrong one keeps the page it had.
func (s *Shelf) readAgain(name string, stamps map[string]stamp, old File, standing *Set) File {
	f, bad := tooLarge(name, stamps[name].size)
	if !bad {
		content, err := fs.ReadFile(s.folder, name)
		if err != nil {
			f = File{Name: name, Faults: assess.Problems{assess.Invalid("problem.dashboard_unread",
				"the file cannot be read; look after its permissions").At(assess.Place{File: name}).Because(err)}}
		} else {
			f = s.reader.read(name, content, standing)
		}
	}
	if len(f.Faults) > 0 {
		f.Page, f.References = Definition{}, old.References
		if _, taken := standing.Page(old.Page.Page); !taken {
			f.Page = old.Page
		}
	}
	if stamps[name] != s.stamps[name] {
		s.tell(f)
	}
	return f
}

func tooLarge(name string, size int64) (File, bool) {
	if size <= mostBytes {
		return File{}, false
	}
	return File{Name: name, Faults: assess.Problems{assess.Invalid("problem.dashboard_large",
		fmt.Sprintf("the file has %d bytes, a page at most %d; divide it into several pages", size, mostBytes), "size", fmt.Sprint(size), "most", fmt.Sprint(mostBytes)).
		At(assess.Place{File: name})}}, true
}

// tooMany is what is said at the first file that is not read.
func tooMany(name string) File {
	return File{Name: name, Faults: assess.Problems{assess.Invalid("problem.dashboard_many",
		fmt.Sprintf("the folder holds more than %d files; this one and all behind it are not read: take away what is no longer used", mostFiles), "most", strconv.Itoa(mostFiles)).
		At(assess.Place{File: name})}}
}

// stampsOf answers the files of pages in the folder with what tells whether they have changed, up to the first that is too many. A
// folder that is not there has none.
func (s *Shelf) stampsOf() (map[string]stamp, error) {
	entries, err := fs.ReadDir(s.folder, ".") // by name
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	stamps := map[string]stamp{}
	for _, entry := range entries {
		if path.Ext(entry.Name()) != ".yaml" || len(stamps) > mostFiles {
			continue
		}
		info, err := fs.Stat(s.folder, entry.Name())
		if err != nil {
			continue // it has gone since
		}
		if info.Mode().IsRegular() {
			stamps[entry.Name()] = stamp{info.Size(), info.ModTime(), info.Mode()}
		}
	}
	return stamps, nil
}
