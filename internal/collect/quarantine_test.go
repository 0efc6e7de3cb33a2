package collect_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/source"
)

// Keep and Read stand for the folder of bytes.
func (m *memory) Keep(data []byte) (string, error) {
	if m.open.Load() {
		return "", errors.New("a file is written while the log is held")
	}
	if m.full {
		return "", assess.Unavailable("problem.gallery", "the disk is full")
	}
	if m.bytes == nil {
		m.bytes = map[string][]byte{}
	}
	hash := fmt.Sprintf("hash%d", len(data))
	m.bytes[hash] = data
	return hash, nil
}

func (m *memory) Read(hash string, _ int64) ([]byte, error) { return m.bytes[hash], nil }

// sends is a source that brings a piece, read by its mapping.
func sends(text string) fetcher {
	return func(_ context.Context, r source.Request) ([]source.Parcel, error) {
		piece := source.Piece{Name: "v.csv", Data: []byte("unit,period,code,value\n" + text)}
		p := source.Parcel{Pieces: []source.Piece{piece}}
		got, err := piece.Read(r.Mapping, source.MostRows)
		if err != nil {
			p.Damage, _ = errors.AsType[*assess.Problem](err)
			return []source.Parcel{p}, nil
		}
		p.Entries, p.Refused = got.Entries, got.Refused
		return []source.Parcel{p}, nil
	}
}

// A piece of which something is refused waits with its bytes. A better mapping reads it again, once; trying changes nothing, and what is
// still refused lets it wait on.
func TestWhatIsRefusedWaitsToBeReadAgain(t *testing.T) {
	f := newFixture(t)
	src := district("heping", unitA, sends("和平,2026Q1,members,5\n210102,2026Q1,unions,2\n"))
	if r, err := f.Run(t.Context(), src, collect.Ask{Slot: inTime, DryRun: true}, inTime); err != nil || r.Refused != 1 || len(f.log.held) > 0 || len(f.log.bytes) > 0 {
		t.Fatalf("a dry run kept %v, %v", f.log.held, err)
	}
	run, err := f.Run(t.Context(), src, collect.Ask{Slot: inTime}, inTime)
	if err != nil || run.Refused != 1 || len(f.log.held) != 1 {
		t.Fatalf("%s, kept %v, %v", counts(run), f.log.held, err)
	}
	held := f.log.held[0]
	want := assess.HeldPiece{
		ID: held.ID, Run: run.ID, Source: "heping", Name: "v.csv", Hash: held.Hash, Size: int64(len(f.log.bytes[held.Hash])), At: inTime, State: assess.PieceWaiting,
	}
	if diff := cmp.Diff(want, held, cmpopts.EquateComparable(assess.Period{})); diff != "" {
		t.Errorf("kept (-want +got):\n%s", diff)
	}
	good := district("heping", unitA, sends("210102,2026Q1,members,5\n"))
	if _, err := f.Run(t.Context(), good, collect.Ask{Slot: inTime.Add(time.Minute)}, inTime); err != nil || len(f.log.held) != 1 {
		t.Errorf("a good piece was kept: %v, %v", f.log.held, err)
	}

	later := inTime.Add(time.Hour)
	if r, err := f.Replay(t.Context(), src, held, collect.Again{By: "li.na"}, later); err != nil || r.Refused != 1 || r.Same != 1 || f.log.held[0].State != assess.PieceWaiting || len(f.log.held) != 1 {
		t.Errorf("read as before: %s, %v, %v", counts(r), f.log.held, err)
	}
	f.log.mappings = map[assess.Code]assess.MappingRevision{"heping": {
		Source: "heping", Number: 2, Text: (&source.Mapping{Units: []source.Word{{Word: "和平", Code: "210102"}}, Items: []source.Word{{Word: "members", Code: "fund"}}}).Text(),
	}}
	runs := len(f.log.runs)
	if r, err := f.Replay(t.Context(), src, held, collect.Again{By: "li.na", DryRun: true}, later); err != nil || r.Refused != 0 || r.New != 1 || f.log.held[0].State != assess.PieceWaiting || len(f.log.runs) != runs {
		t.Errorf("tried: %s, %v, %v", counts(r), f.log.held, err)
	}
	r, err := f.Replay(t.Context(), src, held, collect.Again{By: "li.na"}, later)
	if err != nil || r.New != 1 || r.Same != 1 || r.Refused != 0 {
		t.Errorf("read anew: %s, %v", counts(r), err)
	}
	if got := f.log.runs[r.ID].Door; got != assess.DoorReplay {
		t.Errorf("the run counts as one in which the source was asked: door %s", got)
	}
	if got := f.log.held[0]; got.State != assess.PieceReplayed || got.By != "li.na" || got.Note != r.ID || !got.ClosedAt.Equal(later) {
		t.Errorf("after it: %+v", got)
	}
	if _, err := f.Replay(t.Context(), src, f.log.held[0], collect.Again{By: "li.na"}, later); !errors.Is(err, assess.ErrConflict) {
		t.Errorf("again: %v", err)
	}
}

// What was reported after a piece came is not replaced by it, whether it counts or waits; only who says so replaces it, too.
func TestAnOldPieceReplacesNoNewerFigure(t *testing.T) {
	for _, authority := range []collect.Authority{collect.Adopt, collect.Submit} {
		f := newFixture(t)
		source := func(text string) collect.Source {
			src := district("heping", unitA, sends(text))
			src.Authority = authority
			return src
		}
		old := "210102,2026Q1,members,5\n210102,2026Q1,unions,2\n210102,2026Q1,fund,x\n"
		if _, err := f.Run(t.Context(), source(old), collect.Ask{Slot: inTime}, inTime); err != nil || len(f.log.held) != 1 {
			t.Fatalf("kept %v, %v", f.log.held, err)
		}
		held, later := f.log.held[0], inTime.Add(time.Hour)
		if r, err := f.Run(t.Context(), source("210102,2026Q1,members,6\n"), collect.Ask{Slot: later}, later); err != nil || r.Changed != 1 {
			t.Fatalf("%s, %v", counts(r), err)
		}
		again := func(how collect.Again) collect.Report {
			r, err := f.Replay(t.Context(), source(""), held, how, later.Add(time.Hour))
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		r := again(collect.Again{By: "li.na", DryRun: true})
		if r.Changed != 0 || r.Same != 1 || r.Refused != 2 || r.Rejected[0].Problem.Key != "problem.piece_overtaken" || r.Rejected[0].Code != "members" {
			t.Errorf("%s: tried: %s %v", authority, counts(r), r.Rejected)
		}
		if r := again(collect.Again{By: "li.na"}); r.Changed != 0 || r.Refused != 2 {
			t.Errorf("%s: taken: %s", authority, counts(r))
		}
		if r := again(collect.Again{By: "li.na", Newer: true}); r.Changed != 1 || r.Refused != 1 {
			t.Errorf("%s: with newer ones: %s", authority, counts(r))
		}
	}
}

// Many files at once, more rows than are decided before anything is written: the bytes are on the disk before the transaction begins, and
// only those of which something is refused are named.
func TestPiecesOfALongRunAreKeptBeforeItsTransaction(t *testing.T) {
	for _, full := range []bool{false, true} {
		f := newFixture(t)
		f.log.full = full
		long := strings.Repeat("210102,2026Q1,members,5\n", 9_000)
		fetch := func(ctx context.Context, r source.Request) (all []source.Parcel, err error) {
			for _, text := range []string{long, long + "210103,2026Q1,unions,1\n", long + "210103,2026Q1,unions,2\n"} {
				parcels, err := sends(text)(ctx, r)
				if err != nil {
					return nil, err
				}
				all = append(all, parcels...)
			}
			return all, nil
		}
		r, err := f.Run(t.Context(), district("heping", unitA, fetcher(fetch)), collect.Ask{Slot: inTime}, inTime)
		if err != nil || r.New != 1 || r.Refused != 2 {
			t.Fatalf("full %v: %s, %v", full, counts(r), err)
		}
		unkept := 0
		for _, n := range r.Notes {
			if n.Key == "problem.piece_unkept" {
				unkept++
			}
		}
		if want := map[bool][2]int{false: {2, 0}, true: {0, 1}}[full]; len(f.log.held) != want[0] || unkept != want[1] {
			t.Errorf("full %v: %d pieces wait, %d times it is said that one could not be kept, want %v", full, len(f.log.held), unkept, want)
		}
	}
}

// A disk that takes no more stops no run; the run says that it could keep nothing.
func TestAFullDiskKeepsNoPiece(t *testing.T) {
	f := newFixture(t)
	f.log.full = true
	r, err := f.Run(t.Context(), district("heping", unitA, sends("210102,2026Q1,members,x\n210102,2026Q1,unions,2\n")), collect.Ask{Slot: inTime}, inTime)
	if err != nil || r.New != 1 || len(r.Notes) != 1 || r.Notes[0].Key != "problem.piece_unkept" || len(f.log.held) > 0 {
		t.Errorf("%s %v %v", counts(r), r.Notes, err)
	}
}
