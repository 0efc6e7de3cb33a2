package web_test

import (
	"context"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/export"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/takeout"
)

// galleryFigures are a figure of each unit and quarter, and nothing else.
type galleryFigures struct{ export.Log }

func (galleryFigures) Each(_ context.Context, q assess.CellQuery, visit func(assess.Observation) error) error {
	units := q.Units
	if len(units) == 0 {
		for _, u := range galleryUnits() {
			units = append(units, u.Code)
		}
	}
	for _, unit := range units {
		for _, p := range q.Periods {
			if err := visit(assess.Observation{CellKey: assess.CellKey{Unit: unit, Period: p, Item: "enterprises"}, Value: "1204", State: assess.Reported}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (galleryFigures) EvidenceList(context.Context, assess.EvidenceQuery) ([]assess.Evidence, error) {
	return nil, nil
}

// takeaway is the desk where files are ordered, with the accounts and the jobs of the gallery.
func (g *gallery) takeaway(t testing.TB, words *i18n.Catalogue) *takeout.Desk {
	t.Helper()
	return takeout.NewDesk(takeout.Config{
		Room: func() (takeout.Room, error) {
			none := func(context.Context, assess.MatterQuery, account.User) ([]assess.Matter, error) { return nil, nil }
			return takeout.Room{Room: export.Room{Board: galleryBoard{}, Log: galleryFigures{}, Words: words, Zone: time.FixedZone("", 8*3600)}, MattersOf: none}, nil
		},
		Store: g.people.Store, Folder: t.TempDir(), Keep: time.Hour, Now: g.clock.now, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
}
