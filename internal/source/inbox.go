package source

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// mostFiles is how many files are taken at one look; the others are taken at the next.
const mostFiles = 64

// inbox takes files out of a yard. A file is taken once it has stopped growing; good files go to archive/ under their content's hash,
// refused ones to refused/ with a report beside them; other files and those whose names begin with a dot or ~ are left alone.
type inbox struct {
	name     assess.Code
	door     assess.Door
	place    string        // of the yard, for messages
	settle   time.Duration // how long a file must have been left alone
	far      bool          // the yard has a clock of its own, which tells nothing
	archive  string        // folder of this machine where files are kept instead; "": in the yard itself
	sentence func(*assess.Problem) string
	open     func(ctx context.Context) (yard, error)

	mu      sync.Mutex
	seen    map[string]look // the last look, by name
	growing []string        // names of those that had not settled at the last look
	done    map[string]look // what was put away into the archive of this machine and stays in the yard
}

type look struct {
	size int64
	time time.Time
}

func lookAt(info fs.FileInfo) look { return look{info.Size(), info.ModTime()} }

// fetch looks into the yard and answers a parcel for each file that has settled, oldest first and at most 64. An error means that the
// yard cannot be read.
func (b *inbox) fetch(ctx context.Context, r Request) ([]Parcel, error) {
	y, err := b.open(ctx)
	if err != nil {
		return nil, err
	}
	defer y.Close()
	infos, err := b.settled(ctx, y, r.Now)
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
			return nil, fmt.Errorf("look into the folder of %s: %w", b.name, err)
		}
		if parcel, ok := b.take(y, info, r.Mapping); ok {
			parcels = append(parcels, parcel)
			if parcel.Settle == nil && errors.Is(parcel.Damage, assess.ErrUnavailable) {
				break // the connection is lost: what has come is taken, the others come at the next look
			}
			if parcel.Settle != nil { // one that cannot be opened stays, and must not keep others out
				taken++
			}
		}
	}
	return parcels, nil
}

// settled answers the files that have stopped growing, oldest first: those that were the same at the last look, and those that are old
// enough. A far clock may be wrong, so there a second look is taken instead.
func (b *inbox) settled(ctx context.Context, y yard, now time.Time) ([]fs.FileInfo, error) {
	settled, growing, err := b.look(y, now)
	if err != nil || !b.far || !growing {
		return settled, err
	}
	wait := time.NewTimer(b.settle)
	defer wait.Stop()
	select {
	case <-ctx.Done():
		return nil, fmt.Errorf("look into the folder of %s: %w", b.name, ctx.Err())
	case <-wait.C:
	}
	settled, _, err = b.look(y, now)
	return settled, err
}

// look remembers what is in the yard and answers the files that have settled, and whether there are others.
func (b *inbox) look(y yard, now time.Time) (settled []fs.FileInfo, growing bool, err error) {
	infos, err := y.ReadDir()
	if err != nil {
		return nil, false, b.unread(err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	before := b.seen
	b.seen, b.growing = make(map[string]look, len(infos)), nil
	for _, info := range infos {
		if !wanted(info.Name()) || !info.Mode().IsRegular() {
			continue
		}
		this := lookAt(info)
		b.seen[info.Name()] = this
		switch {
		case b.done[info.Name()] == this:
		case before[info.Name()] == this, !b.far && now.Sub(this.time) >= b.settle:
			settled = append(settled, info)
		default:
			b.growing = append(b.growing, called(info.Name()))
		}
	}
	slices.SortFunc(settled, func(a, b fs.FileInfo) int {
		return cmp.Or(a.ModTime().Compare(b.ModTime()), strings.Compare(a.Name(), b.Name()))
	})
	return settled, len(b.growing) > 0, nil
}

// settling answers the files that were left at the last look because they may still be growing, and how long they must be left alone.
func (b *inbox) settling() ([]string, time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.growing), b.settle
}

func (b *inbox) unread(err error) *assess.Problem {
	if p, ok := errors.AsType[*assess.Problem](err); ok {
		return p
	}
	return assess.Unavailable("problem.drop_folder",
		"the drop folder cannot be read; make it, let the program read and write it, or correct folder").
		At(assess.Place{File: b.place}).Because(err)
}

// wanted knows the files that are meant for us. Workbooks are among them, so that they come back with a report.
func wanted(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".csv", ".tsv", ".json", ".xml", ".xlsx", ".xls":
		return !strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "~") && !strings.ContainsAny(name, "/\\\x00")
	}
	return false
}

// take reads one file; ok is false when it changed meanwhile and must wait for the next look, or was put away before.
func (b *inbox) take(y yard, info fs.FileInfo, m *Mapping) (parcel Parcel, ok bool) {
	f := file{inbox: b, name: info.Name(), look: lookAt(info)}
	parcel = Parcel{Delivery: assess.Delivery{Door: b.door, Source: b.name}}
	large := info.Size() > MostDropped
	if large && b.far { // left where it is: only to know it by its content it would have to be fetched
		parcel.Damage = tooLarge(called(f.name), MostDropped)
		return parcel, true
	}
	data, err := f.read(y, info)
	switch {
	case err != nil:
		parcel.Damage = unopened(called(f.name), err)
		if p, ok := errors.AsType[*assess.Problem](err); ok {
			parcel.Damage = p
		}
		return parcel, true // left where it is: it could not be read to put it away
	case f.digest == "" || f.kept():
		return parcel, false
	case large:
		parcel.Damage = tooLarge(called(f.name), MostDropped)
	default:
		piece := Piece{Name: called(f.name), Data: data}
		f.data, parcel.Pieces = data, []Piece{piece}
		delivery, err := deliver(b.door, b.name, piece, m)
		if err != nil {
			parcel.Damage = damageOf(err, piece.Name)
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
