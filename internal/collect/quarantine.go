package collect

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/source"
)

// Cellar keeps the bytes of pieces of which something was refused.
type Cellar interface {
	// Keep keeps bytes and answers their SHA-256, hex.
	Keep(data []byte) (string, error)
	// Read answers them; bytes that are gone or changed are assess.ErrUnavailable.
	Read(hash string, size int64) ([]byte, error)
}

// keep puts the pieces of parcels on the disk, of those of which something was refused or of all. It is done before the transaction that
// names them begins: nobody waits for a file with the log in hand. What no row comes to name is swept.
func (g *Gate) keep(ctx context.Context, b *batch, all bool) {
	if g.cellar == nil || b.replays != nil {
		return
	}
	for i := range b.parcels {
		p := &b.parcels[i]
		if p.refusals == 0 && !all {
			continue
		}
		for _, piece := range p.Pieces {
			hash, err := g.cellar.Keep(piece.Data)
			if err != nil {
				g.log.WarnContext(ctx, "a piece could not be kept", "source", b.from.name, "name", piece.Name, "error", err)
				b.unkept = assess.Unavailable("problem.piece_unkept", "what was refused could not be kept to be read again; look at the room on the disk").Because(err)
				return
			}
			p.kept = append(p.kept, hash)
		}
	}
}

// hold names the pieces of the parcels of which something was refused. Where the disk took no more, the run goes on and says so.
func (g *Gate) hold(b *batch) {
	said := b.unkept == nil
	for i := range b.parcels {
		p := &b.parcels[i]
		if p.refusals == 0 {
			continue
		}
		if len(p.kept) < len(p.Pieces) && !said {
			b.report.Notes, said = append([]*assess.Problem{b.unkept}, b.report.Notes...), true // however many others there are
		}
		for k, hash := range p.kept {
			piece := &p.Pieces[k]
			b.intake.Pieces = append(b.intake.Pieces, assess.HeldPiece{
				ID: g.newID(), Run: b.report.ID, Source: b.from.name, Name: strings.ToValidUTF8(piece.Name, "?"), Form: string(piece.Form), Unit: piece.Unit, Period: piece.Period,
				Hash: hash, Size: int64(len(piece.Data)), At: b.now, State: assess.PieceWaiting,
			})
		}
	}
}

// Again says how a piece is read again.
type Again struct {
	By     string // account of who lets it be read
	DryRun bool   // nothing is written
	// Newer lets the piece replace figures, too, that were reported after it came. Without it they are refused.
	Newer bool
}

// replay is a piece that is read again.
type replay struct {
	Again
	held assess.HeldPiece
}

// overtaken refuses a figure of a piece that is read again where something else was reported of it after the piece came: old figures must
// not come back by the way.
func (b *batch) overtaken(f figure) *assess.Problem {
	if b.replays == nil || b.replays.Newer || f.says(b.state.held[f.CellKey]) {
		return nil
	}
	last := b.state.adopted[f.CellKey]
	if waiting := b.state.handed[f.CellKey]; waiting != nil && waiting.ReceivedAt.After(last) {
		last = waiting.ReceivedAt
	}
	if !last.After(b.replays.held.At) {
		return nil
	}
	return b.newer(f, last)
}

// came answers when a piece came that is read again and must not replace what is newer; zero for all else.
func (b *batch) came() time.Time {
	if b.replays == nil || b.replays.Newer {
		return time.Time{}
	}
	return b.replays.held.At
}

// newer says that a figure was reported at a time after the piece came.
func (b *batch) newer(f figure, last time.Time) *assess.Problem {
	at := last.In(b.zone).Format("2006-01-02 15:04")
	return assess.Conflict("problem.piece_overtaken",
		fmt.Sprintf("%s of unit %s was reported at %s, after this came; it stays, unless you say that newer figures are to be replaced, too", f.Item, f.Unit, at),
		"item", string(f.Item), "unit", string(f.Unit), "at", at).At(f.entry.At("value"))
}

// endReplay ends the waiting of a piece of which nothing is refused any more.
func (b *batch) endReplay() {
	if b.replays == nil {
		return
	}
	line := assess.AuditLine{
		At: b.now, Actor: b.replays.By, Action: "piece.replay", Object: b.replays.held.ID, Unit: b.replays.held.Unit, After: b.report.ID, Result: "ok",
	}
	if b.report.Refused > 0 {
		line.Result = "refused"
	} else {
		done := b.replays.held
		done.State, done.By, done.ClosedAt, done.Note = assess.PieceReplayed, b.replays.By, b.now, b.report.ID
		b.intake.Pieces = append(b.intake.Pieces, done)
	}
	b.intake.Audit = append(b.intake.Audit, line)
}

// HeldBytes answers the bytes of a piece that is kept; gone or changed ones are assess.ErrUnavailable.
func (g *Gate) HeldBytes(held assess.HeldPiece) ([]byte, error) {
	if g.cellar == nil {
		return nil, fmt.Errorf("piece %s: nothing is kept here", held.ID)
	}
	return g.cellar.Read(held.Hash, held.Size)
}

// Replay reads a piece again that waits, by the newest mapping of its source and within the rights the source has now, as a run of its
// own. When nothing of it is refused any more its waiting ends with the run; else what is good was taken and it waits on.
func (g *Gate) Replay(ctx context.Context, src Source, held assess.HeldPiece, again Again, now time.Time) (Report, error) {
	if held.State != assess.PieceWaiting {
		return Report{}, assess.Conflict("problem.piece_over", "the piece does not wait any more: somebody has dealt with it, or it was kept too long; look at the list anew")
	}
	data, err := g.HeldBytes(held)
	if err != nil {
		return Report{}, err
	}
	mapping, revision, err := g.Mapping(ctx, src.Name)
	if err != nil {
		return Report{}, fmt.Errorf("mapping of %s: %w", src.Name, err)
	}
	piece := source.Piece{Name: held.Name, Data: data, Form: source.Format(held.Form), Unit: held.Unit, Period: held.Period}
	parcel := source.Parcel{Delivery: assess.Delivery{Door: src.Door, Source: src.Name, Digest: held.Hash, Bytes: held.Size}}
	if r, err := piece.Read(mapping, source.MostRows); err != nil {
		parcel.Damage = explain(err)
	} else {
		parcel.Entries, parcel.Refused, parcel.Notes = r.Entries, r.Refused, r.Notes
	}
	run := assess.Run{ID: g.newID(), Source: src.Name, Door: assess.DoorReplay, Slot: now, Started: now, State: assess.RunRunning}
	if !again.DryRun {
		if err := g.startNext(ctx, &run); err != nil {
			return Report{}, fmt.Errorf("start a replay: %w", err)
		}
	}
	b := g.batch(src.sender(), run, now)
	b.mapping, b.replays = revision, &replay{again, held}
	b.add([]source.Parcel{parcel})
	if err := g.pass(ctx, b, "collect.replay", again.DryRun); err != nil {
		return *b.report, fmt.Errorf("replay: %w", err)
	}
	return *b.report, nil
}
