package takeout

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/export"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/paper"
	"github.com/unionboard/unionboard/internal/results"
)

// Package is everything of a period in one ZIP file: every table as a workbook and as CSV, every scorecard, the notice, a list of them.
const Package = "package"

// pack writes the package of an order; a step is a file. What stands in it depends on the data and the time of the order alone, to the last byte.
func (r Room) pack(ctx context.Context, w io.Writer, o Order, step func()) ([]rune, error) {
	p := &parcel{room: r, order: o, words: r.Words.In(o.Lang), zip: zip.NewWriter(w), step: step}
	p.room.Board, p.room.press = &onceExplained{Board: r.Board, of: o}, sync.OnceValues(paper.NewPress)
	for _, part := range []func(context.Context) error{p.tables, p.scorecards, p.notice, p.contents} {
		if err := part(ctx); err != nil {
			return nil, err
		}
	}
	if err := p.zip.Close(); err != nil {
		return nil, fmt.Errorf("package: %w", err)
	}
	slices.Sort(p.lost)
	return slices.Compact(p.lost), nil
}

// parcel is a package on its way.
type parcel struct {
	room  Room
	order Order
	words i18n.Words
	zip   *zip.Writer
	files []export.Content
	lost  []rune
	step  func()
}

// filesOf answers how many files a package of so many units has, for progress.
func filesOf(units int64) int64 { return 2*int64(len(export.Names())) + units + 3 }

// tables adds every table, as a workbook and as CSV.
func (p *parcel) tables(ctx context.Context) error {
	for _, name := range export.Names() {
		o := p.order
		o.Table = name
		book, err := p.room.Book(ctx, o.Order)
		if err != nil {
			return err
		}
		for _, o.Format = range []Format{XLSX, CSV} {
			if err := p.add(ctx, "export.folder."+string(o.Format), book.File, o, p.room.table(o, book)); err != nil {
				return err
			}
		}
	}
	return nil
}

// scorecards adds the scorecard of each unit, each for itself, since each goes to somebody else.
func (p *parcel) scorecards(ctx context.Context) error {
	edition, err := p.room.Board.Edition(ctx, p.order.Periods[0].CalendarYear())
	if err != nil {
		return err
	}
	for _, u := range edition.Roster.Units {
		if !u.In(p.order.Periods[0]) || len(p.order.Units) > 0 && !slices.Contains(p.order.Units, u.Code) {
			continue
		}
		o := p.order
		o.Table, o.Format, o.Units = scorecard, PDF, []assess.UnitCode{u.Code}
		if err := p.paper(ctx, "export.folder.pdf", o); err != nil {
			return err
		}
	}
	return nil
}

// notice adds the notice, which is about all units.
func (p *parcel) notice(ctx context.Context) error {
	if len(p.order.Units) > 0 {
		return nil
	}
	o := p.order
	o.Table = Notice
	for _, o.Format = range []Format{PDF, DOCX} {
		if err := p.paper(ctx, "export.folder.notice", o); err != nil {
			return err
		}
	}
	return nil
}

func (p *parcel) paper(ctx context.Context, folder string, o Order) error {
	name, err := p.room.name(ctx, o)
	if err != nil {
		return err
	}
	return p.add(ctx, folder, name, o, p.room.paper(o))
}

// contents adds the list of all files, for people and for programs.
func (p *parcel) contents(ctx context.Context) error {
	edition, err := p.room.Edition(ctx, p.order)
	if err != nil {
		return err
	}
	state := p.words.T("export.contents.working")
	if number, sealed := strings.CutPrefix(edition, "published "); sealed {
		state = p.words.T("export.contents.published", "n", number)
	} else if p.order.Published {
		state = p.words.T("export.contents.published_once")
	}
	var sums strings.Builder
	for _, f := range p.files {
		fmt.Fprintf(&sums, "%s  %s\n", f.Sum, f.File)
	}
	o := p.order
	o.Format = XLSX
	book, err := p.room.Contents(ctx, o.Order, p.files, state)
	if err != nil {
		return err
	}
	if err := p.add(ctx, "", book.File, o, p.room.table(o, book)); err != nil {
		return err
	}
	return p.write(export.SumsFile, []byte(sums.String()))
}

// add writes a file into a folder of the package.
func (p *parcel) add(ctx context.Context, folder, name string, o Order, write writing) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	var file bytes.Buffer
	lost, err := write(ctx, &file, func() {})
	if err != nil {
		return err
	}
	p.step()
	p.lost = append(p.lost, lost...)
	name += "." + string(o.Format)
	if folder != "" {
		name = path.Join(p.words.T(folder), name)
	}
	sum := sha256.Sum256(file.Bytes())
	p.files = append(p.files, export.Content{File: name, What: p.words.T("export.table." + o.Table), Bytes: file.Len(), Sum: hex.EncodeToString(sum[:])})
	return p.write(name, file.Bytes())
}

// write writes an entry. The library marks names as UTF-8. Workbooks are packed once more, since entries that are not, and whose length
// stands behind them, are read by fewer programs.
func (p *parcel) write(name string, data []byte) error {
	w, err := p.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: p.order.Now.In(p.room.Zone).Truncate(time.Second)})
	if err == nil {
		_, err = w.Write(data)
	}
	if err != nil {
		return fmt.Errorf("package: %w", err)
	}
	return nil
}

// onceExplained answers the sheet of a period with the derivations of all its units, made once for all that is written of it.
type onceExplained struct {
	results.Board
	of Order

	guard sync.Mutex
	made  *results.Sheet
}

// Sheet implements results.Board.
func (b *onceExplained) Sheet(ctx context.Context, p assess.Period) (*results.Sheet, error) {
	if p != b.of.Periods[0] {
		return b.Board.Sheet(ctx, p)
	}
	b.guard.Lock()
	defer b.guard.Unlock()
	if b.made == nil {
		s, err := b.Board.Sheet(ctx, p)
		if err != nil {
			return nil, err
		}
		if b.made, err = s.Explained(b.of.Units...); err != nil {
			return nil, err
		}
	}
	return b.made, nil
}
