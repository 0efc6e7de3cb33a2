package source

import (
	"context"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

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
type Drop struct{ inbox *inbox }

// NewDrop makes a drop source. The folder need not be there yet.
func NewDrop(config DropConfig) (*Drop, error) {
	if config.Folder == "" {
		return nil, assess.Invalid("problem.source_folder", "the source names no folder; say where its files are put").
			At(assess.Place{Field: "folder"})
	}
	orElse(&config.Settle, usualSettle)
	b := newInbox(config.Name, assess.DoorDrop, config.Folder, config.Settle, config.Sentence)
	b.open = func(context.Context) (yard, error) {
		y, err := openNear(config.Folder)
		if err != nil {
			return nil, b.unread(err)
		}
		return y, nil
	}
	return &Drop{b}, nil
}

func newInbox(name assess.Code, door assess.Door, place string, settle time.Duration, sentence func(*assess.Problem) string) *inbox {
	if sentence == nil {
		sentence = func(p *assess.Problem) string { return p.Message }
	}
	return &inbox{name: name, door: door, place: place, settle: settle, sentence: sentence, seen: map[string]look{}, done: map[string]look{}}
}

// Fetch looks into the folder and answers a parcel for each file that has settled, oldest first and at most 64. An error means that the folder
// cannot be read.
func (d *Drop) Fetch(ctx context.Context, r Request) ([]Parcel, error) { return d.inbox.fetch(ctx, r) }

// Settling answers the files that the last Fetch left because they may still be growing, and how long they must be left alone.
func (d *Drop) Settling() (names []string, settle time.Duration) { return d.inbox.settling() }
