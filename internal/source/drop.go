package source

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// mostFiles is how many files are taken at one look; the others are taken at the next.
const mostFiles = 64

// usualSettle is how long a file must have been left alone to be taken at the first look.
const usualSettle = 30 * time.Second

// DropConfig says where files are dropped.
type DropConfig struct {
	Name   assess.Code
	Folder string
	// Settle is the age at which a file counts as whole at the first look; 0 means 30 s.
	Settle time.Duration
	// Sentence writes a problem for the report beside a refused file; nil writes it in English.
	Sentence func(*assess.Problem) string
}

// Drop is a folder that people and programs put CSV and JSON files into. A file is taken once it has stopped growing: its size and
// time were the same at two looks, or it is older than the settling time. Good files go to archive/ under their content's hash,
// refused ones to refused/ with a report beside them; other files and those whose names begin with a dot or ~ are left alone.
type Drop struct {
	config DropConfig

	mu   sync.Mutex
	seen map[string]look // the last look, by name
}

type look struct {
	size int64
	time time.Time
}

// NewDrop makes a drop source. The folder need not be there yet.
func NewDrop(config DropConfig) (*Drop, error) {
	if config.Folder == "" {
		return nil, assess.Invalid("problem.source_folder", "the source names no folder; say where its files are put").
			At(assess.Place{Field: "folder"})
	}
	orElse(&config.Settle, usualSettle)
	if config.Sentence == nil {
		config.Sentence = func(p *assess.Problem) string { return p.Message }
	}
	return &Drop{config: config, seen: map[string]look{}}, nil
}

// Fetch looks into the folder and answers a parcel for each file that has settled, oldest first and at most 64. An error means that the folder
// cannot be read.
func (d *Drop) Fetch(ctx context.Context, r Request) ([]Parcel, error) {
	root, err := os.OpenRoot(d.config.Folder)
	if err != nil {
		return nil, d.noFolder(err)
	}
	defer root.Close()
	infos, err := d.settled(root, r.Now)
	if err != nil {
		return nil, err
	}
	var parcels []Parcel
	taken := 0
	for _, info := range infos {
		if taken == mostFiles {
			break
		}
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("look into drop folder of %s: %w", d.config.Name, err)
		}
		if parcel, ok := d.take(root, info, r.Mapping); ok {
			parcels = append(parcels, parcel)
			if parcel.Settle != nil { // one that cannot be opened stays, and must not keep others out
				taken++
			}
		}
	}
	return parcels, nil
}

func (d *Drop) noFolder(err error) *assess.Problem {
	return assess.Unavailable("problem.drop_folder",
		"the drop folder cannot be read; make it, let the program read and write it, or correct folder").
		At(assess.Place{File: d.config.Folder}).Because(err)
}

// settled remembers what is in the folder and answers the files that have stopped growing, oldest first.
func (d *Drop) settled(root *os.Root, now time.Time) ([]fs.FileInfo, error) {
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return nil, d.noFolder(err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	before := d.seen
	d.seen = make(map[string]look, len(entries))
	var settled []fs.FileInfo
	for _, entry := range entries {
		if !wanted(entry.Name()) || !entry.Type().IsRegular() {
			continue
		}
		info, err := entry.Info()
		if err != nil {
			continue // taken away while we looked
		}
		this := look{info.Size(), info.ModTime()}
		d.seen[info.Name()] = this
		if before[info.Name()] == this || now.Sub(this.time) >= d.config.Settle {
			settled = append(settled, info)
		}
	}
	slices.SortFunc(settled, func(a, b fs.FileInfo) int {
		return cmp.Or(a.ModTime().Compare(b.ModTime()), strings.Compare(a.Name(), b.Name()))
	})
	return settled, nil
}

// wanted knows the files that are meant for us. Workbooks are among them, so that they come back with a report.
func wanted(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".csv", ".tsv", ".json", ".xlsx", ".xls":
		return !strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "~")
	}
	return false
}

// take reads one file; ok is false when it changed meanwhile and must wait for the next look.
func (d *Drop) take(root *os.Root, info fs.FileInfo, m *Mapping) (parcel Parcel, ok bool) {
	f := file{drop: d, name: info.Name()}
	parcel = Parcel{Delivery: assess.Delivery{Door: assess.DoorDrop, Source: d.config.Name}}
	data, err := f.read(root, info)
	switch {
	case err != nil:
		parcel.Damage = unopened(f.name, err)
		return parcel, true // left where it is: it could not be read to put it away
	case f.digest == "":
		return parcel, false
	case info.Size() > MostDropped:
		parcel.Damage = tooLarge(f.name, MostDropped)
	default:
		piece := Piece{Name: f.name, Data: data}
		parcel.Pieces = []Piece{piece}
		delivery, err := deliver(assess.DoorDrop, d.config.Name, piece, m)
		if err != nil {
			parcel.Damage = damageOf(err, f.name)
		} else {
			parcel.Delivery = delivery
		}
	}
	parcel.Settle = f.settle
	return parcel, true
}

func damageOf(err error, name string) *assess.Problem {
	if p, ok := errors.AsType[*assess.Problem](err); ok {
		return p
	}
	return placed(err, assess.Place{File: name})
}
